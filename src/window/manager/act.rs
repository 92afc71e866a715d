//! What is done in the key manager.

use std::sync::Arc;

use super::order::refresh;
use super::{KeyColumn, ManagerLayout};
use crate::keys::{Key, KeyRing};
use crate::window::commands::Command;
use crate::window::desk::Desk;
use crate::window::table::Sort;

/// One thing to do with keys.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyCommand {
    /// Look at the key of this id.
    Choose(String),
    /// List the keys that hold these words.
    Filter(String),
    /// Give the details this width, in points.
    SetWidth(f32),
    /// Show the manager, or no longer.
    Show(bool),
    /// Where there is no room for both, show the details in place of the table, or no longer.
    ShowDetails(bool),
    /// Put the rows in this order; `None`: in that of the ring.
    Sort(Option<Sort<KeyColumn>>),
}

impl From<KeyCommand> for Command {
    fn from(command: KeyCommand) -> Self {
        Self::Keys(command)
    }
}

impl Desk {
    /// Carries a command about keys out.
    pub(in crate::window) fn apply_to_keys(&mut self, command: KeyCommand) {
        let manager = &mut self.model.manager;
        match command {
            KeyCommand::Choose(id) => manager.chosen = Some(id),
            KeyCommand::Filter(filter) => {
                manager.filter = filter;
                manager.is_outdated = true;
            }
            KeyCommand::SetWidth(width) => {
                self.model.layout.manager = ManagerLayout { details: width };
            }
            KeyCommand::Show(is_open) => {
                manager.is_open = is_open;
                manager.shows_details = false;
                manager.is_outdated = is_open;
            }
            KeyCommand::ShowDetails(shows) => manager.shows_details = shows,
            KeyCommand::Sort(sort) => {
                manager.sort = sort;
                manager.is_outdated = true;
            }
        }
    }

    /// Changes the ring. Keys may have other ids then: the one that is looked at stays so.
    pub(in crate::window) fn change_keys<R>(
        &mut self,
        change: impl FnOnce(&mut KeyRing) -> R,
    ) -> R {
        let keys = &mut self.model.session.keys;
        let manager = &mut self.model.manager;
        let chosen = manager.chosen.as_ref().and_then(|id| keys.get(id));
        let chosen = chosen.map(Arc::clone);
        let result = change(keys);
        if let Some(same) = chosen.and_then(|chosen| keys.same_as(&chosen)) {
            manager.chosen = Some(same.id.clone());
        }
        manager.is_outdated = true;
        result
    }

    /// Looks at a key, where it is in the ring.
    pub(in crate::window) fn look_at(&mut self, key: &Key) {
        if let Some(same) = self.model.session.keys.same_as(key) {
            self.model.manager.chosen = Some(same.id.clone());
        }
    }

    /// Finds anew what the manager shows, where that may have changed.
    pub(in crate::window) fn refresh_manager(&mut self, is_stale: bool) {
        let manager = &self.model.manager;
        if manager.is_open && (is_stale || manager.is_outdated) {
            refresh(&mut self.model);
        }
    }
}
