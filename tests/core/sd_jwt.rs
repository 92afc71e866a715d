//! The examples of RFC 9901, typed in as facts: each disclosure with its digest, each presentation with its processed claims.

use tokenloupe::jose::base64url;
use tokenloupe::jose::json::{self, Json, Value};
use tokenloupe::jose::sd_jwt::key_binding::{confirmation, key_binding};
use tokenloupe::jose::sd_jwt::{
    Encoded, Ending, HashAlgorithm, Payload, SHA_256, SdJwt, Source, Standing, compact_form,
    ending, hashed_text, process,
};

mod concealed;
pub(crate) mod facts;
pub(crate) mod make;
mod whole;

use facts::{
    A1_DISCLOSURES, A1_PAYLOAD, FLAT_DISCLOSURES, FLAT_PRESENTATION, JSON_DISCLOSURES,
    JSON_FLATTENED_KEY_BINDING, JSON_GENERAL_KEY_BINDING, JSON_GENERAL_SIGNATURE, JSON_PAYLOAD,
    JSON_PROTECTED, JSON_SIGNATURE, RECURSIVE_DISCLOSURES, RECURSIVE_PAYLOAD, STRUCTURED_PAYLOAD,
};

/// Processes a payload (its JSON) with these disclosures.
fn processed(payload: &str, disclosures: &[&str]) -> SdJwt {
    let read: Vec<_> = disclosures
        .iter()
        .map(|text| {
            let decoded = base64url::decode(text);
            assert!(decoded.is_strict(), "{text}");
            let json = json::read(&decoded.bytes);
            (decoded, json)
        })
        .collect();
    let encoded: Vec<_> = disclosures
        .iter()
        .zip(&read)
        .map(|(text, (decoded, json))| Encoded {
            text,
            decoded,
            json,
        })
        .collect();
    process(
        Payload {
            bytes: payload.as_bytes(),
            json: &json::read(payload.as_bytes()),
        },
        &encoded,
    )
}

fn decoded(part: &str) -> String {
    String::from_utf8(base64url::decode(part).bytes.to_vec()).unwrap()
}

/// Compares claims whatever the order of members and the spelling of strings.
#[track_caller]
fn assert_claims(sd_jwt: &SdJwt, expected: &str) {
    assert!(sd_jwt.is_sound(), "{sd_jwt:?}");
    let made = sd_jwt.processed.as_ref().unwrap();
    assert!(made.document().faults.is_empty());
    let expected = json::read(expected.as_bytes());
    assert!(expected.is_document());
    assert_eq!(
        plain(made.document().root.as_ref().unwrap()),
        plain(&expected.root.unwrap())
    );
}

fn plain(json: &Json) -> serde_json::Value {
    match &json.value {
        Value::Array(elements) => elements.iter().map(plain).collect(),
        Value::Bool(value) => (*value).into(),
        Value::Null => serde_json::Value::Null,
        Value::Number(number) => serde_json::from_str(&number.text).unwrap(),
        Value::Object(members) => members
            .iter()
            .map(|member| (member.name.clone(), plain(&member.value)))
            .collect(),
        Value::String(text) => text.as_str().into(),
    }
}

fn texts<'a>(facts: &[(&'a str, &'a str, &'a str)]) -> Vec<&'a str> {
    facts.iter().map(|(_, _, text)| *text).collect()
}

/// Sections 4.2.1 and 4.2.3: four spellings of one disclosure, and the digest of the first.
#[test]
fn a_disclosure_may_be_spelled_in_many_ways() {
    let first = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    let digest = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0";
    assert_eq!(SHA_256.digest(first).as_deref(), Some(digest));
    for text in [
        first,
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
        "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
    ] {
        let payload = format!(
            r#"{{"given_name":"Alice","_sd":["{}"]}}"#,
            SHA_256.digest(text).unwrap()
        );
        let sd_jwt = processed(&payload, &[text]);
        assert_claims(&sd_jwt, r#"{"given_name":"Alice","family_name":"Möbius"}"#);
        let disclosure = &sd_jwt.disclosures[0];
        assert_eq!(disclosure.salt.as_deref(), Some("_26bc4LT-ac6q2KI6cBW5es"));
    }
}

/// Sections 4.2.2 and 4.2.4.2: an element among others that are in the clear.
#[test]
fn an_element_takes_its_place() {
    let payload =
        r#"{"nationalities":["DE",{"...":"w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"},"US"]}"#;
    let element = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0";
    assert_claims(
        &processed(payload, &[element]),
        r#"{"nationalities":["DE","FR","US"]}"#,
    );
    assert_claims(&processed(payload, &[]), r#"{"nationalities":["DE","US"]}"#);
}

#[test]
fn every_printed_digest_is_that_of_its_disclosure() {
    for facts in [FLAT_DISCLOSURES, RECURSIVE_DISCLOSURES, A1_DISCLOSURES] {
        for (name, digest, text) in facts {
            assert_eq!(SHA_256.digest(text).as_deref(), Some(*digest), "{name}");
        }
    }
}

/// Section 5.1: everything disclosed.
#[test]
fn section_5_1() {
    let (issuer, _) = FLAT_PRESENTATION.split_once('~').unwrap();
    let payload = decoded(issuer.split('.').nth(1).unwrap());
    let sd_jwt = processed(&payload, &texts(FLAT_DISCLOSURES));
    assert_claims(
        &sd_jwt,
        r#"{
            "iss": "https://issuer.example.com", "iat": 1683000000, "exp": 1883000000, "sub": "user_42",
            "nationalities": ["US", "DE"],
            "cnf": {"jwk": {"kty": "EC", "crv": "P-256", "x": "TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc", "y": "ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ"}},
            "given_name": "John", "family_name": "Doe", "email": "johndoe@example.com", "phone_number": "+1-202-555-0101",
            "phone_number_verified": true,
            "address": {"street_address": "123 Main St", "locality": "Anytown", "region": "Anystate", "country": "US"},
            "birthdate": "1940-01-01", "updated_at": 1570000000
        }"#,
    );
    assert_eq!(sd_jwt.digests.count, FLAT_DISCLOSURES.len());
    assert_eq!(sd_jwt.digests.without_disclosure, 0);
    for ((name, ..), disclosure) in FLAT_DISCLOSURES.iter().zip(&sd_jwt.disclosures) {
        assert_eq!(
            disclosure.name.as_deref(),
            (!name.is_empty()).then_some(*name)
        );
    }
}

/// Section 5.2: four disclosures and a key binding.
#[test]
fn section_5_2() {
    let parts: Vec<&str> = FLAT_PRESENTATION.split('~').collect();
    let [issuer, disclosures @ .., bound] = parts.as_slice() else {
        panic!("parts");
    };
    assert_eq!(ending(FLAT_PRESENTATION), Some(Ending::KeyBinding(bound)));
    let payload = decoded(issuer.split('.').nth(1).unwrap());
    let sd_jwt = processed(&payload, disclosures);
    assert_claims(
        &sd_jwt,
        r#"{
            "iss": "https://issuer.example.com", "iat": 1683000000, "exp": 1883000000, "sub": "user_42", "nationalities": ["US"],
            "cnf": {"jwk": {"kty": "EC", "crv": "P-256", "x": "TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc", "y": "ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ"}},
            "family_name": "Doe",
            "address": {"street_address": "123 Main St", "locality": "Anytown", "region": "Anystate", "country": "US"},
            "given_name": "John"
        }"#,
    );
    assert_eq!(
        (sd_jwt.digests.count, sd_jwt.digests.without_disclosure),
        (10, 6)
    );
    let made = sd_jwt.processed.as_ref().unwrap();
    assert_eq!(
        made.origin_at("/address/locality").unwrap().source,
        Source::Disclosure(1)
    );
    assert_eq!(made.origin_at("/iss").unwrap().source, Source::Payload);
    let bound: Vec<_> = bound
        .split('.')
        .map(|part| json::read(&base64url::decode(part).bytes))
        .collect();
    let presented = hashed_text(FLAT_PRESENTATION).unwrap();
    let binding = key_binding(&bound[0], &bound[1], presented, sd_jwt.hash.used);
    assert_eq!(
        binding.expected.as_deref(),
        Some("0_Af-2B-EhLWX5ydh_w2xzwmO6iM66B_2QCEanI4fUY")
    );
    assert_eq!((binding.binds(), binding.faults.len()), (Some(true), 0));
    assert_eq!(binding.nonce.as_deref(), Some("1234567890"));
    assert_eq!(
        binding.audience.as_deref(),
        Some("https://verifier.example.org")
    );
    let holder = confirmation(made.document()).unwrap();
    assert_eq!(holder.methods, ["jwk"]);
    assert_eq!(
        holder.jwk.and_then(|jwk| jwk.get("crv")?.str()),
        Some("P-256")
    );
    // A disclosure taken away, or put elsewhere, is no longer what was signed.
    let cut = presented.replacen(&format!("{}~", disclosures[0]), "", 1);
    let binding = key_binding(&bound[0], &bound[1], &cut, sd_jwt.hash.used);
    assert_eq!(binding.binds(), Some(false));
}

/// Section 6.2: the members of an object, each for itself.
#[test]
fn section_6_2() {
    let (_, members) = RECURSIVE_DISCLOSURES.split_last().unwrap();
    assert_claims(
        &processed(STRUCTURED_PAYLOAD, &texts(members)),
        r#"{
            "iss": "https://issuer.example.com", "iat": 1683000000, "exp": 1883000000, "sub": "6c5c0a49-b589-431d-bae7-219122a9ec2c",
            "address": {"locality": "Schulpforta", "street_address": "Schulstr. 12", "region": "Sachsen-Anhalt", "country": "DE"}
        }"#,
    );
}

/// Section 6.3: the digests of the members stand in the disclosure of the object.
#[test]
fn section_6_3() {
    let all = texts(RECURSIVE_DISCLOSURES);
    let claims = r#"{
        "iss": "https://issuer.example.com", "iat": 1683000000, "exp": 1883000000, "sub": "6c5c0a49-b589-431d-bae7-219122a9ec2c",
        "address": {"locality": "Schulpforta", "street_address": "Schulstr. 12", "region": "Sachsen-Anhalt", "country": "DE"}
    }"#;
    assert_claims(&processed(RECURSIVE_PAYLOAD, &all), claims);
    // The order of disclosures does not matter.
    let reversed: Vec<_> = all.iter().rev().copied().collect();
    assert_claims(&processed(RECURSIVE_PAYLOAD, &reversed), claims);
    // The members alone hang in the air.
    let (_, members) = all.split_last().unwrap();
    let sd_jwt = processed(RECURSIVE_PAYLOAD, members);
    assert!(!sd_jwt.is_sound());
    for disclosure in &sd_jwt.disclosures {
        assert_eq!(disclosure.standing, Standing::Unreferenced { inside: None });
    }
}

/// Section 8: the key binding of the JSON forms is made over the compact one.
#[test]
fn section_8() {
    let disclosures = JSON_DISCLOSURES;
    let sd_jwt = processed(&decoded(JSON_PAYLOAD), &disclosures);
    assert_claims(
        &sd_jwt,
        r#"{
            "iss": "https://issuer.example.com", "iat": 1683000000, "exp": 1883000000,
            "cnf": {"jwk": {"kty": "EC", "crv": "P-256", "x": "TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc", "y": "ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ"}},
            "family_name": "Doe", "given_name": "John"
        }"#,
    );
    for (signature, bound) in [
        (JSON_SIGNATURE, JSON_FLATTENED_KEY_BINDING),
        (JSON_GENERAL_SIGNATURE, JSON_GENERAL_KEY_BINDING),
    ] {
        let presented = compact_form(JSON_PROTECTED, JSON_PAYLOAD, signature, disclosures);
        let bound: Vec<_> = bound
            .split('.')
            .map(|part| json::read(&base64url::decode(part).bytes))
            .collect();
        let binding = key_binding(&bound[0], &bound[1], &presented, sd_jwt.hash.used);
        assert!(binding.expected.is_some());
        assert_eq!(binding.expected.as_deref(), bound[1].str("sd_hash"));
        assert_eq!((binding.binds(), binding.faults.len()), (Some(true), 0));
    }
}

/// Appendix A.1: two levels, with decoys in each.
#[test]
fn appendix_a_1() {
    let disclosures = texts(A1_DISCLOSURES);
    let shown: Vec<_> = A1_DISCLOSURES
        .iter()
        .filter(|(name, ..)| matches!(*name, "region" | "country"))
        .map(|(_, _, text)| *text)
        .collect();
    let sd_jwt = processed(A1_PAYLOAD, &shown);
    assert_claims(
        &sd_jwt,
        r#"{"iss": "https://issuer.example.com", "iat": 1683000000, "exp": 1883000000, "address": {"region": "港区", "country": "JP"}}"#,
    );
    let all = processed(A1_PAYLOAD, &disclosures);
    assert_claims(
        &all,
        r#"{
            "iss": "https://issuer.example.com", "iat": 1683000000, "exp": 1883000000,
            "sub": "6c5c0a49-b589-431d-bae7-219122a9ec2c", "given_name": "太郎", "family_name": "山田",
            "email": "\"unusual email address\"@example.jp", "phone_number": "+81-80-1234-5678",
            "address": {"street_address": "東京都港区芝公園４丁目２−８", "locality": "東京都", "region": "港区", "country": "JP"},
            "birthdate": "1940-01-01"
        }"#,
    );
    let mut decoys: Vec<_> = all
        .digests
        .withheld
        .iter()
        .map(|place| A1_PAYLOAD[place.range.clone()].trim_matches('"'))
        .collect();
    decoys.sort_unstable();
    assert_eq!(
        decoys,
        [
            "AzLlFobkJ2xiaupREPyoJz-9-NSldB6Cgjr7fUyoHzg",
            "Y34zmIo0QLLOtdMpXGwjBgLvr17yEhhYT0FGofR-aIE",
            "b2Dkw0jcIF9rGg8_PF8ZcvncW7zwZj5ryBWvXfrpzek",
            "cPYJHIZ8Vu-f9CCyVub2UfgEk8jvvXezwK1p_JneeXQ",
            "fyGp0WTwwPv2JDQln1lSiaeobZsMWA10bQ5989-9DTs",
            "glT3hrSU7fSWgwF5UDZmWwBTw32gnUldIhi8hGVCaV4",
        ]
    );
    assert_eq!(all.hash.named.as_deref(), Some("sha-256"));
    assert_eq!(all.hash.used, HashAlgorithm::named("sha-256"));
}
