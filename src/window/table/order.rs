//! The rows of the table, found and sorted a few at a time: a frame shows what was found before until all tokens were
//! looked at.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::facts::{GroupName, Standing, found, standing};
use super::query::Query;
use super::{Filter, Group, Grouping, Listed, Row, Sort};
use crate::window::model::Model;

/// Looking goes on for this long before the window is drawn again.
const SLICE: Duration = Duration::from_millis(6);

/// So many tokens are looked at between two looks at the clock.
const STEP: usize = 32;

/// Keeps the rows up to date.
#[derive(Debug, Default)]
pub(in crate::window) struct Order {
    /// What the last round was begun for.
    asked: Option<Asked>,
    /// The round that is not at its end.
    round: Option<Round>,
}

#[derive(Debug, PartialEq, Eq)]
struct Asked {
    filter: Filter,
    sort: Option<Sort>,
    grouping: Option<Grouping>,
    closed: BTreeSet<String>,
    revision: u64,
}

/// A look at all tokens.
#[derive(Debug)]
struct Round {
    query: Query,
    /// Whether other rows are asked for than those that are shown, which only grew older otherwise.
    is_new: bool,
    /// The next one.
    at: usize,
    standings: BTreeSet<Standing>,
    /// What has become of the first of them.
    listed: Listed,
    /// The group that the next row may belong to, and whether its rows are not shown.
    group: Option<(GroupName, bool)>,
}

impl Order {
    /// Begins anew: positions are no longer what they were.
    pub(in crate::window) fn restart(&mut self) {
        *self = Self::default();
    }

    /// Goes on for a slice. Whether there is more to do.
    pub(in crate::window) fn refresh(&mut self, model: &mut Model) -> bool {
        if !model.table.is_open {
            self.restart();
            return false;
        }
        let table = &model.table;
        let is_as_asked = self.asked.as_ref().is_some_and(|asked| {
            asked.filter == table.filter
                && asked.sort == table.sort
                && asked.grouping == table.grouping
                && asked.closed == table.closed
        });
        let is_outdated = self
            .asked
            .as_ref()
            .is_none_or(|asked| asked.revision != model.revision);
        // What only grew older is looked at again after the round that is under way.
        if !is_as_asked || is_outdated && self.round.is_none() {
            self.asked = Some(Asked {
                filter: table.filter.clone(),
                sort: table.sort,
                grouping: table.grouping,
                closed: table.closed.clone(),
                revision: model.revision,
            });
            self.round = Some(Round {
                query: Query::parse(&table.filter.text),
                is_new: !is_as_asked,
                at: 0,
                standings: BTreeSet::new(),
                listed: Listed {
                    rows: Some(Vec::new()),
                    ..Listed::default()
                },
                group: None,
            });
        }
        if let Some(mut round) = self.round.take() {
            if round.go_on(model) {
                self.round = Some(round);
            } else {
                model.table.listed = round.listed;
            }
        }
        let round = self.round.as_ref();
        model.table.is_looking = round.is_some_and(|round| round.is_new);
        round.is_some()
    }

    /// Whether a round is under way.
    pub(in crate::window) fn is_looking(&self) -> bool {
        self.round.is_some()
    }
}

impl Round {
    /// Whether there is more to look at.
    fn go_on(&mut self, model: &Model) -> bool {
        let start = Instant::now();
        let table = &model.table;
        let mut steps = 0_usize;
        let mut is_over = || {
            steps = steps.wrapping_add(1);
            steps.is_multiple_of(STEP) && start.elapsed() > SLICE
        };
        while self.at < model.session.tokens.len() {
            if is_over() {
                return true;
            }
            if let Some(outcome) = found(model, self.at, &self.query) {
                self.listed.counts.count(outcome);
                if table.filter.verdict.is_none_or(|wanted| wanted == outcome) {
                    self.standings
                        .extend(standing(model, self.at, table.sort, table.grouping));
                }
            }
            self.at = self.at.saturating_add(1);
        }
        while let Some(standing) = self.standings.pop_first() {
            self.list(standing, &table.closed);
            if is_over() {
                return true;
            }
        }
        false
    }

    /// Adds the next row.
    fn list(&mut self, standing: Standing, closed: &BTreeSet<String>) {
        let Listed { rows, groups, .. } = &mut self.listed;
        let rows = rows.get_or_insert_default();
        if let Some(group) = standing.group {
            if self.group.as_ref().is_none_or(|(open, _)| *open != group) {
                rows.push(Row::Group(groups.len()));
                groups.push(Group {
                    name: group.name.clone(),
                    count: 0,
                });
                let is_closed = closed.contains(&group.name);
                self.group = Some((group, is_closed));
            }
            if let Some(group) = groups.last_mut() {
                group.count = group.count.saturating_add(1);
            }
        }
        if self.group.as_ref().is_none_or(|(_, is_closed)| !is_closed) {
            rows.push(Row::Token(standing.at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::VerdictOutcome;
    use crate::window::table::{Column, rows_text};

    fn model(claims: &[&str]) -> Model {
        use crate::jose::base64url::encode;
        let mut model = Model::default();
        for (at, claims) in claims.iter().enumerate() {
            let alg = ["none", "HS256"][at % 2];
            let header = encode(format!(r#"{{"alg":"{alg}"}}"#).as_bytes());
            let text = format!("{header}.{}.AAAA", encode(claims.as_bytes()));
            let found = crate::find::find(text.as_bytes(), "a.log").remove(0);
            model.session.adding().add(found);
        }
        let judge = |inspection: &crate::inspection::Inspection| {
            inspection.judge(&model.session.policy, model.now)
        };
        model.judgements = model.session.tokens.iter().map(judge).collect();
        model.table.is_open = true;
        model
    }

    fn rows(model: &mut Model) -> Vec<String> {
        let mut order = Order::default();
        while order.refresh(model) {}
        let table = &model.table;
        (0..table.listed.len(0))
            .map(|row| match table.listed.row(row) {
                Some(Row::Token(at)) => at.to_string(),
                Some(Row::Group(group)) => {
                    let group = &table.listed.groups[group];
                    format!("{} {}", group.name, group.count)
                }
                None => String::new(),
            })
            .collect()
    }

    const CLAIMS: [&str; 5] = [
        r#"{"iss":"b","sub":"1","exp":100}"#,
        r#"{"iss":"A","sub":"2","exp":300}"#,
        r#"{"sub":"3"}"#,
        r#"{"iss":"c","sub":"4","exp":200}"#,
        r#"{"iss":"a","sub":"5"}"#,
    ];

    #[test]
    fn rows_are_sorted_in_both_directions_with_what_has_no_value_last() {
        let mut model = model(&CLAIMS);
        let mut by = |column, is_descending| {
            model.table.sort = Some(Sort {
                column,
                is_descending,
            });
            rows(&mut model).concat()
        };
        assert_eq!(by(Column::Issuer, false), "14032");
        assert_eq!(by(Column::Issuer, true), "30142");
        assert_eq!(by(Column::Time, false), "03124");
        assert_eq!(by(Column::Time, true), "13024");
        assert_eq!(by(Column::Alg, false), "13024");
        assert_eq!(by(Column::Subject, true), "43210");
        model.table.sort = None;
        assert_eq!(rows(&mut model).concat(), "01234");
    }

    #[test]
    fn groups_have_counts_and_can_be_closed() {
        let mut model = model(&CLAIMS);
        model.table.grouping = Some(Grouping::Alg);
        assert_eq!(
            rows(&mut model),
            ["HS256 2", "1", "3", "none 3", "0", "2", "4"]
        );
        model.table.closed.insert("none".to_owned());
        assert_eq!(rows(&mut model), ["HS256 2", "1", "3", "none 3"]);
        model.table.grouping = Some(Grouping::Issuer);
        let names = rows(&mut model);
        assert_eq!(names.last().map(String::as_str), Some("2"));
        assert!(names.contains(&"No issuer 1".to_owned()), "{names:?}");
        model.table.grouping = Some(Grouping::Source);
        assert_eq!(rows(&mut model)[0], "a.log 5");
    }

    #[test]
    fn a_filter_by_verdict_keeps_the_counts_of_the_others() {
        let mut model = model(&CLAIMS);
        model.table.filter.verdict = Some(VerdictOutcome::Undetermined);
        let listed = rows(&mut model).len();
        let counts = model.table.listed.counts;
        assert_eq!((counts.all(), counts.undetermined), (5, listed));
        assert!(counts.reject >= 3, "unsecured ones");
        model.table.filter.verdict = None;
        for (text, found) in [
            ("alg:none", "024"),
            ("alg:none sub:5", "4"),
            ("alg:none or iss:a", "0124"),
            ("-alg:none", "13"),
            ("finding:alg-none", "024"),
            ("verdict:reject -alg:hs256", "024"),
            ("kind:jws where:bare source:a.log", "01234"),
            ("nothing of this", ""),
        ] {
            text.clone_into(&mut model.table.filter.text);
            assert_eq!(rows(&mut model).concat(), found, "{text}");
        }
        assert_eq!(model.table.listed.counts.all(), 0);
    }

    #[test]
    fn rows_are_copied_for_a_spreadsheet() {
        let model = model(&[r#"{"iss":"a\tb","sub":"x\ny"}"#, "{}"]);
        let text = rows_text(&model, &[0]);
        assert_eq!(text.lines().count(), 1);
        assert_eq!(text.split('\t').count(), Column::ALL.len());
        assert!(text.starts_with("reject\tToken\tnone\t"), "{text}");
        let text = rows_text(&model, &[1, 0]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("Verdict\tName\talg"), "{text}");
    }
}
