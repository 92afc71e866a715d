//! `--wordlist`: secrets of MACs out of lists.

use super::{Bench, assert_refused, json, status, stderr};

/// Signed with `hunter2-hunter2`; made with Python: `hmac.digest(b"hunter2-hunter2", b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0", "sha256")`.
const WORD: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.1d5fLdmGL7EqBQ-n_CDxik6bXNOPUPzoTbFPogCSJkA";

/// Signed with the bytes that `aHVudGVyMy1odW50ZXIz` is the base64 of, in the same way with SHA-512.
const BASE64: &str = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJiIn0.KLcPRxd_ZPZ5N9WGc7gcN5MWV-t2vQg-6VkMkLYiftyO3lSCTGa8lspdFEwiq3slPg_BsgZDTyDWzZ2JYLLDmQ";

fn bench() -> Bench {
    let bench = Bench::new();
    bench.file("tokens.txt", &format!("{WORD}\n{BASE64}\n"));
    bench.file("nothing.txt", "one\r\ntwo\n\nthree");
    bench.file("words.txt", "one\nhunter2-hunter2\naHVudGVyMy1odW50ZXIz\n");
    bench
}

#[test]
fn a_secret_of_a_list_is_public_and_only_its_place_is_told() {
    let bench = bench();
    let lists = ["--wordlist", "nothing.txt", "--wordlist", "words.txt"];
    let output = bench.run(&[&["tokens.txt"], &lists[..]].concat());
    assert_eq!(status(&output), 1);
    assert_eq!(
        stderr(&output).lines().collect::<Vec<_>>(),
        [
            "tokenloupe: nothing.txt: tried 4 words against 2 MACs, found 0 secrets",
            "tokenloupe: words.txt: tried 3 words against 2 MACs, found 2 secrets",
        ]
    );
    let report = json(&output);
    for (token, line) in [(0, "line 2 of words.txt"), (1, "line 3 of words.txt")] {
        let token = &report["tokens"][token];
        assert_eq!(token["verdict"]["reasons"][0], "publicly-known-key");
        let key = &token["signatures"][0]["key"];
        assert_eq!(key["provenance"], "public-default");
        assert!(key["id"].as_str().unwrap().starts_with(line), "{key}");
        let findings = token["findings"].as_array().unwrap();
        let found = findings
            .iter()
            .find(|finding| finding["rule"] == "hmac-known-secret")
            .unwrap();
        assert!(found["detail"].as_str().unwrap().contains(line));
    }
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("hunter2") && !text.contains("aHVudGVy"));
}

#[test]
fn streamed_reports_say_the_same() {
    let bench = bench();
    let run = |arguments: &[&str]| {
        let output = bench.run(&[&["tokens.txt", "--format", "jsonl"], arguments].concat());
        assert_eq!(stderr(&output), "");
        String::from_utf8(output.stdout).unwrap()
    };
    let reasons = |text: &str| {
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let tokens = lines.filter(|line: &serde_json::Value| line["type"] == "token");
        tokens
            .map(|token| token["verdict"]["reasons"].to_string())
            .collect::<Vec<_>>()
    };
    let with = run(&["--wordlist", "words.txt", "--wordlist", "nothing.txt"]);
    assert_eq!(reasons(&with), [r#"["publicly-known-key"]"#; 2]);
    assert_eq!(reasons(&run(&[])), [r#"["no-key"]"#; 2]);
}

#[test]
fn a_list_that_cannot_be_read_is_said_before_any_work() {
    let bench = bench();
    for format in ["json", "jsonl"] {
        for list in ["missing.txt", "."] {
            let output = bench.run(&["tokens.txt", "--format", format, "--wordlist", list]);
            assert_refused(&output, list);
        }
    }
}
