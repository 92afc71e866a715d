//! Tokens in running text: wherever characters of a token begin with an encoded JSON object.

use std::ops::Range;

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

/// Every token from `start` on, in text order.
///
/// `in_sentences`: a full stop or comma after a token belongs to the sentence.
pub(super) fn scan(bytes: &[u8], start: usize, in_sentences: bool) -> Vec<Found> {
    let mut all = Vec::new();
    let mut at = start;
    let mut spare = bytes
        .len()
        .saturating_sub(start)
        .saturating_mul(SPARE_FACTOR);
    while let Some(skipped) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|&byte| is_token_byte(byte)))
    {
        let mut run = run(bytes, at.saturating_add(skipped), is_token_byte);
        at = run.end;
        while let Some(start) = next_start(bytes, &run) {
            // `/` and `=` belong to a token, but not before the beginning of another one (`…/eyJ…`, `x=eyJ…`).
            let next = next_joined(bytes, start.saturating_add(1)..run.end);
            let within = next.map_or(bytes, |next| bytes.get(..next).unwrap_or(bytes));
            let found = token(within, start, in_sentences, &mut spare);
            at = at.max(found.as_ref().map_or(0, |found| found.range.end));
            all.extend(found);
            run.start = next.unwrap_or(run.end);
        }
    }
    all
}

/// The first place in a run where a token may begin.
pub(super) fn next_start(bytes: &[u8], run: &Range<usize>) -> Option<usize> {
    starts(bytes, run.clone()).find(|&at| may_be_object(bytes.get(at..run.end).unwrap_or_default()))
}

/// The first place in a run where another token begins that a slash or an equals sign joins to what stands before it.
fn next_joined(bytes: &[u8], run: Range<usize>) -> Option<usize> {
    starts(bytes, run.clone()).find(|&at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        matches!(before, Some(b'/' | b'='))
            && may_be_object(bytes.get(at..run.end).unwrap_or_default())
    })
}

/// The places after anything but a letter or digit.
fn starts(bytes: &[u8], run: Range<usize>) -> impl Iterator<Item = usize> {
    let first = run.start;
    // What was percent-encoded twice is decoded once, and then `%3D` stands before the token.
    let after_escape = first
        .checked_sub(1)
        .and_then(|percent| bytes.get(percent..)?.first_chunk::<3>())
        .is_some_and(|[percent, digits @ ..]| {
            *percent == b'%' && digits.iter().all(u8::is_ascii_hexdigit)
        })
        .then(|| first.saturating_add(2));
    run.filter(move |&at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        at == first && before.is_none_or(|&b| !is_token_byte(b))
            || before.is_some_and(|b| !b.is_ascii_alphanumeric())
            || after_escape == Some(at)
    })
}

/// The token at `start`, if there is one.
pub(super) fn token(
    bytes: &[u8],
    start: usize,
    in_sentences: bool,
    spare: &mut usize,
) -> Option<Found> {
    let pieces = Pieces::gather(bytes, start, is_token_byte, spare);
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
