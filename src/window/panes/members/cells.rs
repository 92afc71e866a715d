//! One row of the table laid out.

use std::borrow::Cow;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, CornerRadius, FontId, Galley, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::meaning::{Meaning, Tone};
use super::notes::Note;
use super::tree::{Entry, List, MAX_INDENTS, Row};
use super::whole::{Lines, columns};
use crate::jose::Part;
use crate::jose::json::{Decimal, Json, Value};
use crate::jose::visible::pieces;
use crate::window::theme::{Tokens, append_exact, mono, size, space};

/// Below this width in points the meaning stands under the value.
const WIDE: f32 = 400.0;

/// How far children are indented, in points: less where names would get too little room.
const INDENT: f32 = 12.0;
const LEAST_INDENT: f32 = 4.0;

/// Indented names keep room for so many characters.
const MIN_NAME: f32 = 9.0;

/// Long values are cut after so many rows and characters.
const MAX_LINES: usize = 3;
pub(super) const MAX_CHARACTERS: usize = 600;

/// Long names, after so many rows.
const MAX_NAME_LINES: usize = 2;

/// Between the edges of a row and what it shows, in points.
const TOP: f32 = 5.0;

/// The height of "Show all".
const LINK: f32 = 16.0;

/// What all sizes are computed from, in points. Where it changes, so do the heights of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Shape {
    /// The width of the table.
    width: f32,
    /// A character of the monospace face.
    pub(super) character: f32,
    /// A line of it.
    pub(super) line: f32,
    /// A line of a meaning.
    small: f32,
}

impl Shape {
    /// That of the place that is there.
    pub(super) fn new(ui: &Ui) -> Self {
        ui.fonts_mut(|fonts| Self {
            width: ui.available_width(),
            character: fonts.glyph_width(&mono(), '0').max(1.0),
            line: fonts.row_height(&mono()).max(1.0),
            small: fonts.row_height(&small()),
        })
    }
}

/// The horizontal layout of all rows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Columns {
    /// What they were computed from.
    pub(super) shape: Shape,
    /// The width of names, with what they are indented by.
    name: f32,
    /// How far children are indented.
    step: f32,
    /// The width of values.
    value: f32,
    /// The width of meanings; none where they stand under the values.
    meaning: Option<f32>,
}

impl Columns {
    /// For these rows.
    pub(super) fn new(shape: Shape, list: &List) -> Self {
        let Shape {
            width, character, ..
        } = shape;
        let widest_name = list
            .names
            .iter()
            .enumerate()
            .filter(|(_, name)| **name > 0)
            .map(|(indents, name)| *name as f32 * character + indents as f32 * INDENT)
            .fold(3.0 * character, f32::max);
        let widest_value = list.longest as f32 * character;
        let is_wide = width >= WIDE;
        let name = widest_name
            .min(width * if is_wide { 0.24 } else { 0.34 })
            .ceil();
        let step = list
            .names
            .iter()
            .enumerate()
            .filter(|(indents, name)| *indents > 0 && **name > 0)
            .map(|(indents, longest)| {
                let room = name - MIN_NAME.min(*longest as f32) * character;
                room / indents as f32
            })
            .fold(INDENT, f32::min)
            .max(LEAST_INDENT);
        let rest = (width - name - 2.0 * space::M - space::L).max(40.0);
        if !is_wide {
            return Self {
                shape,
                name,
                step,
                value: rest,
                meaning: None,
            };
        }
        let both = rest - space::L;
        let value = widest_value.clamp(both * 0.4, both * 0.6).floor();
        Self {
            shape,
            name,
            step,
            value,
            meaning: Some(both - value),
        }
    }

    /// About how high a row will be, without a look at what it shows.
    pub(super) fn estimate(&self, row: &Row, is_whole: bool) -> u32 {
        let Shape {
            character, line, ..
        } = self.shape;
        let lines = |length: u32, width: f32| {
            let columns = columns(width, character);
            (length as usize).div_ceil(columns).max(1)
        };
        let names = lines(row.name, self.name_width(row));
        let values = lines(row.value, self.value);
        let (names, values, has_link) = match (row.is_nested, is_whole) {
            (_, true) => (names, values, true),
            (true, false) => (names.min(MAX_NAME_LINES), 1, false),
            (false, false) => (
                names.min(MAX_NAME_LINES),
                values.min(MAX_LINES),
                values > MAX_LINES || row.value as usize > MAX_CHARACTERS,
            ),
        };
        let mut bottom = TOP + values as f32 * line;
        if has_link {
            bottom += 1.0 + LINK;
        }
        if row.has_meaning && self.meaning.is_none() {
            bottom += 2.0 + self.shape.small + 1.0;
        }
        row_height(bottom.max(TOP + names as f32 * line))
    }

    fn indent(&self, row: &Row) -> f32 {
        row.indents() as f32 * self.step
    }

    fn name_width(&self, row: &Row) -> f32 {
        (self.name - self.indent(row)).max(10.0)
    }

    fn value_left(&self) -> f32 {
        space::M + self.name + space::L
    }
}

/// The height of a row whose content ends there. Whole points, so that sums of them are exact.
fn row_height(bottom: f32) -> u32 {
    (bottom + TOP).ceil().max(25.0) as u32
}

fn small() -> FontId {
    FontId::proportional(size::SMALL + 0.5)
}

pub(super) struct CellInput<'a> {
    pub(super) part: &'a Part,
    pub(super) row: &'a Row,
    pub(super) entry: &'a Entry<'a>,
    pub(super) meaning: &'a Meaning,
    pub(super) notes: &'a [Note],
    /// Name and value cut into lines, where they are shown whole.
    pub(super) whole: Option<&'a Whole>,
    /// Whether the value is a token.
    pub(super) is_token: bool,
    pub(super) is_open: bool,
}

/// A name and a value that are shown whole.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    name: Lines,
    value: Lines,
}

impl Whole {
    /// Cuts them into lines, where `known` ones do not fit any more.
    pub(super) fn new(
        known: Option<Self>,
        columns: &Columns,
        part: &Part,
        row: &Row,
        entry: &Entry<'_>,
    ) -> Self {
        let character = columns.shape.character;
        let width = columns.name_width(row);
        let fitting = known.filter(|known| {
            known.name.fit(width, character) && known.value.fit(columns.value, character)
        });
        fitting.unwrap_or_else(|| Self {
            name: Lines::new(entry.name.as_bytes(), width, character),
            value: Lines::new(value_bytes(part, entry.value), columns.value, character),
        })
    }
}

/// A row laid out: texts with their places from its top left corner.
pub(super) struct Cells {
    texts: Vec<(egui::Pos2, Arc<Galley>)>,
    tag: Option<(Rect, Arc<Galley>)>,
    /// Where name and value begin that are shown whole, and the colour of the name.
    whole: Option<(egui::Pos2, egui::Pos2, Color32)>,
    /// Where the triangle of an object or array goes.
    pub(super) triangle: Rect,
    /// Where "Show all" goes.
    pub(super) show_all: Option<Rect>,
    /// Where "Open as token" goes.
    pub(super) open_as_token: Option<Rect>,
    /// The height, in whole points.
    pub(super) height: u32,
}

impl Cells {
    pub(super) fn new(ui: &Ui, theme: &Tokens, columns: &Columns, input: &CellInput<'_>) -> Self {
        let entry = input.entry;
        let is_nested = input.row.is_nested;
        let line = columns.shape.line;
        let indent = columns.indent(input.row);
        let name_color = if entry.is_element {
            theme.dim
        } else {
            theme.part(input.part.role)
        };
        let left = columns.value_left();
        let triangle = Rect::from_min_size(pos2(left - 2.0, TOP), vec2(14.0, 16.0));
        let shift = if is_nested { 14.0 } else { 0.0 };
        let link = |top: f32| Rect::from_min_size(pos2(left + shift, top), vec2(60.0, LINK));
        let mut texts = Vec::new();
        if usize::from(input.row.depth) > MAX_INDENTS {
            // No longer told by how far it is indented.
            let level = format!("level {}", input.row.depth.saturating_add(1));
            let font = FontId::proportional(size::SMALL);
            let level = ui.painter().layout_no_wrap(level, font, theme.dim);
            if level.size().x < indent {
                texts.push((pos2(space::M, TOP + 1.0), level));
            }
        }
        let mut show_all = None;
        let mut whole_at = None;
        let mut bottom;
        let value_end;
        if let Some(whole) = input.whole {
            // The way back stands above, where it stays in view.
            show_all = Some(link(TOP));
            let top = TOP + LINK + 1.0;
            whole_at = Some((pos2(space::M + indent, TOP), pos2(left, top), name_color));
            let name_bottom = TOP + whole.name.height(line);
            bottom = name_bottom.max(top + whole.value.height(line));
            value_end = f32::INFINITY;
        } else {
            let (name, is_name_cut) = cut(&entry.name, MAX_CHARACTERS);
            let width = columns.name_width(input.row);
            let name = lines(ui, &name, name_color, theme, width, MAX_NAME_LINES);
            let shown = if is_nested && input.is_open {
                children(entry.value)
            } else {
                value_text(input.part, entry.value, MAX_CHARACTERS.saturating_mul(4))
            };
            let (shown, is_cut) = cut(&shown, MAX_CHARACTERS);
            let color = if input.is_open { theme.dim } else { theme.text };
            let max_lines = if is_nested { 1 } else { MAX_LINES };
            let value = lines(ui, &shown, color, theme, columns.value - shift, max_lines);
            let is_name_cut = is_name_cut || name.elided;
            let is_long = is_name_cut || !is_nested && (value.elided || is_cut);
            bottom = TOP + value.size().y;
            value_end = left + shift + value.size().x;
            let name_end = TOP + name.size().y;
            texts.push((pos2(space::M + indent, TOP), name));
            texts.push((pos2(left + shift, TOP), value));
            if is_long {
                show_all = Some(link(bottom + 1.0));
                bottom += 1.0 + LINK;
            }
            bottom = bottom.max(name_end);
        }
        let open_as_token = input.is_token.then(|| {
            if let Some(beside) = show_all {
                beside.translate(vec2(beside.width() + space::S, 0.0))
            } else {
                let below = link(bottom + 1.0);
                bottom += 1.0 + LINK;
                below
            }
        });
        let open_as_token = open_as_token.map(|place| place.with_max_x(place.left() + 84.0));
        let tag = input.meaning.tag.map(|(word, tone)| {
            let galley = ui.painter().layout_no_wrap(
                word.to_owned(),
                FontId::proportional(size::SMALL),
                tone_color(theme, tone, theme.dim),
            );
            let place = galley.size() + vec2(10.0, 3.0);
            let fits = value_end + space::S + place.x <= left + columns.value;
            let at = if fits {
                pos2(value_end + space::S, TOP - 1.0)
            } else {
                pos2(left, bottom + 2.0)
            };
            bottom = bottom.max(at.y + place.y);
            (Rect::from_min_size(at, place), galley)
        });
        let (meaning_left, meaning_width, mut meaning_top) = match columns.meaning {
            Some(width) => (left + columns.value + space::L, width, TOP),
            None => (left, columns.value, bottom + 2.0),
        };
        let mut words = Vec::new();
        if !input.meaning.text.is_empty() {
            words.push((
                input.meaning.text.clone(),
                tone_color(theme, input.meaning.tone, theme.dim),
            ));
        }
        for note in input.notes {
            words.push((note.words(), theme.severity(note.severity)));
        }
        for (text, color) in words {
            let galley = ui.painter().layout(text, small(), color, meaning_width);
            let height = galley.size().y;
            texts.push((pos2(meaning_left, meaning_top + 0.5), galley));
            meaning_top += height + 1.0;
            bottom = bottom.max(meaning_top);
        }
        Self {
            texts,
            tag,
            whole: whole_at,
            triangle,
            show_all,
            open_as_token,
            height: row_height(bottom),
        }
    }

    /// Paints what was laid out of `input` in its place.
    pub(super) fn paint(
        &self,
        ui: &Ui,
        theme: &Tokens,
        columns: &Columns,
        rect: Rect,
        (part, entry, whole): (&Part, &Entry<'_>, Option<&Whole>),
    ) {
        let shift = rect.min.to_vec2();
        for (at, galley) in &self.texts {
            ui.painter()
                .galley(*at + shift, Arc::clone(galley), theme.text);
        }
        if let Some((place, galley)) = &self.tag {
            let place = place.translate(shift);
            let stroke = Stroke::new(1.0, theme.line);
            ui.painter()
                .rect_stroke(place, CornerRadius::same(4), stroke, StrokeKind::Inside);
            let at = place.center() - galley.size() / 2.0;
            ui.painter().galley(at, Arc::clone(galley), theme.text);
        }
        if let (Some((name, value, color)), Some(whole)) = (self.whole, whole) {
            let line = columns.shape.line;
            let (of_name, of_value) = (entry.name.as_bytes(), value_bytes(part, entry.value));
            whole
                .name
                .paint(ui, theme, of_name, name + shift, line, color);
            whole
                .value
                .paint(ui, theme, of_value, value + shift, line, theme.text);
        }
    }
}

/// A text up to a number of characters, and whether that is not all of it.
pub(super) fn cut(text: &str, limit: usize) -> (Cow<'_, str>, bool) {
    match text.char_indices().nth(limit) {
        Some((end, _)) => (
            Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
            true,
        ),
        None => (Cow::Borrowed(text), false),
    }
}

/// Monospace text wrapped anywhere, hidden characters escaped and marked.
pub(super) fn lines(
    ui: &Ui,
    text: &str,
    color: Color32,
    theme: &Tokens,
    width: f32,
    max_lines: usize,
) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width.max(10.0);
    job.wrap.break_anywhere = true;
    job.wrap.max_rows = max_lines;
    for piece in pieces(text) {
        let color = if piece.escaped { theme.warn } else { color };
        append_exact(&mut job, &piece.text, &TextFormat::simple(mono(), color));
    }
    ui.painter().layout_job(job)
}

/// A value exactly, up to a number of bytes. A string stands without quotes unless it could then be taken for
/// something else.
pub(super) fn value_text(part: &Part, value: &Json, limit: usize) -> String {
    match &value.value {
        Value::String(text) if is_clear(text) => {
            let end = text.floor_char_boundary(limit.min(text.len()));
            text.get(..end).unwrap_or_default().to_owned()
        }
        _ => {
            let bytes = part.bytes().get(value.range.clone()).unwrap_or_default();
            String::from_utf8_lossy(bytes.get(..limit).unwrap_or(bytes)).into_owned()
        }
    }
}

/// All of the text that [`value_text`] gives the begin of.
fn value_bytes<'a>(part: &'a Part, value: &'a Json) -> &'a [u8] {
    match &value.value {
        Value::String(text) if is_clear(text) => text.as_bytes(),
        _ => part.bytes().get(value.range.clone()).unwrap_or_default(),
    }
}

/// What an opened object or array holds, in words.
fn children(value: &Json) -> String {
    let (count, one, many) = match &value.value {
        Value::Array(elements) => (elements.len(), "element", "elements"),
        Value::Object(members) => (members.len(), "member", "members"),
        _ => (0, "", ""),
    };
    format!("{count} {}", if count == 1 { one } else { many })
}

fn is_clear(text: &str) -> bool {
    let looks_otherwise = matches!(text, "true" | "false" | "null")
        || text.starts_with(['{', '[', '"'])
        || text.len() <= MAX_CHARACTERS && Decimal::parse(text).is_some();
    !text.is_empty() && text.trim() == text && !looks_otherwise
}

fn tone_color(theme: &Tokens, tone: Tone, plain: Color32) -> Color32 {
    match tone {
        Tone::Bad => theme.bad,
        Tone::Ok => theme.ok,
        Tone::Plain => plain,
        Tone::Warn => theme.warn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_quoted_where_it_could_be_taken_for_something_else() {
        for clear in ["web-portal", "https://a.example", "1.2.3", "a b"] {
            assert!(is_clear(clear), "{clear}");
        }
        for unclear in [
            "",
            "1795035600",
            "-1.5e3",
            "true",
            "null",
            " a",
            "{}",
            "[1]",
            "\"x\"",
        ] {
            assert!(!is_clear(unclear), "{unclear}");
        }
    }
}
