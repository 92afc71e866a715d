//! New keys.
//!
//! Made by OpenSSL, whose copies of private numbers are overwritten when they are freed.

use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::rand::rand_priv_bytes;
use openssl::rsa::Rsa;
use zeroize::Zeroizing;

use super::public::{from_pkey, nid, refused};
use super::{Curve, Holds, Key, KeyFault, KeyKind, Material, OkpCurve, Secret};
use crate::jose::base64url;

/// Where generated keys come from.
pub const SOURCE: &str = "generated here";

/// The most bytes of a new secret.
pub const MAX_SECRET_BYTES: usize = 4096;

/// Bytes of a random `kid`.
const RANDOM_KID_BYTES: usize = 12;

/// The length of a new RSA modulus in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RsaBits {
    /// 2048.
    Bits2048,
    /// 3072.
    Bits3072,
    /// 4096. Takes seconds.
    Bits4096,
}

impl RsaBits {
    /// The number.
    pub fn bits(self) -> u32 {
        match self {
            Self::Bits2048 => 2048,
            Self::Bits3072 => 3072,
            Self::Bits4096 => 4096,
        }
    }
}

/// The kind of a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NewKey {
    /// On an elliptic curve.
    Ec(Curve),
    /// A secret of so many random bytes, from 1 to [`MAX_SECRET_BYTES`].
    Oct {
        /// Its length.
        bytes: usize,
    },
    /// An octet key pair.
    Okp(OkpCurve),
    /// An RSA key with the public exponent 65537.
    Rsa(RsaBits),
}

/// For people: `RSA 2048`, `EC P-256`, `Secret, 32 bytes`.
impl std::fmt::Display for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match *self {
            Self::Ec(curve) => KeyKind::Ec(curve),
            Self::Oct { bytes } => KeyKind::Oct { bytes },
            Self::Okp(curve) => KeyKind::Okp(curve),
            Self::Rsa(bits) => KeyKind::Rsa {
                bits: bits.bits() as usize,
            },
        };
        kind.fmt(f)
    }
}

const RSA: &[&str] = &[
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "RSA-OAEP",
    "RSA-OAEP-256",
    "RSA-OAEP-384",
    "RSA-OAEP-512",
    "RSA1_5",
];
const AGREEMENT: &[&str] = &[
    "ECDH-ES",
    "ECDH-ES+A128KW",
    "ECDH-ES+A192KW",
    "ECDH-ES+A256KW",
];
const P256: &[&str] = &[
    "ES256",
    "ECDH-ES",
    "ECDH-ES+A128KW",
    "ECDH-ES+A192KW",
    "ECDH-ES+A256KW",
];
const P384: &[&str] = &[
    "ES384",
    "ECDH-ES",
    "ECDH-ES+A128KW",
    "ECDH-ES+A192KW",
    "ECDH-ES+A256KW",
];
const P521: &[&str] = &[
    "ES512",
    "ECDH-ES",
    "ECDH-ES+A128KW",
    "ECDH-ES+A192KW",
    "ECDH-ES+A256KW",
];

/// What secrets are for, and how long they are then (RFC 7518 sections 3.2, 4.4 and 4.7).
const SECRETS: &[(&str, std::ops::RangeInclusive<usize>)] = &[
    ("HS256", 32..=MAX_SECRET_BYTES),
    ("HS384", 48..=MAX_SECRET_BYTES),
    ("HS512", 64..=MAX_SECRET_BYTES),
    ("A128KW", 16..=16),
    ("A192KW", 24..=24),
    ("A256KW", 32..=32),
    ("A128GCMKW", 16..=16),
    ("A192GCMKW", 24..=24),
    ("A256GCMKW", 32..=32),
    ("dir", 16..=64),
];

impl NewKey {
    /// The values of `alg` that a key of this kind can have, signatures first.
    pub fn algorithms(self) -> Vec<&'static str> {
        match self {
            Self::Ec(Curve::P256) => P256.to_vec(),
            Self::Ec(Curve::P384) => P384.to_vec(),
            Self::Ec(Curve::P521) => P521.to_vec(),
            // RFC 8812 section 3.1: for signatures only.
            Self::Ec(Curve::Secp256k1) => vec!["ES256K"],
            Self::Oct { bytes } => SECRETS
                .iter()
                .filter(|(_, lengths)| lengths.contains(&bytes))
                .map(|(name, _)| *name)
                .collect(),
            Self::Okp(OkpCurve::Ed25519) => vec!["Ed25519", "EdDSA"],
            Self::Okp(OkpCurve::Ed448) => vec!["Ed448", "EdDSA"],
            Self::Okp(OkpCurve::X25519 | OkpCurve::X448) => AGREEMENT.to_vec(),
            Self::Rsa(_) => RSA.to_vec(),
        }
    }
}

/// What a key is for (RFC 7517 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Use {
    /// `enc`.
    Encryption,
    /// `sig`.
    Signature,
}

impl Use {
    /// The registered `use` value.
    pub fn name(self) -> &'static str {
        match self {
            Self::Encryption => "enc",
            Self::Signature => "sig",
        }
    }
}

/// The `kid` of a new key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum NewKid {
    /// The RFC 7638 thumbprint; of a secret a random one, for its thumbprint would be a test for guesses.
    #[default]
    Own,
    /// This one.
    Given(String),
    /// None.
    None,
}

/// A key that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its kind.
    pub key: NewKey,
    /// Its `kid`.
    pub kid: NewKid,
    /// Its `use`, where it is to have one.
    pub use_: Option<Use>,
    /// Its `alg`, where it is to have one: one of [`NewKey::algorithms`].
    pub alg: Option<String>,
}

impl Plan {
    /// A key of this kind with its own `kid`, and nothing said of what it is for.
    pub fn of(key: NewKey) -> Self {
        Self {
            key,
            kid: NewKid::Own,
            use_: None,
            alg: None,
        }
    }
}

/// Why no key was made. `Display` has two lines: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// The kind of key cannot do the algorithm, or the secret has not the length for it.
    #[error(
        "expected an algorithm for a key of this kind ({key}), found {found:?}\nChoose another algorithm, or none."
    )]
    Algorithm {
        /// The kind.
        key: NewKey,
        /// The algorithm.
        found: String,
    },
    /// A secret of no byte, or of too many.
    #[error(
        "expected a secret of 1 to {MAX_SECRET_BYTES} bytes, found {found}\nChoose a length between them; 32 bytes do for most."
    )]
    Length {
        /// The length that was wished.
        found: usize,
    },
    /// OpenSSL refuses.
    #[error("expected a new key, found that OpenSSL refuses: {0}\nTry again.")]
    Refused(String),
}

/// Makes a key. RSA with 4096 bits takes a second or several, and cannot be called off: the search for primes is one call
/// into OpenSSL.
///
/// # Errors
///
/// When the plan does not fit together, or OpenSSL refuses.
pub fn generate(plan: &Plan) -> Result<Key, GenerateError> {
    if let NewKey::Oct { bytes: found } = plan.key
        && !(1..=MAX_SECRET_BYTES).contains(&found)
    {
        return Err(GenerateError::Length { found });
    }
    if let Some(alg) = &plan.alg
        && !plan.key.algorithms().contains(&alg.as_str())
    {
        return Err(GenerateError::Algorithm {
            key: plan.key,
            found: alg.clone(),
        });
    }
    let mut key = Key::blank(SOURCE, 1, "generated key");
    make(&mut key, plan.key).map_err(|fault| {
        GenerateError::Refused(match fault {
            KeyFault::Refused(reason) => reason,
            other => other.to_string(),
        })
    })?;
    key.members.use_ = plan.use_.map(|use_| use_.name().to_owned());
    key.members.alg.clone_from(&plan.alg);
    key.members.kid = match &plan.kid {
        NewKid::Given(kid) => Some(kid.clone()),
        NewKid::None => None,
        NewKid::Own => match &key.thumbprint {
            Some(thumbprint) => Some(thumbprint.clone()),
            None => Some(random_kid().map_err(|stack| not_made(&stack))?),
        },
    };
    Ok(key)
}

fn make(key: &mut Key, new: NewKey) -> Result<(), KeyFault> {
    let private = match new {
        NewKey::Oct { bytes } => {
            let mut secret = Zeroizing::new(vec![0; bytes]);
            rand_priv_bytes(&mut secret).map_err(|stack| refused(&stack))?;
            key.kind = KeyKind::Oct { bytes };
            key.holds = Holds::Symmetric;
            key.material = Material::Symmetric {
                secret: Secret::new(std::mem::take(&mut *secret)),
                readings: Vec::new(),
            };
            return Ok(());
        }
        NewKey::Ec(curve) => ec(curve),
        NewKey::Okp(OkpCurve::Ed25519) => PKey::generate_ed25519(),
        NewKey::Okp(OkpCurve::Ed448) => PKey::generate_ed448(),
        NewKey::Okp(OkpCurve::X25519) => PKey::generate_x25519(),
        NewKey::Okp(OkpCurve::X448) => PKey::generate_x448(),
        NewKey::Rsa(bits) => Rsa::generate(bits.bits()).and_then(PKey::from_rsa),
    };
    let private = private.map_err(|stack| refused(&stack))?;
    let mut public = from_pkey(&private)?;
    public.private = Some(private);
    key.holds = Holds::Private;
    key.set_public(Ok(public));
    Ok(())
}

fn ec(curve: Curve) -> Result<PKey<Private>, ErrorStack> {
    let group = EcGroup::from_curve_name(nid(curve))?;
    EcKey::generate(&group).and_then(PKey::from_ec_key)
}

fn random_kid() -> Result<String, ErrorStack> {
    let mut bytes = [0; RANDOM_KID_BYTES];
    openssl::rand::rand_bytes(&mut bytes)?;
    Ok(base64url::encode(&bytes))
}

fn not_made(stack: &ErrorStack) -> GenerateError {
    GenerateError::Refused(refused(stack).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_key_is_what_was_planned() {
        let mut plan = Plan::of(NewKey::Oct { bytes: 48 });
        plan.alg = Some("HS384".to_owned());
        plan.use_ = Some(Use::Signature);
        let [one, other] = [&plan; 2].map(|plan| generate(plan).unwrap());
        assert_ne!(one.members.kid, other.members.kid);
        assert_ne!(one.secret(), other.secret());
        assert_eq!(one.members.kid.map(|kid| kid.len()), Some(16));
        assert_eq!(one.thumbprint, None);
        assert_eq!(
            (one.members.alg.as_deref(), one.members.use_.as_deref()),
            (Some("HS384"), Some("sig"))
        );
        assert_eq!(one.source, SOURCE);
        plan.kid = NewKid::Given("mine".to_owned());
        assert_eq!(
            generate(&plan).unwrap().members.kid.as_deref(),
            Some("mine")
        );
        plan.kid = NewKid::None;
        assert_eq!(generate(&plan).unwrap().members.kid, None);
        for (key, alg) in [
            (NewKey::Oct { bytes: 32 }, "HS384"),
            (NewKey::Ec(Curve::P256), "ES384"),
            (NewKey::Okp(OkpCurve::X448), "EdDSA"),
        ] {
            let plan = Plan {
                alg: Some(alg.to_owned()),
                ..Plan::of(key)
            };
            let error = generate(&plan).unwrap_err().to_string();
            assert!(error.contains(alg) && error.lines().count() == 2, "{error}");
        }
        for bytes in [0, 4097] {
            assert!(generate(&Plan::of(NewKey::Oct { bytes })).is_err());
        }
    }
}
