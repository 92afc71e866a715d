//! Where a token came from: every place, in words.

use egui::{Frame, Id, Modal, RichText, ScrollArea, Ui};

use crate::find::Place;
use crate::jose::visible::visible;
use crate::report;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::Model;
use crate::window::theme::{self, size, space};
use crate::window::widgets::{grouped, wrapped};

/// No more places than this are listed; the copy has all of them.
const LISTED: usize = 200;

/// No more than this under the pointer.
const UNDER_POINTER: usize = 6;

/// The list of the places of one token, in front of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlacesDialog {
    at: usize,
    is_new: bool,
}

impl PlacesDialog {
    /// Of the token at this position.
    pub(super) fn new(at: usize) -> Self {
        Self { at, is_new: true }
    }

    /// The token that it is of.
    pub(super) fn of(self) -> usize {
        self.at
    }

    /// Shows it; gives what to do and whether it stays open.
    pub(super) fn ui(&mut self, ui: &Ui, model: &Model) -> (Option<Command>, bool) {
        let Some(inspection) = model.session.tokens.get(self.at) else {
            return (None, false);
        };
        let mut command = None;
        let mut is_done = false;
        let frame = Frame::popup(ui.style()).inner_margin(space::L);
        let modal = Modal::new(Id::unique("places of a token")).frame(frame);
        let modal = modal.show(ui.ctx(), |ui| {
            let screen = ui.ctx().content_rect();
            ui.spacing_mut().item_spacing.y = space::S;
            ui.set_width(460.0_f32.min(screen.width() - 64.0));
            ui.heading(format!(
                "Where token {} came from",
                self.at.saturating_add(1)
            ));
            ScrollArea::vertical()
                .id_salt("places")
                .max_height((screen.height() * 0.5).max(80.0))
                .auto_shrink([false, true])
                .show(ui, |ui| list(ui, &inspection.places));
            ui.add_space(space::XS);
            ui.horizontal(|ui| {
                let close = ui.button("Close");
                if !ui.is_sizing_pass() && std::mem::take(&mut self.is_new) {
                    close.request_focus();
                }
                is_done |= close.clicked();
                if ui.button("Copy the places").clicked() {
                    command = Some(Command::Copy(CopyOf::Places(self.at)));
                    is_done = true;
                }
            });
        });
        (command, !is_done && !modal.should_close())
    }
}

fn list(ui: &mut Ui, places: &[Place]) {
    let tokens = theme::tokens(ui);
    for (at, place) in places.iter().take(LISTED).enumerate() {
        let text = visible(&report::found(place));
        let text = format!("{}. {text}", at.saturating_add(1));
        wrapped(ui, RichText::new(text).color(tokens.text));
    }
    if let Some(more) = more(places, LISTED) {
        wrapped(ui, RichText::new(more).color(tokens.dim));
    }
}

/// The places, shorter, for under the pointer.
pub(in crate::window) fn summary(ui: &mut Ui, places: &[Place]) {
    let tokens = theme::tokens(ui);
    for place in places.iter().take(UNDER_POINTER) {
        let text = visible(&report::found(place));
        wrapped(ui, RichText::new(text).size(size::SMALL).color(tokens.dim));
    }
    if let Some(more) = more(places, UNDER_POINTER) {
        wrapped(ui, RichText::new(more).size(size::SMALL).color(tokens.dim));
    }
}

fn more(places: &[Place], listed: usize) -> Option<String> {
    let more = places.len().checked_sub(listed)?;
    (more > 0).then(|| format!("and {} more", grouped(more)))
}

/// What the places of all tokens have in common: the name of the one file, or other origin, that all came from.
pub(in crate::window) fn only_source(model: &Model) -> Option<String> {
    let tokens = model.session.tokens.iter();
    let mut places = tokens.flat_map(|inspection| &inspection.places);
    let first = &places.next()?.name;
    places
        .all(|place| place.name == *first)
        .then(|| visible(first))
}
