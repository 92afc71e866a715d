//! A name to save the policy under.

use egui::{Key, RichText, TextEdit, Ui};

use super::buttons;
use crate::jose::visible::visible;
use crate::keeping::is_same_name;
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::policies::{MAX_NAME, PolicyCommand};
use crate::window::theme::{self, size, space};
use crate::window::widgets::wrapped;

/// Asks for the name of a policy that is to be saved as a new one.
#[derive(Debug)]
pub(super) struct PolicyNameDialog {
    name: String,
    is_new: bool,
}

impl PolicyNameDialog {
    /// For the policy in force.
    pub(super) fn new(model: &Model) -> Self {
        Self {
            name: model.policies.draft.name.clone(),
            is_new: true,
        }
    }

    /// Shows it; gives what to do, and whether it is done.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model) -> (Option<Command>, bool) {
        let theme = theme::tokens(ui);
        let label = ui.label("Name of the policy");
        let field = TextEdit::singleline(&mut self.name)
            .margin(egui::Margin::symmetric(6, 4))
            .id_salt("name of the policy")
            .char_limit(MAX_NAME)
            .hint_text("web-portal")
            .desired_width(f32::INFINITY);
        let field = ui.add(field).labelled_by(label.id);
        if std::mem::take(&mut self.is_new) {
            field.request_focus();
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let name = self.name.trim();
        let mut saved = model.policies.saved.iter();
        let taken = saved.find(|kept| is_same_name(&kept.name, name));
        let small = |text: String, color| RichText::new(text).size(size::MONO).color(color);
        if let Some(taken) = taken.filter(|_| !name.is_empty()) {
            let text = format!(
                "\u{201C}{}\u{201D} is saved already. Choose another name.",
                visible(&taken.name)
            );
            wrapped(ui, small(text, theme.bad));
        } else {
            let text = "It is kept as a file that inspect --policy takes.".to_owned();
            wrapped(ui, small(text, theme.dim));
        }
        ui.add_space(space::S);
        let is_possible = !name.is_empty() && taken.is_none() && !model.policies.is_busy();
        let (clicked, cancelled) = buttons(ui, "Save", is_possible);
        let is_taken = is_possible && (clicked || entered);
        let command = is_taken.then(|| PolicyCommand::SaveAs(name.to_owned()).into());
        (command, is_taken || cancelled)
    }
}
