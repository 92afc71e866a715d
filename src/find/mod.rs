//! Text to tokens: where they stand, and what had to be stripped to get at them.

use std::ops::Range;

use zeroize::Zeroizing;

/// A token's text, cut out of what it came in.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The text after repairs.
    pub text: Zeroizing<String>,
    /// Where it was found.
    pub place: Place,
}

/// Where a token was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file or other origin, such as `request.http`, `clipboard` or `stdin`.
    pub name: String,
    /// Bytes of the input that hold it, repairs included.
    pub byte_range: Range<usize>,
    /// The line of its first byte, from 1.
    pub line: usize,
    /// What it stood in.
    pub where_: Where,
    /// The name of the header, cookie, parameter or field that it was the value of.
    pub name_in: Option<String>,
    /// What was stripped or undone, in the order of [`Repair`].
    pub repairs: Vec<Repair>,
}

/// What a token stood in. Closed list of `REPORT.md`; a value that no finder yields yet is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Where {
    /// The value of a command line argument.
    Argument,
    /// An HTTP `Authorization` header.
    AuthorizationHeader,
    /// Alone, or in a text of no known form.
    Bare,
    /// The body of an HTTP message.
    Body,
    /// Another HTTP header.
    Header,
}

impl Where {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::AuthorizationHeader => "authorization-header",
            Self::Bare => "bare",
            Self::Body => "body",
            Self::Header => "header",
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
}

impl Repair {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::BearerPrefix => "bearer-prefix",
            Self::LineWraps => "line-wraps",
            Self::Quotes => "quotes",
            Self::TrailingPunctuation => "trailing-punctuation",
            Self::Whitespace => "whitespace",
        }
    }
}

/// Every token in `input`, in input order. `name` is what [`Place::name`] says.
pub fn find(_input: &[u8], _name: &str) -> Vec<Candidate> {
    Vec::new()
}
