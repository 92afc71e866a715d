//! Where the keyboard is to go next. A command names a place, and the pane that is there takes the focus when it is next shown.

use egui::{Context, Id};

/// A place that can have the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The check of this name, such as `signature`; the first one where there is none such.
    Check(&'static str),
    /// The checks.
    Checks,
    /// The claims, in whichever form.
    Claims,
    /// The findings.
    Findings,
    /// The header, in whichever form.
    Header,
    /// The first key in the rail.
    Keys,
    /// The raw token.
    Raw,
    /// The timeline's clock.
    Timeline,
    /// The token on screen, in the rail.
    Tokens,
}

/// A place is forgotten when nothing there took the focus in this many passes.
const PATIENCE: u64 = 3;

/// Asks for the focus to go to a place.
pub(crate) fn ask(ctx: &Context, place: Place) {
    let pass = ctx.cumulative_pass_nr();
    ctx.data_mut(|data| data.insert_temp(id(), (place, pass)));
    ctx.request_repaint();
}

/// Whether the focus is to go to this place; says so once.
pub(crate) fn take(ctx: &Context, place: Place) -> bool {
    let is_asked = asked(ctx) == Some(place);
    if is_asked {
        ctx.data_mut(|data| data.remove::<(Place, u64)>(id()));
    }
    is_asked
}

/// The place that is asked for and did not get the focus yet.
pub(crate) fn asked(ctx: &Context) -> Option<Place> {
    let (place, pass): (Place, u64) = ctx.data(|data| data.get_temp(id()))?;
    (pass.saturating_add(PATIENCE) >= ctx.cumulative_pass_nr()).then_some(place)
}

fn id() -> Id {
    Id::unique("place that is to get the focus")
}
