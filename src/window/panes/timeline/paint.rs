//! The timeline as a picture. Everything on it is also in words.

use egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, Response, Shape, Stroke,
    StrokeKind, Ui, pos2, vec2,
};
use jiff::Timestamp;
use jiff::tz::Offset;

use super::super::times;
use super::axis::{Axis, Piece, ticks};
use super::{Shown, Spans, seconds};
use crate::jose::registry;
use crate::jose::visible::visible;
use crate::judge::words::{short_span, span};
use crate::window::model::Zone;
use crate::window::theme::{Tokens, size};

/// Left and right of the axis, in points.
pub(super) const MARGIN: f32 = 14.0;

/// Heights from the top of the picture, in points.
const LANES: [f32; 2] = [12.0, 26.0];
const BAR: (f32, f32) = (37.0, 55.0);
const LINE: f32 = 70.0;
const TICK_TEXT: f32 = 85.0;

/// Half of the width of the sign for a cut scale, in points.
const BREAK: f32 = 3.5;

/// The pointer is on a mark within so many points.
const NEAR: f32 = 4.0;

/// A label for a tick wants this much room, in points.
const TICK_ROOM: f32 = 96.0;

/// What to paint.
pub(super) struct Picture<'a> {
    pub(super) axis: &'a Axis,
    pub(super) spans: &'a Spans,
    pub(super) marks: &'a [Shown],
    pub(super) now: Timestamp,
    pub(super) is_live: bool,
    pub(super) zone: Zone,
    /// Where the pointer is, from the left end of the axis in points.
    pub(super) pointed: Option<f32>,
    /// Whether it holds the clock.
    pub(super) is_dragged: bool,
}

/// Places taken by text.
struct Taken(Vec<Rect>);

impl Taken {
    /// Takes a place if it is free.
    fn take(&mut self, rect: Rect) -> bool {
        let is_free = !self
            .0
            .iter()
            .any(|other| other.expand2(vec2(3.0, 0.0)).intersects(rect));
        if is_free {
            self.0.push(rect);
        }
        is_free
    }
}

impl Picture<'_> {
    pub(super) fn paint(&self, ui: &Ui, rect: Rect, response: &Response, theme: &Tokens) {
        let painter = ui.painter_at(rect);
        let canvas = Canvas {
            painter: &painter,
            theme,
            origin: rect.min + vec2(MARGIN, 0.0),
            width: rect.width() - 2.0 * MARGIN,
        };
        let now = self.axis.place(seconds(self.now));
        self.zones(&canvas);
        line(&canvas, self.axis);
        breaks(&canvas, self.axis);
        let mut taken = Taken(Vec::new());
        self.ticks(&canvas, &mut taken);
        let clock =
            (!self.is_dragged).then(|| self.clock_label(&canvas, now, is_right(&canvas, now)));
        taken.0.extend(clock.as_ref().map(|label| label.rect));
        // Text does not run through the lines of marks.
        let lines = self
            .marks
            .iter()
            .map(|mark| self.axis.place(seconds(mark.at)));
        for x in lines.chain([now]) {
            let line = Rect::from_min_max(canvas.at(x - 1.0, 0.0), canvas.at(x + 1.0, BAR.0));
            taken.0.push(line);
        }
        self.mark_labels(&canvas, &mut taken);
        now_line(&canvas, now, self.is_live);
        let pointed = self.pointed(&canvas);
        // Where the two meet, what the pointer asks for stays, and the clock goes to its other side.
        let is_free = |label: &Label| {
            !pointed.as_ref().is_some_and(|other| {
                let around = other.rect.expand2(vec2(8.0, 0.0));
                around.intersects(label.rect)
            })
        };
        let other = || self.clock_label(&canvas, now, !is_right(&canvas, now));
        let clock = clock.and_then(|label| {
            Some(label)
                .filter(is_free)
                .or_else(|| Some(other()).filter(is_free))
        });
        if let Some(label) = clock {
            label.paint(&canvas, theme.bg1);
        }
        if let Some(label) = pointed {
            label.paint(&canvas, theme.bg3);
        }
        if response.has_focus() {
            let ring = Stroke::new(1.5, theme.accent);
            painter.rect_stroke(rect.shrink(2.0), 4, ring, StrokeKind::Inside);
        }
    }

    /// Valid, leeway, refused.
    fn zones(&self, canvas: &Canvas<'_>) {
        if !self.spans.is_judged {
            return;
        }
        let theme = canvas.theme;
        let whole = self.axis.time();
        let (from, until, leeway) = (self.spans.from, self.spans.until, self.spans.leeway);
        let begin = from.unwrap_or(whole.start);
        let end = until.unwrap_or(whole.end);
        if let Some(from) = from {
            canvas.zone(self, whole.start, from - leeway, theme.bad, "not yet valid");
            canvas.zone(self, from - leeway, from, theme.warn, "leeway");
        }
        // What a reader takes for the life of a token without `nbf` begins when it was issued.
        let born = self
            .spans
            .issued
            .filter(|issued| from.is_none() && until.is_some() && (begin..end).contains(issued));
        if let Some(born) = born {
            canvas.zone(self, begin, born, theme.ok, "");
        }
        let start = born.or(from);
        let words = match start.zip(until) {
            Some((start, until)) if start <= until => {
                format!("valid {}", short_span((until - start) as i64))
            }
            _ => "valid".to_owned(),
        };
        canvas.zone(self, born.unwrap_or(begin), end, theme.ok, &words);
        if let Some(until) = until {
            let start = until.max(begin);
            canvas.zone(self, start, until + leeway, theme.warn, "leeway");
            canvas.zone(self, until + leeway, whole.end, theme.bad, "expired");
        }
    }

    fn ticks(&self, canvas: &Canvas<'_>, taken: &mut Taken) {
        for piece in self.axis.pieces().iter().filter(|piece| piece.is_cut) {
            cut_label(canvas, piece, taken);
        }
        for run in self.axis.pieces().split(|piece| piece.is_cut) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            let room = last.place.end - first.place.start;
            let time = first.time.start..last.time.end;
            let offset = self.offset(time.start);
            let at_most = (room / TICK_ROOM).floor().max(1.0) as usize;
            let (instants, step) = ticks(time, at_most, offset);
            let mut has_date = false;
            for instant in instants {
                let Some(at) = Timestamp::from_second(instant as i64).ok() else {
                    continue;
                };
                let x = self.axis.place(instant);
                let text = times::format_in(at, self.zone, format(step, has_date));
                if canvas.text(
                    pos2(x, TICK_TEXT),
                    Align2::CENTER_CENTER,
                    &text,
                    canvas.theme.dim,
                    taken,
                ) {
                    has_date = true;
                    let ends = [canvas.at(x, LINE - 4.0), canvas.at(x, LINE + 4.0)];
                    canvas
                        .painter
                        .line_segment(ends, Stroke::new(1.0, canvas.theme.faint));
                }
            }
        }
    }

    fn offset(&self, seconds: f64) -> f64 {
        let at = Timestamp::from_second(seconds as i64).unwrap_or_default();
        let offset: Offset = self.zone.time_zone().to_offset(at);
        f64::from(offset.seconds())
    }

    fn clock_label(&self, canvas: &Canvas<'_>, x: f32, is_left_of_it: bool) -> Label {
        let (word, color) = if self.is_live {
            ("now", canvas.theme.text)
        } else {
            ("clock", canvas.theme.warn)
        };
        let format = if self.is_other_day() {
            "%b %-d, %H:%M:%S"
        } else {
            "%H:%M:%S"
        };
        let text = format!("{word} {}", times::format_in(self.now, self.zone, format));
        canvas.label(x, text, color, is_left_of_it)
    }

    /// The instant under the pointer, and what is there.
    fn pointed(&self, canvas: &Canvas<'_>) -> Option<Label> {
        let x = self.pointed?;
        let near = |mark: &&Shown| (self.axis.place(seconds(mark.at)) - x).abs() <= NEAR;
        let mark = self.marks.iter().find(near).filter(|_| !self.is_dragged);
        let at = match mark {
            Some(mark) => Some(mark.at),
            None => Timestamp::from_second(self.axis.time_at(x).round() as i64).ok(),
        };
        let at = at?;
        let mut text = times::format_in(at, self.zone, "%b %-d, %H:%M:%S");
        if let Some(state) = self.spans.state(seconds(at)) {
            text = format!("{text} · {state}");
        }
        if let Some(mark) = mark {
            text = format!("{} · {text}", long_name(mark));
        }
        let line = [canvas.at(x, LANES[0]), canvas.at(x, LINE)];
        let color = if self.is_dragged {
            canvas.theme.warn
        } else {
            canvas.theme.dim
        };
        let dashes = Shape::dashed_line(&line, Stroke::new(1.0, color), 2.0, 2.0);
        canvas.painter.extend(dashes);
        Some(canvas.label(x, text, canvas.theme.text, is_right(canvas, x)))
    }

    /// Whether the clock stands on another day than the token's own times.
    fn is_other_day(&self) -> bool {
        let day = |at: Timestamp| times::format_in(at, self.zone, "%Y-%m-%d");
        let now = day(self.now);
        !self.marks.iter().any(|mark| day(mark.at) == now)
    }

    /// Marks of the same instant share a line and a label.
    fn mark_labels(&self, canvas: &Canvas<'_>, taken: &mut Taken) {
        let mut marks: Vec<&Shown> = self.marks.iter().collect();
        marks.sort_by_key(|mark| mark.at);
        for group in marks.chunk_by(|a, b| a.at == b.at) {
            let Some(first) = group.first() else {
                continue;
            };
            let x = self.axis.place(seconds(first.at));
            let names: Vec<String> = group.iter().map(|mark| visible(&mark.claim)).collect();
            let has = |name: &str| group.iter().any(|mark| mark.claim == name);
            let color = if has("exp") {
                canvas.theme.bad
            } else if has("iat") || has("nbf") {
                canvas.theme.accent
            } else {
                canvas.theme.dim
            };
            let is_validity = has("iat") || has("nbf") || has("exp");
            let short = names.join(" = ");
            let long = match (has("iat"), group) {
                (true, _) => format!("{short} · issued"),
                (false, [mark]) if !is_validity => long_name(mark),
                _ => short.clone(),
            };
            let mut place = |text: &str, lane: f32| {
                let sides = [
                    (x + 6.0, Align2::LEFT_CENTER),
                    (x - 6.0, Align2::RIGHT_CENTER),
                ];
                sides.into_iter().any(|(x, anchor)| {
                    canvas.text(pos2(x, lane), anchor, text, canvas.theme.text, taken)
                })
            };
            let lanes = || LANES.into_iter().rev();
            let lane = lanes()
                .find(|&lane| place(&long, lane))
                .or_else(|| lanes().find(|&lane| place(&short, lane)));
            let top = lane.map_or(BAR.0 - 6.0, |lane| lane - 6.0);
            let ends = [canvas.at(x, top), canvas.at(x, BAR.1 + 8.0)];
            if is_validity {
                canvas.painter.line_segment(ends, Stroke::new(2.0, color));
            } else {
                // Told apart by its form too: it says nothing about validity.
                let dashes = Shape::dashed_line(&ends, Stroke::new(1.5, color), 3.0, 2.0);
                canvas.painter.extend(dashes);
                diamond(canvas, pos2(x, BAR.1 + 8.0), color);
            }
        }
    }
}

/// Whether a place is so far right that its text stands at its left.
fn is_right(canvas: &Canvas<'_>, x: f32) -> bool {
    x > canvas.width * 0.6
}

/// `auth_time · user signed in`.
fn long_name(mark: &Shown) -> String {
    let claim = visible(&mark.claim);
    match registry::label(&mark.claim) {
        Some(label) => format!("{claim} · {}", label.to_lowercase()),
        None => claim,
    }
}

/// Text beside a line, on a ground of its own.
struct Label {
    rect: Rect,
    galley: std::sync::Arc<egui::Galley>,
    color: Color32,
}

impl Label {
    fn paint(self, canvas: &Canvas<'_>, ground: Color32) {
        let under = self.rect.expand2(vec2(4.0, 1.0));
        canvas.painter.rect_filled(under, 3, ground);
        canvas
            .painter
            .galley(self.rect.min, self.galley, self.color);
    }
}

fn diamond(canvas: &Canvas<'_>, at: Pos2, color: Color32) {
    const HALF: f32 = 4.0;
    let corners = [(0.0, -HALF), (HALF, 0.0), (0.0, HALF), (-HALF, 0.0)];
    let corners = corners.map(|(x, y)| canvas.at(at.x + x, at.y + y));
    let line = Stroke::new(1.5, color);
    canvas.painter.add(Shape::convex_polygon(
        corners.to_vec(),
        canvas.theme.bg1,
        line,
    ));
}

/// The axis itself, dashed where it is cut.
fn line(canvas: &Canvas<'_>, axis: &Axis) {
    let stroke = Stroke::new(1.0, canvas.theme.faint);
    for piece in axis.pieces() {
        let ends = [
            canvas.at(piece.place.start, LINE),
            canvas.at(piece.place.end, LINE),
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

/// Where the scale is cut, a gap with the edges of torn paper through bar and axis.
fn breaks(canvas: &Canvas<'_>, axis: &Axis) {
    for x in cuts(axis) {
        let teeth = |shift: f32, top: f32, bottom: f32| -> Vec<Pos2> {
            let steps = ((bottom - top) / 6.0).ceil().max(1.0);
            (0..=steps as u8)
                .map(|step| {
                    let side = if step % 2 == 0 { -2.0 } else { 2.0 };
                    let y = top + (bottom - top) * f32::from(step) / steps;
                    canvas.at(x + shift + side, y)
                })
                .collect()
        };
        for (top, bottom) in [(BAR.0 - 3.0, BAR.1 + 3.0), (LINE - 6.0, LINE + 6.0)] {
            let gap = Stroke::new(2.0 * BREAK, canvas.theme.bg1);
            canvas
                .painter
                .add(Shape::line(teeth(0.0, top, bottom), gap));
            for shift in [-BREAK, BREAK] {
                let edge = Stroke::new(1.0, canvas.theme.faint);
                canvas
                    .painter
                    .add(Shape::line(teeth(shift, top, bottom), edge));
            }
        }
    }
}

/// The middles of the cuts.
fn cuts(axis: &Axis) -> impl Iterator<Item = f32> {
    let pieces = axis.pieces().iter().filter(|piece| piece.is_cut);
    pieces.map(|piece| f32::midpoint(piece.place.start, piece.place.end))
}

fn cut_label(canvas: &Canvas<'_>, piece: &Piece, taken: &mut Taken) {
    let length = (piece.time.end - piece.time.start) as i64;
    let middle = f32::midpoint(piece.place.start, piece.place.end);
    let text = format!("\u{B7}\u{B7}\u{B7} {} \u{B7}\u{B7}\u{B7}", span(length));
    canvas.text(
        pos2(middle, TICK_TEXT),
        Align2::CENTER_CENTER,
        &text,
        canvas.theme.dim,
        taken,
    );
}

fn now_line(canvas: &Canvas<'_>, x: f32, is_live: bool) {
    let color = if is_live {
        canvas.theme.text
    } else {
        canvas.theme.warn
    };
    let ends = [canvas.at(x, 8.0), canvas.at(x, LINE)];
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

struct Canvas<'a> {
    painter: &'a Painter,
    theme: &'a Tokens,
    origin: Pos2,
    width: f32,
}

impl Canvas<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        self.origin + vec2(x, y)
    }

    /// Where text begins and ends at the latest.
    fn edges(&self) -> (f32, f32) {
        let room = MARGIN - 6.0;
        (self.origin.x - room, self.origin.x + self.width + room)
    }

    /// Paints text unless its place is taken or ends outside; whether it was painted.
    fn text(
        &self,
        at: Pos2,
        anchor: Align2,
        text: &str,
        color: Color32,
        taken: &mut Taken,
    ) -> bool {
        let galley =
            self.painter
                .layout_no_wrap(text.to_owned(), FontId::proportional(size::SMALL), color);
        let rect = anchor.anchor_size(self.origin + at.to_vec2(), galley.size());
        let (left, right) = self.edges();
        if rect.left() < left || right < rect.right() || !taken.take(rect) {
            return false;
        }
        self.painter.galley(rect.min, galley, color);
        true
    }

    /// Text at the right of a place in the upper lane, or at its left, inside of the picture.
    fn label(&self, x: f32, text: String, color: Color32, is_left_of_it: bool) -> Label {
        let font = FontId::proportional(size::SMALL);
        let galley = self.painter.layout_no_wrap(text, font, color);
        let (anchor, x) = if is_left_of_it {
            (Align2::RIGHT_CENTER, x - 12.0)
        } else {
            (Align2::LEFT_CENTER, x + 12.0)
        };
        let mut rect = anchor.anchor_size(self.at(x, LANES[0]), galley.size());
        let (left, right) = self.edges();
        rect = rect.translate(vec2((right - rect.right()).min(0.0), 0.0));
        rect = rect.translate(vec2((left - rect.left()).max(0.0), 0.0));
        Label {
            rect,
            galley,
            color,
        }
    }

    /// A coloured stretch of the bar, with its word where that fits.
    fn zone(&self, picture: &Picture<'_>, from: f64, until: f64, color: Color32, word: &str) {
        let (left, right) = (picture.axis.place(from), picture.axis.place(until));
        if right - left < 0.5 {
            return;
        }
        let rect = Rect::from_min_max(self.at(left, BAR.0), self.at(right, BAR.1));
        let fill = self.theme.zone(color);
        self.painter.rect_filled(rect, CornerRadius::same(2), fill);
        let font = FontId::proportional(size::SMALL);
        let galley = self
            .painter
            .layout_no_wrap(word.to_owned(), font, self.theme.text);
        // Between the lines and cuts that go through the bar, in the widest place.
        let marks = picture.marks.iter().map(|mark| seconds(mark.at));
        let lines = marks.chain([seconds(picture.now)]);
        let mut edges: Vec<f32> = lines
            .map(|at| picture.axis.place(at))
            .chain(cuts(picture.axis))
            .chain([left, right])
            .filter(|edge| (left..=right).contains(edge))
            .collect();
        edges.sort_by(f32::total_cmp);
        let gaps = edges.iter().zip(edges.iter().skip(1));
        let widest = gaps.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)));
        if let Some((start, end)) = widest
            && galley.size().x + 16.0 < end - start
        {
            let middle = self.at(f32::midpoint(*start, *end), f32::midpoint(BAR.0, BAR.1));
            self.painter
                .galley(middle - galley.size() / 2.0, galley, self.theme.text);
        }
    }
}

/// How ticks of this distance are written; the first one with its day.
fn format(step: f64, has_date: bool) -> &'static str {
    const DAY: f64 = 86_400.0;
    match has_date {
        _ if step >= DAY => "%Y-%m-%d",
        false if step >= 60.0 => "%b %-d, %H:%M",
        false => "%b %-d, %H:%M:%S",
        true if step >= 60.0 => "%H:%M",
        true => "%H:%M:%S",
    }
}
