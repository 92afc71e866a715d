//! Times told from the present, from a day or from a time that has a name: `3 days ago`, `yesterday 14:00`, `exp - 1 s`.

use jiff::fmt::friendly::SpanParser;
use jiff::{Span, Timestamp};

use super::absolute::{self, Day};
use super::{Form, InstantError, Reading, Setting, resolve, told};

/// Reads such a text; `None` when it is none.
pub(super) fn read(text: &str, setting: Setting<'_>) -> Option<Result<Reading, InstantError>> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let now = (setting.now, Form::Relative);
    // `+2h`, `-90s`, `in 5 minutes`, `5 minutes from now`, `3 days ago`.
    for (rest, is_later) in [
        (text.strip_prefix('+'), true),
        (text.strip_prefix("in "), true),
        (text.strip_suffix(" from now"), true),
        (text.strip_suffix(" later"), true),
        (text.strip_prefix('-'), false),
        (text.strip_suffix(" ago"), false),
        (text.strip_suffix(" earlier"), false),
    ] {
        if let Some(span) = rest.and_then(span) {
            return Some(moved(now, span, is_later, setting));
        }
    }
    // `1 min before exp`, `a second after iat`.
    for (word, is_later) in [(" before ", false), (" after ", true)] {
        if let Some((rest, name)) = text.split_once(word)
            && let Some(span) = span(rest)
        {
            let Some(base) = named(name, setting) else {
                return Some(Err(no_such_name(name, setting)));
            };
            return Some(moved(base, span, is_later, setting));
        }
    }
    if span(&text).is_some() {
        return Some(Err(InstantError::NoDirection(told(&text))));
    }
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    let rest = rest.trim_start();
    if let Some(base) = named(name, setting) {
        if rest.is_empty() {
            return Some(Ok(reading(base)));
        }
        for (sign, is_later) in [('+', true), ('-', false)] {
            if let Some(span) = rest
                .strip_prefix(sign)
                .and_then(|rest| span(rest.trim_start()))
            {
                return Some(moved(base, span, is_later, setting));
            }
        }
    }
    if let Some(reading) = day(name, rest, setting) {
        return Some(reading);
    }
    // What looks like a claim, and is none of this token's.
    let is_claim = matches!(name, "auth_time" | "exp" | "iat" | "nbf");
    is_claim.then(|| Err(no_such_name(name, setting)))
}

/// A day by its name, at the time of day that follows.
fn day(name: &str, rest: &str, setting: Setting<'_>) -> Option<Result<Reading, InstantError>> {
    let days = match name {
        "noon" | "midnight" if rest.is_empty() => return day("today", name, setting),
        "today" => 0,
        "tomorrow" => 1,
        "yesterday" => -1,
        _ => return None,
    };
    let rest = rest.strip_prefix("at ").unwrap_or(rest);
    let time = match rest {
        // As GNU date has it: the same time of that day.
        "" => {
            let (span, is_later) = (Span::new().days(i32::from(days != 0)), days >= 0);
            let now = (setting.now, Form::Relative);
            return Some(moved(now, span, is_later, setting));
        }
        "noon" => "12:00",
        "midnight" => "00:00",
        other => other,
    };
    let mut time = absolute::read(&time.to_uppercase()).ok()?;
    if time.day != Day::Today {
        return None;
    }
    time.form = Form::Relative;
    time.is_day_named = true;
    Some(resolve(&time, setting, days))
}

/// The present, or a time of the token by its name.
fn named(name: &str, setting: Setting<'_>) -> Option<(Timestamp, Form)> {
    if name == "now" {
        return Some((setting.now, Form::Relative));
    }
    let mut all = setting.named.iter();
    let (_, at) = all.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some((*at, Form::Claim))
}

fn no_such_name(name: &str, setting: Setting<'_>) -> InstantError {
    InstantError::NoSuchName {
        found: told(name),
        known: setting.named.iter().map(|(name, _)| told(name)).collect(),
    }
}

fn reading((at, form): (Timestamp, Form)) -> Reading {
    Reading {
        at,
        form,
        notes: Vec::new(),
    }
}

/// Days, months and years are those of the zone.
fn moved(
    (from, form): (Timestamp, Form),
    span: Span,
    is_later: bool,
    setting: Setting<'_>,
) -> Result<Reading, InstantError> {
    let from = from.to_zoned(setting.zone.clone());
    let moved = if is_later {
        from.checked_add(span)
    } else {
        from.checked_sub(span)
    };
    let at = moved
        .map_err(|_fault| InstantError::OutOfRange)?
        .timestamp();
    Ok(reading((at, form)))
}

/// A span in words that is not negative: `3 days`, `2h 30m`, `an hour`.
fn span(text: &str) -> Option<Span> {
    let text = text.trim();
    let text = match text.split_once(' ') {
        Some(("a" | "an" | "one", rest)) => format!("1 {rest}"),
        _ => text.to_owned(),
    };
    let is_signed = text.starts_with(['+', '-']) || text.ends_with("ago");
    if is_signed {
        return None;
    }
    SpanParser::new().parse_span(&text).ok()
}
