//! Text to tokens: where they stand, and what had to be stripped to get at them.
//!
//! [`find`] goes three steps. A form (see `FORMS`) cuts the text into regions and says what each is, such as the headers
//! and the body of an HTTP message, or the values in a HAR file. A region that is one token and nothing else is kept whole, however damaged. In
//! any other region a token is where characters of the base64 alphabets begin with an encoded JSON object and go on
//! after a dot.

mod burp;
mod context;
mod cut;
mod har;
mod http;
mod json_form;
mod layer;
mod length;
mod nothing;
mod prose;
mod quotes;
mod region;
mod shape;
mod stream;
mod text;
mod undo;
mod when;
mod whole;
mod wrap;

use std::io::{self, Read};
use std::ops::Range;

use zeroize::Zeroizing;

pub use nothing::{Nothing, explain_nothing};
use region::{Found, Region, Spot};
pub use stream::{Limits, Note, Stream};
use text::{Cursor, Text};
use when::{Beside, Stamp};
pub use when::{PlaceTime, TimeFrom};

/// A token's text, cut out of what it came in.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The text after repairs.
    pub text: Zeroizing<String>,
    /// Where it was found.
    pub place: Place,
}

/// Where a token was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file or other origin, such as `request.http`, `clipboard` or `stdin`.
    pub name: String,
    /// Bytes of the input from its first to its last character, line breaks inside included; what was stripped around it is not.
    pub byte_range: Range<usize>,
    /// The line of its first byte, from 1.
    pub line: usize,
    /// What it stood in.
    pub where_: Where,
    /// The name of the header, cookie, parameter or field that it was the value of.
    pub name_in: Option<String>,
    /// What was stripped or undone, in the order of [`Repair`].
    pub repairs: Vec<Repair>,
    /// The time that came with it: of its message, its record or its line.
    pub time: Option<PlaceTime>,
}

impl Place {
    /// The record of a file of records (HAR, Burp items) that it stood in is part of [`Place::name_in`].
    pub fn is_in_record(&self) -> bool {
        let mut words = self.name_in.as_deref().unwrap_or_default().split(' ');
        let is_record = matches!(words.next(), Some("entry" | "item"));
        is_record
            && words
                .next()
                .is_some_and(|number| number.parse::<u64>().is_ok())
    }

    /// The name of what it was the value of, without the record: `session` of `entry 12 request header Cookie, cookie session`.
    pub fn bare_name(&self) -> Option<&str> {
        let name = self.name_in.as_deref()?;
        if !self.is_in_record() {
            return Some(name);
        }
        let named = ["cookie ", "field ", "header ", "parameter "]
            .iter()
            .filter_map(|kind| Some(name.rfind(kind)?.saturating_add(kind.len())))
            .max();
        match named {
            Some(at) => name.get(at..),
            None => name.rsplit(' ').next(),
        }
    }
}

/// What a token stood in. Closed list of `REPORT.md`; a value that no finder yields yet is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Where {
    /// The value of a command line argument.
    Argument,
    /// An HTTP `Authorization` header, or what makes a program send one.
    AuthorizationHeader,
    /// Alone, or in a text of no known form.
    Bare,
    /// The body of an HTTP message.
    Body,
    /// A member of another token, opened as a token of its own.
    Claim,
    /// A cookie, in either direction.
    Cookie,
    /// A field of a form (`application/x-www-form-urlencoded`).
    Form,
    /// A HAR file; the name says which entry, and what of it.
    Har,
    /// Another HTTP header.
    Header,
    /// A string in JSON.
    Json,
    /// A line that begins with a time.
    Log,
    /// A URL: a parameter of its query or fragment, or elsewhere in it.
    Url,
}

impl Where {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::AuthorizationHeader => "authorization-header",
            Self::Bare => "bare",
            Self::Body => "body",
            Self::Claim => "claim",
            Self::Cookie => "cookie",
            Self::Form => "form",
            Self::Har => "har",
            Self::Header => "header",
            Self::Json => "json",
            Self::Log => "log",
            Self::Url => "url",
        }
    }
}

/// Something that was stripped or undone to get at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Repair {
    /// `Bearer ` before it.
    BearerPrefix,
    /// Quotes around it.
    Quotes,
    /// White space around it.
    Whitespace,
    /// Line breaks (and indentation) inside it.
    LineWraps,
    /// A full stop or comma after it, in prose.
    TrailingPunctuation,
    /// Percent-encoding in it or beside it, decoded once.
    PercentEncoding,
    /// Backslash escapes in it or beside it, as strings of JSON and of programs have them.
    JsonEscape,
    /// An ellipsis or the like after it: whoever wrote it down cut it.
    CutMark,
    /// A full stop before it: no token begins with one.
    LeadingPunctuation,
}

impl Repair {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::BearerPrefix => "bearer-prefix",
            Self::CutMark => "cut-mark",
            Self::JsonEscape => "json-escape",
            Self::LeadingPunctuation => "leading-punctuation",
            Self::LineWraps => "line-wraps",
            Self::PercentEncoding => "percent-encoding",
            Self::Quotes => "quotes",
            Self::TrailingPunctuation => "trailing-punctuation",
            Self::Whitespace => "whitespace",
        }
    }
}

/// Every token in `input`, in input order. `name` is what [`Place::name`] says.
///
/// The input may be UTF-8 or UTF-16 with a byte order mark; what is no text in it is passed over. The time it takes
/// grows with its length and nothing else. A text without a token gives none; [`explain_nothing`] says why.
pub fn find(input: &[u8], name: &str) -> Vec<Candidate> {
    search(input, name, Where::Bare)
}

/// Every token in the text of a reader, however long; see [`Stream`].
///
/// # Errors
///
/// When the first bytes cannot be read.
pub fn stream<R: Read>(reader: R, name: &str) -> io::Result<Stream<R>> {
    Stream::new(reader, name)
}

/// Every token in a command line argument that names no file.
pub fn find_argument(text: &str) -> Vec<Candidate> {
    search(text.as_bytes(), "argument", Where::Argument)
}

/// Cuts a text of its form into regions, in text order for the most part, and says of what time its messages or records are, in
/// text order; `None` when the text has another form.
type Form = fn(&[u8], &mut dyn FnMut(Region)) -> Option<Vec<Stamp>>;

/// The forms, the more telling ones first.
const FORMS: &[Form] = &[
    http::message,
    http::authorization,
    har::archive,
    burp::items,
];

fn search(input: &[u8], name: &str, alone: Where) -> Vec<Candidate> {
    let text = Text::new(input);
    let mut cursor = text.cursor();
    spots(text.bytes(), alone, cursor)
        .into_iter()
        .map(|spot| candidate(spot, name, text.bytes(), 0, &mut cursor))
        .collect()
}

/// The tokens of a whole text, at whose beginning the cursor is. `alone` is where one stands that is all of it.
fn spots(bytes: &[u8], alone: Where, cursor: Cursor) -> Vec<Spot> {
    let mut spots = Vec::new();
    let mut take = |region: Region| spots.extend(region::tokens(bytes, &region, alone));
    let mut forms = FORMS.iter();
    let stamps = forms.find_map(|form| form(bytes, &mut take));
    let stamps = stamps.unwrap_or_else(|| {
        take(Region::new(0..bytes.len(), Where::Bare, None));
        Vec::new()
    });
    // What a record says of a value may stand after it.
    spots.sort_by_key(|spot| spot.range.start);
    when::stamp(&mut spots, stamps, bytes, cursor);
    spots
}

/// A token with the lines counted. `text` stands at `base` in the whole text.
fn candidate(spot: Spot, name: &str, text: &[u8], base: usize, cursor: &mut Cursor) -> Candidate {
    let (byte_range, line) = cursor.locate(text, base, &spot.range);
    let anchor = (spot.range.start, byte_range.start);
    let beside = spot.beside.map(|time| PlaceTime {
        byte_range: cursor.beside(text, base, anchor, &time.byte_range),
        ..time
    });
    Candidate {
        text: spot.text,
        place: Place {
            name: name.to_owned(),
            byte_range,
            line,
            where_: spot.where_,
            name_in: spot.name_in,
            repairs: spot.repairs,
            time: spot.stamped.or(beside),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::base64url::encode;

    /// An unsigned token of claims, with as many bytes for a signature as asked for.
    pub(super) fn jws(alg: &str, signature: usize) -> String {
        let header = encode(format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#).as_bytes());
        let payload = encode(br#"{"iss":"https://issuer.example","sub":"a","exp":1795035600}"#);
        let signature: Vec<u8> = (0..signature).map(|at| (at * 37 % 251) as u8).collect();
        format!("{header}.{payload}.{}", encode(&signature))
    }

    /// The texts found, each with its repairs.
    pub(super) fn found(input: &str) -> Vec<(String, Vec<&'static str>)> {
        find(input.as_bytes(), "test")
            .into_iter()
            .map(|Candidate { text, place }| {
                let repairs = place.repairs.iter().map(|repair| repair.name());
                (text.to_string(), repairs.collect())
            })
            .collect()
    }

    /// The texts found.
    pub(super) fn texts(input: &str) -> Vec<String> {
        found(input).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn the_name_in_a_record_goes_without_the_record() {
        for (name, record, bare) in [
            (
                "entry 12 request header Cookie, cookie session",
                true,
                "session",
            ),
            ("entry 1 request URL, parameter id_token", true, "id_token"),
            ("entry 1 request URL", true, "URL"),
            ("item 3 request header Authorization", true, "Authorization"),
            ("entry", false, "entry"),
            ("Authorization", false, "Authorization"),
        ] {
            let mut place = find(jws("HS256", 32).as_bytes(), "test").remove(0).place;
            place.name_in = Some(name.to_owned());
            assert_eq!(
                (place.is_in_record(), place.bare_name()),
                (record, Some(bare))
            );
        }
    }

    #[test]
    fn an_argument_is_one_only_when_it_is_nothing_but_the_token() {
        let token = jws("HS256", 32);
        let place = |text: &str| find_argument(text).remove(0).place;
        for text in [&token, &format!("Bearer {token}"), &format!("{token}.")] {
            assert_eq!(place(text).where_, Where::Argument, "{text}");
            assert_eq!(place(text).name, "argument");
        }
        let inside = place(&format!("--token={token}"));
        assert_eq!((inside.where_, inside.byte_range.start), (Where::Bare, 8));
        let header = place(&format!("authorization: dpop {token}"));
        assert_eq!(header.where_, Where::AuthorizationHeader);
        for text in ["token.jwt", "./a/b.c", "example.com", "1.2.3", "-", ""] {
            assert!(find_argument(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn an_authorization_header_is_known_wherever_it_stands() {
        let token = jws("ES256", 64);
        for (text, name, repairs) in [
            (
                format!("Authorization: Bearer {token}"),
                "Authorization",
                "bearer-prefix",
            ),
            (
                format!("authorization:bEARER {token}\r\n"),
                "authorization",
                "bearer-prefix",
            ),
            (format!("Authorization: DPoP {token}"), "Authorization", ""),
            (format!("Authorization: {token}"), "Authorization", ""),
            (
                format!("Authorization: Bearer \"{token}\""),
                "Authorization",
                "bearer-prefix quotes",
            ),
            (
                format!("It sent this:\n> Authorization: Bearer {token}\n> Host: a\n"),
                "Authorization",
                "bearer-prefix",
            ),
            (
                format!("Host: a\nAuthorization: DPoP {token}\nX: y"),
                "Authorization",
                "",
            ),
            (
                format!("curl -H 'Authorization: Bearer {token}' x"),
                "Authorization",
                "bearer-prefix quotes",
            ),
        ] {
            let all = find(text.as_bytes(), "test");
            assert_eq!(all.len(), 1, "{text}");
            let place = &all[0].place;
            assert_eq!(all[0].text.as_str(), token, "{text}");
            assert_eq!(place.where_, Where::AuthorizationHeader, "{text}");
            assert_eq!(place.name_in.as_deref(), Some(name), "{text}");
            let names: Vec<_> = place.repairs.iter().map(|repair| repair.name()).collect();
            assert_eq!(names.join(" "), repairs, "{text}");
        }
        let text = format!("Authorization: {token}. Or else");
        let expected = (token.clone(), vec!["trailing-punctuation"]);
        assert_eq!(found(&text), [expected]);
        for text in [
            format!("Proxy-Authorization: Bearer {token}"),
            format!("X-Authorization: Bearer {token}"),
            format!("the authorization was Bearer {token}"),
        ] {
            let all = find(text.as_bytes(), "test");
            assert_eq!(all[0].place.where_, Where::Bare, "{text}");
        }
    }

    #[test]
    fn a_message_says_where_each_token_stood() {
        let [first, second, third] = ["ES256", "HS512", "none"].map(|alg| {
            let length = if alg == "none" { 0 } else { 64 };
            jws(alg, length)
        });
        let (head, tail) = second.split_at(60);
        for end in ["\n", "\r\n"] {
            let text = [
                "HTTP/1.1 200 OK",
                &format!("Proxy-Authorization: Bearer {first}"),
                &format!("X-Folded: {head}"),
                &format!(" {tail}"),
                &format!("Set-Cookie: session={third}; HttpOnly"),
                "Authorization: Bearer not.a.token",
                "",
                &format!("{{\"id_token\":\"{first}\"}}"),
            ]
            .join(end);
            let all: Vec<_> = find(text.as_bytes(), "response")
                .into_iter()
                .map(|Candidate { text, place }| {
                    let repairs: Vec<_> = place.repairs.iter().map(|r| r.name()).collect();
                    let name = place.name_in.unwrap_or_default();
                    let place = format!("{} {name} {}", place.where_.name(), place.line);
                    (text.to_string(), place, repairs.join(" "))
                })
                .collect();
            let expected = [
                (&first, "header Proxy-Authorization 2", "bearer-prefix"),
                (&second, "header X-Folded 3", "line-wraps"),
                (&third, "cookie session 5", ""),
                (&first, "json id_token 8", "quotes"),
            ];
            let expected: Vec<_> = expected
                .map(|(text, place, repairs)| (text.clone(), place.to_owned(), repairs.to_owned()))
                .into();
            assert_eq!(all, expected);
        }
    }
}
