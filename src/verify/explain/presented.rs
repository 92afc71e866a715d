//! Why an SD-JWT is not taken as it is presented: its tildes, its digests, and whose key made the key binding.

use std::sync::Arc;

use super::{BUDGET, Budget, Explanation, named, verifies};
use crate::jose::json::{self, Json};
use crate::jose::sd_jwt::{Ending, ending};
use crate::jose::visible::visible;
use crate::jose::{Serialization, Token, base64url};
use crate::keys::Key;
use crate::verify::algorithm::Algorithm;
use crate::verify::{Diagnosis, Presentation};

/// `sd-form`, `sd-alg-differs` and `sd-hash-differs`.
pub(in crate::verify) fn explain(token: &Token, shown: &Presentation) -> Vec<Diagnosis> {
    let all = [cut_end(token), other_hash(shown), other_presentation(shown)];
    all.into_iter().flatten().collect()
}

/// What follows the last tilde is neither nothing nor a key binding JWT.
fn cut_end(token: &Token) -> Option<Diagnosis> {
    if token.serialization != Serialization::Compact {
        return None;
    }
    let Some(Ending::Cut(rest)) = ending(token.text()) else {
        return None;
    };
    let characters = match rest.chars().count() {
        1 => "1 character".to_owned(),
        count => format!("{count} characters"),
    };
    let (text, for_developer) = match (name_of(rest), rest.contains('.')) {
        (Some(name), _) => (
            format!(
                "The last tilde is missing: the {characters} behind the one before are a whole disclosure{name}."
            ),
            "End every SD-JWT without key binding with a tilde (RFC 9901 section 4), and do not trim it: the tilde says that no disclosure was cut off.",
        ),
        (None, true) => (
            format!(
                "The key binding JWT at the end is not whole: its {characters} are not three parts."
            ),
            "Look for what cuts the token on its way: a column, a limit of header or cookie, a copy that missed the end.",
        ),
        (None, false) => (
            format!(
                "The {characters} behind the last tilde are no whole disclosure: the end of the token was cut off."
            ),
            "Look for what cuts the token on its way: a column, a limit of header or cookie, a copy that missed the end.",
        ),
    };
    Some(Diagnosis::new("sd-form", text, for_developer))
}

/// What a whole disclosure discloses, for the end of a sentence; `None` of what is none.
fn name_of(text: &str) -> Option<String> {
    let decoded = base64url::decode(text);
    let document = json::read(&decoded.bytes);
    let elements = document.root.as_ref().and_then(Json::array)?;
    if !document.faults.is_empty() || !decoded.faults.is_empty() {
        return None;
    }
    match elements {
        [_, name, _] => {
            let name = visible(name.str()?);
            Some(format!(", of the claim \u{201C}{name}\u{201D}"))
        }
        [_, _] => Some(", of an element".to_owned()),
        _ => None,
    }
}

/// The digests are those of another function than `_sd_alg` names.
fn other_hash(shown: &Presentation) -> Option<Diagnosis> {
    let hash = &shown.sd_jwt.hash;
    let fits = hash.fits?;
    let says = match &hash.named {
        Some(name) => format!("_sd_alg says \u{201C}{}\u{201D}", visible(name)),
        None => "there is no _sd_alg, which means sha-256".to_owned(),
    };
    Some(Diagnosis::new(
        "sd-alg-differs",
        format!(
            "The digests are those of the disclosures by {}, but {says}.",
            fits.name
        ),
        &format!(
            "Write the function that makes the digests into _sd_alg, \u{201C}{}\u{201D}, or make them by the one that stands there.",
            fits.name
        ),
    ))
}

/// The `sd_hash` is that of another presentation.
fn other_presentation(shown: &Presentation) -> Option<Diagnosis> {
    let binding = shown.key_binding.as_ref()?;
    if binding.binds() != Some(false) {
        return None;
    }
    let count = shown.disclosures.len();
    Some(match &binding.instead {
        Some(instead) => Diagnosis::new(
            "sd-hash-differs",
            instead.sentence(),
            "Choose the disclosures first, and make the key binding JWT last, over the issuer\u{2019}s JWT and all that follows it to the last tilde, that included, with the function of _sd_alg (RFC 9901 section 4.3.1).",
        ),
        None => Diagnosis::new(
            "sd-hash-differs",
            format!(
                "The sd_hash is not that of this presentation, nor of one with fewer of its {}: a disclosure was taken away after the holder signed, or the key binding JWT is from another presentation.",
                match count {
                    1 => "1 disclosure".to_owned(),
                    count => format!("{count} disclosures"),
                }
            ),
            "Send the presentation as the holder\u{2019}s wallet made it: who passes it on may take no disclosure away, and must not put a key binding JWT of one presentation behind another.",
        ),
    })
}

/// `key-binding-key`: another of these keys made the key binding, each with whose it is.
pub(in crate::verify) fn other_holder(
    holder: &Key,
    others: &[(Arc<Key>, &'static str)],
    algorithm: &Algorithm,
    (message, signature): (&[u8], &[u8]),
) -> Option<Diagnosis> {
    let mut budget = Budget::new(BUDGET);
    let (key, whose) = others
        .iter()
        .find(|(key, _)| verifies(algorithm, key, message, signature, &mut budget))?;
    let name = named(key);
    let said = Explanation::cause(
        "key-binding-key",
        format!(
            "The key binding JWT verifies with {whose}{}, and not with the key that the issuer names in cnf{}.",
            match *whose {
                "the key in its own header" => String::new(),
                _ => format!(" {name}"),
            },
            match &holder.thumbprint {
                Some(thumbprint) => format!(" (thumbprint {thumbprint})"),
                None => String::new(),
            }
        ),
        "Sign the key binding JWT with the key whose public half the holder gave to the issuer: one key pair for a credential, from the request for it to every presentation.",
    );
    Some(said.diagnosis)
}
