//! The key that the header names, and the one that was found.

use std::sync::Arc;

use super::near::{self, Nearness};
use super::{Budget, Doubt, Explanation, named};
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::keys::Key;
use crate::verify::{Provenance, SignatureProof};

/// `other-key-verifies`, `alg-key-mismatch`, `kid-unknown`, `kid-near-miss` and `key-unusable`.
pub(super) fn explain(
    doubt: &Doubt<'_>,
    proof: &SignatureProof,
    budget: &mut Budget,
) -> Vec<Explanation> {
    let used = proof
        .key
        .as_ref()
        .filter(|used| used.provenance == Provenance::Yours)
        .map(|used| &used.key);
    match (&proof.designated, used) {
        (Some((designated, _)), Some(used))
            if !Arc::ptr_eq(designated, used)
                // Of two keys under one name, either is the one that the header names.
                && used.members.kid != designated.members.kid =>
        {
            vec![other_key(
                &format!("names key {}", named(designated)),
                used,
                "Sign with the key that the header names, or name the key that you sign with: verifiers that look keys up by kid refuse this token.",
            )]
        }
        (Some((designated, _)), None) if !doubt.algorithm.fits(designated.kind) => {
            vec![Explanation::remark(
                "alg-key-mismatch",
                format!(
                    "{} needs {}; key {}, which the header names, is {}.",
                    doubt.algorithm.name,
                    doubt.algorithm.key_description(),
                    named(designated),
                    designated.kind
                ),
                "Make alg and kid of the header belong to the same key; a verifier should take the algorithm from the key.",
            )]
        }
        (None, used) => unknown_kid(doubt, used, budget),
        _ => Vec::new(),
    }
}

fn other_key(header: &str, used: &Key, for_developer: &str) -> Explanation {
    Explanation::remark(
        "other-key-verifies",
        format!(
            "The header {header}, but {} verifies the signature.",
            named(used)
        ),
        for_developer,
    )
}

/// A `kid` that none of the usable keys has.
fn unknown_kid(
    doubt: &Doubt<'_>,
    used: Option<&Arc<Key>>,
    budget: &mut Budget,
) -> Vec<Explanation> {
    let Some(kid) = doubt
        .token
        .parameter("kid")
        .and_then(Json::str)
        .filter(|_| !doubt.keys.is_empty())
    else {
        return Vec::new();
    };
    let shown = visible(kid);
    let broken = doubt
        .keys
        .keys()
        .iter()
        .filter(|key| key.members.kid.as_deref() == Some(kid))
        .find_map(|key| key.fault.as_ref());
    if let Some(fault) = broken {
        return vec![Explanation::remark(
            "key-unusable",
            format!(
                "Key \u{201C}{shown}\u{201D}, which the header names, cannot be used: {fault}."
            ),
            "Publish the key again, well formed: verifiers that cannot read it refuse every token under it.",
        )];
    }
    let mut said = Vec::new();
    let near = match used {
        Some(used) => near::nearness(kid, used, budget).map(|nearness| (used, nearness)),
        None => near::nearest(kid, doubt.keys, budget),
    };
    match used {
        Some(used) if used.members.kid.is_some() => said.push(other_key(
            &format!("names a key \u{201C}{shown}\u{201D} that was not loaded"),
            used,
            "Publish the key under the kid that tokens carry: verifiers that look keys up by kid do not find it.",
        )),
        // What is near says it better.
        _ if near.is_some() => {}
        _ => said.push(Explanation::remark(
            "kid-unknown",
            format!("None of the loaded keys has the id \u{201C}{shown}\u{201D}."),
            "Make sure that the published key set holds the key that signs, under the same kid, before tokens are signed with it.",
        )),
    }
    if let Some((key, nearness)) = near
        && (used.is_none() || key.members.kid.is_some())
    {
        said.push(near_miss(&shown, key, nearness));
    }
    said
}

fn near_miss(kid: &str, key: &Key, nearness: Nearness) -> Explanation {
    let own = key.members.kid.as_deref().map(visible);
    let own = own.as_deref().unwrap_or_default();
    let key = named(key);
    let text = match nearness {
        Nearness::Case => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} is key {key} but for capital letters; kid is compared letter by letter."
        ),
        Nearness::CertificateThumbprint => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} is the thumbprint of the certificate of key {key}, and not its kid."
        ),
        Nearness::Edits(count) => {
            let changes = if count == 1 {
                "character"
            } else {
                "characters"
            };
            format!(
                "The header\u{2019}s kid \u{201C}{kid}\u{201D} is {count} {changes} away from \u{201C}{own}\u{201D}: perhaps a key of another time, or a slip of the pen."
            )
        }
        Nearness::LastSegment => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} and \u{201C}{own}\u{201D} differ only in the path or prefix before the last part."
        ),
        Nearness::Spaces => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} is key {key} but for white space or quotes at its ends."
        ),
        Nearness::Thumbprint => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} is the thumbprint (RFC 7638) of key {key}, and not its kid."
        ),
    };
    Explanation::remark(
        "kid-near-miss",
        text,
        "Use one spelling of the kid in key set and tokens: it is compared byte for byte (RFC 7515 section 4.1.4).",
    )
}
