//! The report as lines of JSON (format `jsonl`), each written as soon as its token is done.
//!
//! First a `run` line, then a `token` line for each occurrence in input order, then a `summary` line.

use std::io::{self, Write};

use serde::Serialize;

use super::exact::escape_hidden;
use super::shape::{RunShape, SourceShape, SummaryShape, TokenShape};
use super::{Judged, Options, Report, Summary};
use crate::find::Place;

/// Writes the first line: what ran, at which instant, under which policy, with which keys, and what is said of those. The tokens
/// of the report are not looked at.
pub fn run_line(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    line("run", &RunShape::new(report), out)
}

/// Writes the line of a token's first occurrence.
pub fn token_line(
    token: &Judged<'_>,
    place: &Place,
    options: Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let token = TokenShape::new(token, std::slice::from_ref(place), options);
    line("token", &token, out)
}

/// Writes the line of another occurrence of a token, named by the SHA-256 of its text.
pub fn repeat_line(sha256: &str, place: &Place, out: &mut dyn Write) -> io::Result<()> {
    let repeat = Repeat {
        duplicate_of: sha256,
        source: SourceShape::new(place),
    };
    line("token", &repeat, out)
}

/// Writes the last line.
pub fn summary_line(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    line("summary", &SummaryShape::new(summary), out)
}

fn line(kind: &'static str, body: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = escape_hidden(serde_json::to_string(&Line { kind, body })?);
    writeln!(out, "{text}")
}

#[derive(Serialize)]
struct Line<'a, Body> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    body: &'a Body,
}

#[derive(Serialize)]
struct Repeat<'a> {
    duplicate_of: &'a str,
    source: SourceShape<'a>,
}
