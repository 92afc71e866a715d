//! Two kinds of token that nothing keeps apart (catalogue 1.4).

use super::{Confidence, Finding, Severity, Subject, claim_evidence, named};
use crate::judge::neighbours::{MOST, Traces, untyped};

/// Another token of the session is of another kind, and nothing that every verifier checks keeps the two apart: issuer, key and
/// audiences are the same, and neither has a type. A vendor's private claims may do so.
pub(in super::super) fn confusable(subject: &Subject<'_>) -> Option<Finding> {
    let case = subject.case;
    let own = case
        .beside
        .own()
        .filter(|_| subject.profile.vendor.is_none())?;
    let is_other_kind = |other: &Traces| {
        own.is_id_token && other.is_access_token || own.is_access_token && other.is_id_token
    };
    let (id, other) = case
        .beside
        .others(untyped(case)?)
        .take(MOST)
        .find(|(_, other)| is_other_kind(other))?;
    let (this, that) = if other.is_id_token {
        ("an access token", "an ID token")
    } else {
        ("an ID token", "an access token")
    };
    Some(Finding {
        rule: "cross-jwt-ambiguous",
        severity: Severity::Medium,
        confidence: Confidence::Likely,
        title: "Nothing common keeps two kinds of token apart".to_owned(),
        detail: format!(
            "This looks like {this}, and another token of the session ({}) like {that}. Both have the same issuer, key and audience, and neither has an explicit type: who checks no more than these takes one for the other.",
            named(id)
        ),
        remedy: "Give each kind an explicit typ, and an audience or a key of its own.".to_owned(),
        references: vec![
            "RFC 8725 \u{A7}2.8",
            "RFC 8725 \u{A7}3.11",
            "RFC 8725 \u{A7}3.12",
            "CWE-287",
        ],
        evidence: claim_evidence(subject, "aud"),
        refusal: None,
    })
}
