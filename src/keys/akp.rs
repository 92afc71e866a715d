//! Algorithm key pairs (`kty` `AKP`, RFC 9964): keys of ML-DSA (FIPS 204), which are made for one algorithm and are octets
//! without further structure.

use std::sync::LazyLock;

use openssl::error::ErrorStack;
use openssl::pkey::{HasPublic, KeyType, PKey, PKeyRef, Private, Public};
use zeroize::Zeroizing;

use super::forms::der::{OCTET_STRING, SEQUENCE, split};
use super::pair::{Half, has_public_half};
use super::public::{PublicKey, refused, thumbprint};
use super::{Inconsistency, KeyFault, KeyKind};
use crate::jose::base64url;

/// Bytes of a private key: the seed that both halves are computed from (FIPS 204 section 6.1).
const SEED_BYTES: usize = 32;

/// A parameter set of ML-DSA (FIPS 204 section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MlDsa {
    /// ML-DSA-44.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
}

/// Whether OpenSSL has ML-DSA: from version 3.5 on, if it was not built without.
static IS_AVAILABLE: LazyLock<bool> = LazyLock::new(|| {
    let set = MlDsa::MlDsa44;
    public_key(set, &vec![0; set.public_bytes()]).is_ok()
});

impl MlDsa {
    /// All parameter sets.
    pub(super) const ALL: [Self; 3] = [Self::MlDsa44, Self::MlDsa65, Self::MlDsa87];

    /// The set of this registered `alg` value.
    pub fn named(alg: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == alg)
    }

    /// The registered `alg` value.
    pub fn name(self) -> &'static str {
        match self {
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        }
    }

    /// Bytes of a public key.
    pub fn public_bytes(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Bytes of a signature.
    pub fn signature_bytes(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }

    /// Whether the OpenSSL that this program runs with can do it.
    pub fn is_available() -> bool {
        *IS_AVAILABLE
    }

    /// The set that a key of OpenSSL's belongs to.
    pub(super) fn of<T: HasPublic>(key: &PKeyRef<T>) -> Option<Self> {
        Self::ALL.into_iter().find(|set| key.is_a(set.key_type()))
    }

    fn key_type(self) -> KeyType {
        match self {
            Self::MlDsa44 => KeyType::ML_DSA_44,
            Self::MlDsa65 => KeyType::ML_DSA_65,
            Self::MlDsa87 => KeyType::ML_DSA_87,
        }
    }

    /// The last arc of its object identifier 2.16.840.1.101.3.4.3.
    fn last_arc(self) -> u8 {
        match self {
            Self::MlDsa44 => 17,
            Self::MlDsa65 => 18,
            Self::MlDsa87 => 19,
        }
    }
}

/// From the octets of a public key, `pub` of a JWK.
pub(super) fn public(set: MlDsa, octets: &[u8]) -> Result<PublicKey, KeyFault> {
    if octets.len() != set.public_bytes() {
        return Err(KeyFault::Member {
            name: "pub",
            expected: match set {
                MlDsa::MlDsa44 => "1312 bytes in base64url",
                MlDsa::MlDsa65 => "1952 bytes in base64url",
                MlDsa::MlDsa87 => "2592 bytes in base64url",
            },
            found: format!("{} bytes", octets.len()),
        });
    }
    if !MlDsa::is_available() {
        return Err(KeyFault::Unavailable(set.name()));
    }
    let key = public_key(set, octets).map_err(|stack| refused(&stack))?;
    let (alg, octets) = (set.name(), base64url::encode(octets));
    Ok(PublicKey {
        kind: KeyKind::Akp(set),
        key,
        private: None,
        thumbprint: thumbprint(&format!(
            r#"{{"alg":"{alg}","kty":"AKP","pub":"{octets}"}}"#
        )),
        rsa_exponent: None,
    })
}

/// From a seed, `priv` of a JWK: the public key must be the one that follows from it.
pub(super) fn private(set: MlDsa, public: &PKey<Public>, seed: &[u8]) -> Half {
    if seed.len() != SEED_BYTES {
        return Half {
            has_close_primes: false,
            key: None,
            found: vec![Inconsistency::Unreadable {
                name: "priv",
                expected: "the seed, 32 bytes in base64url",
                found: format!("{} bytes", seed.len()),
            }],
        };
    }
    let own = private_key(set, seed);
    Half::checked(own.map(|own| Some(own).filter(|own| has_public_half(own, public))))
}

fn public_key(set: MlDsa, octets: &[u8]) -> Result<PKey<Public>, ErrorStack> {
    PKey::public_key_from_raw_bytes_ex(None, set.key_type(), None, octets)
}

/// Through PKCS#8 with a seed alone (RFC 9881 section 6): older bindings have no function for it.
fn private_key(set: MlDsa, seed: &[u8]) -> Result<PKey<Private>, ErrorStack> {
    const BEFORE_ARC: &[u8] =
        b"\x30\x34\x02\x01\x00\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03";
    const BEFORE_SEED: &[u8] = b"\x04\x22\x80\x20";
    let mut der = Zeroizing::new(Vec::with_capacity(54));
    der.extend_from_slice(BEFORE_ARC);
    der.push(set.last_arc());
    der.extend_from_slice(BEFORE_SEED);
    der.extend_from_slice(seed);
    PKey::private_key_from_pkcs8(&der)
}

/// The seed in a PKCS #8 key (RFC 9881 section 6), where it holds one: alone, or beside the key that follows from it.
pub(super) fn seed(der: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    const SEED_ALONE: u8 = 0x80;
    let (_, inner, _) = split(der)?;
    let (_, _, rest) = split(inner)?;
    let (_, _, rest) = split(rest)?;
    let (OCTET_STRING, key, _) = split(rest)? else {
        return None;
    };
    let seed = match split(key)? {
        (SEED_ALONE, seed, _) => seed,
        (SEQUENCE, both, _) => split(both)?.1,
        _ => return None,
    };
    (seed.len() == SEED_BYTES).then(|| Zeroizing::new(seed.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Holds, Key, KeyKind, KeyNote, LoadError, load};

    /// The example keys of RFC 9964 come from a seed of zeros and are named by their thumbprints.
    const OF_ZEROS: [(MlDsa, &str); 3] = [
        (
            MlDsa::MlDsa44,
            "T4xl70S7MT6Zeq6r9V9fPJGVn76wfnXJ21-gyo0Gu6o",
        ),
        (
            MlDsa::MlDsa65,
            "Suiu29qbfuaBaR4Ats-c6XQBePB_OpAxAwcTR_0KXVM",
        ),
        (
            MlDsa::MlDsa87,
            "tRn1JNIkgMsABVQBlXeDHxAIcclh-2IX0UdDEzPt5XU",
        ),
    ];

    fn jwk(set: MlDsa, octets: &[u8], seed: &[u8]) -> String {
        format!(
            r#"{{"kty":"AKP","alg":"{}","pub":"{}","priv":"{}"}}"#,
            set.name(),
            base64url::encode(octets),
            base64url::encode(seed)
        )
    }

    #[track_caller]
    fn one(file: impl AsRef<[u8]>) -> Key {
        load("key", file.as_ref()).unwrap().remove(0)
    }

    #[track_caller]
    fn fault(file: impl AsRef<[u8]>) -> KeyFault {
        match load("key", file.as_ref()) {
            Err(LoadError::NoUsableKey { first, .. }) => first,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_is_there_from_openssl_3_5_on() {
        assert_eq!(
            MlDsa::is_available(),
            openssl::version::number() >= 0x3050_0000
        );
        let octets = vec![0; 1312];
        if !MlDsa::is_available() {
            assert_eq!(
                fault(jwk(MlDsa::MlDsa44, &octets, &[0; 32])),
                KeyFault::Unavailable("ML-DSA-44")
            );
        }
    }

    #[test]
    fn rfc_9964_every_form_of_the_keys_has_the_published_thumbprint() {
        if !MlDsa::is_available() {
            return;
        }
        for (set, thumbprint) in OF_ZEROS {
            let pair = private_key(set, &[0; 32]).unwrap();
            let octets = pair.raw_public_key().unwrap();
            assert_eq!(octets.len(), set.public_bytes());
            for (file, holds) in [
                (jwk(set, &octets, &[0; 32]).into_bytes(), Holds::Private),
                (pair.private_key_to_pkcs8().unwrap(), Holds::Private),
                (pair.private_key_to_pem_pkcs8().unwrap(), Holds::Private),
                (pair.public_key_to_der().unwrap(), Holds::Public),
                (pair.public_key_to_pem().unwrap(), Holds::Public),
            ] {
                let key = one(file);
                assert_eq!((key.kind, key.holds), (KeyKind::Akp(set), holds));
                assert_eq!(key.thumbprint.as_deref(), Some(thumbprint));
                assert_eq!(key.kind.to_string(), set.name());
                assert_eq!(key.private().is_some(), holds == Holds::Private);
            }
        }
    }

    #[test]
    fn a_private_half_that_does_not_belong_is_told_and_not_kept() {
        if !MlDsa::is_available() {
            return;
        }
        let set = MlDsa::MlDsa65;
        let octets = private_key(set, &[1; 32])
            .and_then(|key| key.raw_public_key())
            .unwrap();
        assert_eq!(one(jwk(set, &octets, &[1; 32])).fault, None);
        let torn = |seed: &[u8]| {
            let key = one(jwk(set, &octets, seed));
            assert_eq!((key.fault.as_ref(), key.holds), (None, Holds::Private));
            assert!(key.public().is_some() && key.private().is_none());
            key.members.notes
        };
        assert_eq!(
            torn(&[2; 32]),
            [KeyNote::Inconsistent(Inconsistency::PrivateHalf)]
        );
        for seed in [0, 31, 33, 4032] {
            assert!(matches!(
                torn(&vec![1; seed]).as_slice(),
                [KeyNote::Inconsistent(Inconsistency::Unreadable {
                    name: "priv",
                    ..
                })]
            ));
        }
        assert!(matches!(
            fault(jwk(MlDsa::MlDsa44, &octets, &[1; 32])),
            KeyFault::Member { name: "pub", .. }
        ));
    }
}
