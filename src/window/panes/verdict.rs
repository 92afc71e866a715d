//! The verdict: one sentence that a person can repeat, why, and what stands behind it.

mod chips;

use egui::{
    Color32, CornerRadius, FontId, Frame, Margin, Rect, RichText, Role, Sense, Stroke, StrokeKind,
    TextFormat, Ui, UiBuilder, WidgetInfo, pos2, text::LayoutJob, vec2,
};

use crate::inspection::Inspection;
use crate::judge::Judgement;
use crate::judge::words::{When, sentence};
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::kinds::judged_as;
use crate::window::layers::Layer;
use crate::window::model::{Clock, Model};
use crate::window::policies::PolicyCommand;
use crate::window::theme::{Tokens, radius, semibold, size, space, tokens};
use crate::window::widgets::{Icon, button_tag, mark, paint_icon, sign, wrapped};

pub(super) use chips::signature_words;

use chips::made_of;

use super::focus::Place;
use super::layers;
use super::menu::{self, Menu, Shown};
use super::offers;
use super::roving::is_copied;
use super::times;

/// The bar at the left edge, in points.
const BAR: f32 = 4.0;

/// Below this width in points the chips stand in two rows.
const ONE_ROW: f32 = 560.0;

/// So much is left free for the button that leads back to the live clock, in points.
const LIVE: f32 = 56.0;

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
    /// The layer that it is about, of the token on screen and those inside of it.
    layer: usize,
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
            layer: 0,
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
pub(super) type Words = (Icon, Color32, Vec<String>);

impl VerdictPane {
    /// Shows the verdict on the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, judgement)) = model.outermost() else {
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
                commands.extend(headline(ui, model, inspection, judgement, color));
                ui.add_space(space::S);
                let all = made_of(theme, &model.layers(), judgement);
                commands.extend(self.chips(ui, model, &all));
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
            let copy = entries.add("Copy the verdict", "", true);
            let copy = copy.then_some(Command::Copy(CopyOf::Verdict));
            let policy = entries.add(Action::PolicyFromToken.entry().label, "", true);
            copy.or(policy.then(|| PolicyCommand::FromToken.into()))
        });
        match shown {
            Shown::Chosen(chip, command) => {
                self.goes_back = Some(chip);
                Some(command)
            }
            Shown::Left(chip) => {
                self.goes_back = Some(chip);
                None
            }
            Shown::Open => None,
        }
    }

    /// Four chips in a row, or two and two.
    fn chips(&mut self, ui: &mut Ui, model: &Model, all: &[Chip; 4]) -> Vec<Command> {
        const GAP: f32 = 6.0;
        let width = ui.available_width();
        let is_one_row = width >= ONE_ROW;
        // Of several layers it is also said which one it is about.
        let has_layers = model.layers().len() > 1;
        let (columns, shares): (usize, &[f32]) = if is_one_row && has_layers {
            (4, &[2.1, 1.1, 0.95, 0.95])
        } else if is_one_row {
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
                let asked = self.chip(ui, place, (at, base.with(at)), chip);
                // What it is about is shown by the other panes when their layer is that.
                let is_there = chip.layer == model.shown_layer();
                if !is_there && matches!(asked, Some(Command::Focus(_))) {
                    commands.push(Command::ShowLayer(chip.layer));
                }
                commands.extend(asked);
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
    let inside = origin_words(model, judgement)
        .map(|(words, _)| format!("{words}\n"))
        .unwrap_or_default();
    let judged_as = judged_as(model)
        .map(|words| format!("{words}\n"))
        .unwrap_or_default();
    format!(
        "{}\n{}\n{inside}{judged_as}{as_of}",
        sentence.headline, sentence.explanation
    )
}

/// Where the verdict comes from a token inside of the one on screen: in words, and which one.
fn origin_words(model: &Model, judgement: &Judgement) -> Option<(String, usize)> {
    let reason = judgement.verdict.reasons.first()?;
    let layers = model.layers();
    // The innermost one that has the reason by itself.
    let is_own = |layer: &Layer<'_>| {
        let judgement = layer.judgement;
        let inside = [&judgement.inner, &judgement.key_binding];
        judgement.verdict.reasons.contains(reason)
            && !inside
                .into_iter()
                .flatten()
                .any(|inside| inside.verdict.reasons.contains(reason))
    };
    let at = layers.iter().position(is_own).filter(|at| *at > 0)?;
    let kind = layers::kind(layers.get(at)?);
    let (number, count) = (at.saturating_add(1), layers.len());
    Some((
        format!("This is said of layer {number} of {count}: {kind}."),
        at,
    ))
}

fn when(model: &Model) -> When {
    match model.clock {
        Clock::Frozen(_) => When::Then,
        Clock::Live => When::Now,
    }
}

/// The instant of the judgement, where that is not the present, and how far from it that is.
pub(crate) fn as_of(model: &Model, judgement: &Judgement) -> Option<String> {
    let instant = times::instant(judgement.at, model.zone);
    times::held(model).map(|held| format!("As of {instant}, not now: {held}."))
}

fn headline(
    ui: &mut Ui,
    model: &Model,
    inspection: &Inspection,
    judgement: &Judgement,
    color: Color32,
) -> Option<Command> {
    let mut command = None;
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
            if let Some((words, layer)) = origin_words(model, judgement) {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = space::S;
                    ui.label(RichText::new(words).color(theme.dim));
                    if layer != model.shown_layer() {
                        let label = format!("Show layer {}", layer.saturating_add(1));
                        let button = button_tag(ui, &label, &label);
                        command = button.clicked().then_some(Command::ShowLayer(layer));
                    }
                });
            }
            if let Some(judged_as) = judged_as(model) {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = space::S;
                    ui.label(RichText::new(judged_as).color(theme.dim));
                    let action = Action::AutomaticKind.entry();
                    if let Some(possible) = (action.command)(model)
                        && button_tag(ui, "Automatic", action.label).clicked()
                    {
                        command = Some(possible);
                    }
                });
            }
            if let Some(as_of) = as_of(model, judgement) {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    ui.vertical(|ui| {
                        ui.add_space(2.0);
                        sign(ui, Icon::Clock, 12.0, theme.warn);
                    });
                    let room = (ui.available_width() - LIVE).max(0.0);
                    ui.vertical(|ui| {
                        ui.set_max_width(room);
                        wrapped(ui, RichText::new(as_of).color(theme.warn));
                    });
                    let live = button_tag(ui, "Live", "Live: judge as of the real time");
                    if live.clicked() {
                        command = Some(Command::LiveClock);
                    }
                });
            }
            command = command.take().or(offered(ui, model, judgement));
        });
    });
    command
}

/// The times that came with the token, to judge as of in one click.
fn offered(ui: &mut Ui, model: &Model, judgement: &Judgement) -> Option<Command> {
    let mut offers = offers::came(model);
    offers.retain(|offer| model.clock == Clock::Live || offer.at != judgement.at);
    if offers.is_empty() {
        return None;
    }
    let mut command = None;
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        for offer in offers {
            let name = offer.name();
            if button_tag(ui, &name, &name).clicked() {
                command = Some(Command::FreezeClock(offer.at));
            }
        }
    });
    command
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
