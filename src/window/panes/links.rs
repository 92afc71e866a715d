//! From characters of the token to decoded members and back.

use std::ops::Range;

use crate::jose::json::{Json, Value};
use crate::jose::{Part, PartRole, Token};
use crate::window::model::Selection;

/// The decoded bytes that characters of the token mean: those whose every bit they carry, or, where they carry no
/// whole byte, those that they touch. `None` when they lie outside of the part.
pub(crate) fn bytes_of(part: &Part, text: &Range<usize>) -> Option<Range<usize>> {
    if text.end <= part.range.start || part.range.end <= text.start {
        return None;
    }
    let touched = part.byte_range(text.clone());
    let is_covered = |byte: usize| {
        let carried = part.text_range(byte..byte.saturating_add(1));
        text.start <= carried.start && carried.end <= text.end
    };
    let mut covered = touched.clone();
    // Only a byte at either end can be covered in part, whatever stands between the characters.
    if !covered.is_empty() && !is_covered(covered.start) {
        covered.start = covered.start.saturating_add(1);
    }
    if !covered.is_empty() && !is_covered(covered.end.saturating_sub(1)) {
        covered.end = covered.end.saturating_sub(1);
    }
    let bytes = if covered.is_empty() { touched } else { covered };
    (!bytes.is_empty()).then_some(bytes)
}

/// A selection of decoded bytes of a part.
pub(crate) fn select(part: &Part, bytes: Range<usize>) -> Selection {
    Selection {
        part: part.role,
        range: part.text_range(bytes),
    }
}

/// The smallest member or value that holds a decoded byte; the whole part where there is none.
pub(crate) fn group(part: &Part, byte: usize) -> Range<usize> {
    let root = part
        .json
        .as_ref()
        .and_then(|document| document.root.as_ref());
    root.and_then(|root| innermost(root, byte))
        .unwrap_or(0..part.bytes().len())
}

fn innermost(root: &Json, byte: usize) -> Option<Range<usize>> {
    let mut found = root.range.contains(&byte).then(|| root.range.clone())?;
    let mut current = root;
    while let Some((range, value)) = child(current, byte) {
        found = range;
        if !value.range.contains(&byte) {
            break;
        }
        current = value;
    }
    Some(found)
}

/// The element or member that holds a byte, with its range.
fn child(parent: &Json, byte: usize) -> Option<(Range<usize>, &Json)> {
    match &parent.value {
        // In text order: there may be many, and this is asked wherever the pointer goes.
        Value::Array(elements) => {
            let index = elements.partition_point(|element| element.range.end <= byte);
            let element = elements.get(index)?;
            Some((element.range.clone(), element))
        }
        Value::Object(members) => {
            let index = members.partition_point(|member| member.range().end <= byte);
            let member = members.get(index)?;
            Some((member.range(), &member.value))
        }
        _ => None,
    }
    .filter(|(range, _)| range.contains(&byte))
}

/// What a click at a character of the token selects: the member that it carries, or its part.
pub(crate) fn group_in_text(token: &Token, at: usize) -> Range<usize> {
    let Some(part) = token.part_at(at) else {
        return at..at.saturating_add(1);
    };
    if part.json.is_none() {
        return part.range.clone();
    }
    let bytes = part.byte_range(at..at.saturating_add(1));
    let whole = part.range.clone();
    if bytes.is_empty() {
        return whole;
    }
    let range = part.text_range(group(part, bytes.start));
    if range.contains(&at) { range } else { whole }
}

/// The part that a range lies in; the token where it lies in several.
pub(crate) fn role_of(token: &Token, range: &Range<usize>) -> PartRole {
    let part = token.part_at(range.start);
    let whole = part.filter(|part| range.end <= part.range.end);
    whole.map_or(PartRole::Token, |part| part.role)
}

/// The part that most of a range is in, by its start.
pub(crate) fn role_at(token: &Token, at: usize) -> PartRole {
    token.part_at(at).map_or(PartRole::Token, |part| part.role)
}

#[cfg(test)]
mod tests {
    use super::*;

    // {"alg":"none","a":{"b":[1,22]}} . {"exp":1}
    const TOKEN: &str = "eyJhbGciOiJub25lIiwiYSI6eyJiIjpbMSwyMl19fQ.eyJleHAiOjF9.";

    fn header(token: &Token) -> &Part {
        token.part(PartRole::ProtectedHeader).expect("a header")
    }

    #[test]
    fn a_member_selected_and_looked_up_again_is_the_same_member() {
        let token = Token::parse(TOKEN);
        let part = header(&token);
        for member in part
            .json
            .as_ref()
            .and_then(|json| json.object())
            .expect("members")
        {
            let selection = select(part, member.range());
            assert_eq!(bytes_of(part, &selection.range), Some(member.range()));
        }
    }

    #[test]
    fn one_character_still_means_a_byte() {
        let token = Token::parse(TOKEN);
        let part = header(&token);
        assert_eq!(bytes_of(part, &(1..2)), Some(0..2));
        assert_eq!(bytes_of(part, &(44..46)), None);
    }

    #[test]
    fn a_click_takes_the_innermost_member() {
        let token = Token::parse(TOKEN);
        let part = header(&token);
        let text = part.utf8().expect("text");
        let taken = |needle: &str| {
            let at = text.find(needle).expect("there");
            text.get(group(part, at)).expect("in range")
        };
        assert_eq!(taken("none"), "\"alg\":\"none\"");
        assert_eq!(taken("alg"), "\"alg\":\"none\"");
        assert_eq!(taken("22"), "22");
        assert_eq!(taken("\"b\""), "\"b\":[1,22]");
        assert_eq!(taken("{\"b\""), "\"a\":{\"b\":[1,22]}");
        assert_eq!(group(part, 0), 0..text.len(), "the brace stands for all");
    }

    #[test]
    fn a_click_in_the_raw_text_finds_the_member_or_the_part() {
        let token = Token::parse(TOKEN);
        assert_eq!(
            group_in_text(&token, 47),
            44..54,
            "exp, with the characters that carry its quotes"
        );
        let dot = TOKEN.find('.').expect("a dot");
        assert_eq!(group_in_text(&token, dot), dot..dot + 1);
    }
}
