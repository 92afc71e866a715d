//! What holds for every judgement: tokens of every algorithm, times at the ends of what numbers hold, any leeway.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use tokenloupe::inspection::Inspection;
use tokenloupe::judge::{
    Expectation, Judgement, Policy, ProfileChoice, ProfileName, Revoked, Strictness, Verdict,
    VerdictOutcome,
};
use tokenloupe::keys::{KeyRing, load};

use crate::certificates::{request, x5c};
use crate::common::{inspect, reasons};
use crate::sd_jwt::make::{Parties, disclosure, present};
use crate::way::{KEYS, Secret, key};

/// 2026-11-21T22:40:13Z.
const NOW: i64 = 1_795_300_813;

/// What the instant decides, and nothing else does: checks,
const TIMED_CHECKS: [&str; 5] = ["time", "max-age", "nested", "key", "key-binding"];
/// rules,
const TIMED_RULES: [&str; 5] = [
    "iat-future",
    "lifetime-long",
    "outside-validity",
    "sd-kb-mismatch",
    "x5c-validity",
];
/// expectations,
const TIMED_EXPECTATIONS: [&str; 1] = ["max-age"];
/// and reasons. A certificate outside its validity leaves the token's own key, whose holder may be anybody.
const TIMED_REASONS: [&str; 4] = [
    "expired",
    "not-yet-valid",
    "only-token-supplied-key",
    "policy-lifetime",
];

fn signer() -> impl Strategy<Value = &'static (&'static str, Secret)> {
    select(KEYS.iter().collect::<Vec<_>>())
}

/// A NumericDate, as it is written: near [`NOW`], and wherever numbers change their nature.
fn number() -> impl Strategy<Value = String> {
    let near = (
        -400..400_i64,
        select(vec!["", ".0", ".5", ".000000001", "e0", "E+0"]),
    )
        .prop_map(|(by, end)| format!("{}{end}", NOW + by));
    let far = select(vec![
        "0",
        "-0",
        "-1",
        "1e-400",
        "5e-324",
        "2147483648",
        "4294967295",
        "9007199254740992",
        "9007199254740993",
        "-9007199254740993",
        "9223372036854775808",
        "253402300800",
        "-377705116801",
        "1e308",
        "-1e308",
        "1e400",
        "-1e400",
        "1e99999999999999999999",
        "1795300813000e-3",
    ]);
    let odd = select(vec!["\"1795300813\"", "null", "true", "[1]", "{}"]);
    prop_oneof![
        6 => near,
        3 => far.prop_map(str::to_owned),
        1 => odd.prop_map(str::to_owned),
    ]
}

/// Claims as text, some of them twice.
fn claims() -> impl Strategy<Value = String> {
    let member = (
        select(vec!["exp", "exp", "nbf", "iat", "auth_time"]),
        number(),
    );
    let jti = prop::option::of(select(vec![r#""jti":"1""#, r#""jti":1"#, r#""jti":"2""#]));
    let members = prop::collection::vec(member, 0..4);
    (members, jti).prop_map(|(members, jti)| {
        let times = members
            .iter()
            .map(|(name, value)| format!(r#""{name}":{value}"#));
        let members: Vec<String> = times.chain(jti.map(str::to_owned)).collect();
        format!("{{{}}}", members.join(","))
    })
}

fn leeway() -> impl Strategy<Value = u32> {
    prop_oneof![
        Just(0),
        0..500_u32,
        any::<u32>(),
        Just(u32::MAX - 1),
        Just(u32::MAX)
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let limit = || prop::option::of(prop_oneof![0..500_u32, Just(u32::MAX)]);
    let profile = select(vec![
        ProfileChoice::Auto,
        ProfileChoice::Named(ProfileName::Jwt),
        ProfileChoice::Named(ProfileName::Jws),
        ProfileChoice::Named(ProfileName::AccessToken),
    ]);
    (leeway(), limit(), limit(), profile, any::<bool>()).prop_map(
        |(leeway_seconds, max_age_seconds, max_lifetime_seconds, profile, is_strict)| Policy {
            leeway_seconds,
            max_age_seconds,
            max_lifetime_seconds,
            profile,
            strictness: if is_strict {
                Strictness::Strict
            } else {
                Strictness::Lenient
            },
            ..Policy::default()
        },
    )
}

/// An instant near [`NOW`], or at an end of the calendar.
fn instant() -> impl Strategy<Value = Timestamp> {
    let near = (-500..500_i64, 0..1_000_000_000_i32)
        .prop_map(|(by, nanosecond)| Timestamp::new(NOW + by, nanosecond).unwrap());
    prop_oneof![
        8 => near,
        1 => Just(Timestamp::MIN),
        1 => Just(Timestamp::MAX),
        1 => Just(Timestamp::UNIX_EPOCH),
    ]
}

fn is_accepted(judgement: &Judgement) -> bool {
    judgement.verdict.outcome == VerdictOutcome::Accept
}

fn timely(judgement: &Judgement) -> Vec<&'static str> {
    let reasons = reasons(judgement).into_iter();
    reasons
        .filter(|reason| TIMED_REASONS.contains(reason))
        .collect()
}

/// Everything that is said of a token and its layers, but for what the instant decides.
fn lasting(judgement: &Judgement) -> Vec<String> {
    let mut said = Vec::new();
    for layer in judgement.layers() {
        let Judgement {
            profile,
            checks,
            findings,
            not_run,
            times,
            expectations,
            ..
        } = layer;
        said.push(format!("{profile:?} {not_run:?} {:?}", times.marks));
        said.push(format!(
            "{:?} {:?}",
            times.lifetime_seconds, times.leeway_seconds
        ));
        let lasts = |check: &&tokenloupe::judge::Check| !TIMED_CHECKS.contains(&check.check);
        said.extend(
            checks
                .iter()
                .filter(lasts)
                .map(|check| format!("{check:?}")),
        );
        let lasts = |of: &&tokenloupe::judge::Finding| !TIMED_RULES.contains(&of.rule);
        said.extend(findings.iter().filter(lasts).map(|of| format!("{of:?}")));
        let lasts = |of: &&Expectation| !TIMED_EXPECTATIONS.contains(&of.name);
        said.extend(
            expectations
                .iter()
                .filter(lasts)
                .map(|of| format!("{of:?}")),
        );
    }
    said
}

/// The reasons that do not come from the instant. Refusals put open questions aside, so those alone can go or come.
fn lasting_refusals(verdict: &Verdict) -> Vec<&'static str> {
    let reasons = verdict.reasons.iter();
    reasons
        .filter(|reason| reason.is_refusal() && !TIMED_REASONS.contains(&reason.name()))
        .map(|reason| reason.name())
        .collect()
}

fn assert_lasting(inspection: &Inspection, policy: &Policy, one: Timestamp, other: Timestamp) {
    let (one, other) = (
        inspection.judge(policy, one),
        inspection.judge(policy, other),
    );
    assert_eq!(lasting(&one), lasting(&other));
    for (one, other) in one.layers().zip(other.layers()) {
        // A rule that refuses by the instant is one of those that are named.
        let of = |judgement: &Judgement| {
            let mut refusals = lasting_refusals(&judgement.verdict);
            refusals.retain(|reason| !TIMED_RULES.contains(reason));
            refusals
        };
        assert_eq!(of(one), of(other));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 384,
        // The keys are others each time: a seed brings nothing back.
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn more_leeway_never_takes_a_token_away(
        (alg, key) in signer(), claims in claims(), policy in policy(), more in leeway(), at in instant(),
    ) {
        let inspection = inspect(&key.plain_token(alg, &claims), &key.ring());
        let more = policy.leeway_seconds.saturating_add(more);
        let lenient = Policy { leeway_seconds: more, ..policy.clone() };
        let (before, after) = (inspection.judge(&policy, at), inspection.judge(&lenient, at));
        prop_assert!(!is_accepted(&before) || is_accepted(&after), "{} {} {:?}", alg, claims, reasons(&after));
        let (before, after) = (timely(&before), timely(&after));
        prop_assert!(after.iter().all(|reason| before.contains(reason)), "{} {:?} {:?}", claims, before, after);
    }

    #[test]
    fn a_revoked_jti_is_never_accepted(
        (alg, key) in signer(), claims in claims(), policy in policy(), at in instant(), has_key in any::<bool>(),
    ) {
        let keys = if has_key { key.ring() } else { KeyRing::default() };
        let inspection = inspect(&key.plain_token(alg, &claims), &keys);
        let revoked = Policy { revoked: Revoked::listed(["1"]), ..policy };
        let judgement = inspection.judge(&revoked, at);
        let is_listed = claims.contains(r#""jti":"1""#) || claims.contains(r#""jti":1"#);
        prop_assert_eq!(reasons(&judgement).contains(&"revoked"), is_listed, "{}", claims);
        prop_assert!(!is_listed || !is_accepted(&judgement));
    }

    #[test]
    fn the_clock_moves_only_what_is_named(
        (alg, key) in signer(), claims in claims(), policy in policy(), one in instant(), other in instant(),
    ) {
        let inspection = inspect(&key.plain_token(alg, &claims), &key.ring());
        assert_lasting(&inspection, &policy, one, other);
    }
}

/// Each of the names that the clock may move is moved by some token: none is let off that stands still.
#[test]
fn each_name_is_there_because_something_moves() {
    let authority = request("root").ca().self_signed();
    let leaf = request("leaf")
        .valid(NOW - 100, NOW + 100)
        .issued_by(&authority);
    let members = format!(",{}", x5c(&[&leaf, &authority]));
    let certified = leaf.es256(&members, r#"{"sub":"a"}"#);
    let parties = Parties::new();
    let disclosures = [disclosure(1, "email", &json!("a@b.example"))];
    let issued = parties.issue(&parties.claims(&disclosures));
    let bound = parties.bind(&present(&issued, &disclosures), |_, _| {});
    let secret = key("HS256");
    let limited = format!(r#"{{"iat":{NOW},"nbf":{NOW},"exp":{}}}"#, NOW + 50);
    let plain = secret.plain_token("HS256", &limited);
    let long = secret.plain_token("HS256", format!(r#"{{"exp":{}}}"#, NOW + 32_000_000));
    let nested = secret.token("HS256", r#"{"alg":"HS256","cty":"JWT"}"#, &plain);
    let anchors = load("root.pem", authority.pem().as_bytes()).unwrap();
    let mut keys = secret.ring();
    keys.add(anchors);
    keys.add(
        parties
            .ring()
            .keys()
            .iter()
            .map(|key| tokenloupe::keys::Key::clone(key)),
    );
    // What an age refuses puts open questions aside.
    let limits = [None, Some(60)].map(|max_age_seconds| Policy {
        max_age_seconds,
        ..Policy::default()
    });
    let mut moved: [BTreeSet<&str>; 4] = Default::default();
    let tokens = [&certified, &bound, &plain, &long, &nested];
    for (token, policy) in tokens
        .into_iter()
        .flat_map(|token| limits.iter().map(move |policy| (token, policy)))
    {
        let inspection = inspect(token, &keys);
        let at = |by: i64| Timestamp::from_second(NOW + by).unwrap();
        let now = inspection.judge(policy, at(0));
        for by in [-40_000_000, -1_000, -150, 150, 1_000, 40_000_000] {
            let then = inspection.judge(policy, at(by));
            for (now, then) in now.layers().zip(then.layers()) {
                let [checks, rules, expectations, reasons] = &mut moved;
                let of = |judgement: &Judgement| -> Vec<(&'static str, String)> {
                    let checks = judgement.checks.iter();
                    checks
                        .map(|check| (check.check, format!("{check:?}")))
                        .collect()
                };
                differ(&of(now), &of(then), checks);
                let of = |judgement: &Judgement| -> Vec<(&'static str, String)> {
                    let findings = judgement.findings.iter();
                    findings.map(|of| (of.rule, format!("{of:?}"))).collect()
                };
                differ(&of(now), &of(then), rules);
                let of = |judgement: &Judgement| -> Vec<(&'static str, String)> {
                    let expectations = judgement.expectations.iter();
                    expectations
                        .map(|of| (of.name, format!("{of:?}")))
                        .collect()
                };
                differ(&of(now), &of(then), expectations);
                let of = |judgement: &Judgement| -> Vec<(&'static str, String)> {
                    let mut names = crate::common::reasons(judgement);
                    // A rule that refuses is a reason by its own name.
                    names.retain(|name| !TIMED_RULES.contains(name));
                    let names = names.into_iter();
                    names.map(|name| (name, String::new())).collect()
                };
                differ(&of(now), &of(then), reasons);
            }
        }
    }
    let [checks, rules, expectations, reasons] = moved;
    assert_eq!(checks, TIMED_CHECKS.into());
    assert_eq!(rules, TIMED_RULES.into());
    assert_eq!(expectations, TIMED_EXPECTATIONS.into());
    assert_eq!(reasons, TIMED_REASONS.into());
}

/// The names of what stands on one side alone.
fn differ(
    one: &[(&'static str, String)],
    other: &[(&'static str, String)],
    into: &mut BTreeSet<&'static str>,
) {
    for (here, there) in [(one, other), (other, one)] {
        let alone = here.iter().filter(|said| !there.contains(said));
        into.extend(alone.map(|(name, _)| name));
    }
}

/// Certificates and key bindings are the other things that have a time.
#[test]
fn the_clock_moves_only_what_is_named_of_certificates_and_key_bindings() {
    let authority = request("root").ca().self_signed();
    let leaf = request("leaf")
        .valid(NOW - 100, NOW + 100)
        .issued_by(&authority);
    let members = format!(",{}", x5c(&[&leaf, &authority]));
    let token = leaf.es256(&members, &format!(r#"{{"exp":{}}}"#, NOW + 50));
    let anchors = KeyRing::new(load("root.pem", authority.pem().as_bytes()).unwrap());
    let parties = Parties::new();
    let disclosures = [disclosure(1, "email", &json!("a@b.example"))];
    let issued = parties.issue(&parties.claims(&disclosures));
    let bound = parties.bind(&present(&issued, &disclosures), |_, _| {});
    let mut outcomes = Vec::new();
    for (token, keys) in [(&token, &anchors), (&bound, &parties.ring())] {
        let inspection = inspect(token, keys);
        let instants = [-1_000_000, -200, -50, 0, 75, 200, 10_000_000];
        for one in instants {
            let at = |by: i64| Timestamp::from_second(NOW + by).unwrap();
            for other in instants {
                assert_lasting(&inspection, &Policy::default(), at(one), at(other));
            }
            outcomes.push(
                inspection
                    .judge(&Policy::default(), at(one))
                    .verdict
                    .outcome,
            );
        }
    }
    // The instants are chosen so that something does change.
    for outcome in [VerdictOutcome::Accept, VerdictOutcome::Reject] {
        assert!(outcomes.contains(&outcome), "{outcomes:?}");
    }
}
