//! Tokens in JSON form: what stands where nothing protects it, and a JWT in a form that is none (catalogue 1.1).

use super::{
    Confidence, Evidence, Finding, Reason, Rule, Ruling, Severity, Subject, member_evidence,
    top_member,
};
use crate::jose::json::Document;
use crate::jose::visible::visible;
use crate::jose::{Kind, Part, PartRole, Serialization, Token};
use crate::verify::Outcome;

/// Claims of which one makes an object a claims set.
const CLAIMS: [&str; 5] = ["iss", "sub", "aud", "exp", "iat"];

/// Parameters that decide how a token is verified or opened, and with which key.
const DECISIVE: [&str; 9] = [
    "alg", "enc", "crit", "b64", "zip", "jwk", "jku", "x5u", "x5c",
];

/// Parameters that must be protected (RFC 7515 section 4.1.11, RFC 7516 section 4.1.3, RFC 7797 section 3).
const PROTECTED_ONLY: [&str; 3] = ["crit", "b64", "zip"];

/// Parameters that only point, or only say what the content is.
const POINTING: [&str; 3] = ["kid", "typ", "cty"];

/// Names beyond this number say nothing new.
const MAX_NAMES: usize = 20;

/// Whether a parameter stands in the protected header.
pub(super) fn is_protected(token: &Token, name: &str) -> bool {
    token
        .header()
        .is_some_and(|header| header.get(name).is_some())
}

/// The headers of a token, protected or not.
fn headers(token: &Token) -> impl Iterator<Item = &Part> {
    token
        .all(PartRole::ProtectedHeader)
        .chain(token.all(PartRole::UnprotectedHeader))
}

fn names(part: &Part) -> impl Iterator<Item = &str> {
    let members = part.json.as_ref().and_then(Document::object);
    members
        .unwrap_or_default()
        .iter()
        .map(|member| member.name.as_str())
}

fn evidence_of(part: &Part, name: &str) -> Option<Evidence> {
    Some(member_evidence(
        part,
        top_member(part.json.as_ref()?, name)?,
    ))
}

/// Names in quotes, joined.
fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(MAX_NAMES).map(|name| visible(name));
    let more = if names.len() > MAX_NAMES {
        ", \u{2026}"
    } else {
        ""
    };
    format!("{}{more}", shown.collect::<Vec<_>>().join(", "))
}

/// `jwt-json-serialization`: a JWT that is not compact.
pub(super) struct JwtJsonSerialization;

impl Rule for JwtJsonSerialization {
    fn id(&self) -> &'static str {
        "jwt-json-serialization"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        if token.serialization == Serialization::Compact
            || !matches!(token.kind, Kind::Jws | Kind::Jwe)
        {
            return Ruling::Unconcerned;
        }
        if subject.case.is_closed() {
            return Ruling::NotRun;
        }
        // ACME (RFC 8555 section 6.2).
        let is_message = subject.protected("url").is_some() && subject.protected("nonce").is_some();
        // The payload as a whole: no claim of it is at fault.
        let evidence: Vec<Evidence> = token
            .part(PartRole::Payload)
            .filter(|part| CLAIMS.iter().any(|name| evidence_of(part, name).is_some()))
            .map(Evidence::whole_part)
            .into_iter()
            .collect();
        let is_jwt = subject.has_claims() && !is_message && !evidence.is_empty();
        Ruling::from(is_jwt.then(|| Finding {
            rule: self.id(),
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            title: "A JWT in JSON form".to_owned(),
            detail: "Its payload is a claims set, and a JWT is compact by definition. Libraries that take both forms have been led to verify one reading and to use the claims of the other.".to_owned(),
            remedy: "Take JWTs in compact form only.".to_owned(),
            references: vec!["RFC 7519 \u{A7}1", "CVE-2022-39227", "CWE-436"],
            evidence,
            refusal: None,
        }))
    }
}

/// `jws-header-overlap`: a parameter stands in more than one header.
pub(super) struct JwsHeaderOverlap;

impl Rule for JwsHeaderOverlap {
    fn id(&self) -> &'static str {
        "jws-header-overlap"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        if token.serialization == Serialization::Compact {
            return Ruling::Unconcerned;
        }
        let mut seen: std::collections::HashSet<&str> = std::collections::HashSet::new();
        let mut twice: Vec<&str> = Vec::new();
        for part in headers(token) {
            // Twice in one header is another rule's.
            let own: std::collections::BTreeSet<&str> = names(part).collect();
            for name in own {
                if !seen.insert(name) && twice.len() <= MAX_NAMES && !twice.contains(&name) {
                    twice.push(name);
                }
            }
        }
        Ruling::from((!twice.is_empty()).then(|| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: format!("In more than one header: {}", listed(&twice)),
            detail: "The headers of a token must not share a name. Readers differ in which value they take, so that what is verified under one can be used under another.".to_owned(),
            remedy: "Refuse the token: protected and unprotected parameters must be disjoint.".to_owned(),
            references: vec!["RFC 7515 \u{A7}7.2.1", "RFC 7516 \u{A7}7.2.1", "CWE-345"],
            evidence: twice
                .iter()
                .take(MAX_NAMES)
                .flat_map(|name| headers(token).filter_map(|part| evidence_of(part, name)))
                .collect(),
            refusal: Some(Reason::Malformed),
        }))
    }
}

/// `jws-alg-unprotected`: a parameter that decides something stands where nothing protects it.
pub(super) struct JwsAlgUnprotected;

impl Rule for JwsAlgUnprotected {
    fn id(&self) -> &'static str {
        "jws-alg-unprotected"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        if token.serialization == Serialization::Compact {
            return Ruling::Unconcerned;
        }
        let (mut grave, mut slight) = (Vec::new(), Vec::new());
        for part in token.all(PartRole::UnprotectedHeader) {
            for name in DECISIVE {
                if let Some(evidence) = evidence_of(part, name) {
                    let is_usual = name == "alg" && is_of_one_recipient(token, part);
                    let list = if is_usual { &mut slight } else { &mut grave };
                    list.push((name, evidence));
                }
            }
            for name in POINTING {
                slight.extend(evidence_of(part, name).map(|evidence| (name, evidence)));
            }
        }
        let finding = |found: Vec<(&str, Evidence)>, severity, detail: &str| {
            let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
            let must = names.iter().any(|name| PROTECTED_ONLY.contains(name));
            (!found.is_empty()).then(|| Finding {
                rule: self.id(),
                severity,
                confidence: Confidence::Certain,
                title: format!("Not protected: {}", listed(&names)),
                detail: detail.to_owned(),
                remedy: "Put every parameter in the protected header, and verify with an algorithm that is fixed.".to_owned(),
                references: vec![
                    "RFC 7515 \u{A7}4.1.11",
                    "RFC 7516 \u{A7}4.1.3",
                    "RFC 7797 \u{A7}3",
                    "CWE-345",
                ],
                evidence: found.into_iter().map(|(_, evidence)| evidence).collect(),
                refusal: must.then_some(Reason::Malformed),
            })
        };
        let grave = finding(
            grave,
            Severity::High,
            "It decides how the token is verified or opened, and stands in a header that nothing protects: whoever passes the token on can change it.",
        );
        let slight = finding(
            slight,
            Severity::Low,
            "It stands in a header that nothing protects: whoever passes the token on can change it, and it must decide nothing.",
        );
        Ruling::Ran(grave.into_iter().chain(slight).collect())
    }
}

/// Whether a header belongs to one of the recipients of a JWE in general form, where each has an `alg` of its own.
fn is_of_one_recipient(token: &Token, header: &Part) -> bool {
    let shared = token
        .envelope()
        .and_then(|envelope| envelope.get("unprotected"))
        .map(|shared| shared.range.clone());
    token.kind == Kind::Jwe
        && token.serialization == Serialization::General
        && shared.as_ref() != Some(&header.range)
}

/// `jws-mixed-signatures`: signatures of one message that do not agree.
pub(super) struct JwsMixedSignatures;

impl Rule for JwsMixedSignatures {
    fn id(&self) -> &'static str {
        "jws-mixed-signatures"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let case = subject.whole;
        let proofs = &case.proof.signatures;
        if proofs.len() < 2 {
            return Ruling::Unconcerned;
        }
        let is = |outcome| proofs.iter().any(|proof| proof.outcome == outcome);
        let detail = if is(Outcome::Unsecured) {
            "One of them is none at all (alg none): a verifier that is content with any of them takes the message from anybody."
        } else if is(Outcome::Valid) && is(Outcome::Invalid) {
            "One verifies and another does not, with the key that is meant for it: verifiers that ask for all and those that ask for any answer differently."
        } else {
            return Ruling::Ran(Vec::new());
        };
        let is_bad = |outcome: Outcome| matches!(outcome, Outcome::Unsecured | Outcome::Invalid);
        let entries = proofs.iter().enumerate();
        let bad = entries.filter(|(_, proof)| is_bad(proof.outcome));
        let evidence = bad.filter_map(|(entry, _)| {
            let part = case.token.part_of(entry, PartRole::Signature);
            let part = part.or_else(|| case.token.part_of(entry, PartRole::ProtectedHeader));
            part.map(Evidence::whole_part)
        });
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            title: "Its signatures do not agree".to_owned(),
            detail: detail.to_owned(),
            remedy:
                "Say which signatures a message must have, and refuse it when one of those fails."
                    .to_owned(),
            references: vec!["RFC 7515 \u{A7}5.2", "CWE-347"],
            evidence: evidence.collect(),
            refusal: None,
        }])
    }
}
