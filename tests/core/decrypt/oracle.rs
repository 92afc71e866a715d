//! josekit beside us: it encrypts by every `alg` and `enc`, and both open.

use std::sync::LazyLock;

use josekit::jwe::{self, JweAlgorithm as _, JweDecrypter, JweEncrypter, JweHeader};
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use josekit::jwk::alg::ecx::EcxCurve;
use tokenloupe::verify::decrypt::{CONTENT_ENCRYPTION, JwePart, WantedLength};

use super::*;
use crate::common::say;

const PLAINTEXT: &[u8] = b"You can trust us to stick with you through thick and thin";

static RSA: LazyLock<Jwk> = LazyLock::new(|| Jwk::generate_rsa_key(2048).unwrap());

type Pair = (Box<dyn JweEncrypter>, Box<dyn JweDecrypter>);

/// One way to encrypt.
struct Way {
    name: String,
    /// By the length of the content key in bytes.
    pair: Box<dyn Fn(&Jwk) -> Pair>,
    key: Box<dyn Fn(usize) -> Jwk>,
}

macro_rules! way {
    ($algorithm:expr, $suffix:expr, $key:expr) => {
        Way {
            name: format!("{} {}", $algorithm.name(), $suffix),
            pair: Box::new(|jwk| {
                (
                    Box::new($algorithm.encrypter_from_jwk(jwk).unwrap()),
                    Box::new($algorithm.decrypter_from_jwk(jwk).unwrap()),
                )
            }),
            key: Box::new($key),
        }
    };
}

#[expect(deprecated, reason = "RSA1_5 is to be opened too")]
fn ways() -> Vec<Way> {
    let oct = |bytes: u8| move |_: usize| Jwk::generate_oct_key(bytes).unwrap();
    let mut ways = vec![
        way!(jwe::RSA1_5, "", |_| RSA.clone()),
        way!(jwe::RSA_OAEP, "", |_| RSA.clone()),
        way!(jwe::RSA_OAEP_256, "", |_| RSA.clone()),
        way!(jwe::RSA_OAEP_384, "", |_| RSA.clone()),
        way!(jwe::RSA_OAEP_512, "", |_| RSA.clone()),
        way!(jwe::A128KW, "", oct(16)),
        way!(jwe::A192KW, "", oct(24)),
        way!(jwe::A256KW, "", oct(32)),
        way!(jwe::A128GCMKW, "", oct(16)),
        way!(jwe::A192GCMKW, "", oct(24)),
        way!(jwe::A256GCMKW, "", oct(32)),
        way!(jwe::Dir, "", |bytes| Jwk::generate_oct_key(bytes as u8)
            .unwrap()),
        way!(jwe::PBES2_HS256_A128KW, "", oct(20)),
        way!(jwe::PBES2_HS384_A192KW, "", oct(20)),
        way!(jwe::PBES2_HS512_A256KW, "", oct(20)),
    ];
    for curve in [
        EcCurve::P256,
        EcCurve::P384,
        EcCurve::P521,
        EcCurve::Secp256k1,
    ] {
        let key = move |_: usize| Jwk::generate_ec_key(curve).unwrap();
        ways.push(way!(jwe::ECDH_ES, curve, key));
        ways.push(way!(jwe::ECDH_ES_A128KW, curve, key));
        ways.push(way!(jwe::ECDH_ES_A192KW, curve, key));
        ways.push(way!(jwe::ECDH_ES_A256KW, curve, key));
    }
    for curve in [EcxCurve::X25519, EcxCurve::X448] {
        let key = move |_: usize| Jwk::generate_ecx_key(curve).unwrap();
        ways.push(way!(jwe::ECDH_ES, curve, key));
        ways.push(way!(jwe::ECDH_ES_A128KW, curve, key));
        ways.push(way!(jwe::ECDH_ES_A192KW, curve, key));
        ways.push(way!(jwe::ECDH_ES_A256KW, curve, key));
    }
    ways
}

/// Calls `with` for every way and every content encryption.
fn each(mut with: impl FnMut(&str, &str, &Jwk, &Pair)) -> usize {
    let mut count = 0;
    for way in ways() {
        for enc in CONTENT_ENCRYPTION {
            let jwk = (way.key)(enc.key_bytes());
            let pair = (way.pair)(&jwk);
            let mut header = JweHeader::new();
            header.set_content_encryption(enc.name);
            header.set_token_type("x");
            let token = jwe::serialize_compact(PLAINTEXT, &header, &*pair.0).unwrap();
            with(&format!("{} {}", way.name, enc.name), &token, &jwk, &pair);
            count += 1;
        }
    }
    count
}

#[test]
fn what_josekit_encrypts_opens() {
    let count = each(|case, token, jwk, (_, decrypter)| {
        let (theirs, _) = jwe::deserialize_compact(token, &**decrypter).unwrap();
        assert_eq!(theirs, PLAINTEXT, "{case}");
        let opened = Jwe::compact(token).open(&key(&jwk.to_string()));
        let opened = opened.unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(opened.plaintext.as_slice(), PLAINTEXT, "{case}");
        assert_eq!(Jwe::compact(token).shape_fault(), None, "{case}");
    });
    assert_eq!(count, 39 * 6);
    say(&format!("josekit: {count} tokens open as it opens them"));
}

/// Where a bit of any part is turned, neither opens.
#[test]
fn what_was_changed_opens_for_nobody() {
    each(|case, token, jwk, (_, decrypter)| {
        let key = key(&jwk.to_string());
        let parts: Vec<&str> = token.split('.').collect();
        for at in 1..5 {
            let bytes = decode(parts[at]).bytes.to_vec();
            if bytes.is_empty() {
                continue;
            }
            for bit in [0, bytes.len() * 4 + 3, bytes.len() * 8 - 1] {
                let mut changed = bytes.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                let changed = encode(&changed);
                let mut parts = parts.clone();
                parts[at] = &changed;
                let token = parts.join(".");
                let error = Jwe::compact(&token).open(&key).unwrap_err();
                let codes = ["tag-mismatch", "key-unwrap-failed", "passphrase-wrong"];
                assert!(
                    error.code().is_some_and(|code| codes.contains(&code)),
                    "{case} {at}: {error}"
                );
                if bit == 0 {
                    assert!(
                        jwe::deserialize_compact(&token, &**decrypter).is_err(),
                        "{case} {at}"
                    );
                }
            }
        }
        // The protected header is authenticated.
        let mut other = Jwe::compact(token);
        other.additional_data =
            encode(other.header.replace("\"x\"", "\"y\"").as_bytes()).into_bytes();
        assert!(
            matches!(other.open(&key), Err(OpenError::Tag { .. })),
            "{case}"
        );
    });
}

/// josekit takes the first bytes of a GCM tag for the whole; nobody should.
#[test]
fn a_cut_tag_opens_for_josekit_alone() {
    let mut differ = 0;
    each(|case, token, jwk, (_, decrypter)| {
        let (start, tag) = token.rsplit_once('.').unwrap();
        let tag = decode(tag).bytes;
        for length in [tag.len() - 1, 12, 1] {
            let cut = format!("{start}.{}", encode(&tag[..length]));
            let jwe = Jwe::compact(&cut);
            let expected = JweShapeFault::Length {
                part: JwePart::Tag,
                expected: WantedLength::Exactly(tag.len()),
                found: length,
            };
            assert_eq!(jwe.shape_fault(), Some(expected.clone()), "{case}");
            let error = jwe.open(&key(&jwk.to_string())).unwrap_err();
            assert_eq!(error, OpenError::Shape(expected), "{case}");
            differ += usize::from(jwe::deserialize_compact(&cut, &**decrypter).is_ok());
        }
    });
    // Three cuts of the three GCM encryptions.
    assert_eq!(differ, 39 * 3 * 3);
}

/// With another key of the same kind.
#[test]
fn another_key_is_told() {
    each(|case, token, jwk, _| {
        let other = match jwk.key_type() {
            "RSA" => Jwk::generate_rsa_key(2048).unwrap(),
            "oct" => Jwk::generate_oct_key(jwk.key_value().unwrap().len() as u8).unwrap(),
            "EC" => {
                let curves = [
                    EcCurve::P256,
                    EcCurve::P384,
                    EcCurve::P521,
                    EcCurve::Secp256k1,
                ];
                let same = curves
                    .into_iter()
                    .find(|curve| Some(curve.name()) == jwk.curve());
                Jwk::generate_ec_key(same.unwrap()).unwrap()
            }
            _ => {
                let curves = [EcxCurve::X25519, EcxCurve::X448];
                let same = curves
                    .into_iter()
                    .find(|curve| Some(curve.name()) == jwk.curve());
                Jwk::generate_ecx_key(same.unwrap()).unwrap()
            }
        };
        if jwk.key_type() == "RSA" && !case.contains("A128GCM") {
            return; // One of each is enough: such keys take long to make.
        }
        let error = Jwe::compact(token)
            .open(&key(&other.to_string()))
            .unwrap_err();
        let alg = case.split(' ').next().unwrap();
        let expected = match alg {
            "RSA1_5" | "dir" | "ECDH-ES" => OpenError::Tag {
                may_be_other_key: true,
            },
            _ if alg.starts_with("PBES2") => OpenError::Passphrase,
            _ => OpenError::KeyUnwrap,
        };
        assert_eq!(error, expected, "{case}");
    });
}
