//! What one key is: its numbers, where it came from, the tokens that it fits, what is wrong with it.

use egui::{
    Align, Frame, Label, Layout, Margin, RichText, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder,
    WidgetInfo, vec2,
};

use crate::inspection::Fit;

use crate::jose::registry::{Place as Registered, look_up};
use crate::jose::visible::visible;
use crate::keys::{self, CertificateFacts, Facts, Key, Secret, common_name};
use crate::verify::Service;
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::copies::{CopyOf, secret_text};
use crate::window::manager::{KeyCommand, KeyFacts, audit_of, title, too_short};
use crate::window::model::Model;
use crate::window::panes::findings::{frame, note};
use crate::window::panes::focus::{self, Place};
use crate::window::panes::rail::label::shown;
use crate::window::panes::rail::token_words;
use crate::window::panes::roving::is_copied;
use crate::window::theme::{self, semibold, size, space, tokens};
use crate::window::widgets::{
    Icon, button_tag, exact, grouped, mark, paint_hidden, row_frame, section, tag, truncated,
    wrapped,
};

/// The height of what can be done with the key, in points.
const FOOT: f32 = 48.0;

/// The width of the names of facts, in points.
const NAMES: f32 = 104.0;

/// More tokens than this are counted.
const MAX_FITS: usize = 100;

/// The details.
#[derive(Debug, Default)]
pub(super) struct DetailsPane {
    /// Whether the members are told one by one.
    tells_members: bool,
    /// The finding that is told in full: of the key at the first position in the ring, the one at the second.
    opened: Option<(usize, usize)>,
}

impl DetailsPane {
    /// Shows the key that is looked at over the whole height. `is_instead`: in the place of the table.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model, is_instead: bool) -> Vec<Command> {
        let mut commands = Vec::new();
        let place = ui.available_rect_before_wrap();
        let chosen = model.manager.chosen.as_deref();
        let is_chosen = |facts: &&KeyFacts| Some(facts.id.as_str()) == chosen;
        let at = model
            .manager
            .facts
            .iter()
            .position(|facts| is_chosen(&facts));
        let facts = model.manager.facts.iter().find(is_chosen);
        let (Some(key), Some(facts), Some(at)) = (model.chosen_key(), facts, at) else {
            return commands;
        };
        let height = (ui.available_height() - FOOT).max(60.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        heading(ui, facts, is_instead, &mut commands);
        let height = height - 32.0;
        ScrollArea::vertical()
            .id_salt(("details", at))
            .max_height(height)
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                self.facts(ui, model, key, &mut commands);
                line(ui);
                fits(ui, model, facts, &mut commands);
                self.findings(ui, model, key, at, &mut commands);
                ui.add_space(space::S);
            });
        foot(ui, model, &mut commands);
        focus::report(ui.ctx(), Place::KeyDetails, place);
        commands
    }

    fn facts(&mut self, ui: &mut Ui, model: &Model, key: &Key, commands: &mut Vec<Command>) {
        let theme = tokens(ui);
        let facts = keys::facts(key);
        framed(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::XS + 2.0;
            if let Some(fault) = &facts.fault {
                let words = format!("Cannot be used: {fault}.");
                wrapped(ui, RichText::new(words).color(theme.bad));
            }
            if let Some(thumbprint) = &facts.thumbprint {
                fact(ui, "Thumbprint", |ui| {
                    exact(ui, thumbprint);
                    let copy = button_tag(ui, "Copy", "Copy the thumbprint");
                    if focus::take(ui, Place::KeyDetails) {
                        copy.request_focus();
                    }
                    if copy.clicked() {
                        let copy = CopyOf::KeyThumbprint(key.id.clone());
                        commands.push(Command::Copy(copy));
                    }
                });
            }
            if let Some(secret) = key.secret() {
                self::secret(ui, model, secret, commands);
            }
            // Of one that names its algorithm there is a finding.
            if let Some(words) = too_short(key).filter(|_| key.members.alg.is_none()) {
                fact(ui, "Length", |ui| {
                    wrapped(ui, RichText::new(words).color(theme.warn));
                });
            }
            if let Some(exponent) = &facts.exponent {
                fact(ui, "Exponent", |ui| exact(ui, exponent));
            }
            self.members(ui, key, &facts);
            of_members(ui, key, &facts);
            if let Some(certificate) = &facts.certificate {
                self::certificate(ui, model, certificate, &facts.issuers);
            }
            fact(ui, "From", |ui| {
                wrapped(ui, RichText::new(&facts.source).color(theme.text));
                let place = match facts.ordinal {
                    0 | 1 => facts.form.to_owned(),
                    ordinal => format!("{}, number {ordinal} in it", facts.form),
                };
                wrapped(ui, RichText::new(place).color(theme.dim));
            });
        });
    }

    fn findings(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        key: &Key,
        at: usize,
        commands: &mut Vec<Command>,
    ) {
        let theme = tokens(ui);
        let Some(audit) = audit_of(model, key) else {
            return;
        };
        section(ui, "Findings", Some(audit.findings.len()), |_| {});
        for (index, finding) in audit.findings.iter().enumerate() {
            let is_open = self.opened == Some((at, index));
            let builder = UiBuilder::new()
                .id_salt(("finding of the key", at, index))
                .sense(Sense::click());
            let shown = ui.scope_builder(builder, |ui| {
                frame(ui, finding, false, is_open, None);
            });
            let response = shown.response;
            response.widget_info(|| {
                let severity = finding.severity.name();
                let words = format!("{severity}: {}. {}", finding.title, finding.detail);
                WidgetInfo::selected(Role::Button, true, is_open, words)
            });
            if is_copied(&response) {
                let copy = CopyOf::KeyFinding(key.id.clone(), index);
                commands.push(Command::Copy(copy));
            }
            if response.clicked() {
                self.opened = (!is_open).then_some((at, index));
            }
            ui.add_space(space::XS + 2.0);
        }
        if let Some(assurance) = audit.assurance() {
            note(
                ui,
                RichText::new(assurance).size(size::MONO).color(theme.dim),
            );
        }
        if !audit.not_run.is_empty() {
            let list = audit.not_run.join(", ");
            let words = format!("Not run, because their input is missing: {list}");
            note(ui, RichText::new(words).size(size::SMALL).color(theme.dim));
        }
    }

    fn members(&mut self, ui: &mut Ui, key: &Key, facts: &Facts) {
        let names = &key.members.names;
        if names.is_empty() {
            return;
        }
        let theme = tokens(ui);
        let place = Registered::Key {
            kty: facts.kind.kty(),
        };
        fact(ui, "Members", |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                ui.spacing_mut().interact_size.y = 0.0;
                for name in names {
                    let meaning = look_up(place, name);
                    let label = RichText::new(shown(name)).font(theme::mono());
                    let label = ui.add(Label::new(label.color(theme.text)));
                    label.on_hover_text(format!("{}\n{}", meaning.label, meaning.text));
                }
            });
            let words = if self.tells_members {
                "Hide what they say"
            } else {
                "What they say"
            };
            if button_tag(ui, words, words).clicked() {
                self.tells_members = !self.tells_members;
            }
            if self.tells_members {
                for name in names {
                    let meaning = look_up(place, name);
                    ui.add_space(space::XXS);
                    let title = format!("{}: {}", shown(name), meaning.label);
                    wrapped(ui, RichText::new(title).size(size::MONO).color(theme.text));
                    wrapped(
                        ui,
                        RichText::new(&meaning.text)
                            .size(size::SMALL)
                            .color(theme.dim),
                    );
                }
            }
        });
    }
}

fn heading(ui: &mut Ui, facts: &KeyFacts, is_instead: bool, commands: &mut Vec<Command>) {
    let theme = tokens(ui);
    let place = vec2(ui.available_width(), 36.0);
    ui.allocate_ui_with_layout(place, Layout::right_to_left(Align::Center), |ui| {
        ui.add_space(space::M);
        if is_instead {
            let back = button_tag(ui, "Back", "Back to the keys");
            if back.on_hover_text("Back to the table (Esc)").clicked() {
                commands.push(KeyCommand::ShowDetails(false).into());
            }
        }
        if let Some(holds) = facts.holds {
            tag(ui, holds, theme.dim);
        }
        tag(ui, &facts.kind, theme.dim);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add_space(space::M);
            // As it is: a key id is not to be shown in capitals.
            let title = RichText::new(&facts.title).font(semibold(size::BODY));
            truncated(ui, title.color(theme.text));
        });
    });
}

/// A secret is shown only when that is asked for, and for a while; and painted, so that nothing else can read it.
fn secret(ui: &mut Ui, model: &Model, secret: &Secret, commands: &mut Vec<Command>) {
    let theme = tokens(ui);
    let is_shown = model.manager.secret_until.is_some();
    fact(ui, "Secret", |ui| {
        let length = match secret.bytes().len() {
            1 => "1 byte".to_owned(),
            count => format!("{} bytes", grouped(count)),
        };
        ui.label(RichText::new(length).color(theme.text));
        ui.horizontal(|ui| {
            let words = if is_shown { "Hide" } else { "Show" };
            if button_tag(ui, words, &format!("{words} the secret")).clicked() {
                commands.extend((Action::ShowSecret.entry().command)(model));
            }
            if button_tag(ui, "Copy", "Copy the secret").clicked() {
                commands.extend((Action::CopySecret.entry().command)(model));
            }
        });
        if is_shown {
            let (text, is_hex) = secret_text(secret.bytes());
            paint_hidden(ui, &text, "The secret is shown on the screen");
            if is_hex {
                ui.label(
                    RichText::new("in hexadecimal")
                        .size(size::SMALL)
                        .color(theme.dim),
                );
            }
        }
    });
}

/// A name, and what it is beside it.
fn fact(ui: &mut Ui, name: &str, value: impl FnOnce(&mut Ui)) {
    let theme = tokens(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        let (rect, _) = ui.allocate_exact_size(vec2(NAMES, 17.0), Sense::hover());
        let mut names = ui.new_child(UiBuilder::new().max_rect(rect));
        names.add(Label::new(RichText::new(name).color(theme.dim)).truncate());
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XXS;
            value(ui);
        });
    });
}

/// What members say that are not numbers of the key.
fn of_members(ui: &mut Ui, key: &Key, facts: &Facts) {
    let ops = (!facts.key_ops.is_empty()).then(|| facts.key_ops.join(", "));
    let kid = facts.kid.as_ref().filter(|kid| title(key) != **kid);
    for (name, value) in [
        ("Key id", kid),
        ("Algorithm", facts.alg.as_ref()),
        ("Use", facts.use_.as_ref()),
        ("Operations", ops.as_ref()),
        ("x5t", facts.x5t.as_ref()),
        ("x5t#S256", facts.x5t_s256.as_ref()),
    ] {
        if let Some(value) = value {
            fact(ui, name, |ui| exact(ui, &shown(value)));
        }
    }
    let color = tokens(ui).warn;
    for note in &key.members.notes {
        fact(ui, "Spelling", |ui| {
            wrapped(ui, RichText::new(visible(&note.to_string())).color(color));
        });
    }
}

fn certificate(ui: &mut Ui, model: &Model, certificate: &CertificateFacts, issuers: &[String]) {
    let theme = tokens(ui);
    let day = |at: Option<jiff::Timestamp>| {
        at.map_or_else(|| "?".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
    };
    fact(ui, "Certificate", |ui| {
        let subject = match certificate.subject.as_str() {
            "" => "(no subject)",
            subject => subject,
        };
        wrapped(ui, RichText::new(subject).color(theme.text));
        let issuer = if certificate.issuer == certificate.subject {
            "issued by itself".to_owned()
        } else {
            format!("issued by {}", common_name(&certificate.issuer))
        };
        let (from, to) = (day(certificate.not_before), day(certificate.not_after));
        let words = format!("{from} \u{2013} {to} \u{00B7} {issuer}");
        wrapped(ui, RichText::new(words).color(theme.dim));
        let outside = if certificate.not_after.is_some_and(|end| end < model.now) {
            Some("Expired")
        } else if certificate
            .not_before
            .is_some_and(|start| model.now < start)
        {
            Some("Not valid yet")
        } else {
            None
        };
        if let Some(outside) = outside {
            wrapped(ui, RichText::new(outside).color(theme.warn));
        }
        if certificate.is_ca {
            wrapped(
                ui,
                RichText::new("A certificate authority").color(theme.dim),
            );
        }
    });
    if !issuers.is_empty() {
        fact(ui, "Chain", |ui| {
            let mut words = common_name(&certificate.subject).to_owned();
            for issuer in issuers {
                words.push_str(" \u{203A} ");
                words.push_str(common_name(issuer));
            }
            wrapped(ui, RichText::new(words).color(theme.text));
        });
    }
    if !certificate.names.is_empty() {
        fact(ui, "Names", |ui| exact(ui, &certificate.names.join(", ")));
    }
    if let Some(usage) = &certificate.usage {
        fact(ui, "Key usage", |ui| exact(ui, &usage.join(", ")));
    }
    fact(ui, "Serial", |ui| exact(ui, &certificate.serial));
    fact(ui, "SHA-256", |ui| exact(ui, &certificate.sha256));
}

fn fits(ui: &mut Ui, model: &Model, facts: &KeyFacts, commands: &mut Vec<Command>) {
    let theme = tokens(ui);
    section(ui, "Fits", Some(facts.fits.len()), |_| {});
    if facts.fits.is_empty() {
        let words = if model.session.tokens.is_empty() {
            "There are no tokens in this session."
        } else {
            "It verifies and decrypts no token of this session."
        };
        framed(ui, |ui| {
            wrapped(ui, RichText::new(words).color(theme.dim));
        });
        return;
    }
    for (index, fit) in facts.fits.iter().take(MAX_FITS).enumerate() {
        if fit_row(ui, model, index, *fit) {
            commands.push(Command::OpenToken(fit.token));
        }
    }
    let more = facts.fits.len().saturating_sub(MAX_FITS);
    if more > 0 {
        framed(ui, |ui| {
            let words = format!("and {} more", grouped(more));
            wrapped(ui, RichText::new(words).color(theme.dim));
        });
    }
}

/// A token that the key fits; whether it was clicked.
fn fit_row(ui: &mut Ui, model: &Model, index: usize, fit: Fit) -> bool {
    let theme = tokens(ui);
    let Some((title, _)) = token_words(model, fit.token) else {
        return false;
    };
    let what = match fit.service {
        Service::Decrypts => "decrypted with it",
        Service::Verifies => "signature valid",
    };
    let what = match fit.layer {
        0 => what.to_owned(),
        layer => format!("{what}, in layer {}", layer.saturating_add(1)),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 46.0), Sense::click());
    row_frame(ui, rect, &response, false, None);
    response.widget_info(|| {
        let name = format!(
            "Show token {}: {title}, {what}",
            fit.token.saturating_add(1)
        );
        WidgetInfo::labeled(Role::Button, true, name)
    });
    let inner = rect.shrink2(vec2(space::M, 6.0));
    let builder = UiBuilder::new()
        .id_salt(("fit", index))
        .max_rect(inner)
        .layout(Layout::left_to_right(Align::Min));
    let mut child = ui.new_child(builder);
    child.spacing_mut().item_spacing.x = space::S;
    mark(&mut child, Icon::Check, 16.0, theme.ok);
    child.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let text = |text: &str, size, color| {
            let text = RichText::new(text).size(size).color(color);
            Label::new(text).truncate().selectable(false)
        };
        ui.add(text(&title, size::BODY, theme.text));
        ui.add(text(&what, size::MONO, theme.dim));
    });
    response.clicked()
}

/// What can be done with the key.
fn foot(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    let theme = tokens(ui);
    let place = vec2(ui.available_width(), FOOT);
    ui.allocate_ui_with_layout(place, Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(space::M);
        for (action, label) in [
            (Action::CopyJwk, "Copy as JWK"),
            (Action::ExportKey, "Export\u{2026}"),
        ] {
            let command = (action.entry().command)(model);
            if let Some(command) = command
                && ui.button(label).clicked()
            {
                commands.push(command);
            }
        }
        let remove = Action::RemoveKey.entry();
        let text = RichText::new("Remove").color(theme.bad);
        let button = egui::Button::new(text).frame_when_inactive(false);
        if ui.add(button).accessible_name("Remove the key").clicked() {
            commands.extend((remove.command)(model));
        }
    });
}

fn line(ui: &mut Ui) {
    let rect = ui.available_rect_before_wrap();
    let stroke = Stroke::new(1.0, tokens(ui).line);
    ui.painter().hline(rect.x_range(), rect.top(), stroke);
}

fn framed(ui: &mut Ui, show: impl FnOnce(&mut Ui)) {
    Frame::new()
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            show(ui);
        });
}
