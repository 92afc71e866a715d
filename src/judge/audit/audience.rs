//! For whom the token is (catalogue 1.7, 1.11).

use super::profile::{refusal, whole};
use super::{Confidence, Finding, Rule, Ruling, Severity, Subject};
use crate::jose::json::{Json, Value};
use crate::judge::ProfileName;
use crate::judge::profile::{Level, Place, Trait, is_token_endpoint};

/// `aud-missing`: the token is for anybody.
pub(super) struct AudMissing;

impl Rule for AudMissing {
    fn id(&self) -> &'static str {
        "aud-missing"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() || subject.is_key_binding {
            return Ruling::Unconcerned;
        }
        let spec = subject.profile.spec;
        let claim = subject.case.claim("aud");
        let (severity, title) = match claim.as_ref().map(|claim| &claim.value.value) {
            Some(Value::String(name)) if name.is_empty() => {
                (Severity::Medium, "The audience is empty")
            }
            Some(Value::Array(names)) if names.is_empty() => {
                (Severity::Medium, "The audience is an empty list")
            }
            // Where the kind asks for it, `profile-claim-missing` says that it is not there.
            None if !spec.requires_claim("aud") && !spec.without.contains(&"aud") => {
                (subject.absence(), "No audience")
            }
            _ => return Ruling::Ran(Vec::new()),
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: title.to_owned(),
            detail: "Nothing says for whom the token is, so what one service is given it can present to every other one that trusts the issuer.".to_owned(),
            remedy: "Name the one service that the token is for, and refuse tokens for others.".to_owned(),
            references: vec!["RFC 7519 \u{A7}4.1.3", "RFC 8725 \u{A7}3.9", "CWE-345"],
            evidence: claim.map_or_else(
                || whole(subject, Place::Claims),
                |claim| vec![claim.evidence()],
            ),
            refusal: None,
        }])
    }
}

/// `aud-loose`: an audience that is too wide, or not one.
pub(super) struct AudLoose;

/// Words that stand for everybody, or for a value that somebody forgot; in lower case.
const NOBODY_IN_PARTICULAR: [&str; 5] = ["any", "all", "null", "undefined", "none"];

/// Domains at the top: nobody's name.
const TOP_DOMAINS: [&str; 8] = ["com", "org", "net", "io", "dev", "app", "local", "internal"];

/// Audiences that say what a person may do, and not for whom the token is.
const ROLES: [(&str, &str); 3] = [
    (
        "account",
        "Keycloak writes \u{201C}account\u{201D} where no service was asked for: the audience of the real ones is missing.",
    ),
    (
        "authenticated",
        "Supabase writes the role of the user here: it tells services apart no further.",
    ),
    (
        "anon",
        "Supabase writes the role of the user here: it tells services apart no further.",
    ),
];

/// With more audiences than this each of them can go to many others.
const MANY: usize = 5;

impl Rule for AudLoose {
    fn id(&self) -> &'static str {
        "aud-loose"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() || subject.is_key_binding {
            return Ruling::Unconcerned;
        }
        let Some(claim) = subject.case.claim("aud") else {
            // Without aud `aud-missing` speaks.
            return Ruling::Ran(Vec::new());
        };
        let looseness = looseness(subject, claim.value);
        Ruling::from(looseness.map(|(severity, title, detail)| Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: title.to_owned(),
            detail: detail.to_owned(),
            remedy: "Write one precise audience, as one text.".to_owned(),
            references: vec!["RFC 7519 \u{A7}4.1.3", "RFC 8725 \u{A7}3.9", "CWE-285"],
            evidence: vec![claim.evidence()],
            refusal: None,
        }))
    }
}

/// The worst that is to be said of an audience.
fn looseness(
    subject: &Subject<'_>,
    value: &Json,
) -> Option<(Severity, &'static str, &'static str)> {
    let names: Vec<&str> = match &value.value {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Json::str).collect(),
        _ => Vec::new(),
    };
    if names.iter().any(|name| is_wide(name)) {
        return Some((
            Severity::High,
            "The audience is everybody",
            "A wildcard, a top domain or a placeholder stands where a name should: a service that compares loosely takes the token, and so does the next one.",
        ));
    }
    let Value::String(name) = &value.value else {
        return misshaped(value, &names);
    };
    if let Some((_, detail)) = ROLES.iter().find(|(role, _)| role == name) {
        return Some((Severity::Info, "The audience is no service", detail));
    }
    let is_issuer = subject.claim("iss").and_then(Json::str) == Some(name);
    (is_issuer && subject.profile.spec.has(Trait::Access)).then_some((
        Severity::Low,
        "The audience is the issuer itself",
        "The token is for the authorization server, and services that take it anyway all take the same one.",
    ))
}

fn misshaped(value: &Json, names: &[&str]) -> Option<(Severity, &'static str, &'static str)> {
    let Value::Array(all) = &value.value else {
        return Some((
            Severity::Medium,
            "The audience is no text",
            "Expected a text or a list of texts. What a verifier makes of anything else is its own affair, and one that finds nothing to compare may skip the check.",
        ));
    };
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if names.len() < all.len() || names.contains(&"") {
        Some((
            Severity::Medium,
            "The audiences are not all texts",
            "Expected a list of names. A verifier that meets something else may skip the check, or take it for its own name.",
        ))
    } else if sorted.len() < names.len() {
        Some((
            Severity::Medium,
            "An audience stands twice",
            "A verifier that counts audiences counts another number than one that collects them.",
        ))
    } else {
        (names.len() > MANY).then_some((
            Severity::Info,
            "Many audiences",
            "Each of them can present the token to all others.",
        ))
    }
}

fn is_wide(name: &str) -> bool {
    let mut words = NOBODY_IN_PARTICULAR.iter().chain(&TOP_DOMAINS);
    name.contains('*') || words.any(|word| name.eq_ignore_ascii_case(word))
}

/// `azp-mismatch`: made for a client that is none of the audiences.
pub(super) struct AzpMismatch;

impl Rule for AzpMismatch {
    fn id(&self) -> &'static str {
        "azp-mismatch"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if subject.profile.name != ProfileName::OidcIdToken || !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        // Without azp `profile-claim-missing` speaks; vendors have their own use of it.
        let azp = subject.case.claim("azp");
        let audiences = subject.claim("aud").and_then(Json::array);
        let (Some(azp), Some(audiences)) = (azp, audiences) else {
            return Ruling::Ran(Vec::new());
        };
        let is_one = audiences.iter().any(|one| one.str() == azp.value.str());
        let is_odd = audiences.len() > 1 && !is_one && subject.profile.vendor.is_none();
        Ruling::from(is_odd.then(|| {
            let aud = subject.case.claim("aud");
            let evidence = [Some(azp), aud].into_iter().flatten();
            Finding {
                rule: self.id(),
                severity: Severity::Medium,
                confidence: super::profile::confidence(subject),
                title: "azp is none of the audiences".to_owned(),
                detail: "An ID token is for its clients, and the one that it was issued to is not among them: a client that checks azp refuses the token, and one that checks aud alone takes it.".to_owned(),
                remedy: "Name the client that asked in both, and check both as the client.".to_owned(),
                references: vec!["OpenID Connect Core 1.0 \u{A7}2", "CWE-345"],
                evidence: evidence.map(|claim| claim.evidence()).collect(),
                refusal: None,
            }
        }))
    }
}

/// `client-assertion-audience`: a server that is given the assertion can present it to another one.
pub(super) struct ClientAssertionAudience;

impl Rule for ClientAssertionAudience {
    fn id(&self) -> &'static str {
        "client-assertion-audience"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if subject.profile.name != ProfileName::ClientAssertion {
            return Ruling::Unconcerned;
        }
        if subject.case.token.claims().is_none() {
            // Nothing opened it.
            return Ruling::NotRun;
        }
        let Some(claim) = subject.case.claim("aud") else {
            // Without aud `profile-claim-missing` speaks.
            return Ruling::Ran(Vec::new());
        };
        let (level, title, detail) = match &claim.value.value {
            Value::String(url) if !is_endpoint(url) => return Ruling::Ran(Vec::new()),
            Value::String(_) => (
                None,
                "The assertion is for an endpoint, not for the issuer",
                "A server that names another one\u{2019}s token endpoint as its own in its metadata is sent assertions that are good there.",
            ),
            _ => (
                Some(Level::Must),
                "The assertion is not for one server alone",
                "Where the audience is a list, every server in it can present the assertion to the others, as the client.",
            ),
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: level.map_or(Severity::Medium, |level| {
                super::profile::severity(subject, level)
            }),
            confidence: super::profile::confidence(subject),
            title: title.to_owned(),
            detail: detail.to_owned(),
            remedy: "Write the issuer identifier of the authorization server as aud, as one text; take nothing else as the server.".to_owned(),
            references: vec!["RFC 7523 \u{A7}3", "OpenID Connect Core 1.0 \u{A7}9", "CWE-346"],
            evidence: vec![claim.evidence()],
            refusal: level.and_then(|level| refusal(subject, level, self.id())),
        }])
    }
}

/// Last segments of endpoints' paths, beside those of token endpoints.
const ENDPOINTS: [&str; 6] = [
    "par",
    "authorize",
    "authorization",
    "introspect",
    "revoke",
    "bc-authorize",
];

fn is_endpoint(url: &str) -> bool {
    let rest = url.strip_prefix("https://").unwrap_or_default();
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let last = path.trim_end_matches('/').rsplit_once('/');
    is_token_endpoint(url) || last.is_some_and(|(_, last)| ENDPOINTS.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_known_by_their_last_segment() {
        for url in [
            "https://a.example/oauth2/token",
            "https://a.example/as/par",
            "https://a.example/authorize?x=1",
        ] {
            assert!(is_endpoint(url), "{url}");
        }
        for url in [
            "https://a.example",
            "https://a.example/realms/token-service",
            "https://par",
            "urn:example:par",
        ] {
            assert!(!is_endpoint(url), "{url}");
        }
    }
}
