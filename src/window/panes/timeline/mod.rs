//! When the token is valid, and where the clock stands.

mod axis;
mod controls;
mod paint;
mod words;

use std::ops::Range;

use egui::{Event, EventFilter, Key, Pos2, Response, Role, Sense, Ui, WidgetInfo, vec2};
use jiff::{SignedDuration, Timestamp};

use super::focus::{self, Place};
use super::instant::InstantField;
use super::members::message;
use super::menu::{self, Menu, Shown as Asked};
use super::roving::is_copied;
use crate::judge::{Judgement, TimeState, Times};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Clock, Model};
use crate::window::theme::tokens;
use crate::window::widgets::Card;
use axis::Axis;
pub(crate) use words::facts;

/// The pane "Timeline". Fills the place that it is given; about 140 points of height suit it.
#[derive(Debug, Clone, Default)]
pub struct TimelinePane {
    /// The axis that a drag began on: it must not move under the pointer.
    held: Option<Axis>,
    /// Whether the clock was moved here: what grows above must not push the axis out of sight.
    moved: bool,
    /// The clock as it is typed, while it is.
    typed: Option<InstantField>,
    menu: Option<Menu>,
}

impl TimelinePane {
    /// Shows the times of the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, judgement)) = model.current() else {
            return Vec::new();
        };
        let marks = shown_marks(&judgement.times);
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
                if marks.is_empty() && focus::take(ui, Place::Timeline) {
                    button.request_focus();
                    button.scroll_to_me(None);
                }
            },
            |ui, (pane, commands)| {
                if marks.is_empty() {
                    let (title, text) = words::nothing(inspection, judgement.times.state);
                    message(ui, title, text);
                } else {
                    pane.axis_ui(ui, model, judgement, &marks, commands);
                }
            },
        );
        commands
    }

    fn axis_ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        judgement: &Judgement,
        marks: &[Shown],
        commands: &mut Vec<Command>,
    ) {
        let place = vec2(
            ui.available_width(),
            ui.available_height().clamp(60.0, 120.0),
        );
        let (rect, response) = ui.allocate_exact_size(place, Sense::click_and_drag());
        let is_asked = focus::take(ui, Place::Timeline);
        if is_asked {
            response.request_focus();
        }
        if is_asked || std::mem::take(&mut self.moved) {
            response.scroll_to_me(None);
        }
        let width = rect.width() - 2.0 * paint::MARGIN;
        let now = seconds(judgement.at);
        let spans = Spans::new(&judgement.times, now);
        let axis = match &self.held {
            Some(held) => held.clone(),
            None => Axis::new(&spans.instants(marks, now), spans.core.as_ref(), width),
        };
        let words = words::words(model, judgement, marks);
        response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Clock on the timeline"));
        ui.accesskit_node_builder(response.id, |node| {
            node.set_value(words.as_str());
            node.set_description(
                "Left and right move the clock by a second, with Shift by a minute, with Ctrl by an hour, \
                 Page Up and Page Down by a day. Home and End go to where it becomes valid and expires. \
                 Enter asks for a time, Escape returns to now",
            );
            node.add_action(egui::accesskit::Action::Increment);
            node.add_action(egui::accesskit::Action::Decrement);
        });
        let left = rect.left() + paint::MARGIN;
        let is_dragged = response.dragged();
        let pointed = if is_dragged {
            response.interact_pointer_pos()
        } else {
            response.hover_pos()
        };
        let picture = paint::Picture {
            axis: &axis,
            spans: &spans,
            marks,
            now: judgement.at,
            is_live: model.clock == Clock::Live,
            zone: model.zone,
            pointed: pointed.map(|at| (at.x - left).clamp(0.0, width)),
            is_dragged,
        };
        picture.paint(ui, rect, &response, tokens(ui));
        let moved = self
            .pointer(&response, left, axis)
            .or_else(|| self.keys(ui, &response, model, judgement));
        self.moved = moved.is_some();
        commands.extend(moved);
        if is_copied(&response) {
            commands.push(Command::Copy(CopyOf::Times));
        }
        if let Some(menu) = Menu::asked(ui, 0, &response) {
            self.menu = Some(menu);
        }
        let is_live = model.clock == Clock::Live;
        match menu::show(ui, "Menu of the timeline", &mut self.menu, |entries| {
            controls::choice(entries, is_live)
        }) {
            Asked::Chosen(_, choice) => self.choose(choice, commands),
            Asked::Left(_) => response.request_focus(),
            Asked::Open => {}
        }
    }

    fn pointer(&mut self, response: &Response, left: f32, axis: Axis) -> Option<Command> {
        if response.double_clicked() {
            self.held = None;
            return Some(Command::LiveClock);
        }
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
        let at: Option<Pos2> = response
            .interact_pointer_pos()
            .filter(|_| response.clicked() || response.dragged());
        let command = at.and_then(|at| {
            let time = axis.time_at(at.x - left).round();
            let at = Timestamp::from_second(time as i64).ok()?;
            Some(Command::FreezeClock(at))
        });
        self.held = response.dragged().then_some(axis);
        command
    }

    /// Keys and assistive technology move the clock.
    fn keys(
        &mut self,
        ui: &Ui,
        response: &Response,
        model: &Model,
        judgement: &Judgement,
    ) -> Option<Command> {
        use egui::accesskit::Action;
        const MINUTE: i64 = 60;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        let requests = |action| {
            let count = ui.input(|input| input.num_accesskit_action_requests(response.id, action));
            i64::try_from(count).unwrap_or(0).saturating_mul(MINUTE)
        };
        let mut by = requests(Action::Increment).saturating_sub(requests(Action::Decrement));
        let mut jump = None;
        if response.has_focus() {
            let is_held = model.clock != Clock::Live;
            let filter = EventFilter {
                horizontal_arrows: true,
                escape: is_held,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
            let at = |claim: &str| judgement.times.mark(claim).and_then(|mark| mark.at);
            for event in ui.input(|input| input.events.clone()) {
                let Event::Key {
                    key,
                    pressed: true,
                    modifiers,
                    ..
                } = event
                else {
                    continue;
                };
                let step = match (modifiers.shift, modifiers.command) {
                    (_, true) => HOUR,
                    (true, false) => MINUTE,
                    (false, false) => 1,
                };
                match key {
                    Key::ArrowLeft => by = by.saturating_sub(step),
                    Key::ArrowRight => by = by.saturating_add(step),
                    Key::PageUp if !modifiers.any() => by = by.saturating_add(DAY),
                    Key::PageDown if !modifiers.any() => by = by.saturating_sub(DAY),
                    Key::Home => jump = at("nbf").or(at("iat")),
                    Key::End => jump = at("exp"),
                    Key::Enter if !modifiers.any() => self.type_clock(),
                    Key::Escape if is_held => return Some(Command::LiveClock),
                    _ => {}
                }
            }
        }
        let from = match (jump, by) {
            (None, 0) => return None,
            (Some(to), _) => to,
            // Whole seconds: that is what claims are written in.
            (None, _) => Timestamp::from_second(judgement.at.as_second()).ok()?,
        };
        let to = from.checked_add(SignedDuration::from_secs(by)).ok()?;
        Some(Command::FreezeClock(to))
    }
}

/// A time of the token that has a place on the axis.
struct Shown {
    claim: String,
    at: Timestamp,
}

fn shown_marks(times: &Times) -> Vec<Shown> {
    times
        .marks
        .iter()
        .filter_map(|mark| {
            let at = mark.at?;
            Some(Shown {
                claim: mark.claim.clone(),
                at,
            })
        })
        .collect()
}

/// The instants at which the token's state changes, in seconds.
struct Spans {
    /// From here it is valid; `None`: from ever.
    from: Option<f64>,
    /// Where it was issued.
    issued: Option<f64>,
    /// Up to here it is valid; `None`: for ever.
    until: Option<f64>,
    leeway: f64,
    /// What is shown in proportion.
    core: Option<Range<f64>>,
    /// Whether the claims say anything about validity.
    is_judged: bool,
    /// Whether the leeway before `from` is worth its place.
    shows_early_leeway: bool,
}

impl Spans {
    fn new(times: &Times, now: f64) -> Self {
        let of = |claim: &str| times.mark(claim).and_then(|mark| mark.at).map(seconds);
        let (from, until) = (of("nbf"), of("exp"));
        let leeway = f64::from(times.leeway_seconds);
        let core = until.zip(from.or(of("iat"))).map(|(until, begin)| {
            let end = until + leeway;
            begin.min(end)..end.max(begin)
        });
        Self {
            from,
            issued: of("iat"),
            until,
            leeway,
            core,
            is_judged: !matches!(times.state, TimeState::None | TimeState::Unreadable),
            shows_early_leeway: from.is_some_and(|from| now < from),
        }
    }

    /// How the token stands at an instant; `None` where its claims do not say.
    fn state(&self, at: f64) -> Option<&'static str> {
        if !self.is_judged {
            return None;
        }
        let is_after = |until: f64| at >= until;
        let is_before = |from: f64| at < from;
        let word = if self
            .until
            .is_some_and(|until| is_after(until + self.leeway))
        {
            "expired"
        } else if self.from.is_some_and(|from| is_before(from - self.leeway)) {
            "not yet valid"
        } else if self.until.is_some_and(is_after) || self.from.is_some_and(is_before) {
            "valid by the leeway"
        } else {
            "valid"
        };
        Some(word)
    }

    fn instants(&self, marks: &[Shown], now: f64) -> Vec<f64> {
        let mut instants: Vec<f64> = marks.iter().map(|mark| seconds(mark.at)).collect();
        instants.push(now);
        if self.leeway > 0.0 {
            instants.extend(self.until.map(|until| until + self.leeway));
            instants.extend(
                self.from
                    .filter(|_| self.shows_early_leeway)
                    .map(|from| from - self.leeway),
            );
        }
        instants
    }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64 + f64::from(at.subsec_nanosecond()) / 1e9
}
