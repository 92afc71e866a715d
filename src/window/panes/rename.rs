//! The field in a row that the name of a token or a key is typed in.

use egui::text::CCursorRange;
use egui::{Key, Rect, TextEdit, Ui, UiBuilder};

use super::rail::label::MAX_NAME;
use super::roving::pressed;

/// A name that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rename {
    at: usize,
    before: String,
    text: String,
    is_new: bool,
}

/// How the field stands after a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Renamed {
    /// Nothing is to change.
    Dropped,
    /// The name is to be kept, where it changed.
    Kept {
        /// The name.
        name: Option<String>,
        /// Whether a key ended it, and the focus is to stay near.
        by_key: bool,
    },
    /// It goes on.
    Open,
}

impl Rename {
    /// A field for the row at this position that is called so now.
    pub(super) fn new(at: usize, name: &str) -> Self {
        Self {
            at,
            before: name.to_owned(),
            text: name.to_owned(),
            is_new: true,
        }
    }

    /// The position of the row.
    pub(super) fn of(&self) -> usize {
        self.at
    }

    /// Shows the field in its place. `what` the row is of, such as "token", for screen readers.
    pub(super) fn ui(&mut self, ui: &mut Ui, place: Rect, what: &str) -> Renamed {
        let field = TextEdit::singleline(&mut self.text)
            .id_salt("rename")
            .char_limit(MAX_NAME)
            .margin(egui::Margin::symmetric(4, 1))
            .align(egui::Align2::LEFT_CENTER)
            .desired_width(place.width());
        let builder = UiBuilder::new().id_salt("rename").max_rect(place);
        let shown = ui.scope_builder(builder, |ui| field.show(ui)).inner;
        let mut state = shown.state;
        let number = self.at.saturating_add(1);
        let field = shown.response.response;
        let field = field.accessible_name(format!("Name of {what} {number}"));
        if std::mem::take(&mut self.is_new) {
            field.request_focus();
            field.scroll_to_me(None);
            let all = CCursorRange::select_all(&shown.galley);
            state.cursor.set_char_range(Some(all));
            state.store(ui, field.id);
            return Renamed::Open;
        }
        if field.has_focus() {
            return Renamed::Open;
        }
        if pressed(ui, Key::Escape) {
            return Renamed::Dropped;
        }
        let name = (self.text != self.before).then(|| std::mem::take(&mut self.text));
        let by_key = ui.input(|input| input.key_pressed(Key::Enter));
        Renamed::Kept { name, by_key }
    }
}
