//! What is expected of a token beside its signature: its time, and what the policy says.

use std::borrow::Cow;

use super::{Case, Check, CheckResult, claim_range, numbered, parameter_range, payload, whole};
use crate::jose::PartRole;
use crate::judge::words::{capitalised, span};
use crate::judge::{Expectation, TimeState, Times, time as clock};

/// What every verifier has to be told, and the policy does not: a check that was not run. `None` for what policies alone ask.
pub(super) fn unasked(case: Case<'_>, name: &'static str) -> Option<Check> {
    let (title, text, claim) = match name {
        "alg" => (
            "Algorithm not compared",
            "The policy expects no particular alg",
            None,
        ),
        "aud" => (
            "Audience not compared",
            "The policy expects no particular aud",
            Some("aud"),
        ),
        "iss" => (
            "Issuer not compared",
            "The policy expects no particular iss",
            Some("iss"),
        ),
        "nonce" => (
            "Nonce not compared",
            "The policy expects no particular nonce",
            Some("nonce"),
        ),
        "replay" => (
            "Replay not checked",
            "The policy lists no jti as revoked",
            Some("jti"),
        ),
        _ => return None,
    };
    Some(Check {
        title: Cow::Borrowed(title),
        text: Cow::Borrowed(text),
        byte_range: match claim {
            Some(claim) => claim_range(case, claim),
            None => parameter_range(case, name),
        },
        is_unasked: true,
        ..Check::new(name, CheckResult::NotRun)
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
    let own_range = |name: &str| Some(case.claim(name)?.evidence().range);
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
            claim_range(case, "exp"),
        ),
        TimeState::NotYetValid => (
            CheckResult::Failed,
            "nbf is in the future",
            Cow::Owned(format!("By {}; the leeway is {leeway} s", apart("nbf"))),
            claim_range(case, "nbf"),
        ),
        TimeState::Valid => (
            CheckResult::Passed,
            "Within its time",
            if times.within_leeway {
                Cow::Owned(format!("Only just{saved} of {leeway} s"))
            } else {
                Cow::Owned(format!("Expires in {}", apart("exp")))
            },
            claim_range(case, "exp"),
        ),
        TimeState::Unlimited => (
            CheckResult::Passed,
            "No time limit",
            Cow::Borrowed("There is no exp: it never expires"),
            own_range("nbf").or_else(|| claim_range(case, "iat")),
        ),
        TimeState::Unreadable => (
            CheckResult::Failed,
            "Times cannot be read",
            Cow::Borrowed("Expected exp and nbf as JSON numbers"),
            own_range("exp")
                .filter(|_| times.mark("exp").is_none())
                .or_else(|| claim_range(case, "nbf")),
        ),
        TimeState::None if case.is_closed() => (
            CheckResult::NotRun,
            "Times not checked",
            Cow::Borrowed("The claims are encrypted"),
            payload(case),
        ),
        TimeState::None => (
            CheckResult::NotRun,
            "Times not checked",
            Cow::Borrowed("There are no readable claims"),
            payload(case),
        ),
    };
    Check {
        title: title.into(),
        text,
        byte_range,
        ..Check::new("time", result)
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
    // What is not there is missing somewhere.
    let around = || match expectation.name {
        "alg" | "typ" => whole(case, PartRole::ProtectedHeader),
        _ => payload(case),
    };
    let evidence = expectation.evidence.as_ref();
    let evidence = evidence.filter(|evidence| !evidence.range.is_empty());
    Check {
        title: Cow::Owned(numbered(title, expectation.signature, case.token.kind)),
        text: Cow::Owned(text),
        byte_range: evidence
            .map(|evidence| evidence.range.clone())
            .or_else(around),
        ..Check::new(expectation.name, expectation.result)
    }
}
