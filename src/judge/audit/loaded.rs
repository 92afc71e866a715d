//! The rules of loaded keys, without any token (catalogue 1.5), and what they looked at and let pass.
//!
//! A rule is one line of [`KEY_RULES`]. What it knows of keys stands in the file of its subject, where the rule of the
//! same id for tokens uses it too.

use std::fmt;

use jiff::Timestamp;

use super::flaw::{Flaw, Power};
use super::{
    Finding, Severity, certified, curves, hmac, inconsistent, keys, modulus, published, rsa, sets,
};
use crate::judge::words::capitalised;
use crate::keys::{Key, KeyFault, KeyKind, KeyRing};
use crate::verify::KnownSecret;

/// What the rules say of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAudit {
    /// The id of the key in its ring.
    pub id: String,
    /// What is wrong, the worst first. The evidence is in the part `key`; its ranges are empty, a pointer names the JWK
    /// member where there is one.
    pub findings: Vec<Finding>,
    /// What was looked at and is right.
    pub passed: Vec<Passed>,
    /// Ids of the rules for this kind of key whose input was missing, or a part of it.
    pub not_run: Vec<&'static str>,
}

impl KeyAudit {
    /// What was looked at and is right, as one sentence. `None` when there is nothing of the kind.
    pub fn assurance(&self) -> Option<String> {
        let words: Vec<_> = self.passed.iter().map(ToString::to_string).collect();
        let (first, rest) = words.split_first()?;
        let all: Vec<_> = std::iter::once(capitalised(first))
            .chain(rest.iter().cloned())
            .collect();
        Some(format!("{}.", all.join(", ")))
    }

    /// The worst of its findings.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

/// Something that was looked at and is right. `Display` says it in a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Passed {
    /// The modulus has no prime in common with those of the other keys.
    Coprime {
        /// How many other RSA moduli there are; at least one.
        others: usize,
    },
    /// The certificate is valid at this instant.
    CertificateValid,
    /// The members of the key fit together.
    Consistent,
    /// The point is one of large order.
    FullOrder,
    /// The secret has no pattern that a guesser would try.
    NotGuessable,
    /// The secret is not one that documentation prints.
    NotDefault,
    /// The key is not one that standards and test suites print.
    NotPublished,
    /// The modulus has not the form of ROCA.
    NotRoca,
    /// The point is on its curve.
    OnCurve,
    /// The modulus does not come apart by itself.
    Unfactored,
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Coprime { others } => {
                return write!(
                    f,
                    "no prime shared with the {}",
                    match others {
                        1 => "other RSA key".to_owned(),
                        others => format!("{others} other RSA keys"),
                    }
                );
            }
            Self::CertificateValid => "certificate valid now",
            Self::Consistent => "members that fit together",
            Self::FullOrder => "not a point of small order",
            Self::NotGuessable => "no pattern to guess by",
            Self::NotDefault => "not a documented default",
            Self::NotPublished => "not a published example key",
            Self::NotRoca => "not a ROCA key",
            Self::OnCurve => "a point on its curve",
            Self::Unfactored => "not factorable by Fermat or small factors",
        })
    }
}

/// What a rule looks at.
struct Loaded<'a> {
    key: &'a Key,
    ring: &'a KeyRing,
    at: Option<Timestamp>,
    power: Power,
}

/// What a rule saw.
#[derive(Default)]
struct Looked {
    flaws: Vec<Flaw>,
    passed: Vec<Passed>,
    /// Whether some of its input was missing.
    lacks_input: bool,
}

impl Looked {
    /// What was found, or else what passed.
    fn found(flaw: Option<Flaw>, passed: impl Into<Option<Passed>>) -> Self {
        Self {
            passed: passed
                .into()
                .filter(|_| flaw.is_none())
                .into_iter()
                .collect(),
            flaws: flaw.into_iter().collect(),
            lacks_input: false,
        }
    }
}

/// A rule of loaded keys.
struct KeyRule {
    id: &'static str,
    /// The ids of the rules that say nothing beside this one.
    silences: &'static [&'static str],
    /// `None`: it is not about this kind of key.
    look: fn(&Loaded<'_>) -> Option<Looked>,
}

/// What a secret that everybody knows is beside that needs no words.
const OF_KNOWN_SECRETS: &[&str] = &[
    "hmac-short-secret",
    "hmac-weak-secret",
    "key-publicly-known",
];

/// The ids of the rules of keys.
#[cfg(test)]
pub(super) fn rule_ids() -> impl Iterator<Item = &'static str> {
    KEY_RULES.iter().map(|rule| rule.id)
}

/// Every rule of loaded keys, in the order of the catalogue; what is said of each in the words of [`KeyAudit::assurance`]
/// has the same order.
const KEY_RULES: &[KeyRule] = &[
    KeyRule {
        id: "hmac-empty-key",
        silences: OF_KNOWN_SECRETS,
        look: |loaded| {
            let is_secret = hmac::may_be_for_macs(loaded.key);
            is_secret.then(|| Looked::found(hmac::known(loaded.key, KnownSecret::Empty), None))
        },
    },
    KeyRule {
        id: "hmac-known-secret",
        silences: OF_KNOWN_SECRETS,
        look: |loaded| {
            let is_secret = hmac::may_be_for_macs(loaded.key);
            is_secret.then(|| {
                let flaw = hmac::known(loaded.key, KnownSecret::Documented);
                Looked::found(flaw, Passed::NotDefault)
            })
        },
    },
    KeyRule {
        id: "hmac-short-secret",
        silences: &[],
        look: |loaded| {
            let is_secret = loaded.key.secret().is_some();
            is_secret.then(|| Looked::found(hmac::short_secret(loaded.key), None))
        },
    },
    KeyRule {
        id: "hmac-weak-secret",
        silences: &[],
        look: |loaded| {
            let is_secret = loaded.key.secret().is_some();
            is_secret.then(|| {
                let is_looked_at = hmac::is_worth_guessing(loaded.key);
                Looked::found(
                    hmac::weak_secret(loaded.key),
                    is_looked_at.then_some(Passed::NotGuessable),
                )
            })
        },
    },
    KeyRule {
        id: "x5c-validity",
        silences: &[],
        look: |loaded| {
            let certificate = loaded.key.certificate.as_ref()?;
            Some(match loaded.at {
                Some(at) => {
                    let flaw = certified::validity(certificate, at);
                    Looked::found(flaw, Passed::CertificateValid)
                }
                None => Looked {
                    lacks_input: true,
                    ..Looked::default()
                },
            })
        },
    },
    KeyRule {
        id: "x5c-identity",
        silences: &[],
        look: |loaded| {
            loaded.key.certificate.as_ref()?;
            Some(Looked::found(certified::broken_hash(loaded.key), None))
        },
    },
    KeyRule {
        id: "rsa-small-modulus",
        silences: &[],
        look: |loaded| {
            let flaw = is_rsa(loaded).then(|| modulus::small_modulus(loaded.key, loaded.power))?;
            Some(Looked::found(flaw, None))
        },
    },
    KeyRule {
        id: "rsa-bad-exponent",
        silences: &[],
        look: |loaded| {
            let flaw = is_rsa(loaded).then(|| modulus::bad_exponent(loaded.key, loaded.power))?;
            Some(Looked::found(flaw, None))
        },
    },
    KeyRule {
        id: "rsa-factorable",
        silences: &[],
        look: |loaded| is_rsa(loaded).then(|| factorable(loaded)),
    },
    KeyRule {
        id: "rsa-roca",
        silences: &[],
        look: |loaded| {
            let flaw = is_rsa(loaded).then(|| rsa::roca(loaded.key, loaded.power))?;
            Some(Looked::found(flaw, Passed::NotRoca))
        },
    },
    KeyRule {
        id: "ec-point-invalid",
        silences: &[],
        look: |loaded| {
            let is_ec = matches!(loaded.key.kind, KeyKind::Ec(_));
            let flaw = curves::invalid_point(loaded.key);
            (is_ec || flaw.is_some()).then(|| Looked::found(flaw, Passed::OnCurve))
        },
    },
    KeyRule {
        id: "okp-low-order",
        silences: &[],
        look: |loaded| {
            let is_okp = matches!(loaded.key.kind, KeyKind::Okp(_));
            let flaw = curves::small_order(loaded.key);
            (is_okp || flaw.is_some()).then(|| Looked::found(flaw, Passed::FullOrder))
        },
    },
    KeyRule {
        id: "key-alg-mismatch",
        silences: &[],
        look: |loaded| Some(Looked::found(keys::contradictory_alg(loaded.key), None)),
    },
    KeyRule {
        id: "key-use-mismatch",
        silences: &[],
        look: |loaded| Some(Looked::found(keys::contradictory_use(loaded.key), None)),
    },
    KeyRule {
        id: "jwk-private-exposed",
        silences: &[],
        look: |loaded| {
            let flaw = sets::private_exposed(loaded.key, loaded.power);
            Some(Looked::found(flaw, None))
        },
    },
    KeyRule {
        id: "jwks-symmetric",
        silences: &[],
        look: |loaded| {
            let flaw = sets::symmetric(loaded.key, loaded.power);
            Some(Looked::found(flaw, None))
        },
    },
    KeyRule {
        id: "jwks-duplicate-kid",
        silences: &[],
        look: |loaded| {
            let flaw = sets::duplicate_kid(loaded.key).or_else(|| sets::missing_kid(loaded.key));
            Some(Looked::found(flaw, None))
        },
    },
    KeyRule {
        id: "jwk-inconsistent",
        silences: &[],
        look: |loaded| {
            let key = loaded.key;
            let flaw = inconsistent::inconsistent(key, || inconsistent::whose(key));
            let flaw = flaw.filter(|_| !inconsistent::is_of_other_rules(key));
            // Of a public key nothing but spelling can be wrong.
            let is_compared = key.private().is_some() || key.certificate.is_some();
            Some(Looked::found(
                flaw,
                is_compared.then_some(Passed::Consistent),
            ))
        },
    },
    KeyRule {
        id: "key-publicly-known",
        silences: &[],
        look: |loaded| {
            let flaw = loaded
                .key
                .is_usable()
                .then(|| published::publicly_known(loaded.key, loaded.power))?;
            Some(Looked::found(flaw, Passed::NotPublished))
        },
    },
];

fn is_rsa(loaded: &Loaded<'_>) -> bool {
    matches!(loaded.key.kind, KeyKind::Rsa { .. })
}

fn factorable(loaded: &Loaded<'_>) -> Looked {
    let flaw = rsa::factorable(loaded.key, loaded.power);
    let others = loaded.ring.compared_with(loaded.key);
    let mut looked = Looked::found(flaw, Passed::Unfactored);
    looked.lacks_input = others.is_none();
    if loaded.key.shares_prime_with.is_empty()
        && let Some(others) = others.filter(|others| *others > 0)
    {
        looked.passed.push(Passed::Coprime { others });
    }
    looked
}

/// What the rules say of every key of a ring, in its order. `at` is the instant that certificates are judged at; without
/// it that is left, and said to be.
///
/// The first look at an RSA key takes milliseconds, later ones next to nothing: what is found out is remembered. For
/// many keys this belongs on a thread of its own.
pub fn audit_keys(ring: &KeyRing, at: Option<Timestamp>) -> Vec<KeyAudit> {
    let keys = ring.keys().iter();
    keys.map(|key| audit_key(key, ring, at)).collect()
}

/// What the rules say of one key of a ring.
pub fn audit_key(key: &Key, ring: &KeyRing, at: Option<Timestamp>) -> KeyAudit {
    let mut audit = KeyAudit {
        id: key.id.clone(),
        findings: Vec::new(),
        passed: Vec::new(),
        not_run: Vec::new(),
    };
    if key.fault == Some(KeyFault::Encrypted) {
        audit.not_run = KEY_RULES.iter().map(|rule| rule.id).collect();
        return audit;
    }
    let loaded = Loaded {
        key,
        ring,
        at,
        power: Power::of(key),
    };
    let mut silenced: Vec<&str> = Vec::new();
    for rule in KEY_RULES {
        let Some(looked) = (rule.look)(&loaded).filter(|_| !silenced.contains(&rule.id)) else {
            continue;
        };
        if !looked.flaws.is_empty() {
            silenced.extend(rule.silences);
        }
        if looked.lacks_input {
            audit.not_run.push(rule.id);
        }
        audit.passed.extend(looked.passed);
        let findings = looked.flaws.into_iter();
        audit
            .findings
            .extend(findings.map(|flaw| flaw.of_key(rule.id, key)));
    }
    audit
        .findings
        .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    audit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_an_id_of_its_own_and_silences_later_ones() {
        for (index, rule) in KEY_RULES.iter().enumerate() {
            let place = |id: &str| KEY_RULES.iter().position(|rule| rule.id == id);
            assert_eq!(place(rule.id), Some(index));
            for silenced in rule.silences {
                assert!(place(silenced) > Some(index), "{} {silenced}", rule.id);
            }
        }
    }

    /// The words of the drawing of the keys.
    #[test]
    fn what_passed_is_one_sentence() {
        let audit = KeyAudit {
            id: String::new(),
            findings: Vec::new(),
            passed: vec![
                Passed::Unfactored,
                Passed::Coprime { others: 5 },
                Passed::NotRoca,
                Passed::NotPublished,
            ],
            not_run: Vec::new(),
        };
        assert_eq!(
            audit.assurance().as_deref(),
            Some(
                "Not factorable by Fermat or small factors, no prime shared with the 5 other RSA keys, not a ROCA key, not a published example key."
            )
        );
    }
}
