//! A list that is one stop of the Tab key: the arrow keys move between its rows.

use egui::style::ScrollAnimation;
use egui::{Event, EventFilter, FocusDirection, Id, Key, Modifiers, Response, Sense, Ui};

/// Where in a list the keyboard is. Tab enters the list at one item and leaves it from any; keys move among the items.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roving {
    /// The item that has the focus, or that Tab enters at.
    stop: Option<usize>,
    /// Whether that item is to take the focus when it is next drawn.
    is_wanted: bool,
}

impl Roving {
    /// Takes the keyboard to an item, when that is next drawn.
    pub(crate) fn go_to(&mut self, item: usize) {
        self.stop = Some(item);
        self.is_wanted = true;
    }

    /// The item that the keyboard is to be taken to.
    pub(crate) fn wanted(&self) -> Option<usize> {
        self.stop.filter(|_| self.is_wanted)
    }

    /// The item that has the focus, or that Tab enters at.
    pub(crate) fn stop(&self) -> Option<usize> {
        self.stop
    }

    /// Gives up on taking the keyboard anywhere.
    pub(crate) fn stay(&mut self) {
        self.is_wanted = false;
    }

    /// Settles where Tab enters, before the items are drawn: where the focus is, or at `entry`.
    pub(crate) fn settle(
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

    /// The same for a short list, all of which is drawn: each item is a widget of the id `base.with(its position)`, and
    /// Tab enters where the keyboard was last.
    pub(crate) fn settle_all(&mut self, ui: &Ui, base: Id, count: usize) {
        let Some(last) = count.checked_sub(1) else {
            return self.stay();
        };
        let stop = self.stop.unwrap_or(0).min(last);
        self.stop = Some(stop);
        self.settle(ui, |item| base.with(item), 0..count, Some(stop));
    }

    /// How an item takes part. Only while Tab is pressed are the others left out: a screen reader can get at each.
    pub(crate) fn sense(&self, ui: &Ui, item: usize) -> Sense {
        let is_tabbing = ui.input(|input| input.key_pressed(Key::Tab));
        if is_tabbing && self.stop != Some(item) {
            Sense::CLICK
        } else {
            Sense::CLICK | Sense::FOCUSABLE
        }
    }

    /// Gives an item that was drawn the focus where it is to have it, and keeps it in view. Says whether it has it.
    pub(crate) fn drawn(&mut self, ui: &Ui, item: usize, response: &Response) -> bool {
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

/// The row that the keys of this frame go to from another, of so many, with so many to a page.
pub(crate) fn step(ui: &Ui, row: usize, (count, page): (usize, usize)) -> Option<usize> {
    let last = count.checked_sub(1)?;
    let steps = [
        (Key::ArrowDown, row.saturating_add(1)),
        (Key::ArrowUp, row.saturating_sub(1)),
        (Key::PageDown, row.saturating_add(page)),
        (Key::PageUp, row.saturating_sub(page)),
        (Key::End, last),
        (Key::Home, 0),
    ];
    let (_, to) = steps.into_iter().find(|(key, _)| pressed(ui, *key))?;
    // In the frame in which a row gets the focus, an arrow also moves that.
    ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    Some(to.min(last)).filter(|to| *to != row)
}

/// Takes a key without modifiers out of the input; says whether it was there.
pub(crate) fn pressed(ui: &Ui, key: Key) -> bool {
    ui.input_mut(|input| input.consume_key(Modifiers::NONE, key))
}

/// Whether the focused row is asked to be copied.
pub(crate) fn is_copied(response: &Response) -> bool {
    response.has_focus()
        && response
            .ctx
            .input(|input| input.events.contains(&Event::Copy))
}
