//! The checks in the order in which a verifier makes them.

use std::sync::Arc;

use egui::{FontId, Frame, Galley, Id, Margin, Rect, RichText, Role, Ui, WidgetInfo, pos2, vec2};

use super::explained::Explained;
use super::findings::{disclosure, note};
use super::focus::{self, Place};
use super::links;
use super::menu::{self, Menu, Shown};
use super::roving::{Roving, is_copied, step};
use crate::inspection::Inspection;
use crate::judge::{Check, CheckResult, Judgement};
use crate::keys::Reread;
use crate::verify::algorithm::{Family, find};
use crate::verify::{NotChecked, Outcome, SignatureProof};
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Model, Selection};
use crate::window::theme::{size, space, tokens};
use crate::window::widgets::{Icon, paint_icon, row_frame, section, tag};

/// The round mark of a check, in points.
const MARK: f32 = 16.0;

/// So many checks to a page, for the keyboard.
const PAGE: usize = 5;

/// Between the lines of a check, in points.
const LINE_GAP: f32 = 1.0;

/// The pane "Verification". Takes the height that it needs: put it into a scroll area.
#[derive(Debug, Clone, Default)]
pub struct ChecksPane {
    roving: Roving,
    menu: Option<Menu>,
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
        let theme = tokens(ui);
        let summary = summary(&judgement.checks);
        ui.spacing_mut().item_spacing.y = 0.0;
        section(ui, "Verification", None, |ui| {
            tag(ui, &summary, theme.dim);
        });
        let base = ui.make_persistent_id("checks");
        if let Some(to) = asked(ui, &judgement.checks) {
            self.roving.go_to(to);
        }
        self.roving.settle_all(ui, base, judgement.checks.len());
        let mut commands = Vec::new();
        for index in 0..judgement.checks.len() {
            commands.extend(self.row(ui, (index, base), judgement, inspection, model));
            let explained = Explained::of((&judgement.checks, index), inspection);
            commands.extend(offer(ui, &explained));
            commands.extend(ask(ui, explained.signature(), model));
            commands.extend(self.for_developer(ui, index, &explained));
        }
        commands.extend(self.menu(ui, (&judgement.checks, inspection)));
        commands
    }

    fn menu(&mut self, ui: &Ui, (checks, inspection): (&[Check], &Inspection)) -> Option<Command> {
        let at = self.menu.as_ref().map(|menu| menu.of);
        let is_explained = at.is_some_and(|at| {
            Explained::of((checks, at), inspection)
                .diagnosis()
                .next()
                .is_some()
        });
        let shown = menu::show(ui, "Menu of the check", &mut self.menu, |entries| {
            let whole = entries.add("Copy this check", "", true);
            let for_developer = entries.add("Copy for the developer", "", is_explained);
            (whole || for_developer).then_some(for_developer)
        });
        match shown {
            Shown::Chosen(index, for_developer) => {
                self.roving.go_to(index);
                Some(Command::Copy(if for_developer {
                    CopyOf::ForDeveloper(index)
                } else {
                    CopyOf::Check(index)
                }))
            }
            Shown::Left(index) => {
                self.roving.go_to(index);
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
        (index, base): (usize, Id),
        judgement: &Judgement,
        inspection: &Inspection,
        model: &Model,
    ) -> Option<Command> {
        let theme = tokens(ui);
        let check = judgement.checks.get(index)?;
        let left = space::M + MARK + space::S;
        let width = (ui.available_width() - left - space::M).max(40.0);
        let layout = |text: String, size, color| {
            let font = FontId::proportional(size);
            ui.painter().layout(text, font, color, width)
        };
        let mut lines: Vec<(Arc<Galley>, egui::Color32)> = vec![(
            layout(check.title.to_string(), size::BODY, theme.text),
            theme.text,
        )];
        if !check.text.is_empty() {
            lines.push((
                layout(check.text.to_string(), size::MONO, theme.dim),
                theme.dim,
            ));
        }
        let diagnosis = Explained::of((&judgement.checks, index), inspection).beside(check);
        for sentence in &diagnosis {
            lines.push((layout(sentence.clone(), size::MONO, theme.text), theme.text));
        }
        let gaps = LINE_GAP * lines.len().saturating_sub(1) as f32;
        let text_height: f32 = lines.iter().map(|(line, _)| line.size().y).sum();
        let height = (text_height + gaps + 12.0).ceil();
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
        let response = ui.interact(rect, base.with(index), self.roving.sense(ui, index));
        let has_focus = self.roving.drawn(ui, index, &response);
        if let Some(menu) = Menu::asked(ui, index, &response) {
            self.menu = Some(menu);
        }
        if has_focus
            && self.menu.is_none()
            && let Some(to) = step(ui, index, (judgement.checks.len(), PAGE))
        {
            self.roving.go_to(to);
        }
        let range = check.byte_range.clone().filter(|range| !range.is_empty());
        let selection = range.map(|range| Selection {
            part: links::role_at(&inspection.token, range.start),
            range,
        });
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
        let mark = Rect::from_min_size(rect.min + vec2(space::M, 7.0), vec2(MARK, MARK));
        ui.painter()
            .circle_filled(mark.center(), MARK / 2.0, theme.check(check.result));
        paint_icon(
            ui.painter(),
            mark.shrink(3.8),
            Icon::from(check.result),
            theme.bg1,
        );
        let mut at = pos2(rect.left() + left, rect.top() + 6.0);
        for (line, color) in lines {
            let below = at.y + line.size().y + LINE_GAP;
            ui.painter().galley(at, line, color);
            at.y = below;
        }
        let copied = is_copied(&response);
        let command = copied.then_some(Command::Copy(CopyOf::Check(index)));
        // A check that rests on no characters has none to show.
        let clicked = selection.filter(|_| response.clicked());
        command.or_else(|| clicked.map(|selection| Command::Select((!is_lit).then_some(selection))))
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
    let is_mac = signature.alg.as_ref().is_some_and(|alg| {
        find(alg).is_some_and(|algorithm| matches!(algorithm.family, Family::Hmac(_)))
    });
    let actions: &[Action] = if is_mac {
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
