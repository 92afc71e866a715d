//! What the payload says.

use egui::{Frame, Margin, RichText, Ui};

use super::members::{MemberView, Shown, message};
use crate::jose::{Part, PartRole, Token};
use crate::window::commands::Command;
use crate::window::model::{Model, Selection};
use crate::window::theme::{size, space, tokens};
use crate::window::widgets::{Card, Icon, sign};

/// The pane "Claims". Fills the place that it is given.
#[derive(Debug, Clone, Default)]
pub struct ClaimsPane {
    view: MemberView,
}

impl ClaimsPane {
    /// Shows the payload of the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, judgement)) = model.current() else {
            return Vec::new();
        };
        let token = &*inspection.token;
        let Some(part) = token.part(PartRole::Payload) else {
            return without_payload(ui, token);
        };
        let members = part.json.as_ref().and_then(|document| document.object());
        let mut card = Card::new("Claims").fill_height();
        if let Some(members) = members {
            card = card.tag(members.len().to_string());
        }
        let shown = Shown {
            model,
            inspection,
            judgement,
            part,
        };
        card.show(
            ui,
            &mut self.view,
            |ui, view| view.tabs(ui, "Claims"),
            |ui, view| view.show(ui, shown),
        )
    }
}

/// A payload that is encrypted, or not there.
fn without_payload(ui: &mut Ui, token: &Token) -> Vec<Command> {
    let is_encrypted = token.part(PartRole::Ciphertext).is_some();
    let card = Card::new("Claims").fill_height();
    let card = if is_encrypted {
        card.tag("encrypted")
    } else {
        card
    };
    card.show(ui, &mut (), |_, ()| {}, |ui, ()| {
        if is_encrypted {
            message(
                ui,
                "Encrypted: not opened",
                "What it says can be seen with the recipient\u{2019}s key only. These are its parts.",
            );
            return parts(ui, token);
        }
        message(
            ui,
            "No payload",
            "The claims stand between the first dot and the second. This text has no such part.",
        );
        Vec::new()
    })
}

/// The parts that are no header, with their sizes.
fn parts(ui: &mut Ui, token: &Token) -> Vec<Command> {
    let theme = tokens(ui);
    let mut commands = Vec::new();
    let encrypted = token
        .parts
        .iter()
        .filter(|part| part.role != PartRole::ProtectedHeader);
    for part in encrypted {
        let color = theme.part(part.role);
        let words = part_words(part);
        let row = Frame::new()
            .inner_margin(Margin::symmetric(space::M as i8, space::XXS as i8))
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    sign(ui, Icon::Square, size::SMALL, color);
                    ui.add(egui::Label::new(RichText::new(&words).color(theme.text)).truncate());
                });
            })
            .response
            .interact(egui::Sense::click());
        row.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &words));
        if row.clicked() {
            commands.push(Command::Select(Some(Selection {
                part: part.role,
                range: part.range.clone(),
            })));
        }
    }
    commands
}

/// `Encrypted key: 256 bytes`.
fn part_words(part: &Part) -> String {
    let name = crate::judge::words::capitalised(part.role.label());
    match part.bytes().len() {
        0 => format!("{name}: none"),
        1 => format!("{name}: 1 byte"),
        bytes => format!("{name}: {bytes} bytes"),
    }
}
