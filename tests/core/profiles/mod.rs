//! Kinds of token from the signed text to the judgement. What each kind must have is tried beside the code.

use serde_json::{Value, json};
use tokenloupe::inspection::Inspection;
use tokenloupe::judge::{
    CheckResult, ChosenBy, Judgement, Policy, ProfileChoice, ProfileName, Severity,
};
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::{Provenance, Setting};

use crate::certificates::request;
use crate::common::{inspect, instant, judge, reasons, ring};
use crate::way::key;

/// Clean tokens, which are signed here.
const CLEAN: &str = include_str!("clean.json");

fn clean() -> Vec<Value> {
    serde_json::from_str(CLEAN).unwrap()
}

fn of(name: &str) -> Value {
    let mut all = clean();
    let at = all.iter().position(|one| one["profile"] == name);
    all.swap_remove(at.unwrap())
}

fn own_jwk() -> Value {
    key("ES256").jwk(&json!({}))
}

/// A clean token, signed, and inspected with this key.
fn signed(described: &Value, keys: &KeyRing) -> Inspection {
    let header = described["header"].to_string();
    let token = key("ES256").token("ES256", &header, described["claims"].to_string());
    inspect(&token, keys)
}

/// The key that signs, under the name that most of them give it.
fn signer(described: &Value) -> KeyRing {
    let kid = described["header"]
        .get("kid")
        .unwrap_or(&json!("k"))
        .clone();
    ring(&key("ES256").jwk(&json!({"kid": kid})).to_string())
}

fn check<'j>(judgement: &'j Judgement, name: &str) -> (CheckResult, &'j str) {
    let mut checks = judgement.checks.iter();
    let check = checks.find(|check| check.check == name).unwrap();
    (check.result, &check.text)
}

#[test]
fn a_clean_token_of_each_kind_is_accepted() {
    for described in clean() {
        let name = described["profile"].as_str().unwrap();
        let inspection = if name == "app-store" {
            of_the_shop(&described)
        } else {
            signed(&described, &signer(&described))
        };
        let judgement = judge(&inspection, None);
        let words = format!("{described}: {:#?}", judgement.findings);
        assert_eq!(judgement.profile.name.name(), name, "{words}");
        assert_eq!(judgement.profile.why, described["why"].as_str().unwrap());
        assert_eq!(reasons(&judgement), [""; 0], "{words}");
        let mut findings = judgement.findings.iter();
        let worse = findings.find(|finding| finding.severity >= Severity::Medium);
        assert_eq!(worse, None, "{words}");
        assert_eq!(
            check(&judgement, "profile").0,
            CheckResult::Passed,
            "{words}"
        );
    }
}

/// Signed by the leaf of a chain whose root the reviewer holds.
fn of_the_shop(described: &Value) -> Inspection {
    let root = request("root.example").ca().self_signed();
    let between = request("between.example").ca().issued_by(&root);
    let leaf = request("leaf.example").issued_by(&between);
    let x5c = crate::certificates::x5c(&[&leaf, &between, &root]);
    let token = leaf.es256(&format!(",{x5c}"), &described["claims"].to_string());
    let root = tokenloupe::keys::load("ca.pem", root.pem().as_bytes()).unwrap();
    inspect(&token, &KeyRing::new(root))
}

/// Where holding the key is the point, the key that came with the token is the holder's own.
#[test]
fn a_proof_is_made_with_the_key_that_it_brings() {
    for name in ["dpop-proof", "vci-key-proof", "siop-id-token"] {
        let mut described = of(name);
        described["header"]["jwk"] = own_jwk();
        if name == "siop-id-token" {
            described["claims"]["sub_jwk"] = own_jwk();
        }
        let inspection = signed(&described, &KeyRing::default());
        let used = inspection.proof.used_key().unwrap();
        assert_eq!(used.provenance, Provenance::Token);
        let profile = ProfileName::from_name(name).unwrap();
        let judgement = judge(&inspection, Some(profile));
        assert_eq!(reasons(&judgement), [""; 0], "{name}");
        let (result, text) = check(&judgement, "key");
        assert_eq!(result, CheckResult::Passed, "{name}: {text}");
        let (result, text) = check(&judgement, "signature");
        assert!(result == CheckResult::Passed && text.contains("the holder\u{2019}s own key"));
        let sentence = tokenloupe::judge::words::sentence(
            &judgement,
            &inspection.proof,
            tokenloupe::judge::words::When::Now,
        );
        assert!(
            sentence
                .explanation
                .starts_with("The signature is the holder\u{2019}s own"),
            "{}",
            sentence.explanation
        );
        // For no kind, and for another one, it proves nothing.
        for other in [ProfileName::Jwt, ProfileName::EntityStatement] {
            let judgement = judge(&inspection, Some(other));
            let own = "only-token-supplied-key";
            let is_fixed = other != ProfileName::Jwt;
            assert!(is_fixed || reasons(&judgement) == [own], "{name}");
            assert_ne!(judgement.verdict.outcome.name(), "accept", "{name}");
        }
    }
}

/// A kind that is only guessed trusts no key.
#[test]
fn a_guess_does_not_trust_the_key_of_the_token() {
    let mut described = of("dpop-proof");
    described["header"] = json!({"alg": "ES256", "jwk": own_jwk()});
    let judgement = judge(&signed(&described, &KeyRing::default()), None);
    assert_eq!(judgement.profile.name, ProfileName::DpopProof);
    assert_eq!(judgement.profile.chosen_by, ChosenBy::Guess);
    assert_eq!(reasons(&judgement), ["only-token-supplied-key"]);
}

/// A kind that is certain refuses, a guess does not.
#[test]
fn a_lapse_refuses_where_the_kind_is_certain() {
    let mut described = of("oidc-id-token");
    described["claims"].as_object_mut().unwrap().remove("aud");
    let inspection = signed(&described, &signer(&described));
    let guessed = judge(&inspection, None);
    assert_eq!(guessed.profile.name, ProfileName::OidcIdToken);
    assert_eq!(reasons(&guessed), [""; 0]);
    let (result, text) = check(&guessed, "profile");
    assert_eq!(result, CheckResult::NotRun);
    assert!(text.ends_with("but: No aud"), "{text}");
    let finding = &guessed.findings[0];
    assert_eq!(
        (finding.rule, finding.severity),
        ("profile-claim-missing", Severity::Medium)
    );
    assert!(finding.detail.contains("If this is one, it must have aud"));
    let chosen = judge(&inspection, Some(ProfileName::OidcIdToken));
    assert_eq!(reasons(&chosen), ["profile-claim-missing"]);
    assert_eq!(check(&chosen, "profile").0, CheckResult::Failed);
    assert_eq!(chosen.findings[0].severity, Severity::High);
    // Another kind than its type says.
    let access = of("access-token");
    let inspection = signed(&access, &signer(&access));
    let chosen = judge(&inspection, Some(ProfileName::OidcIdToken));
    assert_eq!(reasons(&chosen), ["typ-mismatch"]);
    assert_eq!(check(&chosen, "type").0, CheckResult::Failed);
}

#[test]
fn the_checks_type_and_profile_stand_in_their_order() {
    let described = of("access-token");
    let judgement = judge(&signed(&described, &signer(&described)), None);
    let names: Vec<&str> = judgement.checks.iter().map(|check| check.check).collect();
    assert_eq!(
        names,
        [
            "form",
            "encoding",
            "header",
            "crit",
            "alg",
            "key",
            "key-fit",
            "signature",
            "type",
            "time",
            "iss",
            "aud",
            "nonce",
            "replay",
            "profile"
        ]
    );
    for name in ["type", "profile"] {
        let check = judgement.checks.iter().find(|check| check.check == name);
        assert!(check.unwrap().byte_range.is_some(), "{name}");
    }
    // A signed message is of no kind.
    let judgement = judge(
        &signed(&described, &signer(&described)),
        Some(ProfileName::Jws),
    );
    let mut checks = judgement.checks.iter();
    assert!(!checks.any(|check| ["type", "profile"].contains(&check.check)));
}

/// What vendors do otherwise than others, and always: no rule speaks of it.
#[test]
fn vendors_have_habits() {
    let found = |described: &Value, rule: &str| {
        let judgement = judge(&signed(described, &signer(described)), None);
        let mut findings = judgement.findings.iter();
        findings
            .find(|finding| finding.rule == rule)
            .map(|finding| finding.severity)
    };
    for name in ["github-actions", "entra"] {
        assert_eq!(found(&of(name), "x5t-sha1"), Some(Severity::Info), "{name}");
    }
    let mut other = of("github-actions");
    other["claims"]["iss"] = json!("https://ci.example");
    for member in ["repository", "job_workflow_ref"] {
        other["claims"].as_object_mut().unwrap().remove(member);
    }
    assert_eq!(found(&other, "x5t-sha1"), Some(Severity::Low));
    // exp is a year ahead, and warnafter an hour.
    let kubernetes = of("kubernetes");
    assert_eq!(found(&kubernetes, "lifetime-long"), Some(Severity::Info));
    // The dates of its claims count milliseconds, iat too should it have one.
    let mut shop = of("app-store");
    shop["header"].as_object_mut().unwrap().remove("x5c");
    shop["claims"]["iat"] = json!(1_795_300_800_000_i64);
    assert_eq!(found(&shop, "numericdate-unit"), None);
    shop["claims"]["bundleId"] = Value::Null;
    shop["claims"].as_object_mut().unwrap().remove("bundleId");
    assert_eq!(found(&shop, "numericdate-unit"), Some(Severity::High));
    // Half a year, as Apple allows.
    let mut all = clean();
    all.retain(|one| one["profile"] == "apple");
    assert_eq!(found(&all[1], "lifetime-long"), None);
    all[1]["claims"]["exp"] = json!(1_795_300_000 + 15_777_001);
    assert_eq!(found(&all[1], "lifetime-long"), Some(Severity::Low));
    // A vendor's access tokens live a day, however they are typed.
    let mut auth0 = of("auth0");
    auth0["header"]["typ"] = json!("at+jwt");
    assert_eq!(found(&auth0, "lifetime-long"), None);
    auth0["claims"]["iss"] = json!("https://as.example/");
    assert_eq!(found(&auth0, "lifetime-long"), Some(Severity::High));
}

/// What the reviewer says of one token counts for that one, whatever the policy says of all, and outlives another proof.
#[test]
fn what_is_said_of_one_token_stands_before_the_policy() {
    let described = of("access-token");
    let mut inspection = signed(&described, &signer(&described));
    let of_policy = |profile| Policy {
        profile,
        ..Policy::default()
    };
    let at = instant("2026-11-21T22:40:13Z");
    let kind = |inspection: &Inspection, policy: &Policy| {
        let profile = inspection.judge(policy, at).profile;
        (profile.name, profile.chosen_by)
    };
    let auto = of_policy(ProfileChoice::Auto);
    let events = of_policy(ProfileChoice::Named(ProfileName::SecurityEvent));
    let own = kind(&inspection, &auto);
    assert_eq!(own.0, ProfileName::AccessToken);
    inspection.kind = Some(ProfileName::OidcIdToken);
    for policy in [&auto, &events] {
        let expected = (ProfileName::OidcIdToken, ChosenBy::Option);
        assert_eq!(kind(&inspection, policy), expected);
    }
    inspection.prove(&KeyRing::default(), &Setting::default());
    assert_eq!(inspection.kind, Some(ProfileName::OidcIdToken));
    let judgement = inspection.judge(&auto, at);
    assert!(judgement.profile.is_fixed(), "its rules refuse");
    inspection.kind = None;
    assert_eq!(kind(&inspection, &auto), own);
    let expected = (ProfileName::SecurityEvent, ChosenBy::Option);
    assert_eq!(kind(&inspection, &events), expected);
}

/// Of a token in another one the kind is that of the one that holds the claims.
#[test]
fn what_is_said_of_a_token_is_said_of_the_one_that_holds_the_claims() {
    let inner = key("ES256").plain_token("ES256", r#"{"sub":"a"}"#);
    let outer = key("ES256").token("ES256", r#"{"alg":"ES256","cty":"JWT"}"#, &inner);
    let mut inspection = inspect(&outer, &key("ES256").ring());
    inspection.kind = Some(ProfileName::LogoutToken);
    let judgement = judge(&inspection, None);
    assert_eq!(judgement.profile.name, ProfileName::Jws);
    assert_eq!(judgement.innermost().profile.name, ProfileName::LogoutToken);
}
