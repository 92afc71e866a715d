//! Saved policies: listed, opened, written and deleted by jobs over the [`PolicyStore`].

use std::time::Instant;

use super::draft::FileDraft;
use super::history::Step;
use super::reading::{Imported, read_policy};
use super::{History, Opened, Policies, SavedPlace};
use crate::jose::visible::visible;
use crate::judge::Policy;
use crate::keeping::{KeepError, KeptPolicies, KeptPolicy, PolicyStore};
use crate::window::desk::{Desk, News, UNDO_FOR, What};
use crate::window::model::Notice;

/// What a job about policies ended in.
pub(in crate::window) enum PolicyNews {
    Listed(Result<KeptPolicies, KeepError>),
    /// The file, what it holds, and the file's stamp.
    Opened(String, Result<(Imported, [u8; 32]), String>),
    /// The policy that was deleted, but for its bytes.
    PutBack(Result<KeptPolicy, KeepError>, Deleted),
    Removed(KeptPolicy, Result<Vec<u8>, KeepError>),
    Revoked(FileDraft),
    /// The policy that was saved, and the file that it was before.
    Saved(Box<Policy>, Option<String>, Result<KeptPolicy, KeepError>),
}

/// A saved policy that was deleted.
pub(in crate::window) struct Deleted {
    file: String,
    bytes: Vec<u8>,
    /// How the editor stood, where it was in force.
    step: Option<Box<Step>>,
    /// The policy as it was read whole, where it was.
    opened: Option<Opened>,
}

impl Desk {
    /// Looks what is saved.
    pub(in crate::window) fn look_at_policies(&mut self) {
        if self.model.policies.is_possible() {
            self.with_policies("Reading saved policies", |store| {
                PolicyNews::Listed(store.list())
            });
        }
    }

    /// Puts a saved policy in force, once it is read.
    pub(super) fn open_policy(&mut self, file: &str) {
        let file = file.to_owned();
        self.with_policies("Reading a policy", move |store| {
            let read = store.read(&file).map_err(|error| error.to_string());
            let opened = read.and_then(|bytes| {
                let imported = read_policy(&file, &bytes, Some(store.directory()))?;
                Ok((imported, openssl::sha::sha256(&bytes)))
            });
            PolicyNews::Opened(file, opened)
        });
    }

    /// Saves the policy in force, which has a name.
    pub(super) fn keep_policy(&mut self) {
        let policies = &self.model.policies;
        let policy = policies.known.clone();
        let before = policies.file.clone().and_then(|file| {
            let stamp = policies.opened.get(&file)?.stamp;
            Some((file, stamp))
        });
        self.with_policies("Saving the policy", move |store| {
            let own = before.as_ref().map(|(file, stamp)| (file.as_str(), *stamp));
            let kept = store.save(&policy, own);
            PolicyNews::Saved(Box::new(policy), before.map(|(file, _)| file), kept)
        });
    }

    /// Deletes a saved policy.
    pub(super) fn delete_policy(&mut self, file: &str) {
        let Some(kept) = self.model.policies.saved(file).cloned() else {
            return;
        };
        self.with_policies("Deleting a saved policy", move |store| {
            let gone = match kept.stamp {
                Some(stamp) => store.remove(&kept.file, stamp),
                None => Err(KeepError::Changed(store.directory().join(&kept.file))),
            };
            PolicyNews::Removed(kept, gone)
        });
    }

    /// Saves a policy again that was deleted.
    pub(in crate::window) fn put_policy_back(&mut self, deleted: Deleted) {
        self.with_policies("Bringing a policy back", move |store| {
            let kept = store.put_back(&deleted.file, &deleted.bytes);
            PolicyNews::PutBack(kept, deleted)
        });
    }

    fn with_policies(
        &mut self,
        label: &str,
        work: impl FnOnce(&PolicyStore) -> PolicyNews + Send + 'static,
    ) {
        let Some(store) = self.policy_store.clone() else {
            self.notify(Notice::fault(&KeepError::NoDirectory.to_string()));
            return;
        };
        self.model.policies.place = SavedPlace::Busy;
        let job = self.start(label, false, move |_| News::Policies(work(&store)));
        if job.is_none() {
            self.model.policies.place = SavedPlace::Ready;
        }
    }

    /// Takes in what a job about policies ended in.
    pub(in crate::window) fn policy_news(&mut self, news: PolicyNews) {
        if self.model.policies.is_busy() {
            self.model.policies.place = SavedPlace::Ready;
        }
        let fault = match news {
            PolicyNews::Listed(Ok(kept)) => {
                self.listed(kept);
                return;
            }
            PolicyNews::Opened(file, Ok((imported, stamp))) => {
                self.opened_policy(file, imported, stamp);
                return;
            }
            PolicyNews::Saved(policy, before, Ok(kept)) => {
                self.kept_policy(*policy, before.as_deref(), kept);
                return;
            }
            PolicyNews::Removed(kept, Ok(bytes)) => {
                self.deleted_policy(&kept, bytes);
                return;
            }
            PolicyNews::PutBack(Ok(kept), deleted) => {
                self.brought_back(kept, deleted);
                return;
            }
            PolicyNews::Revoked(file) => {
                let policies = &mut self.model.policies;
                let step = policies.step();
                policies.history.note(step, None);
                let mut draft = policies.draft.clone();
                draft.revoked_file = Some(file);
                policies.revision = policies.revision.wrapping_add(1);
                self.typed(draft);
                return;
            }
            PolicyNews::Opened(_, Err(fault)) => fault,
            PolicyNews::Listed(Err(error))
            | PolicyNews::Saved(_, _, Err(error))
            | PolicyNews::Removed(_, Err(error))
            | PolicyNews::PutBack(Err(error), _) => error.to_string(),
        };
        self.notify(Notice::fault(&fault));
    }

    fn listed(&mut self, kept: KeptPolicies) {
        let policies = &mut self.model.policies;
        policies.left_out = kept.left_out;
        policies.saved = kept.files;
        let file = policies.file.take();
        policies.file = file.clone().filter(|file| policies.saved(file).is_some());
        let is_gone = policies.file != file;
        // One that was named when the window was opened stays in force instead.
        let is_untouched = !policies.history.can_undo();
        let remembered = policies.remembered.take_if(|_| is_untouched);
        if let Some(remembered) = remembered {
            if policies.saved(&remembered).is_some() {
                policies.is_starting = true;
                self.open_policy(&remembered);
            } else {
                self.notify(Notice {
                    what: format!(
                        "The policy that was in force last, {}, is no longer saved.",
                        visible(&remembered)
                    ),
                    advice: "Nothing is expected of tokens now. Choose or import a policy."
                        .to_owned(),
                    ..Notice::default()
                });
            }
        }
        if is_gone {
            self.notify(Notice {
                what: "The saved policy that is in force was deleted elsewhere.".to_owned(),
                advice: "It stays in force; save it to keep it.".to_owned(),
                ..Notice::default()
            });
        }
        let draft = self.model.policies.draft.clone();
        self.typed(draft);
    }

    fn opened_policy(&mut self, file: String, imported: Imported, stamp: [u8; 32]) {
        self.leave_policy();
        let Imported { policy, problem } = imported;
        let opened = Opened {
            policy: policy.clone(),
            stamp,
        };
        self.model.policies.opened.insert(file.clone(), opened);
        let is_broken = problem.is_some();
        self.put_in_force(policy, Some(file), problem);
        if std::mem::take(&mut self.model.policies.is_starting) {
            // There is nothing to go back to yet.
            self.model.policies.history = History::default();
        }
        self.model.last_action = format!("Policy: {}", self.model.policies.title());
        if is_broken {
            self.say_problem();
            self.show_policies(true);
        }
    }

    fn kept_policy(&mut self, policy: Policy, before: Option<&str>, kept: KeptPolicy) {
        let policies = &mut self.model.policies;
        self.model.last_action = format!("Saved the policy {}", visible(&kept.name));
        if let Some(stamp) = kept.stamp {
            let policy = policy.clone();
            let opened = Opened { policy, stamp };
            policies.opened.insert(kept.file.clone(), opened);
        }
        if policies.file.as_deref() == before {
            policies.history.saved(before, &kept.file);
            policies.file = Some(kept.file.clone());
            policies.compared = policy;
            self.is_stale = true;
        }
        self.model.policies.put(before, kept);
        let draft = self.model.policies.draft.clone();
        self.typed(draft);
    }

    fn brought_back(&mut self, kept: KeptPolicy, deleted: Deleted) {
        self.model.last_action = format!("Brought the policy {} back", visible(&kept.name));
        let file = kept.file.clone();
        let policies = &mut self.model.policies;
        if let Some(opened) = deleted.opened {
            policies.opened.insert(file.clone(), opened);
        }
        policies.put(None, kept);
        if let Some(step) = deleted.step {
            self.bring_policy_back(Step {
                file: Some(file),
                ..*step
            });
        }
    }

    fn deleted_policy(&mut self, kept: &KeptPolicy, bytes: Vec<u8>) {
        let policies = &mut self.model.policies;
        let is_in_force = policies.file.as_ref() == Some(&kept.file);
        let step = is_in_force.then(|| Box::new(policies.step()));
        policies.saved.retain(|other| other.file != kept.file);
        let opened = policies.opened.remove(&kept.file);
        if is_in_force {
            self.put_in_force(Policy::default(), None, None);
        }
        let file = kept.file.clone();
        let deleted = Deleted {
            file,
            bytes,
            step,
            opened,
        };
        let number = self.next_removed(
            What::PolicyFile(Box::new(deleted)),
            Instant::now() + UNDO_FOR,
        );
        self.model.policies.history.deleted = Some(number);
        let what = format!(
            "Deleted the saved policy \u{201C}{}\u{201D}.",
            visible(&kept.name)
        );
        self.notify(Notice {
            what,
            undo: Some(number),
            ..Notice::default()
        });
        self.model.last_action = format!("Deleted the policy {}", visible(&kept.name));
    }
}

impl Policies {
    /// Lists a policy that was saved, in place of the file that it was.
    fn put(&mut self, before: Option<&str>, kept: KeptPolicy) {
        let is_other =
            |other: &KeptPolicy| Some(other.file.as_str()) != before && other.file != kept.file;
        self.saved.retain(is_other);
        self.saved.push(kept);
        self.saved
            .sort_by_cached_key(|kept| (kept.name.to_lowercase(), kept.file.clone()));
    }
}
