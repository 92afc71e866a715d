//! Keys of public test vectors: what is in the files loads, and its thumbprints are the published ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokenloupe::keys::export;
use tokenloupe::keys::{Curve, Holds, Inconsistency, Key, KeyKind, OkpCurve, load};

use crate::common::vectors;

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no files in {}", folder.display());
    files
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Every object with a `kty` inside `value`.
fn jwks<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| jwks(element, found)),
        Value::Object(members) => {
            if members.contains_key("kty") {
                found.push(value);
            }
            members.values().for_each(|member| jwks(member, found));
        }
        _ => {}
    }
}

fn one(jwk: &Value) -> Key {
    let text = jwk.to_string();
    load("jwk", text.as_bytes())
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
        .remove(0)
}

/// Every number in its exact width, every member that describes the key.
#[test]
fn the_keys_of_rfc_7520_are_written_as_they_are_published() {
    let Some(vectors) = vectors() else { return };
    let mut written = 0;
    for path in files(&vectors.join("cookbook/jwk"), "json") {
        let published = json(&path);
        let key = one(&published);
        let text = match key.holds {
            Holds::Public => export::public_jwk(&key).unwrap(),
            Holds::Private | Holds::Symmetric => export::private_jwk(&key).unwrap().to_string(),
        };
        let found: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(found, published, "{}", path.display());
        let order = |jwk: &Value| jwk.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(order(&found), order(&published));
        written += 1;
    }
    assert_eq!(written, 6);
}

#[test]
fn the_keys_of_rfc_7520() {
    let Some(vectors) = vectors() else { return };
    let found: Vec<_> = files(&vectors.join("cookbook/jwk"), "json")
        .iter()
        .map(|path| {
            let mut keys = load("jwk.json", &std::fs::read(path).unwrap()).unwrap();
            assert_eq!(keys.len(), 1);
            let key = keys.remove(0);
            assert_eq!((&key.fault, key.members.notes.len()), (&None, 0));
            (key.kind, key.holds, key.members.kid.unwrap())
        })
        .collect();
    let bilbo = "bilbo.baggins@hobbiton.example".to_owned();
    assert_eq!(
        found,
        [
            (KeyKind::Ec(Curve::P521), Holds::Public, bilbo.clone()),
            (KeyKind::Ec(Curve::P521), Holds::Private, bilbo.clone()),
            (KeyKind::Rsa { bits: 2048 }, Holds::Public, bilbo.clone()),
            (KeyKind::Rsa { bits: 2048 }, Holds::Private, bilbo),
            (
                KeyKind::Oct { bytes: 32 },
                Holds::Symmetric,
                "018c0ae5-4d9b-471b-bfd6-eef314bc7037".to_owned()
            ),
            (
                KeyKind::Oct { bytes: 32 },
                Holds::Symmetric,
                "1e571774-2e08-40da-8308-e8d68773842d".to_owned()
            ),
        ]
    );
}

/// Weak is not broken: every one must be there to verify with. Most files begin with prose.
#[test]
fn weak_keys_load() {
    let Some(vectors) = vectors() else { return };
    for (name, bits, exponent) in [
        ("rsa-e1.key", 2048, &[1][..]),
        ("rsa-fermat-pkcs1.key", 2048, &[1, 0, 1]),
        ("rsa-ok.key", 2048, &[1, 0, 1]),
        ("rsa-roca.key", 2048, &[1, 0, 1]),
        ("rsa-sharedprimes.key", 2048, &[1, 0, 1]),
        ("rsa-smallfactors-valid.key", 4096, &[1, 0, 1]),
    ] {
        let bytes = std::fs::read(vectors.join("weak-keys").join(name)).unwrap();
        let keys = load(name, &bytes).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(keys.len(), 1, "{name}");
        assert_eq!(keys[0].kind, KeyKind::Rsa { bits }, "{name}");
        assert_eq!(keys[0].rsa_exponent.as_deref(), Some(exponent), "{name}");
        assert_eq!(
            (keys[0].form, keys[0].holds),
            ("PEM public key", Holds::Public)
        );
    }
}

#[test]
fn the_keys_of_wycheproof() {
    let Some(vectors) = vectors() else { return };
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for path in files(&vectors.join("wycheproof"), "json") {
        let document = json(&path);
        for group in document["testGroups"].as_array().unwrap() {
            let private = one(&group["private"]);
            *kinds.entry(private.kind.to_string()).or_default() += 1;
            assert_eq!(private.fault, None);
            assert_ne!(private.holds, Holds::Public);
            if group.get("public").is_some() {
                let public = one(&group["public"]);
                assert_eq!((public.fault, public.holds), (None, Holds::Public));
                assert_eq!(
                    (public.kind, public.thumbprint),
                    (private.kind, private.thumbprint)
                );
            }
        }
    }
    println!("{kinds:#?}");
    assert_eq!(kinds.values().sum::<usize>(), 54);
}

/// The `d` of the ephemeral key of `cookbook/curve25519/ecdh-es.json`. Its `x` is that of RFC 8037 appendix A.6, whose
/// private half is another (`dwdt…`).
const TORN: &str = "RVqkt2ZmEiUY-OGyag9rXe7vsDm2BQ_XykdxhLv9pd4";

/// A key, and nothing in it contradicts the rest, but for the torn one.
fn whole(jwk: &Value) -> Key {
    let key = one(jwk);
    let torn = (jwk["d"] == TORN).then_some(&Inconsistency::PrivateHalf);
    let inconsistent: Vec<_> = key.inconsistencies().collect();
    assert_eq!(inconsistent, torn.into_iter().collect::<Vec<_>>(), "{jwk}");
    key
}

/// Thumbprints that another implementation computed. All keys of RFC 7520 and RFC 8037 are here; the table also
/// has keys of Wycheproof files that are not.
#[test]
fn published_thumbprints() {
    let Some(vectors) = vectors() else { return };
    let folders = [
        "cookbook",
        "cookbook/curve25519",
        "cookbook/jwe",
        "cookbook/jwk",
        "cookbook/jws",
        "wycheproof",
    ];
    let mut computed: BTreeMap<String, String> = BTreeMap::new();
    for path in folders
        .iter()
        .flat_map(|folder| files(&vectors.join(folder), "json"))
    {
        let document = json(&path);
        let mut found = Vec::new();
        jwks(&document, &mut found);
        for key in found.into_iter().map(whole) {
            if let Some(thumbprint) = key.thumbprint {
                let size = match key.kind {
                    KeyKind::Rsa { bits } => bits.to_string(),
                    kind => kind.crv().unwrap().to_owned(),
                };
                computed.insert(thumbprint, size);
            }
        }
    }
    let table = vectors.join("../audit/known-test-key-thumbprints.tsv");
    let table = std::fs::read_to_string(table).unwrap();
    let mut agree = 0;
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let from_here = ["RFC7520", "RFC8037"]
            .iter()
            .any(|origin| fields[4].contains(origin));
        match computed.remove(fields[0]) {
            Some(size) => {
                assert_eq!(size, fields[2], "{line}");
                agree += 1;
            }
            None => assert!(fields[1] == "oct" || !from_here, "not computed: {line}"),
        }
    }
    println!("{agree} thumbprints agree; not in the table: {computed:?}");
    assert!(agree >= 20);
}

/// RFC 8037 appendix A.2, through the file of the cookbook.
#[test]
fn octet_key_pairs_of_rfc_8037() {
    let Some(vectors) = vectors() else { return };
    let document = json(&vectors.join("cookbook/curve25519/jws.json"));
    let mut found = Vec::new();
    jwks(&document, &mut found);
    let kinds: BTreeSet<_> = found.into_iter().map(|jwk| one(jwk).kind).collect();
    assert_eq!(kinds, BTreeSet::from([KeyKind::Okp(OkpCurve::Ed25519)]));
}
