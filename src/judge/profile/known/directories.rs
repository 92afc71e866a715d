//! Identity providers whose issuers' names have a form of their own.

use super::{
    AUD, Clue, DAY, EXP, Fact, Form, IAT, ISS, JTI, Life, NBF, Requirement, SUB, Spec, Trait,
};

/// Whether the tenant is in the token: where it signs in customers (B2C) it may not be.
const OF_A_TENANT: [&[Fact]; 2] = [
    &[Fact::Starts("iss", "https://login.microsoftonline.com/")],
    &[Fact::Starts("iss", "https://sts.windows.net/")],
];

pub(in super::super) static ENTRA: Spec = Spec {
    phrase: "a token of Microsoft Entra ID",
    reference: "Microsoft identity platform: token claims reference",
    clues: &[Clue {
        facts: &[Fact::Vendor("Entra")],
        confidence: 95,
        words: "the issuer is a tenant of Microsoft Entra ID",
        ..Clue::BLANK
    }],
    required: &[
        ISS.formed(Form::Text),
        AUD,
        EXP,
        IAT.recommended(),
        NBF.recommended(),
        SUB.recommended(),
        Requirement::claim(&["tid"])
            .recommended()
            .when(OF_A_TENANT[0]),
        Requirement::claim(&["tid"])
            .recommended()
            .when(OF_A_TENANT[1]),
    ],
    life: Life::UpTo(DAY),
    traits: &[
        Trait::AboutPerson,
        Trait::SentWithOtherHeader,
        Trait::Sha1Thumbprints,
    ],
    ..Spec::BLANK
};

pub(in super::super) static AUTH0: Spec = Spec {
    phrase: "a token of Auth0",
    reference: "Auth0 documentation: tokens",
    clues: &[Clue {
        facts: &[Fact::Vendor("Auth0")],
        confidence: 95,
        words: "the issuer is a tenant of Auth0",
        ..Clue::BLANK
    }],
    required: &[
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        AUD,
        EXP,
        IAT,
    ],
    life: Life::UpTo(DAY),
    traits: &[Trait::AboutPerson],
    ..Spec::BLANK
};

pub(in super::super) static OKTA_ID: Spec = Spec {
    phrase: "an ID token of Okta",
    reference: "Okta documentation: OpenID Connect API",
    clues: &[
        Clue {
            facts: &[Fact::Vendor("Okta")],
            confidence: 93,
            words: "the issuer is an organization of Okta",
            ..Clue::BLANK
        },
        Clue {
            all: &["jti"],
            facts: &[Fact::Vendor("Okta"), Fact::Starts("jti", "ID.")],
            confidence: 97,
            words: "the issuer is an organization of Okta, and jti begins with ID.",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        AUD,
        EXP,
        IAT,
        JTI.recommended(),
    ],
    life: Life::UpTo(DAY),
    traits: &[Trait::AboutPerson, Trait::SignsIn],
    ..Spec::BLANK
};

pub(in super::super) static OKTA_ACCESS: Spec = Spec {
    phrase: "an access token of Okta",
    reference: "Okta documentation: OpenID Connect API",
    clues: &[
        Clue {
            all: &["jti"],
            facts: &[Fact::Vendor("Okta"), Fact::Starts("jti", "AT.")],
            confidence: 97,
            words: "the issuer is an organization of Okta, and jti begins with AT.",
            ..Clue::BLANK
        },
        Clue {
            all: &["cid"],
            facts: &[Fact::Vendor("Okta")],
            confidence: 96,
            words: "the issuer is an organization of Okta, and cid is a client",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        AUD,
        EXP,
        IAT,
        JTI.recommended(),
        Requirement::claim(&["cid"]).recommended(),
    ],
    life: Life::UpTo(DAY),
    traits: &[Trait::Access],
    ..Spec::BLANK
};

pub(in super::super) static KEYCLOAK: Spec = Spec {
    phrase: "a token of Keycloak",
    reference: "Keycloak documentation: Server Administration",
    clues: &[
        Clue {
            facts: &[Fact::Vendor("Keycloak")],
            confidence: 93,
            words: "the issuer is a realm of Keycloak",
            ..Clue::BLANK
        },
        Clue {
            all: &["realm_access", "typ"],
            confidence: 90,
            words: "realm_access, and a typ among the claims",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        EXP,
        IAT,
        JTI.recommended(),
        Requirement::claim(&["typ"])
            .recommended()
            .noting("It alone tells access, ID and refresh tokens of a realm apart."),
    ],
    without: &["aud"],
    life: Life::UpTo(DAY),
    traits: &[Trait::AboutPerson],
    ..Spec::BLANK
};

pub(in super::super) static KEYCLOAK_REFRESH: Spec = Spec {
    phrase: "a refresh token of Keycloak",
    reference: "Keycloak documentation: Server Administration",
    clues: &[
        Clue {
            all: &["typ"],
            facts: &[Fact::Vendor("Keycloak"), Fact::Is("typ", "Refresh")],
            confidence: 97,
            words: "the issuer is a realm of Keycloak, and the claim typ says Refresh",
            ..Clue::BLANK
        },
        Clue {
            all: &["typ"],
            facts: &[Fact::Vendor("Keycloak"), Fact::Is("typ", "Offline")],
            confidence: 97,
            words: "the issuer is a realm of Keycloak, and the claim typ says Offline",
            ..Clue::BLANK
        },
    ],
    required: &[ISS.formed(Form::Text), AUD, IAT, JTI.recommended()],
    // Sessions without end are the point of offline tokens.
    without: &["exp"],
    life: Life::Unlimited,
    ..Spec::BLANK
};
