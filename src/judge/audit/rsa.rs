//! RSA keys that give themselves away (catalogue 1.5). What is found is proven and thrown away: no factor is shown.

use std::sync::LazyLock;

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::error::ErrorStack;

use super::flaw::{Flaw, Power};
use super::held::Held;
use super::{Confidence, MOST_KEYS, Rule, Ruling, Severity, Subject};
use crate::jose::visible::visible;
use crate::keys::{Key, KeyNote};
use crate::verify::remembered::Remembered;

/// What a modulus tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Facts {
    is_roca: bool,
    factors: Option<Method>,
}

/// How a modulus comes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    /// The private half was loaded, and its primes lie close together, though not so close as for Fermat's method.
    ClosePrimes,
    /// Both factors lie near its root.
    Fermat,
    /// It is a prime itself.
    Prime,
    /// Nothing came apart, but sixteen equal bytes stand in it.
    Repetition,
    /// Another key of the ring has one of its primes.
    SharedPrime,
    /// A factor of at most 17 bits.
    SmallFactor,
}

/// The facts of a key's modulus.
fn facts(key: &Key) -> Option<Facts> {
    static REMEMBERED: Remembered<String, Facts> = Remembered::new(MOST_KEYS);
    REMEMBERED.get(key.thumbprint.clone()?, |_| {
        let rsa = key.public()?.rsa().ok()?;
        find_out(rsa.n()).ok()
    })
}

fn find_out(n: &BigNumRef) -> Result<Facts, ErrorStack> {
    Ok(Facts {
        is_roca: n.num_bits() >= 512 && is_roca(n)?,
        factors: factors(n)?,
    })
}

/// `rsa-roca`: made by a chip library whose primes have a form (CVE-2017-15361).
pub(super) struct RsaRoca;

impl Rule for RsaRoca {
    fn id(&self) -> &'static str {
        "rsa-roca"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        match Held::rsa(subject) {
            Ok(held) => held.ruling(self.id(), roca(&held.key, held.power()), subject),
            Err(ruling) => ruling,
        }
    }
}

/// Whether the modulus of a key has the form.
pub(super) fn roca(key: &Key, power: Power) -> Option<Flaw> {
    facts(key).filter(|facts| facts.is_roca).map(|_| Flaw {
        severity: Severity::Critical,
        confidence: Confidence::Proven,
        title: "RSA key from a broken chip (ROCA)".to_owned(),
        detail: format!(
            "Key \u{201C}{}\u{201D} has the form that one maker\u{2019}s chips gave their keys. Such a modulus can be factored at a price that attackers pay, and then anyone can {power}.",
            visible(&key.id)
        ),
        remedy: "Replace the key, and do not make the next one on that device.".to_owned(),
        references: vec!["CVE-2017-15361", "CWE-310"],
        members: vec!["n"],
        refuses: true,
    })
}

/// `rsa-factorable`: a modulus that comes apart with little work.
pub(super) struct RsaFactorable;

impl Rule for RsaFactorable {
    fn id(&self) -> &'static str {
        "rsa-factorable"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        match Held::rsa(subject) {
            Ok(held) => held.ruling(self.id(), factorable(&held.key, held.power()), subject),
            Err(ruling) => ruling,
        }
    }
}

/// How the modulus of a key comes apart, by itself or with those of other keys of its ring.
pub(super) fn factorable(key: &Key, power: Power) -> Option<Flaw> {
    let own = facts(key).and_then(|facts| facts.factors);
    let method = own
        .filter(|method| *method != Method::Repetition)
        .or_else(|| (!key.shares_prime_with.is_empty()).then_some(Method::SharedPrime))
        .or_else(|| {
            let are_close = key.members.notes.contains(&KeyNote::ClosePrimes);
            are_close.then_some(Method::ClosePrimes)
        })
        .or(own)?;
    let how = match method {
        Method::ClosePrimes => {
            "the two primes lie closer together than a sound program lets them".to_owned()
        }
        Method::Fermat => {
            "the two primes lie so close together that Fermat\u{2019}s method finds them at once"
                .to_owned()
        }
        Method::Prime => "the modulus is a prime, not a product of two".to_owned(),
        Method::Repetition => {
            "sixteen equal bytes stand in a row in the modulus, which chance does not make"
                .to_owned()
        }
        Method::SharedPrime => {
            let others = key.shares_prime_with.iter();
            let others: Vec<_> = others
                .map(|id| format!("\u{201C}{}\u{201D}", visible(id)))
                .collect();
            format!(
                "the modulus has a prime in common with {}, so that anyone who sees both has the private halves of both",
                others.join(", ")
            )
        }
        Method::SmallFactor => "the modulus has a small factor".to_owned(),
    };
    let is_proven = !matches!(method, Method::ClosePrimes | Method::Repetition);
    Some(Flaw {
        severity: if is_proven {
            Severity::Critical
        } else {
            Severity::High
        },
        confidence: match method {
            Method::ClosePrimes => Confidence::Certain,
            Method::Repetition => Confidence::Likely,
            _ => Confidence::Proven,
        },
        title: if is_proven {
            "RSA key that can be factored".to_owned()
        } else {
            "RSA key that was not made at random".to_owned()
        },
        detail: format!(
            "Of key \u{201C}{}\u{201D} {how}. Whoever finds the private key can {power}.",
            visible(&key.id)
        ),
        remedy: "Replace the key, and make the next one with another program.".to_owned(),
        references: if method == Method::Fermat {
            vec!["CVE-2022-26320", "CWE-338"]
        } else {
            vec!["CWE-338"]
        },
        members: vec!["n"],
        refuses: is_proven,
    })
}

/// The primes to 167, whose product is the modulus of the ROCA form.
const PRIMES: [u32; 39] = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// The generator of the ROCA form.
const GENERATOR: u32 = 65_537;

/// The order of the generator, and the prime powers that make it.
const ORDER: u64 = 2_454_106_387_091_158_800;
const ORDER_POWERS: [u32; 13] = [16, 81, 25, 7, 11, 13, 17, 23, 29, 37, 41, 53, 83];

/// Whether a modulus is a power of the generator modulo the product of the primes.
fn is_roca(n: &BigNumRef) -> Result<bool, ErrorStack> {
    // Nearly every modulus ends here: modulo some small prime it is no power of the generator.
    for prime in PRIMES.into_iter().skip(1) {
        let residue = n.mod_word(prime)?;
        if !is_power(residue, u64::from(prime)) {
            return Ok(false);
        }
    }
    if !n.is_bit_set(0) {
        return Ok(false);
    }
    let mut context = BigNumContext::new()?;
    let mut product = BigNum::from_u32(1)?;
    for prime in PRIMES {
        product.mul_word(prime)?;
    }
    let mut residue = BigNum::new()?;
    residue.nnmod(n, &product, &mut context)?;
    let generator = BigNum::from_u32(GENERATOR)?;
    let one = BigNum::from_u32(1)?;
    let mut power = BigNum::new()?;
    let order = number(ORDER)?;
    power.mod_exp(&residue, &order, &product, &mut context)?;
    if power != one {
        return Ok(false);
    }
    for count in ORDER_POWERS {
        let exponent = number(ORDER / u64::from(count))?;
        let mut step = BigNum::new()?;
        step.mod_exp(&generator, &exponent, &product, &mut context)?;
        power.mod_exp(&residue, &exponent, &product, &mut context)?;
        let mut reached = BigNum::from_u32(1)?;
        let mut is_found = false;
        for _ in 0..count {
            is_found |= reached == power;
            let mut next = BigNum::new()?;
            next.mod_mul(&reached, &step, &product, &mut context)?;
            reached = next;
        }
        if !is_found {
            return Ok(false);
        }
    }
    Ok(true)
}

fn number(value: u64) -> Result<BigNum, ErrorStack> {
    BigNum::from_slice(&value.to_be_bytes())
}

/// Whether a residue is a power of the generator modulo a small prime.
fn is_power(residue: u64, prime: u64) -> bool {
    let mut power = 1 % prime;
    for _ in 0..prime {
        if power == residue {
            return true;
        }
        power = power.wrapping_mul(u64::from(GENERATOR)) % prime;
    }
    false
}

/// Steps of Fermat's method.
const FERMAT_STEPS: usize = 100;

/// Equal bytes in a row that chance does not make.
const REPEATED_BYTES: usize = 16;

fn factors(n: &BigNumRef) -> Result<Option<Method>, ErrorStack> {
    let mut context = BigNumContext::new()?;
    if has_small_factor(n, &mut context)? {
        return Ok(Some(Method::SmallFactor));
    }
    if fermat(n, &mut context)? {
        return Ok(Some(Method::Fermat));
    }
    // One round settles it for what is not made to deceive; more are made only where it says yes.
    if n.is_prime(1, &mut context)? && n.is_prime(20, &mut context)? {
        return Ok(Some(Method::Prime));
    }
    let bytes = n.to_vec();
    let repeats = bytes
        .windows(REPEATED_BYTES)
        .any(|window| window.iter().all(|byte| window.first() == Some(byte)));
    Ok(repeats.then_some(Method::Repetition))
}

/// Whether one of the primes to 65537 divides a number: one inverse instead of six thousand divisions.
fn has_small_factor(n: &BigNumRef, context: &mut BigNumContext) -> Result<bool, ErrorStack> {
    static PRODUCT: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| product_of_primes().ok());
    let Some(product) = &*PRODUCT else {
        return Err(ErrorStack::get());
    };
    let mut rest = BigNum::new()?;
    rest.nnmod(&*BigNum::from_slice(product)?, n, context)?;
    // Without a common factor there is an inverse, which is found faster than the greatest common divisor.
    if BigNum::new()?.mod_inverse(&rest, n, context).is_ok() {
        return Ok(false);
    }
    let mut common = BigNum::new()?;
    common.gcd(n, &rest, context)?;
    Ok(common.num_bits() > 1)
}

/// The product of the primes to 65537, big-endian.
fn product_of_primes() -> Result<Vec<u8>, ErrorStack> {
    let mut product = BigNum::from_u32(1)?;
    let mut primes: Vec<u32> = Vec::new();
    for candidate in 2..=65_537_u32 {
        let is_prime = primes
            .iter()
            .take_while(|prime| prime.saturating_mul(**prime) <= candidate)
            .all(|prime| candidate % prime != 0);
        if is_prime {
            primes.push(candidate);
            product.mul_word(candidate)?;
        }
    }
    Ok(product.to_vec())
}

/// Whether a number is a difference of squares, the larger one next above it.
fn fermat(n: &BigNumRef, context: &mut BigNumContext) -> Result<bool, ErrorStack> {
    let one = BigNum::from_u32(1)?;
    let mut a = root(n, context)?;
    let mut square = BigNum::new()?;
    square.sqr(&a, context)?;
    if square.ucmp(n).is_lt() {
        a.add_word(1)?;
    }
    for _ in 0..FERMAT_STEPS {
        square.sqr(&a, context)?;
        let mut rest = BigNum::new()?;
        rest.checked_sub(&square, n)?;
        if is_square(&rest, context)? {
            // The trivial way apart is into one and itself.
            let smaller = root(&rest, context)?;
            let mut factor = BigNum::new()?;
            factor.checked_sub(&a, &smaller)?;
            return Ok(factor > one);
        }
        a.add_word(1)?;
    }
    Ok(false)
}

fn is_square(number: &BigNumRef, context: &mut BigNumContext) -> Result<bool, ErrorStack> {
    // Squares leave few remainders, so nearly everything else ends here.
    for modulus in [64_u64, 63, 65, 11] {
        let word = u32::try_from(modulus).unwrap_or(u32::MAX);
        let residue = number.mod_word(word)?;
        if !(0..modulus).any(|root| root.wrapping_mul(root) % modulus == residue) {
            return Ok(false);
        }
    }
    let root = root(number, context)?;
    let mut square = BigNum::new()?;
    square.sqr(&root, context)?;
    Ok(square.ucmp(number).is_eq())
}

/// The integer square root, rounded down, by Newton's method from above.
fn root(number: &BigNumRef, context: &mut BigNumContext) -> Result<BigNum, ErrorStack> {
    let bits = number.num_bits();
    let mut guess = BigNum::from_u32(0)?;
    if bits == 0 {
        return Ok(guess);
    }
    guess.set_bit(bits / 2 + 1)?;
    loop {
        let mut quotient = BigNum::new()?;
        quotient.checked_div(number, &guess, context)?;
        let mut sum = BigNum::new()?;
        sum.checked_add(&guess, &quotient)?;
        let mut next = BigNum::new()?;
        next.rshift1(&sum)?;
        if next >= guess {
            return Ok(guess);
        }
        guess = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prime(bits: i32) -> BigNum {
        let mut prime = BigNum::new().unwrap();
        prime.generate_prime(bits, false, None, None).unwrap();
        prime
    }

    /// The smallest number from `start` on, in these steps, that is a prime.
    fn next_prime(start: &BigNumRef) -> BigNum {
        let mut context = BigNumContext::new().unwrap();
        let mut candidate = start.to_owned().unwrap();
        while !candidate.is_prime(10, &mut context).unwrap() {
            candidate.add_word(2).unwrap();
        }
        candidate
    }

    #[test]
    fn roots_are_rounded_down() {
        let mut context = BigNumContext::new().unwrap();
        for value in (0..2_000_u32).chain([u32::MAX, 65_536 * 65_535]) {
            let found = root(&BigNum::from_u32(value).unwrap(), &mut context).unwrap();
            assert_eq!(found, BigNum::from_u32(value.isqrt()).unwrap(), "{value}");
        }
    }

    #[test]
    fn what_comes_apart() {
        let (p, q) = (prime(256), prime(256));
        let mut near = p.to_owned().unwrap();
        near.add_word(2).unwrap();
        let near = next_prime(&near);
        let three = BigNum::from_u32(65_537).unwrap();
        for (product, expected) in [
            (&p * &q, None),
            (&p * &near, Some(Method::Fermat)),
            (&p * &p, Some(Method::Fermat)),
            (&p * &three, Some(Method::SmallFactor)),
            (p.to_owned().unwrap(), Some(Method::Prime)),
        ] {
            assert_eq!(factors(&product).unwrap(), expected, "{product:?}");
        }
    }

    /// A residue for each small prime that is some power of the generator, though no one power for all, passes only
    /// the first look.
    #[test]
    fn the_form_of_roca_and_what_only_begins_like_it() {
        let mut context = BigNumContext::new().unwrap();
        let mut product = BigNum::from_u32(1).unwrap();
        for prime in PRIMES {
            product.mul_word(prime).unwrap();
        }
        let mut power = BigNum::new().unwrap();
        let exponent = BigNum::from_u32(1_234_567).unwrap();
        let generator = BigNum::from_u32(GENERATOR).unwrap();
        power
            .mod_exp(&generator, &exponent, &product, &mut context)
            .unwrap();
        let mut above = BigNum::new().unwrap();
        above.lshift(&product, 400).unwrap();
        assert!(is_roca(&(&above + &power)).unwrap());
        let mut off = &above + &power;
        off.add_word(2).unwrap();
        assert!(!is_roca(&off).unwrap());

        let mut forged = BigNum::from_u32(1).unwrap();
        let mut step = BigNum::from_u32(2).unwrap();
        for prime in PRIMES.into_iter().skip(1) {
            let wanted = if prime == 11 {
                u64::from(GENERATOR) % 11
            } else {
                1
            };
            while forged.mod_word(prime).unwrap() != wanted {
                forged = &forged + &step;
            }
            step.mul_word(prime).unwrap();
        }
        let forged = &above + &forged;
        assert!(
            PRIMES
                .iter()
                .skip(1)
                .all(|prime| { is_power(forged.mod_word(*prime).unwrap(), u64::from(*prime)) })
        );
        assert!(!is_roca(&forged).unwrap());
    }
}
