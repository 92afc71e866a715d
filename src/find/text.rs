//! The input as text, and the way back from its characters to the bytes that held them.

use std::ops::Range;

use zeroize::Zeroizing;

/// The input as bytes of UTF-8, invalid ones included: tokens are ASCII, what stands around them need not be text.
pub(super) struct Text<'a> {
    content: Content<'a>,
    /// Bytes of the byte order mark.
    mark: usize,
}

enum Content<'a> {
    /// The input itself.
    Same(&'a [u8]),
    /// UTF-16, written anew.
    Wide(Zeroizing<Vec<u8>>),
}

impl<'a> Text<'a> {
    /// Takes off a byte order mark and decodes UTF-16 where one says so.
    pub(super) fn new(input: &'a [u8]) -> Self {
        let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| Self {
            content: Content::Wide(decode_wide(rest, unit)),
            mark: 2,
        };
        match input {
            [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
            [0xEF, 0xBB, 0xBF, rest @ ..] => Self {
                content: Content::Same(rest),
                mark: 3,
            },
            _ => Self {
                content: Content::Same(input),
                mark: 0,
            },
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Same(bytes) => bytes,
            Content::Wide(bytes) => bytes,
        }
    }

    /// A cursor at the beginning.
    pub(super) fn cursor(&self) -> Cursor {
        Cursor::new(self.mark, matches!(self.content, Content::Wide(_)))
    }
}

pub(super) fn decode_wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Zeroizing<Vec<u8>> {
    // Three bytes of UTF-8 at most for two of UTF-16: nothing is moved, so nothing is left behind unzeroized.
    let mut text = Zeroizing::new(Vec::with_capacity(bytes.len() / 2 * 3));
    let (pairs, _) = bytes.as_chunks::<2>();
    for character in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    text
}

/// A place in the text that only moves on, so that counting lines costs one pass over all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    /// Whether the input is UTF-16.
    is_wide: bool,
    at: usize,
    input_at: usize,
    line: usize,
}

impl Cursor {
    /// At the beginning of a text after a byte order mark of so many bytes.
    pub(super) fn new(mark: usize, is_wide: bool) -> Self {
        Self {
            is_wide,
            at: 0,
            input_at: mark,
            line: 1,
        }
    }

    /// Bytes of the input that hold these bytes of the text, and the line of the first, from 1.
    ///
    /// `text` is what stands from `base` on, which is not behind this place. Ranges must come in text order and not overlap.
    pub(super) fn locate(
        &mut self,
        text: &[u8],
        base: usize,
        range: &Range<usize>,
    ) -> (Range<usize>, usize) {
        self.advance(text, base, range.start);
        let (start, line) = (self.input_at, self.line);
        self.advance(text, base, range.end);
        (start..self.input_at, line)
    }

    /// Where it is: in the text, and in the input.
    pub(super) fn anchor(&self) -> (usize, usize) {
        (self.at, self.input_at)
    }

    /// Bytes of the input that hold these bytes of the text, told from another place that is known in both. What lies between
    /// must be held.
    pub(super) fn beside(
        &self,
        text: &[u8],
        base: usize,
        (at, input_at): (usize, usize),
        range: &Range<usize>,
    ) -> Range<usize> {
        let input = |to: usize| {
            let (from, end) = (at.min(to), at.max(to));
            let between = text.get(from.saturating_sub(base)..end.saturating_sub(base));
            let length = self.input_length(between.unwrap_or_default(), end.saturating_sub(from));
            if to < at {
                input_at.saturating_sub(length)
            } else {
                input_at.saturating_add(length)
            }
        };
        input(range.start)..input(range.end)
    }

    /// How many bytes of the input hold a piece of the text of so many bytes.
    fn input_length(&self, piece: &[u8], length: usize) -> usize {
        if !self.is_wide {
            return length;
        }
        piece
            .utf8_chunks()
            .flat_map(|chunk| chunk.valid().chars())
            .map(|character| character.len_utf16().saturating_mul(2))
            .sum()
    }

    /// Moves on to a place in the text.
    pub(super) fn advance(&mut self, text: &[u8], base: usize, to: usize) {
        let from = self.at.saturating_sub(base);
        let passed = text.get(from..to.saturating_sub(base)).unwrap_or_default();
        let breaks = memchr::memchr_iter(b'\n', passed).count();
        let input = self.input_length(passed, passed.len());
        self.line = self.line.saturating_add(breaks);
        self.input_at = self.input_at.saturating_add(input);
        self.at = self.at.max(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xFEFF)
            .chain(text.encode_utf16())
            .flat_map(unit)
            .collect()
    }

    #[test]
    fn both_orders_of_utf_16_are_read_and_mapped_back() {
        let source = "\u{e4}\u{1F600}\r\nab\ncd";
        for input in [
            wide(source, u16::to_le_bytes),
            wide(source, u16::to_be_bytes),
        ] {
            let text = Text::new(&input);
            assert_eq!(text.bytes(), source.as_bytes());
            let at = |word: &str| {
                let at = source.find(word).unwrap();
                at..at + word.len()
            };
            let mut cursor = text.cursor();
            // Two bytes each for the mark, ä, CR and LF, four for the emoji.
            assert_eq!(cursor.locate(text.bytes(), 0, &at("ab")), (12..16, 2));
            assert_eq!(cursor.locate(text.bytes(), 0, &at("cd")), (18..22, 3));
        }
    }

    #[test]
    fn a_lone_surrogate_and_an_odd_byte_shift_nothing() {
        let text = Text::new(b"\xFF\xFE\x00\xD8a\0x");
        assert_eq!(text.bytes(), "\u{FFFD}a".as_bytes());
        assert_eq!(text.cursor().locate(text.bytes(), 0, &(3..4)), (4..6, 1));
    }

    #[test]
    fn a_byte_order_mark_is_counted() {
        let text = Text::new(b"\xEF\xBB\xBFa\nb");
        assert_eq!(text.bytes(), b"a\nb");
        assert_eq!(text.cursor().locate(text.bytes(), 0, &(2..3)), (5..6, 2));
    }
}
