//! The certificates that a header carries (`x5c`, RFC 7515 section 4.1.6): what is in them and whether each certifies the
//! one before. Their times are facts like the others: whether they are valid depends on the clock and is judged.

use std::sync::Arc;

use jiff::Timestamp;
use openssl::x509::{X509, X509VerifyResult};

use super::anchor::{self, Anchor};
use crate::jose::Token;
use crate::jose::base64url::{self, EncodingFaultKind};
use crate::jose::json::Json;
use crate::keys::{Certificate, Key, KeyRing, from_certificate_der};

/// More certificates than this are not looked at.
pub const MAX_CERTIFICATES: usize = 20;

/// A longer certificate (in bytes) is not read.
const MAX_CERTIFICATE_BYTES: usize = 64 << 10;

/// The chain in a header.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// Every entry in order, the leaf first, as the key in it; one that cannot be read has a
    /// [`KeyFault`](crate::keys::KeyFault).
    pub links: Vec<Arc<Key>>,
    /// What is wrong with its form and its links.
    pub faults: Vec<ChainFault>,
    /// Whether the last certificate, of several, is signed with its own key: the root, which verifiers have themselves.
    pub holds_root: bool,
    /// How many of the reviewer's keys are CA certificates.
    pub anchors: usize,
    /// The reviewer's CA certificate that it leads to.
    pub anchor: Option<Anchor>,
    /// Why it leads to none, where there are some: OpenSSL's words.
    pub objection: Option<&'static str>,
    /// Whether the reviewer has the leaf's key.
    pub is_pinned: bool,
}

/// Something wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFault {
    /// The entry, from 0; `None` for the whole.
    pub entry: Option<usize>,
    /// What it is.
    pub kind: ChainFaultKind,
}

/// What is wrong with a chain. `Display` says what was expected and what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainFaultKind {
    /// Not base64 as RFC 4648 section 4 has it.
    #[error("expected base64, found another spelling of it")]
    Base64,
    /// In the alphabet of the rest of a token.
    #[error("expected base64 in the standard alphabet, found base64url")]
    Base64url,
    /// The same certificate stands before.
    #[error("expected each certificate once, found one again")]
    Duplicate,
    /// An empty array.
    #[error("expected certificates, found an empty array")]
    Empty,
    /// Bytes after the certificate.
    #[error("expected one certificate, found more bytes after it")]
    MoreBytes,
    /// The next one is named otherwise than this one's issuer.
    #[error("expected its issuer next, found a certificate of another name")]
    Names,
    /// It certifies the one before, and keyUsage forbids that.
    #[error(
        "expected a keyUsage that allows to sign certificates (keyCertSign), found one that does not"
    )]
    NoCertSign,
    /// Not an array.
    #[error("expected an array of texts, found {0}")]
    NotAnArray(&'static str),
    /// It certifies the one before, and is no CA.
    #[error("expected a CA (basicConstraints), found a certificate that is none")]
    NotCa,
    /// More stand below it than it allows.
    #[error("expected no more CAs below it than its path length allows, found more")]
    PathLength,
    /// Root first.
    #[error("expected the leaf first, found the order reversed")]
    Reversed,
    /// The next one's key did not sign it.
    #[error("expected a signature by the next certificate\u{2019}s key, found another")]
    Signature,
    /// More than are looked at.
    #[error("expected at most {MAX_CERTIFICATES} certificates, found {0}")]
    TooMany(usize),
    /// No certificate, or one too long.
    #[error("expected an X.509 certificate in DER, found something else")]
    Unreadable,
}

impl Chain {
    /// The leaf, when it counts as a key of the reviewer's: its chain leads to a CA certificate of theirs.
    pub fn trusted_leaf(&self) -> Option<&Arc<Key>> {
        self.anchor.as_ref().map(|anchor| &anchor.leaf)
    }

    /// The certificates that could be read, the leaf first, and the anchor's where there is one.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        let own = self
            .links
            .iter()
            .chain(self.anchor.iter().map(|anchor| &anchor.key));
        own.filter_map(|key| key.certificate.as_ref())
    }

    /// The first of [`Chain::certificates`] that is not valid at an instant (RFC 5280 section 4.1.2.5: both ends are).
    pub fn invalid_at(&self, at: Timestamp) -> Option<&Certificate> {
        self.certificates().find(|certificate| {
            // To the second, as certificates are.
            let second = at.as_second();
            let [from, to] = [certificate.not_before, certificate.not_after]
                .map(|time| time.map(Timestamp::as_second));
            // The last day of the year 9999, which means "no end", is beyond what can be shown.
            !(from.is_some_and(|from| from <= second) && to.is_none_or(|to| second <= to))
        })
    }
}

/// The chain in this header, held against the reviewer's keys; `None` without `x5c`.
pub(super) fn chain(token: &Token, keys: &KeyRing) -> Option<Chain> {
    let x5c = token.parameter("x5c")?;
    let mut chain = Chain::default();
    let Some(entries) = x5c.array() else {
        chain.whole(ChainFaultKind::NotAnArray(x5c.kind()));
        return Some(chain);
    };
    if entries.is_empty() {
        chain.whole(ChainFaultKind::Empty);
    }
    if entries.len() > MAX_CERTIFICATES {
        chain.whole(ChainFaultKind::TooMany(entries.len()));
    }
    for (at, entry) in entries.iter().take(MAX_CERTIFICATES).enumerate() {
        let (key, fault) = read(entry, at);
        if let Some(kind) = fault {
            chain.at(at, kind);
        }
        chain.links.push(Arc::new(key));
    }
    let read: Vec<Option<X509>> = chain.links.iter().map(|key| x509(key)).collect();
    chain.link(&read);
    if let Some(Some(leaf)) = read.first() {
        let rest = read.iter().skip(1).flatten().cloned();
        anchor::find(&mut chain, leaf, rest, keys);
    }
    let thumbprint = chain
        .links
        .first()
        .and_then(|leaf| leaf.thumbprint.as_deref());
    chain.is_pinned = thumbprint.is_some_and(|own| {
        let mut keys = keys.keys().iter();
        keys.any(|key| key.thumbprint.as_deref() == Some(own))
    });
    Some(chain)
}

/// The certificate that a key came in, for OpenSSL.
pub(super) fn x509(key: &Key) -> Option<X509> {
    X509::from_der(key.loaded.certificate.as_deref()?).ok()
}

/// An entry as a key, and what is wrong with it.
fn read(entry: &Json, at: usize) -> (Key, Option<ChainFaultKind>) {
    // The certificate's length in base64, and some white space.
    const MAX_CHARACTERS: usize = MAX_CERTIFICATE_BYTES * 3 / 2;
    let text = entry.str().filter(|text| text.len() <= MAX_CHARACTERS);
    let decoded = base64url::decode(text.unwrap_or_default());
    let ordinal = at.saturating_add(1);
    let key = from_certificate_der(&decoded.bytes, "header x5c", ordinal);
    let Some(certificate) = &key.loaded.certificate else {
        return (key, Some(ChainFaultKind::Unreadable));
    };
    let text = text.unwrap_or_default();
    let is_foreign = |fault: &base64url::EncodingFault| {
        !matches!(
            fault.kind,
            EncodingFaultKind::Padding | EncodingFaultKind::StandardAlphabet
        )
    };
    let fault = if text.contains(['-', '_']) {
        Some(ChainFaultKind::Base64url)
    } else if !text.len().is_multiple_of(4) || decoded.faults.iter().any(is_foreign) {
        Some(ChainFaultKind::Base64)
    } else if certificate.len() < decoded.bytes.len() {
        Some(ChainFaultKind::MoreBytes)
    } else {
        None
    };
    (key, fault)
}

impl Chain {
    fn whole(&mut self, kind: ChainFaultKind) {
        self.faults.push(ChainFault { entry: None, kind });
    }

    fn at(&mut self, at: usize, kind: ChainFaultKind) {
        self.faults.push(ChainFault {
            entry: Some(at),
            kind,
        });
    }

    /// Holds each certificate against the next one.
    fn link(&mut self, read: &[Option<X509>]) {
        for (at, key) in self.links.clone().iter().enumerate() {
            let der = &key.loaded.certificate;
            let mut before = self.links.iter().take(at);
            if der.is_some() && before.any(|other| other.loaded.certificate == *der) {
                self.at(at, ChainFaultKind::Duplicate);
            }
        }
        let all: Vec<&X509> = read.iter().flatten().collect();
        self.holds_root = match all.as_slice() {
            [_, .., last] if all.len() == read.len() => is_issuer(last, last) && signed(last, last),
            _ => false,
        };
        let pairs = || all.iter().zip(all.iter().skip(1));
        let is_reversed = all.len() > 1
            && all.len() == read.len()
            && pairs().all(|(one, next)| !is_named(one, next) && is_named(next, one));
        if is_reversed {
            self.whole(ChainFaultKind::Reversed);
            return;
        }
        let neighbours = read.iter().zip(read.iter().skip(1)).enumerate();
        for (at, (own, issuer)) in neighbours {
            let (Some(own), Some(issuer)) = (own, issuer) else {
                continue;
            };
            let issuer_at = at.saturating_add(1);
            if !is_named(own, issuer) {
                self.at(at, ChainFaultKind::Names);
                continue;
            }
            if !signed(own, issuer) {
                self.at(at, ChainFaultKind::Signature);
                continue;
            }
            let says = self
                .links
                .get(issuer_at)
                .and_then(|key| key.certificate.clone());
            if !says.as_ref().is_some_and(|says| says.is_ca) {
                self.at(issuer_at, ChainFaultKind::NotCa);
            } else if says.is_some_and(|says| says.may_issue == Some(false)) {
                self.at(issuer_at, ChainFaultKind::NoCertSign);
            }
            // RFC 5280 section 4.2.1.9: those between it and the leaf count, but for self-issued ones.
            let below = read.iter().take(issuer_at).skip(1).flatten();
            let below = below.filter(|one| !is_named(one, one)).count();
            let allowed = issuer.pathlen().and_then(|most| usize::try_from(most).ok());
            if allowed.is_some_and(|most| below > most) {
                self.at(issuer_at, ChainFaultKind::PathLength);
            }
        }
    }
}

/// Whether a certificate names another as its issuer.
fn is_named(own: &X509, issuer: &X509) -> bool {
    let compared = own.issuer_name().try_cmp(issuer.subject_name());
    compared.is_ok_and(std::cmp::Ordering::is_eq)
}

fn is_issuer(own: &X509, issuer: &X509) -> bool {
    issuer.issued(own) == X509VerifyResult::OK
}

fn signed(own: &X509, issuer: &X509) -> bool {
    let verified = issuer.public_key().and_then(|key| own.verify(&key));
    verified.unwrap_or(false)
}
