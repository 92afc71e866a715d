//! Keys that were pasted are in no file: they go with the window, so closing asks first.

use egui::Ui;

use super::buttons;
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
    let shown: Vec<&str> = names.iter().take(MAX_NAMES).map(String::as_str).collect();
    let more = match names.len().saturating_sub(shown.len()) {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    let (keys, them) = if names.len() == 1 {
        ("1 key was", "it goes")
    } else {
        ("keys were", "they go")
    };
    let count = if names.len() == 1 {
        String::new()
    } else {
        format!("{} ", names.len())
    };
    wrapped(
        ui,
        format!(
            "{count}{keys} pasted, typed or made here and may be in no file: {}{more}. When the window closes, {them} with it.",
            shown.join(", ")
        ),
    );
    ui.add_space(space::S);
    let (close, stay) = buttons(ui, "Close anyway", true);
    let command = close.then_some(Command::Close { is_sure: true });
    (command, close || stay)
}
