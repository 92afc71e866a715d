//! Word lists: the secrets of MACs are looked for in them, on a thread, for the tokens that are there and for those that come.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::desk::{Desk, News};
use super::jobs::Leave;
use super::loading::Ground;
use super::model::Notice;
use super::proving::{Unproved, unproved};
use super::widgets::{grouped, grouped_count};
use crate::inspection::{Inspection, with_payload};
use crate::jose::visible::visible;
use crate::verify::wordlist::{MAX_WORD_BYTES, Search, Target, search};
use crate::verify::{ListedSecret, SignatureProof, prove};

/// The lists of the session, and what was looked for in them.
#[derive(Debug, Default)]
pub(super) struct WordLists {
    lists: Vec<List>,
    job: Option<u64>,
    /// How many tokens there were when it was last seen whether some are new.
    seen: Option<usize>,
}

#[derive(Debug)]
struct List {
    path: PathBuf,
    /// The tokens whose MACs were tried, by their hash.
    tried: HashSet<String>,
}

impl WordLists {
    /// Says that tokens that were tried may come again as new ones.
    pub(super) fn forget_tried(&mut self) {
        for list in &mut self.lists {
            list.tried.clear();
        }
        self.seen = None;
    }
}

/// What a search in one list came to.
pub(super) struct Sought {
    path: PathBuf,
    /// The tokens that were looked at, by their hash.
    tokens: Vec<String>,
    /// How many MACs they have whose secret was not known to be public.
    macs: usize,
    /// By the hash of the token.
    found: BTreeMap<String, Vec<ListedSecret>>,
    search: io::Result<Search>,
}

impl Desk {
    /// Takes lists of words for this session.
    pub(super) fn add_word_lists(&mut self, paths: Vec<PathBuf>) {
        for path in paths {
            let lists = &mut self.words.lists;
            // One that is chosen again may have changed since.
            lists.retain(|list| list.path != path);
            lists.push(List {
                path,
                tried: HashSet::new(),
            });
        }
        self.words.seen = None;
    }

    /// Starts a search where tokens are there that a list was not tried for.
    pub(super) fn seek_secrets(&mut self) {
        let tokens = &self.model.session.tokens;
        if self.words.lists.is_empty()
            || self.words.seen == Some(tokens.len())
            || !self.arrivals.is_empty()
            || !self.proving.is_done()
        {
            return;
        }
        let is_running = |job: u64| self.jobs.busy().iter().any(|busy| busy.job == job);
        if self.words.job.is_some_and(is_running) {
            return;
        }
        let lists = self.words.lists.iter();
        let next = lists.map(|list| {
            let is_new = |token: &&Inspection| !list.tried.contains(&token.sha256);
            let new = tokens.iter().filter(is_new);
            let new = new.map(|token| {
                // Where no proof met a MAC there is none to look for.
                let proofs = &mut token.proof.layers();
                let has_mac =
                    proofs.any(|proof| proof.signatures.iter().any(SignatureProof::is_mac));
                (token.sha256.clone(), has_mac.then(|| unproved(token)))
            });
            (list.path.clone(), new.collect::<Vec<_>>())
        });
        let next = next.into_iter().find(|(_, new)| !new.is_empty());
        let Some((path, new)) = next else {
            self.words.seen = Some(tokens.len());
            return;
        };
        let ground = self.ground();
        let label = format!("Trying the words of {}", name(&path));
        self.words.job = self.start(&label, true, move |leave| {
            // What was found before a cancel counts.
            leave.keep();
            News::Sought(seek(path, new, &ground, leave))
        });
        if self.words.job.is_none() {
            self.words.lists.clear();
        }
    }

    /// Takes over what was found.
    pub(super) fn sought(&mut self, sought: &Sought) {
        self.words.job = None;
        self.words.seen = None;
        let list = self.words.lists.iter_mut();
        let list = list.filter(|list| list.path == sought.path);
        let is_complete = matches!(&sought.search, Ok(search) if search.is_complete);
        for list in list {
            list.tried.extend(sought.tokens.iter().cloned());
        }
        if !is_complete {
            self.words.lists.retain(|list| list.path != sought.path);
        }
        self.notify(told(sought));
        let found = sought.found.values().flatten().cloned();
        self.model.session.setting.learn(found);
        let is_hit = |token: &&Inspection| sought.found.contains_key(&token.sha256);
        let again = self.model.session.tokens.iter().filter(is_hit);
        let again = again.map(unproved).collect();
        self.verify(again);
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    visible(&name.to_string_lossy())
}

/// Looks for the secrets of tokens in a list. Those without a MAC are only named.
fn seek(
    path: PathBuf,
    tokens: Vec<(String, Option<Unproved>)>,
    ground: &Ground,
    leave: &Leave,
) -> Sought {
    let mut targets = Vec::new();
    let mut of_token = Vec::new();
    for (sha256, unproved) in &tokens {
        let Some((token, payload)) = unproved else {
            continue;
        };
        if leave.is_cancelled() {
            break;
        }
        let setting = with_payload(&ground.setting, payload.as_ref());
        let proof = prove(token, &ground.keys, &setting);
        let token = proof.opened.as_ref().unwrap_or(token);
        let own = Target::of(token, &proof, &setting);
        of_token.extend(own.iter().map(|_| sha256.clone()));
        targets.extend(own);
    }
    let search = File::open(&path).and_then(|file| {
        let length = file.metadata().map_or(0, |about| about.len());
        let watcher = |read: u64, _: u64| {
            leave.done(read, length);
            !leave.is_cancelled()
        };
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        search(
            BufReader::new(file),
            &name(&path),
            &targets,
            threads,
            &watcher,
        )
    });
    let mut found: BTreeMap<String, Vec<ListedSecret>> = BTreeMap::new();
    let secrets = search.iter().flat_map(|search| &search.found);
    for (sha256, secret) in of_token.into_iter().zip(secrets) {
        if let Some(secret) = secret {
            found.entry(sha256).or_default().push(secret.clone());
        }
    }
    Sought {
        path,
        tokens: tokens.into_iter().map(|(sha256, _)| sha256).collect(),
        macs: targets.len(),
        found,
        search,
    }
}

/// What a search came to, for people.
fn told(sought: &Sought) -> Notice {
    let list = name(&sought.path);
    let search = match &sought.search {
        Ok(search) => search,
        Err(error) => {
            return Notice::fault(&format!(
                "{list}: {error}\nCheck that it is a list of words, one a line, and that you may read it."
            ));
        }
    };
    let words = grouped(usize::try_from(search.words).unwrap_or(usize::MAX));
    let macs = grouped_count(sought.macs, "MAC");
    let (what, advice) = if sought.macs == 0 {
        (
            format!("{list}: no token here has a MAC whose secret could be looked for."),
            "Tokens of HS256, HS384 and HS512 that come later are tried with it.".to_owned(),
        )
    } else if !sought.found.is_empty() {
        let tokens = grouped_count(sought.found.len(), "token");
        let first = sought
            .found
            .values()
            .flatten()
            .min_by_key(|found| found.line);
        let spot = first.map(ListedSecret::label).unwrap_or_default();
        (
            format!(
                "The secret of {tokens} stands in a word list: {}.",
                visible(&spot)
            ),
            "Anyone can sign such tokens. The findings say what to do.".to_owned(),
        )
    } else if search.is_complete {
        (
            format!("{list}: none of its {words} words is the secret of {macs}."),
            "Each was tried as it stands, as base64, base64url and hexadecimal, and with a line break.".to_owned(),
        )
    } else {
        (
            format!("{list}: stopped after {words} words; none of them is the secret of {macs}."),
            "Choose the list again to try all of it.".to_owned(),
        )
    };
    let passed_over = match search.too_long {
        0 => String::new(),
        count => format!(
            " Lines longer than {} KiB were not tried: {count}.",
            MAX_WORD_BYTES >> 10
        ),
    };
    Notice {
        is_error: false,
        what,
        advice: advice + &passed_over,
        undo: None,
    }
}
