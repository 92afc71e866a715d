//! Keys that verify but should not be trusted: the mathematics is done, the judgement stands apart.

use openssl::bn::{BigNum, BigNumContext, BigNumRef, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use openssl::x509::{X509, X509NameBuilder};
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::ProfileName;
use tokenloupe::keys::{Inconsistency, KeyRing, load};
use tokenloupe::verify::{Outcome, Provenance};

use crate::common::{inspect, judge, reasons, ring};

const PAYLOAD: &[u8] = b"message";

/// The signing input of a header.
fn signing_input(header: &str) -> String {
    format!("{}.{}", encode(header.as_bytes()), encode(PAYLOAD))
}

fn rsa_jwk(n: &BigNumRef, e: u32) -> String {
    let e = BigNum::from_u32(e).unwrap();
    let [n, e] = [n, &e].map(|number| encode(&number.to_vec()));
    format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#)
}

/// EMSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 9.2), as a number.
fn padded(message: &str, bytes: usize) -> BigNum {
    let prefix = b"\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let digest = openssl::sha::sha256(message.as_bytes());
    let mut text = vec![0, 1];
    text.resize(bytes - prefix.len() - digest.len() - 1, 0xFF);
    text.push(0);
    text.extend_from_slice(prefix);
    text.extend_from_slice(&digest);
    BigNum::from_slice(&text).unwrap()
}

fn sign(key: &PKey<Private>, input: &str) -> Vec<u8> {
    let mut signer = match key.id() {
        openssl::pkey::Id::ED25519 | openssl::pkey::Id::ED448 => Signer::new_without_digest(key),
        _ => Signer::new(MessageDigest::sha256(), key),
    }
    .unwrap();
    signer.sign_oneshot_to_vec(input.as_bytes()).unwrap()
}

/// `R || S` from what OpenSSL writes.
fn raw_ecdsa(der: &[u8], bytes: i32) -> Vec<u8> {
    let signature = EcdsaSig::from_der(der).unwrap();
    let [r, s] = [signature.r(), signature.s()].map(|half| half.to_vec_padded(bytes).unwrap());
    [r, s].concat()
}

#[track_caller]
fn is_valid(token: &str, keys: &KeyRing) -> Inspection {
    let inspection = inspect(token, keys);
    let proof = &inspection.proof.signatures[0];
    assert_eq!(proof.outcome, Outcome::Valid, "{:?}", proof.shape);
    inspection
}

/// Reasons, and the rules that speak of the key.
fn judged(inspection: &Inspection) -> (Vec<&'static str>, Vec<&'static str>) {
    let judgement = judge(inspection, Some(ProfileName::Jws));
    let rules = judgement.findings.iter().map(|finding| finding.rule);
    let rules = rules.filter(|rule| rule.starts_with("rsa-")).collect();
    (reasons(&judgement), rules)
}

#[test]
fn an_rsa_key_of_512_bits_verifies() {
    let key = Rsa::generate(512).unwrap();
    let jwk = rsa_jwk(key.n(), 65_537);
    let input = signing_input(r#"{"alg":"RS256"}"#);
    let signature = sign(&PKey::from_rsa(key).unwrap(), &input);
    let inspection = is_valid(&format!("{input}.{}", encode(&signature)), &ring(&jwk));
    assert_eq!(judged(&inspection).0, ["key-too-weak"]);
    let changed = format!("{input}.{}", encode(&[1; 64]));
    let inspection = inspect(&changed, &ring(&jwk));
    assert_eq!(inspection.proof.signatures[0].outcome, Outcome::Invalid);
}

/// With the exponent 1 the padded message is the signature: it verifies under any modulus, also the largest that is taken.
#[test]
fn the_exponent_one_verifies_what_anyone_can_write() {
    let input = signing_input(r#"{"alg":"RS256"}"#);
    for bits in [2048, 16_384] {
        let mut n = BigNum::new().unwrap();
        n.rand(bits, MsbOption::TWO_ONES, true).unwrap();
        let bytes = bits as usize / 8;
        let signature = padded(&input, bytes).to_vec_padded(bits / 8).unwrap();
        let token = format!("{input}.{}", encode(&signature));
        let inspection = is_valid(&token, &ring(&rsa_jwk(&n, 1)));
        let (reasons, rules) = judged(&inspection);
        assert_eq!(reasons, ["key-not-allowed"], "{bits}");
        assert!(rules.contains(&"rsa-bad-exponent"), "{rules:?}");
    }
    let mut n = BigNum::new().unwrap();
    n.rand(16_392, MsbOption::ONE, true).unwrap();
    let error = load("key", rsa_jwk(&n, 1).as_bytes())
        .unwrap_err()
        .to_string();
    assert!(error.contains("16384 bits"), "{error}");
}

#[test]
fn small_and_even_exponents_verify() {
    let input = signing_input(r#"{"alg":"RS256"}"#);
    let three = BigNum::from_u32(3).unwrap();
    let key = Rsa::generate_with_e(2048, &three).unwrap();
    let jwk = rsa_jwk(key.n(), 3);
    let signature = sign(&PKey::from_rsa(key).unwrap(), &input);
    let inspection = is_valid(&format!("{input}.{}", encode(&signature)), &ring(&jwk));
    assert_eq!(
        judged(&inspection),
        (vec![], vec!["rsa-bad-exponent", "rsa-small-modulus"])
    );

    // Square roots (Rabin) are signatures with the exponent 2: of every fourth message there is one.
    let [p, q] = [(); 2].map(|()| {
        let mut prime = BigNum::new().unwrap();
        let (add, rest) = (BigNum::from_u32(4).unwrap(), BigNum::from_u32(3).unwrap());
        prime
            .generate_prime(1026, false, Some(&add), Some(&rest))
            .unwrap();
        prime
    });
    let n = &p * &q;
    let bytes = n.num_bytes();
    let root = |number: &BigNum, prime: &BigNum| {
        let mut context = BigNumContext::new().unwrap();
        let mut exponent = BigNum::new().unwrap();
        exponent
            .rshift(&(prime + &BigNum::from_u32(1).unwrap()), 2)
            .unwrap();
        let mut root = BigNum::new().unwrap();
        root.mod_exp(number, &exponent, prime, &mut context)
            .unwrap();
        let square = &(&root * &root) % prime;
        (square == number % prime).then_some(root)
    };
    let signed = (0..200).find_map(|number| {
        let input = signing_input(&format!(r#"{{"alg":"RS256","n":{number}}}"#));
        let message = padded(&input, bytes as usize);
        let (at_p, at_q) = (root(&message, &p)?, root(&message, &q)?);
        let mut context = BigNumContext::new().unwrap();
        let mut inverse = BigNum::new().unwrap();
        inverse.mod_inverse(&p, &q, &mut context).unwrap();
        // Chinese remainders.
        let mut step = BigNum::new().unwrap();
        step.mod_sub(&at_q, &at_p, &q, &mut context).unwrap();
        let signature = &at_p + &(&p * &(&(&step * &inverse) % &q));
        Some(format!(
            "{input}.{}",
            encode(&signature.to_vec_padded(bytes).unwrap())
        ))
    });
    let inspection = is_valid(&signed.unwrap(), &ring(&rsa_jwk(&n, 2)));
    let (reasons, rules) = judged(&inspection);
    assert_eq!(reasons, ["key-not-allowed"]);
    assert!(rules.contains(&"rsa-bad-exponent"));
}

/// RFC 8812 and RFC 8037; RFC 9864 names the curve in `alg`.
#[test]
fn the_less_common_curves_verify() {
    let group = EcGroup::from_curve_name(Nid::SECP256K1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let pem = key.public_key_to_pem().unwrap();
    let signed = signing_input(r#"{"alg":"ES256K"}"#);
    let signature = raw_ecdsa(&sign(&key, &signed), 32);
    let keys = KeyRing::new(load("key.pem", &pem).unwrap());
    is_valid(&format!("{signed}.{}", encode(&signature)), &keys);

    for (key, names) in [
        (PKey::generate_ed448().unwrap(), ["EdDSA", "Ed448"]),
        (PKey::generate_ed25519().unwrap(), ["EdDSA", "Ed25519"]),
    ] {
        let keys = KeyRing::new(load("key.pem", &key.public_key_to_pem().unwrap()).unwrap());
        for name in names {
            let input = signing_input(&format!(r#"{{"alg":"{name}"}}"#));
            let signature = sign(&key, &input);
            is_valid(&format!("{input}.{}", encode(&signature)), &keys);
        }
        // The name of the other curve takes no key of this one.
        let other = if names[1] == "Ed448" {
            "Ed25519"
        } else {
            "Ed448"
        };
        let input = signing_input(&format!(r#"{{"alg":"{other}"}}"#));
        let inspection = inspect(&format!("{input}.{}", encode(&sign(&key, &input))), &keys);
        assert_ne!(inspection.proof.signatures[0].outcome, Outcome::Valid);
    }
}

#[test]
fn secrets_of_no_and_of_one_byte_verify() {
    let mac = |secret: &[u8], input: &str| {
        use hmac::{KeyInit as _, Mac as _};
        let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
        encode(&mac.chain_update(input).finalize().into_bytes())
    };
    let input = signing_input(r#"{"alg":"HS256"}"#);
    for (secret, reason, provenance) in [
        (&b""[..], "publicly-known-key", Provenance::PublicDefault),
        (b"\x8F", "key-too-weak", Provenance::Yours),
    ] {
        let jwk = format!(r#"{{"kty":"oct","k":"{}"}}"#, encode(secret));
        let token = format!("{input}.{}", mac(secret, &input));
        let inspection = is_valid(&token, &ring(&jwk));
        let used = inspection.proof.signatures[0].key.as_ref().unwrap();
        assert_eq!(used.provenance, provenance);
        assert_eq!(used.key.source, "keys.json", "the reviewer's own entry");
        assert_eq!(judged(&inspection).0, [reason]);
    }
}

fn certificate(key: &PKey<Private>) -> X509 {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "issuer.example").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder
        .set_not_before(&openssl::asn1::Asn1Time::from_unix(1_700_000_000).unwrap())
        .unwrap();
    builder
        .set_not_after(&openssl::asn1::Asn1Time::from_unix(4_000_000_000).unwrap())
        .unwrap();
    builder.set_pubkey(key).unwrap();
    builder.sign(key, MessageDigest::null()).unwrap();
    builder.build()
}

fn ed25519_jwk(key: &PKey<Private>, more: &str) -> String {
    let x = encode(&key.raw_public_key().unwrap());
    format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"{more}}}"#)
}

#[test]
fn the_tokens_own_key_proves_nothing() {
    let own = PKey::generate_ed25519().unwrap();
    let other = ed25519_jwk(&PKey::generate_ed25519().unwrap(), "");
    let x5c = openssl::base64::encode_block(&certificate(&own).to_der().unwrap());
    for header in [
        format!(r#"{{"alg":"EdDSA","jwk":{}}}"#, ed25519_jwk(&own, "")),
        format!(r#"{{"alg":"EdDSA","x5c":["{x5c}"]}}"#),
    ] {
        let input = signing_input(&header);
        let token = format!("{input}.{}", encode(&sign(&own, &input)));
        let alone = is_valid(&token, &KeyRing::default());
        let used = alone.proof.signatures[0].key.as_ref().unwrap();
        assert_eq!(used.provenance, Provenance::Token);
        assert_eq!(judged(&alone).0, ["only-token-supplied-key"]);

        // The same key, loaded by the reviewer, proves it.
        let yours = is_valid(&token, &ring(&ed25519_jwk(&own, "")));
        let used = yours.proof.signatures[0].key.as_ref().unwrap();
        assert_eq!(used.provenance, Provenance::Yours);
        assert_eq!(judged(&yours).0, [""; 0]);
    }
    // A key of the reviewer's that was meant for it and fails settles it.
    let header = format!(
        r#"{{"alg":"EdDSA","kid":"a","jwk":{}}}"#,
        ed25519_jwk(&own, "")
    );
    let input = signing_input(&header);
    let token = format!("{input}.{}", encode(&sign(&own, &input)));
    let meant = other.replacen('{', r#"{"kid":"a","#, 1);
    let inspection = inspect(&token, &ring(&meant));
    assert_eq!(inspection.proof.signatures[0].outcome, Outcome::Invalid);
    assert_eq!(judged(&inspection).0, ["signature-invalid"]);
    // One that was not meant for it does not.
    let inspection = inspect(&token, &ring(&other));
    let used = inspection.proof.signatures[0].key.as_ref().unwrap();
    assert_eq!(used.provenance, Provenance::Token);
}

/// RFC 7517 section 4.7: the first certificate holds the key that the other members are.
#[test]
fn a_jwk_is_compared_with_its_certificate() {
    let [own, other] = [(); 2].map(|()| PKey::generate_ed25519().unwrap());
    let with = |key: &PKey<Private>| {
        let x5c = openssl::base64::encode_block(&certificate(key).to_der().unwrap());
        ed25519_jwk(&own, &format!(r#","x5c":["{x5c}"]"#))
    };
    let keys = load("key.jwk", with(&own).as_bytes()).unwrap();
    assert_eq!((keys.len(), &keys[0].fault), (1, &None));
    assert!(keys[0].members.x5t_s256.is_some());
    let set = format!(r#"{{"keys":[{},{}]}}"#, with(&other), with(&own));
    let keys = load("keys.json", set.as_bytes()).unwrap();
    let [torn, whole] = keys.as_slice() else {
        panic!("two keys");
    };
    let said: Vec<_> = torn.inconsistencies().collect();
    assert_eq!(said, [&Inconsistency::CertificateKey]);
    // It is the key that its members say, and nothing of the certificate is taken over.
    assert_eq!((&torn.fault, &torn.thumbprint), (&None, &whole.thumbprint));
    assert_eq!((&torn.certificate, &torn.members.x5t_s256), (&None, &None));
    assert_eq!(whole.inconsistencies().next(), None);
}

/// A length of 2 GiB in each place of a real key where a length stands, and everywhere else.
#[test]
fn a_hostile_length_anywhere_in_a_key_is_an_error_or_a_key() {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let ec = EcKey::generate(&group).unwrap();
    let rsa = Rsa::generate(512).unwrap();
    let okp = PKey::generate_ed25519().unwrap();
    for der in [
        ec.private_key_to_der().unwrap(),
        PKey::from_ec_key(ec).unwrap().public_key_to_der().unwrap(),
        rsa.private_key_to_der().unwrap(),
        rsa.public_key_to_der_pkcs1().unwrap(),
        PKey::from_rsa(rsa).unwrap().private_key_to_pkcs8().unwrap(),
        okp.private_key_to_pkcs8().unwrap(),
        certificate(&okp).to_der().unwrap(),
    ] {
        for at in 1..der.len() {
            let (before, after) = der.split_at(at);
            let hostile = b"\x84\x7F\xFF\xFF\xFF".as_slice();
            let wide = b"\x88\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF".as_slice();
            for length in [hostile, wide] {
                let longer = [before, length, &after[1..]].concat();
                let same = [
                    before,
                    length,
                    after.get(length.len()..).unwrap_or_default(),
                ]
                .concat();
                for bytes in [longer, same] {
                    let pem = format!(
                        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
                        openssl::base64::encode_block(&bytes)
                    );
                    for file in [&bytes[..], pem.as_bytes()] {
                        if let Err(error) = load("key", file) {
                            assert_eq!(error.to_string().lines().count(), 2);
                        }
                    }
                }
            }
        }
    }
}

/// What OpenSSL wrote, in every form that it writes, gives one key.
#[test]
fn every_form_of_a_key_gives_the_same_key() {
    let group = EcGroup::from_curve_name(Nid::SECP384R1).unwrap();
    let ec = EcKey::generate(&group).unwrap();
    let rsa = Rsa::generate(1024).unwrap();
    let okp = PKey::generate_ed448().unwrap();
    let [rsa_key, ec_key] = [
        PKey::from_rsa(rsa.clone()).unwrap(),
        PKey::from_ec_key(ec.clone()).unwrap(),
    ];
    for forms in [
        vec![
            rsa.private_key_to_pem().unwrap(),
            rsa.public_key_to_pem().unwrap(),
            rsa.public_key_to_pem_pkcs1().unwrap(),
            rsa_key.private_key_to_pem_pkcs8().unwrap(),
        ],
        vec![
            ec.private_key_to_pem().unwrap(),
            ec.public_key_to_pem().unwrap(),
            ec_key.private_key_to_pem_pkcs8().unwrap(),
        ],
        vec![
            okp.private_key_to_pem_pkcs8().unwrap(),
            okp.public_key_to_pem().unwrap(),
            certificate(&okp).to_pem().unwrap(),
        ],
    ] {
        let texts: Vec<_> = forms
            .iter()
            .map(|form| str::from_utf8(form).unwrap())
            .collect();
        let thumbprints: Vec<_> = texts
            .iter()
            .flat_map(|pem| {
                [
                    (*pem).to_owned(),
                    pem.replace('\n', "\r\n"),
                    pem.replace('\n', ""),
                    pem.replace('\n', "\\n"),
                    format!("Prose before it:\n{pem}and after it"),
                ]
            })
            .map(|pem| {
                load("key.pem", pem.as_bytes())
                    .unwrap()
                    .remove(0)
                    .thumbprint
            })
            .collect();
        assert!(thumbprints[0].is_some());
        assert!(
            thumbprints
                .iter()
                .all(|thumbprint| *thumbprint == thumbprints[0])
        );
        // All of them in one file, and a bad one among them.
        let bad = "-----BEGIN PUBLIC KEY-----\nMAAA\n-----END PUBLIC KEY-----\n";
        let keys = load(
            "keys.pem",
            format!("{}{bad}{}", texts[0], texts[1..].concat()).as_bytes(),
        )
        .unwrap();
        let usable = keys.iter().filter(|key| key.is_usable()).count();
        assert_eq!((keys.len(), usable), (forms.len() + 1, forms.len()));
    }
}
