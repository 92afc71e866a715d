//! The way of a token, run once: what does not depend on the clock is kept, the judgement is made anew.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::find::{Candidate, Place};
use crate::jose::Token;
use crate::judge::{Case, Judgement, Policy, judge};
use crate::keys::KeyRing;
use crate::verify::{Proof, Setting, prove};

/// A token with what was found out about it, and every place where it stood.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The token.
    pub token: Arc<Token>,
    /// SHA-256 of its text, in lower-case hexadecimal.
    pub sha256: String,
    /// Where it was found, in input order.
    pub places: Vec<Place>,
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
            sha256: hex(&openssl::sha::sha256(token.text().as_bytes())),
            token: Arc::new(token),
            places: vec![candidate.place],
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
        let new = Inspection::new(candidate, &self.keys, &self.setting);
        let known = self
            .tokens
            .iter()
            .position(|inspection| inspection.sha256 == new.sha256);
        self.insert(known, new)
    }

    /// Adds tokens that were inspected elsewhere, or their places to those that are there. Gives the position of each
    /// in [`Session::tokens`].
    pub fn add_inspected(&mut self, new: impl IntoIterator<Item = Inspection>) -> Vec<usize> {
        let tokens = self.tokens.iter().enumerate();
        let mut known: HashMap<String, usize> = tokens
            .map(|(at, inspection)| (inspection.sha256.clone(), at))
            .collect();
        new.into_iter()
            .map(|inspection| {
                let sha256 = inspection.sha256.clone();
                let at = self.insert(known.get(&sha256).copied(), inspection);
                known.insert(sha256, at);
                at
            })
            .collect()
    }

    /// Adds a token at the end, or its places to the one at `known`.
    fn insert(&mut self, known: Option<usize>, new: Inspection) -> usize {
        let Some(at) = known else {
            self.tokens.push(new);
            return self.tokens.len().saturating_sub(1);
        };
        if let Some(inspection) = self.tokens.get_mut(at) {
            for place in new.places {
                if !inspection.places.contains(&place) {
                    inspection.places.push(place);
                }
            }
        }
        at
    }

    /// Verifies every token again, after the keys changed.
    pub fn prove_all(&mut self) {
        for inspection in &mut self.tokens {
            inspection.prove(&self.keys, &self.setting);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
