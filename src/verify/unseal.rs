//! Which keys a JWE is opened with, in which order, and what the result is called (`REPORT.md`, "Which keys").

use std::cell::Cell;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::decrypt::{
    InflateError, JweShapeFault, KeyFamily, KeyManagement, MAX_INFLATED_BYTES, MAX_ITERATIONS,
    OpenError, Opened, Sealed, additional_data, content_encryption, inflate, iterations,
    key_management, open, shape_fault,
};
use super::explain::sealed::{self, Locked, words};
use super::prove::designate;
use super::{DecryptionOutcome, DecryptionProof, Designation, Diagnosis, NotTried, Trial, UsedKey};
use crate::jose::json::{Json, Value};
use crate::jose::visible::visible;
use crate::jose::{FaultKind, PartRole, Token};
use crate::keys::{Holds, Key, KeyRing, Material, Passphrase, Unlock};

/// A password is tried for so many recipients of one token as want no more iterations than this together.
const MAX_ITERATIONS_IN_ALL: u64 = 2 * MAX_ITERATIONS as u64;

/// Of so many keys it is told what they failed with.
const MAX_TOLD: usize = 3;

/// What came out, beside what is said of it.
pub struct Unsealed {
    /// Which key opened it, or why none did.
    pub proof: DecryptionProof,
    /// The content, inflated where it was compressed.
    pub plaintext: Option<Zeroizing<Vec<u8>>>,
}

/// Opens a JWE for the first of its recipients whose key is there; the passphrase is tried beside the keys. Nothing is
/// looked for beyond what each key failed with.
pub fn unseal(token: &Token, keys: &KeyRing, unlock: &Unlock<'_>) -> Unsealed {
    unseal_explained(token, keys, unlock, false)
}

/// The same; `is_explained`: where it does not open, the cause is looked for.
pub(super) fn unseal_explained(
    token: &Token,
    keys: &KeyRing,
    unlock: &Unlock<'_>,
    is_explained: bool,
) -> Unsealed {
    let views = token.views();
    let several = views.len() > 1;
    let with_password = unlock.passphrase.map(Passphrase::as_key).map(|passphrase| {
        let mut ring = keys.clone();
        ring.add([passphrase]);
        ring
    });
    let attempt = Attempt {
        keys,
        passwords: with_password.as_ref().unwrap_or(keys),
        unlock,
        is_explained,
        iterated: Cell::new(0),
    };
    let mut best: Option<Unsealed> = None;
    for (recipient, view) in views.iter().enumerate() {
        let mut unsealed = Recipient::new(view, &attempt).unseal();
        unsealed.proof.recipient = Some(recipient);
        if several {
            for diagnosis in &mut unsealed.proof.diagnosis {
                let number = recipient.saturating_add(1);
                diagnosis.text = format!("Recipient {number}: {}", diagnosis.text);
            }
        }
        if unsealed.plaintext.is_some() {
            return unsealed;
        }
        match &mut best {
            None => best = Some(unsealed),
            Some(best) => best.absorb(unsealed),
        }
    }
    // There is a view for every token.
    best.unwrap_or_else(|| Unsealed {
        proof: DecryptionProof::not_tried(NotTried::NoKey),
        plaintext: None,
    })
}

impl Unsealed {
    /// Keeps the more telling of two results, and the diagnoses of both.
    fn absorb(&mut self, other: Self) {
        let mut diagnosis = std::mem::take(&mut self.proof.diagnosis);
        let mut tried = std::mem::take(&mut self.proof.tried);
        let is_better = other.proof.outcome.rank() > self.proof.outcome.rank();
        let (of_other, tried_by_other) = if is_better {
            let Self { proof, .. } = std::mem::replace(self, other);
            drop(proof);
            (
                std::mem::take(&mut self.proof.diagnosis),
                std::mem::take(&mut self.proof.tried),
            )
        } else {
            (other.proof.diagnosis, other.proof.tried)
        };
        diagnosis.extend(of_other);
        tried.extend(tried_by_other);
        self.proof.diagnosis = diagnosis;
        self.proof.tried = tried;
    }
}

/// What a token is tried with.
struct Attempt<'a> {
    keys: &'a KeyRing,
    /// The keys, and what is a password and nothing else.
    passwords: &'a KeyRing,
    unlock: &'a Unlock<'a>,
    /// Whether the cause of a failure is looked for.
    is_explained: bool,
    /// Iterations that the recipients want that were tried so far.
    iterated: Cell<u64>,
}

impl Attempt<'_> {
    fn keys_for(&self, management: &KeyManagement) -> &KeyRing {
        match management.family {
            KeyFamily::Pbes2(..) => self.passwords,
            _ => self.keys,
        }
    }

    /// Whether keys may be derived for one more recipient. Other algorithms take no time to speak of.
    fn may_try(&self, sealed: &Sealed<'_>, management: &KeyManagement) -> bool {
        if !matches!(management.family, KeyFamily::Pbes2(..)) {
            return true;
        }
        let one = iterations((sealed.header)("p2c")).unwrap_or(0);
        let total = u64::from(one).saturating_add(self.iterated.get());
        self.iterated.set(total);
        total <= MAX_ITERATIONS_IN_ALL
    }
}

/// A JWE as it is for one recipient.
struct Recipient<'a> {
    token: &'a Token,
    attempt: &'a Attempt<'a>,
    additional_data: String,
}

impl<'a> Recipient<'a> {
    fn new(token: &'a Token, attempt: &'a Attempt<'a>) -> Self {
        Self {
            token,
            attempt,
            additional_data: additional_data(token),
        }
    }

    fn unseal(&self) -> Unsealed {
        let text_of = |name| self.token.parameter(name).and_then(Json::str);
        let (alg, enc) = (text_of("alg"), text_of("enc"));
        let mut proof = DecryptionProof {
            alg: alg.map(str::to_owned),
            enc: enc.map(str::to_owned),
            ..DecryptionProof::not_tried(NotTried::NoKey)
        };
        let mut plaintext = None;
        proof.outcome = match (alg, enc) {
            (Some(alg), Some(enc)) => self.with_names(alg, enc, &mut proof, &mut plaintext),
            _ => DecryptionOutcome::Unsupported,
        };
        Unsealed { proof, plaintext }
    }

    fn with_names(
        &self,
        alg: &str,
        enc: &str,
        proof: &mut DecryptionProof,
        plaintext: &mut Option<Zeroizing<Vec<u8>>>,
    ) -> DecryptionOutcome {
        let (Some(management), Some(content)) = (key_management(alg), content_encryption(enc))
        else {
            return DecryptionOutcome::Unsupported;
        };
        if self.zip().is_err() {
            return DecryptionOutcome::Unsupported;
        }
        proof.is_symmetric = management.is_symmetric();
        if self
            .token
            .faults
            .iter()
            .any(|fault| matches!(fault.kind, FaultKind::TooLarge { .. }))
        {
            return DecryptionOutcome::NotTried(NotTried::Limit);
        }
        let header = |name: &str| self.token.parameter(name);
        let bytes = |role| self.token.part(role).map_or(&[][..], |part| part.bytes());
        let sealed = Sealed {
            alg,
            enc,
            header: &header,
            encrypted_key: bytes(PartRole::EncryptedKey),
            iv: bytes(PartRole::Iv),
            ciphertext: bytes(PartRole::Ciphertext),
            tag: bytes(PartRole::Tag),
            additional_data: self.additional_data.as_bytes(),
        };
        let keys = self.attempt.keys_for(management);
        let wanted = management.secret_bytes(content);
        let can = |key: &Key| can_open(management, wanted, key);
        proof.shape = shape_fault(&sealed);
        match &proof.shape {
            Some(JweShapeFault::Iterations { .. }) => {
                return DecryptionOutcome::NotTried(NotTried::Limit);
            }
            Some(fault) => {
                proof.diagnosis.push(words::misshapen(fault, &sealed));
                proof.outcome = DecryptionOutcome::Failed;
            }
            None => {
                proof.designated = designate(self.token, keys, &can);
                proof.outcome = self.try_keys(&sealed, management, &can, proof, plaintext);
            }
        }
        if self.attempt.is_explained {
            let locked = Locked {
                token: self.token,
                keys,
                sealed: &sealed,
                management,
                content,
                effort: &self.attempt.unlock.effort,
                may_derive: &|| self.attempt.may_try(&sealed, management),
                is_loaded: &|key| self.attempt.keys.get(&key.id).is_some(),
            };
            sealed::explain(&locked, proof);
        }
        proof.outcome
    }

    /// Tries the designated key first, then every other one that can do the algorithm.
    fn try_keys(
        &self,
        sealed: &Sealed<'_>,
        management: &KeyManagement,
        can: &dyn Fn(&Key) -> bool,
        proof: &mut DecryptionProof,
        plaintext: &mut Option<Zeroizing<Vec<u8>>>,
    ) -> DecryptionOutcome {
        let designated = proof.designated.as_ref().map(|(key, _)| Arc::clone(key));
        let is_designated = |key: &Arc<Key>| {
            designated
                .as_ref()
                .is_some_and(|meant| Arc::ptr_eq(meant, key))
        };
        let keys = self.attempt.keys_for(management).keys();
        let rest = keys.iter().filter(|key| !is_designated(key));
        let mut can_any = keys.iter().filter(|key| key.is_usable() && can(key));
        if can_any.next().is_some() && !self.attempt.may_try(sealed, management) {
            proof.diagnosis.push(Diagnosis::new(
                "too-many-iterations",
                format!(
                    "Recipients that want more than {MAX_ITERATIONS_IN_ALL} iterations of key derivation together are not tried."
                ),
                "Encrypt to one password, with 600000 iterations.",
            ));
            return DecryptionOutcome::NotTried(NotTried::Limit);
        }
        let (mut designated_failed, mut untold) = (false, 0_usize);
        for key in designated.iter().chain(rest) {
            if !key.is_usable() || !can(key) {
                continue;
            }
            let result = open(sealed, key, &self.attempt.unlock.effort);
            proof.tried.push(Trial {
                key: Arc::clone(key),
                verified: result.is_ok(),
            });
            match result {
                Ok(opened) => return self.opened(opened, key, proof, plaintext),
                Err(OpenError::Cancelled) => {
                    return DecryptionOutcome::NotTried(NotTried::Cancelled);
                }
                Err(error) => {
                    designated_failed |= is_designated(key);
                    // What a key that nobody named fails with is of less interest than that of the one that was meant.
                    let is_told = designated.is_none() || is_designated(key);
                    if is_told && proof.diagnosis.len() < MAX_TOLD {
                        proof.diagnosis.extend(words::failed(&error, key, sealed));
                    } else {
                        untold = untold.saturating_add(1);
                    }
                }
            }
        }
        if untold > 0 {
            let keys = if untold == 1 {
                "1 other key does not open it either".to_owned()
            } else {
                format!("{untold} other keys do not open it either")
            };
            proof.diagnosis.push(Diagnosis::new(
                "key-unwrap-failed",
                format!("{keys}."),
                "Name the key that you encrypt for by its kid, so that the recipient need not try.",
            ));
        }
        self.note_public_halves(sealed, proof);
        match (designated_failed, proof.tried.is_empty()) {
            (true, _) => DecryptionOutcome::Failed,
            (false, true) => DecryptionOutcome::NotTried(NotTried::NoKey),
            (false, false) => DecryptionOutcome::NotTried(NotTried::NoKeyOpens),
        }
    }

    /// The key is right; what it opened may still be compressed.
    fn opened(
        &self,
        opened: Opened,
        key: &Arc<Key>,
        proof: &mut DecryptionProof,
        plaintext: &mut Option<Zeroizing<Vec<u8>>>,
    ) -> DecryptionOutcome {
        proof.key = Some(UsedKey::yours(
            key,
            opened.read_as,
            self.attempt.keys.keys(),
        ));
        // What other keys failed with is of no interest any more.
        proof.diagnosis.clear();
        if self.zip() != Ok(Zip::Deflate) {
            *plaintext = Some(opened.plaintext);
            return DecryptionOutcome::Decrypted;
        }
        let inflated = inflate(&opened.plaintext, MAX_INFLATED_BYTES);
        if let Err(InflateError::TooLarge { consumed, .. }) = inflated {
            proof.oversized = usize::try_from(consumed).ok();
        }
        match inflated {
            Ok(inflated) => {
                *plaintext = Some(inflated);
                DecryptionOutcome::Decrypted
            }
            Err(error) => {
                proof
                    .diagnosis
                    .push(words::compressed(error, &opened.plaintext, key));
                match error {
                    InflateError::TooLarge { .. } => DecryptionOutcome::NotTried(NotTried::Limit),
                    _ => DecryptionOutcome::Failed,
                }
            }
        }
    }

    /// Says which keys would do if their private halves were there.
    fn note_public_halves(&self, sealed: &Sealed<'_>, proof: &mut DecryptionProof) {
        let Some(management) = key_management(sealed.alg) else {
            return;
        };
        let is_half = |key: &&Arc<Key>| {
            matches!(key.material, Material::Public(_)) && management.fits(key.kind)
        };
        let keys = self.attempt.keys;
        let kid = self.token.parameter("kid").and_then(Json::str);
        let mut halves = keys.keys().iter().filter(is_half);
        let named = halves
            .clone()
            .find(|key| kid.is_some() && key.members.kid.as_deref() == kid);
        // Where private keys were tried, other public ones are no news.
        let first = || halves.next().filter(|_| proof.tried.is_empty());
        if let Some(key) = named.or_else(first) {
            if key.holds == Holds::Private {
                proof.diagnosis.push(Diagnosis::new(
                    "alg-key-mismatch",
                    format!(
                        "The private half of key \u{201C}{}\u{201D} is missing or does not belong to its public half, and opens nothing.",
                        visible(&key.id)
                    ),
                    "Load the recipient\u{2019}s private key as it was made.",
                ));
                return;
            }
            proof.diagnosis.push(Diagnosis::new(
                "alg-key-mismatch",
                format!(
                    "Of key \u{201C}{}\u{201D} only the public half is loaded, which encrypts and cannot open.",
                    visible(&key.id)
                ),
                "Decrypt with the recipient\u{2019}s private key.",
            ));
        }
    }

    /// Whether the content is compressed. Only a protected `zip` counts (RFC 7516 section 4.1.3).
    fn zip(&self) -> Result<Zip, ()> {
        let protected = self.token.header().and_then(|header| header.get("zip"));
        match protected.map(|zip| &zip.value) {
            None => Ok(Zip::None),
            Some(Value::String(name)) if name == "DEF" => Ok(Zip::Deflate),
            Some(_) => Err(()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Zip {
    None,
    Deflate,
}

/// Whether a key has what opening needs: the private half, or a secret of the wanted length in some reading.
fn can_open(management: &KeyManagement, wanted: Option<usize>, key: &Key) -> bool {
    let is_long_enough = |bytes: usize| wanted.is_none_or(|wanted| wanted == bytes);
    management.fits(key.kind)
        && match &key.material {
            Material::Pair { .. } => true,
            Material::Symmetric { secret, readings } => {
                is_long_enough(secret.bytes().len())
                    || readings
                        .iter()
                        .any(|(_, reading)| is_long_enough(reading.bytes().len()))
            }
            Material::None | Material::Public(_) => false,
        }
}

impl DecryptionProof {
    fn not_tried(why: NotTried) -> Self {
        Self {
            alg: None,
            enc: None,
            outcome: DecryptionOutcome::NotTried(why),
            recipient: None,
            key: None,
            designated: None::<(Arc<Key>, Designation)>,
            shape: None,
            tried: Vec::new(),
            diagnosis: Vec::new(),
            is_symmetric: false,
            oversized: None,
        }
    }
}
