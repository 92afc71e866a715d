//! Secrets of MACs, looked for in lists of words.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use tokenloupe::find::find;
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::base64url;
use tokenloupe::keys::{KeyRing, Reading, SecretEncoding, load_secret};
use tokenloupe::verify::wordlist::{Search, Target, search};
use tokenloupe::verify::{KnownSecret, ListedSecret, Outcome, Provenance, Setting};

/// A token, signed by OpenSSL.
fn token(alg: &str, secret: &[u8], claims: &str) -> String {
    let digest = match alg {
        "HS256" => MessageDigest::sha256(),
        "HS384" => MessageDigest::sha384(),
        _ => MessageDigest::sha512(),
    };
    let header = base64url::encode(format!(r#"{{"alg":"{alg}"}}"#).as_bytes());
    let input = format!("{header}.{}", base64url::encode(claims.as_bytes()));
    let mut signer = Signer::new(digest, &PKey::hmac(secret).unwrap()).unwrap();
    signer.update(input.as_bytes()).unwrap();
    let mac = base64url::encode(&signer.sign_to_vec().unwrap());
    format!("{input}.{mac}")
}

fn inspect(text: &str, keys: &KeyRing) -> Inspection {
    let candidate = find(text.as_bytes(), "test").remove(0);
    Inspection::new(candidate, keys, &Setting::default())
}

fn targets(texts: &[String]) -> Vec<Target> {
    let of = |text: &String| inspect(text, &KeyRing::default()).mac_targets(&Setting::default());
    texts.iter().flat_map(of).collect()
}

fn look(list: &[u8], targets: &[Target], threads: usize) -> Search {
    let threads = NonZeroUsize::new(threads).unwrap();
    search(list, "words.txt", targets, threads, &|_, _| true).unwrap()
}

/// A line, and how it is read.
type Spot = (u64, Option<Reading>);

/// Where and how the secret of each token was found.
fn spots(search: &Search) -> Vec<Option<Spot>> {
    let spot = |found: &ListedSecret| (found.line, found.reading);
    let found = search.found.iter();
    found.map(|found| found.as_ref().map(spot)).collect()
}

const LIST: &[u8] =
    b"first\r\nhunter2\n spaced \nc2FsdGVkIHNlY3JldA==\n_-_-\ndeadBEEF\n\xFFraw\n+/+/\nhunter2\n";

#[test]
fn each_reading_of_a_line_is_tried_and_named() {
    let cases: [(&[u8], Option<Spot>); 10] = [
        (b"first", Some((1, None))),
        (b"hunter2", Some((2, None))),
        (b"hunter2\n", Some((2, Some(Reading::LineFeed)))),
        (b" spaced ", Some((3, None))),
        (b"salted secret", Some((4, Some(Reading::Base64)))),
        (b"\xFF\xEF\xFE", Some((5, Some(Reading::Base64url)))),
        (b"\xDE\xAD\xBE\xEF", Some((6, Some(Reading::Hex)))),
        (b"\xFFraw", Some((7, None))),
        (b"\xFB\xFF\xBF", Some((8, Some(Reading::Base64)))),
        (b"spaced", None),
    ];
    for alg in ["HS256", "HS384", "HS512"] {
        let tokens: Vec<String> = cases
            .iter()
            .map(|(secret, _)| token(alg, secret, r#"{"sub":"a"}"#))
            .collect();
        let expected: Vec<_> = cases.iter().map(|(_, spot)| *spot).collect();
        for threads in [1, 3] {
            let search = look(LIST, &targets(&tokens), threads);
            assert_eq!(spots(&search), expected, "{alg} {threads}");
            assert_eq!((search.words, search.is_complete), (9, true));
        }
    }
}

#[test]
fn of_several_lines_the_first_counts_however_many_look() {
    let mut list = Vec::new();
    for number in 0..200_000 {
        list.extend_from_slice(format!("word{number}\n").as_bytes());
        if number % 60_000 == 59_999 {
            list.extend_from_slice(b"the-one\n");
        }
    }
    let targets = targets(&[
        token("HS256", b"the-one", "{}"),
        token("HS512", b"no", "{}"),
    ]);
    for threads in [1, 2, 4] {
        let search = look(&list, &targets, threads);
        assert_eq!(spots(&search), [Some((60_001, None)), None], "{threads}");
        assert_eq!(search.words, 200_003);
    }
    // With everything found, the rest of the list is not read.
    let search = look(&list, &targets[..1], 2);
    assert_eq!(spots(&search), [Some((60_001, None))]);
    assert!(search.is_complete && search.words < 200_003);
}

#[test]
fn a_search_ends_when_nobody_wants_it_any_longer() {
    let targets = targets(&[token("HS256", b"none of these", "{}")]);
    let calls = AtomicUsize::new(0);
    let watcher = |_: u64, _: u64| calls.fetch_add(1, Ordering::Relaxed) < 2;
    let endless = io::repeat(b'\n').take(1 << 40);
    let search = search(endless, "words", &targets, NonZeroUsize::MIN, &watcher).unwrap();
    assert!(!search.is_complete);
    assert_eq!(calls.into_inner(), 3);
}

#[test]
fn what_is_no_mac_or_has_a_public_secret_already_is_not_looked_for() {
    let none = [
        "eyJhbGciOiJub25lIn0.e30.".to_owned(),
        "eyJhbGciOiJSUzI1NiJ9.e30.AAAA".to_owned(),
        // Too short for any secret.
        "eyJhbGciOiJIUzI1NiJ9.e30.AAAA".to_owned(),
        token("HS256", b"changeme", "{}"),
    ];
    assert_eq!(targets(&none), []);
    assert_eq!(look(LIST, &[], 2).words, 0);
    let inside = token("HS256", b"hunter2", r#"{"sub":"inner"}"#);
    let nested = token("HS256", b"unknown", &inside);
    assert_eq!(targets(&[nested]).len(), 2);
}

#[test]
fn a_secret_of_a_list_counts_as_public_also_when_it_was_loaded() {
    let text = token("HS256", b"hunter2", r#"{"sub":"a"}"#);
    let own = load_secret("own", b"hunter2", SecretEncoding::Utf8).unwrap();
    for keys in [KeyRing::default(), KeyRing::new([own])] {
        let mut inspection = inspect(&text, &keys);
        let found = look(LIST, &inspection.mac_targets(&Setting::default()), 1).found;
        let setting = Setting {
            listed: found.into_iter().flatten().map(Into::into).collect(),
            ..Setting::default()
        };
        assert_eq!(setting.listed.len(), 1);
        assert_eq!(setting.listed[0].label(), "line 2 of words.txt");
        inspection.prove(&keys, &setting);
        let signature = &inspection.proof.signatures[0];
        let used = signature.key.as_ref().unwrap();
        assert_eq!(signature.outcome, Outcome::Valid);
        assert_eq!(used.provenance, Provenance::PublicDefault);
        assert_eq!(used.known, Some(KnownSecret::Listed));
        assert_eq!(inspection.mac_targets(&setting), []);
        assert!(!format!("{:?}", setting.listed).contains("hunter2"));
    }
}

#[test]
fn what_cannot_be_read_is_an_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    let targets = targets(&[token("HS256", b"x", "{}")]);
    let failed = search(Broken, "words", &targets, NonZeroUsize::MIN, &|_, _| true);
    assert_eq!(failed.unwrap_err().to_string(), "gone");
}
