//! The rows of the table.

use std::collections::BTreeSet;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    EventFilter, FontId, Id, Key, Modifiers, Rect, Response, Role, ScrollArea, Stroke, StrokeKind,
    Ui, WidgetInfo, pos2, vec2,
};

use super::Columns;
use super::cells::paint;
use crate::window::beside::Beside;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::Model;
use crate::window::panes::focus::{self, Place};
use crate::window::panes::list::{self, View};
use crate::window::panes::menu::{self, Entries, Menu, Shown};
use crate::window::panes::roving::{Roving, is_copied, pressed, step};
use crate::window::table::{Column, Filter, Row, asking, cell, value_of};
use crate::window::theme::{semibold, size, space, tokens};
use crate::window::widgets::{Icon, grouped, grouped_count, paint_icon, row_frame};

/// The height of a row, in points.
const ROW: f32 = 31.0;

/// What a menu can narrow the rows down to: the field of the query, and what it is called.
const FIELDS: [(&str, &str); 5] = [
    ("alg", "algorithm"),
    ("issuer", "issuer"),
    ("kind", "kind"),
    ("where", "place"),
    ("source", "source"),
];

/// The rows: one stop of the Tab key.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Of items, see [`item`].
    roving: Roving,
    menu: Option<Menu>,
    /// Where a range of chosen rows begins: a position in the session.
    anchor: Option<usize>,
}

/// What the menu of a row offers.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    Beside,
    Copy(CopyOf),
    Narrow(String),
    Open,
    Remove,
}

/// What the keyboard can be on, as a number: tokens have the even ones, headings of groups the odd ones.
fn item(row: Row) -> usize {
    match row {
        Row::Token(at) => at.saturating_mul(2),
        Row::Group(group) => group.saturating_mul(2).saturating_add(1),
    }
}

fn row_of(model: &Model, item: usize) -> Option<usize> {
    let listed = &model.table.listed;
    let row = if item.is_multiple_of(2) {
        listed.row_of(item / 2)?
    } else {
        let count = listed.len(model.session.tokens.len());
        (0..count).find(|row| listed.row(*row) == Some(Row::Group(item / 2)))?
    };
    (row < listed.len(model.session.tokens.len())).then_some(row)
}

impl Rows {
    /// Takes the keyboard nowhere.
    pub(super) fn stay(&mut self) {
        self.roving.stay();
    }

    /// Takes the keyboard to the first token.
    pub(super) fn go_in(&mut self, model: &Model, commands: &mut Vec<Command>) {
        let listed = &model.table.listed;
        let count = listed.len(model.session.tokens.len());
        if let Some(first) = listed.tokens(0..count).next() {
            self.roving.go_to(item(Row::Token(first)));
            commands.push(Command::ShowToken(first));
        }
    }

    /// Shows them in all of the place that is left. Gives how far they are scrolled to the right, in points.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        columns: &Columns,
        commands: &mut Vec<Command>,
    ) -> f32 {
        if focus::take(ui, Place::Tokens)
            && let Some(current) = model.current
        {
            self.roving.go_to(item(Row::Token(current)));
        }
        let count = model.table.listed.len(model.session.tokens.len());
        let area = ScrollArea::both().id_salt("rows").auto_shrink(false);
        let shown = list::show_in(ui, area, (count, ROW), columns.width, |ui, view| {
            self.rows(ui, model, columns, view, commands);
        });
        commands.extend(self.menu(ui, model));
        shown.state.clamped_offset().x
    }

    fn rows(
        &mut self,
        ui: &Ui,
        model: &Model,
        columns: &Columns,
        view: &View,
        commands: &mut Vec<Command>,
    ) {
        let scope = ui.scope_id();
        let listed = &model.table.listed;
        let id = |item: usize| scope.with(("row", item));
        // What was to have the focus may be gone, or not be listed.
        if let Some(wanted) = self.roving.wanted()
            && !model.table.is_looking
            && row_of(model, wanted).is_none()
        {
            self.roving.stay();
        }
        let drawn = view
            .rows
            .clone()
            .filter_map(|row| listed.row(row))
            .map(item);
        let current = model.current.and_then(|at| listed.row_of(at));
        let entry = current.and_then(|row| listed.row(row)).or(listed.row(0));
        let stop = self.roving.settle(ui, id, drawn, entry.map(item));
        // What has the focus is drawn wherever it is: it would be lost otherwise.
        let elsewhere = stop
            .and_then(|stop| row_of(model, stop))
            .filter(|row| !view.rows.contains(row));
        for row in view.rows.clone().chain(elsewhere) {
            match listed.row(row) {
                Some(Row::Token(at)) => {
                    let id = id(item(Row::Token(at)));
                    commands.extend(self.row(ui, model, columns, view, (row, at, id)));
                }
                Some(Row::Group(group)) => {
                    let id = id(item(Row::Group(group)));
                    commands.extend(self.group(ui, model, view, (row, group, id)));
                }
                None => {}
            }
        }
        let watched: Vec<usize> = listed.tokens(view.rows.clone()).collect();
        if watched != model.table.watched {
            commands.push(Command::WatchTokens(watched));
        }
    }

    fn group(
        &mut self,
        ui: &Ui,
        model: &Model,
        view: &View,
        (row, group, id): (usize, usize, Id),
    ) -> Option<Command> {
        let theme = tokens(ui);
        let rect = view.rect(row);
        let found = model.table.listed.groups.get(group)?;
        let here = item(Row::Group(group));
        let response = ui.interact(rect, id, self.roving.sense(ui, here));
        let is_open = !model.table.closed.contains(&found.name);
        let words = grouped_count(found.count, "token");
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Button, true, format!("{}, {words}", found.name))
        });
        ui.accesskit_node_builder(response.id, |node| node.set_expanded(is_open));
        ui.painter().rect_filled(rect, 0, theme.bg2);
        if response.has_focus() {
            let ring = Stroke::new(1.5, theme.accent);
            ui.painter()
                .rect_stroke(rect.shrink(1.0), 2, ring, StrokeKind::Inside);
        }
        let icon = if is_open { Icon::Open } else { Icon::Closed };
        // At the left end of what is seen, wherever the rows are scrolled to.
        let left = rect.left().max(ui.clip_rect().left());
        let place = Rect::from_center_size(pos2(left + 16.0, rect.center().y), vec2(9.0, 9.0));
        paint_icon(ui.painter(), place, icon, theme.dim);
        let mut job = LayoutJob::default();
        let name = TextFormat::simple(semibold(size::BODY), theme.text);
        job.append(&found.name, 0.0, name);
        let count = TextFormat::simple(FontId::proportional(size::SMALL), theme.dim);
        job.append(&words, space::S, count);
        let galley = ui.painter().layout_job(job);
        let at = pos2(left + 28.0, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, theme.text);
        let mut toggles = response.clicked();
        if self.roving.drawn(ui, here, &response) && self.menu.is_none() {
            keep_keys(ui, id, false);
            let wanted = [(Key::ArrowLeft, true), (Key::ArrowRight, false)];
            toggles |= wanted
                .into_iter()
                .any(|(key, from)| pressed(ui, key) && is_open == from);
            if let Some(to) = step(ui, row, (view.count, view.page)) {
                return self.go(model, to);
            }
        }
        toggles.then(|| Command::ToggleGroup(found.name.clone()))
    }

    /// Takes the keyboard to a row.
    fn go(&mut self, model: &Model, row: usize) -> Option<Command> {
        let to = model.table.listed.row(row)?;
        self.roving.go_to(item(to));
        match to {
            Row::Token(at) => Some(Command::ShowToken(at)),
            Row::Group(_) => None,
        }
    }

    fn row(
        &mut self,
        ui: &Ui,
        model: &Model,
        columns: &Columns,
        view: &View,
        (row, at, id): (usize, usize, Id),
    ) -> Vec<Command> {
        if at >= model.session.tokens.len() {
            return Vec::new();
        }
        let theme = tokens(ui);
        let rect = view.rect(row);
        let here = item(Row::Token(at));
        let response = ui.interact(rect, id, self.roving.sense(ui, here));
        let is_current = model.current == Some(at);
        let is_chosen = model.table.chosen.contains(&at);
        let tint = is_chosen.then(|| theme.tint(theme.accent));
        row_frame(ui, rect, &response, is_current && !is_chosen, tint);
        if is_chosen {
            let bar = rect.with_max_x(rect.left() + 2.0);
            ui.painter().rect_filled(bar, 0, theme.accent);
        }
        let mut words = format!("Row {}", row.saturating_add(1));
        let mut cut = None;
        for (column, left, width) in &columns.list {
            let Some(cell) = cell(model, at, *column) else {
                continue;
            };
            words.push_str(if *column == Column::Verdict {
                ": "
            } else {
                ", "
            });
            if *column != Column::Verdict {
                words.push_str(column.label());
                words.push(' ');
            }
            words.push_str(&cell.text);
            let place = Rect::from_min_size(
                pos2(rect.left() + left, rect.top()),
                vec2(*width, rect.height()),
            );
            if paint(ui, theme, *column, &cell, place) && ui.rect_contains_pointer(place) {
                cut = Some(cell.text);
            }
        }
        response
            .widget_info(|| WidgetInfo::selected(Role::Row, true, is_current || is_chosen, &words));
        let has_focus = self.roving.drawn(ui, here, &response);
        if let Some(menu) = Menu::asked(ui, at, &response) {
            self.menu = Some(menu);
            // The menu is of the chosen rows where it is asked for at one of them.
            let mut commands = vec![Command::ShowToken(at)];
            if !is_chosen && !model.table.chosen.is_empty() {
                commands.push(Command::ChooseTokens(BTreeSet::new()));
            }
            return commands;
        }
        if self.menu.is_none() && has_focus {
            keep_keys(ui, id, !model.table.chosen.is_empty());
            let commands = self.keys(ui, model, view, (row, at));
            if !commands.is_empty() {
                return commands;
            }
        }
        if self.menu.is_none() && is_copied(&response) {
            return vec![Command::Copy(CopyOf::Rows)];
        }
        let commands = self.pointer(ui, model, (row, at), &response);
        if self.menu.is_none()
            && let Some(cut) = cut
        {
            response.on_hover_text(cut);
        }
        commands
    }

    fn pointer(
        &mut self,
        ui: &Ui,
        model: &Model,
        (row, at): (usize, usize),
        response: &Response,
    ) -> Vec<Command> {
        if response.double_clicked() {
            return vec![Command::OpenToken(at)];
        }
        if !response.clicked() {
            return Vec::new();
        }
        let modifiers = ui.input(|input| input.modifiers);
        let chosen = if modifiers.shift {
            self.range(model, row)
        } else {
            self.anchor = Some(at);
            if modifiers.command {
                // What was on screen is the first of them.
                let mut chosen = model.table.meant(model.current);
                if !chosen.remove(&at) {
                    chosen.insert(at);
                }
                chosen
            } else {
                BTreeSet::new()
            }
        };
        shown_and_chosen(model, at, chosen)
    }

    /// The tokens from where the range begins up to a row.
    fn range(&mut self, model: &Model, to: usize) -> BTreeSet<usize> {
        let listed = &model.table.listed;
        let anchor = *self.anchor.get_or_insert(model.current.unwrap_or(0));
        let from = listed.row_of(anchor).unwrap_or(to);
        let rows = from.min(to)..from.max(to).saturating_add(1);
        listed.tokens(rows).collect()
    }

    fn keys(
        &mut self,
        ui: &Ui,
        model: &Model,
        view: &View,
        (row, at): (usize, usize),
    ) -> Vec<Command> {
        let taken = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let listed = &model.table.listed;
        // Before the arrows alone, which would take these too.
        for (key, to) in [
            (Key::ArrowUp, row.checked_sub(1)),
            (Key::ArrowDown, row.checked_add(1)),
        ] {
            if taken(Modifiers::SHIFT, key) {
                let Some(to) = to.filter(|to| *to < view.count) else {
                    return Vec::new();
                };
                if model.table.chosen.is_empty() {
                    self.anchor = Some(at);
                }
                let chosen = self.range(model, to);
                let mut commands: Vec<_> = self.go(model, to).into_iter().collect();
                commands.push(Command::ChooseTokens(chosen));
                return commands;
            }
        }
        if taken(Modifiers::COMMAND, Key::A) {
            return vec![Command::ChooseAll];
        }
        if pressed(ui, Key::Space) {
            self.anchor = Some(at);
            let mut chosen = model.table.chosen.clone();
            if !chosen.remove(&at) {
                chosen.insert(at);
            }
            return vec![Command::ChooseTokens(chosen)];
        }
        if pressed(ui, Key::Enter) {
            return vec![Command::OpenToken(at)];
        }
        if pressed(ui, Key::Delete) {
            return self.remove(model, row);
        }
        if !model.table.chosen.is_empty() && pressed(ui, Key::Escape) {
            return vec![Command::ChooseTokens(BTreeSet::new())];
        }
        if pressed(ui, Key::ArrowLeft) {
            // To the heading of its group.
            let heading = (0..row).rev();
            let mut heading = heading.filter(|row| matches!(listed.row(*row), Some(Row::Group(_))));
            if model.table.grouping.is_some()
                && let Some(heading) = heading.next()
            {
                return self.go(model, heading).into_iter().collect();
            }
        }
        let Some(to) = step(ui, row, (view.count, view.page)) else {
            return Vec::new();
        };
        self.anchor = None;
        let mut commands: Vec<_> = self.go(model, to).into_iter().collect();
        if !model.table.chosen.is_empty() {
            commands.push(Command::ChooseTokens(BTreeSet::new()));
        }
        commands
    }

    /// Removes what is meant: the next row that stays gets the keyboard.
    fn remove(&mut self, model: &Model, row: usize) -> Vec<Command> {
        let listed = &model.table.listed;
        let meant = model.table.meant(model.current);
        let count = listed.len(model.session.tokens.len());
        let stays = |at: &usize| !meant.contains(at);
        let after = listed.tokens(row..count).find(stays);
        let before = || {
            let before = (0..row).rev().filter_map(|row| listed.row(row));
            let mut tokens = before.filter_map(|row| match row {
                Row::Token(at) => Some(at),
                Row::Group(_) => None,
            });
            tokens.find(stays)
        };
        let mut commands = Vec::new();
        if let Some(next) = after.or_else(before) {
            // Its position when the others are gone.
            let gone = meant.range(..next).count();
            self.roving
                .go_to(item(Row::Token(next.saturating_sub(gone))));
            if model.table.chosen.is_empty() {
                commands.push(Command::ChooseTokens(meant));
            }
            commands.push(Command::ShowToken(next));
        }
        commands.push(Command::RemoveChosen);
        commands
    }

    fn menu(&mut self, ui: &Ui, model: &Model) -> Vec<Command> {
        let Some(at) = self.menu.map(|menu| menu.of) else {
            return Vec::new();
        };
        let shown = menu::show(ui, "Menu of the row", &mut self.menu, |entries| {
            choice(entries, model, at)
        });
        match shown {
            Shown::Open => Vec::new(),
            Shown::Left(at) => {
                self.roving.go_to(item(Row::Token(at)));
                Vec::new()
            }
            Shown::Chosen(at, choice) => {
                self.roving.go_to(item(Row::Token(at)));
                match choice {
                    Choice::Beside => vec![Command::ShowBeside(Beside::Chosen)],
                    Choice::Copy(what) => vec![Command::Copy(what)],
                    Choice::Narrow(term) => {
                        let text = model.table.filter.text.trim();
                        vec![Command::FilterTokens(Filter {
                            text: format!("{text} {term}").trim().to_owned(),
                            ..model.table.filter.clone()
                        })]
                    }
                    Choice::Open => vec![Command::OpenToken(at)],
                    Choice::Remove => match model.table.listed.row_of(at) {
                        Some(row) => self.remove(model, row),
                        None => vec![Command::RemoveChosen],
                    },
                }
            }
        }
    }
}

/// Keeps the arrows for the row that has the focus; and Escape, where there is something for it to take back.
fn keep_keys(ui: &Ui, id: Id, escape: bool) {
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        escape,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
}

/// Shows a token; changes what is chosen where that is something else.
fn shown_and_chosen(model: &Model, at: usize, chosen: BTreeSet<usize>) -> Vec<Command> {
    let mut commands = vec![Command::ShowToken(at)];
    if chosen != model.table.chosen {
        commands.push(Command::ChooseTokens(chosen));
    }
    commands
}

fn choice(entries: &mut Entries<'_>, model: &Model, at: usize) -> Option<Choice> {
    let mut chosen = None;
    let count = model.table.meant(Some(at)).len();
    let mut entry = |entries: &mut Entries<'_>, label: &str, keys, choice: Choice| {
        if entries.add(label, keys, true) {
            chosen = Some(choice);
        }
    };
    entry(entries, "Open", "Enter", Choice::Open);
    if count > 1 {
        let beside = format!("Show {} tokens on one timeline", grouped(count));
        entry(entries, &beside, "", Choice::Beside);
    }
    entries.line();
    for (field, word) in FIELDS {
        if let Some(value) = value_of(model, at, field) {
            let term = asking(field, &value);
            let label = format!("Only this {word}");
            entry(entries, &label, "", Choice::Narrow(term));
        }
    }
    entries.line();
    let (copy, remove) = match count {
        0 | 1 => ("Copy the row".to_owned(), "Remove".to_owned()),
        _ => {
            let count = grouped(count);
            (
                format!("Copy {count} rows"),
                format!("Remove {count} tokens"),
            )
        }
    };
    entry(entries, &copy, "", Choice::Copy(CopyOf::Rows));
    entry(entries, "Copy token", "", Choice::Copy(CopyOf::Token));
    entries.line();
    entry(entries, &remove, "Delete", Choice::Remove);
    chosen
}
