//! The reader: one pass over the bytes, its own stack, first syntax error ends it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::{Document, Found, Json, JsonFault, JsonFaultKind, Member, Number, Value};

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 256;

/// How many faults are kept; a syntax error is kept beyond it.
const MAX_FAULTS: usize = 1_000;

/// The names of so many members are compared one by one.
const FEW_MEMBERS: usize = 16;

/// Reads a JSON text. Never fails: what is wrong is in [`Document::faults`].
pub fn read(bytes: &[u8]) -> Document {
    let mut reader = Reader {
        bytes,
        at: 0,
        faults: Vec::new(),
    };
    let root = reader.document();
    let mut faults = reader.faults;
    faults.sort_by_key(|fault| fault.range.start);
    Document { root, faults }
}

/// The reader stopped; the fault is noted.
struct Stop;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    faults: Vec<JsonFault>,
}

/// A container that is still open.
enum Open {
    Array {
        start: usize,
        elements: Vec<Json>,
    },
    Object {
        start: usize,
        members: Vec<Member>,
        /// The name whose value comes next, with its bytes.
        name: Option<(String, Range<usize>)>,
    },
}

impl Open {
    fn push(&mut self, value: Json) {
        match self {
            Self::Array { elements, .. } => elements.push(value),
            Self::Object { members, name, .. } => {
                if let Some((name, name_range)) = name.take() {
                    members.push(Member {
                        name,
                        name_range,
                        value,
                    });
                }
            }
        }
    }
}

/// What the loop does next.
enum Next {
    /// Read a value; the flag says whether the container may close instead (it is empty so far).
    Value { or_close: bool },
    /// A value was read: a comma or the end of the container follows.
    Separator,
}

impl Reader<'_> {
    fn document(&mut self) -> Option<Json> {
        if self.bytes.starts_with(b"\xEF\xBB\xBF") {
            self.note(JsonFaultKind::ByteOrderMark, 0..3);
            self.at = 3;
        } else if self
            .bytes
            .get(..4.min(self.bytes.len()))
            .is_some_and(|head| {
                head.contains(&0) || head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF")
            })
        {
            self.note(JsonFaultKind::WideEncoding, 0..4.min(self.bytes.len()));
            return None;
        }
        let mut stack: Vec<Open> = Vec::new();
        match self.values(&mut stack) {
            Ok(root) => {
                self.skip_whitespace();
                if self.at < self.bytes.len() {
                    let found = self.found();
                    self.note(
                        JsonFaultKind::TrailingContent { found },
                        self.at..self.bytes.len(),
                    );
                }
                Some(root)
            }
            Err(Stop) => self.close_all(stack),
        }
    }

    /// Reads values until the top one is whole.
    fn values(&mut self, stack: &mut Vec<Open>) -> Result<Json, Stop> {
        let mut next = Next::Value { or_close: false };
        loop {
            self.skip_whitespace();
            let value = match next {
                Next::Value { or_close } => {
                    let Some(value) = self.value(stack, or_close)? else {
                        next = Next::Value { or_close: true };
                        continue;
                    };
                    value
                }
                Next::Separator => {
                    let Some(value) = self.separator(stack)? else {
                        next = Next::Value { or_close: false };
                        continue;
                    };
                    value
                }
            };
            match stack.last_mut() {
                None => return Ok(value),
                Some(open) => {
                    open.push(value);
                    next = Next::Separator;
                }
            }
        }
    }

    /// Reads the beginning of a value. `None`: a container was opened.
    fn value(&mut self, stack: &mut Vec<Open>, or_close: bool) -> Result<Option<Json>, Stop> {
        match stack.last_mut() {
            Some(Open::Array { .. }) if or_close && self.peek() == Some(b']') => {
                self.at = self.at.saturating_add(1);
                return Ok(self.close(stack));
            }
            Some(Open::Object { name, .. }) if name.is_none() => {
                if or_close && self.peek() == Some(b'}') {
                    self.at = self.at.saturating_add(1);
                    return Ok(self.close(stack));
                }
                let start = self.at;
                let expected = if or_close {
                    "a member name or \u{201C}}\u{201D}"
                } else {
                    "a member name"
                };
                if self.peek() != Some(b'"') {
                    return Err(self.syntax(expected));
                }
                let text = self.string()?;
                let range = start..self.at;
                self.skip_whitespace();
                if self.peek() != Some(b':') {
                    return Err(self.syntax("\u{201C}:\u{201D}"));
                }
                self.at = self.at.saturating_add(1);
                self.skip_whitespace();
                if let Some(Open::Object { name, .. }) = stack.last_mut() {
                    *name = Some((text, range));
                }
            }
            _ => {}
        }
        let start = self.at;
        let value = match self.peek() {
            Some(b'[' | b'{') if stack.len() >= MAX_DEPTH => {
                self.note(JsonFaultKind::Depth, start..start.saturating_add(1));
                return Err(Stop);
            }
            Some(b'[') => {
                self.at = self.at.saturating_add(1);
                stack.push(Open::Array {
                    start,
                    elements: Vec::new(),
                });
                return Ok(None);
            }
            Some(b'{') => {
                self.at = self.at.saturating_add(1);
                stack.push(Open::Object {
                    start,
                    members: Vec::new(),
                    name: None,
                });
                return Ok(None);
            }
            Some(b'"') => Value::String(self.string()?),
            Some(b't') => self.literal("true", Value::Bool(true))?,
            Some(b'f') => self.literal("false", Value::Bool(false))?,
            Some(b'n') => self.literal("null", Value::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => {
                let array_may_end = or_close && matches!(stack.last(), Some(Open::Array { .. }));
                return Err(self.syntax(if array_may_end {
                    "a value or \u{201C}]\u{201D}"
                } else {
                    "a value"
                }));
            }
        };
        Ok(Some(Json {
            value,
            range: start..self.at,
        }))
    }

    /// Reads what stands after a value in a container. `None`: a comma, another value follows.
    fn separator(&mut self, stack: &mut Vec<Open>) -> Result<Option<Json>, Stop> {
        let (end, expected) = match stack.last() {
            Some(Open::Object { .. }) => (b'}', "\u{201C},\u{201D} or \u{201C}}\u{201D}"),
            _ => (b']', "\u{201C},\u{201D} or \u{201C}]\u{201D}"),
        };
        match self.peek() {
            Some(b',') => {
                self.at = self.at.saturating_add(1);
                Ok(None)
            }
            Some(byte) if byte == end => {
                self.at = self.at.saturating_add(1);
                Ok(self.close(stack))
            }
            _ => Err(self.syntax(expected)),
        }
    }

    /// Makes a value of the innermost container.
    fn close(&mut self, stack: &mut Vec<Open>) -> Option<Json> {
        let (value, start) = match stack.pop()? {
            Open::Array { start, elements } => (Value::Array(elements), start),
            Open::Object { start, members, .. } => {
                self.note_duplicates(&members);
                (Value::Object(members), start)
            }
        };
        Some(Json {
            value,
            range: start..self.at,
        })
    }

    /// After a syntax error: what was read so far becomes the value.
    fn close_all(&mut self, mut stack: Vec<Open>) -> Option<Json> {
        let mut value = self.close(&mut stack)?;
        while let Some(open) = stack.last_mut() {
            open.push(value);
            value = self.close(&mut stack)?;
        }
        Some(value)
    }

    fn note_duplicates(&mut self, members: &[Member]) {
        // Few names are sooner compared than hashed.
        let differs = |(index, member): (usize, &Member)| {
            let before = members.iter().take(index);
            before.into_iter().all(|other| other.name != member.name)
        };
        if members.len() <= FEW_MEMBERS && members.iter().enumerate().all(differs) {
            return;
        }
        let mut first: HashMap<&str, usize> = HashMap::with_capacity(members.len());
        let mut repeated: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, member) in members.iter().enumerate() {
            let original = *first.entry(&member.name).or_insert(index);
            if original != index {
                let all = repeated.entry(original).or_insert_with(|| vec![original]);
                all.push(index);
            }
        }
        for (original, all) in repeated {
            let ranges: Vec<Range<usize>> = all
                .iter()
                .filter_map(|&index| members.get(index))
                .map(Member::range)
                .collect();
            let (Some(member), Some(second)) = (members.get(original), ranges.get(1).cloned())
            else {
                continue;
            };
            let kind = JsonFaultKind::DuplicateMember {
                name: member.name.clone(),
                all: ranges,
            };
            self.note(kind, second);
        }
    }

    fn literal(&mut self, word: &'static str, value: Value) -> Result<Value, Stop> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.syntax(word));
            }
            self.at = self.at.saturating_add(1);
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, Stop> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at = self.at.saturating_add(1);
        }
        if self.peek() == Some(b'0') {
            self.at = self.at.saturating_add(1);
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(self.syntax("no digit after a leading zero"));
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at = self.at.saturating_add(1);
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at = self.at.saturating_add(1);
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at = self.at.saturating_add(1);
            }
            self.digits()?;
        }
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        Ok(Value::Number(Number {
            text: String::from_utf8_lossy(text).into_owned(),
        }))
    }

    fn digits(&mut self) -> Result<(), Stop> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.syntax("a digit"));
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at = self.at.saturating_add(1);
        }
        Ok(())
    }

    /// Reads a string, the first quote not yet consumed.
    fn string(&mut self) -> Result<String, Stop> {
        self.at = self.at.saturating_add(1);
        let mut text = String::new();
        loop {
            let run = self.at;
            let rest = self.bytes.get(run..).unwrap_or_default();
            let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
            self.at = run.saturating_add(rest.iter().position(ends).unwrap_or(rest.len()));
            self.push_utf8(run, &mut text);
            match self.peek() {
                Some(b'"') => {
                    self.at = self.at.saturating_add(1);
                    return Ok(text);
                }
                Some(b'\\') => self.escape(&mut text)?,
                Some(_) => return Err(self.syntax("an escape for a control character")),
                None => return Err(self.syntax("the closing quote of a string")),
            }
        }
    }

    /// Appends the bytes since `from`; each run that is not UTF-8 becomes one fault and U+FFFD.
    fn push_utf8(&mut self, from: usize, text: &mut String) {
        let mut at = from;
        let mut rest = self.bytes.get(from..self.at).unwrap_or_default();
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(good) => {
                    text.push_str(good);
                    return;
                }
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    text.push_str(std::str::from_utf8(good).unwrap_or_default());
                    text.push('\u{FFFD}');
                    at = at.saturating_add(good.len());
                    let length = error.error_len().unwrap_or(bad.len()).max(1);
                    self.note(JsonFaultKind::NotUtf8, at..at.saturating_add(length));
                    at = at.saturating_add(length);
                    rest = bad.get(length..).unwrap_or_default();
                }
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Stop> {
        let start = self.at;
        self.at = self.at.saturating_add(1);
        let plain = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at = self.at.saturating_add(1);
                return self.unicode_escape(start, text);
            }
            _ => return Err(self.syntax("one of \" \\ / b f n r t u after a backslash")),
        };
        text.push(plain);
        self.at = self.at.saturating_add(1);
        Ok(())
    }

    /// Reads the digits of a `\u` escape that began at `start`, and its other half if it is a surrogate.
    fn unicode_escape(&mut self, start: usize, text: &mut String) -> Result<(), Stop> {
        let first = self.hex4()?;
        if let 0xD800..=0xDBFF = first
            && self
                .bytes
                .get(self.at..)
                .is_some_and(|rest| rest.starts_with(b"\\u"))
        {
            let second_at = self.at;
            self.at = self.at.saturating_add(2);
            let second = self.hex4()?;
            if let 0xDC00..=0xDFFF = second {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                text.push(char::from_u32(code).unwrap_or('\u{FFFD}'));
                return Ok(());
            }
            self.at = second_at;
        }
        if let Some(character) = char::from_u32(first) {
            text.push(character);
        } else {
            self.note(JsonFaultKind::UnpairedSurrogate, start..self.at);
            text.push('\u{FFFD}');
        }
        Ok(())
    }

    fn hex4(&mut self) -> Result<u32, Stop> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.syntax("four hexadecimal digits"));
            };
            code = code << 4 | digit;
            self.at = self.at.saturating_add(1);
        }
        Ok(code)
    }

    fn skip_whitespace(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at = self.at.saturating_add(1);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn found(&self) -> Found {
        match self.peek() {
            None => Found::End,
            Some(byte @ 0x20..=0x7E) => Found::Character(char::from(byte)),
            Some(byte) => Found::Byte(byte),
        }
    }

    fn syntax(&mut self, expected: &'static str) -> Stop {
        let found = self.found();
        // The whole character, not its first byte.
        let after = self.bytes.get(self.at.saturating_add(1)..);
        let rest = after.unwrap_or_default().iter();
        let more = rest.take_while(|byte| (0x80..0xC0).contains(*byte)).count();
        let end = self.at.saturating_add(1).saturating_add(more.min(3));
        let end = end.min(self.bytes.len());
        self.note(JsonFaultKind::Syntax { expected, found }, self.at..end);
        Stop
    }

    fn note(&mut self, kind: JsonFaultKind, range: Range<usize>) {
        if self.faults.len() >= MAX_FAULTS && !kind.is_fatal() {
            return;
        }
        self.faults.push(JsonFault { kind, range });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only_fault(text: &[u8]) -> JsonFault {
        let document = read(text);
        assert_eq!(document.faults.len(), 1, "{:?}", document.faults);
        document
            .faults
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("one fault"))
    }

    #[test]
    fn members_keep_order_spelling_and_place() {
        let text = br#" {"b": 3.0, "a":[1e400,"\u0061"] , "n":12345678901234567890123}"#;
        let document = read(text);
        assert!(document.faults.is_empty());
        assert!(document.is_document());
        let members = document.object().unwrap_or_default();
        let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["b", "a", "n"]);
        for (member, source) in
            members
                .iter()
                .zip(["3.0", r#"[1e400,"\u0061"]"#, "12345678901234567890123"])
        {
            assert_eq!(
                text.get(member.value.range.clone()),
                Some(source.as_bytes())
            );
        }
        assert_eq!(
            document
                .get("a")
                .and_then(Json::array)
                .and_then(|all| all.get(1))
                .and_then(Json::str),
            Some("a")
        );
    }

    #[test]
    fn duplicates_are_found_after_unescaping_at_any_depth() {
        let fault = only_fault(br#"{"x":{"alg":1,"\u0061lg":2,"alg":3}}"#);
        assert_eq!(
            fault.kind,
            JsonFaultKind::DuplicateMember {
                name: "alg".to_owned(),
                all: vec![6..13, 14..26, 27..34]
            }
        );
        assert!(read(br#"{"a":{"x":1},"b":{"x":1}}"#).faults.is_empty());
        assert_eq!(
            read(br#"{"a":1,"a":2}"#).get("a").and_then(Json::decimal),
            super::super::Decimal::parse("2")
        );
    }

    /// A search through all repeated names for each of them takes minutes here.
    #[test]
    fn many_repeated_names_take_no_longer_than_as_many_others() {
        let mut text = String::from("{");
        for index in 0..200_000 {
            text.push_str("\"N\":1,\"N\":2,".replace('N', &index.to_string()).as_str());
        }
        text.push_str("\"z\":0}");
        let start = std::time::Instant::now();
        let document = read(text.as_bytes());
        assert!(document.is_document() && !document.faults.is_empty());
        assert!(start.elapsed().as_secs() < 10);
    }

    #[test]
    fn a_syntax_error_keeps_everything_before_it() {
        let document = read(br#"{"sub":"jane","roles":["a","b",?"#);
        assert_eq!(document.str("sub"), Some("jane"));
        assert_eq!(
            document
                .get("roles")
                .and_then(Json::array)
                .map(<[Json]>::len),
            Some(2)
        );
        assert!(!document.is_document());
        let fault = document.faults.first().map(|fault| fault.range.clone());
        assert_eq!(fault, Some(31..32));
    }

    #[test]
    fn each_error_names_its_byte() {
        for (text, at) in [
            (&b""[..], 0),
            (b"{", 1),
            (br#"{"a""#, 4),
            (br#"{"a":}"#, 5),
            (br#"{"a":1,}"#, 7),
            (b"[1 2]", 3),
            (b"[1,]", 3),
            (b"01", 1),
            (b"1.", 2),
            (b"-", 1),
            (b"1e+", 3),
            (b"nul", 3),
            (b"\"a\nb\"", 2),
            (b"\"\\x\"", 2),
            (b"\"\\u12g4\"", 5),
            (b"\"abc", 4),
            (b"{} x", 3),
            (b"'a'", 0),
        ] {
            assert_eq!(
                only_fault(text).range.start,
                at,
                "{:?}",
                String::from_utf8_lossy(text)
            );
            assert!(!read(text).is_document());
        }
    }

    #[test]
    fn strings_with_broken_encoding_are_read_and_marked() {
        assert_eq!(only_fault(b"\"a\xFFb\"").kind, JsonFaultKind::NotUtf8);
        assert_eq!(
            read(b"\"a\xFFb\"").root.as_ref().and_then(Json::str),
            Some("a\u{FFFD}b")
        );
        assert_eq!(
            only_fault(br#""\uD800""#).kind,
            JsonFaultKind::UnpairedSurrogate
        );
        assert_eq!(only_fault(br#""\uD800\u0041""#).range, 1..7);
        assert_eq!(
            read(br#""\uD83D\uDE00""#).root.as_ref().and_then(Json::str),
            Some("\u{1F600}")
        );
        assert_eq!(
            only_fault(b"\xEF\xBB\xBF{}").kind,
            JsonFaultKind::ByteOrderMark
        );
        assert!(read(b"\xEF\xBB\xBF{}").object().is_some());
        assert_eq!(only_fault(b"{\0}\0").kind, JsonFaultKind::WideEncoding);
    }

    #[test]
    fn depth_has_a_ceiling_and_no_recursion() {
        let deep = |levels: usize| [vec![b'['; levels], vec![b']'; levels]].concat();
        assert!(read(&deep(MAX_DEPTH)).is_document());
        let fault = only_fault(&deep(MAX_DEPTH + 1));
        assert_eq!(fault.kind, JsonFaultKind::Depth);
        assert_eq!(
            only_fault(&vec![b'['; 1_000_000]).kind,
            JsonFaultKind::Depth
        );
    }

    #[test]
    fn an_offset_leads_to_its_value() {
        let document = read(br#"{"a/b":[10,{"c":true}]}"#);
        let path = document
            .root
            .as_ref()
            .map(|root| root.path_at(16))
            .unwrap_or_default();
        let pointers: Vec<_> = path.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, ["", "/a~1b", "/a~1b/1", "/a~1b/1/c"]);
    }
}
