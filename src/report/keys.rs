//! The keys in the reports for people.

use std::collections::BTreeMap;
use std::io;

use super::content::{KEYS, ROWS_SHOWN, more};
use super::findings::{dismissed, not_run, told};
use super::layout::cut;
use super::page::{Page, Told};
use super::{Judged, Report};
use crate::inspection::{About, Dismissals};
use crate::judge::KeyAudit;
use crate::keys::{Holds, Key};

/// Tells the keys, a line each, and then what is said of each.
pub(super) fn told_of_keys(report: &Report<'_>, page: &mut dyn Page) -> io::Result<()> {
    if report.keys.is_empty() {
        return Ok(());
    }
    page.part(KEYS.0, KEYS.1)?;
    let keys = report.keys.keys();
    let rows: Vec<_> = keys.iter().take(ROWS_SHOWN).map(|key| row(key)).collect();
    page.table(["Key", "What it is", "From"], &rows)?;
    more(keys.len(), "key", page)?;
    let in_tokens = told_of_tokens(&report.tokens);
    for (key, audit) in keys.iter().zip(&report.key_audits) {
        of_key(key, audit, report.dismissals, &in_tokens, page)?;
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
    let thumbprint = key.thumbprint.as_ref();
    let thumbprint = thumbprint.map(|thumbprint| format!(", thumbprint {thumbprint}"));
    [
        cut(&key.id),
        cut(&what.join(", ")),
        cut(&key.source) + &thumbprint.unwrap_or_default(),
    ]
}

/// For a key's id and a rule, the number of the first token that tells what the rule found of the key.
type InTokens<'a> = BTreeMap<(&'a str, &'static str), usize>;

fn told_of_tokens<'a>(tokens: &'a [Judged<'_>]) -> InTokens<'a> {
    let mut told = InTokens::new();
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

fn of_key(
    key: &Key,
    audit: &KeyAudit,
    dismissals: &Dismissals,
    in_tokens: &InTokens<'_>,
    page: &mut dyn Page,
) -> io::Result<()> {
    let assurance = audit.assurance();
    if audit.findings.is_empty() && assurance.is_none() && audit.not_run.is_empty() {
        return Ok(());
    }
    page.section(&format!("Key {}", cut(&audit.id)))?;
    let about = About::key(key);
    let mut set_aside = Vec::new();
    for finding in &audit.findings {
        let note = dismissals.note(&about, finding);
        if note.is_some() {
            set_aside.push((finding, note));
            continue;
        }
        let number = in_tokens.get(&(audit.id.as_str(), finding.rule));
        page.finding(&Told {
            elsewhere: number.map(|number| format!("See token {number}.")),
            ..told(finding)
        })?;
    }
    if let Some(assurance) = assurance {
        page.prose(&assurance)?;
    }
    dismissed(&set_aside, page)?;
    not_run(&audit.not_run, page)
}
