//! What the policy changes: for the token on screen, and for all of them.

use egui::{Align, Frame, Label, Layout, Margin, RichText, Role, ScrollArea, Ui, UiBuilder, vec2};

use crate::judge::{CheckResult, VerdictOutcome};
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::panes::rail::token_words;
use crate::window::policies::{Change, TokenEffect};
use crate::window::theme::{self, semibold, size, space};
use crate::window::widgets::{Icon, grouped, section, sign, wrapped};

/// The verdicts with their words.
const OUTCOMES: [(VerdictOutcome, &str); 3] = [
    (VerdictOutcome::Accept, "Accepted"),
    (VerdictOutcome::Reject, "Rejected"),
    (VerdictOutcome::Undetermined, "Undetermined"),
];

const FROM_SAVED: &str = "Before: the policy as it was saved. Now: as it is in the form.";

const FROM_NOTHING: &str = "What is in the form is in force at once. What it changes is told here.";

const FROM_BEFORE: &str =
    "Before: the policy that was in force before this one. Now: as it is in the form.";

/// All of it, as a column.
pub(super) fn ui(ui: &mut Ui, model: &Model) -> Vec<Command> {
    let area = ScrollArea::vertical().id_salt("effect").auto_shrink(false);
    area.show(ui, |ui| {
        let policies = &model.policies;
        ui.spacing_mut().item_spacing.y = space::XS;
        section(ui, "Effect", None, |_| {});
        framed(ui, |ui| {
            let theme = theme::tokens(ui);
            let words = match policies.file {
                Some(_) => FROM_SAVED,
                None if policies.compared == model.session.policy => FROM_NOTHING,
                None => FROM_BEFORE,
            };
            wrapped(ui, RichText::new(words).size(size::MONO).color(theme.dim));
            faults(ui, model);
        });
        section(
            ui,
            "Tokens of this session",
            Some(model.session.tokens.len()),
            |_| {},
        );
        framed(ui, |ui| tokens(ui, model));
        section(ui, "The token on screen", None, |_| {});
        framed(ui, |ui| token(ui, model));
    });
    Vec::new()
}

/// How many fields are wrong.
fn faults(ui: &mut Ui, model: &Model) {
    let words = match model.policies.faults.len() {
        0 => return,
        1 => "1 field is wrong; its last good value is in force.".to_owned(),
        count => format!(
            "{} fields are wrong; their last good values are in force.",
            grouped(count)
        ),
    };
    wrapped(ui, RichText::new(words).color(theme::tokens(ui).warn));
}

/// The same in a few lines, where there is no room for a column.
pub(super) fn short(ui: &mut Ui, model: &Model) {
    let theme = theme::tokens(ui);
    faults(ui, model);
    let policies = &model.policies;
    if let Some(token) = &policies.effect.token {
        let (outcome, words) = &token.after;
        ui.horizontal(|ui| {
            outcome_sign(ui, *outcome);
            let words = if token.before.0 == *outcome {
                words.clone()
            } else {
                format!("{words} (before: {})", token.before.0.name())
            };
            crate::window::widgets::truncated(ui, RichText::new(words).color(theme.text));
        });
    }
    if let Some((before, after)) = policies.effect.counts.filter(|_| !is_empty(model)) {
        let words: Vec<String> = OUTCOMES
            .iter()
            .map(|(outcome, label)| {
                let (before, after) = (before.of(*outcome), after.of(*outcome));
                if before == after {
                    format!("{label} {}", grouped(after))
                } else {
                    format!("{label} {} (before: {})", grouped(after), grouped(before))
                }
            })
            .collect();
        let words = format!("Tokens: {}", words.join(", "));
        wrapped(ui, RichText::new(words).size(size::MONO).color(theme.dim));
    }
}

fn is_empty(model: &Model) -> bool {
    model.session.tokens.is_empty()
}

fn framed(ui: &mut Ui, show: impl FnOnce(&mut Ui)) {
    let frame = Frame::new().inner_margin(Margin {
        bottom: 12,
        ..Margin::symmetric(12, 0)
    });
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        show(ui);
    });
}

fn outcome_sign(ui: &mut Ui, outcome: VerdictOutcome) {
    let theme = theme::tokens(ui);
    let icon = match outcome {
        VerdictOutcome::Accept => Icon::Check,
        VerdictOutcome::Reject => Icon::Cross,
        VerdictOutcome::Undetermined => Icon::Question,
    };
    sign(ui, icon, 12.0, theme.verdict(outcome));
}

/// How many have which verdict.
fn tokens(ui: &mut Ui, model: &Model) {
    let theme = theme::tokens(ui);
    if is_empty(model) {
        let words = "There are none. Paste or open some to see what the policy makes of them.";
        wrapped(ui, RichText::new(words).color(theme.dim));
        return;
    }
    let Some((before, after)) = model.policies.effect.counts else {
        ui.label(RichText::new("Counting\u{2026}").color(theme.dim));
        return;
    };
    let dim = |text: &str| RichText::new(text).size(size::SMALL).color(theme.dim);
    columns(ui, "How many tokens, before and now", |ui, column| {
        let words = ["", "Before", "Now", ""].get(column);
        ui.label(dim(words.copied().unwrap_or_default()));
    });
    for (outcome, label) in OUTCOMES {
        let (before, after) = (before.of(outcome), after.of(outcome));
        let name = format!("{label} before: {before}, now: {after}");
        let difference = match (after.checked_sub(before), before.checked_sub(after)) {
            (Some(more @ 1..), _) => format!("{} more", grouped(more)),
            (_, Some(fewer @ 1..)) => format!("{} fewer", grouped(fewer)),
            _ => "as before".to_owned(),
        };
        columns(ui, &name, |ui, column| match column {
            0 => {
                outcome_sign(ui, outcome);
                ui.label(RichText::new(label).color(theme.text));
            }
            1 => {
                ui.label(RichText::new(grouped(before)).color(theme.text));
            }
            2 => {
                ui.label(RichText::new(grouped(after)).color(theme.text));
            }
            _ => {
                ui.label(dim(&difference));
            }
        });
    }
}

/// One row of four columns, which a screen reader is told as one by its name.
fn columns(ui: &mut Ui, name: &str, mut cell: impl FnMut(&mut Ui, usize)) {
    const WIDTHS: [f32; 4] = [118.0, 64.0, 64.0, 80.0];
    let builder = UiBuilder::new()
        .accessibility_role(Role::Group)
        .accessibility_label(name);
    ui.scope_builder(builder, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            for (column, width) in WIDTHS.into_iter().enumerate() {
                let place = vec2(width, 20.0);
                let layout = Layout::left_to_right(Align::Center);
                ui.allocate_ui_with_layout(place, layout, |ui| {
                    ui.spacing_mut().item_spacing.x = space::XS + 2.0;
                    ui.set_min_width(width);
                    cell(ui, column);
                });
            }
        });
    });
}

/// What is other for the token on screen.
fn token(ui: &mut Ui, model: &Model) {
    let theme = theme::tokens(ui);
    let (Some(effect), Some(at)) = (&model.policies.effect.token, model.current) else {
        let words = "None is open.";
        wrapped(ui, RichText::new(words).color(theme.dim));
        return;
    };
    if let Some((title, _)) = token_words(model, at) {
        wrapped(ui, RichText::new(title).font(semibold(size::BODY)));
    }
    verdicts(ui, effect);
    if effect.changes.is_empty() {
        let words = if effect.is_none() {
            "Nothing is other than before."
        } else {
            "What is expected of it is as before."
        };
        wrapped(ui, RichText::new(words).size(size::MONO).color(theme.dim));
    }
    for change in &effect.changes {
        ui.add_space(space::XS);
        changed(ui, change);
    }
}

fn verdicts(ui: &mut Ui, effect: &TokenEffect) {
    let theme = theme::tokens(ui);
    let line = |ui: &mut Ui, when: &str, (outcome, words): &(VerdictOutcome, String)| {
        ui.horizontal_top(|ui| {
            outcome_sign(ui, *outcome);
            let words = format!("{when}: {words}");
            wrapped(ui, RichText::new(words).color(theme.text));
        });
    };
    if effect.before != effect.after {
        line(ui, "Before", &effect.before);
    }
    line(ui, "Now", &effect.after);
}

fn changed(ui: &mut Ui, change: &Change) {
    let theme = theme::tokens(ui);
    let what = match (&change.before, &change.after) {
        (None, _) => "new",
        (_, None) => "no longer expected",
        _ => "other",
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        ui.add(Label::new(RichText::new(&change.label).color(theme.text)));
        ui.label(RichText::new(what).size(size::SMALL).color(theme.dim));
    });
    let line = |ui: &mut Ui, when: &str, (result, words): &(CheckResult, String)| {
        ui.horizontal_top(|ui| {
            sign(ui, Icon::from(*result), 12.0, theme.check(*result));
            let result = result.name().replace('-', " ");
            let words = format!("{when}{result}: {words}");
            wrapped(ui, RichText::new(words).size(size::MONO).color(theme.dim));
        });
    };
    if let Some(before) = &change.before {
        line(ui, "before ", before);
    }
    if let Some(after) = &change.after {
        line(ui, "now ", after);
    }
}
