//! Why what is encrypted does not open, or opens only unexpectedly.
//!
//! As for signatures: an explainer is one file and one line in [`EXPLAINERS`], and each may spend so much work and no more.

mod agreement;
mod content;
mod secret;
mod sibling;
pub(in crate::verify) mod words;

use std::sync::Arc;

use super::choice::Choice;
use super::{Budget, conflict, hashing};
use crate::jose::Token;
use crate::keys::{Effort, Key, KeyKind, KeyRing, Material, from_jwk};
use crate::verify::decrypt::{ContentEncryption, KeyFamily, KeyManagement, Sealed};
use crate::verify::{DecryptionOutcome, DecryptionProof, Diagnosis, NotTried, Service};

/// Looks for one family of causes.
type Explainer = fn(&Locked<'_>, &DecryptionProof, &mut Budget) -> Option<Diagnosis>;

/// What looks for the cause of a failure. The first cause that is found ends the search.
const EXPLAINERS: &[Explainer] = &[
    secret::explain,
    sibling::explain,
    agreement::explain,
    content::explain,
];

/// The work that one explainer may do for one recipient, in units of about a kilobyte hashed.
const BUDGET: u64 = 200_000;

/// A JWE for one recipient, and all that may explain why it does not open.
pub(in crate::verify) struct Locked<'a> {
    pub(in crate::verify) token: &'a Token,
    /// The keys that may open it; where it wants a password, the one that was typed among them.
    pub(in crate::verify) keys: &'a KeyRing,
    pub(in crate::verify) sealed: &'a Sealed<'a>,
    pub(in crate::verify) management: &'static KeyManagement,
    pub(in crate::verify) content: &'static ContentEncryption,
    /// Watches derivations from passwords, and can call them off.
    pub(in crate::verify) effort: &'a Effort<'a>,
    /// Whether one more derivation from a password may be made.
    pub(in crate::verify) may_derive: &'a dyn Fn() -> bool,
    /// Whether a key is one of the session's, which can be read otherwise.
    pub(in crate::verify) is_loaded: &'a dyn Fn(&Key) -> bool,
}

/// Says why. The outcome stands.
pub(in crate::verify) fn explain(locked: &Locked<'_>, proof: &mut DecryptionProof) {
    let is_open = proof.outcome == DecryptionOutcome::Decrypted || proof.key.is_some();
    let has_failed = matches!(
        proof.outcome,
        DecryptionOutcome::Failed
            | DecryptionOutcome::NotTried(NotTried::NoKey | NotTried::NoKeyOpens)
    );
    if !is_open && !has_failed {
        return;
    }
    let mut remarks = locked.choice(proof, &mut Budget::new(BUDGET));
    if !is_open {
        let cause = EXPLAINERS
            .iter()
            .find_map(|explainer| explainer(locked, proof, &mut Budget::new(BUDGET)));
        if let Some(cause) = cause {
            // What single keys failed with is told by the cause.
            proof.diagnosis = vec![cause];
            // And that the key is of another kind, as it is read now.
            remarks.retain(|remark| remark.code != "alg-key-mismatch");
        }
    }
    proof.diagnosis.extend(remarks);
}

impl Locked<'_> {
    /// What there is to say about the choice of the key.
    fn choice(&self, proof: &DecryptionProof, budget: &mut Budget) -> Vec<Diagnosis> {
        let of_epk = self.kind_of_epk();
        let wanted = self.management.secret_bytes(self.content);
        let misfit = |key: &Key| {
            let is_of_curve = of_epk.is_none_or(|kind| kind == key.kind);
            let has_length = |bytes: usize| wanted.is_none_or(|wanted| wanted == bytes);
            let is_of_length = match &key.material {
                Material::Symmetric { secret, readings } => {
                    has_length(secret.bytes().len())
                        || readings
                            .iter()
                            .any(|(_, reading)| has_length(reading.bytes().len()))
                }
                _ => true,
            };
            let fits = self.management.fits(key.kind) && is_of_curve && is_of_length;
            (!fits).then(|| conflict::kind_words(key.kind))
        };
        let choice = Choice {
            token: self.token,
            keys: self.keys,
            alg: self.management.name,
            needs: self.needs(of_epk, wanted),
            families: match self.management.family {
                KeyFamily::Agreement(_) => &["EC", "OKP"],
                KeyFamily::AesWrap(_)
                | KeyFamily::Direct
                | KeyFamily::GcmWrap(_)
                | KeyFamily::Pbes2(..) => &["oct"],
                KeyFamily::Rsa(_) => &["RSA"],
            },
            misfit: &misfit,
            service: Service::Decrypts,
            designated: proof.designated.as_ref(),
            used: proof.key.as_ref().map(|used| &used.key),
        };
        let said = choice.explain(false, budget);
        said.into_iter().map(|said| said.diagnosis).collect()
    }

    /// The kind of the ephemeral key, where there is one that can be used.
    fn kind_of_epk(&self) -> Option<KeyKind> {
        if !matches!(self.management.family, KeyFamily::Agreement(_)) {
            return None;
        }
        let key = from_jwk((self.sealed.header)("epk")?, "epk", 1);
        key.is_usable().then_some(key.kind)
    }

    /// The key that the algorithm takes, for people.
    fn needs(&self, of_epk: Option<KeyKind>, secret_bytes: Option<usize>) -> String {
        match (of_epk, secret_bytes) {
            (Some(kind), _) => {
                let curve = kind.crv().unwrap_or_default();
                format!("a key on {curve}, the curve of the token\u{2019}s epk")
            }
            (None, Some(bytes)) if self.management.family == KeyFamily::Direct => format!(
                "a secret of {} for {}",
                super::bytes(bytes),
                self.content.name
            ),
            (None, Some(bytes)) => format!("a secret of {}", super::bytes(bytes)),
            (None, None) => self.management.key_description().to_owned(),
        }
    }

    /// The keys that can be used, the one that was meant first.
    fn usable<'s>(&'s self, proof: &'s DecryptionProof) -> impl Iterator<Item = &'s Arc<Key>> {
        super::usable(self.keys, proof.designated.as_ref())
    }

    /// Those of them that the algorithm takes.
    fn fitting<'s>(&'s self, proof: &'s DecryptionProof) -> impl Iterator<Item = &'s Arc<Key>> {
        self.usable(proof)
            .filter(|key| self.management.fits(key.kind))
    }

    /// What it costs to open it with a key, derivation from a password aside.
    fn cost(&self, key: &Key) -> u64 {
        let Sealed {
            ciphertext,
            additional_data,
            ..
        } = self.sealed;
        let bytes = ciphertext.len().saturating_add(additional_data.len());
        private_arithmetic(key).saturating_add(hashing(bytes).saturating_mul(2))
    }

    /// Whether it wants a password, so that every attempt takes long.
    fn wants_password(&self) -> bool {
        matches!(self.management.family, KeyFamily::Pbes2(..))
    }
}

/// What it costs to raise a number to a key's private exponent, or to multiply a point of its curve.
fn private_arithmetic(key: &Key) -> u64 {
    match key.kind {
        KeyKind::Rsa { bits } => {
            let size = u64::try_from(bits / 1024)
                .unwrap_or(u64::MAX)
                .saturating_add(1);
            size.saturating_mul(size)
                .saturating_mul(size)
                .saturating_mul(64)
        }
        KeyKind::Ec(_) | KeyKind::Okp(_) => 300,
        KeyKind::Akp(_) | KeyKind::Oct { .. } | KeyKind::Unknown => 1,
    }
}
