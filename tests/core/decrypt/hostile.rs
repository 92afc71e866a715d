//! Hostile and impossible JWEs: a fault each, and no panic.

use proptest::prelude::*;
use tokenloupe::verify::decrypt::{
    CONTENT_ENCRYPTION, JwePart, KEY_MANAGEMENT, KeyFamily, MAX_ITERATIONS, WantedLength,
};

use super::*;

const KEK: [u8; 16] = [7; 16];

/// A JWE whose every length is right, by this `alg` and `enc`; it opens with no key.
fn shaped(alg: &str, enc: &str, more: &str) -> Jwe {
    let content = content_encryption(enc).unwrap();
    let management = KEY_MANAGEMENT
        .iter()
        .find(|entry| entry.name == alg)
        .unwrap();
    let encrypted_key = match management.family {
        KeyFamily::Direct | KeyFamily::Agreement(None) => 0,
        KeyFamily::GcmWrap(_) => content.key_bytes(),
        KeyFamily::Rsa(_) => 256,
        _ => content.key_bytes() + 8,
    };
    let more = match management.family {
        KeyFamily::GcmWrap(_) if more.is_empty() => {
            format!(
                r#","iv":"{}","tag":"{}""#,
                encode(&[1; 12]),
                encode(&[1; 16])
            )
        }
        KeyFamily::Pbes2(..) if more.is_empty() => r#","p2c":1,"p2s":"AAAAAAAAAAA""#.to_owned(),
        KeyFamily::Agreement(_) if more.is_empty() => format!(r#","epk":{EPK}"#),
        _ => more.to_owned(),
    };
    let header = format!(r#"{{"alg":"{alg}","enc":"{enc}"{more}}}"#);
    Jwe {
        additional_data: encode(header.as_bytes()).into_bytes(),
        header,
        encrypted_key: vec![1; encrypted_key],
        iv: vec![1; content.iv_bytes()],
        ciphertext: vec![1; 32],
        tag: vec![1; content.tag_bytes()],
    }
}

/// RFC 7518 appendix C.
const EPK: &str = r#"{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}"#;

/// Keys of every kind, in the sizes that some algorithm takes.
fn keys() -> Vec<Key> {
    let mut keys: Vec<Key> = [0, 1, 16, 24, 32, 48, 64]
        .into_iter()
        .map(|bytes| secret(&vec![9; bytes]))
        .collect();
    keys.push(key(
        r#"{"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck","d":"VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"}"#,
    ));
    keys.push(key(
        r#"{"kty":"OKP","crv":"X25519","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08","d":"XasIfmJKikt54X-Lg4AO5m87sSkmGLb9HC-LJ_-I4Os"}"#,
    ));
    let rsa = openssl::rsa::Rsa::generate(2048).unwrap();
    let der = rsa.private_key_to_der().unwrap();
    keys.extend(load("rsa", &der).unwrap());
    keys.extend(load("rsa", &rsa.public_key_to_der().unwrap()).unwrap());
    keys
}

fn length(part: JwePart, expected: WantedLength, found: usize) -> JweShapeFault {
    JweShapeFault::Length {
        part,
        expected,
        found,
    }
}

#[test]
fn every_wrong_length_is_told_before_any_key() {
    let keys = keys();
    for management in KEY_MANAGEMENT {
        for content in CONTENT_ENCRYPTION {
            let right = shaped(management.name, content.name, "");
            assert_eq!(right.shape_fault(), None, "{}", right.header);
            let exactly = WantedLength::Exactly;
            let mut wrong = Vec::new();
            for found in (0..right.iv.len()).chain([content.iv_bytes() + 1, 1000]) {
                let jwe = Jwe {
                    iv: vec![1; found],
                    ..right.clone()
                };
                wrong.push((jwe, length(JwePart::Iv, exactly(content.iv_bytes()), found)));
            }
            for found in (0..right.tag.len()).chain([content.tag_bytes() + 1, 1000]) {
                let jwe = Jwe {
                    tag: vec![1; found],
                    ..right.clone()
                };
                wrong.push((
                    jwe,
                    length(JwePart::Tag, exactly(content.tag_bytes()), found),
                ));
            }
            let of_key = right.encrypted_key.len();
            if of_key != 256 {
                for found in (0..=8).chain([of_key.wrapping_sub(1), of_key + 1, of_key + 8, 1000]) {
                    if found != of_key && found < 2000 {
                        let jwe = Jwe {
                            encrypted_key: vec![1; found],
                            ..right.clone()
                        };
                        wrong.push((jwe, length(JwePart::EncryptedKey, exactly(of_key), found)));
                    }
                }
            }
            if content.iv_bytes() == 16 {
                for found in [0, 1, 15, 17, 31] {
                    let jwe = Jwe {
                        ciphertext: vec![1; found],
                        ..right.clone()
                    };
                    wrong.push((
                        jwe,
                        length(JwePart::Ciphertext, WantedLength::MultipleOf(16), found),
                    ));
                }
            }
            for (jwe, fault) in wrong {
                assert_eq!(jwe.shape_fault().as_ref(), Some(&fault), "{}", jwe.header);
                for key in &keys {
                    assert_eq!(jwe.open(key).err(), Some(OpenError::Shape(fault.clone())));
                }
            }
        }
    }
}

#[test]
fn an_encrypted_key_for_another_rsa_key_is_told() {
    let keys = keys();
    let rsa = keys
        .iter()
        .find(|key| key.private().is_some_and(|key| key.rsa().is_ok()))
        .unwrap();
    for alg in ["RSA1_5", "RSA-OAEP", "RSA-OAEP-512"] {
        for found in [0, 8, 42] {
            let jwe = Jwe {
                encrypted_key: vec![1; found],
                ..shaped(alg, "A128GCM", "")
            };
            assert!(
                matches!(
                    jwe.shape_fault(),
                    Some(JweShapeFault::Length {
                        part: JwePart::EncryptedKey,
                        expected: WantedLength::AtLeast(_),
                        ..
                    })
                ) || (alg == "RSA1_5" && found == 42)
            );
        }
        for found in [255, 257, 512] {
            let jwe = Jwe {
                encrypted_key: vec![1; found],
                ..shaped(alg, "A128GCM", "")
            };
            let error = OpenError::EncryptedKeyLength {
                expected: 256,
                found,
            };
            assert_eq!(jwe.open(rsa).err(), Some(error));
        }
        // Not below the modulus: no ciphertext of this key.
        let beyond = Jwe {
            encrypted_key: vec![0xFF; 256],
            ..shaped(alg, "A128GCM", "")
        };
        assert!(matches!(
            beyond.open(rsa),
            Err(OpenError::KeyUnwrap
                | OpenError::Tag {
                    may_be_other_key: true
                })
        ));
    }
}

#[test]
fn iteration_counts_are_looked_at_before_the_work() {
    let password = password("password");
    let of = |p2c: &str| {
        shaped(
            "PBES2-HS512+A256KW",
            "A128GCM",
            &format!(r#","p2s":"AAAAAAAAAAA"{p2c}"#),
        )
    };
    let start = std::time::Instant::now();
    for found in ["2147483648", "1200001", "1e99", "999999999999999999999999"] {
        let jwe = of(&format!(r#","p2c":{found}"#));
        let fault = JweShapeFault::Iterations {
            ceiling: MAX_ITERATIONS,
            found: found.to_owned(),
        };
        assert_eq!(jwe.shape_fault(), Some(fault.clone()));
        let error = jwe.open(&password).unwrap_err();
        assert!(error.is_limit() && error == OpenError::Shape(fault));
    }
    for bad in [
        r#","p2c":-1"#,
        r#","p2c":0"#,
        r#","p2c":1.5"#,
        r#","p2c":"text""#,
        r#","p2c":null"#,
        r#","p2c":[1000]"#,
        "",
    ] {
        let jwe = of(bad);
        assert!(
            matches!(
                jwe.shape_fault(),
                Some(JweShapeFault::Parameter {
                    name: "p2c",
                    expected: "a positive integer",
                    ..
                })
            ),
            "{bad}"
        );
        assert!(
            matches!(jwe.open(&password), Err(OpenError::Shape(_))),
            "{bad}"
        );
    }
    for bad in [r#""p2s":1,"#, r#""p2s":"A","#, r#""p2s":"??","#, ""] {
        let jwe = shaped(
            "PBES2-HS256+A128KW",
            "A128GCM",
            &format!(r#",{bad}"p2c":9"#),
        );
        assert!(
            matches!(
                jwe.shape_fault(),
                Some(JweShapeFault::Parameter { name: "p2s", .. })
            ),
            "{bad}"
        );
    }
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn parameters_of_the_gcm_key_wrap_have_one_length() {
    let good = format!(r#""iv":"{}""#, encode(&[1; 12]));
    for (name, header) in [
        ("iv", r#","tag":"AAAAAAAAAAAAAAAAAAAAAA""#.to_owned()),
        (
            "iv",
            r#","iv":12,"tag":"AAAAAAAAAAAAAAAAAAAAAA""#.to_owned(),
        ),
        (
            "iv",
            r#","iv":"","tag":"AAAAAAAAAAAAAAAAAAAAAA""#.to_owned(),
        ),
        (
            "iv",
            r#","iv":"AAAAAAAAAAAAAAAAAAAAAA","tag":"AAAAAAAAAAAAAAAAAAAAAA""#.to_owned(),
        ),
        ("tag", format!(",{good}")),
        ("tag", format!(r#",{good},"tag":"AAAA""#)),
        ("tag", format!(r#",{good},"tag":null"#)),
        ("tag", format!(r#",{good},"tag":"{}""#, encode(&[1; 15]))),
        ("tag", format!(r#",{good},"tag":"{}""#, encode(&[1; 17]))),
    ] {
        let jwe = shaped("A128GCMKW", "A128GCM", &header);
        match jwe.shape_fault() {
            Some(JweShapeFault::Parameter { name: found, .. }) => {
                assert_eq!(found, name, "{header}");
            }
            other => panic!("{header}: {other:?}"),
        }
        assert!(matches!(jwe.open(&secret(&KEK)), Err(OpenError::Shape(_))));
    }
}

#[test]
fn ephemeral_keys_that_probe_are_refused() {
    let fault = |epk: &str| {
        let jwe = shaped("ECDH-ES+A128KW", "A128GCM", &format!(r#","epk":{epk}"#));
        let fault = jwe.shape_fault();
        for key in keys() {
            let result = jwe.open(&key);
            assert!(result.is_err());
            assert_eq!(
                matches!(result, Err(OpenError::Shape(_))),
                fault.is_some(),
                "{epk}"
            );
        }
        fault
    };
    // Off the curve, on another, half of it, none.
    let y = r#""y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps""#;
    let off = EPK.replace(y, r#""y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFppo""#);
    assert!(matches!(fault(&off), Some(JweShapeFault::EphemeralKey(_))));
    for bad in [
        r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#.to_owned(),
        r#"{"kty":"EC","crv":"P-256"}"#.to_owned(),
        EPK.replace(&format!(",{y}"), ""),
        EPK.replace("P-256", "P-384"),
        EPK.replace("P-256", "secp256k1"),
        r#"{"kty":"OKP","crv":"X25519","x":"AAAA"}"#.to_owned(),
        "{}".to_owned(),
        "17".to_owned(),
    ] {
        assert!(
            matches!(fault(&bad), Some(JweShapeFault::EphemeralKey(_))),
            "{bad}"
        );
    }
    for bad in [
        r#"{"kty":"oct","k":"AAAA"}"#,
        r#"{"kty":"RSA","n":"gQ","e":"Aw"}"#,
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    ] {
        assert!(
            matches!(
                fault(bad),
                Some(JweShapeFault::Parameter { name: "epk", .. })
            ),
            "{bad}"
        );
    }
    let missing = shaped("ECDH-ES", "A128GCM", r#","x":1"#);
    assert!(matches!(
        missing.shape_fault(),
        Some(JweShapeFault::Parameter { name: "epk", .. })
    ));
    // A length of 2 GiB in a certificate of it is no more than a note.
    let hostile = openssl::base64::encode_block(b"\x30\x84\x7F\xFF\xFF\xFF\x02\x86\x01\0\0\0\0\0");
    assert_eq!(
        fault(&EPK.replace('{', &format!(r#"{{"x5c":["{hostile}"],"#))),
        None
    );
}

/// The points that every private key multiplies to zero: for X25519 those of order 1, 2, 4 and 8, for X448 those of order 1, 2
/// and 4, also in spellings that are not below the prime. X25519 passes the highest bit over (RFC 7748 section 5).
#[test]
fn points_of_low_order_are_refused() {
    let x25519 = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    let minus = |last: &str| format!("{last}{}feffffff{}", "ff".repeat(27), "ff".repeat(24));
    let x448 = [
        "00".repeat(56),
        format!("01{}", "00".repeat(55)),
        minus("fe"),
        minus("ff"),
        format!("{}{}", "00".repeat(28), "ff".repeat(28)),
    ];
    let of = |crv: &str, x: &[u8]| {
        let epk = format!(r#"{{"kty":"OKP","crv":"{crv}","x":"{}"}}"#, encode(x));
        shaped("ECDH-ES", "A256GCM", &format!(r#","epk":{epk}"#))
    };
    for (crv, x) in x25519
        .iter()
        .flat_map(|x| {
            let plain = hex(x);
            let mut marked = plain.clone();
            marked[31] |= 0x80;
            [plain, marked]
        })
        .map(|x| ("X25519", x))
        .chain(x448.iter().map(|x| ("X448", hex(x))))
    {
        assert_eq!(
            of(crv, &x).shape_fault(),
            Some(JweShapeFault::LowOrder),
            "{crv} {x:?}"
        );
    }
    for (crv, base, bytes) in [("X25519", 9, 32), ("X448", 5, 56)] {
        let mut x = vec![0; bytes];
        x[0] = base;
        assert_eq!(of(crv, &x).shape_fault(), None);
    }
}

#[test]
fn keys_that_do_not_fit_are_told() {
    let keys = keys();
    for management in KEY_MANAGEMENT {
        let jwe = shaped(management.name, "A128CBC-HS256", "");
        for key in &keys {
            let error = jwe.open(key).unwrap_err();
            if !management.fits(key.kind) {
                assert!(
                    matches!(error, OpenError::KeyKind { .. }),
                    "{}: {error}",
                    jwe.header
                );
                assert_eq!(error.code(), Some("alg-key-mismatch"));
            } else if let Some(secret) = key.secret()
                && let Some(expected) =
                    management.secret_bytes(content_encryption("A128CBC-HS256").unwrap())
                && expected != secret.bytes().len()
            {
                let found = secret.bytes().len();
                assert_eq!(error, OpenError::KeySize { expected, found });
            } else if key.secret().is_none() && key.private().is_none() {
                assert_eq!(error, OpenError::NoPrivateHalf);
            } else {
                assert!(error.code().is_some(), "{}: {error}", jwe.header);
            }
        }
    }
}

#[test]
fn an_ephemeral_key_on_another_curve_is_told() {
    let jwe = shaped("ECDH-ES", "A128GCM", "");
    for other in ["X25519", "X448"] {
        let key = match other {
            "X25519" => openssl::pkey::PKey::generate_x25519(),
            _ => openssl::pkey::PKey::generate_x448(),
        };
        let key = load("key", &key.unwrap().private_key_to_pkcs8().unwrap())
            .unwrap()
            .remove(0);
        assert!(matches!(jwe.open(&key), Err(OpenError::Curve { .. })));
    }
}

#[test]
fn names_are_unknown_or_registered_for_something_else() {
    for (alg, enc, parameter, registered_for) in [
        ("ECDH-1PU", "A128GCM", "alg", None),
        ("dir ", "A128GCM", "alg", None),
        ("HS256", "A128GCM", "alg", Some("alg/sig")),
        ("A128GCM", "A128GCM", "alg", Some("enc")),
        ("A128CTR", "A128GCM", "alg", Some("JWK")),
        ("dir", "XC20P", "enc", None),
        ("dir", "dir", "enc", Some("alg/enc")),
        ("dir", "", "enc", None),
    ] {
        let jwe = Jwe {
            header: format!(r#"{{"alg":"{alg}","enc":"{enc}"}}"#),
            ..shaped("dir", "A128GCM", "")
        };
        assert_eq!(
            jwe.open(&secret(&KEK)).err(),
            Some(OpenError::Unsupported {
                parameter,
                registered_for
            })
        );
    }
}

/// What is authentic but badly padded is not the fault of the key, and is said only after the tag.
#[test]
fn padding_is_looked_at_after_the_tag() {
    let content_key: Vec<u8> = (0..32).collect();
    let header = r#"{"alg":"dir","enc":"A128CBC-HS256"}"#;
    let mut jwe = Jwe::made(header, &[], &content_key, b"fifteen bytes..");
    assert!(jwe.open(&secret(&content_key)).is_ok());
    // 16 bytes of plaintext that end in no padding, without a block for it.
    let mut whole = encrypt(
        Cipher::aes_128_cbc(),
        &content_key[16..],
        Some(&jwe.iv),
        &[0xAA; 16],
    )
    .unwrap();
    whole.truncate(16);
    jwe.ciphertext = whole;
    assert_eq!(
        jwe.open(&secret(&content_key)).err(),
        Some(OpenError::Tag {
            may_be_other_key: true
        })
    );
    jwe.tag = cbc_tag(
        Hash::Sha256,
        &content_key[..16],
        &jwe.additional_data,
        &jwe.iv,
        &jwe.ciphertext,
    );
    assert_eq!(
        jwe.open(&secret(&content_key)).err(),
        Some(OpenError::Padding)
    );
}

/// A secret whose reading was left open is tried in each, as key and as password.
#[test]
fn every_reading_of_a_secret_is_tried() {
    let key = [0x6B; 16];
    let dir = Jwe::made(r#"{"alg":"dir","enc":"A128GCM"}"#, &[], &key, b"message");
    let digits = "6b".repeat(16);
    for (text, read_as) in [
        ("kkkkkkkkkkkkkkkk\n".to_owned(), "utf8"),
        (digits, "hex"),
        (openssl::base64::encode_block(&key), "base64"),
    ] {
        let opened = dir.open(&password(&text)).unwrap();
        assert_eq!(
            (opened.read_as, opened.plaintext.as_slice()),
            (Some(read_as), &b"message"[..])
        );
    }
    assert_eq!(
        dir.open(&password("another key here")).err(),
        Some(OpenError::Tag {
            may_be_other_key: true
        })
    );
    assert!(matches!(
        dir.open(&password("short")),
        Err(OpenError::KeySize {
            expected: 16,
            found: 5
        })
    ));
}

#[test]
fn nothing_secret_is_printed() {
    let key = secret(&KEK);
    let jwe = Jwe::made(
        r#"{"alg":"dir","enc":"A128GCM"}"#,
        &[],
        &KEK,
        b"a secret message",
    );
    let opened = jwe.open(&key).unwrap();
    assert_eq!(format!("{opened:?}"), "Opened(16 bytes)");
    assert!(!format!("{key:?}").contains(&encode(&KEK)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_opened_or_refused(
        alg in 0..KEY_MANAGEMENT.len(),
        enc in 0..CONTENT_ENCRYPTION.len(),
        parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 5),
        fit in any::<[bool; 5]>(),
        more in "(,\"(epk|apu|apv|p2s|p2c|iv|tag)\":(\"[A-Za-z0-9_=.-]{0,24}\"|-?[0-9]{1,3}(\\.5)?|null|\\{\\}|\\{\"kty\":\"(EC|OKP|oct)\",\"crv\":\"(P-256|X25519)\",\"x\":\"[A-Z]{0,44}\"\\})){0,4}",
        which in 0_usize..11,
    ) {
        let right = shaped(KEY_MANAGEMENT[alg].name, CONTENT_ENCRYPTION[enc].name, &more);
        let pick = |at: usize, right: &[u8]| if fit[at] { right.to_vec() } else { parts[at].clone() };
        let jwe = Jwe {
            header: right.header.clone(),
            encrypted_key: pick(0, &right.encrypted_key),
            iv: pick(1, &right.iv),
            ciphertext: pick(2, &right.ciphertext),
            tag: pick(3, &right.tag),
            additional_data: parts[4].clone(),
        };
        let keys = KEYS.with(Clone::clone);
        let error = jwe.open(&keys[which]).unwrap_err();
        prop_assert!(!error.to_string().is_empty());
        if let Some(fault) = jwe.shape_fault() {
            prop_assert_eq!(error, OpenError::Shape(fault));
        } else {
            prop_assert!(!matches!(error, OpenError::Shape(_)));
        }
    }
}

thread_local! {
    static KEYS: std::rc::Rc<Vec<Key>> = std::rc::Rc::new(keys());
}
