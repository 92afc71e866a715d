//! Credentials and what goes with them: SD-JWT (RFC 9901), verifiable credentials, status lists, proofs of wallets.

use super::{
    ASYMMETRIC, AUD, Ban, Clue, EXP, Fact, Form, IAT, ISS, Life, MINUTE, NBF, Requirement, SUB,
    Spec, Trait, Typing,
};

pub(in super::super) static SD_JWT: Spec = Spec {
    phrase: "an SD-JWT",
    reference: "RFC 9901",
    clues: &[Clue {
        facts: &[Fact::SdJwt],
        confidence: 70,
        words: "it has disclosures, or ends in a tilde",
        ..Clue::BLANK
    }],
    without: &["aud", "jti"],
    life: Life::Unlimited,
    traits: &[Trait::AboutPerson, Trait::InBodies],
    ..Spec::BLANK
};

pub(in super::super) static KB_JWT: Spec = Spec {
    phrase: "a key binding JWT",
    reference: "RFC 9901 \u{A7}4.3",
    types: &["kb+jwt"],
    typing: Typing::Required,
    clues: &[Clue {
        all: &["sd_hash"],
        confidence: 94,
        words: "sd_hash, the hash of an SD-JWT",
        ..Clue::BLANK
    }],
    required: &[
        ASYMMETRIC,
        IAT,
        AUD.formed(Form::Text),
        Requirement::claim(&["nonce"]).formed(Form::Text),
        Requirement::claim(&["sd_hash"]).formed(Form::Text),
    ],
    without: &["iss", "sub", "exp", "jti"],
    life: Life::UpTo(5 * MINUTE),
    traits: &[Trait::InBodies],
    ..Spec::BLANK
};

pub(in super::super) static SD_JWT_VC: Spec = Spec {
    phrase: "an SD-JWT VC",
    reference: "SD-JWT VC (draft) \u{A7}3.2",
    // The older name is claimed by the W3C's too; the claims decide.
    types: &["dc+sd-jwt", "vc+sd-jwt"],
    typing: Typing::Required,
    clues: &[
        Clue {
            all: &["vct"],
            facts: &[Fact::SdJwt],
            confidence: 97,
            words: "an SD-JWT with vct, the type of a credential",
            ..Clue::BLANK
        },
        Clue {
            all: &["vct"],
            confidence: 82,
            words: "vct, the type of a credential",
            ..Clue::BLANK
        },
    ],
    required: &[
        ASYMMETRIC,
        Requirement::claim(&["vct"]).formed(Form::Text),
        Requirement::claim(&["cnf"])
            .formed(Form::Object)
            .when(&[Fact::Claim("cnf")]),
    ],
    without: &["iss", "sub", "aud", "exp", "jti"],
    life: Life::Unlimited,
    traits: &[Trait::AboutPerson, Trait::BuiltOnChain, Trait::InBodies],
    ..Spec::BLANK
};

pub(in super::super) static STATUS_LIST: Spec = Spec {
    phrase: "a status list token",
    reference: "Token Status List (draft) \u{A7}5.1",
    types: &["statuslist+jwt"],
    typing: Typing::Required,
    clues: &[Clue {
        all: &["status_list"],
        facts: &[Fact::Holds("status_list", "lst")],
        confidence: 94,
        words: "status_list with its bits",
        ..Clue::BLANK
    }],
    required: &[
        SUB.formed(Form::Text),
        IAT,
        Requirement::claim(&["status_list"]).formed(Form::StatusList),
        EXP.recommended(),
        Requirement::claim(&["ttl"])
            .recommended()
            .noting("Without it nobody knows how long a copy may be kept."),
    ],
    without: &["iss", "aud", "exp", "jti"],
    life: Life::Unlimited,
    traits: &[Trait::InBodies],
    ..Spec::BLANK
};

const OF_1_1: &str = "VC Data Model 1.1 \u{A7}6.3.1";

pub(in super::super) static VC_JWT: Spec = Spec {
    phrase: "a credential in a JWT",
    reference: OF_1_1,
    clues: &[Clue {
        all: &["vc"],
        confidence: 90,
        words: "vc, a credential of the data model 1.1",
        ..Clue::BLANK
    }],
    required: &[
        ISS.formed(Form::Mirror(&["vc", "issuer"])),
        Requirement::claim(&["vc"]).formed(Form::Object),
        NBF.recommended().noting("It repeats issuanceDate."),
        Requirement::claim(&["jti"])
            .formed(Form::Mirror(&["vc", "id"]))
            .when(&[Fact::Holds("vc", "id")]),
        Requirement::claim(&["sub"])
            .formed(Form::Mirror(&["vc", "credentialSubject"]))
            .when(&[Fact::Claim("sub")]),
    ],
    without: &["aud", "exp", "iat", "jti"],
    life: Life::Unlimited,
    traits: &[Trait::AboutPerson, Trait::InBodies],
    ..Spec::BLANK
};

pub(in super::super) static VP_JWT: Spec = Spec {
    phrase: "a presentation in a JWT",
    reference: OF_1_1,
    clues: &[Clue {
        all: &["vp"],
        confidence: 90,
        words: "vp, a presentation of the data model 1.1",
        ..Clue::BLANK
    }],
    required: &[
        ISS.formed(Form::Text),
        Requirement::claim(&["vp"]).formed(Form::Object),
        AUD.recommended(),
    ],
    without: &["exp", "iat"],
    life: Life::Unlimited,
    traits: &[Trait::AboutPerson, Trait::InBodies],
    ..Spec::BLANK
};

const OF_2_0: &str = "VC-JOSE-COSE \u{A7}3.1";

/// The context of the data model 2.0.
const CREDENTIALS_V2: &str = "https://www.w3.org/ns/credentials/v2";

const NOT_BOTH: &str =
    "The payload itself is the credential; a reader of 1.1 would take another one out of it.";

pub(in super::super) static VC_JOSE: Spec = Spec {
    phrase: "a credential secured with JOSE",
    reference: OF_2_0,
    types: &["vc+jwt", "vc+sd-jwt"],
    typing: Typing::Recommended,
    clues: &[Clue {
        all: &["@context"],
        facts: &[Fact::Lists("@context", CREDENTIALS_V2)],
        confidence: 92,
        words: "@context of the data model 2.0",
        ..Clue::BLANK
    }],
    required: &[
        Requirement::claim(&["@context"]).formed(Form::Listing(CREDENTIALS_V2)),
        Requirement::claim(&["type"]),
        Requirement::claim(&["issuer"]),
        ISS.formed(Form::Mirror(&["issuer"]))
            .when(&[Fact::Claim("iss")])
            .recommended(),
        Requirement::header(&["cty"]).recommended(),
    ],
    forbidden: &[Ban::claim("vc", NOT_BOTH), Ban::claim("vp", NOT_BOTH)],
    without: &["iss", "sub", "aud", "exp", "iat", "jti"],
    life: Life::Unlimited,
    traits: &[Trait::AboutPerson, Trait::BuiltOnChain, Trait::InBodies],
    ..Spec::BLANK
};

pub(in super::super) static VP_JOSE: Spec = Spec {
    phrase: "a presentation secured with JOSE",
    reference: OF_2_0,
    types: &["vp+jwt", "vp+sd-jwt"],
    typing: Typing::Recommended,
    clues: &[Clue {
        all: &["@context", "verifiableCredential"],
        facts: &[Fact::Lists("@context", CREDENTIALS_V2)],
        confidence: 94,
        words: "@context of the data model 2.0, and verifiableCredential",
        ..Clue::BLANK
    }],
    required: &[
        Requirement::claim(&["@context"]).formed(Form::Listing(CREDENTIALS_V2)),
        Requirement::claim(&["type"]),
        Requirement::header(&["cty"]).recommended(),
    ],
    forbidden: &[Ban::claim("vc", NOT_BOTH), Ban::claim("vp", NOT_BOTH)],
    without: &["iss", "sub", "aud", "exp", "iat", "jti"],
    life: Life::Unlimited,
    traits: &[Trait::AboutPerson, Trait::InBodies],
    ..Spec::BLANK
};

pub(in super::super) static VCI_KEY_PROOF: Spec = Spec {
    phrase: "a proof of possession of a credential\u{2019}s key",
    reference: "OpenID4VCI 1.0 \u{A7}F.1",
    types: &["openid4vci-proof+jwt"],
    typing: Typing::Required,
    required: &[
        ASYMMETRIC,
        Requirement::header(&["jwk", "kid", "x5c"]).formed(Form::OnlyOne),
        AUD,
        IAT,
    ],
    without: &["iss", "sub", "exp", "jti"],
    life: Life::UpTo(5 * MINUTE),
    traits: &[Trait::HoldersOwnKey],
    ..Spec::BLANK
};
