//! Shared secrets: what the bytes of a file stand for.

use zeroize::Zeroizing;

use super::{LoadError, check_size};
use crate::jose::base64url::{self, EncodingFaultKind};
use crate::keys::{Holds, Key, KeyKind, Material, Secret};

/// How the text of a secret stands for its bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SecretEncoding {
    /// Every reading is tried; the one that verifies is used.
    Auto,
    /// Standard base64 (RFC 4648 section 4), with or without padding; line breaks do not count.
    Base64,
    /// Base64url (RFC 4648 section 5), with or without padding; line breaks do not count.
    Base64url,
    /// Hexadecimal, in either case, with or without `0x`; white space does not count.
    Hex,
    /// The bytes themselves, without one final line break (LF or CRLF).
    #[default]
    Utf8,
}

impl SecretEncoding {
    /// What a text in this encoding is, in an error.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Auto => "a secret in any encoding",
            Self::Base64 => "a secret in base64",
            Self::Base64url => "a secret in base64url",
            Self::Hex => "a secret in hexadecimal",
            Self::Utf8 => "a secret as text",
        }
    }

    fn form(self) -> &'static str {
        match self {
            Self::Auto => "secret, reading left open",
            Self::Base64 => "secret, read as base64",
            Self::Base64url => "secret, read as base64url",
            Self::Hex => "secret, read as hexadecimal",
            Self::Utf8 => "secret, read as text",
        }
    }
}

/// A file's bytes as one symmetric key. `source` is its name for people.
///
/// # Errors
///
/// When the file is too large or its text is not in `encoding`.
pub fn load_secret(source: &str, bytes: &[u8], encoding: SecretEncoding) -> Result<Key, LoadError> {
    check_size(source, bytes)?;
    let text = without_line_break(bytes);
    let decoded = match encoding {
        SecretEncoding::Auto | SecretEncoding::Utf8 => Ok(Secret::new(text.to_vec())),
        SecretEncoding::Base64 => from_base64(text, "-_"),
        SecretEncoding::Base64url => from_base64(text, "+/"),
        SecretEncoding::Hex => from_hex(text),
    };
    let secret = decoded.map_err(|found| LoadError::Secret {
        source_name: source.to_owned(),
        encoding,
        found,
    })?;
    let mut key = Key::blank(source, 1, encoding.form());
    key.kind = KeyKind::Oct {
        bytes: secret.bytes().len(),
    };
    key.holds = Holds::Symmetric;
    key.material = Material::Symmetric {
        secret,
        readings: match encoding {
            SecretEncoding::Auto => readings(bytes),
            _ => Vec::new(),
        },
    };
    Ok(key)
}

/// Every secret that a text can stand for, each with the name of its reading, each sequence of bytes once.
///
/// The first is `utf8`, without one final line break. The others are `utf8-with-line-break` (when there is one),
/// `base64`, `base64url` and `hex`.
pub fn readings(text: &[u8]) -> Vec<(&'static str, Secret)> {
    let bare = without_line_break(text);
    let all = [
        ("utf8", Some(Secret::new(bare.to_vec()))),
        ("utf8-with-line-break", Some(Secret::new(text.to_vec()))),
        ("base64", from_base64(bare, "-_").ok()),
        ("base64url", from_base64(bare, "+/").ok()),
        ("hex", from_hex(bare).ok()),
    ];
    let mut distinct: Vec<(&'static str, Secret)> = Vec::with_capacity(all.len());
    for (name, secret) in all {
        if let Some(secret) = secret
            && distinct.iter().all(|(_, other)| *other != secret)
        {
            distinct.push((name, secret));
        }
    }
    distinct
}

/// A text without one final line break.
pub(in crate::keys) fn without_line_break(bytes: &[u8]) -> &[u8] {
    let line = bytes.strip_suffix(b"\n");
    line.map_or(bytes, |line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Decodes base64 of one alphabet; `foreign` are the characters of the other.
///
/// The error says what was found instead, without quoting the secret.
fn from_base64(text: &[u8], foreign: &str) -> Result<Secret, String> {
    let text =
        std::str::from_utf8(text).map_err(|_not_text| "bytes that are no text".to_owned())?;
    if let Some(at) = text.find(|character| foreign.contains(character)) {
        return Err(format!(
            "a character of the other base64 alphabet at place {}",
            at.saturating_add(1)
        ));
    }
    let data = text.trim_ascii().trim_end_matches('=');
    if let Some(at) = data.find('=') {
        return Err(format!(
            "padding in the middle, at place {}",
            at.saturating_add(1)
        ));
    }
    if let Some(at) = data.find([' ', '\t']) {
        return Err(format!(
            "a space in the middle, at place {}",
            at.saturating_add(1)
        ));
    }
    let mut decoded = base64url::decode(data);
    for fault in &decoded.faults {
        let place = fault.range.start.saturating_add(1);
        match fault.kind {
            EncodingFaultKind::Length => return Err("one character too many or too few".to_owned()),
            EncodingFaultKind::Other => return Err(format!("another character at place {place}")),
            _ => {}
        }
    }
    Ok(Secret::new(std::mem::take(&mut *decoded.bytes)))
}

fn from_hex(text: &[u8]) -> Result<Secret, String> {
    let text = text.trim_ascii();
    let digits = text.strip_prefix(b"0x").unwrap_or(text);
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
    let mut high: Option<u8> = None;
    for (&character, place) in digits.iter().zip(1_usize..) {
        if character.is_ascii_whitespace() {
            continue;
        }
        let digit = char::from(character)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok());
        let Some(digit) = digit else {
            return Err(format!("another character at digit {place}"));
        };
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(high << 4 | digit),
        }
    }
    if high.is_some() {
        return Err("an odd number of digits".to_owned());
    }
    Ok(Secret::new(std::mem::take(&mut *bytes)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn secret(bytes: &[u8], encoding: SecretEncoding) -> Vec<u8> {
        let key = load_secret("secret.txt", bytes, encoding).unwrap();
        let secret = key.secret().map(|secret| secret.bytes().to_vec()).unwrap();
        assert_eq!(
            key.kind,
            KeyKind::Oct {
                bytes: secret.len()
            }
        );
        assert_eq!(
            (key.holds, key.thumbprint, key.fault),
            (Holds::Symmetric, None, None)
        );
        secret
    }

    #[test]
    fn text_loses_one_line_break_and_no_more() {
        for (file, expected) in [
            (&b"s3cret"[..], &b"s3cret"[..]),
            (b"s3cret\n", b"s3cret"),
            (b"s3cret\r\n", b"s3cret"),
            (b"s3cret\n\n", b"s3cret\n"),
            (b"s3cret\r", b"s3cret\r"),
            (b" s3cret ", b" s3cret "),
            (b"\n", b""),
            (b"", b""),
            (b"\xFF\x00\n", b"\xFF\x00"),
        ] {
            assert_eq!(secret(file, SecretEncoding::Utf8), expected, "{file:?}");
        }
    }

    #[test]
    fn encoded_secrets_are_decoded() {
        for (file, encoding, expected) in [
            (&b"+/8=\n"[..], SecretEncoding::Base64, &b"\xFB\xFF"[..]),
            (b"+/8", SecretEncoding::Base64, b"\xFB\xFF"),
            (b"YWJj\r\nYWJj\r\n", SecretEncoding::Base64, b"abcabc"),
            (b"-_8\n", SecretEncoding::Base64url, b"\xFB\xFF"),
            (b"-_8==", SecretEncoding::Base64url, b"\xFB\xFF"),
            (b"0xFb fF\n", SecretEncoding::Hex, b"\xFB\xFF"),
            (b"", SecretEncoding::Hex, b""),
        ] {
            assert_eq!(secret(file, encoding), expected, "{file:?}");
        }
    }

    #[test]
    fn another_encoding_is_an_error_that_does_not_quote_the_secret() {
        for (file, encoding, found) in [
            (
                &b"-_8"[..],
                SecretEncoding::Base64,
                "other base64 alphabet at place 1",
            ),
            (
                b"+/8",
                SecretEncoding::Base64url,
                "other base64 alphabet at place 1",
            ),
            (
                b"YQ==YQ==",
                SecretEncoding::Base64,
                "padding in the middle, at place 3",
            ),
            (
                b"YW Jj",
                SecretEncoding::Base64,
                "a space in the middle, at place 3",
            ),
            (
                b"YWJj!",
                SecretEncoding::Base64,
                "another character at place 5",
            ),
            (b"YWJjY", SecretEncoding::Base64, "one character too many"),
            (b"\xFF", SecretEncoding::Base64, "no text"),
            (b"abq", SecretEncoding::Hex, "at digit 3"),
            (b"abc", SecretEncoding::Hex, "odd number"),
        ] {
            let error = load_secret("secret.txt", file, encoding)
                .unwrap_err()
                .to_string();
            assert!(error.contains(found), "{error}");
            assert_eq!(error.lines().count(), 2);
        }
    }

    #[test]
    fn auto_keeps_every_reading_and_uses_the_text() {
        let key = load_secret("secret.txt", b"deadbeef\n", SecretEncoding::Auto).unwrap();
        let Material::Symmetric { secret, readings } = &key.material else {
            panic!("a secret");
        };
        assert_eq!(secret.bytes(), b"deadbeef");
        let readings: Vec<_> = readings
            .iter()
            .map(|(name, secret)| (*name, secret.bytes()))
            .collect();
        assert_eq!(
            readings,
            [
                ("utf8", &b"deadbeef"[..]),
                ("utf8-with-line-break", b"deadbeef\n"),
                ("base64", b"\x75\xE6\x9D\x6D\xE7\x9F"),
                ("hex", b"\xDE\xAD\xBE\xEF"),
            ]
        );
    }

    #[test]
    fn readings_are_distinct() {
        let names = |text: &[u8]| {
            readings(text)
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(b"not encoded"), ["utf8"]);
        assert_eq!(names(b"-_8"), ["utf8", "base64url"]);
        assert_eq!(names(b""), ["utf8"]);
        assert_eq!(names(b"\n"), ["utf8", "utf8-with-line-break"]);
    }

    #[test]
    fn debug_text_holds_nothing_of_the_secret() {
        let key = load_secret("secret.txt", b"hunter2", SecretEncoding::Auto).unwrap();
        assert!(!format!("{key:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_secret_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            for encoding in [SecretEncoding::Base64, SecretEncoding::Base64url, SecretEncoding::Hex] {
                if let Err(error) = load_secret("s", &bytes, encoding) {
                    prop_assert_eq!(error.to_string().lines().count(), 2);
                }
            }
            prop_assert!(load_secret("s", &bytes, SecretEncoding::Utf8).is_ok());
            prop_assert!(load_secret("s", &bytes, SecretEncoding::Auto).is_ok());
        }

        #[test]
        fn hexadecimal_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let text = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
            let key = load_secret("s", text.as_bytes(), SecretEncoding::Hex).unwrap();
            prop_assert_eq!(key.secret().map(Secret::bytes), Some(bytes.as_slice()));
        }
    }
}
