//! Findings in the report for a person at a terminal.

use std::io::{self, Write};

use super::layout::{bytes, prose};
use crate::jose::PartRole;
use crate::jose::visible::visible;
use crate::judge::Finding;

/// Writes a finding: what, why, what to do, and the place that it rests on.
pub(super) fn finding(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    headline(finding, out)?;
    let indent = "              ";
    prose(&finding.detail, indent, out)?;
    prose(&finding.remedy, indent, out)?;
    for evidence in &finding.evidence {
        let place = match (&evidence.pointer, evidence.part) {
            (Some(pointer), PartRole::Key) => format!("key {pointer}"),
            // All of the key, of which it says so already.
            (None, PartRole::Key) => continue,
            (Some(pointer), part) => {
                format!("{} {pointer}, {}", part.label(), bytes(&evidence.range))
            }
            (None, part) => format!("{}, {}", part.label(), bytes(&evidence.range)),
        };
        prose(&format!("See {place}"), indent, out)?;
    }
    prose(&finding.references.join(", "), indent, out)
}

/// Writes a finding that is told elsewhere in full: what, and where.
pub(super) fn told_elsewhere(
    finding: &Finding,
    place: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    headline(finding, out)?;
    prose(place, "              ", out)
}

fn headline(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let (severity, confidence) = (finding.severity.name(), finding.confidence.name());
    writeln!(
        out,
        "    {severity:<8}  {} ({}, {confidence})",
        visible(&finding.title),
        finding.rule
    )
}
