//! Two instances that save at once lose nothing of each other's.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use tokenloupe::keeping::KeepError;

use super::*;

/// Where the child saves, and what its keys are called. Without them the child's test does nothing.
const DIRECTORY: &str = "TOKENLOUPE_TEST_KEEPING_TOGETHER";
const CALLED: &str = "TOKENLOUPE_TEST_KEEPING_CALLED";

const SAVES: usize = 60;

/// Keeps keys one after the other, and removes every third again.
fn work(store: &Store, called: &str) {
    let access = store.unlock(PASSPHRASE, &watch()).unwrap().access;
    for number in 0..SAVES {
        let key = secret(&format!("{called}-{number}"));
        let other = public(&format!("{called}-{number}"));
        store
            .save(&keep(&[key.clone(), other]), Some(&access))
            .unwrap();
        if number % 3 == 0 {
            store
                .save(&[Change::Remove(Arc::new(key))], Some(&access))
                .unwrap();
        }
    }
}

fn is_complete(store: &Store, called: &[&str]) {
    let expected = |is_kept: fn(usize) -> bool| -> BTreeSet<String> {
        let of = |called: &&str| {
            let called = (*called).to_owned();
            (0..SAVES)
                .filter(move |number| is_kept(*number))
                .map(move |number| format!("{called}-{number}"))
        };
        called
            .iter()
            .flat_map(of)
            .chain(["first".to_owned()])
            .collect()
    };
    let found = |keys: &[Key]| -> BTreeSet<String> {
        keys.iter()
            .filter_map(|key| key.members.kid.clone())
            .collect()
    };
    assert_eq!(found(&unlocked(store)), expected(|number| number % 3 != 0));
    assert_eq!(found(&store.look().unwrap().public), expected(|_| true));
    assert_eq!(file_names(store), [PUBLIC_FILE, PRIVATE_FILE]);
}

#[test]
fn child_that_keeps() {
    let Some(directory) = std::env::var_os(DIRECTORY) else {
        return;
    };
    work(
        &store(Path::new(&directory)),
        &std::env::var(CALLED).unwrap(),
    );
}

#[test]
fn two_processes_keep_all_of_theirs() {
    let (directory, store, _) = with(&[secret("first"), public("first")]);
    let children = ["left", "right"].map(|called| {
        Command::new(std::env::current_exe().unwrap())
            .args(["keeping::together::child_that_keeps", "--exact"])
            .env(DIRECTORY, directory.path())
            .env(CALLED, called)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    });
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    is_complete(&store, &["left", "right"]);
}

#[test]
fn two_instances_in_one_process_do_too() {
    let (_directory, store, _) = with(&[secret("first"), public("first")]);
    std::thread::scope(|scope| {
        for called in ["one", "other"] {
            let store = store.clone();
            scope.spawn(move || work(&store, called));
        }
    });
    is_complete(&store, &["one", "other"]);
}

#[test]
fn what_one_removed_the_other_does_not_bring_back() {
    let (_directory, store, access) = with(&[secret("a"), secret("b"), public("c"), public("d")]);
    // The other one read them all before.
    let before = (unlocked(&store), store.look().unwrap().public);
    let gone = [Arc::new(before.0[0].clone()), Arc::new(before.1[0].clone())];
    let changes: Vec<_> = gone.iter().cloned().map(Change::Remove).collect();
    store.save(&changes, Some(&access)).unwrap();
    let renamed = before.0.iter().chain(&before.1).map(|key| {
        Change::Rename(Arc::new(Key {
            name: Some("renamed".to_owned()),
            ..key.clone()
        }))
    });
    let mut changes: Vec<_> = renamed.collect();
    changes.extend(keep(&[secret("e"), public("f")]));
    let saved = store.save(&changes, Some(&access)).unwrap();
    // What the other one did is seen.
    assert_eq!(
        names(&saved.private.unwrap()),
        [("b", "renamed"), ("e", "")]
    );
    assert_eq!(names(&saved.public), [("d", "renamed"), ("f", "")]);
}

#[test]
fn another_passphrase_meanwhile_is_said_and_loses_nothing() {
    let (_directory, store, _) = with(&[secret("a")]);
    let one = store.unlock(PASSPHRASE, &watch()).unwrap();
    let other = store.unlock(PASSPHRASE, &watch()).unwrap();
    let new = store
        .change_passphrase(&one.access, b"new", &watch())
        .unwrap();
    store.save(&keep(&[secret("b")]), Some(&new)).unwrap();
    for error in [
        store
            .save(&keep(&[secret("c")]), Some(&other.access))
            .map(|_| ()),
        store
            .change_passphrase(&other.access, b"newer", &watch())
            .map(|_| ()),
    ] {
        let error = error.unwrap_err();
        assert!(matches!(error, KeepError::OtherPassphrase(_)), "{error}");
        assert!(error.to_string().contains("nothing was lost"));
    }
    let again = store.unlock(b"new", &watch()).unwrap();
    store
        .save(&keep(&[secret("c")]), Some(&again.access))
        .unwrap();
    let all = store.unlock(b"new", &watch()).unwrap().keys;
    assert_eq!(names(&all), [("a", ""), ("b", ""), ("c", "")]);
    // Two that keep their first private key at once: the second hears of the first.
    let (_directory, store) = new_store_with_two();
    assert_eq!(unlocked(&store).len(), 1);
}

fn new_store_with_two() -> (TempDir, Store) {
    let (directory, store) = new();
    let [first, second] = [0, 1].map(|_| store.protect(PASSPHRASE, &watch()).unwrap());
    store.save(&keep(&[secret("a")]), Some(&first)).unwrap();
    let error = store
        .save(&keep(&[secret("b")]), Some(&second))
        .unwrap_err();
    assert!(matches!(error, KeepError::OtherPassphrase(_)), "{error}");
    (directory, store)
}

#[test]
fn who_holds_the_lock_for_long_is_told_of() {
    let (_directory, store, _) = with(&[public("a")]);
    let lock = std::fs::File::open(store.directory().join("keys.lock")).unwrap();
    lock.lock().unwrap();
    // Reading needs no lock.
    assert_eq!(store.look().unwrap().public.len(), 1);
    let error = store.save(&keep(&[public("b")]), None).unwrap_err();
    assert!(matches!(error, KeepError::Busy(_)), "{error}");
    two_lines(&error);
    lock.unlock().unwrap();
    store.save(&keep(&[public("b")]), None).unwrap();
}
