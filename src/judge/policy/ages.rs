//! How long a token is valid, and how long ago it was issued.

use super::super::words::span;
use super::super::{Case, CheckResult, Evidence, Reason};
use super::Policy;
use super::expectation::{Expectation, Outcome, passed, shown};
use crate::jose::json::{Decimal, Json};

/// Nanoseconds in a second.
const SECOND: i128 = 1_000_000_000;

impl Policy {
    /// `exp` minus `iat` (`nbf`, where there is no `iat`) may be so much, exactly. Both are the issuer's clock: no leeway.
    pub(super) fn lifetime(&self, case: Case<'_>) -> Option<Expectation> {
        let limit = self.max_lifetime_seconds?;
        let exp = time(case, "exp");
        let start = match time(case, "iat") {
            Time::Missing => time(case, "nbf"),
            iat => iat,
        };
        let (result, found, evidence) = match (exp, start) {
            (Time::At(exp, at), Time::At(start, _)) => {
                let length = (exp > start).then(|| exp.checked_sub(&start));
                let is_met = match &length {
                    None => true,
                    Some(Some(length)) => {
                        let limit = i128::from(limit).saturating_mul(SECOND);
                        length.cmp_nanoseconds(limit).is_le()
                    }
                    // Too far apart for anything to be said but that.
                    Some(None) => false,
                };
                let words = match length {
                    None => "an end before its beginning".to_owned(),
                    Some(length) => duration(length.as_ref()),
                };
                (passed(is_met), words, Some(at))
            }
            (Time::Missing, _) => (CheckResult::Failed, "no exp".to_owned(), None),
            (_, Time::Missing) => (CheckResult::Failed, "no iat".to_owned(), None),
            (Time::Other(found, at), _) => {
                (CheckResult::Failed, format!("{found} as exp"), Some(at))
            }
            (_, Time::Other(found, at)) => {
                (CheckResult::Failed, format!("{found} as iat"), Some(at))
            }
        };
        Some(Expectation::of_token(
            "max-lifetime",
            "Lifetime",
            Reason::PolicyLifetime,
            Outcome {
                result,
                expected: format!("at most {} from iat to exp", span(i64::from(limit))),
                found,
                evidence,
            },
        ))
    }

    /// The instant minus `iat` may be so much and the leeway, exactly. A token that is dated ahead by more than the leeway
    /// has no age that could be short enough.
    pub(super) fn age(&self, case: Case<'_>) -> Option<Expectation> {
        let limit = self.max_age_seconds?;
        let leeway = i128::from(self.leeway_seconds).saturating_mul(SECOND);
        let limit_and_leeway = i128::from(limit)
            .saturating_mul(SECOND)
            .saturating_add(leeway);
        let now = case.at.as_nanosecond();
        let (result, found, evidence) = match time(case, "iat") {
            Time::At(iat, at) => {
                let oldest = now.saturating_sub(limit_and_leeway);
                let newest = now.saturating_add(leeway);
                let is_met =
                    iat.cmp_nanoseconds(oldest).is_ge() && iat.cmp_nanoseconds(newest).is_le();
                let now = Decimal::from_nanoseconds(now);
                let words = if iat > now {
                    format!(
                        "one dated {} ahead",
                        duration(iat.checked_sub(&now).as_ref())
                    )
                } else {
                    duration(now.checked_sub(&iat).as_ref())
                };
                (passed(is_met), words, Some(at))
            }
            Time::Missing => (CheckResult::Failed, "no iat".to_owned(), None),
            Time::Other(found, at) => (CheckResult::Failed, format!("{found} as iat"), Some(at)),
        };
        Some(Expectation::of_token(
            "max-age",
            "Age",
            Reason::PolicyLifetime,
            Outcome {
                result,
                expected: format!("at most {} since iat", span(i64::from(limit))),
                found,
                evidence,
            },
        ))
    }
}

/// A NumericDate, in seconds since 1970.
enum Time {
    At(Decimal, Evidence),
    Missing,
    /// Something else, in words.
    Other(String, Evidence),
}

fn time(case: Case<'_>, name: &str) -> Time {
    let Some(claim) = case.claim(name) else {
        return Time::Missing;
    };
    if let Some(seconds) = Json::decimal(claim.value) {
        return Time::At(seconds, claim.evidence());
    }
    let found = match claim.value.str() {
        Some(_) => "a string".to_owned(),
        None => shown(Some(claim.value)),
    };
    Time::Other(found, claim.evidence())
}

/// A span for people, to the second; what is over a second is not rounded away.
fn duration(length: Option<&Decimal>) -> String {
    let nanoseconds = length.and_then(Decimal::to_nanoseconds);
    let seconds = nanoseconds.map(|nanoseconds| nanoseconds.div_euclid(SECOND));
    let Some(seconds) = seconds.and_then(|seconds| i64::try_from(seconds).ok()) else {
        return "more than can be told".to_owned();
    };
    let is_whole = length.is_some_and(Decimal::is_integer);
    // From two units on, what is left out is told by the units themselves.
    if is_whole {
        span_exactly(seconds)
    } else {
        format!("{} and a fraction", span_exactly(seconds))
    }
}

/// The span, and the seconds where two units do not tell all.
fn span_exactly(seconds: i64) -> String {
    let words = span(seconds);
    if seconds < 60 * 60 {
        return words;
    }
    let is_all = [60 * 60, 24 * 60 * 60]
        .iter()
        .any(|unit| seconds % unit == 0 && seconds < unit.saturating_mul(100));
    if is_all {
        words
    } else {
        format!("{words} ({seconds} s)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_too_much_is_told() {
        assert_eq!(span_exactly(3_600), "1 hour");
        assert_eq!(span_exactly(3_601), "1 hour (3601 s)");
        assert_eq!(span_exactly(59), "59 seconds");
        assert_eq!(span_exactly(86_400 * 2), "2 days");
        let half = Decimal::parse("300.5");
        assert_eq!(duration(half.as_ref()), "5 minutes and a fraction");
        assert_eq!(
            duration(Decimal::parse("1e400").as_ref()),
            "more than can be told"
        );
    }
}
