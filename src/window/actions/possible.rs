//! What actions that depend on the model do now; `None` while they cannot be done.

use egui::ThemePreference;

use crate::judge::VerdictOutcome;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::manager::{KeyColumn, KeyCommand};
use crate::window::model::{Clock, Model, Selection};
use crate::window::panes::MemberForm;
use crate::window::panes::focus::Place;
use crate::window::panes::offers::Offer;
use crate::window::table::{Column, Filter, Grouping, Sort};

pub(super) fn clock(model: &Model, offer: Option<Offer>) -> Option<Command> {
    let at = offer?.at;
    (model.clock != Clock::Frozen(at)).then_some(Command::FreezeClock(at))
}

pub(super) fn copy(model: &Model, what: CopyOf) -> Option<Command> {
    model.current.map(|_| Command::Copy(what))
}

pub(super) fn go(model: &Model, place: Place) -> Option<Command> {
    model.current.map(|_| Command::Focus(place))
}

pub(super) fn header(model: &Model, header: MemberForm) -> Option<Command> {
    let claims = model.layout.claims;
    let is_new = model.current.is_some() && model.layout.header != header;
    is_new.then_some(Command::SetForms { header, claims })
}

pub(super) fn claims(model: &Model, claims: MemberForm) -> Option<Command> {
    let header = model.layout.header;
    let is_new = model.current.is_some() && model.layout.claims != claims;
    is_new.then_some(Command::SetForms { header, claims })
}

pub(super) fn theme(model: &Model, theme: ThemePreference) -> Option<Command> {
    (model.theme != theme).then_some(Command::SetTheme(theme))
}

pub(super) fn verdict(model: &Model, outcome: VerdictOutcome) -> Option<Command> {
    let filter = &model.table.filter;
    let is_new = model.table.is_open && filter.verdict != Some(outcome);
    is_new.then(|| {
        Command::FilterTokens(Filter {
            verdict: Some(outcome),
            ..filter.clone()
        })
    })
}

pub(super) fn group(model: &Model, grouping: Option<Grouping>) -> Option<Command> {
    let is_new = model.table.is_open && model.table.grouping != grouping;
    is_new.then_some(Command::GroupTokens(grouping))
}

/// Sorts by a column; where that is so already, in the other direction.
pub(super) fn sort(model: &Model, column: Column) -> Option<Command> {
    let present = model.table.sort.filter(|sort| sort.column == column);
    let is_descending = present.is_some_and(|sort| !sort.is_descending);
    let sort = Sort {
        column,
        is_descending,
    };
    model
        .table
        .is_open
        .then_some(Command::SortTokens(Some(sort)))
}

/// The same for the keys of the manager.
pub(super) fn sort_keys(model: &Model, column: KeyColumn) -> Option<Command> {
    let present = model.manager.sort.filter(|sort| sort.column == column);
    let sort = Sort {
        column,
        is_descending: present.is_some_and(|sort| !sort.is_descending),
    };
    let is_open = model.manager.is_open;
    is_open.then(|| KeyCommand::Sort(Some(sort)).into())
}

pub(super) fn step(model: &Model, by: isize) -> Option<Command> {
    if model.table.is_open {
        let tokens = model.session.tokens.len();
        let next = model
            .table
            .listed
            .neighbour(model.current?, by > 0, tokens)?;
        return Some(Command::ShowToken(next));
    }
    let next = model.current?.checked_add_signed(by)?;
    (next < model.session.tokens.len()).then_some(Command::ShowToken(next))
}

pub(super) fn detached(model: &Model, command: Command) -> Option<Command> {
    let (inspection, _) = model.outermost()?;
    inspection.token.is_detached().then_some(command)
}

pub(super) fn layer(model: &Model, by: isize) -> Option<Command> {
    let next = model.shown_layer().checked_add_signed(by)?;
    (next < model.layers().len()).then_some(Command::ShowLayer(next))
}

/// Selects the first evidence of the finding after (or before) the one whose evidence is selected, round at the ends.
pub(super) fn finding(model: &Model, is_forward: bool) -> Option<Command> {
    let (_, judgement) = model.current()?;
    let evidence: Vec<Selection> = judgement
        .findings
        .iter()
        .filter_map(|finding| finding.evidence.first())
        .map(|evidence| Selection {
            part: evidence.part,
            range: evidence.range.clone(),
        })
        .collect();
    let is_selected = |evidence: &Selection| model.selection.as_ref() == Some(evidence);
    let last = evidence.len().checked_sub(1)?;
    // Several findings may rest on the same characters.
    let at = if is_forward {
        let at = evidence.iter().rposition(is_selected);
        at.filter(|at| *at < last)
            .map_or(0, |at| at.saturating_add(1))
    } else {
        let at = evidence.iter().position(is_selected);
        at.and_then(|at| at.checked_sub(1)).unwrap_or(last)
    };
    let next = evidence.get(at)?.clone();
    Some(Command::Select(Some(next)))
}
