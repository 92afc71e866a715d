//! Bytes cut into rows of cells, so that a pane draws the rows in view and no others.

use std::ops::Range;

use crate::jose::visible;

/// How bytes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As hexadecimal and characters, this many bytes in a row.
    Hex {
        /// Bytes in a row, at least 1.
        per_row: usize,
    },
    /// As text, this many characters in a row.
    Text {
        /// Characters in a row, at least 1.
        columns: usize,
        /// Whether a line feed begins a new row (rather than being shown as `\n`).
        has_lines: bool,
    },
}

impl Form {
    /// What can be shown in this many characters of the monospace face.
    pub(crate) fn hex(columns: usize, length: usize) -> Self {
        let per_row = [16, 8, 4]
            .into_iter()
            .find(|per_row| offset_digits(length) + 2 + per_row * 4 + 2 <= columns);
        Self::Hex {
            per_row: per_row.unwrap_or(2),
        }
    }
}

/// Something of a row that is shown, and the bytes that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What is shown.
    pub(crate) text: String,
    /// The bytes; empty where it stands for none.
    pub(crate) bytes: Range<usize>,
    /// What it is.
    pub(crate) kind: CellKind,
}

/// The kinds of cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellKind {
    /// A character as it stands.
    Character,
    /// Stands for a character or byte that would not be seen, or would move others.
    Escaped,
    /// Between two bytes of a hex row.
    Gap,
    /// The two digits of a byte.
    Hex,
    /// The offset of a hex row.
    Offset,
}

/// Where the rows begin.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Starts {
    /// Every row has this many bytes.
    Even(usize),
    /// At these bytes.
    Listed(Vec<usize>),
}

/// The rows of some bytes in some form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows {
    form: Form,
    length: usize,
    starts: Starts,
}

impl Rows {
    /// Cuts bytes into rows. `is_plain`: all of them are printable ASCII characters.
    pub(crate) fn new(bytes: &[u8], form: Form, is_plain: bool) -> Self {
        let starts = match form {
            Form::Hex { per_row } => Starts::Even(per_row.max(1)),
            Form::Text { columns, .. } if is_plain => Starts::Even(columns.max(1)),
            Form::Text { columns, has_lines } => {
                Starts::Listed(text_starts(bytes, columns, has_lines))
            }
        };
        Self {
            form,
            length: bytes.len(),
            starts,
        }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        match &self.starts {
            Starts::Even(size) => self.length.div_ceil(*size).max(1),
            Starts::Listed(starts) => starts.len(),
        }
    }

    /// The bytes of a row.
    pub(crate) fn bytes(&self, row: usize) -> Range<usize> {
        match &self.starts {
            Starts::Even(size) => {
                let start = row.saturating_mul(*size).min(self.length);
                start..start.saturating_add(*size).min(self.length)
            }
            Starts::Listed(starts) => {
                let start = starts.get(row).copied().unwrap_or(self.length);
                let end = starts.get(row.saturating_add(1)).copied();
                start..end.unwrap_or(self.length).max(start)
            }
        }
    }

    /// The row that a byte is in.
    pub(crate) fn row_of(&self, byte: usize) -> usize {
        let row = match &self.starts {
            Starts::Even(size) => byte / (*size).max(1),
            Starts::Listed(starts) => starts
                .partition_point(|&start| start <= byte)
                .saturating_sub(1),
        };
        row.min(self.len().saturating_sub(1))
    }

    /// What a row shows.
    pub(crate) fn cells(&self, bytes: &[u8], row: usize) -> Vec<Cell> {
        let range = self.bytes(row);
        match self.form {
            Form::Hex { per_row } => hex_cells(bytes, range, per_row),
            Form::Text { has_lines, .. } => text_cells(bytes, range, has_lines),
        }
    }
}

fn text_starts(bytes: &[u8], columns: usize, has_lines: bool) -> Vec<usize> {
    let mut starts = vec![0];
    let mut used = 0_usize;
    for_each_character(bytes, 0, |at, end, character| {
        if has_lines && character == Some('\n') {
            starts.push(end);
            used = 0;
            return;
        }
        let width = width(character, has_lines);
        if used > 0 && used.saturating_add(width) > columns {
            starts.push(at);
            used = 0;
        }
        used = used.saturating_add(width);
    });
    starts
}

/// Calls with start, end and character; `None` for a byte that is no part of one.
fn for_each_character(
    bytes: &[u8],
    first: usize,
    mut each: impl FnMut(usize, usize, Option<char>),
) {
    let mut at = first;
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let end = at.saturating_add(character.len_utf8());
            each(at, end, Some(character));
            at = end;
        }
        for _ in chunk.invalid() {
            let end = at.saturating_add(1);
            each(at, end, None);
            at = end;
        }
    }
}

/// Columns that a character takes. An estimate beyond ASCII: what is too wide for its row is cut at the pane.
fn width(character: Option<char>, has_lines: bool) -> usize {
    match character {
        None => "\\xFF".len(),
        Some(' '..='~') => 1,
        Some('\t') if has_lines => TAB.len(),
        Some(character) if visible::is_hidden(character) => {
            visible::visible(character.encode_utf8(&mut [0; 4])).len()
        }
        Some('\u{1100}'..) => 2,
        Some(_) => 1,
    }
}

/// A tab between JSON values.
const TAB: &str = "    ";

fn text_cells(bytes: &[u8], range: Range<usize>, has_lines: bool) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(range.len());
    let end_of_text = bytes.len();
    let row = bytes.get(range.clone()).unwrap_or_default();
    for_each_character(row, range.start, |at, end, character| {
        let cell = |text: String, kind| Cell {
            text,
            bytes: at..end,
            kind,
        };
        cells.push(match character {
            None => {
                let byte = bytes.get(at).copied().unwrap_or_default();
                cell(format!("\\x{byte:02X}"), CellKind::Escaped)
            }
            Some('\n') if has_lines => cell(" ".to_owned(), CellKind::Character),
            Some('\r') if has_lines && bytes.get(end) == Some(&b'\n') && end < end_of_text => {
                cell(String::new(), CellKind::Character)
            }
            Some('\t') if has_lines => cell(TAB.to_owned(), CellKind::Character),
            Some(character) if visible::is_hidden(character) => cell(
                visible::visible(character.encode_utf8(&mut [0; 4])),
                CellKind::Escaped,
            ),
            Some(character) => cell(character.to_string(), CellKind::Character),
        });
    });
    cells
}

fn offset_digits(length: usize) -> usize {
    if length <= 0x1_0000 { 4 } else { 8 }
}

fn hex_cells(bytes: &[u8], range: Range<usize>, per_row: usize) -> Vec<Cell> {
    let row = bytes.get(range.clone()).unwrap_or_default();
    let digits = offset_digits(bytes.len());
    let nothing = range.start..range.start;
    let mut cells = vec![Cell {
        text: format!("{:0digits$x}  ", range.start),
        bytes: nothing.clone(),
        kind: CellKind::Offset,
    }];
    for (at, byte) in range.clone().zip(row) {
        let end = at.saturating_add(1);
        cells.push(Cell {
            text: format!("{byte:02x}"),
            bytes: at..end,
            kind: CellKind::Hex,
        });
        if end < range.end {
            cells.push(Cell {
                text: " ".to_owned(),
                bytes: at..end.saturating_add(1),
                kind: CellKind::Gap,
            });
        }
    }
    let missing = per_row.saturating_sub(row.len());
    cells.push(Cell {
        text: " ".repeat(missing.saturating_mul(3).saturating_add(2)),
        bytes: nothing,
        kind: CellKind::Offset,
    });
    for (at, &byte) in range.zip(row) {
        let is_printable = matches!(byte, b' '..=b'~');
        cells.push(Cell {
            text: if is_printable {
                char::from(byte).to_string()
            } else {
                ".".to_owned()
            },
            bytes: at..at.saturating_add(1),
            kind: if is_printable {
                CellKind::Character
            } else {
                CellKind::Offset
            },
        });
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], form: Form) -> Vec<String> {
        let rows = Rows::new(
            bytes,
            form,
            bytes.iter().all(|byte| matches!(byte, b' '..=b'~')),
        );
        (0..rows.len())
            .map(|row| {
                rows.cells(bytes, row)
                    .into_iter()
                    .map(|cell| cell.text)
                    .collect()
            })
            .collect()
    }

    fn text(columns: usize, has_lines: bool) -> Form {
        Form::Text { columns, has_lines }
    }

    #[test]
    fn plain_text_is_cut_by_arithmetic() {
        assert_eq!(
            shown(b"eyJhbGciOiJ", text(4, false)),
            ["eyJh", "bGci", "OiJ"]
        );
        let rows = Rows::new(&vec![b'a'; 1 << 20], text(100, false), true);
        assert_eq!(rows.len(), 10_486);
        assert_eq!(rows.bytes(10_485), 1_048_500..1_048_576);
        assert_eq!(rows.row_of(1_048_575), 10_485);
    }

    #[test]
    fn hidden_characters_and_broken_bytes_are_shown_and_keep_their_bytes() {
        let bytes = "a\u{202E}b".bytes().chain([0xFF, b'c']).collect::<Vec<_>>();
        assert_eq!(shown(&bytes, text(80, false)), ["a\\u{202E}b\\xFFc"]);
        let rows = Rows::new(&bytes, text(80, false), false);
        let cells = rows.cells(&bytes, 0);
        assert_eq!(cells[1].bytes, 1..4);
        assert_eq!(cells[1].kind, CellKind::Escaped);
        assert_eq!(cells[3].bytes, 5..6);
    }

    #[test]
    fn rows_of_mixed_text_cover_every_byte_once() {
        let text_bytes = "{\r\n\t\"名\": \"\u{200B}\",\n \"a\":1}".as_bytes();
        for columns in 1..30 {
            for has_lines in [false, true] {
                let rows = Rows::new(text_bytes, text(columns, has_lines), false);
                let mut next = 0;
                for row in 0..rows.len() {
                    let range = rows.bytes(row);
                    assert_eq!(range.start, next, "row {row} of {columns} columns");
                    for byte in range.clone() {
                        assert_eq!(rows.row_of(byte), row);
                    }
                    next = range.end;
                }
                assert_eq!(next, text_bytes.len());
            }
        }
    }

    #[test]
    fn lines_of_json_stay_lines() {
        assert_eq!(
            shown(b"{\r\n\t\"a\":1\n}", text(80, true)),
            ["{ ", "    \"a\":1 ", "}"]
        );
        assert_eq!(shown(b"{\n}", text(80, false)), ["{\\n}"]);
    }

    #[test]
    fn hex_has_offset_digits_and_characters() {
        let rows = shown(b"0123456789abcdef\x00\xFF", Form::Hex { per_row: 16 });
        assert_eq!(
            rows[0],
            "0000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef"
        );
        assert_eq!(
            rows[1],
            "0010  00 ff                                            .."
        );
        assert_eq!(Form::hex(72, 100), Form::Hex { per_row: 16 });
        assert_eq!(Form::hex(40, 100), Form::Hex { per_row: 8 });
        assert_eq!(Form::hex(10, 100), Form::Hex { per_row: 2 });
    }

    #[test]
    fn nothing_is_one_empty_row() {
        assert_eq!(shown(b"", text(8, true)), [""]);
        assert_eq!(Rows::new(b"", Form::Hex { per_row: 16 }, true).len(), 1);
    }
}
