//! Why a signature does not verify, or does so only unexpectedly.
//!
//! An explainer is one file and one line in [`EXPLAINERS`]. Each may spend a [`Budget`] and no more, so that neither
//! hostile tokens nor large key rings make the search last: the work is counted, never timed.

mod choice;
mod conflict;
mod confusion;
mod encoding;
mod forms;
mod graph;
mod near;
mod padding;
pub(super) mod presented;
mod rsa;
pub(super) mod sealed;
mod secret;
mod sibling;
pub(super) mod vendor;

pub use conflict::UseConflict;

use std::sync::Arc;

use super::algorithm::Algorithm;
use super::{
    Designation, Diagnosis, Facts, NotChecked, Outcome, RecoveredDigest, SignatureProof, UsedKey,
};
use crate::jose::Token;
use crate::jose::json::Document;
use crate::jose::visible::visible;
use crate::keys::{Key, KeyKind, KeyRing};

/// Looks for one family of causes.
type Explainer = fn(&Doubt<'_>, &SignatureProof, &mut Budget) -> Vec<Explanation>;

/// What looks for the cause of a failure, the surest first. The first cause that is found ends the search.
const EXPLAINERS: &[Explainer] = &[
    sibling::explain,
    secret::explain,
    encoding::explain,
    graph::explain,
    vendor::explain,
    rsa::explain,
    confusion::explain,
];

/// The work that one explainer may do for one signature, in units of about a kilobyte hashed.
const BUDGET: u64 = 200_000;

/// A signature and all that may explain it.
pub(super) struct Doubt<'a> {
    pub(super) token: &'a Token,
    pub(super) header: &'a Document,
    pub(super) keys: &'a KeyRing,
    pub(super) algorithm: &'a Algorithm,
    /// The bytes that the signature covers.
    pub(super) message: &'a [u8],
    pub(super) signature: &'a [u8],
}

/// What an explainer found.
struct Explanation {
    diagnosis: Diagnosis,
    effect: Effect,
    /// The digest that an RSA signature holds.
    recovered: Option<RecoveredDigest>,
}

/// What an explanation makes of the result.
enum Effect {
    /// It is the cause; the outcome stands.
    Cause,
    /// What was signed is not what was sent: nothing can be said.
    NothingSaid,
    /// A circumstance; the cause may be another.
    Remark,
    /// A key verifies it after all.
    Verified(UsedKey),
}

impl Explanation {
    fn new(code: &'static str, effect: Effect, text: String, for_developer: &str) -> Self {
        Self {
            diagnosis: Diagnosis {
                code,
                text,
                for_developer: for_developer.to_owned(),
                reread: None,
            },
            effect,
            recovered: None,
        }
    }

    fn cause(code: &'static str, text: String, for_developer: &str) -> Self {
        Self::new(code, Effect::Cause, text, for_developer)
    }

    fn remark(code: &'static str, text: String, for_developer: &str) -> Self {
        Self::new(code, Effect::Remark, text, for_developer)
    }
}

/// Says why, and what that makes of the outcome.
pub(super) fn explain(doubt: &Doubt<'_>, proof: &mut SignatureProof) {
    let mut budget = Budget::new(BUDGET);
    // Before the search, which may find a key.
    let mut remarks = choice::of_signature(doubt, proof, &mut budget);
    let has_failed = matches!(
        proof.outcome,
        Outcome::Invalid | Outcome::NotChecked(NotChecked::NoKey | NotChecked::NoKeyVerifies)
    );
    if has_failed {
        // Where no key could be tried, there is nothing to compare, unless the search says something.
        let is_compared = proof.outcome != Outcome::NotChecked(NotChecked::NoKey);
        let search = if doubt.signature.is_empty() {
            Search::default()
        } else {
            search(doubt, proof)
        };
        if search.is_explained && proof.designated.is_none() {
            // That the loaded keys are for something else is no news then.
            remarks.retain(|remark| remark.diagnosis.code != "alg-key-mismatch");
        }
        let is_telling = is_compared || !proof.diagnosis.is_empty() || search.is_cut_short;
        if is_telling && proof.outcome != Outcome::Valid {
            proof.facts = Some(doubt.facts(proof, search));
        }
    }
    let remarks = remarks.into_iter().chain(vendor::remark(doubt, proof));
    // What was found to be the cause of one vendor's tokens need not be told twice.
    let is_told = proof
        .diagnosis
        .iter()
        .any(|diagnosis| diagnosis.code == "vendor-quirk");
    let remarks = remarks.filter(|remark| !(is_told && remark.diagnosis.code == "vendor-quirk"));
    let remarks: Vec<_> = remarks.map(|remark| remark.diagnosis).collect();
    proof.diagnosis.extend(remarks);
}

/// Says which algorithm made a signature whose `alg` is not known here.
pub(super) fn explain_unknown(
    alg: &str,
    keys: &KeyRing,
    message: &[u8],
    signature: &[u8],
    proof: &mut SignatureProof,
) {
    let usable = keys.keys().iter().filter(|key| key.is_usable());
    let mut budget = Budget::new(BUDGET);
    let said = sibling::look(alg, usable, (message, signature), &mut budget);
    proof
        .diagnosis
        .extend(said.into_iter().map(|said| said.diagnosis));
}

/// What came of a search beside explanations.
#[derive(Default)]
struct Search {
    recovered: Option<RecoveredDigest>,
    work: u64,
    is_cut_short: bool,
    is_explained: bool,
}

fn search(doubt: &Doubt<'_>, proof: &mut SignatureProof) -> Search {
    let mut search = Search::default();
    for explainer in EXPLAINERS {
        let mut budget = Budget::new(BUDGET);
        let explanations = explainer(doubt, proof, &mut budget);
        search.work = search.work.saturating_add(budget.spent);
        search.is_cut_short |= budget.is_exhausted;
        let mut is_explained = false;
        for explanation in explanations {
            proof.diagnosis.push(explanation.diagnosis);
            search.recovered = search.recovered.or(explanation.recovered);
            match explanation.effect {
                Effect::Cause => is_explained = true,
                Effect::NothingSaid => {
                    proof.outcome = Outcome::NotChecked(NotChecked::NoKeyVerifies);
                    is_explained = true;
                }
                Effect::Remark => {}
                Effect::Verified(used) => {
                    proof.outcome = Outcome::Valid;
                    proof.key = Some(used);
                    is_explained = true;
                }
            }
        }
        if is_explained {
            search.is_explained = true;
            break;
        }
    }
    search
}

/// Work that may still be done. Once it is not enough for a step, no further step is done.
struct Budget {
    left: u64,
    spent: u64,
    is_exhausted: bool,
}

impl Budget {
    fn new(units: u64) -> Self {
        Self {
            left: units,
            spent: 0,
            is_exhausted: false,
        }
    }

    /// Whether a step of this cost may be done; then it is paid for.
    fn pay(&mut self, cost: u64) -> bool {
        match self.left.checked_sub(cost) {
            Some(left) if !self.is_exhausted => {
                self.left = left;
                self.spent = self.spent.saturating_add(cost);
                true
            }
            _ => {
                self.is_exhausted = true;
                false
            }
        }
    }
}

/// What it costs to hash so many bytes.
fn hashing(bytes: usize) -> u64 {
    u64::try_from(bytes / 1024)
        .unwrap_or(u64::MAX)
        .saturating_add(1)
}

/// What it costs to raise a number to a key's public exponent, or to add points of its curve.
fn arithmetic(key: &Key) -> u64 {
    match key.kind {
        KeyKind::Rsa { bits } => {
            let size = u64::try_from(bits / 1024)
                .unwrap_or(u64::MAX)
                .saturating_add(1);
            let exponent = key.rsa_exponent.as_ref().map_or(0, Vec::len) / 8;
            let exponent = u64::try_from(exponent)
                .unwrap_or(u64::MAX)
                .saturating_add(1);
            size.saturating_mul(size)
                .saturating_mul(4)
                .saturating_mul(exponent)
        }
        KeyKind::Akp(_) | KeyKind::Ec(_) | KeyKind::Okp(_) => 100,
        KeyKind::Oct { .. } | KeyKind::Unknown => 0,
    }
}

/// The reviewer's keys that can be used, the one that was meant first.
fn usable<'s>(
    keys: &'s KeyRing,
    designated: Option<&'s (Arc<Key>, Designation)>,
) -> impl Iterator<Item = &'s Arc<Key>> {
    let meant = designated.map(|(key, _)| key);
    let rest = keys.keys().iter();
    let rest = rest.filter(move |key| meant.is_none_or(|meant| !Arc::ptr_eq(meant, key)));
    meant.into_iter().chain(rest).filter(|key| key.is_usable())
}

impl Doubt<'_> {
    /// The reviewer's keys that can be used, the designated one first.
    fn usable<'s>(&'s self, proof: &'s SignatureProof) -> impl Iterator<Item = &'s Arc<Key>> {
        usable(self.keys, proof.designated.as_ref())
    }

    /// Those of them that can do the algorithm.
    fn fitting<'s>(&'s self, proof: &'s SignatureProof) -> impl Iterator<Item = &'s Arc<Key>> {
        self.usable(proof)
            .filter(|key| self.algorithm.fits(key.kind))
    }

    /// Whether a key verifies another signature than the one that was sent.
    fn verifies_instead(&self, key: &Key, signature: &[u8], budget: &mut Budget) -> bool {
        verifies(self.algorithm, key, self.message, signature, budget)
    }

    fn facts(&self, proof: &SignatureProof, search: Search) -> Facts {
        let hash = self.algorithm.hash();
        // Of a key that was not meant, only the length that all of them agree on is expected.
        let length = |key: &Arc<Key>| self.algorithm.signature_bytes(Some(key.kind));
        let designated = proof.designated.as_ref().map(|(key, _)| key);
        let mut lengths = match designated.filter(|key| self.algorithm.fits(key.kind)) {
            Some(key) => vec![length(key)],
            None => self.fitting(proof).map(length).collect(),
        };
        lengths.dedup();
        let expected = match lengths[..] {
            [one] => one,
            _ => self.algorithm.signature_bytes(None),
        };
        Facts {
            signing_input_bytes: self.message.len(),
            digest: hash.map(|hash| (hash, hash.of(self.message))),
            signature_bytes: self.signature.len(),
            expected_signature_bytes: expected,
            recovered: search.recovered,
            work: search.work,
            is_complete: !search.is_cut_short,
        }
    }
}

/// Whether a key verifies, as far as the budget goes.
fn verifies(
    algorithm: &Algorithm,
    key: &Key,
    message: &[u8],
    signature: &[u8],
    budget: &mut Budget,
) -> bool {
    algorithm.fits(key.kind)
        && budget.pay(hashing(message.len()).saturating_add(arithmetic(key)))
        && algorithm.verifies(key, None, message, signature)
}

/// A key's name in a sentence.
fn named(key: &Key) -> String {
    format!("\u{201C}{}\u{201D}", visible(&key.id))
}

/// So many bytes, in words.
fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".to_owned(),
        _ => format!("{count} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends_with_the_first_step_that_is_too_dear() {
        let mut budget = Budget::new(10);
        assert!(budget.pay(4) && budget.pay(hashing(3 * 1024)));
        assert_eq!((budget.spent, budget.is_exhausted), (8, false));
        assert!(!budget.pay(3));
        assert!(!budget.pay(1), "what is cheaper is not done instead");
        assert_eq!((budget.spent, budget.is_exhausted), (8, true));
    }
}
