//! How long the last part of a token is, by its algorithm: where a token ends that other characters follow.

use crate::jose::json;

/// Whether a signature (or the tag of a JWE) has one of these lengths, in bytes.
pub(super) fn is_length_of(lengths: &[usize], signature: &str) -> bool {
    let characters = signature.trim_end_matches('=').len();
    lengths
        .iter()
        .any(|bytes| bytes.saturating_mul(8).div_ceil(6) == characters)
}

/// How many bytes the last part may have: the signature of a JWS (RFC 7518 section 3, RFC 8037, RFC 8812), the tag of
/// a JWE (RFC 7518 section 5). Empty when the algorithm is unknown.
pub(super) fn signature_lengths(header: &json::Document) -> &'static [usize] {
    if header.get("enc").is_some() {
        return match header.str("enc") {
            Some("A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256") => &[16],
            Some("A192CBC-HS384") => &[24],
            Some("A256CBC-HS512") => &[32],
            _ => &[],
        };
    }
    match header.str("alg") {
        Some("none") => &[0],
        Some("HS256") => &[32],
        Some("HS384") => &[48],
        Some("HS512" | "ES256" | "ES256K" | "Ed25519") => &[64],
        Some("ES384") => &[96],
        Some("ES512") => &[132],
        Some("Ed448") => &[114],
        Some("EdDSA") => &[64, 114],
        Some("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512") => {
            &[128, 256, 384, 512, 1024]
        }
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_the_encoded_bytes() {
        for (header, characters) in [
            (r#"{"alg":"HS256"}"#, 43),
            (r#"{"alg":"ES512"}"#, 176),
            (r#"{"alg":"RS256"}"#, 342),
            (r#"{"alg":"none"}"#, 0),
            (r#"{"alg":"dir","enc":"A256GCM"}"#, 22),
        ] {
            let lengths = signature_lengths(&json::read(header.as_bytes()));
            assert!(is_length_of(lengths, &"A".repeat(characters)), "{header}");
            assert!(is_length_of(
                lengths,
                &format!("{}==", "A".repeat(characters))
            ));
            assert!(
                !is_length_of(lengths, &"A".repeat(characters + 1)),
                "{header}"
            );
        }
        assert!(signature_lengths(&json::read(br#"{"alg":"XX99"}"#)).is_empty());
    }
}
