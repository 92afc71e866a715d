//! Inspections to text: what the window shows, for people ([`text()`], [`markdown()`], [`html()`]) and for programs
//! ([`json()`], [`jsonl`], [`sarif()`]).
//!
//! Nothing is computed here: a report says what [`judge`](crate::judge) found. What is told to people, and in which order, is said
//! once (`content`), for every `page`; what is told to programs as well (`shape`). Unless [`Options::redact`] is off, no report
//! holds a token's text, a signature or a secret.

mod content;
mod disclosed;
mod exact;
mod findings;
mod json;
pub mod jsonl;
mod keys;
mod layout;
mod page;
mod sarif;
mod shape;

use std::io::{self, Write};

use jiff::Timestamp;

use crate::inspection::{About, Dismissals, Inspection, Session, sha256};
use crate::judge::words::When;
use crate::judge::{Finding, Judgement, KeyAudit, Policy, Severity, VerdictOutcome, audit_keys};
use crate::keys::KeyRing;
use crate::verify::Proof;
use page::{Html, Markdown, Plain};

pub use content::found;
pub use json::json;
pub use sarif::{Ended, sarif};

/// Writes a report as text (format `text`): plain, aligned, without colour.
pub fn text(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    content::to_the_end(report, &mut Plain::new(out))
}

/// Writes a report as Markdown: `CommonMark` with the tables of GitHub.
pub fn markdown(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    content::from_the_top(report, &mut Markdown::new(out))
}

/// Writes a report as one HTML file, without scripts and without anything from elsewhere.
pub fn html(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    content::from_the_top(report, &mut Html::new(out))
}

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
    /// The findings that were set aside.
    pub dismissals: &'a Dismissals,
}

impl<'a> Judged<'a> {
    /// Judges a token.
    pub fn new(
        inspection: &'a Inspection,
        policy: &Policy,
        dismissals: &'a Dismissals,
        at: Timestamp,
    ) -> Self {
        Self {
            judgement: inspection.judge(policy, at),
            inspection,
            dismissals,
        }
    }

    /// The findings about it and about the tokens inside.
    fn findings(&self) -> Vec<FoundIn<'_>> {
        let mut found = Vec::new();
        let text = self.inspection.sha256.clone();
        let mut open = vec![(text, &self.inspection.proof, &self.judgement)];
        while let Some((sha256, proof, judgement)) = open.pop() {
            let about = About::token(&sha256);
            let findings = judgement.findings.iter();
            found.extend(findings.map(|finding| FoundIn {
                sha256: sha256.clone(),
                finding,
                note: self.dismissals.note(&about, finding),
            }));
            open.extend(inside(proof, judgement));
        }
        found
    }
}

/// A finding about a token, or about one inside of it.
struct FoundIn<'a> {
    /// Of that token's text.
    sha256: String,
    finding: &'a Finding,
    /// Why it was set aside.
    note: Option<&'a str>,
}

/// The tokens inside of a token: the hash of each, what was found out about it, and what is said of it.
fn inside<'a>(
    proof: &'a Proof,
    judgement: &'a Judgement,
) -> impl Iterator<Item = (String, &'a Proof, &'a Judgement)> {
    let layers = [
        (&proof.inner, &judgement.inner),
        (&proof.key_binding, &judgement.key_binding),
    ];
    layers.into_iter().filter_map(|(layer, judgement)| {
        let (layer, judgement) = (layer.as_deref()?, judgement.as_deref()?);
        Some((sha256(layer.token.text()), &layer.proof, judgement))
    })
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
    /// What the tokens are held against.
    pub policy: &'a Policy,
    /// The findings that were set aside.
    pub dismissals: &'a Dismissals,
    /// The distinct tokens, in the order in which they were first found.
    pub tokens: Vec<Judged<'a>>,
    /// What is left out, and how it speaks.
    pub options: Options,
}

impl<'a> Report<'a> {
    /// Judges every token of a session at one instant.
    pub fn new(session: &'a Session, at: Timestamp, options: Options) -> Self {
        let mut report = Self::without_tokens(session, at, options);
        let judge = |inspection| Judged::new(inspection, &session.policy, &session.dismissals, at);
        report.tokens = session.tokens.iter().map(judge).collect();
        report
    }

    /// Of a session, as if it had no tokens.
    pub fn without_tokens(session: &'a Session, at: Timestamp, options: Options) -> Self {
        let key_audits = audit_keys(&session.keys, Some(at));
        Self::with_key_audits(session, key_audits, at, options)
    }

    /// The same, where it is known what is said of the keys, in their order.
    pub fn with_key_audits(
        session: &'a Session,
        key_audits: Vec<KeyAudit>,
        at: Timestamp,
        options: Options,
    ) -> Self {
        Self {
            at,
            keys: &session.keys,
            key_audits,
            policy: &session.policy,
            dismissals: &session.dismissals,
            tokens: Vec::new(),
            options,
        }
    }

    /// The counts at its end.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        summary.count_keys(self);
        for token in &self.tokens {
            summary.count(token);
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
    /// Findings of tokens and keys that were set aside.
    pub dismissed: usize,
    /// The others by severity, in the order of [`Severity::ALL`].
    findings: [usize; Severity::ALL.len()],
}

impl Summary {
    /// Of one place, at which nothing that counts was found.
    pub fn of_place() -> Self {
        Self {
            occurrences: 1,
            ..Self::default()
        }
    }

    /// Counts a distinct token. Its occurrences are counted apart: they may be met later.
    pub fn count(&mut self, judged: &Judged<'_>) {
        self.tokens = self.tokens.saturating_add(1);
        let outcome = match judged.judgement.verdict.outcome {
            VerdictOutcome::Accept => &mut self.accept,
            VerdictOutcome::Reject => &mut self.reject,
            VerdictOutcome::Undetermined => &mut self.undetermined,
        };
        *outcome = outcome.saturating_add(1);
        let found = judged.findings();
        self.count_findings(found.iter().map(|found| (found.finding, found.note)));
    }

    /// Counts what is said of the keys, once for a run. What a token says of its key too counts there as well.
    pub fn count_keys(&mut self, report: &Report<'_>) {
        for (key, audit) in report.keys.keys().iter().zip(&report.key_audits) {
            let about = About::key(key);
            let findings = audit.findings.iter();
            self.count_findings(
                findings.map(|finding| (finding, report.dismissals.note(&about, finding))),
            );
        }
    }

    /// Counts what another one counted.
    pub fn add(&mut self, other: &Self) {
        let both = |one: &mut usize, other: usize| *one = one.saturating_add(other);
        both(&mut self.tokens, other.tokens);
        both(&mut self.occurrences, other.occurrences);
        both(&mut self.accept, other.accept);
        both(&mut self.reject, other.reject);
        both(&mut self.undetermined, other.undetermined);
        both(&mut self.dismissed, other.dismissed);
        for (count, other) in self.findings.iter_mut().zip(other.findings) {
            both(count, other);
        }
    }

    fn count_findings<'f>(
        &mut self,
        findings: impl IntoIterator<Item = (&'f Finding, Option<&'f str>)>,
    ) {
        for (finding, note) in findings {
            if note.is_some() {
                self.dismissed = self.dismissed.saturating_add(1);
                continue;
            }
            for (severity, count) in Severity::ALL.iter().zip(&mut self.findings) {
                if *severity == finding.severity {
                    *count = count.saturating_add(1);
                }
            }
        }
    }

    /// How many findings there are, for people: `1 high, 4 info`. `None` without any.
    fn findings_in_words(&self) -> Option<String> {
        let found = self.findings().filter(|(_, count)| *count > 0);
        let found: Vec<_> = found
            .map(|(severity, count)| format!("{count} {}", severity.name()))
            .collect();
        (!found.is_empty()).then(|| found.join(", "))
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
