//! A MAC made with a public key as the secret: the forger's answer to a verifier that takes the algorithm from the
//! token.

use std::sync::Arc;

use super::forms::{ENDS, FRONTS, Written, base64, written, written_file};
use super::{Budget, Doubt, Effect, Explanation, hashing, named};
use crate::keys::{Key, KeyKind};
use crate::verify::algorithm::{Family, Hash, HmacSecret, hmac_verifies};
use crate::verify::prove::own_keys;
use crate::verify::remembered::Remembered;
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
        .find_map(|key| Some((*key, search_key(key, hash, doubt, budget)?)))
        .or_else(|| {
            files.iter().find_map(|(key, file)| {
                let is_left = !budget.is_exhausted;
                let forms = is_left.then(|| written_file(file))?;
                Some((*key, search(&forms, hash, doubt, budget)?))
            })
        });
    found
        .map(|(key, form)| said(key, &form))
        .into_iter()
        .collect()
}

/// A secret that a form makes: as it is, or a text with what stands around it, which may be in base64 then.
struct Made<'a> {
    form: &'a Written,
    /// What stands before and behind it, with their names.
    around: Option<[&'static (&'static str, &'static str); 2]>,
    in_base64: bool,
}

impl Made<'_> {
    fn secret(&self) -> Vec<u8> {
        let text = match self.around {
            Some([(front, _), (end, _)]) => {
                [front.as_bytes(), &self.form.bytes, end.as_bytes()].concat()
            }
            None => self.form.bytes.clone(),
        };
        if self.in_base64 {
            base64(&text).into_bytes()
        } else {
            text
        }
    }

    fn name(&self) -> String {
        let what = &self.form.what;
        // In base64 as a library that keeps secrets so would take it.
        let of = if self.in_base64 { "the base64 of " } else { "" };
        match self.around {
            Some([(_, after), (_, with)]) => format!("{of}{what}{after}{with}"),
            None => format!("{of}{what}"),
        }
    }
}

/// The secrets that forms make, in the order in which they are tried.
fn made(forms: &[Written]) -> impl Iterator<Item = Made<'_>> {
    forms.iter().flat_map(|form| {
        let around: Vec<_> = FRONTS
            .iter()
            .flat_map(|front| ENDS.iter().map(move |end| Some([front, end])))
            .collect();
        let (around, encodings): (_, &[bool]) = if form.is_text {
            (around, &[false, true])
        } else {
            (vec![None], &[false])
        };
        around.into_iter().flat_map(move |around| {
            encodings.iter().map(move |&in_base64| Made {
                form,
                around,
                in_base64,
            })
        })
    })
}

/// The form that is the secret of this MAC.
fn search(forms: &[Written], hash: Hash, doubt: &Doubt<'_>, budget: &mut Budget) -> Option<String> {
    for made in made(forms) {
        // Texts are not even put together once nothing more may be tried.
        if budget.is_exhausted {
            return None;
        }
        let secret = made.secret();
        if budget.pay(cost(doubt, secret.len()))
            && hmac_verifies(hash, &secret, doubt.message, doubt.signature)
        {
            return Some(made.name());
        }
    }
    None
}

/// A secret that HMAC has taken in, and its length in bytes.
type Taken = (HmacSecret, usize);

/// What the secrets are made of that are remembered.
type Origin = (Hash, String, Option<Arc<[u8]>>, Option<Arc<[u8]>>);

/// Of so many keys the secrets are remembered, each about half a megabyte in all.
const MOST_KEYS: usize = 32;

/// Those of a key with more bytes about it are made anew each time.
const MAX_REMEMBERED: usize = 8 * 1024;

/// The secrets that a key makes, taken in once for all tokens. `None` for a key that nothing is remembered of.
fn taken(key: &Key, hash: Hash) -> Option<Arc<[Taken]>> {
    static REMEMBERED: Remembered<Origin, Arc<[Taken]>> = Remembered::new(MOST_KEYS);
    let length = |bytes: &Option<Arc<[u8]>>| bytes.as_ref().map_or(0, |bytes| bytes.len());
    let loaded = &key.loaded;
    let bytes = length(&loaded.jwk).saturating_add(length(&loaded.certificate));
    if bytes > MAX_REMEMBERED || matches!(key.kind, KeyKind::Rsa { bits } if bits > 16_384) {
        return None;
    }
    let origin = (
        hash,
        key.thumbprint.clone()?,
        loaded.jwk.clone(),
        loaded.certificate.clone(),
    );
    REMEMBERED.get(origin, |_| {
        let forms = written(key);
        let taken = made(&forms).map(|made| {
            let secret = made.secret();
            Some((HmacSecret::new(hash, &secret)?, secret.len()))
        });
        taken.collect()
    })
}

/// The form of a key that is the secret of this MAC.
fn search_key(key: &Key, hash: Hash, doubt: &Doubt<'_>, budget: &mut Budget) -> Option<String> {
    if budget.is_exhausted {
        return None;
    }
    let Some(taken) = taken(key, hash) else {
        return search(&written(key), hash, doubt, budget);
    };
    let found = taken.iter().position(|(secret, bytes)| {
        budget.pay(cost(doubt, *bytes)) && secret.clone().verifies(doubt.message, doubt.signature)
    })?;
    let forms = written(key);
    made(&forms).nth(found).map(|made| made.name())
}

fn cost(doubt: &Doubt<'_>, secret_bytes: usize) -> u64 {
    hashing(doubt.message.len()).saturating_add(hashing(secret_bytes))
}

fn said(key: &Arc<Key>, form: &str) -> Explanation {
    Explanation::new(
        "hmac-key-confusion",
        Effect::Verified(UsedKey {
            key: Arc::clone(key),
            provenance: Provenance::Confusion,
            read_as: None,
            known: None,
            twins: Vec::new(),
        }),
        format!(
            "The secret of this MAC is no secret: it is {form} of key {}, a public key.",
            named(key)
        ),
        "Bind every key to its algorithm and refuse HS256, HS384 and HS512 where you expect a public key: never take the algorithm from the token.",
    )
}
