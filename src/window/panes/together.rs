//! The other tokens of the session that the one on screen has to do with, each of which it leads to.

use egui::{Frame, Margin, RichText, Role, Ui, UiBuilder};

use super::rail::label::{shown, what};
use crate::judge::{Related, Relation};
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::theme::{size, space, tokens};
use crate::window::widgets::{Icon, link, section, sign, wrapped};

/// More relations than these are counted.
const MOST: usize = 12;

/// The part "Together". Takes the height that it needs, and none where there is nothing to say.
#[derive(Debug, Clone, Copy, Default)]
pub struct TogetherPane;

impl TogetherPane {
    /// Shows what the token on screen has to do with others.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Option<Command> {
        let related = related(model);
        if related.is_empty() {
            return None;
        }
        section(ui, "Together", Some(related.len()), |_| {});
        let mut command = None;
        let builder = UiBuilder::new()
            .accessibility_role(Role::List)
            .accessibility_label("Together with other tokens");
        let frame = Frame::new().inner_margin(Margin {
            left: space::M as i8,
            right: space::M as i8,
            top: 0,
            bottom: space::S as i8,
        });
        ui.scope_builder(builder, |ui| {
            frame.show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                for one in related.iter().take(MOST) {
                    command = row(ui, model, one).or(command.take());
                }
                let more = related.len().saturating_sub(MOST);
                if more > 0 {
                    let words = format!("And {more} more, which a report lists");
                    let words = RichText::new(words).size(size::SMALL);
                    wrapped(ui, words.color(tokens(ui).dim));
                }
            });
        });
        command
    }
}

/// What the token on screen has to do with others: the layer that is shown, and where it is another one, the outermost.
fn related(model: &Model) -> Vec<&Related> {
    let layers = [model.current(), model.outermost()];
    let all = layers
        .into_iter()
        .flatten()
        .flat_map(|(_, judgement)| judgement.related());
    let mut related: Vec<&Related> = Vec::new();
    for one in all {
        if !related.contains(&one) {
            related.push(one);
        }
    }
    related
}

/// Where the first token is that the one on screen has to do with.
pub(in crate::window) fn first(model: &Model) -> Option<usize> {
    let related = related(model);
    let mut there = related.iter().filter_map(|one| position(model, one));
    there.next()
}

fn position(model: &Model, related: &Related) -> Option<usize> {
    model
        .gathered
        .position(&related.other, &model.session.tokens)
}

fn row(ui: &mut Ui, model: &Model, related: &Related) -> Option<Command> {
    let theme = tokens(ui);
    let is_harm = matches!(
        related.relation,
        Relation::EcdsaNonce | Relation::Jti | Relation::JweIv
    );
    let (icon, color) = match (related.matches, related.relation) {
        (false, _) => (Icon::Cross, theme.bad),
        (true, Relation::Session) => (Icon::Dot, theme.dim),
        (true, _) if is_harm => (Icon::Triangle, theme.warn),
        (true, _) => (Icon::Check, theme.ok),
    };
    let at = position(model, related);
    let mut command = None;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.vertical(|ui| {
            ui.add_space(3.0);
            sign(ui, icon, 10.0, color);
        });
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            wrapped(ui, RichText::new(related.words()).color(theme.text));
            let Some((at, inspection)) =
                at.and_then(|at| Some((at, model.session.tokens.get(at)?)))
            else {
                let words = format!("SHA-256 {}", related.other.short());
                wrapped(ui, RichText::new(words).size(size::SMALL).color(theme.dim));
                return;
            };
            let named = match &inspection.name {
                Some(name) => std::borrow::Cow::Borrowed(name.as_str()),
                None => what(inspection, model.judgements.get(at)),
            };
            let label = format!("Token {}: {}", at.saturating_add(1), shown(&named));
            let name = format!("{}, go to {label}", related.words());
            if link(ui, &label, &name).clicked() {
                command = Some(Command::OpenToken(at));
            }
        });
    });
    command
}
