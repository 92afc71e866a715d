//! The timeline as a picture. Everything on it is also in words.

mod canvas;
mod lane;
mod scale;

use egui::{Shape, Stroke, vec2};
use jiff::Timestamp;

use self::canvas::Label;
pub(super) use self::canvas::{Canvas, MARGIN, Taken};
use super::axis::Axis;
use super::lanes::Lane;
use super::spans::{instant, seconds};
use super::words::written;
use crate::window::model::{Clock, Model};
use crate::window::theme::Tokens;

/// The pointer is on a mark within so many points.
const NEAR: f32 = 4.0;

/// So many marks are told where several are under the pointer.
const MAX_TOLD: usize = 4;

/// Where things stand, in points from the top of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heights {
    /// Where the labels of the clock and the pointer stand.
    pub(super) top: f32,
    /// Where lanes begin.
    pub(super) lanes: f32,
    /// The axis.
    pub(super) axis: f32,
    /// The words below it.
    pub(super) ticks: f32,
}

/// Where things stand in a lane, in points from its top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    /// The middle of the labels of marks.
    pub(super) label: f32,
    /// The bar's top and bottom.
    pub(super) bar: (f32, f32),
    /// How far the lines of marks go on below the bar.
    pub(super) tail: f32,
    /// The whole lane.
    pub(super) height: f32,
}

/// The only lane.
pub(super) const ALONE: Row = Row {
    label: 7.0,
    bar: (18.0, 36.0),
    tail: 8.0,
    height: 46.0,
};

/// A token among several lanes.
pub(super) const AMONG: Row = Row {
    label: 8.0,
    bar: (16.0, 30.0),
    tail: 5.0,
    height: 38.0,
};

/// A certificate.
pub(super) const CERTIFICATE: Row = Row {
    label: 8.0,
    bar: (16.0, 20.0),
    tail: 2.0,
    height: 24.0,
};

/// Where the pointer is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pointed {
    /// From the left end of the axis, in points.
    pub(super) x: f32,
    /// The lane.
    pub(super) lane: Option<usize>,
    /// Whether it holds the clock.
    pub(super) holds: bool,
}

/// What to paint.
pub(super) struct Picture<'a> {
    pub(super) model: &'a Model,
    pub(super) axis: &'a Axis,
    pub(super) lanes: &'a [Lane],
    pub(super) now: Timestamp,
    pub(super) heights: Heights,
    pub(super) pointed: Option<Pointed>,
}

impl Picture<'_> {
    fn is_live(&self) -> bool {
        self.model.clock == Clock::Live
    }

    /// The axis with its ticks.
    pub(super) fn scale(&self, canvas: &Canvas<'_>, taken: &mut Taken) {
        scale::line(canvas, self.axis, self.heights.axis);
        scale::breaks(
            canvas,
            self.axis,
            (self.heights.axis - 6.0, self.heights.axis + 6.0),
        );
        scale::ticks(self, canvas, taken);
    }

    /// What is taken at the top before any label of a mark: the clock and its words.
    pub(super) fn taken(&self, canvas: &Canvas<'_>) -> Taken {
        let mut taken = Taken::default();
        if self.pointed.is_none_or(|pointed| !pointed.holds) {
            let (_, right) = self.clock_place(canvas);
            taken.keep(self.clock_label(canvas, right).rect);
        }
        taken
    }

    /// A lane whose top is so far from the top of the picture.
    pub(super) fn lane(
        &self,
        canvas: &Canvas<'_>,
        lane: &Lane,
        (top, row): (f32, Row),
        taken: &mut Taken,
    ) {
        lane::paint(self, canvas, lane, (top, row), taken);
    }

    /// The clock, and what is under the pointer: above everything else.
    pub(super) fn over(&self, canvas: &Canvas<'_>) {
        self.now_line(canvas);
        let pointed = self.pointed(canvas);
        // Where the two meet, what the pointer asks for stays, and the clock goes to its other side.
        let is_free = |label: &Label| {
            !pointed.as_ref().is_some_and(|other| {
                let around = other.rect.expand2(vec2(8.0, 0.0));
                around.intersects(label.rect)
            })
        };
        if self.pointed.is_none_or(|pointed| !pointed.holds) {
            let (_, is_right) = self.clock_place(canvas);
            let sides = [is_right, !is_right].map(|side| self.clock_label(canvas, side));
            if let Some(label) = sides.into_iter().find(is_free) {
                label.paint(canvas, canvas.theme.bg1);
            }
        }
        if let Some(label) = pointed {
            label.paint(canvas, canvas.theme.bg3);
        }
    }

    fn clock_color(&self, theme: &Tokens) -> egui::Color32 {
        if self.is_live() {
            theme.text
        } else {
            theme.warn
        }
    }

    /// Where the clock's line is, and whether its words stand at its left.
    fn clock_place(&self, canvas: &Canvas<'_>) -> (f32, bool) {
        let x = self.axis.place(seconds(self.now));
        (x, is_right(canvas, x))
    }

    fn clock_label(&self, canvas: &Canvas<'_>, is_left_of_it: bool) -> Label {
        let word = if self.is_live() { "now" } else { "clock" };
        let format = if self.is_other_day() {
            "%b %-d, %H:%M:%S"
        } else {
            "%H:%M:%S"
        };
        let at = seconds(self.now);
        let mut text = format!("{word} {}", written(self.model, self.now, format));
        let all = self.axis.time();
        if at < all.start {
            text = format!("\u{2039} {text}");
        } else if at > all.end {
            text = format!("{text} \u{203A}");
        }
        let x = self.axis.place(at);
        let color = self.clock_color(canvas.theme);
        canvas.label(x, self.heights.top, text, color, is_left_of_it)
    }

    /// Whether the clock stands on another day than the times that are shown.
    fn is_other_day(&self) -> bool {
        let day = |at: Timestamp| written(self.model, at, "%Y-%m-%d");
        let now = day(self.now);
        let mut marks = self.lanes.iter().flat_map(|lane| &lane.marks);
        !marks.any(|mark| day(mark.at) == now)
    }

    fn now_line(&self, canvas: &Canvas<'_>) {
        let at = seconds(self.now);
        if !self.axis.contains(at) {
            return;
        }
        let x = self.axis.place(at);
        let color = self.clock_color(canvas.theme);
        let ends = [canvas.at(x, 8.0), canvas.at(x, self.heights.axis)];
        canvas.painter.line_segment(ends, Stroke::new(2.0, color));
        let head = vec![
            canvas.at(x - 6.0, 4.0),
            canvas.at(x + 6.0, 4.0),
            canvas.at(x, 13.0),
        ];
        canvas
            .painter
            .add(Shape::convex_polygon(head, color, Stroke::NONE));
    }

    /// The instant under the pointer, and what is there.
    fn pointed(&self, canvas: &Canvas<'_>) -> Option<Label> {
        let Pointed { x, lane, holds } = self.pointed?;
        let lane = lane.and_then(|lane| self.lanes.get(lane));
        let near = |at: Timestamp| {
            let at = seconds(at);
            !holds && self.axis.contains(at) && (self.axis.place(at) - x).abs() <= NEAR
        };
        let marks = lane.map_or(&[][..], |lane| &lane.marks);
        let mut marks: Vec<_> = marks.iter().filter(|mark| near(mark.at)).collect();
        marks.sort_by_key(|mark| mark.at);
        let at = match marks.first() {
            Some(mark) => Some(mark.at),
            None => instant(self.axis.time_at(x)),
        };
        let at = at?;
        let year = written(self.model, at, "%Y") != written(self.model, self.now, "%Y");
        let format = if year {
            "%b %-d %Y, %H:%M:%S"
        } else {
            "%b %-d, %H:%M:%S"
        };
        let mut text = written(self.model, at, format);
        if let Some(lane) = lane.filter(|lane| lane.spans.is_judged) {
            let standing = lane.spans.standing(seconds(at));
            text = format!("{text} \u{B7} {}", standing.word());
        }
        let rest = marks.len().saturating_sub(MAX_TOLD);
        let names = marks.iter().take(MAX_TOLD).map(|mark| mark.long_name());
        let mut told: Vec<String> = names.collect();
        if rest > 0 {
            told.push(format!("{rest} more"));
        }
        told.push(text);
        let line = [
            canvas.at(x, self.heights.top),
            canvas.at(x, self.heights.axis),
        ];
        let color = if holds {
            canvas.theme.warn
        } else {
            canvas.theme.dim
        };
        let dashes = Shape::dashed_line(&line, Stroke::new(1.0, color), 2.0, 2.0);
        canvas.painter.extend(dashes);
        let text = told.join(" \u{B7} ");
        let color = canvas.theme.text;
        let label = |side| canvas.label(x, self.heights.top, text.clone(), color, side);
        // Not over the head of the clock, where that can be had.
        let clock = self.axis.place(seconds(self.now));
        let clock = canvas.line(clock, 0.0, self.heights.lanes).expand(6.0);
        let side = is_right(canvas, x);
        let best = label(side);
        if holds || !best.rect.intersects(clock) {
            return Some(best);
        }
        let other = label(!side);
        let is_other_free = !other.rect.intersects(clock);
        Some(if is_other_free { other } else { best })
    }
}

/// Whether a place is so far right that its text stands at its left.
fn is_right(canvas: &Canvas<'_>, x: f32) -> bool {
    x > canvas.width * 0.6
}
