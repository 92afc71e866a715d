//! What is said of a key, in the manager and in the rail.

use super::{KeyFacts, Standing};
use crate::inspection::Fit;
use crate::jose::visible::visible;
use crate::judge::{KeyAudit, Severity};
use crate::keys::{Holds, Key, KeyKind};
use crate::verify::algorithm::{self, Family};
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

/// The worst that is to be warned of about a key that can be used, in a few words.
pub(in crate::window) fn worst(model: &Model, key: &Key) -> Option<(Severity, String)> {
    if key.fault.is_some() {
        return None;
    }
    let audit = audit_of(model, key);
    let worst = audit.and_then(|audit| audit.findings.first());
    let worst = worst.filter(|worst| worst.severity >= Severity::Medium);
    let short = || Some((Severity::Medium, too_short(key)?));
    worst.map_or_else(short, |worst| Some((worst.severity, worst.title.clone())))
}

/// Whether a secret is shorter than what HMAC wants of it (RFC 7518 section 3.2). No finding: what it is for, a token says.
pub(in crate::window) fn too_short(key: &Key) -> Option<String> {
    let KeyKind::Oct { bytes } = key.kind else {
        return None;
    };
    let alg = key.members.alg.as_deref().unwrap_or("HS256");
    let algorithm = algorithm::find(alg)?;
    let Family::Hmac(hash) = algorithm.family else {
        return None;
    };
    let wanted = hash.bytes();
    (bytes < wanted).then(|| format!("Too short for {alg}: {bytes} of {wanted} bytes"))
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
            Some((severity, _)) => Standing::Faulty(*severity),
            None if !fits.is_empty() => Standing::Fits,
            None => Standing::Plain,
        },
        kind: key.kind.to_string(),
        holds: is_usable.then(|| key.holds.name()),
        from: from(key),
        thumbprint: key.thumbprint.clone(),
        fits,
        notes: match (&key.fault, worst) {
            (Some(fault), _) => {
                let finding = audit_of(model, key).and_then(|audit| audit.findings.first());
                finding.map_or_else(
                    || sentence(&visible(&fault.to_string())),
                    |finding| finding.title.clone(),
                )
            }
            (None, Some((_, words))) => words,
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
