//! RSA keys by their size and their exponent (catalogue 1.5).

use super::flaw::{Flaw, Power};
use super::held::Held;
use super::signature::{SMALL_RSA_BYTES, alg_evidence, signature_bytes, signature_evidence};
use super::{Confidence, Finding, Reason, Rule, Ruling, Severity, Subject};
use crate::jose::visible::visible;
use crate::keys::{Key, KeyKind};

/// Smaller moduli (in bits) are refused (RFC 7518 section 3.3).
const LEAST_BITS: usize = 2048;

/// `rsa-small-modulus`: an RSA key that is too small.
pub(super) struct RsaSmallModulus;

impl Rule for RsaSmallModulus {
    fn id(&self) -> &'static str {
        "rsa-small-modulus"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let held = match Held::rsa(subject) {
            Ok(held) => held,
            Err(Ruling::NotRun) if signature_bytes(subject).len() == SMALL_RSA_BYTES => {
                return Ruling::Ran(vec![Finding {
                    rule: self.id(),
                    severity: Severity::High,
                    confidence: Confidence::Likely,
                    title: "The RSA key has 1024 bits, by its signature".to_owned(),
                    detail: "The signature is 128 bytes long, as those of 1024-bit keys are; JOSE demands 2048 bits or more.".to_owned(),
                    remedy: "Plan a 3072-bit or elliptic-curve key.".to_owned(),
                    references: vec!["RFC 7518 \u{A7}3.3", "CWE-326"],
                    evidence: signature_evidence(subject),
                    refusal: None,
                }]);
            }
            Err(ruling) => return ruling,
        };
        if !matches!(held.key.kind, KeyKind::Rsa { .. }) {
            return Ruling::Unconcerned;
        }
        let refusal = held.has_served.then_some(Reason::KeyTooWeak);
        let flaw = small_modulus(&held.key, held.power());
        Ruling::from(flaw.map(|flaw| flaw.beside_token(self.id(), alg_evidence(subject), refusal)))
    }
}

/// What is wrong with the size of an RSA key.
pub(super) fn small_modulus(key: &Key, power: Power) -> Option<Flaw> {
    let KeyKind::Rsa { bits } = key.kind else {
        return None;
    };
    let (severity, title, detail) = match bits {
        0..1024 => (
            Severity::Critical,
            format!("RSA key of {bits} bits: broken"),
            format!("A modulus of this size can be factored, and then anyone can {power}."),
        ),
        1024..LEAST_BITS => (
            Severity::High,
            format!("RSA key of {bits} bits: too small"),
            "JOSE demands 2048 bits or more; well-funded attackers may factor less.".to_owned(),
        ),
        bits if bits % 8 != 0 => (
            Severity::Low,
            format!("RSA key of {bits} bits: an odd size"),
            "Its size is no whole number of bytes; some libraries refuse such keys.".to_owned(),
        ),
        bits if ![2048, 3072, 4096].contains(&bits) => (
            Severity::Low,
            format!("RSA key of {bits} bits: an unusual size"),
            "Common sizes are 2048, 3072 and 4096; some libraries refuse others.".to_owned(),
        ),
        2048 => (
            Severity::Info,
            "2048-bit RSA: the minimum".to_owned(),
            "Allowed, with little margin for keys that live long.".to_owned(),
        ),
        _ => return None,
    };
    Some(Flaw {
        severity,
        confidence: Confidence::Certain,
        title,
        detail,
        remedy: "Plan a 3072-bit or elliptic-curve key.".to_owned(),
        references: vec!["RFC 7518 \u{A7}3.3", "CWE-326"],
        members: vec!["n"],
        refuses: bits < LEAST_BITS,
    })
}

/// `rsa-bad-exponent`: an RSA exponent that is broken or odd.
pub(super) struct RsaBadExponent;

impl Rule for RsaBadExponent {
    fn id(&self) -> &'static str {
        "rsa-bad-exponent"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let held = match Held::rsa(subject) {
            Ok(held) => held,
            Err(ruling) => return ruling,
        };
        if held.key.rsa_exponent.is_none() {
            return Ruling::Unconcerned;
        }
        held.ruling(self.id(), bad_exponent(&held.key, held.power()), subject)
    }
}

/// What is wrong with the exponent of an RSA key.
pub(super) fn bad_exponent(key: &Key, power: Power) -> Option<Flaw> {
    let exponent = key.rsa_exponent.as_ref()?;
    let signs = power.signs();
    let is_even = exponent.last().is_none_or(|last| last % 2 == 0);
    let (severity, detail) = match exponent.as_slice() {
        [1, 0, 1] => return None,
        _ if is_not_below_modulus(key) => (
            Severity::Critical,
            "The exponent is not below the modulus: no honest program makes such a key.",
        ),
        [] | [1] => (
            Severity::Critical,
            if signs {
                "With this exponent a signature is its own message: anyone can sign."
            } else {
                "With this exponent an encrypted key is its own ciphertext: anyone can read it."
            },
        ),
        _ if is_even => (
            Severity::Critical,
            "No RSA key has an even exponent: the key is broken.",
        ),
        [3 | 5 | 17] => (
            Severity::Low,
            if signs {
                "Small exponents turn sloppy padding checks into forged signatures."
            } else {
                "With small exponents a message that is padded badly can be computed back."
            },
        ),
        _ => (
            Severity::Info,
            "Some libraries refuse exponents other than 65537.",
        ),
    };
    Some(Flaw {
        severity,
        confidence: Confidence::Certain,
        title: format!(
            "Unusual RSA exponent in key \u{201C}{}\u{201D}",
            visible(&key.id)
        ),
        detail: detail.to_owned(),
        remedy: "Generate a key with exponent 65537.".to_owned(),
        references: vec!["RFC 8017 \u{A7}3.1", "CWE-326"],
        members: vec!["e"],
        refuses: severity == Severity::Critical,
    })
}

fn is_not_below_modulus(key: &Key) -> bool {
    let rsa = key.public().and_then(|public| public.rsa().ok());
    rsa.is_some_and(|rsa| rsa.e() >= rsa.n())
}
