//! The keys of the session in the rail.

use egui::{Key, Ui};

use super::label::{KeyMark, key_mark, key_note};
use super::row::{ROW, Row};
use crate::jose::visible::visible;
use crate::keys::{Reading, Reread};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::Model;
use crate::window::panes::checks::read_secret;
use crate::window::panes::focus::{self, Place};
use crate::window::panes::list::{self, View};
use crate::window::panes::menu::{self, Entries, Menu, Shown};
use crate::window::panes::roving::{Roving, pressed, step};
use crate::window::theme;
use crate::window::widgets::Icon;

/// The list of keys.
#[derive(Debug, Default)]
pub(super) struct KeyList {
    roving: Roving,
    menu: Option<Menu>,
    /// Whether the menu lists the readings of the secret.
    lists_readings: bool,
}

/// What the menu of a key offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    CopyThumbprint,
    Read(Option<Reading>),
    Readings,
    Remove,
}

impl KeyList {
    /// Takes the keyboard to the first key.
    pub(super) fn go_in(&mut self) {
        self.roving.go_to(0);
    }

    /// Whether something that belongs to it is open above the window.
    pub(super) fn is_busy(&self) -> bool {
        self.menu.is_some()
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
        let (icon, color, word) = match &mark {
            KeyMark::Faulty => (Icon::Cross, colors.bad, None),
            KeyMark::None => (Icon::Dot, colors.faint, None),
            KeyMark::Opens => (Icon::Check, colors.ok, Some("opens this token")),
            KeyMark::Verifies => (Icon::Check, colors.ok, Some("verifies this token")),
            KeyMark::Weak(_) => (Icon::Triangle, colors.warn, None),
        };
        let title = visible(&key.id);
        let note = key_note(key, &mark);
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
        if let Some(menu) = Menu::asked(ui, at, &shown.row) {
            self.menu = Some(menu);
            self.lists_readings = false;
        }
        if self.menu.is_none() && has_focus {
            if pressed(ui, Key::Delete) {
                return self.remove(model, at);
            }
            if let Some(to) = step(ui, at, (view.count, view.page)) {
                self.roving.go_to(to);
            }
        }
        if shown.is_cut && self.menu.is_none() {
            shown.row.on_hover_text(format!("{title}\n{note}"));
        }
        if shown.remove {
            return Some(Command::RemoveKey(key.id.clone()));
        }
        None
    }

    fn menu(&mut self, ui: &Ui, model: &Model) -> Option<Command> {
        let open = self.menu;
        let of = open?.of;
        let key = model.session.keys.keys().get(of);
        let lists_readings = self.lists_readings;
        let shown = menu::show(ui, "Menu of the key", &mut self.menu, |entries| {
            if lists_readings {
                return reading(entries, key?);
            }
            let has_thumbprint = key.is_some_and(|key| key.thumbprint.is_some());
            let copy = entries.add("Copy thumbprint", "", has_thumbprint);
            let has_secret = key.is_some_and(|key| key.secret().is_some());
            let read = has_secret && entries.add("Read the secret\u{2026}", "", true);
            entries.line();
            let remove = entries.add("Remove", "Delete", true);
            match (copy, read, remove) {
                (true, ..) => Some(Choice::CopyThumbprint),
                (_, true, _) => Some(Choice::Readings),
                (.., true) => Some(Choice::Remove),
                _ => None,
            }
        });
        match shown {
            Shown::Chosen(at, Choice::CopyThumbprint) => {
                self.roving.go_to(at);
                let id = key?.id.clone();
                Some(Command::Copy(CopyOf::KeyThumbprint(id)))
            }
            Shown::Chosen(at, Choice::Read(reading)) => {
                self.roving.go_to(at);
                let key = key?.id.clone();
                Some(Command::ReadSecret(Reread { key, reading }))
            }
            Shown::Chosen(_, Choice::Readings) => {
                self.menu = open.map(Menu::again);
                self.lists_readings = true;
                ui.request_repaint();
                None
            }
            Shown::Chosen(at, Choice::Remove) => self.remove(model, at),
            Shown::Left(at) => {
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

/// The readings that a secret can have, as entries of a menu.
fn reading(entries: &mut Entries<'_>, key: &crate::keys::Key) -> Option<Choice> {
    let mut chosen = None;
    let mut entry = |reading: Option<Reading>, is_on| {
        let reread = Reread {
            key: String::new(),
            reading,
        };
        if entries.choice(&read_secret(&reread), is_on) {
            chosen = Some(Choice::Read(reading));
        }
    };
    entry(None, key.as_loaded.is_none());
    for reading in key.other_readings() {
        let is_on = key.as_loaded.is_some() && key.form == reading.form();
        entry(Some(reading), is_on);
    }
    chosen
}
