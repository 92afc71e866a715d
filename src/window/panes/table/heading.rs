//! The headings of the columns: sorted by a click, made wider by their edges.

use egui::{
    CursorIcon, EventFilter, FontId, Id, Key, Modifiers, Rect, Role, Sense, Shape, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::Columns;
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::panes::roving::Roving;
use crate::window::table::{Column, Sort, Widths};
use crate::window::theme::{size, space, tokens};
use crate::window::widgets::Icon;

/// The height of the headings, in points.
const HEIGHT: f32 = 30.0;

/// An edge can be taken hold of within this many points.
const EDGE: f32 = 4.0;

/// A key makes a column wider by this many points.
const STEP: f32 = 12.0;

/// The headings: one stop of the Tab key.
#[derive(Debug, Default)]
pub(super) struct Heading {
    roving: Roving,
}

impl Heading {
    /// Shows them above rows that are scrolled by `offset` points to the right.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        columns: &Columns,
        offset: f32,
    ) -> Vec<Command> {
        let theme = tokens(ui);
        let (_, place) = ui.allocate_space(vec2(ui.available_width(), HEIGHT));
        let base = ui.make_persistent_id("headings");
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(place));
        child.shrink_clip_rect(place);
        let ui = &child;
        self.roving.settle_all(ui, base, columns.list.len());
        let mut commands = Vec::new();
        for (index, (column, left, width)) in columns.list.iter().enumerate() {
            let at = pos2(place.left() + left - offset, place.top());
            let rect = Rect::from_min_size(at, vec2(*width, HEIGHT));
            commands.extend(self.cell(ui, model, (index, base.with(index)), *column, rect));
            commands.extend(edge(ui, model, base.with(("edge", index)), *column, rect));
        }
        let line = Stroke::new(1.0, theme.line);
        ui.painter()
            .hline(place.x_range(), place.bottom() - 0.5, line);
        commands
    }

    fn cell(
        &mut self,
        ui: &Ui,
        model: &Model,
        (index, id): (usize, Id),
        column: Column,
        rect: Rect,
    ) -> Option<Command> {
        let theme = tokens(ui);
        let response = ui.interact(rect, id, self.roving.sense(ui, index));
        let sort = model.table.sort.filter(|sort| sort.column == column);
        let label = column.label();
        response.widget_info(|| {
            let direction = sort.map(|sort| direction(sort.is_descending));
            let name = format!("Sort by {label}{}", direction.unwrap_or_default());
            WidgetInfo::selected(Role::ColumnHeader, true, sort.is_some(), name)
        });
        if self.roving.drawn(ui, index, &response) {
            let filter = EventFilter {
                horizontal_arrows: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
            let key = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
            let width = model.layout.columns.of(column);
            for (arrow, to, width) in [
                (Key::ArrowLeft, index.checked_sub(1), width - STEP),
                (Key::ArrowRight, index.checked_add(1), width + STEP),
            ] {
                if key(Modifiers::ALT, arrow) {
                    let widths = model.layout.columns.with(column, width);
                    return Some(Command::SetColumns(widths));
                }
                if key(Modifiers::NONE, arrow)
                    && let Some(to) = to.filter(|to| *to < Column::ALL.len())
                {
                    self.roving.go_to(to);
                }
            }
            let ring = Stroke::new(1.5, theme.accent);
            ui.painter()
                .rect_stroke(rect.shrink(1.5), 2, ring, StrokeKind::Inside);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 0, theme.bg2);
        }
        let color = if sort.is_some() {
            theme.text
        } else {
            theme.dim
        };
        let mut left = rect.left() + space::S + 2.0;
        // The mark of a verdict needs no word over it.
        if column != Column::Verdict {
            let font = FontId::proportional(size::SMALL + 0.5);
            let mut job = egui::text::LayoutJob::simple_singleline(label.to_owned(), font, color);
            job.wrap = egui::text::TextWrapping::truncate_at_width((rect.width() - 24.0).max(0.0));
            let galley = ui.painter().layout_job(job);
            let top = rect.center().y - galley.size().y / 2.0;
            left += galley.size().x + space::XS;
            ui.painter()
                .galley(pos2(rect.left() + space::S + 2.0, top), galley, color);
        }
        if let Some(sort) = sort {
            arrow(ui, pos2(left + 4.0, rect.center().y), sort.is_descending);
        }
        if !response.clicked() {
            return None;
        }
        // Up, down, and as found.
        Some(Command::SortTokens(match sort {
            None => Some(Sort {
                column,
                is_descending: false,
            }),
            Some(sort) if !sort.is_descending => Some(Sort {
                is_descending: true,
                ..sort
            }),
            Some(_) => None,
        }))
    }
}

fn direction(is_descending: bool) -> &'static str {
    if is_descending {
        ", descending"
    } else {
        ", ascending"
    }
}

fn arrow(ui: &Ui, at: egui::Pos2, is_descending: bool) {
    let color = tokens(ui).text;
    if is_descending {
        let place = Rect::from_center_size(at, vec2(8.0, 8.0));
        crate::window::widgets::paint_icon(ui.painter(), place, Icon::Chevron, color);
    } else {
        let corners = vec![
            at + vec2(-4.0, 2.5),
            at + vec2(4.0, 2.5),
            at + vec2(0.0, -2.5),
        ];
        ui.painter()
            .add(Shape::convex_polygon(corners, color, Stroke::NONE));
    }
}

/// The right edge of a column: dragged, or clicked twice for the width that it had at first.
fn edge(ui: &Ui, model: &Model, id: Id, column: Column, cell: Rect) -> Option<Command> {
    let place = Rect::from_x_y_ranges(cell.right() - EDGE..=cell.right() + EDGE, cell.y_range());
    let response = ui.interact(place, id, Sense::CLICK | Sense::DRAG);
    response.widget_info(|| {
        let name = format!("Width of {}", column.label());
        WidgetInfo::labeled(Role::Splitter, true, name)
    });
    if response.hovered() || response.dragged() {
        ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
        let line = Stroke::new(2.0, tokens(ui).accent);
        ui.painter().vline(cell.right(), cell.y_range(), line);
    }
    let widths = model.layout.columns;
    if response.double_clicked() {
        let first = Widths::default().of(column);
        return Some(Command::SetColumns(widths.with(column, first)));
    }
    let by = response.drag_delta().x;
    let is_moved = response.dragged() && by.abs() > f32::EPSILON;
    is_moved.then(|| Command::SetColumns(widths.with(column, widths.of(column) + by)))
}
