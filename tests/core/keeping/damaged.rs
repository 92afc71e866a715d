//! Files that are not what was written: nothing in them is lost, nothing panics, and what is wrong is said.

use tokenloupe::keeping::{KeepError, PrivateKept};

use super::*;

/// The file with one byte turned, and cut, at every sixteenth place.
fn damages(whole: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..whole.len()).step_by(16).flat_map(|at| {
        let mut turned = whole.to_vec();
        turned[at] ^= 1;
        [turned, whole[..at].to_vec()]
    })
}

/// The bytes stand in some file.
#[track_caller]
fn is_there(store: &Store, bytes: &[u8]) {
    let names = file_names(store);
    assert!(
        files(store).iter().any(|(_, content)| content == bytes),
        "{names:?}"
    );
}

#[test]
fn a_damaged_public_file_is_put_aside_or_read() {
    let (_directory, store, _) = with(&[public("a"), public("b")]);
    let path = store.directory().join(PUBLIC_FILE);
    let whole = std::fs::read(&path).unwrap();
    let (mut aside, mut read) = (0, 0);
    for damaged in damages(&whole) {
        std::fs::write(&path, &damaged).unwrap();
        let kept = match store.look() {
            // One digit of the version.
            Err(error @ KeepError::Version { .. }) => {
                two_lines(&error);
                is_there(&store, &damaged);
                continue;
            }
            kept => kept.unwrap(),
        };
        is_there(&store, &damaged);
        match kept.aside.as_slice() {
            [] => read += 1,
            [put] => {
                two_lines(put);
                assert_eq!(std::fs::read(&put.now).unwrap(), damaged);
                assert_eq!((&put.file, kept.public.len()), (&path, 0));
                aside += 1;
                std::fs::remove_file(&put.now).unwrap();
            }
            more => panic!("{more:?}"),
        }
        // Something new is saved beside what could be read.
        let saved = store.save(&keep(&[public("new")]), None).unwrap();
        assert_eq!(saved.public.len(), kept.public.len() + 1);
    }
    assert!(aside > 20 && read > 5, "{aside} {read}");
}

#[test]
fn a_damaged_private_file_opens_or_is_kept() {
    let (_directory, store, _) = with(&[secret("a"), secret("b")]);
    let path = store.directory().join(PRIVATE_FILE);
    let whole = std::fs::read(&path).unwrap();
    let (mut aside, mut wrong) = (0, 0);
    for damaged in damages(&whole) {
        std::fs::write(&path, &damaged).unwrap();
        let kept = store.look().unwrap();
        is_there(&store, &damaged);
        if kept.private == PrivateKept::None {
            assert_eq!(kept.aside.len(), 1);
            assert!(!path.exists());
            aside += 1;
        } else {
            let error = store.unlock(PASSPHRASE, &watch()).unwrap_err();
            two_lines(&error);
            is_there(&store, &damaged);
            match error {
                KeepError::Damaged(put) => {
                    assert_eq!(std::fs::read(&put.now).unwrap(), damaged);
                    aside += 1;
                }
                KeepError::Passphrase(_) => wrong += 1,
                other => panic!("{other}"),
            }
        }
        for (name, _) in files(&store) {
            std::fs::remove_file(store.directory().join(name)).unwrap();
        }
    }
    assert!(aside > 20 && wrong > 1, "{aside} {wrong}");
}

#[test]
fn damage_while_unlocked_is_put_aside_before_anything_is_saved() {
    let (_directory, store, access) = with(&[secret("a")]);
    let path = store.directory().join(PRIVATE_FILE);
    let whole = std::fs::read(&path).unwrap();
    for damaged in damages(&whole) {
        std::fs::write(&path, &damaged).unwrap();
        match store.save(&keep(&[secret("b")]), Some(&access)) {
            Ok(saved) => {
                let [put] = saved.aside.as_slice() else {
                    panic!("one file aside");
                };
                assert_eq!(std::fs::read(&put.now).unwrap(), damaged);
                assert_eq!(names(&unlocked(&store)), [("b", "")]);
                std::fs::remove_file(&put.now).unwrap();
            }
            Err(error) => {
                assert!(matches!(error, KeepError::OtherPassphrase(_)), "{error}");
                assert_eq!(std::fs::read(&path).unwrap(), damaged);
            }
        }
    }
}

#[test]
fn other_content_is_put_aside_each_time_under_a_name_of_its_own() {
    let (_directory, store) = new();
    std::fs::create_dir_all(store.directory()).unwrap();
    let others: [&[u8]; 6] = [
        b"",
        b"\0\0\0\0",
        b"{\"keys\":{}}",
        // A token for another kind of key.
        b"eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
        // More iterations than are made.
        b"eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJlbmMiOiJBMjU2R0NNIiwicDJzIjoiQUFBQUFBQUFBQUEiLCJwMmMiOjk5OTk5OTk5fQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
        &vec![b' '; 6 << 20],
    ];
    for (at, other) in (1..).zip(others) {
        for name in [PUBLIC_FILE, PRIVATE_FILE] {
            std::fs::write(store.directory().join(name), other).unwrap();
        }
        let kept = store.look().unwrap();
        assert_eq!(
            (kept.aside.len(), kept.private),
            (2, PrivateKept::None),
            "{at}"
        );
        for put in kept.aside {
            assert!(put.now.to_str().unwrap().ends_with(&format!(".aside-{at}")));
            assert_eq!(std::fs::read(&put.now).unwrap(), other);
            two_lines(&put);
        }
    }
    // A directory in the place of a file too.
    std::fs::create_dir(store.directory().join(PUBLIC_FILE)).unwrap();
    assert_eq!(store.look().unwrap().aside.len(), 1);
}

#[test]
fn in_a_file_of_a_later_version_nothing_is_changed() {
    let (_directory, store, access) = with(&[secret("a"), public("b")]);
    let path = store.directory().join(PUBLIC_FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    let later = text.replace("\"version\": 1", "\"version\": 2");
    assert_ne!(later, text);
    std::fs::write(&path, &later).unwrap();
    for error in [
        store.look().map(|_| ()).unwrap_err(),
        store
            .save(&keep(&[public("c")]), None)
            .map(|_| ())
            .unwrap_err(),
        store
            .save(&keep(&[secret("c")]), Some(&access))
            .map(|_| ())
            .unwrap_err(),
    ] {
        assert!(
            matches!(error, KeepError::Version { found: 2, .. }),
            "{error}"
        );
        two_lines(&error);
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), later);
}

#[test]
fn what_an_instance_left_over_is_cleaned() {
    let (_directory, store, _) = with(&[public("a")]);
    let left = store.directory().join(".keys-abc.tmp");
    std::fs::write(&left, "half of it").unwrap();
    store.look().unwrap();
    assert!(!left.exists());
    std::fs::write(&left, "half of it").unwrap();
    store.save(&keep(&[public("b")]), None).unwrap();
    assert_eq!(file_names(&store), [PUBLIC_FILE]);
}
