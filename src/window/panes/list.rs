//! Lists of rows: only those in view are drawn.

use std::ops::Range;
use std::sync::Arc;

use egui::scroll_area::ScrollAreaOutput;
use egui::{Pos2, Rect, ScrollArea, Ui, pos2, vec2};

/// The rows of a list that are drawn in this frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct View {
    /// The rows in view.
    pub(crate) rows: Range<usize>,
    /// How many rows there are.
    pub(crate) count: usize,
    /// How many rows a page has, at least one.
    pub(crate) page: usize,
    /// Where the first row begins, in view or not.
    origin: Pos2,
    /// The width and the height of a row.
    size: egui::Vec2,
    /// Where each row begins below the first, and where the last ends, unless all are of one height.
    tops: Option<Arc<[f32]>>,
}

impl View {
    /// Where a row is.
    pub(crate) fn rect(&self, row: usize) -> Rect {
        let place = self.tops.as_ref().and_then(|tops| {
            let (top, end) = (tops.get(row)?, tops.get(row.saturating_add(1))?);
            Some((*top, end - top))
        });
        let (top, height) = place.unwrap_or((row as f32 * self.size.y, self.size.y));
        let at = pos2(self.origin.x, self.origin.y + top);
        Rect::from_min_size(at, vec2(self.size.x, height))
    }

    /// The number of rows above the gap between rows that is nearest to this height on the screen.
    pub(crate) fn gap(&self, y: f32) -> usize {
        let rows = ((y - self.origin.y) / self.size.y).round().max(0.0);
        (rows as usize).min(self.count)
    }
}

/// Shows the rows of a list within a height, in points.
pub(crate) fn show<R>(
    ui: &mut Ui,
    salt: &'static str,
    height: f32,
    (count, row): (usize, f32),
    rows: impl FnOnce(&mut Ui, &View) -> R,
) -> R {
    let area = ScrollArea::vertical()
        .id_salt(salt)
        .max_height(height)
        .auto_shrink([false, true]);
    show_in(ui, area, (count, row), 0.0, rows).inner
}

/// Shows the rows of a list in a scroll area. Where there is more room than `width`, in points, they take it.
pub(crate) fn show_in<R>(
    ui: &mut Ui,
    area: ScrollArea,
    (count, row): (usize, f32),
    width: f32,
    rows: impl FnOnce(&mut Ui, &View) -> R,
) -> ScrollAreaOutput<R> {
    area.show_viewport(ui, |ui, viewport| {
        ui.set_width(width.max(ui.available_width()));
        ui.set_height(count as f32 * row);
        let first = (viewport.top() / row).floor().max(0.0) as usize;
        let end = (viewport.bottom() / row).ceil().max(0.0) as usize;
        let view = View {
            rows: first.min(count)..end.min(count),
            count,
            page: ((viewport.height() / row).floor() as usize).max(1),
            origin: ui.max_rect().min,
            size: vec2(ui.max_rect().width(), row),
            tops: None,
        };
        rows(ui, &view)
    })
}

/// Shows rows of different heights in a scroll area. `tops`: where each begins, and where the last ends, in points.
pub(crate) fn show_uneven<R>(
    ui: &mut Ui,
    area: ScrollArea,
    tops: &Arc<[f32]>,
    rows: impl FnOnce(&mut Ui, &View) -> R,
) -> R {
    area.show_viewport(ui, |ui, viewport| {
        ui.set_width(ui.available_width());
        let count = tops.len().saturating_sub(1);
        let height = tops.last().copied().unwrap_or(0.0);
        ui.set_height(height);
        let first = tops.partition_point(|top| *top <= viewport.top());
        let first = first.saturating_sub(1).min(count);
        let end = tops.partition_point(|top| *top < viewport.bottom());
        let average = (height / count.max(1) as f32).max(1.0);
        let view = View {
            rows: first..end.clamp(first, count),
            count,
            page: ((viewport.height() / average).floor() as usize).max(1),
            origin: ui.max_rect().min,
            size: vec2(ui.max_rect().width(), average),
            tops: Some(Arc::clone(tops)),
        };
        rows(ui, &view)
    })
    .inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_gap_is_found_above_between_and_below_the_rows() {
        let view = View {
            rows: 10..20,
            count: 30,
            page: 9,
            origin: pos2(0.0, -460.0),
            size: vec2(264.0, 46.0),
            tops: None,
        };
        assert!(view.rect(10).top().abs() < 0.01);
        assert_eq!(view.gap(22.0), 10);
        assert_eq!(view.gap(24.0), 11);
        assert_eq!((view.gap(-9e9), view.gap(9e9)), (0, 30));
    }
}
