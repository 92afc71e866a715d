use openssl::bn::{BigNum, BigNumContext};
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use serde_json::Value;

use super::*;
use crate::jose::base64url::{decode, encode};
use crate::keys::forms::der::{INTEGER, SEQUENCE, enclosed};
use crate::keys::generate::{NewKey, Plan, RsaBits, generate};
use crate::keys::{Curve, KeyKind, KeyNote, OkpCurve, load};

#[track_caller]
fn one(text: impl AsRef<[u8]>) -> Key {
    let mut keys = load("key", text.as_ref()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(keys.len(), 1);
    keys.remove(0)
}

#[track_caller]
fn made(key: NewKey) -> Key {
    generate(&Plan::of(key)).unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

const PAIRS: [NewKey; 9] = [
    NewKey::Rsa(RsaBits::Bits2048),
    NewKey::Ec(Curve::P256),
    NewKey::Ec(Curve::P384),
    NewKey::Ec(Curve::P521),
    NewKey::Ec(Curve::Secp256k1),
    NewKey::Okp(OkpCurve::Ed25519),
    NewKey::Okp(OkpCurve::Ed448),
    NewKey::Okp(OkpCurve::X25519),
    NewKey::Okp(OkpCurve::X448),
];

/// The private half of the one works with the public half of the other.
#[track_caller]
fn work_together(private: &Key, public: &Key) {
    let (own, other) = (private.private().unwrap(), public.public().unwrap());
    assert!(own.public_eq(other));
    match private.kind {
        KeyKind::Okp(OkpCurve::X25519 | OkpCurve::X448) => {}
        KeyKind::Okp(_) => {
            let signature = Signer::new_without_digest(own)
                .and_then(|mut signer| signer.sign_oneshot_to_vec(b"text"))
                .unwrap();
            let mut verifier = Verifier::new_without_digest(other).unwrap();
            assert!(verifier.verify_oneshot(&signature, b"text").unwrap());
        }
        _ => {
            let hash = openssl::hash::MessageDigest::sha256();
            let mut signer = Signer::new(hash, own).unwrap();
            let signature = signer.sign_oneshot_to_vec(b"text").unwrap();
            let mut verifier = Verifier::new(hash, other).unwrap();
            assert!(verifier.verify_oneshot(&signature, b"text").unwrap());
        }
    }
}

#[test]
fn every_kind_loads_again_from_every_form() {
    for new in PAIRS {
        let key = made(new);
        let privates = [
            private_jwk(&key).unwrap(),
            private_jwks([&key]).unwrap(),
            private_pem(&key).unwrap(),
        ];
        let publics = [
            public_jwk(&key).unwrap(),
            public_jwks([&key]).unwrap(),
            public_pem(&key, PublicPem::KeyInfo).unwrap(),
        ];
        for text in &privates {
            let loaded = one(text.as_str());
            assert_eq!((loaded.kind, loaded.holds), (key.kind, Holds::Private));
            assert_eq!(loaded.thumbprint, key.thumbprint);
            assert_eq!(loaded.members.notes, [], "{new}");
            work_together(&loaded, &key);
            for text in &publics {
                let public = one(text);
                assert_eq!((public.kind, public.holds), (key.kind, Holds::Public));
                assert_eq!(public.thumbprint, key.thumbprint);
                work_together(&loaded, &public);
            }
        }
        for text in &publics {
            for name in ["\"d\"", "\"p\"", "\"qi\"", "PRIVATE"] {
                assert!(!text.contains(name), "{new} {name}");
            }
        }
        assert_eq!(one(&publics[0]).members.kid, key.thumbprint);
        // Public keys have no other half, whatever is asked.
        let public = one(&publics[2]);
        let error = private_jwk(&public).unwrap_err();
        assert_eq!(error.fault, ExportFault::NoPrivateHalf);
        assert_eq!(error.to_string().lines().count(), 2);
        assert_eq!(
            private_pem(&public).unwrap_err().fault,
            ExportFault::NoPrivateHalf
        );
        let certificate = public_pem(&public, PublicPem::Certificate).unwrap_err();
        assert_eq!(certificate.fault, ExportFault::NoCertificate);
    }
}

#[test]
fn a_secret_is_written_as_oct_and_nowhere_else() {
    let key = one(r#"{"kty":"oct","kid":"shared","alg":"HS256","k":"AyM1"}"#);
    let text = private_jwk(&key).unwrap();
    assert_eq!(
        text.as_str(),
        "{\n  \"kty\": \"oct\",\n  \"kid\": \"shared\",\n  \"alg\": \"HS256\",\n  \"k\": \"AyM1\"\n}"
    );
    assert_eq!(public_jwk(&key).unwrap_err().fault, ExportFault::Secret);
    assert_eq!(
        public_pem(&key, PublicPem::KeyInfo).unwrap_err().fault,
        ExportFault::Secret
    );
    assert_eq!(private_pem(&key).unwrap_err().fault, ExportFault::Secret);
    let empty = one(r#"{"kty":"oct","k":""}"#);
    assert_eq!(json(&private_jwk(&empty).unwrap())["k"], "");
    let both = private_jwks([&key, &empty]).unwrap();
    assert_eq!(load("keys", both.as_bytes()).unwrap().len(), 2);
    let pair = made(NewKey::Okp(OkpCurve::X25519));
    let error = public_jwks([&pair, &key]).unwrap_err();
    assert_eq!(
        (error.key.as_str(), error.fault),
        ("key", ExportFault::Secret)
    );
}

#[test]
fn what_pkcs_1_wants_is_computed_from_the_exponents() {
    let key = made(NewKey::Rsa(RsaBits::Bits2048));
    let whole = private_jwk(&key).unwrap();
    // From `d` alone the same numbers follow.
    let mut alone = json(&whole);
    for name in ["p", "q", "dp", "dq", "qi"] {
        assert!(alone.as_object_mut().unwrap().remove(name).is_some());
    }
    let alone = one(alone.to_string());
    assert_eq!(json(&private_jwk(&alone).unwrap()), json(&whole));
    assert_eq!(private_pem(&alone).unwrap(), private_pem(&key).unwrap());
    // Numbers that do not follow are not handed on.
    let mut wrong = json(&whole);
    wrong["dp"] = wrong["dq"].clone();
    let wrong = one(wrong.to_string());
    assert_ne!(wrong.members.notes, []);
    assert_eq!(json(&private_jwk(&wrong).unwrap()), json(&whole));
}

/// `RSAPrivateKey` with `otherPrimeInfos` (RFC 8017 appendix A.1.2).
fn of_three_primes() -> Vec<u8> {
    let mut context = BigNumContext::new().unwrap();
    let one = BigNum::from_u32(1).unwrap();
    let e = BigNum::from_u32(65537).unwrap();
    let prime = || {
        let mut prime = BigNum::new().unwrap();
        prime.generate_prime(360, true, None, None).unwrap();
        prime
    };
    let mut modulo = |of: &BigNum, modulus: &BigNum| {
        let mut inverse = BigNum::new().unwrap();
        inverse.mod_inverse(of, modulus, &mut context).unwrap();
        inverse
    };
    let [p, q, r] = [prime(), prime(), prime()];
    let less = [&p, &q, &r].map(|prime| prime - &one);
    let [dp, dq, dr] = less.each_ref().map(|less| modulo(&e, less));
    let (pq, totient) = (&p * &q, &(&less[0] * &less[1]) * &less[2]);
    let numbers = [
        one,
        &pq * &r,
        e.to_owned().unwrap(),
        modulo(&e, &totient),
        p.to_owned().unwrap(),
        q.to_owned().unwrap(),
        dp,
        dq,
        modulo(&q, &p),
    ];
    let integer = |number: &BigNum| {
        let sign: &[u8] = if number.num_bits() % 8 == 0 {
            &[0]
        } else {
            &[]
        };
        enclosed(INTEGER, &[sign, &number.to_vec()])
            .unwrap()
            .to_vec()
    };
    let mut contents: Vec<_> = numbers.iter().map(integer).collect();
    let further = [&r, &dr, &modulo(&pq, &r)].map(integer).concat();
    let further = enclosed(SEQUENCE, &[&further]).unwrap();
    contents.push(enclosed(SEQUENCE, &[&further]).unwrap().to_vec());
    enclosed(SEQUENCE, &[&contents.concat()]).unwrap().to_vec()
}

#[test]
fn an_rsa_key_of_three_primes_is_written_without_them() {
    let key = one(of_three_primes());
    assert_eq!(
        (key.holds, key.members.notes.as_slice()),
        (Holds::Private, &[][..])
    );
    let jwk = private_jwk(&key).unwrap();
    assert!(json(&jwk).get("p").is_none() && json(&jwk).get("d").is_some());
    let alone = one(jwk.as_str());
    work_together(&alone, &key);
    assert_eq!(
        private_pem(&alone).unwrap_err().fault,
        ExportFault::NoPrimes
    );
    work_together(&one(private_pem(&key).unwrap().as_str()), &key);
}

#[test]
fn coordinates_and_numbers_have_their_exact_width() {
    let short = std::iter::repeat_with(|| made(NewKey::Ec(Curve::P256)))
        .map(|key| json(&private_jwk(&key).unwrap()))
        .find(|jwk| {
            ["x", "y", "d"]
                .iter()
                .any(|name| decode(jwk[name].as_str().unwrap()).bytes[0] == 0)
        })
        .unwrap();
    for name in ["x", "y", "d"] {
        assert_eq!(decode(short[name].as_str().unwrap()).bytes.len(), 32);
    }
    let long = json(&private_jwk(&made(NewKey::Ec(Curve::P521))).unwrap());
    for name in ["x", "y", "d"] {
        assert_eq!(long[name].as_str().unwrap().len(), 88);
    }
    let rsa = one(r#"{"kty":"RSA","n":"AIE","e":"AAED"}"#);
    let jwk = json(&public_jwk(&rsa).unwrap());
    assert_eq!((&jwk["n"], &jwk["e"]), (&"gQ".into(), &"AQM".into()));
    let zero = one(r#"{"kty":"RSA","n":"gQ","e":"AA"}"#);
    assert_eq!(json(&public_jwk(&zero).unwrap())["e"], "AA");
}

#[test]
fn what_describes_a_key_is_kept_in_its_order() {
    let text = r#"{"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","iat":1.50,"kid":"a","use":"sig","vendor":{"a":[1,null]},"kty":"OKP","crv":"Ed25519","alg":"Ed25519","x5u":"https://example.com/","key_ops":["verify"]}"#;
    let mut key = one(text);
    key.name = Some("mine".to_owned());
    let written = public_jwk(&key).unwrap();
    assert_eq!(
        written
            .replace("\n  ", "")
            .replace(": ", ":")
            .replace('\n', ""),
        text
    );
    let again = one(&written);
    assert_eq!(again.members, key.members);
    assert_eq!(again.name, None);
}

#[test]
fn the_public_half_says_what_it_is_for_and_nothing_that_came_with_the_private_one() {
    let with = |operations: &str| {
        one(format!(
            r#"{{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","key_ops":{operations},"seed phrase":"legal winner","x5u":"https://example.com/"}}"#
        ))
    };
    let operations = |loaded: &str| json(&public_jwk(&with(loaded)).unwrap())["key_ops"].clone();
    assert_eq!(
        operations(r#"["sign","verify"]"#),
        serde_json::json!(["verify"])
    );
    assert_eq!(
        operations(r#"["unwrapKey","decrypt","custom"]"#),
        serde_json::json!(["wrapKey", "encrypt", "custom"])
    );
    assert_eq!(operations(r#"["deriveKey","deriveBits"]"#), Value::Null);
    let key = with(r#"["sign"]"#);
    let public = public_jwk(&key).unwrap();
    assert!(
        !public.contains("seed") && public.contains("x5u"),
        "{public}"
    );
    let private = private_jwk(&key).unwrap();
    assert_eq!(json(&private)["seed phrase"], "legal winner");
    assert_eq!(json(&private)["key_ops"], serde_json::json!(["sign"]));
}

#[test]
fn a_key_of_type_rsassa_pss_keeps_it_in_pem() {
    let rsa = Rsa::generate(1024).unwrap();
    let mut key = one(PKey::from_rsa(rsa).unwrap().private_key_to_pkcs8().unwrap());
    let general = public_pem(&key, PublicPem::KeyInfo).unwrap();
    assert!(!one(general).members.notes.contains(&KeyNote::PssOnly));
    key.members.notes.push(KeyNote::PssOnly);
    for (text, holds) in [
        (public_pem(&key, PublicPem::KeyInfo).unwrap(), Holds::Public),
        (private_pem(&key).unwrap().to_string(), Holds::Private),
    ] {
        let loaded = one(text);
        assert_eq!((&loaded.thumbprint, loaded.holds), (&key.thumbprint, holds));
        assert!(loaded.members.notes.contains(&KeyNote::PssOnly));
    }
}

#[test]
fn a_key_of_ml_dsa_is_written_with_its_seed() {
    if !MlDsa::is_available() {
        return;
    }
    let jwk = |seed: u8, octets: &str| {
        let seed = encode(&[seed; 32]);
        format!(r#"{{"kty":"AKP","alg":"ML-DSA-44","pub":"{octets}","priv":"{seed}"}}"#)
    };
    // RFC 9881 section 6: the seed alone.
    let der = [
        &b"\x30\x34\x02\x01\x00\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x11\x04\x22\x80\x20"[..],
        &[7; 32],
    ]
    .concat();
    let key = one(&der);
    let written = private_jwk(&key).unwrap();
    let octets = encode(&key.public().unwrap().raw_public_key().unwrap());
    assert_eq!(json(&written), json(&jwk(7, &octets)));
    for text in [written, private_pem(&key).unwrap()] {
        let loaded = one(text.as_str());
        assert_eq!(loaded.thumbprint, key.thumbprint);
        assert_eq!(
            json(&private_jwk(&loaded).unwrap())["priv"],
            encode(&[7; 32])
        );
    }
    let public = one(public_pem(&key, PublicPem::KeyInfo).unwrap());
    assert_eq!(json(&public_jwk(&public).unwrap())["alg"], "ML-DSA-44");
}

#[test]
fn a_key_that_could_not_be_read_is_not_written() {
    let keys = load(
        "keys",
        br#"{"keys":[{"kty":"RSA","n":"gQ","e":"Aw"},{"kty":"new"}]}"#,
    )
    .unwrap();
    for error in [
        public_jwk(&keys[1]).unwrap_err(),
        public_pem(&keys[1], PublicPem::KeyInfo).unwrap_err(),
        private_jwk(&keys[1]).map(|_| ()).unwrap_err(),
        private_pem(&keys[1]).map(|_| ()).unwrap_err(),
    ] {
        assert_eq!(error.fault, ExportFault::Unusable);
    }
    // A private half that belongs to another key is not written either.
    let torn = one(
        r#"{"kty":"OKP","crv":"Ed25519","d":"mWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    );
    assert_eq!(
        private_jwk(&torn).map(|_| ()).unwrap_err().fault,
        ExportFault::NoPrivateHalf
    );
}

#[test]
fn the_name_in_an_error_is_made_visible() {
    let mut key = one(r#"{"kty":"RSA","n":"gQ","e":"Aw"}"#);
    key.name = Some("a\nb".to_owned());
    let error = private_pem(&key).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string().lines().count(), 2);
}

#[test]
fn hostile_numbers_have_no_primes() {
    // The modulus is a prime: the square roots of one are one and minus one.
    let mut prime = BigNum::new().unwrap();
    prime.generate_prime(512, false, None, None).unwrap();
    let mut least = BigNum::new().unwrap();
    least
        .checked_sub(&prime, &BigNum::from_u32(1).unwrap())
        .unwrap();
    let mut context = BigNumContext::new().unwrap();
    let mut e = (3..).step_by(2).map(|e| BigNum::from_u32(e).unwrap());
    let (e, d) = e
        .find_map(|e| {
            let mut d = BigNum::new().unwrap();
            d.mod_inverse(&e, &least, &mut context).ok()?;
            Some((e, d))
        })
        .unwrap();
    let text = format!(
        r#"{{"kty":"RSA","n":"{}","e":"{}","d":"{}"}}"#,
        encode(&prime.to_vec()),
        encode(&e.to_vec()),
        encode(&d.to_vec())
    );
    let key = one(&text);
    assert_eq!(json(&private_jwk(&key).unwrap()), json(&text));
    assert_eq!(
        private_pem(&key).map(|_| ()).unwrap_err().fault,
        ExportFault::NoPrimes
    );
}
