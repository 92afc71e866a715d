//! Numbers since 1970-01-01T00:00:00Z. Their size says of what.

use jiff::Timestamp;

use super::{Form, InstantError, Reading};

/// Units of a second, from the one that is taken for the smallest numbers on, each with its letters.
const UNITS: [(Form, i128, &[&str]); 4] = [
    (Form::EpochSeconds, 1_000_000_000, &["s"]),
    (Form::EpochMilliseconds, 1_000_000, &["ms"]),
    (
        Form::EpochMicroseconds,
        1_000,
        &["us", "\u{B5}s", "\u{3BC}s"],
    ),
    (Form::EpochNanoseconds, 1, &["ns"]),
];

/// From a number so large on it is of the second unit: in seconds that is the year 5138. A thousand times as large, of the
/// next one.
const LARGE: i128 = 100_000_000_000;

/// Fewer digits before letters such as `s` are a span.
const LEAST_DIGITS: usize = 9;

/// Finer than a nanosecond: no more digits of a fraction are looked at.
const MAX_FRACTION: u32 = 18;

/// Reads a number, negative or not, with a fraction or not; `@` before it, as GNU date has it, and letters of a unit behind it
/// are taken. `None` when it is none.
pub(super) fn read(text: &str) -> Option<Result<Reading, InstantError>> {
    let text = text.strip_prefix('@').unwrap_or(text);
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(rest.len());
    let (number, letters) = rest.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let letters = letters.trim_start();
    let is_of = |(_, _, of): &&(Form, i128, &[&str])| of.contains(&letters);
    let said = UNITS.iter().find(is_of);
    if !letters.is_empty() && (said.is_none() || whole.len() < LEAST_DIGITS) {
        return None;
    }
    Some(instant(sign, whole, fraction, said).ok_or(InstantError::OutOfRange))
}

fn instant(
    sign: i128,
    whole: &str,
    fraction: &str,
    said: Option<&(Form, i128, &[&str])>,
) -> Option<Reading> {
    let whole: i128 = whole.parse().ok()?;
    let mut limit = LARGE;
    let by_size = || {
        UNITS.iter().find(|_| {
            let is_below = whole < limit;
            limit = limit.saturating_mul(1_000);
            is_below
        })
    };
    let (form, unit, _) = said.or_else(by_size)?;
    let mut part = 0_i128;
    let mut scale = 1_i128;
    for digit in fraction.bytes().take(MAX_FRACTION as usize) {
        part = part
            .checked_mul(10)?
            .checked_add(i128::from(digit.checked_sub(b'0')?))?;
        scale = scale.checked_mul(10)?;
    }
    let nanoseconds = whole
        .checked_mul(*unit)?
        .checked_add(part.checked_mul(*unit)?.checked_div(scale)?)?
        .checked_mul(sign)?;
    Some(Reading {
        at: Timestamp::from_nanosecond(nanoseconds).ok()?,
        form: *form,
        notes: Vec::new(),
    })
}
