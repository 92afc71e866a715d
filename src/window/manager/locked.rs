//! Key files that are locked: their passphrases are asked for, one file after the other.

use zeroize::Zeroizing;

use crate::inspection::load_keys;
use crate::jose::visible::visible;
use crate::keys::{Effort, Key, KeyRing, LoadError, Passphrase, Unlock};
use crate::window::desk::{Desk, News};
use crate::window::dialogs::DialogKind;
use crate::window::jobs::Leave;
use crate::window::loading::Loaded;
use crate::window::model::Notice;

/// A file of which not every key could be read without a passphrase.
pub(in crate::window) struct LockedFile {
    /// Its name for people.
    pub(in crate::window) name: String,
    /// All of it.
    pub(in crate::window) bytes: Zeroizing<Vec<u8>>,
    /// The keys that stay unusable when it is left as it is.
    pub(in crate::window) left: Vec<Key>,
}

/// The locked file that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// Counts the files that were asked about.
    pub number: u64,
    /// Its name.
    pub name: String,
    /// How many files are to be asked about after it.
    pub more: usize,
    /// How often it was tried with a wrong passphrase.
    pub refused: u32,
    /// Whether it is being tried.
    pub is_busy: bool,
}

/// What came of trying a passphrase.
pub(in crate::window) struct Tried {
    number: u64,
    result: Result<Vec<Key>, LoadError>,
}

impl Desk {
    /// Asks about the next locked file, unless there is none or something else is asked.
    pub(in crate::window) fn ask_for_passphrase(&mut self) {
        let more = self.locked.len().saturating_sub(1);
        if let Some(asked) = &mut self.model.locked {
            asked.more = more;
            return;
        }
        let Some(next) = self.locked.front().filter(|_| self.dialog.is_none()) else {
            return;
        };
        self.locked_files = self.locked_files.wrapping_add(1);
        self.model.locked = Some(Locked {
            number: self.locked_files,
            name: next.name.clone(),
            more,
            refused: 0,
            is_busy: false,
        });
        self.open_dialog(DialogKind::Passphrase);
    }

    /// Tries a passphrase, on a thread: deriving a key from it takes its time.
    pub(in crate::window) fn unlock(&mut self, passphrase: Passphrase) {
        let (Some(asked), Some(file)) = (&mut self.model.locked, self.locked.front()) else {
            return;
        };
        asked.is_busy = true;
        let number = asked.number;
        let (name, bytes) = (file.name.clone(), file.bytes.clone());
        let keys = self.model.session.keys.clone();
        let label = format!("Unlocking {}", visible(&name));
        let job = self.start(&label, true, move |leave| {
            News::Unlocked(Tried {
                number,
                result: try_passphrase(&name, &bytes, &passphrase, &keys, leave),
            })
        });
        self.unlocking = job;
        if job.is_none()
            && let Some(asked) = &mut self.model.locked
        {
            asked.is_busy = false;
        }
    }

    /// Takes in what came of a passphrase.
    pub(in crate::window) fn tried(&mut self, tried: Tried) {
        self.unlocking = None;
        let asked = self.model.locked.as_mut();
        let Some(asked) = asked.filter(|asked| asked.number == tried.number) else {
            return;
        };
        asked.is_busy = false;
        match tried.result {
            Ok(keys) => {
                self.end_of_locked();
                let loaded = Loaded::keys(keys, self.generation, "Unlocked");
                self.arrivals.push(loaded);
            }
            Err(LoadError::WrongPassphrase { .. }) => {
                asked.refused = asked.refused.saturating_add(1);
            }
            Err(error) => {
                self.end_of_locked();
                self.notify(Notice::fault(&error.to_string()));
            }
        }
    }

    /// Leaves the file that is asked about as it is: its locked keys are listed as what they are.
    pub(in crate::window) fn leave_locked(&mut self) {
        if let Some(job) = self.unlocking.take() {
            self.jobs.stop(job);
        }
        let Some(asked) = self.model.locked.take() else {
            return;
        };
        self.close_dialog();
        let Some(file) = self.locked.pop_front() else {
            return;
        };
        if file.left.is_empty() {
            let name = visible(&asked.name);
            self.notify(Notice::fault(&format!(
                "{name}: its keys stay locked, no passphrase was given\nAdd the file again to be asked for it."
            )));
        } else {
            self.change_keys(|keys| keys.add(file.left));
            self.keys_changed();
        }
    }

    fn end_of_locked(&mut self) {
        self.model.locked = None;
        self.locked.pop_front();
        self.close_dialog();
    }
}

fn try_passphrase(
    name: &str,
    bytes: &[u8],
    passphrase: &Passphrase,
    keys: &KeyRing,
    leave: &Leave,
) -> Result<Vec<Key>, LoadError> {
    let watch = leave.watch();
    let unlock = Unlock {
        passphrase: Some(passphrase),
        effort: Effort {
            cancel: &watch.cancel,
            progress: &|done, of| watch.tell(done, of),
        },
        ..Unlock::without()
    };
    load_keys(name, bytes, &unlock, keys)
}
