//! Encrypted JWKs and JWK Sets (RFC 7517 section 7), which jwcrypto encrypts.

use std::path::PathBuf;

use serde_json::{Value, json};
use tokenloupe::inspection::load_keys;
use tokenloupe::jose::base64url::encode;
use tokenloupe::keys::{Holds, Key, KeyFault, KeyRing, LoadError, Passphrase, Seeming, Unlock};

use super::make::{MADE, Made, PASSPHRASE, converse, have, made};
use crate::forms::make::{Sealing, To};
use crate::interop::{folder, installed};

/// What a token is made of.
struct Wanted {
    plaintext: String,
    header: Value,
    key: Value,
    form: &'static str,
}

/// The tokens, in order.
fn tokens(wanted: &[Wanted]) -> Option<Vec<String>> {
    let own = installed().join("python/bin/python");
    let python: PathBuf = if own.is_file() { own } else { "python3".into() };
    let lines: Vec<String> = wanted
        .iter()
        .map(|wanted| {
            json!({
                "plaintext": wanted.plaintext, "header": wanted.header, "key": wanted.key, "form": wanted.form,
            })
            .to_string()
        })
        .collect();
    let tokens = converse(&[python, folder().join("lock.py")], &lines.join("\n"))?;
    assert_eq!(tokens.len(), wanted.len());
    Some(tokens)
}

fn password() -> Value {
    json!({"kty": "oct", "k": encode(PASSPHRASE.as_bytes())})
}

fn pbes2(alg: &str, enc: &str, iterations: u32, cty: &str) -> Value {
    json!({"alg": alg, "enc": enc, "p2s": encode(&[9; 16]), "p2c": iterations, "cty": cty})
}

/// The private JWK of a key.
fn jwk(made: &Made) -> Value {
    let pair = &made.pair;
    let text = |bytes: Vec<u8>| encode(&bytes);
    let name = made.kind.name;
    if let Ok(rsa) = pair.rsa() {
        let number = |number: Option<&openssl::bn::BigNumRef>| text(number.unwrap().to_vec());
        return json!({
            "kty": "RSA", "kid": name, "n": text(rsa.n().to_vec()), "e": text(rsa.e().to_vec()), "d": text(rsa.d().to_vec()),
            "p": number(rsa.p()), "q": number(rsa.q()), "dp": number(rsa.dmp1()), "dq": number(rsa.dmq1()),
            "qi": number(rsa.iqmp()),
        });
    }
    if let Ok(ec) = pair.ec_key() {
        let mut jwk = crate::way::Secret::Pair(pair.clone()).jwk(&json!({"kid": name}));
        let length = i32::try_from(ec.group().degree().div_ceil(8)).unwrap();
        jwk["d"] = text(ec.private_key().to_vec_padded(length).unwrap()).into();
        return jwk;
    }
    let (x, d) = (
        pair.raw_public_key().unwrap(),
        pair.raw_private_key().unwrap(),
    );
    json!({"kty": "OKP", "kid": name, "crv": name, "x": text(x), "d": text(d)})
}

fn open(file: &str, passphrase: Option<&str>, ring: &KeyRing) -> Result<Vec<Key>, LoadError> {
    let passphrase = passphrase.map(|text| Passphrase::new(text.as_bytes().to_vec()));
    let unlock = Unlock {
        passphrase: passphrase.as_ref(),
        ..Unlock::without()
    };
    load_keys("file", file.as_bytes(), &unlock, ring)
}

fn set() -> String {
    let keys: Vec<Value> = MADE.iter().map(jwk).chain([oct()]).collect();
    json!({"keys": keys}).to_string()
}

fn oct() -> Value {
    json!({"kty": "oct", "kid": "shared", "k": encode(&[7; 32])})
}

#[track_caller]
fn is_set(keys: &[Key], what: &str) {
    assert_eq!(keys.len(), MADE.len() + 1, "{what}");
    for (made, key) in MADE.iter().zip(keys) {
        made.is(key, what);
        assert_eq!(
            (key.form, key.members.kid.as_deref()),
            ("encrypted JWK", Some(made.kind.name))
        );
    }
    assert!(keys.last().is_some_and(|key| key.holds == Holds::Symmetric));
}

#[test]
fn keys_under_a_passphrase() {
    if !have(&["openssl"]) {
        return;
    }
    let none = KeyRing::default();
    let mut wanted = Vec::new();
    // As `step` writes them.
    wanted.push(Wanted {
        plaintext: jwk(made("P-256")[0]).to_string(),
        header: pbes2("PBES2-HS256+A128KW", "A256GCM", 600_000, "jwk+json"),
        key: password(),
        form: "compact",
    });
    for (alg, enc, cty, form) in [
        (
            "PBES2-HS256+A128KW",
            "A128CBC-HS256",
            "jwk-set+json",
            "compact",
        ),
        (
            "PBES2-HS384+A192KW",
            "A192GCM",
            "application/jwk-set+json",
            "flattened",
        ),
        (
            "PBES2-HS512+A256KW",
            "A256CBC-HS512",
            "JWK-SET+JSON",
            "general",
        ),
    ] {
        wanted.push(Wanted {
            plaintext: set(),
            header: pbes2(alg, enc, 4096, cty),
            key: password(),
            form,
        });
    }
    for made in MADE.iter() {
        wanted.push(Wanted {
            plaintext: jwk(made).to_string(),
            header: pbes2("PBES2-HS256+A128KW", "A256GCM", 1000, "jwk+json"),
            key: password(),
            form: "compact",
        });
    }
    let Some(files) = tokens(&wanted) else {
        return;
    };
    made("P-256")[0].is(
        &open(&files[0], Some(PASSPHRASE), &none).unwrap()[0],
        "step",
    );
    for file in &files[1..4] {
        is_set(&open(file, Some(PASSPHRASE), &none).unwrap(), file);
        let wrong = open(file, Some("open sesame"), &none);
        assert!(
            matches!(wrong, Err(LoadError::WrongPassphrase { .. })),
            "{wrong:?}"
        );
        let without = open(file, None, &none);
        assert!(
            matches!(without, Err(LoadError::Encrypted { .. })),
            "{without:?}"
        );
        for piece in 1..7 {
            let cut = &file[..file.len() * piece / 7];
            let error = open(cut, Some(PASSPHRASE), &none).unwrap_err();
            assert!(
                !matches!(error, LoadError::WrongPassphrase { .. }),
                "{error}"
            );
            assert_eq!(error.to_string().lines().count(), 2);
        }
    }
    for (made, file) in MADE.iter().zip(&files[4..]) {
        for spaced in [file.clone(), format!("\u{FEFF}{file}\r\n")] {
            let keys = open(&spaced, Some(PASSPHRASE), &none).unwrap();
            made.is(&keys[0], "encrypted JWK");
        }
    }
}

#[test]
fn keys_that_a_loaded_key_opens() {
    if !have(&["openssl"]) {
        return;
    }
    let ways: Vec<(&str, Value)> = vec![
        ("RSA-OAEP-256", jwk(made("RSA")[0])),
        ("ECDH-ES", jwk(made("P-521")[0])),
        ("ECDH-ES+A128KW", jwk(made("X25519")[0])),
        ("A256KW", oct()),
        ("dir", oct()),
    ];
    let wanted: Vec<Wanted> = ways
        .iter()
        .map(|(alg, key)| Wanted {
            plaintext: set(),
            header: json!({"alg": alg, "enc": "A256GCM", "cty": "jwk-set+json"}),
            key: key.clone(),
            form: "compact",
        })
        .collect();
    let Some(files) = tokens(&wanted) else {
        return;
    };
    for ((alg, key), file) in ways.iter().zip(&files) {
        let ring =
            KeyRing::new(tokenloupe::keys::load("ring", key.to_string().as_bytes()).unwrap());
        is_set(&open(file, None, &ring).unwrap(), alg);
        let without = open(file, Some(PASSPHRASE), &KeyRing::default());
        assert_eq!(
            without.err(),
            Some(LoadError::Sealed {
                source_name: "file".to_owned(),
                alg: (*alg).to_owned()
            })
        );
    }
}

fn sealed(header: &Value, plaintext: &str) -> String {
    let to = To::Secret(PASSPHRASE.as_bytes().to_vec());
    Sealing::new(&header.to_string(), &to, plaintext.as_bytes()).compact()
}

#[test]
fn a_token_that_is_no_key_file_says_so() {
    let none = KeyRing::default();
    let no_key_file = LoadError::NotAKey {
        source_name: "file".to_owned(),
        found: Seeming::Jwe,
    };
    let claims = r#"{"sub":"a","cnf":{"jwk":{"kty":"oct","k":"AAAA"}}}"#;
    let jwt = pbes2("PBES2-HS256+A128KW", "A128GCM", 100, "JWT");
    let mut untold = jwt.clone();
    untold.as_object_mut().unwrap().remove("cty");
    for (header, passphrase) in [
        (&jwt, None),
        (&jwt, Some("wrong")),
        (&jwt, Some(PASSPHRASE)),
        (&untold, Some(PASSPHRASE)),
    ] {
        let error = open(&sealed(header, claims), passphrase, &none).err();
        assert_eq!(error, Some(no_key_file.clone()));
    }
    // Whatever it says of itself, a key is one.
    let key = oct().to_string();
    for header in [&jwt, &untold] {
        assert!(open(&sealed(header, &key), Some(PASSPHRASE), &none).is_ok());
    }
    let without = open(&sealed(&untold, &key), None, &none);
    assert!(matches!(without, Err(LoadError::Encrypted { .. })));
    let direct = r#"{"alg":"dir","enc":"A128GCM"}"#;
    let token = Sealing::new(direct, &To::Secret(vec![1; 16]), claims.as_bytes()).compact();
    assert_eq!(open(&token, None, &none).err(), Some(no_key_file));
}

#[test]
fn more_iterations_than_the_ceiling_are_not_made() {
    let none = KeyRing::default();
    let mut header = pbes2("PBES2-HS256+A128KW", "A128GCM", 100, "jwk+json");
    let file = sealed(&header, &oct().to_string());
    let parts = file.split_once('.').unwrap().1;
    for iterations in [json!(1_200_001), json!(4_294_967_295_u64), json!(1e300)] {
        header["p2c"] = iterations;
        let file = format!("{}.{parts}", encode(header.to_string().as_bytes()));
        for passphrase in [None, Some(PASSPHRASE)] {
            let start = std::time::Instant::now();
            let error = open(&file, passphrase, &none).unwrap_err();
            assert!(
                matches!(
                    &error,
                    LoadError::NoUsableKey {
                        first: KeyFault::Ceiling {
                            ceiling: 1_200_000,
                            ..
                        },
                        ..
                    }
                ),
                "{error}"
            );
            assert_eq!(error.to_string().lines().count(), 2);
            assert!(start.elapsed().as_millis() < 500);
        }
    }
}

/// The content key unwraps, so that the passphrase is right.
#[test]
fn a_damaged_content_is_no_wrong_passphrase() {
    let header = pbes2("PBES2-HS256+A128KW", "A128GCM", 100, "jwk+json");
    let file = sealed(&header, &oct().to_string());
    let (front, tag) = file.rsplit_once('.').unwrap();
    let turned = if tag.starts_with('A') { "B" } else { "A" };
    let error = open(
        &format!("{front}.{turned}{}", &tag[1..]),
        Some(PASSPHRASE),
        &KeyRing::default(),
    );
    assert!(
        matches!(
            &error,
            Err(LoadError::NoUsableKey {
                first: KeyFault::Damaged(_),
                ..
            })
        ),
        "{error:?}"
    );
}
