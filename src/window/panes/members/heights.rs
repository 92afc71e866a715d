//! How high the rows of a long list are, and so where each of them is.

/// Heights of rows in whole points. To find the row at a place, to say where a row is and to change a height each takes as
/// many steps as the number of rows has binary digits.
#[derive(Debug, Clone, Default)]
pub(super) struct Heights {
    heights: Vec<u32>,
    /// A Fenwick tree, its node `n` at `n - 1`: the sum of the heights of as many rows up to row `n` (counted from one)
    /// as the lowest set bit of `n` says.
    sums: Vec<u64>,
}

impl Heights {
    /// Of rows in their order.
    pub(super) fn new(heights: impl Iterator<Item = u32>) -> Self {
        let heights: Vec<u32> = heights.collect();
        let mut sums: Vec<u64> = heights.iter().map(|&height| u64::from(height)).collect();
        for node in 1..=sums.len() {
            let sum = sums.get(node.wrapping_sub(1)).copied().unwrap_or(0);
            if let Some(above) = sums.get_mut(node | node.wrapping_sub(1)) {
                *above = above.saturating_add(sum);
            }
        }
        Self { heights, sums }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.heights.len()
    }

    /// The height of all rows together.
    pub(super) fn total(&self) -> u64 {
        self.top(self.len())
    }

    /// The height of a row; none past the last.
    pub(super) fn height(&self, row: usize) -> u32 {
        self.heights.get(row).copied().unwrap_or(0)
    }

    /// Where a row begins: the heights of those before it.
    pub(super) fn top(&self, row: usize) -> u64 {
        let mut node = row.min(self.len());
        let mut sum = 0_u64;
        while let Some(before) = node.checked_sub(1) {
            sum = sum.saturating_add(self.sums.get(before).copied().unwrap_or(0));
            node &= before;
        }
        sum
    }

    /// The row that this place is in; the last one for a place past all.
    pub(super) fn row_at(&self, place: u64) -> usize {
        let mut row = 0_usize;
        let mut rest = place;
        let mut step = self.len().checked_ilog2().map_or(0, |bits| 1_usize << bits);
        while step > 0 {
            let next = row | step;
            if let Some(&sum) = self.sums.get(next.wrapping_sub(1))
                && sum <= rest
            {
                rest = rest.saturating_sub(sum);
                row = next;
            }
            step >>= 1;
        }
        row.min(self.len().saturating_sub(1))
    }

    /// Takes in what a row really needs.
    pub(super) fn set(&mut self, row: usize, height: u32) {
        let Some(known) = self.heights.get_mut(row) else {
            return;
        };
        let old = u64::from(std::mem::replace(known, height));
        let mut at = row;
        while let Some(sum) = self.sums.get_mut(at) {
            *sum = sum.saturating_sub(old).saturating_add(u64::from(height));
            at |= at.saturating_add(1);
        }
    }
}

/// The rows that fill a view: from one that is to be at a place in it, down to its end and up to its begin. At either end
/// of the list there is no gap where rows are left to fill it. `measure` gives a row's height, and is asked once for each.
/// Gives the first row and where each of them begins, counted from the view's top.
pub(super) fn fill(
    count: usize,
    view: f64,
    (anchor, place): (usize, f64),
    mut measure: impl FnMut(usize) -> u32,
) -> (usize, Vec<f64>) {
    let (mut first, mut end) = (anchor.min(count), anchor.min(count));
    let (mut top, mut bottom) = (place, place);
    // From the view's top up, the last first; and from the anchor down.
    let (mut above, mut below) = (Vec::new(), Vec::new());
    loop {
        if bottom < view && end < count {
            below.push(bottom);
            bottom += f64::from(measure(end));
            end = end.saturating_add(1);
        } else if top > 0.0 && first > 0 {
            first = first.saturating_sub(1);
            top -= f64::from(measure(first));
            above.push(top);
        } else {
            let shift = match (top > 0.0, view - bottom) {
                (true, _) => -top,
                (false, gap) if gap <= 0.0 => 0.0,
                (false, gap) if first > 0 => gap,
                (false, gap) => gap.min(-top),
            };
            if shift.abs() < 0.01 {
                break;
            }
            top += shift;
            bottom += shift;
            for place in above.iter_mut().chain(&mut below) {
                *place += shift;
            }
        }
    }
    above.reverse();
    above.append(&mut below);
    (first, above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_rows_are_no_trouble() {
        let heights = Heights::default();
        assert_eq!(
            (heights.row_at(7), heights.top(3), heights.total()),
            (0, 0, 0)
        );
        assert_eq!(fill(0, 100.0, (0, 0.0), |_| 25), (0, Vec::new()));
    }

    proptest! {
        #[test]
        fn each_place_is_in_the_row_that_covers_it(
            estimated in prop::collection::vec(1..200_u32, 1..300),
            measured in prop::collection::vec((0..300_usize, 1..5_000_u32), 0..40),
        ) {
            let mut heights = Heights::new(estimated.iter().copied());
            let mut plain = estimated;
            for (row, height) in measured {
                heights.set(row, height);
                if let Some(known) = plain.get_mut(row) {
                    *known = height;
                }
            }
            let mut top = 0;
            for (row, &height) in plain.iter().enumerate() {
                prop_assert_eq!(heights.top(row), top);
                prop_assert_eq!(heights.height(row), height);
                let end = top + u64::from(height);
                prop_assert_eq!(heights.row_at(top), row);
                prop_assert_eq!(heights.row_at(end - 1), row);
                top = end;
            }
            prop_assert_eq!(heights.total(), top);
            prop_assert_eq!(heights.row_at(top), plain.len() - 1);
        }

        #[test]
        fn a_view_is_filled_without_gap_and_each_row_is_measured_once(
            rows in prop::collection::vec(1..120_u32, 1..80),
            view in 1..400_u32,
            anchor in 0..80_usize,
            place in -300..700_i32,
        ) {
            let view = f64::from(view);
            let mut asked = Vec::new();
            let anchor = anchor.min(rows.len() - 1);
            let (first, places) = fill(rows.len(), view, (anchor, f64::from(place)), |row| {
                asked.push(row);
                rows[row]
            });
            let last = first + places.len();
            asked.sort_unstable();
            prop_assert!(asked.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", asked);
            prop_assert!(!places.is_empty());
            let mut at = places[0];
            for (place, row) in places.iter().zip(&rows[first..last]) {
                prop_assert!((place - at).abs() < 0.01, "{} {}", place, at);
                at += f64::from(*row);
            }
            prop_assert!(places[0] <= 0.0);
            prop_assert!(at >= view || first == 0 && last == rows.len(), "{} {}", at, view);
            let all: u32 = rows.iter().sum();
            prop_assert!(at >= view || f64::from(all) < view);
        }
    }
}
