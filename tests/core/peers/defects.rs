//! Faults in the sources of other tools.
//!
//! | line | where its test is |
//! |---|---|
//! | W10 | here for the report, in `tests/window/peers.rs` for the window |
//! | W13 | here for the report, in `tests/window/peers.rs` for the window |
//! | W15 | here for the ranges, in `tests/window/peers.rs` for what lights up |
//!
//! Every other line is here alone.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::{X509, X509NameBuilder};
use serde_json::{Value, json};
use tokenloupe::jose::base64url::encode;
use tokenloupe::jose::{PartRole, Token};
use tokenloupe::judge::Policy;
use tokenloupe::keys::KeyRing;

use crate::common::instant;
use crate::way::{
    GOOD_CLAIMS, KEYS, Secret, findings, key, keys_of, outcome, report, report_at, report_text,
    verdict,
};

/// A self-signed certificate of a key, in base64.
fn certificate(pair: &PKey<openssl::pkey::Private>) -> String {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "accounts.example").unwrap();
    let name = name.build();
    let mut certificate = X509::builder().unwrap();
    certificate.set_version(2).unwrap();
    certificate
        .set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap())
        .unwrap();
    certificate.set_subject_name(&name).unwrap();
    certificate.set_issuer_name(&name).unwrap();
    certificate
        .set_not_before(&Asn1Time::from_unix(1_700_000_000).unwrap())
        .unwrap();
    certificate
        .set_not_after(&Asn1Time::from_unix(4_000_000_000).unwrap())
        .unwrap();
    certificate.set_pubkey(pair).unwrap();
    certificate.sign(pair, MessageDigest::sha256()).unwrap();
    openssl::base64::encode_block(&certificate.build().to_der().unwrap())
}

#[test]
fn w01_a_key_that_came_with_the_token_is_never_plainly_verified() {
    let forger = key("RS256");
    let Secret::Pair(pair) = forger else {
        panic!("an RSA key is a pair");
    };
    let jwk = forger.jwk(&json!({}));
    let x5c = certificate(pair);
    for header in [
        json!({"alg": "RS256", "jwk": jwk}),
        json!({"alg": "RS256", "x5c": [x5c]}),
        json!({"alg": "RS256", "jwk": jwk, "x5c": [x5c], "x5u": "https://evil.example/c", "jku": "https://evil.example/k"}),
    ] {
        let token = forger.token("RS256", &header.to_string(), GOOD_CLAIMS);
        // Other keys of the reviewer's change nothing.
        for ring in [KeyRing::default(), Secret::fresh("ES256").ring()] {
            let report = report(&token, &ring, &Policy::default());
            assert_eq!(outcome(&report), "valid");
            assert_eq!(report["signatures"][0]["key"]["provenance"], "token");
            assert_eq!(
                verdict(&report),
                ("undetermined", vec!["only-token-supplied-key"])
            );
            let text = report_text(&token, &ring, &Policy::default());
            assert!(text.contains("with the token's own key, which proves nothing"));
            assert!(!text.to_lowercase().contains("genuine"), "{text}");
        }
        // A key that was meant for it settles it.
        let ring = Secret::fresh("RS256").ring();
        let report = report(&token, &ring, &Policy::default());
        let names_none = header.get("x5c").is_none();
        let expected = if names_none { "reject" } else { "undetermined" };
        assert_eq!(verdict(&report).0, expected);
    }
}

/// With hosts of the token's own that would notice.
#[test]
fn w02_no_host_that_a_token_names_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let header = json!({"alg": "RS256", "kid": "a", "jku": format!("{host}/jwks"), "x5u": format!("{host}/cert")});
    let claims = json!({"iss": host, "exp": 4_102_444_800_u64});
    let token = key("RS256").token("RS256", &header.to_string(), claims.to_string());
    let output = Command::new(env!("CARGO_BIN_EXE_tokenloupe"))
        .args(["inspect", "--format", "json", &token])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let token = &report["tokens"][0];
    assert_eq!(verdict(token), ("undetermined", vec!["no-key"]));
    assert_eq!(token["header"]["jku"], format!("{host}/jwks"));
    assert!(
        findings(token)
            .iter()
            .any(|(rule, _)| *rule == "jku-x5u-untrusted")
    );
    let asked = listener.accept().map(|_| ()).unwrap_err();
    assert_eq!(asked.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn w03_nothing_is_validated_unless_it_was() {
    for (alg, key) in KEYS.iter() {
        let token = key.plain_token(alg, GOOD_CLAIMS);
        let report = report(&token, &KeyRing::default(), &Policy::default());
        assert_eq!(outcome(&report), "not-checked", "{alg}");
        assert_eq!(verdict(&report), ("undetermined", vec!["no-key"]));
        let checks = report["checks"].as_array().unwrap();
        let signature = checks.iter().find(|check| check["check"] == "signature");
        assert_eq!(signature.unwrap()["result"], "not-run");
        let text = report_text(&token, &KeyRing::default(), &Policy::default());
        assert!(text.contains("decoded is not verified"), "{text}");
    }
}

#[test]
fn w04_the_bytes_as_received_are_verified_however_they_are_spaced() {
    for (header, payload) in [
        (
            "{ \"alg\" : \"HS256\" ,\r\n \"typ\":\"JWT\" }",
            "{\"sub\":  \"a\"\n}",
        ),
        (r#"{"alg":"HS256","x":"Zoë"}"#, r#"{"sub":"Zoë 李 🦊"}"#),
        (
            r#"{"\u0061lg":"HS\u003256"}"#,
            r#"{"sub":"Zo\u00eb","n":1.0,"m":1e0,"s":"\/"}"#,
        ),
    ] {
        let key = key("HS256");
        let token = key.token("HS256", header, payload);
        let report = report(&token, &key.ring(), &Policy::default());
        assert_eq!(outcome(&report), "valid", "{header}");
        assert_eq!(report["header_text"], header);
        assert_eq!(report["claims_text"], payload);
    }
}

/// A key of 1024 bits makes short signatures, some of which hold neither of the characters.
#[test]
fn w05_signatures_without_a_hyphen_verify_too() {
    let rsa = Secret::Pair(PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap());
    for (alg, key) in [
        ("ES256", key("ES256")),
        ("EdDSA", key("EdDSA")),
        ("RS256", &rsa),
        ("PS256", &rsa),
    ] {
        let ring = key.ring();
        let mut seen = [false; 4];
        for number in 0.. {
            let token = key.plain_token(alg, format!(r#"{{"n":{number}}}"#));
            let (_, signature) = token.rsplit_once('.').unwrap();
            let has = [signature.contains('-'), signature.contains('_')];
            let kind = usize::from(has[0]) * 2 + usize::from(has[1]);
            if seen[kind] {
                continue;
            }
            seen[kind] = true;
            let report = report(&token, &ring, &Policy::default());
            assert_eq!(outcome(&report), "valid", "{alg} {signature}");
            if seen == [true; 4] {
                break;
            }
        }
    }
}

#[test]
fn w06_the_leeway_is_a_minute_and_said_and_no_exp_is_no_refusal() {
    let key = key("ES256");
    let token = key.plain_token("ES256", r#"{"exp":1795035600}"#);
    for (at, state, within, expected) in [
        ("2026-11-18T20:59:59Z", "valid", false, "accept"),
        ("2026-11-18T21:00:59Z", "valid", true, "accept"),
        ("2026-11-18T21:01:00Z", "expired", false, "reject"),
        ("2026-11-18T21:16:00Z", "expired", false, "reject"),
    ] {
        let report = report_at(&token, &key.ring(), &Policy::default(), instant(at));
        assert_eq!(report["time"]["state"], state, "{at}");
        assert_eq!(report["time"]["within_leeway"], within, "{at}");
        assert_eq!(report["time"]["leeway_seconds"], 60);
        assert_eq!(verdict(&report).0, expected, "{at}");
    }
    let forever = key.plain_token("ES256", r#"{"sub":"a"}"#);
    let report = report(&forever, &key.ring(), &Policy::default());
    assert_eq!(verdict(&report), ("accept", vec![]));
    assert!(findings(&report).contains(&("exp-missing", "medium")));
}

#[test]
fn w07_no_header_parameter_is_hidden() {
    let header = r#"{"alg":"HS256","crit":["x-tenant"],"x-tenant":{"id":7},"zip":"DEF","nonce":"n-1","b64":true,"":"empty name"}"#;
    let key = key("HS256");
    let token = key.token("HS256", header, GOOD_CLAIMS);
    let report = report(&token, &key.ring(), &Policy::default());
    assert_eq!(
        report["header"],
        serde_json::from_str::<Value>(header).unwrap()
    );
    assert_eq!(report["header_text"], header);
    let (outcome, reasons) = verdict(&report);
    assert_eq!(outcome, "reject");
    assert!(reasons.contains(&"crit-unknown"), "{reasons:?}");
    let text = report_text(&token, &key.ring(), &Policy::default());
    for shown in ["x-tenant", "\"DEF\"", "n-1", "true", "empty name"] {
        let shown = shown.trim_matches('"');
        assert!(text.contains(shown), "{shown}: {text}");
    }
}

#[test]
fn w08_the_header_is_shown_and_an_algorithm_can_be_pinned() {
    let pinned = Policy {
        algorithms: vec!["RS256".to_owned()],
        ..Policy::default()
    };
    let ring = keys_of([
        key("RS256").jwk(&json!({})).to_string().as_str(),
        key("HS256").jwk(&json!({})).to_string().as_str(),
    ]);
    let token = key("HS256").plain_token("HS256", GOOD_CLAIMS);
    let any = report(&token, &ring, &Policy::default());
    assert_eq!(any["header_text"], r#"{"alg":"HS256"}"#);
    assert_eq!(verdict(&any), ("accept", vec![]));
    let refused = report(&token, &ring, &pinned);
    assert_eq!(verdict(&refused), ("reject", vec!["policy-alg"]));
    let unsecured = format!(
        "{}.{}.",
        encode(br#"{"alg":"none"}"#),
        encode(GOOD_CLAIMS.as_bytes())
    );
    for policy in [&Policy::default(), &pinned] {
        let report = report(&unsecured, &ring, policy);
        assert_eq!(verdict(&report).0, "reject");
        assert_eq!(verdict(&report).1[0], "unsecured");
    }
}

#[test]
fn w09_both_of_two_equal_names_are_shown_and_told() {
    let key = key("ES256");
    let token = key.plain_token("ES256", r#"{"sub":"jane","exp":4102444800,"sub":"admin"}"#);
    let report = report(&token, &key.ring(), &Policy::default());
    assert_eq!(outcome(&report), "valid");
    assert_eq!(verdict(&report), ("reject", vec!["malformed"]));
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "json-duplicate-member");
    assert_eq!(finding["evidence"].as_array().unwrap().len(), 2);
    let detail = finding["detail"].as_str().unwrap();
    assert!(detail.contains("\"jane\"") && detail.contains("\"admin\""));
    let text = report_text(&token, &key.ring(), &Policy::default());
    let claims = text.split("\n  Claims\n").nth(1).unwrap();
    let (jane, admin) = (claims.find("jane").unwrap(), claims.find("admin").unwrap());
    assert!(jane < admin, "{text}");
}

#[test]
fn w10_escaped_quotes_take_nothing_from_a_value() {
    let payload =
        r#"{"a":"she said \"x  :  y, { z }\"  and \\","b":"\\\"  \\\\","exp":4102444800}"#;
    let key = key("HS256");
    let token = key.plain_token("HS256", payload);
    let report = report(&token, &key.ring(), &Policy::default());
    assert_eq!(report["claims_text"], payload);
    assert_eq!(report["claims"]["a"], r#"she said "x  :  y, { z }"  and \"#);
    assert_eq!(report["claims"]["b"], r#"\"  \\"#);
    assert_eq!(verdict(&report), ("accept", vec![]));
    let text = report_text(&token, &key.ring(), &Policy::default());
    assert!(text.contains("x  :  y, { z }"), "{text}");
}

#[test]
fn w11_time_and_none_are_judged_without_being_asked() {
    let key = key("HS256");
    let ring = key.ring();
    for (claims, reason) in [
        (r#"{"exp":1700000000}"#, "expired"),
        (r#"{"exp":4102444800,"nbf":4102440000}"#, "not-yet-valid"),
    ] {
        let token = key.plain_token("HS256", claims);
        let report = report(&token, &ring, &Policy::default());
        assert_eq!(outcome(&report), "valid");
        assert_eq!(verdict(&report), ("reject", vec![reason]));
    }
    let unsecured = format!(
        "{}.{}.",
        encode(br#"{"alg":"none"}"#),
        encode(GOOD_CLAIMS.as_bytes())
    );
    for ring in [&ring, &KeyRing::default()] {
        let report = report(&unsecured, ring, &Policy::default());
        assert_eq!(outcome(&report), "unsecured");
        assert_eq!(verdict(&report), ("reject", vec!["unsecured"]));
    }
}

#[test]
fn w12_a_genuine_token_does_not_look_bad() {
    for (alg, key) in KEYS.iter() {
        let header = format!(r#"{{"alg":"{alg}","typ":"JWT","kid":"2026-11"}}"#);
        let token = key.token(alg, &header, GOOD_CLAIMS);
        let jwk = key.jwk(&json!({"kid": "2026-11", "use": "sig", "alg": alg}));
        let ring = keys_of([jwk.to_string().as_str()]);
        let report = report(&token, &ring, &Policy::default());
        assert_eq!(verdict(&report), ("accept", vec![]), "{alg}");
        let found = findings(&report);
        let is_bad = |(_, severity): &&(&str, &str)| !matches!(*severity, "low" | "info");
        assert_eq!(found.iter().find(is_bad), None, "{alg}");
    }
}

#[test]
fn w13_an_expired_token_says_so_in_its_first_line() {
    let key = key("HS256");
    let token = key.plain_token("HS256", r#"{"exp":1795035600}"#);
    let text = report_text(&token, &key.ring(), &Policy::default());
    assert!(
        text.contains("\nReject: expired 3 days 1 hour ago\n"),
        "{text}"
    );
    assert!(text.contains("2026-11-18T21:00:00Z"), "{text}");
}

#[test]
fn w14_a_missing_exp_is_told() {
    let key = key("HS256");
    let token = key.plain_token("HS256", r#"{"iat":1795035600}"#);
    let report = report(&token, &key.ring(), &Policy::default());
    assert_eq!(report["time"]["state"], "unlimited");
    assert_eq!(report["time"]["exp"], Value::Null);
    assert!(findings(&report).contains(&("exp-missing", "medium")));
    let text = report_text(&token, &key.ring(), &Policy::default());
    assert!(text.contains("nothing limits it in time"), "{text}");
}

#[test]
fn w15_unknown_claims_are_shown_and_equal_names_have_places_of_their_own() {
    let payload =
        r#"{"x":"sub","a":{"sub":"sub","b":[{"sub":"one"}]},"sub":"one","no-one-knows-me":1}"#;
    let key = key("HS256");
    let token = key.plain_token("HS256", payload);
    let text = report_text(&token, &key.ring(), &Policy::default());
    assert!(text.contains("no-one-knows-me"), "{text}");
    let token = Token::parse(token);
    let part = token.part(PartRole::Payload).unwrap();
    let root = part.json.as_ref().unwrap().root.as_ref().unwrap();
    let at = |start: &str| payload.find(start).unwrap();
    let top = root.member("sub").unwrap().range();
    assert_eq!(top, at(r#""sub":"one","no"#)..at(r#","no-one"#));
    let a = &root.member("a").unwrap().value;
    let nested = a.member("sub").unwrap().range();
    assert_eq!(nested, at(r#""sub":"sub""#)..at(r#","b""#));
    let deepest = a.member("b").unwrap().value.array().unwrap()[0]
        .member("sub")
        .unwrap()
        .range();
    assert_eq!(deepest, at(r#""sub":"one"}"#)..at("}]}"));
    for range in [top, nested, deepest] {
        let lit = part.text_range(range.clone());
        let decoded = part.byte_range(lit);
        assert!(decoded.start <= range.start && range.end <= decoded.end);
        // No more than the neighbours whose bits share a character.
        assert!(range.start - decoded.start <= 1 && decoded.end - range.end <= 1);
    }
}
