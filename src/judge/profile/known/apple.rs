//! Apple: Sign in with Apple, and the App Store.

use super::{AUD, Clue, DAY, EXP, Fact, Form, IAT, ISS, Life, Requirement, SUB, Spec, Trait};

/// Who signs in people, and for whom clients make their secrets.
const APPLE: &str = "https://appleid.apple.com";

pub(in super::super) static APPLE_ID_TOKEN: Spec = Spec {
    phrase: "an ID token of Apple",
    reference: "Apple documentation: Authenticating users with Sign in with Apple",
    clues: &[Clue {
        facts: &[Fact::Vendor("Apple")],
        confidence: 97,
        words: "the issuer is Apple",
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
    traits: &[Trait::AboutPerson, Trait::SignsIn],
    ..Spec::BLANK
};

/// What Apple lets a client secret live: six months, in seconds.
const SIX_MONTHS: i64 = 15_777_000;

pub(in super::super) static APPLE_CLIENT_SECRET: Spec = Spec {
    phrase: "a client secret for Apple",
    reference: "Apple documentation: Creating a client secret",
    clues: &[Clue {
        all: &["aud"],
        facts: &[Fact::Is("aud", APPLE), Fact::HeaderIs("alg", "ES256")],
        confidence: 96,
        words: "ES256, and aud is Apple: a client made it to authenticate itself",
        ..Clue::BLANK
    }],
    required: &[
        Requirement::header(&["kid"]).formed(Form::Text),
        ISS.formed(Form::Text),
        IAT,
        EXP,
        AUD,
        SUB.formed(Form::Text),
    ],
    life: Life::UpTo(SIX_MONTHS),
    ..Spec::BLANK
};

pub(in super::super) static APP_STORE: Spec = Spec {
    phrase: "a message of the App Store",
    reference: "Apple documentation: App Store Server API, JWSTransaction",
    clues: &[
        Clue {
            all: &["signedDate"],
            any: &["bundleId", "notificationUUID"],
            none: &["iss"],
            facts: &[Fact::Certificates(3)],
            confidence: 95,
            words: " beside signedDate, and three certificates",
        },
        Clue {
            all: &["bundleId", "environment"],
            none: &["iss"],
            confidence: 88,
            words: "bundleId and environment, no issuer",
            ..Clue::BLANK
        },
    ],
    required: &[
        Requirement::header(&["x5c"]).formed(Form::List),
        Requirement::claim(&["signedDate"]),
    ],
    without: &["iss", "sub", "aud", "exp", "iat", "jti"],
    life: Life::Unlimited,
    traits: &[Trait::BuiltOnChain, Trait::Milliseconds],
    ..Spec::BLANK
};
