//! When something is valid, as stretches of a line.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::super::rail::label::shown;
use super::super::times;
use crate::jose::json::Decimal;
use crate::jose::visible::visible;
use crate::judge::words::short_span;
use crate::judge::{Judgement, Mark, Policy, TimeState, Times};
use crate::keys::Certificate;
use crate::window::widgets::Icon;

/// What a mark on the line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A claim.
    Claim,
    /// A limit that the policy sets.
    Policy,
}

/// An instant that has a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// What it is called; may be shown as it stands.
    pub(super) name: String,
    /// What it says, in words.
    pub(super) label: String,
    /// When.
    pub(super) at: Timestamp,
    /// Of what.
    pub(super) of: Of,
}

impl Shown {
    /// Whether the token's validity hangs on it.
    pub(super) fn is_validity(&self) -> bool {
        self.of == Of::Claim && matches!(self.name.as_str(), "iat" | "nbf" | "exp")
    }

    /// `auth_time · user signed in`.
    pub(super) fn long_name(&self) -> String {
        match (self.of, self.label.as_str()) {
            (Of::Claim, "") => self.name.clone(),
            (Of::Claim, label) => format!("{} \u{B7} {}", self.name, label.to_lowercase()),
            (Of::Policy, label) => label.to_lowercase(),
        }
    }
}

/// Every time of a token that has a place on the line, and the limits of the policy that it was judged by.
pub(super) fn shown_marks(judgement: &Judgement, policy: &Policy) -> Vec<Shown> {
    let times = &judgement.times;
    let claims = times.marks.iter().chain(&times.inner).filter_map(|mark| {
        Some(Shown {
            name: visible(&mark.claim),
            label: mark.label.unwrap_or_default().to_owned(),
            at: mark.at?,
            of: Of::Claim,
        })
    });
    let limit = |check: &str, (name, what): (&str, &str), start: Option<&Mark>, seconds| {
        // Not every token inside of another one is held against it.
        let mut expected = judgement.expectations.iter();
        let seconds = expected.find(|one| one.name == check).and(seconds)?;
        let seconds = i64::from(seconds);
        let after = SignedDuration::from_secs(seconds);
        Some(Shown {
            name: name.to_owned(),
            label: format!("{what} by the policy, {}", short_span(seconds)),
            at: start?.at?.checked_add(after).ok()?,
            of: Of::Policy,
        })
    };
    let (age, life) = (policy.max_age_seconds, policy.max_lifetime_seconds);
    let age = limit(
        "max-age",
        ("max age", "Greatest age"),
        times.mark("iat"),
        age,
    );
    let life = limit(
        "max-lifetime",
        ("max life", "Longest life"),
        times.start(),
        life,
    );
    claims.chain(age).chain(life).collect()
}

/// The times that are beyond the years that can be shown: the claim, what it says, and the number as written.
pub(super) fn beyond(times: &Times) -> Vec<(String, &'static str, String)> {
    let all = times.marks.iter().chain(&times.inner);
    all.filter(|mark| mark.at.is_none())
        .map(|mark| {
            let number = shown(&mark.number.text);
            (visible(&mark.claim), mark.label.unwrap_or("Time"), number)
        })
        .collect()
}

/// The instants at which the state changes, in seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Spans {
    /// From here it is valid; `None`: from ever.
    pub(super) from: Option<f64>,
    /// Where it was issued.
    pub(super) issued: Option<f64>,
    /// Up to here it is valid; `None`: for ever.
    pub(super) until: Option<f64>,
    pub(super) leeway: f64,
    /// What is shown in proportion.
    pub(super) core: Option<Range<f64>>,
    /// Whether it is said anything about validity.
    pub(super) is_judged: bool,
}

/// How something stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Expired,
    /// Nothing is said.
    Open,
    NotYetValid,
    Valid,
    /// Only by the leeway.
    WithinLeeway,
}

impl Standing {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Open => "not judged",
            Self::NotYetValid => "not yet valid",
            Self::Valid => "valid",
            Self::WithinLeeway => "valid by the leeway",
        }
    }

    pub(super) fn icon(self) -> Icon {
        match self {
            Self::Expired => Icon::Cross,
            Self::Open => Icon::Dash,
            Self::NotYetValid => Icon::Clock,
            Self::Valid => Icon::Check,
            Self::WithinLeeway => Icon::Triangle,
        }
    }
}

impl Spans {
    /// Of a token.
    pub(super) fn new(times: &Times) -> Self {
        let of = |claim: &str| times.mark(claim).map(place);
        let (from, until, issued) = (of("nbf"), of("exp"), of("iat"));
        let leeway = f64::from(times.leeway_seconds);
        let core = until.zip(from.or(issued)).map(|(until, begin)| {
            let end = until + leeway;
            begin.min(end)..end.max(begin)
        });
        Self {
            from,
            issued,
            until,
            leeway,
            core: core.filter(|core| core.start.is_finite() && core.end.is_finite()),
            is_judged: !matches!(times.state, TimeState::None | TimeState::Unreadable),
        }
    }

    /// Of a certificate, at both ends of whose time it is valid (RFC 5280 section 4.1.2.5).
    pub(super) fn of_certificate(certificate: &Certificate) -> Self {
        Self {
            from: certificate.not_before.map(seconds),
            // The first second at which it no longer is.
            until: certificate
                .not_after
                .map(|end| end.as_second() as f64 + 1.0),
            is_judged: true,
            ..Self::default()
        }
    }

    /// How it stands at an instant.
    pub(super) fn standing(&self, at: f64) -> Standing {
        let is_past = |until: f64| at >= until;
        let is_ahead = |from: f64| at < from;
        if !self.is_judged {
            Standing::Open
        } else if self.until.is_some_and(|until| is_past(until + self.leeway)) {
            Standing::Expired
        } else if self.from.is_some_and(|from| is_ahead(from - self.leeway)) {
            Standing::NotYetValid
        } else if self.until.is_some_and(is_past) || self.from.is_some_and(is_ahead) {
            Standing::WithinLeeway
        } else {
            Standing::Valid
        }
    }

    /// The same in words, with how long ago or ahead that changes: `expired 3 d 1 h ago`, `valid 14 min`.
    pub(super) fn standing_words(&self, now: Timestamp) -> String {
        let standing = self.standing(seconds(now));
        let word = standing.word();
        let at = |place: Option<f64>| place.and_then(instant);
        match (standing, at(self.from), at(self.until)) {
            (Standing::Valid, _, Some(until)) => {
                let left = until.duration_since(now).as_secs();
                format!("{word} {}", short_span(left))
            }
            (Standing::Valid, _, None) if self.until.is_none() => "never expires".to_owned(),
            (Standing::Expired, _, Some(until)) => {
                format!("{word} {}", times::relative(until, now))
            }
            (Standing::NotYetValid, Some(from), _) => {
                format!("{word}, {}", times::relative(from, now))
            }
            _ => word.to_owned(),
        }
    }

    /// The points that an axis needs. The leeway before is worth its place only while that is not reached.
    pub(super) fn points(&self, now: f64) -> impl Iterator<Item = f64> {
        let early = self.from.filter(|from| self.leeway > 0.0 && now < *from);
        let late = self.until.filter(|_| self.leeway > 0.0);
        let leeway = self.leeway;
        late.map(|until| until + leeway)
            .into_iter()
            .chain(early.map(|from| from - leeway))
    }

    /// From its beginning to its end, where it has either, in seconds since 1970.
    pub(super) fn life(&self) -> Option<Range<f64>> {
        let finite = |at: &f64| at.is_finite();
        let begin = [self.from, self.issued].into_iter().flatten();
        let begin = begin.filter(finite).reduce(f64::min);
        let end = self.until.filter(finite).map(|until| until + self.leeway);
        match (begin, end) {
            (Some(begin), Some(end)) => Some(begin.min(end)..begin.max(end)),
            (Some(at), None) | (None, Some(at)) => Some(at..at),
            (None, None) => None,
        }
    }
}

/// Where a mark stands; beyond the years that can be shown it is infinitely far.
fn place(mark: &Mark) -> f64 {
    match mark.at {
        Some(at) => seconds(at),
        None if mark.seconds < Decimal::from_nanoseconds(0) => f64::NEG_INFINITY,
        None => f64::INFINITY,
    }
}

/// Seconds since 1970.
pub(super) fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64 + f64::from(at.subsec_nanosecond()) / 1e9
}

/// The instant of whole seconds since 1970; `None` beyond the years that can be shown.
pub(super) fn instant(seconds: f64) -> Option<Timestamp> {
    if !seconds.is_finite() {
        return None;
    }
    Timestamp::from_second(seconds.round() as i64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(from: Option<f64>, until: Option<f64>) -> Spans {
        Spans {
            from,
            until,
            leeway: 60.0,
            is_judged: true,
            ..Spans::default()
        }
    }

    #[test]
    fn the_end_is_the_first_instant_at_which_it_is_no_longer_valid() {
        let spans = spans(Some(1_000.0), Some(2_000.0));
        for (at, standing) in [
            (939.0, Standing::NotYetValid),
            (940.0, Standing::WithinLeeway),
            (1_000.0, Standing::Valid),
            (1_999.0, Standing::Valid),
            (2_000.0, Standing::WithinLeeway),
            (2_060.0, Standing::Expired),
        ] {
            assert_eq!(spans.standing(at), standing, "{at}");
        }
    }

    #[test]
    fn an_end_beyond_all_years_is_never_reached_and_one_before_them_always_passed() {
        assert_eq!(
            spans(None, Some(f64::INFINITY)).standing(9e99),
            Standing::Valid
        );
        assert_eq!(
            spans(None, Some(f64::NEG_INFINITY)).standing(-9e99),
            Standing::Expired
        );
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(
            spans(None, Some(f64::INFINITY)).standing_words(now),
            "valid"
        );
        assert_eq!(spans(None, None).standing_words(now), "never expires");
        assert_eq!(
            spans(None, Some(-3_600.0)).standing_words(now),
            "expired 1 h ago"
        );
    }
}
