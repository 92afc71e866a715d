//! What is asked for and complained about most, by the trackers of other tools.
//!
//! | line | where its test is, or why there is none |
//! |---|---|
//! | 3 duplicates merged | `w09_…` |
//! | 4 header with spaces reported bad | `w04_…` |
//! | 16 expiry not flagged | `w13_…`; that "too long" depends on the kind of token waits for the profiles |
//! | 20 an expected algorithm | `w08_…`; here is its other half, a key set and `kid` |
//! | 21 Microsoft Graph's `nonce` | `interop::explained` |
//! | 22 encrypted tokens | `forms`; found and named here |
//! | 23 privacy | `w02_…` and here; what the window keeps is in `tests/window/peers.rs` |
//! | 24 room and wrapping | `tests/window/peers.rs` |
//! | 25 size of type, dividers, Delete and Paste | `tests/window`: `actions`, `stage`, `rail` |
//!
//! Tokens that are encrypted, written as JSON, signed several times or without their payload are in `forms`.
//!
//! Encoders (part of 14) wait for the workbench. Every other line is here.

use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use serde_json::{Value, json};
use tokenloupe::find::find;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::Policy;
use tokenloupe::keys::{self, KeyRing, SecretEncoding};

use crate::way::{
    GOOD_CLAIMS, Secret, findings, key, keys_of, message, outcome, report, report_text, verdict,
};

fn token(header: &str, payload: &str, signature: &str) -> String {
    let encode = |text: &str| encode(text.as_bytes());
    format!("{}.{}.{signature}", encode(header), encode(payload))
}

/// The claims as the text report shows them.
fn claims_shown(token: &str) -> String {
    let text = report_text(token, &KeyRing::default(), &Policy::default());
    let claims = text.split("\n  Claims\n").nth(1).unwrap();
    claims.split("\n\n").next().unwrap().to_owned()
}

#[test]
fn m01_m02_m06_numbers_are_shown_as_they_were_written() {
    let numbers = [
        "100002348117421473",
        "3.0",
        "99999999999999999999999999",
        "1e400",
        "-0",
        "0.10000000000000000555",
        "1E+2",
    ];
    for number in numbers {
        let payload = format!(r#"{{"first":1,"sub":{number},"last":"seen"}}"#);
        let shown = claims_shown(&token(r#"{"alg":"HS256"}"#, &payload, "AQID"));
        for part in ["first", number, "seen"] {
            assert!(shown.contains(part), "{number}: {shown}");
        }
    }
}

#[test]
fn m05_no_byte_of_a_token_is_put_in_other_order_or_lost() {
    let odd = "{ \"b\" : 1,\t\"a\" : [ 1 , 2 ] , \"b\":\t2 }\n";
    let text = token(" {\"alg\":\"HS256\" }", odd, "AQID");
    for around in [
        text.clone(),
        format!(" \"{text}\"\n"),
        format!("Bearer {text}"),
    ] {
        let found = find(around.as_bytes(), "test");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text.as_str(), text);
        let range = found[0].place.byte_range.clone();
        assert_eq!(around.get(range), Some(text.as_str()));
    }
    let report = report(&text, &KeyRing::default(), &Policy::default());
    assert_eq!(report["claims_text"], odd);
}

#[test]
fn m07_a_payload_that_is_no_json_is_shown_and_verified() {
    let key = key("HS256");
    for payload in [
        &b"just words"[..],
        b"<a/>",
        b"[1]",
        b"\x00\xFF\xFE",
        b"{\"cut\":",
    ] {
        let token = key.plain_token("HS256", payload);
        let report = report(&token, &key.ring(), &message());
        assert_eq!(outcome(&report), "valid");
        assert_eq!(verdict(&report), ("accept", vec![]));
        let text = report["claims_text"].as_str().map(str::as_bytes);
        let shown = match report["payload_base64"].as_str() {
            Some(base64) => base64 == encode(payload),
            // What begins like claims is shown as far as it goes.
            None => text == Some(payload),
        };
        assert!(shown, "{report:#}");
    }
    let text = report_text(
        key.plain_token("HS256", "just words"),
        &key.ring(),
        &Policy::default(),
    );
    assert!(text.contains("just words"), "{text}");
}

#[test]
fn m08_every_script_decodes() {
    let payload = r#"{"name":"李小龍","город":"Москва","emoji":"🦊👩‍🚀","mixed":"שלום"}"#;
    let shown = claims_shown(&token(r#"{"alg":"HS256"}"#, payload, "AQID"));
    for part in ["李小龍", "город", "Москва", "🦊", "שלום"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // What joins two signs into one is not seen, and so is named.
    assert!(shown.contains("👩\\u{200D}🚀"), "{shown}");
}

#[test]
fn m09_m12_unsecured_and_odd_tokens_are_found_and_shown() {
    for (header, payload, signature) in [
        (r#"{"alg":"none"}"#, r#"{"sub":"admin"}"#, ""),
        (r#"{"alg":"nOnE","typ":7}"#, r#"{"sub":"admin"}"#, ""),
        (r#"{"alg":"none"}"#, r#"{"sub":"admin"}"#, "AQID"),
        (r#"{"typ":"JWT"}"#, r#"{"sub":"admin"}"#, "AQID"),
        (r#"{"alg":null}"#, r#"{"sub":"admin"}"#, "AQID"),
        (
            r#"{"alg":"HS256","alg":"none"}"#,
            r#"{"sub":"admin"}"#,
            "AQID",
        ),
        (
            r#"{"alg":"HS256","x5c":"no list","kid":{}}"#,
            r#"{"sub":"admin"}"#,
            "AQID",
        ),
        (
            r#"{"alg":"HS256"}"#,
            r#"{"sub":"admin","exp":-1,"iss":[]}"#,
            "AQID",
        ),
    ] {
        let token = token(header, payload, signature);
        let text = format!("a line before\nvalue={token}\n");
        let report = report(&text, &KeyRing::default(), &Policy::default());
        assert_eq!(report["header_text"], header);
        assert_eq!(report["claims"]["sub"], "admin", "{header}");
        assert_ne!(verdict(&report).0, "accept", "{header}");
    }
}

#[test]
fn m10_a_quote_too_many_and_a_signature_too_few_take_nothing_away() {
    let key = key("HS256");
    let whole = key.plain_token("HS256", GOOD_CLAIMS);
    for text in [
        format!("{whole}\""),
        format!("{whole}',"),
        format!("\"{whole}"),
        format!("token: {whole}\","),
    ] {
        let report = report(&text, &key.ring(), &Policy::default());
        assert_eq!(report["claims_text"], GOOD_CLAIMS, "{text}");
        assert_eq!(verdict(&report), ("accept", vec![]), "{text}");
    }
    let (input, _) = whole.rsplit_once('.').unwrap();
    for text in [format!("{input}."), input.to_owned()] {
        let report = report(&text, &key.ring(), &Policy::default());
        assert_eq!(report["claims_text"], GOOD_CLAIMS, "{text}");
        assert_eq!(verdict(&report).0, "reject");
        assert!(verdict(&report).1.contains(&"signature-invalid"));
    }
}

#[test]
fn m11_an_algorithm_that_nobody_knows_hides_no_claim() {
    for alg in ["HS257", "SLH-DSA-SHA2-128s", "XX", "", "rs256", "BP256R1"] {
        let header = format!(r#"{{"alg":"{alg}"}}"#);
        let token = token(&header, GOOD_CLAIMS, "AQID");
        let report = report(&token, &key("HS256").ring(), &Policy::default());
        assert_eq!(report["claims_text"], GOOD_CLAIMS, "{alg}");
        assert_eq!(outcome(&report), "unsupported", "{alg}");
        assert_eq!(
            verdict(&report),
            ("undetermined", vec!["unsupported-algorithm"]),
            "{alg}"
        );
    }
}

#[test]
fn m13_a_token_is_found_with_bearer_and_in_other_headers() {
    let token = token(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, &encode(&[7; 32]));
    let text = format!(
        "GET / HTTP/1.1\r\nHost: a.example\r\nAuthorization: bearer {token}\r\nX-Amzn-Oidc-Data: {token}\r\n\
         Cookie: a=b; session={token}; c=d\r\nX-Custom: jwt={token}\r\n\r\n"
    );
    let places: Vec<_> = find(text.as_bytes(), "request")
        .into_iter()
        .map(|found| {
            assert_eq!(found.text.as_str(), token);
            (found.place.line, found.place.name_in.unwrap())
        })
        .collect();
    let expected = [
        (3, "Authorization"),
        (4, "X-Amzn-Oidc-Data"),
        (5, "session"),
        (6, "jwt"),
    ];
    assert_eq!(places, expected.map(|(line, name)| (line, name.to_owned())));
    for bare in [format!("Bearer {token}"), format!("bearer  {token}\n")] {
        assert_eq!(find(bare.as_bytes(), "paste")[0].text.as_str(), token);
    }
}

#[test]
fn m14_times_are_readable_dates_and_the_number_stays() {
    let shown = |claims: &str| {
        let token = token(r#"{"alg":"HS256"}"#, claims, "AQID");
        report_text(&token, &KeyRing::default(), &Policy::default())
    };
    let text = shown(r#"{"iat":1795032000,"exp":1795035600}"#);
    for part in [
        "1795035600",
        "2026-11-18T21:00:00Z",
        "3 days 1 hour ago",
        "Lifetime 1 hour",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Milliseconds are no year that anybody has seen.
    let text = shown(r#"{"iat":1795032000000,"exp":1795035600000}"#);
    assert!(text.contains("1795035600000"), "{text}");
    assert!(
        text.contains("beyond the years that can be shown"),
        "{text}"
    );
}

#[test]
fn m15_odd_dates_are_told_and_end_nothing() {
    for exp in [
        "\"2026-11-18T21:00:00Z\"",
        "\"1795035600\"",
        "null",
        "[1795035600]",
        "{}",
        "true",
    ] {
        let payload = format!(r#"{{"exp":{exp},"sub":"jane"}}"#);
        let key = key("HS256");
        let token = key.plain_token("HS256", &payload);
        let report = report(&token, &key.ring(), &Policy::default());
        assert_eq!(report["claims_text"], payload);
        assert_eq!(report["time"]["state"], "unreadable", "{exp}");
        assert_eq!(verdict(&report), ("reject", vec!["malformed"]), "{exp}");
        assert!(findings(&report).contains(&("numericdate-type", "high")));
    }
    for exp in [
        "1795035600000",
        "1e308",
        "-1e308",
        "9223372036854775808",
        "1e999999999999",
    ] {
        let token = token(r#"{"alg":"HS256"}"#, &format!(r#"{{"exp":{exp}}}"#), "AQID");
        let text = report_text(&token, &KeyRing::default(), &Policy::default());
        assert!(text.contains(exp), "{text}");
    }
}

#[test]
fn m17_a_secret_is_read_as_told_and_another_reading_is_named() {
    let text = "c2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2ggZm9yIGFsbCE=";
    let as_text = Secret::Shared(text.as_bytes().to_vec());
    let as_base64 = Secret::Shared(openssl::base64::decode_block(text).unwrap());
    let load =
        |encoding| KeyRing::new([keys::load_secret("s", text.as_bytes(), encoding).unwrap()]);
    for (signer, utf8, base64, read_as) in [
        (as_text, "valid", "invalid", "utf8"),
        (as_base64, "invalid", "valid", "base64"),
    ] {
        let token = signer.plain_token("HS256", GOOD_CLAIMS);
        let report = |encoding| report(&token, &load(encoding), &Policy::default());
        assert_eq!(outcome(&report(SecretEncoding::Utf8)), utf8);
        assert_eq!(outcome(&report(SecretEncoding::Base64)), base64);
        let auto = report(SecretEncoding::Auto);
        assert_eq!(outcome(&auto), "valid");
        assert_eq!(auto["signatures"][0]["key"]["read_as"], read_as);
    }
}

/// What `openssl ecparam -genkey` and `openssl ec` write.
#[test]
fn m18_ec_keys_in_the_old_form_are_read() {
    for (alg, nid, parameters) in [
        ("ES256", Nid::X9_62_PRIME256V1, "BggqhkjOPQMBBw=="),
        ("ES384", Nid::SECP384R1, "BgUrgQQAIg=="),
        ("ES512", Nid::SECP521R1, "BgUrgQQAIw=="),
    ] {
        let group = EcGroup::from_curve_name(nid).unwrap();
        let pair = EcKey::generate(&group).unwrap();
        let sec1 = String::from_utf8(pair.private_key_to_pem().unwrap()).unwrap();
        assert!(sec1.starts_with("-----BEGIN EC PRIVATE KEY-----"));
        let with_parameters = format!(
            "-----BEGIN EC PARAMETERS-----\n{parameters}\n-----END EC PARAMETERS-----\n{sec1}"
        );
        let secret = Secret::Pair(PKey::from_ec_key(pair).unwrap());
        let token = secret.plain_token(alg, GOOD_CLAIMS);
        for file in [sec1, with_parameters] {
            let report = report(&token, &keys_of([file.as_str()]), &Policy::default());
            assert_eq!(verdict(&report), ("accept", vec![]), "{alg}");
        }
    }
}

#[test]
fn m19_without_a_key_a_signature_is_not_called_invalid() {
    let token = key("RS256").plain_token("RS256", GOOD_CLAIMS);
    for ring in [KeyRing::default(), key("HS256").ring(), key("ES256").ring()] {
        let report = report(&token, &ring, &Policy::default());
        assert_eq!(outcome(&report), "not-checked");
        assert_eq!(verdict(&report), ("undetermined", vec!["no-key"]));
        let text = report_text(&token, &ring, &Policy::default());
        for wrong in ["is wrong", "not genuine", "Reject"] {
            assert!(!text.contains(wrong), "{text}");
        }
    }
}

#[test]
fn m20_a_key_set_gives_the_key_that_kid_names() {
    let names = ["a", "b", "c"];
    let secrets = names.map(|_| Secret::fresh("ES256"));
    let keys: Vec<Value> = secrets
        .iter()
        .zip(names)
        .map(|(secret, kid)| secret.jwk(&json!({"kid": kid, "use": "sig"})))
        .collect();
    let ring = keys_of([json!({ "keys": keys }).to_string().as_str()]);
    for (secret, kid) in secrets.iter().zip(names) {
        let header = format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#);
        let token = secret.token("ES256", &header, GOOD_CLAIMS);
        let report = report(&token, &ring, &Policy::default());
        assert_eq!(verdict(&report), ("accept", vec![]));
        assert_eq!(report["signatures"][0]["key"]["id"], kid);
        let forged = Secret::fresh("ES256").token("ES256", &header, GOOD_CLAIMS);
        let report = crate::way::report(&forged, &ring, &Policy::default());
        assert_eq!(verdict(&report), ("reject", vec!["signature-invalid"]));
    }
}

#[test]
fn m22_an_encrypted_token_is_found_and_not_judged_by_guess() {
    let header = encode(br#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
    let token = format!(
        "{header}.{}.{}.{}.{}",
        encode(&[1; 256]),
        encode(&[2; 12]),
        encode(&[3; 40]),
        encode(&[4; 16])
    );
    let report = report(&token, &KeyRing::default(), &Policy::default());
    assert_eq!(report["kind"], "jwe");
    assert_eq!(report["decryption"]["enc"], "A256GCM");
    assert_eq!(verdict(&report), ("undetermined", vec!["encrypted"]));
}

/// What is logged or shown when something panics must not hold a credential.
#[test]
fn m23_debug_text_holds_no_token_and_no_secret() {
    let key = key("HS256");
    let token = key.plain_token("HS256", r#"{"sub":"jane-of-the-claims"}"#);
    let session = crate::way::session(token.as_bytes(), &key.ring(), &Policy::default());
    let Secret::Shared(secret) = key else {
        panic!("a shared secret");
    };
    let debug = format!("{:?} {:?}", session.tokens[0].token, session.keys);
    for hidden in [
        token.as_str(),
        token.rsplit('.').next().unwrap(),
        "jane-of-the-claims",
        &encode(secret),
        &format!("{secret:?}"),
    ] {
        assert!(!debug.contains(hidden));
    }
}
