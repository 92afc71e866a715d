//! Keys that are encrypted one by one: PKCS#8, PEM with headers, OpenSSH.

use openssl::pkey::{Id, PKey, Public};
use tokenloupe::keys::{Holds, KeyFault, KeyNote, LoadError, load};
use tokenloupe::verify::Outcome;

use crate::common::inspect;
use crate::way::{Secret, keys_of};

use super::make::{
    Bench, KINDS, MADE, Made, PASSPHRASE, check, have, is_locked, is_told_when_cut, made, with,
};

/// Ways to encrypt PKCS#8: by `openssl pkcs8` of a plain installation, and of one with the legacy provider.
const PKCS8: &[&[&str]] = &[
    &["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"],
    &["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA224"],
    &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"],
    &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA384"],
    &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"],
    &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512-224"],
    &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512-256"],
    &["-v2", "aes-256-cbc", "-iter", "1"],
    &["-v2", "des3"],
    &["-v2", "aria-256-cbc"],
    &["-scrypt"],
    &[
        "-scrypt",
        "-scrypt_N",
        "1024",
        "-scrypt_r",
        "4",
        "-scrypt_p",
        "3",
    ],
    &["-v1", "PBE-SHA1-3DES"],
    &["-v1", "PBE-SHA1-2DES"],
];
const PKCS8_OLD: &[&[&str]] = &[
    &["-v1", "PBE-MD5-DES"],
    &["-v1", "PBE-SHA1-DES"],
    &["-v1", "PBE-MD5-RC2-64"],
    &["-v1", "PBE-SHA1-RC2-64"],
    &["-v1", "PBE-SHA1-RC2-40"],
    &["-v1", "PBE-SHA1-RC2-128"],
    &["-v2", "des"],
    &["-v2", "rc2"],
    &["-v2", "rc2-40-cbc"],
    &["-v2", "rc2-64-cbc"],
];
const LEGACY: &[&str] = &["-provider", "default", "-provider", "legacy"];

fn pkcs8(bench: &Bench, made: &Made, way: &[&str], form: &str) -> Vec<u8> {
    bench.put("plain.pem", &made.pem);
    let old: &[&str] = if PKCS8_OLD.contains(&way) {
        LEGACY
    } else {
        &[]
    };
    let pass = format!("pass:{PASSPHRASE}");
    let rest = [
        "-topk8",
        "-in",
        "plain.pem",
        "-outform",
        form,
        "-passout",
        &pass,
    ];
    bench.run("openssl", &[&["pkcs8"], old, way, &rest].concat())
}

#[test]
fn every_lock_of_pkcs8() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    for way in [PKCS8, PKCS8_OLD].concat() {
        for made in made("P-256") {
            for form in ["PEM", "DER"] {
                let what = format!("PKCS#8 {way:?} {form}");
                check(&what, &pkcs8(&bench, made, way, form), made, true);
            }
        }
    }
}

#[test]
fn every_kind_in_pkcs8() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    assert_eq!(MADE.len(), KINDS.len());
    for made in MADE.iter() {
        for (way, form) in [
            (PKCS8[4], "DER"),
            (&["-scrypt"][..], "PEM"),
            (&["-v1", "PBE-SHA1-RC2-40"], "PEM"),
        ] {
            let file = pkcs8(&bench, made, way, form);
            check(&format!("PKCS#8 {way:?} {form}"), &file, made, false);
            let keys = with(&file).unwrap();
            assert_eq!(keys[0].form, "encrypted private key");
            let is_pss = keys[0].members.notes.contains(&KeyNote::PssOnly);
            assert_eq!(is_pss, made.kind.name == "RSA-PSS");
        }
    }
}

#[test]
fn every_cipher_of_pem_headers() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    let pass = format!("pass:{PASSPHRASE}");
    let new = "aes128 aes192 aes256 des3 aria128 aria-192-ofb aria-256-cfb aes-128-cfb aes-256-ofb aes-256-cfb8";
    let old = "des rc2-cbc rc2-40-cbc rc2-64-cbc bf cast camellia128 camellia192 camellia256";
    for (ciphers, provider) in [(new, &[][..]), (old, LEGACY)] {
        for cipher in ciphers.split(' ').map(|name| format!("-{name}")) {
            for made in made("RSA P-256 P-384 P-521 secp256k1") {
                bench.put("plain.pem", &made.pem);
                let (program, traditional) = match made.kind.name {
                    "RSA" => ("rsa", &["-traditional"][..]),
                    _ => ("ec", &[][..]),
                };
                let rest = [&cipher, "-in", "plain.pem", "-passout", &pass];
                let arguments = [&[program], provider, traditional, &rest].concat();
                let pem = bench.run("openssl", &arguments);
                let text = String::from_utf8(pem.clone()).unwrap();
                assert!(text.contains("Proc-Type: 4,ENCRYPTED"), "{text}");
                // What cannot be told by its padding is told by what comes out.
                let cut = made.kind.name == "P-256";
                check(&format!("PEM {cipher}"), &pem, made, cut);
                if cut {
                    let crlf = text.replace('\n', "\r\n");
                    check(&format!("PEM {cipher} CRLF"), crlf.as_bytes(), made, false);
                }
            }
        }
    }
}

#[test]
fn a_cipher_that_is_not_there_is_named() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    bench.put("plain.pem", &made("RSA")[0].pem);
    let pass = format!("pass:{PASSPHRASE}");
    let rest = [
        "-seed",
        "-in",
        "plain.pem",
        "-traditional",
        "-passout",
        &pass,
    ];
    let pem = bench.run("openssl", &[&["rsa"], LEGACY, &rest].concat());
    let error = with(&pem).unwrap_err();
    assert!(
        matches!(&error, LoadError::NoUsableKey { first: KeyFault::Lock(name), .. } if name.contains("SEED-CBC")),
        "{error}"
    );
    assert_eq!(error.to_string().lines().count(), 2);
}

#[test]
fn what_is_not_locked_stands_beside_what_is() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    let [rsa, ec] = made("RSA P-256")[..] else {
        panic!("two keys");
    };
    let locked = pkcs8(&bench, ec, PKCS8[2], "PEM");
    let file = [rsa.pem.as_slice(), &locked].concat();
    let keys = load("file", &file).unwrap();
    rsa.is(&keys[0], "plain");
    assert_eq!(keys[1].fault, Some(KeyFault::Encrypted));
    let keys = with(&file).unwrap();
    rsa.is(&keys[0], "plain");
    ec.is(&keys[1], "locked");
}

/// What `ssh-keygen` of OpenSSH encrypts with.
const SSH_CIPHERS: &str = "aes256-ctr aes128-ctr aes192-ctr aes128-cbc aes192-cbc aes256-cbc aes128-gcm@openssh.com \
    aes256-gcm@openssh.com chacha20-poly1305@openssh.com 3des-cbc";

fn openssh(bench: &Bench, made: &Made, cipher: &str, passphrase: &str) -> Vec<u8> {
    bench.put("ssh", &made.pem);
    let arguments = [
        "-p", "-f", "ssh", "-P", "", "-N", passphrase, "-Z", cipher, "-a", "2", "-q",
    ];
    bench.run("ssh-keygen", &arguments);
    let file = bench.get("ssh");
    assert!(file.starts_with(b"-----BEGIN OPENSSH PRIVATE KEY-----"));
    file
}

#[test]
fn every_cipher_of_openssh() {
    if !have(&["openssl", "ssh-keygen"]) {
        return;
    }
    let bench = Bench::new();
    for cipher in SSH_CIPHERS.split_whitespace() {
        for made in made("P-256") {
            let file = openssh(&bench, made, cipher, PASSPHRASE);
            check(&format!("OpenSSH {cipher}"), &file, made, true);
        }
    }
}

#[test]
fn every_kind_of_openssh() {
    if !have(&["openssl", "ssh-keygen"]) {
        return;
    }
    let bench = Bench::new();
    for made in made("RSA P-256 P-384 P-521") {
        let file = openssh(&bench, made, "aes256-ctr", PASSPHRASE);
        check("OpenSSH", &file, made, false);
        let plain = openssh(&bench, made, "aes256-ctr", "");
        for keys in [load("file", &plain), with(&plain)] {
            let keys = keys.unwrap();
            assert_eq!((keys.len(), keys[0].form), (1, "OpenSSH private key"));
            made.is(&keys[0], "OpenSSH, not encrypted");
        }
        is_told_when_cut("OpenSSH, not encrypted", &plain);
    }
}

/// ssh-keygen before 9.6 takes no Ed25519 key of others, so that this one is its own.
#[test]
fn ed25519_of_openssh() {
    if !have(&["ssh-keygen"]) {
        return;
    }
    let bench = Bench::new();
    for (name, passphrase) in [("plain", ""), ("locked", PASSPHRASE)] {
        let arguments = [
            "-t", "ed25519", "-f", name, "-N", passphrase, "-C", "me@here", "-a", "2", "-q",
        ];
        bench.run("ssh-keygen", &arguments);
    }
    let (plain, locked) = (bench.get("plain"), bench.get("locked"));
    is_locked("OpenSSH Ed25519", &locked);
    // Several blocks, each with a comment.
    let keys = with(&[plain, locked].concat()).unwrap();
    for (key, name) in keys.iter().zip(["plain.pub", "locked.pub"]) {
        assert_eq!(key.label.as_deref(), Some("me@here"));
        let public = String::from_utf8(bench.get(name)).unwrap();
        let blob = openssl::base64::decode_block(public.split(' ').nth(1).unwrap()).unwrap();
        let x = blob.last_chunk::<32>().unwrap();
        let written = PKey::public_key_from_raw_bytes(x, Id::ED25519).unwrap();
        let token = Secret::Pair(key.private().unwrap().clone()).plain_token("Ed25519", "{}");
        let ring = keys_of([text(&written).as_str()]);
        assert_eq!(
            inspect(&token, &ring).proof.signatures[0].outcome,
            Outcome::Valid
        );
        assert_eq!(key.holds, Holds::Private);
    }
    assert_eq!(keys.len(), 2);
}

fn text(public: &PKey<Public>) -> String {
    String::from_utf8(public.public_key_to_pem().unwrap()).unwrap()
}
