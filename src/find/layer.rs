//! Texts inside of texts: what an element of XML or a body in base64 says, and the way back to the characters that say it.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::jose::base64url;

/// A text of more pieces is not put together: each costs more than what it stands for.
const MAX_PIECES: usize = 1 << 20;

/// A text put together from pieces of another.
#[derive(Default)]
pub(super) struct Pieced {
    bytes: Zeroizing<Vec<u8>>,
    pieces: Vec<Piece>,
}

struct Piece {
    /// Where it begins in the text.
    at: usize,
    /// What it stands for in the other one: as many bytes, or all of them for each of its own.
    source: Range<usize>,
    is_same: bool,
}

impl Pieced {
    /// An empty text with room for so many bytes: it should not be moved.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            bytes: Zeroizing::new(Vec::with_capacity(bytes)),
            pieces: Vec::new(),
        }
    }

    /// Appends bytes as they stand at `source` in the other text. False when there are too many pieces.
    pub(super) fn push(&mut self, bytes: &[u8], source: usize) -> bool {
        let source = source..source.saturating_add(bytes.len());
        match self.pieces.last_mut() {
            Some(last) if last.is_same && last.source.end == source.start => {
                last.source.end = source.end;
            }
            _ => self.pieces.push(Piece {
                at: self.bytes.len(),
                source,
                is_same: true,
            }),
        }
        self.bytes.extend_from_slice(bytes);
        self.pieces.len() <= MAX_PIECES
    }

    /// Appends what is written with all of `source`. False when there are too many pieces.
    pub(super) fn push_coded(&mut self, bytes: &[u8], source: Range<usize>) -> bool {
        self.pieces.push(Piece {
            at: self.bytes.len(),
            source,
            is_same: false,
        });
        self.bytes.extend_from_slice(bytes);
        self.pieces.len() <= MAX_PIECES
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of the other text that a range of this one was written with.
    pub(super) fn locate(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.holding(range.start).map_or(0, |piece| {
            piece.source.start.saturating_add(piece.past(range.start))
        });
        let Some(last) = range.end.checked_sub(1).filter(|&last| last >= range.start) else {
            return start..start;
        };
        let end = self.holding(last).map_or(start, |piece| {
            if piece.is_same {
                let past = piece.past(last).saturating_add(1);
                piece.source.start.saturating_add(past)
            } else {
                piece.source.end
            }
        });
        start..end.max(start)
    }

    fn holding(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces.get(after.checked_sub(1)?)
    }
}

impl Piece {
    /// How many bytes of the source stand before the one for `at`.
    fn past(&self, at: usize) -> usize {
        if self.is_same {
            at.saturating_sub(self.at)
        } else {
            0
        }
    }
}

/// What a text in base64 says.
pub(super) struct Base64 {
    characters: Pieced,
    decoded: base64url::Decoded,
}

impl Base64 {
    /// Reads a text of either alphabet, broken over lines or not. `None` when it holds anything else.
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        let end = text.trim_ascii_end();
        let padding = end.iter().rev().take_while(|&&byte| byte == b'=').count();
        let text = end.get(..end.len().saturating_sub(padding))?;
        let mut characters = Pieced::with_capacity(text.len());
        let mut at = 0_usize;
        for line in text.split_inclusive(u8::is_ascii_whitespace) {
            let is_character = |&byte: &u8| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
            };
            let length = line.iter().take_while(|byte| is_character(byte)).count();
            let (line_text, rest) = line.split_at_checked(length)?;
            if !rest.trim_ascii().is_empty()
                || !line_text.is_empty() && !characters.push(line_text, at)
            {
                return None;
            }
            at = at.saturating_add(line.len());
        }
        let decoded = base64url::decode(std::str::from_utf8(characters.bytes()).ok()?);
        Some(Self {
            characters,
            decoded,
        })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.decoded.bytes
    }

    /// The characters of the text that carry any bit of these bytes.
    pub(super) fn locate(&self, range: &Range<usize>) -> Range<usize> {
        self.characters.locate(&self.decoded.to_text(range.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_lead_back_to_where_they_stood() {
        let mut text = Pieced::default();
        assert!(text.push(b"ab", 10));
        assert!(text.push(b"c", 12));
        assert!(text.push_coded("\u{e4}".as_bytes(), 13..19));
        assert!(text.push(b"de", 30));
        assert_eq!(text.bytes(), "abc\u{e4}de".as_bytes());
        assert_eq!(text.locate(&(0..3)), 10..13);
        assert_eq!(text.locate(&(1..4)), 11..19);
        assert_eq!(text.locate(&(3..6)), 13..31);
        assert_eq!(text.locate(&(6..7)), 31..32);
        assert_eq!(text.locate(&(2..2)), 12..12);
        assert_eq!(Pieced::default().locate(&(0..4)), 0..0);
    }

    #[test]
    fn base64_is_read_over_lines_and_mapped() {
        let text = b"  aGVs\r\n bG8g\nd29y bGQ=\n";
        let read = Base64::new(text).unwrap();
        assert_eq!(read.bytes(), b"hello world");
        // "hello" ends in the third character of the second group.
        assert_eq!(read.locate(&(0..5)), 2..12);
        assert_eq!(read.locate(&(6..11)), 14..22);
        assert_eq!(Base64::new(b"").unwrap().bytes(), b"");
        for other in [&b"GET / HTTP/1.1"[..], b"a=b", b"\xFF", b"a.b", b"{}"] {
            assert!(Base64::new(other).is_none(), "{other:?}");
        }
    }
}
