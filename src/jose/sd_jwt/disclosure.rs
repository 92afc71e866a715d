//! One disclosure: a salt, perhaps a name, and a value (RFC 9901 section 4.2).

use std::ops::Range;

use super::{HashAlgorithm, Place};
use crate::jose::base64url::{Decoded, EncodingFaultKind};
use crate::jose::json::{Document, Json, JsonFaultKind, Member, Value};

/// A disclosure as received.
#[derive(Clone, Copy)]
pub struct Encoded<'a> {
    /// Its characters.
    pub text: &'a str,
    /// What they decode to.
    pub decoded: &'a Decoded,
    /// The JSON in that.
    pub json: &'a Document,
}

impl<'a> Encoded<'a> {
    /// The elements, where this is an array to its last byte.
    pub(super) fn elements(self) -> Option<&'a [Json]> {
        self.json
            .root
            .as_ref()?
            .array()
            .filter(|_| self.json.is_document())
    }

    /// What it discloses, where it has a form for that.
    pub fn contents(self) -> Option<Contents<'a>> {
        match self.elements()? {
            [salt, value] => Some(Contents {
                salt,
                name: None,
                value,
            }),
            [salt, name, value] => Some(Contents {
                salt,
                name: Some(name),
                value,
            }),
            _ => None,
        }
    }
}

/// What a disclosure holds.
#[derive(Clone, Copy)]
pub struct Contents<'a> {
    /// What keeps the rest from being guessed.
    pub salt: &'a Json,
    /// The name of an object's member; `None` in the disclosure of an array's element.
    pub name: Option<&'a Json>,
    /// The value.
    pub value: &'a Json,
}

/// What was found out about a disclosure.
#[derive(Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The hash over its characters as received, in base64url; `None` where the hash function is not known.
    pub digest: Option<String>,
    /// The salt, where it is a text.
    pub salt: Option<String>,
    /// The name of the claim; `None` for an array's element.
    pub name: Option<String>,
    /// The bytes of the value in the decoded disclosure; `None` where it has not the form of one.
    pub value: Option<Range<usize>>,
    /// Where it belongs.
    pub standing: Standing,
    /// What is wrong with it. Any of them refuses the token, but [`Problem::TooDeep`].
    pub problems: Vec<Problem>,
}

impl std::fmt::Debug for Disclosure {
    /// Nothing of what it discloses.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disclosure")
            .field("standing", &self.standing)
            .field("problems", &self.problems.len())
            .finish_non_exhaustive()
    }
}

impl Disclosure {
    /// What became of it, in one word.
    pub fn state(&self) -> State {
        let is_wrong = |problem: &Problem| *problem != Problem::TooDeep;
        if self.problems.iter().any(is_wrong) {
            return State::Malformed;
        }
        match self.standing {
            _ if !self.problems.is_empty() => State::TooDeep,
            Standing::Inserted { .. } => State::Matched,
            Standing::Repeats { .. } => State::Repeated,
            Standing::Unhashed => State::Unhashed,
            Standing::Referenced { .. } | Standing::Unreferenced { .. } => State::Unmatched,
        }
    }

    /// Whether it stands where a digest of the issuer's has it, and nothing is wrong with it.
    pub fn is_matched(&self) -> bool {
        self.state() == State::Matched
    }
}

/// What became of a disclosure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It is no disclosure, or not one for its place.
    Malformed,
    /// A digest of the issuer's is its own.
    Matched,
    /// It was there before.
    Repeated,
    /// A limit of this program.
    TooDeep,
    /// Its hash function is not known.
    Unhashed,
    /// No digest of the issuer's is its own.
    Unmatched,
}

impl State {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Matched => "matched",
            Self::Repeated => "repeated",
            Self::TooDeep => "too-deep",
            Self::Unhashed => "unhashed",
            Self::Unmatched => "unmatched",
        }
    }
}

/// Where a disclosure belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its digest was found, and its claim stands in the processed claims.
    Inserted {
        /// The digest.
        digest: Place,
        /// The member (with its name) or element: bytes of the processed claims.
        range: Range<usize>,
    },
    /// Its digest was found, but it could not be inserted there: its problems say why.
    Referenced {
        /// The digest.
        digest: Place,
    },
    /// It has the digest of an earlier disclosure.
    Repeats {
        /// The index of that.
        first: usize,
    },
    /// The hash function is not known, so that nothing can be said.
    Unhashed,
    /// No digest that counts is its own: the issuer has not signed it (RFC 9901 section 7.1, step 5).
    Unreferenced {
        /// The index of another disclosure that was not inserted, and that holds the digest.
        inside: Option<usize>,
    },
}

/// What is wrong with a disclosure (RFC 9901 sections 4.2 and 7.1). `Display` says what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Neither two elements nor three.
    #[error("expected an array of 2 or 3 elements, found {found}")]
    ElementCount {
        /// How many.
        found: usize,
    },
    /// Not strict base64url.
    #[error("expected base64url without padding, found {}", encoding_words(*.0))]
    Encoding(EncodingFaultKind),
    /// Not clean JSON.
    #[error("{0}")]
    Json(JsonFaultKind),
    /// The object has a member of that name already.
    #[error("expected a claim that is not there yet, found one of this name beside it")]
    NameExists,
    /// The name is no text.
    #[error("expected a string as name, found {found}")]
    NameNotString {
        /// The kind of value it is.
        found: &'static str,
    },
    /// The name is one that SD-JWT keeps for itself.
    #[error("expected the name of a claim, found {name:?}")]
    NameReserved {
        /// `_sd` or `...`.
        name: &'static str,
    },
    /// JSON, but no array.
    #[error("expected an array, found {found}")]
    NotArray {
        /// The kind of value it is.
        found: &'static str,
    },
    /// The salt is no text.
    #[error("expected a string as salt, found {found}")]
    SaltNotString {
        /// The kind of value it is.
        found: &'static str,
    },
    /// A limit of this program: the processed claims would nest too deep. No fault of the token.
    #[error(
        "expected at most {} levels of nesting, found more",
        crate::jose::json::MAX_DEPTH
    )]
    TooDeep,
    /// An object's member where an array's element belongs, or the reverse.
    #[error("expected {} (its digest stands in {}), found {found} elements", place_words(*.found), if *.found == 3 { "an array" } else { "_sd" })]
    WrongPlace {
        /// How many elements it has, 2 or 3.
        found: usize,
    },
}

fn place_words(found: usize) -> &'static str {
    if found == 3 {
        "a salt and a value"
    } else {
        "a salt, a name and a value"
    }
}

fn encoding_words(kind: EncodingFaultKind) -> &'static str {
    match kind {
        EncodingFaultKind::Length => "one character too many or too few",
        EncodingFaultKind::Other => "a character of no base64 alphabet",
        EncodingFaultKind::Padding => "\u{201C}=\u{201D} padding",
        EncodingFaultKind::StandardAlphabet => {
            "\u{201C}+\u{201D} or \u{201C}/\u{201D} of the standard alphabet"
        }
        EncodingFaultKind::TrailingBits => "unused bits that are not zero",
        EncodingFaultKind::Whitespace => "white space",
    }
}

/// Reads a disclosure for itself; where it belongs is not known yet.
pub(super) fn read(encoded: Encoded<'_>, hash: Option<&HashAlgorithm>) -> Disclosure {
    let encoding = encoded.decoded.faults.iter();
    let mut problems: Vec<Problem> = encoding
        .map(|fault| Problem::Encoding(fault.kind))
        .collect();
    for fault in &encoded.json.faults {
        problems.push(match fault.kind {
            JsonFaultKind::Depth => Problem::TooDeep,
            _ => Problem::Json(fault.kind.clone()),
        });
    }
    let contents = encoded.contents();
    if let Some(root) = &encoded.json.root
        && encoded.json.is_document()
        && contents.is_none()
    {
        problems.push(match root.array() {
            Some(elements) => Problem::ElementCount {
                found: elements.len(),
            },
            None => Problem::NotArray { found: root.kind() },
        });
    }
    if let Some(contents) = contents {
        if contents.salt.str().is_none() {
            problems.push(Problem::SaltNotString {
                found: contents.salt.kind(),
            });
        }
        if let Some(name) = contents.name {
            match name.str() {
                Some("_sd") => problems.push(Problem::NameReserved { name: "_sd" }),
                Some("...") => problems.push(Problem::NameReserved { name: "..." }),
                Some(_) => {}
                None => problems.push(Problem::NameNotString { found: name.kind() }),
            }
        }
    }
    let text = |json: Option<&Json>| json.and_then(Json::str).map(str::to_owned);
    Disclosure {
        digest: hash.and_then(|hash| hash.digest(encoded.text)),
        salt: text(contents.map(|contents| contents.salt)),
        name: text(contents.and_then(|contents| contents.name)),
        value: contents.map(|contents| contents.value.range.clone()),
        standing: match hash {
            Some(_) => Standing::Unreferenced { inside: None },
            None => Standing::Unhashed,
        },
        problems,
    }
}

/// The digest in an array's element, where that has exactly the form of a hidden one (RFC 9901 section 4.2.4.2).
pub(super) fn placeholder(element: &Json) -> Option<(&str, &Json)> {
    match element.object()? {
        [Member { name, value, .. }] if name == "..." => Some((value.str()?, value)),
        _ => None,
    }
}

/// Every embedded digest in a value, in text order. No deeper than JSON is read.
pub(super) fn each_digest<'a>(json: &'a Json, yields: &mut impl FnMut(&'a str)) {
    match &json.value {
        Value::Array(elements) => {
            for element in elements {
                match placeholder(element) {
                    Some((digest, _)) => yields(digest),
                    None => each_digest(element, yields),
                }
            }
        }
        Value::Object(members) => {
            for member in members {
                if member.name == "_sd" {
                    let digests = member.value.array().unwrap_or_default();
                    digests.iter().filter_map(Json::str).for_each(&mut *yields);
                } else {
                    each_digest(&member.value, yields);
                }
            }
        }
        _ => {}
    }
}

/// How many levels of arrays and objects a value has, those that only hide others left out.
pub(super) fn levels(json: &Json) -> usize {
    let deepest = match &json.value {
        Value::Array(elements) => {
            let shown = elements.iter().filter(|one| placeholder(one).is_none());
            shown.map(levels).max()
        }
        Value::Object(members) => {
            let shown = members.iter().filter(|member| member.name != "_sd");
            shown.map(|member| levels(&member.value)).max()
        }
        _ => return 0,
    };
    deepest.unwrap_or(0).saturating_add(1)
}
