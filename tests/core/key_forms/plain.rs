//! Forms that need no passphrase, as openssl, ssh-keygen, keytool, jwcrypto and cryptography write them: each loads, is the
//! key that it was made of, and verifies or opens the token that was made with that.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use tokenloupe::keys::{Key, KeyRing, load};
use tokenloupe::verify::Outcome;

use crate::common::{inspect, say};
use crate::interop::{folder, python};

/// A kind of key: its name, what `openssl genpkey` makes it by, and what a token is made by.
const KINDS: &[(&str, &[&str], &str)] = &[
    (
        "RSA",
        &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        "RS256",
    ),
    (
        "RSA-PSS",
        &["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
        "PS256",
    ),
    ("P-256", &EC_P256, "ES256"),
    ("P-384", &EC_P384, "ES384"),
    ("P-521", &EC_P521, "ES512"),
    ("secp256k1", &EC_K256, "ES256K"),
    ("Ed25519", &["-algorithm", "ED25519"], "EdDSA"),
    ("Ed448", &["-algorithm", "ED448"], "EdDSA"),
    ("X25519", &["-algorithm", "X25519"], "ECDH-ES"),
    ("X448", &["-algorithm", "X448"], "ECDH-ES"),
];

const EC_P256: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const EC_P384: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
const EC_P521: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"];
const EC_K256: [&str; 4] = [
    "-algorithm",
    "EC",
    "-pkeyopt",
    "ec_paramgen_curve:secp256k1",
];

/// Forms of one file by `openssl`: the name, the arguments, and the kinds that have it.
type ByOpenssl = (&'static str, &'static [&'static str], &'static str);

const ALL: &str = "RSA RSA-PSS P-256 P-384 P-521 secp256k1 Ed25519 Ed448 X25519 X448";
/// Who can sign a certificate.
const SIGNERS: &str = "RSA RSA-PSS P-256 P-384 P-521 secp256k1 Ed25519 Ed448";

const BY_OPENSSL: &[ByOpenssl] = &[
    ("SPKI in PEM", &["pkey", "-in", "key", "-pubout"], ALL),
    (
        "SPKI in DER",
        &["pkey", "-in", "key", "-pubout", "-outform", "DER"],
        ALL,
    ),
    (
        "PKCS#8 in PEM",
        &["pkcs8", "-in", "key", "-topk8", "-nocrypt"],
        ALL,
    ),
    (
        "PKCS#8 in DER",
        &[
            "pkcs8", "-in", "key", "-topk8", "-nocrypt", "-outform", "DER",
        ],
        ALL,
    ),
    (
        "PKCS#1 in PEM",
        &["rsa", "-in", "key", "-traditional"],
        "RSA",
    ),
    (
        "PKCS#1 in DER",
        &["rsa", "-in", "key", "-traditional", "-outform", "DER"],
        "RSA",
    ),
    (
        "public PKCS#1 in PEM",
        &["rsa", "-in", "key", "-RSAPublicKey_out"],
        "RSA",
    ),
    (
        "public PKCS#1 in DER",
        &["rsa", "-in", "key", "-RSAPublicKey_out", "-outform", "DER"],
        "RSA",
    ),
    (
        "SEC1 in PEM",
        &["ec", "-in", "key"],
        "P-256 P-384 P-521 secp256k1",
    ),
    (
        "SEC1 in DER",
        &["ec", "-in", "key", "-outform", "DER"],
        "P-256 P-384 P-521 secp256k1",
    ),
    ("certificate in PEM", &["x509", "-in", "cert"], SIGNERS),
    (
        "certificate in DER",
        &["x509", "-in", "cert", "-outform", "DER"],
        SIGNERS,
    ),
    (
        "trusted certificate",
        &[
            "x509",
            "-in",
            "cert",
            "-trustout",
            "-addtrust",
            "serverAuth",
        ],
        SIGNERS,
    ),
    (
        "PKCS#7 in PEM",
        &["crl2pkcs7", "-nocrl", "-certfile", "cert"],
        SIGNERS,
    ),
    (
        "PKCS#7 in DER",
        &[
            "crl2pkcs7",
            "-nocrl",
            "-certfile",
            "cert",
            "-outform",
            "DER",
        ],
        SIGNERS,
    ),
];

/// Runs a program in a folder, and gives what it prints; `None` where it is not installed, which continuous integration must
/// not be.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = match Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
    {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            missing(program);
            return None;
        }
        output => output.unwrap(),
    };
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {complaint}"
    );
    Some(output.stdout)
}

fn missing(program: &str) {
    let line = format!("{program} is not installed to write key files");
    assert!(std::env::var_os("CI").is_none(), "{line}");
    say(&format!("skipped: {line}"));
}

/// The forms that jwcrypto and cryptography write of the key in a folder.
fn by_python(folder_of_key: &Path, alg: &str) -> Option<Value> {
    let command = python("");
    let program: &PathBuf = command.first().unwrap();
    let script = folder().join("plain.py");
    let output = Command::new(program)
        .arg(script)
        .args(["key", alg])
        .current_dir(folder_of_key)
        .output();
    let output = match output {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        output => Some(output.unwrap()).filter(|output| output.status.code() != Some(3)),
    };
    let Some(output) = output else {
        missing("jwcrypto");
        return None;
    };
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// A key in all its forms, and its token.
struct Made {
    forms: BTreeMap<String, Vec<u8>>,
    token: String,
}

fn made(kind: &str, genpkey: &[&str], alg: &str) -> Option<Made> {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let arguments = [&["genpkey", "-out", "key"], genpkey].concat();
    run(folder, "openssl", &arguments)?;
    if SIGNERS.split(' ').any(|signer| signer == kind) {
        let subject = [
            "req", "-x509", "-new", "-key", "key", "-subj", "/CN=t", "-out", "cert",
        ];
        run(folder, "openssl", &subject)?;
    }
    let mut forms = BTreeMap::new();
    for (form, arguments, kinds) in BY_OPENSSL {
        if kinds.split(' ').any(|has| has == kind) {
            let content = run(folder, "openssl", arguments)?;
            forms.insert((*form).to_owned(), content);
        }
    }
    // jwcrypto does not know RSASSA-PSS as a type of keys: the same numbers are a key of RSA to it.
    if kind == "RSA-PSS" {
        let key = openssl::pkey::PKey::private_key_from_pem(&fs::read(folder.join("key")).unwrap());
        let rsa = key.unwrap().rsa().unwrap();
        let plain = openssl::pkey::PKey::from_rsa(rsa).unwrap();
        fs::write(
            folder.join("key"),
            plain.private_key_to_pem_pkcs8().unwrap(),
        )
        .unwrap();
    }
    let python = by_python(folder, alg)?;
    for form in ["public", "private"] {
        let jwk = python[form].as_str().unwrap();
        forms.insert(format!("{form} JWK"), jwk.into());
        forms.insert(
            format!("{form} JWK Set"),
            format!("{{\"keys\":[{jwk}]}}").into(),
        );
    }
    if let Some(line) = python["ssh"].as_str() {
        fs::write(folder.join("key.pub"), line).unwrap();
        let block = run(
            folder,
            "ssh-keygen",
            &["-e", "-m", "RFC4716", "-f", "key.pub"],
        )?;
        forms.insert("RFC 4716".to_owned(), block);
        forms.insert("OpenSSH".to_owned(), line.into());
        let entry = format!("# who may\nfrom=\"10.0.0.?,a b\",no-pty {line} me@host: a comment\n");
        forms.insert("authorized_keys".to_owned(), entry.into());
        let host = format!("|1|c2FsdA==|aGFzaA== {line}\n");
        forms.insert("known_hosts".to_owned(), host.into());
    }
    let token = python["token"].as_str().unwrap().to_owned();
    Some(Made { forms, token })
}

#[track_caller]
fn one(form: &str, content: &[u8]) -> Key {
    let mut keys = load("file", content).unwrap_or_else(|error| panic!("{form}: {error}"));
    assert_eq!(keys.len(), 1, "{form}");
    let key = keys.remove(0);
    assert_eq!(key.fault, None, "{form}");
    key
}

/// Whether a key verifies or opens a token.
fn does_its_work(token: &str, key: Key) -> bool {
    let inspection = inspect(token, &KeyRing::new([key]));
    match &inspection.proof.decryption {
        Some(decryption) => decryption.key.is_some(),
        None => inspection.proof.signatures[0].outcome == Outcome::Valid,
    }
}

#[test]
fn every_plain_form_of_every_kind_loads_and_does_its_work() {
    let mut count = 0;
    for (kind, genpkey, alg) in KINDS {
        let Some(Made { forms, token }) = made(kind, genpkey, alg) else {
            return;
        };
        let expected = one("SPKI", &forms["SPKI in PEM"]).thumbprint;
        for (form, content) in &forms {
            let case = format!("{kind}, {form}");
            let key = one(&case, content);
            assert_eq!(key.thumbprint, expected, "{case}");
            if *alg != "ECDH-ES" || key.private().is_some() {
                assert!(does_its_work(&token, key), "{case}: {token}");
            }
            count += 1;
        }
    }
    say(&format!("{count} plain key files load and do their work"));
    assert!(count >= 100, "{count}");
}

#[test]
fn the_command_for_a_java_keystore_is_what_keytool_takes() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let make = [
        "-genkeypair",
        "-alias",
        "a",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=t",
        "-keystore",
        "it's a.jks",
        "-storetype",
        "JKS",
        "-storepass",
        "changeit",
        "-keypass",
        "changeit",
    ];
    if run(folder, "keytool", &make).is_none() {
        return;
    }
    let error = load("it's a.jks", &fs::read(folder.join("it's a.jks")).unwrap()).unwrap_err();
    let error = error.to_string();
    let (_, command) = error.split_once("load that: ").expect(&error);
    let command = format!("{command} -srcstorepass changeit -deststorepass changeit -noprompt");
    run(folder, "sh", &["-c", &command]).expect("a shell");
    let rfc = [
        "-exportcert",
        "-rfc",
        "-alias",
        "a",
        "-storepass",
        "changeit",
    ];
    let rfc = run(
        folder,
        "keytool",
        &[&rfc[..], &["-keystore", "it's a.jks.p12"]].concat(),
    );
    let der = ["-exportcert", "-alias", "a", "-storepass", "changeit"];
    let der = run(
        folder,
        "keytool",
        &[&der[..], &["-keystore", "it's a.jks"]].concat(),
    );
    let (rfc, der) = (one("rfc", &rfc.unwrap()), one("der", &der.unwrap()));
    assert_eq!(rfc.thumbprint, der.thumbprint);
    assert!(rfc.certificate.is_some());
}
