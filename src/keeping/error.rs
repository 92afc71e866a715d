//! What can go wrong with kept keys.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use crate::jose::visible::visible;
use crate::judge::PolicyError;
use crate::keys::export::ExportError;

/// A file that could not be read as kept keys and was put aside under another name, whole. `Display` has two lines: what
/// is wrong and where it is now, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Where it stood.
    pub file: PathBuf,
    /// Where it is now.
    pub now: PathBuf,
    /// What was expected and what was found.
    pub why: String,
}

impl std::fmt::Display for Aside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let now = self.now.file_name().unwrap_or_default();
        write!(
            f,
            "{}: {}\nIt was kept as {}; nothing in it was changed.",
            shown(&self.file),
            visible(&self.why),
            visible(&now.to_string_lossy())
        )
    }
}

/// Why kept keys could not be read or written. `Display` has two lines: what is wrong and where, and what to do.
///
/// Whatever it is, what was kept before is still there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// Another instance holds the lock for longer than any saving takes.
    #[error("{}: expected to save at once, found that another instance is saving\nClose the other instance, or try again.", shown(.0))]
    Busy(PathBuf),
    /// The work was called off.
    #[error("The passphrase was not turned into a key: called off\nNothing was changed.")]
    Cancelled,
    /// Somebody else changed the file since it was read.
    #[error("{}: expected the file as it was read, found that it was changed since\nSave it under another name; or open the file again, which takes that change over.", shown(.0))]
    Changed(PathBuf),
    /// The file of private keys is damaged beyond the passphrase.
    #[error("{0}")]
    Damaged(Aside),
    /// No passphrase at all.
    #[error("expected a passphrase, found an empty one\nType one that nobody guesses.")]
    EmptyPassphrase,
    /// A key that cannot be written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The disk, or what this user may use of it, is full.
    #[error("{}: expected room on the disk, found none\nMake room and save again; what was kept before is still there.", shown(.0))]
    Full(PathBuf),
    /// The system says something else.
    #[error("{}: {reason}\nCheck the directory, and try again.", shown(.path))]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Private keys are kept, and must be unlocked for this.
    #[error("{}: expected unlocked keys, found that they are locked\nUnlock them with their passphrase first.", shown(.0))]
    Locked(PathBuf),
    /// OpenSSL refuses to encrypt.
    #[error("expected to encrypt the keys, found that OpenSSL refuses: {0}\nTry again.")]
    Refused(String),
    /// The platform names no directory for this user's data.
    #[error(
        "expected a directory for data of this user, found none\nSet the variable HOME, and start again."
    )]
    NoDirectory,
    /// Another saved policy is called the same, but for capitals perhaps.
    #[error("expected a name that no other saved policy has, found one that is called \u{201C}{}\u{201D}\nChoose another name.", visible(.0))]
    NameTaken(String),
    /// No private key is kept yet, and so there is no passphrase.
    #[error("{}: expected a passphrase for the first private key, found none\nChoose a passphrase.", shown(.0))]
    NoPassphrase(PathBuf),
    /// Another instance chose another passphrase since these keys were unlocked.
    #[error("{}: expected the passphrase that it was unlocked with, found that another instance has changed it\nUnlock with the new passphrase and save again; nothing was lost.", shown(.0))]
    OtherPassphrase(PathBuf),
    /// The passphrase is another.
    #[error("{}: the passphrase does not open it\nCheck capitals and keyboard layout, and try again.", shown(.0))]
    Passphrase(PathBuf),
    /// A policy that could not be read again.
    #[error(transparent)]
    Policy(Box<PolicyError>),
    /// This user may not write there, or nobody may.
    #[error("{}: expected a directory to write in, found one that is read-only\nChange its permissions, or start with another directory for data.", shown(.0))]
    ReadOnly(PathBuf),
    /// More keys, or more bytes, than are read again.
    #[error("{}: expected {expected}, found {found}\nRemove kept keys that are not needed any more.", shown(.path))]
    TooMuch {
        /// The file.
        path: PathBuf,
        /// The limit.
        expected: String,
        /// What it would be.
        found: String,
    },
    /// It cannot be read as kept keys, and could not be put aside either.
    #[error("{}: {why}\nMove it away by hand; nothing in it was changed.", shown(.path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What was expected and what was found.
        why: String,
    },
    /// A later version wrote it.
    #[error("{}: expected version {} of kept keys, found {found}\nUse the version of Tokenloupe that wrote it; nothing in it was changed.", shown(.path), super::VERSION)]
    Version {
        /// The file.
        path: PathBuf,
        /// The version.
        found: u64,
    },
}

impl KeepError {
    /// What the system said when a file was read.
    pub(super) fn of_reading(path: &Path, error: &Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            reason: visible(&error.to_string()),
        }
    }

    /// What the system said when something was written.
    pub(super) fn of(path: &Path, error: &Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(path),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::Full(path)
            }
            _ => Self::Io {
                path,
                reason: visible(&error.to_string()),
            },
        }
    }
}

fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy())
}
