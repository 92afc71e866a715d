//! One lane: when it is valid, and the marks of its times.

use egui::{Align2, Color32, CornerRadius, FontId, Pos2, Rect, Shape, Stroke, pos2};

use super::super::lanes::Lane;
use super::super::spans::{Of, Shown, seconds};
use super::super::words;
use super::canvas::{Canvas, Taken};
use super::scale::{breaks, cuts};
use super::{ALONE, Picture, Row};
use crate::judge::words::short_span;
use crate::window::theme::size;

/// A lower bar has no words.
const WORDS: f32 = 13.0;

pub(super) fn paint(
    picture: &Picture<'_>,
    canvas: &Canvas<'_>,
    lane: &Lane,
    (top, row): (f32, Row),
    taken: &mut Taken,
) {
    let bar = (top + row.bar.0, top + row.bar.1);
    let painted = Painted {
        picture,
        canvas,
        lane,
        top,
        bar,
        tail: row.tail,
    };
    painted.zones();
    if lane.spans.is_judged {
        // Where several lanes are close to each other, it stays within the bar.
        let over = if row == ALONE { 3.0 } else { 0.0 };
        breaks(canvas, picture.axis, (bar.0 - over, bar.1 + over));
    }
    if lane.is_certificate() {
        painted.certificate(top + row.label, taken);
        return;
    }
    // Text does not run through the clock and the lines of what matters; other marks have long lines only where there is
    // room.
    let now = seconds(picture.now);
    if picture.axis.contains(now) {
        taken.keep(canvas.line(picture.axis.place(now), 0.0, bar.0));
    }
    let marks = lane.marks.iter().filter(|mark| mark.is_validity());
    for at in marks.map(|mark| seconds(mark.at)) {
        if picture.axis.contains(at) {
            taken.keep(canvas.line(picture.axis.place(at), top, bar.0));
        }
    }
    let mut rows = vec![top + row.label];
    if row == ALONE {
        // Nobody else needs the row of the clock's words.
        rows.push(picture.heights.top);
    }
    painted.marks(&rows, taken);
}

struct Painted<'a> {
    picture: &'a Picture<'a>,
    canvas: &'a Canvas<'a>,
    lane: &'a Lane,
    top: f32,
    bar: (f32, f32),
    /// How far lines go on below the bar.
    tail: f32,
}

impl Painted<'_> {
    /// Valid, leeway, refused.
    fn zones(&self) {
        let spans = &self.lane.spans;
        if !spans.is_judged {
            return;
        }
        let theme = self.canvas.theme;
        let whole = self.picture.axis.time();
        let (from, until, leeway) = (spans.from, spans.until, spans.leeway);
        let begin = from.unwrap_or(f64::NEG_INFINITY);
        let end = until.unwrap_or(f64::INFINITY);
        if let Some(from) = from {
            self.zone(whole.start, from - leeway, theme.bad, "not yet valid");
            self.zone(from - leeway, from, theme.warn, "leeway");
        }
        // What a reader takes for the life of a token without `nbf` begins when it was issued.
        let born = spans
            .issued
            .filter(|issued| from.is_none() && until.is_some() && (begin..end).contains(issued));
        if let Some(born) = born {
            self.zone(begin, born, theme.ok, "");
        }
        let start = born.or(from);
        let words = match start.zip(until) {
            Some((start, until)) if start <= until && (until - start).is_finite() => {
                format!("valid {}", short_span((until - start) as i64))
            }
            _ => "valid".to_owned(),
        };
        self.zone(born.unwrap_or(begin), end, theme.ok, &words);
        if let Some(until) = until {
            let start = until.max(begin);
            self.zone(start, until + leeway, theme.warn, "leeway");
            self.zone(until + leeway, whole.end, theme.bad, "expired");
        }
    }

    /// A coloured stretch of the bar, with its word where that fits.
    fn zone(&self, from: f64, until: f64, color: Color32, word: &str) {
        let (axis, canvas) = (self.picture.axis, self.canvas);
        let (left, right) = (axis.place(from), axis.place(until));
        if right - left < 0.5 {
            return;
        }
        let (top, bottom) = self.bar;
        let rect = Rect::from_min_max(canvas.at(left, top), canvas.at(right, bottom));
        let fill = canvas.theme.zone(color);
        canvas
            .painter
            .rect_filled(rect, CornerRadius::same(2), fill);
        if bottom - top < WORDS || word.is_empty() {
            return;
        }
        let font = FontId::proportional(size::SMALL);
        let text = canvas.theme.text;
        let galley = canvas.painter.layout_no_wrap(word.to_owned(), font, text);
        // Between the lines and cuts that go through the bar, in the widest place.
        let marks = self.lane.marks.iter().map(|mark| seconds(mark.at));
        let lines = marks.chain([seconds(self.picture.now)]);
        let mut edges: Vec<f32> = lines
            .filter(|at| axis.contains(*at))
            .map(|at| axis.place(at))
            .chain(cuts(axis))
            .chain([left, right])
            .filter(|edge| (left..=right).contains(edge))
            .collect();
        edges.sort_by(f32::total_cmp);
        let gaps = edges.iter().zip(edges.iter().skip(1));
        let widest = gaps.max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)));
        if let Some((start, end)) = widest
            && galley.size().x + 16.0 < end - start
        {
            let middle = canvas.at(f32::midpoint(*start, *end), f32::midpoint(top, bottom));
            let at = middle - galley.size() / 2.0;
            canvas.painter.galley(at, galley, text);
        }
    }

    /// Lines where the time of a certificate begins and ends, and above them that in words.
    fn certificate(&self, row: f32, taken: &mut Taken) {
        let spans = &self.lane.spans;
        for at in [spans.from, spans.until].into_iter().flatten() {
            if self.picture.axis.contains(at) {
                let x = self.picture.axis.place(at);
                let (top, bottom) = self.bar;
                let ends = [
                    self.canvas.at(x, top - 3.0),
                    self.canvas.at(x, bottom + 3.0),
                ];
                let line = Stroke::new(1.5, self.canvas.theme.dim);
                self.canvas.painter.line_segment(ends, line);
            }
        }
        let now = self.picture.axis.place(seconds(self.picture.now));
        let (top, bottom) = (self.bar.0 - 14.0, self.bar.0);
        taken.keep(self.canvas.line(now, top, bottom));
        let words = words::term(self.picture.model, self.lane);
        let color = self.canvas.theme.dim;
        for x in [4.0, now + 6.0] {
            let at = pos2(x, row);
            if (self.canvas).text(at, Align2::LEFT_CENTER, &words, color, taken) {
                break;
            }
        }
    }

    /// Marks of the same instant share a line and a label. `rows`: where labels may stand, the best first.
    fn marks(&self, rows: &[f32], taken: &mut Taken) {
        let axis = self.picture.axis;
        let marks = self.lane.marks.iter();
        let mut marks: Vec<&Shown> = marks
            .filter(|mark| axis.contains(seconds(mark.at)))
            .collect();
        marks.sort_by_key(|mark| mark.at);
        // Where there is no room for all, validity has its names first.
        let mut groups: Vec<&[&Shown]> = marks.chunk_by(|a, b| a.at == b.at).collect();
        groups.sort_by_key(|group| !group.iter().any(|mark| mark.is_validity()));
        for group in groups {
            self.mark(group, rows, taken);
        }
        self.beyond(rows, taken);
    }

    /// Says at the right end what is beyond the years that can be shown.
    fn beyond(&self, rows: &[f32], taken: &mut Taken) {
        let names = self.lane.beyond.iter().map(|(claim, ..)| claim.as_str());
        let names: Vec<&str> = names.collect();
        if names.is_empty() {
            return;
        }
        let text = format!("{} {}", names.join(", "), words::BEYOND);
        let (canvas, color) = (self.canvas, self.canvas.theme.dim);
        for row in rows {
            let at = pos2(canvas.width, *row);
            if canvas.text(at, Align2::RIGHT_CENTER, &text, color, taken) {
                break;
            }
        }
    }

    fn mark(&self, group: &[&Shown], rows: &[f32], taken: &mut Taken) {
        let (canvas, theme) = (self.canvas, self.canvas.theme);
        let Some(first) = group.first() else {
            return;
        };
        let x = self.picture.axis.place(seconds(first.at));
        let names: Vec<&str> = group.iter().map(|mark| mark.name.as_str()).collect();
        let has = |name: &str| {
            let mut claims = group.iter().filter(|mark| mark.of == Of::Claim);
            claims.any(|mark| mark.name == name)
        };
        let is_limit = group.iter().all(|mark| mark.of == Of::Policy);
        let color = if has("exp") {
            theme.bad
        } else if has("iat") || has("nbf") {
            theme.accent
        } else if is_limit {
            theme.warn
        } else {
            theme.dim
        };
        let is_validity = group.iter().any(|mark| mark.is_validity());
        let short = names.join(" = ");
        let long = match (has("iat"), group) {
            (true, _) => format!("{short} \u{B7} issued"),
            (false, [mark]) if !is_validity => mark.long_name(),
            _ => short.clone(),
        };
        let bar = self.bar.0;
        let mut place = |text: &str, row: f32| {
            let line = canvas.line(x, row - 6.0, bar);
            // A line that matters has its place in the lane already.
            let new = if is_validity {
                canvas.line(x, row - 6.0, self.top)
            } else {
                line
            };
            if new.is_positive() && !taken.is_free(new) {
                return false;
            }
            let sides = [
                (x + 6.0, Align2::LEFT_CENTER),
                (x - 6.0, Align2::RIGHT_CENTER),
            ];
            let is_placed = sides
                .into_iter()
                .any(|(x, anchor)| canvas.text(pos2(x, row), anchor, text, theme.text, taken));
            if is_placed {
                taken.keep(line);
            }
            is_placed
        };
        let row = rows
            .iter()
            .find(|row| place(&long, **row))
            .or_else(|| rows.iter().find(|row| place(&short, **row)));
        let (top, bottom) = self.bar;
        let top = row.map_or(top - 4.0, |row| row - 6.0);
        let ends = [canvas.at(x, top), canvas.at(x, bottom + self.tail)];
        if is_validity {
            canvas.painter.line_segment(ends, Stroke::new(2.0, color));
        } else {
            // Told apart by its form too: it says nothing about validity.
            let dashes = Shape::dashed_line(&ends, Stroke::new(1.5, color), 3.0, 2.0);
            canvas.painter.extend(dashes);
            diamond(canvas, pos2(x, bottom + self.tail), color);
        }
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
