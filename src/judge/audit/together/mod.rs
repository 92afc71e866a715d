//! What a token and the others of its session say together: hashes of each other, one key's proofs and tokens, and what must not
//! stand in two of them.

mod dpop;
mod family;
mod hashes;
mod kinds;
mod reuse;

pub(super) use dpop::DpopProofInvalid;
pub(super) use family::RefreshFamily;
pub(super) use hashes::HashClaimMismatch;
pub(super) use kinds::confusable;
pub(super) use reuse::{EcdsaNonceReuse, JweIvReuse, jti_twice};

use super::times::claim_evidence;
use super::{Confidence, Evidence, Finding, Reason, Rule, Ruling, Severity, Subject};
use crate::judge::neighbours::TokenId;

/// Another token, for people.
fn named(id: &TokenId) -> String {
    format!("SHA-256 {}", id.short())
}
