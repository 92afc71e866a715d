//! What is taken out, and brought back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::desk::{Desk, Everything, UNDO_FOR, What, drop_forgotten};
use super::manager::title;
use super::model::Notice;
use super::proving::unproved;
use super::widgets::grouped;
use crate::inspection::Inspection;
use crate::jose::visible::visible;
use crate::judge::Judgement;
use crate::keys::{Key, Reread};

/// How many of some positions are before another.
struct Before(Vec<usize>);

impl Before {
    fn new(positions: &BTreeSet<usize>) -> Self {
        Self(positions.iter().copied().collect())
    }

    fn count(&self, at: usize) -> usize {
        self.0.partition_point(|position| *position < at)
    }
}

impl Desk {
    pub(super) fn remove_tokens(&mut self, gone: &BTreeSet<usize>) {
        let model = &mut self.model;
        let count = model.session.tokens.len();
        if model.judgements.len() != count || gone.range(..count).next().is_none() {
            return;
        }
        let tokens = std::mem::take(&mut model.session.tokens);
        let judgements = std::mem::take(&mut model.judgements);
        model.session.tokens.reserve(count);
        model.judgements.reserve(count);
        let mut removed = Vec::new();
        for (at, (inspection, judgement)) in tokens.into_iter().zip(judgements).enumerate() {
            if gone.contains(&at) {
                removed.push((at, inspection, judgement));
            } else {
                model.session.tokens.push(inspection);
                model.judgements.push(judgement);
            }
        }
        let left = model.session.tokens.len();
        let before = Before::new(gone);
        if let Some(current) = model.current {
            if gone.contains(&current) {
                model.selection = None;
            }
            let to = current.saturating_sub(before.count(current));
            model.current = left.checked_sub(1).map(|last| to.min(last));
        }
        self.follow(|at| (!gone.contains(&at)).then(|| at.saturating_sub(before.count(at))));
        let name = match &removed[..] {
            [(at, ..)] => format!("token {}", at.saturating_add(1)),
            all => format!("{} tokens", grouped(all.len())),
        };
        self.keep_removed(&name, What::Tokens(removed));
    }

    /// Puts tokens back where they were, as far as that is still there.
    fn bring_tokens_back(&mut self, back: Vec<(usize, Inspection, Judgement)>) {
        let model = &mut self.model;
        let old_tokens = std::mem::take(&mut model.session.tokens).into_iter();
        let mut old = old_tokens.zip(std::mem::take(&mut model.judgements));
        let (mut moved, mut places, mut tokens) = (Vec::new(), Vec::new(), Vec::new());
        let mut back = back.into_iter().peekable();
        loop {
            let at = model.session.tokens.len();
            let is_next = back.peek().is_some_and(|(place, ..)| *place <= at);
            let old = if is_next { None } else { old.next() };
            let (inspection, judgement) = match old {
                Some(old) => {
                    moved.push(at);
                    old
                }
                None => match back.next() {
                    Some((_, inspection, judgement)) => {
                        places.push(at);
                        tokens.push(unproved(&inspection));
                        (inspection, judgement)
                    }
                    None => break,
                },
            };
            model.session.tokens.push(inspection);
            model.judgements.push(judgement);
        }
        model.current = places.first().copied().or(model.current);
        model.selection = None;
        let count = tokens.len();
        // The keys may have changed since.
        self.verify(tokens);
        self.follow(|at| moved.get(at).copied());
        self.model.last_action = match count {
            1 => "Brought the token back".to_owned(),
            _ => format!("Brought {} tokens back", grouped(count)),
        };
    }

    /// Says that tokens are at other positions than before, or gone.
    pub(super) fn follow(&mut self, to: impl Fn(usize) -> Option<usize>) {
        let beside = &mut self.model.beside;
        *beside = beside.iter().filter_map(|at| to(*at)).collect();
        self.model.table.follow(to);
        self.order.restart();
        self.arrivals.forget_positions();
        self.proving.forget_positions();
        // A round through all tokens counts by position.
        self.is_stale = true;
    }

    pub(super) fn remove_all(&mut self) {
        let model = &mut self.model;
        let everything = Everything {
            tokens: std::mem::take(&mut model.session.tokens),
            judgements: std::mem::take(&mut model.judgements),
            keys: std::mem::take(&mut model.session.keys),
            listed: std::mem::take(&mut model.session.setting.listed),
            current: model.current.take(),
        };
        if everything.tokens.is_empty() && everything.keys.is_empty() {
            return;
        }
        model.selection = None;
        self.words.forget_tried();
        self.keys_changed();
        self.follow(|_| None);
        self.keep_removed(
            "all tokens and keys",
            What::Everything(Box::new(everything)),
        );
    }

    pub(super) fn forget_all_removed(&mut self) {
        let gone = std::mem::take(&mut self.removed);
        drop_forgotten(gone);
        self.model.notices.retain(|notice| notice.undo.is_none());
        "Forgot what was removed".clone_into(&mut self.model.last_action);
    }

    pub(super) fn remove_key(&mut self, id: &str) {
        if let Some(key) = self.change_keys(|keys| keys.remove(id)) {
            self.keys_changed();
            let name = format!("key {}", title(&key));
            let is_saved = self.model.saved.holds(&key);
            self.keep_removed(&name, What::Key(key));
            if is_saved && let Some(notice) = self.model.notices.last_mut() {
                "It is still saved, and comes back with the next start."
                    .clone_into(&mut notice.advice);
            }
        }
    }

    pub(super) fn read_secret(&mut self, reread: &Reread) {
        let key = self.model.session.keys.get(&reread.key);
        let Some(after) = key.and_then(|key| key.read_as(reread.reading)) else {
            return;
        };
        let Some(before) = self.change_keys(|keys| keys.replace(&reread.key, after.clone())) else {
            return;
        };
        self.look_at(&after);
        self.keys_changed();
        let done = format!("{} is read {}", visible(&reread.key), reread.how());
        let number = self.next_removed(
            What::Reading {
                before,
                after: Box::new(after),
            },
            Instant::now() + UNDO_FOR,
        );
        self.notify(Notice {
            is_error: false,
            what: format!("The secret {done}."),
            advice: String::new(),
            undo: Some(number),
        });
        self.model.last_action = format!("The secret {done}");
    }

    pub(super) fn bring_back(&mut self, number: u64) {
        let Some(at) = self
            .removed
            .iter()
            .position(|removed| removed.number == number)
        else {
            return;
        };
        match self.removed.remove(at).what {
            What::Key(key) => {
                let key = Arc::unwrap_or_clone(key);
                self.change_keys(|keys| keys.add([key.clone()]));
                self.look_at(&key);
                self.keys_changed();
                "Brought the key back".clone_into(&mut self.model.last_action);
            }
            What::Everything(everything) => {
                self.bring_everything_back(*everything);
                "Brought tokens and keys back".clone_into(&mut self.model.last_action);
            }
            What::Kinds(before) => {
                self.take_kinds(before);
                "Took the choice of the kind back".clone_into(&mut self.model.last_action);
            }
            What::Opened { sha256, back } => {
                self.close_member(&sha256, back.as_deref());
                "Closed the token of the member".clone_into(&mut self.model.last_action);
            }
            What::Payload { sha256, mut before } => {
                self.swap_payload(&sha256, &mut before);
                "Took the change of the payload back".clone_into(&mut self.model.last_action);
            }
            What::Reading { before, after } => {
                let keys = &self.model.session.keys;
                // It may be gone, or have a third reading by now.
                let there = keys.same_as(&after).map(|key| key.id.clone());
                if let Some(id) = there {
                    self.change_keys(|keys| keys.replace(&id, Key::clone(&before)));
                    self.look_at(&before);
                    self.keys_changed();
                    "Took the reading of the secret back".clone_into(&mut self.model.last_action);
                }
            }
            What::Policy(step) => self.bring_policy_back(*step),
            What::PolicyFile(deleted) => self.put_policy_back(*deleted),
            What::Tokens(tokens) => self.bring_tokens_back(tokens),
        }
        self.model
            .notices
            .retain(|notice| notice.undo != Some(number));
    }

    /// What came since stays, after what was there.
    fn bring_everything_back(&mut self, everything: Everything) {
        let model = &mut self.model;
        let newer = std::mem::replace(&mut model.session.tokens, everything.tokens);
        let newer_judgements = std::mem::replace(&mut model.judgements, everything.judgements);
        model.add(newer.into_iter().zip(newer_judgements).collect());
        let newer = std::mem::replace(&mut model.session.keys, everything.keys);
        let newer = newer.keys().iter().map(|key| Key::clone(key));
        model.session.keys.add(newer.collect::<Vec<_>>());
        model.session.setting.listed.extend(everything.listed);
        model.current = everything.current;
        model.selection = None;
        self.follow(|_| None);
        self.keys_changed();
    }

    fn keep_removed(&mut self, name: &str, what: What) {
        let number = self.next_removed(what, Instant::now() + UNDO_FOR);
        self.notify(Notice {
            is_error: false,
            what: format!("Removed {name}."),
            advice: String::new(),
            undo: Some(number),
        });
        self.model.last_action = format!("Removed {name}");
    }
}
