//! What a header asks to be trusted (catalogue 1.3).

use super::signature::signature;
use super::{
    Confidence, Finding, ProfileName, Reason, Rule, Ruling, Severity, Subject, named_evidence,
};
use crate::jose::json::{Json, Value};
use crate::jose::visible::visible;
use crate::jose::{Part, PartRole};
use crate::verify::{Outcome, Provenance};

/// Parameters that RFC 7515, 7516 and 7518 define, which `crit` must not name (RFC 7515 section 4.1.11).
const DEFINED_BY_JOSE: [&str; 22] = [
    "alg", "apu", "apv", "crit", "cty", "enc", "epk", "iv", "jku", "jwk", "kid", "p2c", "p2s",
    "tag", "typ", "x5c", "x5t", "x5t#S256", "x5u", "zip", "use", "key_ops",
];

fn header_part<'a>(subject: &Subject<'a>) -> Option<&'a Part> {
    subject.case.token.part(PartRole::ProtectedHeader)
}

fn header_member<'a>(subject: &Subject<'a>, name: &str) -> Option<&'a Json> {
    subject.case.token.header()?.get(name)
}

/// `jwk-embedded`: the token brings its own key.
pub(super) struct JwkEmbedded;

impl Rule for JwkEmbedded {
    fn id(&self) -> &'static str {
        "jwk-embedded"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if header_member(subject, "jwk").is_none() {
            return Ruling::Ran(Vec::new());
        }
        let Some(proof) = signature(subject) else {
            // In a JWE it is the recipient's key.
            return Ruling::Unconcerned;
        };
        let only_with_it = proof.outcome == Outcome::Valid
            && proof
                .key
                .as_ref()
                .is_some_and(|used| used.provenance == Provenance::Token);
        let (severity, confidence, detail) = if only_with_it {
            (
                Severity::Critical,
                Confidence::Proven,
                "The signature verifies with the key in the token's own header and with none of yours. Whoever wrote the token chose that key, so it proves nothing.",
            )
        } else {
            (
                Severity::High,
                Confidence::Certain,
                "A verifier that uses the key in the header lets the sender choose it.",
            )
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence,
            title: "The token brings its own key (jwk)".to_owned(),
            detail: detail.to_owned(),
            remedy: "Ignore keys in the header unless they match one that is pinned.".to_owned(),
            references: vec!["RFC 7515 \u{A7}4.1.3", "CVE-2018-0114", "CWE-345"],
            evidence: named_evidence(header_part(subject), "jwk"),
            refusal: None,
        }])
    }
}

/// `jku-x5u-untrusted`: the token says where to fetch its key.
pub(super) struct JkuX5uUntrusted;

impl Rule for JkuX5uUntrusted {
    fn id(&self) -> &'static str {
        "jku-x5u-untrusted"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let issuer = subject
            .case
            .token
            .claims()
            .and_then(|claims| claims.str("iss"))
            .and_then(https_host);
        let findings = ["jku", "x5u"].into_iter().filter_map(|name| {
            let value = header_member(subject, name)?;
            let host = value.str().and_then(https_host);
            let same_host = host.is_some() && host == issuer;
            let what = if name == "jku" { "key URL" } else { "certificate URL" };
            let whose = if same_host {
                " It is on the issuer's own host, which only helps if the verifier checks that."
            } else {
                ""
            };
            Some(Finding {
                rule: self.id(),
                severity: if same_host { Severity::Medium } else { Severity::High },
                confidence: Confidence::Certain,
                title: format!("Header names its own {what} ({name})"),
                detail: format!("A verifier that follows {name} lets the sender choose the key, and fetches what the sender wants fetched.{whose}"),
                remedy: format!("Pin the issuer\u{2019}s key set and ignore {name}, or allow-list this exact URL."),
                references: vec!["RFC 8725 \u{A7}3.10", "CWE-918", "CWE-345"],
                evidence: named_evidence(header_part(subject), name),
                refusal: None,
            })
        });
        Ruling::Ran(findings.collect())
    }
}

/// The host (with port) of an `https` URL without user information, in lower case.
fn https_host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let is_plain = !authority.is_empty() && !authority.contains(['@', '%']) && !rest.contains('\\');
    is_plain.then(|| authority.to_ascii_lowercase())
}

/// `crit-malformed`: `crit` breaks its own rules.
pub(super) struct CritMalformed;

impl Rule for CritMalformed {
    fn id(&self) -> &'static str {
        "crit-malformed"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["crit-unknown"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let fault = header_member(subject, "crit").and_then(|crit| crit_fault(subject, crit));
        Ruling::from(fault.map(|found| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: "crit breaks its own rules".to_owned(),
            detail: format!("Expected a list of extension names that stand in this header, found {found}. A verifier must refuse it; one that does not probably ignores crit altogether."),
            remedy: "Refuse the token.".to_owned(),
            references: vec!["RFC 7515 \u{A7}4.1.11", "CWE-347"],
            evidence: named_evidence(header_part(subject), "crit"),
            refusal: Some(Reason::Malformed),
        }))
    }
}

fn crit_fault(subject: &Subject<'_>, crit: &Json) -> Option<String> {
    let Some(entries) = crit.array() else {
        return Some(format!("a value of type {}", crit.kind()));
    };
    if entries.is_empty() {
        return Some("an empty list".to_owned());
    }
    let mut seen = Vec::new();
    for entry in entries {
        let Some(name) = entry.str() else {
            return Some(format!("an entry of type {}", entry.kind()));
        };
        let shown = visible(name);
        if seen.contains(&name) {
            return Some(format!("\u{201C}{shown}\u{201D} twice"));
        }
        if DEFINED_BY_JOSE.contains(&name) {
            return Some(format!("\u{201C}{shown}\u{201D}, which is no extension"));
        }
        if header_member(subject, name).is_none() {
            return Some(format!(
                "\u{201C}{shown}\u{201D}, which does not stand in the header"
            ));
        }
        seen.push(name);
    }
    None
}

/// `crit-unknown`: an extension that must be understood and is not.
pub(super) struct CritUnknown;

impl Rule for CritUnknown {
    fn id(&self) -> &'static str {
        "crit-unknown"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let names: Vec<String> = header_member(subject, "crit")
            .and_then(Json::array)
            .unwrap_or_default()
            .iter()
            .filter_map(Json::str)
            .filter(|name| *name != "b64")
            .map(visible)
            .collect();
        Ruling::from((!names.is_empty()).then(|| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: format!("Critical extension nobody here understands: {}", names.join(", ")),
            detail: "The header says that a verifier which does not understand this extension must refuse the token. A service that takes it ignores crit.".to_owned(),
            remedy: "Refuse the token, and check that the library does.".to_owned(),
            references: vec!["RFC 7515 \u{A7}4.1.11", "CWE-347"],
            evidence: named_evidence(header_part(subject), "crit"),
            refusal: Some(Reason::Rule(self.id())),
        }))
    }
}

/// `b64-unencoded`: the option for unencoded payloads, misused.
pub(super) struct B64Unencoded;

impl Rule for B64Unencoded {
    fn id(&self) -> &'static str {
        "b64-unencoded"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(b64) = header_member(subject, "b64") else {
            return Ruling::Ran(Vec::new());
        };
        let is_critical = header_member(subject, "crit")
            .and_then(Json::array)
            .is_some_and(|names| names.iter().any(|name| name.str() == Some("b64")));
        let is_jwt = subject.profile.name != ProfileName::Jws;
        let found = match b64.value {
            Value::Bool(false) if !is_critical => "b64 is false, but crit does not name it",
            Value::Bool(false) if is_jwt => "b64 is false in a JWT",
            Value::Bool(_) => return Ruling::Ran(Vec::new()),
            _ => "b64 is no boolean",
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: "Unencoded payload option misused (b64)".to_owned(),
            detail: format!(
                "{}. Readers disagree on what the payload is: its characters, or what they decode to.",
                crate::judge::words::capitalised(found)
            ),
            remedy: "Do not use b64 in a JWT; elsewhere name it in crit.".to_owned(),
            references: vec!["RFC 7797 \u{A7}6", "CWE-347"],
            evidence: named_evidence(header_part(subject), "b64"),
            refusal: Some(Reason::Malformed),
        }])
    }
}
