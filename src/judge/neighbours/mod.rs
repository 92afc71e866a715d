//! What the tokens of a session say about each other: an index of everything that one token can hold of another one, such as
//! hashes, thumbprints and identifiers.
//!
//! It is made once for a session and follows what comes and goes. A judgement is handed it as a value ([`Beside`]) and asks it
//! for the tokens that leave the same mark; which token was added first changes no answer.

mod bond;
mod mark;
mod traces;

use std::collections::{BTreeSet, HashMap};
use std::fmt;

pub(super) use bond::{
    Bond, MOST, MOST_NEAR, access_token_along, ath, half_hash, is_front_channel, proved, sd_hash,
};
pub(super) use mark::{HalfHash, Mark};
pub use traces::{PlaceRole, Stood, Traces};
pub(super) use traces::{Vector, confirmed, identifier, own_thumbprint, session_claims, untyped};

use crate::jose::hex;

/// A token, by the SHA-256 of its text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenId([u8; 32]);

impl TokenId {
    /// Of a text.
    pub fn of(text: &str) -> Self {
        Self(openssl::sha::sha256(text.as_bytes()))
    }

    /// The beginning of [`Display`](fmt::Display), enough to tell the tokens of a session apart.
    pub fn short(&self) -> String {
        let beginning = self.0.get(..6).unwrap_or_default();
        format!("{}\u{2026}", hex(beginning))
    }

    /// The SHA-256 itself.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for TokenId {
    fn from(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl fmt::Display for TokenId {
    /// In lower-case hexadecimal, as reports name tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Who left a mark. Most marks are one token's alone.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Holders {
    One(TokenId),
    Many(BTreeSet<TokenId>),
}

/// An index of the tokens of a session by the marks that they leave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbours {
    tokens: HashMap<TokenId, Traces>,
    holders: HashMap<Mark, Holders>,
}

impl Neighbours {
    /// Adds a token, or takes note of what is known of it by now.
    pub fn add(&mut self, id: TokenId, traces: Traces) {
        if self.tokens.get(&id) == Some(&traces) {
            return;
        }
        self.remove(&id);
        for mark in traces.marks() {
            let holders = self.holders.entry(*mark).or_insert(Holders::One(id));
            match holders {
                Holders::One(only) if *only == id => {}
                Holders::One(only) => *holders = Holders::Many([*only, id].into()),
                Holders::Many(all) => {
                    all.insert(id);
                }
            }
        }
        self.tokens.insert(id, traces);
    }

    /// Forgets a token.
    pub fn remove(&mut self, id: &TokenId) {
        let Some(traces) = self.tokens.remove(id) else {
            return;
        };
        for mark in traces.marks() {
            let is_last = match self.holders.get_mut(mark) {
                None => continue,
                Some(Holders::One(only)) => only == id,
                Some(Holders::Many(all)) => {
                    all.remove(id);
                    let mut left = all.iter().copied();
                    if let (Some(only), None) = (left.next(), left.next()) {
                        self.holders.insert(*mark, Holders::One(only));
                    }
                    false
                }
            };
            if is_last {
                self.holders.remove(mark);
            }
        }
    }

    /// Whether a token is in it.
    pub fn has(&self, id: &TokenId) -> bool {
        self.tokens.contains_key(id)
    }

    /// How many tokens are in it.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether no token is in it.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Forgets the tokens of which this is not true.
    pub fn retain(&mut self, is_there: impl Fn(&TokenId) -> bool) {
        let gone: Vec<_> = self
            .tokens
            .keys()
            .filter(|id| !is_there(id))
            .copied()
            .collect();
        for id in gone {
            self.remove(&id);
        }
    }

    /// The index as a token sees it.
    pub fn beside(&self, own: TokenId) -> Beside<'_> {
        Beside {
            index: Some(self),
            own: Some(own),
        }
    }

    /// Those who left a mark, in the order of their hashes.
    fn holders(&self, mark: Mark) -> impl Iterator<Item = (&TokenId, &Traces)> {
        let (one, many) = match self.holders.get(&mark) {
            Some(Holders::One(only)) => (Some(only), None),
            Some(Holders::Many(all)) => (None, Some(all)),
            None => (None, None),
        };
        let all = one.into_iter().chain(many.into_iter().flatten());
        all.filter_map(|id| Some((id, self.tokens.get(id)?)))
    }
}

/// The other tokens, as one of them sees them. The default knows of none, and does not know whether there are any: so it is for
/// a token that is judged alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    index: Option<&'a Neighbours>,
    own: Option<TokenId>,
}

impl<'a> Beside<'a> {
    /// Whether it is known which tokens there are.
    pub(super) fn is_known(self) -> bool {
        self.index.is_some()
    }

    /// What is known of the token itself.
    pub(super) fn own(self) -> Option<&'a Traces> {
        self.index?.tokens.get(&self.own?)
    }

    /// The token of this hash, if it is another one.
    pub(super) fn token(self, id: &TokenId) -> Option<(&'a TokenId, &'a Traces)> {
        let (id, traces) = self.index?.tokens.get_key_value(id)?;
        (self.own != Some(*id)).then_some((id, traces))
    }

    /// The other tokens that left a mark, in the order of their hashes.
    pub(super) fn others(self, mark: Mark) -> impl Iterator<Item = (&'a TokenId, &'a Traces)> {
        let holders = self.index.map(|index| index.holders(mark));
        let own = self.own;
        holders
            .into_iter()
            .flatten()
            .filter(move |(id, _)| Some(**id) != own)
    }
}
