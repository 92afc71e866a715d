//! The mathematics of JWE (RFC 7516, RFC 7518 sections 4 and 5): a content key by `alg`, the content by `enc`.
//!
//! Everything is over the `openssl` crate; what it would not check itself is checked before: lengths of initialization
//! vector, tag and encrypted key, the type and size of header parameters, the limit on key derivation. The tag is checked before
//! a block is decrypted. An algorithm is one line in a table of [`algorithms`]; a family of them is one file.

mod agree;
pub mod algorithms;
mod content;
mod error;
mod inflate;
mod pbes2;
mod rsa;
mod shape;
mod wrap;

use openssl::pkey::{PKeyRef, Private};
use zeroize::Zeroizing;

use crate::jose::json::Json;
use crate::jose::{PartRole, Token, registry};
use crate::keys::{Effort, Key, KeyKind, Material, Secret};

pub use algorithms::{
    CONTENT_ENCRYPTION, ContentEncryption, KEY_MANAGEMENT, KeyFamily, KeyManagement,
    content_encryption, key_management,
};
pub use error::{JwePart, JweShapeFault, OpenError, WantedLength};
pub use inflate::{InflateError, MAX_INFLATED_BYTES, inflate};
pub use pbes2::{MAX_ITERATIONS, iterations, wrapping_key};
pub use shape::shape_fault;
pub use wrap::wrap;

pub(super) use agree::Fields;
pub(super) use algorithms::Aes;
pub(super) use content::Content;
use shape::Parameters;

/// A JWE for one recipient, decoded.
#[derive(Clone, Copy)]
pub struct Sealed<'a> {
    /// `alg`.
    pub alg: &'a str,
    /// `enc`.
    pub enc: &'a str,
    /// Looks a parameter up in the joined header (RFC 7516 section 4).
    pub header: &'a dyn Fn(&str) -> Option<&'a Json>,
    /// The encrypted key; empty when there is none.
    pub encrypted_key: &'a [u8],
    /// The initialization vector.
    pub iv: &'a [u8],
    /// The ciphertext.
    pub ciphertext: &'a [u8],
    /// The authentication tag.
    pub tag: &'a [u8],
    /// The additional authenticated data: the protected header as it stands, encoded, and where there is an `aad`, a dot
    /// and that as it stands (RFC 7516 section 5.1 step 14).
    pub additional_data: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// Its content alone.
    pub(super) fn content(&self) -> Content<'a> {
        Content {
            iv: self.iv,
            ciphertext: self.ciphertext,
            tag: self.tag,
            additional_data: self.additional_data,
        }
    }
}

/// An opened JWE.
#[derive(Clone)]
pub struct Opened {
    /// The content key.
    pub content_key: Zeroizing<Vec<u8>>,
    /// The plaintext, still compressed where the header says `zip`.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// The reading of the secret that opened it, when more than one was there.
    pub read_as: Option<&'static str>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({} bytes)", self.plaintext.len())
    }
}

/// Opens a JWE with one key; of a secret whose reading was left open, every reading is tried.
///
/// # Errors
///
/// When the names are not implemented, the JWE cannot open at all, the key cannot do the algorithm, or it is not the one.
pub fn open(sealed: &Sealed<'_>, key: &Key, effort: &Effort<'_>) -> Result<Opened, OpenError> {
    Plan::of(sealed)?.open(key, effort)
}

/// Opens a JWE as if it were made by these algorithms, whatever its header says.
///
/// # Errors
///
/// As [`open`].
pub(super) fn open_as(
    sealed: &Sealed<'_>,
    management: &KeyManagement,
    content: &ContentEncryption,
    key: &Key,
) -> Result<Opened, OpenError> {
    Plan::new(sealed, management, content)?.open(key, &Effort::unwatched())
}

/// Opens a JWE with the bytes of a secret.
///
/// # Errors
///
/// As [`open`].
pub(super) fn open_with_secret(
    sealed: &Sealed<'_>,
    secret: &[u8],
    effort: &Effort<'_>,
) -> Result<Opened, OpenError> {
    Plan::of(sealed)?.open_with_secret(secret, effort, (0, 1))
}

/// Opens a JWE of key agreement whose derivation was made over other fields than its header names.
///
/// # Errors
///
/// As [`open`].
pub(super) fn open_with_fields(
    sealed: &Sealed<'_>,
    key: &Key,
    fields: &Fields<'_>,
) -> Result<Opened, OpenError> {
    let plan = Plan::of(sealed)?;
    let other = || plan.other_kind(key.kind);
    let private = key.private().ok_or_else(other)?;
    match (plan.management.family, &plan.parameters) {
        (KeyFamily::Agreement(wrap), Parameters::Agreement(parameters)) => {
            let bytes = wrap.map_or(plan.content.key_bytes(), Aes::key_bytes);
            let agreed = parameters.agreed_over(fields, bytes, key.kind, private)?;
            match wrap {
                Some(aes) => plan.finish(plan.unwrap(aes, &agreed)?, false),
                None => plan.finish(agreed, true),
            }
        }
        _ => Err(other()),
    }
}

/// The content key that a key gives, whatever is wrong with initialization vector, ciphertext and tag. Nothing says yet
/// that it is the right one where the key is the content key, or agrees on it, or decrypts by `RSA1_5`.
///
/// # Errors
///
/// As [`open`].
pub(super) fn content_key(
    sealed: &Sealed<'_>,
    key: &Key,
    effort: &Effort<'_>,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (management, content) = algorithms_of(sealed)?;
    let plan = Plan {
        sealed,
        management,
        content,
        parameters: shape::read(management, content, sealed)?,
    };
    let (content_key, _) = match (&key.material, key.secret()) {
        (Material::Pair { private, .. }, _) => plan.content_key_with_private(key.kind, private)?,
        (_, Some(secret)) => plan.content_key_with_secret(secret.bytes(), effort, (0, 1))?,
        _ => return Err(plan.other_kind(key.kind)),
    };
    Ok(content_key)
}

/// Whether a content key authenticates content, of whatever lengths.
pub(super) fn is_authentic(
    sealed: &Content<'_>,
    content: &ContentEncryption,
    content_key: &[u8],
) -> bool {
    content::open(content, content_key, sealed, true).is_ok()
}

fn algorithms_of(
    sealed: &Sealed<'_>,
) -> Result<(&'static KeyManagement, &'static ContentEncryption), OpenError> {
    let unsupported = |parameter, name| OpenError::Unsupported {
        parameter,
        registered_for: registry::algorithm(name).map(|entry| entry.usage.as_str()),
    };
    Ok((
        key_management(sealed.alg).ok_or_else(|| unsupported("alg", sealed.alg))?,
        content_encryption(sealed.enc).ok_or_else(|| unsupported("enc", sealed.enc))?,
    ))
}

impl Plan<'_, '_> {
    fn open(&self, key: &Key, effort: &Effort<'_>) -> Result<Opened, OpenError> {
        if !self.management.fits(key.kind) {
            return Err(self.other_kind(key.kind));
        }
        match &key.material {
            Material::None => Err(self.other_kind(KeyKind::Unknown)),
            Material::Pair { private, .. } => {
                let (key, may_be_other) = self.content_key_with_private(key.kind, private)?;
                self.finish(key, may_be_other)
            }
            Material::Public(_) => Err(OpenError::NoPrivateHalf),
            Material::Symmetric { secret, readings } => {
                self.open_with_readings(secret, readings, effort)
            }
        }
    }
}

/// Opens a JWE with the key that its password was derived into before ([`wrapping_key`]).
///
/// # Errors
///
/// As [`open`]; a key of another password is [`OpenError::Passphrase`].
pub fn open_with_wrapping_key(sealed: &Sealed<'_>, wrapping: &[u8]) -> Result<Opened, OpenError> {
    let plan = Plan::of(sealed)?;
    let KeyFamily::Pbes2(_, aes) = plan.management.family else {
        return Err(plan.other_kind(KeyKind::Oct {
            bytes: wrapping.len(),
        }));
    };
    let key = plan.unwrap(aes, wrapping);
    plan.finish(key.map_err(|_other| OpenError::Passphrase)?, false)
}

/// The additional authenticated data of a token in whatever form (RFC 7516 section 5.1 step 14): the protected header as it
/// stands, and where there is an `aad`, a dot and that. An empty `aad` is none.
pub fn additional_data(token: &Token) -> String {
    let aad = token
        .part(PartRole::Aad)
        .map(|aad| aad.characters(token.text()));
    let protected = token.protected();
    match aad {
        Some(aad) if !aad.is_empty() => format!("{protected}.{aad}"),
        _ => protected.to_owned(),
    }
}

/// What is to be done.
struct Plan<'s, 'a> {
    sealed: &'s Sealed<'a>,
    management: &'s KeyManagement,
    content: &'s ContentEncryption,
    parameters: Parameters,
}

impl<'s, 'a> Plan<'s, 'a> {
    fn of(sealed: &'s Sealed<'a>) -> Result<Self, OpenError> {
        let (management, content) = algorithms_of(sealed)?;
        Self::new(sealed, management, content)
    }

    fn new(
        sealed: &'s Sealed<'a>,
        management: &'s KeyManagement,
        content: &'s ContentEncryption,
    ) -> Result<Self, OpenError> {
        // OpenSSL counts in `int`.
        let parts = [sealed.ciphertext, sealed.additional_data];
        if parts.iter().any(|part| i32::try_from(part.len()).is_err()) {
            return Err(OpenError::Refused("parts of 2 GiB or more".to_owned()));
        }
        shape::check_content(content, sealed)?;
        Ok(Self {
            sealed,
            management,
            content,
            parameters: shape::read(management, content, sealed)?,
        })
    }

    /// The content key, and whether nothing has shown yet that it is the right one.
    fn content_key_with_private(
        &self,
        kind: KeyKind,
        private: &PKeyRef<Private>,
    ) -> Result<(Zeroizing<Vec<u8>>, bool), OpenError> {
        match (self.management.family, &self.parameters) {
            (KeyFamily::Rsa(padding), _) => {
                let key = rsa::content_key(
                    padding,
                    private,
                    self.sealed.encrypted_key,
                    self.content.key_bytes(),
                )?;
                Ok((key, padding == algorithms::RsaPadding::Pkcs1))
            }
            (KeyFamily::Agreement(wrap), Parameters::Agreement(parameters)) => {
                let agreed =
                    parameters.agreed_key(self.management, wrap, self.content, kind, private)?;
                match wrap {
                    Some(aes) => Ok((self.unwrap(aes, &agreed)?, false)),
                    None => Ok((agreed, true)),
                }
            }
            _ => Err(self.other_kind(kind)),
        }
    }

    fn open_with_readings(
        &self,
        secret: &Secret,
        readings: &[(&'static str, Secret)],
        effort: &Effort<'_>,
    ) -> Result<Opened, OpenError> {
        let name = readings.iter().find(|(_, reading)| reading == secret);
        let first = (name.map(|(name, _)| *name), secret);
        let others = readings
            .iter()
            .filter(|(_, reading)| reading != secret)
            .map(|(name, reading)| (Some(*name), reading));
        let all: Vec<_> = std::iter::once(first).chain(others).collect();
        let mut nearest: Option<OpenError> = None;
        for (at, (read_as, secret)) in (0_u64..).zip(&all) {
            let of = u64::try_from(all.len()).unwrap_or(u64::MAX);
            match self.open_with_secret(secret.bytes(), effort, (at, of)) {
                Ok(opened) => {
                    return Ok(Opened {
                        read_as: *read_as,
                        ..opened
                    });
                }
                Err(OpenError::Cancelled) => return Err(OpenError::Cancelled),
                Err(error) => {
                    let is_nearer = |before: &OpenError| error.progress() > before.progress();
                    if nearest.as_ref().is_none_or(is_nearer) {
                        nearest = Some(error);
                    }
                }
            }
        }
        Err(nearest.unwrap_or(OpenError::KeyUnwrap))
    }

    /// `at` and `of`: this is which of how many attempts.
    fn open_with_secret(
        &self,
        secret: &[u8],
        effort: &Effort<'_>,
        (at, of): (u64, u64),
    ) -> Result<Opened, OpenError> {
        let (key, may_be_other) = self.content_key_with_secret(secret, effort, (at, of))?;
        self.finish(key, may_be_other)
    }

    /// As [`Self::content_key_with_private`].
    fn content_key_with_secret(
        &self,
        secret: &[u8],
        effort: &Effort<'_>,
        (at, of): (u64, u64),
    ) -> Result<(Zeroizing<Vec<u8>>, bool), OpenError> {
        if let Some(expected) = self.management.secret_bytes(self.content)
            && expected != secret.len()
        {
            return Err(OpenError::KeySize {
                expected,
                found: secret.len(),
            });
        }
        match (self.management.family, &self.parameters) {
            (KeyFamily::AesWrap(aes), _) => Ok((self.unwrap(aes, secret)?, false)),
            (KeyFamily::Direct, _) => Ok((Zeroizing::new(secret.to_vec()), true)),
            (KeyFamily::GcmWrap(aes), Parameters::GcmWrap { iv, tag }) => {
                let wrapped = self.sealed.encrypted_key;
                let key = content::gcm(aes, secret, iv, &[], wrapped, tag);
                Ok((key.ok_or(OpenError::KeyUnwrap)?, false))
            }
            (KeyFamily::Pbes2(hash, aes), Parameters::Pbes2(parameters)) => {
                let one = u64::from(parameters.iterations);
                let wrapping = parameters.wrapping_key(
                    self.management,
                    (hash, aes),
                    secret,
                    effort,
                    (one.saturating_mul(at), one.saturating_mul(of)),
                )?;
                let key = self.unwrap(aes, &wrapping);
                Ok((key.map_err(|_other| OpenError::Passphrase)?, false))
            }
            _ => Err(self.other_kind(KeyKind::Oct {
                bytes: secret.len(),
            })),
        }
    }

    fn other_kind(&self, found: KeyKind) -> OpenError {
        OpenError::KeyKind {
            expected: self.management.key_description(),
            found,
        }
    }

    fn unwrap(&self, aes: Aes, key: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        wrap::unwrap(aes, key, self.sealed.encrypted_key).ok_or(OpenError::KeyUnwrap)
    }

    fn finish(
        &self,
        content_key: Zeroizing<Vec<u8>>,
        may_be_other_key: bool,
    ) -> Result<Opened, OpenError> {
        let sealed = self.sealed.content();
        let plaintext = content::open(self.content, &content_key, &sealed, may_be_other_key)?;
        Ok(Opened {
            content_key,
            plaintext,
            read_as: None,
        })
    }
}
