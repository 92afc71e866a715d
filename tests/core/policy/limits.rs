//! Age and lifetime to the second and to the nanosecond, and at the ends of what numbers and calendars hold.

use jiff::Timestamp;
use tokenloupe::judge::{CheckResult, Judgement, Policy};

use super::{GOOD_HEADER, check, ring, secret};
use crate::common::{inspect, reasons};

/// 2026-11-18T21:00:00Z.
const MOMENT: i64 = 1_795_035_600;

fn judged(claims: &str, at: Timestamp, policy: &Policy) -> Judgement {
    let token = secret().token("HS256", GOOD_HEADER, claims);
    inspect(&token, &ring()).judge(policy, at)
}

fn nanosecond(second: i64, nanosecond: i128) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(second) * 1_000_000_000 + nanosecond).unwrap()
}

#[track_caller]
fn assert_limit(name: &str, claims: &str, at: Timestamp, policy: &Policy, is_met: bool) {
    let judgement = judged(claims, at, policy);
    let check = check(&judgement, name);
    let expected = if is_met {
        CheckResult::Passed
    } else {
        CheckResult::Failed
    };
    assert_eq!(check.result, expected, "{claims} at {at}: {}", check.text);
    let is_refused = reasons(&judgement).contains(&"policy-lifetime");
    assert_eq!(is_refused, !is_met, "{claims} at {at}");
}

#[test]
fn age_to_the_second_and_to_the_nanosecond() {
    let claims = format!(r#"{{"iat":{MOMENT}}}"#);
    for (limit, leeway) in [(0, 0), (300, 0), (300, 60), (0, 60), (86_400, 1)] {
        let policy = Policy {
            max_age_seconds: Some(limit),
            leeway_seconds: leeway,
            ..Policy::default()
        };
        let first = MOMENT - i64::from(leeway);
        let last = MOMENT + i64::from(limit) + i64::from(leeway);
        for (at, is_met) in [
            (nanosecond(first - 1, 0), false),
            (nanosecond(first, -1), false),
            (nanosecond(first, 0), true),
            (nanosecond(MOMENT, 0), true),
            (nanosecond(last, 0), true),
            (nanosecond(last, 1), false),
            (nanosecond(last + 1, 0), false),
        ] {
            assert_limit("max-age", &claims, at, &policy, is_met);
        }
    }
}

#[test]
fn lifetime_to_the_second_and_beyond() {
    // The end of everything: leeway and the instant make no difference to a lifetime.
    for (at, leeway) in [(MOMENT, 0), (MOMENT, 60), (0, u32::MAX)] {
        for (limit, claims, is_met) in [
            (60, r#"{"iat":100,"exp":159}"#, true),
            (60, r#"{"iat":100,"exp":160}"#, true),
            (60, r#"{"iat":100,"exp":161}"#, false),
            (60, r#"{"iat":100,"exp":160.0}"#, true),
            (60, r#"{"iat":100,"exp":160.000000000000000000001}"#, false),
            (60, r#"{"iat":100.000000000000000000001,"exp":160}"#, true),
            (60, r#"{"iat":0.1,"exp":60.1}"#, true),
            (60, r#"{"iat":0.1,"exp":60.10000000001}"#, false),
            (60, r#"{"iat":-30,"exp":30}"#, true),
            (60, r#"{"iat":-30,"exp":30.5}"#, false),
            (60, r#"{"iat":-100,"exp":-40}"#, true),
            (60, r#"{"iat":-100,"exp":-39}"#, false),
            (0, r#"{"iat":5,"exp":5}"#, true),
            (0, r#"{"iat":5,"exp":4}"#, true),
            (0, r#"{"iat":5,"exp":6}"#, false),
            (60, r#"{"nbf":100,"exp":160}"#, true),
            (60, r#"{"nbf":100,"exp":161}"#, false),
            // Where both are there, iat counts.
            (60, r#"{"iat":0,"nbf":100,"exp":160}"#, false),
            (60, r#"{"iat":null,"nbf":100,"exp":160}"#, false),
        ] {
            let policy = Policy {
                max_lifetime_seconds: Some(limit),
                leeway_seconds: leeway,
                ..Policy::default()
            };
            assert_limit("max-lifetime", claims, nanosecond(at, 0), &policy, is_met);
        }
    }
}

#[test]
fn numbers_of_any_size_have_an_answer() {
    let at = nanosecond(MOMENT, 0);
    let policy = Policy {
        max_age_seconds: Some(u32::MAX),
        max_lifetime_seconds: Some(u32::MAX),
        leeway_seconds: u32::MAX,
        ..Policy::default()
    };
    let long = "9".repeat(5_000);
    for (exp, iat, lives, is_young) in [
        ("4294967295", "0", true, true),
        ("4294967294.999999999", "-1e-9", true, true),
        ("4294967295", "-1e-9", false, true),
        ("9007199254740993", "9007194959773697", false, false),
        ("9007199254740993", "9007194959773698", true, false),
        ("1e308", "1e308", true, false),
        ("1e308", "0", false, true),
        ("-1e308", "0", true, true),
        ("4294967296", "0", false, true),
        ("1e400", "1e400", true, false),
        ("1e400", "0", false, true),
        ("-1e400", "1e400", true, false),
        ("1e400", "-1e400", false, false),
        (
            "1e9999999999999999999",
            "1e9999999999999999999",
            true,
            false,
        ),
        ("1e9999999999999999999", "0", false, true),
        ("1e-9999999999999999999", "0", true, true),
        ("5", "1e-9999999999999999999", false, true),
        ("0", "1e-9999999999999999999", true, true),
        ("9007199254740993", "9007199254740992", true, false),
        (&long, "1", false, true),
        (&long, &long, true, false),
        (
            "170141183460469231731687303715884105728",
            "170141183460469231731687303715884105727",
            true,
            false,
        ),
    ] {
        let claims = format!(r#"{{"iat":{iat},"exp":{exp}}}"#);
        let judgement = judged(&claims, at, &policy);
        let result = |name| check(&judgement, name).result == CheckResult::Passed;
        assert_eq!(
            (result("max-lifetime"), result("max-age")),
            (lives, is_young),
            "{exp:.20} {iat:.20}"
        );
    }
    // The ends of the calendar.
    for at in [Timestamp::MIN, Timestamp::MAX] {
        let judgement = judged(r#"{"iat":0,"exp":1}"#, at, &policy);
        assert_eq!(
            check(&judgement, "max-age").result,
            CheckResult::Failed,
            "{at}"
        );
    }
}
