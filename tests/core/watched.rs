//! The derivation of a key from a password: seen, and called off.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokenloupe::find::find;
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::base64url::encode;
use tokenloupe::keys::{KeyRing, SecretEncoding, load_secret};
use tokenloupe::verify::{DecryptionOutcome, NotTried, Setting};

use crate::common::{judge, reasons};

/// As many rounds as are allowed, which take seconds.
fn slow() -> String {
    let header = r#"{"alg":"PBES2-HS512+A256KW","enc":"A128GCM","p2s":"AAAAAAAAAAAAAAAAAAAAAA","p2c":1200000}"#;
    let part = |bytes: usize| encode(&vec![7; bytes]);
    let parts = [part(24), part(12), part(5), part(16)].join(".");
    format!("{}.{parts}", encode(header.as_bytes()))
}

fn ring() -> KeyRing {
    KeyRing::new(vec![
        load_secret("password.txt", b"correct horse", SecretEncoding::Utf8).unwrap(),
    ])
}

#[test]
fn what_is_called_off_leaves_the_token_open() {
    let setting = Setting::default();
    let watch = setting.watch.clone();
    let begun = Instant::now();
    let inspection = std::thread::scope(|scope| {
        let job = scope.spawn(|| {
            let candidate = find(slow().as_bytes(), "test").remove(0);
            Inspection::new(candidate, &ring(), &setting)
        });
        loop {
            let (done, of) = watch.progress();
            assert!(done <= of && of <= 1_200_000);
            if done > 0 {
                break;
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "no progress");
            std::thread::sleep(Duration::from_millis(1));
        }
        watch.cancel.store(true, Ordering::Relaxed);
        job.join().unwrap()
    });
    let proof = inspection.proof.decryption.as_ref().unwrap();
    assert_eq!(
        proof.outcome,
        DecryptionOutcome::NotTried(NotTried::Cancelled)
    );
    let judgement = judge(&inspection, None);
    assert_eq!(reasons(&judgement), ["encrypted"]);
    let words = judgement.checks.iter().map(|check| &*check.text);
    assert!(words.into_iter().any(|text| text.contains("called off")));
}
