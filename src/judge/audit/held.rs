//! The key that a rule about keys looks at: the one that served, or was meant to.

use std::sync::Arc;

use super::flaw::{Flaw, Power};
use super::signature::{alg_evidence, signature};
use super::{Reason, Ruling, Subject};
use crate::jose::Kind;
use crate::jose::json::Json;
use crate::keys::{Key, KeyKind};
use crate::verify::algorithm::find;
use crate::verify::decrypt::algorithms::{KeyFamily, KeyManagement, key_management};
use crate::verify::{Algorithm, Family};

/// What a key is used for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// To open what is encrypted.
    Decryption(&'static KeyManagement),
    /// To verify a signature.
    Signature(&'static Algorithm),
}

impl Purpose {
    /// What the token is for; `None` with an algorithm that is not known here, or none.
    pub(super) fn of(subject: &Subject<'_>) -> Option<Self> {
        let token = subject.case.token;
        if token.kind == Kind::Jwe {
            let alg = token.parameter("alg").and_then(Json::str)?;
            return key_management(alg).map(Self::Decryption);
        }
        let alg = signature(subject)?.alg.as_deref()?;
        find(alg).map(Self::Signature)
    }

    pub(super) fn fits(self, kind: KeyKind) -> bool {
        match self {
            Self::Decryption(management) => management.fits(kind),
            Self::Signature(algorithm) => algorithm.fits(kind),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Decryption(management) => management.name,
            Self::Signature(algorithm) => algorithm.name,
        }
    }

    pub(super) fn key_description(self) -> String {
        match self {
            Self::Decryption(management) => management.key_description().to_owned(),
            Self::Signature(algorithm) => algorithm.key_description(),
        }
    }

    fn is_rsa(self) -> bool {
        match self {
            Self::Decryption(management) => matches!(management.family, KeyFamily::Rsa(_)),
            Self::Signature(algorithm) => {
                matches!(algorithm.family, Family::RsaPkcs1(_) | Family::RsaPss(_))
            }
        }
    }
}

/// The key that verified the signature or opened the token, else the one that was meant to.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) key: Arc<Key>,
    pub(super) purpose: Purpose,
    /// Whether it did, whosever it is.
    pub(super) has_served: bool,
}

impl Held {
    /// `Err` is what a rule about keys says without one: nothing to look at, or input missing.
    pub(super) fn of(subject: &Subject<'_>) -> Result<Self, Ruling> {
        let purpose = Purpose::of(subject).ok_or(Ruling::Unconcerned)?;
        let proof = subject.case.proof;
        let used = proof.used_key().map(|used| &used.key);
        let key = used.or_else(|| proof.designated_key()).cloned();
        Ok(Self {
            key: key.ok_or(Ruling::NotRun)?,
            purpose,
            has_served: used.is_some(),
        })
    }

    /// The same for rules about RSA keys: unconcerned by other algorithms.
    pub(super) fn rsa(subject: &Subject<'_>) -> Result<Self, Ruling> {
        if Purpose::of(subject).is_some_and(Purpose::is_rsa) {
            Self::of(subject)
        } else {
            Err(Ruling::Unconcerned)
        }
    }

    /// The refusal for what is wrong with the key. One that was meant to open a token and did not has let nothing in.
    pub(super) fn not_allowed(&self) -> Option<Reason> {
        let counts = self.has_served || matches!(self.purpose, Purpose::Signature(_));
        counts.then_some(Reason::KeyNotAllowed)
    }

    /// What anyone with the private half, or the secret, can do.
    pub(super) fn power(&self) -> Power {
        match self.purpose {
            Purpose::Decryption(_) => Power::Read,
            Purpose::Signature(_) => Power::Sign,
        }
    }

    /// What a rule says that looked at the key: what is wrong with it rests on the header's choice of the algorithm.
    pub(super) fn ruling(
        &self,
        rule: &'static str,
        flaw: Option<Flaw>,
        subject: &Subject<'_>,
    ) -> Ruling {
        Ruling::from(
            flaw.map(|flaw| flaw.beside_token(rule, alg_evidence(subject), self.not_allowed())),
        )
    }
}
