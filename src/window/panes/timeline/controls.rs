//! What can be set about the clock, in the timeline's header.

use egui::{Key, Modifiers, Popup, PopupCloseBehavior, Response, Ui};

use super::super::focus::{self, Place};
use super::super::menu::Entries;
use super::TimelinePane;
use super::words::leeway_words;
use crate::judge::Judgement;
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::dialogs::DialogKind;
use crate::window::model::{Clock, Model, Zone};
use crate::window::theme::space;
use crate::window::widgets::{Segment, button_tag, menu_tag, segmented};

/// What can be chosen as leeway, in seconds.
const LEEWAYS: [u32; 7] = [0, 5, 30, 60, 120, 300, 600];

/// In less width than this, in points, what is needed less often is in a menu.
const ROOMY: f32 = 640.0;

/// The width of what asks for a time, in points.
const ENTRY: f32 = 380.0;

/// What the menu of the axis offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Copy,
    Live,
    Set,
}

/// Shows the lines of the menu of the axis.
pub(super) fn choice(entries: &mut Entries<'_>, is_live: bool) -> Option<Choice> {
    let set = entries.add("Set clock\u{2026}", "", true);
    let live = entries.add("Live: judge as of now", "", !is_live);
    let copy = entries.add("Copy the times in words", "", true);
    match (set, live, copy) {
        (true, ..) => Some(Choice::Set),
        (_, true, _) => Some(Choice::Live),
        (.., true) => Some(Choice::Copy),
        _ => None,
    }
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
            let copy = button_tag(ui, "Copy", "Copy the times in words");
            if copy.on_hover_text("Copy the times in words").clicked() {
                commands.push(Command::Copy(CopyOf::Times));
            }
            set
        } else {
            zones(ui, model, commands);
            menu_tag(ui, "More", "More of the timeline", |ui| {
                let is_live = model.clock == Clock::Live;
                if let Some(choice) = choice(&mut Entries::new(ui), is_live) {
                    self.choose(choice, commands);
                    ui.close();
                }
                ui.separator();
                ui.label("Leeway");
                leeways(ui, leeway, commands);
            })
        };
        commands.extend(self.typed_ui(&button, model));
        button
    }

    /// Does what was chosen in a menu.
    pub(super) fn choose(&mut self, choice: Choice, commands: &mut Vec<Command>) {
        match choice {
            Choice::Copy => commands.push(Command::Copy(CopyOf::Times)),
            Choice::Live => commands.push(Command::LiveClock),
            Choice::Set => self.type_clock(),
        }
    }

    /// Asks for a time.
    pub(super) fn type_clock(&mut self) {
        self.typed.get_or_insert_default().take_focus();
    }

    fn typed_ui(&mut self, button: &Response, model: &Model) -> Option<Command> {
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
                        field.ui(ui, model)
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
    let named = match model.zone {
        Zone::Named(name) => Some(name),
        Zone::Local | Zone::Utc => None,
    };
    let label = named.as_ref().map_or("Zone\u{2026}", |name| name.as_str());
    let name = format!("Time zone: {}\u{2026}", model.zone.name());
    if button_tag(ui, label, &name).clicked() {
        commands.push(Command::ShowDialog(DialogKind::Zone));
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
