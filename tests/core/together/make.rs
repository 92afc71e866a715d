//! Tokens that have to do with each other, made with what the standards say and nothing of ours.

use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use openssl::pkey::Private;
use openssl::sha::sha256;
use tokenloupe::find::find;
use tokenloupe::inspection::{Inspection, Session};
use tokenloupe::jose::base64url::encode;
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::Setting;

/// 2026-11-21T22:40:13Z.
pub(crate) const NOW: i64 = 1_795_300_813;

/// The key pair of this private number.
pub(crate) fn key(number: u32) -> EcKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    // A number that fills the field, so that it is as good as any other.
    let number = BigNum::from_slice(&sha256(&number.to_be_bytes())).unwrap();
    let mut context = BigNumContext::new().unwrap();
    let mut public = EcPoint::new(&group).unwrap();
    public
        .mul_generator2(&group, &number, &mut context)
        .unwrap();
    EcKey::from_private_components(&group, &number, &public).unwrap()
}

/// The public half, as a JWK.
pub(crate) fn jwk(key: &EcKey<Private>) -> String {
    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
    let mut context = BigNumContext::new().unwrap();
    key.public_key()
        .affine_coordinates(key.group(), &mut x, &mut y, &mut context)
        .unwrap();
    let text = |number: &BigNum| encode(&number.to_vec_padded(32).unwrap());
    format!(
        r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#,
        text(&x),
        text(&y)
    )
}

/// RFC 7638 section 3.
pub(crate) fn thumbprint(key: &EcKey<Private>) -> String {
    let members: serde_json::Value = serde_json::from_str(&jwk(key)).unwrap();
    let [x, y] = ["x", "y"].map(|name| members[name].as_str().unwrap());
    encode(&sha256(
        format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes(),
    ))
}

fn input(header: &str, claims: &str) -> String {
    format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(claims.as_bytes())
    )
}

/// A token signed with ES256.
pub(crate) fn es256(key: &EcKey<Private>, header: &str, claims: &str) -> String {
    let input = input(header, claims);
    let signature = EcdsaSig::sign(&sha256(input.as_bytes()), key).unwrap();
    joined(
        &input,
        signature.r().to_vec_padded(32).unwrap(),
        &signature.s().to_vec_padded(32).unwrap(),
    )
}

fn joined(input: &str, mut r: Vec<u8>, s: &[u8]) -> String {
    r.extend(s);
    format!("{input}.{}", encode(&r))
}

/// A token signed with ES256 and this nonce (FIPS 186-5 section 6.4.1); `is_opposite`: the other S of the two that there are.
pub(crate) fn es256_with_nonce(
    key: &EcKey<Private>,
    nonce: &[u8; 32],
    is_opposite: bool,
    header: &str,
    claims: &str,
) -> String {
    let group = key.group();
    let context = &mut BigNumContext::new().unwrap();
    let number = || BigNum::new().unwrap();
    let mut order = number();
    group.order(&mut order, context).unwrap();
    let nonce = BigNum::from_slice(nonce).unwrap();
    let mut point = EcPoint::new(group).unwrap();
    point.mul_generator2(group, &nonce, context).unwrap();
    let (mut x, mut y) = (number(), number());
    point
        .affine_coordinates(group, &mut x, &mut y, context)
        .unwrap();
    let mut r = number();
    r.nnmod(&x, &order, context).unwrap();
    let input = input(header, claims);
    let digest = BigNum::from_slice(&sha256(input.as_bytes())).unwrap();
    let (mut product, mut sum, mut inverse, mut s) = (number(), number(), number(), number());
    product
        .mod_mul(&r, key.private_key(), &order, context)
        .unwrap();
    sum.mod_add(&product, &digest, &order, context).unwrap();
    inverse.mod_inverse(&nonce, &order, context).unwrap();
    s.mod_mul(&sum, &inverse, &order, context).unwrap();
    if is_opposite {
        let other = &order - &s;
        s = other;
    }
    joined(
        &input,
        r.to_vec_padded(32).unwrap(),
        &s.to_vec_padded(32).unwrap(),
    )
}

/// The left half of the SHA-256, as `at_hash` with an algorithm of 256 bits (OpenID Connect Core section 3.1.3.6).
pub(crate) fn half_hash(text: &str) -> String {
    encode(&sha256(text.as_bytes())[..16])
}

/// `ath` (RFC 9449 section 4.2).
pub(crate) fn ath(text: &str) -> String {
    encode(&sha256(text.as_bytes()))
}

/// A DPoP proof for this instant, with these further claims.
pub(crate) fn proof(key: &EcKey<Private>, iat: i64, jti: &str, more: &str) -> String {
    let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{}}}"#, jwk(key));
    let claims = format!(
        r#"{{"jti":"{jti}","htm":"GET","htu":"https://api.example/orders","iat":{iat}{more}}}"#
    );
    es256(key, &header, &claims)
}

/// The tokens of some texts, each a file, in one session.
pub(crate) fn session(files: &[(&str, &str)], keys: &KeyRing) -> Session {
    let mut session = Session {
        keys: keys.clone(),
        ..Session::default()
    };
    for (name, text) in files {
        for found in find(text.as_bytes(), name) {
            session.adding().add(found);
        }
    }
    session
}

/// The tokens of a text, the one at this position first.
pub(crate) fn found(text: &str, first: usize, keys: &KeyRing) -> (Inspection, Vec<Inspection>) {
    let found = find(text.as_bytes(), "input").into_iter();
    let mut all: Vec<_> = found
        .map(|found| Inspection::new(found, keys, &Setting::default()))
        .collect();
    let first = all.remove(first);
    (first, all)
}
