//! Checks as they are told: what the policy says nothing about in one line, wherever several such checks follow each other.

use std::borrow::Cow;
use std::ops::Range;

use super::{Check, CheckResult};

/// A check, or several that are told together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldCheck {
    /// Their positions among the checks; there is one at least.
    pub checks: Range<usize>,
    /// The result in a few words.
    pub title: Cow<'static, str>,
    /// How they went.
    pub result: CheckResult,
    /// Why, in a sentence.
    pub text: Cow<'static, str>,
}

impl ToldCheck {
    /// Whether it stands for several checks.
    pub fn is_several(&self) -> bool {
        self.checks.len() > 1
    }
}

/// The checks as they are told, in their order.
pub fn told(checks: &[Check]) -> Vec<ToldCheck> {
    let mut all = Vec::with_capacity(checks.len());
    let mut at = 0_usize;
    for run in checks.chunk_by(|one, next| one.is_unasked && next.is_unasked) {
        let range = at..at.saturating_add(run.len());
        at = range.end;
        all.extend(match run {
            [] => None,
            [one] => Some(ToldCheck {
                checks: range,
                title: one.title.clone(),
                result: one.result,
                text: one.text.clone(),
            }),
            several => Some(ToldCheck {
                checks: range,
                title: Cow::Owned(format!("{} not compared", names(several))),
                result: CheckResult::NotRun,
                text: Cow::Borrowed("The policy says nothing about them"),
            }),
        });
    }
    all
}

/// `iss, aud, nonce and jti`: by the claims that would be compared.
fn names(checks: &[Check]) -> String {
    let name = |check: &Check| match check.check {
        "replay" => "jti",
        other => other,
    };
    let names: Vec<&str> = checks.iter().map(name).collect();
    match names.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &'static str, is_unasked: bool) -> Check {
        Check {
            title: Cow::Borrowed(name),
            is_unasked,
            ..Check::new(name, CheckResult::NotRun)
        }
    }

    #[test]
    fn what_the_policy_says_nothing_about_is_told_in_one_line() {
        let checks = [
            check("alg", true),
            check("signature", false),
            check("time", false),
            check("iss", true),
            check("aud", true),
            check("nonce", true),
            check("replay", true),
            check("profile", false),
        ];
        let told = told(&checks);
        let lines: Vec<(&str, Range<usize>)> = told
            .iter()
            .map(|told| (&*told.title, told.checks.clone()))
            .collect();
        assert_eq!(
            lines,
            [
                ("alg", 0..1),
                ("signature", 1..2),
                ("time", 2..3),
                ("iss, aud, nonce and jti not compared", 3..7),
                ("profile", 7..8),
            ]
        );
        assert!(super::told(&[]).is_empty());
    }
}
