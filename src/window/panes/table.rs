//! Many tokens as a table, over the whole window: found, sorted, put together, chosen.

mod cells;
mod preview;
mod rows;

use egui::{Frame, Label, Rect, RichText, Stroke, Ui, pos2};

pub(in crate::window) use self::preview::preview;
use self::rows::Rows;
use super::bar::{self, from, line, within};
use super::focus::{self, Place};
use super::headings::{self, Head, Headings};
use super::search::{Search, SearchField};
use crate::judge::VerdictOutcome;
use crate::window::actions::Action;
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::table::{Column, Filter, Grouping, Widths};
use crate::window::theme::{radius, semibold, size, space, tokens};
use crate::window::widgets::{
    Segment, button_tag, grouped, grouped_count, menu_tag, segmented, truncated,
};

/// Below this width, in points, what narrows the rows down stands in a line of its own.
const ONE_LINE: f32 = 940.0;

/// The table.
#[derive(Debug, Default)]
pub struct TablePane {
    headings: Headings,
    rows: Rows,
    search: SearchField,
    /// How far the rows are scrolled to the right, in points.
    offset: f32,
    /// How wide the controls of the first line were, and those of the second, in points.
    widths: [f32; 2],
    /// What all tokens came from, where that is one thing, at a revision of the model.
    source: Option<(u64, Option<String>)>,
}

/// Where the columns stand.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Each with its distance from the left end of the rows, and its width, in points.
    list: Vec<(Column, f32, f32)>,
    /// All together.
    width: f32,
}

impl Columns {
    /// Over at least so much width, in points.
    fn new(widths: &Widths, available: f32) -> Self {
        let spare = (available - widths.sum()).max(0.0);
        let mut left = 0.0;
        let mut list = Vec::with_capacity(Column::ALL.len());
        for column in Column::ALL {
            // What is longest gets what is left.
            let share = match column {
                Column::Issuer => 0.3,
                Column::Where => 0.5,
                Column::Subject => 0.2,
                _ => 0.0,
            };
            let width = widths.of(column) + (spare * share).floor();
            list.push((column, left, width));
            left += width;
        }
        Self { list, width: left }
    }

    fn heads(&self, model: &Model) -> Vec<Head> {
        let head = |(column, left, width): &(Column, f32, f32)| Head {
            label: column.label(),
            is_mark: *column == Column::Verdict,
            left: *left,
            width: *width,
            sort: model
                .table
                .sort
                .filter(|sort| sort.column == *column)
                .map(|sort| sort.is_descending),
        };
        self.list.iter().map(head).collect()
    }
}

/// What a heading asks for.
fn asked_for(asked: headings::Asked, model: &Model, columns: &Columns) -> Option<Command> {
    let widths = model.layout.columns;
    let column = |index: usize| columns.list.get(index).map(|(column, ..)| *column);
    Some(match asked {
        headings::Asked::FirstWidth(index) => {
            let column = column(index)?;
            let first = Widths::default().of(column);
            Command::SetColumns(widths.with(column, first))
        }
        headings::Asked::Sort(index) => {
            Command::SortTokens(headings::next_sort(column(index)?, model.table.sort))
        }
        headings::Asked::Wider(index, by) => {
            let column = column(index)?;
            Command::SetColumns(widths.with(column, widths.of(column) + by))
        }
    })
}

impl TablePane {
    /// Shows the tokens, of which there is at least one, over all of the place.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let theme = tokens(ui);
        let mut commands = Vec::new();
        let frame = Frame::new()
            .fill(theme.bg1)
            .stroke(Stroke::new(1.0, theme.line))
            .corner_radius(radius::LARGE);
        let shown = frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.set_min_size(ui.available_size());
            self.controls(ui, model, &mut commands);
            let available = ui.available_width() - ui.spacing().scroll.allocated_width();
            let columns = Columns::new(&model.layout.columns, available);
            let heads: Vec<Head> = columns.heads(model);
            let asked = self.headings.ui(ui, &heads, self.offset, true);
            commands.extend(asked.and_then(|asked| asked_for(asked, model, &columns)));
            let count = model.table.listed.len(model.session.tokens.len());
            if count == 0 && !model.table.is_looking {
                nothing(ui, model, &mut commands);
                self.rows.stay();
            } else {
                self.offset = self.rows.ui(ui, model, &columns, &mut commands);
            }
        });
        focus::report(ui.ctx(), Place::Tokens, shown.response.rect);
        commands
    }

    /// Title and controls from left to right, as the keyboard goes; the controls end at the right edge, by the width that
    /// they had in the last frame.
    fn controls(&mut self, ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
        let is_one_line = ui.available_width() >= ONE_LINE;
        let row = line(ui);
        let left = row.right() - self.widths[0] - space::S;
        let title = row.with_max_x((left - space::S).max(row.left()));
        within(ui, "title", title, |ui| {
            ui.add_space(space::M);
            let title = RichText::new(self.title(model)).font(semibold(size::BODY + 1.0));
            ui.add(Label::new(title.color(tokens(ui).text)).truncate());
            truncated(ui, RichText::new(note(model)).color(tokens(ui).dim));
        });
        let width = within(ui, "controls", from(row, left), |ui| {
            if is_one_line {
                let width = (row.width() * 0.26).clamp(180.0, 300.0);
                self.filter(ui, model, width, commands);
                verdicts(ui, model, commands);
            }
            grouping(ui, model, commands);
            let list = button_tag(ui, "List", "Tokens as a list");
            if list.on_hover_text("Show one token, and the list").clicked() {
                commands.push(Command::ShowTable(false));
            }
        });
        bar::remember(ui, &mut self.widths[0], width);
        if !is_one_line {
            let row = line(ui);
            let left = row.right() - self.widths[1] - space::S;
            let field = Rect::from_min_max(
                pos2(row.left() + space::M, row.top()),
                pos2((left - space::S).max(row.left() + 80.0), row.bottom()),
            );
            within(ui, "field", field, |ui| {
                self.filter(ui, model, field.width() - space::L, commands);
            });
            let width = within(ui, "verdicts", from(row, left), |ui| {
                verdicts(ui, model, commands);
            });
            bar::remember(ui, &mut self.widths[1], width);
        }
        let rest = ui.available_rect_before_wrap();
        let stroke = Stroke::new(1.0, tokens(ui).line);
        ui.painter().hline(rest.x_range(), rest.top() - 0.5, stroke);
    }

    fn title(&mut self, model: &Model) -> &str {
        if self.source.as_ref().map(|(at, _)| *at) != Some(model.revision) {
            self.source = Some((model.revision, super::rail::only_source(model)));
        }
        let source = self
            .source
            .as_ref()
            .and_then(|(_, source)| source.as_deref());
        source.unwrap_or("All tokens")
    }

    fn filter(&mut self, ui: &mut Ui, model: &Model, width: f32, commands: &mut Vec<Command>) {
        let search = Search {
            name: "Filter the table",
            hint: "alg:none or finding:critical",
            place: Place::Filter,
        };
        let filter = &model.table.filter;
        let searched = self.search.ui(ui, search, &filter.text, width);
        if let Some(text) = searched.asked {
            commands.push(Command::FilterTokens(Filter {
                text,
                ..filter.clone()
            }));
        }
        if searched.goes_in {
            self.rows.go_in(model, commands);
        }
        searched.field.on_hover_text(
            "Words, or alg: issuer: sub: key: kind: name: where: source: verdict: finding: before a value; - before what is not to be, or between alternatives",
        );
    }
}

/// How many there are, and where.
fn note(model: &Model) -> String {
    let count = model.session.tokens.len();
    let listed = &model.table.listed;
    let mut words = grouped_count(count, "token");
    if !model.table.filter.is_empty() {
        let filter = &model.table.filter;
        let found = filter
            .verdict
            .map_or(listed.counts.all(), |verdict| listed.counts.of(verdict));
        words = format!("{} of {words}", grouped(found));
    }
    if model.table.is_looking {
        words.push_str(", looking\u{2026}");
    }
    let chosen = model.table.chosen.len();
    if chosen > 0 {
        words = format!("{words} \u{00B7} {} chosen", grouped(chosen));
    }
    words
}

fn verdicts(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    let counts = model.table.listed.counts;
    let choices = [
        (None, "All", counts.all()),
        (Some(VerdictOutcome::Reject), "Reject", counts.reject),
        (Some(VerdictOutcome::Accept), "Accept", counts.accept),
        (
            Some(VerdictOutcome::Undetermined),
            "Open",
            counts.undetermined,
        ),
    ];
    let labels = choices.map(|(_, word, count)| format!("{word} {}", grouped(count)));
    let segments: Vec<_> = choices
        .iter()
        .zip(&labels)
        .map(|((value, ..), label)| Segment {
            value: *value,
            label,
            name: label,
        })
        .collect();
    let mut chosen = model.table.filter.verdict;
    if segmented(ui, &mut chosen, &segments) {
        commands.push(Command::FilterTokens(Filter {
            verdict: chosen,
            ..model.table.filter.clone()
        }));
    }
}

fn grouping(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    let present = model.table.grouping;
    let word = present.map_or("none", Grouping::label);
    let label = format!("Group: {word}");
    menu_tag(ui, &label, &label, |ui| {
        let all = Grouping::ALL.map(Some);
        for choice in std::iter::once(None).chain(all) {
            let label = choice.map_or("No groups".to_owned(), |grouping| {
                format!("By {}", grouping.label())
            });
            if ui.radio(choice == present, label).clicked() {
                commands.push(Command::GroupTokens(choice));
                ui.close();
            }
        }
    });
}

/// Says in place of rows why there are none.
fn nothing(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    let theme = tokens(ui);
    ui.add_space(space::XL);
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        ui.label(
            RichText::new("No token is like that.")
                .font(semibold(size::BODY))
                .color(theme.text),
        );
        let filter = &model.table.filter;
        let among = model.table.listed.counts.all();
        let why = match filter.verdict {
            Some(_) if among > 0 => format!(
                "{} hold what was typed, but have another verdict.",
                grouped(among)
            ),
            _ => "None holds all of what was typed.".to_owned(),
        };
        ui.label(RichText::new(why).color(theme.dim));
        let all = Action::ListAll.entry();
        if ui.button(all.label).clicked() {
            commands.extend((all.command)(model));
        }
    });
}
