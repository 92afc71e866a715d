//! A shared secret that signer and verifier read differently.

use super::{Budget, Doubt, Explanation, hashing, named};
use crate::keys::{Key, Reading, Reread, Secret};
use crate::verify::algorithm::{Family, Hash, hmac_verifies};
use crate::verify::{Service, SignatureProof};

/// Another reading of a secret.
pub(super) struct Other {
    pub(super) code: &'static str,
    reading: Option<Reading>,
    pub(super) secret: Secret,
}

/// `secret-was-text`, `secret-was-base64`, `secret-was-base64url`, `secret-was-hex` and `secret-line-break`.
pub(super) fn explain(
    doubt: &Doubt<'_>,
    proof: &SignatureProof,
    budget: &mut Budget,
) -> Vec<Explanation> {
    let Family::Hmac(hash) = doubt.algorithm.family else {
        return Vec::new();
    };
    for key in doubt.fitting(proof) {
        if let Some(other) = verifying(key, hash, doubt, budget) {
            return vec![said(key, &other, Service::Verifies)];
        }
    }
    Vec::new()
}

fn verifying(key: &Key, hash: Hash, doubt: &Doubt<'_>, budget: &mut Budget) -> Option<Other> {
    let cost = hashing(doubt.message.len());
    other_readings(key).into_iter().find(|other| {
        budget.pay(cost.saturating_add(hashing(other.secret.bytes().len())))
            && hmac_verifies(hash, other.secret.bytes(), doubt.message, doubt.signature)
    })
}

/// What the secret may have been to the signer, beside what it is read as.
pub(super) fn other_readings(key: &Key) -> Vec<Other> {
    let (Some(present), Some(loaded)) = (key.secret(), key.as_loaded().secret()) else {
        return Vec::new();
    };
    let as_loaded = Other {
        code: "secret-was-text",
        reading: None,
        secret: loaded.clone(),
    };
    let others = Reading::ALL.into_iter().filter_map(|reading| {
        Some(Other {
            code: code(reading),
            reading: Some(reading),
            secret: reading.of(loaded.bytes())?,
        })
    });
    std::iter::once(as_loaded)
        .chain(others)
        .filter(|other| other.secret != *present)
        .collect()
}

fn code(reading: Reading) -> &'static str {
    match reading {
        Reading::Base64 => "secret-was-base64",
        Reading::Base64url => "secret-was-base64url",
        Reading::Hex => "secret-was-hex",
        Reading::LineFeed | Reading::CrLf | Reading::NoLineBreak => "secret-line-break",
        // Text that was decoded where the signer did not.
        _ => "secret-was-text",
    }
}

/// In what a key was read otherwise, where it serves so.
pub(super) fn said(key: &Key, other: &Other, service: Service) -> Explanation {
    let Other { code, reading, .. } = other;
    let reread = Reread {
        key: key.id.clone(),
        reading: *reading,
    };
    let (serves, maker, other_side) = match service {
        Service::Decrypts => ("opens", "sender", "recipient"),
        Service::Verifies => ("verifies", "signer", "verifier"),
    };
    let for_developer = match *code {
        "secret-was-text" => format!(
            "The {maker} takes the text of the secret as it stands, the key file holds it encoded: agree on one. Decoding it on both sides is right for random secrets."
        ),
        "secret-line-break" => "A line break at the end of the file or variable became part of the secret on one side: take it away on both.".to_owned(),
        _ => format!(
            "The {maker} decodes the secret, the {other_side} takes its text (or the other way about): decode it on both sides."
        ),
    };
    let mut explanation = Explanation::cause(
        code,
        format!(
            "The secret {} {serves} it when it is read {}; it was {}.",
            named(key),
            reread.how(),
            match key.form {
                "JWK" => "read from the member k of a JWK",
                "passphrase" => "taken as it stands",
                form => form.strip_prefix("secret, ").unwrap_or(form),
            }
        ),
        &for_developer,
    );
    explanation.diagnosis.reread = Some(reread);
    explanation
}
