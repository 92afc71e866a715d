//! Signs, painted: they look the same with every face, and no glyph can be missing.

use egui::{Color32, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, Vec2, pos2, vec2};

use crate::judge::{CheckResult, Severity, VerdictOutcome};
use crate::window::theme::tokens;

/// A sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A tick.
    Check,
    /// A small triangle that points down: a menu.
    Chevron,
    /// A clock: not the real time.
    Clock,
    /// A triangle that points right: closed.
    Closed,
    /// An X.
    Cross,
    /// A short line: not done.
    Dash,
    /// A diamond.
    Diamond,
    /// A filled circle.
    Dot,
    /// A letter i.
    Info,
    /// A key.
    Key,
    /// A padlock: closed.
    Lock,
    /// A triangle that points down: open.
    Open,
    /// A question mark.
    Question,
    /// A square.
    Square,
    /// A triangle that points up.
    Triangle,
}

impl From<CheckResult> for Icon {
    fn from(result: CheckResult) -> Self {
        match result {
            CheckResult::Failed => Self::Cross,
            CheckResult::NotRun => Self::Dash,
            CheckResult::Passed => Self::Check,
        }
    }
}

impl From<Severity> for Icon {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self::Diamond,
            Severity::High => Self::Triangle,
            Severity::Medium => Self::Square,
            Severity::Low => Self::Dash,
            Severity::Info => Self::Info,
        }
    }
}

impl From<VerdictOutcome> for Icon {
    fn from(outcome: VerdictOutcome) -> Self {
        match outcome {
            VerdictOutcome::Accept => Self::Check,
            VerdictOutcome::Reject => Self::Cross,
            VerdictOutcome::Undetermined => Self::Question,
        }
    }
}

/// Paints a sign that fills the square around the centre of `rect`.
pub fn paint_icon(painter: &Painter, rect: Rect, icon: Icon, color: Color32) {
    let side = rect.width().min(rect.height());
    let at = |x: f32, y: f32| rect.center() + vec2(x, y) * side;
    let stroke = Stroke::new((side * 0.16).max(1.5), color);
    let filled = |points: &[(f32, f32)]| {
        let points = points.iter().map(|&(x, y)| at(x, y)).collect();
        painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    };
    let line = |points: &[(f32, f32)]| {
        let points: Vec<Pos2> = points.iter().map(|&(x, y)| at(x, y)).collect();
        painter.add(Shape::line(points, stroke));
    };
    match icon {
        Icon::Check => line(&[(-0.36, 0.03), (-0.10, 0.30), (0.38, -0.28)]),
        Icon::Chevron => filled(&[(-0.30, -0.16), (0.30, -0.16), (0.0, 0.22)]),
        Icon::Closed => filled(&[(-0.20, -0.34), (0.28, 0.0), (-0.20, 0.34)]),
        Icon::Clock => {
            painter.circle_stroke(rect.center(), side * 0.44, stroke);
            line(&[(0.0, -0.26), (0.0, 0.02), (0.18, 0.12)]);
        }
        Icon::Cross => {
            line(&[(-0.30, -0.30), (0.30, 0.30)]);
            line(&[(-0.30, 0.30), (0.30, -0.30)]);
        }
        Icon::Dash => line(&[(-0.32, 0.0), (0.32, 0.0)]),
        Icon::Diamond => filled(&[(0.0, -0.48), (0.44, 0.0), (0.0, 0.48), (-0.44, 0.0)]),
        Icon::Dot => {
            painter.circle_filled(rect.center(), side * 0.45, color);
        }
        Icon::Info => {
            painter.circle_filled(at(0.0, -0.34), stroke.width * 0.62, color);
            line(&[(0.0, -0.08), (0.0, 0.42)]);
        }
        Icon::Key => {
            painter.circle_stroke(at(-0.22, -0.12), side * 0.20, stroke);
            line(&[(-0.06, 0.02), (0.40, 0.36)]);
            line(&[(0.24, 0.24), (0.14, 0.38)]);
            line(&[(0.38, 0.34), (0.30, 0.46)]);
        }
        Icon::Lock => {
            let body = Rect::from_min_max(at(-0.32, -0.06), at(0.32, 0.42));
            painter.rect_filled(body, side * 0.08, color);
            let shackle: Vec<Pos2> = (0..=8)
                .map(|step| {
                    let angle = std::f32::consts::PI * (1.0 + f32::from(step as u8) / 8.0);
                    at(angle.cos() * 0.20, angle.sin() * 0.22 - 0.18)
                })
                .collect();
            let ends = [at(-0.20, -0.04)].into_iter().chain(shackle);
            let points = ends.chain([at(0.20, -0.04)]).collect();
            painter.add(Shape::line(points, stroke));
        }
        Icon::Open => filled(&[(-0.34, -0.20), (0.34, -0.20), (0.0, 0.28)]),
        Icon::Question => {
            let hook: Vec<Pos2> = (0..=12)
                .map(|step| {
                    // Three quarters of a circle, from the left over the top to the bottom.
                    let angle = std::f32::consts::PI * (1.0 + 1.5 * f32::from(step as u8) / 12.0);
                    at(angle.cos() * 0.22, angle.sin() * 0.22 - 0.20)
                })
                .chain([at(0.0, 0.14)])
                .collect();
            painter.add(Shape::line(hook, stroke));
            painter.circle_filled(at(0.0, 0.38), stroke.width * 0.62, color);
        }
        Icon::Square => filled(&[(-0.36, -0.36), (0.36, -0.36), (0.36, 0.36), (-0.36, 0.36)]),
        Icon::Triangle => filled(&[(0.0, -0.42), (0.46, 0.40), (-0.46, 0.40)]),
    }
}

/// A sign in the line of text, `side` points wide. Decoration: a word must stand beside it.
pub fn sign(ui: &mut Ui, icon: Icon, side: f32, color: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    paint_icon(ui.painter(), rect, icon, color);
    response
}

/// A sign on a filled circle. Decoration: a word must stand beside it.
pub fn mark(ui: &mut Ui, icon: Icon, diameter: f32, color: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(diameter), Sense::hover());
    let ground = tokens(ui).bg1;
    ui.painter()
        .circle_filled(rect.center(), diameter / 2.0, color);
    let inner = Rect::from_center_size(
        pos2(rect.center().x, rect.center().y),
        Vec2::splat(diameter * 0.56),
    );
    paint_icon(ui.painter(), inner, icon, ground);
    response
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Nobody is to tell two states apart by colour alone.
    fn differ(states: &[(Icon, &str)]) {
        for (index, (icon, word)) in states.iter().enumerate() {
            assert!(!word.is_empty(), "{icon:?} has no word");
            for (other, other_word) in states.iter().skip(index + 1) {
                assert_ne!(icon, other, "{word} and {other_word}");
            }
        }
        let words: HashSet<_> = states.iter().map(|(_, word)| word).collect();
        assert_eq!(words.len(), states.len());
    }

    #[test]
    fn every_state_has_a_sign_and_a_word_of_its_own() {
        differ(&Severity::ALL.map(|severity| (Icon::from(severity), severity.name())));
        differ(
            &[
                CheckResult::Failed,
                CheckResult::NotRun,
                CheckResult::Passed,
            ]
            .map(|result| (Icon::from(result), result.name())),
        );
        differ(
            &[
                VerdictOutcome::Accept,
                VerdictOutcome::Reject,
                VerdictOutcome::Undetermined,
            ]
            .map(|outcome| (Icon::from(outcome), outcome.name())),
        );
    }
}
