//! What several tests need.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Once;

use jiff::Timestamp;
use tokenloupe::find::{Candidate, Place, Where};
use tokenloupe::inspection::Inspection;
use tokenloupe::judge::{Judgement, Policy, ProfileChoice, ProfileName};
use tokenloupe::keys::{self, KeyRing};
use tokenloupe::verify::Setting;

/// The folder of the test vectors, where there is one. Continuous integration must have it.
pub(crate) fn vectors() -> Option<PathBuf> {
    static ONCE: Once = Once::new();
    let folder = std::env::var_os("TOKENLOUPE_VECTORS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "the test vectors are missing"
    );
    ONCE.call_once(|| {
        say("skipped: no test vectors beside the checkout (TOKENLOUPE_VECTORS names another folder)");
    });
    None
}

/// Says something that is seen although the test passes: what `println!` prints the harness then keeps to itself.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

/// A file of the test vectors as JSON.
pub(crate) fn vector_json(path: &str) -> Option<serde_json::Value> {
    let text = std::fs::read(vectors()?.join(path)).unwrap();
    Some(serde_json::from_slice(&text).unwrap())
}

/// The keys in one key file's text.
pub(crate) fn ring(text: &str) -> KeyRing {
    KeyRing::new(keys::load("keys.json", text.as_bytes()).unwrap())
}

/// A text as the whole input.
pub(crate) fn inspect(text: &str, keys: &KeyRing) -> Inspection {
    let candidate = Candidate {
        text: text.to_owned().into(),
        place: Place {
            name: "test".to_owned(),
            byte_range: 0..text.len(),
            line: 1,
            where_: Where::Bare,
            name_in: None,
            repairs: Vec::new(),
            time: None,
        },
    };
    Inspection::new(candidate, keys, &Setting::default())
}

/// A judgement at 2026-11-21T22:40:13Z, under a policy of this profile only.
pub(crate) fn judge(inspection: &Inspection, profile: Option<ProfileName>) -> Judgement {
    let policy = Policy {
        profile: profile.map_or(ProfileChoice::Auto, ProfileChoice::Named),
        ..Policy::default()
    };
    inspection.judge(&policy, instant("2026-11-21T22:40:13Z"))
}

/// An instant.
pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The names of a verdict's reasons.
pub(crate) fn reasons(judgement: &Judgement) -> Vec<&'static str> {
    judgement
        .verdict
        .reasons
        .iter()
        .map(|reason| reason.name())
        .collect()
}
