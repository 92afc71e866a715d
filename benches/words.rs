//! What trying a list of words as the secret of one HS256 token costs beside the bare HMAC of the same library, on one core, in
//! one run: secrets a second of each.
//!
//! `cargo bench --bench words` reads `../shared/wordlists/jwt.secrets.list`, or the file that `TOKENLOUPE_WORDLIST` names.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use divan::Bencher;
use divan::counter::ItemsCount;
use hmac::{KeyInit as _, Mac as _};
use tokenloupe::find::{Candidate, Place, Where};
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::base64url;
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::Setting;
use tokenloupe::verify::wordlist::{Search, Target, search};

fn main() {
    divan::main();
}

#[expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up may stop"
)]
fn list() -> Vec<u8> {
    let named = std::env::var_os("TOKENLOUPE_WORDLIST").map(PathBuf::from);
    let path = named.unwrap_or_else(|| {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/wordlists/jwt.secrets.list")
    });
    std::fs::read(path).unwrap()
}

/// A signing input, and a MAC that no word makes.
fn token() -> (String, [u8; 32]) {
    let header = base64url::encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = base64url::encode(
        br#"{"iss":"https://accounts.example","sub":"8f240c91","aud":"web-portal","iat":1795032000,"exp":1795035600}"#,
    );
    (format!("{header}.{claims}"), [0xA5; 32])
}

fn targets() -> Vec<Target> {
    let (input, mac) = token();
    let candidate = Candidate {
        text: format!("{input}.{}", base64url::encode(&mac)).into(),
        place: Place {
            name: "bench".to_owned(),
            byte_range: 0..0,
            line: 1,
            where_: Where::Bare,
            name_in: None,
            repairs: Vec::new(),
        },
    };
    let setting = Setting::default();
    Inspection::new(candidate, &KeyRing::default(), &setting).mac_targets(&setting)
}

#[expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up may stop"
)]
fn tried(list: &[u8], targets: &[Target]) -> Search {
    search(list, "list", targets, NonZeroUsize::MIN, &|_, _| true).unwrap()
}

/// The whole list, every word in all of its readings.
#[divan::bench(sample_count = 20)]
fn word_list(bencher: Bencher<'_, '_>) {
    let (list, targets) = (list(), targets());
    let count = tried(&list, &targets).candidates;
    bencher
        .counter(ItemsCount::new(count))
        .bench_local(|| tried(&list, &targets));
}

/// Nothing but HMAC with SHA-256 under each word, compared with the MAC.
#[divan::bench(sample_count = 20)]
fn bare_hmac(bencher: Bencher<'_, '_>) {
    let list = list();
    let words: Vec<&[u8]> = list.split(|&byte| byte == b'\n').collect();
    let (input, mac) = token();
    bencher
        .counter(ItemsCount::new(words.len()))
        .bench_local(|| {
            let is_it = |word: &&&[u8]| {
                hmac::Hmac::<sha2::Sha256>::new_from_slice(word)
                    .is_ok_and(|hmac| hmac.chain_update(&input).verify_slice(&mac).is_ok())
            };
            words.iter().filter(is_it).count()
        });
}
