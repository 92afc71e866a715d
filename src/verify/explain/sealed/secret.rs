//! A shared secret or password that sender and recipient read differently.

use super::{Budget, Locked};
use crate::keys::Key;
use crate::verify::decrypt::open_with_secret;
use crate::verify::explain::secret::{Other, other_readings, said};
use crate::verify::{DecryptionProof, Diagnosis, Service};

/// `secret-was-text`, `secret-was-base64`, `secret-was-base64url`, `secret-was-hex` and `secret-line-break`.
pub(super) fn explain(
    locked: &Locked<'_>,
    proof: &DecryptionProof,
    budget: &mut Budget,
) -> Option<Diagnosis> {
    for key in locked.fitting(proof) {
        let Some(other) = opening(locked, key, budget) else {
            continue;
        };
        let mut said = said(key, &other, Service::Decrypts);
        if !(locked.is_loaded)(key) {
            // A password that was typed for the moment is no key that could be read otherwise.
            said.diagnosis.reread = None;
        }
        return Some(said.diagnosis);
    }
    None
}

fn opening(locked: &Locked<'_>, key: &Key, budget: &mut Budget) -> Option<Other> {
    let wanted = locked.management.secret_bytes(locked.content);
    let mut others = other_readings(key);
    if locked.wants_password() {
        // Derivations are dear: the likeliest come first.
        others.sort_by_key(|other| other.code != "secret-line-break");
    }
    others.into_iter().find(|other| {
        let secret = other.secret.bytes();
        wanted.is_none_or(|wanted| wanted == secret.len())
            && budget.pay(locked.cost(key))
            && (!locked.wants_password() || (locked.may_derive)())
            && open_with_secret(locked.sealed, secret, locked.effort).is_ok()
    })
}
