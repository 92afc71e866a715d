//! Secrets of HMAC, looked for in lists of words: every line, in each of its readings, against all tokens at once.
//!
//! A list has any length; it is read in blocks, and nothing of it stays in memory but what was found.

mod blocks;

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::algorithm::{self, HmacSecret};
use super::prove::signing_input;
use super::{Family, Hash, Proof, Setting};
use crate::jose::{PartRole, Token, base64url};
use crate::keys::{Reading, Secret};
use blocks::{Block, Blocks};

/// The longest line (in bytes) that is tried; longer ones are counted and passed over.
pub const MAX_WORD_BYTES: usize = 64 << 10;

/// Blocks that wait for a worker.
const WAITING: usize = 2;

/// What a word is tried as beside itself: as it is the encoding of a secret, and as a file with a final line break has it.
const READINGS: [Reading; 4] = [
    Reading::Base64,
    Reading::Base64url,
    Reading::Hex,
    Reading::LineFeed,
];

/// A secret out of a list that made the MAC of a token: everybody who has the list has the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedSecret {
    /// The bytes that HMAC was keyed with.
    pub secret: Secret,
    /// The name of the list.
    pub list: String,
    /// The line that it stands in, from 1.
    pub line: u64,
    /// How the line was read; `None`: as it stands.
    pub reading: Option<Reading>,
}

impl ListedSecret {
    /// Where it stands, for people: `line 3 of words.txt, read as base64`. The word itself is not told.
    pub fn label(&self) -> String {
        let Self { line, list, .. } = self;
        match self.reading {
            None => format!("line {line} of {list}"),
            Some(reading) => format!("line {line} of {list}, read {}", reading.how()),
        }
    }
}

impl fmt::Debug for ListedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListedSecret")
            .field("list", &self.list)
            .field("line", &self.line)
            .field("reading", &self.reading)
            .finish_non_exhaustive()
    }
}

/// A MAC whose secret is looked for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Target {
    hash: Hash,
    signing_input: Vec<u8>,
    mac: Vec<u8>,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("hash", &self.hash)
            .field("signing_input_bytes", &self.signing_input.len())
            .finish_non_exhaustive()
    }
}

impl Target {
    /// The MACs of a token and of those inside of it, but for those whose secret is known to be public already.
    pub fn of(token: &Token, proof: &Proof, setting: &Setting) -> Vec<Self> {
        let mut targets = Vec::new();
        let mut open = vec![(token, proof, true)];
        while let Some((token, proof, is_outermost)) = open.pop() {
            // A supplied payload is that of the outermost token.
            let setting = is_outermost.then_some(setting);
            for (view, signature) in token.views().iter().zip(&proof.signatures) {
                let is_public = signature
                    .key
                    .as_ref()
                    .is_some_and(|used| used.known.is_some());
                if !is_public {
                    targets.extend(Self::of_signature(view, setting));
                }
            }
            let inside = [&proof.key_binding, &proof.inner].into_iter().flatten();
            open.extend(inside.map(|layer| (&*layer.token, &layer.proof, false)));
        }
        targets
    }

    fn of_signature(token: &Token, setting: Option<&Setting>) -> Option<Self> {
        let name = token.parameter("alg")?.str()?;
        let algorithm = algorithm::find(name)?;
        let Family::Hmac(hash) = algorithm.family else {
            return None;
        };
        let mac = token.part(PartRole::Signature)?.bytes();
        // A MAC of another length is right under no secret.
        if algorithm.shape_fault(mac).is_some() {
            return None;
        }
        Some(Self {
            hash,
            signing_input: signing_input(token, setting)?.into_owned(),
            mac: mac.to_vec(),
        })
    }
}

/// Who is told how far a search is, and says whether it goes on.
pub trait Watcher: Sync {
    /// So many bytes of the list were read, and so many words tried. False ends the search.
    fn goes_on(&self, bytes: u64, words: u64) -> bool;
}

impl<F: Fn(u64, u64) -> bool + Sync> Watcher for F {
    fn goes_on(&self, bytes: u64, words: u64) -> bool {
        self(bytes, words)
    }
}

/// What a search in one list came to.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// For each target that was given, the secret that makes its MAC: that of the first such line.
    pub found: Vec<Option<ListedSecret>>,
    /// Words that were tried.
    pub words: u64,
    /// Secrets that were tried: each word in each of its readings.
    pub candidates: u64,
    /// Lines that were too long to be a secret.
    pub too_long: u64,
    /// Whether the search came to its end: by the end of the list, or because every secret was found.
    pub is_complete: bool,
}

/// Looks for the secrets of these MACs in a list: one word a line, CR LF or LF, every other byte counts. A list in gzip is
/// unpacked on the way.
///
/// # Errors
///
/// When the list cannot be read to its end; what was found before is lost.
pub fn search(
    list: impl Read,
    name: &str,
    targets: &[Target],
    threads: NonZeroUsize,
    watcher: &dyn Watcher,
) -> io::Result<Search> {
    let wanted = Wanted::new(targets);
    let [words, candidates, too_long] = [0; 3].map(AtomicU64::new);
    let left = AtomicUsize::new(wanted.distinct.len());
    let stopped = AtomicBool::new(false);
    let found = Mutex::new(vec![None::<Found>; wanted.distinct.len()]);
    let (to_do, blocks) = sync_channel::<Block>(WAITING);
    let blocks = Mutex::new(blocks);
    let worker = || {
        let mut tried = Trying::default();
        while let Some(block) = next(&blocks) {
            if stopped.load(Ordering::Relaxed) {
                continue;
            }
            let (mut count, mut secrets) = (0_u64, 0_u64);
            for (line, word) in block.lines() {
                if word.len() > MAX_WORD_BYTES {
                    too_long.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                count = count.saturating_add(1);
                tried.each(word, &mut |secret, reading| {
                    secrets = secrets.saturating_add(1);
                    wanted.try_secret(secret, &mut |at| {
                        let new = Found {
                            line,
                            reading,
                            secret: Secret::new(secret.to_vec()),
                        };
                        keep(&found, &left, at, new);
                    });
                });
            }
            words.fetch_add(count, Ordering::Relaxed);
            candidates.fetch_add(secrets, Ordering::Relaxed);
        }
    };
    let read = thread::scope(|scope| {
        let mut workers = 0_usize;
        for _ in 0..threads.get() {
            let builder = thread::Builder::new().name("words".to_owned());
            match builder.spawn_scoped(scope, worker) {
                Ok(_) => workers = workers.saturating_add(1),
                Err(_) if workers > 0 => break,
                Err(error) => return Err(error),
            }
        }
        let mut list = Blocks::new(list)?;
        while left.load(Ordering::Relaxed) > 0 {
            let Some(block) = list.next_block()? else {
                break;
            };
            too_long.fetch_add(block.passed_over, Ordering::Relaxed);
            if to_do.send(block).is_err()
                || !watcher.goes_on(list.read(), words.load(Ordering::Relaxed))
            {
                stopped.store(true, Ordering::Relaxed);
                break;
            }
        }
        // The workers end with the channel, after the blocks that they have: what stands earlier is found first.
        drop(to_do);
        Ok(())
    });
    read?;
    let found = found
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let of_target = |at: &usize| {
        let Found {
            line,
            reading,
            secret,
        } = found.get(*at)?.clone()?;
        Some(ListedSecret {
            secret,
            list: name.to_owned(),
            line,
            reading,
        })
    };
    Ok(Search {
        found: wanted.of_given.iter().map(of_target).collect(),
        words: words.into_inner(),
        candidates: candidates.into_inner(),
        too_long: too_long.into_inner(),
        is_complete: !stopped.into_inner(),
    })
}

/// The next block; `None` when there are no more.
fn next(blocks: &Mutex<Receiver<Block>>) -> Option<Block> {
    // A lock that somebody panicked with still holds a receiver.
    let blocks = blocks
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    blocks.recv().ok()
}

#[derive(Clone)]
struct Found {
    line: u64,
    reading: Option<Reading>,
    secret: Secret,
}

/// Keeps what stands in the earlier line; of one line the reading that is tried first.
fn keep(found: &Mutex<Vec<Option<Found>>>, left: &AtomicUsize, at: usize, new: Found) {
    let mut found = found
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(kept) = found.get_mut(at) else {
        return;
    };
    match kept {
        None => {
            left.fetch_sub(1, Ordering::Relaxed);
            *kept = Some(new);
        }
        Some(old) if new.line < old.line => *kept = Some(new),
        Some(_) => {}
    }
}

/// The targets, each once, by their hash: a secret is taken in once for all that share one.
struct Wanted<'t> {
    distinct: Vec<&'t Target>,
    /// Positions in `distinct`.
    by_hash: Vec<(Hash, Vec<usize>)>,
    /// For each that was given, its position in `distinct`.
    of_given: Vec<usize>,
}

impl<'t> Wanted<'t> {
    fn new(targets: &'t [Target]) -> Self {
        let mut distinct = Vec::new();
        let mut by_hash: Vec<(Hash, Vec<usize>)> = Vec::new();
        let mut known: HashMap<&Target, usize> = HashMap::new();
        let mut of_given = Vec::with_capacity(targets.len());
        for target in targets {
            let at = *known.entry(target).or_insert_with(|| {
                let at = distinct.len();
                distinct.push(target);
                match by_hash.iter_mut().find(|(hash, _)| *hash == target.hash) {
                    Some((_, all)) => all.push(at),
                    None => by_hash.push((target.hash, vec![at])),
                }
                at
            });
            of_given.push(at);
        }
        Self {
            distinct,
            by_hash,
            of_given,
        }
    }

    /// Tells which targets a secret makes the MAC of.
    fn try_secret(&self, secret: &[u8], tell: &mut dyn FnMut(usize)) {
        for (hash, targets) in &self.by_hash {
            let Some(keyed) = HmacSecret::new(*hash, secret) else {
                continue;
            };
            for &at in targets {
                if let Some(target) = self.distinct.get(at)
                    && keyed.clone().verifies(&target.signing_input, &target.mac)
                {
                    tell(at);
                }
            }
        }
    }
}

/// Makes the readings of words, in buffers that are used again.
#[derive(Default)]
struct Trying {
    buffer: Vec<u8>,
}

impl Trying {
    /// The word as it stands, then each other secret that it may be the text of.
    fn each(&mut self, word: &[u8], go: &mut dyn FnMut(&[u8], Option<Reading>)) {
        go(word, None);
        let spelling = Spelling::of(word);
        for reading in READINGS {
            self.buffer.clear();
            let is_read = match reading {
                Reading::Hex if spelling.is_hex => unhex(word, &mut self.buffer),
                Reading::Base64 if spelling.is_base64 => unbase64(word, &mut self.buffer),
                // Of the characters that both alphabets have, one is enough.
                Reading::Base64url if spelling.is_base64url && !spelling.is_base64 => {
                    unbase64(word, &mut self.buffer)
                }
                Reading::LineFeed => {
                    self.buffer.extend_from_slice(word);
                    self.buffer.push(b'\n');
                    true
                }
                _ => false,
            };
            if is_read {
                go(&self.buffer, Some(reading));
            }
        }
    }
}

/// What a word can be the spelling of.
struct Spelling {
    is_hex: bool,
    is_base64: bool,
    is_base64url: bool,
}

impl Spelling {
    fn of(word: &[u8]) -> Self {
        let end = word.iter().rev().take_while(|&&byte| byte == b'=').count();
        let body = word
            .get(..word.len().saturating_sub(end))
            .unwrap_or_default();
        // Padding makes the whole a multiple of four characters, and there is no character that carries no byte.
        let is_spelled = !body.is_empty()
            && body.len() % 4 != 1
            && (end == 0 || word.len().is_multiple_of(4))
            && end < 3;
        let all = |signs: [u8; 2]| {
            let is_one = |byte: &u8| byte.is_ascii_alphanumeric() || signs.contains(byte);
            is_spelled && body.iter().all(is_one)
        };
        Self {
            is_hex: !word.is_empty()
                && word.len().is_multiple_of(2)
                && word.iter().all(u8::is_ascii_hexdigit),
            is_base64: all(*b"+/"),
            is_base64url: all(*b"-_"),
        }
    }
}

fn unhex(word: &[u8], into: &mut Vec<u8>) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
    let (pairs, _) = word.as_chunks::<2>();
    into.extend(
        pairs
            .iter()
            .map(|&[high, low]| digit(high) << 4 | digit(low)),
    );
    true
}

/// Either alphabet, with or without padding. Bits that are left over are let pass, as the decoders of most services do.
fn unbase64(word: &[u8], into: &mut Vec<u8>) -> bool {
    let Ok(text) = std::str::from_utf8(word) else {
        return false;
    };
    let decoded = base64url::decode(text);
    into.extend_from_slice(&decoded.bytes);
    !into.is_empty()
}
