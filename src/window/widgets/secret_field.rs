//! A field for a secret: hidden while it is typed, out of undo, the clipboard and the tree that screen readers see.

use std::ops::Range;

use egui::text::CharIndex;
use egui::{Label, Margin, Response, RichText, TextBuffer, TextEdit, Ui};
use zeroize::{Zeroize as _, Zeroizing};

use super::controls::button_tag;
use super::text::paint_hidden;
use crate::window::theme::{size, tokens};

/// What does not fit in here is for a file.
const MAX_CHARACTERS: usize = 65_536;

/// Room for what is typed from the beginning: growing leaves copies behind, which are overwritten here.
const ROOM: usize = 4_096;

/// The field.
#[derive(Debug, Default)]
pub struct SecretField {
    text: Hidden,
    is_shown: bool,
    /// Grows with each change.
    revision: u64,
}

/// A text that is overwritten when it goes, and where it moves to.
#[derive(Default)]
struct Hidden(Zeroizing<String>);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(..)")
    }
}

impl TextBuffer for Hidden {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    fn insert_text(&mut self, text: &str, char_index: CharIndex) -> usize {
        let at = self.byte_index_from_char_index(char_index).0;
        let needed = self.0.len().saturating_add(text.len());
        if needed > self.0.capacity() {
            let room = needed.saturating_mul(2).max(ROOM);
            let mut larger = Zeroizing::new(String::with_capacity(room));
            larger.push_str(&self.0);
            self.0 = larger;
        }
        self.0.insert_str(at, text);
        text.chars().count()
    }

    fn delete_char_range(&mut self, char_range: Range<CharIndex>) {
        let start = self.byte_index_from_char_index(char_range.start);
        let end = self.byte_index_from_char_index(char_range.end.max(char_range.start));
        let range = start.0..end.0;
        // Another buffer, so that what moves up leaves nothing behind.
        let mut rest = Zeroizing::new(String::with_capacity(self.0.capacity()));
        rest.push_str(self.0.get(..range.start).unwrap_or_default());
        rest.push_str(self.0.get(range.end..).unwrap_or_default());
        self.0 = rest;
    }

    fn clear(&mut self) {
        self.0.zeroize();
    }

    /// What is taken out goes nowhere: a bare `String` would not be overwritten.
    fn take(&mut self) -> String {
        self.clear();
        String::new()
    }

    fn type_id(&self) -> std::any::TypeId {
        std::any::TypeId::of::<Self>()
    }
}

impl SecretField {
    /// Shows it over the whole width, with a button that shows what is in it. `name`: for screen readers, and where its
    /// cursor is kept.
    pub fn ui(&mut self, ui: &mut Ui, name: &'static str) -> Response {
        let id = ui.make_persistent_id(name);
        let field = ui
            .horizontal(|ui| {
                let width = (ui.available_width() - 64.0).max(80.0);
                let field = TextEdit::singleline(&mut self.text)
                    .id(id)
                    .password(true)
                    .char_limit(MAX_CHARACTERS)
                    .margin(Margin::symmetric(6, 4))
                    .desired_width(width);
                let field = ui.add(field).accessible_name(name);
                let words = if self.is_shown { "Hide" } else { "Show" };
                let full = format!("{words} what is typed: {name}");
                if button_tag(ui, words, &full).clicked() {
                    self.is_shown = !self.is_shown;
                }
                field
            })
            .inner;
        // It keeps what was typed as plain strings.
        if let Some(mut state) = TextEdit::load_state(ui.ctx(), id) {
            state.clear_undoer();
            state.store(ui.ctx(), id);
        }
        if field.changed() {
            self.revision = self.revision.wrapping_add(1);
        }
        if self.is_shown && !self.text.0.is_empty() {
            paint_hidden(ui, &self.text.0, "What is typed is shown on the screen");
        }
        if self.text.0.chars().count() >= MAX_CHARACTERS {
            let words = "The field holds no more: open it as a file.";
            let words = RichText::new(words).size(size::MONO);
            ui.add(Label::new(words.color(tokens(ui).warn)).wrap());
        }
        field
    }

    /// What is typed, as bytes.
    pub fn bytes(&self) -> &[u8] {
        self.text.0.as_bytes()
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.text.0.is_empty()
    }

    /// Overwrites what is typed.
    pub fn clear(&mut self) {
        self.text.clear();
        self.revision = self.revision.wrapping_add(1);
    }

    /// Grows with each change.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_typed_changed_and_overwritten_and_never_printed() {
        let mut text = Hidden::default();
        assert_eq!(text.insert_text("h\u{FC}nter", CharIndex(0)), 6);
        assert_eq!(text.insert_text("2", CharIndex(6)), 1);
        assert_eq!(text.as_str(), "h\u{FC}nter2");
        text.delete_char_range(CharIndex(1)..CharIndex(3));
        assert_eq!(text.as_str(), "hter2");
        assert!(!format!("{text:?}").contains("ter2"));
        assert_eq!(text.take(), "");
        assert!(text.as_str().is_empty());
        let long = "x".repeat(ROOM + 1);
        text.insert_text(&long, CharIndex(0));
        assert_eq!(text.as_str(), long);
    }
}
