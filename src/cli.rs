//! The command line: which front is asked for, and the front without a window, `inspect`.
//!
//! This room touches files, the clock and the standard streams; everything else is handed values. No option
//! takes a secret as its value, and no message repeats more of an argument than the beginning.

mod failure;
mod input;
mod options;

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;

use crate::inspection::Session;
use crate::jose::visible::visible;
use crate::report::{self, Judged, Report, Summary, jsonl};
use failure::Failure;
use input::Input;
use options::{Arguments, Format, Front as Asked, InspectOptions};

/// What the command line asks for.
#[derive(Debug)]
pub enum Front {
    /// Nothing more: the work is done, this is the exit status.
    Done(ExitCode),
    /// The window.
    Window(Launch),
}

/// What the window opens with.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// Files, `-` for standard input, or texts with tokens, as given.
    pub inputs: Vec<OsString>,
    /// Key files.
    pub keys: Vec<PathBuf>,
}

/// Reads the arguments (the program's name first) and, where they ask for a report, prints it.
///
/// The exit status of a report: 0 when every token is accepted and no finding reaches `--fail-on`, else 1;
/// 2 when an input, a key file or an option could not be used, with the reason on standard error.
pub fn start(arguments: impl IntoIterator<Item = OsString>) -> Front {
    let arguments = match Arguments::read(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // Where even this cannot be printed, the exit status has to do.
            let _ = error.print();
            return Front::Done(ExitCode::from(code));
        }
    };
    match arguments.front {
        Some(Asked::Inspect(options)) => Front::Done(inspect(&options)),
        None => Front::Window(Launch {
            inputs: arguments.inputs,
            keys: arguments.keys,
        }),
    }
}

fn inspect(options: &InspectOptions) -> ExitCode {
    match run(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            if !failure.is_broken_pipe() {
                complain(&failure.to_string());
            }
            ExitCode::from(2)
        }
    }
}

/// Prints the report; whether everything passes.
fn run(options: &InspectOptions) -> Result<bool, Failure> {
    let mut session = Session {
        policy: options.policy()?,
        keys: options.key_ring()?,
        setting: options.setting()?,
        ..Session::default()
    };
    let inputs = input::resolve(&options.inputs)?;
    let at = options.at.unwrap_or_else(Timestamp::now);
    let format = options.format.unwrap_or_else(|| {
        if io::stdout().is_terminal() {
            Format::Text
        } else {
            Format::Json
        }
    });
    if format == Format::Jsonl {
        return stream(options, session, &inputs, at);
    }
    let mut adding = session.adding();
    for input in &inputs {
        for candidate in input.candidates()? {
            adding.add(candidate);
        }
    }
    if session.tokens.is_empty() {
        return Err(Failure::no_token(&inputs));
    }
    let report = Report::new(&session, at, options.report());
    let passes = report.summary().passes(options.fail_on.threshold());
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match format {
        Format::Text => report::text(&report, &mut out),
        Format::Json | Format::Jsonl => report::json(&report, &mut out),
    };
    match written.and_then(|()| out.flush()).map_err(Failure::Output) {
        Err(failure) if !failure.is_broken_pipe() => Err(failure),
        // A reader that saw enough changes nothing about what was found.
        _ => Ok(passes),
    }
}

/// Prints each token as soon as it is judged.
fn stream(
    options: &InspectOptions,
    mut session: Session,
    inputs: &[Input],
    at: Timestamp,
) -> Result<bool, Failure> {
    let mut out = io::stdout().lock();
    let mut summary = Summary::default();
    let mut adding = session.adding();
    for candidate in inputs.iter().map(Input::candidates) {
        for candidate in candidate? {
            if summary.occurrences == 0 {
                jsonl::run_line(at, &adding.session().keys, &mut out).map_err(Failure::Output)?;
            }
            summary.occurrences = summary.occurrences.saturating_add(1);
            let place = candidate.place.clone();
            let known = adding.session().tokens.len();
            let index = adding.add(candidate);
            let session = adding.session();
            let Some(inspection) = session.tokens.get(index) else {
                continue;
            };
            let written = if index < known {
                jsonl::repeat_line(&inspection.sha256, &place, &mut out)
            } else {
                let judged = Judged {
                    inspection,
                    judgement: inspection.judge(&session.policy, at),
                };
                summary.count(&judged.judgement);
                jsonl::token_line(&judged, &place, options.report(), &mut out)
            };
            written.map_err(Failure::Output)?;
        }
    }
    if summary.tokens == 0 {
        return Err(Failure::no_token(inputs));
    }
    jsonl::summary_line(&summary, &mut out)
        .and_then(|()| out.flush())
        .map_err(Failure::Output)?;
    Ok(summary.passes(options.fail_on.threshold()))
}

/// Says on standard error what is wrong and what to do, in lines of their own.
fn complain(text: &str) {
    let mut err = io::stderr().lock();
    for (index, line) in text.lines().enumerate() {
        let name = if index == 0 { "tokenloupe: " } else { "" };
        // There is nowhere left to say that standard error is gone.
        let _ = writeln!(err, "{name}{}", visible(line));
    }
}
