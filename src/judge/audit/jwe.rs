//! What an encrypted token asks of its reader, and what opening it proves (catalogue 1.6).

use super::curves::okp_fault;
use super::serialization::is_protected;
use super::signature::alg_evidence;
use super::{
    Confidence, Evidence, Finding, ProfileName, Reason, Rule, Ruling, Severity, Subject,
    header_evidence, media_type,
};
use crate::jose::base64url;
use crate::jose::json::{Decimal, Json, Value};
use crate::jose::visible::visible;
use crate::jose::{Kind, PartRole, Serialization, Token};
use crate::judge::ChosenBy;
use crate::keys::{Holds, KeyKind, OkpCurve, from_jwk};
use crate::verify::decrypt::{KeyFamily, MAX_INFLATED_BYTES, MAX_ITERATIONS, key_management};
use crate::verify::{
    DecryptionOutcome, DecryptionProof, Designation, Layer, Outcome, Provenance, SignatureProof,
};

/// More iterations than this are more than the usual advice, and some libraries refuse them.
const USUAL_ITERATIONS: &str = "600000";

/// What RFC 7518 section 4.8.1.2 recommends at least.
const LEAST_ITERATIONS: &str = "1000";

/// Fewer than this are guessed too fast on today's machines.
const FEW_ITERATIONS: &str = "310000";

/// Bytes that a salt must have (RFC 7518 section 4.8.1.1).
const SALT_BYTES: usize = 8;

/// The JWE's `alg`.
fn alg<'a>(subject: &Subject<'a>) -> Option<&'a str> {
    let token: &'a Token = subject.case.token;
    let alg = token.parameter("alg").and_then(Json::str);
    alg.filter(|_| token.kind == Kind::Jwe)
}

/// The JWE's `alg`, where its key comes from a password.
fn pbes2<'a>(subject: &Subject<'a>) -> Option<&'a str> {
    alg(subject).filter(|alg| alg.starts_with("PBES2-"))
}

/// The `p2c` that is a positive integer; else what stands there, in words.
fn iterations(json: Option<&Json>) -> Result<(Decimal, &str), &'static str> {
    let json = json.ok_or("none")?;
    let Value::Number(number) = &json.value else {
        return Err(json.kind());
    };
    let value = Decimal::parse(&number.text).ok_or("a number of no known size")?;
    let is_positive = Decimal::parse("1").is_some_and(|one| value >= one);
    if !value.is_integer() {
        Err("a fraction")
    } else if !is_positive {
        Err("a number below 1")
    } else {
        Ok((value, &number.text))
    }
}

/// Whether a number is above the one of this text.
fn is_above(value: &Decimal, limit: &str) -> bool {
    Decimal::parse(limit).is_some_and(|limit| *value > limit)
}

/// `jwe-p2c-high`: so many rounds of key derivation that a reader can be kept busy.
pub(super) struct JweP2cHigh;

impl Rule for JweP2cHigh {
    fn id(&self) -> &'static str {
        "jwe-p2c-high"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if pbes2(subject).is_none() {
            return Ruling::Unconcerned;
        }
        let (severity, title, detail, refusal) = match iterations(subject.header("p2c")) {
            Err(found) => (
                Severity::High,
                "The count of iterations is no positive integer (p2c)".to_owned(),
                format!(
                    "Expected a positive integer, found {found}. Libraries that convert it somehow derive another key, or work without end."
                ),
                Some(Reason::Malformed),
            ),
            Ok((value, text)) if is_above(&value, &MAX_ITERATIONS.to_string()) => (
                Severity::High,
                format!("{} iterations to derive a key (p2c)", shortened(text)),
                format!(
                    "The sender decides how long the reader works before it knows anything of the token. More than {MAX_ITERATIONS} were not made here; a service that makes them can be kept busy with a few tokens."
                ),
                None,
            ),
            Ok((value, text)) if is_above(&value, USUAL_ITERATIONS) => (
                Severity::Medium,
                format!("{} iterations to derive a key (p2c)", shortened(text)),
                format!(
                    "More than {USUAL_ITERATIONS} take long, and may be refused: libraries have ceilings, some of them far lower."
                ),
                None,
            ),
            Ok(_) => return Ruling::Ran(Vec::new()),
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title,
            detail,
            remedy:
                "Set a ceiling before deriving, and take no password-based tokens from strangers."
                    .to_owned(),
            references: vec![
                "RFC 7518 \u{A7}4.8.1.2",
                "CVE-2022-36083",
                "CVE-2023-50966",
                "CWE-400",
            ],
            evidence: or_alg(subject, header_evidence(subject, "p2c")),
            refusal,
        }])
    }
}

/// A number as it is written, cut where it is long.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(20) {
        Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The evidence, or that of `alg` where what is at fault is missing.
fn or_alg(subject: &Subject<'_>, evidence: Vec<Evidence>) -> Vec<Evidence> {
    if evidence.is_empty() {
        alg_evidence(subject)
    } else {
        evidence
    }
}

/// `jwe-p2c-low`: too few rounds of key derivation, or too short a salt.
pub(super) struct JweP2cLow;

impl Rule for JweP2cLow {
    fn id(&self) -> &'static str {
        "jwe-p2c-low"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if pbes2(subject).is_none() {
            return Ruling::Unconcerned;
        }
        let count = iterations(subject.header("p2c")).ok();
        let salt = subject.header("p2s").and_then(Json::str);
        let salt = salt.map(|salt| base64url::decode(salt).bytes.len());
        let is_below = |limit| {
            count
                .as_ref()
                .is_some_and(|(value, _)| Decimal::parse(limit).is_some_and(|limit| *value < limit))
        };
        let few = count.as_ref().map_or("", |(_, text)| *text);
        let mut faults = Vec::new();
        let mut evidence = Vec::new();
        let mut severity = Severity::Low;
        if is_below(FEW_ITERATIONS) {
            faults.push(format!("{few} iterations"));
            evidence.extend(header_evidence(subject, "p2c"));
            if is_below(LEAST_ITERATIONS) {
                severity = Severity::Medium;
            }
        }
        if let Some(bytes) = salt.filter(|bytes| *bytes < SALT_BYTES) {
            faults.push(format!(
                "a salt of {}",
                crate::judge::words::counted(bytes, "byte")
            ));
            evidence.extend(header_evidence(subject, "p2s"));
            severity = Severity::Medium;
        }
        Ruling::from((!faults.is_empty()).then(|| Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: format!("The password is little protected: {}", faults.join(", ")),
            detail: format!(
                "Whoever has the token can try passwords at leisure. With SHA-256, {FEW_ITERATIONS} iterations or more slow that down; a salt must have {SALT_BYTES} bytes."
            ),
            remedy: "Derive with 600000 iterations and a random salt, or better use a random key instead of a password.".to_owned(),
            references: vec!["RFC 7518 \u{A7}4.8.1.2", "CVE-2023-31582", "CWE-916"],
            evidence,
            refusal: None,
        }))
    }
}

/// `jwe-zip`: the content is compressed.
pub(super) struct JweZip;

impl Rule for JweZip {
    fn id(&self) -> &'static str {
        "jwe-zip"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        let Some(zip) = subject.header("zip") else {
            return Ruling::Ran(Vec::new());
        };
        let is_deflate = zip.str() == Some("DEF");
        let (severity, detail) = if token.kind != Kind::Jwe {
            (
                Severity::Info,
                "For a signed token no RFC defines it; profiles of their own, such as health cards, compress the payload. It is shown and verified as it stands.",
            )
        } else if !is_protected(token, "zip") {
            (
                Severity::Medium,
                "It stands where nothing protects it, so anyone can add or remove it, and readers disagree about the content.",
            )
        } else if !is_deflate {
            (
                Severity::Medium,
                "Only DEF is registered; a reader that passes over the name takes the compressed bytes for the content.",
            )
        } else {
            (
                Severity::Low,
                "The length of compressed content tells something of what is in it, when a stranger can choose a part of it.",
            )
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: "Compressed content (zip)".to_owned(),
            detail: detail.to_owned(),
            remedy: "Do not compress secrets together with what a stranger can choose.".to_owned(),
            references: vec!["RFC 8725 \u{A7}3.6", "RFC 7516 \u{A7}4.1.3", "CWE-310"],
            evidence: header_evidence(subject, "zip"),
            refusal: None,
        }])
    }
}

/// `jwe-zip-bomb`: little content that becomes very much.
pub(super) struct JweZipBomb;

/// Content that grows less than this many times is only large.
const BOMB_RATIO: usize = 10;

impl Rule for JweZipBomb {
    fn id(&self) -> &'static str {
        "jwe-zip-bomb"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        if token.kind != Kind::Jwe || !is_protected(token, "zip") {
            return Ruling::Unconcerned;
        }
        let opened = subject.case.proof.decryption.as_ref();
        let Some(proof) = opened.filter(|proof| proof.key.is_some()) else {
            return Ruling::NotRun;
        };
        let ratio = proof
            .oversized
            .and_then(|compressed| MAX_INFLATED_BYTES.checked_div(compressed.max(1)))
            .filter(|ratio| *ratio >= BOMB_RATIO);
        Ruling::from(ratio.map(|ratio| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Proven,
            title: "The content inflates without end (zip)".to_owned(),
            detail: format!(
                "Inflating was stopped at {MAX_INFLATED_BYTES} bytes, {ratio} times the compressed content that was read. A service without a ceiling runs out of memory."
            ),
            remedy: "Inflate in a stream, with a ceiling, or refuse compressed tokens.".to_owned(),
            references: vec!["CVE-2024-28180", "CVE-2024-21319", "CWE-409"],
            evidence: ciphertext(subject),
            refusal: None,
        }))
    }
}

fn ciphertext(subject: &Subject<'_>) -> Vec<Evidence> {
    let part = subject.case.token.part(PartRole::Ciphertext);
    part.map(Evidence::whole_part).into_iter().collect()
}

/// `jwe-rsa1-5`: the content key is encrypted in the old way, or in the one with SHA-1.
pub(super) struct JweRsa15;

impl Rule for JweRsa15 {
    fn id(&self) -> &'static str {
        "jwe-rsa1-5"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let (severity, title, detail) = match alg(subject) {
            Some("RSA1_5") => {
                let key = subject.case.proof.decryption.as_ref().and_then(|proof| {
                    let used = proof.key.as_ref().map(|used| &used.key);
                    used.or(proof.designated.as_ref().map(|(key, _)| key))
                });
                let meant = key.and_then(|key| key.members.alg.as_deref());
                let meant = meant.filter(|alg| alg.starts_with("RSA-OAEP"));
                match meant {
                    Some(meant) => (
                        Severity::Critical,
                        "RSA1_5 with a key that is for OAEP",
                        format!(
                            "The key says {}, the token RSA1_5: a service that follows the token can be downgraded to the padding whose errors let others decrypt.",
                            visible(meant)
                        ),
                    ),
                    None => (
                        Severity::High,
                        "RSA encryption of PKCS#1 v1.5 (RSA1_5)",
                        "A service whose answers or timing differ between kinds of failure lets others decrypt with its key, question by question.".to_owned(),
                    ),
                }
            }
            Some("RSA-OAEP") => (
                Severity::Info,
                "RSA-OAEP with SHA-1",
                "SHA-1 does no known harm in OAEP; policies that ban it altogether ban this name too.".to_owned(),
            ),
            Some(_) => return Ruling::Ran(Vec::new()),
            None => return Ruling::Unconcerned,
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: title.to_owned(),
            detail,
            remedy: "Use RSA-OAEP-256 or ECDH-ES.".to_owned(),
            references: vec!["RFC 8725 \u{A7}3.2", "CWE-780", "CWE-203"],
            evidence: alg_evidence(subject),
            refusal: None,
        }])
    }
}

/// `jwe-epk-invalid`: an ephemeral key that no honest sender makes.
pub(super) struct JweEpkInvalid;

impl Rule for JweEpkInvalid {
    fn id(&self) -> &'static str {
        "jwe-epk-invalid"
    }

    fn silences_member(&self) -> &'static [&'static str] {
        &["ec-point-invalid", "okp-low-order"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let is_agreement = alg(subject)
            .and_then(key_management)
            .is_some_and(|alg| matches!(alg.family, KeyFamily::Agreement(_)));
        if !is_agreement {
            return Ruling::Unconcerned;
        }
        Ruling::from(epk_fault(subject).map(|found| Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Certain,
            title: "The ephemeral key is a probe, or broken (epk)".to_owned(),
            detail: format!(
                "Expected a public key on the curve of the recipient\u{2019}s, found {found}. A service that computes with such a key can give its own private key away, bit by bit."
            ),
            remedy: "Check the key before computing with it; replace the recipient\u{2019}s key if such tokens were ever processed.".to_owned(),
            references: vec!["RFC 7518 \u{A7}4.6.1.1", "RFC 8725 \u{A7}3.4", "CWE-347"],
            evidence: or_alg(subject, header_evidence(subject, "epk")),
            refusal: Some(Reason::Rule(self.id())),
        }))
    }
}

/// What is wrong with the ephemeral key.
fn epk_fault(subject: &Subject<'_>) -> Option<String> {
    let Some(json) = subject.header("epk") else {
        return Some("none".to_owned());
    };
    let key = from_jwk(json, "epk", 1);
    if let Some(fault) = &key.fault {
        return Some(format!("a key that is none ({fault})"));
    }
    if key.holds != Holds::Public {
        return Some("one with its private half".to_owned());
    }
    match key.kind {
        KeyKind::Ec(_) => {}
        KeyKind::Okp(curve @ (OkpCurve::X25519 | OkpCurve::X448)) => {
            let x = key.public()?.raw_public_key().ok()?;
            if let Some(fault) = okp_fault(curve, &x) {
                return Some(format!("one that {fault}"));
            }
        }
        other => return Some(other.to_string()),
    }
    let proof = subject.case.proof.decryption.as_ref()?;
    let (meant, how) = proof.designated.as_ref()?;
    // A key that nothing names may simply be another's.
    (*how != Designation::OnlyKey && meant.kind != key.kind).then(|| {
        format!(
            "{}, while key \u{201C}{}\u{201D} is {}",
            key.kind,
            visible(&meant.id),
            meant.kind
        )
    })
}

/// `jwe-not-authenticated`: opening it proves nothing about who made it.
pub(super) struct JweNotAuthenticated;

impl Rule for JweNotAuthenticated {
    fn id(&self) -> &'static str {
        "jwe-not-authenticated"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let case = subject.case;
        if case.token.kind != Kind::Jwe {
            return Ruling::Unconcerned;
        }
        if subject.profile.name == ProfileName::Jws && subject.profile.chosen_by == ChosenBy::Option
        {
            return Ruling::Ran(vec![unauthenticated(
                subject,
                Severity::High,
                "An encrypted token stands where a signed one is expected",
                "A verifier whose library takes both kinds by one call takes this one too, and decrypting it is no proof of who made it.",
            )]);
        }
        let Some(proof) = opened(case.proof.decryption.as_ref()) else {
            return Ruling::NotRun;
        };
        let inside = match (&case.proof.inner, case.token.claims()) {
            (Some(layer), _) => match signed_inside(layer) {
                Some(true) => return Ruling::Ran(Vec::new()),
                Some(false) => "and the signature inside proves nothing either",
                None => return Ruling::NotRun,
            },
            (None, Some(_)) => "and nothing inside is signed",
            (None, None) => return Ruling::Ran(Vec::new()),
        };
        if proof.is_symmetric {
            return Ruling::Ran(vec![unauthenticated(
                subject,
                Severity::Info,
                "Both holders of the key can have made it",
                "Whoever can open it can make such tokens too: between two parties that is proof enough, for a third it is none.",
            )]);
        }
        // A type that names one kind of JWT: all of those are signed.
        let must_be_signed = subject.typ().ends_with("+jwt");
        Ruling::Ran(vec![unauthenticated(
            subject,
            if must_be_signed {
                Severity::High
            } else {
                Severity::Medium
            },
            "Encrypted, but anyone could have made it",
            &format!(
                "It is encrypted with a public key, {inside}: decrypting it proves nothing about the sender. A service that takes its claims takes anybody\u{2019}s."
            ),
        )])
    }
}

fn unauthenticated(
    subject: &Subject<'_>,
    severity: Severity,
    title: &str,
    detail: &str,
) -> Finding {
    Finding {
        rule: "jwe-not-authenticated",
        severity,
        confidence: Confidence::Certain,
        title: title.to_owned(),
        detail: detail.to_owned(),
        remedy: "Sign, then encrypt; and verify with a library call that takes signed tokens only."
            .to_owned(),
        references: vec!["RFC 8725 \u{A7}3.3", "CVE-2023-51774", "CWE-345"],
        evidence: match alg_evidence(subject) {
            none if none.is_empty() => vec![Evidence {
                part: PartRole::Token,
                pointer: None,
                range: 0..subject.case.token.text().len(),
            }],
            evidence => evidence,
        },
        refusal: None,
    }
}

/// The proof of a token that was opened.
fn opened(proof: Option<&DecryptionProof>) -> Option<&DecryptionProof> {
    proof.filter(|proof| proof.outcome == DecryptionOutcome::Decrypted)
}

/// Whether what lies inside proves its own sender; `None` where nothing can be said. A token that is encrypted again is judged
/// where it lies.
fn signed_inside(layer: &Layer) -> Option<bool> {
    if layer.token.kind == Kind::Jwe {
        return Some(true);
    }
    let is_proven = |proof: &SignatureProof| match proof.outcome {
        Outcome::Invalid | Outcome::Unsecured => Some(false),
        Outcome::NotChecked(_) | Outcome::Unsupported => None,
        Outcome::Valid => Some(
            proof
                .key
                .as_ref()
                .is_none_or(|used| used.provenance == Provenance::Yours),
        ),
    };
    let mut proven = layer.proof.signatures.iter().map(is_proven);
    if layer
        .proof
        .signatures
        .iter()
        .any(|proof| is_proven(proof) == Some(true))
    {
        return Some(true);
    }
    proven.all(|proven| proven == Some(false)).then_some(false)
}

/// `cty-nesting`: what `cty` says of the content, and what it is, differ.
pub(super) struct CtyNesting;

impl Rule for CtyNesting {
    fn id(&self) -> &'static str {
        "cty-nesting"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let case = subject.case;
        if case.token.kind != Kind::Jwe {
            return Ruling::Unconcerned;
        }
        if opened(case.proof.decryption.as_ref()).is_none() {
            return Ruling::NotRun;
        }
        let cty = subject.header("cty").and_then(Json::str);
        let says_jwt = cty.map(media_type).is_some_and(|cty| {
            cty == "application/jwt" || cty.ends_with("+jwt") || cty.ends_with("+sd-jwt")
        });
        // A token in JSON form is no JWT.
        let inner = case.proof.inner.as_ref();
        let is_jwt = inner.is_some_and(|layer| layer.token.serialization == Serialization::Compact);
        let detail = match (is_jwt, says_jwt) {
            (true, false) => {
                "The content is a token, and the header does not say so: a reader that goes by cty takes it for opaque bytes and never verifies its signature."
            }
            (false, true) => {
                "The header says that the content is a token, and it is none: a reader that goes by the content alone takes it without the signature that was to be inside."
            }
            _ => return Ruling::Ran(Vec::new()),
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            title: "cty and the content differ".to_owned(),
            detail: detail.to_owned(),
            remedy: "Send cty: JWT with a nested token, and only then; refuse what differs."
                .to_owned(),
            references: vec!["RFC 7519 \u{A7}5.2", "RFC 8725 \u{A7}3.3", "CWE-345"],
            evidence: if cty.is_some() {
                header_evidence(subject, "cty")
            } else {
                ciphertext(subject)
            },
            refusal: None,
        }])
    }
}
