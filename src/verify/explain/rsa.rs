//! RSA signatures, which can be opened with the public key to see what they were made over.

use super::padding::{self, Block};
use super::{Budget, Doubt, Explanation, arithmetic, bytes, hashing, named};
use crate::keys::{Key, KeyKind};
use crate::verify::algorithm::Family;
use crate::verify::{RecoveredDigest, SignatureProof};

/// `rsa-content-changed`, `rsa-other-key`; `sibling-alg-verifies` for hashes that JOSE has no algorithm for, and
/// `vendor-quirk` for forms that it does not take.
pub(super) fn explain(
    doubt: &Doubt<'_>,
    proof: &SignatureProof,
    budget: &mut Budget,
) -> Vec<Explanation> {
    if !matches!(
        doubt.algorithm.family,
        Family::RsaPkcs1(_) | Family::RsaPss(_)
    ) {
        return Vec::new();
    }
    let mut opened = Vec::new();
    for key in doubt.fitting(proof) {
        let cost = arithmetic(key).saturating_add(hashing(doubt.message.len()));
        if !budget.pay(cost) {
            return Vec::new();
        }
        match padding::open(key, doubt.signature, doubt.message) {
            Some(Block::None) => opened.push(key),
            Some(block) => return made_by(key, &block, doubt).into_iter().collect(),
            None => {}
        }
    }
    // The key that was meant comes first.
    match opened.first() {
        Some(key) => vec![other_key(key, opened.len())],
        None => other_size(doubt, proof).into_iter().collect(),
    }
}

/// The key made the signature; the question is over what.
fn made_by(key: &Key, block: &Block, doubt: &Doubt<'_>) -> Option<Explanation> {
    let (hash, digest, lacks_null) = match block {
        Block::None => return None,
        Block::Pkcs1 {
            hash,
            digest,
            lacks_null,
        } => (hash, digest, *lacks_null),
        Block::Pss {
            hash,
            salt_bytes,
            is_of_message: true,
        } => {
            return Some(Explanation::cause(
                "vendor-quirk",
                format!(
                    "Key {} made it with a salt of {}; the salt of {} is as long as its hash.",
                    named(key),
                    bytes(*salt_bytes),
                    doubt.algorithm.name
                ),
                &format!(
                    "Set the length of the PSS salt to that of the hash, {}: verifiers refuse others (RFC 7518 section 3.5).",
                    bytes(hash.bytes())
                ),
            ));
        }
        Block::Pss { hash, .. } => {
            let what = format!("RSA-PSS with {}", hash.label());
            return Some(changed(key, &what));
        }
    };
    let computed = hash.of(doubt.message)?;
    let mut explanation = if computed != *digest {
        changed(key, &format!("RSA PKCS#1 v1.5 with {}", hash.name))
    } else if lacks_null {
        Explanation::cause(
            "vendor-quirk",
            format!(
                "Key {} made it over this content, but left out the NULL beside the name of the hash.",
                named(key)
            ),
            "Write the DigestInfo with NULL parameters (RFC 8017 section 9.2): strict verifiers refuse it without.",
        )
    } else {
        Explanation::cause(
            "sibling-alg-verifies",
            format!(
                "The header says {}, but the signature is RSA PKCS#1 v1.5 with {} by key {}.",
                doubt.algorithm.name,
                hash.name,
                named(key)
            ),
            &format!(
                "Sign with the algorithm that the header names, and not with {}.",
                hash.name
            ),
        )
    };
    explanation.recovered = Some(RecoveredDigest {
        hash: hash.name,
        digest: digest.clone(),
    });
    Some(explanation)
}

fn changed(key: &Key, what: &str) -> Explanation {
    Explanation::cause(
        "rsa-content-changed",
        format!(
            "Key {} made this signature ({what}), but over other content: header or payload were changed after signing.",
            named(key)
        ),
        "Look for what rewrites the token between signing and checking: JSON that is parsed and written again, another base64, a header that is added. What was signed must be sent byte for byte.",
    )
}

fn other_key(key: &Key, count: usize) -> Explanation {
    let others = match count {
        1 => String::new(),
        2 => ", nor is the other RSA key of its size".to_owned(),
        _ => format!(
            ", nor is any of the {} other RSA keys of its size",
            count.saturating_sub(1)
        ),
    };
    Explanation::remark(
        "rsa-other-key",
        format!(
            "Key {} did not make this signature{others}: opened with it, there is no padding. Another key signed, or the signature itself was changed.",
            named(key)
        ),
        "Compare the key that signs with the one that is published: after a change of keys both must be known, each under its own kid.",
    )
}

/// A signature as long as the modulus of keys of another usual size.
fn other_size(doubt: &Doubt<'_>, proof: &SignatureProof) -> Option<Explanation> {
    let found = doubt.signature.len();
    let key = doubt.fitting(proof).next()?;
    let KeyKind::Rsa { bits } = key.kind else {
        return None;
    };
    if !found.is_multiple_of(32) || found < 64 {
        return None;
    }
    Some(Explanation::remark(
        "rsa-other-key",
        format!(
            "Key {} did not make this signature: {} are those of a key of {} bits, and it has {bits}.",
            named(key),
            bytes(found),
            found.saturating_mul(8)
        ),
        "Compare the key that signs with the one that is published: after a change of keys both must be known, each under its own kid.",
    ))
}
