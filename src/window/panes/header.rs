//! What the headers say, and which of them is protected.

use egui::{Margin, RichText, ScrollArea, Ui};

use super::focus::Place;
use super::members::{MemberForm, MemberView, Shown, message};
use super::pills::{Pill, Pills};
use super::verdict::signature_words;
use crate::inspection::Inspection;
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::jose::{Kind, Part, PartRole, Serialization, Token};
use crate::verify::{DecryptionOutcome, Proof};
use crate::window::commands::Command;
use crate::window::model::{Model, Selection};
use crate::window::theme::{space, tokens};
use crate::window::widgets::{Card, Icon, Segment, segmented, wrapped};

/// Signatures and recipients take at most this height, in points; the rest is scrolled.
const ENTRIES: f32 = 60.0;

/// Longer names of algorithms are cut, in characters.
const MAX_NAME: usize = 32;

/// The pane "Header". Fills the place that it is given.
#[derive(Debug, Clone, Default)]
pub struct HeaderPane {
    view: MemberView,
    entries: Pills,
    chosen: Chosen,
    /// The selection when it was last looked at.
    seen: Option<Selection>,
}

/// Which header of a JSON form is shown.
#[derive(Debug, Clone, Default)]
struct Chosen {
    /// The token that it is of.
    identity: String,
    /// The signature or recipient.
    entry: usize,
    /// Which of its headers.
    header: usize,
}

/// A header of a signature or recipient.
#[derive(Clone, Copy)]
struct Header<'a> {
    part: &'a Part,
    scope: Scope,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Protected,
    /// Of one signature or recipient.
    Own,
    /// Of all recipients of a JWE (RFC 7516 section 7.2.1).
    Shared,
}

impl Scope {
    fn label(self) -> &'static str {
        match self {
            Self::Protected => "Protected",
            Self::Own => "Unprotected",
            Self::Shared => "Shared",
        }
    }

    /// What its being there is worth.
    fn words(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::Protected, Kind::Jwe) => {
                "Protected: if anything in it is changed, it cannot be decrypted."
            }
            (Self::Protected, _) => "Signed: if anything in it is changed, the signature is wrong.",
            (Self::Own, Kind::Jwe) => {
                "Not protected: anyone on the way can change it. For this recipient only."
            }
            (Self::Own, _) => "Not signed: anyone on the way can change it.",
            (Self::Shared, _) => {
                "Not protected: anyone on the way can change it. For all recipients."
            }
        }
    }
}

impl HeaderPane {
    /// How it is shown.
    pub fn form(&self) -> MemberForm {
        self.view.form
    }

    /// Shows it so from now on.
    pub fn set_form(&mut self, form: MemberForm) {
        self.view.form = form;
    }

    /// Shows the header of the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, judgement)) = model.current() else {
            return Vec::new();
        };
        let token = &*inspection.token;
        let tag = match token.kind {
            Kind::Jwe => "JWE",
            Kind::Jws => "JOSE",
            Kind::SdJwt => "SD-JWT",
            Kind::Unreadable => "unreadable",
        };
        let card = Card::new("Header").tag(tag).fill_height();
        self.follow(inspection, model);
        let is_compact = token.serialization == Serialization::Compact;
        let headers = headers(token, self.chosen.entry);
        let chosen = headers.get(self.chosen.header).or(headers.first());
        let Some(Header { part, .. }) = chosen.copied() else {
            return card.show(
                ui,
                self,
                |_, _| {},
                |ui, pane| {
                    if is_compact {
                        message(
                            ui,
                            "No header",
                            "A token begins with a JSON object in base64url, up to its first dot. This text does not.",
                        );
                    } else {
                        pane.entries_ui(ui, inspection, judgement.proof(&inspection.proof));
                        message(
                            ui,
                            "No header",
                            "Neither a protected header nor one that nothing protects.",
                        );
                    }
                    Vec::new()
                },
            );
        };
        let shown = Shown {
            model,
            inspection,
            judgement,
            part,
            place: Place::Header,
        };
        let mut commands = Vec::new();
        let mut state = (&mut *self, &mut commands);
        let more = card.show(
            ui,
            &mut state,
            |ui, (pane, commands)| commands.extend(pane.view.controls(ui, shown, "Header")),
            |ui, (pane, _)| {
                if !is_compact {
                    pane.entries_ui(ui, inspection, judgement.proof(&inspection.proof));
                    pane.choice(ui, token, &headers);
                }
                pane.view.show(ui, shown)
            },
        );
        commands.extend(more);
        commands
    }

    /// Begins anew with another token, and goes to the header that something was selected in.
    fn follow(&mut self, inspection: &Inspection, model: &Model) {
        let token = &*inspection.token;
        if self.chosen.identity != inspection.sha256 {
            self.chosen = Chosen {
                identity: inspection.sha256.clone(),
                ..Chosen::default()
            };
            self.seen = None;
        }
        if self.seen == model.selection {
            return;
        }
        self.seen.clone_from(&model.selection);
        let Some(selection) = &model.selection else {
            return;
        };
        let holds = |part: &Part| {
            part.range.start <= selection.range.start && selection.range.end <= part.range.end
        };
        let is_in = |entry: usize| {
            let headers = headers(token, entry);
            headers.iter().position(|header| holds(header.part))
        };
        let entries = std::iter::once(self.chosen.entry).chain(0..token.entries());
        for entry in entries {
            if let Some(header) = is_in(entry) {
                self.chosen.entry = entry;
                self.chosen.header = header;
                return;
            }
        }
    }

    /// Signatures or recipients, one of which is chosen, and how that one stands.
    fn entries_ui(&mut self, ui: &mut Ui, inspection: &Inspection, proof: &Proof) {
        let token = &*inspection.token;
        let count = token.entries();
        if count < 2 {
            return;
        }
        let theme = tokens(ui);
        let pills: Vec<Pill> = (0..count)
            .map(|entry| self::entry(ui, inspection, proof, (entry, count)))
            .collect();
        let frame = egui::Frame::new().inner_margin(Margin {
            left: space::M as i8,
            right: space::M as i8,
            top: space::S as i8,
            bottom: 0,
        });
        let chosen = self.chosen.entry;
        let now = frame
            .show(ui, |ui| {
                ScrollArea::vertical()
                    .id_salt("entries")
                    .max_height(ENTRIES)
                    .auto_shrink([false, true])
                    .show(ui, |ui| self.entries.ui(ui, &pills, chosen))
                    .inner
            })
            .inner;
        if let Some(entry) = now {
            self.chosen.entry = entry;
            self.chosen.header = 0;
        }
        if let Some(proof) = proof.signatures.get(self.chosen.entry) {
            let (_, color, words) = signature_words(theme, proof);
            let number = self.chosen.entry.saturating_add(1);
            let line = format!("Signature {number}: {}", words.join(", "));
            let frame = egui::Frame::new().inner_margin(Margin {
                left: space::M as i8,
                right: space::M as i8,
                top: space::XS as i8,
                bottom: 0,
            });
            frame.show(ui, |ui| wrapped(ui, RichText::new(line).color(color)));
        }
    }

    /// The headers of one signature or recipient, what is protected apart from what is not.
    fn choice(&mut self, ui: &mut Ui, token: &Token, headers: &[Header<'_>]) {
        let theme = tokens(ui);
        self.chosen.header = self.chosen.header.min(headers.len().saturating_sub(1));
        let names: Vec<String> = headers
            .iter()
            .map(|header| format!("{} header", header.scope.label()))
            .collect();
        let segments: Vec<Segment<'_, usize>> = headers
            .iter()
            .zip(&names)
            .enumerate()
            .map(|(value, (header, name))| Segment {
                value,
                label: header.scope.label(),
                name,
            })
            .collect();
        let scope = headers.get(self.chosen.header).map(|header| header.scope);
        let words = scope.map_or("", |scope| scope.words(token.kind));
        let color = match scope {
            Some(Scope::Protected) | None => theme.dim,
            _ => theme.warn,
        };
        let frame = egui::Frame::new().inner_margin(Margin {
            left: space::M as i8,
            right: space::M as i8,
            top: space::XS as i8,
            bottom: space::XS as i8,
        });
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::XS;
            if segments.len() > 1 {
                segmented(ui, &mut self.chosen.header, &segments);
            }
            wrapped(ui, RichText::new(words).color(color));
        });
    }
}

/// The headers that a signature or recipient has: its own, and what it shares with the others.
fn headers(token: &Token, entry: usize) -> Vec<Header<'_>> {
    let protected = token.part_of(entry, PartRole::ProtectedHeader);
    let protected = protected.map(|part| Header {
        part,
        scope: Scope::Protected,
    });
    let root = token.envelope().and_then(|envelope| envelope.root.as_ref());
    let shared = root.and_then(|root| Some(root.get("unprotected")?.range.clone()));
    let unprotected = token.parts.iter().enumerate().filter_map(|(at, part)| {
        let is_meant = part.role == PartRole::UnprotectedHeader
            && token.entry_of(at).is_none_or(|owner| owner == entry);
        let scope = if Some(&part.range) == shared.as_ref() {
            Scope::Shared
        } else {
            Scope::Own
        };
        is_meant.then_some(Header { part, scope })
    });
    protected.into_iter().chain(unprotected).collect()
}

/// A signature or recipient to choose.
fn entry(ui: &Ui, inspection: &Inspection, proof: &Proof, (entry, count): (usize, usize)) -> Pill {
    let theme = tokens(ui);
    let token = &*inspection.token;
    let number = entry.saturating_add(1);
    let alg = headers(token, entry)
        .into_iter()
        .find_map(|header| header.part.json.as_ref()?.get("alg").and_then(Json::str))
        .map_or_else(
            || "no alg".to_owned(),
            |alg| visible(&alg.chars().take(MAX_NAME).collect::<String>()),
        );
    if let Some(proof) = proof.signatures.get(entry) {
        let (icon, color, words) = signature_words(theme, proof);
        return Pill {
            sign: (icon, color),
            label: format!("Signature {number}"),
            name: format!("Signature {number} of {count}: {alg}, {}", words.join(", ")),
            note: alg,
            level: None,
        };
    }
    let decryption = proof.decryption.as_ref();
    let has_opened = decryption.is_some_and(|decryption| {
        decryption.outcome == DecryptionOutcome::Decrypted && decryption.recipient == Some(entry)
    });
    let (sign, words) = if has_opened {
        ((Icon::Check, theme.ok), ", opened with your key")
    } else {
        ((Icon::Dot, theme.dim), "")
    };
    Pill {
        sign,
        label: format!("Recipient {number}"),
        name: format!("Recipient {number} of {count}: {alg}{words}"),
        note: alg,
        level: None,
    }
}
