//! Findings in the reports for people.

use std::io;

use super::layout::bytes;
use super::page::{Page, Told};
use crate::jose::PartRole;
use crate::judge::Finding;

/// Tells findings, each with the note that it was set aside with.
pub(super) fn findings(
    title: &str,
    findings: &[(&Finding, Option<&str>)],
    page: &mut dyn Page,
) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    page.section(title)?;
    for (finding, note) in findings {
        page.finding(&Told {
            note: *note,
            ..told(finding)
        })?;
    }
    Ok(())
}

/// Tells what was set aside.
pub(super) fn dismissed(
    set_aside: &[(&Finding, Option<&str>)],
    page: &mut dyn Page,
) -> io::Result<()> {
    findings("Dismissed findings, which do not count", set_aside, page)
}

/// A finding in full: what, why, what to do, and the places that it rests on.
pub(super) fn told(finding: &Finding) -> Told<'_> {
    let places = finding.evidence.iter().filter_map(|evidence| {
        let range = || bytes(&evidence.range);
        match (&evidence.pointer, evidence.part) {
            (Some(pointer), PartRole::Key) => Some(format!("key {pointer}")),
            // All of the key, of which it says so already.
            (None, PartRole::Key) => None,
            (Some(pointer), part) => Some(format!("{} {pointer}, {}", part.label(), range())),
            (None, part) => Some(format!("{}, {}", part.label(), range())),
        }
    });
    Told {
        finding,
        places: places.collect(),
        elsewhere: None,
        note: None,
    }
}

/// Names the rules that could not look.
pub(super) fn not_run(rules: &[&str], page: &mut dyn Page) -> io::Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let rules = rules.join(", ");
    page.note(&format!("Rules not run, their input was missing: {rules}"))
}
