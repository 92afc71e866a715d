//! The clock: live, or frozen at an instant.

use egui::{Button, RichText, Stroke, Ui};

use super::{Room, arrow, form, form_menu, named, opened_by_command};
use crate::window::commands::Command;
use crate::window::dialogs::DialogKind;
use crate::window::model::{Clock, Model, Zone};
use crate::window::panes::focus::Place;
use crate::window::panes::instant::InstantField;
use crate::window::panes::times;
use crate::window::theme::{self, semibold, size, space};
use crate::window::widgets::{button_tag, wrapped};

/// The clock's button and menu.
#[derive(Debug, Default)]
pub(super) struct ClockMenu {
    field: InstantField,
}

impl ClockMenu {
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model, room: Room) -> Option<Command> {
        let tokens = theme::tokens(ui);
        // The word says it, and the ground of the button; on that the text keeps its own colour, which is read best.
        let color = tokens.text;
        let word = match model.clock {
            Clock::Frozen(_) => "frozen",
            Clock::Live => "live",
        };
        // A clock that nothing is judged by need not tick.
        let ticks = !model.session.tokens.is_empty() || model.clock != Clock::Live;
        let instant = ticks.then(|| times::instant(model.now, model.zone));
        let strong = RichText::new(word).font(semibold(size::BODY)).color(color);
        let is_held = model.clock != Clock::Live;
        let mut button = match (room, &instant) {
            // The way back needs the room of a word.
            (Room::Medium, Some(instant)) if is_held => {
                let text = RichText::new(format!("\u{00B7} {instant}")).color(color);
                Button::new((strong, text, arrow()))
            }
            (Room::Wide | Room::Medium, Some(instant)) => {
                let text = RichText::new(format!("\u{00B7} {instant}")).color(color);
                Button::new(("Clock:", strong, text, arrow()))
            }
            (Room::Wide | Room::Medium, None) => Button::new(("Clock:", strong, arrow())),
            _ => Button::new((strong, arrow())),
        };
        let held = times::held(model);
        if held.is_some() {
            button = button
                .fill(tokens.zone(tokens.warn))
                .stroke(Stroke::new(1.0, tokens.warn));
        }
        let mut command = None;
        let (response, menu) =
            form_menu(button.gap(4.0)).ui(ui, |ui| form(ui, 380.0, |ui| self.menu(ui, model)));
        let mut name = match &instant {
            Some(instant) => format!("Clock: {word}, {instant}"),
            None => format!("Clock: {word}"),
        };
        if let Some(held) = &held {
            name = format!("{name}, {held}");
        }
        let response = named(response, &name);
        if opened_by_command(ui, &response, Place::Clock) {
            self.field.take_focus();
        }
        match (held, instant) {
            (Some(held), Some(instant)) => {
                response.on_hover_text(format!("Not the real time: {instant}\n{held}"));
            }
            (_, Some(instant)) if room < Room::Medium => {
                response.on_hover_text(instant);
            }
            _ => {}
        }
        if let Some(menu) = menu {
            command = menu.inner;
        }
        if is_held && room >= Room::Medium {
            let live = button_tag(ui, "Live", "Back to the live clock");
            let live = live.on_hover_text("Judge as of the real time again");
            command = command.or(live.clicked().then_some(Command::LiveClock));
        }
        command
    }

    fn menu(&mut self, ui: &mut Ui, model: &Model) -> Option<Command> {
        let tokens = theme::tokens(ui);
        let mut command = None;
        wrapped(
            ui,
            RichText::new("Tokens are judged as of this time.").color(tokens.dim),
        );
        ui.add_space(space::XS);
        if ui
            .radio(
                model.clock == Clock::Live,
                "Live: the clock of this machine",
            )
            .clicked()
        {
            command = Some(Command::LiveClock);
        }
        let is_frozen = matches!(model.clock, Clock::Frozen(_));
        if ui.radio(is_frozen, "Frozen").clicked() && !is_frozen {
            command = Some(Command::FreezeClock(model.now));
        }
        ui.add_space(space::S);
        if let Some(held) = times::held(model) {
            let words = format!("Not the real time: {held}.");
            wrapped(ui, RichText::new(words).color(tokens.warn));
            ui.add_space(space::S);
        }
        if let Some(at) = self.field.ui(ui, model) {
            command = Some(Command::FreezeClock(at));
        }
        ui.add_space(space::S);
        ui.separator();
        ui.horizontal_wrapped(|ui| {
            ui.label("Show times in");
            for (zone, label) in [(Zone::Utc, "UTC"), (Zone::Local, "Local time")] {
                if ui.radio(model.zone == zone, label).clicked() {
                    command = Some(Command::SetZone(zone));
                }
            }
            let (is_named, label) = match model.zone {
                Zone::Named(name) => (true, format!("{}\u{2026}", name.as_str())),
                Zone::Local | Zone::Utc => (false, "Another zone\u{2026}".to_owned()),
            };
            if ui.radio(is_named, label).clicked() {
                command = Some(Command::ShowDialog(DialogKind::Zone));
                ui.close();
            }
        });
        command
    }
}
