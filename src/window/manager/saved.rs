//! Keys that stay from one run to the next: read, saved, locked and forgotten by jobs over the [`Store`].

use std::sync::Arc;

use crate::keeping::{
    Access, Change, KeepError, Kept, PrivateKept, Saved, Store, Unlocked, is_same,
};
use crate::keys::{Holds, Key, Passphrase};
use crate::window::desk::{Desk, News};
use crate::window::dialogs::{DialogKind, SavedAsk};
use crate::window::model::Notice;

/// How the saved private keys and secrets stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SavedState {
    /// There are some, and they are locked.
    Locked,
    /// There are none.
    #[default]
    None,
    /// There are some, and they are among the keys.
    Unlocked,
}

impl SavedState {
    /// In a word or two, after "Saved keys:".
    pub fn words(self, kept: usize) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::None if kept == 0 => "none",
            Self::None => "public only",
            Self::Unlocked => "unlocked",
        }
    }
}

/// The saved keys, as far as they are known.
#[derive(Debug, Clone, Default)]
pub struct SavedKeys {
    /// How the private ones stand.
    pub state: SavedState,
    /// Those that were read.
    kept: Vec<Arc<Key>>,
    /// Whether there is a place for them at all.
    pub is_possible: bool,
    /// Whether something is being done with them.
    pub is_busy: bool,
    /// Why the passphrase that was given last is refused.
    pub refused: Option<&'static str>,
    /// How often one was refused.
    pub refusals: u32,
}

impl SavedKeys {
    /// How many were read.
    pub fn count(&self) -> usize {
        self.kept.len()
    }

    /// Whether a key is among those that were read.
    pub fn holds(&self, key: &Key) -> bool {
        self.kept.iter().any(|kept| is_same(kept, key))
    }
}

/// What a job about saved keys ended in.
pub(in crate::window) enum SavedNews {
    Changed(Result<Access, KeepError>),
    Forgotten(Result<(), KeepError>),
    Looked(Result<Kept, KeepError>),
    Protected(Result<Access, KeepError>),
    Saved(Result<Saved, KeepError>, String),
    Unlocked(Result<Unlocked, KeepError>),
}

/// What saved keys need that nobody is shown.
pub(in crate::window) struct Keeping {
    store: Option<Store>,
    access: Option<Access>,
    /// What is to be saved once there is access, and what is said then.
    waiting: Option<(Vec<Change>, String)>,
}

impl Keeping {
    /// In this store, where there is one.
    pub(in crate::window) fn of(store: Option<Store>) -> Self {
        Self {
            store,
            access: None,
            waiting: None,
        }
    }

    /// Whether there is a place to keep keys in.
    pub(in crate::window) fn is_possible(&self) -> bool {
        self.store.is_some()
    }
}

/// Whether it is kept in the encrypted file.
fn is_private(key: &Key) -> bool {
    key.holds != Holds::Public
}

impl Desk {
    /// Looks what is saved.
    pub(in crate::window) fn look_at_saved(&mut self) {
        self.with_store("Reading saved keys", |store, _| {
            SavedNews::Looked(store.look())
        });
    }

    /// Saves these keys, by their ids; asks for a passphrase where it needs one.
    pub(in crate::window) fn save_keys(&mut self, ids: &[String]) {
        let keys = &self.model.session.keys;
        let keys: Vec<Arc<Key>> = ids
            .iter()
            .filter_map(|id| keys.get(id).cloned())
            .filter(|key| key.is_usable())
            .collect();
        let done = match &keys[..] {
            [] => return,
            [_] => "Saved the key".to_owned(),
            keys => format!("Saved {} keys", keys.len()),
        };
        let needs_access = keys.iter().any(|key| is_private(key));
        let changes = keys.into_iter().map(Change::Keep).collect();
        self.change_saved(changes, done, needs_access);
    }

    /// Keeps a key no longer.
    pub(in crate::window) fn keep_no_longer(&mut self, id: &str) {
        if let Some(key) = self.model.session.keys.get(id).cloned() {
            let needs_access = is_private(&key);
            let done = "The key is no longer saved".to_owned();
            self.change_saved(vec![Change::Remove(key)], done, needs_access);
        }
    }

    /// Takes a new name over into what is saved, where that is open.
    pub(in crate::window) fn rename_saved(&mut self, id: &str) {
        let key = self.model.session.keys.get(id).cloned();
        let key = key.filter(|key| self.model.saved.holds(key));
        if let Some(key) = key.filter(|key| !is_private(key) || self.keeping.access.is_some()) {
            let needs_access = is_private(&key);
            let done = "Renamed the saved key".to_owned();
            self.change_saved(vec![Change::Rename(key)], done, needs_access);
        }
    }

    fn change_saved(&mut self, changes: Vec<Change>, done: String, needs_access: bool) {
        if needs_access && self.keeping.access.is_none() {
            self.keeping.waiting = Some((changes, done));
            let ask = match self.model.saved.state {
                SavedState::None => SavedAsk::Choose,
                SavedState::Locked | SavedState::Unlocked => SavedAsk::Unlock,
            };
            self.open_dialog(DialogKind::Saved(ask));
            return;
        }
        let access = self.keeping.access.clone();
        self.with_store("Saving keys", move |store, _| {
            SavedNews::Saved(store.save(&changes, access.as_ref()), done)
        });
    }

    /// Tries a passphrase for the saved keys, chooses their first one, or another one.
    pub(in crate::window) fn saved_passphrase(&mut self, ask: SavedAsk, passphrase: Passphrase) {
        self.model.saved.refused = None;
        match ask {
            SavedAsk::Unlock => self.with_store("Unlocking saved keys", move |store, leave| {
                SavedNews::Unlocked(store.unlock(passphrase.bytes(), &leave.watch()))
            }),
            SavedAsk::Choose => self.with_store("Deriving a key", move |store, leave| {
                SavedNews::Protected(store.protect(passphrase.bytes(), &leave.watch()))
            }),
            SavedAsk::Change => {
                let Some(access) = self.keeping.access.clone() else {
                    return;
                };
                self.with_store("Changing the passphrase", move |store, leave| {
                    let watch = leave.watch();
                    let changed = store.change_passphrase(&access, passphrase.bytes(), &watch);
                    SavedNews::Changed(changed)
                });
            }
        }
    }

    /// Nobody wants to give a passphrase: what waits for it is not saved.
    pub(in crate::window) fn leave_saved(&mut self) {
        self.keeping.waiting = None;
        self.model.saved.refused = None;
        self.close_dialog();
    }

    /// Takes the saved private keys out again, and what opens them.
    pub(in crate::window) fn lock_saved(&mut self) {
        self.keeping.access = None;
        let saved = &mut self.model.saved;
        let kept = std::mem::take(&mut saved.kept);
        let (locked, open): (Vec<_>, Vec<_>) = kept.into_iter().partition(|key| is_private(key));
        saved.kept = open;
        saved.state = SavedState::Locked;
        let ring = &self.model.session.keys;
        let is_locked = |key: &Key| locked.iter().any(|kept| is_same(kept, key));
        let all = ring.keys().iter().filter(|key| is_locked(key));
        let ids: Vec<String> = all.map(|key| key.id.clone()).collect();
        for key in &locked {
            self.change_keys(|ring| {
                let same = ring.keys().iter().find(|other| is_same(other, key));
                if let Some(id) = same.map(|same| same.id.clone()) {
                    ring.remove(&id);
                }
            });
        }
        if !ids.is_empty() {
            self.keys_changed();
        }
        "Locked the saved keys".clone_into(&mut self.model.last_action);
    }

    /// Removes everything that is saved. What is among the keys stays there until the window closes.
    pub(in crate::window) fn forget_saved(&mut self) {
        self.with_store("Forgetting saved keys", |store, _| {
            SavedNews::Forgotten(store.forget())
        });
    }

    fn with_store(
        &mut self,
        label: &str,
        work: impl FnOnce(&Store, &crate::window::jobs::Leave) -> SavedNews + Send + 'static,
    ) {
        let Some(store) = self.keeping.store.clone() else {
            self.notify(Notice::fault(&KeepError::NoDirectory.to_string()));
            return;
        };
        self.model.saved.is_busy = true;
        let job = self.start(label, false, move |leave| News::Saved(work(&store, leave)));
        if job.is_none() {
            self.model.saved.is_busy = false;
        }
    }

    /// Takes in what a job about saved keys ended in.
    pub(in crate::window) fn saved_news(&mut self, news: SavedNews) {
        self.model.saved.is_busy = false;
        self.model.manager.is_outdated = true;
        match news {
            SavedNews::Looked(Ok(kept)) => {
                self.model.saved.state = match kept.private {
                    PrivateKept::Locked => SavedState::Locked,
                    PrivateKept::None => SavedState::None,
                };
                self.join(kept.public);
                for aside in kept.aside {
                    self.notify(Notice::fault(&aside.to_string()));
                }
            }
            SavedNews::Unlocked(Ok(unlocked)) => {
                self.keeping.access = Some(unlocked.access);
                self.model.saved.state = SavedState::Unlocked;
                let count = unlocked.keys.len();
                self.join(unlocked.keys);
                self.model.last_action = match count {
                    1 => "Unlocked 1 saved key".to_owned(),
                    _ => format!("Unlocked {count} saved keys"),
                };
                self.go_on_saving();
            }
            SavedNews::Protected(Ok(access)) => {
                self.keeping.access = Some(access);
                self.go_on_saving();
            }
            SavedNews::Changed(Ok(access)) => {
                self.keeping.access = Some(access);
                self.close_dialog();
                "Changed the passphrase of the saved keys".clone_into(&mut self.model.last_action);
            }
            SavedNews::Saved(Ok(saved), done) => {
                let kept = &mut self.model.saved.kept;
                let before = std::mem::take(kept);
                *kept = saved.public.into_iter().map(Arc::new).collect();
                match saved.private {
                    Some(private) => {
                        self.model.saved.state = if private.is_empty() {
                            SavedState::None
                        } else {
                            SavedState::Unlocked
                        };
                        kept.extend(private.into_iter().map(Arc::new));
                    }
                    None => kept.extend(before.into_iter().filter(|key| is_private(key))),
                }
                self.model.last_action = done;
                for aside in saved.aside {
                    self.notify(Notice::fault(&aside.to_string()));
                }
            }
            SavedNews::Forgotten(Ok(())) => {
                self.keeping.access = None;
                self.model.saved.kept.clear();
                self.model.saved.state = SavedState::None;
                "Forgot all saved keys".clone_into(&mut self.model.last_action);
            }
            SavedNews::Unlocked(Err(error))
            | SavedNews::Protected(Err(error))
            | SavedNews::Changed(Err(error)) => {
                let is_asked = self.dialog.is_some();
                match error {
                    KeepError::Passphrase(_) if is_asked => {
                        let saved = &mut self.model.saved;
                        saved.refused =
                            Some("It does not open with that passphrase. Try another one.");
                        saved.refusals = saved.refusals.wrapping_add(1);
                    }
                    error => {
                        self.leave_saved();
                        self.notify(Notice::fault(&error.to_string()));
                    }
                }
            }
            SavedNews::Saved(Err(error), _) => {
                if matches!(error, KeepError::OtherPassphrase(_)) {
                    self.keeping.access = None;
                    self.model.saved.state = SavedState::Locked;
                }
                self.notify(Notice::fault(&error.to_string()));
            }
            SavedNews::Looked(Err(error)) | SavedNews::Forgotten(Err(error)) => {
                self.notify(Notice::fault(&error.to_string()));
            }
        }
    }

    /// Saves what waited for the passphrase.
    fn go_on_saving(&mut self) {
        self.close_dialog();
        if let Some((changes, done)) = self.keeping.waiting.take() {
            self.change_saved(changes, done, true);
        }
    }

    /// Lets saved keys join the ring, those aside that are there already.
    fn join(&mut self, keys: Vec<Key>) {
        let ring = self.model.session.keys.keys();
        let is_there = |key: &Key| ring.iter().any(|other| is_same(other, key));
        let new: Vec<Key> = keys.iter().filter(|key| !is_there(key)).cloned().collect();
        self.model.saved.kept.extend(keys.into_iter().map(Arc::new));
        if !new.is_empty() {
            self.change_keys(|ring| ring.add(new));
            self.keys_changed();
        }
    }
}
