//! One row of the table laid out.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, CornerRadius, FontId, Galley, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::meaning::{Meaning, Tone};
use super::tree::{Content, Entry, Row};
use crate::jose::Part;
use crate::jose::json::{Decimal, Json, Value};
use crate::jose::visible::pieces;
use crate::judge::Severity;
use crate::window::theme::{Tokens, append_exact, mono, size, space};

/// Below this width in points the meaning stands under the value.
const WIDE: f32 = 400.0;

/// How far children are indented, in points, and to what depth.
pub(super) const INDENT: f32 = 12.0;
pub(super) const MAX_INDENTS: usize = 8;

/// Long values are cut after so many rows and characters.
const MAX_LINES: usize = 3;
pub(super) const MAX_CHARACTERS: usize = 600;

/// Even shown whole, a value is cut after so many characters; the JSON view has them all.
const MAX_WHOLE: usize = 16 << 10;

/// Something wrong with a member.
pub(super) struct Note {
    pub(super) severity: Severity,
    pub(super) text: String,
}

/// The horizontal layout of all rows.
pub(super) struct Columns {
    name: f32,
    value: f32,
    meaning: Option<f32>,
}

impl Columns {
    pub(super) fn new(ui: &Ui, rows: &[Row<'_>]) -> Self {
        let width = ui.available_width();
        let character = ui.fonts_mut(|fonts| fonts.glyph_width(&mono(), '0'));
        let entries = || {
            rows.iter().filter_map(|row| match &row.content {
                Content::More(_) => None,
                Content::Value(entry) => {
                    Some((row.path.len().saturating_sub(1).min(MAX_INDENTS), entry))
                }
            })
        };
        let widest_name = entries()
            .map(|(depth, entry)| {
                entry.name.chars().count() as f32 * character + depth as f32 * INDENT
            })
            .fold(3.0 * character, f32::max);
        let widest_value = entries()
            .map(|(_, entry)| entry.value.range.len() as f32 * character)
            .fold(0.0, f32::max);
        let is_wide = width >= WIDE;
        let name = widest_name
            .min(width * if is_wide { 0.24 } else { 0.34 })
            .ceil();
        let rest = (width - name - 2.0 * space::M - space::L).max(40.0);
        if !is_wide {
            return Self {
                name,
                value: rest,
                meaning: None,
            };
        }
        let both = rest - space::L;
        let value = widest_value.clamp(both * 0.4, both * 0.6).floor();
        Self {
            name,
            value,
            meaning: Some(both - value),
        }
    }
}

pub(super) struct CellInput<'a> {
    pub(super) part: &'a Part,
    pub(super) entry: &'a Entry<'a>,
    pub(super) depth: usize,
    pub(super) meaning: &'a Meaning,
    pub(super) notes: &'a [Note],
    pub(super) is_whole: bool,
    pub(super) is_open: bool,
}

/// A row laid out: texts with their places from its top left corner.
pub(super) struct Cells {
    texts: Vec<(egui::Pos2, Arc<Galley>)>,
    tag: Option<(Rect, Arc<Galley>)>,
    /// Where the triangle of an object or array goes.
    pub(super) triangle: Rect,
    /// Where "Show all" goes.
    pub(super) show_all: Option<Rect>,
    pub(super) height: f32,
}

impl Cells {
    pub(super) fn new(ui: &Ui, theme: &Tokens, columns: &Columns, input: &CellInput<'_>) -> Self {
        const TOP: f32 = 5.0;
        let entry = input.entry;
        let small = FontId::proportional(size::SMALL + 0.5);
        let indent = input.depth.min(MAX_INDENTS) as f32 * INDENT;
        let name_color = if entry.is_element {
            theme.dim
        } else {
            theme.part(input.part.role)
        };
        let name = lines(
            ui,
            &entry.name,
            name_color,
            theme,
            columns.name - indent,
            Some(2),
        );
        let mut texts = vec![(pos2(space::M + indent, TOP), name)];
        let left = space::M + columns.name + space::L;
        let shift = if entry.is_nested() { 14.0 } else { 0.0 };
        let is_nested = entry.is_nested();
        let limit = if input.is_whole {
            MAX_WHOLE
        } else {
            MAX_CHARACTERS
        };
        let shown = match (is_nested, input.is_open) {
            (true, true) => children(entry.value),
            _ => value_text(input.part, entry.value, limit.saturating_mul(4)),
        };
        let (cut, is_cut) = match shown.char_indices().nth(limit) {
            Some((end, _)) => (format!("{}…", shown.get(..end).unwrap_or_default()), true),
            None => (shown, false),
        };
        let max_lines = match (is_nested, input.is_whole) {
            (true, _) => Some(1),
            (false, true) => None,
            (false, false) => Some(MAX_LINES),
        };
        let value = lines(
            ui,
            &cut,
            if input.is_open { theme.dim } else { theme.text },
            theme,
            columns.value - shift,
            max_lines,
        );
        let mut bottom = TOP + value.size().y;
        let triangle = Rect::from_min_size(pos2(left - 2.0, TOP), vec2(14.0, 16.0));
        let is_long = !is_nested && (value.elided || is_cut || input.is_whole);
        let value_end = left + shift + value.size().x;
        texts.push((pos2(left + shift, TOP), value));
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
        let show_all = is_long.then(|| {
            let place = Rect::from_min_size(pos2(left, bottom + 1.0), vec2(60.0, 16.0));
            bottom = place.bottom();
            place
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
            let text = format!("{}: {}", severity_word(note.severity), note.text);
            words.push((text, theme.severity(note.severity)));
        }
        for (text, color) in words {
            let galley = ui
                .painter()
                .layout(text, small.clone(), color, meaning_width);
            let height = galley.size().y;
            texts.push((pos2(meaning_left, meaning_top + 0.5), galley));
            meaning_top += height + 1.0;
            bottom = bottom.max(meaning_top);
        }
        Self {
            texts,
            tag,
            triangle,
            show_all,
            height: (bottom + TOP).ceil().max(25.0),
        }
    }

    pub(super) fn paint(&self, ui: &Ui, theme: &Tokens, rect: Rect) {
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
    }
}

/// Monospace text wrapped anywhere, hidden characters escaped and marked.
fn lines(
    ui: &Ui,
    text: &str,
    color: Color32,
    theme: &Tokens,
    width: f32,
    max_lines: Option<usize>,
) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width.max(10.0);
    job.wrap.break_anywhere = true;
    if let Some(max_lines) = max_lines {
        job.wrap.max_rows = max_lines;
    }
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

pub(super) fn severity_word(severity: Severity) -> String {
    crate::judge::words::capitalised(severity.name())
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
