//! Why a whole file yields no key.

use super::{MAX_KEY_FILE_BYTES, SecretEncoding, Seeming};
use crate::jose::visible::visible;
use crate::keys::KeyFault;

/// Why a whole file yields no key. `Display` has two lines: what is wrong and where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The work on it was called off.
    #[error("{}: expected its keys, found that reading them was called off\nLoad it again.", visible(.source_name))]
    Cancelled {
        /// The file.
        source_name: String,
    },
    /// Nothing in it.
    #[error("{}: expected a key, found an empty file\nChoose the file that holds the key.", visible(.source_name))]
    Empty {
        /// The file.
        source_name: String,
    },
    /// Its keys are encrypted.
    #[error(
        "{}: expected a key, found one that is encrypted with a passphrase\nGive its passphrase, or load the public key.",
        visible(.source_name)
    )]
    Encrypted {
        /// The file.
        source_name: String,
    },
    /// It begins as JSON and is none.
    #[error("{}, line {line}, column {column}: {}\nMend the JSON there, or export the key again.", visible(.source_name), visible(.fault))]
    Json {
        /// The file.
        source_name: String,
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault in bytes, from 1.
        column: usize,
        /// What was expected and what was found.
        fault: String,
    },
    /// Keys are in it, but none that can be used.
    #[error("{}: {}{first}\n{}", visible(.source_name), count(*.keys), .first.advice())]
    NoUsableKey {
        /// The file.
        source_name: String,
        /// How many keys there are in it.
        keys: usize,
        /// What is wrong with the first.
        first: KeyFault,
    },
    /// A JWE of keys (RFC 7517 section 7) that none of the loaded keys opens.
    #[error(
        "{}: expected keys, found an encrypted token of keys that no loaded key opens ({})\nLoad the key that it is encrypted to first.",
        visible(.source_name),
        visible(.alg)
    )]
    Sealed {
        /// The file.
        source_name: String,
        /// Its `alg`.
        alg: String,
    },
    /// It is something else.
    #[error("{}: expected a key, found {found}\n{}", visible(.source_name), .found.advice(.source_name))]
    NotAKey {
        /// The file.
        source_name: String,
        /// What it seems to be.
        found: Seeming,
    },
    /// A secret that is not in the chosen encoding.
    #[error(
        "{}: expected {}, found {found}\nChoose the encoding that the secret is written in, or auto.",
        visible(.source_name),
        encoding.in_words()
    )]
    Secret {
        /// The file.
        source_name: String,
        /// The encoding that was chosen.
        encoding: SecretEncoding,
        /// What is there. Nothing of the secret.
        found: String,
    },
    /// Larger than [`MAX_KEY_FILE_BYTES`].
    #[error("{}: expected a key file of at most {MAX_KEY_FILE_BYTES} bytes, found {bytes} bytes\nLoad only the keys that you need.", visible(.source_name))]
    TooLarge {
        /// The file.
        source_name: String,
        /// Its size.
        bytes: u64,
    },
    /// The passphrase opens none of its keys.
    #[error("{}: expected the passphrase of its keys, found another\nCheck the passphrase, its encoding, and that no line break is part of it.", visible(.source_name))]
    WrongPassphrase {
        /// The file.
        source_name: String,
    },
}

impl LoadError {
    /// Where one of these faults, all that there are in a file, is about its lock.
    pub(super) fn locked(source: &str, faults: &[&KeyFault]) -> Option<Self> {
        let source_name = source.to_owned();
        let has = |fault| faults.contains(&&fault);
        if has(KeyFault::Cancelled) {
            Some(Self::Cancelled { source_name })
        } else if has(KeyFault::WrongPassphrase) {
            Some(Self::WrongPassphrase { source_name })
        } else if has(KeyFault::Encrypted) {
            Some(Self::Encrypted { source_name })
        } else {
            None
        }
    }
}

/// What comes before the first fault in the message.
fn count(keys: usize) -> String {
    match keys {
        1 => String::new(),
        _ => format!("expected a usable key, found {keys} that are not, the first: "),
    }
}
