//! What the panes show. They only read it; [`commands`](super::commands) change it.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::inspection::{Inspection, Session};
use crate::jose::PartRole;
use crate::judge::Judgement;
use crate::keys::Key;
use crate::window::gathering::Gathered;
use crate::window::layers::{Layer, Layers};
use crate::window::manager::{Audits, Locked, Manager, ManagerLayout, SavedKeys, TYPED};
use crate::window::panes::MemberForm;
use crate::window::policies::Policies;
use crate::window::reporting::Reporting;
use crate::window::table::{Many, Table, Widths};
pub use crate::window::zone::{Zone, ZoneName};

/// What the clipboard is called as a source.
pub const CLIPBOARD: &str = "clipboard";

/// What all panes share: pick a claim and its characters light up, pick characters and the claim does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The part it is in.
    pub part: PartRole,
    /// The characters: bytes of the token's text.
    pub range: Range<usize>,
}

/// Where the instant of the judgement comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clock {
    /// Held at an instant.
    Frozen(Timestamp),
    /// The machine's clock.
    #[default]
    Live,
}

/// How the panes stand. Remembered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// The width of the rail, in points.
    pub rail: f32,
    /// The width of the column at the right, in points.
    pub column: f32,
    /// How the header is shown.
    pub header: MemberForm,
    /// How the claims are shown.
    pub claims: MemberForm,
    /// What a narrow window shows below header and claims.
    pub tab: Tab,
    /// How many tokens are shown when they come.
    pub many: Many,
    /// The columns of the table of tokens.
    pub columns: Widths,
    /// The key manager.
    pub manager: ManagerLayout,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            rail: 264.0,
            column: 372.0,
            header: MemberForm::default(),
            claims: MemberForm::default(),
            tab: Tab::default(),
            many: Many::default(),
            columns: Widths::default(),
            manager: ManagerLayout::default(),
        }
    }
}

impl Layout {
    /// What the rail's width may be, in points.
    pub const RAIL: std::ops::RangeInclusive<f32> = 200.0..=400.0;

    /// What the column's width may be, in points.
    pub const COLUMN: std::ops::RangeInclusive<f32> = 280.0..=560.0;

    /// With sizes that can be shown; what was remembered may be anything.
    #[must_use]
    pub fn sane(self) -> Self {
        let or = |width: f32, range: std::ops::RangeInclusive<f32>, other| {
            if range.contains(&width) { width } else { other }
        };
        let new = Self::default();
        Self {
            rail: or(self.rail, Self::RAIL, new.rail),
            column: or(self.column, Self::COLUMN, new.column),
            columns: if self.columns.is_sane() {
                self.columns
            } else {
                new.columns
            },
            manager: ManagerLayout {
                details: or(
                    self.manager.details,
                    ManagerLayout::DETAILS,
                    new.manager.details,
                ),
            },
            ..self
        }
    }
}

/// What stands below header and claims where there is no column at the right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// The checks.
    Checks,
    /// The findings.
    Findings,
    /// The timeline.
    #[default]
    Timeline,
}

/// A message that stays until it is dismissed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// Whether something went wrong.
    pub is_error: bool,
    /// What, and where.
    pub what: String,
    /// What to do; empty when there is nothing.
    pub advice: String,
    /// The removal that it tells of, while that can be undone.
    pub undo: Option<u64>,
}

impl Notice {
    /// A fault in two lines, as the typed errors of the other rooms print them: what is wrong and where, what to do.
    pub fn fault(text: &str) -> Self {
        let (what, advice) = text.split_once('\n').unwrap_or((text, ""));
        Self {
            is_error: true,
            what: what.to_owned(),
            advice: advice.to_owned(),
            undo: None,
        }
    }
}

/// Something that is being worked on in the background.
#[derive(Debug, Clone, PartialEq)]
pub struct Busy {
    /// What to name it by in [`Command::CancelJob`](super::commands::Command::CancelJob).
    pub job: u64,
    /// What it does, in words.
    pub label: String,
    /// Whether it can be cancelled.
    pub can_cancel: bool,
    /// How much is done, 0 to 1, where that is known.
    pub progress: Option<f32>,
}

/// Everything that the window shows.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// Tokens, keys, policy.
    pub session: Session,
    /// What its tokens say about each other, as far as that is found out.
    pub gathered: Gathered,
    /// One judgement for each token of the session, in its order, all made at [`Model::now`].
    pub judgements: Vec<Judgement>,
    /// Grows whenever a token comes, goes, moves or is renamed, and when all were judged anew.
    pub revision: u64,
    /// The token on screen: a position in the session.
    pub current: Option<usize>,
    /// The tokens inside of it, and which of them the panes show.
    pub layers: Layers,
    /// The tokens whose times are shown beside those of the token on screen: positions in the session.
    pub beside: BTreeSet<usize>,
    /// All tokens as a table.
    pub table: Table,
    /// The key manager.
    pub manager: Manager,
    /// What the rules say of the keys, by their ids.
    pub audits: Audits,
    /// The policies, and the editor of the one in force.
    pub policies: Policies,
    /// The keys that stay from one run to the next.
    pub saved: SavedKeys,
    /// The report that is looked at.
    pub reporting: Reporting,
    /// The key file whose passphrase is asked for.
    pub locked: Option<Locked>,
    /// What is selected in the one that they show.
    pub selection: Option<Selection>,
    /// Where the instant comes from.
    pub clock: Clock,
    /// The instant of the judgements.
    pub now: Timestamp,
    /// What the machine's clock said when it was last looked at.
    pub real: Timestamp,
    /// The zone that times are shown in.
    pub zone: Zone,
    /// Messages, oldest first.
    pub notices: Vec<Notice>,
    /// What is being worked on in the background.
    pub busy: Vec<Busy>,
    /// What was done last, in words, such as "Pasted 2 tokens".
    pub last_action: String,
    /// How the panes stand.
    pub layout: Layout,
    /// How often the layout was reset: panes start anew then.
    pub layout_resets: u64,
    /// The theme that was asked for.
    pub theme: egui::ThemePreference,
    /// Whether files can be dropped on this window.
    pub takes_drops: bool,
}

impl Model {
    /// Says that the tokens, or what is said of them, are no longer what they were.
    pub(super) fn revise(&mut self) {
        self.revision = self.revision.wrapping_add(1);
    }

    /// The token on screen and its judgement: of the tokens inside of each other the one that was chosen.
    pub fn current(&self) -> Option<(&Inspection, &Judgement)> {
        let (outermost, judgement) = self.outermost()?;
        let inside = self.layers.shown_in(outermost, judgement);
        Some(inside.unwrap_or((outermost, judgement)))
    }

    /// The token on screen, with all tokens inside of it, and its judgement.
    pub fn outermost(&self) -> Option<(&Inspection, &Judgement)> {
        let at = self.current?;
        Some((self.session.tokens.get(at)?, self.judgements.get(at)?))
    }

    /// The token on screen and those inside of it, from the outermost inwards.
    pub fn layers(&self) -> Vec<Layer<'_>> {
        let outermost = self.outermost();
        outermost.map_or_else(Vec::new, |(outermost, judgement)| {
            self.layers.of(outermost, judgement)
        })
    }

    /// Which of [`Model::layers`] the panes show.
    pub fn shown_layer(&self) -> usize {
        self.layers.shown()
    }

    /// Lets the panes show this one of [`Model::layers`].
    pub fn show_layer(&mut self, at: usize) {
        self.follow();
        if self.layers.show(at) {
            self.selection = None;
        }
    }

    /// Lets the layers follow the token on screen and its proof.
    pub(super) fn follow(&mut self) {
        let before = self.layers.shown();
        let outermost = self.current.and_then(|at| self.session.tokens.get(at));
        self.layers.follow(outermost);
        if before != self.layers.shown() {
            // It was in a text that is no longer shown.
            self.selection = None;
        }
    }

    /// Adds judged tokens, or their places to those that are there. Gives the position of each.
    pub(super) fn add(&mut self, tokens: Vec<(Inspection, Judgement)>) -> Vec<usize> {
        let Self {
            session,
            judgements,
            ..
        } = self;
        judgements.reserve(tokens.len());
        let mut adding = session.adding();
        let add = |(inspection, judgement)| {
            let at = adding.add_inspected(inspection);
            if at == judgements.len() {
                judgements.push(judgement);
            }
            at
        };
        tokens.into_iter().map(add).collect()
    }

    /// The key that the manager shows, while it is open.
    pub fn chosen_key(&self) -> Option<&Arc<Key>> {
        let id = self
            .manager
            .chosen
            .as_ref()
            .filter(|_| self.manager.is_open)?;
        self.session.keys.get(id)
    }

    /// The keys that were pasted, typed or made here, which may be in no file.
    pub fn unsaved_keys(&self) -> impl Iterator<Item = &Key> {
        let keys = self.session.keys.keys().iter();
        let is_only_here = |key: &&Arc<Key>| {
            !self.saved.holds(key)
                && [CLIPBOARD, TYPED, crate::keys::generate::SOURCE].contains(&key.source.as_str())
        };
        keys.filter(is_only_here).map(|key| &**key)
    }
}
