//! Which of the reviewer's keys fit which tokens.

use tokenloupe::inspection::{Fit, Session};
use tokenloupe::jose::base64url::encode;
use tokenloupe::keys::{self, KeyRing};
use tokenloupe::verify::Service;

use crate::common::inspect;

fn oct(kid: &str, secret: &[u8]) -> String {
    format!(r#"{{"kty":"oct","kid":"{kid}","k":"{}"}}"#, encode(secret))
}

fn hs256(claims: &str, secret: &[u8]) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let input = format!(
        "{}.{}",
        encode(br#"{"alg":"HS256"}"#),
        encode(claims.as_bytes())
    );
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    mac.update(input.as_bytes());
    format!("{input}.{}", encode(&mac.finalize().into_bytes()))
}

/// A JWE of this text under a secret (`dir`, A128CBC-HS256).
fn sealed(text: &str, secret: &[u8]) -> String {
    let mut header = josekit::jwe::JweHeader::new();
    header.set_algorithm("dir");
    header.set_content_encryption("A128CBC-HS256");
    header.set_content_type("JWT");
    let encrypter = josekit::jwe::Dir.encrypter_from_bytes(secret).unwrap();
    josekit::jwe::serialize_compact(text.as_bytes(), &header, &encrypter).unwrap()
}

/// What only a token brings, or a secret that everybody has, is no key of the reviewer's.
#[test]
fn each_key_has_its_tokens_with_the_layer_and_what_it_did() {
    let (a, b, c) = ([7_u8; 40].map(|byte| byte ^ 0x5A), [9_u8; 32], [11_u8; 40]);
    let set = format!(
        r#"{{"keys":[{},{},{}]}}"#,
        oct("a", &a),
        oct("b", &b),
        oct("c", &c)
    );
    let keys = KeyRing::new(keys::load("keys.json", set.as_bytes()).unwrap());
    let one = hs256(r#"{"sub":"1"}"#, &a);
    let texts = [
        one.clone(),
        hs256(r#"{"sub":"2"}"#, b"secret"),
        sealed(&one, &b),
        hs256(r#"{"sub":"3"}"#, &[1; 40]),
    ];
    let session = Session {
        tokens: texts.iter().map(|text| inspect(text, &keys)).collect(),
        keys,
        ..Session::default()
    };
    let fits = session.fits();
    let fit = |token, layer, service| Fit {
        token,
        layer,
        service,
    };
    assert_eq!(fits.keys().copied().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(
        fits["a"],
        [fit(0, 0, Service::Verifies), fit(2, 1, Service::Verifies)]
    );
    assert_eq!(fits["b"], [fit(2, 0, Service::Decrypts)]);
}
