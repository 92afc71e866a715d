//! From files, the clipboard, standard input and arguments to tokens and keys. Runs in a job: it may be slow,
//! and what it reads is hostile.

mod input;

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use input::{Input, Progress, ReadError, Watched, file_name};

use super::jobs::Leave;
use super::model::Notice;
use super::samples::{Sample, Text};
use crate::find::{Candidate, Nothing, find_argument, stream};
use crate::inspection::{Inspection, load_keys};
use crate::jose::{Kind, MAX_TOKEN_BYTES, Token};
use crate::judge::{Judgement, Policy};
use crate::keys::{Effort, Key, KeyFault, KeyRing, LoadError, SecretEncoding, Unlock, load_secret};
use crate::verify::Setting;
use crate::window::manager::LockedFile;
use crate::window::policies::{Imported, read_policy};

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
    /// A policy: the whole file. Nothing else is looked for.
    Policy,
    /// Revoked `jti`s, for the policy in force: the whole file.
    Revoked,
    /// One shared secret: the whole file. Nothing else is looked for.
    Secret,
    /// Tokens.
    Tokens,
    /// Words that may be secrets: the file is read again for each search in it.
    Words,
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
    /// Files whose passphrase is to be asked for.
    pub(super) locked: Vec<LockedFile>,
    pub(super) notices: Vec<Notice>,
    /// A policy; of several the last one.
    pub(super) policy: Option<Imported>,
    /// A payload, and what it came from.
    pub(super) payload: Option<(String, Zeroizing<Vec<u8>>)>,
    /// Whether the tokens are members of others.
    pub(super) are_members: bool,
    /// [`Ground::generation`] of the keys that the tokens were verified with, the new ones aside.
    pub(super) generation: u64,
    /// What was done, such as "Pasted".
    pub(super) verb: &'static str,
}

/// Reads everything, keys first, so that each token is verified once with all of them. What was found before a cancel stays.
pub(super) fn read_all(
    sources: Vec<(Source, Wanted)>,
    verb: &'static str,
    ground: Ground,
    leave: &Leave,
) -> Loaded {
    let ground = Ground {
        setting: Setting {
            watch: leave.watch(),
            ..ground.setting
        },
        ..ground
    };
    let mut loaded = Loaded::keys(Vec::new(), ground.generation, verb);
    let mut inputs = Vec::new();
    let mut members = Vec::new();
    for (source, wanted) in sources {
        if leave.is_cancelled() {
            return loaded;
        }
        let source = match source {
            Source::Found(candidate) => {
                members.push(candidate);
                continue;
            }
            other => other,
        };
        match Input::new(source) {
            Ok(input) if wanted == Wanted::Payload => loaded.take_payload(input),
            Ok(input) if is_policy(&input, wanted) => loaded.take_policy(&input),
            Ok(input) => inputs.extend(loaded.take_keys(input, wanted, &ground)),
            Err(error) => loaded.notices.push(Notice::fault(&error.to_string())),
        }
    }
    let mut keys = ground.keys.clone();
    keys.add(loaded.keys.iter().cloned());
    let mut work = Work {
        ground: Ground { keys, ..ground },
        known: HashMap::new(),
        progress: Progress {
            leave,
            read: 0,
            whole: inputs.iter().map(|tokens| tokens.input.length).sum(),
        },
    };
    loaded.are_members = !members.is_empty();
    for member in members {
        loaded.take_token(member, &mut work);
    }
    for input in inputs {
        loaded.take_tokens(input, &mut work);
        if leave.is_cancelled() {
            let count = loaded.tokens.len();
            loaded.notices.push(Notice {
                what: format!("Reading was cancelled; {count} tokens found before are kept."),
                ..Notice::default()
            });
            break;
        }
    }
    loaded
}

/// An input with the words for it if no token is in it.
struct Tokens {
    input: Input,
    /// What was hoped for, and why no key is in it. `None` when there is one.
    key_fault: Option<(Wanted, LoadError)>,
}

/// What goes on while tokens are taken.
struct Work<'l> {
    ground: Ground,
    /// The positions of tokens, by the hashes of their texts.
    known: HashMap<[u8; 32], usize>,
    progress: Progress<'l>,
}

impl Loaded {
    /// Keys, and nothing else.
    pub(super) fn keys(keys: Vec<Key>, generation: u64, verb: &'static str) -> Self {
        Self {
            tokens: Vec::new(),
            keys,
            locked: Vec::new(),
            notices: Vec::new(),
            policy: None,
            payload: None,
            are_members: false,
            generation,
            verb,
        }
    }

    /// Takes all of an input for a payload. Of one that is too large a byte more than may be is taken.
    fn take_payload(&mut self, input: Input) {
        let name = input.name.clone();
        let most = MAX_TOKEN_BYTES.saturating_add(1) as u64;
        let mut bytes = Zeroizing::new(Vec::new());
        let read = input.reader().and_then(|reader| {
            let read = reader.take(most).read_to_end(&mut bytes);
            read.map_err(|cause| ReadError::File {
                name: name.clone(),
                cause,
            })
        });
        match read {
            Ok(_) => self.payload = Some((name, bytes)),
            Err(error) => self.notices.push(Notice::fault(&error.to_string())),
        }
    }

    /// Takes all of an input for a policy.
    fn take_policy(&mut self, input: &Input) {
        let folder = input.path.as_deref().and_then(Path::parent);
        match read_policy(&input.name, &input.head, folder) {
            Ok(mut imported) => {
                let name = &mut imported.policy.name;
                let stem = Path::new(&input.name).file_stem();
                if name.is_none() && input.path.is_some() {
                    *name = stem.map(|stem| stem.to_string_lossy().into_owned());
                }
                self.policy = Some(imported);
            }
            Err(fault) => self.notices.push(Notice::fault(&fault)),
        }
    }

    /// Takes the keys of an input. Gives it back where tokens may be in it.
    fn take_keys(&mut self, mut input: Input, wanted: Wanted, ground: &Ground) -> Option<Tokens> {
        // The head of what is larger is no key file.
        let too_large = |fault| match (fault, input.length) {
            (LoadError::TooLarge { source_name, bytes }, Some(length)) => LoadError::TooLarge {
                source_name,
                bytes: bytes.max(length),
            },
            (fault, _) => fault,
        };
        if wanted == Wanted::Secret {
            match load_secret(&input.name, &input.head, SecretEncoding::Auto) {
                Ok(key) => self.keys.push(key),
                Err(fault) => {
                    let fault = too_large(fault);
                    self.notices.push(Notice::fault(&fault.to_string()));
                }
            }
            return None;
        }
        let watch = &ground.setting.watch;
        let unlock = Unlock {
            passphrase: ground.setting.passphrase.as_ref(),
            effort: Effort {
                cancel: &watch.cancel,
                progress: &|done, of| watch.tell(done, of),
            },
            ..Unlock::without()
        };
        let key_fault = match load_keys(&input.name, &input.head, &unlock, &ground.keys) {
            Ok(keys) => {
                let last = keys.last().and_then(|key| key.fault.as_ref());
                if let Some(fault @ KeyFault::LeftOut { .. }) = last {
                    let advice = "Load those that you need from a file of their own.";
                    let text = format!("{}: {fault}\n{advice}", input.name);
                    self.notices.push(Notice::fault(&text));
                }
                let is_locked = |key: &Key| key.fault == Some(KeyFault::Encrypted);
                let (left, usable): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_locked);
                self.keys.extend(usable);
                if !left.is_empty() {
                    self.lock(&input, left);
                }
                None
            }
            Err(LoadError::Encrypted { .. })
                if wanted == Wanted::Keys || !is_sealed_token(&input.head) =>
            {
                self.lock(&input, Vec::new());
                return None;
            }
            Err(fault) => Some((wanted, too_large(fault))),
        };
        if input.path.is_some() {
            // It is opened again in its turn: many at once would be too many.
            input.rest = None;
            input.head = Zeroizing::default();
        }
        Some(Tokens { input, key_fault })
    }

    /// Keeps a file until its passphrase was asked for.
    fn lock(&mut self, input: &Input, left: Vec<Key>) {
        self.locked.push(LockedFile {
            name: input.name.clone(),
            bytes: input.head.clone(),
            left,
        });
    }

    /// Takes the tokens of an input, each with all its places.
    fn take_tokens(&mut self, tokens: Tokens, work: &mut Work<'_>) {
        let Tokens { input, key_fault } = tokens;
        let (name, is_argument) = (input.name.clone(), input.is_argument);
        let before = self.occurrences();
        let outcome = if is_argument {
            let found = find_argument(&String::from_utf8_lossy(&input.head));
            for candidate in found {
                self.take_token(candidate, work);
            }
            Ok(Nothing::TextWithout)
        } else {
            self.take_stream(input, work)
        };
        let is_empty = self.occurrences() == before && !work.progress.leave.is_cancelled();
        match (outcome, key_fault) {
            (Err(_), _) if work.progress.leave.is_cancelled() => {}
            (Err(error), _) => self.notices.push(Notice::fault(&error.to_string())),
            (Ok(nothing), Some((wanted, fault))) if is_empty => {
                let notice = self::nothing(&name, is_argument, nothing, wanted, &fault);
                self.notices.push(notice);
            }
            _ => {}
        }
    }

    fn take_stream(&mut self, input: Input, work: &mut Work<'_>) -> Result<Nothing, ReadError> {
        let name = input.name.clone();
        let file = |cause| ReadError::File {
            name: name.clone(),
            cause,
        };
        let leave = work.progress.leave;
        let mut progress = Progress { ..work.progress };
        // Where the next input begins.
        let length = input.length.unwrap_or_default();
        work.progress.read = progress.read.saturating_add(length);
        let reader = Watched {
            reader: input.reader()?,
            progress: &mut progress,
        };
        let mut stream = stream(reader, &name).map_err(file)?;
        for candidate in &mut stream {
            self.take_token(candidate.map_err(file)?, work);
            if leave.is_cancelled() {
                return Ok(Nothing::TextWithout);
            }
        }
        for note in stream.notes() {
            self.notices.push(Notice::fault(&format!("{name}: {note}")));
        }
        Ok(stream.explain_nothing())
    }

    fn take_token(&mut self, candidate: Candidate, work: &mut Work<'_>) {
        let hash = openssl::sha::sha256(candidate.text.as_bytes());
        let there = work
            .known
            .get(&hash)
            .and_then(|&at| self.tokens.get_mut(at));
        if let Some((inspection, _)) = there {
            inspection.places.push(candidate.place);
            return;
        }
        // From now on a cancel leaves something.
        work.progress.leave.keep();
        work.known.insert(hash, self.tokens.len());
        let Ground {
            keys,
            setting,
            policy,
            now,
            ..
        } = &work.ground;
        let inspection = Inspection::new(candidate, keys, setting);
        let judgement = inspection.judge(policy, *now);
        self.tokens.push((inspection, judgement));
    }

    fn occurrences(&self) -> usize {
        let places = self.tokens.iter();
        places.map(|(inspection, _)| inspection.places.len()).sum()
    }
}

/// Whether an input is a policy: it was asked for, or looks like one.
fn is_policy(input: &Input, wanted: Wanted) -> bool {
    match wanted {
        Wanted::Policy => true,
        Wanted::Keys | Wanted::Tokens => Policy::is_meant(&input.head),
        Wanted::Payload | Wanted::Revoked | Wanted::Secret | Wanted::Words => false,
    }
}

/// Whether it is a JWE that does not say that it holds keys: somebody's token, and no key file.
fn is_sealed_token(head: &[u8]) -> bool {
    let text = std::str::from_utf8(head.trim_ascii());
    let Ok(token) = text.map(Token::parse) else {
        return false;
    };
    let cty = token.parameter("cty").and_then(|cty| cty.str());
    let is_of_keys = cty.is_some_and(|cty| cty.to_ascii_lowercase().contains("jwk"));
    token.kind == Kind::Jwe && !is_of_keys
}

fn nothing(
    name: &str,
    is_argument: bool,
    nothing: Nothing,
    wanted: Wanted,
    key_fault: &LoadError,
) -> Notice {
    if is_argument {
        // The argument may be a mistyped secret: it is not repeated.
        return Notice::fault(
            "Argument: expected a file or a token, found no such file and no token in it\nCheck the name of the file.",
        );
    }
    let is_meant_as_key = wanted != Wanted::Tokens
        || matches!(
            nothing,
            Nothing::Certificate | Nothing::Jwk | Nothing::JwkSet | Nothing::PemKey
        );
    Notice::fault(&if is_meant_as_key {
        key_fault.to_string()
    } else {
        format!("{name}: {nothing}")
    })
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::*;
    use crate::window::jobs::Jobs;

    fn run(sources: Vec<(Source, Wanted)>) -> Loaded {
        let mut jobs = Jobs::new(egui::Context::default());
        jobs.start("", true, move |leave| {
            read_all(sources, "Opened", ground(), leave)
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

    /// Tokens without end, a line each.
    struct Endless {
        count: usize,
        line: Vec<u8>,
    }

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.line.is_empty() {
                let payload = crate::jose::base64url::encode(
                    format!(r#"{{"n":{}}}"#, self.count % 40).as_bytes(),
                );
                self.count += 1;
                let filler = "noise and more of it, ".repeat(1_000);
                self.line = format!("{filler} eyJhbGciOiJub25lIn0.{payload}.\n").into_bytes();
            }
            let read = self.line.len().min(buffer.len());
            buffer[..read].copy_from_slice(&self.line[..read]);
            self.line.drain(..read);
            Ok(read)
        }
    }

    fn ground() -> Ground {
        Ground {
            keys: KeyRing::default(),
            setting: Setting::default(),
            policy: Policy::default(),
            now: Timestamp::UNIX_EPOCH,
            generation: 3,
        }
    }

    #[test]
    fn what_was_found_before_a_cancel_stays() {
        let mut jobs = Jobs::new(egui::Context::default());
        let job = jobs.start("", true, |leave| {
            let input = Input {
                name: "endless".to_owned(),
                is_argument: false,
                head: Zeroizing::default(),
                rest: Some(Box::new(Endless {
                    count: 0,
                    line: Vec::new(),
                })),
                path: None,
                length: Some(1 << 30),
            };
            let mut loaded = read_all(Vec::new(), "Opened", ground(), leave);
            let tokens = Tokens {
                input,
                key_fault: None,
            };
            let mut work = Work {
                ground: ground(),
                known: HashMap::new(),
                progress: Progress {
                    leave,
                    read: 0,
                    whole: Some(1 << 30),
                },
            };
            loaded.take_tokens(tokens, &mut work);
            loaded
        });
        // Only once tokens are there does the job stay listed.
        let until = std::time::Instant::now() + std::time::Duration::from_mins(1);
        let loaded = loop {
            let has_begun = jobs.busy().iter().any(|busy| busy.progress > Some(0.002));
            if has_begun {
                jobs.cancel(job.unwrap());
            }
            if let Some(crate::window::jobs::Ended::Done(loaded)) = jobs.collect().pop() {
                break loaded;
            }
            assert!(std::time::Instant::now() < until, "it did not stop");
            std::thread::yield_now();
        };
        assert!((1..=40).contains(&loaded.tokens.len()));
        let places = loaded.occurrences();
        assert!(places > 40, "each with all its places: {places}");
        assert!(loaded.notices.is_empty(), "a cancel is no fault");
    }

    #[test]
    fn a_packed_file_is_read_and_one_that_is_cut_is_told() {
        use std::io::Write as _;
        let directory = tempfile::tempdir().unwrap();
        let text = format!(
            "token: eyJhbGciOiJub25lIn0.e30.\n{}",
            "noise, more noise\n".repeat(3_000)
        );
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        let packed = encoder.finish().unwrap();
        let path = |name: &str, bytes: &[u8]| {
            let path = directory.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            (Source::File(path), Wanted::Tokens)
        };
        let whole = run(vec![path("a.gz", &packed)]);
        assert_eq!((whole.tokens.len(), whole.notices.len()), (1, 0));
        assert_eq!(whole.tokens[0].0.places[0].name, "a.gz");
        let cut = run(vec![path("b", &packed[..packed.len() - 9])]);
        assert_eq!(cut.tokens.len(), 1);
        assert!(
            cut.notices[0]
                .what
                .starts_with("b: expected gzip data to its end")
        );
        let without = run(vec![path("c", &packed[..60])]);
        assert!(
            without
                .notices
                .iter()
                .all(|notice| !notice.advice.is_empty())
        );
    }
}
