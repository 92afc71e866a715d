//! PKCS#12 stores.

use tokenloupe::keys::{Holds, Key, KeyFault, LoadError, Passphrase, Unlock, load, load_with};

use super::make::{
    Bench, MADE, Made, PASSPHRASE, check, have, is_locked, is_told_when_cut, made, with,
};

const LEGACY: &[&str] = &["-legacy"];

/// How `openssl pkcs12` locks a store.
const WAYS: &[&[&str]] = &[
    &[],
    LEGACY,
    &["-nomac"],
    &["-macalg", "sha512"],
    &["-macalg", "sha384", "-keypbe", "AES-128-CBC"],
    &["-macalg", "sha1", "-certpbe", "NONE"],
    &["-keypbe", "PBE-SHA1-2DES", "-certpbe", "PBE-SHA1-3DES"],
    &[
        "-legacy",
        "-keypbe",
        "PBE-SHA1-RC2-128",
        "-certpbe",
        "PBE-SHA1-RC2-40",
    ],
    &["-iter", "1", "-nomaciter"],
];

/// A certificate for a key of any kind, by an authority that is there too.
fn certify(bench: &Bench, made: &Made) {
    bench.put("key.pem", &made.pem);
    bench.put("ca.key", &super::make::made("P-384")[0].pem);
    let authority = [
        "req",
        "-x509",
        "-new",
        "-key",
        "ca.key",
        "-subj",
        "/CN=Authority",
        "-days",
        "3650",
    ];
    let certificate = bench.run("openssl", &authority);
    bench.put("ca.pem", certificate);
    bench.run(
        "openssl",
        &["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"],
    );
    let issue = [
        "x509",
        "-new",
        "-force_pubkey",
        "public.pem",
        "-subj",
        "/CN=Holder",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-days",
        "3650",
        "-out",
        "certificate.pem",
    ];
    bench.run("openssl", &issue);
}

fn store(bench: &Bench, way: &[&str], more: &[&str], passphrase: &str) -> Vec<u8> {
    let pass = format!("pass:{passphrase}");
    let first = ["pkcs12", "-export", "-in", "certificate.pem"];
    bench.run(
        "openssl",
        &[&first, way, more, &["-passout", &pass]].concat(),
    )
}

const KEY: &[&str] = &["-inkey", "key.pem", "-name", "B\u{FC}ro"];

#[track_caller]
fn is_pair(key: &Key, made: &Made, what: &str) {
    made.is(key, what);
    assert_eq!(key.form, "PKCS#12 private key", "{what}");
    assert_eq!(key.label.as_deref(), Some("B\u{FC}ro"), "{what}");
    let subject = key
        .certificate
        .as_ref()
        .map(|certificate| certificate.subject.as_str());
    assert_eq!(subject, Some("CN=Holder"), "{what}");
    assert!(key.members.x5t_s256.is_some(), "{what}");
}

#[test]
fn every_kind_in_a_store() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    for made in MADE.iter() {
        certify(&bench, made);
        for way in [&[][..], LEGACY] {
            let file = store(&bench, way, KEY, PASSPHRASE);
            let what = format!("PKCS#12 {way:?}");
            check(&what, &file, made, false);
            is_pair(&with(&file).unwrap()[0], made, &what);
        }
    }
}

#[test]
fn every_lock_of_a_store() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    let made = made("P-256")[0];
    certify(&bench, made);
    for way in WAYS {
        let what = format!("PKCS#12 {way:?}");
        let more = [KEY, &["-certfile", "ca.pem"]].concat();
        let file = store(&bench, way, &more, PASSPHRASE);
        let keys = with(&file).unwrap_or_else(|error| panic!("{what}: {error}"));
        let [authority, pair] = sorted(&keys);
        is_pair(pair, made, &what);
        let certificate = authority.certificate.as_ref().unwrap();
        assert!(
            certificate.is_ca && authority.holds == Holds::Public,
            "{what}"
        );
        is_told_when_cut(&what, &file);
        if way.contains(&"NONE") || way.contains(&"-nomac") {
            // The certificates are there for all to see.
            let keys = load("file", &file).unwrap();
            let faults: Vec<_> = keys.iter().filter_map(|key| key.fault.clone()).collect();
            assert_eq!(
                (keys.len(), faults),
                (3, vec![KeyFault::Encrypted]),
                "{what}"
            );
            continue;
        }
        is_locked(&what, &file);
        let base64 = openssl::base64::encode_block(&file);
        assert_eq!(
            with(base64.as_bytes()).unwrap().len(),
            2,
            "{what} in base64"
        );
    }
}

fn sorted(keys: &[Key]) -> [&Key; 2] {
    let [one, other] = keys else {
        panic!("a pair and a certificate: {keys:?}");
    };
    if one.holds == Holds::Private {
        [other, one]
    } else {
        [one, other]
    }
}

#[test]
fn a_store_without_a_passphrase_asks_for_none() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    let made = made("Ed25519")[0];
    certify(&bench, made);
    for way in [
        &[][..],
        LEGACY,
        &["-nomac"],
        &["-keypbe", "NONE", "-certpbe", "NONE"],
    ] {
        let file = store(&bench, way, KEY, "");
        for keys in [load("file", &file), with(&file)] {
            is_pair(&keys.unwrap()[0], made, &format!("no passphrase, {way:?}"));
        }
    }
    let plain = ["-keypbe", "NONE", "-certpbe", "NONE", "-nomac"];
    let file = store(&bench, &plain, KEY, PASSPHRASE);
    is_pair(
        &load("file", &file).unwrap()[0],
        made,
        "nothing encrypted, no MAC",
    );
    let file = store(&bench, &[], &["-nokeys"], PASSPHRASE);
    let keys = with(&file).unwrap();
    assert_eq!((keys.len(), keys[0].holds), (1, Holds::Public));
}

#[test]
fn a_change_under_the_mac_is_no_wrong_passphrase() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    certify(&bench, made("P-256")[0]);
    let mut file = store(&bench, &[], KEY, PASSPHRASE);
    // The hash of the MAC stands before its salt, at the end.
    let at = file.len() - 30;
    file[at] ^= 1;
    let error = with(&file).unwrap_err();
    assert!(
        matches!(
            &error,
            LoadError::NoUsableKey {
                first: KeyFault::Damaged(_),
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("MAC"), "{error}");
}

#[test]
fn stores_of_java() {
    if !have(&["openssl", "keytool"]) {
        return;
    }
    let bench = Bench::new();
    // Java takes a passphrase of ASCII only.
    let pass = "open sesame";
    let kinds = made("RSA P-256 P-384 P-521 Ed25519 Ed448");
    for made in &kinds {
        certify(&bench, made);
        let name = made.kind.name.to_ascii_lowercase();
        let more = ["-inkey", "key.pem", "-name", &name];
        let one = store(&bench, &[], &more, pass);
        bench.put("one.p12", one);
        bench.run(
            "keytool",
            &[
                "-importkeystore",
                "-noprompt",
                "-srckeystore",
                "one.p12",
                "-srcstoretype",
                "PKCS12",
                "-srcstorepass",
                pass,
                "-destkeystore",
                "all.p12",
                "-deststoretype",
                "PKCS12",
                "-deststorepass",
                pass,
            ],
        );
    }
    bench.run(
        "keytool",
        &[
            "-genseckey",
            "-alias",
            "mac",
            "-keyalg",
            "HmacSHA256",
            "-keysize",
            "256",
            "-keystore",
            "all.p12",
            "-storetype",
            "PKCS12",
            "-storepass",
            pass,
        ],
    );
    let file = bench.get("all.p12");
    is_locked_otherwise(&file);
    let passphrase = Passphrase::new(pass.as_bytes().to_vec());
    let keys = load_with("file", &file, &Unlock::with(&passphrase)).unwrap();
    assert_eq!(keys.len(), kinds.len() + 1);
    for made in &kinds {
        let name = made.kind.name.to_ascii_lowercase();
        let key = keys
            .iter()
            .find(|key| key.label.as_deref() == Some(name.as_str()));
        let key = key.unwrap_or_else(|| panic!("{name}"));
        made.is(key, "keytool");
        assert!(key.certificate.is_some(), "{name}");
    }
    let secret = keys
        .iter()
        .find(|key| key.holds == Holds::Symmetric)
        .unwrap();
    assert_eq!(secret.label.as_deref(), Some("mac"));
    assert_eq!(secret.secret().map(|secret| secret.bytes().len()), Some(32));
}

fn is_locked_otherwise(file: &[u8]) {
    assert!(matches!(
        load("file", file),
        Err(LoadError::Encrypted { .. })
    ));
    assert!(matches!(with(file), Err(LoadError::WrongPassphrase { .. })));
}

/// RFC 9579, as OpenSSL 3.4 and later write it. OpenSSL has a look at it too.
#[test]
fn a_mac_by_pbmac1() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    let made = made("P-256")[0];
    certify(&bench, made);
    // Without a MAC the store is its version and its content.
    let bare = store(
        &bench,
        &["-nomac", "-certpbe", "AES-256-CBC"],
        KEY,
        PASSPHRASE,
    );
    let contents = bare.get(4..).unwrap();
    let at = memchr::memmem::find(contents, b"\xA0\x82").unwrap();
    // The octet string in the content, after its tag and length.
    let authenticated = contents.get(at + 8..).unwrap();
    let mut key = [0; 32];
    let digest = openssl::hash::MessageDigest::sha256();
    openssl::pkcs5::pbkdf2_hmac(PASSPHRASE.as_bytes(), &[5; 16], 2048, digest, &mut key).unwrap();
    let key = openssl::pkey::PKey::hmac(&key).unwrap();
    let mut signer = openssl::sign::Signer::new(digest, &key).unwrap();
    let mac = signer.sign_oneshot_to_vec(authenticated).unwrap();
    let sequence = |parts: &[&[u8]]| tlv(0x30, &parts.concat());
    let null = [5, 0];
    let hmac = sequence(&[&tlv(6, b"\x2A\x86\x48\x86\xF7\x0D\x02\x09"), &null]);
    let parameters = sequence(&[&tlv(4, &[5; 16]), &tlv(2, &[8, 0]), &tlv(2, &[32]), &hmac]);
    let function = sequence(&[
        &tlv(6, b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0C"),
        &parameters,
    ]);
    let pbmac1 = tlv(6, b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0E");
    let algorithm = sequence(&[&pbmac1, &sequence(&[&function, &hmac])]);
    let with_mac = |mac: &[u8]| {
        let info = sequence(&[&algorithm, &tlv(4, mac)]);
        let data = sequence(&[&info, &tlv(4, &[5; 16]), &tlv(2, &[1])]);
        let length = u16::try_from(contents.len() + data.len())
            .unwrap()
            .to_be_bytes();
        [&[0x30, 0x82][..], &length, contents, &data].concat()
    };
    let file = with_mac(&mac);
    is_pair(&with(&file).unwrap()[0], made, "PBMAC1");
    is_locked("PBMAC1", &file);
    if openssl::version::number() >= 0x3040_0000 {
        let parsed = openssl::pkcs12::Pkcs12::from_der(&file).unwrap();
        assert!(parsed.parse2(PASSPHRASE).is_ok());
    }
    let error = with(&with_mac(&[0; 32])).unwrap_err();
    assert!(error.to_string().contains("MAC"), "{error}");
}

fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u8::try_from(contents.len()).unwrap();
    let length = if length < 0x80 {
        vec![length]
    } else {
        vec![0x81, length]
    };
    [&[tag][..], &length, contents].concat()
}
