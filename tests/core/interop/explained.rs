//! Faults that other implementations make: each is explained in a sentence for the reviewer and one for the developer.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use tokenloupe::find::find;
use tokenloupe::inspection::Session;
use tokenloupe::judge::Policy;
use tokenloupe::judge::words::{When, sentence};
use tokenloupe::keys::{self, KeyRing, Passphrase, SecretEncoding, load_secret};
use tokenloupe::report::{self, Options, Report};
use tokenloupe::verify::Setting;

use super::{folder, installed, lines};
use crate::common::{instant, say};

/// Each line of the maker is a fault and what must be said of it.
#[test]
fn every_fault_is_explained_to_both() {
    let own = installed().join("python/bin/python");
    let python: PathBuf = if own.is_file() { own } else { "python3".into() };
    let Some(lines) = lines("faults.py", &[python, folder().join("faults.py")]) else {
        return;
    };
    let mut wrong = Vec::new();
    for line in &lines {
        if let Err(complaint) = explained(line) {
            wrong.push(complaint);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        lines.len(),
        wrong.join("\n\n")
    );
    let made: BTreeSet<&str> = lines.iter().map(|line| text(line, "code")).collect();
    let codes = codes();
    let codes: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
    assert_eq!(
        made, codes,
        "every code has a fault, made by another implementation"
    );
    say(&format!(
        "{} faults of {} kinds, made by {}, are explained",
        lines.len(),
        codes.len(),
        makers(&lines)
    ));
}

fn makers(lines: &[Value]) -> String {
    let all: BTreeSet<&str> = lines.iter().map(|line| text(line, "maker")).collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}

/// The codes that the schema of the report lists.
fn codes() -> Vec<String> {
    let schema: Value =
        serde_json::from_str(include_str!("../../../docs/report.schema.json")).unwrap();
    let codes = &schema["$defs"]["diagnosis"]["properties"]["code"]["enum"];
    let codes = codes.as_array().unwrap().iter();
    codes
        .map(|code| code.as_str().unwrap().to_owned())
        .collect()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn words<'a>(line: &'a Value, name: &str) -> Vec<&'a str> {
    let all = line[name].as_array().into_iter().flatten();
    all.map(|word| word.as_str().unwrap()).collect()
}

/// What is said of a fault, and whether that is what must be said.
fn explained(line: &Value) -> Result<(), String> {
    let mut ring = Vec::new();
    for file in line["keys"].as_array().unwrap() {
        ring.extend(keys::load(text(file, "name"), text(file, "text").as_bytes()).unwrap());
    }
    if let Some(secret) = line["secret"].as_str() {
        ring.push(load_secret("secret.txt", secret.as_bytes(), SecretEncoding::Utf8).unwrap());
    }
    let passphrase = line["passphrase"].as_str();
    let mut session = Session {
        keys: KeyRing::new(ring),
        policy: Policy::default(),
        setting: Setting {
            passphrase: passphrase.map(|text| Passphrase::new(text.as_bytes().to_vec())),
            ..Setting::default()
        },
        ..Session::default()
    };
    for candidate in find(text(line, "token").as_bytes(), "input") {
        session.adding().add(candidate);
    }
    let at = instant("2026-11-21T22:40:13Z");
    let mut out = Vec::new();
    report::json(&Report::new(&session, at, Options::default()), &mut out).unwrap();
    let report: Value = serde_json::from_slice(&out).unwrap();
    let complaint = |what: &str| {
        let said = collected(&report["tokens"]);
        let said: Vec<_> = said.iter().map(ToString::to_string).collect();
        Err(format!("{what}: {line:.900}\nsaid: {}", said.join("\n")))
    };
    let [token] = report["tokens"].as_array().unwrap().as_slice() else {
        return complaint("one token expected");
    };
    let said = collected(token);
    for one in &said {
        for name in ["text", "for_developer"] {
            let sentence = text(one, name);
            if !sentence.ends_with(['.', ')']) || sentence.contains('\n') || sentence.contains("  ")
            {
                return complaint("no sentence");
            }
            // Short ones are parts of other words.
            let secrets = [line["secret"].as_str(), passphrase].into_iter().flatten();
            if secrets
                .into_iter()
                .any(|secret| secret.len() > 8 && sentence.contains(secret))
            {
                return complaint("a secret is told");
            }
        }
    }
    let is_it = |one: &&&Value| {
        text(one, "code") == text(line, "code")
            && words(line, "says")
                .iter()
                .all(|word| text(one, "text").contains(word))
            && words(line, "advises")
                .iter()
                .all(|word| text(one, "for_developer").contains(word))
    };
    if said.iter().find(is_it).is_none() {
        return complaint("not explained");
    }
    let inspection = &session.tokens[0];
    let judgement = inspection.judge(&session.policy, at);
    let verdict = sentence(&judgement, &inspection.proof, When::Now);
    for word in words(line, "verdict") {
        if !verdict.explanation.contains(word) {
            return complaint(&format!(
                "{word:?} is not in the verdict: {}",
                verdict.explanation
            ));
        }
    }
    Ok(())
}

/// Every diagnosis in a report, whatever layer it is about.
fn collected(report: &Value) -> Vec<&Value> {
    match report {
        Value::Array(all) => all.iter().flat_map(collected).collect(),
        Value::Object(members) => {
            let of = members.iter().flat_map(|(name, value)| match value {
                Value::Array(all) if name == "diagnosis" => all.iter().collect(),
                other => collected(other),
            });
            of.collect()
        }
        _ => Vec::new(),
    }
}
