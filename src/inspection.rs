//! The way of a token, run once: what does not depend on the clock is kept, the judgement is made anew.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::find::{Candidate, Place};
use crate::jose::{Part, Token};
use crate::judge::{Case, Judgement, Policy, judge};
use crate::keys::KeyRing;
use crate::verify::{Proof, Setting, hex, prove};

/// The payload of a token that does not hold it (RFC 7515 appendix F).
#[derive(Clone, PartialEq, Eq)]
pub struct DetachedPayload {
    /// What it came from, such as `document.pdf` or `clipboard`.
    pub name: String,
    /// Itself, as if it stood in the token: at the place where it is missing.
    pub part: Arc<Part>,
}

impl fmt::Debug for DetachedPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DetachedPayload")
            .field("name", &self.name)
            .field("bytes", &self.part.bytes().len())
            .finish_non_exhaustive()
    }
}

/// A token with what was found out about it, and every place where it stood.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The token.
    pub token: Arc<Token>,
    /// SHA-256 of its text, in lower-case hexadecimal.
    pub sha256: String,
    /// Where it was found, in input order.
    pub places: Vec<Place>,
    /// What the reviewer calls it.
    pub name: Option<String>,
    /// Its payload, where that is not in the token and was supplied.
    pub detached_payload: Option<DetachedPayload>,
    /// What was found out, independent of clock and policy.
    pub proof: Proof,
    /// How long parsing and verification took.
    pub took: Duration,
}

impl Inspection {
    /// Takes a text apart and verifies it with these keys.
    pub fn new(candidate: Candidate, keys: &KeyRing, setting: &Setting) -> Self {
        let start = Instant::now();
        let token = Token::parse(candidate.text.as_str());
        let proof = prove(&token, keys, setting);
        Self {
            sha256: sha256(token.text()),
            token: Arc::new(token),
            places: vec![candidate.place],
            name: None,
            detached_payload: None,
            proof,
            took: start.elapsed(),
        }
    }

    /// Verifies again, after the keys changed.
    pub fn prove(&mut self, keys: &KeyRing, setting: &Setting) {
        let start = Instant::now();
        let setting = with_payload(setting, self.detached_payload.as_ref());
        self.proof = prove(&self.token, keys, &setting);
        self.took = start.elapsed();
    }

    /// Judges it at an instant.
    pub fn judge(&self, policy: &Policy, at: Timestamp) -> Judgement {
        judge(Case {
            token: &self.token,
            proof: &self.proof,
            policy,
            at,
        })
    }
}

/// The setting for a token that this payload was supplied for.
pub fn with_payload<'s>(
    setting: &'s Setting,
    payload: Option<&DetachedPayload>,
) -> Cow<'s, Setting> {
    match payload {
        None => Cow::Borrowed(setting),
        Some(payload) => {
            let mut setting = setting.clone();
            setting.detached_payload = Some(payload.part.bytes().to_vec());
            Cow::Owned(setting)
        }
    }
}

/// Everything that is open at once: tokens, keys and what is expected.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// The distinct tokens, in the order in which they were first found.
    pub tokens: Vec<Inspection>,
    /// The reviewer's keys.
    pub keys: KeyRing,
    /// What is expected of the tokens.
    pub policy: Policy,
    /// What else verification needs.
    pub setting: Setting,
}

impl Session {
    /// Begins to add tokens.
    pub fn adding(&mut self) -> Adding<'_> {
        let tokens = self.tokens.iter().enumerate();
        Adding {
            known: tokens
                .map(|(at, inspection)| (inspection.sha256.clone(), at))
                .collect(),
            places: HashMap::new(),
            session: self,
        }
    }
}

/// Adds tokens to a session, each once with all its places, however many there are.
#[derive(Debug)]
pub struct Adding<'s> {
    session: &'s mut Session,
    /// The position of each token, by its hash.
    known: HashMap<String, usize>,
    /// What was found thousands of times has thousands of places.
    places: HashMap<usize, HashSet<Place>>,
}

impl Adding<'_> {
    /// Adds a token, or a place to one that is there. Gives its position in [`Session::tokens`].
    pub fn add(&mut self, candidate: Candidate) -> usize {
        if let Some(&at) = self.known.get(&sha256(&candidate.text)) {
            return self.add_places(at, [candidate.place]);
        }
        let Session { keys, setting, .. } = &*self.session;
        self.push(Inspection::new(candidate, keys, setting))
    }

    /// Adds a token that was inspected elsewhere, or its places to the one that is there. Gives its position.
    pub fn add_inspected(&mut self, inspection: Inspection) -> usize {
        match self.known.get(&inspection.sha256) {
            Some(&at) => self.add_places(at, inspection.places),
            None => self.push(inspection),
        }
    }

    /// The session as it is by now.
    pub fn session(&self) -> &Session {
        self.session
    }

    fn add_places(&mut self, at: usize, new: impl IntoIterator<Item = Place>) -> usize {
        if let Some(same) = self.session.tokens.get_mut(at) {
            let there = self
                .places
                .entry(at)
                .or_insert_with(|| same.places.iter().cloned().collect());
            let new = new.into_iter();
            same.places
                .extend(new.filter(|place| there.insert(place.clone())));
        }
        at
    }

    fn push(&mut self, new: Inspection) -> usize {
        let at = self.session.tokens.len();
        self.known.insert(new.sha256.clone(), at);
        self.session.tokens.push(new);
        at
    }
}

/// SHA-256 of a text, in lower-case hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    hex(&openssl::sha::sha256(text.as_bytes()))
}
