//! What a whole key file is wrapped in: compression, a wide encoding, percent signs, base64. It is undone until a form
//! recognises what is left.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use memchr::memmem;
use zeroize::Zeroizing;

use super::MAX_KEY_FILE_BYTES;
use super::pem::BEGIN;
use crate::jose::base64url::{self, EncodingFaultKind};
use crate::jose::json;

/// So many wrappings are undone.
const MAX_WRAPPINGS: usize = 4;

/// What the bytes hold under one wrapping; `None` where they are not wrapped so.
type Unwrap = fn(&[u8]) -> Option<Zeroizing<Vec<u8>>>;

/// All wrappings. A new one is a line here.
const WRAPPINGS: &[Unwrap] = &[
    without_byte_order_mark,
    out_of_gzip,
    out_of_utf16,
    out_of_percent_encoding,
    out_of_base64,
];

const GZIP: &[u8] = b"\x1F\x8B";

/// The content of a file without all that it is wrapped in.
pub(super) fn unwrapped(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut content = Zeroizing::new(bytes.to_vec());
    for _ in 0..MAX_WRAPPINGS {
        let inner = WRAPPINGS.iter().find_map(|unwrap| unwrap(&content));
        match inner {
            Some(inner) => content = inner,
            None => break,
        }
    }
    content
}

fn without_byte_order_mark(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let content = bytes.strip_prefix(b"\xEF\xBB\xBF")?;
    Some(Zeroizing::new(content.to_vec()))
}

/// RFC 1952. What grows beyond the limit of a key file is left packed.
fn out_of_gzip(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if !bytes.starts_with(GZIP) {
        return None;
    }
    let limit = usize::try_from(MAX_KEY_FILE_BYTES).ok()?;
    // At its final size at once: growing would leave copies of a secret behind.
    let mut content = Zeroizing::new(Vec::with_capacity(limit.saturating_add(1)));
    let mut reader = MultiGzDecoder::new(bytes).take(MAX_KEY_FILE_BYTES.saturating_add(1));
    reader.read_to_end(&mut content).ok()?;
    (content.len() <= limit).then_some(content)
}

/// With a byte order mark, or without one where every second byte of the beginning is zero.
fn out_of_utf16(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (is_big, text) = match bytes {
        [0xFE, 0xFF, rest @ ..] => (true, rest),
        [0xFF, 0xFE, rest @ ..] => (false, rest),
        [0, 1..=0xFF, 0, 1..=0xFF, ..] => (true, bytes),
        [1..=0xFF, 0, 1..=0xFF, 0, ..] => (false, bytes),
        _ => return None,
    };
    let (pairs, rest) = text.as_chunks::<2>();
    let units = pairs.iter().map(|pair| {
        if is_big {
            u16::from_be_bytes(*pair)
        } else {
            u16::from_le_bytes(*pair)
        }
    });
    let mut content = Zeroizing::new(Vec::with_capacity(text.len().saturating_mul(2)));
    for character in char::decode_utf16(units) {
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        content.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    (rest.is_empty() && !content.contains(&0)).then_some(content)
}

/// As a query or a form holds it (RFC 3986 section 2.1; forms write spaces as `+`).
fn out_of_percent_encoding(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = bytes.trim_ascii();
    let is_one_word = !text.iter().any(u8::is_ascii_whitespace);
    if !is_one_word || memchr::memchr(b'%', text).is_none() {
        return None;
    }
    let is_form = memmem::find(text, b"-----BEGIN+").is_some();
    let mut content = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let escaped = match (byte, after) {
            (b'%', [high, low, after @ ..]) => hex_pair(*high, *low).map(|byte| (byte, after)),
            _ => None,
        };
        content.push(match escaped {
            Some((byte, after)) => {
                rest = after;
                byte
            }
            None if byte == b'+' && is_form => b' ',
            None => byte,
        });
    }
    let is_key = memmem::find(&content, BEGIN).is_some() || is_json(&content);
    is_key.then_some(content)
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(digit(high)?.checked_mul(16)?.checked_add(digit(low)?)?).ok()
}

/// Base64 of a text that can hold keys. Base64 of DER is a form of its own.
fn out_of_base64(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = std::str::from_utf8(bytes.trim_ascii()).ok()?;
    let is_base64 = |byte: u8| {
        byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/-_=".contains(&byte)
    };
    if text.len() < 16 || !text.bytes().all(is_base64) {
        return None;
    }
    let decoded = base64url::decode(text);
    let is_whole = decoded
        .faults
        .iter()
        .all(|fault| fault.kind != EncodingFaultKind::Length);
    let content = decoded.bytes;
    let is_key = content.starts_with(GZIP)
        || memmem::find(&content, BEGIN).is_some()
        || is_json(&content)
        || super::ssh_public::is_line(&content);
    (is_whole && is_key).then_some(content)
}

/// Whether it is an object or an array in JSON, whole.
fn is_json(content: &[u8]) -> bool {
    let begins = matches!(content.trim_ascii_start().first(), Some(b'{' | b'['));
    begins && json::read(content).is_document()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const TEXT: &str = "-----BEGIN A+B-----\nb\u{FC}cher\n-----END A+B-----";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn each_wrapping_is_undone_alone_and_in_another() {
        let wide = |mark: &[u8], big: bool| {
            let units = TEXT.encode_utf16();
            let bytes = units.flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            });
            [mark, &bytes.collect::<Vec<_>>()].concat()
        };
        let base64 = openssl::base64::encode_block(TEXT.as_bytes());
        for wrapped in [
            TEXT.as_bytes().to_vec(),
            format!("\u{FEFF}{TEXT}").into_bytes(),
            gzip(TEXT.as_bytes()),
            gzip(&gzip(TEXT.as_bytes())),
            wide(b"\xFF\xFE", false),
            wide(b"\xFE\xFF", true),
            wide(b"", false),
            wide(b"", true),
            base64.clone().into_bytes(),
            base64url::encode(TEXT.as_bytes()).into_bytes(),
            base64url::encode(&gzip(base64.as_bytes())).into_bytes(),
            TEXT.replace('+', "%2B")
                .replace(' ', "+")
                .replace('\n', "%0A")
                .into_bytes(),
            TEXT.replace(' ', "%20")
                .replace('\n', "%0d%0a")
                .into_bytes(),
        ] {
            let content = String::from_utf8(unwrapped(&wrapped).to_vec()).unwrap();
            assert_eq!(content.replace('\r', ""), TEXT, "{wrapped:?}");
        }
    }

    #[test]
    fn what_is_not_wrapped_stays() {
        for content in [
            &b""[..],
            b"\x1F\x8B",
            b"\x1F\x8Bno gzip",
            b"\xFF\xFE\x00",
            b"\xFF\xFE\x00\x00",
            b"100% sure",
            b"aGVsbG8gd29ybGQgaGVsbG8",
            b"eyJhbGciOiJub25lIn0.e30.",
            b"%7Bno JSON%7D",
        ] {
            assert_eq!(unwrapped(content).as_slice(), content);
        }
    }

    #[test]
    fn what_grows_beyond_the_limit_is_left_packed() {
        let limit = usize::try_from(MAX_KEY_FILE_BYTES).unwrap();
        let most = gzip(&vec![b' '; limit]);
        assert_eq!(unwrapped(&most).len(), limit);
        let more = gzip(&vec![b' '; limit + 1]);
        assert_eq!(unwrapped(&more).as_slice(), more);
    }
}
