//! Many tokens as a table: which are listed, in which order, what is said of each, and which of them are chosen.

mod facts;
mod order;
mod query;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::judge::VerdictOutcome;

pub use facts::{Cell, Tone, cell};
pub(super) use facts::{rows_text, value_of};
pub(super) use order::Order;
pub(super) use query::asking;

/// From so many tokens on they come as a table, unless the list is preferred.
pub const MANY: usize = 100;

/// How many tokens are shown when they come. Remembered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Many {
    /// In the rail.
    List,
    /// Over the whole window.
    #[default]
    Table,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// The verdict's mark.
    Verdict,
    /// What it is called.
    Name,
    /// The algorithm that its header names.
    Alg,
    /// The key that verified it, else the one that its header names.
    Key,
    /// Its issuer.
    Issuer,
    /// Its subject.
    Subject,
    /// How it stands to the clock.
    Time,
    /// The worst of its findings.
    Findings,
    /// The first place where it was found.
    Where,
    /// In how many places it was found.
    Seen,
}

impl Column {
    /// All of them, from the left.
    pub const ALL: [Self; 10] = [
        Self::Verdict,
        Self::Name,
        Self::Alg,
        Self::Key,
        Self::Issuer,
        Self::Subject,
        Self::Time,
        Self::Findings,
        Self::Where,
        Self::Seen,
    ];

    /// Its heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Verdict => "Verdict",
            Self::Name => "Name",
            Self::Alg => "alg",
            Self::Key => "Key",
            Self::Issuer => "Issuer",
            Self::Subject => "Subject",
            Self::Time => "Time",
            Self::Findings => "Findings",
            Self::Where => "Where",
            Self::Seen => "Seen",
        }
    }

    /// Whether its values are written as code.
    pub fn is_mono(self) -> bool {
        matches!(self, Self::Alg | Self::Key | Self::Subject)
    }
}

/// The width of each column, in points. Remembered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Widths([f32; 10]);

impl Default for Widths {
    fn default() -> Self {
        Self([
            34.0, 112.0, 92.0, 104.0, 172.0, 92.0, 92.0, 84.0, 176.0, 56.0,
        ])
    }
}

impl Widths {
    /// What a width may be.
    pub const RANGE: std::ops::RangeInclusive<f32> = 34.0..=1_000.0;

    /// Of a column.
    pub fn of(&self, column: Column) -> f32 {
        self.0.get(column as usize).copied().unwrap_or_default()
    }

    /// With another width of a column, as near to it as may be.
    #[must_use]
    pub fn with(mut self, column: Column, width: f32) -> Self {
        if let Some(place) = self.0.get_mut(column as usize) {
            *place = width.clamp(*Self::RANGE.start(), *Self::RANGE.end());
        }
        self
    }

    /// Whether all of them may be.
    pub fn is_sane(&self) -> bool {
        self.0.iter().all(|width| Self::RANGE.contains(width))
    }

    /// All together.
    pub fn sum(&self) -> f32 {
        self.0.iter().sum()
    }
}

/// By what the rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort<C = Column> {
    /// The column.
    pub column: C,
    /// The greatest first. What has no value is last in either direction.
    pub is_descending: bool,
}

/// By what the rows are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// The algorithm.
    Alg,
    /// The issuer.
    Issuer,
    /// The file or other origin.
    Source,
    /// The verdict.
    Verdict,
}

impl Grouping {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Issuer, Self::Alg, Self::Verdict, Self::Source];

    /// What it is called, after "Group by".
    pub fn label(self) -> &'static str {
        match self {
            Self::Alg => "algorithm",
            Self::Issuer => "issuer",
            Self::Source => "source",
            Self::Verdict => "verdict",
        }
    }
}

/// Which tokens are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// As typed.
    pub text: String,
    /// With this verdict only.
    pub verdict: Option<VerdictOutcome>,
}

impl Filter {
    /// Whether it leaves nothing out.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.verdict.is_none()
    }
}

/// The table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Whether it is shown.
    pub is_open: bool,
    /// Which tokens are listed.
    pub filter: Filter,
    /// In which order; `None`: in that of the session.
    pub sort: Option<Sort>,
    /// Put together by what.
    pub grouping: Option<Grouping>,
    /// The names of the groups whose rows are not shown.
    pub closed: BTreeSet<String>,
    /// The tokens that were chosen: positions in the session. None: what is done is done to the one on screen.
    pub chosen: BTreeSet<usize>,
    /// The tokens in view, which are judged before all others.
    pub watched: Vec<usize>,
    /// The rows.
    pub listed: Listed,
    /// Whether other rows are being looked for.
    pub is_looking: bool,
}

/// A row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// The heading of the group at this position of [`Listed::groups`].
    Group(usize),
    /// The token at this position of the session.
    Token(usize),
}

/// A group of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What its tokens have in common.
    pub name: String,
    /// How many they are.
    pub count: usize,
}

/// Tokens by their verdicts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that a verifier would take.
    pub accept: usize,
    /// Those that it would not.
    pub reject: usize,
    /// Those of which that cannot be said.
    pub undetermined: usize,
}

impl Counts {
    /// All of them.
    pub fn all(&self) -> usize {
        self.accept
            .saturating_add(self.reject)
            .saturating_add(self.undetermined)
    }

    /// Those of a verdict.
    pub fn of(&self, outcome: VerdictOutcome) -> usize {
        match outcome {
            VerdictOutcome::Accept => self.accept,
            VerdictOutcome::Reject => self.reject,
            VerdictOutcome::Undetermined => self.undetermined,
        }
    }

    pub(in crate::window) fn count(&mut self, outcome: VerdictOutcome) {
        let count = match outcome {
            VerdictOutcome::Accept => &mut self.accept,
            VerdictOutcome::Reject => &mut self.reject,
            VerdictOutcome::Undetermined => &mut self.undetermined,
        };
        *count = count.saturating_add(1);
    }
}

/// The rows, as they were last found: a value that is remembered until something changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// `None` until the tokens were looked through: then all are listed as they stand in the session.
    rows: Option<Vec<Row>>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The tokens that hold what was typed, whatever verdict is asked for.
    pub counts: Counts,
}

impl Listed {
    /// How many rows there are, of a session of so many tokens.
    pub fn len(&self, tokens: usize) -> usize {
        self.rows.as_ref().map_or(tokens, Vec::len)
    }

    /// A row. It may name a token that is gone.
    pub fn row(&self, row: usize) -> Option<Row> {
        match &self.rows {
            None => Some(Row::Token(row)),
            Some(rows) => rows.get(row).copied(),
        }
    }

    /// The row of the token at this position.
    pub fn row_of(&self, at: usize) -> Option<usize> {
        match &self.rows {
            None => Some(at),
            Some(rows) => rows.iter().position(|row| *row == Row::Token(at)),
        }
    }

    /// The tokens of these rows.
    pub fn tokens(&self, rows: std::ops::Range<usize>) -> impl Iterator<Item = usize> {
        rows.filter_map(|row| match self.row(row) {
            Some(Row::Token(at)) => Some(at),
            _ => None,
        })
    }

    /// The token so many rows further on, headings left out.
    pub fn neighbour(&self, at: usize, is_forward: bool, tokens: usize) -> Option<usize> {
        let row = self.row_of(at)?;
        let mut after = self.tokens(row.saturating_add(1)..self.len(tokens));
        if is_forward {
            after.next().filter(|at| *at < tokens)
        } else {
            let mut before = (0..row).rev().filter_map(|row| match self.row(row) {
                Some(Row::Token(at)) => Some(at),
                _ => None,
            });
            before.next()
        }
    }

    /// Follows a change of the session: each position becomes another one, or is gone.
    pub(super) fn follow(&mut self, to: impl Fn(usize) -> Option<usize>) {
        if let Some(rows) = &mut self.rows {
            rows.retain_mut(|row| match row {
                Row::Group(_) => true,
                Row::Token(at) => match to(*at) {
                    Some(to) => {
                        *at = to;
                        true
                    }
                    None => false,
                },
            });
        }
    }
}

impl Table {
    /// The tokens that something is done to: the chosen ones, else the one on screen.
    pub fn meant(&self, current: Option<usize>) -> BTreeSet<usize> {
        if self.chosen.is_empty() {
            current.into_iter().collect()
        } else {
            self.chosen.clone()
        }
    }

    /// Follows a change of the session.
    pub(super) fn follow(&mut self, to: impl Fn(usize) -> Option<usize>) {
        self.chosen = self.chosen.iter().filter_map(|at| to(*at)).collect();
        self.watched.clear();
        self.listed.follow(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_what_happens_to_the_session() {
        let mut table = Table {
            chosen: [1, 3].into(),
            ..Table::default()
        };
        table.listed.rows = Some([3, 1, 0, 2].map(Row::Token).to_vec());
        // The token at position 1 goes.
        table.follow(|at| (at != 1).then(|| at - usize::from(at > 1)));
        let rows: Vec<_> = table.listed.tokens(0..9).collect();
        assert_eq!(rows, [2, 0, 1]);
        assert_eq!(table.chosen, [2].into());
        assert_eq!(table.listed.neighbour(0, true, 3), Some(1));
        assert_eq!(table.listed.neighbour(0, false, 3), Some(2));
        assert_eq!(table.listed.neighbour(1, true, 3), None);
    }

    #[test]
    fn columns_are_in_the_order_of_their_widths() {
        for (at, column) in Column::ALL.into_iter().enumerate() {
            assert_eq!(column as usize, at);
        }
        let widths = Widths::default().with(Column::Where, 9e9);
        assert!(widths.is_sane() && widths.of(Column::Where) <= *Widths::RANGE.end());
    }
}
