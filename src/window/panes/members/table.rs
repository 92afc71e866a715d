//! The table of members: name, exact value, what it means now.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Color32, CornerRadius, EventFilter, FontId, Galley, Key, Rect, Response, Role, ScrollArea,
    Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::meaning::{Context, Meaning, Tone};
use super::tree::{Content, Duplicate, Duplicates, Entry, Opened, PAGE, Path, Row, rows};
use crate::inspection::Inspection;
use crate::jose::json::{Decimal, Json, Value};
use crate::jose::visible::{pieces, visible};
use crate::jose::{FaultKind, Part};
use crate::judge::{Judgement, Severity};
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::panes::links;
use crate::window::theme::{Tokens, append_exact, mono, size, space, tokens};
use crate::window::widgets::{Icon, paint_icon, row_frame};

/// Below this width in points the meaning stands under the value.
const WIDE: f32 = 400.0;

/// How far children are indented, in points, and to what depth.
const INDENT: f32 = 12.0;
const MAX_INDENTS: usize = 8;

/// Long values are cut after so many rows and characters.
const MAX_LINES: usize = 3;
const MAX_CHARACTERS: usize = 600;

/// Even shown whole, a value is cut after so many characters; the JSON view has them all.
const MAX_WHOLE: usize = 16 << 10;

/// What the table is made from.
pub(super) struct Table<'a> {
    pub(super) model: &'a Model,
    pub(super) inspection: &'a Inspection,
    pub(super) judgement: &'a Judgement,
    pub(super) part: &'a Part,
    pub(super) root: &'a Json,
    pub(super) duplicates: &'a Duplicates,
}

/// Something wrong with a member.
struct Note {
    severity: Severity,
    text: String,
}

impl Table<'_> {
    /// Shows it in the place that is there, and what is selected in view when that is new.
    pub(super) fn show(
        &self,
        ui: &mut Ui,
        opened: &mut Opened,
        is_new_selection: bool,
    ) -> Vec<Command> {
        let rows = rows(self.root, opened, self.duplicates);
        let context = Context::new(self.model, self.inspection, self.judgement);
        let mut commands = Vec::new();
        ScrollArea::vertical()
            .id_salt("table")
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let columns = Columns::new(ui, &rows);
                let mut brings_into_view = is_new_selection;
                for row in &rows {
                    match &row.content {
                        Content::More(count) => more(ui, &row.path, *count, opened),
                        Content::Value(entry) => {
                            let (command, toggle, lit) =
                                self.row(ui, &columns, &context, row, entry, opened);
                            if let Some(lit) = lit.filter(|_| std::mem::take(&mut brings_into_view))
                            {
                                ui.scroll_to_rect(lit, None);
                            }
                            commands.extend(command);
                            if let Some(toggle) = toggle {
                                toggle.apply(&row.path, opened);
                            }
                        }
                    }
                }
            });
        commands
    }

    fn row(
        &self,
        ui: &mut Ui,
        columns: &Columns,
        context: &Context<'_>,
        row: &Row<'_>,
        entry: &Entry<'_>,
        opened: &Opened,
    ) -> (Option<Command>, Option<Toggle>, Option<Rect>) {
        let theme = tokens(ui);
        let is_top = row.path.len() == 1 && !entry.is_element;
        let mut meaning = if is_top {
            context.of(self.part.role, &entry.name, entry.value)
        } else {
            Meaning::default()
        };
        meaning.add(match entry.duplicate {
            Some(Duplicate::Earlier) => "most parsers overwrite this one",
            Some(Duplicate::Last) => "most parsers take this one",
            None => "",
        });
        let notes = self.notes(entry, &meaning);
        let is_whole = opened.whole.contains(&row.path);
        let cells = Cells::new(
            ui,
            theme,
            columns,
            &CellInput {
                part: self.part,
                entry,
                depth: row.path.len().saturating_sub(1),
                meaning: &meaning,
                notes: &notes,
                is_whole,
                is_open: opened.nested.contains(&row.path),
            },
        );
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), cells.height));
        let response = ui.interact(rect, row_id(ui, &row.path), Sense::click());
        let selected_bytes = self
            .model
            .selection
            .as_ref()
            .and_then(|selection| links::bytes_of(self.part, selection));
        let is_lit = selected_bytes
            .is_some_and(|bytes| bytes.start < entry.range.end && entry.range.start < bytes.end);
        let worst = notes.iter().map(|note| note.severity).max();
        // A row out of view is still there for the keyboard and screen readers.
        if ui.is_rect_visible(rect) {
            row_frame(ui, rect, &response, is_lit, tint(theme, &meaning, worst));
            cells.paint(ui, theme, rect);
        }
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        self.describe(&response, entry, &meaning, &notes, is_lit);
        let mut toggle = None;
        if entry.is_nested() {
            let is_open = opened.nested.contains(&row.path);
            if disclosure(ui, theme, &cells, rect, &response, row, entry, is_open) {
                toggle = Some(Toggle::Nested);
            }
        }
        if let Some(place) = cells.show_all {
            let place = place.translate(rect.min.to_vec2());
            let label = if is_whole { "Show less" } else { "Show all" };
            if link(
                ui,
                place,
                row_id(ui, &row.path).with("all"),
                label,
                &format!("{label} of {}", visible(&entry.name)),
            ) {
                toggle = Some(Toggle::Whole);
            }
        }
        let response = match &meaning.hover {
            Some(text) => response.on_hover_text(text),
            None => response,
        };
        let selection = links::select(self.part, entry.range.clone());
        let command = response.clicked().then(|| {
            let is_selected = self.model.selection.as_ref() == Some(&selection);
            Command::Select((!is_selected).then_some(selection))
        });
        (command, toggle, is_lit.then_some(rect))
    }

    /// Findings about a member and faults in it, the worst first.
    fn notes(&self, entry: &Entry<'_>, meaning: &Meaning) -> Vec<Note> {
        let range = self.part.text_range(entry.range.clone());
        let touches =
            |other: &std::ops::Range<usize>| other.start < range.end && range.start < other.end;
        let mut notes: Vec<Note> = self
            .judgement
            .findings
            .iter()
            .filter(|finding| {
                finding.evidence.iter().any(|evidence| {
                    let pointer = evidence.pointer.as_deref().unwrap_or_default();
                    let is_here = pointer == entry.pointer
                        || pointer
                            .strip_prefix(entry.pointer.as_str())
                            .is_some_and(|rest| rest.starts_with('/'));
                    evidence.part == self.part.role
                        && !pointer.is_empty()
                        && is_here
                        && touches(&evidence.range)
                })
            })
            // What the meaning says already in red.
            .filter(|finding| !(meaning.tone == Tone::Bad && finding.severity == Severity::Info))
            .map(|finding| Note {
                severity: finding.severity,
                text: finding.title.clone(),
            })
            .collect();
        if entry.duplicate.is_some() && notes.is_empty() {
            notes.push(Note {
                severity: Severity::Medium,
                text: "This name stands here more than once".to_owned(),
            });
        }
        if notes.is_empty() {
            let faults = self.inspection.token.faults.iter().filter(|fault| {
                fault.part == self.part.role
                    && matches!(fault.kind, FaultKind::Json(_))
                    && touches(&fault.range)
            });
            notes.extend(faults.map(|fault| Note {
                severity: Severity::Medium,
                text: crate::judge::words::capitalised(&visible(&fault.kind.to_string())),
            }));
        }
        notes.sort_by_key(|note| std::cmp::Reverse(note.severity));
        notes
    }

    fn describe(
        &self,
        response: &Response,
        entry: &Entry<'_>,
        meaning: &Meaning,
        notes: &[Note],
        is_lit: bool,
    ) {
        response.widget_info(|| {
            let mut words = match entry.name.as_str() {
                "" => value_text(self.part, entry.value, 4 * MAX_CHARACTERS),
                name => format!(
                    "{}: {}",
                    visible(name),
                    value_text(self.part, entry.value, 4 * MAX_CHARACTERS)
                ),
            };
            if words.chars().count() > MAX_CHARACTERS {
                words = words.chars().take(MAX_CHARACTERS).chain(['…']).collect();
            }
            let tag = meaning.tag.map(|(tag, _)| tag.to_owned());
            let notes = notes
                .iter()
                .map(|note| format!("{}: {}", severity_word(note.severity), note.text));
            for more in [meaning.text.clone()]
                .into_iter()
                .filter(|text| !text.is_empty())
                .chain(tag)
                .chain(notes)
            {
                words = format!("{words}. {more}");
            }
            WidgetInfo::selected(Role::Row, true, is_lit, words)
        });
    }
}

/// A row's own change of view.
enum Toggle {
    Nested,
    Whole,
}

impl Toggle {
    fn apply(self, path: &Path, opened: &mut Opened) {
        let set = match self {
            Self::Nested => &mut opened.nested,
            Self::Whole => &mut opened.whole,
        };
        if !set.remove(path) {
            set.insert(path.clone());
        }
    }
}

/// Positions in the tree only: nothing of a token becomes an id.
fn row_id(ui: &Ui, path: &Path) -> egui::Id {
    ui.scope_id().with(path)
}

/// The horizontal layout of all rows.
struct Columns {
    name: f32,
    value: f32,
    meaning: Option<f32>,
}

impl Columns {
    fn new(ui: &Ui, rows: &[Row<'_>]) -> Self {
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

struct CellInput<'a> {
    part: &'a Part,
    entry: &'a Entry<'a>,
    depth: usize,
    meaning: &'a Meaning,
    notes: &'a [Note],
    is_whole: bool,
    is_open: bool,
}

/// A row laid out: texts with their places from its top left corner.
struct Cells {
    texts: Vec<(egui::Pos2, Arc<Galley>)>,
    tag: Option<(Rect, Arc<Galley>)>,
    /// Where the triangle of an object or array goes.
    triangle: Rect,
    /// Where "Show all" goes.
    show_all: Option<Rect>,
    height: f32,
}

impl Cells {
    fn new(ui: &Ui, theme: &Tokens, columns: &Columns, input: &CellInput<'_>) -> Self {
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

    fn paint(&self, ui: &Ui, theme: &Tokens, rect: Rect) {
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
fn value_text(part: &Part, value: &Json, limit: usize) -> String {
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

fn tint(theme: &Tokens, meaning: &Meaning, worst: Option<Severity>) -> Option<Color32> {
    match (meaning.tone, worst) {
        (_, Some(severity)) if severity >= Severity::Medium => {
            Some(theme.tint(theme.severity(severity)))
        }
        (Tone::Bad, _) => Some(theme.tint(theme.bad)),
        (Tone::Warn, _) => Some(theme.tint(theme.warn)),
        _ => None,
    }
}

fn tone_color(theme: &Tokens, tone: Tone, plain: Color32) -> Color32 {
    match tone {
        Tone::Bad => theme.bad,
        Tone::Ok => theme.ok,
        Tone::Plain => plain,
        Tone::Warn => theme.warn,
    }
}

fn severity_word(severity: Severity) -> String {
    crate::judge::words::capitalised(severity.name())
}

/// The triangle of an object or array; true when it was used, by pointer or arrow key.
#[expect(clippy::too_many_arguments, reason = "a row's own pieces, used once")]
fn disclosure(
    ui: &Ui,
    theme: &Tokens,
    cells: &Cells,
    rect: Rect,
    row_response: &Response,
    row: &Row<'_>,
    entry: &Entry<'_>,
    is_open: bool,
) -> bool {
    let place = cells.triangle.translate(rect.min.to_vec2());
    let response = ui.interact(
        place.expand(2.0),
        row_id(ui, &row.path).with("open"),
        Sense::click(),
    );
    response.widget_info(|| {
        let verb = if is_open { "Close" } else { "Open" };
        WidgetInfo::selected(
            Role::DisclosureTriangle,
            true,
            is_open,
            format!("{verb} {}", visible(&entry.name)),
        )
    });
    let color = if response.hovered() || response.has_focus() {
        theme.accent
    } else {
        theme.dim
    };
    let icon = if is_open { Icon::Open } else { Icon::Closed };
    paint_icon(
        ui.painter(),
        Rect::from_center_size(place.center(), vec2(9.0, 9.0)),
        icon,
        color,
    );
    if row_response.has_focus() {
        let filter = EventFilter {
            horizontal_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(row_response.id, filter));
        let key = if is_open {
            Key::ArrowLeft
        } else {
            Key::ArrowRight
        };
        if ui.input(|input| input.key_pressed(key)) {
            return true;
        }
    }
    response.clicked()
}

/// Text that acts when it is clicked.
fn link(ui: &Ui, place: Rect, id: egui::Id, label: &str, name: &str) -> bool {
    let theme = tokens(ui);
    let response = ui.interact(place, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let galley = ui.painter().layout_no_wrap(
        label.to_owned(),
        FontId::proportional(size::SMALL),
        theme.accent,
    );
    let at = pos2(place.left(), place.center().y - galley.size().y / 2.0);
    if response.hovered() || response.has_focus() {
        let under = at.y + galley.size().y;
        ui.painter().hline(
            at.x..=at.x + galley.size().x,
            under,
            Stroke::new(1.0, theme.accent),
        );
    }
    ui.painter().galley(at, galley, theme.accent);
    response.clicked()
}

fn more(ui: &mut Ui, path: &Path, count: usize, opened: &mut Opened) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 25.0));
    let indent = path.len().min(MAX_INDENTS) as f32 * INDENT;
    let place = Rect::from_min_max(rect.min + vec2(space::M + indent, 0.0), rect.max);
    let label = format!("Show {} of {count} more", count.min(PAGE));
    if link(ui, place, row_id(ui, path).with("more"), &label, &label) {
        let shown = opened.pages.entry(path.clone()).or_insert(PAGE);
        *shown = shown.saturating_add(PAGE);
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
