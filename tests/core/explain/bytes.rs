//! Signatures: another algorithm, other bytes, other content.

use openssl::ec::{EcGroup, EcKey};
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer};
use tokenloupe::jose::base64url::encode;
use tokenloupe::keys::{KeyRing, SecretEncoding};

use super::{
    ED25519, OTHER_RSA, P256, RSA, SECP256K1, SECRET, SMALL_RSA, ecdsa_der, ecdsa_signature, facts,
    first_text, input, joined, jwks_ring, mac, pem_ring, pss_signature, rsa_signature, secret_ring,
    told,
};
use crate::common::{inspect, judge, reasons};

#[test]
fn another_algorithm_by_the_same_key() {
    type Sign<'a> = &'a dyn Fn(&str) -> Vec<u8>;
    let (sha256, sha512) = (MessageDigest::sha256(), MessageDigest::sha512());
    let cases: [(&str, KeyRing, Sign<'_>, &str); 8] = [
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
fn an_algorithm_by_another_name() {
    let signed = input(r#"{"alg":"hs256"}"#);
    let token = joined(
        &signed,
        &mac(SECRET.as_bytes(), MessageDigest::sha256(), &signed),
    );
    let ring = secret_ring(SECRET, SecretEncoding::Utf8);
    assert_eq!(
        told(&token, &ring),
        ("unsupported", "", vec!["sibling-alg-verifies"])
    );
    assert!(first_text(&token, &ring).contains("says hs256"));
    let other = secret_ring("another secret of many bytes", SecretEncoding::Utf8);
    assert_eq!(told(&token, &other), ("unsupported", "", vec![]));
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
    let hex = whole
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat();
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
            .all(|finding| finding.rule != "sig-invalid"
                || finding.severity == tokenloupe::judge::Severity::Info),
        "a note, not an accusation"
    );
    // Of others, the bytes as received count.
    let elsewhere = make("https://sts.windows.net.a.example/", "AQABAAAA-nonce");
    assert_eq!(
        told(&elsewhere, &pem_ring(&[&RSA])),
        ("invalid", "", vec!["rsa-content-changed"])
    );
}
