//! The kind that a token is taken for, how that is known, and the reviewer's say in it.

use std::collections::HashMap;

use super::desk::{Desk, What};
use super::model::Model;
use super::widgets::grouped_count;
use crate::inspection::Inspection;
use crate::judge::{ChosenBy, Profile, ProfileChoice, ProfileName};

/// How the kind of a token is known, in the window's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// The reviewer said it of this token.
    Chosen,
    /// It looks like it.
    Guess,
    /// The policy says it of all tokens.
    Policy,
    /// Its header says so.
    Typ,
}

impl Known {
    /// Of a token and the kind that it was judged as.
    pub(super) fn of(inspection: &Inspection, profile: &Profile) -> Self {
        match profile.chosen_by {
            ChosenBy::Guess => Self::Guess,
            ChosenBy::Option if inspection.kind.is_some() => Self::Chosen,
            ChosenBy::Option => Self::Policy,
            ChosenBy::Typ => Self::Typ,
        }
    }

    /// In a word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Guess => "guess",
            Self::Policy => "policy",
            Self::Typ => "typ",
        }
    }
}

/// The kind of the token on screen, which is that of the layer that holds its claims, and how it is known.
pub(super) fn on_screen(model: &Model) -> Option<(&Profile, Known)> {
    let (inspection, judgement) = model.outermost()?;
    let profile = &judgement.innermost().profile;
    Some((profile, Known::of(inspection, profile)))
}

/// That a token is judged as what the reviewer says it is, and not as what it seems to be; `None` where it is not.
pub(super) fn judged_as(model: &Model) -> Option<String> {
    let (profile, known) = on_screen(model)?;
    let who = match known {
        Known::Chosen => "chosen for this token",
        Known::Policy => "the policy says so of all tokens",
        Known::Guess | Known::Typ => return None,
    };
    Some(format!("Judged as {}: {who}.", profile.phrase()))
}

impl Desk {
    /// Says of the chosen tokens, else of the one on screen, what kind they are.
    pub(super) fn set_kind(&mut self, kind: Option<ProfileName>) {
        let meant = self.model.table.meant(self.model.current);
        let tokens = &mut self.model.session.tokens;
        let mut before = Vec::new();
        for at in &meant {
            if let Some(token) = tokens.get_mut(*at).filter(|token| token.kind != kind) {
                before.push((token.sha256.clone(), token.kind));
                token.kind = kind;
            }
        }
        if before.is_empty() {
            return;
        }
        let which = match (before.len(), meant.first()) {
            (1, Some(at)) if meant.len() == 1 => format!("token {}", at.saturating_add(1)),
            (count, _) => grouped_count(count, "token"),
        };
        let to = match (kind, self.model.session.policy.profile) {
            (Some(kind), _) => kind.label(),
            (None, ProfileChoice::Named(_)) => "as the policy says",
            (None, ProfileChoice::Auto) => "automatic",
        };
        self.undoable(&format!("Kind of {which}: {to}."), What::Kinds(before));
        self.is_stale = true;
    }

    /// Takes choices back: each token is again of the kind that it was said to be.
    pub(super) fn take_kinds(&mut self, before: Vec<(String, Option<ProfileName>)>) {
        let before: HashMap<String, Option<ProfileName>> = before.into_iter().collect();
        for token in &mut self.model.session.tokens {
            if let Some(kind) = before.get(&token.sha256) {
                token.kind = *kind;
            }
        }
        self.is_stale = true;
    }
}
