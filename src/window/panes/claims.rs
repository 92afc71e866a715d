//! What the payload says.

use egui::{Align2, FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::disclosed::DisclosedView;
use super::focus::{self, Place};
use super::members::{MemberForm, MemberView, Shown, message};
use crate::jose::{Part, PartRole, Token};
use crate::window::commands::Command;
use crate::window::model::{Model, Selection};
use crate::window::theme::{size, tokens};
use crate::window::widgets::{Card, Icon, Segment, paint_icon, row_frame, segmented};

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
        let Some(part) = token.part(PartRole::Payload) else {
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
            |ui, (pane, _)| match sd_jwt {
                Some(sd_jwt) if pane.claims == Claims::Processed => {
                    let of = (inspection, judgement);
                    pane.disclosed.show(ui, model, of, sd_jwt)
                }
                _ => pane.view.show(ui, shown),
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
