//! What is done with keys, by commands.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::export::{ExportForm, ToWrite};
use super::order::refresh;
use super::{KeyColumn, ManagerLayout, TYPED};
use crate::inspection::Inspection;
use crate::keys::asking::{InDocument, read_document};
use crate::keys::generate::{Plan, generate};
use crate::keys::{Key, KeyRing, Passphrase, Secret, SecretEncoding, load_secret};
use crate::window::clipboard::Purpose;
use crate::window::commands::Command;
use crate::window::desk::{Desk, News};
use crate::window::dialogs::{DialogKind, SavedAsk, wait_for_place};
use crate::window::loading::{Source, Wanted};
use crate::window::model::{CLIPBOARD, Notice};
use crate::window::table::Sort;

/// A secret that is shown is hidden again after this time.
const SHOWN_FOR: Duration = Duration::from_secs(30);

/// Where the keys out of the certificates of a token are said to come from.
const OUT_OF_TOKEN: &str = "x5c of a token";

/// One thing to do with keys.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyCommand {
    /// Add the certificates in the header of the token on screen as keys of the reviewer's own.
    AddCertificates,
    /// Add a secret that was typed.
    AddSecret {
        /// As typed.
        text: Secret,
        /// How it is to be read.
        encoding: SecretEncoding,
        /// What it is to be called; may be empty.
        name: String,
    },
    /// Look at the key of this id.
    Choose(String),
    /// Ask for a place, and write the key of this id there.
    Export(String, ExportForm),
    /// Remove all saved keys from the disk.
    ForgetSaved,
    /// List the keys that hold these words.
    Filter(String),
    /// Make a key, and call it so unless that is empty.
    Generate(Plan, String),
    /// Keep the key of this id no longer.
    KeepNoLonger(String),
    /// Leave the locked file that is asked about as it is.
    LeaveLocked,
    /// Give no passphrase for the saved keys.
    LeaveSaved,
    /// Take the saved private keys out until they are unlocked again.
    LockSaved,
    /// Take what is on the clipboard for the answer to what was asked for.
    PasteAnswer,
    /// Call the key of this id so; an empty name takes the old one away.
    Rename(String, String),
    /// Save the keys of these ids.
    Save(Vec<String>),
    /// A passphrase for the saved keys.
    SavedPassphrase(SavedAsk, Passphrase),
    /// Write what was to be exported to this file, which must not be there yet.
    SaveTo(PathBuf),
    /// Give the details this width, in points.
    SetWidth(f32),
    /// Show the manager, or no longer.
    Show(bool),
    /// Where there is no room for both, show the details in place of the table, or no longer.
    ShowDetails(bool),
    /// Show the secret that is looked at, or no longer.
    ShowSecret(bool),
    /// Put the rows in this order; `None`: in that of the ring.
    Sort(Option<Sort<KeyColumn>>),
    /// Try this passphrase for the locked file that is asked about.
    Unlock(Passphrase),
}

impl From<KeyCommand> for Command {
    fn from(command: KeyCommand) -> Self {
        Self::Keys(command)
    }
}

impl Desk {
    /// Carries a command about keys out.
    pub(in crate::window) fn apply_to_keys(
        &mut self,
        command: KeyCommand,
        ctx: &egui::Context,
        frame: &eframe::Frame,
    ) {
        let manager = &mut self.model.manager;
        match command {
            KeyCommand::AddCertificates => self.add_certificates(),
            KeyCommand::AddSecret {
                text,
                encoding,
                name,
            } => match load_secret(TYPED, text.bytes(), encoding) {
                Ok(mut key) => {
                    key.name = (!name.is_empty()).then_some(name);
                    self.add_key(&key, "Added a typed secret");
                }
                Err(error) => self.notify(Notice::fault(&error.to_string())),
            },
            KeyCommand::Choose(id) => {
                if manager.chosen.as_ref() != Some(&id) {
                    manager.secret_until = None;
                }
                manager.chosen = Some(id);
            }
            KeyCommand::Export(id, form) => self.export(&id, form, frame),
            KeyCommand::Filter(filter) => {
                manager.filter = filter;
                manager.is_outdated = true;
            }
            KeyCommand::ForgetSaved => self.forget_saved(),
            KeyCommand::Generate(plan, name) => {
                let label = format!("Making a key, {}", plan.key);
                self.start(&label, false, move |_| {
                    let key = generate(&plan).map(|mut key| {
                        key.name = (!name.is_empty()).then_some(name);
                        key
                    });
                    News::Generated(Box::new(key))
                });
            }
            KeyCommand::KeepNoLonger(id) => self.keep_no_longer(&id),
            KeyCommand::LeaveSaved => self.leave_saved(),
            KeyCommand::LockSaved => self.lock_saved(),
            KeyCommand::Save(ids) => self.save_keys(&ids),
            KeyCommand::SavedPassphrase(ask, passphrase) => self.saved_passphrase(ask, passphrase),
            KeyCommand::LeaveLocked => self.leave_locked(),
            KeyCommand::PasteAnswer => self.read_clipboard(Purpose::Answer),
            KeyCommand::Rename(id, name) => {
                let name = name.trim().to_owned();
                let name = (!name.is_empty()).then_some(name);
                self.change_keys(|keys| keys.call(&id, name));
                self.rename_saved(&id);
            }
            KeyCommand::SaveTo(path) => {
                if let Some(to_write) = self.to_write.take() {
                    self.write(to_write, path, false);
                }
            }
            KeyCommand::SetWidth(width) => {
                self.model.layout.manager = ManagerLayout { details: width };
            }
            KeyCommand::Show(is_open) => {
                self.model.policies.is_open &= !is_open;
                manager.is_open = is_open;
                manager.shows_details = false;
                manager.secret_until = None;
                manager.is_outdated = is_open;
            }
            KeyCommand::ShowDetails(shows) => manager.shows_details = shows,
            KeyCommand::ShowSecret(shows) => {
                manager.secret_until = shows.then(|| Instant::now() + SHOWN_FOR);
            }
            KeyCommand::Sort(sort) => {
                manager.sort = sort;
                manager.is_outdated = true;
            }
            KeyCommand::Unlock(passphrase) => self.unlock(passphrase),
        }
        ctx.request_repaint();
    }

    /// Adds a key that was made or typed here, and looks at it.
    pub(in crate::window) fn add_key(&mut self, key: &Key, done: &str) {
        let is_new = self.model.session.keys.same_as(key).is_none();
        self.change_keys(|keys| keys.add([key.clone()]));
        self.look_at(key);
        if is_new {
            self.keys_changed();
        }
        done.clone_into(&mut self.model.last_action);
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
            self.model.manager.secret_until = None;
        }
    }

    /// Finds anew what the manager shows, where that may have changed. Gives the time until a secret is hidden again.
    pub(in crate::window) fn refresh_manager(&mut self, is_stale: bool) -> Option<Duration> {
        let manager = &mut self.model.manager;
        let now = Instant::now();
        manager.secret_until = manager.secret_until.filter(|until| *until > now);
        let left = manager
            .secret_until
            .map(|until| until.saturating_duration_since(now));
        if manager.is_open && (is_stale || manager.is_outdated) {
            refresh(&mut self.model);
        }
        left
    }

    /// The certificates prove nothing by being in a token: now they do, because the reviewer says so.
    fn add_certificates(&mut self) {
        let Some(links) = self.model.current().map(|(shown, _)| certificates(shown)) else {
            return;
        };
        let keys: Vec<Key> = links
            .iter()
            .filter(|key| key.is_usable())
            .map(|key| Key {
                source: OUT_OF_TOKEN.to_owned(),
                ..Key::clone(key)
            })
            .collect();
        let Some(first) = keys.first().cloned() else {
            return;
        };
        let count = keys.len();
        self.change_keys(|ring| ring.add(keys));
        self.look_at(&first);
        self.keys_changed();
        let what = match count {
            1 => "1 certificate of the token is".to_owned(),
            _ => format!("{count} certificates of the token are"),
        };
        self.notify(Notice {
            what: format!("{what} a key of yours now, and trusted as such."),
            advice: "That it is the issuer\u{2019}s is for you to know: the token itself cannot prove it. Remove it where you do not.".to_owned(),
            ..Notice::default()
        });
        self.model.last_action = format!("Added {count} of the token\u{2019}s certificates");
    }

    fn export(&mut self, id: &str, form: ExportForm, frame: &eframe::Frame) {
        let keys = &self.model.session.keys;
        let Some(key) = keys.get(id) else {
            return;
        };
        let name = form.file_name(key);
        match form.text(key, keys) {
            Ok(text) => {
                let to_write = ToWrite {
                    text,
                    what: form.what(),
                    is_private: form.is_private(),
                };
                self.ask_where_to_write(to_write, &name, frame);
            }
            Err(error) => self.notify(Notice::fault(&error.to_string())),
        }
    }

    /// Asks for a place, and then writes a file there.
    pub(in crate::window) fn ask_where_to_write(
        &mut self,
        to_write: ToWrite,
        name: &str,
        frame: &eframe::Frame,
    ) {
        const LABEL: &str = "Choosing where to save";
        self.to_write = Some(to_write);
        // One at a time: a second dialog would hide behind the first.
        if self.model.busy.iter().any(|busy| busy.label == LABEL) {
            return;
        }
        let answer = self.picker.ask_where(name, frame);
        self.start(LABEL, true, move |_| News::Place(wait_for_place(answer)));
    }

    /// A place was chosen, or none; or the system has no dialog for it.
    pub(in crate::window) fn place_chosen(&mut self, path: Option<PathBuf>, was_missing: bool) {
        match path {
            Some(path) => {
                if let Some(to_write) = self.to_write.take() {
                    self.write(to_write, path, true);
                }
            }
            None if was_missing && self.to_write.is_some() => {
                self.open_dialog(DialogKind::SaveInstead);
            }
            None => self.to_write = None,
        }
    }

    fn write(&mut self, to_write: ToWrite, path: PathBuf, may_replace: bool) {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let name = crate::jose::visible::visible(&name.to_string_lossy());
        let what = to_write.what;
        self.start(&format!("Saving {name}"), false, move |_| {
            let written = to_write.write(&path, may_replace);
            News::Written(written.map(|()| format!("Saved {what} as {name}")))
        });
    }

    /// A key was made.
    pub(in crate::window) fn generated(
        &mut self,
        key: Result<Key, crate::keys::generate::GenerateError>,
    ) {
        match key {
            Ok(key) => {
                let done = format!("Made a key, {}", key.kind);
                self.add_key(&key, &done);
                self.model.policies.is_open = false;
                self.model.manager.is_open = true;
                self.model.manager.is_outdated = true;
            }
            Err(error) => self.notify(Notice::fault(&format!("New key: {error}"))),
        }
    }

    /// The clipboard's answer to what was asked for: keys, or a document that says where they are.
    pub(in crate::window) fn answer_pasted(&mut self, text: zeroize::Zeroizing<String>) {
        let issuer = self.model.current().and_then(|(inspection, _)| {
            let claims = inspection.holder().claims()?;
            claims.str("iss").map(str::to_owned)
        });
        let document = read_document(text.as_bytes(), None, issuer.as_deref());
        if let Ok(InDocument::Place(place)) = document {
            self.model.manager.answered = Some(place);
            "The document says where the keys are".clone_into(&mut self.model.last_action);
            return;
        }
        let keys = match &document {
            Ok(InDocument::Keys { range, .. }) => text.get(range.clone()).map(str::to_owned),
            _ => None,
        };
        let text = keys.map_or(text, zeroize::Zeroizing::new);
        let source = Source::Text {
            name: CLIPBOARD,
            text,
        };
        self.model.manager.answered = None;
        self.load(vec![(source, Wanted::Keys)], "Pasted");
    }
}

/// The keys in the certificates of a token's header, its leaf first.
pub(in crate::window) fn certificates(inspection: &Inspection) -> Vec<Arc<Key>> {
    let signatures = inspection.proof.signatures.iter();
    let chains = signatures.filter_map(|signature| signature.chain.as_ref());
    chains.flat_map(|chain| chain.links.clone()).collect()
}
