//! A field for a path, where no dialog of the system can open and for those who like to type.

use std::path::PathBuf;

use egui::{Key, RichText, TextEdit, Ui};

use super::buttons;
use crate::window::commands::Command;
use crate::window::loading::Wanted;
use crate::window::manager::KeyCommand;
use crate::window::theme::{self, space};
use crate::window::widgets::wrapped;

/// Asks for a file by its path.
#[derive(Debug)]
pub(super) struct PathDialog {
    /// `None`: a place to save to.
    wanted: Option<Wanted>,
    /// Whether it stands in for a dialog that could not open.
    stands_in: bool,
    path: String,
    is_new: bool,
}

impl PathDialog {
    pub(super) fn new(wanted: Wanted, stands_in: bool) -> Self {
        Self {
            wanted: Some(wanted),
            stands_in,
            path: String::new(),
            is_new: true,
        }
    }

    /// For a place to save to, where no dialog could open.
    pub(super) fn to_save() -> Self {
        Self {
            wanted: None,
            ..Self::new(Wanted::Keys, true)
        }
    }

    pub(super) fn title(&self) -> &'static str {
        match self.wanted {
            None => "Save by path",
            Some(Wanted::Keys) => "Add a key by path",
            Some(Wanted::Payload) => "Add the payload by path",
            Some(Wanted::Policy) => "Import a policy by path",
            Some(Wanted::Revoked) => "Choose a file of revoked jti by path",
            Some(Wanted::Secret) => "Add a shared secret by path",
            Some(Wanted::Tokens) => "Open a file by path",
            Some(Wanted::Words) => "Try a word list by path",
        }
    }

    /// Shows it; gives what to do, and whether it is done.
    pub(super) fn ui(&mut self, ui: &mut Ui) -> (Option<Command>, bool) {
        let tokens = theme::tokens(ui);
        let mut command = None;
        if self.stands_in {
            let words = "The file dialog of this desktop did not open, or was closed at once.";
            wrapped(ui, RichText::new(words).color(tokens.dim));
        }
        let label = ui.label("Path of the file");
        let field = TextEdit::singleline(&mut self.path)
            .margin(egui::Margin::symmetric(6, 4))
            .id_salt("path")
            .desired_width(f32::INFINITY);
        let field = ui.add(field).labelled_by(label.id);
        if std::mem::take(&mut self.is_new) {
            field.request_focus();
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.add_space(space::S);
        let action = match self.wanted {
            None => "Save",
            Some(Wanted::Keys) => "Add key",
            Some(Wanted::Payload) => "Add payload",
            Some(Wanted::Policy) => "Import",
            Some(Wanted::Revoked) => "Choose file",
            Some(Wanted::Secret) => "Add secret",
            Some(Wanted::Tokens) => "Open file",
            Some(Wanted::Words) => "Try words",
        };
        let typed = !self.path.trim().is_empty();
        let (clicked, cancelled) = buttons(ui, action, typed);
        let is_taken = typed && (clicked || entered);
        if is_taken {
            let path = at_home(self.path.trim());
            command = Some(match self.wanted {
                None => KeyCommand::SaveTo(path).into(),
                Some(wanted) => Command::OpenPaths(vec![path], wanted),
            });
        }
        (command, is_taken || cancelled)
    }
}

/// `~/` as shells read it.
fn at_home(path: &str) -> PathBuf {
    let home = path
        .strip_prefix("~/")
        .and_then(|rest| Some(directories::UserDirs::new()?.home_dir().join(rest)));
    home.unwrap_or_else(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_may_begin_at_home() {
        assert_eq!(at_home("/tmp/a.pem"), PathBuf::from("/tmp/a.pem"));
        assert!(at_home("~/a.pem").ends_with("a.pem") && !at_home("~/a.pem").starts_with("~"));
    }
}
