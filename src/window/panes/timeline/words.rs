//! The timeline in words.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::times;
use super::axis::Axis;
use super::lanes::{Lane, Lanes};
use super::spans::{Shown, instant};
use crate::inspection::Inspection;
use crate::jose::{Kind, PartRole};
use crate::judge::words::short_span;
use crate::judge::{Judgement, TimeState, Times};
use crate::window::model::{Clock, Model};
use crate::window::widgets::grouped;

pub(super) fn leeway_words(seconds: u32) -> String {
    match seconds {
        0 => "none".to_owned(),
        _ => short_span(i64::from(seconds)),
    }
}

/// What stands after the title: `lived 1 h · drag the clock to ask “was it valid then?”`.
pub(super) fn note(model: &Model, judgement: &Judgement) -> String {
    if model.clock != Clock::Live {
        // What matters most comes first: a narrow place cuts the end.
        let at = times::instant(judgement.at, model.zone);
        return format!("Frozen at {at}, not now");
    }
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
        (TimeState::Valid, Some(exp)) if exp > judgement.at => {
            let left = exp.duration_since(judgement.at).as_secs();
            parts.push(format!("expires in {}", times::countdown(left)));
        }
        (TimeState::NotYetValid, _) => {
            let begin = times.mark("nbf").and_then(|mark| mark.at);
            let begin = begin.map(|begin| times::relative(begin, judgement.at));
            parts.extend(begin.map(|begin| format!("begins {begin}")));
        }
        (TimeState::Unlimited, _) => parts.push("never expires".to_owned()),
        (TimeState::Unreadable, _) => parts.push("exp or nbf is no number".to_owned()),
        (_, None) if exp.is_some() => {
            parts.push("exp is beyond the years that can be shown".to_owned());
        }
        _ => {}
    }
    if !times.marks.is_empty() {
        parts.push("drag the clock to ask \u{201C}was it valid then?\u{201D}".to_owned());
    }
    parts.join(" · ")
}

pub(super) fn nothing(inspection: &Inspection, state: TimeState) -> (&'static str, &'static str) {
    if inspection.proof.inner.is_some() {
        return (
            "No times of its own",
            "Its payload is a token, and the times are those of that one. The layers above lead to it.",
        );
    }
    let token = &inspection.token;
    if token.kind == Kind::Jwe && token.part(PartRole::Payload).is_none() {
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
    let lanes = Lanes::new(model);
    let mut lines = Vec::new();
    let is_one = lanes.list.len() == 1;
    for lane in &lanes.list {
        if is_one {
            lines.extend(sentences(model, lane, judgement.at));
        } else {
            let name = lane.full_name();
            lines.push(format!("{name}: {}", standing(lane, judgement.at)));
            let sentences = sentences(model, lane, judgement.at);
            lines.extend(sentences.iter().map(|sentence| format!("  {sentence}")));
        }
    }
    if lanes.rest > 0 {
        lines.push(rest(lanes.rest));
    }
    lines.push(leeway(judgement.times.leeway_seconds));
    lines.push(clock(model, judgement));
    lines.join("\n")
}

/// `Leeway 1 min`.
pub(super) fn leeway(seconds: u32) -> String {
    format!("Leeway {}", leeway_words(seconds))
}

/// What the keys do, and where something else than everything is seen, what that is.
pub(super) fn help(model: &Model, seen: Option<&Axis>) -> String {
    let seen = seen.and_then(|axis| {
        let seen = axis.time();
        let (first, last) = (instant(seen.start)?, instant(seen.end)?);
        let [first, last] = [first, last].map(|at| times::instant(at, model.zone));
        Some(format!("Zoomed to {first} until {last}. "))
    });
    let keys = "Left and right move the clock by a second, with Shift by a minute, with Ctrl by an hour, \
                Page Up and Page Down by a day. Home and End go to where it becomes valid and expires. \
                Enter asks for a time, Escape returns to now. Plus and minus zoom, 0 fits everything, \
                Alt with left and right moves what is seen";
    format!("{}{keys}", seen.unwrap_or_default())
}

/// What stands for the tokens that have no lane.
pub(super) fn rest(count: usize) -> String {
    match count {
        1 => "And 1 token more, which is not shown".to_owned(),
        _ => format!("And {} tokens more, which are not shown", grouped(count)),
    }
}

/// How a lane stands to the clock, or why nothing is on it.
pub(super) fn standing(lane: &Lane, now: Timestamp) -> String {
    match lane.nothing {
        Some(nothing) => nothing.to_owned(),
        None => lane.spans.standing_words(now),
    }
}

/// Everything on a lane.
pub(super) fn sentences(model: &Model, lane: &Lane, now: Timestamp) -> Vec<String> {
    let marks = lane.marks.iter().map(|shown| mark(model, shown, now));
    let beyond = lane
        .beyond
        .iter()
        .map(|(claim, label, number)| format!("{label} ({claim}) {number}, {BEYOND}"));
    marks.chain(beyond).chain(validity(model, lane)).collect()
}

/// Stands for an instant that cannot be shown.
pub(super) const BEYOND: &str = "beyond the years that can be shown";

/// `Issued (iat) 2026-11-18 20:00:00 UTC, 3 d 2 h ago`.
pub(super) fn mark(model: &Model, mark: &Shown, now: Timestamp) -> String {
    let label = match mark.label.as_str() {
        "" => "Time",
        label => label,
    };
    let absolute = times::instant(mark.at, model.zone);
    let relative = times::relative(mark.at, now);
    format!("{label} ({}) {absolute}, {relative}", mark.name)
}

/// Where the clock stands, and what follows.
pub(super) fn clock(model: &Model, judgement: &Judgement) -> String {
    let clock = match model.clock {
        Clock::Frozen(_) => "The clock is frozen at",
        Clock::Live => "The clock is live, now",
    };
    let at = times::instant(judgement.at, model.zone);
    format!("{clock} {at}: {}", state_words(&judgement.times))
}

/// `Valid from … until …`, and how long that is.
pub(super) fn validity(model: &Model, lane: &Lane) -> Option<String> {
    let spans = &lane.spans;
    if !spans.is_judged {
        return None;
    }
    let at = |place: Option<f64>| place.and_then(instant);
    let instant = |at| times::instant(at, model.zone);
    // The last second of a certificate is part of its time.
    let last = if lane.is_certificate() { 1.0 } else { 0.0 };
    let span = match (at(spans.from), at(spans.until.map(|until| until - last))) {
        (Some(from), Some(until)) => {
            format!("Valid from {} until {}", instant(from), instant(until))
        }
        (Some(from), None) => format!("Valid from {}", instant(from)),
        (None, Some(until)) => format!("Valid until {}", instant(until)),
        (None, None) => return None,
    };
    Some(match lane.lifetime {
        Some(lifetime @ 0..) => format!("{span}, lifetime {}", short_span(lifetime)),
        Some(_) => format!("{span}, which ends before it begins"),
        None => span,
    })
}

/// From which day until which day a certificate is valid.
pub(super) fn term(model: &Model, lane: &Lane) -> String {
    let day = |place: Option<f64>| {
        let at = place.and_then(instant);
        at.map(|at| times::format_in(at, model.zone, "%Y-%m-%d"))
    };
    let from = day(lane.spans.from).unwrap_or_default();
    match day(lane.spans.until.map(|until| until - 1.0)) {
        Some(until) => format!("certificate, {from} \u{2013} {until}"),
        None => format!("certificate, from {from} on"),
    }
}

/// An instant in the zone that is shown, in a form of `strftime`.
pub(super) fn written(model: &Model, at: Timestamp, format: &str) -> String {
    times::format_in(at, model.zone, format)
}

/// The zone that is shown.
pub(super) fn zone(model: &Model) -> TimeZone {
    times::time_zone(model.zone)
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
