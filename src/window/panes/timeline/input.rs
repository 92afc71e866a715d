//! What pointer, wheel and keys do on the axis.

use egui::{CursorIcon, Event, EventFilter, Key, Modifiers, PointerButton, Pos2, Response, Ui};
use jiff::{SignedDuration, Timestamp};

use super::axis::Axis;
use super::lanes::{Lane, Lanes};
use super::spans::{instant, seconds};
use super::{Held, Layout, TimelinePane};
use crate::judge::Judgement;
use crate::window::commands::Command;
use crate::window::model::{Clock, Model};

/// The pointer is on the clock within so many points.
const ON_CLOCK: f32 = 12.0;

/// What a key zooms by.
const ZOOM: f64 = 1.5;

/// What a key moves time by, as a share of what is seen.
const PAN: f32 = 0.25;

/// Around an instant alone so much is looked at, in seconds.
const AROUND: f64 = 1_800.0;

impl TimelinePane {
    /// The clock is dragged by its line, and from the strip above the lanes; everything else drags time. A click sets the
    /// clock.
    pub(super) fn pointer(
        &mut self,
        ui: &Ui,
        response: &Response,
        (layout, lanes): (&Layout, &Lanes),
        (axis, now): (&Axis, f64),
        model: &Model,
    ) -> Option<Command> {
        self.wheel(ui, layout, axis);
        let is_on_clock = |at: Pos2| {
            let is_beside = (at.x - layout.left - axis.place(now)).abs() <= ON_CLOCK;
            at.y < layout.rect.top() + layout.heights.lanes || axis.contains(now) && is_beside
        };
        if response.drag_started_by(PointerButton::Primary) {
            response.request_focus();
            let origin = ui.input(|input| input.pointer.press_origin());
            self.held = origin.map(|origin| {
                if is_on_clock(origin) {
                    Held::Clock(axis.clone())
                } else {
                    Held::Time(axis.clone(), origin.x - layout.left)
                }
            });
        }
        if !response.dragged() {
            self.held = None;
        }
        let hovered = response.hover_pos().filter(|_| self.held.is_none());
        let at = response.interact_pointer_pos();
        match (&self.held, at) {
            (Some(Held::Clock(axis)), Some(at)) => {
                ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
                return freeze(axis, at.x - layout.left);
            }
            (Some(Held::Time(axis, from)), Some(at)) => {
                ui.set_cursor_icon(CursorIcon::Grabbing);
                let by = at.x - layout.left - from;
                self.view.pan(axis, *from, by);
                return None;
            }
            _ if hovered.is_some_and(is_on_clock) => {
                ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
            }
            _ => {}
        }
        let at = at.filter(|_| response.clicked())?;
        response.request_focus();
        if response.double_clicked() {
            let axis_top = layout.rect.top() + layout.heights.axis - 4.0;
            if layout.is_alone && !is_on_clock(at) && at.y < axis_top {
                return self.zoom_to(ui, lanes.list.first()?);
            }
            return Some(Command::LiveClock);
        }
        self.set_clock(axis, at.x - layout.left, model)
    }

    /// A click on a place of the axis sets the clock.
    pub(super) fn set_clock(&mut self, axis: &Axis, place: f32, model: &Model) -> Option<Command> {
        self.before = Some(model.clock);
        freeze(axis, place)
    }

    /// A double click looks at a lane. Its first click meant nothing else.
    pub(super) fn zoom_to(&mut self, ui: &Ui, lane: &Lane) -> Option<Command> {
        let marks = lane.marks.iter().map(|mark| seconds(mark.at));
        let life = lane.spans.life();
        let ends = life.iter().flat_map(|life| [life.start, life.end]);
        let (mut first, mut last) = (f64::INFINITY, f64::NEG_INFINITY);
        for at in marks.chain(ends) {
            first = first.min(at);
            last = last.max(at);
        }
        if last - first < 1.0 {
            (first, last) = (first - AROUND, last + AROUND);
        }
        self.view.show(&(first..last));
        ui.ctx().request_repaint();
        self.before.take().map(|clock| match clock {
            Clock::Frozen(at) => Command::FreezeClock(at),
            Clock::Live => Command::LiveClock,
        })
    }

    /// The wheel with Ctrl and two fingers zoom about the pointer; the wheel with Shift moves time.
    fn wheel(&mut self, ui: &Ui, layout: &Layout, axis: &Axis) {
        if !ui.rect_contains_pointer(layout.rect) || self.held.is_some() {
            return;
        }
        let Some(at) = ui.input(|input| input.pointer.latest_pos()) else {
            return;
        };
        let place = (at.x - layout.left).clamp(0.0, layout.width());
        let (zoom, pan) = ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta.x));
        if (zoom - 1.0).abs() > f32::EPSILON {
            self.view.zoom(axis, place, f64::from(zoom));
        } else if pan.abs() > 0.0 {
            self.view.pan(axis, place, pan);
            ui.input_mut(|input| input.smooth_scroll_delta.x = 0.0);
        }
    }

    /// Keys that zoom and move what is looked at.
    pub(super) fn view_keys(&mut self, ui: &Ui, axis: &Axis, now: Timestamp) {
        let key = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        let plain = |one| key(Modifiers::NONE, one);
        let now = seconds(now);
        let middle = axis.width() / 2.0;
        let by = axis.width() * PAN;
        if key(Modifiers::ALT, Key::ArrowLeft) {
            self.view.pan(axis, middle, by);
        } else if key(Modifiers::ALT, Key::ArrowRight) {
            self.view.pan(axis, middle, -by);
        } else if plain(Key::Plus) || plain(Key::Equals) {
            self.zoom_about_clock(axis, now, true);
        } else if plain(Key::Minus) {
            self.zoom_about_clock(axis, now, false);
        } else if plain(Key::Num0) {
            self.view.fit();
        } else {
            return;
        }
        ui.ctx().request_repaint();
    }

    /// Zooms about the clock, or the middle where that is not seen.
    pub(super) fn zoom_about_clock(&mut self, axis: &Axis, now: f64, is_in: bool) {
        let about = if axis.contains(now) {
            axis.place(now)
        } else {
            axis.width() / 2.0
        };
        let factor = if is_in { ZOOM } else { 1.0 / ZOOM };
        self.view.zoom(axis, about, factor);
    }

    /// Keys and assistive technology move the clock.
    pub(super) fn keys(
        &mut self,
        ui: &Ui,
        response: &Response,
        axis: &Axis,
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
            self.view_keys(ui, axis, judgement.at);
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

/// Judges as of the instant at a place.
fn freeze(axis: &Axis, place: f32) -> Option<Command> {
    instant(axis.time_at(place)).map(Command::FreezeClock)
}
