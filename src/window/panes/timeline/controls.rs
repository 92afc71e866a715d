//! What can be set about the clock, in the timeline's header.

use egui::{Key, Modifiers, Popup, PopupCloseBehavior, Response, Ui};

use super::super::focus::{self, Place};
use super::super::menu::Entries;
use super::super::rail::label::title_of;
use super::TimelinePane;
use super::words::leeway_words;
use crate::judge::Judgement;
use crate::window::beside::Beside;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Clock, Model, Zone};
use crate::window::theme::space;
use crate::window::widgets::{Segment, button_tag, menu_tag, segmented};

/// What can be chosen as leeway, in seconds.
const LEEWAYS: [u32; 7] = [0, 5, 30, 60, 120, 300, 600];

/// In less width than this, in points, what is needed less often is in a menu.
const ROOMY: f32 = 640.0;

/// The menu with everything that has no button.
const MORE: &str = "More of the timeline";

/// So many tokens near the one on screen can be chosen in the menu.
const NEIGHBOURS: usize = 8;

/// The width of what asks for a time, in points.
const ENTRY: f32 = 320.0;

/// What the menu of the axis offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    Beside(Beside),
    Copy,
    Fit,
    Live,
    Set,
    ZoomIn,
    ZoomOut,
}

/// Shows the lines of the menu of the axis.
pub(super) fn choice(entries: &mut Entries<'_>, model: &Model, is_fit: bool) -> Option<Choice> {
    let mut chosen = None;
    let mut entry = |label: &str, keys: &str, is_enabled: bool, choice: Choice| {
        if entries.add(label, keys, is_enabled) {
            chosen = Some(choice);
        }
    };
    let is_frozen = model.clock != Clock::Live;
    entry("Set clock\u{2026}", "Enter", true, Choice::Set);
    entry("Live: judge as of now", "Escape", is_frozen, Choice::Live);
    entry("Copy the times in words", "", true, Choice::Copy);
    entries.line();
    let mut entry = |label: &str, keys: &str, is_enabled: bool, choice: Choice| {
        if entries.add(label, keys, is_enabled) {
            chosen = Some(choice);
        }
    };
    entry("Zoom in", "+", true, Choice::ZoomIn);
    entry("Zoom out", "\u{2212}", true, Choice::ZoomOut);
    entry("Fit all times", "0", !is_fit, Choice::Fit);
    chosen.or_else(|| beside(entries, model))
}

/// The lines that choose what is shown beside the token on screen; none where there is no other.
fn beside(entries: &mut Entries<'_>, model: &Model) -> Option<Choice> {
    let count = model.session.tokens.len();
    let current = model.current.filter(|_| count > 1)?;
    entries.line();
    let mut chosen = None;
    if entries.add("Show all of its request", "", true) {
        chosen = Some(Beside::Request);
    }
    if entries.add("Show it alone", "", !model.beside.is_empty()) {
        chosen = Some(Beside::Nothing);
    }
    // Those near it: of many, others are chosen in the list and in the table.
    let first = current.saturating_sub(NEIGHBOURS / 2);
    let near = (first..count).filter(|at| *at != current);
    for at in near.take(NEIGHBOURS) {
        let Some(inspection) = model.session.tokens.get(at) else {
            continue;
        };
        let number = at.saturating_add(1);
        let label = format!(
            "Beside: {number} {}",
            title_of(inspection, model.judgements.get(at))
        );
        if entries.check(&label, model.is_beside(at)) {
            chosen = Some(model.beside_with(at));
        }
    }
    chosen.map(Choice::Beside)
}

impl TimelinePane {
    /// Yields the button by which a clock can be typed.
    pub(super) fn controls(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        judgement: &Judgement,
        commands: &mut Vec<Command>,
    ) -> Response {
        let is_roomy = ui.available_width() >= ROOMY;
        let leeway = judgement.times.leeway_seconds;
        if model.clock != Clock::Live
            && button_tag(ui, "Live", "Live: judge as of now again").clicked()
        {
            commands.push(Command::LiveClock);
        }
        let button = if is_roomy {
            let set = button_tag(ui, "Set clock\u{2026}", "Set clock\u{2026}");
            if set.clicked() {
                self.type_clock();
            }
            let label = format!("leeway {}", leeway_words(leeway));
            let name = format!("Leeway: {}", leeway_words(leeway));
            menu_tag(ui, &label, &name, |ui| leeways(ui, leeway, commands));
            zones(ui, model, commands);
            self.fit_button(ui);
            let copy = button_tag(ui, "Copy", "Copy the times in words");
            if copy.on_hover_text("Copy the times in words").clicked() {
                commands.push(Command::Copy(CopyOf::Times));
            }
            let more = button_tag(ui, "\u{2026}", MORE);
            Popup::menu(&more).show(|ui| self.more(ui, model, commands));
            set
        } else {
            zones(ui, model, commands);
            self.fit_button(ui);
            menu_tag(ui, "More", MORE, |ui| {
                self.more(ui, model, commands);
                ui.separator();
                ui.label("Leeway");
                leeways(ui, leeway, commands);
            })
        };
        commands.extend(self.typed_ui(&button));
        button
    }

    fn fit_button(&mut self, ui: &mut Ui) {
        let is_zoomed = !self.view.is_fit();
        ui.add_enabled_ui(is_zoomed, |ui| {
            let fit = button_tag(ui, "Fit", "Fit all times");
            if fit.on_hover_text("Show all times again (0)").clicked() {
                self.view.fit();
            }
        });
    }

    fn more(&mut self, ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
        let is_fit = self.view.is_fit();
        if let Some(choice) = choice(&mut Entries::new(ui), model, is_fit) {
            self.choose(choice, commands);
            ui.close();
        }
    }

    /// Does what was chosen in a menu.
    pub(super) fn choose(&mut self, choice: Choice, commands: &mut Vec<Command>) {
        match choice {
            Choice::Beside(beside) => commands.push(Command::ShowBeside(beside)),
            Choice::Copy => commands.push(Command::Copy(CopyOf::Times)),
            Choice::Fit => self.view.fit(),
            Choice::Live => commands.push(Command::LiveClock),
            Choice::Set => self.type_clock(),
            Choice::ZoomIn => self.zoom_wanted = Some(true),
            Choice::ZoomOut => self.zoom_wanted = Some(false),
        }
    }

    /// Asks for a time.
    pub(super) fn type_clock(&mut self) {
        self.typed.get_or_insert_default().take_focus();
    }

    fn typed_ui(&mut self, button: &Response) -> Option<Command> {
        let field = self.typed.as_mut()?;
        let mut is_open = true;
        let popup = Popup::from_response(button)
            .id(button.id.with("typed clock"))
            .open_bool(&mut is_open)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .accessible_name("Set clock")
            .show(|ui| {
                egui::Frame::new()
                    .inner_margin(space::S)
                    .show(ui, |ui| {
                        let room = ui.ctx().content_rect().width() - 64.0;
                        ui.set_width(ENTRY.min(room));
                        field.ui(ui)
                    })
                    .inner
            });
        let entered = popup.and_then(|popup| popup.inner);
        if entered.is_some() || !is_open {
            self.typed = None;
            // The key that ended it means nothing else to the axis, which is next.
            button.ctx.input_mut(|input| {
                input.consume_key(Modifiers::NONE, Key::Enter);
                input.consume_key(Modifiers::NONE, Key::Escape);
            });
            focus::ask(&button.ctx, Place::Timeline);
        }
        entered.map(Command::FreezeClock)
    }
}

fn zones(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    let mut zone = model.zone;
    let segments = [
        Segment {
            value: Zone::Local,
            label: "Local",
            name: "Local time",
        },
        Segment {
            value: Zone::Utc,
            label: "UTC",
            name: "UTC",
        },
    ];
    if segmented(ui, &mut zone, &segments) {
        commands.push(Command::SetZone(zone));
    }
}

fn leeways(ui: &mut Ui, leeway: u32, commands: &mut Vec<Command>) {
    for choice in LEEWAYS {
        if ui.radio(choice == leeway, leeway_words(choice)).clicked() {
            commands.push(Command::SetLeeway(choice));
            ui.close();
        }
    }
    // Set in the policy, perhaps.
    if !LEEWAYS.contains(&leeway) {
        let _ = ui.radio(true, leeway_words(leeway));
    }
}
