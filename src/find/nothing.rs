//! Why no token was found, for people.

use super::text::Text;
use crate::jose::json::{self, Document};

/// A JSON text above this size is not read to explain it.
const MAX_JSON: usize = 4 << 20;

/// What a text is in which [`find`](super::find) finds no token.
///
/// `Display` has two lines: what it is, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nothing {
    /// A certificate in PEM form.
    Certificate,
    /// Nothing but white space.
    Empty,
    /// JSON without a token.
    JsonWithout,
    /// A JSON Web Key (RFC 7517 section 4).
    Jwk,
    /// A JWK set (RFC 7517 section 5).
    JwkSet,
    /// Bytes that are no text.
    NoText,
    /// A key in PEM form (RFC 7468).
    PemKey,
    /// Text without a token.
    TextWithout,
}

impl std::fmt::Display for Nothing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Certificate => {
                "This is a certificate, not a token.\n\
                 Add it as a key: its public key can verify tokens."
            }
            Self::Empty => {
                "There is no text here.\n\
                 Paste a token, an HTTP message or any text that holds a token."
            }
            Self::JsonWithout => {
                "This is JSON, and no token is in it.\n\
                 Paste the token itself, or JSON with a token in it."
            }
            Self::Jwk => {
                "This is a JSON Web Key, not a token.\n\
                 Add it as a key to verify tokens with it."
            }
            Self::JwkSet => {
                "This is a JWK set, not a token.\n\
                 Add it as keys to verify tokens with them."
            }
            Self::NoText => {
                "These bytes are no text, and no token is in them.\n\
                 If they are a key, add them as a key; if they are packed otherwise than with gzip, unpack them first."
            }
            Self::PemKey => {
                "This is a PEM key, not a token.\n\
                 Add it as a key to verify tokens with it."
            }
            Self::TextWithout => {
                "No token is in this text: no part before a dot decodes to a JSON object.\n\
                 If only part of a token was copied, paste it alone, without the text around it."
            }
        })
    }
}

/// Says what a text is that holds no token.
///
/// Means something only when [`find`](super::find) found none in `input`. The beginnings of JSON and PEM forms
/// are told apart; nothing is checked.
pub fn explain_nothing(input: &[u8]) -> Nothing {
    let text = Text::new(input);
    let bytes = text.bytes().trim_ascii();
    if bytes.is_empty() {
        return Nothing::Empty;
    }
    if let Some(begin) = memchr::memmem::find(bytes, b"-----BEGIN ") {
        let label = bytes.get(begin..).unwrap_or_default();
        let label = label.split(|&byte| byte == b'\n').next().unwrap_or(label);
        return if memchr::memmem::find(label, b"CERTIFICATE").is_some() {
            Nothing::Certificate
        } else {
            Nothing::PemKey
        };
    }
    if matches!(bytes.first(), Some(b'{' | b'[')) && bytes.len() <= MAX_JSON {
        let document = json::read(bytes);
        if document.object().is_some() || document.is_document() {
            return explain_json(&document);
        }
    }
    let is_control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    if bytes.iter().any(is_control) || std::str::from_utf8(bytes).is_err() {
        return Nothing::NoText;
    }
    Nothing::TextWithout
}

fn explain_json(document: &Document) -> Nothing {
    let has = |name: &str| document.get(name).is_some();
    if document.get("keys").and_then(json::Json::array).is_some() {
        Nothing::JwkSet
    } else if has("kty") {
        Nothing::Jwk
    } else {
        Nothing::JsonWithout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_is_named() {
        for (text, expected) in [
            ("", Nothing::Empty),
            (" \r\n", Nothing::Empty),
            ("\u{FEFF}", Nothing::Empty),
            (r#"{"keys":[]}"#, Nothing::JwkSet),
            (r#"{"kty":"oct","k":"AA"}"#, Nothing::Jwk),
            (r#"{"a":1}"#, Nothing::JsonWithout),
            ("[1]", Nothing::JsonWithout),
            ("[note] nothing here", Nothing::TextWithout),
            (
                "comment\n-----BEGIN EC PRIVATE KEY-----\nAA\n",
                Nothing::PemKey,
            ),
            ("-----BEGIN CERTIFICATE-----\nAA\n", Nothing::Certificate),
            ("hello", Nothing::TextWithout),
            ("a\0b", Nothing::NoText),
        ] {
            assert_eq!(explain_nothing(text.as_bytes()), expected, "{text:?}");
        }
        assert_eq!(explain_nothing(b"\x1F\x8B\x08"), Nothing::NoText);
    }

    #[test]
    fn every_explanation_says_what_and_what_to_do() {
        for nothing in [
            Nothing::Certificate,
            Nothing::Empty,
            Nothing::JsonWithout,
            Nothing::Jwk,
            Nothing::JwkSet,
            Nothing::NoText,
            Nothing::PemKey,
            Nothing::TextWithout,
        ] {
            let lines: Vec<_> = nothing.to_string().lines().map(str::to_owned).collect();
            assert_eq!(lines.len(), 2, "{nothing:?}");
            assert!(lines.iter().all(|line| line.ends_with('.')), "{lines:?}");
        }
    }
}
