//! A shared secret that is typed: how it is read, and whether the token on screen settles that.

use egui::{Key, RichText, TextEdit, Ui};

use super::buttons;
use crate::jose::PartRole;
use crate::keys::{Key as JoseKey, LoadError, Secret, SecretEncoding, load_secret};
use crate::verify::algorithm::{Family, find, hmac_verifies};
use crate::window::commands::Command;
use crate::window::manager::{KeyCommand, TYPED};
use crate::window::model::Model;
use crate::window::theme::{self, size, space};
use crate::window::widgets::{SecretField, Segment, segmented, wrapped};

/// How what is typed may be read.
const READINGS: [(SecretEncoding, &str, &str); 4] = [
    (SecretEncoding::Utf8, "Text", "as text"),
    (SecretEncoding::Base64, "Base64", "as base64"),
    (SecretEncoding::Base64url, "Base64url", "as base64url"),
    (SecretEncoding::Hex, "Hex", "as hexadecimal"),
];

/// Asks for a secret.
#[derive(Debug, Default)]
pub(super) struct SecretDialog {
    field: SecretField,
    encoding: SecretEncoding,
    name: String,
    was_shown: bool,
    /// What the token on screen says, for a revision of the field.
    settled: Option<(u64, Settled)>,
}

/// What the token on screen says of what is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settled {
    /// Nothing: it has no HMAC signature, or nothing is typed.
    Nothing,
    /// It verifies in none of the readings.
    No,
    /// It verifies in this one.
    By(SecretEncoding),
}

impl SecretDialog {
    /// Shows it; gives what to do, and whether it is done.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model) -> (Option<Command>, bool) {
        let theme = theme::tokens(ui);
        ui.label("Secret");
        let field = self.field.ui(ui, "Secret");
        if !std::mem::replace(&mut self.was_shown, true) {
            field.request_focus();
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.horizontal(|ui| {
            ui.label("Read as");
            let segments = READINGS.map(|(value, label, _)| Segment {
                value,
                label,
                name: label,
            });
            segmented(ui, &mut self.encoding, &segments);
        });
        let read = (!self.field.is_empty()).then(|| read(self.field.bytes(), self.encoding));
        let small = |text: String, color| RichText::new(text).size(size::MONO).color(color);
        match &read {
            None => wrapped(ui, small("Nothing is typed yet.".to_owned(), theme.dim)),
            Some(Ok(key)) => {
                let (words, is_short) = length(key);
                let color = if is_short { theme.warn } else { theme.dim };
                wrapped(ui, small(words, color))
            }
            Some(Err(fault)) => wrapped(ui, small(fault.clone(), theme.bad)),
        };
        self.settle(model);
        match self.settled {
            Some((_, Settled::By(encoding))) if encoding == self.encoding => {
                let words = "The token on screen verifies with it.";
                wrapped(ui, small(words.to_owned(), theme.ok));
            }
            Some((_, Settled::By(encoding))) => {
                let how = how(encoding);
                let words = format!("The token on screen verifies when the secret is read {how}.");
                wrapped(ui, small(words, theme.ok));
                if ui.button(format!("Read it {how}")).clicked() {
                    self.encoding = encoding;
                }
            }
            Some((_, Settled::No)) => {
                let words = "The token on screen verifies with it in none of these readings.";
                wrapped(ui, small(words.to_owned(), theme.dim));
            }
            Some((_, Settled::Nothing)) | None => {}
        }
        let label = ui.label("Name (may be empty)");
        let name = TextEdit::singleline(&mut self.name)
            .id_salt("name of the secret")
            .char_limit(64)
            .margin(egui::Margin::symmetric(6, 4))
            .desired_width(f32::INFINITY);
        let name = ui.add(name).labelled_by(label.id);
        let entered =
            entered || name.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.add_space(space::S);
        let is_possible = matches!(read, Some(Ok(_)));
        let (clicked, cancelled) = buttons(ui, "Add secret", is_possible);
        let is_taken = is_possible && (clicked || entered);
        let command = is_taken.then(|| {
            let command = KeyCommand::AddSecret {
                text: Secret::new(self.field.bytes().to_vec()),
                encoding: self.encoding,
                name: self.name.trim().to_owned(),
            };
            self.field.clear();
            command.into()
        });
        (command, is_taken || cancelled)
    }

    fn settle(&mut self, model: &Model) {
        let revision = self.field.revision();
        if self.settled.is_none_or(|(of, _)| of != revision) {
            self.settled = Some((revision, settled(model, self.field.bytes())));
        }
    }
}

/// What is typed, as a key; else what is wrong with it.
fn read(typed: &[u8], encoding: SecretEncoding) -> Result<JoseKey, String> {
    load_secret(TYPED, typed, encoding).map_err(|error| match error {
        LoadError::Secret { found, .. } => format!("Not {}: found {found}.", how(encoding)),
        other => other.to_string(),
    })
}

fn how(encoding: SecretEncoding) -> &'static str {
    let reading = READINGS.iter().find(|(value, ..)| *value == encoding);
    reading.map_or("", |(_, _, how)| how)
}

/// How long it is, and whether that is too short for HS256 (RFC 7518 section 3.2).
fn length(key: &JoseKey) -> (String, bool) {
    let bytes = key.secret().map_or(0, |secret| secret.bytes().len());
    let words = match bytes {
        1 => "1 byte".to_owned(),
        _ => format!("{bytes} bytes"),
    };
    if bytes < 32 {
        (format!("{words}: HS256 wants 32 or more"), true)
    } else {
        (words, false)
    }
}

fn settled(model: &Model, typed: &[u8]) -> Settled {
    let Some((inspection, _)) = model.current().filter(|_| !typed.is_empty()) else {
        return Settled::Nothing;
    };
    let token = &inspection.token;
    let alg = token.parameter("alg").and_then(|alg| alg.str());
    let family = alg.and_then(find).map(|algorithm| algorithm.family);
    let (Some(Family::Hmac(hash)), Some(message), Some(mac)) = (
        family,
        token.signing_input(),
        token.part(PartRole::Signature),
    ) else {
        return Settled::Nothing;
    };
    let verifies = |encoding: &SecretEncoding| {
        let key = load_secret(TYPED, typed, *encoding).ok();
        let secret = key.as_ref().and_then(JoseKey::secret);
        secret.is_some_and(|secret| {
            hmac_verifies(hash, secret.bytes(), message.as_bytes(), mac.bytes())
        })
    };
    let by = READINGS
        .iter()
        .map(|(encoding, ..)| encoding)
        .find(|encoding| verifies(encoding));
    by.map_or(Settled::No, |encoding| Settled::By(*encoding))
}
