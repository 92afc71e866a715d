//! Private halves of keys, and whether they belong to their public halves.
//!
//! Cheap checks with a bound on their size: a key that is put together from two verifies with the half that nobody
//! meant, and decrypts with neither.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::ec::{EcKey, EcKeyRef, EcPoint};
use openssl::error::ErrorStack;
use openssl::pkey::{HasPrivate, Id, PKey, PKeyRef, Private, Public};
use openssl::rsa::RsaPrivateKeyBuilder;

use super::public::refused;
use super::{KeyFault, OkpCurve};

/// Without its primes, an RSA key longer than this (in bits) is not checked: it would take long.
const MAX_RSA_BITS: i32 = 4096;

/// The numbers of a private RSA key, big-endian.
pub(super) struct RsaNumbers<'a> {
    pub(super) n: &'a BigNumRef,
    pub(super) e: &'a BigNumRef,
    pub(super) d: &'a BigNumRef,
    /// The two primes, when there are no more than two.
    pub(super) primes: Option<(&'a BigNumRef, &'a BigNumRef)>,
}

/// Whether the halves of a private key that OpenSSL has read belong together.
pub(super) fn of_pkey<T: HasPrivate>(key: &PKeyRef<T>) -> Result<(), KeyFault> {
    let belongs = match key.id() {
        Id::EC => key.ec_key().is_ok_and(|key| key.check_key().is_ok()),
        Id::RSA | Id::RSA_PSS => key.rsa().is_ok_and(|key| {
            rsa_belongs(&RsaNumbers {
                n: key.n(),
                e: key.e(),
                d: key.d(),
                primes: key.p().zip(key.q()),
            })
            .unwrap_or(false)
        }),
        // OpenSSL computes the public half itself.
        _ => true,
    };
    verdict(belongs)
}

/// From `d` of an elliptic curve key, big-endian.
pub(super) fn ec(public: &PKey<Public>, d: &[u8]) -> Result<PKey<Private>, KeyFault> {
    let public = public.ec_key().map_err(|stack| refused(&stack))?;
    verdict(ec_belongs(&public, d).unwrap_or(false))?;
    BigNum::from_slice(d)
        .and_then(|mut d| {
            let key = EcKey::from_private_components(public.group(), &d, public.public_key());
            d.clear();
            PKey::from_ec_key(key?)
        })
        .map_err(|stack| refused(&stack))
}

/// From `d` of an octet key pair (RFC 8037 section 2).
pub(super) fn okp(
    curve: OkpCurve,
    public: &PKey<Public>,
    d: &[u8],
) -> Result<PKey<Private>, KeyFault> {
    let id = match curve {
        OkpCurve::Ed25519 => Id::ED25519,
        OkpCurve::Ed448 => Id::ED448,
        OkpCurve::X25519 => Id::X25519,
        OkpCurve::X448 => Id::X448,
    };
    PKey::private_key_from_raw_bytes(d, id)
        .ok()
        .filter(|own| {
            own.raw_public_key()
                .is_ok_and(|own| public.raw_public_key().is_ok_and(|public| own == public))
        })
        .ok_or(KeyFault::PrivateHalf)
}

/// From the numbers of an RSA key. The primes are compared when all are there; what the key is used for goes without them.
pub(super) fn rsa(numbers: &RsaNumbers<'_>) -> Result<PKey<Private>, KeyFault> {
    verdict(rsa_belongs(numbers).unwrap_or(false))?;
    RsaPrivateKeyBuilder::new(
        numbers.n.to_owned().map_err(|stack| refused(&stack))?,
        numbers.e.to_owned().map_err(|stack| refused(&stack))?,
        numbers.d.to_owned().map_err(|stack| refused(&stack))?,
    )
    .and_then(|key| PKey::from_rsa(key.build()))
    .map_err(|stack| refused(&stack))
}

fn verdict(belongs: bool) -> Result<(), KeyFault> {
    if belongs {
        Ok(())
    } else {
        Err(KeyFault::PrivateHalf)
    }
}

fn ec_belongs(key: &EcKeyRef<Public>, d: &[u8]) -> Result<bool, ErrorStack> {
    let group = key.group();
    let mut context = BigNumContext::new()?;
    let mut order = BigNum::new()?;
    group.order(&mut order, &mut context)?;
    let d = BigNum::from_slice(d)?;
    if d.num_bits() == 0 || d >= order {
        return Ok(false);
    }
    let mut own = EcPoint::new(group)?;
    own.mul_generator2(group, &d, &mut context)?;
    own.eq(group, key.public_key(), &mut context)
}

fn rsa_belongs(numbers: &RsaNumbers<'_>) -> Result<bool, ErrorStack> {
    let RsaNumbers { n, e, d, primes } = *numbers;
    let mut context = BigNumContext::new()?;
    // RFC 8017 section 3.2: both exponents are below the modulus. This also bounds the work.
    if d.num_bits() > n.num_bits() || e.num_bits() > n.num_bits() {
        return Ok(false);
    }
    let one = BigNum::from_u32(1)?;
    if let Some((p, q)) = primes {
        if p.num_bits() > n.num_bits() || q.num_bits() > n.num_bits() {
            return Ok(false);
        }
        let mut product = BigNum::new()?;
        product.checked_mul(p, q, &mut context)?;
        let mut belongs = &*product == n;
        for prime in [p, q] {
            let mut totient = BigNum::new()?;
            totient.checked_sub(prime, &one)?;
            let mut rest = BigNum::new()?;
            rest.mod_mul(e, d, &totient, &mut context)?;
            let mut unit = BigNum::new()?;
            unit.nnmod(&one, &totient, &mut context)?;
            belongs &= rest == unit;
        }
        return Ok(belongs);
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
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;

    use crate::jose::base64url::encode;
    use crate::keys::{Holds, Key, KeyFault, LoadError, load};

    #[track_caller]
    fn one(text: &str) -> Key {
        load("key.jwk", text.as_bytes()).unwrap().remove(0)
    }

    #[track_caller]
    fn is_torn(file: impl AsRef<[u8]>) {
        match load("key", file.as_ref()) {
            Err(LoadError::NoUsableKey { first, .. }) => assert_eq!(first, KeyFault::PrivateHalf),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_foreign_private_half_is_a_fault_of_a_jwk() {
        let okp = |d: &str| {
            format!(
                r#"{{"kty":"OKP","crv":"Ed25519","d":"{d}","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#
            )
        };
        let key = one(&okp("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"));
        assert_eq!((key.fault, key.holds), (None, Holds::Private));
        is_torn(okp("mWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"));
        is_torn(okp("AAAA"));

        // RFC 7515 appendix A.3.1.
        let ec = |d: &str| {
            format!(
                r#"{{"kty":"EC","crv":"P-256","d":"{d}","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}}"#
            )
        };
        assert_eq!(
            one(&ec("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")).fault,
            None
        );
        is_torn(ec("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LM"));
        is_torn(ec("AA"));
        is_torn(ec(&encode(&[0xFF; 400])));
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
        let numbers = |key: &Rsa<openssl::pkey::Private>| {
            [
                key.d().to_vec(),
                key.p().unwrap().to_vec(),
                key.q().unwrap().to_vec(),
            ]
        };
        let [d, p, q] = numbers(&own);
        let [foreign, other_p, other_q] = numbers(&other);
        assert_eq!(one(&jwk(&d, None)).fault, None);
        assert_eq!(one(&jwk(&d, Some((&p, &q)))).fault, None);
        is_torn(jwk(&foreign, None));
        is_torn(jwk(&foreign, Some((&p, &q))));
        is_torn(jwk(&d, Some((&other_p, &other_q))));
        is_torn(jwk(&d, Some((&p, &[1]))));
        is_torn(jwk(&[0xFF; 200], None));
    }

    #[test]
    fn torn_pairs_in_der_are_told_too() {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let [own, other] = [(); 2].map(|()| EcKey::generate(&group).unwrap());
        let torn = EcKey::from_private_components(&group, own.private_key(), other.public_key());
        is_torn(torn.unwrap().private_key_to_der().unwrap());

        let [own, other] = [(); 2].map(|()| Rsa::generate(512).unwrap());
        let copy = |number: &openssl::bn::BigNumRef| number.to_owned().unwrap();
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
