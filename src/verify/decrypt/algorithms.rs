//! The algorithms of encryption: one table for `alg`, one for `enc`. Nothing else maps their names to mathematics.

use crate::keys::{KeyKind, OkpCurve};
use crate::verify::Hash;

/// The size of an AES key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aes {
    /// 128 bits.
    A128,
    /// 192 bits.
    A192,
    /// 256 bits.
    A256,
}

impl Aes {
    /// Bytes of a key.
    pub fn key_bytes(self) -> usize {
        match self {
            Self::A128 => 16,
            Self::A192 => 24,
            Self::A256 => 32,
        }
    }
}

/// How RSA encrypts a content key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RsaPadding {
    /// RSAES-OAEP with this hash, and MGF1 with the same (RFC 7518 section 4.3).
    Oaep(Hash),
    /// RSAES-OAEP with this hash, and MGF1 with SHA-1, as Java has it unless told otherwise. JOSE has no name for it.
    OaepMgf1Sha1(Hash),
    /// RSAES-OAEP with its defaults, SHA-1 and MGF1 with SHA-1 (RFC 7518 section 4.3).
    OaepSha1,
    /// RSAES-PKCS1-v1_5 (RFC 7518 section 4.2).
    Pkcs1,
}

/// How the content key comes to the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyFamily {
    /// ECDH-ES: the agreed key is the content key, or wraps it (RFC 7518 section 4.6).
    Agreement(Option<Aes>),
    /// AES Key Wrap (RFC 7518 section 4.4).
    AesWrap(Aes),
    /// The shared key is the content key (RFC 7518 section 4.5).
    Direct,
    /// AES-GCM around the content key (RFC 7518 section 4.7).
    GcmWrap(Aes),
    /// AES Key Wrap under a key that PBKDF2 derives from a password (RFC 7518 section 4.8).
    Pbes2(Hash, Aes),
    /// RSA encryption (RFC 7518 sections 4.2 and 4.3).
    Rsa(RsaPadding),
}

/// A key management algorithm: a JWE's `alg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyManagement {
    /// The registered name, compared byte for byte.
    pub name: &'static str,
    /// Its mathematics.
    pub family: KeyFamily,
}

/// How content is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentFamily {
    /// AES-CBC with HMAC; half of the key is for each (RFC 7518 section 5.2).
    CbcHmac(Aes, Hash),
    /// AES-GCM (RFC 7518 section 5.3).
    Gcm(Aes),
}

/// A content encryption algorithm: a JWE's `enc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentEncryption {
    /// The registered name, compared byte for byte.
    pub name: &'static str,
    /// Its mathematics.
    pub family: ContentFamily,
}

/// Every key management algorithm that is implemented: all that are registered.
pub const KEY_MANAGEMENT: [KeyManagement; 19] = {
    use Aes::{A128, A192, A256};
    use Hash::{Sha256, Sha384, Sha512};
    use KeyFamily::{AesWrap, Agreement, Direct, GcmWrap, Pbes2, Rsa};
    use RsaPadding::{Oaep, OaepSha1, Pkcs1};
    const fn algorithm(name: &'static str, family: KeyFamily) -> KeyManagement {
        KeyManagement { name, family }
    }
    [
        algorithm("RSA1_5", Rsa(Pkcs1)),
        algorithm("RSA-OAEP", Rsa(OaepSha1)),
        algorithm("RSA-OAEP-256", Rsa(Oaep(Sha256))),
        algorithm("RSA-OAEP-384", Rsa(Oaep(Sha384))),
        algorithm("RSA-OAEP-512", Rsa(Oaep(Sha512))),
        algorithm("A128KW", AesWrap(A128)),
        algorithm("A192KW", AesWrap(A192)),
        algorithm("A256KW", AesWrap(A256)),
        algorithm("dir", Direct),
        algorithm("ECDH-ES", Agreement(None)),
        algorithm("ECDH-ES+A128KW", Agreement(Some(A128))),
        algorithm("ECDH-ES+A192KW", Agreement(Some(A192))),
        algorithm("ECDH-ES+A256KW", Agreement(Some(A256))),
        algorithm("A128GCMKW", GcmWrap(A128)),
        algorithm("A192GCMKW", GcmWrap(A192)),
        algorithm("A256GCMKW", GcmWrap(A256)),
        algorithm("PBES2-HS256+A128KW", Pbes2(Sha256, A128)),
        algorithm("PBES2-HS384+A192KW", Pbes2(Sha384, A192)),
        algorithm("PBES2-HS512+A256KW", Pbes2(Sha512, A256)),
    ]
};

/// Every content encryption algorithm that is implemented: all that are registered.
pub const CONTENT_ENCRYPTION: [ContentEncryption; 6] = {
    use Aes::{A128, A192, A256};
    use ContentFamily::{CbcHmac, Gcm};
    const fn algorithm(name: &'static str, family: ContentFamily) -> ContentEncryption {
        ContentEncryption { name, family }
    }
    [
        algorithm("A128CBC-HS256", CbcHmac(A128, Hash::Sha256)),
        algorithm("A192CBC-HS384", CbcHmac(A192, Hash::Sha384)),
        algorithm("A256CBC-HS512", CbcHmac(A256, Hash::Sha512)),
        algorithm("A128GCM", Gcm(A128)),
        algorithm("A192GCM", Gcm(A192)),
        algorithm("A256GCM", Gcm(A256)),
    ]
};

/// The key management algorithm of this name (case-sensitive, RFC 7516 section 4.1.1).
pub fn key_management(name: &str) -> Option<&'static KeyManagement> {
    KEY_MANAGEMENT
        .iter()
        .find(|algorithm| algorithm.name == name)
}

/// The content encryption algorithm of this name (case-sensitive, RFC 7516 section 4.1.2).
pub fn content_encryption(name: &str) -> Option<&'static ContentEncryption> {
    CONTENT_ENCRYPTION
        .iter()
        .find(|algorithm| algorithm.name == name)
}

impl KeyManagement {
    /// For people: `RSA-OAEP with SHA-256`.
    pub fn description(&self) -> String {
        let bits = |aes: Aes| aes.key_bytes().saturating_mul(8);
        match self.family {
            KeyFamily::Agreement(None) => "ECDH-ES".to_owned(),
            KeyFamily::Agreement(Some(aes)) => {
                format!("ECDH-ES, then AES Key Wrap with {} bits", bits(aes))
            }
            KeyFamily::AesWrap(aes) => format!("AES Key Wrap with {} bits", bits(aes)),
            KeyFamily::Direct => "the shared key itself".to_owned(),
            KeyFamily::GcmWrap(aes) => format!("AES-GCM key wrap with {} bits", bits(aes)),
            KeyFamily::Pbes2(hash, aes) => format!(
                "password with PBKDF2 and {}, then AES Key Wrap with {} bits",
                hash.label(),
                bits(aes)
            ),
            KeyFamily::Rsa(RsaPadding::Oaep(hash)) => format!("RSA-OAEP with {}", hash.label()),
            KeyFamily::Rsa(RsaPadding::OaepMgf1Sha1(hash)) => {
                format!("RSA-OAEP with {} and MGF1 with SHA-1", hash.label())
            }
            KeyFamily::Rsa(RsaPadding::OaepSha1) => "RSA-OAEP with SHA-1".to_owned(),
            KeyFamily::Rsa(RsaPadding::Pkcs1) => "RSA PKCS#1 v1.5".to_owned(),
        }
    }

    /// The kind of key that it takes, for people: `an RSA key`.
    pub fn key_description(&self) -> &'static str {
        match self.family {
            KeyFamily::Agreement(_) => {
                "an EC key on P-256, P-384, P-521 or secp256k1, or an X25519 or X448 key"
            }
            KeyFamily::AesWrap(_) | KeyFamily::Direct | KeyFamily::GcmWrap(_) => "a shared secret",
            KeyFamily::Pbes2(..) => "a password",
            KeyFamily::Rsa(_) => "an RSA key",
        }
    }

    /// Whether this kind of key can do the mathematics. What the key's own members allow is not asked, nor is the length of
    /// a secret: another reading of it may have the right one.
    pub fn fits(&self, kind: KeyKind) -> bool {
        match self.family {
            KeyFamily::Agreement(_) => matches!(
                kind,
                KeyKind::Ec(_) | KeyKind::Okp(OkpCurve::X25519 | OkpCurve::X448)
            ),
            KeyFamily::AesWrap(_)
            | KeyFamily::Direct
            | KeyFamily::GcmWrap(_)
            | KeyFamily::Pbes2(..) => matches!(kind, KeyKind::Oct { .. }),
            KeyFamily::Rsa(_) => matches!(kind, KeyKind::Rsa { .. }),
        }
    }

    /// Whether only a holder of the key can have encrypted. With a public key anybody can.
    pub fn is_symmetric(&self) -> bool {
        match self.family {
            KeyFamily::AesWrap(_)
            | KeyFamily::Direct
            | KeyFamily::GcmWrap(_)
            | KeyFamily::Pbes2(..) => true,
            KeyFamily::Agreement(_) | KeyFamily::Rsa(_) => false,
        }
    }

    /// The length in bytes that a shared secret must have, where the algorithm settles it.
    pub fn secret_bytes(&self, content: &ContentEncryption) -> Option<usize> {
        match self.family {
            KeyFamily::AesWrap(aes) | KeyFamily::GcmWrap(aes) => Some(aes.key_bytes()),
            KeyFamily::Direct => Some(content.key_bytes()),
            KeyFamily::Agreement(_) | KeyFamily::Pbes2(..) | KeyFamily::Rsa(_) => None,
        }
    }
}

impl ContentEncryption {
    /// For people: `AES-GCM with 256 bits`.
    pub fn description(&self) -> String {
        match self.family {
            ContentFamily::CbcHmac(aes, hash) => format!(
                "AES-CBC with {} bits and HMAC with {}",
                aes.key_bytes().saturating_mul(8),
                hash.label()
            ),
            ContentFamily::Gcm(aes) => {
                format!("AES-GCM with {} bits", aes.key_bytes().saturating_mul(8))
            }
        }
    }

    /// Bytes of a content key.
    pub fn key_bytes(&self) -> usize {
        match self.family {
            ContentFamily::CbcHmac(aes, _) => aes.key_bytes().saturating_mul(2),
            ContentFamily::Gcm(aes) => aes.key_bytes(),
        }
    }

    /// Bytes of an initialization vector.
    pub fn iv_bytes(&self) -> usize {
        match self.family {
            ContentFamily::CbcHmac(..) => 16,
            ContentFamily::Gcm(_) => 12,
        }
    }

    /// Bytes of an authentication tag.
    pub fn tag_bytes(&self) -> usize {
        match self.family {
            ContentFamily::CbcHmac(aes, _) => aes.key_bytes(),
            ContentFamily::Gcm(_) => 16,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::registry;

    #[test]
    fn the_tables_hold_what_is_registered_and_nothing_else() {
        let usage = |name: &str| registry::algorithm(name).map(|entry| entry.usage.as_str());
        for algorithm in KEY_MANAGEMENT {
            assert_eq!(usage(algorithm.name), Some("alg/enc"), "{}", algorithm.name);
        }
        for algorithm in CONTENT_ENCRYPTION {
            assert_eq!(usage(algorithm.name), Some("enc"), "{}", algorithm.name);
        }
        let table = include_str!("../../../assets/registry/jose-algorithms.csv");
        for line in table.lines() {
            let name = line.split(',').next().unwrap();
            let (is_alg, is_enc) = (line.contains(",alg/enc,"), line.contains(",enc,"));
            assert_eq!(key_management(name).is_some(), is_alg, "{line}");
            assert_eq!(
                content_encryption(name).is_some(),
                is_enc && !is_alg,
                "{line}"
            );
        }
    }

    #[test]
    fn names_are_compared_byte_for_byte() {
        assert!(key_management("dir").is_some() && key_management("Dir").is_none());
        assert!(content_encryption("A128GCM").is_some() && content_encryption("a128gcm").is_none());
    }
}
