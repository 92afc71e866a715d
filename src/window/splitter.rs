//! The borders of rail and column: egui lets the keyboard come to them, but neither shows it nor moves them.

use egui::accesskit::{Action, ActionRequest, TreeId};
use egui::{Context, Event, EventFilter, Id, Key, Memory, Modifiers, Rect, Stroke, Ui};

use super::theme;

/// A border that has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Focused {
    id: Id,
    /// The key that makes its panel wider.
    wider: Key,
    /// The key that makes it narrower.
    narrower: Key,
}

/// Which side of a panel its border is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Shows whether the border of a panel has the focus. To be called after the panel was shown.
pub(super) fn show(ui: &Ui, panel: Rect, side: Side) -> Option<Focused> {
    let id = ui.memory(Memory::focused)?;
    let (x, wider, narrower) = match side {
        Side::Left => (panel.left(), Key::ArrowLeft, Key::ArrowRight),
        Side::Right => (panel.right(), Key::ArrowRight, Key::ArrowLeft),
    };
    let rect = ui.ctx().read_response(id)?.rect;
    let is_border = (rect.center().x - x).abs() < 2.0
        && rect.width() < 24.0
        && (rect.height() - panel.height()).abs() < 2.0;
    if !is_border {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let line = Stroke::new(2.0, theme::tokens(ui).accent);
    ui.painter().vline(x, panel.y_range(), line);
    Some(Focused {
        id,
        wider,
        narrower,
    })
}

/// Moves the border by its arrow keys, as egui does for screen readers. To be called before the panels are shown.
pub(super) fn keys(ctx: &Context, focused: Focused) {
    for (key, action) in [
        (focused.wider, Action::Increment),
        (focused.narrower, Action::Decrement),
    ] {
        let count = ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        for _ in 0..count {
            let request = ActionRequest {
                action,
                target_tree: TreeId::ROOT,
                target_node: focused.id.accesskit_id(),
                data: None,
            };
            ctx.input_mut(|input| {
                input.events.push(Event::AccessKitActionRequest(request));
            });
        }
    }
}
