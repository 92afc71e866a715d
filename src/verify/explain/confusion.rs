//! A MAC made with a public key as the secret: the forger's answer to a verifier that takes the algorithm from the
//! token.

use std::sync::Arc;

use super::forms::{ENDS, FRONTS, Written, base64, written};
use super::{Budget, Doubt, Effect, Explanation, hashing, named};
use crate::keys::Key;
use crate::verify::algorithm::{Family, Hash, hmac_verifies};
use crate::verify::prove::own_keys;
use crate::verify::{Provenance, SignatureProof, UsedKey};

/// `hmac-key-confusion`.
pub(super) fn explain(
    doubt: &Doubt<'_>,
    proof: &SignatureProof,
    budget: &mut Budget,
) -> Vec<Explanation> {
    let Family::Hmac(hash) = doubt.algorithm.family else {
        return Vec::new();
    };
    // A MAC of another length is not one of this hash.
    if proof.shape.is_some() {
        return Vec::new();
    }
    let own: Vec<_> = own_keys(doubt.header).into_iter().map(Arc::new).collect();
    let keys = doubt.usable(proof).chain(&own);
    for key in keys.filter(|key| key.public().is_some()) {
        if let Some(form) = search(key, hash, doubt, budget) {
            return vec![said(key, &form)];
        }
    }
    Vec::new()
}

/// The form of the key that is the secret of this MAC.
fn search(key: &Key, hash: Hash, doubt: &Doubt<'_>, budget: &mut Budget) -> Option<String> {
    let mut is_it = |secret: &[u8]| {
        let cost = hashing(doubt.message.len()).saturating_add(hashing(secret.len()));
        budget.pay(cost) && hmac_verifies(hash, secret, doubt.message, doubt.signature)
    };
    written(key).iter().find_map(|form| {
        let Written {
            what,
            bytes,
            is_text,
        } = form;
        if !is_text {
            return is_it(bytes).then(|| what.clone());
        }
        FRONTS.iter().find_map(|(front, after)| {
            ENDS.iter().find_map(|(end, with)| {
                let text = [front.as_bytes(), bytes, end.as_bytes()].concat();
                if is_it(&text) {
                    return Some(format!("{what}{after}{with}"));
                }
                // As a library that keeps secrets in base64 would.
                is_it(base64(&text).as_bytes())
                    .then(|| format!("the base64 of {what}{after}{with}"))
            })
        })
    })
}

fn said(key: &Arc<Key>, form: &str) -> Explanation {
    Explanation::new(
        "hmac-key-confusion",
        Effect::Verified(UsedKey {
            key: Arc::clone(key),
            provenance: Provenance::Confusion,
            read_as: None,
            known: None,
        }),
        format!(
            "The secret of this MAC is no secret: it is {form} of key {}, a public key.",
            named(key)
        ),
        "Bind every key to its algorithm and refuse HS256, HS384 and HS512 where you expect a public key: never take the algorithm from the token.",
    )
}
