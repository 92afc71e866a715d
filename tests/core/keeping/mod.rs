//! Keys that stay from one run to the next.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use tempfile::TempDir;
use tokenloupe::keeping::{Access, Change, PRIVATE_FILE, PUBLIC_FILE, Store};
use tokenloupe::keys::export::{self, PublicPem};
use tokenloupe::keys::generate::{NewKey, Plan, RsaBits, generate};
use tokenloupe::keys::{Curve, Key, Material, MlDsa, OkpCurve, load};
use tokenloupe::verify::Watch;

mod crash;
mod damaged;
mod interop;
mod policies;
mod room;
mod round;
mod states;
mod together;

const PASSPHRASE: &[u8] = "correct horse battery stäple".as_bytes();

/// Few enough to be quick.
const FEW: u32 = 10;

fn store(directory: &Path) -> Store {
    Store::at(directory.join("keys")).with_iterations(FEW)
}

fn watch() -> Watch {
    Watch::default()
}

/// A store in a new directory.
fn new() -> (TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    (directory, store)
}

fn keep(keys: &[Key]) -> Vec<Change> {
    let keys = keys.iter().cloned().map(Arc::new);
    keys.map(Change::Keep).collect()
}

/// A store with all of these keys.
fn with(keys: &[Key]) -> (TempDir, Store, Access) {
    let (directory, store) = new();
    let access = store.protect(PASSPHRASE, &watch()).unwrap();
    store.save(&keep(keys), Some(&access)).unwrap();
    (directory, store, access)
}

fn made(key: NewKey) -> Key {
    generate(&Plan::of(key)).unwrap()
}

fn one(source: &str, text: impl AsRef<[u8]>) -> Key {
    let mut keys = load(source, text.as_ref()).unwrap();
    assert_eq!(keys.len(), 1);
    keys.remove(0)
}

fn secret(kid: &str) -> Key {
    let k = tokenloupe::jose::base64url::encode(kid.as_bytes());
    one(
        "secret.jwk",
        format!(r#"{{"kty":"oct","kid":"{kid}","k":"{k}"}}"#),
    )
}

fn public(kid: &str) -> Key {
    let text = export::public_jwk(&made(NewKey::Okp(OkpCurve::Ed25519))).unwrap();
    let mut key = one("public.jwk", text);
    key.members.kid = Some(kid.to_owned());
    key
}

/// Private keys and secrets of every kind, with names and all sorts of members.
static PRIVATE: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let mut keys: Vec<Key> = [
        NewKey::Rsa(RsaBits::Bits2048),
        NewKey::Ec(Curve::P256),
        NewKey::Ec(Curve::P384),
        NewKey::Ec(Curve::P521),
        NewKey::Ec(Curve::Secp256k1),
        NewKey::Okp(OkpCurve::Ed25519),
        NewKey::Okp(OkpCurve::Ed448),
        NewKey::Okp(OkpCurve::X25519),
        NewKey::Okp(OkpCurve::X448),
        NewKey::Oct { bytes: 32 },
        NewKey::Oct { bytes: 1 },
    ]
    .into_iter()
    .map(made)
    .collect();
    for (at, key) in keys.iter_mut().enumerate() {
        key.name = (at % 2 == 0).then(|| format!("Key \"{at}\" \u{2603}"));
    }
    let pem = export::private_pem(&made(NewKey::Rsa(RsaBits::Bits2048))).unwrap();
    let mut pss = one("pss.pem", pem.as_bytes());
    pss.members.notes.push(tokenloupe::keys::KeyNote::PssOnly);
    keys.push(pss);
    keys.push(one("full.jwk", r#"{"vendor":{"a":[1.50,null]},"kty":"OKP","use":"sig","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","key_ops":["sign","verify"],"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","alg":"EdDSA","kid":"a","x5u":"https://example.com/","x5t":"dGhlIHRodW1icHJpbnQgYWE"}"#));
    keys.push(one("empty.jwk", r#"{"kty":"oct","k":""}"#));
    if MlDsa::is_available() {
        let der = b"\x30\x34\x02\x01\x00\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x04\x22\x80\x20";
        keys.push(one("ml-dsa.der", [&der[..], &[9; 32]].concat()));
    }
    keys
});

/// The public halves of all that have one, in several forms.
static PUBLIC: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let mut keys = Vec::new();
    for key in PRIVATE.iter().filter(|key| key.public().is_some()) {
        // Without a `kid` both forms are kept as one.
        if key.members.kid.is_some() {
            keys.push(one("jwk", export::public_jwk(key).unwrap()));
        }
        let pem = export::public_pem(key, PublicPem::KeyInfo).unwrap();
        keys.push(one("pem", pem));
    }
    for (at, key) in keys.iter_mut().enumerate() {
        key.name = (at % 3 == 0).then(|| format!("Public {at}"));
    }
    keys
});

/// Everything that there is to say about a key, and the numbers themselves.
fn told(key: &Key) -> String {
    let material = match &key.material {
        Material::None => "none".to_owned(),
        Material::Public(_) => export::public_jwk(key).unwrap(),
        Material::Pair { .. } | Material::Symmetric { .. } => {
            export::private_jwk(key).unwrap().to_string()
        }
    };
    format!(
        "{:?} {} {} {} {:?} {:?} {:?} {:?} {:?} {material}",
        key.name,
        key.source,
        key.ordinal,
        key.form,
        key.kind,
        key.holds,
        key.thumbprint,
        (&key.members, &key.certificate, &key.loaded.certificate),
        key.fault
    )
}

/// The keys by their `kid` and what they are called.
fn names(keys: &[Key]) -> Vec<(&str, &str)> {
    let mut names: Vec<_> = keys
        .iter()
        .map(|key| {
            let kid = key.members.kid.as_deref().unwrap_or_default();
            (kid, key.name.as_deref().unwrap_or_default())
        })
        .collect();
    names.sort_unstable();
    names
}

fn unlocked(store: &Store) -> Vec<Key> {
    store.unlock(PASSPHRASE, &watch()).unwrap().keys
}

/// The files of a store by name, without the one for its lock.
fn files(store: &Store) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(store.directory())
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .filter(|(name, _)| name != "keys.lock")
        .collect();
    files.sort();
    files
}

fn file_names(store: &Store) -> Vec<String> {
    files(store).into_iter().map(|(name, _)| name).collect()
}

/// Errors are for people: two lines.
#[track_caller]
fn two_lines(error: &impl std::fmt::Display) {
    let text = error.to_string();
    assert_eq!(text.lines().count(), 2, "{text}");
}
