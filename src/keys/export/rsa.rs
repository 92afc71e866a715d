//! The numbers of private RSA keys, those computed that were not loaded.
//!
//! A JWK may hold `d` alone (RFC 7518 section 6.3.2), and numbers that do not follow from the others are not taken over; what
//! PKCS #1 and most readers of JWKs want is found from `n`, `e` and `d`.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Rsa, RsaPrivateKeyBuilder};

/// Of a key longer than this (in bits) the primes are not searched for: it would take long.
const MAX_BITS: i32 = 8192;

/// A search that fails with all of them is one for other primes than two.
const BASES: [u32; 24] = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89,
];

/// The key with two primes and what follows from them; `None` when it has not exactly two, or they cannot be found.
pub(super) fn with_primes(key: &PKey<Private>) -> Result<Option<Rsa<Private>>, ErrorStack> {
    let key = key.rsa()?;
    if let (Some(p), Some(q), Some(_), Some(_), Some(_)) =
        (key.p(), key.q(), key.dmp1(), key.dmq1(), key.iqmp())
        && is_product(key.n(), p, q)?
    {
        return Ok(Some(key));
    }
    let loaded = match key.p().zip(key.q()) {
        Some((p, q)) if is_product(key.n(), p, q)? => Some((copy(p)?, copy(q)?)),
        _ => None,
    };
    let found = match loaded {
        Some(loaded) => Some(loaded),
        None => factors(key.n(), key.e(), key.d())?,
    };
    match found {
        Some(factors) => complete(&key, factors),
        None => Ok(None),
    }
}

/// With the numbers of the Chinese remainder theorem; `None` when the factors are no primes of this key.
fn complete(
    key: &Rsa<Private>,
    primes: (BigNum, BigNum),
) -> Result<Option<Rsa<Private>>, ErrorStack> {
    let mut context = BigNumContext::new_secure()?;
    let mut exponents = [BigNum::new_secure()?, BigNum::new_secure()?];
    for (exponent, prime) in exponents.iter_mut().zip([&primes.0, &primes.1]) {
        let mut totient = copy(prime)?;
        totient.sub_word(1)?;
        exponent.nnmod(key.d(), &totient, &mut context)?;
        let mut unit = BigNum::new_secure()?;
        unit.mod_mul(exponent, key.e(), &totient, &mut context)?;
        // Of a factor that is itself a product this does not hold.
        if unit != BigNum::from_u32(1)? {
            return Ok(None);
        }
    }
    let mut inverse = BigNum::new_secure()?;
    if inverse
        .mod_inverse(&primes.1, &primes.0, &mut context)
        .is_err()
    {
        return Ok(None);
    }
    let [dp, dq] = exponents;
    RsaPrivateKeyBuilder::new(key.n().to_owned()?, key.e().to_owned()?, copy(key.d())?)?
        .set_factors(primes.0, primes.1)?
        .set_crt_params(dp, dq, inverse)
        .map(|builder| Some(builder.build()))
}

/// Two factors of the modulus from both exponents (NIST SP 800-56B revision 2, appendix C.1), the larger first.
fn factors(
    n: &BigNumRef,
    e: &BigNumRef,
    d: &BigNumRef,
) -> Result<Option<(BigNum, BigNum)>, ErrorStack> {
    if n.num_bits() > MAX_BITS {
        return Ok(None);
    }
    let mut context = BigNumContext::new_secure()?;
    let one = BigNum::from_u32(1)?;
    let mut least = n.to_owned()?;
    least.sub_word(1)?;
    let mut odd = BigNum::new_secure()?;
    odd.checked_mul(e, d, &mut context)?;
    odd.sub_word(1)?;
    let twos = (0..odd.num_bits())
        .take_while(|&bit| !odd.is_bit_set(bit))
        .count();
    let Some(shift) = i32::try_from(twos)
        .ok()
        .filter(|&twos| twos > 0 && odd.num_bits() > 0)
    else {
        return Ok(None);
    };
    let product = odd;
    let mut odd = BigNum::new_secure()?;
    odd.rshift(&product, shift)?;
    for base in BASES {
        let mut root = BigNum::new_secure()?;
        root.mod_exp(&*BigNum::from_u32(base)?, &odd, n, &mut context)?;
        for _ in 0..twos {
            if root == one || root == least {
                break;
            }
            let mut square = BigNum::new_secure()?;
            square.mod_sqr(&root, n, &mut context)?;
            if square == one {
                // A root of one that is neither one nor minus one shares a factor when one is taken from it.
                root.sub_word(1)?;
                let mut factor = BigNum::new_secure()?;
                factor.gcd(&root, n, &mut context)?;
                let mut other = BigNum::new_secure()?;
                other.checked_div(n, &factor, &mut context)?;
                return Ok(Some(if factor > other {
                    (factor, other)
                } else {
                    (other, factor)
                }));
            }
            root = square;
        }
    }
    Ok(None)
}

fn is_product(n: &BigNumRef, p: &BigNumRef, q: &BigNumRef) -> Result<bool, ErrorStack> {
    let mut product = BigNum::new_secure()?;
    product.checked_mul(p, q, &mut *BigNumContext::new_secure()?)?;
    Ok(&*product == n)
}

/// A copy that is overwritten when it is freed.
fn copy(number: &BigNumRef) -> Result<BigNum, ErrorStack> {
    let mut copy = BigNum::new_secure()?;
    copy.lshift(number, 0)?;
    Ok(copy)
}
