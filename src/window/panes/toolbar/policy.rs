//! What the tokens are held against: the way to switch between policies.

use egui::containers::menu::MenuButton;
use egui::{Button, RichText, ScrollArea, Ui};

use super::{MENU_MARGIN, Room, arrow, items, named};
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::panes::policy::list;
use crate::window::theme::{self, size};
use crate::window::widgets::truncated;

/// A longer name (in characters) is cut in the button.
const MAX_TITLE: usize = 24;

/// What can be done beside switching.
const ACTIONS: &[Action] = &[
    Action::EditPolicy,
    Action::NewPolicy,
    Action::PolicyFromToken,
    Action::ImportPolicy,
    Action::ExportPolicy,
];

/// The policy's button and menu.
pub(super) fn ui(ui: &mut Ui, model: &Model, room: Room) -> Option<Command> {
    let policies = &model.policies;
    let title = policies.title();
    let standing = match policies.standing() {
        // That nothing is expected needs no saving.
        "not saved" if model.session.policy.expected() == 0 => "",
        standing => standing,
    };
    let cut: String = title.chars().take(MAX_TITLE).collect();
    let dots = if cut.len() < title.len() {
        "\u{2026}"
    } else {
        ""
    };
    // The sign is explained by the name and in the menu.
    let sign = if standing.is_empty() { "" } else { " *" };
    let shown = format!("Policy: {cut}{dots}{sign}");
    let button = match room {
        Room::Wide => Button::new((shown.as_str(), arrow())),
        _ => Button::new(("Policy", arrow())),
    };
    let name = match standing {
        "" => format!("Policy: {title}"),
        standing => format!("Policy: {title}, {standing}"),
    };
    let (response, menu) = MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(220.0);
        let height = ui.ctx().content_rect().height() - MENU_MARGIN;
        let area = ScrollArea::vertical().max_height(height.max(MENU_MARGIN));
        area.show(ui, |ui| menu(ui, model, standing)).inner
    });
    let response = named(response, &name);
    if room != Room::Wide || !standing.is_empty() || !dots.is_empty() {
        response.on_hover_text(name);
    }
    menu.and_then(|menu| menu.inner)
}

fn menu(ui: &mut Ui, model: &Model, standing: &str) -> Option<Command> {
    let theme = theme::tokens(ui);
    let mut command = list::choices(ui, model, false);
    if !standing.is_empty() {
        let words = format!("The policy in force is {standing}.");
        truncated(ui, RichText::new(words).size(size::SMALL).color(theme.warn));
    }
    ui.separator();
    command = command.or(items(ui, model, ACTIONS));
    command
}
