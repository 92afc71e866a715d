//! What a stream reads from: bytes, unpacked and decoded to UTF-8.

use std::io::{self, BufReader, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use zeroize::Zeroizing;

use super::super::text;

/// What gzip files begin with (RFC 1952 section 2.3.1), the method being deflate.
const GZIP: &[u8] = b"\x1F\x8B\x08";

/// The first bytes of a reader, and the rest.
type Begun<R> = Chain<Cursor<Vec<u8>>, R>;

/// Puts the two bytes of a unit of UTF-16 together.
type Order = fn([u8; 2]) -> u16;

/// A reader of text.
pub(super) struct Source<R> {
    bytes: Bytes<R>,
    /// The order of the bytes of UTF-16.
    wide: Option<Order>,
    /// Bytes of UTF-16 of which the rest is to come.
    pending: Zeroizing<Vec<u8>>,
    /// Bytes that came so far.
    read: u64,
    /// Whether more is to come than what is pending.
    more: More,
}

enum Bytes<R> {
    Gzip(Box<MultiGzDecoder<BufReader<Watched<Begun<R>>>>>),
    Plain(Begun<R>),
}

/// How much more there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    /// As much as was asked for, and perhaps more.
    Some,
    /// No more.
    End,
    /// No more that can be unpacked, after so many bytes.
    Damaged(u64),
}

impl<R: Read> Source<R> {
    /// Looks at the beginning. Gives the cursor for its text too.
    pub(super) fn new(mut reader: R) -> io::Result<(Self, text::Cursor)> {
        let first = first(&mut reader, GZIP.len())?;
        let is_packed = first == GZIP;
        let begun = Cursor::new(first).chain(reader);
        let mut bytes = if is_packed {
            let watched = Watched {
                reader: begun,
                failed: false,
            };
            Bytes::Gzip(Box::new(MultiGzDecoder::new(BufReader::new(watched))))
        } else {
            Bytes::Plain(begun)
        };
        let (mut mark, mut more) = (Vec::with_capacity(3), More::Some);
        while mark.len() < 3 && more == More::Some {
            let mut byte = [0];
            match bytes.read(&mut byte)? {
                (0, end) => more = end,
                _ => mark.extend(byte),
            }
        }
        let (length, wide): (_, Option<Order>) = match &mark[..] {
            [0xFF, 0xFE, ..] => (2, Some(u16::from_le_bytes)),
            [0xFE, 0xFF, ..] => (2, Some(u16::from_be_bytes)),
            [0xEF, 0xBB, 0xBF] => (3, None),
            _ => (0, None),
        };
        let source = Self {
            bytes,
            wide,
            read: mark.len() as u64,
            more: more.at(mark.len() as u64),
            pending: Zeroizing::new(mark.split_off(length)),
        };
        Ok((source, text::Cursor::new(length, wide.is_some())))
    }

    /// Appends the text of at most `count` bytes, and waits for `least` of them.
    pub(super) fn read(
        &mut self,
        text: &mut Zeroizing<Vec<u8>>,
        count: usize,
        least: usize,
    ) -> io::Result<More> {
        let Some(unit) = self.wide else {
            text.append(&mut self.pending);
            let failure = self.fill(text, count, least).err();
            return failure.map_or(Ok(self.more), Err);
        };
        let mut pending = std::mem::take(&mut self.pending);
        let failure = self.fill(&mut pending, count, least).err();
        let (pairs, _) = pending.as_chunks::<2>();
        let is_half = |&pair: &[u8; 2]| (0xD800..0xDC00).contains(&unit(pair));
        let whole = if self.more == More::Some && pairs.last().is_some_and(is_half) {
            pairs.len().saturating_sub(1)
        } else {
            pairs.len()
        };
        let whole = whole.saturating_mul(2);
        let decoded = text::decode_wide(pending.get(..whole).unwrap_or_default(), unit);
        room(text, decoded.len());
        text.extend_from_slice(&decoded);
        pending.drain(..whole);
        self.pending = pending;
        failure.map_or(Ok(self.more), Err)
    }

    /// Appends at most `count` bytes, and waits for `least` of them. Those before an error stay.
    fn fill(
        &mut self,
        buffer: &mut Zeroizing<Vec<u8>>,
        count: usize,
        least: usize,
    ) -> io::Result<()> {
        let from = buffer.len();
        room(buffer, count);
        buffer.resize(from.saturating_add(count), 0);
        let mut filled = from;
        let mut result = Ok(());
        while self.more == More::Some
            && filled < from.saturating_add(least)
            && let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty())
        {
            match self.bytes.read(rest) {
                Ok((read, more)) => {
                    filled = filled.saturating_add(read);
                    self.read = self.read.saturating_add(read as u64);
                    self.more = more.at(self.read);
                }
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        buffer.truncate(filled);
        result
    }
}

impl More {
    /// Says after how many bytes.
    fn at(self, read: u64) -> Self {
        match self {
            Self::Damaged(_) => Self::Damaged(read),
            other => other,
        }
    }
}

impl<R: Read> Bytes<R> {
    /// Reads some bytes; 0 with the reason why there are no more.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<(usize, More)> {
        loop {
            let read = match self {
                Self::Gzip(decoder) => decoder.read(buffer),
                Self::Plain(reader) => reader.read(buffer),
            };
            return match (read, &self) {
                (Ok(0), _) => Ok((0, More::End)),
                (Ok(read), _) => Ok((read, More::Some)),
                (Err(error), _) if error.kind() == io::ErrorKind::Interrupted => continue,
                // What the decoder finds wrong, and not what it reads from.
                (Err(_), Self::Gzip(decoder)) if !decoder.get_ref().get_ref().failed => {
                    Ok((0, More::Damaged(0)))
                }
                (Err(error), _) => Err(error),
            };
        }
    }
}

/// Remembers whether the reader failed.
struct Watched<R> {
    reader: R,
    failed: bool,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer);
        if let Err(error) = &read {
            self.failed = error.kind() != io::ErrorKind::Interrupted;
        }
        read
    }
}

fn first(reader: &mut impl Read, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(count);
    reader.by_ref().take(count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes room for more bytes, so that what moves leaves nothing behind.
pub(super) fn room(text: &mut Zeroizing<Vec<u8>>, count: usize) {
    let needed = text.len().saturating_add(count);
    if needed > text.capacity() {
        let mut larger =
            Zeroizing::new(Vec::with_capacity(needed.max(text.len().saturating_mul(2))));
        larger.extend_from_slice(text);
        *text = larger;
    }
}
