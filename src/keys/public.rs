//! Public keys from their numbers, and their RFC 7638 thumbprints. The private half stands beside them where there is one.
//!
//! Every form of key ends here, so that one key has one shape and one thumbprint however it was written down.
//! Weak numbers are taken (a reviewer wants to know what they verify); only numbers that are no key are faults.

use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, Id, PKey, PKeyRef, Private, Public};
use openssl::rsa::Rsa;

use super::akp::{self, MlDsa};
use super::{Curve, KeyFault, KeyKind, OkpCurve};
use crate::jose::base64url;

/// RSA numbers longer than this (in bits) are refused by OpenSSL when it comes to using them.
const MAX_RSA_BITS: usize = 16_384;

/// A public key and what is known of it.
pub(super) struct PublicKey {
    pub(super) kind: KeyKind,
    pub(super) key: PKey<Public>,
    /// The private half that belongs to it, as far as it was loaded.
    pub(super) private: Option<PKey<Private>>,
    pub(super) thumbprint: String,
    pub(super) rsa_exponent: Option<Vec<u8>>,
}

/// From an OpenSSL key of any type; of a private one, the public half.
pub(super) fn from_pkey<T: HasPublic>(key: &PKeyRef<T>) -> Result<PublicKey, KeyFault> {
    if let Some(set) = MlDsa::of(key) {
        let octets = key.raw_public_key().map_err(|stack| refused(&stack))?;
        return akp::public(set, &octets);
    }
    match key.id() {
        Id::EC => from_ec(key),
        Id::ED25519 => from_raw(OkpCurve::Ed25519, key),
        Id::ED448 => from_raw(OkpCurve::Ed448, key),
        Id::RSA | Id::RSA_PSS => {
            let key = key.rsa().map_err(|stack| refused(&stack))?;
            for (name, number) in [("n", key.n()), ("e", key.e())] {
                if number.is_negative() {
                    return Err(KeyFault::Member {
                        name,
                        expected: "a positive integer",
                        found: "a negative one".to_owned(),
                    });
                }
            }
            rsa(&key.n().to_vec(), &key.e().to_vec())
        }
        Id::X25519 => from_raw(OkpCurve::X25519, key),
        Id::X448 => from_raw(OkpCurve::X448, key),
        other => Err(KeyFault::UnknownType(
            match Nid::from_raw(other.as_raw()).long_name() {
                Ok(name) => format!("the type {name}"),
                Err(_) => {
                    "a type other than RSA, EC, Ed25519, Ed448, X25519, X448 and ML-DSA".to_owned()
                }
            },
        )),
    }
}

/// From modulus and public exponent, big-endian. Leading zeros are passed over.
pub(super) fn rsa(n: &[u8], e: &[u8]) -> Result<PublicKey, KeyFault> {
    let (n, e) = (without_leading_zeros(n), without_leading_zeros(e));
    for (name, number) in [("n", n), ("e", e)] {
        let bits = bit_length(number);
        if bits > MAX_RSA_BITS {
            return Err(KeyFault::Member {
                name,
                expected: "an integer of at most 16384 bits",
                found: format!("{bits} bits"),
            });
        }
    }
    if n.is_empty() {
        return Err(KeyFault::Member {
            name: "n",
            expected: "a positive integer",
            found: "zero".to_owned(),
        });
    }
    let key = BigNum::from_slice(n)
        .and_then(|n| Rsa::from_public_components(n, BigNum::from_slice(e)?))
        .and_then(PKey::from_rsa)
        .map_err(|stack| refused(&stack))?;
    // RFC 7518 section 2: the value zero is written as one zero octet.
    let e_text = base64url::encode(if e.is_empty() { &[0] } else { e });
    let n_text = base64url::encode(n);
    Ok(PublicKey {
        kind: KeyKind::Rsa {
            bits: bit_length(n),
        },
        key,
        private: None,
        thumbprint: thumbprint(&format!(r#"{{"e":"{e_text}","kty":"RSA","n":"{n_text}"}}"#)),
        rsa_exponent: Some(e.to_vec()),
    })
}

/// From affine coordinates, big-endian. Shorter ones are padded.
pub(super) fn ec(curve: Curve, x: &[u8], y: &[u8]) -> Result<PublicKey, KeyFault> {
    let length = curve.coordinate_bytes();
    let x = padded("x", x, length)?;
    let y = padded("y", y, length)?;
    let crv = curve.name();
    let group = EcGroup::from_curve_name(nid(curve)).map_err(|stack| refused(&stack))?;
    let numbers = BigNum::from_slice(&x).and_then(|x| Ok((x, BigNum::from_slice(&y)?)));
    let (x_number, y_number) = numbers.map_err(|stack| refused(&stack))?;
    let key = EcKey::from_public_key_affine_coordinates(&group, &x_number, &y_number)
        .map_err(|_off_curve| KeyFault::NotOnCurve { curve: crv })
        .and_then(|key| PKey::from_ec_key(key).map_err(|stack| refused(&stack)))?;
    let (x, y) = (base64url::encode(&x), base64url::encode(&y));
    Ok(PublicKey {
        kind: KeyKind::Ec(curve),
        key,
        private: None,
        thumbprint: thumbprint(&format!(
            r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#
        )),
        rsa_exponent: None,
    })
}

/// From the bytes of an octet key pair's public key (RFC 8037 section 2).
pub(super) fn okp(curve: OkpCurve, x: &[u8]) -> Result<PublicKey, KeyFault> {
    if x.len() != curve.public_bytes() {
        return Err(wrong_length("x", curve.public_bytes(), x.len()));
    }
    let id = match curve {
        OkpCurve::Ed25519 => Id::ED25519,
        OkpCurve::Ed448 => Id::ED448,
        OkpCurve::X25519 => Id::X25519,
        OkpCurve::X448 => Id::X448,
    };
    let key = PKey::public_key_from_raw_bytes(x, id).map_err(|stack| refused(&stack))?;
    let (crv, x) = (curve.name(), base64url::encode(x));
    Ok(PublicKey {
        kind: KeyKind::Okp(curve),
        key,
        private: None,
        thumbprint: thumbprint(&format!(r#"{{"crv":"{crv}","kty":"OKP","x":"{x}"}}"#)),
        rsa_exponent: None,
    })
}

/// What OpenSSL said, in its words.
pub(super) fn refused(stack: &ErrorStack) -> KeyFault {
    let reason = stack
        .errors()
        .iter()
        .find_map(openssl::error::Error::reason);
    KeyFault::Refused(reason.unwrap_or("no reason given").to_owned())
}

fn from_ec<T: HasPublic>(key: &PKeyRef<T>) -> Result<PublicKey, KeyFault> {
    let key = key.ec_key().map_err(|stack| refused(&stack))?;
    let named = key.group().curve_name();
    let known = [Curve::P256, Curve::P384, Curve::P521, Curve::Secp256k1];
    let Some(curve) = known.into_iter().find(|&curve| Some(nid(curve)) == named) else {
        let name = named.and_then(|nid| nid.long_name().ok());
        return Err(KeyFault::UnknownType(match name {
            Some(name) => format!("the curve {name}"),
            None => "a curve with parameters of its own".to_owned(),
        }));
    };
    let coordinates = || -> Result<(Vec<u8>, Vec<u8>), ErrorStack> {
        let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
        let mut context = BigNumContext::new()?;
        key.public_key()
            .affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
        let length = i32::try_from(curve.coordinate_bytes()).unwrap_or(i32::MAX);
        Ok((x.to_vec_padded(length)?, y.to_vec_padded(length)?))
    };
    let (x, y) = coordinates().map_err(|stack| refused(&stack))?;
    ec(curve, &x, &y)
}

fn from_raw<T: HasPublic>(curve: OkpCurve, key: &PKeyRef<T>) -> Result<PublicKey, KeyFault> {
    let x = key.raw_public_key().map_err(|stack| refused(&stack))?;
    okp(curve, &x)
}

/// What OpenSSL calls a curve.
pub(crate) fn nid(curve: Curve) -> Nid {
    match curve {
        Curve::P256 => Nid::X9_62_PRIME256V1,
        Curve::P384 => Nid::SECP384R1,
        Curve::P521 => Nid::SECP521R1,
        Curve::Secp256k1 => Nid::SECP256K1,
    }
}

fn padded(name: &'static str, bytes: &[u8], length: usize) -> Result<Vec<u8>, KeyFault> {
    let missing = length.checked_sub(bytes.len());
    let Some(missing) = missing.filter(|_| !bytes.is_empty()) else {
        return Err(wrong_length(name, length, bytes.len()));
    };
    let mut padded = vec![0; missing];
    padded.extend_from_slice(bytes);
    Ok(padded)
}

fn wrong_length(name: &'static str, expected: usize, found: usize) -> KeyFault {
    KeyFault::Member {
        name,
        expected: match expected {
            32 => "32 bytes in base64url",
            48 => "48 bytes in base64url",
            56 => "56 bytes in base64url",
            57 => "57 bytes in base64url",
            66 => "66 bytes in base64url",
            _ => "as many bytes as the curve wants, in base64url",
        },
        found: format!("{found} bytes"),
    }
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// Of a number without leading zero octets.
fn bit_length(number: &[u8]) -> usize {
    let first = number
        .first()
        .map_or(0, |byte| byte.leading_zeros() as usize);
    number.len().saturating_mul(8).saturating_sub(first)
}

/// RFC 7638 section 3, over the required members in their order, without white space.
pub(super) fn thumbprint(members: &str) -> String {
    base64url::encode(&openssl::sha::sha256(members.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        base64url::decode(text).bytes.to_vec()
    }

    #[track_caller]
    fn assert_thumbprint(key: Result<PublicKey, KeyFault>, expected: &str) {
        assert_eq!(key.map(|key| key.thumbprint).as_deref(), Ok(expected));
    }

    /// The example of RFC 7638 section 3.1.
    #[test]
    fn rfc_7638_section_3_1() {
        let n = bytes(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        );
        let expected = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        assert_thumbprint(rsa(&n, &[1, 0, 1]), expected);
        assert_thumbprint(
            rsa(&[&[0, 0], n.as_slice()].concat(), &[0, 1, 0, 1]),
            expected,
        );
    }

    /// RFC 8037 appendix A.3.
    #[test]
    fn rfc_8037_appendix_a_3() {
        let x = bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_thumbprint(
            okp(OkpCurve::Ed25519, &x),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        );
    }

    #[test]
    fn weak_rsa_numbers_are_taken() {
        for (bits, e) in [
            (512, &[1_u8][..]),
            (1024, &[]),
            (1024, &[2]),
            (16_384, &[3]),
        ] {
            let mut n = vec![0xFF; bits / 8];
            n[0] = 0x80;
            let key = rsa(&n, e).map_err(|fault| fault.to_string()).unwrap();
            assert_eq!(key.kind, KeyKind::Rsa { bits });
            assert_eq!(key.key.bits() as usize, bits);
            assert_eq!(key.rsa_exponent.as_deref(), Some(e));
        }
    }

    #[test]
    fn what_is_no_rsa_key_is_a_fault() {
        assert!(matches!(
            rsa(&[0, 0], &[3]),
            Err(KeyFault::Member { name: "n", .. })
        ));
        assert!(matches!(
            rsa(&[1; 2049], &[3]),
            Err(KeyFault::Member { name: "n", .. })
        ));
        assert!(matches!(
            rsa(&[7], &[1; 4096]),
            Err(KeyFault::Member { name: "e", .. })
        ));
    }

    /// RFC 7515 appendix A.3.1.
    #[test]
    fn coordinates_are_padded_but_never_cut() {
        let x = bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
        let y = bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        assert_thumbprint(
            ec(Curve::P256, &x, &y),
            "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",
        );
        let longer = [&[0], x.as_slice()].concat();
        assert!(matches!(
            ec(Curve::P256, &longer, &y),
            Err(KeyFault::Member { name: "x", .. })
        ));
        assert!(matches!(
            ec(Curve::P256, &x, &[]),
            Err(KeyFault::Member { name: "y", .. })
        ));
        let off = ec(Curve::P256, &y, &x).err();
        assert_eq!(off, Some(KeyFault::NotOnCurve { curve: "P-256" }));
        let beyond = ec(Curve::P256, &[0xFF; 32], &y).err();
        assert_eq!(beyond, Some(KeyFault::NotOnCurve { curve: "P-256" }));
        let other = ec(Curve::Secp256k1, &x, &y).err();
        assert_eq!(other, Some(KeyFault::NotOnCurve { curve: "secp256k1" }));
    }

    #[test]
    fn a_coordinate_with_stripped_zeros_is_the_same_key() {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = std::iter::repeat_with(|| EcKey::generate(&group).unwrap())
            .map(|key| {
                from_pkey(&PKey::from_ec_key(key).unwrap())
                    .map_err(|f| f.to_string())
                    .unwrap()
            })
            .map(|key| {
                let ec = key.key.ec_key().unwrap();
                let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
                let mut context = BigNumContext::new().unwrap();
                ec.public_key()
                    .affine_coordinates(&group, &mut x, &mut y, &mut context)
                    .unwrap();
                (key, x.to_vec(), y.to_vec())
            })
            .find(|(_, x, y)| x.len() < 32 && y.len() == 32);
        let (key, x, y) = key.unwrap();
        assert_thumbprint(ec(Curve::P256, &x, &y), &key.thumbprint);
    }

    #[test]
    fn a_raw_key_has_one_length() {
        for curve in [
            OkpCurve::Ed25519,
            OkpCurve::Ed448,
            OkpCurve::X25519,
            OkpCurve::X448,
        ] {
            let length = curve.public_bytes();
            let key = okp(curve, &vec![9; length]).map(|key| key.kind);
            assert_eq!(key, Ok(KeyKind::Okp(curve)));
            for wrong in [0, length - 1, length + 1] {
                assert!(matches!(
                    okp(curve, &vec![9; wrong]),
                    Err(KeyFault::Member { .. })
                ));
            }
        }
    }
}
