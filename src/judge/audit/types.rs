//! Header parameters of a type that is not theirs.

use super::{Confidence, Finding, Rule, Ruling, Severity, Subject, named_evidence};
use crate::jose::json::{Json, Value};
use crate::jose::registry::header_parameter;
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
    let findings = names.into_iter().filter_map(|name| {
        let parameter = header_parameter(name, is_jwe)?;
        let is_of_an_rfc = parameter.reference.starts_with("RFC ");
        let value = document.get(name).filter(|_| is_of_an_rfc)?;
        let (expected, found) = mismatch(&parameter.shape, value)?;
        Some(Finding {
            rule: HeaderType.id(),
            severity: Severity::Low,
            confidence: Confidence::Certain,
            title: format!("Header parameter of another type ({})", visible(name)),
            detail: format!(
                "Expected {} as {expected}, found {found}. Some verifiers refuse it, some pass it over, and some take it for what it is not.",
                visible(name)
            ),
            remedy: "Write the parameter in the type that is registered for it.".to_owned(),
            references: vec![parameter.reference.as_str(), "CWE-20"],
            evidence: named_evidence(Some(part), name),
            refusal: None,
        })
    });
    findings.collect()
}

/// What the registry's shape wants and what is there instead; `None` when it fits, or the shape is not told apart.
fn mismatch(shape: &str, value: &Json) -> Option<(&'static str, String)> {
    let fits_one = |shape: &str| match shape {
        "string" | "url" | "base64url" => value.str().is_some(),
        "object" => value.object().is_some(),
        "boolean" => matches!(value.value, Value::Bool(_)),
        "array" => value.array().is_some(),
        "array<string>" | "array<base64>" => value
            .array()
            .is_some_and(|elements| elements.iter().all(|element| element.str().is_some())),
        _ => true,
    };
    if shape.split(" or ").any(fits_one) {
        return None;
    }
    let expected = match shape {
        "object" => "an object",
        "boolean" => "a boolean",
        "array" => "an array",
        "array<string>" | "array<base64>" => "an array of strings",
        "string or array<string>" => "a string or an array of strings",
        _ => "a string",
    };
    let other = value.array().unwrap_or_default().iter();
    let other = other
        .filter(|element| element.str().is_none())
        .map(Json::kind)
        .next();
    let found = match other.filter(|_| expected.ends_with("of strings")) {
        Some(kind) => format!("an entry of type {kind}"),
        None => format!("a value of type {}", value.kind()),
    };
    Some((expected, found))
}
