//! What a verifier compares with what came along: hashes, keys and identifiers of other tokens.

use std::borrow::Cow;

use super::{Case, Check, CheckResult, Judged};
use crate::judge::ProfileName;
use crate::judge::neighbours::Bond;
use crate::judge::related::{Related, Relation, SaidBy, bonds};

/// What each claim is a hash of.
fn hashed(relation: Relation) -> &'static str {
    match relation {
        Relation::CHash => "the code",
        Relation::SHash => "the state",
        Relation::SdHash => "the SD-JWT",
        _ => "the access token",
    }
}

/// One check for each claim that binds to something else, one for the key that the token is bound to, and one for an identifier
/// that another token has too.
pub(super) fn checks(case: Case<'_>, judged: &Judged<'_>) -> Vec<Check> {
    let range = |name: &str| case.claim(name).map(|claim| claim.evidence().range);
    let bonds = bonds(case, judged.is_key_binding);
    let mut checks: Vec<_> = bonds
        .into_iter()
        .map(|(relation, bond)| {
            let (name, what) = (relation.name(), hashed(relation));
            let (result, title, text) = match bond {
                Bond::Matches(others) => {
                    let text = match others.len() {
                        1 => format!("{name} matches {what}"),
                        count => format!("{name} matches {what}; {count} tokens have it"),
                    };
                    (CheckResult::Passed, format!("Bound by {name}"), text)
                }
                Bond::OtherHash {
                    made_with,
                    expected,
                    ..
                } => (
                    wrong(judged),
                    format!("{name} is made with another hash"),
                    format!(
                        "Expected {}, found {} of {what}",
                        expected.label(),
                        made_with.label()
                    ),
                ),
                Bond::Differs { is_certain, .. } => (
                    if is_certain {
                        wrong(judged)
                    } else {
                        CheckResult::NotRun
                    },
                    format!("{name} does not match"),
                    if is_certain {
                        format!("{} of the same message has another hash", capital(what))
                    } else {
                        format!(
                            "{} that looks as if it came along has another hash",
                            capital(what)
                        )
                    },
                ),
                Bond::Open => (
                    CheckResult::NotRun,
                    format!("{name} not checked"),
                    if case.beside.is_known() {
                        format!("{} is not in this session: add it", capital(what))
                    } else {
                        "Other tokens were not looked at".to_owned()
                    },
                ),
            };
            Check {
                check: "binding",
                title: Cow::Owned(title),
                result,
                text: Cow::Owned(text),
                is_unasked: false,
                byte_range: range(name),
            }
        })
        .collect();
    checks.extend(key(case, judged));
    checks.extend(replay(judged));
    checks
}

/// A verifier of this kind stops; where the kind is only guessed, nobody says that it must.
fn wrong(judged: &Judged<'_>) -> CheckResult {
    if judged.profile.is_fixed() {
        CheckResult::Failed
    } else {
        CheckResult::NotRun
    }
}

fn capital(text: &str) -> String {
    crate::judge::words::capitalised(text)
}

/// The key of the proof is the one that the access token is bound to.
fn key(case: Case<'_>, judged: &Judged<'_>) -> Option<Check> {
    let mut of_keys = judged
        .related
        .iter()
        .filter(|one| one.relation == Relation::Cnf);
    let first = of_keys
        .clone()
        .find(|one| !one.matches)
        .or_else(|| of_keys.next())?;
    let (result, title) = if first.matches {
        (CheckResult::Passed, "Bound by cnf")
    } else {
        (wrong(judged), "Bound to another key")
    };
    let range = |one: &Related| one.evidence.as_ref().map(|evidence| evidence.range.clone());
    let jwk = || {
        let (part, jwk) = case.token.parameter_in("jwk")?;
        Some(part.text_range(jwk.range.clone()))
    };
    Some(Check {
        check: "binding",
        title: Cow::Borrowed(title),
        result,
        text: Cow::Borrowed(first.words()),
        is_unasked: false,
        byte_range: range(first).or_else(jwk),
    })
}

/// Another token has the same identifier. A verifier refuses the second proof; of other tokens it knows which it has seen.
fn replay(judged: &Judged<'_>) -> Option<Check> {
    let mut same = judged.related.iter();
    let same = same.find(|one| one.relation == Relation::Jti && one.said_by == SaidBy::Both)?;
    let is_proof = judged.profile.name == ProfileName::DpopProof;
    Some(Check {
        check: "replay",
        title: Cow::Borrowed("Same jti as another token"),
        result: if is_proof {
            wrong(judged)
        } else {
            CheckResult::NotRun
        },
        text: Cow::Owned(format!(
            "A different token of this session ({}) carries it too",
            same.other.short()
        )),
        is_unasked: false,
        byte_range: same
            .evidence
            .as_ref()
            .map(|evidence| evidence.range.clone()),
    })
}
