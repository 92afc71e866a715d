//! Texts of any length: a reader in, tokens out in the order of the text, in memory that does not grow with it.
//!
//! A text that ends soon, that may be one token, or that is a file of records (HAR, Burp items) is read whole and searched as
//! [`find`](super::find) does. Any other is gone through in windows. A window ends where the next bytes could change what was
//! found, and the next one begins there; so the cuts change nothing. Only what is larger than a window is torn.

mod source;

use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::Range;

use zeroize::Zeroizing;

use super::context::{self, LOOK_BACK};
use super::http::{self, Messages};
use super::prose::{self, Edge};
use super::region::{self, Region, Spot};
use super::text::Cursor;
use super::undo::Undone;
use super::when::NeedsMore;
use super::{Beside, Candidate, Nothing, Where, burp, candidate, har, json_form, quotes, spots};
use crate::jose::MAX_TOKEN_BYTES;
use source::{More, Source, room};

/// So much before a window is kept: what a token stood in is read from there.
const CONTEXT: usize = 2 * LOOK_BACK;

/// More bytes than these are not searched again before as many have come.
const PATIENCE: usize = 16 << 10;

/// How much of a text is held at once, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Read at once.
    pub chunk: usize,
    /// Held for one token, with the line breaks and escapes in it.
    pub window: usize,
    /// Held of a file that has to be read whole to be understood; a larger one is read as text.
    pub whole: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            chunk: 1 << 20,
            window: 2 * MAX_TOKEN_BYTES,
            whole: 256 << 20,
        }
    }
}

/// Something about an input that a reader should know. `Display` has two lines: what it is, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// What is packed with gzip ends too soon, or is none from some place on.
    #[error(
        "expected gzip data to its end, found some that is cut off or damaged after {0} bytes of text\nWhat stands before was read; get the whole file to see the rest."
    )]
    Damaged(u64),
    /// A HAR file or Burp's items above [`Limits::whole`].
    #[error(
        "expected a file of records of at most {} MiB, found a larger one\nIt was read as text: entries are not named, and bodies in base64 not looked into. Split it to see them.",
        .0 >> 20
    )]
    TooLarge(usize),
}

/// The tokens of a reader's text, in text order. An error of the reader ends it.
///
/// gzip is unpacked, by its first bytes. The ranges of places are bytes of the unpacked text.
pub struct Stream<R> {
    source: Source<R>,
    name: String,
    limits: Limits,
    /// What is held, from `base` on.
    text: Zeroizing<Vec<u8>>,
    base: usize,
    more: More,
    cursor: Cursor,
    stage: Stage,
    /// What was found in messages whose date may still come, each with its place in the text.
    waiting: VecDeque<(usize, Candidate)>,
    /// A place of the text that is known in the input, where dates are told from.
    anchor: (usize, usize),
    ready: VecDeque<Candidate>,
    /// Told after what is ready.
    failure: Option<io::Error>,
    notes: Vec<Note>,
}

enum Stage {
    /// Nothing is decided: it may be one token. So many bytes hold nothing that speaks against that.
    Begun(usize),
    /// In windows; whether what is held was not searched yet.
    Parts(Box<Parts>, bool),
    Done,
}

/// A text that is gone through in windows.
struct Parts {
    split: Split,
    open: Option<Open>,
}

enum Split {
    Messages {
        messages: Messages,
        /// Where the next line begins, or goes on.
        next: usize,
        goes_on: bool,
    },
    /// It is one region.
    Text,
}

/// A region that has begun.
struct Open {
    /// Whether it still may be one token and nothing else; looked at up to `checked`.
    is_whole: bool,
    checked: usize,
    /// What stands before is searched.
    from: usize,
    /// What stands between is kept, so many bytes without their escapes.
    context: usize,
    lead: usize,
    is_json: Option<bool>,
    /// See [`prose::scan`].
    spare: usize,
    spared: usize,
    /// The times in its lines.
    beside: Beside,
}

impl<R: Read> Stream<R> {
    /// Reads `reader`, which is called `name` in places.
    ///
    /// # Errors
    ///
    /// When the first bytes cannot be read.
    pub fn new(reader: R, name: &str) -> io::Result<Self> {
        Self::with_limits(reader, name, Limits::default())
    }

    /// As [`Stream::new`], holding more or less at once.
    ///
    /// # Errors
    ///
    /// When the first bytes cannot be read.
    pub fn with_limits(reader: R, name: &str, limits: Limits) -> io::Result<Self> {
        let (source, cursor) = Source::new(reader)?;
        Ok(Self {
            source,
            name: name.to_owned(),
            limits,
            text: Zeroizing::default(),
            waiting: VecDeque::new(),
            anchor: cursor.anchor(),
            base: 0,
            more: More::Some,
            cursor,
            stage: Stage::Begun(0),
            ready: VecDeque::new(),
            failure: None,
            notes: Vec::new(),
        })
    }

    /// What is to be said of the input, by now.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Says what the text is, when it has come to its end without a token.
    pub fn explain_nothing(&self) -> Nothing {
        match super::explain_nothing(&self.text) {
            nothing if self.base == 0 => nothing,
            Nothing::NoText => Nothing::NoText,
            // What is left is only its end.
            _ => Nothing::TextWithout,
        }
    }

    /// Reads on, and searches as far as that goes.
    fn step(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Begun(checked) => match self.fill_after(self.text.len()) {
                Ok(()) => self.stage = self.begin(checked)?,
                Err(failure) => {
                    // What is told by what came is told.
                    let mut parts = Parts::new(Split::Text);
                    let window = self.limits.window;
                    let spots = parts.advance(&self.text, self.base, false, window);
                    self.take(spots);
                    self.settle(&mut parts, true);
                    return Err(failure);
                }
            },
            Stage::Parts(mut parts, is_new) => {
                // What is found is told before anything is waited for.
                if !is_new {
                    let held = self.end().saturating_sub(parts.searched(self.end()));
                    if let Err(failure) = self.fill_after(held) {
                        self.settle(&mut parts, true);
                        return Err(failure);
                    }
                }
                let is_end = self.more != More::Some;
                let spots = parts.advance(&self.text, self.base, is_end, self.limits.window);
                self.take(spots);
                self.settle(&mut parts, is_end);
                if !is_end {
                    self.forget(parts.needed(self.end()));
                    self.stage = Stage::Parts(parts, false);
                }
            }
            Stage::Done => {}
        }
        Ok(())
    }

    /// What comes after the beginning that is held.
    fn begin(&mut self, checked: usize) -> io::Result<Stage> {
        let first = quotes::trim_start(&self.text).first();
        let may_be_json_or_xml = matches!(first, None | Some(b'<' | b'{'));
        if self.more == More::Some && may_be_json_or_xml && self.text.len() < burp::LOOK {
            return Ok(Stage::Begun(0));
        }
        if self.more == More::Some && (har::begins(&self.text) || burp::begins(&self.text)) {
            while self.more == More::Some && self.text.len() < self.limits.whole {
                let left = self.limits.whole.saturating_sub(self.text.len());
                let count = self.text.len().clamp(1, left);
                self.fill(count, count)?;
            }
            if self.more == More::Some {
                self.notes.push(Note::TooLarge(self.limits.whole));
                return Ok(Stage::Parts(Box::new(Parts::new(Split::Text)), true));
            }
        }
        if self.more != More::Some {
            for spot in spots(&self.text, Where::Bare, self.cursor) {
                let candidate =
                    candidate(spot, &self.name, &self.text, self.base, &mut self.cursor);
                self.ready.push_back(candidate);
            }
            return Ok(Stage::Done);
        }
        if self.text.len() <= http::MAX_LOOK && !has_line(&self.text) {
            return Ok(Stage::Begun(0));
        }
        if http::begins(&self.text) {
            let split = Split::Messages {
                messages: Messages::default(),
                next: 0,
                goes_on: false,
            };
            return Ok(Stage::Parts(Box::new(Parts::new(split)), true));
        }
        let new = self.text.get(checked..).unwrap_or_default();
        let may_be_token = may_be_one(new) && !(checked == 0 && is_list(&self.text));
        let may_be_whole =
            may_be_token || json_form::begins(&self.text) || http::may_be_authorization(&self.text);
        if !may_be_whole || self.text.len() > self.limits.window {
            return Ok(Stage::Parts(Box::new(Parts::new(Split::Text)), true));
        }
        Ok(Stage::Begun(if may_be_token { self.text.len() } else { 0 }))
    }

    fn take(&mut self, spots: Vec<Spot>) {
        for spot in spots {
            let at = spot.range.start;
            let candidate = candidate(spot, &self.name, &self.text, self.base, &mut self.cursor);
            self.waiting.push_back((at, candidate));
        }
    }

    /// Makes ready what was found, up to the first one whose message may still say its date.
    fn settle(&mut self, parts: &mut Parts, is_end: bool) {
        let mut exchanges = match &mut parts.split {
            Split::Messages { messages, .. } => Some(&mut messages.exchanges),
            Split::Text => None,
        };
        // While their text is held.
        for date in exchanges
            .iter_mut()
            .flat_map(|exchanges| exchanges.new_dates())
        {
            let (at, range) = (self.anchor, &date.byte_range);
            let range = self.cursor.beside(&self.text, self.base, at, range);
            self.anchor = (date.byte_range.start, range.start);
            date.byte_range = range;
        }
        while let Some((at, _)) = self.waiting.front() {
            let stamped = match &exchanges {
                None => None,
                Some(exchanges) => match exchanges.time_at(*at, is_end) {
                    Ok(stamped) => stamped,
                    Err(NeedsMore) => break,
                },
            };
            let Some((_, mut candidate)) = self.waiting.pop_front() else {
                break;
            };
            candidate.place.time = stamped.or(candidate.place.time);
            self.ready.push_back(candidate);
        }
        if let Some(exchanges) = exchanges {
            let oldest = self.waiting.front().map_or(usize::MAX, |(at, _)| *at);
            exchanges.forget(oldest);
        }
    }

    /// Where what is held ends.
    fn end(&self) -> usize {
        self.base.saturating_add(self.text.len())
    }

    /// Reads at most `count` bytes more, and no fewer than `least` where there are so many.
    fn fill(&mut self, count: usize, least: usize) -> io::Result<()> {
        if self.more == More::Some {
            self.more = self.source.read(&mut self.text, count, least)?;
            if let More::Damaged(read) = self.more {
                self.notes.push(Note::Damaged(read));
            }
        }
        Ok(())
    }

    /// Reads on after so many bytes that nothing could be told of: twice as much each time, so that searching them again costs no
    /// more than searching them once. While they are few, what comes is searched as it comes.
    fn fill_after(&mut self, held: usize) -> io::Result<()> {
        let Limits { chunk, window, .. } = self.limits;
        let count = held.clamp(chunk, window.saturating_sub(held).max(chunk));
        let least = if held > PATIENCE { count } else { 1 };
        self.fill(count, least)
    }

    /// Lets go of what stands before a place.
    fn forget(&mut self, needed: usize) {
        let mut count = needed.saturating_sub(self.base).min(self.text.len());
        // Whole characters, which the cursor counts.
        while count > 0 && self.text.get(count).is_some_and(|byte| byte & 0xC0 == 0x80) {
            count = count.saturating_sub(1);
        }
        let to = self.base.saturating_add(count);
        self.cursor.advance(&self.text, self.base, to);
        self.text.drain(..count);
        self.base = to;
        if self.anchor.0 < to {
            self.anchor = self.cursor.anchor();
        }
        // One long token should not cost its memory for the rest of the text.
        if self.text.capacity() > self.limits.chunk.saturating_mul(8)
            && self.text.len() < self.limits.chunk
        {
            let mut smaller = Zeroizing::new(Vec::new());
            room(&mut smaller, self.limits.chunk.saturating_mul(2));
            smaller.extend_from_slice(&self.text);
            self.text = smaller;
        }
    }
}

impl<R: Read> Iterator for Stream<R> {
    type Item = io::Result<Candidate>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(candidate) = self.ready.pop_front() {
                return Some(Ok(candidate));
            }
            if let Some(failure) = self.failure.take() {
                return Some(Err(failure));
            }
            if matches!(self.stage, Stage::Done) {
                return None;
            }
            self.failure = self.step().err();
        }
    }
}

impl<R> std::fmt::Debug for Stream<R> {
    /// Lengths only: the text may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("name", &self.name)
            .field("base", &self.base)
            .field("held", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// Whether a text has a line that is not empty, to its end.
fn has_line(text: &[u8]) -> bool {
    let blanks = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let blanks = blanks.count();
    text.get(blanks..)
        .is_some_and(|rest| memchr::memchr(b'\n', rest).is_some())
}

/// Whether a text is a list of tokens, by its beginning: lines of one token hold no second one.
fn is_list(text: &[u8]) -> bool {
    let undone = Undone::part(text, 0, false);
    let bytes = undone.bytes();
    let mut spare = prose::allowance(bytes.len());
    let mut found = prose::scan(bytes, 0, true, &mut spare, Edge::More)
        .found
        .into_iter();
    let (Some(first), Some(second), Some(_)) = (found.next(), found.next(), found.next()) else {
        return false;
    };
    bytes
        .get(first.range.end..second.range.start)
        .is_some_and(|between| memchr::memchr(b'\n', between).is_some())
}

/// Whether a text may be a piece of what is one token and nothing else: these are in none, however damaged, and no escape hides them.
fn may_be_one(text: &[u8]) -> bool {
    memchr::memchr3(b':', b',', b'{', text).is_none()
        && memchr::memchr3(b'(', b')', b'}', text).is_none()
        && memchr::memchr3(b'[', b']', b';', text).is_none()
        && memchr::memchr3(b'<', b'>', b'&', text).is_none()
        && memchr::memchr(b'|', text).is_none()
}

impl Parts {
    fn new(split: Split) -> Self {
        // That the whole text is no token was found out before.
        let open = matches!(split, Split::Text).then(|| Open::new(0, false));
        Self { split, open }
    }

    /// Searches what is held, as far as that can be told.
    fn advance(&mut self, text: &[u8], base: usize, is_end: bool, window: usize) -> Vec<Spot> {
        let end = base.saturating_add(text.len());
        let held = Held { text, base, window };
        let Split::Messages {
            messages,
            next,
            goes_on,
        } = &mut self.split
        else {
            let whole = Region::new(0..end, Where::Bare, None);
            return held.search(&whole, &mut self.open, is_end);
        };
        let mut spots = Vec::new();
        while let Some(rest) = held.get(*next..end).filter(|rest| !rest.is_empty()) {
            let line_break = memchr::memchr(b'\n', rest);
            if line_break.is_none() && !is_end && !*goes_on && rest.len() < http::MAX_LOOK {
                break;
            }
            let length = line_break.map_or(rest.len(), |at| at.saturating_add(1));
            let line = *next..next.saturating_add(length);
            *next = line.end;
            if *goes_on {
                messages.extend(line.end);
            } else {
                let content = http::content(rest.get(..length).unwrap_or_default());
                if let Some(part) = messages.line(content, line) {
                    spots.extend(held.search(&part, &mut self.open, true));
                    self.open = None;
                }
            }
            *goes_on = line_break.is_none();
        }
        if let Some(part) = messages.part() {
            spots.extend(held.search(part, &mut self.open, is_end));
        }
        spots
    }

    /// What stands before this place is needed no more, of a text that is held to `end`.
    fn needed(&self, end: usize) -> usize {
        let open = match &self.open {
            // One byte more tells what stands before.
            Some(open) => open.context.saturating_sub(1),
            None => end,
        };
        match &self.split {
            Split::Messages { next, .. } => open.min(*next),
            Split::Text => open,
        }
    }

    /// What stands before this place is searched.
    fn searched(&self, end: usize) -> usize {
        self.open.as_ref().map_or(end, |open| open.from)
    }
}

impl Open {
    fn new(start: usize, is_whole: bool) -> Self {
        Self {
            is_whole,
            checked: start,
            from: start,
            context: start,
            lead: 0,
            is_json: None,
            spare: 0,
            spared: start,
            beside: Beside::default(),
        }
    }
}

/// What is held of a text.
struct Held<'a> {
    text: &'a [u8],
    /// Where it stands.
    base: usize,
    window: usize,
}

impl Held<'_> {
    fn get(&self, range: Range<usize>) -> Option<&[u8]> {
        let start = range.start.checked_sub(self.base)?;
        self.text.get(start..range.end.checked_sub(self.base)?)
    }

    /// The tokens of a region that can be told by now; of all of it when it `is_closed`.
    fn search(&self, region: &Region, open: &mut Option<Open>, is_closed: bool) -> Vec<Spot> {
        let Range { start, end } = region.range;
        let open = open.get_or_insert_with(|| Open::new(start, true));
        if open.is_whole {
            if is_closed {
                let local = start.saturating_sub(self.base)..end.saturating_sub(self.base);
                let local = Region::new(local, region.where_, region.name_in.clone());
                let mut spots = region::tokens(self.text, &local, Where::Bare);
                for spot in &mut spots {
                    spot.range = region::shifted(&spot.range, self.base);
                    if let Some(time) = &mut spot.beside {
                        time.byte_range = region::shifted(&time.byte_range, self.base);
                    }
                }
                return spots;
            }
            let new = self.get(open.checked..end).unwrap_or_default();
            open.checked = end;
            if may_be_one(new) && end.saturating_sub(start) <= self.window {
                return Vec::new();
            }
            open.is_whole = false;
        }
        let mut spots = Vec::new();
        self.walk(region, open, is_closed, &mut spots);
        spots
    }

    /// Goes on in a region that is not one token.
    fn walk(&self, region: &Region, open: &mut Open, is_closed: bool, spots: &mut Vec<Spot>) {
        let Range { start, end } = region.range;
        let new = end.saturating_sub(open.spared);
        open.spare = open.spare.saturating_add(prose::allowance(new));
        open.spared = end;
        let mut is_forced = false;
        loop {
            let before = usize::from(open.context > start);
            let raw_start = open.context.saturating_sub(before);
            let Some(raw) = self.get(raw_start..end) else {
                return;
            };
            let undone = Undone::part(raw, before, is_closed || is_forced);
            let bytes = undone.bytes();
            let is_json = match open.is_json {
                Some(is_json) => is_json,
                None if bytes.len() < LOOK_BACK && !is_closed && !is_forced => return,
                None => *open.is_json.insert(context::is_json(bytes)),
            };
            let edge = match (is_closed, is_forced) {
                (true, _) => Edge::End,
                (false, true) => Edge::Forced,
                (false, false) => Edge::More,
            };
            let in_sentences = region::has_sentences(region);
            let goes_on = matches!(edge, Edge::More);
            let scan = prose::scan(bytes, open.lead, in_sentences, &mut open.spare, edge);
            let objects = json_form::scan(bytes, open.lead, goes_on);
            let mut resume = scan.resume.min(bytes.len());
            if let Some(cut) = objects.open {
                resume = resume.min(cut.max(open.lead));
            }
            let mut all = objects.beside(scan.found);
            all.retain(|found| found.range.start < resume);
            let mut last = 0;
            let mut way_back = undone.way_back();
            for found in all {
                let (range, undone) = way_back.locate(&found.range);
                let beside = if region::has_lines(region) {
                    let is_last = is_closed || is_forced;
                    let Ok(time) = open.beside.time(raw, raw_start, &range, is_last) else {
                        // The rest of its line says more.
                        resume = resume.min(found.range.start);
                        break;
                    };
                    time
                } else {
                    None
                };
                last = found.range.end;
                let place = region::place(bytes, region, &found, Where::Bare, is_json);
                let range = region::shifted(&range, raw_start);
                let spot = region::spot(found, place, range, undone);
                spots.push(Spot { beside, ..spot });
            }
            // An object may end after the next token of another form could begin.
            resume = resume.max(last);
            let kept = resume.saturating_sub(CONTEXT);
            let mut way_back = undone.way_back();
            let at = [kept, resume].map(|at| way_back.place(at).saturating_add(raw_start));
            let [context, from] = at;
            let has_moved = from > open.from;
            open.context = context;
            open.lead = resume.saturating_sub(kept);
            open.from = from;
            if is_closed || is_forced && !has_moved {
                return;
            }
            let is_stuck = end.saturating_sub(from) > self.window;
            if !is_stuck {
                return;
            }
            is_forced = !is_forced;
        }
    }
}
