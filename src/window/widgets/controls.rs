//! Small controls for the header of a card.

use egui::{
    Color32, CornerRadius, Popup, PopupCloseBehavior, Rect, Response, Role, Sense, Stroke,
    StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

use super::icon::{Icon, paint_icon};
use crate::window::theme::{radius, size, space, tokens};

/// In less width than this, in points, segments move together.
const TIGHT: f32 = 260.0;

/// One choice of a segmented control.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a, T> {
    /// What is chosen by it.
    pub value: T,
    /// What it shows.
    pub label: &'a str,
    /// Its name for screen readers, which holds the label.
    pub name: &'a str,
}

/// Choices side by side, one of them on. True when the choice changed.
pub fn segmented<T: PartialEq + Copy>(
    ui: &mut Ui,
    chosen: &mut T,
    segments: &[Segment<'_, T>],
) -> bool {
    let tokens = tokens(ui);
    let font = TextStyle::Body.resolve(ui.style());
    let galleys: Vec<_> = segments
        .iter()
        .map(|segment| {
            let color = if segment.value == *chosen {
                tokens.text
            } else {
                tokens.dim
            };
            ui.painter()
                .layout_no_wrap(segment.label.to_owned(), font.clone(), color)
        })
        .collect();
    let padding = if ui.available_width() < TIGHT {
        space::XS + 1.0
    } else {
        space::S
    };
    let width: f32 = galleys
        .iter()
        .map(|galley| galley.size().x + 2.0 * padding)
        .sum();
    let (frame, _) = ui.allocate_exact_size(vec2(width.ceil(), 24.0), Sense::hover());
    let id = ui.next_auto_id();
    let mut left = frame.left();
    let mut changed = false;
    let last = segments.len().saturating_sub(1);
    for (index, (segment, galley)) in segments.iter().zip(galleys).enumerate() {
        let rect = Rect::from_min_size(
            pos2(left, frame.top()),
            vec2(galley.size().x + 2.0 * padding, frame.height()),
        );
        left = rect.right();
        let response = ui.interact(rect, id.with(index), Sense::click());
        let is_on = segment.value == *chosen;
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_on, segment.name));
        let side = |at_end: bool| if at_end { radius::SMALL } else { 0 };
        let corners = CornerRadius {
            nw: side(index == 0),
            sw: side(index == 0),
            ne: side(index == last),
            se: side(index == last),
        };
        if is_on || response.hovered() {
            ui.painter()
                .rect_filled(rect, corners, if is_on { tokens.bg3 } else { tokens.bg2 });
        }
        if response.has_focus() {
            let ring = Stroke::new(1.5, tokens.accent);
            ui.painter()
                .rect_stroke(rect.shrink(1.0), corners, ring, StrokeKind::Inside);
        }
        let at = pos2(
            rect.left() + padding,
            rect.center().y - galley.size().y / 2.0,
        );
        ui.painter().galley(at, galley, tokens.text);
        if response.clicked() && !is_on {
            *chosen = segment.value;
            changed = true;
        }
    }
    ui.painter().rect_stroke(
        frame,
        CornerRadius::same(radius::SMALL),
        Stroke::new(1.0, tokens.line),
        StrokeKind::Inside,
    );
    changed
}

/// The ground of a row that can be clicked: lit when it is selected, else `tint` or what the pointer asks for.
pub fn row_frame(ui: &Ui, rect: Rect, response: &Response, is_lit: bool, tint: Option<Color32>) {
    let tokens = tokens(ui);
    let fill = match (is_lit, tint) {
        (true, _) => Some(tokens.selection),
        (false, Some(tint)) => Some(tint),
        (false, None) => response.hovered().then_some(tokens.bg2),
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, 0, fill);
    }
    if is_lit {
        let bar = Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
        ui.painter().rect_filled(bar, 0, tokens.accent);
    }
    if response.has_focus() {
        let ring = Stroke::new(1.5, tokens.accent);
        ui.painter()
            .rect_stroke(rect.shrink(1.0), 2, ring, StrokeKind::Inside);
    }
    let line = Stroke::new(1.0, tokens.row_line());
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, line);
}

/// A small framed button that opens a menu. `name` is its name for screen readers.
pub fn menu_tag(ui: &mut Ui, label: &str, name: &str, menu: impl FnOnce(&mut Ui)) -> Response {
    let response = small_button(ui, label, name, true);
    Popup::menu(&response).show(menu);
    response
}

/// The same for more than lines to choose from: what opens stays until something outside is clicked.
pub fn panel_tag(ui: &mut Ui, label: &str, name: &str, panel: impl FnOnce(&mut Ui)) -> Response {
    let response = small_button(ui, label, name, true);
    Popup::menu(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(panel);
    response
}

/// A small framed button. `name` is its name for screen readers.
pub fn button_tag(ui: &mut Ui, label: &str, name: &str) -> Response {
    small_button(ui, label, name, false)
}

/// A word that leads somewhere else. `name` is its name for screen readers, which holds the word.
pub fn link(ui: &mut Ui, label: &str, name: &str) -> Response {
    let text = egui::RichText::new(label)
        .font(crate::window::theme::semibold(size::SMALL))
        .color(tokens(ui).accent);
    let button = egui::Button::new(text).frame_when_inactive(false).small();
    ui.add(button).accessible_name(name)
}

fn small_button(ui: &mut Ui, label: &str, name: &str, opens_menu: bool) -> Response {
    const CHEVRON: f32 = 8.0;
    let tokens = tokens(ui);
    let font = egui::FontId::proportional(size::SMALL);
    let galley = ui
        .painter()
        .layout_no_wrap(label.to_owned(), font, tokens.dim);
    let for_chevron = if opens_menu { space::XS + CHEVRON } else { 0.0 };
    let place = vec2(galley.size().x + 2.0 * space::S + for_chevron, 22.0);
    let (rect, response) = ui.allocate_exact_size(place, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let is_lit = response.hovered() || response.has_focus();
    let corners = CornerRadius::same(radius::SMALL - 2);
    let line = if response.has_focus() {
        tokens.accent
    } else {
        tokens.line
    };
    let fill = if is_lit { tokens.bg3 } else { tokens.bg1 };
    ui.painter().rect(
        rect,
        corners,
        fill,
        Stroke::new(1.0, line),
        StrokeKind::Inside,
    );
    let text = pos2(
        rect.left() + space::S,
        rect.center().y - galley.size().y / 2.0,
    );
    ui.painter().galley(text, galley, tokens.dim);
    if opens_menu {
        let center = pos2(rect.right() - space::S - CHEVRON / 2.0, rect.center().y);
        let chevron = Rect::from_center_size(center, vec2(CHEVRON, CHEVRON));
        paint_icon(ui.painter(), chevron, Icon::Chevron, tokens.dim);
    }
    response
}
