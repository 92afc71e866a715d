//! What is painted on, and text that keeps out of the way of other text.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, pos2, vec2};

use crate::window::theme::{Tokens, size};

/// Left and right of the axis, in points.
pub(in super::super) const MARGIN: f32 = 14.0;

/// Text may reach so far beyond the ends of the axis, in points.
const OVER: f32 = MARGIN - 6.0;

/// Places taken by text.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Taken(Vec<Rect>);

impl Taken {
    /// Takes a place, whatever is there.
    pub(super) fn keep(&mut self, rect: Rect) {
        self.0.push(rect);
    }

    /// Whether nothing is there.
    pub(super) fn is_free(&self, rect: Rect) -> bool {
        !self.0.iter().any(|other| other.intersects(rect))
    }

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

/// Text beside a line, on a ground of its own.
pub(super) struct Label {
    pub(super) rect: Rect,
    galley: Arc<Galley>,
    color: Color32,
}

impl Label {
    pub(super) fn paint(self, canvas: &Canvas<'_>, ground: Color32) {
        let under = self.rect.expand2(vec2(4.0, 1.0));
        canvas.painter.rect_filled(under, 3, ground);
        canvas
            .painter
            .galley(self.rect.min, self.galley, self.color);
    }
}

/// A painter whose places are counted from the left end of the axis and the top of the picture, in points.
pub(in super::super) struct Canvas<'a> {
    pub(super) painter: Painter,
    pub(super) theme: &'a Tokens,
    origin: Pos2,
    /// Of the axis.
    pub(super) width: f32,
    /// Where text begins and ends at the latest, on the screen.
    edges: (f32, f32),
}

impl<'a> Canvas<'a> {
    /// With the axis from one place to another, on the screen.
    pub(in super::super) fn new(
        painter: Painter,
        theme: &'a Tokens,
        rect: Rect,
        (left, right): (f32, f32),
    ) -> Self {
        Self {
            painter,
            theme,
            origin: pos2(left, rect.top()),
            width: right - left,
            edges: (left - OVER, right + OVER),
        }
    }

    /// The same with another painter, which cuts elsewhere.
    pub(in super::super) fn with(&self, painter: Painter) -> Self {
        Self { painter, ..*self }
    }

    pub(super) fn at(&self, x: f32, y: f32) -> Pos2 {
        self.origin + vec2(x, y)
    }

    /// The place of a line, from a height to another.
    pub(super) fn line(&self, x: f32, top: f32, bottom: f32) -> Rect {
        Rect::from_min_max(self.at(x - 1.0, top), self.at(x + 1.0, bottom))
    }

    /// Paints text unless its place is taken or ends outside; whether it was painted.
    pub(super) fn text(
        &self,
        at: Pos2,
        anchor: Align2,
        text: &str,
        color: Color32,
        taken: &mut Taken,
    ) -> bool {
        let font = FontId::proportional(size::SMALL);
        let galley = self.painter.layout_no_wrap(text.to_owned(), font, color);
        let rect = anchor.anchor_size(self.origin + at.to_vec2(), galley.size());
        let (left, right) = self.edges;
        if rect.left() < left || right < rect.right() || !taken.take(rect) {
            return false;
        }
        self.painter.galley(rect.min, galley, color);
        true
    }

    /// Text at the right of a place, or at its left, inside of the picture; cut where it is longer.
    pub(super) fn label(
        &self,
        x: f32,
        y: f32,
        text: String,
        color: Color32,
        is_left_of_it: bool,
    ) -> Label {
        let (left, right) = self.edges;
        let format = TextFormat::simple(FontId::proportional(size::SMALL), color);
        let mut job = LayoutJob::single_section(text, format);
        job.wrap = TextWrapping::truncate_at_width(right - left - 8.0);
        let galley = self.painter.layout_job(job);
        let (anchor, x) = if is_left_of_it {
            (Align2::RIGHT_CENTER, x - 12.0)
        } else {
            (Align2::LEFT_CENTER, x + 12.0)
        };
        let mut rect = anchor.anchor_size(self.at(x, y), galley.size());
        rect = rect.translate(vec2((right - rect.right()).min(0.0), 0.0));
        rect = rect.translate(vec2((left - rect.left()).max(0.0), 0.0));
        Label {
            rect,
            galley,
            color,
        }
    }
}
