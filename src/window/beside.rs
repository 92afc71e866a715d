//! The tokens whose times are shown beside those of the token on screen.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::model::Model;
use super::widgets::grouped;
use crate::find::Place;

/// More tokens than this are not shown beside each other; the rest is counted.
pub const MAX_BESIDE: usize = 12;

/// Which tokens to show beside the one on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// Those that are chosen in the table.
    Chosen,
    /// None.
    Nothing,
    /// All that were found in the same request, or where there are no requests in the same file.
    Request,
    /// The ones at these positions in the session.
    Tokens(BTreeSet<usize>),
}

impl Model {
    /// The tokens that are shown beside each other, by their positions: the one on screen and those that were chosen, not more
    /// than [`MAX_BESIDE`]. And how many were chosen beyond that.
    pub fn side_by_side(&self) -> (Vec<usize>, usize) {
        let Some(current) = self.current else {
            return (Vec::new(), 0);
        };
        let others = self.beside.iter().filter(|at| **at != current);
        let mut shown: Vec<usize> = others
            .copied()
            .take(MAX_BESIDE.saturating_sub(1))
            .chain([current])
            .collect();
        shown.sort_unstable();
        let all = self.beside.len();
        let all = all.saturating_add(usize::from(!self.beside.contains(&current)));
        let rest = all.saturating_sub(shown.len());
        (shown, rest)
    }

    /// Whether the token at this position is shown beside the one on screen.
    pub fn is_beside(&self, at: usize) -> bool {
        self.current != Some(at) && self.beside.contains(&at)
    }

    /// The tokens beside the one on screen, with the one at this position, or without it where it is among them.
    pub fn beside_with(&self, at: usize) -> Beside {
        let mut tokens = self.beside.clone();
        if !tokens.remove(&at) {
            tokens.insert(at);
        }
        Beside::Tokens(tokens)
    }
}

impl Desk {
    /// Shows these tokens beside the one on screen. Out of the table it goes to one of them.
    pub(super) fn show_beside(&mut self, beside: Beside) {
        let Some(current) = self.model.current else {
            return;
        };
        let mut tokens = match beside {
            Beside::Chosen => self.model.table.chosen.clone(),
            Beside::Nothing => BTreeSet::new(),
            Beside::Request => of_the_request(&self.model, current),
            Beside::Tokens(mut tokens) => {
                let count = self.model.session.tokens.len();
                tokens.retain(|at| *at < count);
                tokens
            }
        };
        if self.model.table.is_open {
            if let Some(first) = tokens.first().filter(|_| !tokens.contains(&current)) {
                self.show_token(*first);
            }
            self.model.table.is_open = false;
            // What is not on screen is not to be removed by a key.
            self.model.table.chosen.clear();
        }
        // The one on screen stays there when another one is.
        tokens.extend(self.model.current);
        if tokens.len() == 1 {
            tokens.clear();
        }
        self.model.last_action = match tokens.len() {
            0 => "The timeline shows one token".to_owned(),
            count => format!("The timeline shows {} tokens", grouped(count)),
        };
        self.model.beside = tokens;
    }
}

/// The tokens that were first found in the same request as the one at a position.
fn of_the_request(model: &Model, at: usize) -> BTreeSet<usize> {
    let tokens = &model.session.tokens;
    let first = |at: usize| tokens.get(at)?.places.first();
    let Some(request) = first(at).map(request) else {
        return BTreeSet::new();
    };
    let is_in_it = |at: &usize| first(*at).map(self::request) == Some(request);
    (0..tokens.len()).filter(is_in_it).collect()
}

/// What stands for the request that a place is in: the file, and of a file of records the record.
fn request(place: &Place) -> (&str, Option<&str>) {
    let record = place.name_in.as_deref().filter(|_| place.is_in_record());
    let record = record.and_then(|name| {
        let (end, _) = name.match_indices(' ').nth(1)?;
        name.get(..end)
    });
    (&place.name, record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::Where;

    fn model(beside: &[usize], current: usize) -> Model {
        Model {
            current: Some(current),
            beside: beside.iter().copied().collect(),
            ..Model::default()
        }
    }

    #[test]
    fn the_token_on_screen_is_always_among_them() {
        let all: Vec<usize> = (0..100).collect();
        let (shown, rest) = model(&all, 60).side_by_side();
        assert_eq!(shown, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 60]);
        assert_eq!(rest, 88);
        assert_eq!(model(&[3, 5], 4).side_by_side(), (vec![3, 4, 5], 0));
        assert_eq!(model(&[], 4).side_by_side(), (vec![4], 0));
    }

    #[test]
    fn a_request_is_a_record_of_a_file_or_all_of_it() {
        let place = |name: &str, name_in: &str| Place {
            name: name.to_owned(),
            byte_range: 0..1,
            line: 1,
            where_: Where::Har,
            name_in: Some(name_in.to_owned()),
            repairs: Vec::new(),
        };
        let of = |name, name_in| {
            let place = place(name, name_in);
            let (name, record) = request(&place);
            (name.to_owned(), record.map(str::to_owned))
        };
        let cookie = of("a.har", "entry 12 request header Cookie, cookie session");
        assert_eq!(cookie, ("a.har".to_owned(), Some("entry 12".to_owned())));
        assert_eq!(of("a.har", "entry 12 response body"), cookie);
        assert_ne!(of("a.har", "entry 1 response body"), cookie);
        assert_eq!(of("request.http", "session").1, None);
    }
}
