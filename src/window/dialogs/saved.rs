//! The passphrase of the saved keys, and whether to forget them.

use egui::{Key, RichText, Spinner, Ui};

use super::buttons;
use crate::keeping::hint;
use crate::keys::Passphrase;
use crate::window::commands::Command;
use crate::window::manager::KeyCommand;
use crate::window::model::Model;
use crate::window::theme::{self, size, space};
use crate::window::widgets::{SecretField, wrapped};

/// What is asked about the saved keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedAsk {
    /// Another passphrase.
    Change,
    /// The first one.
    Choose,
    /// The one that opens them.
    Unlock,
}

/// Asks for a passphrase.
#[derive(Debug)]
pub(super) struct SavedDialog {
    ask: SavedAsk,
    field: SecretField,
    again: SecretField,
    /// How often a passphrase was refused when the field was last made ready.
    ready_for: Option<u32>,
}

impl SavedDialog {
    pub(super) fn new(ask: SavedAsk) -> Self {
        Self {
            ask,
            field: SecretField::default(),
            again: SecretField::default(),
            ready_for: None,
        }
    }

    pub(super) fn title(&self) -> &'static str {
        match self.ask {
            SavedAsk::Change => "Change the passphrase",
            SavedAsk::Choose => "Choose a passphrase",
            SavedAsk::Unlock => "Unlock saved keys",
        }
    }

    /// Shows it; gives what to do, and whether it is done.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model) -> (Option<Command>, bool) {
        let theme = theme::tokens(ui);
        let saved = &model.saved;
        wrapped(
            ui,
            match self.ask {
                SavedAsk::Change => {
                    "The saved private keys and secrets are closed with another passphrase."
                }
                SavedAsk::Choose => {
                    "Private keys and secrets are saved encrypted. Choose the passphrase that opens them; nobody can bring it back."
                }
                SavedAsk::Unlock => "The saved private keys and secrets are encrypted.",
            },
        );
        ui.label("Passphrase");
        let field = ui
            .add_enabled_ui(!saved.is_busy, |ui| self.field.ui(ui, "Passphrase"))
            .inner;
        if self.ready_for != Some(saved.refusals) && !saved.is_busy {
            self.ready_for = Some(saved.refusals);
            self.field.clear();
            self.again.clear();
            field.request_focus();
        }
        let mut entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let is_new = self.ask != SavedAsk::Unlock;
        if is_new {
            ui.label("The same again");
            let again = ui
                .add_enabled_ui(!saved.is_busy, |ui| self.again.ui(ui, "The same again"))
                .inner;
            entered = again.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        }
        let is_same = !is_new || self.field.bytes() == self.again.bytes();
        let small = |text: &str, color| RichText::new(text).size(size::MONO).color(color);
        if saved.is_busy {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(14.0));
                ui.label(RichText::new("Deriving the key from it\u{2026}").color(theme.dim));
            });
        } else if let Some(refused) = saved.refused {
            wrapped(ui, small(refused, theme.bad));
        } else if is_new && !self.again.is_empty() && !is_same {
            wrapped(ui, small("The two are not the same.", theme.bad));
        } else if is_new {
            let typed = std::str::from_utf8(self.field.bytes()).unwrap_or_default();
            if let Some(hint) = hint(typed).filter(|_| !typed.is_empty()) {
                wrapped(ui, small(hint, theme.warn));
            }
        }
        ui.add_space(space::S);
        let is_possible = !self.field.is_empty() && is_same && !saved.is_busy;
        let (clicked, cancelled) = buttons(ui, self.action(), is_possible);
        if cancelled {
            return (Some(KeyCommand::LeaveSaved.into()), false);
        }
        let is_taken = is_possible && (clicked || entered);
        let command = is_taken.then(|| {
            let passphrase = Passphrase::new(self.field.bytes().to_vec());
            KeyCommand::SavedPassphrase(self.ask, passphrase).into()
        });
        (command, false)
    }

    fn action(&self) -> &'static str {
        match self.ask {
            SavedAsk::Change => "Change passphrase",
            SavedAsk::Choose => "Save",
            SavedAsk::Unlock => "Unlock",
        }
    }
}

/// Whether to forget all saved keys; gives what to do, and whether it is done.
pub(super) fn forget(ui: &mut Ui, model: &Model) -> (Option<Command>, bool) {
    let theme = theme::tokens(ui);
    wrapped(
        ui,
        "All saved keys are removed from the disk: the public ones, the encrypted private ones and secrets, and files that were put aside.",
    );
    let words = if model.session.keys.is_empty() {
        "There is no way to bring them back."
    } else {
        "There is no way to bring them back. Keys in this window stay until it closes."
    };
    wrapped(ui, RichText::new(words).color(theme.dim));
    ui.add_space(space::S);
    let (sure, cancelled) = buttons(ui, "Forget everything", true);
    let command = sure.then(|| KeyCommand::ForgetSaved.into());
    (command, sure || cancelled)
}
