//! The JSON serializations (RFC 7515 section 7.2, RFC 7516 section 7.2), and an SD-JWT's (RFC 9901 section 8).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::compact::is_unencoded;
use super::part::{Coding, Part, PartRole};
use super::{Kind, MAX_ENTRIES, Reading, Serialization};
use crate::jose::fault::{Fault, FaultKind};
use crate::jose::json::{self, Document, Json, Member, Value};

/// Members that only a JWS has.
const OF_JWS: [&str; 3] = ["payload", "signature", "signatures"];

/// Members that only a JWE has.
const OF_JWE: [&str; 4] = ["ciphertext", "recipients", "encrypted_key", "iv"];

/// Of an object that has what makes it a JWS or JWE in JSON form, and not only a member of such a name, which it is.
pub fn kind_of(object: &Json) -> Option<Kind> {
    let has = |name: &str| object.get(name).is_some();
    let is_string = |name: &str| object.get(name).and_then(Json::str).is_some();
    let names_alg = || {
        let header = object.get("header");
        header.is_some_and(|header| header.get("alg").is_some())
    };
    if has("signatures")
        || is_string("signature") && (has("payload") || has("protected") || names_alg())
    {
        return Some(Kind::Jws);
    }
    let headers = ["protected", "unprotected", "recipients", "header"];
    if is_string("ciphertext") && headers.iter().any(|name| has(name)) {
        return Some(Kind::Jwe);
    }
    let is_cut_jws = is_string("payload") && (has("protected") || has("header"));
    is_cut_jws.then_some(Kind::Jws)
}

/// Reads a text that begins with a brace.
pub(super) fn read(text: &str, faults: &mut Vec<Fault>) -> Reading {
    let envelope = json::read(text.as_bytes());
    let kind = envelope.root.as_ref().and_then(kind_of);
    let mut reader = Reader {
        text,
        faults,
        parts: Vec::new(),
        entries: Vec::new(),
        is_sd_jwt: false,
    };
    let (kind, serialization) = match (kind, &envelope.root) {
        (Some(Kind::Jwe), Some(root)) => (Kind::Jwe, reader.jwe(root)),
        (Some(_), Some(root)) => {
            let serialization = reader.jws(root);
            let kind = if reader.is_sd_jwt {
                Kind::SdJwt
            } else {
                Kind::Jws
            };
            (kind, serialization)
        }
        _ => {
            reader.part(
                PartRole::Token,
                0..text.len(),
                Cow::Borrowed(text),
                Coding::Verbatim,
            );
            (Kind::Unreadable, Serialization::Flattened)
        }
    };
    let Reader { parts, entries, .. } = reader;
    let reading = in_text_order(kind, serialization, &parts, entries, envelope);
    if let Some(envelope) = &reading.envelope {
        note_envelope(envelope, &reading.parts, faults);
    }
    reading
}

/// Parts were read in the order of their meaning; entries name them by position.
fn in_text_order(
    kind: Kind,
    serialization: Serialization,
    parts: &[Arc<Part>],
    entries: Vec<Vec<usize>>,
    envelope: Document,
) -> Reading {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&at| {
        parts
            .get(at)
            .map(|part| (part.range.start, usize::MAX - part.range.end))
    });
    let mut position = vec![0; parts.len()];
    for (new, &old) in order.iter().enumerate() {
        if let Some(position) = position.get_mut(old) {
            *position = new;
        }
    }
    let entries = entries.into_iter().map(|own| {
        own.into_iter()
            .filter_map(|part| position.get(part).copied())
            .collect()
    });
    Reading {
        kind,
        serialization,
        entries: entries.collect(),
        parts: order
            .into_iter()
            .filter_map(|at| parts.get(at).cloned())
            .collect(),
        envelope: Some(Arc::new(envelope)),
    }
}

/// What is wrong with the JSON around the parts. Headers in it were read as parts, with their faults.
fn note_envelope(envelope: &Document, parts: &[Arc<Part>], faults: &mut Vec<Fault>) {
    for fault in &envelope.faults {
        let is_in_a_header = parts.iter().any(|part| {
            part.role == PartRole::UnprotectedHeader
                && part.range.start <= fault.range.start
                && fault.range.end <= part.range.end
        });
        if !is_in_a_header {
            faults.push(Fault {
                kind: FaultKind::Json(fault.kind.clone()),
                part: PartRole::Token,
                range: fault.range.clone(),
            });
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    faults: &'a mut Vec<Fault>,
    parts: Vec<Arc<Part>>,
    entries: Vec<Vec<usize>>,
    /// Whether a header brings disclosures or a key binding.
    is_sd_jwt: bool,
}

impl Reader<'_> {
    /// RFC 7515 section 7.2.
    fn jws(&mut self, root: &Json) -> Serialization {
        self.mixed(root, "payload", &OF_JWE);
        let list = root.get("signatures");
        let serialization = match list {
            Some(_) => Serialization::General,
            None => Serialization::Flattened,
        };
        if list.is_some() {
            self.mixed(root, "signatures", &["signature", "protected", "header"]);
            for (signature, own) in self.list(root, "signatures") {
                self.signature(signature, own);
            }
        } else {
            self.signature(root, None);
        }
        let unencoded: Vec<bool> = self
            .parts
            .iter()
            .filter(|part| part.role == PartRole::ProtectedHeader)
            .map(|header| is_unencoded(header.json.as_ref()))
            .collect();
        if unencoded.windows(2).any(|pair| pair.first() != pair.last()) {
            self.faults.push(Fault {
                kind: FaultKind::UnevenB64,
                part: PartRole::Token,
                range: root.range.clone(),
            });
        }
        let coding = if unencoded.first() == Some(&true) {
            Coding::Verbatim
        } else {
            Coding::Base64url
        };
        self.string(root, "payload", PartRole::Payload, coding, Need::Optional);
        serialization
    }

    /// One signature with its headers: the members of the whole, or of an element of the list.
    fn signature(&mut self, object: &Json, own: Option<usize>) {
        let first = self.parts.len();
        self.string(
            object,
            "protected",
            PartRole::ProtectedHeader,
            Coding::Base64url,
            Need::Optional,
        );
        self.header(object, "header");
        self.string(
            object,
            "signature",
            PartRole::Signature,
            Coding::Base64url,
            Need::Required,
        );
        if object.get("protected").is_none() && object.get("header").is_none() {
            self.member(object, "protected", "a string", "none, and no \"header\"");
        }
        if let Some(header) = object.get("header") {
            self.disclosures(header);
        }
        self.own(own, first);
    }

    /// What an SD-JWT keeps in an unprotected header.
    fn disclosures(&mut self, header: &Json) {
        let disclosures = header.get("disclosures").and_then(Json::array);
        let key_binding = header.get("kb_jwt").filter(|jwt| jwt.str().is_some());
        self.is_sd_jwt |= disclosures.is_some() || key_binding.is_some();
        for disclosure in disclosures.unwrap_or_default() {
            self.text_of(disclosure, PartRole::Disclosure, Coding::Base64url);
        }
        if let Some(jwt) = key_binding {
            self.text_of(jwt, PartRole::KeyBinding, Coding::Verbatim);
        }
    }

    /// RFC 7516 section 7.2.
    fn jwe(&mut self, root: &Json) -> Serialization {
        self.mixed(root, "ciphertext", &OF_JWS);
        let list = root.get("recipients");
        self.string(
            root,
            "protected",
            PartRole::ProtectedHeader,
            Coding::Base64url,
            Need::Optional,
        );
        self.header(root, "unprotected");
        if list.is_some() {
            self.mixed(root, "recipients", &["header", "encrypted_key"]);
            for (recipient, own) in self.list(root, "recipients") {
                self.recipient(recipient, own);
            }
        } else {
            self.recipient(root, None);
        }
        for (name, role, need) in [
            ("iv", PartRole::Iv, Need::Optional),
            ("aad", PartRole::Aad, Need::Optional),
            ("ciphertext", PartRole::Ciphertext, Need::Required),
            ("tag", PartRole::Tag, Need::Optional),
        ] {
            self.string(root, name, role, Coding::Base64url, need);
        }
        match list {
            Some(_) => Serialization::General,
            None => Serialization::Flattened,
        }
    }

    fn recipient(&mut self, object: &Json, own: Option<usize>) {
        let first = self.parts.len();
        self.header(object, "header");
        self.string(
            object,
            "encrypted_key",
            PartRole::EncryptedKey,
            Coding::Base64url,
            Need::Optional,
        );
        self.own(own, first);
    }

    /// Gives the parts from `first` on to an entry of the list.
    fn own(&mut self, entry: Option<usize>, first: usize) {
        let end = self.parts.len();
        if let Some(entry) = entry.and_then(|entry| self.entries.get_mut(entry)) {
            entry.extend(first..end);
        }
    }

    /// The objects of a list, each with its position among the entries.
    fn list<'j>(&mut self, root: &'j Json, name: &'static str) -> Vec<(&'j Json, Option<usize>)> {
        let Some(elements) = root.get(name).and_then(Json::array) else {
            self.member(root, name, "a list of objects", found(root.get(name)));
            return Vec::new();
        };
        if elements.is_empty() {
            self.member(root, name, "a list of objects", "an empty list");
        }
        if elements.len() > MAX_ENTRIES {
            self.faults.push(Fault {
                kind: FaultKind::TooMany {
                    what: name,
                    found: elements.len(),
                },
                part: PartRole::Token,
                range: root.get(name).map_or(0..0, |list| list.range.clone()),
            });
        }
        let mut objects = Vec::new();
        for element in elements.iter().take(MAX_ENTRIES) {
            if element.object().is_none() {
                self.faults.push(Fault {
                    kind: FaultKind::Member {
                        name,
                        expected: "a list of objects",
                        found: found(Some(element)),
                    },
                    part: PartRole::Token,
                    range: element.range.clone(),
                });
                continue;
            }
            objects.push((element, Some(self.entries.len())));
            self.entries.push(Vec::new());
        }
        objects
    }

    /// Notes members of another form.
    fn mixed(&mut self, root: &Json, first: &'static str, others: &[&'static str]) {
        for &second in others {
            if let Some(member) = root.member(second) {
                self.faults.push(Fault {
                    kind: FaultKind::MixedForms { first, second },
                    part: PartRole::Token,
                    range: member.range(),
                });
            }
        }
    }

    /// A header that nothing protects: an object as it stands.
    fn header(&mut self, object: &Json, name: &'static str) {
        let Some(header) = object.get(name) else {
            return;
        };
        if header.object().is_none() {
            self.member(object, name, "an object", found(Some(header)));
            return;
        }
        let range = header.range.clone();
        if let Some(characters) = self.text.get(range.clone()) {
            self.part(
                PartRole::UnprotectedHeader,
                range,
                Cow::Borrowed(characters),
                Coding::Verbatim,
            );
        }
    }

    /// A member that is a string.
    fn string(
        &mut self,
        object: &Json,
        name: &'static str,
        role: PartRole,
        coding: Coding,
        need: Need,
    ) {
        match object.get(name) {
            Some(json) if json.str().is_some() => self.text_of(json, role, coding),
            None if need == Need::Optional => {}
            other => self.member(object, name, "a string", found(other)),
        }
    }

    /// The part that a string holds; a value of another type holds none.
    fn text_of(&mut self, json: &Json, role: PartRole, coding: Coding) {
        let Value::String(string) = &json.value else {
            return;
        };
        // Without its quotes; a string that the text cuts has no second one.
        let start = json.range.start.saturating_add(1);
        let inside = self.text.get(start..json.range.end).unwrap_or_default();
        let inside = match inside.strip_suffix('"') {
            Some(closed) if closed == string => closed,
            _ if inside == string => inside,
            _ => inside.strip_suffix('"').unwrap_or(inside),
        };
        let range = start..start.saturating_add(inside.len());
        let characters = if inside == string {
            Cow::Borrowed(inside)
        } else {
            Cow::Owned(string.clone())
        };
        let part = Part::read(role, range, characters, coding, self.faults);
        self.parts.push(Arc::new(part));
    }

    fn part(
        &mut self,
        role: PartRole,
        range: Range<usize>,
        characters: Cow<'_, str>,
        coding: Coding,
    ) {
        let part = Part::read(role, range, characters, coding, self.faults);
        self.parts.push(Arc::new(part));
    }

    fn member(
        &mut self,
        object: &Json,
        name: &'static str,
        expected: &'static str,
        found: &'static str,
    ) {
        let range = object
            .member(name)
            .map_or(object.range.clone(), Member::range);
        self.faults.push(Fault {
            kind: FaultKind::Member {
                name,
                expected,
                found,
            },
            part: PartRole::Token,
            range,
        });
    }
}

/// Whether a member may be absent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Optional,
    Required,
}

/// The kind of a value with its article.
fn found(json: Option<&Json>) -> &'static str {
    match json.map(|json| &json.value) {
        None => "none",
        Some(Value::Array(_)) => "an array",
        Some(Value::Bool(_)) => "a boolean",
        Some(Value::Null) => "null",
        Some(Value::Number(_)) => "a number",
        Some(Value::Object(_)) => "an object",
        Some(Value::String(_)) => "a string",
    }
}

#[cfg(test)]
mod tests {
    use crate::jose::{Kind, Part, PartRole, Serialization, Token};

    /// The general JSON serialization of RFC 7515 appendix A.6.4.
    const A6: &str = r#"{"payload":"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ","signatures":[
 {"protected":"eyJhbGciOiJSUzI1NiJ9","header":{"kid":"2010-12-29"},"signature":"cC4hiUPoj9Eetdgtv3hF80EGrhuB"},
 {"protected":"eyJhbGciOiJFUzI1NiJ9","header":{"kid":"e9bc097a-ce51-4036-9562-d2ade882db0d"},"signature":"DtEhU3ljbEg8L38VWAfUAqOyKAM6"}]}"#;

    fn codes(token: &Token) -> Vec<&'static str> {
        token.faults.iter().map(crate::jose::Fault::code).collect()
    }

    #[test]
    fn every_signature_has_a_view_of_its_own() {
        let token = Token::parse(A6);
        assert_eq!(
            (token.kind, token.serialization, token.entries()),
            (Kind::Jws, Serialization::General, 2)
        );
        assert_eq!(codes(&token), [""; 0]);
        let views = token.views();
        let of = |at: usize, name| {
            let view = views.get(at)?;
            let input = view.signing_input()?;
            Some((view.parameter(name)?.str()?.to_owned(), input.into_owned()))
        };
        let payload = token
            .part(PartRole::Payload)
            .map(|part| part.characters(A6));
        let input = |header: &str| format!("{header}.{}", payload.unwrap_or_default());
        assert_eq!(
            of(0, "kid"),
            Some(("2010-12-29".to_owned(), input("eyJhbGciOiJSUzI1NiJ9")))
        );
        assert_eq!(
            of(1, "alg"),
            Some(("ES256".to_owned(), input("eyJhbGciOiJFUzI1NiJ9")))
        );
        let roles: Vec<_> = views.iter().map(|view| view.parts.len()).collect();
        assert_eq!((roles, token.parts.len()), (vec![4, 4], 7));
        let second = token.part_of(1, PartRole::ProtectedHeader);
        assert_eq!(second.and_then(Part::utf8), Some(r#"{"alg":"ES256"}"#));
        assert_eq!(
            token
                .part_of(1, PartRole::Payload)
                .map(|part| part.characters(A6)),
            payload
        );
    }

    #[test]
    fn a_member_of_an_unprotected_header_lights_up_as_it_stands() {
        let token = Token::parse(A6);
        let header = token.part(PartRole::UnprotectedHeader).unwrap();
        let kid = header.json.as_ref().unwrap().get("kid").unwrap();
        let range = header.text_range(kid.range.clone());
        assert_eq!(A6.get(range.clone()), Some("\"2010-12-29\""));
        assert_eq!(
            token.part_at(range.start).map(|part| part.role),
            Some(PartRole::UnprotectedHeader)
        );
    }

    #[test]
    fn escapes_are_undone_before_anything_is_covered_by_a_signature() {
        let token = Token::parse(
            r#"{"payload":"\u0065yJzdWIiOiJhIn0","protected":"eyJhbGciOiJub25lIn0","signature":""}"#,
        );
        assert_eq!(
            token.signing_input().as_deref(),
            Some("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0")
        );
        let payload = token.part(PartRole::Payload).unwrap();
        assert_eq!(payload.text_range(0..1), payload.range);
        assert_eq!(
            token.claims().and_then(|claims| claims.str("sub")),
            Some("a")
        );
        assert_eq!(token.serialization, Serialization::Flattened);
    }

    #[test]
    fn an_unencoded_payload_is_the_string_itself() {
        // RFC 7797 section 4.2 with another signature.
        let text = r#"{"protected":"eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19","payload":"$.02","signature":"AA"}"#;
        let token = Token::parse(text);
        assert_eq!(
            token.part(PartRole::Payload).map(Part::bytes),
            Some(&b"$.02"[..])
        );
        assert!(
            token
                .signing_input()
                .is_some_and(|input| input.ends_with(".$.02"))
        );
        assert_eq!(codes(&token), [""; 0]);
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_said() {
        for (text, expected) in [
            (r#"{"payload":"AA","signatures":[]}"#, &["form-member"][..]),
            (r#"{"payload":"AA","signatures":3}"#, &["form-member"]),
            (r#"{"payload":"AA","signatures":[1]}"#, &["form-member"]),
            (
                r#"{"payload":1,"protected":"e30","signature":"AA"}"#,
                &["form-member"],
            ),
            (r#"{"payload":"AA","protected":"e30"}"#, &["form-member"]),
            (r#"{"payload":"AA","signature":"AA"}"#, &["form-member"]),
            (
                r#"{"payload":"AA","protected":"e30","signature":"AA","signatures":[{"header":{},"signature":"AA"}]}"#,
                &["mixed-forms", "mixed-forms"],
            ),
            (
                r#"{"payload":"AA","protected":"e30","signature":"AA","ciphertext":"AA"}"#,
                &["mixed-forms"],
            ),
            (
                r#"{"ciphertext":"AA","header":{"alg":"dir"},"recipients":[{}]}"#,
                &["mixed-forms"],
            ),
            (
                r#"{"payload":"AA","payload":"AQ","protected":"e30","signature":"AA"}"#,
                &["json-duplicate-member"],
            ),
            (
                r#"{"payload":"AA","header":{"a":1,"a":2},"signature":"AA"}"#,
                &["json-duplicate-member"],
            ),
        ] {
            let token = Token::parse(text);
            assert_ne!(token.kind, Kind::Unreadable, "{text}");
            assert_eq!(codes(&token), expected, "{text}");
        }
    }

    #[test]
    fn an_object_of_another_sort_is_no_token() {
        for text in [
            r#"{"signature":"by hand"}"#,
            r#"{"payload":"eyJhIjoxfQ"}"#,
            r#"{"ciphertext":"AA"}"#,
            "{}",
            "{",
        ] {
            assert_eq!(Token::parse(text).kind, Kind::Unreadable, "{text}");
        }
    }

    #[test]
    fn a_jwe_has_one_ciphertext_for_all_recipients() {
        let token = Token::parse(
            r#"{"protected":"eyJlbmMiOiJBMTI4R0NNIn0","unprotected":{"jku":"https://a.example/"},"recipients":[{"header":{"alg":"RSA1_5"},"encrypted_key":"AA"},{"header":{"alg":"A128KW"},"encrypted_key":"AQ"}],"iv":"AA","ciphertext":"AA","tag":"AA","aad":"AA"}"#,
        );
        assert_eq!((token.kind, token.entries()), (Kind::Jwe, 2));
        let algs: Vec<_> = token
            .views()
            .iter()
            .map(|view| {
                let text_of = |name| {
                    view.parameter(name)
                        .and_then(|json| json.str().map(str::to_owned))
                };
                (text_of("alg"), text_of("enc"), text_of("jku"))
            })
            .collect();
        let expected = |alg: &str| {
            (
                Some(alg.to_owned()),
                Some("A128GCM".to_owned()),
                Some("https://a.example/".to_owned()),
            )
        };
        assert_eq!(algs, [expected("RSA1_5"), expected("A128KW")]);
    }

    #[test]
    fn so_many_signatures_are_read_and_no_more() {
        let one = r#"{"header":{"alg":"HS256"},"signature":"AA"}"#;
        let text = format!(
            r#"{{"payload":"AA","signatures":[{}]}}"#,
            vec![one; 10_000].join(",")
        );
        let token = Token::parse(text);
        assert_eq!(token.entries(), super::MAX_ENTRIES);
        assert_eq!(codes(&token), ["too-many-entries"]);
    }
}
