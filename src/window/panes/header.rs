//! What the protected header says.

use super::focus::Place;
use super::members::{MemberForm, MemberView, Shown, message};
use crate::jose::{Kind, PartRole};
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::widgets::Card;

/// The pane "Header". Fills the place that it is given.
#[derive(Debug, Clone, Default)]
pub struct HeaderPane {
    view: MemberView,
}

impl HeaderPane {
    /// How it is shown.
    pub fn form(&self) -> MemberForm {
        self.view.form
    }

    /// Shows it so from now on.
    pub fn set_form(&mut self, form: MemberForm) {
        self.view.form = form;
    }

    /// Shows the header of the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut egui::Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, judgement)) = model.current() else {
            return Vec::new();
        };
        let tag = match inspection.token.kind {
            Kind::Jwe => "JWE",
            Kind::Jws => "JOSE",
            Kind::SdJwt => "SD-JWT",
            Kind::Unreadable => "unreadable",
        };
        let card = Card::new("Header").tag(tag).fill_height();
        let Some(part) = inspection.token.part(PartRole::ProtectedHeader) else {
            return card.show(ui, &mut (), |_, ()| {}, |ui, ()| {
                message(
                    ui,
                    "No header",
                    "A token begins with a JSON object in base64url, up to its first dot. This text does not.",
                );
                Vec::new()
            });
        };
        let shown = Shown {
            model,
            inspection,
            judgement,
            part,
            place: Place::Header,
        };
        let mut commands = Vec::new();
        let mut state = (&mut self.view, &mut commands);
        let more = card.show(
            ui,
            &mut state,
            |ui, (view, commands)| commands.extend(view.controls(ui, shown, "Header")),
            |ui, (view, _)| view.show(ui, shown),
        );
        commands.extend(more);
        commands
    }
}
