//! What was read joins the session a few tokens at a time: a hundred thousand of them are no work of one frame.

use std::collections::VecDeque;
use std::time::{Duration, Instant};
use std::vec::IntoIter;

use super::desk::{Desk, drop_elsewhere};
use super::loading::Loaded;
use super::model::Model;
use super::table::{MANY, Many};
use crate::inspection::{Index, Inspection};
use crate::judge::Judgement;

/// Taking in goes on for this long before the window is drawn again.
const SLICE: Duration = Duration::from_millis(6);

/// What came and is not all in yet, oldest first.
#[derive(Default)]
pub(super) struct Arrivals(VecDeque<Arrival>);

/// The tokens of one reading, and what else it brought.
struct Arrival {
    tokens: IntoIter<(Inspection, Judgement)>,
    /// All but the tokens.
    rest: Loaded,
    /// Where the tokens of the session are; `None` where that is no longer so.
    index: Option<Index>,
    /// How many tokens came.
    found: usize,
    /// How many of them were new.
    new: usize,
    /// The position of the one to show: the first new one; where all were there already, the first of them.
    first: Option<(usize, bool)>,
}

impl Arrivals {
    /// Takes note of what was read.
    pub(super) fn push(&mut self, mut loaded: Loaded) {
        let tokens = std::mem::take(&mut loaded.tokens);
        self.0.push_back(Arrival {
            found: tokens.len(),
            tokens: tokens.into_iter(),
            rest: loaded,
            index: None,
            new: 0,
            first: None,
        });
    }

    /// Whether all is in.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says that tokens are at other positions than before, or gone.
    pub(super) fn forget_positions(&mut self) {
        for arrival in &mut self.0 {
            arrival.index = None;
            arrival.first = None;
        }
    }
}

impl Arrival {
    /// Whether there is more.
    fn go_on(&mut self, model: &mut Model, until: Instant) -> bool {
        let Model {
            session,
            judgements,
            ..
        } = model;
        let index = self.index.get_or_insert_with(|| Index::of(&session.tokens));
        for (inspection, judgement) in self.tokens.by_ref() {
            let at = index.add(&mut session.tokens, inspection);
            let is_new = at == judgements.len();
            if is_new {
                judgements.push(judgement);
                self.new = self.new.saturating_add(1);
            }
            if self.first.is_none_or(|(_, was_new)| is_new && !was_new) {
                self.first = Some((at, is_new));
            }
            if Instant::now() > until {
                break;
            }
        }
        self.tokens.len() > 0
    }
}

impl Desk {
    /// Goes on taking in what was read, for a slice. Gives the time until the next, while there is more.
    pub(super) fn take_in(&mut self) -> Option<Duration> {
        let until = Instant::now() + SLICE;
        while let Some(mut arrival) = self.arrivals.0.pop_front() {
            if arrival.go_on(&mut self.model, until) {
                self.arrivals.0.push_front(arrival);
                self.model.revise();
                return Some(Duration::ZERO);
            }
            self.taken_in(arrival);
        }
        None
    }

    fn taken_in(&mut self, arrival: Arrival) {
        drop_elsewhere((arrival.index, arrival.tokens));
        let loaded = arrival.rest;
        let found = (arrival.found, loaded.keys.len());
        let is_late = loaded.generation != self.generation;
        let keys_before = self.model.session.keys.len();
        let first = loaded.keys.first().cloned();
        self.change_keys(|keys| keys.add(loaded.keys));
        let keys = self.model.session.keys.len();
        let new = (arrival.new, keys.saturating_sub(keys_before));
        if let Some(first) = first.filter(|_| new.1 > 0) {
            self.look_at(&first);
        }
        let count = self.model.session.tokens.len();
        if new.1 > 0 {
            // The new tokens know the new keys already, the old ones do not.
            if count > new.0 || is_late {
                self.keys_changed();
            } else {
                self.generation = self.generation.wrapping_add(1);
            }
        } else if is_late && new.0 > 0 {
            self.keys_changed();
        }
        self.is_stale = true;
        if let Some((name, bytes)) = loaded.payload {
            self.supply_payload(&name, bytes);
        }
        if let Some(imported) = loaded.policy {
            self.imported(imported);
        }
        let holder = self.model.outermost();
        let holder = holder.map(|(inspection, _)| inspection.sha256.clone());
        if let Some((first, _)) = arrival.first {
            self.model.current = Some(first);
            self.model.selection = None;
        }
        if new.0 > 1 {
            let is_many = count >= MANY;
            self.model.table.is_open |= is_many && self.model.layout.many == Many::Table;
        }
        if new.0 > 0 && new.1 == 0 {
            // Who opens tokens wants to see them.
            self.model.manager.is_open = false;
        }
        self.locked.extend(loaded.locked);
        for notice in loaded.notices {
            self.notify(notice);
        }
        if let Some(text) = brought(loaded.verb, found, new) {
            self.model.last_action = text;
        }
        let opened = arrival.first.filter(|_| loaded.are_members && new.0 > 0);
        let opened = opened.and_then(|(at, _)| self.model.session.tokens.get(at));
        if let Some(sha256) = opened.map(|inspection| inspection.sha256.clone()) {
            self.opened_member(sha256, holder);
        }
    }
}

/// "Pasted 2 tokens and 1 key", or `None` when there was nothing.
fn brought(verb: &str, found: (usize, usize), new: (usize, usize)) -> Option<String> {
    let count = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    };
    let things: Vec<_> = [count(new.0, "token", "tokens"), count(new.1, "key", "keys")]
        .into_iter()
        .flatten()
        .collect();
    match (things.is_empty(), found) {
        (false, _) => Some(format!("{verb} {}", things.join(" and "))),
        (true, (0, 0)) => None,
        (true, _) => Some(format!("{verb} nothing that was not there already")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_brought_is_said_with_its_number() {
        assert_eq!(
            brought("Pasted", (2, 0), (2, 0)).as_deref(),
            Some("Pasted 2 tokens")
        );
        assert_eq!(
            brought("Opened", (1, 3), (1, 3)).as_deref(),
            Some("Opened 1 token and 3 keys")
        );
        assert_eq!(
            brought("Pasted", (1, 0), (0, 0)).as_deref(),
            Some("Pasted nothing that was not there already")
        );
        assert_eq!(brought("Pasted", (0, 0), (0, 0)), None);
    }

    fn inspected(number: usize) -> (Inspection, Judgement) {
        use crate::jose::base64url::encode;
        let claims = encode(format!(r#"{{"sub":"{number}"}}"#).as_bytes());
        let text = format!("eyJhbGciOiJub25lIn0.{claims}.");
        let found = crate::find::find(text.as_bytes(), "test").remove(0);
        let model = Model::default();
        let inspection = Inspection::new(found, &model.session.keys, &model.session.setting);
        let judgement = inspection.judge(&model.session.policy, model.now);
        (inspection, judgement)
    }

    #[test]
    fn tokens_come_in_slices_each_once_even_if_others_go_meanwhile() {
        let mut model = Model::default();
        model.add(vec![inspected(0), inspected(1)]);
        let mut arrivals = Arrivals::default();
        arrivals.push(Loaded {
            tokens: [2, 1, 3, 2, 4].map(inspected).to_vec(),
            ..Loaded::keys(Vec::new(), 0, "Read")
        });
        let past = Instant::now();
        let slice = |arrivals: &mut Arrivals, model: &mut Model| {
            let arrival = arrivals.0.front_mut().unwrap();
            arrival.go_on(model, past)
        };
        assert!(
            slice(&mut arrivals, &mut model),
            "one token, and more to come"
        );
        assert_eq!(model.session.tokens.len(), 3);
        assert!(slice(&mut arrivals, &mut model));
        assert_eq!(model.session.tokens.len(), 3, "it was there already");
        // The first goes: all others are at other positions.
        model.session.tokens.remove(0);
        model.judgements.remove(0);
        arrivals.forget_positions();
        let mut slices = 0;
        while slice(&mut arrivals, &mut model) {
            slices += 1;
        }
        assert_eq!(slices, 2);
        let subject = |inspection: &Inspection| {
            let claims = inspection.token.claims().unwrap();
            claims.str("sub").unwrap().to_owned()
        };
        let left: Vec<_> = model.session.tokens.iter().map(subject).collect();
        assert_eq!(left, ["1", "2", "3", "4"]);
        assert_eq!(model.judgements.len(), 4);
        let arrival = arrivals.0.front().unwrap();
        assert_eq!((arrival.found, arrival.new), (5, 3));
        assert_eq!(arrival.first, Some((2, true)), "the first new one since");
    }
}
