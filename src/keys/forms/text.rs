//! Keys in a text of any kind: prose, logs, configuration. Each way in which they stand there is a line in [`WAYS`].

use super::found::Found;
use super::{Form, LoadError, embedded, pem, ssh_public, values};

/// A text with keys in it.
pub(super) const FORM: Form = Form {
    recognises,
    load: |found, content| {
        take(found, content);
        Ok::<(), LoadError>(())
    },
};

/// One way in which keys stand in a text.
pub(super) struct Way {
    /// Whether there may be any.
    pub(super) recognises: fn(&[u8]) -> bool,
    /// Takes them, in order.
    pub(super) take: fn(&mut Found<'_>, &[u8]),
}

/// JSON comes first: it tells the names of the keys in it, which other ways find too.
const WAYS: &[Way] = &[embedded::WAY, pem::WAY, ssh_public::WAY, values::WAY];

/// Whether a text may hold keys.
pub(super) fn recognises(content: &[u8]) -> bool {
    WAYS.iter().any(|way| (way.recognises)(content))
}

/// Takes the keys in a text.
pub(super) fn take(found: &mut Found<'_>, content: &[u8]) {
    for way in WAYS.iter().filter(|way| (way.recognises)(content)) {
        let before = found.count();
        (way.take)(found, content);
        found.without_repeated(before);
    }
}

/// Counts the lines of a text, which is asked about from its beginning to its end.
pub(super) struct Lines<'t> {
    content: &'t [u8],
    counted: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    /// The lines of a text.
    pub(super) fn of(content: &'t [u8]) -> Self {
        Self {
            content,
            counted: 0,
            line: 1,
        }
    }

    /// The line in which an offset stands, for people.
    pub(super) fn at(&mut self, offset: usize) -> String {
        let new = self.content.get(self.counted..offset).unwrap_or_default();
        let breaks = memchr::memchr_iter(b'\n', new).count();
        self.line = self.line.saturating_add(breaks);
        self.counted = self.counted.max(offset);
        format!("line {}", self.line)
    }
}
