//! Lists of rows of one height: only those in view are drawn, and Tab stops at one of them.

use std::ops::Range;

use egui::style::ScrollAnimation;
use egui::{
    EventFilter, FocusDirection, Id, Key, Modifiers, Pos2, Rect, Response, ScrollArea, Sense, Ui,
    pos2, vec2,
};

/// The rows of a list that are drawn in this frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct View {
    /// The rows in view.
    pub(super) rows: Range<usize>,
    /// How many rows there are.
    pub(super) count: usize,
    /// How many rows a page has, at least one.
    pub(super) page: usize,
    /// Where the first row begins, in view or not.
    origin: Pos2,
    /// The width and the height of a row.
    size: egui::Vec2,
}

impl View {
    /// Where a row is.
    pub(super) fn rect(&self, row: usize) -> Rect {
        let top = self.origin.y + row as f32 * self.size.y;
        Rect::from_min_size(pos2(self.origin.x, top), self.size)
    }

    /// The number of rows above the gap between rows that is nearest to this height on the screen.
    pub(super) fn gap(&self, y: f32) -> usize {
        let rows = ((y - self.origin.y) / self.size.y).round().max(0.0);
        (rows as usize).min(self.count)
    }
}

/// Shows the rows of a list within a height, in points.
pub(super) fn show<R>(
    ui: &mut Ui,
    salt: &'static str,
    height: f32,
    (count, row): (usize, f32),
    rows: impl FnOnce(&mut Ui, &View) -> R,
) -> R {
    let area = ScrollArea::vertical()
        .id_salt(salt)
        .max_height(height)
        .auto_shrink([false, true]);
    area.show_viewport(ui, |ui, viewport| {
        ui.set_width(ui.available_width());
        ui.set_height(count as f32 * row);
        let first = (viewport.top() / row).floor().max(0.0) as usize;
        let end = (viewport.bottom() / row).ceil().max(0.0) as usize;
        let view = View {
            rows: first.min(count)..end.min(count),
            count,
            page: ((viewport.height() / row).floor() as usize).max(1),
            origin: ui.max_rect().min,
            size: vec2(ui.max_rect().width(), row),
        };
        rows(ui, &view)
    })
    .inner
}

/// Where in a list the keyboard is. Tab enters the list at one item and leaves it from any; keys move among the items.
#[derive(Debug, Default)]
pub(super) struct Roving {
    /// The item that has the focus, or that Tab enters at.
    stop: Option<usize>,
    /// Whether that item is to take the focus when it is next drawn.
    is_wanted: bool,
}

impl Roving {
    /// Takes the keyboard to an item, when that is next drawn.
    pub(super) fn go_to(&mut self, item: usize) {
        self.stop = Some(item);
        self.is_wanted = true;
    }

    /// The item that the keyboard is to be taken to.
    pub(super) fn wanted(&self) -> Option<usize> {
        self.stop.filter(|_| self.is_wanted)
    }

    /// The item that has the focus, or that Tab enters at.
    pub(super) fn stop(&self) -> Option<usize> {
        self.stop
    }

    /// Gives up on taking the keyboard anywhere.
    pub(super) fn stay(&mut self) {
        self.is_wanted = false;
    }

    /// Settles where Tab enters, before the items are drawn: where the focus is, or at `entry`.
    pub(super) fn settle(
        &mut self,
        ui: &Ui,
        id: impl Fn(usize) -> Id,
        drawn: impl Iterator<Item = usize>,
        entry: Option<usize>,
    ) -> Option<usize> {
        if !self.is_wanted {
            let has_focus = |item: &usize| ui.memory(|memory| memory.has_focus(id(*item)));
            let focused = self.stop.into_iter().chain(drawn).find(has_focus);
            self.stop = focused.or(entry);
        }
        self.stop
    }

    /// How an item takes part. Only while Tab is pressed are the others left out: a screen reader can get at each.
    pub(super) fn sense(&self, ui: &Ui, item: usize) -> Sense {
        let is_tabbing = ui.input(|input| input.key_pressed(Key::Tab));
        if is_tabbing && self.stop != Some(item) {
            Sense::CLICK
        } else {
            Sense::CLICK | Sense::FOCUSABLE
        }
    }

    /// Gives an item that was drawn the focus where it is to have it, and keeps it in view. Says whether it has it.
    pub(super) fn drawn(&mut self, ui: &Ui, item: usize, response: &Response) -> bool {
        let is_wanted = self.wanted() == Some(item);
        if is_wanted {
            self.is_wanted = false;
            response.request_focus();
        }
        if is_wanted || response.gained_focus() {
            ui.scroll_to_rect_animation(response.rect, None, ScrollAnimation::none());
        }
        if response.clicked() {
            response.request_focus();
        }
        if response.has_focus() {
            if !self.is_wanted {
                self.stop = Some(item);
            }
            let filter = EventFilter {
                vertical_arrows: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        response.has_focus()
    }
}

/// The row that the keys of this frame go to from another.
pub(super) fn step(ui: &Ui, row: usize, view: &View) -> Option<usize> {
    let last = view.count.checked_sub(1)?;
    let steps = [
        (Key::ArrowDown, row.saturating_add(1)),
        (Key::ArrowUp, row.saturating_sub(1)),
        (Key::PageDown, row.saturating_add(view.page)),
        (Key::PageUp, row.saturating_sub(view.page)),
        (Key::End, last),
        (Key::Home, 0),
    ];
    let (_, to) = steps.into_iter().find(|(key, _)| pressed(ui, *key))?;
    // In the frame in which a row gets the focus, an arrow also moves that.
    ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    Some(to.min(last)).filter(|to| *to != row)
}

/// Takes a key without modifiers out of the input; says whether it was there.
pub(super) fn pressed(ui: &Ui, key: Key) -> bool {
    ui.input_mut(|input| input.consume_key(Modifiers::NONE, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_gap_is_found_above_between_and_below_the_rows() {
        let view = View {
            rows: 10..20,
            count: 30,
            page: 9,
            origin: pos2(0.0, -460.0),
            size: vec2(264.0, 46.0),
        };
        assert!(view.rect(10).top().abs() < 0.01);
        assert_eq!(view.gap(22.0), 10);
        assert_eq!(view.gap(24.0), 11);
        assert_eq!((view.gap(-9e9), view.gap(9e9)), (0, 30));
    }
}
