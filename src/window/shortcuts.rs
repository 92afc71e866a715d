//! Keys to commands.

use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

use super::actions::Action;
use super::commands::{Command, Zoom};
use super::model::Model;

/// What the keys of this frame ask for.
pub(super) enum Asked {
    /// A command of the table.
    Command(Command),
    /// The clipboard's text in the field that has the focus.
    PasteIntoField,
}

/// Keys that text fields use, beside those that egui says.
const TEXT_KEYS: [Key; 6] = [Key::H, Key::K, Key::U, Key::V, Key::W, Key::Z];

/// Takes the keys that are ours out of the input. Copy and cut are handed to the widgets, which know what is selected.
/// While a dialog is open only pasting into its fields is ours.
pub(super) fn take(ctx: &Context, model: &Model, is_asking: bool) -> Vec<Asked> {
    let in_field = ctx.text_edit_focused();
    let mut asked = Vec::new();
    for (action, shortcut) in by_modifiers() {
        let entry = action.entry();
        if in_field && action == Action::Paste {
            if ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
                asked.push(Asked::PasteIntoField);
            }
            continue;
        }
        if is_asking || in_field && is_for_text(shortcut) {
            continue;
        }
        if ctx.input_mut(|input| input.consume_shortcut(&shortcut))
            && let Some(command) = (entry.command)(model)
        {
            asked.push(Asked::Command(command));
        }
    }
    // Where plus needs Shift, the key without it zooms too.
    let larger = KeyboardShortcut::new(Modifiers::COMMAND, Key::Equals);
    if ctx.input_mut(|input| input.consume_shortcut(&larger)) {
        asked.push(Asked::Command(Command::Zoom(Zoom::In)));
    }
    // The old keys for the same.
    if ctx.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::Insert)) {
        if in_field {
            asked.push(Asked::PasteIntoField);
        } else if !is_asking {
            asked.push(Asked::Command(Command::Paste));
        }
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

/// The shortcuts, those with more modifiers first: Ctrl+O would take Ctrl+Shift+O for itself.
fn by_modifiers() -> Vec<(Action, KeyboardShortcut)> {
    let with_shortcut = |action: &Action| Some((*action, action.entry().shortcut?));
    let mut all: Vec<_> = Action::ALL.iter().filter_map(with_shortcut).collect();
    all.sort_by_key(|(_, shortcut)| {
        let Modifiers {
            alt,
            ctrl,
            shift,
            mac_cmd,
            command,
        } = shortcut.modifiers;
        let count = [alt, ctrl, shift, mac_cmd, command];
        std::cmp::Reverse(count.into_iter().filter(|held| *held).count())
    });
    all
}

/// Whether a text field makes something of these keys.
fn is_for_text(shortcut: KeyboardShortcut) -> bool {
    let key = shortcut.logical_key;
    let is_text_key = shortcut.modifiers.command && TEXT_KEYS.contains(&key);
    // egui takes every key without modifiers for text, function keys too.
    let is_function_key = (Key::F1..=Key::F35).contains(&key);
    is_text_key || !is_function_key && shortcut.conflicts_with_text_editing()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_edits_text_is_left_to_the_field() {
        for action in [Action::Undo, Action::RemoveToken, Action::Paste] {
            let shortcut = action.entry().shortcut.expect("has keys");
            assert!(is_for_text(shortcut), "{action:?}");
        }
        for action in [
            Action::Open,
            Action::Palette,
            Action::NextPane,
            Action::GoRaw,
        ] {
            let shortcut = action.entry().shortcut.expect("has keys");
            assert!(!is_for_text(shortcut), "{action:?}");
        }
    }

    #[test]
    fn more_modifiers_stand_before_fewer() {
        let all = by_modifiers();
        let at = |action: Action| all.iter().position(|(other, _)| *other == action);
        assert!(at(Action::OpenByPath) < at(Action::Open));
        assert!(at(Action::PreviousPane) < at(Action::NextPane));
    }
}
