//! ID tokens (`OpenID` Connect Core 1.0, Self-Issued `OpenID` Provider v2).

use super::{
    AUD, Ban, Clue, EXP, Fact, Form, HOUR, IAT, ISS, Life, Likeness, Requirement, SUB, Spec, Trait,
    Typing,
};

/// Claims that only ID tokens have.
const OF_ID_TOKENS: &[&str] = &["nonce", "at_hash", "c_hash", "auth_time", "azp", "sid"];

/// Claims of other kinds that would otherwise look like an ID token.
const OF_OTHERS: &[&str] = &[
    "scope",
    "scp",
    "client_id",
    "events",
    "vc",
    "vp",
    "vct",
    "response_type",
    "sd_hash",
    "status_list",
    "token_introspection",
];

const WHY_NO_KEY: &str = "A client finds the key by its issuer, never by the token.";

pub(in super::super) static OIDC_ID_TOKEN: Spec = Spec {
    phrase: "an ID token",
    reference: "OpenID Connect Core 1.0 \u{A7}2",
    typing: Typing::Untyped,
    clues: &[
        Clue {
            all: &["iss", "sub", "aud", "exp", "iat"],
            any: &[
                "nonce",
                "auth_time",
                "at_hash",
                "c_hash",
                "amr",
                "acr",
                "sid",
                "azp",
            ],
            none: OF_OTHERS,
            confidence: 85,
            words: ", no scope",
            ..Clue::BLANK
        },
        Clue {
            any: &["at_hash", "c_hash"],
            none: OF_OTHERS,
            confidence: 80,
            words: ", which only ID tokens have",
            ..Clue::BLANK
        },
        Clue {
            all: &["iss", "nonce"],
            any: &["auth_time", "exp", "sub"],
            none: OF_OTHERS,
            confidence: 60,
            words: " beside iss and nonce",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        AUD,
        EXP,
        IAT,
        Requirement::claim(&["azp"])
            .recommended()
            .when(&[Fact::SeveralAudiences])
            .noting("With several audiences it says for which of them the token was made."),
    ],
    forbidden: &[
        Ban::header("jku", WHY_NO_KEY).discouraged(),
        Ban::header("jwk", WHY_NO_KEY).discouraged(),
        Ban::header("x5u", WHY_NO_KEY).discouraged(),
        Ban::header("x5c", WHY_NO_KEY).discouraged(),
    ],
    life: Life::UpTo(HOUR),
    traits: &[Trait::AboutPerson, Trait::SignsIn],
    likeness: Some(Likeness {
        facts: &[],
        own: OF_ID_TOKENS,
        settled: &[],
    }),
    ..Spec::BLANK
};

pub(in super::super) static SIOP_ID_TOKEN: Spec = Spec {
    phrase: "a self-issued ID token",
    reference: "Self-Issued OpenID Provider v2 \u{A7}11",
    typing: Typing::Untyped,
    clues: &[
        Clue {
            all: &["sub_jwk"],
            confidence: 90,
            words: "sub_jwk, the key of its own subject",
            ..Clue::BLANK
        },
        Clue {
            all: &["iss"],
            facts: &[Fact::Starts("iss", "https://self-issued.me")],
            confidence: 92,
            words: "iss is self-issued.me",
            ..Clue::BLANK
        },
        Clue {
            all: &["iss", "sub", "nonce"],
            facts: &[Fact::Same("iss", "sub"), Fact::Starts("sub", "did:")],
            confidence: 88,
            words: "a DID is both issuer and subject, beside a nonce",
            ..Clue::BLANK
        },
        Clue {
            all: &["iss", "sub", "nonce"],
            facts: &[
                Fact::Same("iss", "sub"),
                Fact::Starts("sub", "urn:ietf:params:oauth:jwk-thumbprint:"),
            ],
            confidence: 92,
            words: "the thumbprint of a key is both issuer and subject",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        AUD,
        EXP,
        IAT,
        Requirement::claim(&["nonce"]).formed(Form::Text),
        Requirement::claim(&["sub_jwk"])
            .formed(Form::Object)
            .when(&[Fact::Starts("sub", "urn:ietf:params:oauth:jwk-thumbprint:")]),
    ],
    life: Life::UpTo(HOUR),
    traits: &[Trait::AboutPerson, Trait::HoldersOwnKey, Trait::SignsIn],
    ..Spec::BLANK
};
