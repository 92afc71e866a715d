//! What there is to say of a rule before it found anything.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Severity;

/// A rule in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogued {
    /// The severity that its findings have in their plainest form; in others it may be higher or lower.
    pub severity: Severity,
    /// What it looks for, in a few words.
    pub title: String,
    /// What is to be done where it finds something, in a sentence.
    pub remedy: String,
}

/// By the id of the rule.
static CATALOGUE: LazyLock<BTreeMap<String, Catalogued>> = LazyLock::new(|| {
    let table = include_str!("../../../assets/rules.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows = reader.deserialize::<(String, String, String, String)>();
    rows.filter_map(Result::ok)
        .filter_map(|(rule, severity, title, remedy)| {
            let severity = Severity::from_name(&severity)?;
            let about = Catalogued {
                severity,
                title,
                remedy,
            };
            Some((rule, about))
        })
        .collect()
});

/// The rule of this id, of tokens or of keys.
pub fn catalogued(rule: &str) -> Option<&'static Catalogued> {
    CATALOGUE.get(rule)
}

#[cfg(test)]
mod tests {
    use super::super::{RULES, loaded};
    use super::*;

    #[test]
    fn every_rule_is_in_the_catalogue() {
        let of_tokens = RULES.iter().map(|rule| rule.id());
        let missing: Vec<_> = of_tokens
            .chain(loaded::rule_ids())
            .filter(|rule| catalogued(rule).is_none())
            .collect();
        assert!(missing.is_empty(), "not in assets/rules.csv: {missing:?}");
    }

    #[test]
    fn every_row_is_read_and_says_what_to_do() {
        let table = include_str!("../../../assets/rules.csv");
        assert_eq!(table.lines().count(), CATALOGUE.len() + 1);
        for (rule, about) in CATALOGUE.iter() {
            assert!(!about.title.ends_with('.'), "{rule}");
            let is_sentence = about.remedy.starts_with(char::is_uppercase);
            assert!(is_sentence && about.remedy.ends_with('.'), "{rule}");
        }
    }
}
