//! The bar at the bottom: that nothing leaves, what is selected, what is going on.

use std::time::Duration;

use egui::{Align, Button, Label, Layout, RichText, Role, Sense, Spinner, Ui, WidgetInfo, vec2};

use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::model::{Clock, Model};
use crate::window::theme::{self, size, space};
use crate::window::widgets::{Icon, grouped, grouped_count, sign};

/// How far this program reaches.
const REACH: &str = if cfg!(feature = "fetch") {
    "Offline until you fetch keys"
} else {
    "Offline: nothing leaves this machine"
};

/// The status bar.
#[derive(Debug, Clone, Copy, Default)]
pub struct StatusPane;

impl StatusPane {
    /// Shows it in one line; what does not fit is cut from the right.
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let tokens = theme::tokens(ui);
        let mut commands = Vec::new();
        ui.spacing_mut().item_spacing.x = space::L;
        let word = |text: String, color| RichText::new(text).size(size::SMALL).color(color);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(space::XS);
            commands.extend(palette_button(ui, model));
            if let Some((inspection, _)) = model
                .current()
                .filter(|_| !model.manager.is_open && !model.policies.is_open)
            {
                ui.label(word(
                    format!("Inspected in {}", short(inspection.took)),
                    tokens.dim,
                ));
            }
            if matches!(model.clock, Clock::Frozen(_)) {
                ui.label(word(
                    "Clock frozen: not the real time".to_owned(),
                    tokens.warn,
                ));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = space::XS;
                    sign(ui, Icon::Dot, 8.0, tokens.ok);
                    ui.label(word(REACH.to_owned(), tokens.dim));
                });
                if model.manager.is_open {
                    let text = word(keys_saved(model), tokens.dim);
                    ui.add(Label::new(text).truncate());
                }
                for busy in &model.busy {
                    ui.add(Spinner::new().size(12.0));
                    ui.label(word(format!("{}\u{2026}", busy.label), tokens.text));
                    if let Some(progress) = busy.progress {
                        progress_bar(ui, &busy.label, progress);
                    }
                    if busy.can_cancel {
                        let cancel = Button::new(word("Cancel".to_owned(), tokens.accent)).small();
                        let cancel = ui
                            .add(cancel)
                            .on_hover_text("Stop this and drop what it brings");
                        if cancel.clicked() {
                            commands.push(Command::CancelJob(busy.job));
                        }
                    }
                }
                if let Some(selected) = selected(model) {
                    ui.label(word(selected, tokens.dim));
                }
                if !model.last_action.is_empty() {
                    let text = word(model.last_action.clone(), tokens.dim);
                    ui.add(Label::new(text).truncate());
                }
            });
        });
        commands
    }
}

/// "6 keys, none saved".
fn keys_saved(model: &Model) -> String {
    let keys = model.session.keys.keys();
    let saved = keys.iter().filter(|key| model.saved.holds(key)).count();
    let count = match keys.len() {
        0 => return "No keys".to_owned(),
        count => grouped_count(count, "key"),
    };
    match saved {
        0 => format!("{count}, none saved"),
        _ if saved == keys.len() => format!("{count}, saved"),
        _ => format!("{count}, {} saved", grouped(saved)),
    }
}

/// How much of a job is done.
fn progress_bar(ui: &mut Ui, label: &str, progress: f32) {
    let tokens = theme::tokens(ui);
    let percent = (progress.clamp(0.0, 1.0) * 100.0).round();
    let (rect, response) = ui.allocate_exact_size(vec2(64.0, 6.0), Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::ProgressIndicator,
            true,
            format!("{label}: {percent} %"),
        )
    });
    ui.painter().rect_filled(rect, 3, tokens.bg3);
    let done = rect.with_max_x(rect.left() + rect.width() * progress.clamp(0.0, 1.0));
    ui.painter().rect_filled(done, 3, tokens.accent);
    ui.label(
        RichText::new(format!("{percent} %"))
            .size(size::SMALL)
            .color(tokens.dim),
    );
}

/// The palette's keys, which also open it by a click.
fn palette_button(ui: &mut Ui, model: &Model) -> Option<Command> {
    let tokens = theme::tokens(ui);
    let entry = Action::Palette.entry();
    let keys = ui.ctx().format_shortcut(&entry.shortcut?);
    let text = RichText::new(format!("{keys} commands")).size(size::SMALL);
    let button = Button::new(text.color(tokens.dim))
        .small()
        .frame_when_inactive(false);
    let response = ui.add(button).accessible_name("Commands");
    response.clicked().then(|| (entry.command)(model)).flatten()
}

fn selected(model: &Model) -> Option<String> {
    let selection = model.selection.as_ref()?;
    let count = selection.range.len();
    let unit = if count == 1 { "byte" } else { "bytes" };
    Some(format!(
        "Selected {count} {unit} of {}",
        selection.part.label()
    ))
}

/// "0.4 ms", "12 ms", "1.3 s".
fn short(took: Duration) -> String {
    let ms = took.as_secs_f64() * 1000.0;
    if ms < 10.0 {
        format!("{ms:.1} ms")
    } else if ms < 1000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.1} s", ms / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        assert_eq!(short(Duration::from_micros(412)), "0.4 ms");
        assert_eq!(short(Duration::from_micros(12_300)), "12 ms");
        assert_eq!(short(Duration::from_millis(1_340)), "1.3 s");
    }
}
