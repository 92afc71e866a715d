//! Nothing kept, locked, unlocked; and the way from one to the other.

use std::sync::atomic::Ordering;

use tokenloupe::keeping::{KeepError, PrivateKept, hint, is_same};

use super::*;

#[test]
fn nothing_is_there_before_something_is_kept() {
    let (_directory, store) = new();
    let kept = store.look().unwrap();
    assert_eq!((kept.public.len(), kept.private), (0, PrivateKept::None));
    assert!(matches!(
        store.unlock(PASSPHRASE, &watch()).unwrap_err(),
        KeepError::NoPassphrase(_)
    ));
    store.forget().unwrap();
    assert!(!store.directory().exists());
}

#[test]
fn public_keys_need_no_passphrase_and_private_ones_do() {
    let (_directory, store) = new();
    store.save(&keep(&[public("a")]), None).unwrap();
    assert_eq!(file_names(&store), [PUBLIC_FILE]);
    let error = store.save(&keep(&[secret("b")]), None).unwrap_err();
    assert!(matches!(error, KeepError::NoPassphrase(_)), "{error}");
    two_lines(&error);
    assert!(matches!(
        store.protect(b"", &watch()).unwrap_err(),
        KeepError::EmptyPassphrase
    ));
    let access = store.protect(PASSPHRASE, &watch()).unwrap();
    let saved = store.save(&keep(&[secret("b")]), Some(&access)).unwrap();
    assert_eq!(names(&saved.private.unwrap()), [("b", "")]);
    assert_eq!(names(&saved.public), [("a", "")]);
    assert_eq!(store.look().unwrap().private, PrivateKept::Locked);
    let error = store.save(&keep(&[secret("c")]), None).unwrap_err();
    assert!(matches!(error, KeepError::Locked(_)), "{error}");
    // What is unlocked is saved again without asking.
    let unlocked = store.unlock(PASSPHRASE, &watch()).unwrap();
    store
        .save(&keep(&[secret("c")]), Some(&unlocked.access))
        .unwrap();
    store.save(&keep(&[secret("d")]), Some(&access)).unwrap();
    assert_eq!(
        names(&super::unlocked(&store)),
        [("b", ""), ("c", ""), ("d", "")]
    );
}

#[test]
fn another_passphrase_opens_nothing_and_the_new_one_only() {
    let (_directory, store, access) = with(&[secret("a")]);
    let before = files(&store);
    for wrong in [
        &b""[..],
        b"wrong",
        &PASSPHRASE[1..],
        &[PASSPHRASE, b"\n"].concat(),
    ] {
        let error = store.unlock(wrong, &watch()).unwrap_err();
        assert!(matches!(error, KeepError::Passphrase(_)), "{error}");
        two_lines(&error);
    }
    assert_eq!(files(&store), before);
    let error = store.change_passphrase(&access, b"", &watch()).unwrap_err();
    assert!(matches!(error, KeepError::EmptyPassphrase));
    let new = store.change_passphrase(&access, b"new", &watch()).unwrap();
    assert!(store.unlock(PASSPHRASE, &watch()).is_err());
    assert_eq!(
        names(&store.unlock(b"new", &watch()).unwrap().keys),
        [("a", "")]
    );
    // What was unlocked before the change writes nothing any more.
    let error = store
        .save(&keep(&[secret("b")]), Some(&access))
        .unwrap_err();
    assert!(matches!(error, KeepError::OtherPassphrase(_)), "{error}");
    two_lines(&error);
    store.save(&keep(&[secret("b")]), Some(&new)).unwrap();
    assert_eq!(store.unlock(b"new", &watch()).unwrap().keys.len(), 2);
}

#[test]
fn single_keys_are_removed_and_renamed() {
    let (mut a, b) = (secret("a"), public("b"));
    let (_directory, store, access) = with(&[a.clone(), secret("c"), b.clone(), public("d")]);
    a.name = Some("mine".to_owned());
    let a = Arc::new(a);
    let b = Arc::new(Key {
        name: Some("yours".to_owned()),
        ..b
    });
    let changes = [
        Change::Rename(Arc::clone(&a)),
        Change::Rename(Arc::clone(&b)),
    ];
    let saved = store.save(&changes, Some(&access)).unwrap();
    assert_eq!(names(&saved.private.unwrap()), [("a", "mine"), ("c", "")]);
    assert_eq!(names(&saved.public), [("b", "yours"), ("d", "")]);
    let changes = [
        Change::Remove(Arc::clone(&a)),
        Change::Remove(Arc::clone(&b)),
    ];
    store.save(&changes, Some(&access)).unwrap();
    assert_eq!(names(&unlocked(&store)), [("c", "")]);
    assert_eq!(names(&store.look().unwrap().public), [("d", "")]);
    // What is not kept any more is not brought back by its name.
    let changes = [Change::Rename(a), Change::Rename(b)];
    store.save(&changes, Some(&access)).unwrap();
    assert_eq!(names(&unlocked(&store)), [("c", "")]);
    // With the last key its file goes.
    store
        .save(&[Change::Remove(Arc::new(secret("c")))], Some(&access))
        .unwrap();
    assert_eq!(file_names(&store), [PUBLIC_FILE]);
    let last = Arc::new(store.look().unwrap().public.remove(0));
    store.save(&[Change::Remove(last)], None).unwrap();
    assert_eq!(file_names(&store), [""; 0]);
}

#[test]
fn keys_are_one_when_key_half_and_kid_are() {
    let pair = made(NewKey::Okp(OkpCurve::Ed25519));
    let half = one("half.jwk", export::public_jwk(&pair).unwrap());
    assert!(!is_same(&pair, &half));
    let mut named = half.clone();
    named.name = Some("x".to_owned());
    named.source = "elsewhere".to_owned();
    named.members.alg = Some("Ed25519".to_owned());
    assert!(is_same(&half, &named));
    named.members.kid = Some("other".to_owned());
    assert!(!is_same(&half, &named));
    assert!(is_same(&secret("a"), &secret("a")) && !is_same(&secret("a"), &secret("b")));
}

#[test]
fn forgetting_leaves_nothing() {
    let (_directory, store, access) = with(&[secret("a"), public("b")]);
    std::fs::write(store.directory().join(PUBLIC_FILE), "damaged").unwrap();
    std::fs::write(store.directory().join(".keys-left.tmp"), "over").unwrap();
    std::fs::write(store.directory().join("notes.txt"), "mine").unwrap();
    assert_eq!(store.look().unwrap().aside.len(), 1);
    store.forget().unwrap();
    assert_eq!(file_names(&store), ["notes.txt"]);
    assert_eq!(store.look().unwrap().private, PrivateKept::None);
    // Another instance that has them unlocked can keep them anew.
    store.save(&keep(&[secret("a")]), Some(&access)).unwrap();
    assert_eq!(unlocked(&store).len(), 1);
}

#[test]
fn deriving_is_watched_and_called_off() {
    let (_directory, store, access) = with(&[secret("a")]);
    let slow = store.clone().with_iterations(300_000);
    let watch = Watch::default();
    let watched = watch.clone();
    let (far, error) = std::thread::scope(|scope| {
        let job = scope.spawn(|| slow.protect(PASSPHRASE, &watch).map(|_| ()));
        let far = loop {
            let (done, of) = watched.progress();
            if done > 0 {
                watched.cancel.store(true, Ordering::Relaxed);
                break (done, of);
            }
            std::thread::yield_now();
        };
        (far, job.join().unwrap())
    });
    assert!(far.0 < far.1 && far.1 == 300_000, "{far:?}");
    let error = error.unwrap_err();
    assert!(matches!(error, KeepError::Cancelled));
    two_lines(&error);
    // A file with too few iterations is opened, and written with enough from then on.
    let before = files(&store);
    let cancelled = Watch::default();
    cancelled.cancel.store(true, Ordering::Relaxed);
    let more = store.clone().with_iterations(3000);
    assert!(matches!(
        more.unlock(PASSPHRASE, &cancelled).unwrap_err(),
        KeepError::Cancelled
    ));
    assert_eq!(files(&store), before);
    let unlocked = more.unlock(PASSPHRASE, &Watch::default()).unwrap();
    more.save(&keep(&[secret("b")]), Some(&unlocked.access))
        .unwrap();
    more.save(&keep(&[secret("c")]), Some(&unlocked.access))
        .unwrap();
    assert_eq!(
        more.unlock(PASSPHRASE, &Watch::default())
            .unwrap()
            .keys
            .len(),
        3
    );
    let error = store
        .save(&keep(&[secret("d")]), Some(&access))
        .unwrap_err();
    assert!(matches!(error, KeepError::OtherPassphrase(_)));
}

#[test]
fn more_than_is_read_again_is_not_written() {
    let (_directory, store) = new();
    let keys: Vec<Key> = (0..1_001)
        .map(|at| {
            let n = tokenloupe::jose::base64url::encode(&[1, at as u8, (at >> 8) as u8, 1]);
            one("n.jwk", format!(r#"{{"kty":"RSA","n":"{n}","e":"Aw"}}"#))
        })
        .collect();
    store.save(&keep(&keys[..1_000]), None).unwrap();
    let before = files(&store);
    let error = store.save(&keep(&keys[1_000..]), None).unwrap_err();
    assert!(matches!(error, KeepError::TooMuch { .. }), "{error}");
    two_lines(&error);
    assert_eq!(files(&store), before);
}

#[test]
fn a_passphrase_gets_a_hint_and_is_not_refused() {
    for weak in ["", "aaaaaaaaaaaaaaaaaaaa", "12121212121212", "Secret123"] {
        assert!(hint(weak).is_some(), "{weak}");
    }
    for good in ["correct horse battery", "gN7#fQ2!vL9x"] {
        assert_eq!(hint(good), None, "{good}");
    }
}
