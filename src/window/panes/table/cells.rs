//! The cells of a row, painted.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, FontId, Rect, Ui, pos2, vec2};

use crate::judge::VerdictOutcome;
use crate::window::table::{Cell, Column, Tone};
use crate::window::theme::{Tokens, mono, size, space};
use crate::window::widgets::{Icon, paint_icon};

/// Paints a cell; whether it is cut.
pub(super) fn paint(ui: &Ui, theme: &Tokens, column: Column, cell: &Cell, place: Rect) -> bool {
    let color = color(theme, cell.tone);
    if let (Column::Verdict, Tone::Verdict(outcome)) = (column, cell.tone) {
        let center = pos2(place.left() + 17.0, place.center().y);
        let icon = Rect::from_center_size(center, vec2(11.0, 11.0));
        paint_icon(ui.painter(), icon, Icon::from(outcome), color);
        return false;
    }
    let font = if column.is_mono() {
        mono()
    } else {
        FontId::proportional(size::BODY)
    };
    let mut job = LayoutJob::single_section(cell.text.clone(), TextFormat::simple(font, color));
    let left = place.left() + space::S + 2.0;
    job.wrap = TextWrapping::truncate_at_width((place.right() - left - 6.0).max(0.0));
    let galley = ui.painter().layout_job(job);
    let is_cut = galley.elided;
    let top = place.center().y - galley.size().y / 2.0;
    ui.painter().galley(pos2(left, top), galley, color);
    is_cut
}

fn color(theme: &Tokens, tone: Tone) -> Color32 {
    match tone {
        Tone::Bad => theme.bad,
        Tone::Dim | Tone::Verdict(VerdictOutcome::Undetermined) => theme.dim,
        Tone::Plain => theme.text,
        Tone::Severity(severity) => theme.severity(severity),
        Tone::Verdict(outcome) => theme.verdict(outcome),
    }
}
