//! `--policy`: the file, and the options that override it.

use std::fs;

use super::{Bench, SECRET, THEN, assert_refused, json, status, stderr};
use crate::way::Secret;

/// The file's values hold, and each option overrides its own.
#[test]
fn a_policy_file_is_held_against_the_token() {
    let bench = Bench::new();
    let run = |policy: &str, arguments: &[&str]| {
        bench.file("policy.json", policy);
        let fixed = [
            "a1.jwt",
            "--key",
            "key.json",
            "--at",
            THEN,
            "--policy",
            "policy.json",
        ];
        let output = bench.run(&[&fixed[..], arguments].concat());
        assert_eq!(stderr(&output), "");
        let reasons = json(&output)["tokens"][0]["verdict"]["reasons"].clone();
        (
            status(&output),
            serde_json::from_value::<Vec<String>>(reasons).unwrap(),
        )
    };
    let met = |found: (i32, Vec<String>)| assert_eq!(found, (0, vec![]));
    let unmet =
        |found: (i32, Vec<String>), reason: &str| assert_eq!(found, (1, vec![reason.to_owned()]));
    met(run(r#"{"version":1}"#, &[]));
    let fits = r#"{"version":1,"alg":["HS256"],"issuers":[{"iss":"joe"}],"typ":["JWT"],"required_claims":[{"pointer":"/http:~1~1example.com~1is_root","value":true}]}"#;
    met(run(fits, &[]));
    unmet(run(fits, &["--iss", "jane"]), "policy-iss");
    unmet(run(fits, &["--alg", "RS256"]), "policy-alg");
    unmet(run(fits, &["--typ", "at+jwt"]), "policy-typ");
    unmet(run(fits, &["--aud", "api"]), "policy-aud");
    unmet(run(fits, &["--nonce", "n"]), "policy-nonce");
    let other = r#"{"version":1,"alg":["RS256"],"issuers":[{"iss":"jane"}],"typ":["at+jwt"]}"#;
    assert_eq!(
        run(other, &[]).1,
        ["policy-alg", "policy-iss", "policy-typ"]
    );
    met(run(
        other,
        &["--iss", "joe", "--alg", "HS256", "--typ", "JWT"],
    ));
    // An issuer that the option names keeps the keys of the file.
    let keys = r#"{"version":1,"issuers":[{"iss":"joe","keys":[{"source":"other.json"}]},{"iss":"jane"}]}"#;
    unmet(run(keys, &[]), "key-not-allowed");
    unmet(run(keys, &["--iss", "joe"]), "key-not-allowed");
    met(run(&keys.replace("other", "key"), &["--iss", "joe"]));
    unmet(
        run(r#"{"version":1,"max_age_seconds":60}"#, &[]),
        "policy-lifetime",
    );
    unmet(
        run(r#"{"version":1,"forbidden_claims":[{"name":"iss"}]}"#, &[]),
        "policy-claims",
    );
    unmet(
        run(r#"{"version":1,"profile":"jwt","aud":["a"]}"#, &[]),
        "policy-aud",
    );
    // `auto` is a value like any other: it overrides.
    met(run(
        r#"{"version":1,"profile":"jws"}"#,
        &["--profile", "auto"],
    ));
    let leeway = |seconds: u32, arguments: &[&str]| {
        bench.file(
            "policy.json",
            &format!(r#"{{"version":1,"leeway_seconds":{seconds}}}"#),
        );
        let late = [
            "a1.jwt",
            "--key",
            "key.json",
            "--at",
            "2011-03-22T18:43:30Z",
            "--policy",
            "policy.json",
        ];
        status(&bench.run(&[&late[..], arguments].concat()))
    };
    assert_eq!((leeway(31, &[]), leeway(30, &[])), (0, 1));
    assert_eq!(
        (
            leeway(30, &["--leeway", "31"]),
            leeway(31, &["--leeway", "0"])
        ),
        (0, 1)
    );
}

#[test]
fn revoked_jti_stand_in_a_file_beside_the_policy() {
    let bench = Bench::new();
    let secret = Secret::fresh("HS256");
    bench.file("k.json", &secret.jwk(&serde_json::json!({})).to_string());
    bench.file(
        "t.jwt",
        &secret.plain_token("HS256", r#"{"jti":"id-7","exp":4102444800}"#),
    );
    fs::create_dir(bench.folder.path().join("dir")).unwrap();
    bench.file("dir/revoked.txt", "id-1\r\nid-2\n");
    bench.file(
        "dir/policy.json",
        r#"{"version":1,"revoked":{"file":"revoked.txt"}}"#,
    );
    let run = || {
        bench.run(&[
            "t.jwt",
            "--key",
            "k.json",
            "--fail-on",
            "never",
            "--policy",
            "dir/policy.json",
        ])
    };
    assert_eq!(status(&run()), 0);
    bench.file("dir/revoked.txt", "id-1\r\nid-7\n");
    let output = run();
    assert_eq!(status(&output), 1);
    assert_eq!(
        json(&output)["tokens"][0]["verdict"]["reasons"],
        serde_json::json!(["revoked"])
    );
    fs::remove_file(bench.folder.path().join("dir/revoked.txt")).unwrap();
    assert_refused(&run(), "dir/policy.json, line 1, column 32: revoked.txt: ");
}

#[test]
fn a_policy_that_cannot_be_read_is_refused() {
    let bench = Bench::new();
    bench.file("bad.json", "{\"version\": 1,\n \"isuer\": []}");
    for (file, expected) in [
        ("none.json", "none.json: "),
        (
            "bad.json",
            "bad.json, line 2, column 2: expected a member that is known here, found \u{201C}isuer\u{201D}",
        ),
        (
            "key.json",
            "key.json, line 1, column 2: expected a member that is known here",
        ),
        ("a1.jwt", "a1.jwt, line 1, column 1: expected a value"),
    ] {
        let output = bench.run(&["a1.jwt", "--policy", file]);
        assert_refused(&output, expected);
        assert!(!stderr(&output).contains(SECRET));
    }
}
