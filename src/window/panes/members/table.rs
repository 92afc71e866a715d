//! The table of members: name, exact value, what it means now.

use std::ops::Range;

use egui::{
    Color32, EventFilter, FontId, Key, Rect, Response, Role, ScrollArea, Sense, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

use super::cells::{
    CellInput, Cells, Columns, INDENT, MAX_CHARACTERS, MAX_INDENTS, Note, severity_word, value_text,
};
use super::meaning::{Context, Meaning, Tone};
use super::tree::{Content, Duplicate, Duplicates, Entry, Opened, PAGE, Path, Row, rows};
use crate::inspection::Inspection;
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::jose::{FaultKind, Part};
use crate::judge::{Judgement, Severity};
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::panes::{hover, links};
use crate::window::theme::{Tokens, size, space, tokens};
use crate::window::widgets::{Icon, paint_icon, row_frame};

/// What the table is made from.
pub(super) struct Table<'a> {
    pub(super) model: &'a Model,
    pub(super) inspection: &'a Inspection,
    pub(super) judgement: &'a Judgement,
    pub(super) part: &'a Part,
    pub(super) root: &'a Json,
    pub(super) duplicates: &'a Duplicates,
}

/// What all rows of one frame have in common.
struct Surroundings<'a> {
    columns: Columns,
    context: Context<'a>,
    /// Selected bytes of the part, and those that the pointer is on in another pane.
    selected: Option<Range<usize>>,
    hovered: Option<Range<usize>>,
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
        let bytes = |text: &Range<usize>| links::bytes_of(self.part, text);
        let selection = self.model.selection.as_ref();
        let selected = selection.and_then(|selection| bytes(&selection.range));
        let hovered = hover::get(ui).and_then(|text| bytes(&text));
        let mut commands = Vec::new();
        ScrollArea::vertical()
            .id_salt("table")
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let surroundings = Surroundings {
                    columns: Columns::new(ui, &rows),
                    context: Context::new(self.model, self.inspection, self.judgement),
                    selected,
                    hovered,
                };
                let mut brings_into_view = is_new_selection;
                for row in &rows {
                    match &row.content {
                        Content::More(count) => more(ui, &row.path, *count, opened),
                        Content::Value(entry) => {
                            let (command, toggle, lit) =
                                self.row(ui, &surroundings, row, entry, opened);
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
        around: &Surroundings<'_>,
        row: &Row<'_>,
        entry: &Entry<'_>,
        opened: &Opened,
    ) -> (Option<Command>, Option<Toggle>, Option<Rect>) {
        let theme = tokens(ui);
        let is_top = row.path.len() == 1 && !entry.is_element;
        let mut meaning = if is_top {
            around.context.of(self.part.role, &entry.name, entry.value)
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
            &around.columns,
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
        let is_in =
            |bytes: &Range<usize>| bytes.start < entry.range.end && entry.range.start < bytes.end;
        let is_lit = around.selected.as_ref().is_some_and(is_in);
        let is_pointed_at = around.hovered.as_ref().is_some_and(is_in);
        let worst = notes.iter().map(|note| note.severity).max();
        // A row out of view is still there for the keyboard and screen readers.
        if ui.is_rect_visible(rect) {
            let tint = tint(theme, &meaning, worst).or(is_pointed_at.then_some(theme.bg2));
            row_frame(ui, rect, &response, is_lit, tint);
            cells.paint(ui, theme, rect);
        }
        if response.hovered() {
            hover::set(ui, self.part.text_range(entry.range.clone()));
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
        let touches = |other: &Range<usize>| other.start < range.end && range.start < other.end;
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
                "" => visible(&value_text(self.part, entry.value, 4 * MAX_CHARACTERS)),
                name => format!(
                    "{}: {}",
                    visible(name),
                    visible(&value_text(self.part, entry.value, 4 * MAX_CHARACTERS))
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
