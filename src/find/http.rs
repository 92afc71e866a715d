//! HTTP messages (RFC 9112): the start line, the headers, the body.

use std::collections::VecDeque;
use std::ops::Range;

use super::region::{Region, shifted};
use super::when::{self, NeedsMore};
use super::{PlaceTime, Stamp, TimeFrom, Where};

/// A start line or a header's name ends before so many bytes.
pub(super) const MAX_LOOK: usize = 64 << 10;

/// The parts of one or more messages, when the text begins with one.
pub(super) fn message(bytes: &[u8], take: &mut dyn FnMut(Region)) -> Option<Vec<Stamp>> {
    if !begins(bytes) {
        return None;
    }
    let mut messages = Messages::default();
    for line in (Lines { bytes, at: 0 }) {
        if let Some(part) = messages.line(text(bytes, &line), line) {
            take(part);
        }
    }
    if let Some(last) = messages.part.take() {
        take(last);
    }
    Some(messages.exchanges.stamps(bytes.len()))
}

/// Whether the text begins with a message, but for empty lines.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let look = bytes.get(..MAX_LOOK).unwrap_or(bytes);
    let mut lines = Lines { bytes: look, at: 0 }.map(|line| text(look, &line));
    lines
        .find(|line| !line.is_empty())
        .is_some_and(is_start_line)
}

/// Goes over the lines of messages and cuts them into parts.
#[derive(Default)]
pub(super) struct Messages {
    in_headers: bool,
    /// The part that the last line belongs to.
    part: Option<Region>,
    /// When they were sent.
    pub(super) exchanges: Exchanges,
}

impl Messages {
    /// Takes a line: what it says, without its break and [`MAX_LOOK`] bytes of it at least, and all that it is. Gives the part
    /// that ended before it.
    pub(super) fn line(&mut self, content: &[u8], line: Range<usize>) -> Option<Region> {
        self.exchanges.seen = line.start;
        let part = if !self.in_headers {
            if !is_start_line(content) {
                self.extend(line.end);
                return None;
            }
            self.in_headers = true;
            self.exchanges
                .begin(line.start, content.starts_with(b"HTTP/"));
            Region::new(line, Where::Bare, None)
        } else if content.is_empty() {
            self.in_headers = false;
            Region::new(line.end..line.end, Where::Body, None)
        } else if let Some((name, value)) = header(content) {
            let where_ = if name.eq_ignore_ascii_case("authorization") {
                Where::AuthorizationHeader
            } else {
                Where::Header
            };
            if name.eq_ignore_ascii_case("date") {
                let time = when::read(content, value..content.len(), TimeFrom::DateHeader);
                self.exchanges.date(time, line.start);
            }
            let range = line.start.saturating_add(value)..line.end;
            Region::new(range, where_, Some(name.to_owned()))
        } else {
            // Folded (RFC 9112 section 5.2), or wrapped by whatever it was copied from.
            self.extend(line.end);
            return None;
        };
        self.part.replace(part)
    }

    /// Says that the last line goes on until there.
    pub(super) fn extend(&mut self, end: usize) {
        if let Some(part) = &mut self.part {
            part.range.end = end;
        }
    }

    /// The part that the last line belongs to.
    pub(super) fn part(&self) -> Option<&Region> {
        self.part.as_ref()
    }
}

/// When the messages of a text were sent: their `Date` header says so (RFC 9110 section 6.6.1), or that of the response that
/// follows a request.
#[derive(Default)]
pub(super) struct Exchanges {
    messages: VecDeque<Message>,
    /// What stands before this place was taken.
    seen: usize,
}

struct Message {
    start: usize,
    is_response: bool,
    date: Option<PlaceTime>,
    /// Where its line begins.
    date_at: usize,
    /// Whether the date was given out by [`Exchanges::new_dates`].
    is_known: bool,
}

impl Exchanges {
    fn begin(&mut self, start: usize, is_response: bool) {
        self.messages.push_back(Message {
            start,
            is_response,
            date: None,
            date_at: 0,
            is_known: false,
        });
    }

    /// Takes the date in the line at `line`, in bytes of that line.
    fn date(&mut self, time: Option<PlaceTime>, line: usize) {
        if let (Some(message), Some(time)) = (self.messages.back_mut(), time)
            && message.date.is_none()
        {
            message.date_at = line;
            message.date = Some(PlaceTime {
                byte_range: shifted(&time.byte_range, line),
                ..time
            });
        }
    }

    /// The dates that were not given out before: their ranges are bytes of the text, and may be made those of the input.
    pub(super) fn new_dates(&mut self) -> impl Iterator<Item = &mut PlaceTime> {
        self.messages.iter_mut().filter_map(|message| {
            let is_new = !std::mem::replace(&mut message.is_known, message.date.is_some());
            message.date.as_mut().filter(|_| is_new)
        })
    }

    /// The time of the message at this position, and whether that is settled while more of the text may come. A header further
    /// than [`MAX_LOOK`] from the beginning of the message says none.
    fn time(&self, index: usize) -> (Option<&PlaceTime>, bool) {
        let Some(message) = self.messages.get(index) else {
            return (None, true);
        };
        let limit = message.start.saturating_add(MAX_LOOK);
        let next = self.messages.get(index.saturating_add(1));
        let response = next.filter(|next| next.is_response && !message.is_response);
        let of = [Some(message), response].into_iter().flatten();
        let date = of
            .filter(|of| of.date_at <= limit)
            .find_map(|of| of.date.as_ref());
        let further = if response.is_some() { 2 } else { 1 };
        let is_over = self.messages.len() > index.saturating_add(further)
            || next.is_some() && response.is_none();
        (date, date.is_some() || is_over || self.seen > limit)
    }

    /// The time of the message that a place is in.
    ///
    /// # Errors
    ///
    /// While it is not settled; what is there at the end of the text is.
    pub(super) fn time_at(&self, at: usize, is_end: bool) -> Result<Option<PlaceTime>, NeedsMore> {
        let after = self.messages.partition_point(|message| message.start <= at);
        let Some(index) = after.checked_sub(1) else {
            return Ok(None);
        };
        let (date, is_settled) = self.time(index);
        if is_settled || is_end {
            Ok(date.cloned())
        } else {
            Err(NeedsMore)
        }
    }

    /// Forgets the messages that end before a place.
    pub(super) fn forget(&mut self, to: usize) {
        while self.messages.get(1).is_some_and(|next| next.start <= to) {
            self.messages.pop_front();
        }
    }

    /// All times, with the messages that they are of, in a text of so many bytes.
    fn stamps(&self, length: usize) -> Vec<Stamp> {
        let messages = self.messages.iter().enumerate();
        let stamps = messages.filter_map(|(index, message)| {
            let next = self.messages.get(index.saturating_add(1));
            Some(Stamp {
                of: message.start..next.map_or(length, |next| next.start),
                time: self.time(index).0?.clone(),
            })
        });
        stamps.collect()
    }
}

/// The value of an `Authorization` header that is the whole text, wrapped at most.
pub(super) fn authorization(bytes: &[u8], take: &mut dyn FnMut(Region)) -> Option<Vec<Stamp>> {
    authorization_value(bytes).map(take).map(|()| Vec::new())
}

fn authorization_value(bytes: &[u8]) -> Option<Region> {
    let start = bytes.len().saturating_sub(bytes.trim_ascii_start().len());
    let (name, value) = header(bytes.get(start..)?)?;
    let value = start.saturating_add(value);
    let rest = bytes.get(value..)?.trim_ascii_end();
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    let has_words = |line: &[u8]| line.trim_ascii().iter().any(is_blank);
    let mut more = rest.split(|&byte| byte == b'\n').skip(1);
    let is_alone = memchr::memchr(b':', rest).is_none() && !more.any(has_words);
    (is_alone && name.eq_ignore_ascii_case("authorization")).then(|| {
        Region::new(
            value..bytes.len(),
            Where::AuthorizationHeader,
            Some(name.to_owned()),
        )
    })
}

/// A request line or a status line (RFC 9112 sections 3 and 4); HTTP/2 and 3 are written down the same way.
fn is_start_line(line: &[u8]) -> bool {
    let Some(line) = line
        .get(..line.len().min(MAX_LOOK))
        .and_then(|line| std::str::from_utf8(line).ok())
    else {
        return false;
    };
    let is_version = |word: &str| {
        word.strip_prefix("HTTP/")
            .is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
    };
    let mut words = line.split_ascii_whitespace();
    let (first, second) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    if is_version(first) {
        return second.len() == 3 && second.bytes().all(|byte| byte.is_ascii_digit());
    }
    let is_method = !first.is_empty()
        && first
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    is_method && words.next().is_some_and(is_version) && words.next().is_none()
}

/// The name of a header (RFC 9110 section 5.1) and where its value begins in the line.
fn header(line: &[u8]) -> Option<(&str, usize)> {
    let colon = memchr::memchr(b':', line.get(..MAX_LOOK).unwrap_or(line))?;
    let name = std::str::from_utf8(line.get(..colon)?).ok()?;
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    is_name.then_some((name, colon.saturating_add(1)))
}

/// Whether a text may be what [`authorization`] takes, by its beginning.
pub(super) fn may_be_authorization(bytes: &[u8]) -> bool {
    authorization_value(bytes).is_some()
}

fn text<'a>(bytes: &'a [u8], line: &Range<usize>) -> &'a [u8] {
    content(bytes.get(line.clone()).unwrap_or_default())
}

/// A line without its break.
pub(super) fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Lines with their ends.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at.saturating_add(1));
        let line = self.at..self.at.saturating_add(length);
        self.at = line.end;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(Where, Option<String>, &str)> {
        let mut parts = Vec::new();
        message(text.as_bytes(), &mut |region| {
            let text = text.get(region.range.clone()).unwrap();
            parts.push((region.where_, region.name_in, text));
        });
        parts
    }

    #[test]
    fn a_request_has_a_line_headers_and_a_body() {
        for end in ["\n", "\r\n"] {
            let text = [
                "GET / HTTP/1.1",
                "Host: a",
                "X-Fold: b",
                "\tc",
                "",
                "d",
                "",
                "e",
            ]
            .join(end);
            let parts: Vec<_> = parts(&text)
                .into_iter()
                .map(|(where_, name, text)| (where_, name, text.replace('\r', "")))
                .collect();
            let header = |name: &str| Some(name.to_owned());
            assert_eq!(
                parts,
                [
                    (Where::Bare, None, "GET / HTTP/1.1\n".to_owned()),
                    (Where::Header, header("Host"), " a\n".to_owned()),
                    (Where::Header, header("X-Fold"), " b\n\tc\n".to_owned()),
                    (Where::Body, None, "d\n\ne".to_owned()),
                ]
            );
        }
    }

    #[test]
    fn a_response_may_follow_its_request() {
        let text = "\nGET /a HTTP/2\nAUTHORIZATION: b\n\n\nHTTP/2 204\nX: c\n";
        let places: Vec<_> = parts(text).into_iter().map(|(where_, ..)| where_).collect();
        assert_eq!(
            places,
            [
                Where::Bare,
                Where::AuthorizationHeader,
                Where::Body,
                Where::Bare,
                Where::Header
            ]
        );
    }

    #[test]
    fn other_texts_are_no_messages() {
        for text in [
            "",
            "\n",
            "Host: a\n\nb",
            "I send GET / HTTP/1.1",
            "GET /",
            "HTTP/1.1 OK",
            "get / HTTP/1.1",
        ] {
            assert_eq!(message(text.as_bytes(), &mut |_| {}), None, "{text:?}");
        }
    }
}
