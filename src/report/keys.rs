//! The keys in the report for a person at a terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::findings::{finding, told_elsewhere};
use super::layout::{prose, table};
use super::{Judged, Report};
use crate::jose::visible::visible;
use crate::judge::KeyAudit;
use crate::keys::{Holds, Key};

/// Writes the keys, a line each, and then what is said of each.
pub(super) fn text(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    if report.keys.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nKeys")?;
    let rows = report.keys.keys().iter().map(|key| row(key));
    table(rows.collect(), "  ", out)?;
    let told = told_of_tokens(&report.tokens);
    for audit in &report.key_audits {
        of_key(audit, &told, out)?;
    }
    Ok(())
}

fn row(key: &Key) -> [String; 3] {
    let mut what = match &key.fault {
        Some(fault) => vec![format!("cannot be used: {fault}")],
        None if key.holds == Holds::Symmetric => vec![key.kind.to_string()],
        None => vec![key.kind.to_string(), key.holds.name().to_owned()],
    };
    for (name, value) in [("use", &key.members.use_), ("alg", &key.members.alg)] {
        what.extend(value.as_ref().map(|value| format!("{name} {value}")));
    }
    [
        visible(&key.id),
        visible(&what.join(", ")),
        visible(&key.source),
    ]
}

/// For a key's id and a rule, the number of the first token that tells what the rule found of the key.
type Told<'a> = BTreeMap<(&'a str, &'static str), usize>;

fn told_of_tokens<'a>(tokens: &'a [Judged<'_>]) -> Told<'a> {
    let mut told = Told::new();
    for (number, judged) in (1..).zip(tokens) {
        let layers = judged.inspection.proof.layers();
        for (proof, judgement) in layers.zip(judged.judgement.layers()) {
            if judgement.findings.is_empty() {
                continue;
            }
            let proof = judgement.proof(proof);
            let used = proof.used_keys().map(|(used, _)| &used.key);
            for key in used.chain(proof.designated_keys()) {
                for finding in &judgement.findings {
                    told.entry((&key.id, finding.rule)).or_insert(number);
                }
            }
        }
    }
    told
}

fn of_key(audit: &KeyAudit, told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let assurance = audit.assurance();
    if audit.findings.is_empty() && assurance.is_none() && audit.not_run.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  Key {}", visible(&audit.id))?;
    for found in &audit.findings {
        match told.get(&(audit.id.as_str(), found.rule)) {
            Some(number) => told_elsewhere(found, &format!("See token {number}."), out)?,
            None => finding(found, out)?,
        }
    }
    if let Some(assurance) = assurance {
        prose(&assurance, "    ", out)?;
    }
    if !audit.not_run.is_empty() {
        let rules = audit.not_run.join(", ");
        let text = format!("Rules not run, their input was missing: {rules}");
        prose(&text, "    ", out)?;
    }
    Ok(())
}
