//! What is expected of a token beside its signature: its time, and what the policy says.

use std::borrow::Cow;

use super::{Case, Check, CheckResult, numbered};
use crate::judge::words::{capitalised, span};
use crate::judge::{Expectation, TimeState, Times, time as clock};

/// What the policy says nothing about, in one check that was not run.
pub(super) fn unexpected(expectations: &[Expectation]) -> Option<Check> {
    if expectations.is_empty() {
        return Some(Check {
            check: "policy",
            title: Cow::Borrowed("Nothing expected"),
            result: CheckResult::NotRun,
            text: Cow::Borrowed("The policy expects no particular alg, typ, iss, aud or nonce"),
            byte_range: None,
        });
    }
    let mut names = vec!["alg", "typ", "iss", "aud", "nonce"];
    names.retain(|name| {
        !expectations
            .iter()
            .any(|expectation| expectation.name == *name)
    });
    let last = names.pop()?;
    let list = if names.is_empty() {
        last.to_owned()
    } else {
        format!("{} or {last}", names.join(", "))
    };
    Some(Check {
        check: "policy",
        title: Cow::Borrowed("Rest not compared"),
        result: CheckResult::NotRun,
        text: Cow::Owned(format!("The policy expects no particular {list}")),
        byte_range: None,
    })
}

/// `exp` and `nbf` against the instant.
pub(super) fn time(case: Case<'_>, times: &Times) -> Check {
    let leeway = times.leeway_seconds;
    let apart = |claim: &str| {
        let at = times.mark(claim).and_then(|mark| mark.at);
        at.map_or_else(
            || "beyond all calendars".to_owned(),
            |at| span(clock::seconds_between(at, case.at)),
        )
    };
    let claim_range = |name: &str| Some(case.claim(name)?.evidence().range);
    let saved = if times.within_leeway {
        ", thanks to the leeway"
    } else {
        ""
    };
    let (result, title, text, byte_range) = match times.state {
        TimeState::Expired => (
            CheckResult::Failed,
            "exp is in the past",
            Cow::Owned(format!("By {}; the leeway is {leeway} s", apart("exp"))),
            claim_range("exp"),
        ),
        TimeState::NotYetValid => (
            CheckResult::Failed,
            "nbf is in the future",
            Cow::Owned(format!("By {}; the leeway is {leeway} s", apart("nbf"))),
            claim_range("nbf"),
        ),
        TimeState::Valid => (
            CheckResult::Passed,
            "Within its time",
            if times.within_leeway {
                Cow::Owned(format!("Only just{saved} of {leeway} s"))
            } else {
                Cow::Owned(format!("Expires in {}", apart("exp")))
            },
            claim_range("exp"),
        ),
        TimeState::Unlimited => (
            CheckResult::Passed,
            "No time limit",
            Cow::Borrowed("There is no exp: it never expires"),
            claim_range("nbf"),
        ),
        TimeState::Unreadable => (
            CheckResult::Failed,
            "Times cannot be read",
            Cow::Borrowed("Expected exp and nbf as JSON numbers"),
            claim_range("exp")
                .filter(|_| times.mark("exp").is_none())
                .or_else(|| claim_range("nbf")),
        ),
        TimeState::None if case.is_closed() => (
            CheckResult::NotRun,
            "Times not checked",
            Cow::Borrowed("The claims are encrypted"),
            None,
        ),
        TimeState::None => (
            CheckResult::NotRun,
            "Times not checked",
            Cow::Borrowed("There are no readable claims"),
            None,
        ),
    };
    Check {
        check: "time",
        title: title.into(),
        result,
        text,
        byte_range,
    }
}

/// A policy's expectation.
pub(super) fn expected(case: Case<'_>, expectation: &Expectation) -> Check {
    let (how, text) = match expectation.result {
        CheckResult::Passed => ("as expected", expectation.expected.clone()),
        CheckResult::Failed => (
            "not as expected",
            format!(
                "Expected {}, found {}",
                expectation.expected, expectation.found
            ),
        ),
        CheckResult::NotRun => ("not checked", capitalised(&expectation.found)),
    };
    let title = format!("{} {how}", expectation.label);
    Check {
        check: expectation.name,
        title: Cow::Owned(numbered(title, expectation.signature, case.token.kind)),
        result: expectation.result,
        text: Cow::Owned(text),
        byte_range: expectation
            .evidence
            .as_ref()
            .map(|evidence| evidence.range.clone()),
    }
}
