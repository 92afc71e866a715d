//! Why signatures fail: each cause with what must be told and what must not.

use std::sync::LazyLock;

use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
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

use crate::common::{inspect, judge, reasons};

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

#[test]
fn another_key_than_the_one_named() {
    let input = input(r#"{"alg":"RS256","kid":"first"}"#);
    let token = joined(
        &input,
        &rsa_signature(&RSA, MessageDigest::sha256(), &input),
    );
    let both = jwks_ring(&[(&OTHER_RSA, "first"), (&RSA, "second")]);
    assert_eq!(
        told(&token, &both),
        ("valid", "yours", vec!["other-key-verifies"])
    );
    let unknown = jwks_ring(&[(&RSA, "second")]);
    assert_eq!(
        told(&token, &unknown),
        ("valid", "yours", vec!["other-key-verifies"])
    );
    let named = jwks_ring(&[(&RSA, "first"), (&OTHER_RSA, "second")]);
    assert_eq!(told(&token, &named), ("valid", "yours", vec![]));
}

#[test]
fn a_kid_that_nobody_has() {
    let input = input(r#"{"alg":"RS256","kid":"tomorrow"}"#);
    let token = joined(
        &input,
        &rsa_signature(&RSA, MessageDigest::sha256(), &input),
    );
    let ring = jwks_ring(&[(&OTHER_RSA, "yesterday")]);
    assert_eq!(
        told(&token, &ring),
        ("not-checked", "", vec!["kid-unknown", "rsa-other-key"])
    );
    assert_eq!(told(&token, &KeyRing::default()).2, [""; 0]);
}

#[test]
fn a_kid_that_is_nearly_one() {
    let thumbprint = jwks_ring(&[(&RSA, "x")]).keys()[0]
        .thumbprint
        .clone()
        .unwrap();
    for (header, own, words) in [
        ("KEY-2026", "key-2026", "capital letters"),
        (" key-2026", "key-2026", "white space"),
        ("https://a.example/keys/2026", "2026", "last part"),
        ("key-2026-09", "key-2026-10", "2 characters away"),
        ("key-2026", "key-202", "1 character away"),
        (thumbprint.as_str(), "named", "thumbprint"),
        (
            &format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{thumbprint}"),
            "named",
            "thumbprint",
        ),
    ] {
        let input = input(&format!(r#"{{"alg":"RS256","kid":"{header}"}}"#));
        let signature = rsa_signature(&RSA, MessageDigest::sha256(), &input);
        let token = joined(&input, &signature);
        let ring = jwks_ring(&[(&RSA, own), (&OTHER_RSA, "far away")]);
        assert_eq!(
            told(&token, &ring),
            (
                "valid",
                "yours",
                vec!["other-key-verifies", "kid-near-miss"]
            ),
            "{header}"
        );
        // The same, where the signature is wrong.
        let token = joined(
            &input,
            &rsa_signature(&SMALL_RSA, MessageDigest::sha256(), &input),
        );
        assert!(
            first_text(&token, &ring).contains(words),
            "{header}: {}",
            first_text(&token, &ring)
        );
    }
    for (header, own) in [
        ("key-2026", "kay-1926"),
        ("ab", "ac"),
        ("tomorrow", "yesterday"),
    ] {
        let input = input(&format!(r#"{{"alg":"RS256","kid":"{header}"}}"#));
        let token = joined(
            &input,
            &rsa_signature(&SMALL_RSA, MessageDigest::sha256(), &input),
        );
        let codes = told(&token, &jwks_ring(&[(&RSA, own)])).2;
        assert!(!codes.contains(&"kid-near-miss"), "{header} {codes:?}");
    }
}

#[test]
fn a_key_that_cannot_do_the_algorithm() {
    let input = input(r#"{"alg":"ES256","kid":"rsa"}"#);
    let token = joined(
        &input,
        &ecdsa_signature(&P256, MessageDigest::sha256(), &input),
    );
    let ring = jwks_ring(&[(&RSA, "rsa")]);
    assert_eq!(told(&token, &ring).2, ["alg-key-mismatch"]);
}

#[test]
fn another_algorithm_by_the_same_key() {
    let (sha256, sha512) = (MessageDigest::sha256(), MessageDigest::sha512());
    let cases: [(&str, KeyRing, &dyn Fn(&str) -> Vec<u8>, &str); 8] = [
        (
            "RS256",
            pem_ring(&[&RSA]),
            &|input| rsa_signature(&RSA, sha512, input),
            "RS512",
        ),
        (
            "RS256",
            pem_ring(&[&RSA]),
            &|input| pss_signature(&RSA, RsaPssSaltlen::DIGEST_LENGTH, input),
            "PS256",
        ),
        (
            "PS256",
            pem_ring(&[&RSA]),
            &|input| rsa_signature(&RSA, sha256, input),
            "RS256",
        ),
        (
            "RS256",
            pem_ring(&[&RSA]),
            &|input| rsa_signature(&RSA, MessageDigest::sha1(), input),
            "SHA-1",
        ),
        (
            "ES256",
            pem_ring(&[&SECP256K1]),
            &|input| ecdsa_signature(&SECP256K1, sha256, input),
            "ES256K",
        ),
        (
            "ES512",
            pem_ring(&[&P256]),
            &|input| ecdsa_signature(&P256, sha512, input),
            "P-256 with SHA-512",
        ),
        (
            "HS512",
            secret_ring(SECRET, SecretEncoding::Utf8),
            &|input| mac(SECRET.as_bytes(), sha256, input),
            "HS256",
        ),
        (
            "Ed448",
            pem_ring(&[&ED25519]),
            &|input| {
                let mut signer = Signer::new_without_digest(&ED25519).unwrap();
                signer.sign_oneshot_to_vec(input.as_bytes()).unwrap()
            },
            "Ed25519",
        ),
    ];
    for (alg, ring, sign, name) in cases {
        let signed = input(&format!(r#"{{"alg":"{alg}"}}"#));
        let token = joined(&signed, &sign(&signed));
        let (outcome, _, codes) = told(&token, &ring);
        assert_ne!(outcome, "valid", "{alg}");
        assert_eq!(codes, ["sibling-alg-verifies"], "{alg}");
        assert!(
            first_text(&token, &ring).contains(name),
            "{}",
            first_text(&token, &ring)
        );
        // By the same other algorithm, but over something else.
        let other = joined(&signed, &sign(&input(r#"{"alg":"x"}"#)));
        assert!(
            !told(&other, &ring).2.contains(&"sibling-alg-verifies"),
            "{alg}"
        );
    }
}

#[test]
fn another_reading_of_the_secret() {
    use SecretEncoding::{Base64, Hex, Utf8};
    let bytes = decode(SECRET).bytes;
    let hex = "9c41d07e33a815fb620dc9845aee279013b648f17d02ac69d53e8b54c01f76e2";
    let from_hex: Vec<u8> = (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    for (secret, text, encoding, code) in [
        (&bytes[..], SECRET, Utf8, "secret-was-base64"),
        (
            b"\xFB\xFF0123456789012345678901234567",
            "-_8wMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3",
            Utf8,
            "secret-was-base64url",
        ),
        (&from_hex, hex, Utf8, "secret-was-hex"),
        (hex.as_bytes(), hex, Hex, "secret-was-text"),
        (SECRET.as_bytes(), SECRET, Base64, "secret-was-text"),
        (
            format!("{SECRET}\n").as_bytes(),
            SECRET,
            Utf8,
            "secret-line-break",
        ),
        (
            format!("{SECRET}\r\n").as_bytes(),
            SECRET,
            Utf8,
            "secret-line-break",
        ),
        (
            SECRET.as_bytes(),
            &format!("{SECRET}\n\n"),
            Utf8,
            "secret-line-break",
        ),
    ] {
        let ring = secret_ring(text, encoding);
        assert_eq!(
            told(&hs256(secret), &ring),
            ("invalid", "", vec![code]),
            "{text} {code}"
        );
        let judgement = judge(&inspect(&hs256(secret), &ring), None);
        assert_eq!(reasons(&judgement), ["signature-invalid"]);
    }
    // The member k of a JWK is base64url; its text is another secret.
    let jwk = format!(r#"{{"kty":"oct","k":"{SECRET}"}}"#);
    let ring = KeyRing::new(load("secret.json", jwk.as_bytes()));
    assert_eq!(
        told(&hs256(SECRET.as_bytes()), &ring).2,
        ["secret-was-text"]
    );
    let another = hs256(b"another secret altogether, of 40 bytes..");
    assert_eq!(
        told(&another, &secret_ring(SECRET, Utf8)),
        ("invalid", "", vec![])
    );
}

#[test]
fn what_is_said_of_a_secret_does_not_quote_it() {
    let inspection = inspect(
        &hs256(&decode(SECRET).bytes),
        &secret_ring(SECRET, SecretEncoding::Utf8),
    );
    let proof = proof(&inspection);
    assert!(!format!("{:?} {:?}", proof.diagnosis, proof.facts).contains(SECRET));
}

#[test]
fn der_in_place_of_r_and_s() {
    let input = input(r#"{"alg":"ES256"}"#);
    let der = ecdsa_der(&P256, MessageDigest::sha256(), &input);
    let token = joined(&input, &der);
    assert_eq!(
        told(&token, &pem_ring(&[&P256])),
        ("invalid", "", vec!["signature-is-der"])
    );
    let other = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let other = PKey::from_ec_key(EcKey::generate(&other).unwrap()).unwrap();
    assert!(
        !told(&token, &pem_ring(&[&other]))
            .2
            .contains(&"signature-is-der")
    );
}

#[test]
fn a_signature_that_lost_bytes() {
    let input = input(r#"{"alg":"HS256"}"#);
    let whole = mac(SECRET.as_bytes(), MessageDigest::sha256(), &input);
    let ring = secret_ring(SECRET, SecretEncoding::Utf8);
    for length in [8, 16, 31] {
        let token = joined(&input, &whole[..length]);
        assert_eq!(
            told(&token, &ring),
            ("invalid", "", vec!["signature-cut"]),
            "{length}"
        );
        assert!(first_text(&token, &ring).contains("the first of the 32 bytes"));
    }
    let facts = facts(&joined(&input, &whole[..31]), &ring);
    assert_eq!(
        (facts.signature_bytes, facts.expected_signature_bytes),
        (31, Some(32))
    );
    // The right length is not cut, however wrong the bytes are.
    assert_eq!(told(&joined(&input, &[7; 32]), &ring).2, [""; 0]);
}

#[test]
fn leading_zeros_that_were_left_out() {
    let ring = pem_ring(&[&P256]);
    let find = |is_it: &dyn Fn(&[u8]) -> bool| {
        (0..20_000).find_map(|count| {
            let input = input(&format!(r#"{{"alg":"ES256","n":{count}}}"#));
            let signature = ecdsa_signature(&P256, MessageDigest::sha256(), &input);
            is_it(&signature).then_some((input, signature))
        })
    };
    for (is_it, at) in [
        (
            &(|signature: &[u8]| signature[0] == 0) as &dyn Fn(&[u8]) -> bool,
            0,
        ),
        (&|signature: &[u8]| signature[32] == 0, 32),
    ] {
        let (input, mut signature) = find(is_it).unwrap();
        signature.remove(at);
        let token = joined(&input, &signature);
        assert_eq!(told(&token, &ring).2, ["signature-cut"]);
        assert!(first_text(&token, &ring).contains("zeros"));
        // A byte that was no zero is cut too, but nothing verifies.
        signature[40] ^= 1;
        assert!(first_text(&joined(&input, &signature), &ring).contains("too short"));
    }
}

#[test]
fn a_signature_with_more_bytes() {
    let input = input(r#"{"alg":"RS256"}"#);
    let whole = rsa_signature(&RSA, MessageDigest::sha256(), &input);
    let ring = pem_ring(&[&RSA]);
    for padded in [
        [&whole[..], &[0]].concat(),
        [&whole[..], b"\r\n"].concat(),
        [&[0, 0], &whole[..]].concat(),
    ] {
        let token = joined(&input, &padded);
        assert_eq!(
            told(&token, &ring),
            ("invalid", "", vec!["signature-padded"])
        );
    }
    let mut wrong = [&whole[..], &[0]].concat();
    wrong[200] ^= 1;
    assert_eq!(told(&joined(&input, &wrong), &ring).2, [""; 0]);
    let es256 = self::input(r#"{"alg":"ES256"}"#);
    let signature = ecdsa_signature(&P256, MessageDigest::sha256(), &es256);
    let signed = [&[0], &signature[..32], &[0], &signature[32..]].concat();
    let ring = pem_ring(&[&P256]);
    assert_eq!(
        told(&joined(&es256, &signed), &ring).2,
        ["signature-padded"]
    );
    let wrong = [&signed[..65], &[signed[65] ^ 1]].concat();
    assert_eq!(told(&joined(&es256, &wrong), &ring).2, [""; 0]);
}

#[test]
fn the_text_of_a_signature_encoded_again() {
    let input = input(r#"{"alg":"HS256"}"#);
    let ring = secret_ring(SECRET, SecretEncoding::Utf8);
    let whole = mac(SECRET.as_bytes(), MessageDigest::sha256(), &input);
    let hex: String = whole.iter().map(|byte| format!("{byte:02x}")).collect();
    for text in [hex.clone(), encode(&whole)] {
        assert_eq!(
            told(&joined(&input, text.as_bytes()), &ring).2,
            ["vendor-quirk"]
        );
    }
    let wrong = hex.replace(&hex[..2], "00");
    assert_eq!(told(&joined(&input, wrong.as_bytes()), &ring).2, [""; 0]);
}

#[test]
fn content_that_was_changed_after_signing() {
    let signed = input(r#"{"alg":"RS256"}"#);
    let signature = rsa_signature(&RSA, MessageDigest::sha256(), &signed);
    let changed = input(r#"{"alg":"RS256" }"#);
    let token = joined(&changed, &signature);
    for ring in [pem_ring(&[&RSA]), jwks_ring(&[(&RSA, "a")])] {
        assert_eq!(
            told(&token, &ring),
            ("invalid", "", vec!["rsa-content-changed"])
        );
        let facts = facts(&token, &ring);
        let digest = |text: &str| {
            hash(MessageDigest::sha256(), text.as_bytes())
                .unwrap()
                .to_vec()
        };
        let recovered = facts.recovered.unwrap();
        assert_eq!(
            (recovered.hash, recovered.digest),
            ("SHA-256", digest(&signed))
        );
        assert_eq!(facts.digest.unwrap().1, digest(&changed));
        assert_eq!(facts.signing_input_bytes, changed.len());
        assert!(facts.is_complete);
    }
    // No key is designated: what was found out is said all the same.
    let ring = pem_ring(&[&OTHER_RSA, &RSA]);
    assert_eq!(
        told(&token, &ring),
        ("not-checked", "", vec!["rsa-content-changed"])
    );
    let signed = input(r#"{"alg":"PS256"}"#);
    let signature = pss_signature(&RSA, RsaPssSaltlen::DIGEST_LENGTH, &signed);
    let token = joined(&input(r#"{"alg":"PS256" }"#), &signature);
    assert_eq!(told(&token, &pem_ring(&[&RSA])).2, ["rsa-content-changed"]);
}

#[test]
fn a_signature_of_another_rsa_key() {
    for alg in ["RS256", "PS256"] {
        let signed = input(&format!(r#"{{"alg":"{alg}"}}"#));
        let sign = |key| match alg {
            "RS256" => rsa_signature(key, MessageDigest::sha256(), &signed),
            _ => pss_signature(key, RsaPssSaltlen::DIGEST_LENGTH, &signed),
        };
        let token = joined(&signed, &sign(&OTHER_RSA));
        assert_eq!(
            told(&token, &pem_ring(&[&RSA])),
            ("invalid", "", vec!["rsa-other-key"])
        );
        assert!(first_text(&token, &pem_ring(&[&RSA])).contains("no padding"));
        let smaller = joined(&signed, &sign(&SMALL_RSA));
        assert!(first_text(&smaller, &pem_ring(&[&RSA])).contains("a key of 1024 bits"));
        assert_eq!(told(&token, &pem_ring(&[&OTHER_RSA])).2, [""; 0]);
    }
}

#[test]
fn forms_of_rsa_that_jose_does_not_take() {
    let input = input(r#"{"alg":"PS256"}"#);
    let ring = pem_ring(&[&RSA]);
    let token = joined(
        &input,
        &pss_signature(&RSA, RsaPssSaltlen::custom(20), &input),
    );
    assert_eq!(told(&token, &ring), ("invalid", "", vec!["vendor-quirk"]));
    assert!(first_text(&token, &ring).contains("a salt of 20 bytes"));
    // DigestInfo without NULL.
    let input = self::input(r#"{"alg":"RS256"}"#);
    let digest = hash(MessageDigest::sha256(), input.as_bytes()).unwrap();
    let raw = |info: &[u8]| {
        let info = [info, &digest[..]].concat();
        let mut signature = vec![0; 256];
        let rsa = RSA.rsa().unwrap();
        rsa.private_encrypt(&info, &mut signature, Padding::PKCS1)
            .unwrap();
        joined(&input, &signature)
    };
    let without = raw(b"\x30\x2F\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20");
    assert_eq!(told(&without, &ring), ("invalid", "", vec!["vendor-quirk"]));
    let with = raw(b"\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20");
    assert_eq!(told(&with, &ring), ("valid", "yours", vec![]));
}

/// Microsoft Graph: signed with the hash of the nonce, sent with the nonce.
#[test]
fn a_header_that_was_exchanged_after_signing() {
    let make = |iss: &str, sent: &str| {
        let hashed = encode(&hash(MessageDigest::sha256(), b"AQABAAAA-nonce").unwrap());
        let header = |nonce: &str| {
            encode(format!(r#"{{"typ":"JWT","nonce":"{nonce}","alg":"RS256"}}"#).as_bytes())
        };
        let claims = encode(format!(r#"{{"iss":"{iss}","exp":1795400000}}"#).as_bytes());
        let signed = format!("{}.{claims}", header(&hashed));
        let signature = rsa_signature(&RSA, MessageDigest::sha256(), &signed);
        joined(&format!("{}.{claims}", header(sent)), &signature)
    };
    let iss = "https://sts.windows.net/26e7bfe4/";
    let token = make(iss, "AQABAAAA-nonce");
    assert_eq!(
        told(&token, &pem_ring(&[&RSA])),
        ("valid", "yours", vec!["graph-nonce"])
    );
    let other = told(&make(iss, "another nonce"), &pem_ring(&[&RSA]));
    assert_eq!(other, ("not-checked", "", vec!["graph-nonce"]));
    let judgement = judge(
        &inspect(&make(iss, "another nonce"), &pem_ring(&[&RSA])),
        None,
    );
    assert_eq!(reasons(&judgement), ["no-key-verifies"]);
    assert!(
        judgement
            .findings
            .iter()
            .all(|finding| finding.rule != "sig-invalid")
    );
    // Of others, the bytes as received count.
    let elsewhere = make("https://sts.windows.net.a.example/", "AQABAAAA-nonce");
    assert_eq!(
        told(&elsewhere, &pem_ring(&[&RSA])),
        ("invalid", "", vec!["rsa-content-changed"])
    );
}

#[test]
fn a_public_key_as_the_secret() {
    let pem = public_pem(&RSA);
    let text = String::from_utf8(pem.clone()).unwrap();
    let bare = text.trim_end();
    let pkcs1 = RSA.rsa().unwrap().public_key_to_pem_pkcs1().unwrap();
    let der = RSA.public_key_to_der().unwrap();
    let jwk = jwk(&RSA, "a");
    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("PEM", pem.clone()),
        ("without final line break", bare.into()),
        ("CR LF", text.replace('\n', "\r\n").into_bytes()),
        ("a space before", format!(" {text}").into_bytes()),
        (
            "a byte order mark before",
            format!("\u{FEFF}{bare}").into_bytes(),
        ),
        ("backslash and n", bare.replace('\n', "\\n").into_bytes()),
        ("one line", bare.replace('\n', "").into_bytes()),
        ("PKCS#1", pkcs1),
        ("DER", der.clone()),
        (
            "PKCS#1 DER",
            RSA.rsa().unwrap().public_key_to_der_pkcs1().unwrap(),
        ),
        (
            "base64 of the DER",
            openssl::base64::encode_block(&der).into_bytes(),
        ),
        ("base64url of the DER", encode(&der).into_bytes()),
        (
            "base64 of the PEM",
            openssl::base64::encode_block(&pem).into_bytes(),
        ),
        ("JWK", jwk.clone().into_bytes()),
        ("modulus", RSA.rsa().unwrap().n().to_vec()),
    ];
    for (name, secret) in forms {
        let ring = KeyRing::new(load("a.jwk", jwk.as_bytes()));
        let token = hs256(&secret);
        assert_eq!(
            told(&token, &ring),
            ("valid", "confusion", vec!["hmac-key-confusion"]),
            "{name}"
        );
        let judgement = judge(&inspect(&token, &ring), None);
        assert_eq!(judgement.verdict.outcome, VerdictOutcome::Reject);
        assert_eq!(reasons(&judgement), ["key-not-allowed"], "{name}");
    }
    // One byte off is another secret.
    let mut wrong = pem;
    wrong[100] ^= 1;
    assert_eq!(
        told(&hs256(&wrong), &pem_ring(&[&RSA])),
        ("not-checked", "", vec![])
    );
}

#[test]
fn other_public_keys_as_the_secret() {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let mut context = BigNumContext::new().unwrap();
    let point = P256
        .ec_key()
        .unwrap()
        .public_key()
        .to_owned(&group)
        .unwrap();
    let mut bytes = |form| point.to_bytes(&group, form, &mut context).unwrap();
    let uncompressed = bytes(openssl::ec::PointConversionForm::UNCOMPRESSED);
    let compressed = bytes(openssl::ec::PointConversionForm::COMPRESSED);
    let confused = ("valid", "confusion", vec!["hmac-key-confusion"]);
    let blob = [
        &19_u32.to_be_bytes()[..],
        b"ecdsa-sha2-nistp256",
        &8_u32.to_be_bytes(),
        b"nistp256",
        &65_u32.to_be_bytes(),
        &uncompressed,
    ]
    .concat();
    let ssh = format!(
        "ecdsa-sha2-nistp256 {}\n",
        openssl::base64::encode_block(&blob)
    );
    for secret in [
        &public_pem(&P256)[..],
        &uncompressed,
        &uncompressed[1..],
        &compressed,
        ssh.as_bytes(),
    ] {
        assert_eq!(told(&hs256(secret), &pem_ring(&[&P256])), confused);
    }
    let raw = ED25519.raw_public_key().unwrap();
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(&raw));
    for secret in [&raw[..], jwk.as_bytes(), encode(&raw).as_bytes()] {
        assert_eq!(told(&hs256(secret), &pem_ring(&[&ED25519])), confused);
    }
    // A file as it was loaded, whatever else stands in it; and the set around a key.
    let file = [b"# our keys\n\n".as_slice(), &public_pem(&RSA), b"\n"].concat();
    assert_eq!(
        told(&hs256(&file), &KeyRing::new(load("a.pem", &file))),
        confused
    );
    let set = format!("{{ \"keys\": [ {} ] }}\n", self::jwk(&RSA, "a"));
    let ring = KeyRing::new(load("set.json", set.as_bytes()));
    assert_eq!(told(&hs256(set.as_bytes()), &ring), confused);
    let compact = set.replace([' ', '\n'], "");
    assert_eq!(told(&hs256(compact.as_bytes()), &ring), confused);
}

#[test]
fn a_file_with_a_private_key_is_not_kept() {
    let pem = [public_pem(&RSA), RSA.private_key_to_pem_pkcs8().unwrap()].concat();
    for key in load("both.pem", &pem) {
        assert_eq!(key.loaded.file, None);
    }
    let private = format!(
        r#"{{"kty":"OKP","crv":"Ed25519","x":"{}","d":"{}"}}"#,
        encode(&ED25519.raw_public_key().unwrap()),
        encode(&ED25519.raw_private_key().unwrap())
    );
    assert_eq!(
        load("private.jwk", private.as_bytes())[0].loaded,
        keys::Loaded::default()
    );
}

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
    let small = facts(
        &hs256(b"a secret that nobody has loaded"),
        &pem_ring(&[&P256]),
    );
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
