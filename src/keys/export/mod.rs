//! Keys as text: JWK and JWK Set (RFC 7517), PEM (RFC 7468).
//!
//! Nothing is copied from the file: every number is made from the key that verification works with, in strict base64url
//! and its exact width (RFC 7518 section 6), so what was loaded in an odd spelling is written in the right one. What
//! describes the key is kept as it was loaded. [`Key::name`] is the reviewer's own, and no part of any export.
//!
//! A public function can only write a public half, and what a private one gives is overwritten when it is dropped.

mod jwk;
mod pem;
mod rsa;

use zeroize::Zeroizing;

use super::{Holds, Key, MlDsa};
use crate::jose::visible::visible;

pub(crate) use jwk::Extra;

/// The form of a public key in PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublicPem {
    /// The certificate that the key came in (RFC 5280 section 4.1).
    Certificate,
    /// The key alone, as `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7).
    KeyInfo,
}

/// A key that cannot be written as is wished. `Display` has two lines: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {fault}\n{}", visible(.key), .fault.advice())]
pub struct ExportError {
    /// What the key is called.
    pub key: String,
    /// Why.
    pub fault: ExportFault,
}

/// Why a key cannot be written as is wished. `Display` says what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportFault {
    /// It did not come in a certificate.
    #[error("expected a key out of a certificate, found one that came without")]
    NoCertificate,
    /// Two primes that PKCS #1 wants (RFC 8017 appendix A.1.2) were not loaded and could not be computed.
    #[error("expected an RSA key of two primes, found one without them")]
    NoPrimes,
    /// Only the public half was loaded, or its private half does not belong to it.
    #[error("expected a private key, found no private half that belongs to it")]
    NoPrivateHalf,
    /// The seed, which alone is the `priv` of a JWK (RFC 9964 section 3), was not loaded.
    #[error("expected a key of {} with its seed, found one without", .0.name())]
    NoSeed(MlDsa),
    /// OpenSSL refuses to write it.
    #[error("expected a key that OpenSSL writes, found one that it refuses: {0}")]
    Refused(String),
    /// A secret has no public half, and no form in PEM.
    #[error("expected a key pair or a public key, found a secret")]
    Secret,
    /// It could not be read itself.
    #[error("expected a usable key, found one that could not be read")]
    Unusable,
}

impl ExportFault {
    /// What to do, in a sentence.
    fn advice(&self) -> &'static str {
        match self {
            Self::NoCertificate => "Export the public key alone.",
            Self::NoPrimes => "Export it as a JWK, which does without.",
            Self::NoPrivateHalf => {
                "Load the file that holds the private key, or export the public half."
            }
            Self::NoSeed(_) => "Export it as PEM, which holds it as it was loaded.",
            Self::Refused(_) | Self::Unusable => "Load the key again from where it was made.",
            Self::Secret => "Export the secret itself, as a JWK.",
        }
    }
}

/// The public half as a JWK, a member a line.
///
/// # Errors
///
/// Of a secret, and of a key that could not be read.
pub fn public_jwk(key: &Key) -> Result<String, ExportError> {
    let members = jwk::public(key).map_err(|fault| error(key, fault))?;
    Ok(std::mem::take(&mut *jwk::object(&members)))
}

/// The public halves as a JWK Set.
///
/// # Errors
///
/// As [`public_jwk`], for the first key of which it cannot be written.
pub fn public_jwks<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Result<String, ExportError> {
    let mut set = set(keys, jwk::public)?;
    Ok(std::mem::take(&mut *set))
}

/// The public half as PEM.
///
/// # Errors
///
/// Of a secret, a key that could not be read, and one that has no certificate where that is wished.
pub fn public_pem(key: &Key, form: PublicPem) -> Result<String, ExportError> {
    pem::public(key, form).map_err(|fault| error(key, fault))
}

/// The key with its private half, or the secret (`oct`), as a JWK, a member a line.
///
/// # Errors
///
/// Where that half is not there, or not in a form that a JWK has.
pub fn private_jwk(key: &Key) -> Result<Zeroizing<String>, ExportError> {
    let members = jwk::private(key).map_err(|fault| error(key, fault))?;
    Ok(jwk::object(&members))
}

/// Keys with their private halves, and secrets, as a JWK Set.
///
/// # Errors
///
/// As [`private_jwk`], for the first key of which it cannot be written.
pub fn private_jwks<'k>(
    keys: impl IntoIterator<Item = &'k Key>,
) -> Result<Zeroizing<String>, ExportError> {
    set(keys, jwk::private)
}

/// The private key as PEM (PKCS #8, RFC 5958).
///
/// # Errors
///
/// Of a secret, and where that half is not there.
pub fn private_pem(key: &Key) -> Result<Zeroizing<String>, ExportError> {
    pem::private(key).map_err(|fault| error(key, fault))
}

/// As [`public_jwk`], with one member more. As it is to be kept, it is overwritten as the private ones are.
pub(crate) fn public_jwk_with(key: &Key, extra: Extra) -> Result<Zeroizing<String>, ExportError> {
    with(jwk::public(key), key, extra)
}

/// As [`private_jwk`], with one member more.
pub(crate) fn private_jwk_with(key: &Key, extra: Extra) -> Result<Zeroizing<String>, ExportError> {
    with(jwk::private(key), key, extra)
}

fn with(
    members: Result<Vec<jwk::Written>, ExportFault>,
    key: &Key,
    extra: Extra,
) -> Result<Zeroizing<String>, ExportError> {
    let mut members = members.map_err(|fault| error(key, fault))?;
    members.push(extra.into());
    Ok(jwk::object(&members))
}

fn set<'k>(
    keys: impl IntoIterator<Item = &'k Key>,
    half: fn(&Key) -> Result<Vec<jwk::Written>, ExportFault>,
) -> Result<Zeroizing<String>, ExportError> {
    let jwks = keys.into_iter().map(|key| {
        let members = half(key).map_err(|fault| error(key, fault))?;
        Ok(jwk::object(&members))
    });
    Ok(jwk::set(&jwks.collect::<Result<Vec<_>, _>>()?))
}

fn error(key: &Key, fault: ExportFault) -> ExportError {
    let name = key.name.as_deref().unwrap_or(&key.id);
    ExportError {
        key: if name.is_empty() { &key.source } else { name }.to_owned(),
        fault,
    }
}

/// Why a key without a private half has none.
fn no_private_half(key: &Key) -> ExportFault {
    match (key.is_usable(), key.holds) {
        (false, _) => ExportFault::Unusable,
        (true, Holds::Symmetric) => ExportFault::Secret,
        (true, Holds::Private | Holds::Public) => ExportFault::NoPrivateHalf,
    }
}

/// Why a key without a public half has none.
fn no_public_half(key: &Key) -> ExportFault {
    match key.secret() {
        Some(_) => ExportFault::Secret,
        None => ExportFault::Unusable,
    }
}

#[cfg(test)]
mod tests;
