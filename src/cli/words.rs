//! Word lists: the secrets of MACs are looked for in them before the report is made.

use std::fs::File;
use std::io::{self, BufReader};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::complain;
use super::failure::Failure;
use crate::inspection::{Inspection, Session};
use crate::judge::words::counted;
use crate::keys::KeyRing;
use crate::verify::Setting;
use crate::verify::wordlist::{self, Search, Target};

/// The lists that were asked for.
#[derive(Clone, Copy)]
pub(super) struct Lists<'a>(pub(super) &'a [PathBuf]);

impl Lists<'_> {
    /// Makes sure that each can be opened, before any work.
    pub(super) fn check(self) -> Result<(), Failure> {
        self.0.iter().try_for_each(|path| open(path).map(drop))
    }

    /// Looks for the secrets of all tokens of a session, and proves those again whose secret was found. What was tried is told on
    /// standard error.
    pub(super) fn seek(self, session: &mut Session, threads: NonZeroUsize) -> Result<(), Failure> {
        let setting = &session.setting;
        let targets_of = |token: &Inspection| token.mac_targets(setting);
        let mut targets: Vec<Target> = session.tokens.iter().flat_map(targets_of).collect();
        for path in self.0 {
            let search = search(path, &targets, threads)?;
            complain(&told(&name(path), &targets, &search));
            // What one list gave away need not be looked for in the next.
            let mut found = search.found.iter().map(Option::is_some);
            targets.retain(|_| !found.next().unwrap_or(false));
            session.setting.learn(search.found.into_iter().flatten());
        }
        if session.setting.listed.is_empty() {
            return Ok(());
        }
        for token in &mut session.tokens {
            if !token.mac_targets(&session.setting).is_empty() {
                token.prove(&session.keys, &session.setting);
            }
        }
        Ok(())
    }

    /// The same for one token, on the thread that it is inspected on, without words.
    pub(super) fn seek_one(
        self,
        token: &mut Inspection,
        keys: &KeyRing,
        setting: &Setting,
    ) -> Result<(), Failure> {
        let targets = token.mac_targets(setting);
        if self.0.is_empty() || targets.is_empty() {
            return Ok(());
        }
        let mut setting = setting.clone();
        for path in self.0 {
            let search = search(path, &targets, NonZeroUsize::MIN)?;
            setting.learn(search.found.into_iter().flatten());
        }
        if !setting.listed.is_empty() {
            token.prove(keys, &setting);
        }
        Ok(())
    }
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn failed(path: &Path, error: io::Error) -> Failure {
    Failure::Read {
        name: name(path),
        error,
    }
}

fn open(path: &Path) -> Result<File, Failure> {
    let file = File::open(path).map_err(|error| failed(path, error))?;
    match file.metadata() {
        Ok(about) if about.is_dir() => {
            let error = io::Error::from(io::ErrorKind::IsADirectory);
            Err(failed(path, error))
        }
        _ => Ok(file),
    }
}

fn search(path: &Path, targets: &[Target], threads: NonZeroUsize) -> Result<Search, Failure> {
    let list = BufReader::new(open(path)?);
    wordlist::search(list, &name(path), targets, threads, &|_, _| true)
        .map_err(|error| failed(path, error))
}

/// What a search came to: `words.txt: tried 103979 words against 2 MACs, found 1 secret`.
fn told(name: &str, targets: &[Target], search: &Search) -> String {
    let found = search.found.iter().flatten().count();
    let tried = format!(
        "{name}: tried {} words against {}, found {}",
        search.words,
        counted(targets.len(), "MAC"),
        counted(found, "secret")
    );
    if search.too_long == 0 {
        return tried;
    }
    format!(
        "{tried}\n{} lines are longer than {} KiB and were not tried",
        search.too_long,
        wordlist::MAX_WORD_BYTES >> 10
    )
}
