//! The JSON report. Its schema is `docs/report.schema.json`.

use std::io::{self, Write};

use serde::Serialize;

use super::Report;
use super::exact::escape_hidden;
use super::shape::{RunShape, SummaryShape, TokenShape};

/// Writes a report as one JSON object (format `json`), ended by a line feed.
pub fn json(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let whole = Whole {
        run: RunShape::new(report),
        tokens: report
            .tokens
            .iter()
            .map(|token| TokenShape::new(token, &token.inspection.places, report.options))
            .collect(),
        summary: SummaryShape::new(&report.summary()),
    };
    let text = escape_hidden(serde_json::to_string_pretty(&whole)?);
    writeln!(out, "{text}")
}

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    run: RunShape<'a>,
    tokens: Vec<TokenShape<'a>>,
    summary: SummaryShape,
}
