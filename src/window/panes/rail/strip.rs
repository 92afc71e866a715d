//! The rail of a narrow window: a strip of marks, one for each token.

use egui::{Rect, Role, Ui, WidgetInfo, pos2, vec2};

use super::label::TokenLabel;
use super::row;
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::panes::list::{self, View};
use crate::window::panes::roving::{Roving, step};
use crate::window::theme;

/// The height of a mark with the gap to the next, in points.
const MARK: f32 = 36.0;

/// The strip of marks.
#[derive(Debug, Default)]
pub(super) struct Strip {
    roving: Roving,
}

impl Strip {
    /// Takes the keyboard to the token on screen, where there is one.
    pub(super) fn go_in(&mut self, model: &Model) {
        if let Some(current) = model.current {
            self.roving.go_to(current);
        }
    }

    /// Shows the marks over the height that is there.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let count = model.session.tokens.len();
        let height = ui.available_height();
        list::show(ui, "strip", height, (count, MARK), |ui, view| {
            self.marks(ui, model, view)
        })
    }

    fn marks(&mut self, ui: &Ui, model: &Model, view: &View) -> Vec<Command> {
        let scope = ui.scope_id();
        let id = |at: usize| scope.with(("mark", at));
        if self.roving.wanted() >= Some(view.count) {
            self.roving.stay();
        }
        let entry = Some(model.current.unwrap_or(0));
        let stop = self.roving.settle(ui, id, view.rows.clone(), entry);
        let elsewhere = stop.filter(|stop| *stop < view.count && !view.rows.contains(stop));
        let mut commands = Vec::new();
        for at in view.rows.clone().chain(elsewhere) {
            let Some(label) = TokenLabel::of(model, at) else {
                continue;
            };
            let center = view.rect(at).center();
            let rect = Rect::from_center_size(pos2(center.x, center.y), vec2(32.0, 32.0));
            let mark = ui.interact(rect, id(at), self.roving.sense(ui, at));
            let is_current = model.current == Some(at);
            mark.widget_info(|| WidgetInfo::selected(Role::Button, true, is_current, &label.name));
            row::ground(ui, rect, &mark, is_current);
            row::dot(ui, center, label.icon, label.color(theme::tokens(ui)));
            if self.roving.drawn(ui, at, &mark)
                && let Some(to) = step(ui, at, (view.count, view.page))
            {
                self.roving.go_to(to);
                commands.push(Command::ShowToken(to));
            }
            if mark.on_hover_text(&label.title).clicked() {
                commands.push(Command::ShowToken(at));
            }
        }
        commands
    }
}
