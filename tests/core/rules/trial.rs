//! What a rule must find, and what it must spare.

use tokenloupe::inspection::Inspection;
use tokenloupe::jose::{Part, PartRole};
use tokenloupe::judge::{Evidence, Finding, Judgement, Neighbours, Policy, Severity};

use crate::common::{instant, judge, reasons};

/// A token and what one rule must say of it.
pub(super) struct Trial {
    pub(super) rule: &'static str,
    inspection: Inspection,
    /// The other tokens of the session, where it is judged in one.
    beside: Option<Vec<Inspection>>,
    pub(super) expected: Expected,
    /// The reasons of the verdict.
    reasons: &'static [&'static str],
}

pub(super) enum Expected {
    /// A finding of this severity, with evidence that holds these texts.
    Found(Severity, Vec<String>),
    /// No finding: a neighbour that the catalogue says to leave alone.
    Spared,
}

impl Trial {
    pub(super) fn found(
        rule: &'static str,
        severity: Severity,
        inspection: Inspection,
        evidence: &[&str],
        reasons: &'static [&'static str],
    ) -> Self {
        let evidence = evidence.iter().map(|text| (*text).to_owned()).collect();
        Self {
            rule,
            inspection,
            beside: None,
            expected: Expected::Found(severity, evidence),
            reasons,
        }
    }

    pub(super) fn spared(
        rule: &'static str,
        inspection: Inspection,
        reasons: &'static [&'static str],
    ) -> Self {
        Self {
            rule,
            inspection,
            beside: None,
            expected: Expected::Spared,
            reasons,
        }
    }

    /// In a session with these other tokens.
    pub(super) fn beside(mut self, others: Vec<Inspection>) -> Self {
        self.beside = Some(others);
        self
    }

    fn judged(&self) -> Judgement {
        let Some(others) = &self.beside else {
            return judge(&self.inspection, None);
        };
        let mut neighbours = Neighbours::default();
        for inspection in others.iter().chain([&self.inspection]) {
            neighbours.add(inspection.id(), inspection.traces());
        }
        let at = instant("2026-11-21T22:40:13Z");
        self.inspection
            .judge_beside(&neighbours, &Policy::default(), at)
    }

    pub(super) fn run(&self) {
        let token = &self.inspection.token;
        let judgement = self.judged();
        let context = format!("{} on {}", self.rule, self.words());
        assert_eq!(reasons(&judgement), self.reasons, "{context}");
        let findings: Vec<&Finding> = judgement
            .findings
            .iter()
            .filter(|finding| finding.rule == self.rule)
            .collect();
        let Expected::Found(severity, expected) = &self.expected else {
            assert!(findings.is_empty(), "{context}: {findings:?}");
            return;
        };
        let [finding] = &findings[..] else {
            panic!("{context}: {findings:?}");
        };
        assert_eq!(finding.severity, *severity, "{context}: {finding:?}");
        let evidence: Vec<_> = finding
            .evidence
            .iter()
            .map(|evidence| (evidence, &token.text()[evidence.range.clone()]))
            .collect();
        assert_eq!(evidence.len(), expected.len(), "{context}: {evidence:?}");
        for ((evidence, text), expected) in evidence.into_iter().zip(expected) {
            let part = token.part_at(evidence.range.start);
            let holds =
                text == expected || part.is_some_and(|part| carries(part, evidence, expected));
            assert!(
                holds,
                "{context}: expected {expected:?}, found {evidence:?}"
            );
        }
        assert_style(finding);
    }

    /// Header and payload, for people.
    fn words(&self) -> String {
        let roles = [PartRole::ProtectedHeader, PartRole::Payload];
        let parts = roles
            .iter()
            .filter_map(|role| self.inspection.token.part(*role));
        parts
            .map(|part| {
                String::from_utf8_lossy(part.bytes())
                    .chars()
                    .take(200)
                    .collect::<String>()
            })
            .collect::<Vec<_>>()
            .join(" . ")
    }
}

/// Whether the characters of the evidence carry this text; a base64 character at either end may reach into a neighbour.
fn carries(part: &Part, evidence: &Evidence, expected: &str) -> bool {
    let bytes = &part.bytes()[part.byte_range(evidence.range.clone())];
    let expected = expected.as_bytes();
    bytes.len() <= expected.len() + 2
        && bytes
            .windows(expected.len())
            .any(|window| window == expected)
}

/// One sentence or more each, plain, and only what can be looked up.
fn assert_style(finding: &Finding) {
    let context = format!("{finding:?}");
    assert!(
        !finding.title.is_empty() && !finding.title.ends_with('.'),
        "{context}"
    );
    for text in [&finding.detail, &finding.remedy] {
        assert!(
            text.ends_with('.') && !text.contains('!') && !text.contains("  "),
            "{context}"
        );
        assert!(
            text.starts_with(|first: char| !first.is_lowercase() || text.contains(' ')),
            "{context}"
        );
    }
    assert!(!finding.references.is_empty(), "{context}");
    for reference in &finding.references {
        let known = [
            "RFC ",
            "CWE-",
            "CVE-",
            "OpenID ",
            "JARM ",
            "Kubernetes documentation: ",
        ];
        assert!(
            known.iter().any(|start| reference.starts_with(start)),
            "{context}"
        );
    }
}
