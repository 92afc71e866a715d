//! Keys whose members do not fit together (catalogue 1.5).

use super::flaw::Flaw;
use super::held::Held;
use super::signature::{alg_evidence, signature};
use super::{Confidence, Rule, Ruling, Severity, Subject, header_evidence};
use crate::jose::visible::visible;
use crate::keys::{Key, KeyFault, KeyNote, from_jwk};
use crate::verify::Provenance;

/// `jwk-inconsistent`: what the members of a key say does not fit together.
pub(super) struct JwkInconsistent;

impl Rule for JwkInconsistent {
    fn id(&self) -> &'static str {
        "jwk-inconsistent"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let held = Held::of(subject);
        let of_held = held.as_ref().ok().and_then(|held| {
            let flaw = inconsistent(&held.key, || whose(&held.key))?;
            Some(flaw.beside_token(self.id(), alg_evidence(subject), held.not_allowed()))
        });
        let is_the_sent = signature(subject)
            .and_then(|proof| proof.key.as_ref())
            .is_some_and(|used| used.provenance == Provenance::Token);
        let sent = subject.case.token.parameter("jwk");
        let sent = sent.filter(|_| !is_the_sent);
        let of_sent = sent.and_then(|jwk| {
            let key = from_jwk(jwk, "header", 1);
            let flaw = inconsistent(&key, || "The key in jwk".to_owned())?;
            let is_told = is_of_other_rules(&key);
            (!is_told).then(|| flaw.beside_token(self.id(), header_evidence(subject, "jwk"), None))
        });
        match held {
            Err(ruling) if of_sent.is_none() => ruling,
            _ => Ruling::Ran(of_held.into_iter().chain(of_sent).collect()),
        }
    }
}

/// A loaded key, as the subject of a sentence.
pub(super) fn whose(key: &Key) -> String {
    format!("Key \u{201C}{}\u{201D}", visible(&key.id))
}

/// What the members of a key say against each other.
pub(super) fn inconsistent(key: &Key, whose: impl FnOnce() -> String) -> Option<Flaw> {
    let (severity, faults) = faults(key)?;
    let is_torn = severity == Severity::High;
    Some(Flaw {
        severity,
        confidence: Confidence::Certain,
        title: if is_torn {
            "The members of the key do not fit together"
        } else {
            "The key is not spelled as JOSE wants it"
        }
        .to_owned(),
        detail: format!(
            "{}: {}. {}",
            whose(),
            faults
                .iter()
                .map(|fault| fault.text.as_str())
                .collect::<Vec<_>>()
                .join("; "),
            if is_torn {
                "Two programs can take two different keys from it, and one that signs with wrong numbers can give its private key away."
            } else {
                "Some libraries refuse such a key."
            }
        ),
        remedy: "Write the key anew from its source, or generate another one.".to_owned(),
        references: vec!["RFC 7518 \u{A7}6", "RFC 7517 \u{A7}4.7", "CWE-354"],
        members: faults
            .into_iter()
            .filter_map(|fault| fault.member)
            .collect(),
        refuses: is_torn,
    })
}

/// One thing that is wrong.
struct Fault {
    severity: Severity,
    text: String,
    /// The member that it is about.
    member: Option<&'static str>,
}

/// What is wrong with the key, the worst of it as severity; `None` when nothing is.
fn faults(key: &Key) -> Option<(Severity, Vec<Fault>)> {
    let unreadable = key.fault.as_ref().and_then(|fault| match fault {
        KeyFault::Member { name, .. } => Some(Fault {
            severity: Severity::High,
            text: fault.to_string(),
            member: Some(name),
        }),
        _ => None,
    });
    let notes = key.members.notes.iter().filter_map(|note| {
        let (severity, member) = match note {
            KeyNote::Inconsistent(found) if !found.is_spelling() => {
                (Severity::High, Some(found.member()))
            }
            KeyNote::Inconsistent(found) => (Severity::Low, Some(found.member())),
            KeyNote::Encoding { name } | KeyNote::LeadingZeros { name } => {
                (Severity::Low, Some(*name))
            }
            _ => return None,
        };
        Some(Fault {
            severity,
            text: note.to_string(),
            member,
        })
    });
    let all: Vec<Fault> = unreadable.into_iter().chain(notes).collect();
    let worst = all.iter().map(|fault| fault.severity).max()?;
    // What is only spelled oddly says nothing beside what is wrong.
    let faults = all.into_iter().filter(|fault| fault.severity == worst);
    Some((worst, faults.collect()))
}

/// Whether `ec-point-invalid` or `okp-low-order` speaks of the point that cannot be read.
pub(super) fn is_of_other_rules(key: &Key) -> bool {
    let Some(KeyFault::Member {
        name: "x" | "y",
        expected,
        ..
    }) = &key.fault
    else {
        return false;
    };
    match key.members.kty.as_deref() {
        Some("EC") => true,
        Some("OKP") => *expected != "a string",
        _ => false,
    }
}
