//! Every form of JWS and JWE through the whole program: found in a text, taken apart, verified or opened, judged.

use serde_json::Value;
use tokenloupe::find::find;
use tokenloupe::inspection::Session;
use tokenloupe::jose::PartRole;
use tokenloupe::judge::Policy;
use tokenloupe::keys::KeyRing;
use tokenloupe::report::{self, Options, Report};
use tokenloupe::verify::Setting;

use crate::common::instant;

mod cookbook;
pub(crate) mod make;
mod nesting;
mod printed;
mod program;
mod properties;
mod recipients;
mod signatures;

/// What is said of the one token in a text.
pub(crate) struct Seen {
    pub(crate) session: Session,
    pub(crate) report: Value,
}

impl Seen {
    /// The payload: of an encrypted token what was opened, of a signed one what stands in it.
    pub(crate) fn payload(&self) -> Option<&[u8]> {
        let token = &self.session.tokens[0].token;
        token.part(PartRole::Payload).map(|part| part.bytes())
    }

    pub(crate) fn verdict(&self) -> (&str, Vec<&str>) {
        crate::way::verdict(&self.report)
    }

    /// The outcome of each signature.
    pub(crate) fn outcomes(&self) -> Vec<&str> {
        let signatures = self.report["signatures"].as_array().unwrap();
        signatures
            .iter()
            .map(|signature| signature["outcome"].as_str().unwrap())
            .collect()
    }

    pub(crate) fn decryption(&self) -> &str {
        self.report["decryption"]["outcome"].as_str().unwrap()
    }

    /// The rules that found something.
    pub(crate) fn rules(&self) -> Vec<&str> {
        let findings = self.report["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap())
            .collect()
    }
}

/// A text at 2026-11-21T22:40:13Z.
#[track_caller]
pub(crate) fn see(text: impl AsRef<[u8]>, keys: &KeyRing, policy: &Policy) -> Seen {
    see_at(text, keys, policy, None, "2026-11-21T22:40:13Z")
}

/// A text with a payload that it may not hold, at an instant.
#[track_caller]
pub(crate) fn see_at(
    text: impl AsRef<[u8]>,
    keys: &KeyRing,
    policy: &Policy,
    detached: Option<&[u8]>,
    at: &str,
) -> Seen {
    let mut session = Session {
        keys: keys.clone(),
        policy: policy.clone(),
        setting: Setting {
            detached_payload: detached.map(<[u8]>::to_vec),
            ..Setting::default()
        },
        ..Session::default()
    };
    let found = find(text.as_ref(), "input");
    assert_eq!(
        found.len(),
        1,
        "one token expected: {}",
        String::from_utf8_lossy(text.as_ref())
    );
    for candidate in found {
        session.adding().add(candidate);
    }
    let mut out = Vec::new();
    report::json(
        &Report::new(&session, instant(at), Options::default()),
        &mut out,
    )
    .unwrap();
    let mut report: Value = serde_json::from_slice(&out).unwrap();
    Seen {
        session,
        report: report["tokens"][0].take(),
    }
}

/// A text with a base64url character of a string member turned, for every such member of this name at any depth.
fn turned(json: &Value, name: &str) -> Option<Value> {
    fn walk(json: &mut Value, name: &str) -> bool {
        match json {
            Value::Array(elements) => elements
                .iter_mut()
                .fold(false, |any, element| walk(element, name) | any),
            Value::Object(members) => {
                members
                    .iter_mut()
                    .fold(false, |any, (own, value)| match value {
                        Value::String(text) if own == name && text.len() > 3 => {
                            let at = text.len() / 2;
                            let other = if text.as_bytes()[at] == b'A' {
                                "B"
                            } else {
                                "A"
                            };
                            // A character of any other script counts as a whole.
                            if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                                text.replace_range(at..=at, other);
                            }
                            true
                        }
                        value => walk(value, name) | any,
                    })
            }
            _ => false,
        }
    }
    let mut changed = json.clone();
    walk(&mut changed, name).then_some(changed)
}
