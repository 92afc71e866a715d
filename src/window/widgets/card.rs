//! A framed area with a header row.

use egui::{
    Align, Color32, CornerRadius, Frame, Label, Layout, Margin, Rect, RichText, Stroke, Ui,
    UiBuilder, pos2, vec2,
};

use super::text::truncated;
use crate::window::theme::{radius, semibold, size, space, tokens};

/// The height of a card's header row, in points.
const HEADER: f32 = 34.0;

/// With less room than this beside the controls, in points, the title stands alone.
const MIN_ROOM: f32 = 110.0;

/// A framed area with a header row: a title, a note after it, controls at the right end.
#[derive(Debug, Clone)]
pub struct Card<'a> {
    title: &'a str,
    note: String,
    note_color: Option<Color32>,
    tag: Option<String>,
    fills: bool,
}

impl<'a> Card<'a> {
    /// A card of this title, which also names it for screen readers.
    pub fn new(title: &'a str) -> Self {
        Self {
            title,
            note: String::new(),
            note_color: None,
            tag: None,
            fills: false,
        }
    }

    /// Text after the title; cut where the controls begin.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// The colour of the note, where it is no mere note.
    #[must_use]
    pub fn note_color(mut self, color: Color32) -> Self {
        self.note_color = Some(color);
        self
    }

    /// A word in a frame after the title.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// Takes all the height that is there.
    #[must_use]
    pub fn fill_height(mut self) -> Self {
        self.fills = true;
        self
    }

    /// Shows it over the whole width. `controls` are laid out from left to right and end at the right end of the
    /// header; both they and the body work on the `state`.
    pub fn show<S, R>(
        self,
        ui: &mut Ui,
        state: &mut S,
        controls: impl FnOnce(&mut Ui, &mut S),
        body: impl FnOnce(&mut Ui, &mut S) -> R,
    ) -> R {
        let tokens = tokens(ui);
        let height = ui.available_height();
        let builder = UiBuilder::new()
            .accessibility_role(egui::Role::Group)
            .accessibility_label(self.title);
        let frame = frame(tokens.bg1, tokens.line);
        ui.scope_builder(builder, |ui| {
            frame
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    if self.fills && height.is_finite() {
                        ui.set_min_height((height - 2.0).max(HEADER));
                    }
                    ui.spacing_mut().item_spacing.y = 0.0;
                    self.header(ui, |ui| controls(ui, state));
                    ui.spacing_mut().item_spacing.y = space::XS;
                    // What does not fit is cut at the frame, not painted over the neighbours.
                    let inner = ui.available_rect_before_wrap();
                    let clip =
                        Rect::from_min_max(inner.min, pos2(inner.max.x, ui.clip_rect().max.y));
                    ui.shrink_clip_rect(clip.expand2(vec2(0.5, 0.0)));
                    body(ui, state)
                })
                .inner
        })
        .inner
    }

    /// Title and controls from left to right, as the keyboard goes; the controls end at the right edge, by the width that
    /// they had in the last frame.
    fn header(&self, ui: &mut Ui, controls: impl FnOnce(&mut Ui)) {
        let tokens = tokens(ui);
        let (_, row) = ui.allocate_space(vec2(ui.available_width(), HEADER));
        let id = ui.scope_id().with("width of the controls");
        let known: f32 = ui.data(|data| data.get_temp(id).unwrap_or(0.0));
        let left = row.right() - space::S - known;
        let title = row.with_max_x((left - space::S).max(row.left()));
        let builder = |rect| {
            let layout = Layout::left_to_right(Align::Center);
            UiBuilder::new().max_rect(rect).layout(layout)
        };
        ui.scope_builder(builder(title), |ui| self.title(ui));
        // As wide as the row, whatever is left of it: what controls fit is decided by the whole width.
        let place = Rect::from_min_size(pos2(left, row.top()), row.size());
        let mut child = ui.new_child(builder(place).id_salt("controls"));
        controls(&mut child);
        let width = child.min_rect().width();
        if (width - known).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(id, width));
            ui.ctx()
                .request_discard("the controls of a card have a new width");
        }
        ui.painter().hline(
            row.x_range(),
            row.bottom() - 0.5,
            Stroke::new(1.0, tokens.line),
        );
    }

    fn title(&self, ui: &mut Ui) {
        let tokens = tokens(ui);
        ui.add_space(space::M);
        let room = ui.available_width();
        let title = RichText::new(self.title)
            .font(semibold(size::BODY))
            .color(tokens.text);
        ui.add(Label::new(title).truncate());
        // What is least needed goes first where it is narrow.
        let is_roomy = room > MIN_ROOM;
        if let Some(tag) = self.tag.as_ref().filter(|_| is_roomy) {
            super::tag(ui, tag, tokens.dim);
        }
        if !self.note.is_empty() && is_roomy {
            let color = self.note_color.unwrap_or(tokens.dim);
            truncated(ui, RichText::new(&self.note).color(color));
        }
    }
}

fn frame(fill: Color32, line: Color32) -> Frame {
    Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, line))
        .corner_radius(CornerRadius::same(radius::LARGE))
        .inner_margin(Margin::ZERO)
}
