//! Encoding and structure (catalogue 1.1).

use std::borrow::Cow;

use super::signature::is_valid;
use super::{
    Confidence, Evidence, Finding, Path, ProfileName, Reason, Rule, Ruling, Severity, Subject,
};
use crate::jose::base64url::{self, EncodingFaultKind};
use crate::jose::json::{Json, JsonFaultKind, Member, Value};
use crate::jose::visible::visible;
use crate::jose::{Fault, FaultKind, Part, PartRole, Token};
use crate::judge::words::capitalised;

/// Of a name that stands more often than this in one object, the first places are evidence enough.
const MAX_DUPLICATES: usize = 100;

/// Whether the profile reads this part as JSON that has rules: headers always, payloads unless opaque.
fn is_ruled_json(subject: &Subject<'_>, part: PartRole) -> bool {
    match part {
        PartRole::ProtectedHeader | PartRole::UnprotectedHeader => true,
        PartRole::Payload => subject.profile.name != ProfileName::Jws,
        _ => false,
    }
}

fn fault_evidence(fault: &Fault) -> Evidence {
    Evidence {
        part: fault.part,
        pointer: None,
        range: fault.range.clone(),
    }
}

/// `b64-nonstandard`: a part is not strict base64url.
pub(super) struct B64Nonstandard;

impl Rule for B64Nonstandard {
    fn id(&self) -> &'static str {
        "b64-nonstandard"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        let mut findings: Vec<Finding> = Vec::new();
        let mut seen: Vec<usize> = Vec::new();
        for fault in &token.faults {
            let FaultKind::Encoding { kind, .. } = fault.kind else {
                continue;
            };
            if kind == EncodingFaultKind::TrailingBits || fault.part == PartRole::Disclosure {
                continue;
            }
            let Some(part) = token.part_at(fault.range.start) else {
                continue;
            };
            if part.role == PartRole::Payload && token.is_unencoded() {
                continue;
            }
            // One finding a part, at its first bad character.
            if seen.contains(&part.range.start) {
                continue;
            }
            seen.push(part.range.start);
            let what = match kind {
                EncodingFaultKind::Length => "its length leaves six bits over",
                EncodingFaultKind::Padding => "it is padded with \u{201C}=\u{201D}",
                EncodingFaultKind::StandardAlphabet => {
                    "it uses \u{201C}+\u{201D} or \u{201C}/\u{201D}"
                }
                EncodingFaultKind::Whitespace => "there is white space in it",
                EncodingFaultKind::Other | EncodingFaultKind::TrailingBits => {
                    "it holds a character of no base64 alphabet"
                }
            };
            // Header and payload are signed as they are spelled; of the signature, another spelling is another token text.
            let respelled = part.role == PartRole::Signature && is_valid(subject);
            let why = if respelled {
                "This spelling and the strict one are the same bytes and both verify, so a deny list of token texts misses one of them."
            } else {
                "Lenient and strict readers disagree about this token, and one signed text can be spelled in several ways."
            };
            findings.push(Finding {
                rule: self.id(),
                severity: if respelled { Severity::High } else { Severity::Medium },
                confidence: Confidence::Certain,
                title: format!("The {} is not strict base64url", part.role.label()),
                detail: format!(
                    "JOSE allows letters, digits, \u{201C}-\u{201D} and \u{201C}_\u{201D} only; {what}. {why}"
                ),
                remedy: "Refuse anything but unpadded base64url before splitting the token.".to_owned(),
                references: vec!["RFC 7515 \u{A7}2", "CWE-20"],
                evidence: vec![fault_evidence(fault)],
                refusal: Some(Reason::Malformed),
            });
        }
        Ruling::Ran(findings)
    }
}

/// `b64-trailing-bits`: the last character of a part carries bits that no byte uses.
pub(super) struct B64TrailingBits;

impl Rule for B64TrailingBits {
    fn id(&self) -> &'static str {
        "b64-trailing-bits"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let is_it = |fault: &&Fault| {
            matches!(
                fault.kind,
                FaultKind::Encoding {
                    kind: EncodingFaultKind::TrailingBits,
                    ..
                }
            ) && fault.part != PartRole::Disclosure
        };
        let token = subject.case.token;
        let is_read = |fault: &&Fault| fault.part != PartRole::Payload || !token.is_unencoded();
        let faults = token.faults.iter().filter(is_it).filter(is_read);
        let findings = faults.map(|fault| Finding {
            rule: self.id(),
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            title: format!(
                "Unused bits at the end of the {} are set",
                fault.part.label()
            ),
            detail: trailing_bits_detail(subject, fault),
            remedy:
                "Decode strictly; key revocation and replay caches on jti or on the decoded bytes."
                    .to_owned(),
            references: vec!["RFC 4648 \u{A7}3.5", "CWE-180"],
            evidence: vec![fault_evidence(fault)],
            refusal: Some(Reason::Malformed),
        });
        Ruling::Ran(findings.collect())
    }
}

fn trailing_bits_detail(subject: &Subject<'_>, fault: &Fault) -> String {
    let token = subject.case.token;
    let last = token.text().get(fault.range.clone()).unwrap_or_default();
    let canonical = token
        .part_at(fault.range.start)
        .and_then(|part| base64url::encode(part.bytes()).pop())
        .map(|canonical| {
            format!(
                " and should be \u{201C}{canonical}\u{201D} instead of \u{201C}{}\u{201D}",
                visible(last)
            )
        });
    let consequence = if fault.part == PartRole::Signature && is_valid(subject) {
        "The signature verifies all the same, so the token\u{2019}s text can be varied without breaking it, and a deny list of token texts misses the other spellings."
    } else {
        "The same bytes can be spelled differently, so a deny list of token texts misses the other spellings."
    };
    format!(
        "The last character carries bits that belong to no byte{}. {consequence}",
        canonical.unwrap_or_default()
    )
}

/// `json-duplicate-member`: one object has a name twice.
pub(super) struct JsonDuplicateMember;

impl Rule for JsonDuplicateMember {
    fn id(&self) -> &'static str {
        "json-duplicate-member"
    }

    fn silences_member(&self) -> &'static [&'static str] {
        &["numericdate-type", "header-type"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        let mut findings = Vec::new();
        for part in &token.parts {
            let Some(document) = &part.json else { continue };
            for fault in &document.faults {
                let JsonFaultKind::DuplicateMember { name, all } = &fault.kind else {
                    continue;
                };
                findings.push(Finding {
                    rule: self.id(),
                    severity: Severity::High,
                    confidence: Confidence::Certain,
                    title: format!(
                        "\u{201C}{}\u{201D} stands {} times in the {}",
                        visible(name),
                        all.len(),
                        part.role.label()
                    ),
                    detail: duplicate_detail(part, all),
                    remedy: "Use a parser that refuses duplicate names, on both sides.".to_owned(),
                    references: vec!["RFC 7515 \u{A7}4", "RFC 7519 \u{A7}4", "CWE-436"],
                    evidence: all
                        .iter()
                        .take(MAX_DUPLICATES)
                        .map(|range| {
                            Evidence::in_part(part, pointer_at(part, range.start), range.clone())
                        })
                        .collect(),
                    refusal: is_ruled_json(subject, part.role).then_some(Reason::Malformed),
                });
            }
        }
        findings.extend(around_parts(subject));
        Ruling::Ran(findings)
    }
}

/// Of the object that a token in JSON form is written as: names that stand twice outside of its headers.
fn around_parts(subject: &Subject<'_>) -> Vec<Finding> {
    let token = subject.case.token;
    let faults = token.faults.iter().filter_map(|fault| match &fault.kind {
        FaultKind::Json(JsonFaultKind::DuplicateMember { name, all })
            if fault.part == PartRole::Token =>
        {
            Some((name, all))
        }
        _ => None,
    });
    faults
        .map(|(name, all)| Finding {
            rule: "json-duplicate-member",
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: format!(
                "\u{201C}{}\u{201D} stands {} times around the parts",
                visible(name),
                all.len()
            ),
            detail: "Some parsers keep the first value, others the last. Two services can read two different tokens in one text.".to_owned(),
            remedy: "Use a parser that refuses duplicate names, on both sides.".to_owned(),
            references: vec!["RFC 7515 \u{A7}7.2", "CWE-436"],
            evidence: all
                .iter()
                .take(MAX_DUPLICATES)
                .map(|range| Evidence {
                    part: PartRole::Token,
                    pointer: None,
                    range: range.clone(),
                })
                .collect(),
            refusal: Some(Reason::Malformed),
        })
        .collect()
}

fn duplicate_detail(part: &Part, all: &[std::ops::Range<usize>]) -> String {
    // Where a value begins is known for members of any depth through the path to it.
    let value = |range: Option<&std::ops::Range<usize>>| {
        let range = range?;
        let root = part.json.as_ref()?.root.as_ref()?;
        let (_, value) = root
            .path_at(range.end.checked_sub(1)?)
            .into_iter()
            .find(|(_, value)| value.range.end == range.end)?;
        let text = part.bytes().get(value.range.clone())?;
        let text = visible(&String::from_utf8_lossy(text));
        Some(match text.char_indices().nth(40) {
            Some((end, _)) => format!("{}\u{2026}", text.get(..end)?),
            None => text,
        })
    };
    match (value(all.first()), value(all.last())) {
        (Some(first), Some(last)) => format!(
            "Parsers that keep the first read {first}, parsers that keep the last read {last}. Two services can read two different things from one signed token."
        ),
        _ => "Some parsers keep the first value, others the last. Two services can read two different things from one signed token.".to_owned(),
    }
}

/// The JSON pointer of the member at this byte of a part.
fn pointer_at(part: &Part, offset: usize) -> Option<String> {
    let root = part.json.as_ref()?.root.as_ref()?;
    root.path_at(offset).pop().map(|(pointer, _)| pointer)
}

/// `json-case-variant-member`: names that differ only by case.
pub(super) struct JsonCaseVariantMember;

/// Header parameters of which a case variant is a fault even alone.
const GUARDED: [&str; 11] = [
    "alg", "enc", "typ", "kid", "jwk", "jku", "x5u", "x5c", "crit", "b64", "zip",
];

/// Findings of this rule in one part beyond this number say nothing new.
const MAX_VARIANTS: usize = 100;

impl Rule for JsonCaseVariantMember {
    fn id(&self) -> &'static str {
        "json-case-variant-member"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let mut findings = Vec::new();
        for part in &subject.case.token.parts {
            let root = part.json.as_ref().and_then(|json| json.root.as_ref());
            let Some(root) = root.filter(|_| is_ruled_json(subject, part.role)) else {
                continue;
            };
            let mut groups = Vec::new();
            variants(root, Path::Root, &mut groups);
            if matches!(
                part.role,
                PartRole::ProtectedHeader | PartRole::UnprotectedHeader
            ) {
                let lone = root.object().unwrap_or_default().iter().filter(|member| {
                    let folded = folded(&member.name);
                    folded != member.name && GUARDED.contains(&&*folded)
                });
                for member in lone {
                    let is_grouped = |group: &[(String, &Member)]| {
                        group.iter().any(|(_, other)| std::ptr::eq(*other, member))
                    };
                    if !groups.iter().any(|group| is_grouped(group)) {
                        let path = Path::Member(&Path::Root, &member.name);
                        groups.push(vec![(path.pointer(), member)]);
                    }
                }
            }
            findings.extend(groups.into_iter().take(MAX_VARIANTS).map(|group| {
                let mut names: Vec<_> = group.iter().map(|(_, member)| &member.name).collect();
                names.dedup();
                let names: Vec<_> = names
                    .into_iter()
                    .take(MAX_NAMES)
                    .map(|name| format!("\u{201C}{}\u{201D}", visible(name)))
                    .collect();
                let title = if let [name] = &names[..] {
                    format!("{name} is a registered name in another case")
                } else {
                    format!("{} differ only by case", names.join(" and "))
                };
                Finding {
                    rule: self.id(),
                    severity: Severity::Medium,
                    confidence: Confidence::Certain,
                    title,
                    detail: format!(
                        "Names in the {} are compared byte for byte, so these are different members. A parser that ignores case takes one for the other, and two services read two different things.",
                        part.role.label()
                    ),
                    remedy: "Compare names byte for byte, and refuse variants of registered names.".to_owned(),
                    references: vec!["RFC 7515 \u{A7}4", "CWE-178"],
                    evidence: group
                        .into_iter()
                        .take(MAX_DUPLICATES)
                        .map(|(pointer, member)| Evidence::in_part(part, pointer, member.range()))
                        .collect(),
                    refusal: None,
                }
            }));
        }
        Ruling::Ran(findings)
    }
}

/// How many names a title lists.
const MAX_NAMES: usize = 5;

/// The members of one object whose names differ only by case, each with its pointer; of this value and all in it.
fn variants<'a>(value: &'a Json, path: Path<'_>, groups: &mut Vec<Vec<(String, &'a Member)>>) {
    match &value.value {
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                variants(element, Path::Element(&path, index), groups);
            }
        }
        Value::Object(members) => {
            // Most objects have none that are not in small letters: then none differ by case.
            if members.iter().any(|member| !is_folded(&member.name)) {
                groups.extend(variants_among(members, &path));
            }
            for member in members {
                variants(&member.value, Path::Member(&path, &member.name), groups);
            }
        }
        _ => {}
    }
}

/// The members, of one object, whose names differ only by case.
fn variants_among<'a>(members: &'a [Member], path: &Path<'_>) -> Vec<Vec<(String, &'a Member)>> {
    let mut by_name: Vec<_> = members
        .iter()
        .map(|member| (folded(&member.name), member))
        .collect();
    by_name.sort_by(|(name, _), (other, _)| name.cmp(other));
    let mut found: Vec<_> = by_name
        .chunk_by(|(name, _), (other, _)| name == other)
        .filter(|same| {
            let first = same.first().map(|(_, first)| &first.name);
            same.iter().any(|(_, member)| Some(&member.name) != first)
        })
        .map(|same| {
            let located = same
                .iter()
                .map(|(_, member)| (Path::Member(path, &member.name).pointer(), *member));
            located.collect::<Vec<_>>()
        })
        .collect();
    found.sort_by_key(|same| same.first().map(|(_, member)| member.name_range.start));
    found
}

/// Whether folding leaves a name as it is, at a glance.
fn is_folded(name: &str) -> bool {
    let is_small = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    name.bytes().all(is_small)
}

/// The name under Unicode's simple case folding: by way of capitals, so that \u{17F} is an s and the Kelvin sign a k.
fn folded(name: &str) -> Cow<'_, str> {
    if is_folded(name) {
        return Cow::Borrowed(name);
    }
    name.chars()
        .map(|character| {
            // The dotless i folds to nothing but itself outside of Turkish.
            if character == '\u{131}' {
                return character;
            }
            let capital = single(character.to_uppercase(), character);
            single(capital.to_lowercase(), capital)
        })
        .collect()
}

/// What a character is mapped to, where that is one character.
fn single(mut mapped: impl Iterator<Item = char>, or: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => or,
    }
}

/// `json-bad-encoding`: header or claims are no clean UTF-8 JSON object.
pub(super) struct JsonBadEncoding;

impl JsonBadEncoding {
    fn finding(part: &Part, what: &str, evidence: Evidence) -> Finding {
        Finding {
            rule: "json-bad-encoding",
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            title: format!("The {} is not a clean JSON object", part.role.label()),
            detail: format!(
                "{what}. Parsers that repair or ignore it read something else than those that refuse it."
            ),
            remedy: "Refuse it; emit one JSON object in UTF-8 without a byte order mark."
                .to_owned(),
            references: vec![
                "RFC 7519 \u{A7}7.2",
                "RFC 8725 \u{A7}3.7",
                "RFC 8259 \u{A7}8.1",
            ],
            evidence: vec![evidence],
            refusal: Some(Reason::Malformed),
        }
    }
}

impl Rule for JsonBadEncoding {
    fn id(&self) -> &'static str {
        "json-bad-encoding"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token: &Token = subject.case.token;
        let mut findings = Vec::new();
        for part in &token.parts {
            if !is_ruled_json(subject, part.role)
                || (part.role == PartRole::Payload && token.is_unencoded())
            {
                continue;
            }
            let Some(document) = &part.json else {
                findings.push(Self::finding(
                    part,
                    "Expected a JSON object, found bytes that are no JSON",
                    Evidence::whole_part(part),
                ));
                continue;
            };
            let bad = document.faults.iter().find(|fault| {
                !matches!(
                    fault.kind,
                    JsonFaultKind::DuplicateMember { .. } | JsonFaultKind::Depth
                )
            });
            if let Some(fault) = bad {
                let pointer =
                    pointer_at(part, fault.range.start).filter(|pointer| !pointer.is_empty());
                findings.push(Self::finding(
                    part,
                    &capitalised(&fault.kind.to_string()),
                    Evidence::in_part(part, pointer, fault.range.clone()),
                ));
            } else if let Some(root) = document
                .root
                .as_ref()
                .filter(|root| root.object().is_none())
            {
                findings.push(Self::finding(
                    part,
                    &format!("Expected a JSON object, found {}", article(root.kind())),
                    Evidence::in_part(part, None, root.range.clone()),
                ));
            }
        }
        Ruling::Ran(findings)
    }
}

fn article(kind: &str) -> String {
    if kind == "null" {
        kind.to_owned()
    } else if kind.starts_with(['a', 'o']) {
        format!("an {kind}")
    } else {
        format!("a {kind}")
    }
}
