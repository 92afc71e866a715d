//! A MAC made with a public key as the secret: the forger's answer to a verifier that takes the algorithm from the
//! token.

use std::sync::Arc;

use super::forms::{ENDS, FRONTS, Written, base64, written, written_file};
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
    let own: Vec<_> = own_keys(doubt.token).into_iter().map(Arc::new).collect();
    let keys: Vec<_> = doubt
        .usable(proof)
        .chain(&own)
        .filter(|key| key.public().is_some())
        .collect();
    // Whole files last, and each once: they may be long.
    let mut files: Vec<(&Arc<Key>, &[u8])> = Vec::new();
    for &key in &keys {
        if let Some(file) = key.loaded.file.as_deref()
            && !files.iter().any(|(_, known)| std::ptr::eq(*known, file))
        {
            files.push((key, file));
        }
    }
    let found = keys
        .iter()
        .find_map(|key| Some((*key, search(|| written(key), hash, doubt, budget)?)))
        .or_else(|| {
            files.iter().find_map(|(key, file)| {
                Some((*key, search(|| written_file(file), hash, doubt, budget)?))
            })
        });
    found
        .map(|(key, form)| said(key, &form))
        .into_iter()
        .collect()
}

/// The form that is the secret of this MAC.
fn search(
    forms: impl FnOnce() -> Vec<Written>,
    hash: Hash,
    doubt: &Doubt<'_>,
    budget: &mut Budget,
) -> Option<String> {
    // Texts are not even put together once nothing more may be tried.
    if budget.is_exhausted {
        return None;
    }
    forms().iter().find_map(|form| {
        let Written {
            what,
            bytes,
            is_text,
        } = form;
        if !is_text {
            return is_it(bytes, hash, doubt, budget).then(|| what.clone());
        }
        let around = FRONTS
            .iter()
            .flat_map(|front| ENDS.iter().map(move |end| (front, end)));
        for ((front, after), (end, with)) in around {
            if budget.is_exhausted {
                break;
            }
            let text = [front.as_bytes(), bytes, end.as_bytes()].concat();
            if is_it(&text, hash, doubt, budget) {
                return Some(format!("{what}{after}{with}"));
            }
            // As a library that keeps secrets in base64 would.
            if is_it(base64(&text).as_bytes(), hash, doubt, budget) {
                return Some(format!("the base64 of {what}{after}{with}"));
            }
        }
        None
    })
}

fn is_it(secret: &[u8], hash: Hash, doubt: &Doubt<'_>, budget: &mut Budget) -> bool {
    let cost = hashing(doubt.message.len()).saturating_add(hashing(secret.len()));
    budget.pay(cost) && hmac_verifies(hash, secret, doubt.message, doubt.signature)
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
