//! Platforms that sign in users of applications.

use super::{
    AUD, Clue, DAY, EXP, Fact, Form, HOUR, IAT, ISS, JTI, Life, Requirement, SUB, Spec, Trait,
};

pub(in super::super) static COGNITO_ACCESS: Spec = Spec {
    phrase: "an access token of Cognito",
    reference: "Amazon Cognito documentation: access tokens",
    clues: &[
        Clue {
            facts: &[Fact::Vendor("Cognito")],
            confidence: 93,
            words: "the issuer is a user pool of Cognito",
            ..Clue::BLANK
        },
        Clue {
            all: &["token_use"],
            facts: &[Fact::Vendor("Cognito"), Fact::Is("token_use", "access")],
            confidence: 97,
            words: "the issuer is a user pool of Cognito, and token_use says access",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        EXP,
        IAT,
        Requirement::claim(&["token_use"])
            .formed(Form::Text)
            .noting("It alone tells access and ID tokens of a pool apart."),
        Requirement::claim(&["client_id"]),
        JTI.recommended(),
    ],
    // Unless the client asks for an API by name.
    without: &["aud"],
    life: Life::UpTo(DAY),
    traits: &[Trait::Access],
    ..Spec::BLANK
};

pub(in super::super) static COGNITO_ID: Spec = Spec {
    phrase: "an ID token of Cognito",
    reference: "Amazon Cognito documentation: ID tokens",
    clues: &[
        Clue {
            all: &["token_use"],
            facts: &[Fact::Vendor("Cognito"), Fact::Is("token_use", "id")],
            confidence: 97,
            words: "the issuer is a user pool of Cognito, and token_use says id",
            ..Clue::BLANK
        },
        Clue {
            all: &["cognito:username", "aud"],
            facts: &[Fact::Vendor("Cognito")],
            confidence: 95,
            words: "the issuer is a user pool of Cognito, with aud and cognito:username",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        AUD,
        EXP,
        IAT,
        Requirement::claim(&["token_use"])
            .formed(Form::Text)
            .noting("It alone tells access and ID tokens of a pool apart."),
        Requirement::claim(&["cognito:username"]).recommended(),
    ],
    life: Life::UpTo(DAY),
    traits: &[Trait::AboutPerson, Trait::SignsIn],
    ..Spec::BLANK
};

pub(in super::super) static GOOGLE: Spec = Spec {
    phrase: "an ID token of Google",
    reference: "Google documentation: OpenID Connect",
    clues: &[Clue {
        none: &["target_audience"],
        facts: &[Fact::Vendor("Google")],
        confidence: 93,
        words: "the issuer is Google",
        ..Clue::BLANK
    }],
    required: &[
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        AUD,
        EXP,
        IAT,
        Requirement::claim(&["azp"]).recommended(),
    ],
    life: Life::UpTo(DAY),
    traits: &[Trait::AboutPerson, Trait::SignsIn],
    ..Spec::BLANK
};

pub(in super::super) static GOOGLE_SERVICE_ACCOUNT: Spec = Spec {
    phrase: "an assertion of a Google service account",
    reference: "Google documentation: OAuth 2.0 for server to server applications",
    clues: &[Clue {
        all: &["iss"],
        facts: &[Fact::Ends("iss", ".iam.gserviceaccount.com")],
        confidence: 97,
        words: "iss is a service account of Google",
        ..Clue::BLANK
    }],
    required: &[
        ISS.formed(Form::Text),
        AUD,
        EXP,
        IAT,
        Requirement::claim(&["scope", "target_audience", "sub"]),
    ],
    life: Life::UpTo(HOUR),
    traits: &[Trait::AboutPerson],
    ..Spec::BLANK
};

pub(in super::super) static FIREBASE: Spec = Spec {
    phrase: "a token of Firebase",
    reference: "Firebase documentation: Verify ID tokens",
    clues: &[Clue {
        facts: &[Fact::Vendor("Firebase")],
        confidence: 97,
        words: "the issuer is a project of Firebase",
        ..Clue::BLANK
    }],
    required: &[
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        AUD.formed(Form::Text),
        EXP,
        IAT,
        Requirement::claim(&["auth_time"]),
        Requirement::claim(&["firebase"])
            .recommended()
            .formed(Form::Object),
    ],
    life: Life::UpTo(DAY),
    traits: &[Trait::AboutPerson, Trait::Emulated, Trait::SignsIn],
    ..Spec::BLANK
};

pub(in super::super) static SUPABASE_USER: Spec = Spec {
    phrase: "a session token of Supabase",
    reference: "Supabase documentation: JWT claims reference",
    clues: &[
        Clue {
            none: &["ref"],
            facts: &[Fact::Vendor("Supabase")],
            confidence: 95,
            words: "the issuer is a project of Supabase",
            ..Clue::BLANK
        },
        Clue {
            all: &["role", "aal", "session_id"],
            confidence: 90,
            words: "role, aal and session_id, a session of Supabase",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        AUD,
        EXP,
        IAT,
        SUB.formed(Form::Text),
        Requirement::claim(&["role"]).formed(Form::Text),
        Requirement::claim(&["aal"]).formed(Form::Text),
        Requirement::claim(&["session_id"]).formed(Form::Text),
    ],
    life: Life::UpTo(DAY),
    traits: &[Trait::AboutPerson],
    ..Spec::BLANK
};

pub(in super::super) static SUPABASE_KEY: Spec = Spec {
    phrase: "an API key of Supabase in the older form",
    reference: "Supabase documentation: API keys",
    clues: &[Clue {
        all: &["iss", "ref"],
        facts: &[Fact::Is("iss", "supabase")],
        confidence: 98,
        words: "iss is supabase, and ref a project",
        ..Clue::BLANK
    }],
    required: &[
        ISS.recommended(),
        Requirement::claim(&["ref"]).recommended(),
        Requirement::claim(&["role"]).recommended(),
        IAT.recommended(),
        EXP.recommended(),
    ],
    without: &["aud", "sub", "jti"],
    life: Life::ByDesign(
        "It is an API key of Supabase in the older form, which lives ten years by design; the newer keys can be revoked.",
    ),
    traits: &[Trait::KeyOfProject],
    ..Spec::BLANK
};
