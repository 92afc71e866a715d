//! JSON as it was written: every member, in order, with duplicates, exact number text and byte ranges.
//!
//! No kept library keeps all of that, so the [reader](read) is our own. It never refuses: after the first
//! syntax error the [`Document`] holds everything that stood before it.

mod number;
mod reader;

use std::borrow::Cow;
use std::ops::Range;

use zeroize::Zeroize as _;

pub use number::{Decimal, as_double};
pub use reader::{MAX_DEPTH, read};

/// A JSON text, read as far as it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The top value; `None` when not even its beginning could be read.
    pub root: Option<Json>,
    /// What is wrong, in text order. Only the last can be a syntax error.
    pub faults: Vec<JsonFault>,
}

/// A value and the bytes it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json {
    /// The value.
    pub value: Value,
    /// Its bytes in the JSON text, delimiters included. A value cut by a syntax error ends there.
    pub range: Range<usize>,
}

/// The kinds of JSON value (RFC 8259 section 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An array, its elements in order.
    Array(Vec<Json>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// A number, as the text it was written in.
    Number(Number),
    /// An object, its members in order, duplicates included.
    Object(Vec<Member>),
    /// A string, unescaped. An unpaired surrogate or a broken byte became U+FFFD and is a fault.
    String(String),
}

/// A number as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The exact text, such as `3.0` or `12345678901234567890123`.
    pub text: String,
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name, unescaped.
    pub name: String,
    /// The bytes of the name with its quotes.
    pub name_range: Range<usize>,
    /// The value.
    pub value: Json,
}

impl Member {
    /// The bytes from the name's first quote to the value's end.
    pub fn range(&self) -> Range<usize> {
        self.name_range.start..self.value.range.end
    }
}

/// What is wrong with a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonFault {
    /// What it is.
    pub kind: JsonFaultKind,
    /// The bytes at fault in the JSON text; empty at the end of a text that stops too early.
    pub range: Range<usize>,
}

/// The ways in which a text is no clean JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonFaultKind {
    /// The text begins with a byte order mark (RFC 8259 section 8.1 forbids it).
    #[error("expected JSON, found a byte order mark before it")]
    ByteOrderMark,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("expected at most {MAX_DEPTH} levels of nesting, found more")]
    Depth,
    /// Two members of one object have the same name after unescaping.
    #[error("expected each member name once, found {name:?} again")]
    DuplicateMember {
        /// The name.
        name: String,
        /// The bytes of every member of that name, the first one first.
        all: Vec<Range<usize>>,
    },
    /// Bytes that are not UTF-8.
    #[error("expected UTF-8, found bytes that are not")]
    NotUtf8,
    /// The grammar is broken here; nothing after it was read.
    #[error("expected {expected}, found {found}")]
    Syntax {
        /// What could have stood here.
        expected: &'static str,
        /// What stands here.
        found: Found,
    },
    /// Something follows the value.
    #[error("expected nothing after the value, found {found}")]
    TrailingContent {
        /// Its first character.
        found: Found,
    },
    /// A `\uD800`–`\uDFFF` escape without its other half.
    #[error("expected a pair of surrogate escapes, found one alone")]
    UnpairedSurrogate,
    /// A NUL among the first four bytes: the text is UTF-16 or UTF-32.
    #[error("expected UTF-8, found what looks like UTF-16 or UTF-32")]
    WideEncoding,
}

impl JsonFaultKind {
    /// Whether the text is no JSON document at all (rather than an unwise one).
    pub fn is_fatal(&self) -> bool {
        !matches!(
            self,
            Self::DuplicateMember { .. } | Self::NotUtf8 | Self::UnpairedSurrogate
        )
    }
}

/// What a syntax error found: a character, or the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A byte that is no printable ASCII character.
    Byte(u8),
    /// A printable ASCII character.
    Character(char),
    /// The end of the text.
    End,
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Byte(byte) => write!(f, "byte 0x{byte:02X}"),
            Self::Character(character) => write!(f, "\u{201C}{character}\u{201D}"),
            Self::End => f.write_str("the end"),
        }
    }
}

impl Document {
    /// Whether the grammar holds from the first byte to the last (duplicates and bad strings are no matter of grammar).
    pub fn is_document(&self) -> bool {
        self.root.is_some() && !self.faults.iter().any(|fault| fault.kind.is_fatal())
    }

    /// The members of the top object, read so far; `None` when the top value is no object.
    pub fn object(&self) -> Option<&[Member]> {
        self.root.as_ref().and_then(Json::object)
    }

    /// The last member of this name in the top object, as most parsers take it.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.root.as_ref().and_then(|root| root.get(name))
    }

    /// The text of a top member that is a string.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Json::str)
    }
}

impl Json {
    /// The members, when this is an object.
    pub fn object(&self) -> Option<&[Member]> {
        match &self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements, when this is an array.
    pub fn array(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The last member of this name, when this is an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.member(name).map(|member| &member.value)
    }

    /// The last member of this name with its name, when this is an object.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.object()?
            .iter()
            .rev()
            .find(|member| member.name == name)
    }

    /// The text, when this is a string.
    pub fn str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a number, exactly.
    pub fn decimal(&self) -> Option<Decimal> {
        match &self.value {
            Value::Number(number) => Decimal::parse(&number.text),
            _ => None,
        }
    }

    /// The name of the kind of value, in the words of RFC 8259.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Array(_) => "array",
            Value::Bool(_) => "boolean",
            Value::Null => "null",
            Value::Number(_) => "number",
            Value::Object(_) => "object",
            Value::String(_) => "string",
        }
    }

    /// The value and the deepest value at `offset` of the JSON text, outermost first, each with its JSON pointer (RFC 6901).
    pub fn path_at(&self, offset: usize) -> Vec<(String, &Self)> {
        let mut path = vec![(String::new(), self)];
        let mut pointer = String::new();
        let mut current = self;
        loop {
            // In text order: what begins last at or before the offset is the only one that can hold it.
            let next = match &current.value {
                Value::Array(elements) => elements
                    .partition_point(|element| element.range.start <= offset)
                    .checked_sub(1)
                    .and_then(|index| Some((index, elements.get(index)?)))
                    .filter(|(_, element)| element.range.contains(&offset))
                    .map(|(index, element)| (Cow::Owned(index.to_string()), element)),
                Value::Object(members) => members
                    .partition_point(|member| member.range().start <= offset)
                    .checked_sub(1)
                    .and_then(|index| members.get(index))
                    .filter(|member| member.range().contains(&offset))
                    .map(|member| (escape_pointer(&member.name), &member.value)),
                _ => None,
            };
            let Some((token, value)) = next else {
                return path;
            };
            pointer.push('/');
            pointer.push_str(&token);
            path.push((pointer.clone(), value));
            current = value;
        }
    }
}

/// Overwrites every string of a value that may hold secrets. The reader bounds the depth.
pub fn wipe(json: &mut Json) {
    match &mut json.value {
        Value::Array(elements) => elements.iter_mut().for_each(wipe),
        Value::Object(members) => members
            .iter_mut()
            .for_each(|member| wipe(&mut member.value)),
        Value::String(text) => text.zeroize(),
        _ => {}
    }
}

/// A member name as one reference token of a JSON pointer (RFC 6901 section 3).
pub fn escape_pointer(name: &str) -> Cow<'_, str> {
    if !name.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
}
