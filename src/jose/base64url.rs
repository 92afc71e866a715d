//! Base64url as RFC 7515 section 2 wants it, read so that nothing is lost.
//!
//! [`decode`] always yields bytes. What a strict reader would have refused is reported as
//! [`EncodingFault`]s, each at the character that caused it, and [`Decoded`] can translate a range of
//! decoded bytes to the characters that carry them and back.

use std::ops::Range;

use zeroize::Zeroizing;

/// What breaks the strict spelling (RFC 4648 section 5 without padding, RFC 7515 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EncodingFaultKind {
    /// The number of characters is 1 modulo 4: the last one carries only six of a byte's eight bits.
    Length,
    /// A character that belongs to no base64 alphabet.
    Other,
    /// `=`: JOSE leaves padding out.
    Padding,
    /// `+` or `/`, of the standard alphabet.
    StandardAlphabet,
    /// The unused low bits of the last character are not zero.
    TrailingBits,
    /// A space, tab, carriage return or line feed.
    Whitespace,
}

/// One departure from strict base64url, at the first character of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodingFault {
    /// What it is.
    pub kind: EncodingFaultKind,
    /// The characters at fault: byte offsets in the encoded text.
    pub range: Range<usize>,
    /// How many characters of this kind the text holds.
    pub count: usize,
}

/// The bytes of an encoded text, with its faults and the way back to the characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The decoded bytes. Bits that make no whole byte are dropped.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Departures from the strict spelling, one for each kind, in text order.
    pub faults: Vec<EncodingFault>,
    map: Map,
}

/// How bytes and the characters that they come from belong together.
#[derive(Clone, PartialEq, Eq)]
enum Map {
    /// Six bits a character.
    Sextets {
        /// Offset of each character that carries bits; `None` where that is the identity.
        positions: Option<Vec<usize>>,
        /// Characters that carry bits.
        count: usize,
    },
    /// Each byte is its own character.
    Verbatim,
    /// Only together: so many characters for all bytes.
    Whole(usize),
}

impl std::fmt::Debug for Decoded {
    /// Lengths and faults only: the bytes may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoded")
            .field("bytes", &self.bytes.len())
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

impl Decoded {
    /// Bytes that stand in the text as they are.
    pub fn verbatim(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self {
            bytes,
            faults: Vec::new(),
            map: Map::Verbatim,
        }
    }

    /// Bytes that come from `characters` characters by a way that says of no byte from which: decryption, inflation, escapes.
    pub fn whole(bytes: Zeroizing<Vec<u8>>, characters: usize) -> Self {
        Self {
            bytes,
            faults: Vec::new(),
            map: Map::Whole(characters),
        }
    }

    /// The same, where the encoded text itself stands with escapes in so many characters.
    #[must_use]
    pub fn escaped(mut self, characters: usize) -> Self {
        self.map = Map::Whole(characters);
        for fault in &mut self.faults {
            fault.range = 0..characters;
        }
        self
    }

    /// Whether a strict reader takes the text as it stands.
    pub fn is_strict(&self) -> bool {
        self.faults.is_empty()
    }

    /// The characters (byte offsets in the encoded text) that carry any bit of `bytes`.
    ///
    /// An empty range of bytes gives the empty range before the character that would carry the next one.
    pub fn to_text(&self, bytes: Range<usize>) -> Range<usize> {
        let (positions, count) = match &self.map {
            Map::Sextets { positions, count } => (positions.as_deref(), *count),
            Map::Verbatim => {
                let clamp = |at: usize| at.min(self.bytes.len());
                return clamp(bytes.start)..clamp(bytes.end);
            }
            Map::Whole(characters) if bytes.is_empty() && bytes.start >= self.bytes.len() => {
                return *characters..*characters;
            }
            Map::Whole(_) if bytes.is_empty() => return 0..0,
            Map::Whole(characters) => return 0..*characters,
        };
        let first = (bytes.start.saturating_mul(8) / 6).min(count);
        let end = (bytes.end.saturating_mul(8).div_ceil(6)).min(count);
        let start = position(positions, first);
        if bytes.is_empty() || end <= first {
            return start..start;
        }
        start..position(positions, end.saturating_sub(1)).saturating_add(1)
    }

    /// The bytes that the characters `text` (byte offsets in the encoded text) carry any bit of.
    pub fn to_bytes(&self, text: Range<usize>) -> Range<usize> {
        let length = self.bytes.len();
        let (first, end) = match &self.map {
            Map::Sextets {
                positions: None,
                count,
            } => (text.start.min(*count), text.end.min(*count)),
            Map::Sextets {
                positions: Some(positions),
                ..
            } => (
                positions.partition_point(|&at| at < text.start),
                positions.partition_point(|&at| at < text.end),
            ),
            Map::Verbatim => return text.start.min(length)..text.end.min(length),
            Map::Whole(_) if text.is_empty() && text.start == 0 => return 0..0,
            Map::Whole(_) if text.is_empty() => return length..length,
            Map::Whole(_) => return 0..length,
        };
        let start = (first.saturating_mul(6) / 8).min(length);
        if end <= first {
            return start..start;
        }
        start..(end.saturating_mul(6).div_ceil(8)).min(length)
    }
}

/// The offset of a sextet's character.
fn position(positions: Option<&[usize]>, sextet: usize) -> usize {
    match positions {
        None => sextet,
        Some(positions) => positions
            .get(sextet)
            .copied()
            .or_else(|| positions.last().map(|last| last.saturating_add(1)))
            .unwrap_or(0),
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The six bits of a character, in either alphabet.
fn sextet(character: u8) -> Option<u8> {
    Some(match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'-' | b'+' => 62,
        b'_' | b'/' => 63,
        _ => return None,
    })
}

/// The six bits of each character of the strict alphabet; 64 for all others.
#[expect(clippy::indexing_slicing, reason = "the compiler evaluates it")]
const STRICT: [u8; 256] = {
    let mut table = [64; 256];
    let mut value = 0_u8;
    while value < 64 {
        table[ALPHABET[value as usize] as usize] = value;
        value += 1;
    }
    table
};

/// Decodes groups of four characters as long as all are of the strict alphabet, which is quicker than one by one.
/// Gives the number of characters.
fn strict_quads(text: &str, bytes: &mut Vec<u8>) -> usize {
    let (quads, _) = text.as_bytes().as_chunks::<4>();
    let mut characters = 0_usize;
    for quad in quads {
        let [a, b, c, d] =
            quad.map(|character| STRICT.get(usize::from(character)).copied().unwrap_or(64));
        if (a | b | c | d) >= 64 {
            break;
        }
        bytes.extend([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        characters = characters.saturating_add(4);
    }
    characters
}

/// Reads `text`, strict or not.
///
/// Characters that carry no bits are passed over; `+` and `/` are read as `-` and `_`.
pub fn decode(text: &str) -> Decoded {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 4 * 3 + 3));
    let mut faults: Vec<EncodingFault> = Vec::new();
    let mut positions: Option<Vec<usize>> = None;
    let mut note = |kind, range: Range<usize>| match faults
        .iter_mut()
        .find(|fault: &&mut EncodingFault| fault.kind == kind)
    {
        Some(fault) => fault.count = fault.count.saturating_add(1),
        None => faults.push(EncodingFault {
            kind,
            range,
            count: 1,
        }),
    };
    let strict = strict_quads(text, &mut bytes);
    let mut sextets = strict;
    let mut last_at = strict.saturating_sub(1);
    let mut buffer = 0_u32;
    let mut bits = 0_u32;
    for (at, character) in text.get(strict..).unwrap_or_default().char_indices() {
        let at = at.saturating_add(strict);
        let end = at.saturating_add(character.len_utf8());
        let value = u8::try_from(character).ok().and_then(sextet);
        let Some(value) = value else {
            let kind = match character {
                '=' => EncodingFaultKind::Padding,
                ' ' | '\t' | '\r' | '\n' => EncodingFaultKind::Whitespace,
                _ => EncodingFaultKind::Other,
            };
            note(kind, at..end);
            positions.get_or_insert_with(|| (0..sextets).collect());
            continue;
        };
        if matches!(character, '+' | '/') {
            note(EncodingFaultKind::StandardAlphabet, at..end);
        }
        if let Some(positions) = &mut positions {
            positions.push(at);
        }
        sextets = sextets.saturating_add(1);
        last_at = at;
        buffer = (buffer << 6 | u32::from(value)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    if sextets % 4 == 1 {
        note(
            EncodingFaultKind::Length,
            last_at..last_at.saturating_add(1),
        );
    } else if bits > 0 && buffer & ((1 << bits) - 1) != 0 {
        note(
            EncodingFaultKind::TrailingBits,
            last_at..last_at.saturating_add(1),
        );
    }
    faults.sort_by_key(|fault| fault.range.start);
    Decoded {
        bytes,
        faults,
        map: Map::Sextets {
            positions,
            count: sextets,
        },
    }
}

/// The strict spelling of `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(4) / 3 + 3);
    for chunk in bytes.chunks(3) {
        let mut word = 0_u32;
        for index in 0..3 {
            word = word << 8 | u32::from(chunk.get(index).copied().unwrap_or(0));
        }
        for index in 0..=chunk.len() {
            let value = (word >> (18 - 6 * index)) & 63;
            if let Some(&character) = ALPHABET.get(value as usize) {
                text.push(char::from(character));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The byte sequence of RFC 7515 appendix C and its spelling there.
    #[test]
    fn appendix_c_of_rfc_7515() {
        let bytes = [3, 236, 255, 224, 193];
        assert_eq!(encode(&bytes), "A-z_4ME");
        let decoded = decode("A-z_4ME");
        assert_eq!(decoded.bytes.as_slice(), bytes);
        assert!(decoded.is_strict());
    }

    #[test]
    fn every_length_comes_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        for length in 0..bytes.len() {
            let part = bytes.get(..length).unwrap_or_default();
            let decoded = decode(&encode(part));
            assert_eq!(decoded.bytes.as_slice(), part);
            assert!(decoded.is_strict());
        }
    }

    #[track_caller]
    fn assert_faults(text: &str, expected: &[(EncodingFaultKind, Range<usize>)]) {
        let decoded = decode(text);
        let found: Vec<_> = decoded
            .faults
            .iter()
            .map(|fault| (fault.kind, fault.range.clone()))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn each_fault_points_at_its_first_character() {
        use EncodingFaultKind as Kind;
        assert_faults("YWI=", &[(Kind::Padding, 3..4)]);
        assert_faults("-_+/", &[(Kind::StandardAlphabet, 2..3)]);
        assert_faults("YW Jj", &[(Kind::Whitespace, 2..3)]);
        assert_faults("YW?Jj", &[(Kind::Other, 2..3)]);
        assert_faults("YWJjé", &[(Kind::Other, 4..6)]);
        assert_faults("YWJjZ", &[(Kind::Length, 4..5)]);
        assert_faults("YWJ", &[(Kind::TrailingBits, 2..3)]);
        assert_faults("YR", &[(Kind::TrailingBits, 1..2)]);
        assert_faults("", &[]);
    }

    #[test]
    fn the_same_bytes_come_out_of_any_spelling() {
        for text in ["YWJj", "Y W\nJ j", "YWJj====", "YW?Jj"] {
            assert_eq!(decode(text).bytes.as_slice(), b"abc", "{text:?}");
        }
        assert_eq!(decode("-_-_").bytes, decode("+/+/").bytes);
    }

    #[test]
    fn bytes_map_to_every_character_that_carries_a_bit() {
        let decoded = decode("YWJj");
        assert_eq!(decoded.to_text(0..1), 0..2);
        assert_eq!(decoded.to_text(1..2), 1..3);
        assert_eq!(decoded.to_text(2..3), 2..4);
        assert_eq!(decoded.to_text(1..1), 1..1);
        assert_eq!(decoded.to_bytes(1..2), 0..2);
        let spaced = decode("YW  Jj");
        assert_eq!(spaced.to_text(0..3), 0..6);
        assert_eq!(spaced.to_text(2..3), 4..6);
        assert_eq!(spaced.to_bytes(4..6), 1..3);
        assert_eq!(spaced.to_bytes(2..4), 1..1);
    }
}
