//! Which keys are listed, and in which order.

use std::cmp::Ordering;

use super::facts::facts_of;
use super::{KeyColumn, KeyFacts};
use crate::window::model::Model;
use crate::window::table::Sort;

/// Finds facts and order anew.
pub(super) fn refresh(model: &mut Model) {
    let mut fits = model.session.fits();
    let keys = model.session.keys.keys();
    let facts: Vec<KeyFacts> = keys
        .iter()
        .map(|key| facts_of(model, key, fits.remove(key.id.as_str()).unwrap_or_default()))
        .collect();
    let manager = &mut model.manager;
    manager.listed = listed(&facts, &manager.filter, manager.sort);
    manager.facts = facts;
    let is_there = |id: &String| manager.facts.iter().any(|facts| facts.id == *id);
    if !manager.chosen.as_ref().is_some_and(is_there) {
        manager.chosen = manager.row(0).map(|facts| facts.id.clone());
    }
    manager.is_outdated = false;
    manager.revision = manager.revision.wrapping_add(1);
}

fn listed(facts: &[KeyFacts], filter: &str, sort: Option<Sort<KeyColumn>>) -> Vec<usize> {
    let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
    let is_found = |facts: &KeyFacts| {
        let text = text_of(facts).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut listed: Vec<usize> = (0..facts.len())
        .filter(|at| facts.get(*at).is_some_and(is_found))
        .collect();
    if let Some(sort) = sort {
        listed.sort_by(|one, other| {
            let pair = facts.get(*one).zip(facts.get(*other));
            pair.map_or(Ordering::Equal, |(one, other)| compare(one, other, sort))
        });
    }
    listed
}

/// Everything of a key that is looked for.
fn text_of(facts: &KeyFacts) -> String {
    let holds = facts.holds.unwrap_or_default();
    let thumbprint = facts.thumbprint.as_deref().unwrap_or_default();
    let of = [
        &facts.title,
        &facts.id,
        &facts.kind,
        &facts.from,
        &facts.notes,
    ];
    let mut text = of.map(String::as_str).join("\n");
    text.push('\n');
    text.push_str(holds);
    text.push('\n');
    text.push_str(thumbprint);
    text
}

/// What has no value is last in either direction.
fn compare(one: &KeyFacts, other: &KeyFacts, sort: Sort<KeyColumn>) -> Ordering {
    let directed = |order: Ordering| {
        if sort.is_descending {
            order.reverse()
        } else {
            order
        }
    };
    let text = |of: fn(&KeyFacts) -> &str| {
        let (one, other) = (of(one).to_lowercase(), of(other).to_lowercase());
        match (one.is_empty(), other.is_empty()) {
            (false, false) => directed(one.cmp(&other)),
            (one, other) => one.cmp(&other),
        }
    };
    match sort.column {
        KeyColumn::Mark => directed(one.standing.cmp(&other.standing)),
        KeyColumn::Id => text(|facts| &facts.title),
        KeyColumn::Kind => text(|facts| &facts.kind),
        KeyColumn::Holds => text(|facts| facts.holds.unwrap_or_default()),
        KeyColumn::From => text(|facts| &facts.from),
        KeyColumn::Thumbprint => text(|facts| facts.thumbprint.as_deref().unwrap_or_default()),
        // Those that fit most are looked for first.
        KeyColumn::Fits => directed(other.fits.len().cmp(&one.fits.len())),
        KeyColumn::Notes => text(|facts| &facts.notes),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Standing;
    use super::*;

    fn facts(title: &str, thumbprint: Option<&str>, fits: usize) -> KeyFacts {
        KeyFacts {
            id: title.to_owned(),
            title: title.to_owned(),
            standing: Standing::Plain,
            kind: "EC P-256".to_owned(),
            holds: Some("public"),
            from: "keys.json".to_owned(),
            thumbprint: thumbprint.map(str::to_owned),
            fits: (0..fits)
                .map(|token| crate::inspection::Fit {
                    token,
                    layer: 0,
                    service: crate::verify::Service::Verifies,
                })
                .collect(),
            notes: String::new(),
        }
    }

    #[test]
    fn keys_are_sorted_and_what_has_no_value_is_last() {
        let all = [
            facts("b", None, 0),
            facts("A", Some("y"), 1),
            facts("c", Some("x"), 3),
        ];
        let order = |column, is_descending| {
            listed(
                &all,
                "",
                Some(Sort {
                    column,
                    is_descending,
                }),
            )
        };
        assert_eq!(listed(&all, "", None), [0, 1, 2]);
        assert_eq!(order(KeyColumn::Id, false), [1, 0, 2]);
        assert_eq!(order(KeyColumn::Thumbprint, false), [2, 1, 0]);
        assert_eq!(order(KeyColumn::Thumbprint, true), [1, 2, 0]);
        assert_eq!(order(KeyColumn::Fits, false), [2, 1, 0]);
    }

    #[test]
    fn every_word_is_looked_for_in_every_column() {
        let all = [facts("zeta", None, 0), facts("a", Some("y1"), 1)];
        assert_eq!(listed(&all, "P-256  Zeta", None), [0]);
        assert_eq!(listed(&all, "keys Y1", None), [1]);
        assert!(listed(&all, "rsa", None).is_empty());
    }
}
