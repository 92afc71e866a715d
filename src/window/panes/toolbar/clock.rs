//! The clock: live, or held at an instant.

use egui::{Button, Key, RichText, Ui};
use jiff::{SignedDuration, Timestamp};

use super::{Room, arrow, field, form, form_menu, named, opened_by_command};
use crate::window::commands::Command;
use crate::window::model::{Clock, Model, Zone};
use crate::window::panes::focus::Place;
use crate::window::panes::times;
use crate::window::theme::{self, semibold, size, space};
use crate::window::widgets::wrapped;

/// Seconds beyond this (in the year 5138) are taken for milliseconds.
const LIKELY_MILLISECONDS: i64 = 100_000_000_000;

/// The clock's button and menu.
#[derive(Debug, Default)]
pub(super) struct ClockMenu {
    text: String,
    fault: Option<InstantFault>,
    /// Whether the field is to get the keyboard when it is next shown.
    wants_focus: bool,
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
        self.wants_focus |= opened_by_command(ui, &response, Place::Clock);
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
        let label = ui.label("Freeze at");
        ui.horizontal(|ui| {
            let edit = field(&mut self.text)
                .id_salt("instant")
                .hint_text("2026-11-21T22:40:13Z or 1795300813")
                .desired_width(230.0);
            let field = ui.add(edit).labelled_by(label.id);
            if std::mem::take(&mut self.wants_focus) {
                field.request_focus();
            }
            if field.changed() {
                self.fault = None;
            }
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if ui.button("Freeze").clicked() || entered {
                match parse_instant(&self.text) {
                    Ok(at) => {
                        self.fault = None;
                        command = Some(Command::FreezeClock(at));
                    }
                    Err(fault) => self.fault = Some(fault),
                }
            }
        });
        if let Some(fault) = &self.fault {
            wrapped(ui, RichText::new(fault.to_string()).color(tokens.bad));
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

/// Why a text is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum InstantFault {
    #[error(
        "Expected a time, found nothing. Write it as 2026-11-21T22:40:13Z, or as seconds since 1970."
    )]
    Empty,
    #[error(
        "Expected seconds since 1970, found what looks like milliseconds. In seconds it is {0}."
    )]
    Milliseconds(i64),
    #[error(
        "Expected a time such as 2026-11-21T22:40:13Z, with its offset or Z, or seconds since 1970."
    )]
    Other,
    #[error("Expected a time between the years -9999 and 9999, found one outside.")]
    OutOfRange,
}

/// Reads an RFC 3339 time or seconds since 1970-01-01T00:00:00Z.
fn parse_instant(text: &str) -> Result<Timestamp, InstantFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InstantFault::Empty);
    }
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.');
    let dashes = text.trim_start_matches('-').contains('-');
    if text.chars().all(is_number) && !dashes {
        let seconds: f64 = text.parse().map_err(|_fault| InstantFault::Other)?;
        if seconds.abs() >= LIKELY_MILLISECONDS as f64 {
            return Err(InstantFault::Milliseconds((seconds / 1000.0) as i64));
        }
        let since = SignedDuration::try_from_secs_f64(seconds)
            .map_err(|_fault| InstantFault::OutOfRange)?;
        return Timestamp::from_duration(since).map_err(|_fault| InstantFault::OutOfRange);
    }
    let text = match text.strip_suffix("UTC") {
        Some(time) => format!("{}Z", time.trim_end()),
        None => text.to_owned(),
    };
    text.parse().map_err(|_fault| InstantFault::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_rfc_3339_and_as_seconds() {
        let at: Timestamp = "2026-11-21T22:40:13Z".parse().unwrap();
        for text in [
            "2026-11-21T22:40:13Z",
            " 2026-11-21 22:40:13Z ",
            "2026-11-21 22:40:13 UTC",
            "2026-11-21T23:40:13+01:00",
            "1795300813",
            "1795300813.0",
        ] {
            assert_eq!(parse_instant(text), Ok(at), "{text}");
        }
        assert_eq!(parse_instant("-1").unwrap().as_second(), -1);
    }

    #[test]
    fn what_is_no_instant_is_explained() {
        assert_eq!(parse_instant(" "), Err(InstantFault::Empty));
        assert_eq!(
            parse_instant("1795300813000"),
            Err(InstantFault::Milliseconds(1_795_300_813))
        );
        for text in [
            "tomorrow",
            "2026-11-21",
            "22:40",
            "1.2.3",
            "2026-13-01T00:00:00Z",
            "--1",
        ] {
            assert_eq!(parse_instant(text), Err(InstantFault::Other), "{text}");
        }
    }
}
