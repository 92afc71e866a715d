//! What a wrong `sd_hash` was made over or with, where that can be found out (RFC 9901 section 4.3.1).

use zeroize::Zeroizing;

use super::HashAlgorithm;
use crate::jose::{base64url, hex};

/// The cause is not looked for in longer presentations (in bytes).
const MAX_REHASHED: usize = 1 << 20;

/// So many disclosures are left out in every way; of more, only one, all but the first few, or all.
const MAX_CHOSEN: usize = 12;

/// So many disclosures are put into every order.
const MAX_ORDERED: usize = 5;

/// So many bytes are hashed to find out what a wrong `sd_hash` was made over.
const MAX_SEARCHED: usize = 32 << 20;

/// How a wrong `sd_hash` came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instead {
    /// The disclosures stood in another order.
    OtherOrder,
    /// It was made with this function, not with that of the issuer.
    OtherHash(&'static HashAlgorithm),
    /// It is the right digest, written so and not in base64url.
    Spelled(&'static str),
    /// These disclosures, counted from 0 and in order, were not there: they were added afterwards.
    Without(Vec<usize>),
    /// The last tilde was left out.
    WithoutTilde,
}

impl Instead {
    /// The same in a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::OtherOrder => {
                "The sd_hash was made over the same disclosures in another order.".to_owned()
            }
            Self::OtherHash(hash) => format!(
                "The sd_hash is that of this presentation made with {}, which is not the issuer\u{2019}s _sd_alg.",
                hash.name
            ),
            Self::Spelled(how) => format!(
                "The sd_hash is the digest of this presentation, but written in {how} and not in base64url."
            ),
            Self::Without(added) => {
                let numbers: Vec<_> = added
                    .iter()
                    .map(|index| index.saturating_add(1).to_string())
                    .collect();
                let (which, were) = match numbers.as_slice() {
                    [one] => (format!("disclosure {one}"), "was"),
                    [rest @ .., last] => (
                        format!("disclosures {} and {last}", rest.join(", ")),
                        "were",
                    ),
                    [] => ("disclosures".to_owned(), "were"),
                };
                format!(
                    "The sd_hash was made without {which}, which {were} added after the holder signed."
                )
            }
            Self::WithoutTilde => "The sd_hash was made without the last tilde.".to_owned(),
        }
    }
}

/// What makes this `sd_hash` of this presentation, where it is not its own.
pub(super) fn made_instead(
    presented: &str,
    found: &str,
    hash: Option<&'static HashAlgorithm>,
) -> Option<Instead> {
    if presented.len() > MAX_REHASHED {
        return None;
    }
    let without = presented.strip_suffix('~').unwrap_or(presented);
    if hash.and_then(|hash| hash.digest(without)).as_deref() == Some(found) {
        return Some(Instead::WithoutTilde);
    }
    let other = HashAlgorithm::all()
        .filter(|&other| Some(other) != hash)
        .find(|other| other.digest(presented).as_deref() == Some(found));
    if let Some(other) = other {
        return Some(Instead::OtherHash(other));
    }
    let hash = hash?;
    spelled(&hash.digest(presented)?, found).or_else(|| other_disclosures(presented, found, hash))
}

/// The right digest in another spelling.
fn spelled(expected: &str, found: &str) -> Option<Instead> {
    let digest = base64url::decode(expected).bytes;
    let base64 = openssl::base64::encode_block(&digest);
    let is_hex = found.eq_ignore_ascii_case(&hex(&digest));
    if is_hex {
        return Some(Instead::Spelled("hexadecimal"));
    }
    let is_padded = found.trim_end_matches('=') == expected;
    if is_padded {
        return Some(Instead::Spelled("base64url with padding"));
    }
    let is_base64 = found.trim_end_matches('=') == base64.trim_end_matches('=');
    is_base64.then_some(Instead::Spelled("base64"))
}

/// The presentation with fewer disclosures, or with the same in another order.
fn other_disclosures(
    presented: &str,
    found: &str,
    hash: &'static HashAlgorithm,
) -> Option<Instead> {
    let mut parts = presented.strip_suffix('~')?.split('~');
    let jws = parts.next()?;
    let all: Vec<&str> = parts.collect();
    let mut left = MAX_SEARCHED;
    let mut fits = |chosen: &[usize]| -> Option<bool> {
        left = left.checked_sub(presented.len())?;
        let disclosures = chosen.iter().filter_map(|&index| all.get(index).copied());
        let text = compact_text(jws, disclosures);
        Some(hash.digest(&text).as_deref() == Some(found))
    };
    let count = all.len();
    let every: Vec<usize> = (0..count).collect();
    for kept in fewer(count) {
        if fits(&kept)? {
            let is_added = |index: &usize| !kept.contains(index);
            return Some(Instead::Without(
                every.into_iter().filter(is_added).collect(),
            ));
        }
    }
    for order in orders(every) {
        if fits(&order)? {
            return Some(Instead::OtherOrder);
        }
    }
    None
}

fn compact_text<'a>(jws: &str, disclosures: impl Iterator<Item = &'a str>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(format!("{jws}~"));
    for disclosure in disclosures {
        text.push_str(disclosure);
        text.push('~');
    }
    text
}

/// Choices of fewer than so many disclosures, those that leave out the fewest first.
fn fewer(count: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = if count <= MAX_CHOSEN {
        let masks = 0..1_u32
            .checked_shl(u32::try_from(count).unwrap_or(0))
            .unwrap_or(1);
        let chosen = masks.map(|mask| {
            let is_in = |index: &usize| {
                let bit = u32::try_from(*index)
                    .ok()
                    .and_then(|at| mask.checked_shr(at));
                bit.is_some_and(|bit| bit & 1 == 1)
            };
            (0..count).filter(is_in).collect()
        });
        chosen.collect()
    } else {
        let without_one = (0..count).map(|out| (0..count).filter(|&index| index != out).collect());
        let first = (0..count).map(|end| (0..end).collect());
        without_one.chain(first).collect()
    };
    all.retain(|chosen: &Vec<usize>| chosen.len() < count);
    all.sort_by_key(|chosen| std::cmp::Reverse(chosen.len()));
    all
}

/// Other orders of these: all, or of many only the reverse one.
fn orders(mut of: Vec<usize>) -> Vec<Vec<usize>> {
    if of.len() > MAX_ORDERED {
        of.reverse();
        return vec![of];
    }
    let mut all = vec![Vec::new()];
    for _ in 0..of.len() {
        let longer = all.iter().flat_map(|begun: &Vec<usize>| {
            let rest = of.iter().filter(|index| !begun.contains(index));
            rest.map(|&index| [begun.as_slice(), &[index]].concat())
                .collect::<Vec<_>>()
        });
        all = longer.collect();
    }
    all.retain(|order| *order != of);
    all
}

#[cfg(test)]
mod tests {
    use super::super::SHA_256;
    use super::*;

    #[test]
    fn what_a_wrong_hash_was_made_over_is_found_out() {
        let instead = |presented: &str, made_over: &str| {
            let found = SHA_256.digest(made_over).unwrap_or_default();
            made_instead(presented, &found, Some(&SHA_256))
        };
        let all = "a.b.c~d~e~f~";
        for (made_over, expected) in [
            ("a.b.c~d~f~", Some(Instead::Without(vec![1]))),
            ("a.b.c~e~", Some(Instead::Without(vec![0, 2]))),
            ("a.b.c~", Some(Instead::Without(vec![0, 1, 2]))),
            ("a.b.c~f~d~e~", Some(Instead::OtherOrder)),
            ("a.b.c~d~e~f", Some(Instead::WithoutTilde)),
            ("a.b.c~d~e~f~g~", None),
            ("a.b.x~d~e~f~", None),
        ] {
            assert_eq!(instead(all, made_over), expected, "{made_over}");
        }
        let words = Instead::Without(vec![0, 2]).sentence();
        assert!(words.contains("disclosures 1 and 3, which were"), "{words}");
        // Of many, some ways are tried, and the work is bounded.
        let many = (0..40).fold("a.b.c~".to_owned(), |text, one| format!("{text}d{one}~"));
        let without_last = many.strip_suffix("d39~").unwrap_or_default();
        assert_eq!(
            instead(&many, without_last),
            Some(Instead::Without(vec![39]))
        );
        assert_eq!(instead(&many, "nothing alike"), None);
        let long = format!("a.b.c~{}~e~", "d".repeat(MAX_REHASHED));
        assert_eq!(instead(&long, "a.b.c~e~"), None);
    }

    #[test]
    fn every_choice_and_every_order_is_made_once() {
        let choices = fewer(4);
        assert_eq!(choices.len(), 15);
        assert!(choices.is_sorted_by_key(|chosen| std::cmp::Reverse(chosen.len())));
        let orders = orders(vec![0, 1, 2, 3]);
        let distinct: std::collections::HashSet<_> = orders.iter().collect();
        assert_eq!((orders.len(), distinct.len()), (23, 23));
        assert_eq!(super::orders((0..6).collect()), [[5, 4, 3, 2, 1, 0]]);
    }
}
