//! Other readings of a secret than the one that it was loaded in.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Key, KeyKind, Material, Secret, SecretEncoding, load_secret};
use crate::jose::{base64url, hex};

/// What else the bytes of a secret may stand for, or be the encoding of. The likelier ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// They are base64: what that decodes to.
    Base64,
    /// They are base64url: what that decodes to.
    Base64url,
    /// They are hexadecimal: what that decodes to.
    Hex,
    /// With a line feed at the end.
    LineFeed,
    /// With carriage return and line feed at the end.
    CrLf,
    /// Without any line break at the end.
    NoLineBreak,
    /// The base64url text that decodes to them.
    Base64urlText,
    /// The base64 text that decodes to them.
    Base64Text,
    /// The same without padding.
    Base64TextUnpadded,
    /// The base64url text with padding.
    Base64urlTextPadded,
    /// The hexadecimal text in capitals.
    HexTextCapitals,
    /// The hexadecimal text.
    HexText,
}

impl Reading {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Base64,
        Self::Base64url,
        Self::Hex,
        Self::LineFeed,
        Self::CrLf,
        Self::NoLineBreak,
        Self::Base64urlText,
        Self::Base64Text,
        Self::Base64TextUnpadded,
        Self::Base64urlTextPadded,
        Self::HexTextCapitals,
        Self::HexText,
    ];

    /// How the secret is read, after "read": `as base64`.
    pub fn how(self) -> &'static str {
        self.form()
            .strip_prefix("secret, read ")
            .unwrap_or_default()
    }

    /// The form of a key that is read so.
    pub(crate) fn form(self) -> &'static str {
        match self {
            Self::Base64 => "secret, read as base64",
            Self::Base64url => "secret, read as base64url",
            Self::Hex => "secret, read as hexadecimal",
            Self::LineFeed => "secret, read with a final line break",
            Self::CrLf => "secret, read with a final line break (CR LF)",
            Self::NoLineBreak => "secret, read without its final line break",
            Self::Base64urlText => "secret, read as the base64url text itself",
            Self::Base64Text => "secret, read as the base64 text itself",
            Self::Base64TextUnpadded => "secret, read as the base64 text itself, without padding",
            Self::Base64urlTextPadded => "secret, read as the base64url text itself, with padding",
            Self::HexTextCapitals => "secret, read as the hexadecimal text itself, in capitals",
            Self::HexText => "secret, read as the hexadecimal text itself",
        }
    }

    /// The secret that these bytes are in this reading; `None` where they cannot be read so, or where that changes
    /// nothing.
    pub fn of(self, bytes: &[u8]) -> Option<Secret> {
        let with = |end: &str| Some(Secret::new([bytes, end.as_bytes()].concat()));
        let text = |text: String| Some(Secret::new(text.into_bytes()));
        let decoded = |encoding| load_secret("", bytes, encoding).ok()?.secret().cloned();
        let secret = match self {
            Self::Base64 => decoded(SecretEncoding::Base64),
            Self::Base64url => decoded(SecretEncoding::Base64url),
            Self::Hex => decoded(SecretEncoding::Hex),
            Self::LineFeed => with("\n"),
            Self::CrLf => with("\r\n"),
            Self::NoLineBreak => {
                let is_break = |byte: &&u8| matches!(byte, b'\r' | b'\n');
                let ends = bytes.iter().rev().take_while(is_break).count();
                let bare = bytes.get(..bytes.len().saturating_sub(ends));
                Some(Secret::new(bare.unwrap_or_default().to_vec()))
            }
            Self::Base64urlText => text(base64url::encode(bytes)),
            Self::Base64Text => text(openssl::base64::encode_block(bytes)),
            Self::Base64TextUnpadded => {
                let padded = Zeroizing::new(openssl::base64::encode_block(bytes));
                text(padded.trim_end_matches('=').to_owned())
            }
            Self::Base64urlTextPadded => {
                let bare = Zeroizing::new(base64url::encode(bytes));
                let padding = (4_usize.saturating_sub(bare.len() % 4)) % 4;
                text([bare.as_str(), &"=".repeat(padding)].concat())
            }
            Self::HexTextCapitals => text(Zeroizing::new(hex(bytes)).to_ascii_uppercase()),
            Self::HexText => text(hex(bytes)),
        };
        secret.filter(|secret| secret.bytes() != bytes)
    }
}

/// A reading that a key is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reread {
    /// The id of the key.
    pub key: String,
    /// The reading of the secret as it was loaded; `None`: the one that it was loaded in.
    pub reading: Option<Reading>,
}

impl Reread {
    /// How the secret is read then, after "read": `as base64`.
    pub fn how(&self) -> &'static str {
        self.reading.map_or("as it was loaded", Reading::how)
    }
}

impl Key {
    /// The key as it was loaded, where another reading of its secret was chosen since.
    pub fn as_loaded(&self) -> &Self {
        self.as_loaded.as_deref().unwrap_or(self)
    }

    /// The other readings that its secret, as it was loaded, can have, each sequence of bytes once.
    pub fn other_readings(&self) -> Vec<Reading> {
        let Some(loaded) = self.as_loaded().secret() else {
            return Vec::new();
        };
        let mut seen: Vec<Secret> = Vec::with_capacity(Reading::ALL.len());
        let mut all = Vec::new();
        for reading in Reading::ALL {
            if let Some(secret) = reading.of(loaded.bytes())
                && !seen.contains(&secret)
            {
                seen.push(secret);
                all.push(reading);
            }
        }
        all
    }

    /// The key with its secret, as it was loaded, in another reading; with `None` as it was loaded. `None` for other
    /// keys, and where the secret cannot be read so.
    #[must_use]
    pub fn read_as(&self, reading: Option<Reading>) -> Option<Self> {
        let loaded = self.as_loaded();
        let secret = loaded.secret()?;
        let Some(reading) = reading else {
            return Some(loaded.clone());
        };
        let secret = reading.of(secret.bytes())?;
        Some(Self {
            form: reading.form(),
            kind: KeyKind::Oct {
                bytes: secret.bytes().len(),
            },
            material: Material::Symmetric {
                secret,
                // The reviewer chose this one.
                readings: Vec::new(),
            },
            as_loaded: Some(Arc::new(loaded.clone())),
            ..loaded.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &[u8]) -> Key {
        load_secret("secret.txt", text, SecretEncoding::Utf8).unwrap()
    }

    fn bytes(key: &Key) -> &[u8] {
        key.secret().map(Secret::bytes).unwrap()
    }

    #[test]
    fn each_reading_is_of_the_bytes_as_loaded() {
        let of = |reading: Reading, text: &[u8]| reading.of(text).map(|read| read.bytes().to_vec());
        for (reading, text, expected) in [
            (Reading::Base64, &b"+/8="[..], &b"\xFB\xFF"[..]),
            (Reading::Base64url, b"-_8", b"\xFB\xFF"),
            (Reading::Base64url, b"YWJj", b"abc"),
            (Reading::Hex, b"fbff", b"\xFB\xFF"),
            (Reading::LineFeed, b"a", b"a\n"),
            (Reading::CrLf, b"a", b"a\r\n"),
            (Reading::NoLineBreak, b"a\r\n\n", b"a"),
            (Reading::Base64Text, b"\xFB\xFF", b"+/8="),
            (Reading::Base64TextUnpadded, b"\xFB\xFF", b"+/8"),
            (Reading::Base64urlText, b"\xFB\xFF", b"-_8"),
            (Reading::Base64urlTextPadded, b"\xFB\xFF", b"-_8="),
            (Reading::Base64urlTextPadded, b"abc", b"YWJj"),
            (Reading::HexText, b"\xFB\xFF", b"fbff"),
            (Reading::HexTextCapitals, b"\xFB\xFF", b"FBFF"),
        ] {
            assert_eq!(of(reading, text).as_deref(), Some(expected), "{reading:?}");
        }
        for (reading, text) in [
            (Reading::Base64, &b"not base64!"[..]),
            (Reading::Base64, b"-_8"),
            (Reading::Base64url, b"+/8"),
            (Reading::Hex, b"abc"),
            (Reading::NoLineBreak, b"abc"),
        ] {
            assert_eq!(of(reading, text), None, "{reading:?}");
        }
    }

    #[test]
    fn a_key_is_read_anew_from_what_was_loaded_and_goes_back() {
        let loaded = key(b"YWJj");
        let read = loaded.read_as(Some(Reading::Base64)).unwrap();
        assert_eq!(
            (bytes(&read), read.form),
            (&b"abc"[..], "secret, read as base64")
        );
        assert_eq!(read.kind, KeyKind::Oct { bytes: 3 });
        let other = read.read_as(Some(Reading::LineFeed)).unwrap();
        assert_eq!(bytes(&other), b"YWJj\n");
        let back = other.read_as(None).unwrap();
        assert_eq!((bytes(&back), back.form), (bytes(&loaded), loaded.form));
        assert_eq!(
            loaded
                .read_as(Some(Reading::NoLineBreak))
                .map(|key| key.form),
            None
        );
    }

    #[test]
    fn readings_of_the_same_bytes_are_offered_once() {
        let offered = key(b"YWJj").other_readings();
        assert!(offered.contains(&Reading::Base64) && !offered.contains(&Reading::Base64url));
        assert!(!offered.contains(&Reading::NoLineBreak) && !offered.contains(&Reading::Hex));
        assert_eq!(offered, read_twice(b"YWJj"));
    }

    /// What a key offers that has another reading already.
    fn read_twice(text: &[u8]) -> Vec<Reading> {
        let read = key(text).read_as(Some(Reading::LineFeed)).unwrap();
        read.other_readings()
    }
}
