//! What the claims hold, found in one walk that the rules of data share (catalogue 1.8, and what 1.11 says of values).
//!
//! Each text is read once. Which kinds of character it has says which rules may have something to say of it, so that most
//! texts cost no more than that.

mod card;
mod injection;
mod names;
mod nested;
mod personal;
mod secret;
mod written;

pub(super) use card::DataCardNumber;
pub(super) use injection::ClaimInjection;
pub(super) use nested::DataNestedToken;
pub(super) use personal::{DataPii, SubIsEmail};
pub(super) use secret::DataSecret;
pub(super) use written::{JsonDepth, JsonNumberImprecise, TextBidi};

use names::Name;

use super::{Evidence, Path, Ruling, Severity, Subject};
use crate::jose::PartRole;
use crate::jose::json::{Json, Value};
use crate::judge::claims::Claim;

/// So many bytes of one text are looked at.
const MAX_TEXT: usize = 1 << 14;

/// So many values of one token are looked at.
const MAX_VALUES: usize = 20_000;

/// So many bytes of all its texts are looked at.
const MAX_BYTES: usize = 1 << 20;

/// So many places are told.
const MAX_SIGHTS: usize = 100;

/// Something in the claims that a rule speaks of. What was found there is not kept: only what kind of thing it is.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    what: What,
    /// The name of the member that holds it, as the token has it.
    name: String,
    evidence: Evidence,
}

/// What kind of thing was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// The number of a payment card, of this network.
    Card(&'static str),
    /// A value that lies deeper than readers expect.
    Deep,
    /// A text with characters that do not show, or that move others.
    Hidden,
    /// A number that readers change, in this way.
    Imprecise(&'static str),
    /// A text shaped like an attack on whoever uses it, of this kind.
    Injection(&'static str),
    /// A token, in these words.
    Nested(&'static str),
    /// Something about a person, in these words.
    Personal(&'static str),
    /// Something that opens doors, in these words.
    Secret(&'static str, Severity),
}

/// What the claims of a token hold, in the order of the text.
pub(super) fn look(subject: &Subject<'_>) -> Vec<Sight> {
    let mut walk = Walk {
        sights: Vec::new(),
        values: MAX_VALUES,
        bytes: MAX_BYTES,
    };
    for claim in subject.case.claims() {
        let at = At {
            claim: &claim,
            path: Path::Member(&Path::Root, claim.name),
            name: claim.name,
            depth: 1,
            is_told: false,
        };
        walk.member(&at, claim.value);
    }
    walk.sights
}

/// A place in the claims.
#[derive(Clone, Copy)]
struct At<'a> {
    claim: &'a Claim<'a>,
    path: Path<'a>,
    /// The nearest name above the value.
    name: &'a str,
    /// How many objects and arrays are around it.
    depth: usize,
    /// Whether a name above it was told as one of personal data.
    is_told: bool,
}

struct Walk {
    sights: Vec<Sight>,
    /// How many more values are looked at.
    values: usize,
    /// How many more bytes are.
    bytes: usize,
}

impl Walk {
    fn note(&mut self, at: &At<'_>, json: &Json, what: What) {
        if self.sights.len() >= MAX_SIGHTS {
            return;
        }
        let is_top = matches!(at.path, Path::Member(Path::Root, _));
        // What a disclosure holds is pointed at as a whole.
        let evidence = if is_top || at.claim.part.role != PartRole::Payload {
            at.claim.evidence()
        } else {
            let part = at.claim.part;
            Evidence::in_part(part, at.path.pointer(), json.range.clone())
        };
        self.sights.push(Sight {
            what,
            name: at.name.to_owned(),
            evidence,
        });
    }

    /// A value with a name of its own.
    fn member(&mut self, at: &At<'_>, json: &Json) {
        let name = Name::new(at.name);
        let mut at = *at;
        if !at.is_told
            && let Some(what) = personal::by_name(&name, json)
        {
            at.is_told = true;
            self.note(&at, json, what);
        }
        if let Some(what) = secret::by_name(&name, json) {
            self.note(&at, json, what);
            return;
        }
        self.value(&at, &name, json);
    }

    fn value(&mut self, at: &At<'_>, name: &Name, json: &Json) {
        let Some(left) = self.values.checked_sub(1) else {
            return;
        };
        self.values = left;
        let inner = |path| At {
            path,
            depth: at.depth.saturating_add(1),
            ..*at
        };
        match &json.value {
            Value::Array(elements) => {
                self.deep(at, json);
                for (index, element) in elements.iter().enumerate() {
                    self.value(&inner(Path::Element(&at.path, index)), name, element);
                }
            }
            Value::Object(members) => {
                self.deep(at, json);
                for member in members {
                    let at = At {
                        name: &member.name,
                        ..inner(Path::Member(&at.path, &member.name))
                    };
                    self.member(&at, &member.value);
                }
            }
            Value::Number(number) => {
                let seen = written::in_number(at, name, number)
                    .or_else(|| card::in_number(name, &number.text));
                if let Some(what) = seen {
                    self.note(at, json, what);
                }
            }
            Value::String(text) => self.text(at, name, json, text),
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn deep(&mut self, at: &At<'_>, json: &Json) {
        // Once, where the limit is passed; the claims set is around all of it.
        if at.depth.saturating_add(1) == written::USUAL_DEPTH {
            let is_nested =
                |inner: &Json| matches!(inner.value, Value::Array(_) | Value::Object(_));
            let is_deeper = match &json.value {
                Value::Array(elements) => elements.iter().any(is_nested),
                Value::Object(members) => members.iter().any(|member| is_nested(&member.value)),
                _ => false,
            };
            if is_deeper {
                self.note(at, json, What::Deep);
            }
        }
    }

    fn text(&mut self, at: &At<'_>, name: &Name, json: &Json, text: &str) {
        let text = cut(text, MAX_TEXT.min(self.bytes));
        self.bytes = self.bytes.saturating_sub(text.len());
        let text = Text::new(text);
        let personal = (!at.is_told)
            .then(|| personal::in_text(name, &text))
            .flatten();
        let seen = [
            personal,
            secret::in_text(name, &text),
            card::in_text(name, &text),
            nested::in_text(name, &text),
            injection::in_text(&text),
            written::in_text(&text),
        ];
        for what in seen.into_iter().flatten() {
            self.note(at, json, what);
        }
    }
}

/// The start of a text, of so many bytes at most.
fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}

/// A text, and which kinds of character it has.
struct Text<'a> {
    whole: &'a str,
    kinds: u16,
    /// How many digits.
    digits: usize,
}

/// Kinds of character that rules ask for.
mod kind {
    pub(super) const AT: u16 = 1;
    pub(super) const DOT: u16 = 1 << 1;
    pub(super) const COLON: u16 = 1 << 2;
    /// What attacks cannot do without: quotes and brackets.
    pub(super) const SIGN: u16 = 1 << 3;
    /// Control characters, and all beyond ASCII.
    pub(super) const ODD: u16 = 1 << 4;
}

/// The kind of a byte.
const fn kind_of(byte: u8) -> u16 {
    match byte {
        b'@' => kind::AT,
        b'.' => kind::DOT,
        b':' => kind::COLON,
        b'\'' | b'"' | b'`' | b'<' | b'{' | b'(' | b')' => kind::SIGN,
        0..=0x1F | 0x7F..=0xFF => kind::ODD,
        _ => 0,
    }
}

impl<'a> Text<'a> {
    fn new(whole: &'a str) -> Self {
        let mut kinds = 0;
        let mut digits = 0_usize;
        for byte in whole.bytes() {
            kinds |= kind_of(byte);
            digits = digits.saturating_add(usize::from(byte.is_ascii_digit()));
        }
        Self {
            whole,
            kinds,
            digits,
        }
    }

    /// Whether it has a character of each of these kinds.
    fn has(&self, kinds: u16) -> bool {
        self.kinds & kinds == kinds
    }
}

/// What a rule makes of what the walk saw.
fn ruling(
    subject: &Subject<'_>,
    is_it: impl Fn(What) -> bool,
    tell: impl FnOnce(&[&Sight]) -> super::Finding,
) -> Ruling {
    if !subject.has_claims() {
        return Ruling::Unconcerned;
    }
    let sights = subject.sights().iter();
    let seen: Vec<&Sight> = sights.filter(|sight| is_it(sight.what)).collect();
    Ruling::from((!seen.is_empty()).then(|| tell(&seen)))
}

/// Where it was seen.
fn evidence(seen: &[&Sight]) -> Vec<Evidence> {
    seen.iter().map(|sight| sight.evidence.clone()).collect()
}

/// Words in a list, each once, in the order in which they came.
fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = Vec::new();
    for word in words {
        if !all.contains(&word) {
            all.push(word);
        }
    }
    match &all[..] {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => all.concat(),
    }
}

/// Who reads the claims.
fn readers(subject: &Subject<'_>) -> &'static str {
    if subject.is_sealed {
        "Whoever can decrypt the token reads it."
    } else {
        "Claims are signed, not encrypted: whoever holds the token reads it, and so does whoever reads the logs that it ends up in."
    }
}
