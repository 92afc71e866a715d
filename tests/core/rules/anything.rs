//! Rules on whatever somebody sends.

use jiff::Timestamp;
use proptest::prelude::*;
use tokenloupe::judge::{Policy, ProfileChoice};

use super::*;

/// Names that rules look at, and some that they do not.
const NAMES: &[&str] = &[
    "alg",
    "ALG",
    "enc",
    "typ",
    "cty",
    "kid",
    "jwk",
    "jku",
    "x5u",
    "x5c",
    "x5t",
    "x5t#S256",
    "crit",
    "b64",
    "zip",
    "nonce",
    "url",
    "epk",
    "kty",
    "d",
    "k",
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "auth_time",
    "updated_at",
    "jti",
    "cnf",
    "events",
    "vc",
    "sub_jwk",
    "keys",
    "kubernetes.io",
    "warnafter",
    "ref",
    "client_id",
    "x",
    "a/b~c",
    "",
    "\u{212A}id",
];

const TEXTS: &[&str] = &[
    "none",
    "None",
    "HS256",
    "RS256",
    "ES256",
    "ES256K",
    "EdDSA",
    "Ed448",
    "ML-DSA-44",
    "HS1",
    "HS256/64",
    "A128KW",
    "dir",
    "at+jwt",
    "logout+jwt",
    "dpop+jwt",
    "https://a.example",
    "http://[::1]:8080/..",
    "https://169.254.169.254",
    "file:///etc/passwd",
    "../../x",
    "' or 1=1 --",
    "$(id)",
    "did:web:a",
    "supabase",
    "https://sts.windows.net/x/",
    "-----BEGIN PRIVATE KEY-----",
    "%2e%2e%2f",
    "%",
    "b64",
    "exp",
    "\u{200B}",
    "\u{0}",
];

const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1795300813",
    "1795300813.5",
    "1795300813000",
    "1e15",
    "1e400",
    "-1e400",
    "9223372036854775807",
    "1e-400",
    "2147483648",
    "253402300800",
    "-377705116801",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(TEXTS).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
    .prop_map(|text| serde_json::to_string(&text).unwrap())
}

/// JSON with duplicates and odd numbers, as text.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => text(),
        4 => proptest::sample::select(NUMBERS).prop_map(str::to_owned),
        1 => proptest::sample::select(&["true", "false", "null", "{}", "[]"][..]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            object(inner.clone()),
            proptest::collection::vec(inner, 0..4)
                .prop_map(|values| format!("[{}]", values.join(","))),
        ]
    })
}

fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    proptest::collection::vec((proptest::sample::select(NAMES), value), 0..10).prop_map(|members| {
        let members: Vec<_> = members
            .into_iter()
            .map(|(name, value)| format!("{}:{value}", serde_json::to_string(name).unwrap()))
            .collect();
        format!("{{{}}}", members.join(","))
    })
}

fn instants() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        Just(Timestamp::MIN),
        Just(Timestamp::MAX),
        Just(Timestamp::UNIX_EPOCH),
        Just(Timestamp::from_second(1_795_300_813).unwrap()),
    ]
}

fn check(text: &str, at: Timestamp, leeway_seconds: u32) -> Result<(), TestCaseError> {
    let key = r#"{"keys":[{"kty":"oct","k":"c2VjcmV0LXRoYXQtaXMtbG9uZy1lbm91Z2gtZm9yLXRoaXM","kid":"../../x"},{"kty":"RSA","n":"gQ","e":"Aw","kid":"a"}]}"#;
    let inspection = inspect(text, &ring(key));
    for profile in [None, Some(ProfileName::Jws), Some(ProfileName::Jwt)] {
        let policy = Policy {
            profile: profile.map_or(ProfileChoice::Auto, ProfileChoice::Named),
            leeway_seconds,
            ..Policy::default()
        };
        let judgement = inspection.judge(&policy, at);
        for finding in &judgement.findings {
            for evidence in &finding.evidence {
                prop_assert!(
                    text.get(evidence.range.clone()).is_some(),
                    "{} at {:?} of {} bytes",
                    finding.rule,
                    evidence.range,
                    text.len()
                );
            }
            prop_assert!(
                !finding.evidence.is_empty(),
                "{} rests on nothing",
                finding.rule
            );
            // What is low or info never refuses.
            let is_mild = finding.severity <= Severity::Low;
            let refuses = finding.refusal.is_some() && finding.rule != "outside-validity";
            prop_assert!(!(is_mild && refuses), "{finding:?}");
            let words = [&finding.title, &finding.detail, &finding.remedy];
            let hidden = words
                .iter()
                .any(|text| text.chars().any(tokenloupe::jose::visible::is_hidden));
            prop_assert!(!hidden, "{finding:?}");
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn evidence_lies_in_the_token(
        header in object(json()),
        claims in object(json()),
        signature in proptest::collection::vec(any::<u8>(), 0..130),
        at in instants(),
        leeway in prop_oneof![Just(0), Just(60), Just(u32::MAX)],
    ) {
        check(&compact(&header, &claims, &signature), at, leeway)?;
    }

    /// Spoiled at one place, cut, or taken apart.
    #[test]
    fn evidence_lies_in_what_is_left(
        header in object(json()),
        claims in json(),
        at_character in any::<proptest::sample::Index>(),
        with in proptest::sample::select(&["", ".", "=", "{", "\"", "+", "é", "~", "..", " "][..]),
        signature in proptest::collection::vec(any::<u8>(), 0..70),
        is_cut in any::<bool>(),
    ) {
        let token = compact(&header, &claims, &signature);
        let at = at_character.index(token.len());
        let rest = if is_cut { "" } else { &token[at + 1..] };
        check(&format!("{}{with}{rest}", &token[..at]), Timestamp::UNIX_EPOCH, 60)?;
    }

    #[test]
    fn evidence_lies_in_any_text(text in "\\PC{0,80}|[{}\":,.~A-Za-z0-9_=-]{0,120}") {
        check(&text, Timestamp::UNIX_EPOCH, 60)?;
    }
}
