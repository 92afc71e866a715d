//! A key as text for other programs: its public half at once, the private one after a second step.

use egui::{Button, Checkbox, RichText, ScrollArea, Ui};

use crate::keys::{Holds, Key};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::manager::{ExportForm, KeyCommand, title};
use crate::window::model::Model;
use crate::window::theme::{self, mono, space};
use crate::window::widgets::{Segment, exact, segmented, wrapped};

/// The height of the text that is exported, in points.
const PREVIEW: f32 = 220.0;

/// Asks how a key is to be written.
#[derive(Debug)]
pub(super) struct ExportDialog {
    /// The id of the key.
    key: String,
    form: ExportForm,
    /// Whether the user said that the private half is meant.
    is_sure: bool,
    was_shown: bool,
}

impl ExportDialog {
    /// For the key that is looked at.
    pub(super) fn new(model: &Model) -> Self {
        let key = model.chosen_key();
        let is_public = key.is_some_and(|key| ExportForm::PublicJwk.is_for(key));
        Self {
            key: key.map(|key| key.id.clone()).unwrap_or_default(),
            form: if is_public {
                ExportForm::PublicJwk
            } else {
                ExportForm::PrivateJwk
            },
            is_sure: false,
            was_shown: false,
        }
    }

    /// Shows it; gives what to do, and whether it is done.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model) -> (Option<Command>, bool) {
        let Some(key) = model.session.keys.get(&self.key) else {
            return (None, true);
        };
        let theme = theme::tokens(ui);
        let name = title(key);
        wrapped(ui, RichText::new(name).font(mono()).color(theme.text));
        if self.form.is_private() {
            self.private(ui, model, key)
        } else {
            self.public(ui, model, key)
        }
    }

    fn forms(&mut self, ui: &mut Ui, key: &Key, forms: &[ExportForm]) {
        let segments: Vec<_> = forms
            .iter()
            .filter(|form| form.is_for(key))
            .map(|form| Segment {
                value: *form,
                label: form.label(),
                name: form.label(),
            })
            .collect();
        segmented(ui, &mut self.form, &segments);
    }

    fn public(&mut self, ui: &mut Ui, model: &Model, key: &Key) -> (Option<Command>, bool) {
        let theme = theme::tokens(ui);
        self.forms(ui, key, &ExportForm::PUBLIC);
        let text = self.form.text(key, &model.session.keys);
        let is_possible = text.is_ok();
        match &text {
            Ok(text) => {
                let area = ScrollArea::vertical()
                    .id_salt("exported")
                    .min_scrolled_height(PREVIEW)
                    .max_height(PREVIEW);
                egui::Frame::new()
                    .fill(theme.bg0)
                    .corner_radius(theme::radius::SMALL)
                    .inner_margin(space::S)
                    .show(ui, |ui| {
                        area.show(ui, |ui| {
                            ui.set_width(ui.available_width());
                            exact(ui, text);
                        });
                    });
            }
            Err(error) => {
                wrapped(ui, RichText::new(error.to_string()).color(theme.bad));
            }
        }
        ui.add_space(space::S);
        let (mut command, mut is_done) = (None, false);
        ui.horizontal_wrapped(|ui| {
            let (copy, save) = self.take(ui, is_possible);
            command = copy.or(save);
            is_done = command.is_some();
            if ExportForm::PrivateJwk.is_for(key) && ui.button("Private key\u{2026}").clicked() {
                self.form = ExportForm::PrivateJwk;
                self.is_sure = false;
            }
            is_done |= ui.button("Cancel").clicked();
        });
        (command, is_done)
    }

    /// The second step. Nothing of the private half is shown.
    fn private(&mut self, ui: &mut Ui, model: &Model, key: &Key) -> (Option<Command>, bool) {
        let theme = theme::tokens(ui);
        let is_secret = key.holds == Holds::Symmetric;
        let words = if is_secret {
            "This is the secret itself. Whoever has it can make tokens that verify with it, and read those that are encrypted with it."
        } else {
            "This is the private key. Whoever has it can sign in its owner\u{2019}s name, and read what is encrypted for it."
        };
        wrapped(ui, RichText::new(words).color(theme.warn));
        wrapped(
            ui,
            RichText::new("A copy is kept out of clipboard histories where these respect that, and is cleared after 30 seconds. A file is written unencrypted, readable by you only.")
                .color(theme.dim),
        );
        if !is_secret {
            self.forms(ui, key, &ExportForm::PRIVATE);
        }
        let text = self.form.text(key, &model.session.keys);
        if let Err(error) = &text {
            wrapped(ui, RichText::new(error.to_string()).color(theme.bad));
        }
        let words = if is_secret {
            "Export the secret"
        } else {
            "Export the private key"
        };
        let sure = ui.add(Checkbox::new(&mut self.is_sure, words));
        if !std::mem::replace(&mut self.was_shown, true) {
            sure.request_focus();
        }
        ui.add_space(space::S);
        let (mut command, mut is_done) = (None, false);
        ui.horizontal_wrapped(|ui| {
            let (copy, save) = self.take(ui, self.is_sure && text.is_ok());
            command = copy.or(save);
            is_done = command.is_some();
            if !is_secret && ui.button("Back to the public key").clicked() {
                self.form = ExportForm::PublicJwk;
            }
            is_done |= ui.button("Cancel").clicked();
        });
        (command, is_done)
    }

    /// The buttons that take the text.
    fn take(&self, ui: &mut Ui, is_possible: bool) -> (Option<Command>, Option<Command>) {
        let theme = theme::tokens(ui);
        let label = RichText::new("Save\u{2026}").font(theme::semibold(theme::size::BODY));
        let button = if is_possible {
            Button::new(label.color(theme.on_accent)).fill(theme.accent)
        } else {
            Button::new(label)
        };
        let save = ui.add_enabled(is_possible, button).clicked();
        let copy = ui.add_enabled(is_possible, Button::new("Copy")).clicked();
        (
            copy.then(|| Command::Copy(CopyOf::Key(self.key.clone(), self.form))),
            save.then(|| KeyCommand::Export(self.key.clone(), self.form).into()),
        )
    }
}
