//! Algorithm and signature (catalogue 1.2).

use super::{
    Confidence, Evidence, Finding, Reason, Rule, Ruling, Severity, Subject, named_evidence,
};
use crate::jose::registry;
use crate::jose::visible::visible;
use crate::jose::{Kind, PartRole};
use crate::judge::words::capitalised;
use crate::verify::algorithm::{find, is_none_in_disguise};
use crate::verify::{
    Family, KnownSecret, NotChecked, Outcome, Provenance, ShapeFault, SignatureProof,
};

/// The proof of the one signature that a compact token has; `None` for an encrypted token.
pub(super) fn signature<'a>(subject: &Subject<'a>) -> Option<&'a SignatureProof> {
    subject.case.proof.signatures.first()
}

pub(super) fn alg_evidence(subject: &Subject<'_>) -> Vec<Evidence> {
    named_evidence(subject.case.token.part(PartRole::ProtectedHeader), "alg")
}

fn signature_evidence(subject: &Subject<'_>) -> Vec<Evidence> {
    if let Some(part) = subject.case.token.part(PartRole::Signature) {
        return vec![Evidence::whole_part(part)];
    }

    let end = subject.case.token.text().len();
    vec![Evidence {
        part: PartRole::Token,
        pointer: None,
        range: end..end,
    }]
}

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
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Certain,
            title: "Unsecured token (alg none)".to_owned(),
            detail: format!(
                "Nobody signed this token: anyone can write one with any claims.{third_part} Ask whether the service takes it."
            ),
            remedy: "Allow-list the algorithms on the verifier, without none.".to_owned(),
            references: vec![
                "RFC 8725 \u{A7}3.2",
                "RFC 7518 \u{A7}3.6",
                "CVE-2015-9235",
                "CWE-347",
            ],
            evidence: alg_evidence(subject),
            refusal: Some(Reason::Unsecured),
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

/// `alg-prohibited`: a registered name that must not be used.
pub(super) struct AlgProhibited;

impl Rule for AlgProhibited {
    fn id(&self) -> &'static str {
        "alg-prohibited"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(header) = subject.case.token.header() else {
            return Ruling::NotRun;
        };
        let prohibited = ["alg", "enc"].into_iter().find_map(|member| {
            let name = header.str(member)?;
            let algorithm = registry::algorithm(name)?;
            (algorithm.requirement == "Prohibited").then_some((member, name))
        });
        Ruling::from(prohibited.map(|(member, name)| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: format!("{} must not be used in JOSE", visible(name)),
            detail: "The registry lists the name for other uses only and prohibits it in tokens: it is too weak, or protects no integrity.".to_owned(),
            remedy: "Move to algorithms with SHA-2 or authenticated encryption.".to_owned(),
            references: vec!["RFC 7518 \u{A7}7.1", "CWE-327"],
            evidence: named_evidence(subject.case.token.part(PartRole::ProtectedHeader), member),
            refusal: Some(Reason::Rule(self.id())),
        }))
    }
}

/// `sig-empty`: an algorithm that signs, and no signature.
pub(super) struct SigEmpty;

impl Rule for SigEmpty {
    fn id(&self) -> &'static str {
        "sig-empty"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["sig-invalid"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        let Some(alg) = &proof.alg else {
            return Ruling::NotRun;
        };
        let is_empty = token
            .part(PartRole::Signature)
            .is_none_or(|part| part.bytes().is_empty());
        if !is_empty
            || token.kind == Kind::Unreadable
            || proof.outcome == Outcome::NotChecked(NotChecked::TooLarge)
        {
            return Ruling::Ran(Vec::new());
        }
        let separator = if token.part(PartRole::Signature).is_some() {
            ""
        } else {
            " Even the dot before it is missing (missing-separator)."
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Certain,
            title: "The signature is empty".to_owned(),
            detail: format!(
                "The header says {}, but there is no signature.{separator} Some libraries compare zero bytes and find them equal.",
                visible(alg)
            ),
            remedy: "Check the length of the signature before comparing, and refuse.".to_owned(),
            references: vec!["CVE-2020-28042", "CWE-347"],
            evidence: signature_evidence(subject),
            refusal: Some(Reason::SignatureInvalid),
        }])
    }
}

/// `sig-length`: no signature of the algorithm has this length.
pub(super) struct SigLength;

impl Rule for SigLength {
    fn id(&self) -> &'static str {
        "sig-length"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["sig-invalid"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        let found = subject
            .case
            .token
            .part(PartRole::Signature)
            .map_or(0, |part| part.bytes().len());
        let alg = proof.alg.as_deref().unwrap_or_default();
        let with_key = proof
            .designated
            .as_ref()
            .filter(|_| proof.outcome == Outcome::Invalid && found > 0)
            .and_then(|(key, _)| {
                let algorithm = find(alg).filter(|algorithm| algorithm.fits(key.kind))?;
                algorithm
                    .signature_bytes(Some(key.kind))
                    .filter(|expected| *expected != found)
            });
        let expected = match proof.shape {
            Some(ShapeFault::Length { expected, .. }) => Some(expected),
            _ => with_key,
        };
        Ruling::from(expected.map(|expected| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: format!("{found} bytes cannot be an {} signature", visible(alg)),
            detail: format!("Expected {expected} bytes, found {found}. The signature was cut, padded, or made by something else."),
            remedy: "Refuse a signature of the wrong length before doing arithmetic with it.".to_owned(),
            references: vec!["RFC 7518 \u{A7}3.2", "CWE-347"],
            evidence: signature_evidence(subject),
            refusal: Some(Reason::SignatureInvalid),
        }))
    }
}

/// `sig-psychic`: ECDSA numbers that no signer makes.
pub(super) struct SigPsychic;

impl Rule for SigPsychic {
    fn id(&self) -> &'static str {
        "sig-psychic"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["sig-invalid"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        let fires = proof.shape == Some(ShapeFault::OutOfRange);
        Ruling::from(fires.then(|| Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Certain,
            title: "Signature values out of range".to_owned(),
            detail: "R or S is zero or not below the order of the curve. Runtimes with the \u{201C}psychic signatures\u{201D} fault take such a signature for any message and any key.".to_owned(),
            remedy: "Patch the runtime (Java 15 to 18) and refuse out-of-range values.".to_owned(),
            references: vec!["CVE-2022-21449", "CWE-347"],
            evidence: signature_evidence(subject),
            refusal: Some(Reason::SignatureInvalid),
        }))
    }
}

/// `sig-invalid`: the key that was meant for it does not verify it.
pub(super) struct SigInvalid;

impl Rule for SigInvalid {
    fn id(&self) -> &'static str {
        "sig-invalid"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        match proof.outcome {
            Outcome::NotChecked(_) => return Ruling::NotRun,
            Outcome::Invalid => {}
            _ => return Ruling::Ran(Vec::new()),
        }
        let detail = match &proof.designated {
            Some((key, _)) => {
                let others = proof.tried.len().saturating_sub(1);
                let others = match others {
                    0 => String::new(),
                    1 => ", and neither does the other key that could".to_owned(),
                    several => format!(", and neither do the {several} other keys that could"),
                };
                format!(
                    "Key \u{201C}{}\u{201D} is meant for this token and does not verify it{others}. The token was changed, or another key signed it.",
                    visible(&key.id)
                )
            }
            None => "No key can verify these bytes.".to_owned(),
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: "The signature does not verify".to_owned(),
            detail,
            remedy: "Reject the token; find out which key it was signed with.".to_owned(),
            references: vec!["RFC 7515 \u{A7}5.2", "CWE-347"],
            evidence: signature_evidence(subject),
            refusal: Some(Reason::SignatureInvalid),
        }])
    }
}

/// Whether the token has a MAC, for rules that are about nothing else.
fn is_hmac(subject: &Subject<'_>) -> bool {
    signature(subject)
        .and_then(|proof| find(proof.alg.as_deref()?))
        .is_some_and(|algorithm| matches!(algorithm.family, Family::Hmac(_)))
}

fn known_secret(subject: &Subject<'_>) -> Option<KnownSecret> {
    signature(subject)?.key.as_ref()?.known
}

/// `hmac-empty-key`: the MAC is right under the empty secret or what a missing one turns into.
pub(super) struct HmacEmptyKey;

impl Rule for HmacEmptyKey {
    fn id(&self) -> &'static str {
        "hmac-empty-key"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["hmac-short-secret"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !is_hmac(subject) {
            return Ruling::Unconcerned;
        }
        let fires = known_secret(subject) == Some(KnownSecret::Empty);
        Ruling::from(fires.then(|| Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Proven,
            title: "Signed with an empty or zero secret".to_owned(),
            detail: "The MAC is right under a secret that is empty, all zero, or the text of a missing value. Anyone can sign tokens for this service.".to_owned(),
            remedy: "Refuse to start without a secret; use 32 or more random bytes.".to_owned(),
            references: vec!["CWE-1391", "CWE-798"],
            evidence: signature_evidence(subject),
            refusal: Some(Reason::PubliclyKnownKey),
        }))
    }
}

/// `hmac-known-secret`: the MAC is right under a secret out of documentation.
pub(super) struct HmacKnownSecret;

impl Rule for HmacKnownSecret {
    fn id(&self) -> &'static str {
        "hmac-known-secret"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["hmac-short-secret"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !is_hmac(subject) {
            return Ruling::Unconcerned;
        }
        let fires = known_secret(subject) == Some(KnownSecret::Documented);
        Ruling::from(fires.then(|| Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Proven,
            title: "Signed with a publicly known secret".to_owned(),
            detail: "The MAC is right under a default that documentation or examples print. Anyone can sign tokens for this service.".to_owned(),
            remedy: "Rotate to 32 or more random bytes, and treat every token ever issued as forgeable.".to_owned(),
            references: vec!["RFC 8725 \u{A7}3.5", "CWE-798"],
            evidence: signature_evidence(subject),
            refusal: Some(Reason::PubliclyKnownKey),
        }))
    }
}

/// `hmac-short-secret`: the secret is shorter than the hash.
pub(super) struct HmacShortSecret;

impl Rule for HmacShortSecret {
    fn id(&self) -> &'static str {
        "hmac-short-secret"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !is_hmac(subject) {
            return Ruling::Unconcerned;
        }
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        let Some(used) = &proof.key else {
            return Ruling::NotRun;
        };
        let Some((wanted, found)) = find(proof.alg.as_deref().unwrap_or_default())
            .and_then(|algorithm| algorithm.signature_bytes(None))
            .zip(used.secret_bytes())
        else {
            return Ruling::NotRun;
        };
        let whose = if used.provenance == Provenance::Token {
            "the token's own secret"
        } else {
            "the secret that signed this token"
        };
        Ruling::from((found < wanted).then(|| Finding {
            rule: self.id(),
            severity: if found < 16 { Severity::High } else { Severity::Medium },
            confidence: Confidence::Certain,
            title: format!("HMAC secret too short: {found} of {wanted} bytes"),
            detail: format!(
                "{} has {found} {}, the hash {wanted}. A captured token is enough to guess a short secret offline.",
                capitalised(whose),
                if found == 1 { "byte" } else { "bytes" }
            ),
            remedy: format!("Use {wanted} or more random bytes."),
            references: vec!["RFC 7518 \u{A7}3.2", "CWE-326"],
            evidence: signature_evidence(subject),
            refusal: Some(Reason::KeyTooWeak),
        }))
    }
}
