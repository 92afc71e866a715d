//! The table by keyboard: it is one stop of the Tab key, and the arrow keys move among its rows.

use egui::{Event, EventFilter, Id, Key, Modifiers, Ui, pos2};

use super::menu::RowMenu;
use super::scroll::{Bring, TableView};
use super::tree::{Row, Start};

/// A line of scrolling through a row that is higher than the view, in points.
const STEP: f64 = 48.0;

/// What the keys ask for that is not the view's own affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Copy the value of this row.
    Copy(Start),
    /// Look for something.
    Find,
    /// Stop looking, or select nothing.
    GoBack,
    /// Select this row, or no longer.
    Select(Start),
    /// Tell what this row means, or no longer.
    Tell(Start),
}

/// Takes the keys for the table. `escapes`: there is something for the Escape key to take back.
pub(super) fn take(ui: &Ui, id: Id, view: &mut TableView, escapes: bool) -> Vec<Asked> {
    if !ui.memory(|memory| memory.has_focus(id)) {
        return Vec::new();
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        escape: escapes,
        tab: false,
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let mut asked = Vec::new();
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::F)) {
        asked.push(Asked::Find);
    }
    for event in ui.input(|input| input.events.clone()) {
        let row = view
            .active()
            .and_then(|index| view.list.get(index))
            .copied();
        match (event, row) {
            (Event::Copy, Some(row)) => asked.push(Asked::Copy(row.start)),
            (
                Event::Key {
                    key: Key::Escape,
                    pressed: true,
                    ..
                },
                _,
            ) if escapes => asked.push(Asked::GoBack),
            (
                Event::Key {
                    key,
                    pressed: true,
                    modifiers,
                    ..
                },
                Some(row),
            ) => match key {
                Key::F10 if modifiers == Modifiers::SHIFT => open_menu(ui, view, &row),
                Key::Enter | Key::Space if modifiers.is_none() => {
                    view.active = Some(row.start);
                    asked.push(Asked::Select(row.start));
                }
                // Shift is held for it on most keyboards.
                Key::Questionmark if !modifiers.command && !modifiers.alt => {
                    view.active = Some(row.start);
                    asked.push(Asked::Tell(row.start));
                }
                _ if modifiers.is_none() => step(view, key, &row),
                _ => {}
            },
            _ => {}
        }
    }
    asked
}

/// Opens the menu of a row below its name.
fn open_menu(ui: &Ui, view: &mut TableView, row: &Row) {
    view.active = Some(row.start);
    let index = view.list.near(row.start);
    let in_view = view.in_view.iter().find(|shown| shown.index == index);
    let view_rect = ui.max_rect().intersect(ui.clip_rect());
    let below = in_view.map_or(0.0, |shown| shown.bottom.min(shown.top + 25.0));
    let top = (view_rect.top() + below as f32).min(view_rect.bottom());
    view.menu = Some(RowMenu::new(row.start, pos2(view_rect.left() + 24.0, top)));
    view.bring = Some(Bring::Near(row.start));
}

/// Moves among the rows, or through a row that is higher than the view.
fn step(view: &mut TableView, key: Key, row: &Row) {
    let Some(index) = view.active() else { return };
    let last = view.list.len().saturating_sub(1);
    let page = (view.height - STEP).max(STEP);
    let shown = view.in_view.iter().find(|shown| shown.index == index);
    let goes_on = shown.is_some_and(|shown| shown.bottom > view.height + 1.0);
    let came_from = shown.is_some_and(|shown| shown.top < -1.0);
    let to = match key {
        Key::ArrowDown if goes_on => return view.bring = Some(Bring::By(STEP)),
        Key::ArrowUp if came_from => return view.bring = Some(Bring::By(-STEP)),
        Key::PageDown if goes_on => return view.bring = Some(Bring::By(page)),
        Key::PageUp if came_from => return view.bring = Some(Bring::By(-page)),
        Key::ArrowDown => index.saturating_add(1),
        Key::ArrowUp => index.saturating_sub(1),
        Key::PageDown => view.page_from(index, true),
        Key::PageUp => view.page_from(index, false),
        Key::Home => 0,
        Key::End => last,
        Key::ArrowLeft if view.opened.whole.contains(&row.start) => {
            return view.toggle_whole(row.start);
        }
        Key::ArrowLeft if row.is_nested && view.is_open(row.start) && view.can_close(row.start) => {
            return view.toggle(row.start);
        }
        Key::ArrowLeft => view.list.parent(index).unwrap_or(index),
        Key::ArrowRight if row.is_nested && !view.is_open(row.start) => {
            return view.toggle(row.start);
        }
        Key::ArrowRight if row.is_nested => index.saturating_add(1),
        Key::ArrowRight if view.long.contains(&row.start) => {
            if !view.opened.whole.contains(&row.start) {
                view.toggle_whole(row.start);
            }
            return;
        }
        _ => return,
    };
    if let Some(row) = view.list.get(to.min(last)) {
        view.active = Some(row.start);
        view.bring = Some(match key {
            Key::End => Bring::End(row.start),
            _ => Bring::Near(row.start),
        });
    }
}
