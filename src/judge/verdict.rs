//! The verdict and its reasons, as `REPORT.md` defines them.

/// Whether a correct verifier would take the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VerdictOutcome {
    /// It would.
    Accept,
    /// It would not.
    Reject,
    /// Something is missing to know.
    Undetermined,
}

impl VerdictOutcome {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Undetermined => "undetermined",
        }
    }
}

/// The verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome.
    pub outcome: VerdictOutcome,
    /// Why: the refusals, or where there is none the open questions, in the order of [`Reason`]. Empty when accepted.
    pub reasons: Vec<Reason>,
}

/// A refusal or an open question. Declared in the order in which reasons stand in a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// Not well formed: encoding, JSON, parts, or a time that is no number.
    Malformed,
    /// `alg` is `none` or a disguise of it.
    Unsecured,
    /// The signature is wrong.
    SignatureInvalid,
    /// Decryption was tried and failed.
    DecryptionFailed,
    /// The secret that verifies is known to everybody.
    PubliclyKnownKey,
    /// The key that verifies is too weak.
    KeyTooWeak,
    /// The key that verifies must not be used for this.
    KeyNotAllowed,
    /// `exp` has passed.
    Expired,
    /// `nbf` lies ahead.
    NotYetValid,
    /// The policy revokes its `jti`.
    Revoked,
    /// The policy does not allow the `alg`.
    PolicyAlg,
    /// The policy expects another `iss`.
    PolicyIss,
    /// The policy expects another `aud`.
    PolicyAud,
    /// The policy expects another `typ`.
    PolicyTyp,
    /// The policy expects another `nonce`.
    PolicyNonce,
    /// The policy allows no such lifetime.
    PolicyLifetime,
    /// The policy requires or forbids a claim.
    PolicyClaims,
    /// None of the reviewer's keys can do the algorithm.
    NoKey,
    /// Some could, none verifies, and none was meant for it.
    NoKeyVerifies,
    /// Only a key that came inside the token verifies it.
    OnlyTokenSuppliedKey,
    /// Anybody who knows the public key could have encrypted it.
    SenderUnproven,
    /// The algorithm is not implemented here.
    UnsupportedAlgorithm,
    /// The serialization is not implemented here.
    UnsupportedSerialization,
    /// It is encrypted, and was not opened.
    Encrypted,
    /// The payload is not in the text, and none was supplied.
    DetachedPayloadMissing,
    /// A limit of this program was reached.
    LimitExceeded,
}

impl Reason {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::DecryptionFailed => "decryption-failed",
            Self::DetachedPayloadMissing => "detached-payload-missing",
            Self::Encrypted => "encrypted",
            Self::Expired => "expired",
            Self::KeyNotAllowed => "key-not-allowed",
            Self::KeyTooWeak => "key-too-weak",
            Self::LimitExceeded => "limit-exceeded",
            Self::Malformed => "malformed",
            Self::NoKey => "no-key",
            Self::NoKeyVerifies => "no-key-verifies",
            Self::NotYetValid => "not-yet-valid",
            Self::OnlyTokenSuppliedKey => "only-token-supplied-key",
            Self::PolicyAlg => "policy-alg",
            Self::PolicyAud => "policy-aud",
            Self::PolicyClaims => "policy-claims",
            Self::PolicyIss => "policy-iss",
            Self::PolicyLifetime => "policy-lifetime",
            Self::PolicyNonce => "policy-nonce",
            Self::PolicyTyp => "policy-typ",
            Self::PubliclyKnownKey => "publicly-known-key",
            Self::Revoked => "revoked",
            Self::SenderUnproven => "sender-unproven",
            Self::SignatureInvalid => "signature-invalid",
            Self::Unsecured => "unsecured",
            Self::UnsupportedAlgorithm => "unsupported-algorithm",
            Self::UnsupportedSerialization => "unsupported-serialization",
        }
    }

    /// Whether it makes the verdict `reject` (rather than leaving it open).
    pub fn is_refusal(self) -> bool {
        self < Self::NoKey
    }
}

pub(super) fn verdict(_case: super::Case<'_>, _profile: &super::Profile, _times: &super::Times, _findings: &[super::Finding]) -> Verdict {
    Verdict { outcome: VerdictOutcome::Undetermined, reasons: vec![Reason::NoKey] }
}
