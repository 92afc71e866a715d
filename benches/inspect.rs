//! What inspecting a token costs beside the bare verification of the same bytes by OpenSSL, in one run, for each family of
//! algorithms.
//!
//! `cargo bench` prints both; `docs/measurements.md` holds their ratio.

use divan::Bencher;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use tokenloupe::find::{Candidate, Place, Where};
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::{base64url, json};
use tokenloupe::judge::Policy;
use tokenloupe::keys::{self, KeyRing, SecretEncoding};
use tokenloupe::verify::Setting;

fn main() {
    divan::main();
}

/// An RS256 token like an ID token, and its key.
struct Fixture {
    token: String,
    key: PKey<Private>,
    ring: KeyRing,
}

#[expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up may stop"
)]
fn fixture() -> Fixture {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let header = base64url::encode(br#"{"alg":"RS256","typ":"JWT","kid":"bench"}"#);
    let claims = base64url::encode(
        br#"{"iss":"https://accounts.example","sub":"8f240c91","aud":"web-portal","name":"Jane Doe","nonce":"n-0S6_WzA2Mj","iat":1795032000,"nbf":1795032000,"exp":1795035600,"auth_time":1795031987}"#,
    );
    let input = format!("{header}.{claims}");
    let signature = Signer::new(MessageDigest::sha256(), &key)
        .unwrap()
        .sign_oneshot_to_vec(input.as_bytes())
        .unwrap();
    let pem = key.public_key_to_pem().unwrap();
    Fixture {
        token: format!("{input}.{}", base64url::encode(&signature)),
        ring: KeyRing::new(keys::load("bench.pem", &pem).unwrap()),
        key,
    }
}

/// A family of algorithms.
#[derive(Debug, Clone, Copy)]
enum Family {
    Ecdsa,
    Eddsa,
    Hmac,
}

const FAMILIES: [Family; 3] = [Family::Ecdsa, Family::Eddsa, Family::Hmac];

/// No text, as a random secret is none.
const SECRET: &[u8] = b"\xC3\x1F\x99\x04\x7A\xE2\x55\x10\xB3\x88\x0C\xD1\x6E\xF7\x29\x41\x9D\x02\xAB\x5F\x34\xC8\x70\x1E\xE5\x93\x4A\xBF\x26\xD8\x61\x0D";

/// An instant at which the token is valid: 2026-11-18T20:30:00Z. Like most, it gives no findings then.
const AT: jiff::Timestamp = jiff::Timestamp::constant(1_795_033_800, 0);

/// The same claims under another algorithm: the token, its key, and the signature as OpenSSL wants it.
#[expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up may stop"
)]
fn fixture_of(family: Family) -> (Fixture, Vec<u8>) {
    let rsa = fixture();
    let claims = rsa.token.split('.').nth(1).unwrap().to_owned();
    let (alg, key) = match family {
        Family::Ecdsa => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
            let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
            ("ES256", key)
        }
        Family::Eddsa => ("Ed25519", PKey::generate_ed25519().unwrap()),
        Family::Hmac => ("HS256", PKey::hmac(SECRET).unwrap()),
    };
    let header = format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#);
    let input = format!("{}.{claims}", base64url::encode(header.as_bytes()));
    let mut signer = match family {
        Family::Eddsa => Signer::new_without_digest(&key).unwrap(),
        _ => Signer::new(MessageDigest::sha256(), &key).unwrap(),
    };
    let bare = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
    let signature = match family {
        Family::Ecdsa => {
            let signature = EcdsaSig::from_der(&bare).unwrap();
            [
                signature.r().to_vec_padded(32).unwrap(),
                signature.s().to_vec_padded(32).unwrap(),
            ]
            .concat()
        }
        _ => bare.clone(),
    };
    let ring = KeyRing::new(match family {
        Family::Hmac => {
            vec![keys::load_secret("bench.txt", SECRET, SecretEncoding::Utf8).unwrap()]
        }
        _ => keys::load("bench.pem", &key.public_key_to_pem().unwrap()).unwrap(),
    });
    let token = format!("{input}.{}", base64url::encode(&signature));
    (Fixture { token, key, ring }, bare)
}

fn candidate(text: &str) -> Candidate {
    Candidate {
        text: text.to_owned().into(),
        place: Place {
            name: "bench".to_owned(),
            byte_range: 0..text.len(),
            line: 1,
            where_: Where::Bare,
            name_in: None,
            repairs: Vec::new(),
            time: None,
        },
    }
}

/// The reference: OpenSSL verifies the signature over bytes that are already decoded.
#[divan::bench]
#[expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up may stop"
)]
fn openssl_verification_alone(bencher: Bencher<'_, '_>) {
    let fixture = fixture();
    let (input, signature) = fixture.token.rsplit_once('.').unwrap();
    let signature = base64url::decode(signature).bytes;
    bencher.bench(|| {
        Verifier::new(MessageDigest::sha256(), &fixture.key)
            .unwrap()
            .verify_oneshot(&signature, input.as_bytes())
            .unwrap()
    });
}

/// The whole way: parse, verify, judge with all rules.
#[divan::bench]
fn inspect_and_judge(bencher: Bencher<'_, '_>) {
    let fixture = fixture();
    let policy = Policy::default();
    let setting = Setting::default();
    bencher.bench(|| {
        Inspection::new(candidate(&fixture.token), &fixture.ring, &setting).judge(&policy, AT)
    });
}

/// The reference for the other families: OpenSSL alone, through EVP, with a key that is ready.
#[divan::bench(args = FAMILIES)]
#[expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up may stop"
)]
fn openssl_alone(bencher: Bencher<'_, '_>, family: Family) {
    let (fixture, signature) = fixture_of(family);
    let (input, _) = fixture.token.rsplit_once('.').unwrap();
    let input = input.as_bytes();
    match family {
        Family::Ecdsa => bencher.bench(|| {
            let mut verifier = Verifier::new(MessageDigest::sha256(), &fixture.key).unwrap();
            verifier.verify_oneshot(&signature, input).unwrap()
        }),
        Family::Eddsa => bencher.bench(|| {
            let mut verifier = Verifier::new_without_digest(&fixture.key).unwrap();
            verifier.verify_oneshot(&signature, input).unwrap()
        }),
        Family::Hmac => bencher.bench(|| {
            let mut signer = Signer::new(MessageDigest::sha256(), &fixture.key).unwrap();
            let mac = signer.sign_oneshot_to_vec(input).unwrap();
            openssl::memcmp::eq(&mac, &signature)
        }),
    }
}

/// The same MAC as josekit makes it for one token, its key included: OpenSSL's HMAC through EVP.
#[divan::bench]
#[expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up may stop"
)]
fn openssl_hmac_with_its_key(bencher: Bencher<'_, '_>) {
    let (fixture, signature) = fixture_of(Family::Hmac);
    let (input, _) = fixture.token.rsplit_once('.').unwrap();
    bencher.bench(|| {
        let key = PKey::hmac(SECRET).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        let mac = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
        openssl::memcmp::eq(&mac, &signature)
    });
}

/// What no MAC is made without: the bare hash of the same bytes in one call.
#[divan::bench]
#[expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up may stop"
)]
fn openssl_sha256_alone(bencher: Bencher<'_, '_>) {
    let (fixture, _) = fixture_of(Family::Hmac);
    let (input, _) = fixture.token.rsplit_once('.').unwrap();
    bencher.bench(|| openssl::sha::sha256(input.as_bytes()));
}

/// The whole way for the other families.
#[divan::bench(args = FAMILIES)]
fn inspect_and_judge_other(bencher: Bencher<'_, '_>, family: Family) {
    let (fixture, _) = fixture_of(family);
    let policy = Policy::default();
    let setting = Setting::default();
    bencher.bench(|| {
        Inspection::new(candidate(&fixture.token), &fixture.ring, &setting).judge(&policy, AT)
    });
}

/// A MAC that fails beside a public RSA key, which is tried in every form as the secret.
#[divan::bench]
fn explain_a_failed_mac(bencher: Bencher<'_, '_>) {
    let (hmac, _) = fixture_of(Family::Hmac);
    let rsa = fixture();
    let setting = Setting::default();
    bencher.bench(|| Inspection::new(candidate(&hmac.token), &rsa.ring, &setting));
}

/// What the window does once a second: judge again.
#[divan::bench]
fn judge_again(bencher: Bencher<'_, '_>) {
    let fixture = fixture();
    let policy = Policy::default();
    let inspection = Inspection::new(
        candidate(&fixture.token),
        &fixture.ring,
        &Setting::default(),
    );
    bencher.bench(|| inspection.judge(&policy, AT));
}

/// 1 MiB of JSON through the spanned reader.
#[divan::bench]
fn json_with_ranges_1_mib(bencher: Bencher<'_, '_>) {
    let text = large_json();
    bencher
        .counter(divan::counter::BytesCount::new(text.len()))
        .bench(|| json::read(&text));
}

/// The reference: `serde_json` into its own tree, without ranges, duplicates and number text.
#[divan::bench]
fn json_with_serde_json_1_mib(bencher: Bencher<'_, '_>) {
    let text = large_json();
    bencher
        .counter(divan::counter::BytesCount::new(text.len()))
        .bench(|| serde_json::from_slice::<serde_json::Value>(&text).is_ok());
}

fn large_json() -> Vec<u8> {
    let mut text = String::from("{");
    let mut index = 0_u32;
    while text.len() < 1 << 20 {
        if index > 0 {
            text.push(',');
        }
        text += "\"claim-";
        text += &index.to_string();
        text += r#"":{"value":1795032000,"roles":["reader","writer"],"name":"Jane Doe"}"#;
        index += 1;
    }
    text.push('}');
    text.into_bytes()
}
