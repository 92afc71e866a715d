//! What to ask for: where the keys of a token's issuer usually are, the command that gets them, and the answer.

use egui::{RichText, ScrollArea, Ui};

use crate::keys::asking::{AskingNote, KeyPlace, what_to_ask_for};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::manager::KeyCommand;
use crate::window::model::Model;
use crate::window::theme::{self, semibold, size, space};
use crate::window::widgets::{button_tag, exact, wrapped};

/// Shows it; gives what to do, and whether it is done.
pub(super) fn ui(ui: &mut Ui, model: &Model) -> (Option<Command>, bool) {
    let theme = theme::tokens(ui);
    let Some((inspection, _)) = model.current() else {
        return (None, true);
    };
    let asking = what_to_ask_for(&inspection.token);
    let mut command = None;
    let intro = match &asking.vendor {
        Some(vendor) => format!(
            "By its issuer the token is of {vendor}; anybody can write that. Ask for the keys yourself: nothing is sent from here."
        ),
        None => "Ask for the keys yourself: nothing is sent from here.".to_owned(),
    };
    wrapped(ui, RichText::new(intro).color(theme.dim));
    let height = (ui.ctx().content_rect().height() - 300.0).clamp(120.0, 460.0);
    let area = ScrollArea::vertical()
        .id_salt("places")
        .min_scrolled_height(height)
        .max_height(height);
    area.show(ui, |ui| {
        ui.set_width(ui.available_width());
        for note in &asking.notes {
            two_lines(ui, note);
        }
        if let Some(found) = &model.manager.answered {
            let title = RichText::new("The document that was pasted names this place.");
            wrapped(ui, title.font(semibold(size::BODY)).color(theme.ok));
            command = command.take().or(place(ui, found, None));
        }
        for (at, found) in asking.places.iter().enumerate() {
            command = command.take().or(place(ui, found, Some(at)));
        }
    });
    ui.add_space(space::S);
    let is_done = ui
        .horizontal(|ui| {
            let words = "Take the answer from the clipboard";
            let label = RichText::new(words).font(semibold(size::BODY));
            let button = egui::Button::new(label.color(theme.on_accent)).fill(theme.accent);
            if ui.add(button).clicked() {
                command = Some(KeyCommand::PasteAnswer.into());
            }
            let close = ui.button("Close");
            if ui.memory(|memory| memory.focused().is_none()) {
                close.request_focus();
            }
            close.clicked()
        })
        .inner;
    (command, is_done)
}

fn two_lines(ui: &mut Ui, note: &AskingNote) {
    let theme = theme::tokens(ui);
    let text = note.to_string();
    let (what, advice) = text.split_once('\n').unwrap_or((&text, ""));
    wrapped(ui, RichText::new(what).color(theme.text));
    wrapped(ui, RichText::new(advice).color(theme.dim));
    ui.add_space(space::S);
}

/// One place, and whether its command is to be copied. `at`: its position; `None` for the one that a document named.
fn place(ui: &mut Ui, place: &KeyPlace, at: Option<usize>) -> Option<Command> {
    let theme = theme::tokens(ui);
    let mut command = None;
    wrapped(ui, RichText::new(&place.why).color(theme.text));
    let frame = egui::Frame::new()
        .fill(theme.bg0)
        .corner_radius(theme::radius::SMALL)
        .inner_margin(space::S);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let width = (ui.available_width() - 60.0).max(80.0);
            ui.vertical(|ui| {
                ui.set_width(width);
                exact(ui, &place.command());
            });
            let number = at.map_or(0, |at| at.saturating_add(1));
            let name = format!("Copy command {number}");
            if button_tag(ui, "Copy", &name).clicked() {
                command = Some(Command::Copy(CopyOf::AskFor(at)));
            }
        });
    });
    wrapped(
        ui,
        RichText::new(place.answer.text())
            .size(size::MONO)
            .color(theme.dim),
    );
    for caution in &place.cautions {
        let words = RichText::new(caution.to_string()).size(size::MONO);
        wrapped(ui, words.color(theme.warn));
    }
    ui.add_space(space::S);
    command
}
