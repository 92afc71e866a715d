//! HTTP messages (RFC 9112): the start line, the headers, the body.

use std::ops::Range;

use super::{Region, Where};

/// The parts of one or more messages, when the text begins with one.
pub(super) fn message(bytes: &[u8]) -> Option<Vec<Region>> {
    let mut lines = Lines { bytes, at: 0 }
        .skip_while(|line| text(bytes, line).is_empty())
        .peekable();
    if !lines
        .peek()
        .is_some_and(|line| is_start_line(text(bytes, line)))
    {
        return None;
    }
    let mut regions: Vec<Region> = Vec::new();
    let mut in_body = true;
    for line in lines {
        let content = text(bytes, &line);
        if in_body {
            if is_start_line(content) {
                regions.push(Region::new(line, Where::Bare, None));
                in_body = false;
            } else if let Some(last) = regions.last_mut() {
                // A body begins as an empty region, see below.
                last.range.end = line.end;
            }
        } else if content.is_empty() {
            regions.push(Region::new(line.end..line.end, Where::Body, None));
            in_body = true;
        } else if let Some((name, value)) = header(content) {
            let where_ = if name.eq_ignore_ascii_case("authorization") {
                Where::AuthorizationHeader
            } else {
                Where::Header
            };
            let range = line.start.saturating_add(value)..line.end;
            regions.push(Region::new(range, where_, Some(name.to_owned())));
        } else if let Some(last) = regions.last_mut() {
            // Folded (RFC 9112 section 5.2), or wrapped by whatever it was copied from.
            last.range.end = line.end;
        }
    }
    Some(regions)
}

/// The value of an `Authorization` header that is the whole text, wrapped at most.
pub(super) fn authorization(bytes: &[u8]) -> Option<Vec<Region>> {
    let start = bytes.len().saturating_sub(bytes.trim_ascii_start().len());
    let (name, value) = header(bytes.get(start..)?)?;
    let value = start.saturating_add(value);
    let rest = bytes.get(value..)?.trim_ascii_end();
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    let has_words = |line: &[u8]| line.trim_ascii().iter().any(is_blank);
    let mut more = rest.split(|&byte| byte == b'\n').skip(1);
    let is_alone = memchr::memchr(b':', rest).is_none() && !more.any(has_words);
    (is_alone && name.eq_ignore_ascii_case("authorization")).then(|| {
        vec![Region::new(
            value..bytes.len(),
            Where::AuthorizationHeader,
            Some(name.to_owned()),
        )]
    })
}

/// A request line or a status line (RFC 9112 sections 3 and 4); HTTP/2 and 3 are written down the same way.
fn is_start_line(line: &[u8]) -> bool {
    let Some(line) = line
        .get(..line.len().min(64 << 10))
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
    let colon = memchr::memchr(b':', line)?;
    let name = std::str::from_utf8(line.get(..colon)?).ok()?;
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    is_name.then_some((name, colon.saturating_add(1)))
}

fn text<'a>(bytes: &'a [u8], line: &Range<usize>) -> &'a [u8] {
    let line = bytes.get(line.clone()).unwrap_or_default();
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
        message(text.as_bytes())
            .unwrap_or_default()
            .into_iter()
            .map(|region| {
                let range = region.range.clone();
                (region.where_, region.name_in, text.get(range).unwrap())
            })
            .collect()
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
            assert!(message(text.as_bytes()).is_none(), "{text:?}");
        }
    }
}
