//! The menu of a row: under the pointer, or at the row when the keyboard asks for it.

use egui::containers::menu::menu_style;
use egui::{Align, Button, Id, Key, Layout, Modifiers, Popup, PopupKind, Pos2, Response, Ui, vec2};

use super::roving::pressed;

/// A menu that is open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Menu {
    /// The item that it is of.
    pub(crate) of: usize,
    place: Pos2,
    /// Whether its first entry is to take the focus.
    takes_focus: bool,
}

impl Menu {
    /// The menu that was asked for at a row, by a click or by a key.
    pub(crate) fn asked(ui: &Ui, of: usize, row: &Response) -> Option<Self> {
        let menu = |place, takes_focus| Self {
            of,
            place,
            takes_focus,
        };
        if row.secondary_clicked() {
            let place = row.interact_pointer_pos().unwrap_or(row.rect.center());
            // An arrow enters the menu while nothing else has the focus.
            if let Some(focused) = ui.memory(egui::Memory::focused) {
                ui.memory_mut(|memory| memory.surrender_focus(focused));
            }
            return Some(menu(place, false));
        }
        let by_key = row.has_focus()
            && (ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::F10))
                || pressed(ui, Key::Menu));
        by_key.then(|| menu(row.rect.left_bottom() + vec2(26.0, -4.0), true))
    }
}

impl Menu {
    /// The same menu opened again, with other entries.
    pub(crate) fn again(self) -> Self {
        Self {
            takes_focus: true,
            ..self
        }
    }
}

/// How a menu stands after a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown<T> {
    /// Something was chosen for the item.
    Chosen(usize, T),
    /// It was closed by a key; the item is to have the focus again.
    Left(usize),
    /// It is open, or was closed by the pointer, or there is none.
    Open,
}

/// Shows a menu while there is one. `entries` gives what was chosen.
pub(crate) fn show<T>(
    ui: &Ui,
    name: &'static str,
    menu: &mut Option<Menu>,
    entries: impl FnOnce(&mut Entries<'_>) -> Option<T>,
) -> Shown<T> {
    let Some(open) = menu else {
        return Shown::Open;
    };
    let of = open.of;
    let mut stays = true;
    let mut chosen = None;
    let popup = Popup::new(
        Id::unique(name),
        ui.ctx().clone(),
        open.place,
        ui.layer_id(),
    );
    popup
        .kind(PopupKind::Menu)
        .layout(Layout::top_down_justified(Align::Min))
        .style(menu_style)
        .accessible_name(name)
        .open_bool(&mut stays)
        .show(|ui| {
            ui.set_min_width(210.0);
            let is_visible = !ui.is_sizing_pass();
            let mut entries_ui = Entries {
                ui,
                takes_focus: is_visible && std::mem::take(&mut open.takes_focus),
            };
            chosen = entries(&mut entries_ui);
        });
    if let Some(chosen) = chosen {
        *menu = None;
        return Shown::Chosen(of, chosen);
    }
    // Whatever else is open beneath the menu stays so.
    if pressed(ui, Key::Escape) {
        *menu = None;
        return Shown::Left(of);
    }
    if !stays {
        *menu = None;
    }
    Shown::Open
}

/// The entries of a menu, as they are added.
pub(crate) struct Entries<'a> {
    ui: &'a mut Ui,
    takes_focus: bool,
}

impl<'a> Entries<'a> {
    /// In a menu that is shown in another way.
    pub(crate) fn new(ui: &'a mut Ui) -> Self {
        Self {
            ui,
            takes_focus: false,
        }
    }

    /// Adds an entry with the keys that do the same. Whether it was chosen.
    pub(crate) fn add(&mut self, label: &str, keys: &str, is_enabled: bool) -> bool {
        let button = Button::new(label).shortcut_text(keys);
        let response = self
            .ui
            .add_enabled(is_enabled, button)
            .accessible_name(label);
        if is_enabled && std::mem::take(&mut self.takes_focus) {
            response.request_focus();
        }
        response.clicked()
    }

    /// Adds an entry that is one of several to choose from. Whether it was chosen.
    pub(crate) fn choice(&mut self, label: &str, is_on: bool) -> bool {
        let response = self.ui.radio(is_on, label);
        if std::mem::take(&mut self.takes_focus) {
            response.request_focus();
        }
        response.clicked()
    }

    /// Adds an entry that is on or off by itself. Whether it was changed.
    pub(crate) fn check(&mut self, label: &str, is_on: bool) -> bool {
        let mut is_on = is_on;
        let response = self.ui.checkbox(&mut is_on, label);
        if std::mem::take(&mut self.takes_focus) {
            response.request_focus();
        }
        response.changed()
    }

    /// Adds a line between entries.
    pub(crate) fn line(&mut self) {
        self.ui.separator();
    }
}
