//! The key that verified, or was meant to.

use openssl::bn::BigNum;

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

/// An EdDSA token whose header says one name and whose key says the other (RFC 9864).
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
