//! The rows of the key manager: one stop of the Tab key.

use std::sync::Arc;

use egui::{Key, Rect, Response, Role, ScrollArea, Ui, WidgetInfo, pos2, vec2};

use super::cells::{Columns, notes_height, paint, text_of};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::manager::{KeyColumn, KeyCommand};
use crate::window::model::Model;
use crate::window::panes::focus::{self, Place};
use crate::window::panes::key_menu::{Chosen, KeyMenu};
use crate::window::panes::list::{self, View};
use crate::window::panes::menu::Shown;
use crate::window::panes::rename::{Rename, Renamed};
use crate::window::panes::roving::{Roving, is_copied, pressed, step};
use crate::window::theme::tokens;
use crate::window::widgets::row_frame;

/// The height of a row of one line, in points.
const ROW: f32 = 31.0;

/// Above and below the lines of a row that has several, in points.
const PADDING: f32 = 14.0;

/// The rows.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Of positions in the ring.
    roving: Roving,
    menu: KeyMenu,
    rename: Option<Rename>,
    /// Where each row begins, of a revision of the manager, for a width of the notes in points.
    tops: Option<(u64, f32, Arc<[f32]>)>,
}

impl Rows {
    /// Takes the keyboard nowhere.
    pub(super) fn stay(&mut self) {
        self.roving.stay();
    }

    /// Whether something that belongs to them is open above the window.
    pub(super) fn is_busy(&self) -> bool {
        self.menu.is_open() || self.rename.is_some()
    }

    /// Takes the keyboard to the first key.
    pub(super) fn go_in(&mut self, model: &Model, commands: &mut Vec<Command>) {
        commands.extend(self.go(model, 0));
    }

    /// Takes the keyboard to a row.
    fn go(&mut self, model: &Model, row: usize) -> Option<Command> {
        self.roving.go_to(*model.manager.listed.get(row)?);
        let facts = model.manager.row(row)?;
        Some(KeyCommand::Choose(facts.id.clone()).into())
    }

    /// Shows them in all of the place that is left. Where the details are behind the table, a row opens them.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        columns: &Columns,
        is_behind: bool,
        commands: &mut Vec<Command>,
    ) {
        if focus::take(ui, Place::Keys) {
            let row = model.manager.chosen_row().unwrap_or(0);
            commands.extend(self.go(model, row));
        }
        if focus::take(ui, Place::KeyName)
            && let Some(row) = model.manager.chosen_row()
        {
            self.begin_rename(model, row);
        }
        let tops = self.tops(ui, model, columns.notes());
        let area = ScrollArea::vertical().id_salt("keys").auto_shrink(false);
        list::show_uneven(ui, area, &tops, |ui, view| {
            self.rows(ui, model, columns, view, is_behind, commands);
        });
        commands.extend(self.menu(ui, model));
    }

    fn begin_rename(&mut self, model: &Model, row: usize) {
        let facts = model.manager.row(row);
        if let (Some(at), Some(facts)) = (model.manager.listed.get(row), facts) {
            self.rename = Some(Rename::new(*at, &facts.title));
        }
    }

    fn tops(&mut self, ui: &Ui, model: &Model, width: f32) -> Arc<[f32]> {
        let manager = &model.manager;
        if let Some((revision, of, tops)) = &self.tops
            && *revision == manager.revision
            && (of - width).abs() < 0.5
        {
            return Arc::clone(tops);
        }
        let theme = tokens(ui);
        let mut tops = Vec::with_capacity(manager.listed.len().saturating_add(1));
        let mut top = 0.0;
        tops.push(top);
        for facts in (0..manager.listed.len()).filter_map(|row| manager.row(row)) {
            let notes = notes_height(ui.painter(), theme, facts, width);
            top += notes.map_or(ROW, |notes| (notes + PADDING).max(ROW)).ceil();
            tops.push(top);
        }
        let tops: Arc<[f32]> = tops.into();
        self.tops = Some((manager.revision, width, Arc::clone(&tops)));
        tops
    }

    fn rows(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        columns: &Columns,
        view: &View,
        is_behind: bool,
        commands: &mut Vec<Command>,
    ) {
        let listed = &model.manager.listed;
        let scope = ui.scope_id();
        let id = |at: usize| scope.with(("key", at));
        let row_of = |at: usize| listed.iter().position(|other| *other == at);
        if self.roving.wanted().is_some_and(|at| row_of(at).is_none()) {
            self.roving.stay();
        }
        let entry = model.manager.chosen_row().or(Some(0));
        let entry = entry.and_then(|row| listed.get(row)).copied();
        let drawn = view.rows.clone().filter_map(|row| listed.get(row)).copied();
        let stop = self.roving.settle(ui, id, drawn, entry).and_then(row_of);
        // What has the focus, or is typed in, is drawn wherever it is: it would be lost otherwise.
        let typed = self.rename.as_ref().and_then(|rename| row_of(rename.of()));
        let typed = typed.filter(|row| stop != Some(*row));
        let elsewhere = stop.into_iter().chain(typed);
        let elsewhere = elsewhere.filter(|row| !view.rows.contains(row));
        for row in view.rows.clone().chain(elsewhere) {
            if let Some(at) = listed.get(row) {
                commands.extend(self.row(ui, model, columns, view, (row, *at, id(*at)), is_behind));
            }
        }
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        columns: &Columns,
        view: &View,
        (row, at, id): (usize, usize, egui::Id),
        is_behind: bool,
    ) -> Vec<Command> {
        let Some(facts) = model.manager.row(row) else {
            return Vec::new();
        };
        let theme = tokens(ui);
        let rect = view.rect(row);
        let response = ui.interact(rect, id, self.roving.sense(ui, at));
        let is_chosen = model.manager.chosen.as_deref() == Some(&facts.id);
        row_frame(ui, rect, &response, is_chosen, None);
        let was_renamed = self.rename.as_ref().is_some_and(|rename| rename.of() == at);
        let mut commands = Vec::new();
        let mut words = format!("Row {}", row.saturating_add(1));
        let mut cut = None;
        for column in KeyColumn::ALL {
            let text = text_of(facts, column);
            if column == KeyColumn::Mark {
                words.push_str(": ");
            } else {
                words.push_str(", ");
                words.push_str(column.label());
                words.push(' ');
            }
            words.push_str(&text);
        }
        for (column, left, width) in columns.iter() {
            let place = Rect::from_min_size(
                pos2(rect.left() + left, rect.top()),
                vec2(*width, rect.height()),
            );
            if *column == KeyColumn::Id && was_renamed {
                commands.extend(self.rename_ui(ui, &facts.id, at, place));
                continue;
            }
            let is_cut = paint(ui, theme, facts, *column, place, ROW);
            if is_cut && ui.rect_contains_pointer(place) {
                cut = Some(text_of(facts, *column));
            }
        }
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_chosen, &words));
        let has_focus = self.roving.drawn(ui, at, &response);
        let choose = || Command::from(KeyCommand::Choose(facts.id.clone()));
        // The key that ends a name is not also one of the row.
        if was_renamed || self.rename.is_some() {
            return commands;
        }
        if self.menu.asked(ui, at, &response) {
            return vec![choose()];
        }
        if !self.menu.is_open() && has_focus {
            let commands = self.keys(ui, model, view, (row, at), is_behind);
            if !commands.is_empty() {
                return commands;
            }
        }
        if !self.menu.is_open() && is_copied(&response) && facts.thumbprint.is_some() {
            return vec![Command::Copy(CopyOf::KeyThumbprint(facts.id.clone()))];
        }
        let command = pointer(&response, is_behind, is_chosen, choose);
        if !self.menu.is_open()
            && let Some(cut) = cut
        {
            response.on_hover_text(cut);
        }
        command.into_iter().collect()
    }

    fn keys(
        &mut self,
        ui: &Ui,
        model: &Model,
        view: &View,
        (row, at): (usize, usize),
        is_behind: bool,
    ) -> Vec<Command> {
        if pressed(ui, Key::Enter) {
            if is_behind {
                return vec![KeyCommand::ShowDetails(true).into()];
            }
            return vec![Command::Focus(Place::KeyDetails)];
        }
        if pressed(ui, Key::Delete) {
            return self.remove(model, at);
        }
        if pressed(ui, Key::F2) {
            self.begin_rename(model, row);
            return Vec::new();
        }
        let to = step(ui, row, (view.count, view.page));
        let to = to.and_then(|to| self.go(model, to));
        to.into_iter().collect()
    }

    fn rename_ui(&mut self, ui: &mut Ui, id: &str, at: usize, cell: Rect) -> Option<Command> {
        let place = cell.with_max_y(cell.top() + ROW).shrink2(vec2(4.0, 4.0));
        match self.rename.as_mut()?.ui(ui, place, "key") {
            Renamed::Open => None,
            Renamed::Dropped => {
                self.rename = None;
                self.roving.go_to(at);
                None
            }
            Renamed::Kept { name, by_key } => {
                self.rename = None;
                if by_key {
                    self.roving.go_to(at);
                }
                name.map(|name| KeyCommand::Rename(id.to_owned(), name).into())
            }
        }
    }

    /// Removes a key by keyboard: the one that takes its place gets the focus, and is looked at.
    fn remove(&mut self, model: &Model, at: usize) -> Vec<Command> {
        let manager = &model.manager;
        let Some(facts) = manager.facts.get(at) else {
            return Vec::new();
        };
        let mut commands = Vec::new();
        let row = manager.listed.iter().position(|other| *other == at);
        let after = row.and_then(|row| manager.listed.get(row.saturating_add(1)));
        let before = || manager.listed.get(row?.checked_sub(1)?);
        if let Some(next) = after.or_else(before) {
            self.roving
                .go_to(next.saturating_sub(usize::from(*next > at)));
            let next = manager.facts.get(*next).map(|facts| facts.id.clone());
            commands.extend(next.map(|id| KeyCommand::Choose(id).into()));
        }
        commands.push(Command::RemoveKey(facts.id.clone()));
        commands
    }

    fn menu(&mut self, ui: &Ui, model: &Model) -> Vec<Command> {
        match self.menu.ui(ui, model, true) {
            Shown::Chosen(at, Chosen::Do(command)) => {
                self.roving.go_to(at);
                vec![command]
            }
            Shown::Chosen(at, Chosen::Remove) => self.remove(model, at),
            Shown::Chosen(at, Chosen::Rename) => {
                let row = model.manager.listed.iter().position(|other| *other == at);
                if let Some(row) = row {
                    self.begin_rename(model, row);
                }
                Vec::new()
            }
            Shown::Left(at) => {
                self.roving.go_to(at);
                Vec::new()
            }
            Shown::Open => Vec::new(),
        }
    }
}

/// Where the details are behind the table, a click on the key that is looked at opens them.
fn pointer(
    response: &Response,
    is_behind: bool,
    is_chosen: bool,
    choose: impl FnOnce() -> Command,
) -> Option<Command> {
    if response.double_clicked() || (is_behind && is_chosen && response.clicked()) {
        return is_behind.then(|| KeyCommand::ShowDetails(true).into());
    }
    response.clicked().then(choose)
}
