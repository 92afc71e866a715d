//! Any command, token, member or finding by its name.

use egui::{
    Align2, FontId, Key, Modifiers, Rect, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2,
    vec2,
};

use crate::jose::json::{Json, Value};
use crate::jose::visible::visible;
use crate::jose::{Part, PartRole};
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::model::{Model, Selection, Zone};
use crate::window::panes::focus::Place;
use crate::window::panes::{links, rail, times};
use crate::window::policies::PolicyCommand;
use crate::window::samples::SAMPLES;
use crate::window::theme::{self, mono, size, space};
use crate::window::widgets::{row_frame, truncated};

/// The height of a line, in points.
const LINE: f32 = 28.0;

/// No more members than this are offered.
const MAX_MEMBERS: usize = 5_000;

/// Longer texts are cut, in characters.
const MAX_TEXT: usize = 80;

/// The palette.
pub(super) struct Palette {
    of: &'static Of,
    query: String,
    items: Vec<Item>,
    /// What fits the query, the best first: positions in `items`.
    fitting: Vec<usize>,
    /// The chosen one of those.
    chosen: usize,
    is_new: bool,
    /// Whether the chosen line is to be brought into view.
    brings_into_view: bool,
}

/// What a palette chooses from.
struct Of {
    title: &'static str,
    /// In points.
    width: f32,
    /// The name of the field, for screen readers.
    field: &'static str,
    hint: &'static str,
}

const COMMANDS: Of = Of {
    title: "Commands",
    width: 600.0,
    field: "Command",
    hint: "A command, a claim, a finding, a token or a sample",
};

const ZONES: Of = Of {
    title: "Time zone",
    width: 440.0,
    field: "Time zone",
    hint: "A city or a region, such as Berlin",
};

/// Something to choose.
struct Item {
    label: String,
    /// Beside it: a value, a group.
    detail: String,
    /// What is searched, in lower case.
    search: String,
    /// Whether it could be done when the palette opened.
    is_possible: bool,
    target: Target,
}

enum Target {
    Action(Action),
    Commands(Vec<Command>),
    Zone(Zone),
}

impl Item {
    fn new(label: String, detail: String, target: Target) -> Self {
        let search = format!("{label} {detail}").to_lowercase();
        Self {
            label,
            detail,
            search,
            is_possible: true,
            target,
        }
    }
}

impl Palette {
    pub(super) fn new(model: &Model) -> Self {
        let mut items: Vec<Item> = Action::ALL
            .iter()
            .filter(|action| **action != Action::Palette)
            .map(|&action| {
                let entry = action.entry();
                let group = entry.group.label().to_owned();
                Item {
                    is_possible: (entry.command)(model).is_some(),
                    ..Item::new(entry.label.to_owned(), group, Target::Action(action))
                }
            })
            .collect();
        items.extend(members(model));
        items.extend(findings(model));
        items.extend(tokens(model));
        items.extend(policies(model));
        items.extend(samples());
        Self::over(&COMMANDS, items)
    }

    /// Every zone; the one that is shown is chosen.
    pub(super) fn zones(model: &Model) -> Self {
        let zones = Zone::all();
        let at = zones.iter().position(|zone| *zone == model.zone);
        let item = |zone: Zone| {
            let item = Item::new(zone.name(), String::new(), Target::Zone(zone));
            Item {
                // "New York" finds America/New_York.
                search: item.search.replace('_', " "),
                ..item
            }
        };
        let mut palette = Self::over(&ZONES, zones.into_iter().map(item).collect());
        palette.chosen = at.unwrap_or_default();
        palette
    }

    fn over(of: &'static Of, items: Vec<Item>) -> Self {
        let mut palette = Self {
            of,
            query: String::new(),
            items,
            fitting: Vec::new(),
            chosen: 0,
            is_new: true,
            brings_into_view: false,
        };
        palette.look();
        palette
    }

    /// What it is called, and its width in points.
    pub(super) fn title(&self) -> (&'static str, f32) {
        (self.of.title, self.of.width)
    }

    /// Finds what fits the query.
    fn look(&mut self) {
        let query = self.query.to_lowercase();
        // What cannot be done now stands last.
        let mut fitting: Vec<(bool, usize, usize)> = self
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| {
                let is_shown = matches!(item.target, Target::Action(_) | Target::Zone(_));
                !query.trim().is_empty() || is_shown
            })
            .filter_map(|(at, item)| Some((!item.is_possible, rank(&item.search, &query)?, at)))
            .collect();
        fitting.sort_unstable();
        self.fitting = fitting.into_iter().map(|(.., at)| at).collect();
        self.chosen = 0;
        self.brings_into_view = true;
    }

    /// Shows it; gives what to do, and whether it is done.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model) -> (Vec<Command>, bool) {
        self.keys(ui);
        let entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let field = TextEdit::singleline(&mut self.query)
            .margin(egui::Margin::symmetric(8, 6))
            .id_salt("query")
            .hint_text(self.of.hint)
            .desired_width(f32::INFINITY);
        let field = ui.add(field).accessible_name(self.of.field);
        if std::mem::take(&mut self.is_new) {
            field.request_focus();
        }
        if field.changed() {
            self.look();
        }
        let clicked = self.list(ui, model);
        let taken = clicked.or(entered.then_some(self.chosen));
        let commands = taken.and_then(|at| self.commands(at, model));
        match commands {
            Some(commands) => (commands, true),
            None => (Vec::new(), false),
        }
    }

    fn keys(&mut self, ui: &Ui) {
        const PAGE: isize = 10;
        let last = self.fitting.len().saturating_sub(1);
        for (key, by) in [
            (Key::ArrowDown, 1),
            (Key::ArrowUp, -1),
            (Key::PageDown, PAGE),
            (Key::PageUp, -PAGE),
        ] {
            let count = ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
            for _ in 0..count {
                self.chosen = self.chosen.saturating_add_signed(by).min(last);
                self.brings_into_view = true;
            }
        }
    }

    /// The lines; gives the one that was clicked.
    fn list(&mut self, ui: &mut Ui, model: &Model) -> Option<usize> {
        let tokens = theme::tokens(ui);
        if self.fitting.is_empty() {
            truncated(
                ui,
                egui::RichText::new("Nothing is called so.").color(tokens.dim),
            );
            return None;
        }
        let screen = ui.ctx().content_rect();
        let height = (screen.height() * 0.6).clamp(3.0 * LINE, 14.0 * LINE);
        let mut area = ScrollArea::vertical()
            .id_salt("commands")
            .max_height(height)
            .auto_shrink([false, true]);
        if std::mem::take(&mut self.brings_into_view) {
            let top = self.chosen as f32 * LINE;
            area = area.vertical_scroll_offset((top - height / 2.0).max(0.0));
        }
        let mut clicked = None;
        ui.spacing_mut().item_spacing.y = 0.0;
        area.show_rows(ui, LINE, self.fitting.len(), |ui, rows| {
            for row in rows {
                let item = self.fitting.get(row).and_then(|at| self.items.get(*at));
                if let Some(item) = item
                    && self.line(ui, model, row, item)
                {
                    clicked = Some(row);
                }
            }
        });
        clicked
    }

    fn line(&self, ui: &mut Ui, model: &Model, row: usize, item: &Item) -> bool {
        let tokens = theme::tokens(ui);
        let (shortcut, is_possible) = match &item.target {
            Target::Action(action) => {
                let entry = action.entry();
                let keys = entry.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
                (keys, (entry.command)(model).is_some())
            }
            Target::Commands(_) | Target::Zone(_) => (None, true),
        };
        // Of the lines that are seen only: a zone must be read for it.
        let detail = match &item.target {
            Target::Zone(zone) => times::format_in(model.now, *zone, "%H:%M, UTC%:z"),
            _ => item.detail.clone(),
        };
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), LINE));
        // No stop for the keyboard: that stays in the field, and arrows choose.
        let sense = Sense::click() - Sense::FOCUSABLE;
        let response = ui.interact(rect, ui.scope_id().with(("line", row)), sense);
        let is_chosen = row == self.chosen;
        response.widget_info(|| {
            let words = match &shortcut {
                Some(keys) => format!("{}, {detail}, {keys}", item.label),
                None => format!("{}, {detail}", item.label),
            };
            WidgetInfo::selected(Role::ListBoxOption, is_possible, is_chosen, words)
        });
        row_frame(ui, rect, &response, is_chosen, None);
        let color = if is_possible {
            tokens.text
        } else {
            tokens.faint
        };
        let mut right = rect.right() - space::S;
        if let Some(keys) = shortcut {
            let place = pos2(right, rect.center().y);
            let painted =
                ui.painter()
                    .text(place, Align2::RIGHT_CENTER, keys, mono(), tokens.faint);
            right = painted.left() - space::M;
        }
        let place = pos2(rect.left() + space::M, rect.center().y);
        let clip = Rect::from_min_max(rect.min, pos2(right, rect.bottom()));
        let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
        let font = FontId::proportional(size::BODY);
        let painted = painter.text(place, Align2::LEFT_CENTER, &item.label, font, color);
        let detail = if is_possible {
            detail.clone()
        } else {
            format!("{detail} \u{00B7} not now")
        };
        let place = pos2(painted.right() + space::S, rect.center().y);
        let font = FontId::proportional(size::SMALL);
        painter.text(place, Align2::LEFT_CENTER, detail, font, tokens.faint);
        response.clicked()
    }

    /// What a line does; `None` where it cannot be done now.
    fn commands(&self, row: usize, model: &Model) -> Option<Vec<Command>> {
        let item = self.fitting.get(row).and_then(|at| self.items.get(*at))?;
        match &item.target {
            Target::Action(action) => Some(vec![(action.entry().command)(model)?]),
            Target::Commands(commands) => Some(commands.clone()),
            Target::Zone(zone) => Some(vec![Command::SetZone(*zone)]),
        }
    }
}

/// How well a text fits what is typed, 0 the best; `None` where a word of it is missing.
fn rank(text: &str, query: &str) -> Option<usize> {
    let begins_word = |at: usize| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric())
    };
    let scattered = query.split_whitespace().try_fold(0_usize, |rank, word| {
        let at = text.find(word)?;
        Some(rank.saturating_add(usize::from(!begins_word(at))))
    })?;
    Some(match text.find(query.trim()) {
        Some(0) => 0,
        Some(at) if begins_word(at) => 1,
        _ => scattered.saturating_add(2),
    })
}

/// Every member of header and claims, nested ones too.
fn members(model: &Model) -> Vec<Item> {
    let Some((inspection, _)) = model.current() else {
        return Vec::new();
    };
    let mut items = Vec::new();
    for part in &inspection.token.parts {
        let (word, place) = match part.role {
            PartRole::ProtectedHeader => ("Header", Place::Header),
            PartRole::UnprotectedHeader => ("Unprotected header", Place::Header),
            PartRole::Payload => ("Claim", Place::Claims),
            _ => continue,
        };
        let root = part.json.as_ref().and_then(|json| json.root.as_ref());
        let mut open: Vec<(&Json, String)> =
            root.map(|root| (root, String::new())).into_iter().collect();
        while let Some((json, path)) = open.pop() {
            let Value::Object(object) = &json.value else {
                continue;
            };
            let mut nested = Vec::new();
            for member in object {
                if items.len() >= MAX_MEMBERS {
                    return items;
                }
                let name = format!("{path}{}", short(&member.name));
                let commands = vec![
                    Command::Select(Some(links::select(part, member.range()))),
                    Command::Focus(place),
                ];
                nested.push((&member.value, format!("{name} \u{203A} ")));
                items.push(Item::new(
                    format!("{word} {name}"),
                    value(part, &member.value),
                    Target::Commands(commands),
                ));
            }
            open.extend(nested.into_iter().rev());
        }
    }
    items
}

fn value(part: &Part, value: &Json) -> String {
    let bytes = part.bytes().get(value.range.clone()).unwrap_or_default();
    let bytes = bytes.get(..4 * MAX_TEXT).unwrap_or(bytes);
    short(&String::from_utf8_lossy(bytes))
}

fn findings(model: &Model) -> Vec<Item> {
    let Some((_, judgement)) = model.current() else {
        return Vec::new();
    };
    judgement
        .findings
        .iter()
        .map(|finding| {
            let select = finding.evidence.first().map(|evidence| {
                Command::Select(Some(Selection {
                    part: evidence.part,
                    range: evidence.range.clone(),
                }))
            });
            let commands = select.into_iter().chain([Command::Focus(Place::Findings)]);
            Item::new(
                format!("Finding: {}", finding.title),
                finding.severity.name().to_owned(),
                Target::Commands(commands.collect()),
            )
        })
        .collect()
}

fn tokens(model: &Model) -> Vec<Item> {
    (0..model.session.tokens.len())
        .filter_map(|at| {
            let (title, note) = rail::token_words(model, at)?;
            Some(Item::new(
                format!("Token {}: {title}", at.saturating_add(1)),
                note,
                Target::Commands(vec![Command::ShowToken(at)]),
            ))
        })
        .collect()
}

/// The saved policies that can be switched to.
fn policies(model: &Model) -> impl Iterator<Item = Item> {
    let whole = model
        .policies
        .saved
        .iter()
        .filter(|kept| kept.content.is_ok());
    whole.map(|kept| {
        let switch = PolicyCommand::Switch(Some(kept.file.clone()));
        Item::new(
            format!("Policy: {}", short(&kept.name)),
            "saved policy".to_owned(),
            Target::Commands(vec![switch.into()]),
        )
    })
}

fn samples() -> impl Iterator<Item = Item> {
    SAMPLES.iter().map(|sample| {
        Item::new(
            format!("Sample: {}", sample.title),
            sample.lesson.to_owned(),
            Target::Commands(vec![Command::OpenSample(sample)]),
        )
    })
}

fn short(text: &str) -> String {
    let mut characters = text.chars();
    let mut cut: String = characters.by_ref().take(MAX_TEXT).collect();
    if characters.next().is_some() {
        cut.push('\u{2026}');
    }
    visible(&cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<String> {
        let mut palette = Palette::new(&Model::default());
        query.clone_into(&mut palette.query);
        palette.look();
        let label = |at: &usize| palette.items[*at].label.clone();
        palette.fitting.iter().map(label).collect()
    }

    #[test]
    fn what_begins_so_stands_first_and_all_words_count() {
        assert_eq!(found("open by")[0], "Open by path\u{2026}");
        assert_eq!(found("zoom")[0], "Zoom in");
        let themes = found("theme");
        assert_eq!(
            themes.last().map(String::as_str),
            Some("Theme as the system"),
            "it is on: what cannot be done stands last"
        );
        assert_eq!(found("dark")[0], "Dark theme");
        assert!(found("add secret").contains(&"Add a file as shared secret\u{2026}".to_owned()));
        assert!(found("no such thing").is_empty());
    }

    #[test]
    fn without_a_query_everything_that_has_a_name_is_there() {
        // All but the palette itself.
        assert_eq!(found("").len(), Action::ALL.len() - 1);
    }
}
