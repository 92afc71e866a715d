//! When the token is valid, and where the clock stands.

mod axis;
mod paint;

use std::ops::Range;

use egui::{Event, EventFilter, Key, Response, Role, Sense, Ui, WidgetInfo, vec2};
use jiff::{SignedDuration, Timestamp};

use super::members::message;
use super::times;
use crate::jose::{Kind, registry};
use crate::judge::words::short_span;
use crate::judge::{Judgement, TimeState, Times};
use crate::window::commands::Command;
use crate::window::model::{Clock, Model, Zone};
use crate::window::theme::tokens;
use crate::window::widgets::{Card, Segment, button_tag, menu_tag, segmented};
use axis::Axis;

/// What can be chosen as leeway, in seconds.
const LEEWAYS: [u32; 7] = [0, 5, 30, 60, 120, 300, 600];

/// The pane "Timeline". Fills the place that it is given; about 140 points of height suit it.
#[derive(Debug, Clone, Default)]
pub struct TimelinePane {
    /// The axis that a drag began on: it must not move under the pointer.
    held: Option<Axis>,
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
        let card = Card::new("Timeline")
            .note(note(model, judgement))
            .fill_height();
        let moved = card.show(
            ui,
            &mut commands,
            |ui, commands| controls(ui, model, judgement, commands),
            |ui, _| {
                if marks.is_empty() {
                    let (title, text) = nothing(inspection.token.kind, judgement.times.state);
                    message(ui, title, text);
                    return None;
                }
                self.axis_ui(ui, model, judgement, &marks)
            },
        );
        commands.extend(moved);
        commands
    }

    fn axis_ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        judgement: &Judgement,
        marks: &[Shown],
    ) -> Option<Command> {
        let place = vec2(
            ui.available_width(),
            ui.available_height().clamp(60.0, 120.0),
        );
        let (rect, response) = ui.allocate_exact_size(place, Sense::click_and_drag());
        let width = rect.width() - 2.0 * paint::MARGIN;
        let now = seconds(judgement.at);
        let spans = Spans::new(&judgement.times, now);
        let axis = match &self.held {
            Some(held) => held.clone(),
            None => Axis::new(&spans.instants(marks, now), spans.core.as_ref(), width),
        };
        let words = words(model, judgement, marks);
        response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Clock on the timeline"));
        ui.accesskit_node_builder(response.id, |node| {
            node.set_value(words.as_str());
            node.set_description("Left and right move the clock by a second, with Shift by a minute, with Ctrl by an hour");
            node.add_action(egui::accesskit::Action::Increment);
            node.add_action(egui::accesskit::Action::Decrement);
        });
        let picture = paint::Picture {
            axis: &axis,
            spans: &spans,
            marks,
            now: judgement.at,
            is_live: model.clock == Clock::Live,
            zone: model.zone,
            judgement,
        };
        picture.paint(ui, rect, &response, tokens(ui));
        let command = self.pointer(&response, rect.left() + paint::MARGIN, axis);
        command.or_else(|| keys(ui, &response, judgement))
    }

    fn pointer(&mut self, response: &Response, left: f32, axis: Axis) -> Option<Command> {
        if response.double_clicked() {
            self.held = None;
            return Some(Command::LiveClock);
        }
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
        let at = response
            .interact_pointer_pos()
            .filter(|_| response.clicked() || response.dragged());
        let command = at.and_then(|at| {
            let time = axis.time_at(at.x - left).round();
            let at = Timestamp::from_second(time as i64).ok()?;
            Some(Command::FreezeClock(at))
        });
        if response.dragged() {
            self.held = Some(axis);
        } else {
            self.held = None;
        }
        command
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
            until,
            leeway,
            core,
            is_judged: !matches!(times.state, TimeState::None | TimeState::Unreadable),
            shows_early_leeway: from.is_some_and(|from| now < from),
        }
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

fn controls(ui: &mut Ui, model: &Model, judgement: &Judgement, commands: &mut Vec<Command>) {
    let mut zone = model.zone;
    let segments = [
        Segment {
            value: Zone::Local,
            label: "Local",
            name: "Local time",
        },
        Segment {
            value: Zone::Utc,
            label: "UTC",
            name: "UTC",
        },
    ];
    if segmented(ui, &mut zone, &segments) {
        commands.push(Command::SetZone(zone));
    }
    let leeway = judgement.times.leeway_seconds;
    let label = format!("leeway {}", leeway_words(leeway));
    let name = format!("Leeway: {}", leeway_words(leeway));
    menu_tag(ui, &label, &name, |ui| {
        for choice in LEEWAYS {
            if ui.radio(choice == leeway, leeway_words(choice)).clicked() {
                commands.push(Command::SetLeeway(choice));
                ui.close();
            }
        }
    });
    if model.clock != Clock::Live && button_tag(ui, "Live", "Live: judge as of now again").clicked()
    {
        commands.push(Command::LiveClock);
    }
}

fn leeway_words(seconds: u32) -> String {
    match seconds {
        0 => "none".to_owned(),
        _ => short_span(i64::from(seconds)),
    }
}

/// What stands after the title: `lived 1 h · drag the clock to ask “was it valid then?”`.
fn note(model: &Model, judgement: &Judgement) -> String {
    let times = &judgement.times;
    let mut parts = Vec::new();
    if let Some(lifetime) = times.lifetime_seconds {
        let verb = if times.expired { "lived" } else { "lives" };
        parts.push(match lifetime {
            ..0 => "ends before it begins".to_owned(),
            _ => format!("{verb} {}", short_span(lifetime)),
        });
    }
    let exp = times.mark("exp");
    match (times.state, exp.and_then(|mark| mark.at)) {
        (TimeState::Valid, Some(exp)) if model.clock == Clock::Live && exp > judgement.at => {
            let left = exp.duration_since(judgement.at).as_secs();
            parts.push(format!("expires in {}", times::countdown(left)));
        }
        (TimeState::Unlimited, _) => parts.push("never expires".to_owned()),
        (TimeState::Unreadable, _) => parts.push("exp or nbf is no number".to_owned()),
        (_, None) if exp.is_some() => {
            parts.push("exp is beyond the years that can be shown".to_owned());
        }
        _ => {}
    }
    if model.clock != Clock::Live {
        parts.push(format!(
            "clock held at {}",
            times::instant(judgement.at, model.zone)
        ));
    } else if !times.marks.is_empty() {
        parts.push("drag the clock to ask \u{201C}was it valid then?\u{201D}".to_owned());
    }
    parts.join(" · ")
}

fn nothing(kind: Kind, state: TimeState) -> (&'static str, &'static str) {
    if kind == Kind::Jwe {
        return (
            "No times to see",
            "The claims are encrypted, and their times with them.",
        );
    }
    match state {
        TimeState::None => (
            "No times",
            "Only a payload that is a JSON object of claims has times; this token has none.",
        ),
        TimeState::Unreadable => (
            "No readable times",
            "exp or nbf is there, but is not a number of seconds.",
        ),
        _ => (
            "No times",
            "The claims name no time: nothing says when this token was issued, and it never expires.",
        ),
    }
}

/// Everything that the timeline shows, in words, a line each.
pub(crate) fn facts(model: &Model, judgement: &Judgement) -> String {
    sentences(model, judgement, &shown_marks(&judgement.times)).join("\n")
}

/// Everything on the axis, in words.
fn words(model: &Model, judgement: &Judgement, marks: &[Shown]) -> String {
    sentences(model, judgement, marks).join(". ")
}

fn sentences(model: &Model, judgement: &Judgement, marks: &[Shown]) -> Vec<String> {
    let mut sentences: Vec<String> = marks
        .iter()
        .map(|mark| {
            let label = registry::label(&mark.claim).unwrap_or("Time");
            let claim = crate::jose::visible::visible(&mark.claim);
            let absolute = times::instant(mark.at, model.zone);
            let relative = times::relative(mark.at, judgement.at);
            format!("{label} ({claim}) {absolute}, {relative}")
        })
        .collect();
    sentences.push(format!(
        "Leeway {}",
        leeway_words(judgement.times.leeway_seconds)
    ));
    let clock = match model.clock {
        Clock::Frozen(_) => "The clock is held at",
        Clock::Live => "The clock is live, now",
    };
    sentences.push(format!(
        "{clock} {}: {}",
        times::instant(judgement.at, model.zone),
        state_words(&judgement.times)
    ));
    sentences
}

fn state_words(times: &Times) -> &'static str {
    match times.state {
        TimeState::Expired => "expired",
        TimeState::None => "no times to judge",
        TimeState::NotYetValid => "not yet valid",
        TimeState::Unlimited => "valid, never expires",
        TimeState::Unreadable => "times not readable",
        TimeState::Valid if times.within_leeway => "valid by the leeway",
        TimeState::Valid => "valid",
    }
}

/// Arrow keys and assistive technology move the clock.
fn keys(ui: &Ui, response: &Response, judgement: &Judgement) -> Option<Command> {
    use egui::accesskit::Action;
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    let mut by = 0_i64;
    let requests = |action| {
        let count = ui.input(|input| input.num_accesskit_action_requests(response.id, action));
        i64::try_from(count).unwrap_or(0).saturating_mul(MINUTE)
    };
    by = by
        .saturating_add(requests(Action::Increment))
        .saturating_sub(requests(Action::Decrement));
    let mut jump = None;
    if response.has_focus() {
        let filter = EventFilter {
            horizontal_arrows: true,
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
                Key::Home => jump = at("nbf").or(at("iat")),
                Key::End => jump = at("exp"),
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
