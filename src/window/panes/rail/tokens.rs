//! The tokens of the session in the rail: shown, renamed, moved, filtered.

use egui::{
    CursorIcon, Id, Key, Modifiers, PointerButton, Rect, RichText, Sense, Stroke, TextEdit, Ui,
    pos2, vec2,
};

use super::filter::{Filter, Listed};
use super::label::TokenLabel;
use super::places::{PlacesDialog, summary};
use super::row::{ROW, Row, RowResponse};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::Model;
use crate::window::panes::focus::{self, Place};
use crate::window::panes::list::{self, View};
use crate::window::panes::menu::{self, Entries, Menu, Shown};
use crate::window::panes::rename::{Rename, Renamed};
use crate::window::panes::roving::{Roving, pressed, step};
use crate::window::theme::{self, size, space};
use crate::window::widgets::{grouped, wrapped};

/// From this many tokens on there is a filter, and the way to the table.
pub(super) const FILTER_FROM: usize = 12;

/// The height of the filter, in points.
const FILTER: f32 = 32.0;

/// As near as this to the edge of the list, in points, what is dragged scrolls it.
const EDGE: f32 = 30.0;

/// How fast it scrolls at the edge, in points a second.
const SCROLL_SPEED: f32 = 900.0;

/// The list of tokens.
#[derive(Debug, Default)]
pub(super) struct TokenList {
    roving: Roving,
    filter: Filter,
    menu: Option<Menu>,
    rename: Option<Rename>,
    places: Option<PlacesDialog>,
    /// The position of the token that is dragged.
    dragged: Option<usize>,
}

/// What the menu of a token offers.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    Beside,
    Copy(CopyOf),
    Move(usize),
    Places,
    Remove,
    Rename,
    Show,
}

impl TokenList {
    /// Takes the keyboard to the token on screen, where there is one.
    pub(super) fn go_in(&mut self, model: &Model) {
        if let Some(current) = model.current {
            self.roving.go_to(current);
        }
    }

    /// Whether something that belongs to it is open above the window, or being typed or dragged.
    pub(super) fn is_busy(&self) -> bool {
        self.menu.is_some()
            || self.places.is_some()
            || self.rename.is_some()
            || self.dragged.is_some()
    }

    /// Shows the tokens, of which there is at least one, within a height, in points.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model, height: f32) -> Vec<Command> {
        if focus::take(ui, Place::Tokens) {
            self.go_in(model);
        }
        let mut commands = Vec::new();
        let count = model.session.tokens.len();
        let has_filter = count >= FILTER_FROM || !self.filter.text.is_empty();
        let mut height = height;
        if has_filter {
            commands.extend(self.filter_ui(ui, model));
            height = (height - FILTER).max(ROW);
        }
        self.filter.refresh(ui, model);
        let listed = self.filter.listed(model);
        if listed.count == 0 && !self.filter.is_looking() {
            self.roving.stay();
            none(ui, "No token holds these words.");
        }
        let shown = list::show(ui, "tokens", height, (listed.count, ROW), |ui, view| {
            self.rows(ui, model, &listed, view)
        });
        commands.extend(shown);
        commands.extend(self.menu(ui, model, &listed));
        commands.extend(self.places_ui(ui, model));
        commands
    }

    fn filter_ui(&mut self, ui: &mut Ui, model: &Model) -> Option<Command> {
        let tokens = theme::tokens(ui);
        let mut command = None;
        let place = vec2(ui.available_width(), FILTER);
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        ui.allocate_ui_with_layout(place, layout, |ui| {
            ui.set_min_height(FILTER);
            ui.add_space(space::M);
            let all = model.session.tokens.len();
            let listed = self.filter.listed(model);
            if listed.is_filtered() {
                let count = format!("{} of {}", grouped(listed.count), grouped(all));
                ui.label(RichText::new(count).size(size::SMALL).color(tokens.dim));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.add_space(space::S);
                let field = TextEdit::singleline(&mut self.filter.text)
                    .id_salt("filter")
                    .hint_text("Filter tokens")
                    .margin(egui::Margin::symmetric(6, 3))
                    .desired_width(f32::INFINITY);
                let field = ui.add(field).accessible_name("Filter tokens");
                if field.lost_focus() && !self.filter.text.is_empty() && pressed(ui, Key::Escape) {
                    self.filter.text.clear();
                    field.request_focus();
                }
                let goes_in = (field.has_focus() && pressed(ui, Key::ArrowDown))
                    || (field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)));
                if let Some(first) = listed.at(0).filter(|_| goes_in) {
                    self.roving.go_to(first);
                    command = Some(Command::ShowToken(first));
                }
            });
        });
        command
    }

    fn rows(&mut self, ui: &mut Ui, model: &Model, listed: &Listed, view: &View) -> Vec<Command> {
        let scope = ui.scope_id();
        let id = |at: usize| scope.with(("token", at));
        let mut commands = Vec::new();
        // What was to have the focus may be gone, or not among what was found.
        if let Some(wanted) = self.roving.wanted()
            && listed.row_of(wanted).is_none()
            && !self.filter.is_looking()
        {
            match listed.nearest(wanted).and_then(|row| listed.at(row)) {
                Some(at) => self.roving.go_to(at),
                None => self.roving.stay(),
            }
        }
        let entry = model.current.and_then(|at| listed.row_of(at));
        let entry = entry.or_else(|| listed.nearest(0));
        let drawn = view.rows.clone().filter_map(|row| listed.at(row));
        let entry = entry.and_then(|row| listed.at(row));
        let stop = self.roving.settle(ui, id, drawn, entry);
        // What has the focus, or is typed in, is drawn wherever it is: it would be lost otherwise.
        let stop = stop.and_then(|at| listed.row_of(at));
        let typed = self.rename.as_ref().map(Rename::of);
        let typed = typed
            .and_then(|at| listed.row_of(at))
            .filter(|row| stop != Some(*row));
        let elsewhere = stop
            .into_iter()
            .chain(typed)
            .filter(|row| !view.rows.contains(row));
        for row in view.rows.clone().chain(elsewhere) {
            if let Some(at) = listed.at(row) {
                commands.extend(self.row(ui, model, listed, view, (row, at), id(at)));
            }
        }
        commands.extend(self.drag(ui, listed, view));
        commands
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        listed: &Listed,
        view: &View,
        (row, at): (usize, usize),
        id: Id,
    ) -> Vec<Command> {
        let Some(label) = TokenLabel::of(model, at) else {
            return Vec::new();
        };
        let colors = theme::tokens(ui);
        let number = at.saturating_add(1);
        let is_renamed = self.rename.as_ref().is_some_and(|rename| rename.of() == at);
        // Where the list is scrolled by touch, a drag is not for the row.
        let drag = if ui.input(egui::InputState::any_touches) {
            Sense::empty()
        } else {
            Sense::DRAG
        };
        let shown = Row {
            id,
            sense: self.roving.sense(ui, at) | drag,
            icon: label.icon,
            color: label.color(colors),
            title: (!is_renamed).then_some(&label.title),
            mark: label.places.as_deref().map(|places| (places, colors.dim)),
            note: &label.note,
            name: &label.name,
            remove: &format!("Remove token {number}"),
            is_selected: model.current == Some(at),
            tint: model.is_beside(at).then_some(colors.bg2),
        }
        .ui(ui, view.rect(row));
        let mut commands = Vec::new();
        let has_focus = self.roving.drawn(ui, at, &shown.row);
        if is_renamed {
            commands.extend(self.rename_ui(ui, at, shown.title));
            return commands;
        }
        if let Some(menu) = Menu::asked(ui, at, &shown.row) {
            self.menu = Some(menu);
        }
        if self.menu.is_none() && has_focus {
            commands.extend(self.keys(ui, &label, listed, view, (row, at)));
        }
        commands.extend(self.pointer(model, &label, at, &shown));
        if self.menu.is_none() && self.dragged.is_none() {
            shown.row.on_hover_ui(|ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                let text = |text: &str| RichText::new(text).color(colors.text);
                wrapped(ui, text(&label.title));
                wrapped(ui, text(&label.note).color(colors.dim));
                if let Some(inspection) = model.session.tokens.get(at) {
                    summary(ui, &inspection.places);
                }
            });
        }
        commands
    }

    fn pointer(
        &mut self,
        model: &Model,
        label: &TokenLabel,
        at: usize,
        shown: &RowResponse,
    ) -> Option<Command> {
        let row = &shown.row;
        // With Ctrl held, several are chosen for the timeline.
        let is_choosing = row.ctx.input(|input| input.modifiers.command);
        if is_choosing && row.clicked() && model.current != Some(at) {
            return Some(Command::ShowBeside(model.beside_with(at)));
        }
        if row.drag_started_by(PointerButton::Primary) {
            self.dragged = Some(at);
        }
        if shown.remove {
            return Some(Command::RemoveToken(at));
        }
        if row.double_clicked() {
            self.rename = Some(Rename::new(at, &label.title));
        }
        row.clicked().then_some(Command::ShowToken(at))
    }

    fn keys(
        &mut self,
        ui: &Ui,
        label: &TokenLabel,
        listed: &Listed,
        view: &View,
        (row, at): (usize, usize),
    ) -> Option<Command> {
        // Before the arrows alone, which would take these too.
        let moved = |key| ui.input_mut(|input| input.consume_key(Modifiers::ALT, key));
        let moves = [
            (Key::ArrowUp, row.checked_sub(1)),
            (Key::ArrowDown, row.checked_add(1)),
        ];
        for (key, to) in moves {
            if moved(key) {
                let to = to.and_then(|row| listed.at(row))?;
                return Some(self.move_to(at, to));
            }
        }
        if pressed(ui, Key::F2) {
            self.rename = Some(Rename::new(at, &label.title));
            return None;
        }
        if pressed(ui, Key::Delete) {
            return Some(self.remove(listed, at));
        }
        let to = step(ui, row, (view.count, view.page)).and_then(|row| listed.at(row))?;
        self.roving.go_to(to);
        Some(Command::ShowToken(to))
    }

    fn rename_ui(&mut self, ui: &mut Ui, at: usize, place: Rect) -> Option<Command> {
        match self.rename.as_mut()?.ui(ui, place, "token") {
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
                name.map(|name| Command::RenameToken(at, name))
            }
        }
    }

    /// Goes on with a drag: the line where it would land, scrolling, and the end.
    fn drag(&mut self, ui: &Ui, listed: &Listed, view: &View) -> Option<Command> {
        let from = self.dragged?;
        let visible = ui.clip_rect();
        let pointer = ui.input(|input| input.pointer.interact_pos());
        // Far beside the list nothing happens, as with Escape.
        let gap = pointer
            .filter(|at| visible.expand2(vec2(ROW, 4.0 * ROW)).contains(*at))
            .map(|at| view.gap(at.y.clamp(visible.top(), visible.bottom())));
        let to = gap.and_then(|gap| listed.landing(from, gap));
        if pressed(ui, Key::Escape) {
            self.dragged = None;
            self.roving.go_to(from);
            return None;
        }
        if !ui.input(|input| input.pointer.primary_down()) {
            self.dragged = None;
            return to.map(|to| self.move_to(from, to));
        }
        ui.set_cursor_icon(CursorIcon::Grabbing);
        if let (Some(gap), Some(_)) = (gap, to) {
            landing_line(ui, view.rect(gap));
        }
        if let Some(at) = pointer.filter(|_| gap.is_some()) {
            let over = (visible.top() + EDGE - at.y).max(0.0);
            let under = (at.y - visible.bottom() + EDGE).max(0.0);
            let can_move = if over > 0.0 {
                view.rect(0).top() < visible.top()
            } else {
                under > 0.0 && view.rect(view.count).top() > visible.bottom()
            };
            if can_move {
                let share = ((over - under) / EDGE).clamp(-1.0, 1.0);
                let step = share * SCROLL_SPEED * ui.input(|input| input.stable_dt.min(0.05));
                let animation = egui::style::ScrollAnimation::none();
                ui.scroll_with_delta_animation(vec2(0.0, step), animation);
                ui.request_repaint();
            }
        }
        None
    }

    fn menu(&mut self, ui: &Ui, model: &Model, listed: &Listed) -> Vec<Command> {
        let Some(row) = self.menu.map(|menu| listed.row_of(menu.of)) else {
            return Vec::new();
        };
        let shown = menu::show(ui, "Menu of the token", &mut self.menu, |entries| {
            choice(entries, model, listed, row)
        });
        match shown {
            Shown::Open => Vec::new(),
            Shown::Left(at) => {
                self.roving.go_to(at);
                Vec::new()
            }
            Shown::Chosen(at, choice) => self.chosen(model, listed, at, choice),
        }
    }

    fn chosen(
        &mut self,
        model: &Model,
        listed: &Listed,
        at: usize,
        choice: Choice,
    ) -> Vec<Command> {
        let command = match choice {
            Choice::Beside => {
                self.roving.go_to(at);
                Command::ShowBeside(model.beside_with(at))
            }
            Choice::Move(to) => self.move_to(at, to),
            Choice::Remove => self.remove(listed, at),
            Choice::Places => {
                self.places = Some(PlacesDialog::new(at));
                return Vec::new();
            }
            Choice::Rename => {
                self.rename = TokenLabel::of(model, at).map(|label| Rename::new(at, &label.title));
                return Vec::new();
            }
            Choice::Show => {
                self.roving.go_to(at);
                Command::ShowToken(at)
            }
            // What is copied is what is seen.
            Choice::Copy(what) => {
                self.roving.go_to(at);
                return vec![Command::ShowToken(at), Command::Copy(what)];
            }
        };
        vec![command]
    }

    fn places_ui(&mut self, ui: &Ui, model: &Model) -> Option<Command> {
        let dialog = self.places.as_mut()?;
        let (command, stays) = dialog.ui(ui, model);
        // Whatever else is open beneath it stays so, and does not keep it from closing.
        if pressed(ui, Key::Escape) || !stays {
            self.roving.go_to(dialog.of());
            self.places = None;
        }
        command
    }

    /// Moves a token. It keeps the keyboard.
    fn move_to(&mut self, from: usize, to: usize) -> Command {
        self.roving.go_to(to);
        Command::MoveToken(from, to)
    }

    /// Removes a token by keyboard: the one that takes its place in the list gets the focus.
    fn remove(&mut self, listed: &Listed, at: usize) -> Command {
        let row = listed.row_of(at);
        let next = row.and_then(|row| listed.at(row.saturating_add(1)));
        let before = row.and_then(|row| listed.at(row.checked_sub(1)?));
        if let Some(to) = next.map(|next| next.saturating_sub(1)).or(before) {
            self.roving.go_to(to);
        }
        Command::RemoveToken(at)
    }
}

fn choice(
    entries: &mut Entries<'_>,
    model: &Model,
    listed: &Listed,
    row: Option<usize>,
) -> Option<Choice> {
    let mut chosen = None;
    let mut entry = |entries: &mut Entries<'_>, label, keys, choice: Option<Choice>| {
        if entries.add(label, keys, choice.is_some()) {
            chosen = choice;
        }
    };
    let to = |row: Option<usize>| Some(Choice::Move(listed.at(row?)?));
    let last = listed.count.checked_sub(1);
    entry(entries, "Show", "Enter", Some(Choice::Show));
    entry(entries, "Rename\u{2026}", "F2", Some(Choice::Rename));
    entry(
        entries,
        "Where it came from\u{2026}",
        "",
        Some(Choice::Places),
    );
    let at = row.and_then(|row| listed.at(row));
    let beside = match at.filter(|at| model.is_beside(*at)) {
        Some(_) => "Take off the timeline",
        None => "Show beside on the timeline",
    };
    let other = at.filter(|at| model.current != Some(*at));
    entry(entries, beside, "Ctrl+click", other.map(|_| Choice::Beside));
    entries.line();
    let above = row.and_then(|row| row.checked_sub(1));
    let below = row.and_then(|row| row.checked_add(1));
    entry(entries, "Move up", "Alt+Up", to(above));
    entry(entries, "Move down", "Alt+Down", to(below));
    let top = to(above.and(Some(0)));
    entry(entries, "Move to the top", "", top);
    let bottom = to(last.filter(|last| row.is_some_and(|row| row < *last)));
    entry(entries, "Move to the bottom", "", bottom);
    entries.line();
    let copy = |what| Some(Choice::Copy(what));
    entry(entries, "Copy token", "", copy(CopyOf::Token));
    let redacted = copy(CopyOf::Redacted);
    entry(entries, "Copy without its signature", "", redacted);
    entries.line();
    entry(entries, "Remove", "Delete", Some(Choice::Remove));
    chosen
}

/// Where what is dragged would land: a line above this row.
fn landing_line(ui: &Ui, row: Rect) {
    let visible = ui.clip_rect();
    let y = row.top().clamp(visible.top() + 1.0, visible.bottom() - 1.0);
    let line = Stroke::new(2.0, theme::tokens(ui).accent);
    let (left, right) = (row.left() + 8.0, row.right() - 8.0);
    ui.painter().hline(left..=right, y, line);
    ui.painter().circle_filled(pos2(left, y), 3.0, line.color);
}

/// Says in place of rows why there are none.
pub(super) fn none(ui: &mut Ui, text: &str) {
    let tokens = theme::tokens(ui);
    egui::Frame::new()
        .inner_margin(egui::Margin::symmetric(12, 4))
        .show(ui, |ui| {
            wrapped(ui, RichText::new(text).size(size::MONO).color(tokens.dim));
        });
}
