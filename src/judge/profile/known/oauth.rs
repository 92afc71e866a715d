//! OAuth 2.0: access tokens, proofs, assertions, requests and answers.

use super::{
    ASYMMETRIC, AUD, Ban, Clue, DAY, EXP, Fact, Form, HOUR, IAT, ISS, JTI, Life, Likeness, MINUTE,
    PRIVATE_MEMBERS, Requirement, SUB, Spec, Trait, Typing,
};

pub(in super::super) static ACCESS_TOKEN: Spec = Spec {
    phrase: "an access token",
    reference: "RFC 9068 \u{A7}2",
    types: &["at+jwt"],
    typing: Typing::Required,
    clues: &[
        Clue {
            all: &["iss", "exp", "aud", "sub", "client_id", "iat", "jti"],
            none: &["nonce", "at_hash", "response_type", "token_use"],
            confidence: 75,
            words: "the claims of RFC 9068, but no typ",
            ..Clue::BLANK
        },
        Clue {
            all: &["iss", "client_id", "exp"],
            any: &["scope", "scp"],
            none: &["nonce", "at_hash", "response_type", "token_use"],
            confidence: 65,
            words: " beside client_id",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        EXP,
        AUD,
        SUB.formed(Form::Text),
        Requirement::claim(&["client_id"]).formed(Form::Text),
        IAT,
        JTI.formed(Form::Text),
    ],
    life: Life::UpTo(HOUR),
    traits: &[Trait::Access],
    likeness: Some(Likeness {
        facts: &[],
        own: &["scope", "client_id"],
        settled: &[],
    }),
    ..Spec::BLANK
};

pub(in super::super) static DPOP_PROOF: Spec = Spec {
    phrase: "a DPoP proof",
    reference: "RFC 9449 \u{A7}4.2",
    types: &["dpop+jwt"],
    typing: Typing::Required,
    clues: &[Clue {
        all: &["htm", "htu"],
        confidence: 92,
        words: "htm and htu, the request that it is for",
        ..Clue::BLANK
    }],
    required: &[
        ASYMMETRIC,
        Requirement::header(&["jwk"]).formed(Form::Object),
        JTI.formed(Form::Text),
        Requirement::claim(&["htm"]).formed(Form::Text),
        Requirement::claim(&["htu"]).formed(Form::UrlAlone),
        IAT,
    ],
    forbidden: &[
        Ban::header("jwk", "The proof shows the public half of its key alone.")
            .inside(PRIVATE_MEMBERS),
    ],
    without: &["iss", "sub", "aud", "exp"],
    life: Life::UpTo(5 * MINUTE),
    traits: &[Trait::HoldersOwnKey, Trait::UsedOnce],
    ..Spec::BLANK
};

pub(in super::super) static CLIENT_ASSERTION: Spec = Spec {
    phrase: "a client assertion",
    reference: "RFC 7523 \u{A7}3",
    types: &["client-authentication+jwt"],
    typing: Typing::Recommended,
    clues: &[
        Clue {
            all: &["iss", "sub", "aud", "exp", "jti"],
            none: &["nonce", "scope", "events", "sub_jwk", "jwks"],
            facts: &[Fact::Same("iss", "sub"), Fact::Lives(HOUR)],
            confidence: 85,
            words: "iss and sub are the same, beside jti and a short life",
            ..Clue::BLANK
        },
        Clue {
            all: &["iss", "sub", "aud"],
            none: &["nonce", "scope", "events", "sub_jwk", "jwks"],
            facts: &[Fact::Same("iss", "sub"), Fact::TokenEndpoint],
            confidence: 80,
            words: "iss and sub are the same, and aud is a token endpoint",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.formed(Form::Text),
        SUB.formed(Form::Mirror(&["iss"])),
        AUD,
        EXP,
        JTI.formed(Form::Text),
    ],
    life: Life::UpTo(5 * MINUTE),
    traits: &[Trait::UsedOnce],
    likeness: Some(Likeness {
        facts: &[Fact::Same("iss", "sub")],
        own: &[],
        settled: &[Fact::Lives(HOUR)],
    }),
    ..Spec::BLANK
};

pub(in super::super) static JWT_BEARER_GRANT: Spec = Spec {
    phrase: "a JWT bearer grant",
    reference: "RFC 7523 \u{A7}3",
    clues: &[Clue {
        all: &["iss", "sub", "aud", "exp"],
        none: &["nonce", "at_hash", "events", "client_id"],
        facts: &[Fact::Different("iss", "sub"), Fact::TokenEndpoint],
        confidence: 75,
        words: "iss and sub differ, and aud is a token endpoint",
        ..Clue::BLANK
    }],
    required: &[ISS.formed(Form::Text), SUB.formed(Form::Text), AUD, EXP],
    life: Life::UpTo(HOUR),
    traits: &[Trait::AboutPerson, Trait::UsedOnce],
    likeness: Some(Likeness {
        facts: &[Fact::Different("iss", "sub"), Fact::TokenEndpoint],
        own: &[],
        // The audience of every other kind is a client or a service.
        settled: &[Fact::TokenEndpoint, Fact::Lacks("nonce")],
    }),
    ..Spec::BLANK
};

pub(in super::super) static REQUEST_OBJECT: Spec = Spec {
    phrase: "a request object",
    reference: "RFC 9101 \u{A7}4",
    types: &["oauth-authz-req+jwt"],
    typing: Typing::Recommended,
    clues: &[
        Clue {
            all: &["client_id", "response_type"],
            confidence: 94,
            words: "client_id and response_type, parameters of a request",
            ..Clue::BLANK
        },
        Clue {
            all: &["client_id", "redirect_uri"],
            confidence: 85,
            words: "client_id and redirect_uri, parameters of a request",
            ..Clue::BLANK
        },
    ],
    required: &[
        Requirement::claim(&["client_id"]).formed(Form::Text),
        ISS.recommended(),
        AUD.recommended(),
    ],
    forbidden: &[
        Ban::claim("request", "A request object holds no other one."),
        Ban::claim("request_uri", "A request object holds no other one."),
        Ban::claim(
            "sub",
            "With the client as subject it passes as a client assertion (RFC 9101 section 10.8).",
        )
        .when(&[Fact::Same("sub", "client_id")]),
    ],
    life: Life::UpTo(HOUR),
    traits: &[Trait::AboutPerson, Trait::InBodies],
    likeness: Some(Likeness {
        facts: &[Fact::Claim("response_type")],
        own: &["response_type", "redirect_uri"],
        settled: &[],
    }),
    ..Spec::BLANK
};

pub(in super::super) static JARM: Spec = Spec {
    phrase: "an authorization response",
    reference: "JARM \u{A7}2.1",
    typing: Typing::Untyped,
    clues: &[
        Clue {
            all: &["iss", "aud", "exp"],
            any: &["code", "error"],
            none: &["sub"],
            confidence: 88,
            words: " beside iss, aud and exp, no sub",
            ..Clue::BLANK
        },
        Clue {
            all: &["state"],
            any: &["code", "error"],
            none: &["sub"],
            confidence: 80,
            words: " beside state, no sub",
            ..Clue::BLANK
        },
    ],
    required: &[ISS.formed(Form::Text), AUD, EXP],
    life: Life::UpTo(10 * MINUTE),
    ..Spec::BLANK
};

pub(in super::super) static INTROSPECTION_RESPONSE: Spec = Spec {
    phrase: "an introspection response",
    reference: "RFC 9701 \u{A7}5",
    types: &["token-introspection+jwt"],
    typing: Typing::Required,
    clues: &[Clue {
        all: &["token_introspection"],
        confidence: 94,
        words: "token_introspection, what is said of another token",
        ..Clue::BLANK
    }],
    required: &[
        ISS.formed(Form::Text),
        AUD,
        IAT,
        Requirement::claim(&["token_introspection"]).formed(Form::BooleanIn("active")),
    ],
    forbidden: &[
        Ban::claim(
            "sub",
            "At the top it would make the answer pass as an access token.",
        )
        .discouraged(),
        Ban::claim(
            "exp",
            "At the top it would make the answer pass as an access token.",
        )
        .discouraged(),
    ],
    without: &["exp", "sub", "jti"],
    life: Life::Unlimited,
    traits: &[Trait::AboutPerson],
    ..Spec::BLANK
};

pub(in super::super) static CLIENT_ATTESTATION: Spec = Spec {
    phrase: "a client attestation",
    reference: "Attestation-Based Client Authentication (draft)",
    types: &["oauth-client-attestation+jwt"],
    typing: Typing::Required,
    required: &[
        ASYMMETRIC,
        SUB.formed(Form::Text),
        EXP,
        Requirement::claim(&["cnf"]).formed(Form::ObjectIn("jwk")),
    ],
    without: &["iss", "aud", "jti"],
    life: Life::UpTo(DAY),
    ..Spec::BLANK
};

pub(in super::super) static CLIENT_ATTESTATION_POP: Spec = Spec {
    phrase: "a proof of possession for a client attestation",
    reference: "Attestation-Based Client Authentication (draft)",
    types: &["oauth-client-attestation-pop+jwt"],
    typing: Typing::Required,
    required: &[ASYMMETRIC, AUD, JTI.formed(Form::Text), IAT],
    without: &["iss", "exp", "sub"],
    life: Life::UpTo(5 * MINUTE),
    traits: &[Trait::BringsKey],
    ..Spec::BLANK
};
