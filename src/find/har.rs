//! HAR files (HTTP Archive 1.2): the values in their entries, each with the name of what it is the value of.
//!
//! The file is gone over as it stands, however deep it nests or wherever it ends; nothing is built from it.

use std::ops::Range;

use super::region::{Coding, Holder, Region};
use super::{PlaceTime, Stamp, TimeFrom, Where, when};

/// What is told from the beginning of a file.
const LOOK: usize = 4096;

/// Levels that have a meaning: `{"log": {"entries": [{"response": {"content": {`… Deeper ones are only counted.
const MAX_LEVELS: usize = 12;

/// Shorter values are no tokens.
const LEAST: usize = 16;

/// An object of more values than that is no header, no cookie and no body.
const MAX_VALUES: usize = 64;

/// Names of what is worth telling are not longer, in bytes.
const MAX_NAME: usize = 128;

/// The values of a HAR file, when the text is one.
pub(super) fn archive(bytes: &[u8], take: &mut dyn FnMut(Region)) -> Option<Vec<Stamp>> {
    if !begins(bytes) {
        return None;
    }
    let mut walk = Walk {
        bytes,
        levels: Vec::new(),
        deeper: 0,
        key: None,
        take,
        at: 0,
        started: None,
        stamps: Vec::new(),
    };
    walk.go();
    Some(walk.stamps)
}

/// Whether the text begins as HAR files do: `{"log": {"` and the name of a member that only a log of theirs has.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let look = bytes.get(..LOOK).unwrap_or(bytes);
    let mut rest = look;
    for mark in [b"{".as_slice(), b"\"log\"", b":", b"{", b"\""] {
        let Some(after) = rest.trim_ascii_start().strip_prefix(mark) else {
            return false;
        };
        rest = after;
    }
    let name = memchr::memchr(b'"', rest).and_then(|end| rest.get(..end));
    let names = [
        b"version".as_slice(),
        b"creator",
        b"browser",
        b"pages",
        b"entries",
        b"comment",
    ];
    name.is_some_and(|name| names.contains(&name))
}

/// Which side of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Response,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// A list of names and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Cookies,
    Headers,
    Parameters,
    Query,
}

/// An object or a list of the file, by what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Content(usize),
    Entries,
    /// With its number, from 1.
    Entry(usize),
    /// A message of an entry.
    Message(usize, Side),
    Item(usize, Side, List),
    List(usize, Side, List),
    Log,
    PostData(usize),
    Root,
    /// Anything else, in an entry or not.
    Other(Option<usize>),
}

impl Node {
    /// What stands in this one under `name`, or at a place of it counted from 0.
    fn below(self, name: &[u8], index: usize) -> Self {
        match (self, name) {
            (Self::Root, b"log") => Self::Log,
            (Self::Log, b"entries") => Self::Entries,
            (Self::Entries, _) => Self::Entry(index.saturating_add(1)),
            (Self::Entry(entry), b"request") => Self::Message(entry, Side::Request),
            (Self::Entry(entry), b"response") => Self::Message(entry, Side::Response),
            (Self::Message(entry, side), b"headers") => Self::List(entry, side, List::Headers),
            (Self::Message(entry, side), b"cookies") => Self::List(entry, side, List::Cookies),
            (Self::Message(entry, side), b"queryString") => Self::List(entry, side, List::Query),
            (Self::Message(entry, Side::Request), b"postData") => Self::PostData(entry),
            (Self::Message(entry, Side::Response), b"content") => Self::Content(entry),
            (Self::PostData(entry), b"params") => {
                Self::List(entry, Side::Request, List::Parameters)
            }
            (Self::List(entry, side, list), _) => Self::Item(entry, side, list),
            _ => Self::Other(self.entry()),
        }
    }

    fn entry(self) -> Option<usize> {
        match self {
            Self::Content(entry)
            | Self::Entry(entry)
            | Self::Item(entry, ..)
            | Self::List(entry, ..)
            | Self::Message(entry, _)
            | Self::PostData(entry) => Some(entry),
            Self::Other(entry) => entry,
            Self::Entries | Self::Log | Self::Root => None,
        }
    }
}

/// An object or a list that is open.
struct Level {
    node: Node,
    start: usize,
    /// Elements before this place.
    index: usize,
    /// Names and values of which another one decides what they are.
    values: Vec<(Range<usize>, Range<usize>)>,
}

struct Walk<'a> {
    bytes: &'a [u8],
    levels: Vec<Level>,
    /// Levels that are open below those.
    deeper: usize,
    /// The name that the next value stands under.
    key: Option<Range<usize>>,
    take: &'a mut dyn FnMut(Region),
    /// Where it is.
    at: usize,
    /// When the entry that is open was.
    started: Option<PlaceTime>,
    stamps: Vec<Stamp>,
}

impl Walk<'_> {
    fn go(&mut self) {
        let mut at = 0;
        while let Some(skipped) = self.bytes.get(at..).and_then(|rest| {
            rest.iter()
                .position(|byte| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']' | b','))
        }) {
            at = at.saturating_add(skipped);
            let next = at.saturating_add(1);
            self.at = at;
            match self.bytes.get(at) {
                Some(b'"') => {
                    let string = string(self.bytes, next);
                    at = string.end.saturating_add(1);
                    if self.is_name(at) {
                        self.key = Some(string);
                    } else {
                        self.value(string);
                    }
                    continue;
                }
                Some(b'{' | b'[') => self.open(),
                Some(b'}' | b']') => self.close(),
                _ => {
                    self.key = None;
                    if let (Some(level), 0) = (self.levels.last_mut(), self.deeper) {
                        level.index = level.index.saturating_add(1);
                    }
                }
            }
            at = next;
        }
        // The file may end in the middle.
        self.at = self.bytes.len();
        while !self.levels.is_empty() {
            self.deeper = 0;
            self.close();
        }
    }

    /// Whether a colon follows.
    fn is_name(&self, at: usize) -> bool {
        let mut rest = self.bytes.get(at..).unwrap_or_default().iter();
        rest.find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    }

    fn open(&mut self) {
        let key = self.key.take();
        if self.levels.len() >= MAX_LEVELS {
            self.deeper = self.deeper.saturating_add(1);
            return;
        }
        let node = match self.levels.last() {
            None => Node::Root,
            Some(level) => level
                .node
                .below(text(self.bytes, key.as_ref()), level.index),
        };
        if let Node::Entry(_) = node {
            self.started = None;
        }
        self.levels.push(Level {
            node,
            start: self.at,
            index: 0,
            values: Vec::new(),
        });
    }

    fn close(&mut self) {
        self.key = None;
        if let Some(deeper) = self.deeper.checked_sub(1) {
            self.deeper = deeper;
            return;
        }
        let Some(level) = self.levels.pop() else {
            return;
        };
        if let Node::Entry(_) = level.node
            && let Some(time) = self.started.take()
        {
            let of = level.start..self.at;
            self.stamps.push(Stamp { of, time });
        }
        let said = |name: &[u8]| {
            let mut values = level.values.iter();
            values.find_map(|(key, value)| {
                (text(self.bytes, Some(key)) == name).then(|| text(self.bytes, Some(value)))
            })
        };
        let base64 = said(b"encoding").is_some_and(|how| how.eq_ignore_ascii_case(b"base64"));
        let name = said(b"name").map(shown);
        for (key, value) in level.values {
            if value.len() < LEAST {
                continue;
            }
            let key = text(self.bytes, Some(&key));
            let region = match (level.node, key) {
                (Node::Content(entry), b"text") => {
                    let coding = if base64 {
                        Coding::JsonBase64
                    } else {
                        Coding::Plain
                    };
                    let body = region(value, Where::Body, None, entry, "response body");
                    Region { coding, ..body }
                }
                (Node::Item(entry, side, list), b"value") => {
                    item(value, entry, side, list, name.clone())
                }
                (node, key) => other(value, node, key),
            };
            (self.take)(region);
        }
    }

    fn value(&mut self, value: Range<usize>) {
        let key = self.key.take();
        let deeper = self.deeper > 0;
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        let is_pending = matches!(level.node, Node::Content(_) | Node::Item(..));
        if is_pending && !deeper && level.values.len() < MAX_VALUES {
            // Only what names the others may be short.
            let key = key.unwrap_or(value.start..value.start);
            let is_name = matches!(text(self.bytes, Some(&key)), b"encoding" | b"name");
            if is_name || value.len() >= LEAST {
                level.values.push((key, value));
            }
            return;
        }
        if value.len() < LEAST {
            return;
        }
        let key = text(self.bytes, key.as_ref());
        if let (Node::Entry(_), false, b"startedDateTime") = (level.node, deeper, key) {
            self.started = when::read(self.bytes, value.clone(), TimeFrom::Har);
        }
        let region = match (level.node, key) {
            _ if deeper => other(value, level.node, key),
            (Node::Message(entry, Side::Request), b"url") => {
                region(value, Where::Url, None, entry, "request URL")
            }
            (Node::Message(entry, Side::Response), b"redirectURL") => {
                region(value, Where::Url, None, entry, "response redirect URL")
            }
            (Node::PostData(entry), b"text") => {
                region(value, Where::Body, None, entry, "request body")
            }
            (node, key) => other(value, node, key),
        };
        (self.take)(region);
    }
}

/// A value of an entry.
fn region(
    value: Range<usize>,
    where_: Where,
    name_in: Option<String>,
    entry: usize,
    what: &str,
) -> Region {
    Region {
        holder: Some(Holder {
            form: Some(Where::Har),
            label: format!("entry {entry} {what}"),
        }),
        ..Region::new(value, where_, name_in)
    }
}

/// The value of a header, a cookie or a parameter.
fn item(value: Range<usize>, entry: usize, side: Side, list: List, name: Option<String>) -> Region {
    let is_authorization = name
        .as_ref()
        .is_some_and(|name| name.eq_ignore_ascii_case("authorization"));
    let (where_, what) = match list {
        List::Cookies => (Where::Cookie, "cookie"),
        List::Headers if is_authorization => (Where::AuthorizationHeader, "header"),
        List::Headers => (Where::Header, "header"),
        List::Parameters => (Where::Form, "form field"),
        List::Query => (Where::Url, "query parameter"),
    };
    let side = side.name();
    let what = match &name {
        Some(name) => format!("{side} {what} {name}"),
        None => format!("{side} {what}"),
    };
    region(value, where_, name, entry, &what)
}

/// Any other string.
fn other(value: Range<usize>, node: Node, key: &[u8]) -> Region {
    let name = (!key.is_empty()).then(|| shown(key));
    let what = match (&name, node) {
        (Some(name), Node::Message(_, side)) => format!("{} field {name}", side.name()),
        (Some(name), _) => format!("field {name}"),
        (None, _) => "value".to_owned(),
    };
    match node.entry() {
        Some(entry) => region(value, Where::Json, name, entry, &what),
        None => Region {
            holder: Some(Holder {
                form: Some(Where::Har),
                label: what,
            }),
            ..Region::new(value, Where::Json, name)
        },
    }
}

/// A name as it is told.
fn shown(name: &[u8]) -> String {
    let name = name.get(..MAX_NAME).unwrap_or(name);
    String::from_utf8_lossy(name).into_owned()
}

fn text<'a>(bytes: &'a [u8], range: Option<&Range<usize>>) -> &'a [u8] {
    range
        .and_then(|range| bytes.get(range.clone()))
        .unwrap_or_default()
}

/// What a string holds that begins at `start`, escapes and all; to the end of the text when nothing closes it.
fn string(bytes: &[u8], start: usize) -> Range<usize> {
    let mut at = start;
    while let Some(found) = bytes
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        at = at.saturating_add(found);
        if bytes.get(at) == Some(&b'"') {
            return start..at;
        }
        at = at.saturating_add(2);
    }
    start..bytes.len().max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        archive(text.as_bytes(), &mut |region| {
            let value = text.get(region.range).unwrap().to_owned();
            all.push((region.holder.unwrap().label, value));
        });
        all
    }

    #[test]
    fn a_har_file_is_known_by_its_beginning() {
        for text in [
            r#"{"log":{"version":"1.2"}}"#,
            "\n{ \"log\" : {\n\t\"entries\" : []",
        ] {
            assert!(begins(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "{",
            r#"{"log":{"level":"info"}}"#,
            r#"{"log":"version"}"#,
            r#"{"logs":{"version":"1"}}"#,
            r#"[{"log":{"version":"1"}}]"#,
        ] {
            assert!(!begins(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn values_know_their_names_whichever_comes_first() {
        let long = "0123456789abcdef";
        let text = format!(
            r#"{{"log":{{"entries":[{{}},{{"comment":"{long}","request":{{"url":"{long}1","headers":[
            {{"value":"{long}2","name":"A"}},{{"name":"B","value":"{long}3"}}],"queryString":[{{"name":"q","value":"{long}4"}}],
            "postData":{{"text":"{long}5","params":[{{"name":"p","value":"{long}6"}}]}}}},
            "response":{{"content":{{"text":"{long}7","encoding":"none"}},"cookies":[{{"name":"c","value":"{long}8"}}]}}}}]}}}}"#
        );
        let expected = [
            ("entry 2 field comment", ""),
            ("entry 2 request URL", "1"),
            ("entry 2 request header A", "2"),
            ("entry 2 request header B", "3"),
            ("entry 2 request query parameter q", "4"),
            ("entry 2 request body", "5"),
            ("entry 2 request form field p", "6"),
            ("entry 2 response body", "7"),
            ("entry 2 response cookie c", "8"),
        ];
        let expected: Vec<_> = expected
            .map(|(label, end)| (label.to_owned(), format!("{long}{end}")))
            .into();
        assert_eq!(labels(&text), expected);
    }

    #[test]
    fn depth_is_only_counted() {
        let deep = format!(
            r#"{{"log":{{"version":"1","entries":[{{"request":{{"x":{}"0123456789abcdef"{},"url":"fedcba9876543210"}}}}]}}}}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        let labels: Vec<_> = labels(&deep).into_iter().map(|(label, _)| label).collect();
        assert_eq!(labels, ["entry 1 value", "entry 1 request URL"]);
    }

    #[test]
    fn a_file_may_end_anywhere() {
        let text = r#"{"log":{"version":"1","entries":[{"request":{"headers":[{"name":"A","value":"0123456789abcdef\"0"}]}}]}}"#;
        for end in 0..text.len() {
            let cut = text.get(..end).unwrap();
            for (label, value) in labels(cut) {
                assert!(label.starts_with("entry 1 request header A"), "{label}");
                assert!(r#"0123456789abcdef\"0"#.starts_with(&value), "{value}");
            }
        }
    }
}
