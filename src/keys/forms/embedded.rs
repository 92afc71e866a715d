//! JSON that begins on a line of a text: the body of an HTTP response, a document a line, a block of a YAML file.

use memchr::memmem;

use super::found::Found;
use super::text::{Lines, Way};
use crate::jose::json::{self, Document, JsonFaultKind};

/// JSON in a text, where that speaks of keys.
pub(super) const WAY: Way = Way {
    recognises: |content| speaks_of_keys(content) && !is_broken_json(content),
    take,
};

/// Reading goes over a text so often at most: each line could begin a document that breaks at the end.
const MAX_READINGS: usize = 4;

fn take(found: &mut Found<'_>, content: &[u8]) {
    let mut budget = content.len().saturating_mul(MAX_READINGS);
    let mut lines = Lines::of(content);
    let mut at = 0_usize;
    while let Some(rest) = content.get(at..).filter(|rest| !rest.is_empty()) {
        let line = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end.saturating_add(1));
        let blank = rest
            .iter()
            .take(line)
            .take_while(|byte| byte.is_ascii_whitespace());
        let start = at.saturating_add(blank.count());
        let document = content
            .get(start..)
            .filter(|text| budget > 0 && matches!(text.first(), Some(b'{' | b'[')));
        let mut end = at.saturating_add(line);
        if let Some(text) = document {
            let mut document = json::read(text);
            if let Some((length, is_whole)) = extent(&document, text.len()) {
                budget = budget.saturating_sub(length);
                if let Some(root) = document.root.as_ref().filter(|_| is_whole) {
                    found.at(&lines.at(start), |found| {
                        found.attempt(|found| super::json::take(found, root, text));
                    });
                    end = end.max(start.saturating_add(length));
                }
            }
            if let Some(root) = &mut document.root {
                json::wipe(root);
            }
        }
        at = end;
    }
}

/// How far a document was read, and whether it ended there or something follows it.
fn extent(document: &Document, length: usize) -> Option<(usize, bool)> {
    let root = document.root.as_ref()?;
    let fault = document.faults.iter().find(|fault| fault.kind.is_fatal());
    Some(match fault {
        None => (length, true),
        Some(fault) if matches!(fault.kind, JsonFaultKind::TrailingContent { .. }) => {
            (root.range.end, true)
        }
        Some(fault) => (fault.range.end, false),
    })
}

fn speaks_of_keys(content: &[u8]) -> bool {
    [&b"\"kty\""[..], b"\"x5c\"", b"\"kid\"", b"-----BEGIN "]
        .iter()
        .any(|word| memmem::find(content, word).is_some())
}

/// Whether the text as a whole is JSON that breaks somewhere: then the place of that is what is said.
fn is_broken_json(content: &[u8]) -> bool {
    let text = content.trim_ascii_start();
    if !matches!(text.first(), Some(b'{' | b'[')) {
        return false;
    }
    let document = json::read(text);
    extent(&document, text.len()).is_none_or(|(_, is_whole)| !is_whole)
}
