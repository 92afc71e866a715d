//! The `jti`s of tokens that count no longer.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

/// A longer file of revoked `jti`s (in bytes) is not read.
pub const MAX_REVOKED_BYTES: u64 = 64 << 20;

/// A file of more `jti`s than this is not read.
pub const MAX_REVOKED: usize = 1_000_000;

/// Revoked `jti`s: those that stand in the policy, and those of a file beside it. Cheap to clone, and quick to ask however many
/// there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Revoked {
    listed: Arc<HashSet<Box<str>>>,
    file: Option<RevokedFile>,
}

/// A file of revoked `jti`s, as it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct RevokedFile {
    name: String,
    ids: Arc<HashSet<Box<str>>>,
}

impl fmt::Debug for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revoked")
            .field("listed", &self.listed.len())
            .field("file", &self.file)
            .finish()
    }
}

impl fmt::Debug for RevokedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevokedFile")
            .field("name", &self.name)
            .field("ids", &self.ids.len())
            .finish()
    }
}

impl Revoked {
    /// These, which stand in the policy itself.
    pub fn listed<S: Into<Box<str>>>(ids: impl IntoIterator<Item = S>) -> Self {
        Self {
            listed: Arc::new(ids.into_iter().map(Into::into).collect()),
            file: None,
        }
    }

    /// The same, with those of a file in place of the file of before.
    #[must_use]
    pub fn with_file(self, file: Option<RevokedFile>) -> Self {
        Self { file, ..self }
    }

    /// Those that stand in the policy itself, sorted.
    pub fn in_policy(&self) -> Vec<&str> {
        let mut listed: Vec<&str> = self.listed.iter().map(|id| &**id).collect();
        listed.sort_unstable();
        listed
    }

    /// The file beside the policy.
    pub fn file(&self) -> Option<&RevokedFile> {
        self.file.as_ref()
    }

    /// How many there are. One that stands in both places counts twice.
    pub fn len(&self) -> usize {
        let in_file = self.file.as_ref().map_or(0, |file| file.ids.len());
        self.listed.len().saturating_add(in_file)
    }

    /// Whether nothing revokes anything: none is listed, and there is no file.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty() && self.file.is_none()
    }

    /// Whether this `jti` is among them. Blanks around it do not count in a file.
    pub fn revokes(&self, jti: &str) -> bool {
        self.listed.contains(jti)
            || self
                .file
                .as_ref()
                .is_some_and(|file| file.ids.contains(jti.trim()))
    }
}

impl RevokedFile {
    /// Reads a file: one `jti` a line, blanks around it and empty lines left out.
    ///
    /// # Errors
    /// When it is no UTF-8, or holds more than [`MAX_REVOKED_BYTES`] or [`MAX_REVOKED`] allow.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, RevokedError> {
        let too_large = u64::try_from(bytes.len()).is_ok_and(|bytes| bytes > MAX_REVOKED_BYTES);
        if too_large {
            return Err(RevokedError::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let breaks = memchr::memchr_iter(b'\n', before).count();
            RevokedError::NotUtf8 {
                line: breaks.saturating_add(1),
            }
        })?;
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let mut ids: HashSet<Box<str>> = HashSet::new();
        for id in text.lines().map(str::trim).filter(|id| !id.is_empty()) {
            if ids.len() >= MAX_REVOKED && !ids.contains(id) {
                return Err(RevokedError::TooMany);
            }
            ids.insert(id.into());
        }
        Ok(Self {
            name: name.to_owned(),
            ids: Arc::new(ids),
        })
    }

    /// The same file under another name, such as its whole path.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    /// The file, as the policy names it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many `jti`s it holds.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Why a file of revoked `jti`s cannot be read: what was expected and what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RevokedError {
    /// Bytes that are no text.
    #[error("line {line}: expected a jti in UTF-8, found bytes that are not")]
    NotUtf8 {
        /// The line, from 1.
        line: usize,
    },
    /// A longer one.
    #[error("expected at most {} MiB, found more", MAX_REVOKED_BYTES >> 20)]
    TooLarge,
    /// Too many of them.
    #[error("expected at most {MAX_REVOKED} jti, found more")]
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_a_line() {
        let file = RevokedFile::read("r.txt", b"\xEF\xBB\xBFa\r\n\n  b c \nd").unwrap();
        assert_eq!((file.name(), file.len()), ("r.txt", 3));
        let revoked = Revoked::listed(["x", " y"]).with_file(Some(file));
        for (jti, is_revoked) in [
            ("a", true),
            ("b c", true),
            (" b c ", true),
            ("d", true),
            ("x", true),
            (" y", true),
            ("y", false),
            ("b", false),
            ("", false),
            ("A", false),
        ] {
            assert_eq!(revoked.revokes(jti), is_revoked, "{jti:?}");
        }
        assert_eq!(revoked.in_policy(), [" y", "x"]);
        assert_eq!(revoked.len(), 5);
    }

    #[test]
    fn a_file_that_cannot_be_read_says_where() {
        assert_eq!(
            RevokedFile::read("r", b"a\nb\n\xFF"),
            Err(RevokedError::NotUtf8 { line: 3 })
        );
        let ids = (0..=MAX_REVOKED).map(|id| id.to_string());
        let many = ids.collect::<Vec<_>>().join("\n");
        assert_eq!(
            RevokedFile::read("r", many.as_bytes()),
            Err(RevokedError::TooMany)
        );
        let (last, _) = many.rsplit_once('\n').unwrap();
        let full = RevokedFile::read("r", last.as_bytes());
        assert_eq!(full.map(|file| file.len()), Ok(MAX_REVOKED));
    }
}
