//! Tokens in running text: wherever characters of a token begin with an encoded JSON object.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use zeroize::Zeroizing;

use super::length::{is_length_of, signature_lengths};
use super::shape::{is_object, is_token_byte, may_be_object};
use super::wrap::{Pieces, Trust, run};
use super::{Found, Repair, cut, quotes};
use crate::jose::{base64url, json};

/// How many times the length of a text may be gathered in looking for tokens broken over lines.
const SPARE_FACTOR: usize = 4;

/// How far before a token its `Authorization: Bearer ` is looked for.
const LOOK_BACK: usize = 96;

/// So many bytes behind a place tell all that is asked of it, a token's end aside: what a look at its beginning takes,
/// and the marks that may follow its end.
const MARGIN: usize = 256;

/// What stands behind the last byte of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// Nothing: it is the end.
    End,
    /// More, which is not there yet: what could hang on it is left for later.
    More,
    /// More, but the first token that could hang on it is taken as it stands.
    Forced,
}

/// What a scan came to.
pub(super) struct Scan {
    /// In text order.
    pub(super) found: Vec<Found>,
    /// Where the next scan is to begin, once there is more.
    pub(super) resume: usize,
}

/// Every token from `start` on, as far as it can be told before the `edge`.
///
/// `in_sentences`: a full stop or comma after a token belongs to the sentence.
/// `spare`: how many bytes may be gathered in looking for tokens broken over lines, see [`allowance`].
pub(super) fn scan(
    bytes: &[u8],
    start: usize,
    in_sentences: bool,
    spare: &mut usize,
    mut edge: Edge,
) -> Scan {
    let mut found = Vec::new();
    let mut at = start;
    let mut run_end = start;
    let is_near = |at: usize| at.saturating_add(MARGIN) > bytes.len();
    let mut possible = Possible::new(bytes, at);
    while let Some(start) = possible.next(at) {
        if edge == Edge::More && is_near(start) {
            return Scan {
                found,
                resume: start,
            };
        }
        if !may_be_object(first_of_run(bytes, start)) {
            at = start.saturating_add(1);
            continue;
        }
        if run_end <= start {
            run_end = run(bytes, start, is_token_byte).end;
        }
        // `/` and `=` belong to a token, but not before the beginning of another one (`…/eyJ…`, `x=eyJ…`).
        let next = next_joined(bytes, start.saturating_add(1)..run_end);
        let within = next.map_or(bytes, |next| bytes.get(..next).unwrap_or(bytes));
        let spare_before = *spare;
        let (token, reach) = token(within, start, in_sentences, spare);
        let depends_on_edge = match next {
            Some(next) => run_end == bytes.len() && is_near(next),
            None => is_near(reach),
        };
        if depends_on_edge {
            match edge {
                Edge::End => {}
                Edge::Forced => edge = Edge::More,
                Edge::More => {
                    *spare = spare_before;
                    return Scan {
                        found,
                        resume: start,
                    };
                }
            }
        }
        at = next.unwrap_or(run_end);
        if let Some(token) = token {
            at = at.max(token.range.end);
            found.push(token);
        }
    }
    // The last characters may be the first ones of a beginning.
    let resume = match edge {
        Edge::End => bytes.len(),
        Edge::More | Edge::Forced => at.max(bytes.len().saturating_sub(2)),
    };
    Scan { found, resume }
}

/// How many bytes may be gathered for a text of this length.
pub(super) fn allowance(length: usize) -> usize {
    length.saturating_mul(SPARE_FACTOR)
}

/// The beginnings of `{"` in base64, with white space between or not, and of a byte order mark, each with the letters that
/// decide: the others are rare enough to be looked at one by one.
static BEGINNINGS: LazyLock<[memmem::Finder<'static>; 3]> =
    LazyLock::new(|| ["ey", "ew", "77u"].map(memmem::Finder::new));

/// Places where a token may begin, by the byte before and the first two. Asked for in text order.
struct Possible<'a> {
    bytes: &'a [u8],
    /// The next place of each beginning, and of the letters that white space before a `{` begins with.
    next: [usize; 4],
    /// Those stand for all places from here on.
    from: usize,
}

impl<'a> Possible<'a> {
    fn new(bytes: &'a [u8], from: usize) -> Self {
        let mut possible = Self {
            bytes,
            next: [0; 4],
            from,
        };
        for kind in 0..possible.next.len() {
            possible.look(kind, from);
        }
        possible
    }

    /// Looks for one kind from a place on.
    fn look(&mut self, kind: usize, from: usize) {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let found = match BEGINNINGS.get(kind) {
            Some(beginning) => beginning.find(rest),
            None => memchr::memchr3(b'I', b'C', b'D', rest),
        };
        if let Some(next) = self.next.get_mut(kind) {
            *next = found.map_or(usize::MAX, |found| from.saturating_add(found));
        }
    }

    /// The first place from `at` on.
    fn next(&mut self, mut at: usize) -> Option<usize> {
        debug_assert!(at >= self.from, "places are asked for in text order");
        loop {
            self.from = at;
            for kind in 0..self.next.len() {
                if self.next.get(kind).is_some_and(|&next| next < at) {
                    self.look(kind, at);
                }
            }
            let next = self.next.iter().copied().min().unwrap_or(usize::MAX);
            if next == usize::MAX {
                return None;
            }
            let before = next.checked_sub(1).and_then(|at| self.bytes.get(at));
            if opens(self.bytes.get(next..).unwrap_or_default())
                && (before.is_none_or(|before| !before.is_ascii_alphanumeric())
                    || is_after_escape(self.bytes, next))
            {
                return Some(next);
            }
            at = next.saturating_add(1);
        }
    }
}

/// Whether an encoded object may begin so; one that is cut after the first character may.
fn opens(bytes: &[u8]) -> bool {
    match bytes {
        [b'I', second, ..] => matches!(second, b'A' | b'C' | b'H'),
        [b'C', second, ..] => matches!(second, b'Q' | b'S' | b'X' | b'g' | b'i' | b'n'),
        [b'D', second, ..] => matches!(second, b'A' | b'C' | b'H' | b'Q' | b'S' | b'X'),
        _ => true,
    }
}

/// What was percent-encoded twice is decoded once, and then `%3D` stands before the token.
fn is_after_escape(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(3)
        .and_then(|percent| bytes.get(percent..)?.first_chunk::<3>())
        .is_some_and(|[percent, digits @ ..]| {
            *percent == b'%' && digits.iter().all(u8::is_ascii_hexdigit)
        })
}

/// The characters of a token from `start` on, as many as are looked at to tell whether it is one.
fn first_of_run(bytes: &[u8], start: usize) -> &[u8] {
    let end = bytes.len().min(start.saturating_add(MARGIN));
    let look = bytes.get(..end).unwrap_or(bytes);
    look.get(run(look, start, is_token_byte))
        .unwrap_or_default()
}

/// The first place in a run where a token may begin.
pub(super) fn next_start(bytes: &[u8], run: &Range<usize>) -> Option<usize> {
    let within = bytes.get(..run.end)?;
    let mut at = run.start;
    let mut possible = Possible::new(within, at);
    while let Some(start) = possible.next(at) {
        if may_be_object(within.get(start..)?) {
            return Some(start);
        }
        at = start.saturating_add(1);
    }
    None
}

/// The first place in a run where another token begins that a slash or an equals sign joins to what stands before it.
fn next_joined(bytes: &[u8], run: Range<usize>) -> Option<usize> {
    // The joint may be the byte before the range.
    let from = run.start.checked_sub(1)?;
    memchr::memchr2_iter(b'/', b'=', bytes.get(from..run.end)?)
        .map(|joint| run.start.saturating_add(joint))
        .find(|&at| {
            let look = run.end.min(at.saturating_add(MARGIN));
            bytes.get(at..look).is_some_and(may_be_object)
        })
}

/// The token at `start`, if there is one, and up to where it was looked for.
fn token(
    bytes: &[u8],
    start: usize,
    in_sentences: bool,
    spare: &mut usize,
) -> (Option<Found>, usize) {
    let pieces = Pieces::gather(bytes, start, is_token_byte, spare);
    (in_pieces(bytes, &pieces, in_sentences), pieces.reach())
}

/// The token at the beginning of `bytes`, if there is one.
pub(super) fn first(bytes: &[u8]) -> Option<Found> {
    token(bytes, 0, true, &mut { usize::MAX }).0
}

/// The token that was gathered, if it is one.
fn in_pieces(bytes: &[u8], pieces: &Pieces, in_sentences: bool) -> Option<Found> {
    let count = pieces.count(bytes, Trust::Prose);
    let gathered = pieces.text(count);
    if !is_object(gathered.as_bytes()) {
        return None;
    }
    let (text, is_cut) = settle(gathered, in_sentences)?;
    let range = pieces.range(text.len());
    let (mut repairs, authorization) = surroundings(bytes, &range);
    if text.len() > pieces.text(1).len() {
        repairs.push(Repair::LineWraps);
    }
    let follows = bytes.get(range.end..).unwrap_or_default();
    if is_cut || cut::begins_with_mark(follows) && !is_finished(text) {
        repairs.push(Repair::CutMark);
    } else if in_sentences {
        let follows = gathered.as_bytes().get(text.len()).or(follows.first());
        if matches!(follows, Some(b'.' | b',')) {
            repairs.push(Repair::TrailingPunctuation);
        }
    }
    Some(Found {
        text: Zeroizing::new(text.to_owned()),
        range,
        repairs,
        is_all: false,
        authorization,
    })
}

/// Whether the last part is as long as the algorithm makes it.
fn is_finished(text: &str) -> bool {
    let compact = text.split_once('~').map_or(text, |(compact, _)| compact);
    let header = compact.split('.').next().unwrap_or_default();
    let header = json::read(&base64url::decode(header).bytes);
    let whole = if header.get("enc").is_some() { 5 } else { 3 };
    let last = compact.rsplit('.').next().unwrap_or_default();
    compact.split('.').take(6).count() == whole && is_length_of(signature_lengths(&header), last)
}

/// Takes off what follows the token in the same run of characters, and says whether that is an ellipsis that cuts it.
/// `None` when no token is left.
fn settle(text: &str, in_sentences: bool) -> Option<(&str, bool)> {
    let compact = text.split_once('~').map_or(text, |(compact, _)| compact);
    let (header, _) = compact.split_once('.')?;
    let header = json::read(&base64url::decode(header).bytes);
    let whole = if header.get("enc").is_some() { 5 } else { 3 };
    let text = without_path(text, &header, whole);
    let mut parts = memchr::memchr_iter(b'.', text.as_bytes())
        .count()
        .saturating_add(1);
    let mut end = text;
    let mut is_cut = false;
    // Before an ellipsis the last dot of `header.payload.` is still the token's.
    if let Some(shorter) = cut::before_mark(text.as_bytes())
        && let Some(shorter) = text.get(..shorter.len())
        && shorter.contains('.')
    {
        is_cut = !is_finished(shorter);
        end = shorter;
        parts = parts.saturating_sub(3);
    }
    // The last dot of `header.payload.` is not a full stop: it stands before an empty signature.
    while in_sentences
        && parts != whole
        && let Some(shorter) = end.strip_suffix('.')
    {
        end = shorter;
        parts = parts.saturating_sub(1);
    }
    let (_, rest) = end.split_once('.')?;
    let is_ellipsis = in_sentences && rest.bytes().all(|byte| byte == b'.');
    (!is_ellipsis).then_some((end, is_cut))
}

/// Without `/more/of/the/path` after a signature, when the algorithm tells where that ends.
fn without_path<'t>(text: &'t str, header: &json::Document, parts: usize) -> &'t str {
    let last_dot = memchr::memchr_iter(b'.', text.as_bytes()).nth(parts.saturating_sub(2));
    let Some(begin) = last_dot.map(|dot| dot.saturating_add(1)) else {
        return text;
    };
    let signature = text.get(begin..).unwrap_or_default();
    let lengths = signature_lengths(header);
    if is_length_of(lengths, signature) {
        return text;
    }
    memchr::memchr_iter(b'/', signature.as_bytes())
        .find(|&slash| is_length_of(lengths, signature.get(..slash).unwrap_or_default()))
        .and_then(|slash| text.get(..begin.saturating_add(slash)))
        .unwrap_or(text)
}

/// What stands around a token: the repairs it needed, and the name of the `Authorization` header before it as written.
fn surroundings(bytes: &[u8], range: &Range<usize>) -> (Vec<Repair>, Option<String>) {
    let mut repairs = Vec::new();
    let mut before = bytes
        .get(range.start.saturating_sub(LOOK_BACK)..range.start)
        .unwrap_or_default();
    if let Some(rest) = without_full_stops(before) {
        repairs.push(Repair::LeadingPunctuation);
        before = rest;
    }
    let mut quoted = quotes::strip_start(bytes.get(range.end..).unwrap_or_default()).is_some();
    let mut strip = |text: &mut &[u8]| {
        if let Some(rest) = quotes::strip_end(text) {
            *text = rest;
            quoted = true;
        }
    };
    strip(&mut before);
    let is_scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let trimmed = before.trim_ascii_end();
    let (rest, word) = split_end(trimmed, is_scheme_byte);
    let is_bearer = trimmed.len() < before.len() && word.eq_ignore_ascii_case(b"bearer");
    if is_bearer {
        repairs.push(Repair::BearerPrefix);
        before = rest;
        strip(&mut before);
    }
    if quoted {
        repairs.push(Repair::Quotes);
    }
    let rest = rest.trim_ascii_end();
    let header = rest.strip_suffix(b":").or_else(|| {
        // No scheme: the token is the word after the colon.
        before.trim_ascii_end().strip_suffix(b":")
    });
    let name = header.and_then(|header| {
        let (_, name) = split_end(header.trim_ascii_end(), is_scheme_byte);
        name.eq_ignore_ascii_case(b"authorization")
            .then(|| String::from_utf8_lossy(name).into_owned())
    });
    (repairs, name)
}

/// Without full stops at the end, where they stand alone there.
fn without_full_stops(text: &[u8]) -> Option<&[u8]> {
    let (rest, stops) = split_end(text, |byte| byte == b'.');
    let is_alone = !rest.last().is_some_and(|&byte| is_token_byte(byte));
    (!stops.is_empty() && is_alone).then_some(rest)
}

/// The text before its last characters of a kind, and those.
fn split_end(text: &[u8], is_kind: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let length = text.iter().rev().take_while(|&&byte| is_kind(byte)).count();
    text.split_at_checked(text.len().saturating_sub(length))
        .unwrap_or((text, b""))
}

#[cfg(test)]
mod tests {
    use crate::find::tests::{found, jws, texts};
    use crate::jose::base64url::encode;

    #[test]
    fn a_full_stop_before_a_token_is_said() {
        let token = jws("HS256", 32);
        for (text, repairs) in [
            (
                format!("The token .{token} is"),
                vec!["leading-punctuation"],
            ),
            (
                format!("The token ...{token} is"),
                vec!["leading-punctuation"],
            ),
            (
                format!("Say \".{token}\", and"),
                vec!["quotes", "leading-punctuation"],
            ),
            (
                format!("x Bearer .{token}\ny"),
                vec!["bearer-prefix", "leading-punctuation"],
            ),
            (format!("It is v1.{token} now"), vec![]),
        ] {
            assert_eq!(found(&text), [(token.clone(), repairs)], "{text}");
        }
    }

    #[test]
    fn a_full_stop_or_comma_belongs_to_the_sentence() {
        let token = jws("HS256", 32);
        let unsecured = jws("none", 0);
        let (cut, _) = token.rsplit_once('.').unwrap();
        for (text, expected, is_punctuated) in [
            (format!("The token {token}. Then"), token.as_str(), true),
            (format!("The token {token}, then"), &token, true),
            (format!("The token {token}... then"), &token, true),
            (format!("The token {token}; then"), &token, false),
            (format!("The token is {token}\n."), &token, false),
            (format!("The token {unsecured} is"), &unsecured, false),
            (format!("The token {unsecured}. It is"), &unsecured, true),
            (
                format!("The token {token}.AA.BB. Then"),
                &format!("{token}.AA.BB"),
                true,
            ),
            (format!("The token {cut}, then"), cut, true),
        ] {
            let repairs = if is_punctuated {
                vec!["trailing-punctuation"]
            } else {
                vec![]
            };
            assert_eq!(found(&text), [(expected.to_owned(), repairs)], "{text}");
        }
    }

    #[test]
    fn what_is_no_part_of_a_token_stays_outside() {
        let token = jws("HS256", 32);
        for text in [
            format!("key={token}"),
            format!("see /{token} there"),
            format!("see https://a.example/b/{token} there"),
            format!("GET https://a.example/b/{token}/c/d.html?e=f"),
            format!("https://a.example/?id_token={token}&state=eyJunk.x.y"),
            format!("({token})"),
            format!("<b>{token}</b>"),
            format!("[{token}](x)"),
            format!("a --token={token} b"),
            format!("sha256:{token}"),
        ] {
            assert_eq!(texts(&text), [token.as_str()], "{text}");
        }
        let two = format!("/a/{token}/b/{token}/c");
        assert_eq!(texts(&two), [token.as_str(), &token]);
    }

    #[test]
    fn a_token_on_either_side_of_a_quote_is_quoted() {
        let token = jws("RS256", 256);
        for text in [
            format!("token: \"{token}\""),
            format!("token: {token}\" is"),
            format!("token: '{token} is"),
            format!("token: \u{201C}{token}\u{201D}, and"),
            format!("token: \u{AB}{token}\u{BB}"),
            format!("token: `{token}`."),
        ] {
            assert_eq!(found(&text), [(token.clone(), vec!["quotes"])], "{text}");
        }
        for text in [
            format!("got \"Bearer {token}\" here"),
            format!("got BEARER '{token}' here"),
        ] {
            let repairs = vec!["bearer-prefix", "quotes"];
            assert_eq!(found(&text), [(token.clone(), repairs)], "{text}");
        }
        let text = format!("unbearer {token}, forbearer\t{token}");
        assert!(
            found(&text)
                .iter()
                .all(|(_, repairs)| !repairs.contains(&"bearer-prefix"))
        );
    }

    #[test]
    fn every_form_is_found_in_prose() {
        let header = encode(br#"{"alg":"dir","enc":"A128GCM"}"#);
        let [iv, tag] = [12, 16].map(|length| encode(&vec![7; length]));
        let jws = jws("ES256", 64);
        let (signed, _) = jws.rsplit_once('.').unwrap();
        for token in [
            format!("{header}..{iv}.AAAA.{tag}"),
            format!("{header}.AAAA.{iv}.AAAA.{tag}"),
            signed.to_owned(),
            format!("{signed}."),
            format!("{jws}.AA"),
            format!("{jws}~"),
            format!("{jws}~WyJhIiwiYiIsImMiXQ~WyJhIiwiZCIsImUiXQ~"),
            format!("{jws}~WyJhIiwiYiIsImMiXQ~{jws}"),
            format!("{signed}.+/+/AA=="),
            format!("{}.{}.AA", encode(b"{ \"alg\": 1 }"), encode(b"{\r\n}")),
            format!("{}..AA", encode(b"{\n\"b64\":false}")),
        ] {
            assert_eq!(texts(&format!("Look at {token} now")), [token.as_str()]);
            assert_eq!(texts(&format!("Look:\n{token}\nNow")), [token.as_str()]);
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "eyJunk.x.y is no token",
            "version 1.2.3 of www.example.com",
            "eyJhbGciOi... and so on",
            "the header eyJhbGciOiJub25lIn0 alone",
            "the header eyJhbGciOiJub25lIn0. Alone",
            "the header eyJhbGciOiJub25lIn0..",
            "empty e30.e30. objects",
            "an array WyJhIl0.WyJhIl0.AA first",
            "{\"a\":{\"b\":\"c.d.e\"},\"f\":1.5}",
            "import com.example.eyJobs.Main; // eyes.wide.shut",
            "see archive-2026.tar.gz, lib.so.1.2 and /usr/lib/x86_64-linux-gnu/libc.so.6",
        ] {
            assert_eq!(texts(text), [""; 0], "{text}");
        }
    }
}
