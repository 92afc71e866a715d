//! The bar at the top: bring tokens and keys in, the clock, the kind, the policy, the theme.

mod clock;
mod kind;
mod policy;

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{
    Align, Atom, Button, Layout, Popup, PopupCloseBehavior, Rect, Response, RichText, ScrollArea,
    Sense, Stroke, ThemePreference, Ui, Vec2, vec2,
};

use crate::window::actions::{Action, Entry, Group};
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::panes::focus::{self, Place};
use crate::window::theme::{self, semibold, size, space};
use crate::window::widgets::{Icon, paint_icon};

/// Below this width (in points) shortcuts are left out, and the policy is short.
const MEDIUM: f32 = 1200.0;

/// Below this width the name is left out.
const NAMED: f32 = 900.0;

/// Below this width the report is in the menu only.
const REPORTED: f32 = 920.0;

/// Below this width the words of the right side are left out.
const NARROW: f32 = 820.0;

/// Below this width opening and adding share one menu.
const TIGHT: f32 = 560.0;

/// A menu leaves this much of the window's height free, in points.
const MENU_MARGIN: f32 = 96.0;

/// The ways to bring tokens in.
const OPEN: &[Action] = &[Action::Open, Action::OpenByPath];

/// The ways to bring keys in.
const ADD: &[Action] = &[Action::AddKey, Action::AddKeyByPath, Action::AddSecret];

/// The toolbar.
#[derive(Debug, Default)]
pub struct ToolbarPane {
    clock: clock::ClockMenu,
    kind: kind::KindMenu,
    /// The width of the right side in the last frame: it is laid out from left to right, as the keyboard goes.
    right: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Room {
    Tight,
    Narrow,
    Medium,
    Wide,
}

impl ToolbarPane {
    /// Shows it in one row.
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let room = match ui.ctx().content_rect().width() {
            width if width < TIGHT => Room::Tight,
            width if width < NARROW => Room::Narrow,
            width if width < MEDIUM => Room::Medium,
            _ => Room::Wide,
        };
        let mut commands = Vec::new();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().interact_size.y = 28.0;
            logo(ui);
            if ui.ctx().content_rect().width() >= NAMED {
                ui.label(RichText::new("Tokenloupe").font(semibold(size::BODY)));
                ui.add_space(space::S);
            }
            commands.extend(paste(ui, model, room));
            if room == Room::Tight {
                let all = [OPEN, ADD].concat();
                let button = Button::new((Action::Open.entry().label, arrow()));
                let (_, menu) = MenuButton::from_button(button).ui(ui, |ui| items(ui, model, &all));
                commands.extend(menu.and_then(|menu| menu.inner));
            } else {
                commands.extend(split(ui, model, room, OPEN));
                commands.extend(split(ui, model, room, ADD));
            }
            if ui.ctx().content_rect().width() >= REPORTED {
                commands.extend(report(ui, model));
            }
            let space = ui.available_width() - self.right;
            ui.add_space(space.max(0.0));
            // The kind takes what all others leave of the row.
            let for_kind = space + self.kind.width();
            let right = ui.horizontal(|ui| {
                commands.extend(self.clock.ui(ui, model, room));
                commands.extend(self.kind.ui(ui, model, room, for_kind));
                commands.extend(policy::ui(ui, model, room));
                commands.extend(theme_menu(ui, model));
                commands.extend(main_menu(ui, model));
            });
            let width = right.response.rect.width();
            if (width - self.right).abs() > 0.5 {
                self.right = width;
                ui.ctx()
                    .request_discard("the toolbar's right side has a new width");
            }
        });
        commands
    }
}

/// The loupe.
fn logo(ui: &mut Ui) {
    let color = theme::tokens(ui).accent;
    let (rect, _) = ui.allocate_exact_size(vec2(22.0, 22.0), Sense::hover());
    let stroke = Stroke::new(2.5, color);
    let center = rect.min + vec2(10.0, 10.0);
    ui.painter().circle_stroke(center, 7.5, stroke);
    let handle = [center + vec2(5.6, 5.6), center + vec2(10.0, 10.0)];
    ui.painter().line_segment(handle, stroke);
}

fn paste(ui: &mut Ui, model: &Model, room: Room) -> Option<Command> {
    let tokens = theme::tokens(ui);
    let entry = Action::Paste.entry();
    let label = RichText::new(entry.label)
        .font(semibold(size::BODY))
        .color(tokens.on_accent);
    let button = Button::new(label).fill(tokens.accent);
    let button = with_shortcut(ui, button, &entry, room, tokens.on_accent);
    named(ui.add(button), entry.label)
        .clicked()
        .then(|| (entry.command)(model))
        .flatten()
}

/// The button with its action's shortcut, where there is room for it.
fn with_shortcut<'a>(
    ui: &Ui,
    button: Button<'a>,
    entry: &Entry,
    room: Room,
    color: egui::Color32,
) -> Button<'a> {
    match entry.shortcut.filter(|_| room == Room::Wide) {
        Some(shortcut) => {
            let shortcut = ui.ctx().format_shortcut(&shortcut);
            button.right_text(RichText::new(shortcut).size(size::SMALL).color(color))
        }
        None => button,
    }
}

/// A button for the first action, and a menu beside it with all of them.
fn split(ui: &mut Ui, model: &Model, room: Room, actions: &[Action]) -> Option<Command> {
    let tokens = theme::tokens(ui);
    let entry = actions.first()?.entry();
    let mut command = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 1.0;
        let button = Button::new(entry.label);
        let button = with_shortcut(ui, button, &entry, room, tokens.faint);
        if named(ui.add(button), entry.label).clicked() {
            command = (entry.command)(model);
        }
        let more = Button::new(arrow()).min_size(vec2(18.0, 0.0));
        let (response, menu) = MenuButton::from_button(more).ui(ui, |ui| items(ui, model, actions));
        named(
            response,
            &format!("More ways: {}", entry.label.trim_end_matches('\u{2026}')),
        );
        command = command.take().or(menu.and_then(|menu| menu.inner));
    });
    command
}

/// What is done with what is open, rather than brings more in.
fn report(ui: &mut Ui, model: &Model) -> Option<Command> {
    let entry = Action::Report.entry();
    let possible = (entry.command)(model);
    let label = RichText::new(entry.label).color(theme::tokens(ui).dim);
    let button = Button::new(label).frame_when_inactive(false);
    let response = ui.add_enabled(possible.is_some(), button);
    named(response, entry.label)
        .clicked()
        .then_some(possible)
        .flatten()
}

/// Every action, by group.
fn main_menu(ui: &mut Ui, model: &Model) -> Option<Command> {
    let lines = Atom::paint(Vec2::splat(14.0), |ui, args| {
        for y in [-4.0, 0.0, 4.0] {
            let at = args.rect.center() + vec2(0.0, y);
            let range = at.x - 6.0..=at.x + 6.0;
            let stroke = Stroke::new(1.5, args.fallback_text_color);
            ui.painter().hline(range, at.y, stroke);
        }
    });
    let button = Button::new(lines).frame_when_inactive(false);
    let (response, menu) = MenuButton::from_button(button).ui(ui, |ui| {
        let mut command = None;
        for group in Group::ALL {
            let actions: Vec<Action> = Action::of(group).collect();
            ui.menu_button(group.label(), |ui| {
                // Of a long one the end must be reached in a low window too.
                let height = ui.ctx().content_rect().height() - MENU_MARGIN;
                let area = ScrollArea::vertical().max_height(height.max(MENU_MARGIN));
                let items = area.show(ui, |ui| items(ui, model, &actions));
                command = command.take().or(items.inner);
            });
        }
        command
    });
    named(response, "Menu").on_hover_text("Menu");
    menu.and_then(|menu| menu.inner)
}

/// Whether a command asked for this menu, which is then opened.
fn opened_by_command(ui: &Ui, button: &Response, place: Place) -> bool {
    let is_asked = focus::take(ui.ctx(), place);
    if is_asked {
        Popup::open_id(ui.ctx(), Popup::default_response_id(button));
        ui.ctx().request_repaint();
    }
    is_asked
}

/// Lines of a menu.
fn items(ui: &mut Ui, model: &Model, actions: &[Action]) -> Option<Command> {
    let mut command = None;
    for action in actions {
        let entry = action.entry();
        let possible = (entry.command)(model);
        let mut button = Button::new(entry.label);
        if let Some(shortcut) = entry.shortcut {
            button = button.shortcut_text(ui.ctx().format_shortcut(&shortcut));
        }
        let response = ui.add_enabled(possible.is_some(), button);
        if named(response, entry.label).clicked() {
            command = possible;
            ui.close();
        }
    }
    command
}

fn theme_menu(ui: &mut Ui, model: &Model) -> Option<Command> {
    let half = Atom::paint(Vec2::splat(14.0), |ui, args| {
        let (center, radius) = (args.rect.center(), 5.5);
        let color = args.fallback_text_color;
        ui.painter()
            .circle_stroke(center, radius, Stroke::new(1.5, color));
        let left = Rect::from_center_size(center, Vec2::splat(2.0 * radius));
        let left = left.with_max_x(center.x);
        ui.painter()
            .with_clip_rect(left)
            .circle_filled(center, radius, color);
    });
    let mut command = None;
    let button = Button::new(half).frame_when_inactive(false);
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        for (theme, label) in [
            (ThemePreference::Dark, "Dark"),
            (ThemePreference::Light, "Light"),
            (ThemePreference::System, "As the system"),
        ] {
            if ui.selectable_label(model.theme == theme, label).clicked() {
                command = Some(Command::SetTheme(theme));
                ui.close();
            }
        }
    });
    named(response, "Theme").on_hover_text("Theme");
    command
}

/// A menu that stays open while it is used, with fields and buttons as they look elsewhere.
fn form_menu(button: Button<'_>) -> MenuButton<'_> {
    let form = MenuConfig::new()
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .style(|style: &mut egui::Style| style.spacing.interact_size.y = 24.0);
    MenuButton::from_button(button).config(form)
}

/// The content of a form menu.
fn form<R>(ui: &mut Ui, width: f32, show: impl FnOnce(&mut Ui) -> R) -> R {
    egui::Frame::new()
        .inner_margin(space::S)
        .show(ui, |ui| {
            ui.set_width(width.min(ui.ctx().content_rect().width() - 64.0));
            ui.with_layout(Layout::top_down(Align::Min), show).inner
        })
        .inner
}

/// The sign of a menu.
fn arrow() -> Atom<'static> {
    Atom::paint(Vec2::splat(8.0), |ui, args| {
        paint_icon(
            ui.painter(),
            args.rect,
            Icon::Chevron,
            args.fallback_text_color,
        );
    })
}

/// The name that screen readers say, without the shortcut.
fn named(response: Response, name: &str) -> Response {
    response.accessible_name(name)
}
