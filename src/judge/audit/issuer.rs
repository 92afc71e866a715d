//! Who issued the token, and where the issuer's keys came from (catalogue 1.7, 1.11).

use super::header::https_host;
use super::profile::whole;
use super::signature::signature;
use super::{Confidence, Evidence, Finding, Rule, Ruling, Severity, Subject};
use crate::jose::json::{Json, Value};
use crate::jose::visible::visible;
use crate::judge::profile::Place;
use crate::verify::{Outcome, Provenance};

/// `iss-missing`: no issuer, or a name that names nobody.
pub(super) struct IssMissing;

impl Rule for IssMissing {
    fn id(&self) -> &'static str {
        "iss-missing"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() || subject.is_key_binding {
            return Ruling::Unconcerned;
        }
        let spec = subject.profile.spec;
        // Where the kind asks for it, `profile-claim-missing` says that it is not there, or is no text.
        let is_asked = spec.requires_claim("iss");
        let claim = subject.case.claim("iss");
        let flaw = match claim.as_ref().map(|claim| &claim.value.value) {
            None if is_asked || spec.without.contains(&"iss") => None,
            None => Some(Flaw {
                severity: subject.absence(),
                title: "No issuer",
                detail: "Nothing says whose keys are to verify the token, so one of any issuer whose keys are trusted passes."
                    .to_owned(),
            }),
            Some(Value::String(name)) => useless(name).or_else(|| near_miss(subject, name)),
            Some(_) if is_asked => None,
            Some(_) => Some(Flaw {
                severity: Severity::Medium,
                title: "The issuer is no text",
                detail: "An issuer is one name, compared character by character; a list or a number compares as each library likes."
                    .to_owned(),
            }),
        };
        Ruling::from(flaw.map(|flaw| Finding {
            rule: self.id(),
            severity: flaw.severity,
            confidence: Confidence::Certain,
            title: flaw.title.to_owned(),
            detail: flaw.detail,
            remedy: "Write the issuer\u{2019}s exact name, and compare it with the configured one before choosing a key.".to_owned(),
            references: vec!["RFC 7519 \u{A7}4.1.1", "RFC 8725 \u{A7}3.8", "CWE-346"],
            evidence: claim.map_or_else(
                || whole(subject, Place::Claims),
                |claim| vec![claim.evidence()],
            ),
            refusal: None,
        }))
    }
}

/// What is wrong with an issuer.
struct Flaw {
    severity: Severity,
    title: &'static str,
    detail: String,
}

/// A name that names nobody.
fn useless(name: &str) -> Option<Flaw> {
    let (title, detail) = if name.is_empty() || name == "*" {
        (
            "The issuer names nobody",
            "Its name is empty or a wildcard. A verifier that compares loosely takes it for any issuer.",
        )
    } else if name.contains(char::is_whitespace) {
        (
            "White space in the issuer",
            "Verifiers that trim names and those that do not take it for two issuers.",
        )
    } else if name.starts_with("https://") && name.contains(['?', '#']) {
        (
            "The issuer has a query or a fragment",
            "OpenID Connect forbids both: the address of the issuer\u{2019}s metadata is made by adding to the name, and then points elsewhere.",
        )
    } else {
        return None;
    };
    Some(Flaw {
        severity: Severity::Medium,
        title,
        detail: detail.to_owned(),
    })
}

/// A name that the policy has in another spelling.
fn near_miss(subject: &Subject<'_>, name: &str) -> Option<Flaw> {
    let issuers = &subject.case.policy.issuers;
    if issuers.iter().any(|issuer| issuer.iss == name) {
        return None;
    }
    let own = bare(name);
    let near = issuers.iter().find(|issuer| bare(&issuer.iss) == own)?;
    Some(Flaw {
        severity: Severity::High,
        title: "The issuer differs from the expected one in spelling alone",
        detail: format!(
            "Expected \u{201C}{}\u{201D}. A final slash, the case or the scheme is all that differs, and verifiers that let it pass can be given the tokens of another issuer.",
            visible(&near.iss)
        ),
    })
}

/// A name without what differs by carelessness.
fn bare(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    let rest = rest.unwrap_or(&lower);
    rest.strip_suffix('/').unwrap_or(rest).to_owned()
}

/// `iss-key-origin`: the keys were fetched from another host than the issuer's.
pub(super) struct IssKeyOrigin;

impl Rule for IssKeyOrigin {
    fn id(&self) -> &'static str {
        "iss-key-origin"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let used = signature(subject)
            .filter(|proof| proof.outcome == Outcome::Valid)
            .and_then(|proof| proof.key.as_ref())
            .filter(|used| used.provenance == Provenance::Yours);
        // Only of keys that were fetched is it known where they came from.
        let origin = used.and_then(|used| https_host(&used.key.source));
        let issuer = subject.claim("iss").and_then(Json::str);
        let (Some(origin), Some(host)) = (origin, issuer.and_then(https_host)) else {
            return Ruling::Ran(Vec::new());
        };
        // Some vendors keep their keys on another host of theirs.
        let is_at_home = host == origin || subject.profile.vendor.is_some();
        let evidence: Vec<Evidence> = subject
            .case
            .claim("iss")
            .iter()
            .map(super::Claim::evidence)
            .collect();
        Ruling::from((!is_at_home).then(|| Finding {
            rule: self.id(),
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            title: "The keys came from another host than the issuer\u{2019}s".to_owned(),
            detail: format!(
                "The key that verifies was fetched from {}, and the issuer is at {}. If nothing but habit ties them together, whoever has the first host signs for the second.",
                visible(&origin),
                visible(&host)
            ),
            remedy: "Take the keys from the jwks_uri that the issuer\u{2019}s own metadata names.".to_owned(),
            references: vec!["RFC 8725 \u{A7}3.8", "CWE-346"],
            evidence,
            refusal: None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_issuer() {
        for name in [
            "https://a.example",
            "HTTPS://A.example/",
            "http://a.example",
        ] {
            assert_eq!(bare(name), "a.example");
        }
        assert_ne!(bare("https://a.example/b"), bare("https://a.example"));
        assert_ne!(bare("https://a.example//"), bare("https://a.example"));
    }
}
