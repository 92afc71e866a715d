//! The saved policies to switch between.

use egui::{RichText, ScrollArea, Ui};

use crate::jose::visible::visible;
use crate::keeping::KeptPolicy;
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::panes::focus::{self, Place};
use crate::window::policies::PolicyCommand;
use crate::window::theme::{self, size, space};
use crate::window::widgets::{Icon, grouped, section, sign, truncated, wrapped};

/// The policy that expects nothing, and each saved one, for a menu. The first may be to take the keyboard.
pub(in crate::window::panes) fn choices(
    ui: &mut Ui,
    model: &Model,
    takes_focus: bool,
) -> Option<Command> {
    let policies = &model.policies;
    let mut command = None;
    let is_none = policies.file.is_none() && !policies.has_changes();
    let none = ui.radio(is_none, "None");
    if takes_focus {
        none.request_focus();
    }
    if none.clicked() {
        command = Some(PolicyCommand::Switch(None).into());
        ui.close();
    }
    if policies.file.is_none() && !is_none {
        let words = format!("{} (not saved)", policies.title());
        // It is in force already.
        let _ = ui.radio(true, words);
    }
    for kept in &policies.saved {
        let is_on = policies.file.as_ref() == Some(&kept.file);
        let is_whole = kept.content.is_ok();
        let words = visible(&kept.name);
        let radio = egui::RadioButton::new(is_on, words);
        let radio = ui.add_enabled(is_whole && !policies.is_busy(), radio);
        let radio = match &kept.content {
            Ok(_) => radio,
            Err(why) => radio.on_disabled_hover_text(why),
        };
        if radio.clicked() {
            command = Some(PolicyCommand::Switch(Some(kept.file.clone())).into());
            ui.close();
        }
    }
    command
}

/// The same as a list, with what is wrong with damaged and foreign files.
pub(super) fn ui(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    let theme = theme::tokens(ui);
    let policies = &model.policies;
    section(ui, "Policies", Some(policies.saved.len()), |_| {});
    focus::report(ui.ctx(), Place::PolicyList, ui.max_rect());
    let area = ScrollArea::vertical()
        .id_salt("policies")
        .auto_shrink(false);
    area.show(ui, |ui| {
        let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 0));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::XS;
            let takes_focus = focus::take(ui, Place::PolicyList);
            commands.extend(choices(ui, model, takes_focus));
            if !policies.is_possible() {
                let words = "This system names no place to save policies in. Export them instead.";
                wrapped(ui, RichText::new(words).color(theme.dim));
            } else if policies.saved.is_empty() {
                let words = "None is saved yet. Say what you expect, and save it under a name.";
                wrapped(ui, RichText::new(words).size(size::MONO).color(theme.dim));
            }
            if policies.left_out > 0 {
                let words = format!(
                    "{} more files were not looked at: there are too many.",
                    grouped(policies.left_out)
                );
                wrapped(ui, RichText::new(words).size(size::MONO).color(theme.warn));
            }
            broken_files(ui, model);
            ui.add_space(space::S);
            for action in [
                Action::NewPolicy,
                Action::PolicyFromToken,
                Action::ImportPolicy,
            ] {
                let entry = action.entry();
                let command = (entry.command)(model);
                let button = egui::Button::new(entry.label).wrap();
                if ui.add_enabled(command.is_some(), button).clicked() {
                    commands.extend(command);
                }
            }
        });
    });
}

/// The choices as a menu, with what is wrong with damaged and foreign files.
pub(super) fn menu(ui: &mut Ui, model: &Model) -> Option<Command> {
    ui.set_max_width(360.0);
    let command = choices(ui, model, false);
    broken_files(ui, model);
    command
}

fn broken_files(ui: &mut Ui, model: &Model) {
    let broken = model.policies.saved.iter().filter_map(|kept| {
        let why = kept.content.as_ref().err()?;
        Some((kept, why))
    });
    for (kept, why) in broken {
        broken_file(ui, kept, why);
    }
}

/// A file that is no policy, and why.
fn broken_file(ui: &mut Ui, kept: &KeptPolicy, why: &str) {
    let theme = theme::tokens(ui);
    ui.add_space(space::XS);
    ui.horizontal(|ui| {
        sign(ui, Icon::Cross, 11.0, theme.bad);
        truncated(ui, RichText::new(visible(&kept.file)).color(theme.text));
    });
    wrapped(ui, RichText::new(why).size(size::SMALL).color(theme.dim));
}
