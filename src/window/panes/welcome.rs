//! What is shown while there is no token.

use egui::{RichText, ScrollArea, Ui};

use crate::window::commands::{Action, Command};
use crate::window::model::Model;
use crate::window::theme::{self, space};
use crate::window::widgets::wrapped;

/// The pane in place of a token.
#[derive(Debug, Clone, Copy, Default)]
pub struct WelcomePane;

impl WelcomePane {
    /// Says what to do.
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let tokens = theme::tokens(ui);
        let mut commands = Vec::new();
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let width = 520.0_f32.min(ui.available_width());
            let margin = ((ui.available_width() - width) / 2.0).max(0.0);
            ui.add_space((ui.available_height() * 0.22).max(space::L));
            ui.horizontal(|ui| {
                ui.add_space(margin);
                ui.vertical(|ui| {
                    ui.set_width(width - space::L);
                    ui.heading("Inspect a token");
                    ui.add_space(space::S);
                    let drop = if model.takes_drops { ", or drop a file" } else { "" };
                    wrapped(
                        ui,
                        format!(
                            "Paste a JWT, an HTTP request or a log with tokens in it{drop}. Then add the issuer\u{2019}s keys to see whether the signature is genuine."
                        ),
                    );
                    ui.add_space(space::M);
                    ui.horizontal_wrapped(|ui| {
                        for action in [Action::Paste, Action::Open, Action::AddKey] {
                            let entry = action.entry();
                            let clicked = ui.button(entry.label).clicked();
                            if clicked {
                                commands.extend((entry.command)(model));
                            }
                        }
                        let sample = ui
                            .button("Try the sample")
                            .on_hover_text("An HTTP request with two tokens, and the issuer\u{2019}s keys");
                        if sample.clicked() {
                            commands.push(Command::OpenSample(&crate::window::samples::SAMPLES[0]));
                        }
                    });
                    ui.add_space(space::M);
                    wrapped(
                        ui,
                        RichText::new(
                            "Tokens and keys stay in this machine\u{2019}s memory and are forgotten when the window closes.",
                        )
                        .color(tokens.dim),
                    );
                });
            });
        });
        commands
    }
}
