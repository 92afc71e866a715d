//! Tokens in JSON form (RFC 7515 section 7.2, RFC 7516 section 7.2): objects with the members of a JWS or JWE.

use std::ops::Range;

use zeroize::Zeroizing;

use super::{Found, Repair, quotes};
use crate::jose::json::{self, Json, JsonFaultKind};
use crate::jose::{MAX_TOKEN_BYTES, serialized_kind};

/// Names that stand in every such object, one or the other.
const NAMES: [&[u8]; 5] = [
    b"\"protected\"",
    b"\"signatures\"",
    b"\"signature\"",
    b"\"ciphertext\"",
    b"\"recipients\"",
];

/// So much of a text tells whether it may be one such object.
const LOOK: usize = 8192;

/// So many braces before a name are tried as the beginning of its object.
const MAX_BRACES: usize = 3;

/// A brace further before a name than this is not looked for.
const MAX_BACK: usize = 1 << 20;

/// The token that all of these bytes are, as far as they can be read.
pub(super) fn token(bytes: &[u8]) -> Option<Found> {
    let end = bytes.len();
    let core = quotes::trim_end(bytes);
    let text = quotes::trim_start(core);
    if text.first() != Some(&b'{') || text.len() > MAX_TOKEN_BYTES || names(text).next().is_none() {
        return None;
    }
    let document = json::read(text);
    let mut faults = document.faults.iter();
    let is_too_deep = faults.any(|fault| fault.kind == JsonFaultKind::Depth);
    let root = document.root?;
    serialized_kind(&root)?;
    let start = core.len().saturating_sub(text.len());
    let range = start..core.len();
    let rest = text.get(root.range.end..).unwrap_or_default();
    // What follows a whole object is of no token.
    // What follows a value that is too deep to be read is of this one.
    let is_all = rest.trim_ascii().is_empty() || is_too_deep;
    is_all.then(|| Found {
        repairs: if range == (0..end) {
            Vec::new()
        } else {
            vec![Repair::Whitespace]
        },
        is_all: true,
        ..found(bytes, range)
    })
}

/// Whether a text may be one such object that goes on, by its beginning: lines of objects are not.
pub(super) fn begins(text: &[u8]) -> bool {
    let text = quotes::trim_start(text);
    let beginning = text.get(..LOOK).unwrap_or(text);
    let (line, rest) = match memchr::memchr(b'\n', text).and_then(|at| text.split_at_checked(at)) {
        Some((line, rest)) => (line.trim_ascii_end(), rest.trim_ascii_start()),
        None => (text, &[][..]),
    };
    let is_line = line.ends_with(b"}") && !rest.is_empty();
    text.first() == Some(&b'{') && !is_line && names(beginning).next().is_some()
}

/// What a scan came to.
pub(super) struct Scan {
    /// In text order.
    found: Vec<Found>,
    /// Where an object begins that the end of the text cuts, or the name of a member of one.
    pub(super) open: Option<usize>,
}

/// The tokens in a text with anything around them. What stands before `from` is searched already. `goes_on`: more of the text
/// is to come, so that an object without an end may get one.
pub(super) fn scan(bytes: &[u8], from: usize, goes_on: bool) -> Scan {
    let mut scan = Scan {
        found: Vec::new(),
        open: None,
    };
    // Reading again and again what is no object must not take more than the text is long, a few times over.
    let mut budget = bytes.len().saturating_mul(4).saturating_add(MAX_BACK);
    let mut done = 0_usize;
    for at in names(bytes) {
        if at < done.max(from) {
            continue;
        }
        let back = at.saturating_sub(MAX_BACK).max(done);
        let before = bytes.get(back..at).unwrap_or_default();
        for brace in memchr::memrchr_iter(b'{', before).take(MAX_BRACES) {
            let start = back.saturating_add(brace);
            match object(bytes, start, at, &mut budget) {
                Object::Token(range) => {
                    done = range.end;
                    scan.found.push(found(bytes, range));
                    break;
                }
                Object::Cut if goes_on => {
                    scan.open = Some(start);
                    return scan;
                }
                Object::Cut | Object::Other => {}
            }
        }
    }
    if goes_on {
        scan.open = cut_name(bytes);
    }
    scan
}

impl Scan {
    /// These tokens together with those of another search, but for what stands inside of these: that is their part.
    pub(super) fn beside(self, mut others: Vec<Found>) -> Vec<Found> {
        if self.found.is_empty() {
            return others;
        }
        others.retain(|other| {
            !self.found.iter().any(|object| {
                object.range.start <= other.range.start && other.range.end <= object.range.end
            })
        });
        others.extend(self.found);
        others.sort_by_key(|found| found.range.start);
        others
    }
}

/// What begins with a brace.
enum Object {
    /// The end of the text cuts it.
    Cut,
    /// Something else.
    Other,
    /// A token, here.
    Token(Range<usize>),
}

/// What begins here, and holds the name at `name`.
fn object(bytes: &[u8], start: usize, name: usize, budget: &mut usize) -> Object {
    let end = start
        .saturating_add(MAX_TOKEN_BYTES.min(*budget))
        .min(bytes.len());
    let text = bytes.get(start..end).unwrap_or_default();
    let Some(root) = json::read(text).root else {
        return Object::Other;
    };
    let length = root.range.end;
    *budget = budget.saturating_sub(length.max(1));
    let range = start..start.saturating_add(length);
    if range.end <= name {
        return Object::Other;
    }
    if !is_closed(&root, text) {
        let is_at_end = range.end >= bytes.len() && text.len() < MAX_TOKEN_BYTES;
        return if is_at_end {
            Object::Cut
        } else {
            Object::Other
        };
    }
    match serialized_kind(&root) {
        Some(_) => Object::Token(range),
        None => Object::Other,
    }
}

/// Whether an object ends with its own brace, rather than where its text stops being JSON: which may be after the brace of
/// its last member.
fn is_closed(root: &Json, text: &[u8]) -> bool {
    let Some(members) = root.object() else {
        return false;
    };
    let Some(own) = root.range.end.checked_sub(1) else {
        return false;
    };
    let is_own = members.last().is_none_or(|last| last.range().end <= own);
    is_own && text.get(own) == Some(&b'}')
}

/// Where a name of such an object stands, in text order.
fn names(bytes: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'"', bytes).filter(|&at| {
        let rest = bytes.get(at..).unwrap_or_default();
        NAMES.iter().any(|name| rest.starts_with(name))
    })
}

/// Where a name of such an object begins that the end of the text cuts.
fn cut_name(bytes: &[u8]) -> Option<usize> {
    let longest = NAMES.iter().map(|name| name.len()).max()?;
    let tail = bytes.len().saturating_sub(longest);
    let is_cut = |at: &usize| {
        let rest = bytes.get(*at..).unwrap_or_default();
        NAMES
            .iter()
            .any(|name| name.len() > rest.len() && name.starts_with(rest))
    };
    let quotes = memchr::memchr_iter(b'"', bytes.get(tail..)?);
    quotes.map(|at| tail.saturating_add(at)).find(is_cut)
}

fn found(bytes: &[u8], range: Range<usize>) -> Found {
    let text = bytes.get(range.clone()).unwrap_or_default();
    Found {
        text: Zeroizing::new(String::from_utf8_lossy(text).into_owned()),
        range,
        repairs: Vec::new(),
        is_all: false,
        authorization: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::texts;

    const FLAT: &str =
        r#"{"payload":"eyJhIjoxfQ","protected":"eyJhbGciOiJub25lIn0","signature":""}"#;

    #[test]
    fn an_object_with_the_members_of_a_token_is_one() {
        let general =
            r#"{"payload": "AA", "signatures": [{"header": {"alg": "HS256"}, "signature": "AA"}]}"#;
        let jwe =
            r#"{"ciphertext":"AA","header":{"alg":"dir","enc":"A128GCM"},"iv":"AA","tag":"AA"}"#;
        let unprotected = r#"{"payload":"AA","header":{"alg":"HS256"},"signature":"AA"}"#;
        let detached = r#"{"header":{"alg":"HS256"},"signature":"AA"}"#;
        let shared = r#"{"ciphertext":"AA","unprotected":{"alg":"dir","enc":"A128GCM"},"iv":"AA","tag":"AA"}"#;
        for token in [FLAT, general, jwe, unprotected, detached, shared] {
            assert_eq!(texts(token), [token]);
            assert_eq!(texts(&format!("\n  {token} \r\n")), [token]);
            assert_eq!(
                texts(&format!("2026-11-22T10:00:00Z INFO got {token} from x")),
                [token]
            );
            assert_eq!(
                texts(&format!(r#"{{"id":1,"token":{token},"n":[{token}]}}"#)),
                [token, token]
            );
        }
        let unencoded =
            r#"{"payload":"{\"a\":\"%41\"}","protected":"eyJiNjQiOmZhbHNlfQ","signature":""}"#;
        assert_eq!(texts(unencoded), [unencoded]);
        let cut = FLAT.get(..60).unwrap_or_default();
        assert_eq!(texts(cut), [cut]);
    }

    #[test]
    fn other_objects_are_none() {
        for text in [
            r#"{"signature":"by hand","name":"x"}"#,
            r#"{"signature":"by hand","header":{"name":"x"}}"#,
            r#"{"payload":{"a":1},"protected":true}"#,
            r#"{"keys":[{"kty":"oct","k":"AA"}]}"#,
            r#"protected" {"a": "protected""#,
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }

    /// The text goes on after the brace of a member: that is not the end of the object.
    #[test]
    fn an_object_that_goes_on_is_open_wherever_it_is_cut() {
        let token = r#"{"payload":"AA","protected":"e30","header":{"kid":{}},"signature":"AA"}"#;
        for at in token.find("protected").unwrap() + 20..token.len() {
            let scan = super::scan(&token.as_bytes()[..at], 0, true);
            assert_eq!(
                (scan.found.len(), scan.open),
                (0, Some(0)),
                "{}",
                &token[..at]
            );
        }
    }

    #[test]
    fn braces_without_end_take_no_time() {
        let text = "{\"protected\":".repeat(20_000);
        assert_eq!(texts(&text), [""; 0]);
    }
}
