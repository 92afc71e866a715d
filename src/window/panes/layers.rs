//! The tokens inside of each other: each has its own text, header, claims, checks and findings, which the other panes show
//! of the one that is chosen here.

use egui::{Role, Ui, UiBuilder};

use super::focus::{self, Place};
use super::pills::{Pill, Pills};
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::jose::{Kind, Token};
use crate::window::commands::Command;
use crate::window::layers::{Held, Layer};
use crate::window::model::Model;
use crate::window::theme::{Tokens, tokens};
use crate::window::widgets::Icon;

/// Longer names of algorithms are cut, in characters.
const MAX_NAME: usize = 32;

/// The tokens inside of each other. Takes the height that it needs.
#[derive(Debug, Clone, Default)]
pub struct LayersPane {
    pills: Pills,
}

impl LayersPane {
    /// Shows the layers of the token on screen; nothing where that holds no other.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Option<Command> {
        let layers = model.layers();
        if layers.len() < 2 {
            return None;
        }
        let shown = model.shown_layer();
        if focus::take(ui, Place::Layers) {
            self.pills.go_to(shown);
        }
        let theme = tokens(ui);
        let count = layers.len();
        let pills: Vec<Pill> = layers
            .iter()
            .enumerate()
            .map(|(at, layer)| pill(theme, layer, (at.saturating_add(1), count)))
            .collect();
        let builder = UiBuilder::new()
            .accessibility_role(Role::Tree)
            .accessibility_label("Layers");
        ui.scope_builder(builder, |ui| self.pills.ui(ui, &pills, shown))
            .inner
            .map(Command::ShowLayer)
    }
}

fn pill(theme: &Tokens, layer: &Layer<'_>, (number, count): (usize, usize)) -> Pill {
    let outcome = layer.judgement.verdict.outcome;
    let token = &*layer.inspection.token;
    let kind = kind(layer);
    let algorithms = algorithms(token);
    let held = match layer.held {
        Held::Outermost => "outermost",
        Held::Payload => "the payload of the one around it",
        Held::KeyBinding => "shows that the holder has the key",
    };
    let reason = layer.judgement.verdict.reasons.first();
    let reason = reason.map_or_else(String::new, |reason| {
        format!(": {}", reason.name().replace('-', " "))
    });
    let and_algorithms = if algorithms.is_empty() {
        String::new()
    } else {
        format!(", {algorithms}")
    };
    Pill {
        sign: (Icon::from(outcome), theme.verdict(outcome)),
        name: format!(
            "Layer {number} of {count}: {kind}{and_algorithms}, {}{reason}, {held}",
            outcome.name()
        ),
        label: format!("{number} {kind}"),
        note: algorithms,
        level: Some(layer.depth.saturating_add(1)),
    }
}

/// What a layer is called.
pub(super) fn kind(layer: &Layer<'_>) -> &'static str {
    match (layer.held, layer.inspection.token.kind) {
        (Held::KeyBinding, _) => "Key binding JWT",
        (_, Kind::Jwe) => "JWE",
        (_, Kind::Jws) => "JWS",
        (_, Kind::SdJwt) => "SD-JWT",
        (_, Kind::Unreadable) => "Unreadable",
    }
}

/// `RSA-OAEP-256 · A256GCM`, of the first signature or recipient.
fn algorithms(token: &Token) -> String {
    let name = |name| {
        let value = token.parameter(name).and_then(Json::str)?;
        let cut: String = value.chars().take(MAX_NAME).collect();
        Some(visible(&cut))
    };
    let enc = name("enc").filter(|_| token.kind == Kind::Jwe);
    let names: Vec<String> = name("alg").into_iter().chain(enc).collect();
    names.join(" \u{00B7} ")
}
