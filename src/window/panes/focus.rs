//! Where the keyboard is to go next. A command names a place, and the pane that is there takes the focus when it is next shown.

use egui::{Context, Id, Rect, Ui};

/// A place that can have the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The check of this name, such as `signature`; the first one where there is none such.
    Check(&'static str),
    /// The checks.
    Checks,
    /// The claims, in whichever form.
    Claims,
    /// The field in which the clock is typed.
    Clock,
    /// The field in which is typed what tokens the table is to list.
    Filter,
    /// The findings.
    Findings,
    /// The header, in whichever form.
    Header,
    /// What the key manager says of one key.
    KeyDetails,
    /// The field in which is typed what keys the manager is to list.
    KeyFilter,
    /// The name of the key that is looked at, as a field.
    KeyName,
    /// The keys: in the manager while it is open, else in the rail.
    Keys,
    /// The field in which is typed what kind of token is meant.
    Kind,
    /// The form in which the policy is written.
    Policy,
    /// The saved policies beside that.
    PolicyList,
    /// The name in the form, all of it chosen.
    PolicyName,
    /// The token on screen and those inside of it.
    Layers,
    /// The raw token.
    Raw,
    /// The timeline's clock.
    Timeline,
    /// The token on screen, in the rail.
    Tokens,
}

/// The panes as the keyboard goes through them.
const ROUND: [Place; 12] = [
    Place::Tokens,
    Place::Layers,
    Place::Raw,
    Place::Header,
    Place::Claims,
    Place::Timeline,
    Place::Checks,
    Place::Findings,
    Place::Keys,
    Place::KeyDetails,
    Place::PolicyList,
    Place::Policy,
];

/// A place is forgotten when nothing there took the focus in this many passes.
const PATIENCE: u64 = 4;

/// Asks for the focus to go to a place.
pub fn ask(ctx: &Context, place: Place) {
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

/// The place that is asked for and did not get the focus yet. From the pass after the asking on: in that itself, a dialog that
/// has just been closed still keeps the keyboard from what is below it.
pub(crate) fn asked(ctx: &Context) -> Option<Place> {
    let (place, pass): (Place, u64) = ctx.data(|data| data.get_temp(id()))?;
    let passed = ctx.cumulative_pass_nr().saturating_sub(pass);
    if passed == 0 {
        ctx.request_repaint();
    }
    (1..=PATIENCE).contains(&passed).then_some(place)
}

/// Gives the keyboard back to what had it before a dialog, unless something else gets it.
pub(in crate::window) fn give_back(ctx: &Context, to: Id) {
    let pass = ctx.cumulative_pass_nr();
    ctx.data_mut(|data| data.insert_temp(id(), GivenBack { to, pass }));
    ctx.request_repaint();
}

/// Does what [`give_back`] asked for, as soon as the dialog no longer keeps the keyboard. To be called before each frame.
pub(in crate::window) fn settle(ctx: &Context) {
    let Some(GivenBack { to, pass }) = ctx.data(|data| data.get_temp(id())) else {
        return;
    };
    if ctx.cumulative_pass_nr() < pass.saturating_add(2) {
        ctx.request_repaint();
        return;
    }
    ctx.data_mut(|data| data.remove::<GivenBack>(id()));
    if asked(ctx).is_none() && ctx.memory(egui::Memory::focused).is_none() {
        ctx.memory_mut(|memory| memory.request_focus(to));
    }
}

/// Scrolls to what has just got the focus, if it is in this scroll area.
pub(in crate::window) fn reveal(ui: &Ui, seen: &mut Option<Id>) {
    let focused = ui.memory(egui::Memory::focused);
    if *seen == focused {
        return;
    }
    *seen = focused;
    let response = focused.and_then(|id| ui.ctx().read_response(id));
    let inside = response.filter(|response| {
        response.layer_id == ui.layer_id() && ui.min_rect().contains(response.rect.center())
    });
    if let Some(response) = inside {
        ui.scroll_to_rect(response.rect, None);
    }
}

/// What is to have the keyboard again, and the pass in which that was said.
#[derive(Debug, Clone, PartialEq)]
struct GivenBack {
    to: Id,
    pass: u64,
}

/// Says where on the screen a place is. To be said in each pass in which it is shown.
pub(crate) fn report(ctx: &Context, place: Place, rect: Rect) {
    let pass = ctx.cumulative_pass_nr();
    ctx.data_mut(|data| {
        let shown: &mut Vec<Shown> = data.get_temp_mut_or_default(id());
        shown.retain(|shown| shown.place != place && shown.pass.saturating_add(1) >= pass);
        shown.push(Shown { place, rect, pass });
    });
}

/// The place after (or before) the one that the keyboard is in, of those that are shown.
pub(crate) fn next(ctx: &Context, is_forward: bool) -> Option<Place> {
    let shown: Vec<Shown> = ctx.data(|data| data.get_temp(id()).unwrap_or_default());
    // Where a dialog has just been closed, what is to have it again.
    let back = ctx.data(|data| data.get_temp(id()).map(|back: GivenBack| back.to));
    let focused = back.or(ctx.memory(egui::Memory::focused));
    let at = focused.and_then(|id| Some(ctx.read_response(id)?.rect.center()));
    let here = at.and_then(|at| shown.iter().find(|shown| shown.rect.contains(at)));
    let mut round: Vec<Place> = ROUND.to_vec();
    if !is_forward {
        round.reverse();
    }
    let start = here.and_then(|here| round.iter().position(|place| *place == here.place));
    round.rotate_left(start.map_or(0, |start| start.saturating_add(1)));
    let is_shown = |place: &Place| shown.iter().any(|shown| shown.place == *place);
    round.into_iter().find(is_shown)
}

/// A place on the screen, and the pass in which it was shown.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    place: Place,
    rect: Rect,
    pass: u64,
}

fn id() -> Id {
    Id::unique("place that is to get the focus")
}
