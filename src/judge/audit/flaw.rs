//! What is wrong with a key: found once, and told beside a token that the key served, or of the key alone.

use std::fmt;

use super::{Confidence, Evidence, Finding, Reason, Severity};
use crate::jose::PartRole;
use crate::jose::json::escape_pointer;
use crate::keys::{Key, KeyKind, OkpCurve};
use crate::verify::algorithm::find;
use crate::verify::decrypt::algorithms::{content_encryption, key_management};

/// Something that is wrong with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) title: String,
    pub(super) detail: String,
    pub(super) remedy: String,
    pub(super) references: Vec<&'static str>,
    /// The JWK members that it rests on.
    pub(super) members: Vec<&'static str>,
    /// Whether a correct verifier must not use such a key.
    pub(super) refuses: bool,
}

impl Flaw {
    /// As a finding about a token that the key served. `refusal` is the one that a key makes which must not be used.
    pub(super) fn beside_token(
        self,
        rule: &'static str,
        evidence: Vec<Evidence>,
        refusal: Option<Reason>,
    ) -> Finding {
        Finding {
            rule,
            severity: self.severity,
            confidence: self.confidence,
            title: self.title,
            detail: self.detail,
            remedy: self.remedy,
            references: self.references,
            evidence,
            refusal: refusal.filter(|_| self.refuses),
        }
    }

    /// As a finding about the key alone. It rests on the members, where the key is a JWK that has them, else on all of
    /// the key. There is no token, and so nothing to refuse.
    pub(super) fn of_key(self, rule: &'static str, key: &Key) -> Finding {
        let is_there = |name: &&&str| key.members.names.iter().any(|own| own == *name);
        let pointers = self.members.iter().filter(is_there);
        let mut evidence: Vec<Evidence> = pointers
            .map(|name| of_key(Some(format!("/{}", escape_pointer(name)))))
            .collect();
        if evidence.is_empty() {
            evidence.push(of_key(None));
        }
        self.beside_token(rule, evidence, None)
    }
}

/// A key is no part of any token's text, so the range is an empty one.
fn of_key(pointer: Option<String>) -> Evidence {
    Evidence {
        part: PartRole::Key,
        pointer,
        range: 0..0,
    }
}

/// What anyone can do who has the private half, or the secret. `Display` says it: `anyone can …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Power {
    /// To open what is encrypted.
    Read,
    /// To sign.
    Sign,
    /// Both: nothing says what the key is for.
    SignAndRead,
}

impl Power {
    /// As far as a key alone tells.
    pub(super) fn of(key: &Key) -> Self {
        match key.kind {
            KeyKind::Akp(_) | KeyKind::Okp(OkpCurve::Ed25519 | OkpCurve::Ed448) => {
                return Self::Sign;
            }
            KeyKind::Okp(OkpCurve::X25519 | OkpCurve::X448) => return Self::Read,
            _ => {}
        }
        let alg = key.members.alg.as_deref();
        match (
            alg.and_then(Self::of_algorithm),
            key.members.use_.as_deref(),
        ) {
            (Some(power), _) => power,
            (None, Some("sig")) => Self::Sign,
            (None, Some("enc")) => Self::Read,
            (None, _) => Self::SignAndRead,
        }
    }

    /// What an algorithm is for, or a content encryption, which keys name too (RFC 7520 section 5.6).
    pub(super) fn of_algorithm(alg: &str) -> Option<Self> {
        if find(alg).is_some() {
            Some(Self::Sign)
        } else {
            let reads = key_management(alg).is_some() || content_encryption(alg).is_some();
            reads.then_some(Self::Read)
        }
    }

    /// Whether it is one to sign.
    pub(super) fn signs(self) -> bool {
        self != Self::Read
    }
}

impl fmt::Display for Power {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read what is encrypted for it",
            Self::Sign => "sign",
            Self::SignAndRead => "sign, and read what is encrypted for it",
        })
    }
}
