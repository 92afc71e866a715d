//! Keys to commands.

use egui::{Context, Event, Key, Modifiers};

use super::commands::{Action, Command};
use super::model::Model;

/// What the keys of this frame ask for.
pub(super) enum Asked {
    /// A command of the table.
    Command(Command),
    /// The clipboard's text in the field that has the focus.
    PasteIntoField,
}

/// Takes the keys that are ours out of the input. Copy and cut are handed to the widgets, which know what is selected.
pub(super) fn take(ctx: &Context, model: &Model) -> Vec<Asked> {
    let in_field = ctx.text_edit_focused();
    let mut asked = Vec::new();
    for action in Action::ALL {
        let entry = action.entry();
        let Some(shortcut) = entry.shortcut else {
            continue;
        };
        let is_editing = matches!(action, Action::Paste | Action::Undo);
        if in_field && action == Action::Paste {
            if ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
                asked.push(Asked::PasteIntoField);
            }
            continue;
        }
        if in_field && (is_editing || shortcut.conflicts_with_text_editing()) {
            continue;
        }
        if ctx.input_mut(|input| input.consume_shortcut(&shortcut))
            && let Some(command) = (entry.command)(model)
        {
            asked.push(Asked::Command(command));
        }
    }
    // The old keys for the same.
    if ctx.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::Insert)) {
        asked.push(if in_field {
            Asked::PasteIntoField
        } else {
            Asked::Command(Command::Paste)
        });
    }
    ctx.input_mut(|input| {
        let copy = input.consume_key(Modifiers::COMMAND, Key::C)
            || input.consume_key(Modifiers::CTRL, Key::Insert);
        let cut = input.consume_key(Modifiers::COMMAND, Key::X);
        if copy {
            input.events.push(Event::Copy);
        }
        if cut {
            input.events.push(Event::Cut);
        }
    });
    asked
}
