//! The lanes with their names, each something to click.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    FontId, Id, Pos2, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

use super::super::roving::step;
use super::lanes::{Lane, Lanes};
use super::paint::{Canvas, MARGIN, Picture};
use super::spans::{Standing, seconds};
use super::{Layout, REST, TimelinePane, row, words};
use crate::window::commands::Command;
use crate::window::theme::{Tokens, size, tokens};
use crate::window::widgets::paint_icon;

/// The side of a sign before a name, in points.
const SIGN: f32 = 9.0;

/// Of a lane no less than this is painted, in points.
const SLIVER: f32 = 9.0;

/// A token inside of another one begins so much further right, in points.
const INDENT: f32 = 9.0;

/// So much of a mark can be pointed at by assistive technology, in points.
const MARK: f32 = 8.0;

impl TimelinePane {
    /// Paints everything, and shows the lanes where they are several.
    pub(super) fn picture(
        &mut self,
        ui: &mut Ui,
        layout: &Layout,
        picture: &Picture<'_>,
        lanes: &Lanes,
        commands: &mut Vec<Command>,
    ) {
        let ends = (layout.left, layout.right);
        let rect = layout.rect;
        let top = Canvas::new(ui.painter_at(rect), tokens(ui), rect, ends);
        let mut taken = picture.taken(&top);
        picture.scale(&top, &mut taken);
        if layout.is_alone {
            if let Some(lane) = lanes.list.first() {
                let at = (layout.heights.lanes, row(lanes, 0));
                picture.lane(&top, lane, at, &mut taken);
                let place = rect.with_min_y(rect.top() + layout.heights.lanes);
                let id = ui.scope_id().with("lane");
                let bar = place.with_max_y(rect.top() + layout.heights.axis);
                let response = ui.interact(bar, id.with("validity"), Sense::hover());
                let words = || {
                    let standing = words::standing(lane, picture.now);
                    let leeway = words::leeway(lane.spans.leeway as u32);
                    let validity = words::validity(picture.model, lane);
                    let parts = [validity, Some(leeway), Some(standing)];
                    parts.into_iter().flatten().collect::<Vec<_>>().join(". ")
                };
                response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words()));
                marks(ui, layout, picture, (lane, bar), id);
            }
        } else {
            self.rows(ui, layout, picture, (lanes, &top), commands);
        }
        picture.over(&top);
    }

    fn rows(
        &mut self,
        ui: &mut Ui,
        layout: &Layout,
        picture: &Picture<'_>,
        (lanes, top): (&Lanes, &Canvas<'_>),
        commands: &mut Vec<Command>,
    ) {
        let view = layout.lanes();
        let builder = UiBuilder::new()
            .max_rect(view)
            .id_salt("lanes")
            .accessibility_role(Role::Group)
            .accessibility_label("Lanes");
        let rest = if lanes.rest > 0 { REST } else { 0.0 };
        ui.scope_builder(builder, |ui| {
            let area = ScrollArea::vertical()
                .id_salt("lanes")
                .auto_shrink(false)
                .max_height(view.height());
            area.show(ui, |ui| {
                let base = ui.scope_id().with("lane");
                let count = lanes.list.len();
                self.roving.settle_all(ui, base, count);
                let all: f32 = (0..count).map(|at| row(lanes, at).height).sum();
                let (_, place) = ui.allocate_space(vec2(ui.available_width(), all + rest));
                let canvas = top.with(ui.painter_at(view));
                let mut y = place.top();
                self.places.clear();
                for (at, lane) in lanes.list.iter().enumerate() {
                    let height = row(lanes, at).height;
                    let rect = Rect::from_min_size(
                        pos2(layout.rect.left(), y),
                        vec2(layout.rect.width(), height),
                    );
                    y += height;
                    self.places.push(rect);
                    // What has the focus is there wherever it is: it would be lost otherwise.
                    if ui.is_rect_visible(rect) || self.roving.stop() == Some(at) {
                        let id = base.with(at);
                        let row = (at, lane, rect, id);
                        commands.extend(self.row(ui, layout, picture, (lanes, &canvas), row));
                    }
                }
                if lanes.rest > 0 {
                    let rect = Rect::from_min_size(
                        pos2(layout.rect.left(), y),
                        vec2(layout.rect.width(), REST),
                    );
                    let text = words::rest(lanes.rest);
                    let response = ui.interact(rect, base.with("rest"), Sense::hover());
                    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
                    let at = pos2(layout.rect.left() + MARGIN, rect.center().y);
                    let room = layout.rect.right() - MARGIN - at.x;
                    text_at(ui, at, &text, tokens(ui).dim, room);
                }
            });
        });
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        layout: &Layout,
        picture: &Picture<'_>,
        (lanes, canvas): (&Lanes, &Canvas<'_>),
        (at, lane, rect, id): (usize, &Lane, Rect, Id),
    ) -> Option<Command> {
        let theme = tokens(ui);
        let response = ui.interact(rect, id, self.roving.sense(ui, at));
        let standing = words::standing(lane, picture.now);
        response.widget_info(|| {
            let number = at.saturating_add(1);
            let count = lanes.list.len();
            let name = lane.full_name();
            let mut words = vec![format!("Lane {number} of {count}: {name}, {standing}")];
            words.extend(words::sentences(picture.model, lane, picture.now));
            let name = words.join(". ");
            if lane.is_certificate() {
                WidgetInfo::labeled(Role::Label, true, name)
            } else {
                WidgetInfo::selected(Role::Button, true, lane.is_shown, name)
            }
        });
        if lane.is_shown {
            ui.painter().rect_filled(rect, 0, theme.selection);
            let bar = Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
            ui.painter().rect_filled(bar, 0, theme.accent);
        } else if response.hovered() && lane.command().is_some() {
            ui.painter().rect_filled(rect, 0, theme.bg2);
        }
        let row = row(lanes, at);
        // A sliver at the edge says nothing.
        let is_seen = rect.intersect(layout.lanes()).height() > SLIVER;
        let mut taken = super::paint::Taken::default();
        let top = rect.top() - layout.rect.top();
        let mut is_cut = false;
        if is_seen {
            picture.lane(canvas, lane, (top, row), &mut taken);
            is_cut = names(ui, layout, (lane, rect), picture, &standing);
        }
        marks(ui, layout, picture, (lane, rect), id);
        if self.roving.drawn(ui, at, &response) {
            ring(ui, rect.shrink(1.0));
            self.view_keys(ui, picture.axis, picture.now);
            if let Some(to) = step(ui, at, (lanes.list.len(), 4)) {
                self.roving.go_to(to);
            }
        }
        let command = self.clicked(ui, &response, layout, picture, lane);
        let is_on_name = ui
            .input(|input| input.pointer.latest_pos())
            .is_some_and(|at| at.x < layout.left);
        if is_cut && is_on_name {
            response.on_hover_ui(|ui| {
                ui.label(format!("{}, {standing}", lane.full_name()));
            });
        }
        command
    }

    /// A click goes to the token of the lane, and in the lane of the token that is shown sets the clock. A double click
    /// looks at the lane.
    fn clicked(
        &mut self,
        ui: &Ui,
        response: &Response,
        layout: &Layout,
        picture: &Picture<'_>,
        lane: &Lane,
    ) -> Option<Command> {
        if response.double_clicked() {
            return self.zoom_to(ui, lane);
        }
        if !response.clicked() {
            return None;
        }
        self.before = None;
        let pointer = response
            .interact_pointer_pos()
            .filter(|at| lane.is_shown && at.x >= layout.left);
        match pointer {
            Some(at) => self.set_clock(picture.axis, at.x - layout.left, picture.model),
            None => lane.command(),
        }
    }

    /// The lane under a place on the screen.
    pub(super) fn lane_at(&self, at: Pos2, layout: &Layout) -> Option<usize> {
        if layout.is_alone {
            return Some(0);
        }
        let is_in_view = layout.lanes().contains(at);
        let mut places = self.places.iter();
        places.position(|place| is_in_view && place.contains(at))
    }
}

/// The sign, the name and the state of a lane, left of the axis. Whether something of it is cut.
fn names(
    ui: &Ui,
    layout: &Layout,
    (lane, rect): (&Lane, Rect),
    picture: &Picture<'_>,
    standing: &str,
) -> bool {
    let theme = tokens(ui);
    let left = rect.left() + 10.0 + INDENT * f32::from(u8::try_from(lane.depth).unwrap_or(0));
    let state = match lane.nothing {
        Some(_) => Standing::Open,
        None => lane.spans.standing(seconds(picture.now)),
    };
    let color = color(theme, state);
    let text = left + SIGN + 5.0;
    let room = layout.left - 10.0 - text;
    if lane.is_certificate() {
        let y = rect.center().y;
        sign(ui, pos2(left, y), state, color);
        return text_at(ui, pos2(text, y), &lane.name, theme.dim, room);
    }
    let y = rect.top() + 12.0;
    sign(ui, pos2(left, y), state, color);
    let is_name_cut = text_at(ui, pos2(text, y), &lane.name, theme.text, room);
    let color = if state == Standing::Open {
        theme.dim
    } else {
        color
    };
    text_at(ui, pos2(text, y + 14.0), standing, color, room) || is_name_cut
}

fn color(theme: &Tokens, state: Standing) -> egui::Color32 {
    match state {
        Standing::Expired | Standing::NotYetValid => theme.bad,
        Standing::Open => theme.faint,
        Standing::Valid => theme.ok,
        Standing::WithinLeeway => theme.warn,
    }
}

fn sign(ui: &Ui, left: Pos2, state: Standing, color: egui::Color32) {
    let center = left + vec2(SIGN / 2.0, 0.0);
    let rect = Rect::from_center_size(center, vec2(SIGN, SIGN));
    paint_icon(ui.painter(), rect, state.icon(), color);
}

/// Text whose left end is in the middle of its height, cut where there is no more room. Whether it was.
fn text_at(ui: &Ui, at: Pos2, text: &str, color: egui::Color32, room: f32) -> bool {
    let format = TextFormat::simple(FontId::proportional(size::SMALL), color);
    let mut job = LayoutJob::single_section(text.to_owned(), format);
    job.wrap = TextWrapping::truncate_at_width(room.max(0.0));
    let galley = ui.painter().layout_job(job);
    let is_cut = galley.elided;
    let at = at - vec2(0.0, galley.size().y / 2.0);
    ui.painter().galley(at, galley, color);
    is_cut
}

/// Where the keyboard is.
pub(super) fn ring(ui: &Ui, rect: Rect) {
    let ring = Stroke::new(1.5, tokens(ui).accent);
    ui.painter().rect_stroke(rect, 4, ring, StrokeKind::Inside);
}

/// Says the marks of a lane to assistive technology, each where it is.
fn marks(ui: &Ui, layout: &Layout, picture: &Picture<'_>, (lane, rect): (&Lane, Rect), id: Id) {
    for (at, mark) in lane.marks.iter().enumerate() {
        let x = layout.left + picture.axis.place(seconds(mark.at));
        let place = Rect::from_x_y_ranges(x - MARK / 2.0..=x + MARK / 2.0, rect.y_range());
        let response = ui.interact(place, id.with(("mark", at)), Sense::hover());
        response.widget_info(|| {
            let words = words::mark(picture.model, mark, picture.now);
            WidgetInfo::labeled(Role::Label, true, words)
        });
    }
}
