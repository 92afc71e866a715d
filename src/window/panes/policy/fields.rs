//! Fields of the form, each with what is wrong beside it.

use std::sync::Arc;

use egui::text::CCursorRange;
use egui::{Button, Key, Label, Response, RichText, ScrollArea, TextEdit, Ui};

use crate::jose::visible::visible;
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::policies::{Line, Member, Row};
use crate::window::theme::{self, mono, semibold, size, space};
use crate::window::widgets::{Icon, button_tag, grouped, sign, wrapped};

/// The height of a row of a long list, in points.
const ROW: f32 = 28.0;

/// So many rows of a long list are in view.
const PAGE: f32 = 10.0;

/// The room that a button at the end of a row takes, in points.
pub(super) const REMOVE: f32 = 68.0;

/// A list of more rows is scrolled by itself.
const MANY: usize = 40;

/// What the form asks for in a frame.
#[derive(Debug, Default)]
pub(super) struct Doing {
    /// Whether something is other than before.
    pub(super) is_changed: bool,
    /// Whether that was typed into a field.
    pub(super) is_typed: bool,
    /// What else is to be done.
    pub(super) commands: Vec<Command>,
}

/// What the fields share.
pub(super) struct Fields<'a> {
    pub(super) model: &'a Model,
    pub(super) doing: Doing,
    /// The field that is to take the keyboard.
    pub(super) wanted: &'a mut Option<Line>,
    /// Whether all of its text is to be chosen.
    pub(super) chooses_all: bool,
    /// How often a field took it.
    pub(super) visits: &'a mut u64,
}

impl Fields<'_> {
    /// Says that something is other than before, without typing.
    pub(super) fn change(&mut self) {
        self.doing.is_changed = true;
    }

    /// A field for one line. `name`: for screen readers.
    pub(super) fn text(
        &mut self,
        ui: &mut Ui,
        (at, name): (Line, &str),
        text: &mut String,
        (hint, width): (&str, f32),
    ) -> Response {
        let theme = theme::tokens(ui);
        let is_wrong = self.model.policies.fault(at).is_some();
        let edit = TextEdit::singleline(text)
            // The same wherever the list is scrolled to.
            .id(egui::Id::unique(("policy", at)))
            .hint_text(hint)
            .font(mono())
            .margin(egui::Margin::symmetric(6, 4))
            .desired_width(width - 12.0);
        let shown = edit.show(ui);
        let mut state = shown.state;
        let field = shown.response.response.accessible_name(name);
        if self.wanted.take_if(|wanted| *wanted == at).is_some() {
            field.request_focus();
            field.scroll_to_me(None);
            if self.chooses_all {
                let all = CCursorRange::select_all(&shown.galley);
                state.cursor.set_char_range(Some(all));
                state.store(ui, field.id);
            }
        }
        if field.gained_focus() {
            *self.visits = self.visits.wrapping_add(1);
        }
        if field.changed() {
            self.doing.is_changed = true;
            self.doing.is_typed = true;
        }
        if is_wrong {
            let ring = egui::Stroke::new(1.0, theme.bad);
            ui.painter().rect_stroke(
                field.rect,
                theme::radius::SMALL,
                ring,
                egui::StrokeKind::Inside,
            );
        }
        field
    }

    /// What is wrong at a field, and what of its text cannot be seen.
    pub(super) fn notes(&self, ui: &mut Ui, at: Line, text: &str) {
        let theme = theme::tokens(ui);
        if let Some(what) = self.model.policies.fault(at) {
            note(ui, Icon::Cross, what, theme.bad);
        }
        let seen = visible(text);
        if seen != text {
            let words = format!("It holds characters that are not seen: {seen}");
            note(ui, Icon::Triangle, &words, theme.warn);
        }
    }

    /// A heading, a line of help, and the fields of a member; what holds meanwhile where something is wrong.
    pub(super) fn member(
        &mut self,
        ui: &mut Ui,
        member: Member,
        (label, help): (&str, &str),
        fields: impl FnOnce(&mut Ui, &mut Self),
    ) {
        let theme = theme::tokens(ui);
        heading(ui, label, help);
        fields(ui, self);
        let policies = &self.model.policies;
        if let Some(what) = policies.fault(member.into()) {
            note(ui, Icon::Cross, what, theme.bad);
        }
        if policies.is_faulty(member) {
            let holds = member.in_force(&self.model.session.policy);
            let words = format!("Not in force yet. What holds until it is right: {holds}");
            note(ui, Icon::Triangle, &words, theme.warn);
        }
        ui.add_space(space::M);
    }

    /// Rows of texts with a button to remove each, and one to add another.
    pub(super) fn rows(
        &mut self,
        ui: &mut Ui,
        member: Member,
        (one, hint): (&str, &str),
        rows: &mut impl Rows,
    ) {
        let mut removed = None;
        if rows.count() <= MANY {
            for row in 0..rows.count() {
                removed = removed.or(self.row(ui, (member, row), (one, hint), rows));
                let at = Row::new(member, row).into();
                self.notes(ui, at, rows.get(row));
            }
        } else {
            let theme = theme::tokens(ui);
            let frame = egui::Frame::new()
                .fill(theme.bg0)
                .corner_radius(theme::radius::SMALL)
                .inner_margin(space::XS);
            frame.show(ui, |ui| {
                let mut area = ScrollArea::vertical()
                    .id_salt(("rows", member))
                    .min_scrolled_height(PAGE * ROW)
                    .max_height(PAGE * ROW)
                    .auto_shrink([false, true]);
                let wanted = self.wanted.filter(|at| at.member == member);
                if let Some(row) = wanted.and_then(|at| at.row) {
                    area = area.vertical_scroll_offset((row as f32 - 4.0).max(0.0) * ROW);
                }
                ui.spacing_mut().item_spacing.y = 2.0;
                area.show_rows(ui, ROW - 2.0, rows.count(), |ui, shown| {
                    for row in shown {
                        let place = egui::vec2(ui.available_width(), ROW - 2.0);
                        ui.allocate_ui(place, |ui| {
                            removed = removed.or(self.row(ui, (member, row), (one, hint), rows));
                        });
                    }
                });
            });
            // Of many the first that is wrong is told in words.
            let mut faults = self.model.policies.faults.iter();
            if let Some(fault) = faults.find(|fault| fault.at.member == member)
                && let Some(row) = fault.at.row
            {
                let words = format!("Row {}: {}", grouped(row.saturating_add(1)), fault.what);
                note(ui, Icon::Cross, &words, theme.bad);
            }
        }
        if let Some(row) = removed {
            rows.remove(row);
            self.change();
        }
        ui.horizontal(|ui| {
            if button_tag(ui, "Add", &format!("Add {}", member.one())).clicked() {
                self.add(member, rows);
            }
            if rows.count() > MANY {
                let words = format!("{} rows", grouped(rows.count()));
                ui.label(
                    RichText::new(words)
                        .size(size::SMALL)
                        .color(theme::tokens(ui).dim),
                );
            }
        });
    }

    fn add(&mut self, member: Member, rows: &mut impl Rows) {
        *self.wanted = Some(Row::new(member, rows.count()).into());
        rows.push();
        self.change();
    }

    /// One row; gives its position where it is to be removed.
    fn row(
        &mut self,
        ui: &mut Ui,
        (member, row): (Member, usize),
        (one, hint): (&str, &str),
        rows: &mut impl Rows,
    ) -> Option<usize> {
        let number = row.saturating_add(1);
        let at = Row::new(member, row).into();
        let mut text = rows.get(row).to_owned();
        let removed = ui
            .horizontal(|ui| {
                let width = (ui.available_width() - REMOVE).max(60.0);
                let name = format!("{one} {number}");
                let field = self.text(ui, (at, &name), &mut text, (hint, width));
                if field.changed() {
                    rows.set(row, std::mem::take(&mut text));
                }
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                let is_last = number == rows.count();
                if entered && is_last && !rows.get(row).is_empty() {
                    self.add(member, rows);
                }
                let name = format!("Remove {} {number}", one.to_lowercase());
                button_tag(ui, "Remove", &name).clicked()
            })
            .inner;
        removed.then_some(row)
    }
}

/// Texts of a list.
pub(super) trait Rows {
    fn count(&self) -> usize;
    /// Empty where there is no such row.
    fn get(&self, row: usize) -> &str;
    fn set(&mut self, row: usize, text: String);
    fn push(&mut self);
    fn remove(&mut self, row: usize);
}

impl Rows for Vec<String> {
    fn count(&self) -> usize {
        self.len()
    }

    fn get(&self, row: usize) -> &str {
        self.as_slice().get(row).map_or("", String::as_str)
    }

    fn set(&mut self, row: usize, text: String) {
        if let Some(old) = self.get_mut(row) {
            *old = text;
        }
    }

    fn push(&mut self) {
        Self::push(self, String::new());
    }

    fn remove(&mut self, row: usize) {
        if row < self.len() {
            Self::remove(self, row);
        }
    }
}

impl Rows for Arc<Vec<String>> {
    fn count(&self) -> usize {
        self.len()
    }

    fn get(&self, row: usize) -> &str {
        Rows::get(&**self, row)
    }

    fn set(&mut self, row: usize, text: String) {
        Rows::set(Self::make_mut(self), row, text);
    }

    fn push(&mut self) {
        Rows::push(Self::make_mut(self));
    }

    fn remove(&mut self, row: usize) {
        Rows::remove(Self::make_mut(self), row);
    }
}

/// What a member is called, and what it is for.
pub(super) fn heading(ui: &mut Ui, label: &str, help: &str) {
    let theme = theme::tokens(ui);
    ui.add(
        Label::new(
            RichText::new(label)
                .font(semibold(size::BODY))
                .color(theme.text),
        )
        .wrap(),
    );
    if !help.is_empty() {
        wrapped(ui, RichText::new(help).size(size::MONO).color(theme.dim));
    }
}

/// A sign and words below a field.
pub(super) fn note(ui: &mut Ui, icon: Icon, words: &str, color: egui::Color32) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS + 2.0;
        sign(ui, icon, 11.0, color);
        wrapped(ui, RichText::new(words).size(size::MONO).color(color));
    });
}

/// A small button for something that is offered.
pub(super) fn offer(ui: &mut Ui, words: &str) -> bool {
    let text = RichText::new(words)
        .size(size::MONO)
        .color(theme::tokens(ui).accent);
    ui.add(Button::new(text).small()).clicked()
}
