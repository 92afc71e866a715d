//! Tokens of the kinds that services really issue, in the forms that they are documented with. Nothing is wrong with them, so
//! nothing that asks for attention may be said.

use serde_json::Value;
use tokenloupe::judge::{Policy, Severity};

use super::{signed, signer};
use crate::common::{instant, reasons};

/// Names, headers and claims; signed here. Shapes are those of public documentation, values are invented.
const REAL: &str = include_str!("real.json");

#[test]
fn real_tokens_make_no_noise() {
    let all: Vec<Value> = serde_json::from_str(REAL).unwrap();
    assert!(all.len() >= 60, "{}", all.len());
    let mut faults = Vec::new();
    for described in all {
        let name = &described["name"];
        let at = described["at"].as_str().unwrap_or("2026-11-21T22:40:13Z");
        let inspection = signed(&described, &signer(&described));
        let judgement = inspection.judge(&Policy::default(), instant(at));
        let kind = judgement.profile.name.name();
        if kind != described["profile"] {
            faults.push(format!("{name} is {kind}"));
        }
        if !reasons(&judgement).is_empty() {
            faults.push(format!("{name}: {:?}", reasons(&judgement)));
        }
        let findings = judgement.findings.iter();
        let loud = findings.filter(|finding| finding.severity >= Severity::Medium);
        faults.extend(loud.map(|finding| format!("{name}: {} ({})", finding.rule, finding.title)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
