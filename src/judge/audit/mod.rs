//! The rules, and the engine that runs them.
//!
//! A rule is one struct in the file of its subject and one line in [`RULES`]. It sees a [`Subject`] and yields
//! findings, or says that its input is missing.

use super::{Case, Evidence, Profile, Times};

/// How bad a finding is. Ordered: the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Context the reviewer wants to see.
    Info,
    /// Hygiene.
    Low,
    /// Weakens a control, or breaks a MUST without a direct attack.
    Medium,
    /// A conforming verifier must reject, or a common verifier fault turns it into forging.
    High,
    /// Forging or key recovery is possible with what is in front of us.
    Critical,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
        }
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confidence {
    /// A plain fact of the bytes.
    Certain,
    /// A pattern.
    Likely,
    /// Recomputed: a MAC matched, a factor was found.
    Proven,
}

impl Confidence {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Proven => "proven",
        }
    }
}

/// Something that is wrong with a token or key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's stable id.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What, in a few words.
    pub title: String,
    /// Why it matters here.
    pub detail: String,
    /// What to do.
    pub remedy: String,
    /// RFC sections and the like.
    pub references: Vec<&'static str>,
    /// The bytes that it rests on.
    pub evidence: Vec<Evidence>,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Token, proof, policy and instant.
    pub case: Case<'a>,
    /// The kind of token.
    pub profile: &'a Profile,
    /// Its times.
    pub times: &'a Times,
}

pub(super) struct Audit { pub(super) findings: Vec<Finding>, pub(super) not_run: Vec<&'static str> }
pub(super) fn run(_subject: &Subject<'_>) -> Audit {
    Audit { findings: Vec::new(), not_run: Vec::new() }
}
