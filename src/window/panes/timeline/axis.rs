//! Time on a line: in proportion where things happen, cut where nothing does for long.

use std::ops::Range;

/// Shares of the width before the first point and after the last.
const PADS: (f32, f32) = (0.09, 0.09);

/// A stretch between two points is never narrower than this, in points of the screen.
const MIN_WIDTH: f32 = 14.0;

/// A stretch outside of the cores is cut when it is longer than the longest core times this.
const CUT_FROM: f64 = 2.0;

/// Lives that are longer than the shortest one times this are not shown in proportion with it: of ten years and five
/// minutes the years are cut.
const COMPARABLE: f64 = 50.0;

/// The scale of an axis without two points, in seconds.
const LONE_SPAN: f64 = 3_600.0;

/// Seconds since 1970 to places on the screen and back, piece by piece.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pieces: Vec<Piece>,
}

/// A piece of constant scale.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// Seconds since 1970.
    pub(super) time: Range<f64>,
    /// From the left end of the axis, in points.
    pub(super) place: Range<f32>,
    /// Whether the scale is cut here.
    pub(super) is_cut: bool,
}

impl Axis {
    /// An axis of this width that shows these instants, and in proportion the lives of the tokens, as far as they can be
    /// compared.
    pub(super) fn new(instants: &[f64], lives: &[Range<f64>], width: f32) -> Self {
        let cores = Cores::new(lives);
        let mut points: Vec<f64> = instants
            .iter()
            .copied()
            .filter(|at| at.is_finite())
            .collect();
        points.sort_by(f64::total_cmp);
        points.dedup();
        let gaps: Vec<(Range<f64>, bool)> = points
            .iter()
            .zip(points.iter().skip(1))
            .map(|(&start, &end)| (start..end, cores.cut(&(start..end))))
            .collect();
        let (first, last) = match (points.first(), points.last()) {
            (Some(first), Some(last)) => (*first, *last),
            _ => (0.0, 0.0),
        };
        let (left, right) = (width * PADS.0, width * PADS.1);
        let widths = widths(&gaps, width - left - right);
        let whole = gaps.iter().zip(&widths).filter(|((_, is_cut), _)| !is_cut);
        let (seconds, wide) = whole.fold((0.0, 0.0), |(seconds, wide), ((gap, _), width)| {
            (seconds + gap.end - gap.start, wide + f64::from(*width))
        });
        let scale = if wide > 0.0 {
            seconds / wide
        } else {
            LONE_SPAN / f64::from(width.max(1.0))
        };
        // Without a gap the point stands in the middle.
        let (left, right) = if gaps.is_empty() {
            (width / 2.0, width / 2.0)
        } else {
            (left, right)
        };
        let mut pieces = vec![Piece {
            time: first - scale * f64::from(left)..first,
            place: 0.0..left,
            is_cut: false,
        }];
        let mut at = left;
        for ((time, is_cut), width) in gaps.into_iter().zip(widths) {
            pieces.push(Piece {
                time,
                place: at..at + width,
                is_cut,
            });
            at += width;
        }
        pieces.push(Piece {
            time: last..last + scale * f64::from(right),
            place: at..at + right,
            is_cut: false,
        });
        Self { pieces }
    }

    /// An axis of this width and one scale.
    pub(super) fn linear(time: Range<f64>, width: f32) -> Self {
        Self {
            pieces: vec![Piece {
                time,
                place: 0.0..width,
                is_cut: false,
            }],
        }
    }

    /// The pieces, from left to right.
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The first and last instant that can be seen.
    pub(super) fn time(&self) -> Range<f64> {
        match (self.pieces.first(), self.pieces.last()) {
            (Some(first), Some(last)) => first.time.start..last.time.end,
            _ => 0.0..0.0,
        }
    }

    /// Whether an instant can be seen.
    pub(super) fn contains(&self, time: f64) -> bool {
        let all = self.time();
        (all.start..=all.end).contains(&time)
    }

    /// The width, in points.
    pub(super) fn width(&self) -> f32 {
        self.pieces.last().map_or(0.0, |piece| piece.place.end)
    }

    /// Seconds in a point of the screen, at a place.
    pub(super) fn scale_at(&self, place: f32) -> f64 {
        let piece = self.pieces.iter().find(|piece| place < piece.place.end);
        piece.or(self.pieces.last()).map_or(1.0, |piece| {
            let width = f64::from(piece.place.end - piece.place.start).max(1.0);
            (piece.time.end - piece.time.start) / width
        })
    }

    /// The place of an instant; the near end where it lies outside.
    pub(super) fn place(&self, time: f64) -> f32 {
        let piece = self
            .pieces
            .iter()
            .find(|piece| time < piece.time.end)
            .or(self.pieces.last());
        piece.map_or(0.0, |piece| {
            let length = piece.time.end - piece.time.start;
            let share = if length > 0.0 {
                (time - piece.time.start) / length
            } else {
                0.0
            };
            let width = piece.place.end - piece.place.start;
            piece.place.start + width * share.clamp(0.0, 1.0) as f32
        })
    }

    /// The instant at a place; the near end where it lies outside.
    pub(super) fn time_at(&self, place: f32) -> f64 {
        let piece = self
            .pieces
            .iter()
            .find(|piece| place < piece.place.end)
            .or(self.pieces.last());
        piece.map_or(0.0, |piece| {
            let width = piece.place.end - piece.place.start;
            let share = if width > 0.0 {
                (place - piece.place.start) / width
            } else {
                0.0
            };
            let length = piece.time.end - piece.time.start;
            piece.time.start + length * f64::from(share.clamp(0.0, 1.0))
        })
    }
}

/// The lives that are shown in proportion.
struct Cores<'a> {
    lives: Vec<&'a Range<f64>>,
    /// The length of the longest, in seconds.
    longest: f64,
}

impl<'a> Cores<'a> {
    fn new(lives: &'a [Range<f64>]) -> Self {
        let length = |life: &Range<f64>| life.end - life.start;
        let lives = lives.iter().filter(|life| length(life) > 0.0);
        let shortest = lives.clone().map(length).fold(f64::INFINITY, f64::min);
        let lives: Vec<_> = lives
            .filter(|life| length(life) <= shortest * COMPARABLE)
            .collect();
        let longest = lives.iter().map(|life| length(life)).fold(0.0, f64::max);
        Self { lives, longest }
    }

    /// Whether the scale is cut between two points.
    fn cut(&self, gap: &Range<f64>) -> bool {
        let is_in = |life: &&Range<f64>| life.start <= gap.start && gap.end <= life.end;
        self.longest > 0.0
            && gap.end - gap.start > self.longest * CUT_FROM
            && !self.lives.iter().any(is_in)
    }
}

/// The widths of the gaps: cut ones alike, the others in proportion, none too narrow.
fn widths(gaps: &[(Range<f64>, bool)], width: f32) -> Vec<f32> {
    let cuts = gaps.iter().filter(|(_, is_cut)| *is_cut).count() as f32;
    let for_cuts = match cuts as usize {
        0 => 0.0,
        1 => width * 0.4,
        _ => width * 0.55,
    };
    let whole: f64 = gaps
        .iter()
        .filter(|(_, is_cut)| !is_cut)
        .map(|(gap, _)| gap.end - gap.start)
        .sum();
    let raw: Vec<f32> = gaps
        .iter()
        .map(|(gap, is_cut)| {
            if *is_cut {
                for_cuts / cuts
            } else {
                let share = (gap.end - gap.start) / whole.max(f64::MIN_POSITIVE);
                ((width - for_cuts) * share as f32).max(MIN_WIDTH)
            }
        })
        .collect();
    let sum: f32 = raw.iter().sum();
    raw.into_iter()
        .map(|raw| raw * width / sum.max(1.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const IAT: f64 = 1_795_032_000.0;
    const EXP: f64 = IAT + 3_600.0;
    const NOW: f64 = IAT + 270_000.0;

    fn expired() -> Axis {
        Axis::new(&[IAT, EXP, EXP + 60.0, NOW], &[IAT..EXP + 60.0], 776.0)
    }

    #[test]
    fn the_long_time_since_expiry_is_cut_and_the_life_is_not() {
        let axis = expired();
        let cuts: Vec<bool> = axis.pieces().iter().map(|piece| piece.is_cut).collect();
        assert_eq!(cuts, [false, false, false, true, false]);
        let life = axis.place(EXP) - axis.place(IAT);
        assert!(life > 240.0, "{life}");
        let leeway = axis.place(EXP + 60.0) - axis.place(EXP);
        assert!((10.0..40.0).contains(&leeway), "{leeway}");
    }

    #[test]
    fn places_and_instants_agree_and_rise() {
        let axis = expired();
        let mut last = f64::NEG_INFINITY;
        for place in 0..=776_u16 {
            let place = f32::from(place);
            let time = axis.time_at(place);
            assert!(time >= last, "time runs on at {place}");
            assert!((axis.place(time) - place).abs() < 0.6, "{place}");
            last = time;
        }
        assert!((axis.place(f64::MAX) - 776.0).abs() < 0.6);
        assert!(axis.place(f64::MIN).abs() < 0.6);
    }

    #[test]
    fn a_moment_inside_the_life_cuts_nothing() {
        let axis = Axis::new(&[IAT, IAT + 1.0, EXP], &[IAT..EXP], 500.0);
        assert!(axis.pieces().iter().all(|piece| !piece.is_cut));
    }

    #[test]
    fn odd_input_still_makes_an_axis() {
        for points in [
            &[][..],
            &[5.0],
            &[5.0, 5.0],
            &[f64::NAN, 1.0],
            &[-3e11, 3e11],
        ] {
            let axis = Axis::new(points, &[], 300.0);
            let time = axis.time();
            assert!(time.start < time.end, "{points:?}");
            assert!(axis.place(time.end).is_finite());
        }
        assert!((Axis::new(&[5.0], &[], 300.0).place(5.0) - 150.0).abs() < 0.1);
    }

    #[test]
    fn five_minutes_can_be_read_beside_ten_years() {
        const YEARS: f64 = 10.0 * 31_556_952.0;
        let begin = IAT - YEARS / 2.0;
        let points = [IAT, IAT + 300.0, begin, begin + YEARS, IAT + 100.0];
        let lives = [IAT..IAT + 300.0, begin..begin + YEARS];
        let axis = Axis::new(&points, &lives, 600.0);
        let width = |from, to| axis.place(to) - axis.place(from);
        assert!(width(IAT, IAT + 300.0) > 150.0);
        assert!(width(begin, IAT) > 60.0 && width(IAT + 300.0, begin + YEARS) > 60.0);
        let cuts = axis.pieces().iter().filter(|piece| piece.is_cut).count();
        assert_eq!(cuts, 2, "before and after the five minutes");
    }

    #[test]
    fn an_hour_beside_a_day_is_in_proportion() {
        let axis = Axis::new(
            &[IAT, EXP, IAT + 86_400.0],
            &[IAT..EXP, IAT..IAT + 86_400.0],
            600.0,
        );
        assert!(axis.pieces().iter().all(|piece| !piece.is_cut));
    }
}
