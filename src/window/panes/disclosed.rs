//! An SD-JWT as it is processed (RFC 9901 section 7): its claims, its disclosures and its key binding.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, FontId, Id, Rect, Role, ScrollArea, Ui, WidgetInfo, pos2, vec2};

use super::focus::{self, Place};
use super::links;
use super::roving::{Roving, step};
use crate::inspection::Inspection;
use crate::jose::json::{Json, Value};
use crate::jose::sd_jwt::{Disclosure, Processed, Source, State};
use crate::jose::visible::visible;
use crate::jose::{Part, PartRole};
use crate::judge::Judgement;
use crate::judge::words::counted;
use crate::verify::Presentation;
use crate::window::commands::Command;
use crate::window::model::{Model, Selection};
use crate::window::theme::{Tokens, mono, size, space, tokens};
use crate::window::widgets::{Icon, grouped, paint_icon, row_frame, section};

/// So many rows of a kind are listed; beyond that they are counted.
const MAX_ROWS: usize = 2_000;

/// So many characters of a value are laid out.
const MAX_CHARACTERS: usize = 400;

/// The height of a row, in points.
const ROW: f32 = 26.0;

/// How far nested claims are indented, in points, and how often at most.
const INDENT: f32 = 12.0;
const MAX_INDENTS: u16 = 8;

/// So many rows to a page, for the keyboard.
const PAGE: usize = 10;

/// The list of an SD-JWT. Fills the place that it is given.
#[derive(Debug, Clone, Default)]
pub(super) struct DisclosedView {
    roving: Roving,
    /// The token that the rows are of, by its hash.
    identity: String,
    claims: Vec<ClaimRow>,
    /// How many claims there are that have no row.
    more: usize,
}

/// A value of the processed claims.
#[derive(Debug, Clone, Copy)]
struct ClaimRow {
    /// Where it begins in them.
    start: usize,
    /// How many values it is in.
    depth: u16,
}

/// What a row shows.
#[derive(Clone)]
struct Row {
    name: String,
    value: String,
    /// What is said of it, at the right.
    note: &'static str,
    indents: u16,
    sign: (Icon, Color32),
    /// Of its name.
    color: Color32,
    selection: Option<Selection>,
}

impl DisclosedView {
    /// Shows the SD-JWT.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (inspection, judgement): (&Inspection, &Judgement),
        shown: &Presentation,
    ) -> Vec<Command> {
        if self.identity != inspection.sha256 {
            self.identity.clone_from(&inspection.sha256);
            self.roving = Roving::default();
            self.read(shown);
        }
        let theme = tokens(ui);
        let sd_jwt = &shown.sd_jwt;
        let claims = self.claims.clone();
        let claim = |at: usize| {
            let processed = sd_jwt.processed.as_ref()?;
            claim_row(theme, inspection, shown, processed, *claims.get(at)?)
        };
        let disclosures = sd_jwt.disclosures.len().min(MAX_ROWS);
        let disclosure = |at: usize| {
            let part = shown.disclosures.get(at)?;
            Some(disclosure_row(
                theme,
                shown,
                sd_jwt.disclosures.get(at)?,
                part,
            ))
        };
        let binding = binding_rows(theme, inspection, judgement);
        let count = claims.len() + disclosures + binding.len();
        let base = ui.make_persistent_id("disclosed");
        if focus::take(ui, Place::Claims) {
            self.roving.go_to(0);
        }
        self.roving.settle_all(ui, base, count);
        let more = sd_jwt.disclosures.len().saturating_sub(disclosures);
        let mut commands = Vec::new();
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical()
            .id_salt("disclosed")
            .auto_shrink([false, false])
            .show(ui, |ui| {
                let mut first = 0;
                let values = self.more;
                let mut list = |ui: &mut Ui, rows: usize, row: &dyn Fn(usize) -> Option<Row>| {
                    for index in 0..rows {
                        let item = (first + index, base, count);
                        commands.extend(self.row(ui, item, || row(index), model));
                    }
                    first += rows;
                };
                section(ui, "Processed claims", Some(claims.len() + values), |_| {});
                list(ui, claims.len(), &claim);
                rest(ui, values, "value");
                section(ui, "Disclosures", Some(sd_jwt.disclosures.len()), |_| {});
                list(ui, disclosures, &disclosure);
                rest(ui, more, "disclosure");
                note(ui, &left_over(shown));
                if !binding.is_empty() {
                    section(ui, "Key binding", None, |_| {});
                    list(ui, binding.len(), &|at| binding.get(at).cloned());
                }
                ui.add_space(space::S);
            });
        commands
    }

    /// Lists the processed claims.
    fn read(&mut self, shown: &Presentation) {
        self.claims.clear();
        self.more = 0;
        let processed = shown.sd_jwt.processed.as_ref();
        let Some(root) = processed.and_then(|processed| processed.document().root.as_ref()) else {
            return;
        };
        let mut open: Vec<(&Json, u16)> = vec![(root, 0)];
        while let Some((value, depth)) = open.pop() {
            // The whole of it is no row.
            if depth > 0 {
                if self.claims.len() < MAX_ROWS {
                    self.claims.push(ClaimRow {
                        start: value.range.start,
                        depth: depth - 1,
                    });
                } else {
                    self.more = self.more.saturating_add(1);
                }
            }
            let below = depth.saturating_add(1);
            match &value.value {
                Value::Array(elements) => {
                    open.extend(elements.iter().rev().map(|one| (one, below)));
                }
                Value::Object(members) => {
                    open.extend(members.iter().rev().map(|one| (&one.value, below)));
                }
                _ => {}
            }
        }
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        (item, base, count): (usize, Id, usize),
        row: impl FnOnce() -> Option<Row>,
        model: &Model,
    ) -> Option<Command> {
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
        // The row with the keyboard stays, wherever it is scrolled to.
        if !ui.is_rect_visible(rect) && self.roving.stop() != Some(item) {
            return None;
        }
        let row = row()?;
        let response = ui.interact(rect, base.with(item), self.roving.sense(ui, item));
        if self.roving.drawn(ui, item, &response)
            && let Some(to) = step(ui, item, (count, PAGE))
        {
            self.roving.go_to(to);
        }
        let is_lit = row.selection.is_some() && model.selection == row.selection;
        response.widget_info(|| {
            let note = match row.note {
                "" => String::new(),
                note => format!(", {note}"),
            };
            let words = format!("{}: {}{note}", row.name, row.value);
            WidgetInfo::selected(Role::Row, true, is_lit, words)
        });
        row_frame(ui, rect, &response, is_lit, None);
        paint(ui, rect, &row);
        let clicked = row.selection.as_ref().filter(|_| response.clicked());
        let command =
            clicked.map(|selection| Command::Select((!is_lit).then(|| selection.clone())));
        response.on_hover_text(&row.value);
        command
    }
}

fn paint(ui: &Ui, rect: Rect, row: &Row) {
    let theme = tokens(ui);
    let line = |text: &str, font: FontId, color, width| {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
        job.wrap = TextWrapping::truncate_at_width(width);
        ui.painter().layout_job(job)
    };
    let middle = |galley: &egui::Galley| rect.center().y - galley.size().y / 2.0;
    let (icon, color) = row.sign;
    let sign = Rect::from_center_size(
        pos2(rect.left() + space::M + 5.0, rect.center().y),
        vec2(10.0, 10.0),
    );
    paint_icon(ui.painter(), sign, icon, color);
    let note = line(
        row.note,
        FontId::proportional(size::SMALL),
        theme.dim,
        f32::INFINITY,
    );
    let right = rect.right() - space::M - note.size().x;
    let left = sign.right() + space::S;
    let indent = f32::from(row.indents) * INDENT;
    let names = ((rect.right() - left) * 0.32).clamp(60.0, 190.0);
    let name = line(&row.name, mono(), row.color, (names - indent).max(30.0));
    ui.painter()
        .galley(pos2(left + indent, middle(&name)), name.clone(), row.color);
    let begin = left + names + space::S;
    let value = line(
        &row.value,
        mono(),
        theme.text,
        (right - space::S - begin).max(0.0),
    );
    ui.painter()
        .galley(pos2(begin, middle(&value)), value.clone(), theme.text);
    ui.painter()
        .galley(pos2(right, middle(&note)), note.clone(), theme.dim);
}

/// What has no row.
fn rest(ui: &mut Ui, count: usize, noun: &str) {
    if count > 0 {
        note(
            ui,
            &format!("{} more, in the JSON report", counted(count, noun)),
        );
    }
}

fn note(ui: &mut Ui, words: &str) {
    ui.horizontal_wrapped(|ui| {
        ui.add_space(space::M);
        ui.label(
            egui::RichText::new(words)
                .size(size::MONO)
                .color(tokens(ui).dim),
        );
    });
}

/// The digests that have no disclosure.
fn left_over(shown: &Presentation) -> String {
    match shown.sd_jwt.digests.without_disclosure {
        0 => "Every digest has its disclosure.".to_owned(),
        1 => "1 digest has no disclosure: withheld, or a decoy.".to_owned(),
        count => format!(
            "{} digests have no disclosure: withheld, or decoys.",
            grouped(count)
        ),
    }
}

fn claim_row(
    theme: &Tokens,
    inspection: &Inspection,
    shown: &Presentation,
    processed: &Processed,
    row: ClaimRow,
) -> Option<Row> {
    let root = processed.document().root.as_ref()?;
    let (pointer, value) = root.path_at(row.start).pop()?;
    let name = pointer.rsplit('/').next().unwrap_or_default();
    let origin = processed.origin(value)?;
    let (part, place) = shown.origin(&inspection.token, value)?;
    let (is_disclosed, is_whole) = match place.source {
        Source::Payload => (false, false),
        Source::Disclosure(index) => {
            let own = shown.sd_jwt.disclosures.get(index);
            let own = own.and_then(|own| own.value.as_ref());
            (true, own == Some(&origin.value))
        }
    };
    // What a disclosure discloses stands for all of it.
    let selection = if is_whole {
        whole(part)
    } else {
        links::select(part, place.range)
    };
    Some(Row {
        name: visible(&name.replace("~1", "/").replace("~0", "~")),
        value: text_of(processed.bytes(), value),
        note: if is_disclosed { "disclosed" } else { "" },
        indents: row.depth.min(MAX_INDENTS),
        sign: if is_disclosed {
            (Icon::Check, theme.ok)
        } else {
            (Icon::Square, theme.part(PartRole::Payload))
        },
        color: theme.part(PartRole::Payload),
        selection: Some(selection),
    })
}

fn whole(part: &Part) -> Selection {
    Selection {
        part: part.role,
        range: part.range.clone(),
    }
}

fn disclosure_row(
    theme: &Tokens,
    shown: &Presentation,
    disclosure: &Disclosure,
    part: &Part,
) -> Row {
    let state = disclosure.state();
    let sign = match state {
        State::Matched => (Icon::Check, theme.ok),
        State::Malformed | State::Repeated | State::Unmatched => (Icon::Cross, theme.bad),
        State::TooDeep | State::Unhashed => (Icon::Question, theme.warn),
    };
    let value = shown.disclosed(part, disclosure);
    Row {
        name: match &disclosure.name {
            Some(name) => visible(name),
            None if value.is_some() => "(element)".to_owned(),
            None => "(unreadable)".to_owned(),
        },
        value: match value {
            Some(value) => text_of(part.bytes(), value),
            None => disclosure
                .problems
                .first()
                .map(|problem| visible(&problem.to_string()))
                .unwrap_or_default(),
        },
        note: match state {
            State::Malformed => "malformed",
            State::Matched => "matched",
            State::Repeated => "duplicate",
            State::TooDeep => "too deep",
            State::Unhashed => "not hashed",
            State::Unmatched => "unmatched",
        },
        indents: 0,
        sign,
        color: theme.part(PartRole::Disclosure),
        selection: Some(whole(part)),
    }
}

/// How the key binding was found, then its header and claims.
fn binding_rows(theme: &Tokens, inspection: &Inspection, judgement: &Judgement) -> Vec<Row> {
    let mut rows = Vec::new();
    let checks = judgement.checks.iter();
    let token = &inspection.token;
    let part = token.part_of(0, PartRole::KeyBinding);
    for check in checks.filter(|check| check.check == "key-binding") {
        rows.push(Row {
            name: visible(&check.title),
            value: visible(&check.text),
            note: "",
            indents: 0,
            sign: (Icon::from(check.result), theme.check(check.result)),
            color: theme.text,
            selection: part.map(whole),
        });
    }
    let Some((layer, around)) = inspection.proof.key_binding.as_deref().zip(part) else {
        return rows;
    };
    for role in [PartRole::ProtectedHeader, PartRole::Payload] {
        let Some(inside) = layer.token.part(role) else {
            continue;
        };
        let members = inside.json.as_ref().and_then(|json| json.object());
        for member in members.unwrap_or_default().iter().take(MAX_ROWS) {
            let range = around.text_range(inside.text_range(member.range()));
            rows.push(Row {
                name: visible(&member.name),
                value: text_of(inside.bytes(), &member.value),
                note: match role {
                    PartRole::Payload => "",
                    _ => "header",
                },
                indents: 0,
                sign: (Icon::Square, theme.part(role)),
                color: theme.part(role),
                selection: Some(Selection {
                    part: PartRole::KeyBinding,
                    range,
                }),
            });
        }
    }
    rows
}

/// A value as it was written.
fn text_of(bytes: &[u8], value: &Json) -> String {
    let written = bytes.get(value.range.clone()).unwrap_or_default();
    let written = written
        .get(..written.len().min(MAX_CHARACTERS))
        .unwrap_or(written);
    visible(&String::from_utf8_lossy(written))
}
