//! Whether a JWE opens.

use super::{Check, CheckResult, everything, whole};
use crate::jose::PartRole;
use crate::jose::visible::visible;
use crate::judge::Case;
use crate::judge::words::{capitalised, counted};
use crate::verify::decrypt::{KeyManagement, content_encryption, key_management};
use crate::verify::{DecryptionOutcome, DecryptionProof, NotTried};

/// The decryption itself.
pub(super) fn decryption(case: Case<'_>, proof: &DecryptionProof) -> Check {
    let management = proof.alg.as_deref().and_then(key_management);
    let content = proof.enc.as_deref().and_then(content_encryption);
    let algorithms = management.zip(content).map(|(management, content)| {
        format!("{}; {}", management.description(), content.description())
    });
    let (result, title, text) = match proof.outcome {
        DecryptionOutcome::Decrypted => {
            let bytes = case
                .token
                .part(PartRole::Payload)
                .map_or(0, |payload| payload.bytes().len());
            let sender = if proof.is_symmetric {
                "; a holder of the key made it"
            } else {
                "; anyone who has the public key can have made it"
            };
            (
                CheckResult::Passed,
                "Decrypted",
                format!(
                    "{}: {}{sender}",
                    capitalised(&algorithms.unwrap_or_default()),
                    counted(bytes, "byte")
                ),
            )
        }
        DecryptionOutcome::Failed => (
            CheckResult::Failed,
            "Cannot be decrypted",
            match (&proof.shape, proof.diagnosis.first()) {
                (Some(fault), _) => capitalised(&fault.to_string()),
                (None, Some(diagnosis)) => diagnosis.text.trim_end_matches('.').to_owned(),
                (None, None) => "The key that was meant for it does not open it".to_owned(),
            },
        ),
        DecryptionOutcome::NotTried(why) => (
            CheckResult::NotRun,
            "Not decrypted",
            match why {
                NotTried::Cancelled => {
                    "The derivation of the key from the password was called off".to_owned()
                }
                NotTried::Limit => match (&proof.shape, proof.diagnosis.first()) {
                    (Some(fault), _) => capitalised(&fault.to_string()),
                    (None, Some(diagnosis)) => diagnosis.text.trim_end_matches('.').to_owned(),
                    (None, None) => "The token is too large".to_owned(),
                },
                NotTried::NoKey => format!(
                    "No key: add {}",
                    management.map_or("one", KeyManagement::key_description)
                ),
                NotTried::NoKeyOpens => match proof.tried.len() {
                    1 => "1 key was tried, and does not open it".to_owned(),
                    tried => format!("{tried} keys were tried, and none opens it"),
                },
            },
        ),
        DecryptionOutcome::Unsupported => (
            CheckResult::NotRun,
            "Not decrypted",
            match (&proof.alg, &proof.enc) {
                (Some(alg), Some(enc)) => format!(
                    "\u{201C}{}\u{201D} with \u{201C}{}\u{201D} is not implemented here",
                    visible(alg),
                    visible(enc)
                ),
                _ => "The header does not name both alg and enc".to_owned(),
            },
        ),
    };
    Check {
        title: title.into(),
        text: text.into(),
        byte_range: whole(case, PartRole::Ciphertext).or_else(|| everything(case)),
        ..Check::new("decryption", result)
    }
}
