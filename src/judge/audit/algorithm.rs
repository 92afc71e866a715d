//! The algorithm that a header names (catalogue 1.2).

use super::signature::{alg_evidence, signature, signature_bytes, signature_evidence};
use super::{
    Confidence, Evidence, Finding, Reason, Rule, Ruling, Severity, Subject, header_evidence,
};
use crate::jose::json::Json;
use crate::jose::registry;
use crate::jose::visible::visible;
use crate::jose::{Kind, PartRole};
use crate::judge::profile::Trait;
use crate::verify::Family;
use crate::verify::algorithm::{find, is_none_in_disguise};

/// `alg-none`: nobody signed it.
pub(super) struct AlgNone;

impl Rule for AlgNone {
    fn id(&self) -> &'static str {
        "alg-none"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["sig-length", "sig-empty", "sig-invalid"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        if proof.alg.as_deref() != Some("none") {
            return Ruling::Ran(Vec::new());
        }
        let has_signature = subject
            .case
            .token
            .part(PartRole::Signature)
            .is_some_and(|part| !part.range.is_empty());
        let third_part = if has_signature {
            " Its third part is not empty, which is illegal beside it."
        } else {
            ""
        };
        let is_emulated = subject.header("kid").is_none() && subject.profile.has(Trait::Emulated);
        let (severity, detail, refusal) = if is_emulated {
            (
                Severity::Info,
                format!(
                    "The Firebase emulator makes such tokens, which nobody signs.{third_part} A service in production must never take one."
                ),
                None,
            )
        } else {
            (
                Severity::Critical,
                format!(
                    "Nobody signed this token: anyone can write one with any claims.{third_part} Ask whether the service takes it."
                ),
                Some(Reason::Unsecured),
            )
        };
        let mut evidence = alg_evidence(subject);
        if has_signature {
            evidence.extend(signature_evidence(subject));
        }
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: "Unsecured token (alg none)".to_owned(),
            detail,
            remedy: "Allow-list the algorithms on the verifier, without none.".to_owned(),
            references: vec![
                "RFC 8725 \u{A7}3.2",
                "RFC 7518 \u{A7}3.6",
                "CVE-2015-9235",
                "CWE-347",
            ],
            evidence,
            refusal,
        }])
    }
}

/// `alg-none-variant`: `none`, spelled so that a deny list misses it.
pub(super) struct AlgNoneVariant;

impl Rule for AlgNoneVariant {
    fn id(&self) -> &'static str {
        "alg-none-variant"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["sig-length", "sig-empty", "sig-invalid"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        let disguise = proof.alg.as_deref().filter(|alg| is_none_in_disguise(alg));
        Ruling::from(disguise.map(|alg| Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Certain,
            title: format!("Disguised none: \u{201C}{}\u{201D}", visible(alg)),
            detail: "A verifier that refuses only the exact word \u{201C}none\u{201D} and then compares loosely takes this token without any signature.".to_owned(),
            remedy: "Allow-list the algorithms on the verifier and compare byte for byte.".to_owned(),
            references: vec!["RFC 8725 \u{A7}3.2", "CWE-178", "CWE-347"],
            evidence: alg_evidence(subject),
            refusal: Some(Reason::Unsecured),
        }))
    }
}

/// `alg-unregistered`: no `alg` that a verifier could know.
pub(super) struct AlgUnregistered;

impl Rule for AlgUnregistered {
    fn id(&self) -> &'static str {
        "alg-unregistered"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        if token.kind == Kind::Unreadable {
            return Ruling::Unconcerned;
        }
        let mut headers = token
            .all(PartRole::ProtectedHeader)
            .chain(token.all(PartRole::UnprotectedHeader));
        let header = headers.find(|part| {
            let json = part.json.as_ref();
            json.is_some_and(|json| json.object().is_some())
        });
        let Some(header) = header else {
            return Ruling::NotRun;
        };
        let is_jwe = token.kind == Kind::Jwe;
        let names: &[&str] = if is_jwe { &["alg", "enc"] } else { &["alg"] };
        let findings = names.iter().filter_map(|&name| {
            let value = subject.header(name);
            let found = match value.map(|value| (value.str(), value.kind())) {
                None => Some(format!("No {name}")),
                Some((None, kind)) => Some(format!("{name} is of type {kind}")),
                Some((Some(value), _)) if name == "enc" => misplaced_enc(value),
                Some((Some(value), _)) => misplaced(value, is_jwe),
            }?;
            // A key that verifies under a neighbouring name shows a slip of the pen rather than an attempt.
            let is_signed = signature(subject).is_some_and(|proof| {
                proof.key.is_some()
                    || proof
                        .diagnosis
                        .iter()
                        .any(|diagnosis| diagnosis.code == "sibling-alg-verifies")
            });
            let is_text = value.and_then(Json::str).is_some();
            Some(Finding {
                rule: self.id(),
                severity: if is_signed && !signature_bytes(subject).is_empty() {
                    Severity::Medium
                } else {
                    Severity::High
                },
                confidence: Confidence::Certain,
                title: found,
                detail: if is_jwe {
                    "Nobody can say how to open this token. Libraries that fall back to a default, or pass over a name that they do not know, can be led to treat it as another kind."
                } else {
                    "Nobody can say how to verify this token. Libraries that fall back to a default, or pass over a name that they do not know, take it without a signature."
                }.to_owned(),
                remedy: "Refuse what is not on the list of allowed algorithms, before looking for a key.".to_owned(),
                references: if is_jwe {
                    vec!["RFC 7516 \u{A7}4.1.1", "RFC 7516 \u{A7}4.1.2", "CWE-327"]
                } else {
                    vec!["RFC 7515 \u{A7}4.1.1", "CVE-2026-23993", "CWE-347"]
                },
                evidence: match header_evidence(subject, name) {
                    none if none.is_empty() => vec![Evidence::whole_part(header)],
                    evidence => evidence,
                },
                refusal: (!is_text).then_some(Reason::Malformed),
            })
        });
        Ruling::Ran(findings.collect())
    }
}

/// What is wrong with a name as `enc`.
fn misplaced_enc(enc: &str) -> Option<String> {
    if is_prohibited(enc) {
        return None;
    }
    let shown = visible(enc);
    match registry::algorithm(enc) {
        None if is_uri(enc) => None,
        None => Some(format!(
            "\u{201C}{shown}\u{201D} is no registered encryption"
        )),
        Some(algorithm) => (algorithm.usage != "enc")
            .then(|| format!("\u{201C}{shown}\u{201D} is for alg, not for enc")),
    }
}

/// Whether a name is a URI, which nobody else uses for something else.
fn is_uri(name: &str) -> bool {
    name.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
    })
}

/// What is wrong with a name as `alg` of a signed token, or of an encrypted one; other rules speak of `none` in
/// disguise and of prohibited names.
fn misplaced(alg: &str, is_jwe: bool) -> Option<String> {
    if is_prohibited(alg) || (!is_jwe && is_none_in_disguise(alg)) {
        return None;
    }
    let shown = visible(alg);
    let Some(algorithm) = registry::algorithm(alg) else {
        return (!is_uri(alg))
            .then(|| format!("\u{201C}{shown}\u{201D} is no registered algorithm"));
    };
    let wanted = if is_jwe { "alg/enc" } else { "alg/sig" };
    (algorithm.usage != wanted).then(|| {
        let what = match (algorithm.usage.as_str(), is_jwe) {
            ("enc", _) => "is for enc, not for alg",
            (_, true) => "signs and cannot stand in an encrypted token",
            (_, false) => "encrypts and cannot sign",
        };
        format!("\u{201C}{shown}\u{201D} {what}")
    })
}

/// Whether the registry prohibits a name in tokens, or it is an HMAC cut short (`HS256/64`).
fn is_prohibited(name: &str) -> bool {
    let is_cut = name.split_once('/').is_some_and(|(hash, bits)| {
        find(hash).is_some_and(|algorithm| matches!(algorithm.family, Family::Hmac(_)))
            && !bits.is_empty()
            && bits.bytes().all(|byte| byte.is_ascii_digit())
    });
    is_cut
        || registry::algorithm(name).is_some_and(|algorithm| algorithm.requirement == "Prohibited")
}

/// `alg-prohibited`: a registered name that must not be used.
pub(super) struct AlgProhibited;

impl Rule for AlgProhibited {
    fn id(&self) -> &'static str {
        "alg-prohibited"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        let mut headers = token
            .all(PartRole::ProtectedHeader)
            .chain(token.all(PartRole::UnprotectedHeader));
        if headers.next().is_none() {
            return Ruling::NotRun;
        }
        let prohibited = ["alg", "enc"].into_iter().filter_map(|member| {
            let name = subject.header(member)?.str()?;
            is_prohibited(name).then_some((member, name))
        });
        let findings = prohibited.map(|(member, name)| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: format!("{} must not be used in JOSE", visible(name)),
            detail: "No token may use it: it is too weak, or protects no integrity. A verifier that takes it takes forgeries.".to_owned(),
            remedy: "Move to algorithms with SHA-2 or authenticated encryption.".to_owned(),
            references: vec!["RFC 7518 \u{A7}7.1", "CWE-327"],
            evidence: header_evidence(subject, member),
            refusal: Some(Reason::Rule(self.id())),
        });
        Ruling::Ran(findings.collect())
    }
}

/// `alg-polymorphic`: a name that stands for two algorithms.
pub(super) struct AlgPolymorphic;

impl Rule for AlgPolymorphic {
    fn id(&self) -> &'static str {
        "alg-polymorphic"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let alg = subject.header("alg").and_then(Json::str);
        Ruling::from((alg == Some("EdDSA")).then(|| Finding {
            rule: self.id(),
            severity: Severity::Info,
            confidence: Confidence::Certain,
            title: "EdDSA names two algorithms".to_owned(),
            detail: "It is Ed25519 or Ed448, as the key says, so that a list of allowed algorithms allows both. The registry has deprecated the name.".to_owned(),
            remedy: "Write Ed25519 or Ed448 as alg.".to_owned(),
            references: vec!["RFC 9864"],
            evidence: alg_evidence(subject),
            refusal: None,
        }))
    }
}
