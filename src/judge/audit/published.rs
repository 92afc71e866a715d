//! Keys that everybody has: those that standards, documentation and test suites print (catalogue 1.5).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use zeroize::Zeroizing;

use super::flaw::{Flaw, Power};
use super::held::Held;
use super::{Confidence, Rule, Ruling, Severity, Subject};
use crate::jose::base64url;
use crate::jose::visible::visible;
use crate::keys::Key;

/// A published key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Published {
    /// Whether the private half, or the secret, is printed too.
    is_private_known: bool,
    /// Where.
    place: String,
}

/// The published keys, by thumbprint (RFC 7638, SHA-256).
static PUBLISHED: LazyLock<BTreeMap<String, Published>> = LazyLock::new(|| {
    let table = include_str!("../../../assets/published-keys.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows = reader.deserialize::<(String, String, String, String)>();
    rows.filter_map(Result::ok)
        .map(|(thumbprint, _kind, private, place)| {
            let is_private_known = private == "yes";
            (
                thumbprint,
                Published {
                    is_private_known,
                    place,
                },
            )
        })
        .collect()
});

fn published(key: &Key) -> Option<&'static Published> {
    match key.secret() {
        // The thumbprint of a secret is a test for guesses, so it is made for this and goes no further.
        Some(secret) => {
            let k = Zeroizing::new(base64url::encode(secret.bytes()));
            let text = Zeroizing::new(format!(r#"{{"k":"{}","kty":"oct"}}"#, *k));
            let thumbprint = base64url::encode(&openssl::sha::sha256(text.as_bytes()));
            PUBLISHED.get(&thumbprint)
        }
        None => PUBLISHED.get(key.thumbprint.as_ref()?),
    }
}

/// `key-publicly-known`: a published example key. It refuses nothing: samples and test vectors use them on purpose.
pub(super) struct KeyPubliclyKnown;

impl Rule for KeyPubliclyKnown {
    fn id(&self) -> &'static str {
        "key-publicly-known"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        match Held::of(subject) {
            Ok(held) => {
                let mut flaw = publicly_known(&held.key, held.power());
                if let Some(flaw) = &mut flaw
                    && held.has_served
                    && published(&held.key).is_some_and(|published| published.is_private_known)
                {
                    flaw.severity = Severity::Critical;
                }
                held.ruling(self.id(), flaw, subject)
            }
            Err(ruling) => ruling,
        }
    }
}

/// Whether a key is a published one.
pub(super) fn publicly_known(key: &Key, power: Power) -> Option<Flaw> {
    let Published {
        is_private_known,
        place,
    } = published(key)?;
    let id = visible(&key.id);
    Some(Flaw {
        severity: Severity::High,
        confidence: Confidence::Certain,
        title: "A published example key".to_owned(),
        detail: if *is_private_known {
            format!(
                "Key \u{201C}{id}\u{201D} is printed in {place}, with all that is secret about it: anyone can {power}."
            )
        } else {
            format!(
                "Key \u{201C}{id}\u{201D} is printed in {place}. Whoever wrote that has its private half."
            )
        },
        remedy: "Generate a key, and use this one for nothing but samples.".to_owned(),
        references: vec!["CWE-798", "CWE-321"],
        members: Vec::new(),
        refuses: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let table = include_str!("../../../assets/published-keys.csv");
        assert_eq!(PUBLISHED.len(), table.lines().count() - 1);
        for (thumbprint, published) in &*PUBLISHED {
            assert_eq!(
                base64url::decode(thumbprint).bytes.len(),
                32,
                "{thumbprint}"
            );
            assert!(!published.place.is_empty());
        }
        for line in table.lines().skip(1) {
            assert!(line.contains(",yes,") || line.contains(",no,"), "{line}");
        }
    }
}
