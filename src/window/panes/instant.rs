//! An instant as it is typed.

use egui::{Align2, Key, Margin, RichText, TextEdit, Ui};
use jiff::{SignedDuration, Timestamp};

use crate::window::theme::tokens;
use crate::window::widgets::wrapped;

/// Seconds beyond this (in the year 5138) are taken for milliseconds.
const LIKELY_MILLISECONDS: i64 = 100_000_000_000;

/// A field for an instant, with its button and what is wrong with its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct InstantField {
    text: String,
    fault: Option<InstantFault>,
    /// Whether the field is to have the focus when it is next shown.
    comes: bool,
}

impl InstantField {
    /// Takes the focus when it is next shown.
    pub(crate) fn take_focus(&mut self) {
        self.comes = true;
    }

    /// Shows it; yields what was entered.
    pub(crate) fn ui(&mut self, ui: &mut Ui) -> Option<Timestamp> {
        let label = ui.label("Freeze at");
        let mut entered = None;
        ui.horizontal(|ui| {
            let edit = TextEdit::singleline(&mut self.text)
                .margin(Margin::symmetric(6, 4))
                .align(Align2::LEFT_CENTER)
                .id_salt("instant")
                .hint_text("2026-11-21T22:40:13Z or 1795300813")
                .desired_width(252.0);
            let field = ui.add(edit).labelled_by(label.id);
            if std::mem::take(&mut self.comes) {
                field.request_focus();
            }
            if field.changed() {
                self.fault = None;
            }
            let is_done = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if ui.button("Freeze").clicked() || is_done {
                match parse_instant(&self.text) {
                    Ok(at) => {
                        self.fault = None;
                        entered = Some(at);
                    }
                    Err(fault) => {
                        self.fault = Some(fault);
                        field.request_focus();
                    }
                }
            }
        });
        if let Some(fault) = &self.fault {
            wrapped(ui, RichText::new(fault.to_string()).color(tokens(ui).bad));
        }
        entered
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
