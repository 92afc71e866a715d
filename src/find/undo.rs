//! Escapes undone: what URLs, JSON and programs write for a character, and what joins a text over lines.
//!
//! A percent-encoding is decoded once. Backslashes before an escape are passed over, however many: they double with
//! each string that a string is put in, and none of them can be a token's. A string cut in two, and a line that goes on after `\`
//! or `^`, become a line break, which the rules for wrapped tokens then judge.

use std::ops::Range;

use zeroize::Zeroizing;

use super::Repair;
use super::shape::is_token_byte;

/// How many bytes may stand between two pieces of one string.
const MAX_JOINT: usize = 256;

/// So many bytes behind a place tell what an escape at it is, unless it begins with more backslashes than that.
const MARGIN: usize = 2 * MAX_JOINT;

/// A text without its escapes, and the way back.
pub(super) struct Undone<'a> {
    units: Units<'a>,
    /// Where what was undone ends in the raw text.
    end: usize,
    /// `None` when there is nothing to undo.
    changed: Option<Zeroizing<Vec<u8>>>,
}

impl<'a> Undone<'a> {
    /// The whole text.
    pub(super) fn new(raw: &'a [u8]) -> Self {
        Self::part(raw, 0, true)
    }

    /// The text from `start` on; what stands before is looked at. Unless `is_end`, more is to come, and what may be an
    /// escape that goes on there is left out.
    pub(super) fn part(raw: &'a [u8], start: usize, is_end: bool) -> Self {
        let units = Units::new(raw, start, is_end);
        let mut end = start;
        let mut changed: Option<Zeroizing<Vec<u8>>> = None;
        for unit in units.clone() {
            match (unit, &mut changed) {
                (Unit::Escape { range, byte, .. }, changed) => {
                    let text = changed.get_or_insert_with(|| {
                        // Nothing is written longer than it was, so nothing is moved and left behind unzeroized.
                        let room = raw.len().saturating_sub(start);
                        let mut text = Zeroizing::new(Vec::with_capacity(room));
                        text.extend_from_slice(raw.get(start..end).unwrap_or_default());
                        text
                    });
                    text.push(byte);
                    end = range.end;
                }
                (Unit::Plain(range), Some(text)) => {
                    end = range.end;
                    text.extend_from_slice(raw.get(range).unwrap_or_default());
                }
                (Unit::Plain(range), None) => end = range.end,
            }
        }
        Self {
            units,
            end,
            changed,
        }
    }

    /// The text without escapes.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.changed {
            Some(text) => text,
            None => (self.units.raw)
                .get(self.units.at..self.end)
                .unwrap_or_default(),
        }
    }

    /// A way back that begins at the beginning.
    pub(super) fn way_back(&self) -> WayBack<'a> {
        WayBack {
            raw_at: self.units.at,
            ahead: self.units.clone(),
            units: self.units.clone(),
            is_same: self.changed.is_none(),
            at: 0,
            plain_end: 0,
            last: None,
        }
    }
}

/// The way from the text without escapes to the raw one. It only moves on, so that it costs one pass over all.
pub(super) struct WayBack<'a> {
    /// From the beginning, and from the last place that was looked at.
    units: Units<'a>,
    ahead: Units<'a>,
    is_same: bool,
    raw_at: usize,
    at: usize,
    /// The end of the raw bytes from here on that are known to stand for themselves: looked for once, not at each place.
    plain_end: usize,
    /// What the byte before this place was, if it was an escape.
    last: Option<Repair>,
}

impl WayBack<'_> {
    /// The raw bytes of a range, and what was undone in it or right beside it.
    ///
    /// Ranges must come in text order and not overlap.
    pub(super) fn locate(&mut self, range: &Range<usize>) -> (Range<usize>, Vec<Repair>) {
        if self.is_same {
            let shift = |at: usize| at.saturating_add(self.units.at);
            return (shift(range.start)..shift(range.end), Vec::new());
        }
        let mut undone = Vec::new();
        self.advance(range.start, &mut Vec::new());
        undone.extend(self.last);
        let start = self.raw_at;
        self.advance(range.end, &mut undone);
        if let Some(Unit::Escape { repair, .. }) = self.unit() {
            undone.extend(repair);
        }
        (start..self.raw_at, undone)
    }

    /// The raw place of a place, which must not stand before one that was asked for.
    pub(super) fn place(&mut self, at: usize) -> usize {
        self.locate(&(at..at)).0.start
    }

    fn unit(&mut self) -> Option<Unit> {
        if self.raw_at < self.plain_end {
            return Some(Unit::Plain(self.raw_at..self.plain_end));
        }
        self.ahead.at = self.raw_at;
        let unit = self.ahead.next();
        if let Some(Unit::Plain(range)) = &unit {
            self.plain_end = range.end;
        }
        unit
    }

    fn advance(&mut self, to: usize, undone: &mut Vec<Repair>) {
        while let Some(wanted) = to.checked_sub(self.at).filter(|&wanted| wanted > 0) {
            let (raw, count) = match self.unit() {
                None => return,
                Some(Unit::Escape { range, repair, .. }) => {
                    self.last = repair;
                    if let Some(repair) = repair.filter(|repair| !undone.contains(repair)) {
                        undone.push(repair);
                    }
                    (range.len(), 1)
                }
                Some(Unit::Plain(range)) => {
                    self.last = None;
                    let count = range.len().min(wanted);
                    (count, count)
                }
            };
            self.raw_at = self.raw_at.saturating_add(raw);
            self.at = self.at.saturating_add(count);
        }
    }
}

/// A piece of the raw text.
enum Unit {
    /// One byte, written with more.
    Escape {
        range: Range<usize>,
        byte: u8,
        /// `None` for what only joins lines: the token says that it was wrapped.
        repair: Option<Repair>,
    },
    /// Bytes that stand for themselves.
    Plain(Range<usize>),
}

/// The raw text in pieces.
#[derive(Clone)]
struct Units<'a> {
    raw: &'a [u8],
    at: usize,
    /// Whether nothing is to come behind the raw text.
    is_end: bool,
    /// The next sign, and the next quote that may be a joint; stale when they stand before `at`.
    next: [usize; 2],
}

impl<'a> Units<'a> {
    fn new(raw: &'a [u8], at: usize, is_end: bool) -> Self {
        Self {
            raw,
            at,
            is_end,
            next: [0; 2],
        }
    }

    /// The first place from `from` on at which an escape may begin.
    fn next_special(&mut self, from: usize) -> Option<usize> {
        let rest = self.raw.get(from..)?;
        let [sign, quote] = &mut self.next;
        let place = |found: Option<usize>| found.map_or(usize::MAX, |at| from.saturating_add(at));
        if *sign < from {
            *sign = place(memchr::memchr3(b'%', b'\\', b'^', rest));
        }
        if *quote < from {
            let mut quotes = memchr::memchr2_iter(b'"', b'\'', rest);
            *quote = place(quotes.find(|&at| {
                let after = rest.get(at.saturating_add(1));
                after.is_none_or(|after| {
                    matches!(after, b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b'+')
                })
            }));
        }
        Some((*sign).min(*quote)).filter(|&at| at != usize::MAX)
    }
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let start = self.at;
        let rest = self.raw.get(start..).filter(|rest| !rest.is_empty())?;
        if !self.is_end && is_open(rest) {
            return None;
        }
        if let Some((length, byte, repair)) = escape(rest, self.raw.get(..start)) {
            self.at = start.saturating_add(length);
            return Some(Unit::Escape {
                range: start..self.at,
                byte,
                repair,
            });
        }
        // Of several backslashes the last one is no escape either.
        let first = rest
            .iter()
            .take_while(|&&byte| byte == b'\\')
            .count()
            .max(1);
        self.at = self
            .next_special(start.saturating_add(first))
            .unwrap_or(self.raw.len());
        Some(Unit::Plain(start..self.at))
    }
}

/// Whether what follows `rest` may decide what it begins with.
fn is_open(rest: &[u8]) -> bool {
    match rest.first() {
        Some(b'\\') => {
            let slashes = rest.iter().take_while(|&&byte| byte == b'\\').count();
            slashes.saturating_add(MARGIN) > rest.len()
        }
        Some(b'%' | b'^' | b'"' | b'\'') => rest.len() < MARGIN,
        _ => false,
    }
}

/// The escape that `rest` begins with: its length, the byte that it stands for, and what undoing it is called.
fn escape(rest: &[u8], before: Option<&[u8]>) -> Option<(usize, u8, Option<Repair>)> {
    match rest.first()? {
        b'%' => {
            let byte = hexadecimal(rest.get(1..3)?)?;
            Some((3, byte, Some(Repair::PercentEncoding)))
        }
        b'\\' => {
            let slashes = rest.iter().take_while(|&&byte| byte == b'\\').count();
            let (length, byte, is_join) = after_slash(rest.get(slashes..)?)?;
            let repair = (!is_join).then_some(Repair::JsonEscape);
            Some((slashes.saturating_add(length), byte, repair))
        }
        b'^' => match rest.get(1..)? {
            [b'"', ..] => Some((2, b'"', None)),
            [b'\n', ..] => Some((2, b'\n', None)),
            [b'\r', b'\n', ..] => Some((3, b'\n', None)),
            _ => None,
        },
        b'"' | b'\'' => {
            let is_after_token = before?.last().is_some_and(|&byte| is_token_byte(byte));
            let length = is_after_token.then(|| joint(rest)).flatten()?;
            Some((length, b'\n', None))
        }
        _ => None,
    }
}

/// What follows backslashes: its length, the byte, and whether it joins two lines.
fn after_slash(rest: &[u8]) -> Option<(usize, u8, bool)> {
    let escaped = |length, byte| Some((length, byte, false));
    match rest {
        [b'n', ..] => escaped(1, b'\n'),
        [b'r', ..] => escaped(1, b'\r'),
        [b't', ..] => escaped(1, b'\t'),
        [byte @ (b'/' | b'"' | b'\''), ..] => escaped(1, *byte),
        [b'u', b'0', b'0', digits @ ..] => escaped(5, hexadecimal(digits.get(..2)?)?),
        [b'x', digits @ ..] => escaped(3, hexadecimal(digits.get(..2)?)?),
        [b'\n', ..] => Some((1, b'\n', true)),
        [b'\r', b'\n', ..] => Some((2, b'\n', true)),
        _ => None,
    }
}

/// A printable character or white space of ASCII from two hexadecimal digits.
fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    let is_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = u8::from_str_radix(digits, 16)
        .ok()
        .filter(|_| is_hexadecimal)?;
    (byte.is_ascii_graphic() || byte.is_ascii_whitespace()).then_some(byte)
}

/// The length of what cuts a string in two: `"` at the end of a line, a plus sign at most, `"` at the beginning of the next;
/// with the plus sign also in one line.
fn joint(rest: &[u8]) -> Option<usize> {
    let rest = rest.get(..MAX_JOINT).unwrap_or(rest);
    let (quote, mut after) = rest.split_first()?;
    let (mut has_sign, mut has_break) = (false, false);
    while let Some((byte, more)) = after.split_first() {
        match byte {
            b' ' | b'\t' | b'\r' => {}
            b'\n' => has_break = true,
            b'\\' if matches!(more.first(), Some(b'\n' | b'\r')) => {}
            b'+' if !has_sign => has_sign = true,
            _ => break,
        }
        after = more;
    }
    let more = after.strip_prefix(std::slice::from_ref(quote))?;
    let goes_on = more.first().is_some_and(|&byte| is_token_byte(byte));
    (goes_on && (has_sign || has_break)).then(|| rest.len().saturating_sub(more.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undone(text: &str) -> String {
        String::from_utf8(Undone::new(text.as_bytes()).bytes().to_vec()).unwrap()
    }

    #[test]
    fn each_escape_is_undone() {
        for (raw, expected) in [
            ("a%2Eb%2eb", "a.b.b"),
            ("a%252E", "a%2E"),
            ("a%zzb%4", "a%zzb%4"),
            ("a%00b%C3%A4", "a%00b%C3%A4"),
            (r"a\u002eb\/c\x2E", "a.b/c."),
            (r#"{\"a\":\\\"b\\\"}"#, r#"{"a":"b"}"#),
            (r"a\nb\\n\c\\", "a\nb\n\\c\\\\"),
            ("a\\\n  b\\\r\nc", "a\n  b\nc"),
            ("a ^\n ^\"b^\"^c", "a \n \"b\"^c"),
            ("\"ab\" +\n  \"cd\"", "\"ab\ncd\""),
            ("('ab'\n 'cd')", "('ab\ncd')"),
            ("'ab' + 'cd'", "'ab\ncd'"),
            ("\"ab\",\n\"cd\"", "\"ab\",\n\"cd\""),
            ("'ab' 'cd'", "'ab' 'cd'"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(undone(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn the_way_back_is_exact() {
        let raw = r"ab%2Ecd\nef";
        let text = Undone::new(raw.as_bytes());
        assert_eq!(text.bytes(), b"ab.cd\nef");
        let mut way = text.way_back();
        assert_eq!(way.locate(&(0..1)), (0..1, vec![]));
        assert_eq!(way.locate(&(1..4)), (1..6, vec![Repair::PercentEncoding]));
        assert_eq!(way.locate(&(4..5)), (6..7, vec![Repair::JsonEscape]));
        assert_eq!(way.locate(&(6..8)), (9..11, vec![Repair::JsonEscape]));
    }

    /// However a text is cut, its parts are what the whole is.
    #[test]
    fn a_part_ends_before_what_is_not_yet_told() {
        let text = format!(
            "{}\"ab\" +\n \"cd\"%2E\\\\u002e{}",
            "a".repeat(600),
            "b".repeat(600)
        );
        let raw = text.as_bytes();
        let whole = Undone::new(raw).bytes().to_vec();
        for cut in 0..raw.len() {
            let first = Undone::part(&raw[..cut], 0, false);
            let resume = first.way_back().place(first.bytes().len());
            assert_eq!(resume, first.end, "{cut}");
            // Two backslashes stand before one of them.
            assert!(resume + MARGIN + 2 >= cut, "{cut}");
            let rest = Undone::part(raw, resume, true);
            assert_eq!([first.bytes(), rest.bytes()].concat(), whole, "{cut}");
        }
    }
}
