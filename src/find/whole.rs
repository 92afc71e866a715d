//! A text that is one token and nothing else: kept whole, however damaged.

use std::ops::Range;

use zeroize::Zeroizing;

use super::length::{is_length_of, signature_lengths};
use super::shape::{Opening, may_be_object, opening};
use super::wrap::{Pieces, Trust};
use super::{Found, Repair, cut, prose, quotes};
use crate::jose::{MAX_TOKEN_BYTES, base64url, json};

/// Fewer characters without a dot are not worth a token, even when they begin like one.
const LEAST: usize = 8;

/// From this length on a part of random characters makes a token of a text whose header nobody can read.
const DENSE: usize = 40;

/// So many layers of quotes, white space and scheme words are taken off.
const MAX_LAYERS: usize = 16;

/// White space inside of a token is damage only before at least so many characters; else prose follows.
const LEAST_AFTER_GAP: usize = 16;

/// The token that the text from `start` on is, when it begins like one.
///
/// `scheme`: it is the value of an `Authorization` header, and may begin with a word that is none of the token.
pub(super) fn token(bytes: &[u8], start: usize, scheme: bool) -> Option<Found> {
    let core = Core::new(bytes, start, scheme);
    if opening(core.bytes) != Opening::Object {
        return core.lacks_a_header().then(|| core.found(&core.text()));
    }
    if core.has_lines() {
        let within = bytes.get(..core.range.end)?;
        let belongs = |byte: u8| !byte.is_ascii_whitespace();
        let pieces = Pieces::gather(within, core.range.start, belongs, &mut { usize::MAX });
        let text = pieces.text(pieces.len());
        let is_all = pieces.range(text.len()) == core.range
            && pieces.count(within, Trust::Whole) == pieces.len()
            && is_plain(text);
        return is_all.then(|| core.found(text));
    }
    let text = core.text();
    let is_long_enough = text.contains('.') || text.len() >= LEAST;
    (is_long_enough && (is_plain(&text) || is_damaged(&text))).then(|| core.found(&text))
}

/// The token that the text from `start` on is, when nothing in it can be read as the header of one.
pub(super) fn unreadable(bytes: &[u8], start: usize, scheme: bool) -> Option<Found> {
    let core = Core::new(bytes, start, scheme);
    if core.bytes.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let text = if core.has_lines() {
        core.joined_lines()?
    } else {
        core.text()
    };
    looks_like_one(&text).then(|| core.found(&text))
}

/// A text without what stands around it.
struct Core<'a> {
    bytes: &'a [u8],
    range: Range<usize>,
    repairs: Vec<Repair>,
}

impl<'a> Core<'a> {
    fn new(bytes: &'a [u8], start: usize, scheme: bool) -> Self {
        let mut text = bytes.get(start..).unwrap_or_default();
        let mut end = bytes.len();
        let mut repairs = Vec::new();
        for _ in 0..MAX_LAYERS {
            let length = text.len();
            let rest = quotes::trim_end(text);
            end = end.saturating_sub(text.len().saturating_sub(rest.len()));
            text = quotes::trim_start(rest);
            if text.len() < length {
                repairs.push(Repair::Whitespace);
            }
            let outside = text;
            if let Some(rest) = quotes::strip_end(text) {
                end = end.saturating_sub(text.len().saturating_sub(rest.len()));
                text = rest;
            }
            text = quotes::strip_start(text).unwrap_or(text);
            if text.len() < outside.len() {
                repairs.push(Repair::Quotes);
            }
            if let Some(rest) = cut::before_mark(text)
                && !text.contains(&b'\n')
                && opening(text) == Opening::Object
                && rest.contains(&b'.')
            {
                repairs.push(Repair::CutMark);
                end = end.saturating_sub(text.len().saturating_sub(rest.len()));
                text = rest;
            }
            if let Some(rest) = without_full_stop(text) {
                repairs.push(Repair::LeadingPunctuation);
                text = rest;
            }
            if let Some((word, rest)) = leading_word(text) {
                if word.eq_ignore_ascii_case(b"bearer") {
                    repairs.push(Repair::BearerPrefix);
                    text = rest;
                } else if scheme && opening(word) == Opening::Other {
                    text = rest;
                }
            }
            if text.len() == length {
                break;
            }
        }
        repairs.sort_unstable();
        repairs.dedup();
        Self {
            bytes: text,
            range: end.saturating_sub(text.len())..end,
            repairs,
        }
    }

    fn has_lines(&self) -> bool {
        memchr::memchr(b'\n', self.bytes).is_some()
    }

    /// Whether the text has three parts, of which the second opens like a payload and the first holds no header.
    fn lacks_a_header(&self) -> bool {
        let Some(dot) = memchr::memchr(b'.', self.bytes) else {
            return false;
        };
        let (first, rest) = self.bytes.split_at(dot);
        let rest = rest.get(1..).unwrap_or_default();
        opening(rest) == Opening::Object
            && rest.split(|&byte| byte == b'.').take(3).count() == 2
            && first.iter().all(|&byte| is_base64url(byte))
            && prose::next_start(first, &(0..first.len())).is_none()
            && is_plain(&String::from_utf8_lossy(rest))
    }

    /// The text; what is not UTF-8 in it becomes U+FFFD.
    fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(String::from_utf8_lossy(self.bytes).into_owned())
    }

    /// The lines without their breaks, when they were cut at one margin.
    fn joined_lines(&self) -> Option<Zeroizing<String>> {
        let mut joined = Zeroizing::new(Vec::with_capacity(self.bytes.len()));
        let mut lines = self.bytes.split(|&byte| byte == b'\n').peekable();
        let width = lines.peek()?.trim_ascii().len();
        while let Some(line) = lines.next() {
            let line = line.trim_ascii();
            let fits = if lines.peek().is_some() {
                line.len() == width
            } else {
                line.len() <= width
            };
            if !fits {
                return None;
            }
            joined.extend_from_slice(line);
        }
        String::from_utf8(std::mem::take(&mut *joined))
            .ok()
            .map(Zeroizing::new)
    }

    fn found(&self, text: &str) -> Found {
        let mut repairs = self.repairs.clone();
        if self.has_lines() {
            repairs.push(Repair::LineWraps);
        }
        Found {
            text: Zeroizing::new(text.to_owned()),
            range: self.range.clone(),
            repairs,
            is_all: true,
            authorization: None,
        }
    }
}

/// Without a full stop that stands before a header. With fewer parts the header itself is missing.
fn without_full_stop(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b".")?;
    let has_parts = memchr::memchr_iter(b'.', rest).take(2).count() == 2;
    (has_parts && opening(rest) == Opening::Object).then_some(rest)
}

/// The first of several words, and what follows it and the white space after it.
fn leading_word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text
        .iter()
        .position(|&byte| !byte.is_ascii_alphanumeric() && byte != b'-')?;
    let (word, rest) = text.split_at_checked(end)?;
    let is_word = !word.is_empty() && rest.first()?.is_ascii_whitespace();
    is_word.then(|| (word, quotes::trim_start(rest)))
}

/// Whether nothing in the text is a sign of prose or of a format around the token.
fn is_plain(text: &str) -> bool {
    !text.contains(|character: char| {
        character.is_whitespace() || "\"'`<>(){}[],;:&|\\".contains(character)
    })
}

/// Whether white space and quotes inside of the text are damage: it has the dots of one token, those before the
/// damage do not make a finished one, and no words follow.
fn is_damaged(text: &str) -> bool {
    let inside: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !"\"'`".contains(*c))
        .collect();
    let parts: Vec<&str> = inside.split('.').take(6).collect();
    if !matches!(parts.len(), 3 | 5) || !is_plain(&inside) {
        return false;
    }
    let finished = prose::first(text.as_bytes())
        .is_some_and(|found| found.text.split('.').count() >= 3 && !found.text.ends_with('.'));
    if finished {
        return false;
    }
    let mut dots = 0_usize;
    for piece in text.split_inclusive(char::is_whitespace) {
        // The payload may open like a header, another token must not.
        if dots > 1 && may_be_object(piece.trim_end().as_bytes()) {
            return false;
        }
        dots = dots.saturating_add(piece.matches('.').count());
    }
    let header = parts.first().copied().unwrap_or_default();
    let header = json::read(&base64url::decode(header).bytes);
    let signature = parts.last().copied().unwrap_or_default();
    is_length_of(signature_lengths(&header), signature)
        || text
            .split_whitespace()
            .skip(1)
            .all(|piece| piece.len() >= LEAST_AFTER_GAP)
}

/// Whether a text without a readable header still is a token rather than a word, a number, a host, a file or a blob.
fn looks_like_one(text: &str) -> bool {
    if !is_plain(text)
        || text.starts_with(['/', '~'])
        || text.starts_with("./")
        || text.starts_with("../")
    {
        return false;
    }
    let mut parts = text.split('.');
    let first = opening(parts.next().unwrap_or_default().as_bytes());
    let second = parts.next().map(|part| opening(part.as_bytes()));
    if second == Some(Opening::Object) {
        return true;
    }
    let last = text.rsplit('.').next().unwrap_or_default();
    let ends_like_a_name = is_name(last) && opening(last.as_bytes()) == Opening::Other;
    if (first == Opening::Brace || second == Some(Opening::Brace)) && !ends_like_a_name {
        return true;
    }
    // Names of hosts, files and packages are made of words; a token is not.
    text.split('.').take(3).count() == 3
        && text.split('.').any(is_dense)
        && !text.split('.').any(is_name)
}

/// Whether a part is a label of a host, an ending of a file or a step of a package.
fn is_name(part: &str) -> bool {
    part.len() >= 2
        && part.starts_with(|c: char| c.is_ascii_lowercase())
        && part
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether a part is long and as mixed as encoded noise.
fn is_dense(part: &str) -> bool {
    let count = |is_kind: fn(u8) -> bool| part.bytes().filter(|&byte| is_kind(byte)).count();
    part.len() >= DENSE
        && part.bytes().all(is_base64url)
        && count(|byte| byte.is_ascii_uppercase()) >= 3
        && count(|byte| byte.is_ascii_lowercase()) >= 3
        && count(|byte| !byte.is_ascii_alphabetic()) >= 3
}

#[cfg(test)]
mod tests {
    use crate::find::tests::{found, jws, texts};
    use crate::jose::base64url::encode;

    #[test]
    fn what_stands_around_the_token_is_listed() {
        let token = jws("HS256", 32);
        for (text, repairs) in [
            (token.clone(), vec![]),
            (format!("{token}\n"), vec!["whitespace"]),
            (format!(" \t{token}\u{A0}"), vec!["whitespace"]),
            (format!("\"{token}\""), vec!["quotes"]),
            (format!("\u{201C}{token}\u{201D}"), vec!["quotes"]),
            (format!("{token}\""), vec!["quotes"]),
            (format!("Bearer {token}"), vec!["bearer-prefix"]),
            (
                format!("'bearer  {token}'\r\n"),
                vec!["bearer-prefix", "quotes", "whitespace"],
            ),
            (
                format!("Bearer\n \"{token}\""),
                vec!["bearer-prefix", "quotes"],
            ),
            (format!("{token},"), vec!["trailing-punctuation"]),
            (format!(".{token}"), vec!["leading-punctuation"]),
            (
                format!("Bearer \".{token}\""),
                vec!["bearer-prefix", "quotes", "leading-punctuation"],
            ),
        ] {
            assert_eq!(found(&text), [(token.clone(), repairs)], "{text:?}");
        }
    }

    #[test]
    fn the_whole_input_is_kept_however_damaged() {
        let token = jws("HS256", 32);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, payload) = signed.split_once('.').unwrap();
        for text in [
            format!("{token}."),
            format!("{token}=="),
            format!("{token}?"),
            format!("{signed}.?{signature}"),
            format!("{signed}.    {signature}"),
            format!("{header}    .{payload}.{signature}"),
            format!("{header}.\"{payload}.{signature}"),
            format!("{header}####.{payload}.{signature}"),
            format!("{header}.{payload}\u{e4}.{signature}"),
            format!("{signed}.A"),
            signed.to_owned(),
            header.to_owned(),
            format!("{header}..."),
            format!("{header}.{payload}.{signature}.x.y.z"),
            format!(".{payload}.{signature}"),
            format!("BROKEN.{payload}.{signature}"),
            format!(".Zm9v.{signature}"),
            format!("{}.AA.AA", encode(b"{alg:none}")),
            "e30.e30.".to_owned(),
            "eyJunk.x.y".to_owned(),
        ] {
            assert_eq!(found(&text), [(text.clone(), vec![])], "{text:?}");
        }
        let invalid = [token.as_bytes(), b"\xFF"].concat();
        let all = crate::find::find(&invalid, "test");
        assert_eq!(all[0].text.as_str(), format!("{token}\u{FFFD}"));
        assert_eq!(all[0].place.byte_range, 0..invalid.len());
    }

    #[test]
    fn prose_and_names_are_not_one_token() {
        let token = jws("HS256", 32);
        for (text, count) in [
            (format!("{token} {token}"), 2),
            (format!("{token}\n{token}"), 2),
            (format!("{token},{token}"), 2),
            (format!("{token} is the token"), 1),
            (format!("{token}\nuser_id=7"), 1),
            (format!("{token}\",\"next\":\"b.c\""), 1),
        ] {
            let all = texts(&text);
            assert_eq!(all.len(), count, "{text}");
            assert!(all.iter().all(|text| *text == token), "{text}");
        }
        for text in [
            "a",
            "eyJ",
            "example.com",
            "www.example.com",
            "e2e.test.js",
            "e30.txt",
            "report.2026.pdf",
            "com.example.AVeryLongNameOfAClassWithMoreThanFortyLetters123",
            "0123456789abcdef0123456789abcdef01234567.node1.example",
            "d111111ABCDEF8a9b7c6d5e4f3a2b1c0d9e8f7a6b5.cdn.example.com",
            "/srv/a.b/Xy1Zq2Wv3Ut4Sr5Qp6On7Ml8Kj9Ih0Gf1Ed2Cb3Az4.bin.old",
            "TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQsIGNvbnNlY3RldHVyLg==",
            "550e8400-e29b-41d4-a716-446655440000",
            "{\"a\":1}",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }
}
