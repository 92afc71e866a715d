//! What the panes show. They only read it; [`commands`](super::commands) change it.

use std::ops::Range;

use jiff::Timestamp;

use crate::inspection::{Inspection, Session};
use crate::jose::PartRole;
use crate::judge::Judgement;

/// What all panes share: pick a claim and its characters light up, pick characters and the claim does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The part it is in.
    pub part: PartRole,
    /// The characters: bytes of the token's text.
    pub range: Range<usize>,
}

/// Where the instant of the judgement comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clock {
    /// Held at an instant.
    Frozen(Timestamp),
    /// The machine's clock.
    #[default]
    Live,
}

/// The zone that times are shown in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Zone {
    /// The machine's.
    Local,
    /// UTC.
    #[default]
    Utc,
}

/// A message that stays until it is dismissed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Whether something went wrong.
    pub is_error: bool,
    /// What, and where.
    pub what: String,
    /// What to do; empty when there is nothing.
    pub advice: String,
}

/// Everything that the window shows.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// Tokens, keys, policy.
    pub session: Session,
    /// One judgement for each token of the session, in its order, all made at [`Model::now`].
    pub judgements: Vec<Judgement>,
    /// The token on screen: a position in the session.
    pub current: Option<usize>,
    /// What is selected in it.
    pub selection: Option<Selection>,
    /// Where the instant comes from.
    pub clock: Clock,
    /// The instant of the judgements.
    pub now: Timestamp,
    /// The zone that times are shown in.
    pub zone: Zone,
    /// Messages, oldest first.
    pub notices: Vec<Notice>,
    /// What is being worked on in the background, in words.
    pub busy: Vec<String>,
}

impl Model {
    /// The token on screen and its judgement.
    pub fn current(&self) -> Option<(&Inspection, &Judgement)> {
        let at = self.current?;
        Some((self.session.tokens.get(at)?, self.judgements.get(at)?))
    }
}
