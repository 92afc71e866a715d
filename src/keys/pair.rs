//! Private halves of keys, and whether they belong to their public halves.
//!
//! Cheap checks with a bound on their size: a key that is put together from two verifies with the half that nobody
//! meant, and decrypts with neither.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::ec::{EcKey, EcKeyRef, EcPoint};
use openssl::error::ErrorStack;
use openssl::pkey::{Id, PKey, Private, Public};
use openssl::rsa::RsaPrivateKeyBuilder;

use super::{Curve, Inconsistency, OkpCurve};

/// Without its primes, an RSA key longer than this (in bits) is not checked: it would take long.
const MAX_RSA_BITS: i32 = 4096;

/// The numbers of a private RSA key, big-endian.
pub(super) struct RsaNumbers<'a> {
    pub(super) n: &'a BigNumRef,
    pub(super) e: &'a BigNumRef,
    pub(super) d: &'a BigNumRef,
    /// `p` and `q`.
    pub(super) primes: Option<(&'a BigNumRef, &'a BigNumRef)>,
    /// Whether there are no more primes than these two, as far as is known.
    pub(super) is_pair: bool,
    /// `dp`, `dq` and `qi`, those that are there.
    pub(super) derived: [Option<&'a BigNumRef>; 3],
}

/// A private half, and what is wrong with it.
pub(super) struct Half {
    /// `None` when it does not belong to the public half.
    pub(super) key: Option<PKey<Private>>,
    pub(super) found: Vec<Inconsistency>,
    /// Of an RSA key: whether its two primes, which are its own, lie too close together.
    pub(super) has_close_primes: bool,
}

impl Half {
    /// Of a half that belongs, or not.
    pub(super) fn checked(key: Result<Option<PKey<Private>>, ErrorStack>) -> Self {
        let key = key.ok().flatten();
        let found = unless(key.is_some());
        Self {
            key,
            found,
            has_close_primes: false,
        }
    }
}

/// Of a private key that OpenSSL has read.
pub(super) fn of_pkey(key: PKey<Private>) -> Half {
    match key.id() {
        Id::EC => {
            let belongs = key.ec_key().is_ok_and(|key| key.check_key().is_ok());
            Half::checked(Ok(belongs.then_some(key)))
        }
        // Made anew: with RSASSA-PSS alone allowed OpenSSL would not decrypt, and a reviewer may want to know what else
        // the key opens.
        Id::RSA | Id::RSA_PSS => key.rsa().map_or_else(
            |stack| Half::checked(Err(stack)),
            |key| {
                let half = rsa(&RsaNumbers {
                    n: key.n(),
                    e: key.e(),
                    d: key.d(),
                    primes: key.p().zip(key.q()),
                    // Of three primes OpenSSL shows two.
                    is_pair: false,
                    derived: [key.dmp1(), key.dmq1(), key.iqmp()],
                });
                let is_whole = half.found.is_empty();
                Half {
                    // With its primes it is faster, and written down again as it was.
                    key: match PKey::from_rsa(key) {
                        Ok(whole) if is_whole => Some(whole),
                        _ => half.key,
                    },
                    ..half
                }
            },
        ),
        // OpenSSL computes the public half itself.
        _ => Half::checked(Ok(Some(key))),
    }
}

/// From `d` of an elliptic curve key, big-endian.
pub(super) fn ec(curve: Curve, public: &PKey<Public>, d: &[u8]) -> Half {
    let mut half = Half::checked(public.ec_key().and_then(|key| ec_pair(&key, d)));
    // RFC 7518 section 6.2.2.1: as long as the order, which on these curves is as long as the field.
    let expected = curve.coordinate_bytes();
    if half.key.is_some() && d.len() != expected {
        half.found.push(Inconsistency::PrivateLength {
            expected,
            found: d.len(),
        });
    }
    half
}

/// From `d` of an octet key pair (RFC 8037 section 2).
pub(super) fn okp(curve: OkpCurve, public: &PKey<Public>, d: &[u8]) -> Half {
    let id = match curve {
        OkpCurve::Ed25519 => Id::ED25519,
        OkpCurve::Ed448 => Id::ED448,
        OkpCurve::X25519 => Id::X25519,
        OkpCurve::X448 => Id::X448,
    };
    let own = PKey::private_key_from_raw_bytes(d, id);
    Half::checked(own.map(|own| Some(own).filter(|own| has_public_half(own, public))))
}

/// Whether the raw public half that follows from a private one is this one.
pub(super) fn has_public_half(own: &PKey<Private>, public: &PKey<Public>) -> bool {
    let own = own.raw_public_key();
    own.is_ok_and(|own| public.raw_public_key().is_ok_and(|public| own == public))
}

/// From the numbers of an RSA key. What it is used for goes without the primes, so that wrong numbers that follow from
/// them do no harm.
pub(super) fn rsa(numbers: &RsaNumbers<'_>) -> Half {
    let mut half = Half::checked(rsa_pair(numbers));
    let Some((p, q)) = numbers.primes else {
        return half;
    };
    half.has_close_primes = half.key.is_some() && p != q && are_close(p, q).unwrap_or(false);
    if p == q {
        // Modulo a square of a prime `d` is no inverse.
        half.key = None;
        half.found.push(Inconsistency::EqualPrimes);
    }
    let [dp, dq, qi] = numbers.derived;
    let derived = [
        ("dp", dp, numbers.e, p, true),
        ("dq", dq, numbers.e, q, true),
        ("qi", qi, q, p, false),
    ];
    for (name, number, other, prime, is_exponent) in derived {
        let Some(number) = number else { continue };
        let is_inverse = number.num_bits() <= numbers.n.num_bits()
            && is_inverse(number, other, prime, is_exponent).unwrap_or(false);
        if !is_inverse {
            half.found.push(Inconsistency::Derived { name });
        }
    }
    half
}

/// Whether two primes are closer than FIPS 186-5 allows (appendix A.1.3): all but one hundred of the bits of their
/// difference are zero. Primes of different lengths are not meant.
fn are_close(p: &BigNumRef, q: &BigNumRef) -> Result<bool, ErrorStack> {
    /// By chance one pair in about 2^100 lies so close.
    const MARGIN_BITS: i32 = 100;
    let mut between = BigNum::new()?;
    between.checked_sub(p, q)?;
    let is_close = between.num_bits() <= p.num_bits().max(q.num_bits()) - MARGIN_BITS;
    between.clear();
    Ok(is_close)
}

fn rsa_pair(numbers: &RsaNumbers<'_>) -> Result<Option<PKey<Private>>, ErrorStack> {
    if !rsa_belongs(numbers)? {
        return Ok(None);
    }
    let &RsaNumbers { n, e, d, .. } = numbers;
    let key = RsaPrivateKeyBuilder::new(n.to_owned()?, e.to_owned()?, d.to_owned()?)?.build();
    PKey::from_rsa(key).map(Some)
}

/// Whether a number is below a prime and the inverse of another: modulo the prime, or (`is_exponent`) one less.
fn is_inverse(
    number: &BigNumRef,
    of: &BigNumRef,
    prime: &BigNumRef,
    is_exponent: bool,
) -> Result<bool, ErrorStack> {
    let mut modulus = prime.to_owned()?;
    if is_exponent {
        modulus.sub_word(1)?;
    }
    let mut context = BigNumContext::new()?;
    let mut product = BigNum::new()?;
    product.mod_mul(number, of, &modulus, &mut context)?;
    let mut unit = BigNum::new()?;
    unit.nnmod(&*BigNum::from_u32(1)?, &modulus, &mut context)?;
    Ok(number < prime && product == unit)
}

fn unless(belongs: bool) -> Vec<Inconsistency> {
    if belongs {
        Vec::new()
    } else {
        vec![Inconsistency::PrivateHalf]
    }
}

fn ec_pair(key: &EcKeyRef<Public>, d: &[u8]) -> Result<Option<PKey<Private>>, ErrorStack> {
    let mut d = BigNum::from_slice(d)?;
    let pair = ec_belongs(key, &d).and_then(|belongs| {
        if !belongs {
            return Ok(None);
        }
        let pair = EcKey::from_private_components(key.group(), &d, key.public_key())?;
        PKey::from_ec_key(pair).map(Some)
    });
    d.clear();
    pair
}

fn ec_belongs(key: &EcKeyRef<Public>, d: &BigNumRef) -> Result<bool, ErrorStack> {
    let group = key.group();
    let mut context = BigNumContext::new()?;
    let mut order = BigNum::new()?;
    group.order(&mut order, &mut context)?;
    if d.num_bits() == 0 || d >= &*order {
        return Ok(false);
    }
    let mut own = EcPoint::new(group)?;
    own.mul_generator2(group, d, &mut context)?;
    own.eq(group, key.public_key(), &mut context)
}

fn rsa_belongs(numbers: &RsaNumbers<'_>) -> Result<bool, ErrorStack> {
    let &RsaNumbers {
        n, e, d, primes, ..
    } = numbers;
    let mut context = BigNumContext::new()?;
    // RFC 8017 section 3.2: both exponents are below the modulus. This also bounds the work.
    if d.num_bits() > n.num_bits() || e.num_bits() > n.num_bits() {
        return Ok(false);
    }
    if let Some((p, q)) = primes {
        if p.num_bits() > n.num_bits() || q.num_bits() > n.num_bits() {
            return Ok(false);
        }
        for prime in [p, q] {
            let mut totient = prime.to_owned()?;
            totient.sub_word(1)?;
            let mut rest = BigNum::new()?;
            rest.mod_mul(e, d, &totient, &mut context)?;
            let mut unit = BigNum::new()?;
            unit.nnmod(&*BigNum::from_u32(1)?, &totient, &mut context)?;
            if rest != unit {
                return Ok(false);
            }
        }
        let mut product = BigNum::new()?;
        product.checked_mul(p, q, &mut context)?;
        if &*product == n {
            return Ok(true);
        }
        let mut rest = BigNum::new()?;
        rest.nnmod(n, &product, &mut context)?;
        if numbers.is_pair || rest.num_bits() > 0 {
            return Ok(false);
        }
    }
    if n.num_bits() > MAX_RSA_BITS {
        return Ok(true);
    }
    let base = BigNum::from_u32(2)?;
    let mut raised = BigNum::new()?;
    raised.mod_exp(&base, e, n, &mut context)?;
    let mut back = BigNum::new()?;
    back.mod_exp(&raised, d, n, &mut context)?;
    Ok(back == base)
}

#[cfg(test)]
mod tests {
    use openssl::bn::{BigNum, BigNumContext, BigNumRef};
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;
    use openssl::pkey::{PKey, Private};
    use openssl::rsa::Rsa;

    use crate::jose::base64url::encode;
    use crate::keys::{Holds, Inconsistency, Key, KeyNote, load};

    #[track_caller]
    fn one(text: &str) -> Key {
        load("key.jwk", text.as_bytes()).unwrap().remove(0)
    }

    #[track_caller]
    fn is_inconsistent(file: impl AsRef<[u8]>, expected: &[Inconsistency]) {
        let keys = load("key", file.as_ref()).unwrap();
        let [key] = keys.as_slice() else {
            panic!("one key");
        };
        assert_eq!((&key.fault, key.holds), (&None, Holds::Private));
        assert!(key.public().is_some() && key.thumbprint.is_some());
        let found: Vec<_> = key
            .members
            .notes
            .iter()
            .filter_map(|note| match note {
                KeyNote::Inconsistent(inconsistency) => Some(inconsistency),
                _ => None,
            })
            .collect();
        assert_eq!(found, expected.iter().collect::<Vec<_>>());
        // What only others than `d` are to blame for leaves it usable.
        let has_half = expected.iter().all(|found| match found {
            Inconsistency::Derived { .. } | Inconsistency::PrivateLength { .. } => true,
            Inconsistency::Missing { name } => *name != "d",
            _ => false,
        });
        assert_eq!(key.private().is_some(), has_half, "{expected:?}");
    }

    #[track_caller]
    fn is_torn(file: impl AsRef<[u8]>) {
        is_inconsistent(file, &[Inconsistency::PrivateHalf]);
    }

    #[track_caller]
    fn is_whole(file: impl AsRef<[u8]>) {
        is_inconsistent(file, &[]);
    }

    #[test]
    fn a_foreign_private_half_of_a_jwk_is_told() {
        let okp = |d: &str| {
            format!(
                r#"{{"kty":"OKP","crv":"Ed25519","d":"{d}","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#
            )
        };
        is_whole(okp("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"));
        is_torn(okp("mWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"));
        is_torn(okp("AAAA"));

        // RFC 7515 appendix A.3.1.
        let ec = |d: &str| {
            format!(
                r#"{{"kty":"EC","crv":"P-256","d":"{d}","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}}"#
            )
        };
        is_whole(ec("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"));
        is_torn(ec("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LM"));
        is_torn(ec("AA"));
        is_torn(ec(&encode(&[0xFF; 400])));
        // The order of P-256 and one more: the private number one, were it reduced.
        is_torn(ec("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVI"));
        is_torn(ec(""));
        let unreadable = Inconsistency::Unreadable {
            name: "d",
            expected: "base64url",
            found: "another character at place 3".to_owned(),
        };
        is_inconsistent(ec("jp?QnnGQmL"), &[unreadable]);
    }

    #[test]
    fn rsa_is_checked_with_and_without_primes() {
        let [own, other] = [1024, 1024].map(|bits| Rsa::generate(bits).unwrap());
        let jwk = |d: &[u8], primes: Option<(&[u8], &[u8])>| {
            let primes =
                primes.map(|(p, q)| format!(r#","p":"{}","q":"{}""#, encode(p), encode(q)));
            format!(
                r#"{{"kty":"RSA","n":"{}","e":"AQAB","d":"{}"{}}}"#,
                encode(&own.n().to_vec()),
                encode(d),
                primes.unwrap_or_default()
            )
        };
        let numbers = |key: &Rsa<Private>| {
            [
                key.d().to_vec(),
                key.p().unwrap().to_vec(),
                key.q().unwrap().to_vec(),
            ]
        };
        let [d, p, q] = numbers(&own);
        let [foreign, other_p, other_q] = numbers(&other);
        let is_torn_with_primes = |jwk: String| {
            let missing = ["dp", "dq", "qi"].map(|name| Inconsistency::Missing { name });
            is_inconsistent(
                jwk,
                &[missing.as_slice(), &[Inconsistency::PrivateHalf]].concat(),
            );
        };
        is_whole(jwk(&d, None));
        is_torn(jwk(&foreign, None));
        is_torn_with_primes(jwk(&foreign, Some((&p, &q))));
        is_torn_with_primes(jwk(&d, Some((&other_p, &other_q))));
        is_torn_with_primes(jwk(&d, Some((&p, &[1]))));
        is_torn(jwk(&[0xFF; 200], None));
    }

    /// A JWK of this key, each member changed as is wished.
    fn whole_jwk(key: &Rsa<Private>, change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) -> String {
        let members = [
            ("n", key.n()),
            ("e", key.e()),
            ("d", key.d()),
            ("p", key.p().unwrap()),
            ("q", key.q().unwrap()),
            ("dp", key.dmp1().unwrap()),
            ("dq", key.dmq1().unwrap()),
            ("qi", key.iqmp().unwrap()),
        ];
        members
            .iter()
            .filter_map(|(name, number)| Some((name, change(name, number.to_vec())?)))
            .fold(r#"{"kty":"RSA""#.to_owned(), |jwk, (name, bytes)| {
                format!(r#"{jwk},"{name}":"{}""#, encode(&bytes))
            })
            + "}"
    }

    #[test]
    fn each_private_number_is_compared_with_the_others() {
        let key = Rsa::generate(1024).unwrap();
        is_whole(whole_jwk(&key, |_, number| Some(number)));
        is_whole(key.private_key_to_der().unwrap());
        for derived in ["dp", "dq", "qi"] {
            let one_more = whole_jwk(&key, |name, mut number| {
                if name == derived {
                    let last = number.last_mut().unwrap();
                    *last ^= 2;
                }
                Some(number)
            });
            is_inconsistent(one_more, &[Inconsistency::Derived { name: derived }]);
            let without = whole_jwk(&key, |name, number| (name != derived).then_some(number));
            is_inconsistent(without, &[Inconsistency::Missing { name: derived }]);
            let huge = whole_jwk(&key, |name, number| {
                Some(if name == derived {
                    vec![0xFF; 4_000]
                } else {
                    number
                })
            });
            is_inconsistent(huge, &[Inconsistency::Derived { name: derived }]);
        }
        let without_d = whole_jwk(&key, |name, number| (name != "d").then_some(number));
        is_inconsistent(without_d, &[Inconsistency::Missing { name: "d" }]);
        let swapped = whole_jwk(&key, |name, number| match name {
            "p" => Some(key.q().unwrap().to_vec()),
            "q" => Some(key.p().unwrap().to_vec()),
            _ => Some(number),
        });
        let derived = ["dp", "dq", "qi"].map(|name| Inconsistency::Derived { name });
        is_inconsistent(swapped, &derived);
    }

    #[test]
    fn a_prime_that_stands_twice_is_told() {
        let key = Rsa::generate(1024).unwrap();
        let p = key.p().unwrap();
        let (n, mut e_inverse, mut totient) =
            (p * p, BigNum::new().unwrap(), p.to_owned().unwrap());
        totient.sub_word(1).unwrap();
        let mut context = BigNumContext::new().unwrap();
        e_inverse
            .mod_inverse(key.e(), &totient, &mut context)
            .unwrap();
        let twice = whole_jwk(&key, |name, number| {
            Some(match name {
                "n" => n.to_vec(),
                "d" | "dp" | "dq" => e_inverse.to_vec(),
                "q" => p.to_vec(),
                _ => number,
            })
        });
        let qi = Inconsistency::Derived { name: "qi" };
        is_inconsistent(twice, &[Inconsistency::EqualPrimes, qi]);
    }

    /// RFC 7518 section 6.3.2.7.
    #[test]
    fn of_three_primes_the_first_two_are_not_all() {
        let (one, other) = (Rsa::generate(512).unwrap(), Rsa::generate(512).unwrap());
        let primes = [one.p().unwrap(), one.q().unwrap(), other.p().unwrap()];
        let mut context = BigNumContext::new().unwrap();
        let product = |less: u32| {
            primes
                .iter()
                .fold(BigNum::from_u32(1).unwrap(), |product, prime| {
                    let mut factor = BigNumRef::to_owned(prime).unwrap();
                    factor.sub_word(less).unwrap();
                    &product * &factor
                })
        };
        let (n, totient) = (product(0), product(1));
        let mut d = BigNum::new().unwrap();
        d.mod_inverse(one.e(), &totient, &mut context).unwrap();
        let of_three = |more: &str, change: u8| {
            let jwk = whole_jwk(&one, |name, number| {
                Some(match name {
                    "n" => n.to_vec(),
                    "d" => {
                        let mut d = d.to_vec();
                        *d.last_mut().unwrap() ^= change;
                        d
                    }
                    _ => number,
                })
            });
            jwk.replace('}', &format!("{more}}}"))
        };
        let oth = format!(r#","oth":[{{"r":"{}"}}]"#, encode(&primes[2].to_vec()));
        is_whole(of_three(&oth, 0));
        is_torn(of_three(&oth, 2));
        is_torn(of_three("", 0));
    }

    #[test]
    fn a_private_number_of_a_curve_has_one_length() {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let mut context = BigNumContext::new().unwrap();
        let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        group
            .generator_opt()
            .unwrap()
            .affine_coordinates(&group, &mut x, &mut y, &mut context)
            .unwrap();
        // The public half of the private number one is the generator.
        let jwk = |d: &[u8]| {
            format!(
                r#"{{"kty":"EC","crv":"P-256","d":"{}","x":"{}","y":"{}"}}"#,
                encode(d),
                encode(&x.to_vec_padded(32).unwrap()),
                encode(&y.to_vec_padded(32).unwrap())
            )
        };
        let padded = |length: usize| [vec![0; length - 1], vec![1]].concat();
        is_whole(jwk(&padded(32)));
        for found in [1, 31, 33] {
            let length = Inconsistency::PrivateLength {
                expected: 32,
                found,
            };
            is_inconsistent(jwk(&padded(found)), &[length]);
        }
    }

    #[test]
    fn torn_pairs_in_der_are_told_too() {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let [own, other] = [(); 2].map(|()| EcKey::generate(&group).unwrap());
        let torn = EcKey::from_private_components(&group, own.private_key(), other.public_key());
        is_torn(torn.unwrap().private_key_to_der().unwrap());

        let [own, other] = [(); 2].map(|()| Rsa::generate(512).unwrap());
        let copy = |number: &BigNumRef| number.to_owned().unwrap();
        let torn =
            openssl::rsa::RsaPrivateKeyBuilder::new(copy(own.n()), copy(own.e()), copy(other.d()))
                .and_then(|key| key.set_factors(copy(own.p().unwrap()), copy(own.q().unwrap())))
                .and_then(|key| {
                    key.set_crt_params(
                        copy(own.dmp1().unwrap()),
                        copy(own.dmq1().unwrap()),
                        copy(own.iqmp().unwrap()),
                    )
                });
        is_torn(torn.unwrap().build().private_key_to_der().unwrap());
    }

    #[test]
    fn the_private_half_is_kept_whatever_it_came_in() {
        let group = EcGroup::from_curve_name(Nid::SECP384R1).unwrap();
        for pkey in [
            PKey::from_ec_key(EcKey::generate(&group).unwrap()),
            PKey::from_rsa(Rsa::generate(1024).unwrap()),
            PKey::generate_x25519(),
            PKey::generate_x448(),
            PKey::generate_ed25519(),
        ] {
            let pkey = pkey.unwrap();
            for file in [
                pkey.private_key_to_pkcs8().unwrap(),
                pkey.private_key_to_pem_pkcs8().unwrap(),
            ] {
                let key = load("key", &file).unwrap().remove(0);
                let private = key.private().unwrap();
                assert!(private.public_eq(&pkey) && key.public().unwrap().public_eq(&pkey));
                assert_eq!(
                    private.private_key_to_pkcs8().unwrap(),
                    pkey.private_key_to_pkcs8().unwrap()
                );
            }
        }
        assert!(one(r#"{"kty":"oct","k":"AAAA"}"#).private().is_none());
        let rsa = Rsa::generate(1024).unwrap();
        let [n, e, d] = [rsa.n(), rsa.e(), rsa.d()].map(|number| encode(&number.to_vec()));
        let public = one(&format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#));
        assert!(public.private().is_none() && public.public().is_some());
        let pair = one(&format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}","d":"{d}"}}"#));
        let private = pair.private().unwrap().rsa().unwrap();
        assert_eq!(private.d(), rsa.d());
    }
}
