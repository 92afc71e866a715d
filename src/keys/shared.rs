//! Primes that RSA moduli have in common. Whoever has two such moduli has the private halves of both, by one greatest
//! common divisor ("Mining your Ps and Qs", 2012). Only that there is one is kept, never the prime.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::error::ErrorStack;
use openssl::sha::sha256;

use super::Key;

/// The SHA-256 of a modulus, by which it is known here.
pub(super) type Name = [u8; 32];

/// Moduli that were compared, each with all others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Compared {
    moduli: BTreeSet<Name>,
    /// For each prime that several have in common: those that have it.
    groups: Vec<BTreeSet<Name>>,
}

impl Compared {
    /// Whether all of these were.
    pub(super) fn has_all<'a>(&self, names: impl IntoIterator<Item = &'a Name>) -> bool {
        names.into_iter().all(|name| self.moduli.contains(name))
    }

    /// Whether this one was.
    pub(super) fn has(&self, name: &Name) -> bool {
        self.moduli.contains(name)
    }

    /// Those that have a prime in common with this one.
    pub(super) fn relatives<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Name> {
        let groups = self.groups.iter().filter(|group| group.contains(name));
        groups.flatten().filter(move |other| *other != name)
    }
}

/// The modulus of an RSA key, big-endian.
pub(super) fn modulus(key: &Key) -> Option<Vec<u8>> {
    let rsa = key.public()?.rsa().ok()?;
    Some(rsa.n().to_vec())
}

/// The name of a modulus.
pub(super) fn name(modulus: &[u8]) -> Name {
    sha256(modulus)
}

/// The work that a comparison may take, in [`work`]'s units of a nanosecond or so.
const MOST_WORK: u64 = 1_500_000_000;

/// So many results are remembered: a thread that reads keys compares them, and so does the one that takes them over.
const REMEMBERED: usize = 4;

/// Fewer moduli than this are compared anew: that takes milliseconds.
const FEW: usize = 16;

/// Compares moduli, each with all others. `None` when that would take too long, or fails.
pub(super) fn compare(moduli: &BTreeMap<Name, Vec<u8>>) -> Option<Arc<Compared>> {
    static KNOWN: Mutex<Vec<Arc<Compared>>> = Mutex::new(Vec::new());
    let is_same = |known: &Arc<Compared>| known.moduli.iter().eq(moduli.keys());
    if let Some(known) = KNOWN.lock().ok()?.iter().find(|known| is_same(known)) {
        return Some(Arc::clone(known));
    }
    if work(moduli.values().map(Vec::len)) > MOST_WORK {
        return None;
    }
    let (names, numbers): (Vec<Name>, Vec<BigNum>) = moduli
        .iter()
        .map(|(name, modulus)| Ok((*name, BigNum::from_slice(modulus)?)))
        .collect::<Result<_, ErrorStack>>()
        .ok()?;
    let groups = groups(&numbers).ok()?;
    let compared = Arc::new(Compared {
        moduli: names.iter().copied().collect(),
        groups: groups
            .into_iter()
            .map(|group| {
                group
                    .into_iter()
                    .filter_map(|at| names.get(at).copied())
                    .collect()
            })
            .collect(),
    });
    if compared.moduli.len() < FEW {
        return Some(compared);
    }
    let mut known = KNOWN.lock().ok()?;
    if known.len() >= REMEMBERED {
        known.remove(0);
    }
    known.push(Arc::clone(&compared));
    Some(compared)
}

/// What it takes to compare moduli of these lengths (in bytes): half of all pairs multiplied, and one greatest common
/// divisor each.
fn work(lengths: impl Iterator<Item = usize>) -> u64 {
    /// Of that beside a multiplication, for a word times a word.
    const DIVISOR: u64 = 300;
    let (mut words, mut squares) = (0_u64, 0_u64);
    for length in lengths {
        let length = u64::try_from(length.div_ceil(8)).unwrap_or(u64::MAX);
        words = words.saturating_add(length);
        squares = squares.saturating_add(length.saturating_mul(length));
    }
    let pairs = words.saturating_mul(words) / 2;
    pairs.saturating_add(squares.saturating_mul(DIVISOR))
}

/// So many moduli are multiplied with each other, and meet the other products as one number: long divisions take less
/// time than many short ones.
const BLOCK: usize = 32;

/// So many primes are followed to all moduli that have them.
const MOST_PRIMES: usize = 256;

/// So many of them may be products of several primes.
const MOST_PRODUCTS: usize = 16;

/// For each prime that several have in common, the places of those that have it.
fn groups(moduli: &[BigNum]) -> Result<Vec<BTreeSet<usize>>, ErrorStack> {
    let mut context = BigNumContext::new()?;
    let mut primes: Vec<BigNum> = Vec::new();
    let mut products: Vec<BigNum> = Vec::new();
    for (number, block) in moduli.chunks(BLOCK).enumerate() {
        let mut product = BigNum::from_u32(1)?;
        for n in block {
            let mut longer = BigNum::new()?;
            longer.checked_mul(&product, n, &mut context)?;
            product = longer;
        }
        // All of the blocks before it, multiplied.
        let mut before = BigNum::from_u32(1)?;
        for other in &products {
            before = times(&before, other, &product, &mut context)?;
        }
        for (place, n) in block.iter().enumerate() {
            let mut rest = BigNum::new()?;
            rest.nnmod(&before, n, &mut context)?;
            for other in block.get(..place).unwrap_or_default() {
                rest = times(&rest, other, n, &mut context)?;
            }
            if !is_coprime(&rest, n, &mut context) && primes.len() < MOST_PRIMES {
                let at = number.saturating_mul(BLOCK).saturating_add(place);
                let earlier = moduli.get(..at).unwrap_or_default();
                let mut common = BigNum::new()?;
                common.gcd(n, &rest, &mut context)?;
                if common.num_bits() > 1 {
                    find(n, common, earlier, &mut primes, &mut context)?;
                }
            }
        }
        products.push(product);
    }
    let mut groups = Vec::new();
    let mut counted = 0_usize;
    for mut prime in primes {
        let mut group = BTreeSet::new();
        for (at, n) in moduli.iter().enumerate() {
            if divides(&prime, n, &mut context)? {
                group.insert(at);
            }
        }
        // One that nobody else has whole is a product, of which others have a part.
        if group.len() == 1 && counted < MOST_PRODUCTS {
            counted = counted.saturating_add(1);
            for (at, n) in moduli.iter().enumerate() {
                let mut rest = BigNum::new()?;
                rest.nnmod(n, &prime, &mut context)?;
                if !is_coprime(&rest, &prime, &mut context) {
                    group.insert(at);
                }
            }
        }
        prime.clear();
        if group.len() > 1 && !groups.contains(&group) {
            groups.push(group);
        }
    }
    Ok(groups)
}

/// Whether two numbers have no factor in common: then one has an inverse modulo the other, which is found twice as fast
/// as their greatest common divisor.
fn is_coprime(number: &BigNumRef, n: &BigNumRef, context: &mut BigNumContext) -> bool {
    BigNum::new().is_ok_and(|mut inverse| inverse.mod_inverse(number, n, context).is_ok())
}

/// Finds what a modulus has in common with those before it, of which the greatest common divisor with their product is
/// known.
fn find(
    n: &BigNumRef,
    common: BigNum,
    before: &[BigNum],
    primes: &mut Vec<BigNum>,
    context: &mut BigNumContext,
) -> Result<(), ErrorStack> {
    for prime in primes.iter() {
        if divides(prime, n, context)? {
            let mut other = BigNum::new()?;
            other.checked_div(n, prime, context)?;
            if !primes.contains(&other) {
                primes.push(other);
            }
            return Ok(());
        }
    }
    if &*common != n {
        primes.push(common);
        return Ok(());
    }
    // Both of its primes are elsewhere.
    for other in before {
        let mut shared = BigNum::new()?;
        shared.gcd(n, other, context)?;
        if shared.num_bits() > 1 {
            let mut rest = BigNum::new()?;
            rest.checked_div(n, &shared, context)?;
            primes.push(shared);
            primes.push(rest);
            break;
        }
    }
    Ok(())
}

/// Whether a number above one divides a larger one without remainder.
fn divides(
    number: &BigNumRef,
    n: &BigNumRef,
    context: &mut BigNumContext,
) -> Result<bool, ErrorStack> {
    let mut rest = BigNum::new()?;
    rest.nnmod(n, number, context)?;
    Ok(number.num_bits() > 1 && number < n && rest.num_bits() == 0)
}

/// The product of two numbers, of which the second may be much larger, modulo a third.
fn times(
    a: &BigNumRef,
    b: &BigNumRef,
    n: &BigNumRef,
    context: &mut BigNumContext,
) -> Result<BigNum, ErrorStack> {
    let mut reduced = BigNum::new()?;
    reduced.nnmod(b, n, context)?;
    let mut product = BigNum::new()?;
    product.mod_mul(a, &reduced, n, context)?;
    Ok(product)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prime(bits: i32) -> BigNum {
        let mut prime = BigNum::new().unwrap();
        prime.generate_prime(bits, false, None, None).unwrap();
        prime
    }

    fn compared(moduli: &[BigNum]) -> Arc<Compared> {
        let moduli = moduli.iter().map(|n| (name(&n.to_vec()), n.to_vec()));
        compare(&moduli.collect()).unwrap()
    }

    fn relatives(compared: &Compared, n: &BigNum) -> BTreeSet<Name> {
        compared.relatives(&name(&n.to_vec())).copied().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        /// Moduli of any two of a few primes, in any number: those that have one in common are found, and no others.
        #[test]
        fn who_shares_a_prime_is_found_and_nobody_else(pairs in proptest::collection::btree_set((0_usize..40, 0_usize..40), 1..60)) {
            let primes: Vec<BigNum> = (0..40).map(|_| prime(128)).collect();
            let pairs: BTreeSet<_> = pairs.into_iter().map(|(a, b)| (a.min(b), a.max(b))).filter(|(a, b)| a != b).collect();
            let moduli: Vec<_> = pairs.iter().map(|&(a, b)| ((a, b), &primes[a] * &primes[b])).collect();
            let all: Vec<BigNum> = moduli.iter().map(|(_, n)| BigNum::from_slice(&n.to_vec()).unwrap()).collect();
            let compared = compared(&all);
            for ((a, b), n) in &moduli {
                let expected: BTreeSet<Name> = moduli
                    .iter()
                    .filter(|((c, d), _)| (a, b) != (c, d) && (a == c || a == d || b == c || b == d))
                    .map(|(_, other)| name(&other.to_vec()))
                    .collect();
                prop_assert_eq!(relatives(&compared, n), expected);
            }
        }
    }

    #[test]
    fn work_beyond_the_limit_is_left() {
        assert!(work(std::iter::repeat_n(256, 1_000)) <= MOST_WORK);
        assert!(work(std::iter::repeat_n(2_048, 1_000)) > MOST_WORK);
        let moduli = (0..1_000_u32).map(|number| {
            let mut modulus = vec![0xFF; 2_048];
            modulus[..4].copy_from_slice(&(number | 1 << 31).to_be_bytes());
            (name(&modulus), modulus)
        });
        assert_eq!(compare(&moduli.collect()), None);
    }

    /// Of three primes two stand in two others.
    #[test]
    fn a_modulus_of_three_primes_is_related_to_both() {
        let (p, q, r) = (prime(128), prime(128), prime(128));
        let both = &(&p * &q) * &r;
        let (one, two) = (&p * &prime(128), &q * &prime(128));
        let compared = compared(&[
            both.to_owned().unwrap(),
            one.to_owned().unwrap(),
            two.to_owned().unwrap(),
        ]);
        assert_eq!(relatives(&compared, &both).len(), 2);
        assert!(relatives(&compared, &one).contains(&name(&both.to_vec())));
        assert!(relatives(&compared, &two).contains(&name(&both.to_vec())));
    }

    /// Every modulus has the same prime: the worst that a hostile file can do.
    #[test]
    fn many_that_share_are_found_in_bounded_time() {
        let common = prime(512);
        let moduli: Vec<BigNum> = (0..200).map(|_| &common * &prime(64)).collect();
        let compared = compared(&moduli);
        for n in &moduli {
            assert_eq!(relatives(&compared, n).len(), 199);
        }
    }
}
