//! How far a `kid` is from those of the loaded keys.

use std::sync::Arc;

use super::Budget;
use crate::jose::base64url::{self, EncodingFaultKind};
use crate::keys::{Key, KeyRing};
use crate::verify::from_hex;

/// Longer names (in bytes) are near to nothing.
const MAX_NAME: usize = 1_024;

/// Of longer names (in bytes) only another spelling is looked for.
const MAX_EDITED: usize = 256;

/// What it costs to compare two names of that length, in units of the budget.
const DISTANCE: u64 = 64;

/// Names shorter than this are near to everything.
const MIN_NAME: usize = 4;

/// In what a `kid` differs from a key's. The likeliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nearness {
    /// White space or quotes at the ends.
    Spaces,
    /// Capital letters.
    Case,
    /// A URL or a path, and its last part.
    LastSegment,
    /// The same bytes, as text, in base64 or in hexadecimal.
    Respelled,
    /// It is the key's thumbprint.
    Thumbprint,
    /// It is the thumbprint of the key's certificate.
    CertificateThumbprint,
    /// So many characters.
    Edits(usize),
}

/// The key that is nearest to a `kid` that none has.
pub(super) fn nearest<'k>(
    kid: &str,
    keys: &'k KeyRing,
    budget: &mut Budget,
) -> Option<(&'k Arc<Key>, Nearness)> {
    keys.keys()
        .iter()
        .filter_map(|key| Some((key, nearness(kid, key, budget)?)))
        .min_by_key(|(_, nearness)| *nearness)
}

/// In what a `kid` differs from the key's own, if that is little.
pub(super) fn nearness(kid: &str, key: &Key, budget: &mut Budget) -> Option<Nearness> {
    let own = key.members.kid.as_deref();
    let own = own.filter(|own| *own != kid && own.len() <= MAX_NAME);
    if kid.len() > MAX_NAME || !budget.pay(1) {
        return None;
    }
    own.and_then(|own| spelling(kid, own))
        .or_else(|| thumbprint(kid, key))
        .or_else(|| respelled(kid, own?))
        .or_else(|| edits(kid, own?))
}

/// The key whose own `kid` takes the fewest changes to become this one, where that is at most half of it.
pub(super) fn closest<'k>(
    kid: &str,
    keys: &'k KeyRing,
    budget: &mut Budget,
) -> Option<&'k Arc<Key>> {
    let length = |name: &str| name.chars().count();
    let mut nearest: Option<(usize, &Arc<Key>)> = None;
    for key in keys.keys().iter().filter(|key| key.is_usable()) {
        let Some(own) = key.members.kid.as_deref() else {
            continue;
        };
        let is_short = [kid, own]
            .iter()
            .all(|name| (MIN_NAME..=MAX_EDITED).contains(&name.len()));
        if !is_short || !budget.pay(DISTANCE) {
            continue;
        }
        let changes = distance(kid, own);
        let is_near = changes.saturating_mul(2) <= length(kid).max(length(own));
        if is_near && nearest.is_none_or(|(least, _)| changes < least) {
            nearest = Some((changes, key));
        }
    }
    nearest.map(|(_, key)| key)
}

fn spelling(kid: &str, own: &str) -> Option<Nearness> {
    let bare = |name: &str| {
        name.trim_matches(|character: char| {
            character.is_whitespace() || matches!(character, '"' | '\'')
        })
        .to_owned()
    };
    let (kid, own) = (bare(kid), bare(own));
    let last = |name: &str| {
        name.rsplit(['/', '#', ':'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    if kid.is_empty() || own.is_empty() {
        None
    } else if kid == own {
        Some(Nearness::Spaces)
    } else if kid.to_lowercase() == own.to_lowercase() {
        Some(Nearness::Case)
    } else if last(&kid) == own || last(&own) == kid {
        Some(Nearness::LastSegment)
    } else {
        None
    }
}

/// Base64 in either alphabet, with or without padding, and with or without the name of RFC 9278 before it.
fn thumbprint(kid: &str, key: &Key) -> Option<Nearness> {
    let bare = kid.rsplit(':').next().unwrap_or_default();
    let plain: String = bare
        .trim_end_matches('=')
        .chars()
        .map(|character| match character {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    // Windows writes thumbprints of certificates in hexadecimal, some tools with colons between the bytes.
    let hexadecimal = from_hex(&kid.replace(':', "")).map(|bytes| base64url::encode(&bytes));
    let is = |thumbprint: &Option<String>| {
        thumbprint.is_some()
            && [Some(plain.as_str()), hexadecimal.as_deref()].contains(&thumbprint.as_deref())
    };
    if is(&key.thumbprint) {
        Some(Nearness::Thumbprint)
    } else if is(&key.members.x5t) || is(&key.members.x5t_s256) {
        Some(Nearness::CertificateThumbprint)
    } else {
        None
    }
}

/// Whether two names are the same bytes: one is the base64 or hexadecimal of the other, or each is of something third.
fn respelled(kid: &str, own: &str) -> Option<Nearness> {
    let spelled = |name: &str| -> Vec<Vec<u8>> {
        let decoded = base64url::decode(name);
        // In the unused bits of its last character a name can be another one.
        let is_base64 = decoded.faults.iter().all(|fault| {
            matches!(
                fault.kind,
                EncodingFaultKind::Padding | EncodingFaultKind::StandardAlphabet
            )
        });
        let from_base64 = is_base64.then(|| decoded.bytes.to_vec());
        let all = [Some(name.as_bytes().to_vec()), from_base64, from_hex(name)];
        let all = all.into_iter().flatten();
        all.filter(|bytes| bytes.len() >= MIN_NAME).collect()
    };
    let of_own = spelled(own);
    spelled(kid)
        .iter()
        .any(|bytes| of_own.contains(bytes))
        .then_some(Nearness::Respelled)
}

fn edits(kid: &str, own: &str) -> Option<Nearness> {
    let lengths = [kid.len(), own.len()];
    let is_comparable = lengths
        .iter()
        .all(|length| (MIN_NAME..=MAX_EDITED).contains(length))
        && lengths[0].abs_diff(lengths[1]) <= 8;
    if !is_comparable {
        return None;
    }
    // Of a short name, two characters are half of it.
    let allowed = if lengths[0].min(lengths[1]) < 8 { 1 } else { 2 };
    let distance = distance(kid, own);
    (1..=allowed)
        .contains(&distance)
        .then_some(Nearness::Edits(distance))
}

/// The smallest number of characters to insert, delete or replace (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, from) in a.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line.saturating_add(1);
        for (above, to) in row.iter_mut().skip(1).zip(&b) {
            let replaced = diagonal.saturating_add(usize::from(from != *to));
            diagonal = *above;
            left = replaced
                .min(above.saturating_add(1))
                .min(left.saturating_add(1));
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line.saturating_add(1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("2026-09", "2026-10", 2),
            ("ab", "ba", 2),
            ("gr\u{FC}n", "grun", 1),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn names_of_hostile_length_are_near_to_nothing() {
        let jwk = br#"{"kty":"oct","kid":"key-1","k":"AyM1"}"#;
        let key = crate::keys::load("key.jwk", jwk).unwrap().remove(0);
        let mut budget = Budget::new(10);
        let spaced = |spaces: usize| format!("key-1{}", " ".repeat(spaces));
        assert_eq!(
            nearness(&spaced(9), &key, &mut budget),
            Some(Nearness::Spaces)
        );
        assert_eq!(nearness(&spaced(MAX_NAME), &key, &mut budget), None);
    }

    #[test]
    fn the_same_bytes_in_another_spelling() {
        for (kid, own, is_same) in [
            ("a2V5LTIwMjY", "key-2026", true),
            ("key-2026", "a2V5LTIwMjY=", true),
            ("6b65792d32303236", "key-2026", true),
            ("6b65792d32303236", "a2V5LTIwMjY", true),
            ("-_8tMjAyNg", "+/8tMjAyNg==", true),
            // Eleven characters, of which the last has unused bits.
            ("key-2026-09", "key-2026-08", false),
            ("6b65", "ke", false),
        ] {
            let found = respelled(kid, own) == Some(Nearness::Respelled);
            assert_eq!(found, is_same, "{kid} {own}");
        }
    }

    #[test]
    fn the_closest_of_names_that_are_not_near() {
        let set = br#"{"keys":[{"kty":"oct","kid":"signing-2019","k":"AyM1"},{"kty":"oct","kid":"encryption","k":"AyM2"}]}"#;
        let keys = KeyRing::new(crate::keys::load("jwks.json", set).unwrap());
        let closest = |kid: &str| {
            let key = closest(kid, &keys, &mut Budget::new(1_000))?;
            key.members.kid.clone()
        };
        assert_eq!(closest("signing-2027").as_deref(), Some("signing-2019"));
        assert_eq!(closest("decryption").as_deref(), Some("encryption"));
        assert_eq!(closest("nothing alike"), None);
        assert_eq!(closest(&"x".repeat(MAX_EDITED + 1)), None);
    }

    #[test]
    fn spellings() {
        for (kid, own, expected) in [
            (" key-1\n", "key-1", Some(Nearness::Spaces)),
            ("\"key-1\"", "key-1", Some(Nearness::Spaces)),
            ("KEY-1", "key-1", Some(Nearness::Case)),
            ("https://a.example/keys/1", "1", Some(Nearness::LastSegment)),
            ("key-1", "did:example:a#key-1", Some(Nearness::LastSegment)),
            ("", " ", None),
            ("key-1", "key-2", None),
        ] {
            assert_eq!(spelling(kid, own), expected, "{kid:?} {own:?}");
        }
    }
}
