//! The policy editor, over the whole window: the policy in force as a form, the saved ones, and what it changes.

mod effect;
mod fields;
mod form;
pub(super) mod list;
mod signers;

use egui::{Button, Id, Key, Label, Popup, RichText, ScrollArea, Stroke, Ui, UiBuilder, vec2};

use self::fields::{Doing, Fields};
use self::form::Shown;
use super::bar::{self, from, line, within};
use super::focus::{self, Place};
use super::manager::card;
use super::roving::pressed;
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::policies::{Draft, Line, Member, PolicyCommand};
use crate::window::theme::{semibold, size, space, tokens};
use crate::window::widgets::{button_tag, menu_tag, truncated};

/// From this width on, in points, the saved policies stand beside the form.
const LIST_FROM: f32 = 700.0;

/// The width of the list of them, in points.
const LIST: f32 = 220.0;

/// The form is no wider than this, in points.
const FORM: f32 = 760.0;

/// Below this width, in points, what is done least stands in the menu only.
const TIGHT: f32 = 620.0;

/// What stands in the menu.
const MORE: [Action; 11] = [
    Action::SavePolicyAs,
    Action::RenamePolicy,
    Action::DuplicatePolicy,
    Action::RevertPolicy,
    Action::DeletePolicy,
    Action::NewPolicy,
    Action::PolicyFromToken,
    Action::ExpectNothing,
    Action::ImportPolicy,
    Action::ExportPolicy,
    Action::CopyPolicy,
];

/// The editor.
#[derive(Debug, Default)]
pub struct PolicyPane {
    /// What is typed.
    draft: Draft,
    /// [`Policies::revision`](crate::window::policies::Policies::revision) of the draft; `None`: never taken over.
    revision: Option<u64>,
    shown: Shown,
    /// The field that is to take the keyboard.
    wanted: Option<Line>,
    /// Whether all of its text is to be chosen.
    chooses_all: bool,
    /// How often a field took the keyboard.
    visits: u64,
    /// What had the focus when the form last looked.
    focused: Option<Id>,
    /// Whether a field had it in the last frame.
    was_typing: bool,
    /// How wide the controls were, in points.
    width: f32,
}

impl PolicyPane {
    /// Shows the editor; with what it changes too, unless that stands beside it.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model, has_effect: bool) -> Vec<Command> {
        let policies = &model.policies;
        if self.revision != Some(policies.revision) {
            self.draft = policies.draft.clone();
            self.revision = Some(policies.revision);
        }
        for (place, chooses_all) in [(Place::Policy, false), (Place::PolicyName, true)] {
            if focus::take(ui, place) {
                self.wanted = Some(Member::Name.into());
                self.chooses_all = chooses_all;
            }
        }
        let mut commands = Vec::new();
        card(ui, |ui| {
            self.controls(ui, model, &mut commands);
            if !has_effect {
                let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 6));
                frame.show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    effect::short(ui, model);
                });
                rule(ui);
            }
            let place = ui.available_rect_before_wrap();
            let mut form = place;
            if place.width() >= LIST_FROM {
                let border = place.left() + LIST;
                let builder = UiBuilder::new()
                    .id_salt("saved policies")
                    .max_rect(place.with_max_x(border));
                ui.scope_builder(builder, |ui| list::ui(ui, model, &mut commands));
                let stroke = Stroke::new(1.0, tokens(ui).line);
                ui.painter().vline(border, place.y_range(), stroke);
                form = place.with_min_x(border + 1.0);
            }
            let builder = UiBuilder::new().id_salt("form").max_rect(form);
            ui.scope_builder(builder, |ui| self.form(ui, model, &mut commands));
            ui.expand_to_include_rect(place);
            focus::report(ui.ctx(), Place::Policy, form);
        });
        let is_typing = ui.ctx().text_edit_focused();
        let is_left = commands.is_empty()
            && !is_typing
            && !self.was_typing
            && !Popup::is_any_open(ui)
            && ui.memory(|memory| memory.top_modal_layer().is_none())
            && pressed(ui, Key::Escape);
        self.was_typing = is_typing;
        if is_left {
            commands.push(PolicyCommand::Show(false).into());
        }
        commands
    }

    /// Shows what the policy changes, beside the form.
    #[must_use]
    pub fn effect_ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        effect::ui(ui, model)
    }

    fn form(&mut self, ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
        let mut fields = Fields {
            model,
            doing: Doing::default(),
            wanted: &mut self.wanted,
            chooses_all: self.chooses_all,
            visits: &mut self.visits,
        };
        let area = ScrollArea::vertical()
            .id_salt("policy form")
            .auto_shrink(false);
        area.show(ui, |ui| {
            ui.set_width(ui.available_width().min(FORM));
            form::ui(ui, &mut fields, &mut self.draft, &mut self.shown);
            focus::reveal(ui, &mut self.focused);
        });
        let Doing {
            is_changed,
            is_typed,
            commands: more,
        } = fields.doing;
        if is_changed {
            let edit = PolicyCommand::Edit {
                draft: Box::new(self.draft.clone()),
                visit: is_typed.then_some(self.visits),
            };
            commands.push(edit.into());
        }
        commands.extend(more);
    }

    /// Title and controls from left to right, as the keyboard goes; the controls end at the right edge, by the width that
    /// they had in the last frame.
    fn controls(&mut self, ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
        let theme = tokens(ui);
        let policies = &model.policies;
        let is_tight = ui.available_width() < TIGHT;
        let row = line(ui);
        let left = row.right() - self.width - space::S;
        let title = row.with_max_x((left - space::S).max(row.left()));
        within(ui, "title", title, |ui| {
            ui.add_space(space::M);
            let title = RichText::new(format!("Policy: {}", policies.title()));
            let title = title.font(semibold(size::BODY + 2.0)).color(theme.text);
            ui.add(Label::new(title).truncate());
            let standing = policies.standing();
            if !standing.is_empty() {
                truncated(ui, RichText::new(standing).color(theme.warn));
            }
        });
        let shown = within(ui, "controls", from(row, left), |ui| {
            if !is_tight {
                button(ui, model, (Action::Undo, "Undo"), commands);
                button(ui, model, (Action::Redo, "Redo"), commands);
            }
            button(ui, model, (Action::SavePolicy, "Save"), commands);
            if row.width() < LIST_FROM {
                menu_tag(ui, "Policies", "Saved policies", |ui| {
                    commands.extend(list::menu(ui, model));
                });
            }
            menu_tag(ui, "More", "More for the policy", |ui| {
                more(ui, model, commands);
            });
            let back = button_tag(ui, "Back", "Back to the tokens");
            if back
                .on_hover_text("Leave the policy editor (Esc)")
                .clicked()
            {
                commands.push(PolicyCommand::Show(false).into());
            }
        });
        bar::remember(ui, &mut self.width, shown);
        rule(ui);
    }
}

/// An action under a short name.
fn button(
    ui: &mut Ui,
    model: &Model,
    (action, label): (Action, &str),
    commands: &mut Vec<Command>,
) {
    let entry = action.entry();
    let command = (entry.command)(model);
    let button = ui.add_enabled(command.is_some(), Button::new(label));
    if button.accessible_name(entry.label).clicked() {
        commands.extend(command);
    }
}

/// A line below what was shown.
fn rule(ui: &Ui) {
    let rest = ui.available_rect_before_wrap();
    let stroke = Stroke::new(1.0, tokens(ui).line);
    ui.painter().hline(rest.x_range(), rest.top() - 0.5, stroke);
}

fn more(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    ui.set_min_size(vec2(220.0, 0.0));
    for action in MORE {
        let entry = action.entry();
        let command = (entry.command)(model);
        let button = ui.add_enabled(command.is_some(), Button::new(entry.label));
        if button.clicked() {
            commands.extend(command);
            ui.close();
        }
    }
}
