//! Claims that are the hash of what came along with an ID token (`OpenID` Connect Core section 3.3.2.11).

use super::{Confidence, Finding, Reason, Rule, Ruling, Severity, Subject, claim_evidence, named};
use crate::judge::ProfileName;
use crate::judge::audit::profile::whole;
use crate::judge::neighbours::{Bond, access_token_along, half_hash, is_front_channel};
use crate::judge::profile::Place;

/// The claims, what each is the hash of, and where that is said.
const CLAIMS: [(&str, &str, &str); 3] = [
    (
        "at_hash",
        "access token",
        "OpenID Connect Core \u{A7}3.1.3.6",
    ),
    ("c_hash", "code", "OpenID Connect Core \u{A7}3.3.2.11"),
    ("s_hash", "state", "OpenID Connect Core \u{A7}3.3.2.11"),
];

/// `hash-claim-mismatch`: `at_hash`, `c_hash` or `s_hash` is not the hash of what came along.
pub(in super::super) struct HashClaimMismatch;

impl Rule for HashClaimMismatch {
    fn id(&self) -> &'static str {
        "hash-claim-mismatch"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let case = subject.case;
        if !subject.has_claims() || subject.profile.name == ProfileName::DpopProof {
            return Ruling::Unconcerned;
        }
        let bonds = CLAIMS.iter().filter_map(|claim| {
            let (name, ..) = claim;
            Some((claim, half_hash(case, name)?))
        });
        let bonds: Vec<_> = bonds.collect();
        let is_unbound = case.claim("at_hash").is_none()
            && is_front_channel(case)
            && access_token_along(case).is_some();
        if bonds.is_empty() && !is_unbound {
            return Ruling::Unconcerned;
        }
        let is_open = |bond: &Bond| *bond == Bond::Open;
        if !is_unbound && bonds.iter().all(|(_, bond)| is_open(bond)) {
            return Ruling::NotRun;
        }
        let mut findings: Vec<_> = bonds
            .iter()
            .filter_map(|(claim, bond)| self.mismatch(subject, **claim, bond))
            .collect();
        if is_unbound {
            findings.push(self.missing(subject));
        }
        Ruling::Ran(findings)
    }
}

impl HashClaimMismatch {
    fn mismatch(
        &self,
        subject: &Subject<'_>,
        (name, of, reference): (&'static str, &str, &'static str),
        bond: &Bond,
    ) -> Option<Finding> {
        let (is_certain, title, detail) = match bond {
            Bond::Matches(_) | Bond::Open => return None,
            Bond::OtherHash {
                of: id,
                made_with,
                expected,
            } => (
                true,
                format!("{name} is made with another hash"),
                format!(
                    "It is the left half of the {} of the {of} ({}), and the alg of this token asks for {}. A client that follows the standard takes it for another {of}\u{2019}s.",
                    made_with.label(),
                    named(id),
                    expected.label()
                ),
            ),
            Bond::Differs {
                from,
                is_certain: true,
            } => (
                true,
                format!("{name} is not that of the {of}"),
                format!(
                    "The {of} in the same message ({}) has another hash. Whoever put the two together may have exchanged one of them: a client that does not compare them uses an {of} that was made for somebody else.",
                    named(from)
                ),
            ),
            Bond::Differs {
                from,
                is_certain: false,
            } => (
                false,
                format!("{name} is not that of the {of} beside it"),
                format!(
                    "A token of the same issuer, subject and time is in the session ({}), and has another hash. If they came together, one of them was exchanged.",
                    named(from)
                ),
            ),
        };
        let refuses = is_certain && subject.profile.is_fixed();
        Some(Finding {
            rule: self.id(),
            severity: if is_certain {
                Severity::High
            } else {
                Severity::Medium
            },
            confidence: if is_certain {
                Confidence::Certain
            } else {
                Confidence::Likely
            },
            title,
            detail,
            remedy: format!(
                "Compare {name} with the {of} that came along, and refuse both where they differ."
            ),
            references: vec![reference, "CWE-345"],
            evidence: claim_evidence(subject, name),
            refusal: refuses.then_some(Reason::Rule("hash-claim-mismatch")),
        })
    }

    /// In a response through the browser anybody can put another access token beside the ID token.
    fn missing(&self, subject: &Subject<'_>) -> Finding {
        Finding {
            rule: self.id(),
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            title: "No at_hash beside an access token".to_owned(),
            detail: "This ID token came through the browser together with an access token, and nothing in it says which one. Another access token can be put in its place.".to_owned(),
            remedy: "Have the issuer write at_hash, or take the access token from the token endpoint.".to_owned(),
            references: vec![
                "OpenID Connect Core \u{A7}3.2.2.10",
                "OpenID Connect Core \u{A7}3.3.2.11",
                "CWE-345",
            ],
            evidence: whole(subject, Place::Claims),
            refusal: None,
        }
    }
}
