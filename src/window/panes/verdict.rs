//! The verdict: one sentence that a person can repeat, why, and what stands behind it.

use egui::{
    Color32, CornerRadius, Frame, Label, Margin, Rect, RichText, Stroke, Ui, UiBuilder, pos2, vec2,
};

use crate::inspection::Inspection;
use crate::jose::Kind;
use crate::jose::visible::visible;
use crate::judge::words::{sentence, short_span};
use crate::judge::{Judgement, Severity, TimeState};
use crate::verify::{NotChecked, Outcome, Provenance, SignatureProof};
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::theme::{Tokens, radius, semibold, size, space, tokens};
use crate::window::widgets::{Icon, mark, paint_icon, wrapped};

/// The bar at the left edge, in points.
const BAR: f32 = 4.0;

/// Below this width in points the chips stand in two rows.
const ONE_ROW: f32 = 560.0;

/// The height of a chip, in points.
const CHIP: f32 = 42.0;

/// The verdict. Takes the height that it needs.
#[derive(Debug, Clone, Copy, Default)]
pub struct VerdictPane;

/// One of the things that stand behind the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chip {
    title: &'static str,
    icon: Icon,
    color: Color32,
    text: String,
    /// Text after it, without colour.
    rest: String,
}

impl VerdictPane {
    /// Shows the verdict on the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, judgement)) = model.current() else {
            return Vec::new();
        };
        let theme = tokens(ui);
        let color = theme.verdict(judgement.verdict.outcome);
        let builder = UiBuilder::new()
            .accessibility_role(egui::Role::Group)
            .accessibility_label("Verdict");
        let frame = Frame::new()
            .fill(theme.bg1)
            .stroke(Stroke::new(1.0, theme.line))
            .corner_radius(CornerRadius::same(radius::LARGE))
            .inner_margin(Margin {
                left: (BAR + space::M) as i8,
                right: space::M as i8,
                top: 10,
                bottom: 10,
            });
        let rect = ui
            .scope_builder(builder, |ui| {
                frame.show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.spacing_mut().item_spacing.y = space::XS;
                    headline(ui, inspection, judgement, color);
                    ui.add_space(space::S);
                    chips(ui, &made_of(theme, model, inspection, judgement));
                })
            })
            .inner
            .response
            .rect;
        let bar = Rect::from_min_size(rect.min, vec2(BAR, rect.height()));
        let corners = CornerRadius {
            nw: radius::LARGE,
            sw: radius::LARGE,
            ne: 0,
            se: 0,
        };
        ui.painter().rect_filled(bar, corners, color);
        Vec::new()
    }
}

fn headline(ui: &mut Ui, inspection: &Inspection, judgement: &Judgement, color: Color32) {
    let theme = tokens(ui);
    let sentence = sentence(judgement, &inspection.proof);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        ui.vertical(|ui| {
            ui.add_space(5.0);
            mark(ui, Icon::from(judgement.verdict.outcome), 30.0, color);
        });
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XXS;
            let headline = RichText::new(sentence.headline)
                .font(semibold(size::TITLE))
                .color(theme.text);
            wrapped(ui, headline);
            wrapped(ui, RichText::new(sentence.explanation).color(theme.dim));
        });
    });
}

/// Four chips in a row, or two and two.
fn chips(ui: &mut Ui, all: &[Chip; 4]) {
    const GAP: f32 = 6.0;
    let width = ui.available_width();
    let is_one_row = width >= ONE_ROW;
    let (columns, shares): (usize, &[f32]) = if is_one_row {
        (4, &[1.5, 1.0, 1.0, 1.0])
    } else {
        (2, &[1.0, 1.0])
    };
    let unit = (width - GAP * (columns as f32 - 1.0)) / shares.iter().sum::<f32>();
    let rows = all.len().div_ceil(columns) as f32;
    let place = vec2(width, rows * CHIP + (rows - 1.0) * GAP);
    let (_, rect) = ui.allocate_space(place);
    for (row, line) in all.chunks(columns).enumerate() {
        let mut left = rect.left();
        for (chip, share) in line.iter().zip(shares) {
            let top = rect.top() + row as f32 * (CHIP + GAP);
            let place = Rect::from_min_size(pos2(left, top), vec2((unit * share).floor(), CHIP));
            left += unit * share + GAP;
            show_chip(ui, place, chip);
        }
    }
}

fn show_chip(ui: &mut Ui, rect: Rect, content: &Chip) {
    let theme = tokens(ui);
    ui.painter().rect(
        rect,
        CornerRadius::same(radius::SMALL),
        theme.bg2,
        Stroke::new(1.0, theme.line),
        egui::StrokeKind::Inside,
    );
    let inner = rect.shrink2(vec2(9.0, 5.0));
    let builder = UiBuilder::new()
        .max_rect(inner)
        .accessibility_role(egui::Role::Group)
        .accessibility_label(content.title);
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing = vec2(space::XS, 1.0);
        ui.label(
            RichText::new(content.title)
                .size(size::SMALL)
                .color(theme.dim),
        );
        let (_, line) = ui.allocate_space(vec2(inner.width(), 16.0));
        let icon = Rect::from_min_size(line.min + vec2(0.0, 2.5), vec2(11.0, 11.0));
        paint_icon(ui.painter(), icon, content.icon, content.color);
        let place = Rect::from_min_max(pos2(icon.right() + 5.0, line.top()), line.max);
        let mut words = egui::text::LayoutJob::default();
        let font = egui::FontId::proportional(size::BODY);
        words.append(
            &content.text,
            0.0,
            egui::TextFormat::simple(font.clone(), content.color),
        );
        if !content.rest.is_empty() {
            let rest = format!(" · {}", content.rest);
            words.append(&rest, 0.0, egui::TextFormat::simple(font, theme.text));
        }
        ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
            ui.add(Label::new(words).truncate());
        });
    });
}

fn made_of(
    theme: &Tokens,
    model: &Model,
    inspection: &Inspection,
    judgement: &Judgement,
) -> [Chip; 4] {
    [
        signature(theme, inspection),
        time(theme, inspection, judgement),
        policy(theme, model, inspection),
        findings(theme, judgement),
    ]
}

fn signature(theme: &Tokens, inspection: &Inspection) -> Chip {
    let chip = |icon, color, text: String| Chip {
        title: "Signature",
        icon,
        color,
        text,
        rest: String::new(),
    };
    match inspection.proof.signatures.first() {
        Some(proof) => {
            let (icon, color, text) = signature_words(theme, proof);
            chip(icon, color, text)
        }
        None => Chip {
            title: "Encryption",
            ..chip(Icon::Question, theme.warn, "not opened".to_owned())
        },
    }
}

fn signature_words(theme: &Tokens, proof: &SignatureProof) -> (Icon, Color32, String) {
    let open = |text: &str| (Icon::Question, theme.warn, text.to_owned());
    match proof.outcome {
        Outcome::Valid => match proof.key.as_ref().map(|used| (used.provenance, &used.key)) {
            Some((Provenance::Yours, key)) => {
                let text = format!("valid · your key {}", visible(&key.id));
                (Icon::Check, theme.ok, text)
            }
            Some((Provenance::PublicDefault, _)) => (
                Icon::Cross,
                theme.bad,
                "valid · under a public secret".to_owned(),
            ),
            Some((Provenance::Token, _)) => open("valid · but the key came with it"),
            None => open("valid"),
        },
        Outcome::Invalid => {
            let text = match &proof.designated {
                Some((key, _)) => format!("wrong · not by key {}", visible(&key.id)),
                None => "wrong".to_owned(),
            };
            (Icon::Cross, theme.bad, text)
        }
        Outcome::NotChecked(NotChecked::DetachedPayloadMissing) => {
            open("not checked · payload missing")
        }
        Outcome::NotChecked(NotChecked::NoKey) => open("not checked · no key"),
        Outcome::NotChecked(NotChecked::NoKeyVerifies) => open("not checked · no key verifies it"),
        Outcome::NotChecked(NotChecked::TooLarge) => open("not checked · too large"),
        Outcome::Unsecured => (Icon::Cross, theme.bad, "none · unsecured".to_owned()),
        Outcome::Unsupported => open("not checked · not supported"),
    }
}

fn time(theme: &Tokens, inspection: &Inspection, judgement: &Judgement) -> Chip {
    let times = &judgement.times;
    let (icon, color, text) = match times.state {
        TimeState::Expired if times.not_yet_valid => (Icon::Cross, theme.bad, "never valid"),
        TimeState::Expired => (Icon::Cross, theme.bad, "exp passed"),
        TimeState::NotYetValid => (Icon::Cross, theme.bad, "before nbf"),
        TimeState::None if inspection.token.kind == Kind::Jwe => {
            (Icon::Question, theme.warn, "encrypted")
        }
        TimeState::None => (Icon::Dash, theme.dim, "no times"),
        TimeState::Unreadable => (Icon::Cross, theme.bad, "not a number"),
        _ if times.within_leeway => (Icon::Question, theme.warn, "valid by the leeway"),
        TimeState::Unlimited => (Icon::Dash, theme.dim, "never expires"),
        TimeState::Valid => (Icon::Check, theme.ok, "valid"),
    };
    let remaining = times.mark("exp").and_then(|mark| mark.at);
    let text = match remaining.filter(|_| times.state == TimeState::Valid && !times.within_leeway) {
        Some(exp) => format!(
            "{text} for {}",
            short_span(exp.duration_since(judgement.at).as_secs())
        ),
        None => text.to_owned(),
    };
    Chip {
        title: "Time",
        icon,
        color,
        text,
        rest: String::new(),
    }
}

fn policy(theme: &Tokens, model: &Model, inspection: &Inspection) -> Chip {
    let expectations = model.session.policy.expectations(&inspection.token);
    let met = expectations
        .iter()
        .filter(|expectation| expectation.met)
        .count();
    let all = expectations.len();
    let (icon, color, text) = if all == 0 {
        (Icon::Dash, theme.dim, "expects nothing".to_owned())
    } else if met == all {
        (Icon::Check, theme.ok, format!("{met} of {all} met"))
    } else {
        (Icon::Cross, theme.bad, format!("{met} of {all} met"))
    };
    Chip {
        title: "Policy",
        icon,
        color,
        text,
        rest: String::new(),
    }
}

fn findings(theme: &Tokens, judgement: &Judgement) -> Chip {
    let counts = Severity::ALL.into_iter().filter_map(|severity| {
        let of_it = |finding: &&crate::judge::Finding| finding.severity == severity;
        let count = judgement.findings.iter().filter(of_it).count();
        (count > 0).then_some((severity, count))
    });
    let counts: Vec<_> = counts.collect();
    let words = |&(severity, count): &(Severity, usize)| format!("{count} {}", severity.name());
    // "None" must not look like "all rules are content" when some could not look.
    let not_run = judgement.not_run.len();
    let rest = match &counts[..] {
        [] if not_run > 0 => format!("{not_run} not run"),
        [] | [_] => String::new(),
        [_, second] => words(second),
        [_, others @ ..] => format!(
            "{} more",
            others.iter().map(|(_, count)| count).sum::<usize>()
        ),
    };
    let (icon, color, text) = match counts.first() {
        Some(worst) => (Icon::from(worst.0), theme.severity(worst.0), words(worst)),
        None if not_run > 0 => (Icon::Dash, theme.dim, "none".to_owned()),
        None => (Icon::Check, theme.ok, "none".to_owned()),
    };
    Chip {
        title: "Findings",
        icon,
        color,
        text,
        rest,
    }
}
