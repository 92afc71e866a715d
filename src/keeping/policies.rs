//! Policies that stay from one run to the next: each a file of its own, exactly what `inspect --policy` reads.
//!
//! What cannot be read is listed with what is wrong with it, and stays as it is. No file is written over that was not read as it
//! stands then.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::disk::{self, Content, Lock};
use super::{KeepError, plain_name};
use crate::judge::{MAX_POLICY_BYTES, MAX_REVOKED_BYTES, Policy};

/// More files than this are not looked at.
pub const MAX_POLICIES: usize = 1_000;

/// Policies of more bytes than this together are not looked at.
const MAX_ALL_BYTES: u64 = 64 << 20;

/// What the names of their files end in.
const ENDING: &str = ".json";

/// What a file is called whose policy has a name of which nothing can be taken.
const OTHERWISE: &str = "policy";

/// Where policies are kept. Nothing is read or made until it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyStore {
    directory: PathBuf,
}

/// A file in the place of policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPolicy {
    /// The name of the file.
    pub file: String,
    /// What the policy is called: its own name, else that of the file without its ending.
    pub name: String,
    /// The policy, without what stands in a file of revoked `jti`s; or why it is none, in two lines.
    pub content: Result<Box<Policy>, String>,
    /// SHA-256 of the file as it was read, which tells whether it is still the same; `None` where it could not be read.
    pub stamp: Option<[u8; 32]>,
}

/// What is in the place of policies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptPolicies {
    /// The files, by the names of the policies.
    pub files: Vec<KeptPolicy>,
    /// How many files were not looked at, because there are too many.
    pub left_out: usize,
}

impl PolicyStore {
    /// In this directory, which is made when the first policy is kept.
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    /// In the directory that the platform has for the configuration of this user.
    ///
    /// # Errors
    ///
    /// When it has none.
    pub fn of_this_user() -> Result<Self, KeepError> {
        let directories = directories::ProjectDirs::from("", "", "tokenloupe");
        let directories = directories.ok_or(KeepError::NoDirectory)?;
        Ok(Self::at(directories.config_dir().join("policies")))
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Every file that is there, damaged and foreign ones with what is wrong with them.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read.
    pub fn list(&self) -> Result<KeptPolicies, KeepError> {
        disk::tidy(&self.directory);
        self.look()
    }

    /// What is in a file by now.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is too large.
    pub fn read(&self, file: &str) -> Result<Vec<u8>, KeepError> {
        let path = self.path(file)?;
        match disk::read(&path, MAX_POLICY_BYTES)? {
            Content::Bytes(bytes) => Ok(bytes.to_vec()),
            Content::None => {
                let why = "expected a file, found that it is gone".to_owned();
                Err(KeepError::Unreadable { path, why })
            }
            Content::Other(why) => Err(KeepError::Unreadable { path, why }),
        }
    }

    /// Keeps a policy, in place of the file that it was read from, or as a new one. Gives it as it is kept now. Where its name is a
    /// new one, so is that of its file; two names that some system takes for one get files of different names.
    ///
    /// # Errors
    ///
    /// When another kept policy has its name; when the file was changed since it was read; when it could not be read again; when it
    /// cannot be written. What was kept before is still there then.
    pub fn save(
        &self,
        policy: &Policy,
        before: Option<(&str, [u8; 32])>,
    ) -> Result<KeptPolicy, KeepError> {
        let text = policy.to_json();
        let name = policy.name.as_deref().unwrap_or_default();
        // What is refused when it is read must not be written.
        let mut unopened = |_: &str| Ok(Vec::new());
        let read = Policy::read(name, text.as_bytes(), &mut unopened);
        read.map_err(|error| KeepError::Policy(Box::new(error)))?;
        let lock = disk::lock(&self.directory)?;
        let all = self.look()?;
        let is_own = |file: &str| before.is_some_and(|(own, _)| own == file);
        let mut others = all.files.iter().filter(|kept| !is_own(&kept.file));
        if let Some(other) = others.find(|other| is_same_name(&other.name, name)) {
            return Err(KeepError::NameTaken(other.name.clone()));
        }
        let plain = plain_name(name, OTHERWISE);
        let file = match before {
            None => self.free(&plain)?,
            Some((own, stamp)) => {
                let path = self.path(own)?;
                expect(&path, stamp)?;
                if fits(own, &plain) {
                    own.to_owned()
                } else {
                    // Whole under the old name first: at no moment is there none, or are there two.
                    disk::write(&lock, &path, text.as_bytes())?;
                    let file = self.free(&plain)?;
                    disk::rename(&lock, &path, &self.path(&file)?)?;
                    file
                }
            }
        };
        self.write(&lock, &file, text.as_bytes())
    }

    /// Removes a policy. Gives what was in its file.
    ///
    /// # Errors
    ///
    /// When the file was changed since it was read, or cannot be removed.
    pub fn remove(&self, file: &str, stamp: [u8; 32]) -> Result<Vec<u8>, KeepError> {
        let lock = disk::lock(&self.directory)?;
        let path = self.path(file)?;
        let bytes = expect(&path, stamp)?;
        disk::remove(&lock, &path)?;
        Ok(bytes)
    }

    /// Puts back what was removed, under another name of a file where its own is taken by now.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn put_back(&self, file: &str, bytes: &[u8]) -> Result<KeptPolicy, KeepError> {
        let lock = disk::lock(&self.directory)?;
        let plain = file.strip_suffix(ENDING).unwrap_or(file);
        let file = self.free(&plain_name(plain, OTHERWISE))?;
        self.write(&lock, &file, bytes)
    }

    fn write(&self, lock: &Lock, file: &str, bytes: &[u8]) -> Result<KeptPolicy, KeepError> {
        disk::write(lock, &self.path(file)?, bytes)?;
        let content = Content::Bytes(zeroize::Zeroizing::new(bytes.to_vec()));
        Ok(kept(file, content))
    }

    fn look(&self) -> Result<KeptPolicies, KeepError> {
        let mut found = KeptPolicies::default();
        let mut room = MAX_ALL_BYTES;
        for file in self.names()? {
            if found.files.len() >= MAX_POLICIES {
                found.left_out = found.left_out.saturating_add(1);
                continue;
            }
            let content = match self.path(&file) {
                Ok(path) => disk::read(&path, MAX_POLICY_BYTES.min(room)),
                Err(error) => Err(error),
            };
            // What cannot be read is one file of many.
            let content = content.unwrap_or_else(|error| {
                let error = error.to_string();
                Content::Other(error.lines().next().unwrap_or_default().to_owned())
            });
            if let Content::Bytes(bytes) = &content {
                room = room.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            }
            found.files.push(kept(&file, content));
        }
        found
            .files
            .sort_by_cached_key(|kept| (kept.name.to_lowercase(), kept.file.clone()));
        Ok(found)
    }

    /// The names of all files, hidden ones aside and those that help in keeping them.
    fn names(&self) -> Result<BTreeSet<String>, KeepError> {
        let failed = |error: &io::Error| KeepError::of_reading(&self.directory, error);
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
            entries => entries.map_err(|error| failed(&error))?,
        };
        let mut names = BTreeSet::new();
        for entry in entries {
            let entry = entry.map_err(|error| failed(&error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') && !disk::is_helper(&name) {
                names.insert(name);
            }
        }
        Ok(names)
    }

    /// A name for a file of this plain name that no file has, on no system.
    fn free(&self, plain: &str) -> Result<String, KeepError> {
        let taken: BTreeSet<String> = self
            .names()?
            .iter()
            .map(|name| name.to_lowercase())
            .collect();
        let file = |number: usize| match number {
            1 => format!("{plain}{ENDING}"),
            _ => format!("{plain}-{number}{ENDING}"),
        };
        // One more than are taken is enough.
        let mut files = (1..=taken.len().saturating_add(1)).map(file);
        let free = files.find(|file| !taken.contains(&file.to_lowercase()));
        free.ok_or_else(|| KeepError::Busy(self.directory.clone()))
    }

    /// Where a file stands. Its name is one of this directory, and no way out of it.
    fn path(&self, file: &str) -> Result<PathBuf, KeepError> {
        let mut parts = Path::new(file).components();
        let is_name = matches!(
            (parts.next(), parts.next()),
            (Some(std::path::Component::Normal(_)), None)
        );
        if is_name {
            Ok(self.directory.join(file))
        } else {
            Err(KeepError::Io {
                path: self.directory.clone(),
                reason: format!(
                    "expected the name of a file, found \u{201C}{}\u{201D}",
                    crate::jose::visible::visible(file)
                ),
            })
        }
    }
}

/// What is in a file, which is to be what it was.
fn expect(path: &Path, stamp: [u8; 32]) -> Result<Vec<u8>, KeepError> {
    match disk::read(path, MAX_POLICY_BYTES)? {
        Content::Bytes(bytes) if openssl::sha::sha256(&bytes) == stamp => Ok(bytes.to_vec()),
        _ => Err(KeepError::Changed(path.to_owned())),
    }
}

/// Reads a file of revoked `jti`s: one byte more than may be where it is longer.
///
/// # Errors
///
/// What the system says.
pub fn read_revoked(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_REVOKED_BYTES.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether two names are one to a person who reads them.
pub fn is_same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Whether a file is named after this plain name.
fn fits(file: &str, plain: &str) -> bool {
    let file = file.to_lowercase();
    let rest = file.strip_suffix(ENDING);
    let rest = rest.and_then(|stem| stem.strip_prefix(&plain.to_lowercase()));
    rest.is_some_and(|rest| {
        let number = rest.strip_prefix('-');
        rest.is_empty()
            || number.is_some_and(|number| {
                !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
            })
    })
}

fn kept(file: &str, content: Content) -> KeptPolicy {
    const ADVICE: &str = "Mend it, or move it away; nothing in it was changed.";
    let shown = crate::jose::visible::visible(file);
    let (content, stamp) = match content {
        Content::Bytes(bytes) => {
            // A file of jtis is read when the policy is chosen.
            let policy = Policy::read(file, &bytes, &mut |_| Ok(Vec::new())).map(Box::new);
            let stamp = openssl::sha::sha256(&bytes);
            (policy.map_err(|error| error.to_string()), Some(stamp))
        }
        Content::None => {
            let text = format!("{shown}: expected a file, found that it is gone\n{ADVICE}");
            (Err(text), None)
        }
        Content::Other(why) => (Err(format!("{shown}: {why}\n{ADVICE}")), None),
    };
    let own = content.as_ref().ok().and_then(|policy| policy.name.clone());
    let own = own.filter(|name| !name.trim().is_empty());
    let name = own.unwrap_or_else(|| file.strip_suffix(ENDING).unwrap_or(file).to_owned());
    KeptPolicy {
        file: file.to_owned(),
        name,
        content,
        stamp,
    }
}
