//! Hostile files through the built program: it says what it could not use in two lines, or reports, and never dies.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokenloupe::jose::base64url::encode;

use crate::common::say;
use crate::way::{GOOD_CLAIMS, key};

/// A folder with hostile files.
struct Den {
    folder: TempDir,
}

impl Den {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tokenloupe"))
            .arg("inspect")
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Refused in every format, and as a key file: status 2 and two lines that name the file.
    #[track_caller]
    fn refuses(&self, name: &str, expected: &str) {
        for format in ["json", "jsonl", "text"] {
            refused(&self.run(&[name, "--format", format]), name, expected);
        }
    }

    /// As the keys of a token that is good.
    #[track_caller]
    fn refuses_as_key(&self, name: &str) {
        let token = key("ES256").plain_token("ES256", GOOD_CLAIMS);
        self.file("good.jwt", token);
        refused(&self.run(&["good.jwt", "--key", name]), name, "");
    }

    /// Reported on in every format, with a status of its own.
    #[track_caller]
    fn reports(&self, name: &str) -> Value {
        for format in ["jsonl", "text"] {
            alive(&self.run(&[name, "--format", format]));
        }
        let output = self.run(&[name, "--format", "json"]);
        alive(&output);
        assert_eq!(stderr(&output), "");
        assert_eq!(output.status.code(), Some(1));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// It ended by itself, and not by a panic.
#[track_caller]
fn alive(output: &Output) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!text.contains("panicked"), "{text}");
    assert!(matches!(output.status.code(), Some(0..=2)), "{output:?}");
}

#[track_caller]
fn refused(output: &Output, name: &str, expected: &str) {
    alive(output);
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(output.stdout.is_empty());
    let lines: Vec<_> = text.lines().collect();
    let [what, advice] = lines[..] else {
        panic!("two lines expected: {text}");
    };
    let start = format!("tokenloupe: {name}");
    assert!(
        what.starts_with(&start) && what.contains(expected),
        "{what}"
    );
    assert!(advice.ends_with('.') && advice.len() > 10, "{advice}");
    assert!(text.len() < 500, "{text}");
    let is_plain = |character: char| character == '\n' || !character.is_control();
    assert!(text.chars().all(is_plain), "{text:?}");
}

/// The first pixels of a real picture, and a JPEG's and a ZIP's beginnings.
#[test]
fn pictures_and_archives_hold_no_token() {
    let den = Den::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots");
    let picture = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "png"))
        .unwrap();
    den.file("picture.png", fs::read(picture).unwrap());
    den.file(
        "picture.jpg",
        b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01".repeat(2_000),
    );
    den.file(
        "archive.zip",
        b"PK\x03\x04\x14\0\0\0\x08\0\xED\x01".repeat(2_000),
    );
    for name in ["picture.png", "picture.jpg", "archive.zip"] {
        den.refuses(name, "expected a token, found none");
        den.refuses_as_key(name);
    }
}

#[test]
fn a_folder_is_no_file() {
    let den = Den::new();
    fs::create_dir(den.folder.path().join("folder.jwt")).unwrap();
    den.refuses("folder.jwt", "folder.jwt: ");
    den.refuses_as_key("folder.jwt");
}

/// There, a file like others, and an error when it is read: for the system's administrator too.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_is_named() {
    let den = Den::new();
    den.refuses("/proc/self/mem", "/proc/self/mem: ");
    den.refuses_as_key("/proc/self/mem");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let den = Den::new();
    let path = den.file("secret.jwt", "x");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        say("skipped: who may read everything cannot be kept from a file");
        return;
    }
    den.refuses("secret.jwt", "ermission");
    den.refuses_as_key("secret.jwt");
}

#[test]
fn what_is_empty_or_nearly_so_is_said() {
    let den = Den::new();
    for (name, content) in [
        ("empty", &b""[..]),
        ("blank", b" \r\n\t \n"),
        ("mark", b"\xEF\xBB\xBF"),
        ("wide-mark", b"\xFF\xFE"),
        ("nul", b"\0"),
        ("dot", b"."),
        ("dots", b".."),
        ("bearer", b"Bearer "),
        ("quotes", b"\"\""),
    ] {
        den.file(name, content);
        den.refuses(name, "expected a token, found none");
        den.refuses_as_key(name);
    }
}

#[test]
fn a_megabyte_of_one_thing_comes_to_an_end() {
    let den = Den::new();
    for (name, unit) in [
        ("dots", "."),
        ("tildes", "~"),
        ("brackets", "["),
        ("braces", "{\"a\":"),
        ("begins", "eyJ"),
        ("pem", "-----BEGIN PUBLIC KEY-----\n"),
        ("spaces", " "),
        ("high", "\u{10FFFF}"),
    ] {
        den.file(name, unit.repeat((1 << 20) / unit.len()));
        let output = den.run(&[name, "--format", "json"]);
        alive(&output);
        if output.status.code() == Some(2) {
            refused(&output, name, "expected a token, found none");
        }
        alive(&den.run(&[name, "--format", "text"]));
        den.refuses_as_key(name);
    }
    // What is no token however long it is.
    for name in ["dots", "brackets", "braces", "spaces", "high", "pem"] {
        den.refuses(name, "expected a token, found none");
    }
}

#[test]
fn brackets_in_a_token_are_read_to_the_limit() {
    let den = Den::new();
    let open = "[".repeat(200_000);
    let closed = format!("{open}{}", "]".repeat(200_000));
    let nested = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    for (name, header, payload) in [
        ("open", r#"{"alg":"HS256"}"#, open.as_str()),
        (
            "in-claims",
            r#"{"alg":"HS256"}"#,
            &format!(r#"{{"a":{closed}}}"#),
        ),
        ("objects", r#"{"alg":"HS256"}"#, &nested),
        (
            "in-header",
            &format!(r#"{{"alg":"HS256","x":{closed}}}"#),
            "{}",
        ),
    ] {
        let encode = |text: &str| encode(text.as_bytes());
        den.file(name, format!("{}.{}.AQID", encode(header), encode(payload)));
        for format in ["json", "jsonl", "text"] {
            let output = den.run(&[name, "--format", format]);
            alive(&output);
            assert_eq!(
                (output.status.code(), stderr(&output)),
                (Some(1), String::new())
            );
            let report = String::from_utf8(output.stdout).unwrap();
            for line in report.lines().filter(|_| format == "jsonl") {
                assert!(serde_json::from_str::<Value>(line).is_ok(), "{name}");
            }
            if format == "json" {
                assert!(serde_json::from_str::<Value>(&report).is_ok(), "{name}");
            }
            assert!(report.contains("HS256"), "{name} {format}");
            // What is cut open is no JSON and so no claims: it is shown as bytes.
            let is_limited = report.contains("json-depth");
            assert_eq!(is_limited, name != "open", "{name} {format}");
        }
    }
    den.file("brackets.json", &open);
    den.refuses("brackets.json", "expected a token, found none");
    den.refuses_as_key("brackets.json");
}

#[test]
fn a_token_of_five_megabytes_is_read_whole() {
    let den = Den::new();
    let signer = key("HS256");
    let payload = format!(r#"{{"blob":"{}","exp":4102444800}}"#, "x".repeat(3_700_000));
    let token = signer.plain_token("HS256", &payload);
    assert!(token.len() > 4_900_000);
    den.file("large.jwt", &token);
    let secret = signer.jwk(&serde_json::json!({})).to_string();
    den.file("key.json", secret);
    // It is valid for decades, which is a finding.
    let output = den.run(&["large.jwt", "--key", "key.json", "--fail-on", "never"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["tokens"][0]["claims_text"], payload);
    alive(&den.run(&["large.jwt", "--format", "text"]));
    // Beyond the limit the header is read, and the rest left alone.
    let larger = format!(r#"{{"blob":"{}"}}"#, "x".repeat(13_000_000));
    den.file("larger.jwt", signer.plain_token("HS256", larger));
    let output = den.run(&["larger.jwt", "--key", "key.json"]);
    alive(&output);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let token = &report["tokens"][0];
    assert_eq!(
        token["verdict"]["reasons"],
        serde_json::json!(["limit-exceeded"])
    );
    assert_eq!(token["header"]["alg"], "HS256");
    den.refuses_as_key("larger.jwt");
}

#[test]
fn a_hundred_thousand_members_are_read() {
    let den = Den::new();
    let members: Vec<_> = (0..100_000).map(|at| format!(r#""m{at}":{at}"#)).collect();
    let same = vec![r#""a":1"#; 100_000];
    for (name, payload) in [
        ("many", format!("{{{}}}", members.join(","))),
        ("same", format!("{{{}}}", same.join(","))),
    ] {
        let payload = encode(payload.as_bytes());
        den.file(
            name,
            format!("{}.{payload}.AQID", encode(br#"{"alg":"HS256"}"#)),
        );
        let report = den.reports(name);
        assert_eq!(report["tokens"][0]["kind"], "jws");
    }
}

#[test]
fn bytes_that_are_no_text_are_shown_as_bytes() {
    let den = Den::new();
    let header = encode(b"{\"alg\":\"HS256\",\"kid\":\"\xFF\xFE\"}");
    let payload = encode(b"{\"sub\":\"\xC3\x28\xED\xA0\x80\"}");
    let token = format!("{header}.{payload}.AQID");
    den.file("inside.jwt", &token);
    let report = den.reports("inside.jwt");
    let read = &report["tokens"][0];
    assert_eq!(read["header_text"], Value::Null);
    assert_eq!(read["payload_base64"], payload);
    let codes: Vec<_> = read["faults"].as_array().unwrap().iter().collect();
    assert!(codes.iter().any(|fault| fault["code"] == "json-not-utf8"));
    // Around a token that is whole.
    let around = [b"\xFF\xFE\xC3\x28 ", token.as_bytes(), b" \x80\x80\0"].concat();
    den.file("around.bin", &around[2..]);
    let report = den.reports("around.bin");
    let range = &report["tokens"][0]["sources"][0]["byte_range"];
    assert_eq!(*range, serde_json::json!([3, 3 + token.len()]));
}

/// A file's name is shown on a line of its own making.
#[cfg(unix)]
#[test]
fn a_hostile_name_is_shown_harmless() {
    let den = Den::new();
    let name = "a\u{1B}[31m\u{202E}\nb.jwt";
    den.file(name, "nothing");
    let output = den.run(&[name]);
    alive(&output);
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert_eq!(text.lines().count(), 2, "{text:?}");
    assert!(!text.contains(['\u{1B}', '\u{202E}']), "{text:?}");
    let token = key("ES256").plain_token("ES256", GOOD_CLAIMS);
    den.file(name, token);
    for format in ["text", "json", "jsonl"] {
        let output = den.run(&[name, "--format", format]);
        alive(&output);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains(['\u{1B}', '\u{202E}']), "{format}: {text:?}");
    }
}
