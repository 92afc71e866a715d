//! What editing a policy changes: for the token on screen, and for all tokens of the session.

use crate::inspection::Inspection;
use crate::jose::visible::visible;
use crate::judge::words::{When, sentence};
use crate::judge::{CheckResult, Expectation, Judgement, VerdictOutcome};
use crate::window::table::Counts;

/// What is other than by the policy that it is compared with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// How many tokens have which verdict, before and now; `None` while they are counted.
    pub counts: Option<(Counts, Counts)>,
    /// The token on screen.
    pub token: Option<TokenEffect>,
}

/// What is other for one token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenEffect {
    /// The verdict before, in words.
    pub before: (VerdictOutcome, String),
    /// The verdict now, in words.
    pub after: (VerdictOutcome, String),
    /// The expectations that are other than before.
    pub changes: Vec<Change>,
}

/// An expectation before and now. One of them is there at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What is compared, such as "Issuer".
    pub label: String,
    /// How it went before, and in words.
    pub before: Option<(CheckResult, String)>,
    /// How it goes now, and in words.
    pub after: Option<(CheckResult, String)>,
}

impl TokenEffect {
    /// What differs between two judgements on a token, both at one instant.
    pub(super) fn of(
        inspection: &Inspection,
        before: &Judgement,
        after: &Judgement,
        when: When,
    ) -> Self {
        let words = |judgement: &Judgement| {
            let sentence = sentence(judgement, &inspection.proof, when);
            (judgement.verdict.outcome, visible(&sentence.headline))
        };
        let of = |judgement: &Judgement| -> Vec<Told> {
            let layers: Vec<&Judgement> = judgement.layers().collect();
            let several = layers.len() > 1;
            let layers = layers.into_iter().enumerate();
            let each = layers.flat_map(|(layer, judgement)| {
                let all = judgement.expectations.iter();
                all.map(move |expectation| Told::of(expectation, several.then_some(layer)))
            });
            each.collect()
        };
        Self {
            before: words(before),
            after: words(after),
            changes: changes(of(before), of(after)),
        }
    }

    /// Whether nothing is other than before.
    pub fn is_none(&self) -> bool {
        self.before == self.after && self.changes.is_empty()
    }
}

/// An expectation in words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    /// What is compared, where.
    label: String,
    result: CheckResult,
    words: String,
}

impl Told {
    fn of(expectation: &Expectation, layer: Option<usize>) -> Self {
        let mut label = visible(&expectation.label);
        if let Some(signature) = expectation.signature {
            label = format!("{label}, signature {}", signature.saturating_add(1));
        }
        if let Some(layer) = layer {
            label = format!("{label}, layer {}", layer.saturating_add(1));
        }
        Self {
            label,
            result: expectation.result,
            words: format!(
                "expected {}, found {}",
                expectation.expected, expectation.found
            ),
        }
    }
}

/// Pairs of what has one label, those that are alike left out. In the order of what is there now, then what is gone.
fn changes(before: Vec<Told>, after: Vec<Told>) -> Vec<Change> {
    let mut before: Vec<Option<Told>> = before.into_iter().map(Some).collect();
    let mut take = |label: &str| {
        let mut left = before.iter_mut();
        let same = left.find(|told| told.as_ref().is_some_and(|told| told.label == label));
        same.and_then(Option::take)
    };
    let mut changes = Vec::new();
    for told in after {
        let old = take(&told.label);
        if old.as_ref() != Some(&told) {
            changes.push(Change {
                label: told.label,
                before: old.map(|old| (old.result, old.words)),
                after: Some((told.result, told.words)),
            });
        }
    }
    changes.extend(before.into_iter().flatten().map(|old| Change {
        label: old.label,
        before: Some((old.result, old.words)),
        after: None,
    }));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(label: &str, words: &str) -> Told {
        Told {
            label: label.to_owned(),
            result: CheckResult::Passed,
            words: words.to_owned(),
        }
    }

    #[test]
    fn what_is_new_gone_and_other_is_told_and_what_is_alike_is_not() {
        let before = vec![
            told("a", "1"),
            told("b", "1"),
            told("c", "1"),
            told("c", "2"),
        ];
        let after = vec![
            told("b", "2"),
            told("c", "1"),
            told("c", "2"),
            told("d", "1"),
        ];
        let words = |told: Option<(CheckResult, String)>| told.map(|(_, words)| words);
        let changes: Vec<_> = changes(before, after)
            .into_iter()
            .map(|change| (change.label, words(change.before), words(change.after)))
            .collect();
        let some = |words: &str| Some(words.to_owned());
        assert_eq!(
            changes,
            [
                ("b".to_owned(), some("1"), some("2")),
                ("d".to_owned(), None, some("1")),
                ("a".to_owned(), some("1"), None),
            ]
        );
    }
}
