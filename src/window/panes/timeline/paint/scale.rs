//! The axis, its ticks, and where its scale is cut.

use egui::{Align2, Pos2, Shape, Stroke, pos2};

use super::super::axis::{Axis, Piece};
use super::super::spans::seconds;
use super::super::ticks;
use super::super::words::{written, zone};
use super::Picture;
use super::canvas::{Canvas, Taken};
use crate::judge::words::span;

/// Half of the width of the sign for a cut scale, in points.
const BREAK: f32 = 3.5;

/// A label for a tick wants this much room, in points.
const TICK_ROOM: f32 = 96.0;

/// The axis itself, dashed where it is cut.
pub(super) fn line(canvas: &Canvas<'_>, axis: &Axis, y: f32) {
    let stroke = Stroke::new(1.0, canvas.theme.faint);
    for piece in axis.pieces() {
        let ends = [
            canvas.at(piece.place.start, y),
            canvas.at(piece.place.end, y),
        ];
        if piece.is_cut {
            canvas
                .painter
                .extend(Shape::dashed_line(&ends, stroke, 3.0, 4.0));
        } else {
            canvas.painter.line_segment(ends, stroke);
        }
    }
}

/// Where the scale is cut, a gap with the edges of torn paper, from a top to a bottom.
pub(super) fn breaks(canvas: &Canvas<'_>, axis: &Axis, (top, bottom): (f32, f32)) {
    for x in cuts(axis) {
        let teeth = |shift: f32| -> Vec<Pos2> {
            let steps = ((bottom - top) / 6.0).ceil().max(1.0);
            (0..=steps as u8)
                .map(|step| {
                    let side = if step % 2 == 0 { -2.0 } else { 2.0 };
                    let y = top + (bottom - top) * f32::from(step) / steps;
                    canvas.at(x + shift + side, y)
                })
                .collect()
        };
        let gap = Stroke::new(2.0 * BREAK, canvas.theme.bg1);
        canvas.painter.add(Shape::line(teeth(0.0), gap));
        for shift in [-BREAK, BREAK] {
            let edge = Stroke::new(1.0, canvas.theme.faint);
            canvas.painter.add(Shape::line(teeth(shift), edge));
        }
    }
}

/// The middles of the cuts.
pub(super) fn cuts(axis: &Axis) -> impl Iterator<Item = f32> {
    let pieces = axis.pieces().iter().filter(|piece| piece.is_cut);
    pieces.map(|piece| f32::midpoint(piece.place.start, piece.place.end))
}

/// Round instants along the axis, and how much is cut out of it.
pub(super) fn ticks(picture: &Picture<'_>, canvas: &Canvas<'_>, taken: &mut Taken) {
    let axis = picture.axis;
    let y = picture.heights.ticks;
    for piece in axis.pieces().iter().filter(|piece| piece.is_cut) {
        cut_label(canvas, piece, y, taken);
    }
    let zone = zone(picture.model);
    let year = written(picture.model, picture.now, "%Y");
    for run in axis.pieces().split(|piece| piece.is_cut) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        let room = last.place.end - first.place.start;
        let time = first.time.start..last.time.end;
        let at_most = (room / TICK_ROOM).floor().max(1.0) as usize;
        let (instants, step) = ticks::ticks(&time, at_most, &zone);
        let mut day = String::new();
        for at in instants {
            let x = axis.place(seconds(at));
            let that_day = written(picture.model, at, "%Y-%m-%d");
            let is_this_year = that_day.strip_prefix(year.as_str()).is_some();
            let format = step.format(day == that_day, is_this_year);
            let text = written(picture.model, at, format);
            let place = pos2(x, y);
            let (center, color) = (Align2::CENTER_CENTER, canvas.theme.dim);
            if canvas.text(place, center, &text, color, taken) {
                day = that_day;
                let line = picture.heights.axis;
                let ends = [canvas.at(x, line - 4.0), canvas.at(x, line + 4.0)];
                canvas
                    .painter
                    .line_segment(ends, Stroke::new(1.0, canvas.theme.faint));
            }
        }
    }
}

fn cut_label(canvas: &Canvas<'_>, piece: &Piece, y: f32, taken: &mut Taken) {
    let middle = f32::midpoint(piece.place.start, piece.place.end);
    let length = rounded(piece.time.end - piece.time.start);
    let text = format!("\u{B7}\u{B7}\u{B7} {} \u{B7}\u{B7}\u{B7}", span(length));
    let (place, center) = (pos2(middle, y), Align2::CENTER_CENTER);
    canvas.text(place, center, &text, canvas.theme.dim, taken);
}

/// A length in seconds; where it is told in years and days, rounded to days: three years less a minute are three years.
fn rounded(length: f64) -> i64 {
    const DAY: f64 = 86_400.0;
    const YEAR: f64 = 365.2425 * DAY;
    let is_in_days = length >= YEAR - DAY / 2.0;
    (if is_in_days {
        length + DAY / 2.0
    } else {
        length
    }) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_that_are_cut_out_are_told_to_the_day() {
        let told = |length| span(rounded(length));
        assert_eq!(told(3.0 * 31_556_952.0 - 60.0), "3 years");
        assert_eq!(told(3.0 * 86_400.0 + 7_100.0), "3 days 1 hour");
    }
}
