//! DER: public keys, certificates and private keys, told apart by the tags that they begin with.
//!
//! OpenSSL reads each with the one function that is made for it, so nothing is guessed, and none of them can
//! ask for a passphrase. What is encrypted is decrypted before.

use openssl::asn1::Asn1Object;
use openssl::ec::EcKey;
use openssl::error::ErrorStack;
use openssl::pkey::{HasPublic, Id, PKey, Private};
use openssl::rsa::Rsa;
use x509_parser::der_parser::Oid;
use zeroize::Zeroizing;

use super::certificate::from_certificate_der;
use super::found::Found;
use super::{Form, locked, pkcs7, pkcs12};
use crate::keys::pair;
use crate::keys::public::{PublicKey, from_pkey, refused};
use crate::keys::unlock::Opening;
use crate::keys::{Holds, Key, KeyFault, KeyNote};

/// One DER element, alone in its file.
pub(super) const FORM: Form = Form {
    recognises: |content| {
        let rest = element(content).and_then(|element| content.get(element.len()..));
        content.first() == Some(&SEQUENCE) && rest.is_some_and(|rest| rest.trim_ascii().is_empty())
    },
    load: |found, content| {
        take(found, content, Armour::None);
        Ok(())
    },
};

pub(in crate::keys) const INTEGER: u8 = 0x02;
pub(in crate::keys) const BIT_STRING: u8 = 0x03;
pub(in crate::keys) const OCTET_STRING: u8 = 0x04;
pub(in crate::keys) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(in crate::keys) const SEQUENCE: u8 = 0x30;
/// `[0]` of `ECPrivateKey` (RFC 5915 section 3).
const PARAMETERS: u8 = 0xA0;

/// The algorithms whose keys OpenSSL is asked to read. Of others it would compute the public half of a private key,
/// which hostile DSA numbers make last for hours.
const ALGORITHMS: &[&[u8]] = &[
    b"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01", // rsaEncryption
    b"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A", // id-RSASSA-PSS
    b"\x2A\x86\x48\xCE\x3D\x02\x01",         // id-ecPublicKey
    b"\x2B\x65\x6E",                         // id-X25519
    b"\x2B\x65\x6F",                         // id-X448
    b"\x2B\x65\x70",                         // id-Ed25519
    b"\x2B\x65\x71",                         // id-Ed448
    b"\x60\x86\x48\x01\x65\x03\x04\x03\x11", // id-ml-dsa-44
    b"\x60\x86\x48\x01\x65\x03\x04\x03\x12", // id-ml-dsa-65
    b"\x60\x86\x48\x01\x65\x03\x04\x03\x13", // id-ml-dsa-87
];

/// What a DER element is, as far as its first tags tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Structure {
    /// A store of Bouncy Castle, which holds its keys encrypted.
    Bcfks,
    /// `Certificate` (RFC 5280 section 4.1); requests and revocation lists begin alike.
    Certificate,
    /// `EncryptedPrivateKeyInfo` (RFC 5958 section 3).
    Encrypted,
    /// `RSAPrivateKey` (RFC 8017 appendix A.1.2).
    Pkcs1Private,
    /// `RSAPublicKey` (RFC 8017 appendix A.1.1).
    Pkcs1Public,
    /// `ContentInfo` (RFC 2315 section 7).
    Pkcs7,
    /// `OneAsymmetricKey` (RFC 5958 section 2), which was `PrivateKeyInfo`.
    Pkcs8,
    /// `PFX` (RFC 7292 section 4).
    Pkcs12,
    /// `ECPrivateKey` (RFC 5915 section 3).
    Sec1,
    /// `SubjectPublicKeyInfo` (RFC 5280 section 4.1).
    Spki,
}

/// What the bytes of an element came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Armour {
    /// Base64 alone.
    Base64,
    /// Hexadecimal digits alone.
    Hex,
    /// Nothing.
    None,
    /// A PEM block.
    Pem,
}

/// The first element of `bytes`, tag and length included; `None` when it ends too early or is no definite DER.
pub(super) fn element(bytes: &[u8]) -> Option<&[u8]> {
    let (_, _, rest) = split(bytes)?;
    bytes.get(..bytes.len().checked_sub(rest.len())?)
}

/// What the first element of `bytes` is.
pub(super) fn structure(bytes: &[u8]) -> Option<Structure> {
    let (SEQUENCE, inner, _) = split(bytes)? else {
        return None;
    };
    let (first, value, rest) = split(inner)?;
    if first == OBJECT_IDENTIFIER {
        return Some(Structure::Pkcs7);
    }
    let (second, _, rest) = split(rest)?;
    match (first, second) {
        (INTEGER, INTEGER) if rest.is_empty() => Some(Structure::Pkcs1Public),
        (INTEGER, INTEGER) => Some(Structure::Pkcs1Private),
        (INTEGER, OCTET_STRING) => Some(Structure::Sec1),
        (INTEGER, SEQUENCE) if value == [3] => Some(Structure::Pkcs12),
        (INTEGER, SEQUENCE) => Some(Structure::Pkcs8),
        (SEQUENCE, BIT_STRING) => Some(Structure::Spki),
        (SEQUENCE, OCTET_STRING) => Some(Structure::Encrypted),
        // A store of Bouncy Castle begins alike, with the algorithm of its encryption.
        (SEQUENCE, SEQUENCE) if value.first() != Some(&SEQUENCE) => Some(Structure::Certificate),
        (SEQUENCE, SEQUENCE) => Some(Structure::Bcfks),
        _ => None,
    }
}

/// The first element of `der` as a key, unusable or not.
pub(super) fn key(
    der: &[u8],
    armour: Armour,
    opening: &Opening<'_>,
    source: &str,
    ordinal: usize,
) -> Key {
    let structure = structure(der);
    if structure == Some(Structure::Certificate) {
        return from_certificate_der(der, source, ordinal);
    }
    let mut key = Key::blank(source, ordinal, form(structure, armour));
    if form(structure, armour) == form(Some(Structure::Pkcs8), armour) {
        key.holds = Holds::Private;
    }
    if let Some(other) = algorithm(der, structure).filter(|oid| !ALGORITHMS.contains(oid)) {
        key.fault = Some(KeyFault::UnknownType(algorithm_name(other)));
        return key;
    }
    match structure {
        Some(Structure::Pkcs1Private) => {
            take_private(
                &mut key,
                Rsa::private_key_from_der(der).and_then(PKey::from_rsa),
            );
        }
        Some(Structure::Pkcs1Public) => {
            take_public(
                &mut key,
                Rsa::public_key_from_der_pkcs1(der).and_then(PKey::from_rsa),
            );
        }
        Some(Structure::Pkcs8) => take_private(&mut key, PKey::private_key_from_pkcs8(der)),
        Some(Structure::Sec1) if !names_curve(der) => {
            key.fault = Some(KeyFault::Member {
                name: "crv",
                expected: "the curve in the key, or in a PEM block EC PARAMETERS before it",
                found: "neither".to_owned(),
            });
        }
        Some(Structure::Sec1) => {
            take_private(
                &mut key,
                EcKey::private_key_from_der(der).and_then(PKey::from_ec_key),
            );
        }
        Some(Structure::Spki) => take_public(&mut key, PKey::public_key_from_der(der)),
        Some(Structure::Encrypted) => match locked::pkcs8(der, opening) {
            Ok(plain) => {
                let form = key.form;
                key = self::key(&plain, armour, opening, source, ordinal);
                key.form = form;
            }
            Err(fault) => {
                key.holds = Holds::Private;
                key.fault = Some(fault);
            }
        },
        Some(Structure::Bcfks | Structure::Certificate | Structure::Pkcs7 | Structure::Pkcs12)
        | None => {
            key.fault = Some(KeyFault::UnknownType("DER of another structure".to_owned()));
        }
    }
    key
}

/// Takes the keys in the first element of `der`: of a bundle all of its certificates, of a store all keys.
pub(super) fn take(found: &mut Found<'_>, der: &[u8], armour: Armour) {
    match structure(der) {
        Some(Structure::Pkcs7) => pkcs7::take(found, der),
        Some(Structure::Pkcs12) => pkcs12::take(found, der),
        _ => {
            let opening = found.opening();
            found.add(|source, ordinal| key(der, armour, opening, source, ordinal));
        }
    }
}

/// The object identifier of the algorithm of a key that names one.
fn algorithm(der: &[u8], structure: Option<Structure>) -> Option<&[u8]> {
    let (_, inner, _) = split(der)?;
    let (_, first, rest) = split(inner)?;
    let identifier = match structure? {
        Structure::Spki => first,
        Structure::Pkcs8 => split(rest)?.1,
        _ => return None,
    };
    let (OBJECT_IDENTIFIER, oid, _) = split(identifier)? else {
        return None;
    };
    Some(oid)
}

fn algorithm_name(oid: &[u8]) -> String {
    let dotted = Oid::new(oid.into()).to_id_string();
    let name = Asn1Object::from_str(&dotted)
        .and_then(|object| object.nid().long_name())
        .ok()
        .filter(|name| *name != "undefined");
    format!("the type {}", name.unwrap_or(&dotted))
}

fn take_public<T: HasPublic>(key: &mut Key, loaded: Result<PKey<T>, ErrorStack>) {
    let public = loaded.map_err(|stack| refused(&stack));
    let public = public.and_then(|pkey| public_half(key, &pkey));
    key.set_public(public);
}

fn take_private(key: &mut Key, loaded: Result<PKey<Private>, ErrorStack>) {
    let pair = loaded.map_err(|stack| refused(&stack)).and_then(|pkey| {
        let mut public = public_half(key, &pkey)?;
        let half = pair::of_pkey(pkey);
        let found = half.found.into_iter().map(KeyNote::Inconsistent);
        key.members.notes.extend(found);
        if half.has_close_primes {
            key.members.notes.push(KeyNote::ClosePrimes);
        }
        public.private = half.key;
        Ok(public)
    });
    key.set_public(pair);
}

fn public_half<T: HasPublic>(key: &mut Key, pkey: &PKey<T>) -> Result<PublicKey, KeyFault> {
    if pkey.id() == Id::RSA_PSS {
        key.members.notes.push(KeyNote::PssOnly);
    }
    from_pkey(pkey)
}

/// Whether an `ECPrivateKey` says on which curve it is.
fn names_curve(der: &[u8]) -> bool {
    parts_of_sec1(der).is_some_and(|(_, rest)| rest.first() == Some(&PARAMETERS))
}

/// Version and number of an `ECPrivateKey`, and what follows them.
fn parts_of_sec1(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, inner, _) = split(der)?;
    let (_, _, rest) = split(inner)?;
    let (_, _, rest) = split(rest)?;
    inner.split_at_checked(inner.len().saturating_sub(rest.len()))
}

/// An `ECPrivateKey` that says nothing of its curve, with the parameters that stand beside it; `None` when it is complete
/// or something else.
pub(super) fn with_curve(der: &[u8], parameters: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if structure(der) != Some(Structure::Sec1) || names_curve(der) {
        return None;
    }
    let (start, rest) = parts_of_sec1(der)?;
    let parameters = enclosed(PARAMETERS, &[element(parameters)?])?;
    enclosed(SEQUENCE, &[start, &parameters, rest])
}

/// An element of these contents (X.690 section 8.1.3).
pub(in crate::keys) fn enclosed(tag: u8, contents: &[&[u8]]) -> Option<Zeroizing<Vec<u8>>> {
    let length = contents.iter().map(|piece| piece.len()).sum::<usize>();
    let mut der = Zeroizing::new(Vec::with_capacity(length.saturating_add(6)));
    der.push(tag);
    if let Ok(short @ 0..=0x7F) = u8::try_from(length) {
        der.push(short);
    } else {
        der.push(0x84);
        der.extend_from_slice(&u32::try_from(length).ok()?.to_be_bytes());
    }
    for piece in contents {
        der.extend_from_slice(piece);
    }
    Some(der)
}

fn form(structure: Option<Structure>, armour: Armour) -> &'static str {
    match (structure, armour) {
        (Some(Structure::Pkcs1Public | Structure::Spki), _) => match armour {
            Armour::Base64 => "public key in base64",
            Armour::Hex => "public key in hexadecimal",
            Armour::None => "DER public key",
            Armour::Pem => "PEM public key",
        },
        (Some(Structure::Pkcs1Private | Structure::Pkcs8 | Structure::Sec1), _) => match armour {
            Armour::Base64 => "private key in base64",
            Armour::Hex => "private key in hexadecimal",
            Armour::None => "DER private key",
            Armour::Pem => "PEM private key",
        },
        (Some(Structure::Encrypted), _) => "encrypted private key",
        (_, Armour::Pem) => "PEM block",
        _ => "DER",
    }
}

/// Tag, contents and what follows (X.690 section 8.1). Tags of more than one byte and indefinite lengths are none.
pub(in crate::keys) fn split(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if tag & 0x1F == 0x1F {
        return None;
    }
    let (length, rest) = match first {
        0..=0x7F => (usize::from(first), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x0F))?;
            let length = length
                .iter()
                .fold(0_u32, |length, &byte| length << 8 | u32::from(byte));
            (usize::try_from(length).ok()?, rest)
        }
        _ => return None,
    };
    let (contents, rest) = rest.split_at_checked(length)?;
    Some((tag, contents, rest))
}

#[cfg(test)]
mod tests {
    use openssl::dsa::Dsa;
    use openssl::ec::EcGroup;
    use openssl::nid::Nid;
    use openssl::symm::Cipher;
    use proptest::prelude::*;

    use super::*;
    use crate::keys::{KeyKind, LoadError, OkpCurve, load};

    #[track_caller]
    fn one(der: &[u8]) -> Key {
        let mut keys = load("key.der", der).unwrap();
        assert_eq!(keys.len(), 1);
        keys.remove(0)
    }

    #[test]
    fn the_six_structures_of_a_key_give_the_same_key() {
        let rsa = Rsa::generate(1024).unwrap();
        let pkey = PKey::from_rsa(rsa.clone()).unwrap();
        let thumbprint = from_pkey(&pkey).map(|key| key.thumbprint).ok();
        for (der, holds) in [
            (rsa.public_key_to_der_pkcs1().unwrap(), Holds::Public),
            (rsa.public_key_to_der().unwrap(), Holds::Public),
            (rsa.private_key_to_der().unwrap(), Holds::Private),
            (pkey.private_key_to_pkcs8().unwrap(), Holds::Private),
        ] {
            let key = one(&der);
            assert_eq!((key.kind, key.holds), (KeyKind::Rsa { bits: 1024 }, holds));
            assert_eq!(key.thumbprint, thumbprint);
            assert_eq!(key.rsa_exponent.as_deref(), Some(&[1, 0, 1][..]));
        }
        let group = EcGroup::from_curve_name(Nid::SECP521R1).unwrap();
        let ec = EcKey::generate(&group).unwrap();
        let pkey = PKey::from_ec_key(ec.clone()).unwrap();
        let thumbprint = from_pkey(&pkey).map(|key| key.thumbprint).ok();
        for der in [
            ec.private_key_to_der().unwrap(),
            pkey.public_key_to_der().unwrap(),
        ] {
            assert_eq!(one(&der).thumbprint, thumbprint);
        }
    }

    #[test]
    fn a_curve_is_put_into_a_key_of_any_length() {
        for nid in [Nid::SECP256K1, Nid::SECP521R1] {
            let group = EcGroup::from_curve_name(nid).unwrap();
            let der = EcKey::generate(&group)
                .unwrap()
                .private_key_to_der()
                .unwrap();
            let (start, rest) = parts_of_sec1(&der).unwrap();
            let (_, parameters, rest) = split(rest).unwrap();
            let bare = enclosed(SEQUENCE, &[start, rest]).unwrap();
            assert!(load("key.der", &bare).is_err());
            let whole = with_curve(&bare, parameters).unwrap();
            assert_eq!(one(&whole).thumbprint, one(&der).thumbprint);
            assert_eq!(with_curve(&der, parameters), None);
        }
    }

    #[test]
    fn octet_key_pairs_load_from_both_halves() {
        for (pkey, curve) in [
            (PKey::generate_ed25519(), OkpCurve::Ed25519),
            (PKey::generate_ed448(), OkpCurve::Ed448),
            (PKey::generate_x25519(), OkpCurve::X25519),
            (PKey::generate_x448(), OkpCurve::X448),
        ] {
            let pkey = pkey.unwrap();
            let private = one(&pkey.private_key_to_pkcs8().unwrap());
            let public = one(&pkey.public_key_to_der().unwrap());
            assert_eq!(public.kind, KeyKind::Okp(curve));
            assert_eq!(private.thumbprint, public.thumbprint);
            assert!(private.public().is_some_and(|key| key.public_eq(&pkey)));
        }
    }

    /// RFC 8410 section 10.3: a private key of version 2, with attributes and its public half.
    #[test]
    fn rfc_8410_private_key_of_version_2() {
        let text = "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhCoB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
        let der = crate::jose::base64url::decode(text).bytes;
        let key = one(&der);
        assert_eq!(
            (key.kind, key.holds),
            (KeyKind::Okp(OkpCurve::Ed25519), Holds::Private)
        );
        let raw = key.public().and_then(|key| key.raw_public_key().ok());
        assert_eq!(raw.as_deref(), der.get(der.len() - 32..));
    }

    #[test]
    fn other_curves_and_types_are_named() {
        let group = EcGroup::from_curve_name(Nid::BRAINPOOL_P256R1).unwrap();
        let pkey = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let error = load("key.der", &pkey.public_key_to_der().unwrap())
            .unwrap_err()
            .to_string();
        assert!(error.contains("the curve brainpoolP256r1"), "{error}");
        let dsa = PKey::from_dsa(Dsa::generate(1024).unwrap()).unwrap();
        for der in [
            dsa.public_key_to_der().unwrap(),
            dsa.private_key_to_pkcs8().unwrap(),
        ] {
            let error = load("key.der", &der).unwrap_err().to_string();
            assert!(error.contains("the type dsaEncryption"), "{error}");
        }
        let unknown = b"\x30\x0A\x30\x05\x06\x03\x2A\x03\x7F\x03\x01\x00";
        let error = load("key.der", unknown).unwrap_err().to_string();
        assert!(error.contains("the type 1.2.3.127"), "{error}");
        let no_algorithm = b"\x30\x0A\x30\x05\x02\x03\x2A\x03\x7F\x03\x01\x00";
        assert!(load("key.der", no_algorithm).is_err());
    }

    /// The public half of a DSA key is a power modulo a number of any size.
    #[test]
    fn no_public_half_is_computed_for_numbers_of_any_size() {
        let tlv = |tag: u8, contents: &[u8]| {
            let length = u32::try_from(contents.len()).unwrap().to_be_bytes();
            [&[tag, 0x84], length.as_slice(), contents].concat()
        };
        let number = tlv(INTEGER, &vec![0x7F; 100_000]);
        let parameters = tlv(SEQUENCE, &[number.as_slice(), &number, &number].concat());
        let dsa = tlv(OBJECT_IDENTIFIER, b"\x2A\x86\x48\xCE\x38\x04\x01");
        let algorithm = tlv(SEQUENCE, &[dsa, parameters].concat());
        let private = tlv(OCTET_STRING, &number);
        let pkcs8 = tlv(SEQUENCE, &[tlv(INTEGER, &[0]), algorithm, private].concat());
        let start = std::time::Instant::now();
        assert!(load("key.der", &pkcs8).is_err());
        assert!(start.elapsed().as_secs() < 5);
    }

    #[test]
    fn an_encrypted_key_is_said_to_be_encrypted() {
        let pkey = PKey::generate_ed25519().unwrap();
        let der = pkey
            .private_key_to_pkcs8_passphrase(Cipher::aes_128_cbc(), b"open sesame")
            .unwrap();
        let error = load("key.der", &der).unwrap_err();
        assert_eq!(
            error,
            LoadError::Encrypted {
                source_name: "key.der".to_owned()
            }
        );
    }

    #[test]
    fn a_truncated_key_is_an_error_at_every_length() {
        let der = PKey::generate_ed25519()
            .unwrap()
            .public_key_to_der()
            .unwrap();
        for length in 1..der.len() {
            assert!(load("key.der", &der[..length]).is_err());
        }
    }

    #[test]
    fn elements_are_measured() {
        assert_eq!(
            element(b"\x30\x02\x05\x00rest"),
            Some(&b"\x30\x02\x05\x00"[..])
        );
        assert_eq!(element(b"\x30\x81\x01\x00"), Some(&b"\x30\x81\x01\x00"[..]));
        for bad in [
            &b""[..],
            b"\x30",
            b"\x30\x01",
            b"\x30\x80\x00\x00",
            b"\x30\x85\0\0\0\0\x01\0",
            b"\x1F\x01\x00",
        ] {
            assert_eq!(element(bad), None, "{bad:?}");
        }
    }
    proptest! {
        #[test]
        fn a_damaged_key_gives_a_key_or_an_error(
            which in 0_usize..6,
            damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
            let ec = EcKey::generate(&group).unwrap();
            let okp = PKey::generate_ed25519().unwrap();
            let rsa = Rsa::generate(512).unwrap();
            let mut der = match which {
                0 => ec.private_key_to_der(),
                1 => ec.public_key_to_der(),
                2 => okp.private_key_to_pkcs8(),
                3 => rsa.private_key_to_der(),
                4 => rsa.public_key_to_der(),
                _ => PKey::from_ec_key(ec).and_then(|ec| ec.private_key_to_pkcs8()),
            }
            .unwrap();
            for (at, byte) in damage {
                let at = at.index(der.len());
                der[at] = byte;
            }
            if let Ok(keys) = load("key.der", &der) {
                prop_assert!(keys.iter().all(|key| key.public().is_some() && key.thumbprint.is_some()));
            }
        }
    }
}
