//! What the tokens of a session say about each other, and that it depends on nothing else.

pub(crate) mod make;

use serde_json::Value;
use tokenloupe::inspection::Session;
use tokenloupe::judge::{CheckResult, Judgement, Policy, ProfileChoice, ProfileName};
use tokenloupe::keys::KeyRing;
use tokenloupe::report::{self, Options, Report};

use crate::common::{instant, reasons};
use make::{NOW, ath, es256, half_hash, jwk, key, proof, session, thumbprint};

const AT: &str = "2026-11-21T22:40:13Z";

/// A hybrid response and a request that uses it: an ID token, the access token that it names, and a proof for that one.
fn response() -> [String; 3] {
    let (issuer, holder) = (key(9), key(1));
    let access_token = es256(
        &issuer,
        r#"{"alg":"ES256","typ":"at+jwt","kid":"a"}"#,
        &format!(
            r#"{{"iss":"https://a.example","aud":"https://api.example","sub":"u1","client_id":"b","sid":"s-1","exp":{},"iat":{NOW},"jti":"0123456789abcdef0123","cnf":{{"jkt":"{}"}}}}"#,
            NOW + 600,
            thumbprint(&holder)
        ),
    );
    let id_token = es256(
        &issuer,
        r#"{"alg":"ES256","kid":"a"}"#,
        &format!(
            r#"{{"iss":"https://a.example","aud":"b","sub":"u1","nonce":"n-0S6","sid":"s-1","exp":{},"iat":{NOW},"at_hash":"{}"}}"#,
            NOW + 600,
            half_hash(&access_token)
        ),
    );
    let proof = proof(
        &holder,
        NOW,
        "proof-0123456789abcdef",
        &format!(r#","ath":"{}""#, ath(&access_token)),
    );
    [access_token, id_token, proof]
}

fn issuer_keys() -> KeyRing {
    let jwk = jwk(&key(9));
    crate::common::ring(&jwk.replacen('{', r#"{"kid":"a","#, 1))
}

fn files(tokens: &[String]) -> Vec<(&'static str, &str)> {
    tokens
        .iter()
        .map(|token| ("a.txt", token.as_str()))
        .collect()
}

/// The judgements by token, with all that they say.
fn judged(session: &Session, policy: &Policy) -> Vec<(String, String)> {
    let neighbours = session.neighbours();
    let judged = session.tokens.iter().map(|inspection| {
        let judgement = inspection.judge_beside(&neighbours, policy, instant(AT));
        (inspection.sha256.clone(), format!("{judgement:?}"))
    });
    let mut judged: Vec<_> = judged.collect();
    judged.sort();
    judged
}

fn judgement(session: &Session, at: usize, policy: &Policy) -> Judgement {
    session.tokens[at].judge_beside(&session.neighbours(), policy, instant(AT))
}

#[test]
fn each_token_of_a_response_leads_to_the_others() {
    let tokens = response();
    let session = session(&files(&tokens), &issuer_keys());
    let said = |at: usize| -> Vec<(&'static str, &'static str, &'static str, usize)> {
        let judgement = judgement(&session, at, &Policy::default());
        assert_eq!(reasons(&judgement), [""; 0], "{at}");
        let place = |id: &_| {
            session
                .tokens
                .iter()
                .position(|token| token.id() == *id)
                .unwrap()
        };
        let mut all: Vec<_> = judgement
            .related()
            .iter()
            .map(|one| {
                (
                    one.relation.name(),
                    one.said_by.name(),
                    one.state(),
                    place(&one.other),
                )
            })
            .collect();
        all.sort_unstable();
        all
    };
    assert_eq!(
        said(0),
        [
            ("at_hash", "other", "matches", 1),
            ("ath", "other", "matches", 2),
            ("cnf", "this", "matches", 2),
            ("session", "both", "matches", 1),
        ]
    );
    assert_eq!(
        said(1),
        [
            ("at_hash", "this", "matches", 0),
            ("session", "both", "matches", 0)
        ]
    );
    assert_eq!(
        said(2),
        [
            ("ath", "this", "matches", 0),
            ("cnf", "other", "matches", 0)
        ]
    );
}

#[test]
fn checks_say_what_was_bound_to_what() {
    let tokens = response();
    let session = session(&files(&tokens), &issuer_keys());
    let checks = |judgement: &Judgement| -> Vec<(CheckResult, String)> {
        let checks = judgement
            .checks
            .iter()
            .filter(|check| check.check == "binding");
        checks
            .map(|check| (check.result, check.text.to_string()))
            .collect()
    };
    let proof = judgement(&session, 2, &Policy::default());
    assert_eq!(
        checks(&proof),
        [
            (
                CheckResult::Passed,
                "ath matches the access token".to_owned()
            ),
            (
                CheckResult::Passed,
                "Its key is the one in cnf of the access token".to_owned()
            ),
        ]
    );
    let alone = session.tokens[1].judge(&Policy::default(), instant(AT));
    assert_eq!(
        checks(&alone),
        [(
            CheckResult::NotRun,
            "Other tokens were not looked at".to_owned()
        )]
    );
    assert!(alone.related.is_none());
    assert!(alone.not_run.contains(&"hash-claim-mismatch"));
    let only = make::session(&[("a", &tokens[1])], &issuer_keys());
    let only = judgement(&only, 0, &Policy::default());
    assert_eq!(
        checks(&only),
        [(
            CheckResult::NotRun,
            "The access token is not in this session: add it".to_owned()
        )]
    );
    assert_eq!(only.related.as_deref(), Some(&[][..]));
}

/// An ID token is refused for a foreign access token where it is known to be one.
#[test]
fn an_exchanged_access_token_is_refused_where_the_kind_is_chosen() {
    let [access_token, id_token, _] = response();
    let other = access_token_of("u2");
    let text = format!(r#"{{"access_token":"{other}","id_token":"{id_token}"}}"#);
    let chosen = Policy {
        profile: ProfileChoice::Named(ProfileName::OidcIdToken),
        ..Policy::default()
    };
    let wrong = session(&[("response.json", &text)], &issuer_keys());
    assert_eq!(
        reasons(&judgement(&wrong, 1, &chosen)),
        ["hash-claim-mismatch"]
    );
    assert_eq!(reasons(&judgement(&wrong, 1, &Policy::default())), [""; 0]);
    // With its own one somewhere else in the session it is bound to that.
    let both = session(
        &[("response.json", &text), ("other", &access_token)],
        &issuer_keys(),
    );
    assert_eq!(reasons(&judgement(&both, 1, &chosen)), [""; 0]);
}

fn access_token_of(sub: &str) -> String {
    es256(
        &key(9),
        r#"{"alg":"ES256","typ":"at+jwt","kid":"a"}"#,
        &format!(
            r#"{{"iss":"https://a.example","aud":"https://api.example","sub":"{sub}","client_id":"b","exp":{},"iat":{NOW},"jti":"{sub}123456789abcdef0123"}}"#,
            NOW + 600
        ),
    )
}

/// What looks like one response by its claims is told as likely, and refuses nothing.
#[test]
fn what_only_looks_like_one_response_is_no_refusal() {
    let [_, id_token, _] = response();
    let other = access_token_of("u1");
    let chosen = Policy {
        profile: ProfileChoice::Named(ProfileName::OidcIdToken),
        ..Policy::default()
    };
    let session = session(&[("one", &id_token), ("two", &other)], &issuer_keys());
    let judgement = judgement(&session, 0, &chosen);
    assert_eq!(reasons(&judgement), [""; 0]);
    let finding = judgement
        .findings
        .iter()
        .find(|finding| finding.rule == "hash-claim-mismatch");
    assert_eq!(finding.unwrap().confidence.name(), "likely");
    assert!(judgement.related().is_empty());
}

#[test]
fn the_order_of_tokens_changes_nothing() {
    let mut tokens = response().to_vec();
    tokens.extend([access_token_of("u1"), access_token_of("u2")]);
    let policy = Policy::default();
    let expected = judged(&session(&files(&tokens), &issuer_keys()), &policy);
    for turn in 1..tokens.len() {
        let mut turned = tokens.clone();
        turned.rotate_left(turn);
        if turn % 2 == 0 {
            turned.reverse();
        }
        // Where they stand is what files say, and stays out.
        let session = session(&files(&turned), &issuer_keys());
        assert_eq!(judged(&session, &policy), expected, "{turn}");
    }
}

#[test]
fn a_token_that_has_nothing_to_do_with_them_changes_nothing() {
    let tokens = response();
    let policy = Policy::default();
    let alone = session(&files(&tokens), &issuer_keys());
    let mut more = files(&tokens);
    // Of another algorithm too: a second ECDSA signature is something to compare with.
    let stranger = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2IuZXhhbXBsZSIsInN1YiI6IngiLCJqdGkiOiJ5In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    more.push(("b.txt", stranger));
    let with = session(&more, &issuer_keys());
    let mut said = judged(&with, &policy);
    let own = with.tokens.last().unwrap().sha256.clone();
    said.retain(|(sha256, _)| *sha256 != own);
    assert_eq!(said, judged(&alone, &policy));
}

fn json_of(session: &Session) -> Value {
    let mut out = Vec::new();
    let report = Report::new(session, instant(AT), Options::default());
    report::json(&report, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn reports_name_the_other_token() {
    let tokens = response();
    let session = session(&files(&tokens), &issuer_keys());
    let report = json_of(&session);
    let related = &report["tokens"][1]["related"];
    assert_eq!(related[0]["relation"], "at_hash");
    assert_eq!(related[0]["state"], "matches");
    assert_eq!(related[0]["said_by"], "this");
    assert_eq!(related[0]["sha256"], report["tokens"][0]["sha256"]);
    assert_eq!(related[0]["evidence"]["pointer"], "/at_hash");
    let mut text = Vec::new();
    report::text(
        &Report::new(&session, instant(AT), Options::default()),
        &mut text,
    )
    .unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.contains("= at_hash matches the access token: token 1"),
        "{text}"
    );
    assert!(
        text.contains("= Named by ath of the DPoP proof: token 3"),
        "{text}"
    );
}

/// The only loaded key is the issuer's, and no proof is meant for that one: the key in its header is.
#[test]
fn a_proof_is_not_held_against_the_key_of_the_issuer() {
    let alone = session(
        &[("proof", &proof(&key(1), NOW, "proof-0123456789abcdef", ""))],
        &issuer_keys(),
    );
    assert_eq!(reasons(&judgement(&alone, 0, &Policy::default())), [""; 0]);
}
