//! Round instants in a zone, at which the axis has a mark.

use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// The distance between ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Seconds(i64),
    /// From midnight to midnight, which is not always 24 hours.
    Days(i64),
    /// From the first of a month on.
    Months(i64),
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const YEAR: i64 = 12;

/// From the shortest to the longest.
const STEPS: [Step; 34] = [
    Step::Seconds(1),
    Step::Seconds(2),
    Step::Seconds(5),
    Step::Seconds(10),
    Step::Seconds(15),
    Step::Seconds(30),
    Step::Seconds(MINUTE),
    Step::Seconds(2 * MINUTE),
    Step::Seconds(5 * MINUTE),
    Step::Seconds(10 * MINUTE),
    Step::Seconds(15 * MINUTE),
    Step::Seconds(30 * MINUTE),
    Step::Seconds(HOUR),
    Step::Seconds(2 * HOUR),
    Step::Seconds(3 * HOUR),
    Step::Seconds(6 * HOUR),
    Step::Seconds(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Months(YEAR),
    Step::Months(2 * YEAR),
    Step::Months(5 * YEAR),
    Step::Months(10 * YEAR),
    Step::Months(20 * YEAR),
    Step::Months(50 * YEAR),
    Step::Months(100 * YEAR),
    Step::Months(500 * YEAR),
    Step::Months(1_000 * YEAR),
    Step::Months(5_000 * YEAR),
];

/// The first Monday of the era, in days since 1970-01-01: weeks begin with it.
const MONDAY: i64 = 4;

impl Step {
    /// About so many seconds.
    fn seconds(self) -> f64 {
        match self {
            Self::Seconds(seconds) => seconds as f64,
            Self::Days(days) => days as f64 * 86_400.0,
            Self::Months(months) => months as f64 * 2_629_746.0,
        }
    }

    /// How its ticks are written, in the form of `strftime`. `says_day`: the tick before says on which day it is;
    /// `says_year`: everybody knows in which year.
    pub(super) fn format(self, says_day: bool, says_year: bool) -> &'static str {
        match (self, says_day, says_year) {
            (Self::Months(months), ..) if months >= YEAR => "%Y",
            (Self::Months(_), ..) => "%b %Y",
            (Self::Days(_), ..) => "%Y-%m-%d",
            (Self::Seconds(MINUTE..), true, _) => "%H:%M",
            (Self::Seconds(MINUTE..), false, true) => "%b %-d, %H:%M",
            (Self::Seconds(MINUTE..), false, false) => "%b %-d %Y, %H:%M",
            (Self::Seconds(_), true, _) => "%H:%M:%S",
            (Self::Seconds(_), false, true) => "%b %-d, %H:%M:%S",
            (Self::Seconds(_), false, false) => "%b %-d %Y, %H:%M:%S",
        }
    }
}

/// The round instants in a stretch of time, in seconds since 1970, with the smallest distance at which they are no more
/// than `at_most`, about.
pub(super) fn ticks(time: &Range<f64>, at_most: usize, zone: &TimeZone) -> (Vec<Timestamp>, Step) {
    let span = time.end - time.start;
    let last = Step::Months(5_000 * YEAR);
    if at_most == 0 || !span.is_finite() || span <= 0.0 {
        return (Vec::new(), last);
    }
    let fits = |step: &&Step| span / step.seconds() <= at_most as f64;
    let step = STEPS.iter().find(fits).copied().unwrap_or(last);
    let whole = time.start.max(lowest())..time.end.min(highest());
    let ticks = match Timestamp::from_second(whole.start.ceil() as i64) {
        Ok(start) => of_step(step, start, at_most, zone),
        Err(_) => Vec::new(),
    };
    let is_in = |at: &Timestamp| {
        let at = at.as_second() as f64;
        whole.start <= at && at <= whole.end
    };
    (ticks.into_iter().filter(is_in).collect(), step)
}

/// The first instant that can be shown, in seconds since 1970.
pub(super) fn lowest() -> f64 {
    Timestamp::MIN.as_second() as f64
}

/// And the last.
pub(super) fn highest() -> f64 {
    Timestamp::MAX.as_second() as f64
}

/// A few more ticks than are wanted, from the first at or before the start on.
fn of_step(step: Step, start: Timestamp, at_most: usize, zone: &TimeZone) -> Vec<Timestamp> {
    let numbers = 0..=i64::try_from(at_most).unwrap_or(0).saturating_add(2);
    let date = zone.to_datetime(start).date();
    let midnight = |date: Date| Some(date.to_zoned(zone.clone()).ok()?.timestamp());
    match step {
        Step::Seconds(step) => {
            let offset = i64::from(zone.to_offset(start).seconds());
            let first = start.as_second().saturating_add(offset).div_euclid(step);
            let tick = |number: i64| {
                let local = first.checked_add(number)?.checked_mul(step)?;
                let at = Timestamp::from_second(local.checked_sub(offset)?).ok()?;
                // Beyond a change of the clocks the same local times are other instants.
                let there = i64::from(zone.to_offset(at).seconds());
                Timestamp::from_second(local.checked_sub(there)?).ok()
            };
            let mut ticks: Vec<_> = numbers.filter_map(tick).collect();
            ticks.sort_unstable();
            ticks.dedup();
            ticks
        }
        Step::Days(step) => {
            let day = date.duration_since(EPOCH).as_secs().div_euclid(86_400);
            let first = day.saturating_sub(MONDAY).div_euclid(step);
            let tick = |number: i64| {
                let day = first.checked_add(number)?.checked_mul(step)?;
                let days = Span::new().try_days(day.checked_add(MONDAY)?).ok()?;
                midnight(EPOCH.checked_add(days).ok()?)
            };
            numbers.filter_map(tick).collect()
        }
        Step::Months(step) => {
            let month = i64::from(date.year()).saturating_mul(YEAR);
            let month = month.saturating_add(i64::from(date.month()).saturating_sub(1));
            let first = month.div_euclid(step);
            let tick = |number: i64| {
                let month = first.checked_add(number)?.checked_mul(step)?;
                let year = i16::try_from(month.div_euclid(YEAR)).ok()?;
                let month = i8::try_from(month.rem_euclid(YEAR)).ok()?.checked_add(1)?;
                midnight(Date::new(year, month, 1).ok()?)
            };
            numbers.filter_map(tick).collect()
        }
    }
}

/// The first day of 1970.
const EPOCH: Date = Date::constant(1970, 1, 1);

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(from: &str, to: &str, at_most: usize) -> (Vec<String>, Step) {
        of(from, to, at_most, &TimeZone::UTC)
    }

    fn of(from: &str, to: &str, at_most: usize, zone: &TimeZone) -> (Vec<String>, Step) {
        let seconds = |text: &str| text.parse::<Timestamp>().unwrap().as_second() as f64;
        let (ticks, step) = ticks(&(seconds(from)..seconds(to)), at_most, zone);
        (ticks.iter().map(Timestamp::to_string).collect(), step)
    }

    #[test]
    fn an_hour_has_its_halves() {
        let (ticks, step) = utc("2026-11-18T20:00:00Z", "2026-11-18T21:00:00Z", 3);
        assert_eq!(step, Step::Seconds(1_800));
        assert_eq!(
            ticks,
            [
                "2026-11-18T20:00:00Z",
                "2026-11-18T20:30:00Z",
                "2026-11-18T21:00:00Z"
            ]
        );
    }

    /// In Berlin the clocks went back on 25 October 2026 at 01:00 UTC (tz database).
    #[test]
    fn days_begin_at_midnight_of_the_zone_also_where_they_have_25_hours() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let (ticks, _) = of("2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z", 2, &berlin);
        assert_eq!(ticks, ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"]);
        let (ticks, step) = of("2026-10-24T20:00:00Z", "2026-10-25T12:00:00Z", 3, &berlin);
        assert_eq!(step, Step::Seconds(6 * HOUR));
        assert_eq!(
            ticks,
            [
                "2026-10-24T22:00:00Z",
                "2026-10-25T05:00:00Z",
                "2026-10-25T11:00:00Z"
            ]
        );
    }

    #[test]
    fn months_and_years_begin_with_their_first_day() {
        let (ticks, step) = utc("2026-01-15T00:00:00Z", "2026-12-15T00:00:00Z", 4);
        assert_eq!(step, Step::Months(3));
        assert_eq!(
            ticks,
            [
                "2026-04-01T00:00:00Z",
                "2026-07-01T00:00:00Z",
                "2026-10-01T00:00:00Z"
            ]
        );
        let (ticks, _) = utc("2021-06-01T00:00:00Z", "2031-06-01T00:00:00Z", 2);
        assert_eq!(ticks, ["2025-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]);
        let (ticks, step) = utc("2026-11-20T00:00:00Z", "2026-12-09T00:00:00Z", 3);
        assert_eq!(step, Step::Days(7));
        assert_eq!(
            ticks.first().map(String::as_str),
            Some("2026-11-23T00:00:00Z")
        );
    }

    #[test]
    fn all_of_time_has_its_ticks_and_what_is_no_stretch_has_none() {
        let (all, _) = ticks(&(-1e300..1e300), 7, &TimeZone::UTC);
        assert!(all.len() <= 8, "{all:?}");
        let (all, _) = ticks(&(lowest()..highest()), 7, &TimeZone::UTC);
        assert!((3..=8).contains(&all.len()), "{all:?}");
        for stretch in [1.0..1.0, 2.0..1.0, f64::NAN..1.0, 0.0..f64::INFINITY] {
            assert!(
                ticks(&stretch, 3, &TimeZone::UTC).0.is_empty(),
                "{stretch:?}"
            );
        }
        assert!(ticks(&(0.0..1.0), 0, &TimeZone::UTC).0.is_empty());
    }
}
