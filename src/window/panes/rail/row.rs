//! One row of the rail.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Color32, CornerRadius, EventFilter, FontId, Galley, Id, Pos2, Rect, Response, Role, Sense,
    Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::window::theme::{self, radius, semibold, size};
use crate::window::widgets::{Icon, paint_icon};

/// The height of a row, in points.
pub(super) const ROW: f32 = 46.0;

/// A mark, a title with a word after it, a note below.
pub(super) struct Row<'a> {
    /// The list and the position in it: an id must not hold what comes from a token.
    pub(super) salt: (&'static str, usize),
    pub(super) icon: Icon,
    pub(super) color: Color32,
    pub(super) title: &'a str,
    pub(super) mark: Option<&'a str>,
    pub(super) note: &'a str,
    pub(super) name: &'a str,
    /// The name of the button that removes it.
    pub(super) remove: &'a str,
    pub(super) is_selected: bool,
    pub(super) tint: Option<Color32>,
}

pub(super) struct RowResponse {
    pub(super) row: Response,
    /// Whether it is to be removed.
    pub(super) remove: bool,
}

impl Row<'_> {
    pub(super) fn ui(self, ui: &mut Ui) -> RowResponse {
        let tokens = theme::tokens(ui);
        let place = vec2(ui.available_width(), ROW);
        let (place, _) = ui.allocate_exact_size(place, Sense::hover());
        let rect = place.shrink2(vec2(6.0, 1.0));
        let id = ui.scope_id().with(self.salt);
        let row = ui.interact(rect, id, Sense::click());
        row.widget_info(|| WidgetInfo::selected(Role::Button, true, self.is_selected, self.name));
        if let Some(tint) = self.tint {
            ui.painter()
                .rect_filled(rect, CornerRadius::same(radius::SMALL), tint);
        }
        ground(ui, rect, &row, self.is_selected);
        dot(
            ui,
            pos2(rect.left() + 13.0, rect.top() + 14.0),
            self.icon,
            self.color,
        );

        let button = Rect::from_center_size(
            pos2(rect.right() - 15.0, rect.top() + 14.0),
            vec2(22.0, 22.0),
        );
        let button_id = id.with("remove");
        let shows_button = ui.rect_contains_pointer(rect)
            || row.has_focus()
            || self.is_selected
            || ui.memory(|memory| memory.has_focus(button_id));
        let right = if shows_button {
            button.left()
        } else {
            rect.right() - 6.0
        };
        let left = rect.left() + 26.0;
        let title = self.title_job(tokens, right - left);
        let note = line(
            self.note,
            FontId::proportional(size::SMALL + 0.5),
            tokens.dim,
            rect.right() - 6.0 - left,
        );
        let title = ui.painter().layout_job(title);
        let note = ui.painter().layout_job(note);
        let is_cut = title.elided || note.elided;
        paint(ui, pos2(left, rect.top() + 5.0), title, tokens.text);
        paint(ui, pos2(left, rect.top() + 24.0), note, tokens.dim);
        let row = if is_cut {
            row.on_hover_text(format!("{}\n{}", self.title, self.note))
        } else {
            row
        };
        RowResponse {
            remove: shows_button && self.remove_button(ui, button, button_id),
            row,
        }
    }

    fn title_job(&self, tokens: &theme::Tokens, width: f32) -> LayoutJob {
        let mut job = line(self.title, semibold(size::BODY), tokens.text, width);
        if let Some(mark) = self.mark {
            let format = TextFormat::simple(FontId::proportional(size::SMALL), tokens.ok);
            job.append(mark, 6.0, format);
        }
        job
    }

    fn remove_button(&self, ui: &Ui, rect: Rect, id: Id) -> bool {
        let tokens = theme::tokens(ui);
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, self.remove));
        let is_lit = response.hovered() || response.has_focus();
        let color = if is_lit { tokens.text } else { tokens.faint };
        focus_ring(ui, rect, &response);
        paint_icon(ui.painter(), rect.shrink(6.0), Icon::Cross, color);
        response.on_hover_text("Remove").clicked()
    }
}

/// What is behind a row, by its state.
pub(super) fn ground(ui: &Ui, rect: Rect, response: &Response, is_selected: bool) {
    let tokens = theme::tokens(ui);
    let corners = CornerRadius::same(radius::SMALL);
    if is_selected {
        ui.painter().rect_filled(rect, corners, tokens.bg3);
        let bar = rect.with_max_x(rect.left() + 2.0);
        ui.painter()
            .rect_filled(bar, CornerRadius::ZERO, tokens.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, corners, tokens.bg2);
    }
    focus_ring(ui, rect, response);
}

fn focus_ring(ui: &Ui, rect: Rect, response: &Response) {
    if response.has_focus() {
        let ring = Stroke::new(1.5, theme::tokens(ui).accent);
        let corners = CornerRadius::same(radius::SMALL);
        ui.painter()
            .rect_stroke(rect, corners, ring, StrokeKind::Inside);
    }
}

/// A mark of the size of a dot: a disc with the sign in it.
pub(super) fn dot(ui: &Ui, center: Pos2, icon: Icon, color: Color32) {
    match icon {
        Icon::Dot => {
            ui.painter().circle_filled(center, 4.5, color);
        }
        Icon::Triangle => {
            paint_icon(
                ui.painter(),
                Rect::from_center_size(center, vec2(13.0, 13.0)),
                icon,
                color,
            );
        }
        _ => {
            ui.painter().circle_filled(center, 6.0, color);
            let inner = Rect::from_center_size(center, vec2(7.0, 7.0));
            paint_icon(ui.painter(), inner, icon, theme::tokens(ui).bg1);
        }
    }
}

/// Up and down move among the rows, not the focus at large.
pub(super) fn holds_arrows(ui: &Ui, row: &Response) {
    if row.has_focus() {
        let filter = EventFilter {
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(row.id, filter));
    }
}

fn line(text: &str, font: FontId, color: Color32, width: f32) -> LayoutJob {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    job
}

fn paint(ui: &Ui, at: Pos2, galley: Arc<Galley>, color: Color32) {
    ui.painter().galley(at, galley, color);
}
