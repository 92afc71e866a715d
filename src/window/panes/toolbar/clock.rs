//! The clock: live, or frozen at an instant.

use egui::{Button, RichText, Ui};

use super::{Room, arrow, form, form_menu, named, opened_by_command};
use crate::window::commands::Command;
use crate::window::model::{Clock, Model, Zone};
use crate::window::panes::focus::Place;
use crate::window::panes::instant::InstantField;
use crate::window::panes::times;
use crate::window::theme::{self, semibold, size, space};
use crate::window::widgets::wrapped;

/// The clock's button and menu.
#[derive(Debug, Default)]
pub(super) struct ClockMenu {
    field: InstantField,
}

impl ClockMenu {
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model, room: Room) -> Option<Command> {
        let tokens = theme::tokens(ui);
        let (word, color) = match model.clock {
            Clock::Frozen(_) => ("frozen", tokens.warn),
            Clock::Live => ("live", tokens.text),
        };
        // A clock that nothing is judged by need not tick.
        let ticks = !model.session.tokens.is_empty() || model.clock != Clock::Live;
        let instant = ticks.then(|| times::instant(model.now, model.zone));
        let strong = RichText::new(word).font(semibold(size::BODY)).color(color);
        let button = match (room, &instant) {
            (Room::Wide | Room::Medium, Some(instant)) => {
                let text = RichText::new(format!("\u{00B7} {instant}")).color(color);
                Button::new(("Clock:", strong, text, arrow()))
            }
            (Room::Wide | Room::Medium, None) => Button::new(("Clock:", strong, arrow())),
            _ => Button::new((strong, arrow())),
        };
        let mut command = None;
        let (response, menu) =
            form_menu(button.gap(4.0)).ui(ui, |ui| form(ui, 320.0, |ui| self.menu(ui, model)));
        let name = match &instant {
            Some(instant) => format!("Clock: {word}, {instant}"),
            None => format!("Clock: {word}"),
        };
        let response = named(response, &name);
        if opened_by_command(ui, &response, Place::Clock) {
            self.field.take_focus();
        }
        if let Some(instant) = instant
            && room < Room::Medium
        {
            response.on_hover_text(instant);
        }
        if let Some(menu) = menu {
            command = menu.inner;
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
        if let Some(at) = self.field.ui(ui) {
            command = Some(Command::FreezeClock(at));
        }
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            ui.label("Show times in");
            for (zone, label) in [(Zone::Utc, "UTC"), (Zone::Local, "Local time")] {
                if ui.radio(model.zone == zone, label).clicked() {
                    command = Some(Command::SetZone(zone));
                }
            }
        });
        command
    }
}
