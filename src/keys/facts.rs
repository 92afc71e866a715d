//! What there is to be shown of a key. Every text is safe to show.

use jiff::Timestamp;
use openssl::bn::BigNum;

use super::{Certificate, Holds, Key, KeyKind};
use crate::jose::visible::visible;

/// What a key is, for people: every text went through [`visible()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Type and size.
    pub kind: KeyKind,
    /// Which half.
    pub holds: Holds,
    /// The size in bits: modulus, field or secret.
    pub bits: Option<usize>,
    /// The RSA public exponent, as a decimal number.
    pub exponent: Option<String>,
    /// The file or place that it came from.
    pub source: String,
    /// Its place in the source, from 1.
    pub ordinal: usize,
    /// What was loaded, in words.
    pub form: &'static str,
    /// The names of all JWK members, in order of the file. No values: some are secret.
    pub members: Vec<String>,
    /// `kid`.
    pub kid: Option<String>,
    /// `use`.
    pub use_: Option<String>,
    /// `key_ops`.
    pub key_ops: Vec<String>,
    /// `alg`.
    pub alg: Option<String>,
    /// RFC 7638 thumbprint, SHA-256; `None` for secrets.
    pub thumbprint: Option<String>,
    /// `x5t`, as given or computed from the certificate.
    pub x5t: Option<String>,
    /// `x5t#S256`, as given or computed from the certificate.
    pub x5t_s256: Option<String>,
    /// The certificate that it came in.
    pub certificate: Option<CertificateFacts>,
    /// The subjects of the certificates above that one, from its issuer to the root, as far as they were loaded with it.
    pub issuers: Vec<String>,
    /// Why it cannot be used.
    pub fault: Option<String>,
}

/// What a certificate says, for people: every text went through [`visible()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The subject's distinguished name.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// The serial number, in hexadecimal.
    pub serial: String,
    /// Valid from.
    pub not_before: Option<Timestamp>,
    /// Valid until.
    pub not_after: Option<Timestamp>,
    /// The alternative names: hosts as they stand, others after the kind of name.
    pub names: Vec<String>,
    /// What keyUsage allows, by the names of RFC 5280; `None` without keyUsage.
    pub usage: Option<Vec<&'static str>>,
    /// Whether it is that of a CA.
    pub is_ca: bool,
    /// The algorithm that it was signed with.
    pub signature_algorithm: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// What a key is.
pub fn facts(key: &Key) -> Facts {
    let shown = |text: &Option<String>| text.as_deref().map(visible);
    let all = |texts: &[String]| texts.iter().map(|text| visible(text)).collect();
    let members = &key.members;
    Facts {
        kind: key.kind,
        holds: key.holds,
        bits: key.kind.bits(),
        exponent: key.rsa_exponent.as_deref().and_then(decimal),
        source: visible(&key.source),
        ordinal: key.ordinal,
        form: key.form,
        members: all(&members.names),
        kid: shown(&members.kid),
        use_: shown(&members.use_),
        key_ops: all(&members.key_ops),
        alg: shown(&members.alg),
        thumbprint: shown(&key.thumbprint),
        x5t: shown(&members.x5t),
        x5t_s256: shown(&members.x5t_s256),
        certificate: key.certificate.as_ref().map(of_certificate),
        issuers: all(&key.issuers),
        fault: key.fault.as_ref().map(|fault| visible(&fault.to_string())),
    }
}

fn of_certificate(certificate: &Certificate) -> CertificateFacts {
    let names = certificate.names.iter();
    CertificateFacts {
        subject: visible(&certificate.subject),
        issuer: visible(&certificate.issuer),
        serial: certificate.serial.clone(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        names: names.map(|name| visible(&name.to_string())).collect(),
        usage: certificate.usage.clone(),
        is_ca: certificate.is_ca,
        signature_algorithm: visible(&certificate.signature_algorithm),
        sha256: certificate.sha256.clone(),
    }
}

/// Longer numbers (in bytes) are given in hexadecimal: nobody reads them, and writing them out takes long.
const MAX_DECIMAL: usize = 64;

fn decimal(number: &[u8]) -> Option<String> {
    let number_of = BigNum::from_slice(number).ok()?;
    if number.len() > MAX_DECIMAL {
        let hex = number_of.to_hex_str().ok()?;
        return Some(format!("0x{}", hex.to_ascii_lowercase()));
    }
    Some(number_of.to_dec_str().ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::load;

    #[test]
    fn an_exponent_is_a_number_and_hostile_text_is_made_visible() {
        let jwk = r#"{"kty":"RSA","n":"gQ","e":"AQAB","kid":"a\u202Eb","alg":"RS256","key_ops":["verify"],"own\u0007":1}"#;
        let keys = load("keys\u{7}.json", jwk.as_bytes()).unwrap();
        let facts = facts(&keys[0]);
        assert_eq!(facts.exponent.as_deref(), Some("65537"));
        assert_eq!(facts.kid.as_deref(), Some("a\\u{202E}b"));
        assert_eq!(facts.source, "keys\\u{0007}.json");
        assert_eq!(
            facts.members,
            ["kty", "n", "e", "kid", "alg", "key_ops", "own\\u{0007}"]
        );
        assert_eq!(
            (facts.bits, facts.key_ops),
            (Some(8), vec!["verify".to_owned()])
        );
    }

    #[test]
    fn a_long_exponent_is_given_in_hexadecimal() {
        assert_eq!(decimal(&[3]).as_deref(), Some("3"));
        assert_eq!(decimal(&[]).as_deref(), Some("0"));
        assert!(decimal(&[0xAB; 2_048]).is_some_and(|text| text.starts_with("0xabab")));
    }
}
