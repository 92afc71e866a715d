//! Loaded keys without a token: what is found of each, and what is left alone.

mod facts;
mod many;
mod trials;
mod tried;

use std::collections::BTreeMap;

use tokenloupe::judge::{KeyAudit, Severity, audit_keys};
use tokenloupe::keys::{self, KeyRing};

use crate::common::{instant, vectors};

const AT: &str = "2026-11-21T22:40:13Z";

/// Rule and severity of each finding.
type Found = Vec<(&'static str, Severity)>;

fn audit(ring: &KeyRing) -> Vec<KeyAudit> {
    audit_keys(ring, Some(instant(AT)))
}

/// The ring of these files.
fn ring_of(files: &[(&str, &[u8])]) -> KeyRing {
    KeyRing::new(files.iter().flat_map(|(name, content)| {
        keys::load(name, content).unwrap_or_else(|error| panic!("{name}: {error}"))
    }))
}

/// What is found of each key of a file.
fn found_in(name: &str, content: impl AsRef<[u8]>) -> Vec<Found> {
    let ring = ring_of(&[(name, content.as_ref())]);
    audit(&ring).iter().map(found).collect()
}

fn found(audit: &KeyAudit) -> Found {
    let findings = audit.findings.iter();
    findings.map(|found| (found.rule, found.severity)).collect()
}

fn weak_key(name: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(vectors()?.join("weak-keys").join(name)).unwrap())
}

#[test]
fn weak_keys_of_others_are_seen() {
    for (name, expected) in [
        (
            "rsa-e1.key",
            &[("rsa-bad-exponent", Severity::Critical)][..],
        ),
        (
            "rsa-fermat-pkcs1.key",
            &[("rsa-factorable", Severity::Critical)],
        ),
        ("rsa-ok.key", &[]),
        ("rsa-roca.key", &[("rsa-roca", Severity::Critical)]),
        // Its sibling is not loaded, and by itself it is sound.
        ("rsa-sharedprimes.key", &[]),
        (
            "rsa-smallfactors-valid.key",
            &[("rsa-factorable", Severity::Critical)],
        ),
    ] {
        let Some(key) = weak_key(name) else { return };
        let found = found_in(name, key).remove(0);
        let bad: Vec<_> = found
            .into_iter()
            .filter(|(_, severity)| *severity > Severity::Info)
            .collect();
        assert_eq!(bad, expected, "{name}");
    }
}

/// A good key is told to be one, in words.
#[test]
fn what_is_right_is_said() {
    let Some(good) = weak_key("rsa-ok.key") else {
        return;
    };
    let other = weak_key("rsa-sharedprimes.key").unwrap();
    let alone = ring_of(&[("good.pem", &good)]);
    let two = ring_of(&[("good.pem", &good), ("other.pem", &other)]);
    let words = |ring: &KeyRing| audit(ring)[0].assurance().unwrap();
    assert_eq!(
        words(&alone),
        "Not factorable by Fermat or small factors, not a ROCA key, not a published example key."
    );
    assert_eq!(
        words(&two),
        "Not factorable by Fermat or small factors, no prime shared with the other RSA key, not a ROCA key, not a published example key."
    );
}

/// The keys of the test vectors are in the table of published keys, as far as they have a thumbprint.
#[test]
fn the_keys_of_wycheproof_are_published() {
    let Some(vectors) = vectors() else { return };
    let mut counts: BTreeMap<bool, usize> = BTreeMap::new();
    for file in [
        "wycheproof/json_web_signature_test.json",
        "wycheproof/json_web_encryption_test.json",
    ] {
        let text = std::fs::read(vectors.join(file)).unwrap();
        let file: serde_json::Value = serde_json::from_slice(&text).unwrap();
        for group in file["testGroups"].as_array().unwrap() {
            let key = group["private"].to_string();
            let found = found_in("key.json", key).remove(0);
            let is_known = found.iter().any(|(rule, _)| {
                ["key-publicly-known", "hmac-empty-key", "hmac-known-secret"].contains(rule)
            });
            *counts.entry(is_known).or_default() += 1;
        }
    }
    assert_eq!(counts.get(&false), None, "{counts:?}");
    assert_eq!(counts.get(&true), Some(&54));
}

/// Without a clock nothing is said of a certificate's time, and that is said.
#[test]
fn without_a_clock_a_certificate_is_not_judged_by_it() {
    let certificate = crate::certificates::request("a").valid(1_600_000_000, 1_700_000_000);
    let pem = certificate.self_signed().pem();
    let ring = ring_of(&[("a.crt", pem.as_bytes())]);
    let with = audit_keys(&ring, Some(instant(AT))).remove(0);
    assert_eq!(found(&with), [("x5c-validity", Severity::Low)]);
    assert_eq!(with.not_run, Vec::<&str>::new());
    let without = audit_keys(&ring, None).remove(0);
    assert_eq!(found(&without), []);
    assert_eq!(without.not_run, ["x5c-validity"]);
}
