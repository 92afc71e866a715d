//! Whether the certificates that a signature rests on are valid at the instant.

use jiff::Timestamp;

use super::{Profile, ProfileName, Times};
use crate::keys::Certificate;
use crate::verify::SignatureProof;

/// When the token was issued, as it says; an instant to come, or none, is no better than the instant of the judgement.
pub(super) fn signed_at(times: &Times, profile: &Profile, at: Timestamp) -> Timestamp {
    let iat = times
        .mark("iat")
        .filter(|_| profile.name != ProfileName::Jws)
        .and_then(|mark| mark.at);
    iat.filter(|iat| *iat <= at).unwrap_or(at)
}

/// The certificate that spoils the trust in the key that verified: that key is the leaf of `x5c`, and counts as the
/// reviewer's only while each certificate up to the reviewer's is valid (RFC 5280 section 6.1.3), both when the token was
/// issued and at the instant.
pub(super) fn spoilt<'a>(
    at: Timestamp,
    profile: &Profile,
    times: &Times,
    proof: &'a SignatureProof,
) -> Option<&'a Certificate> {
    let chain = proof.chain.as_ref()?;
    let leaf = chain.trusted_leaf()?;
    let used = proof.key.as_ref().map(|used| &used.key)?;
    if !std::sync::Arc::ptr_eq(leaf, used) {
        return None;
    }
    chain
        .invalid_at(at)
        .or_else(|| chain.invalid_at(signed_at(times, profile, at)))
}
