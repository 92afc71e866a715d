//! What header and claims have in common: one decoded part as table, JSON or hex.

mod cells;
mod clicks;
mod filter;
mod heights;
mod keys;
mod meaning;
mod menu;
mod notes;
mod scroll;
mod table;
pub(in crate::window) mod told;
mod tree;
mod whole;

use std::ops::Range;

use egui::{Color32, Popup, RichText, Ui};
use serde::{Deserialize, Serialize};

use super::bytes::{ByteStyle, ByteView, Picked, Source};
use super::focus::{self, Place};
use super::{hover, links};
use crate::inspection::Inspection;
use crate::jose::json::{Document, Json, Value};
use crate::jose::visible::visible;
use crate::jose::{FaultKind, Part};
use crate::judge::Judgement;
use crate::judge::words::{capitalised, counted};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Model, Selection};
use crate::window::theme::{Tokens, space, tokens};
use crate::window::widgets::{Segment, button_tag, segmented};
use scroll::TableView;
use table::Table;
use tree::Duplicates;

/// An object of more members than this has a field to look for some.
const MANY: usize = 12;

/// The width of that field in points, and the least width of a card that has room for it.
const FIELD: f32 = 96.0;
const BESIDE_FIELD: f32 = 440.0;

/// How a decoded part is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberForm {
    /// Its bytes.
    Hex,
    /// The exact text.
    Json,
    /// Names, values, meanings.
    #[default]
    Table,
}

impl MemberForm {
    /// The form after this one, round at the end.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Hex => Self::Table,
            Self::Json => Self::Hex,
            Self::Table => Self::Json,
        }
    }
}

/// The view state of one decoded part.
#[derive(Debug, Clone, Default)]
pub(super) struct MemberView {
    pub(super) form: MemberForm,
    table: TableView,
    text: ByteView,
    hex: ByteView,
    /// What is computed once for each token.
    facts: Facts,
    /// The part that all of this is of.
    identity: String,
    /// The selection when it was last looked at.
    seen: Option<Selection>,
    /// Whether the pointer was here.
    is_pointed_at: bool,
    /// Whether the field to look for members is shown below the card's header, for want of place in it.
    has_bar: bool,
}

/// What is computed once for each token.
#[derive(Debug, Clone, Default)]
struct Facts {
    /// Names and scalar values, in text order.
    colors: Vec<(Range<usize>, Kind)>,
    duplicates: Duplicates,
    /// What is wrong with the JSON, in words.
    faults: Vec<(Range<usize>, String)>,
    /// Which fault ended its reading.
    fatal: Option<usize>,
    /// Members and elements, at all depths.
    members: usize,
}

impl Facts {
    fn new(part: &Part) -> Self {
        let Some(document) = &part.json else {
            return Self::default();
        };
        let words = |kind: &dyn std::fmt::Display| capitalised(&visible(&kind.to_string()));
        let faults = document.faults.iter();
        let root = document.root.as_ref();
        Self {
            colors: root.map(colors).unwrap_or_default(),
            duplicates: Duplicates::new(&document.faults),
            faults: faults
                .map(|fault| (fault.range.clone(), words(&fault.kind)))
                .collect(),
            fatal: document
                .faults
                .iter()
                .position(|fault| fault.kind.is_fatal()),
            members: root.map(tree::count_all).unwrap_or_default(),
        }
    }
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
    /// The place that the keyboard may be sent to.
    pub(super) place: Place,
}

impl Shown<'_> {
    /// Tells parts apart, also those of one token, and payloads that were supplied one after the other.
    fn identity(&self) -> String {
        let bytes = self.part.bytes();
        format!(
            "{} {:?} {:?} {:p}",
            self.inspection.sha256,
            self.part.role,
            self.part.range,
            bytes.as_ptr()
        )
    }

    fn root(&self) -> Option<&Json> {
        self.part.json.as_ref()?.root.as_ref()
    }
}

impl MemberView {
    /// The controls of the card: the choice between table, JSON and hex, a menu, and a field to look for members. `title`
    /// tells the controls of two panes apart for screen readers.
    pub(super) fn controls(
        &mut self,
        ui: &mut Ui,
        shown: Shown<'_>,
        title: &str,
    ) -> Option<Command> {
        self.take_up(shown);
        let name = |form: &str| format!("{title} as {form}");
        let (table, json, hex) = (name("Table"), name("JSON"), name("Hex"));
        let segments = [
            Segment {
                value: MemberForm::Table,
                label: "Table",
                name: &table,
            },
            Segment {
                value: MemberForm::Json,
                label: "JSON",
                name: &json,
            },
            Segment {
                value: MemberForm::Hex,
                label: "Hex",
                name: &hex,
            },
        ];
        let lower = title.to_lowercase();
        let mut command = None;
        let filter = &self.table.filter;
        let is_wanted = filter.is_open || self.facts.members > MANY;
        let has_place = ui.available_width() > BESIDE_FIELD;
        self.has_bar = filter.is_open && !has_place;
        if self.form == MemberForm::Table && is_wanted && has_place {
            self.field(ui, shown.part, &lower);
        }
        segmented(ui, &mut self.form, &segments);
        if shown.root().is_some() {
            let button = button_tag(ui, "\u{2026}", &format!("More for {lower}"));
            Popup::menu(&button).show(|ui| command = self.menu(ui, shown, &lower));
        }
        command
    }

    fn menu(&mut self, ui: &mut Ui, shown: Shown<'_>, lower: &str) -> Option<Command> {
        let root = shown.root()?;
        let is_table = self.form == MemberForm::Table;
        let mut command = None;
        ui.add_enabled_ui(is_table, |ui| {
            if ui.button("Open all").clicked() {
                menu::open_below(&mut self.table, root);
                ui.close();
            }
            if ui.button("Close all").clicked() {
                menu::close_below(&mut self.table, root);
                ui.close();
            }
            if ui.button(format!("Filter {lower}\u{2026}")).clicked() {
                self.table.filter.is_open = true;
                self.table.filter.wants_focus = true;
                ui.close();
            }
        });
        ui.separator();
        let is_in_text = !shown.part.range.is_empty();
        let button = ui.add_enabled(is_in_text, egui::Button::new("Copy all as JSON"));
        if button.clicked() {
            let part = shown.part;
            command = Some(Command::Copy(CopyOf::Json(Selection {
                part: part.role,
                range: part.range.clone(),
            })));
            ui.close();
        }
        command
    }

    /// The field to look for members, and how many were found.
    fn field(&mut self, ui: &mut Ui, part: &Part, lower: &str) {
        let name = format!("Filter {lower}");
        let total = self.facts.members;
        let table = &mut self.table;
        match filter::field(ui, &mut table.filter, &name, total, FIELD) {
            Some(filter::Asked::Apply) => {
                table.filter.is_open = true;
                table.filter.apply(part);
                table.changed();
            }
            Some(filter::Asked::Clear) => {
                table.filter.clear();
                table.changed();
                table.wants_focus = true;
            }
            Some(filter::Asked::Leave) => table.wants_focus = true,
            None => {}
        }
    }

    /// Begins anew where the token is another one.
    fn take_up(&mut self, shown: Shown<'_>) {
        let identity = shown.identity();
        if self.identity != identity {
            self.identity = identity;
            self.table = TableView::default();
            self.facts = Facts::new(shown.part);
        }
    }

    /// Shows the part in the place that is there.
    pub(super) fn show(&mut self, ui: &mut Ui, shown: Shown<'_>) -> Vec<Command> {
        self.take_up(shown);
        let part = shown.part;
        let mut commands = Vec::new();
        if let Some(document) = &part.json {
            commands.extend(fault_banner(ui, shown, document, self.facts.fatal));
        }
        match (self.form, shown.root()) {
            _ if part.bytes().is_empty() => empty(ui),
            (MemberForm::Hex, _) => commands.extend(self.bytes(ui, shown, ByteStyle::Hex)),
            (MemberForm::Json, _) => commands.extend(self.bytes(ui, shown, ByteStyle::Lines)),
            (MemberForm::Table, Some(root)) => {
                if self.has_bar {
                    let lower = if shown.place == Place::Header {
                        "header"
                    } else {
                        "claims"
                    };
                    ui.horizontal(|ui| {
                        ui.add_space(space::M);
                        self.field(ui, part, lower);
                    });
                }
                let table = Table {
                    model: shown.model,
                    inspection: shown.inspection,
                    judgement: shown.judgement,
                    part,
                    root,
                    duplicates: &self.facts.duplicates,
                    name: &format!("{} as table", capitalised(part.role.label())),
                    place: shown.place,
                };
                let is_new = self.seen != shown.model.selection;
                commands.extend(table.show(ui, &mut self.table, is_new));
            }
            (MemberForm::Table, None) => {
                opaque(ui, shown);
                let style = if part.utf8().is_some() {
                    ByteStyle::Lines
                } else {
                    ByteStyle::Hex
                };
                commands.extend(self.bytes(ui, shown, style));
            }
        }
        self.seen.clone_from(&shown.model.selection);
        for command in &commands {
            if let Command::Select(selection) = command {
                // What is selected here is in view already.
                self.seen.clone_from(selection);
            }
        }
        let is_pointed_at = ui.ui_contains_pointer();
        if self.is_pointed_at && !is_pointed_at {
            // What lit up elsewhere goes dark.
            ui.request_repaint();
        }
        self.is_pointed_at = is_pointed_at;
        commands
    }

    fn bytes(&mut self, ui: &mut Ui, shown: Shown<'_>, style: ByteStyle) -> Vec<Command> {
        let theme = tokens(ui);
        let part = shown.part;
        let colors = &self.facts.colors;
        let selected = shown.model.selection.as_ref();
        let (view, form) = match style {
            ByteStyle::Hex => (&mut self.hex, "hex"),
            _ => (&mut self.text, "text"),
        };
        if focus::take(ui, shown.place) {
            view.take_focus();
        }
        let name = format!("{} as {form}", capitalised(part.role.label()));
        let outcome = view.show(
            ui,
            &Source {
                name: &name,
                description: &format!("{} bytes", part.bytes().len()),
                identity: &shown.identity(),
                bytes: part.bytes(),
                style,
                color: &|at| color(theme, colors, part, at),
                group: &|at| links::group(part, at),
                selection: selected.and_then(|selection| links::bytes_of(part, &selection.range)),
                hovered: hover::get(ui).and_then(|range| links::bytes_of(part, &range)),
                faults: &self.facts.faults,
            },
        );
        if let Some(hovered) = outcome.hovered {
            hover::set(ui, part.text_range(hovered));
        }
        let mut commands = Vec::new();
        if outcome.copy {
            let whole = || Selection {
                part: part.role,
                range: part.range.clone(),
            };
            let selection = selected.cloned().unwrap_or_else(whole);
            commands.push(Command::Copy(CopyOf::Decoded(selection)));
        }
        commands.extend(outcome.picked.map(|picked| {
            Command::Select(match picked {
                Picked::Bytes(bytes) => Some(links::select(part, bytes)),
                Picked::Nothing => None,
            })
        }));
        commands
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
fn fault_banner(
    ui: &mut Ui,
    shown: Shown<'_>,
    document: &Document,
    fatal: Option<usize>,
) -> Option<Command> {
    let fault = document.faults.get(fatal?)?;
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
fn opaque(ui: &mut Ui, shown: Shown<'_>) {
    let bytes = counted(shown.part.bytes().len(), "byte");
    if shown.inspection.proof.inner.is_some() {
        let text =
            "The payload is a token of its own, with its own claims. Below it is as it stands.";
        return message(ui, &format!("A token inside: {bytes}"), text);
    }
    let (what, shows) = if shown.part.utf8().is_some() {
        ("text", "it is below")
    } else {
        ("bytes", "they are below")
    };
    let as_it_is = if shown.inspection.token.is_unencoded() {
        " It is signed as it stands, without an encoding (b64 is false)."
    } else {
        ""
    };
    message(
        ui,
        &format!("Not JSON: {bytes}"),
        &format!(
            "A signed message may hold any {what}. There are no claims to show; {shows}.{as_it_is}"
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
