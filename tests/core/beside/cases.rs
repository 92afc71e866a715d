//! Tokens, good and hostile, each with the one key that it is held against.

use openssl::bn::BigNum;
use openssl::ec::EcGroup;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer};
use serde_json::{Value, json};
use tokenloupe::jose::base64url::{decode, encode};

use super::Case;
use crate::common::vector_json;
use crate::way::{GOOD_CLAIMS, KEYS, Secret, key};

type Add<'a> = &'a mut dyn FnMut(String, String, Value);

/// All of our own, and the tests of Wycheproof where they are there.
pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    let add: Add<'_> = &mut |name, token, key| cases.push(Case::new(name, token, key));
    for (alg, key) in KEYS.iter() {
        good(alg, key, add);
        headers(alg, key, add);
        damaged(alg, key, add);
        members(alg, key, add);
        for (other, stranger) in KEYS.iter().filter(|(other, _)| other != alg) {
            let token = key.plain_token(alg, GOOD_CLAIMS);
            let name = format!("{alg} with a key of {other}");
            add(name, token, stranger.jwk(&json!({})));
        }
    }
    weak_secrets(add);
    odd_keys(add);
    rsa_keys(add);
    salts(add);
    ecdsa_numbers(add);
    eddsa_numbers(add);
    confusion(add);
    wycheproof(add);
    cases
}

fn good(alg: &str, key: &Secret, add: Add<'_>) {
    for (what, payload) in [
        ("claims", GOOD_CLAIMS),
        ("empty", ""),
        ("text", "hello"),
        ("list", "[1]"),
        ("member twice", r#"{"a":1,"a":2}"#),
        ("number beyond floats", r#"{"n":1e400}"#),
    ] {
        let token = key.plain_token(alg, payload);
        add(format!("{alg} payload {what}"), token, key.jwk(&json!({})));
    }
}

fn headers(alg: &str, key: &Secret, add: Add<'_>) {
    let deep = format!(r#""x":{}1{}"#, "[".repeat(140), "]".repeat(140));
    let twice = format!(r#""alg":"{alg}""#);
    for (what, more) in [
        ("crit unknown", r#""crit":["x"],"x":1"#),
        ("crit empty", r#""crit":[]"#),
        ("crit no list", r#""crit":"x","x":1"#),
        ("crit of numbers", r#""crit":[1]"#),
        ("crit of what is not there", r#""crit":["x"]"#),
        ("crit b64 that is not there", r#""crit":["b64"]"#),
        ("crit twice", r#""crit":["b64","b64"],"b64":true"#),
        ("crit alg", r#""crit":["alg"]"#),
        ("b64 true", r#""b64":true,"crit":["b64"]"#),
        ("b64 true alone", r#""b64":true"#),
        ("b64 false alone", r#""b64":false"#),
        ("zip", r#""zip":"DEF""#),
        ("kid", r#""kid":"a""#),
        ("kid number", r#""kid":7"#),
        ("typ number", r#""typ":7"#),
        ("jwk odd", r#""jwk":7"#),
        ("x5c odd", r#""x5c":[7]"#),
        ("alg twice", &twice),
        ("none after alg", r#""alg":"none""#),
        ("member twice", r#""x":1,"x":2"#),
        ("deep", &deep),
        ("number beyond floats", r#""x":1e400"#),
        ("lone surrogate", r#""x":"\ud800""#),
    ] {
        let header = format!(r#"{{"alg":"{alg}",{more}}}"#);
        let token = key.token(alg, &header, GOOD_CLAIMS);
        add(format!("{alg} header {what}"), token, key.jwk(&json!({})));
    }
    let lower = alg.to_lowercase();
    for (what, header) in [
        ("spaced", format!(" {{ \"alg\" : \"{alg}\" }}\r\n")),
        ("escaped", format!(r#"{{"\u0061lg":"{alg}"}}"#)),
        ("byte order mark", format!("\u{FEFF}{{\"alg\":\"{alg}\"}}")),
        ("tail", format!("{{\"alg\":\"{alg}\"}} x")),
        ("lower case", format!(r#"{{"alg":"{lower}"}}"#)),
        ("Alg", format!(r#"{{"Alg":"{alg}"}}"#)),
        ("none", r#"{"alg":"none"}"#.to_owned()),
        ("list", format!(r#"["{alg}"]"#)),
    ] {
        let token = key.token(alg, &header, GOOD_CLAIMS);
        add(format!("{alg} header {what}"), token, key.jwk(&json!({})));
    }
}

fn damaged(alg: &str, key: &Secret, add: Add<'_>) {
    let token = key.plain_token(alg, GOOD_CLAIMS);
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("three parts");
    };
    let other = encode(br#"{"sub":"admin"}"#);
    let bytes = decode(signature).bytes.to_vec();
    let with = |bytes: &[u8]| format!("{header}.{payload}.{}", encode(bytes));
    let turned: Vec<u8> = bytes.iter().rev().copied().collect();
    let standard = signature.replace('-', "+").replace('_', "/");
    for (what, text) in [
        ("other payload", format!("{header}.{other}.{signature}")),
        ("no signature", format!("{header}.{payload}.")),
        ("no third part", format!("{header}.{payload}")),
        ("four parts", format!("{token}.AQID")),
        ("leading dot", format!(".{token}")),
        ("signature cut", with(&bytes[..bytes.len() - 1])),
        ("signature longer", with(&[&bytes[..], &[0]].concat())),
        ("zero before signature", with(&[&[0], &bytes[..]].concat())),
        ("signature turned", with(&turned)),
        ("signature of zeros", with(&vec![0; bytes.len()])),
        ("signature of ones", with(&vec![255; bytes.len()])),
        ("padded", format!("{token}=")),
        ("padded header", format!("{header}=.{payload}.{signature}")),
        ("space inside", format!("{header}. {payload}.{signature}")),
        ("line break after", format!("{token}\n")),
        ("other alphabet", format!("{header}.{payload}.{standard}")),
        ("unused bits", unused_bits(&token)),
    ] {
        add(format!("{alg} {what}"), text, key.jwk(&json!({})));
    }
}

/// The last character one up: where it carries bits that belong to no byte, they change.
fn unused_bits(token: &str) -> String {
    let last = token.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(last).unwrap();
    let next = &alphabet[at ^ 1..=at ^ 1];
    format!("{}{next}", &token[..token.len() - 1])
}

fn members(alg: &str, key: &Secret, add: Add<'_>) {
    let token = key.plain_token(alg, GOOD_CLAIMS);
    let other = if alg == "HS256" { "HS512" } else { "HS256" };
    for (what, members) in [
        ("use enc", json!({"use": "enc"})),
        ("use of another kind", json!({"use": "x"})),
        ("key_ops sign", json!({"key_ops": ["sign"]})),
        ("key_ops encrypt", json!({"key_ops": ["encrypt"]})),
        ("key_ops verify", json!({"key_ops": ["verify"]})),
        ("alg of another", json!({ "alg": other })),
        ("alg", json!({ "alg": alg })),
        ("kid", json!({"kid": "k"})),
        ("kid number", json!({"kid": 7})),
    ] {
        add(
            format!("{alg} key with {what}"),
            token.clone(),
            key.jwk(&members),
        );
    }
    let header = format!(r#"{{"alg":"{alg}","kid":"k"}}"#);
    let named = key.token(alg, &header, GOOD_CLAIMS);
    for kid in ["k", "l"] {
        let jwk = key.jwk(&json!({ "kid": kid }));
        add(format!("{alg} kid k, key {kid}"), named.clone(), jwk);
    }
}

fn weak_secrets(add: Add<'_>) {
    for (alg, lengths) in [
        ("HS256", [0, 1, 16, 31, 32]),
        ("HS384", [1, 16, 32, 47, 48]),
        ("HS512", [1, 32, 48, 63, 64]),
    ] {
        for length in lengths {
            let secret = (0..length).map(|at: usize| (at * 37 % 251 + 1) as u8);
            let key = Secret::Shared(secret.collect());
            let token = key.plain_token(alg, GOOD_CLAIMS);
            let name = format!("{alg} secret of {length} bytes");
            add(name, token, key.jwk(&json!({})));
        }
    }
}

/// What is long enough and known to everybody all the same, and what is misnamed.
fn odd_keys(add: Add<'_>) {
    let zeros = Secret::Shared(vec![0; 32]);
    let token = zeros.plain_token("HS256", GOOD_CLAIMS);
    add(
        "HS256 secret of zeros".to_owned(),
        token,
        zeros.jwk(&json!({})),
    );
    let key = key("ES512");
    let token = key.plain_token("ES512", GOOD_CLAIMS);
    let jwk = key.jwk(&json!({"alg": "ES521"}));
    add("ES512 key of ES521".to_owned(), token, jwk);
}

fn rsa_keys(add: Add<'_>) {
    let pair = |rsa| Secret::Pair(PKey::from_rsa(rsa).unwrap());
    for bits in [512, 1024, 2047, 2048, 4104] {
        let key = pair(Rsa::generate(bits).unwrap());
        let token = key.plain_token("RS256", GOOD_CLAIMS);
        let mut jwk = key.jwk(&json!({}));
        add(format!("RSA of {bits} bits"), token.clone(), jwk.clone());
        let modulus = decode(jwk["n"].as_str().unwrap()).bytes;
        jwk["n"] = encode(&[&[0], &modulus[..]].concat()).into();
        add(format!("RSA of {bits} bits, a zero before n"), token, jwk);
    }
    for exponent in [3, 17] {
        let e = BigNum::from_u32(exponent).unwrap();
        let key = pair(Rsa::generate_with_e(2048, &e).unwrap());
        let token = key.plain_token("RS256", GOOD_CLAIMS);
        add(format!("RSA with e {exponent}"), token, key.jwk(&json!({})));
    }
    // With e = 1 the padded hash is its own signature.
    let key = key("RS256");
    let mut jwk = key.jwk(&json!({}));
    jwk["e"] = "AQ".into();
    let input = format!(
        "{}.{}",
        encode(br#"{"alg":"RS256"}"#),
        encode(GOOD_CLAIMS.as_bytes())
    );
    let length = decode(jwk["n"].as_str().unwrap()).bytes.len();
    let prefix = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let hash = openssl::sha::sha256(input.as_bytes());
    let ones = vec![255; length - 3 - prefix.len() - hash.len()];
    let padded = [&[0, 1], &ones[..], &[0], prefix, &hash].concat();
    add(
        "RSA with e 1".to_owned(),
        format!("{input}.{}", encode(&padded)),
        jwk,
    );
}

/// A salt is as long as the hash (RFC 7518 section 3.5), whatever else RFC 8017 allows.
fn salts(add: Add<'_>) {
    let Secret::Pair(pair) = key("PS256") else {
        panic!("PS256 has pairs");
    };
    let input = format!(
        "{}.{}",
        encode(br#"{"alg":"PS256"}"#),
        encode(GOOD_CLAIMS.as_bytes())
    );
    let sha256 = MessageDigest::sha256();
    for (salt, mask) in [
        (0, sha256),
        (20, sha256),
        (32, sha256),
        (32, MessageDigest::sha1()),
        (64, sha256),
    ] {
        let mut signer = Signer::new(sha256, pair).unwrap();
        signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
        signer.set_rsa_mgf1_md(mask).unwrap();
        signer
            .set_rsa_pss_saltlen(RsaPssSaltlen::custom(salt))
            .unwrap();
        let signature = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
        let name = format!("PS256 salt of {salt} bytes, mask of {} bytes", mask.size());
        let token = format!("{input}.{}", encode(&signature));
        add(name, token, key("PS256").jwk(&json!({})));
    }
}

/// S must be below the order (RFC 8032 section 5.1.7).
fn eddsa_numbers(add: Add<'_>) {
    let token = key("EdDSA").plain_token("EdDSA", GOOD_CLAIMS);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let bytes = decode(signature).bytes.to_vec();
    let (r, s) = bytes.split_at(32);
    let order = "1000000000000000000000000000000014DEF9DEA2F79CD65812631A5CF5D3ED";
    let order = BigNum::from_hex_str(order).unwrap();
    let big: Vec<u8> = s.iter().rev().copied().collect();
    let number = BigNum::from_slice(&big).unwrap();
    let mut larger = (&number + &order).to_vec_padded(32).unwrap();
    larger.reverse();
    let text = format!("{input}.{}", encode(&[r, &larger].concat()));
    let jwk = key("EdDSA").jwk(&json!({}));
    add("EdDSA S and the order".to_owned(), text, jwk);
}

/// What can be made of a signature without the private key.
fn ecdsa_numbers(add: Add<'_>) {
    for (alg, nid) in [
        ("ES256", Nid::X9_62_PRIME256V1),
        ("ES384", Nid::SECP384R1),
        ("ES512", Nid::SECP521R1),
        ("ES256K", Nid::SECP256K1),
    ] {
        let token = key(alg).plain_token(alg, GOOD_CLAIMS);
        let (input, signature) = token.rsplit_once('.').unwrap();
        let bytes = decode(signature).bytes.to_vec();
        let (r, s) = bytes.split_at(bytes.len() / 2);
        let length = i32::try_from(s.len()).unwrap();
        let mut context = openssl::bn::BigNumContext::new().unwrap();
        let mut order = BigNum::new().unwrap();
        let group = EcGroup::from_curve_name(nid).unwrap();
        group.order(&mut order, &mut context).unwrap();
        let number = |bytes| BigNum::from_slice(bytes).unwrap();
        let mirrored = (&order - &number(s)).to_vec_padded(length).unwrap();
        let order = order.to_vec_padded(length).unwrap();
        let zero = vec![0; s.len()];
        let der = EcdsaSig::from_private_components(number(r), number(s));
        for (what, signature) in [
            ("as it is", bytes.clone()),
            ("the other S", [r, &mirrored].concat()),
            ("R the order", [&order, s].concat()),
            ("S the order", [r, &order].concat()),
            ("S zero", [r, &zero].concat()),
            ("in DER", der.unwrap().to_der().unwrap()),
        ] {
            let text = format!("{input}.{}", encode(&signature));
            add(format!("{alg} {what}"), text, key(alg).jwk(&json!({})));
        }
    }
}

/// The public key, as text, as the secret.
fn confusion(add: Add<'_>) {
    for alg in ["RS256", "ES256", "EdDSA"] {
        let Secret::Pair(pair) = key(alg) else {
            panic!("{alg} has pairs");
        };
        let pem = pair.public_key_to_pem().unwrap();
        let token = Secret::Shared(pem).plain_token("HS256", GOOD_CLAIMS);
        let name = format!("HS256 with the public key of {alg} as secret");
        add(name, token, key(alg).jwk(&json!({})));
    }
}

/// The tests of Wycheproof, each with its group's key.
fn wycheproof(add: Add<'_>) {
    let Some(file) = vector_json("wycheproof/json_web_signature_test.json") else {
        return;
    };
    for group in file["testGroups"].as_array().unwrap() {
        let public = Some(&group["public"]).filter(|key| !key.is_null());
        let key = public.unwrap_or(&group["private"]);
        for test in group["tests"].as_array().unwrap() {
            let name = format!("wycheproof {} {}", test["tcId"], test["comment"]);
            add(name, test["jws"].as_str().unwrap().to_owned(), key.clone());
        }
    }
}
