//! What header and claims have in common: one decoded part as table, JSON or hex.

mod meaning;
mod table;
mod tree;

use std::ops::Range;

use egui::{Color32, RichText, Ui};

use super::bytes::{ByteStyle, ByteView, Picked, Source};
use super::links;
use crate::inspection::Inspection;
use crate::jose::json::{Document, Json, Value};
use crate::jose::visible::visible;
use crate::jose::{FaultKind, Part};
use crate::judge::Judgement;
use crate::judge::words::capitalised;
use crate::window::commands::Command;
use crate::window::model::{Model, Selection};
use crate::window::theme::{Tokens, space, tokens};
use crate::window::widgets::{Segment, segmented};
use table::Table;
use tree::{Duplicates, Opened};

/// How a part is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// Its bytes.
    Hex,
    /// The exact text.
    Json,
    /// Names, values, meanings.
    #[default]
    Table,
}

/// The view state of one decoded part.
#[derive(Debug, Clone, Default)]
pub(super) struct MemberView {
    form: Form,
    opened: Opened,
    text: ByteView,
    hex: ByteView,
    colors: Vec<(Range<usize>, Kind)>,
    duplicates: Duplicates,
    /// The token that all of this is of.
    identity: String,
    /// The selection when it was last looked at.
    seen: Option<Selection>,
}

/// The kinds of JSON text that are told apart by colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Other,
    Text,
}

/// The token on screen, and the part to show.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) model: &'a Model,
    pub(super) inspection: &'a Inspection,
    pub(super) judgement: &'a Judgement,
    pub(super) part: &'a Part,
}

impl MemberView {
    /// The choice between table, JSON and hex. `title` tells the controls of two panes apart for screen readers.
    pub(super) fn tabs(&mut self, ui: &mut Ui, title: &str) {
        let name = |form: &str| format!("{title} as {form}");
        let (table, json, hex) = (name("Table"), name("JSON"), name("Hex"));
        let segments = [
            Segment {
                value: Form::Table,
                label: "Table",
                name: &table,
            },
            Segment {
                value: Form::Json,
                label: "JSON",
                name: &json,
            },
            Segment {
                value: Form::Hex,
                label: "Hex",
                name: &hex,
            },
        ];
        segmented(ui, &mut self.form, &segments);
    }

    /// Shows the part in the place that is there.
    pub(super) fn show(&mut self, ui: &mut Ui, shown: Shown<'_>) -> Vec<Command> {
        let part = shown.part;
        if self.identity != shown.inspection.sha256 {
            self.identity.clone_from(&shown.inspection.sha256);
            self.opened = Opened::default();
            let faults = part.json.as_ref().map(|document| &document.faults[..]);
            self.duplicates = Duplicates::new(faults.unwrap_or_default());
            self.colors = part
                .json
                .as_ref()
                .and_then(|json| json.root.as_ref())
                .map(colors)
                .unwrap_or_default();
        }
        let mut commands = Vec::new();
        if let Some(document) = &part.json {
            commands.extend(fault_banner(ui, shown, document));
        }
        match (
            self.form,
            part.json
                .as_ref()
                .and_then(|document| document.root.as_ref()),
        ) {
            _ if part.bytes().is_empty() => empty(ui),
            (Form::Hex, _) => commands.extend(self.bytes(ui, shown, ByteStyle::Hex)),
            (Form::Json, _) => commands.extend(self.bytes(ui, shown, ByteStyle::Lines)),
            (Form::Table, Some(root)) => {
                let table = Table {
                    model: shown.model,
                    inspection: shown.inspection,
                    judgement: shown.judgement,
                    part,
                    root,
                    duplicates: &self.duplicates,
                };
                let is_new = self.seen != shown.model.selection;
                commands.extend(table.show(ui, &mut self.opened, is_new));
            }
            (Form::Table, None) => {
                opaque(ui, part);
                commands.extend(self.bytes(ui, shown, ByteStyle::Hex));
            }
        }
        self.seen.clone_from(&shown.model.selection);
        commands
    }

    fn bytes(&mut self, ui: &mut Ui, shown: Shown<'_>, style: ByteStyle) -> Option<Command> {
        let theme = tokens(ui);
        let part = shown.part;
        let colors = &self.colors;
        let faults: Vec<_> = part
            .json
            .iter()
            .flat_map(|document| &document.faults)
            .map(|fault| {
                (
                    fault.range.clone(),
                    capitalised(&visible(&fault.kind.to_string())),
                )
            })
            .collect();
        let selected = shown.model.selection.as_ref();
        let (view, form) = match style {
            ByteStyle::Hex => (&mut self.hex, "hex"),
            _ => (&mut self.text, "text"),
        };
        let name = format!("{} as {form}", capitalised(part.role.label()));
        let outcome = view.show(
            ui,
            &Source {
                name: &name,
                description: &format!("{} bytes", part.bytes().len()),
                identity: &shown.inspection.sha256,
                bytes: part.bytes(),
                style,
                color: &|at| color(theme, colors, part, at),
                group: &|at| links::group(part, at),
                selection: selected.and_then(|selection| links::bytes_of(part, selection)),
                faults: &faults,
            },
        );
        Some(Command::Select(match outcome.picked? {
            Picked::Bytes(bytes) => Some(links::select(part, bytes)),
            Picked::Nothing => None,
        }))
    }
}

fn color(theme: &Tokens, colors: &[(Range<usize>, Kind)], part: &Part, at: usize) -> Color32 {
    let index = colors.partition_point(|(range, _)| range.start <= at);
    let run = index.checked_sub(1).and_then(|index| colors.get(index));
    match run
        .filter(|(range, _)| at < range.end)
        .map(|(_, kind)| kind)
    {
        Some(Kind::Name) => theme.part(part.role),
        Some(Kind::Other) => theme.accent,
        Some(Kind::Text) => theme.text,
        None if part.json.is_none() => theme.part(part.role),
        None => theme.dim,
    }
}

/// Names and scalar values with their bytes, in text order.
fn colors(root: &Json) -> Vec<(Range<usize>, Kind)> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(json) = open.pop() {
        match &json.value {
            Value::Array(elements) => open.extend(elements),
            Value::Object(members) => {
                for member in members {
                    found.push((member.name_range.clone(), Kind::Name));
                    open.push(&member.value);
                }
            }
            Value::String(_) => found.push((json.range.clone(), Kind::Text)),
            _ => found.push((json.range.clone(), Kind::Other)),
        }
    }
    found.sort_unstable_by_key(|(range, _)| range.start);
    found
}

/// Says where JSON breaks, above what could be read.
fn fault_banner(ui: &mut Ui, shown: Shown<'_>, document: &Document) -> Option<Command> {
    let fault = document.faults.iter().find(|fault| fault.kind.is_fatal())?;
    let theme = tokens(ui);
    let text = format!(
        "Not clean JSON at byte {}: {}. {}",
        fault.range.start,
        visible(&fault.kind.to_string()),
        if document.root.is_some() {
            "What could be read is shown."
        } else {
            "Nothing before it could be read."
        }
    );
    let response = egui::Frame::new()
        .fill(theme.tint(theme.bad))
        .inner_margin(egui::Margin::symmetric(space::M as i8, space::XS as i8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let label = egui::Label::new(RichText::new(text).color(theme.bad))
                .wrap()
                .sense(egui::Sense::click());
            ui.add(label)
        })
        .inner;
    let place = shown.inspection.token.faults.iter().find(|other| {
        other.part == shown.part.role
            && matches!(&other.kind, FaultKind::Json(kind) if *kind == fault.kind)
    });
    let range = place
        .map(|fault| fault.range.clone())
        .filter(|range| !range.is_empty());
    response.clicked().then(|| {
        Command::Select(range.map(|range| Selection {
            part: shown.part.role,
            range,
        }))
    })
}

/// A part without a single byte.
fn empty(ui: &mut Ui) {
    message(ui, "Empty", "This part has no bytes.");
}

/// A payload that is no JSON.
fn opaque(ui: &mut Ui, part: &Part) {
    let bytes = part.bytes().len();
    let what = if part.utf8().is_some() {
        "text"
    } else {
        "bytes"
    };
    message(
        ui,
        &format!("Not JSON: {bytes} bytes"),
        &format!(
            "A signed message may hold any {what}. There are no claims to show; the bytes are below."
        ),
    );
}

/// Words where there is nothing else to show.
pub(super) fn message(ui: &mut Ui, title: &str, text: &str) {
    let theme = tokens(ui);
    egui::Frame::new()
        .inner_margin(egui::Margin::symmetric(space::M as i8, space::S as i8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::XS;
            crate::window::widgets::wrapped(ui, RichText::new(title).color(theme.text));
            crate::window::widgets::wrapped(ui, RichText::new(text).color(theme.dim));
        });
}
