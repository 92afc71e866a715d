//! What tokens are found by.

use openssl::hash::MessageDigest;
use sha2::Digest as _;

use crate::jose::base64url;
use crate::verify::Hash;
use crate::verify::algorithm::{Family, find};

/// Something that a token leaves where others can find it, as a hash of what it is and of its value: the index holds no
/// token's text, and a mark is as short as any other. Whoever finds two tokens by it compares the values where that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::judge) struct Mark(u128);

impl Mark {
    /// A mark of a sort, of these values in this order.
    fn new<'v>(sort: &'v str, values: impl IntoIterator<Item = &'v [u8]>) -> Self {
        let mut hash = sha2::Sha256::new();
        for value in std::iter::once(sort.as_bytes()).chain(values) {
            // Lengths keep the values apart.
            hash.update(value.len().to_be_bytes());
            hash.update(value);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let (half, _) = digest.split_at(16);
        Self(
            half.iter()
                .fold(0, |number, byte| number << 8 | u128::from(*byte)),
        )
    }

    /// A token's text has this hash, or left half of a hash, in base64url. Kept apart from [`Mark::claimed`], so that many tokens
    /// which claim one hash hide nobody who has it.
    pub(in crate::judge) fn hash(value: &str) -> Self {
        Self::new("hash", [value.as_bytes()])
    }

    /// A claim such as `at_hash` has this hash.
    pub(in crate::judge) fn claimed(value: &str) -> Self {
        Self::new("claimed", [value.as_bytes()])
    }

    /// A key of this thumbprint (RFC 7638) made a `DPoP` proof.
    pub(in crate::judge) fn proof_key(thumbprint: &str) -> Self {
        Self::new("proof key", [thumbprint.as_bytes()])
    }

    /// A `cnf` binds to the key of this thumbprint.
    pub(in crate::judge) fn bound_key(thumbprint: &str) -> Self {
        Self::new("bound key", [thumbprint.as_bytes()])
    }

    /// An SD-JWT is presented with this hash.
    pub(in crate::judge) fn presented(hash: &str) -> Self {
        Self::new("presented", [hash.as_bytes()])
    }

    /// A key binding JWT has this `sd_hash`.
    pub(in crate::judge) fn sd_hash(hash: &str) -> Self {
        Self::new("sd_hash", [hash.as_bytes()])
    }

    /// A `jti` of an issuer for these audiences, or of the holder of a key.
    pub(in crate::judge) fn identifier(jti: &str, whose: &[&str], audiences: &[&str]) -> Self {
        let number = whose.len().to_be_bytes();
        let first = [jti.as_bytes(), &number[..]];
        let rest = whose.iter().chain(audiences).map(|text| text.as_bytes());
        Self::new("identifier", first.into_iter().chain(rest))
    }

    /// An ECDSA signature of this algorithm with this R.
    pub(in crate::judge) fn nonce(alg: &str, r: &[u8]) -> Self {
        Self::new("nonce", [alg.as_bytes(), r])
    }

    /// An ECDSA signature of this algorithm.
    pub(in crate::judge) fn ecdsa(alg: &str) -> Self {
        Self::new("ecdsa", [alg.as_bytes()])
    }

    /// This initialization vector under this key, for one use of it.
    pub(in crate::judge) fn vector(purpose: &str, key: &[&str], iv: &[u8]) -> Self {
        let key = key.iter().map(|text| text.as_bytes());
        Self::new("vector", [purpose.as_bytes(), iv].into_iter().chain(key))
    }

    /// A JWE under this key.
    pub(in crate::judge) fn sealed(purpose: &str, key: &[&str]) -> Self {
        let key = key.iter().map(|text| text.as_bytes());
        Self::new("sealed", [purpose.as_bytes()].into_iter().chain(key))
    }

    /// A sign-in at an issuer, told by these values.
    pub(in crate::judge) fn session(values: &[&str]) -> Self {
        Self::new("session", values.iter().map(|text| text.as_bytes()))
    }

    /// A token of an issuer about a subject, made in this sixteenth of a minute or so, counted since 1970.
    pub(in crate::judge) fn kin(iss: &str, sub: &str, time: i64) -> Self {
        Self::new("kin", [iss.as_bytes(), sub.as_bytes(), &time.to_be_bytes()])
    }

    /// A token without an explicit type, by issuer, key and audiences.
    pub(in crate::judge) fn untyped(iss: &str, kid: &str, audiences: &[&str]) -> Self {
        let first = [iss.as_bytes(), kid.as_bytes()];
        let audiences = audiences.iter().map(|text| text.as_bytes());
        Self::new("untyped", first.into_iter().chain(audiences))
    }

    /// A token stood in this piece of a text, or of a record of it.
    pub(in crate::judge) fn place(source: &str, record: Option<&str>, piece: usize) -> Self {
        let first = [source.as_bytes(), &piece.to_be_bytes()[..]];
        Self::new("place", first.into_iter().chain(record.map(str::as_bytes)))
    }

    /// Anything else of which it is only asked whether it is the same.
    pub(in crate::judge) fn same(value: &[u8]) -> Self {
        Self::new("same", [value])
    }
}

/// The hash whose left half `at_hash`, `c_hash` and `s_hash` are (`OpenID` Connect Core section 3.1.3.6): that of the
/// ID token's `alg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum HalfHash {
    /// One of SHA-2.
    Sha2(Hash),
    /// SHAKE256 with 114 bytes, which Ed448 is made with.
    Shake256,
}

impl HalfHash {
    /// All of them.
    pub(in crate::judge) const ALL: [Self; 4] = [
        Self::Sha2(Hash::Sha256),
        Self::Sha2(Hash::Sha384),
        Self::Sha2(Hash::Sha512),
        Self::Shake256,
    ];

    /// That of an algorithm; `None` where nobody settled it. `EdDSA` is either curve's: the length of the signature tells.
    pub(in crate::judge) fn of_algorithm(alg: &str, signature_bytes: usize) -> Option<Self> {
        let family = find(alg)?.family;
        Some(match family {
            Family::Eddsa(_) if signature_bytes == 114 => Self::Shake256,
            Family::Eddsa(_) => Self::Sha2(Hash::Sha512),
            Family::MlDsa(_) => return None,
            Family::Ecdsa(_, hash)
            | Family::Hmac(hash)
            | Family::RsaPkcs1(hash)
            | Family::RsaPss(hash) => Self::Sha2(hash),
        })
    }

    /// That whose left half has so many characters in base64url.
    pub(in crate::judge) fn of_length(characters: usize) -> Option<Self> {
        Some(match characters {
            22 => Self::Sha2(Hash::Sha256),
            32 => Self::Sha2(Hash::Sha384),
            43 => Self::Sha2(Hash::Sha512),
            76 => Self::Shake256,
            _ => return None,
        })
    }

    /// The name for people.
    pub(in crate::judge) fn label(self) -> &'static str {
        match self {
            Self::Sha2(hash) => hash.label(),
            Self::Shake256 => "SHAKE256",
        }
    }

    /// The left half of the hash over the characters of a text, in base64url. `None` where the cryptographic library refuses.
    pub(in crate::judge) fn of(self, text: &str) -> Option<String> {
        let digest = match self {
            Self::Sha2(hash) => hash.of(text.as_bytes()),
            Self::Shake256 => {
                let mut digest = vec![0; 114];
                let shake = MessageDigest::shake_256();
                openssl::hash::hash_xof(shake, text.as_bytes(), &mut digest).ok()?;
                digest
            }
        };
        digest.get(..digest.len() / 2).map(base64url::encode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_keep_sorts_and_values_apart() {
        let marks = [
            Mark::hash("a"),
            Mark::presented("a"),
            Mark::nonce("ES256", b"a"),
            Mark::nonce("ES25", b"6a"),
            Mark::identifier("a", &["b"], &["c"]),
            Mark::identifier("a", &["b", "c"], &[]),
            Mark::identifier("a", &["bc"], &[]),
            Mark::kin("a", "b", 0),
            Mark::kin("a", "b", 1),
        ];
        for (at, mark) in marks.iter().enumerate() {
            assert_eq!(marks.iter().position(|other| other == mark), Some(at));
        }
    }

    /// The example of `OpenID` Connect Core, appendices A.3 and A.4, whose ID tokens are signed with RS256.
    #[test]
    fn the_halves_are_those_of_the_standard() {
        let hash = HalfHash::of_algorithm("RS256", 256).unwrap();
        assert_eq!(
            hash.of("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")
                .as_deref(),
            Some("77QmUPtjPfzWtF2AnpK9RQ")
        );
        assert_eq!(
            hash.of("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk")
                .as_deref(),
            Some("LDktKdoQak3Pk0cnXxCltA")
        );
    }

    #[test]
    fn the_hash_is_that_of_the_algorithm() {
        for (alg, bytes, half) in [
            ("ES256", 64, Some(16)),
            ("PS384", 256, Some(24)),
            ("HS512", 64, Some(32)),
            ("Ed25519", 64, Some(32)),
            ("EdDSA", 64, Some(32)),
            ("EdDSA", 114, Some(57)),
            ("Ed448", 114, Some(57)),
            ("none", 0, None),
        ] {
            let hash = HalfHash::of_algorithm(alg, bytes);
            let text = hash.map(|hash| hash.of("a").unwrap());
            let length = text
                .as_ref()
                .map(|text| base64url::decode(text).bytes.len());
            assert_eq!(length, half, "{alg}");
            assert_eq!(text.and_then(|text| HalfHash::of_length(text.len())), hash);
        }
    }
}
