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

/// Where a line stands, for people.
pub(super) fn line_at(content: &[u8], offset: usize) -> String {
    let before = content.get(..offset).unwrap_or(content);
    let line = memchr::memchr_iter(b'\n', before).count();
    format!("line {}", line.saturating_add(1))
}
