//! The signature algorithms: one table that says which key an algorithm takes, how long its signatures are, and
//! which primitive it is. Nothing else maps names to mathematics.

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::md::{Md, MdRef};
use openssl::pkey::{PKey, Public};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};
use sha2::Digest as _;

use super::ShapeFault;
use crate::keys::{Curve, Key, KeyKind, MlDsa, OkpCurve};

/// The hash of an algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// Length of the digest in bytes.
    pub fn bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    fn digest(self) -> MessageDigest {
        match self {
            Self::Sha256 => MessageDigest::sha256(),
            Self::Sha384 => MessageDigest::sha384(),
            Self::Sha512 => MessageDigest::sha512(),
        }
    }

    fn md(self) -> &'static MdRef {
        match self {
            Self::Sha256 => Md::sha256(),
            Self::Sha384 => Md::sha384(),
            Self::Sha512 => Md::sha512(),
        }
    }

    /// The digest of a message.
    pub fn of(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => sha2::Sha256::digest(message).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(message).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(message).to_vec(),
        }
    }
}

/// The mathematics of an algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// ECDSA, R and S side by side (RFC 7518 section 3.4).
    Ecdsa(Curve, Hash),
    /// Edwards-curve signatures on the curve of the key, or on this one (RFC 8037 section 3.1, RFC 9864 section 2.2).
    Eddsa(Option<OkpCurve>),
    /// HMAC (RFC 7518 section 3.2).
    Hmac(Hash),
    /// ML-DSA with an empty context (RFC 9964 section 4).
    MlDsa(MlDsa),
    /// RSASSA-PKCS1-v1_5 (RFC 7518 section 3.3).
    RsaPkcs1(Hash),
    /// RSASSA-PSS, salt as long as the hash (RFC 7518 section 3.5).
    RsaPss(Hash),
}

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Algorithm {
    /// The registered name, compared byte for byte.
    pub name: &'static str,
    /// Its mathematics.
    pub family: Family,
}

/// Every signature algorithm that is implemented.
pub const ALGORITHMS: [Algorithm; 19] = {
    use Family::{Ecdsa, Eddsa, Hmac, RsaPkcs1, RsaPss};
    use Hash::{Sha256, Sha384, Sha512};
    const fn algorithm(name: &'static str, family: Family) -> Algorithm {
        Algorithm { name, family }
    }
    [
        algorithm("HS256", Hmac(Sha256)),
        algorithm("HS384", Hmac(Sha384)),
        algorithm("HS512", Hmac(Sha512)),
        algorithm("RS256", RsaPkcs1(Sha256)),
        algorithm("RS384", RsaPkcs1(Sha384)),
        algorithm("RS512", RsaPkcs1(Sha512)),
        algorithm("PS256", RsaPss(Sha256)),
        algorithm("PS384", RsaPss(Sha384)),
        algorithm("PS512", RsaPss(Sha512)),
        algorithm("ES256", Ecdsa(Curve::P256, Sha256)),
        algorithm("ES384", Ecdsa(Curve::P384, Sha384)),
        algorithm("ES512", Ecdsa(Curve::P521, Sha512)),
        algorithm("ES256K", Ecdsa(Curve::Secp256k1, Sha256)),
        algorithm("EdDSA", Eddsa(None)),
        algorithm("Ed25519", Eddsa(Some(OkpCurve::Ed25519))),
        algorithm("Ed448", Eddsa(Some(OkpCurve::Ed448))),
        algorithm("ML-DSA-44", Family::MlDsa(MlDsa::MlDsa44)),
        algorithm("ML-DSA-65", Family::MlDsa(MlDsa::MlDsa65)),
        algorithm("ML-DSA-87", Family::MlDsa(MlDsa::MlDsa87)),
    ]
};

/// The algorithm of this name (case-sensitive, RFC 7515 section 4.1.1), if the OpenSSL that the program runs with can do it.
pub fn find(name: &str) -> Option<&'static Algorithm> {
    ALGORITHMS
        .iter()
        .find(|algorithm| algorithm.name == name)
        .filter(|algorithm| !matches!(algorithm.family, Family::MlDsa(_)) || MlDsa::is_available())
}

impl Algorithm {
    /// For people: `RSA PKCS#1 v1.5 with SHA-256`.
    pub fn description(&self) -> String {
        match self.family {
            Family::Ecdsa(curve, hash) => {
                format!("ECDSA on {} with {}", curve.name(), hash.label())
            }
            Family::Eddsa(None) => "EdDSA on Ed25519 or Ed448".to_owned(),
            Family::Eddsa(Some(curve)) => format!("EdDSA on {}", curve.name()),
            Family::Hmac(hash) => format!("HMAC with {}", hash.label()),
            Family::MlDsa(set) => set.name().to_owned(),
            Family::RsaPkcs1(hash) => format!("RSA PKCS#1 v1.5 with {}", hash.label()),
            Family::RsaPss(hash) => format!("RSA-PSS with {}", hash.label()),
        }
    }

    /// The kind of key that it takes, for people: `an RSA key`.
    pub fn key_description(&self) -> String {
        match self.family {
            Family::Ecdsa(curve, _) => format!("an EC key on {}", curve.name()),
            Family::Eddsa(None) => "an Ed25519 or Ed448 key".to_owned(),
            Family::Eddsa(Some(curve)) => format!("an {} key", curve.name()),
            Family::Hmac(_) => "a shared secret".to_owned(),
            Family::MlDsa(set) => format!("an {} key", set.name()),
            Family::RsaPkcs1(_) | Family::RsaPss(_) => "an RSA key".to_owned(),
        }
    }

    /// The hash that it begins with; `None` for Edwards curves and ML-DSA, which take the message as it is.
    pub fn hash(&self) -> Option<Hash> {
        match self.family {
            Family::Ecdsa(_, hash)
            | Family::Hmac(hash)
            | Family::RsaPkcs1(hash)
            | Family::RsaPss(hash) => Some(hash),
            Family::Eddsa(_) | Family::MlDsa(_) => None,
        }
    }

    /// Whether this kind of key can do the mathematics. What the key's own members allow is not asked.
    pub fn fits(&self, kind: KeyKind) -> bool {
        match (self.family, kind) {
            (Family::Hmac(_), KeyKind::Oct { .. })
            | (Family::RsaPkcs1(_) | Family::RsaPss(_), KeyKind::Rsa { .. }) => true,
            (Family::Ecdsa(wanted, _), KeyKind::Ec(curve)) => wanted == curve,
            (Family::MlDsa(wanted), KeyKind::Akp(set)) => wanted == set,
            (Family::Eddsa(wanted), KeyKind::Okp(curve)) => match wanted {
                Some(wanted) => wanted == curve,
                None => matches!(curve, OkpCurve::Ed25519 | OkpCurve::Ed448),
            },
            _ => false,
        }
    }

    /// Length of a signature in bytes, where the algorithm (and the key, if there is one) settles it.
    pub fn signature_bytes(&self, kind: Option<KeyKind>) -> Option<usize> {
        match (self.family, kind) {
            (Family::Hmac(hash), _) => Some(hash.bytes()),
            (Family::MlDsa(set), _) => Some(set.signature_bytes()),
            (Family::Ecdsa(curve, _), _) => Some(curve.coordinate_bytes().saturating_mul(2)),
            (Family::Eddsa(Some(OkpCurve::Ed25519)), _)
            | (Family::Eddsa(None), Some(KeyKind::Okp(OkpCurve::Ed25519))) => Some(64),
            (Family::Eddsa(Some(OkpCurve::Ed448)), _)
            | (Family::Eddsa(None), Some(KeyKind::Okp(OkpCurve::Ed448))) => Some(114),
            (Family::RsaPkcs1(_) | Family::RsaPss(_), Some(KeyKind::Rsa { bits })) => {
                Some(bits.div_ceil(8))
            }
            _ => None,
        }
    }

    /// What makes these bytes no signature of this algorithm, whatever the key.
    pub fn shape_fault(&self, signature: &[u8]) -> Option<ShapeFault> {
        if signature.is_empty() {
            return Some(ShapeFault::Empty);
        }
        let expected = match (self.signature_bytes(None), self.family, signature.len()) {
            (Some(expected), _, _) => expected,
            (None, Family::Eddsa(None), found) if found != 64 && found != 114 => 64,
            _ => return None,
        };
        if signature.len() != expected {
            return Some(ShapeFault::Length {
                expected,
                found: signature.len(),
            });
        }
        match self.family {
            Family::Ecdsa(curve, _) if is_out_of_range(curve, signature) => {
                Some(ShapeFault::OutOfRange)
            }
            _ => None,
        }
    }

    /// Whether `key` verifies `signature` over `message`. A key that cannot do the algorithm verifies nothing.
    ///
    /// `secret` replaces the key's own secret, for other readings of it.
    pub fn verifies(
        &self,
        key: &Key,
        secret: Option<&[u8]>,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        if !self.fits(key.kind) {
            return false;
        }
        if let Family::Hmac(hash) = self.family {
            let Some(secret) = secret.or_else(|| key.secret().map(crate::keys::Secret::bytes))
            else {
                return false;
            };
            return hmac_verifies(hash, secret, message, signature);
        }
        let Some(public) = key.public() else {
            return false;
        };
        let result = match self.family {
            Family::Ecdsa(_, hash) => ecdsa_verifies(hash, public, message, signature),
            Family::Eddsa(_) | Family::MlDsa(_) => Verifier::new_without_digest(public)
                .and_then(|mut verifier| verifier.verify_oneshot(signature, message)),
            Family::RsaPkcs1(hash) => {
                rsa_verifies(hash, Padding::PKCS1, public, message, signature)
            }
            Family::RsaPss(hash) => {
                rsa_verifies(hash, Padding::PKCS1_PSS, public, message, signature)
            }
            Family::Hmac(_) => return false,
        };
        // OpenSSL reports malformed signatures as errors: for a verifier they are signatures that do not verify.
        result.unwrap_or(false)
    }
}

/// A secret as HMAC takes it in before the first message: that is half of the work for a short message.
#[derive(Clone)]
pub(super) enum HmacSecret {
    Sha256(hmac::Hmac<sha2::Sha256>),
    Sha384(hmac::Hmac<sha2::Sha384>),
    Sha512(hmac::Hmac<sha2::Sha512>),
}

impl HmacSecret {
    /// Takes any secret, also the empty one.
    pub(super) fn new(hash: Hash, secret: &[u8]) -> Option<Self> {
        use hmac::KeyInit as _;
        Some(match hash {
            Hash::Sha256 => Self::Sha256(hmac::Hmac::new_from_slice(secret).ok()?),
            Hash::Sha384 => Self::Sha384(hmac::Hmac::new_from_slice(secret).ok()?),
            Hash::Sha512 => Self::Sha512(hmac::Hmac::new_from_slice(secret).ok()?),
        })
    }

    /// Whether `mac` is the HMAC of `message`.
    pub(super) fn verifies(self, message: &[u8], mac: &[u8]) -> bool {
        fn check(hmac: impl hmac::Mac, message: &[u8], mac: &[u8]) -> bool {
            hmac.chain_update(message).verify_slice(mac).is_ok()
        }
        match self {
            Self::Sha256(hmac) => check(hmac, message, mac),
            Self::Sha384(hmac) => check(hmac, message, mac),
            Self::Sha512(hmac) => check(hmac, message, mac),
        }
    }
}

/// Whether the HMAC of `message` under `secret` is `mac`. Takes any secret, also the empty one.
pub fn hmac_verifies(hash: Hash, secret: &[u8], message: &[u8], mac: &[u8]) -> bool {
    HmacSecret::new(hash, secret).is_some_and(|secret| secret.verifies(message, mac))
}

/// The HMAC of `message` under `secret`.
pub fn hmac(hash: Hash, secret: &[u8], message: &[u8]) -> Vec<u8> {
    fn make<M: hmac::Mac + hmac::KeyInit>(secret: &[u8], message: &[u8]) -> Vec<u8> {
        <M as hmac::KeyInit>::new_from_slice(secret)
            .map(|hmac| hmac.chain_update(message).finalize().into_bytes().to_vec())
            .unwrap_or_default()
    }
    match hash {
        Hash::Sha256 => make::<hmac::Hmac<sha2::Sha256>>(secret, message),
        Hash::Sha384 => make::<hmac::Hmac<sha2::Sha384>>(secret, message),
        Hash::Sha512 => make::<hmac::Hmac<sha2::Sha512>>(secret, message),
    }
}

fn rsa_verifies(
    hash: Hash,
    padding: Padding,
    key: &PKey<Public>,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, ErrorStack> {
    let mut context = PkeyCtx::new(key)?;
    context.verify_init()?;
    context.set_rsa_padding(padding)?;
    context.set_signature_md(hash.md())?;
    if padding == Padding::PKCS1_PSS {
        context.set_rsa_mgf1_md(hash.md())?;
        context.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
    }
    context.verify(&hash.of(message), signature)
}

fn ecdsa_verifies(
    hash: Hash,
    key: &PKey<Public>,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, ErrorStack> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let der = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?
        .to_der()?;
    Verifier::new(hash.digest(), key)?.verify_oneshot(&der, message)
}

/// The order of P-256, big-endian (SP 800-186 section 3.2.1).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The order of P-384, big-endian (SP 800-186 section 3.2.1).
const P384_ORDER: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];

/// The order of P-521, big-endian (SP 800-186 section 3.2.1).
const P521_ORDER: [u8; 66] = [
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09,
    0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38,
    0x64, 0x09,
];

/// The order of secp256k1, big-endian (SEC 2 section 2.4.1).
const SECP256K1_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// Whether R or S is zero, or not below the order of the curve (FIPS 186-5 section 6.4.2). The signature has the right length.
fn is_out_of_range(curve: Curve, signature: &[u8]) -> bool {
    let order = order(curve);
    let (r, s) = signature.split_at(signature.len() / 2);
    [r, s]
        .into_iter()
        .any(|number| number >= order || number.iter().all(|&byte| byte == 0))
}

fn order(curve: Curve) -> &'static [u8] {
    match curve {
        Curve::P256 => &P256_ORDER,
        Curve::P384 => &P384_ORDER,
        Curve::P521 => &P521_ORDER,
        Curve::Secp256k1 => &SECP256K1_ORDER,
    }
}

/// Whether a name is `none` in disguise: other case, white space, control, zero-width or compatibility characters.
pub fn is_none_in_disguise(name: &str) -> bool {
    use unicode_normalization::UnicodeNormalization as _;
    if find(name).is_some() {
        return false;
    }
    let plain: String = name
        .nfkc()
        .filter(|&character| {
            !character.is_whitespace() && !crate::jose::visible::is_hidden(character)
        })
        .flat_map(char::to_lowercase)
        .collect();
    plain == "none" && name != "none"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_byte_for_byte() {
        assert!(find("HS256").is_some());
        assert!(find("hs256").is_none() && find("HS256 ").is_none());
    }

    #[test]
    fn disguises_of_none_are_seen_through() {
        for name in [
            "None",
            "NONE",
            "nOnE",
            " none",
            "none\0",
            "\u{FF4E}one",
            "no\u{200B}ne",
        ] {
            assert!(is_none_in_disguise(name), "{name:?}");
        }
        for name in ["none", "nones", "HS256", ""] {
            assert!(!is_none_in_disguise(name), "{name:?}");
        }
    }

    #[test]
    fn impossible_signatures_are_told_without_a_key() {
        let es256 = find("ES256").unwrap();
        assert_eq!(es256.shape_fault(&[]), Some(ShapeFault::Empty));
        assert_eq!(
            es256.shape_fault(&[1; 63]),
            Some(ShapeFault::Length {
                expected: 64,
                found: 63
            })
        );
        assert_eq!(es256.shape_fault(&[0; 64]), Some(ShapeFault::OutOfRange));
        assert_eq!(es256.shape_fault(&[0xFF; 64]), Some(ShapeFault::OutOfRange));
        assert_eq!(es256.shape_fault(&[1; 64]), None);
        assert_eq!(find("RS256").unwrap().shape_fault(&[1; 3]), None);
        assert_eq!(find("EdDSA").unwrap().shape_fault(&[1; 114]), None);
    }

    #[test]
    fn the_orders_are_those_of_the_curves() {
        use openssl::nid::Nid;
        for (curve, nid) in [
            (Curve::P256, Nid::X9_62_PRIME256V1),
            (Curve::P384, Nid::SECP384R1),
            (Curve::P521, Nid::SECP521R1),
            (Curve::Secp256k1, Nid::SECP256K1),
        ] {
            let group = openssl::ec::EcGroup::from_curve_name(nid).unwrap();
            let mut context = openssl::bn::BigNumContext::new().unwrap();
            let mut found = BigNum::new().unwrap();
            group.order(&mut found, &mut context).unwrap();
            let width = i32::try_from(curve.coordinate_bytes()).unwrap();
            assert_eq!(
                found.to_vec_padded(width).unwrap(),
                order(curve),
                "{curve:?}"
            );
        }
    }

    #[test]
    fn the_empty_secret_is_a_secret() {
        // HMAC-SHA256 of the empty message under the empty key.
        let mac = [
            0xb6, 0x13, 0x67, 0x9a, 0x08, 0x14, 0xd9, 0xec, 0x77, 0x2f, 0x95, 0xd7, 0x78, 0xc3,
            0x5f, 0xc5, 0xff, 0x16, 0x97, 0xc4, 0x93, 0x71, 0x56, 0x53, 0xc6, 0xc7, 0x12, 0x14,
            0x42, 0x92, 0xc5, 0xad,
        ];
        assert!(hmac_verifies(Hash::Sha256, b"", b"", &mac));
        assert!(!hmac_verifies(Hash::Sha256, b"x", b"", &mac));
    }
}
