//! All shortcuts on one sheet.

use egui::{Key, Modifiers, RichText, ScrollArea, Ui, vec2};

use super::close_button;
use crate::window::actions::{Action, Group};
use crate::window::theme::{self, mono, semibold, size, space};

/// The least width of a column, in points.
const COLUMN: f32 = 330.0;

/// The width of the whole sheet, in points.
pub(super) const WIDTH: f32 = 3.0 * COLUMN + 2.0 * space::XL;

/// What keys do inside of panes, beside the actions.
const IN_PANES: &[(&str, &[(&str, &str)])] = &[
    (
        "In lists and tables",
        &[
            ("Up, Down, Page Up, Page Down, Home, End", "Move"),
            ("Enter", "Show or select"),
            ("Right, Left", "Open and close what is nested"),
            ("F2", "Rename a token"),
            ("Alt+Up, Alt+Down", "Move a token"),
            ("Delete", "Remove a token or key"),
            ("Ctrl+F", "Filter"),
            ("?", "What a member means"),
            ("Shift+F10", "The menu of what has the focus"),
        ],
    ),
    (
        "In the table of tokens",
        &[
            ("Enter", "Open the token"),
            ("Shift+Up, Shift+Down, Space", "Choose rows"),
            ("Ctrl+A, Escape", "Choose all, none"),
            ("Ctrl+C", "Copy the rows"),
            ("Alt+Left, Alt+Right", "Width of a column"),
        ],
    ),
    (
        "In the raw token, JSON and hex",
        &[
            ("Arrows, Page Up, Page Down, Home, End", "Move"),
            ("Shift with these", "Select"),
            ("Ctrl+C", "Copy what is selected"),
            ("Escape", "Select nothing"),
        ],
    ),
    (
        "On the timeline",
        &[
            ("Left, Right", "Move the clock by a second"),
            ("Shift with these", "By a minute"),
            ("Ctrl with these", "By an hour"),
            ("Page Up, Page Down", "By a day"),
            ("Home, End", "To nbf or iat, to exp"),
            ("Enter, Escape", "Type a time, live again"),
            ("+, \u{2212}, 0", "Zoom in, zoom out, fit"),
            ("Alt+Left, Right", "Earlier, later"),
            ("Ctrl or Shift, wheel", "Zoom, earlier and later"),
            ("Double click", "Look at a lane"),
        ],
    ),
];

/// Shows it; whether it is done.
pub(super) fn ui(ui: &mut Ui) -> bool {
    let screen = ui.ctx().content_rect();
    let height = (screen.height() - 180.0).max(120.0);
    let columns = (ui.available_width() / COLUMN).floor().clamp(1.0, 3.0);
    let width = (ui.available_width() - (columns - 1.0) * space::XL) / columns;
    ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            scroll_by_keys(ui);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::XL;
                for column in parts(columns as usize) {
                    ui.vertical(|ui| {
                        ui.set_width(width);
                        for section in column {
                            section.ui(ui);
                        }
                    });
                }
            });
        });
    ui.add_space(space::S);
    close_button(ui)
}

/// Nothing in the sheet takes the keyboard, so the keys move all of it.
fn scroll_by_keys(ui: &Ui) {
    const LINE: f32 = 40.0;
    let page = ui.clip_rect().height() * 0.9;
    for (key, by) in [
        (Key::ArrowDown, -LINE),
        (Key::ArrowUp, LINE),
        (Key::PageDown, -page),
        (Key::PageUp, page),
        (Key::End, f32::MIN),
        (Key::Home, f32::MAX),
    ] {
        let count = ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        if count > 0 {
            let by = (by * count as f32).clamp(-1e6, 1e6);
            ui.scroll_with_delta(vec2(0.0, by));
        }
    }
}

/// A heading and its lines: what, and with which keys.
struct Section {
    title: &'static str,
    lines: Vec<(&'static str, Keys)>,
}

enum Keys {
    Shortcut(egui::KeyboardShortcut),
    Words(&'static str),
}

/// All sections in this many parts of about the same height.
fn parts(count: usize) -> Vec<Vec<Section>> {
    let groups = Group::ALL.into_iter().map(|group| Section {
        title: group.label(),
        lines: Action::of(group)
            .filter_map(|action| {
                let entry = action.entry();
                Some((entry.label, Keys::Shortcut(entry.shortcut?)))
            })
            .collect(),
    });
    let panes = IN_PANES.iter().map(|(title, lines)| Section {
        title,
        lines: lines
            .iter()
            .map(|&(keys, what)| (what, Keys::Words(keys)))
            .collect(),
    });
    let all: Vec<Section> = groups.chain(panes).collect();
    let heights: Vec<usize> = all
        .iter()
        .map(|section| section.lines.len().saturating_add(2))
        .collect();
    // The least height that makes few enough parts.
    let whole: usize = heights.iter().sum();
    let least = heights.iter().copied().max().unwrap_or(0);
    let limit = (least..=whole).find(|limit| starts(&heights, *limit).len() <= count);
    let starts = starts(&heights, limit.unwrap_or(whole));
    let mut parts: Vec<Vec<Section>> = Vec::new();
    for (at, section) in all.into_iter().enumerate() {
        if starts.contains(&at) {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(section);
        }
    }
    parts
}

/// Where parts begin that are each as full as a limit lets them.
fn starts(heights: &[usize], limit: usize) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut used = limit;
    for (at, height) in heights.iter().enumerate() {
        used = used.saturating_add(*height);
        if used > limit {
            starts.push(at);
            used = *height;
        }
    }
    starts
}

impl Section {
    fn ui(&self, ui: &mut Ui) {
        let tokens = theme::tokens(ui);
        ui.add_space(space::XS);
        ui.label(
            RichText::new(self.title)
                .font(semibold(size::BODY))
                .color(tokens.text),
        );
        ui.spacing_mut().item_spacing.y = 3.0;
        for (what, keys) in &self.lines {
            let keys = match keys {
                Keys::Shortcut(shortcut) => ui.ctx().format_shortcut(shortcut),
                Keys::Words(words) => (*words).to_owned(),
            };
            let width = ui.available_width();
            let font = egui::FontId::proportional(size::BODY);
            let left = ui.painter().layout(
                (*what).to_owned(),
                font,
                tokens.dim,
                (width * 0.52).max(60.0),
            );
            let right =
                ui.painter()
                    .layout(keys.clone(), mono(), tokens.text, (width * 0.46).max(60.0));
            let place = vec2(width, left.size().y.max(right.size().y));
            let (rect, response) = ui.allocate_exact_size(place, egui::Sense::hover());
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Label, true, format!("{what}: {keys}"))
            });
            ui.painter().galley(rect.min, left, tokens.dim);
            let at = rect.min + vec2(width * 0.54, 0.0);
            ui.painter().galley(at, right, tokens.text);
        }
        ui.add_space(space::S);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_about_as_high_as_each_other_and_hold_everything_once() {
        let sections = |parts: &[Vec<Section>]| parts.iter().map(Vec::len).sum::<usize>();
        for count in 1..=3 {
            let parts = parts(count);
            assert_eq!(parts.len(), count);
            assert_eq!(sections(&parts), Group::ALL.len() + IN_PANES.len());
        }
        assert_eq!(starts(&[3, 3, 2, 5], 6), [0, 2, 3]);
    }
}
