//! The rail at the left: tokens and keys of this session.

mod filter;
mod keys;
pub(in crate::window) mod label;
mod places;
mod row;
mod strip;
mod tokens;

use egui::{Align2, FontId, Popup, Rect, RichText, ScrollArea, Sense, Stroke, Ui, vec2};

use self::keys::KeyList;
use self::label::TokenLabel;
use self::row::ROW;
use self::strip::Strip;
use self::tokens::{FILTER_FROM, TokenList, none};
use crate::window::commands::Command;
use crate::window::manager::KeyCommand;
use crate::window::model::Model;
use crate::window::panes::focus::{self, Place};
use crate::window::theme::{self, size, space};
use crate::window::widgets::{button_tag, link, section, tag};

/// The name of a source is cut after this many characters.
const SOURCE: usize = 22;

/// The rail.
#[derive(Debug, Default)]
pub struct RailPane {
    tokens: TokenList,
    keys: KeyList,
    strip: Strip,
    /// What all tokens came from, where that is one thing, at a revision of the model.
    source: Option<(u64, Option<String>)>,
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
                let source = self.source(model);
                let top = ui.cursor().top();
                section(ui, "Tokens", Some(count), |ui| {
                    if count >= FILTER_FROM && button_tag(ui, "Table", "Tokens as a table").clicked() {
                        commands.push(Command::ShowTable(true));
                    }
                    source_tag(ui, source);
                });
                if count == 0 {
                    none(
                        ui,
                        "Nothing here yet. Paste or open something with a token in it.",
                    );
                } else {
                    commands.extend(self.tokens.ui(ui, model, tokens_height));
                }
                report(ui, Place::Tokens, top);
                ui.add_space(space::S);
                let line = ui.available_rect_before_wrap();
                let stroke = Stroke::new(1.0, theme::tokens(ui).line);
                ui.painter().hline(line.x_range(), line.top(), stroke);
                ui.add_space(space::XS);
                let top = ui.cursor().top();
                section(ui, "Keys", Some(keys), |ui| {
                    if link(ui, "Manage", "Manage keys").clicked() {
                        commands.push(KeyCommand::Show(true).into());
                    }
                });
                if keys == 0 {
                    none(
                        ui,
                        "No keys, so no signature can be checked. Add the issuer\u{2019}s JWK set or PEM file.",
                    );
                } else {
                    commands.extend(self.keys.ui(ui, model, keys_height - 40.0));
                    report(ui, Place::Keys, top);
                }
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
            let count = model.session.tokens.len();
            let keys = model.session.keys.len();
            let open = ui
                .button(RichText::new("All").size(size::SMALL))
                .on_hover_text("Tokens and keys");
            let open = open.accessible_name(format!("Tokens and keys: {count} and {keys}"));
            let id = Popup::default_response_id(&open);
            if open.clicked() && !Popup::is_id_open(ui, id) {
                self.tokens.go_in(model);
            }
            // The strip has no keys.
            if keys > 0 && focus::take(ui, Place::Keys) {
                Popup::open_id(ui, id);
                self.keys.go_in();
            }
            // A click on what is open above it is none beside it.
            let close = if self.tokens.is_busy() || self.keys.is_busy() {
                egui::PopupCloseBehavior::IgnoreClicks
            } else {
                egui::PopupCloseBehavior::CloseOnClickOutside
            };
            let menu = Popup::menu(&open).close_behavior(close).show(|ui| {
                let screen = ui.ctx().content_rect();
                ui.set_width(264.0_f32.min(screen.width() - 80.0));
                ui.set_height((screen.height() - 140.0).clamp(160.0, 560.0));
                self.ui(ui, model)
            });
            commands.extend(menu.map(|menu| menu.inner).unwrap_or_default());
            ui.add_space(space::S);
            if focus::take(ui, Place::Tokens) {
                self.strip.go_in(model);
            }
            if count > 0 {
                let top = ui.cursor().top();
                commands.extend(self.strip.ui(ui, model));
                report(ui, Place::Tokens, top);
            }
        });
        commands
    }

    fn source(&mut self, model: &Model) -> Option<&str> {
        if self.source.as_ref().map(|(at, _)| *at) != Some(model.revision) {
            self.source = Some((model.revision, only_source(model)));
        }
        self.source.as_ref()?.1.as_deref()
    }
}

/// Names what all tokens came from.
fn source_tag(ui: &mut Ui, source: Option<&str>) {
    let Some(source) = source else {
        return;
    };
    let color = theme::tokens(ui).dim;
    match source.char_indices().nth(SOURCE) {
        Some((at, _)) => {
            let beginning = source.get(..at).unwrap_or_default();
            tag(ui, &format!("{beginning}\u{2026}"), color).on_hover_text(source);
        }
        None => {
            tag(ui, source, color);
        }
    }
}

/// Says that everything from `top` to here is this place.
fn report(ui: &Ui, place: Place, top: f32) {
    let rect = Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=ui.cursor().top());
    focus::report(ui.ctx(), place, rect);
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

pub(in crate::window) use places::{only_source, summary as places_summary};

/// What the token at a position is called, and the line below, for lists elsewhere.
pub(in crate::window) fn token_words(model: &Model, at: usize) -> Option<(String, String)> {
    let label = TokenLabel::of(model, at)?;
    Some((label.title, label.note))
}
