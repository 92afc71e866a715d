//! The checks in the order in which a verifier makes them.

use egui::{FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::links;
use crate::jose::Token;
use crate::judge::{Check, CheckResult};
use crate::window::commands::Command;
use crate::window::model::{Model, Selection};
use crate::window::theme::{size, space, tokens};
use crate::window::widgets::{Icon, paint_icon, row_frame, section, tag};

/// The round mark of a check, in points.
const MARK: f32 = 16.0;

/// The pane "Verification". Takes the height that it needs: put it into a scroll area.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChecksPane;

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
        let checks = judgement.checks.iter().enumerate();
        checks
            .filter_map(|(index, check)| row(ui, index, check, &inspection.token, model))
            .collect()
    }
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

fn row(ui: &mut Ui, index: usize, check: &Check, token: &Token, model: &Model) -> Option<Command> {
    let theme = tokens(ui);
    let left = space::M + MARK + space::S;
    let width = (ui.available_width() - left - space::M).max(40.0);
    let font = FontId::proportional(size::BODY);
    let title = ui
        .painter()
        .layout(check.title.clone(), font, theme.text, width);
    let font = FontId::proportional(size::MONO);
    let text = ui
        .painter()
        .layout(check.text.clone(), font, theme.dim, width);
    let text_height = if check.text.is_empty() {
        0.0
    } else {
        text.size().y + 1.0
    };
    let height = (title.size().y + text_height + 12.0).ceil();
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
    let range = check.byte_range.clone().filter(|range| !range.is_empty());
    let sense = if range.is_some() {
        Sense::click()
    } else {
        Sense::hover()
    };
    let response = ui.interact(rect, ui.scope_id().with(index), sense);
    let selection = range.map(|range| Selection {
        part: links::role_at(token, range.start),
        range,
    });
    let is_lit = selection.is_some() && model.selection == selection;
    response.widget_info(|| {
        let words = format!(
            "{}: {}. {}",
            result_word(check.result),
            check.title,
            check.text
        );
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
    let at = pos2(rect.left() + left, rect.top() + 6.0);
    let below = at + vec2(0.0, title.size().y + 1.0);
    ui.painter().galley(at, title, theme.text);
    ui.painter().galley(below, text, theme.dim);
    response
        .clicked()
        .then(|| Command::Select(selection.filter(|_| !is_lit)))
}

fn result_word(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Failed => "Failed",
        CheckResult::NotRun => "Not run",
        CheckResult::Passed => "Passed",
    }
}
