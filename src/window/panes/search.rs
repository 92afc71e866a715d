//! A field in which is typed what a table is to list.

use egui::{Key, Margin, Response, TextEdit, Ui};

use super::focus::{self, Place};
use super::roving::pressed;

/// The field.
#[derive(Debug, Default)]
pub(super) struct SearchField {
    /// What is typed to find rows.
    typed: String,
    /// The text of the model that it was held against last, and the one that was asked for last.
    known: (String, String),
}

/// How the field stands after a frame.
pub(super) struct Searched {
    /// The field itself.
    pub(super) field: Response,
    /// What is asked for now, where that is another text than the model has.
    pub(super) asked: Option<String>,
    /// Whether the keyboard is to go to the first row.
    pub(super) goes_in: bool,
}

/// What a field is called.
#[derive(Clone, Copy)]
pub(super) struct Search {
    /// For screen readers, and where its state is kept.
    pub(super) name: &'static str,
    /// What stands in it while it is empty.
    pub(super) hint: &'static str,
    /// Where the keyboard is sent to reach it.
    pub(super) place: Place,
}

impl SearchField {
    /// Shows it for the text that the model has, so many points wide.
    pub(super) fn ui(&mut self, ui: &mut Ui, search: Search, model: &str, width: f32) -> Searched {
        let text = &mut self.typed;
        let (seen, asked) = &mut self.known;
        // What was typed since is not lost by its own coming back.
        if seen != model {
            model.clone_into(seen);
            if seen != asked {
                text.clone_from(seen);
            }
        }
        let field = TextEdit::singleline(text)
            .id_salt(search.name)
            .hint_text(search.hint)
            .margin(Margin::symmetric(8, 4))
            .desired_width(width);
        let field = ui.add(field).accessible_name(search.name);
        if focus::take(ui, search.place) {
            field.request_focus();
        }
        if field.lost_focus() && !text.is_empty() && pressed(ui, Key::Escape) {
            text.clear();
            field.request_focus();
        }
        let is_new = text != model;
        if is_new {
            asked.clone_from(text);
        }
        let goes_in = (field.has_focus() && pressed(ui, Key::ArrowDown))
            || (field.lost_focus() && pressed(ui, Key::Enter));
        Searched {
            asked: is_new.then(|| text.clone()),
            field,
            goes_in,
        }
    }
}
