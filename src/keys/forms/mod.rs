//! The forms that keys come in.
//!
//! A form is known by its content, never by a file's name. A new form is one file beside these and one line
//! in [`FORMS`].

mod bare;
mod ber;
mod certificate;
mod certified;
pub(super) mod der;
mod embedded;
mod error;
mod found;
mod json;
mod jwk;
mod locked;
mod openssh;
mod pem;
mod pkcs12;
mod pkcs7;
mod secret;
mod seeming;
mod ssh_fields;
mod ssh_public;
mod text;
mod values;
mod wrapping;
mod xml;

pub use certificate::from_certificate_der;
pub(super) use der::split;
pub use error::LoadError;
pub use jwk::from_jwk;
pub(super) use secret::without_line_break;
pub use secret::{SecretEncoding, load_secret, readings};
pub use seeming::{JavaKeystore, Seeming};

use std::sync::Arc;

use found::Found;

use super::unlock::{Opening, Unlock};
use super::{Holds, Key, set};

/// Key files larger than this (in bytes) are refused before they are read.
pub const MAX_KEY_FILE_BYTES: u64 = 4 << 20;

/// Of a file with more keys than this the first ones are loaded; a last one that cannot be used says how many were left out
/// ([`KeyFault::LeftOut`](super::KeyFault::LeftOut)).
pub const MAX_KEYS: usize = 1_000;

/// One form of key file.
struct Form {
    /// Whether the content has this form. It need not be a good one.
    recognises: fn(&[u8]) -> bool,
    /// Takes every key in it, in order, the unusable ones with their faults.
    load: fn(&mut Found<'_>, &[u8]) -> Result<(), LoadError>,
}

/// All forms; the first that recognises a content loads it. JSON and XML stand before text because their strings can
/// hold PEM blocks.
const FORMS: &[Form] = &[
    json::FORM,
    xml::FORM,
    pkcs7::FORM,
    pkcs12::FORM,
    der::FORM,
    bare::FORM,
    text::FORM,
];

/// Takes the keys of a text that stands in another one, as far as there are any.
fn within(found: &mut Found<'_>, bytes: &[u8]) {
    let content = wrapping::unwrapped(bytes);
    if let Some(form) = form_of(&content) {
        found.attempt(|found| {
            // What is no key there is no fault of the file.
            let _nothing = (form.load)(found, &content);
        });
    }
}

fn form_of(content: &[u8]) -> Option<&'static Form> {
    FORMS.iter().find(|form| (form.recognises)(content))
}

/// Every key in a file's bytes, in order, unusable ones with their [`KeyFault`](super::KeyFault); without a passphrase, so that what is
/// locked is [`KeyFault::Encrypted`](super::KeyFault::Encrypted). `source` is its name for people.
///
/// # Errors
///
/// As [`load_with`].
pub fn load(source: &str, bytes: &[u8]) -> Result<Vec<Key>, LoadError> {
    load_with(source, bytes, &Unlock::without())
}

/// Every key in a file's bytes, in order, unusable ones with their [`KeyFault`](super::KeyFault). `source` is its name for people.
///
/// # Errors
///
/// When there is no usable key in it, or the limits are passed. Where that is for want of a passphrase,
/// [`LoadError::Encrypted`]; where the passphrase opens nothing, [`LoadError::WrongPassphrase`].
pub fn load_with(source: &str, bytes: &[u8], unlock: &Unlock<'_>) -> Result<Vec<Key>, LoadError> {
    check_size(source, bytes)?;
    let content = wrapping::unwrapped(bytes);
    if content.trim_ascii().is_empty() {
        return Err(LoadError::Empty {
            source_name: source.to_owned(),
        });
    }
    let not_a_key = || LoadError::NotAKey {
        source_name: source.to_owned(),
        found: Seeming::of(&content),
    };
    let Some(form) = form_of(&content) else {
        return Err(not_a_key());
    };
    let opening = Opening::new(unlock);
    let mut found = Found::new(source, &opening);
    (form.load)(&mut found, &content)?;
    let mut keys = found.finish();
    keep_text(&mut keys, bytes);
    certified::chain(&mut keys);
    set::note(&mut keys);
    let fault = match keys
        .iter()
        .map(|key| key.fault.as_ref())
        .collect::<Option<Vec<_>>>()
    {
        // At least one key has no fault.
        None => return Ok(keys),
        Some(faults) => match faults.first() {
            None => return Err(not_a_key()),
            Some(first) => match LoadError::locked(source, &faults) {
                Some(error) => return Err(error),
                None => (*first).clone(),
            },
        },
    };
    match Seeming::of(&content) {
        Seeming::Unknown => Err(LoadError::NoUsableKey {
            source_name: source.to_owned(),
            keys: keys.len(),
            first: fault,
        }),
        found => Err(LoadError::NotAKey {
            source_name: source.to_owned(),
            found,
        }),
    }
}

/// Keeps the text of a file in which there is nothing to be kept secret.
fn keep_text(keys: &mut [Key], bytes: &[u8]) {
    let is_public = |key: &Key| key.holds == Holds::Public && key.fault.is_none();
    if keys.iter().all(is_public) {
        let text: Arc<[u8]> = bytes.into();
        for key in keys {
            key.loaded.file = Some(Arc::clone(&text));
        }
    }
}

fn check_size(source: &str, bytes: &[u8]) -> Result<(), LoadError> {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > MAX_KEY_FILE_BYTES {
        return Err(LoadError::TooLarge {
            source_name: source.to_owned(),
            bytes: length,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn error(bytes: &[u8]) -> String {
        let error = load("keys\nfile", bytes).unwrap_err().to_string();
        assert_eq!(error.lines().count(), 2, "{error}");
        error
    }

    #[test]
    fn a_file_without_a_usable_key_says_what_it_seems_to_be() {
        assert!(error(b"").contains("empty"));
        assert!(error(b"\xEF\xBB\xBF \r\n").contains("empty"));
        assert!(error(b"hello").contains("no known form"));
        assert!(error(&vec![b' '; (MAX_KEY_FILE_BYTES + 1) as usize]).contains("4194305 bytes"));
        assert!(error(b"<!DOCTYPE html><html>").contains("web page"));
        assert!(error(b"{\"kty\":").contains("line 1"));
        assert!(error(b"{\"kty\":\"PQC\"}").contains("PQC"));
        assert!(error(b"{\"keys\":[]}").contains("without keys"));
    }

    /// A length of 2 GiB in 14 bytes makes other readers allocate it.
    #[test]
    fn hostile_lengths_are_a_plain_error() {
        let der = b"\x30\x84\x7F\xFF\xFF\xFF\x02\x86\x01\x00\x00\x00\x00\x00";
        assert!(error(der).contains("cut short"));
        let body = "MIR/////AoYBAAAAAAA=";
        for label in [
            "PUBLIC KEY",
            "RSA PUBLIC KEY",
            "CERTIFICATE",
            "PRIVATE KEY",
            "EC PRIVATE KEY",
        ] {
            let pem = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
            error(pem.as_bytes());
        }
        let inner = b"\x30\x0C\x02\x84\x7F\xFF\xFF\xFF\x02\x86\x01\x00\x00\x00";
        error(inner);
    }

    /// Bytes that reach deep into the readers: pieces of real files in any order.
    fn near_keys() -> impl Strategy<Value = Vec<u8>> {
        let pieces: Vec<&'static [u8]> = vec![
            b"-----BEGIN ",
            b"PUBLIC KEY",
            b"-----",
            b"-----END ",
            b"CERTIFICATE",
            b"\n",
            b"Proc-Type:",
            b":",
            b"\\n",
            b"{\"keys\":[",
            b"{\"kty\":\"RSA\",\"n\":\"",
            b"\",\"e\":\"AQAB\"}",
            b"]}",
            b"AQAB",
            b"=",
            b",",
            b"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"\",\"y\":\"",
            b"\"}",
            b"{\"kty\":\"oct\",\"k\":\"",
            b"\x30\x82",
            b"\x30\x10",
            b"\x02\x01\x00",
            b"\x30\x80",
            b"\x03\x84\xFF\xFF\xFF\xFF",
            b"\x04\x20",
            b"MIIB",
        ];
        let piece = prop_oneof![
            4 => proptest::sample::select(pieces).prop_map(<[u8]>::to_vec),
            1 => proptest::collection::vec(any::<u8>(), 0..40),
        ];
        proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_bytes_give_keys_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            if let Err(error) = load("file", &bytes) {
                prop_assert_eq!(error.to_string().lines().count(), 2);
            }
        }

        #[test]
        fn near_keys_give_keys_or_an_error(bytes in near_keys()) {
            match load("file", &bytes) {
                Ok(keys) => prop_assert!(keys.iter().any(|key| key.fault.is_none())),
                Err(error) => prop_assert_eq!(error.to_string().lines().count(), 2),
            }
        }
    }
}
