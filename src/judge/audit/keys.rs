//! The key that verified, or was meant to (catalogue 1.5).

use super::flaw::{Flaw, Power};
use super::held::{Held, Purpose};
use super::signature::alg_evidence;
use super::{Confidence, Finding, Rule, Ruling, Severity, Subject};
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::keys::{Curve, Key, KeyKind, KeyNote};
use crate::verify::algorithm::find;
use crate::verify::decrypt::algorithms::{
    KeyFamily, KeyManagement, content_encryption, key_management,
};
use crate::verify::{Service, UseConflict};

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
            (
                if is_slip(own, key) {
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
        let (service, does, what) = match purpose {
            Purpose::Decryption(_) => (Service::Decrypts, "decrypt", "encryption"),
            Purpose::Signature(_) => (Service::Verifies, "verify signatures", "signatures"),
        };
        let (severity, detail) = if let Some(conflict) = UseConflict::of(key, service) {
            (Severity::Medium, conflict.to_string())
        } else if let Some((severity, fault)) = fault_of_operations(key) {
            (severity, fault.to_owned())
        } else {
            return Ruling::Ran(Vec::new());
        };
        let refusal = held.not_allowed().filter(|_| severity > Severity::Low);
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

/// "ES521" is a common slip of the pen for ES512 and forbids nothing.
fn is_slip(alg: &str, key: &Key) -> bool {
    alg == "ES521" && key.kind == KeyKind::Ec(Curve::P521)
}

/// What is wrong with `key_ops`, whatever the key is used for.
fn fault_of_operations(key: &Key) -> Option<(Severity, &'static str)> {
    let ops = &key.members.key_ops;
    let mut places = ops.iter().enumerate();
    let is_repeated = places.any(|(index, op)| ops.iter().take(index).any(|other| other == op));
    let is_passed_over =
        |note: &KeyNote| matches!(note, KeyNote::Ignored { name, .. } if *name == "key_ops");
    if is_repeated {
        Some((Severity::Medium, "its key_ops say the same twice"))
    } else if key.members.notes.iter().any(is_passed_over) {
        Some((
            Severity::Low,
            "its key_ops are no list of texts, so nobody can say what it is for",
        ))
    } else {
        None
    }
}

/// The form of `key-alg-mismatch` that needs no token: the `alg` of a key is none for its type, curve or length.
pub(super) fn contradictory_alg(key: &Key) -> Option<Flaw> {
    let alg = key.members.alg.as_deref()?;
    if key.kind == KeyKind::Unknown {
        return None;
    }
    let wanted = if let Some(algorithm) = find(alg) {
        (!algorithm.fits(key.kind)).then(|| algorithm.key_description())
    } else if let Some(management) = key_management(alg) {
        match (management.family, key.kind) {
            (KeyFamily::AesWrap(aes) | KeyFamily::GcmWrap(aes), KeyKind::Oct { bytes })
                if bytes != aes.key_bytes() =>
            {
                Some(format!("a secret of {} bytes", aes.key_bytes()))
            }
            (_, kind) if !management.fits(kind) => Some(management.key_description().to_owned()),
            _ => None,
        }
    } else if let Some(content) = content_encryption(alg) {
        // With `dir` the key is that of the content (RFC 7520 section 5.6).
        let bytes = content.key_bytes();
        (key.kind != KeyKind::Oct { bytes }).then(|| format!("a secret of {bytes} bytes"))
    } else {
        is_slip(alg, key).then(|| "the name ES512 for this curve".to_owned())
    }?;
    let is_slip = is_slip(alg, key);
    Some(Flaw {
        severity: if is_slip {
            Severity::Low
        } else {
            Severity::High
        },
        confidence: Confidence::Certain,
        title: "The key cannot do its own algorithm".to_owned(),
        detail: format!(
            "Key \u{201C}{}\u{201D} is {} and says to be for {}, which needs {wanted}. Programs that go by one of the two take it for something that it is not.",
            visible(&key.id),
            key.kind,
            visible(alg)
        ),
        remedy: "Write the alg that the key was made for, or leave it out.".to_owned(),
        references: vec!["RFC 7517 \u{A7}4.4", "RFC 8725 \u{A7}3.1", "CWE-347"],
        members: vec!["alg"],
        refuses: !is_slip,
    })
}

/// Operations of signing and verifying (RFC 7517 section 4.3).
const OF_SIGNATURES: [&str; 2] = ["sign", "verify"];

/// Operations of encrypting and decrypting.
const OF_ENCRYPTION: [&str; 6] = [
    "encrypt",
    "decrypt",
    "wrapKey",
    "unwrapKey",
    "deriveKey",
    "deriveBits",
];

/// The form of `key-use-mismatch` that needs no token: `use`, `key_ops` and `alg` of a key contradict each other.
pub(super) fn contradictory_use(key: &Key) -> Option<Flaw> {
    let members = &key.members;
    let of_use = match members.use_.as_deref() {
        Some("sig") => Some(Power::Sign),
        Some("enc") => Some(Power::Read),
        _ => None,
    };
    let of_alg = members.alg.as_deref().and_then(Power::of_algorithm);
    let has = |named: &[&str]| {
        let mut ops = members.key_ops.iter();
        ops.any(|op| named.contains(&op.as_str()))
    };
    let (signs, reads) = (has(&OF_SIGNATURES), has(&OF_ENCRYPTION));
    let ops = || visible(&members.key_ops.join(", "));
    let (use_, alg) = (
        members.use_.as_deref().unwrap_or_default(),
        visible(members.alg.as_deref().unwrap_or_default()),
    );
    let (severity, detail) = match (of_use, of_alg) {
        (Some(Power::Sign), _) if reads => (
            Severity::Medium,
            format!("its use is {use_}, and its key_ops are {}", ops()),
        ),
        (Some(Power::Read), _) if signs => (
            Severity::Medium,
            format!("its use is {use_}, and its key_ops are {}", ops()),
        ),
        (Some(of_use), Some(of_alg)) if of_use != of_alg => (
            Severity::Medium,
            format!("its use is {use_}, and its alg is {alg}"),
        ),
        (_, Some(Power::Sign)) if reads && !signs => (
            Severity::Medium,
            format!("its alg is {alg}, and its key_ops are {}", ops()),
        ),
        (_, Some(Power::Read)) if signs && !reads => (
            Severity::Medium,
            format!("its alg is {alg}, and its key_ops are {}", ops()),
        ),
        _ => {
            let (severity, fault) = fault_of_operations(key)?;
            (severity, fault.to_owned())
        }
    };
    Some(Flaw {
        severity,
        confidence: Confidence::Certain,
        title: "The key does not say what it is for".to_owned(),
        detail: format!(
            "Of key \u{201C}{}\u{201D} {detail}. One key for two purposes lets one be used against the other.",
            visible(&key.id)
        ),
        remedy: "Use separate keys, and say of each what it is for.".to_owned(),
        references: vec!["RFC 7517 \u{A7}4.2", "RFC 7517 \u{A7}4.3", "CWE-320"],
        members: vec!["use", "key_ops", "alg"],
        refuses: severity > Severity::Low,
    })
}
