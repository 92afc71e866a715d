//! The built program: exit statuses, and what it says on standard error.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::certificates::{request, x5c};

mod policy;
mod words;

/// The token of RFC 7515 appendix A.1 under a secret that no RFC prints; `exp` is 2011-03-22T18:43:00Z.
const A1: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.jrUvm2HRpwaS-f6WRnbTvvmKgFrZz_FSxONM4y1ogEA";
const SECRET: &str =
    "jpHGnqDHGprAf-aTx4HGqabFQ4DFCPOEFcU_8Ts-AZQXbs8V-xsX8NfJv809OZYMlw1Cq0Jut782YRzTWmt5Ig";
/// An instant at which it was valid.
const THEN: &str = "2011-03-22T18:00:00Z";

/// A folder with a token and its key, and the program started in it.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        bench.file("a1.jwt", A1);
        bench.file("key.json", &format!(r#"{{"kty":"oct","k":"{SECRET}"}}"#));
        bench
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_tokenloupe")));
        command
            .arg("inspect")
            .args(arguments)
            .current_dir(self.folder.path())
            .env("RUST_LOG", "trace")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn run_with_stdin(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(stdin.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// It could not be done: status 2, nothing printed, a line that says what and a line that says what to do.
#[track_caller]
fn assert_refused(output: &Output, expected: &str) {
    let text = stderr(output);
    assert_eq!(status(output), 2, "{text}");
    assert!(output.stdout.is_empty());
    let lines: Vec<_> = text.lines().collect();
    let [what, advice] = lines[..] else {
        panic!("two lines expected: {text}");
    };
    assert!(
        what.starts_with("tokenloupe: ") && what.contains(expected),
        "{text}"
    );
    assert!(advice.ends_with('.'), "{text}");
}

#[test]
fn the_status_follows_the_verdict() {
    let bench = Bench::new();
    let accepted = bench.run(&["a1.jwt", "--key", "key.json", "--at", THEN]);
    assert_eq!((status(&accepted), stderr(&accepted).as_str()), (0, ""));
    assert_eq!(json(&accepted)["tokens"][0]["verdict"]["outcome"], "accept");
    assert_eq!(json(&accepted)["clock"], THEN);
    let expired = bench.run(&["a1.jwt", "--key", "key.json"]);
    assert_eq!(status(&expired), 1);
    let no_key = bench.run(&["a1.jwt", "--at", THEN, "--fail-on", "never"]);
    assert_eq!(status(&no_key), 1);
    assert_eq!(json(&no_key)["summary"]["undetermined"], 1);
}

#[test]
fn another_instant_than_the_present_is_not_called_now() {
    let bench = Bench::new();
    let run = |more: &[&str]| {
        let arguments = ["a1.jwt", "--key", "key.json", "--format", "text"];
        let output = bench.run(&[&arguments[..], more].concat());
        // The lines are as wide as a terminal.
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let present = run(&[]);
    assert!(present.contains("must refuse this token now."), "{present}");
    for at in [THEN, "2026-11-21T22:40:13Z"] {
        let then = run(&["--at", at]);
        assert!(then.contains("this token at that instant."), "{then}");
        assert!(!then.contains(" now"), "{then}");
    }
}

#[test]
fn the_status_follows_the_findings() {
    let bench = Bench::new();
    // Accepted, but it never expires.
    let forever = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.";
    let signature = {
        use hmac::{KeyInit as _, Mac as _};
        let secret = tokenloupe::jose::base64url::decode(SECRET).bytes;
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
        mac.update(forever.trim_end_matches('.').as_bytes());
        tokenloupe::jose::base64url::encode(&mac.finalize().into_bytes())
    };
    bench.file("forever.jwt", &format!("{forever}{signature}"));
    let run = |fail_on| bench.run(&["forever.jwt", "--key", "key.json", "--fail-on", fail_on]);
    let output = run("never");
    let report = json(&output);
    assert_eq!(report["tokens"][0]["verdict"]["outcome"], "accept");
    assert_eq!(report["tokens"][0]["findings"][0]["rule"], "exp-missing");
    let severity = report["tokens"][0]["findings"][0]["severity"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(status(&output), 0);
    assert_eq!(status(&run(&severity)), 1);
    assert_eq!(status(&run("info")), 1);
    assert_eq!(status(&run("critical")), 0);
}

/// A key that no token here was signed with counts too.
#[test]
fn the_status_follows_the_findings_of_keys() {
    let bench = Bench::new();
    bench.file(
        "shared.json",
        r#"{"kty":"oct","kid":"other","alg":"HS256","k":"c2hvcnQtb25l"}"#,
    );
    let run = |more: &[&str]| {
        let arguments = [
            "a1.jwt",
            "--key",
            "key.json",
            "--key",
            "shared.json",
            "--at",
            THEN,
        ];
        bench.run(&[&arguments[..], more].concat())
    };
    for format in ["json", "jsonl", "text"] {
        let output = run(&["--format", format]);
        assert_eq!(status(&output), 1, "{format}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("hmac-short-secret"), "{text}");
        assert_eq!(
            status(&run(&["--format", format, "--fail-on", "critical"])),
            0
        );
    }
}

#[test]
fn what_cannot_be_used_is_said_in_two_lines() {
    let bench = Bench::new();
    bench.file("nothing.txt", "no token here");
    bench.file("nokey.txt", "no key here");
    bench.file("odd.json", r#"{"kty":"odd"}"#);
    for (arguments, expected) in [
        (
            &["nothing.txt"][..],
            "nothing.txt: expected a token, found none",
        ),
        (
            &["nothing.txt", "nokey.txt"],
            "2 inputs: expected a token, found none",
        ),
        (&[], "stdin: expected a token, found none"),
        (
            &["nosuch.jwt"],
            "argument 1 \u{201C}nosuch.jwt\u{201D}: no such file, and no token in it",
        ),
        (&["."], ".: "),
        (&["a1.jwt", "--key", "nosuch.json"], "nosuch.json: "),
        (
            &["a1.jwt", "--key", "nokey.txt"],
            "nokey.txt: expected a key",
        ),
        (
            &["a1.jwt", "--key", "odd.json"],
            "odd.json: expected a known key type",
        ),
        (&["a1.jwt", "--payload", "nosuch.bin"], "nosuch.bin: "),
        (&["a1.jwt", "--secret-file", "nosuch.key"], "nosuch.key: "),
        (
            &["a1.jwt", "--passphrase-file", "nosuch.txt"],
            "nosuch.txt: ",
        ),
        (&["a1.jwt", "--profile", "nonsense"], "a name that is none"),
        (
            &["nothing.txt", "--format", "jsonl"],
            "expected a token, found none",
        ),
    ] {
        assert_refused(&bench.run(arguments), expected);
    }
}

/// A key that cannot be read, or is none by far.
#[test]
fn a_key_of_any_other_kind_is_said_in_two_lines() {
    let bench = Bench::new();
    let write =
        |name: &str, bytes: &[u8]| fs::write(bench.folder.path().join(name), bytes).unwrap();
    write("picture.png", b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01");
    write(
        "hostile.der",
        b"\x30\x84\x7F\xFF\xFF\xFF\x02\x86\x01\0\0\0\0\0",
    );
    write("big.bin", &vec![0x30; (4 << 20) + 1]);
    write("empty.pem", b"");
    write("closed.pem", b"-----BEGIN PUBLIC KEY-----\n");
    for (name, expected) in [
        ("picture.png", "picture.png: expected a key"),
        ("hostile.der", "hostile.der: expected a key"),
        ("big.bin", "big.bin: "),
        (
            "empty.pem",
            "empty.pem: expected a key, found an empty file",
        ),
        ("closed.pem", "no line END"),
        (".", ".: "),
    ] {
        assert_refused(&bench.run(&["a1.jwt", "--key", name]), expected);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = bench.file("locked.pem", "-----BEGIN PUBLIC KEY-----\n");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        // A superuser reads it all the same, and finds no key.
        assert_refused(
            &bench.run(&["a1.jwt", "--key", "locked.pem"]),
            "locked.pem: ",
        );
    }
}

#[test]
fn a_long_argument_is_not_repeated_whole() {
    let bench = Bench::new();
    let secret = "no-token-".repeat(40);
    let output = bench.run(&[&secret]);
    assert_refused(&output, "no token in it");
    assert!(stderr(&output).len() < 300);
}

#[test]
fn options_that_are_not_built_are_refused() {
    let bench = Bench::new();
    for arguments in [
        ["--policy", "x"],
        ["--wordlist", "x"],
        ["--jobs", "0"],
        ["--jobs", "all"],
        ["--secret", "x"],
        ["--format", "pdf"],
        ["--secret-encoding", "rot13"],
        ["--at", "yesterday"],
        ["--leeway", "-1"],
        ["--fail-on", "often"],
    ] {
        let output = bench.run(&[&["a1.jwt"][..], &arguments].concat());
        assert_eq!(status(&output), 2, "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
}

#[test]
fn one_bad_key_of_a_set_is_listed_and_no_error() {
    let bench = Bench::new();
    let set = format!(r#"{{"keys":[{{"kty":"odd"}},{{"kty":"oct","k":"{SECRET}"}}]}}"#);
    bench.file("set.json", &set);
    let output = bench.run(&["a1.jwt", "--key", "set.json", "--at", THEN]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let report = json(&output);
    let faults: Vec<_> = report["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["fault"].is_null())
        .collect();
    assert_eq!(faults, [false, true]);
}

#[test]
fn a_token_as_argument_is_found_with_a_reminder() {
    let bench = Bench::new();
    let output = bench.run(&[A1, "--at", THEN, "--key", "key.json"]);
    assert_eq!(status(&output), 0);
    let text = stderr(&output);
    assert_eq!(text.lines().count(), 1);
    assert!(
        text.contains("others on this machine can read it") && !text.contains("eyJ"),
        "{text}"
    );
    let source = json(&output)["tokens"][0]["sources"][0].clone();
    assert_eq!(
        (&source["where"], &source["name"]),
        (&"argument".into(), &"argument 1".into())
    );
}

#[test]
fn standard_input_is_read_without_an_argument_and_for_a_dash() {
    let bench = Bench::new();
    let text = format!("Authorization: Bearer {A1}\n");
    for arguments in [&[][..], &["-"], &["-", "-"], &["a1.jwt", "-"]] {
        let output = bench.run_with_stdin(arguments, &text);
        let report = json(&output);
        let sources = report["tokens"][0]["sources"].as_array().unwrap();
        let source = sources.last().unwrap();
        assert_eq!(source["name"], "stdin", "{arguments:?}");
        assert_eq!(source["where"], "authorization-header");
        let files = arguments
            .iter()
            .filter(|argument| **argument != "-")
            .count();
        assert_eq!(sources.len(), files + 1);
        assert_eq!(report["summary"]["occurrences"], files + 1);
    }
}

#[test]
fn lines_come_in_input_order() {
    let bench = Bench::new();
    bench.file("two.txt", &format!("first {A1}\nsecond {A1}\n"));
    let output = bench.run(&["two.txt", "a1.jwt", "--format", "jsonl"]);
    assert_eq!(status(&output), 1);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let seen: Vec<_> = lines
        .iter()
        .map(|line| {
            let place = if line["source"].is_null() {
                &line["sources"][0]
            } else {
                &line["source"]
            };
            (
                line["type"].as_str().unwrap(),
                place["line"].as_u64(),
                line["duplicate_of"].is_string(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("run", None, false),
            ("token", Some(1), false),
            ("token", Some(2), true),
            ("token", Some(1), true),
            ("summary", None, false)
        ]
    );
    assert_eq!(lines[4]["occurrences"], 3);
}

#[test]
fn a_secret_file_is_a_key() {
    let bench = Bench::new();
    bench.file("secret.txt", &format!("{SECRET}\n"));
    let run = |encoding| {
        let output = bench.run(&[
            "a1.jwt",
            "--at",
            THEN,
            "--secret-file",
            "secret.txt",
            "--secret-encoding",
            encoding,
        ]);
        assert!(
            !String::from_utf8(output.stdout.clone())
                .unwrap()
                .contains(SECRET)
        );
        assert!(!stderr(&output).contains(SECRET));
        output
    };
    let read = run("base64url");
    assert_eq!(status(&read), 0);
    assert_eq!(
        json(&read)["tokens"][0]["signatures"][0]["key"]["provenance"],
        "yours"
    );
    assert_eq!(json(&read)["keys"][0]["thumbprint"], Value::Null);
    let auto = run("auto");
    assert_eq!(status(&auto), 0);
    assert_eq!(
        json(&auto)["tokens"][0]["signatures"][0]["key"]["read_as"],
        "base64url"
    );
    assert_eq!(status(&run("utf8")), 1);
}

#[test]
fn expectations_are_held_against_the_token() {
    let bench = Bench::new();
    let run = |arguments: &[&str]| {
        let output =
            bench.run(&[&["a1.jwt", "--key", "key.json", "--at", THEN], arguments].concat());
        let reasons = json(&output)["tokens"][0]["verdict"]["reasons"].clone();
        (status(&output), reasons)
    };
    assert_eq!(
        run(&[
            "--iss", "joe", "--alg", "HS256", "--alg", "RS256", "--typ", "jwt"
        ]),
        (0, serde_json::json!([]))
    );
    assert_eq!(
        run(&[
            "--iss", "jane", "--aud", "api", "--alg", "RS256", "--nonce", "n", "--typ", "at+jwt"
        ]),
        (
            1,
            serde_json::json!([
                "policy-alg",
                "policy-iss",
                "policy-aud",
                "policy-typ",
                "policy-nonce"
            ])
        )
    );
    let late = [
        "a1.jwt",
        "--key",
        "key.json",
        "--at",
        "2011-03-22T18:43:30Z",
    ];
    assert_eq!(status(&bench.run(&late)), 0);
    assert_eq!(
        status(&bench.run(&[&late[..], &["--leeway", "0"]].concat())),
        1
    );
    // A signed message has no times.
    assert_eq!(run(&["--profile", "jws"]).0, 0);
}

/// Every kind of the contract can be chosen, and the report says that it was.
#[test]
fn every_profile_goes_from_the_command_line_to_the_report() {
    let bench = Bench::new();
    for profile in tokenloupe::judge::ProfileName::ALL {
        let name = profile.name();
        let output = bench.run(&["a1.jwt", "--profile", name, "--format", "json"]);
        let report = json(&output);
        let said = &report["tokens"][0]["profile"];
        let expected = serde_json::json!({"name": name, "chosen_by": "option", "why": "chosen"});
        assert_eq!(*said, expected);
    }
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap();
    let all = tokenloupe::judge::ProfileName::ALL.iter();
    let names: Vec<&str> = all.map(|profile| profile.name()).collect();
    assert_eq!(
        schema["$defs"]["profile"]["properties"]["name"]["enum"],
        serde_json::json!(names)
    );
}

#[test]
fn the_text_stays_out_unless_it_is_asked_for() {
    let bench = Bench::new();
    for format in ["text", "json", "jsonl", "markdown", "html", "sarif"] {
        let run = |more: &[&str]| {
            let output = bench.run(&[&["a1.jwt", "--format", format], more].concat());
            assert_eq!(stderr(&output), "");
            String::from_utf8(output.stdout).unwrap()
        };
        assert!(!run(&[]).contains(A1) && !run(&[]).contains("dBjftJeZ4CVP"));
        assert!(run(&["--no-redact"]).contains(A1), "{format}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let bench = Bench::new();
    let many: Vec<_> = (0..2_000).map(|index| format!("{A1} {index}\n")).collect();
    bench.file("many.txt", &many.concat());
    for format in ["text", "json", "jsonl", "markdown", "html", "sarif"] {
        let mut child = bench
            .command(&["many.txt", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(stderr(&output), "", "{format}");
        assert_ne!(status(&output), 0);
    }
}

#[test]
fn sarif_says_the_exit_status_and_where_the_token_stood() {
    let bench = Bench::new();
    bench.file("two lines.txt", &format!("first\n{A1}\n"));
    let run = |at| {
        bench.run(&[
            "two lines.txt",
            "--key",
            "key.json",
            "--at",
            at,
            "--format",
            "sarif",
        ])
    };
    for (at, expected) in [(THEN, 0), ("2026-11-21T22:40:13Z", 1)] {
        let output = run(at);
        assert_eq!(status(&output), expected);
        let log = json(&output);
        let run = &log["runs"][0];
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["exitCode"], expected);
        assert_eq!(invocation["properties"]["clock"], at);
        assert_eq!(invocation["properties"]["clockHeld"], true);
        assert!(invocation["startTimeUtc"].is_null());
        assert_eq!(run["artifacts"][0]["location"]["uri"], "two%20lines.txt");
        for result in run["results"].as_array().unwrap() {
            let region = &result["locations"][0]["physicalLocation"]["region"];
            let is_of_token = result["properties"]["tokenSha256"].is_string();
            assert!(!is_of_token || region["startLine"] == 2, "{result}");
        }
    }
}

#[test]
fn completions_and_manual_pages_are_printed() {
    let run = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tokenloupe"));
        let output = program.args(arguments).output().unwrap();
        (status(&output), String::from_utf8(output.stdout).unwrap())
    };
    let (code, bash) = run(&["completions", "bash"]);
    assert!(code == 0 && bash.contains("--fail-on"));
    let (code, page) = run(&["man", "inspect"]);
    assert!(code == 0 && page.contains(".TH") && page.contains("tokenloupe"));
    for refused in [
        &["completions"][..],
        &["completions", "tcsh"],
        &["man", "nosuch"],
    ] {
        assert_eq!(run(refused).0, 2, "{refused:?}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    let bench = Bench::new();
    let help = bench.run(&["--help"]);
    assert_eq!(status(&help), 0);
    let text = String::from_utf8(help.stdout).unwrap();
    for option in [
        "--key",
        "--secret-file",
        "--at",
        "--fail-on",
        "--no-redact",
        "Exit status",
    ] {
        assert!(text.contains(option), "{option}");
    }
    let version = Command::new(env!("CARGO_BIN_EXE_tokenloupe"))
        .arg("--version")
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(version.stdout).unwrap().trim(),
        concat!("tokenloupe ", env!("CARGO_PKG_VERSION"))
    );
}

/// A CA certificate is a key file like others: what is under it is the reviewer's.
#[test]
fn a_ca_certificate_is_a_trust_anchor() {
    let bench = Bench::new();
    let root = request("Root").ca().self_signed();
    let leaf = request("Leaf").issued_by(&root);
    bench.file("ca.pem", &root.pem());
    let token = leaf.es256(&format!(",{}", x5c(&[&leaf])), r#"{"exp":1795340000}"#);
    bench.file("t.jwt", &token);
    let inspect = |more: &[&str]| {
        let options = ["t.jwt", "--at", "2026-11-21T22:40:13Z", "--format", "json"];
        let output = bench.run(&[&options, more].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let token = report["tokens"][0].clone();
        (status(&output), token)
    };
    let (with, token) = inspect(&["--key", "ca.pem"]);
    assert_eq!((with, &token["verdict"]["outcome"]), (0, &"accept".into()));
    let key = &token["signatures"][0]["key"];
    assert_eq!(key["provenance"], "yours");
    assert_eq!(
        key["source"],
        "header x5c, issued under CN=Root from ca.pem"
    );
    let (without, token) = inspect(&[]);
    assert_eq!(without, 1);
    assert_eq!(token["signatures"][0]["key"]["provenance"], "token");
    assert_eq!(token["verdict"]["reasons"][0], "only-token-supplied-key");
}
