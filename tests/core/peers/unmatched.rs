//! What no other tool has, as far as it is built.
//!
//! | line | where its test is, or why there is none |
//! |---|---|
//! | 1 whose key | `w01_…`, and here for the reviewer's own |
//! | 2 byte-exact | `w04_…`, `w09_…`, `m01_…`, and here for what hides |
//! | 3 parsers that differ | `w09_…` for duplicates; rounding and case of names wait for their rules |
//! | 6 timeline | `tests/window/panes/timeline.rs`; the guess of milliseconds and policies of lifetime wait for their rules |
//! | 7 explained failure | `tests/core/explain`, and `interop::explained` for every diagnosis |
//! | 8 quirks of vendors | `interop::explained` |
//! | 9 all serializations | `forms`; the tree of tokens in tokens is the window's |
//! | 10 SD-JWT, 11 DPoP, 12 cross-token checks, 13 comparison | wait |
//! | 17 key manager | `tests/core/keys.rs`, `tests/core/key_forms`, `tests/window/rail.rs` |
//! | 19 no network | `w02_…`, `tests/core/house`, `tests/window/peers.rs` |
//! | 20 two-way highlighting | `tests/window/peers.rs` |

use openssl::bn::BigNum;
use serde_json::{Value, json};
use tokenloupe::find::find;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::{Issuer, Policy};
use tokenloupe::keys::KeyRing;

use crate::common::instant;
use crate::way::{
    GOOD_CLAIMS, KEYS, findings, key, keys_of, outcome, report, report_at, report_text, session,
    verdict,
};

#[test]
fn n01_a_verdict_names_the_reviewers_key() {
    let jwk = key("ES256").jwk(&json!({"kid": "idp-1"})).to_string();
    let token = key("ES256").plain_token("ES256", GOOD_CLAIMS);
    let ring = keys_of([jwk.as_str()]);
    let report = report(&token, &ring, &Policy::default());
    let used = &report["signatures"][0]["key"];
    assert_eq!(
        (&used["id"], &used["provenance"]),
        (&json!("idp-1"), &json!("yours"))
    );
    let text = report_text(&token, &ring, &Policy::default());
    assert!(text.contains("genuine (your key idp-1)"), "{text}");
}

#[test]
fn n02_what_hides_is_made_visible() {
    let payload =
        b"{\"a\":\"x\xE2\x80\xAEy\",\"b\":\"\\u0007\",\"\xE2\x80\x8Bsub\":\"z\",\"c\":\"\xFF\"}";
    let key = key("HS256");
    let token = key.plain_token("HS256", payload);
    let text = report_text(&token, &key.ring(), &Policy::default());
    for shown in ["x\\u{202E}y", "\\u0007", "\\u{200B}sub"] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    let is_raw = |character: char| "\u{202E}\u{7}\u{200B}".contains(character);
    assert!(!text.contains(is_raw));
    let report = report(&token, &key.ring(), &Policy::default());
    assert_eq!(outcome(&report), "valid");
    // Text that is not UTF-8 has no text, but its bytes.
    assert_eq!(report["claims_text"], Value::Null);
    assert_eq!(report["payload_base64"], encode(payload));
    assert_eq!(verdict(&report), ("reject", vec!["malformed"]));
    assert!(findings(&report).contains(&("json-bad-encoding", "medium")));
}

#[test]
fn n04_what_was_stripped_is_told_and_what_was_wrong_is_kept() {
    let key = key("HS256");
    // One whose signature is spelled otherwise in the other alphabet.
    let token = (0..1_000)
        .map(|number| key.plain_token("HS256", format!(r#"{{"exp":4102444800,"n":{number}}}"#)))
        .find(|token| token.rsplit('.').next().unwrap().contains(['-', '_']))
        .unwrap();
    let (head, tail) = token.split_at(60);
    for (text, repairs) in [
        (token.clone(), vec![]),
        (format!("Bearer {token}"), vec!["bearer-prefix"]),
        (format!("\"{token}\""), vec!["quotes"]),
        (format!("  {token}\n"), vec!["whitespace"]),
        (format!("{head}\n{tail}"), vec!["line-wraps"]),
        (
            format!("'Bearer {head}\n  {tail}'"),
            vec!["bearer-prefix", "quotes", "line-wraps"],
        ),
    ] {
        let report = report(&text, &key.ring(), &Policy::default());
        assert_eq!(report["sources"][0]["repairs"], json!(repairs), "{text}");
        assert_eq!(report["faults"], json!([]));
        assert_eq!(verdict(&report), ("accept", vec![]));
    }
    // Padding and the other alphabet are faults of the token, each with its place, and the bytes are read all the same.
    let (input, signature) = token.rsplit_once('.').unwrap();
    let standard = signature.replace('-', "+").replace('_', "/");
    for (text, code) in [
        (format!("{token}="), "b64-padding"),
        (format!("{input}.{standard}"), "b64-standard-alphabet"),
    ] {
        let report = report(&text, &key.ring(), &Policy::default());
        assert_eq!(report["faults"][0]["code"], code);
        assert_eq!(report["faults"][1], Value::Null);
        assert_eq!(outcome(&report), "valid");
        assert_eq!(verdict(&report), ("reject", vec!["malformed"]));
    }
}

#[test]
fn n05_a_token_is_judged_as_of_any_instant_and_leeway() {
    let key = key("ES256");
    let token = key.plain_token("ES256", r#"{"nbf":1795032000,"exp":1795035600}"#);
    for (at, leeway, expected) in [
        ("2026-11-18T19:59:59Z", 0, ("reject", vec!["not-yet-valid"])),
        ("2026-11-18T19:59:59Z", 1, ("accept", vec![])),
        ("2026-11-18T20:30:00Z", 0, ("accept", vec![])),
        ("2026-11-18T21:00:00Z", 0, ("reject", vec!["expired"])),
        ("2026-11-18T21:59:59Z", 3_600, ("accept", vec![])),
        (
            "1969-07-20T20:17:40Z",
            60,
            ("reject", vec!["not-yet-valid"]),
        ),
    ] {
        let policy = Policy {
            leeway_seconds: leeway,
            ..Policy::default()
        };
        let report = report_at(&token, &key.ring(), &policy, instant(at));
        assert_eq!(verdict(&report), expected, "{at} {leeway}");
    }
}

#[test]
fn n14_every_token_of_a_log_is_listed_and_each_one_once() {
    let tokens: Vec<String> = KEYS
        .iter()
        .map(|(alg, key)| key.plain_token(alg, GOOD_CLAIMS))
        .collect();
    let line =
        |(index, token)| format!("2026-11-18T20:00:{index:02}Z INFO auth=\"Bearer {token}\" 200\n");
    let log: String = tokens
        .iter()
        .chain(&tokens[..3])
        .enumerate()
        .map(line)
        .collect();
    let session = session(log.as_bytes(), &key("ES256").ring(), &Policy::default());
    let found: Vec<_> = session
        .tokens
        .iter()
        .map(|inspection| inspection.token.text().to_owned())
        .collect();
    assert_eq!(found, tokens);
    for (index, inspection) in session.tokens.iter().enumerate() {
        let lines: Vec<_> = inspection.places.iter().map(|place| place.line).collect();
        let expected = if index < 3 {
            vec![index + 1, index + 1 + tokens.len()]
        } else {
            vec![index + 1]
        };
        assert_eq!(lines, expected);
    }
}

#[test]
fn n15_a_finding_says_how_bad_how_sure_where_and_by_which_rule() {
    let text = [
        (r#"{"alg":"none"}"#, r#"{"sub":"a","sub":"b"}"#, ""),
        (r#"{"alg":"nOnE"}"#, r#"{"exp":"1"}"#, ""),
        (
            r#"{"alg":"RS256","jku":"https://a.example","crit":[]}"#,
            r#"{"exp":1}"#,
            "AQID=",
        ),
        (
            r#"{"alg":"ES256","crit":["x"],"b64":false}"#,
            "{\"nbf\":1e12} x",
            &encode(&[0; 64]),
        ),
        (r#"{"alg":"HS1"}"#, "{}", ""),
    ]
    .map(|(header, payload, signature)| {
        let encode = |text: &str| encode(text.as_bytes());
        format!("{}.{}.{signature}\n", encode(header), encode(payload))
    });
    let mut rules = std::collections::BTreeSet::new();
    for text in &text {
        let token = find(text.as_bytes(), "test").remove(0).text;
        let report = report(text, &KeyRing::default(), &Policy::default());
        for finding in report["findings"].as_array().unwrap() {
            let word = |name: &str| finding[name].as_str().unwrap();
            rules.insert(word("rule").to_owned());
            assert!(["critical", "high", "medium", "low", "info"].contains(&word("severity")));
            assert!(["certain", "likely", "proven"].contains(&word("confidence")));
            for sentence in ["detail", "remedy"] {
                assert!(word(sentence).ends_with(['.', '?']), "{finding}");
            }
            assert!(!finding["references"].as_array().unwrap().is_empty());
            let evidence = finding["evidence"].as_array().unwrap();
            assert!(!evidence.is_empty(), "{finding}");
            for piece in evidence {
                let range = &piece["byte_range"];
                let (start, end) = (range[0].as_u64().unwrap(), range[1].as_u64().unwrap());
                assert!(start <= end && end <= token.len() as u64, "{finding}");
            }
        }
    }
    assert!(rules.len() >= 10, "{rules:?}");
}

#[test]
fn n16_a_report_holds_no_live_credential() {
    for (alg, key) in KEYS.iter() {
        let token = key.plain_token(alg, GOOD_CLAIMS);
        let (input, signature) = token.rsplit_once('.').unwrap();
        let secret = key.jwk(&json!({}))["k"].as_str().map(str::to_owned);
        let json = report(&token, &key.ring(), &Policy::default()).to_string();
        let text = report_text(&token, &key.ring(), &Policy::default());
        for shown in [&json, &text] {
            assert!(
                !shown.contains(signature) && !shown.contains(input),
                "{alg}"
            );
            assert!(secret.iter().all(|secret| !shown.contains(secret)), "{alg}");
            let sha256 = BigNum::from_slice(&openssl::sha::sha256(token.as_bytes())).unwrap();
            let sha256 = sha256.to_hex_str().unwrap().to_lowercase();
            assert!(shown.contains(&sha256), "{alg}");
        }
    }
}

#[test]
fn n18_each_expectation_is_a_line_of_the_checklist() {
    let key = key("ES256");
    let header = r#"{"alg":"ES256","typ":"at+jwt"}"#;
    let claims = r#"{"iss":"https://a.example","aud":["b","c"],"sub":"s","client_id":"d","iat":1795300000,"jti":"j","nonce":"n","exp":4102444800}"#;
    let token = key.token("ES256", header, claims);
    let one = |text: &str| vec![text.to_owned()];
    let policy = |algorithm, issuer: &str, audience, typ, nonce: &str| Policy {
        algorithms: one(algorithm),
        issuers: vec![Issuer::new(issuer)],
        audiences: one(audience),
        types: one(typ),
        nonce: Some(nonce.to_owned()),
        ..Policy::default()
    };
    let names = ["alg", "typ", "iss", "aud", "nonce"];
    for (policy, expected) in [
        (
            policy("ES256", "https://a.example", "c", "application/at+jwt", "n"),
            "passed",
        ),
        (
            policy("RS256", "https://a.example/", "d", "JWT", "m"),
            "failed",
        ),
    ] {
        let report = report(&token, &key.ring(), &policy);
        let checks = report["checks"].as_array().unwrap();
        for name in names {
            let check = checks.iter().find(|check| {
                let check = check["check"].as_str().unwrap();
                check == name || check == format!("policy-{name}")
            });
            let check = check.unwrap_or_else(|| panic!("{name}: {report:#}"));
            assert_eq!(check["result"], expected, "{name}");
        }
        let reasons = verdict(&report).1;
        let wanted = if expected == "passed" { 0 } else { names.len() };
        assert_eq!(reasons.len(), wanted, "{reasons:?}");
    }
}
