//! `exp`, `nbf` and leeway at the edges: to the nanosecond, and at the ends of what numbers and calendars hold.

use jiff::Timestamp;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::{Judgement, Policy};
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
    for at in [Timestamp::MIN, Timestamp::MAX] {
        let now = format!(r#"{{"nbf":{0},"exp":{0}}}"#, at.as_second());
        assert_reason(&now, at, u32::MAX, "");
    }
}

/// The number, and what it means as `exp` and as `nbf`.
const ENDS: &[(&str, &str, &str)] = &[
    ("-1e400", "expired", ""),
    ("-9223372036854775809", "expired", ""),
    ("-9223372036854775808", "expired", ""),
    ("-377705116801", "expired", ""),
    ("-1", "expired", ""),
    ("-0", "expired", ""),
    ("0", "expired", ""),
    ("1e-400", "expired", ""),
    ("2147483647", "", "not-yet-valid"),
    ("2147483648", "", "not-yet-valid"),
    ("4294967296", "", "not-yet-valid"),
    ("253402300800", "", "not-yet-valid"),
    ("9007199254740993", "", "not-yet-valid"),
    ("9223372036854775807", "", "not-yet-valid"),
    ("9223372036854775808", "", "not-yet-valid"),
    ("18446744073709551616", "", "not-yet-valid"),
    (
        "170141183460469231731687303715884105728",
        "",
        "not-yet-valid",
    ),
    ("1e400", "", "not-yet-valid"),
    ("1e99999999999999999999", "", "not-yet-valid"),
];

#[test]
fn numbers_at_the_ends_of_their_range() {
    for (number, as_exp, as_nbf) in ENDS {
        for leeway in [0, 60, 1_000_000] {
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
    ] {
        assert_reason(&format!(r#"{{"exp":{number}}}"#), at, 0, expected);
    }
}
