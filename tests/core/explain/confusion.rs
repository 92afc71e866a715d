//! Public keys that were used as secrets.

use openssl::bn::BigNumContext;
use openssl::ec::EcGroup;
use openssl::nid::Nid;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::VerdictOutcome;
use tokenloupe::keys::{self, KeyRing};

use super::{ED25519, P256, RSA, hs256, jwk, load, pem_ring, public_pem, told};
use crate::common::{inspect, judge, reasons};

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
        ("not-checked", "", vec!["alg-key-mismatch"])
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
