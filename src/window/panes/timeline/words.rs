//! The timeline in words.

use super::super::times;
use super::{Shown, shown_marks};
use crate::inspection::Inspection;
use crate::jose::{Kind, PartRole, registry};
use crate::judge::words::short_span;
use crate::judge::{Judgement, TimeState, Times};
use crate::window::model::{Clock, Model};

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
        let held = times::held(model).map(|held| format!(", {held}"));
        return format!(
            "Not the real time: frozen at {at}{}",
            held.unwrap_or_default()
        );
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
    sentences(model, judgement, &shown_marks(&judgement.times)).join("\n")
}

/// Everything on the axis, in words.
pub(super) fn words(model: &Model, judgement: &Judgement, marks: &[Shown]) -> String {
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
    sentences.extend(validity(model, judgement));
    sentences.push(format!(
        "Leeway {}",
        leeway_words(judgement.times.leeway_seconds)
    ));
    let clock = match model.clock {
        Clock::Frozen(_) => "The clock is frozen at",
        Clock::Live => "The clock is live, now",
    };
    sentences.push(format!(
        "{clock} {}: {}",
        times::instant(judgement.at, model.zone),
        state_words(&judgement.times)
    ));
    sentences
}

/// `Valid from … until …`, and how long that is.
fn validity(model: &Model, judgement: &Judgement) -> Option<String> {
    let times = &judgement.times;
    if matches!(times.state, TimeState::None | TimeState::Unreadable) {
        return None;
    }
    let at = |claim: &str| times.mark(claim).and_then(|mark| mark.at);
    let instant = |at| times::instant(at, model.zone);
    let span = match (at("nbf"), at("exp")) {
        (Some(from), Some(until)) => {
            format!("Valid from {} until {}", instant(from), instant(until))
        }
        (Some(from), None) => format!("Valid from {}", instant(from)),
        (None, Some(until)) => format!("Valid until {}", instant(until)),
        (None, None) => return None,
    };
    Some(match times.lifetime_seconds {
        Some(lifetime @ 0..) => format!("{span}, lifetime {}", short_span(lifetime)),
        Some(_) => format!("{span}, which ends before it begins"),
        None => span,
    })
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
