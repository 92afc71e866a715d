//! The report as lines of JSON (format `jsonl`), each written as soon as its token is done.
//!
//! First a `run` line, then a `token` line for each occurrence in input order, then a `summary` line.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::exact::escape_hidden;
use super::shape::{KeyShape, SourceShape, SummaryShape, TokenShape, Tool};
use super::{Judged, Options, Summary};
use crate::find::Place;
use crate::judge::KeyAudit;
use crate::keys::KeyRing;

/// Writes the first line: what ran, at which instant, with which keys, and what is said of those, in their order.
pub fn run_line(
    at: Timestamp,
    keys: &KeyRing,
    audits: &[KeyAudit],
    out: &mut dyn Write,
) -> io::Result<()> {
    let run = Run {
        tool: Tool::this(),
        clock: at.to_string(),
        keys: KeyShape::all(keys, audits),
    };
    line("run", &run, out)
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
struct Run<'a> {
    tool: Tool,
    clock: String,
    keys: Vec<KeyShape<'a>>,
}

#[derive(Serialize)]
struct Repeat<'a> {
    duplicate_of: &'a str,
    source: SourceShape<'a>,
}
