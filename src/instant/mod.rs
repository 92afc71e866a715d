//! A text to an instant, in whatever form people, protocols and logs write it.
//!
//! [`read`] is for what a person types: it knows the present, a zone, and times that have a name. [`written`] is for what
//! stands in a file, where only the text itself counts. Neither looks at the clock of the machine.

mod absolute;
mod epoch;
mod relative;

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use absolute::{Absolute, Day, Place};

/// No longer text is read, in bytes.
pub const MAX_TEXT: usize = 128;

/// So much of a text that cannot be read is told, in characters.
const TOLD: usize = 40;

/// What a text is read against.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The present: "3 days ago" is told from it.
    pub now: Timestamp,
    /// The zone of a time that names none.
    pub zone: &'a TimeZone,
    /// Times that have a name, such as `exp`.
    pub named: &'a [(&'a str, Timestamp)],
}

/// A text that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The instant.
    pub at: Timestamp,
    /// The form that it was taken to have.
    pub form: Form,
    /// What was assumed.
    pub notes: Vec<Note>,
}

/// How an instant was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// The log of a web server: `22/Nov/2026:13:55:36 +0000`.
    AccessLog,
    /// `Sun Nov 22 13:55:36 2026`, with a zone before the year or not.
    Asctime,
    /// Relative to a time that has a name: `exp - 1 s`.
    Claim,
    /// A date without a time.
    Date,
    /// A date and a time of day, without an offset.
    DateTime,
    /// Microseconds since 1970-01-01T00:00:00Z.
    EpochMicroseconds,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    EpochMilliseconds,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    EpochNanoseconds,
    /// Seconds since 1970-01-01T00:00:00Z.
    EpochSeconds,
    /// `Sun, 22 Nov 2026 13:55:36 GMT` (RFC 9110 section 5.6.7).
    HttpDate,
    /// Relative to the present: `3 days ago`.
    Relative,
    /// A date of mail: `Sun, 22 Nov 2026 14:55:36 +0100` (RFC 5322 section 3.3).
    Rfc2822,
    /// `2026-11-22T13:55:36Z`.
    Rfc3339,
    /// `Sunday, 22-Nov-26 13:55:36 GMT`, which RFC 9110 section 5.6.7 has recipients take.
    Rfc850,
    /// With the name of a zone: `2026-11-22T14:55:36+01:00[Europe/Berlin]` (RFC 9557).
    Rfc9557,
    /// Without a year: `Nov 22 13:55:36` (RFC 3164 section 4.1.2).
    Syslog,
    /// A time of day without a date.
    Time,
}

impl Form {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessLog => "access-log",
            Self::Asctime => "asctime",
            Self::Claim => "claim",
            Self::Date => "date",
            Self::DateTime => "date-time",
            Self::EpochMicroseconds => "epoch-microseconds",
            Self::EpochMilliseconds => "epoch-milliseconds",
            Self::EpochNanoseconds => "epoch-nanoseconds",
            Self::EpochSeconds => "epoch-seconds",
            Self::HttpDate => "http-date",
            Self::Relative => "relative",
            Self::Rfc2822 => "rfc2822",
            Self::Rfc3339 => "rfc3339",
            Self::Rfc850 => "rfc850",
            Self::Rfc9557 => "rfc9557",
            Self::Syslog => "syslog",
            Self::Time => "time",
        }
    }
}

impl fmt::Display for Form {
    /// In words, such as "milliseconds since 1970".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessLog => "the time of an access log",
            Self::Asctime => "a date as C and Unix print it",
            Self::Claim => "a time told from a claim",
            Self::Date => "a date",
            Self::DateTime => "a date and time",
            Self::EpochMicroseconds => "microseconds since 1970",
            Self::EpochMilliseconds => "milliseconds since 1970",
            Self::EpochNanoseconds => "nanoseconds since 1970",
            Self::EpochSeconds => "seconds since 1970",
            Self::HttpDate => "an HTTP date",
            Self::Relative => "a time told from now",
            Self::Rfc2822 => "a date of mail (RFC 2822)",
            Self::Rfc3339 => "RFC 3339",
            Self::Rfc850 => "an HTTP date of the old form (RFC 850)",
            Self::Rfc9557 => "a time with the name of its zone (RFC 9557)",
            Self::Syslog => "the time of a syslog line",
            Self::Time => "a time of day",
        })
    }
}

/// Something that a text does not say and that was assumed, or that it says wrongly. `Display` is a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Note {
    /// A zone is written as letters that are no name of one place.
    #[error("{name} was taken as UTC{offset}.")]
    Abbreviation {
        /// The letters.
        name: &'static str,
        /// What they were taken for, such as `+01`.
        offset: Offset,
    },
    /// A time of day that comes twice.
    #[error("Clocks were put back: this time came twice, and the first one was taken.")]
    Fold,
    /// A time of day that was passed over.
    #[error("Clocks were put forward: this time was passed over, and {0} was taken.")]
    Gap(Time),
    /// Neither offset nor zone is given.
    #[error("It names no offset, so it was read in {0}.")]
    InZone(String),
    /// No time of day is given.
    #[error("It names no time of day, so the beginning of the day was taken.")]
    StartOfDay,
    /// No date is given.
    #[error("It names no date, so today was taken.")]
    Today,
    /// The day of the week is another one.
    #[error("The date is a {0}, and not the day that is written; the date was taken.")]
    Weekday(&'static str),
    /// No year is given.
    #[error("It names no year, so the nearest one was taken: {0}.")]
    Year(i16),
}

/// Why a text is no instant. `Display` has two lines: what was expected and found, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// There is nothing.
    #[error("Expected a time, found nothing.\n{WAYS}")]
    Empty,
    /// A span, and not whether it lies before or after.
    #[error("Expected a time, found the span “{0}”.\nWrite “in {0}” or “{0} ago”.")]
    NoDirection(String),
    /// It looks like a date, but there is none such.
    #[error(
        "Expected a date and time that exist, found “{0}”.\nCheck month, day, hour and minute."
    )]
    NoSuchDate(String),
    /// A name that the times have not.
    #[error("Expected a time that the token names, found “{found}”.\n{}", names_of(.known))]
    NoSuchName {
        /// What is there.
        found: String,
        /// What there would be.
        known: Vec<String>,
    },
    /// A zone that no one has.
    #[error(
        "Expected the name of a time zone, found “{0}”.\nWrite it as Europe/Berlin, or give an offset such as +01:00."
    )]
    NoSuchZone(String),
    /// The offset is none that the zone has then.
    #[error(
        "Expected an offset that {0} has then, found another one.\nLeave the offset or the name of the zone out."
    )]
    OtherOffset(String),
    /// Beyond the years that can be shown.
    #[error(
        "Expected a time between the years -9999 and 9999, found one outside.\nCheck the number of digits."
    )]
    OutOfRange,
    /// Longer than [`MAX_TEXT`].
    #[error("Expected a time of at most {MAX_TEXT} characters, found {0}.\n{WAYS}")]
    TooLong(usize),
    /// Nothing that is known.
    #[error("Expected a time, found “{0}”.\n{WAYS}")]
    Unknown(String),
}

/// What may be written.
const WAYS: &str = "Write it as 2026-11-21T22:40:13Z, as seconds since 1970, or as “3 days ago”.";

fn names_of(known: &[String]) -> String {
    match known {
        [] => "It names none; write the time itself.".to_owned(),
        known => format!("It names {}.", known.join(", ")),
    }
}

/// Reads what a person typed.
///
/// # Errors
///
/// When it is no instant; says what was expected and found.
pub fn read(text: &str, setting: Setting<'_>) -> Result<Reading, InstantError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InstantError::Empty);
    }
    if text.len() > MAX_TEXT {
        return Err(InstantError::TooLong(text.chars().count()));
    }
    if let Some(absolute) = absolute::digits(text) {
        return resolve(&absolute, setting, 0);
    }
    if let Some(reading) = epoch::read(text) {
        return reading;
    }
    if let Some(reading) = relative::read(text, setting) {
        return reading;
    }
    resolve(&absolute::read(text)?, setting, 0)
}

/// An instant as a file says it, by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Written {
    /// The instant.
    pub at: Timestamp,
    /// How it is written.
    pub form: Form,
    /// Whether it names neither offset nor zone, and was read as UTC.
    pub assumes_utc: bool,
}

/// Reads an instant that stands in a file. `None` when it is none, or rests on more than the text: a time without its date
/// or year is none.
pub fn written(text: &str) -> Option<Written> {
    let text = text.trim();
    if text.len() > MAX_TEXT {
        return None;
    }
    if absolute::digits(text).is_none()
        && let Some(reading) = epoch::read(text)
    {
        let Reading { at, form, .. } = reading.ok()?;
        return Some(Written {
            at,
            form,
            assumes_utc: false,
        });
    }
    let absolute = absolute::digits(text).or_else(|| absolute::read(text).ok())?;
    let (Day::Full(_), Some(_)) = (absolute.day, absolute.time) else {
        return None;
    };
    let setting = Setting {
        now: Timestamp::UNIX_EPOCH,
        zone: &TimeZone::UTC,
        named: &[],
    };
    let Reading { at, form, .. } = resolve(&absolute, setting, 0).ok()?;
    Some(Written {
        at,
        form,
        assumes_utc: absolute.place == Place::Unsaid,
    })
}

/// The instant of a date and time, so many days later.
fn resolve(absolute: &Absolute, setting: Setting<'_>, days: i64) -> Result<Reading, InstantError> {
    let mut notes = Vec::new();
    let zone = match &absolute.place {
        Place::Unsaid => {
            notes.push(Note::InZone(zone_name(setting.zone)));
            setting.zone.clone()
        }
        Place::Offset(offset) => offset.to_time_zone(),
        Place::Abbreviation(name, offset) => {
            if *offset != Offset::UTC {
                notes.push(Note::Abbreviation {
                    name,
                    offset: *offset,
                });
            }
            offset.to_time_zone()
        }
        Place::Named(zone) => zone.clone(),
    };
    let today = setting.now.to_zoned(zone.clone()).date();
    let date = match absolute.day {
        Day::Full(date) => date,
        Day::NoYear { month, day } => {
            let date = nearest(today, month, day)
                .ok_or_else(|| InstantError::NoSuchDate(format!("{month}-{day}")))?;
            notes.push(Note::Year(date.year()));
            date
        }
        Day::Today => {
            if days == 0 && !absolute.is_day_named {
                notes.push(Note::Today);
            }
            let span = jiff::Span::new().try_days(days);
            span.and_then(|span| today.checked_add(span))
                .map_err(|_fault| InstantError::OutOfRange)?
        }
    };
    if absolute
        .weekday
        .is_some_and(|weekday| weekday != date.weekday())
    {
        notes.push(Note::Weekday(weekday_name(date.weekday())));
    }
    let time = absolute.time.unwrap_or_else(|| {
        notes.push(Note::StartOfDay);
        Time::midnight()
    });
    let shown = date.to_datetime(time);
    let at = match absolute.offset {
        None => at(shown, &zone, &mut notes)?,
        Some(offset) => {
            let at = offset.to_timestamp(shown);
            let at = at.map_err(|_fault| InstantError::OutOfRange)?;
            if zone.to_offset(at) != offset {
                return Err(InstantError::OtherOffset(zone_name(&zone)));
            }
            at
        }
    };
    Ok(Reading {
        at,
        form: absolute.form,
        notes,
    })
}

/// The instant at which clocks of a zone show this.
fn at(shown: DateTime, zone: &TimeZone, notes: &mut Vec<Note>) -> Result<Timestamp, InstantError> {
    let ambiguous = zone.to_ambiguous_timestamp(shown);
    let kind = ambiguous.offset();
    let at = ambiguous
        .compatible()
        .map_err(|_fault| InstantError::OutOfRange)?;
    match kind {
        AmbiguousOffset::Unambiguous { .. } => {}
        AmbiguousOffset::Fold { .. } => notes.push(Note::Fold),
        AmbiguousOffset::Gap { .. } => {
            notes.push(Note::Gap(at.to_zoned(zone.clone()).time()));
        }
    }
    Ok(at)
}

/// The day of this name that is nearest to today.
fn nearest(today: Date, month: i8, day: i8) -> Option<Date> {
    (-4_i16..=4)
        .filter_map(|by| Date::new(today.year().checked_add(by)?, month, day).ok())
        .min_by_key(|date| date.duration_since(today).abs())
}

/// The name of a zone: `Europe/Berlin`, `UTC`, or its offset.
pub fn zone_name(zone: &TimeZone) -> String {
    match (zone.iana_name(), zone.to_fixed_offset()) {
        (Some(name), _) => name.to_owned(),
        (None, Ok(offset)) if offset == Offset::UTC => "UTC".to_owned(),
        (None, Ok(offset)) => format!("UTC{offset}"),
        (None, Err(_)) => "the zone of this machine".to_owned(),
    }
}

fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// A text as it is told, cut where it is long.
fn told(text: &str) -> String {
    match text.char_indices().nth(TOLD) {
        Some((at, _)) => format!("{}\u{2026}", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
