//! What stretch of time is looked at.

use std::ops::Range;

use super::axis::Axis;
use super::ticks::{highest, lowest};

/// No less than this is looked at, in seconds.
const SHORTEST: f64 = 10.0;

/// So near to a cut, in points, it is beside it.
const BESIDE: f32 = 3.0;

/// At either side of what is zoomed to, as a share of it.
const PAD: f64 = 0.08;

/// What is looked at: everything, each part at a scale of its own, or a stretch at one scale.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct View {
    /// `None`: everything. In seconds since 1970.
    stretch: Option<Range<f64>>,
}

impl View {
    /// Whether everything is looked at.
    pub(super) fn is_fit(&self) -> bool {
        self.stretch.is_none()
    }

    /// The axis of this width. `fit` makes the one that everything fits on.
    pub(super) fn axis(&self, width: f32, fit: impl FnOnce() -> Axis) -> Axis {
        match &self.stretch {
            None => fit(),
            Some(stretch) => Axis::linear(stretch.clone(), width),
        }
    }

    /// Looks at everything.
    pub(super) fn fit(&mut self) {
        self.stretch = None;
    }

    /// Looks at a stretch, and a little around it.
    pub(super) fn show(&mut self, stretch: &Range<f64>) {
        let length = (stretch.end - stretch.start).max(SHORTEST);
        let pad = length * PAD;
        self.look(stretch.start - pad, length + 2.0 * pad);
    }

    /// Looks closer by a factor, or from farther away where that is less than 1. What is at the place stays there.
    pub(super) fn zoom(&mut self, axis: &Axis, place: f32, factor: f64) {
        if !factor.is_finite() || factor <= 0.0 {
            return;
        }
        let width = f64::from(axis.width()).max(1.0);
        let all = axis.time();
        // A cut scale is not one scale to begin with. Looking from farther away loses nothing that is seen, and looking closer
        // never shows more; beside a cut it begins with the finer side.
        let whole = (all.end - all.start) / width;
        let scale = if factor < 1.0 {
            whole
        } else {
            let sides = [place - BESIDE, place + BESIDE].map(|place| axis.scale_at(place));
            sides.into_iter().fold(whole, f64::min)
        };
        let (shortest, longest) = (SHORTEST / width, (highest() - lowest()) / width);
        let scale = (scale / factor).clamp(shortest, longest);
        let length = scale * width;
        let start = axis.time_at(place) - f64::from(place) * scale;
        let start = if factor < 1.0 && length > all.end - all.start {
            start.clamp(all.end - length, all.start)
        } else {
            start
        };
        self.look(start, length);
    }

    /// Moves what is looked at by so many points to the right, from where it was on this axis, at the scale of this place.
    pub(super) fn pan(&mut self, axis: &Axis, place: f32, by: f32) {
        let scale = axis.scale_at(place);
        let start = axis.time_at(place) - f64::from(place + by) * scale;
        self.look(start, scale * f64::from(axis.width()));
    }

    /// Within what can be shown.
    fn look(&mut self, start: f64, length: f64) {
        if !(start.is_finite() && length.is_finite()) {
            return;
        }
        let length = length.min(highest() - lowest());
        let start = start.clamp(lowest(), highest() - length);
        self.stretch = Some(start..start + length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IAT: f64 = 1_795_032_000.0;

    fn axis() -> Axis {
        let end = IAT + 3_600.0;
        Axis::new(&[IAT, end, IAT + 270_000.0], &[IAT..end], 700.0)
    }

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let fit = axis();
        let mut view = View::default();
        let place = fit.place(IAT + 1_800.0);
        for factor in [1.5, 4.0, 0.5, 0.01, 100.0] {
            let before = view.axis(700.0, axis);
            view.zoom(&before, place, factor);
            let after = view.axis(700.0, axis);
            let there = after.place(before.time_at(place));
            assert!((there - place).abs() < 0.5, "{factor}: {there} {place}");
        }
        assert!(!view.is_fit());
        view.fit();
        assert_eq!(view.axis(700.0, axis), fit);
    }

    #[test]
    fn looking_from_farther_away_loses_nothing() {
        let fit = axis();
        let mut view = View::default();
        view.zoom(&fit, fit.place(IAT + 135_000.0), 0.8);
        let after = view.axis(700.0, axis);
        assert!(after.contains(IAT) && after.contains(IAT + 270_000.0));
        assert!(after.pieces().iter().all(|piece| !piece.is_cut));
    }

    #[test]
    fn looking_closer_never_shows_more_than_before() {
        let fit = axis();
        for place in 0..=700_u16 {
            let mut view = View::default();
            view.zoom(&fit, f32::from(place), 1.5);
            let (before, after) = (fit.time(), view.axis(700.0, axis).time());
            let length = |time: &Range<f64>| time.end - time.start;
            assert!(length(&after) < length(&before) / 1.4, "{place}");
        }
    }

    #[test]
    fn a_drag_moves_time_with_the_pointer() {
        let mut view = View::default();
        view.show(&(IAT..IAT + 3_600.0));
        let before = view.axis(700.0, axis);
        let grabbed = before.time_at(300.0);
        view.pan(&before, 300.0, -120.0);
        let after = view.axis(700.0, axis);
        assert!((after.place(grabbed) - 180.0).abs() < 0.5);
    }

    #[test]
    fn there_is_an_end_to_near_and_far() {
        let mut view = View::default();
        for factor in [1e9, 1e9, 1e-30, 1e-30, f64::NAN, 0.0, -1.0] {
            let before = view.axis(700.0, axis);
            view.zoom(&before, 350.0, factor);
            let time = view.axis(700.0, axis).time();
            assert!(time.end - time.start >= SHORTEST * 0.999, "{factor}");
            assert!(time.start >= lowest() && time.end <= highest());
        }
        for _ in 0..50 {
            let before = view.axis(700.0, axis);
            view.pan(&before, 350.0, 1e6);
        }
        assert!(view.axis(700.0, axis).time().start >= lowest());
        view.show(&(f64::NEG_INFINITY..f64::INFINITY));
        let time = view.axis(700.0, axis).time();
        assert!(time.start.is_finite() && time.end.is_finite());
    }
}
