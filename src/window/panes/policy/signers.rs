//! The issuers that are trusted, each with the keys that are its own.

use egui::{ComboBox, RichText, ScrollArea, Ui};

use super::fields::{Fields, REMOVE};
use super::form::{self, Shown};
use crate::jose::visible::visible;
use crate::keys::Key;
use crate::window::manager::title;
use crate::window::model::Model;
use crate::window::policies::{Draft, IssuerDraft, KeyBy, KeyDraft, Member, Row};
use crate::window::theme::{self, radius, size, space};
use crate::window::widgets::{button_tag, grouped, menu_tag, truncated, wrapped};

/// So many keys are offered; others can be typed.
const MAX_OFFERED: usize = 200;

/// Shows them.
pub(super) fn ui(ui: &mut Ui, fields: &mut Fields<'_>, draft: &mut Draft, shown: &mut Shown) {
    let help = "Whose tokens count, compared character by character. None: anybody\u{2019}s. Without keys of its own, any of your keys may sign for an issuer.";
    let words = ("Issuers (iss) and their keys", help);
    fields.member(ui, Member::Issuers, words, |ui, fields| {
        let issuers = &mut draft.issuers;
        let mut removed = None;
        for (row, issuer) in issuers.iter_mut().enumerate().take(shown.issuers) {
            if self::issuer(ui, fields, row, issuer) {
                removed = Some(row);
            }
        }
        if let Some(row) = removed.filter(|row| *row < issuers.len()) {
            issuers.remove(row);
            fields.change();
        }
        form::more(ui, issuers.len(), &mut shown.issuers);
        if button_tag(ui, "Add", "Add an issuer").clicked() {
            *fields.wanted = Some(Row::new(Member::Issuers, issuers.len()).into());
            shown.issuers = shown.issuers.max(issuers.len().saturating_add(1));
            issuers.push(IssuerDraft::default());
            fields.change();
        }
    });
}

/// Whether the issuer is to be removed.
fn issuer(ui: &mut Ui, fields: &mut Fields<'_>, row: usize, issuer: &mut IssuerDraft) -> bool {
    let theme = theme::tokens(ui);
    let number = row.saturating_add(1);
    let at = Row::new(Member::Issuers, row);
    let frame = egui::Frame::new()
        .fill(theme.bg2)
        .stroke(egui::Stroke::new(1.0, theme.line))
        .corner_radius(radius::SMALL)
        .inner_margin(space::S);
    frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let mut is_removed = false;
            ui.horizontal(|ui| {
                let width = (ui.available_width() - REMOVE).max(60.0);
                let name = format!("Issuer {number}");
                let hint = ("https://accounts.example", width);
                fields.text(ui, (at.into(), &name), &mut issuer.iss, hint);
                let name = format!("Remove issuer {number}");
                is_removed = button_tag(ui, "Remove", &name).clicked();
            });
            fields.notes(ui, at.into(), &issuer.iss);
            let mut removed = None;
            for (part, key) in issuer.keys.iter_mut().enumerate() {
                if self::key(ui, fields, (at, number, part), key) {
                    removed = Some(part);
                }
            }
            if let Some(part) = removed.filter(|part| *part < issuer.keys.len()) {
                issuer.keys.remove(part);
                fields.change();
            }
            if issuer.keys.is_empty() {
                let words = "Any of your keys may sign for it.";
                wrapped(ui, RichText::new(words).size(size::MONO).color(theme.dim));
            }
            let mut added = None;
            let name = format!("Add a key of issuer {number}");
            menu_tag(ui, "Add key", &name, |ui| added = offered(ui, fields.model));
            if let Some(key) = added {
                if key.text.is_empty() {
                    *fields.wanted = Some(at.part(issuer.keys.len()));
                }
                issuer.keys.push(key);
                fields.change();
            }
            is_removed
        })
        .inner
}

/// Whether the key is to be removed.
fn key(
    ui: &mut Ui,
    fields: &mut Fields<'_>,
    (row, issuer, part): (Row, usize, usize),
    key: &mut KeyDraft,
) -> bool {
    let theme = theme::tokens(ui);
    let number = part.saturating_add(1);
    let at = row.part(part);
    let mut is_removed = false;
    ui.horizontal(|ui| {
        let before = key.by;
        let combo = ComboBox::from_id_salt(("key by", issuer, part))
            .selected_text(key.by.label())
            .width(96.0)
            .show_ui(ui, |ui| {
                for by in KeyBy::ALL {
                    ui.selectable_value(&mut key.by, by, by.label());
                }
            });
        let name = format!("What key {number} of issuer {issuer} is named by");
        combo.response.accessible_name(name);
        if key.by != before {
            fields.change();
        }
        let width = (ui.available_width() - REMOVE).max(60.0);
        let name = format!("Key {number} of issuer {issuer}");
        let hint = match key.by {
            KeyBy::Kid => "idp-2026-09",
            KeyBy::Thumbprint => "RFC 7638 or x5t#S256",
            KeyBy::Source => "issuer.jwks.json",
        };
        fields.text(ui, (at, &name), &mut key.text, (hint, width));
        let name = format!("Remove key {number} of issuer {issuer}");
        is_removed = button_tag(ui, "Remove", &name).clicked();
    });
    fields.notes(ui, at, &key.text);
    if !key.text.is_empty() {
        let (words, is_found) = named(fields.model, key);
        let color = if is_found { theme.dim } else { theme.warn };
        wrapped(ui, RichText::new(words).size(size::MONO).color(color));
    }
    is_removed
}

/// The loaded keys that are named, in words, and whether there is one.
fn named(model: &Model, key: &KeyDraft) -> (String, bool) {
    let choice = key.by.choice(&key.text);
    let mut keys = model
        .session
        .keys
        .keys()
        .iter()
        .filter(|key| choice.names(key));
    let Some(first) = keys.next() else {
        let words = "No loaded key is named so: its signatures cannot be checked.";
        return (words.to_owned(), false);
    };
    let words = match keys.count() {
        0 => format!("Names {}, {}", visible(&title(first)), first.kind),
        more => format!(
            "Names {} loaded keys, such as {}",
            grouped(more.saturating_add(1)),
            visible(&title(first))
        ),
    };
    (words, true)
}

/// The loaded keys, by what they can be named; the one that was chosen. An empty one is to be typed.
fn offered(ui: &mut Ui, model: &Model) -> Option<KeyDraft> {
    let theme = theme::tokens(ui);
    let mut chosen = None;
    ui.set_min_width(260.0);
    ui.set_max_width(420.0);
    let mut take = |ui: &mut Ui, by: KeyBy, text: &str, words: String| {
        if ui.add(egui::Button::new(words).truncate()).clicked() {
            chosen = Some(KeyDraft {
                by,
                text: text.to_owned(),
            });
            ui.close();
        }
    };
    take(ui, KeyBy::Kid, "", "Type it\u{2026}".to_owned());
    let keys = model.session.keys.keys();
    let area = ScrollArea::vertical().max_height(320.0);
    area.show(ui, |ui| {
        if keys.is_empty() {
            let words = "No key is loaded.";
            ui.label(RichText::new(words).color(theme.dim));
        }
        for key in keys.iter().take(MAX_OFFERED) {
            ui.separator();
            let heading = format!("{}, {}", visible(&title(key)), key.kind);
            truncated(
                ui,
                RichText::new(heading).size(size::SMALL).color(theme.dim),
            );
            for (by, text) in ways(key) {
                let words = format!("{} {}", by.label(), visible(&text));
                take(ui, by, &text, words);
            }
        }
        let left = keys.len().saturating_sub(MAX_OFFERED);
        if left > 0 {
            let words = format!("{} more can be typed", grouped(left));
            ui.label(RichText::new(words).size(size::SMALL).color(theme.dim));
        }
    });
    chosen
}

/// What a key can be named by.
fn ways(key: &Key) -> Vec<(KeyBy, String)> {
    let id = key.members.kid.clone().unwrap_or_else(|| key.id.clone());
    let mut ways = vec![(KeyBy::Kid, id)];
    let thumbprint = key.thumbprint.clone();
    ways.extend(thumbprint.map(|thumbprint| (KeyBy::Thumbprint, thumbprint)));
    ways.push((KeyBy::Source, key.source.clone()));
    ways
}
