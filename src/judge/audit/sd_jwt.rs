//! SD-JWT (catalogue 1.10): form, disclosures and hash function.

use std::ops::Range;

use super::key_binding::within;
use super::{Confidence, Evidence, Finding, Reason, Rule, Ruling, Severity, Subject};
use crate::jose::json::{Document, Json, Value};
use crate::jose::sd_jwt::{
    Disclosure, Ending, Place, Problem, SHA_256, SdJwt, Standing, ending, is_open, key_binding,
};
use crate::jose::visible::visible;
use crate::jose::{Part, PartRole, Token};
use crate::judge::words::capitalised;
use crate::verify::Presentation;

/// What shows the characters of a place in the payload or in a disclosure.
type Locate<'a> = &'a dyn Fn(&Place) -> Evidence;

/// Of many places of one fault, the first are evidence enough.
pub(super) const MAX_EVIDENCE: usize = 20;

/// How many faults a finding spells out.
const MAX_SPELLED: usize = 3;

/// `sd-format`.
pub(super) struct SdFormat;

impl Rule for SdFormat {
    fn id(&self) -> &'static str {
        "sd-format"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(shown) = subject.sd_jwt() else {
            return Ruling::Unconcerned;
        };
        let token = subject.case.token;
        let mut breaches = Vec::new();
        match token.envelope() {
            Some(envelope) => breaches.extend(json_form(envelope)),
            None => breaches.extend(cut_end(token.text())),
        }
        breaches.extend(token.part(PartRole::ProtectedHeader).and_then(open_alg));
        let around = token.part(PartRole::KeyBinding);
        let layer = subject.case.proof.key_binding.as_deref();
        if let (Some(around), Some(layer), Some(_)) = (around, layer, &shown.key_binding) {
            let typ = layer
                .token
                .part(PartRole::ProtectedHeader)
                .and_then(other_typ);
            breaches.extend(typ.map(|breach| Breach {
                evidence: within(around, &breach.evidence),
                ..breach
            }));
        }
        let locate = |place: &Place| evidence(subject.case.token, shown, place);
        let mut finding = format(&shown.sd_jwt, &breaches, &locate);
        if let Some(finding) = &mut finding
            && finding.evidence.is_empty()
        {
            finding.evidence.push(everything(token));
        }
        Ruling::from(finding)
    }
}

/// `sd-disclosure-invalid`.
pub(super) struct SdDisclosureInvalid;

impl Rule for SdDisclosureInvalid {
    fn id(&self) -> &'static str {
        "sd-disclosure-invalid"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(shown) = subject.sd_jwt() else {
            return Ruling::Unconcerned;
        };
        if shown.sd_jwt.hash.used.is_none() {
            // No digest can be computed; the rule about hash functions refuses.
            return Ruling::NotRun;
        }
        let locate = |place: &Place| evidence(subject.case.token, shown, place);
        Ruling::Ran(disclosures(&shown.sd_jwt, &locate, &|index| {
            whole(shown, index)
        }))
    }
}

/// `sd-hash-weak`.
pub(super) struct SdHashWeak;

impl Rule for SdHashWeak {
    fn id(&self) -> &'static str {
        "sd-hash-weak"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(shown) = subject.sd_jwt() else {
            return Ruling::Unconcerned;
        };
        let alg = subject.header("alg").and_then(Json::str);
        let locate = |place: &Place| evidence(subject.case.token, shown, place);
        Ruling::Ran(hash(&shown.sd_jwt, alg, &locate))
    }
}

/// A departure from the form that stands in the text or in a header, and not in payload or disclosures.
struct Breach {
    /// What was expected and what was found.
    words: String,
    /// Where.
    evidence: Evidence,
}

/// An end that is neither a tilde nor a key binding JWT.
fn cut_end(text: &str) -> Option<Breach> {
    let Some(Ending::Cut(rest)) = ending(text) else {
        return None;
    };
    Some(Breach {
        words:
            "expected a tilde or a key binding JWT at the end, found neither; it may have been cut"
                .to_owned(),
        evidence: Evidence {
            part: PartRole::Token,
            pointer: None,
            range: text.len().saturating_sub(rest.len())..text.len(),
        },
    })
}

/// The headers that nothing protects, one for each signature.
pub(super) fn headers(envelope: &Document) -> Vec<&Json> {
    const NONE: &Json = &Json {
        value: Value::Null,
        range: 0..0,
    };
    let list = envelope.get("signatures").and_then(Json::array);
    match (list, &envelope.root) {
        (Some(list), _) => list
            .iter()
            .map(|one| one.get("header").unwrap_or(NONE))
            .collect(),
        (None, Some(root)) => vec![root.get("header").unwrap_or(NONE)],
        (None, None) => Vec::new(),
    }
}

/// Of several signatures only the first may bring disclosures and key binding, as texts (RFC 9901 section 8.1).
fn json_form(envelope: &Document) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut note = |words: String, range: &Range<usize>| {
        breaches.push(Breach {
            words,
            evidence: Evidence {
                part: PartRole::UnprotectedHeader,
                pointer: None,
                range: range.clone(),
            },
        });
    };
    for (index, header) in headers(envelope).into_iter().enumerate() {
        for name in ["disclosures", "kb_jwt"] {
            let Some(member) = header.member(name) else {
                continue;
            };
            let value = &member.value;
            if index > 0 {
                note(
                    format!("expected {name} in the first header only, found it in a later one"),
                    &member.range(),
                );
            } else if name == "kb_jwt" && value.str().is_none() {
                note(
                    format!("expected a string in kb_jwt, found {}", value.kind()),
                    &value.range,
                );
            } else if name == "disclosures" {
                let odd = match value.array() {
                    Some(elements) => elements.iter().find(|one| one.str().is_none()),
                    None => Some(value),
                };
                if let Some(odd) = odd {
                    note(
                        format!(
                            "expected an array of strings in disclosures, found {}",
                            odd.kind()
                        ),
                        &odd.range,
                    );
                }
            }
        }
    }
    breaches
}

/// An issuer's `alg` that signs nothing, or that whoever verifies could have made (RFC 9901 sections 4.1 and 9.1).
fn open_alg(header: &Part) -> Option<Breach> {
    let alg = header.json.as_ref()?.get("alg")?;
    let name = alg.str()?;
    is_open(name).then(|| Breach {
        words: format!(
            "expected the issuer\u{2019}s digital signature, found alg {}",
            visible(name)
        ),
        evidence: Evidence::in_part(header, "/alg".to_owned(), alg.range.clone()),
    })
}

/// A JWS after the last tilde that does not say that it is a key binding JWT.
fn other_typ(header: &Part) -> Option<Breach> {
    let typ = header.json.as_ref()?.get("typ");
    let name = typ.and_then(|typ| typ.str());
    if name.is_some_and(key_binding::is_key_binding) {
        return None;
    }
    Some(Breach {
        words: format!(
            "expected the typ kb+jwt in the JWT after the last tilde, found {}",
            name.map_or_else(|| "none".to_owned(), visible)
        ),
        evidence: match typ {
            Some(typ) => Evidence::in_part(header, "/typ".to_owned(), typ.range.clone()),
            None => Evidence::whole_part(header),
        },
    })
}

/// `sd-format`: the text, the payload or a disclosed value breaks the form.
fn format(sd_jwt: &SdJwt, breaches: &[Breach], locate: Locate<'_>) -> Option<Finding> {
    let words = breaches.iter().map(|breach| breach.words.clone());
    let faults = sd_jwt.faults.iter();
    let words: Vec<String> = words
        .chain(faults.clone().map(|fault| fault.kind.to_string()))
        .collect();
    let more = words.len().saturating_sub(MAX_SPELLED);
    let spelled: Vec<_> = words.iter().take(MAX_SPELLED).map(String::as_str).collect();
    let (first, many) = (words.first()?, words.len() > 1);
    let places = faults.filter_map(|fault| fault.place.as_ref());
    Some(Finding {
        rule: "sd-format",
        severity: Severity::High,
        confidence: Confidence::Certain,
        title: if many {
            format!("{} breaches of the form of an SD-JWT", words.len())
        } else {
            format!("No well-formed SD-JWT: {}", shortened(first))
        },
        detail: format!(
            "{}{}. Verifiers that read such a text at all read it in different ways, and take different claims from it.",
            capitalised(&spelled.join("; ")),
            match more {
                0 => String::new(),
                more => format!("; {more} more"),
            }
        ),
        remedy: "Refuse it. The issuer\u{2019}s library should write _sd, _sd_alg and \u{201C}...\u{201D}; claims must not have these names."
            .to_owned(),
        references: vec!["RFC 9901 \u{A7}4", "RFC 9901 \u{A7}8"],
        evidence: breaches
            .iter()
            .map(|breach| breach.evidence.clone())
            .chain(places.map(locate))
            .take(MAX_EVIDENCE)
            .collect(),
        refusal: Some(Reason::Malformed),
    })
}

/// The words after "found", which are the shorter half.
fn shortened(words: &str) -> &str {
    words.rsplit_once(", ").map_or(words, |(_, found)| found)
}

/// `sd-disclosure-invalid`: what RFC 9901 section 7.1 rejects in disclosures and digests; one finding a kind of fault.
///
/// `whole` shows all characters of the disclosure of an index.
fn disclosures(
    sd_jwt: &SdJwt,
    locate: Locate<'_>,
    whole: &dyn Fn(usize) -> Evidence,
) -> Vec<Finding> {
    [
        unsigned(sd_jwt, whole),
        repeated(sd_jwt, whole),
        repeated_digests(sd_jwt, locate),
        unfit(sd_jwt, whole),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The disclosures of which this holds, by index.
fn those<'a>(
    sd_jwt: &'a SdJwt,
    is: impl Fn(&Disclosure) -> bool + 'a,
) -> impl Iterator<Item = (usize, &'a Disclosure)> {
    let all = sd_jwt.disclosures.iter().enumerate();
    all.filter(move |(_, disclosure)| is(disclosure))
}

fn invalid(title: String, detail: String, evidence: Vec<Evidence>) -> Finding {
    Finding {
        rule: "sd-disclosure-invalid",
        severity: Severity::High,
        confidence: Confidence::Certain,
        title,
        detail,
        remedy: "Refuse the whole token, not only the disclosure.".to_owned(),
        references: vec!["RFC 9901 \u{A7}7.1", "CWE-345"],
        evidence,
        refusal: Some(Reason::Rule("sd-disclosure-invalid")),
    }
}

fn unsigned(sd_jwt: &SdJwt, whole: &dyn Fn(usize) -> Evidence) -> Option<Finding> {
    // What hangs on a disclosure that is wrong itself has its cause there.
    let is_it = |one: &Disclosure| one.standing == Standing::Unreferenced { inside: None };
    let count = those(sd_jwt, is_it).count();
    let (first, disclosure) = those(sd_jwt, is_it).next()?;
    let name = disclosure
        .name
        .as_ref()
        .map(|name| format!(" (\u{201C}{}\u{201D})", visible(name)))
        .unwrap_or_default();
    let other = sd_jwt
        .hash
        .fits
        .filter(|fits| Some(*fits) != sd_jwt.hash.used);
    let why = match other {
        Some(other) => format!(
            "Under {} it would fit, but the token does not say so.",
            other.name
        ),
        None => "Its claim was added or changed after signing, or its digest lies in a disclosure that is missing here.".to_owned(),
    };
    Some(invalid(
        match count {
            1 => format!("Disclosure {}{name} is not signed", first.saturating_add(1)),
            count => format!("{count} disclosures are not signed"),
        },
        format!(
            "No digest in the payload, or in a disclosure that belongs to it, is that of disclosure {}{name}, so the issuer\u{2019}s signature does not cover it. {why}",
            first.saturating_add(1)
        ),
        those(sd_jwt, is_it)
            .take(MAX_EVIDENCE)
            .map(|(index, _)| whole(index))
            .collect(),
    ))
}

fn repeated(sd_jwt: &SdJwt, whole: &dyn Fn(usize) -> Evidence) -> Option<Finding> {
    let is_it = |one: &Disclosure| matches!(one.standing, Standing::Repeats { .. });
    let count = those(sd_jwt, is_it).count();
    let (again, first) = those(sd_jwt, is_it).find_map(|(index, one)| match one.standing {
        Standing::Repeats { first } => Some((index, first)),
        _ => None,
    })?;
    let later = those(sd_jwt, is_it).map(|(index, _)| index);
    Some(invalid(
        match count {
            1 => "A disclosure stands twice".to_owned(),
            count => format!("{count} disclosures repeat earlier ones"),
        },
        format!(
            "Disclosure {} is disclosure {} again. No digest can lead to both, and a holder must not send one twice.",
            again.saturating_add(1),
            first.saturating_add(1)
        ),
        std::iter::once(first)
            .chain(later)
            .take(MAX_EVIDENCE)
            .map(whole)
            .collect(),
    ))
}

fn repeated_digests(sd_jwt: &SdJwt, locate: Locate<'_>) -> Option<Finding> {
    let first = sd_jwt.digests.repeated.first()?;
    Some(invalid(
        match sd_jwt.digests.repetitions {
            1 => "A digest stands twice".to_owned(),
            count => format!("{count} digests repeat earlier ones"),
        },
        match first.disclosure {
            Some(index) => format!(
                "One digest leads to disclosure {} from two places. Verifiers put the claim in the first, in the last or in both.",
                index.saturating_add(1)
            ),
            None => "The same digest stands in two places. Its disclosure, sent later, would claim both."
                .to_owned(),
        },
        sd_jwt
            .digests
            .repeated
            .iter()
            .flat_map(|repetition| [&repetition.first, &repetition.again])
            .take(MAX_EVIDENCE)
            .map(locate)
            .collect(),
    ))
}

fn unfit(sd_jwt: &SdJwt, whole: &dyn Fn(usize) -> Evidence) -> Option<Finding> {
    let wrong = |one: &Disclosure| {
        let mut problems = one.problems.iter();
        problems.any(|problem| *problem != Problem::TooDeep)
    };
    let count = those(sd_jwt, wrong).count();
    let (first, disclosure) = those(sd_jwt, wrong).next()?;
    let problems = disclosure.problems.iter();
    let words: Vec<_> = problems
        .filter(|problem| **problem != Problem::TooDeep)
        .take(MAX_SPELLED)
        .map(|problem| visible(&problem.to_string()))
        .collect();
    Some(invalid(
        match count {
            1 => format!(
                "Disclosure {} is malformed or misplaced",
                first.saturating_add(1)
            ),
            count => format!("{count} disclosures are malformed or misplaced"),
        },
        format!(
            "In disclosure {}: {}. A correct verifier refuses the token for it; one that does not takes whatever claim it makes of it.",
            first.saturating_add(1),
            words.join("; ")
        ),
        those(sd_jwt, wrong)
            .take(MAX_EVIDENCE)
            .map(|(index, _)| whole(index))
            .collect(),
    ))
}

/// `sd-hash-weak`: a hash function that does not hide or bind, that nobody knows, or that is weaker than the signature's.
fn hash(sd_jwt: &SdJwt, alg: Option<&str>, locate: Locate<'_>) -> Vec<Finding> {
    let choice = &sd_jwt.hash;
    let place = choice.place.as_ref().map(locate);
    let finding = |severity, title, detail, evidence: Option<Evidence>| Finding {
        rule: "sd-hash-weak",
        severity,
        confidence: Confidence::Certain,
        title,
        detail,
        remedy: "Make digests with sha-256, or with sha-512 under signatures of that strength."
            .to_owned(),
        references: vec!["RFC 9901 \u{A7}4.1.1", "RFC 9901 \u{A7}9.4"],
        evidence: evidence.into_iter().collect(),
        refusal: (severity == Severity::High).then_some(Reason::Rule("sd-hash-weak")),
    };
    let mut findings = Vec::new();
    let known = match &choice.named {
        // What is no text breaks the form.
        None if choice.place.is_some() => return findings,
        None => Some(&SHA_256),
        Some(name) => crate::jose::sd_jwt::HashAlgorithm::named(name),
    };
    let named = choice.named.as_deref().map(visible).unwrap_or_default();
    match known {
        None => {
            let really = choice.used.map(|used| {
                format!(" The digests are those of {}, which is how they were matched here; a verifier does not guess.", used.name)
            });
            findings.push(finding(
                Severity::High,
                format!("Unknown hash function \u{201C}{named}\u{201D}"),
                format!(
                    "_sd_alg names no hash function that verifiers know (names are lower case, as in sha-256), so no disclosure can be checked.{}",
                    really.unwrap_or_default()
                ),
                place.clone(),
            ));
        }
        Some(known) if !known.is_fit => findings.push(finding(
            Severity::High,
            format!("Digests made with {named} prove little"),
            format!(
                "A digest of {} bits, made with {named}, can be met by another disclosure than the issuer\u{2019}s, or tell what it hides. A correct verifier refuses it.",
                known.bits
            ),
            place.clone(),
        )),
        Some(known) => {
            if let Some(bits) = alg.and_then(signature_bits)
                && bits > known.bits
            {
                findings.push(finding(
                    Severity::Low,
                    format!("{} is weaker than the signature", known.name),
                    format!(
                        "The signature hashes to {bits} bits, the disclosures to {}. Who can find two disclosures of one digest need not touch the signature.",
                        known.bits
                    ),
                    place.clone(),
                ));
            }
        }
    }
    if let (Some(odd), Some(used)) = (&sd_jwt.digests.odd_length, choice.used) {
        findings.push(Finding {
            references: vec!["RFC 9901 \u{A7}4.2.5"],
            remedy: "Make decoys with the function of the digests.".to_owned(),
            ..finding(
            Severity::Low,
            match sd_jwt.digests.odd_lengths {
                1 => "A digest has another length than the others".to_owned(),
                count => format!(
                    "{count} digests have not the length that {} gives",
                    used.name
                ),
            },
            format!(
                "A digest by {} has {} characters. Others can belong to no disclosure, so they are decoys that anybody can tell, or were made with another function.",
                used.name,
                used.characters()
            ),
            Some(locate(odd)),
        )
        });
    }
    findings
}

/// The output of the hash function that a signature algorithm is made with, in bits.
fn signature_bits(alg: &str) -> Option<usize> {
    Some(match alg {
        "ES384" | "PS384" | "RS384" => 384,
        "ES512" | "PS512" | "RS512" => 512,
        _ => return None,
    })
}

/// The evidence of a place in the payload or in a disclosure.
fn evidence(token: &Token, shown: &Presentation, place: &Place) -> Evidence {
    let Some(part) = shown.part(token, place.source) else {
        return everything(token);
    };
    let root = part.json.as_ref().and_then(|json| json.root.as_ref());
    let path = root.and_then(|root| root.path_at(place.range.start).pop());
    Evidence::in_part(part, path.map(|(pointer, _)| pointer), place.range.clone())
}

/// All characters of the disclosure of an index.
pub(super) fn whole(shown: &Presentation, index: usize) -> Evidence {
    match shown.disclosures.get(index) {
        Some(part) => Evidence::whole_part(part),
        None => Evidence {
            part: PartRole::Disclosure,
            pointer: None,
            range: 0..0,
        },
    }
}

fn everything(token: &Token) -> Evidence {
    Evidence {
        part: PartRole::Token,
        pointer: None,
        range: 0..token.text().len(),
    }
}

#[cfg(test)]
pub(super) mod tests;
