//! Messages under the toolbar, until they are dismissed.

use egui::{Align, Layout, Role, ScrollArea, Ui, UiBuilder};

use crate::window::commands::Command;
use crate::window::model::{Model, Notice};
use crate::window::theme::{self, space};
use crate::window::widgets::{Icon, sign, wrapped};

/// More than this many points of messages scroll.
const MAX_HEIGHT: f32 = 150.0;

/// The pane of messages.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoticesPane {
    /// The height of all messages in the last frame.
    height: f32,
}

impl NoticesPane {
    /// The height that it takes, in points.
    pub fn height(&self) -> f32 {
        self.height.clamp(1.0, MAX_HEIGHT)
    }

    /// Shows the messages, the newest first. The caller leaves it out when there are none.
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let mut commands = Vec::new();
        let shown = ScrollArea::vertical()
            .id_salt("notices")
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for (at, notice) in model.notices.iter().enumerate().rev() {
                    commands.extend(row(ui, at, notice));
                }
            });
        let height = shown.content_size.y;
        if (height - self.height).abs() > 0.5 {
            self.height = height;
            ui.ctx().request_discard("the messages have a new height");
        }
        commands
    }
}

fn row(ui: &mut Ui, at: usize, notice: &Notice) -> Vec<Command> {
    let tokens = theme::tokens(ui);
    let (icon, color, word) = if notice.is_error {
        (Icon::Cross, tokens.bad, "Problem")
    } else {
        (Icon::Info, tokens.info, "Note")
    };
    let mut commands = Vec::new();
    let builder = UiBuilder::new()
        .id_salt(at)
        .accessibility_role(Role::Alert)
        .accessibility_label(format!("{word}: {} {}", notice.what, notice.advice));
    let frame = egui::Frame::new()
        .fill(tokens.tint(color))
        .inner_margin(egui::Margin::symmetric(12, 4));
    ui.scope_builder(builder, |ui| {
        frame.show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                if ui.button("Dismiss").clicked() {
                    commands.push(Command::DismissNotice(at));
                }
                if let Some(number) = notice.undo
                    && ui.button("Undo").clicked()
                {
                    commands.push(Command::BringBack(number));
                }
                ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                    ui.vertical(|ui| {
                        ui.add_space(space::XS);
                        sign(ui, icon, 14.0, color);
                    });
                    ui.vertical(|ui| {
                        ui.add_space(space::XXS);
                        ui.spacing_mut().item_spacing.y = 0.0;
                        wrapped(ui, egui::RichText::new(&notice.what).color(tokens.text));
                        if !notice.advice.is_empty() {
                            wrapped(ui, egui::RichText::new(&notice.advice).color(tokens.dim));
                        }
                    });
                });
            });
        });
    });
    commands
}
