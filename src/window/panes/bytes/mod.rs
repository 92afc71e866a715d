//! A view of bytes, as text or hex: virtual rows, a selection by pointer and keyboard, faults underlined.

mod cursor;
mod rows;

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Color32, Event, EventFilter, Galley, Key, Pos2, Rect, Response, Role, ScrollArea, Sense,
    Stroke, Ui, WidgetInfo,
};

use crate::window::theme::{Tokens, append_exact, mono, space, tokens};

use cursor::{after, after_or_end, before, in_row};
use rows::Cell;
pub(crate) use rows::{CellKind, Form, Rows};

/// The height of a row, in points.
const ROW: f32 = 18.0;

/// Rows are scrolled by this share of how far the pointer is over the edge, in each frame.
const EDGE_SPEED: f32 = 0.25;

/// No more than this is handed to screen readers, in bytes.
const MAX_SPOKEN: usize = 8 << 10;

/// What to show.
pub(crate) struct Source<'a> {
    /// The name for screen readers.
    pub(crate) name: &'a str,
    /// What it is, for screen readers, such as `705 bytes`.
    pub(crate) description: &'a str,
    /// Changes with the bytes: the token and the part.
    pub(crate) identity: &'a str,
    /// The bytes.
    pub(crate) bytes: &'a [u8],
    /// Text with lines, text without, or hex.
    pub(crate) style: ByteStyle,
    /// The colour of the character at a byte.
    pub(crate) color: &'a dyn Fn(usize) -> Color32,
    /// What a click at a byte selects.
    pub(crate) group: &'a dyn Fn(usize) -> Range<usize>,
    /// What is selected.
    pub(crate) selection: Option<Range<usize>>,
    /// What the pointer is on in another pane.
    pub(crate) hovered: Option<Range<usize>>,
    /// What is wrong, with the words for it.
    pub(crate) faults: &'a [(Range<usize>, String)],
}

/// How bytes are shown, whatever the width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteStyle {
    /// Hexadecimal and characters.
    Hex,
    /// Text; a line feed begins a new row.
    Lines,
    /// Text; a line feed is shown as `\n`.
    Wrapped,
}

/// What the user did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// Selected something else.
    pub(crate) picked: Option<Picked>,
    /// Asked to copy.
    pub(crate) copy: bool,
    /// What the pointer is on.
    pub(crate) hovered: Option<Range<usize>>,
    /// Clicked three times at this byte: `picked` holds all bytes, where less may be meant.
    pub(crate) whole: Option<usize>,
    /// The rows as a widget: for the focus, and for a context menu.
    pub(crate) response: Option<Response>,
}

/// A new selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Picked {
    /// These bytes.
    Bytes(Range<usize>),
    /// Nothing any more.
    Nothing,
}

/// The view's own state.
#[derive(Debug, Clone, Default)]
pub(crate) struct ByteView {
    cache: Option<Cache>,
    /// Where a selection began, and where it now ends: the first bytes of characters.
    anchor: usize,
    head: usize,
    /// The selection when it was last looked at.
    seen: Option<Range<usize>>,
    hovered: Option<Range<usize>>,
    offset: f32,
    height: f32,
    /// Whether it is to get the keyboard.
    wants_focus: bool,
    /// Where to scroll to next, while a selection is dragged over an edge.
    scrolls_to: Option<f32>,
}

/// What is worked out once for all frames that show the same bytes at the same width.
#[derive(Debug, Clone)]
struct Cache {
    identity: String,
    style: ByteStyle,
    columns: usize,
    is_plain: bool,
    rows: Rows,
    /// The bytes that are at fault: in order, apart from each other, none empty.
    faults: Vec<Range<usize>>,
    /// What screen readers are told.
    spoken: String,
}

impl ByteView {
    /// Takes the keyboard when it is next shown.
    pub(crate) fn take_focus(&mut self) {
        self.wants_focus = true;
    }

    /// Shows the bytes in the width that is there, at most in the height that is there.
    pub(crate) fn show(&mut self, ui: &mut Ui, source: &Source<'_>) -> Outcome {
        self.cut(ui, source);
        let mut area = ScrollArea::vertical()
            .id_salt(source.name)
            .auto_shrink([false, true])
            .content_margin(egui::Margin::symmetric(space::M as i8, space::S as i8));
        if self.seen != source.selection {
            self.seen.clone_from(&source.selection);
            if let Some(selection) = &source.selection {
                self.anchor = selection.start;
                self.head = selection.end.saturating_sub(1).max(selection.start);
                if let Some(offset) = self.offset_to_see(selection.start) {
                    area = area.vertical_scroll_offset(offset);
                }
            }
        }
        if let Some(offset) = self.scrolls_to.take() {
            area = area.vertical_scroll_offset(offset);
        }
        let rows = self.cache.as_ref().map_or(1, |cache| cache.rows.len());
        ui.spacing_mut().item_spacing.y = 0.0;
        // Where not all rows fit, none is cut in half at the lower edge.
        let room = ui.available_height();
        if rows as f32 * ROW + 2.0 * space::S > room {
            area = area.max_height(((room - space::S) / ROW).floor().max(1.0) * ROW + space::S);
        }
        let output = area.show_rows(ui, ROW, rows, |ui, range| self.rows(ui, source, range));
        self.offset = output.state.clamped_offset().y;
        self.height = output.inner_rect.height();
        output.inner
    }

    /// Cuts the bytes into rows anew where bytes, form or width changed.
    fn cut(&mut self, ui: &Ui, source: &Source<'_>) {
        let character = ui
            .fonts_mut(|fonts| fonts.glyph_width(&mono(), '0'))
            .max(1.0);
        let bar = ui.spacing().scroll.allocated_width();
        let width = ui.available_width() - 2.0 * space::M - bar;
        let columns = (width / character).floor().max(1.0) as usize;
        let known = self
            .cache
            .take()
            .filter(|cache| cache.identity == source.identity);
        if known.is_none() {
            self.hovered = None;
            self.seen = None;
            (self.anchor, self.head) = (0, 0);
        }
        let is_plain = match &known {
            Some(cache) => cache.is_plain,
            None => source.bytes.iter().all(|byte| matches!(byte, b' '..=b'~')),
        };
        let fitting = known.filter(|cache| cache.columns == columns && cache.style == source.style);
        self.cache = Some(fitting.unwrap_or_else(|| {
            let form = match source.style {
                ByteStyle::Hex => Form::hex(columns, source.bytes.len()),
                ByteStyle::Lines => Form::Text {
                    columns,
                    has_lines: true,
                },
                ByteStyle::Wrapped => Form::Text {
                    columns,
                    has_lines: false,
                },
            };
            Cache {
                identity: source.identity.to_owned(),
                style: source.style,
                columns,
                is_plain,
                rows: Rows::new(source.bytes, form, is_plain),
                faults: merged(source.faults),
                spoken: spoken(source.bytes),
            }
        }));
    }

    /// The scroll offset that brings a byte into view, when it is out of it.
    fn offset_to_see(&self, byte: usize) -> Option<f32> {
        let row = self.cache.as_ref()?.rows.row_of(byte) as f32;
        let top = row * ROW;
        let is_seen = top >= self.offset && top + ROW <= self.offset + self.height;
        (self.height > 0.0 && !is_seen).then(|| (top - self.height / 3.0).max(0.0))
    }

    fn rows(&mut self, ui: &mut Ui, source: &Source<'_>, visible: Range<usize>) -> Outcome {
        let tokens = tokens(ui);
        let Some(cache) = &self.cache else {
            return Outcome::default();
        };
        let place = egui::vec2(ui.available_width(), visible.len() as f32 * ROW);
        let (rect, _) = ui.allocate_exact_size(place, Sense::hover());
        // One widget for all rows, whichever are in view: it keeps focus and drags while they scroll.
        let id = ui.make_persistent_id("bytes");
        let response = ui.interact(rect.intersect(ui.clip_rect()), id, Sense::click_and_drag());
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        let mut lines = Vec::with_capacity(visible.len());
        for (place, row) in visible.clone().enumerate() {
            let cells = cache.rows.cells(source.bytes, row);
            let job = self.job(tokens, source, cache, &cells);
            let galley = ui.painter().layout_job(job);
            let at = rect.left_top() + egui::vec2(0.0, place as f32 * ROW);
            ui.painter()
                .galley(at, std::sync::Arc::clone(&galley), tokens.text);
            lines.push((
                Rect::from_min_size(at, egui::vec2(rect.width(), ROW)),
                cells,
                galley,
            ));
        }
        if response.has_focus() {
            let ring = Stroke::new(1.5, tokens.accent);
            let around = ui.clip_rect().shrink(1.0);
            ui.painter()
                .rect_stroke(around, 2, ring, egui::StrokeKind::Inside);
        }
        describe(ui, &response, source, &cache.spoken);
        let mut outcome = self.pointer(&response, source, &lines);
        self.drag_over_edge(ui, &response);
        self.keys(ui, &response, source, &mut outcome);
        outcome.response = Some(response);
        outcome
    }

    /// A selection that is dragged out of sight brings more rows into it, the faster the farther out.
    fn drag_over_edge(&mut self, ui: &Ui, response: &Response) {
        let at = response
            .interact_pointer_pos()
            .filter(|_| response.dragged());
        let Some(at) = at else {
            return;
        };
        let view = ui.clip_rect();
        let out = (at.y - view.bottom()).max(0.0) + (at.y - view.top()).min(0.0);
        let rows = self.cache.as_ref().map_or(1, |cache| cache.rows.len());
        let end = (rows as f32 * ROW + 2.0 * space::S - self.height).max(0.0);
        let to = (self.offset + out * EDGE_SPEED).clamp(0.0, end);
        if (to - self.offset).abs() > 0.5 {
            self.scrolls_to = Some(to);
            ui.ctx().request_repaint();
        }
    }

    fn pointer(
        &mut self,
        response: &Response,
        source: &Source<'_>,
        lines: &[(Rect, Vec<Cell>, std::sync::Arc<Galley>)],
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let under = |at: Pos2| byte_at(lines, at);
        let pointed = response.hover_pos().and_then(under);
        let hovered = pointed.clone().map(|cell| (source.group)(cell.start));
        if self.hovered != hovered {
            self.hovered = hovered;
            response.ctx.request_repaint();
        }
        outcome.hovered.clone_from(&self.hovered);
        if let Some(cell) = &pointed
            && self
                .cache
                .as_ref()
                .is_some_and(|cache| is_among(&cache.faults, cell))
        {
            let faults: Vec<&str> = source
                .faults
                .iter()
                .filter(|(range, _)| overlaps(range, cell))
                .map(|(_, text)| text.as_str())
                .collect();
            response.clone().on_hover_text_at_pointer(faults.join("\n"));
        }
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
        if response.drag_started()
            && let Some(cell) = response
                .ctx
                .input(|input| input.pointer.press_origin())
                .and_then(under)
        {
            self.anchor = cell.start;
            self.head = cell.start;
        }
        if response.dragged()
            && let Some(cell) = response
                .interact_pointer_pos()
                .and_then(|at| nearest(lines, at))
        {
            self.head = cell.start;
            let selection = self.selected(source.bytes);
            if source.selection.as_ref() != Some(&selection) {
                self.seen = Some(selection.clone());
                outcome.picked = Some(Picked::Bytes(selection));
            }
        }
        let under = response.interact_pointer_pos().and_then(under);
        if response.clicked() {
            outcome.picked = Some(match under {
                Some(cell) if response.triple_clicked() => {
                    outcome.whole = Some(cell.start);
                    self.picked(0..source.bytes.len())
                }
                Some(cell) if response.ctx.input(|input| input.modifiers.shift) => {
                    self.head = cell.start;
                    let selection = self.selected(source.bytes);
                    self.seen = Some(selection.clone());
                    Picked::Bytes(selection)
                }
                Some(cell) => self.picked((source.group)(cell.start)),
                None => Picked::Nothing,
            });
        } else if response.secondary_clicked()
            && let Some(cell) = under
        {
            response.request_focus();
            // The menu is about what it was opened on.
            let is_selected = |selection: &Range<usize>| overlaps(selection, &cell);
            if !source.selection.as_ref().is_some_and(is_selected) {
                outcome.picked = Some(self.picked((source.group)(cell.start)));
            }
        }
        outcome
    }

    /// Selects these bytes, from the first to the last, where they are.
    fn picked(&mut self, bytes: Range<usize>) -> Picked {
        self.anchor = bytes.start;
        self.head = bytes.end.saturating_sub(1).max(bytes.start);
        self.seen = Some(bytes.clone());
        Picked::Bytes(bytes)
    }

    fn keys(&mut self, ui: &Ui, response: &Response, source: &Source<'_>, outcome: &mut Outcome) {
        if !response.has_focus() {
            return;
        }
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: source.selection.is_some(),
            tab: false,
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let Some(cache) = self.cache.take() else {
            return;
        };
        let events = ui.input(|input| input.events.clone());
        let mut moved = false;
        for event in events {
            match event {
                Event::Copy => outcome.copy = true,
                Event::Key {
                    key: Key::Escape,
                    pressed: true,
                    ..
                } if source.selection.is_some() => {
                    self.seen = None;
                    outcome.picked = Some(Picked::Nothing);
                }
                Event::Key {
                    key: Key::A,
                    pressed: true,
                    modifiers,
                    ..
                } if modifiers.command && !source.bytes.is_empty() => {
                    outcome.picked = Some(self.picked(0..source.bytes.len()));
                }
                Event::Key {
                    key,
                    pressed: true,
                    modifiers,
                    ..
                } => {
                    // The first key shows where the cursor is.
                    let is_hidden = source.selection.is_none() && !moved;
                    let Some(to) = self.target(&cache.rows, source.bytes, key, modifiers.command)
                    else {
                        continue;
                    };
                    moved = true;
                    self.head = if is_hidden { self.head } else { to };
                    if !modifiers.shift {
                        self.anchor = self.head;
                    }
                }
                _ => {}
            }
        }
        self.cache = Some(cache);
        if moved && !source.bytes.is_empty() {
            // `seen` stays as it was: the next frame scrolls to the new place.
            let selection = self.selected(source.bytes);
            outcome.picked = Some(Picked::Bytes(selection));
        }
    }

    /// Where a key takes the cursor; `None` for a key that does not.
    fn target(&self, rows: &Rows, bytes: &[u8], key: Key, command: bool) -> Option<usize> {
        let from = self.head;
        let page = (self.height / ROW).max(1.0) as isize;
        Some(match (key, command) {
            (Key::Home, true) => 0,
            (Key::End, true) => before(bytes, bytes.len()),
            (_, true) => return None,
            (Key::ArrowLeft, _) => before(bytes, from),
            (Key::ArrowRight, _) => after(bytes, from),
            (Key::ArrowUp, _) => in_row(rows, bytes, from, -1),
            (Key::ArrowDown, _) => in_row(rows, bytes, from, 1),
            (Key::PageUp, _) => in_row(rows, bytes, from, -page),
            (Key::PageDown, _) => in_row(rows, bytes, from, page),
            (Key::Home, _) => rows.bytes(rows.row_of(from)).start,
            (Key::End, _) => before(bytes, rows.bytes(rows.row_of(from)).end).max(from),
            _ => return None,
        })
    }

    /// From the anchor's character to the head's, both included.
    fn selected(&self, bytes: &[u8]) -> Range<usize> {
        let (first, last) = (self.anchor.min(self.head), self.anchor.max(self.head));
        first.min(bytes.len())..after_or_end(bytes, last)
    }

    fn job(
        &self,
        tokens: &Tokens,
        source: &Source<'_>,
        cache: &Cache,
        cells: &[Cell],
    ) -> LayoutJob {
        let mut job = LayoutJob::default();
        job.wrap.max_width = f32::INFINITY;
        job.keep_trailing_whitespace = true;
        let mut run: Option<(String, TextFormat)> = None;
        for cell in cells {
            let format = self.format(tokens, source, cache, cell);
            match &mut run {
                Some((text, run_format)) if *run_format == format => text.push_str(&cell.text),
                _ => {
                    if let Some((text, format)) = run.replace((cell.text.clone(), format)) {
                        append_exact(&mut job, &text, &format);
                    }
                }
            }
        }
        if let Some((text, format)) = run {
            append_exact(&mut job, &text, &format);
        }
        job
    }

    fn format(
        &self,
        tokens: &Tokens,
        source: &Source<'_>,
        cache: &Cache,
        cell: &Cell,
    ) -> TextFormat {
        let color = match cell.kind {
            CellKind::Character => (source.color)(cell.bytes.start),
            CellKind::Escaped => tokens.warn,
            CellKind::Gap | CellKind::Hex => tokens.text,
            CellKind::Offset => tokens.faint,
        };
        let is_in = |range: &Range<usize>| match cell.kind {
            CellKind::Gap => range.start <= cell.bytes.start && cell.bytes.end <= range.end,
            _ => overlaps(range, &cell.bytes),
        };
        let background = if source.selection.as_ref().is_some_and(is_in) {
            tokens.selection
        } else if self
            .hovered
            .as_ref()
            .or(source.hovered.as_ref())
            .is_some_and(is_in)
        {
            tokens.bg3
        } else {
            Color32::TRANSPARENT
        };
        let is_fault = cell.kind != CellKind::Gap && is_among(&cache.faults, &cell.bytes);
        TextFormat {
            font_id: mono(),
            color,
            background,
            line_height: Some(ROW),
            underline: if is_fault {
                Stroke::new(2.0, tokens.bad)
            } else {
                Stroke::NONE
            },
            ..TextFormat::default()
        }
    }
}

fn describe(ui: &Ui, response: &Response, source: &Source<'_>, spoken: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::MultilineTextInput, true, source.name));
    ui.accesskit_node_builder(response.id, |node| {
        node.set_read_only();
        if source.bytes.len() > MAX_SPOKEN {
            let more = format!(
                "{}, of which the first {MAX_SPOKEN} are here",
                source.description
            );
            node.set_description(more);
        } else {
            node.set_description(source.description);
        }
        node.set_value(spoken);
    });
}

/// The beginning of the bytes as text, without what cannot be seen.
fn spoken(bytes: &[u8]) -> String {
    let first = bytes.get(..MAX_SPOKEN).unwrap_or(bytes);
    crate::jose::visible::visible(&String::from_utf8_lossy(first))
}

/// The ranges in order and joined where they meet; an empty one is the byte that it stands before.
fn merged(faults: &[(Range<usize>, String)]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = faults
        .iter()
        .map(|(range, _)| range.start..range.end.max(range.start.saturating_add(1)))
        .collect();
    ranges.sort_by_key(|range| range.start);
    ranges.dedup_by(|next, last| {
        let meets = next.start <= last.end;
        if meets {
            last.end = last.end.max(next.end);
        }
        meets
    });
    ranges
}

/// Whether any of these [`merged`] ranges shares a byte with another one.
fn is_among(merged: &[Range<usize>], bytes: &Range<usize>) -> bool {
    let index = merged.partition_point(|range| range.end <= bytes.start);
    merged
        .get(index)
        .is_some_and(|range| overlaps(range, bytes))
}

/// Whether two ranges share a byte. An empty one is the byte that it stands before.
fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    let end = |range: &Range<usize>| range.end.max(range.start.saturating_add(1));
    a.start < end(b) && b.start < end(a) && !b.is_empty()
}

/// The bytes of the cell at a point.
fn byte_at(lines: &[(Rect, Vec<Cell>, std::sync::Arc<Galley>)], at: Pos2) -> Option<Range<usize>> {
    let (rect, cells, galley) = lines
        .iter()
        .find(|(rect, ..)| rect.top() <= at.y && at.y < rect.bottom())?;
    let x = at.x - rect.left();
    let glyphs = &galley.rows.first()?.glyphs;
    let index = glyphs
        .iter()
        .position(|glyph| glyph.pos.x <= x && x < glyph.max_x())?;
    let mut characters = 0_usize;
    cells
        .iter()
        .find(|cell| {
            characters = characters.saturating_add(cell.text.chars().count());
            index < characters
        })
        .map(|cell| cell.bytes.clone())
        .filter(|bytes| !bytes.is_empty())
}

/// The bytes of the cell that is nearest to a point: past a row's end its last, below all rows the last.
fn nearest(lines: &[(Rect, Vec<Cell>, std::sync::Arc<Galley>)], at: Pos2) -> Option<Range<usize>> {
    let (first, last) = (lines.first()?, lines.last()?);
    let y = at.y.clamp(first.0.top(), last.0.bottom() - 1.0);
    let at = Pos2::new(at.x, y);
    byte_at(lines, at).or_else(|| {
        let (rect, cells, _) = lines.iter().find(|(rect, ..)| y < rect.bottom())?;
        let mut filled = cells.iter().filter(|cell| !cell.bytes.is_empty());
        let is_before = at.x < rect.center().x;
        let cell = if is_before {
            filled.next()
        } else {
            filled.next_back()
        };
        cell.map(|cell| cell.bytes.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_takes_whole_characters() {
        let bytes = "aé漢b".as_bytes();
        let view = ByteView {
            anchor: 3,
            head: 1,
            ..ByteView::default()
        };
        assert_eq!(view.selected(bytes), 1..6);
    }

    #[test]
    fn faults_are_found_among_many() {
        let fault = |range: Range<usize>| (range, String::new());
        let faults = [
            fault(9..9),
            fault(2..6),
            fault(20..30),
            fault(5..7),
            fault(3..4),
        ];
        let merged = merged(&faults);
        assert_eq!(merged, [2..7, 9..10, 20..30]);
        let marked: Vec<usize> = (0..40)
            .filter(|&at| is_among(&merged, &(at..at + 1)))
            .collect();
        let wanted: Vec<usize> = (2..7).chain(9..10).chain(20..30).collect();
        assert_eq!(marked, wanted);
        assert!(
            !is_among(&merged, &(9..9)),
            "a cell of no byte has no fault"
        );
    }

    #[test]
    fn an_empty_fault_marks_the_byte_it_stands_before() {
        assert!(overlaps(&(3..3), &(3..4)));
        assert!(!overlaps(&(3..3), &(2..3)));
        assert!(overlaps(&(0..5), &(4..6)));
    }
}
