//! Header parameters and claims of a type that is not theirs.

use super::{Claim, Confidence, Finding, Rule, Ruling, Severity, Subject, named_evidence};
use crate::jose::json::Json;
use crate::jose::registry::{Class, Place, look_up};
use crate::jose::visible::visible;
use crate::jose::{Kind, Part, PartRole};

/// `header-type`: a registered header parameter whose value is of another type than its RFC says.
pub(super) struct HeaderType;

/// Parameters whose type other rules speak of.
const OF_OTHER_RULES: [&str; 5] = ["alg", "b64", "crit", "kid", "p2c"];

impl Rule for HeaderType {
    fn id(&self) -> &'static str {
        "header-type"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        let is_header = |role| {
            matches!(
                role,
                PartRole::ProtectedHeader | PartRole::UnprotectedHeader
            )
        };
        let mut headers = token.parts.iter().filter(|part| is_header(part.role));
        let Some(first) = headers.next() else {
            return Ruling::NotRun;
        };
        let is_jwe = token.kind == Kind::Jwe;
        let all = std::iter::once(first).chain(headers);
        Ruling::Ran(all.flat_map(|part| findings(part, is_jwe)).collect())
    }
}

/// What is found in one header.
fn findings(part: &Part, is_jwe: bool) -> Vec<Finding> {
    let Some(document) = &part.json else {
        return Vec::new();
    };
    let root = document.root.as_ref();
    let mut names: Vec<&str> = root
        .and_then(Json::object)
        .unwrap_or_default()
        .iter()
        .map(|member| member.name.as_str())
        .filter(|name| !OF_OTHER_RULES.contains(name))
        // Of the chain beside a signature `x5c-chain` speaks.
        .filter(|name| is_jwe || *name != "x5c")
        .collect();
    names.sort_unstable();
    names.dedup();
    let of = if is_jwe { "JWE" } else { "JWS" };
    let findings = names.into_iter().filter_map(|name| {
        let parameter = look_up(Place::Header { is_jwe }, name);
        let is_of_it = parameter.of.is_empty() || parameter.of.iter().any(|own| own == of);
        let is_of_an_rfc = is_of_it && parameter.reference.starts_with("RFC ");
        let value = document.get(name).filter(|_| is_of_an_rfc)?;
        let misfit = parameter.shape.misfit(value).filter(|misfit| misfit.is_kind)?;
        Some(Finding {
            rule: HeaderType.id(),
            severity: Severity::Low,
            confidence: Confidence::Certain,
            title: format!("Header parameter of another type ({})", visible(name)),
            detail: format!(
                "As the value of {}, {}. Some verifiers refuse it, some pass it over, and some take it for what it is not.",
                visible(name),
                misfit.words
            ),
            remedy: "Write the parameter in the type that is registered for it.".to_owned(),
            references: vec![parameter.reference.as_str(), "CWE-20"],
            evidence: named_evidence(Some(part), name),
            refusal: None,
        })
    });
    findings.collect()
}

/// `claim-type`: a registered claim whose value is of another type than is registered.
pub(super) struct ClaimType;

/// Claims whose type other rules speak of. Of times `numericdate-type` does.
const CLAIMS_OF_OTHER_RULES: [&str; 6] = ["iss", "aud", "jti", "_sd", "_sd_alg", "..."];

/// Where claims are defined that access is decided by; with others a service may mean something of its own by the same name.
const DECISIVE: [&str; 8] = [
    "RFC 7519",
    "OpenID Connect Core",
    "RFC 7800",
    "RFC 8176",
    "RFC 8417",
    "RFC 8693",
    "RFC 7643",
    "RFC 9449",
];

impl Rule for ClaimType {
    fn id(&self) -> &'static str {
        "claim-type"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() || subject.is_key_binding {
            return Ruling::Unconcerned;
        }
        let mut findings: Vec<Finding> = Vec::new();
        for claim in subject.case.claims() {
            let Some(misfit) = misfit(subject, &claim) else {
                continue;
            };
            let name = visible(claim.name);
            let (severity, words, reference) = misfit;
            findings.push(Finding {
                rule: self.id(),
                severity,
                confidence: Confidence::Certain,
                title: format!("Claim of another type ({name})"),
                detail: format!(
                    "As the value of {name}, {words}. In some languages the text \u{201C}false\u{201D} is true, and a text is searched where a list is meant."
                ),
                remedy: "Write the claim in the type that is registered for it.".to_owned(),
                references: vec![reference, "CWE-1287"],
                evidence: vec![claim.evidence()],
                refusal: None,
            });
            if findings.len() >= MAX_FINDINGS {
                break;
            }
        }
        Ruling::Ran(findings)
    }
}

/// Claims beyond this number say nothing new.
const MAX_FINDINGS: usize = 20;

/// What is wrong with the type of a claim, how bad that is, and where the type is registered.
fn misfit(subject: &Subject<'_>, claim: &Claim<'_>) -> Option<(Severity, String, &'static str)> {
    let of = |issuer| look_up(Place::Claims { issuer }, claim.name);
    let registered = of(None);
    // Most names are nobody's, and most values fit.
    if registered.class != Class::Registered || registered.shape.is_numeric_date() {
        return None;
    }
    let misfit = registered.shape.misfit(claim.value)?;
    let is_of_others = CLAIMS_OF_OTHER_RULES.contains(&claim.name);
    if !misfit.is_kind || is_of_others || is_concealed(claim.value) {
        return None;
    }
    // A vendor may have made it into something else.
    let issuer = subject.claim("iss").and_then(Json::str);
    let own = of(issuer);
    let is_own = !std::ptr::eq(own, registered)
        && own
            .shape
            .misfit(claim.value)
            .is_none_or(|misfit| !misfit.is_kind);
    // Of duplicates the one that counts is looked at.
    let last = subject.case.claim(claim.name)?;
    let is_last = last.range == claim.range;
    let is_decisive = DECISIVE
        .iter()
        .any(|start| registered.reference.starts_with(start));
    let severity = if is_decisive {
        Severity::Medium
    } else {
        Severity::Low
    };
    (!is_own && is_last).then_some((severity, misfit.words, registered.reference.as_str()))
}

/// Whether elements of a list are digests that disclosures stand for (RFC 9901 section 4.2.4.2).
fn is_concealed(value: &Json) -> bool {
    let mut elements = value.array().unwrap_or_default().iter();
    elements.any(|element| element.get("...").is_some())
}
