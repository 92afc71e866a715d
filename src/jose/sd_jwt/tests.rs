mod hostile;

use super::*;
use crate::jose::base64url::{self, EncodingFaultKind};
use crate::jose::json;

fn encode(json: &str) -> String {
    base64url::encode(json.as_bytes())
}

fn digest(disclosure: &str) -> String {
    SHA_256.digest(disclosure).unwrap_or_default()
}

/// Processes a payload (its JSON) with these disclosures.
pub(crate) fn processed(payload: impl AsRef<[u8]>, disclosures: &[impl AsRef<str>]) -> SdJwt {
    let read: Vec<_> = disclosures
        .iter()
        .map(|text| {
            let decoded = base64url::decode(text.as_ref());
            let json = json::read(&decoded.bytes);
            (decoded, json)
        })
        .collect();
    let encoded: Vec<_> = disclosures
        .iter()
        .zip(&read)
        .map(|(text, (decoded, json))| Encoded {
            text: text.as_ref(),
            decoded,
            json,
        })
        .collect();
    let json = json::read(payload.as_ref());
    process(
        Payload {
            bytes: payload.as_ref(),
            json: &json,
        },
        &encoded,
    )
}

fn claims(sd_jwt: &SdJwt) -> &str {
    let bytes = sd_jwt.processed.as_ref().map(Processed::bytes);
    std::str::from_utf8(bytes.unwrap_or_default()).unwrap_or("not UTF-8")
}

fn problems(sd_jwt: &SdJwt) -> Vec<(usize, String)> {
    let all = sd_jwt.disclosures.iter().enumerate();
    all.flat_map(|(index, disclosure)| {
        let problems = disclosure.problems.iter();
        problems.map(move |problem| (index, problem.to_string()))
    })
    .collect()
}

fn faults(sd_jwt: &SdJwt) -> Vec<String> {
    let all = sd_jwt.faults.iter();
    all.map(|fault| fault.kind.to_string()).collect()
}

fn is_inserted(sd_jwt: &SdJwt, index: usize) -> bool {
    let disclosure = sd_jwt.disclosures.get(index);
    disclosure.is_some_and(|one| matches!(one.standing, Standing::Inserted { .. }))
}

/// One disclosure in the place of one claim.
#[track_caller]
fn assert_problem(disclosure: &str, expected: &[&str], expected_claims: &str) {
    let payload = format!(r#"{{"a":1,"_sd":["{}"]}}"#, digest(disclosure));
    let sd_jwt = processed(payload, &[disclosure]);
    let found = problems(&sd_jwt);
    let found: Vec<_> = found.iter().map(|(_, words)| words.as_str()).collect();
    assert_eq!(found, expected);
    assert_eq!(claims(&sd_jwt), expected_claims);
    assert_eq!(sd_jwt.is_sound(), expected.is_empty());
}

#[test]
fn members_and_elements_come_to_their_places_as_they_were_written() {
    let name = encode(r#"["s1","n\u0061me", 1.50 ]"#);
    let element = encode(r#"["s2",{"z":1, "a":"\/"}]"#);
    let payload = format!(
        r#"{{"_sd":["{}","decoy"],"list":[0, {{"...":"{}"}},{{"...":"other"}}, 2],"big":12345678901234567890,"_sd_alg":"sha-256"}}"#,
        digest(&name),
        digest(&element)
    );
    let sd_jwt = processed(&payload, &[element, name]);
    assert_eq!(
        claims(&sd_jwt),
        r#"{"list":[0,{"z":1,"a":"\/"},2],"big":12345678901234567890,"n\u0061me":1.50}"#
    );
    assert!(sd_jwt.is_sound());
    assert_eq!(
        (sd_jwt.digests.count, sd_jwt.digests.without_disclosure),
        (4, 2)
    );
    let hidden: Vec<_> = sd_jwt
        .digests
        .withheld
        .iter()
        .map(|place| payload.get(place.range.clone()).unwrap_or_default())
        .collect();
    assert_eq!(hidden, [r#""other""#, r#""decoy""#]);
    let names: Vec<_> = sd_jwt
        .disclosures
        .iter()
        .map(|one| one.name.as_deref())
        .collect();
    assert_eq!(names, [None, Some("name")]);
}

#[test]
fn every_processed_value_knows_where_it_comes_from() {
    let inner = encode(r#"["s1","in","x"]"#);
    let outer = encode(&format!(
        r#"["s2","out",{{"_sd":["{}"],"k":[7]}}]"#,
        digest(&inner)
    ));
    let payload = format!(r#"{{"iss":"i","deep":{{"_sd":["{}"]}}}}"#, digest(&outer));
    let sd_jwt = processed(&payload, &[&inner, &outer]);
    assert_eq!(
        claims(&sd_jwt),
        r#"{"iss":"i","deep":{"out":{"k":[7],"in":"x"}}}"#
    );
    let Some(made) = &sd_jwt.processed else {
        panic!("processed claims");
    };
    let texts = [
        base64url::decode(&inner).bytes.to_vec(),
        base64url::decode(&outer).bytes.to_vec(),
    ];
    for (pointer, source, text) in [
        ("", Source::Payload, payload.as_str()),
        ("/iss", Source::Payload, r#""iss":"i""#),
        ("/deep/out/k/0", Source::Disclosure(1), "7"),
        ("/deep/out/k", Source::Disclosure(1), r#""k":[7]"#),
        ("/deep/out/in", Source::Disclosure(0), r#""in","x""#),
    ] {
        let Some(origin) = made.origin_at(pointer) else {
            panic!("{pointer}");
        };
        let bytes = match origin.source {
            Source::Payload => payload.as_bytes(),
            Source::Disclosure(index) => texts.get(index).map(Vec::as_slice).unwrap_or_default(),
        };
        assert_eq!(origin.source, source, "{pointer}");
        assert_eq!(
            bytes.get(origin.range()),
            Some(text.as_bytes()),
            "{pointer}"
        );
    }
    assert!(made.origin_at("/deep/none").is_none() && made.origin_at("x").is_none());
    let Some(Standing::Inserted { digest, range }) =
        sd_jwt.disclosures.first().map(|one| &one.standing)
    else {
        panic!("inserted");
    };
    assert_eq!(digest.source, Source::Disclosure(1));
    assert_eq!(claims(&sd_jwt).get(range.clone()), Some(r#""in":"x""#));
    assert_eq!(
        made.pointer_at(range.start).as_deref(),
        Some("/deep/out/in")
    );
}

#[test]
fn a_disclosure_that_no_digest_asks_for_is_told() {
    let inner = encode(r#"["s","in",1]"#);
    let outer = encode(&format!(r#"["s","out",{{"_sd":["{}"]}}]"#, digest(&inner)));
    let alone = processed(r#"{"a":1}"#, &[&inner]);
    let standing = |sd_jwt: &SdJwt| sd_jwt.disclosures.first().map(|one| one.standing.clone());
    assert_eq!(
        standing(&alone),
        Some(Standing::Unreferenced { inside: None })
    );
    assert!(!alone.is_sound());
    assert_eq!(claims(&alone), r#"{"a":1}"#);
    let orphan = processed(r#"{"a":1}"#, &[&inner, &outer]);
    assert_eq!(
        standing(&orphan),
        Some(Standing::Unreferenced { inside: Some(1) })
    );
    // A digest that a disclosure names counts only where that disclosure is itself in its place.
    let broken = encode(&format!(r#"["s","_sd",{{"_sd":["{}"]}}]"#, digest(&inner)));
    let payload = format!(r#"{{"_sd":["{}"]}}"#, digest(&broken));
    let below = processed(payload, &[&inner, &broken]);
    assert_eq!(
        standing(&below),
        Some(Standing::Unreferenced { inside: Some(1) })
    );
}

#[test]
fn a_digest_counts_once() {
    let shared = encode(r#"["s","n",1]"#);
    let twice = format!(
        r#"{{"a":{{"_sd":["{0}"]}},"b":{{"_sd":["{0}"]}}}}"#,
        digest(&shared)
    );
    let sd_jwt = processed(&twice, &[&shared]);
    assert_eq!(claims(&sd_jwt), r#"{"a":{"n":1},"b":{}}"#);
    assert_eq!((sd_jwt.digests.repetitions, sd_jwt.is_sound()), (1, false));
    let Some(repeated) = sd_jwt.digests.repeated.first() else {
        panic!("a repetition");
    };
    assert_eq!(repeated.disclosure, Some(0));
    assert!(repeated.first.range.end < repeated.again.range.start);
    // Decoys may not repeat either, nor a digest of the payload in a disclosure.
    let decoys = processed(r#"{"_sd":["x"],"l":[{"...":"x"}]}"#, &[""; 0]);
    assert_eq!((decoys.digests.repetitions, decoys.is_sound()), (1, false));
    let holder = encode(r#"["s","n",[{"...":"x"}]]"#);
    let payload = format!(r#"{{"_sd":["{}","x"]}}"#, digest(&holder));
    assert_eq!(processed(payload, &[&holder]).digests.repetitions, 1);
}

#[test]
fn a_disclosure_counts_once() {
    let one = encode(r#"["s","n",1]"#);
    let payload = format!(r#"{{"_sd":["{}"]}}"#, digest(&one));
    let sd_jwt = processed(&payload, &[&one, &one]);
    assert!(is_inserted(&sd_jwt, 0) && !sd_jwt.is_sound());
    let second = sd_jwt.disclosures.get(1).map(|one| &one.standing);
    assert_eq!(second, Some(&Standing::Repeats { first: 0 }));
}

#[test]
fn what_is_wrong_with_a_disclosure_is_said() {
    assert_problem(&encode(r#"["s","n",1]"#), &[], r#"{"a":1,"n":1}"#);
    let refused = r#"{"a":1}"#;
    for (json, problem) in [
        (r#"["s"]"#, "expected an array of 2 or 3 elements, found 1"),
        ("[]", "expected an array of 2 or 3 elements, found 0"),
        (
            r#"["s","n",1,2]"#,
            "expected an array of 2 or 3 elements, found 4",
        ),
        (r#"{"s":"n"}"#, "expected an array, found object"),
        (
            r#"["s","n"]"#,
            "expected a salt, a name and a value (its digest stands in _sd), found 2 elements",
        ),
        (r#"["s",5,1]"#, "expected a string as name, found number"),
        (
            r#"["s","_sd",1]"#,
            "expected the name of a claim, found \"_sd\"",
        ),
        (
            r#"["s","...",1]"#,
            "expected the name of a claim, found \"...\"",
        ),
        (
            r#"["s","a",1]"#,
            "expected a claim that is not there yet, found one of this name beside it",
        ),
        (
            r#"["s","n",1"#,
            "expected \u{201C},\u{201D} or \u{201C}]\u{201D}, found the end",
        ),
        ("", "expected a value, found the end"),
        (
            r#"["s","n",1]x"#,
            "expected nothing after the value, found \u{201C}x\u{201D}",
        ),
    ] {
        assert_problem(&encode(json), &[problem], refused);
    }
    for (json, problem, shown) in [
        (
            r#"[1,"n",1]"#,
            "expected a string as salt, found number",
            r#"{"a":1,"n":1}"#,
        ),
        (
            r#"["s","n",{"x":1,"x":2}]"#,
            "expected each member name once, found \"x\" again",
            r#"{"a":1,"n":{"x":1,"x":2}}"#,
        ),
    ] {
        assert_problem(&encode(json), &[problem], shown);
    }
    let element = encode(r#"["s","n",1]"#);
    let payload = format!(r#"[{{"...":"{}"}}]"#, digest(&element));
    assert_eq!(
        problems(&processed(payload, &[&element])),
        [(
            0,
            "expected a salt and a value (its digest stands in an array), found 3 elements"
                .to_owned()
        )]
    );
}

#[test]
fn two_disclosures_of_one_name_do_not_both_count() {
    let (one, two) = (encode(r#"["s1","n",1]"#), encode(r#"["s2","n",2]"#));
    let payload = format!(r#"{{"_sd":["{}","{}"]}}"#, digest(&one), digest(&two));
    let sd_jwt = processed(payload, &[&one, &two]);
    assert_eq!(claims(&sd_jwt), r#"{"n":1}"#);
    let second = sd_jwt.disclosures.get(1).map(|one| one.problems.as_slice());
    assert_eq!(second, Some(&[Problem::NameExists][..]));
    assert!(is_inserted(&sd_jwt, 0) && !is_inserted(&sd_jwt, 1));
    // Beside each other is not below each other.
    let payload = format!(
        r#"{{"_sd":["{}"],"x":{{"_sd":["{}"]}}}}"#,
        digest(&one),
        digest(&two)
    );
    assert!(processed(payload, &[&one, &two]).is_sound());
}

#[test]
fn a_digest_is_over_the_characters_as_received() {
    let strict = encode(r#"["s","n",1]"#);
    let padded = format!("{strict}=");
    let payload = format!(r#"{{"_sd":["{}"]}}"#, digest(&padded));
    let sd_jwt = processed(&payload, &[&padded]);
    assert_eq!(claims(&sd_jwt), r#"{"n":1}"#);
    let found = sd_jwt
        .disclosures
        .first()
        .map(|one| one.problems.as_slice());
    assert_eq!(
        found,
        Some(&[Problem::Encoding(EncodingFaultKind::Padding)][..])
    );
    assert!(!sd_jwt.is_sound());
    assert!(!is_inserted(&processed(&payload, &[&strict]), 0));
}

#[test]
fn breaches_of_the_form_are_found_at_their_place() {
    for (payload, fault, at, shown) in [
        (
            r#"{"_sd":"x"}"#,
            "expected an array of digests in _sd, found string",
            Some(7..10),
            "{}",
        ),
        (
            r#"{"_sd":[5]}"#,
            "expected a digest as string, found number",
            Some(8..9),
            "{}",
        ),
        (
            r#"{"a":{"_sd_alg":"sha-256"}}"#,
            "expected _sd_alg at the top of the payload only, found it elsewhere",
            Some(16..25),
            r#"{"a":{"_sd_alg":"sha-256"}}"#,
        ),
        (
            r#"{"_sd_alg":null}"#,
            "expected the name of a hash function as string in _sd_alg, found null",
            Some(11..15),
            "{}",
        ),
        (
            r#"{"a":{"...":"x"}}"#,
            "expected \u{201C}...\u{201D} in an element of an array only, found it as a claim",
            Some(12..15),
            r#"{"a":{"...":"x"}}"#,
        ),
        (
            r#"{"...":"x"}"#,
            "expected \u{201C}...\u{201D} in an element of an array only, found it as a claim",
            Some(7..10),
            r#"{"...":"x"}"#,
        ),
        (
            r#"{"a":[{"...":"x","y":1}]}"#,
            "expected nothing beside \u{201C}...\u{201D}, found 2 members",
            Some(13..16),
            r#"{"a":[{"...":"x","y":1}]}"#,
        ),
        (
            r#"{"a":[{"...":7}]}"#,
            "expected a digest as string, found number",
            Some(13..14),
            r#"{"a":[{"...":7}]}"#,
        ),
        (
            "[]",
            "expected a JSON object as payload, found array",
            Some(0..2),
            "[]",
        ),
        (
            "",
            "expected a JSON object as payload, found no JSON at all",
            None,
            "",
        ),
    ] {
        let sd_jwt = processed(payload, &[""; 0]);
        assert_eq!(faults(&sd_jwt), [fault], "{payload}");
        let range = sd_jwt.faults.first().and_then(|fault| fault.place.clone());
        assert_eq!(range.map(|place| place.range), at, "{payload}");
        assert_eq!(claims(&sd_jwt), shown, "{payload}");
        assert!(!sd_jwt.is_sound());
    }
    let hash = encode(r#"["s","_sd_alg","sha-512"]"#);
    let payload = format!(r#"{{"_sd":["{}"]}}"#, digest(&hash));
    let sd_jwt = processed(payload, &[&hash]);
    let place = sd_jwt.faults.first().and_then(|fault| fault.place.clone());
    assert_eq!(place.map(|place| place.source), Some(Source::Disclosure(0)));
}

#[test]
fn an_empty_object_stays() {
    let sd_jwt = processed(
        r#"{"a":{"_sd":["x"]},"b":[{"...":"y"}],"_sd":[]}"#,
        &[""; 0],
    );
    assert_eq!(claims(&sd_jwt), r#"{"a":{},"b":[]}"#);
    assert!(sd_jwt.is_sound());
}

#[test]
fn the_hash_is_the_named_one() {
    let one = encode(r#"["s","n",1]"#);
    for hash in HashAlgorithm::all() {
        let digest = hash.digest(&one).unwrap_or_default();
        let payload = format!(r#"{{"_sd":["{digest}"],"_sd_alg":"{}"}}"#, hash.name);
        let sd_jwt = processed(&payload, &[&one]);
        assert_eq!(claims(&sd_jwt), r#"{"n":1}"#, "{}", hash.name);
        assert_eq!((sd_jwt.hash.used, sd_jwt.hash.fits), (Some(hash), None));
        assert_eq!(sd_jwt.digests.odd_lengths, 0);
    }
}

#[test]
fn another_hash_than_the_named_one_is_found_out() {
    let one = encode(r#"["s","n",1]"#);
    let sha_512 = HashAlgorithm::named("sha-512");
    let made = sha_512
        .and_then(|hash| hash.digest(&one))
        .unwrap_or_default();
    // Another known name: the name holds, the fact is told.
    let sd_jwt = processed(format!(r#"{{"_sd":["{made}"]}}"#), &[&one]);
    assert_eq!(
        (sd_jwt.hash.used, sd_jwt.hash.fits),
        (Some(&SHA_256), sha_512)
    );
    assert_eq!(sd_jwt.digests.odd_lengths, 1);
    assert!(!is_inserted(&sd_jwt, 0));
    // A name that is not known: what fits is used.
    let sd_jwt = processed(
        format!(r#"{{"_sd":["{made}"],"_sd_alg":"SHA512"}}"#),
        &[&one],
    );
    assert_eq!((sd_jwt.hash.used, sd_jwt.hash.fits), (sha_512, sha_512));
    assert_eq!(sd_jwt.hash.named.as_deref(), Some("SHA512"));
    assert!(is_inserted(&sd_jwt, 0));
    // Neither.
    let sd_jwt = processed(r#"{"_sd":["x"],"_sd_alg":"k12-256"}"#, &[&one]);
    assert_eq!(sd_jwt.hash.used, None);
    assert_eq!(
        sd_jwt.disclosures.first().map(|one| &one.standing),
        Some(&Standing::Unhashed)
    );
    assert!(!sd_jwt.is_sound());
}

#[test]
fn a_payload_that_breaks_off_is_processed_as_far_as_it_goes() {
    let one = encode(r#"["s","n",1]"#);
    let payload = format!(r#"{{"_sd":["{}"],"a":[1,{{"b":2,?"#, digest(&one));
    assert_eq!(
        claims(&processed(payload, &[&one])),
        r#"{"a":[1,{"b":2}],"n":1}"#
    );
}
