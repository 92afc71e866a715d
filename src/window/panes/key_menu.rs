//! The menu of a key, in the rail and in the manager.

use egui::{Response, Ui};

use super::checks::read_secret;
use super::menu::{self, Entries, Menu, Shown};
use crate::keys::{Holds, Key, Reading, Reread};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::Model;

/// The menu, while it is open.
#[derive(Debug, Default)]
pub(super) struct KeyMenu {
    menu: Option<Menu>,
    /// Whether it lists the readings of the secret.
    lists_readings: bool,
}

/// What was chosen for the key at a position in the ring.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Chosen {
    /// Something that a command does.
    Do(Command),
    /// To take it out.
    Remove,
    /// To give it another name.
    Rename,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    CopyThumbprint,
    Read(Option<Reading>),
    Readings,
    Remove,
    Rename,
}

impl KeyMenu {
    /// Whether it is open.
    pub(super) fn is_open(&self) -> bool {
        self.menu.is_some()
    }

    /// Opens it where it was asked for at the row of the key at this position; says whether it was.
    pub(super) fn asked(&mut self, ui: &Ui, at: usize, row: &Response) -> bool {
        let asked = Menu::asked(ui, at, row);
        let is_asked = asked.is_some();
        if is_asked {
            self.menu = asked;
            self.lists_readings = false;
        }
        is_asked
    }

    /// Shows it while it is open. `can_rename`: whether the list that it is of has a field for names.
    pub(super) fn ui(&mut self, ui: &Ui, model: &Model, can_rename: bool) -> Shown<Chosen> {
        let Some(open) = self.menu else {
            return Shown::Open;
        };
        let key = model.session.keys.keys().get(open.of);
        let lists_readings = self.lists_readings;
        let shown = menu::show(ui, "Menu of the key", &mut self.menu, |entries| {
            let key = key?;
            if lists_readings {
                readings(entries, key)
            } else {
                choices(entries, key, can_rename)
            }
        });
        match shown {
            Shown::Chosen(at, choice) => {
                let Some(key) = key else {
                    return Shown::Left(at);
                };
                let id = key.id.clone();
                Shown::Chosen(
                    at,
                    match choice {
                        Choice::CopyThumbprint => {
                            Chosen::Do(Command::Copy(CopyOf::KeyThumbprint(id)))
                        }
                        Choice::Read(reading) => {
                            Chosen::Do(Command::ReadSecret(Reread { key: id, reading }))
                        }
                        Choice::Readings => {
                            self.menu = Some(open.again());
                            self.lists_readings = true;
                            ui.request_repaint();
                            return Shown::Open;
                        }
                        Choice::Remove => Chosen::Remove,
                        Choice::Rename => Chosen::Rename,
                    },
                )
            }
            Shown::Left(at) => Shown::Left(at),
            Shown::Open => Shown::Open,
        }
    }
}

fn choices(entries: &mut Entries<'_>, key: &Key, can_rename: bool) -> Option<Choice> {
    let mut chosen = None;
    let mut entry = |entries: &mut Entries<'_>, label: &str, keys: &str, is_enabled, choice| {
        if entries.add(label, keys, is_enabled) {
            chosen = Some(choice);
        }
    };
    let has_thumbprint = key.thumbprint.is_some();
    let copy = Choice::CopyThumbprint;
    entry(entries, "Copy thumbprint", "", has_thumbprint, copy);
    if key.holds == Holds::Symmetric && key.secret().is_some() {
        let label = "Read the secret\u{2026}";
        entry(entries, label, "", true, Choice::Readings);
    }
    entries.line();
    if can_rename {
        entry(entries, "Rename", "F2", true, Choice::Rename);
    }
    entry(entries, "Remove", "Delete", true, Choice::Remove);
    chosen
}

/// The readings that a secret can have.
fn readings(entries: &mut Entries<'_>, key: &Key) -> Option<Choice> {
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
