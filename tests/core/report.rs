//! Reports: golden ones, read line by line against the contract, and the published schema.
//!
//! After a wanted change, `INSTA_UPDATE=always cargo test --test core report` writes the golden reports anew.

use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokenloupe::find::find;
use tokenloupe::inspection::{Inspection, Session};
use tokenloupe::jose::base64url;
use tokenloupe::keys::KeyRing;
use tokenloupe::report::{self, Judged, Options, Report, jsonl};

use crate::common::{instant, ring, vector_json};
use crate::sd_jwt::facts::{FLAT_PRESENTATION, ISSUER};

/// RFC 7515 appendix A.1.
const A1: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Its key.
const A1_KEY: &str = r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;
/// RFC 7515 appendix A.5.
const A5: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";

/// The instant of every report here.
const AT: &str = "2026-11-21T22:40:13Z";

static WHOLE: LazyLock<Validator> = LazyLock::new(|| validator(&schema()));
static LINE: LazyLock<Validator> = LazyLock::new(|| {
    let mut line = json!({"$ref": "#/$defs/line"});
    line["$schema"] = schema()["$schema"].clone();
    line["$defs"] = schema()["$defs"].clone();
    validator(&line)
});

fn schema() -> Value {
    serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap()
}

fn validator(schema: &Value) -> Validator {
    jsonschema::meta::validate(schema).unwrap();
    jsonschema::draft202012::new(schema).unwrap()
}

#[track_caller]
fn assert_valid(validator: &Validator, text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    value
}

/// Files that were inspected with these keys.
fn session(files: &[(&str, &str)], keys: KeyRing) -> Session {
    let mut session = Session {
        keys,
        ..Session::default()
    };
    for (name, text) in files {
        for candidate in find(text.as_bytes(), name) {
            session.adding().add(candidate);
        }
    }
    session
}

fn report_of(session: &Session) -> Report<'_> {
    Report::new(session, instant(AT), Options::default())
}

fn json_of(report: &Report<'_>) -> String {
    let mut out = Vec::new();
    report::json(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn text_of(report: &Report<'_>) -> String {
    let mut out = Vec::new();
    report::text(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The lines for the session's tokens, each with all its places.
fn lines_of(report: &Report<'_>) -> Vec<String> {
    let mut out = Vec::new();
    jsonl::run_line(report, &mut out).unwrap();
    for token in &report.tokens {
        let Inspection { sha256, places, .. } = token.inspection;
        let (first, rest) = places.split_first().unwrap();
        jsonl::token_line(token, first, report.options, &mut out).unwrap();
        for place in rest {
            jsonl::repeat_line(sha256, place, &mut out).unwrap();
        }
    }
    jsonl::summary_line(&report.summary(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn golden(name: &str, session: &Session) {
    let report = report_of(session);
    let stable = |text: String| text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let json = json_of(&report);
    assert_valid(&WHOLE, &json);
    for line in lines_of(&report) {
        assert_valid(&LINE, &line);
    }
    insta::assert_snapshot!(format!("{name}_json"), stable(json));
    insta::assert_snapshot!(format!("{name}_text"), stable(text_of(&report)));
}

fn token(header: &str, payload: &str, signature: &str) -> String {
    let encode = |text: &str| base64url::encode(text.as_bytes());
    format!("{}.{}.{signature}", encode(header), encode(payload))
}

#[test]
fn golden_a_verified_token() {
    golden("a1", &session(&[("a1.jwt", A1)], ring(A1_KEY)));
}

/// RFC 9901 section 5.2, with a disclosure that the issuer never signed.
#[test]
fn golden_an_sd_jwt() {
    let (issuer, rest) = FLAT_PRESENTATION.split_once('~').unwrap();
    let foreign = base64url::encode(br#"["2GLC42sKQveCfGfryNRN9w","role","admin"]"#);
    let text = format!("{issuer}~{foreign}~{rest}");
    golden("sd_jwt", &session(&[("sd.jwt", &text)], ring(ISSUER)));
}

#[test]
fn golden_no_key() {
    golden("no_key", &session(&[("a1.jwt", A1)], KeyRing::default()));
}

#[test]
fn golden_an_unsecured_token() {
    golden("a5", &session(&[("a5.jwt", A5)], ring(A1_KEY)));
}

/// Cut inside the payload, as a terminal or a log does.
#[test]
fn golden_a_cut_token() {
    let cut = &A1[..100];
    golden("cut", &session(&[("cut.jwt", cut)], ring(A1_KEY)));
}

/// A name twice, an exact number, and a value that would turn the line around.
#[test]
fn golden_a_token_with_odd_members() {
    let odd = token(
        r#"{"alg":"HS256","kid":"../../etc/passwd"}"#,
        "{\"sub\":\"jane\",\"exp\":1795035600.50,\"sub\":\"admin\",\"n\":12345678901234567890123,\"x\":\"a\u{202E}b\u{1B}c\",\"d\":{\"e\":1,\"e\":[2.0]}}",
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    );
    golden("odd", &session(&[("odd.jwt", &odd)], ring(A1_KEY)));
}

#[test]
fn golden_a_token_in_two_places() {
    let request = format!(
        "GET /orders HTTP/1.1\r\nHost: api.example\r\nAuthorization: Bearer {A1}\r\n\r\nagain: {A1}.\n"
    );
    golden(
        "two",
        &session(&[("request.http", &request), ("a5.jwt", A5)], ring(A1_KEY)),
    );
}

/// Not JSON, and not UTF-8.
#[test]
fn a_payload_that_is_no_json_is_given_in_base64() {
    let payload = base64url::encode(b"\xFF\x00 payload");
    let text =
        format!("eyJhbGciOiJIUzI1NiJ9.{payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let session = session(&[("x", &text)], KeyRing::default());
    let value = assert_valid(&WHOLE, &json_of(&report_of(&session)));
    let token = &value["tokens"][0];
    assert_eq!(token["payload_base64"], payload);
    assert_eq!(
        [&token["claims"], &token["claims_text"]],
        [&Value::Null, &Value::Null]
    );
    assert_eq!(token["time"]["state"], "none");
}

#[test]
fn numbers_are_written_as_they_were() {
    let text = token(
        r#"{"alg":"HS256"}"#,
        r#"{"exp":1e400,"iat":1.0,"nbf":-0,"big":[12345678901234567890123,3.10]}"#,
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    );
    let session = session(&[("x", &text)], KeyRing::default());
    for json in [
        json_of(&report_of(&session)),
        lines_of(&report_of(&session)).concat(),
    ] {
        let dense: String = json.split_whitespace().collect();
        assert!(dense.contains(
            r#""claims":{"exp":1e400,"iat":1.0,"nbf":-0,"big":[12345678901234567890123,3.10]}"#
        ));
        assert!(
            dense.contains(r#""iat":1.0,"nbf":-0,"exp":1e400,"lifetime_seconds""#),
            "{dense}"
        );
    }
}

#[test]
fn no_report_holds_what_could_be_used() {
    let request = format!("Authorization: Bearer {A1}\n");
    let session = session(&[("request.http", &request)], ring(A1_KEY));
    let report = report_of(&session);
    let signature = A1.rsplit('.').next().unwrap();
    let payload = A1.split('.').nth(1).unwrap();
    let secret = A1_KEY.split('"').nth(7).unwrap();
    for text in [
        json_of(&report),
        text_of(&report),
        lines_of(&report).join("\n"),
        format!("{report:?}"),
    ] {
        for part in [A1, signature, payload, secret] {
            assert!(!text.contains(part));
        }
    }
    let open = Report::new(
        &session,
        instant(AT),
        Options {
            redact: false,
            ..Options::default()
        },
    );
    assert!(text_of(&open).contains(A1));
    assert_eq!(
        assert_valid(&WHOLE, &json_of(&open))["tokens"][0]["text"],
        A1
    );
    assert_eq!(assert_valid(&LINE, &lines_of(&open)[1])["text"], A1);
    assert!(!json_of(&open).contains(secret) && !text_of(&open).contains(secret));
}

#[test]
fn a_line_holds_one_place_and_names_what_it_repeats() {
    let session = session(&[("one", A1), ("two", A1)], KeyRing::default());
    let lines: Vec<_> = lines_of(&report_of(&session))
        .iter()
        .map(|line| assert_valid(&LINE, line))
        .collect();
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| line["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["run", "token", "token", "summary"]);
    assert_eq!(lines[1]["sources"].as_array().unwrap().len(), 1);
    assert_eq!(lines[2]["duplicate_of"], lines[1]["sha256"]);
    assert_eq!(lines[2]["source"]["name"], "two");
    assert_eq!(
        (&lines[3]["tokens"], &lines[3]["occurrences"]),
        (&json!(1), &json!(2))
    );
}

/// A schema that took anything would keep no field in its place.
#[test]
fn the_schema_takes_no_other_field_and_misses_none() {
    let session = session(&[("a1.jwt", A1), ("b", A1)], ring(A1_KEY));
    let report = report_of(&session);
    let whole: Value = serde_json::from_str(&json_of(&report)).unwrap();
    let lines: Vec<Value> = lines_of(&report)
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut objects = 0;
    for (validator, value) in lines
        .iter()
        .map(|line| (&*LINE, line))
        .chain([(&*WHOLE, &whole)])
    {
        for pointer in objects_of(value) {
            objects += 1;
            let mut more = value.clone();
            more.pointer_mut(&pointer).unwrap()["drift"] = json!(1);
            assert!(!validator.is_valid(&more), "{pointer} takes another field");
            let names: Vec<String> = value
                .pointer(&pointer)
                .unwrap()
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect();
            for name in names {
                let mut less = value.clone();
                less.pointer_mut(&pointer)
                    .unwrap()
                    .as_object_mut()
                    .unwrap()
                    .remove(&name);
                assert!(!validator.is_valid(&less), "{pointer} does not miss {name}");
            }
        }
    }
    assert!(objects > 20, "{objects}");
}

/// Pointers to all objects that are the report's own.
fn objects_of(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Array(elements) => {
                open.extend(
                    elements
                        .iter()
                        .enumerate()
                        .map(|(index, element)| (format!("{pointer}/{index}"), element)),
                );
            }
            Value::Object(members) => {
                let of_the_token = |name: &str| name == "header" || name == "claims";
                open.extend(
                    members
                        .iter()
                        .filter(|(name, _)| !of_the_token(name))
                        .map(|(name, member)| (format!("{pointer}/{name}"), member)),
                );
                found.push(pointer);
            }
            _ => {}
        }
    }
    found
}

#[test]
fn reports_of_wycheproof_fit_the_schema() {
    let Some(file) = vector_json("wycheproof/json_web_signature_test.json") else {
        return;
    };
    let mut seen = 0;
    for group in file["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let Some(text) = test["jws"].as_str() else {
                continue;
            };
            let session = session(&[("wycheproof", text)], KeyRing::default());
            assert_valid(&WHOLE, &json_of(&report_of(&session)));
            seen += session.tokens.len();
        }
    }
    assert!(seen > 100, "{seen}");
    println!("{seen} reports");
}

proptest! {
    /// Whatever a token holds, the report of it is JSON, fits the schema and can be looked at safely.
    #[test]
    fn any_token_gives_a_whole_report(
        header in r#"[{\[]("(alg|exp|\\u00e9|a\x{202E}|)":("none"|1e9|-0\.50|\[\{|null|"\x{1B}")?,?){0,4}[}\]"]{0,2}"#,
        payload in prop::collection::vec(any::<u8>(), 0..40),
        claims in r#"\{("(sub|exp|nbf|iat|\\ud800)":("é\x{7f}"|1e3|12|\[\]|true|"\x{FEFF}"),?){0,4}\}?"#,
        opaque in any::<bool>(),
        tail in r"[A-Za-z0-9_=-]{0,9}",
    ) {
        let payload = if opaque { payload } else { claims.into_bytes() };
        let text = format!("{}.{}.{tail}", base64url::encode(header.as_bytes()), base64url::encode(&payload));
        let candidate = crate::common::inspect(&text, &KeyRing::default());
        let session = Session::default();
        let mut report = Report::without_tokens(&session, instant(AT), Options::default());
        report.tokens = vec![Judged::new(&candidate, &session.policy, &session.dismissals, instant(AT))];
        let json = json_of(&report);
        assert_valid(&WHOLE, &json);
        for line in lines_of(&report) {
            assert_valid(&LINE, &line);
            prop_assert!(serde_json::from_str::<IgnoredAny>(&line).is_ok());
        }
        for text in [json, text_of(&report)] {
            let hidden = text.chars().find(|&c| c != '\n' && tokenloupe::jose::visible::is_hidden(c));
            prop_assert_eq!(hidden, None);
        }
    }
}

/// What a token tells of its key is not told again at the key; what only the key has is told there.
#[test]
fn a_finding_of_a_key_is_told_once_in_the_text() {
    let key = openssl::rsa::Rsa::generate(1024).unwrap();
    let n = base64url::encode(&key.n().to_vec());
    let set = |kid: &str| format!(r#"{{"kty":"RSA","kid":"{kid}","n":"{n}","e":"AQAB"}}"#);
    let other = set("other").replace(&n, &base64url::encode(&[0xC1; 128]));
    let keys = ring(&format!(r#"{{"keys":[{},{other}]}}"#, set("one")));
    let token = token(
        r#"{"alg":"RS256","kid":"one"}"#,
        r#"{"sub":"jane"}"#,
        "AAAA",
    );
    let session = session(&[("a.jwt", &token)], keys);
    let report = report_of(&session);
    let text = text_of(&report);
    let detail = "JOSE demands 2048 bits or more; well-funded";
    let small = "RSA key of 1024 bits: too small (rsa-small-modulus, certain)";
    assert_eq!(text.matches(small).count(), 3, "{text}");
    assert_eq!(text.matches(detail).count(), 2, "{text}");
    assert_eq!(text.matches("See token 1.").count(), 1, "{text}");
    assert!(text.contains("See key /n\n"), "{text}");
    // All of them count, as they stand in the JSON report.
    let json = assert_valid(&WHOLE, &json_of(&report));
    let findings = |of: &Value| of["findings"].as_array().unwrap().len();
    let listed = json["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(findings)
        .sum::<usize>()
        + findings(&json["tokens"][0]);
    let counted = json["summary"]["findings"].as_object().unwrap().values();
    assert_eq!(
        listed as u64,
        counted.map(|count| count.as_u64().unwrap()).sum::<u64>()
    );
    assert_eq!(json["keys"][0]["findings"][0]["evidence"][0]["part"], "key");
    assert_eq!(json["keys"][0]["passed"].as_array().unwrap().len(), 4);
    assert_eq!(report.key_audits.len(), 2);
}
