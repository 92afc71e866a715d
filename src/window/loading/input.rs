//! What is read: files, standard input and texts, with the beginning apart, and with a look at whether to go on.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::super::jobs::Leave;
use super::Source;
use crate::jose::visible::visible;
use crate::keys::MAX_KEY_FILE_BYTES;

/// Bytes read between two looks at whether to go on, at most.
const MAX_READ_BYTES: usize = 1 << 20;

/// Why a source yields no bytes. `Display` has two lines: what is wrong and where, and what to do.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error("{name}: expected a file, found a directory\nChoose the files in it.")]
    Directory { name: String },
    #[error(
        "{name}: expected a file that can be read, found: {cause}\nCheck that it exists and that you may read it."
    )]
    File { name: String, cause: io::Error },
}

/// Something that is read, and its first bytes, which tell keys.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) is_argument: bool,
    pub(super) head: Zeroizing<Vec<u8>>,
    /// What follows the head.
    pub(super) rest: Option<Box<dyn Read>>,
    /// Of a file that can be opened again.
    pub(super) path: Option<PathBuf>,
    /// In bytes, where it is known.
    pub(super) length: Option<u64>,
}

impl Input {
    /// Opens a source, and reads its beginning.
    pub(super) fn new(source: Source) -> Result<Self, ReadError> {
        match source {
            Source::Argument(argument) if argument == "-" => {
                Self::of("stdin".to_owned(), Box::new(io::stdin()), None, None)
            }
            Source::Argument(argument) if !Path::new(&argument).exists() => Ok(Self {
                name: "argument".to_owned(),
                is_argument: true,
                head: Zeroizing::new(argument.into_encoded_bytes()),
                rest: None,
                path: None,
                length: Some(0),
            }),
            Source::Argument(argument) => Self::of_file(PathBuf::from(argument)),
            Source::File(path) => Self::of_file(path),
            Source::Found(candidate) => {
                let text = candidate.text;
                let length = u64::try_from(text.len()).ok();
                let reader = Box::new(Bytes { text, at: 0 });
                Self::of("member".to_owned(), reader, None, length)
            }
            Source::Text { name, text } => {
                let length = u64::try_from(text.len()).ok();
                let reader = Box::new(Bytes { text, at: 0 });
                Self::of(name.to_owned(), reader, None, length)
            }
        }
    }

    fn of_file(path: PathBuf) -> Result<Self, ReadError> {
        let name = file_name(&path);
        let file = |cause| ReadError::File {
            name: name.clone(),
            cause,
        };
        let metadata = path.metadata().map_err(file)?;
        if metadata.is_dir() {
            return Err(ReadError::Directory { name });
        }
        let is_file = metadata.is_file();
        let reader = Box::new(File::open(&path).map_err(file)?);
        let (path, length) = (is_file.then_some(path), is_file.then_some(metadata.len()));
        Self::of(name.clone(), reader, path, length)
    }

    /// `head` is read from the stream here.
    fn of(
        name: String,
        mut stream: Box<dyn Read>,
        path: Option<PathBuf>,
        length: Option<u64>,
    ) -> Result<Self, ReadError> {
        let mut head = Zeroizing::new(Vec::new());
        let limit = MAX_KEY_FILE_BYTES.saturating_add(1);
        match stream.by_ref().take(limit).read_to_end(&mut head) {
            Ok(_) => Ok(Self {
                name,
                is_argument: false,
                head,
                rest: Some(stream),
                path,
                length,
            }),
            Err(cause) => Err(ReadError::File { name, cause }),
        }
    }

    /// All of it.
    pub(super) fn reader(self) -> Result<Box<dyn Read>, ReadError> {
        match (self.path, self.rest) {
            (Some(path), _) => match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(cause) => Err(ReadError::File {
                    name: self.name,
                    cause,
                }),
            },
            (None, rest) => {
                let rest = rest.unwrap_or_else(|| Box::new(io::empty()));
                let head = Bytes {
                    text: self.head,
                    at: 0,
                };
                Ok(Box::new(head.chain(rest)))
            }
        }
    }
}

/// A reader of what is at hand.
struct Bytes<T> {
    text: T,
    at: usize,
}

impl<T: AsBytes> Read for Bytes<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.text.bytes().get(self.at..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.at = self.at.saturating_add(read);
        Ok(read)
    }
}

/// Bytes that are zeroised when they go.
trait AsBytes {
    fn bytes(&self) -> &[u8];
}

impl AsBytes for Zeroizing<String> {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsBytes for Zeroizing<Vec<u8>> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// How much of all inputs is read.
pub(super) struct Progress<'l> {
    pub(super) leave: &'l Leave,
    pub(super) read: u64,
    /// `None` where nobody knows.
    pub(super) whole: Option<u64>,
}

/// A reader that says how far it is, and ends when the job is to end.
pub(super) struct Watched<'p, 'l> {
    pub(super) reader: Box<dyn Read>,
    pub(super) progress: &'p mut Progress<'l>,
}

impl Read for Watched<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Progress { leave, read, whole } = self.progress;
        if leave.is_cancelled() {
            return Err(io::Error::other("cancelled"));
        }
        if let Some(whole) = *whole {
            leave.done(*read, whole);
        }
        let length = buffer.len().min(MAX_READ_BYTES);
        let count = self
            .reader
            .read(buffer.get_mut(..length).unwrap_or_default())?;
        *read = read.saturating_add(count as u64);
        Ok(count)
    }
}

pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    visible(&name.to_string_lossy())
}
