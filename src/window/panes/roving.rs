//! A list that is one stop of the Tab key: the arrow keys move between its rows.

use egui::{Event, EventFilter, Id, Key, Response, Sense, Ui};

/// Which row of a list the keyboard is on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roving {
    active: usize,
    /// Whether the row is to be scrolled into view.
    comes: bool,
}

impl Roving {
    /// To be called before the rows are shown. Each row is a widget of the id `base.with(its position)`; `to`: where
    /// the keyboard is sent from elsewhere.
    pub(crate) fn begin(&mut self, ui: &Ui, base: Id, count: usize, to: Option<usize>) {
        let last = count.saturating_sub(1);
        self.active = self.active.min(last);
        self.comes = false;
        if let Some(to) = to {
            self.go(ui, base, to.min(last));
        }
        let id = base.with(self.active);
        if !ui.memory(|memory| memory.has_focus(id)) {
            return;
        }
        let filter = EventFilter {
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let mut to = self.active;
        for event in ui.input(|input| input.events.clone()) {
            let Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } = event
            else {
                continue;
            };
            if modifiers.any() {
                continue;
            }
            to = match key {
                Key::ArrowDown => to.saturating_add(1).min(last),
                Key::ArrowUp => to.saturating_sub(1),
                Key::End => last,
                Key::Home => 0,
                _ => continue,
            };
        }
        if to != self.active {
            self.go(ui, base, to);
        }
    }

    /// What the row senses: only one of them stops the Tab key.
    pub(crate) fn sense(&self, row: usize) -> Sense {
        if row == self.active {
            Sense::click()
        } else {
            Sense::CLICK
        }
    }

    /// To be called with each row's response, `row` being its position.
    pub(crate) fn row(&mut self, row: usize, response: &Response) {
        if response.clicked() || response.secondary_clicked() {
            self.active = row;
            response.request_focus();
        }
        if self.comes && row == self.active {
            response.scroll_to_me(None);
            self.comes = false;
        }
    }

    fn go(&mut self, ui: &Ui, base: Id, to: usize) {
        self.active = to;
        self.comes = true;
        ui.memory_mut(|memory| memory.request_focus(base.with(to)));
        // The keys of the next frame are this list's only once the row is known to have the focus.
        ui.ctx().request_repaint();
    }
}

/// Whether the focused row is asked to be copied.
pub(crate) fn is_copied(response: &Response) -> bool {
    response.has_focus()
        && response
            .ctx
            .input(|input| input.events.contains(&Event::Copy))
}
