//! What the reviewer expects of a token: a [`Policy`], and how a token stands to it.

mod ages;
mod claim;
mod described;
mod expectation;
mod file;
mod held;
mod like;
mod revoked;
mod signer;

pub use claim::{ClaimPath, ClaimRule, ClaimValue, ClaimValueError};
pub use expectation::Expectation;
pub use file::{
    MAX_LISTED, MAX_POLICY_BYTES, MAX_REVOKED_LISTED, POLICY_VERSION, PolicyError, PolicyFault,
};
pub use revoked::{MAX_REVOKED, MAX_REVOKED_BYTES, Revoked, RevokedError, RevokedFile};
pub(super) use signer::{designated, objections};

use super::profile::ProfileChoice;
use crate::jose::base64url::EncodingFaultKind;
use crate::keys::Key;

/// What to hold a token against. The default expects nothing but what the standards do.
///
/// The order within its lists changes nothing, and neither does an entry that stands twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What the reviewer calls it.
    pub name: Option<String>,
    /// The kind of token.
    pub profile: ProfileChoice,
    /// Acceptable `alg` values; empty: any.
    pub algorithms: Vec<String>,
    /// Acceptable issuers, each with the keys that are its own; empty: any.
    pub issuers: Vec<Issuer>,
    /// Acceptable audiences, of which one must be among the token's; empty: any.
    pub audiences: Vec<String>,
    /// Acceptable `typ` values, compared as media types (RFC 7515 section 4.1.9); empty: any.
    pub types: Vec<String>,
    /// The expected `nonce`.
    pub nonce: Option<String>,
    /// How far clocks may differ, in seconds.
    pub leeway_seconds: u32,
    /// How long ago a token may have been issued (the instant minus `iat`), in seconds; the leeway comes on top.
    pub max_age_seconds: Option<u32>,
    /// How long a token may be valid (`exp` minus `iat`), in seconds.
    pub max_lifetime_seconds: Option<u32>,
    /// Claims that must be there.
    pub required_claims: Vec<ClaimRule>,
    /// Claims that must not be there.
    pub forbidden_claims: Vec<ClaimRule>,
    /// The `jti`s of tokens that count no longer.
    pub revoked: Revoked,
    /// How much of what is not as the standards want it is let pass.
    pub strictness: Strictness,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            name: None,
            profile: ProfileChoice::default(),
            algorithms: Vec::new(),
            issuers: Vec::new(),
            audiences: Vec::new(),
            types: Vec::new(),
            nonce: None,
            leeway_seconds: 60,
            max_age_seconds: None,
            max_lifetime_seconds: None,
            required_claims: Vec::new(),
            forbidden_claims: Vec::new(),
            revoked: Revoked::default(),
            strictness: Strictness::default(),
        }
    }
}

impl Policy {
    /// What it says of a key binding JWT: what it says of kind and signer is not about the holder's own key.
    pub(super) fn of_holder(&self) -> Self {
        Self {
            leeway_seconds: self.leeway_seconds,
            strictness: self.strictness,
            ..Self::default()
        }
    }

    /// How many things it expects of a token, beside what the standards do.
    pub fn expected(&self) -> usize {
        let one = [
            !self.algorithms.is_empty(),
            !self.issuers.is_empty(),
            self.issuers.iter().any(|issuer| !issuer.keys.is_empty()),
            !self.audiences.is_empty(),
            !self.types.is_empty(),
            self.nonce.is_some(),
            self.max_age_seconds.is_some(),
            self.max_lifetime_seconds.is_some(),
            !self.revoked.is_empty(),
        ];
        let one = one.into_iter().filter(|expects| *expects).count();
        one.saturating_add(self.required_claims.len())
            .saturating_add(self.forbidden_claims.len())
    }
}

/// An issuer that is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its `iss`, compared character by character.
    pub iss: String,
    /// Its keys; empty: any key of the reviewer's may sign for it.
    pub keys: Vec<KeyChoice>,
}

impl Issuer {
    /// An issuer that any key of the reviewer's may sign for.
    pub fn new(iss: impl Into<String>) -> Self {
        Self {
            iss: iss.into(),
            keys: Vec::new(),
        }
    }
}

/// Loaded keys, named by what they have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyChoice {
    /// Those of this `kid`, or the one that has this id here.
    Id(String),
    /// Those out of this file or place; a name without folders stands for that file in any folder.
    Source(String),
    /// The one of this thumbprint: RFC 7638 with SHA-256, or the SHA-256 of its certificate (`x5t#S256`), in base64url.
    Thumbprint(String),
}

impl KeyChoice {
    /// Whether it is about this key.
    pub fn names(&self, key: &Key) -> bool {
        match self {
            Self::Id(id) => key.id == *id || key.members.kid.as_ref() == Some(id),
            Self::Source(source) => {
                key.source == *source || key.source.rsplit(['/', '\\']).next() == Some(source)
            }
            Self::Thumbprint(thumbprint) => {
                key.thumbprint.as_ref() == Some(thumbprint)
                    || key.members.x5t_s256.as_ref() == Some(thumbprint)
            }
        }
    }

    /// For people: `kid idp-2026`.
    pub fn label(&self) -> String {
        match self {
            Self::Id(id) => format!("kid {id}"),
            Self::Source(source) => format!("from {source}"),
            Self::Thumbprint(thumbprint) => format!("thumbprint {thumbprint}"),
        }
    }
}

/// How much of what is not as the standards want it is let pass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Strictness {
    /// Nothing.
    #[default]
    Strict,
    /// What widely used libraries let pass, and what leaves no doubt about content and signer:
    ///
    /// - base64url spelled with padding, in the standard alphabet, or with unused bits set;
    /// - keys that are too weak (RSA below 2048 bits, HMAC secrets shorter than the hash);
    /// - keys whose own `alg`, `use` or `key_ops` is for something else.
    ///
    /// The findings stay. Everything else refuses as ever.
    Lenient,
}

impl Strictness {
    /// Both of them, the stricter one first.
    pub const ALL: [Self; 2] = [Self::Strict, Self::Lenient];

    /// The name in policy files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lenient => "lenient",
            Self::Strict => "strict",
        }
    }

    /// What it lets pass, for people.
    pub fn forgives(self) -> &'static [&'static str] {
        match self {
            Self::Strict => &[],
            Self::Lenient => &[
                "base64url with padding, in the standard alphabet, or with unused bits set",
                "keys that are too weak: RSA below 2048 bits, HMAC secrets shorter than the hash",
                "keys whose own alg, use or key_ops is for something else",
            ],
        }
    }

    /// What it means for a token, in a sentence or two.
    pub fn description(self) -> &'static str {
        match self {
            Self::Lenient => {
                "What widely used libraries let pass is let pass: padding, the standard alphabet and unused bits in base64url, keys that are too weak, and keys that say they are for something else. The findings stay."
            }
            Self::Strict => {
                "What is not as the standards want it is refused, as a correct verifier does."
            }
        }
    }

    /// Whether a finding of this rule refuses nothing.
    pub(super) fn forgives_rule(self, rule: &str) -> bool {
        const FORGIVEN: [&str; 6] = [
            "b64-nonstandard",
            "b64-trailing-bits",
            "hmac-short-secret",
            "key-alg-mismatch",
            "key-use-mismatch",
            "rsa-small-modulus",
        ];
        self == Self::Lenient && FORGIVEN.contains(&rule)
    }

    /// Whether this spelling of base64url is let pass.
    pub(super) fn forgives_spelling(self, kind: EncodingFaultKind) -> bool {
        let is_harmless = matches!(
            kind,
            EncodingFaultKind::Padding
                | EncodingFaultKind::StandardAlphabet
                | EncodingFaultKind::TrailingBits
        );
        self == Self::Lenient && is_harmless
    }
}

/// A `typ` as a media type: lower case, `application/` put before it when it holds no `/` (RFC 7515 section 4.1.9).
pub(super) fn media_type(typ: &str) -> String {
    let lower = typ.to_ascii_lowercase();
    if lower.contains('/') {
        lower
    } else {
        format!("application/{lower}")
    }
}
