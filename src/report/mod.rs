//! Inspections to text: what the window shows, for people at a terminal ([`text()`]) and for programs
//! ([`json()`], [`jsonl`]).
//!
//! Nothing is computed here: a report says what [`judge`](crate::judge) found. Unless [`Options::redact`] is
//! off, no report holds a token's text, a signature or a secret.

mod disclosed;
mod exact;
mod findings;
mod json;
pub mod jsonl;
mod keys;
mod layout;
mod related;
mod shape;
mod text;

use jiff::Timestamp;

use crate::inspection::{Inspection, Session};
use crate::judge::words::When;
use crate::judge::{Finding, Judgement, KeyAudit, Severity, VerdictOutcome, audit_keys};
use crate::keys::KeyRing;

pub use json::json;
pub use text::{found, text};

/// What a report leaves out, and how it speaks of its instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether the tokens' text stays out.
    pub redact: bool,
    /// Whether the instant of the report is the present.
    pub when: When,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            redact: true,
            when: When::Now,
        }
    }
}

/// A token with what is said of it at one instant.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The token.
    pub inspection: &'a Inspection,
    /// What is said of it.
    pub judgement: Judgement,
}

/// Everything that a report is made from.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The instant of every judgement.
    pub at: Timestamp,
    /// The reviewer's keys, the unusable ones among them.
    pub keys: &'a KeyRing,
    /// What is said of each of the keys, in their order.
    pub key_audits: Vec<KeyAudit>,
    /// The distinct tokens, in the order in which they were first found.
    pub tokens: Vec<Judged<'a>>,
    /// What is left out, and how it speaks.
    pub options: Options,
}

impl<'a> Report<'a> {
    /// Judges every token of a session at one instant, each among the others.
    pub fn new(session: &'a Session, at: Timestamp, options: Options) -> Self {
        let neighbours = session.neighbours();
        let tokens = session
            .tokens
            .iter()
            .map(|inspection| Judged {
                inspection,
                judgement: inspection.judge_beside(&neighbours, &session.policy, at),
            })
            .collect();
        Self {
            at,
            keys: &session.keys,
            key_audits: audit_keys(&session.keys, Some(at)),
            tokens,
            options,
        }
    }

    /// The counts at its end.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        summary.count_keys(&self.key_audits);
        for token in &self.tokens {
            summary.count(&token.judgement);
            summary.occurrences = summary
                .occurrences
                .saturating_add(token.inspection.places.len());
        }
        summary
    }
}

/// How many tokens came to which end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Distinct tokens.
    pub tokens: usize,
    /// Places where one stood.
    pub occurrences: usize,
    /// Tokens that a correct verifier would take.
    pub accept: usize,
    /// Tokens that it would not.
    pub reject: usize,
    /// Tokens of which it cannot be said.
    pub undetermined: usize,
    /// Findings of tokens and keys by severity, in the order of [`Severity::ALL`].
    findings: [usize; Severity::ALL.len()],
}

impl Summary {
    /// Counts a distinct token. Its occurrences are counted apart: they may be met later.
    pub fn count(&mut self, judgement: &Judgement) {
        self.tokens = self.tokens.saturating_add(1);
        let outcome = match judgement.verdict.outcome {
            VerdictOutcome::Accept => &mut self.accept,
            VerdictOutcome::Reject => &mut self.reject,
            VerdictOutcome::Undetermined => &mut self.undetermined,
        };
        *outcome = outcome.saturating_add(1);
        self.count_findings(judgement.layers().flat_map(|layer| &layer.findings));
    }

    /// Counts what is said of the keys, once for a run. What a token says of its key too counts there as well.
    pub fn count_keys(&mut self, audits: &[KeyAudit]) {
        self.count_findings(audits.iter().flat_map(|audit| &audit.findings));
    }

    fn count_findings<'f>(&mut self, findings: impl Iterator<Item = &'f Finding>) {
        for finding in findings {
            for (severity, count) in Severity::ALL.iter().zip(&mut self.findings) {
                if *severity == finding.severity {
                    *count = count.saturating_add(1);
                }
            }
        }
    }

    /// The number of findings of each severity, the worst first.
    pub fn findings(&self) -> impl Iterator<Item = (Severity, usize)> {
        Severity::ALL.into_iter().zip(self.findings)
    }

    /// Whether every token is accepted and no finding is as bad as `fail_on` (`None`: findings do not count).
    pub fn passes(&self, fail_on: Option<Severity>) -> bool {
        let fails =
            |(severity, count)| count > 0 && fail_on.is_some_and(|threshold| severity >= threshold);
        self.accept == self.tokens && !self.findings().any(fails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_count_always_and_findings_from_their_threshold() {
        let mut summary = Summary {
            tokens: 1,
            accept: 1,
            findings: [0, 0, 2, 0, 0],
            ..Summary::default()
        };
        assert!(summary.passes(None));
        assert!(summary.passes(Some(Severity::High)));
        assert!(!summary.passes(Some(Severity::Medium)));
        assert!(!summary.passes(Some(Severity::Info)));
        summary.accept = 0;
        assert!(!summary.passes(None));
    }
}
