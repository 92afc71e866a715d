//! What the tokens are held against.

use egui::{Button, RichText, Ui};

use super::{Room, arrow, field, form, form_menu, named, opened_by_command};
use crate::judge::{Issuer, Policy};
use crate::window::commands::Command;
use crate::window::model::Model;
use crate::window::panes::focus::Place;
use crate::window::theme::{self, space};
use crate::window::widgets::wrapped;

/// The policy's button and menu.
#[derive(Debug, Default)]
pub(super) struct PolicyMenu {
    draft: Draft,
    /// Whether the first field is to get the keyboard when it is next shown.
    wants_focus: bool,
}

/// The policy as it is typed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Draft {
    leeway: String,
    issuer: String,
    audience: String,
    algorithms: String,
    typ: String,
    nonce: String,
}

impl PolicyMenu {
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model, room: Room) -> Option<Command> {
        let policy = &model.session.policy;
        let label = match policy.expected() {
            0 => "Policy: none".to_owned(),
            1 => "Policy: 1 expectation".to_owned(),
            count => format!("Policy: {count} expectations"),
        };
        let button = match room {
            Room::Wide => Button::new((label.as_str(), arrow())),
            _ => Button::new(("Policy", arrow())),
        };
        let (response, menu) =
            form_menu(button).ui(ui, |ui| form(ui, 360.0, |ui| self.menu(ui, policy)));
        let response = named(response, &label);
        self.wants_focus |= opened_by_command(ui, &response, Place::Policy);
        menu.and_then(|menu| menu.inner)
    }

    fn menu(&mut self, ui: &mut Ui, policy: &Policy) -> Option<Command> {
        let tokens = theme::tokens(ui);
        if self.draft.read(policy).as_ref() != Ok(policy)
            && self.draft.leeway.parse::<u32>().is_ok()
            || self.draft == Draft::default()
        {
            // Changed elsewhere, or never shown.
            self.draft = Draft::of(policy);
        }
        wrapped(
            ui,
            RichText::new("What the tokens must say. An empty field expects nothing.")
                .color(tokens.dim),
        );
        ui.add_space(space::XS);
        let draft = &mut self.draft;
        let mut changed = false;
        egui::Grid::new("policy").num_columns(2).show(ui, |ui| {
            let fields: [(&str, &mut String, &str); 6] = [
                ("Leeway in seconds", &mut draft.leeway, "60"),
                (
                    "Issuer (iss)",
                    &mut draft.issuer,
                    "https://accounts.example",
                ),
                ("Audience (aud)", &mut draft.audience, "web-portal"),
                ("Algorithms (alg)", &mut draft.algorithms, "RS256, ES256"),
                ("Type (typ)", &mut draft.typ, "at+jwt"),
                ("Nonce", &mut draft.nonce, ""),
            ];
            for (index, (label, text, hint)) in fields.into_iter().enumerate() {
                let label = ui.label(label);
                let edit = field(text)
                    .id_salt(index)
                    .hint_text(hint)
                    .desired_width(200.0);
                let field = ui.add(edit).labelled_by(label.id);
                if std::mem::take(&mut self.wants_focus) {
                    field.request_focus();
                }
                changed |= field.changed();
                ui.end_row();
            }
        });
        let read = self.draft.read(policy);
        if let Err(fault) = &read {
            wrapped(ui, RichText::new(*fault).color(tokens.bad));
        }
        ui.add_space(space::XS);
        if ui.button("Expect nothing").clicked() {
            self.draft = Draft::default();
            return Some(Command::SetPolicy(Box::default()));
        }
        match read {
            Ok(read) if changed && read != *policy => Some(Command::SetPolicy(Box::new(read))),
            _ => None,
        }
    }
}

impl Draft {
    fn of(policy: &Policy) -> Self {
        let issuers: Vec<&str> = policy.issuers.iter().map(|of| of.iss.as_str()).collect();
        Self {
            leeway: policy.leeway_seconds.to_string(),
            issuer: issuers.join(", "),
            audience: policy.audiences.join(", "),
            algorithms: policy.algorithms.join(", "),
            typ: policy.types.join(", "),
            nonce: policy.nonce.clone().unwrap_or_default(),
        }
    }

    /// The policy that is meant; what has no field here stays as in `policy`.
    fn read(&self, policy: &Policy) -> Result<Policy, &'static str> {
        let leeway = self.leeway.trim();
        let leeway_seconds = leeway
            .parse()
            .map_err(|_fault| "Leeway: expected a whole number of seconds, 0 or more.")?;
        // Not trimmed: a space may be what is expected.
        let value = |text: &String| (!text.is_empty()).then(|| text.clone());
        // What was not typed over stays: several values, and an issuer's keys, have no field here.
        let of_policy = Self::of(policy);
        let values = |text: &String, before: &String, values: &Vec<String>| {
            if text == before {
                values.clone()
            } else {
                value(text).into_iter().collect()
            }
        };
        Ok(Policy {
            algorithms: self
                .algorithms
                .split([',', ' '])
                .filter(|alg| !alg.is_empty())
                .map(str::to_owned)
                .collect(),
            issuers: if self.issuer == of_policy.issuer {
                policy.issuers.clone()
            } else {
                value(&self.issuer).map(Issuer::new).into_iter().collect()
            },
            audiences: values(&self.audience, &of_policy.audience, &policy.audiences),
            types: values(&self.typ, &of_policy.typ, &policy.types),
            nonce: value(&self.nonce),
            leeway_seconds,
            ..policy.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_the_policy() {
        let draft = Draft {
            leeway: "5".to_owned(),
            issuer: "https://a.example".to_owned(),
            algorithms: "RS256, ES256".to_owned(),
            ..Draft::default()
        };
        let policy = draft.read(&Policy::default()).unwrap();
        assert_eq!(policy.leeway_seconds, 5);
        assert_eq!(policy.algorithms, ["RS256", "ES256"]);
        assert_eq!(policy.issuers, [Issuer::new("https://a.example")]);
        assert!(policy.audiences.is_empty());
        assert_eq!(policy.expected(), 2);
        assert_eq!(Draft::of(&draft.read(&Policy::default()).unwrap()), draft);
        assert!(Draft::default().read(&Policy::default()).is_err());
        // What the form cannot show as typed, it leaves alone.
        let several = Policy {
            audiences: vec!["a".to_owned(), "b".to_owned()],
            ..policy
        };
        assert_eq!(Draft::of(&several).read(&several), Ok(several));
    }
}
