//! An instant as it is typed, with what it is read as, and times to take instead.

use egui::{Align2, Button, Key, Margin, RichText, TextEdit, Ui, accesskit::Live};
use jiff::Timestamp;

use super::{offers, times};
use crate::instant::{self, InstantError, Note, Reading, Setting};
use crate::jose::visible::visible;
use crate::window::model::{Model, Zone};
use crate::window::theme::{size, space, tokens};
use crate::window::widgets::wrapped;

/// A field for an instant, with its button and what is wrong with its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct InstantField {
    text: String,
    /// Whether the text was to be taken and is no instant.
    is_wrong: bool,
    /// Whether the field is to have the focus when it is next shown.
    comes: bool,
}

impl InstantField {
    /// Takes the focus when it is next shown.
    pub(crate) fn take_focus(&mut self) {
        self.comes = true;
    }

    /// Shows it; yields what was entered or chosen.
    pub(crate) fn ui(&mut self, ui: &mut Ui, model: &Model) -> Option<Timestamp> {
        let label = ui.label("Freeze at");
        let mut entered = None;
        ui.horizontal(|ui| {
            let edit = TextEdit::singleline(&mut self.text)
                .margin(Margin::symmetric(6, 4))
                .align(Align2::LEFT_CENTER)
                .id_salt("instant")
                .hint_text("2026-11-21T22:40:13Z, 1795300813, 3 days ago")
                .desired_width((ui.available_width() - 64.0).max(120.0));
            let field = ui.add(edit).labelled_by(label.id);
            if std::mem::take(&mut self.comes) {
                field.request_focus();
            }
            if field.changed() {
                self.is_wrong = false;
            }
            let is_done = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if ui.button("Freeze").clicked() || is_done {
                entered = read(&self.text, model).ok().map(|reading| reading.at);
                self.is_wrong = entered.is_none();
                if self.is_wrong {
                    field.request_focus();
                }
            }
        });
        if self.is_wrong || !self.text.trim().is_empty() {
            preview(ui, &read(&self.text, model), self.is_wrong, model);
        }
        let chosen = offered(ui, model);
        entered.or(chosen)
    }
}

/// Reads what was typed: in the zone that is shown, with the times of the token by their names.
fn read(text: &str, model: &Model) -> Result<Reading, InstantError> {
    let marks = model.current().map(|(_, judgement)| &judgement.times.marks);
    let marks = marks.into_iter().flatten();
    let named: Vec<(&str, Timestamp)> = marks
        .filter_map(|mark| Some((mark.claim.as_str(), mark.at?)))
        .collect();
    instant::read(
        text,
        Setting {
            now: model.real,
            zone: &model.zone.time_zone(),
            named: &named,
        },
    )
}

/// What a text is read as: in the zone that is shown and in UTC, how far that is from now, and what was assumed. What is wrong
/// is said in full only when it was to be taken.
fn preview(ui: &mut Ui, read: &Result<Reading, InstantError>, is_wrong: bool, model: &Model) {
    let theme = tokens(ui);
    let lines = match read {
        Ok(reading) => {
            let relative = times::relative(reading.at, model.real);
            let mut lines = vec![
                (format!("Read as {}", reading.form), theme.dim),
                (
                    format!(
                        "{} \u{00B7} {relative}",
                        times::instant(reading.at, model.zone)
                    ),
                    theme.text,
                ),
            ];
            if model.zone != Zone::Utc {
                lines.push((times::instant(reading.at, Zone::Utc), theme.dim));
            }
            let notes = reading.notes.iter();
            lines.extend(notes.map(|note| {
                // Where the text itself is doubtful, and not only what it leaves open.
                let is_doubtful = matches!(note, Note::Fold | Note::Gap(_) | Note::Weekday(_));
                let color = if is_doubtful { theme.warn } else { theme.dim };
                (note.to_string(), color)
            }));
            lines
        }
        Err(fault) => {
            let text = fault.to_string();
            let color = if is_wrong { theme.bad } else { theme.dim };
            // A text that is not at its end yet need not be told what else it could be.
            let count = if is_wrong { 2 } else { 1 };
            let lines = text.lines().take(count);
            lines.map(|line| (visible(line), color)).collect()
        }
    };
    ui.add_space(space::XS);
    for (line, color) in lines {
        let told = wrapped(ui, RichText::new(line).size(size::SMALL).color(color));
        ui.accesskit_node_builder(told.id, |node| node.set_live(Live::Polite));
    }
}

/// Times in one click.
fn offered(ui: &mut Ui, model: &Model) -> Option<Timestamp> {
    let offers = offers::all(model);
    if offers.is_empty() {
        return None;
    }
    let theme = tokens(ui);
    let mut chosen = None;
    ui.add_space(space::S);
    for offer in offers {
        let detail = RichText::new(&offer.detail).size(size::SMALL);
        let button = Button::new(offer.label)
            .right_text(detail.color(theme.dim))
            .min_size(egui::vec2(ui.available_width(), 0.0));
        if ui.add(button).accessible_name(offer.name()).clicked() {
            chosen = Some(offer.at);
        }
    }
    chosen
}
