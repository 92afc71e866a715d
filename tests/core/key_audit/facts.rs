//! What there is to be shown of a key that came in a certificate.

use openssl::x509::X509Extension;
use openssl::x509::extension::{KeyUsage, SubjectAlternativeName};
use tokenloupe::keys::{Facts, facts, load};

use crate::certificates::{Issued, Request, request, x5c};

/// An extension with alternative names of every kind.
fn names(of: &Issued) -> X509Extension {
    let builder = openssl::x509::X509::builder().unwrap();
    SubjectAlternativeName::new()
        .dns("Login.example")
        .dns("*.example")
        .uri("https://idp.example:8443/realm")
        .email("ops@example.com")
        .ip("192.0.2.7")
        .ip("2001:db8::7")
        .build(&builder.x509v3_context(Some(&of.x509), None))
        .unwrap()
}

fn leaf() -> Request {
    let any = request("any").self_signed();
    let usage = KeyUsage::new().critical().digital_signature().build();
    request("leaf\u{202E}")
        .with(names(&any))
        .with(usage.unwrap())
}

#[track_caller]
fn first(name: &str, content: &str) -> Facts {
    facts(&load(name, content.as_bytes()).unwrap()[0])
}

#[test]
fn a_certificate_tells_all_that_it_says() {
    let root = request("root").ca().self_signed();
    let middle = request("middle").ca().issued_by(&root);
    let leaf = leaf().issued_by(&middle);
    let pem = [&leaf, &middle, &root].map(Issued::pem).concat();
    let facts = first("chain.pem", &pem);
    assert_eq!(facts.issuers, ["CN=middle", "CN=root"]);
    let certificate = facts.certificate.unwrap();
    assert_eq!(certificate.subject, "CN=leaf\\u{202E}");
    assert_eq!(certificate.issuer, "CN=middle");
    assert_eq!(
        certificate.names,
        [
            "Login.example",
            "*.example",
            "URI https://idp.example:8443/realm",
            "e-mail ops@example.com",
            "IP 192.0.2.7",
            "IP 2001:db8::7",
        ]
    );
    assert_eq!(certificate.usage, Some(vec!["digitalSignature"]));
    assert!(!certificate.is_ca);
    assert_eq!(certificate.signature_algorithm, "ecdsa-with-SHA256");
    let serial = leaf.x509.serial_number().to_bn().unwrap();
    let digits = certificate.serial.trim_start_matches('0').to_uppercase();
    assert_eq!(digits, serial.to_hex_str().unwrap().trim_start_matches('0'));
    let sha256 = openssl::sha::sha256(&leaf.der());
    let hex = sha256
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    assert_eq!(certificate.sha256, hex);
    assert_eq!(
        certificate.not_before.map(jiff::Timestamp::as_second),
        Some(1_700_000_000)
    );
}

/// The chain of a JWK stands in it, and that of a file whose certificates go round in a circle ends.
#[test]
fn a_chain_is_named_as_far_as_it_goes() {
    let root = request("root").ca().self_signed();
    let leaf = request("leaf").issued_by(&root);
    let numbers = leaf.key.ec_key().unwrap();
    let point = numbers
        .public_key()
        .to_bytes(
            numbers.group(),
            openssl::ec::PointConversionForm::UNCOMPRESSED,
            &mut openssl::bn::BigNumContext::new().unwrap(),
        )
        .unwrap();
    let [x, y] = [&point[1..33], &point[33..]].map(tokenloupe::jose::base64url::encode);
    let jwk = format!(
        r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}",{}}}"#,
        x5c(&[&leaf, &root])
    );
    assert_eq!(first("key.json", &jwk).issuers, ["CN=root"]);
    assert_eq!(first("leaf.pem", &leaf.pem()).issuers, Vec::<String>::new());
    // Each of two names the other as its issuer.
    let (a, b) = (request("a").self_signed(), request("b").self_signed());
    let (by_b, by_a) = (request("a").issued_by(&b), request("b").issued_by(&a));
    let circle = first("circle.pem", &[by_b, by_a].map(|one| one.pem()).concat());
    assert!(circle.issuers.len() <= 20);
    assert_eq!(circle.issuers[0], "CN=b");
}
