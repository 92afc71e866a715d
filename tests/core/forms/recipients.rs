//! One and several recipients: each is tried with what is there.

use serde_json::{Value, json};
use tokenloupe::judge::Policy;
use tokenloupe::keys::KeyRing;

use super::make::{Sealing, To, epk, p256};
use super::{see, turned};
use crate::way::{GOOD_CLAIMS, Secret, key, keys_of};

fn rsa() -> To {
    match key("RS256") {
        Secret::Pair(pair) => To::Rsa(pair.clone()),
        Secret::Shared(_) => panic!("a pair"),
    }
}

fn secret(fill: u8, bytes: usize) -> To {
    To::Secret(
        (0..bytes)
            .map(|at| fill.wrapping_mul(31).wrapping_add((at * 7) as u8))
            .collect(),
    )
}

const ENC: &str = r#"{"enc":"A256GCM"}"#;

#[test]
fn the_first_recipient_whose_key_is_there_opens_it() {
    let (wrap, rsa) = (secret(1, 32), rsa());
    let sealing = Sealing {
        protected: ENC,
        shared: r#"{"cty":"text/plain"}"#,
        recipients: vec![
            (r#"{"alg":"A256KW","kid":"a"}"#, wrap.clone()),
            (r#"{"alg":"RSA-OAEP-256","kid":"b"}"#, rsa.clone()),
        ],
        aad: None,
        plaintext: GOOD_CLAIMS.as_bytes(),
    };
    let text = sealing.general().to_string();
    let both = keys_of([wrap.file().as_str(), rsa.file().as_str()]);
    let unproven = ("undetermined", vec!["sender-unproven"]);
    for (ring, recipient, alg, verdict) in [
        (both, 0, "A256KW", ("accept", vec![])),
        (wrap.ring(), 0, "A256KW", ("accept", vec![])),
        (rsa.ring(), 1, "RSA-OAEP-256", unproven),
    ] {
        let seen = see(&text, &ring, &Policy::default());
        let decryption = &seen.report["decryption"];
        assert_eq!(decryption["outcome"], "decrypted");
        assert_eq!(
            (&decryption["recipient"], &decryption["alg"]),
            (&json!(recipient), &json!(alg))
        );
        assert_eq!(seen.verdict(), verdict);
        assert_eq!(seen.report["claims_text"], GOOD_CLAIMS);
        // Who made it is said of the one that opened it.
        let unauthenticated = seen.report["findings"].as_array().unwrap().iter();
        let severities: Vec<_> = unauthenticated
            .filter(|finding| finding["rule"] == "jwe-not-authenticated")
            .map(|finding| finding["severity"].as_str().unwrap())
            .collect();
        assert_eq!(severities, [if recipient == 0 { "info" } else { "medium" }]);
    }
    let seen = see(&text, &KeyRing::default(), &Policy::default());
    assert_eq!(seen.verdict(), ("undetermined", vec!["encrypted"]));
    assert!(
        seen.report["not_run"]
            .as_array()
            .unwrap()
            .contains(&json!("jwe-not-authenticated"))
    );
    // A key that nothing points to proves nothing by failing.
    let seen = see(&text, &secret(9, 32).ring(), &Policy::default());
    assert_eq!(seen.verdict(), ("undetermined", vec!["encrypted"]));
    assert_eq!(seen.decryption(), "not-tried");
}

#[test]
fn of_two_recipients_of_one_algorithm_each_opens_it() {
    let (a, b) = (secret(1, 16), secret(2, 16));
    let sealing = Sealing {
        protected: r#"{"alg":"A128KW","enc":"A128CBC-HS256"}"#,
        shared: "",
        recipients: vec![("", a.clone()), ("", b.clone())],
        aad: None,
        plaintext: GOOD_CLAIMS.as_bytes(),
    };
    let text = sealing.general().to_string();
    // The only key that could, and it does not.
    let seen = see(&text, &secret(9, 16).ring(), &Policy::default());
    assert_eq!(seen.verdict(), ("reject", vec!["decryption-failed"]));
    for (recipient, to) in [a, b].iter().enumerate() {
        let seen = see(&text, &to.ring(), &Policy::default());
        assert_eq!(seen.verdict(), ("accept", vec![]), "{:#}", seen.report);
        assert_eq!(seen.report["decryption"]["recipient"], recipient);
    }
}

/// Every place where `alg` and `enc` may stand, and every form.
#[test]
fn parameters_may_stand_in_any_header() {
    let to = secret(3, 32);
    let of = |protected: &'static str, shared: &'static str, own: &'static str| Sealing {
        protected,
        shared,
        recipients: vec![(own, to.clone())],
        aad: Some(b"beside"),
        plaintext: GOOD_CLAIMS.as_bytes(),
    };
    let whole = r#"{"alg":"A256KW","enc":"A128GCM"}"#;
    let (alg, enc) = (r#"{"alg":"A256KW"}"#, r#"{"enc":"A128GCM"}"#);
    for (protected, shared, own, unprotected) in [
        (whole, "", "", false),
        ("", whole, "", true),
        ("", "", whole, true),
        (enc, alg, "", true),
        (enc, "", alg, true),
        (alg, enc, "", true),
        ("", enc, alg, true),
    ] {
        let sealing = of(protected, shared, own);
        for json in [sealing.flattened(), sealing.general()] {
            let seen = see(json.to_string(), &to.ring(), &Policy::default());
            assert_eq!(seen.verdict(), ("accept", vec![]), "{json:#}");
            assert_eq!(
                seen.rules().contains(&"jws-alg-unprotected"),
                unprotected,
                "{json:#}"
            );
            assert!(!seen.rules().contains(&"alg-unregistered"), "{json:#}");
            let aad = json!({"aad": "YmVzaWRlIQ"});
            let mut other = json.clone();
            other["aad"] = aad["aad"].clone();
            assert_eq!(
                see(other.to_string(), &to.ring(), &Policy::default()).payload(),
                None
            );
            let mut without = json.clone();
            without.as_object_mut().unwrap().remove("aad");
            assert_eq!(
                see(without.to_string(), &to.ring(), &Policy::default()).payload(),
                None
            );
        }
    }
}

#[test]
fn no_part_that_counts_can_be_changed() {
    let to = rsa();
    let sealing = Sealing {
        protected: r#"{"enc":"A128CBC-HS256","alg":"RSA-OAEP-256"}"#,
        shared: r#"{"x":"y"}"#,
        recipients: vec![("", to.clone())],
        aad: Some(b"beside"),
        plaintext: GOOD_CLAIMS.as_bytes(),
    };
    let json = sealing.flattened();
    for name in [
        "protected",
        "encrypted_key",
        "iv",
        "ciphertext",
        "tag",
        "aad",
    ] {
        let changed = turned(&json, name).unwrap();
        let seen = see(changed.to_string(), &to.ring(), &Policy::default());
        assert_eq!(seen.payload(), None, "{name}");
        assert_ne!(seen.verdict().0, "accept", "{name}");
    }
    // What nothing protects can.
    let mut changed = json;
    changed["unprotected"] = json!({"x": "z"});
    let seen = see(changed.to_string(), &to.ring(), &Policy::default());
    assert_eq!(seen.decryption(), "decrypted");
}

#[test]
fn crit_counts_for_encrypted_tokens() {
    let to = secret(4, 32);
    let of = |members: &str, shared: &str| -> Vec<Value> {
        let protected = format!(r#"{{"alg":"A256KW","enc":"A256GCM"{members}}}"#);
        let sealing = Sealing {
            protected: &protected,
            shared,
            recipients: vec![("", to.clone())],
            aad: None,
            plaintext: GOOD_CLAIMS.as_bytes(),
        };
        let compact = shared.is_empty().then(|| Value::from(sealing.compact()));
        [sealing.flattened(), sealing.general()]
            .into_iter()
            .chain(compact)
            .collect()
    };
    for (members, shared, expected) in [
        (r#","crit":["x"],"x":1"#, "", "crit-unknown"),
        (r#","crit":["b64"],"b64":true"#, "", "crit-unknown"),
        (r#","crit":["x"]"#, "", "malformed"),
        (r#","crit":["enc"]"#, "", "malformed"),
        (r#","crit":["x"]"#, r#"{"x":1}"#, "malformed"),
        ("", r#"{"crit":["x"],"x":1}"#, "malformed"),
        ("", r#"{"zip":"DEF"}"#, "malformed"),
    ] {
        for json in of(members, shared) {
            let text = json
                .as_str()
                .map_or_else(|| json.to_string(), str::to_owned);
            let seen = see(&text, &to.ring(), &Policy::default());
            assert_eq!(seen.verdict(), ("reject", vec![expected]), "{text}");
            assert_eq!(seen.decryption(), "decrypted", "{text}");
        }
    }
}

#[test]
fn an_ephemeral_key_may_stand_in_the_recipients_own_header() {
    let (recipient, sender) = (p256(), p256());
    let to = To::Agree(recipient, sender.clone());
    for alg in ["ECDH-ES+A128KW", "ECDH-ES+A256KW"] {
        let own = json!({"alg": alg, "epk": epk(&sender)}).to_string();
        let sealing = Sealing {
            protected: r#"{"enc":"A256GCM"}"#,
            shared: "",
            recipients: vec![(&own, to.clone()), (r#"{"alg":"A256KW"}"#, secret(5, 32))],
            aad: None,
            plaintext: GOOD_CLAIMS.as_bytes(),
        };
        let seen = see(
            sealing.general().to_string(),
            &to.ring(),
            &Policy::default(),
        );
        assert_eq!(
            seen.verdict(),
            ("undetermined", vec!["sender-unproven"]),
            "{:#}",
            seen.report
        );
    }
}
