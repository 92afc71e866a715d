//! Keys and the sets that they stand in (catalogue 1.5).

use super::flaw::{Flaw, Power};
use super::held::Held;
use super::{Confidence, Rule, Ruling, Severity, Subject};
use crate::jose::visible::visible;
use crate::keys::{Holds, Key, SetNote, SharedKid};

/// Whether a key came from a place where keys are published: a file named `jwks*.json`, or an address that it was fetched
/// from. A file that calls itself private is not meant to be published.
fn is_published(key: &Key) -> bool {
    if key.members.names.is_empty() {
        return false;
    }
    if key.source.starts_with("https://") || key.source.starts_with("http://") {
        return true;
    }
    let name = key.source.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let rest = name.strip_prefix("jwks");
    let is_set = rest.is_some_and(|rest| rest.strip_suffix(".json").is_some());
    is_set && !name.contains("priv") && !name.contains("secret")
}

/// `jwk-private-exposed`: the private half of a key where only public ones belong. Of keys alone.
pub(super) fn private_exposed(key: &Key, power: Power) -> Option<Flaw> {
    let private: Vec<_> = key.members.private().collect();
    if private.is_empty() || !is_published(key) {
        return None;
    }
    Some(Flaw {
        severity: Severity::Critical,
        confidence: Confidence::Certain,
        title: "A private key in a published set".to_owned(),
        detail: format!(
            "Key \u{201C}{}\u{201D} has {}, which only the private half has, and {} looks like a set that everybody can get. Whoever got it can {power}.",
            visible(&key.id),
            private.join(", "),
            visible(&key.source)
        ),
        remedy: "Revoke the key, and publish the public half of the next one only.".to_owned(),
        references: vec!["RFC 7517 \u{A7}9.2", "CWE-522"],
        members: private,
        refuses: false,
    })
}

/// `jwks-symmetric`: a secret in one set with keys that are none.
pub(super) struct JwksSymmetric;

impl Rule for JwksSymmetric {
    fn id(&self) -> &'static str {
        "jwks-symmetric"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        match Held::of(subject) {
            Ok(held) => held.ruling(self.id(), symmetric(&held.key, held.power()), subject),
            Err(ruling) => ruling,
        }
    }
}

/// What is wrong with the place of a secret.
pub(super) fn symmetric(key: &Key, power: Power) -> Option<Flaw> {
    let is_mixed = key.set_notes.contains(&SetNote::Mixed);
    let is_published = is_published(key) && key.holds == Holds::Symmetric;
    if !is_mixed && !is_published {
        return None;
    }
    let (id, source) = (visible(&key.id), visible(&key.source));
    let result = match power {
        Power::Read => {
            "Whoever is given the set to encrypt with can also read what others encrypt with it."
        }
        Power::Sign => "Whoever is given the set to verify with can also sign.",
        Power::SignAndRead => {
            "Whoever is given the set can also sign, and read what others encrypt with it."
        }
    };
    Some(Flaw {
        severity: if is_published {
            Severity::Critical
        } else {
            Severity::High
        },
        confidence: Confidence::Certain,
        title: if is_published {
            "A secret in a published set"
        } else {
            "A secret in one set with public keys"
        }
        .to_owned(),
        detail: if is_published {
            format!(
                "Key \u{201C}{id}\u{201D} is a shared secret, and {source} looks like a set that everybody can get. {result}"
            )
        } else {
            format!(
                "Key \u{201C}{id}\u{201D} is a shared secret, and {source} holds public keys beside it. {result}"
            )
        },
        remedy: "Keep secrets out of key sets that are handed out, and replace this one."
            .to_owned(),
        references: vec!["RFC 7517 \u{A7}5", "CWE-522"],
        members: vec!["k"],
        refuses: true,
    })
}

/// `jwks-duplicate-kid`: two keys of one set answer to one `kid`.
pub(super) struct JwksDuplicateKid;

impl Rule for JwksDuplicateKid {
    fn id(&self) -> &'static str {
        "jwks-duplicate-kid"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        match Held::of(subject) {
            Ok(held) => held.ruling(self.id(), duplicate_kid(&held.key), subject),
            Err(ruling) => ruling,
        }
    }
}

/// What is wrong with the name of a key among those of its set.
pub(super) fn duplicate_kid(key: &Key) -> Option<Flaw> {
    let shared = key.set_notes.iter().find_map(|&note| match note {
        SetNote::SharedKid(shared) => Some(shared),
        SetNote::Mixed | SetNote::Unnamed => None,
    })?;
    let (severity, refuses, other) = match shared {
        SharedKid::Other => (
            Severity::High,
            true,
            "another key of the same type: which one a verifier takes is chance",
        ),
        SharedKid::OtherType => (
            Severity::Medium,
            false,
            "a key of another type: only the algorithm tells them apart",
        ),
        SharedKid::Same => (Severity::Low, false, "the same key once more"),
    };
    Some(Flaw {
        severity,
        confidence: Confidence::Certain,
        title: "Two keys of a set answer to one kid".to_owned(),
        detail: format!(
            "The kid \u{201C}{}\u{201D} in {} also names {other}.",
            visible(key.members.kid.as_deref().unwrap_or_default()),
            visible(&key.source)
        ),
        remedy: "Give each key a kid of its own, such as its thumbprint (RFC 7638).".to_owned(),
        references: vec!["RFC 7517 \u{A7}4.5", "CWE-694"],
        members: vec!["kid"],
        refuses,
    })
}

/// The mildest form of `jwks-duplicate-kid`: a key of a set that no header can name. Of keys alone.
pub(super) fn missing_kid(key: &Key) -> Option<Flaw> {
    key.set_notes.contains(&SetNote::Unnamed).then(|| Flaw {
        severity: Severity::Info,
        confidence: Confidence::Certain,
        title: "A key of a set without a kid".to_owned(),
        detail: format!(
            "{} holds several keys, and no header can name this one: a verifier has to try.",
            visible(&key.source)
        ),
        remedy: "Give each key a kid of its own, such as its thumbprint (RFC 7638).".to_owned(),
        references: vec!["RFC 7517 \u{A7}4.5", "CWE-694"],
        members: vec!["kid"],
        refuses: false,
    })
}
