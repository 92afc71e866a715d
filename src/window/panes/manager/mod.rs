//! The key manager, over the whole window: all keys as a table, and what one of them is.

mod cells;
mod details;
mod rows;

use egui::{Button, Frame, Key, Label, Popup, RichText, ScrollArea, Stroke, Ui, vec2};

use self::cells::Columns;
use self::details::DetailsPane;
use self::rows::Rows;
use super::bar::{self, from, line, within};
use super::focus::{self, Place};
use super::headings::{self, Headings};
use super::roving::pressed;
use super::search::{Search, SearchField};
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::manager::KeyCommand;
use crate::window::model::Model;
use crate::window::theme::{radius, semibold, size, space, tokens};
use crate::window::widgets::{Icon, button_tag, grouped, menu_tag, paint_icon, truncated, wrapped};

/// From this width on, in points, all controls stand in one line.
const ONE_LINE: f32 = 930.0;

/// Below this width, in points, the ways to add a key are a menu.
const TIGHT: f32 = 600.0;

/// From this height on, in points, the details stand below the table where they do not stand beside it; in less they
/// take its place.
const BELOW_FROM: f32 = 560.0;

/// What the table gets of the height then.
const TABLE_SHARE: f32 = 0.5;

/// The ways to add a key.
const ADD: [Action; 4] = [
    Action::Paste,
    Action::AddKey,
    Action::TypeSecret,
    Action::GenerateKey,
];

/// The manager.
#[derive(Debug, Default)]
pub struct ManagerPane {
    headings: Headings,
    rows: Rows,
    details: DetailsPane,
    search: SearchField,
    /// How wide the controls of the first line were, and those of the second, in points.
    widths: [f32; 2],
}

impl ManagerPane {
    /// Shows the keys over all of the place; with the details too, unless they stand beside it.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model, has_details: bool) -> Vec<Command> {
        let mut commands = Vec::new();
        let height = ui.available_height();
        let is_below = !has_details && height >= BELOW_FROM && model.manager.chosen.is_some();
        let is_behind = !has_details && !is_below && model.manager.chosen.is_some();
        if is_behind && model.manager.shows_details {
            card(ui, |ui| {
                commands.extend(self.details.ui(ui, model, true));
            });
        } else {
            let table = if is_below {
                (height * TABLE_SHARE).floor()
            } else {
                height
            };
            ui.allocate_ui(vec2(ui.available_width(), table), |ui| {
                card(ui, |ui| self.table(ui, model, is_behind, &mut commands));
            });
            if is_below {
                ui.add_space(space::S - ui.spacing().item_spacing.y);
                card(ui, |ui| {
                    commands.extend(self.details.ui(ui, model, false));
                });
            }
        }
        let is_left = commands.is_empty()
            && !self.rows.is_busy()
            && !Popup::is_any_open(ui)
            && ui.memory(|memory| memory.top_modal_layer().is_none())
            && pressed(ui, Key::Escape);
        if is_left {
            commands.push(if is_behind && model.manager.shows_details {
                KeyCommand::ShowDetails(false).into()
            } else {
                KeyCommand::Show(false).into()
            });
        }
        commands
    }

    /// Shows what the key that is looked at is, beside the table.
    #[must_use]
    pub fn details_ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        self.details.ui(ui, model, false)
    }

    fn table(&mut self, ui: &mut Ui, model: &Model, is_behind: bool, commands: &mut Vec<Command>) {
        self.controls(ui, model, commands);
        if model.session.keys.is_empty() {
            empty(ui, model, commands);
            return;
        }
        let foot = footer_height(ui);
        let rect = ui.available_rect_before_wrap();
        let rows = rect.with_max_y(rect.bottom() - foot);
        let builder = egui::UiBuilder::new().max_rect(rows);
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let available = ui.available_width() - ui.spacing().scroll.allocated_width();
            let columns = Columns::new(available);
            let asked = self.headings.ui(ui, &columns.heads(model), 0.0, false);
            if let Some(headings::Asked::Sort(index)) = asked
                && let Some(column) = columns.column(index)
            {
                let sort = headings::next_sort(column, model.manager.sort);
                commands.push(KeyCommand::Sort(sort).into());
            }
            if model.manager.listed.is_empty() {
                nothing(ui, commands);
                self.rows.stay();
            } else {
                self.rows.ui(ui, model, &columns, is_behind, commands);
            }
            ui.expand_to_include_rect(rows);
        });
        focus::report(ui.ctx(), Place::Keys, rows);
        if foot > 0.0 {
            footer(ui);
        }
    }

    /// Title and controls from left to right, as the keyboard goes; the controls end at the right edge, by the width that
    /// they had in the last frame.
    fn controls(&mut self, ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
        let width = ui.available_width();
        let is_one_line = width >= ONE_LINE;
        let is_empty = model.session.keys.is_empty();
        let row = line(ui);
        let left = row.right() - self.widths[0] - space::S;
        let title = row.with_max_x((left - space::S).max(row.left()));
        within(ui, "title", title, |ui| {
            ui.add_space(space::M);
            let title = RichText::new("Keys").font(semibold(size::BODY + 2.0));
            ui.add(Label::new(title.color(tokens(ui).text)).truncate());
            truncated(ui, RichText::new(note(model)).color(tokens(ui).dim));
        });
        let shown = within(ui, "controls", from(row, left), |ui| {
            if is_one_line {
                if !is_empty {
                    self.filter(ui, model, 116.0, commands);
                }
                ways(ui, model, commands);
            }
            saved_menu(ui, model, commands);
            let back = button_tag(ui, "Back", "Back to the tokens");
            if back.on_hover_text("Leave the key manager (Esc)").clicked() {
                commands.push(KeyCommand::Show(false).into());
            }
        });
        bar::remember(ui, &mut self.widths[0], shown);
        if !is_one_line && !is_empty {
            let row = line(ui);
            let left = row.right() - self.widths[1] - space::S;
            let field = egui::Rect::from_min_max(
                egui::pos2(row.left() + space::M, row.top()),
                egui::pos2((left - space::S).max(row.left() + 80.0), row.bottom()),
            );
            within(ui, "field", field, |ui| {
                self.filter(ui, model, field.width() - space::L, commands);
            });
            let shown = within(ui, "ways", from(row, left), |ui| {
                if width < TIGHT {
                    add_menu(ui, model, commands);
                } else {
                    ways(ui, model, commands);
                }
            });
            bar::remember(ui, &mut self.widths[1], shown);
        }
        let rest = ui.available_rect_before_wrap();
        let stroke = Stroke::new(1.0, tokens(ui).line);
        ui.painter().hline(rest.x_range(), rest.top() - 0.5, stroke);
    }

    fn filter(&mut self, ui: &mut Ui, model: &Model, width: f32, commands: &mut Vec<Command>) {
        let search = Search {
            name: "Search the keys",
            hint: "Search\u{2026}",
            place: Place::KeyFilter,
        };
        let searched = self.search.ui(ui, search, &model.manager.filter, width);
        if let Some(text) = searched.asked {
            commands.push(KeyCommand::Filter(text).into());
        }
        if searched.goes_in {
            self.rows.go_in(model, commands);
        }
        let field = searched.field;
        field.on_hover_text(
            "Words of any column: a name, a kind, a file, the start of a thumbprint",
        );
    }
}

/// The frame around the table, and around the details where they do not stand beside it.
pub(in crate::window::panes) fn card(ui: &mut Ui, show: impl FnOnce(&mut Ui)) {
    let theme = tokens(ui);
    let frame = Frame::new()
        .fill(theme.bg1)
        .stroke(Stroke::new(1.0, theme.line))
        .corner_radius(radius::LARGE);
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.set_min_size(ui.available_size());
        show(ui);
    });
}

/// How many keys there are, and how they stand.
fn note(model: &Model) -> String {
    let manager = &model.manager;
    let all = manager.facts.len();
    let mut words = match manager.listed.len() {
        listed if listed == all => grouped(all),
        listed => format!("{} of {}", grouped(listed), grouped(all)),
    };
    let (warnings, problems) = manager.counts();
    for (count, one) in [(warnings, "warning"), (problems, "problem")] {
        words = match count {
            0 => words,
            1 => format!("{words} \u{00B7} 1 {one}"),
            _ => format!("{words} \u{00B7} {} {one}s", grouped(count)),
        };
    }
    words
}

/// What an action is called here, where the place says the rest.
fn short(action: Action) -> &'static str {
    match action {
        Action::Paste => "Paste key",
        Action::AddKey => "From file\u{2026}",
        Action::GenerateKey => "Generate\u{2026}",
        other => other.entry().label,
    }
}

/// The ways to add a key, side by side.
fn ways(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    for action in ADD {
        let button = ui.add(Button::new(short(action)));
        if button.clicked() {
            commands.extend((action.entry().command)(model));
        }
    }
}

/// How the saved keys stand, and what can be done with them.
fn saved_menu(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    let saved = &model.saved;
    if !saved.is_possible {
        return;
    }
    let words = format!("Saved keys: {}", saved.state.words(saved.count()));
    menu_tag(ui, &words, &words, |ui| {
        for action in [
            Action::SaveKey,
            Action::SaveKeys,
            Action::KeepNoLonger,
            Action::UnlockSaved,
            Action::LockSaved,
            Action::ChangePassphrase,
            Action::ForgetSaved,
        ] {
            let entry = action.entry();
            let command = (entry.command)(model);
            let button = ui.add_enabled(command.is_some(), Button::new(entry.label));
            if button.clicked() {
                commands.extend(command);
                ui.close();
            }
        }
    });
}

/// The same as a menu.
fn add_menu(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    menu_tag(ui, "Add", "Add a key", |ui| {
        for action in ADD {
            if ui.button(short(action)).clicked() {
                commands.extend((action.entry().command)(model));
                ui.close();
            }
        }
    });
}

const FOOTER: &str = "The other keys of a file stay usable when one is broken. Secrets are read as shown; another reading is used only when you choose it.";

/// None where rows need the room.
fn footer_height(ui: &Ui) -> f32 {
    let room = ui.available_size();
    if room.y < 260.0 || room.x < TIGHT {
        0.0
    } else {
        36.0
    }
}

fn footer(ui: &mut Ui) {
    let theme = tokens(ui);
    let rect = ui.available_rect_before_wrap();
    let stroke = Stroke::new(1.0, theme.line);
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, stroke);
    within(ui, "footer", rect, |ui| {
        ui.add_space(space::M);
        truncated(ui, RichText::new(FOOTER).color(theme.dim));
    });
}

/// Says what to do where there are no keys.
fn empty(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    let theme = tokens(ui);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.add_space((ui.available_height() * 0.5 - 120.0).max(space::XL));
        ui.vertical_centered(|ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            let (rect, _) = ui.allocate_exact_size(vec2(34.0, 34.0), egui::Sense::hover());
            paint_icon(ui.painter(), rect, Icon::Key, theme.faint);
            let title = RichText::new("No keys yet").font(semibold(size::TITLE));
            ui.label(title.color(theme.text));
            ui.set_max_width(ui.available_width().min(460.0));
            let what = if model.takes_drops {
                "Paste a key, or drop a file here: a JWK or a JWK set, PEM, DER, a certificate. It stays in memory until the window closes."
            } else {
                "Paste a key, or open a file: a JWK or a JWK set, PEM, DER, a certificate. It stays in memory until the window closes."
            };
            wrapped(ui, RichText::new(what).color(theme.dim));
            ui.add_space(space::S);
            for action in ADD.into_iter().chain([Action::AskForKeys]) {
                // Without a token there is nobody to ask.
                let Some(command) = (action.entry().command)(model) else {
                    continue;
                };
                let button = Button::new(short(action)).min_size(vec2(180.0, 28.0));
                if ui.add(button).clicked() {
                    commands.push(command);
                }
            }
        });
    });
}

/// Says in place of rows why there are none.
fn nothing(ui: &mut Ui, commands: &mut Vec<Command>) {
    let theme = tokens(ui);
    ui.add_space(space::XL);
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        let title = RichText::new("No key holds all of these words.").font(semibold(size::BODY));
        ui.label(title.color(theme.text));
        if ui.button("List all keys").clicked() {
            commands.push(KeyCommand::Filter(String::new()).into());
        }
    });
}
