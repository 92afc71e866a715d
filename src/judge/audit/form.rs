//! The text of a token as a whole (catalogue 1.1): what else it could be read as, and how long it is.

use super::{Confidence, Evidence, Finding, Reason, Rule, Ruling, Severity, Subject};
use crate::jose::json::{self, Document, Json, Value};
use crate::jose::visible::visible;
use crate::jose::{FaultKind, Kind, PartRole, Serialization, base64url};
use crate::judge::profile::Trait;

/// `jws-polyglot`: one text that reads as two forms of token.
pub(super) struct JwsPolyglot;

/// A longer text is not read a second time.
const MAX_REREAD: usize = 1 << 20;

impl Rule for JwsPolyglot {
    fn id(&self) -> &'static str {
        "jws-polyglot"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let text = subject.case.token.text();
        // The dots of a key binding JWT stand where an SD-JWT in JSON has them (RFC 9901 section 8.1).
        let envelope = subject.case.token.envelope();
        let own =
            envelope.and_then(|envelope| super::sd_jwt::headers(envelope).first()?.get("kb_jwt"));
        let own = own.map_or(0..0, |jwt| jwt.range.clone());
        let mut dots = text.match_indices('.');
        if !own.is_empty() && dots.all(|(at, _)| own.contains(&at)) {
            return Ruling::Ran(Vec::new());
        }
        let whole = (text.len() <= MAX_REREAD && text.trim_start().starts_with('{'))
            .then(|| json::read(text.as_bytes()))
            .filter(|whole| whole.is_document() && whole.object().is_some());
        let split = match &whole {
            Some(whole) => two_forms(subject, whole),
            None => json_in_parts(subject),
        };
        Ruling::Ran(split.into_iter().chain(mixed_forms(subject)).collect())
    }
}

/// Members of two forms side by side: one reader takes it for the one, another for the other.
fn mixed_forms(subject: &Subject<'_>) -> Option<Finding> {
    let token = subject.case.token;
    let mut mixed = token.faults.iter().filter_map(|fault| match fault.kind {
        FaultKind::MixedForms { first, second } => Some((first, second, fault)),
        _ => None,
    });
    let (first, second, _) = mixed.clone().next()?;
    let evidence = mixed.by_ref().map(|(.., fault)| Evidence {
        part: PartRole::Token,
        pointer: None,
        range: fault.range.clone(),
    });
    Some(Finding {
        rule: "jws-polyglot",
        severity: Severity::High,
        confidence: Confidence::Certain,
        title: "Members of two forms of token".to_owned(),
        detail: format!(
            "{first} and {second} stand side by side, and belong to two forms. A service that verifies it as one and reads it as the other can be given content that nobody verified."
        ),
        remedy: "Refuse an object that has members of more than one form.".to_owned(),
        references: vec!["RFC 7515 \u{A7}7.2", "RFC 7516 \u{A7}7.2", "CWE-436"],
        evidence: evidence.collect(),
        refusal: Some(Reason::Malformed),
    })
}

/// A JSON object that splits at its dots into parts, the second of which is a JSON object too.
fn two_forms(subject: &Subject<'_>, whole: &Document) -> Option<Finding> {
    let text = subject.case.token.text();
    let parts: Vec<&str> = text.split('.').collect();
    let second = parts
        .get(1)
        .filter(|_| matches!(parts.len(), 3 | 5))
        .map(|second| json::read(&base64url::decode(second).bytes))?;
    second.object().filter(|_| second.is_document())?;
    let first = whole
        .str("payload")
        .map(|payload| json::read(&base64url::decode(payload).bytes));
    // Of an encrypted token the first reading is what was opened.
    let first = first.as_ref().or(subject.case.token.claims());
    let differ = !first.is_some_and(|first| same_claims(first, &second));
    let (severity, claims) = if differ {
        (
            Severity::Critical,
            "and the two readings hold different claims",
        )
    } else {
        (
            Severity::High,
            "here with the same claims, another time perhaps not",
        )
    };
    Some(Finding {
        rule: "jws-polyglot",
        severity,
        confidence: Confidence::Certain,
        title: "One text, two forms of token".to_owned(),
        detail: format!(
            "As JSON it is one token, split at its dots it is another, {claims}: as JSON {}, split {}. A service that verifies one reading and takes the claims from the other can be given any claims.",
            first.map_or_else(|| "none that can be read".to_owned(), told),
            told(&second)
        ),
        remedy: "Decide the form once, by the first character, and never split again what was verified in another form.".to_owned(),
        references: vec!["CVE-2022-39227", "RFC 7515 \u{A7}7.2", "CWE-436"],
        evidence: vec![Evidence {
            part: PartRole::Token,
            pointer: None,
            range: 0..text.len(),
        }],
        refusal: Some(Reason::Malformed),
    })
}

/// The claims of one reading for people, the first of them.
fn told(claims: &Document) -> String {
    /// So many characters.
    const SHOWN: usize = 120;
    let members = claims.object().unwrap_or_default().iter();
    let list: Vec<String> = members
        .map(|member| {
            let value = match &member.value.value {
                Value::Array(_) => "[\u{2026}]".to_owned(),
                Value::Bool(value) => value.to_string(),
                Value::Null => "null".to_owned(),
                Value::Number(number) => number.text.clone(),
                Value::Object(_) => "{\u{2026}}".to_owned(),
                Value::String(text) => format!("\u{201C}{}\u{201D}", visible(text)),
            };
            format!("{} {value}", visible(&member.name))
        })
        .collect();
    let list = list.join(", ");
    match list.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}\u{2026}", list.get(..end).unwrap_or_default()),
        None if list.is_empty() => "no claims".to_owned(),
        None => list,
    }
}

/// Whether both hold the same members with values of the same text.
fn same_claims(a: &Document, b: &Document) -> bool {
    fn same(a: &Json, b: &Json) -> bool {
        match (a.array(), b.array(), a.object(), b.object()) {
            (Some(a), Some(b), ..) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (.., Some(a), Some(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b)
                        .all(|(a, b)| a.name == b.name && same(&a.value, &b.value))
            }
            _ => a.value == b.value,
        }
    }
    let Some((members, others)) = a.object().zip(b.object()) else {
        return false;
    };
    let has = |name: &str, value: &Json| b.get(name).is_some_and(|other| same(value, other));
    members.len() == others.len()
        && members
            .iter()
            .all(|member| has(&member.name, &member.value))
}

/// A part of a compact token that holds characters of JSON.
fn json_in_parts(subject: &Subject<'_>) -> Option<Finding> {
    let token = subject.case.token;
    let unencoded = token.is_unencoded();
    let found = token.parts.iter().find_map(|part| {
        // No alphabet of base64 holds them.
        if part.decoded.is_strict() || part.role == PartRole::Payload && unencoded {
            return None;
        }
        let text = token.text().get(part.range.clone())?;
        let at = text.find(['{', '"', ':', ','])?;
        Some((part, at.saturating_add(part.range.start)))
    });
    let (part, at) = found?;
    let label = match part.role {
        PartRole::Token => "a part".to_owned(),
        role => format!("the {}", role.label()),
    };
    Some(Finding {
        rule: "jws-polyglot",
        severity: Severity::High,
        confidence: Confidence::Certain,
        title: "JSON inside a compact token".to_owned(),
        detail: format!(
            "Compact parts hold letters, digits, \u{201C}-\u{201D} and \u{201C}_\u{201D}; {label} holds characters of JSON. A reader that passes over them decodes other claims than one that takes the text for JSON."
        ),
        remedy:
            "Decide the form once, by the first character, and refuse a part that is not base64url."
                .to_owned(),
        references: vec!["CVE-2022-39227", "RFC 7515 \u{A7}7.1", "CWE-436"],
        evidence: vec![Evidence {
            part: part.role,
            pointer: None,
            range: at..at.saturating_add(1),
        }],
        refusal: Some(Reason::Malformed),
    })
}

/// `token-size`: too long for the places where tokens travel.
pub(super) struct TokenSize;

/// What common browsers keep of one cookie, name and value together (RFC 6265 section 6.1), in bytes.
const COOKIE_LIMIT: usize = 4096;

/// What common servers take as one header line, less `Authorization: Bearer `, in bytes.
const HEADER_LIMIT: usize = 8192 - 22;

impl Rule for TokenSize {
    fn id(&self) -> &'static str {
        "token-size"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        // Only the compact form travels in headers and cookies.
        if matches!(token.kind, Kind::SdJwt | Kind::Unreadable)
            || token.serialization != Serialization::Compact
            || subject.profile.spec.has(Trait::InBodies)
        {
            return Ruling::Unconcerned;
        }
        let bytes = token.text().len();
        let (severity, limit) = if bytes > HEADER_LIMIT {
            (
                Severity::Medium,
                "a header line of common servers (8192 bytes)",
            )
        } else if bytes > COOKIE_LIMIT {
            (Severity::Low, "a cookie (4096 bytes)")
        } else {
            return Ruling::Ran(Vec::new());
        };
        let alg = token.header().and_then(|header| header.str("alg"));
        let ml_dsa = if alg.is_some_and(|alg| alg.starts_with("ML-DSA-")) {
            " An ML-DSA signature alone takes 3 to 6 kB."
        } else {
            ""
        };
        let (biggest, evidence) = biggest_members(subject);
        let is_whole = !token
            .faults
            .iter()
            .any(|fault| matches!(fault.kind, FaultKind::TooLarge { .. }));
        let biggest = if biggest.is_empty() || !is_whole {
            String::new()
        } else {
            format!(" The biggest members are {}.", biggest.join(", "))
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: format!("{bytes} bytes may not fit where it travels"),
            detail: format!(
                "The token is longer than {limit}; what does not fit is cut or refused on the way.{biggest}{ml_dsa}"
            ),
            remedy: "Send less: a reference to the token, fewer groups and roles, x5t#S256 instead of x5c.".to_owned(),
            references: vec!["RFC 6265 \u{A7}6.1", "CWE-770"],
            evidence,
            refusal: None,
        }])
    }
}

/// The three top members that take most of the text, in words, and where they stand; the whole token where there are none.
fn biggest_members(subject: &Subject<'_>) -> (Vec<String>, Vec<Evidence>) {
    let token = subject.case.token;
    let mut members = Vec::new();
    for part in &token.parts {
        let object = part.json.as_ref().and_then(Document::object);
        members.extend(
            object
                .unwrap_or_default()
                .iter()
                .map(|member| (part, member)),
        );
    }
    members.sort_by_key(|(_, member)| std::cmp::Reverse(member.range().len()));
    members.truncate(3);
    let words = members
        .iter()
        .map(|(_, member)| format!("{} ({} bytes)", visible(&member.name), member.range().len()))
        .collect();
    let mut evidence: Vec<_> = members
        .into_iter()
        .map(|(part, member)| super::member_evidence(part, member))
        .collect();
    if evidence.is_empty() {
        evidence.push(Evidence {
            part: PartRole::Token,
            pointer: None,
            range: 0..token.text().len(),
        });
    }
    (words, evidence)
}
