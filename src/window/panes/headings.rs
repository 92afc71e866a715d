//! The headings of columns: sorted by a click, made wider by their edges.

use egui::{
    CursorIcon, EventFilter, FontId, Id, Key, Modifiers, Rect, Role, Sense, Shape, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::roving::Roving;
use crate::window::table::Sort;
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
pub(super) struct Headings {
    roving: Roving,
}

/// The heading of one column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    /// What it is called.
    pub(super) label: &'static str,
    /// Whether its cells are marks, which need no word over them.
    pub(super) is_mark: bool,
    /// The distance from the left end of the rows, in points.
    pub(super) left: f32,
    /// In points.
    pub(super) width: f32,
    /// Whether the rows are sorted by it, and then whether the greatest is first.
    pub(super) sort: Option<bool>,
}

/// What is asked for by a heading, of the column at this position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Asked {
    /// The width that it had at first.
    FirstWidth(usize),
    /// Rows in its order.
    Sort(usize),
    /// So many points more.
    Wider(usize, f32),
}

/// Up, down, and as found.
pub(super) fn next_sort<C: PartialEq>(column: C, present: Option<Sort<C>>) -> Option<Sort<C>> {
    match present.filter(|sort| sort.column == column) {
        None => Some(Sort {
            column,
            is_descending: false,
        }),
        Some(sort) if !sort.is_descending => Some(Sort {
            is_descending: true,
            ..sort
        }),
        Some(_) => None,
    }
}

impl Headings {
    /// Shows them above rows that are scrolled by `offset` points to the right. Without `edges` the widths are fixed.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        heads: &[Head],
        offset: f32,
        edges: bool,
    ) -> Option<Asked> {
        let theme = tokens(ui);
        let (_, place) = ui.allocate_space(vec2(ui.available_width(), HEIGHT));
        let base = ui.make_persistent_id("headings");
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(place));
        child.shrink_clip_rect(place);
        let ui = &child;
        self.roving.settle_all(ui, base, heads.len());
        let mut asked = None;
        for (index, head) in heads.iter().enumerate() {
            let at = pos2(place.left() + head.left - offset, place.top());
            let rect = Rect::from_min_size(at, vec2(head.width, HEIGHT));
            let count = heads.len();
            let cell = self.cell(ui, (index, count), base.with(index), head, rect, edges);
            asked = asked.or(cell);
            if edges {
                asked = asked.or(edge(ui, index, base.with(("edge", index)), head, rect));
            }
        }
        let line = Stroke::new(1.0, theme.line);
        ui.painter()
            .hline(place.x_range(), place.bottom() - 0.5, line);
        asked
    }

    fn cell(
        &mut self,
        ui: &Ui,
        (index, count): (usize, usize),
        id: Id,
        head: &Head,
        rect: Rect,
        edges: bool,
    ) -> Option<Asked> {
        let theme = tokens(ui);
        let response = ui.interact(rect, id, self.roving.sense(ui, index));
        let label = head.label;
        response.widget_info(|| {
            let direction = head.sort.map(direction);
            let name = format!("Sort by {label}{}", direction.unwrap_or_default());
            WidgetInfo::selected(Role::ColumnHeader, true, head.sort.is_some(), name)
        });
        if self.roving.drawn(ui, index, &response) {
            let filter = EventFilter {
                horizontal_arrows: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
            let key = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
            for (arrow, to, by) in [
                (Key::ArrowLeft, index.checked_sub(1), -STEP),
                (Key::ArrowRight, index.checked_add(1), STEP),
            ] {
                if edges && key(Modifiers::ALT, arrow) {
                    return Some(Asked::Wider(index, by));
                }
                if key(Modifiers::NONE, arrow)
                    && let Some(to) = to.filter(|to| *to < count)
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
        let color = if head.sort.is_some() {
            theme.text
        } else {
            theme.dim
        };
        let mut left = rect.left() + space::S + 2.0;
        if !head.is_mark {
            let font = FontId::proportional(size::SMALL + 0.5);
            let mut job = egui::text::LayoutJob::simple_singleline(label.to_owned(), font, color);
            job.wrap = egui::text::TextWrapping::truncate_at_width((rect.width() - 24.0).max(0.0));
            let galley = ui.painter().layout_job(job);
            let top = rect.center().y - galley.size().y / 2.0;
            left += galley.size().x + space::XS;
            ui.painter()
                .galley(pos2(rect.left() + space::S + 2.0, top), galley, color);
        }
        if let Some(is_descending) = head.sort {
            arrow(ui, pos2(left + 4.0, rect.center().y), is_descending);
        }
        response.clicked().then_some(Asked::Sort(index))
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
fn edge(ui: &Ui, index: usize, id: Id, head: &Head, cell: Rect) -> Option<Asked> {
    let place = Rect::from_x_y_ranges(cell.right() - EDGE..=cell.right() + EDGE, cell.y_range());
    let response = ui.interact(place, id, Sense::CLICK | Sense::DRAG);
    response.widget_info(|| {
        let name = format!("Width of {}", head.label);
        WidgetInfo::labeled(Role::Splitter, true, name)
    });
    if response.hovered() || response.dragged() {
        ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
        let line = Stroke::new(2.0, tokens(ui).accent);
        ui.painter().vline(cell.right(), cell.y_range(), line);
    }
    if response.double_clicked() {
        return Some(Asked::FirstWidth(index));
    }
    let by = response.drag_delta().x;
    let is_moved = response.dragged() && by.abs() > f32::EPSILON;
    is_moved.then_some(Asked::Wider(index, by))
}
