//! The key that verified, or was meant to (catalogue 1.5).

use super::held::{Held, Purpose};
use super::signature::{SMALL_RSA_BYTES, alg_evidence, signature_bytes, signature_evidence};
use super::{Confidence, Finding, Reason, Rule, Ruling, Severity, Subject};
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::keys::{Curve, Key, KeyKind, KeyNote, SetNote, SharedKid};
use crate::verify::decrypt::algorithms::{KeyFamily, KeyManagement};

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
        let KeyKind::Rsa { bits } = held.key.kind else {
            return Ruling::Unconcerned;
        };
        let (severity, title, detail) = match bits {
            0..1024 => (
                Severity::Critical,
                format!("RSA key of {bits} bits: broken"),
                format!(
                    "A modulus of this size can be factored, and then anyone can {}.",
                    held.power()
                ),
            ),
            1024..2048 => (
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
            _ => return Ruling::Ran(Vec::new()),
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title,
            detail,
            remedy: "Plan a 3072-bit or elliptic-curve key.".to_owned(),
            references: vec!["RFC 7518 \u{A7}3.3", "CWE-326"],
            evidence: alg_evidence(subject),
            refusal: (held.has_served && bits < 2048).then_some(Reason::KeyTooWeak),
        }])
    }
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
        let Some(exponent) = &held.key.rsa_exponent else {
            return Ruling::Unconcerned;
        };
        let signs = matches!(held.purpose, Purpose::Signature(_));
        let is_even = exponent.last().is_none_or(|last| last % 2 == 0);
        let (severity, detail) = match exponent.as_slice() {
            [1, 0, 1] => return Ruling::Ran(Vec::new()),
            _ if is_not_below_modulus(&held.key) => (
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
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: format!(
                "Unusual RSA exponent in key \u{201C}{}\u{201D}",
                visible(&held.key.id)
            ),
            detail: detail.to_owned(),
            remedy: "Generate a key with exponent 65537.".to_owned(),
            references: vec!["RFC 8017 \u{A7}3.1", "CWE-326"],
            evidence: alg_evidence(subject),
            refusal: held
                .not_allowed()
                .filter(|_| severity == Severity::Critical),
        }])
    }
}

fn is_not_below_modulus(key: &Key) -> bool {
    let rsa = key.public().and_then(|public| public.rsa().ok());
    rsa.is_some_and(|rsa| rsa.e() >= rsa.n())
}

/// `key-alg-mismatch`: the key cannot or must not do this algorithm.
pub(super) struct KeyAlgMismatch;

impl Rule for KeyAlgMismatch {
    fn id(&self) -> &'static str {
        "key-alg-mismatch"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let held = match Held::of(subject) {
            Ok(held) => held,
            Err(ruling) => return ruling,
        };
        let Held { key, purpose, .. } = &held;
        let id = visible(&key.id);
        let name = purpose.name();
        let forbids = |own: &&str| !allows(own, *purpose, subject);
        let (severity, detail) = if !purpose.fits(key.kind) {
            (
                Severity::High,
                format!(
                    "{name} needs {}; key \u{201C}{id}\u{201D}, which the header names, is {}.",
                    purpose.key_description(),
                    key.kind
                ),
            )
        } else if let Some(own) = key.members.alg.as_deref().filter(forbids) {
            // "ES521" is a common slip of the pen for ES512 and forbids nothing.
            let is_slip = own == "ES521" && key.kind == KeyKind::Ec(Curve::P521);
            (
                if is_slip {
                    Severity::Low
                } else {
                    Severity::High
                },
                format!(
                    "Key \u{201C}{id}\u{201D} is for {}, the header says {name}.",
                    visible(own)
                ),
            )
        } else {
            return Ruling::Ran(Vec::new());
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: "Key and algorithm do not belong together".to_owned(),
            detail: format!(
                "{detail} A verifier that takes the algorithm from the header instead of the key can be tricked into using a key for what it was not made."
            ),
            remedy: "Take the algorithm from the key.".to_owned(),
            references: vec!["RFC 7517 \u{A7}4.4", "RFC 8725 \u{A7}3.1", "CWE-347"],
            evidence: alg_evidence(subject),
            refusal: held.not_allowed().filter(|_| severity == Severity::High),
        }])
    }
}

/// Whether a key's `alg` allows a header's.
fn allows(own: &str, purpose: Purpose, subject: &Subject<'_>) -> bool {
    let header = purpose.name();
    own == header
        || match purpose {
            // The secret is that of `enc` itself, and is made for it (RFC 7520 section 5.6).
            Purpose::Decryption(KeyManagement {
                family: KeyFamily::Direct,
                ..
            }) => {
                let enc = subject.case.token.parameter("enc");
                enc.and_then(Json::str) == Some(own)
            }
            Purpose::Decryption(_) => false,
            // `EdDSA` and its newer names (RFC 9864).
            Purpose::Signature(_) => {
                let edwards = ["Ed25519", "Ed448"];
                (own == "EdDSA" && edwards.contains(&header))
                    || (header == "EdDSA" && edwards.contains(&own))
            }
        }
}

/// `jwks-symmetric`: a secret in one set with keys that are none.
pub(super) struct JwksSymmetric;

impl Rule for JwksSymmetric {
    fn id(&self) -> &'static str {
        "jwks-symmetric"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let held = match Held::of(subject) {
            Ok(held) => held,
            Err(ruling) => return ruling,
        };
        let Held { key, purpose, .. } = &held;
        if !key.set_notes.contains(&SetNote::Mixed) {
            return Ruling::Ran(Vec::new());
        }
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: "A secret in one set with public keys".to_owned(),
            detail: format!(
                "Key \u{201C}{}\u{201D} is a shared secret, and {} holds public keys beside it. {}",
                visible(&key.id),
                visible(&key.source),
                match purpose {
                    Purpose::Decryption(_) => {
                        "Whoever is given the set to encrypt with can also read what others encrypt with it."
                    }
                    Purpose::Signature(_) => {
                        "Whoever is given the set to verify with can also sign."
                    }
                }
            ),
            remedy: "Keep secrets out of key sets that are handed out, and replace this one."
                .to_owned(),
            references: vec!["RFC 7517 \u{A7}5", "CWE-522"],
            evidence: alg_evidence(subject),
            refusal: held.not_allowed(),
        }])
    }
}

/// `jwks-duplicate-kid`: two keys of one set answer to one `kid`.
pub(super) struct JwksDuplicateKid;

impl Rule for JwksDuplicateKid {
    fn id(&self) -> &'static str {
        "jwks-duplicate-kid"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let held = match Held::of(subject) {
            Ok(held) => held,
            Err(ruling) => return ruling,
        };
        let shared = held.key.set_notes.iter().find_map(|&note| match note {
            SetNote::SharedKid(shared) => Some(shared),
            SetNote::Mixed => None,
        });
        let Some(shared) = shared else {
            return Ruling::Ran(Vec::new());
        };
        let (severity, refusal, other) = match shared {
            SharedKid::Other => (
                Severity::High,
                held.not_allowed(),
                "another key of the same type: which one a verifier takes is chance",
            ),
            SharedKid::OtherType => (
                Severity::Medium,
                None,
                "a key of another type: only the algorithm tells them apart",
            ),
            SharedKid::Same => (Severity::Low, None, "the same key once more"),
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: "Two keys of a set answer to one kid".to_owned(),
            detail: format!(
                "The kid \u{201C}{}\u{201D} in {} also names {other}.",
                visible(held.key.members.kid.as_deref().unwrap_or_default()),
                visible(&held.key.source)
            ),
            remedy: "Give each key a kid of its own, such as its thumbprint (RFC 7638).".to_owned(),
            references: vec!["RFC 7517 \u{A7}4.5", "CWE-694"],
            evidence: alg_evidence(subject),
            refusal,
        }])
    }
}

/// `key-use-mismatch`: `use` or `key_ops` forbid to verify or to decrypt with the key.
pub(super) struct KeyUseMismatch;

impl Rule for KeyUseMismatch {
    fn id(&self) -> &'static str {
        "key-use-mismatch"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let held = match Held::of(subject) {
            Ok(held) => held,
            Err(ruling) => return ruling,
        };
        let Held { key, purpose, .. } = &held;
        let (forbidden, allowed, does, what): (_, &[&str], _, _) = match purpose {
            Purpose::Decryption(_) => (
                "sig",
                &["decrypt", "unwrapKey", "deriveKey", "deriveBits"],
                "decrypt",
                "encryption",
            ),
            Purpose::Signature(_) => (
                "enc",
                &["verify", "sign"],
                "verify signatures",
                "signatures",
            ),
        };
        let ops = &key.members.key_ops;
        let repeated = ops.iter().enumerate().any(|(index, op)| {
            ops.iter()
                .skip(index.saturating_add(1))
                .any(|other| other == op)
        });
        let is_list_of_texts = !key
            .members
            .notes
            .iter()
            .any(|note| matches!(note, KeyNote::Ignored { name, .. } if *name == "key_ops"));
        let (severity, refusal, detail) =
            if let Some(own) = key.members.use_.as_deref().filter(|own| *own == forbidden) {
                (
                    Severity::Medium,
                    held.not_allowed(),
                    format!("its use is {own}"),
                )
            } else if !ops.is_empty() && !ops.iter().any(|op| allowed.contains(&op.as_str())) {
                (
                    Severity::Medium,
                    held.not_allowed(),
                    format!("its key_ops are {}", visible(&ops.join(", "))),
                )
            } else if repeated {
                (
                    Severity::Medium,
                    held.not_allowed(),
                    "its key_ops say the same twice".to_owned(),
                )
            } else if !is_list_of_texts {
                (
                    Severity::Low,
                    None,
                    "its key_ops are no list of texts, so nobody can say what it is for".to_owned(),
                )
            } else {
                return Ruling::Ran(Vec::new());
            };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: format!("The key is not for {what}"),
            detail: format!(
                "Key \u{201C}{}\u{201D} should not {does}: {detail}. One key for two purposes lets one be used against the other.",
                visible(&key.id)
            ),
            remedy: "Use separate keys.".to_owned(),
            references: vec!["RFC 7517 \u{A7}4.2", "CWE-320"],
            evidence: alg_evidence(subject),
            refusal,
        }])
    }
}
