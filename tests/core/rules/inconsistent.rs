//! Keys whose members do not fit together.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};

use super::*;
use crate::certificates::{Issued, request, x5c};

const RULE: &str = "jwk-inconsistent";

/// A key on P-256 as a JWK.
fn ec_jwk(of: &Issued, private: Option<&Issued>, members: &str) -> String {
    let numbers = of.key.ec_key().unwrap();
    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
    let mut context = BigNumContext::new().unwrap();
    numbers
        .public_key()
        .affine_coordinates(numbers.group(), &mut x, &mut y, &mut context)
        .unwrap();
    let padded = |number: &BigNumRef| encode(&number.to_vec_padded(32).unwrap());
    let d = private.map(|private| {
        let d = private.key.ec_key().unwrap();
        format!(r#","d":"{}""#, padded(d.private_key()))
    });
    format!(
        r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"{}{members}}}"#,
        padded(&x),
        padded(&y),
        d.unwrap_or_default()
    )
}

pub(super) fn trials() -> Vec<Trial> {
    [pairs(), certificates(), rsa_numbers(), sent()]
        .into_iter()
        .flatten()
        .collect()
}

/// A token of this key under this JWK.
fn under(key: &Issued, jwk: &str) -> Inspection {
    inspect(&key.es256("", GOOD_CLAIMS), &ring(jwk))
}

fn found(severity: Severity, inspection: Inspection, reasons: &'static [&'static str]) -> Trial {
    Trial::found(RULE, severity, inspection, &[r#""alg":"ES256""#], reasons)
}

const REFUSED: &[&str] = &["key-not-allowed"];

fn pairs() -> Vec<Trial> {
    let (key, other) = (request("a").self_signed(), request("b").self_signed());
    vec![
        found(
            Severity::High,
            under(&key, &ec_jwk(&key, Some(&other), "")),
            REFUSED,
        ),
        // It was meant for the signature, which another made.
        found(
            Severity::High,
            under(&other, &ec_jwk(&key, Some(&other), "")),
            &["signature-invalid", "key-not-allowed"],
        ),
        found(
            Severity::High,
            under(&key, &ec_jwk(&key, None, r#","d":7"#)),
            REFUSED,
        ),
        Trial::spared(RULE, under(&key, &ec_jwk(&key, Some(&key), "")), &[]),
        Trial::spared(RULE, under(&key, &ec_jwk(&key, None, "")), &[]),
        // A torn key beside the one that verifies.
        Trial::spared(
            RULE,
            under(
                &key,
                &format!(
                    r#"{{"keys":[{},{}]}}"#,
                    ec_jwk(&key, None, r#","kid":"a""#),
                    ec_jwk(&other, Some(&key), r#","kid":"b""#)
                ),
            ),
            &[],
        ),
    ]
}

fn certificates() -> Vec<Trial> {
    let (key, other) = (request("a").self_signed(), request("b").self_signed());
    let thumbprint = |of: &Issued, hash| encode(&of.x509.digest(hash).unwrap());
    let (sha1, sha256) = (MessageDigest::sha1(), MessageDigest::sha256());
    let with = |members: &str| under(&key, &ec_jwk(&key, None, &format!(",{members}")));
    let own = x5c(&[&key, &other]);
    let hex = key
        .x509
        .digest(sha1)
        .unwrap()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat();
    vec![
        found(Severity::High, with(&x5c(&[&other, &key])), REFUSED),
        found(
            Severity::High,
            with(&format!(r#"{own},"x5t":"{}""#, thumbprint(&other, sha1))),
            REFUSED,
        ),
        found(
            Severity::High,
            with(&format!(
                r#"{own},"x5t#S256":"{}""#,
                thumbprint(&other, sha256)
            )),
            REFUSED,
        ),
        found(
            Severity::High,
            with(&format!(r#""x5t":"{}""#, encode(hex.as_bytes()))),
            REFUSED,
        ),
        Trial::spared(
            RULE,
            with(&format!(
                r#"{own},"x5t":"{}","x5t#S256":"{}""#,
                thumbprint(&key, sha1),
                thumbprint(&key, sha256)
            )),
            &[],
        ),
        // Of which certificate, nobody knows.
        Trial::spared(
            RULE,
            with(&format!(r#""x5t":"{}""#, thumbprint(&other, sha1))),
            &[],
        ),
        Trial::spared(RULE, with(r#""x5c":["unreadable"]"#), &[]),
    ]
}

fn rsa_numbers() -> Vec<Trial> {
    let key = rsa(2048);
    let numbers = key.rsa().unwrap();
    let private = |skip: &str| {
        let all = [
            ("d", numbers.d()),
            ("p", numbers.p().unwrap()),
            ("q", numbers.q().unwrap()),
            ("dp", numbers.dmp1().unwrap()),
            ("dq", numbers.dmq1().unwrap()),
            ("qi", numbers.iqmp().unwrap()),
        ];
        all.iter()
            .filter(|(name, _)| *name != skip)
            .map(|(name, number)| format!(r#","{name}":"{}""#, encode(&number.to_vec())))
            .collect::<Vec<_>>()
            .concat()
    };
    let under = |jwk: &str| inspect(&rs256(r#"{"alg":"RS256"}"#, &key), &ring(jwk));
    let found = |severity, jwk: &str, reasons| {
        Trial::found(RULE, severity, under(jwk), &[r#""alg":"RS256""#], reasons)
    };
    let n = numbers.n().to_vec();
    let zero_before = jwk(&key, "").replace(&encode(&n), &encode(&[&[0], n.as_slice()].concat()));
    vec![
        Trial::spared(RULE, under(&jwk(&key, &private(""))), &[]),
        found(Severity::High, &jwk(&key, &private("q")), REFUSED),
        found(Severity::High, &jwk(&key, &private("d")), REFUSED),
        found(
            Severity::High,
            &jwk(&key, &private("").replace(r#""dp":"#, r#""dp":"Aw","x":"#)),
            REFUSED,
        ),
        // The number is the right one.
        found(Severity::Low, &zero_before, &[]),
        found(
            Severity::Low,
            &jwk(&key, "").replace("AQAB\"", "AQAB==\""),
            &[],
        ),
    ]
}

/// A key in the header, which nobody uses.
fn sent() -> Vec<Trial> {
    let (key, other) = (request("a").self_signed(), request("b").self_signed());
    let with = |jwk: &str| signed(&format!(r#"{{"alg":"HS256","jwk":{jwk}}}"#), GOOD_CLAIMS);
    let torn = ec_jwk(&key, None, &format!(",{}", x5c(&[&other])));
    let without_n = r#"{"kty":"RSA","e":"AQAB"}"#;
    let at = |jwk: &str| {
        let member = format!(r#""jwk":{jwk}"#);
        Trial::found(RULE, Severity::High, with(jwk), &[&member], &[])
    };
    vec![
        at(&torn),
        at(without_n),
        Trial::spared(RULE, with(&ec_jwk(&key, None, "")), &[]),
        // Of points `ec-point-invalid` speaks.
        Trial::spared(RULE, with(r#"{"kty":"EC","crv":"P-256","x":"AQ"}"#), &[]),
        Trial::spared(RULE, with(r#"{"kty":"OKP","crv":"Ed25519","x":"AQ"}"#), &[]),
        // The token's own key, which verifies it and is torn: said once.
        found(
            Severity::High,
            inspect(
                &key.es256(&format!(r#","jwk":{torn}"#), GOOD_CLAIMS),
                &KeyRing::default(),
            ),
            REFUSED,
        ),
    ]
}
