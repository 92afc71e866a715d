//! The rows of a table in a view: which are opened, how high they are, which of them are seen.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{Columns, Shape, Whole};
use super::filter::Filter;
use super::heights::{Heights, fill};
use super::menu::RowMenu;
use super::tree::{List, Opened, Row, Start};
use crate::jose::json::Json;

/// Where a row is to be brought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bring {
    /// Into view by the shortest way; a row higher than the view with its begin.
    Near(Start),
    /// With its end to the end of the view, where it is out of it.
    End(Start),
    /// To a third of the view, where it is out of it.
    Third(Start),
    /// All rows, by so many points.
    By(f64),
}

/// A row in view.
#[derive(Debug, Clone, Copy)]
pub(super) struct InView {
    /// Its position in the list.
    pub(super) index: usize,
    /// Its begin and end, from the view's top.
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Of which row it is told in full what it means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Telling {
    /// The one that the keyboard is at, until that is taken back.
    AtKeyboard,
    /// The one that the pointer rests on.
    #[default]
    UnderPointer,
}

/// The rows of one table, and where the view is.
#[derive(Debug, Clone, Default)]
pub(super) struct TableView {
    pub(super) opened: Opened,
    pub(super) list: List,
    columns: Columns,
    heights: Heights,
    /// Heights that are no estimates, by where their rows begin.
    measured: BTreeMap<Start, u32>,
    /// Lines of what is shown whole.
    pub(super) wholes: BTreeMap<Start, Whole>,
    /// The row that the keyboard is at.
    pub(super) active: Option<Start>,
    pub(super) menu: Option<RowMenu>,
    pub(super) filter: Filter,
    /// Long values among those that were laid out last, shown whole or not.
    pub(super) long: BTreeSet<Start>,
    /// Which strings are tokens, of those that were looked at.
    pub(super) tokens: BTreeMap<Start, bool>,
    /// The offset that the scroll area is to take over, which knows of no heights.
    pub(super) jump: Option<f64>,
    /// What to show next.
    pub(super) bring: Option<Bring>,
    /// The rows that were seen last.
    pub(super) in_view: Vec<InView>,
    /// Where the view's top is among all rows, and its height.
    pub(super) offset: f64,
    pub(super) height: f64,
    /// Whether the rows had the keyboard when they were last shown.
    pub(super) has_focus: bool,
    /// Whether the rows are to get the keyboard.
    pub(super) wants_focus: bool,
    /// Of which row it is told what it means.
    pub(super) telling: Telling,
    /// Whether the list is of what is opened now.
    is_listed: bool,
}

impl TableView {
    /// To be called where what is opened or looked for changed.
    pub(super) fn changed(&mut self) {
        self.is_listed = false;
    }

    /// Whether the children of an object or array are shown.
    pub(super) fn is_open(&self, start: Start) -> bool {
        self.opened.nested.contains(&start) || !self.can_close(start)
    }

    /// Whether it is not held open by what was found in it.
    pub(super) fn can_close(&self, start: Start) -> bool {
        let kept = self.filter.kept.as_ref();
        !kept.is_some_and(|kept| kept.parents.contains(&start))
    }

    /// Whether it is told what the row means that the keyboard is at.
    pub(super) fn tells(&self) -> bool {
        self.telling == Telling::AtKeyboard
    }

    /// Opens or closes an object or array.
    pub(super) fn toggle(&mut self, start: Start) {
        if !self.opened.nested.remove(&start) {
            self.opened.nested.insert(start);
        }
        self.changed();
    }

    /// Shows a long value whole, or cut.
    pub(super) fn toggle_whole(&mut self, start: Start) {
        self.measured.remove(&start);
        self.wholes.remove(&start);
        if self.opened.whole.remove(&start) {
            // What is in view may have been far below its begin.
            self.bring = Some(Bring::Near(start));
        } else {
            self.opened.whole.insert(start);
        }
        self.changed();
    }

    /// The position of the row that the keyboard is at: the first one in view where it was at none yet.
    pub(super) fn active(&self) -> Option<usize> {
        if self.list.len() == 0 {
            return None;
        }
        Some(match self.active {
            Some(start) => self.list.near(start),
            None => self.first_in_view(),
        })
    }

    /// Puts the keyboard at a row.
    pub(super) fn take_keyboard(&mut self, start: Start) {
        self.active = Some(start);
        self.wants_focus = true;
    }

    fn first_in_view(&self) -> usize {
        self.heights.row_at(self.offset.max(0.0) as u64)
    }

    /// The row at the place that is a view's height further on, or back.
    pub(super) fn page_from(&self, index: usize, forward: bool) -> usize {
        let (top, page) = (self.heights.top(index), self.height.max(0.0) as u64);
        let row = if forward {
            self.heights.row_at(top.saturating_add(page))
        } else {
            self.heights.row_at(top.saturating_sub(page))
        };
        if row == index && forward {
            index.saturating_add(1)
        } else if row == index {
            index.saturating_sub(1)
        } else {
            row
        }
    }

    /// The height of all rows, in points.
    pub(super) fn total(&self) -> f64 {
        self.heights.total() as f64
    }

    pub(super) fn columns(&self) -> Columns {
        self.columns
    }

    /// Lists the rows anew where that is due. What is in view stays where it is.
    pub(super) fn prepare(&mut self, root: &Json, shape: Shape) {
        if self.is_listed && self.columns.shape == shape {
            return;
        }
        let old = self.anchor_to_keep();
        if !self.is_listed {
            self.list = List::new(root, &self.opened.nested, self.filter.kept.as_ref());
            self.is_listed = true;
        }
        let columns = Columns::new(shape, &self.list);
        if columns != self.columns {
            self.columns = columns;
            self.measured.clear();
        }
        let height = |row: &Row| {
            let known = self.measured.get(&row.start).copied();
            known.unwrap_or_else(|| columns.estimate(row, self.opened.whole.contains(&row.start)))
        };
        self.heights = Heights::new(self.list.rows().iter().map(height));
        if let Some((start, place)) = old {
            self.offset = self.heights.top(self.list.near(start)) as f64 - place;
        }
    }

    /// The row that the keyboard is at where it is in view, else the first one, and its place in the view.
    fn anchor_to_keep(&self) -> Option<(Start, f64)> {
        let place = |index: usize| self.heights.top(index) as f64 - self.offset;
        let active = self.active.and_then(|start| self.list.find(start));
        let index = active
            .filter(|&index| (0.0..self.height).contains(&place(index)))
            .unwrap_or_else(|| self.first_in_view());
        let row = self.list.get(index)?;
        Some((row.start, place(index)))
    }

    /// Fills the view with rows, each of which `measure` lays out and gives the height of.
    pub(super) fn fill<T>(
        &mut self,
        mut measure: impl FnMut(&mut Self, usize) -> (u32, T),
    ) -> Vec<(InView, T)> {
        let count = self.list.len();
        let mut laid_out = BTreeMap::new();
        let bring = self.bring.take();
        let brought = bring.and_then(|bring| match bring {
            Bring::Near(start) | Bring::End(start) | Bring::Third(start) => self.list.find(start),
            Bring::By(_) => None,
        });
        let mut lay_out = |view: &mut Self, index: usize| {
            let (height, row) = measure(view, index);
            let start = view.list.get(index).map(|row| row.start);
            view.measured.extend(start.map(|start| (start, height)));
            view.heights.set(index, height);
            laid_out.insert(index, row);
            height
        };
        if let Some(Bring::By(points)) = bring {
            let most = (self.total() - self.height).max(0.0);
            self.offset = (self.offset + points).clamp(0.0, most);
        }
        let mut known = None;
        let anchor = match (bring, brought) {
            (Some(bring), Some(index)) => {
                let height = f64::from(lay_out(self, index));
                known = Some((index, height as u32));
                (index, self.place_for(bring, index, height))
            }
            _ => self.steady(),
        };
        let (first, places) = fill(count, self.height, anchor, |index| match known {
            Some((known, height)) if known == index => height,
            _ => lay_out(self, index),
        });
        if let Some(place) = places.first() {
            self.offset = self.heights.top(first) as f64 - place;
        }
        let mut rows = Vec::with_capacity(places.len());
        for (index, top) in (first..).zip(places) {
            let bottom = top + f64::from(self.heights.height(index));
            let in_view = InView { index, top, bottom };
            if let Some(row) = laid_out
                .remove(&index)
                .filter(|_| bottom > 0.0 && top < self.height)
            {
                rows.push((in_view, row));
            }
        }
        self.in_view = rows.iter().map(|(row, _)| *row).collect();
        rows
    }

    /// The row that stays where it is while those around it get their heights: the first one whose begin is in view.
    fn steady(&self) -> (usize, f64) {
        let first = self.first_in_view();
        let place = |index: usize| self.heights.top(index) as f64 - self.offset;
        let next = first.saturating_add(1);
        if place(first) < 0.0 && next < self.list.len() && place(next) < self.height {
            (next, place(next))
        } else {
            (first, place(first))
        }
    }

    /// Where in the view a row is to begin.
    fn place_for(&self, bring: Bring, index: usize, height: f64) -> f64 {
        let place = self.heights.top(index) as f64 - self.offset;
        let (at_top, at_end) = (0.0, self.height - height);
        let is_seen = place >= 0.0 && place <= at_end;
        match bring {
            _ if is_seen => place,
            Bring::End(_) => at_end,
            Bring::Third(_) if height < self.height => (self.height / 3.0).min(at_end).floor(),
            Bring::Near(_) if height < self.height && place > at_end => at_end,
            // Of a row higher than the view what is nearest.
            Bring::Near(_) if height >= self.height => place.clamp(at_end, at_top),
            _ => at_top,
        }
    }
}
