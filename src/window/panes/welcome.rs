//! What is shown while there is no token.

use std::sync::Arc;

use egui::{
    Align, CornerRadius, FontId, Galley, Label, Rect, RichText, Role, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::samples::{SAMPLES, Sample, Subject};
use crate::window::theme::{self, radius, semibold, size, space};
use crate::window::widgets::wrapped;

/// The width of the content at most, in points.
const WIDTH: f32 = 760.0;

/// From this width on the samples stand in two columns.
const TWO_COLUMNS: f32 = 600.0;

/// Between the columns, in points.
const GUTTER: f32 = space::M;

/// Between two cards of a subject, in points.
const GAP: f32 = space::XS;

/// The height of the name of a subject, in points.
const CAPTION: f32 = 26.0;

/// The height of what stands above and below the samples, in points: heading, sentence, buttons, privacy.
const AROUND: f32 = 162.0;

/// The pane in place of a token.
#[derive(Debug, Clone, Copy, Default)]
pub struct WelcomePane;

impl WelcomePane {
    /// Says what to do, and offers the samples.
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let mut commands = Vec::new();
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            // Beside the bar that scrolls.
            let room = ui.available_width() - space::M;
            let width = WIDTH.min(room).floor();
            let columns = columns(ui, width);
            let height = AROUND + columns.iter().map(Column::height).fold(0.0, f32::max);
            // A third of what is left above, two thirds below.
            let above = ((ui.available_height() - height) / 3.0).max(space::L);
            let left = ((room - width) / 2.0).max(0.0).floor();
            let place = Rect::from_min_size(
                ui.cursor().min + vec2(left, above.floor()),
                vec2(width, height),
            );
            ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 0.0;
                commands.extend(introduction(ui, model));
                commands.extend(samples(ui, &columns));
                ui.add_space(space::M);
                privacy(ui);
            });
        });
        commands
    }
}

fn introduction(ui: &mut Ui, model: &Model) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.heading("Inspect a token");
    ui.add_space(space::S);
    let drop = if model.takes_drops {
        ", or drop a file"
    } else {
        ""
    };
    wrapped(
        ui,
        format!(
            "Paste a JWT, an HTTP request or a log{drop}; add the issuer\u{2019}s keys to see whether a signature is genuine."
        ),
    );
    ui.add_space(space::M);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        for action in [Action::Paste, Action::Open, Action::AddKey] {
            let entry = action.entry();
            if ui.button(entry.label).clicked() {
                commands.extend((entry.command)(model));
            }
        }
    });
    ui.add_space(space::M);
    let or = RichText::new("Or look at a sample").font(semibold(size::BODY));
    ui.add(Label::new(or));
    commands
}

fn privacy(ui: &mut Ui) {
    let text = "Tokens and keys stay in this machine\u{2019}s memory and are forgotten when the window closes, but for keys that you save.";
    let color = theme::tokens(ui).dim;
    wrapped(ui, RichText::new(text).size(size::MONO).color(color));
}

/// A column of subjects, one below the other.
struct Column {
    width: f32,
    subjects: Vec<(Subject, Vec<Card>)>,
}

impl Column {
    fn height(&self) -> f32 {
        let height = |cards: &[Card]| cards.iter().map(|card| card.height() + GAP).sum::<f32>();
        let subjects = self.subjects.iter();
        subjects.map(|(_, cards)| CAPTION + height(cards)).sum()
    }
}

/// A sample, laid out.
struct Card {
    sample: &'static Sample,
    title: Arc<Galley>,
    lesson: Arc<Galley>,
}

impl Card {
    const MARGIN: Vec2 = vec2(10.0, 6.0);

    fn of(ui: &Ui, sample: &'static Sample, width: f32) -> Self {
        let tokens = theme::tokens(ui);
        let width = (width - 2.0 * Self::MARGIN.x).max(0.0);
        let lay =
            |text: &str, font, color| ui.painter().layout(text.to_owned(), font, color, width);
        Self {
            sample,
            title: lay(sample.title, semibold(size::BODY), tokens.text),
            lesson: lay(sample.lesson, FontId::proportional(size::MONO), tokens.dim),
        }
    }

    fn height(&self) -> f32 {
        let text = self.title.size().y + self.lesson.size().y;
        (text + 1.0 + 2.0 * Self::MARGIN.y).ceil()
    }

    fn ui(&self, ui: &mut Ui, width: f32) -> Option<Command> {
        let tokens = theme::tokens(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(width, self.height()), Sense::click());
        let Sample { title, lesson, .. } = self.sample;
        let name = || format!("Sample: {title}. {lesson}");
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name()));
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        let (fill, line) = match (response.has_focus(), response.hovered()) {
            (true, _) => (tokens.bg2, Stroke::new(1.5, tokens.accent)),
            (false, true) => (tokens.bg3, Stroke::new(1.0, tokens.faint)),
            (false, false) => (tokens.bg1, Stroke::new(1.0, tokens.line)),
        };
        let corners = CornerRadius::same(radius::SMALL);
        let painter = ui.painter();
        painter.rect(rect, corners, fill, line, StrokeKind::Inside);
        let at = rect.min + Self::MARGIN;
        painter.galley(at, Arc::clone(&self.title), tokens.text);
        let below = pos2(at.x, at.y + self.title.size().y + 1.0);
        painter.galley(below, Arc::clone(&self.lesson), tokens.dim);
        response
            .clicked()
            .then_some(Command::OpenSample(self.sample))
    }
}

/// The samples by subject, in one column or two.
fn columns(ui: &Ui, width: f32) -> Vec<Column> {
    let is_one = width < TWO_COLUMNS;
    let width = if is_one {
        width
    } else {
        ((width - GUTTER) / 2.0).floor()
    };
    let column = || Column {
        width,
        subjects: Vec::new(),
    };
    let (mut first, mut second) = (column(), column());
    let mut placed = 0_usize;
    for samples in SAMPLES.chunk_by(|a, b| a.subject == b.subject) {
        let Some(subject) = samples.first().map(|sample| sample.subject) else {
            continue;
        };
        placed = placed.saturating_add(samples.len());
        let cards = samples.iter().map(|sample| Card::of(ui, sample, width));
        let fits = is_one || placed <= SAMPLES.len().div_ceil(2);
        let column = if fits { &mut first } else { &mut second };
        column.subjects.push((subject, cards.collect()));
    }
    if is_one {
        vec![first]
    } else {
        vec![first, second]
    }
}

fn samples(ui: &mut Ui, columns: &[Column]) -> Vec<Command> {
    let mut commands = Vec::new();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing = vec2(GUTTER, GAP);
        for column in columns {
            ui.vertical(|ui| {
                ui.set_width(column.width);
                for (subject, cards) in &column.subjects {
                    caption(ui, *subject, column.width);
                    commands.extend(cards.iter().filter_map(|card| card.ui(ui, column.width)));
                }
            });
        }
    });
    commands
}

/// The name of a subject, near what it is the name of.
fn caption(ui: &mut Ui, subject: Subject, width: f32) {
    let color = theme::tokens(ui).dim;
    let words = RichText::new(subject.title().to_uppercase())
        .font(semibold(size::SMALL))
        .extra_letter_spacing(0.7)
        .color(color);
    let place = vec2(width, CAPTION - GAP);
    let layout = egui::Layout::left_to_right(Align::Max);
    ui.allocate_ui_with_layout(place, layout, |ui| {
        ui.set_min_height(place.y);
        ui.add(Label::new(words).truncate())
            .accessible_name(subject.title());
    });
}
