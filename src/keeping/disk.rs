//! Files that are whole at any moment: written beside, flushed, renamed, under a lock that instances share.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{Aside, KeepError};

/// What files are called while they are written. Only who holds the lock writes, so others of this name are left over.
const UNFINISHED: (&str, &str) = (".keys-", ".tmp");

/// The file whose lock is held.
const LOCK: &str = "keys.lock";

/// How often, and how far apart, the lock is asked for: 5 seconds. It is held for milliseconds.
const ATTEMPTS: u32 = 500;
const PAUSE: Duration = Duration::from_millis(10);

/// Numbers that are tried for a file that is put aside.
const ASIDES: std::ops::Range<u32> = 1..10_000;

/// While it lives, no other instance writes in the directory.
pub(super) struct Lock {
    _file: File,
}

/// Makes the directory where it is missing, and waits for the lock of it.
pub(super) fn lock(directory: &Path) -> Result<Lock, KeepError> {
    make(directory).map_err(|error| KeepError::of(directory, &error))?;
    let file = lock_file(directory).map_err(|error| KeepError::of(directory, &error))?;
    for _ in 0..ATTEMPTS {
        match file.try_lock() {
            Ok(()) => {
                clean(directory);
                return Ok(Lock { _file: file });
            }
            Err(TryLockError::WouldBlock) => sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(KeepError::of(directory, &error)),
        }
    }
    Err(KeepError::Busy(directory.to_owned()))
}

/// Removes what an instance left over that did not come to its end. Without the lock, or in a directory that cannot be
/// written, it stays.
pub(super) fn tidy(directory: &Path) {
    let left_over = || unfinished(directory).next().is_some();
    if left_over()
        && let Ok(file) = lock_file(directory)
        && file.try_lock().is_ok()
    {
        clean(directory);
    }
}

fn clean(directory: &Path) {
    for path in unfinished(directory) {
        // What cannot be removed does no harm.
        let _ = fs::remove_file(path);
    }
}

fn unfinished(directory: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let name = entry.file_name();
        let name = name.to_str()?;
        is_unfinished(name).then(|| entry.path())
    })
}

fn is_unfinished(name: &str) -> bool {
    name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1)
}

fn make(directory: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(directory)
}

fn lock_file(directory: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(directory.join(LOCK))
}

/// What is in a file, how much it may be, or that it is more.
pub(super) enum Content {
    Bytes(Zeroizing<Vec<u8>>),
    /// No file.
    None,
    /// Something else than a file of that size. Says what was expected and what was found.
    Other(String),
}

/// Reads a file of so many bytes at most.
pub(super) fn read(path: &Path, limit: u64) -> Result<Content, KeepError> {
    let failed = |error: &std::io::Error| KeepError::of_reading(path, error);
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Content::None),
        metadata => metadata.map_err(|error| failed(&error))?,
    };
    if !metadata.is_file() {
        // Reading a pipe would wait for ever.
        return Ok(Content::Other(
            "expected a file, found something else".to_owned(),
        ));
    }
    let expected = |found: u64| {
        Content::Other(format!(
            "expected at most {limit} bytes, found {found} bytes"
        ))
    };
    if metadata.len() > limit {
        return Ok(expected(metadata.len()));
    }
    let file = match File::open(path) {
        // Taken away between the two.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Content::None),
        file => file.map_err(|error| failed(&error))?,
    };
    let capacity = usize::try_from(metadata.len()).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity.saturating_add(1)));
    let mut limited = file.take(limit.saturating_add(1));
    let count = limited
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    Ok(if count > limit {
        expected(count)
    } else {
        Content::Bytes(bytes)
    })
}

/// Puts bytes into a file. At any moment the old or the new content stands there, whole.
pub(super) fn write(_: &Lock, path: &Path, bytes: &[u8]) -> Result<(), KeepError> {
    let directory = path.parent().unwrap_or(path);
    let failed = |error: &std::io::Error| KeepError::of(path, error);
    // For this user only, on systems that have modes.
    let mut file = tempfile::Builder::new()
        .prefix(UNFINISHED.0)
        .suffix(UNFINISHED.1)
        .tempfile_in(directory)
        .map_err(|error| failed(&error))?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.as_file().sync_all());
    written.map_err(|error| failed(&error))?;
    file.persist(path).map_err(|error| failed(&error.error))?;
    sync(directory).map_err(|error| failed(&error))
}

/// Takes a file away for good: under another name first, so that no part of it is ever read, and overwritten, which helps
/// where the disk writes in place.
pub(super) fn remove(_: &Lock, path: &Path) -> Result<(), KeepError> {
    let failed = |error: &std::io::Error| KeepError::of(path, error);
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        metadata => metadata.map_err(|error| failed(&error))?,
    };
    let directory = path.parent().unwrap_or(path);
    let (start, end) = UNFINISHED;
    let gone = path.with_file_name(format!("{start}removed{end}"));
    fs::rename(path, &gone).map_err(|error| failed(&error))?;
    if metadata.is_file() {
        // Where it cannot be overwritten it can still be removed.
        let _ = overwrite(&gone, metadata.len());
    }
    fs::remove_file(&gone)
        .and_then(|()| sync(directory))
        .map_err(|error| failed(&error))
}

fn overwrite(path: &Path, length: u64) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    std::io::copy(&mut std::io::repeat(0).take(length), &mut file)?;
    file.flush()?;
    file.sync_all()
}

/// Gives a file another name, which is free.
pub(super) fn rename(_: &Lock, from: &Path, to: &Path) -> Result<(), KeepError> {
    let directory = to.parent().unwrap_or(to);
    let renamed = fs::rename(from, to).and_then(|()| sync(directory));
    renamed.map_err(|error| KeepError::of(to, &error))
}

/// Whether a file of this name is none of those that are kept, but helps in keeping them.
pub(super) fn is_helper(name: &str) -> bool {
    name == LOCK || is_unfinished(name)
}

/// Gives a file another name, under which it stays: its own, and the first number that is free.
pub(super) fn set_aside(_: &Lock, path: &Path, why: String) -> Result<Aside, KeepError> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for number in ASIDES {
        let now = path.with_file_name(aside_name(&name, number));
        if fs::symlink_metadata(&now).is_ok() {
            continue;
        }
        let directory = path.parent().unwrap_or(path);
        return match fs::rename(path, &now).and_then(|()| sync(directory)) {
            Ok(()) => Ok(Aside {
                file: path.to_owned(),
                now,
                why,
            }),
            Err(_) => break,
        };
    }
    Err(KeepError::Unreadable {
        path: path.to_owned(),
        why,
    })
}

fn aside_name(name: &str, number: u32) -> String {
    format!("{name}.aside-{number}")
}

/// Files that were put aside from one of this name.
pub(super) fn asides(path: &Path) -> Vec<PathBuf> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let start = format!("{name}.aside-");
    let directory = path.parent().unwrap_or(path);
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let number = name.strip_prefix(&start);
            number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        })
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// Makes a new name in a directory last.
fn sync(directory: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(directory)?.sync_all()
    } else {
        // Elsewhere directories cannot be flushed.
        Ok(())
    }
}
