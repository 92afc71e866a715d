//! Things side by side, one of them chosen: layers, signatures. They go on in the next line where one is full.

use egui::{
    Color32, CornerRadius, EventFilter, FontId, Key, Rect, Response, Role, Stroke, StrokeKind,
    TextFormat, Ui, WidgetInfo, pos2, text::LayoutJob, vec2,
};

use super::roving::{Roving, pressed, step};
use crate::window::theme::{radius, size, space, tokens};
use crate::window::widgets::{Icon, paint_icon};

/// The height of one, in points.
const HEIGHT: f32 = 26.0;

/// Its sign, in points.
const SIGN: f32 = 11.0;

/// Between two, in points, and where the second is in the first.
const GAP: f32 = 6.0;
const GAP_INWARDS: f32 = 18.0;

/// Longer ones are cut, in points.
const WIDEST: f32 = 300.0;

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Pill {
    /// What it is in a sign, and its colour.
    pub(super) sign: (Icon, Color32),
    /// What it is in a word.
    pub(super) label: String,
    /// More about it, or nothing.
    pub(super) note: String,
    /// All of it in words, for screen readers and under the pointer.
    pub(super) name: String,
    /// How deep it is in a tree: 1 at its root. `None`: they are no tree.
    pub(super) level: Option<usize>,
}

/// Where the keyboard is in them.
#[derive(Debug, Clone, Default)]
pub(super) struct Pills {
    roving: Roving,
}

impl Pills {
    /// Takes the keyboard to one of them, when that is next drawn.
    pub(super) fn go_to(&mut self, at: usize) {
        self.roving.go_to(at);
    }

    /// Shows them in the width that is there. Gives the one that is chosen now, where that is another.
    pub(super) fn ui(&mut self, ui: &mut Ui, all: &[Pill], chosen: usize) -> Option<usize> {
        let base = ui.make_persistent_id("pills");
        let width = ui.available_width();
        let mut places = Vec::with_capacity(all.len());
        let mut at = pos2(0.0, 0.0);
        for (index, pill) in all.iter().enumerate() {
            let galley = ui.painter().layout_job(words(ui, pill, index == chosen));
            let size = vec2(galley.size().x + SIGN + 5.0 + 2.0 * space::S, HEIGHT);
            let is_inwards = pill.level.is_some_and(|level| level > 1);
            let gap = match (index, is_inwards) {
                (0, _) => 0.0,
                (_, true) => GAP_INWARDS,
                (_, false) => GAP,
            };
            if at.x > 0.0 && at.x + gap + size.x > width {
                // What is inside of another one begins its line with the sign of that.
                at = pos2(gap - GAP, at.y + HEIGHT + GAP);
            } else {
                at.x += gap;
            }
            places.push((Rect::from_min_size(at, size), galley, is_inwards));
            at.x += size.x;
        }
        let height = places.last().map_or(0.0, |(rect, ..)| rect.bottom());
        let (_, area) = ui.allocate_space(vec2(width, height));
        self.roving
            .settle(ui, |item| base.with(item), 0..all.len(), Some(chosen));
        let mut now = None;
        for (index, (pill, (rect, galley, is_inwards))) in all.iter().zip(places).enumerate() {
            let rect = rect.translate(area.min.to_vec2());
            let response = ui.interact(rect, base.with(index), self.roving.sense(ui, index));
            describe(ui, &response, pill, (index, all.len()), index == chosen);
            paint(ui, rect, &response, pill, index == chosen);
            let at = pos2(
                rect.left() + space::S + SIGN + 5.0,
                rect.center().y - galley.size().y / 2.0,
            );
            ui.painter().galley(at, galley, tokens(ui).text);
            if is_inwards && index > 0 {
                let center = pos2(rect.left() - GAP_INWARDS / 2.0, rect.center().y);
                let sign = Rect::from_center_size(center, vec2(7.0, 7.0));
                paint_icon(ui.painter(), sign, Icon::Closed, tokens(ui).faint);
            }
            if self.roving.drawn(ui, index, &response) {
                now = now.or(self.keys(ui, &response, index, all.len()));
            }
            if response.on_hover_text(&pill.name).clicked() {
                now = Some(index);
            }
        }
        now.filter(|now| *now != chosen)
    }

    /// The arrow keys choose.
    fn keys(&mut self, ui: &Ui, response: &Response, at: usize, count: usize) -> Option<usize> {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let last = count.checked_sub(1)?;
        let to = if pressed(ui, Key::ArrowRight) {
            Some(at.saturating_add(1).min(last))
        } else if pressed(ui, Key::ArrowLeft) {
            Some(at.saturating_sub(1))
        } else {
            step(ui, at, (count, count))
        };
        let to = to.filter(|to| *to != at)?;
        self.roving.go_to(to);
        Some(to)
    }
}

fn describe(
    ui: &Ui,
    response: &Response,
    pill: &Pill,
    (index, count): (usize, usize),
    is_on: bool,
) {
    let role = match pill.level {
        Some(_) => Role::TreeItem,
        None => Role::RadioButton,
    };
    response.widget_info(|| WidgetInfo::selected(role, true, is_on, &pill.name));
    ui.accesskit_node_builder(response.id, |node| {
        node.set_position_in_set(index);
        node.set_size_of_set(count);
        if let Some(level) = pill.level {
            node.set_level(level);
        }
    });
}

fn paint(ui: &Ui, rect: Rect, response: &Response, pill: &Pill, is_on: bool) {
    let theme = tokens(ui);
    let fill = match (is_on, response.hovered()) {
        (true, _) => theme.bg3,
        (false, true) => theme.bg2,
        (false, false) => theme.bg1,
    };
    let line = if response.has_focus() {
        Stroke::new(1.5, theme.accent)
    } else {
        Stroke::new(1.0, theme.line)
    };
    let corners = CornerRadius::same(radius::SMALL);
    ui.painter()
        .rect(rect, corners, fill, line, StrokeKind::Inside);
    if is_on {
        let bar = Rect::from_min_max(
            pos2(rect.left() + space::S, rect.bottom() - 2.0),
            pos2(rect.right() - space::S, rect.bottom()),
        );
        ui.painter().rect_filled(bar, 0, theme.accent);
    }
    let center = pos2(rect.left() + space::S + SIGN / 2.0, rect.center().y);
    let sign = Rect::from_center_size(center, vec2(SIGN, SIGN));
    paint_icon(ui.painter(), sign, pill.sign.0, pill.sign.1);
}

/// The word, and more in a smaller face; cut where it is too long.
fn words(ui: &Ui, pill: &Pill, is_on: bool) -> LayoutJob {
    let theme = tokens(ui);
    let room = WIDEST.min(ui.available_width()) - SIGN - 5.0 - 2.0 * space::S;
    let mut job = LayoutJob {
        wrap: egui::text::TextWrapping::truncate_at_width(room.max(40.0)),
        ..LayoutJob::default()
    };
    let color = if is_on { theme.text } else { theme.dim };
    let font = FontId::proportional(size::BODY);
    job.append(&pill.label, 0.0, TextFormat::simple(font, color));
    if !pill.note.is_empty() {
        let font = FontId::proportional(size::MONO);
        job.append(&pill.note, 6.0, TextFormat::simple(font, theme.dim));
    }
    job
}
