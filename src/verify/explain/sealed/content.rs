//! Content whose key is right, under a tag, beside data or with an initialization vector that are not what they should be.

use super::{Budget, Locked};
use crate::jose::{PartRole, base64url};
use crate::verify::decrypt::{Content, ContentEncryption, content_key, is_authentic};
use crate::verify::explain::{bytes, named};
use crate::verify::{DecryptionProof, Diagnosis};

/// Less of a tag than this (in bytes) could agree by chance.
const MIN_TAG: usize = 8;

/// Of so many keys the content key is found out.
const MAX_KEYS: usize = 20;

/// A way in which the parts would be right.
struct Otherwise<'a> {
    code: &'static str,
    sealed: Content<'a>,
    /// What follows "It opens with key x".
    how: String,
    for_developer: String,
}

/// `tag-mismatch` of a tag that was cut or padded, `tag-misplaced`, `part-length` and `aad-differs`.
pub(super) fn explain(
    locked: &Locked<'_>,
    proof: &DecryptionProof,
    budget: &mut Budget,
) -> Option<Diagnosis> {
    let aad = data(locked);
    let otherwise = otherwise(locked.sealed.content(), locked.content, &aad);
    for key in locked.fitting(proof).take(MAX_KEYS) {
        if !budget.pay(locked.cost(key)) || locked.wants_password() && !(locked.may_derive)() {
            return None;
        }
        let Ok(content_key) = content_key(locked.sealed, key, locked.effort) else {
            continue;
        };
        let found = otherwise.iter().find(|other| {
            budget.pay(locked.cost(key))
                && is_authentic(&other.sealed, locked.content, &content_key)
        });
        if let Some(other) = found {
            return Some(Diagnosis::new(
                other.code,
                format!("It opens with key {}, {}.", named(key), other.how),
                &other.for_developer,
            ));
        }
    }
    None
}

/// What else may have been authenticated beside the content, each with its name.
fn data(locked: &Locked<'_>) -> Vec<(&'static str, Vec<u8>)> {
    let protected = locked.token.protected();
    let aad = locked
        .token
        .part(PartRole::Aad)
        .map(|aad| (aad.characters(locked.token.text()), aad.bytes()))
        .filter(|(text, _)| !text.is_empty());
    let mut all = Vec::new();
    if let Some((text, decoded)) = aad {
        let joined = |aad: &[u8]| [protected.as_bytes(), b".", aad].concat();
        all.push(("the member aad is left out", protected.as_bytes().to_vec()));
        all.push(("the member aad counts decoded", joined(decoded)));
        all.push((
            "the member aad follows the protected header without a dot",
            [protected, text].concat().into_bytes(),
        ));
        all.push((
            "the member aad stands alone, without the protected header",
            text.as_bytes().to_vec(),
        ));
    }
    all.push((
        "the protected header counts decoded, not as it stands in base64url",
        base64url::decode(protected).bytes.to_vec(),
    ));
    all.push((
        "nothing at all is authenticated beside the content",
        Vec::new(),
    ));
    all.retain(|(_, data)| data.as_slice() != locked.sealed.additional_data);
    all
}

fn otherwise<'a>(
    sealed: Content<'a>,
    encryption: &ContentEncryption,
    data: &'a [(&'static str, Vec<u8>)],
) -> Vec<Otherwise<'a>> {
    let wanted = encryption.tag_bytes();
    let enc = encryption.name;
    let Content {
        tag,
        ciphertext,
        iv,
        ..
    } = sealed;
    let mut all = Vec::new();
    if tag.len() < wanted && tag.len() >= MIN_TAG {
        all.push(Otherwise {
            code: "tag-mismatch",
            sealed,
            how: format!(
                "but its tag is cut: the {} are the first of {}",
                bytes(tag.len()),
                bytes(wanted)
            ),
            for_developer: format!(
                "Send the whole tag, {} for {enc}, and let nothing shorten the token; a shortened tag must never be accepted.",
                bytes(wanted)
            ),
        });
    }
    if let Some((bare, rest)) = tag.split_at_checked(wanted)
        && !rest.is_empty()
    {
        all.push(Otherwise {
            code: "tag-mismatch",
            sealed: Content {
                tag: bare,
                ..sealed
            },
            how: format!(
                "but its tag has {} too many at the end: {} wants {}",
                bytes(rest.len()),
                enc,
                bytes(wanted)
            ),
            for_developer: format!(
                "Cut the tag to its first {} for {enc} (RFC 7518 section 5.2.2.1), and send nothing behind it.",
                bytes(wanted)
            ),
        });
    }
    if let Some((bare, end)) = ciphertext
        .len()
        .checked_sub(wanted)
        .and_then(|at| ciphertext.split_at_checked(at))
        && (tag.is_empty() || tag == end)
    {
        all.push(Otherwise {
            code: "tag-misplaced",
            sealed: Content {
                ciphertext: bare,
                tag: end,
                ..sealed
            },
            how: format!(
                "but its tag stands at the end of the ciphertext: the last {} of {}",
                bytes(wanted),
                bytes(ciphertext.len())
            ),
            for_developer: format!(
                "Your library gives ciphertext and tag in one piece: cut the last {} off, and write them as the fifth part alone.",
                bytes(wanted)
            ),
        });
    }
    let of_iv = encryption.iv_bytes();
    if iv.len() != of_iv {
        all.push(Otherwise {
            code: "part-length",
            sealed,
            how: format!(
                "but its initialization vector has {}, and {enc} takes {}",
                bytes(iv.len()),
                bytes(of_iv)
            ),
            for_developer: format!(
                "Make an initialization vector of {} for {enc}: verifiers refuse other lengths (RFC 7518 section 5).",
                bytes(of_iv)
            ),
        });
    }
    all.extend(data.iter().map(|(how, data)| Otherwise {
        code: "aad-differs",
        sealed: Content {
            additional_data: data,
            ..sealed
        },
        how: format!("when {how}"),
        for_developer: "Authenticate the protected header as it stands in the token, in base64url, and where there is a member aad, a dot and that member as it stands (RFC 7516 section 5.1 step 14); add or take away neither afterwards.".to_owned(),
    }));
    all
}
