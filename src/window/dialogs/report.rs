//! The report before it is copied or saved: in which form, of which tokens, and with or without the tokens themselves.

use egui::text::{LayoutJob, TextFormat};
use egui::{Button, Checkbox, Frame, Label, ProgressBar, RichText, ScrollArea, Ui};

use crate::jose::visible::visible;
use crate::judge::words::counted;
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::reporting::{Made, ReportAsk, ReportCommand, ReportForm, ReportScope};
use crate::window::theme::{self, append_exact, mono, size, space};
use crate::window::widgets::{Segment, grouped, grouped_count, segmented, wrapped};

/// Beside the preview the dialog takes this much of the window's height, in points.
const AROUND: f32 = 340.0;

/// The least and the greatest height of the preview, in points.
const PREVIEW: (f32, f32) = (96.0, 460.0);

/// Asks which report is wanted.
#[derive(Debug)]
pub(super) struct ReportDialog {
    form: ReportForm,
    scope: ReportScope,
    /// Whether the tokens themselves are wanted too.
    wants_tokens: bool,
    /// Whether the user said so after the warning.
    is_sure: bool,
    was_shown: bool,
}

impl ReportDialog {
    pub(super) fn new(model: &Model) -> Self {
        let scope = if !model.table.is_open {
            ReportScope::One
        } else if model.table.chosen.len() > 1 {
            ReportScope::Chosen
        } else {
            ReportScope::All
        };
        Self {
            form: ReportForm::Markdown,
            scope,
            wants_tokens: false,
            is_sure: false,
            was_shown: false,
        }
    }

    fn ask(&self) -> ReportAsk {
        ReportAsk {
            form: self.form,
            scope: self.scope,
            redact: !(self.wants_tokens && self.is_sure),
        }
    }

    /// Shows it; gives what to do, and whether it is done.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model) -> (Vec<Command>, bool) {
        let theme = theme::tokens(ui);
        let reporting = &model.reporting;
        ui.horizontal_wrapped(|ui| {
            let forms = ReportForm::ALL.map(|form| Segment {
                value: form,
                label: form.label(),
                name: form.label(),
            });
            segmented(ui, &mut self.form, &forms);
            self.scopes(ui, model);
        });
        let label = "With the tokens themselves";
        let tokens = ui.add(Checkbox::new(&mut self.wants_tokens, label));
        if tokens.changed() {
            self.is_sure = false;
        }
        let is_asking = self.wants_tokens && !self.is_sure;
        if is_asking {
            self.warning(ui);
        } else if self.wants_tokens {
            let words =
                "The report holds the tokens. Whoever reads it can use those that are still valid.";
            wrapped(ui, RichText::new(words).color(theme.warn));
        } else {
            let words =
                "Tokens are named by their SHA-256, keys by their thumbprint. Claims are in it.";
            wrapped(ui, RichText::new(words).color(theme.dim));
        }
        let mut commands = Vec::new();
        let ask = self.ask();
        if reporting.asked != Some(ask) {
            commands.push(ReportCommand::Make(ask).into());
        }
        let made = reporting.made.as_deref();
        let made = made.filter(|_| reporting.asked == Some(ask));
        let height = (ui.ctx().content_rect().height() - AROUND).clamp(PREVIEW.0, PREVIEW.1);
        Frame::new()
            .fill(theme.bg0)
            .corner_radius(theme::radius::SMALL)
            .inner_margin(space::S)
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.set_height(height);
                match made {
                    Some(made) => preview(ui, made, ask),
                    None => commands.extend(self.making(ui, model)),
                }
            });
        let words = match made {
            Some(made) => {
                let length = format!("{} bytes", grouped(made.bytes()));
                match ask.form {
                    ReportForm::Html => format!("{length} of HTML; shown here as text"),
                    _ => length,
                }
            }
            None => String::new(),
        };
        ui.label(RichText::new(words).size(size::SMALL).color(theme.dim));
        let is_possible = made.is_some() && !is_asking;
        let mut is_done = false;
        ui.horizontal_wrapped(|ui| {
            let label = RichText::new("Save\u{2026}").font(theme::semibold(size::BODY));
            let button = if is_possible {
                Button::new(label.color(theme.on_accent)).fill(theme.accent)
            } else {
                Button::new(label)
            };
            let save = ui.add_enabled(is_possible, button);
            if !std::mem::replace(&mut self.was_shown, true) {
                tokens.request_focus();
            }
            let copy = format!("Copy as {}", ask.form.label());
            let copy = ui.add_enabled(is_possible, Button::new(copy));
            let taken = [
                (save.clicked(), ReportCommand::Save),
                (copy.clicked(), ReportCommand::Copy),
            ];
            for (is_clicked, command) in taken {
                if is_clicked {
                    commands.push(command.into());
                    is_done = true;
                }
            }
            is_done |= ui.button("Close").clicked();
        });
        if is_done {
            commands.push(ReportCommand::Leave.into());
        }
        (commands, is_done)
    }

    /// Of which tokens, where there is a choice.
    fn scopes(&mut self, ui: &mut Ui, model: &Model) {
        let (chosen, all) = (model.table.chosen.len(), model.session.tokens.len());
        let chosen_label = format!("Chosen: {}", grouped_count(chosen, "token"));
        let all_label = format!("All: {}", grouped_count(all, "token"));
        let mut segments = Vec::new();
        if model.current.is_some() {
            segments.push((ReportScope::One, "This token"));
        }
        if chosen > 1 && chosen < all {
            segments.push((ReportScope::Chosen, &chosen_label));
        }
        if all > 1 || model.current.is_none() {
            segments.push((ReportScope::All, &all_label));
        }
        if !segments.iter().any(|(scope, _)| *scope == self.scope)
            && let Some((scope, _)) = segments.first()
        {
            self.scope = *scope;
        }
        let segments: Vec<_> = segments
            .into_iter()
            .map(|(value, label)| Segment {
                value,
                label,
                name: label,
            })
            .collect();
        if segments.len() > 1 {
            segmented(ui, &mut self.scope, &segments);
        }
    }

    fn warning(&mut self, ui: &mut Ui) {
        let theme = theme::tokens(ui);
        let words = "A token is a credential: whoever reads the report can use each one that is still valid, until it expires. Without them the report says the same.";
        wrapped(ui, RichText::new(words).color(theme.warn));
        ui.horizontal_wrapped(|ui| {
            if ui.button("Include the tokens").clicked() {
                self.is_sure = true;
            }
            if ui.button("Leave them out").clicked() {
                self.wants_tokens = false;
            }
        });
    }

    /// What is shown in place of a report that is not there.
    fn making(&self, ui: &mut Ui, model: &Model) -> Option<Command> {
        let theme = theme::tokens(ui);
        let job = model.reporting.job;
        let busy = model.busy.iter().find(|busy| Some(busy.job) == job);
        let count = self.scope.tokens(model).len();
        let mut command = None;
        match busy {
            Some(busy) => {
                ui.label(format!("{}\u{2026}", busy.label));
                let progress = busy.progress.unwrap_or_default();
                ui.add(
                    ProgressBar::new(progress)
                        .desired_width(240.0)
                        .show_percentage(),
                );
                if ui.button("Cancel the report").clicked() {
                    command = Some(Command::CancelJob(busy.job));
                }
            }
            None if model.reporting.asked == Some(self.ask()) => {
                let words = "There is no report: making it was called off, or did not work.";
                wrapped(ui, RichText::new(words).color(theme.dim));
                let label = format!("Make a report of {}", counted(count, "token"));
                if ui.button(label).clicked() {
                    command = Some(ReportCommand::Make(self.ask()).into());
                }
            }
            None => {}
        }
        command
    }
}

/// The lines in view, and no others.
fn preview(ui: &mut Ui, made: &Made, ask: ReportAsk) {
    let theme = theme::tokens(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::both()
        .id_salt(("report", ask.form.label()))
        .auto_shrink(false);
    let line = ui.fonts_mut(|fonts| fonts.row_height(&mono()));
    area.show_rows(ui, line, made.lines(), |ui, rows| {
        for row in rows {
            let mut line = LayoutJob::default();
            // Signs that the bundled faces have, for two that they have not.
            let text = visible(made.line(row)).replace('\u{2713}', "\u{221A}");
            let text = text.replace('\u{2717}', "\u{D7}");
            append_exact(&mut line, &text, &TextFormat::simple(mono(), theme.text));
            ui.add(Label::new(line).extend());
        }
    });
}
