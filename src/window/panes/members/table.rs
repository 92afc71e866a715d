//! The table of members: name, exact value, what it means now.

use std::ops::Range;

use egui::accesskit::{Action, Node};
use egui::{
    Color32, Id, Margin, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Tooltip, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

use super::cells::{CellInput, Cells, MAX_CHARACTERS, Shape, Whole, cut, lines, value_text};
use super::clicks::{disclosure, link};
use super::keys::{self, Asked};
use super::meaning::{Context, Meaning, Tone};
use super::menu::{self, RowMenu};
use super::notes::{Note, Notes};
use super::scroll::{Bring, InView, TableView, Telling};
use super::told::{self, Told};
use super::tree::{Duplicate, Duplicates, Entry, Row, Start, first_after, way};
use crate::inspection::Inspection;
use crate::jose::json::{Json, Value, as_double};
use crate::jose::visible::visible;
use crate::jose::{Kind, Part, PartRole, Token};
use crate::judge::{Judgement, Severity};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Model, Selection};
use crate::window::panes::focus::{self, Place};
use crate::window::panes::{hover, links};
use crate::window::theme::{Tokens, space, tokens};
use crate::window::widgets::row_frame;

/// A value that is shown whole is told to screen readers up to so many characters.
const MAX_SPOKEN: usize = 8 << 10;

/// What the table is made from.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) model: &'a Model,
    pub(super) inspection: &'a Inspection,
    pub(super) judgement: &'a Judgement,
    pub(super) part: &'a Part,
    pub(super) root: &'a Json,
    pub(super) duplicates: &'a Duplicates,
    /// The name for screen readers.
    pub(super) name: &'a str,
    /// The place that the keyboard may be sent to.
    pub(super) place: Place,
}

/// What all rows of one frame have in common.
struct Surroundings<'a> {
    context: Context<'a>,
    notes: Notes<'a>,
    /// Selected bytes of the part, and those that the pointer is on in another pane.
    selected: Option<Range<usize>>,
    hovered: Option<Range<usize>>,
    /// The widget that has the keyboard for all rows.
    id: Id,
}

/// A row laid out.
struct Laid<'a> {
    row: Row,
    entry: Entry<'a>,
    told: Option<Told<'a>>,
    meaning: Meaning,
    notes: Vec<Note>,
    cells: Cells,
    whole: Option<Whole>,
    is_open: bool,
}

impl<'a> Table<'a> {
    /// Shows it in the place that is there. `is_new_selection`: another pane selected something, which is to be seen.
    pub(super) fn show(
        &self,
        ui: &mut Ui,
        view: &mut TableView,
        is_new_selection: bool,
    ) -> Vec<Command> {
        let id = ui.scope_id().with("rows");
        let bytes = |text: &Range<usize>| links::bytes_of(self.part, text);
        let selection = self.model.selection.as_ref();
        let selected = selection.and_then(|selection| bytes(&selection.range));
        if let Some(bytes) = selected.as_ref().filter(|_| is_new_selection) {
            self.uncover(view, bytes);
        }
        let is_looking = view.filter.is_open || !view.filter.text.is_empty();
        let escapes = view.tells() || is_looking || selected.is_some();
        let asked = keys::take(ui, id, view, escapes);
        let mut commands = self.answer(view, asked, is_looking);
        let around = Surroundings {
            context: Context::new(self.model, self.inspection, self.judgement),
            notes: Notes::new(self.part, self.inspection, self.judgement),
            selected,
            hovered: hover::get(ui).and_then(|text| bytes(&text)),
            id,
        };
        let area = ui.available_rect_before_wrap();
        let builder = UiBuilder::new()
            .scope_id(id)
            .max_rect(area)
            .sense(Sense::focusable_noninteractive())
            .accessibility_role(Role::TreeGrid)
            .accessibility_label(self.name);
        let gained = ui
            .scope_builder(builder, |ui| {
                view.wants_focus |= focus::take(ui, self.place);
                let has_focus = ui.memory(|memory| memory.has_focus(id));
                let had_focus = std::mem::replace(&mut view.has_focus, has_focus);
                let gained = has_focus && !had_focus;
                if had_focus && !has_focus {
                    view.telling = Telling::UnderPointer;
                }
                if gained {
                    let active = view.active().and_then(|index| view.list.get(index));
                    view.active = active.map(|row| row.start);
                    view.bring = view.bring.or(view.active.map(Bring::Near));
                }
                commands.extend(self.rows(ui, view, &around, area));
                commands.extend(self.menu(ui, view));
                gained
            })
            .inner;
        if std::mem::take(&mut view.wants_focus) {
            // Only now: the end of the scope would take a click in it for one beside the table.
            ui.memory_mut(|memory| memory.request_focus(id));
            // The keys of the next frame are the rows' only once they are known to have the focus.
            ui.request_repaint();
        }
        if gained {
            // Where header and claims are themselves scrolled.
            ui.scroll_to_rect(area, None);
        }
        commands
    }

    /// Opens what hides selected bytes, and brings them into view.
    fn uncover(&self, view: &mut TableView, bytes: &Range<usize>) {
        let way = way(self.root, bytes);
        let target = match way.split_last() {
            Some((target, above)) => {
                view.opened.nested.extend(above);
                view.active = Some(*target);
                if view.list.find(*target).is_none() {
                    view.changed();
                }
                Some(*target)
            }
            // They lie in more than one member.
            None => first_after(self.root, bytes.start),
        };
        view.bring = target.map(Bring::Third);
    }

    fn answer(&self, view: &mut TableView, asked: Vec<Asked>, is_looking: bool) -> Vec<Command> {
        let mut commands = Vec::new();
        for asked in asked {
            match asked {
                Asked::Copy(start) => commands.extend(
                    self.selection(view, start)
                        .map(|selection| Command::Copy(CopyOf::Decoded(selection))),
                ),
                Asked::Find => {
                    view.filter.is_open = true;
                    view.filter.wants_focus = true;
                }
                Asked::GoBack if view.tells() => view.telling = Telling::UnderPointer,
                Asked::GoBack if is_looking => {
                    view.filter.clear();
                    view.changed();
                }
                Asked::GoBack => commands.push(Command::Select(None)),
                Asked::Select(start) => {
                    let selection = self.selection(view, start);
                    commands.extend(selection.map(|selection| self.select(selection)));
                }
                Asked::Tell(start) => {
                    view.telling = if view.tells() {
                        Telling::UnderPointer
                    } else {
                        Telling::AtKeyboard
                    };
                    view.bring = Some(Bring::Near(start));
                }
            }
        }
        commands
    }

    /// Whether a value is a token, which can be opened as one of its own.
    fn can_open(&self, view: &mut TableView, start: Start, value: &Json) -> bool {
        let Some(text) = value.str().filter(|_| self.has_characters()) else {
            return false;
        };
        let is_token = || Token::nested(text.as_bytes()).is_some();
        *view.tokens.entry(start).or_insert_with(is_token)
    }

    /// Whether its members stand in characters of the token: not those of a payload that was supplied, or came out of a
    /// ciphertext.
    fn has_characters(&self) -> bool {
        let is_opened =
            self.inspection.token.kind == Kind::Jwe && self.part.role == PartRole::Payload;
        !is_opened && !self.part.range.is_empty()
    }

    /// What there is to tell of the member or element of these bytes.
    fn told(&self, bytes: &Range<usize>) -> Option<Told<'a>> {
        Told::of(&self.inspection.token, self.part.role, self.root, bytes)
    }

    /// What is selected with a row.
    fn selection(&self, view: &TableView, start: Start) -> Option<Selection> {
        let index = view.list.find(start)?;
        let entry = view.list.entry(self.root, self.duplicates, index)?;
        Some(links::select(self.part, entry.range))
    }

    fn select(&self, selection: Selection) -> Command {
        let is_selected = self.model.selection.as_ref() == Some(&selection);
        Command::Select((!is_selected).then_some(selection))
    }

    /// The rows in view. Those out of it are not laid out, and no widgets.
    fn rows(
        &self,
        ui: &mut Ui,
        view: &mut TableView,
        around: &Surroundings<'a>,
        area: Rect,
    ) -> Vec<Command> {
        let mut scrolled = ScrollArea::vertical()
            .id_salt("table")
            .auto_shrink([false, false])
            .content_margin(Margin::ZERO);
        if let Some(offset) = view.jump.take() {
            scrolled = scrolled.vertical_scroll_offset(offset as f32);
        }
        let output = scrolled.show_viewport(ui, |ui, viewport| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let from = f64::from(viewport.top());
            view.offset = from;
            view.height = f64::from(viewport.height());
            let shape = Shape::new(ui);
            view.prepare(self.root, shape);
            if let Some(Bring::Third(start)) = view.bring
                && view.list.find(start).is_none()
                && view.filter.kept.is_some()
            {
                // What was selected elsewhere is not among what was looked for.
                view.filter.clear();
                view.changed();
                view.prepare(self.root, shape);
            }
            let rows = view.fill(|view, index| {
                let laid = self.lay_out(ui, view, around, index);
                (laid.as_ref().map_or(0, |laid| laid.cells.height), laid)
            });
            if view.list.len() == 0 {
                super::message(
                    ui,
                    "Nothing matches",
                    "The Escape key shows all members again.",
                );
            }
            let width = ui.available_width();
            let left = ui.max_rect().left();
            ui.set_height(view.total() as f32);
            view.long.clear();
            describe_all(ui, view, around.id);
            let mut commands = Vec::new();
            for (place, laid) in rows {
                let Some(laid) = laid else { continue };
                let top = area.top() + place.top as f32;
                let size = vec2(width, (place.bottom - place.top) as f32);
                let rect = Rect::from_min_size(pos2(left, top), size);
                commands.extend(self.row(ui, view, around, &laid, place, rect));
                if let Some(whole) = laid.whole {
                    view.wholes.insert(laid.row.start, whole);
                }
            }
            (from, commands)
        });
        let (from, commands) = output.inner;
        // Heights that became known moved the rows; the scroll area has to follow, with what the user scrolled.
        let most = (view.total() - view.height).max(0.0);
        let now = output.state.unclamped_offset().y;
        let by_user = f64::from(now) - from.clamp(0.0, most);
        let wanted = (view.offset + by_user).clamp(0.0, most);
        // It counts in numbers that are no longer exact far down.
        let rounding = (now.abs() * 4.0 * f32::EPSILON).max(0.01);
        if (wanted as f32 - now).abs() > rounding {
            view.jump = Some(wanted);
            ui.request_repaint();
        }
        commands
    }

    fn lay_out(
        &self,
        ui: &Ui,
        view: &mut TableView,
        around: &Surroundings<'a>,
        index: usize,
    ) -> Option<Laid<'a>> {
        let row = *view.list.get(index)?;
        let entry = view.list.entry(self.root, self.duplicates, index)?;
        let told = self.told(&entry.range);
        let mut meaning = match &told {
            Some(told) if row.has_meaning => around.context.of(self.part.role, told, entry.value),
            Some(told) if !entry.is_element => Meaning::inner(told),
            _ => Meaning::default(),
        };
        meaning.add(match entry.duplicate {
            Some(Duplicate::Earlier) => {
                "overwritten in JavaScript, Python and Go; a few readers take the first"
            }
            Some(Duplicate::Last) => "taken by JavaScript, Python and Go",
            None => "",
        });
        if let Value::Number(number) = &entry.value.value
            && let Some(double) = as_double(&number.text)
        {
            meaning.add(&format!("a double makes it {double}"));
        }
        let notes = around
            .notes
            .of(self.root, &view.list, index, &entry, &meaning);
        let columns = view.columns();
        let whole = view.opened.whole.contains(&row.start).then(|| {
            let known = view.wholes.remove(&row.start);
            Whole::new(known, &columns, self.part, &row, &entry)
        });
        let is_open = row.is_nested && view.is_open(row.start);
        let is_token = self.can_open(view, row.start, entry.value);
        let cells = Cells::new(
            ui,
            tokens(ui),
            &columns,
            &CellInput {
                part: self.part,
                row: &row,
                entry: &entry,
                meaning: &meaning,
                notes: &notes,
                whole: whole.as_ref(),
                is_token,
                is_open,
            },
        );
        Some(Laid {
            row,
            entry,
            told,
            meaning,
            notes,
            cells,
            whole,
            is_open,
        })
    }

    fn row(
        &self,
        ui: &Ui,
        view: &mut TableView,
        around: &Surroundings<'_>,
        laid: &Laid<'_>,
        place: InView,
        rect: Rect,
    ) -> Option<Command> {
        let theme = tokens(ui);
        let start = laid.row.start;
        let entry = &laid.entry;
        let row_id = around.id.with(start);
        let response = ui.interact(rect, row_id, Sense::CLICK);
        let is_in =
            |bytes: &Range<usize>| bytes.start < entry.range.end && entry.range.start < bytes.end;
        let is_lit = around.selected.as_ref().is_some_and(is_in);
        let is_pointed_at = around.hovered.as_ref().is_some_and(is_in);
        let worst = laid.notes.iter().map(|note| note.severity).max();
        let tint = tint(theme, &laid.meaning, worst).or(is_pointed_at.then_some(theme.bg2));
        row_frame(ui, rect, &response, is_lit, tint);
        let columns = view.columns();
        let shown = (self.part, entry, laid.whole.as_ref());
        laid.cells.paint(ui, theme, &columns, rect, shown);
        if response.hovered() {
            hover::set(ui, self.part.text_range(entry.range.clone()));
        }
        self.describe(ui, &response, laid, place.index, is_lit);
        if laid.row.is_nested {
            let can_close = !laid.is_open || view.can_close(start);
            let place = laid.cells.triangle.translate(rect.min.to_vec2());
            let (name, _) = cut(&entry.name, MAX_CHARACTERS);
            if disclosure(ui, place, row_id, &name, laid.is_open, can_close) {
                view.toggle(start);
                view.take_keyboard(start);
            }
        }
        if let Some(link_at) = laid.cells.show_all {
            view.long.insert(start);
            if self.show_all(ui, laid, link_at, rect, row_id) {
                view.toggle_whole(start);
                view.take_keyboard(start);
            }
        }
        if let Some(link_at) = laid.cells.open_as_token {
            let place = link_at.translate(rect.min.to_vec2());
            let (name, _) = cut(&entry.name, MAX_CHARACTERS);
            let spoken = format!("Open {} as token", visible(&name));
            if link(ui, place, row_id.with("token"), "Open as token", &spoken) {
                let selection = links::select(self.part, entry.range.clone());
                return Some(Command::OpenMember(selection));
            }
        }
        let is_active = view.active == Some(start);
        let has_keyboard = is_active && ui.memory(|memory| memory.has_focus(around.id));
        if has_keyboard {
            let ring = Stroke::new(1.5, theme.accent);
            ui.painter()
                .rect_stroke(rect.shrink(1.0), 2, ring, StrokeKind::Inside);
        }
        let wants = |action| ui.input(|input| input.has_accesskit_action_request(row_id, action));
        let opens = laid.row.is_nested && wants(Action::Expand) && !laid.is_open;
        let closes = wants(Action::Collapse) && laid.is_open && view.can_close(start);
        if opens || closes {
            view.toggle(start);
        }
        if wants(Action::Focus) {
            view.take_keyboard(start);
        }
        if response.secondary_clicked() || wants(Action::ShowContextMenu) {
            let at = response.interact_pointer_pos();
            view.menu = Some(RowMenu::new(start, at.unwrap_or(rect.left_top())));
            view.take_keyboard(start);
        }
        if let Some(told) = &laid.told {
            let tooltip = if has_keyboard && view.tells() {
                let seen = rect.intersect(ui.clip_rect());
                Some(Tooltip::always_open(
                    ui.ctx().clone(),
                    response.layer_id,
                    row_id,
                    seen,
                ))
            } else {
                // One at a time.
                (!view.tells()).then(|| Tooltip::for_enabled(&response))
            };
            let more = laid.meaning.hover.as_deref();
            if let Some(tooltip) = tooltip {
                told::beside(ui, tooltip, told).show(|ui| told.ui(ui, more));
            }
        }
        response.clicked().then(|| {
            view.telling = Telling::UnderPointer;
            view.take_keyboard(start);
            self.select(links::select(self.part, entry.range.clone()))
        })
    }

    /// The link that shows a value whole, or cut again. The latter stays in view, with the name, while there is anything
    /// of the value to see.
    fn show_all(&self, ui: &Ui, laid: &Laid<'_>, link_at: Rect, rect: Rect, row_id: Id) -> bool {
        let theme = tokens(ui);
        let mut place = link_at.translate(rect.min.to_vec2());
        let label = if laid.whole.is_some() {
            "Show less"
        } else {
            "Show all"
        };
        let (name, _) = cut(&laid.entry.name, MAX_CHARACTERS);
        let least = ui.clip_rect().top() + 2.0;
        if laid.whole.is_some() {
            let shift = (least - place.top())
                .min(rect.bottom() - place.bottom())
                .max(0.0);
            place = place.translate(vec2(0.0, shift));
            let strip =
                Rect::from_x_y_ranges(rect.x_range(), place.top() - 2.0..=place.bottom() + 2.0);
            if shift > 0.0 {
                ui.painter().rect_filled(strip, 0, theme.bg2);
                let line = Stroke::new(1.0, theme.line);
                ui.painter().hline(strip.x_range(), strip.bottom(), line);
            }
            let left = rect.left() + space::M;
            let beside = strip.with_min_x(left).with_max_x(place.left() - space::S);
            let at = pos2(left, place.top());
            let color = theme.part(self.part.role);
            if shift > 0.0 {
                let galley = lines(ui, &name, color, theme, beside.width(), 1);
                ui.painter().galley(at, galley, color);
            }
        }
        let spoken = format!("{label} of {}", visible(&name));
        link(ui, place, row_id.with("all"), label, &spoken)
    }

    /// The menu of a row, wherever that is now.
    fn menu(&self, ui: &Ui, view: &mut TableView) -> Option<Command> {
        let start = view.menu?.start;
        let index = view.list.find(start);
        let entry = index.and_then(|index| view.list.entry(self.root, self.duplicates, index));
        let Some(entry) = entry else {
            view.menu = None;
            return None;
        };
        let selection = links::select(self.part, entry.range.clone());
        let is_long = view.long.contains(&start) || view.opened.whole.contains(&start);
        let has = menu::Has {
            characters: self.has_characters(),
            is_long,
            is_token: self.can_open(view, start, entry.value),
            meaning: self.told(&entry.range).is_some(),
        };
        menu::show(ui, view, &entry, &selection, has)
    }

    fn describe(&self, ui: &Ui, response: &Response, laid: &Laid<'_>, index: usize, is_lit: bool) {
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_lit, self.words(laid)));
        ui.accesskit_node_builder(response.id, |node: &mut Node| {
            node.set_row_index(index);
            node.set_position_in_set(index);
            node.set_level(usize::from(laid.row.depth));
            node.add_action(Action::Focus);
            node.add_action(Action::ShowContextMenu);
            if laid.row.is_nested {
                node.set_expanded(laid.is_open);
                node.add_action(if laid.is_open {
                    Action::Collapse
                } else {
                    Action::Expand
                });
            }
            if let Some(told) = &laid.told {
                let lines = told.lines(laid.meaning.hover.as_deref());
                let behind_name: Vec<String> = lines.into_iter().skip(1).collect();
                node.set_description(behind_name.join(" "));
            }
        });
    }

    /// A row for screen readers.
    fn words(&self, laid: &Laid<'_>) -> String {
        let limit = if laid.whole.is_some() {
            MAX_SPOKEN
        } else {
            MAX_CHARACTERS
        };
        let value = value_text(self.part, laid.entry.value, limit.saturating_mul(4));
        let value = visible(&value);
        let (name, _) = cut(&laid.entry.name, MAX_CHARACTERS);
        let words = if name.is_empty() {
            value
        } else {
            format!("{}: {value}", visible(&name))
        };
        let mut words = cut(&words, limit).0.into_owned();
        let tag = laid.meaning.tag.map(|(tag, _)| tag.to_owned());
        let text = Some(laid.meaning.text.clone()).filter(|text| !text.is_empty());
        for more in text
            .into_iter()
            .chain(tag)
            .chain(laid.notes.iter().map(Note::words))
        {
            words = format!("{words}. {more}");
        }
        words
    }
}

/// The table for screen readers: how many rows it has, and which of them has the keyboard.
fn describe_all(ui: &Ui, view: &TableView, id: Id) {
    let shown = view.active.and_then(|start| view.list.find(start));
    let shown = shown.filter(|shown| view.in_view.iter().any(|row| row.index == *shown));
    ui.accesskit_node_builder(id, |node| {
        node.set_row_count(view.list.len());
        node.set_size_of_set(view.list.len());
        if let Some(row) = shown.and_then(|shown| view.list.get(shown)) {
            node.set_active_descendant(id.with(row.start).accesskit_id());
        }
    });
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
