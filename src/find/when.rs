//! The time that came with a token: in the line of a log, in the member of a log in JSON, in the `Date` header of its message, in
//! the record of a file.
//!
//! No more is looked at than the line or the message that the token stands in, and of that no more than a bounded number of
//! bytes: a long text costs no more for it.

use std::ops::Range;

use jiff::Timestamp;

use super::region::Spot;
use super::text::Cursor;
use crate::instant::{self, Form, MAX_TEXT, Written};

/// How far back a line is looked at, and how far on a line of JSON.
const LOOK: usize = 1024;

/// How far on the headers are looked at that a program such as curl printed.
const LOOK_AT_HEADERS: usize = 4096;

/// Words at the beginning of a line that a time may have: `[Sun Nov 22 13:55:36.123 CET 2026]`.
const MAX_WORDS: usize = 6;

/// Members of logs in JSON that are a time.
const MEMBERS: [&[u8]; 6] = [
    b"\"@timestamp\"",
    b"\"timestamp\"",
    b"\"time\"",
    b"\"ts\"",
    b"\"datetime\"",
    b"\"eventTime\"",
];

/// The time that came with a token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PlaceTime {
    /// The instant.
    pub at: Timestamp,
    /// What it stood in.
    pub from: TimeFrom,
    /// Bytes of the input that say it.
    pub byte_range: Range<usize>,
    /// How it is written.
    pub form: Form,
    /// Whether it names no offset, and was read as UTC.
    pub assumes_utc: bool,
}

/// What a time stood in. A closed list of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeFrom {
    /// The element `time` of an item that Burp Suite saved.
    Burp,
    /// The `Date` header of the message (RFC 9110 section 6.6.1), or of the response to it.
    DateHeader,
    /// The member `startedDateTime` of an entry of a HAR file.
    Har,
    /// The line of a log.
    Log,
    /// A member of a line of a log in JSON.
    LogMember,
}

impl TimeFrom {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Burp => "burp",
            Self::DateHeader => "date-header",
            Self::Har => "har",
            Self::Log => "log",
            Self::LogMember => "log-member",
        }
    }

    /// In words, such as "Date header".
    pub fn words(self) -> &'static str {
        match self {
            Self::Burp => "Burp item",
            Self::DateHeader => "Date header",
            Self::Har => "HAR entry",
            Self::Log | Self::LogMember => "log time",
        }
    }
}

/// A time, and the piece of the text that it is the time of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) of: Range<usize>,
    pub(super) time: PlaceTime,
}

/// Gives spots the times of the messages or records that they stand in. Spots and stamps are in text order; the cursor is at the
/// beginning of the text.
pub(super) fn stamp(spots: &mut [Spot], stamps: Vec<Stamp>, text: &[u8], cursor: Cursor) {
    let mut anchor = cursor.anchor();
    let mut spots = spots.iter_mut().peekable();
    for Stamp { of, mut time } in stamps {
        while spots.next_if(|spot| spot.range.start < of.start).is_some() {}
        if spots.peek().is_none_or(|spot| spot.range.start >= of.end) {
            continue;
        }
        let range = cursor.beside(text, 0, anchor, &time.byte_range);
        anchor = (time.byte_range.start, range.start);
        time.byte_range = range;
        while let Some(spot) = spots.next_if(|spot| spot.range.start < of.end) {
            spot.stamped = Some(time.clone());
        }
    }
}

/// The time that a piece of the text says, if it says one.
pub(super) fn read(text: &[u8], range: Range<usize>, from: TimeFrom) -> Option<PlaceTime> {
    let said = text.get(range.clone())?;
    let blank = said.len().saturating_sub(said.trim_ascii_start().len());
    let said = said.trim_ascii();
    if said.len() > MAX_TEXT {
        return None;
    }
    let Written {
        at,
        form,
        assumes_utc,
    } = instant::written(std::str::from_utf8(said).ok()?)?;
    let start = range.start.saturating_add(blank);
    Some(PlaceTime {
        at,
        from,
        byte_range: start..start.saturating_add(said.len()),
        form,
        assumes_utc,
    })
}

/// More of the text is needed to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NeedsMore;

/// Finds the times in the lines of tokens, which must come in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// Where the last token ended, and the time in its line.
    last: Option<(usize, Option<PlaceTime>)>,
}

impl Beside {
    /// The time in the line of the token in `range`, a range of `text`, which stands at `base`; the answer is in bytes of what
    /// `base` counts.
    ///
    /// # Errors
    ///
    /// While more of the text is needed, of which there is none when `is_end`.
    pub(super) fn time(
        &mut self,
        text: &[u8],
        base: usize,
        range: &Range<usize>,
        is_end: bool,
    ) -> Result<Option<PlaceTime>, NeedsMore> {
        let from = range.start.saturating_sub(LOOK);
        let before = text.get(from..range.start).unwrap_or_default();
        let line_break = memchr::memrchr(b'\n', before);
        let line = match line_break {
            Some(at) => Some(from.saturating_add(at).saturating_add(1)),
            None => (from == 0).then_some(0),
        };
        let time = match line {
            Some(start) => {
                let time = Line { text, start }.time(range, is_end)?;
                time.map(|time| PlaceTime {
                    byte_range: super::region::shifted(&time.byte_range, base),
                    ..time
                })
            }
            // A long line: what was told of the token before it there.
            None => self.last.take().and_then(|(end, time)| {
                let end = end.checked_sub(base)?;
                (end >= from).then_some(time).flatten()
            }),
        };
        self.last = Some((base.saturating_add(range.end), time.clone()));
        Ok(time)
    }
}

/// A line of a text, by where it begins.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a [u8],
    start: usize,
}

impl Line<'_> {
    fn time(self, token: &Range<usize>, is_end: bool) -> Result<Option<PlaceTime>, NeedsMore> {
        let before = self.text.get(self.start..token.start).unwrap_or_default();
        match before.trim_ascii_start().first() {
            Some(b'{') => self.member(token, is_end),
            Some(b'>' | b'<') if self.mark(self.start).is_some() => self.header(token, is_end),
            _ => Ok(self.beginning(before).or_else(|| self.bracket(before))),
        }
    }

    /// The time that the line begins with.
    fn beginning(self, before: &[u8]) -> Option<PlaceTime> {
        let look = before.get(..MAX_TEXT).unwrap_or(before);
        let mut rest = look.trim_ascii_start();
        // The priority of syslog (RFC 5424 section 6.2.1) and its version, and what logfmt calls the time.
        if let Some(number) = rest.strip_prefix(b"<") {
            let end = number.iter().take(4).position(|&byte| byte == b'>')?;
            rest = number.get(end.saturating_add(1)..)?;
            rest = rest.strip_prefix(b"1 ").unwrap_or(rest);
        }
        for prefix in [b"time=".as_slice(), b"ts=", b"\"", b"["] {
            rest = rest.strip_prefix(prefix).unwrap_or(rest);
        }
        let first = rest.split(u8::is_ascii_whitespace).next()?;
        let is_number =
            first.len() >= 10 && first.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.'));
        let is_date = first
            .first_chunk::<4>()
            .is_some_and(|year| year.iter().all(u8::is_ascii_digit))
            && matches!(first.get(4), Some(b'-' | b'/'));
        let is_weekday = first.len() == 3 && first.iter().all(u8::is_ascii_alphabetic);
        if !is_number && !is_date && !is_weekday {
            return None;
        }
        let start = self
            .start
            .saturating_add(look.len().saturating_sub(rest.len()));
        let mut found = None;
        let mut end = 0_usize;
        for word in rest
            .split_inclusive(u8::is_ascii_whitespace)
            .take(MAX_WORDS)
        {
            let is_mark = |byte: &u8| matches!(byte, b']' | b'"' | b',' | b';' | b'|' | b':');
            let bare = word.trim_ascii_end();
            let marks = bare.iter().rev().take_while(|byte| is_mark(byte)).count();
            let to = start
                .saturating_add(end)
                .saturating_add(bare.len().saturating_sub(marks));
            end = end.saturating_add(word.len());
            let time = read(self.text, start..to, TimeFrom::Log);
            if time.is_none() && found.is_some() {
                break;
            }
            found = time.or(found);
            if marks > 0 {
                break;
            }
        }
        found
    }

    /// `[22/Nov/2026:13:55:36 +0000]`, as web servers have it behind the client.
    fn bracket(self, before: &[u8]) -> Option<PlaceTime> {
        memchr::memchr_iter(b'[', before).find_map(|at| {
            let content = before.get(at.saturating_add(1)..)?;
            let is_date = matches!(content, [b'0'..=b'9', b'0'..=b'9', b'/', ..]);
            let look = content.get(..MAX_TEXT).unwrap_or(content);
            let end = memchr::memchr(b']', look).filter(|_| is_date)?;
            let start = self.start.saturating_add(at).saturating_add(1);
            read(self.text, start..start.saturating_add(end), TimeFrom::Log)
        })
    }

    /// A member of the object that the line is; before the token or behind it.
    fn member(self, token: &Range<usize>, is_end: bool) -> Result<Option<PlaceTime>, NeedsMore> {
        if let Some(time) = self.member_in(self.start..token.start) {
            return Ok(Some(time));
        }
        let limit = token.end.saturating_add(LOOK).min(self.text.len());
        let after = self.text.get(token.end..limit).unwrap_or_default();
        let end = match memchr::memchr(b'\n', after) {
            Some(at) => token.end.saturating_add(at),
            None if after.len() < LOOK && !is_end => return Err(NeedsMore),
            None => limit,
        };
        Ok(self.member_in(token.end..end))
    }

    fn member_in(self, range: Range<usize>) -> Option<PlaceTime> {
        let piece = self.text.get(range.clone())?;
        MEMBERS.iter().find_map(|name| {
            memchr::memmem::find_iter(piece, name).find_map(|at| {
                let after = at.saturating_add(name.len());
                let rest = piece.get(after..)?.trim_ascii_start();
                let rest = rest.strip_prefix(b":")?.trim_ascii_start();
                let (value, end) = if let Some(value) = rest.strip_prefix(b"\"") {
                    (value, memchr::memchr(b'"', value)?)
                } else {
                    let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'.' | b'-');
                    let length = rest.iter().take_while(is_part).count();
                    // What is cut off may go on.
                    rest.get(length)?;
                    (rest, length)
                };
                let start = range
                    .start
                    .saturating_add(piece.len().saturating_sub(value.len()));
                read(
                    self.text,
                    start..start.saturating_add(end),
                    TimeFrom::LogMember,
                )
            })
        })
    }

    /// The `Date` header of the response, among the lines that curl prints with `-v`.
    fn header(self, token: &Range<usize>, is_end: bool) -> Result<Option<PlaceTime>, NeedsMore> {
        let mark = self.mark(self.start);
        if mark == Some(b'<') {
            let mut start = self.start;
            let least = self.start.saturating_sub(LOOK);
            while let Some(line) = self.line_before(start, least) {
                if self.mark(line) == Some(b'>') || self.mark(line).is_none() {
                    break;
                }
                if let Some(time) = self.date(line) {
                    return Ok(Some(time));
                }
                start = line;
            }
        }
        let limit = token.end.saturating_add(LOOK_AT_HEADERS);
        let is_more = !is_end && self.text.len() < limit;
        let mut at = token.end;
        let mut is_response = mark == Some(b'<');
        loop {
            let rest = self
                .text
                .get(at..limit.min(self.text.len()))
                .unwrap_or_default();
            let Some(next) = memchr::memchr(b'\n', rest) else {
                return if is_more { Err(NeedsMore) } else { Ok(None) };
            };
            at = at.saturating_add(next).saturating_add(1);
            // A line is looked at when all of it is there.
            let line = self
                .text
                .get(at..limit.min(self.text.len()))
                .unwrap_or_default();
            if memchr::memchr(b'\n', line).is_none() && is_more {
                return Err(NeedsMore);
            }
            match self.mark(at) {
                None => return Ok(None),
                Some(b'>') if is_response => return Ok(None),
                Some(b'<') => is_response = true,
                Some(_) => {}
            }
            if let Some(time) = self.date(at) {
                return Ok(Some(time));
            }
        }
    }

    /// What a line that curl printed begins with.
    fn mark(self, line: usize) -> Option<u8> {
        let line = self.text.get(line..)?;
        let first = line.first().copied();
        let is_alone = matches!(line.get(1), None | Some(b' ' | b'\r' | b'\n'));
        first.filter(|mark| matches!(mark, b'<' | b'>' | b'*' | b'{' | b'}') && is_alone)
    }

    /// Where the line before the one at `start` begins.
    fn line_before(self, start: usize, least: usize) -> Option<usize> {
        let end = start.checked_sub(1)?;
        let before = self.text.get(least..end)?;
        let at = memchr::memrchr(b'\n', before)?;
        Some(least.saturating_add(at).saturating_add(1))
    }

    fn date(self, line: usize) -> Option<PlaceTime> {
        let rest = self.text.get(line..)?;
        let content = rest.strip_prefix(b"< ")?;
        let (name, _) = content.split_at_checked(b"date:".len())?;
        if !name.eq_ignore_ascii_case(b"date:") {
            return None;
        }
        let start = line.saturating_add(b"< date:".len());
        let value = self.text.get(start..)?;
        let look = value.get(..MAX_TEXT).unwrap_or(value);
        let end = memchr::memchr(b'\n', look).unwrap_or(look.len());
        read(
            self.text,
            start..start.saturating_add(end),
            TimeFrom::DateHeader,
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::find::{find, tests::jws};

    /// The time that was found with the only token, as it is written and as it is read.
    fn time_in(text: &str) -> Option<(String, String, &'static str)> {
        let found = find(text.as_bytes(), "test").remove(0);
        let time = found.place.time?;
        let written = text.get(time.byte_range).unwrap().to_owned();
        Some((written, time.at.to_string(), time.from.name()))
    }

    #[test]
    fn a_line_of_a_log_says_its_time() {
        let token = jws("HS256", 32);
        for (line, written, at) in [
            (
                "2026-11-22T13:55:36.5Z INFO got ",
                "2026-11-22T13:55:36.5Z",
                "2026-11-22T13:55:36.5Z",
            ),
            (
                "2026-11-22 13:55:36,123 - INFO - ",
                "2026-11-22 13:55:36,123",
                "2026-11-22T13:55:36.123Z",
            ),
            (
                "2026/11/22 13:55:36 got ",
                "2026/11/22 13:55:36",
                "2026-11-22T13:55:36Z",
            ),
            (
                "2026-11-22 14:55:36 +0100 INFO ",
                "2026-11-22 14:55:36 +0100",
                "2026-11-22T13:55:36Z",
            ),
            (
                "[2026-11-22T13:55:36Z] a: ",
                "2026-11-22T13:55:36Z",
                "2026-11-22T13:55:36Z",
            ),
            (
                "time=\"2026-11-22T13:55:36Z\" msg=",
                "2026-11-22T13:55:36Z",
                "2026-11-22T13:55:36Z",
            ),
            (
                "ts=2026-11-22T13:55:36Z token=",
                "2026-11-22T13:55:36Z",
                "2026-11-22T13:55:36Z",
            ),
            (
                "<34>1 2026-11-22T13:55:36Z host app - ",
                "2026-11-22T13:55:36Z",
                "2026-11-22T13:55:36Z",
            ),
            (
                "[Sun Nov 22 13:55:36.5 2026] [error] ",
                "Sun Nov 22 13:55:36.5 2026",
                "2026-11-22T13:55:36.5Z",
            ),
            (
                "1795300813.123 42 10.0.0.1 GET ",
                "1795300813.123",
                "2026-11-21T22:40:13.123Z",
            ),
            (
                "10.0.0.1 - - [22/Nov/2026:13:55:36 +0000] \"GET /?t=",
                "22/Nov/2026:13:55:36 +0000",
                "2026-11-22T13:55:36Z",
            ),
        ] {
            let text = format!("first line\n{line}{token}\nlast");
            let expected = (written.to_owned(), at.to_owned(), "log");
            assert_eq!(time_in(&text), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_log_in_json_says_its_time_before_or_behind() {
        let token = jws("HS256", 32);
        for (line, written, at) in [
            (
                format!("{{\"ts\":1795300813.5,\"token\":\"{token}\"}}"),
                "1795300813.5",
                "2026-11-21T22:40:13.5Z",
            ),
            (
                format!("{{\"token\":\"{token}\",\"time\":\"2026-11-22T13:55:36Z\"}}"),
                "2026-11-22T13:55:36Z",
                "2026-11-22T13:55:36Z",
            ),
            (
                format!("{{\"token\":\"{token}\", \"@timestamp\" : 1795300813123 }}"),
                "1795300813123",
                "2026-11-21T22:40:13.123Z",
            ),
        ] {
            let text = format!(
                "{{\"time\":\"2020-01-01T00:00:00Z\"}}\n{line}\n{{\"time\":\"2021-01-01T00:00:00Z\"}}\n"
            );
            let expected = (written.to_owned(), at.to_owned(), "log-member");
            assert_eq!(time_in(&text), Some(expected), "{line}");
        }
    }

    #[test]
    fn what_curl_prints_has_the_date_of_the_response() {
        let token = jws("ES256", 64);
        let request =
            format!("> GET / HTTP/1.1\n> Authorization: Bearer {token}\n> Accept: */*\n>\n");
        let response =
            "< HTTP/2 200\n< content-type: a\n< date: Sun, 22 Nov 2026 13:55:36 GMT\n<\n{}\n";
        let date = || {
            Some((
                "Sun, 22 Nov 2026 13:55:36 GMT".to_owned(),
                "2026-11-22T13:55:36Z".to_owned(),
                "date-header",
            ))
        };
        assert_eq!(
            time_in(&format!("* Connected\n{request}{response}")),
            date()
        );
        let cookie = format!(
            "< HTTP/2 200\n< Date: Sun, 22 Nov 2026 13:55:36 GMT\n< set-cookie: a={token}\n<\n"
        );
        assert_eq!(time_in(&cookie), date());
        // The next exchange is another one.
        assert_eq!(
            time_in(&format!(
                "{request}< HTTP/2 200\n<\n> GET /b HTTP/1.1\n>\n{response}"
            )),
            None
        );
    }

    #[test]
    fn other_lines_say_none() {
        let token = jws("HS256", 32);
        for text in [
            token.clone(),
            format!("the token {token}"),
            format!("22:40:13 INFO {token}"),
            format!("Nov 22 13:55:36 host sshd: {token}"),
            format!("2026-13-22T00:00:00Z {token}"),
            format!("2026-11-22T13:55:36Z a\n{token}"),
            format!(
                "{{\"lifetime\":\"2026-11-22T13:55:36Z\",\"time\":\"soon\",\"a\":\"{token}\"}}"
            ),
        ] {
            assert_eq!(time_in(&text), None, "{text}");
        }
    }

    #[test]
    fn tokens_of_one_long_line_share_its_time() {
        let (first, second) = (jws("HS512", 900), jws("ES256", 64));
        let text = format!("2026-11-22T13:55:36Z {first} {second}\n{second}");
        let found = find(text.as_bytes(), "test");
        let times: Vec<_> = found
            .iter()
            .map(|found| found.place.time.is_some())
            .collect();
        assert_eq!(times, [true, true, false]);
    }

    #[test]
    fn ranges_are_of_the_input_in_utf_16_too() {
        let token = jws("HS256", 32);
        let text = format!("\u{FEFF}\u{e4}\n2026-11-22T13:55:36Z {token}");
        let input: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let time = find(&input, "test").remove(0).place.time.unwrap();
        // The mark, the letter and the line break are two bytes each.
        assert_eq!(time.byte_range, 6..6 + 2 * 20);
    }
}
