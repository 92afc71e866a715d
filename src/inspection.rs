//! The way of a token, run once: what does not depend on the clock is kept, the judgement is made anew.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::find::{Candidate, Place};
use crate::jose::Token;
use crate::judge::{Case, Judgement, Policy, judge};
use crate::keys::KeyRing;
use crate::verify::{Proof, Setting, hex, prove};

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
            proof,
            took: start.elapsed(),
        }
    }

    /// Verifies again, after the keys changed.
    pub fn prove(&mut self, keys: &KeyRing, setting: &Setting) {
        let start = Instant::now();
        self.proof = prove(&self.token, keys, setting);
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
    /// Adds a token, or a place to one that is there. Gives its position in [`Session::tokens`].
    pub fn add(&mut self, candidate: Candidate) -> usize {
        let sha256 = sha256(&candidate.text);
        let known = self
            .tokens
            .iter()
            .position(|inspection| inspection.sha256 == sha256);
        match known {
            Some(at) => {
                if let Some(same) = self.tokens.get_mut(at)
                    && !same.places.contains(&candidate.place)
                {
                    same.places.push(candidate.place);
                }
                at
            }
            None => self.push(Inspection::new(candidate, &self.keys, &self.setting)),
        }
    }

    /// Adds tokens that were inspected elsewhere, or their places to those that are there. Gives the position of each
    /// in [`Session::tokens`].
    pub fn add_inspected(&mut self, new: impl IntoIterator<Item = Inspection>) -> Vec<usize> {
        let tokens = self.tokens.iter().enumerate();
        let mut known: HashMap<String, usize> = tokens
            .map(|(at, inspection)| (inspection.sha256.clone(), at))
            .collect();
        // What was found thousands of times has thousands of places.
        let mut places: HashMap<usize, HashSet<Place>> = HashMap::new();
        let new = new.into_iter();
        self.tokens.reserve(new.size_hint().0);
        new.map(|inspection| {
            let Some(&at) = known.get(&inspection.sha256) else {
                let sha256 = inspection.sha256.clone();
                let at = self.push(inspection);
                known.insert(sha256, at);
                return at;
            };
            if let Some(same) = self.tokens.get_mut(at) {
                let there = places
                    .entry(at)
                    .or_insert_with(|| same.places.iter().cloned().collect());
                let new = inspection.places.into_iter();
                same.places
                    .extend(new.filter(|place| there.insert(place.clone())));
            }
            at
        })
        .collect()
    }

    /// Adds a token at the end. Gives its position.
    fn push(&mut self, new: Inspection) -> usize {
        self.tokens.push(new);
        self.tokens.len().saturating_sub(1)
    }
}

/// SHA-256 of a text, in lower-case hexadecimal.
fn sha256(text: &str) -> String {
    hex(&openssl::sha::sha256(text.as_bytes()))
}
