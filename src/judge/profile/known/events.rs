//! Security event tokens (RFC 8417), and logout tokens among them.

use super::{
    AUD, Ban, Clue, EXP, Fact, Form, IAT, ISS, JTI, Life, Likeness, MINUTE, Requirement, Spec,
    Trait, Typing,
};

/// What a logout token says (`OpenID` Connect Back-Channel Logout 1.0 section 2.4).
const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How events of the Shared Signals Framework are called.
const SHARED: &str = "https://schemas.openid.net/secevent/";

pub(in super::super) static LOGOUT_TOKEN: Spec = Spec {
    phrase: "a logout token",
    reference: "OpenID Connect Back-Channel Logout 1.0 \u{A7}2.4",
    types: &["logout+jwt"],
    typing: Typing::Recommended,
    clues: &[Clue {
        all: &["events"],
        facts: &[Fact::Holds("events", LOGOUT)],
        confidence: 98,
        words: "events says backchannel-logout",
        ..Clue::BLANK
    }],
    required: &[
        ISS.formed(Form::Text),
        AUD,
        IAT,
        EXP.recommended().noting("Logout tokens must have it since December 2023 (errata set 1), so older issuers leave it out; without it a captured one can be sent again."),
        JTI.formed(Form::Text),
        Requirement::claim(&["events"]).formed(Form::ObjectIn(LOGOUT)),
        Requirement::claim(&["sub", "sid"]),
    ],
    forbidden: &[Ban::claim(
        "nonce",
        "It would let the token pass as an ID token.",
    )],
    life: Life::UpTo(2 * MINUTE),
    traits: &[Trait::AboutPerson],
    likeness: Some(Likeness {
        facts: &[Fact::Holds("events", LOGOUT)],
        own: &["events"],
        settled: &[],
    }),
    ..Spec::BLANK
};

pub(in super::super) static SECURITY_EVENT: Spec = Spec {
    phrase: "a security event token",
    reference: "RFC 8417 \u{A7}2.2",
    types: &["secevent+jwt"],
    typing: Typing::Recommended,
    clues: &[
        Clue {
            all: &["events", "iss", "iat", "jti"],
            facts: &[Fact::Object("events")],
            confidence: 97,
            words: "events, beside iss, iat and jti",
            ..Clue::BLANK
        },
        Clue {
            all: &["events"],
            facts: &[Fact::Object("events")],
            confidence: 75,
            words: "events is an object",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        IAT,
        JTI.formed(Form::Text),
        Requirement::claim(&["events"]).formed(Form::Object),
        AUD.recommended(),
    ],
    without: &["exp", "sub"],
    life: Life::Unlimited,
    traits: &[Trait::AboutPerson, Trait::InBodies],
    ..Spec::BLANK
};

pub(in super::super) static SHARED_SIGNAL: Spec = Spec {
    phrase: "an event of the Shared Signals Framework",
    reference: "OpenID Shared Signals Framework 1.0",
    types: &["secevent+jwt"],
    typing: Typing::Required,
    clues: &[Clue {
        all: &["events"],
        facts: &[Fact::HoldsFrom("events", SHARED)],
        confidence: 98,
        words: "events are those of the Shared Signals Framework",
        ..Clue::BLANK
    }],
    required: &[
        ISS.formed(Form::Text),
        IAT,
        JTI.formed(Form::Text),
        AUD,
        Requirement::claim(&["events"]).formed(Form::Object),
        Requirement::claim(&["sub_id"]).formed(Form::Object),
    ],
    forbidden: &[
        Ban::claim(
            "sub",
            "sub_id names the subject; sub would let it pass as an access token.",
        ),
        Ban::claim(
            "exp",
            "An event does not expire; exp would let it pass as an access token.",
        ),
    ],
    without: &["exp", "sub"],
    life: Life::Unlimited,
    traits: &[Trait::AboutPerson, Trait::InBodies],
    ..Spec::BLANK
};
