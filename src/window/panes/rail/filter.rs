//! The tokens that hold what was typed, looked for a few at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::Context;

use super::label::TokenLabel;
use crate::jose::visible::visible;
use crate::window::model::Model;

/// Looking goes on for this long before the window is drawn again.
const SLICE: Duration = Duration::from_millis(8);

/// Narrows a long list down.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// What is looked for, as typed.
    pub(super) text: String,
    /// The words and the revision of the model that the last round was begun for.
    asked: (Vec<String>, u64),
    /// The round that is not at its end.
    round: Option<Round>,
    /// What the last whole round found, once there was one: positions in the session, in its order.
    found: Option<Arc<[usize]>>,
}

/// A look at all tokens.
#[derive(Debug, Default)]
struct Round {
    /// The next one.
    at: usize,
    found: Vec<usize>,
}

impl Filter {
    /// Goes on looking. A frame shows what was found before until all tokens were looked at.
    pub(super) fn refresh(&mut self, ctx: &Context, model: &Model) {
        let words: Vec<String> = self
            .text
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        if words.is_empty() {
            *self = Self {
                text: std::mem::take(&mut self.text),
                ..Self::default()
            };
            return;
        }
        let has_other_words = self.asked.0 != words;
        let is_outdated = self.asked.1 != model.revision && self.round.is_none();
        if has_other_words || is_outdated {
            self.asked = (words, model.revision);
            self.round = Some(Round::default());
        }
        let Some(mut round) = self.round.take() else {
            return;
        };
        let start = Instant::now();
        while round.at < model.session.tokens.len() {
            if start.elapsed() > SLICE {
                self.round = Some(round);
                ctx.request_repaint();
                return;
            }
            if holds(model, round.at, &self.asked.0) {
                round.found.push(round.at);
            }
            round.at = round.at.saturating_add(1);
        }
        self.found = Some(round.found.into());
        // The count above the list is drawn already.
        ctx.request_repaint();
    }

    /// Whether a look at all tokens is under way: what is listed is not up to date.
    pub(super) fn is_looking(&self) -> bool {
        self.round.is_some()
    }

    /// The tokens that are listed.
    pub(super) fn listed(&self, model: &Model) -> Listed {
        let tokens = model.session.tokens.len();
        let found = self.found.clone();
        Listed {
            // Tokens may have gone since.
            count: found
                .as_ref()
                .map_or(tokens, |found| found.partition_point(|at| *at < tokens)),
            found,
        }
    }
}

/// The tokens that are listed: all, or those that hold what was typed.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    /// How many they are.
    pub(super) count: usize,
    found: Option<Arc<[usize]>>,
}

impl Listed {
    /// Whether these are those that hold what was typed.
    pub(super) fn is_filtered(&self) -> bool {
        self.found.is_some()
    }

    /// The position in the session of the token in this row.
    pub(super) fn at(&self, row: usize) -> Option<usize> {
        match &self.found {
            _ if row >= self.count => None,
            None => Some(row),
            Some(found) => found.get(row).copied(),
        }
    }

    /// The row of the token at this position of the session.
    pub(super) fn row_of(&self, at: usize) -> Option<usize> {
        let row = match &self.found {
            None => at,
            Some(found) => found.binary_search(&at).ok()?,
        };
        (row < self.count).then_some(row)
    }

    /// The row of the token at this position, or the nearest that there is.
    pub(super) fn nearest(&self, at: usize) -> Option<usize> {
        let row = match &self.found {
            None => at,
            Some(found) => found.partition_point(|other| *other < at),
        };
        Some(row.min(self.count.checked_sub(1)?))
    }

    /// Where in the session a token goes that is put into a gap between rows; the number of rows above names the gap.
    pub(super) fn landing(&self, from: usize, gap: usize) -> Option<usize> {
        let (at, is_before) = match self.at(gap) {
            Some(at) => (at, true),
            None => (self.at(self.count.checked_sub(1)?)?, false),
        };
        let to = match (is_before, from < at) {
            (true, true) => at.saturating_sub(1),
            (true, false) | (false, true) => at,
            (false, false) => at.saturating_add(1),
        };
        (to != from && at != from).then_some(to)
    }
}

/// Whether a token holds all of the words in what is shown of it, whatever the case.
fn holds(model: &Model, at: usize, words: &[String]) -> bool {
    let (Some(label), Some(inspection)) = (TokenLabel::of(model, at), model.session.tokens.get(at))
    else {
        return false;
    };
    let mut text = format!("{}\n{}", label.title, label.note);
    for name in ["iss", "sub"] {
        let claims = inspection.token.claims();
        if let Some(value) = claims.and_then(|claims| claims.str(name)) {
            text.push('\n');
            text.push_str(&visible(value));
        }
    }
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lands_where_the_gap_is_among_all_and_among_those_found() {
        let all = Listed {
            count: 4,
            found: None,
        };
        let landing = |gap| all.landing(1, gap);
        assert_eq!(landing(0), Some(0));
        assert_eq!((landing(1), landing(2)), (None, None), "where it is");
        assert_eq!((landing(3), landing(4)), (Some(2), Some(3)));

        let some = Listed {
            count: 3,
            found: Some(Arc::from([2, 5, 9])),
        };
        assert_eq!(some.landing(9, 1), Some(5), "before the second");
        assert_eq!(some.landing(2, 3), Some(9), "after the last");
        assert_eq!((some.row_of(5), some.row_of(6)), (Some(1), None));
        assert_eq!((some.nearest(6), some.nearest(99)), (Some(2), Some(2)));
    }
}
