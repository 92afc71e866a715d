//! The file of a policy: what is written is read again, and what is not understood is refused where it stands.

use std::io;
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use tokenloupe::judge::{
    Issuer, KeyChoice, MAX_LISTED, MAX_POLICY_BYTES, MAX_REVOKED_LISTED, Policy, PolicyFault,
    ProfileChoice, ProfileName, Revoked, RevokedFile, Strictness,
};

use super::{name, pointer, texts, valued};

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value =
        serde_json::from_str(include_str!("../../../docs/policy.schema.json")).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
});

/// There is one file, `revoked.txt`.
fn open(name: &str) -> io::Result<Vec<u8>> {
    match name {
        "revoked.txt" => Ok(b"id-1\nid-2\n".to_vec()),
        "binary" => Ok(b"id-1\n\xFF".to_vec()),
        _ => Err(io::Error::new(io::ErrorKind::NotFound, "not found")),
    }
}

fn read(text: &str) -> Result<Policy, String> {
    Policy::read("p.json", text.as_bytes(), &mut open).map_err(|error| error.to_string())
}

fn full() -> Policy {
    Policy {
        name: Some("Portal \u{201C}a\u{201D}\n".to_owned()),
        profile: ProfileChoice::Named(ProfileName::Jwt),
        algorithms: texts(&["RS256", "ES256"]),
        issuers: vec![
            Issuer::new("https://b.example"),
            Issuer {
                iss: "https://a.example".to_owned(),
                keys: vec![
                    KeyChoice::Id("k".to_owned()),
                    KeyChoice::Thumbprint("t".to_owned()),
                    KeyChoice::Source("a.json".to_owned()),
                ],
            },
        ],
        audiences: texts(&["b", "a", ""]),
        types: texts(&["portal+jwt"]),
        nonce: Some("n".to_owned()),
        leeway_seconds: 0,
        max_age_seconds: Some(0),
        max_lifetime_seconds: Some(u32::MAX),
        required_claims: vec![
            name("sub"),
            valued(
                pointer("/a~1b/0"),
                r#"{"n": 12345678901234567890.10, "e":1e999, "s":"\u0041"}"#,
            ),
        ],
        forbidden_claims: vec![valued(name("x"), "null"), pointer("/")],
        revoked: Revoked::listed(["j\u{2028}", "i"]).with_file(Some(
            RevokedFile::read("revoked.txt", b"id-1\nid-2\n").unwrap(),
        )),
        strictness: Strictness::Lenient,
    }
}

#[test]
fn export_and_import_are_exact() {
    for policy in [Policy::default(), full()] {
        let text = policy.to_json();
        let again = read(&text).unwrap();
        assert_eq!(again, policy);
        assert_eq!(again.to_json(), text);
    }
    let text = full().to_json();
    // To the letter, where a reader of numbers would change them.
    assert!(
        text.contains(r#"{"n": 12345678901234567890.10, "e":1e999, "s":"\u0041"}"#),
        "{text}"
    );
    // The schema's library reads numbers as doubles.
    let value: Value = serde_json::from_str(&text.replace("1e999", "1")).unwrap();
    let errors: Vec<_> = SCHEMA
        .iter_errors(&value)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let plain: Value = serde_json::from_str(&Policy::default().to_json()).unwrap();
    assert!(SCHEMA.is_valid(&plain), "{plain}");
    assert_eq!(
        read(r#"{"version":1,"$schema":"policy.schema.json"}"#),
        Ok(Policy::default())
    );
}

/// The file, whether the schema sees it too, and the error's two lines.
#[test]
fn broken_files_are_refused_where_they_are_broken() {
    let known = "A misspelt expectation would expect nothing. Known here: ";
    let mend = "Write it so there; docs/policy.schema.json describes every member.";
    for (text, is_seen, what, advice) in [
        (
            "",
            true,
            "line 1, column 1: expected a value, found the end",
            "Mend the JSON there, or export the policy again.",
        ),
        (
            "{\"version\":1,\n  \"iss\": }",
            true,
            "line 2, column 10: expected a value, found \u{201C}}\u{201D}",
            "Mend the JSON there, or export the policy again.",
        ),
        (
            r#"{"version":1} x"#,
            true,
            "line 1, column 15: expected nothing after the value, found \u{201C}x\u{201D}",
            "Mend the JSON there, or export the policy again.",
        ),
        (
            r#"{"version":1,"nonce":"a","nonce":"b"}"#,
            false,
            "line 1, column 26: expected each member name once, found \"nonce\" again",
            "Mend the JSON there, or export the policy again.",
        ),
        (
            "[]",
            true,
            "line 1, column 1: expected a policy: a JSON object, found an array",
            mend,
        ),
        (
            "{}",
            true,
            "line 1, column 1: expected version, found no such member",
            "Add \"version\": 1 to the policy.",
        ),
        (
            r#"{"version":2}"#,
            true,
            "line 1, column 12: expected version 1, found 2",
            "Export the policy from this version, or open it with the one that wrote it.",
        ),
        (
            r#"{"version":"1"}"#,
            true,
            "line 1, column 12: expected version 1, found \u{201C}1\u{201D}",
            "Export the policy from this version, or open it with the one that wrote it.",
        ),
        (
            "{\n \"version\": 1,\n \"isuers\": []\n}",
            true,
            "line 3, column 2: expected a member that is known here, found \u{201C}isuers\u{201D}",
            known,
        ),
        (
            r#"{"version":1,"issuers":[{"iss":"a","key":[]}]}"#,
            true,
            "line 1, column 36: expected a member that is known here, found \u{201C}key\u{201D}",
            known,
        ),
        (
            r#"{"version":1,"issuers":[{"keys":[]}]}"#,
            true,
            "line 1, column 25: expected iss, found no such member",
            "Add iss there.",
        ),
        (
            r#"{"version":1,"issuers":["a"]}"#,
            true,
            "line 1, column 25: expected an issuer as an object with iss, found \u{201C}a\u{201D}",
            mend,
        ),
        (
            r#"{"version":1,"issuers":[{"iss":"a","keys":[{}]}]}"#,
            true,
            "line 1, column 44: expected a key as an object with kid, thumbprint or source, found an empty object",
            mend,
        ),
        (
            r#"{"version":1,"issuers":[{"iss":"a","keys":[{"kid":"a","source":"b"}]}]}"#,
            true,
            "line 1, column 55: expected one of kid, thumbprint and source, found more than one",
            mend,
        ),
        (
            r#"{"version":1,"alg":"RS256"}"#,
            true,
            "line 1, column 20: expected alg as an array, found \u{201C}RS256\u{201D}",
            mend,
        ),
        (
            r#"{"version":1,"aud":["a",1]}"#,
            true,
            "line 1, column 25: expected aud as an array of texts, found 1",
            mend,
        ),
        (
            r#"{"version":1,"nonce":null}"#,
            true,
            "line 1, column 22: expected nonce as a text, found null",
            mend,
        ),
        (
            r#"{"version":1,"leeway_seconds":-1}"#,
            true,
            "line 1, column 31: expected leeway_seconds as a whole number from 0 to 4294967295, found -1",
            mend,
        ),
        (
            r#"{"version":1,"max_age_seconds":4294967296}"#,
            true,
            "line 1, column 32: expected max_age_seconds as a whole number from 0 to 4294967295, found 4294967296",
            mend,
        ),
        (
            r#"{"version":1,"max_lifetime_seconds":1.5}"#,
            true,
            "line 1, column 37: expected max_lifetime_seconds as a whole number from 0 to 4294967295, found 1.5",
            mend,
        ),
        (
            r#"{"version":1,"max_age_seconds":"60"}"#,
            true,
            "line 1, column 32: expected max_age_seconds as a whole number from 0 to 4294967295, found \u{201C}60\u{201D}",
            mend,
        ),
        (
            r#"{"version":1,"profile":"nothing"}"#,
            false,
            "line 1, column 24: expected profile as auto or a kind of token that is known here, found \u{201C}nothing\u{201D}",
            mend,
        ),
        (
            r#"{"version":1,"strictness":"lax"}"#,
            true,
            "line 1, column 27: expected strictness as strict or lenient, found \u{201C}lax\u{201D}",
            mend,
        ),
        (
            r#"{"version":1,"required_claims":["sub"]}"#,
            true,
            "line 1, column 33: expected a claim as an object with name or pointer, found \u{201C}sub\u{201D}",
            mend,
        ),
        (
            r#"{"version":1,"required_claims":[{"value":1}]}"#,
            true,
            "line 1, column 33: expected a claim as an object with name or pointer, found neither",
            mend,
        ),
        (
            r#"{"version":1,"required_claims":[{"name":"a","pointer":"/a"}]}"#,
            true,
            "line 1, column 45: expected name or pointer, found both",
            mend,
        ),
        (
            r#"{"version":1,"forbidden_claims":[{"pointer":"a"}]}"#,
            true,
            "line 1, column 45: expected pointer as a JSON pointer (RFC 6901), such as /cnf/jkt, found \u{201C}a\u{201D}",
            mend,
        ),
        (
            r#"{"version":1,"forbidden_claims":[{"pointer":"/~2"}]}"#,
            true,
            "line 1, column 45: expected pointer as a JSON pointer (RFC 6901), such as /cnf/jkt, found \u{201C}/~2\u{201D}",
            mend,
        ),
        (
            r#"{"version":1,"revoked":["a"]}"#,
            true,
            "line 1, column 24: expected revoked as an object with jti or file, found an array",
            mend,
        ),
        (
            r#"{"version":1,"revoked":{"jti":[1]}}"#,
            true,
            "line 1, column 32: expected jti as an array of texts, found 1",
            mend,
        ),
        (
            r#"{"version":1,"revoked":{"file":"gone.txt"}}"#,
            false,
            "line 1, column 32: gone.txt: not found",
            "Check that it is a text of one jti a line, beside the policy, that you may read.",
        ),
        (
            r#"{"version":1,"revoked":{"file":"binary"}}"#,
            false,
            "line 1, column 32: binary: line 2: expected a jti in UTF-8, found bytes that are not",
            "Check that it is a text of one jti a line, beside the policy, that you may read.",
        ),
    ] {
        let error = read(text).unwrap_err();
        let (first, second) = error.split_once('\n').unwrap();
        assert_eq!(first, format!("p.json, {what}"), "{text}");
        assert!(
            second.starts_with(advice) && second.ends_with('.') && !second.contains('\n'),
            "{second}"
        );
        let is_valid = serde_json::from_str(text).is_ok_and(|value: Value| SCHEMA.is_valid(&value));
        assert_eq!(!is_valid, is_seen, "{text}");
    }
}

#[test]
fn hostile_files_are_bounded() {
    let fault = |text: &str| {
        Policy::read("p", text.as_bytes(), &mut open)
            .unwrap_err()
            .fault
    };
    let listed = |count: usize| {
        format!(
            r#"{{"version":1,"aud":[{}]}}"#,
            vec!["\"a\""; count].join(",")
        )
    };
    assert_eq!(
        read(&listed(MAX_LISTED)).unwrap().audiences.len(),
        MAX_LISTED
    );
    assert_eq!(
        fault(&listed(MAX_LISTED + 1)),
        PolicyFault::TooMany {
            name: "aud",
            limit: MAX_LISTED,
            found: MAX_LISTED + 1
        }
    );
    let revoked = |count: usize| {
        let ids: Vec<_> = (0..count).map(|id| format!("\"{id}\"")).collect();
        format!(r#"{{"version":1,"revoked":{{"jti":[{}]}}}}"#, ids.join(","))
    };
    let policy = read(&revoked(MAX_REVOKED_LISTED)).unwrap();
    assert_eq!(policy.revoked.len(), MAX_REVOKED_LISTED);
    assert!(policy.revoked.revokes("99999") && !policy.revoked.revokes("100000"));
    assert!(matches!(
        fault(&revoked(MAX_REVOKED_LISTED + 1)),
        PolicyFault::TooMany {
            name: "revoked.jti",
            ..
        }
    ));
    let large = " ".repeat(usize::try_from(MAX_POLICY_BYTES).unwrap() + 1);
    assert_eq!(fault(&large), PolicyFault::TooLarge);
    for deep in ["[".repeat(1 << 20), "{\"a\":".repeat(1 << 18)] {
        assert!(matches!(fault(&deep), PolicyFault::Json(_)));
    }
    let nested = |depth: usize| {
        let value = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"version":1,"required_claims":[{{"name":"a","value":{value}}}]}}"#)
    };
    let policy = read(&nested(64)).unwrap();
    assert_eq!(read(&policy.to_json()), Ok(policy));
    assert!(matches!(fault(&nested(65)), PolicyFault::Json(_)));
    // A name as long as the file is not repeated.
    let long = format!(r#"{{"version":1,"{}":1}}"#, "x".repeat(1 << 20));
    assert!(read(&long).unwrap_err().len() < 1_000);
}

/// Cut anywhere, a policy is refused and never half of one.
#[test]
fn half_a_policy_is_none() {
    let text = full().to_json();
    let end = text.trim_end().len();
    for cut in (0..end).filter(|&cut| text.is_char_boundary(cut)) {
        assert!(read(&text[..cut]).is_err(), "{cut}");
    }
}

proptest! {
    /// Whatever a file holds, it is refused, or read as something that comes back as it is.
    #[test]
    fn a_spoilt_policy_is_refused_or_whole(
        changes in prop::collection::vec((any::<Index>(), any::<u8>(), 0..3_u8), 1..4), noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut bytes = full().to_json().into_bytes();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        for bytes in [bytes, noise] {
            match Policy::read("p", &bytes, &mut open) {
                Ok(policy) => prop_assert_eq!(read(&policy.to_json()), Ok(policy)),
                Err(error) => prop_assert_eq!(error.to_string().lines().count(), 2),
            }
        }
    }
}
