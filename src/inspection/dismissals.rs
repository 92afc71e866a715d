//! Findings that the reviewer set aside, each with a note that says why.

use std::collections::BTreeMap;

use crate::judge::Finding;
use crate::keys::Key;

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A key: the one of this RFC 7638 thumbprint, or, of what has none, the one of this id.
    Key(String),
    /// A token, an inner one too: the one whose text has this SHA-256, in lower-case hexadecimal.
    Token(String),
}

impl About {
    /// This key.
    pub fn key(key: &Key) -> Self {
        Self::Key(key.thumbprint.as_ref().unwrap_or(&key.id).clone())
    }

    /// The token whose text has this SHA-256.
    pub fn token(sha256: &str) -> Self {
        Self::Token(sha256.to_owned())
    }
}

/// Names a finding in such a way that it is found again in every later judgement: by what it is about, its rule, and what it
/// rests on. Its words may change from second to second.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingName {
    about: About,
    rule: &'static str,
    rests_on: Vec<Spot>,
}

impl FindingName {
    /// The name of a finding about a token or key.
    pub fn of(about: About, finding: &Finding) -> Self {
        let rests_on = finding.evidence.iter().map(|evidence| Spot {
            part: evidence.part.name(),
            pointer: evidence.pointer.clone(),
            range: (evidence.range.start, evidence.range.end),
        });
        Self {
            about,
            rule: finding.rule,
            rests_on: rests_on.collect(),
        }
    }

    /// Its rule's stable id.
    pub fn rule(&self) -> &'static str {
        self.rule
    }
}

/// [`Evidence`](crate::judge::Evidence) in an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    part: &'static str,
    pointer: Option<String>,
    range: (usize, usize),
}

/// The findings of a session that the reviewer set aside. Reports show them as such, and they do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dismissals {
    notes: BTreeMap<FindingName, String>,
}

impl Dismissals {
    /// Sets a finding aside. Gives the note that it was set aside with before.
    pub fn dismiss(&mut self, finding: FindingName, note: impl Into<String>) -> Option<String> {
        self.notes.insert(finding, note.into())
    }

    /// Lets a finding count again. Gives its note, if it was set aside.
    pub fn restore(&mut self, finding: &FindingName) -> Option<String> {
        self.notes.remove(finding)
    }

    /// Why a finding was set aside; `None` when it was not.
    pub fn note(&self, about: &About, finding: &Finding) -> Option<&str> {
        if self.notes.is_empty() {
            return None;
        }
        let name = FindingName::of(about.clone(), finding);
        self.notes.get(&name).map(String::as_str)
    }

    /// Everything that was set aside, in an order that depends on nothing else.
    pub fn all(&self) -> impl Iterator<Item = (&FindingName, &str)> {
        self.notes.iter().map(|(name, note)| (name, note.as_str()))
    }

    /// Whether nothing was set aside.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::jose::PartRole;
    use crate::judge::{Confidence, Evidence, Severity};

    fn finding(rule: &'static str, pointer: &str, range: Range<usize>) -> Finding {
        Finding {
            rule,
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: format!("seen {} s ago", range.end),
            detail: "d".to_owned(),
            remedy: "r".to_owned(),
            references: Vec::new(),
            evidence: vec![Evidence {
                part: PartRole::Payload,
                pointer: Some(pointer.to_owned()),
                range,
            }],
            refusal: None,
        }
    }

    #[test]
    fn a_finding_is_found_again_whatever_its_words_are_by_then() {
        let token = About::token("aa");
        let mut set_aside = Dismissals::default();
        let first = finding("exp-missing", "/exp", 3..9);
        assert_eq!(set_aside.note(&token, &first), None);
        let name = FindingName::of(token.clone(), &first);
        assert_eq!(set_aside.dismiss(name.clone(), "known"), None);
        let mut later = first.clone();
        later.title = "seen much earlier".to_owned();
        assert_eq!(set_aside.note(&token, &later), Some("known"));
        assert_eq!(set_aside.restore(&name).as_deref(), Some("known"));
        assert!(set_aside.is_empty());
    }

    #[test]
    fn another_token_rule_or_place_is_another_finding() {
        let token = About::token("aa");
        let first = finding("exp-missing", "/exp", 3..9);
        let mut set_aside = Dismissals::default();
        set_aside.dismiss(FindingName::of(token.clone(), &first), "known");
        assert_eq!(set_aside.note(&About::token("ab"), &first), None);
        assert_eq!(set_aside.note(&About::Key("aa".to_owned()), &first), None);
        for other in [
            finding("typ-missing", "/exp", 3..9),
            finding("exp-missing", "/nbf", 3..9),
            finding("exp-missing", "/exp", 3..10),
        ] {
            assert_eq!(set_aside.note(&token, &other), None);
        }
        assert_eq!(set_aside.all().count(), 1);
    }
}
