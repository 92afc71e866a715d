//! `OpenID` Federation 1.0.

use super::{
    ASYMMETRIC, Ban, Clue, DAY, EXP, Fact, Form, IAT, ISS, Life, Requirement, SUB, Spec, Trait,
    Typing,
};

const REFERENCE: &str = "OpenID Federation 1.0 \u{A7}3";

const ABOUT_ONESELF: &str =
    "Only what an entity says of itself holds it; from a superior a verifier must refuse it.";

pub(in super::super) static ENTITY_CONFIGURATION: Spec = Spec {
    phrase: "an entity configuration",
    reference: REFERENCE,
    types: &["entity-statement+jwt"],
    typing: Typing::Required,
    clues: &[Clue {
        all: &["iss", "sub", "jwks"],
        facts: &[Fact::Same("iss", "sub"), Fact::Object("jwks")],
        confidence: 85,
        words: "an entity and its jwks, iss and sub are the same",
        ..Clue::BLANK
    }],
    required: &[
        ASYMMETRIC,
        Requirement::header(&["kid"]).formed(Form::Text),
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        IAT,
        EXP,
        Requirement::claim(&["jwks"]).formed(Form::KeySet),
        Requirement::claim(&["authority_hints"])
            .formed(Form::List)
            .when(&[Fact::Claim("authority_hints")]),
    ],
    without: &["aud", "jti"],
    life: Life::UpTo(DAY),
    traits: &[Trait::InBodies],
    ..Spec::BLANK
};

pub(in super::super) static SUBORDINATE_STATEMENT: Spec = Spec {
    phrase: "a statement about a subordinate",
    reference: REFERENCE,
    types: &["entity-statement+jwt"],
    typing: Typing::Required,
    clues: &[Clue {
        all: &["iss", "sub", "jwks"],
        facts: &[Fact::Different("iss", "sub"), Fact::Object("jwks")],
        confidence: 82,
        words: "jwks of another entity, iss and sub differ",
        ..Clue::BLANK
    }],
    required: &[
        ASYMMETRIC,
        Requirement::header(&["kid"]).formed(Form::Text),
        ISS.formed(Form::Text),
        SUB.formed(Form::Text),
        IAT,
        EXP,
        Requirement::claim(&["jwks"]).formed(Form::KeySet),
    ],
    forbidden: &[
        Ban::claim("authority_hints", ABOUT_ONESELF),
        Ban::claim("trust_marks", ABOUT_ONESELF),
        Ban::claim("trust_mark_issuers", ABOUT_ONESELF),
        Ban::claim("trust_mark_owners", ABOUT_ONESELF),
    ],
    without: &["aud", "jti"],
    life: Life::UpTo(DAY),
    traits: &[Trait::InBodies],
    ..Spec::BLANK
};
