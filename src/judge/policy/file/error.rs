//! Why a file is no policy. `Display` has two lines: what is wrong and where, and what to do.

use super::{MAX_POLICY_BYTES, POLICY_VERSION};
use crate::jose::visible::visible;

/// Why a file is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}, line {line}, column {column}: {}\n{}",
    visible(.source_name),
    visible(&.fault.to_string()),
    visible(&.fault.advice())
)]
pub struct PolicyError {
    /// The file.
    pub source_name: String,
    /// The line of the fault, from 1.
    pub line: usize,
    /// The column of the fault in bytes, from 1.
    pub column: usize,
    /// What it is.
    pub fault: PolicyFault,
}

/// What makes a text no policy: what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// No clean JSON.
    #[error("{0}")]
    Json(String),
    /// A value of another kind, or one that means nothing here.
    #[error("expected {expected}, found {found}")]
    Mismatch {
        /// What it could be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A member that must be there.
    #[error("expected {name}, found no such member")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// The file of revoked `jti`s cannot be read.
    #[error("{file}: {why}")]
    Revoked {
        /// The file, as the policy names it.
        file: String,
        /// Why.
        why: String,
    },
    /// More bytes than are read.
    #[error("expected at most {} MiB, found more", MAX_POLICY_BYTES >> 20)]
    TooLarge,
    /// More entries than a list may have.
    #[error("expected at most {limit} entries in {name}, found {found}")]
    TooMany {
        /// The list.
        name: &'static str,
        /// How many it may have.
        limit: usize,
        /// How many it has.
        found: usize,
    },
    /// A member that means nothing here.
    #[error("expected a member that is known here, found \u{201C}{name}\u{201D}")]
    Unknown {
        /// Its name.
        name: String,
        /// Those that are known.
        known: Vec<&'static str>,
    },
    /// A form of another version.
    #[error("expected version {POLICY_VERSION}, found {found}")]
    Version {
        /// Its version.
        found: String,
    },
}

impl PolicyFault {
    /// What to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::Json(_) => "Mend the JSON there, or export the policy again.".to_owned(),
            Self::Mismatch { .. } => {
                "Write it so there; docs/policy.schema.json describes every member.".to_owned()
            }
            Self::Missing { name } => match *name {
                "version" => format!("Add \"version\": {POLICY_VERSION} to the policy."),
                name => format!("Add {name} there."),
            },
            Self::Revoked { .. } => {
                "Check that it is a text of one jti a line, beside the policy, that you may read."
                    .to_owned()
            }
            Self::TooLarge => {
                "Check that it is a policy; a long list of jti belongs into a file beside it."
                    .to_owned()
            }
            Self::TooMany { name, .. } => match *name {
                "revoked.jti" => "Write them into a file beside the policy, one a line, and name that as \"file\".".to_owned(),
                _ => "Leave out what is not needed, or make several policies.".to_owned(),
            },
            Self::Unknown { known, .. } => format!(
                "A misspelt expectation would expect nothing. Known here: {}.",
                known.join(", ")
            ),
            Self::Version { .. } => {
                "Export the policy from this version, or open it with the one that wrote it."
                    .to_owned()
            }
        }
    }
}
