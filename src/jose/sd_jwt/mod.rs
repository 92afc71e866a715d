//! SD-JWT (RFC 9901): which disclosure belongs where, and what claims that makes. Facts only.
//!
//! [`process`] takes the issuer's payload and the disclosures as received and goes the way of RFC 9901 section 7.1, but
//! does not stop where a verifier would refuse: every fault is kept with its place, and the [processed claims](Processed)
//! hold what could be put together. [`key_binding`] holds what binds a presentation to its holder.

mod disclosure;
mod format;
mod hash;
mod instead;
pub mod key_binding;
mod processed;
mod processing;

use std::collections::HashSet;
use std::ops::Range;

pub use disclosure::{Contents, Disclosure, Encoded, Problem, Standing, State};
pub use format::{
    Ending, FormatFault, FormatFaultKind, compact_form, ending, hashed_text, is_open,
};
pub use hash::{HashAlgorithm, SHA_256};
pub use processed::{Origin, Processed};

use super::json::{Document, Json};

/// So many places of one kind are listed; beyond that they are counted only.
pub const MAX_LISTED: usize = 1_000;

/// So many disclosures are looked at to find out which hash function the issuer used.
const MAX_TRIED: usize = 8;

/// Longer ones (in bytes) are not among them.
const MAX_TRIED_BYTES: usize = 64 << 10;

/// Which JSON text a range is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The payload that the issuer signed.
    Payload,
    /// The disclosure of this index.
    Disclosure(usize),
}

/// Bytes of a decoded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The text.
    pub source: Source,
    /// The bytes.
    pub range: Range<usize>,
}

/// The issuer's payload as received.
#[derive(Clone, Copy)]
pub struct Payload<'a> {
    /// Its decoded bytes.
    pub bytes: &'a [u8],
    /// The JSON in them.
    pub json: &'a Document,
}

/// What was found out about an SD-JWT.
#[derive(Clone, PartialEq, Eq)]
pub struct SdJwt {
    /// The hash function of the digests.
    pub hash: HashChoice,
    /// The disclosures, as given.
    pub disclosures: Vec<Disclosure>,
    /// The digests that stand in the payload and in the disclosures that belong to it.
    pub digests: Digests,
    /// Where the payload or a disclosed value breaks the form (RFC 9901 section 4), at most [`MAX_LISTED`].
    pub faults: Vec<FormatFault>,
    /// The claims with what was disclosed put in and every digest left out; `None` where the payload is no JSON.
    pub processed: Option<Processed>,
}

impl std::fmt::Debug for SdJwt {
    /// Numbers only: the claims are nobody's business in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SdJwt")
            .field("disclosures", &self.disclosures.len())
            .field("digests", &self.digests.count)
            .field("faults", &self.faults.len())
            .finish_non_exhaustive()
    }
}

/// The hash function of the digests (RFC 9901 section 4.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashChoice {
    /// What `_sd_alg` holds; `None` where it is absent, which means SHA-256, or no text.
    pub named: Option<String>,
    /// The value of `_sd_alg`.
    pub place: Option<Place>,
    /// What the digests were computed with here; `None` where the name is not known and the digests do not tell.
    pub used: Option<&'static HashAlgorithm>,
    /// What the issuer seems to have used instead: no disclosure fits under the name, some do under this.
    pub fits: Option<&'static HashAlgorithm>,
}

/// The embedded digests (RFC 9901 section 4.2.4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests {
    /// How many there are.
    pub count: usize,
    /// How many have no disclosure here: withheld claims or decoys, which cannot be told apart.
    pub without_disclosure: usize,
    /// Where the first [`MAX_LISTED`] of those stand.
    pub withheld: Vec<Place>,
    /// How many repeat an earlier one, which refuses the token (RFC 9901 section 7.1, step 4).
    pub repetitions: usize,
    /// Where the first [`MAX_LISTED`] of those stand.
    pub repeated: Vec<Repetition>,
    /// How many have not the length that the hash function gives.
    pub odd_lengths: usize,
    /// Where the first of those stands.
    pub odd_length: Option<Place>,
}

/// A digest that was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repetition {
    /// Where it stood first.
    pub first: Place,
    /// Where it stands again.
    pub again: Place,
    /// The disclosure that it is the digest of.
    pub disclosure: Option<usize>,
}

impl SdJwt {
    /// Whether the digests and disclosures are as RFC 9901 section 7.1 wants them (steps 3 to 5): no fault, no repeated digest,
    /// every disclosure in its place.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
            && self.digests.repetitions == 0
            && self.disclosures.iter().all(Disclosure::is_matched)
    }

    /// Whether a disclosure was left out because it nests too deep for this program: a limit, and no fault of the token.
    pub fn hits_limit(&self) -> bool {
        let mut all = self.disclosures.iter();
        all.any(|one| one.problems.contains(&Problem::TooDeep))
    }
}

/// Puts the disclosures in their places (RFC 9901 section 7.1).
///
/// The time is linear in the bytes given. No value is inserted twice, and nothing nests deeper than JSON is read.
pub fn process(payload: Payload<'_>, disclosures: &[Encoded<'_>]) -> SdJwt {
    let mut faults = Vec::new();
    let hash = choose_hash(payload.json, disclosures, &mut faults);
    let read: Vec<Disclosure> = disclosures
        .iter()
        .map(|&encoded| disclosure::read(encoded, hash.used))
        .collect();
    processing::run(payload, disclosures, read, hash, faults)
}

fn choose_hash(
    payload: &Document,
    disclosures: &[Encoded<'_>],
    faults: &mut Vec<FormatFault>,
) -> HashChoice {
    let given = payload.get("_sd_alg");
    let place = given.map(|given| Place {
        source: Source::Payload,
        range: given.range.clone(),
    });
    if let Some(given) = given
        && given.str().is_none()
    {
        faults.push(FormatFault {
            kind: FormatFaultKind::HashNameNotString {
                found: given.kind(),
            },
            place: place.clone(),
        });
    }
    let named = given.and_then(Json::str).map(str::to_owned);
    let meant = match (given, &named) {
        (None, _) => Some(&SHA_256),
        (Some(_), name) => name.as_deref().and_then(HashAlgorithm::named),
    };
    let fits = other_hash(payload, disclosures, meant);
    HashChoice {
        named,
        place,
        used: meant.or(fits),
        fits,
    }
}

/// The function under which disclosures fit the payload, where none fits under the one that is meant.
fn other_hash(
    payload: &Document,
    disclosures: &[Encoded<'_>],
    meant: Option<&'static HashAlgorithm>,
) -> Option<&'static HashAlgorithm> {
    let tried = || {
        let short = |encoded: &&Encoded<'_>| encoded.text.len() <= MAX_TRIED_BYTES;
        disclosures.iter().filter(short).take(MAX_TRIED)
    };
    tried().next()?;
    let mut embedded = HashSet::new();
    disclosure::each_digest(payload.root.as_ref()?, &mut |digest| {
        embedded.insert(digest);
    });
    let fits = |hash: &HashAlgorithm| {
        tried()
            .filter_map(|encoded| hash.digest(encoded.text))
            .any(|digest| embedded.contains(digest.as_str()))
    };
    if meant.is_some_and(fits) {
        return None;
    }
    HashAlgorithm::all().find(|&hash| Some(hash) != meant && fits(hash))
}

#[cfg(test)]
pub(crate) mod tests;
