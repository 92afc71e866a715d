//! What stands around the ciphertext of an encrypted token (catalogue 1.11).

use super::{Confidence, Evidence, Finding, Rule, Ruling, Severity, Subject, header_evidence};
use crate::jose::json::{Json, Value};
use crate::jose::{Kind, PartRole};
use crate::verify::JweShapeFault;
use crate::verify::decrypt::JwePart;

/// `header-claim-mismatch`: a claim that the header repeats, with another value.
pub(super) struct HeaderClaimMismatch;

/// Claims that a header may repeat (RFC 7519 section 10.4.1).
const REPEATED: [&str; 3] = ["iss", "sub", "aud"];

impl Rule for HeaderClaimMismatch {
    fn id(&self) -> &'static str {
        "header-claim-mismatch"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let case = subject.case;
        if case.token.kind != Kind::Jwe {
            return Ruling::Unconcerned;
        }
        let repeated = || {
            let names = REPEATED.iter();
            names.filter_map(|name| Some((*name, subject.header(name)?)))
        };
        if repeated().next().is_none() {
            return Ruling::Ran(Vec::new());
        }
        let mut layer = (case.token, case.proof);
        while let Some(inner) = &layer.1.inner {
            layer = (&inner.token, &inner.proof);
        }
        let Some(claims) = layer.0.claims() else {
            return Ruling::NotRun;
        };
        let differing: Vec<&str> = repeated()
            .filter(|(name, value)| !claims.get(name).is_some_and(|claim| is_same(claim, value)))
            .map(|(name, _)| name)
            .collect();
        Ruling::from((!differing.is_empty()).then(|| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: format!("The header says another {} than the claims", differing.join(", ")),
            detail: "A header may repeat claims so that they are read before decrypting, and then they must be the same. Whatever routes by the header and whatever trusts the claims see two tokens.".to_owned(),
            remedy: "Compare them after decrypting, and refuse what differs.".to_owned(),
            references: vec!["RFC 7519 \u{A7}5.3", "CWE-345"],
            evidence: differing
                .iter()
                .flat_map(|name| header_evidence(subject, name))
                .collect(),
            refusal: None,
        }))
    }
}

/// Whether two values are the same, wherever they stand.
fn is_same(one: &Json, other: &Json) -> bool {
    match (&one.value, &other.value) {
        (Value::String(one), Value::String(other)) => one == other,
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|member| {
                    let same = other.iter().find(|own| own.name == member.name);
                    same.is_some_and(|own| is_same(&member.value, &own.value))
                })
        }
        (Value::Number(_), Value::Number(_)) => one.decimal() == other.decimal(),
        (one, other) => one == other,
    }
}

/// `jwe-param-length`: a part of a length that its algorithm does not have.
pub(super) struct JweParamLength;

impl Rule for JweParamLength {
    fn id(&self) -> &'static str {
        "jwe-param-length"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(proof) = &subject.case.proof.decryption else {
            return Ruling::Unconcerned;
        };
        let Some(JweShapeFault::Length { part, .. }) = &proof.shape else {
            return Ruling::Ran(Vec::new());
        };
        let role = match part {
            JwePart::Ciphertext => PartRole::Ciphertext,
            JwePart::EncryptedKey => PartRole::EncryptedKey,
            JwePart::Iv => PartRole::Iv,
            JwePart::Tag => PartRole::Tag,
        };
        let evidence = subject.case.token.part(role).map(Evidence::whole_part);
        let fault = proof.shape.as_ref().map(ToString::to_string);
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: format!("The {part} has the wrong length"),
            detail: format!(
                "The algorithms fix it: {}. A library that cuts or pads instead of refusing decrypts what nobody encrypted; short tags can be guessed.",
                fault.unwrap_or_default()
            ),
            remedy: "Refuse such tokens before any key is used.".to_owned(),
            references: vec!["RFC 7518 \u{A7}5", "CWE-354"],
            evidence: evidence.into_iter().collect(),
            refusal: None,
        }])
    }
}
