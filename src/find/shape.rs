//! What the first characters of a piece of text tell about it.

use crate::jose::base64url;
use crate::jose::json::{self, Found, JsonFault, JsonFaultKind};

/// How many characters are looked at: long enough for any first member's name, short enough that looking at every
/// place of a hostile text stays linear.
const LOOK: usize = 128;

/// Characters that a token in running text is made of: both base64 alphabets, padding, and what joins the parts.
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/' | b'=' | b'.' | b'~')
}

/// How a part of a token begins, read leniently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// `{` and what is text, but no clean JSON object.
    Brace,
    /// `{"`.
    Object,
    /// Anything else.
    Other,
}

/// How the part at the beginning of `bytes` opens, whatever foreign characters it holds.
pub(super) fn opening(bytes: &[u8]) -> Opening {
    let decoded = base64url::decode(part(bytes, LOOK));
    // Without its NULs, UTF-16 JSON opens like any other.
    let text: Vec<u8> = decoded.bytes.iter().copied().filter(|&b| b != 0).collect();
    let Some(rest) = after_brace(&text) else {
        return Opening::Other;
    };
    match rest.first() {
        Some(b'"') => Opening::Object,
        Some(b'}') => Opening::Brace,
        // One word in ninety begins like an encoded `{` (`example`, `eyes`), but goes on as noise.
        _ if text.len() >= 8 && is_text(&text) => Opening::Brace,
        _ => Opening::Other,
    }
}

/// Whether the part at the beginning of `bytes` is a JSON object with a member as far as it can be read, or is cut by
/// the end of `bytes` before that can be told.
pub(super) fn may_be_object(bytes: &[u8]) -> bool {
    opens_object(bytes) && (is_object(bytes) || is_cut_object(bytes))
}

/// Whether the part begins like an encoded `{"`. A cheap look before a dear one.
fn opens_object(bytes: &[u8]) -> bool {
    // What `{`, white space and the byte order mark begin with.
    if !matches!(bytes.first(), Some(b'7' | b'C' | b'D' | b'I' | b'e')) {
        return false;
    }
    let decoded = base64url::decode(part(bytes, 8));
    after_brace(&decoded.bytes).is_some_and(|rest| matches!(rest.first(), None | Some(b'"')))
}

/// Whether the part reaches the end of `bytes`, and only that end is wrong with its JSON.
fn is_cut_object(bytes: &[u8]) -> bool {
    let part = part(bytes, LOOK);
    let decoded = base64url::decode(part).bytes;
    // What is shorter, or begins with white space, is too often noise.
    let begins = decoded.starts_with(b"{\"") || decoded.starts_with(b"{") && decoded.len() >= 6;
    if part.len() < bytes.len() || part.len() == LOOK || !begins {
        return false;
    }
    let faults = json::read(&decoded).faults;
    let is_cut = |fault: &JsonFault| {
        matches!(
            fault.kind,
            JsonFaultKind::Syntax {
                found: Found::End,
                ..
            }
        )
    };
    !faults.is_empty() && faults.iter().all(is_cut)
}

/// Whether the part at the beginning of `bytes` is a JSON object as far as it can be read, with a member.
pub(super) fn is_object(bytes: &[u8]) -> bool {
    let has_member = |bytes: &[u8]| {
        json::read(bytes)
            .object()
            .is_some_and(|members| !members.is_empty())
    };
    let part = part(bytes, LOOK);
    let mut decoded = base64url::decode(part).bytes;
    if has_member(&decoded) {
        return true;
    }
    // The look may have ended inside of the first member's string.
    decoded.push(b'"');
    part.len() == LOOK && has_member(&decoded)
}

/// Whether the part at the beginning of `bytes` opens like a disclosure, a JSON array (RFC 9901 section 4.2).
pub(super) fn opens_array(bytes: &[u8]) -> bool {
    let decoded = base64url::decode(part(bytes, 8));
    decoded.bytes.trim_ascii_start().first() == Some(&b'[')
}

/// Whether these characters are more likely a word of a language than a piece of base64.
pub(super) fn is_word(piece: &str) -> bool {
    let word = piece.trim_end_matches(['.', ',']);
    let tail = word.get(1..).unwrap_or_default();
    let lower = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let upper = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    word.len() >= 3
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (lower(tail) || upper(word))
}

/// The characters before the first dot or tilde, at most `limit` bytes and only while they are UTF-8.
fn part(bytes: &[u8], limit: usize) -> &str {
    let look = bytes.get(..limit).unwrap_or(bytes);
    let end = memchr::memchr2(b'.', b'~', look).unwrap_or(look.len());
    let look = look.get(..end).unwrap_or_default();
    look.utf8_chunks()
        .next()
        .map(|chunk| chunk.valid())
        .unwrap_or_default()
}

/// What follows `{` and white space.
fn after_brace(bytes: &[u8]) -> Option<&[u8]> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let rest = bytes.trim_ascii_start().strip_prefix(b"{")?;
    Some(rest.trim_ascii_start())
}

/// Whether the bytes are text, but for a character that the end may have cut.
fn is_text(bytes: &[u8]) -> bool {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => bytes
            .get(..error.valid_up_to())
            .and_then(|valid| std::str::from_utf8(valid).ok())
            .unwrap_or_default(),
        Err(_) => return false,
    };
    !text
        .chars()
        .any(|character| character.is_control() && !character.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_do_not_always_begin_with_the_same_letters() {
        for json in [
            r#"{"alg":"none"}"#,
            "{ \"alg\":\"none\"}",
            "{\n  \"alg\": \"none\"}",
            "{\r\n\t\"alg\": \"none\"}",
            "  \n{\"alg\":1}",
            "\u{FEFF}{\"alg\":1}",
        ] {
            let header = base64url::encode(json.as_bytes());
            assert!(may_be_object(header.as_bytes()), "{json:?}");
            assert_eq!(opening(header.as_bytes()), Opening::Object, "{json:?}");
        }
        let long = base64url::encode(format!(r#"{{"x":"{}"}}"#, "a".repeat(500)).as_bytes());
        assert!(is_object(long.as_bytes()));
    }

    #[test]
    fn words_and_junk_open_nothing() {
        for word in [
            "example", "extra", "eyes", "ezra", "e2e", "e", "", "1", "com",
        ] {
            assert_eq!(opening(word.as_bytes()), Opening::Other, "{word}");
            assert!(!is_object(word.as_bytes()), "{word}");
        }
        assert_eq!(opening(b"eyJunk.x.y"), Opening::Object);
        assert!(!is_object(b"eyJunk.x.y"));
        assert!(!is_object(b"e30.e30."));
        assert_eq!(opening(b"e30"), Opening::Brace);
    }

    #[test]
    fn a_line_may_end_before_the_first_member() {
        let header = base64url::encode(br#"{"algorithm":"none"}"#);
        for length in 3..header.len() {
            assert!(may_be_object(&header.as_bytes()[..length]), "{length}");
        }
        assert!(!may_be_object(b"eyJhbGci.x"));
        assert!(!may_be_object(b"eyJ_____"));
    }

    #[test]
    fn a_header_may_be_broken_utf_16_or_full_of_foreign_characters() {
        let broken = base64url::encode(b"{alg:none}");
        assert_eq!(opening(broken.as_bytes()), Opening::Brace);
        let wide: Vec<u8> = "{\"a\":1}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let wide = base64url::encode(&wide);
        assert_eq!(opening(wide.as_bytes()), Opening::Object);
        assert_eq!(opening("?e y\u{e4}JhIjoxfQ".as_bytes()), Opening::Object);
    }

    #[test]
    fn words_are_told_from_base64() {
        for word in ["The", "token", "token.", "NOTE", "Then,"] {
            assert!(is_word(word), "{word}");
        }
        for piece in [
            "c2lnbmF0dXJl",
            "eyJ",
            "Q",
            "4kA",
            "",
            "a.b",
            "dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk",
        ] {
            assert!(!is_word(piece), "{piece}");
        }
    }
}
