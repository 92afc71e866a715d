//! Whether a token can be told from other kinds of token (catalogue 1.4).

use super::profile::{confidence, explicit_type, refusal, severity, told, whole};
use super::together::confusable;
use super::{Confidence, Finding, Rule, Ruling, Severity, Subject, header_evidence};
use crate::jose::visible::visible;
use crate::judge::profile::{Level, Place, Typing, has_type, is_of_a_kind, is_plain};

/// `typ-mismatch`: `typ` contradicts the kind.
pub(super) struct TypMismatch;

impl Rule for TypMismatch {
    fn id(&self) -> &'static str {
        "typ-mismatch"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if subject.profile.name.is_general() || subject.is_key_binding {
            return Ruling::Unconcerned;
        }
        let spec = subject.profile.spec;
        let Some(typ) = subject.protected("typ").and_then(|typ| typ.str()) else {
            return Ruling::Ran(Vec::new());
        };
        let is_accepted = has_type(spec, typ)
            || match spec.typing {
                // Vendors type their access tokens as the standard does, or in their own way.
                Typing::Open => !is_of_a_kind(typ) || typ_is_access(typ),
                Typing::Recommended | Typing::Untyped => is_plain(typ),
                // Where the kind is not sure, `typ-missing` says so.
                Typing::Required => is_plain(typ) && !subject.profile.is_sure(),
            };
        if is_accepted {
            return Ruling::Ran(Vec::new());
        }
        let expected = match spec.types {
            [] => "JWT or nothing".to_owned(),
            types => types.join(" or "),
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: severity(subject, Level::Must),
            confidence: confidence(subject),
            title: format!("typ is not that of {}", subject.profile.phrase()),
            detail: format!(
                "{} has typ {expected}; found \u{201C}{}\u{201D}. A verifier that does not compare it takes one kind of token for another.",
                told(subject),
                visible(typ)
            ),
            remedy: "Write the explicit type as the issuer, and compare it as the verifier."
                .to_owned(),
            references: vec![
                "RFC 8725 \u{A7}3.11",
                "RFC 7515 \u{A7}4.1.9",
                spec.reference,
            ],
            evidence: header_evidence(subject, "typ"),
            refusal: refusal(subject, Level::Must, self.id()),
        }])
    }
}

/// Whether it is the type of access tokens (RFC 9068).
fn typ_is_access(typ: &str) -> bool {
    crate::judge::profile::short_type(typ).eq_ignore_ascii_case("at+jwt")
}

/// `typ-missing`: there is an explicit type for the kind, and the token has none.
pub(super) struct TypMissing;

impl Rule for TypMissing {
    fn id(&self) -> &'static str {
        "typ-missing"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let spec = subject.profile.spec;
        if subject.profile.name.is_general() || subject.is_key_binding || spec.types.is_empty() {
            return Ruling::Unconcerned;
        }
        let is_open = match spec.typing {
            Typing::Open | Typing::Untyped => false,
            Typing::Recommended => true,
            Typing::Required => !subject.profile.is_sure(),
        };
        let typ = subject.protected("typ");
        let is_missing = typ.is_none_or(|typ| typ.str().is_some_and(is_plain));
        if !is_open || !is_missing {
            return Ruling::Ran(Vec::new());
        }
        let types = spec.types.join(" or ");
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::Info,
            confidence: confidence(subject),
            title: "No explicit type".to_owned(),
            detail: format!(
                "{} can say so by typ {types}, and this one does not: what keeps it apart from other tokens of its issuer is its claims.",
                told(subject)
            ),
            remedy: format!("Write typ {types}, and compare it as the verifier."),
            references: vec!["RFC 8725 \u{A7}3.11", spec.reference],
            evidence: match typ {
                Some(_) => header_evidence(subject, "typ"),
                None => whole(subject, Place::Header),
            },
            refusal: None,
        }])
    }
}

/// `cross-jwt-ambiguous`: the token passes as more than one kind.
pub(super) struct CrossJwtAmbiguous;

impl Rule for CrossJwtAmbiguous {
    fn id(&self) -> &'static str {
        "cross-jwt-ambiguous"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() || subject.is_key_binding {
            return Ruling::Unconcerned;
        }
        if explicit_type(subject).is_some() {
            return Ruling::Ran(Vec::new());
        }
        let rivals = subject.profile.rivals(subject.case);
        if rivals.is_empty() {
            return Ruling::from(confusable(subject));
        }
        let kinds: Vec<&str> = rivals.iter().map(|kind| kind.label()).collect();
        let (severity, more) = if subject.profile.vendor.is_some() {
            (
                Severity::Info,
                "Its issuer keeps them apart by claims of its own, which only verifiers that know them can check.",
            )
        } else {
            (
                Severity::Medium,
                "Whoever gets hold of it can present it as either, and a service of the other kind takes it.",
            )
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Likely,
            title: format!("Passes as more than one kind: {}", kinds.join(", ")),
            detail: format!(
                "There is no explicit type, and the token has all that each of these kinds must have. {more}"
            ),
            remedy: "Give each kind an explicit typ, and an audience or a key of its own."
                .to_owned(),
            references: vec![
                "RFC 8725 \u{A7}2.8",
                "RFC 8725 \u{A7}3.11",
                "RFC 8725 \u{A7}3.12",
                "CWE-287",
            ],
            evidence: whole(subject, Place::Claims),
            refusal: None,
        }])
    }
}
