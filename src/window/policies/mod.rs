//! The policy editor: the policy in force as it is typed, the saved ones, and what changing it does to the tokens.
//!
//! The policy in force is the session's. What is typed becomes it at once, as far as it is right; the [`Draft`] keeps the rest.

mod act;
mod draft;
mod effect;
mod fault;
mod history;
mod reading;
mod saved;

use std::collections::BTreeMap;

pub use act::PolicyCommand;
pub use draft::{ClaimDraft, Draft, FileDraft, IssuerDraft, KeyBy, KeyDraft, MAX_NAME};
pub use effect::{Change, Effect, TokenEffect};
pub use fault::{Fault, Line, Member, Row};
pub use history::{History, Step};
pub(in crate::window) use reading::{Imported, read_policy};
pub(in crate::window) use saved::{Deleted, PolicyNews};

use crate::judge::{Policy, Strictness};
use crate::keeping::KeptPolicy;

/// Where policies are saved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SavedPlace {
    /// Something is being done with the saved ones.
    Busy,
    /// Nowhere: this user has no directory for them.
    #[default]
    None,
    /// In the directory for them.
    Ready,
}

/// The policies, as the editor shows them.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// Whether the editor is shown.
    pub is_open: bool,
    /// Where policies are saved.
    pub place: SavedPlace,
    /// The saved ones, damaged and foreign files among them.
    pub saved: Vec<KeptPolicy>,
    /// How many more files there are, which were not looked at.
    pub left_out: usize,
    /// The file of the saved one that is in force, with its unsaved changes; `None`: one that is not saved.
    pub file: Option<String>,
    /// What is typed.
    pub draft: Draft,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// What it changes.
    pub effect: Effect,
    /// The policy that the effect is measured from.
    pub compared: Policy,
    /// What was typed before.
    pub history: History,
    /// Grows whenever the draft becomes another one than was typed.
    pub revision: u64,
    /// The file that is to be in force once the saved ones are known.
    pub remembered: Option<String>,
    /// The policy that the draft is of, as it was known last.
    known: Policy,
    /// Whether the remembered one is being opened.
    is_starting: bool,
    /// The one that expects nothing.
    nothing: Policy,
    /// Saved policies that were opened, as they were then, by their files.
    opened: BTreeMap<String, Opened>,
}

/// A saved policy as it was read whole, and what its file was then.
#[derive(Debug, Clone)]
struct Opened {
    policy: Policy,
    stamp: [u8; 32],
}

impl Policies {
    /// Whether there is a place to save policies.
    pub fn is_possible(&self) -> bool {
        self.place != SavedPlace::None
    }

    /// Whether something is being done with saved ones.
    pub fn is_busy(&self) -> bool {
        self.place == SavedPlace::Busy
    }

    /// The policy that the one in force is to be like when it is saved or reverted; one that is not saved expects nothing.
    pub fn baseline(&self) -> &Policy {
        let file = self.file.as_ref();
        let opened = file.and_then(|file| self.opened.get(file));
        opened.map_or(&self.nothing, |opened| &opened.policy)
    }

    /// Whether something would be lost if the policy in force were left.
    pub fn has_changes(&self) -> bool {
        !self.faults.is_empty() || self.known != *self.baseline()
    }

    /// Whether that is worth a question before the window closes. A clock's leeway or the kind of a token alone is not.
    pub fn is_to_be_asked_about(&self) -> bool {
        let is_made = self.file.is_some() || self.known.expected() > 0 || !self.faults.is_empty();
        self.is_possible() && is_made && self.has_changes()
    }

    /// Whether the policy in force expects nothing, and is not a saved one.
    pub fn is_none(&self) -> bool {
        self.file.is_none() && self.known == self.nothing
    }

    /// Whether a change that was taken back can be made again.
    pub fn can_redo(&self) -> bool {
        self.is_open && self.history.can_redo()
    }

    /// Whether there is something else to go back to that is saved.
    pub fn can_revert(&self) -> bool {
        self.has_changes() && !self.is_busy()
    }

    /// Whether the policy in force can be saved, and is not.
    pub fn can_save(&self) -> bool {
        let is_new = self.has_changes() || self.file.is_none() && self.is_open;
        self.is_possible() && !self.is_busy() && self.faults.is_empty() && is_new
    }

    /// Whether it can be saved under another name: that is all that may be wrong.
    pub fn can_save_as(&self) -> bool {
        let mut faults = self.faults.iter();
        self.is_possible() && !self.is_busy() && faults.all(|fault| fault.at.member == Member::Name)
    }

    /// What the policy in force is called, and whether it is as it was saved.
    pub fn title(&self) -> String {
        let name = self
            .known
            .name
            .as_deref()
            .map(crate::jose::visible::visible);
        match (name, self.known.expected()) {
            (Some(name), _) => name,
            (None, 0) if self.known.strictness == Strictness::Lenient => "lenient".to_owned(),
            (None, 0) => "none".to_owned(),
            (None, 1) => "1 expectation".to_owned(),
            (None, count) => format!("{count} expectations"),
        }
    }

    /// How it stands to what is saved, in words; empty where there is nothing to say.
    pub fn standing(&self) -> &'static str {
        match (self.has_changes(), self.file.is_some()) {
            (false, _) => "",
            (true, true) => "changed, not saved",
            (true, false) => "not saved",
        }
    }

    /// The saved one of this file.
    pub fn saved(&self, file: &str) -> Option<&KeptPolicy> {
        self.saved.iter().find(|kept| kept.file == file)
    }

    /// What is wrong at a field.
    pub fn fault(&self, at: Line) -> Option<&str> {
        let mut faults = self.faults.iter();
        let fault = faults.find(|fault| fault.at == at)?;
        Some(&fault.what)
    }

    /// Whether anything is wrong with a member.
    pub fn is_faulty(&self, member: Member) -> bool {
        self.faults.iter().any(|fault| fault.at.member == member)
    }

    /// How it stands now, to come back to.
    fn step(&self) -> Step {
        Step {
            draft: self.draft.clone(),
            policy: self.known.clone(),
            file: self.file.clone(),
            compared: self.compared.clone(),
        }
    }

    /// The saved ones that are not the one in force.
    fn others(&self) -> Vec<&KeptPolicy> {
        let own = self.file.as_deref();
        let others = self.saved.iter();
        others
            .filter(|kept| Some(kept.file.as_str()) != own)
            .collect()
    }
}
