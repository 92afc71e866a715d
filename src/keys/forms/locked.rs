//! Private keys that are encrypted one by one: PKCS#8 (RFC 5958 section 3), and PEM blocks with `Proc-Type: 4,ENCRYPTED`
//! (RFC 1421 section 4.6, as OpenSSL writes them).
//!
//! OpenSSL is handed numbers and ciphertexts only, never a file, so that it cannot ask for a passphrase on the terminal.

use zeroize::Zeroizing;

use super::der::{self, Structure};
use crate::keys::KeyFault;
use crate::keys::unlock::elements::{Elements, OCTET_STRING};
use crate::keys::unlock::{Opening, Password, PemLock, decrypt};

/// The headers that say that a block is encrypted, and how.
const PROC_TYPE: &str = "Proc-Type:";
const DEK_INFO: &str = "DEK-Info:";

/// The `PrivateKeyInfo` in an `EncryptedPrivateKeyInfo`.
pub(super) fn pkcs8(der: &[u8], opening: &Opening<'_>) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let password = Password::new(opening.passphrase()?);
    pkcs8_with(der, &password, opening)
}

/// The same, with a password in all its spellings.
pub(super) fn pkcs8_with(
    der: &[u8],
    password: &Password,
    opening: &Opening<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let unreadable = KeyFault::Damaged("no encrypted key");
    let element = der::element(der).ok_or_else(|| unreadable.clone())?;
    let mut parts = Elements::of_sequence(element).ok_or_else(|| unreadable.clone())?;
    let algorithm = parts.sequence().ok_or_else(|| unreadable.clone())?;
    let ciphertext = parts.take(OCTET_STRING).ok_or(unreadable)?;
    let plain = decrypt(algorithm, ciphertext, password, opening)?;
    is_key(&plain, &[Structure::Pkcs8])?;
    Ok(plain)
}

/// Whether the body of a PEM block says that it is encrypted.
pub(super) fn is_encrypted(body: &[u8]) -> bool {
    header(body, PROC_TYPE).is_some_and(|value| {
        let mut words = value.split(',').map(str::trim);
        words.next() == Some("4") && words.next() == Some("ENCRYPTED")
    })
}

/// The key in a PEM block that [`is_encrypted`]; `ciphertext` is its decoded body.
pub(super) fn pem(
    body: &[u8],
    ciphertext: &[u8],
    opening: &Opening<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let info = header(body, DEK_INFO).ok_or(KeyFault::Damaged("no header DEK-Info"))?;
    let lock = PemLock::read(info)?;
    let plain = lock.decrypt(ciphertext, opening.passphrase()?)?;
    let kinds = [Structure::Pkcs1Private, Structure::Sec1, Structure::Pkcs8];
    is_key(&plain, &kinds)?;
    Ok(plain)
}

/// Padding that fits by chance, one time in 256, is followed by anything; a key is one element and nothing else.
fn is_key(plain: &[u8], kinds: &[Structure]) -> Result<(), KeyFault> {
    let is_whole = der::element(plain).is_some_and(|element| element.len() == plain.len());
    let structure = der::structure(plain);
    if is_whole && structure.is_some_and(|structure| kinds.contains(&structure)) {
        Ok(())
    } else {
        Err(KeyFault::WrongPassphrase)
    }
}

/// The value of a header of a PEM block.
fn header<'a>(body: &'a [u8], name: &str) -> Option<&'a str> {
    let body = std::str::from_utf8(body).ok()?;
    let mut lines = body.split("\\n").flat_map(str::lines);
    lines.find_map(|line| {
        let value = line.trim().strip_prefix(name)?;
        Some(value.trim().trim_end_matches("\\r"))
    })
}
