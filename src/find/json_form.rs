//! Tokens in JSON form (RFC 7515 section 7.2, RFC 7516 section 7.2): objects with the members of a JWS or JWE.

use std::ops::Range;

use zeroize::Zeroizing;

use super::{Found, Repair, quotes};
use crate::jose::json::{self, Json, JsonFaultKind, Value};
use crate::jose::{MAX_TOKEN_BYTES, serialized_kind};

/// Names that stand in every such object, one or the other.
const NAMES: [&[u8]; 4] = [
    b"\"protected\"",
    b"\"signatures\"",
    b"\"signature\"",
    b"\"ciphertext\"",
];

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

/// The tokens in a text with anything around them, in text order.
pub(super) fn scan(bytes: &[u8]) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    // Reading again and again what is no object must not take more than the text is long, a few times over.
    let mut budget = bytes.len().saturating_mul(4).saturating_add(MAX_BACK);
    let mut done = 0_usize;
    for at in names(bytes) {
        if at < done {
            continue;
        }
        let from = at.saturating_sub(MAX_BACK).max(done);
        let before = bytes.get(from..at).unwrap_or_default();
        let braces = memchr::memrchr_iter(b'{', before).take(MAX_BRACES);
        for brace in braces {
            let start = from.saturating_add(brace);
            let Some(range) = object(bytes, start, at, &mut budget) else {
                continue;
            };
            done = range.end;
            all.push(found(bytes, range));
            break;
        }
    }
    all
}

/// The whole object that begins here, when it holds the name at `name` and is a token.
fn object(bytes: &[u8], start: usize, name: usize, budget: &mut usize) -> Option<Range<usize>> {
    let end = start.saturating_add(MAX_TOKEN_BYTES.min(*budget));
    let text = bytes.get(start..end.min(bytes.len()))?;
    if text.is_empty() {
        return None;
    }
    let root = json::read(text).root?;
    let length = root.range.end;
    *budget = budget.saturating_sub(length.max(1));
    let is_whole = is_closed(&root, text);
    let holds_name = start.saturating_add(length) > name;
    (is_whole && holds_name && serialized_kind(&root).is_some())
        .then(|| start..start.saturating_add(length))
}

/// Whether an object ends with its brace, rather than where its text stops being JSON.
fn is_closed(root: &Json, text: &[u8]) -> bool {
    let last = root.range.end.checked_sub(1);
    matches!(root.value, Value::Object(_)) && last.and_then(|last| text.get(last)) == Some(&b'}')
}

/// Where a name of such an object stands, in text order.
fn names(bytes: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'"', bytes).filter(|&at| {
        let rest = bytes.get(at..).unwrap_or_default();
        NAMES.iter().any(|name| rest.starts_with(name))
    })
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

    #[test]
    fn braces_without_end_take_no_time() {
        let text = "{\"protected\":".repeat(20_000);
        assert_eq!(texts(&text), [""; 0]);
    }
}
