//! What is made to hurt.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::*;
use crate::jose::json::{JsonFaultKind, MAX_DEPTH};

/// Each disclosure holds the digest of the one before it.
fn chain(length: usize) -> (String, Vec<String>) {
    let mut disclosures = vec![encode(r#"["s","n",0]"#)];
    for _ in 1..length {
        let last = disclosures
            .last()
            .map(|last| digest(last))
            .unwrap_or_default();
        disclosures.push(encode(&format!(r#"["s","n",{{"_sd":["{last}"]}}]"#)));
    }
    let last = disclosures
        .last()
        .map(|last| digest(last))
        .unwrap_or_default();
    (format!(r#"{{"_sd":["{last}"]}}"#), disclosures)
}

#[test]
fn a_chain_of_disclosures_ends_at_the_depth_that_json_has() {
    let (payload, disclosures) = chain(MAX_DEPTH);
    let sd_jwt = processed(payload, &disclosures);
    assert!(sd_jwt.is_sound());
    let document = sd_jwt.processed.as_ref().map(Processed::document);
    assert!(document.is_some_and(Document::is_document));
    let (payload, disclosures) = chain(MAX_DEPTH + 44);
    let sd_jwt = processed(payload, &disclosures);
    let document = sd_jwt.processed.as_ref().map(Processed::document);
    assert!(document.is_some_and(Document::is_document));
    let too_deep: Vec<_> = problems(&sd_jwt)
        .into_iter()
        .map(|(index, _)| index)
        .collect();
    assert_eq!(too_deep, [44], "the first that does not fit");
    let below = sd_jwt.disclosures.get(43).map(|one| &one.standing);
    assert_eq!(below, Some(&Standing::Unreferenced { inside: Some(44) }));
}

#[test]
fn a_chain_of_a_hundred_thousand_takes_no_longer_than_as_many_others() {
    let (payload, disclosures) = chain(100_000);
    let start = Instant::now();
    let sd_jwt = processed(payload, &disclosures);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    assert!(!sd_jwt.is_sound());
}

#[test]
fn a_hundred_thousand_disclosures_are_put_in_their_places() {
    let disclosures: Vec<_> = (0..100_000)
        .map(|index| encode(&format!(r#"["salt","n{index}",{index}]"#)))
        .collect();
    let digests: Vec<_> = disclosures
        .iter()
        .map(|one| format!("\"{}\"", digest(one)))
        .collect();
    let payload = format!(r#"{{"_sd":[{}]}}"#, digests.join(","));
    let start = Instant::now();
    let sd_jwt = processed(&payload, &disclosures);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    assert!(sd_jwt.is_sound());
    assert!(claims(&sd_jwt).ends_with(r#""n99999":99999}"#));
    // The same name a hundred thousand times, and the same disclosure.
    let same: Vec<_> = (0..100_000)
        .map(|index| encode(&format!(r#"["{index}","n",1]"#)))
        .collect();
    let digests: Vec<_> = same
        .iter()
        .map(|one| format!("\"{}\"", digest(one)))
        .collect();
    let payload = format!(r#"{{"_sd":[{}]}}"#, digests.join(","));
    let sd_jwt = processed(payload, &same);
    assert_eq!(problems(&sd_jwt).len(), 99_999);
    let again = vec![same.first().cloned().unwrap_or_default(); 100_000];
    let sd_jwt = processed("{}", &again);
    assert!(
        matches!(sd_jwt.disclosures.last(), Some(one) if one.standing == Standing::Repeats { first: 0 })
    );
    assert!(
        start.elapsed() < Duration::from_mins(1),
        "{:?}",
        start.elapsed()
    );
}

/// What doubles at every level would be 2^40 members.
#[test]
fn what_would_multiply_is_inserted_once() {
    let mut disclosures = vec![encode(r#"["s",0]"#)];
    for _ in 0..40 {
        let last = disclosures
            .last()
            .map(|last| digest(last))
            .unwrap_or_default();
        disclosures.push(encode(&format!(
            r#"["s",[{{"...":"{last}"}},{{"...":"{last}"}}]]"#
        )));
    }
    let last = disclosures
        .last()
        .map(|last| digest(last))
        .unwrap_or_default();
    let sd_jwt = processed(format!(r#"{{"a":[{{"...":"{last}"}}]}}"#), &disclosures);
    assert_eq!(sd_jwt.digests.repetitions, 40);
    assert_eq!(
        claims(&sd_jwt),
        format!(r#"{{"a":{}0{}}}"#, "[".repeat(41), "]".repeat(41))
    );
}

#[test]
fn three_hundred_nested_arrays_are_a_limit_and_no_panic() {
    let deep = [r#"["s","n","#, &"[".repeat(300), &"]".repeat(300), "]"].concat();
    assert_problem(
        &encode(&deep),
        &["expected at most 256 levels of nesting, found more"],
        r#"{"a":1}"#,
    );
    let whole = format!("{}{}", "[".repeat(300), "]".repeat(300));
    let sd_jwt = processed(&whole, &[""; 0]);
    assert_eq!(claims(&sd_jwt).len(), 2 * MAX_DEPTH);
    // Just within the limit for itself, beyond it where it belongs.
    let deepest = format!("{}{}", "[".repeat(254), "]".repeat(254));
    let one = encode(&format!(r#"["s",{deepest}]"#));
    let payload = format!(r#"{{"a":[[{{"...":"{}"}}]]}}"#, digest(&one));
    assert_eq!(problems(&processed(payload, &[&one])).len(), 1);
    let payload = format!(r#"{{"a":[{{"...":"{}"}}]}}"#, digest(&one));
    assert!(processed(payload, &[&one]).is_sound());
}

#[test]
fn places_are_listed_up_to_a_ceiling_and_counted_beyond() {
    let mut payload = String::from("{\"_sd\":[");
    for index in 0..5_000 {
        let _ = write!(payload, "\"{index}\",\"{index}\",{index},");
    }
    payload.push_str("\"\"]}");
    let sd_jwt = processed(payload, &[""; 0]);
    let digests = &sd_jwt.digests;
    assert_eq!((digests.count, digests.repetitions), (10_001, 5_000));
    assert_eq!(
        (digests.without_disclosure, digests.odd_lengths),
        (5_001, 5_001)
    );
    for listed in [
        digests.withheld.len(),
        digests.repeated.len(),
        sd_jwt.faults.len(),
    ] {
        assert_eq!(listed, MAX_LISTED);
    }
}

#[test]
fn debug_text_holds_nothing_of_the_claims() {
    let one = encode(r#"["salty","naming","valued"]"#);
    let payload = format!(r#"{{"_sd":["{}"]}}"#, digest(&one));
    let sd_jwt = processed(payload, &[&one]);
    let shown = format!("{sd_jwt:?} {:?} {:?}", sd_jwt.disclosures, sd_jwt.processed);
    for secret in ["salty", "naming", "valued"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]

    /// Any bytes, and JSON-like ones with digests of the disclosures in them.
    #[test]
    fn any_bytes_are_processed(
        pieces in proptest::collection::vec(0_usize..24, 0..40),
        disclosed in proptest::collection::vec(proptest::collection::vec(0_usize..24, 0..24), 0..6),
        noise in proptest::collection::vec(proptest::num::u8::ANY, 0..8),
    ) {
        let mut disclosures: Vec<String> = Vec::new();
        for pieces in &disclosed {
            let text = jumble(pieces, &disclosures, &noise);
            disclosures.push(base64url::encode(&text));
        }
        let payload = jumble(&pieces, &disclosures, &noise);
        let sd_jwt = processed(&payload, &disclosures);
        for disclosure in &sd_jwt.disclosures {
            if let Standing::Inserted { range, .. } = &disclosure.standing {
                proptest::prop_assert!(range.end <= claims(&sd_jwt).len() || claims(&sd_jwt) == "not UTF-8");
            }
        }
        if let Some(made) = &sd_jwt.processed {
            proptest::prop_assert!(made.document().is_document(), "{:?}", String::from_utf8_lossy(made.bytes()));
            proptest::prop_assert!(made.document().root.as_ref().and_then(|root| made.origin(root)).is_some());
        }
        if disclosures.is_empty() && sd_jwt.digests.count == 0 && sd_jwt.faults.is_empty() {
            // Nothing hidden: the claims are the payload's without white space.
            let text: Vec<u8> = payload.iter().copied().filter(|byte| *byte != b' ').collect();
            let json = json::read(&payload);
            if json.is_document() && json.get("_sd_alg").is_none() && json.get("_sd").is_none() && !json.faults.iter().any(|fault| fault.kind == JsonFaultKind::NotUtf8) {
                let whole = sd_jwt.processed.as_ref().map(Processed::bytes).unwrap_or_default();
                let unspaced: Vec<u8> = whole.iter().copied().filter(|byte| *byte != b' ').collect();
                proptest::prop_assert_eq!(unspaced, text);
            }
        }
    }
}

/// Pieces of JSON one after the other; some are digests of the disclosures so far, one is noise.
fn jumble(pieces: &[usize], disclosures: &[String], noise: &[u8]) -> Vec<u8> {
    const PIECES: [&str; 18] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"_sd\":",
        "\"...\":",
        "\"a\":",
        "\"s\"",
        "\"n\"",
        "1.0",
        "\"_sd_alg\":",
        "null",
        "{\"...\":",
        "[\"s\",\"n\",",
        "{\"_sd\":[",
        " ",
    ];
    let mut text = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        match (PIECES.get(*piece), disclosures.get(index % 7)) {
            (Some(piece), _) => text.extend_from_slice(piece.as_bytes()),
            (None, Some(disclosure)) => {
                text.extend_from_slice(format!("\"{}\"", digest(disclosure)).as_bytes());
            }
            (None, None) => text.extend_from_slice(noise),
        }
    }
    text
}
