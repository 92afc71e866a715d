//! The elements of a DER sequence, one after another.

use crate::keys::forms::split;

pub(in crate::keys) const INTEGER: u8 = 0x02;
pub(in crate::keys) const OCTET_STRING: u8 = 0x04;
pub(in crate::keys) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(in crate::keys) const SEQUENCE: u8 = 0x30;
pub(in crate::keys) const SET: u8 = 0x31;
/// `[0]`, constructed.
pub(in crate::keys) const CONTEXT_0: u8 = 0xA0;

/// What is left of a sequence.
#[derive(Clone, Copy)]
pub(in crate::keys) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// Of the contents of a sequence.
    pub(in crate::keys) fn new(contents: &'a [u8]) -> Self {
        Self(contents)
    }

    /// Of the one sequence that these bytes are.
    pub(in crate::keys) fn of_sequence(bytes: &'a [u8]) -> Option<Self> {
        match split(bytes)? {
            (SEQUENCE, contents, []) => Some(Self(contents)),
            _ => None,
        }
    }

    /// The contents of the next element, where it has this tag.
    pub(in crate::keys) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, contents, rest) = split(self.0)?;
        (found == tag).then(|| {
            self.0 = rest;
            contents
        })
    }

    /// The elements of the next sequence.
    pub(in crate::keys) fn sequence(&mut self) -> Option<Self> {
        self.take(SEQUENCE).map(Self)
    }

    /// The next element, where it is an integer that fits and is not negative.
    pub(in crate::keys) fn number(&mut self) -> Option<u64> {
        let contents = self.take(INTEGER)?;
        let digits = match contents {
            [0, rest @ ..] => rest,
            [first, ..] if *first < 0x80 => contents,
            _ => return None,
        };
        // What does not fit is as good as the largest.
        if digits.len() > 8 {
            return Some(u64::MAX);
        }
        Some(
            digits
                .iter()
                .fold(0, |number, &byte| number << 8 | u64::from(byte)),
        )
    }

    /// Tag and contents of whatever comes next.
    pub(in crate::keys) fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, contents, rest) = split(self.0)?;
        self.0 = rest;
        Some((tag, contents))
    }

    /// Whether nothing is left.
    pub(in crate::keys) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
