//! A new key: its kind, what it is for, what it is called.

use egui::{ComboBox, DragValue, RichText, TextEdit, Ui};

use super::buttons;
use crate::keys::generate::{NewKey, NewKid, Plan, RsaBits, Use};
use crate::keys::{Curve, OkpCurve};
use crate::window::commands::Command;
use crate::window::manager::KeyCommand;
use crate::window::theme::{self, size, space};
use crate::window::widgets::{Segment, segmented, wrapped};

/// What a secret is long at first, in bytes.
const SECRET: usize = 32;

/// The kinds to choose from.
const KINDS: [NewKey; 12] = [
    NewKey::Rsa(RsaBits::Bits2048),
    NewKey::Rsa(RsaBits::Bits3072),
    NewKey::Rsa(RsaBits::Bits4096),
    NewKey::Ec(Curve::P256),
    NewKey::Ec(Curve::P384),
    NewKey::Ec(Curve::P521),
    NewKey::Ec(Curve::Secp256k1),
    NewKey::Okp(OkpCurve::Ed25519),
    NewKey::Okp(OkpCurve::Ed448),
    NewKey::Okp(OkpCurve::X25519),
    NewKey::Okp(OkpCurve::X448),
    NewKey::Oct { bytes: SECRET },
];

/// Asks what key to make.
#[derive(Debug)]
pub(super) struct GenerateDialog {
    /// A position in [`KINDS`].
    kind: usize,
    bytes: usize,
    use_: Option<Use>,
    alg: Option<&'static str>,
    kid: String,
    name: String,
    was_shown: bool,
}

impl Default for GenerateDialog {
    fn default() -> Self {
        Self {
            kind: 3,
            bytes: SECRET,
            use_: None,
            alg: None,
            kid: String::new(),
            name: String::new(),
            was_shown: false,
        }
    }
}

impl GenerateDialog {
    fn key(&self) -> NewKey {
        match KINDS.get(self.kind) {
            Some(NewKey::Oct { .. }) | None => NewKey::Oct { bytes: self.bytes },
            Some(kind) => *kind,
        }
    }

    /// Shows it; gives what to do, and whether it is done.
    pub(super) fn ui(&mut self, ui: &mut Ui) -> (Option<Command>, bool) {
        let theme = theme::tokens(ui);
        let label = ui.label("Kind");
        let kinds = ComboBox::from_id_salt("kind of key").selected_text(kind_label(self.key()));
        let kinds = kinds.height(360.0).show_ui(ui, |ui| {
            for (at, kind) in KINDS.into_iter().enumerate() {
                ui.selectable_value(&mut self.kind, at, kind_label(kind));
            }
        });
        let kinds = kinds.response.labelled_by(label.id);
        if !std::mem::replace(&mut self.was_shown, true) {
            kinds.request_focus();
        }
        if let NewKey::Oct { .. } = self.key() {
            ui.horizontal(|ui| {
                let label = ui.label("Length in bytes");
                let range = 1..=crate::keys::generate::MAX_SECRET_BYTES;
                ui.add(DragValue::new(&mut self.bytes).range(range))
                    .labelled_by(label.id);
            });
        }
        let algorithms = self.key().algorithms();
        if self.alg.is_some_and(|alg| !algorithms.contains(&alg)) {
            self.alg = None;
        }
        let label = ui.label("Algorithm (alg)");
        ComboBox::from_id_salt("algorithm of the key")
            .selected_text(self.alg.unwrap_or(NO_ALG))
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut self.alg, None, NO_ALG);
                for alg in algorithms {
                    ui.selectable_value(&mut self.alg, Some(alg), alg);
                }
            })
            .response
            .labelled_by(label.id);
        ui.horizontal(|ui| {
            ui.label("Use");
            let segment = |value, label| Segment {
                value,
                label,
                name: label,
            };
            let segments = [
                segment(None, "Not said"),
                segment(Some(Use::Signature), "Signatures"),
                segment(Some(Use::Encryption), "Encryption"),
            ];
            segmented(ui, &mut self.use_, &segments);
        });
        let field = |ui: &mut Ui, label: &str, text: &mut String| {
            let label = ui.label(label);
            let field = TextEdit::singleline(text)
                .id_salt(label.id)
                .char_limit(64)
                .margin(egui::Margin::symmetric(6, 4))
                .desired_width(f32::INFINITY);
            ui.add(field).labelled_by(label.id);
        };
        field(ui, "Key id (kid); empty: its thumbprint", &mut self.kid);
        field(ui, "Name (may be empty)", &mut self.name);
        let words = "The key is in memory only, until you save or export it.";
        wrapped(ui, RichText::new(words).size(size::MONO).color(theme.dim));
        ui.add_space(space::S);
        let (clicked, cancelled) = buttons(ui, "Generate", true);
        let command = clicked.then(|| {
            let kid = self.kid.trim();
            let plan = Plan {
                key: self.key(),
                kid: match kid {
                    "" => NewKid::Own,
                    kid => NewKid::Given(kid.to_owned()),
                },
                use_: self.use_,
                alg: self.alg.map(str::to_owned),
            };
            KeyCommand::Generate(plan, self.name.trim().to_owned()).into()
        });
        (command, clicked || cancelled)
    }
}

const NO_ALG: &str = "Not said";

/// What a kind is called, with what it is good for.
fn kind_label(kind: NewKey) -> String {
    match kind {
        NewKey::Oct { .. } => "Secret (for HMAC and key wrapping)".to_owned(),
        NewKey::Okp(OkpCurve::X25519 | OkpCurve::X448) => format!("{kind} (key agreement)"),
        _ => kind.to_string(),
    }
}
