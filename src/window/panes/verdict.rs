//! The verdict: one sentence that a person can repeat, why, and what stands behind it.

use egui::{
    Color32, CornerRadius, FontId, Frame, Margin, Rect, RichText, Role, Sense, Stroke, StrokeKind,
    TextFormat, Ui, UiBuilder, WidgetInfo, pos2, text::LayoutJob, vec2,
};

use crate::inspection::Inspection;
use crate::jose::Kind;
use crate::jose::visible::visible;
use crate::judge::words::{When, sentence, short_span};
use crate::judge::{CheckResult, Judgement, Severity, TimeState};
use crate::verify::{NotChecked, Outcome, Provenance, SignatureProof};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Clock, Model};
use crate::window::theme::{Tokens, radius, semibold, size, space, tokens};
use crate::window::widgets::{Icon, mark, paint_icon, sign, wrapped};

use super::focus::Place;
use super::menu::{self, Menu, Shown};
use super::roving::is_copied;
use super::times;

/// The bar at the left edge, in points.
const BAR: f32 = 4.0;

/// Below this width in points the chips stand in two rows.
const ONE_ROW: f32 = 560.0;

/// The height of a chip, in points.
const CHIP: f32 = 42.0;

/// The verdict. Takes the height that it needs.
#[derive(Debug, Clone, Copy, Default)]
pub struct VerdictPane {
    menu: Option<Menu>,
    /// The chip that is to have the focus again.
    goes_back: Option<usize>,
}

/// One of the things that stand behind the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chip {
    title: &'static str,
    icon: Icon,
    color: Color32,
    text: Vec<String>,
    /// Text after it, without colour.
    rest: Option<String>,
    /// Where there is more about it.
    place: Place,
}

impl Chip {
    fn new(title: &'static str, place: Place, (icon, color, text): Words) -> Self {
        Self {
            title,
            icon,
            color,
            text,
            rest: None,
            place,
        }
    }

    /// `Signature: valid, your key idp-2026-09`.
    fn name(&self) -> String {
        let all: Vec<&str> = self
            .text
            .iter()
            .chain(&self.rest)
            .map(String::as_str)
            .collect();
        format!("{}: {}", self.title, all.join(", "))
    }
}

/// A sign, its colour, and words that each stand for themselves.
type Words = (Icon, Color32, Vec<String>);

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
            .accessibility_role(Role::Group)
            .accessibility_label("Verdict")
            // The chips have the focus: this is for the context menu.
            .sense(Sense::CLICK);
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
        let mut commands = Vec::new();
        let group = ui.scope_builder(builder, |ui| {
            frame.show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = space::XS;
                headline(ui, model, inspection, judgement, color);
                ui.add_space(space::S);
                let all = made_of(theme, inspection, judgement);
                commands.extend(self.chips(ui, &all));
            })
        });
        let rect = group.inner.response.rect;
        let bar = Rect::from_min_size(rect.min, vec2(BAR, rect.height()));
        let corners = CornerRadius {
            nw: radius::LARGE,
            sw: radius::LARGE,
            ne: 0,
            se: 0,
        };
        ui.painter().rect_filled(bar, corners, color);
        if let Some(menu) = Menu::asked(ui, usize::MAX, &group.response) {
            self.menu = Some(menu);
        }
        commands.extend(self.menu(ui));
        commands
    }

    fn menu(&mut self, ui: &Ui) -> Option<Command> {
        let shown = menu::show(ui, "Menu of the verdict", &mut self.menu, |entries| {
            entries.add("Copy the verdict", "", true).then_some(())
        });
        match shown {
            Shown::Chosen(chip, ()) => {
                self.goes_back = Some(chip);
                Some(Command::Copy(CopyOf::Verdict))
            }
            Shown::Left(chip) => {
                self.goes_back = Some(chip);
                None
            }
            Shown::Open => None,
        }
    }

    /// Four chips in a row, or two and two.
    fn chips(&mut self, ui: &mut Ui, all: &[Chip; 4]) -> Vec<Command> {
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
        let base = ui.make_persistent_id("chips");
        let mut commands = Vec::new();
        for (row, line) in all.chunks(columns).enumerate() {
            let mut left = rect.left();
            for ((column, chip), share) in line.iter().enumerate().zip(shares) {
                let top = rect.top() + row as f32 * (CHIP + GAP);
                let place =
                    Rect::from_min_size(pos2(left, top), vec2((unit * share).floor(), CHIP));
                left += unit * share + GAP;
                let at = row.saturating_mul(columns).saturating_add(column);
                commands.extend(self.chip(ui, place, (at, base.with(at)), chip));
            }
        }
        commands
    }

    fn chip(
        &mut self,
        ui: &Ui,
        rect: Rect,
        (at, id): (usize, egui::Id),
        chip: &Chip,
    ) -> Option<Command> {
        let theme = tokens(ui);
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, chip.name()));
        let is_lit = response.hovered() || response.has_focus();
        let line = if response.has_focus() {
            Stroke::new(1.5, theme.accent)
        } else {
            Stroke::new(1.0, theme.line)
        };
        let fill = if is_lit { theme.bg3 } else { theme.bg2 };
        ui.painter().rect(
            rect,
            CornerRadius::same(radius::SMALL),
            fill,
            line,
            StrokeKind::Inside,
        );
        let inner = rect.shrink2(vec2(9.0, 5.0));
        let title = ui.painter().layout_no_wrap(
            chip.title.to_owned(),
            FontId::proportional(size::SMALL),
            theme.dim,
        );
        let below = inner.top() + title.size().y + 1.0;
        ui.painter().galley(inner.min, title, theme.dim);
        let icon = Rect::from_min_size(pos2(inner.left(), below + 2.5), vec2(11.0, 11.0));
        paint_icon(ui.painter(), icon, chip.icon, chip.color);
        let words = pos2(icon.right() + 5.0, below);
        let galley = ui
            .painter()
            .layout_job(chip_words(chip, theme, inner.right() - words.x));
        let is_cut = galley.elided;
        ui.painter().galley(words, galley, theme.text);
        if self.goes_back == Some(at) {
            self.goes_back = None;
            response.request_focus();
        }
        if let Some(menu) = Menu::asked(ui, at, &response) {
            self.menu = Some(menu);
        }
        let command = if response.clicked() {
            Some(Command::Focus(chip.place))
        } else {
            is_copied(&response).then_some(Command::Copy(CopyOf::Verdict))
        };
        if is_cut && self.menu.is_none() {
            response.on_hover_text(chip.name());
        }
        command
    }
}

/// The verdict in words to copy, with its instant.
pub(crate) fn text_of(model: &Model, inspection: &Inspection, judgement: &Judgement) -> String {
    let sentence = sentence(judgement, &inspection.proof, when(model));
    let as_of = as_of(model, judgement)
        .unwrap_or_else(|| format!("As of {}.", times::instant(judgement.at, model.zone)));
    format!("{}\n{}\n{as_of}", sentence.headline, sentence.explanation)
}

fn when(model: &Model) -> When {
    match model.clock {
        Clock::Frozen(_) => When::Then,
        Clock::Live => When::Now,
    }
}

/// The instant of the judgement, where that is not the present.
fn as_of(model: &Model, judgement: &Judgement) -> Option<String> {
    let instant = times::instant(judgement.at, model.zone);
    (model.clock != Clock::Live).then(|| format!("As of {instant}, not now."))
}

fn headline(
    ui: &mut Ui,
    model: &Model,
    inspection: &Inspection,
    judgement: &Judgement,
    color: Color32,
) {
    let theme = tokens(ui);
    let sentence = sentence(judgement, &inspection.proof, when(model));
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
            if let Some(as_of) = as_of(model, judgement) {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    ui.vertical(|ui| {
                        ui.add_space(2.0);
                        sign(ui, Icon::Clock, 12.0, theme.warn);
                    });
                    wrapped(ui, RichText::new(as_of).color(theme.warn));
                });
            }
        });
    });
}

/// One line, cut with `…` where the chip ends.
fn chip_words(chip: &Chip, theme: &Tokens, width: f32) -> LayoutJob {
    let font = FontId::proportional(size::BODY);
    let mut words = LayoutJob {
        wrap: egui::text::TextWrapping::truncate_at_width(width),
        ..LayoutJob::default()
    };
    words.append(
        &chip.text.join(" · "),
        0.0,
        TextFormat::simple(font.clone(), chip.color),
    );
    if let Some(rest) = &chip.rest {
        let rest = format!(" · {rest}");
        words.append(&rest, 0.0, TextFormat::simple(font, theme.text));
    }
    words
}

fn made_of(theme: &Tokens, inspection: &Inspection, judgement: &Judgement) -> [Chip; 4] {
    [
        signature(theme, inspection),
        time(theme, inspection, judgement),
        policy(theme, judgement),
        findings(theme, judgement),
    ]
}

fn signature(theme: &Tokens, inspection: &Inspection) -> Chip {
    match inspection.proof.signatures.first() {
        Some(proof) => Chip::new(
            "Signature",
            Place::Check("signature"),
            signature_words(theme, proof),
        ),
        None => Chip::new(
            "Encryption",
            Place::Check("decryption"),
            (Icon::Question, theme.warn, vec!["not opened".to_owned()]),
        ),
    }
}

fn signature_words(theme: &Tokens, proof: &SignatureProof) -> Words {
    let words = |parts: &[&str]| parts.iter().map(|&part| part.to_owned()).collect();
    let open = |parts: &[&str]| (Icon::Question, theme.warn, words(parts));
    match proof.outcome {
        Outcome::Valid => match proof.key.as_ref().map(|used| (used.provenance, &used.key)) {
            Some((Provenance::Yours, key)) => {
                let key = format!("your key {}", visible(&key.id));
                (Icon::Check, theme.ok, words(&["valid", &key]))
            }
            Some((Provenance::Confusion, _)) => (
                Icon::Cross,
                theme.bad,
                words(&["valid", "under a public key"]),
            ),
            Some((Provenance::PublicDefault, _)) => (
                Icon::Cross,
                theme.bad,
                words(&["valid", "under a public secret"]),
            ),
            Some((Provenance::Confirmed, _)) => (
                Icon::Check,
                theme.ok,
                words(&["valid", "the holder\u{2019}s own key"]),
            ),
            Some((Provenance::Token, _)) => open(&["valid", "but the key came with it"]),
            None => open(&["valid"]),
        },
        Outcome::Invalid => {
            let key = proof.designated.as_ref();
            let key = key.map(|(key, _)| format!("not by key {}", visible(&key.id)));
            let parts = ["wrong".to_owned()].into_iter().chain(key).collect();
            (Icon::Cross, theme.bad, parts)
        }
        Outcome::NotChecked(why) => open(&[
            "not checked",
            match why {
                NotChecked::DetachedPayloadMissing => "payload missing",
                NotChecked::NoKey => "no key",
                NotChecked::NoKeyVerifies => "no key verifies it",
                NotChecked::TooLarge => "too large",
            },
        ]),
        Outcome::Unsecured => (Icon::Cross, theme.bad, words(&["none", "unsecured"])),
        Outcome::Unsupported => open(&["not checked", "not supported"]),
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
    Chip::new("Time", Place::Timeline, (icon, color, vec![text]))
}

fn policy(theme: &Tokens, judgement: &Judgement) -> Chip {
    let expectations = &judgement.expectations;
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
    Chip::new("Policy", expected_at(judgement), (icon, color, vec![text]))
}

/// The check that tells most of the policy: the first expectation that is not met, else what is not expected, else the
/// first expectation.
fn expected_at(judgement: &Judgement) -> Place {
    let is_expected = |name: &str| matches!(name, "alg" | "typ" | "iss" | "aud" | "nonce");
    let checks = || judgement.checks.iter();
    let check = checks()
        .find(|check| is_expected(check.check) && check.result == CheckResult::Failed)
        .or_else(|| checks().find(|check| check.check == "policy"))
        .or_else(|| checks().find(|check| is_expected(check.check)));
    check.map_or(Place::Checks, |check| Place::Check(check.check))
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
        [] if not_run > 0 => Some(format!("{not_run} not run")),
        [] | [_] => None,
        [_, second] => Some(words(second)),
        [_, others @ ..] => Some(format!(
            "{} more",
            others.iter().map(|(_, count)| count).sum::<usize>()
        )),
    };
    let (icon, color, text) = match counts.first() {
        Some(worst) => (Icon::from(worst.0), theme.severity(worst.0), words(worst)),
        None if not_run > 0 => (Icon::Dash, theme.dim, "none".to_owned()),
        None => (Icon::Check, theme.ok, "none".to_owned()),
    };
    Chip {
        rest,
        ..Chip::new("Findings", Place::Findings, (icon, color, vec![text]))
    }
}
