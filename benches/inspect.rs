//! What inspecting a token costs beside the bare verification of the same bytes by OpenSSL, in one run.
//!
//! `cargo bench` prints both; `docs/measurements.md` holds their ratio.

use divan::Bencher;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use tokenloupe::find::{Candidate, Place, Where};
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::{base64url, json};
use tokenloupe::judge::Policy;
use tokenloupe::keys::{self, KeyRing};
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
    let at = jiff::Timestamp::UNIX_EPOCH;
    bencher.bench(|| {
        Inspection::new(candidate(&fixture.token), &fixture.ring, &setting).judge(&policy, at)
    });
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
    let at = jiff::Timestamp::UNIX_EPOCH;
    bencher.bench(|| inspection.judge(&policy, at));
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
