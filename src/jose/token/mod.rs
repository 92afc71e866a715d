//! A token taken apart, every part in its place.

mod compact;
mod json_form;
mod part;

use std::borrow::Cow;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::fault::{Fault, FaultKind};
use super::json::{Document, Json};

pub use json_form::kind_of as serialized_kind;
pub use part::{Part, PartRole};

/// Above this length in bytes only the header is decoded.
pub const MAX_TOKEN_BYTES: usize = 16 << 20;

/// Signatures or recipients beyond this number are not read.
pub const MAX_ENTRIES: usize = 100;

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

/// A token as received, and everything that could be decoded of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    text: Arc<Zeroizing<String>>,
    /// What it is.
    pub kind: Kind,
    /// How it is written.
    pub serialization: Serialization,
    /// Its parts, in the order in which they begin in the text. In JSON one may lie inside of another.
    pub parts: Vec<Arc<Part>>,
    /// What a strict reader would have refused, in text order.
    pub faults: Vec<Fault>,
    /// For each element of `signatures` or `recipients` (RFC 7515 section 7.2.1, RFC 7516 section 7.2.1) the positions of
    /// the parts that are its own; empty where there is no such list.
    entries: Vec<Vec<usize>>,
    /// The JSON object that it is written as.
    envelope: Option<Arc<Document>>,
}

/// What a reader makes of a text.
struct Reading {
    kind: Kind,
    serialization: Serialization,
    parts: Vec<Arc<Part>>,
    entries: Vec<Vec<usize>>,
    envelope: Option<Arc<Document>>,
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
        let mut faults = Vec::new();
        if text.len() > MAX_TOKEN_BYTES {
            faults.push(Fault {
                kind: FaultKind::TooLarge { bytes: text.len() },
                part: PartRole::Token,
                range: 0..text.len(),
            });
        }
        let reading = if text.trim_start().starts_with('{') && text.len() <= MAX_TOKEN_BYTES {
            json_form::read(&text, &mut faults)
        } else {
            compact::read(&text, &mut faults)
        };
        faults.sort_by_key(|fault| (fault.range.start, fault.range.end));
        let Reading {
            kind,
            serialization,
            parts,
            entries,
            envelope,
        } = reading;
        Self {
            text: Arc::new(text),
            kind,
            serialization,
            parts,
            faults,
            entries,
            envelope,
        }
    }

    /// The token that a payload is, as [`Token::nested`], of a part that was read already.
    pub fn nested_in(payload: &Part) -> Option<Self> {
        // Most are claims: what was read of them tells that they are no token.
        let root = payload.json.as_ref().and_then(|json| json.root.as_ref());
        let is_brace = payload.bytes().trim_ascii_start().starts_with(b"{");
        let is_other = |root: &Json| is_brace && serialized_kind(root).is_none();
        if root.is_some_and(is_other) {
            return None;
        }
        Self::nested(payload.bytes())
    }

    /// The token that a payload is, when it is one and nothing else (RFC 7519 appendix A.2).
    pub fn nested(payload: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(payload).ok()?;
        let is_compact = text.contains('.') && !text.contains(|c: char| c.is_whitespace());
        if !is_compact && !text.trim_start().starts_with('{') {
            return None;
        }
        let token = Self::parse(text);
        let is_one = match token.serialization {
            Serialization::Compact => {
                token.kind != Kind::Unreadable
                    && token
                        .header()
                        .is_some_and(|header| header.get("alg").is_some())
            }
            // An object of claims may have a member of such a name; a token has all that it needs.
            Serialization::Flattened | Serialization::General => {
                token.kind != Kind::Unreadable
                    && !token.faults.iter().any(|fault| {
                        matches!(
                            fault.kind,
                            FaultKind::Member { .. } | FaultKind::MixedForms { .. }
                        )
                    })
            }
        };
        is_one.then_some(token)
    }

    /// The text, exactly as received.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first part of this role.
    pub fn part(&self, role: PartRole) -> Option<&Part> {
        self.all(role).next()
    }

    /// The parts of this role.
    pub fn all(&self, role: PartRole) -> impl Iterator<Item = &Part> {
        self.parts
            .iter()
            .filter(move |part| part.role == role)
            .map(|part| &**part)
    }

    /// The JSON of the protected header, as far as it could be read.
    pub fn header(&self) -> Option<&Document> {
        self.part(PartRole::ProtectedHeader)?.json.as_ref()
    }

    /// A header parameter, from the protected header or else from one that nothing protects.
    pub fn parameter(&self, name: &str) -> Option<&Json> {
        self.parameter_in(name).map(|(_, value)| value)
    }

    /// A header parameter and the header that it is in.
    pub fn parameter_in(&self, name: &str) -> Option<(&Part, &Json)> {
        let protected = self.part(PartRole::ProtectedHeader);
        protected
            .into_iter()
            .chain(self.all(PartRole::UnprotectedHeader))
            .find_map(|part| Some((part, part.json.as_ref()?.get(name)?)))
    }

    /// The JSON of the payload, as far as it could be read; `None` when it is encrypted or opaque.
    pub fn payload(&self) -> Option<&Document> {
        self.part(PartRole::Payload)?.json.as_ref()
    }

    /// The payload as a claims set (RFC 7519 section 4): a JSON object, possibly cut by a fault.
    pub fn claims(&self) -> Option<&Document> {
        self.payload().filter(|payload| payload.object().is_some())
    }

    /// Whether the protected header says that the payload stands in the text as it is (RFC 7797 section 3).
    pub fn is_unencoded(&self) -> bool {
        self.kind != Kind::Jwe && compact::is_unencoded(self.header())
    }

    /// The JSON object that it is written as; `None` in compact form.
    pub fn envelope(&self) -> Option<&Document> {
        self.envelope.as_deref()
    }

    /// The part of this role that a signature or recipient (counted from 0) has for itself, else the one that it shares.
    pub fn part_of(&self, entry: usize, role: PartRole) -> Option<&Part> {
        let is_meant = |part: &&Arc<Part>| part.role == role;
        let Some(own) = self.entries.get(entry) else {
            return self.part(role);
        };
        let mut own = own.iter().filter_map(|&at| self.parts.get(at));
        let shared = || {
            let parts = self.parts.iter().enumerate();
            parts
                .filter(|(at, _)| !self.entries.iter().any(|own| own.contains(at)))
                .map(|(_, part)| part)
                .find(is_meant)
        };
        own.find(is_meant).or_else(shared).map(|part| &**part)
    }

    /// Which signature or recipient (counted from 0) has the part at this position for itself. `None` where it is one of
    /// all, or where there is no list of them.
    pub fn entry_of(&self, part: usize) -> Option<usize> {
        self.entries.iter().position(|own| own.contains(&part))
    }

    /// How many signatures or recipients there are; 1 in the forms that have no list of them.
    pub fn entries(&self) -> usize {
        self.entries.len().max(1)
    }

    /// The token as it is for each of its signatures or recipients: with the parts of that one, and those of all.
    pub fn views(&self) -> Vec<Cow<'_, Self>> {
        if self.entries.len() <= 1 {
            return vec![Cow::Borrowed(self)];
        }
        let mut owner = vec![None; self.parts.len()];
        for (entry, own) in self.entries.iter().enumerate() {
            for &part in own {
                if let Some(owner) = owner.get_mut(part) {
                    *owner = Some(entry);
                }
            }
        }
        let of_another = |entry: usize, fault: &Fault| {
            let mut others = self
                .parts
                .iter()
                .zip(&owner)
                .filter(|(_, owner)| owner.is_some_and(|owner| owner != entry));
            others.any(|(part, _)| {
                part.range.start <= fault.range.start && fault.range.end <= part.range.end
            })
        };
        (0..self.entries.len())
            .map(|entry| {
                let parts = self.parts.iter().zip(&owner);
                Cow::Owned(Self {
                    text: Arc::clone(&self.text),
                    kind: self.kind,
                    serialization: self.serialization,
                    parts: parts
                        .filter(|(_, owner)| owner.is_none_or(|owner| owner == entry))
                        .map(|(part, _)| Arc::clone(part))
                        .collect(),
                    faults: self
                        .faults
                        .iter()
                        .filter(|fault| fault.part == PartRole::Token || !of_another(entry, fault))
                        .cloned()
                        .collect(),
                    entries: Vec::new(),
                    envelope: self.envelope.clone(),
                })
            })
            .collect()
    }

    /// The same JWE with what its ciphertext holds as its payload. Every byte of it stands for the whole ciphertext.
    #[must_use]
    pub fn with_plaintext(&self, plaintext: Zeroizing<Vec<u8>>) -> Self {
        let mut token = self.clone();
        let at = token
            .parts
            .iter()
            .position(|part| part.role == PartRole::Ciphertext)
            .unwrap_or(token.parts.len());
        let range = token
            .parts
            .get(at)
            .map_or(0..0, |ciphertext| ciphertext.range.clone());
        let payload = Part::of_plaintext(range, plaintext, &mut token.faults);
        // Before the ciphertext, so that the characters are said to be the ciphertext's.
        token.parts.insert(at, Arc::new(payload));
        for own in &mut token.entries {
            for part in own.iter_mut().filter(|part| **part >= at) {
                *part = part.saturating_add(1);
            }
        }
        token
            .faults
            .sort_by_key(|fault| (fault.range.start, fault.range.end));
        token
    }

    /// Whether it is a JWS without the payload that it signs (RFC 7515 appendix F).
    pub fn is_detached(&self) -> bool {
        matches!(self.kind, Kind::Jws | Kind::SdJwt)
            && self
                .part(PartRole::Payload)
                .is_none_or(|payload| payload.range.is_empty())
    }

    /// A payload that it does not hold, as a part: without a character, at the place where it is missing.
    pub fn detached_part(&self, payload: Zeroizing<Vec<u8>>) -> Part {
        let at = self
            .part(PartRole::Payload)
            .map_or(self.text.len(), |payload| payload.range.start);
        // What is wrong with it is nothing that is wrong with the token.
        Part::of_plaintext(at..at, payload, &mut Vec::new())
    }

    /// The bytes that a signature covers: the encoded header, a dot, the payload as it stands in the text (RFC 7515 section
    /// 5.1, RFC 7797 section 3).
    ///
    /// `None` when there is no payload part.
    pub fn signing_input(&self) -> Option<Cow<'_, str>> {
        let payload = self.part(PartRole::Payload)?;
        if self.serialization == Serialization::Compact {
            return self.text.get(..payload.range.end).map(Cow::Borrowed);
        }
        let payload = payload.characters(&self.text);
        Some(Cow::Owned(format!("{}.{payload}", self.protected())))
    }

    /// The characters of the protected header; empty where there is none.
    pub fn protected(&self) -> &str {
        self.part(PartRole::ProtectedHeader)
            .map_or("", |header| header.characters(&self.text))
    }

    /// The innermost part that these characters of the text are in.
    pub fn part_at(&self, offset: usize) -> Option<&Part> {
        let end = self
            .parts
            .partition_point(|part| part.range.start <= offset);
        let begun = self.parts.get(..end)?.iter().rev();
        begun
            .map(|part| &**part)
            .find(|part| part.range.contains(&offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::{base64url, json};

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
            token.signing_input().as_deref(),
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
