//! Policies over tokens in tokens, several signatures, key binding, and what is closed.

use serde_json::json;
use tokenloupe::judge::CheckResult::{self, Failed, NotRun, Passed};
use tokenloupe::judge::{Issuer, Judgement, KeyChoice, Policy};
use tokenloupe::keys::{self, KeyRing};

use super::{
    GOOD_HEADER, check, checks, each_expectation, good_claims, judged, ring, secret, texts, words,
};
use crate::common::reasons;
use crate::forms::make::{Sealing, Signing, To, general};
use crate::sd_jwt::make::{Parties, disclosure, present};
use crate::way::{Secret, key};

fn direct() -> To {
    To::Secret((0..32).map(|at| 200 - at * 5).collect())
}

fn sealed(header: &str, plaintext: &str) -> String {
    Sealing::new(header, &direct(), plaintext.as_bytes()).compact()
}

fn with(ring: KeyRing, files: &[String]) -> KeyRing {
    let mut ring = ring;
    for file in files {
        ring.add(keys::load("more.json", file.as_bytes()).unwrap());
    }
    ring
}

/// The judgement on the token that holds the claims.
fn inner(judgement: &Judgement) -> &Judgement {
    judgement.innermost()
}

/// In an envelope, each is held against the token inside, and `alg` against every signature.
#[test]
fn a_nested_token_is_asked_inside() {
    let good = secret().token("HS256", GOOD_HEADER, good_claims().to_string());
    let bad = secret().token(
        "HS256",
        r#"{"alg":"HS256","kid":"k"}"#,
        r#"{"act":1,"sub":"root","jti":"id-2"}"#,
    );
    let outer = key("ES256");
    let ring = with(
        ring(),
        &[
            outer.jwk(&json!({"kid": "outer"})).to_string(),
            direct().file(),
        ],
    );
    let signed = |inner: &str| {
        outer.token(
            "ES256",
            r#"{"alg":"ES256","cty":"JWT","kid":"outer"}"#,
            inner,
        )
    };
    let sealed = |inner: &str| sealed(r#"{"alg":"dir","enc":"A256GCM","cty":"JWT"}"#, inner);
    for wrap in [&signed as &dyn Fn(&str) -> String, &sealed] {
        for (name, policy) in each_expectation() {
            let judgement = judged(&wrap(&good), &ring, &policy);
            assert_eq!(reasons(&judgement), [""; 0], "{name}");
            assert_eq!(check(inner(&judgement), name).result, Passed, "{name}");
            let is_outside = checks(&judgement, name).len();
            let is_signed = judgement
                .expectations
                .iter()
                .all(|expectation| expectation.name == "alg");
            assert!(
                is_signed && is_outside <= usize::from(name == "alg"),
                "{name}"
            );

            let judgement = judged(&wrap(&bad), &ring, &policy);
            let expected = match name {
                "alg" => vec![],
                "typ" => vec!["policy-typ"],
                "max-lifetime" | "max-age" => vec!["policy-lifetime"],
                "iss" | "issuer-key" => vec!["policy-iss"],
                "aud" => vec!["policy-aud"],
                "nonce" => vec!["policy-nonce"],
                "replay" => vec!["revoked"],
                _ => vec!["policy-claims"],
            };
            let is_there = policy.required_claims == [super::name("sub")];
            let expected = if is_there { vec![] } else { expected };
            assert_eq!(reasons(&judgement), expected, "{name}");
        }
    }
}

/// What is encrypted cannot be held against anything: not run, and never accepted.
#[test]
fn a_closed_jwe_is_not_asked_for_claims() {
    let header = r#"{"alg":"dir","enc":"A256GCM","typ":"JOSE"}"#;
    let token = sealed(header, &good_claims().to_string());
    for (name, policy) in each_expectation() {
        let judgement = judged(&token, &KeyRing::default(), &policy);
        let expected = match name {
            "alg" => (Failed, vec!["policy-alg"]),
            "typ" => (Failed, vec!["policy-typ"]),
            _ => (NotRun, vec!["encrypted"]),
        };
        if name == "issuer-key" {
            // Whose keys are meant stands in the claims.
            assert_eq!(
                (checks(&judgement, name).len(), reasons(&judgement)),
                (0, vec!["encrypted"])
            );
            continue;
        }
        let told = check(&judgement, name);
        assert_eq!((told.result, reasons(&judgement)), expected, "{name}");
        if told.result == NotRun {
            assert!(
                words(told).ends_with(" not checked. The claims are encrypted"),
                "{}",
                words(told)
            );
        }
        // Opened, it is asked like any other.
        let opened = judged(&token, &direct().ring(), &policy);
        let expected = match name {
            "alg" | "typ" => Failed,
            _ => Passed,
        };
        assert_eq!(check(&opened, name).result, expected, "{name}");
    }
}

/// A secret that decrypts proves who made it, as a signature does; a public key proves nothing.
#[test]
fn the_secret_of_a_jwe_is_an_issuers_key_too() {
    let token = sealed(
        r#"{"alg":"dir","enc":"A256GCM"}"#,
        &good_claims().to_string(),
    );
    let of = |source: &str| Policy {
        issuers: vec![Issuer {
            iss: "https://a.example".to_owned(),
            keys: vec![KeyChoice::Source(source.to_owned())],
        }],
        ..Policy::default()
    };
    let ring = direct().ring();
    assert_eq!(reasons(&judged(&token, &ring, &of("keys"))), [""; 0]);
    let judgement = judged(&token, &ring, &of("others"));
    assert_eq!(reasons(&judgement), ["key-not-allowed"]);
    assert_eq!(check(&judgement, "issuer-key").result, Failed);
    let Secret::Pair(pair) = key("RS256") else {
        panic!("a pair")
    };
    let to = To::Rsa(pair.clone());
    let claims = good_claims().to_string();
    let sealed = Sealing::new(
        r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#,
        &to,
        claims.as_bytes(),
    )
    .compact();
    let judgement = judged(&sealed, &to.ring(), &of("keys"));
    assert_eq!(reasons(&judgement), ["sender-unproven"]);
    assert_eq!(check(&judgement, "issuer-key").result, NotRun);
}

/// Of several signatures one that is valid, and that the policy takes, is enough; one that it does not take counts for nothing.
#[test]
fn of_several_signatures_those_count_that_the_policy_takes() {
    let (es, hs, ed) = (key("ES256"), key("HS256"), key("Ed25519"));
    let signing = |alg: &'static str, key| match alg {
        "ES256" => Signing::new(r#"{"alg":"ES256"}"#, "ES256", key),
        "HS256" => Signing::new(r#"{"alg":"HS256"}"#, "HS256", key),
        _ => Signing::new(r#"{"alg":"Ed25519"}"#, "Ed25519", key),
    };
    let file = |name: &str, key: &Secret| {
        keys::load(name, key.jwk(&json!({})).to_string().as_bytes()).unwrap()
    };
    let all = KeyRing::new(
        [
            file("es.json", es),
            file("hs.json", hs),
            file("ed.json", ed),
        ]
        .concat(),
    );
    let es_only = KeyRing::new(file("es.json", es));
    let claims = good_claims().to_string();
    let both = general(&claims, &[signing("ES256", es), signing("HS256", hs)]).to_string();
    let algorithms = |algs: &[&str]| Policy {
        algorithms: texts(algs),
        ..Policy::default()
    };
    let of = |judgement: &Judgement, name: &str| -> Vec<CheckResult> {
        checks(judgement, name)
            .iter()
            .map(|check| check.result)
            .collect()
    };
    for (ring, algs, expected, results) in [
        (&all, ["ES256", "HS256"], vec![], [Passed, Passed]),
        (&all, ["ES256", "x"], vec![], [Passed, NotRun]),
        (&all, ["HS256", "x"], vec![], [NotRun, Passed]),
        (&all, ["Ed25519", "x"], vec!["policy-alg"], [Failed, Failed]),
        // The one that is taken cannot be checked, and the other is valid: nothing is known.
        (&es_only, ["HS256", "x"], vec!["no-key"], [NotRun, Passed]),
        (&es_only, ["ES256", "x"], vec![], [Passed, NotRun]),
    ] {
        let judgement = judged(&both, ring, &algorithms(&algs));
        assert_eq!(
            (reasons(&judgement), of(&judgement, "alg")),
            (expected, results.to_vec()),
            "{algs:?}"
        );
    }
    let judgement = judged(&both, &all, &algorithms(&["ES256"]));
    assert_eq!(
        words(checks(&judgement, "alg")[1]),
        "Signature 2: Algorithm not checked. HS256 is not allowed, but another one counts"
    );

    let keys = |file: &str| Policy {
        issuers: vec![Issuer {
            iss: "https://a.example".to_owned(),
            keys: vec![KeyChoice::Source(file.to_owned())],
        }],
        ..Policy::default()
    };
    for (ring, file, expected, results) in [
        (&all, "es.json", vec![], [Passed, NotRun]),
        (&all, "hs.json", vec![], [NotRun, Passed]),
        (&all, "ed.json", vec!["key-not-allowed"], [Failed, Failed]),
        (&es_only, "es.json", vec![], [Passed, NotRun]),
        (&es_only, "hs.json", vec!["no-key"], [NotRun, NotRun]),
    ] {
        let judgement = judged(&both, ring, &keys(file));
        assert_eq!(
            (reasons(&judgement), of(&judgement, "issuer-key")),
            (expected, results.to_vec()),
            "{file}"
        );
    }

    // One that is wrong refuses, whatever the policy takes.
    let forged = general(
        &claims,
        &[
            signing("ES256", es),
            signing("HS256", &Secret::fresh("HS256")),
        ],
    )
    .to_string();
    let judgement = judged(&forged, &all, &algorithms(&["ES256"]));
    assert_eq!(reasons(&judgement), ["signature-invalid"]);

    // The other expectations are asked once.
    for (name, policy) in each_expectation() {
        if !matches!(name, "alg" | "typ" | "issuer-key") {
            let judgement = judged(&both, &all, &policy);
            assert_eq!(
                (of(&judgement, name), reasons(&judgement)),
                (vec![Passed], vec![]),
                "{name}"
            );
        }
    }
}

/// Of several recipients the one that was opened is asked.
#[test]
fn of_several_recipients_the_one_that_opens_is_asked() {
    let claims = good_claims().to_string();
    let kek = To::Secret(vec![7; 32]);
    let Secret::Pair(pair) = key("RS256") else {
        panic!("a pair")
    };
    let token = Sealing {
        protected: r#"{"enc":"A256GCM"}"#,
        shared: "",
        recipients: vec![
            (r#"{"alg":"RSA-OAEP"}"#, To::Rsa(pair.clone())),
            (r#"{"alg":"A256KW"}"#, kek.clone()),
        ],
        aad: None,
        plaintext: claims.as_bytes(),
    };
    let token = token.general().to_string();
    for (ring, alg, expected, results) in [
        (kek.ring(), "A256KW", vec![], [NotRun, Passed]),
        (kek.ring(), "RSA-OAEP", vec!["policy-alg"], [Passed, Failed]),
        (
            KeyRing::default(),
            "A256KW",
            vec!["encrypted"],
            [NotRun, Passed],
        ),
        (
            KeyRing::default(),
            "dir",
            vec!["policy-alg"],
            [Failed, Failed],
        ),
    ] {
        let policy = Policy {
            algorithms: texts(&[alg]),
            ..Policy::default()
        };
        let judgement = judged(&token, &ring, &policy);
        let found: Vec<_> = checks(&judgement, "alg")
            .iter()
            .map(|check| check.result)
            .collect();
        assert_eq!(
            (reasons(&judgement), found),
            (expected, results.to_vec()),
            "{alg}"
        );
    }
}

/// Of an SD-JWT with key binding, `aud` and `nonce` are the holder's to say, everything else the issuer's; what was not disclosed is
/// not there.
#[test]
fn an_sd_jwt_is_asked_where_it_speaks() {
    let parties = Parties::new();
    let (role, deep) = (
        disclosure(1, "role", &json!("admin")),
        disclosure(2, "street", &json!("x")),
    );
    let mut claims = parties.claims(std::slice::from_ref(&role));
    claims["jti"] = json!("id-1");
    claims["iat"] = json!(super::NOW - 10);
    claims["address"] = json!({"_sd": [tokenloupe::jose::sd_jwt::SHA_256.digest(&deep).unwrap()]});
    let issued = parties.issue(&claims);
    let bound = |disclosures: &[String]| {
        parties.bind(&present(&issued, disclosures), |_, claims| {
            claims["jti"] = json!("of-the-holder");
        })
    };
    let (open, hidden) = (bound(&[role, deep]), bound(&[]));
    let of = |text: &str, policy: &Policy| judged(text, &parties.ring(), policy);
    let none = Policy::default;
    assert_eq!(reasons(&of(&open, &none())), [""; 0]);

    for (policy, name, is_met, reason) in [
        (
            Policy {
                audiences: texts(&["a", "https://verifier.example"]),
                ..none()
            },
            "aud",
            true,
            "",
        ),
        (
            Policy {
                audiences: texts(&["a", "b"]),
                ..none()
            },
            "aud",
            false,
            "policy-aud",
        ),
        (
            Policy {
                nonce: Some("n-1".to_owned()),
                ..none()
            },
            "nonce",
            true,
            "",
        ),
        (
            Policy {
                nonce: Some("n-2".to_owned()),
                ..none()
            },
            "nonce",
            false,
            "policy-nonce",
        ),
        (
            Policy {
                types: texts(&["example+sd-jwt"]),
                ..none()
            },
            "typ",
            true,
            "",
        ),
        (
            Policy {
                types: texts(&["kb+jwt"]),
                ..none()
            },
            "typ",
            false,
            "policy-typ",
        ),
        (
            Policy {
                issuers: vec![Issuer::new("https://issuer.example")],
                ..none()
            },
            "iss",
            true,
            "",
        ),
        (
            Policy {
                max_age_seconds: Some(10),
                leeway_seconds: 0,
                ..none()
            },
            "max-age",
            true,
            "",
        ),
        (
            Policy {
                max_age_seconds: Some(9),
                leeway_seconds: 0,
                ..none()
            },
            "max-age",
            false,
            "policy-lifetime",
        ),
        (
            Policy {
                max_lifetime_seconds: Some(3_610),
                ..none()
            },
            "max-lifetime",
            true,
            "",
        ),
        (
            Policy {
                max_lifetime_seconds: Some(3_609),
                ..none()
            },
            "max-lifetime",
            false,
            "policy-lifetime",
        ),
        (
            Policy {
                revoked: super::Revoked::listed(["id-1"]),
                ..none()
            },
            "replay",
            false,
            "revoked",
        ),
        (
            Policy {
                revoked: super::Revoked::listed(["of-the-holder"]),
                ..none()
            },
            "replay",
            true,
            "",
        ),
    ] {
        let judgement = of(&open, &policy);
        let expected = if is_met { Passed } else { Failed };
        assert_eq!(check(&judgement, name).result, expected, "{name}");
        let expected = if is_met { vec![] } else { vec![reason] };
        assert_eq!(reasons(&judgement), expected, "{name}");
    }

    let part_of = |judgement: &Judgement, name: &str, text: &str| {
        let range = check(judgement, name).byte_range.clone()?;
        let before = text[..range.start].matches('~').count();
        Some(before)
    };
    for (rule, place) in [
        (super::name("role"), 1),
        (super::pointer("/address/street"), 2),
    ] {
        let require = Policy {
            required_claims: vec![rule.clone()],
            ..none()
        };
        let judgement = of(&open, &require);
        assert_eq!(reasons(&judgement), [""; 0]);
        // In its disclosure.
        assert_eq!(part_of(&judgement, "claim-required", &open), Some(place));
        assert_eq!(reasons(&of(&hidden, &require)), ["policy-claims"]);
        let forbid = Policy {
            forbidden_claims: vec![rule],
            ..none()
        };
        let judgement = of(&open, &forbid);
        assert_eq!(reasons(&judgement), ["policy-claims"]);
        assert_eq!(part_of(&judgement, "claim-forbidden", &open), Some(place));
        assert_eq!(reasons(&of(&hidden, &forbid)), [""; 0]);
    }
    // The holder's own algorithm is no matter of the policy.
    let judgement = of(
        &open,
        &Policy {
            algorithms: texts(&["ES256"]),
            ..none()
        },
    );
    assert_eq!(checks(&judgement, "alg").len(), 1);
    assert_eq!(judgement.key_binding.unwrap().expectations.len(), 0);
}
