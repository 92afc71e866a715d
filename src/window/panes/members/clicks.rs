//! What can be clicked in a row.

use egui::{FontId, Id, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::jose::visible::visible;
use crate::window::theme::{size, tokens};
use crate::window::widgets::{Icon, paint_icon};

/// The triangle of an object or array of this name; true when it was clicked.
pub(super) fn disclosure(
    ui: &Ui,
    place: Rect,
    row_id: Id,
    name: &str,
    is_open: bool,
    can_toggle: bool,
) -> bool {
    let theme = tokens(ui);
    let sense = if can_toggle {
        Sense::CLICK
    } else {
        Sense::hover()
    };
    let response = ui.interact(place.expand(2.0), row_id.with("open"), sense);
    if can_toggle {
        response.widget_info(|| {
            let verb = if is_open { "Close" } else { "Open" };
            let words = format!("{verb} {}", visible(name));
            WidgetInfo::selected(Role::DisclosureTriangle, true, is_open, words)
        });
    }
    let color = if can_toggle && response.hovered() {
        theme.accent
    } else {
        theme.dim
    };
    let icon = if is_open { Icon::Open } else { Icon::Closed };
    paint_icon(
        ui.painter(),
        Rect::from_center_size(place.center(), vec2(9.0, 9.0)),
        icon,
        color,
    );
    response.clicked()
}

/// Text that acts when it is clicked. The keyboard does the same from its row.
pub(super) fn link(ui: &Ui, place: Rect, id: Id, label: &str, name: &str) -> bool {
    let theme = tokens(ui);
    let response = ui.interact(place, id, Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let galley = ui.painter().layout_no_wrap(
        label.to_owned(),
        FontId::proportional(size::SMALL),
        theme.accent,
    );
    let at = pos2(place.left(), place.center().y - galley.size().y / 2.0);
    if response.hovered() {
        let under = at.y + galley.size().y;
        ui.painter().hline(
            at.x..=at.x + galley.size().x,
            under,
            Stroke::new(1.0, theme.accent),
        );
    }
    ui.painter().galley(at, galley, theme.accent);
    response.clicked()
}
