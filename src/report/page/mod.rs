//! What a report for people is put on. [`content`](super::content) says what is told, and in which order; a page says how it looks.
//!
//! Everything that a page is given may come from a token or a key file: it may hold markup, and characters that move others. A
//! page makes it harmless.

mod html;
mod markdown;
mod plain;

use std::io;

use crate::judge::{CheckResult, Finding, ToldCheck, VerdictOutcome};

pub(super) use html::Html;
pub(super) use markdown::Markdown;
pub(super) use plain::Plain;

/// A report as it is written.
pub(super) trait Page {
    /// What it is and how it was made.
    fn title(&mut self, title: &str, about: &str) -> io::Result<()>;

    /// Begins a part: the keys, a token. Of the anchors no two are the same, and each is a plain word.
    fn part(&mut self, title: &str, anchor: &str) -> io::Result<()>;

    /// What each token came to, in a report of several, and the other parts: title and anchor.
    fn overview(&mut self, tokens: &[Line], parts: &[(&str, &str)]) -> io::Result<()>;

    /// What is said of a token in two sentences.
    fn verdict(
        &mut self,
        outcome: VerdictOutcome,
        headline: &str,
        explanation: &str,
    ) -> io::Result<()>;

    /// Begins a section of a part.
    fn section(&mut self, title: &str) -> io::Result<()>;

    /// A paragraph.
    fn prose(&mut self, text: &str) -> io::Result<()>;

    /// A paragraph that stands apart from what is before it.
    fn note(&mut self, text: &str) -> io::Result<()>;

    /// Paragraphs of one kind.
    fn items(&mut self, items: &[String]) -> io::Result<()>;

    /// A text as it is.
    fn verbatim(&mut self, text: &str) -> io::Result<()>;

    /// Names, each with what is said of it in one or more lines.
    fn facts(&mut self, facts: &[Fact]) -> io::Result<()>;

    /// Names, exact values, and a note on each.
    fn table(&mut self, columns: Columns, rows: &[[String; 3]]) -> io::Result<()>;

    /// What a verifier checks.
    fn checks(&mut self, checks: &[ToldCheck]) -> io::Result<()>;

    /// Something that is wrong.
    fn finding(&mut self, finding: &Told<'_>) -> io::Result<()>;

    /// The end.
    fn end(&mut self) -> io::Result<()>;
}

/// What the columns of a table are called.
pub(super) type Columns = [&'static str; 3];

/// Something with a name.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) lines: Vec<String>,
}

impl Fact {
    pub(super) fn new(name: &'static str, line: String) -> Self {
        Self {
            name,
            lines: vec![line],
        }
    }
}

/// A token in an overview.
pub(super) struct Line {
    pub(super) anchor: String,
    pub(super) title: String,
    pub(super) outcome: VerdictOutcome,
    pub(super) headline: String,
    pub(super) found: String,
    pub(super) findings: String,
}

/// How a finding is told.
pub(super) struct Told<'a> {
    pub(super) finding: &'a Finding,
    /// The places that it rests on.
    pub(super) places: Vec<String>,
    /// Where it is told in full, in place of here.
    pub(super) elsewhere: Option<String>,
    /// Why the reviewer set it aside.
    pub(super) note: Option<&'a str>,
}

/// The sign, which goes before the word of an outcome: colour never speaks alone.
fn sign(outcome: VerdictOutcome) -> char {
    match outcome {
        VerdictOutcome::Accept => '\u{2713}',
        VerdictOutcome::Reject => '\u{2717}',
        VerdictOutcome::Undetermined => '?',
    }
}

/// The result of a check, with its sign.
fn result(check: &ToldCheck) -> &'static str {
    match check.result {
        CheckResult::Failed => "\u{2717} failed",
        CheckResult::NotRun => "\u{2013} not run",
        CheckResult::Passed => "\u{2713} passed",
    }
}
