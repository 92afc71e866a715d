//! Token, proof, policy and clock to a [`Judgement`]: would a correct verifier accept this, at this instant,
//! and what is wrong with it.

pub mod audit;
mod checks;
mod policy;
mod profile;
mod time;
mod validity;
mod verdict;
pub mod words;

use std::ops::Range;

use jiff::Timestamp;

use crate::jose::json::{JsonFaultKind, Value};
use crate::jose::{Fault, FaultKind, Part, PartRole, Token};
use crate::verify::Proof;

pub use audit::{Confidence, Finding, Severity};
pub use checks::{Check, CheckResult};
pub use policy::{Expectation, Policy};
pub use profile::{ChosenBy, Profile, ProfileChoice, ProfileName};
pub use time::{Mark, TimeState, Times};
pub use verdict::{Reason, Verdict, VerdictOutcome};

/// What the judgement is made from. Cheap to make; nothing in it is owned.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The token.
    pub token: &'a Token,
    /// What was found out about it.
    pub proof: &'a Proof,
    /// What the reviewer expects.
    pub policy: &'a Policy,
    /// The instant.
    pub at: Timestamp,
}

/// Bytes that a statement rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The part they are in.
    pub part: PartRole,
    /// The member, as a JSON pointer (RFC 6901) in the decoded part.
    pub pointer: Option<String>,
    /// The characters: bytes of the token's text.
    pub range: Range<usize>,
}

impl Evidence {
    /// The characters that carry these decoded bytes of a part.
    pub fn in_part(part: &Part, pointer: impl Into<Option<String>>, bytes: Range<usize>) -> Self {
        Self {
            part: part.role,
            pointer: pointer.into(),
            range: part.text_range(bytes),
        }
    }

    /// All characters of a part.
    pub fn whole_part(part: &Part) -> Self {
        Self {
            part: part.role,
            pointer: None,
            range: part.range.clone(),
        }
    }
}

/// Everything that can be said of a token at one instant.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The instant.
    pub at: Timestamp,
    /// The kind of token, and how that is known.
    pub profile: Profile,
    /// Whether a correct verifier would accept it.
    pub verdict: Verdict,
    /// What a verifier checks, in its order.
    pub checks: Vec<Check>,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// Ids of the rules for this kind of token whose input was missing.
    pub not_run: Vec<&'static str>,
    /// Its times.
    pub times: Times,
}

/// Judges.
pub fn judge(case: Case<'_>) -> Judgement {
    let profile = profile::determine(case.token, case.policy.profile);
    let times = time::times(case, &profile);
    let audit::Audit { findings, not_run } = audit::run(&audit::Subject {
        case,
        profile: &profile,
        times: &times,
    });
    let verdict = verdict::verdict(case, &profile, &times, &findings);
    let checks = checks::checks(case, &profile, &times);
    Judgement {
        at: case.at,
        profile,
        verdict,
        checks,
        findings,
        not_run,
        times,
    }
}

/// Whether a fault is one of encoding or JSON that the profile minds: in opaque payloads JSON is nobody's business.
fn spoils_encoding(token: &Token, fault: &Fault, profile: &Profile) -> bool {
    match (&fault.kind, fault.part) {
        (FaultKind::Encoding { .. } | FaultKind::Json(_), PartRole::Payload)
            if is_unencoded(token) =>
        {
            false
        }
        (FaultKind::Encoding { .. }, part) => part != PartRole::Disclosure,
        // Depth is a limit of this program, and no fault of the token.
        (FaultKind::Json(JsonFaultKind::Depth), _) => false,
        (FaultKind::Json(_), PartRole::ProtectedHeader) => true,
        (FaultKind::Json(_), PartRole::Payload) => profile.name != ProfileName::Jws,
        _ => false,
    }
}

/// Whether the header says that the payload stands in the token as it is, not in base64url (RFC 7797 section 3).
fn is_unencoded(token: &Token) -> bool {
    let b64 = token.header().and_then(|header| header.get("b64"));
    b64.is_some_and(|b64| b64.value == Value::Bool(false))
}
