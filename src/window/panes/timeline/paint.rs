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
use crate::jose::visible::visible;
use crate::judge::Judgement;
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
    pub(super) judgement: &'a Judgement,
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
        self.zones(&canvas);
        line(&canvas, self.axis);
        let mut taken = Taken(Vec::new());
        self.ticks(&canvas, &mut taken);
        let now = self.axis.place(seconds(self.now));
        // Text does not run through the lines of marks.
        let lines = self
            .marks
            .iter()
            .map(|mark| self.axis.place(seconds(mark.at)));
        for x in lines.chain([now]) {
            let line = Rect::from_min_max(canvas.at(x - 1.0, 0.0), canvas.at(x + 1.0, BAR.0));
            taken.0.push(line);
        }
        self.now_label(&canvas, now, &mut taken);
        self.mark_labels(&canvas, &mut taken);
        now_line(&canvas, now);
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
            canvas.zone(self, from - leeway, from, theme.warn, "");
        }
        let words = match self.judgement.times.lifetime_seconds {
            Some(lifetime @ 0..) if until.is_some() => format!("valid {}", short_span(lifetime)),
            _ => "valid".to_owned(),
        };
        canvas.zone(self, begin, end, theme.ok, &words);
        if let Some(until) = until {
            let start = until.max(begin);
            canvas.zone(self, start, until + leeway, theme.warn, "");
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
        let offset: Offset = times::time_zone(self.zone).to_offset(at);
        f64::from(offset.seconds())
    }

    fn now_label(&self, canvas: &Canvas<'_>, x: f32, taken: &mut Taken) {
        let word = if self.is_live { "now" } else { "clock" };
        let format = if self.is_other_day() {
            "%b %-d, %H:%M:%S"
        } else {
            "%H:%M:%S"
        };
        let text = format!("{word} {}", times::format_in(self.now, self.zone, format));
        let color = canvas.theme.text;
        let is_right = x > canvas.width * 0.6;
        let (anchor, x) = if is_right {
            (Align2::RIGHT_CENTER, x - 8.0)
        } else {
            (Align2::LEFT_CENTER, x + 8.0)
        };
        canvas.text(pos2(x, LANES[0]), anchor, &text, color, taken);
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
            let mut text = names.join(" = ");
            if has("iat") {
                text.push_str(" · issued");
            }
            let lane = LANES.iter().rev().find(|&&lane| {
                let right = canvas.text(
                    pos2(x + 6.0, lane),
                    Align2::LEFT_CENTER,
                    &text,
                    canvas.theme.text,
                    taken,
                );
                right
                    || canvas.text(
                        pos2(x - 6.0, lane),
                        Align2::RIGHT_CENTER,
                        &text,
                        canvas.theme.text,
                        taken,
                    )
            });
            let top = lane.map_or(BAR.0 - 6.0, |lane| lane - 6.0);
            let ends = [canvas.at(x, top), canvas.at(x, BAR.1 + 8.0)];
            canvas.painter.line_segment(ends, Stroke::new(2.0, color));
        }
    }
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

fn now_line(canvas: &Canvas<'_>, x: f32) {
    let color = canvas.theme.text;
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
        let edges = self.origin.x - MARGIN + 2.0..=self.origin.x + self.width + MARGIN - 2.0;
        if !edges.contains(&rect.left()) || !edges.contains(&rect.right()) || !taken.take(rect) {
            return false;
        }
        self.painter.galley(rect.min, galley, color);
        true
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
        if galley.size().x + 8.0 < rect.width() {
            self.painter
                .galley(rect.center() - galley.size() / 2.0, galley, self.theme.text);
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
