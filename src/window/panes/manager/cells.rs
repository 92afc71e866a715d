//! The columns of the key manager, and the cells of a row.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, FontId, Galley, Painter, Rect, Ui, pos2, vec2};

use crate::inspection::Fit;
use crate::judge::Severity;
use crate::verify::Service;
use crate::window::manager::{KeyColumn, KeyFacts, Standing};
use crate::window::model::Model;
use crate::window::panes::headings::Head;
use crate::window::theme::{Tokens, mono, size, space};
use crate::window::widgets::{Icon, grouped, paint_icon};

/// Where nothing can be said.
const NOTHING: &str = "\u{2013}";

/// What is wrong with a key takes so many lines at most.
const MAX_LINES: usize = 4;

/// Left and right of a cell's text, in points.
const PADDING: f32 = space::S + 2.0;

/// Each column with its width, in points, and when it makes room for the others: the greatest first.
const COLUMNS: [(KeyColumn, f32, u8); 8] = [
    (KeyColumn::Mark, 34.0, 0),
    (KeyColumn::Id, 150.0, 0),
    (KeyColumn::Kind, 118.0, 0),
    (KeyColumn::Holds, 86.0, 2),
    (KeyColumn::From, 134.0, 3),
    (KeyColumn::Thumbprint, 152.0, 4),
    (KeyColumn::Fits, 132.0, 1),
    (KeyColumn::Notes, 172.0, 0),
];

/// Where the columns stand.
#[derive(Debug, Clone)]
pub(super) struct Columns(Vec<(KeyColumn, f32, f32)>);

impl Columns {
    /// Those that fit into a width, in points.
    pub(super) fn new(available: f32) -> Self {
        let mut kept: Vec<(KeyColumn, f32, u8)> = COLUMNS.to_vec();
        let sum =
            |kept: &[(KeyColumn, f32, u8)]| kept.iter().map(|(_, width, _)| width).sum::<f32>();
        for next in (1..=4).rev() {
            if sum(&kept) > available {
                kept.retain(|(.., order)| *order != next);
            }
        }
        let whole = sum(&kept);
        let spare = (available - whole).max(0.0);
        let shrink = (available / whole).min(1.0);
        let is_wide = kept.len() == COLUMNS.len();
        let mut left = 0.0;
        let mut list = Vec::with_capacity(kept.len());
        for (column, width, _) in kept {
            // What is longest gets what is left.
            let share = match column {
                KeyColumn::Id | KeyColumn::From if is_wide => 0.25,
                KeyColumn::Notes if is_wide => 0.5,
                KeyColumn::Id => 0.35,
                KeyColumn::Notes => 0.65,
                _ => 0.0,
            };
            let width = (width * shrink + spare * share).floor();
            list.push((column, left, width));
            left += width;
        }
        Self(list)
    }

    pub(super) fn column(&self, index: usize) -> Option<KeyColumn> {
        self.0.get(index).map(|(column, ..)| *column)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(KeyColumn, f32, f32)> {
        self.0.iter()
    }

    /// The width of the notes, in points.
    pub(super) fn notes(&self) -> f32 {
        let notes = self
            .0
            .iter()
            .find(|(column, ..)| *column == KeyColumn::Notes);
        notes.map_or(0.0, |(_, _, width)| *width)
    }

    pub(super) fn heads(&self, model: &Model) -> Vec<Head> {
        let sort = model.manager.sort;
        let head = |(column, left, width): &(KeyColumn, f32, f32)| Head {
            label: column.label(),
            is_mark: *column == KeyColumn::Mark,
            left: *left,
            width: *width,
            sort: sort
                .filter(|sort| sort.column == *column)
                .map(|sort| sort.is_descending),
        };
        self.0.iter().map(head).collect()
    }
}

/// The text of a cell, as a screen reader says it and as it is shown.
pub(super) fn text_of(facts: &KeyFacts, column: KeyColumn) -> String {
    let or_nothing = |text: &str| {
        let text = if text.is_empty() { NOTHING } else { text };
        text.to_owned()
    };
    match column {
        KeyColumn::Mark => state(facts.standing).to_owned(),
        KeyColumn::Id => facts.title.clone(),
        KeyColumn::Kind => facts.kind.clone(),
        KeyColumn::Holds => or_nothing(facts.holds.unwrap_or_default()),
        KeyColumn::From => facts.from.clone(),
        KeyColumn::Thumbprint => facts
            .thumbprint
            .as_deref()
            .map_or_else(|| NOTHING.to_owned(), shortened),
        KeyColumn::Fits => fits_words(facts),
        KeyColumn::Notes => or_nothing(&facts.notes),
    }
}

/// How a key stands, in a word or two.
pub(super) fn state(standing: Standing) -> &'static str {
    match standing {
        Standing::Unusable => "cannot be used",
        Standing::Faulty(Severity::Critical) => "critical finding",
        Standing::Faulty(_) => "warning",
        Standing::Fits => "fits",
        Standing::Plain => "no remark",
    }
}

/// The beginning and the end of a thumbprint.
fn shortened(thumbprint: &str) -> String {
    let count = thumbprint.chars().count();
    if count <= 18 {
        return thumbprint.to_owned();
    }
    let start: String = thumbprint.chars().take(12).collect();
    let end: String = thumbprint.chars().skip(count.saturating_sub(3)).collect();
    format!("{start}\u{2026}{end}")
}

/// "3 tokens", "1 token (decrypts)".
fn fits_words(facts: &KeyFacts) -> String {
    let mut tokens: Vec<usize> = facts.fits.iter().map(|fit| fit.token).collect();
    tokens.dedup();
    let is_opening = |fit: &Fit| fit.service == Service::Decrypts;
    let what = if facts.fits.iter().all(is_opening) {
        " (decrypts)"
    } else {
        ""
    };
    match tokens.len() {
        0 => NOTHING.to_owned(),
        1 => format!("1 token{what}"),
        count => format!("{} tokens{what}", grouped(count)),
    }
}

/// The sign of a key.
pub(super) fn sign_of(theme: &Tokens, standing: Standing) -> Option<(Icon, Color32)> {
    match standing {
        Standing::Unusable => Some((Icon::Cross, theme.bad)),
        Standing::Faulty(Severity::Critical) => Some((Icon::Diamond, theme.critical)),
        Standing::Faulty(_) => Some((Icon::Triangle, theme.warn)),
        Standing::Fits => Some((Icon::Check, theme.ok)),
        Standing::Plain => None,
    }
}

fn color(theme: &Tokens, facts: &KeyFacts, column: KeyColumn) -> Color32 {
    match (column, facts.standing) {
        (KeyColumn::Notes, Standing::Unusable) => theme.bad,
        (KeyColumn::Notes, Standing::Faulty(Severity::Critical)) => theme.critical,
        (KeyColumn::Notes, Standing::Faulty(_)) => theme.warn,
        (KeyColumn::Notes, _) => theme.dim,
        _ => theme.text,
    }
}

fn galley(
    painter: &Painter,
    theme: &Tokens,
    facts: &KeyFacts,
    column: KeyColumn,
    width: f32,
) -> Arc<Galley> {
    let is_mono = matches!(column, KeyColumn::Id | KeyColumn::Thumbprint);
    let font = if is_mono {
        mono()
    } else {
        FontId::proportional(size::BODY)
    };
    let color = color(theme, facts, column);
    let format = TextFormat::simple(font, color);
    let mut job = LayoutJob::single_section(text_of(facts, column), format);
    let room = (width - PADDING - 6.0).max(0.0);
    let is_wrapped = column == KeyColumn::Notes
        && matches!(facts.standing, Standing::Unusable | Standing::Faulty(_));
    job.wrap = if is_wrapped {
        TextWrapping {
            max_width: room,
            max_rows: MAX_LINES,
            ..TextWrapping::default()
        }
    } else {
        TextWrapping::truncate_at_width(room)
    };
    painter.layout_job(job)
}

/// The height that the notes of a key need in a width, in points; `None` where they stand in one line anyway.
pub(super) fn notes_height(
    painter: &Painter,
    theme: &Tokens,
    facts: &KeyFacts,
    width: f32,
) -> Option<f32> {
    let is_wrapped = matches!(facts.standing, Standing::Unusable | Standing::Faulty(_));
    is_wrapped.then(|| {
        galley(painter, theme, facts, KeyColumn::Notes, width)
            .size()
            .y
    })
}

/// Paints a cell, its first line in the middle of `line` points; whether it is cut.
pub(super) fn paint(
    ui: &Ui,
    theme: &Tokens,
    facts: &KeyFacts,
    column: KeyColumn,
    place: Rect,
    line: f32,
) -> bool {
    let middle = place.top() + line / 2.0;
    if column == KeyColumn::Mark {
        if let Some((icon, color)) = sign_of(theme, facts.standing) {
            let icon_place =
                Rect::from_center_size(pos2(place.left() + 17.0, middle), vec2(11.0, 11.0));
            paint_icon(ui.painter(), icon_place, icon, color);
        }
        return false;
    }
    let galley = galley(ui.painter(), theme, facts, column, place.width());
    let first = galley.rows.first().map_or(0.0, |row| row.height());
    let is_cut = galley.elided;
    let at = pos2(place.left() + PADDING, middle - first / 2.0);
    ui.painter().galley(at, galley, theme.text);
    is_cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_make_room_and_fill_any_width() {
        for width in [300.0, 448.0, 640.0, 700.0, 998.0, 1_900.0] {
            let columns = Columns::new(width);
            let end = columns.iter().map(|(_, left, width)| left + width).last();
            let end = end.unwrap_or_default();
            assert!(end <= width && end > width - 12.0, "{width}: {end}");
            for needed in [KeyColumn::Id, KeyColumn::Kind, KeyColumn::Notes] {
                assert!(columns.iter().any(|(column, ..)| *column == needed));
            }
        }
        assert_eq!(Columns::new(998.0).0.len(), COLUMNS.len());
        assert_eq!(Columns::new(448.0).0.len(), 4);
    }

    #[test]
    fn a_thumbprint_is_known_by_its_ends() {
        let whole = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9mQ";
        assert_eq!(shortened(whole), "NzbLsXh8uDCc\u{2026}9mQ");
        assert_eq!(shortened("short"), "short");
    }
}
