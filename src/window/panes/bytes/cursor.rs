//! Where the cursor goes.

use super::rows::Rows;

/// The first byte of the character after the one at `at`; `at` at the end.
pub(super) fn after(bytes: &[u8], at: usize) -> usize {
    let next = after_or_end(bytes, at);
    if next < bytes.len() { next } else { at }
}

/// The end of the character at `at`.
pub(super) fn after_or_end(bytes: &[u8], at: usize) -> usize {
    let mut next = at.saturating_add(1).min(bytes.len());
    while bytes.get(next).is_some_and(|byte| is_continuation(*byte)) {
        next = next.saturating_add(1);
    }
    next
}

/// The first byte of the character before `at`.
pub(super) fn before(bytes: &[u8], at: usize) -> usize {
    let mut previous = at.saturating_sub(1);
    while previous > 0
        && bytes
            .get(previous)
            .is_some_and(|byte| is_continuation(*byte))
    {
        previous = previous.saturating_sub(1);
    }
    previous
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

/// The byte at the same place some rows further down.
pub(super) fn in_row(rows: &Rows, bytes: &[u8], from: usize, by: isize) -> usize {
    let row = rows.row_of(from);
    let place = from.saturating_sub(rows.bytes(row).start);
    let target = row
        .saturating_add_signed(by)
        .min(rows.len().saturating_sub(1));
    if target == row {
        return from;
    }
    let range = rows.bytes(target);
    let mut to = range
        .start
        .saturating_add(place)
        .min(range.end.saturating_sub(1));
    while to > range.start && bytes.get(to).is_some_and(|byte| is_continuation(*byte)) {
        to = to.saturating_sub(1);
    }
    to
}

#[cfg(test)]
mod tests {
    use super::super::rows::Form;
    use super::*;

    #[test]
    fn the_cursor_moves_by_characters() {
        let bytes = "aé漢b".as_bytes();
        assert_eq!(after(bytes, 0), 1);
        assert_eq!(after(bytes, 1), 3);
        assert_eq!(after(bytes, 3), 6);
        assert_eq!(after(bytes, 6), 6, "the last stays");
        assert_eq!(before(bytes, 6), 3);
        assert_eq!(before(bytes, 0), 0);
    }

    #[test]
    fn up_and_down_keep_the_column_and_stay_inside() {
        let bytes = b"abcdefghij";
        let rows = Rows::new(
            bytes,
            Form::Text {
                columns: 4,
                has_lines: false,
            },
            true,
        );
        assert_eq!(in_row(&rows, bytes, 1, 1), 5);
        assert_eq!(in_row(&rows, bytes, 7, 1), 9, "the last row is shorter");
        assert_eq!(in_row(&rows, bytes, 1, -1), 1);
        assert_eq!(in_row(&rows, bytes, 1, 100), 9);
    }
}
