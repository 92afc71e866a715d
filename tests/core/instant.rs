//! Texts to instants. Every instant was computed by Python's `datetime`, `email.utils` and `zoneinfo`, or by GNU date.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use tokenloupe::instant::{Form, InstantError, Note, Setting, read, written};

const NOW: &str = "2026-11-21T22:40:13Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn read_in(
    text: &str,
    zone_name: &str,
    now: &str,
) -> Result<tokenloupe::instant::Reading, InstantError> {
    let zone = zone(zone_name);
    let named = [
        ("iat", at("2026-11-18T20:00:00Z")),
        ("exp", at("2026-11-18T21:00:00Z")),
    ];
    read(
        text,
        Setting {
            now: at(now),
            zone: &zone,
            named: &named,
        },
    )
}

#[test]
fn every_form_is_read() {
    for (text, form, expected) in [
        (
            "2026-11-21T22:40:13Z",
            Form::Rfc3339,
            "2026-11-21T22:40:13Z",
        ),
        (
            "2026-11-21t22:40:13z",
            Form::Rfc3339,
            "2026-11-21T22:40:13Z",
        ),
        (
            "2026-11-21 22:40:13 UTC",
            Form::Rfc3339,
            "2026-11-21T22:40:13Z",
        ),
        (
            "2026-11-21T22:40:13.250+05:30",
            Form::Rfc3339,
            "2026-11-21T17:10:13.25Z",
        ),
        (
            "2026-11-21 22:40:13-08:00",
            Form::Rfc3339,
            "2026-11-22T06:40:13Z",
        ),
        (
            "2026-11-21 22:40:13 -0800",
            Form::Rfc3339,
            "2026-11-22T06:40:13Z",
        ),
        (
            "2026-11-22 14:55:36 CET",
            Form::Rfc3339,
            "2026-11-22T13:55:36Z",
        ),
        (
            "2026-11-22T14:55:36+01:00[Europe/Berlin]",
            Form::Rfc9557,
            "2026-11-22T13:55:36Z",
        ),
        (
            "2026-11-22T14:55:36[Europe/Berlin]",
            Form::Rfc9557,
            "2026-11-22T13:55:36Z",
        ),
        (
            "2026-11-22T13:55:36Z[Europe/Berlin]",
            Form::Rfc9557,
            "2026-11-22T13:55:36Z",
        ),
        (
            "2026-11-22 14:55:36 Europe/Berlin",
            Form::Rfc9557,
            "2026-11-22T13:55:36Z",
        ),
        ("20261122T135536Z", Form::Rfc3339, "2026-11-22T13:55:36Z"),
        ("20261122135536Z", Form::DateTime, "2026-11-22T13:55:36Z"),
        (
            "Sun, 22 Nov 2026 13:55:36 GMT",
            Form::HttpDate,
            "2026-11-22T13:55:36Z",
        ),
        (
            "Sunday, 22-Nov-26 13:55:36 GMT",
            Form::Rfc850,
            "2026-11-22T13:55:36Z",
        ),
        (
            "Sun Nov 22 13:55:36 2026",
            Form::Asctime,
            "2026-11-22T13:55:36Z",
        ),
        (
            "Sun Nov 22 14:55:36 CET 2026",
            Form::Asctime,
            "2026-11-22T13:55:36Z",
        ),
        (
            "Sun Nov  1 13:55:36 2026",
            Form::Asctime,
            "2026-11-01T13:55:36Z",
        ),
        (
            "Sun, 22 Nov 2026 14:55:36 +0100",
            Form::Rfc2822,
            "2026-11-22T13:55:36Z",
        ),
        (
            "22 Nov 2026 08:55:36 EST",
            Form::Rfc2822,
            "2026-11-22T13:55:36Z",
        ),
        (
            "22/Nov/2026:13:55:36 -0330",
            Form::AccessLog,
            "2026-11-22T17:25:36Z",
        ),
        (
            "2026-11-22 13:55:36,123",
            Form::DateTime,
            "2026-11-22T13:55:36.123Z",
        ),
        (
            "2026/11/22 13:55:36",
            Form::DateTime,
            "2026-11-22T13:55:36Z",
        ),
        ("22.11.2026 13:55", Form::DateTime, "2026-11-22T13:55:00Z"),
        (
            "22 November 2026 13:55:36",
            Form::DateTime,
            "2026-11-22T13:55:36Z",
        ),
        ("Nov 22, 2026", Form::Date, "2026-11-22T00:00:00Z"),
        ("2026-11-22", Form::Date, "2026-11-22T00:00:00Z"),
        ("20261122", Form::Date, "2026-11-22T00:00:00Z"),
        ("Nov 22 13:55:36", Form::Syslog, "2026-11-22T13:55:36Z"),
        ("14:00", Form::Time, "2026-11-21T14:00:00Z"),
        ("1795300813", Form::EpochSeconds, "2026-11-21T22:40:13Z"),
        ("@1795300813", Form::EpochSeconds, "2026-11-21T22:40:13Z"),
        ("1795300813.5", Form::EpochSeconds, "2026-11-21T22:40:13.5Z"),
        (
            "1795300813123",
            Form::EpochMilliseconds,
            "2026-11-21T22:40:13.123Z",
        ),
        (
            "1795300813123456",
            Form::EpochMicroseconds,
            "2026-11-21T22:40:13.123456Z",
        ),
        (
            "1795300813123456789",
            Form::EpochNanoseconds,
            "2026-11-21T22:40:13.123456789Z",
        ),
        ("1795300813 s", Form::EpochSeconds, "2026-11-21T22:40:13Z"),
        ("0", Form::EpochSeconds, "1970-01-01T00:00:00Z"),
        ("-1", Form::EpochSeconds, "1969-12-31T23:59:59Z"),
        ("now", Form::Relative, NOW),
        ("3 days ago", Form::Relative, "2026-11-18T22:40:13Z"),
        ("in 5 minutes", Form::Relative, "2026-11-21T22:45:13Z"),
        ("an hour ago", Form::Relative, "2026-11-21T21:40:13Z"),
        ("+2h", Form::Relative, "2026-11-22T00:40:13Z"),
        ("-90s", Form::Relative, "2026-11-21T22:38:43Z"),
        ("1h 30m ago", Form::Relative, "2026-11-21T21:10:13Z"),
        ("5 minutes from now", Form::Relative, "2026-11-21T22:45:13Z"),
        ("now - 2h", Form::Relative, "2026-11-21T20:40:13Z"),
        ("tomorrow", Form::Relative, "2026-11-22T22:40:13Z"),
        ("yesterday 14:00", Form::Relative, "2026-11-20T14:00:00Z"),
        ("Yesterday at 14:00", Form::Relative, "2026-11-20T14:00:00Z"),
        ("noon", Form::Relative, "2026-11-21T12:00:00Z"),
        ("exp", Form::Claim, "2026-11-18T21:00:00Z"),
        ("EXP + 1 min", Form::Claim, "2026-11-18T21:01:00Z"),
        ("iat-1s", Form::Claim, "2026-11-18T19:59:59Z"),
        ("1 second before exp", Form::Claim, "2026-11-18T20:59:59Z"),
    ] {
        let reading = read_in(text, "UTC", NOW);
        let found = reading.as_ref().map(|reading| (reading.at, reading.form));
        assert_eq!(found, Ok((at(expected), form)), "{text}");
    }
}

#[test]
fn a_time_without_an_offset_is_read_in_the_zone() {
    for (text, zone, expected) in [
        (
            "2026-11-22 13:55:36",
            "Europe/Berlin",
            "2026-11-22T12:55:36Z",
        ),
        ("2026-07-01 12:00", "Europe/Berlin", "2026-07-01T10:00:00Z"),
        (
            "Sun Nov 22 13:55:36 2026",
            "Europe/Berlin",
            "2026-11-22T12:55:36Z",
        ),
        ("2026-07-01", "America/New_York", "2026-07-01T04:00:00Z"),
    ] {
        let reading = read_in(text, zone, NOW).unwrap();
        assert_eq!(reading.at, at(expected), "{text}");
        assert_eq!(reading.notes.first(), Some(&Note::InZone(zone.to_owned())));
    }
    let reading = read_in("2026-11-22T13:55:36Z", "Europe/Berlin", NOW).unwrap();
    assert_eq!(reading.notes, []);
}

#[test]
fn days_are_those_of_the_zone() {
    // Noon of the day after clocks were put back.
    let now = "2026-10-26T12:00:00Z";
    for (text, zone, expected) in [
        ("yesterday 14:00", "Europe/Berlin", "2026-10-25T13:00:00Z"),
        ("yesterday 14:00", "UTC", "2026-10-25T14:00:00Z"),
        ("2 days ago", "Europe/Berlin", "2026-10-24T11:00:00Z"),
        ("48h ago", "Europe/Berlin", "2026-10-24T12:00:00Z"),
    ] {
        let reading = read_in(text, zone, now).unwrap();
        assert_eq!(reading.at, at(expected), "{text} {zone}");
    }
}

#[test]
fn what_comes_twice_or_never_is_told() {
    for (text, zone, expected, is_fold) in [
        (
            "2026-10-25 02:30",
            "Europe/Berlin",
            "2026-10-25T00:30:00Z",
            true,
        ),
        (
            "2026-03-29 02:30",
            "Europe/Berlin",
            "2026-03-29T01:30:00Z",
            false,
        ),
        (
            "2026-11-01 01:30",
            "America/New_York",
            "2026-11-01T05:30:00Z",
            true,
        ),
        (
            "2026-03-08 02:30",
            "America/New_York",
            "2026-03-08T07:30:00Z",
            false,
        ),
        (
            "2026-10-04 02:15",
            "Australia/Lord_Howe",
            "2026-10-03T15:45:00Z",
            false,
        ),
    ] {
        let reading = read_in(text, zone, NOW).unwrap();
        assert_eq!(reading.at, at(expected), "{text}");
        let note = reading.notes.last();
        assert_eq!(note == Some(&Note::Fold), is_fold, "{text}");
        assert_eq!(matches!(note, Some(Note::Gap(_))), !is_fold, "{text}");
    }
    // An offset says which one.
    let reading = read_in("2026-10-25T02:30:00+01:00[Europe/Berlin]", "UTC", NOW).unwrap();
    assert_eq!(reading.at, at("2026-10-25T01:30:00Z"));
    assert_eq!(reading.notes, []);
}

#[test]
fn what_is_assumed_is_told() {
    for (text, note) in [
        ("14:00", "It names no date, so today was taken."),
        (
            "2026-11-22",
            "It names no time of day, so the beginning of the day was taken.",
        ),
        (
            "Nov 22 13:55:36",
            "It names no year, so the nearest one was taken: 2026.",
        ),
        (
            "Mon, 22 Nov 2026 13:55:36 GMT",
            "The date is a Sunday, and not the day that is written; the date was taken.",
        ),
        ("2026-11-22 14:55:36 CET", "CET was taken as UTC+01."),
        (
            "2026-11-22 14:55:36",
            "It names no offset, so it was read in UTC.",
        ),
    ] {
        let notes = read_in(text, "UTC", NOW).unwrap().notes;
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        assert!(notes.iter().any(|one| one == note), "{text}: {notes:?}");
    }
    // In January the last of December is the one of the year before.
    let reading = read_in("Dec 31 23:59:59", "UTC", "2027-01-02T00:00:00Z").unwrap();
    assert_eq!(reading.at, at("2026-12-31T23:59:59Z"));
    let leap = read_in("Feb 29 00:00:00", "UTC", NOW).unwrap();
    assert_eq!(leap.at, at("2028-02-29T00:00:00Z"));
}

#[test]
fn what_is_no_instant_is_explained_in_two_lines() {
    for (text, begins) in [
        ("", "Expected a time, found nothing."),
        ("soon", "Expected a time, found “soon”."),
        ("1.2.3", "Expected a"),
        ("90 s", "Expected a time, found the span “90 s”."),
        ("3 days", "Expected a time, found the span “3 days”."),
        (
            "2026-13-01",
            "Expected a date and time that exist, found “2026-13-01”.",
        ),
        (
            "2026-02-30T00:00:00Z",
            "Expected a date and time that exist",
        ),
        ("25:00", "Expected a date and time that exist"),
        ("nbf", "Expected a time that the token names, found “nbf”."),
        (
            "2 s before nbf",
            "Expected a time that the token names, found “nbf”.",
        ),
        (
            "2026-11-22T13:00[Europe/Atlantis]",
            "Expected the name of a time zone, found “Europe/Atlantis”.",
        ),
        (
            "2026-11-22 13:00 Europe/Atlantis",
            "Expected the name of a time zone, found “Europe/Atlantis”.",
        ),
        (
            "2026-11-22T14:55:36+02:00[Europe/Berlin]",
            "Expected an offset that Europe/Berlin has then",
        ),
        (
            "99999999999999999999999",
            "Expected a time between the years -9999 and 9999",
        ),
        (
            "300000000000 s",
            "Expected a time between the years -9999 and 9999",
        ),
        ("in 9999999 years", "Expected a time"),
        (
            &"1".repeat(200),
            "Expected a time of at most 128 characters, found 200.",
        ),
    ] {
        let error = read_in(text, "UTC", NOW).unwrap_err().to_string();
        assert!(error.starts_with(begins), "{text}: {error}");
        assert_eq!(error.lines().count(), 2, "{error}");
    }
    let error = read_in("nbf", "UTC", NOW).unwrap_err().to_string();
    assert!(error.ends_with("It names iat, exp."), "{error}");
}

#[test]
fn a_file_says_all_that_is_needed_or_nothing() {
    for (text, form, expected, assumes_utc) in [
        (
            "2026-11-22T13:55:36.123Z",
            Form::Rfc3339,
            "2026-11-22T13:55:36.123Z",
            false,
        ),
        (
            "2026-11-22 13:55:36,123",
            Form::DateTime,
            "2026-11-22T13:55:36.123Z",
            true,
        ),
        (
            "22/Nov/2026:13:55:36 +0000",
            Form::AccessLog,
            "2026-11-22T13:55:36Z",
            false,
        ),
        (
            "Sun, 22 Nov 2026 13:55:36 GMT",
            Form::HttpDate,
            "2026-11-22T13:55:36Z",
            false,
        ),
        (
            "1795300813123",
            Form::EpochMilliseconds,
            "2026-11-21T22:40:13.123Z",
            false,
        ),
    ] {
        let found = written(text).unwrap();
        assert_eq!(
            (found.at, found.form, found.assumes_utc),
            (at(expected), form, assumes_utc),
            "{text}"
        );
    }
    for text in [
        "",
        "now",
        "3 days ago",
        "exp",
        "14:00",
        "Nov 22 13:55:36",
        "2026-11-22",
        "2026-13-22T00:00:00Z",
        "hello",
    ] {
        assert_eq!(written(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,140}") {
        let _ = written(&text);
        if let Err(error) = read_in(&text, "Europe/Berlin", NOW) {
            prop_assert_eq!(error.to_string().lines().count(), 2);
        }
    }

    /// What looks like times: digits, signs, names and letters of theirs.
    #[test]
    fn no_text_like_a_time_is_too_odd(
        words in proptest::collection::vec("[0-9]{1,20}|[-+:./,@TZ\\[\\]]|now|exp|ago|in|before|yesterday|Nov|Sun,|GMT|\\+0100|days|h|Europe/Berlin| ", 0..12)
    ) {
        let text = words.concat();
        let _ = written(&text);
        let _ = read_in(&text, "America/New_York", NOW);
        let spaced = words.join(" ");
        let _ = read_in(&spaced, "America/New_York", NOW);
    }

    /// What is written by another implementation is read back: jiff's own printer of RFC 2822 and RFC 3339.
    #[test]
    fn what_was_printed_is_read_back(second in -62_000_000_000_i64..253_000_000_000) {
        let at = Timestamp::from_second(second).unwrap();
        prop_assert_eq!(read_in(&at.to_string(), "UTC", NOW).unwrap().at, at);
        if second >= 0 {
            let zoned = at.to_zoned(TimeZone::UTC);
            let text = jiff::fmt::rfc2822::to_string(&zoned).unwrap();
            prop_assert_eq!(read_in(&text, "UTC", NOW).unwrap().at, at);
            prop_assert_eq!(read_in(&second.to_string(), "UTC", NOW).is_ok(), true);
        }
    }
}
