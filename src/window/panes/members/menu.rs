//! What can be done with a row.

use egui::{Button, Popup, Pos2, Ui};

use super::scroll::{TableView, Telling};
use super::tree::{Entry, Start, nested_in};
use crate::jose::json::Json;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::Selection;

/// The menu of a row, while it is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowMenu {
    /// The row.
    pub(super) start: Start,
    at: Pos2,
    /// Whether its first entry is to get the keyboard.
    wants_focus: bool,
}

impl RowMenu {
    /// Opens at a place.
    pub(super) fn new(start: Start, at: Pos2) -> Self {
        Self {
            start,
            at,
            wants_focus: true,
        }
    }
}

/// What there is of a row.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each entry of the menu asks for one, and none excludes another"
)]
pub(super) struct Has {
    /// Characters in the token: a payload that was supplied stands in none.
    pub(super) characters: bool,
    /// More than the row shows while it is cut.
    pub(super) is_long: bool,
    /// A token for its value.
    pub(super) is_token: bool,
    /// Something to tell of what it means.
    pub(super) meaning: bool,
}

/// Shows the menu of a row where it is open. The table gets the keyboard back when it closes.
pub(super) fn show(
    ui: &Ui,
    view: &mut TableView,
    entry: &Entry<'_>,
    selection: &Selection,
    Has {
        characters,
        is_long,
        is_token,
        meaning: has_meaning,
    }: Has,
) -> Option<Command> {
    let mut menu = view.menu?;
    let mut is_open = true;
    let mut done = None;
    Popup::menu(&ui.response())
        .id(ui.unique_id().with("row menu"))
        .at_position(menu.at)
        .accessible_name("Row")
        .open_bool(&mut is_open)
        .show(|ui| {
            let copies = [
                ("Copy value", CopyOf::Decoded(selection.clone())),
                ("Copy as JSON", CopyOf::Json(selection.clone())),
                ("Copy as row", CopyOf::Row(selection.clone())),
                ("Copy characters as found", CopyOf::Found(selection.clone())),
            ];
            let meaning = ("Copy meaning", CopyOf::Meaning(selection.clone()));
            let meaning = has_meaning.then_some(meaning);
            for (label, copy) in copies.into_iter().chain(meaning) {
                let button = ui.add_enabled(characters, Button::new(label));
                if characters && std::mem::take(&mut menu.wants_focus) {
                    if ui.is_sizing_pass() {
                        menu.wants_focus = true;
                    } else {
                        button.request_focus();
                    }
                }
                if button.clicked() {
                    done = Some(Command::Copy(copy));
                    ui.close();
                }
            }
            if is_token && ui.button("Open as token").clicked() {
                done = Some(Command::OpenMember(selection.clone()));
                ui.close();
            }
            let is_whole = view.opened.whole.contains(&menu.start);
            let is_nested = super::tree::count(entry.value) > 0;
            if is_long || is_nested || has_meaning {
                ui.separator();
            }
            if has_meaning {
                let button = Button::new("Show meaning").shortcut_text("?");
                if ui.add(button).clicked() {
                    view.active = Some(menu.start);
                    view.telling = Telling::AtKeyboard;
                    ui.close();
                }
            }
            if is_long {
                let label = if is_whole { "Show less" } else { "Show all" };
                if ui.button(label).clicked() {
                    view.toggle_whole(menu.start);
                    ui.close();
                }
            }
            if is_nested {
                if ui.button("Open all below").clicked() {
                    view.opened.nested.insert(menu.start);
                    open_below(view, entry.value);
                    ui.close();
                }
                if ui.button("Close all below").clicked() {
                    view.opened.nested.remove(&menu.start);
                    close_below(view, entry.value);
                    ui.close();
                }
            }
        });
    view.menu = is_open.then_some(menu);
    view.wants_focus |= !is_open;
    done
}

/// Opens all objects and arrays below a value.
pub(super) fn open_below(view: &mut TableView, value: &Json) {
    view.opened.nested.extend(nested_in(value));
    view.changed();
}

/// Closes all objects and arrays below a value.
pub(super) fn close_below(view: &mut TableView, value: &Json) {
    let range = value.range.start as Start..value.range.end as Start;
    view.opened.nested.retain(|start| !range.contains(start));
    view.changed();
}
