//! Claims and time (catalogue 1.7).

use std::cmp::Ordering;

use jiff::Timestamp;

use super::{Confidence, Finding, Reason, Rule, Ruling, Severity, Subject};
use crate::jose::json::{Decimal, Json, Number, Value};
use crate::jose::registry::Place;
use crate::jose::visible::visible;
use crate::jose::{Kind, PartRole, registry};
use crate::judge::claims::Claim;
use crate::judge::profile::{Life, Trait};
use crate::judge::time::{self, Mark};
use crate::judge::words::span;

/// `exp-missing`: the token never expires.
pub(super) struct ExpMissing;

impl Rule for ExpMissing {
    fn id(&self) -> &'static str {
        "exp-missing"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let spec = subject.profile.spec;
        let payload = subject.case.token.part(PartRole::Payload);
        // Where the kind asks for it, `profile-claim-missing` says that it is not there.
        let is_missing = subject.claim("exp").is_none()
            && !spec.without.contains(&"exp")
            && !spec.requires_claim("exp");
        Ruling::from(is_missing.then(|| Finding {
            rule: self.id(),
            // What only looks like its kind may be of another that does without.
            severity: if subject.profile.is_sure() {
                Severity::Medium
            } else {
                Severity::Low
            },
            confidence: Confidence::Certain,
            title: "No expiry".to_owned(),
            detail: "There is no exp: whoever gets hold of this token can use it for as long as its key lives.".to_owned(),
            remedy: "Add exp, minutes to hours ahead.".to_owned(),
            references: vec!["RFC 7519 \u{A7}4.1.4", "CWE-613"],
            evidence: payload
                .map(super::Evidence::whole_part)
                .into_iter()
                .collect(),
            refusal: None,
        }))
    }
}

/// `outside-validity`: expired, or not yet valid.
pub(super) struct OutsideValidity;

impl Rule for OutsideValidity {
    fn id(&self) -> &'static str {
        "outside-validity"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let times = subject.times;
        let mut findings = Vec::new();
        let distance = |claim| {
            let at = times.mark(claim).and_then(|mark| mark.at);
            at.map_or_else(
                || "by more than can be shown".to_owned(),
                |at| span(time::seconds_between(at, subject.case.at)),
            )
        };
        if times.expired {
            findings.push(Finding {
                rule: self.id(),
                severity: Severity::Info,
                confidence: Confidence::Certain,
                title: "Expired".to_owned(),
                detail: format!(
                    "Outside its validity: exp passed {} ago. A verifier must refuse it at this instant.",
                    distance("exp")
                ),
                remedy: "Get a fresh token; check that the service refuses this one.".to_owned(),
                references: vec!["RFC 7519 \u{A7}4.1.4", "CWE-613"],
                evidence: claim_evidence(subject, "exp"),
                refusal: Some(Reason::Expired),
            });
        }
        if times.not_yet_valid {
            findings.push(Finding {
                rule: self.id(),
                severity: Severity::Medium,
                confidence: Confidence::Certain,
                title: "Not yet valid".to_owned(),
                detail: format!("nbf lies {} ahead. A verifier must refuse it until then.", distance("nbf")),
                remedy: "Check the clocks of issuer and verifier; check that the service refuses this token.".to_owned(),
                references: vec!["RFC 7519 \u{A7}4.1.5", "CWE-613"],
                evidence: claim_evidence(subject, "nbf"),
                refusal: Some(Reason::NotYetValid),
            });
        }
        Ruling::Ran(findings)
    }
}

/// The characters of a claim.
pub(super) fn claim_evidence(subject: &Subject<'_>, name: &str) -> Vec<super::Evidence> {
    let claim = subject.case.claim(name);
    claim.iter().map(Claim::evidence).collect()
}

/// `iat-future`: issued in the future.
pub(super) struct IatFuture;

impl Rule for IatFuture {
    fn id(&self) -> &'static str {
        "iat-future"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let leeway = i64::from(subject.times.leeway_seconds);
        let ahead = subject
            .times
            .mark("iat")
            .filter(|iat| is_after(&iat.seconds, subject.case.at, leeway));
        Ruling::from(ahead.map(|iat| {
            let distance = iat.at.map_or_else(
                || "more than can be shown".to_owned(),
                |at| span(time::seconds_between(at, subject.case.at)),
            );
            let strict = if is_after(&iat.seconds, subject.case.at, 60) {
                " FAPI 2.0 refuses what is more than 60 seconds ahead."
            } else {
                ""
            };
            Finding {
                rule: self.id(),
                severity: Severity::Medium,
                confidence: Confidence::Certain,
                title: "Issued in the future".to_owned(),
                detail: format!(
                    "iat lies {distance} ahead. Either a clock is wrong, or the issuer makes tokens in advance, and an age that is computed from iat is negative.{strict}"
                ),
                remedy: "Set the clocks by a time server; refuse the token until then.".to_owned(),
                references: vec!["RFC 7519 \u{A7}4.1.6", "CWE-367"],
                evidence: vec![iat.evidence.clone()],
                refusal: None,
            }
        }))
    }
}

/// Whether a time is more than so many seconds after an instant, exactly.
fn is_after(time: &Decimal, at: Timestamp, seconds: i64) -> bool {
    let limit = at.as_nanosecond().saturating_add(nanoseconds(seconds));
    time.cmp_nanoseconds(limit).is_gt()
}

fn nanoseconds(seconds: i64) -> i128 {
    i128::from(seconds).saturating_mul(1_000_000_000)
}

/// Whether `later` is more than so many seconds after `earlier`.
fn exceeds(later: &Mark, earlier: &Mark, seconds: i64) -> bool {
    let apart = later
        .seconds
        .to_nanoseconds()
        .zip(earlier.seconds.to_nanoseconds())
        .and_then(|(later, earlier)| later.checked_sub(earlier));
    match apart {
        Some(apart) => apart > nanoseconds(seconds),
        // Numbers too large to count are further apart than any limit.
        None => later.seconds > earlier.seconds,
    }
}

/// A day, in seconds.
const DAY: i64 = 86_400;

/// A year of 365 days, in seconds.
const YEAR: i64 = 365 * DAY;

/// `time-order`: times that contradict each other.
pub(super) struct TimeOrder;

impl Rule for TimeOrder {
    fn id(&self) -> &'static str {
        "time-order"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let mark = |claim| subject.times.mark(claim);
        let leeway = i64::from(subject.times.leeway_seconds);
        let pair = |a, b| mark(a).zip(mark(b));
        let never = "The token is never valid, whatever the clock says; a verifier that checks one of the two takes it.";
        let contradictions = [
            pair("exp", "nbf")
                .filter(|(exp, nbf)| exp.seconds <= nbf.seconds)
                .map(|marks| (marks, Severity::Medium, "exp is not after nbf", never)),
            pair("exp", "iat")
                .filter(|(exp, iat)| exp.seconds <= iat.seconds)
                .map(|marks| {
                    let why = "The token was expired when it was issued; a verifier that computes its life gets none, or a negative one.";
                    (marks, Severity::Medium, "exp is not after iat", why)
                }),
            pair("auth_time", "iat")
                .filter(|(auth_time, iat)| exceeds(auth_time, iat, leeway))
                .map(|marks| {
                    let why = "The person signed in after the token was issued, so a limit on the age of the sign-in means nothing.";
                    (marks, Severity::Medium, "auth_time is after iat", why)
                }),
            pair("nbf", "iat")
                .filter(|(nbf, iat)| exceeds(nbf, iat, DAY))
                .map(|marks| {
                    let why = "The token is post-dated: it lies about unused, and can be stolen, before it is valid.";
                    (marks, Severity::Low, "nbf is more than a day after iat", why)
                }),
            pair("updated_at", "iat")
                .filter(|(updated_at, iat)| updated_at.seconds > iat.seconds)
                .map(|marks| {
                    let why = "The profile changed after the token that tells it was issued: one of the two times is wrong.";
                    (marks, Severity::Low, "updated_at is after iat", why)
                }),
        ];
        let findings =
            contradictions
                .into_iter()
                .flatten()
                .map(|((a, b), severity, title, why)| Finding {
                    rule: self.id(),
                    severity,
                    confidence: Confidence::Certain,
                    title: title.to_owned(),
                    detail: why.to_owned(),
                    remedy: "Correct the issuer, and compare all times on verifying.".to_owned(),
                    references: vec!["RFC 7519 \u{A7}4.1", "CWE-20"],
                    evidence: vec![a.evidence.clone(), b.evidence.clone()],
                    refusal: None,
                });
        Ruling::Ran(findings.collect())
    }
}

/// `lifetime-long`: valid for longer than its kind should be.
pub(super) struct LifetimeLong;

/// How long a token of this kind may live, in seconds; `None`: no limit is common.
fn ceiling(subject: &Subject<'_>) -> Option<i64> {
    let of_kind = match subject.profile.spec.life {
        Life::UpTo(seconds) => seconds,
        Life::ByDesign(_) | Life::MeantUntil(..) | Life::Usual => DAY,
        Life::Unlimited => return None,
    };
    // A vendor's access tokens live as long as that vendor's tokens, however they are typed.
    let is_of_vendor = subject.profile.vendor.is_some();
    Some(if is_of_vendor {
        of_kind.max(DAY)
    } else {
        of_kind
    })
}

impl Rule for LifetimeLong {
    fn id(&self) -> &'static str {
        "lifetime-long"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() || subject.case.token.kind == Kind::SdJwt {
            return Ruling::Unconcerned;
        }
        let Some(ceiling) = ceiling(subject) else {
            return Ruling::Unconcerned;
        };
        let Some(exp) = subject.times.mark("exp") else {
            // Without exp `exp-missing` speaks, or `numericdate-type`.
            return Ruling::Ran(Vec::new());
        };
        let from = ["iat", "nbf"]
            .iter()
            .find_map(|claim| subject.times.mark(claim));
        let seconds = lifetime(exp, from, subject.case.at);
        if seconds <= ceiling {
            return Ruling::Ran(Vec::new());
        }
        let mut evidence = vec![exp.evidence.clone()];
        evidence.extend(from.map(|from| from.evidence.clone()));
        let measured = match from {
            Some(from) => format!("from {} to exp", from.claim),
            None => "from this instant to exp".to_owned(),
        };
        let words = if seconds == i64::MAX {
            "longer than can be counted".to_owned()
        } else {
            span(seconds)
        };
        let life = subject.profile.spec.life;
        let (severity, more) = match meant_life(subject, life, from) {
            Some(life) if life <= ceiling => (
                Severity::Info,
                "Kubernetes stretches exp on purpose; it means the token to be replaced at warnafter.",
            ),
            Some(life) => (
                grade(subject, life, ceiling),
                "Even warnafter, when Kubernetes replaces it, lies beyond that.",
            ),
            None => match life {
                Life::ByDesign(words) => (Severity::Medium, words),
                _ => (grade(subject, seconds, ceiling), ""),
            },
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: format!("Valid for {words}"),
            detail: format!(
                "That is {measured}; {} is common for tokens of this kind. Whoever captures it can use it for all that time.{}{more}",
                span(ceiling),
                if more.is_empty() { "" } else { " " }
            ),
            remedy: "Shorten its life, and bind it to its sender.".to_owned(),
            references: vec!["RFC 9700", "CWE-613"],
            evidence,
            refusal: None,
        }])
    }
}

/// How long a token lives, in whole seconds, rounded up; `i64::MAX` when that is beyond counting.
fn lifetime(exp: &Mark, from: Option<&Mark>, now: Timestamp) -> i64 {
    let end = exp.seconds.to_nanoseconds();
    let start = match from {
        Some(from) => from.seconds.to_nanoseconds(),
        None => Some(now.as_nanosecond()),
    };
    let Some(apart) = end
        .zip(start)
        .and_then(|(end, start)| end.checked_sub(start))
    else {
        let is_after = match from {
            Some(from) => exp.seconds > from.seconds,
            None => is_after(&exp.seconds, now, 0),
        };
        return if is_after { i64::MAX } else { 0 };
    };
    let seconds = apart.div_euclid(1_000_000_000);
    let is_whole = apart.rem_euclid(1_000_000_000) == 0;
    let seconds = if is_whole {
        seconds
    } else {
        seconds.saturating_add(1)
    };
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

/// Up to twice the ceiling, above it, and ten times it or a year for what anybody can use who has it.
fn grade(subject: &Subject<'_>, seconds: i64, ceiling: i64) -> Severity {
    let is_bearer = subject.claim("cnf").is_none();
    if is_bearer && (seconds >= ceiling.saturating_mul(10) || seconds > YEAR) {
        Severity::High
    } else if seconds > ceiling.saturating_mul(2) {
        Severity::Medium
    } else {
        Severity::Low
    }
}

/// The life that the issuer means a token to have whose `exp` it stretches, in seconds.
fn meant_life(subject: &Subject<'_>, life: Life, from: Option<&Mark>) -> Option<i64> {
    let Life::MeantUntil(claim, member) = life else {
        return None;
    };
    let end = subject.claim(claim)?.get(member)?.decimal()?;
    let apart = end
        .to_nanoseconds()?
        .checked_sub(from?.seconds.to_nanoseconds()?)?;
    i64::try_from(apart.div_euclid(1_000_000_000)).ok()
}

/// `numericdate-type`: a time that is no JSON number, or an odd one.
pub(super) struct NumericDateType;

impl Rule for NumericDateType {
    fn id(&self) -> &'static str {
        "numericdate-type"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let claims = subject.case.claims();
        let issuer = || subject.claim("iss").and_then(Json::str);
        let findings = claims
            .clone()
            .enumerate()
            .filter(|(_, claim)| match &claim.value.value {
                Value::Number(number) if is_plain(number) => false,
                _ => registry::is_numeric_date(claim.name),
            })
            .filter(|(_, claim)| {
                // A vendor may write another form of it, always.
                let place = Place::Claims { issuer: issuer() };
                let own = &registry::look_up(place, claim.name).shape;
                own.is_numeric_date() || own.misfit(claim.value).is_some()
            })
            .filter(|(index, claim)| {
                // A duplicate says so itself; only the value that counts is looked at.
                let mut later = claims.clone().skip(index.saturating_add(1));
                later.all(|later| later.name != claim.name)
            })
            .map(|(_, claim)| {
                let name = claim.name;
                let refuses = matches!(name, "exp" | "nbf");
                let (severity, title, detail, refusal) = match &claim.value.value {
                    Value::Number(number) => (
                        Severity::Info,
                        format!("{name} is written as {}", visible(&number.text)),
                        "Legal, but verifiers that expect a whole number of seconds may round it or refuse it.".to_owned(),
                        None,
                    ),
                    _ => (
                        Severity::High,
                        format!("{name} is no number"),
                        format!(
                            "Expected a JSON number, found {}. Verifiers that compare it as text or skip it may never see the token expire.",
                            match claim.value.kind() {
                                "null" => "null".to_owned(),
                                kind @ ("array" | "object") => format!("an {kind}"),
                                kind => format!("a {kind}"),
                            }
                        ),
                        refuses.then_some(Reason::Malformed),
                    ),
                };
                Finding {
                    rule: self.id(),
                    severity,
                    confidence: Confidence::Certain,
                    title,
                    detail,
                    remedy: "Write times as whole seconds since 1970, without quotes.".to_owned(),
                    references: vec!["RFC 7519 \u{A7}2", "CWE-1287"],
                    evidence: vec![claim.evidence()],
                    refusal,
                }
            });
        Ruling::Ran(findings.collect())
    }
}

/// Digits only, perhaps with a minus.
fn is_plain(number: &Number) -> bool {
    number
        .text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// `numericdate-unit`: a time in another unit than seconds, or far from any that tokens live in.
pub(super) struct NumericDateUnit;

/// 1973: no token is older, so a smaller number counts something else.
const TOO_SMALL: i64 = 100_000_000;

/// What 32 bits with a sign can count: 2038-01-19T03:14:07Z.
const MAX_32_BITS: i64 = 2_147_483_647;

/// 1990-01-01T00:00:00Z and 2100-01-01T00:00:00Z: between them a time is plausible.
const PLAUSIBLE: [i64; 2] = [631_152_000, 4_102_444_800];

/// The first number that a double cannot tell from its neighbour, less one.
const MAX_EXACT: i64 = 1 << 53;

impl Rule for NumericDateUnit {
    fn id(&self) -> &'static str {
        "numericdate-unit"
    }

    fn silences_member(&self) -> &'static [&'static str] {
        &["lifetime-long", "time-order", "outside-validity"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let counts_milliseconds = subject.profile.has(Trait::Milliseconds);
        let findings = subject.times.marks.iter().filter_map(|mark| {
            let claim = &mark.claim;
            let oddness = oddness(claim, &mark.seconds).filter(|oddness| {
                !(counts_milliseconds && matches!(oddness, Oddness::Unit("milliseconds")))
            })?;
            let written = visible(&mark.number.text);
            let (severity, title, detail) = match oddness {
                Oddness::Unit(unit) => (
                    Severity::High,
                    format!("{claim} counts {unit}"),
                    format!("{written} is a plausible time in {unit}, and in seconds one that nobody lives to see. A verifier that reads seconds never sees it pass."),
                ),
                Oddness::Negative => (
                    Severity::High,
                    format!("{claim} is negative"),
                    format!("{written} lies before 1970. Verifiers that expect no sign may read it as a very late time."),
                ),
                Oddness::Zero => (
                    Severity::High,
                    format!("{claim} is zero"),
                    format!("{written} is 1970, which some libraries take for \u{201C}not set\u{201D} and so for a token that never expires."),
                ),
                Oddness::TooSmall => (
                    Severity::High,
                    format!("{claim} is far too small"),
                    format!("{written} lies before 1973, when there were no tokens: it may count days, minutes, or the seconds from now."),
                ),
                Oddness::Imprecise => (
                    Severity::High,
                    format!("{claim} is too large to be exact"),
                    format!("{written} is beyond 2^53, where readers round numbers, and beyond any time that a token needs."),
                ),
                Oddness::TooLate => (
                    Severity::High,
                    format!("{claim} is after the year 2100"),
                    format!("{written} is no time that a token needs: it is a mistake, or stands for \u{201C}never\u{201D}."),
                ),
                Oddness::Beyond32Bits => (
                    Severity::Info,
                    format!("{claim} is after January 2038"),
                    format!("{written} does not fit into 32 bits with a sign: old verifiers read it as a time long past."),
                ),
            };
            Some(Finding {
                rule: self.id(),
                severity,
                confidence: match severity {
                    Severity::Info => Confidence::Certain,
                    _ => Confidence::Likely,
                },
                title,
                detail,
                remedy: "Write times as whole seconds since 1970.".to_owned(),
                references: vec!["RFC 7519 \u{A7}2", "CWE-704", "CWE-682"],
                evidence: vec![mark.evidence.clone()],
                refusal: None,
            })
        });
        Ruling::Ran(findings.collect())
    }
}

/// What is odd about a number of seconds.
enum Oddness {
    /// Plausible in this unit instead.
    Unit(&'static str),
    Negative,
    Zero,
    TooSmall,
    Imprecise,
    TooLate,
    /// Not wrong, but too much for some.
    Beyond32Bits,
}

fn oddness(claim: &str, value: &Decimal) -> Option<Oddness> {
    let than = |seconds: i64| value.cmp_nanoseconds(nanoseconds(seconds));
    let [first, last] = PLAUSIBLE;
    if than(TOO_SMALL).is_lt() {
        return match (than(0), claim) {
            (Ordering::Less, _) => Some(Oddness::Negative),
            (Ordering::Equal, "exp") => Some(Oddness::Zero),
            (Ordering::Equal, "iat") | (Ordering::Greater, "exp" | "iat") => {
                Some(Oddness::TooSmall)
            }
            _ => None,
        };
    }
    if than(last).is_le() {
        let is_limit = claim == "exp";
        return (is_limit && than(MAX_32_BITS).is_gt()).then_some(Oddness::Beyond32Bits);
    }
    let units = [
        ("milliseconds", 1_000),
        ("microseconds", 1_000_000),
        ("nanoseconds", 1_000_000_000),
    ];
    let unit = units.into_iter().find(|(_, factor)| {
        than(first.saturating_mul(*factor)).is_ge() && than(last.saturating_mul(*factor)).is_le()
    });
    Some(match unit {
        Some((unit, _)) => Oddness::Unit(unit),
        None if than(MAX_EXACT).is_gt() => Oddness::Imprecise,
        None => Oddness::TooLate,
    })
}
