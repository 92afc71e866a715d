//! What is said of a key, in the manager and in the rail.

use std::collections::HashMap;

use super::{Fit, KeyFacts, Standing};
use crate::jose::visible::visible;
use crate::judge::Severity;
use crate::keys::{Holds, Key, KeyKind};
use crate::verify::{Proof, Provenance, UsedKey};
use crate::window::model::Model;
use crate::window::panes::rail::label::shown;

/// RSA keys below this many bits, and secrets below this many bytes, are marked.
const WEAK_RSA_BITS: usize = 2048;
const WEAK_SECRET_BYTES: usize = 32;

/// What a key is called, as it may be shown.
pub(in crate::window) fn title(key: &Key) -> String {
    shown(key.name.as_deref().unwrap_or(&key.id))
}

/// The worst that is wrong with a key that can be used, in a few words.
pub(in crate::window) fn worst(_model: &Model, key: &Key) -> Option<(Severity, String)> {
    match key.kind {
        _ if key.fault.is_some() => None,
        _ if key.inconsistencies().next().is_some() => Some((
            Severity::High,
            "Its members contradict each other".to_owned(),
        )),
        KeyKind::Oct { bytes } if bytes < WEAK_SECRET_BYTES => Some((
            Severity::High,
            format!("Too short for HS256: {bytes} of {WEAK_SECRET_BYTES} bytes"),
        )),
        KeyKind::Rsa { bits } if bits < WEAK_RSA_BITS => Some((
            Severity::High,
            format!("Too short: {bits} of {WEAK_RSA_BITS} bits"),
        )),
        _ => None,
    }
}

/// The tokens that each key of the ring fits, by the key's id.
pub(super) fn fits(model: &Model) -> HashMap<String, Vec<Fit>> {
    let mut all: HashMap<String, Vec<Fit>> = HashMap::new();
    for (at, inspection) in model.session.tokens.iter().enumerate() {
        each_use(&inspection.proof, &mut |used, opens| {
            if used.provenance != Provenance::Yours {
                return;
            }
            let fit = Fit { at, opens };
            match all.get_mut(&used.key.id) {
                Some(fits) if fits.contains(&fit) => {}
                Some(fits) => fits.push(fit),
                None => {
                    all.insert(used.key.id.clone(), vec![fit]);
                }
            }
        });
    }
    all
}

/// Every key that did something for a token, or for one inside of it, and whether it opened it.
fn each_use(proof: &Proof, found: &mut impl FnMut(&UsedKey, bool)) {
    for used in proof.signatures.iter().filter_map(|one| one.key.as_ref()) {
        found(used, false);
    }
    for used in proof.decryption.iter().filter_map(|one| one.key.as_ref()) {
        found(used, true);
    }
    for layer in [&proof.inner, &proof.key_binding].into_iter().flatten() {
        each_use(&layer.proof, found);
    }
}

/// What the table says of a key that fits these tokens.
pub(in crate::window) fn facts_of(model: &Model, key: &Key, fits: Vec<Fit>) -> KeyFacts {
    let worst = worst(model, key);
    let is_usable = key.fault.is_none();
    KeyFacts {
        id: key.id.clone(),
        title: title(key),
        standing: match &worst {
            _ if !is_usable => Standing::Unusable,
            Some((severity, _)) if *severity >= Severity::Medium => Standing::Faulty(*severity),
            _ if !fits.is_empty() => Standing::Fits,
            _ => Standing::Plain,
        },
        kind: key.kind.to_string(),
        holds: is_usable.then(|| key.holds.name()),
        from: from(key),
        thumbprint: key.thumbprint.clone(),
        fits,
        notes: match (&key.fault, worst) {
            (Some(fault), _) => sentence(&visible(&fault.to_string())),
            (None, Some((severity, words))) if severity >= Severity::Medium => words,
            _ => purpose(key),
        },
    }
}

/// Where a key came from, and how a secret is read.
fn from(key: &Key) -> String {
    let source = shown(&key.source);
    match key.form.strip_prefix("secret, ") {
        Some(how) => format!("{source} \u{00B7} {how}"),
        None => source,
    }
}

/// What a key says that it is for.
fn purpose(key: &Key) -> String {
    let members = &key.members;
    let mut words: Vec<String> = members.alg.iter().map(|alg| shown(alg)).collect();
    words.extend(members.use_.iter().map(|use_| format!("use {}", shown(use_))));
    if words.is_empty() && !members.key_ops.is_empty() {
        words.push(shown(&members.key_ops.join(", ")));
    }
    if words.is_empty() && key.holds != Holds::Public {
        words.push("in memory only".to_owned());
    }
    if words.is_empty() && key.certificate.is_some() {
        words.push("certificate".to_owned());
    }
    words.join(" \u{00B7} ")
}

/// Begins with a capital letter.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}
