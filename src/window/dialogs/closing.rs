//! Keys that were pasted are in no file, and changes of a policy may not be saved: they go with the window, so closing asks first.

use egui::Ui;

use super::buttons;
use crate::jose::visible::visible;
use crate::window::commands::Command;
use crate::window::manager::title;
use crate::window::model::Model;
use crate::window::theme::space;
use crate::window::widgets::wrapped;

/// More names than this are counted.
const MAX_NAMES: usize = 5;

/// Shows it; gives what to do, and whether it is done.
pub(super) fn ui(ui: &mut Ui, model: &Model) -> (Option<Command>, bool) {
    let names: Vec<String> = model.unsaved_keys().map(title).collect();
    if !names.is_empty() {
        wrapped(ui, of_keys(&names));
    }
    if model.policies.is_to_be_asked_about() {
        wrapped(ui, of_policy(model));
    }
    ui.add_space(space::S);
    let (close, stay) = buttons(ui, "Close anyway", true);
    let command = close.then_some(Command::Close { is_sure: true });
    (command, close || stay)
}

fn of_keys(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(MAX_NAMES).map(String::as_str).collect();
    let more = match names.len().saturating_sub(shown.len()) {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    let (keys, them) = if names.len() == 1 {
        ("1 key was".to_owned(), "it goes")
    } else {
        (format!("{} keys were", names.len()), "they go")
    };
    format!(
        "{keys} pasted, typed or made here and may be in no file: {}{more}. When the window closes, {them} with it.",
        shown.join(", ")
    )
}

fn of_policy(model: &Model) -> String {
    let policies = &model.policies;
    let name = model.session.policy.name.as_deref().map(visible);
    match (name, policies.file.is_some()) {
        (Some(name), true) => {
            format!("The policy \u{201C}{name}\u{201D} has changes that are not saved.")
        }
        (Some(name), false) => format!("The policy \u{201C}{name}\u{201D} is not saved."),
        (None, _) => "The policy in force is not saved.".to_owned(),
    }
}
