//! Claims that a policy requires or forbids.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::super::{Case, Evidence};
use crate::jose::json::{self, Json, Value};
use crate::jose::{Part, PartRole};

/// A claim that must be there, or must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRule {
    /// Which claim.
    pub path: ClaimPath,
    /// The value that it must have, or must not have; `None`: any.
    pub value: Option<ClaimValue>,
}

/// Where a claim stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClaimPath {
    /// At the top, under this name.
    Name(String),
    /// Anywhere, as a JSON pointer (RFC 6901) into the claims.
    Pointer(String),
}

impl ClaimPath {
    /// For people.
    pub fn label(&self) -> &str {
        match self {
            Self::Name(name) | Self::Pointer(name) => name,
        }
    }

    /// Whether it is a name, or a pointer as RFC 6901 section 3 writes them: not to the whole, and `~` only as `~0` or `~1`.
    pub fn is_well_formed(&self) -> bool {
        match self {
            Self::Name(_) => true,
            Self::Pointer(pointer) => {
                let mut tildes = pointer.split('~').skip(1);
                pointer.starts_with('/') && tildes.all(|after| after.starts_with(['0', '1']))
            }
        }
    }
}

/// A value as it was written, compared as JSON: numbers by their exact value, objects whatever the order of members.
#[derive(Debug, Clone)]
pub struct ClaimValue {
    text: Box<RawValue>,
    json: Json,
}

impl PartialEq for ClaimValue {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for ClaimValue {}

/// A value may nest so deep, far less than any reader of JSON minds.
const MAX_VALUE_DEPTH: usize = 64;

/// No clean JSON: what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ClaimValueError(String);

impl ClaimValue {
    /// The value that a JSON text is.
    ///
    /// # Errors
    /// When the text is no JSON, an object in it has two members of one name, or it nests too deep.
    pub fn read(text: &str) -> Result<Self, ClaimValueError> {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        let document = json::read(text.as_bytes());
        if let Some(fault) = document.faults.first() {
            return Err(ClaimValueError(fault.kind.to_string()));
        }
        let json = document.root;
        let json =
            json.ok_or_else(|| ClaimValueError("expected a value, found none".to_owned()))?;
        if is_deeper(&json, MAX_VALUE_DEPTH) {
            return Err(ClaimValueError(format!(
                "expected at most {MAX_VALUE_DEPTH} levels of nesting in a value, found more"
            )));
        }
        let text = RawValue::from_string(text.to_owned());
        let text = text.map_err(|error| ClaimValueError(error.to_string()))?;
        Ok(Self { text, json })
    }

    /// The JSON text as it was written.
    pub fn text(&self) -> &str {
        self.text.get()
    }

    pub(super) fn raw(&self) -> &RawValue {
        &self.text
    }

    /// Whether a value of a token is the same.
    pub fn is(&self, found: &Json) -> bool {
        same(&self.json, found)
    }
}

/// Whether arrays and objects nest deeper than so many levels.
fn is_deeper(value: &Json, levels: usize) -> bool {
    let left = levels.checked_sub(1);
    let is_deeper = |value: &Json| left.is_none_or(|left| is_deeper(value, left));
    match &value.value {
        Value::Array(elements) => left.is_none() || elements.iter().any(is_deeper),
        Value::Object(members) => {
            left.is_none() || members.iter().any(|member| is_deeper(&member.value))
        }
        _ => false,
    }
}

/// Whether two values are the same. One with two members of one name is like no other.
fn same(a: &Json, b: &Json) -> bool {
    match (&a.value, &b.value) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let members: HashMap<&str, &Json> = b
                .iter()
                .map(|member| (member.name.as_str(), &member.value))
                .collect();
            a.len() == b.len()
                && members.len() == b.len()
                && a.iter().all(|member| {
                    let other = members.get(member.name.as_str());
                    other.is_some_and(|other| same(&member.value, other))
                })
        }
        (Value::Number(_), Value::Number(_)) => a.decimal().is_some() && a.decimal() == b.decimal(),
        (a, b) => a == b,
    }
}

/// A claim that was found, and where it stands.
pub(super) struct FoundClaim<'a> {
    pub(super) value: &'a Json,
    pub(super) evidence: Evidence,
}

/// Every claim at this path: of duplicates at the top each, deeper the last one.
pub(super) fn found<'a>(case: Case<'a>, path: &ClaimPath) -> Vec<FoundClaim<'a>> {
    match path {
        ClaimPath::Name(name) => case
            .claims()
            .filter(|claim| claim.name == name)
            .map(|claim| FoundClaim {
                value: claim.value,
                evidence: claim.evidence(),
            })
            .collect(),
        ClaimPath::Pointer(pointer) => pointed(case, pointer).into_iter().collect(),
    }
}

/// What a pointer leads to. Of an SD-JWT the claims with their disclosures in place (RFC 9901 section 7.1).
fn pointed<'a>(case: Case<'a>, pointer: &str) -> Option<FoundClaim<'a>> {
    let shown = case.proof.sd_jwt.as_deref();
    let processed = shown.and_then(|shown| shown.claims()?.root.as_ref());
    let root = processed.or_else(|| case.token.claims()?.root.as_ref())?;
    let mut value = root;
    for step in pointer.strip_prefix('/')?.split('/') {
        let step = step.replace("~1", "/").replace("~0", "~");
        value = match &value.value {
            Value::Object(_) => value.get(&step)?,
            Value::Array(elements) => {
                // RFC 6901 section 4: no leading zeros.
                let is_index = step == "0" || !step.starts_with('0') && !step.starts_with('+');
                elements.get(step.parse::<usize>().ok().filter(|_| is_index)?)?
            }
            _ => return None,
        };
    }
    let disclosed = shown.and_then(|shown| {
        let (part, place) = shown.origin(case.token, value)?;
        Some((part, place.range))
    });
    let payload = || Some((case.token.part(PartRole::Payload)?, value.range.clone()));
    let (part, range): (&Part, _) = match processed {
        Some(_) => disclosed?,
        None => payload()?,
    };
    let pointer = (part.role == PartRole::Payload).then(|| pointer.to_owned());
    Some(FoundClaim {
        value,
        evidence: Evidence::in_part(part, pointer, range),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_json() {
        for (a, b, is_same) in [
            ("1", "1.0", true),
            ("10", "1e1", true),
            ("12345678901234567890", "12345678901234567891", false),
            (r#""1""#, "1", false),
            (
                r#"{"a":1,"b":[true,null]}"#,
                r#"{ "b": [true, null], "a": 1.0 }"#,
                true,
            ),
            (r#"{"a":1}"#, r#"{"a":1,"b":1}"#, false),
            ("[1,2]", "[2,1]", false),
            (r#""\u0061""#, r#""a""#, true),
            ("null", "false", false),
        ] {
            let read = |text| ClaimValue::read(text).unwrap();
            assert_eq!(read(a).is(&read(b).json), is_same, "{a} {b}");
            assert_eq!(read(b).is(&read(a).json), is_same, "{b} {a}");
        }
        // Of a token, duplicates are possible.
        let twice = json::read(br#"{"a":1,"a":1}"#).root.unwrap();
        assert!(!ClaimValue::read(r#"{"a":1,"b":1}"#).unwrap().is(&twice));
        assert!(!ClaimValue::read(r#"{"a":1}"#).unwrap().is(&twice));
    }

    #[test]
    fn only_clean_json_is_a_value() {
        for text in ["", "a", "1 2", r#"{"a":1,"a":2}"#, "01"] {
            assert!(ClaimValue::read(text).is_err(), "{text}");
        }
        assert_eq!(ClaimValue::read(" 3.0 ").unwrap().text(), "3.0");
        let nested = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(ClaimValue::read(&nested(MAX_VALUE_DEPTH)).is_ok());
        assert!(ClaimValue::read(&nested(MAX_VALUE_DEPTH + 1)).is_err());
    }

    #[test]
    fn pointers_are_those_of_rfc_6901() {
        for (pointer, is_one) in [
            ("/a", true),
            ("/a/0", true),
            ("/~0~1", true),
            ("/", true),
            ("", false),
            ("a", false),
            ("/~", false),
            ("/~2", false),
        ] {
            let path = ClaimPath::Pointer(pointer.to_owned());
            assert_eq!(path.is_well_formed(), is_one, "{pointer}");
        }
    }
}
