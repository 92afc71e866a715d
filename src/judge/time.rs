//! A token's times against a clock (RFC 7519 sections 4.1.4 to 4.1.6).

use jiff::Timestamp;

use super::{Case, Evidence, Profile};
use crate::jose::json::{Decimal, Number};

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
    /// The claim.
    pub claim: String,
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
    /// Whether only the leeway saved (`exp` passed, or `nbf` not reached, by less than it).
    pub within_leeway: bool,
    /// Every top-level claim that is a NumericDate and a JSON number, in claims order; of duplicates the last.
    pub marks: Vec<Mark>,
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
}

pub(super) fn times(case: Case<'_>, _profile: &Profile) -> Times {
    Times { state: TimeState::None, within_leeway: false, marks: Vec::new(), lifetime_seconds: None, leeway_seconds: case.policy.leeway_seconds }
}
