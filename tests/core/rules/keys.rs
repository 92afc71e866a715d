//! The key that verified, or was meant to.

use openssl::bn::{BigNum, BigNumContext};

use super::*;

const ALG: &str = r#""alg":"RS256""#;

fn rsa_with_exponent(e: u32) -> PKey<Private> {
    let e = BigNum::from_u32(e).unwrap();
    PKey::from_rsa(Rsa::generate_with_e(2048, &e).unwrap()).unwrap()
}

/// An RS256 token under a key that the reviewer holds with these members.
fn under(key: &PKey<Private>, members: &str) -> Inspection {
    inspect(&rs256(r#"{"alg":"RS256"}"#, key), &ring(&jwk(key, members)))
}

pub(super) fn trials() -> Vec<Trial> {
    let mut trials = members();
    trials.extend(sets());
    trials.extend(weak_numbers());
    trials.extend(published());
    trials
}

/// A set of these keys.
fn set(keys: &[&str]) -> KeyRing {
    ring(&format!(r#"{{"keys":[{}]}}"#, keys.join(",")))
}

/// The secret of RFC 7515 appendix A.1, which many tests use on purpose.
fn published() -> Vec<Trial> {
    let secret = tokenloupe::jose::base64url::decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    );
    let secret = &*secret.bytes;
    let hs = r#""alg":"HS256""#;
    let under = |signer: &[u8], held: &[u8]| {
        let token = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, signer);
        inspect(&token, &ring(&oct(held, "")))
    };
    let at = |severity, inspection, reasons| {
        Trial::found("key-publicly-known", severity, inspection, &[hs], reasons)
    };
    vec![
        at(Severity::Critical, under(secret, secret), &[]),
        at(
            Severity::High,
            under(SECRET, secret),
            &["signature-invalid"],
        ),
        Trial::spared("key-publicly-known", under(SECRET, SECRET), &[]),
    ]
}

/// What only the set of a key tells.
fn sets() -> Vec<Trial> {
    let (key, other) = (rsa(2048), rsa(2048));
    let (named, twin) = (r#","kid":"a""#, r#","kid":"a","use":"sig""#);
    let hs256 = || hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET);
    let hs = r#""alg":"HS256""#;
    let rs = || rs256(r#"{"alg":"RS256","kid":"a"}"#, &key);
    let at = |rule, severity, inspection, evidence, reasons| {
        Trial::found(rule, severity, inspection, evidence, reasons)
    };
    vec![
        at(
            "jwks-symmetric",
            Severity::High,
            inspect(&hs256(), &set(&[&oct(SECRET, ""), &jwk(&key, "")])),
            &[hs],
            &["key-not-allowed"],
        ),
        Trial::spared(
            "jwks-symmetric",
            inspect(&hs256(), &set(&[&oct(SECRET, ""), &oct(&[7; 40], "")])),
            &[],
        ),
        at(
            "jwks-duplicate-kid",
            Severity::High,
            inspect(&rs(), &set(&[&jwk(&key, named), &jwk(&other, named)])),
            &[ALG],
            &["key-not-allowed"],
        ),
        at(
            "jwks-duplicate-kid",
            Severity::Medium,
            inspect(&rs(), &set(&[&jwk(&key, named), &oct(SECRET, named)])),
            &[ALG],
            &[],
        ),
        at(
            "jwks-duplicate-kid",
            Severity::Low,
            inspect(&rs(), &set(&[&jwk(&key, named), &jwk(&key, twin)])),
            &[ALG],
            &[],
        ),
        Trial::spared(
            "jwks-duplicate-kid",
            inspect(&rs(), &set(&[&jwk(&key, named), &jwk(&other, "")])),
            &[],
        ),
    ]
}

fn members() -> Vec<Trial> {
    let key = rsa(2048);
    let on = |rule, severity, inspection, reasons| {
        Trial::found(rule, severity, inspection, &[ALG], reasons)
    };
    let broken = jwk(&key, "").replace("AQAB", "AQ");
    let small = unsigned(r#"{"alg":"RS256"}"#, GOOD_CLAIMS, &[1; 128]);
    let (_, small_signature) = small.token.text().rsplit_once('.').unwrap();
    let small_signature = small_signature.to_owned();
    vec![
        on(
            "rsa-small-modulus",
            Severity::Critical,
            under(&rsa(1016), ""),
            &["key-too-weak"],
        ),
        on(
            "rsa-small-modulus",
            Severity::High,
            under(&rsa(1024), ""),
            &["key-too-weak"],
        ),
        on("rsa-small-modulus", Severity::Info, under(&key, ""), &[]),
        on(
            "rsa-small-modulus",
            Severity::Low,
            under(&rsa(2052), ""),
            &[],
        ),
        on(
            "rsa-small-modulus",
            Severity::Low,
            under(&rsa(2056), ""),
            &[],
        ),
        Trial::found(
            "rsa-small-modulus",
            Severity::High,
            small,
            &[&small_signature],
            &["no-key"],
        ),
        Trial::spared("rsa-small-modulus", under(&rsa(3072), ""), &[]),
        on(
            "rsa-bad-exponent",
            Severity::Low,
            under(&rsa_with_exponent(3), ""),
            &[],
        ),
        on(
            "rsa-bad-exponent",
            Severity::Info,
            under(&rsa_with_exponent(257), ""),
            &[],
        ),
        on(
            "rsa-bad-exponent",
            Severity::Critical,
            inspect(&rs256(r#"{"alg":"RS256"}"#, &key), &ring(&broken)),
            &["signature-invalid", "key-not-allowed"],
        ),
        Trial::spared("rsa-bad-exponent", under(&key, ""), &[]),
        on(
            "key-alg-mismatch",
            Severity::High,
            under(&key, r#","alg":"RS512""#),
            &["key-not-allowed"],
        ),
        Trial::spared("key-alg-mismatch", under(&key, r#","alg":"RS256""#), &[]),
        Trial::spared("key-alg-mismatch", eddsa("EdDSA", "Ed25519"), &[]),
        Trial::spared("key-alg-mismatch", eddsa("Ed25519", "EdDSA"), &[]),
        on(
            "key-use-mismatch",
            Severity::Medium,
            under(&key, r#","use":"enc""#),
            &["key-not-allowed"],
        ),
        on(
            "key-use-mismatch",
            Severity::Medium,
            under(&key, r#","key_ops":["encrypt"]"#),
            &["key-not-allowed"],
        ),
        on(
            "key-use-mismatch",
            Severity::Medium,
            under(&key, r#","key_ops":["verify","verify"]"#),
            &["key-not-allowed"],
        ),
        on(
            "key-use-mismatch",
            Severity::Low,
            under(&key, r#","key_ops":"verify, sign""#),
            &[],
        ),
        Trial::spared(
            "key-use-mismatch",
            under(&key, r#","key_ops":["sign"],"use":"sig""#),
            &[],
        ),
        Trial::spared("key-use-mismatch", under(&key, ""), &[]),
    ]
}

/// A token that names no key, under an RSA key of this modulus that nobody can sign with.
fn under_modulus(n: &BigNum) -> Inspection {
    let jwk = format!(
        r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#,
        encode(&n.to_vec())
    );
    let token = compact(r#"{"alg":"RS256"}"#, GOOD_CLAIMS, &[1; 128]);
    inspect(&token, &ring(&jwk))
}

/// A modulus of the form that the broken chips make: a power of 65537 modulo the product of the primes to 167.
pub(crate) fn roca_modulus() -> BigNum {
    let product =
        BigNum::from_hex_str("924cba6ae99dfa084537facc54948df0c23da044d8cabe0edd75bc6").unwrap();
    let mut power = BigNum::new().unwrap();
    power
        .mod_exp(
            &BigNum::from_u32(65_537).unwrap(),
            &BigNum::from_u32(4_242).unwrap(),
            &product,
            &mut BigNumContext::new().unwrap(),
        )
        .unwrap();
    let mut above = BigNum::new().unwrap();
    above.lshift(&product, 800).unwrap();
    &above + &power
}

fn weak_numbers() -> Vec<Trial> {
    let both = &["signature-invalid", "key-not-allowed"];
    let key = rsa(1024);
    let of_key = key.rsa().unwrap();
    let p = of_key.p().unwrap();
    let (square, thrice) = (p * p, p * &BigNum::from_u32(3).unwrap());
    let mut off = roca_modulus();
    off.add_word(2).unwrap();
    let on_alg =
        |rule, inspection| Trial::found(rule, Severity::Critical, inspection, &[ALG], both);
    let point = |y: &str| {
        format!(
            r#""jwk":{{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"{y}"}}"#
        )
    };
    let off_curve = point("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5b0");
    let with = |member: &str| signed(&format!(r#"{{"alg":"HS256",{member}}}"#), GOOD_CLAIMS);
    let zeros = encode(&[0; 32]);
    let zero_key = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{zeros}"}}"#);
    let of_zero = inspect(
        &compact(r#"{"alg":"EdDSA"}"#, GOOD_CLAIMS, &[1; 64]),
        &ring(&zero_key),
    );
    let sent = format!(r#""epk":{{"kty":"OKP","crv":"X25519","x":"{zeros}"}}"#);
    vec![
        on_alg("rsa-roca", under_modulus(&roca_modulus())),
        Trial::spared(
            "rsa-roca",
            under_modulus(&off),
            &["signature-invalid", "key-not-allowed"],
        ),
        Trial::spared("rsa-roca", under(&key, ""), &["key-too-weak"]),
        on_alg("rsa-factorable", under_modulus(&square)),
        on_alg("rsa-factorable", under_modulus(&thrice)),
        on_alg("rsa-factorable", under_modulus(&p.to_owned().unwrap())),
        Trial::spared("rsa-factorable", under(&key, ""), &["key-too-weak"]),
        Trial::found(
            "ec-point-invalid",
            Severity::Critical,
            with(&off_curve),
            &[&off_curve],
            &[],
        ),
        Trial::spared(
            "ec-point-invalid",
            with(&point("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")),
            &[],
        ),
        Trial::found(
            "okp-low-order",
            Severity::Critical,
            of_zero,
            &[r#""alg":"EdDSA""#],
            both,
        ),
        Trial::found("okp-low-order", Severity::High, with(&sent), &[&sent], &[]),
        Trial::spared("okp-low-order", eddsa("EdDSA", "EdDSA"), &[]),
    ]
}

/// An Ed25519 token whose header says one name and whose key says the other (RFC 9864).
fn eddsa(header_alg: &str, key_alg: &str) -> Inspection {
    let key = PKey::generate_ed25519().unwrap();
    let header = format!(r#"{{"alg":"{header_alg}"}}"#);
    let input = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(GOOD_CLAIMS.as_bytes())
    );
    let signature = Signer::new_without_digest(&key)
        .unwrap()
        .sign_oneshot_to_vec(input.as_bytes())
        .unwrap();
    let x = encode(&key.raw_public_key().unwrap());
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}","alg":"{key_alg}"}}"#);
    inspect(&format!("{input}.{}", encode(&signature)), &ring(&jwk))
}

#[test]
fn what_a_key_is_for() {
    let key = rsa(2048);
    for (members, rule, expected) in [
        (
            r#","alg":"RS512""#,
            "key-alg-mismatch",
            &["key-not-allowed"][..],
        ),
        (r#","alg":"RS256""#, "key-alg-mismatch", &[]),
        (r#","use":"enc""#, "key-use-mismatch", &["key-not-allowed"]),
        (r#","use":"sig""#, "key-use-mismatch", &[]),
        (
            r#","key_ops":["encrypt"]"#,
            "key-use-mismatch",
            &["key-not-allowed"],
        ),
        (r#","key_ops":["sign"]"#, "key-use-mismatch", &[]),
        (r#","key_ops":["verify"]"#, "key-use-mismatch", &[]),
    ] {
        let inspection = inspect(
            &rs256(r#"{"alg":"RS256"}"#, &key),
            &ring(&jwk(&key, members)),
        );
        assert_eq!(
            inspection.proof.signatures[0].outcome.name(),
            "valid",
            "{members}"
        );
        let judgement = judge(&inspection, None);
        assert_eq!(
            found(&judgement, rule).is_some(),
            !expected.is_empty(),
            "{members}"
        );
        assert_eq!(reasons(&judgement), expected, "{members}");
    }
}

#[test]
fn a_named_key_of_the_wrong_kind() {
    let key = rsa(2048);
    let token = hmac(r#"{"alg":"HS256","kid":"a"}"#, GOOD_CLAIMS, SECRET);
    let judgement = judge(&inspect(&token, &ring(&jwk(&key, r#","kid":"a""#))), None);
    assert_eq!(found(&judgement, "key-alg-mismatch"), Some(Severity::High));
    assert_eq!(reasons(&judgement), ["key-not-allowed"]);
}
