//! What a verifier checks, in its order, and how each check went.

use std::ops::Range;

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckResult {
    /// A correct verifier stops here.
    Failed,
    /// Its input was missing; the check's text says what.
    NotRun,
    /// It holds.
    Passed,
}

impl CheckResult {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::NotRun => "not-run",
            Self::Passed => "passed",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its stable name, such as `signature`.
    pub check: &'static str,
    /// The result in a few words, such as "Signature valid".
    pub title: String,
    /// How it went.
    pub result: CheckResult,
    /// Why, in a sentence.
    pub text: String,
    /// The characters that it rests on: bytes of the token's text.
    pub byte_range: Option<Range<usize>>,
}

pub(super) fn checks(_case: super::Case<'_>, _profile: &super::Profile, _times: &super::Times) -> Vec<Check> {
    Vec::new()
}
