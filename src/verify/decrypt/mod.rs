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

use algorithms::Aes;
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
    let plan = Plan::of(sealed)?;
    if !plan.management.fits(key.kind) {
        return Err(OpenError::KeyKind {
            expected: plan.management.key_description(),
            found: key.kind,
        });
    }
    match &key.material {
        Material::None => Err(OpenError::KeyKind {
            expected: plan.management.key_description(),
            found: KeyKind::Unknown,
        }),
        Material::Pair { private, .. } => plan.open_with_private(key.kind, private),
        Material::Public(_) => Err(OpenError::NoPrivateHalf),
        Material::Symmetric { secret, readings } => {
            plan.open_with_readings(secret, readings, effort)
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
    management: &'static KeyManagement,
    content: &'static ContentEncryption,
    parameters: Parameters,
}

impl<'s, 'a> Plan<'s, 'a> {
    fn of(sealed: &'s Sealed<'a>) -> Result<Self, OpenError> {
        let unsupported = |parameter, name| OpenError::Unsupported {
            parameter,
            registered_for: registry::algorithm(name).map(|entry| entry.usage.as_str()),
        };
        let management =
            key_management(sealed.alg).ok_or_else(|| unsupported("alg", sealed.alg))?;
        let content =
            content_encryption(sealed.enc).ok_or_else(|| unsupported("enc", sealed.enc))?;
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

    fn open_with_private(
        &self,
        kind: KeyKind,
        private: &PKeyRef<Private>,
    ) -> Result<Opened, OpenError> {
        match (self.management.family, &self.parameters) {
            (KeyFamily::Rsa(padding), _) => {
                let key = rsa::content_key(
                    padding,
                    private,
                    self.sealed.encrypted_key,
                    self.content.key_bytes(),
                )?;
                self.finish(key, padding == algorithms::RsaPadding::Pkcs1)
            }
            (KeyFamily::Agreement(wrap), Parameters::Agreement(parameters)) => {
                let agreed =
                    parameters.agreed_key(self.management, wrap, self.content, kind, private)?;
                match wrap {
                    Some(aes) => self.finish(self.unwrap(aes, &agreed)?, false),
                    None => self.finish(agreed, true),
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
        if let Some(expected) = self.management.secret_bytes(self.content)
            && expected != secret.len()
        {
            return Err(OpenError::KeySize {
                expected,
                found: secret.len(),
            });
        }
        match (self.management.family, &self.parameters) {
            (KeyFamily::AesWrap(aes), _) => self.finish(self.unwrap(aes, secret)?, false),
            (KeyFamily::Direct, _) => self.finish(Zeroizing::new(secret.to_vec()), true),
            (KeyFamily::GcmWrap(aes), Parameters::GcmWrap { iv, tag }) => {
                let wrapped = self.sealed.encrypted_key;
                let key = content::gcm(aes, secret, iv, &[], wrapped, tag);
                self.finish(key.ok_or(OpenError::KeyUnwrap)?, false)
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
                self.finish(key.map_err(|_other| OpenError::Passphrase)?, false)
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
        let plaintext = content::open(self.content, &content_key, self.sealed, may_be_other_key)?;
        Ok(Opened {
            content_key,
            plaintext,
            read_as: None,
        })
    }
}
