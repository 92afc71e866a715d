//! All keys as a table: which are listed, in which order, what is said of each, and which of them is looked at.

mod act;
mod audit;
mod export;
mod facts;
mod locked;
mod order;
mod saved;

use std::time::Instant;

use serde::{Deserialize, Serialize};

pub use act::KeyCommand;
pub(in crate::window) use act::certificates;
pub use audit::Audits;
pub(in crate::window) use audit::{Audited, Auditing};
pub use export::ExportForm;
pub(in crate::window) use export::ToWrite;
pub(in crate::window) use facts::{audit_of, facts_of, title, too_short, worst};
pub use locked::Locked;
pub(in crate::window) use locked::{LockedFile, Tried};
pub(in crate::window) use saved::{Keeping, SavedNews};
pub use saved::{SavedKeys, SavedState};

use super::table::Sort;
use crate::inspection::Fit;
use crate::judge::Severity;
use crate::keys::asking::KeyPlace;

/// What a secret that was typed is called as a source.
pub const TYPED: &str = "typed";

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyColumn {
    /// Whether something is wrong with it, and whether it fits a token.
    Mark,
    /// What it is called.
    Id,
    /// Type and size.
    Kind,
    /// Which half.
    Holds,
    /// Where it came from.
    From,
    /// Its thumbprint.
    Thumbprint,
    /// The tokens that it verifies or opens.
    Fits,
    /// What is wrong with it, else what it is for.
    Notes,
}

impl KeyColumn {
    /// All of them, from the left.
    pub const ALL: [Self; 8] = [
        Self::Mark,
        Self::Id,
        Self::Kind,
        Self::Holds,
        Self::From,
        Self::Thumbprint,
        Self::Fits,
        Self::Notes,
    ];

    /// Its heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Mark => "State",
            Self::Id => "Key id",
            Self::Kind => "Kind",
            Self::Holds => "Holds",
            Self::From => "From",
            Self::Thumbprint => "Thumbprint (RFC 7638)",
            Self::Fits => "Fits",
            Self::Notes => "Notes",
        }
    }
}

/// How a key stands, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It cannot be used.
    Unusable,
    /// Something is wrong with it: the worst of it is so bad.
    Faulty(Severity),
    /// It verifies or opens a token of the session.
    Fits,
    /// Nothing is to be said.
    Plain,
}

impl Standing {
    /// Whether the key is of no use, or of use to anybody.
    pub fn is_problem(self) -> bool {
        matches!(self, Self::Unusable | Self::Faulty(Severity::Critical))
    }
}

/// What the table says of a key. All of it may be shown as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its id in the ring.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// How it stands.
    pub standing: Standing,
    /// Type and size.
    pub kind: String,
    /// Which half; `None` where there is none.
    pub holds: Option<&'static str>,
    /// Where it came from.
    pub from: String,
    /// Its thumbprint.
    pub thumbprint: Option<String>,
    /// The tokens that it fits.
    pub fits: Vec<Fit>,
    /// What is wrong with it, else what it is for.
    pub notes: String,
}

/// The keys, as the manager shows them.
#[derive(Debug, Clone, Default)]
pub struct Manager {
    /// Whether it is shown.
    pub is_open: bool,
    /// Whether the details of the chosen key stand in the place of the table, where there is no room for both.
    pub shows_details: bool,
    /// The id of the key that is looked at.
    pub chosen: Option<String>,
    /// What is typed to find keys.
    pub filter: String,
    /// In which order; `None`: in that of the ring.
    pub sort: Option<Sort<KeyColumn>>,
    /// What is said of each key, in the order of the ring, while it is shown.
    pub facts: Vec<KeyFacts>,
    /// The positions in `facts` of those that are listed, in order.
    pub listed: Vec<usize>,
    /// Until when the secret that is looked at is shown.
    pub secret_until: Option<Instant>,
    /// Where the keys of the issuer are, by a document that was pasted.
    pub answered: Option<KeyPlace>,
    /// Grows whenever facts or order are found anew.
    pub revision: u64,
    /// Whether they must be.
    pub(in crate::window) is_outdated: bool,
}

impl Manager {
    /// A row of the list.
    pub fn row(&self, row: usize) -> Option<&KeyFacts> {
        self.facts.get(*self.listed.get(row)?)
    }

    /// The row of the key that is looked at.
    pub fn chosen_row(&self) -> Option<usize> {
        let chosen = self.chosen.as_deref()?;
        (0..self.listed.len()).find(|row| self.row(*row).is_some_and(|facts| facts.id == chosen))
    }

    /// How many keys are only warned of, and how many cannot be used or are broken.
    pub fn counts(&self) -> (usize, usize) {
        let of = |wanted: fn(Standing) -> bool| {
            let all = self.facts.iter();
            all.filter(|facts| wanted(facts.standing)).count()
        };
        (
            of(|standing| matches!(standing, Standing::Faulty(_)) && !standing.is_problem()),
            of(Standing::is_problem),
        )
    }
}

/// How the manager stands. Remembered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ManagerLayout {
    /// The width of the details, in points.
    pub details: f32,
}

impl Default for ManagerLayout {
    fn default() -> Self {
        Self { details: 420.0 }
    }
}

impl ManagerLayout {
    /// What the width of the details may be, in points.
    pub const DETAILS: std::ops::RangeInclusive<f32> = 320.0..=620.0;
}
