//! Dates and times of day, as standards and logs write them.
//!
//! jiff reads each form; what is done here is to take the day of the week and the zone off, which stand in many places, and to
//! try the forms one after the other.

use jiff::civil::{Date, Time, Weekday};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::{DateTimeParser, Pieces, PiecesOffset};
use jiff::tz::{Offset, TimeZone};

use super::{Form, InstantError, told};

/// A date and time as it is written.
#[derive(Debug, Clone)]
pub(super) struct Absolute {
    pub(super) day: Day,
    pub(super) time: Option<Time>,
    pub(super) place: Place,
    /// The offset that is written beside the name of a zone.
    pub(super) offset: Option<Offset>,
    pub(super) form: Form,
    /// What day of the week it is said to be.
    pub(super) weekday: Option<Weekday>,
    /// Whether a word such as "today" says the day.
    pub(super) is_day_named: bool,
}

/// Which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    Full(Date),
    NoYear { month: i8, day: i8 },
    Today,
}

/// What is said of the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Abbreviation(&'static str, Offset),
    Named(TimeZone),
    Offset(Offset),
    Unsaid,
}

/// Letters that stand for an offset in hours: RFC 5322 section 4.3, and what mail, Java and Unix write in Europe and elsewhere.
/// Letters that mean several zones (IST, BST, AST) are not here.
const ABBREVIATIONS: [(&str, i8); 25] = [
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("Z", 0),
    ("WET", 0),
    ("WEST", 1),
    ("CET", 1),
    ("MEZ", 1),
    ("CEST", 2),
    ("MESZ", 2),
    ("EET", 2),
    ("EEST", 3),
    ("MSK", 3),
    ("JST", 9),
    ("KST", 9),
    ("AEST", 10),
    ("AEDT", 11),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
];

/// Forms that jiff reads by a format, without day of the week and zone, the longer ones first.
const FORMATS: [(&str, Form); 24] = [
    ("%d %b %Y %H:%M:%S%.f", Form::Rfc2822),
    ("%d %B %Y %H:%M:%S%.f", Form::DateTime),
    ("%d %b %y %H:%M:%S%.f", Form::Rfc2822),
    ("%d-%b-%Y %H:%M:%S%.f", Form::DateTime),
    ("%d-%b-%y %H:%M:%S%.f", Form::Rfc850),
    ("%d/%b/%Y:%H:%M:%S%.f", Form::AccessLog),
    ("%b %d %H:%M:%S%.f %Y", Form::Asctime),
    ("%b %d %Y %H:%M:%S%.f", Form::DateTime),
    ("%b %d, %Y %H:%M:%S%.f", Form::DateTime),
    ("%B %d, %Y %H:%M:%S%.f", Form::DateTime),
    ("%d.%m.%Y %H:%M:%S%.f", Form::DateTime),
    ("%d %b %Y %H:%M", Form::Rfc2822),
    ("%d %B %Y %H:%M", Form::DateTime),
    ("%b %d, %Y %H:%M", Form::DateTime),
    ("%B %d, %Y %H:%M", Form::DateTime),
    ("%d.%m.%Y %H:%M", Form::DateTime),
    ("%b %d %H:%M:%S%.f", Form::Syslog),
    ("%d %b %Y", Form::Date),
    ("%d %B %Y", Form::Date),
    ("%b %d %Y", Form::Date),
    ("%b %d, %Y", Form::Date),
    ("%B %d, %Y", Form::Date),
    ("%d-%b-%Y", Form::Date),
    ("%d.%m.%Y", Form::Date),
];

/// Digits that are a date, or a date and time, rather than a number: `20261122`, `20261122135536`, with `Z` behind it or not.
pub(super) fn digits(text: &str) -> Option<Absolute> {
    let (digits, place) = match text.strip_suffix(['Z', 'z']) {
        Some(digits) => (digits, Place::Offset(Offset::UTC)),
        None => (text, Place::Unsaid),
    };
    let is_date = digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.starts_with("19") || digits.starts_with("20"))
        && match digits.len() {
            8 => place == Place::Unsaid,
            14 => true,
            _ => false,
        };
    if !is_date {
        return None;
    }
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i8>().ok();
    let year: i16 = digits.get(..4)?.parse().ok()?;
    let date = Date::new(year, number(4, 6)?, number(6, 8)?).ok()?;
    let time = match digits.len() {
        8 => None,
        _ => Some(Time::new(number(8, 10)?, number(10, 12)?, number(12, 14)?, 0).ok()?),
    };
    Some(Absolute {
        day: Day::Full(date),
        time,
        form: match time {
            Some(_) => Form::DateTime,
            None => Form::Date,
        },
        place,
        offset: None,
        weekday: None,
        is_day_named: false,
    })
}

/// Reads a date, a time of day, or both.
pub(super) fn read(text: &str) -> Result<Absolute, InstantError> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let weekday = words
        .first()
        .and_then(|word| weekday(word.trim_end_matches(',')));
    if weekday.is_some() {
        words.remove(0);
    }
    let mut place = Place::Unsaid;
    let found = words
        .iter()
        .enumerate()
        .skip(1)
        .find_map(|(at, word)| Some((at, zone(word)?)));
    if let Some((at, zone)) = found {
        words.remove(at);
        // What follows in parentheses repeats it (RFC 5322 section 3.2.2).
        if words.get(at).is_some_and(|word| word.starts_with('(')) {
            words.remove(at);
        }
        place = zone?;
    }
    let rest = words.join(" ");
    // None of them begins with a year, and most lines of logs do.
    let is_year = |text: &str| text.bytes().take(4).filter(u8::is_ascii_digit).count() == 4;
    let found = iso(&rest, place.clone()).or_else(|| {
        let formats = if is_year(&rest) {
            &[][..]
        } else {
            &FORMATS[..]
        };
        formats
            .iter()
            .find_map(|(format, form)| formatted(&rest, format, *form, place.clone()))
            .map(Ok)
    });
    match found {
        Some(found) => Ok(Absolute {
            weekday,
            form: match (found.as_ref().map(|found| found.form), weekday, &place) {
                (Ok(Form::Rfc2822), Some(_), Place::Abbreviation("GMT", _)) => Form::HttpDate,
                (Ok(form), ..) => form,
                (Err(_), ..) => Form::DateTime,
            },
            ..found?
        }),
        None if is_like_a_date(&rest) => Err(InstantError::NoSuchDate(told(text))),
        None => Err(InstantError::Unknown(told(text))),
    }
}

/// `2026-11-22T13:55:36.5+01:00[Europe/Berlin]` and all that may be left out of it, with slashes in the date or a comma in the
/// time as logs have it.
fn iso(text: &str, place: Place) -> Option<Result<Absolute, InstantError>> {
    let text: String = text
        .char_indices()
        .map(|(at, c)| if c == '/' && at < 8 { '-' } else { c })
        .collect();
    if let Ok(time) = DateTimeParser::new().parse_time(&text)
        && text.contains(':')
        && !text.contains('-')
    {
        return Some(Ok(Absolute {
            day: Day::Today,
            time: Some(time),
            form: Form::Time,
            place,
            offset: None,
            weekday: None,
            is_day_named: false,
        }));
    }
    let pieces = Pieces::parse(&text).ok()?;
    let offset = pieces.to_numeric_offset();
    let (place, offset, form) = match (pieces.to_time_zone(), offset) {
        (Err(_), _) => {
            let name = text.split_once('[').map_or("", |(_, rest)| rest);
            let name = told(name.trim_end_matches(']'));
            return Some(Err(InstantError::NoSuchZone(name)));
        }
        (Ok(Some(zone)), offset) if pieces.time_zone_annotation().is_some() => {
            match pieces.offset() {
                // `Z` says nothing about the clocks of a place (RFC 9557 section 2.2).
                Some(PiecesOffset::Zulu) => (Place::Offset(Offset::UTC), None, Form::Rfc9557),
                _ => (Place::Named(zone), offset, Form::Rfc9557),
            }
        }
        (_, Some(offset)) => (Place::Offset(offset), None, Form::Rfc3339),
        (_, None) => {
            let form = match (&place, pieces.time()) {
                (_, None) => Form::Date,
                (Place::Unsaid, _) => Form::DateTime,
                (Place::Named(_), _) => Form::Rfc9557,
                _ => Form::Rfc3339,
            };
            (place, None, form)
        }
    };
    Some(Ok(Absolute {
        day: Day::Full(pieces.date()),
        time: pieces.time(),
        place,
        offset,
        form,
        weekday: None,
        is_day_named: false,
    }))
}

fn formatted(text: &str, format: &str, form: Form, place: Place) -> Option<Absolute> {
    let read = BrokenDownTime::parse(format, text).ok()?;
    let day = match read.year() {
        // Years of fewer digits are other numbers.
        Some(year) if year < 1000 => return None,
        Some(_) => Day::Full(read.to_date().ok()?),
        None => Day::NoYear {
            month: read.month()?,
            day: read.day()?,
        },
    };
    let time = match form {
        Form::Date => None,
        _ => Some(read.to_time().ok()?),
    };
    Some(Absolute {
        day,
        time,
        place,
        offset: None,
        form,
        weekday: None,
        is_day_named: false,
    })
}

/// What a word says of the zone; `None` when it says nothing.
fn zone(word: &str) -> Option<Result<Place, InstantError>> {
    let known = ABBREVIATIONS.iter().find(|(name, _)| *name == word);
    if let Some((name, hours)) = known {
        return Some(Ok(Place::Abbreviation(name, Offset::constant(*hours))));
    }
    if word.starts_with(['+', '-']) {
        let zone = DateTimeParser::new().parse_time_zone(word).ok()?;
        return Some(Ok(Place::Offset(zone.to_fixed_offset().ok()?)));
    }
    let name = word.trim_start_matches('[').trim_end_matches(']');
    let is_name = name.contains('/') && name.starts_with(|c: char| c.is_ascii_alphabetic());
    is_name.then(|| match TimeZone::get(name) {
        Ok(zone) => Ok(Place::Named(zone)),
        Err(_) => Err(InstantError::NoSuchZone(told(name))),
    })
}

/// A day of the week by its name or the first three letters of it.
fn weekday(word: &str) -> Option<Weekday> {
    let mut day = Weekday::Monday;
    for _ in 0..7 {
        let name = super::weekday_name(day);
        let short = name.get(..3).unwrap_or(name);
        if word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(short) {
            return Some(day);
        }
        day = day.next();
    }
    None
}

/// Whether a text has the shape of a date or a time, whatever its numbers are.
fn is_like_a_date(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let count = digits(text);
    let next = text.as_bytes().get(count);
    matches!(
        (count, next),
        (4, Some(b'-' | b'/')) | (1 | 2, Some(b':' | b'.' | b'/' | b'-' | b' '))
    )
}
