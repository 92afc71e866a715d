//! The passphrase of a key file that is locked.

use egui::{Key, RichText, Spinner, Ui};

use super::buttons;
use crate::jose::visible::visible;
use crate::keys::Passphrase;
use crate::window::commands::Command;
use crate::window::manager::KeyCommand;
use crate::window::model::Model;
use crate::window::theme::{self, space};
use crate::window::widgets::{SecretField, wrapped};

/// Asks for a passphrase.
#[derive(Debug, Default)]
pub(super) struct PassphraseDialog {
    field: SecretField,
    /// The file that the field was last shown for, and how often it was refused: what was typed for another one goes.
    shown_for: Option<(u64, u32)>,
}

impl PassphraseDialog {
    /// Shows it; gives what to do, and whether it is done.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model) -> (Option<Command>, bool) {
        let Some(locked) = &model.locked else {
            return (None, true);
        };
        let theme = theme::tokens(ui);
        let name = visible(&locked.name);
        wrapped(
            ui,
            format!("{name} is encrypted. With its passphrase the keys in it can be used."),
        );
        if locked.more > 0 {
            let words = match locked.more {
                1 => "1 more file is asked for after this one.".to_owned(),
                more => format!("{more} more files are asked for after this one."),
            };
            wrapped(ui, RichText::new(words).color(theme.dim));
        }
        ui.label("Passphrase");
        let field = ui
            .add_enabled_ui(!locked.is_busy, |ui| self.field.ui(ui, "Passphrase"))
            .inner;
        let shown_for = Some((locked.number, locked.refused));
        if self.shown_for != shown_for && !locked.is_busy {
            self.shown_for = shown_for;
            self.field.clear();
            field.request_focus();
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if locked.is_busy {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(14.0));
                let progress = model
                    .busy
                    .iter()
                    .filter_map(|busy| busy.progress)
                    .next_back();
                let words = match progress {
                    Some(progress) => {
                        let percent = (progress.clamp(0.0, 1.0) * 100.0).round();
                        format!("Deriving the key from it\u{2026} {percent} %")
                    }
                    None => "Deriving the key from it\u{2026}".to_owned(),
                };
                ui.label(RichText::new(words).color(theme.dim));
            });
        } else if locked.refused > 0 {
            let words = "It does not open with that passphrase. Try another one.";
            wrapped(ui, RichText::new(words).color(theme.bad));
        }
        ui.add_space(space::S);
        let is_possible = !self.field.is_empty() && !locked.is_busy;
        let (clicked, cancelled) = buttons(ui, "Unlock", is_possible);
        if cancelled {
            return (Some(KeyCommand::LeaveLocked.into()), false);
        }
        let is_taken = is_possible && (clicked || entered);
        let command = is_taken.then(|| {
            let passphrase = Passphrase::new(self.field.bytes().to_vec());
            KeyCommand::Unlock(passphrase).into()
        });
        (command, false)
    }
}
