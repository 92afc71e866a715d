//! Instants and spans in words, in the zone that is shown.

use jiff::Timestamp;

use crate::judge::words::{clock_face, short_countdown, short_span};
use crate::window::model::{Clock, Model, Zone};

/// `2026-11-18 20:00:00 UTC`.
pub(crate) fn instant(at: Timestamp, zone: Zone) -> String {
    format_in(at, zone, "%Y-%m-%d %H:%M:%S %Z")
}

/// An instant in another format of `strftime`.
pub(crate) fn format_in(at: Timestamp, zone: Zone, format: &str) -> String {
    at.to_zoned(zone.time_zone()).strftime(format).to_string()
}

/// In all zones that matter, for tooltips: `2026-11-18 20:00:00 UTC`, line break, `2026-11-18 21:00:00 CET`.
pub(crate) fn in_zones(at: Timestamp, shown: Zone) -> String {
    let mut lines: Vec<String> = Vec::new();
    for zone in [Zone::Utc, Zone::Local, shown] {
        let line = instant(at, zone);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// How far a held clock is from the real one: `3 d 2 h behind the real time`. `None` while it is live.
pub(crate) fn held(model: &Model) -> Option<String> {
    const MINUTE: i64 = 60;
    let Clock::Frozen(at) = model.clock else {
        return None;
    };
    let seconds = at.duration_since(model.real).as_secs();
    // Whole minutes: a held clock does not tick, so seconds would soon be wrong.
    let minutes = seconds.saturating_abs() / MINUTE;
    let side = if seconds < 0 { "behind" } else { "ahead of" };
    Some(match minutes {
        0 => "less than a minute from the real time".to_owned(),
        minutes => {
            let span = short_span(minutes.saturating_mul(MINUTE));
            format!("{span} {side} the real time")
        }
    })
}

/// `3 d 2 h ago`, `in 14 min`, `now`.
pub(crate) fn relative(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.duration_since(now).as_secs();
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {}", short_span(seconds)),
        _ => format!("{} ago", short_span(seconds.saturating_neg())),
    }
}

/// The same, counted by the second within the hour: `in 00:14:00`.
pub(crate) fn counted(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.duration_since(now).as_secs();
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {}", short_countdown(seconds)),
        _ => format!("{} ago", short_countdown(seconds.saturating_neg())),
    }
}

/// `00:04:12`; from a day on in words, as seconds no longer matter.
pub(crate) fn countdown(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 86_400.. => short_span(seconds),
        seconds => clock_face(seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_spans_read_well() {
        let at: Timestamp = "2026-11-18T20:00:00Z".parse().expect("a time");
        let now: Timestamp = "2026-11-21T22:40:13Z".parse().expect("a time");
        assert_eq!(instant(at, Zone::Utc), "2026-11-18 20:00:00 UTC");
        assert_eq!(relative(at, now), "3 d 2 h ago");
        assert_eq!(relative(now, at), "in 3 d 2 h");
        assert_eq!(relative(at, at), "now");
        let later: Timestamp = "2026-11-18T20:04:12Z".parse().expect("a time");
        assert_eq!(counted(later, at), "in 00:04:12");
        assert_eq!(counted(at, later), "00:04:12 ago");
        assert_eq!(countdown(252), "00:04:12");
        assert_eq!(countdown(86_399), "23:59:59");
        assert_eq!(countdown(3 * 86_400 + 3_661), "3 d 1 h");
    }
}
