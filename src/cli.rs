//! The command line: which front is asked for, and the front without a window, `inspect`.
//!
//! This room touches files, the clock and the standard streams; everything else is handed values. No option
//! takes a secret as its value, and no message repeats more of an argument than the beginning.

mod failure;
mod input;
mod manual;
mod options;
mod pool;
mod words;

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;

use crate::find::Candidate;
use crate::inspection::{Inspection, Session, sha256};
use crate::jose::visible::visible;
use crate::report::{self, Ended, Judged, Report, Summary, jsonl};
use failure::Failure;
use input::Input;
use options::{Arguments, Format, Front as Asked, InspectOptions};
use pool::Give;
use words::Lists;

/// The exit status of a program that wrote where nobody reads any longer, as shells tell it (128 and the number of SIGPIPE).
const BROKEN_PIPE: u8 = 141;

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
        Some(Asked::Completions { shell }) => Front::Done(print(&manual::completions(shell))),
        Some(Asked::Inspect(options)) => Front::Done(status(run(&options))),
        Some(Asked::Man { command }) => Front::Done(print(&manual::page(command.as_deref()))),
        None => Front::Window(Launch {
            inputs: arguments.inputs,
            keys: arguments.keys,
        }),
    }
}

/// Prints a text that is made of nothing but the program.
fn print(text: &[u8]) -> ExitCode {
    let mut out = io::stdout().lock();
    let written = out.write_all(text).and_then(|()| out.flush());
    status(written.map(|()| true).map_err(Failure::Output))
}

/// The exit status: whether everything passes, or why there is nothing to say.
fn status(ended: Result<bool, Failure>) -> ExitCode {
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) if failure.is_broken_pipe() => ExitCode::from(BROKEN_PIPE),
        Err(failure) => {
            complain(&failure.to_string());
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
    let lists = Lists(&options.wordlists);
    lists.check()?;
    let at = options.at.unwrap_or_else(Timestamp::now);
    let format = options.format.unwrap_or_else(|| {
        if io::stdout().is_terminal() {
            Format::Text
        } else {
            Format::Json
        }
    });
    if format == Format::Jsonl {
        return stream(options, &session, &inputs, at);
    }
    collect(options, &mut session, &inputs)?;
    if session.tokens.is_empty() {
        return Err(Failure::no_token(&inputs));
    }
    lists.seek(&mut session, options.jobs())?;
    let report = Report::new(&session, at, options.report());
    let passes = report.summary().passes(options.fail_on.threshold());
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match format {
        Format::Html => report::html(&report, &mut out),
        Format::Json | Format::Jsonl => report::json(&report, &mut out),
        Format::Markdown => report::markdown(&report, &mut out),
        Format::Sarif => {
            let exit_code = u8::from(!passes);
            report::sarif(&report, Some(Ended { exit_code }), &mut out)
        }
        Format::Text => report::text(&report, &mut out),
    };
    match written.and_then(|()| out.flush()).map_err(Failure::Output) {
        Err(failure) if !failure.is_broken_pipe() => Err(failure),
        // A reader that saw enough changes nothing about what was found.
        _ => Ok(passes),
    }
}

/// A token that was found.
enum Found {
    First(Candidate),
    /// It was found before.
    Repeat(Candidate),
}

/// Gives every token of the inputs, in order. Only the hashes of those that were found stay in memory.
fn find_all(inputs: &[Input], give: Give<'_, Found>) -> Result<(), Failure> {
    let mut known = HashSet::new();
    let mut is_wanted = true;
    for input in inputs {
        input.give(&mut |candidate: Candidate| {
            let is_new = known.insert(openssl::sha::sha256(candidate.text.as_bytes()));
            is_wanted = give(if is_new {
                Found::First(candidate)
            } else {
                Found::Repeat(candidate)
            });
            is_wanted
        })?;
        if !is_wanted {
            break;
        }
    }
    Ok(())
}

/// Inspects every token and keeps it.
fn collect(
    options: &InspectOptions,
    session: &mut Session,
    inputs: &[Input],
) -> Result<(), Failure> {
    enum Done {
        First(Box<Inspection>),
        Repeat(Candidate),
    }
    let (keys, setting) = (session.keys.clone(), session.setting.clone());
    let mut adding = session.adding();
    pool::in_order(
        options.jobs(),
        |give| find_all(inputs, give),
        |found| match found {
            Found::First(candidate) => {
                Done::First(Box::new(Inspection::new(candidate, &keys, &setting)))
            }
            Found::Repeat(candidate) => Done::Repeat(candidate),
        },
        |done| {
            match done {
                Done::First(inspection) => adding.add_inspected(*inspection),
                Done::Repeat(candidate) => adding.add(candidate),
            };
            Ok(())
        },
    )
}

/// Prints each token as soon as it is judged, and forgets it.
fn stream(
    options: &InspectOptions,
    session: &Session,
    inputs: &[Input],
    at: Timestamp,
) -> Result<bool, Failure> {
    let mut out = io::stdout().lock();
    let mut summary = Summary::default();
    let run = Report::without_tokens(session, at, options.report());
    summary.count_keys(&run);
    let lists = Lists(&options.wordlists);
    pool::in_order(
        options.jobs(),
        |give| find_all(inputs, give),
        |found| -> Result<(Summary, Vec<u8>), Failure> {
            let mut line = Vec::new();
            let mut counted = Summary::of_place();
            let candidate = match found {
                Found::First(candidate) => candidate,
                Found::Repeat(candidate) => {
                    jsonl::repeat_line(&sha256(&candidate.text), &candidate.place, &mut line)
                        .map_err(Failure::Output)?;
                    return Ok((counted, line));
                }
            };
            let place = candidate.place.clone();
            let mut inspection = Inspection::new(candidate, &session.keys, &session.setting);
            lists.seek_one(&mut inspection, &session.keys, &session.setting)?;
            let judged = Judged::new(&inspection, &session.policy, &session.dismissals, at);
            counted.count(&judged);
            jsonl::token_line(&judged, &place, run.options, &mut line).map_err(Failure::Output)?;
            Ok((counted, line))
        },
        |done| {
            let (counted, line) = done?;
            if summary.occurrences == 0 {
                jsonl::run_line(&run, &mut out).map_err(Failure::Output)?;
            }
            summary.add(&counted);
            out.write_all(&line).map_err(Failure::Output)
        },
    )?;
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
