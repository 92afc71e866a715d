//! Verifying again after the keys changed: on a thread, and taken over a few tokens at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::desk::{Desk, News, drop_elsewhere};
use crate::inspection::{DetachedPayload, Inspection, with_payload};
use crate::jose::Token;
use crate::verify::{Proof, Setting, prove};

/// Taking over goes on for this long before the window is drawn again.
const SLICE: Duration = Duration::from_millis(6);

/// A token to be verified, not opened, with the payload that was supplied for it.
pub(super) type Unproved = (Arc<Token>, Option<DetachedPayload>);

/// What is to be verified of a token.
pub(super) fn unproved(inspection: &Inspection) -> Unproved {
    let payload = inspection.detached_payload.clone();
    (Arc::clone(inspection.sealed()), payload)
}

/// Tokens by their places in memory, which they keep as long as they are held here.
type Proofs = HashMap<usize, (Unproved, Proof, Duration)>;

/// New proofs.
pub(super) struct Proved {
    /// Counts the changes of the key ring.
    generation: u64,
    proofs: Proofs,
}

/// What is being verified again.
#[derive(Default)]
pub(super) struct Proving {
    /// The job that verifies everything.
    job: Option<u64>,
    /// What was verified and is not taken over yet.
    proofs: Proofs,
    /// The position of the next token that may be among them.
    at: usize,
}

impl Proving {
    /// Whether there is nothing to take over.
    pub(super) fn is_done(&self) -> bool {
        self.proofs.is_empty()
    }

    /// Says that tokens are at other positions than before.
    pub(super) fn forget_positions(&mut self) {
        self.at = 0;
    }
}

fn place(token: &Arc<Token>) -> usize {
    Arc::as_ptr(token).addr()
}

impl Desk {
    /// Verifies everything again, on a thread.
    pub(super) fn keys_changed(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        self.is_stale = true;
        let tokens = self.model.session.tokens.iter().map(unproved).collect();
        // What the keys of before would have shown is of no use.
        if let Some(job) = self.proving.job.take() {
            self.jobs.stop(job);
        }
        drop_elsewhere(std::mem::take(&mut self.proving.proofs));
        self.proving.job = self.verify(tokens);
    }

    /// Verifies these tokens again, on a thread.
    pub(super) fn verify(&mut self, tokens: Vec<Unproved>) -> Option<u64> {
        let label = match tokens.len() {
            0 => return None,
            1 => "Verifying 1 token".to_owned(),
            count => format!("Verifying {count} tokens"),
        };
        let ground = self.ground();
        self.start(&label, true, move |leave| {
            // A cancel calls off what is derived from passwords; everything else is verified all the same.
            leave.keep();
            let watched = Setting {
                watch: leave.watch(),
                ..ground.setting
            };
            let count = tokens.len() as u64;
            let mut proofs = HashMap::with_capacity(tokens.len());
            for (at, token) in (0..).zip(tokens) {
                if leave.is_stopped() {
                    break;
                }
                leave.done(at, count);
                let start = Instant::now();
                let setting = with_payload(&watched, token.1.as_ref());
                let proof = prove(&token.0, &ground.keys, &setting);
                proofs.insert(place(&token.0), (token, proof, start.elapsed()));
            }
            News::Proved(Proved {
                generation: ground.generation,
                proofs,
            })
        })
    }

    /// Takes note of new proofs.
    pub(super) fn proved(&mut self, proved: Proved) {
        if proved.generation != self.generation {
            drop_elsewhere(proved.proofs);
            return;
        }
        if self.proving.proofs.is_empty() {
            self.proving.proofs = proved.proofs;
        } else {
            self.proving.proofs.extend(proved.proofs);
        }
        self.proving.at = 0;
    }

    /// Takes new proofs over, for a slice. Gives the time until the next, while there are more.
    pub(super) fn take_proofs(&mut self) -> Option<Duration> {
        if self.proving.is_done() {
            return None;
        }
        let until = Instant::now() + SLICE;
        let proving = &mut self.proving;
        let mut old = Vec::new();
        let mut goes_on = false;
        while let Some(inspection) = self.model.session.tokens.get_mut(proving.at) {
            proving.at = proving.at.saturating_add(1);
            let new = proving.proofs.remove(&place(inspection.sealed()));
            if let Some(((_, payload), proof, took)) = new
                // Another one may have been supplied meanwhile, and is verified after this.
                && payload == inspection.detached_payload
            {
                old.push(inspection.take(proof));
                inspection.took = took;
            }
            goes_on = Instant::now() > until;
            if goes_on {
                break;
            }
        }
        drop_elsewhere(old);
        if goes_on {
            return Some(Duration::ZERO);
        }
        // Tokens may have gone meanwhile.
        drop_elsewhere(std::mem::take(&mut proving.proofs));
        self.is_stale = true;
        None
    }
}
