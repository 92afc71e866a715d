//! One part of a token: where it stands, what it decodes to.

use std::borrow::Cow;
use std::ops::Range;

use zeroize::Zeroizing;

use crate::jose::base64url::{self, Decoded};
use crate::jose::fault::{Fault, FaultKind};
use crate::jose::json::{self, Document, Value};

/// The role of a part in its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartRole {
    /// Additional authenticated data of a JWE in JSON form.
    Aad,
    /// The ciphertext of a JWE.
    Ciphertext,
    /// A disclosure of an SD-JWT.
    Disclosure,
    /// The encrypted content key of a JWE.
    EncryptedKey,
    /// The initialization vector of a JWE.
    Iv,
    /// A key that was used, not a part of the text.
    Key,
    /// The key binding JWT at the end of an SD-JWT (RFC 9901 section 4.3).
    KeyBinding,
    /// The payload of a JWS.
    Payload,
    /// The integrity-protected header.
    ProtectedHeader,
    /// The signature or MAC.
    Signature,
    /// The authentication tag of a JWE.
    Tag,
    /// The token as a whole, or a piece without a role.
    Token,
    /// A header that nothing protects.
    UnprotectedHeader,
}

impl PartRole {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aad => "aad",
            Self::Ciphertext => "ciphertext",
            Self::Disclosure => "disclosure",
            Self::EncryptedKey => "encrypted-key",
            Self::Iv => "iv",
            Self::Key => "key",
            Self::KeyBinding => "key-binding",
            Self::Payload => "payload",
            Self::ProtectedHeader => "protected-header",
            Self::Signature => "signature",
            Self::Tag => "tag",
            Self::Token => "token",
            Self::UnprotectedHeader => "unprotected-header",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Aad => "additional data",
            Self::Ciphertext => "ciphertext",
            Self::Disclosure => "disclosure",
            Self::EncryptedKey => "encrypted key",
            Self::Iv => "initialization vector",
            Self::Key => "key",
            Self::KeyBinding => "key binding",
            Self::Payload => "payload",
            Self::ProtectedHeader => "header",
            Self::Signature => "signature",
            Self::Tag => "tag",
            Self::Token => "token",
            Self::UnprotectedHeader => "unprotected header",
        }
    }
}

/// One part of a token: its characters, its bytes, and its JSON where it is some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub role: PartRole,
    /// Its characters: bytes of the token's text.
    pub range: Range<usize>,
    /// What they decode to.
    pub decoded: Decoded,
    /// The characters without the escapes of the JSON string that they stand in, where there are any.
    unescaped: Option<Zeroizing<String>>,
    /// The JSON in it; `None` where it is not meant to be JSON, or is a payload that does not even begin like JSON.
    pub json: Option<Document>,
}

/// How a part stands in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// In base64url.
    Base64url,
    /// As it is.
    Verbatim,
}

impl Part {
    /// Reads the characters at `range`, which are these when escapes are undone, and notes what is wrong with them.
    pub(super) fn read(
        role: PartRole,
        range: Range<usize>,
        characters: Cow<'_, str>,
        coding: Coding,
        faults: &mut Vec<Fault>,
    ) -> Self {
        let bytes = || Zeroizing::new(characters.as_bytes().to_vec());
        let decoded = match (coding, &characters) {
            (Coding::Base64url, Cow::Borrowed(text)) => base64url::decode(text),
            (Coding::Base64url, Cow::Owned(text)) => base64url::decode(text).escaped(range.len()),
            (Coding::Verbatim, Cow::Borrowed(_)) => Decoded::verbatim(bytes()),
            (Coding::Verbatim, Cow::Owned(_)) => Decoded::whole(bytes(), range.len()),
        };
        let unescaped = match characters {
            Cow::Borrowed(_) => None,
            Cow::Owned(text) => Some(Zeroizing::new(text)),
        };
        Self::decoded(role, range, decoded, unescaped, faults)
    }

    /// The payload that came out of a ciphertext which stands at `range`.
    pub(super) fn of_plaintext(
        range: Range<usize>,
        plaintext: Zeroizing<Vec<u8>>,
        faults: &mut Vec<Fault>,
    ) -> Self {
        let decoded = Decoded::whole(plaintext, range.len());
        Self::decoded(PartRole::Payload, range, decoded, None, faults)
    }

    fn decoded(
        role: PartRole,
        range: Range<usize>,
        decoded: Decoded,
        unescaped: Option<Zeroizing<String>>,
        faults: &mut Vec<Fault>,
    ) -> Self {
        let json = match role {
            PartRole::ProtectedHeader | PartRole::UnprotectedHeader | PartRole::Disclosure => {
                Some(json::read(&decoded.bytes))
            }
            PartRole::Payload => Some(json::read(&decoded.bytes))
                .filter(|document| document.is_document() || looks_like_object(&decoded.bytes)),
            _ => None,
        };
        let part = Self {
            role,
            range,
            decoded,
            unescaped,
            json,
        };
        part.note_faults(faults);
        part
    }

    fn note_faults(&self, faults: &mut Vec<Fault>) {
        for fault in &self.decoded.faults {
            let shift = |at: usize| at.saturating_add(self.range.start);
            faults.push(Fault {
                kind: FaultKind::Encoding {
                    kind: fault.kind,
                    count: fault.count,
                },
                part: self.role,
                range: shift(fault.range.start)..shift(fault.range.end),
            });
        }
        let Some(document) = &self.json else {
            return;
        };
        for fault in &document.faults {
            faults.push(Fault {
                kind: FaultKind::Json(fault.kind.clone()),
                part: self.role,
                range: self.text_range(fault.range.clone()),
            });
        }
        if let Some(root) = &document.root
            && self.role == PartRole::ProtectedHeader
            && !matches!(root.value, Value::Object(_))
        {
            faults.push(Fault {
                kind: FaultKind::HeaderNotObject { found: root.kind() },
                part: self.role,
                range: self.text_range(root.range.clone()),
            });
        }
    }

    /// Its characters as a signature covers them: those of the token's text, escapes of a JSON string undone.
    pub fn characters<'a>(&'a self, text: &'a str) -> &'a str {
        match &self.unescaped {
            Some(unescaped) => unescaped,
            None => text.get(self.range.clone()).unwrap_or_default(),
        }
    }

    /// The decoded bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.decoded.bytes
    }

    /// The decoded bytes as text, when they are UTF-8.
    pub fn utf8(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes()).ok()
    }

    /// The characters of the token's text that carry any bit of these decoded bytes.
    pub fn text_range(&self, bytes: Range<usize>) -> Range<usize> {
        let range = self.decoded.to_text(bytes);
        let shift = |at: usize| at.saturating_add(self.range.start);
        shift(range.start)..shift(range.end)
    }

    /// The decoded bytes that these characters of the token's text carry any bit of.
    pub fn byte_range(&self, text: Range<usize>) -> Range<usize> {
        let shift = |at: usize| at.clamp(self.range.start, self.range.end) - self.range.start;
        self.decoded.to_bytes(shift(text.start)..shift(text.end))
    }
}

/// Whether bytes that are no document were meant to be a JSON object: a brace after white space, a byte order
/// mark, or the NULs of UTF-16 and UTF-32.
fn looks_like_object(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let first = text
        .iter()
        .find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0 | 0xFE | 0xFF));
    first == Some(&b'{')
}
