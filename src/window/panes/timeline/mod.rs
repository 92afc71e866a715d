//! When tokens are valid, and where the clock stands.

mod axis;
mod controls;
mod input;
mod lanes;
mod paint;
mod rows;
mod spans;
mod ticks;
mod view;
mod words;

use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::focus::{self, Place};
use super::instant::InstantField;
use super::members::message;
use super::menu::{self, Menu, Shown as Asked};
use super::roving::{Roving, is_copied};
use crate::judge::Judgement;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Clock, Model};
use crate::window::theme::tokens;
use crate::window::widgets::Card;
use axis::Axis;
use lanes::Lanes;
use paint::{ALONE, AMONG, CERTIFICATE, Heights, MARGIN, Picture, Pointed, Row};
use spans::seconds;
use view::View;
pub(crate) use words::facts;

/// The height that suits one token, in points.
const LOW: f32 = 138.0;

/// What a card needs above and below the lanes, in points.
const AROUND: f32 = 98.0;

/// The height of the line that counts what is not shown, in points.
const REST: f32 = 18.0;

/// The names of lanes take this share of the width, within these bounds in points.
const NAMES: (f32, f32, f32) = (0.24, 92.0, 190.0);

/// The pane "Timeline". Fills the place that it is given.
#[derive(Debug, Clone, Default)]
pub struct TimelinePane {
    /// What the pointer drags, on the axis that the drag began on: it must not move under the pointer.
    held: Option<Held>,
    /// Whether the clock was moved here: what grows above must not push the axis out of sight.
    moved: bool,
    /// The clock as it is typed, while it is.
    typed: Option<InstantField>,
    menu: Option<Menu>,
    /// What stretch of time is looked at.
    view: View,
    /// SHA-256 of the tokens that it is looked at of.
    of: Vec<String>,
    /// Where the keyboard is among the lanes.
    roving: Roving,
    /// The clock before a click that may become a double click.
    before: Option<Clock>,
    /// All lanes together, in points, as they were last shown.
    lanes_height: f32,
    /// Whether a menu asked to look closer, or from farther away.
    zoom_wanted: Option<bool>,
    /// Where each lane stood on the screen.
    places: Vec<Rect>,
}

/// What the pointer drags.
#[derive(Debug, Clone)]
enum Held {
    Clock(Axis),
    /// Time itself, and where on the axis it was taken.
    Time(Axis, f32),
}

/// Where the parts of the picture are on the screen.
#[derive(Debug, Clone, Copy)]
struct Layout {
    rect: Rect,
    heights: Heights,
    /// The ends of the axis.
    left: f32,
    right: f32,
    /// Whether there is one lane only.
    is_alone: bool,
}

impl Layout {
    fn new(rect: Rect, is_alone: bool) -> Self {
        let (share, least, most) = NAMES;
        let names = if is_alone {
            0.0
        } else {
            (rect.width() * share).clamp(least, most)
        };
        let bottom = rect.height();
        let heights = if is_alone {
            Heights {
                top: 12.0,
                lanes: 19.0,
                axis: 70.0,
                ticks: 85.0,
            }
        } else {
            Heights {
                top: 12.0,
                lanes: 24.0,
                axis: bottom - 28.0,
                ticks: bottom - 13.0,
            }
        };
        let left = rect.left() + MARGIN + names;
        Self {
            rect,
            heights,
            left,
            right: (rect.right() - MARGIN).max(left + 1.0),
            is_alone,
        }
    }

    fn width(&self) -> f32 {
        self.right - self.left
    }

    /// Where several lanes are.
    fn lanes(&self) -> Rect {
        let top = self.rect.top() + self.heights.lanes;
        let bottom = self.rect.top() + self.heights.axis - 5.0;
        self.rect.with_min_y(top).with_max_y(bottom.max(top))
    }
}

fn row(lanes: &Lanes, at: usize) -> Row {
    match lanes.list.get(at) {
        Some(lane) if lane.is_certificate() => CERTIFICATE,
        _ if lanes.list.len() > 1 => AMONG,
        _ => ALONE,
    }
}

impl TimelinePane {
    /// The height that suits what was last shown, in points.
    pub fn height(&self) -> f32 {
        (self.lanes_height + AROUND).max(LOW).ceil()
    }

    /// Shows the times of the token on screen, of the tokens inside of it, and of those beside it.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, judgement)) = model.current() else {
            return Vec::new();
        };
        let lanes = Lanes::new(model);
        self.follow(ui, model, &lanes);
        let mut commands = Vec::new();
        let mut card = Card::new("Timeline")
            .note(words::note(model, judgement))
            .fill_height();
        if model.clock != Clock::Live {
            card = card.note_color(tokens(ui).warn);
        }
        let mut state = (&mut *self, &mut commands);
        card.show(
            ui,
            &mut state,
            |ui, (pane, commands)| {
                let button = pane.controls(ui, model, judgement, commands);
                // Without an axis the keyboard goes to where a clock can be typed.
                if lanes.is_empty() && focus::take(ui, Place::Timeline) {
                    button.request_focus();
                    button.scroll_to_me(None);
                }
            },
            |ui, (pane, commands)| {
                if lanes.is_empty() {
                    let (title, text) = words::nothing(inspection, judgement.times.state);
                    message(ui, title, text);
                } else {
                    pane.axis_ui(ui, model, judgement, &lanes, commands);
                }
            },
        );
        commands
    }

    /// Looks at everything again when other tokens are shown, and takes the height that the lanes need.
    fn follow(&mut self, ui: &Ui, model: &Model, lanes: &Lanes) {
        let (tokens, _) = model.side_by_side();
        let tokens = || {
            let tokens = tokens.iter();
            tokens.filter_map(|at| Some(&model.session.tokens.get(*at)?.sha256))
        };
        if !tokens().eq(&self.of) {
            self.of = tokens().cloned().collect();
            self.view.fit();
            self.held = None;
            self.roving = Roving::default();
        }
        let all: f32 = (0..lanes.list.len()).map(|at| row(lanes, at).height).sum();
        let rest = if lanes.rest > 0 { REST } else { 0.0 };
        let height = if lanes.list.len() > 1 {
            all + rest
        } else {
            0.0
        };
        if (height - self.lanes_height).abs() > 0.5 {
            self.lanes_height = height;
            ui.ctx()
                .request_discard("the timeline has another number of lanes");
        }
    }

    fn axis_ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        judgement: &Judgement,
        lanes: &Lanes,
        commands: &mut Vec<Command>,
    ) {
        let is_alone = lanes.list.len() == 1;
        let most = if is_alone { 120.0 } else { f32::INFINITY };
        let height = ui.available_height().clamp(60.0, most);
        let place = vec2(ui.available_width(), height);
        let (rect, response) = ui.allocate_exact_size(place, Sense::click_and_drag());
        let is_asked = focus::take(ui, Place::Timeline);
        if is_asked {
            response.request_focus();
        }
        if is_asked || std::mem::take(&mut self.moved) {
            response.scroll_to_me(None);
        }
        let layout = Layout::new(rect, is_alone);
        let now = seconds(judgement.at);
        let axis = self.axis(lanes, now, layout.width());
        if let Some(is_in) = self.zoom_wanted.take() {
            self.zoom_about_clock(&axis, now, is_in);
            ui.ctx().request_repaint();
        }
        let moved = self
            .pointer(ui, &response, (&layout, lanes), (&axis, now), model)
            .or_else(|| self.keys(ui, &response, &axis, model, judgement));
        self.moved = moved.is_some();
        commands.extend(moved);
        // What was zoomed or moved is seen at once.
        let axis = self.axis(lanes, now, layout.width());
        self.tell(ui, &response, &axis, model, judgement);
        let picture = Picture {
            model,
            axis: &axis,
            lanes: &lanes.list,
            now: judgement.at,
            heights: layout.heights,
            pointed: self.pointed(ui, &response, &layout),
        };
        self.picture(ui, &layout, &picture, lanes, commands);
        if response.has_focus() {
            rows::ring(ui, rect.shrink(2.0));
        }
        if is_copied(&response) {
            commands.push(Command::Copy(CopyOf::Times));
        }
        if let Some(menu) = Menu::asked(ui, 0, &response) {
            self.menu = Some(menu);
        }
        let is_fit = self.view.is_fit();
        match menu::show(ui, "Menu of the timeline", &mut self.menu, |entries| {
            controls::choice(entries, model, is_fit)
        }) {
            Asked::Chosen(_, choice) => self.choose(choice, commands),
            Asked::Left(_) => response.request_focus(),
            Asked::Open => {}
        }
    }

    /// The axis as it is to be shown.
    fn axis(&self, lanes: &Lanes, now: f64, width: f32) -> Axis {
        if let Some(Held::Clock(axis)) = &self.held {
            return axis.clone();
        }
        self.view.axis(width, || {
            let tokens = || lanes.list.iter().filter(|lane| !lane.is_certificate());
            let marks = tokens().flat_map(|lane| &lane.marks);
            let mut points: Vec<f64> = marks.map(|mark| seconds(mark.at)).collect();
            points.extend(tokens().flat_map(|lane| lane.spans.points(now)));
            points.push(now);
            let lives = tokens().filter_map(|lane| lane.spans.core.clone());
            let lives: Vec<_> = lives.collect();
            Axis::new(&points, &lives, width)
        })
    }

    /// Says to assistive technology where the clock stands and what it can do. The times have nodes of their own.
    fn tell(
        &self,
        ui: &Ui,
        response: &Response,
        axis: &Axis,
        model: &Model,
        judgement: &Judgement,
    ) {
        response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Clock on the timeline"));
        ui.accesskit_node_builder(response.id, |node| {
            node.set_value(words::clock(model, judgement));
            node.set_description(words::help(model, (!self.view.is_fit()).then_some(axis)));
            node.add_action(egui::accesskit::Action::Increment);
            node.add_action(egui::accesskit::Action::Decrement);
        });
    }

    /// Where the pointer is, unless it drags time.
    fn pointed(&self, ui: &Ui, response: &Response, layout: &Layout) -> Option<Pointed> {
        let holds = matches!(self.held, Some(Held::Clock(_)));
        let is_over = ui.rect_contains_pointer(layout.rect);
        let at = match &self.held {
            Some(Held::Clock(_)) => response.interact_pointer_pos(),
            None if is_over => ui.input(|input| input.pointer.latest_pos()),
            _ => None,
        }?;
        let is_on_axis = (layout.left - 1.0..=layout.right + 1.0).contains(&at.x);
        (is_on_axis || holds || layout.is_alone).then(|| Pointed {
            x: (at.x - layout.left).clamp(0.0, layout.width()),
            lane: self.lane_at(at, layout),
            holds,
        })
    }
}
