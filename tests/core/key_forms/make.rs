//! Keys of every kind, the programs that write them down, and tokens that only the right key can do something with.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use openssl::pkey::{PKey, Private};
use serde_json::json;
use tempfile::TempDir;
use tokenloupe::jose::base64url::encode;
use tokenloupe::keys::{Key, KeyRing, LoadError, Passphrase, Unlock, load, load_with};
use tokenloupe::verify::{DecryptionOutcome, Outcome};

use crate::common::{inspect, say};
use crate::forms::make::{Sealing, To};
use crate::way::Secret;

/// What opens every file here. A letter that is not ASCII tells how programs encode it.
pub(super) const PASSPHRASE: &str = "open s\u{E9}same";

/// A kind of key, by what `openssl genpkey` calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    genpkey: &'static [&'static str],
    /// What it signs by; keys that agree on a secret sign nothing.
    alg: Option<&'static str>,
}

pub(super) const KINDS: &[Kind] = &[
    kind(
        "RSA",
        &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        Some("RS256"),
    ),
    kind(
        "RSA-PSS",
        &["RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
        Some("PS256"),
    ),
    kind(
        "P-256",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        Some("ES256"),
    ),
    kind(
        "P-384",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        Some("ES384"),
    ),
    kind(
        "P-521",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        Some("ES512"),
    ),
    kind(
        "secp256k1",
        &["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
        Some("ES256K"),
    ),
    kind("Ed25519", &["ED25519"], Some("Ed25519")),
    kind("Ed448", &["ED448"], Some("Ed448")),
    kind("X25519", &["X25519"], None),
    kind("X448", &["X448"], None),
];

const fn kind(
    name: &'static str,
    genpkey: &'static [&'static str],
    alg: Option<&'static str>,
) -> Kind {
    Kind { name, genpkey, alg }
}

/// A folder for the files of programs.
pub(super) struct Bench(TempDir);

impl Bench {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
        #[cfg(unix)]
        {
            // ssh-keygen takes no key that others may read.
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::Permissions::from_mode(0o600);
            fs::set_permissions(self.path(name), mode).unwrap();
        }
    }

    pub(super) fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Runs a program in the folder and gives what it prints.
    #[track_caller]
    pub(super) fn run(&self, program: &str, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.0.path())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {complaint}{told}"
        );
        output.stdout
    }
}

/// Whether all of these programs are there. Continuous integration must have them.
pub(super) fn have(programs: &[&str]) -> bool {
    let is_there = |program: &&&str| {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&paths).any(|path| path.join(program).is_file())
    };
    let missing: Vec<_> = programs
        .iter()
        .filter(|program| !is_there(program))
        .collect();
    if missing.is_empty() {
        return true;
    }
    let line = format!("{missing:?} to write key files are not installed");
    assert!(std::env::var_os("CI").is_none(), "{line}");
    say(&format!("skipped: {line}"));
    false
}

/// A key that a program made, and what it is.
pub(super) struct Made {
    pub(super) kind: Kind,
    /// PKCS#8, not encrypted.
    pub(super) pem: Vec<u8>,
    pub(super) pair: PKey<Private>,
    /// A token that only this key verifies or opens.
    token: String,
}

/// One key of each kind.
pub(super) static MADE: LazyLock<Vec<Made>> = LazyLock::new(|| {
    let bench = Bench::new();
    let make = |kind: &Kind| {
        let arguments = [&["genpkey", "-algorithm"], kind.genpkey].concat();
        let pem = bench.run("openssl", &arguments);
        let pair = PKey::private_key_from_pem_passphrase(&pem, b"").unwrap();
        let token = token(*kind, &pair);
        Made {
            kind: *kind,
            pem,
            pair,
            token,
        }
    };
    KINDS.iter().map(make).collect()
});

/// Those of some kinds.
pub(super) fn made(names: &str) -> Vec<&'static Made> {
    let made: Vec<_> = MADE
        .iter()
        .filter(|made| names.split(' ').any(|name| name == made.kind.name))
        .collect();
    assert_eq!(made.len(), names.split(' ').count(), "{names}");
    made
}

const CLAIMS: &str = r#"{"sub":"a"}"#;

fn token(kind: Kind, pair: &PKey<Private>) -> String {
    if let Some(alg) = kind.alg {
        return Secret::Pair(pair.clone()).plain_token(alg, CLAIMS);
    }
    let sender = match kind.name {
        "X25519" => PKey::generate_x25519(),
        _ => PKey::generate_x448(),
    }
    .unwrap();
    let x = encode(&sender.raw_public_key().unwrap());
    let epk = json!({"kty": "OKP", "crv": kind.name, "x": x});
    let header = json!({"alg": "ECDH-ES+A256KW", "enc": "A128GCM", "epk": epk}).to_string();
    let to = To::Agree(pair.clone(), sender);
    Sealing::new(&header, &to, CLAIMS.as_bytes()).compact()
}

impl Made {
    /// Whether a key that was loaded is this one: it does with the token what only this one can, and has both halves.
    #[track_caller]
    pub(super) fn is(&self, key: &Key, what: &str) {
        let what = format!("{what}, {}", self.kind.name);
        assert_eq!(key.fault, None, "{what}");
        let private = key
            .private()
            .unwrap_or_else(|| panic!("a private half: {what}"));
        // RSASSA-PSS keys are taken as RSA keys; where no primes were written there are none.
        if let (Ok(found), Ok(own)) = (private.rsa(), self.pair.rsa()) {
            assert!(found.n() == own.n() && found.d() == own.d(), "{what}");
        } else {
            let written = |pair: &PKey<Private>| pair.private_key_to_pkcs8().unwrap();
            assert_eq!(written(private), written(&self.pair), "{what}");
        }
        let proof = inspect(&self.token, &KeyRing::new([key.clone()])).proof;
        match proof.decryption {
            Some(decryption) => {
                assert_eq!(decryption.outcome, DecryptionOutcome::Decrypted, "{what}");
            }
            None => assert_eq!(proof.signatures[0].outcome, Outcome::Valid, "{what}"),
        }
    }
}

/// Holds a locked file against everything that may be done with it. `cut`: also cut at several places.
#[track_caller]
pub(super) fn check(what: &str, file: &[u8], made: &Made, cut: bool) {
    let keys = with(file).unwrap_or_else(|error| panic!("{what}, {}: {error}", made.kind.name));
    let [key] = keys.as_slice() else {
        panic!("one key: {what}, {}: {keys:?}", made.kind.name);
    };
    made.is(key, what);
    is_locked(what, file);
    if cut {
        is_told_when_cut(what, file);
    }
}

/// Loads with the passphrase.
pub(super) fn with(file: &[u8]) -> Result<Vec<Key>, LoadError> {
    let passphrase = Passphrase::new(PASSPHRASE.as_bytes().to_vec());
    load_with("file", file, &Unlock::with(&passphrase))
}

/// It asks for a passphrase, and tells a wrong one.
#[track_caller]
pub(super) fn is_locked(what: &str, file: &[u8]) {
    let source_name = "file".to_owned();
    let error = load("file", file).err();
    let expected = LoadError::Encrypted {
        source_name: source_name.clone(),
    };
    assert_eq!(error, Some(expected), "{what} without passphrase");
    for wrong in ["open sesame", ""] {
        let wrong = Passphrase::new(wrong.as_bytes().to_vec());
        let error = load_with("file", file, &Unlock::with(&wrong)).err();
        let source_name = source_name.clone();
        let expected = LoadError::WrongPassphrase { source_name };
        assert_eq!(error, Some(expected), "{what} with a wrong passphrase");
    }
}

/// Cut, it is an error in two lines, which blames the passphrase only where that cannot be known better.
#[track_caller]
pub(super) fn is_told_when_cut(what: &str, file: &[u8]) {
    let passphrase = Passphrase::new(PASSPHRASE.as_bytes().to_vec());
    let pieces = 7;
    for piece in 1..pieces {
        let at = file.len() * piece / pieces;
        match load_with("file", &file[..at], &Unlock::with(&passphrase)) {
            Err(LoadError::WrongPassphrase { .. }) => {
                panic!("{what} cut after {at} bytes: wrong passphrase")
            }
            Err(error) => assert_eq!(error.to_string().lines().count(), 2),
            Ok(keys) => panic!("{what} cut after {at} bytes: {keys:?}"),
        }
    }
}

/// Runs a program that reads and prints lines; `None` where it says that something is not installed.
pub(super) fn converse(command: &[PathBuf], input: &str) -> Option<Vec<String>> {
    let (program, arguments) = command.split_first().unwrap();
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let output = child.ok().map(|mut child| {
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        // A program that ends before it has read all says so by its status.
        let _ = writer.join().unwrap();
        output
    });
    let output = output.filter(|output| output.status.code() != Some(3));
    let Some(output) = output else {
        let line = "jwcrypto is not installed to encrypt keys (tests/interop/install)";
        assert!(std::env::var_os("CI").is_none(), "{line}");
        say(&format!("skipped: {line}"));
        return None;
    };
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().map(str::to_owned).collect())
}
