//! A list of words in blocks of whole lines.

use std::io::{self, BufReader, Chain, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::MAX_WORD_BYTES;

/// A block has about so many bytes.
const BLOCK: usize = 256 << 10;

/// How a file in gzip begins.
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// Some lines of a list.
pub(super) struct Block {
    /// The number of the first line, from 1.
    first: u64,
    bytes: Vec<u8>,
    /// Lines after those that were too long to be kept.
    pub(super) passed_over: u64,
}

impl Block {
    /// The lines with their numbers, without their ends.
    pub(super) fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let bytes = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let lines = bytes.split(|&byte| byte == b'\n');
        (self.first..)
            .zip(lines)
            // What has no bytes has no line, and a block of one empty line has one.
            .take(if self.bytes.is_empty() { 0 } else { usize::MAX })
            .map(|(number, line)| (number, line.strip_suffix(b"\r").unwrap_or(line)))
    }
}

/// Counts what is read.
struct Counted<R> {
    reader: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

type Begun<R> = Chain<Cursor<Vec<u8>>, Counted<R>>;

enum Bytes<R> {
    Gzip(Box<MultiGzDecoder<BufReader<Begun<R>>>>),
    Plain(Begun<R>),
}

impl<R: Read> Bytes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match self {
                Self::Gzip(reader) => reader.read(buffer),
                Self::Plain(reader) => reader.read(buffer),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

/// The blocks of a list.
pub(super) struct Blocks<R> {
    bytes: Bytes<R>,
    read: Arc<AtomicU64>,
    /// The line that the next block begins with.
    line: u64,
    /// The beginning of a line whose end is to come.
    begun: Vec<u8>,
    is_at_end: bool,
}

impl<R: Read> Blocks<R> {
    /// Looks at the beginning.
    pub(super) fn new(reader: R) -> io::Result<Self> {
        let read = Arc::new(AtomicU64::new(0));
        let mut reader = Counted {
            reader,
            read: Arc::clone(&read),
        };
        let mut first = Vec::new();
        reader.by_ref().take(2).read_to_end(&mut first)?;
        let is_packed = first == GZIP;
        let begun = Cursor::new(first).chain(reader);
        Ok(Self {
            bytes: if is_packed {
                Bytes::Gzip(Box::new(MultiGzDecoder::new(BufReader::new(begun))))
            } else {
                Bytes::Plain(begun)
            },
            read,
            line: 1,
            begun: Vec::new(),
            is_at_end: false,
        })
    }

    /// How many bytes of the file were read.
    pub(super) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The next lines; `None` at the end.
    pub(super) fn next_block(&mut self) -> io::Result<Option<Block>> {
        let first = self.line;
        let mut bytes = std::mem::take(&mut self.begun);
        let mut passed_over = 0_u64;
        while !self.is_at_end {
            let before = bytes.len();
            bytes.resize(before.saturating_add(BLOCK), 0);
            let count = match bytes.get_mut(before..) {
                Some(room) => self.bytes.read(room)?,
                None => 0,
            };
            bytes.truncate(before.saturating_add(count));
            self.is_at_end = count == 0;
            let end = bytes.iter().rposition(|&byte| byte == b'\n');
            if let Some(end) = end {
                self.begun = bytes.split_off(end.saturating_add(1));
                if self.begun.len() > MAX_WORD_BYTES {
                    self.pass_over()?;
                    passed_over = 1;
                }
                break;
            }
            if bytes.len() > MAX_WORD_BYTES {
                self.begun = std::mem::take(&mut bytes);
                self.pass_over()?;
                passed_over = 1;
                break;
            }
        }
        let lines = memchr::memchr_iter(b'\n', &bytes).count() as u64;
        self.line = first.saturating_add(lines).saturating_add(passed_over);
        let is_end = bytes.is_empty() && passed_over == 0;
        Ok((!is_end).then_some(Block {
            first,
            bytes,
            passed_over,
        }))
    }

    /// Goes to the end of the line that is begun and too long, and keeps what comes after it.
    fn pass_over(&mut self) -> io::Result<()> {
        self.begun.clear();
        let mut buffer = vec![0; BLOCK];
        loop {
            let count = self.bytes.read(&mut buffer)?;
            if count == 0 {
                self.is_at_end = true;
                return Ok(());
            }
            let read = buffer.get(..count).unwrap_or_default();
            if let Some(end) = read.iter().position(|&byte| byte == b'\n') {
                let after = read.get(end.saturating_add(1)..).unwrap_or_default();
                self.begun.extend_from_slice(after);
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn lines(reader: impl Read) -> (Vec<(u64, Vec<u8>)>, u64) {
        let mut blocks = Blocks::new(reader).unwrap();
        let (mut all, mut passed_over) = (Vec::new(), 0);
        while let Some(block) = blocks.next_block().unwrap() {
            all.extend(block.lines().map(|(line, word)| (line, word.to_vec())));
            passed_over += block.passed_over;
        }
        (all, passed_over)
    }

    fn numbered(words: &[&[u8]]) -> Vec<(u64, Vec<u8>)> {
        (1..).zip(words.iter().map(|word| word.to_vec())).collect()
    }

    #[test]
    fn lines_are_the_same_however_they_come() {
        let list = b"secret\r\n spaced \n\n\xFF\xFE\nlast";
        let expected = numbered(&[b"secret", b" spaced ", b"", b"\xFF\xFE", b"last"]);
        for step in [1, 2, 3, 7, 100] {
            assert_eq!(lines(Slow(list, step)), (expected.clone(), 0), "{step}");
        }
    }

    #[test]
    fn a_final_line_break_ends_a_line_and_begins_none() {
        for (list, expected) in [
            (&b""[..], numbered(&[])),
            (b"\n", numbered(&[b""])),
            (b"a\n", numbered(&[b"a"])),
            (b"a\n\n", numbered(&[b"a", b""])),
            (b"a", numbered(&[b"a"])),
        ] {
            for step in [1, 100] {
                assert_eq!(lines(Slow(list, step)).0, expected, "{list:?}");
            }
        }
    }

    #[test]
    fn a_line_too_long_is_passed_over_and_counted_as_a_line() {
        let long = vec![b'x'; 3 * BLOCK];
        for end in [&b"\nb"[..], b"\nb\n"] {
            let list = [b"a\n", &long[..], end].concat();
            for step in [1000, BLOCK, 10 * BLOCK] {
                let (all, passed_over) = lines(Slow(&list, step));
                assert_eq!(all, [(1, b"a".to_vec()), (3, b"b".to_vec())], "{step}");
                assert_eq!(passed_over, 1);
            }
        }
        assert_eq!(lines(Slow(&long, BLOCK)), (Vec::new(), 1));
    }

    #[test]
    fn a_list_in_gzip_is_unpacked_and_a_cut_one_is_an_error() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"a\nb\n").unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(lines(&packed[..]).0, numbered(&[b"a", b"b"]));
        let mut cut = Blocks::new(&packed[..packed.len() - 4]).unwrap();
        let mut end = || -> io::Result<()> {
            while cut.next_block()?.is_some() {}
            Ok(())
        };
        assert!(end().is_err());
    }
}
