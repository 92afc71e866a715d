//! What is told of a member in full: under the pointer, by a key, to a screen reader, and on the clipboard.

use std::ops::Range;

use egui::{Frame, RectAlign, RichText, Tooltip, Ui};

use super::tree::child_around;
use crate::jose::json::{Json, Value};
use crate::jose::registry::{self, Class, Meaning, Misfit, Place, ValueMeaning};
use crate::jose::visible::visible;
use crate::jose::{Kind, PartRole, Token};
use crate::judge::words::capitalised;
use crate::verify::algorithm;
use crate::verify::decrypt::{content_encryption, key_management};
use crate::window::theme::{mono, size, space, tokens};
use crate::window::widgets::wrapped;

/// Names and values are told up to so many characters; all of them stands in the row.
const MAX_SHOWN: usize = 80;

/// The width of what is told, in points, where there is room.
const WIDTH: f32 = 360.0;

/// What there is to tell of a member, or of an element of an array, which shares the meaning of the name above it.
#[derive(Debug, Clone)]
pub(crate) struct Told<'a> {
    /// The member's name.
    pub(super) name: &'a str,
    value: &'a Json,
    /// What the name means.
    pub(super) meaning: &'static Meaning,
    value_meaning: Option<&'static ValueMeaning>,
    /// Where the value is not what the name asks for.
    pub(super) misfit: Option<Misfit>,
    is_algorithm: bool,
}

/// Where the members of a part stand.
fn top(token: &Token, role: PartRole) -> Place<'_> {
    match role {
        PartRole::ProtectedHeader | PartRole::UnprotectedHeader => Place::Header {
            is_jwe: token.kind == Kind::Jwe,
        },
        _ => Place::Claims {
            issuer: issuer(token),
        },
    }
}

fn issuer(token: &Token) -> Option<&str> {
    token.claims()?.str("iss")
}

impl<'a> Told<'a> {
    /// Of exactly these bytes of a part that was read as JSON. `None` where they are no member or element, or stand in
    /// arrays only.
    pub(crate) fn of(
        token: &'a Token,
        role: PartRole,
        root: &'a Json,
        bytes: &Range<usize>,
    ) -> Option<Self> {
        let issuer = issuer(token);
        let mut place = top(token, role);
        let mut parent = root;
        let mut named: Option<(&'a str, &'static Meaning)> = None;
        loop {
            let child = child_around(parent, bytes)?;
            if let Some(name) = child.name {
                match named {
                    Some((_, above)) => place = above.inside(parent, issuer),
                    None if root.array().is_some() => return None,
                    None => {}
                }
                named = Some((name, registry::look_up(place, name)));
            }
            if child.range != *bytes {
                parent = child.value;
                continue;
            }
            let (name, meaning) = named?;
            let value = child.value;
            return Some(Self {
                name,
                value,
                meaning,
                value_meaning: registry::value(place, name, value),
                misfit: match child.name {
                    Some(_) if !meaning.shape.is_any() => meaning.shape.misfit(value),
                    _ => None,
                },
                is_algorithm: matches!(
                    (place, name),
                    (Place::Header { .. } | Place::Key { .. }, "alg" | "enc")
                ),
            });
        }
    }

    /// `Registered claim · NumericDate · RFC 7519 §4.1.4`.
    fn facts(&self) -> String {
        let meaning = self.meaning;
        let mut facts = vec![match meaning.class {
            Class::Inner => "Part of the object that it stands in".to_owned(),
            class => format!("{} name", capitalised(class.label())),
        }];
        if !meaning.shape.is_any() {
            facts.push(meaning.shape.to_string());
        }
        if !meaning.of.is_empty() {
            facts.push(meaning.of.join(", "));
        }
        if !meaning.reference.is_empty() {
            facts.push(meaning.reference.clone());
        }
        facts.join(" · ")
    }

    /// What the value means: `ES256: ECDSA over P-256 with SHA-256`.
    fn value_words(&self) -> Option<String> {
        let known = self.value_meaning?;
        let mut words = format!("{}: {}", self.shown_value(), known.text);
        if !known.reference.is_empty() {
            let sentence = words.trim_end_matches('.');
            words = format!("{sentence} ({}).", known.reference);
        }
        for more in known.standing.into_iter().chain(self.done()) {
            words = format!("{words} {more}.");
        }
        Some(words)
    }

    /// Whether this program can do what the algorithm says.
    fn done(&self) -> Option<&'static str> {
        let name = self.value.str().filter(|_| self.is_algorithm)?;
        let registered = registry::algorithm(name)?;
        Some(match registered.usage.as_str() {
            _ if name == "none" => return None,
            "alg/sig" if algorithm::find(name).is_some() => "Verified here",
            "alg/sig" => "Not verified here",
            "alg/enc" | "enc"
                if key_management(name).is_some() || content_encryption(name).is_some() =>
            {
                "Decrypted here"
            }
            "alg/enc" | "enc" => "Not decrypted here",
            _ => return None,
        })
    }

    fn shown_value(&self) -> String {
        let text = match &self.value.value {
            Value::String(text) => text.as_str(),
            Value::Number(number) => number.text.as_str(),
            _ => "",
        };
        shown(text)
    }

    /// Everything, a line each: name, meaning, what the value means or what is wrong with it, facts, and what there is more
    /// to say of this one.
    pub(crate) fn lines(&self, more: Option<&str>) -> Vec<String> {
        let Meaning { label, text, .. } = self.meaning;
        let name = shown(self.name);
        let title = if label.is_empty() {
            name
        } else {
            format!("{name}: {label}")
        };
        let misfit = self.misfit.as_ref();
        let misfit = misfit.map(|misfit| format!("{}.", capitalised(&misfit.words)));
        let more = more.into_iter().flat_map(str::lines).map(str::to_owned);
        [Some(title), Some(text.clone()), self.value_words(), misfit]
            .into_iter()
            .flatten()
            .chain([self.facts()])
            .chain(more)
            .collect()
    }

    /// The same to look at.
    pub(super) fn ui(&self, ui: &mut Ui, more: Option<&str>) {
        Frame::new()
            .inner_margin(space::S as i8)
            .show(ui, |ui| self.text(ui, more));
    }

    fn text(&self, ui: &mut Ui, more: Option<&str>) {
        let theme = tokens(ui);
        ui.set_max_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.spacing_mut().interact_size.y = 0.0;
        let Meaning { label, text, .. } = self.meaning;
        ui.horizontal_wrapped(|ui| {
            ui.label(
                RichText::new(shown(self.name))
                    .font(mono())
                    .color(theme.accent),
            );
            if !label.is_empty() {
                ui.label(RichText::new(label).color(theme.text).strong());
            }
        });
        wrapped(ui, RichText::new(text).color(theme.text));
        if let Some(words) = self.value_words() {
            wrapped(ui, RichText::new(words).color(theme.text));
        }
        if let Some(misfit) = &self.misfit {
            let words = format!("{}.", capitalised(&misfit.words));
            wrapped(ui, RichText::new(words).color(theme.warn));
        }
        let small = |text: String| RichText::new(text).size(size::SMALL).color(theme.dim);
        wrapped(ui, small(self.facts()));
        for line in more.into_iter().flat_map(str::lines) {
            wrapped(ui, small(line.to_owned()));
        }
    }
}

/// Beside a row, and so over none of its neighbours, where there is room; else below it or above.
pub(super) fn beside<'a>(ui: &Ui, mut tooltip: Tooltip<'a>, told: &Told<'_>) -> Tooltip<'a> {
    let width = ui.ctx().content_rect().width() - 2.0 * space::XL;
    tooltip.popup = tooltip
        .popup
        .align(RectAlign::RIGHT_START)
        .align_alternatives(&[
            RectAlign::LEFT_START,
            RectAlign::BOTTOM_START,
            RectAlign::TOP_START,
        ]);
    tooltip
        .width(width.clamp(80.0, WIDTH))
        .accessible_name(format!("Meaning of {}", shown(told.name)))
}

/// Text of the token in place: hidden characters escaped, and cut.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(MAX_SHOWN).collect();
    let dots = if start.len() < text.len() { "…" } else { "" };
    format!("{}{dots}", visible(&start))
}
