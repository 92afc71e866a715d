//! Project Wycheproof's JWS and JWE tests, through find, parse, verify and judge, as `vectors/README.md` says to read them.

use std::fmt::Write as _;

use serde_json::Value;
use tokenloupe::find::find;
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::PartRole;
use tokenloupe::judge::{ProfileName, VerdictOutcome};
use tokenloupe::keys::{self, KeyRing};
use tokenloupe::verify::Setting;

use crate::common::{judge, reasons, say, vector_json};

/// Tests that are read otherwise than they are marked; the reasons stand in the README of the vectors.
const REFUSED_THOUGH_MARKED_VALID: [u64; 10] = [346, 350, 357, 358, 359, 370, 372, 373, 376, 377];

/// Their key is 32 zero bytes: the signature is valid, and the verdict names the key.
const ZERO_KEY: [u64; 7] = [357, 358, 359, 367, 370, 376, 377];

#[test]
fn json_web_signature() {
    each_is_right(
        "json_web_signature_test.json",
        401,
        &["public", "private"],
        disagreement,
    );
}

/// JWE: a valid test must decrypt to its plaintext; an invalid one must not decrypt, or be refused.
#[test]
fn json_web_encryption() {
    each_is_right(
        "json_web_encryption_test.json",
        139,
        &["private"],
        encryption_disagreement,
    );
}

/// Runs every test of a file, each with the key of its group: the first of these halves that is there.
fn each_is_right(
    name: &str,
    expected: usize,
    halves: &[&str],
    disagreement: fn(&Value, &KeyRing) -> Option<String>,
) {
    let Some(file) = vector_json(&format!("wycheproof/{name}")) else {
        return;
    };
    let mut total = 0;
    let mut wrong = Vec::new();
    for group in file["testGroups"].as_array().unwrap() {
        let mut keys_of_group = halves.iter().map(|half| &group[*half]);
        let key = keys_of_group.find(|key| !key.is_null()).unwrap();
        let ring =
            KeyRing::new(keys::load("group.json", key.to_string().as_bytes()).unwrap_or_default());
        for test in group["tests"].as_array().unwrap() {
            total += 1;
            wrong.extend(disagreement(test, &ring));
        }
    }
    say(&format!("{name}: {} of {total} right", total - wrong.len()));
    assert_eq!(total, expected);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn disagreement(test: &Value, ring: &KeyRing) -> Option<String> {
    let id = test["tcId"].as_u64().unwrap();
    let text = test["jws"].as_str().unwrap();
    let expected = test["result"] == "valid" && !REFUSED_THOUGH_MARKED_VALID.contains(&id);
    let candidates = find(text.as_bytes(), "test");
    let [candidate] = &candidates[..] else {
        // What nobody can read as a token is not accepted.
        let count = candidates.len();
        return (expected || count > 1).then(|| format!("{id}: expected one token, found {count}"));
    };
    let inspection = Inspection::new(candidate.clone(), ring, &Setting::default());
    let judgement = judge(&inspection, Some(ProfileName::Jws));
    let accepted = judgement.verdict.outcome == VerdictOutcome::Accept;
    let outcome = inspection
        .proof
        .signatures
        .first()
        .map(|proof| proof.outcome.name());
    if ZERO_KEY.contains(&id)
        && (outcome != Some("valid") || reasons(&judgement) != ["publicly-known-key"])
    {
        return Some(format!(
            "{id}: expected a publicly known key, found {outcome:?} {:?}",
            reasons(&judgement)
        ));
    }
    (accepted != expected).then(|| {
        format!(
            "{id} ({}): expected {}, found {:?}, signature {outcome:?}",
            test["comment"],
            if expected { "accept" } else { "anything else" },
            reasons(&judgement),
        )
    })
}

fn encryption_disagreement(test: &Value, ring: &KeyRing) -> Option<String> {
    /// A proper JSON serialization, which only the rules of JWT refuse.
    const JSON_FORM: u64 = 22;
    let id = test["tcId"].as_u64().unwrap();
    let text = match &test["jwe"] {
        Value::String(text) => text.clone(),
        object => object.to_string(),
    };
    let expected = test["result"] == "valid" || id == JSON_FORM;
    let candidates = find(text.as_bytes(), "test");
    let [candidate] = &candidates[..] else {
        let count = candidates.len();
        return (expected || count > 1).then(|| format!("{id}: expected one token, found {count}"));
    };
    let inspection = Inspection::new(candidate.clone(), ring, &Setting::default());
    let judgement = judge(&inspection, Some(ProfileName::Jws));
    let decryption = inspection.proof.decryption.as_ref();
    let outcome = decryption.map(|proof| proof.outcome.name());
    let plaintext = inspection
        .token
        .part(PartRole::Payload)
        .map(|payload| hex(payload.bytes()));
    let holds = if expected {
        outcome == Some("decrypted")
            && (id == JSON_FORM || plaintext.as_deref() == test["pt"].as_str())
    } else {
        outcome != Some("decrypted") || judgement.verdict.outcome == VerdictOutcome::Reject
    };
    (!holds).then(|| {
        format!(
            "{id} ({}): expected {}, found {outcome:?} {:?}, plaintext {plaintext:?}, {:?}",
            test["comment"],
            if expected {
                "decrypted"
            } else {
                "anything else"
            },
            reasons(&judgement),
            decryption.map(|proof| &proof.diagnosis),
        )
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
