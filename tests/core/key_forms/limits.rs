//! Locks that ask for more work than is done, and work that is called off.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokenloupe::keys::{Effort, KeyFault, LoadError, MAX_KEY_ITERATIONS, Unlock, load_with};

use super::make::{Bench, PASSPHRASE, have, made, with};

/// One DER element.
fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len()).unwrap().to_be_bytes();
    [&[tag, 0x84][..], &length, contents].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn number(value: u64) -> Vec<u8> {
    tlv(2, &[&[0][..], &value.to_be_bytes()].concat())
}

fn oid(contents: &[u8]) -> Vec<u8> {
    tlv(6, contents)
}

const PBES2: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0D";
const PBKDF2: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0C";
const SCRYPT: &[u8] = b"\x2B\x06\x01\x04\x01\xDA\x47\x04\x0B";
const AES_256_CBC: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x01\x2A";
const PBE_3DES: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01\x03";

fn pkcs8(algorithm: &[u8]) -> Vec<u8> {
    sequence(&[algorithm, &tlv(4, &[0; 64])])
}

fn pbes2(function: &[u8], parameters: &[u8]) -> Vec<u8> {
    let derivation = sequence(&[&oid(function), parameters]);
    let encryption = sequence(&[&oid(AES_256_CBC), &tlv(4, &[0; 16])]);
    pkcs8(&sequence(&[
        &oid(PBES2),
        &sequence(&[&derivation, &encryption]),
    ]))
}

fn pbkdf2(iterations: u64) -> Vec<u8> {
    pbes2(PBKDF2, &sequence(&[&tlv(4, &[1; 8]), &number(iterations)]))
}

fn scrypt(costs: [u64; 3]) -> Vec<u8> {
    let costs = costs.map(number).concat();
    pbes2(SCRYPT, &sequence(&[&tlv(4, &[1; 8]), &costs]))
}

fn of_pkcs12(iterations: u64) -> Vec<u8> {
    let parameters = sequence(&[&tlv(4, &[1; 8]), &number(iterations)]);
    pkcs8(&sequence(&[&oid(PBE_3DES), &parameters]))
}

/// A block of `ssh-keygen` that asks for so many rounds.
fn openssh(rounds: u32) -> Vec<u8> {
    let string = |contents: &[u8]| {
        let length = u32::try_from(contents.len()).unwrap().to_be_bytes();
        [&length[..], contents].concat()
    };
    let options = [string(&[1; 16]), rounds.to_be_bytes().to_vec()].concat();
    let body = [
        b"openssh-key-v1\0".to_vec(),
        string(b"aes256-ctr"),
        string(b"bcrypt"),
        string(&options),
        1_u32.to_be_bytes().to_vec(),
        string(b"public"),
        string(&[0; 64]),
    ]
    .concat();
    let body = openssl::base64::encode_block(&body);
    format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----\n")
        .into_bytes()
}

/// A store whose MAC asks for so many iterations.
fn store(iterations: u64) -> Vec<u8> {
    let data = oid(b"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01");
    let content = sequence(&[&data, &tlv(0xA0, &tlv(4, &sequence(&[])))]);
    let sha256 = sequence(&[&oid(b"\x60\x86\x48\x01\x65\x03\x04\x02\x01"), &tlv(5, &[])]);
    let info = sequence(&[&sha256, &tlv(4, &[0; 32])]);
    let mac = sequence(&[&info, &tlv(4, &[1; 8]), &number(iterations)]);
    sequence(&[&tlv(2, &[3]), &content, &mac])
}

#[test]
fn more_work_than_the_ceiling_is_refused_before_it_begins() {
    let start = Instant::now();
    for (file, what) in [
        (
            pbkdf2(10_000_001),
            "10000000 iterations of key derivation, found 10000001",
        ),
        (pbkdf2(u64::MAX), "iterations of key derivation"),
        (
            of_pkcs12(10_000_001),
            "10000000 iterations of key derivation, found 10000001",
        ),
        (
            scrypt([1 << 21, 1, 1]),
            "268435456 bytes of memory for scrypt, found 268435584",
        ),
        (scrypt([1 << 60, 1 << 60, 1]), "bytes of memory for scrypt"),
        (scrypt([2, 1, 1 << 22]), "bytes of memory for scrypt"),
        (scrypt([1 << 14, 1, 1 << 14]), "blocks of scrypt"),
        (openssh(100_000), "rounds of bcrypt, found 100000"),
        (openssh(u32::MAX), "rounds of bcrypt, found 4294967295"),
        (
            store(10_000_001),
            "10000000 iterations of key derivation, found 10000001",
        ),
        (store(u64::MAX), "iterations of key derivation"),
    ] {
        let error = with(&file).unwrap_err();
        let is_ceiling = matches!(
            error,
            LoadError::NoUsableKey {
                first: KeyFault::Ceiling { .. },
                ..
            }
        );
        let text = error.to_string();
        assert!(is_ceiling && text.contains(what), "{what}: {text}");
        assert_eq!(text.lines().count(), 2);
    }
    assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
}

#[test]
fn parameters_that_are_none_are_no_wrong_passphrase() {
    for file in [
        pbkdf2(0),
        scrypt([3, 1, 1]),
        scrypt([0, 1, 1]),
        scrypt([4, 0, 1]),
        openssh(0),
    ] {
        let error = with(&file).unwrap_err();
        assert!(
            matches!(
                error,
                LoadError::NoUsableKey {
                    first: KeyFault::Damaged(_),
                    ..
                }
            ),
            "{error}"
        );
    }
}

/// A file of many keys may not ask for the ceiling again and again.
#[test]
fn all_keys_of_a_file_share_a_ceiling() {
    let body = openssl::base64::encode_block(&pbkdf2(1_000));
    let block = format!(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n{body}\n-----END ENCRYPTED PRIVATE KEY-----\n"
    );
    let file = [block.repeat(20), public()].concat();
    let passphrase = tokenloupe::keys::Passphrase::new(PASSPHRASE.as_bytes().to_vec());
    let unlock = Unlock {
        ceiling: 2_000,
        ..Unlock::with(&passphrase)
    };
    let keys = load_with("file", file.as_bytes(), &unlock).unwrap();
    let refused = keys.iter().filter(|key| {
        matches!(key.fault, Some(KeyFault::Ceiling { what, ceiling: 6_000, .. }) if what.contains("in one file"))
    });
    // Of SHA-1 two blocks are wanted for a key of 256 bits.
    assert_eq!(refused.count(), 17);
}

fn public() -> String {
    let key = openssl::pkey::PKey::generate_ed25519().unwrap();
    String::from_utf8(key.public_key_to_pem().unwrap()).unwrap()
}

#[test]
fn work_can_be_called_off() {
    if !have(&["openssl"]) {
        return;
    }
    let bench = Bench::new();
    bench.put("plain.pem", &made("P-256")[0].pem);
    let pass = format!("pass:{PASSPHRASE}");
    let iterations = MAX_KEY_ITERATIONS.to_string();
    let arguments = [
        "pkcs8",
        "-topk8",
        "-in",
        "plain.pem",
        "-iter",
        &iterations,
        "-passout",
        &pass,
    ];
    let file = bench.run("openssl", &arguments);
    let passphrase = tokenloupe::keys::Passphrase::new(PASSPHRASE.as_bytes().to_vec());
    let cancel = AtomicBool::new(false);
    let told = std::cell::Cell::new((0, 0));
    let progress = |done, of| {
        told.set((done, of));
        cancel.store(done > 20_000, Ordering::Relaxed);
    };
    let unlock = Unlock {
        effort: Effort {
            cancel: &cancel,
            progress: &progress,
        },
        ..Unlock::with(&passphrase)
    };
    let error = load_with("file", &file, &unlock).unwrap_err();
    assert!(matches!(error, LoadError::Cancelled { .. }), "{error}");
    assert_eq!(error.to_string().lines().count(), 2);
    let (done, of) = told.get();
    assert!((20_000..30_000).contains(&done) && of == u64::from(MAX_KEY_ITERATIONS));
}
