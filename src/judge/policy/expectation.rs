//! One thing that a policy expects, held against a token.

use std::borrow::Cow;

use super::super::audit::top_member;
use super::super::{CheckResult, Evidence, Reason};
use crate::jose::Part;
use crate::jose::json::{Json, escape_pointer};
use crate::jose::visible::visible;

/// One expectation of a policy held against a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The check that it is: one of [`Self::CHECKS`].
    pub name: &'static str,
    /// What is compared, for people: "Issuer", "Claim sub".
    pub label: Cow<'static, str>,
    /// How it went.
    pub result: CheckResult,
    /// What was expected, for people.
    pub expected: String,
    /// What was found, for people; of an expectation that was not run what is missing, or why it does not count.
    pub found: String,
    /// Whether the key binding JWT was asked, and not the issuer's token.
    pub in_key_binding: bool,
    /// The signature or recipient that was asked, from 0, where there are several; `None` for the token.
    pub signature: Option<usize>,
    /// Where what was found stands; `None` where nothing was.
    pub evidence: Option<Evidence>,
    /// What it means for the verdict when it is not met.
    pub reason: Reason,
}

impl Expectation {
    /// The names of the checks that expectations are, in the order in which a verifier makes them.
    pub const CHECKS: [&str; 11] = [
        "alg",
        "typ",
        "max-lifetime",
        "max-age",
        "iss",
        "issuer-key",
        "aud",
        "nonce",
        "replay",
        "claim-required",
        "claim-forbidden",
    ];

    /// Whether it was run, and is met.
    pub fn is_met(&self) -> bool {
        self.result == CheckResult::Passed
    }

    /// Whether it was run, and is not met.
    pub fn is_broken(&self) -> bool {
        self.result == CheckResult::Failed
    }

    pub(super) fn of_token(
        name: &'static str,
        label: &'static str,
        reason: Reason,
        outcome: Outcome,
    ) -> Self {
        Self {
            name,
            label: Cow::Borrowed(label),
            result: outcome.result,
            expected: outcome.expected,
            found: outcome.found,
            in_key_binding: false,
            signature: None,
            evidence: outcome.evidence,
            reason,
        }
    }
}

/// What was expected and found, and what that means.
pub(super) struct Outcome {
    pub(super) result: CheckResult,
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) evidence: Option<Evidence>,
}

/// Passed or failed.
pub(super) fn passed(is_met: bool) -> CheckResult {
    if is_met {
        CheckResult::Passed
    } else {
        CheckResult::Failed
    }
}

/// The characters of a header parameter.
pub(super) fn header_evidence(part: &Part, name: &str) -> Option<Evidence> {
    let member = top_member(part.json.as_ref()?, name)?;
    Some(Evidence::in_part(
        part,
        format!("/{}", escape_pointer(name)),
        member.range(),
    ))
}

/// Of more values than this, the rest is counted.
const MAX_SHOWN: usize = 5;

/// Alternatives for people: `a or b`, `a, b, c, d, e or 3 others`.
pub(super) fn one_of<S: AsRef<str>>(values: &[S]) -> String {
    listed(values, " or ")
}

/// What there is, for people: `a, b`.
pub(super) fn all_of<S: AsRef<str>>(values: &[S]) -> String {
    listed(values, ", ")
}

fn listed<S: AsRef<str>>(values: &[S], between: &str) -> String {
    let shown = values.iter().take(MAX_SHOWN);
    let mut shown: Vec<String> = shown.map(|value| visible(value.as_ref())).collect();
    match values.len().saturating_sub(MAX_SHOWN) {
        0 => {}
        1 => shown.push("1 other".to_owned()),
        others => shown.push(format!("{others} others")),
    }
    shown.join(between)
}

/// A value for people: a text as it is, anything else as the kind of value it is.
pub(super) fn shown(value: Option<&Json>) -> String {
    match value.map(|value| (value.str(), value.kind())) {
        None => "none".to_owned(),
        Some((Some(text), _)) => visible(text),
        Some((None, kind)) => with_article(kind),
    }
}

fn with_article(kind: &str) -> String {
    match kind {
        "null" => "null".to_owned(),
        "array" | "object" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_counted() {
        assert_eq!(one_of(&["a", "b"]), "a or b");
        let many: Vec<String> = (0..8).map(|number| number.to_string()).collect();
        assert_eq!(one_of(&many), "0 or 1 or 2 or 3 or 4 or 3 others");
        assert_eq!(all_of(&many[..6]), "0, 1, 2, 3, 4, 1 other");
    }
}
