//! Why signatures fail: each cause with what must be told and what must not.

mod bytes;
mod confusion;
mod named;

use std::sync::LazyLock;

use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer};
use proptest::prelude::*;
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::base64url::{decode, encode};
use tokenloupe::judge::VerdictOutcome;
use tokenloupe::keys::{self, Key, KeyRing, SecretEncoding, load_secret};
use tokenloupe::verify::{Facts, SignatureProof};

use crate::common::{inspect, judge};

const CLAIMS: &str = r#"{"iss":"https://a.example","aud":"b","exp":1795400000}"#;

/// 40 bytes that are no example of anybody's, of letters that are base64, base64url and text.
const SECRET: &str = "Zk3vQm9xTb2LwYc7RsNd4HgJ8pKf5aVu6eXi1oEW";

static RSA: LazyLock<PKey<Private>> = LazyLock::new(|| rsa(2048));
static OTHER_RSA: LazyLock<PKey<Private>> = LazyLock::new(|| rsa(2048));
static SMALL_RSA: LazyLock<PKey<Private>> = LazyLock::new(|| rsa(1024));
static P256: LazyLock<PKey<Private>> = LazyLock::new(|| ec(Nid::X9_62_PRIME256V1));
static SECP256K1: LazyLock<PKey<Private>> = LazyLock::new(|| ec(Nid::SECP256K1));
static ED25519: LazyLock<PKey<Private>> = LazyLock::new(|| PKey::generate_ed25519().unwrap());

fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

fn ec(curve: Nid) -> PKey<Private> {
    let group = EcGroup::from_curve_name(curve).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn input(header: &str) -> String {
    format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(CLAIMS.as_bytes())
    )
}

fn joined(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", encode(signature))
}

fn rsa_signature(key: &PKey<Private>, digest: MessageDigest, input: &str) -> Vec<u8> {
    let mut signer = Signer::new(digest, key).unwrap();
    signer.sign_oneshot_to_vec(input.as_bytes()).unwrap()
}

fn pss_signature(key: &PKey<Private>, salt: RsaPssSaltlen, input: &str) -> Vec<u8> {
    let mut signer = Signer::new(MessageDigest::sha256(), key).unwrap();
    signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
    signer.set_rsa_pss_saltlen(salt).unwrap();
    signer.sign_oneshot_to_vec(input.as_bytes()).unwrap()
}

fn ecdsa_der(key: &PKey<Private>, digest: MessageDigest, input: &str) -> Vec<u8> {
    let mut signer = Signer::new(digest, key).unwrap();
    signer.sign_oneshot_to_vec(input.as_bytes()).unwrap()
}

fn ecdsa_signature(key: &PKey<Private>, digest: MessageDigest, input: &str) -> Vec<u8> {
    let signature = EcdsaSig::from_der(&ecdsa_der(key, digest, input)).unwrap();
    let half = |number: &openssl::bn::BigNumRef| number.to_vec_padded(32).unwrap();
    [half(signature.r()), half(signature.s())].concat()
}

fn mac(secret: &[u8], digest: MessageDigest, input: &str) -> Vec<u8> {
    // OpenSSL makes no key of an empty secret; a zero byte gives the same MAC.
    let key = PKey::hmac(if secret.is_empty() { &[0] } else { secret }).unwrap();
    let mut signer = Signer::new(digest, &key).unwrap();
    signer.sign_oneshot_to_vec(input.as_bytes()).unwrap()
}

fn hs256(secret: &[u8]) -> String {
    let input = input(r#"{"alg":"HS256"}"#);
    joined(&input, &mac(secret, MessageDigest::sha256(), &input))
}

fn public_pem(key: &PKey<Private>) -> Vec<u8> {
    key.public_key_to_pem().unwrap()
}

fn load(source: &str, bytes: &[u8]) -> Vec<Key> {
    keys::load(source, bytes).unwrap()
}

fn pem_ring(all: &[&PKey<Private>]) -> KeyRing {
    let names = ["a.pem", "b.pem", "c.pem"];
    let files = all.iter().zip(names);
    KeyRing::new(files.flat_map(|(key, name)| load(name, &public_pem(key))))
}

fn jwk(key: &PKey<Private>, kid: &str) -> String {
    let rsa = key.rsa().unwrap();
    format!(
        r#"{{"kty":"RSA","kid":"{kid}","n":"{}","e":"{}"}}"#,
        encode(&rsa.n().to_vec()),
        encode(&rsa.e().to_vec())
    )
}

fn jwks_ring(keys: &[(&PKey<Private>, &str)]) -> KeyRing {
    let jwks: Vec<_> = keys.iter().map(|(key, kid)| jwk(key, kid)).collect();
    KeyRing::new(load(
        "jwks.json",
        format!(r#"{{"keys":[{}]}}"#, jwks.join(",")).as_bytes(),
    ))
}

fn secret_ring(text: &str, encoding: SecretEncoding) -> KeyRing {
    KeyRing::new([load_secret("secret.txt", text.as_bytes(), encoding).unwrap()])
}

fn proof(inspection: &Inspection) -> &SignatureProof {
    inspection.proof.signatures.first().unwrap()
}

/// Outcome, whose key, and the codes of what is said.
fn told(token: &str, ring: &KeyRing) -> (&'static str, &'static str, Vec<&'static str>) {
    let inspection = inspect(token, ring);
    let proof = proof(&inspection);
    let codes = proof.diagnosis.iter().map(|said| said.code).collect();
    let provenance = proof.key.as_ref().map_or("", |used| used.provenance.name());
    (proof.outcome.name(), provenance, codes)
}

fn facts(token: &str, ring: &KeyRing) -> Facts {
    proof(&inspect(token, ring)).facts.clone().unwrap()
}

fn first_text(token: &str, ring: &KeyRing) -> String {
    proof(&inspect(token, ring)).diagnosis[0].text.clone()
}

#[test]
fn a_good_signature_needs_no_explanation() {
    let input = input(r#"{"alg":"RS256"}"#);
    let token = joined(
        &input,
        &rsa_signature(&RSA, MessageDigest::sha256(), &input),
    );
    let ring = pem_ring(&[&RSA, &OTHER_RSA]);
    assert_eq!(told(&token, &ring), ("valid", "yours", vec![]));
    assert_eq!(proof(&inspect(&token, &ring)).facts, None);
}

#[test]
fn every_explanation_has_a_sentence_for_both() {
    let input = input(r#"{"alg":"RS256","kid":"b"}"#);
    let token = joined(
        &input,
        &rsa_signature(&RSA, MessageDigest::sha512(), &input),
    );
    let inspection = inspect(&token, &jwks_ring(&[(&RSA, "b")]));
    for said in &proof(&inspection).diagnosis {
        for sentence in [&said.text, &said.for_developer] {
            assert!(
                sentence.ends_with('.') && !sentence.contains('\n'),
                "{sentence}"
            );
        }
    }
}

/// Microsoft Graph: signed with the hash of the nonce, sent with the nonce.
#[test]
fn the_work_is_bounded() {
    let rsa: Vec<_> = (0..40)
        .map(|index| {
            jwk(
                if index % 2 == 0 { &RSA } else { &OTHER_RSA },
                &format!("key {index}"),
            )
        })
        .collect();
    let set = format!(r#"{{"keys":[{}]}}"#, rsa.join(","));
    let ring = KeyRing::new(load("jwks.json", set.as_bytes()));
    let mut both = pem_ring(&[&P256]);
    both.add([load_secret("e", SECRET.as_bytes(), SecretEncoding::Utf8).unwrap()]);
    let small = facts(&hs256(b"a secret that nobody has loaded"), &both);
    assert!(
        small.is_complete && small.work > 500 && small.work < 20_000,
        "{}",
        small.work
    );
    let claims = "x".repeat(2_000_000);
    let input = format!(
        "{}.{}",
        encode(br#"{"alg":"HS256"}"#),
        encode(claims.as_bytes())
    );
    let token = joined(&input, &mac(b"nobody's", MessageDigest::sha256(), &input));
    let large = facts(&token, &ring);
    assert!(!large.is_complete);
    assert!(large.work <= 7 * 200_000, "{}", large.work);
    assert!(
        large
            .lines()
            .iter()
            .any(|line| line.contains("stopped at its limit"))
    );
}

/// Keys and the tokens that each of them signed.
fn pool() -> (Vec<Vec<Key>>, Vec<String>) {
    let rs256 = input(r#"{"alg":"RS256","kid":"a"}"#);
    let es256 = input(r#"{"alg":"ES256"}"#);
    let keys = vec![
        load("a.jwk", jwk(&RSA, "a").as_bytes()),
        load("b.jwk", jwk(&OTHER_RSA, "a").as_bytes()),
        load("c.pem", &public_pem(&P256)),
        load("d.pem", &public_pem(&RSA)),
        vec![load_secret("e", SECRET.as_bytes(), SecretEncoding::Utf8).unwrap()],
        vec![load_secret("f", b"c2VjcmV0IG9mIG5vYm9keQ", SecretEncoding::Auto).unwrap()],
    ];
    let tokens = vec![
        joined(
            &rs256,
            &rsa_signature(&RSA, MessageDigest::sha256(), &rs256),
        ),
        joined(
            &es256,
            &ecdsa_signature(&P256, MessageDigest::sha256(), &es256),
        ),
        hs256(SECRET.as_bytes()),
        hs256(&decode(SECRET).bytes),
        hs256(&public_pem(&RSA)),
        joined(
            &rs256,
            &rsa_signature(&RSA, MessageDigest::sha384(), &rs256),
        ),
    ];
    (keys, tokens)
}

static POOL: LazyLock<(Vec<Vec<Key>>, Vec<String>)> = LazyLock::new(pool);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn another_key_never_spoils_a_valid_signature(
        held in proptest::collection::vec(any::<bool>(), 6),
        more in 0..6_usize,
        token in 0..6_usize,
    ) {
        let (keys, tokens) = &*POOL;
        let held = keys.iter().zip(held).filter(|(_, held)| *held);
        let mut ring = KeyRing::new(held.flat_map(|(keys, _)| keys.clone()));
        let before = told(&tokens[token], &ring);
        ring.add(keys[more].clone());
        let after = told(&tokens[token], &ring);
        if before.0 == "valid" {
            prop_assert_eq!((before.0, before.1), (after.0, after.1));
        }
    }

    #[test]
    fn the_order_of_keys_changes_nothing(
        order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
        token in 0..6_usize,
    ) {
        let (keys, tokens) = &*POOL;
        let told = |ring: &KeyRing| {
            let inspection = inspect(&tokens[token], ring);
            let proof = proof(&inspection);
            let key = proof.key.as_ref().map(|used| used.key.id.clone());
            (proof.outcome, key, proof.diagnosis.clone(), proof.facts.clone())
        };
        let mut ring = KeyRing::default();
        for index in order {
            ring.add(keys[index].clone());
        }
        prop_assert_eq!(told(&ring), told(&KeyRing::new(keys.concat())));
    }

    #[test]
    fn a_token_with_one_byte_changed_is_never_accepted(
        token in 0..6_usize,
        at in any::<proptest::sample::Index>(),
        to in proptest::char::range('!', '~'),
    ) {
        let (keys, tokens) = &*POOL;
        let mut changed: Vec<char> = tokens[token].chars().collect();
        let at = at.index(changed.len());
        prop_assume!(changed[at] != to);
        changed[at] = to;
        let changed: String = changed.into_iter().collect();
        let judgement = judge(&inspect(&changed, &KeyRing::new(keys.concat())), None);
        prop_assert_ne!(judgement.verdict.outcome, VerdictOutcome::Accept);
    }
}
