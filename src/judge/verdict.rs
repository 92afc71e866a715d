//! The verdict and its reasons, as `REPORT.md` defines them.

use super::{
    Case, Expectation, Finding, Judgement, Profile, TimeState, Times, View, spoils_encoding,
    validity,
};
use crate::jose::json::{Json, JsonFaultKind};
use crate::jose::{FaultKind, Kind};
use crate::verify::{
    DecryptionOutcome, DecryptionProof, JweShapeFault, NotChecked, NotTried, Outcome, Provenance,
    SignatureProof,
};

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
    /// The rule of this id refuses.
    Rule(&'static str),
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
            Self::Rule(id) => id,
            Self::SenderUnproven => "sender-unproven",
            Self::SignatureInvalid => "signature-invalid",
            Self::Unsecured => "unsecured",
            Self::UnsupportedAlgorithm => "unsupported-algorithm",
        }
    }

    /// Whether it makes the verdict `reject` (rather than leaving it open).
    pub fn is_refusal(self) -> bool {
        self < Self::NoKey
    }
}

/// What a verdict rests on, beside token and proof.
pub(super) struct Grounds<'a> {
    /// The token for each of its signatures or recipients.
    pub(super) views: &'a [View<'a>],
    pub(super) profile: &'a Profile,
    pub(super) times: &'a Times,
    pub(super) findings: &'a [Finding],
    /// What was judged of the tokens inside.
    pub(super) inside: &'a [&'a Judgement],
    pub(super) expectations: &'a [Expectation],
    /// What the policy has against each signature.
    pub(super) objections: &'a [Option<Reason>],
}

/// The verdict: any refusal rejects, else any open question leaves it open.
pub(super) fn verdict(case: Case<'_>, grounds: &Grounds<'_>) -> Verdict {
    let Grounds {
        views,
        profile,
        times,
        findings,
        inside,
        expectations,
        objections,
    } = *grounds;
    let mut reasons: Vec<Reason> = findings
        .iter()
        .filter_map(|finding| finding.refusal)
        .collect();
    if is_malformed(case, views, profile, times) {
        reasons.push(Reason::Malformed);
    }
    reasons.extend(signature_reasons(case, profile, times, objections));
    for judgement in inside {
        reasons.extend(&judgement.verdict.reasons);
    }
    reasons.extend(
        case.proof
            .decryption
            .as_ref()
            .and_then(|proof| decryption_reason(proof, case)),
    );
    if times.expired {
        reasons.push(Reason::Expired);
    }
    if times.not_yet_valid {
        reasons.push(Reason::NotYetValid);
    }
    reasons.extend(
        expectations
            .iter()
            .filter(|expectation| expectation.is_broken())
            .map(|expectation| expectation.reason),
    );
    if case.token.faults.iter().any(|fault| {
        matches!(
            fault.kind,
            FaultKind::TooLarge { .. }
                | FaultKind::TooMany { .. }
                | FaultKind::Json(JsonFaultKind::Depth)
        )
    }) || case.proof.is_too_deep
        || case
            .proof
            .sd_jwt
            .as_ref()
            .is_some_and(|shown| shown.sd_jwt.hits_limit())
    {
        reasons.push(Reason::LimitExceeded);
    }
    reasons.sort_unstable();
    reasons.dedup();
    if reasons.iter().any(|reason| reason.is_refusal()) {
        reasons.retain(|reason| reason.is_refusal());
        return Verdict {
            outcome: VerdictOutcome::Reject,
            reasons,
        };
    }
    let outcome = if reasons.is_empty() {
        VerdictOutcome::Accept
    } else {
        VerdictOutcome::Undetermined
    };
    Verdict { outcome, reasons }
}

/// What makes a token malformed beside the rules: its parts, an unreadable header, no `alg`, a time that is no number.
fn is_malformed(case: Case<'_>, views: &[View<'_>], profile: &Profile, times: &Times) -> bool {
    let token = case.token;
    // What the algorithm needs of the header is not there. An `epk` of another kind is a probe, and has a rule of its own.
    let shape = case.proof.decryption.as_ref();
    let lacks_parameter = match shape.and_then(|proof| proof.shape.as_ref()) {
        Some(JweShapeFault::Parameter { name, .. }) => {
            *name != "epk" || token.parameter(name).is_none()
        }
        _ => false,
    };
    let lacks = |view: &View<'_>, name| view.token.parameter(name).and_then(Json::str).is_none();
    let lacks_name =
        |view: &View<'_>| lacks(view, "alg") || token.kind == Kind::Jwe && lacks(view, "enc");
    token.kind == Kind::Unreadable
        || times.state == TimeState::Unreadable
        || lacks_parameter
        || views.iter().any(lacks_name)
        || token.faults.iter().any(|fault| {
            spoils_encoding(case, fault, profile)
                || matches!(
                    fault.kind,
                    FaultKind::HeaderNotObject { .. }
                        | FaultKind::Member { .. }
                        | FaultKind::MixedForms { .. }
                        | FaultKind::SegmentCount { .. }
                        | FaultKind::UnevenB64
                )
        })
}

/// Of several signatures one that is valid with the reviewer's key, and that the policy takes, settles it, unless another one
/// is wrong or none. What the policy objects to is said by its expectations.
fn signature_reasons(
    case: Case<'_>,
    profile: &Profile,
    times: &Times,
    objections: &[Option<Reason>],
) -> Vec<Reason> {
    let is_settled = is_settled(case, profile, times, objections);
    let is_any_taken = takes_any(case, profile, times, objections);
    let each = each_reason(case, profile, times).enumerate();
    let counts = each.filter_map(|(index, reason)| {
        let reason = reason?;
        // A signature that the policy does not take answers no question, and where there is one that it takes, asks none.
        let is_asked = !is_settled && (!is_any_taken || !is_objected(objections, index));
        (reason.is_refusal() || is_asked).then_some(reason)
    });
    counts.collect()
}

fn is_objected(objections: &[Option<Reason>], index: usize) -> bool {
    objections.get(index).is_some_and(Option::is_some)
}

/// Whether one of the signatures is valid with the reviewer's key, and the policy has nothing against it.
pub(super) fn is_settled(
    case: Case<'_>,
    profile: &Profile,
    times: &Times,
    objections: &[Option<Reason>],
) -> bool {
    let is_settled = |reason: Option<Reason>| reason.is_none();
    takes(case, profile, times, objections, is_settled)
}

/// Whether the policy has nothing against one of the signatures that is valid, or may be.
pub(super) fn takes_any(
    case: Case<'_>,
    profile: &Profile,
    times: &Times,
    objections: &[Option<Reason>],
) -> bool {
    let may_be_valid = |reason: Option<Reason>| reason.is_none_or(|reason| !reason.is_refusal());
    takes(case, profile, times, objections, may_be_valid)
}

/// Whether the policy has nothing against a signature that gives such a reason.
fn takes(
    case: Case<'_>,
    profile: &Profile,
    times: &Times,
    objections: &[Option<Reason>],
    is_such: impl Fn(Option<Reason>) -> bool,
) -> bool {
    let mut each = each_reason(case, profile, times).enumerate();
    each.any(|(index, reason)| is_such(reason) && !is_objected(objections, index))
}

/// Whether nothing is known of any of the signatures.
pub(super) fn is_open(case: Case<'_>, profile: &Profile, times: &Times) -> bool {
    each_reason(case, profile, times)
        .all(|reason| reason.is_some_and(|reason| !reason.is_refusal()))
}

/// For each signature what it gives as a reason. A leaf of `x5c` outside its validity is the token's own key again.
fn each_reason<'a>(
    case: Case<'a>,
    profile: &'a Profile,
    times: &'a Times,
) -> impl Iterator<Item = Option<Reason>> + 'a {
    case.proof.signatures.iter().map(move |proof| {
        let spoilt = || validity::spoilt(case.at, profile, times, proof);
        signature_reason(proof, profile).or_else(|| spoilt().map(|_| Reason::OnlyTokenSuppliedKey))
    })
}

fn signature_reason(proof: &SignatureProof, profile: &Profile) -> Option<Reason> {
    Some(match proof.outcome {
        Outcome::Invalid => Reason::SignatureInvalid,
        Outcome::NotChecked(NotChecked::DetachedPayloadMissing) => Reason::DetachedPayloadMissing,
        Outcome::NotChecked(NotChecked::NoKey) => Reason::NoKey,
        Outcome::NotChecked(NotChecked::NoKeyVerifies) => Reason::NoKeyVerifies,
        Outcome::NotChecked(NotChecked::TooLarge) => Reason::LimitExceeded,
        Outcome::Unsecured => Reason::Unsecured,
        Outcome::Unsupported => Reason::UnsupportedAlgorithm,
        Outcome::Valid => match proof.key.as_ref().map(|used| used.provenance) {
            Some(Provenance::Confusion) => Reason::KeyNotAllowed,
            // Holding the key is what the token is there to prove.
            Some(Provenance::Token) if profile.accepts_own_key() => return None,
            Some(Provenance::Token) => Reason::OnlyTokenSuppliedKey,
            Some(Provenance::PublicDefault) => Reason::PubliclyKnownKey,
            Some(Provenance::Confirmed | Provenance::Yours) | None => return None,
        },
    })
}

fn decryption_reason(proof: &DecryptionProof, case: Case<'_>) -> Option<Reason> {
    Some(match proof.outcome {
        // Of a token inside, that one's own verdict says who made it.
        DecryptionOutcome::Decrypted if proof.is_symmetric || case.is_envelope() => return None,
        DecryptionOutcome::Decrypted => Reason::SenderUnproven,
        DecryptionOutcome::Failed => Reason::DecryptionFailed,
        DecryptionOutcome::NotTried(NotTried::Limit) => Reason::LimitExceeded,
        DecryptionOutcome::NotTried(_) => Reason::Encrypted,
        DecryptionOutcome::Unsupported => Reason::UnsupportedAlgorithm,
    })
}
