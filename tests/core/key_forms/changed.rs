//! Locked files that are not as they were written: keys or a clear error, whatever was done to them.

use std::fs;

use proptest::prelude::*;
use proptest::sample::Index;
use tokenloupe::inspection::load_keys;
use tokenloupe::keys::{KeyRing, Passphrase, Unlock};

use crate::corpus::check;

/// The locked files of the corpus, one of each form.
fn files() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/key");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read(path).unwrap()))
        .filter(|(_, content)| opens(content))
        .collect();
    files.sort();
    files
}

/// With a passphrase, and not without.
fn opens(content: &[u8]) -> bool {
    let passphrase = Passphrase::new(b"open sesame".to_vec());
    let none = KeyRing::default();
    load_keys("file", content, &Unlock::without(), &none).is_err()
        && load_keys("file", content, &Unlock::with(&passphrase), &none).is_ok()
}

#[test]
fn a_seed_of_every_form_opens() {
    let names: Vec<_> = files().into_iter().map(|(name, _)| name).collect();
    for form in [
        "modern.p12",
        "old.p12",
        "openssh-chacha20.pem",
        "openssh-ctr.pem",
        "pkcs8-des.der",
        "pkcs8-pbes2.der",
        "pkcs8-rc2.der",
        "pkcs8-scrypt.pem",
        "proc-type.pem",
        "set-compact.jwe",
        "set-flattened.jwe",
    ] {
        assert!(
            names.iter().any(|name| name.ends_with(form)),
            "{form} among {names:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn any_changed_byte(file in any::<Index>(), changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..3)) {
        static FILES: std::sync::LazyLock<Vec<(String, Vec<u8>)>> = std::sync::LazyLock::new(files);
        let mut content = file.get(&FILES).1.clone();
        for (at, byte) in changes {
            let at = at.index(content.len());
            content[at] = byte;
        }
        check::key(&content);
    }
}
