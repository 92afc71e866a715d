//! Claims that are required or forbidden, and `jti`s that are revoked.

use serde_json::json;
use tokenloupe::judge::{Check, CheckResult, Policy, Revoked};

use super::{GOOD_HEADER, check, judged, name, pointer, ring, secret, token, valued};
use crate::common::reasons;

#[test]
fn claims_are_required_and_forbidden_by_name_pointer_and_value() {
    let claims = json!({
        "sub": "jane", "n": 10, "roles": ["user", "admin"], "cnf": {"jkt": "t", "a/b": {"~": 1}}, "null": null,
    });
    let token = token(GOOD_HEADER, &claims);
    let text = |check: &Check| check.text.clone().into_owned();
    for (rule, is_there, required, forbidden) in [
        (
            name("sub"),
            true,
            "sub to be there",
            "Expected no sub, found \"jane\"",
        ),
        (name("n"), true, "n to be there", "Expected no n, found 10"),
        (
            name("null"),
            true,
            "null to be there",
            "Expected no null, found null",
        ),
        (
            name("Sub"),
            false,
            "Expected Sub to be there, found none",
            "no Sub",
        ),
        (
            name("/cnf/jkt"),
            false,
            "Expected /cnf/jkt to be there, found none",
            "no /cnf/jkt",
        ),
        (
            valued(name("n"), "1e1"),
            true,
            "1e1",
            "Expected anything but 1e1, found 10",
        ),
        (
            valued(name("n"), "\"10\""),
            false,
            "Expected \"10\", found 10",
            "anything but \"10\"",
        ),
        (
            valued(name("roles"), "[\"user\", \"admin\"]"),
            true,
            "[\"user\", \"admin\"]",
            "Expected anything but [\"user\", \"admin\"], found an array",
        ),
        (
            valued(name("roles"), "\"admin\""),
            false,
            "Expected \"admin\", found an array",
            "anything but \"admin\"",
        ),
        (
            pointer("/cnf/jkt"),
            true,
            "/cnf/jkt to be there",
            "Expected no /cnf/jkt, found \"t\"",
        ),
        (
            pointer("/cnf/a~1b/~0"),
            true,
            "/cnf/a~1b/~0 to be there",
            "Expected no /cnf/a~1b/~0, found 1",
        ),
        (
            pointer("/roles/1"),
            true,
            "/roles/1 to be there",
            "Expected no /roles/1, found \"admin\"",
        ),
        (
            pointer("/roles/01"),
            false,
            "Expected /roles/01 to be there, found none",
            "no /roles/01",
        ),
        (
            pointer("/roles/2"),
            false,
            "Expected /roles/2 to be there, found none",
            "no /roles/2",
        ),
        (
            pointer("/sub/0"),
            false,
            "Expected /sub/0 to be there, found none",
            "no /sub/0",
        ),
        (
            valued(pointer("/roles/0"), "\"admin\""),
            false,
            "Expected \"admin\", found \"user\"",
            "anything but \"admin\"",
        ),
    ] {
        let require = Policy {
            required_claims: vec![rule.clone()],
            ..Policy::default()
        };
        let judgement = judged(&token, &ring(), &require);
        let told = check(&judgement, "claim-required");
        assert_eq!(
            (text(told), told.result == CheckResult::Passed),
            (required.to_owned(), is_there)
        );
        let expected: &[&str] = if is_there { &[] } else { &["policy-claims"] };
        assert_eq!(reasons(&judgement), expected, "{rule:?}");

        let forbid = Policy {
            forbidden_claims: vec![rule.clone()],
            ..Policy::default()
        };
        let judgement = judged(&token, &ring(), &forbid);
        let told = check(&judgement, "claim-forbidden");
        assert_eq!(
            (text(told), told.result == CheckResult::Failed),
            (forbidden.to_owned(), is_there)
        );
        let expected: &[&str] = if is_there { &["policy-claims"] } else { &[] };
        assert_eq!(reasons(&judgement), expected, "{rule:?}");
    }
}

/// A duplicate does not hide a claim that is forbidden or a `jti` that is revoked, whichever of them comes last.
#[test]
fn duplicates_hide_nothing() {
    for claims in [
        r#"{"jti":"bad","jti":"good"}"#,
        r#"{"jti":"good","jti":"bad"}"#,
    ] {
        let token = secret().token("HS256", GOOD_HEADER, claims);
        let policy = Policy {
            revoked: Revoked::listed(["bad"]),
            forbidden_claims: vec![valued(name("jti"), "\"bad\"")],
            ..Policy::default()
        };
        let found = reasons(&judged(&token, &ring(), &policy));
        assert_eq!(found, ["malformed", "revoked", "policy-claims"], "{claims}");
    }
}

#[test]
fn a_token_without_a_jti_cannot_be_looked_for() {
    let policy = Policy {
        revoked: Revoked::listed(["5", "x"]),
        ..Policy::default()
    };
    for (jti, result, text) in [
        (
            json!({}),
            CheckResult::NotRun,
            "There is no jti to look for",
        ),
        (
            json!({"jti": ["x"]}),
            CheckResult::NotRun,
            "An array as jti cannot be looked for",
        ),
        (
            json!({"jti": 6}),
            CheckResult::Passed,
            "a jti that is not among the 2 that are revoked",
        ),
        // Some issuers write numbers.
        (
            json!({"jti": 5}),
            CheckResult::Failed,
            "Expected a jti that is not among the 2 that are revoked, found \u{201C}5\u{201D}, which is",
        ),
    ] {
        let judgement = judged(&token(GOOD_HEADER, &jti), &ring(), &policy);
        let check = check(&judgement, "replay");
        assert_eq!((check.result, &*check.text), (result, text));
        let is_refused = result == CheckResult::Failed;
        assert_eq!(
            reasons(&judgement).contains(&"revoked"),
            is_refused,
            "{jti}"
        );
    }
}
