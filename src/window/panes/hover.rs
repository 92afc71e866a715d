//! What the pointer is on, in whichever pane: the others light it up too.

use std::ops::Range;

use egui::{Context, Id};

/// Characters of the token's text, and the pass in which the pointer was on what they carry.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hovered {
    pass: u64,
    range: Range<usize>,
}

/// The characters that the pointer is on something of; what was so one pass ago still counts, as panes are shown in turn.
pub(crate) fn get(ctx: &Context) -> Option<Range<usize>> {
    let pass = ctx.cumulative_pass_nr();
    let hovered: Hovered = ctx.data(|data| data.get_temp(id()))?;
    (hovered.pass.saturating_add(1) >= pass).then_some(hovered.range)
}

/// Says that the pointer is on something of these characters. To be said anew in each pass.
pub(crate) fn set(ctx: &Context, range: Range<usize>) {
    if get(ctx).as_ref() != Some(&range) {
        ctx.request_repaint();
    }
    let pass = ctx.cumulative_pass_nr();
    ctx.data_mut(|data| data.insert_temp(id(), Hovered { pass, range }));
}

fn id() -> Id {
    Id::unique("hovered characters")
}
