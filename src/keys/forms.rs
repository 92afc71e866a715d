//! The forms that keys come in.

use super::Key;

/// Key files larger than this (in bytes) are refused before they are read.
pub const MAX_KEY_FILE_BYTES: u64 = 4 << 20;

/// More keys than this in one file are not loaded.
pub const MAX_KEYS: usize = 1_000;

/// Why a whole file yields no key. `Display` has two lines: what is wrong and where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Nothing in it is a key.
    #[error("{source_name}: expected a key, found {found}\n{advice}")]
    NoKey {
        /// The file.
        source_name: String,
        /// What it seems to be.
        found: String,
        /// What to do.
        advice: &'static str,
    },
}

/// How the text of a secret stands for its bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SecretEncoding {
    /// Every reading is tried; the one that verifies is used.
    Auto,
    /// Standard base64.
    Base64,
    /// Base64url.
    Base64url,
    /// Hexadecimal.
    Hex,
    /// The bytes themselves, without one final line break.
    #[default]
    Utf8,
}

/// Every key in a file's bytes. `source` is its name for people.
pub fn load(_source: &str, _bytes: &[u8]) -> Result<Vec<Key>, LoadError> {
    Ok(Vec::new())
}

/// A file's bytes as one symmetric key.
pub fn load_secret(
    _source: &str,
    _bytes: &[u8],
    _encoding: SecretEncoding,
) -> Result<Key, LoadError> {
    Err(LoadError::NoKey {
        source_name: String::new(),
        found: String::new(),
        advice: "",
    })
}

/// stub
pub fn from_jwk(_json: &crate::jose::json::Json, source: &str, ordinal: usize) -> Key {
    stub_key(source, ordinal)
}
/// stub
pub fn from_certificate_der(_der: &[u8], source: &str, ordinal: usize) -> Key {
    stub_key(source, ordinal)
}
fn stub_key(source: &str, ordinal: usize) -> Key {
    Key {
        id: String::new(),
        source: source.to_owned(),
        ordinal,
        form: "",
        kind: super::KeyKind::Unknown,
        holds: super::Holds::Public,
        material: super::Material::None,
        members: super::Members::default(),
        thumbprint: None,
        certificate: None,
        rsa_exponent: None,
        fault: None,
    }
}
