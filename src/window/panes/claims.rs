//! What the payload says.

use egui::{Align2, FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::disclosed::DisclosedView;
use super::focus::{self, Place};
use super::members::{MemberForm, MemberView, Shown, message};
use crate::inspection::DetachedPayload;
use crate::jose::visible::visible;
use crate::jose::{Part, PartRole, Token};
use crate::judge::words::counted;
use crate::window::commands::Command;
use crate::window::model::{Model, Selection};
use crate::window::theme::{size, space, tokens};
use crate::window::widgets::{Card, Icon, Segment, button_tag, paint_icon, row_frame, segmented};

/// The pane "Claims". Fills the place that it is given.
#[derive(Debug, Clone, Default)]
pub struct ClaimsPane {
    view: MemberView,
    disclosed: DisclosedView,
    claims: Claims,
}

/// Which claims of an SD-JWT are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Claims {
    /// Those that the issuer signed, with digests in the place of some.
    AsSigned,
    /// Those that the disclosures make of them.
    #[default]
    Processed,
}

impl ClaimsPane {
    /// How it is shown.
    pub fn form(&self) -> MemberForm {
        self.view.form
    }

    /// Shows it so from now on.
    pub fn set_form(&mut self, form: MemberForm) {
        self.view.form = form;
    }

    /// Shows the payload of the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, judgement)) = model.current() else {
            return Vec::new();
        };
        let token = &*inspection.token;
        let is_detached = token.is_detached();
        let supplied = inspection.detached_payload.as_ref();
        if is_detached && supplied.is_none() {
            return missing(ui, model);
        }
        let part = supplied.map(|payload| &*payload.part);
        let Some(part) = part.or_else(|| token.part(PartRole::Payload)) else {
            return without_payload(ui, token, model);
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
            place: Place::Claims,
        };
        let mut commands = Vec::new();
        let mut state = (self, &mut commands);
        let sd_jwt = inspection.proof.sd_jwt.as_deref();
        let more = card.show(
            ui,
            &mut state,
            |ui, (pane, commands)| {
                if sd_jwt.is_some() {
                    segmented(ui, &mut pane.claims, &CLAIMS);
                    if pane.claims == Claims::Processed {
                        return;
                    }
                }
                commands.extend(pane.view.controls(ui, shown, "Claims"));
            },
            |ui, (pane, _)| {
                let command = supplied.and_then(|payload| where_from(ui, payload));
                let command = command.or_else(|| to_inner(ui, shown));
                let mut commands = match sd_jwt {
                    Some(sd_jwt) if pane.claims == Claims::Processed => {
                        let of = (inspection, judgement);
                        pane.disclosed.show(ui, model, of, sd_jwt)
                    }
                    _ => pane.view.show(ui, shown),
                };
                commands.extend(command);
                commands
            },
        );
        commands.extend(more);
        commands
    }
}

const CLAIMS: [Segment<'static, Claims>; 2] = [
    Segment {
        value: Claims::AsSigned,
        label: "As signed",
        name: "Claims, As signed",
    },
    Segment {
        value: Claims::Processed,
        label: "Processed",
        name: "Claims, Processed",
    },
];

/// A payload that is not in the token, and can be supplied for the one on screen.
fn missing(ui: &mut Ui, model: &Model) -> Vec<Command> {
    let card = Card::new("Claims").fill_height().tag("detached");
    card.show(ui, &mut (), |_, ()| {}, |ui, ()| {
        let is_inside = model.shown_layer() > 0;
        let text = if is_inside {
            "Its signature covers a payload that is sent apart from it, so it cannot be checked here."
        } else {
            "Its signature covers a payload that is sent apart from it. Add that, byte for byte, to check the signature."
        };
        message(ui, "The payload is not in the token", text);
        let mut commands = Vec::new();
        if is_inside {
            return commands;
        }
        let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(space::M as i8, 0));
        frame.show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(space::S, space::S);
                let file = ui.button("Add payload from file\u{2026}");
                if focus::take(ui, Place::Claims) {
                    file.request_focus();
                }
                if file.clicked() {
                    commands.push(Command::AddPayload);
                }
                if ui.button("Paste payload").clicked() {
                    commands.push(Command::PastePayload);
                }
            });
        });
        commands
    })
}

/// The way to the token that the payload is.
fn to_inner(ui: &mut Ui, shown: Shown<'_>) -> Option<Command> {
    let inner = shown.model.shown_layer().saturating_add(1);
    let is_there = shown.inspection.proof.inner.is_some() && inner < shown.model.layers().len();
    if !is_there {
        return None;
    }
    let frame = egui::Frame::new().inner_margin(egui::Margin {
        left: space::M as i8,
        right: space::M as i8,
        top: space::S as i8,
        bottom: 0,
    });
    let label = format!("Show layer {}: the token inside", inner.saturating_add(1));
    let button = frame.show(ui, |ui| ui.button(label)).inner;
    button.clicked().then_some(Command::ShowLayer(inner))
}

/// That a payload is none of the token's text, and where it came from.
fn where_from(ui: &mut Ui, payload: &DetachedPayload) -> Option<Command> {
    let theme = tokens(ui);
    let bytes = counted(payload.part.bytes().len(), "byte");
    let words = format!(
        "Not in the token: added from {}, {bytes}",
        visible(&payload.name)
    );
    let frame =
        egui::Frame::new().inner_margin(egui::Margin::symmetric(space::M as i8, space::XS as i8));
    let removed = frame.show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            ui.label(egui::RichText::new(words).color(theme.dim));
            button_tag(ui, "Remove", "Remove the payload").clicked()
        })
        .inner
    });
    removed.inner.then_some(Command::RemovePayload)
}

/// A payload that is encrypted, or not there.
fn without_payload(ui: &mut Ui, token: &Token, model: &Model) -> Vec<Command> {
    let is_encrypted = token.part(PartRole::Ciphertext).is_some();
    let card = Card::new("Claims").fill_height();
    let card = if is_encrypted {
        card.tag("encrypted")
    } else {
        card
    };
    card.show(ui, &mut (), |_, ()| {}, |ui, ()| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if is_encrypted {
            message(
                ui,
                "Encrypted: not opened",
                "What it says can be seen with the recipient\u{2019}s key only. These are its parts.",
            );
            return parts(ui, token, model);
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
fn parts(ui: &mut Ui, token: &Token, model: &Model) -> Vec<Command> {
    let theme = tokens(ui);
    let mut commands = Vec::new();
    let encrypted = token
        .parts
        .iter()
        .filter(|part| part.role != PartRole::ProtectedHeader);
    for (index, part) in encrypted.enumerate() {
        let words = part_words(part);
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 26.0));
        let response = ui.interact(rect, ui.scope_id().with(index), Sense::click());
        if index == 0 && focus::take(ui, Place::Claims) {
            response.request_focus();
        }
        let selection = Selection {
            part: part.role,
            range: part.range.clone(),
        };
        let is_lit = model.selection.as_ref() == Some(&selection);
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_lit, &words));
        row_frame(ui, rect, &response, is_lit, None);
        let sign =
            Rect::from_center_size(pos2(rect.left() + 18.0, rect.center().y), vec2(11.0, 11.0));
        paint_icon(ui.painter(), sign, Icon::Square, theme.part(part.role));
        let font = FontId::proportional(size::BODY);
        let at = pos2(rect.left() + 32.0, rect.center().y);
        ui.painter()
            .text(at, Align2::LEFT_CENTER, words, font, theme.text);
        if response.clicked() {
            commands.push(Command::Select((!is_lit).then_some(selection)));
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
