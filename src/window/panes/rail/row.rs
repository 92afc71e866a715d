//! One row of the rail.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Color32, CornerRadius, FontId, Galley, Id, Pos2, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::window::theme::{self, radius, semibold, size};
use crate::window::widgets::{Icon, paint_icon};

/// The height of a row, in points.
pub(super) const ROW: f32 = 46.0;

/// The mark beside a title takes no more than this share of the row.
const MARK_SHARE: f32 = 0.6;

/// A mark, a title with a word after it, a note below.
pub(super) struct Row<'a> {
    /// Of the list and the position in it: an id must not hold what comes from a token.
    pub(super) id: Id,
    pub(super) sense: Sense,
    pub(super) icon: Icon,
    pub(super) color: Color32,
    /// `None` while something else stands in its place.
    pub(super) title: Option<&'a str>,
    pub(super) mark: Option<(&'a str, Color32)>,
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
    /// Whether not all of the title, the mark and the note is to be seen.
    pub(super) is_cut: bool,
    /// Where the title stands.
    pub(super) title: Rect,
}

impl Row<'_> {
    pub(super) fn ui(self, ui: &Ui, place: Rect) -> RowResponse {
        let tokens = theme::tokens(ui);
        let rect = place.shrink2(vec2(6.0, 1.0));
        let row = ui.interact(rect, self.id, self.sense);
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
        let is_pointed_at = ui.rect_contains_pointer(rect) && ui.dragged_id().is_none();
        let shows_button =
            self.title.is_some() && (is_pointed_at || row.has_focus() || self.is_selected);
        let right = if shows_button {
            button.left()
        } else {
            rect.right() - 6.0
        };
        let left = rect.left() + 26.0;
        let is_title_cut = self.title_line(ui, pos2(left, rect.top() + 5.0), right - left);
        let note = line(
            self.note,
            FontId::proportional(size::SMALL + 0.5),
            tokens.dim,
            rect.right() - 6.0 - left,
        );
        let note = ui.painter().layout_job(note);
        let is_cut = is_title_cut || note.elided;
        paint(ui, pos2(left, rect.top() + 24.0), note, tokens.dim);
        RowResponse {
            remove: shows_button && self.remove_button(ui, button),
            row,
            is_cut,
            title: Rect::from_min_max(
                pos2(left - 5.0, rect.top() + 2.0),
                pos2(rect.right() - 5.0, rect.top() + 23.0),
            ),
        }
    }

    /// The title and what stands beside it; whether one of them is cut.
    fn title_line(&self, ui: &Ui, at: Pos2, width: f32) -> bool {
        let Some(title) = self.title else {
            return false;
        };
        let tokens = theme::tokens(ui);
        let mark = self.mark.map(|(mark, color)| {
            let font = FontId::proportional(size::SMALL);
            let mark = line(mark, font, color, width * MARK_SHARE);
            (ui.painter().layout_job(mark), color)
        });
        let for_mark = mark.as_ref().map_or(0.0, |(mark, _)| mark.size().x + 6.0);
        let title = line(title, semibold(size::BODY), tokens.text, width - for_mark);
        let title = ui.painter().layout_job(title);
        let end = at + vec2(title.size().x + 6.0, 0.0);
        let mut is_cut = title.elided;
        let height = title.size().y;
        paint(ui, at, title, tokens.text);
        if let Some((mark, color)) = mark {
            is_cut |= mark.elided;
            let drop = (height - mark.size().y).max(0.0) - 1.0;
            paint(ui, end + vec2(0.0, drop), mark, color);
        }
        is_cut
    }

    /// No stop for Tab: the Delete key does the same.
    fn remove_button(&self, ui: &Ui, rect: Rect) -> bool {
        let tokens = theme::tokens(ui);
        let response = ui.interact(rect, self.id.with("remove"), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, self.remove));
        let color = if response.hovered() {
            tokens.text
        } else {
            tokens.faint
        };
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
    if response.has_focus() || response.dragged() {
        let ring = Stroke::new(1.5, tokens.accent);
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

fn line(text: &str, font: FontId, color: Color32, width: f32) -> LayoutJob {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, color));
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    job
}

fn paint(ui: &Ui, at: Pos2, galley: Arc<Galley>, color: Color32) {
    ui.painter().galley(at, galley, color);
}
