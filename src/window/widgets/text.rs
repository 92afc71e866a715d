//! Lines of text that never run over their place.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Color32, CornerRadius, FontId, Label, Layout, Response, RichText, Role, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, vec2,
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
    named_tag(ui, text, text, color)
}

/// The same with another name for screen readers.
pub fn named_tag(ui: &mut Ui, text: &str, name: &str, color: Color32) -> Response {
    let tokens = tokens(ui);
    let font = FontId::proportional(size::SMALL);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, color);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(10.0, 4.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    let corners = CornerRadius::same(radius::SMALL - 2);
    let stroke = Stroke::new(1.0, tokens.line);
    ui.painter()
        .rect_stroke(rect, corners, stroke, StrokeKind::Inside);
    ui.painter()
        .galley(rect.center() - galley.size() / 2.0, galley, color);
    response
}

/// An exact value, broken wherever the line ends.
pub fn exact(ui: &mut Ui, text: &str) {
    let format = TextFormat::simple(crate::window::theme::mono(), tokens(ui).text);
    let mut job = LayoutJob::single_section(text.to_owned(), format);
    job.wrap = TextWrapping {
        max_width: ui.available_width(),
        break_anywhere: true,
        ..TextWrapping::default()
    };
    ui.add(Label::new(job));
}

/// A text that is painted and no more: it cannot be selected, and a screen reader is told `words` in its place.
pub fn paint_hidden(ui: &mut Ui, text: &str, words: &str) {
    let tokens = tokens(ui);
    let width = ui.available_width();
    let format = TextFormat::simple(crate::window::theme::mono(), tokens.text);
    // As it is, but for what cannot be seen.
    let text = zeroize::Zeroizing::new(crate::jose::visible::visible(text));
    let mut job = LayoutJob::single_section(text.as_str().to_owned(), format);
    job.wrap = TextWrapping {
        max_width: width - 2.0 * space::S,
        max_rows: 12,
        break_anywhere: true,
        ..TextWrapping::default()
    };
    let galley = ui.painter().layout_job(job);
    let place = vec2(width, galley.size().y + 2.0 * space::XS);
    let (rect, response) = ui.allocate_exact_size(place, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    ui.painter()
        .rect_filled(rect, CornerRadius::same(radius::SMALL), tokens.bg0);
    let at = rect.min + vec2(space::S, space::XS);
    ui.painter().galley(at, galley, tokens.text);
}

/// So many of something: "1 token", "10 000 tokens".
pub fn grouped_count(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", grouped(count)),
    }
}

/// A number with its thousands apart: "10 000".
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) {
            text.push('\u{00A0}');
        }
        text.push(digit);
    }
    text
}

/// The heading of a section of a panel, with a count and what stands at its right end.
pub fn section(ui: &mut Ui, title: &str, count: Option<usize>, right: impl FnOnce(&mut Ui)) {
    let count = count.map(grouped);
    section_of(ui, title, count.as_deref(), right);
}

/// The same with a count in words, such as "2 of 4".
pub fn section_of(ui: &mut Ui, title: &str, count: Option<&str>, right: impl FnOnce(&mut Ui)) {
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
                ui.label(RichText::new(count).size(size::SMALL).color(tokens.faint));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1\u{00A0}000");
        assert_eq!(grouped(1_234_567), "1\u{00A0}234\u{00A0}567");
    }
}
