//! What is said of a key, in the manager and in the rail.

use super::{KeyFacts, Standing};
use crate::inspection::Fit;
use crate::jose::visible::visible;
use crate::judge::{Finding, KeyAudit, Severity};
use crate::keys::{Holds, Key};
use crate::window::model::Model;
use crate::window::panes::rail::label::shown;

/// What a key is called, as it may be shown.
pub(in crate::window) fn title(key: &Key) -> String {
    shown(key.name.as_deref().unwrap_or(&key.id))
}

/// What the rules say of a key, once they have looked at it.
pub(in crate::window) fn audit_of<'m>(model: &'m Model, key: &Key) -> Option<&'m KeyAudit> {
    model.audits.get(&key.id)
}

/// The worst finding of a key that can be used, of those that are to be warned of.
pub(in crate::window) fn worst<'m>(model: &'m Model, key: &Key) -> Option<&'m Finding> {
    let worst = audit_of(model, key)?.findings.first()?;
    (key.fault.is_none() && worst.severity >= Severity::Medium).then_some(worst)
}

/// What the table says of a key that fits these tokens.
pub(in crate::window) fn facts_of(model: &Model, key: &Key, fits: Vec<Fit>) -> KeyFacts {
    let worst = worst(model, key);
    let is_usable = key.fault.is_none();
    KeyFacts {
        id: key.id.clone(),
        title: title(key),
        standing: match worst {
            _ if !is_usable => Standing::Unusable,
            Some(worst) => Standing::Faulty(worst.severity),
            None if !fits.is_empty() => Standing::Fits,
            None => Standing::Plain,
        },
        kind: key.kind.to_string(),
        holds: is_usable.then(|| key.holds.name()),
        from: from(key),
        thumbprint: key.thumbprint.clone(),
        fits,
        notes: match (&key.fault, worst) {
            (Some(fault), _) => sentence(&visible(&fault.to_string())),
            (None, Some(worst)) => worst.title.clone(),
            (None, None) => purpose(model, key),
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
fn purpose(model: &Model, key: &Key) -> String {
    let members = &key.members;
    let mut words: Vec<String> = members.alg.iter().map(|alg| shown(alg)).collect();
    words.extend(
        members
            .use_
            .iter()
            .map(|use_| format!("use {}", shown(use_))),
    );
    if words.is_empty() && !members.key_ops.is_empty() {
        words.push(shown(&members.key_ops.join(", ")));
    }
    let is_saved = model.saved.holds(key);
    if is_saved {
        words.push("saved".to_owned());
    } else if words.is_empty() && key.holds != Holds::Public {
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
    let first = characters
        .next()
        .map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}
