//! JSON out of a token, written again without changing what it says.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use crate::jose::json::{Json, Member, Number, Value};
use crate::jose::visible;

/// A value of a token: order and exact number text kept, of duplicate members the last.
///
/// `serde_json` numbers would round; each number is written as the text that it was. Depth is bounded by the
/// reader's [`MAX_DEPTH`](crate::jose::json::MAX_DEPTH).
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact<'a>(pub(super) &'a Json);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.value {
            Value::Array(elements) => serializer.collect_seq(elements.iter().map(Exact)),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Null => serializer.serialize_unit(),
            Value::Number(number) => ExactNumber(number).serialize(serializer),
            Value::Object(members) => {
                let mut map = serializer.serialize_map(None)?;
                for member in last_of_each(members) {
                    map.serialize_entry(&member.name, &Exact(&member.value))?;
                }
                map.end()
            }
            Value::String(text) => serializer.serialize_str(text),
        }
    }
}

/// A number as written: `3.0`, `1e400` and 20 digits stay what they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExactNumber<'a>(pub(super) &'a Number);

impl Serialize for ExactNumber<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.text.clone())
            .map_err(S::Error::custom)?
            .serialize(serializer)
    }
}

/// The members in order, without those that a later one of the same name overrides.
fn last_of_each(members: &[Member]) -> impl Iterator<Item = &Member> {
    let last: HashMap<&str, usize> = members
        .iter()
        .enumerate()
        .map(|(index, member)| (member.name.as_str(), index))
        .collect();
    members
        .iter()
        .enumerate()
        .filter(move |(index, member)| last.get(member.name.as_str()) == Some(index))
        .map(|(_, member)| member)
}

/// A JSON text that says the same with every hidden character (bidi, zero width, C1) as a `\u` escape, so that
/// a report is safe to look at.
///
/// In JSON text such characters can stand in strings only. ASCII is left alone: in strings its control
/// characters are escaped already, outside they are the line breaks of the layout.
pub(super) fn escape_hidden(json: String) -> String {
    let hidden = |character: char| character > '~' && visible::is_hidden(character);
    if !json.contains(hidden) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if hidden(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::json::read;

    #[track_caller]
    fn assert_written(text: &[u8], expected: &str) {
        let document = read(text);
        let root = document.root.expect("something was read");
        let written = serde_json::to_string(&Exact(&root)).expect("it can be written");
        assert_eq!(escape_hidden(written), expected);
    }

    #[test]
    fn numbers_and_order_stay_and_the_last_duplicate_wins() {
        assert_written(
            br#"{"b": 3.0, "a": [1e400, -0, 12345678901234567890123], "n": null}"#,
            r#"{"b":3.0,"a":[1e400,-0,12345678901234567890123],"n":null}"#,
        );
        assert_written(
            br#"{"x":1,"y":{"z":true,"\u007a":false},"x":2}"#,
            r#"{"y":{"z":false},"x":2}"#,
        );
    }

    #[test]
    fn what_was_read_before_a_syntax_error_is_whole_json() {
        assert_written(br#"{"a":[1,{"b":"c"},2.?"#, r#"{"a":[1,{"b":"c"}]}"#);
        assert_written(br#"{"a":1,"b":"#, r#"{"a":1}"#);
    }

    #[test]
    fn hidden_characters_are_escaped_and_come_back() {
        let json = serde_json::to_string("a\u{202E}\u{E0041}\u{85}é\n").expect("a string");
        let escaped = escape_hidden(json);
        assert_eq!(escaped, r#""a\u202e\udb40\udc41\u0085é\n""#);
        let back: String = serde_json::from_str(&escaped).expect("JSON");
        assert_eq!(back, "a\u{202E}\u{E0041}\u{85}é\n");
    }
}
