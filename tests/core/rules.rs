//! Each rule with what it must find and what it must leave alone (the "Not" lines of the catalogue).

use std::panic::{AssertUnwindSafe, catch_unwind};

use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::PartRole;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::audit::RULES;
use tokenloupe::judge::{Issuer, Judgement, Policy, ProfileName, Severity};
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::Diagnosis;

use crate::common::{inspect, judge, reasons, ring};

mod anything;
mod beside;
mod certificates;
mod claims;
mod data;
mod encoding;
mod header;
mod inconsistent;
mod jwe;
mod keys;
mod keys_of_jwe;
mod kinds;
mod sd_jwt;
mod serialization;
mod signature;
mod times;
mod together;
mod trial;
mod types;

pub(crate) use keys::roca_modulus;
use trial::{Expected, Trial};

/// 32 bytes that are no example of anybody's.
const SECRET: &[u8; 32] = b"\x9c\x41\xd0\x7e\x33\xa8\x15\xfb\x62\x0d\xc9\x84\x5a\xee\x27\x90\x13\xb6\x48\xf1\x7d\x02\xac\x69\xd5\x3e\x8b\x54\xc0\x1f\x76\xe2";

const GOOD_CLAIMS: &str = r#"{"iss":"https://a.example","aud":"b","exp":1795340000}"#;

/// Every trial of every family.
fn trials() -> Vec<Trial> {
    [
        encoding::trials(),
        serialization::trials(),
        signature::trials(),
        header::trials(),
        certificates::trials(),
        keys::trials(),
        keys_of_jwe::trials(),
        inconsistent::trials(),
        jwe::trials(),
        times::trials(),
        together::trials(),
        sd_jwt::trials(),
        types::trials(),
        kinds::trials(),
        claims::trials(),
        data::trials(),
        beside::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn each_rule_finds_what_it_must_and_spares_its_neighbour() {
    // All that fail, each with its own words.
    let fails = |trial: &Trial| catch_unwind(AssertUnwindSafe(|| trial.run())).is_err();
    let failed = trials().iter().filter(|trial| fails(trial)).count();
    assert_eq!(failed, 0, "trials failed");
}

#[test]
fn every_rule_is_tried_on_both() {
    let trials = trials();
    for rule in RULES {
        let of_it = || trials.iter().filter(|trial| trial.rule == rule.id());
        let is_found = |trial: &Trial| matches!(trial.expected, Expected::Found(..));
        assert!(of_it().any(is_found), "{} finds nothing", rule.id());
        assert!(!of_it().all(is_found), "{} spares nothing", rule.id());
    }
    for trial in &trials {
        let exists = RULES.iter().any(|rule| rule.id() == trial.rule);
        assert!(exists, "there is no rule {}", trial.rule);
    }
}

/// The inspection of an HS256 token under a good secret that the reviewer holds.
fn signed(header: &str, claims: &str) -> Inspection {
    inspect(&hmac(header, claims, SECRET), &ring(&oct(SECRET, "")))
}

/// The inspection of a token with these bytes for a signature, and no key.
fn unsigned(header: &str, claims: &str, signature: &[u8]) -> Inspection {
    inspect(&compact(header, claims, signature), &KeyRing::default())
}

fn compact(header: &str, claims: &str, signature: &[u8]) -> String {
    format!(
        "{}.{}.{}",
        encode(header.as_bytes()),
        encode(claims.as_bytes()),
        encode(signature)
    )
}

/// The same, with an explanation that verification would give.
fn diagnosed(mut inspection: Inspection, code: &'static str) -> Inspection {
    for proof in &mut inspection.proof.signatures {
        proof.diagnosis.push(Diagnosis {
            code,
            text: "The secret is the PEM text of key \u{201C}a\u{201D}.".to_owned(),
            for_developer: String::new(),
            reread: None,
        });
    }
    inspection
}

fn oct(secret: &[u8], members: &str) -> String {
    format!(r#"{{"kty":"oct","k":"{}"{members}}}"#, encode(secret))
}

fn hmac(header: &str, claims: &str, secret: &[u8]) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let input = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(claims.as_bytes())
    );
    let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret)
        .unwrap()
        .chain_update(&input)
        .finalize();
    format!("{input}.{}", encode(&mac.into_bytes()))
}

/// The judgement of an HS256 token under a good secret that the reviewer holds.
fn of(header: &str, claims: &str) -> Judgement {
    let token = hmac(header, claims, SECRET);
    judge(&inspect(&token, &ring(&oct(SECRET, ""))), None)
}

fn found(judgement: &Judgement, rule: &str) -> Option<Severity> {
    assert!(
        RULES.iter().any(|known| known.id() == rule),
        "there is a rule {rule}"
    );
    judgement
        .findings
        .iter()
        .find(|finding| finding.rule == rule)
        .map(|finding| finding.severity)
}

#[test]
fn a_good_token_with_a_good_key_gives_nothing() {
    let judgement = of(r#"{"alg":"HS256","typ":"JWT"}"#, GOOD_CLAIMS);
    assert_eq!(judgement.findings, []);
    assert_eq!(reasons(&judgement), [""; 0]);
    assert_eq!(judgement.not_run, [""; 0]);
}

#[test]
fn alg_none_and_its_disguises() {
    for (alg, rule) in [
        ("none", "alg-none"),
        ("None", "alg-none-variant"),
        ("nOnE ", "alg-none-variant"),
    ] {
        let token = format!(
            "{}.{}.",
            encode(format!(r#"{{"alg":"{alg}"}}"#).as_bytes()),
            encode(GOOD_CLAIMS.as_bytes())
        );
        let judgement = judge(&inspect(&token, &KeyRing::default()), None);
        let rules: Vec<_> = judgement
            .findings
            .iter()
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(rules, [rule], "{alg:?}");
        assert_eq!(reasons(&judgement), ["unsecured"]);
    }
    assert_eq!(
        found(&of(r#"{"alg":"HS256"}"#, GOOD_CLAIMS), "alg-none"),
        None
    );
    assert_eq!(
        found(
            &of(r#"{"alg":"nonesuch"}"#, GOOD_CLAIMS),
            "alg-none-variant"
        ),
        None
    );
}

#[test]
fn duplicates_are_found_with_both_values() {
    let judgement = of(
        r#"{"alg":"HS256"}"#,
        r#"{"sub":"jane","\u0073ub":"admin","exp":1795340000}"#,
    );
    let finding = judgement
        .findings
        .iter()
        .find(|finding| finding.rule == "json-duplicate-member")
        .unwrap();
    assert_eq!(
        (finding.severity, finding.evidence.len()),
        (Severity::High, 2)
    );
    assert!(
        finding.detail.contains("\"jane\"") && finding.detail.contains("\"admin\""),
        "{}",
        finding.detail
    );
    assert_eq!(reasons(&judgement), ["malformed"]);
    let siblings = of(
        r#"{"alg":"HS256"}"#,
        r#"{"a":{"sub":1},"b":{"sub":1},"exp":1795340000}"#,
    );
    assert_eq!(found(&siblings, "json-duplicate-member"), None);
}

#[test]
fn base64_that_is_not_strict() {
    let token = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET);
    let ring = ring(&oct(SECRET, ""));
    let padded = judge(&inspect(&format!("{token}="), &ring), None);
    assert_eq!(found(&padded, "b64-nonstandard"), Some(Severity::High));
    assert_eq!(reasons(&padded), ["malformed"]);
    // 32 bytes leave two spare bits in the last character: one up is the same bytes, otherwise spelled.
    let last = token.chars().last().unwrap();
    let next = char::from_u32(u32::from(last) + 1).unwrap();
    let respelled = format!("{}{next}", &token[..token.len() - 1]);
    let judgement = judge(&inspect(&respelled, &ring), None);
    assert_eq!(
        found(&judgement, "b64-trailing-bits"),
        Some(Severity::Medium)
    );
    assert_eq!(found(&judgement, "b64-nonstandard"), None);
    assert_eq!(reasons(&judgement), ["malformed"]);
}

#[test]
fn json_that_is_not_clean() {
    for claims in [
        "\u{FEFF}{\"exp\":1795340000}",
        r#"{"exp":1795340000} x"#,
        r#"{"a":"\ud800","exp":1795340000}"#,
    ] {
        let judgement = of(r#"{"alg":"HS256"}"#, claims);
        assert_eq!(
            found(&judgement, "json-bad-encoding"),
            Some(Severity::Medium),
            "{claims:?}"
        );
        assert_eq!(reasons(&judgement), ["malformed"]);
    }
    // White space is legal (Wycheproof jws 376, 377), and a payload that is no JSON is nobody's claims.
    for claims in [" {\"exp\": 1795340000 }\n", "hello"] {
        let judgement = of(r#"{"alg":"HS256"}"#, claims);
        assert_eq!(found(&judgement, "json-bad-encoding"), None, "{claims:?}");
        assert_eq!(reasons(&judgement), [""; 0]);
    }
}

#[test]
fn signatures_of_the_wrong_length() {
    let token = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET);
    let cut = judge(
        &inspect(&token[..token.len() - 3], &ring(&oct(SECRET, ""))),
        None,
    );
    assert_eq!(found(&cut, "sig-length"), Some(Severity::High));
    assert_eq!(found(&cut, "sig-invalid"), None);
    assert!(reasons(&cut).contains(&"signature-invalid"));
}

#[test]
fn a_signature_that_is_wrong_under_its_key() {
    let token = hmac(
        r#"{"alg":"HS256","kid":"a"}"#,
        GOOD_CLAIMS,
        b"another secret, long enough for HS256",
    );
    let designated = judge(&inspect(&token, &ring(&oct(SECRET, r#","kid":"a""#))), None);
    assert_eq!(found(&designated, "sig-invalid"), Some(Severity::High));
    assert_eq!(reasons(&designated), ["signature-invalid"]);
    // A key that nothing points to proves nothing by failing.
    let stranger = judge(&inspect(&token, &ring(&oct(SECRET, r#","kid":"b""#))), None);
    assert_eq!(found(&stranger, "sig-invalid"), None);
    assert_eq!(reasons(&stranger), ["no-key-verifies"]);
    assert!(stranger.not_run.contains(&"sig-invalid"));
}

#[test]
fn secrets_that_everybody_knows() {
    for (secret, rule) in [
        (&b""[..], "hmac-empty-key"),
        (&[0; 32], "hmac-empty-key"),
        (b"undefined", "hmac-empty-key"),
        (b"your-256-bit-secret", "hmac-known-secret"),
    ] {
        let token = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, secret);
        for keys in [
            KeyRing::default(),
            ring(&oct(b"something else that is loaded", "")),
        ] {
            let judgement = judge(&inspect(&token, &keys), None);
            assert_eq!(
                found(&judgement, rule),
                Some(Severity::Critical),
                "{secret:?}"
            );
            assert_eq!(found(&judgement, "hmac-short-secret"), None);
            assert_eq!(reasons(&judgement), ["publicly-known-key"]);
        }
    }
    let loaded = judge(
        &inspect(
            &hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, b"secret"),
            &ring(&oct(b"secret", "")),
        ),
        None,
    );
    assert_eq!(reasons(&loaded), ["publicly-known-key"]);
}

#[test]
fn short_secrets() {
    for (length, severity) in [
        (9, Some(Severity::High)),
        (15, Some(Severity::High)),
        (16, Some(Severity::Medium)),
        (31, Some(Severity::Medium)),
        (32, None),
    ] {
        let secret = &SECRET[..length];
        let judgement = judge(
            &inspect(
                &hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, secret),
                &ring(&oct(secret, "")),
            ),
            None,
        );
        assert_eq!(
            found(&judgement, "hmac-short-secret"),
            severity,
            "{length} bytes"
        );
        let expected: &[&str] = if severity.is_some() {
            &["key-too-weak"]
        } else {
            &[]
        };
        assert_eq!(reasons(&judgement), expected);
    }
    // A short secret that does not verify the token says nothing about it.
    let other = judge(
        &inspect(
            &hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET),
            &ring(&oct(b"short", "")),
        ),
        None,
    );
    assert_eq!(found(&other, "hmac-short-secret"), None);
}

fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

fn rs256(header: &str, key: &PKey<Private>) -> String {
    let input = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(GOOD_CLAIMS.as_bytes())
    );
    let signature = Signer::new(MessageDigest::sha256(), key)
        .unwrap()
        .sign_oneshot_to_vec(input.as_bytes())
        .unwrap();
    format!("{input}.{}", encode(&signature))
}

fn jwk(key: &PKey<Private>, members: &str) -> String {
    let rsa = key.rsa().unwrap();
    format!(
        r#"{{"kty":"RSA","n":"{}","e":"{}"{members}}}"#,
        encode(&rsa.n().to_vec()),
        encode(&rsa.e().to_vec())
    )
}

#[test]
fn rsa_sizes() {
    for (bits, severity, expected) in [
        (512, Some(Severity::Critical), &["key-too-weak"][..]),
        (1024, Some(Severity::High), &["key-too-weak"]),
        (2048, Some(Severity::Info), &[]),
        (3072, None, &[]),
    ] {
        let key = rsa(bits);
        let inspection = inspect(&rs256(r#"{"alg":"RS256"}"#, &key), &ring(&jwk(&key, "")));
        assert_eq!(
            inspection.proof.signatures[0].outcome.name(),
            "valid",
            "{bits} bits: the mathematics is computed"
        );
        let judgement = judge(&inspection, None);
        assert_eq!(
            found(&judgement, "rsa-small-modulus"),
            severity,
            "{bits} bits"
        );
        assert_eq!(reasons(&judgement), expected, "{bits} bits");
    }
}

#[test]
fn keys_that_the_token_brings() {
    let key = rsa(2048);
    let own = rs256(
        &format!(r#"{{"alg":"RS256","jwk":{}}}"#, jwk(&key, "")),
        &key,
    );
    let alone = judge(&inspect(&own, &KeyRing::default()), None);
    assert_eq!(found(&alone, "jwk-embedded"), Some(Severity::Critical));
    assert_eq!(reasons(&alone), ["only-token-supplied-key"]);
    // The same key, loaded by the reviewer, is the reviewer's.
    let trusted = judge(&inspect(&own, &ring(&jwk(&key, ""))), None);
    assert_eq!(found(&trusted, "jwk-embedded"), Some(Severity::High));
    assert_eq!(reasons(&trusted), [""; 0]);
    // A key of the reviewer's that was meant for it and fails settles it.
    let named = rs256(
        &format!(r#"{{"alg":"RS256","kid":"a","jwk":{}}}"#, jwk(&key, "")),
        &key,
    );
    let forged = judge(
        &inspect(&named, &ring(&jwk(&rsa(2048), r#","kid":"a""#))),
        None,
    );
    assert_eq!(reasons(&forged), ["signature-invalid"]);
}

#[test]
fn urls_that_the_token_names() {
    for (url, severity) in [
        ("https://keys.evil.example/jwks", Severity::High),
        ("https://a.example/jwks", Severity::Medium),
        ("https://a.example@evil.example/jwks", Severity::High),
        ("https://a.example.evil.example/jwks", Severity::High),
        ("http://a.example/jwks", Severity::High),
    ] {
        let judgement = of(&format!(r#"{{"alg":"HS256","jku":"{url}"}}"#), GOOD_CLAIMS);
        assert_eq!(
            found(&judgement, "jku-x5u-untrusted"),
            Some(severity),
            "{url}"
        );
        assert_eq!(reasons(&judgement), [""; 0], "it refuses nothing");
    }
    assert_eq!(
        found(
            &of(
                r#"{"alg":"HS256"}"#,
                r#"{"jku":"https://a.example","exp":1795340000}"#
            ),
            "jku-x5u-untrusted"
        ),
        None
    );
}

#[test]
fn crit_and_b64() {
    for (header, rule, expected) in [
        (
            r#"{"alg":"HS256","crit":["x"],"x":1}"#,
            Some("crit-unknown"),
            &["crit-unknown"][..],
        ),
        (
            r#"{"alg":"HS256","crit":["exp"],"exp":1}"#,
            Some("crit-unknown"),
            &["crit-unknown"],
        ),
        (
            r#"{"alg":"HS256","crit":[]}"#,
            Some("crit-malformed"),
            &["malformed"],
        ),
        (
            r#"{"alg":"HS256","crit":"x","x":1}"#,
            Some("crit-malformed"),
            &["malformed"],
        ),
        (
            r#"{"alg":"HS256","crit":["x"]}"#,
            Some("crit-malformed"),
            &["malformed"],
        ),
        (
            r#"{"alg":"HS256","crit":["alg"]}"#,
            Some("crit-malformed"),
            &["malformed"],
        ),
        (
            r#"{"alg":"HS256","crit":["x","x"],"x":1}"#,
            Some("crit-malformed"),
            &["malformed"],
        ),
        (r#"{"alg":"HS256","crit":["b64"],"b64":true}"#, None, &[]),
        (
            r#"{"alg":"HS256","b64":"no"}"#,
            Some("b64-unencoded"),
            &["malformed"],
        ),
        (
            r#"{"alg":"HS256","b64":false}"#,
            Some("b64-unencoded"),
            &["malformed"],
        ),
    ] {
        let judgement = of(header, GOOD_CLAIMS);
        let rules: Vec<_> = judgement
            .findings
            .iter()
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(rules, rule.into_iter().collect::<Vec<_>>(), "{header}");
        assert_eq!(reasons(&judgement), expected, "{header}");
    }
}

#[test]
fn times() {
    let header = r#"{"alg":"HS256"}"#;
    for (claims, rule, severity, expected) in [
        (
            r#"{"sub":"a"}"#,
            "exp-missing",
            Some(Severity::Medium),
            &[][..],
        ),
        (GOOD_CLAIMS, "exp-missing", None, &[]),
        (
            r#"{"exp":1795035600}"#,
            "outside-validity",
            Some(Severity::Info),
            &["expired"],
        ),
        (
            r#"{"exp":1795340000,"nbf":1795339999}"#,
            "outside-validity",
            Some(Severity::Medium),
            &["not-yet-valid"],
        ),
        // 22:40:13 is 1795300813: a minute of leeway on both sides.
        (r#"{"exp":1795300754}"#, "outside-validity", None, &[]),
        (
            r#"{"exp":1795340000,"nbf":1795300873}"#,
            "outside-validity",
            None,
            &[],
        ),
        (
            r#"{"exp":"1795340000"}"#,
            "numericdate-type",
            Some(Severity::High),
            &["malformed"],
        ),
        (
            r#"{"exp":1795340000,"iat":"now"}"#,
            "numericdate-type",
            Some(Severity::High),
            &[],
        ),
        (
            r#"{"exp":1795340000.5}"#,
            "numericdate-type",
            Some(Severity::Info),
            &[],
        ),
        (
            r#"{"exp":1.7954e9}"#,
            "numericdate-type",
            Some(Severity::Info),
            &[],
        ),
        (
            r#"{"exp":1795340000,"birthdate":"1990-01-01"}"#,
            "numericdate-type",
            None,
            &[],
        ),
    ] {
        let judgement = of(header, claims);
        assert_eq!(found(&judgement, rule), severity, "{claims}");
        assert_eq!(reasons(&judgement), expected, "{claims}");
    }
    let opaque = judge(
        &inspect(
            &hmac(header, r#"{"exp":"x"}"#, SECRET),
            &ring(&oct(SECRET, "")),
        ),
        Some(ProfileName::Jws),
    );
    assert_eq!(opaque.findings, []);
}

#[test]
fn a_key_that_cannot_be_used_settles_nothing() {
    let signature = encode(&[1; 64]);
    let off_the_curve = format!(
        r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}","kid":"a"}}"#,
        encode(&[2; 32]),
        encode(&[3; 32])
    );
    let other = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"b"}"#;
    let rsa = jwk(&rsa(2048), r#","kid":"c""#);
    for header in [r#"{"alg":"ES256"}"#, r#"{"alg":"ES256","kid":"a"}"#] {
        let token = format!(
            "{}.{}.{signature}",
            encode(header.as_bytes()),
            encode(GOOD_CLAIMS.as_bytes())
        );
        let set = |keys: &str| ring(&format!(r#"{{"keys":[{keys}]}}"#));
        let broken_alone = judge(
            &inspect(&token, &set(&format!("{off_the_curve},{rsa}"))),
            None,
        );
        assert_eq!(reasons(&broken_alone), ["no-key"], "{header}");
        let named = judge(
            &inspect(&token, &set(&format!("{off_the_curve},{other}"))),
            None,
        );
        let expected = if header.contains("kid") {
            "no-key-verifies"
        } else {
            "signature-invalid"
        };
        assert_eq!(reasons(&named), [expected], "{header}");
    }
}
