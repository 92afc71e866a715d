//! Why a JWE does not open.

use crate::keys::{KeyFault, KeyKind};

/// A part of a JWE whose length is settled (RFC 7516 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JwePart {
    /// The ciphertext.
    Ciphertext,
    /// The encrypted key.
    EncryptedKey,
    /// The initialization vector.
    Iv,
    /// The authentication tag.
    Tag,
}

/// For people, without an article.
impl std::fmt::Display for JwePart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ciphertext => "ciphertext",
            Self::EncryptedKey => "encrypted key",
            Self::Iv => "initialization vector",
            Self::Tag => "authentication tag",
        })
    }
}

/// A length that is wanted, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WantedLength {
    /// So many or more.
    AtLeast(usize),
    /// So many.
    Exactly(usize),
    /// A positive multiple.
    MultipleOf(usize),
}

/// For people: `16 bytes`.
impl std::fmt::Display for WantedLength {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast(bytes) => write!(f, "at least {bytes} bytes"),
            Self::Exactly(0) => f.write_str("no byte"),
            Self::Exactly(bytes) => write!(f, "{bytes} bytes"),
            Self::MultipleOf(bytes) => write!(f, "a positive multiple of {bytes} bytes"),
        }
    }
}

/// What is wrong with a JWE before any key is asked. `Display` says what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JweShapeFault {
    /// The ephemeral public key cannot be used (RFC 7518 section 4.6.1.1).
    #[error("header parameter \"epk\": {0}")]
    EphemeralKey(KeyFault),
    /// The key derivation would take more rounds than the limit allows (RFC 7518 section 4.8.1.2).
    #[error("expected at most {ceiling} iterations in header parameter \"p2c\", found {found}")]
    Iterations {
        /// The limit.
        ceiling: u32,
        /// What is there, shortened.
        found: String,
    },
    /// A part has the wrong number of bytes.
    #[error("expected {} of {expected}, found {found}", with_article(*part))]
    Length {
        /// The part.
        part: JwePart,
        /// What the algorithms want.
        expected: WantedLength,
        /// What is there.
        found: usize,
    },
    /// The ephemeral public key gives the same secret whatever the private key (RFC 7748 section 6).
    #[error(
        "expected an ephemeral public key that contributes to the secret, found one of low order"
    )]
    LowOrder,
    /// A header parameter that the algorithm needs is missing or not of its type.
    #[error("expected header parameter {name:?} as {expected}, found {found}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// The shape that is wanted.
        expected: &'static str,
        /// What is there, shortened.
        found: String,
    },
}

fn with_article(part: JwePart) -> String {
    let article = match part {
        JwePart::Ciphertext => "a",
        JwePart::EncryptedKey | JwePart::Iv | JwePart::Tag => "an",
    };
    format!("{article} {part}")
}

/// Why a JWE did not open with a key. `Display` says what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The work was called off.
    #[error("called off")]
    Cancelled,
    /// The content key that was decrypted has a length that `enc` does not take.
    #[error("expected a content key of {expected} bytes, found {found}")]
    ContentKeyLength {
        /// What `enc` wants.
        expected: usize,
        /// What was decrypted.
        found: usize,
    },
    /// The ephemeral key is on another curve than the recipient's.
    #[error("expected an ephemeral public key on the curve of the key ({expected}), found {found}")]
    Curve {
        /// The key's.
        expected: KeyKind,
        /// The ephemeral key's.
        found: KeyKind,
    },
    /// The encrypted key is not as long as this RSA key makes it (RFC 8017 sections 7.1.2 and 7.2.2): it is for another.
    #[error("expected an encrypted key of {expected} bytes for this RSA key, found {found}")]
    EncryptedKeyLength {
        /// Bytes of the modulus.
        expected: usize,
        /// What is there.
        found: usize,
    },
    /// A key of this kind cannot do the algorithm.
    #[error("expected {expected}, found {found}")]
    KeyKind {
        /// The kind that is wanted, for people.
        expected: &'static str,
        /// The key's.
        found: KeyKind,
    },
    /// The secret does not have the length that the algorithm wants.
    #[error("expected a secret of {expected} bytes, found {found}")]
    KeySize {
        /// What the algorithm wants.
        expected: usize,
        /// The secret's, in the reading that came nearest.
        found: usize,
    },
    /// The key does not unwrap the content key: it is another, or the encrypted key was changed.
    #[error(
        "the key does not unwrap the content key: it is another, or the encrypted key was changed"
    )]
    KeyUnwrap,
    /// Only the public half is there.
    #[error("expected a private key, found its public half only")]
    NoPrivateHalf,
    /// The content is authentic, and its padding is not that of PKCS #7 (RFC 7518 section 5.2.2.1).
    #[error("expected PKCS #7 padding at the end of the content, found other bytes")]
    Padding,
    /// The password is another, or the encrypted key was changed.
    #[error(
        "the passphrase does not unwrap the content key: it is another, or the encrypted key was changed"
    )]
    Passphrase,
    /// OpenSSL refuses to work with it.
    #[error("OpenSSL refuses: {0}")]
    Refused(String),
    /// It cannot open with any key.
    #[error(transparent)]
    Shape(#[from] JweShapeFault),
    /// The content key does not authenticate the content.
    ///
    /// With `RSA1_5` a key that does not decrypt yields a random content key (RFC 7516 section 11.5), so that this is also
    /// how another key shows.
    #[error("the authentication tag does not fit: {}", if *may_be_other_key { "the key is another, or a part was changed" } else { "a part was changed" })]
    Tag {
        /// Whether nothing before the tag has shown that the key is the right one.
        may_be_other_key: bool,
    },
    /// The name is not one that is implemented.
    #[error("expected {parameter:?} as the name of an implemented algorithm, found {}", match registered_for { Some(usage) => format!("one that is registered for {usage}"), None => "an unknown one".to_owned() })]
    Unsupported {
        /// `alg` or `enc`.
        parameter: &'static str,
        /// What the name is registered for (`alg/sig`, `alg/enc`, `enc`, `JWK`); `None` when it is not.
        registered_for: Option<&'static str>,
    },
}

impl OpenError {
    /// The code of the diagnosis in `REPORT.md`, where there is one.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Curve { .. }
            | Self::KeyKind { .. }
            | Self::KeySize { .. }
            | Self::NoPrivateHalf => Some("alg-key-mismatch"),
            Self::ContentKeyLength { .. } | Self::EncryptedKeyLength { .. } | Self::KeyUnwrap => {
                Some("key-unwrap-failed")
            }
            Self::Passphrase => Some("passphrase-wrong"),
            Self::Tag { .. } => Some("tag-mismatch"),
            Self::Cancelled
            | Self::Padding
            | Self::Refused(_)
            | Self::Shape(_)
            | Self::Unsupported { .. } => None,
        }
    }

    /// Whether a limit of ours stands in the way, so that nothing is said of the token.
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::Shape(JweShapeFault::Iterations { .. }))
    }

    /// How far the way was gone, to tell the most of several attempts.
    pub(super) fn progress(&self) -> u8 {
        match self {
            Self::Padding => 3,
            Self::Tag { .. } => 2,
            Self::KeyUnwrap | Self::Passphrase => 1,
            _ => 0,
        }
    }
}

/// What OpenSSL said, in its words.
pub(super) fn refused(stack: &openssl::error::ErrorStack) -> OpenError {
    let reason = stack
        .errors()
        .iter()
        .find_map(openssl::error::Error::reason);
    OpenError::Refused(reason.unwrap_or("no reason given").to_owned())
}
