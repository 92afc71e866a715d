//! JSON that holds keys: a JWK, a JWK Set (RFC 7517), and any other document, which is walked: metadata with `jwks` in it
//! (RFC 7591, federations), Keycloak's realms, Google's certificates by `kid`, service accounts, secrets of Kubernetes.
//!
//! What a token says of itself is no key of the reviewer's: headers and `cnf` are passed over.

use zeroize::Zeroizing;

use super::found::Found;
use super::jwk::from_jwk;
use super::{Form, LoadError, Seeming, text, within};
use crate::jose::json::{self, Json, Member, Value, escape_pointer};
use crate::keys::Holds;

/// JSON, whole, or one member of an object as it is copied out of it.
pub(super) const FORM: Form = Form {
    recognises: |content| begins(content) || as_member(content).is_some(),
    load,
};

/// Members that hold a key of the token or of its holder (RFC 7515 section 4.1, RFC 7518 section 4.6.1.1, RFC 7800 section 3,
/// SIOP 2.0).
const OF_THE_TOKEN: &[&str] = &["cnf", "epk", "sub_jwk"];

/// The same, where they stand beside `alg` in a header.
const OF_THE_HEADER: &[&str] = &["jwk", "x5c"];

/// Words in names that say what a text is. Other names beside nothing but PEM blocks are the `kid`s of these.
const PLAIN_NAMES: &[&str] = &[
    "ca", "cert", "chain", "crt", "issuer", "jwt", "key", "pem", "public", "root", "x509",
];

fn begins(content: &[u8]) -> bool {
    matches!(content.trim_ascii_start().first(), Some(b'{' | b'['))
}

fn load(found: &mut Found<'_>, content: &[u8]) -> Result<(), LoadError> {
    let as_member = as_member(content);
    let content = as_member
        .as_ref()
        .map_or(content, |object| object.as_slice());
    let mut document = json::read(content);
    let result = match &document.root {
        Some(root) if document.is_document() => from_root(found, root, content),
        // It may only look like JSON: `[section]`, `{{ template }}`, a document a line.
        _ if text::recognises(content) => {
            text::take(found, content);
            match found.count() {
                0 => Err(broken(&document, found.source(), content)),
                _ => Ok(()),
            }
        }
        _ => Err(broken(&document, found.source(), content)),
    };
    if let Some(root) = &mut document.root {
        json::wipe(root);
    }
    result
}

/// `"x5c": ["…"]` and `x5c: ["…"],` as the object that they were copied from.
fn as_member(content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = content.trim_ascii();
    let text = text.strip_suffix(b",").unwrap_or(text);
    let (name, value) = text.split_at_checked(memchr::memchr(b':', text)?)?;
    let name = name.trim_ascii();
    let bare = name
        .strip_prefix(b"\"")
        .and_then(|name| name.strip_suffix(b"\""));
    let name = bare.unwrap_or(name);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.#$".contains(byte);
    let value = value.get(1..)?.trim_ascii_start();
    if name.is_empty() || name.len() > 64 || !name.iter().all(is_name) || !begins(value) {
        return None;
    }
    let object = Zeroizing::new([b"{\"", name, b"\":", value, b"}"].concat());
    json::read(&object).is_document().then_some(object)
}

/// Takes the keys of a document. An error says what the document seems to be.
fn from_root(found: &mut Found<'_>, root: &Json, content: &[u8]) -> Result<(), LoadError> {
    let mut walk = Walk { found, content };
    if root.get("kty").is_some() {
        walk.jwk(root, "");
        return Ok(());
    }
    if !is_http_archive(root) {
        walk.value(root, "");
    }
    if walk.found.count() > 0 {
        return Ok(());
    }
    let found = match root.get("keys").and_then(Json::array) {
        Some([]) => Seeming::EmptyKeySet,
        Some(jwks) => {
            walk.jwks(jwks, "/keys");
            return Ok(());
        }
        None if root.array().is_some_and(<[Json]>::is_empty) => Seeming::EmptyKeySet,
        None => Seeming::of_json(root),
    };
    Err(LoadError::NotAKey {
        source_name: walk.found.source().to_owned(),
        found,
    })
}

/// Recorded traffic: what was sent in it is nobody's key file.
pub(super) fn is_http_archive(root: &Json) -> bool {
    root.get("log")
        .is_some_and(|log| log.get("entries").is_some())
}

/// Takes the keys of a value that stands in a text, as far as there are any.
pub(super) fn take(found: &mut Found<'_>, root: &Json, content: &[u8]) {
    if !is_http_archive(root) {
        Walk { found, content }.value(root, "");
    }
}

struct Walk<'w, 's> {
    found: &'w mut Found<'s>,
    content: &'w [u8],
}

impl Walk<'_, '_> {
    /// The reader bounds the depth.
    fn value(&mut self, json: &Json, pointer: &str) {
        match &json.value {
            Value::Object(_) if json.get("kty").and_then(Json::str).is_some() => {
                self.jwk(json, pointer);
            }
            Value::Object(members) => self.object(json, members, pointer),
            Value::Array(elements) if has_jwk(elements) => self.jwks(elements, pointer),
            Value::Array(elements) if are_lines(elements) => {
                let lines: Vec<_> = elements.iter().filter_map(Json::str).collect();
                self.text(&Zeroizing::new(lines.join("\n")), pointer);
            }
            Value::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.value(element, &format!("{pointer}/{index}"));
                }
            }
            Value::String(text) => self.text(text, pointer),
            _ => {}
        }
    }

    fn object(&mut self, json: &Json, members: &[Member], pointer: &str) {
        if is_token(json) {
            return;
        }
        let is_header = json.get("alg").and_then(Json::str).is_some();
        let are_kids = are_kids(members);
        let first = self.found.count();
        for Member { name, value, .. } in members {
            let is_own = OF_THE_TOKEN.contains(&name.as_str())
                || is_header && OF_THE_HEADER.contains(&name.as_str());
            if is_own {
                continue;
            }
            let before = self.found.count();
            self.value(value, &format!("{pointer}/{}", escape_pointer(name)));
            if value.str().is_none() {
                continue;
            }
            let kid = if are_kids {
                Some(name.as_str())
            } else {
                kid_beside(json, name)
            };
            for key in self.found.since(before) {
                if key.members.kid.is_none() {
                    key.members.kid = kid.map(str::to_owned);
                }
            }
        }
        self.found.without_doubles(first);
    }

    fn jwks(&mut self, jwks: &[Json], pointer: &str) {
        for (index, jwk) in jwks.iter().enumerate() {
            self.jwk(jwk, &format!("{pointer}/{index}"));
        }
    }

    fn jwk(&mut self, jwk: &Json, pointer: &str) {
        let content = self.content;
        self.found.at(pointer, |found| {
            let key = found.add(|source, ordinal| from_jwk(jwk, source, ordinal));
            if let Some(key) = key
                && key.holds == Holds::Public
                && key.fault.is_none()
            {
                key.loaded.jwk = content.get(jwk.range.clone()).map(Into::into);
            }
        });
    }

    fn text(&mut self, text: &str, pointer: &str) {
        /// Less is no key.
        const LEAST: usize = 40;
        if text.len() >= LEAST {
            self.found
                .at(pointer, |found| within(found, text.as_bytes()));
        }
    }
}

fn has_jwk(elements: &[Json]) -> bool {
    elements.iter().any(|jwk| jwk.get("kty").is_some())
}

/// Whether strings are the lines of a PEM block.
fn are_lines(elements: &[Json]) -> bool {
    let first = elements.first().and_then(Json::str);
    let begins =
        first.is_some_and(|line| line.contains("-----BEGIN ") && !line.contains("-----END "));
    begins && elements.iter().all(|line| line.str().is_some())
}

/// Whether an object is a token in JSON form (RFC 7515 section 7.2, RFC 7516 section 7.2).
fn is_token(json: &Json) -> bool {
    let has = |name: &str| json.get(name).is_some();
    has("ciphertext") || has("payload") && (has("signature") || has("signatures"))
}

/// Whether the names of an object's members are the `kid`s of the PEM blocks that they name, as Google publishes them.
fn are_kids(members: &[Member]) -> bool {
    let is_public = |text: &str| {
        ["-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----"]
            .iter()
            .any(|begin| text.trim_start().starts_with(begin))
    };
    // An identifier has digits in it, and may have any letters beside them.
    let is_kid = |name: &str| {
        let name = name.to_ascii_lowercase();
        let has_digit = name.bytes().any(|byte| byte.is_ascii_digit());
        let is_plain = |word: &str| name == word || !has_digit && name.contains(word);
        !name.is_empty() && !PLAIN_NAMES.iter().any(|word| is_plain(word))
    };
    members
        .iter()
        .all(|member| is_kid(&member.name) && member.value.str().is_some_and(is_public))
}

/// The `kid` that stands beside a key: `private_key_id` beside `private_key`, or the object's own.
fn kid_beside<'j>(json: &'j Json, name: &str) -> Option<&'j str> {
    let own = format!("{name}_id");
    let text = |name: &str| json.get(name).and_then(Json::str);
    text(&own)
        .or_else(|| text("kid"))
        .or_else(|| text("keyId"))
        .or_else(|| text("key_id"))
}

fn broken(document: &json::Document, source: &str, content: &[u8]) -> LoadError {
    let fault = document.faults.iter().find(|fault| fault.kind.is_fatal());
    let at = fault.map_or(0, |fault| fault.range.start);
    let before = content.get(..at).unwrap_or_default();
    let line_start =
        memchr::memrchr(b'\n', before).map_or(0, |line_break| line_break.saturating_add(1));
    LoadError::Json {
        source_name: source.to_owned(),
        line: memchr::memchr_iter(b'\n', before).count().saturating_add(1),
        column: at.saturating_sub(line_start).saturating_add(1),
        fault: fault.map_or_else(
            || "expected JSON".to_owned(),
            |fault| fault.kind.to_string(),
        ),
    }
}
