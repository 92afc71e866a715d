//! SD-JWTs through the whole program: what is proved, judged and found.

use serde_json::{Value, json};
use tokenloupe::inspection::Inspection;
use tokenloupe::judge::{
    Check, CheckResult, Finding, Issuer, Judgement, Policy, TimeState, VerdictOutcome,
};
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::{Outcome, Provenance};

use super::facts::{
    FLAT_DISCLOSURES, FLAT_PRESENTATION, ISSUER, JSON_DISCLOSURES, JSON_FLATTENED_KEY_BINDING,
    JSON_GENERAL_KEY_BINDING, JSON_GENERAL_SIGNATURE, JSON_PAYLOAD, JSON_PROTECTED, JSON_SIGNATURE,
};
use super::make::{NOW, Parties, binding_claims, digests, disclosure, flattened, present, salt};
use crate::common::{inspect, instant, judge, reasons, ring};
use crate::way::Secret;

/// A minute after the key bindings of RFC 9901 were made.
const OF_THE_RFC: &str = "2025-05-29T16:48:24Z";

/// A policy of what a verifier sent the holder.
fn of_verifier(aud: &str, nonce: &str) -> Policy {
    Policy {
        audiences: vec![aud.to_owned()],
        nonce: Some(nonce.to_owned()),
        ..Policy::default()
    }
}

fn rfc_policy() -> Policy {
    of_verifier("https://verifier.example.org", "1234567890")
}

#[track_caller]
fn check<'j>(judgement: &'j Judgement, name: &str) -> &'j Check {
    let mut checks = judgement.checks.iter();
    checks.find(|check| check.check == name).unwrap()
}

fn finding<'j>(judgement: &'j Judgement, rule: &str) -> Option<&'j Finding> {
    let mut findings = judgement.findings.iter();
    findings.find(|finding| finding.rule == rule)
}

#[track_caller]
fn assert_accepted(inspection: &Inspection, policy: &Policy, at: &str) -> Judgement {
    let judgement = inspection.judge(policy, instant(at));
    assert_eq!(reasons(&judgement), [""; 0], "{:#?}", judgement.findings);
    assert_eq!(judgement.verdict.outcome, VerdictOutcome::Accept);
    judgement
}

/// Section 5.2, with the keys of the RFC: accepted, the holder proven with the key that the issuer confirms.
#[test]
fn the_presentation_of_section_5_2_is_accepted() {
    let inspection = inspect(FLAT_PRESENTATION, &ring(ISSUER));
    let judgement = assert_accepted(&inspection, &rfc_policy(), OF_THE_RFC);
    let names: Vec<_> = judgement.checks.iter().map(|check| check.check).collect();
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
            "disclosures",
            "type",
            "time",
            "iss",
            "replay",
            "key-binding",
            "aud",
            "nonce",
            "profile"
        ]
    );
    let disclosures = check(&judgement, "disclosures");
    assert_eq!(disclosures.result, CheckResult::Passed);
    assert!(
        disclosures.text.starts_with("4 disclosures, "),
        "{}",
        disclosures.text
    );
    assert!(
        disclosures
            .text
            .ends_with("6 digests have none: withheld, or decoys"),
        "{}",
        disclosures.text
    );
    let binding = check(&judgement, "key-binding");
    assert_eq!(binding.result, CheckResult::Passed);
    assert!(binding.text.contains("1 minute ago"), "{}", binding.text);
    assert_eq!(
        check(&judgement, "aud").title,
        "Audience of the key binding as expected"
    );
    let layer = inspection.proof.key_binding.as_ref().unwrap();
    let signature = &layer.proof.signatures[0];
    assert_eq!(signature.outcome, Outcome::Valid);
    assert_eq!(
        signature.key.as_ref().map(|used| used.provenance.name()),
        Some("token")
    );
    assert_eq!(finding(&judgement, "sd-kb-mismatch"), None);
    // It is judged without others.
    assert_eq!(judgement.not_run, ["ecdsa-nonce-reuse"]);
}

/// Sections 8.2 and 8.3: the same in JSON, where what the holder signs is put together first.
#[test]
fn the_json_forms_of_section_8_are_accepted() {
    for (signature, key_binding, is_general) in [
        (JSON_SIGNATURE, JSON_FLATTENED_KEY_BINDING, false),
        (JSON_GENERAL_SIGNATURE, JSON_GENERAL_KEY_BINDING, true),
    ] {
        let header = json!({"disclosures": JSON_DISCLOSURES, "kb_jwt": key_binding});
        let mut own =
            json!({"protected": JSON_PROTECTED, "signature": signature, "header": header});
        let text = if is_general {
            json!({"payload": JSON_PAYLOAD, "signatures": [own]})
        } else {
            own["payload"] = json!(JSON_PAYLOAD);
            own
        };
        let inspection = inspect(&text.to_string(), &ring(ISSUER));
        assert_eq!(inspection.token.kind.name(), "sd-jwt");
        let judgement = assert_accepted(&inspection, &rfc_policy(), OF_THE_RFC);
        assert_eq!(check(&judgement, "key-binding").result, CheckResult::Passed);
    }
}

/// Section 5.1: on its way to the holder there is no key binding, and cnf names a key.
#[test]
fn an_issued_token_is_accepted_and_said_to_prove_no_holder() {
    let (issuer, _) = FLAT_PRESENTATION.split_once('~').unwrap();
    let disclosures: Vec<_> = FLAT_DISCLOSURES
        .iter()
        .map(|(_, _, text)| (*text).to_owned())
        .collect();
    let inspection = inspect(&present(issuer, &disclosures), &ring(ISSUER));
    let judgement = assert_accepted(&inspection, &Policy::default(), OF_THE_RFC);
    let missing = finding(&judgement, "sd-kb-mismatch").unwrap();
    assert_eq!(
        (missing.title.as_str(), missing.refusal),
        ("The holder is not proven", None)
    );
    assert_eq!(check(&judgement, "key-binding").result, CheckResult::NotRun);
    // A verifier that sent a nonce wants it back.
    let judgement = inspection.judge(&rfc_policy(), instant(OF_THE_RFC));
    assert_eq!(
        reasons(&judgement),
        ["policy-aud", "policy-nonce", "sd-kb-mismatch"]
    );
    assert_eq!(check(&judgement, "key-binding").result, CheckResult::Failed);
}

/// A presentation of two claims out of three, and what it was made of.
fn presentation(parties: &Parties) -> (Vec<String>, String) {
    let disclosures: Vec<_> = [
        ("given_name", "Erika"),
        ("family_name", "Muster"),
        ("email", "e@x.example"),
    ]
    .iter()
    .enumerate()
    .map(|(n, (name, value))| disclosure(n, name, &json!(value)))
    .collect();
    let issuer = parties.issue(&parties.claims(&disclosures));
    (disclosures, issuer)
}

fn judged(text: &str, ring: &KeyRing) -> (Inspection, Judgement) {
    let inspection = inspect(text, ring);
    let judgement = judge(&inspection, None);
    (inspection, judgement)
}

#[test]
fn whoever_changes_the_disclosures_is_found_out() {
    let parties = Parties::new();
    let (all, issuer) = presentation(&parties);
    let shown = present(&issuer, &all[..2]);
    let bound = parties.bind(&shown, |_, _| {});
    let (_, judgement) = judged(&bound, &parties.ring());
    assert_eq!(reasons(&judgement), [""; 0], "{:#?}", judgement.findings);
    let altered = disclosure(0, "given_name", &json!("Eve"));
    let foreign = disclosure(9, "role", &json!("admin"));
    let with = |disclosures: &[&String]| {
        let disclosures: Vec<_> = disclosures.iter().map(|&text| text.clone()).collect();
        bound.replace(&shown, &present(&issuer, &disclosures))
    };
    for (text, expected, words) in [
        // Changed: it has no digest any more, and the holder signed another presentation.
        (
            with(&[&altered, &all[1]]),
            &["sd-disclosure-invalid", "sd-kb-mismatch"][..],
            "Disclosure 1: no signed digest is its own",
        ),
        // Added by somebody who is not the issuer.
        (
            with(&[&all[0], &all[1], &foreign]),
            &["sd-disclosure-invalid", "sd-kb-mismatch"],
            "Disclosure 3: no signed digest is its own",
        ),
        // Removed: the rest is the issuer's, and not what the holder signed.
        (with(&[&all[0]]), &["sd-kb-mismatch"], "1 disclosure, "),
        // The issuer's own, but added after the holder signed.
        (
            with(&[&all[0], &all[1], &all[2]]),
            &["sd-kb-mismatch"],
            "3 disclosures, ",
        ),
        // Sent twice.
        (
            with(&[&all[0], &all[0]]),
            &["sd-disclosure-invalid", "sd-kb-mismatch"],
            "Disclosure 2: it is disclosure 1 again",
        ),
    ] {
        let (_, judgement) = judged(&text, &parties.ring());
        assert_eq!(reasons(&judgement), expected, "{words}");
        let check = check(&judgement, "disclosures");
        assert!(check.text.starts_with(words), "{}", check.text);
        assert_eq!(
            check.result == CheckResult::Failed,
            expected.len() == 2,
            "{words}"
        );
    }
    // Without a key binding what is left out is the holder's own business.
    for shown in [&all[..0], &all[..1], &all] {
        let (_, judgement) = judged(&present(&issuer, shown), &parties.ring());
        assert_eq!(reasons(&judgement), [""; 0]);
    }
}

#[test]
fn decoys_and_withheld_claims_are_counted() {
    let parties = Parties::new();
    let given = disclosure(1, "a", &json!(1));
    let mut claims = parties.claims(std::slice::from_ref(&given));
    claims["_sd"]
        .as_array_mut()
        .unwrap()
        .push(json!(digests(&["decoy".to_owned()])[0]));
    let (_, judgement) = judged(&present(&parties.issue(&claims), &[given]), &parties.ring());
    assert_eq!(reasons(&judgement), [""; 0]);
    let check = check(&judgement, "disclosures");
    assert_eq!(check.result, CheckResult::Passed);
    assert!(
        check
            .text
            .ends_with("1 digest has none: withheld, or a decoy"),
        "{}",
        check.text
    );
}

#[test]
fn each_wrong_key_binding_refuses() {
    let parties = Parties::new();
    let (all, issuer) = presentation(&parties);
    let shown = present(&issuer, &all[..2]);
    let policy = of_verifier("https://verifier.example", "n-1");
    let at = instant("2026-11-21T22:40:13Z");
    let of = |text: &str| reasons(&inspect(text, &parties.ring()).judge(&policy, at));
    assert_eq!(of(&parties.bind(&shown, |_, _| {})), [""; 0]);
    let with = |name: &'static str, value: Value| {
        of(&parties.bind(&shown, |_, claims| claims[name] = value.clone()))
    };
    assert_eq!(
        with("sd_hash", json!(digests(&["other".to_owned()])[0])),
        ["sd-kb-mismatch"]
    );
    assert_eq!(with("aud", json!("https://other.example")), ["policy-aud"]);
    assert_eq!(with("nonce", json!("n-2")), ["policy-nonce"]);
    assert_eq!(with("iat", json!(NOW - 301)), ["sd-kb-mismatch"]);
    assert_eq!(with("iat", json!(NOW + 301)), ["sd-kb-mismatch"]);
    assert_eq!(
        with("aud", json!(["https://verifier.example"])),
        ["sd-kb-mismatch"]
    );
    let typ = of(&parties.bind(&shown, |header, _| header["typ"] = json!("JWT")));
    assert_eq!(typ, ["malformed", "sd-kb-mismatch"]);
    // Another key than the issuer's cnf has, even where the reviewer holds it.
    let thief = Secret::fresh("ES256");
    let jwt = thief.token(
        "ES256",
        r#"{"alg":"ES256","typ":"kb+jwt"}"#,
        binding_claims(&shown).to_string(),
    );
    let stolen = format!("{shown}{jwt}");
    assert_eq!(of(&stolen), ["signature-invalid", "sd-kb-mismatch"]);
    let both = crate::way::keys_of([
        parties.issuer.jwk(&json!({})).to_string().as_str(),
        thief.jwk(&json!({})).to_string().as_str(),
    ]);
    let (inspection, judgement) = judged(&stolen, &both);
    assert_eq!(reasons(&judgement), ["signature-invalid", "sd-kb-mismatch"]);
    let told = finding(&judgement, "sd-kb-mismatch").unwrap();
    assert_eq!(told.title, "The holder\u{2019}s key did not sign");
    // Its evidence is in the presentation's own text.
    let text = inspection.token.text();
    let evidence = &text[told.evidence[0].range.clone()];
    assert!(
        text.ends_with(&jwt) && jwt.starts_with(evidence),
        "{evidence}"
    );
}

/// The issuer's word about the holder's key counts as much as its signature does.
#[test]
fn an_unproven_issuer_confirms_nobody() {
    let parties = Parties::new();
    let (all, issuer) = presentation(&parties);
    let bound = parties.bind(&present(&issuer, &all), |_, _| {});
    let provenance = |inspection: &Inspection| {
        let layer = inspection.proof.key_binding.as_ref().unwrap();
        layer.proof.signatures[0]
            .key
            .as_ref()
            .map(|used| used.provenance)
    };
    let (inspection, judgement) = judged(&bound, &parties.ring());
    assert_eq!(provenance(&inspection), Some(Provenance::Confirmed));
    assert_eq!(reasons(&judgement), [""; 0]);
    let (inspection, judgement) = judged(&bound, &KeyRing::default());
    assert_eq!(provenance(&inspection), Some(Provenance::Token));
    assert_eq!(reasons(&judgement), ["no-key", "only-token-supplied-key"]);
    assert_eq!(check(&judgement, "key-binding").result, CheckResult::NotRun);
    let both = crate::way::keys_of([
        parties.issuer.jwk(&json!({})).to_string().as_str(),
        parties.holder.jwk(&json!({})).to_string().as_str(),
    ]);
    let (inspection, judgement) = judged(&bound, &both);
    assert_eq!(provenance(&inspection), Some(Provenance::Yours));
    // Several keys, and the issuer's header names none: it is found by trying.
    assert_eq!(reasons(&judgement), [""; 0]);
}

/// `cnf` may name the key only (RFC 7800 section 3.4), or its thumbprint.
#[test]
fn a_key_that_is_only_named_is_looked_for() {
    let parties = Parties::new();
    let thumbprint = parties.holder.ring().keys()[0].thumbprint.clone().unwrap();
    let named = |cnf: Value| {
        let mut claims = parties.claims(&[]);
        claims["cnf"] = cnf;
        parties.bind(&present(&parties.issue(&claims), &[]), |_, _| {})
    };
    let holder = parties.holder.jwk(&json!({"kid": "h"})).to_string();
    let issuer = parties.issuer.jwk(&json!({"kid": "i"})).to_string();
    let both = crate::way::keys_of([issuer.as_str(), holder.as_str()]);
    for (cnf, missing) in [
        (
            json!({"kid": "h"}),
            "Missing: the key of the kid \u{201C}h\u{201D}",
        ),
        (
            json!({"jkt": thumbprint}),
            "Missing: the key of the thumbprint ",
        ),
        (
            json!({"x5t#S256": "AA"}),
            "Missing: a way from cnf.x5t#S256 to a key",
        ),
    ] {
        let text = named(cnf.clone());
        let (_, judgement) = judged(&text, &parties.ring());
        assert_eq!(
            judgement.verdict.outcome,
            VerdictOutcome::Undetermined,
            "{cnf}"
        );
        let check_of = check(&judgement, "key-binding");
        assert_eq!(check_of.result, CheckResult::NotRun, "{cnf}");
        assert!(check_of.text.starts_with(missing), "{}", check_of.text);
        let not_run = ["ecdsa-nonce-reuse", "sd-kb-mismatch"];
        assert_eq!(judgement.not_run, not_run, "{cnf}");
        let (inspection, judgement) = judged(&text, &both);
        assert_eq!(reasons(&judgement), [""; 0], "{cnf}");
        let layer = inspection.proof.key_binding.as_ref().unwrap();
        let used = layer.proof.signatures[0].key.as_ref().unwrap();
        assert_eq!(used.provenance, Provenance::Yours);
    }
    // A key that the holder shows, whose thumbprint the issuer confirms, is confirmed.
    let jwk = parties.holder.jwk(&json!({}));
    let mut claims = parties.claims(&[]);
    claims["cnf"] = json!({"jkt": thumbprint});
    let shown = present(&parties.issue(&claims), &[]);
    let text = parties.bind(&shown, |header, _| header["jwk"] = jwk.clone());
    let (_, judgement) = judged(&text, &parties.ring());
    assert_eq!(reasons(&judgement), [""; 0]);
}

/// What is disclosed counts as if it stood in the payload.
#[test]
fn times_and_policy_see_the_processed_claims() {
    let parties = Parties::new();
    let exp = disclosure(1, "exp", &json!(NOW - 3600));
    let iss = disclosure(2, "iss", &json!("https://hidden.example"));
    let claims = json!({"_sd": digests(&[exp.clone(), iss.clone()])});
    let issued = parties.issue(&claims);
    let (inspection, judgement) = judged(
        &present(&issued, &[exp.clone(), iss.clone()]),
        &parties.ring(),
    );
    assert_eq!(judgement.times.state, TimeState::Expired);
    assert_eq!(reasons(&judgement), ["expired"]);
    let mark = judgement.times.mark("exp").unwrap();
    let part = inspection.token.part_at(mark.evidence.range.start).unwrap();
    assert_eq!(part.characters(inspection.token.text()), exp);
    assert!(finding(&judgement, "sd-validity-hidden").is_some());
    let policy = Policy {
        issuers: vec![Issuer::new("https://hidden.example")],
        ..Policy::default()
    };
    let at = instant("2026-11-21T21:00:00Z");
    let with = inspect(&present(&issued, &[exp, iss]), &parties.ring());
    assert_eq!(reasons(&with.judge(&policy, at)), [""; 0]);
    let without = inspect(&present(&issued, &[]), &parties.ring());
    let judgement = without.judge(&policy, at);
    assert_eq!(reasons(&judgement), ["policy-iss"]);
    assert_eq!(judgement.times.state, TimeState::Unlimited);
}

/// An audience of the issuer's is held against the policy beside the holder's.
#[test]
fn both_audiences_count_where_there_are_two() {
    let parties = Parties::new();
    let mut claims = parties.claims(&[]);
    claims["aud"] = json!("https://other.example");
    let bound = parties.bind(&present(&parties.issue(&claims), &[]), |_, _| {});
    let inspection = inspect(&bound, &parties.ring());
    let of = |aud| {
        let policy = of_verifier(aud, "n-1");
        reasons(&inspection.judge(&policy, instant("2026-11-21T22:40:13Z")))
    };
    assert_eq!(of("https://verifier.example"), ["policy-aud"]);
    assert_eq!(of("https://other.example"), ["policy-aud"]);
}

#[test]
fn json_forms_are_judged_as_compact_ones() {
    let parties = Parties::new();
    let (all, issuer) = presentation(&parties);
    let bound = parties.bind(&present(&issuer, &all[..2]), |_, _| {});
    let form = flattened(&bound);
    let of = |form: &Value| {
        let (inspection, judgement) = judged(&form.to_string(), &parties.ring());
        assert_eq!(inspection.token.kind.name(), "sd-jwt", "{form}");
        reasons(&judgement)
    };
    assert_eq!(of(&form), [""; 0]);
    let mut removed = form.clone();
    removed["header"]["disclosures"]
        .as_array_mut()
        .unwrap()
        .pop();
    assert_eq!(of(&removed), ["sd-kb-mismatch"]);
    let mut foreign = form.clone();
    let list = foreign["header"]["disclosures"].as_array_mut().unwrap();
    list.push(json!(disclosure(9, "role", &json!("admin"))));
    assert_eq!(of(&foreign), ["sd-disclosure-invalid", "sd-kb-mismatch"]);
    let mut odd = form.clone();
    odd["header"]["disclosures"]
        .as_array_mut()
        .unwrap()
        .push(json!(7));
    assert_eq!(of(&odd), ["malformed"]);
    // None shown, and nothing but the holder's signature beside the issuer's.
    let bare = flattened(&parties.bind(&present(&issuer, &[]), |_, _| {}));
    assert_eq!(of(&bare), [""; 0]);
    // A second signature must not bring disclosures of its own.
    let mut first = form.clone();
    let payload = first.as_object_mut().unwrap().remove("payload").unwrap();
    let mut second = first.clone();
    let general = |second: &Value| json!({"payload": payload, "signatures": [first, second]});
    assert_eq!(of(&general(&second)), ["malformed"]);
    second.as_object_mut().unwrap().remove("header");
    assert_eq!(of(&general(&second)), [""; 0]);
}

/// Ours is the limit, so the verdict stays open.
#[test]
fn what_nests_too_deep_is_a_limit_and_no_refusal() {
    let parties = Parties::new();
    let deep = |levels: usize| {
        let value = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        tokenloupe::jose::base64url::encode(format!(r#"["{}","a",{value}]"#, salt(1)).as_bytes())
    };
    for levels in [254, 255] {
        let given = deep(levels);
        let mut claims = json!({"exp": NOW + 60});
        claims["x"] = json!({"_sd": digests(std::slice::from_ref(&given))});
        let (_, judgement) = judged(&present(&parties.issue(&claims), &[given]), &parties.ring());
        let expected: &[&str] = if levels == 254 {
            &[]
        } else {
            &["limit-exceeded"]
        };
        assert_eq!(reasons(&judgement), expected, "{levels}");
    }
}

/// A text that ends in neither a tilde nor a JWT was cut, and refuses; nothing panics at any cut.
#[test]
fn every_cut_of_a_presentation_is_judged() {
    let parties = Parties::new();
    let (all, issuer) = presentation(&parties);
    let bound = parties.bind(&present(&issuer, &all), |_, _| {});
    let keys = parties.ring();
    for end in (issuer.len() + 1..bound.len()).step_by(7) {
        let (inspection, judgement) = judged(&bound[..end], &keys);
        let is_whole = bound[..end].ends_with('~');
        let accepted = judgement.verdict.outcome == VerdictOutcome::Accept;
        assert_eq!(accepted, is_whole, "{end} {:?}", reasons(&judgement));
        assert_eq!(inspection.token.kind.name(), "sd-jwt");
    }
}
