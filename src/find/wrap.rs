//! A token broken over several lines.
//!
//! [`Pieces::gather`] takes every line that could belong to it, [`Pieces::count`] says how many do. Where header and
//! payload end their dots tell; where the signature ends its length tells, which the algorithm fixes. Only where it
//! does not, the shape of the lines decides: a line as wide as the one before it was cut at a margin.

use std::ops::Range;

use zeroize::Zeroizing;

use super::length::{is_length_of, signature_lengths};
use super::shape;
use crate::jose::{base64url, json};

/// How far before the first piece of a token its line is looked at.
const LOOK_BACK: usize = 1024;

/// How much is certain about the text that is gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Anything may follow the token.
    Prose,
    /// Nothing but the token is there.
    Whole,
}

/// The lines that could make up a token.
pub(super) struct Pieces {
    text: Zeroizing<String>,
    lines: Vec<Piece>,
    reach: usize,
}

struct Piece {
    range: Range<usize>,
    /// Where it ends in the joined text.
    end: usize,
    /// Whether nothing follows it on its line.
    full: bool,
}

impl Pieces {
    /// Takes the characters from `start` that `belongs` holds for, and while they reach the end of the line, those of
    /// the next one after its indentation.
    ///
    /// Stops at an empty line, before a line in which another token begins, and when `spare` is used up: so many bytes
    /// after first lines may be gathered, all in all. Without it a hostile text would be gathered again from each line.
    pub(super) fn gather(
        bytes: &[u8],
        start: usize,
        belongs: fn(u8) -> bool,
        spare: &mut usize,
    ) -> Self {
        let mut ranges: Vec<(Range<usize>, bool)> = Vec::new();
        let mut state = State::default();
        let mut from = start;
        let mut reach;
        loop {
            let piece = run(bytes, from, belongs);
            reach = piece.end;
            let first = ranges.is_empty();
            if !first {
                let Some(rest) = spare.checked_sub(piece.len()) else {
                    break;
                };
                *spare = rest;
            }
            if piece.is_empty() || !state.absorb(slice(bytes, &piece), first) {
                break;
            }
            let next = next_line(bytes, piece.end);
            reach = next.unwrap_or_else(|| blanks(bytes, piece.end).end);
            ranges.push((piece, next.is_some()));
            match next {
                Some(next) if next < bytes.len() => from = next,
                _ => break,
            }
        }
        let length = ranges.iter().map(|(range, _)| range.len()).sum();
        let mut joined = Zeroizing::new(Vec::with_capacity(length));
        let mut pieces = Vec::with_capacity(ranges.len());
        for (range, full) in ranges {
            joined.extend_from_slice(slice(bytes, &range));
            pieces.push(Piece {
                range,
                end: joined.len(),
                full,
            });
        }
        // What is not UTF-8 is no token broken over lines; alone on one line it is kept by its own rule.
        let text = String::from_utf8(std::mem::take(&mut *joined)).unwrap_or_else(|_| {
            pieces.clear();
            String::new()
        });
        Self {
            text: Zeroizing::new(text),
            lines: pieces,
            reach,
        }
    }

    /// How far the text was looked at.
    pub(super) fn reach(&self) -> usize {
        self.reach
    }

    /// How many lines were gathered.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The first pieces joined.
    pub(super) fn text(&self, count: usize) -> &str {
        let end = self.ends(count);
        self.text.get(..end).unwrap_or_default()
    }

    /// From the first piece's first byte to the last one's end, were the joined text to end at `length`.
    pub(super) fn range(&self, length: usize) -> Range<usize> {
        let last = self.lines.partition_point(|piece| piece.end < length);
        let start = self.lines.first().map_or(0, |piece| piece.range.start);
        let end = self.lines.get(last).map_or(start, |piece| {
            piece
                .range
                .end
                .saturating_sub(piece.end.saturating_sub(length))
        });
        start..end
    }

    /// How many of the pieces belong to the token; 0 when there is none.
    pub(super) fn count(&self, bytes: &[u8], trust: Trust) -> usize {
        match self.lines.len() {
            0 | 1 => self.lines.len(),
            _ => self.count_from(bytes, 0, trust),
        }
    }

    /// As [`Pieces::count`], for the token that begins at `start` of the joined text.
    fn count_from(&self, bytes: &[u8], start: usize, trust: Trust) -> usize {
        let all = self.lines.len();
        let rest = self.text.get(start..).unwrap_or_default();
        let compact = rest.split_once('~').map_or(rest, |(compact, _)| compact);
        let Some((header, _)) = compact.split_once('.') else {
            return match trust {
                Trust::Prose => 0,
                Trust::Whole => all,
            };
        };
        let header_end = start.saturating_add(header.len());
        let header = json::read(&base64url::decode(header).bytes);
        let is_prose = trust == Trust::Prose;
        let wraps = |start: usize, end: usize| self.holding(start) < self.holding(end);
        if is_prose && wraps(start, header_end) && self.is_glued(start, header_end) {
            return 0;
        }
        let dots_expected = if header.get("enc").is_some() { 4 } else { 2 };
        let dots: Vec<usize> = memchr::memchr_iter(b'.', compact.as_bytes())
            .take(dots_expected)
            .map(|at| start.saturating_add(at))
            .collect();
        let last_dot = dots.last().copied().unwrap_or(header_end);
        if dots.len() < dots_expected {
            return self.count_cut(header_end, trust);
        }
        let payload = header_end.saturating_add(1);
        let is_object =
            |start| shape::is_object(self.text.as_bytes().get(start..).unwrap_or_default());
        if is_prose
            && dots_expected == 2
            && wraps(header_end, last_dot)
            && is_object(payload)
            && self.is_glued(payload, last_dot)
        {
            // What was signed ends before this line.
            return self.holding(header_end).saturating_add(1);
        }
        let least = self.holding(last_dot).saturating_add(1);
        let lengths = signature_lengths(&header);
        let is_expected = |end: usize| {
            let signature = self
                .text
                .get(last_dot.saturating_add(1)..end)
                .unwrap_or_default();
            is_length_of(lengths, signature)
        };
        // Nothing may follow a key binding JWT, so that looking for one goes one step deep.
        if start == 0
            && let Some(count) = self.count_disclosures(bytes, compact, is_expected, trust)
        {
            return count;
        }
        // A line of `=` underlines the one before it rather than padding it.
        let is_rule = |count: usize| {
            let last = count.checked_sub(1).and_then(|last| self.lines.get(last));
            last.is_some_and(|piece| slice(bytes, &piece.range).iter().all(|&byte| byte == b'='))
        };
        let by_length = (least..=all)
            .rev()
            .find(|&count| is_expected(self.ends(count)) && (count == least || !is_rule(count)));
        if let Some(count) = by_length {
            return count;
        }
        if is_prose && payload == last_dot && least > 1 {
            // A line of dots below an encoded object.
            return 0;
        }
        self.count_by_shape(bytes, least, trust)
    }

    /// A token with fewer dots than its form has: cut, or a signature was removed.
    fn count_cut(&self, header_end: usize, trust: Trust) -> usize {
        let all = self.lines.len();
        if trust == Trust::Whole {
            return all;
        }
        let least = self.holding(header_end).saturating_add(1);
        let payload = self
            .text
            .get(header_end.saturating_add(1)..)
            .unwrap_or_default();
        if json::read(&base64url::decode(payload).bytes).is_document() {
            all
        } else {
            least
        }
    }

    /// Whether the text between two places is no JSON document, or already was one where its last line begins.
    fn is_glued(&self, start: usize, end: usize) -> bool {
        let is_document = |end: usize| {
            let text = self.text.get(start..end).unwrap_or_default();
            json::read(&base64url::decode(text).bytes).is_document()
        };
        let line = self.ends(self.holding(end));
        !is_document(end) || (start < line && line < end && is_document(line))
    }

    /// Where an SD-JWT ends: with its last tilde, or with the key binding JWT after it (RFC 9901 section 4).
    fn count_disclosures(
        &self,
        bytes: &[u8],
        compact: &str,
        is_expected: impl Fn(usize) -> bool,
        trust: Trust,
    ) -> Option<usize> {
        let all = self.lines.len();
        let first = compact.len();
        let after = self.text.get(first.saturating_add(1)..)?;
        let is_disclosure = after.is_empty()
            || shape::opens_array(after.as_bytes())
            || shape::may_be_object(after.as_bytes());
        let same_line = compact
            .rfind('.')
            .is_some_and(|dot| self.holding(dot) == self.holding(first));
        let ends_line = self
            .lines
            .get(self.holding(first))
            .is_some_and(|piece| piece.end == first.saturating_add(1) && piece.range.len() > 1);
        let joins = is_expected(first) && (is_disclosure || ends_line);
        if trust == Trust::Prose && !same_line && !joins {
            return None;
        }
        // The tilde that no disclosure follows: the one that ends the SD-JWT.
        let last = memchr::memchr_iter(b'~', self.text.as_bytes())
            .skip_while(|&at| at < first)
            .find(|&at| {
                let after = self.text.as_bytes().get(at.saturating_add(1)..);
                !after.is_some_and(shape::opens_array)
            })?;
        let least = self.holding(last).saturating_add(1);
        let tail = self.text.get(last.saturating_add(1)..)?;
        if shape::may_be_object(tail.as_bytes()) {
            let count = self.count_from(bytes, last.saturating_add(1), trust);
            return Some(count.max(least));
        }
        Some(match trust {
            Trust::Prose => least,
            Trust::Whole => all,
        })
    }

    /// Where a signature ends whose length says nothing.
    fn count_by_shape(&self, bytes: &[u8], least: usize, trust: Trust) -> usize {
        let all = self.lines.len();
        let may_continue = |index: usize| {
            self.lines.get(index).is_some_and(|piece| {
                let text = slice(bytes, &piece.range);
                piece.full
                    && !text.contains(&b'.')
                    && std::str::from_utf8(text).is_ok_and(|text| !shape::is_word(text))
            })
        };
        if trust == Trust::Whole {
            return if (least..all).all(may_continue) {
                all
            } else {
                least
            };
        }
        let width = |index: usize| {
            self.lines.get(index).map_or(0, |piece| {
                // What stands farther before it is no margin.
                let look = piece.range.start.saturating_sub(LOOK_BACK);
                let before = bytes.get(look..piece.range.start).unwrap_or_default();
                let before = memchr::memrchr(b'\n', before).map_or(before.len(), |at| {
                    before.len().saturating_sub(at.saturating_add(1))
                });
                piece.range.len().saturating_add(before)
            })
        };
        let mut count = least;
        // A dot at the end of a line that is not the token's first: the signature has a line of its own.
        let ends_with_dot = self.text(count).ends_with('.');
        if ends_with_dot && count > 1 && may_continue(count) {
            count = count.saturating_add(1);
        }
        while count > 1
            && may_continue(count)
            && width(count.saturating_sub(1)) == width(count.saturating_sub(2))
            && width(count) <= width(count.saturating_sub(1))
        {
            count = count.saturating_add(1);
        }
        count
    }

    /// The piece that holds this byte of the joined text.
    fn holding(&self, at: usize) -> usize {
        self.lines.partition_point(|piece| piece.end <= at)
    }

    /// Where the first pieces end in the joined text.
    fn ends(&self, count: usize) -> usize {
        count
            .checked_sub(1)
            .and_then(|last| self.lines.get(last))
            .map_or(0, |piece| piece.end)
    }
}

/// Where in a token the gathered text ends.
#[derive(Default)]
struct State {
    /// The part that is gathered.
    part: Gathered,
    /// Characters of the part.
    length: usize,
    /// Its last characters, four at most.
    tail: Vec<u8>,
    /// A key binding JWT has begun.
    is_bound: bool,
}

/// What the part of a token may be that is gathered.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Gathered {
    /// A disclosure, or the header of a key binding JWT: a tilde stands before it.
    AfterTilde,
    /// The token's header.
    #[default]
    Header,
    /// Neither a header nor what follows one.
    Other,
    /// What follows a header.
    Payload,
}

impl State {
    /// Goes over a piece. False when another token begins in it.
    fn absorb(&mut self, piece: &[u8], first: bool) -> bool {
        let mut before = None;
        for (at, &byte) in piece.iter().enumerate() {
            let here = piece.get(at..).unwrap_or_default();
            let boundary = before.is_none_or(|b: u8| !b.is_ascii_alphanumeric());
            let opens = boundary && !first && shape::may_be_object(here);
            // Random characters may well be `-ey` before a line's end, but not all of an object.
            let is_chance = matches!(before, Some(b'-' | b'_')) && !shape::is_object(here);
            let opens = opens && !is_chance;
            if opens && !self.may_open(here, at == 0) {
                return false;
            }
            match byte {
                b'.' | b'~' => {
                    self.part = match self.part {
                        _ if byte == b'~' => Gathered::AfterTilde,
                        Gathered::AfterTilde | Gathered::Header => Gathered::Payload,
                        Gathered::Other | Gathered::Payload => Gathered::Other,
                    };
                    self.length = 0;
                }
                _ => self.length = self.length.saturating_add(1),
            }
            before = Some(byte);
        }
        let end = piece.len().saturating_sub(4);
        self.tail
            .extend_from_slice(piece.get(end..).unwrap_or_default());
        let surplus = self.tail.len().saturating_sub(4);
        self.tail.drain(..surplus);
        true
    }

    /// Whether a JSON object may begin here without being a token of its own.
    fn may_open(&mut self, here: &[u8], line_begins: bool) -> bool {
        match (self.length, self.part) {
            (0, Gathered::Payload) => true,
            (0, Gathered::AfterTilde) if !self.is_bound => {
                self.is_bound = !line_begins || is_key_binding(here);
                self.is_bound
            }
            (0, _) => false,
            _ => line_begins && self.expects_value(),
        }
    }

    /// Whether the part stops where JSON goes on with a value, which the next line begins with.
    fn expects_value(&self) -> bool {
        let tail = std::str::from_utf8(&self.tail).unwrap_or_default();
        let decoded = base64url::decode(tail).bytes;
        let last = decoded.trim_ascii_end().last();
        self.length.is_multiple_of(4) && matches!(last, Some(b':' | b',' | b'['))
    }
}

/// Whether a header says that it is one of a key binding JWT (RFC 9901 section 4.3).
fn is_key_binding(bytes: &[u8]) -> bool {
    let look = bytes.get(..128).unwrap_or(bytes);
    let header = look.split(|&byte| byte == b'.').next().unwrap_or_default();
    let header = base64url::decode(std::str::from_utf8(header).unwrap_or_default());
    memchr::memmem::find(&header.bytes, b"kb+jwt").is_some()
}

/// The characters from `start` that `belongs` holds for.
pub(super) fn run(bytes: &[u8], start: usize, belongs: fn(u8) -> bool) -> Range<usize> {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|&byte| !belongs(byte))
        .unwrap_or(rest.len());
    start..start.saturating_add(length)
}

/// Where the next line's text begins, when only white space follows on this one. The end of the text is a line's end.
fn next_line(bytes: &[u8], at: usize) -> Option<usize> {
    let end = blanks(bytes, at).end;
    match bytes.get(end) {
        None => Some(end),
        Some(b'\n') => Some(run(bytes, end.saturating_add(1), |b| matches!(b, b' ' | b'\t')).end),
        Some(_) => None,
    }
}

/// White space at the end of a line.
fn blanks(bytes: &[u8], at: usize) -> Range<usize> {
    run(bytes, at, |byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

fn slice<'a>(bytes: &'a [u8], range: &Range<usize>) -> &'a [u8] {
    bytes.get(range.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::find::tests::{found, jws, texts};
    use crate::jose::base64url::encode;

    /// Breaks and indentation after every `width` characters.
    fn wrap(text: &str, width: usize) -> String {
        let lines: Vec<_> = text
            .as_bytes()
            .chunks(width)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        lines.join("\n   ")
    }

    #[test]
    fn the_signature_ends_where_the_algorithm_says() {
        for (alg, length) in [("HS256", 32), ("ES512", 132), ("RS256", 256), ("none", 0)] {
            let token = jws(alg, length);
            for width in 4..token.len() {
                for after in ["", "\nQED", "\nabc123", "\n=====", " and", "\n\nMore"] {
                    let text = format!("This token:\n   {}{after}", wrap(&token, width));
                    assert_eq!(
                        found(&text),
                        [(token.clone(), vec!["line-wraps"])],
                        "{alg} {width} {after:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn lines_of_one_width_go_on_where_no_algorithm_says() {
        for token in [jws("XX99", 100), jws("HS256", 100)] {
            for width in [24, 48, 64, 72] {
                for after in ["", "\n\nMore", "\nThe end of it.", "\nEND"] {
                    let text = format!("This token:\n   {}{after}", wrap(&token, width));
                    assert_eq!(texts(&text), [token.as_str()], "{width} {after:?}");
                }
            }
        }
        let token = jws("XX99", 100);
        let text = format!("This token:\n{token}\nabcdef0123456789\n");
        assert_eq!(texts(&text), [token], "one line is no margin");
    }

    #[test]
    fn a_cut_token_takes_nothing_of_the_next_line() {
        let token = jws("HS256", 32);
        let (signed, _) = token.rsplit_once('.').unwrap();
        for after in ["example.com is next", "1.2.3", "The next", "b.c", "x"] {
            let text = format!("Cut:\n{signed}\n{after}\n");
            assert_eq!(texts(&text), [signed], "{after}");
        }
        let (header, _) = token.split_once('.').unwrap();
        for after in ["1.2.3", "../a.b.c", "example.com", ""] {
            let text = format!("Cut:\n{header}\n{after}\n");
            assert_eq!(texts(&text), [""; 0], "{after}");
        }
    }

    /// `{" ` is soon made of random characters, and a line may end right after it.
    #[test]
    fn a_signature_may_hold_what_opens_like_a_header() {
        let token = jws("RS256", 256);
        for opening in ["-eyIg", "_eyJh", "-eyI"] {
            let (start, signature) = token.split_at(token.len() - 100);
            let token = format!("{start}{opening}{}", &signature[opening.len()..]);
            for width in 8..token.len() {
                let text = wrap(&token, width);
                assert_eq!(texts(&text), [token.as_str()], "{width} {opening}");
            }
        }
    }

    #[test]
    fn disclosures_and_a_key_binding_jwt_are_wrapped_too() {
        let issued = jws("ES256", 64);
        let disclosure = encode(br#"["c2FsdA", "name", "value"]"#);
        let bound = format!(
            "{}.{}.{}",
            encode(br#"{"alg":"ES256","typ":"kb+jwt"}"#),
            encode(br#"{"nonce":"a"}"#),
            encode(&[9; 64])
        );
        for token in [
            format!("{issued}~"),
            format!("{issued}~{disclosure}~{disclosure}~"),
            format!("{issued}~{disclosure}~{bound}"),
        ] {
            // A tilde alone on a line is what an editor shows below the end of a file.
            let widths = (8..token.len()).filter(|width| !issued.len().is_multiple_of(*width));
            for width in widths {
                let text = format!("This token:\n   {}\nThe end\n", wrap(&token, width));
                assert_eq!(texts(&text), [token.as_str()], "{width}");
            }
        }
    }
}
