//! Members of a JWK that say nothing to us, kept as they were for those to whom they do.

use std::cmp::Ordering;

use zeroize::Zeroizing;

use crate::jose::json::{Json, Value};

/// Members that a key is made of, or that have a field of their own in [`Members`](super::Members).
const READ: &[&str] = &[
    "kty", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi", "oth", "k", "pub", "priv",
    "kid", "use", "key_ops", "alg", "x5t", "x5t#S256",
];

/// A member that is none of those that are read (RFC 7517 section 4): `x5c`, `x5u`, `iat`, a vendor's own. Zeroised when
/// dropped, its value never printed: nobody knows what it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Further {
    /// Its name.
    pub name: String,
    /// Its value as JSON. Numbers stand as they were written.
    pub json: Zeroizing<String>,
}

impl Further {
    /// All that a JWK has, in its order; of duplicates the last.
    pub(super) fn all(jwk: &Json) -> Vec<Self> {
        let mut kept: Vec<Self> = Vec::new();
        for member in jwk.object().unwrap_or_default() {
            if READ.contains(&member.name.as_str()) {
                continue;
            }
            let further = Self::new(&member.name, &member.value);
            match kept.iter_mut().find(|before| before.name == further.name) {
                Some(before) => *before = further,
                None => kept.push(further),
            }
        }
        kept
    }

    /// The member of this name and value.
    fn new(name: &str, value: &Json) -> Self {
        // As long as in the file, and a little more for another spelling: growing would leave a copy behind.
        let mut json = Zeroizing::new(String::with_capacity(
            value.range.len().saturating_mul(2).saturating_add(2),
        ));
        write(&mut json, value);
        Self {
            name: name.to_owned(),
            json,
        }
    }
}

impl Ord for Further {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.name, self.json.as_str()).cmp(&(&other.name, other.json.as_str()))
    }
}

impl PartialOrd for Further {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Debug for Further {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Further({})", self.name)
    }
}

/// The reader bounds the depth.
fn write(text: &mut String, json: &Json) {
    match &json.value {
        Value::Array(elements) => {
            text.push('[');
            for (at, element) in elements.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(text, element);
            }
            text.push(']');
        }
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Null => text.push_str("null"),
        Value::Number(number) => text.push_str(&number.text),
        Value::Object(members) => {
            text.push('{');
            for (at, member) in members.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&in_quotes(&member.name));
                text.push(':');
                write(text, &member.value);
            }
            text.push('}');
        }
        Value::String(string) => text.push_str(&in_quotes(string)),
    }
}

/// A text as a JSON string.
pub(super) fn in_quotes(text: &str) -> Zeroizing<String> {
    let is_escaped = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
    let escaped = text.bytes().filter(is_escaped).count();
    // In one piece: growing would leave copies behind. An escape has six characters at most.
    let length = text.len().saturating_add(escaped.saturating_mul(5));
    let mut json = Zeroizing::new(Vec::with_capacity(length.saturating_add(2)));
    // A string is always JSON, and JSON is text.
    let _ = serde_json::to_writer(&mut *json, text);
    Zeroizing::new(String::from_utf8(std::mem::take(&mut *json)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::json;

    #[test]
    fn a_string_is_written_in_one_piece() {
        for text in ["", "AQAB", "a\"\\\n\u{1}\u{7F}\u{2603}", &"x".repeat(400)] {
            let json = in_quotes(text);
            assert_eq!(*json, serde_json::to_string(text).unwrap());
            assert!(json.capacity() >= json.len() && json.capacity() <= text.len() * 6 + 2);
        }
    }

    #[test]
    fn a_value_is_kept_as_it_was_but_for_white_space_and_never_printed() {
        let text = r#"{"a" : [1.50, -0, 12345678901234567890123, null, true, false, {}], "ü\n\"" : "s3\u0063ret"}"#;
        let document = json::read(text.as_bytes());
        let further = Further::new("more", document.root.as_ref().unwrap());
        assert_eq!(
            further.json.as_str(),
            r#"{"a":[1.50,-0,12345678901234567890123,null,true,false,{}],"ü\n\"":"s3cret"}"#
        );
        assert_eq!(format!("{further:?}"), "Further(more)");
    }
}
