//! What a strict reader would have refused in a token, and where.

use std::ops::Range;

use super::PartRole;
use super::base64url::EncodingFaultKind;
use super::json::JsonFaultKind;

/// One departure from the standards. None of them stops the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it is.
    pub kind: FaultKind,
    /// The part that it is in.
    pub part: PartRole,
    /// The characters at fault: bytes of the token's text.
    pub range: Range<usize>,
}

impl Fault {
    /// The fault's stable code, as reports name it.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }
}

/// The kinds of fault. `Display` says what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// A part is not strict base64url (RFC 7515 section 2).
    #[error("{}", encoding_text(*.kind, *.count))]
    Encoding {
        /// In what way.
        kind: EncodingFaultKind,
        /// How many characters.
        count: usize,
    },
    /// The header is JSON but no object (RFC 7515 section 4).
    #[error("expected a JSON object as header, found {found}")]
    HeaderNotObject {
        /// The kind of value it is.
        found: &'static str,
    },
    /// A part is not clean JSON (RFC 8259).
    #[error("{0}")]
    Json(JsonFaultKind),
    /// A member of the JSON serialization is missing or of the wrong type (RFC 7515 section 7.2, RFC 7516 section 7.2).
    #[error("expected {name:?} as {expected}, found {found}")]
    Member {
        /// The member.
        name: &'static str,
        /// What the serialization wants.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// The members of two forms stand side by side.
    #[error("expected one form of token, found {first:?} beside {second:?}")]
    MixedForms {
        /// A member of the form that was read.
        first: &'static str,
        /// A member of the other form.
        second: &'static str,
    },
    /// The number of parts fits no compact serialization (RFC 7515 section 7.1, RFC 7516 section 7.1).
    #[error("expected 3 parts (JWS) or 5 (JWE), found {found}")]
    SegmentCount {
        /// How many there are; counted up to a limit.
        found: usize,
    },
    /// More signatures or recipients than [`MAX_ENTRIES`](super::MAX_ENTRIES): the others were not read.
    #[error(
        "expected at most {} {what}, found {found}: the others were not read",
        super::MAX_ENTRIES
    )]
    TooMany {
        /// Signatures or recipients.
        what: &'static str,
        /// How many there are.
        found: usize,
    },
    /// Larger than [`MAX_TOKEN_BYTES`](super::MAX_TOKEN_BYTES): only header and sizes were read.
    #[error("expected at most {} MiB, found {bytes} bytes: only the header was read", super::MAX_TOKEN_BYTES >> 20)]
    TooLarge {
        /// The text's length in bytes.
        bytes: usize,
    },
    /// Signatures that do not agree on `b64` (RFC 7797 section 3).
    #[error("expected the same \"b64\" in every signature, found both")]
    UnevenB64,
}

impl FaultKind {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Encoding { kind, .. } => match kind {
                EncodingFaultKind::Length => "b64-length",
                EncodingFaultKind::Other => "b64-other",
                EncodingFaultKind::Padding => "b64-padding",
                EncodingFaultKind::StandardAlphabet => "b64-standard-alphabet",
                EncodingFaultKind::TrailingBits => "b64-trailing-bits",
                EncodingFaultKind::Whitespace => "b64-whitespace",
            },
            Self::HeaderNotObject { .. } => "header-not-object",
            Self::Json(kind) => match kind {
                JsonFaultKind::ByteOrderMark => "json-byte-order-mark",
                JsonFaultKind::Depth => "json-depth",
                JsonFaultKind::DuplicateMember { .. } => "json-duplicate-member",
                JsonFaultKind::NotUtf8 => "json-not-utf8",
                JsonFaultKind::Syntax { .. } => "json-syntax",
                JsonFaultKind::TrailingContent { .. } => "json-trailing-content",
                JsonFaultKind::UnpairedSurrogate => "json-unpaired-surrogate",
                JsonFaultKind::WideEncoding => "json-wide-encoding",
            },
            Self::Member { .. } => "form-member",
            Self::MixedForms { .. } => "mixed-forms",
            Self::SegmentCount { .. } => "segment-count",
            Self::TooMany { .. } => "too-many-entries",
            Self::UnevenB64 => "b64-uneven",
            Self::TooLarge { .. } => "token-too-large",
        }
    }
}

fn encoding_text(kind: EncodingFaultKind, count: usize) -> String {
    let what = match kind {
        EncodingFaultKind::Length => {
            return "expected whole bytes, found one character too many or too few".to_owned();
        }
        EncodingFaultKind::TrailingBits => {
            return "expected zeros in the unused bits of the last character, found others"
                .to_owned();
        }
        EncodingFaultKind::Other => "a character of no base64 alphabet",
        EncodingFaultKind::Padding => "\u{201C}=\u{201D} padding",
        EncodingFaultKind::StandardAlphabet => {
            "\u{201C}+\u{201D} or \u{201C}/\u{201D} of the standard alphabet"
        }
        EncodingFaultKind::Whitespace => "white space",
    };
    match count {
        1 => format!("expected base64url without padding, found {what}"),
        _ => format!("expected base64url without padding, found {what} ({count} times)"),
    }
}
