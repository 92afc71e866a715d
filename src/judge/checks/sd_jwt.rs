//! What a verifier of an SD-JWT checks beside the issuer's signature (RFC 9901 sections 7.1 and 7.3).

use super::{Case, Check, CheckResult, Judged, claim_range, payload, whole};
use crate::jose::sd_jwt::{Problem, SdJwt, Standing};
use crate::jose::visible::visible;
use crate::jose::{Kind, PartRole, Serialization};
use crate::judge::words::{capitalised, counted, span};
use crate::judge::{Judgement, VerdictOutcome, time};
use crate::verify::{Holder, Presentation, Provenance};

/// Every disclosure has its digest among those that the issuer signed, and no digest stands twice.
pub(super) fn disclosures(case: Case<'_>) -> Option<Check> {
    if case.token.kind != Kind::SdJwt {
        return None;
    }
    let shown = case.proof.sd_jwt.as_deref()?;
    let sd_jwt = &shown.sd_jwt;
    let given = sd_jwt.disclosures.len();
    let bytes: usize = shown.disclosures.iter().map(|part| part.range.len()).sum();
    let amount = format!(
        "{}, {}",
        counted(given, "disclosure"),
        counted(bytes, "byte")
    );
    let concealed = match sd_jwt.digests.without_disclosure {
        0 => "no digest is left over".to_owned(),
        1 => "1 digest has none: withheld, or a decoy".to_owned(),
        count => format!("{count} digests have none: withheld, or decoys"),
    };
    let matched = sd_jwt.disclosures.iter().filter(|one| one.is_matched());
    let matched = matched.count();
    let all_of_them = all_of_them(shown);
    let (result, title, text, byte_range) = if let Some((why, range)) = wrong(shown) {
        let text = format!("{why}; {matched} of {amount} in place; {concealed}");
        (
            CheckResult::Failed,
            "Disclosures wrong",
            text,
            range.or(all_of_them),
        )
    } else if sd_jwt.hits_limit() {
        let text = format!("{matched} of {amount} in place; the rest nests too deep to be read");
        (
            CheckResult::NotRun,
            "Disclosures not checked",
            text,
            all_of_them,
        )
    } else if given == 0 {
        let text = match sd_jwt.digests.count {
            0 => "The token conceals nothing".to_owned(),
            _ => capitalised(&concealed),
        };
        (
            CheckResult::Passed,
            "Nothing disclosed",
            text,
            payload(case),
        )
    } else {
        let text = format!("{amount}, each under a digest of the issuer\u{2019}s; {concealed}");
        (CheckResult::Passed, "Disclosures match", text, all_of_them)
    };
    Some(Check {
        title: title.into(),
        text: text.into(),
        byte_range: byte_range.or_else(|| payload(case)),
        ..Check::new("disclosures", result)
    })
}

/// The parts of an SD-JWT.
pub(super) fn form(case: Case<'_>) -> String {
    let given = case.token.all(PartRole::Disclosure).count();
    let binding = match case.token.part(PartRole::KeyBinding) {
        Some(_) => ", a key binding JWT",
        None => "",
    };
    let jws = match case.token.entries() {
        _ if case.token.serialization == Serialization::Compact => "A JWS of 3 parts".to_owned(),
        1 => "A JSON object with 1 signature".to_owned(),
        several => format!("A JSON object with {several} signatures"),
    };
    format!("{jws}, {}{binding}", counted(given, "disclosure"))
}

fn all_of_them(shown: &Presentation) -> Option<std::ops::Range<usize>> {
    let first = shown.disclosures.first()?;
    let last = shown.disclosures.last()?;
    Some(first.range.start..last.range.end)
}

/// The first thing that RFC 9901 section 7.1 refuses, and where it stands.
fn wrong(shown: &Presentation) -> Option<(String, Option<std::ops::Range<usize>>)> {
    let sd_jwt: &SdJwt = &shown.sd_jwt;
    let at = |index: usize| shown.disclosures.get(index).map(|part| part.range.clone());
    if sd_jwt.hash.named.is_some() && sd_jwt.hash.used.is_none() {
        let name = visible(sd_jwt.hash.named.as_deref().unwrap_or_default());
        return Some((
            format!("Unknown hash function \u{201C}{name}\u{201D}"),
            None,
        ));
    }
    if let Some(fault) = sd_jwt.faults.first() {
        return Some((capitalised(&visible(&fault.kind.to_string())), None));
    }
    for (index, one) in sd_jwt.disclosures.iter().enumerate() {
        let number = index.saturating_add(1);
        let problem = one.problems.iter().find(|one| **one != Problem::TooDeep);
        let words = match (problem, &one.standing) {
            (Some(problem), _) => visible(&problem.to_string()),
            (None, Standing::Repeats { first }) => {
                format!("it is disclosure {} again", first.saturating_add(1))
            }
            (None, Standing::Unreferenced { inside: None }) => {
                "no signed digest is its own".to_owned()
            }
            (
                None,
                Standing::Unreferenced {
                    inside: Some(other),
                },
            ) => {
                format!(
                    "its digest stands in disclosure {}, which has no place",
                    other.saturating_add(1)
                )
            }
            (None, Standing::Unhashed) => "its hash function is not known".to_owned(),
            (None, Standing::Inserted { .. } | Standing::Referenced { .. }) => continue,
        };
        return Some((format!("Disclosure {number}: {words}"), at(index)));
    }
    let repeated = sd_jwt.digests.repeated.first()?;
    Some((
        "A digest stands twice".to_owned(),
        repeated.disclosure.and_then(at),
    ))
}

/// The holder's own signature over this presentation.
pub(super) fn key_binding(case: Case<'_>, judged: &Judged<'_>) -> Option<Check> {
    let shown = case.proof.sd_jwt.as_deref()?;
    let mismatch = judged
        .findings
        .iter()
        .find(|finding| finding.rule == "sd-kb-mismatch");
    let (result, title, text) = match (judged.key_binding, mismatch) {
        (None, None) => return None,
        (None, Some(finding)) => (
            match finding.refusal {
                Some(_) => CheckResult::Failed,
                None => CheckResult::NotRun,
            },
            "Holder not proven".to_owned(),
            "The issuer bound the token to a key (cnf), and there is no key binding JWT".to_owned(),
        ),
        (Some(_), Some(finding)) => (
            CheckResult::Failed,
            finding.title.clone(),
            finding.detail.trim_end_matches('.').to_owned(),
        ),
        (Some(binding), None) => bound(case, shown, binding),
    };
    Some(Check {
        title: title.into(),
        text: text.into(),
        byte_range: whole(case, PartRole::KeyBinding).or_else(|| claim_range(case, "cnf")),
        ..Check::new("key-binding", result)
    })
}

/// A key binding JWT that says what it should.
fn bound(
    case: Case<'_>,
    shown: &Presentation,
    binding: &Judgement,
) -> (CheckResult, String, String) {
    let missing = match &shown.holder {
        Holder::Named { missing } => Some(format!("Missing: {}", visible(missing))),
        Holder::Key(_) | Holder::Nobody => None,
    };
    match binding.verdict.outcome {
        VerdictOutcome::Accept => {
            let layer = case.proof.key_binding.as_deref();
            let used = layer
                .and_then(|layer| layer.proof.signatures.first())
                .and_then(|proof| proof.key.as_ref());
            let whose = match used {
                Some(used) if used.provenance == Provenance::Yours => {
                    format!("your key {}", visible(&used.key.id))
                }
                _ => "the holder\u{2019}s own key, which the issuer confirms (cnf)".to_owned(),
            };
            let age = binding.times.mark("iat").and_then(|mark| mark.at).map(|at| {
                let apart = span(time::seconds_between(at, case.at));
                if at <= case.at {
                    format!(", {apart} ago")
                } else {
                    format!(", dated {apart} ahead")
                }
            });
            (
                CheckResult::Passed,
                "Holder proven".to_owned(),
                format!(
                    "Signed with {whose}, over these {} (sd_hash){}",
                    presented_words(shown),
                    age.unwrap_or_default()
                ),
            )
        }
        VerdictOutcome::Reject => (
            CheckResult::Failed,
            "Key binding JWT refused".to_owned(),
            reasons(binding),
        ),
        VerdictOutcome::Undetermined => (
            CheckResult::NotRun,
            "Holder not proven".to_owned(),
            missing.unwrap_or_else(|| {
                let is_own = binding
                    .verdict
                    .reasons
                    .contains(&crate::judge::Reason::OnlyTokenSuppliedKey);
                if is_own {
                    "It verifies with the key in cnf, but the issuer\u{2019}s signature, which would confirm that key, is not proven".to_owned()
                } else {
                    reasons(binding)
                }
            }),
        ),
    }
}

fn presented_words(shown: &Presentation) -> String {
    match shown.disclosures.len() {
        0 => "claims without a disclosure".to_owned(),
        count => counted(count, "disclosure"),
    }
}

fn reasons(judgement: &Judgement) -> String {
    let reasons = judgement.verdict.reasons.iter();
    let reasons: Vec<_> = reasons.map(|reason| reason.name()).collect();
    format!("The key binding JWT: {}", reasons.join(", "))
}
