//! From files, the clipboard, standard input and arguments to tokens and keys. Runs in a job: it may be slow,
//! and what it reads is hostile.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::jobs::Leave;
use super::model::Notice;
use super::samples::{Sample, Text};
use crate::find::{Candidate, Nothing, explain_nothing, find, find_argument};
use crate::inspection::Inspection;
use crate::jose::visible::visible;
use crate::judge::{Judgement, Policy};
use crate::keys::{Key, KeyRing, LoadError, SecretEncoding, load, load_secret};
use crate::verify::Setting;

/// Inputs larger than this (in bytes) are refused.
const MAX_INPUT_BYTES: u64 = 64 << 20;

/// Bytes read between two looks at whether to go on.
const CHUNK_BYTES: u64 = 1 << 20;

/// Where something is to be read from.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// An argument of the command line: `-`, a file, or a text with tokens.
    Argument(OsString),
    /// A file.
    File(PathBuf),
    /// A token that is at hand.
    Found(Candidate),
    /// A text that is at hand.
    Text {
        /// What it is called.
        name: &'static str,
        /// The text.
        text: Zeroizing<String>,
    },
}

impl Source {
    /// What reading it is called while it goes on.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Argument(argument) if argument == "-" => "Reading standard input".to_owned(),
            Self::Argument(_) => "Reading an argument".to_owned(),
            Self::File(path) => format!("Reading {}", file_name(path)),
            Self::Found(_) => "Reading a member".to_owned(),
            Self::Text { name, .. } => format!("Reading {name}"),
        }
    }
}

/// The texts of a sample.
pub(super) fn sample(sample: &Sample) -> Vec<(Source, Wanted)> {
    let source = |text: &Text| Source::Text {
        name: text.file,
        text: Zeroizing::new(text.text.to_owned()),
    };
    let texts = sample.texts.iter();
    texts.map(|text| (source(text), text.holds)).collect()
}

/// What the reader hopes for. Tokens and keys are taken wherever they are; this picks the words when there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Keys.
    Keys,
    /// The payload of a token that does not hold it: the whole file.
    Payload,
    /// One shared secret: the whole file. Nothing else is looked for.
    Secret,
    /// Tokens.
    Tokens,
}

/// What new tokens are verified with and held against.
pub(super) struct Ground {
    pub(super) keys: KeyRing,
    pub(super) setting: Setting,
    pub(super) policy: Policy,
    pub(super) now: Timestamp,
    /// Counts the changes of the key ring, so that a late result is known to be late.
    pub(super) generation: u64,
}

/// What was read.
pub(super) struct Loaded {
    /// The tokens, each with a first judgement.
    pub(super) tokens: Vec<(Inspection, Judgement)>,
    pub(super) keys: Vec<Key>,
    pub(super) notices: Vec<Notice>,
    /// A payload, and what it came from.
    pub(super) payload: Option<(String, Zeroizing<Vec<u8>>)>,
    /// Whether the tokens are members of others.
    pub(super) are_members: bool,
    /// [`Ground::generation`] of the keys that the tokens were verified with, the new ones aside.
    pub(super) generation: u64,
    /// What was done, such as "Pasted".
    pub(super) verb: &'static str,
}

/// Reads everything, keys first, so that each token is verified once with all of them.
pub(super) fn read_all(
    sources: Vec<(Source, Wanted)>,
    verb: &'static str,
    ground: Ground,
    leave: &Leave,
) -> Loaded {
    let mut loaded = Loaded {
        tokens: Vec::new(),
        keys: Vec::new(),
        notices: Vec::new(),
        payload: None,
        are_members: false,
        generation: ground.generation,
        verb,
    };
    let mut candidates = Vec::new();
    for (source, wanted) in sources {
        let read = match read(source, leave) {
            Ok(Read::Input(read)) => read,
            Ok(Read::Token(candidate)) => {
                candidates.push(candidate);
                loaded.are_members = true;
                continue;
            }
            Err(ReadError::Cancelled) => return loaded,
            Err(error) => {
                loaded.notices.push(Notice::fault(&error.to_string()));
                continue;
            }
        };
        if wanted == Wanted::Payload {
            loaded.payload = Some((read.name, read.bytes));
            continue;
        }
        if wanted == Wanted::Secret {
            match load_secret(&read.name, &read.bytes, SecretEncoding::Auto) {
                Ok(key) => loaded.keys.push(key),
                Err(fault) => loaded.notices.push(Notice::fault(&fault.to_string())),
            }
            continue;
        }
        let found = if read.is_argument {
            find_argument(&String::from_utf8_lossy(&read.bytes))
        } else {
            find(&read.bytes, &read.name)
        };
        match load(&read.name, &read.bytes) {
            Ok(keys) => loaded.keys.extend(keys),
            Err(fault) if found.is_empty() => loaded.notices.push(nothing(&read, wanted, &fault)),
            Err(_) => {}
        }
        candidates.extend(found);
    }
    let mut keys = ground.keys;
    keys.add(loaded.keys.iter().cloned());
    let count = candidates.len() as u64;
    for (at, candidate) in (0..).zip(candidates) {
        if leave.is_cancelled() {
            break;
        }
        leave.done(at, count);
        let inspection = Inspection::new(candidate, &keys, &ground.setting);
        let judgement = inspection.judge(&ground.policy, ground.now);
        loaded.tokens.push((inspection, judgement));
    }
    loaded
}

/// Why a source yields no bytes. `Display` has two lines: what is wrong and where, and what to do.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("Reading was cancelled\n")]
    Cancelled,
    #[error("{name}: expected a file, found a directory\nChoose the files in it.")]
    Directory { name: String },
    #[error(
        "{name}: expected a file that can be read, found: {cause}\nCheck that it exists and that you may read it."
    )]
    File { name: String, cause: io::Error },
    #[error(
        "{name}: expected at most {} MiB, found more\nCut out the part that holds the tokens and open that.",
        MAX_INPUT_BYTES >> 20
    )]
    TooLarge { name: String },
}

struct Input {
    name: String,
    bytes: Zeroizing<Vec<u8>>,
    is_argument: bool,
}

/// What a source holds.
enum Read {
    Input(Input),
    /// There is nothing to look for.
    Token(Candidate),
}

fn read(source: Source, leave: &Leave) -> Result<Read, ReadError> {
    let input = match source {
        Source::Found(candidate) => return Ok(Read::Token(candidate)),
        Source::Argument(argument) if argument == "-" => {
            read_stream(io::stdin().lock(), "stdin", None, leave)
        }
        Source::Argument(argument) if !Path::new(&argument).exists() => Ok(Input {
            name: "argument".to_owned(),
            bytes: Zeroizing::new(argument.into_encoded_bytes()),
            is_argument: true,
        }),
        Source::Argument(argument) => read_file(Path::new(&argument), leave),
        Source::File(path) => read_file(&path, leave),
        Source::Text { name, text } => Ok(Input {
            name: name.to_owned(),
            bytes: Zeroizing::new(text.as_bytes().to_vec()),
            is_argument: false,
        }),
    };
    input.map(Read::Input)
}

fn read_file(path: &Path, leave: &Leave) -> Result<Input, ReadError> {
    let name = file_name(path);
    let file = |cause| ReadError::File {
        name: name.clone(),
        cause,
    };
    let metadata = path.metadata().map_err(file)?;
    if metadata.is_dir() {
        return Err(ReadError::Directory { name });
    }
    if metadata.len() > MAX_INPUT_BYTES {
        return Err(ReadError::TooLarge { name });
    }
    let length = Some(metadata.len());
    read_stream(File::open(path).map_err(file)?, &name, length, leave)
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    visible(&name.to_string_lossy())
}

/// `length`: how many bytes to expect, where that is known.
fn read_stream(
    mut stream: impl io::Read,
    name: &str,
    length: Option<u64>,
    leave: &Leave,
) -> Result<Input, ReadError> {
    let name = name.to_owned();
    let mut bytes = Zeroizing::new(Vec::new());
    loop {
        if leave.is_cancelled() {
            return Err(ReadError::Cancelled);
        }
        if let Some(length) = length {
            leave.done(bytes.len() as u64, length);
        }
        let chunk = stream.by_ref().take(CHUNK_BYTES).read_to_end(&mut bytes);
        match chunk {
            Ok(0) => break,
            Ok(_) if u64::try_from(bytes.len()).map_or(true, |length| length > MAX_INPUT_BYTES) => {
                return Err(ReadError::TooLarge { name });
            }
            Ok(_) => {}
            Err(cause) => return Err(ReadError::File { name, cause }),
        }
    }
    Ok(Input {
        name,
        bytes,
        is_argument: false,
    })
}

fn nothing(input: &Input, wanted: Wanted, key_fault: &LoadError) -> Notice {
    if input.is_argument {
        // The argument may be a mistyped secret: it is not repeated.
        return Notice::fault(
            "Argument: expected a file or a token, found no such file and no token in it\nCheck the name of the file.",
        );
    }
    let nothing = explain_nothing(&input.bytes);
    let is_meant_as_key = wanted != Wanted::Tokens
        || matches!(
            nothing,
            Nothing::Certificate | Nothing::Jwk | Nothing::JwkSet | Nothing::PemKey
        );
    Notice::fault(&if is_meant_as_key {
        key_fault.to_string()
    } else {
        format!("{}: {nothing}", input.name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::jobs::Jobs;

    fn run(sources: Vec<(Source, Wanted)>) -> Loaded {
        let mut jobs = Jobs::new(egui::Context::default());
        let ground = Ground {
            keys: KeyRing::default(),
            setting: Setting::default(),
            policy: Policy::default(),
            now: Timestamp::UNIX_EPOCH,
            generation: 3,
        };
        jobs.start("", true, move |leave| {
            read_all(sources, "Opened", ground, leave)
        });
        loop {
            if let Some(crate::window::jobs::Ended::Done(loaded)) = jobs.collect().pop() {
                return loaded;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_in_two_lines() {
        let directory = tempfile::tempdir().unwrap();
        let loaded = run(vec![
            (
                Source::File(directory.path().join("missing.txt")),
                Wanted::Tokens,
            ),
            (Source::File(directory.path().to_owned()), Wanted::Keys),
        ]);
        let [missing, folder] = &loaded.notices[..] else {
            panic!("{:?}", loaded.notices);
        };
        assert!(
            missing.what.starts_with("missing.txt: expected a file") && !missing.advice.is_empty()
        );
        assert!(folder.what.contains("found a directory"));
        assert_eq!(loaded.generation, 3);
    }

    #[test]
    fn an_argument_that_is_nothing_is_not_repeated() {
        let loaded = run(vec![(
            Source::Argument("hunter2-secret".into()),
            Wanted::Tokens,
        )]);
        let [notice] = &loaded.notices[..] else {
            panic!("{:?}", loaded.notices);
        };
        assert!(!notice.what.contains("hunter2") && !notice.advice.contains("hunter2"));
    }

    #[test]
    fn an_endless_stream_is_cut_off() {
        let mut jobs = Jobs::new(egui::Context::default());
        jobs.start("", true, |leave| {
            read_stream(io::repeat(b'.'), "zeros", None, leave).map(|_| ())
        });
        let result = loop {
            if let Some(crate::window::jobs::Ended::Done(result)) = jobs.collect().pop() {
                break result;
            }
            std::thread::yield_now();
        };
        assert!(matches!(result, Err(ReadError::TooLarge { .. })));
    }
}
