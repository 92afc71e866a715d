//! What a key is.

use std::sync::Arc;

use openssl::pkey::{PKey, Private, Public};
use zeroize::Zeroizing;

use super::akp::MlDsa;
use super::certificate::Certificate;
use super::further::Further;
use super::inconsistency::Inconsistency;
use super::public::PublicKey;
use super::set::SetNote;
use crate::jose::visible::visible;

/// An elliptic curve for ECDSA (RFC 7518 section 6.2.1.1, RFC 8812 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// secp256k1.
    Secp256k1,
}

impl Curve {
    /// The registered `crv` value.
    pub fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Secp256k1 => "secp256k1",
        }
    }

    /// Bytes of one coordinate, and of `r` and `s`.
    pub fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

/// A curve of the octet key pair type (RFC 8037 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OkpCurve {
    /// Ed25519, for signatures.
    Ed25519,
    /// Ed448, for signatures.
    Ed448,
    /// X25519, for key agreement.
    X25519,
    /// X448, for key agreement.
    X448,
}

impl OkpCurve {
    /// The registered `crv` value.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
            Self::X25519 => "X25519",
            Self::X448 => "X448",
        }
    }

    /// Bytes of a public key.
    pub fn public_bytes(self) -> usize {
        match self {
            Self::Ed25519 | Self::X25519 => 32,
            Self::Ed448 => 57,
            Self::X448 => 56,
        }
    }
}

/// The type of a key and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// A key pair for one parameter set of ML-DSA.
    Akp(MlDsa),
    /// An elliptic curve key.
    Ec(Curve),
    /// A secret of so many bytes.
    Oct {
        /// Its length in bytes.
        bytes: usize,
    },
    /// An octet key pair.
    Okp(OkpCurve),
    /// An RSA key.
    Rsa {
        /// The length of the modulus in bits.
        bits: usize,
    },
    /// A type that is not known here, or could not be read.
    Unknown,
}

impl KeyKind {
    /// The registered `kty` value, where there is one.
    pub fn kty(self) -> Option<&'static str> {
        match self {
            Self::Akp(_) => Some("AKP"),
            Self::Ec(_) => Some("EC"),
            Self::Oct { .. } => Some("oct"),
            Self::Okp(_) => Some("OKP"),
            Self::Rsa { .. } => Some("RSA"),
            Self::Unknown => None,
        }
    }

    /// The registered `crv` value, where there is one.
    pub fn crv(self) -> Option<&'static str> {
        match self {
            Self::Ec(curve) => Some(curve.name()),
            Self::Okp(curve) => Some(curve.name()),
            _ => None,
        }
    }

    /// The size in bits that reports show: modulus, field or secret.
    pub fn bits(self) -> Option<usize> {
        match self {
            Self::Ec(Curve::P521) => Some(521),
            Self::Ec(curve) => Some(curve.coordinate_bytes().saturating_mul(8)),
            Self::Oct { bytes } => Some(bytes.saturating_mul(8)),
            Self::Okp(OkpCurve::Ed25519 | OkpCurve::X25519) => Some(256),
            Self::Okp(OkpCurve::Ed448 | OkpCurve::X448) => Some(448),
            Self::Rsa { bits } => Some(bits),
            Self::Akp(_) | Self::Unknown => None,
        }
    }
}

/// For people: `RSA 2048`, `EC P-256`, `Ed25519`, `Secret, 9 bytes`.
impl std::fmt::Display for KeyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Akp(set) => f.write_str(set.name()),
            Self::Ec(curve) => write!(f, "EC {}", curve.name()),
            Self::Oct { bytes: 1 } => f.write_str("Secret, 1 byte"),
            Self::Oct { bytes } => write!(f, "Secret, {bytes} bytes"),
            Self::Okp(curve) => f.write_str(curve.name()),
            Self::Rsa { bits } => write!(f, "RSA {bits}"),
            Self::Unknown => f.write_str("Unknown kind"),
        }
    }
}

/// Which half of a key was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holds {
    /// The private half too.
    Private,
    /// The public half only.
    Public,
    /// A secret: both sides hold the same.
    Symmetric,
}

impl Holds {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
            Self::Symmetric => "symmetric",
        }
    }
}

/// The bytes of a symmetric key. Zeroised when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over the bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// What verification and decryption work with.
#[derive(Clone)]
pub enum Material {
    /// Nothing usable; [`Key::fault`] says why.
    None,
    /// A public key and its private half, both built from their components.
    Pair {
        /// The public key.
        public: PKey<Public>,
        /// The private key.
        private: PKey<Private>,
    },
    /// A public key, built from its components.
    Public(PKey<Public>),
    /// A secret.
    Symmetric {
        /// The bytes in use.
        secret: Secret,
        /// Other readings of the same file (name of the reading, bytes), when the reading was left open
        /// (`--secret-encoding auto`). The one in use is among them.
        readings: Vec<(&'static str, Secret)>,
    },
}

impl std::fmt::Debug for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Pair { .. } => "Pair(..)",
            Self::Public(_) => "Public(..)",
            Self::Symmetric { .. } => "Symmetric(..)",
        })
    }
}

/// The JWK members that say what a key is for (RFC 7517 section 4), as loaded. All empty for other forms, but for the `kid` of
/// a key that stands in JSON beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Members {
    /// `kty`, where it is a string.
    pub kty: Option<String>,
    /// `crv`, where it is a string.
    pub crv: Option<String>,
    /// `kid`.
    pub kid: Option<String>,
    /// `use`.
    pub use_: Option<String>,
    /// `key_ops`.
    pub key_ops: Vec<String>,
    /// `alg`.
    pub alg: Option<String>,
    /// `x5t` (SHA-1 of the certificate, base64url) as given, or computed from a loaded certificate.
    pub x5t: Option<String>,
    /// `x5t#S256` (SHA-256 of the certificate, base64url) as given, or computed from a loaded certificate.
    pub x5t_s256: Option<String>,
    /// All others, in order of the file. Of duplicates the last.
    pub further: Vec<Further>,
    /// Names of all members, in order of the file.
    pub names: Vec<String>,
    /// What departs from the standards without making the key unusable.
    pub notes: Vec<KeyNote>,
}

/// Members that only a private key has (RFC 7518 sections 6.2.2 and 6.3.2, RFC 8037 section 2, RFC 9964 section 3).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "priv"];

impl Members {
    /// The names of those that only a private key has, whatever stands in them.
    pub fn private(&self) -> impl Iterator<Item = &'static str> {
        let is_there = |name: &&str| self.names.iter().any(|own| own == name);
        PRIVATE.into_iter().filter(is_there)
    }
}

/// A departure from the standards that does not make a key unusable. `Display` says what was expected and
/// what was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyNote {
    /// The two primes of an RSA key lie closer together than FIPS 186-5 (appendix A.1.3) allows.
    ClosePrimes,
    /// A member occurs more than once; the last one counts.
    Duplicate {
        /// The member's name.
        name: String,
    },
    /// A member's base64url is not strict (RFC 7515 section 2), but has one meaning.
    Encoding {
        /// The member's name.
        name: &'static str,
    },
    /// A descriptive member is not of its type and was passed over.
    Ignored {
        /// The member's name.
        name: &'static str,
        /// The shape that RFC 7517 wants.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// Its members do not fit together.
    Inconsistent(Inconsistency),
    /// An RSA number begins with zero octets (RFC 7518 section 2, `Base64urlUInt`).
    LeadingZeros {
        /// The member's name.
        name: &'static str,
    },
    /// The key's own type is RSASSA-PSS (RFC 4055 section 1.2): it is meant for PS256, PS384 and PS512 only.
    PssOnly,
    /// A coordinate is shorter than its curve's field: leading zeros were stripped (RFC 7518 section 6.2.1.2).
    ShortCoordinate {
        /// The member's name.
        name: &'static str,
        /// The bytes that the curve wants.
        expected: usize,
        /// The bytes that are there.
        found: usize,
    },
}

impl std::fmt::Display for KeyNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ClosePrimes => {
                f.write_str("expected two primes far apart, found two that lie close together")
            }
            Self::Duplicate { name } => {
                write!(f, "expected member {} once, found it again", quoted(name))
            }
            Self::Encoding { name } => {
                write!(f, "expected member {name:?} in strict base64url, found another spelling")
            }
            Self::Ignored {
                name,
                expected,
                found,
            } => write!(f, "expected member {name:?} as {expected}, found {found}: not used"),
            Self::Inconsistent(inconsistency) => inconsistency.fmt(f),
            Self::LeadingZeros { name } => {
                write!(f, "expected member {name:?} without leading zero octets, found some")
            }
            Self::PssOnly => f.write_str(
                "expected a general RSA key, found one of type RSASSA-PSS, meant for PS256, PS384 and PS512 only",
            ),
            Self::ShortCoordinate {
                name,
                expected,
                found,
            } => write!(f, "expected member {name:?} with {expected} bytes, found {found}"),
        }
    }
}

/// Why a key cannot be used. `Display` says what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum KeyFault {
    /// The work on it was called off.
    #[error("expected time to open an encrypted key, found that it was called off")]
    Cancelled,
    /// Its lock asks for more work than is done.
    #[error("expected at most {ceiling} {what}, found {found}")]
    Ceiling {
        /// What is counted, in the plural.
        what: &'static str,
        /// The most that is done.
        ceiling: u64,
        /// What it asks for.
        found: u64,
    },
    /// Its lock cannot be read, or what is in it is not what was put there, whatever the passphrase.
    #[error("expected an encrypted key as it was written, found one that is damaged: {0}")]
    Damaged(&'static str),
    /// It is encrypted.
    #[error("expected a key that is not encrypted, found one that needs a passphrase")]
    Encrypted,
    /// The keys of a file beyond [`MAX_KEYS`](super::MAX_KEYS).
    #[error(
        "expected at most {max} keys in one file, found {count} more, which are left out",
        max = super::MAX_KEYS
    )]
    LeftOut {
        /// How many.
        count: usize,
    },
    /// It is encrypted in a way that is not known here.
    #[error("expected a known way of encryption, found {0}")]
    Lock(String),
    /// A member is missing, or not of its type. Of other forms than JWK: the number that the member stands for.
    #[error("expected member {name:?} as {expected}, found {found}")]
    Member {
        /// The member's name.
        name: &'static str,
        /// The shape that RFC 7518 wants.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// Not an object at all.
    #[error("expected a JSON object, found {found}")]
    NotAnObject {
        /// What is there.
        found: &'static str,
    },
    /// The coordinates are no point of the curve.
    #[error("expected a point on the curve {curve}, found coordinates that are not on it")]
    NotOnCurve {
        /// The curve's `crv` value.
        curve: &'static str,
    },
    /// A blob that is no OpenSSH key (RFC 4253 section 6.6).
    #[error("expected an OpenSSH public key, found {found}")]
    OpenSsh {
        /// What is there.
        found: &'static str,
    },
    /// A PEM block that does not hold what its borders promise.
    #[error("expected base64 between the lines BEGIN and END of a PEM block, found {found}")]
    Pem {
        /// What is there.
        found: &'static str,
    },
    /// OpenSSL refuses the numbers.
    #[error("expected a key that OpenSSL can use, found one that it refuses: {0}")]
    Refused(String),
    /// The OpenSSL that the program runs with cannot do this algorithm.
    #[error("expected an OpenSSL that can do {0} (version 3.5 or later), found {version}", version = openssl::version::version())]
    Unavailable(&'static str),
    /// A type or curve that is not known here.
    #[error("expected a known key type, found {0}")]
    UnknownType(String),
    /// It is encrypted, and the passphrase is another.
    #[error("expected the passphrase that opens an encrypted key, found another")]
    WrongPassphrase,
}

impl KeyFault {
    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Cancelled => "Load it again.",
            Self::Ceiling { .. } => {
                "Encrypt the key again with less work, for example with: openssl pkcs8 -topk8 -in FILE -out NEW"
            }
            Self::Damaged(_) => "Copy the file again, in binary mode.",
            Self::Encrypted => "Give its passphrase, or load the public key.",
            Self::Lock(_) => {
                "Encrypt the key again with AES, for example with: openssl pkcs8 -topk8 -in FILE -out NEW"
            }
            Self::WrongPassphrase => {
                "Check the passphrase, its encoding, and that no line break is part of it."
            }
            _ => "Export the key again as a JWK, or as a PEM public key or certificate.",
        }
    }
}

/// A text from a key file, short and safe to show in a sentence.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    let short: String = text.chars().take(SHOWN).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("\u{201C}{}{more}\u{201D}", visible(&short))
}

/// A loaded key, usable or not.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its name among the loaded keys: the `kid` where that is unique, else `<source>#<n>`. Set by the [`KeyRing`](super::KeyRing).
    pub id: String,
    /// What the reviewer calls it. It tells no two keys apart.
    pub name: Option<String>,
    /// The file or place that it came from.
    pub source: String,
    /// Its place in the source, from 1.
    pub ordinal: usize,
    /// Where in the source it stood, where that holds more than keys: `/jwks/keys/0` (a JSON pointer, RFC 6901), `line 12`,
    /// `TLS_CERT, line 12`. Safe to show.
    pub spot: Option<String>,
    /// What was loaded, in words: `JWK`, `PEM public key`, `X.509 certificate`, `secret, read as text`.
    pub form: &'static str,
    /// Type and size.
    pub kind: KeyKind,
    /// Which half.
    pub holds: Holds,
    /// What verification and decryption work with.
    pub material: Material,
    /// The name that its file gives it: the friendlyName of PKCS#12, the comment of OpenSSH.
    pub label: Option<String>,
    /// JWK members.
    pub members: Members,
    /// RFC 7638 thumbprint (SHA-256, base64url); `None` for secrets (it would be a test for guesses) and unusable keys.
    pub thumbprint: Option<String>,
    /// The certificate that it came in.
    pub certificate: Option<Certificate>,
    /// The subjects of the certificates above that one, from its issuer to the root, as far as they were loaded with it.
    pub issuers: Vec<String>,
    /// The RSA public exponent, big-endian without leading zeros.
    pub rsa_exponent: Option<Vec<u8>>,
    /// What only its set tells.
    pub set_notes: Vec<SetNote>,
    /// The ids of other keys of its ring whose RSA modulus has a prime in common with this one's: those that come first.
    /// Set by the [`KeyRing`](super::KeyRing).
    pub shares_prime_with: Vec<String>,
    /// Why it cannot be used.
    pub fault: Option<KeyFault>,
    /// What it was read from.
    pub loaded: Loaded,
    /// A secret as it was loaded, where the reviewer chose another reading since.
    pub as_loaded: Option<Arc<Self>>,
}

/// The bytes that a key was read from, where they hold nothing but public keys. They tell no two keys apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loaded {
    /// Of the whole file.
    pub file: Option<Arc<[u8]>>,
    /// Of the JWK.
    pub jwk: Option<Arc<[u8]>>,
    /// Of the certificate, in DER.
    pub certificate: Option<Arc<[u8]>>,
}

impl Key {
    /// A key of which nothing is known yet but where it stands.
    pub(super) fn blank(source: &str, ordinal: usize, form: &'static str) -> Self {
        Self {
            id: String::new(),
            name: None,
            source: source.to_owned(),
            ordinal,
            spot: None,
            form,
            kind: KeyKind::Unknown,
            holds: Holds::Public,
            material: Material::None,
            label: None,
            members: Members::default(),
            thumbprint: None,
            certificate: None,
            issuers: Vec::new(),
            rsa_exponent: None,
            fault: None,
            set_notes: Vec::new(),
            shares_prime_with: Vec::new(),
            loaded: Loaded::default(),
            as_loaded: None,
        }
    }

    /// Takes over what a key is, or why there is none.
    pub(super) fn set_public(&mut self, public: Result<PublicKey, KeyFault>) {
        match public {
            Ok(public) => {
                self.kind = public.kind;
                self.material = match public.private {
                    Some(private) => Material::Pair {
                        public: public.key,
                        private,
                    },
                    None => Material::Public(public.key),
                };
                self.thumbprint = Some(public.thumbprint);
                self.rsa_exponent = public.rsa_exponent;
            }
            Err(fault) => self.fault = Some(fault),
        }
    }

    /// Whether verification can work with it; else [`Key::fault`] says why not.
    pub fn is_usable(&self) -> bool {
        !matches!(self.material, Material::None)
    }

    /// What its members say against each other, beside mere spelling.
    pub fn inconsistencies(&self) -> impl Iterator<Item = &Inconsistency> {
        let found = self.members.notes.iter().filter_map(|note| match note {
            KeyNote::Inconsistent(found) => Some(found),
            _ => None,
        });
        found.filter(|found| !found.is_spelling())
    }

    /// Whether both are the same key, whatever is said of them.
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (self.secret(), other.secret()) {
            (Some(one), Some(other)) => one.bytes() == other.bytes(),
            (None, None) => self.thumbprint.is_some() && self.thumbprint == other.thumbprint,
            _ => false,
        }
    }

    /// The secret, of a symmetric key.
    pub fn secret(&self) -> Option<&Secret> {
        match &self.material {
            Material::Symmetric { secret, .. } => Some(secret),
            _ => None,
        }
    }

    /// The public key, of an asymmetric key.
    pub fn public(&self) -> Option<&PKey<Public>> {
        match &self.material {
            Material::Pair { public, .. } | Material::Public(public) => Some(public),
            _ => None,
        }
    }

    /// The private key, where that half was loaded too.
    pub fn private(&self) -> Option<&PKey<Private>> {
        match &self.material {
            Material::Pair { private, .. } => Some(private),
            _ => None,
        }
    }
}
