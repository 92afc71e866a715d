//! Reports in every form: what is the same in all of them, what a hostile token may not do to any, and the schema of SARIF.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};
use tokenloupe::find::{Place, Where};
use tokenloupe::inspection::{About, FindingName, Inspection, Session};
use tokenloupe::jose::base64url::encode;
use tokenloupe::jose::visible::is_hidden;
use tokenloupe::judge::words::When;
use tokenloupe::judge::{Issuer, Policy, Severity};
use tokenloupe::keys::KeyRing;
use tokenloupe::report::{self, Ended, Options, Report};

use crate::common::{inspect, instant, ring, say};
use crate::interop::installed;

/// RFC 7515 appendix A.1, and its key.
const A1: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const A1_KEY: &str = r#"{"kty":"oct","kid":"mine","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;

const AT: &str = "2026-11-21T22:40:13Z";

/// What a person or a program may read, by its name.
const FORMS: [&str; 5] = ["text", "markdown", "html", "json", "sarif"];

fn written(form: &str, report: &Report<'_>) -> String {
    let mut out = Vec::new();
    match form {
        "text" => report::text(report, &mut out),
        "markdown" => report::markdown(report, &mut out),
        "html" => report::html(report, &mut out),
        "json" => report::json(report, &mut out),
        _ => report::sarif(report, Some(Ended { exit_code: 1 }), &mut out),
    }
    .unwrap();
    String::from_utf8(out).unwrap()
}

fn session(tokens: &[&str], keys: KeyRing) -> Session {
    let tokens = tokens.iter().map(|text| inspect(text, &keys)).collect();
    Session {
        tokens,
        keys,
        ..Session::default()
    }
}

fn report(session: &Session) -> Report<'_> {
    Report::new(session, instant(AT), Options::default())
}

fn token(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| encode(json.to_string().as_bytes());
    format!("{}.{}.c2lnbmF0dXJl", part(header), part(claims))
}

#[test]
fn every_form_says_what_made_it_and_what_of() {
    let keys = r#"{"kty":"EC","kid":"ours","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    let mut session = session(&[A1], ring(&format!(r#"{{"keys":[{keys},{A1_KEY}]}}"#)));
    session.policy = Policy {
        name: Some("web portal".to_owned()),
        issuers: vec![Issuer::new("https://idp.example")],
        ..Policy::default()
    };
    let options = Options {
        when: When::Then,
        ..Options::default()
    };
    let held = Report::new(&session, instant(AT), options);
    let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ";
    for form in FORMS {
        let text = written(form, &held);
        for expected in [
            AT,
            env!("CARGO_PKG_VERSION"),
            "web portal",
            "idp.example",
            // As hashlib of Python computes the one of the text and the one of RFC 7638.
            "8d4ef6536dc8895f256c1e0d95dcd19763036732d64a095e44a90ed444267ad3",
            "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",
            "policy-iss",
        ] {
            assert!(text.contains(expected), "{form}: {expected}\n{text}");
        }
        for kept_back in [A1, "dBjftJeZ4CVP-mB92K27", secret] {
            assert!(!text.contains(kept_back), "{form}");
        }
    }
    for form in ["text", "markdown", "html"] {
        assert!(written(form, &held).contains("where the clock was held"));
        assert!(!written(form, &report(&session)).contains("was held"));
    }
    let json: Value = serde_json::from_str(&written("json", &held)).unwrap();
    assert_eq!(json["clock_held"], true);
    assert_eq!(json["policy"]["name"], "web portal");
    let open = Options {
        redact: false,
        ..Options::default()
    };
    let open = Report::new(&session, instant(AT), open);
    for form in FORMS {
        let text = written(form, &open);
        assert!(text.contains(A1) && !text.contains(secret), "{form}");
    }
}

/// A finding that was set aside is shown with its note, counts no longer, and fails nothing.
#[test]
fn what_was_set_aside_is_told_and_does_not_count() {
    let text = token(&json!({"alg": "none"}), &json!({"sub": "jane"}));
    let mut session = session(&[&text], KeyRing::default());
    let before = report(&session);
    let findings = before.tokens[0].judgement.findings.clone();
    let worst = findings[0].clone();
    assert_eq!(
        (worst.rule, worst.severity),
        ("alg-none", Severity::Critical)
    );
    assert!(!before.summary().passes(Some(Severity::Critical)));
    let count = |report: &Report<'_>| -> usize {
        let summary = report.summary();
        summary.findings().map(|(_, count)| count).sum()
    };
    assert_eq!(count(&before), findings.len());
    drop(before);
    let about = About::token(&session.tokens[0].sha256);
    let note = "test set | <b>only</b>";
    session
        .dismissals
        .dismiss(FindingName::of(about, &worst), note);
    let after = report(&session);
    let summary = after.summary();
    assert_eq!((count(&after), summary.dismissed), (findings.len() - 1, 1));
    // The verdict is no finding.
    assert_eq!(summary.reject, 1);
    let json: Value = serde_json::from_str(&written("json", &after)).unwrap();
    let told = json["tokens"][0]["findings"].as_array().unwrap();
    assert_eq!(told.len(), findings.len());
    assert_eq!(told[0]["dismissed"], json!({"note": note}));
    assert!(told[1..].iter().all(|told| told["dismissed"].is_null()));
    assert_eq!(json["summary"]["dismissed"], 1);
    let sarif: Value = serde_json::from_str(&written("sarif", &after)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let set_aside: Vec<&Value> = results
        .iter()
        .filter(|result| result["suppressions"] != json!([]))
        .collect();
    let [result] = set_aside[..] else {
        panic!("one result is suppressed: {results:#?}");
    };
    assert_eq!(result["ruleId"], "alg-none");
    assert_eq!(result["suppressions"][0]["justification"], note);
    for (form, expected) in [
        ("text", "Dismissed: test set | <b>only</b>"),
        ("markdown", "**Dismissed:** test set &#124; `<b>only</b>`"),
        ("html", "test set | &lt;b&gt;only&lt;/b&gt;"),
    ] {
        let text = written(form, &after);
        assert!(text.contains(expected), "{form}: {text}");
        assert!(text.contains("1 dismissed"), "{form}");
    }
}

/// A key's finding is set aside by the key, whatever it is called.
#[test]
fn findings_of_keys_can_be_set_aside_too() {
    let weak = r#"{"kty":"oct","kid":"weak","alg":"HS256","k":"c2hvcnQtb25l"}"#;
    let mut session = session(&[A1], ring(weak));
    let findings = report(&session).key_audits[0].findings.clone();
    let short = findings
        .iter()
        .find(|found| found.rule == "hmac-short-secret");
    let about = About::key(&session.keys.keys()[0]);
    let name = FindingName::of(about, short.unwrap());
    session.dismissals.dismiss(name, "not in use");
    let json: Value = serde_json::from_str(&written("json", &report(&session))).unwrap();
    let told = json["keys"][0]["findings"].as_array().unwrap();
    let set_aside = told.iter().filter(|told| !told["dismissed"].is_null());
    assert_eq!(set_aside.count(), 1);
    assert_eq!(json["summary"]["dismissed"], 1);
}

/// Markup of every kind, in every place that a token has for text.
const HOSTILE: [&str; 15] = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "</style></title></code></td></table><h1>owned</h1>",
    "\"><svg/onload=alert(3)>' onmouseover='x",
    "&lt;b&gt; &#60;i&#62;",
    "[click](https://evil.example/a) ![x](https://evil.example/b)",
    "# heading | cell | `code` | ``more`` | ***bold***",
    "https://evil.example/c www.evil.example someone@evil.example @someone #12",
    "|---|---|\n| a | b |\n\n- item\n1. item\n> quote\n---\n===",
    "<https://evil.example/d> <!-- comment --> <?php ?> <![CDATA[x]]>",
    "=cmd|'/c calc'!A1,+1+1,-2,@SUM(1)",
    "\u{1B}[31mred\u{1B}[0m\u{1B}]0;title\u{7}\u{9B}2J\r\n\t\u{8}",
    "\u{202E}desrever\u{202C} \u{2066}isolate\u{2069} \u{200B}\u{FEFF}\u{AD}",
    "\\u{202E} \\n \\` \\| \\[x\\](y) $$x$$ :+1: {0} {{x}}",
    "\u{5D0}\u{5D1} \u{FDD0} \u{FFFF} ~~x~~ ^[note] [^1]: x",
];

fn hostile_session() -> Session {
    let mut tokens = Vec::new();
    for text in HOSTILE {
        tokens.push(token(
            &json!({"alg": text, "kid": text, "jku": text, "typ": text, "crit": [text], text: 1}),
            &json!({"iss": text, "sub": text, "aud": [text], "jti": text, "exp": text, text: {text: [text]}}),
        ));
        let header = encode(json!({"alg": "HS256", "kid": text}).to_string().as_bytes());
        tokens.push(format!("{header}.{}.AAAA", encode(text.as_bytes())));
    }
    let all = HOSTILE.concat();
    let key = json!({"kty": "oct", "kid": all, "use": all, "alg": all, "k": "c2VjcmV0"});
    let keys = ring(&key.to_string());
    let texts: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let mut session = session(&texts, keys);
    for (inspection, text) in session.tokens.iter_mut().zip(HOSTILE.iter().cycle()) {
        inspection.places = vec![Place {
            name: (*text).to_owned(),
            byte_range: 3..9,
            line: 7,
            where_: Where::Header,
            name_in: Some((*text).to_owned()),
            repairs: Vec::new(),
        }];
    }
    session.policy = Policy {
        name: Some(all.clone()),
        issuers: vec![Issuer::new(all.clone())],
        audiences: vec![all.clone()],
        nonce: Some(all.clone()),
        ..Policy::default()
    };
    let findings = session.tokens[0]
        .judge(&session.policy, instant(AT))
        .findings;
    let about = About::token(&session.tokens[0].sha256);
    let name = FindingName::of(about, &findings[0]);
    session.dismissals.dismiss(name, all);
    session
}

#[test]
fn no_hostile_text_moves_anything() {
    let session = hostile_session();
    let report = report(&session);
    for form in FORMS {
        let text = written(form, &report);
        let hidden = text.chars().find(|c| *c != '\n' && is_hidden(*c));
        assert_eq!(hidden, None, "{form}");
        assert!(text.contains("evil.example"), "{form} tells it");
    }
}

/// The elements and attributes that we write, and no others; the rest of `<`, `>` and quotes is text.
#[test]
fn hostile_text_makes_no_html() {
    let session = hostile_session();
    let html = written("html", &report(&session));
    let (head, body) = html.split_once("</style>").unwrap();
    assert!(head.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    assert!(head.contains("default-src 'none'; style-src 'unsafe-inline'"));
    let style = head.split_once("<style>").unwrap().1;
    for outside in ["url(", "@import", "http"] {
        assert!(!style.contains(outside), "{outside}");
    }
    let elements: BTreeSet<&str> = BTreeSet::from([
        "a", "article", "body", "br", "code", "h1", "h2", "h3", "h4", "head", "html", "li", "main",
        "nav", "p", "section", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
    ]);
    let mut open: Vec<&str> = vec!["html", "body"];
    let mut rest = body.split_once("<body>").unwrap().1;
    let mut ids = BTreeSet::new();
    let mut targets = BTreeSet::new();
    while let Some((text, tag)) = rest.split_once('<') {
        assert!(!text.contains(['>', '"']), "{text}");
        let (tag, after) = tag.split_once('>').unwrap();
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "</{name}>");
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(elements.contains(name), "<{tag}>");
        for attribute in attributes
            .split_inclusive("\" ")
            .filter(|own| !own.is_empty())
        {
            let (name, value) = attribute.trim_end().split_once("=\"").unwrap();
            let value = value.strip_suffix('"').unwrap();
            match name {
                "id" => assert!(ids.insert(value), "{value} twice"),
                "href" => assert!(targets.insert(value.strip_prefix('#').unwrap())),
                "class" | "scope" | "aria-label" => {}
                _ => panic!("{attribute}"),
            }
        }
        if name != "br" {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
    // And to policy and keys.
    assert_eq!(targets.len(), session.tokens.len() + 2);
    assert!(targets.is_subset(&ids));
}

/// Outside of code spans no character is left that begins anything, and code spans end where they do.
#[test]
fn hostile_text_makes_no_markdown() {
    let session = hostile_session();
    let markdown = written("markdown", &report(&session));
    let mut lines = 0;
    for line in markdown.lines() {
        lines += 1;
        let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        assert_eq!(line.matches('`').count() % 2, 0, "{line}");
        // Ours: emphasis of names, links to parts of this page, cells, and entities for what code cannot hold.
        let ours = [
            "**",
            "&#96;",
            "&#124;",
            "[Policy](#policy)",
            "[Keys](#keys)",
        ];
        let mut left = ours.iter().fold(outside, |left, own| left.replace(own, ""));
        for number in 1..=session.tokens.len() {
            left = left.replace(&format!("[Token {number}](#token-{number})"), "");
        }
        let left = left.trim_start_matches('#');
        let left = if line.starts_with('|') {
            left.replace('|', "")
        } else {
            left.to_owned()
        };
        let odd = left.find(|c: char| "<>[]{}_*~&|@#$\\^".contains(c));
        assert_eq!(odd, None, "{line}\n{left}");
        assert!(!left.contains("://") && !left.contains("www."), "{line}");
    }
    assert!(lines > 500, "{lines}");
}

#[test]
fn a_hostile_token_makes_no_link_in_sarif() {
    let session = hostile_session();
    let sarif: Value = serde_json::from_str(&written("sarif", &report(&session))).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() > 20);
    for result in results {
        let text = result["message"]["text"].as_str().unwrap();
        let alone = text.replace(r"\[", "").replace(r"\]", "");
        assert!(!alone.contains(['[', ']']), "{text}");
        let alone = text.replace("{{", "").replace("}}", "");
        assert!(!alone.contains(['{', '}']), "{text}");
    }
}

/// 5 MB in one claim, and ten thousand claims: what people read is cut, with a count; what programs read is whole.
#[test]
fn what_is_huge_is_cut_with_a_count() {
    let long = "a".repeat(5_000_000);
    let mut many = serde_json::Map::new();
    for index in 0..10_000 {
        many.insert(format!("claim-{index}"), json!("<x>"));
    }
    let tokens = [
        token(&json!({"alg": "HS256"}), &json!({"sub": long})),
        token(&json!({"alg": "HS256"}), &Value::Object(many)),
    ];
    let session = session(&[&tokens[0], &tokens[1]], KeyRing::default());
    let report = report(&session);
    for form in ["text", "markdown", "html", "sarif"] {
        let text = written(form, &report);
        assert!(text.len() < 400_000, "{form}: {}", text.len());
    }
    for form in ["text", "markdown", "html"] {
        let text = written(form, &report);
        // With the quotes of the JSON text, less the 2 000 that are shown.
        assert!(text.contains("4998002 more characters"), "{form}");
        assert!(text.contains("and 9500 more members"), "{form}");
    }
    let json = written("json", &report);
    assert!(json.contains(&long) && json.contains("claim-9999"));
}

/// A token in a claim is a live credential, and so is a private key.
#[test]
fn what_people_read_holds_no_credential_of_a_claim() {
    let private = "dGhlIHByaXZhdGUgaGFsZg";
    let outer = token(
        &json!({"alg": "HS256", "jwk": {"kty": "oct", "k": private}}),
        &json!({"act": {"id_token": A1}}),
    );
    let session = session(&[&outer], KeyRing::default());
    let digest = inspect(A1, &KeyRing::default()).sha256;
    for form in ["text", "markdown", "html", "sarif"] {
        let text = written(form, &report(&session));
        assert!(!text.contains(A1) && !text.contains(private), "{form}");
        assert!(form == "sarif" || text.contains(&digest), "{form}");
    }
}

/// The published schema; `None` where it is not installed.
fn sarif_schema() -> Option<Validator> {
    let package = installed().join("node/node_modules/@microsoft/jest-sarif");
    let path = package.join("lib/schemas/sarif-2.1.0-rtm.5.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        let line = "the schema of SARIF is not installed (tests/interop/install)";
        assert!(std::env::var_os("CI").is_none(), "{line}");
        say(&format!("skipped: {line}"));
        return None;
    };
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    // A pattern with a bracket too many, which is no regular expression here; of members that we do not write.
    for of in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][of]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    Some(jsonschema::draft4::new(&schema).unwrap())
}

#[test]
fn sarif_fits_the_published_schema() {
    let Some(schema) = sarif_schema() else {
        return;
    };
    assert!(!schema.is_valid(&json!({"version": "2.1.0"})));
    let two = session(&[A1, A1, "eyJhbGciOiJub25lIn0.e30."], ring(A1_KEY));
    let mut set_aside = session(&["eyJhbGciOiJub25lIn0.e30."], KeyRing::default());
    let finding = report(&set_aside).tokens[0].judgement.findings[0].clone();
    let about = About::token(&set_aside.tokens[0].sha256);
    let name = FindingName::of(about, &finding);
    set_aside.dismissals.dismiss(name, "");
    for session in [two, set_aside, hostile_session(), Session::default()] {
        for when in [When::Now, When::Then] {
            let options = Options {
                when,
                redact: when == When::Now,
            };
            let report = Report::new(&session, instant(AT), options);
            for ended in [None, Some(Ended { exit_code: 0 })] {
                let mut out = Vec::new();
                report::sarif(&report, ended, &mut out).unwrap();
                let log: Value = serde_json::from_slice(&out).unwrap();
                let errors: Vec<_> = schema
                    .iter_errors(&log)
                    .map(|error| format!("{}: {error}", error.instance_path()))
                    .collect();
                assert!(errors.is_empty(), "{errors:#?}");
            }
        }
    }
}

/// One rule for each that found something, one result for each finding, each at its place.
#[test]
fn sarif_has_a_result_for_each_finding_at_its_place() {
    let text = format!("first line\n{}\n", "eyJhbGciOiJub25lIn0.e30.");
    let mut session = Session {
        keys: ring(A1_KEY),
        ..Session::default()
    };
    for (name, text) in [("a b.log", text.as_str()), ("stdin", &text)] {
        for candidate in tokenloupe::find::find(text.as_bytes(), name) {
            session.adding().add(candidate);
        }
    }
    let report = report(&session);
    let json: Value = serde_json::from_str(&written("json", &report)).unwrap();
    let log: Value = serde_json::from_str(&written("sarif", &report)).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let findings = json["tokens"][0]["findings"].as_array().unwrap();
    let of_keys = json["keys"][0]["findings"].as_array().unwrap();
    assert_eq!(results.len(), findings.len() + of_keys.len());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), rules.len());
    let mut prints = BTreeSet::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(ids.contains(result["ruleId"].as_str().unwrap()));
        assert!(rules[index]["help"]["text"].is_string());
        prints.insert(result["partialFingerprints"]["tokenloupe/v1"].to_string());
    }
    assert_eq!(prints.len(), results.len());
    let none = &results[0];
    assert_eq!(
        (&none["ruleId"], &none["level"]),
        (&json!("alg-none"), &json!("error"))
    );
    let place = &none["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.log");
    // `"alg":"none"` is in the header, the 19 characters after `first line` and its line break.
    assert_eq!(place["region"]["startLine"], 2);
    let offset = place["region"]["byteOffset"].as_u64().unwrap();
    let length = place["region"]["byteLength"].as_u64().unwrap();
    assert!(
        (11..30).contains(&offset) && offset + length <= 30,
        "{place}"
    );
    // Standard input has no address, but it is named.
    let again = &none["relatedLocations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(*again, json!({"index": 1}));
    assert_eq!(run["artifacts"][1]["description"]["text"], "stdin");
    assert_eq!(run["invocations"][0]["stdin"], json!({"index": 1}));
    assert_eq!(run["invocations"][0]["exitCode"], 1);
    let of_token = &run["properties"]["tokens"][0];
    assert_eq!(of_token["verdict"], "reject");
    assert_eq!(of_token["reasons"][0], "unsecured");
}

/// A nested token's findings are told at the place of the one that holds it.
#[test]
fn what_is_found_inside_stands_at_the_outer_place() {
    let inner = "eyJhbGciOiJub25lIn0.e30.";
    let header = encode(br#"{"alg":"none","cty":"JWT"}"#);
    let outer = format!("{header}.{}.", encode(inner.as_bytes()));
    let session = session(&[&outer], KeyRing::default());
    let inside: &Inspection = &session.tokens[0];
    assert!(inside.proof.inner.is_some());
    let log: Value = serde_json::from_str(&written("sarif", &report(&session))).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let digest = inspect(inner, &KeyRing::default()).sha256;
    let of_inner: Vec<&Value> = results
        .iter()
        .filter(|result| result["properties"]["tokenSha256"] == json!(digest))
        .collect();
    assert!(!of_inner.is_empty());
    for result in of_inner {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(region["byteOffset"], 0);
        assert_eq!(region["byteLength"], outer.len());
    }
}
