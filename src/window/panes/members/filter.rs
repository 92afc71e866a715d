//! Looking for members by name and value.

use std::collections::BTreeSet;

use egui::{Key, RichText, TextEdit, Ui};

use super::tree::{Start, child, count};
use crate::jose::Part;
use crate::jose::json::{Json, Value};
use crate::window::theme::{size, tokens};

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// The text.
    pub(super) text: String,
    /// Whether its field is shown whatever the number of members.
    pub(super) is_open: bool,
    /// Whether its field is to get the keyboard.
    pub(super) wants_focus: bool,
    /// What was found of it; none while nothing is looked for.
    pub(super) kept: Option<Kept>,
}

/// What the field asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// To look anew.
    Apply,
    /// To look for nothing, with the keyboard back among the rows.
    Clear,
    /// The keyboard among the rows.
    Leave,
}

/// Shows the field and, at its right, how many of how many members match.
pub(super) fn field(
    ui: &mut Ui,
    filter: &mut Filter,
    name: &str,
    total: usize,
    width: f32,
) -> Option<Asked> {
    let theme = tokens(ui);
    let count = filter
        .kept
        .as_ref()
        .map(|kept| format!("{} of {total}", kept.matches));
    let count = |ui: &mut Ui| {
        if let Some(count) = count {
            ui.label(RichText::new(count).size(size::SMALL).color(theme.dim));
        }
    };
    let id = ui.scope_id().with("filter");
    if std::mem::take(&mut filter.wants_focus) {
        // Before the field is shown: what is typed meanwhile goes there.
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let edit = |ui: &mut Ui, text: &mut String| {
        let edit = TextEdit::singleline(text)
            .id(id)
            .desired_width(width)
            .hint_text("Filter");
        ui.add(edit).accessible_name(name)
    };
    let response = if ui.layout().prefer_right_to_left() {
        count(ui);
        edit(ui, &mut filter.text)
    } else {
        let response = edit(ui, &mut filter.text);
        count(ui);
        response
    };
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let has_keys = response.has_focus() || response.lost_focus();
    if has_keys && pressed(Key::Escape) {
        return Some(Asked::Clear);
    }
    if has_keys && (pressed(Key::Enter) || pressed(Key::ArrowDown)) {
        return Some(Asked::Leave);
    }
    response.changed().then_some(Asked::Apply)
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// Rows that match or lead to one that does.
    pub(super) shown: BTreeSet<Start>,
    /// Those that lead to one.
    pub(super) parents: BTreeSet<Start>,
    /// How many match.
    pub(super) matches: usize,
}

impl Filter {
    /// Looks for nothing any more, and takes the field away.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Looks anew.
    pub(super) fn apply(&mut self, part: &Part) {
        let root = part.json.as_ref().and_then(|json| json.root.as_ref());
        self.kept = root
            .filter(|_| !self.text.is_empty())
            .map(|root| Kept::new(part, root, &self.text));
    }
}

impl Kept {
    /// All members and elements whose name or decoded value holds a text, whatever its case.
    fn new(part: &Part, root: &Json, text: &str) -> Self {
        let wanted = text.to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&wanted);
        let mut kept = Self::default();
        let mut open = vec![(root, 0_usize, None)];
        while let Some((value, at, _)) = open.last_mut() {
            let Some(next) = child(value, *at) else {
                open.pop();
                continue;
            };
            *at = at.saturating_add(1);
            let start = next.range.start as Start;
            let in_value = match &next.value.value {
                Value::Array(_) | Value::Object(_) => false,
                Value::String(text) => holds(text),
                _ => part
                    .bytes()
                    .get(next.value.range.clone())
                    .is_some_and(|bytes| holds(&String::from_utf8_lossy(bytes))),
            };
            if in_value || next.name.is_some_and(holds) {
                kept.matches = kept.matches.saturating_add(1);
                kept.shown.insert(start);
                for parent in open.iter().rev().filter_map(|(_, _, start)| *start) {
                    kept.shown.insert(parent);
                    if !kept.parents.insert(parent) {
                        break;
                    }
                }
            }
            if count(next.value) > 0 {
                open.push((next.value, 0, Some(start)));
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::base64url::encode;
    use crate::jose::{PartRole, Token};
    use crate::window::panes::members::tree::List;

    fn found(payload: &str, text: &str) -> (usize, Vec<String>) {
        let token = Token::parse(format!("e30.{}.", encode(payload.as_bytes())));
        let part = token.part(PartRole::Payload).expect("a payload");
        let root = part.json.as_ref().and_then(|json| json.root.as_ref());
        let root = root.expect("a value");
        let mut filter = Filter {
            text: text.to_owned(),
            ..Filter::default()
        };
        filter.apply(part);
        let kept = filter.kept.expect("a result");
        let list = List::new(root, &BTreeSet::new(), Some(&kept));
        let rows = (0..list.len()).map(|index| list.pointer(root, index));
        (kept.matches, rows.collect())
    }

    #[test]
    fn names_and_decoded_values_are_found_with_what_they_are_in() {
        let payload =
            r#"{"sub":"x","realm":{"roles":["user","\u0041DMIN"],"admin_of":[1]},"n":12}"#;
        assert_eq!(
            found(payload, "Admin"),
            (
                2,
                [
                    "/realm",
                    "/realm/roles",
                    "/realm/roles/1",
                    "/realm/admin_of"
                ]
                .map(str::to_owned)
                .to_vec()
            )
        );
        assert_eq!(found(payload, "2"), (1, vec!["/n".to_owned()]));
        assert_eq!(found(payload, "nothing"), (0, Vec::new()));
    }
}
