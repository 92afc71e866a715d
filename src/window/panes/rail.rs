//! The rail at the left: tokens and keys of this session.

mod label;
mod row;

use egui::{
    Align2, FocusDirection, FontId, Key, Modifiers, Popup, RichText, ScrollArea, Sense, Stroke, Ui,
    vec2,
};

use self::label::{KeyMark, TokenLabel, key_mark, key_note};
use self::row::{ROW, Row};
use crate::jose::visible::visible;
use crate::judge::VerdictOutcome;
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::Model;
use crate::window::theme::{self, size, space};
use crate::window::widgets::{Icon, section, wrapped};

/// The rail.
#[derive(Debug, Default)]
pub struct RailPane {
    /// The row that is to get the focus, when it is next drawn.
    focus: Option<usize>,
}

impl RailPane {
    /// Shows tokens and keys over the whole height.
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let mut commands = Vec::new();
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = ui.available_height();
        let hint = if height > 480.0 { 72.0 } else { 0.0 };
        let keys = model.session.keys.len();
        let keys_height = (keys as f32 * ROW + 48.0).clamp(104.0, (height * 0.45).max(104.0));
        let tokens_height = (height - hint - keys_height - 48.0).max(2.0 * ROW);
        let needs_scroll = height < keys_height + hint + 2.0 * ROW + 48.0;
        ScrollArea::vertical()
            .id_salt("rail")
            .vscroll(needs_scroll)
            .auto_shrink(false)
            .show(ui, |ui| {
                let count = model.session.tokens.len();
                section(ui, "Tokens", Some(count), |_| {});
                commands.extend(self.tokens(ui, model, tokens_height));
                ui.add_space(space::S);
                let line = ui.available_rect_before_wrap();
                let stroke = Stroke::new(1.0, theme::tokens(ui).line);
                ui.painter().hline(line.x_range(), line.top(), stroke);
                ui.add_space(space::XS);
                section(ui, "Keys", Some(keys), |_| {});
                commands.extend(keys_ui(ui, model, keys_height - 40.0));
                if hint > 0.0 {
                    let rest = ui.available_height() - hint;
                    ui.add_space(rest.max(0.0));
                    drop_hint(ui, model.takes_drops);
                }
            });
        commands
    }

    /// The rail as a strip of marks, and a menu with all of it.
    pub fn strip_ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let mut commands = Vec::new();
        ui.vertical_centered(|ui| {
            ui.add_space(space::S);
            let tokens = theme::tokens(ui);
            let count = model.session.tokens.len();
            let keys = model.session.keys.len();
            let open = ui
                .button(RichText::new("All").size(size::SMALL))
                .on_hover_text("Tokens and keys");
            let open = open.accessible_name(format!("Tokens and keys: {count} and {keys}"));
            let menu = Popup::menu(&open)
                .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
                .show(|ui| {
                    let screen = ui.ctx().content_rect();
                    ui.set_width(264.0_f32.min(screen.width() - 80.0));
                    ui.set_height((screen.height() - 140.0).clamp(160.0, 560.0));
                    self.ui(ui, model)
                });
            commands.extend(menu.map(|menu| menu.inner).unwrap_or_default());
            ui.add_space(space::S);
            ScrollArea::vertical()
                .id_salt("strip")
                .show_rows(ui, 32.0, count, |ui, rows| {
                    for at in rows {
                        let Some(label) = TokenLabel::of(model, at) else {
                            continue;
                        };
                        let (rect, response) =
                            ui.allocate_exact_size(vec2(32.0, 32.0), Sense::click());
                        let is_current = model.current == Some(at);
                        response.widget_info(|| {
                            egui::WidgetInfo::selected(
                                egui::Role::Button,
                                true,
                                is_current,
                                &label.name,
                            )
                        });
                        row::ground(ui, rect, &response, is_current);
                        row::dot(ui, rect.center(), label.icon, label.color(tokens));
                        if response.on_hover_text(&label.title).clicked() {
                            commands.push(Command::ShowToken(at));
                        }
                    }
                });
        });
        commands
    }

    fn tokens(&mut self, ui: &mut Ui, model: &Model, height: f32) -> Vec<Command> {
        let colors = theme::tokens(ui);
        let mut commands = Vec::new();
        let count = model.session.tokens.len();
        if count == 0 {
            none(
                ui,
                "Nothing here yet. Paste or open something with a token in it.",
            );
            return commands;
        }
        let mut area = ScrollArea::vertical()
            .id_salt("tokens")
            .max_height(height)
            .auto_shrink([false, true]);
        if let Some(at) = self.focus {
            // A row that is not drawn cannot take the focus.
            let top = at as f32 * ROW;
            area = area.vertical_scroll_offset((top - height / 2.0).max(0.0));
        }
        area.show_rows(ui, ROW, count, |ui, rows| {
            for at in rows {
                let Some(label) = TokenLabel::of(model, at) else {
                    continue;
                };
                let remove = format!("Remove token {}", at.saturating_add(1));
                let response = Row {
                    salt: ("token", at),
                    icon: label.icon,
                    color: label.color(colors),
                    title: &label.title,
                    mark: None,
                    note: &label.note,
                    name: &label.name,
                    remove: &remove,
                    is_selected: model.current == Some(at),
                    tint: None,
                }
                .ui(ui);
                let row = &response.row;
                if self.focus == Some(at) {
                    row.request_focus();
                    self.focus = None;
                }
                if row.clicked() {
                    commands.push(Command::ShowToken(at));
                }
                if response.remove || pressed(ui, row, Key::Delete) {
                    commands.push(Command::RemoveToken(at));
                }
                row::holds_arrows(ui, row);
                let step = [
                    (Key::ArrowDown, at.checked_add(1)),
                    (Key::ArrowUp, at.checked_sub(1)),
                ];
                for (key, to) in step {
                    if let Some(to) = to.filter(|to| *to < count)
                        && pressed(ui, row, key)
                    {
                        self.focus = Some(to);
                        // In the frame in which the row gets the focus, the arrow also moves that.
                        ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
                        commands.push(Command::ShowToken(to));
                    }
                }
                row.context_menu(|ui| {
                    if ui.button("Show").clicked() {
                        commands.push(Command::ShowToken(at));
                    }
                    if model.current == Some(at)
                        && ui.button(Action::CopyToken.entry().label).clicked()
                    {
                        commands.push(Command::Copy(CopyOf::Token));
                    }
                    if ui.button("Remove").clicked() {
                        commands.push(Command::RemoveToken(at));
                    }
                });
            }
        });
        commands
    }
}

fn keys_ui(ui: &mut Ui, model: &Model, height: f32) -> Vec<Command> {
    let colors = theme::tokens(ui);
    let mut commands = Vec::new();
    let keys = model.session.keys.keys();
    if keys.is_empty() {
        none(
            ui,
            "No keys, so no signature can be checked. Add the issuer\u{2019}s JWK set or PEM file.",
        );
        return commands;
    }
    let area = ScrollArea::vertical()
        .id_salt("keys")
        .max_height(height)
        .auto_shrink([false, true]);
    area.show_rows(ui, ROW, keys.len(), |ui, rows| {
        for at in rows {
            let Some(key) = keys.get(at) else {
                continue;
            };
            let mark = key_mark(model, key);
            let (icon, color, word) = match &mark {
                KeyMark::Faulty => (Icon::Cross, colors.bad, None),
                KeyMark::None => (Icon::Dot, colors.faint, None),
                KeyMark::Verifies => (Icon::Check, colors.ok, Some("verifies this token")),
                KeyMark::Weak(_) => (Icon::Triangle, colors.warn, None),
            };
            let id = visible(&key.id);
            let note = key_note(key, &mark);
            let number = at.saturating_add(1);
            let name = match word {
                Some(word) => format!("Key {number}: {id}, {note}, {word}"),
                None => format!("Key {number}: {id}, {note}"),
            };
            let response = Row {
                salt: ("key", at),
                icon,
                color,
                title: &id,
                mark: word,
                note: &note,
                name: &name,
                remove: &format!("Remove key {number}"),
                is_selected: false,
                tint: (mark == KeyMark::Verifies).then(|| colors.tint(colors.ok)),
            }
            .ui(ui);
            let row = &response.row;
            if response.remove || pressed(ui, row, Key::Delete) {
                commands.push(Command::RemoveKey(key.id.clone()));
            }
            row.context_menu(|ui| {
                if ui.button("Remove").clicked() {
                    commands.push(Command::RemoveKey(key.id.clone()));
                }
            });
        }
    });
    commands
}

fn pressed(ui: &Ui, row: &egui::Response, key: Key) -> bool {
    row.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key))
}

fn none(ui: &mut Ui, text: &str) {
    let tokens = theme::tokens(ui);
    egui::Frame::new()
        .inner_margin(egui::Margin::symmetric(12, 4))
        .show(ui, |ui| {
            wrapped(ui, RichText::new(text).size(size::MONO).color(tokens.dim));
        });
}

/// The box that says what may be dropped, or where dropping does not work, what to do instead.
fn drop_hint(ui: &mut Ui, takes_drops: bool) {
    let tokens = theme::tokens(ui);
    let text = if takes_drops {
        "Drop tokens, requests, logs, JWK sets\nor PEM files anywhere in this window"
    } else {
        "Files cannot be dropped on this desktop:\nuse Open\u{2026} and Paste"
    };
    let place = vec2(ui.available_width(), 72.0);
    let (rect, response) = ui.allocate_exact_size(place, Sense::hover());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Label, true, text.replace('\n', " "))
    });
    let rect = rect.shrink(10.0);
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    let stroke = Stroke::new(1.0, tokens.line);
    ui.painter()
        .extend(egui::Shape::dashed_line(&corners, stroke, 4.0, 3.0));
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        FontId::proportional(size::SMALL),
        tokens.dim,
    );
}

/// What the token at a position is called, and the line below, for lists elsewhere.
pub(in crate::window) fn token_words(model: &Model, at: usize) -> Option<(String, String)> {
    let label = TokenLabel::of(model, at)?;
    Some((label.title, label.note))
}

impl TokenLabel {
    fn color(&self, tokens: &theme::Tokens) -> egui::Color32 {
        self.outcome.map_or(tokens.faint, |outcome| match outcome {
            VerdictOutcome::Undetermined => tokens.faint,
            decided => tokens.verdict(decided),
        })
    }
}
