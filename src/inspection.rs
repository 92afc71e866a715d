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
                self.add_places(at, [candidate.place]);
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
        new.into_iter()
            .map(|inspection| {
                let sha256 = inspection.sha256.clone();
                let at = match known.get(&sha256) {
                    Some(&at) => {
                        self.add_places(at, inspection.places);
                        at
                    }
                    None => self.push(inspection),
                };
                known.insert(sha256, at);
                at
            })
            .collect()
    }

    /// Adds a token at the end. Gives its position.
    fn push(&mut self, new: Inspection) -> usize {
        self.tokens.push(new);
        self.tokens.len().saturating_sub(1)
    }

    /// Adds places to the token at a position, those left out that it has.
    fn add_places(&mut self, at: usize, places: impl IntoIterator<Item = Place>) {
        if let Some(inspection) = self.tokens.get_mut(at) {
            for place in places {
                if !inspection.places.contains(&place) {
                    inspection.places.push(place);
                }
            }
        }
    }
}

/// SHA-256 of a text, in lower-case hexadecimal.
fn sha256(text: &str) -> String {
    hex(&openssl::sha::sha256(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
