//! What is kept comes back as it was, and what is secret is nowhere to be read.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tokenloupe::jose::base64url::{decode, encode};
use tokenloupe::keeping::PrivateKept;
use tokenloupe::keys::{Holds, KeyRing};

use super::*;

#[test]
fn every_kind_comes_back_with_its_members_and_its_name() {
    let all: Vec<Key> = PRIVATE.iter().chain(PUBLIC.iter()).cloned().collect();
    let (_directory, store, access) = with(&all);
    let kept = store.look().unwrap();
    assert_eq!((kept.private, kept.aside.len()), (PrivateKept::Locked, 0));
    let unlocked = unlocked(&store);
    for (loaded, kept) in [(&PUBLIC, &kept.public), (&PRIVATE, &unlocked)] {
        assert_eq!(loaded.len(), kept.len());
        for (loaded, kept) in loaded.iter().zip(kept) {
            assert_eq!((kept.form, &kept.source), (loaded.form, &loaded.source));
            // Where members stood is of no account in forms that have none; in a JWK it is.
            assert_eq!(told(kept), told(loaded));
        }
    }
    // Loaded again from where they came, they are the same.
    let mut ring = KeyRing::new(kept.public.clone());
    let count = ring.len();
    ring.add(PUBLIC.iter().cloned());
    assert_eq!(ring.len(), count);
    // Saving all again changes nothing but the initialization vector.
    let before = files(&store);
    let saved = store.save(&keep(&all), Some(&access)).unwrap();
    let after = files(&store);
    assert_eq!(before[0], after[0]);
    assert_ne!(before[1].1, after[1].1);
    assert_eq!(saved.public.len(), PUBLIC.len());
    assert_eq!(saved.private.map(|keys| keys.len()), Some(PRIVATE.len()));
}

#[test]
fn a_certificate_comes_back_as_one() {
    let root = crate::certificates::request("Root").ca().self_signed();
    let mut key = one("ca.pem", root.pem());
    key.name = Some("Root".to_owned());
    let (_directory, store, _) = with(&[key.clone()]);
    let kept = store.look().unwrap().public;
    assert_eq!(told(&kept[0]), told(&key));
    assert!(kept[0].certificate.is_some() && kept[0].loaded.certificate.is_some());
    let written = export::public_pem(&kept[0], PublicPem::Certificate).unwrap();
    assert_eq!(one("again", written).certificate, key.certificate);
    let mut ring = KeyRing::new(kept);
    ring.add([key]);
    assert_eq!(ring.len(), 1);
}

#[test]
fn private_keys_are_closed_with_600_000_iterations_in_the_form_that_step_writes() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::at(directory.path());
    let access = store.protect(PASSPHRASE, &watch()).unwrap();
    store.save(&keep(&[secret("a")]), Some(&access)).unwrap();
    let text = std::fs::read_to_string(directory.path().join(PRIVATE_FILE)).unwrap();
    let header = decode(text.split('.').next().unwrap()).bytes;
    let mut header: Value = serde_json::from_slice(&header).unwrap();
    let salt = header["p2s"].take();
    assert_eq!(decode(salt.as_str().unwrap()).bytes.len(), 16);
    assert_eq!(
        header,
        json!({
            "alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "cty": "jwk-set+json",
            "p2c": 600_000, "p2s": null,
        })
    );
    assert_eq!(unlocked(&store).len(), 1);
    assert!(store.unlock(b"another", &watch()).is_err());
}

#[test]
fn the_plain_file_is_a_jwk_set_for_everybody() {
    let (_directory, store, _) = with(&[public("a"), public("b")]);
    let text = std::fs::read(store.directory().join(PUBLIC_FILE)).unwrap();
    let set: Value = serde_json::from_slice(&text).unwrap();
    let kids: Vec<_> = set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|jwk| &jwk["kid"])
        .collect();
    assert_eq!(kids, ["a", "b"]);
    assert_eq!(load(PUBLIC_FILE, &text).unwrap().len(), 2);
}

#[test]
fn nothing_secret_can_be_read_in_any_file() {
    let all: Vec<Key> = PRIVATE.iter().chain(PUBLIC.iter()).cloned().collect();
    let (_directory, store, access) = with(&all);
    let other = store
        .change_passphrase(&access, b"another passphrase", &watch())
        .unwrap();
    store
        .save(&keep(&[secret("one more secret")]), Some(&other))
        .unwrap();
    let mut secrets: Vec<Vec<u8>> = vec![PASSPHRASE.to_vec(), b"another passphrase".to_vec()];
    for key in PRIVATE.iter() {
        let jwk: Value = serde_json::from_str(&export::private_jwk(key).unwrap()).unwrap();
        for name in ["d", "p", "q", "dp", "dq", "qi", "k", "priv"] {
            let value = jwk[name].as_str().unwrap_or_default();
            let bytes = decode(value).bytes.to_vec();
            // Of a byte or none nothing can be searched for.
            if bytes.len() > 8 {
                secrets.push(bytes);
            }
        }
    }
    assert!(secrets.len() > 15, "{}", secrets.len());
    let searched = files(&store);
    assert_eq!(searched.len(), 2);
    for secret in secrets {
        let hex = secret.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let base64 = openssl::base64::encode_block(&secret);
        for form in [
            secret.clone(),
            encode(&secret).into_bytes(),
            base64.trim_end_matches('=').as_bytes().to_vec(),
            hex.to_uppercase().into_bytes(),
            hex.into_bytes(),
        ] {
            for (name, content) in &searched {
                assert!(memchr::memmem::find(content, &form).is_none(), "{name}");
            }
        }
    }
    assert_eq!(format!("{access:?}"), "Access(..)");
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_directory, store, _) = with(&[secret("a"), public("b")]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(store.directory()), 0o700);
    for name in [PRIVATE_FILE, PUBLIC_FILE, "keys.lock"] {
        assert_eq!(mode(&store.directory().join(name)), 0o600, "{name}");
    }
}

#[test]
fn what_is_not_understood_stays() {
    let (_directory, store) = new();
    std::fs::create_dir_all(store.directory()).unwrap();
    let path = store.directory().join(PUBLIC_FILE);
    let unknown = r#"{"kty":"new",  "kid":"later", "x":[1.0]}"#;
    std::fs::write(
        &path,
        format!(r#"{{"title":"mine","keys":[{unknown},{unknown}],"n":1.50}}"#),
    )
    .unwrap();
    let kept = store.look().unwrap();
    assert!(
        kept.public
            .iter()
            .all(|key| key.fault.is_some() && key.source == "kept keys")
    );
    store.save(&keep(&[public("a")]), None).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches(unknown).count(), 2, "{text}");
    assert!(
        text.contains(r#""title": "mine""#) && text.contains(r#""n": 1.50"#),
        "{text}"
    );
    let kept = store.look().unwrap().public;
    assert_eq!(kept.len(), 3);
    // It is removed like any other, both of them at once.
    let unused = kept.into_iter().find(|key| key.fault.is_some()).unwrap();
    store
        .save(&[Change::Remove(Arc::new(unused))], None)
        .unwrap();
    assert_eq!(names(&store.look().unwrap().public), [("a", "")]);
}

#[test]
fn keys_that_cannot_be_written_are_refused_and_nothing_is_changed() {
    let torn = one(
        "torn.jwk",
        r#"{"kty":"OKP","crv":"Ed25519","d":"mWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    );
    assert_eq!(torn.holds, Holds::Private);
    let (_directory, store, access) = with(&[secret("a")]);
    let before = files(&store);
    let error = store
        .save(&keep(&[secret("b"), torn]), Some(&access))
        .unwrap_err();
    two_lines(&error);
    assert_eq!(files(&store), before);
}
