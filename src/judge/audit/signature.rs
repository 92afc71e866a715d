//! The signature itself (catalogue 1.2).

use super::{
    Confidence, Evidence, Finding, Reason, Rule, Ruling, Severity, Subject, header_evidence,
};
use crate::jose::visible::visible;
use crate::jose::{Kind, PartRole};
use crate::judge::profile::Trait;
use crate::keys::{Curve, MlDsa};
use crate::verify::algorithm::find;
use crate::verify::{Family, NotChecked, Outcome, ShapeFault, SignatureProof};

/// The proof of the one signature that a compact token has; `None` for an encrypted token.
pub(super) fn signature<'a>(subject: &Subject<'a>) -> Option<&'a SignatureProof> {
    subject.case.proof.signatures.first()
}

/// Whether a key verifies the signature, whosever it is.
pub(super) fn is_valid(subject: &Subject<'_>) -> bool {
    signature(subject).is_some_and(|proof| proof.outcome == Outcome::Valid)
}

pub(super) fn alg_evidence(subject: &Subject<'_>) -> Vec<Evidence> {
    header_evidence(subject, "alg")
}

/// The bytes of the signature; none where it is missing.
pub(super) fn signature_bytes<'a>(subject: &Subject<'a>) -> &'a [u8] {
    let part = subject.case.token.part(PartRole::Signature);
    part.map_or(&[], |part| part.bytes())
}

pub(super) fn signature_evidence(subject: &Subject<'_>) -> Vec<Evidence> {
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
        if der_values(subject, proof).is_some() {
            // That is for `sig-der` to say.
            return Ruling::Ran(Vec::new());
        }
        let found = signature_bytes(subject).len();
        let alg = proof.alg.as_deref().unwrap_or_default();
        Ruling::from(unfit_length(proof, alg, found).map(|unfit| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: if unfit.is_sure { Confidence::Certain } else { Confidence::Likely },
            title: if unfit.is_sure {
                format!("{found} bytes cannot be an {} signature", visible(alg))
            } else {
                format!("{found} bytes are an odd {} signature", visible(alg))
            },
            detail: format!("Expected {}, found {found}. The signature was cut, padded, or made by something else.", unfit.expected),
            remedy: "Refuse a signature of the wrong length before doing arithmetic with it.".to_owned(),
            references: vec!["RFC 7518 \u{A7}3.2", "CWE-347"],
            evidence: signature_evidence(subject),
            refusal: unfit.is_sure.then_some(Reason::SignatureInvalid),
        }))
    }
}

/// A length that a signature should not have.
struct UnfitLength {
    /// What it should have, in words.
    expected: String,
    /// Whether no key can have made it.
    is_sure: bool,
}

impl UnfitLength {
    fn of(expected: usize) -> Self {
        Self {
            expected: format!("{expected} bytes"),
            is_sure: true,
        }
    }
}

fn unfit_length(proof: &SignatureProof, alg: &str, found: usize) -> Option<UnfitLength> {
    if let Some(ShapeFault::Length { expected, .. }) = proof.shape {
        return Some(if alg == "EdDSA" {
            UnfitLength {
                expected: "64 bytes (Ed25519) or 114 (Ed448)".to_owned(),
                is_sure: true,
            }
        } else {
            UnfitLength::of(expected)
        });
    }
    if found == 0 {
        return None;
    }
    // Known also where OpenSSL is too old to verify them.
    if let Some(expected) = MlDsa::named(alg).map(MlDsa::signature_bytes) {
        return (found != expected).then(|| UnfitLength::of(expected));
    }
    let algorithm = find(alg)?;
    match (&proof.designated, proof.outcome) {
        (Some((key, _)), Outcome::Invalid) if algorithm.fits(key.kind) => {
            let expected = algorithm.signature_bytes(Some(key.kind))?;
            (expected != found).then(|| UnfitLength::of(expected))
        }
        // Of 128 bytes `rsa-small-modulus` speaks.
        (None, Outcome::NotChecked(_))
            if matches!(algorithm.family, Family::RsaPkcs1(_) | Family::RsaPss(_))
                && found != SMALL_RSA_BYTES =>
        {
            // A key of an odd size can have made it, so this refuses nothing.
            (found < 256 || !found.is_multiple_of(8)).then(|| UnfitLength {
                expected: "256 bytes or more, in steps of 8".to_owned(),
                is_sure: false,
            })
        }
        _ => None,
    }
}

/// Bytes of a signature under an RSA key of 1024 bits, the size that was common before 2048.
pub(super) const SMALL_RSA_BYTES: usize = 128;

/// `sig-der`: an ECDSA signature in ASN.1 instead of R and S side by side.
pub(super) struct SigDer;

impl Rule for SigDer {
    fn id(&self) -> &'static str {
        "sig-der"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["sig-length", "sig-invalid"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        let values = der_values(subject, proof);
        Ruling::from(values.map(|(curve, r, s)| {
            let converted = match verifies_once_converted(subject, proof, curve, r, s) {
                Some((true, id)) => format!(
                    "Once converted it verifies with key \u{201C}{}\u{201D}: the issuer writes it in the wrong form.",
                    visible(&id)
                ),
                Some((false, id)) => format!(
                    "Once converted it does not verify with key \u{201C}{}\u{201D} either.",
                    visible(&id)
                ),
                None => "Whether it verifies once converted was not tried: no key is meant for it.".to_owned(),
            };
            Finding {
                rule: self.id(),
                severity: Severity::Medium,
                confidence: Confidence::Certain,
                title: "The signature is in DER form".to_owned(),
                detail: format!(
                    "JOSE wants R and S side by side, {} bytes each; here they are two ASN.1 integers. {converted}",
                    curve.coordinate_bytes()
                ),
                remedy: "Emit R and S at fixed width; do not convert on verifying.".to_owned(),
                references: vec!["RFC 7518 \u{A7}3.4", "CWE-347"],
                evidence: signature_evidence(subject),
                refusal: Some(Reason::SignatureInvalid),
            }
        }))
    }
}

/// The curve and the two integers of an ECDSA signature that is a DER sequence. One of the raw length is raw.
fn der_values<'a>(
    subject: &Subject<'a>,
    proof: &SignatureProof,
) -> Option<(Curve, &'a [u8], &'a [u8])> {
    let Family::Ecdsa(curve, _) = find(proof.alg.as_deref()?)?.family else {
        return None;
    };
    let bytes = signature_bytes(subject);
    if bytes.len() == curve.coordinate_bytes().saturating_mul(2) {
        return None;
    }
    let (sequence, rest) = der_value(0x30, bytes)?;
    let (r, sequence_rest) = der_value(0x02, sequence)?;
    let (s, end) = der_value(0x02, sequence_rest)?;
    let is_whole = rest.is_empty() && end.is_empty() && !r.is_empty() && !s.is_empty();
    is_whole.then_some((curve, r, s))
}

/// The contents of a DER value of this tag at the beginning, and what follows it.
fn der_value(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match bytes {
        [first, 0x81, length, rest @ ..] if *first == tag && *length >= 0x80 => (*length, rest),
        [first, length, rest @ ..] if *first == tag && *length < 0x80 => (*length, rest),
        _ => return None,
    };
    rest.split_at_checked(usize::from(length))
}

/// Whether R and S side by side verify with the key that is meant for the signature, and that key's id.
fn verifies_once_converted(
    subject: &Subject<'_>,
    proof: &SignatureProof,
    curve: Curve,
    r: &[u8],
    s: &[u8],
) -> Option<(bool, String)> {
    let width = curve.coordinate_bytes();
    let mut raw = Vec::with_capacity(width.saturating_mul(2));
    for number in [r, s] {
        let zeros = number.iter().take_while(|&&byte| byte == 0).count();
        let number = number.get(zeros..)?;
        raw.extend(std::iter::repeat_n(0, width.checked_sub(number.len())?));
        raw.extend_from_slice(number);
    }
    let (key, _) = proof.designated.as_ref()?;
    let token = subject.case.token;
    let payload = token.part(PartRole::Payload)?;
    let input = token
        .signing_input()
        .filter(|_| !payload.range.is_empty())?;
    let algorithm = find(proof.alg.as_deref()?)?;
    let verifies = algorithm.verifies(key, None, input.as_bytes(), &raw);
    Some((verifies, key.id.clone()))
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

/// `sig-malleable`: the signature has a second spelling that some verifiers take.
pub(super) struct SigMalleable;

/// Half the order of secp256k1, big-endian (SEC 2 section 2.4.1).
const HALF_SECP256K1: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// The order of Ed25519, big-endian (RFC 8032 section 5.1).
const ED25519_ORDER: [u8; 32] = [
    0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7, 0x9c,
    0xd6, 0x58, 0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed,
];

/// The order of Ed448, big-endian, as wide as S (RFC 8032 section 5.2).
const ED448_ORDER: [u8; 57] = [
    0, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7c, 0xca, 0x23,
    0xe9, 0xc4, 0x4e, 0xdb, 0x49, 0xae, 0xd6, 0x36, 0x90, 0x21, 0x6c, 0xc2, 0x72, 0x8d, 0xc5, 0x8f,
    0x55, 0x23, 0x78, 0xc2, 0x92, 0xab, 0x58, 0x44, 0xf3,
];

impl Rule for SigMalleable {
    fn id(&self) -> &'static str {
        "sig-malleable"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        let family = find(proof.alg.as_deref().unwrap_or_default()).map(|found| found.family);
        let bytes = signature_bytes(subject);
        let (_, s) = bytes.split_at(bytes.len() / 2);
        let is_beyond = |order: &[u8]| s.iter().rev().ge(order);
        let (severity, detail, refusal) = match (family, bytes.len()) {
            (Some(Family::Ecdsa(Curve::Secp256k1, _)), 64)
                if proof.shape.is_none() && s > &HALF_SECP256K1[..] =>
            {
                (
                    Severity::Info,
                    "S lies in the upper half of its range: the order minus S signs the same message. JOSE allows both; systems that count transactions by their signature do not.",
                    None,
                )
            }
            (Some(Family::Eddsa(_)), 64) if is_beyond(&ED25519_ORDER) => (
                Severity::Medium,
                BEYOND_ORDER,
                Some(Reason::SignatureInvalid),
            ),
            (Some(Family::Eddsa(_)), 114) if is_beyond(&ED448_ORDER) => (
                Severity::Medium,
                BEYOND_ORDER,
                Some(Reason::SignatureInvalid),
            ),
            _ => return Ruling::Ran(Vec::new()),
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: "The signature has a second spelling".to_owned(),
            detail: detail.to_owned(),
            remedy: "Never use a signature as an identifier, and verify EdDSA strictly.".to_owned(),
            references: match refusal {
                Some(_) => vec!["RFC 8032 \u{A7}5.1.7", "CWE-347"],
                None => vec!["RFC 8812 \u{A7}3.2", "CWE-347"],
            },
            evidence: signature_evidence(subject),
            refusal,
        }])
    }
}

const BEYOND_ORDER: &str = "S is not below the order of the curve: a strict verifier refuses it, a lenient one takes it for the same signature as a smaller S.";

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
            Outcome::Invalid | Outcome::NotChecked(NotChecked::NoKeyVerifies)
                if is_for_graph(subject) =>
            {
                return Ruling::Ran(vec![Finding {
                    rule: self.id(),
                    severity: Severity::Info,
                    confidence: Confidence::Likely,
                    title: "Made for Microsoft Graph".to_owned(),
                    detail: "The issuer signs another header than the one that it sends (nonce), so only Graph can verify this token. That it fails here says nothing about it.".to_owned(),
                    remedy: "Ask the issuer for a token for your own service, and verify that.".to_owned(),
                    references: vec!["RFC 7515 \u{A7}5.2"],
                    evidence: header_evidence(subject, "nonce"),
                    refusal: None,
                }]);
            }
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

/// Whether Entra made the token for Microsoft Graph: third parties cannot verify those.
fn is_for_graph(subject: &Subject<'_>) -> bool {
    subject.protected("nonce").is_some() && subject.profile.has(Trait::SentWithOtherHeader)
}
