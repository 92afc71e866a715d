//! Header parameters of a type that is not theirs.

use super::{Confidence, Finding, Rule, Ruling, Severity, Subject, named_evidence};
use crate::jose::json::Json;
use crate::jose::registry::{Place, look_up};
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
