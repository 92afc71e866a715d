//! The way of a token, run once: what does not depend on the clock is kept, the judgement is made anew.

mod dismissals;
mod locked;
mod readings;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sha2::Digest as _;

pub use dismissals::{About, Dismissals, FindingName};
pub use readings::Settled;

use crate::find::{Candidate, Place};
use crate::jose::{Part, Token, hex};
use crate::judge::{Case, Judgement, Policy, ProfileChoice, ProfileName, judge};
use crate::keys::KeyRing;
use crate::verify::wordlist::Target;
use crate::verify::{Layer, Proof, Provenance, Service, Setting, prove};

pub use locked::load_keys;

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
    /// The token; of a JWE that was opened with what it holds.
    pub token: Arc<Token>,
    /// The token as it was taken apart, before any key.
    sealed: Arc<Token>,
    /// SHA-256 of its text, in lower-case hexadecimal.
    pub sha256: String,
    /// Where it was found, in input order.
    pub places: Vec<Place>,
    /// What the reviewer calls it.
    pub name: Option<String>,
    /// The kind that the reviewer says it is; `None`: what the policy says of all tokens.
    pub kind: Option<ProfileName>,
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
        let mut proof = prove(&token, keys, setting);
        let sealed = Arc::new(token);
        Self {
            sha256: sha256(sealed.text()),
            token: proof.opened.take().unwrap_or_else(|| Arc::clone(&sealed)),
            sealed,
            places: vec![candidate.place],
            name: None,
            kind: None,
            detached_payload: None,
            proof,
            took: start.elapsed(),
        }
    }

    /// Verifies again, after the keys changed.
    pub fn prove(&mut self, keys: &KeyRing, setting: &Setting) {
        let start = Instant::now();
        let setting = with_payload(setting, self.detached_payload.as_ref());
        let proof = prove(&self.sealed, keys, &setting);
        self.take(proof);
        self.took = start.elapsed();
    }

    /// A token inside of another one, as if it were one of its own. It was found in no place.
    pub fn inside(layer: &Layer, took: Duration) -> Self {
        Self {
            token: Arc::clone(&layer.token),
            sealed: Arc::clone(&layer.token),
            sha256: sha256(layer.token.text()),
            places: Vec::new(),
            name: None,
            kind: None,
            detached_payload: None,
            proof: layer.proof.clone(),
            took,
        }
    }

    /// The token that holds the claims: the one in the payload, as deep as that goes.
    pub fn holder(&self) -> &Token {
        let mut holder = (&*self.token, &self.proof);
        while let Some(layer) = &holder.1.inner {
            holder = (&layer.token, &layer.proof);
        }
        holder.0
    }

    /// The token as received, and not opened: what is to be proved.
    pub fn sealed(&self) -> &Arc<Token> {
        &self.sealed
    }

    /// Takes a proof of [`Inspection::sealed`], and what it opened. Gives the proof of before.
    pub fn take(&mut self, mut proof: Proof) -> Proof {
        let opened = proof.opened.take();
        self.token = opened.unwrap_or_else(|| Arc::clone(&self.sealed));
        std::mem::replace(&mut self.proof, proof)
    }

    /// The MACs in it whose secret may be looked for in a list of words.
    pub fn mac_targets(&self, setting: &Setting) -> Vec<Target> {
        let setting = with_payload(setting, self.detached_payload.as_ref());
        Target::of(&self.token, &self.proof, &setting)
    }

    /// Judges it at an instant.
    pub fn judge(&self, policy: &Policy, at: Timestamp) -> Judgement {
        judge(Case {
            token: &self.token,
            proof: &self.proof,
            policy: &self.own_policy(policy),
            at,
        })
    }

    /// The policy that it is held against: with the kind that the reviewer says it is, where that was said of it alone.
    fn own_policy<'p>(&self, policy: &'p Policy) -> Cow<'p, Policy> {
        self.kind.map_or(Cow::Borrowed(policy), |kind| {
            Cow::Owned(Policy {
                profile: ProfileChoice::Named(kind),
                ..policy.clone()
            })
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
    /// The findings that the reviewer set aside.
    pub dismissals: Dismissals,
}

/// A token that a key fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fit {
    /// The position of the token in [`Session::tokens`].
    pub token: usize,
    /// The layer of it that the key was for, counted from the outermost, 0, in the order of [`Proof::layers`].
    pub layer: usize,
    /// What the key did there.
    pub service: Service,
}

impl Session {
    /// For the id of each of the reviewer's keys, the tokens that it verifies or opens, in their order: what the proofs
    /// say. A key without any is not in it.
    pub fn fits(&self) -> BTreeMap<&str, Vec<Fit>> {
        let mut fits: BTreeMap<&str, Vec<Fit>> = BTreeMap::new();
        for (token, inspection) in self.tokens.iter().enumerate() {
            for (layer, proof) in inspection.proof.layers().enumerate() {
                for (used, service) in proof.used_keys() {
                    // A public key that was taken for a secret verified nothing.
                    if used.provenance != Provenance::Yours {
                        continue;
                    }
                    let fit = Fit {
                        token,
                        layer,
                        service,
                    };
                    let of_key = fits.entry(&used.key.id).or_default();
                    // Several signatures of one token can be by one key.
                    if of_key.last() != Some(&fit) {
                        of_key.push(fit);
                    }
                }
            }
        }
        fits
    }

    /// Begins to add tokens.
    pub fn adding(&mut self) -> Adding<'_> {
        Adding {
            index: Index::of(&self.tokens),
            session: self,
        }
    }
}

/// Adds tokens to a session, each once with all its places, however many there are.
#[derive(Debug)]
pub struct Adding<'s> {
    session: &'s mut Session,
    index: Index,
}

impl Adding<'_> {
    /// Adds a token, or a place to one that is there. Gives its position in [`Session::tokens`].
    pub fn add(&mut self, candidate: Candidate) -> usize {
        let Session { keys, setting, .. } = &*self.session;
        let known = self.index.known.get(&sha256(&candidate.text));
        if let Some(&at) = known {
            let places = [candidate.place];
            return self.index.add_places(&mut self.session.tokens, at, places);
        }
        let inspection = Inspection::new(candidate, keys, setting);
        self.add_inspected(inspection)
    }

    /// Adds a token that was inspected elsewhere, or its places to the one that is there. Gives its position.
    pub fn add_inspected(&mut self, inspection: Inspection) -> usize {
        self.index.add(&mut self.session.tokens, inspection)
    }

    /// The session as it is by now.
    pub fn session(&self) -> &Session {
        self.session
    }
}

/// Where each token of a session is. It holds until one of them goes or moves.
#[derive(Debug)]
pub struct Index {
    /// The position of each token, by its hash.
    known: HashMap<String, usize>,
    /// What was found thousands of times has thousands of places.
    places: HashMap<usize, HashSet<Place>>,
}

impl Index {
    /// Of these tokens.
    pub fn of(tokens: &[Inspection]) -> Self {
        let tokens = tokens.iter().enumerate();
        Self {
            known: tokens
                .map(|(at, inspection)| (inspection.sha256.clone(), at))
                .collect(),
            places: HashMap::new(),
        }
    }

    /// Makes room for so many more at once.
    pub fn reserve(&mut self, more: usize) {
        self.known.reserve(more);
    }

    /// Adds a token to those that the index is of, or its places to the one that is there. Gives its position.
    pub fn add(&mut self, tokens: &mut Vec<Inspection>, new: Inspection) -> usize {
        if let Some(&at) = self.known.get(&new.sha256) {
            return self.add_places(tokens, at, new.places);
        }
        let at = tokens.len();
        self.known.insert(new.sha256.clone(), at);
        tokens.push(new);
        at
    }

    fn add_places(
        &mut self,
        tokens: &mut [Inspection],
        at: usize,
        new: impl IntoIterator<Item = Place>,
    ) -> usize {
        if let Some(same) = tokens.get_mut(at) {
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
}

/// SHA-256 of a text, in lower-case hexadecimal.
pub fn sha256(text: &str) -> String {
    hex(&sha2::Sha256::digest(text.as_bytes()))
}
