//! Keys whose members do not fit together (catalogue 1.5).

use super::held::Held;
use super::signature::{alg_evidence, signature};
use super::{
    Confidence, Evidence, Finding, Reason, Rule, Ruling, Severity, Subject, header_evidence,
};
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::keys::{Key, KeyFault, KeyKind, KeyNote, from_jwk};
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
            let whose = || format!("Key \u{201C}{}\u{201D}", visible(&held.key.id));
            let evidence = || alg_evidence(subject);
            finding(&held.key, whose, evidence, held.not_allowed())
        });
        let is_the_sent = signature(subject)
            .and_then(|proof| proof.key.as_ref())
            .is_some_and(|used| used.provenance == Provenance::Token);
        let sent = subject.case.token.parameter("jwk");
        let sent = sent.filter(|_| !is_the_sent);
        let of_sent = sent.and_then(|jwk| {
            let key = from_jwk(jwk, "header", 1);
            finding(
                &key,
                || "The key in jwk".to_owned(),
                || header_evidence(subject, "jwk"),
                None,
            )
            .filter(|_| !is_of_other_rules(jwk, &key))
        });
        match held {
            Err(ruling) if of_sent.is_none() => ruling,
            _ => Ruling::Ran(of_held.into_iter().chain(of_sent).collect()),
        }
    }
}

fn finding(
    key: &Key,
    whose: impl FnOnce() -> String,
    evidence: impl FnOnce() -> Vec<Evidence>,
    refusal: Option<Reason>,
) -> Option<Finding> {
    let (severity, faults) = faults(key)?;
    let is_torn = severity == Severity::High;
    Some(Finding {
        rule: "jwk-inconsistent",
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
            faults.join("; "),
            if is_torn {
                "Two programs can take two different keys from it, and one that signs with wrong numbers can give its private key away."
            } else {
                "Some libraries refuse such a key."
            }
        ),
        remedy: "Write the key anew from its source, or generate another one.".to_owned(),
        references: vec!["RFC 7518 \u{A7}6", "RFC 7517 \u{A7}4.7", "CWE-354"],
        evidence: evidence(),
        refusal: refusal.filter(|_| is_torn),
    })
}

/// What is wrong with the key, the worst of it as severity; `None` when nothing is.
fn faults(key: &Key) -> Option<(Severity, Vec<String>)> {
    let unreadable = key
        .fault
        .as_ref()
        .filter(|fault| matches!(fault, KeyFault::Member { .. }));
    let unreadable = unreadable.map(|fault| (Severity::High, fault.to_string()));
    let notes = key.members.notes.iter().filter_map(|note| {
        let severity = match note {
            KeyNote::Inconsistent(found) if !found.is_spelling() => Severity::High,
            KeyNote::Inconsistent(_) | KeyNote::Encoding { .. } | KeyNote::LeadingZeros { .. } => {
                Severity::Low
            }
            _ => return None,
        };
        Some((severity, note.to_string()))
    });
    let all: Vec<_> = unreadable.into_iter().chain(notes).collect();
    let worst = all.iter().map(|(severity, _)| *severity).max()?;
    // What is only spelled oddly says nothing beside what is wrong.
    let faults = all.into_iter().filter(|(severity, _)| *severity == worst);
    Some((worst, faults.map(|(_, text)| text).collect()))
}

/// Whether `ec-point-invalid` or `okp-low-order` speaks of the point that cannot be read.
fn is_of_other_rules(jwk: &Json, key: &Key) -> bool {
    let is_point = |name: &str| matches!(name, "x" | "y");
    let kty = jwk.get("kty").and_then(Json::str);
    let has_x = jwk.get("x").and_then(Json::str).is_some();
    key.kind == KeyKind::Unknown
        && matches!(&key.fault, Some(KeyFault::Member { name, .. }) if is_point(name))
        && (kty == Some("EC") || (kty == Some("OKP") && has_x))
}
