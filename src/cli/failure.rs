//! Why the command line could not be carried out. `Display` has two lines, whatever a file is called: what is wrong and where, and
//! what to do.

use std::io;

use super::input::Input;
use crate::jose::visible::visible;
use crate::judge::{PolicyError, ProfileName};
use crate::keys::LoadError;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// An argument is neither a file nor a text with a token.
    #[error(
        "{}: no such file, and no token in it\nCheck the path, or give the token on standard input.",
        visible(.what)
    )]
    Argument {
        /// Which argument, and how it begins.
        what: String,
    },
    /// A key file yields no key.
    #[error("{}", with_option(.0))]
    Key(#[from] LoadError),
    /// Nothing that was read holds a token.
    #[error(
        "{}: expected a token, found none\nA token is three or five parts of base64url joined by dots, and begins with \u{201C}ey\u{201D}.",
        visible(.what)
    )]
    NoToken {
        /// What was read.
        what: String,
    },
    /// Standard output took no more.
    #[error("standard output: {0}\nCheck that there is room where it goes.")]
    Output(io::Error),
    /// A policy file is none.
    #[error(transparent)]
    Policy(Box<PolicyError>),
    /// No kind of token.
    #[error(
        "--profile {}: expected a kind of token, found a name that is none\nUse auto, or one of {}.",
        visible(.name),
        profile_names()
    )]
    ProfileUnknown {
        /// What was given.
        name: String,
    },
    /// A file cannot be read.
    #[error("{}: {error}\nCheck that it is a file, and that you may read it.", visible(.name))]
    Read {
        /// The file.
        name: String,
        /// Why.
        error: io::Error,
    },
    /// The system gives no thread.
    #[error(
        "expected a new thread, found that the system gives none: {0}\nClose something and try again."
    )]
    Threads(io::Error),
    /// A file is larger than what is read.
    #[error("{}: expected at most {mebibytes} MiB, found more\n{advice}", visible(.name))]
    TooLarge {
        /// The file.
        name: String,
        /// The ceiling.
        mebibytes: u64,
        /// What to do.
        advice: &'static str,
    },
}

/// The names of all kinds of token, for people.
fn profile_names() -> String {
    let names = ProfileName::ALL.iter().map(|profile| profile.name());
    names.collect::<Vec<_>>().join(", ")
}

/// What the library says of a key file, and what to do with the options that are there.
fn with_option(error: &LoadError) -> String {
    let text = error.to_string();
    let advice = match error {
        LoadError::Encrypted { .. } => {
            "Give a file that holds its passphrase with --passphrase-file, or load the public key."
        }
        LoadError::WrongPassphrase { .. } => {
            "Check the file of --passphrase-file: one line break at its end is dropped, everything else counts."
        }
        LoadError::Sealed { .. } => "Give the key that it is encrypted to with --key too.",
        _ => return text,
    };
    match text.split_once('\n') {
        Some((what, _)) => format!("{what}\n{advice}"),
        None => text,
    }
}

impl Failure {
    /// None of these inputs holds a token.
    pub(super) fn no_token(inputs: &[Input]) -> Self {
        let what = match inputs {
            [input] => input.name(),
            inputs => format!("{} inputs", inputs.len()),
        };
        Self::NoToken { what }
    }

    /// Whether the reader of standard output went away, which is no fault.
    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
