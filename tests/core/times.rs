//! `exp`, `nbf` and leeway at the edges: to the nanosecond, and at the ends of what numbers and calendars hold.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::{Judgement, Policy, TimeState};
use tokenloupe::keys::KeyRing;

use crate::common::{inspect, reasons};

/// 2026-11-18T21:00:00Z.
const MOMENT: i64 = 1_795_035_600;

fn judged(claims: &str, at: Timestamp, leeway_seconds: u32) -> Judgement {
    let token = format!(
        "{}.{}.{}",
        encode(br#"{"alg":"HS256"}"#),
        encode(claims.as_bytes()),
        encode(&[1; 32])
    );
    let policy = Policy {
        leeway_seconds,
        ..Policy::default()
    };
    inspect(&token, &KeyRing::default()).judge(&policy, at)
}

/// Whether verdict and time state say that it is too late or too early; they and the findings must agree.
#[track_caller]
fn assert_reason(claims: &str, at: Timestamp, leeway: u32, expected: &str) {
    let judgement = judged(claims, at, leeway);
    let found = reasons(&judgement);
    let expected = if expected.is_empty() {
        "no-key"
    } else {
        expected
    };
    assert_eq!(found, [expected], "{claims} at {at} with {leeway} s");
    assert_eq!(
        judgement.times.expired,
        expected == "expired",
        "{claims} at {at}"
    );
    assert_eq!(
        judgement.times.not_yet_valid,
        expected == "not-yet-valid",
        "{claims} at {at}"
    );
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn nanosecond(second: i64, nanosecond: i128) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(second) * 1_000_000_000 + nanosecond).unwrap()
}

#[test]
fn exp_to_the_second_and_to_the_nanosecond() {
    let claims = format!(r#"{{"exp":{MOMENT}}}"#);
    for leeway in [0, 1, 60, 86_400] {
        let last = MOMENT + i64::from(leeway);
        for (at, expected) in [
            (second(last - 1), ""),
            (nanosecond(last, -1), ""),
            (second(last), "expired"),
            (nanosecond(last, 1), "expired"),
            (second(last + 1), "expired"),
        ] {
            assert_reason(&claims, at, leeway, expected);
        }
    }
}

#[test]
fn nbf_to_the_second_and_to_the_nanosecond() {
    let claims = format!(r#"{{"nbf":{MOMENT},"exp":{}}}"#, MOMENT + 1_000_000);
    for leeway in [0, 1, 60, 86_400] {
        let first = MOMENT - i64::from(leeway);
        for (at, expected) in [
            (second(first - 1), "not-yet-valid"),
            (nanosecond(first, -1), "not-yet-valid"),
            (second(first), ""),
            (nanosecond(first, 1), ""),
            (second(first + 1), ""),
        ] {
            assert_reason(&claims, at, leeway, expected);
        }
    }
}

#[test]
fn a_leeway_that_is_longer_than_all_time() {
    assert_reason(
        r#"{"exp":0}"#,
        second(i64::from(u32::MAX) - 1),
        u32::MAX,
        "",
    );
    assert_reason(
        r#"{"exp":0}"#,
        second(i64::from(u32::MAX)),
        u32::MAX,
        "expired",
    );
    // The same for nbf: this is the first second at which it is taken.
    let nbf = i64::from(u32::MAX);
    let claims = format!(r#"{{"nbf":{nbf},"exp":1e300}}"#);
    assert_reason(&claims, second(-1), u32::MAX, "not-yet-valid");
    assert_reason(&claims, nanosecond(0, -1), u32::MAX, "not-yet-valid");
    assert_reason(&claims, second(0), u32::MAX, "");
    assert_reason(&claims, second(nbf - 1), 0, "not-yet-valid");
    assert_reason(&claims, second(nbf), 0, "");
    for at in [Timestamp::MIN, Timestamp::MAX] {
        let now = format!(r#"{{"nbf":{0},"exp":{0}}}"#, at.as_second());
        assert_reason(&now, at, u32::MAX, "");
    }
}

/// The number, and what it means as `exp` and as `nbf`.
const ENDS: &[(&str, &str, &str)] = &[
    ("-1e400", "expired", ""),
    ("-1e308", "expired", ""),
    ("-9223372036854775809", "expired", ""),
    ("-9223372036854775808", "expired", ""),
    ("-9007199254740993", "expired", ""),
    ("-9007199254740992", "expired", ""),
    ("-377705116801", "expired", ""),
    ("-0.5", "expired", ""),
    ("-1", "expired", ""),
    ("-0", "expired", ""),
    ("0", "expired", ""),
    ("1e-400", "expired", ""),
    ("5e-324", "expired", ""),
    ("2147483647", "", "not-yet-valid"),
    ("2147483648", "", "not-yet-valid"),
    ("4294967296", "", "not-yet-valid"),
    ("253402300799", "", "not-yet-valid"),
    ("253402300800", "", "not-yet-valid"),
    ("9007199254740991", "", "not-yet-valid"),
    ("9007199254740992", "", "not-yet-valid"),
    ("9007199254740993", "", "not-yet-valid"),
    ("9223372036854775807", "", "not-yet-valid"),
    ("9223372036854775808", "", "not-yet-valid"),
    ("18446744073709551616", "", "not-yet-valid"),
    (
        "170141183460469231731687303715884105728",
        "",
        "not-yet-valid",
    ),
    ("1e308", "", "not-yet-valid"),
    ("1.7976931348623157e308", "", "not-yet-valid"),
    ("1e400", "", "not-yet-valid"),
    ("1e99999999999999999999", "", "not-yet-valid"),
];

#[test]
fn numbers_at_the_ends_of_their_range() {
    for (number, as_exp, as_nbf) in ENDS {
        for leeway in [0, 1, 60, 1_000_000] {
            let at = second(MOMENT);
            assert_reason(&format!(r#"{{"exp":{number}}}"#), at, leeway, as_exp);
            assert_reason(
                &format!(r#"{{"nbf":{number},"exp":1e500}}"#),
                at,
                leeway,
                as_nbf,
            );
        }
    }
}

#[test]
fn the_clock_at_the_ends_of_the_calendar() {
    let (first, last) = (Timestamp::MIN, Timestamp::MAX);
    for leeway in [0, 60] {
        assert_reason(r#"{"exp":-1e400}"#, first, leeway, "expired");
        assert_reason(r#"{"exp":0}"#, first, leeway, "");
        assert_reason(r#"{"exp":0}"#, last, leeway, "expired");
        assert_reason(r#"{"exp":1e400}"#, last, leeway, "");
        assert_reason(r#"{"nbf":0,"exp":1e400}"#, first, leeway, "not-yet-valid");
        assert_reason(r#"{"nbf":-1e400,"exp":1e400}"#, first, leeway, "");
        assert_reason(
            r#"{"nbf":1e400,"exp":1e500}"#,
            last,
            leeway,
            "not-yet-valid",
        );
    }
    // The leeway reaches beyond both ends.
    let end = last.as_second();
    assert_reason(
        &format!(r#"{{"nbf":{},"exp":1e400}}"#, end + 60),
        second(end),
        60,
        "",
    );
    assert_reason(
        &format!(r#"{{"nbf":{},"exp":1e400}}"#, end + 61),
        second(end),
        60,
        "not-yet-valid",
    );
    let start = first.as_second();
    assert_reason(
        &format!(r#"{{"exp":{}}}"#, start - 59),
        second(start),
        60,
        "",
    );
    assert_reason(
        &format!(r#"{{"exp":{}}}"#, start - 60),
        second(start),
        60,
        "expired",
    );
}

/// What is written with a fraction or an exponent is compared as exactly.
#[test]
fn fractions_and_exponents() {
    for (number, at, expected) in [
        ("1795035600.000000001", second(MOMENT), ""),
        ("1795035600.000000001", nanosecond(MOMENT, 1), "expired"),
        ("1795035600.0000000011", nanosecond(MOMENT, 1), ""),
        ("1795035599.9999999999999999999", second(MOMENT), "expired"),
        ("1795035599.9999999999999999999", nanosecond(MOMENT, -1), ""),
        ("17950356e2", second(MOMENT), "expired"),
        ("17950356e2", nanosecond(MOMENT, -1), ""),
        ("1795035600000e-3", second(MOMENT), "expired"),
        ("1.7950356E+9", second(MOMENT), "expired"),
        ("1795035600000000000000e-12", nanosecond(MOMENT, -1), ""),
        ("0.0000000017950356e18", second(MOMENT), "expired"),
        // Before 1970 a fraction goes the other way.
        ("-0.5", nanosecond(-1, 500_000_000), "expired"),
        ("-0.5", nanosecond(-1, 499_999_999), ""),
        ("-1e-9", nanosecond(0, -1), "expired"),
        ("-1e-9", nanosecond(0, -2), ""),
        // A double would make one of the two.
        (
            "9007199254740993e-9",
            nanosecond(9_007_199, 254_740_992),
            "",
        ),
        (
            "9007199254740993e-9",
            nanosecond(9_007_199, 254_740_993),
            "expired",
        ),
    ] {
        assert_reason(&format!(r#"{{"exp":{number}}}"#), at, 0, expected);
        // The leeway moves it by whole seconds, and no fraction of one.
        let later = at.checked_add(jiff::SignedDuration::from_secs(60)).unwrap();
        assert_reason(&format!(r#"{{"exp":{number}}}"#), later, 60, expected);
    }
    for (number, at, expected) in [
        ("1795035600.000000001", second(MOMENT), "not-yet-valid"),
        ("1795035600.000000001", nanosecond(MOMENT, 1), ""),
        (
            "1795035600.0000000011",
            nanosecond(MOMENT, 1),
            "not-yet-valid",
        ),
        (
            "1795035599.9999999999999999999",
            nanosecond(MOMENT, -1),
            "not-yet-valid",
        ),
        ("1795035599.9999999999999999999", second(MOMENT), ""),
        ("17950356e2", nanosecond(MOMENT, -1), "not-yet-valid"),
        ("17950356e2", second(MOMENT), ""),
        ("-0.5", nanosecond(-1, 499_999_999), "not-yet-valid"),
        ("-0.5", nanosecond(-1, 500_000_000), ""),
    ] {
        let claims = format!(r#"{{"nbf":{number},"exp":1e300}}"#);
        assert_reason(&claims, at, 0, expected);
        let earlier = at.checked_sub(jiff::SignedDuration::from_secs(60)).unwrap();
        assert_reason(&claims, earlier, 60, expected);
    }
}

/// What is no JSON number is no time: malformed at any instant and with any leeway, and never taken for one.
#[test]
fn what_is_no_number_is_no_time() {
    for value in [
        "\"1795035600\"",
        "\"\"",
        "null",
        "true",
        "[1795035600]",
        "{}",
    ] {
        for leeway in [0, 60, u32::MAX] {
            for at in [Timestamp::MIN, second(MOMENT), Timestamp::MAX] {
                for claims in [
                    format!(r#"{{"exp":{value}}}"#),
                    format!(r#"{{"nbf":{value},"exp":1e300}}"#),
                    format!(r#"{{"exp":{value},"nbf":-1e300}}"#),
                ] {
                    let judgement = judged(&claims, at, leeway);
                    assert_eq!(reasons(&judgement), ["malformed"], "{claims} at {at}");
                    assert_eq!(judgement.times.state, TimeState::Unreadable);
                }
            }
        }
    }
}

/// Both at once, in either order: each is told, exp first.
#[test]
fn a_token_that_ends_before_it_begins_is_never_valid() {
    let claims = format!(r#"{{"nbf":{MOMENT},"exp":{}}}"#, MOMENT - 100);
    for (at, leeway, expected) in [
        (MOMENT - 101, 0, &["not-yet-valid"][..]),
        (MOMENT - 100, 0, &["expired", "not-yet-valid"]),
        (MOMENT - 1, 0, &["expired", "not-yet-valid"]),
        (MOMENT, 0, &["expired"]),
        // The leeway opens a gap between the two: 50 s before nbf, and 50 s after exp.
        (MOMENT - 51, 50, &["not-yet-valid"]),
        (MOMENT - 50, 50, &["expired"]),
        (MOMENT - 50, 51, &["no-key"]),
        (MOMENT - 51, 51, &["no-key"]),
        (MOMENT - 52, 51, &["not-yet-valid"]),
        (MOMENT - 49, 51, &["expired"]),
    ] {
        assert_eq!(
            reasons(&judged(&claims, second(at), leeway)),
            expected,
            "{at} {leeway}"
        );
    }
}

/// A count of nanoseconds as a JSON number of seconds, written in one of several ways.
fn written(nanoseconds: i128, how: usize) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let size = nanoseconds.unsigned_abs();
    let (whole, fraction) = (size / 1_000_000_000, size % 1_000_000_000);
    match how {
        0 => format!("{sign}{whole}.{fraction:09}"),
        1 => format!("{sign}{size}e-9"),
        2 => format!("{sign}{size}000E-12"),
        3 => format!("{sign}{whole}.{fraction:09}000e0"),
        _ => format!("{sign}0.{size:030}e21"),
    }
}

proptest! {
    /// RFC 7519 sections 4.1.4 and 4.1.5 over whole nanoseconds, beside exact decimals.
    #[test]
    fn times_are_compared_as_whole_nanoseconds_would_be(
        exp in -3_000_000_000_i128..3_000_000_000,
        nbf in -3_000_000_000_i128..3_000_000_000,
        at in -3_000_000_000_i128..3_000_000_000,
        base in select(vec![0, -5, MOMENT, -100_000_000_000, 200_000_000_000]),
        leeway in prop_oneof![0..3_u32, Just(u32::MAX)],
        is_far in any::<bool>(),
        how in (0..5_usize, 0..5_usize),
    ) {
        let base = i128::from(base) * 1_000_000_000;
        let allowed = i128::from(leeway) * 1_000_000_000;
        // As far from the instant as the leeway reaches, so that it decides.
        let far = if is_far { allowed } else { 0 };
        let (now, exp, nbf) = (base + at, base + exp - far, base + nbf + far);
        let claims = format!(r#"{{"exp":{},"nbf":{}}}"#, written(exp, how.0), written(nbf, how.1));
        let times = judged(&claims, Timestamp::from_nanosecond(now).unwrap(), leeway).times;
        prop_assert_eq!(times.expired, now >= exp + allowed, "{}", claims);
        prop_assert_eq!(times.not_yet_valid, now < nbf - allowed, "{}", claims);
        let needs_leeway = !times.expired && now >= exp || !times.not_yet_valid && now < nbf;
        prop_assert_eq!(times.within_leeway, needs_leeway, "{}", claims);
    }
}
