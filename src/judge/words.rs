//! Judgements in words that a person can repeat.

use super::Judgement;
use crate::verify::Proof;

/// A verdict in two sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The verdict, such as "Reject: expired 3 days 1 hour ago".
    pub headline: String,
    /// What stands behind it, such as "The signature is genuine, but a correct verifier must refuse this token now."
    pub explanation: String,
}

/// The verdict as a sentence a person can repeat, and why.
pub fn sentence(_judgement: &Judgement, _proof: &Proof) -> Sentence {
    Sentence { headline: String::new(), explanation: String::new() }
}

/// A span of seconds in at most two units: "3 days 1 hour", "14 minutes 5 seconds", "0 seconds".
pub fn span(_seconds: i64) -> String {
    String::new()
}

/// The same, short: "3 d 1 h", "14 min", "5 s".
pub fn short_span(_seconds: i64) -> String {
    String::new()
}
