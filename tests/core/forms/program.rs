//! The built program: `--payload`, `--passphrase-file`, and hostile files.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokenloupe::jose::base64url::encode;

use super::make::{Sealing, Signing, To, epk, general, p256};
use crate::common::say;
use crate::way::{GOOD_CLAIMS, key};

const NOW: &str = "2026-11-21T22:40:13Z";

/// Nothing hostile takes longer, even where everything is slow.
const LONGEST: Duration = Duration::from_mins(1);

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Output {
        Command::new(program)
            .args(arguments)
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The report on the one token in a file, at 2026-11-21T22:40:13Z, and the exit status.
    #[track_caller]
    fn inspect(&self, arguments: &[&str]) -> (Value, i32) {
        let at = ["inspect", "--at", NOW];
        let output = self.command(env!("CARGO_BIN_EXE_tokenloupe"), &[&at, arguments].concat());
        let status = output.status.code().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(status < 2, "{complaint}");
        let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let tokens = report["tokens"].as_array().unwrap().len();
        assert_eq!(tokens, 1);
        let keys = report["keys"].take();
        let mut token = report["tokens"][0].take();
        token["keys"] = keys;
        (token, status)
    }

    /// The verdict on a hostile file, in little time and memory, in every format.
    #[track_caller]
    fn bounded(&self, name: &str, more: &[&str]) -> (String, Vec<String>) {
        let start = Instant::now();
        let arguments = [&["inspect", name, "--format", "json", "--at", NOW], more].concat();
        let program = env!("CARGO_BIN_EXE_tokenloupe");
        // A GiB of addresses, program and libraries included.
        let output = if cfg!(target_os = "linux") {
            let shell = "ulimit -v 1048576; exec \"$0\" \"$@\"";
            let all = [&["-c", shell, program], &arguments[..]].concat();
            self.command("sh", &all)
        } else {
            self.command(program, &arguments)
        };
        let took = start.elapsed();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(took < LONGEST, "{name}: {took:?}");
        assert_eq!(output.status.code(), Some(1), "{name}: {complaint}");
        say(&format!("{name}: {} ms", took.as_millis()));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let verdict = &report["tokens"][0]["verdict"];
        let reasons = verdict["reasons"].as_array().unwrap();
        (
            verdict["outcome"].as_str().unwrap().to_owned(),
            reasons
                .iter()
                .map(|reason| reason.as_str().unwrap().to_owned())
                .collect(),
        )
    }
}

fn reasons(token: &Value) -> Vec<&str> {
    let reasons = token["verdict"]["reasons"].as_array().unwrap();
    reasons
        .iter()
        .map(|reason| reason.as_str().unwrap())
        .collect()
}

#[test]
fn a_payload_that_is_elsewhere_is_read_from_its_file() {
    let folder = Folder::new();
    let signer = key("ES256");
    folder.file("key.json", signer.jwk(&json!({})).to_string());
    folder.file("payload.bin", b"\x00line\r\nline\xFF\n");
    folder.file("other.bin", b"\x00line\r\nline\xFF");
    let whole = signer.plain_token("ES256", b"\x00line\r\nline\xFF\n");
    let (header, rest) = whole.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    folder.file("compact.jwt", format!("{header}..{signature}"));
    let json = json!({"signatures": [{"protected": header, "signature": signature}]});
    folder.file("general.json", json.to_string());
    for file in ["compact.jwt", "general.json"] {
        let run =
            |payload: &[&str]| folder.inspect(&[&[file, "--key", "key.json"], payload].concat());
        let (token, status) = run(&["--payload", "payload.bin"]);
        assert_eq!((reasons(&token), status), (vec![], 0), "{file}");
        assert_eq!(token["signatures"][0]["outcome"], "valid");
        let (token, status) = run(&["--payload", "other.bin"]);
        assert_eq!((reasons(&token), status), (vec!["signature-invalid"], 1));
        let (token, _) = run(&[]);
        assert_eq!(reasons(&token), ["detached-payload-missing"]);
    }
    // A payload that stands in the token is the token's.
    folder.file("whole.jwt", &whole);
    let (token, _) = folder.inspect(&["whole.jwt", "--key", "key.json", "--payload", "other.bin"]);
    assert_eq!(reasons(&token), [""; 0]);
}

#[test]
fn a_passphrase_opens_tokens_of_passwords_and_nothing_else() {
    let folder = Folder::new();
    let password = "entrap_o\u{2013}peter_long\u{2013}credit_tun";
    let to = To::Secret(password.as_bytes().to_vec());
    for (alg, enc) in [
        ("PBES2-HS256+A128KW", "A128CBC-HS256"),
        ("PBES2-HS384+A192KW", "A192GCM"),
        ("PBES2-HS512+A256KW", "A256CBC-HS512"),
    ] {
        let header = json!({"alg": alg, "enc": enc, "p2s": encode(&[7; 16]), "p2c": 1200});
        let header = header.to_string();
        let sealing = Sealing::new(&header, &to, GOOD_CLAIMS.as_bytes());
        folder.file("compact.jwe", sealing.compact());
        folder.file("general.jwe", sealing.general().to_string());
        for file in ["compact.jwe", "general.jwe"] {
            for content in [
                password.to_owned(),
                format!("{password}\n"),
                format!("{password}\r\n"),
            ] {
                folder.file("pass.txt", content);
                let (token, status) = folder.inspect(&[file, "--passphrase-file", "pass.txt"]);
                assert_eq!((reasons(&token), status), (vec![], 0), "{alg} {file}");
                assert_eq!(token["claims_text"], GOOD_CLAIMS);
                assert_eq!(token["decryption"]["key"]["source"], "pass.txt");
                // It is no key of the reviewer's ring.
                assert_eq!(token["keys"], json!([]));
                assert!(!token.to_string().contains("peter_long"));
            }
            folder.file("pass.txt", format!("{password}\n\n"));
            let (token, status) = folder.inspect(&[file, "--passphrase-file", "pass.txt"]);
            assert_eq!((reasons(&token), status), (vec!["decryption-failed"], 1));
            assert_eq!(
                token["decryption"]["diagnosis"][0]["code"],
                "secret-line-break"
            );
            folder.file("pass.txt", format!("{password} and more"));
            let (token, _) = folder.inspect(&[file, "--passphrase-file", "pass.txt"]);
            assert_eq!(
                token["decryption"]["diagnosis"][0]["code"],
                "passphrase-wrong"
            );
            let (token, _) = folder.inspect(&[file]);
            assert_eq!(reasons(&token), ["encrypted"]);
        }
    }
    // Beside keys, and beside a secret that could be one too.
    folder.file("pass.txt", password);
    folder.file("secret.txt", "another");
    let more = [
        "--secret-file",
        "secret.txt",
        "--passphrase-file",
        "pass.txt",
    ];
    let (token, _) = folder.inspect(&[&["compact.jwe"][..], &more].concat());
    assert_eq!(reasons(&token), [""; 0]);
    assert_eq!(token["keys"].as_array().unwrap().len(), 1);
    // The same bytes as a key that wraps, or for a MAC, are not tried.
    let bytes = [7; 16];
    folder.file("pass.txt", bytes);
    let wrap = Sealing::new(
        r#"{"alg":"A128KW","enc":"A128GCM"}"#,
        &To::Secret(bytes.to_vec()),
        b"x",
    );
    folder.file("wrap.jwe", wrap.compact());
    let (token, _) = folder.inspect(&["wrap.jwe", "--passphrase-file", "pass.txt"]);
    assert_eq!(reasons(&token), ["encrypted"]);
    let mac = crate::way::Secret::Shared(bytes.to_vec());
    folder.file("mac.jwt", mac.plain_token("HS256", GOOD_CLAIMS));
    let (token, _) = folder.inspect(&["mac.jwt", "--passphrase-file", "pass.txt"]);
    assert_eq!(reasons(&token), ["no-key"]);
    // In a token inside another one.
    let signer = key("ES256");
    folder.file("key.json", signer.jwk(&json!({})).to_string());
    folder.file("pass.txt", password);
    let inner = fs::read_to_string(folder.0.path().join("compact.jwe")).unwrap();
    folder.file(
        "nested.jwt",
        signer.token("ES256", r#"{"alg":"ES256","cty":"JWT"}"#, inner),
    );
    let (token, _) = folder.inspect(&[
        "nested.jwt",
        "--key",
        "key.json",
        "--passphrase-file",
        "pass.txt",
    ]);
    assert_eq!(reasons(&token), [""; 0]);
}

/// The header of a password-based token whose parts have the right lengths, and a token of it.
fn pbes2(p2c: &str) -> String {
    let header = format!(
        r#"{{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAAAAAAAAA","p2c":{p2c}}}"#
    );
    let bytes = |length| encode(&vec![1; length]);
    format!(
        "{}.{}.{}.{}.{}",
        encode(header.as_bytes()),
        bytes(24),
        bytes(12),
        bytes(40),
        bytes(16)
    )
}

#[test]
fn hostile_key_derivation_is_not_begun() {
    let folder = Folder::new();
    folder.file("pass.txt", "password");
    for p2c in ["2147483648", "1200001", "9223372036854775808", "1e300"] {
        folder.file("p2c.jwe", pbes2(p2c));
        let (outcome, reasons) = folder.bounded("p2c.jwe", &["--passphrase-file", "pass.txt"]);
        assert_eq!(
            (outcome.as_str(), &reasons[..]),
            ("undetermined", &["limit-exceeded".to_owned()][..]),
            "{p2c}"
        );
    }
    for p2c in ["0", "-1", "1.5", "\"4096\"", "null"] {
        folder.file("p2c.jwe", pbes2(p2c));
        let (outcome, reasons) = folder.bounded("p2c.jwe", &["--passphrase-file", "pass.txt"]);
        assert_eq!(outcome, "reject");
        assert!(
            reasons.contains(&"malformed".to_owned()),
            "{p2c}: {reasons:?}"
        );
    }
}

/// Each recipient within the limit, and all of them beyond any patience.
#[test]
fn many_recipients_share_one_limit_of_iterations() {
    let folder = Folder::new();
    folder.file("pass.txt", "password");
    let header =
        r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAAAAAAAAA","p2c":1200000}"#;
    let recipient = json!({"encrypted_key": encode(&[1; 24])});
    let token = json!({
        "protected": encode(header.as_bytes()),
        "recipients": vec![recipient; 100],
        "iv": encode(&[1; 12]),
        "ciphertext": encode(&[1; 40]),
        "tag": encode(&[1; 16]),
    });
    folder.file("many-passwords.jwe", token.to_string());
    let (_, reasons) = folder.bounded("many-passwords.jwe", &["--passphrase-file", "pass.txt"]);
    // The recipients that were tried failed with the only password there is.
    assert_eq!(reasons, ["decryption-failed"]);
}

#[test]
fn a_bomb_of_a_gibibyte_stops_at_the_ceiling() {
    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use std::io::Write as _;
    // Blocks that end at a byte can be put one after another.
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; 1 << 20]).unwrap();
    encoder.flush().unwrap();
    let mebibyte = encoder.get_ref().clone();
    let mut bomb = mebibyte.repeat(1 << 10);
    bomb.extend_from_slice(&[0x03, 0x00]);
    let folder = Folder::new();
    let to = To::Secret((1..=16).collect());
    folder.file("key.json", to.file());
    let header = r#"{"alg":"dir","enc":"A128GCM","zip":"DEF"}"#;
    folder.file("bomb.jwe", Sealing::new(header, &to, &bomb).compact());
    let (outcome, reasons) = folder.bounded("bomb.jwe", &["--key", "key.json"]);
    assert_eq!(
        (outcome.as_str(), &reasons[..]),
        ("undetermined", &["limit-exceeded".to_owned()][..])
    );
    let (token, _) = folder.inspect(&["bomb.jwe", "--key", "key.json"]);
    let findings = token["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|finding| finding["rule"] == "jwe-zip-bomb")
    );
    assert_eq!(token["payload_base64"], Value::Null);
}

#[test]
fn megabytes_of_dots_are_few_parts() {
    let folder = Folder::new();
    let header = encode(br#"{"alg":"dir","enc":"A128GCM"}"#);
    folder.file("dots.jwe", format!("{header}{}", ".".repeat(10_000_000)));
    let (outcome, reasons) = folder.bounded("dots.jwe", &[]);
    assert_eq!(outcome, "reject");
    assert!(reasons.contains(&"malformed".to_owned()), "{reasons:?}");
}

#[test]
fn deep_json_is_a_limit_wherever_it_stands() {
    let folder = Folder::new();
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    let es256 = r#""protected":"eyJhbGciOiJFUzI1NiJ9","signature":"AA""#;
    for (name, text) in [
        (
            "header",
            format!(r#"{{"payload":"e30",{es256},"header":{{"x":{deep}}}}}"#),
        ),
        (
            "around",
            format!(r#"{{"payload":"e30",{es256},"x":{deep}}}"#),
        ),
        (
            "unprotected",
            format!(
                r#"{{"protected":"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0","iv":"AA","ciphertext":"AA","tag":"AA","unprotected":{{"x":{deep}}}}}"#
            ),
        ),
        (
            "protected",
            format!(
                "{}..AA.AA.AA",
                encode(format!(r#"{{"alg":"dir","enc":"A128GCM","x":{deep}}}"#).as_bytes())
            ),
        ),
    ] {
        folder.file("deep.txt", text);
        let (outcome, _) = folder.bounded("deep.txt", &[]);
        assert_ne!(outcome, "accept", "{name}");
        let (token, _) = folder.inspect(&["deep.txt"]);
        let faults = token["faults"].as_array().unwrap();
        assert!(
            faults.iter().any(|fault| fault["code"] == "json-depth"),
            "{name}: {faults:?}"
        );
    }
}

#[test]
fn ten_thousand_signatures_or_recipients_are_not_read() {
    let folder = Folder::new();
    let signer = key("ES256");
    folder.file("key.json", signer.jwk(&json!({})).to_string());
    let one = general(
        GOOD_CLAIMS,
        &[Signing::new(r#"{"alg":"ES256"}"#, "ES256", signer)],
    );
    let mut many = one.clone();
    many["signatures"] = vec![one["signatures"][0].clone(); 10_000].into();
    folder.file("signatures.json", many.to_string());
    let (outcome, reasons) = folder.bounded("signatures.json", &["--key", "key.json"]);
    assert_eq!(
        (outcome.as_str(), &reasons[..]),
        ("undetermined", &["limit-exceeded".to_owned()][..])
    );
    let (token, _) = folder.inspect(&["signatures.json", "--key", "key.json"]);
    assert_eq!(token["signatures"].as_array().unwrap().len(), 100);
    assert_eq!(token["faults"][0]["code"], "too-many-entries");

    let to = To::Secret((1..=32).collect());
    folder.file("secret.json", to.file());
    let sealing = Sealing::new(
        r#"{"alg":"A256KW","enc":"A128GCM"}"#,
        &to,
        GOOD_CLAIMS.as_bytes(),
    );
    let mut many = sealing.general();
    many["recipients"] = vec![many["recipients"][0].clone(); 10_000].into();
    folder.file("recipients.json", many.to_string());
    let (outcome, reasons) = folder.bounded("recipients.json", &["--key", "secret.json"]);
    assert_eq!(
        (outcome.as_str(), &reasons[..]),
        ("undetermined", &["limit-exceeded".to_owned()][..])
    );
}

#[test]
fn parts_that_are_too_short_are_told_and_not_used() {
    let folder = Folder::new();
    let (recipient, sender) = (p256(), p256());
    let pem = String::from_utf8(recipient.private_key_to_pem_pkcs8().unwrap()).unwrap();
    folder.file("ec.pem", pem);
    folder.file("oct.json", To::Secret((1..=16).collect()).file());
    folder.file("pass.txt", "password");
    let wrap = r#""iv":"AAAAAAAAAAAAAAAA","tag":"AAAAAAAAAAAAAAAAAAAAAA""#;
    let header =
        |alg: &str, enc: &str, more: &str| format!(r#"{{"alg":"{alg}","enc":"{enc}"{more}}}"#);
    let agreement = format!(r#","epk":{}"#, epk(&sender));
    let mut tokens = Vec::new();
    for (alg, more) in [
        ("A128KW", String::new()),
        ("A128GCMKW", format!(",{wrap}")),
        ("ECDH-ES+A128KW", agreement),
        (
            "PBES2-HS256+A128KW",
            r#","p2s":"AAAAAAAAAAA","p2c":1000"#.to_owned(),
        ),
    ] {
        for length in 1..=7 {
            tokens.push((header(alg, "A128GCM", &more), length, 12));
        }
    }
    for enc in ["A128GCM", "A128CBC-HS256"] {
        for iv in [0, 1] {
            let key = if enc == "A128GCM" { 24 } else { 40 };
            tokens.push((header("A128KW", enc, ""), key, iv));
        }
    }
    let all = tokens.iter().map(|(header, key, iv)| {
        let bytes = |length: usize| encode(&vec![1; length]);
        let (header, key, iv) = (encode(header.as_bytes()), bytes(*key), bytes(*iv));
        format!("{header}.{key}.{iv}.{}.{}\n", bytes(32), bytes(16))
    });
    folder.file("short.txt", all.collect::<String>());
    let output = folder.command(
        env!("CARGO_BIN_EXE_tokenloupe"),
        &[
            "inspect",
            "short.txt",
            "--key",
            "ec.pem",
            "--key",
            "oct.json",
            "--passphrase-file",
            "pass.txt",
            "--format",
            "json",
        ],
    );
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let seen = report["tokens"].as_array().unwrap();
    assert_eq!(seen.len(), tokens.len());
    for token in seen {
        assert_eq!(token["decryption"]["outcome"], "failed", "{token:#}");
        assert_eq!(token["verdict"]["outcome"], "reject");
        assert!(reasons(token).contains(&"decryption-failed"));
        let check = token["checks"].as_array().unwrap().iter();
        let mut check = check.filter(|check| check["check"] == "decryption");
        let text = check.next().unwrap()["text"].as_str().unwrap();
        assert!(
            text.contains("Expected an ") && text.contains("found"),
            "{text}"
        );
    }
}
