//! What a token stands in, told by what stands before it in its line: the name of a field, a parameter, a cookie, an
//! option of a command.

use std::ops::Range;

use super::Where;
use super::region::Region;

/// How far back a line is read, and how far a text that may be JSON.
pub(super) const LOOK_BACK: usize = 1024;

/// Longer names are no names.
const MAX_NAME: usize = 128;

/// What the token in `range` stands in, and the name of what it is the value of.
pub(super) fn of(
    bytes: &[u8],
    range: &Range<usize>,
    region: &Region,
    is_json: bool,
) -> (Where, Option<String>) {
    let around = Around::new(bytes, range, region, is_json);
    let found = around
        .cookie()
        .or_else(|| around.pair())
        .or_else(|| around.key())
        .or_else(|| around.header())
        .or_else(|| around.option())
        .or_else(|| around.url())
        .or_else(|| around.json());
    let (where_, name) = match found {
        Some((Where::Bare, name)) => (region.where_, name.or_else(|| region.name_in.clone())),
        Some(found) => found,
        None => (region.where_, region.name_in.clone()),
    };
    if where_ == Where::Bare && around.is_line_start && begins_with_time(around.line) {
        return (Where::Log, name);
    }
    (where_, name)
}

/// Whether a text is JSON, by its first characters.
pub(super) fn is_json(bytes: &[u8]) -> bool {
    let look = bytes.get(..LOOK_BACK).unwrap_or(bytes);
    let mut first = look.iter().filter(|byte| !byte.is_ascii_whitespace());
    match first.next() {
        Some(b'{') => true,
        // A line of a log may begin with a bracket too.
        Some(b'[') => matches!(first.next(), Some(b'"' | b'[' | b'{')),
        _ => false,
    }
}

/// A place, and the name there. `Bare`: the region says where.
type Told = (Where, Option<String>);

struct Around<'a> {
    region: &'a Region,
    /// See [`is_json`].
    is_json: bool,
    /// The line before the token.
    line: &'a [u8],
    /// Whether that is all of the line.
    is_line_start: bool,
    /// What stands before the string that the token is in; `None` when it is in none.
    outside: Option<&'a [u8]>,
    /// What stands before the token in its string, or in its line; a word such as `Bearer` left out.
    inside: &'a [u8],
    /// What follows the token.
    after: Option<u8>,
}

impl<'a> Around<'a> {
    fn new(bytes: &'a [u8], range: &Range<usize>, region: &'a Region, is_json: bool) -> Self {
        let from = range.start.saturating_sub(LOOK_BACK);
        let before = bytes.get(from..range.start).unwrap_or_default();
        let line_break = memchr::memrchr(b'\n', before);
        let line = line_break
            .and_then(|at| before.get(at.saturating_add(1)..))
            .unwrap_or(before);
        let quote = memchr::memrchr3(b'"', b'\'', b'`', line);
        let string = quote.and_then(|at| {
            let (outside, string) = line.split_at_checked(at)?;
            Some((outside, string.get(1..)?))
        });
        Self {
            region,
            is_json,
            line,
            is_line_start: line_break.is_some() || from == 0,
            outside: string.map(|(outside, _)| outside),
            inside: without_scheme(string.map_or(line, |(_, inside)| inside)),
            after: bytes.get(range.end).copied(),
        }
    }

    /// `name=` before the token or before its quote: what stands before the name, and the name.
    fn name_of_pair(&self) -> Option<(&'a [u8], &'a [u8])> {
        let before = match self.outside {
            Some(outside) if self.inside.is_empty() => outside,
            _ => self.inside,
        };
        split_name(before.strip_suffix(b"=")?)
    }

    fn cookie(&self) -> Option<Told> {
        let (lead, name) = self.name_of_pair()?;
        let region = self.region.name_in.as_deref().unwrap_or_default();
        let is_header = self.region.where_ == Where::Header
            && (region.eq_ignore_ascii_case("cookie") || region.eq_ignore_ascii_case("set-cookie"));
        let says_so = || {
            let lead = lead.to_ascii_lowercase();
            let at = memchr::memmem::rfind(&lead, b"cookie:")?;
            let pairs = lead.get(at.saturating_add(b"cookie:".len())..)?;
            // A second colon, and the words before it were prose.
            memchr::memchr(b':', pairs).is_none().then_some(())
        };
        let is_cookie = is_header
            || matches!(self.option_name(), Some(b"-b" | b"--cookie"))
            || says_so().is_some();
        is_cookie.then(|| told(Where::Cookie, name))
    }

    fn pair(&self) -> Option<Told> {
        let (lead, name) = self.name_of_pair()?;
        let word = last_word(lead);
        let is_parameter = matches!(lead.last(), Some(b'?' | b'#' | b'&' | b';'));
        let is_url = || {
            word.starts_with(b"/")
                || word.iter().any(|byte| matches!(byte, b'?' | b'#'))
                || has_scheme(word)
        };
        if is_parameter && is_url() {
            return Some(told(Where::Url, name));
        }
        let is_data = self.option_name().is_some_and(is_data_option);
        let is_body = self.region.where_ == Where::Body && lead.is_empty();
        if is_data || is_body || self.after == Some(b'&') || lead.ends_with(b"&") {
            return Some(told(Where::Form, name));
        }
        Some(told(Where::Bare, name))
    }

    /// `"name": "`, `name = '`, `name="` and the like before the string that the token is in.
    fn key(&self) -> Option<Told> {
        let outside = self.outside?;
        if !self.inside.is_empty() {
            return None;
        }
        let outside = outside.trim_ascii_end();
        // A literal over several lines is put in parentheses.
        let outside = match outside.strip_suffix(b"(").map(<[u8]>::trim_ascii_end) {
            Some(rest) if rest.ends_with(b"=") || rest.ends_with(b":") => rest,
            _ => outside,
        };
        let (separator, rest) = outside.split_last().map(|(last, rest)| (*last, rest))?;
        let rest = match separator {
            b'>' => rest.strip_suffix(b"=")?,
            b'=' => rest.strip_suffix(b":").unwrap_or(rest),
            b':' | b',' => rest,
            b'[' if self.is_json => return Some((Where::Json, None)),
            _ => return None,
        };
        let rest = rest.trim_ascii_end();
        let Some((quoted, key)) = quoted_at_end(rest) else {
            return match separator {
                b',' => None,
                _ => split_name(rest).map(|(_, name)| named(Where::Bare, name)),
            };
        };
        if separator == b',' {
            // An argument after another one is what that names; an element after another one has no name.
            return if quoted.ends_with(b"(") {
                Some(named(Where::Bare, key))
            } else {
                self.is_json.then_some((Where::Json, None))
            };
        }
        let is_json = separator == b':' && rest.ends_with(b"\"");
        let where_ = if is_json { Where::Json } else { Where::Bare };
        // As HAR writes headers and cookies: {"name": "Authorization", "value": "…"}.
        let name = if key == b"value" {
            name_beside(quoted)
        } else {
            None
        };
        Some(named(where_, name.unwrap_or(key)))
    }

    /// `Name: ` at the beginning of a line or of a string.
    fn header(&self) -> Option<Told> {
        let start = self.inside.trim_ascii_end().strip_suffix(b":")?;
        let (lead, name) = split_name(start)?;
        let is_marker = |byte: &u8| matches!(byte, b' ' | b'\t' | b'-' | b'>' | b'<');
        if !lead.iter().all(is_marker) || is_level(name) {
            return None;
        }
        if matches!(self.option_name(), Some(b"-H" | b"--header")) {
            return Some(named(Where::Header, name));
        }
        let begins = self.outside.is_some() || self.is_line_start;
        begins.then(|| named(Where::Bare, name))
    }

    /// The option that the token, or the string that it is in, is the value of.
    fn option(&self) -> Option<Told> {
        let option = self.option_name()?;
        let name = String::from_utf8_lossy(option).into_owned();
        let value = match self.outside {
            Some(_) => self.inside,
            None => last_word(self.inside),
        };
        match option {
            b"--oauth2-bearer" | b"-u" | b"--user" => {
                let is_password = value.is_empty() || value.ends_with(b":");
                is_password.then_some((Where::AuthorizationHeader, Some(name)))
            }
            _ if is_data_option(option) => Some((Where::Form, None)),
            _ => {
                let is_long = option.len() > 2 && option.starts_with(b"--");
                (is_long && value.is_empty()).then_some((Where::Bare, Some(name)))
            }
        }
    }

    fn url(&self) -> Option<Told> {
        has_scheme(last_word(self.inside)).then_some((Where::Url, None))
    }

    fn json(&self) -> Option<Told> {
        let is_string = self.is_json && self.outside.is_some();
        is_string.then_some((Where::Json, None))
    }

    /// The word that begins with a hyphen before the string or the word that the token is in.
    fn option_name(&self) -> Option<&'a [u8]> {
        let before = if let Some(outside) = self.outside {
            outside
        } else {
            let word = last_word(self.inside);
            self.inside
                .get(..self.inside.len().saturating_sub(word.len()))?
        };
        // `$` before a string is the shell's.
        let before = before.strip_suffix(b"$").unwrap_or(before);
        let before = before.trim_ascii_end();
        let option = last_word(before.strip_suffix(b"=").unwrap_or(before));
        let is_option = option.len() >= 2
            && option.len() <= MAX_NAME
            && option.starts_with(b"-")
            && option.iter().all(|&byte| is_name_byte(byte));
        is_option.then_some(option)
    }
}

fn is_data_option(option: &[u8]) -> bool {
    option == b"-d" || option == b"-F" || option == b"--form" || option.starts_with(b"--data")
}

/// Whether a word is the level of a log's line, which names nothing.
fn is_level(word: &[u8]) -> bool {
    const LEVELS: [&[u8]; 10] = [
        b"critical",
        b"debug",
        b"err",
        b"error",
        b"fatal",
        b"info",
        b"notice",
        b"trace",
        b"warn",
        b"warning",
    ];
    LEVELS.iter().any(|level| word.eq_ignore_ascii_case(level))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.$[]~".contains(&byte) || !byte.is_ascii()
}

fn told(where_: Where, name: &[u8]) -> Told {
    (where_, Some(String::from_utf8_lossy(name).into_owned()))
}

/// As [`told`], but for a header that says who asks.
fn named(where_: Where, name: &[u8]) -> Told {
    if name.eq_ignore_ascii_case(b"authorization") {
        told(Where::AuthorizationHeader, name)
    } else {
        told(where_, name)
    }
}

/// The text before a name at its end, and the name.
fn split_name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.get(text.len().saturating_sub(MAX_NAME.saturating_add(1))..)?;
    let length = end
        .iter()
        .rev()
        .take_while(|&&byte| is_name_byte(byte))
        .count();
    let (lead, name) = text.split_at_checked(text.len().saturating_sub(length))?;
    // `--name=` is an option, and keeps its hyphens.
    (1..=MAX_NAME).contains(&name.len()).then_some((lead, name))
}

/// What follows the last white space.
fn last_word(text: &[u8]) -> &[u8] {
    let length = text
        .iter()
        .rev()
        .take_while(|byte| !byte.is_ascii_whitespace())
        .count();
    text.get(text.len().saturating_sub(length)..)
        .unwrap_or_default()
}

fn has_scheme(word: &[u8]) -> bool {
    memchr::memmem::find(word, b"://").is_some()
}

/// Without a word such as `Bearer` and the white space after it, when that is at the end.
fn without_scheme(text: &[u8]) -> &[u8] {
    let trimmed = text.trim_ascii_end();
    let letters = trimmed.iter().rev().take(8);
    let length = letters
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let (before, word) = trimmed
        .split_at_checked(trimmed.len().saturating_sub(length))
        .unwrap_or((trimmed, b""));
    // `--oauth2-bearer` is an option.
    let is_scheme = trimmed.len() < text.len()
        && !matches!(before.last(), Some(b'-' | b'_'))
        && [b"bearer".as_slice(), b"dpop", b"token", b"jwt"]
            .iter()
            .any(|scheme| word.eq_ignore_ascii_case(scheme));
    if is_scheme { before } else { text }
}

/// A string in quotes at the end of a text: what stands before it, and what is in it.
fn quoted_at_end(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&quote, rest) = text.split_last()?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let look = rest.get(rest.len().saturating_sub(MAX_NAME.saturating_add(1))..)?;
    let length = look
        .len()
        .saturating_sub(memchr::memrchr(quote, look)?.saturating_add(1));
    let (before, key) = rest.split_at_checked(rest.len().saturating_sub(length))?;
    Some((before.split_last()?.1, key)).filter(|(_, key)| !key.is_empty())
}

/// The value of the member `name` that stands right before another member.
fn name_beside(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_end().strip_suffix(b",")?.trim_ascii_end();
    let (before, value) = quoted_at_end(text)?;
    let before = before.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end();
    let (_, key) = quoted_at_end(before)?;
    (key == b"name").then_some(value)
}

/// Whether a line begins as the lines of logs do: with a date, a time, or both.
fn begins_with_time(line: &[u8]) -> bool {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let line = line.trim_ascii_start();
    // The priority of syslog (RFC 5424 section 6.2.1), and what logfmt calls the time.
    let line = match line.strip_prefix(b"<") {
        Some(rest) => rest
            .iter()
            .position(|&byte| byte == b'>')
            .filter(|&at| at <= 3)
            .and_then(|at| rest.get(at.saturating_add(1)..))
            .unwrap_or(line),
        None => line,
    };
    let line = [b"time=".as_slice(), b"ts=", b"\"", b"["]
        .iter()
        .fold(line, |line, prefix| {
            line.strip_prefix(*prefix).unwrap_or(line)
        });
    let is_like = |pattern: &[u8]| {
        line.len() > pattern.len()
            && line.iter().zip(pattern).all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                b'-' => matches!(byte, b'-' | b'/'),
                other => byte == other,
            })
    };
    let is_month = || {
        line.first_chunk::<3>()
            .is_some_and(|month| MONTHS.as_chunks::<3>().0.contains(month))
            && line.get(3) == Some(&b' ')
            && line.get(4..15).is_some_and(|rest| rest.contains(&b':'))
    };
    is_like(b"0000-00-00") || is_like(b"00:00:00") || is_month()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_logs_begin_with_a_time() {
        for line in [
            "2026-11-21T22:40:13Z INFO a",
            "2026/11/21 22:40:13 a",
            "[2026-11-21 22:40:13,123] a",
            "22:40:13.001 [main] a",
            "Nov 21 22:40:13 host sshd[1]: a",
            "<34>Nov 21 22:40:13 host a",
            "time=2026-11-21T22:40:13Z level=info msg=",
        ] {
            assert!(begins_with_time(line.as_bytes()), "{line}");
        }
        for line in ["", "Now", "Mar and", "<a>", "12:30", "20261121", "1.2.3.4"] {
            assert!(!begins_with_time(line.as_bytes()), "{line}");
        }
    }

    /// A word and a colon before a token name it, in a file of settings as in a letter; the level of a log does not.
    #[test]
    fn what_begins_a_line_is_a_name_unless_it_is_the_level_of_a_log() {
        let token = crate::find::tests::jws("HS256", 32);
        for (line, name) in [
            ("session: ", Some("session")),
            ("- access_token: ", Some("access_token")),
            ("Token: ", Some("Token")),
            ("ERROR: ", None),
            ("warning: ", None),
            ("INFO:", None),
            ("the new token: ", None),
        ] {
            let text = format!("first\n{line}{token}\nlast");
            let found = crate::find::find(text.as_bytes(), "test").remove(0);
            let place = &found.place;
            assert_eq!(
                (place.where_, place.name_in.as_deref()),
                (Where::Bare, name),
                "{line}"
            );
        }
    }

    #[test]
    fn strings_and_names_are_taken_from_the_end() {
        assert_eq!(
            quoted_at_end(b"{ \"a\""),
            Some((b"{ ".as_slice(), b"a".as_slice()))
        );
        assert_eq!(quoted_at_end(b"a\""), None);
        assert_eq!(quoted_at_end(b"\"\""), None);
        assert_eq!(
            split_name(b"?a_b"),
            Some((b"?".as_slice(), b"a_b".as_slice()))
        );
        assert_eq!(split_name(b"?"), None);
        assert_eq!(split_name("a".repeat(200).as_bytes()), None);
        assert_eq!(name_beside(b"{\"name\": \"X\", "), Some(b"X".as_slice()));
    }
}
