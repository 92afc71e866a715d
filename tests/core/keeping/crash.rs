//! Killed at random moments while it saves, the store opens with the old or the new content of each file.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::*;

/// Where the child saves. Without it the child's test does nothing.
const DIRECTORY: &str = "TOKENLOUPE_TEST_KEEPING_CRASH";

const SAVES: u64 = 1_000;

fn numbered(number: u64) -> Vec<Change> {
    let name = Some(number.to_string());
    let keys = ["a", "b", "c"]
        .map(secret)
        .into_iter()
        .chain([fixed("d"), fixed("e")]);
    let keys: Vec<Key> = keys
        .map(|key| Key {
            name: name.clone(),
            ..key
        })
        .collect();
    keep(&keys)
}

/// A public key that is the same in each process.
fn fixed(kid: &str) -> Key {
    one(
        "fixed.jwk",
        format!(
            r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#
        ),
    )
}

/// The number that all keys of a file have.
#[track_caller]
fn number(keys: &[Key], count: usize) -> u64 {
    let names = names(keys);
    assert_eq!(names.len(), count, "{names:?}");
    let all_same = names.windows(2).all(|pair| pair[0].1 == pair[1].1);
    assert!(all_same, "{names:?}");
    names[0].1.parse().unwrap()
}

/// Saves without end, a number higher each time, and says each number when it is kept. Run by the test below.
#[test]
fn child_that_saves() {
    let Some(directory) = std::env::var_os(DIRECTORY) else {
        return;
    };
    let store = store(Path::new(&directory));
    let unlocked = store.unlock(PASSPHRASE, &watch()).unwrap();
    let last = number(&unlocked.keys, 3);
    for next in last + 1.. {
        store.save(&numbered(next), Some(&unlocked.access)).unwrap();
        crate::common::say(&format!("saved {next}"));
    }
}

#[test]
fn killed_at_any_moment_it_opens_with_the_old_or_the_new_content() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    let access = store.protect(PASSPHRASE, &watch()).unwrap();
    store.save(&numbered(1), Some(&access)).unwrap();
    let (mut rounds, mut midway) = (0, 0);
    let mut last = 1;
    while last < SAVES || rounds < 30 {
        rounds += 1;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["keeping::crash::child_that_saves", "--exact", "--nocapture"])
            .env(DIRECTORY, directory.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut told = |line: std::io::Result<String>| {
            let line = line.unwrap();
            let number = line
                .strip_prefix("saved ")
                .and_then(|number| number.parse().ok());
            assert!(number.is_some(), "{line}");
            number
        };
        let mut reported: u64 = lines.next().and_then(&mut told).unwrap();
        let mut random = [0];
        openssl::rand::rand_bytes(&mut random).unwrap();
        std::thread::sleep(Duration::from_micros(u64::from(random[0]) * 400));
        child.kill().unwrap();
        child.wait().unwrap();
        if let Some(number) = lines.filter_map(told).last() {
            reported = number;
        }
        let left_over = file_names(&store)
            .iter()
            .any(|name| name.starts_with(".keys-"));
        let kept = store.look().unwrap();
        assert_eq!(kept.aside, []);
        let private = number(&unlocked(&store), 3);
        let public = number(&kept.public, 2);
        assert!(
            (reported..=reported + 1).contains(&public),
            "{reported} {public}"
        );
        assert!(
            (public..=public + 1).contains(&private),
            "{public} {private}"
        );
        midway += u64::from(left_over || private > reported);
        assert_eq!(file_names(&store), [PUBLIC_FILE, PRIVATE_FILE]);
        last = private;
    }
    crate::common::say(&format!(
        "killed {rounds} times in {last} saves, {midway} times in the middle of one"
    ));
}
