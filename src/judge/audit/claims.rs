//! Claims and time (catalogue 1.7).

use super::{
    Confidence, Finding, Reason, Rule, Ruling, Severity, Subject, member_evidence, named_evidence,
};
use crate::jose::json::{Number, Value};
use crate::jose::visible::visible;
use crate::jose::{PartRole, registry};
use crate::judge::time;
use crate::judge::words::span;

/// `exp-missing`: the token never expires.
pub(super) struct ExpMissing;

impl Rule for ExpMissing {
    fn id(&self) -> &'static str {
        "exp-missing"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let payload = subject.case.token.part(PartRole::Payload);
        let is_missing = subject
            .case
            .token
            .claims()
            .is_some_and(|claims| claims.get("exp").is_none());
        Ruling::from(is_missing.then(|| Finding {
            rule: self.id(),
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            title: "No expiry".to_owned(),
            detail: "There is no exp: whoever gets hold of this token can use it for as long as its key lives.".to_owned(),
            remedy: "Add exp, minutes to hours ahead.".to_owned(),
            references: vec!["RFC 7519 \u{A7}4.1.4", "CWE-613"],
            evidence: payload.map(super::Evidence::whole_part).into_iter().collect(),
            refusal: None,
        }))
    }
}

/// `outside-validity`: expired, or not yet valid.
pub(super) struct OutsideValidity;

impl Rule for OutsideValidity {
    fn id(&self) -> &'static str {
        "outside-validity"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let payload = subject.case.token.part(PartRole::Payload);
        let times = subject.times;
        let mut findings = Vec::new();
        let distance = |claim| {
            let at = times.mark(claim).and_then(|mark| mark.at);
            at.map_or_else(
                || "by more than can be shown".to_owned(),
                |at| span(time::seconds_between(at, subject.case.at)),
            )
        };
        if times.expired {
            findings.push(Finding {
                rule: self.id(),
                severity: Severity::Info,
                confidence: Confidence::Certain,
                title: "Expired".to_owned(),
                detail: format!(
                    "Outside its validity: exp passed {} ago. A verifier must refuse it now.",
                    distance("exp")
                ),
                remedy: "Get a fresh token; check that the service refuses this one.".to_owned(),
                references: vec!["RFC 7519 \u{A7}4.1.4", "CWE-613"],
                evidence: named_evidence(payload, "exp"),
                refusal: Some(Reason::Expired),
            });
        }
        if times.not_yet_valid {
            findings.push(Finding {
                rule: self.id(),
                severity: Severity::Medium,
                confidence: Confidence::Certain,
                title: "Not yet valid".to_owned(),
                detail: format!("nbf lies {} ahead. A verifier must refuse it until then.", distance("nbf")),
                remedy: "Check the clocks of issuer and verifier; check that the service refuses this token.".to_owned(),
                references: vec!["RFC 7519 \u{A7}4.1.5", "CWE-613"],
                evidence: named_evidence(payload, "nbf"),
                refusal: Some(Reason::NotYetValid),
            });
        }
        Ruling::Ran(findings)
    }
}

/// `numericdate-type`: a time that is no JSON number, or an odd one.
pub(super) struct NumericDateType;

impl Rule for NumericDateType {
    fn id(&self) -> &'static str {
        "numericdate-type"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let (Some(part), Some(members)) = (
            subject.case.token.part(PartRole::Payload),
            subject
                .case
                .token
                .claims()
                .and_then(|claims| claims.object()),
        ) else {
            return Ruling::Unconcerned;
        };
        let findings = members
            .iter()
            .enumerate()
            .filter(|(_, member)| registry::is_numeric_date(&member.name))
            .filter(|(index, member)| {
                // A duplicate says so itself; only the value that counts is looked at.
                let mut later = members.iter().skip(index.saturating_add(1));
                later.all(|later| later.name != member.name)
            })
            .filter_map(|(_, member)| {
                let name = &member.name;
                let refuses = matches!(name.as_str(), "exp" | "nbf");
                let (severity, title, detail, refusal) = match &member.value.value {
                    Value::Number(number) if is_plain(number) => return None,
                    Value::Number(number) => (
                        Severity::Info,
                        format!("{name} is written as {}", visible(&number.text)),
                        "Legal, but verifiers that expect a whole number of seconds may round it or refuse it.".to_owned(),
                        None,
                    ),
                    _ => (
                        Severity::High,
                        format!("{name} is no number"),
                        format!(
                            "Expected a JSON number, found {}. Verifiers that compare it as text or skip it may never see the token expire.",
                            match member.value.kind() {
                                "null" => "null".to_owned(),
                                kind @ ("array" | "object") => format!("an {kind}"),
                                kind => format!("a {kind}"),
                            }
                        ),
                        refuses.then_some(Reason::Malformed),
                    ),
                };
                Some(Finding {
                    rule: self.id(),
                    severity,
                    confidence: Confidence::Certain,
                    title,
                    detail,
                    remedy: "Write times as whole seconds since 1970, without quotes.".to_owned(),
                    references: vec!["RFC 7519 \u{A7}2", "CWE-1287"],
                    evidence: vec![member_evidence(part, member)],
                    refusal,
                })
            });
        Ruling::Ran(findings.collect())
    }
}

/// Digits only, perhaps with a minus.
fn is_plain(number: &Number) -> bool {
    number
        .text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
}
