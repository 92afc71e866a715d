//! A token and a key ring to a [`Proof`]: which signature verifies, with whose key, and why one does not.
//!
//! Facts of mathematics only: a signature under a 512-bit key is `Valid` here; whether that is good enough is
//! for [`judge`](crate::judge) to say. Only the bytes as received are verified, but for the tokens of one issuer who is
//! known to send others than it signs, and that is said.

pub mod algorithm;
mod anchor;
mod chain;
pub mod decrypt;
mod defaults;
mod explain;
mod nonce;
mod presentation;
mod prove;
pub(crate) mod remembered;
mod unseal;
pub mod wordlist;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::jose::{Token, hex};
use crate::keys::{Effort, Key, Material, Reread, Secret};

pub use algorithm::{Algorithm, Family, Hash};
pub use anchor::Anchor;
pub use chain::{Chain, ChainFault, ChainFaultKind, MAX_CERTIFICATES};
pub use decrypt::JweShapeFault;
pub use defaults::KnownSecret;
pub use explain::UseConflict;
pub use nonce::{EcdsaSignature, lost_key};
pub use presentation::{Holder, Presentation};
pub use prove::{MAX_NESTING, Setting, prove};
pub use unseal::{Unsealed, unseal};
pub use wordlist::ListedSecret;

/// What was found out about a token's signatures or encryption, independent of clock and policy.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// One for each signature; empty for a JWE.
    pub signatures: Vec<SignatureProof>,
    /// For a JWE.
    pub decryption: Option<DecryptionProof>,
    /// The token with what its ciphertext holds, when that was opened.
    pub opened: Option<Arc<Token>>,
    /// The token that the payload is.
    pub inner: Option<Box<Layer>>,
    /// The key binding JWT of an SD-JWT.
    pub key_binding: Option<Box<Layer>>,
    /// For an SD-JWT.
    pub sd_jwt: Option<Arc<Presentation>>,
    /// Whether nothing was looked at because it lies too deep in other tokens.
    pub is_too_deep: bool,
}

impl Proof {
    /// The key that verified the first signature or opened the token.
    pub fn used_key(&self) -> Option<&UsedKey> {
        match &self.decryption {
            Some(decryption) => decryption.key.as_ref(),
            None => self.signatures.first()?.key.as_ref(),
        }
    }

    /// The key that was meant for the first signature or for opening the token.
    pub fn designated_key(&self) -> Option<&Arc<Key>> {
        let designated = match &self.decryption {
            Some(decryption) => &decryption.designated,
            None => &self.signatures.first()?.designated,
        };
        designated.as_ref().map(|(key, _)| key)
    }

    /// This proof and those of the tokens inside, from the outermost inwards: in the order of the judgements on them.
    pub fn layers(&self) -> impl Iterator<Item = &Self> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let next = open.pop()?;
            let inside = [&next.key_binding, &next.inner].into_iter().flatten();
            open.extend(inside.map(|inside| &inside.proof));
            Some(next)
        })
    }

    /// The keys that verified or opened this layer, each with what it did, whosever they are.
    pub fn used_keys(&self) -> impl Iterator<Item = (&UsedKey, Service)> {
        let signatures = self.signatures.iter();
        let verified =
            signatures.filter_map(|signature| Some((signature.key.as_ref()?, Service::Verifies)));
        let decryption = self
            .decryption
            .as_ref()
            .and_then(|decryption| decryption.key.as_ref());
        verified.chain(decryption.map(|used| (used, Service::Decrypts)))
    }

    /// The keys that were meant for this layer, whether they served or not.
    pub fn designated_keys(&self) -> impl Iterator<Item = &Arc<Key>> {
        let signatures = self.signatures.iter();
        let meant = signatures.filter_map(|signature| signature.designated.as_ref());
        let decryption = self
            .decryption
            .as_ref()
            .and_then(|decryption| decryption.designated.as_ref());
        meant.chain(decryption).map(|(key, _)| key)
    }

    /// The explanations of this layer.
    pub fn diagnoses(&self) -> impl Iterator<Item = &Diagnosis> {
        let of_signatures = self.signatures.iter().flat_map(|proof| &proof.diagnosis);
        let of_decryption = self.decryption.iter().flat_map(|proof| &proof.diagnosis);
        let of_presentation = self.sd_jwt.iter().flat_map(|shown| &shown.diagnosis);
        of_signatures.chain(of_decryption).chain(of_presentation)
    }

    /// Of a token deeper in others than [`MAX_NESTING`].
    fn too_deep() -> Self {
        Self {
            is_too_deep: true,
            ..Self::default()
        }
    }
}

/// What a key did for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// It opened the token.
    Decrypts,
    /// It verified a signature.
    Verifies,
}

/// A token inside of another one.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The token, with a text of its own.
    pub token: Arc<Token>,
    /// What was found out about it.
    pub proof: Proof,
}

impl Layer {
    /// A token and its proof; of a JWE that was opened the token with what it holds.
    fn new(token: Token, mut proof: Proof) -> Self {
        Self {
            token: proof.opened.take().unwrap_or_else(|| Arc::new(token)),
            proof,
        }
    }
}

/// What was found out about one signature.
#[derive(Debug, Clone)]
pub struct SignatureProof {
    /// The `alg` of its header, when that is a string.
    pub alg: Option<String>,
    /// The `kid` of its header, when that is a string.
    pub kid: Option<String>,
    /// The result.
    pub outcome: Outcome,
    /// The key that verified it.
    pub key: Option<UsedKey>,
    /// The certificates in its header, where there are some.
    pub chain: Option<Chain>,
    /// The key that was meant for it, and how it was known.
    pub designated: Option<(Arc<Key>, Designation)>,
    /// What is wrong with the signature's own shape, whatever the key.
    pub shape: Option<ShapeFault>,
    /// The keys that were tried, in order, with the result of each.
    pub tried: Vec<Trial>,
    /// Explanations of the result.
    pub diagnosis: Vec<Diagnosis>,
    /// What a failed signature was compared with; `None` where none failed.
    pub facts: Option<Facts>,
}

impl SignatureProof {
    /// Whether it is a MAC, by its `alg`: with a secret that both sides have.
    pub fn is_mac(&self) -> bool {
        let algorithm = self.alg.as_deref().and_then(algorithm::find);
        algorithm.is_some_and(|algorithm| matches!(algorithm.family, Family::Hmac(_)))
    }

    /// Why a signature failed, as far as that was found out: the first explanation that is not about the choice of the key,
    /// else the conflict of the key that was chosen.
    pub fn cause(&self) -> Option<&Diagnosis> {
        const CONFLICTS: [&str; 3] = ["alg-key-mismatch", "key-unusable", "key-use-conflict"];
        const OF_THE_CHOICE: [&str; 3] = ["kid-near-miss", "kid-unknown", "other-key-verifies"];
        let is_conflict = |diagnosis: &&Diagnosis| CONFLICTS.contains(&diagnosis.code);
        let mut all = self.diagnosis.iter();
        all.find(|diagnosis| !is_conflict(diagnosis) && !OF_THE_CHOICE.contains(&diagnosis.code))
            .or_else(|| {
                let is_meant = self.designated.is_some();
                self.diagnosis.iter().find(is_conflict).filter(|_| is_meant)
            })
    }
}

/// The result for one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The bytes cannot verify, or not with the key meant for them.
    Invalid,
    /// Nothing could be said.
    NotChecked(NotChecked),
    /// `alg` says that there is no signature (RFC 7518 section 3.6).
    Unsecured,
    /// The algorithm is not one that is implemented here.
    Unsupported,
    /// A key verifies it; [`SignatureProof::key`] says whose.
    Valid,
}

impl Outcome {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotChecked(_) => "not-checked",
            Self::Unsecured => "unsecured",
            Self::Unsupported => "unsupported",
            Self::Valid => "valid",
        }
    }
}

/// Why a signature was not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotChecked {
    /// There is no payload in the text, and none was supplied.
    DetachedPayloadMissing,
    /// None of the reviewer's keys can do the algorithm.
    NoKey,
    /// Some could, none was designated, and none verifies.
    NoKeyVerifies,
    /// Larger than the limits allow.
    TooLarge,
}

/// A key that verified, and whose it is.
#[derive(Debug, Clone)]
pub struct UsedKey {
    /// The key. For `provenance: token` it is the one out of the header.
    pub key: Arc<Key>,
    /// Whose it is.
    pub provenance: Provenance,
    /// The reading of a secret that verified, when more than one was tried.
    pub read_as: Option<&'static str>,
    /// For `provenance: public-default`: why it is public.
    pub known: Option<KnownSecret>,
    /// For `provenance: yours`: the reviewer's other keys of the same material, such as one that stands in two files.
    pub twins: Vec<Arc<Key>>,
}

impl UsedKey {
    /// A key of the reviewer's.
    fn yours(key: &Arc<Key>, read_as: Option<&'static str>, ring: &[Arc<Key>]) -> Self {
        let mut used = Self {
            key: Arc::clone(key),
            provenance: Provenance::Yours,
            read_as,
            known: None,
            twins: Vec::new(),
        };
        let is_same = |other: &Arc<Key>| match (&key.thumbprint, &other.material) {
            (Some(thumbprint), _) => other.thumbprint.as_ref() == Some(thumbprint),
            (None, Material::Symmetric { secret, readings }) => {
                let own = used.secret();
                let mut others = readings.iter().map(|(_, secret)| secret);
                own == Some(secret) || others.any(|secret| own == Some(secret))
            }
            (None, _) => false,
        };
        let twins = ring
            .iter()
            .filter(|other| !Arc::ptr_eq(key, other) && other.is_usable() && is_same(other));
        used.twins = twins.cloned().collect();
        used
    }

    /// The secret that verified, for a symmetric key.
    pub fn secret(&self) -> Option<&Secret> {
        let Material::Symmetric { secret, readings } = &self.key.material else {
            return None;
        };
        let read = self
            .read_as
            .and_then(|name| readings.iter().find(|(reading, _)| *reading == name));
        Some(read.map_or(secret, |(_, reading)| reading))
    }
}

/// Whose key verified a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provenance {
    /// The holder's own: an issuer whose signature is genuine says so (RFC 7800 section 3).
    Confirmed,
    /// A public key of the reviewer's or the token's, which was used as a shared secret.
    Confusion,
    /// A secret that everybody knows.
    PublicDefault,
    /// It came inside the token, and so proves nothing.
    Token,
    /// The reviewer loaded it.
    Yours,
}

impl Provenance {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confusion => "confusion",
            Self::PublicDefault => "public-default",
            Self::Confirmed | Self::Token => "token",
            Self::Yours => "yours",
        }
    }
}

/// How the key meant for a signature was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Designation {
    /// By the header's `x5c`: the same certificate was loaded, or a CA certificate that it leads to.
    Certificate,
    /// By the issuer of the token that it binds (`cnf`, RFC 7800 section 3).
    Confirmation,
    /// By the policy: it is one of the keys of the token's issuer. A proof knows of no policy; a judgement says so.
    Issuer,
    /// By the header's `kid`.
    KeyId,
    /// It is the only loaded key that can do the algorithm, and the header names none.
    OnlyKey,
    /// By the header's `x5t` or `x5t#S256`.
    Thumbprint,
}

/// A signature whose bytes cannot be one of its algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShapeFault {
    /// No byte at all, or no third part.
    Empty,
    /// The wrong number of bytes.
    Length {
        /// What the algorithm (and the key) want.
        expected: usize,
        /// What is there.
        found: usize,
    },
    /// A number of an ECDSA signature is zero or not below the curve's order.
    OutOfRange,
}

/// One attempt with one key.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The key.
    pub key: Arc<Key>,
    /// Whether it verified.
    pub verified: bool,
}

/// An explanation of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The stable code of `REPORT.md`.
    pub code: &'static str,
    /// The explanation, in a sentence.
    pub text: String,
    /// What the developer of the service that signs or verifies can do about it, in a sentence.
    pub for_developer: String,
    /// The reading of a key under which the signature verifies.
    pub reread: Option<Reread>,
}

impl Diagnosis {
    fn new(code: &'static str, text: String, for_developer: &str) -> Self {
        Self {
            code,
            text,
            for_developer: for_developer.to_owned(),
            reread: None,
        }
    }
}

/// What there is to compare about a signature that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The length of what the signature covers, in bytes.
    pub signing_input_bytes: usize,
    /// The hash of the algorithm, and the digest of what the signature covers.
    pub digest: Option<(Hash, Vec<u8>)>,
    /// The length of the signature, in bytes.
    pub signature_bytes: usize,
    /// The length that the algorithm and the key that was meant want, in bytes.
    pub expected_signature_bytes: Option<usize>,
    /// The digest that stands in an RSA signature.
    pub recovered: Option<RecoveredDigest>,
    /// The work that the search for a cause took, in units of about a kilobyte hashed.
    pub work: u64,
    /// Whether the search was not cut short by its limits.
    pub is_complete: bool,
}

/// A digest out of an opened RSA signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveredDigest {
    /// The name of its hash.
    pub hash: &'static str,
    /// Its bytes.
    pub digest: Vec<u8>,
}

impl Facts {
    /// For people, a line each.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::with_capacity(4);
        lines.push(match &self.digest {
            Some((hash, digest)) => format!(
                "Signing input: {} bytes, {} {}",
                self.signing_input_bytes,
                hash.label(),
                hex(digest)
            ),
            None => format!("Signing input: {} bytes", self.signing_input_bytes),
        });
        lines.push(match self.expected_signature_bytes {
            Some(expected) if expected == self.signature_bytes => {
                format!("Signature: {expected} bytes, as expected")
            }
            Some(expected) => format!(
                "Signature: {} bytes, expected {expected}",
                self.signature_bytes
            ),
            None => format!("Signature: {} bytes", self.signature_bytes),
        });
        if let Some(RecoveredDigest { hash, digest }) = &self.recovered {
            lines.push(format!("In the signature: {hash} {}", hex(digest)));
        }
        if !self.is_complete {
            lines.push("The search for the cause was stopped at its limit".to_owned());
        }
        lines
    }
}

/// The bytes of a text that is hexadecimal digits and nothing else.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    if !rest.is_empty() || pairs.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?))
        .collect()
}

/// What was found out about a JWE.
#[derive(Debug, Clone)]
pub struct DecryptionProof {
    /// `alg` of the header, when that is a string.
    pub alg: Option<String>,
    /// `enc` of the header, when that is a string.
    pub enc: Option<String>,
    /// The result.
    pub outcome: DecryptionOutcome,
    /// The recipient that this is about, counted from 0.
    pub recipient: Option<usize>,
    /// The key that opened it.
    pub key: Option<UsedKey>,
    /// The key that was meant for it, and how it was known.
    pub designated: Option<(Arc<Key>, Designation)>,
    /// Why it cannot be opened, whatever the key.
    pub shape: Option<JweShapeFault>,
    /// The keys that were tried, in order, with the result of each.
    pub tried: Vec<Trial>,
    /// Explanations of the result.
    pub diagnosis: Vec<Diagnosis>,
    /// Whether only a holder of the key can have made it: a shared key, or a password.
    pub is_symmetric: bool,
    /// Out of how many bytes of compressed content more came than the limit allows.
    pub oversized: Option<usize>,
}

/// The result of decryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecryptionOutcome {
    /// A key opened it.
    Decrypted,
    /// It cannot open, or not with the key meant for it.
    Failed,
    /// Nothing could be said.
    NotTried(NotTried),
    /// The algorithms are not implemented here.
    Unsupported,
}

impl DecryptionOutcome {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decrypted => "decrypted",
            Self::Failed => "failed",
            Self::NotTried(_) => "not-tried",
            Self::Unsupported => "unsupported",
        }
    }

    /// Of several recipients' results the most telling has the highest.
    fn rank(self) -> u8 {
        match self {
            Self::Decrypted => 4,
            Self::Failed => 3,
            Self::NotTried(NotTried::NoKey) => 1,
            Self::NotTried(_) => 2,
            Self::Unsupported => 0,
        }
    }
}

/// Why a JWE was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotTried {
    /// The derivation of the key was called off.
    Cancelled,
    /// Too large, too many rounds, or too much comes out of compression.
    Limit,
    /// None of the reviewer's keys can do the algorithm.
    NoKey,
    /// Some could, none was designated, and none opens it.
    NoKeyOpens,
}

/// What watches long work, and can call it off.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Set from elsewhere to call the work off.
    pub cancel: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
    of: Arc<AtomicU64>,
}

impl Watch {
    /// Does something that takes long, watched by this.
    pub fn effort<T>(&self, work: impl FnOnce(&Effort<'_>) -> T) -> T {
        work(&Effort {
            cancel: &self.cancel,
            progress: &|done, of| self.tell(done, of),
        })
    }

    /// Takes note of how much of how much is done.
    pub fn tell(&self, done: u64, of: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.of.store(of, Ordering::Relaxed);
    }

    /// How much of how much is done; both 0 while nothing long is under way.
    pub fn progress(&self) -> (u64, u64) {
        (
            self.done.load(Ordering::Relaxed),
            self.of.load(Ordering::Relaxed),
        )
    }
}
