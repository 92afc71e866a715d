//! The token of the row, in short.

use egui::{Align, Button, Grid, Label, Layout, Margin, RichText, ScrollArea, Ui, vec2};

use crate::judge::words::{When, sentence};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Clock, Model};
use crate::window::panes::rail::{places_summary, token_words};
use crate::window::panes::verdict::as_of;
use crate::window::table::{Column, cell};
use crate::window::theme::{self, semibold, size, space, tokens};
use crate::window::widgets::{Icon, grouped, mark, section_of, tag, wrapped};

/// The height of what can be done with it, in points.
const FOOT: f32 = 48.0;

/// Shows the token on screen over the whole height; `findings` shows what is wrong with it and those inside.
pub(in crate::window) fn preview(
    ui: &mut Ui,
    model: &Model,
    findings: impl FnOnce(&mut Ui) -> Vec<Command>,
) -> Vec<Command> {
    let Some(at) = model.current else {
        return Vec::new();
    };
    let mut commands = Vec::new();
    let height = (ui.available_height() - FOOT).max(80.0);
    ScrollArea::vertical()
        .id_salt("preview")
        .max_height(height)
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let title = token_words(model, at).map(|(title, _)| title);
            section_of(ui, &title.unwrap_or_default(), None, |ui| {
                let listed = &model.table.listed;
                if let Some(row) = listed.row_of(at) {
                    let rows = listed.len(model.session.tokens.len());
                    let place = listed.tokens(0..row.saturating_add(1)).count();
                    let count = rows.saturating_sub(listed.groups.len());
                    let words = format!("{} of {}", grouped(place), grouped(count));
                    tag(ui, &words, tokens(ui).dim);
                }
            });
            verdict(ui, model);
            facts(ui, model, at);
            commands.extend(findings(ui));
            ui.add_space(space::S);
        });
    let place = vec2(ui.available_width(), FOOT);
    ui.allocate_ui_with_layout(place, Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(space::M);
        let theme = tokens(ui);
        let open = RichText::new("Open")
            .font(semibold(size::BODY))
            .color(theme.on_accent);
        let open = ui.add(
            Button::new(open)
                .fill(theme.accent)
                .stroke(egui::Stroke::NONE),
        );
        if open.accessible_name("Open this token").clicked() {
            commands.push(Command::OpenToken(at));
        }
        if ui.button("Copy token").clicked() {
            commands.push(Command::Copy(CopyOf::Token));
        }
    });
    commands
}

fn verdict(ui: &mut Ui, model: &Model) {
    let Some((inspection, judgement)) = model.outermost() else {
        return;
    };
    let theme = tokens(ui);
    let when = match model.clock {
        Clock::Frozen(_) => When::Then,
        Clock::Live => When::Now,
    };
    let sentence = sentence(judgement, &inspection.proof, when);
    let outcome = judgement.verdict.outcome;
    framed(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            mark(ui, Icon::from(outcome), 18.0, theme.verdict(outcome));
            ui.vertical(|ui| {
                let headline = RichText::new(sentence.headline).font(semibold(size::BODY));
                wrapped(ui, headline.color(theme.text));
                let explanation = RichText::new(sentence.explanation).size(size::MONO);
                wrapped(ui, explanation.color(theme.dim));
                if let Some(as_of) = as_of(model, judgement) {
                    wrapped(ui, RichText::new(as_of).size(size::MONO).color(theme.warn));
                }
            });
        });
    });
}

fn facts(ui: &mut Ui, model: &Model, at: usize) {
    let theme = tokens(ui);
    framed(ui, |ui| {
        let grid = Grid::new("facts").num_columns(2).min_col_width(72.0);
        grid.spacing(vec2(space::M, space::XS)).show(ui, |ui| {
            for column in [
                Column::Alg,
                Column::Key,
                Column::Issuer,
                Column::Subject,
                Column::Time,
            ] {
                let Some(cell) = cell(model, at, column) else {
                    continue;
                };
                ui.label(RichText::new(column.label()).color(theme.dim));
                let mut value = RichText::new(cell.text).color(theme.text);
                if column.is_mono() {
                    value = value.font(theme::mono());
                }
                ui.add(Label::new(value).truncate());
                ui.end_row();
            }
        });
        let Some(inspection) = model.session.tokens.get(at) else {
            return;
        };
        ui.add_space(space::S);
        let found = match inspection.places.len() {
            0 | 1 => "Found in".to_owned(),
            count => format!("Found in {} places", grouped(count)),
        };
        ui.label(RichText::new(found).color(theme.dim));
        places_summary(ui, &inspection.places);
    });
}

fn framed(ui: &mut Ui, show: impl FnOnce(&mut Ui)) {
    egui::Frame::new()
        .inner_margin(Margin::symmetric(12, 6))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            show(ui);
        });
}
