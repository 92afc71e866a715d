//! A long name or value shown whole: cut into lines, of which only those in view are laid out.

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Pos2, Ui, vec2};

use crate::window::panes::bytes::{CellKind, Form, Rows};
use crate::window::theme::{Tokens, append_exact, mono};

/// Text in lines of at most so many characters.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    columns: usize,
    rows: Rows,
}

impl Lines {
    /// Cuts text into lines for a width in points, of characters of this width.
    pub(super) fn new(text: &[u8], width: f32, character: f32) -> Self {
        let columns = columns(width, character);
        let form = Form::Text {
            columns,
            has_lines: false,
        };
        let is_plain = text.iter().all(|byte| matches!(byte, b' '..=b'~'));
        Self {
            columns,
            rows: Rows::new(text, form, is_plain),
        }
    }

    /// Whether the lines are still right for a width.
    pub(super) fn fit(&self, width: f32, character: f32) -> bool {
        self.columns == columns(width, character)
    }

    /// The height of all lines, in points.
    pub(super) fn height(&self, line: f32) -> f32 {
        self.rows.len() as f32 * line
    }

    /// Paints the lines in view of the text that they were cut from, the first one at `at`.
    pub(super) fn paint(
        &self,
        ui: &Ui,
        theme: &Tokens,
        text: &[u8],
        at: Pos2,
        line: f32,
        color: Color32,
    ) {
        let view = ui.clip_rect();
        let first = ((view.top() - at.y) / line).floor().max(0.0) as usize;
        let end = ((view.bottom() - at.y) / line).ceil().max(0.0) as usize;
        for row in first..end.min(self.rows.len()) {
            let mut job = LayoutJob::default();
            job.wrap.max_width = f32::INFINITY;
            job.keep_trailing_whitespace = true;
            let mut run = String::new();
            let mut is_escaped = false;
            let mut add = |text: &mut String, is_escaped: bool| {
                let color = if is_escaped { theme.warn } else { color };
                append_exact(&mut job, text, &TextFormat::simple(mono(), color));
                text.clear();
            };
            for cell in self.rows.cells(text, row) {
                let is_other = is_escaped != (cell.kind == CellKind::Escaped);
                if is_other {
                    add(&mut run, is_escaped);
                    is_escaped = !is_escaped;
                }
                run.push_str(&cell.text);
            }
            add(&mut run, is_escaped);
            let galley = ui.painter().layout_job(job);
            let place = at + vec2(0.0, row as f32 * line);
            ui.painter().galley(place, galley, color);
        }
    }
}

/// How many characters stand side by side.
pub(super) fn columns(width: f32, character: f32) -> usize {
    (width / character).floor().max(1.0) as usize
}
