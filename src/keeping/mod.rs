//! Keys that stay from one run to the next: public ones in a plain JWK Set, private ones and secrets in an encrypted one.
//!
//! Nothing is kept unless the reviewer says so. A [`Store`] is a directory and no more; what is kept is read when it is asked
//! for, and saving is a list of [`Change`]s that are made to what stands on the disk by then. So two instances lose nothing
//! of each other's, and what one has removed the other does not bring back.
//!
//! Policies are kept in a directory of their own, a [`PolicyStore`], in the same way: each as a file that anybody can read.
//!
//! At any moment each file is whole, as it was before or after a change. What cannot be read is put [aside](Aside), never
//! overwritten.

mod about;
mod disk;
mod document;
mod error;
mod names;
mod policies;
mod seal;

use std::path::{Path, PathBuf};

use crate::keys::{Holds, Key, MAX_KEY_FILE_BYTES, MAX_KEYS};
use crate::verify::Watch;

pub use document::{Change, is_same};
pub use error::{Aside, KeepError};
pub use names::plain_name;
pub use policies::{
    KeptPolicies, KeptPolicy, MAX_POLICIES, PolicyStore, is_same_name, read_revoked,
};
pub use seal::Access;

use disk::{Content, Lock};
use document::{Document, NoDocument};
use seal::{Envelope, NotOpened};

/// The file of public keys: a JWK Set (RFC 7517 section 5).
pub const PUBLIC_FILE: &str = "keys.jwks.json";

/// The file of private keys and secrets: a JWE of a JWK Set (RFC 7517 section 7).
pub const PRIVATE_FILE: &str = "keys.jwks.jwe";

/// Iterations that a passphrase is turned into a key with. go-jose and `step` open up to 1 000 000.
pub const ITERATIONS: u32 = 600_000;

/// The version of what is written. In a file of a later one nothing is changed.
pub const VERSION: u64 = 1;

/// Where kept keys come from that another program wrote.
pub const SOURCE: &str = "kept keys";

/// Bytes of a file of private keys at most: base64 makes four bytes of three.
const MAX_SEALED_BYTES: u64 = MAX_KEY_FILE_BYTES * 4 / 3 + 4096;

/// A passphrase shorter than this (in characters) gets a hint.
const SHORT_PASSPHRASE: usize = 12;

/// Where keys are kept. Nothing is read or made until it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    directory: PathBuf,
    iterations: u32,
}

/// What is kept, as far as that can be said without a passphrase.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The public keys, unusable ones with their faults.
    pub public: Vec<Key>,
    /// Whether there are private ones.
    pub private: PrivateKept,
    /// Files that could not be read, and where they are now.
    pub aside: Vec<Aside>,
}

/// Whether private keys or secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrivateKept {
    /// Some are, and locked.
    Locked,
    /// None.
    None,
}

/// The private keys and secrets, unlocked.
#[derive(Debug, Clone)]
pub struct Unlocked {
    /// The keys, unusable ones with their faults.
    pub keys: Vec<Key>,
    /// What later changes to them need. Locking is dropping it, and the keys.
    pub access: Access,
}

/// What is kept after a change, also by other instances.
#[derive(Debug, Clone)]
pub struct Saved {
    /// The public keys.
    pub public: Vec<Key>,
    /// The private keys and secrets, where the change was about one.
    pub private: Option<Vec<Key>>,
    /// Files that could not be read, and where they are now. What was in them is no more among the keys.
    pub aside: Vec<Aside>,
}

impl Store {
    /// In this directory, which is made when the first key is kept.
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            iterations: ITERATIONS,
        }
    }

    /// In the directory that the platform has for data of this user.
    ///
    /// # Errors
    ///
    /// When it has none.
    pub fn of_this_user() -> Result<Self, KeepError> {
        let directories = directories::ProjectDirs::from("", "", "tokenloupe");
        let directories = directories.ok_or(KeepError::NoDirectory)?;
        Ok(Self::at(directories.data_dir().join("keys")))
    }

    /// With another count of iterations than [`ITERATIONS`]: for tests, which cannot wait.
    #[must_use]
    pub fn with_iterations(self, iterations: u32) -> Self {
        Self { iterations, ..self }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What is kept. Files that cannot be read are put aside.
    ///
    /// # Errors
    ///
    /// When the files cannot be read at all, or not be put aside; when a later version wrote them.
    pub fn look(&self) -> Result<Kept, KeepError> {
        disk::tidy(&self.directory);
        match self.look_at(None) {
            // Looked at again with the lock: another instance may have written it anew.
            Err(unreadable @ KeepError::Unreadable { .. }) => match disk::lock(&self.directory) {
                Ok(lock) => self.look_at(Some(&lock)),
                Err(_) => Err(unreadable),
            },
            looked => looked,
        }
    }

    fn look_at(&self, lock: Option<&Lock>) -> Result<Kept, KeepError> {
        let mut aside = Vec::new();
        let public = self.public(lock, &mut aside)?;
        let private = match self.envelope(lock, &mut aside)? {
            Some(_) => PrivateKept::Locked,
            None => PrivateKept::None,
        };
        Ok(Kept {
            public: public.keys(),
            private,
            aside,
        })
    }

    /// Unlocks the private keys. Takes the time of one derivation, or two where another program wrote the file; watched and
    /// called off by `watch`.
    ///
    /// # Errors
    ///
    /// Of another passphrase; when no private key is kept ([`KeepError::NoPassphrase`]); when the file is damaged, which then
    /// is put aside.
    pub fn unlock(&self, passphrase: &[u8], watch: &Watch) -> Result<Unlocked, KeepError> {
        let path = self.private_path();
        let Some(envelope) = self.envelope(None, &mut Vec::new())? else {
            return Err(KeepError::NoPassphrase(path));
        };
        let unlocked = watch.effort(|effort| envelope.unlock(passphrase, self.iterations, effort));
        let read = unlocked.and_then(|(access, text)| match Document::read(&text, SOURCE) {
            Ok(document) => Ok(Ok((access, document))),
            Err(NoDocument::Version(found)) => Ok(Err(found)),
            Err(NoDocument::Unreadable(why)) => Err(NotOpened::Damaged(why)),
        });
        match read {
            Ok(Ok((access, document))) => Ok(Unlocked {
                keys: document.keys(),
                access,
            }),
            Ok(Err(found)) => Err(KeepError::Version { path, found }),
            Err(NotOpened::Damaged(why)) => {
                let lock = disk::lock(&self.directory)?;
                // Another instance may have written it anew.
                match self.read_private()? {
                    Content::Bytes(now)
                        if Envelope::read(&now).is_ok_and(|now| now == envelope) =>
                    {
                        let aside = disk::set_aside(&lock, &path, why)?;
                        Err(KeepError::Damaged(aside))
                    }
                    _ => Err(KeepError::OtherPassphrase(path)),
                }
            }
            Err(other) => Err(not_opened(path, other)),
        }
    }

    /// Turns a new passphrase into what the first private key is saved with. Nothing is written.
    ///
    /// # Errors
    ///
    /// Of an empty passphrase, and when it was called off.
    pub fn protect(&self, passphrase: &[u8], watch: &Watch) -> Result<Access, KeepError> {
        if passphrase.is_empty() {
            return Err(KeepError::EmptyPassphrase);
        }
        watch.effort(|effort| Access::new(passphrase, self.iterations, effort))
    }

    /// Makes changes to what is kept by now. Public keys need no `access`; of private ones none is written without. All
    /// changes to a file are made, or none.
    ///
    /// # Errors
    ///
    /// When private keys are locked, or no passphrase was chosen yet; when a key cannot be written; when the files cannot be
    /// written. What was kept before is still there then.
    pub fn save(&self, changes: &[Change], access: Option<&Access>) -> Result<Saved, KeepError> {
        let lock = disk::lock(&self.directory)?;
        let mut aside = Vec::new();
        let mut public = self.public(Some(&lock), &mut aside)?;
        let (plain, sealed): (Vec<_>, Vec<_>) = changes
            .iter()
            .partition(|change| is_public(change, &public));
        let private = if sealed.is_empty() {
            None
        } else {
            let (access, mut private) = self.private(&lock, access, &mut aside)?;
            for change in &sealed {
                private.change(change)?;
            }
            Some((access, private))
        };
        for change in &plain {
            public.change(change)?;
        }
        if let Some((access, private)) = &private {
            self.write_private(&lock, private, access)?;
        }
        if !plain.is_empty() {
            self.write_public(&lock, &public)?;
        }
        Ok(Saved {
            public: public.keys(),
            private: private.map(|(_, private)| private.keys()),
            aside,
        })
    }

    /// Closes the private keys with another passphrase; `access` is worth nothing then, in other instances too.
    ///
    /// # Errors
    ///
    /// Of an empty passphrase; when another instance has changed it already; when it was called off; when the file cannot be
    /// written. The old passphrase opens it then.
    pub fn change_passphrase(
        &self,
        access: &Access,
        passphrase: &[u8],
        watch: &Watch,
    ) -> Result<Access, KeepError> {
        let new = self.protect(passphrase, watch)?;
        let lock = disk::lock(&self.directory)?;
        let mut aside = Vec::new();
        let (_, private) = self.private(&lock, Some(access), &mut aside)?;
        if let Some(aside) = aside.pop() {
            return Err(KeepError::Damaged(aside));
        }
        self.write_private(&lock, &private, &new)?;
        Ok(new)
    }

    /// Removes everything that is kept, and the files that were put aside from it.
    ///
    /// # Errors
    ///
    /// When a file cannot be removed. The others are removed all the same.
    pub fn forget(&self) -> Result<(), KeepError> {
        if !self.directory.exists() {
            return Ok(());
        }
        let lock = disk::lock(&self.directory)?;
        let mut result = Ok(());
        for path in [self.private_path(), self.public_path()] {
            for path in disk::asides(&path).into_iter().chain([path]) {
                result = result.and(disk::remove(&lock, &path));
            }
        }
        result
    }

    fn public_path(&self) -> PathBuf {
        self.directory.join(PUBLIC_FILE)
    }

    fn private_path(&self) -> PathBuf {
        self.directory.join(PRIVATE_FILE)
    }

    fn read_private(&self) -> Result<Content, KeepError> {
        disk::read(&self.private_path(), MAX_SEALED_BYTES)
    }

    /// The public keys. What cannot be read is put aside, where the lock is held.
    fn public(&self, lock: Option<&Lock>, aside: &mut Vec<Aside>) -> Result<Document, KeepError> {
        let path = self.public_path();
        let why = match disk::read(&path, MAX_KEY_FILE_BYTES)? {
            Content::None => return Ok(Document::default()),
            Content::Other(why) => why,
            Content::Bytes(text) => match Document::read(&text, SOURCE) {
                Ok(document) => return Ok(document),
                Err(NoDocument::Version(found)) => return Err(KeepError::Version { path, found }),
                Err(NoDocument::Unreadable(why)) => why,
            },
        };
        aside.push(put_aside(lock, &path, why)?);
        Ok(Document::default())
    }

    /// The private keys as they stand, closed. What cannot be opened with any passphrase is put aside, where the lock is held.
    fn envelope(
        &self,
        lock: Option<&Lock>,
        aside: &mut Vec<Aside>,
    ) -> Result<Option<Envelope>, KeepError> {
        let why = match self.read_private()? {
            Content::None => return Ok(None),
            Content::Other(why) => why,
            Content::Bytes(text) => match Envelope::read(&text) {
                Ok(envelope) => return Ok(Some(envelope)),
                Err(why) => why,
            },
        };
        aside.push(put_aside(lock, &self.private_path(), why)?);
        Ok(None)
    }

    /// The private keys that can be changed.
    fn private<'a>(
        &self,
        lock: &Lock,
        access: Option<&'a Access>,
        aside: &mut Vec<Aside>,
    ) -> Result<(&'a Access, Document), KeepError> {
        let path = self.private_path();
        let envelope = self.envelope(Some(lock), aside)?;
        let Some(access) = access else {
            return Err(match envelope {
                Some(_) => KeepError::Locked(path),
                None => KeepError::NoPassphrase(path),
            });
        };
        let Some(envelope) = envelope else {
            return Ok((access, Document::default()));
        };
        let why = match envelope.open(access) {
            Ok(text) => match Document::read(&text, SOURCE) {
                Ok(document) => return Ok((access, document)),
                Err(NoDocument::Version(found)) => return Err(KeepError::Version { path, found }),
                Err(NoDocument::Unreadable(why)) => why,
            },
            Err(NotOpened::Damaged(why)) => why,
            Err(other) => return Err(not_opened(path, other)),
        };
        aside.push(disk::set_aside(lock, &path, why)?);
        Ok((access, Document::default()))
    }

    fn write_public(&self, lock: &Lock, document: &Document) -> Result<(), KeepError> {
        let path = self.public_path();
        if document.is_empty() {
            return disk::remove(lock, &path);
        }
        let text = document.write();
        check(&path, document, &text)?;
        disk::write(lock, &path, text.as_bytes())
    }

    fn write_private(
        &self,
        lock: &Lock,
        document: &Document,
        access: &Access,
    ) -> Result<(), KeepError> {
        let path = self.private_path();
        if document.is_empty() {
            return disk::remove(lock, &path);
        }
        let text = document.write();
        check(&path, document, &text)?;
        let sealed = seal::seal(text.as_bytes(), access)?;
        disk::write(lock, &path, sealed.as_bytes())
    }
}

/// What could be better about a new passphrase; `None` for one that will do. Any but an empty one is taken.
pub fn hint(passphrase: &str) -> Option<&'static str> {
    let mut characters: Vec<char> = passphrase.chars().collect();
    let count = characters.len();
    characters.sort_unstable();
    characters.dedup();
    let distinct = characters.len();
    zeroize::Zeroize::zeroize(&mut characters);
    if count == 0 {
        Some("Empty: type a passphrase.")
    } else if distinct.saturating_mul(3) < count || distinct < 4 {
        Some("Few different characters: it is soon guessed.")
    } else if count < SHORT_PASSPHRASE {
        Some("Short: several words are stronger, and easier to remember.")
    } else {
        None
    }
}

/// Whether a change is one to the public file.
fn is_public(change: &Change, public: &Document) -> bool {
    let key = change.key();
    match change {
        Change::Keep(_) => key.holds == Holds::Public,
        // Another program may have put a private key there.
        Change::Remove(_) | Change::Rename(_) => key.holds == Holds::Public || public.holds(key),
    }
}

fn put_aside(lock: Option<&Lock>, path: &Path, why: String) -> Result<Aside, KeepError> {
    match lock {
        Some(lock) => disk::set_aside(lock, path, why),
        None => Err(KeepError::Unreadable {
            path: path.to_owned(),
            why,
        }),
    }
}

fn not_opened(path: PathBuf, error: NotOpened) -> KeepError {
    match error {
        NotOpened::Cancelled => KeepError::Cancelled,
        NotOpened::Damaged(why) => KeepError::Unreadable { path, why },
        NotOpened::Other => KeepError::OtherPassphrase(path),
        NotOpened::Passphrase => KeepError::Passphrase(path),
        NotOpened::Refused(reason) => KeepError::Refused(reason),
    }
}

/// What is written must be read again.
fn check(path: &Path, document: &Document, text: &str) -> Result<(), KeepError> {
    let too_much = |expected, found| {
        Err(KeepError::TooMuch {
            path: path.to_owned(),
            expected,
            found,
        })
    };
    if document.len() > MAX_KEYS {
        let found = format!("{} keys", document.len());
        return too_much(format!("at most {MAX_KEYS} keys"), found);
    }
    if text.len() as u64 > MAX_KEY_FILE_BYTES {
        let found = format!("{} bytes", text.len());
        return too_much(format!("at most {MAX_KEY_FILE_BYTES} bytes"), found);
    }
    Ok(())
}
