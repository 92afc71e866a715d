//! The token as received: every character, coloured by part.

use egui::RichText;

use super::bytes::{ByteStyle, ByteView, Picked, Source};
use super::{hover, links};
use crate::inspection::Inspection;
use crate::jose::{Kind, Part, PartRole, Token};
use crate::judge::words::capitalised;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Model, Selection};
use crate::window::theme::{space, tokens};
use crate::window::widgets::{Card, Icon, menu_tag, sign};

/// Above this width in points the legend is shown.
const LEGEND_WIDTH: f32 = 560.0;

/// The pane "Raw token". Takes the height of its text, at most what is there.
#[derive(Debug, Clone, Default)]
pub struct RawPane {
    view: ByteView,
}

impl RawPane {
    /// Shows the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut egui::Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, _)) = model.current() else {
            return Vec::new();
        };
        let token = &*inspection.token;
        let note = description(token);
        let mut commands = Vec::new();
        let picked = Card::new("Raw token").note(&note).show(
            ui,
            &mut commands,
            |ui, commands| {
                let width = ui.available_width();
                menu_tag(ui, "Copy", "Copy", |ui| copy_menu(ui, model, commands));
                if width > LEGEND_WIDTH {
                    legend(ui, token);
                }
            },
            |ui, _| self.text(ui, model, inspection, &note),
        );
        commands.extend(picked);
        commands
    }

    fn text(
        &mut self,
        ui: &mut egui::Ui,
        model: &Model,
        inspection: &Inspection,
        note: &str,
    ) -> Vec<Command> {
        let token = &*inspection.token;
        let theme = tokens(ui);
        let faults: Vec<_> = token
            .faults
            .iter()
            .map(|fault| {
                (
                    at_a_character(&fault.range, token.text().len()),
                    fault_text(fault),
                )
            })
            .collect();
        let selection = model
            .selection
            .as_ref()
            .map(|selection| selection.range.clone());
        let outcome = self.view.show(
            ui,
            &Source {
                name: "Raw token",
                description: note,
                identity: &inspection.sha256,
                bytes: token.text().as_bytes(),
                style: ByteStyle::Wrapped,
                color: &|at| {
                    token
                        .part_at(at)
                        .map_or(theme.text, |part| theme.part(part.role))
                },
                group: &|at| links::group_in_text(token, at),
                selection,
                hovered: hover::get(ui),
                faults: &faults,
            },
        );
        if let Some(hovered) = outcome.hovered {
            hover::set(ui, hovered);
        }
        let mut commands = Vec::new();
        if let Some(picked) = outcome.picked {
            commands.push(Command::Select(match picked {
                Picked::Bytes(range) => Some(Selection {
                    part: links::role_at(token, range.start),
                    range,
                }),
                Picked::Nothing => None,
            }));
        }
        if outcome.copy {
            commands.push(copy(model));
        }
        commands
    }
}

/// What is selected, or all.
fn copy(model: &Model) -> Command {
    match &model.selection {
        Some(selection) => Command::Copy(CopyOf::Found(selection.clone())),
        None => Command::Copy(CopyOf::Token),
    }
}

fn copy_menu(ui: &mut egui::Ui, model: &Model, commands: &mut Vec<Command>) {
    if ui.button("Token as found").clicked() {
        commands.push(Command::Copy(CopyOf::Token));
        ui.close();
    }
    ui.add_enabled_ui(model.selection.is_some(), |ui| {
        if ui.button("Selected characters").clicked() {
            commands.push(copy(model));
            ui.close();
        }
    });
}

/// The parts with their sizes in characters. Laid out from the right.
fn legend(ui: &mut egui::Ui, token: &Token) {
    let theme = tokens(ui);
    let shown = token
        .parts
        .iter()
        .filter(|part| part.role != PartRole::Token);
    let parts: Vec<&Part> = shown.take(5).collect();
    ui.spacing_mut().item_spacing.x = 5.0;
    for part in parts.into_iter().rev() {
        let color = theme.part(part.role);
        let name = if part.role == PartRole::Iv {
            "IV"
        } else {
            part.role.label()
        };
        ui.add_space(space::XS);
        ui.label(RichText::new(format!("{name} {}", part.range.len())).color(color))
            .on_hover_text(format!(
                "{}: {} characters, {} bytes",
                capitalised(part.role.label()),
                part.range.len(),
                part.bytes().len()
            ));
        sign(ui, Icon::Square, 10.0, color);
    }
}

/// `705 bytes · compact JWS`.
fn description(token: &Token) -> String {
    let length = token.text().len();
    let bytes = if length == 1 {
        "1 byte".to_owned()
    } else {
        format!("{length} bytes")
    };
    let form = token.serialization.name();
    match token.kind {
        Kind::Jwe => format!("{bytes} · {form} JWE"),
        Kind::Jws => format!("{bytes} · {form} JWS"),
        Kind::SdJwt => format!("{bytes} · SD-JWT"),
        Kind::Unreadable => format!("{bytes} · not readable as a token"),
    }
}

fn fault_text(fault: &crate::jose::Fault) -> String {
    let place = match fault.part {
        PartRole::Token => String::new(),
        part => format!("{}: ", capitalised(part.label())),
    };
    let text = fault.kind.to_string();
    if place.is_empty() {
        capitalised(&text)
    } else {
        place + &text
    }
}

/// A fault without a character of its own is shown at the one before it when it stands at the end.
fn at_a_character(range: &std::ops::Range<usize>, length: usize) -> std::ops::Range<usize> {
    if range.is_empty() && range.start >= length {
        length.saturating_sub(1)..length
    } else {
        range.clone()
    }
}
