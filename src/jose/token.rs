//! A token taken apart, every part in its place.

use std::cell::LazyCell;
use std::ops::Range;

use zeroize::Zeroizing;

use super::base64url::{self, Decoded};
use super::fault::{Fault, FaultKind};
use super::json::{self, Document, Value};

/// Above this length in bytes only the header is decoded.
pub const MAX_TOKEN_BYTES: usize = 16 << 20;

/// Parts beyond this number stay one piece.
const MAX_SEGMENTS: usize = 8;

/// A header longer than this (in characters) is not decoded when the token is too large.
const MAX_HEADER_OF_LARGE: usize = 1 << 20;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An encrypted token (RFC 7516).
    Jwe,
    /// A signed, MACed or unsecured token (RFC 7515).
    Jws,
    /// A JWS followed by disclosures (RFC 9901).
    SdJwt,
    /// None of these; what can be decoded is.
    Unreadable,
}

impl Kind {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jwe => "jwe",
            Self::Jws => "jws",
            Self::SdJwt => "sd-jwt",
            Self::Unreadable => "unreadable",
        }
    }
}

/// How a token is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Serialization {
    /// Parts joined by dots.
    Compact,
    /// JSON with one signature or recipient.
    Flattened,
    /// JSON with a list of them.
    General,
}

impl Serialization {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Flattened => "flattened",
            Self::General => "general",
        }
    }
}

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
    /// The JSON in it; `None` where it is not meant to be JSON, or is a payload that does not even begin like JSON.
    pub json: Option<Document>,
}

impl Part {
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

/// A token as received, and everything that could be decoded of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    text: Zeroizing<String>,
    /// What it is.
    pub kind: Kind,
    /// How it is written.
    pub serialization: Serialization,
    /// Its parts, in text order.
    pub parts: Vec<Part>,
    /// What a strict reader would have refused, in text order.
    pub faults: Vec<Fault>,
}

impl std::fmt::Debug for Token {
    /// Sizes only: a token is a credential and must not reach a log or a panic message.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token")
            .field("kind", &self.kind)
            .field("bytes", &self.text.len())
            .field("parts", &self.parts.len())
            .finish_non_exhaustive()
    }
}

impl Token {
    /// Takes a text apart. There is always a token; what is wrong with it is in [`Token::faults`].
    pub fn parse(text: impl Into<String>) -> Self {
        let text = Zeroizing::new(text.into());
        let too_large = text.len() > MAX_TOKEN_BYTES;
        let mut faults = Vec::new();
        if too_large {
            faults.push(Fault {
                kind: FaultKind::TooLarge { bytes: text.len() },
                part: PartRole::Token,
                range: 0..text.len(),
            });
        }
        let (jws_end, disclosures) = match text.find('~') {
            Some(at) => (at, disclosure_ranges(&text, at)),
            None => (text.len(), Vec::new()),
        };
        let segments = segments(&text, jws_end);
        // Asked only where the number of parts does not tell the kind; then it is read here and again as a part.
        let header = LazyCell::new(|| {
            let segment = text.get(segments.first()?.clone())?;
            (segment.len() <= MAX_HEADER_OF_LARGE)
                .then(|| json::read(&base64url::decode(segment).bytes))
        });
        let header_has_enc = || {
            let header = (*header).as_ref();
            header.is_some_and(|header| header.get("enc").is_some())
        };
        let header_is_object = || {
            let header = (*header).as_ref();
            header.is_some_and(|header| header.object().is_some())
        };
        let with_disclosures = text.contains('~');
        let kind = match segments.len() {
            3 if with_disclosures => Kind::SdJwt,
            3 => Kind::Jws,
            5 => Kind::Jwe,
            _ if header_has_enc() => Kind::Jwe,
            0 | 1 => Kind::Unreadable,
            _ if header_is_object() => Kind::Jws,
            _ => Kind::Unreadable,
        };
        let roles: &[PartRole] = match kind {
            Kind::Jwe => &[
                PartRole::ProtectedHeader,
                PartRole::EncryptedKey,
                PartRole::Iv,
                PartRole::Ciphertext,
                PartRole::Tag,
            ],
            Kind::Unreadable if !header_is_object() => &[],
            _ => &[
                PartRole::ProtectedHeader,
                PartRole::Payload,
                PartRole::Signature,
            ],
        };
        let expected = match kind {
            Kind::Jwe => 5,
            _ => 3,
        };
        if segments.len() != expected {
            let extra = segments.get(expected);
            faults.push(Fault {
                kind: FaultKind::SegmentCount {
                    found: segments.len(),
                },
                part: PartRole::Token,
                range: extra.map_or(jws_end..jws_end, |extra| {
                    extra.start.saturating_sub(1)..jws_end
                }),
            });
        }
        let mut parts = Vec::with_capacity(segments.len().saturating_add(disclosures.len()));
        let located = segments
            .into_iter()
            .enumerate()
            .map(|(index, range)| {
                let role = roles.get(index).copied().unwrap_or(PartRole::Token);
                (role, range)
            })
            .chain(
                disclosures
                    .into_iter()
                    .map(|range| (PartRole::Disclosure, range)),
            );
        for (role, range) in located {
            let header_of_large =
                role == PartRole::ProtectedHeader && range.len() <= MAX_HEADER_OF_LARGE;
            let segment = match text.get(range.clone()) {
                Some(segment) if !too_large || header_of_large => segment,
                _ => "",
            };
            parts.push(part(role, range, segment, &mut faults));
        }
        faults.sort_by_key(|fault| (fault.range.start, fault.range.end));
        Self {
            text,
            kind,
            serialization: Serialization::Compact,
            parts,
            faults,
        }
    }

    /// The text, exactly as received.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first part of this role.
    pub fn part(&self, role: PartRole) -> Option<&Part> {
        self.parts.iter().find(|part| part.role == role)
    }

    /// The JSON of the protected header, as far as it could be read.
    pub fn header(&self) -> Option<&Document> {
        self.part(PartRole::ProtectedHeader)?.json.as_ref()
    }

    /// The JSON of the payload, as far as it could be read; `None` when it is encrypted or opaque.
    pub fn payload(&self) -> Option<&Document> {
        self.part(PartRole::Payload)?.json.as_ref()
    }

    /// The payload as a claims set (RFC 7519 section 4): a JSON object, possibly cut by a fault.
    pub fn claims(&self) -> Option<&Document> {
        self.payload().filter(|payload| payload.object().is_some())
    }

    /// The bytes that a signature covers: the encoded header, a dot, the encoded payload (RFC 7515 section 5.1).
    ///
    /// `None` when there is no payload part.
    pub fn signing_input(&self) -> Option<&str> {
        let payload = self.part(PartRole::Payload)?;
        self.text.get(..payload.range.end)
    }

    /// The part that these characters of the text are in.
    pub fn part_at(&self, offset: usize) -> Option<&Part> {
        let index = self.parts.partition_point(|part| part.range.end <= offset);
        let part = self.parts.get(index)?;
        part.range.contains(&offset).then_some(part)
    }
}

/// The pieces of `text[..end]` between dots; what follows the last dot looked at stays one piece.
fn segments(text: &str, end: usize) -> Vec<Range<usize>> {
    let Some(compact) = text.get(..end) else {
        return Vec::new();
    };
    let mut start = 0;
    compact
        .splitn(MAX_SEGMENTS, '.')
        .map(|segment| {
            let range = start..start + segment.len();
            start = range.end + 1;
            range
        })
        .collect()
}

/// The disclosures after the tilde at `first`, a key binding JWT at the end left out.
fn disclosure_ranges(text: &str, first: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = first.saturating_add(1);
    while let Some(length) = text.get(start..).and_then(|rest| rest.find('~')) {
        let end = start.saturating_add(length);
        ranges.push(start..end);
        start = end.saturating_add(1);
    }
    ranges
}

fn part(role: PartRole, range: Range<usize>, segment: &str, faults: &mut Vec<Fault>) -> Part {
    let decoded = base64url::decode(segment);
    let document = match role {
        PartRole::ProtectedHeader | PartRole::Disclosure => Some(json::read(&decoded.bytes)),
        PartRole::Payload => Some(json::read(&decoded.bytes))
            .filter(|document| document.is_document() || looks_like_object(&decoded.bytes)),
        _ => None,
    };
    let part = Part {
        role,
        range,
        decoded,
        json: document,
    };
    for fault in &part.decoded.faults {
        let shift = |at: usize| at.saturating_add(part.range.start);
        faults.push(Fault {
            kind: FaultKind::Encoding {
                kind: fault.kind,
                count: fault.count,
            },
            part: role,
            range: shift(fault.range.start)..shift(fault.range.end),
        });
    }
    if let Some(document) = &part.json {
        for fault in &document.faults {
            faults.push(Fault {
                kind: FaultKind::Json(fault.kind.clone()),
                part: role,
                range: part.text_range(fault.range.clone()),
            });
        }
        if let Some(root) = &document.root
            && role == PartRole::ProtectedHeader
            && !matches!(root.value, Value::Object(_))
        {
            faults.push(Fault {
                kind: FaultKind::HeaderNotObject { found: root.kind() },
                part: role,
                range: part.text_range(root.range.clone()),
            });
        }
    }
    part
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

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515 appendix A.1.
    const A1: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn codes(token: &Token) -> Vec<(&'static str, PartRole)> {
        token
            .faults
            .iter()
            .map(|fault| (fault.code(), fault.part))
            .collect()
    }

    #[test]
    fn a_compact_jws_keeps_its_bytes() {
        let token = Token::parse(A1);
        assert_eq!((token.kind, token.faults.len()), (Kind::Jws, 0));
        assert_eq!(
            token.header().and_then(|header| header.str("alg")),
            Some("HS256")
        );
        let header = token.part(PartRole::ProtectedHeader).and_then(Part::utf8);
        assert_eq!(header, Some("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}"));
        assert_eq!(
            token.signing_input(),
            A1.rsplit_once('.').map(|(input, _)| input)
        );
    }

    #[test]
    fn a_member_lights_up_the_characters_that_carry_it() {
        let token = Token::parse(A1);
        let Some(payload) = token.part(PartRole::Payload) else {
            panic!("a payload");
        };
        let exp = payload
            .json
            .as_ref()
            .and_then(|json| json.root.as_ref()?.member("exp"))
            .map(json::Member::range)
            .unwrap_or_default();
        let range = payload.text_range(exp.clone());
        // `"exp":1300819380` stands at bytes 16 to 32 of the payload: sextets 21 to 42.
        assert_eq!(exp, 16..32);
        let start = payload.range.start;
        assert_eq!(range, start + 21..start + 43);
        let back = payload.byte_range(range);
        assert!(back.start <= exp.start && back.end >= exp.end && back.len() <= exp.len() + 2);
    }

    #[test]
    fn the_number_of_parts_decides_the_kind() {
        let header = base64url::encode(br#"{"alg":"none"}"#);
        let claims = base64url::encode(br#"{"sub":"a"}"#);
        let two = Token::parse(format!("{header}.{claims}"));
        assert_eq!(
            (two.kind, codes(&two)),
            (Kind::Jws, vec![("segment-count", PartRole::Token)])
        );
        assert!(two.claims().is_some() && two.part(PartRole::Signature).is_none());
        let four = Token::parse(format!("{header}.{claims}.AA.AA"));
        assert_eq!(four.kind, Kind::Jws);
        assert_eq!(
            four.parts.last().map(|part| part.role),
            Some(PartRole::Token)
        );
        let five = Token::parse(format!("{header}.AA.AA.AA.AA"));
        assert_eq!(five.kind, Kind::Jwe);
        let cut_jwe = base64url::encode(br#"{"alg":"dir","enc":"A128GCM"}"#);
        assert_eq!(Token::parse(format!("{cut_jwe}..AA.AA")).kind, Kind::Jwe);
        assert_eq!(Token::parse("").kind, Kind::Unreadable);
        assert_eq!(Token::parse("a.b").kind, Kind::Unreadable);
        assert_eq!(
            Token::parse(".".repeat(1_000_000)).parts.len(),
            MAX_SEGMENTS
        );
    }

    #[test]
    fn faults_point_into_the_text() {
        let header = base64url::encode(br#"{"alg":"HS256","alg":"none"}"#);
        let text = format!("{header}.eyJzdWIiOiJhIn0=.AB");
        let token = Token::parse(text.as_str());
        assert_eq!(
            codes(&token),
            [
                ("json-duplicate-member", PartRole::ProtectedHeader),
                ("b64-padding", PartRole::Payload),
                ("b64-trailing-bits", PartRole::Signature),
            ]
        );
        let found: Vec<_> = token
            .faults
            .iter()
            .map(|fault| text.get(fault.range.clone()).unwrap_or_default())
            .collect();
        assert_eq!(found.get(1..), Some(&["=", "B"][..]));
    }

    #[test]
    fn a_payload_that_is_no_json_is_no_fault() {
        let header = base64url::encode(br#"{"alg":"HS256"}"#);
        for (payload, is_json, faults) in [
            (&b"hello"[..], false, 0),
            (b"\xFF\x00\x01", false, 0),
            (b"", false, 0),
            (b"[1]", true, 0),
            (b" {\"a\":", true, 1),
            (b"\xEF\xBB\xBF{}", true, 1),
        ] {
            let token = Token::parse(format!("{header}.{}.AA", base64url::encode(payload)));
            assert_eq!(token.payload().is_some(), is_json, "{payload:?}");
            assert_eq!(token.faults.len(), faults, "{payload:?}");
        }
    }

    #[test]
    fn disclosures_follow_an_sd_jwt() {
        let header = base64url::encode(br#"{"alg":"ES256"}"#);
        let disclosure = base64url::encode(br#"["salt","name","value"]"#);
        let token = Token::parse(format!("{header}.e30.AA~{disclosure}~"));
        assert_eq!(token.kind, Kind::SdJwt);
        assert_eq!(
            token.parts.last().map(|part| part.role),
            Some(PartRole::Disclosure)
        );
        assert!(token.faults.is_empty());
    }

    #[test]
    fn a_huge_text_is_not_decoded() {
        let header = base64url::encode(br#"{"alg":"HS256"}"#);
        let token = Token::parse(format!("{header}.{}.AA", "A".repeat(MAX_TOKEN_BYTES)));
        assert_eq!(codes(&token), [("token-too-large", PartRole::Token)]);
        assert!(
            token
                .header()
                .and_then(|header| header.str("alg"))
                .is_some()
        );
        assert_eq!(
            token.part(PartRole::Payload).map(|part| part.bytes().len()),
            Some(0)
        );
    }

    #[test]
    fn debug_text_holds_nothing_of_the_token() {
        let shown = format!("{:?}", Token::parse(A1));
        assert!(!shown.contains("eyJ") && !shown.contains("joe"));
    }
}
