//! The keys of the session in the rail.

use egui::{Key, Ui};

use super::label::{KeyMark, key_mark, key_note};
use super::row::{ROW, Row};
use crate::window::commands::Command;
use crate::window::manager::title;
use crate::window::model::Model;
use crate::window::panes::focus::{self, Place};
use crate::window::panes::key_menu::{Chosen, KeyMenu};
use crate::window::panes::list::{self, View};
use crate::window::panes::menu::Shown;
use crate::window::panes::roving::{Roving, pressed, step};
use crate::window::theme;
use crate::window::widgets::Icon;

/// The list of keys.
#[derive(Debug, Default)]
pub(super) struct KeyList {
    roving: Roving,
    menu: KeyMenu,
}

impl KeyList {
    /// Takes the keyboard to the first key.
    pub(super) fn go_in(&mut self) {
        self.roving.go_to(0);
    }

    /// Whether something that belongs to it is open above the window.
    pub(super) fn is_busy(&self) -> bool {
        self.menu.is_open()
    }

    /// Shows the keys, of which there is at least one, within a height, in points.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model, height: f32) -> Vec<Command> {
        if focus::take(ui, Place::Keys) {
            self.go_in();
        }
        let count = model.session.keys.len();
        let mut commands = list::show(ui, "keys", height, (count, ROW), |ui, view| {
            self.rows(ui, model, view)
        });
        commands.extend(self.menu(ui, model));
        commands
    }

    fn rows(&mut self, ui: &Ui, model: &Model, view: &View) -> Vec<Command> {
        let scope = ui.scope_id();
        let id = |at: usize| scope.with(("key", at));
        let mut commands = Vec::new();
        let last = view.count.checked_sub(1);
        // The key that had the focus last, else the first.
        let entry = last.map(|last| self.roving.stop().map_or(0, |stop| stop.min(last)));
        if self.roving.wanted() > last {
            self.roving.stay();
        }
        let stop = self.roving.settle(ui, id, view.rows.clone(), entry);
        let elsewhere = stop.filter(|stop| *stop < view.count && !view.rows.contains(stop));
        for at in view.rows.clone().chain(elsewhere) {
            commands.extend(self.row(ui, model, view, at, id(at)));
        }
        commands
    }

    fn row(
        &mut self,
        ui: &Ui,
        model: &Model,
        view: &View,
        at: usize,
        id: egui::Id,
    ) -> Option<Command> {
        let colors = theme::tokens(ui);
        let key = model.session.keys.keys().get(at)?;
        let mark = key_mark(model, key);
        let (icon, color, word) = match mark {
            KeyMark::Faulty => (Icon::Cross, colors.bad, None),
            KeyMark::None => (Icon::Dot, colors.faint, None),
            KeyMark::Opens => (Icon::Check, colors.ok, Some("opens this token")),
            KeyMark::Verifies => (Icon::Check, colors.ok, Some("verifies this token")),
            KeyMark::Weak => (Icon::Triangle, colors.warn, None),
        };
        let title = title(key);
        let note = key_note(model, key);
        let number = at.saturating_add(1);
        let name = match word {
            Some(word) => format!("Key {number}: {title}, {note}, {word}"),
            None => format!("Key {number}: {title}, {note}"),
        };
        let shown = Row {
            id,
            sense: self.roving.sense(ui, at),
            icon,
            color,
            title: Some(&title),
            mark: word.map(|word| (word, colors.ok)),
            note: &note,
            name: &name,
            remove: &format!("Remove key {number}"),
            is_selected: false,
            tint: matches!(mark, KeyMark::Opens | KeyMark::Verifies)
                .then(|| colors.tint(colors.ok)),
        }
        .ui(ui, view.rect(at));
        let has_focus = self.roving.drawn(ui, at, &shown.row);
        self.menu.asked(ui, at, &shown.row);
        if !self.menu.is_open() && has_focus {
            if pressed(ui, Key::Delete) {
                return self.remove(model, at);
            }
            if let Some(to) = step(ui, at, (view.count, view.page)) {
                self.roving.go_to(to);
            }
        }
        if shown.is_cut && !self.menu.is_open() {
            shown.row.on_hover_text(format!("{title}\n{note}"));
        }
        if shown.remove {
            return Some(Command::RemoveKey(key.id.clone()));
        }
        None
    }

    fn menu(&mut self, ui: &Ui, model: &Model) -> Option<Command> {
        match self.menu.ui(ui, model, false) {
            Shown::Chosen(at, Chosen::Do(command)) => {
                self.roving.go_to(at);
                Some(command)
            }
            Shown::Chosen(at, Chosen::Remove) => self.remove(model, at),
            Shown::Chosen(at, Chosen::Rename) | Shown::Left(at) => {
                self.roving.go_to(at);
                None
            }
            Shown::Open => None,
        }
    }

    /// Removes a key by keyboard: the one that takes its place gets the focus.
    fn remove(&mut self, model: &Model, at: usize) -> Option<Command> {
        let keys = model.session.keys.keys();
        if let Some(last) = keys.len().checked_sub(2) {
            self.roving.go_to(at.min(last));
        }
        Some(Command::RemoveKey(keys.get(at)?.id.clone()))
    }
}
