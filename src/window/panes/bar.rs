//! A line of controls over a table: what it is at the left, what can be done at the right.

use egui::{Align, Layout, Rect, Ui, UiBuilder, pos2, vec2};

/// The height of a line of controls, in points.
const LINE: f32 = 44.0;

/// Room for a line of controls.
pub(super) fn line(ui: &mut Ui) -> Rect {
    ui.allocate_space(vec2(ui.available_width(), LINE)).1
}

/// From `left` on, as wide as the row, whatever is left of it: how wide controls are is decided by the whole width.
pub(super) fn from(row: Rect, left: f32) -> Rect {
    Rect::from_min_size(pos2(left, row.top()), row.size())
}

/// Shows something from left to right in a place; gives the width that it took.
pub(super) fn within(ui: &mut Ui, salt: &str, place: Rect, show: impl FnOnce(&mut Ui)) -> f32 {
    let builder = UiBuilder::new()
        .id_salt(salt)
        .max_rect(place)
        .layout(Layout::left_to_right(Align::Center));
    let mut child = ui.new_child(builder);
    child.shrink_clip_rect(place);
    show(&mut child);
    child.min_rect().width()
}

/// Takes note of a width, and lays out anew where it is another one than the last.
pub(super) fn remember(ui: &Ui, known: &mut f32, width: f32) {
    if (width - *known).abs() > 0.5 {
        *known = width;
        ui.ctx()
            .request_discard("a line of controls has a new width");
    }
}
