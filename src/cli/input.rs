//! What the arguments stand for: files, standard input, or texts with tokens.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::complain;
use super::failure::Failure;
use super::pool::Give;
use crate::find::{self, Candidate, Where, find};

/// How much of an argument a message repeats, in characters: a path, or a part of a token's header.
const ARGUMENT_SHOWN: usize = 40;

/// A place that tokens come from.
pub(super) enum Input {
    /// The tokens in the text of an argument.
    Argument(Vec<Candidate>),
    /// A file that is there.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Input {
    /// Its name for people, and in [`Place::name`](crate::find::Place::name).
    pub(super) fn name(&self) -> String {
        match self {
            Self::Argument(_) => "argument".to_owned(),
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "stdin".to_owned(),
        }
    }

    /// Gives every token in it, in order, until nobody takes them. What is to be said of the input goes to standard error.
    pub(super) fn give(&self, give: Give<'_, Candidate>) -> Result<(), Failure> {
        let name = self.name();
        let reader: Box<dyn Read> = match self {
            Self::Argument(candidates) => {
                candidates.iter().cloned().all(give);
                return Ok(());
            }
            Self::File(path) => match File::open(path) {
                Ok(file) => Box::new(file),
                Err(error) => return Err(Failure::Read { name, error }),
            },
            Self::Stdin => {
                let stdin = io::stdin().lock();
                if stdin.is_terminal() {
                    complain("reading standard input until its end (Ctrl+D)");
                }
                Box::new(stdin)
            }
        };
        let read = |error| Failure::Read {
            name: name.clone(),
            error,
        };
        let mut stream = find::stream(reader, &name).map_err(read)?;
        for candidate in &mut stream {
            if !give(candidate.map_err(read)?) {
                return Ok(());
            }
        }
        for note in stream.notes() {
            complain(&format!("{name}: {note}"));
        }
        Ok(())
    }
}

/// What each argument stands for; standard input when there is none. What is named twice is read once.
pub(super) fn resolve(arguments: &[OsString]) -> Result<Vec<Input>, Failure> {
    if arguments.is_empty() {
        return Ok(vec![Input::Stdin]);
    }
    let mut inputs = Vec::new();
    let mut tokens_given = false;
    for (index, argument) in arguments.iter().enumerate() {
        if arguments
            .iter()
            .take(index)
            .any(|earlier| earlier == argument)
        {
            continue;
        }
        let path = Path::new(argument);
        let input = if argument == "-" {
            Input::Stdin
        } else {
            match fs::metadata(path) {
                Ok(_) => Input::File(path.to_owned()),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    let name = path.display().to_string();
                    return Err(Failure::Read { name, error });
                }
                Err(_) => {
                    tokens_given = true;
                    in_text(argument, index)?
                }
            }
        };
        inputs.push(input);
    }
    if tokens_given {
        complain(
            "a token was given as an argument: others on this machine can read it while this runs, and the shell may keep it",
        );
    }
    Ok(inputs)
}

/// The tokens in the text of an argument.
fn in_text(argument: &OsString, index: usize) -> Result<Input, Failure> {
    let name = format!("argument {}", index.saturating_add(1));
    let text = argument.to_string_lossy();
    let mut candidates = find(text.as_bytes(), &name);
    if candidates.is_empty() {
        let mut beginning: String = text.chars().take(ARGUMENT_SHOWN).collect();
        if beginning.len() < text.len() {
            beginning.push('\u{2026}');
        }
        let what = format!("{name} \u{201C}{beginning}\u{201D}");
        return Err(Failure::Argument { what });
    }
    for candidate in &mut candidates {
        if candidate.place.where_ == Where::Bare {
            candidate.place.where_ = Where::Argument;
        }
    }
    Ok(Input::Argument(candidates))
}

/// All of a stream; `None` when it is longer than `limit` bytes.
pub(super) fn read_up_to(stream: impl Read, limit: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = stream
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    let fits = u64::try_from(read).is_ok_and(|read| read <= limit);
    Ok(fits.then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_is_the_last_length_that_is_read() {
        let read = |limit| read_up_to(&b"abc"[..], limit).expect("memory can be read");
        assert_eq!(read(3).as_deref(), Some(&b"abc".to_vec()));
        assert_eq!(read(2), None);
    }
}
