//! The report that is looked at, copied and saved: made on a thread, for it may be of many tokens.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::desk::{Desk, News};
use super::jobs::Leave;
use super::manager::ToWrite;
use super::model::{Clock, Model, Notice};
use crate::inspection::Session;
use crate::judge::audit_key;
use crate::judge::words::{When, counted};
use crate::report::{self, Judged, Options, Report};

/// A report that would be longer than this, in bytes, is not made.
const MAX_BYTES: usize = 256 << 20;

/// Lines are broken after this many characters where the report is looked at.
const COLUMNS: usize = 92;

/// How the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportForm {
    /// For tickets and notes.
    Markdown,
    /// One file for browsers and paper.
    Html,
    /// For programs.
    Json,
    /// For tools that collect findings.
    Sarif,
}

impl ReportForm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Markdown, Self::Html, Self::Json, Self::Sarif];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
            Self::Json => "JSON",
            Self::Sarif => "SARIF",
        }
    }

    /// A name for its file.
    fn file_name(self) -> &'static str {
        match self {
            Self::Markdown => "token-report.md",
            Self::Html => "token-report.html",
            Self::Json => "token-report.json",
            Self::Sarif => "token-report.sarif",
        }
    }

    fn write(self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Markdown => report::markdown(report, out),
            Self::Html => report::html(report, out),
            Self::Json => report::json(report, out),
            Self::Sarif => report::sarif(report, None, out),
        }
    }
}

/// Of which tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportScope {
    /// The one on screen.
    One,
    /// Those that are chosen in the table.
    Chosen,
    /// All of them.
    All,
}

impl ReportScope {
    /// Positions of the tokens in the session.
    pub fn tokens(self, model: &Model) -> Vec<usize> {
        let count = model.session.tokens.len();
        match self {
            Self::One => model.current.into_iter().collect(),
            Self::Chosen => {
                let chosen = model.table.chosen.iter().copied();
                chosen.filter(|at| *at < count).collect()
            }
            Self::All => (0..count).collect(),
        }
    }
}

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportAsk {
    /// How it is written.
    pub form: ReportForm,
    /// Of which tokens.
    pub scope: ReportScope,
    /// Whether the tokens themselves stay out.
    pub redact: bool,
}

/// A report that was made.
pub struct Made {
    /// As it is saved and copied.
    text: Zeroizing<String>,
    /// As it is looked at, where that is another text.
    preview: Option<Zeroizing<String>>,
    /// The lines of what is looked at, broken where they are long.
    lines: Vec<Range<usize>>,
}

impl Made {
    /// How many lines there are to look at.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// A line to look at.
    pub fn line(&self, at: usize) -> &str {
        let text = self.preview.as_ref().unwrap_or(&self.text);
        let range = self.lines.get(at).cloned();
        range.and_then(|range| text.get(range)).unwrap_or_default()
    }

    /// How long it is, in bytes.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Made")
            .field("bytes", &self.text.len())
            .field("lines", &self.lines.len())
            .finish_non_exhaustive()
    }
}

/// The report that is looked at.
#[derive(Debug, Clone, Default)]
pub struct Reporting {
    /// Which was asked for last.
    pub asked: Option<ReportAsk>,
    /// The job that makes it.
    pub job: Option<u64>,
    /// It, once it is made.
    pub made: Option<Arc<Made>>,
}

/// One thing to do with a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportCommand {
    /// Put it on the clipboard.
    Copy,
    /// Forget it.
    Leave,
    /// Make it, in place of the one before.
    Make(ReportAsk),
    /// Ask for a place, and write it there.
    Save,
}

impl From<ReportCommand> for super::commands::Command {
    fn from(command: ReportCommand) -> Self {
        Self::Report(command)
    }
}

/// What came of making it; the fault in two lines.
pub(super) struct Reported {
    asked: ReportAsk,
    result: Result<Made, String>,
}

impl Desk {
    /// Carries a command about reports out.
    pub(super) fn apply_to_report(&mut self, command: ReportCommand, frame: &eframe::Frame) {
        match command {
            ReportCommand::Copy => {
                let reporting = &self.model.reporting;
                let Some((made, asked)) = reporting.made.clone().zip(reporting.asked) else {
                    return;
                };
                self.copy(made.text.clone(), "the report", !asked.redact);
            }
            ReportCommand::Leave => self.leave_report(),
            ReportCommand::Make(ask) => self.make_report(ask),
            ReportCommand::Save => {
                let reporting = &self.model.reporting;
                let Some((made, asked)) = reporting.made.clone().zip(reporting.asked) else {
                    return;
                };
                let to_write = ToWrite {
                    text: made.text.clone(),
                    what: "the report",
                    is_private: !asked.redact,
                };
                self.ask_where_to_write(to_write, asked.form.file_name(), frame);
            }
        }
    }

    /// Forgets the report that is looked at.
    pub(super) fn leave_report(&mut self) {
        if let Some(job) = self.model.reporting.job {
            self.jobs.stop(job);
        }
        self.model.reporting = Reporting::default();
    }

    fn make_report(&mut self, ask: ReportAsk) {
        self.leave_report();
        self.model.reporting.asked = Some(ask);
        let model = &self.model;
        let session = &model.session;
        let tokens = ask.scope.tokens(model).into_iter();
        let session = Session {
            tokens: tokens
                .filter_map(|at| session.tokens.get(at).cloned())
                .collect(),
            keys: session.keys.clone(),
            policy: session.policy.clone(),
            dismissals: session.dismissals.clone(),
            // Nothing is verified again.
            ..Session::default()
        };
        let (at, options) = (model.now, options(model, ask.redact));
        let audits = Arc::clone(&model.audits);
        let label = format!(
            "Making a report of {}",
            counted(session.tokens.len(), "token")
        );
        self.model.reporting.job = self.start(&label, true, move |leave| {
            let keys = session.keys.keys().iter();
            // What is said of keys may not be found out yet, which can take its time.
            let audits = keys.take_while(|_| !leave.is_cancelled()).map(|key| {
                let known = audits.get(&key.id).cloned();
                known.unwrap_or_else(|| audit_key(key, &session.keys, Some(at)))
            });
            let audits = audits.collect();
            let mut report = Report::with_key_audits(&session, audits, at, options);
            let count = session.tokens.len() as u64;
            for (index, inspection) in (0..).zip(&session.tokens) {
                if leave.is_cancelled() {
                    break;
                }
                leave.done(index, count);
                let judged = Judged::new(inspection, &session.policy, &session.dismissals, at);
                report.tokens.push(judged);
            }
            News::Reported(Reported {
                asked: ask,
                result: make(ask.form, &report, leave),
            })
        });
    }

    /// Takes in what was made, unless another was asked for since.
    pub(super) fn reported(&mut self, reported: Reported) {
        let reporting = &mut self.model.reporting;
        if reporting.asked != Some(reported.asked) {
            return;
        }
        reporting.job = None;
        match reported.result {
            Ok(made) => reporting.made = Some(Arc::new(made)),
            Err(fault) => self.notify(Notice::fault(&fault)),
        }
    }
}

fn options(model: &Model, redact: bool) -> Options {
    Options {
        redact,
        when: match model.clock {
            Clock::Frozen(_) => When::Then,
            Clock::Live => When::Now,
        },
    }
}

fn make(form: ReportForm, report: &Report<'_>, leave: &Leave) -> Result<Made, String> {
    let write = |write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        let mut page = Bounded {
            text: Zeroizing::new(Vec::new()),
            leave,
        };
        write(&mut page).map_err(|error| {
            format!("Report: {error}\nMake one of fewer tokens, or use tokenloupe inspect.")
        })?;
        let text = String::from_utf8(std::mem::take(&mut *page.text));
        Ok::<_, String>(Zeroizing::new(text.unwrap_or_default()))
    };
    let text = write(&|out| form.write(report, out))?;
    // Of a page for browsers the source is nothing to look at.
    let preview = match form {
        ReportForm::Html => Some(write(&|out| report::text(report, out))?),
        _ => None,
    };
    let lines = broken(preview.as_ref().unwrap_or(&text));
    Ok(Made {
        text,
        preview,
        lines,
    })
}

/// Memory up to a ceiling, and only while somebody waits.
struct Bounded<'l> {
    text: Zeroizing<Vec<u8>>,
    leave: &'l Leave,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.leave.is_cancelled() {
            // Not `Interrupted`, after which it would be tried again.
            return Err(io::Error::other(
                "expected to go on, found that it was cancelled",
            ));
        }
        if self.text.len().saturating_add(bytes.len()) > MAX_BYTES {
            let mebibytes = MAX_BYTES >> 20;
            let fault = format!("expected at most {mebibytes} MiB, found that it would be longer");
            return Err(io::Error::other(fault));
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines of a text; long ones broken, after a space where there is one in their last third.
fn broken(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0_usize;
    for line in text.split('\n') {
        let mut rest = line;
        let mut at = start;
        while let Some((end, _)) = rest.char_indices().nth(COLUMNS) {
            let (shown, _) = rest.split_at(end);
            let space = shown
                .rfind(' ')
                .filter(|space| space.saturating_mul(3) > end);
            let end = space.map_or(end, |space| space.saturating_add(1));
            lines.push(at..at.saturating_add(end));
            at = at.saturating_add(end);
            rest = rest.split_at(end).1;
        }
        lines.push(at..at.saturating_add(rest.len()));
        start = start.saturating_add(line.len()).saturating_add(1);
    }
    // What ends with a line break has nothing after it.
    if lines.last().is_some_and(Range::is_empty) {
        lines.pop();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_and_lose_nothing() {
        let long = "word ".repeat(60) + &"\u{E9}".repeat(200);
        let text = format!("short\n\n{long}\nend\n");
        let lines = broken(&text);
        let shown: Vec<&str> = lines.iter().map(|line| &text[line.clone()]).collect();
        assert!(shown.iter().all(|line| line.chars().count() <= COLUMNS));
        assert_eq!(shown.concat(), text.replace('\n', ""));
        assert_eq!((shown[0], shown[1]), ("short", ""));
        assert!(shown[2].ends_with("word "));
        assert_eq!(shown.last(), Some(&"end"));
        assert!(broken("").is_empty());
    }
}
