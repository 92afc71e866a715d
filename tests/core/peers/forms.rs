//! What is asked for most, where a token is encrypted, is written as JSON, has several signatures, or lacks its payload.
//!
//! The names count as in `wanted` and `unmatched`, whose compact tokens have their tests there.

use serde_json::{Value, json};
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::Policy;
use tokenloupe::keys::KeyRing;

use crate::forms::make::{Sealing, Signing, To, flattened, general};
use crate::forms::{Seen, see, see_at};
use crate::way::{GOOD_CLAIMS, Secret, key, keys_of, message, report_text};

const NOW: &str = "2026-11-21T22:40:13Z";

fn secret() -> To {
    To::Secret((3..35).collect())
}

/// The keys for all of them.
fn ring() -> KeyRing {
    let es256 = key("ES256").jwk(&json!({})).to_string();
    keys_of([es256.as_str(), &secret().file()])
}

/// A payload in every form: signed and encrypted, compact and as JSON.
fn every_form(payload: &[u8]) -> Vec<String> {
    let signer = key("ES256");
    let signing = || Signing::new(r#"{"alg":"ES256"}"#, "ES256", signer);
    let sealing = |header| Sealing::new(header, &SECRET, payload);
    let wrapped = sealing(r#"{"alg":"A256KW","enc":"A256GCM"}"#);
    let direct = sealing(r#"{"alg":"dir","enc":"A128CBC-HS256"}"#);
    vec![
        signer.plain_token("ES256", payload),
        flattened(payload, &signing()).to_string(),
        general(payload, &[signing()]).to_string(),
        wrapped.compact(),
        wrapped.flattened().to_string(),
        wrapped.general().to_string(),
        direct.compact(),
        direct.flattened().to_string(),
    ]
}

static SECRET: std::sync::LazyLock<To> = std::sync::LazyLock::new(secret);

/// All forms of a payload are taken, and show it whole.
#[track_caller]
fn all_show(payload: &[u8], policy: &Policy) -> Vec<Seen> {
    let forms = every_form(payload);
    let seen: Vec<Seen> = forms
        .iter()
        .map(|text| see(text, &ring(), policy))
        .collect();
    for (seen, text) in seen.iter().zip(&forms) {
        assert_eq!(seen.payload(), Some(payload), "{text}");
        assert_eq!(
            seen.verdict(),
            ("accept", vec![]),
            "{text}: {:#}",
            seen.report
        );
    }
    seen
}

#[test]
fn m01_m02_m06_numbers_of_every_form_stay_as_they_were_written() {
    let payload = r#"{"sub":100002348117421473,"a":3.0,"b":99999999999999999999999999,"d":-0,"exp":4102444800}"#;
    for seen in all_show(payload.as_bytes(), &Policy::default()) {
        assert_eq!(seen.report["claims_text"], payload);
        let text = report_text(
            seen.session.tokens[0].token.text(),
            &ring(),
            &Policy::default(),
        );
        for number in [
            "100002348117421473",
            "3.0",
            "99999999999999999999999999",
            "-0",
        ] {
            assert!(text.contains(number), "{number}: {text}");
        }
    }
}

#[test]
fn m03_duplicates_are_told_in_every_form() {
    for text in every_form(br#"{"sub":"jane","sub":"admin","exp":4102444800}"#) {
        let seen = see(&text, &ring(), &Policy::default());
        assert!(seen.rules().contains(&"json-duplicate-member"), "{text}");
        assert_eq!(seen.verdict(), ("reject", vec!["malformed"]), "{text}");
    }
    // And of the object around.
    let good = flattened(
        GOOD_CLAIMS,
        &Signing::new(r#"{"alg":"ES256"}"#, "ES256", key("ES256")),
    );
    let twice = good.to_string().replacen('{', r#"{"payload":"e30","#, 1);
    let seen = see(&twice, &ring(), &Policy::default());
    assert!(seen.rules().contains(&"json-duplicate-member"));
    assert_eq!(seen.verdict(), ("reject", vec!["malformed"]));
}

#[test]
fn m04_m05_spaces_and_order_break_nothing() {
    let signer = key("ES256");
    let protected = " {\t\"typ\" : \"JWT\",\r\n \"alg\":\"ES256\" } ";
    let json = general(
        " { \"exp\" : 4102444800 , \"a\" : [ 1 ] } ",
        &[Signing::new(protected, "ES256", signer)],
    );
    for text in [
        json.to_string(),
        serde_json::to_string_pretty(&json).unwrap(),
    ] {
        for around in [
            text.clone(),
            format!("\n\n  {text}\n"),
            format!("before {text} after"),
        ] {
            let seen = see(&around, &ring(), &Policy::default());
            assert_eq!(seen.verdict(), ("accept", vec![]), "{around}");
            assert_eq!(seen.session.tokens[0].token.text(), text);
            let signature = &seen.report["signatures"][0];
            assert_eq!(signature["header"]["typ"], "JWT");
        }
    }
    let header = " { \"alg\" : \"A256KW\" ,\n\"enc\" : \"A256GCM\" } ";
    let sealing = Sealing::new(header, &SECRET, GOOD_CLAIMS.as_bytes());
    for text in [sealing.compact(), sealing.general().to_string()] {
        assert_eq!(
            see(&text, &ring(), &Policy::default()).verdict(),
            ("accept", vec![])
        );
    }
}

#[test]
fn m07_a_payload_of_every_form_need_not_be_json() {
    for payload in [&b"just words"[..], b"<a/>", b"\x00\xFF\xFE", b"", b"[1]"] {
        for seen in every_form(payload)
            .iter()
            .map(|text| see(text, &ring(), &message()))
        {
            assert_eq!(seen.payload(), Some(payload), "{:#}", seen.report);
            // An empty payload may stand elsewhere, and here it verifies as it is.
            assert_eq!(seen.verdict(), ("accept", vec![]), "{:#}", seen.report);
            let shown = seen.report["payload_base64"].as_str();
            assert_eq!(shown, Some(encode(payload).as_str()));
        }
    }
}

#[test]
fn m08_every_script_decodes_in_every_form() {
    let payload =
        r#"{"name":"李小龍","город":"Москва","emoji":"🦊","mixed":"שלום","exp":4102444800}"#;
    for seen in all_show(payload.as_bytes(), &Policy::default()) {
        assert_eq!(seen.report["claims"]["город"], "Москва");
        assert_eq!(seen.report["claims_text"], payload);
    }
}

#[test]
fn m09_m12_unsecured_and_odd_tokens_in_json_form_are_shown() {
    let claims = encode(br#"{"sub":"admin"}"#);
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "nOnE", "typ": 7}),
        json!({"typ": "JWT"}),
        json!({"alg": null}),
        json!({"alg": "HS256", "x5c": "no list", "kid": {}}),
    ] {
        let protected = encode(header.to_string().as_bytes());
        let entry = json!({"protected": protected, "signature": ""});
        for token in [
            json!({"payload": claims, "protected": protected, "signature": ""}),
            json!({"payload": claims, "header": header, "signature": ""}),
            json!({"payload": claims, "signatures": [entry, entry]}),
        ] {
            let text = token.to_string();
            // Without `protected` and `alg` nothing says that it is one, but for its payload.
            let seen = see(&text, &ring(), &Policy::default());
            assert_eq!(seen.report["claims"]["sub"], "admin", "{text}");
            assert_eq!(seen.verdict().0, "reject", "{text}");
        }
    }
}

#[test]
fn m10_what_is_cut_off_takes_nothing_away() {
    let signer = key("ES256");
    let good = flattened(
        GOOD_CLAIMS,
        &Signing::new(r#"{"alg":"ES256"}"#, "ES256", signer),
    );
    // Removed for safety, or forgotten.
    for signature in [json!(""), json!(null), Value::Null] {
        let mut cut = good.clone();
        cut["signature"] = signature;
        let seen = see(cut.to_string(), &ring(), &Policy::default());
        assert_eq!(seen.report["claims_text"], GOOD_CLAIMS);
        assert_eq!(seen.verdict().0, "reject");
    }
    let mut without = good.clone();
    without.as_object_mut().unwrap().remove("signature");
    let seen = see(without.to_string(), &ring(), &Policy::default());
    assert_eq!(seen.report["claims_text"], GOOD_CLAIMS);
    assert_eq!(seen.verdict().0, "reject");
    // Quotes and commas of what was around it.
    for text in [
        format!("'{good}',"),
        format!("`{good}`"),
        format!("token = {good};"),
    ] {
        let seen = see(&text, &ring(), &Policy::default());
        assert_eq!(seen.verdict(), ("accept", vec![]), "{text}");
    }
    // An encrypted one that lost its tag shows its header.
    let whole = Sealing::new(
        r#"{"alg":"dir","enc":"A128CBC-HS256","kid":"k"}"#,
        &SECRET,
        b"x",
    )
    .compact();
    let (cut, _) = whole.rsplit_once('.').unwrap();
    let seen = see(cut, &ring(), &Policy::default());
    assert_eq!(seen.report["header"]["kid"], "k");
    assert_eq!(seen.verdict().0, "reject");
}

#[test]
fn m11_an_algorithm_that_nobody_knows_hides_nothing_of_the_rest() {
    let signer = key("ES256");
    let json = general(
        GOOD_CLAIMS,
        &[
            Signing::new(r#"{"alg":"XX"}"#, "ES256", signer),
            Signing::new(r#"{"alg":"ES256"}"#, "ES256", signer),
        ],
    );
    let seen = see(json.to_string(), &ring(), &Policy::default());
    assert_eq!(seen.outcomes(), ["unsupported", "valid"]);
    assert_eq!(seen.report["claims_text"], GOOD_CLAIMS);
    let sealing = Sealing {
        protected: r#"{"enc":"A256GCM"}"#,
        shared: "",
        recipients: vec![(r#"{"alg":"A256KW"}"#, secret())],
        aad: None,
        plaintext: GOOD_CLAIMS.as_bytes(),
    };
    let mut json = sealing.general();
    let known = json["recipients"][0].clone();
    json["recipients"] = json!([{"header": {"alg": "XX"}, "encrypted_key": "AAAA"}, known]);
    let seen = see(json.to_string(), &ring(), &Policy::default());
    assert_eq!(seen.decryption(), "decrypted");
    assert_eq!(seen.report["decryption"]["recipient"], 1);
    assert_eq!(seen.report["claims_text"], GOOD_CLAIMS);
    for (alg, enc) in [("XX", "A128GCM"), ("dir", "XX"), ("ECDH-1PU", "XC20P")] {
        let header = json!({"alg": alg, "enc": enc, "kid": "k"}).to_string();
        let text = format!("{}..AAAA.AAAA.AAAA", encode(header.as_bytes()));
        let seen = see(&text, &ring(), &Policy::default());
        assert_eq!(seen.decryption(), "unsupported");
        assert_eq!(
            seen.verdict(),
            ("undetermined", vec!["unsupported-algorithm"])
        );
        assert_eq!(seen.report["header"]["kid"], "k");
    }
}

#[test]
fn m13_encrypted_tokens_and_json_are_found_where_they_stand() {
    let forms = every_form(GOOD_CLAIMS.as_bytes());
    for text in &forms {
        let body = format!(
            "POST /acme HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/jose+json\r\n\r\n{text}"
        );
        let seen = see(&body, &ring(), &Policy::default());
        assert_eq!(seen.verdict(), ("accept", vec![]), "{body}");
    }
    for text in forms.iter().filter(|text| !text.starts_with('{')) {
        for around in [
            format!("Bearer {text}"),
            format!("GET / HTTP/1.1\r\nHost: a.example\r\nCookie: a=b; s={text}; c=d\r\n\r\n"),
            format!("https://a.example/?request={text}&x=y"),
        ] {
            let seen = see(&around, &ring(), &Policy::default());
            assert_eq!(seen.session.tokens[0].token.text(), text, "{around}");
            assert_eq!(seen.verdict(), ("accept", vec![]), "{around}");
        }
    }
}

#[test]
fn m22_encrypted_tokens_are_opened() {
    let rsa = match key("RS256") {
        Secret::Pair(pair) => To::Rsa(pair.clone()),
        Secret::Shared(_) => panic!("a pair"),
    };
    let header = r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#;
    let text = Sealing::new(header, &rsa, GOOD_CLAIMS.as_bytes()).compact();
    let seen = see(&text, &rsa.ring(), &Policy::default());
    assert_eq!(seen.report["claims_text"], GOOD_CLAIMS);
    // Opened is not verified.
    assert_eq!(seen.verdict(), ("undetermined", vec!["sender-unproven"]));
    let shown = report_text(&text, &rsa.ring(), &Policy::default());
    assert!(!shown.contains("genuine"), "{shown}");
    // With the public half it stays closed, and is told why.
    let seen = see(&text, &key("RS256").ring(), &Policy::default());
    assert_eq!(seen.verdict(), ("undetermined", vec!["encrypted"]));
    let diagnosis = &seen.report["decryption"]["diagnosis"][0];
    assert_eq!(diagnosis["code"], "alg-key-mismatch");
}

/// "All JOSE serializations in one view": a verdict for each signature and each recipient, what nothing protects, payloads that
/// stand elsewhere or as they are, and tokens in tokens.
#[test]
fn n09_every_serialization_is_shown_in_one_way() {
    let shapes: Vec<(Value, Value)> = all_show(GOOD_CLAIMS.as_bytes(), &Policy::default())
        .iter()
        .map(|seen| {
            assert_eq!(seen.report["claims_text"], GOOD_CLAIMS);
            (
                seen.report["kind"].clone(),
                seen.report["serialization"].clone(),
            )
        })
        .collect();
    let expected = [
        ("jws", "compact"),
        ("jws", "flattened"),
        ("jws", "general"),
        ("jwe", "compact"),
        ("jwe", "flattened"),
        ("jwe", "general"),
        ("jwe", "compact"),
        ("jwe", "flattened"),
    ];
    assert_eq!(
        shapes,
        expected.map(|(kind, form)| (json!(kind), json!(form)))
    );
    // What nothing protects is told apart.
    let signer = key("ES256");
    let signing = Signing {
        protected: r#"{"alg":"ES256"}"#,
        header: r#"{"kid":"k"}"#,
        alg: "ES256",
        key: signer,
    };
    let seen = see(
        flattened(GOOD_CLAIMS, &signing).to_string(),
        &ring(),
        &Policy::default(),
    );
    let signature = &seen.report["signatures"][0];
    assert_eq!(signature["header"], json!({"alg": "ES256"}));
    assert_eq!(signature["unprotected"], json!({"kid": "k"}));
    assert!(seen.rules().contains(&"jws-alg-unprotected"));
    // As it is, and elsewhere.
    let as_it_is = Signing::new(
        r#"{"alg":"ES256","b64":false,"crit":["b64"]}"#,
        "ES256",
        signer,
    );
    let json = flattened("{not, json}", &as_it_is);
    let seen = see(json.to_string(), &ring(), &message());
    assert_eq!(
        (seen.verdict(), seen.payload()),
        (("accept", vec![]), Some(&b"{not, json}"[..]))
    );
    let mut elsewhere = json;
    elsewhere.as_object_mut().unwrap().remove("payload");
    let seen = see_at(
        elsewhere.to_string(),
        &ring(),
        &message(),
        Some(b"{not, json}"),
        NOW,
    );
    assert_eq!(seen.verdict(), ("accept", vec![]));
}
