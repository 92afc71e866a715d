//! What the tokens of the session say about each other follows them as they come, change and go: in slices, by going over all
//! tokens and taking note of those that are new or other ones than before.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::desk::{Desk, drop_elsewhere};
use super::model::Model;
use crate::inspection::Inspection;
use crate::jose::Token;
use crate::judge::{Judgement, Neighbours, Policy, TokenId};

/// Gathering goes on for this long before the window is drawn again.
const SLICE: Duration = Duration::from_millis(4);

/// The clock is looked at once in so many tokens: most are known already.
const AT_ONCE: usize = 16;

/// What the tokens of the session say about each other, and where each of them is.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    neighbours: Arc<Neighbours>,
    /// Where a token was when it was last looked at.
    positions: HashMap<TokenId, usize>,
}

impl Gathered {
    /// Judges a token among them, by any policy.
    pub(super) fn judge(&self, token: &Inspection, policy: &Policy, at: Timestamp) -> Judgement {
        token.judge_beside(&self.neighbours, policy, at)
    }

    /// The same for a job, as they are by now.
    pub(super) fn shared(&self) -> Arc<Neighbours> {
        Arc::clone(&self.neighbours)
    }

    /// Where a token is among these.
    pub fn position(&self, id: &TokenId, tokens: &[Inspection]) -> Option<usize> {
        let is_it = |at: &usize| tokens.get(*at).is_some_and(|token| token.id() == *id);
        let known = self.positions.get(id).copied().filter(is_it);
        known.or_else(|| tokens.iter().position(|token| token.id() == *id))
    }
}

/// What was last taken note of: the token as it was taken apart and opened, and in how many places it stood. The pointer keeps
/// its address from being used again, and nothing else.
type Seen = (Weak<Token>, usize);

/// The round through the tokens that is not at its end.
#[derive(Default)]
pub(super) struct Gathering {
    seen: HashMap<TokenId, Seen>,
    /// The position of the next one; `None` where all are known.
    at: Option<usize>,
    /// Those that went, as far as they are not forgotten.
    gone: Vec<TokenId>,
    /// Whether this round found anything.
    has_changed: bool,
}

impl Gathering {
    /// Says that tokens may be others than before, or elsewhere.
    pub(super) fn restart(&mut self) {
        self.at = Some(0);
        self.gone.clear();
    }

    /// Whether all are known.
    pub(super) fn is_done(&self) -> bool {
        self.at.is_none()
    }

    /// Goes on until then. Whether there is more.
    fn go_on(&mut self, model: &mut Model, until: Instant) -> bool {
        let Model {
            session, gathered, ..
        } = model;
        let Some(mut at) = self.at else {
            return false;
        };
        if at == 0 && session.tokens.is_empty() {
            self.has_changed |= !gathered.neighbours.is_empty();
            drop_elsewhere((std::mem::take(gathered), std::mem::take(&mut self.seen)));
            self.at = None;
            return false;
        }
        while let Some(inspection) = session.tokens.get(at) {
            self.take(gathered, at, inspection);
            at = at.saturating_add(1);
            self.at = Some(at);
            if at.is_multiple_of(AT_ONCE) && Instant::now() > until {
                return true;
            }
        }
        if self.gone.is_empty() && gathered.neighbours.len() > session.tokens.len() {
            let is_gone = |id: &TokenId| {
                let at = gathered.positions.get(id).copied();
                let there = at.and_then(|at| session.tokens.get(at));
                there.is_none_or(|there| there.id() != *id)
            };
            self.gone = self.seen.keys().filter(|id| is_gone(id)).copied().collect();
        }
        while let Some(id) = self.gone.pop() {
            Arc::make_mut(&mut gathered.neighbours).remove(&id);
            gathered.positions.remove(&id);
            self.seen.remove(&id);
            self.has_changed = true;
            if Instant::now() > until {
                return true;
            }
        }
        self.at = None;
        false
    }

    fn take(&mut self, gathered: &mut Gathered, at: usize, inspection: &Inspection) {
        let id = inspection.id();
        gathered.positions.insert(id, at);
        let places = inspection.places.len();
        let is_known = self.seen.get(&id).is_some_and(|(token, count)| {
            std::ptr::eq(token.as_ptr(), &raw const *inspection.token) && *count == places
        });
        if !is_known {
            let token = Arc::downgrade(&inspection.token);
            self.seen.insert(id, (token, places));
            Arc::make_mut(&mut gathered.neighbours).add(id, inspection.traces());
            self.has_changed = true;
        }
    }
}

impl Desk {
    /// Goes on taking note of what the tokens say about each other, for a slice. Gives the time until the next, while there is more.
    pub(super) fn gather(&mut self) -> Option<Duration> {
        let until = Instant::now() + SLICE;
        if self.gathering.go_on(&mut self.model, until) {
            return Some(Duration::ZERO);
        }
        // What was judged before knew less.
        self.is_stale |= std::mem::take(&mut self.gathering.has_changed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspection::Session;
    use crate::jose::base64url::encode;

    fn model(count: usize) -> Model {
        let mut session = Session::default();
        for number in 0..count {
            // Every other one shares its identifier.
            let claims = format!(
                r#"{{"iss":"a","aud":"b","jti":"{}","n":{number}}}"#,
                number / 2
            );
            let text = format!("eyJhbGciOiJub25lIn0.{}.", encode(claims.as_bytes()));
            let found = crate::find::find(text.as_bytes(), "test").remove(0);
            session.adding().add(found);
        }
        Model {
            session,
            ..Model::default()
        }
    }

    fn gather(gathering: &mut Gathering, model: &mut Model) -> usize {
        gathering.restart();
        let past = Instant::now();
        let mut slices = 1;
        while gathering.go_on(model, past) {
            slices += 1;
        }
        slices
    }

    #[test]
    fn what_is_gathered_follows_the_session_and_equals_what_is_found_anew() {
        let mut model = model(300);
        let mut gathering = Gathering::default();
        assert!(gather(&mut gathering, &mut model) > 2, "in slices");
        let mut removed = Vec::new();
        // Taken out and brought back in a fixed disorder.
        for step in 0_usize..60 {
            if step % 3 == 2 {
                model.session.tokens.extend(removed.pop());
            } else {
                let at = step * 7919 % model.session.tokens.len();
                removed.push(model.session.tokens.swap_remove(at));
            }
            if step % 5 == 0 {
                gather(&mut gathering, &mut model);
                assert_eq!(
                    *model.gathered.neighbours,
                    model.session.neighbours(),
                    "{step}"
                );
            }
        }
        gather(&mut gathering, &mut model);
        assert_eq!(*model.gathered.neighbours, model.session.neighbours());
        for (at, token) in model.session.tokens.iter().enumerate() {
            assert_eq!(
                model.gathered.position(&token.id(), &model.session.tokens),
                Some(at)
            );
        }
        for token in &removed {
            assert_eq!(
                model.gathered.position(&token.id(), &model.session.tokens),
                None
            );
        }
        model.session.tokens.clear();
        gather(&mut gathering, &mut model);
        assert!(model.gathered.neighbours.is_empty());
    }

    #[test]
    fn nothing_is_found_out_twice() {
        let mut model = model(10);
        let mut gathering = Gathering::default();
        gather(&mut gathering, &mut model);
        assert!(std::mem::take(&mut gathering.has_changed));
        gather(&mut gathering, &mut model);
        assert!(!gathering.has_changed);
    }
}
