//! The checks in the order in which a verifier makes them.

use std::sync::Arc;

use egui::{
    FontId, Frame, Galley, Id, Margin, Rect, Response, RichText, Role, Ui, WidgetInfo, pos2, vec2,
};

use super::explained::Explained;
use super::findings::{disclosure, note};
use super::focus::{self, Place};
use super::links;
use super::menu::{self, Menu, Shown};
use super::roving::{Roving, is_copied, step};
use crate::inspection::Inspection;
use crate::jose::PartRole;
use crate::judge::{Check, CheckResult, Judgement, Strictness, ToldCheck, told};
use crate::keys::Reread;
use crate::verify::{NotChecked, Outcome, Proof, SignatureProof};
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Model, Selection};
use crate::window::theme::{size, space, tokens};
use crate::window::widgets::{Icon, named_tag, paint_icon, row_frame, section, tag};

/// The round mark of a check, in points.
const MARK: f32 = 16.0;

/// So many checks to a page, for the keyboard.
const PAGE: usize = 5;

/// The sign of what opens, in points.
const SIGN: f32 = 9.0;

/// Between the lines of a check, in points.
const LINE_GAP: f32 = 1.0;

/// The pane "Verification". Takes the height that it needs: put it into a scroll area.
#[derive(Debug, Clone, Default)]
pub struct ChecksPane {
    roving: Roving,
    menu: Option<Menu>,
    /// Whether those that the policy says nothing about are shown one by one.
    is_unfolded: bool,
    /// Whether what is for the developer of the service is shown.
    is_for_developer: bool,
}

impl ChecksPane {
    /// Shows the checks of the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, judgement)) = model.current() else {
            return Vec::new();
        };
        let checks = &judgement.checks;
        heading(ui, checks, model.session.policy.strictness);
        ui.spacing_mut().item_spacing.y = 0.0;
        let base = ui.make_persistent_id("checks");
        if let Some(to) = asked(ui, checks) {
            self.is_unfolded |= told(checks)
                .iter()
                .any(|told| told.is_several() && told.checks.contains(&to));
            let row = rows(checks, self.is_unfolded)
                .iter()
                .position(|row| *row == Row::One(to));
            self.roving.go_to(row.unwrap_or(0));
        }
        let rows = rows(checks, self.is_unfolded);
        self.roving.settle_all(ui, base, rows.len());
        let mut commands = Vec::new();
        let proof = judgement.proof(&inspection.proof);
        for (at, row) in rows.iter().enumerate() {
            let place = (at, base, rows.len());
            match row {
                Row::One(index) => {
                    commands.extend(self.row(ui, place, *index, (inspection, judgement), model));
                    let explained = Explained::of((checks, *index), proof);
                    commands.extend(offer(ui, &explained));
                    commands.extend(ask(ui, explained.signature(), model));
                    commands.extend(self.for_developer(ui, *index, &explained));
                }
                Row::Several(told) => self.several(ui, place, told),
            }
        }
        commands.extend(self.menu(ui, &rows, (checks, proof)));
        commands
    }

    /// What the policy says nothing about, in one row that opens.
    fn several(&mut self, ui: &mut Ui, place: (usize, Id, usize), told: &ToldCheck) {
        let drawn = Drawn::new(ui, told.result, &told.title, &told.text, &[]);
        let (rect, response) = self.place(ui, place, drawn.height);
        let is_open = self.is_unfolded;
        response.widget_info(|| {
            let result = result_word(told.result);
            let words = format!("{result}: {}. {}", told.title, told.text);
            WidgetInfo::labeled(Role::Row, true, words)
        });
        ui.accesskit_node_builder(response.id, |node| node.set_expanded(is_open));
        row_frame(ui, rect, &response, false, None);
        drawn.paint(ui, rect);
        let icon = if is_open { Icon::Open } else { Icon::Closed };
        let center = rect.right_center() - vec2(space::M + SIGN / 2.0, 0.0);
        let sign = Rect::from_center_size(center, vec2(SIGN, SIGN));
        paint_icon(ui.painter(), sign, icon, tokens(ui).dim);
        if response.clicked() {
            self.is_unfolded = !is_open;
        }
    }

    /// Takes the place of a row, and the keyboard to it or from it.
    fn place(
        &mut self,
        ui: &mut Ui,
        (at, base, count): (usize, Id, usize),
        height: f32,
    ) -> (Rect, Response) {
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
        let response = ui.interact(rect, base.with(at), self.roving.sense(ui, at));
        let has_focus = self.roving.drawn(ui, at, &response);
        if has_focus
            && self.menu.is_none()
            && let Some(to) = step(ui, at, (count, PAGE))
        {
            self.roving.go_to(to);
        }
        (rect, response)
    }

    fn menu(
        &mut self,
        ui: &Ui,
        rows: &[Row],
        (checks, proof): (&[Check], &Proof),
    ) -> Option<Command> {
        let at = self.menu.as_ref().and_then(|menu| rows.get(menu.of));
        let is_explained = at.is_some_and(|row| match row {
            Row::One(index) => Explained::of((checks, *index), proof)
                .diagnosis()
                .next()
                .is_some(),
            Row::Several(_) => false,
        });
        let shown = menu::show(ui, "Menu of the check", &mut self.menu, |entries| {
            let whole = entries.add("Copy this check", "", true);
            let for_developer = entries.add("Copy for the developer", "", is_explained);
            (whole || for_developer).then_some(for_developer)
        });
        match shown {
            Shown::Chosen(at, for_developer) => {
                self.roving.go_to(at);
                match rows.get(at)? {
                    Row::One(index) if for_developer => {
                        Some(Command::Copy(CopyOf::ForDeveloper(*index)))
                    }
                    Row::One(index) => Some(Command::Copy(CopyOf::Check(*index))),
                    Row::Several(_) => None,
                }
            }
            Shown::Left(at) => {
                self.roving.go_to(at);
                None
            }
            Shown::Open => None,
        }
    }

    /// What to do about what failed, and what there is to compare; closed until it is asked for.
    fn for_developer(
        &mut self,
        ui: &mut Ui,
        index: usize,
        explained: &Explained<'_>,
    ) -> Option<Command> {
        let (advice, facts) = (explained.advice(), explained.facts());
        if advice.is_empty() && facts.is_empty() {
            return None;
        }
        let theme = tokens(ui);
        let mut command = None;
        below(ui, |ui| {
            if disclosure(ui, "For the developer", self.is_for_developer) {
                self.is_for_developer = !self.is_for_developer;
            }
            if !self.is_for_developer {
                return;
            }
            let is_advised = !advice.is_empty();
            for line in advice.into_iter().chain(facts) {
                note(ui, RichText::new(line).size(size::MONO).color(theme.dim));
            }
            if is_advised {
                offered(ui, |ui| {
                    if ui.button("Copy for the developer").clicked() {
                        command = Some(Command::Copy(CopyOf::ForDeveloper(index)));
                    }
                });
            }
        });
        command
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        (at, base, count): (usize, Id, usize),
        index: usize,
        (inspection, judgement): (&Inspection, &Judgement),
        model: &Model,
    ) -> Option<Command> {
        let check = judgement.checks.get(index)?;
        let proof = judgement.proof(&inspection.proof);
        let diagnosis = Explained::of((&judgement.checks, index), proof).beside(check);
        let drawn = Drawn::new(ui, check.result, &check.title, &check.text, &diagnosis);
        let (rect, response) = self.place(ui, (at, base, count), drawn.height);
        if let Some(menu) = Menu::asked(ui, at, &response) {
            self.menu = Some(menu);
        }
        let selection = selection(check, inspection);
        let is_lit = selection.is_some() && model.selection == selection;
        response.widget_info(|| {
            let result = result_word(check.result);
            let mut words = format!("{result}: {}. {}", check.title, check.text);
            for sentence in &diagnosis {
                words.push_str(". ");
                words.push_str(sentence.trim_end_matches('.'));
            }
            WidgetInfo::selected(Role::Row, true, is_lit, words)
        });
        row_frame(ui, rect, &response, is_lit, None);
        drawn.paint(ui, rect);
        let copied = is_copied(&response);
        let command = copied.then_some(Command::Copy(CopyOf::Check(index)));
        // A check that rests on no characters has none to show.
        let clicked = selection.filter(|_| response.clicked());
        command.or_else(|| clicked.map(|selection| Command::Select((!is_lit).then_some(selection))))
    }
}

/// A row of the pane.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    /// A check, by its position.
    One(usize),
    /// Several that are told together.
    Several(ToldCheck),
}

/// The rows that checks are shown in.
fn rows(checks: &[Check], is_unfolded: bool) -> Vec<Row> {
    let rows = told(checks).into_iter().flat_map(|told| {
        let is_several = told.is_several();
        let each = told.checks.clone().map(Row::One);
        let each = each.filter(move |_| !is_several || is_unfolded);
        is_several
            .then_some(Row::Several(told))
            .into_iter()
            .chain(each)
    });
    rows.collect()
}

/// The characters that a check rests on.
fn selection(check: &Check, inspection: &Inspection) -> Option<Selection> {
    let token = &inspection.token;
    let range = check.byte_range.clone().filter(|range| !range.is_empty())?;
    let is_all = range == (0..token.text().len());
    Some(Selection {
        part: if is_all {
            PartRole::Token
        } else {
            links::role_at(token, range.start)
        },
        range,
    })
}

/// How many checks went which way, and how strictly they were made.
fn heading(ui: &mut Ui, checks: &[Check], strictness: Strictness) {
    let theme = tokens(ui);
    let (word, color) = match strictness {
        Strictness::Lenient => ("LENIENT", theme.warn),
        Strictness::Strict => ("STRICT", theme.dim),
    };
    section(ui, "Verification", None, |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let name = format!("Strictness: {}", strictness.name());
        named_tag(ui, word, &name, color).on_hover_text(strictness.description());
        tag(ui, &summary(checks), theme.dim);
    });
}

/// The lines of a check, laid out.
struct Drawn {
    result: CheckResult,
    lines: Vec<(Arc<Galley>, egui::Color32)>,
    height: f32,
}

/// From the left edge of a row to its text, in points.
const LEFT: f32 = space::M + MARK + space::S;

impl Drawn {
    fn new(ui: &Ui, result: CheckResult, title: &str, text: &str, more: &[String]) -> Self {
        let theme = tokens(ui);
        let width = (ui.available_width() - LEFT - space::M).max(40.0);
        let layout = |text: &str, size, color| {
            let font = FontId::proportional(size);
            let galley = ui.painter().layout(text.to_owned(), font, color, width);
            (galley, color)
        };
        let mut lines = vec![layout(title, size::BODY, theme.text)];
        if !text.is_empty() {
            lines.push(layout(text, size::MONO, theme.dim));
        }
        let more = more.iter();
        lines.extend(more.map(|sentence| layout(sentence, size::MONO, theme.text)));
        let gaps = LINE_GAP * lines.len().saturating_sub(1) as f32;
        let height: f32 = lines.iter().map(|(line, _)| line.size().y).sum();
        Self {
            result,
            lines,
            height: (height + gaps + 12.0).ceil(),
        }
    }

    fn paint(self, ui: &Ui, rect: Rect) {
        let theme = tokens(ui);
        let mark = Rect::from_min_size(rect.min + vec2(space::M, 7.0), vec2(MARK, MARK));
        let color = theme.check(self.result);
        ui.painter().circle_filled(mark.center(), MARK / 2.0, color);
        let icon = Icon::from(self.result);
        paint_icon(ui.painter(), mark.shrink(3.8), icon, theme.bg1);
        let mut at = pos2(rect.left() + LEFT, rect.top() + 6.0);
        for (line, color) in self.lines {
            let below = at.y + line.size().y + LINE_GAP;
            ui.painter().galley(at, line, color);
            at.y = below;
        }
    }
}

/// The button that reads a secret so that it verifies.
fn offer(ui: &mut Ui, explained: &Explained<'_>) -> Option<Command> {
    let reread = explained.diagnosis();
    let reread = reread.filter_map(|diagnosis| diagnosis.reread.as_ref());
    let mut command = None;
    for reread in reread {
        offered(ui, |ui| {
            if ui.button(read_secret(reread)).clicked() {
                command = Some(Command::ReadSecret(reread.clone()));
            }
        });
    }
    command
}

/// What to do about a missing key: type it where it is a secret, else ask for it.
fn ask(ui: &mut Ui, signature: Option<&SignatureProof>, model: &Model) -> Option<Command> {
    let signature = signature?;
    let outcome = signature.outcome;
    let actions: &[Action] = if signature.is_mac() {
        &[Action::TypeSecret, Action::AskForKeys]
    } else {
        &[Action::AskForKeys]
    };
    let is_missing = matches!(
        outcome,
        Outcome::NotChecked(NotChecked::NoKey | NotChecked::NoKeyVerifies)
    );
    let mut command = None;
    if is_missing {
        offered(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                for action in actions {
                    let action = action.entry();
                    if ui.button(action.label).clicked() {
                        command = (action.command)(model);
                    }
                }
            });
        });
    }
    command
}

/// What the choice of a reading is called.
pub(crate) fn read_secret(reread: &Reread) -> String {
    format!("Read the secret {}", reread.how())
}

/// Shows buttons below a check.
fn offered(ui: &mut Ui, show: impl FnOnce(&mut Ui)) {
    let place = Margin {
        left: space::M as i8,
        top: space::S as i8,
        bottom: space::S as i8,
        ..Margin::ZERO
    };
    below(ui, |ui| {
        Frame::new().inner_margin(place).show(ui, show);
    });
}

/// Shows something below a check, where its text begins.
fn below(ui: &mut Ui, show: impl FnOnce(&mut Ui)) {
    let margin = Margin {
        left: (MARK + space::S) as i8,
        ..Margin::ZERO
    };
    Frame::new().inner_margin(margin).show(ui, show);
}

/// The check that the keyboard is sent to.
fn asked(ui: &Ui, checks: &[Check]) -> Option<usize> {
    let place = focus::asked(ui)?;
    let to = match place {
        // Of several signatures one that is wrong.
        Place::Check(name) => checks
            .iter()
            .position(|check| check.check == name && check.result == CheckResult::Failed)
            .or_else(|| checks.iter().position(|check| check.check == name)),
        Place::Checks => None,
        _ => return None,
    };
    focus::take(ui, place);
    Some(to.unwrap_or(0))
}

/// A check in words to copy: `Signature valid: RSA PKCS#1 v1.5 with SHA-256 over 362 bytes`, and what explains it in
/// lines of its own.
pub(crate) fn text_of(check: &Check, explained: &Explained<'_>) -> String {
    let mut text = check.title.to_string();
    if !check.text.is_empty() {
        text.push_str(": ");
        text.push_str(&check.text);
    }
    let lines = explained.beside(check).into_iter();
    for line in lines.chain(explained.advice()).chain(explained.facts()) {
        text.push('\n');
        text.push_str(&line);
    }
    text
}

/// How many checks went which way: "6 passed, 1 failed, 1 not run". What did not happen is left out.
fn summary(checks: &[Check]) -> String {
    let counts = [
        (CheckResult::Passed, "passed"),
        (CheckResult::Failed, "failed"),
        (CheckResult::NotRun, "not run"),
    ]
    .map(|(result, word)| {
        let count = checks.iter().filter(|check| check.result == result).count();
        (count > 0).then(|| format!("{count} {word}"))
    });
    counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn result_word(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Failed => "Failed",
        CheckResult::NotRun => "Not run",
        CheckResult::Passed => "Passed",
    }
}
