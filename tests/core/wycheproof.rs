//! Project Wycheproof's JWS tests, through find, parse, verify and judge, as `vectors/README.md` says to read them.

use serde_json::Value;
use tokenloupe::find::find;
use tokenloupe::inspection::Inspection;
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
    let Some(file) = vector_json("wycheproof/json_web_signature_test.json") else {
        return;
    };
    let mut total = 0;
    let mut wrong = Vec::new();
    for group in file["testGroups"].as_array().unwrap() {
        let key = group
            .get("public")
            .filter(|key| !key.is_null())
            .unwrap_or(&group["private"]);
        let ring =
            KeyRing::new(keys::load("group.json", key.to_string().as_bytes()).unwrap_or_default());
        for test in group["tests"].as_array().unwrap() {
            total += 1;
            if let Some(why) = disagreement(test, &ring) {
                wrong.push(why);
            }
        }
    }
    say(&format!(
        "json_web_signature_test.json: {} of {total} right",
        total - wrong.len()
    ));
    assert_eq!(total, 401);
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
