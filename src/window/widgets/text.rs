//! Lines of text that never run over their place.

use egui::{
    Color32, CornerRadius, Frame, Label, Layout, Margin, Response, RichText, Stroke, Ui, vec2,
};

use crate::window::theme::{radius, semibold, size, space, tokens};

/// One line, cut with `…` where the place ends; the whole text shows under the pointer.
pub fn truncated(ui: &mut Ui, text: impl Into<RichText>) -> Response {
    ui.add(Label::new(text.into()).truncate())
}

/// As many lines as it takes.
pub fn wrapped(ui: &mut Ui, text: impl Into<RichText>) -> Response {
    ui.add(Label::new(text.into()).wrap())
}

/// A word in a small frame.
pub fn tag(ui: &mut Ui, text: &str, color: Color32) -> Response {
    let tokens = tokens(ui);
    Frame::new()
        .stroke(Stroke::new(1.0, tokens.line))
        .corner_radius(CornerRadius::same(radius::SMALL - 2))
        .inner_margin(Margin::symmetric(5, 1))
        .show(ui, |ui| {
            ui.add(Label::new(RichText::new(text).size(size::SMALL).color(color)).extend());
        })
        .response
}

/// The heading of a section of a panel, with a count and what stands at its right end.
pub fn section(ui: &mut Ui, title: &str, count: Option<usize>, right: impl FnOnce(&mut Ui)) {
    let tokens = tokens(ui);
    let place = vec2(ui.available_width(), 32.0);
    ui.allocate_ui_with_layout(place, Layout::right_to_left(egui::Align::Center), |ui| {
        ui.add_space(space::M);
        right(ui);
        ui.with_layout(Layout::left_to_right(egui::Align::Center), |ui| {
            ui.add_space(space::M);
            let heading = RichText::new(title.to_uppercase())
                .font(semibold(size::SMALL))
                .extra_letter_spacing(0.7)
                .color(tokens.dim);
            ui.add(Label::new(heading).truncate())
                .accessible_name(title);
            if let Some(count) = count {
                ui.label(
                    RichText::new(count.to_string())
                        .size(size::SMALL)
                        .color(tokens.faint),
                );
            }
        });
    });
}

/// A name and its value in one row.
pub fn key_value(ui: &mut Ui, key: &str, value: impl Into<RichText>) -> Response {
    let tokens = tokens(ui);
    ui.horizontal(|ui| {
        ui.add(Label::new(RichText::new(key).color(tokens.dim)).extend());
        truncated(ui, value)
    })
    .inner
}
