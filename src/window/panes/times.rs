//! Instants and spans in words, in the zone that is shown.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::judge::words::short_span;
use crate::window::model::Zone;

/// The time zone itself.
pub(crate) fn time_zone(zone: Zone) -> TimeZone {
    match zone {
        Zone::Local => TimeZone::system(),
        Zone::Utc => TimeZone::UTC,
    }
}

/// `2026-11-18 20:00:00 UTC`.
pub(crate) fn instant(at: Timestamp, zone: Zone) -> String {
    format_in(at, zone, "%Y-%m-%d %H:%M:%S %Z")
}

/// An instant in another format of `strftime`.
pub(crate) fn format_in(at: Timestamp, zone: Zone, format: &str) -> String {
    at.to_zoned(time_zone(zone)).strftime(format).to_string()
}

/// In both zones, for tooltips: `2026-11-18 20:00:00 UTC`, line break, `2026-11-18 21:00:00 CET`.
pub(crate) fn both_zones(at: Timestamp) -> String {
    let (utc, local) = (instant(at, Zone::Utc), instant(at, Zone::Local));
    if utc == local {
        utc
    } else {
        format!("{utc}\n{local}")
    }
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

/// `00:04:12`; from a day on in words, as seconds no longer matter.
pub(crate) fn countdown(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 86_400.. => short_span(seconds),
        seconds => format!(
            "{:02}:{:02}:{:02}",
            seconds / 3_600,
            seconds % 3_600 / 60,
            seconds % 60
        ),
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
        assert_eq!(countdown(252), "00:04:12");
        assert_eq!(countdown(86_399), "23:59:59");
        assert_eq!(countdown(3 * 86_400 + 3_661), "3 d 1 h");
    }
}
