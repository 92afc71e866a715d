//! What is wrong with the token.

use std::collections::BTreeMap;

use egui::{
    Align, CornerRadius, FontId, Frame, Id, Label, Layout, Margin, Rect, RichText, Role, Sense,
    Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::focus::{self, Place};
use super::links;
use super::menu::{self, Menu, Shown as Asked};
use super::roving::{self, Roving, is_copied};
use crate::jose::Token;
use crate::judge::words::capitalised;
use crate::judge::{Confidence, Evidence, Finding, Judgement, Severity};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Model, Selection};
use crate::window::theme::{radius, semibold, size, space, tokens};
use crate::window::widgets::{
    Icon, button_tag, menu_tag, paint_icon, section_of, sign, tag, wrapped,
};

/// More rules than this that could not run are listed when asked for.
const FEW_RULES: usize = 4;

/// Findings are shown by so many: each is laid out in every frame.
const PAGE: usize = 40;

/// The pane "Findings". Takes the height that it needs: put it into a scroll area.
#[derive(Debug, Clone, Default)]
pub struct FindingsPane {
    /// Only findings at least this bad.
    at_least: Option<Severity>,
    /// The finding whose remedy is shown: its rule, and which of that rule's.
    chosen: Option<(&'static str, usize)>,
    /// Which piece of its evidence is lit.
    step: usize,
    /// The token that `chosen` is of.
    identity: String,
    roving: Roving,
    /// Of a row.
    menu: Option<Menu>,
    /// Whether the rules that could not run are listed, however many they are.
    lists_not_run: bool,
    /// So many findings are shown.
    listed: usize,
}

/// So many findings to a page, for the keyboard.
const KEY_PAGE: usize = 5;

/// A finding that passes the filter.
struct Shown<'a> {
    /// Its position among all findings.
    position: usize,
    /// Its rule, and which of that rule's.
    key: (&'static str, usize),
    finding: &'a Finding,
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
            self.listed = PAGE;
        }
        let count = judgement.findings.len();
        let shown = self.shown(judgement);
        let words = if shown.len() == count {
            count.to_string()
        } else {
            format!("{} of {count}", shown.len())
        };
        section_of(ui, "Findings", Some(&words), |ui| {
            let label = filter_words(self.at_least);
            let name = format!("Show findings: {label}");
            let button = menu_tag(ui, label, &name, |ui| self.menu(ui));
            // Without a finding the keyboard goes to what may have hidden them.
            if shown.is_empty() && focus::take(ui, Place::Findings) {
                button.request_focus();
                button.scroll_to_me(None);
            }
        });
        let base = ui.make_persistent_id("findings");
        if !shown.is_empty() && focus::take(ui, Place::Findings) {
            self.roving.go_to(0);
        }
        let listed = shown.get(..self.listed).unwrap_or(&shown);
        self.roving.settle_all(ui, base, listed.len());
        let mut commands = Vec::new();
        ui.spacing_mut().item_spacing.y = 6.0;
        for row in 0..listed.len() {
            commands.extend(self.card(ui, (row, base), listed, &inspection.token, model));
        }
        commands.extend(self.card_menu(ui, listed));
        if shown.is_empty() {
            nothing(ui, count, model);
        }
        let hidden = shown.len().saturating_sub(listed.len());
        if hidden > 0 {
            self.more(ui, hidden);
        }
        commands.extend(other_layers(ui, model));
        self.not_run(ui, judgement);
        commands
    }

    /// The button for the findings that are not shown yet.
    fn more(&mut self, ui: &mut Ui, hidden: usize) {
        Frame::new()
            .inner_margin(Margin::symmetric(space::M as i8, space::XS as i8))
            .show(ui, |ui| {
                let label = format!("Show {} of {hidden} more", hidden.min(PAGE));
                if ui.button(label).clicked() {
                    self.listed = self.listed.saturating_add(PAGE);
                }
            });
    }

    fn shown<'a>(&self, judgement: &'a Judgement) -> Vec<Shown<'a>> {
        let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut shown = Vec::new();
        for (position, finding) in judgement.findings.iter().enumerate() {
            let next = seen.entry(finding.rule).or_default();
            let nth = *next;
            *next = next.saturating_add(1);
            if self.at_least.is_none_or(|least| finding.severity >= least) {
                shown.push(Shown {
                    position,
                    key: (finding.rule, nth),
                    finding,
                });
            }
        }
        shown
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
        (row, base): (usize, Id),
        listed: &[Shown<'_>],
        token: &Token,
        model: &Model,
    ) -> Option<Command> {
        let shown = listed.get(row)?;
        let finding = shown.finding;
        let is_chosen = self.chosen == Some(shown.key);
        let is_lit = is_chosen || is_evident(finding, token, model);
        let step = is_chosen.then_some(self.step);
        let builder = UiBuilder::new()
            .scope_id(base.with(row))
            .sense(self.roving.sense(ui, row));
        let inner = ui.scope_builder(builder, |ui| frame(ui, finding, is_lit, is_chosen, step));
        let (response, stepped) = (inner.response, inner.inner);
        let has_focus = self.roving.drawn(ui, row, &response);
        if let Some(menu) = Menu::asked(ui, row, &response) {
            self.menu = Some(menu);
        }
        if has_focus
            && self.menu.is_none()
            && let Some(to) = roving::step(ui, row, (listed.len(), KEY_PAGE))
        {
            self.roving.go_to(to);
        }
        response.widget_info(|| {
            let words = format!(
                "{}: {}. {}",
                capitalised(finding.severity.name()),
                finding.title,
                finding.detail
            );
            WidgetInfo::selected(Role::Button, true, is_chosen, words)
        });
        if is_copied(&response) {
            return Some(Command::Copy(CopyOf::Finding(shown.position)));
        }
        if let Some(step) = stepped {
            return self.light(finding, step);
        }
        if !response.clicked() {
            return None;
        }
        if !is_chosen {
            self.chosen = Some(shown.key);
            let command = self.light(finding, 0);
            // Without evidence nothing is to look selected that has nothing to do with it.
            return command.or_else(|| model.selection.is_some().then_some(Command::Select(None)));
        }
        let next = self.step.saturating_add(1);
        if next < finding.evidence.len() {
            return self.light(finding, next);
        }
        self.chosen = None;
        model.selection.is_some().then_some(Command::Select(None))
    }

    fn card_menu(&mut self, ui: &Ui, listed: &[Shown<'_>]) -> Option<Command> {
        let shown = menu::show(ui, "Menu of the finding", &mut self.menu, |entries| {
            entries.add("Copy this finding", "", true).then_some(())
        });
        match shown {
            Asked::Chosen(row, ()) => {
                self.roving.go_to(row);
                let position = listed.get(row)?.position;
                Some(Command::Copy(CopyOf::Finding(position)))
            }
            Asked::Left(row) => {
                self.roving.go_to(row);
                None
            }
            Asked::Open => None,
        }
    }

    /// Lights a piece of evidence up.
    fn light(&mut self, finding: &Finding, step: usize) -> Option<Command> {
        self.step = step;
        let evidence = finding.evidence.get(step)?;
        Some(Command::Select(Some(selection(evidence))))
    }

    /// The rules whose input was missing.
    fn not_run(&mut self, ui: &mut Ui, judgement: &Judgement) {
        let count = judgement.not_run.len();
        if count == 0 {
            return;
        }
        let theme = tokens(ui);
        let list = judgement.not_run.join(", ");
        if count <= FEW_RULES {
            let text = format!("Not run, because their input is missing: {list}");
            note(ui, RichText::new(text).size(size::SMALL).color(theme.dim));
            return;
        }
        let words = format!("{count} rules not run: their input is missing");
        if disclosure(ui, &words, self.lists_not_run) {
            self.lists_not_run = !self.lists_not_run;
        }
        if self.lists_not_run {
            note(ui, RichText::new(list).size(size::SMALL).color(theme.dim));
        }
    }
}

/// The card itself. `step`: which piece of evidence is lit, when it is chosen; yields the one that is asked for.
pub(super) fn frame(
    ui: &mut Ui,
    finding: &Finding,
    is_lit: bool,
    is_chosen: bool,
    step: Option<usize>,
) -> Option<usize> {
    let theme = tokens(ui);
    let response = ui.response();
    let stroke = if response.has_focus() {
        Stroke::new(1.5, theme.accent)
    } else if is_lit {
        Stroke::new(1.0, theme.accent)
    } else {
        Stroke::new(1.0, theme.line)
    };
    let fill = if response.hovered() || response.has_focus() {
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
            step.and_then(|step| stepper(ui, finding, step))
        })
        .inner
}

/// Walks through several pieces of evidence.
fn stepper(ui: &mut Ui, finding: &Finding, step: usize) -> Option<usize> {
    let count = finding.evidence.len();
    if count < 2 {
        return None;
    }
    let theme = tokens(ui);
    let place = finding.evidence.get(step)?;
    let mut to = None;
    ui.add_space(space::XS);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let shown = step.saturating_add(1);
        let words = format!("Evidence {shown} of {count}, in the {}", place.part.label());
        ui.label(RichText::new(words).size(size::MONO).color(theme.text));
        if button_tag(ui, "Previous", "Previous evidence").clicked() {
            to = Some(step.checked_sub(1).unwrap_or(count.saturating_sub(1)));
        }
        if button_tag(ui, "Next", "Next evidence").clicked() {
            to = Some(if shown < count { shown } else { 0 });
        }
    });
    to
}

/// A finding in words to copy.
pub(crate) fn text_of(finding: &Finding) -> String {
    let severity = capitalised(finding.severity.name());
    let mut lines = vec![
        format!("{severity}: {}", finding.title),
        finding.detail.clone(),
    ];
    if !finding.remedy.is_empty() {
        lines.push(format!("What to do: {}", finding.remedy));
    }
    let mut sources = finding.references.clone();
    sources.push(finding.rule);
    lines.push(sources.join(" · "));
    lines.join("\n")
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
                let selected = links::bytes_of(part, &selected.range)?;
                let rests_on = links::bytes_of(part, &evidence.range)?;
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

/// Says that other layers have findings, and leads to them.
fn other_layers(ui: &mut Ui, model: &Model) -> Option<Command> {
    let mut command = None;
    for (at, layer) in model.layers().iter().enumerate() {
        let findings = &layer.judgement.findings;
        let worst = findings.iter().map(|finding| finding.severity).max();
        let Some(worst) = worst.filter(|_| at != model.shown_layer()) else {
            continue;
        };
        let (number, worst) = (at.saturating_add(1), worst.name());
        let label = match findings.len() {
            1 => format!("1 finding in layer {number}, {worst}"),
            count => format!("{count} findings in layer {number}, the worst {worst}"),
        };
        Frame::new()
            .inner_margin(Margin::symmetric(space::M as i8, space::XXS as i8))
            .show(ui, |ui| {
                if ui.button(label).clicked() {
                    command = Some(Command::ShowLayer(at));
                }
            });
    }
    command
}

fn nothing(ui: &mut Ui, hidden: usize, model: &Model) {
    let theme = tokens(ui);
    let text = match hidden {
        0 if model.layers().len() > 1 => "Nothing wrong was found in this layer. That is no proof: see which rules could not run, and what the policy expects.".to_owned(),
        0 => "Nothing wrong was found. That is no proof: see which rules could not run, and what the policy expects.".to_owned(),
        1 => "1 finding is less severe than what is shown.".to_owned(),
        _ => format!("{hidden} findings are less severe than what is shown."),
    };
    note(ui, RichText::new(text).color(theme.dim));
}

/// A line that opens and closes what follows it. True when it is clicked.
pub(super) fn disclosure(ui: &mut Ui, words: &str, is_open: bool) -> bool {
    const SIGN: f32 = 9.0;
    let theme = tokens(ui);
    let font = FontId::proportional(size::SMALL);
    let width = (ui.available_width() - 2.0 * space::M - SIGN - space::XS).max(40.0);
    let galley = ui
        .painter()
        .layout(words.to_owned(), font, theme.dim, width);
    let place = vec2(ui.available_width(), galley.size().y + 2.0 * space::XS);
    let (rect, response) = ui.allocate_exact_size(place, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
    ui.accesskit_node_builder(response.id, |node| node.set_expanded(is_open));
    let color = if response.hovered() {
        theme.text
    } else {
        theme.dim
    };
    if response.has_focus() {
        let ring = Stroke::new(1.5, theme.accent);
        ui.painter()
            .rect_stroke(rect.shrink(1.0), 2, ring, StrokeKind::Inside);
    }
    let icon = if is_open { Icon::Open } else { Icon::Closed };
    let center = pos2(
        rect.left() + space::M + SIGN / 2.0,
        rect.top() + space::XS + 7.0,
    );
    let place = Rect::from_center_size(center, vec2(SIGN, SIGN));
    paint_icon(ui.painter(), place, icon, color);
    let at = pos2(place.right() + space::XS, rect.top() + space::XS);
    ui.painter()
        .galley_with_override_text_color(at, galley, color);
    response.clicked()
}

/// A paragraph beside the cards.
pub(super) fn note(ui: &mut Ui, text: RichText) {
    Frame::new()
        .inner_margin(Margin::symmetric(space::M as i8, space::XS as i8))
        .show(ui, |ui| wrapped(ui, text));
}
