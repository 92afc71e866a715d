//! What holds for every policy and token.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use tokenloupe::judge::{
    CheckResult, ClaimPath, ClaimRule, ClaimValue, Issuer, Judgement, KeyChoice, Policy, Revoked,
    Strictness, VerdictOutcome,
};
use tokenloupe::keys::{self, KeyRing};
use tokenloupe::verify::Outcome;

use super::{NOW, texts};
use crate::common::{inspect, reasons};
use crate::forms::make::{Signing, general};
use crate::way::{Secret, key};

const ISSUERS: [&str; 3] = [
    "https://a.example",
    "https://b.example",
    "https://c.example",
];
const AUDIENCES: [&str; 3] = ["a", "b", "c"];
const ALGORITHMS: [&str; 3] = ["ES256", "HS256", "Ed25519"];
const TYPES: [&str; 3] = ["JWT", "portal+jwt", "application/PORTAL+JWT"];
const IDS: [&str; 3] = ["1", "2", "3"];

/// The reviewer's keys: `k-ES256` of `ES256.json`, and so on.
fn ring(algorithms: &[&str]) -> KeyRing {
    let keys = algorithms.iter().flat_map(|alg| {
        let jwk = key(alg).jwk(&json!({"kid": format!("k-{alg}")}));
        keys::load(&format!("{alg}.json"), jwk.to_string().as_bytes()).unwrap()
    });
    KeyRing::new(keys)
}

fn some<T: Clone + std::fmt::Debug + 'static>(of: &[T]) -> impl Strategy<Value = Vec<T>> + use<T> {
    subsequence(of.to_vec(), 0..=of.len()).prop_shuffle()
}

fn choice() -> impl Strategy<Value = KeyChoice> {
    let thumbprint = ring(&["ES256"]).keys()[0].thumbprint.clone().unwrap();
    prop_oneof![
        select(ALGORITHMS.to_vec()).prop_map(|alg| KeyChoice::Id(format!("k-{alg}"))),
        select(ALGORITHMS.to_vec()).prop_map(|alg| KeyChoice::Source(format!("{alg}.json"))),
        Just(KeyChoice::Thumbprint(thumbprint)),
    ]
}

fn rule() -> impl Strategy<Value = ClaimRule> {
    let path = prop_oneof![
        select(vec!["jti", "sub", "iat", "exp"]).prop_map(|name| ClaimPath::Name(name.to_owned())),
        Just(ClaimPath::Pointer("/aud/0".to_owned())),
        Just(ClaimPath::Pointer("/sub".to_owned())),
    ];
    let value = select(vec!["\"1\"", "\"a\"", "\"b\"", "5"]);
    let value = prop::option::weighted(0.3, value.prop_map(|text| ClaimValue::read(text).unwrap()));
    (path, value).prop_map(|(path, value)| ClaimRule { path, value })
}

fn policy() -> impl Strategy<Value = Policy> {
    let issuer = (
        select(ISSUERS.to_vec()),
        prop::collection::vec(choice(), 0..3),
    );
    let issuer = issuer.prop_map(|(iss, keys)| Issuer {
        iss: iss.to_owned(),
        keys,
    });
    let limits = (
        0..200_u32,
        prop::option::of(0..200_u32),
        prop::option::of(0..400_u32),
    );
    let lists = (
        some(&ALGORITHMS),
        some(&AUDIENCES),
        some(&TYPES),
        some(&IDS[1..]),
    );
    let rules = || prop::collection::vec(rule(), 0..2);
    let rest = (
        rules(),
        rules(),
        prop::collection::vec(issuer, 0..3),
        any::<bool>(),
    );
    (limits, lists, rest).prop_map(|(limits, lists, rest)| {
        let (leeway_seconds, max_age_seconds, max_lifetime_seconds) = limits;
        let (algorithms, audiences, types, revoked) = lists;
        let (required_claims, forbidden_claims, issuers, is_strict) = rest;
        Policy {
            algorithms: texts(&algorithms),
            audiences: texts(&audiences),
            types: texts(&types),
            issuers,
            leeway_seconds,
            max_age_seconds,
            max_lifetime_seconds,
            required_claims,
            forbidden_claims,
            revoked: Revoked::listed(revoked),
            strictness: if is_strict {
                Strictness::Strict
            } else {
                Strictness::Lenient
            },
            ..Policy::default()
        }
    })
}

fn claims() -> impl Strategy<Value = Value> {
    let time =
        |range: std::ops::Range<i64>| prop::option::weighted(0.8, range.prop_map(|by| NOW + by));
    let times = (time(-150..300), time(-300..150), time(-300..150));
    let word = |of: &[&'static str]| prop::option::weighted(0.8, select(of.to_vec()));
    let texts = (
        word(&ISSUERS),
        word(&IDS),
        word(&["a", "b"]),
        some(&AUDIENCES),
    );
    (times, texts).prop_map(|((exp, iat, nbf), (iss, jti, sub, aud))| {
        let mut claims = json!({"exp": exp, "iat": iat, "nbf": nbf, "iss": iss, "jti": jti, "sub": sub, "aud": aud});
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    })
}

/// A token of these claims: signed once, twice, or inside of another one.
fn token() -> impl Strategy<Value = (String, Value)> {
    let alg = || select(ALGORITHMS.to_vec());
    let names_key = any::<bool>();
    (claims(), alg(), alg(), 0..4_usize, names_key, any::<bool>()).prop_map(
        |(claims, alg, second, form, names_key, is_padded)| {
            let header = |alg: &str| {
                if names_key {
                    format!(r#"{{"alg":"{alg}","typ":"portal+jwt","kid":"k-{alg}"}}"#)
                } else {
                    format!(r#"{{"alg":"{alg}","typ":"portal+jwt"}}"#)
                }
            };
            let plain = key(alg).token(alg, &header(alg), claims.to_string());
            let text = match form {
                0 | 1 if is_padded && alg == "HS256" => format!("{plain}="),
                0 | 1 => plain,
                2 => {
                    let (one, other) = (header(alg), header(second));
                    let signings = [
                        Signing::new(&one, alg, key(alg)),
                        Signing::new(&other, second, key(second)),
                    ];
                    general(claims.to_string(), &signings).to_string()
                }
                _ => key(second).token(
                    second,
                    &format!(r#"{{"alg":"{second}","cty":"JWT"}}"#),
                    &plain,
                ),
            };
            (text, claims)
        },
    )
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

fn is_accepted(judgement: &Judgement) -> bool {
    judgement.verdict.outcome == VerdictOutcome::Accept
}

/// Name and result of every check of every layer, sorted.
fn results(judgement: &Judgement) -> Vec<(&'static str, String)> {
    let checks = judgement.layers().flat_map(|layer| &layer.checks);
    let mut results: Vec<_> = checks
        .map(|check| (check.check, check.result.name().to_owned()))
        .collect();
    results.sort_unstable();
    results
}

const OF_TIME: [&str; 3] = ["expired", "not-yet-valid", "policy-lifetime"];

/// A policy that takes less, in one respect.
fn tightened(policy: &Policy, how: usize) -> Policy {
    let mut tight = policy.clone();
    let less = |list: &mut Vec<String>, first: &str| match list.len() {
        0 => list.push(first.to_owned()),
        1 => {}
        _ => {
            list.pop();
        }
    };
    match how {
        0 => less(&mut tight.algorithms, "ES256"),
        1 => less(&mut tight.audiences, "a"),
        2 => less(&mut tight.types, "JWT"),
        3 => tight.leeway_seconds /= 2,
        4 => tight.max_age_seconds = Some(tight.max_age_seconds.unwrap_or(400) / 2),
        5 => tight.max_lifetime_seconds = Some(tight.max_lifetime_seconds.unwrap_or(800) / 2),
        6 => tight.required_claims.push(ClaimRule {
            path: ClaimPath::Name("sub".to_owned()),
            value: None,
        }),
        7 => tight.forbidden_claims.push(ClaimRule {
            path: ClaimPath::Name("jti".to_owned()),
            value: None,
        }),
        8 => tight.revoked = Revoked::listed([tight.revoked.in_policy(), vec!["1"]].concat()),
        9 => tight.strictness = Strictness::Strict,
        10 => tight.nonce = Some("n".to_owned()),
        11 => match tight.issuers.len() {
            0 => tight.issuers.push(Issuer::new("https://a.example")),
            1 => {}
            _ => {
                // An issuer that stands twice has the keys of both.
                let last = tight.issuers.pop().unwrap().iss;
                tight.issuers.retain(|issuer| issuer.iss != last);
                if tight.issuers.is_empty() {
                    tight.issuers.push(Issuer::new("https://nobody.example"));
                }
            }
        },
        _ => {
            let names_none = |iss: &str, all: &[Issuer]| {
                all.iter().all(|of| of.iss != iss || of.keys.is_empty())
            };
            let all = tight.issuers.clone();
            for issuer in &mut tight.issuers {
                if names_none(&issuer.iss, &all) {
                    issuer.keys.push(KeyChoice::Id("k-ES256".to_owned()));
                }
            }
        }
    }
    tight
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn more_leeway_never_makes_a_token_too_late((text, _) in token(), policy in policy(), more in 0..400_u32) {
        let inspection = inspect(&text, &ring(&ALGORITHMS));
        let lenient = Policy { leeway_seconds: policy.leeway_seconds + more, ..policy.clone() };
        let (before, after) = (inspection.judge(&policy, at(0)), inspection.judge(&lenient, at(0)));
        prop_assert!(!is_accepted(&before) || is_accepted(&after));
        let timely = |judgement: &Judgement| -> Vec<&str> {
            reasons(judgement).into_iter().filter(|reason| OF_TIME.contains(reason)).collect()
        };
        let before = timely(&before);
        prop_assert!(timely(&after).iter().all(|reason| before.contains(reason)));
    }

    #[test]
    fn a_revoked_jti_is_never_accepted((text, claims) in token(), policy in policy(), keys in some(&ALGORITHMS)) {
        let jti = claims["jti"].as_str().unwrap_or("none");
        let revoked = Policy { revoked: Revoked::listed([jti, "other"]), ..policy };
        let judgement = inspect(&text, &ring(&keys)).judge(&revoked, at(0));
        if claims.get("jti").is_some() {
            prop_assert!(reasons(&judgement).contains(&"revoked"));
            prop_assert_eq!(judgement.verdict.outcome, VerdictOutcome::Reject);
        } else {
            prop_assert!(!reasons(&judgement).contains(&"revoked"));
        }
    }

    #[test]
    fn one_key_more_makes_no_valid_signature_invalid(
        (text, _) in token(), policy in policy(), few in some(&ALGORITHMS), alg in select(ALGORITHMS.to_vec()),
        as_other in select(ALGORITHMS.to_vec()), is_twin in any::<bool>(),
    ) {
        let few = ring(&few);
        // A stranger's key or the same again, under any name and from any file.
        let fresh = Secret::fresh(alg);
        let more = if is_twin { key(alg) } else { &fresh };
        let jwk = more.jwk(&json!({"kid": format!("k-{as_other}")})).to_string();
        let mut many = few.clone();
        many.add(keys::load(&format!("more/{as_other}.json"), jwk.as_bytes()).unwrap());
        let seen = |keys: &KeyRing| -> (Vec<Outcome>, bool) {
            let inspection = inspect(&text, keys);
            let judgement = inspection.judge(&policy, at(0));
            let (mut layer, mut proof) = (&judgement, &inspection.proof);
            let mut outcomes = Vec::new();
            loop {
                let signatures = &layer.proof(proof).signatures;
                outcomes.extend(signatures.iter().map(|proof| proof.outcome));
                match (&layer.inner, &proof.inner) {
                    (Some(inside), Some(of)) => (layer, proof) = (inside, &of.proof),
                    _ => break,
                }
            }
            let checks = judgement.layers().flat_map(|layer| &layer.checks);
            let mut foreign = checks.filter(|check| check.check == "issuer-key");
            (outcomes, foreign.any(|check| check.result == CheckResult::Failed))
        };
        let ((before, was_foreign), (after, is_foreign)) = (seen(&few), seen(&many));
        let mut both = before.iter().zip(&after);
        prop_assert!(both.all(|(before, after)| *before != Outcome::Valid || *after == Outcome::Valid));
        // Nor does its key become one that is not the issuer's.
        prop_assert!(!is_foreign || was_foreign || before != after);
    }

    #[test]
    fn order_changes_nothing((text, _) in token(), policy in policy(), rounds in 0..4_usize) {
        fn turned<T: Clone>(list: &[T], rounds: usize) -> Vec<T> {
            let mut list = [list, &list[..list.len().min(1)]].concat();
            let by = rounds % list.len().max(1);
            list.rotate_left(by);
            list.reverse();
            list
        }
        let mut other = policy.clone();
        other.algorithms = turned(&other.algorithms, rounds);
        other.audiences = turned(&other.audiences, rounds);
        other.types = turned(&other.types, rounds);
        other.issuers = turned(&other.issuers, rounds);
        for issuer in &mut other.issuers {
            issuer.keys = turned(&issuer.keys, rounds);
        }
        other.required_claims.reverse();
        other.forbidden_claims.reverse();
        let mut names = ALGORITHMS;
        let before = inspect(&text, &ring(&names)).judge(&policy, at(0));
        names.rotate_left(rounds % 3);
        let after = inspect(&text, &ring(&names)).judge(&other, at(0));
        prop_assert_eq!(&before.verdict, &after.verdict);
        prop_assert_eq!(results(&before), results(&after));
    }

    #[test]
    fn the_clock_moves_nothing_but_times((text, _) in token(), policy in policy(), by in -1_000..1_000_i64) {
        let inspection = inspect(&text, &ring(&ALGORITHMS));
        let (now, then) = (inspection.judge(&policy, at(0)), inspection.judge(&policy, at(by)));
        let timeless = |judgement: &Judgement| -> Vec<String> {
            let checks = judgement.layers().flat_map(|layer| &layer.checks);
            // What is inside is a check outside.
            let checks = checks.filter(|check| !["time", "max-age", "nested"].contains(&check.check));
            checks.map(|check| format!("{check:?}")).collect()
        };
        prop_assert_eq!(timeless(&now), timeless(&then));
        let lasting = |judgement: &Judgement| -> Vec<&str> {
            reasons(judgement).into_iter().filter(|reason| !OF_TIME.contains(reason)).collect()
        };
        // Refusals put open questions aside.
        if now.verdict.outcome == then.verdict.outcome {
            prop_assert_eq!(lasting(&now), lasting(&then));
        }
    }

    #[test]
    fn a_stricter_policy_accepts_nothing_more(
        (text, _) in token(), policy in policy(), how in prop::collection::vec(0..13_usize, 1..4), keys in some(&ALGORITHMS),
    ) {
        let tight = how.iter().fold(policy.clone(), |policy, how| tightened(&policy, *how));
        let inspection = inspect(&text, &ring(&keys));
        let (before, after) = (inspection.judge(&policy, at(0)), inspection.judge(&tight, at(0)));
        prop_assert!(is_accepted(&before) || !is_accepted(&after), "{:?} {:?}", policy, tight);
    }

    /// A good token meets the policy that is made of it.
    #[test]
    fn a_token_meets_the_policy_made_of_it((text, _) in token(), by in -100..100_i64) {
        let inspection = inspect(&text, &ring(&ALGORITHMS));
        let before = inspection.judge(&Policy::default(), at(by));
        let made = Policy::from_token(tokenloupe::judge::Case {
            token: &inspection.token,
            proof: &inspection.proof,
            policy: &Policy::default(),
            at: at(by),
            beside: tokenloupe::judge::Beside::default(),
        });
        let after = inspection.judge(&made, at(by));
        prop_assert_eq!(&before.verdict, &after.verdict);
        prop_assert!(after.layers().all(|layer| layer.expectations.iter().all(tokenloupe::judge::Expectation::is_met)));
        prop_assert_eq!(Policy::read("made", made.to_json().as_bytes(), &mut |_| panic!()).unwrap(), made);
    }

    #[test]
    fn a_policy_comes_back_from_its_file_as_it_was(policy in policy(), name in prop::option::of("\\PC{0,20}"), iss in "\\PC{0,20}") {
        let mut policy = Policy { name, ..policy };
        policy.issuers.push(Issuer::new(iss));
        let text = policy.to_json();
        let read = Policy::read("p", text.as_bytes(), &mut |_| panic!("names no file")).unwrap();
        prop_assert_eq!(&read, &policy);
        prop_assert_eq!(read.to_json(), text);
    }
}
