//! Times that the clock may be set to in one click: those that came with the token, and those that it names.

use jiff::{SignedDuration, Timestamp};

use crate::find::{PlaceTime, TimeFrom};
use crate::window::model::Model;
use crate::window::panes::times;

/// No more times that came with a token are offered: one found in a thousand lines has a thousand.
const MAX_CAME: usize = 3;

/// A time to judge as of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    /// The instant.
    pub(crate) at: Timestamp,
    /// What it is: "As of the request".
    pub(crate) label: &'static str,
    /// The instant in words, and where it is from: "2026-11-18 20:14:00 UTC (Date header)".
    pub(crate) detail: String,
}

impl Offer {
    /// Both, for a screen reader and for one line.
    pub(crate) fn name(&self) -> String {
        format!("{}: {}", self.label, self.detail)
    }
}

/// The times that came with the token on screen, in the order of its places, each once.
pub(crate) fn came(model: &Model) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    let places = model.outermost().map(|(inspection, _)| &inspection.places);
    for time in places
        .into_iter()
        .flatten()
        .filter_map(|place| place.time.as_ref())
    {
        if offers.len() >= MAX_CAME {
            break;
        }
        if offers.iter().all(|offer| offer.at != time.at) {
            offers.push(of(model, time));
        }
    }
    offers
}

fn of(model: &Model, time: &PlaceTime) -> Offer {
    let zone = if time.assumes_utc {
        ", taken as UTC"
    } else {
        ""
    };
    let instant = times::instant(time.at, model.zone);
    Offer {
        at: time.at,
        label: match time.from {
            TimeFrom::Burp | TimeFrom::DateHeader | TimeFrom::Har => "As of the request",
            TimeFrom::Log | TimeFrom::LogMember => "As of the log line",
        },
        detail: format!("{instant} ({}{zone})", time.from.words()),
    }
}

/// Those, and what the token names itself.
pub(crate) fn all(model: &Model) -> Vec<Offer> {
    let mut offers = came(model);
    offers.extend(
        [issued(model), before_expiry(model), after_expiry(model)]
            .into_iter()
            .flatten(),
    );
    offers
}

/// When it was issued.
pub(crate) fn issued(model: &Model) -> Option<Offer> {
    at_claim(model, "iat", 0, "At iat")
}

/// A second before it expires.
pub(crate) fn before_expiry(model: &Model) -> Option<Offer> {
    at_claim(model, "exp", -1, "1 s before exp")
}

/// A second after it expires.
pub(crate) fn after_expiry(model: &Model) -> Option<Offer> {
    at_claim(model, "exp", 1, "1 s after exp")
}

fn at_claim(model: &Model, claim: &str, by: i64, label: &'static str) -> Option<Offer> {
    let (_, judgement) = model.current()?;
    let at = judgement.times.mark(claim)?.at?;
    let at = at.checked_add(SignedDuration::from_secs(by)).ok()?;
    Some(Offer {
        at,
        label,
        detail: times::instant(at, model.zone),
    })
}
