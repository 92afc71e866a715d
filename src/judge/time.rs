//! A token's times against a clock (RFC 7519 sections 4.1.4 to 4.1.6).

use jiff::Timestamp;

use super::claims::Claim;
use super::{Case, Evidence, Profile, ProfileName};
use crate::jose::json::{Decimal, Number, Value};
use crate::jose::registry::{self, Place};

/// How a token's times stand to the instant of the judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeState {
    /// `exp` plus leeway is not after the instant.
    Expired,
    /// There are no claims to look at, or the profile looks at none.
    None,
    /// The instant is before `nbf` minus leeway.
    NotYetValid,
    /// There is no `exp`.
    Unlimited,
    /// `exp` or `nbf` is no JSON number.
    Unreadable,
    /// Neither too early nor too late.
    Valid,
}

impl TimeState {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::None => "none",
            Self::NotYetValid => "not-yet-valid",
            Self::Unlimited => "unlimited",
            Self::Unreadable => "unreadable",
            Self::Valid => "valid",
        }
    }
}

/// A NumericDate of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The claim; of a date inside of one both names with a slash between, as `kubernetes.io/warnafter`.
    pub claim: String,
    /// A short name for people, where the registry has one.
    pub label: Option<&'static str>,
    /// The number as written.
    pub number: Number,
    /// Its exact value, in seconds since 1970-01-01T00:00:00Z.
    pub seconds: Decimal,
    /// The instant; `None` beyond the years that can be shown (-9999 to 9999).
    pub at: Option<Timestamp>,
    /// Where it stands.
    pub evidence: Evidence,
}

/// A token's times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    /// How they stand to the instant.
    pub state: TimeState,
    /// Whether `exp` plus leeway is not after the instant.
    pub expired: bool,
    /// Whether the instant is before `nbf` minus leeway.
    pub not_yet_valid: bool,
    /// Whether only the leeway saved (`exp` passed, or `nbf` not reached, by less than it).
    pub within_leeway: bool,
    /// Every top-level claim that is a NumericDate and a JSON number, in claims order; of duplicates the last.
    pub marks: Vec<Mark>,
    /// Every NumericDate right inside of claims that are objects, where the registry knows it. At most [`MAX_INNER`].
    pub inner: Vec<Mark>,
    /// `exp` minus `iat` (or `nbf`) in whole seconds, rounded down.
    pub lifetime_seconds: Option<i64>,
    /// The leeway that was allowed, in seconds.
    pub leeway_seconds: u32,
}

impl Times {
    /// The mark of a claim.
    pub fn mark(&self, claim: &str) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.claim == claim)
    }

    /// Where its life begins, as lifetimes are counted: `iat`, else `nbf`.
    pub fn start(&self) -> Option<&Mark> {
        self.mark("iat").or_else(|| self.mark("nbf"))
    }
}

/// More dates inside of claims are not looked at.
pub const MAX_INNER: usize = 16;

/// Nanoseconds in a second.
const SECOND: i128 = 1_000_000_000;

/// Reads the times and holds them against the instant, exactly: no rounding on either side.
pub(super) fn times(case: Case<'_>, profile: &Profile) -> Times {
    let leeway_seconds = case.policy.leeway_seconds;
    let mut times = Times {
        state: TimeState::None,
        expired: false,
        not_yet_valid: false,
        within_leeway: false,
        marks: marks(case),
        inner: inner(case),
        lifetime_seconds: None,
        leeway_seconds,
    };
    if profile.name == ProfileName::Jws || case.token.claims().is_none() {
        return times;
    }
    let leeway = i128::from(leeway_seconds).saturating_mul(SECOND);
    let now = case.at.as_nanosecond();
    let claim = |name| case.claim(name).map(|claim| claim.value.decimal());
    let (exp, nbf) = (claim("exp"), claim("nbf"));
    if let Some(Some(exp)) = &exp {
        times.expired = exp.cmp_nanoseconds(now.saturating_sub(leeway)).is_le();
        times.within_leeway |= !times.expired && exp.cmp_nanoseconds(now).is_le();
    }
    if let Some(Some(nbf)) = &nbf {
        times.not_yet_valid = nbf.cmp_nanoseconds(now.saturating_add(leeway)).is_gt();
        times.within_leeway |= !times.not_yet_valid && nbf.cmp_nanoseconds(now).is_gt();
    }
    times.state = if exp == Some(None) || nbf == Some(None) {
        TimeState::Unreadable
    } else if times.expired {
        TimeState::Expired
    } else if times.not_yet_valid {
        TimeState::NotYetValid
    } else if exp.is_none() {
        TimeState::Unlimited
    } else {
        TimeState::Valid
    };
    let nanoseconds = |mark: Option<&Mark>| mark.and_then(|mark| mark.seconds.to_nanoseconds());
    times.lifetime_seconds = nanoseconds(times.mark("exp"))
        .zip(nanoseconds(times.mark("iat")).or_else(|| nanoseconds(times.mark("nbf"))))
        .and_then(|(end, start)| i64::try_from(end.checked_sub(start)?.div_euclid(SECOND)).ok());
    times
}

fn marks(case: Case<'_>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for claim in case.claims() {
        let Value::Number(number) = &claim.value.value else {
            continue;
        };
        if claim.is_cut() || !registry::is_numeric_date(claim.name) {
            continue;
        }
        let label = registry::label(claim.name);
        let Some(mark) = mark(claim.name.to_owned(), label, number, &claim) else {
            continue;
        };
        marks.retain(|mark| mark.claim != claim.name);
        marks.push(mark);
    }
    marks
}

fn mark(
    name: String,
    label: Option<&'static str>,
    number: &Number,
    claim: &Claim<'_>,
) -> Option<Mark> {
    let seconds = Decimal::parse(&number.text)?;
    let nanoseconds = seconds.to_nanoseconds();
    Some(Mark {
        claim: name,
        label,
        number: number.clone(),
        at: nanoseconds.and_then(|at| Timestamp::from_nanosecond(at).ok()),
        seconds,
        evidence: claim.evidence(),
    })
}

/// The dates right inside of claims. Of claims and members of one name the last.
fn inner(case: Case<'_>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for claim in case.claims() {
        let Some(members) = claim.value.object().filter(|_| !claim.is_cut()) else {
            continue;
        };
        let meaning = registry::look_up(Place::Claims { issuer: None }, claim.name);
        let place = meaning.inside(claim.value, None);
        for member in members {
            let Value::Number(number) = &member.value.value else {
                continue;
            };
            let meaning = registry::look_up(place, &member.name);
            if !meaning.shape.is_numeric_date() {
                continue;
            }
            let name = format!("{}/{}", claim.name, member.name);
            marks.retain(|mark| mark.claim != name);
            if marks.len() < MAX_INNER {
                marks.extend(mark(name, Some(&meaning.label), number, &claim));
            }
        }
    }
    marks
}

/// Whole seconds between two instants, whichever is first, rounded down.
pub(crate) fn seconds_between(a: Timestamp, b: Timestamp) -> i64 {
    let nanoseconds = a.as_nanosecond().abs_diff(b.as_nanosecond());
    i64::try_from(nanoseconds / 1_000_000_000).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::{Token, base64url};
    use crate::judge::{Policy, ProfileChoice};
    use crate::verify::Proof;

    fn times_of(claims: &str, at: &str, leeway_seconds: u32) -> Times {
        let token = Token::parse(format!("e30.{}.", base64url::encode(claims.as_bytes())));
        let policy = Policy {
            leeway_seconds,
            profile: ProfileChoice::Named(ProfileName::Jwt),
            ..Policy::default()
        };
        let case = Case {
            token: &token,
            proof: &Proof::default(),
            policy: &policy,
            at: at.parse().unwrap(),
        };
        let profile = crate::judge::profile::determine(case, false);
        times(case, &profile)
    }

    /// RFC 7519 section 4.1.4: the instant must be before `exp`; the leeway moves `exp`.
    #[test]
    fn exp_is_the_first_instant_at_which_it_is_refused() {
        let exp = r#"{"exp":1795035600}"#; // 2026-11-18T21:00:00Z
        for (at, leeway, state, within) in [
            ("2026-11-18T20:59:59.999999999Z", 0, TimeState::Valid, false),
            ("2026-11-18T21:00:00Z", 0, TimeState::Expired, false),
            ("2026-11-18T21:00:00Z", 60, TimeState::Valid, true),
            ("2026-11-18T21:00:59.999999999Z", 60, TimeState::Valid, true),
            ("2026-11-18T21:01:00Z", 60, TimeState::Expired, false),
        ] {
            let times = times_of(exp, at, leeway);
            assert_eq!(
                (times.state, times.within_leeway),
                (state, within),
                "{at} {leeway}"
            );
        }
    }

    /// RFC 7519 section 4.1.5: the instant must be at or after `nbf`.
    #[test]
    fn nbf_is_the_first_instant_at_which_it_is_taken() {
        let nbf = r#"{"nbf":1795035600,"exp":1795039200}"#;
        for (at, leeway, state, within) in [
            (
                "2026-11-18T20:59:59.999999999Z",
                0,
                TimeState::NotYetValid,
                false,
            ),
            ("2026-11-18T21:00:00Z", 0, TimeState::Valid, false),
            ("2026-11-18T20:59:00Z", 60, TimeState::Valid, true),
            (
                "2026-11-18T20:58:59.999999999Z",
                60,
                TimeState::NotYetValid,
                false,
            ),
        ] {
            let times = times_of(nbf, at, leeway);
            assert_eq!(
                (times.state, times.within_leeway),
                (state, within),
                "{at} {leeway}"
            );
        }
    }

    #[test]
    fn odd_numbers_are_compared_exactly() {
        let at = "2026-11-18T21:00:00Z";
        assert_eq!(
            times_of(r#"{"exp":1795035600.000000000001}"#, at, 0).state,
            TimeState::Valid
        );
        assert_eq!(
            times_of(r#"{"exp":1.7950356e9}"#, at, 0).state,
            TimeState::Expired
        );
        assert_eq!(times_of(r#"{"exp":1e400}"#, at, 0).state, TimeState::Valid);
        assert_eq!(
            times_of(r#"{"exp":-1e400}"#, at, 0).state,
            TimeState::Expired
        );
        assert_eq!(
            times_of(r#"{"exp":"1795035600"}"#, at, 0).state,
            TimeState::Unreadable
        );
        assert_eq!(
            times_of(r#"{"exp":9,"nbf":null}"#, at, 0).state,
            TimeState::Unreadable
        );
        assert_eq!(times_of("{}", at, 0).state, TimeState::Unlimited);
    }

    /// What Kubernetes writes into a token whose end it stretched, see its documentation of bound service account tokens.
    #[test]
    fn dates_inside_of_claims_are_found_where_the_registry_knows_them() {
        let times = times_of(
            r#"{"exp":1795035600,"kubernetes.io":{"namespace":"a","warnafter":1795032007},"sub":{"warnafter":1}}"#,
            "2026-11-18T21:00:00Z",
            0,
        );
        let inner: Vec<_> = times
            .inner
            .iter()
            .map(|mark| {
                (
                    mark.claim.as_str(),
                    mark.label,
                    mark.at.map(Timestamp::as_second),
                )
            })
            .collect();
        assert_eq!(
            inner,
            [(
                "kubernetes.io/warnafter",
                Some("Warn after"),
                Some(1_795_032_007)
            )]
        );
        assert_eq!(times.marks.len(), 1, "reports list those at the top");
    }

    #[test]
    fn lifetime_and_marks() {
        let times = times_of(
            r#"{"iat":10,"exp":20.5,"nbf":12,"iat":11,"x":1}"#,
            "2026-11-18T21:00:00Z",
            0,
        );
        assert_eq!(times.lifetime_seconds, Some(9));
        let claims: Vec<_> = times.marks.iter().map(|mark| mark.claim.as_str()).collect();
        assert_eq!(claims, ["exp", "nbf", "iat"]);
        assert_eq!(
            times.mark("iat").map(|mark| mark.number.text.as_str()),
            Some("11")
        );
        assert_eq!(
            times_of(r#"{"exp":1e300}"#, "2026-11-18T21:00:00Z", 0)
                .marks
                .first()
                .map(|mark| mark.at),
            Some(None)
        );
    }
}
