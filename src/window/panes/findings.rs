//! What is wrong with the token.

use egui::{
    Align, CornerRadius, Frame, Label, Layout, Margin, RichText, Role, Sense, Stroke, Ui,
    UiBuilder, WidgetInfo, vec2,
};

use super::links;
use crate::jose::Token;
use crate::judge::words::capitalised;
use crate::judge::{Confidence, Evidence, Finding, Judgement, Severity};
use crate::window::commands::Command;
use crate::window::model::{Model, Selection};
use crate::window::theme::{radius, semibold, size, space, tokens};
use crate::window::widgets::{Icon, menu_tag, section, sign, tag, wrapped};

/// The pane "Findings". Takes the height that it needs: put it into a scroll area.
#[derive(Debug, Clone, Default)]
pub struct FindingsPane {
    /// Only findings at least this bad.
    at_least: Option<Severity>,
    /// The finding whose remedy is shown: its rule, and which of that rule's.
    chosen: Option<(&'static str, usize)>,
    /// The token that `chosen` is of.
    identity: String,
}

impl FindingsPane {
    /// Shows the findings about the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, judgement)) = model.current() else {
            return Vec::new();
        };
        if self.identity != inspection.sha256 {
            self.identity.clone_from(&inspection.sha256);
            self.chosen = None;
        }
        let count = judgement.findings.len();
        section(ui, "Findings", Some(count), |ui| {
            let label = filter_words(self.at_least);
            let name = format!("Show findings: {label}");
            menu_tag(ui, label, &name, |ui| self.menu(ui));
        });
        let mut commands = Vec::new();
        ui.spacing_mut().item_spacing.y = 6.0;
        let mut seen: Vec<&'static str> = Vec::new();
        let mut shown = 0_usize;
        for finding in &judgement.findings {
            let nth = seen.iter().filter(|rule| **rule == finding.rule).count();
            seen.push(finding.rule);
            if self.at_least.is_some_and(|least| finding.severity < least) {
                continue;
            }
            commands.extend(self.card(
                ui,
                shown,
                (finding.rule, nth),
                finding,
                &inspection.token,
                model,
            ));
            shown = shown.saturating_add(1);
        }
        if shown == 0 {
            nothing(ui, count);
        }
        not_run(ui, judgement);
        commands
    }

    fn menu(&mut self, ui: &mut Ui) {
        let choices = [
            None,
            Some(Severity::Low),
            Some(Severity::Medium),
            Some(Severity::High),
            Some(Severity::Critical),
        ];
        for choice in choices {
            let is_on = self.at_least == choice;
            if ui.radio(is_on, capitalised(filter_words(choice))).clicked() {
                self.at_least = choice;
                ui.close();
            }
        }
    }

    fn card(
        &mut self,
        ui: &mut Ui,
        index: usize,
        key: (&'static str, usize),
        finding: &Finding,
        token: &Token,
        model: &Model,
    ) -> Option<Command> {
        let theme = tokens(ui);
        let is_chosen = self.chosen == Some(key);
        let is_lit = is_chosen || is_evident(finding, token, model);
        let builder = UiBuilder::new()
            .id_salt(("finding", index))
            .sense(Sense::click());
        let response = ui
            .scope_builder(builder, |ui| {
                let response = ui.response();
                let stroke = if is_lit || response.has_focus() {
                    Stroke::new(1.0, theme.accent)
                } else {
                    Stroke::new(1.0, theme.line)
                };
                let fill = if response.hovered() {
                    theme.bg3
                } else {
                    theme.bg2
                };
                Frame::new()
                    .fill(fill)
                    .stroke(stroke)
                    .corner_radius(CornerRadius::same(radius::SMALL))
                    .inner_margin(Margin::symmetric(10, 7))
                    .outer_margin(Margin::symmetric(10, 0))
                    .show(ui, |ui| {
                        ui.set_width(ui.available_width());
                        ui.spacing_mut().item_spacing.y = space::XXS;
                        content(ui, finding, is_chosen);
                    });
            })
            .response;
        response.widget_info(|| {
            let words = format!(
                "{}: {}. {}",
                capitalised(finding.severity.name()),
                finding.title,
                finding.detail
            );
            WidgetInfo::selected(Role::Button, true, is_chosen, words)
        });
        if !response.clicked() {
            return None;
        }
        self.chosen = (!is_chosen).then_some(key);
        let evidence = finding.evidence.first().filter(|_| !is_chosen);
        let command = Command::Select(evidence.map(selection));
        (model.selection.is_some() || evidence.is_some()).then_some(command)
    }
}

fn content(ui: &mut Ui, finding: &Finding, is_chosen: bool) {
    let theme = tokens(ui);
    let color = theme.severity(finding.severity);
    let place = vec2(ui.available_width(), 16.0);
    ui.allocate_ui_with_layout(place, Layout::right_to_left(Align::Center), |ui| {
        if let Some(reference) = finding.references.first() {
            ui.label(
                RichText::new(*reference)
                    .size(size::SMALL)
                    .color(theme.accent),
            );
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 5.0;
            sign(ui, Icon::from(finding.severity), 10.0, color);
            let word = RichText::new(finding.severity.name().to_uppercase())
                .font(semibold(size::SMALL))
                .extra_letter_spacing(0.5)
                .color(color);
            ui.add(Label::new(word).extend());
            if finding.confidence != Confidence::Certain {
                tag(ui, finding.confidence.name(), theme.dim);
            }
        });
    });
    wrapped(
        ui,
        RichText::new(&finding.title)
            .font(semibold(size::BODY))
            .color(theme.text),
    );
    wrapped(
        ui,
        RichText::new(&finding.detail)
            .size(size::MONO)
            .color(theme.dim),
    );
    if is_chosen {
        if !finding.remedy.is_empty() {
            let remedy = format!("What to do: {}", finding.remedy);
            wrapped(ui, RichText::new(remedy).size(size::MONO).color(theme.text));
        }
        let mut more = vec![finding.rule.to_owned()];
        more.extend(
            finding
                .references
                .iter()
                .skip(1)
                .map(|&reference| reference.to_owned()),
        );
        wrapped(
            ui,
            RichText::new(more.join(" · "))
                .size(size::SMALL)
                .color(theme.faint),
        );
    }
}

fn selection(evidence: &Evidence) -> Selection {
    Selection {
        part: evidence.part,
        range: evidence.range.clone(),
    }
}

/// Whether what is selected is a member that the finding rests on.
fn is_evident(finding: &Finding, token: &Token, model: &Model) -> bool {
    let Some(selected) = &model.selection else {
        return false;
    };
    let covers_part = token
        .part_at(selected.range.start)
        .is_some_and(|part| part.range.len() <= selected.range.len());
    !covers_part
        && finding.evidence.iter().any(|evidence| {
            let part = token.part_at(evidence.range.start);
            let bytes = part.and_then(|part| {
                let selected = links::bytes_of(part, selected)?;
                let rests_on = links::bytes_of(part, &selection(evidence))?;
                Some((selected, rests_on))
            });
            bytes.is_some_and(|(selected, rests_on)| {
                evidence.pointer.is_some()
                    && selected.start < rests_on.end
                    && rests_on.start < selected.end
            })
        })
}

fn filter_words(at_least: Option<Severity>) -> &'static str {
    match at_least {
        None | Some(Severity::Info) => "all severities",
        Some(Severity::Low) => "low and worse",
        Some(Severity::Medium) => "medium and worse",
        Some(Severity::High) => "high and worse",
        Some(Severity::Critical) => "critical only",
    }
}

fn nothing(ui: &mut Ui, hidden: usize) {
    let theme = tokens(ui);
    let text = match hidden {
        0 => "Nothing wrong was found. That is no proof: see which rules could not run, and what the policy expects.".to_owned(),
        1 => "1 finding is less severe than what is shown.".to_owned(),
        _ => format!("{hidden} findings are less severe than what is shown."),
    };
    note(ui, RichText::new(text).color(theme.dim));
}

/// The rules whose input was missing.
fn not_run(ui: &mut Ui, judgement: &Judgement) {
    if judgement.not_run.is_empty() {
        return;
    }
    let theme = tokens(ui);
    let text = format!(
        "Not run, because their input is missing: {}",
        judgement.not_run.join(", ")
    );
    note(ui, RichText::new(text).size(size::SMALL).color(theme.faint));
}

fn note(ui: &mut Ui, text: RichText) {
    Frame::new()
        .inner_margin(Margin::symmetric(space::M as i8, space::XS as i8))
        .show(ui, |ui| wrapped(ui, text));
}
