//! The tokens inside of the token on screen, each as if it were one of its own.

use std::sync::Arc;

use crate::inspection::Inspection;
use crate::jose::Token;
use crate::judge::Judgement;
use crate::verify::Proof;

/// How a token lies in the one around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It does not: it is the outermost.
    Outermost,
    /// As the payload.
    Payload,
    /// As the key binding JWT of an SD-JWT.
    KeyBinding,
}

/// A token on screen, or one inside of it.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'a> {
    /// So many tokens are around it.
    pub depth: usize,
    /// How it lies in the one around it.
    pub held: Held,
    /// What was found out about it.
    pub inspection: &'a Inspection,
    /// What is said of it.
    pub judgement: &'a Judgement,
}

impl<'a> Layer<'a> {
    /// What was found out about it, as the policy sees it.
    pub fn proof(&self) -> &'a Proof {
        self.judgement.proof(&self.inspection.proof)
    }
}

/// The tokens inside of one, in the order of [`Judgement::layers`], and which of them the panes show.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// SHA-256 of the outermost token.
    identity: String,
    /// The outermost token and those right inside of it. They are kept, so that others cannot stand at their addresses.
    made_of: Vec<Arc<Token>>,
    inside: Vec<Inside>,
    /// 0 is the outermost.
    shown: usize,
}

#[derive(Debug, Clone)]
struct Inside {
    depth: usize,
    held: Held,
    inspection: Inspection,
}

impl Layers {
    /// Makes them anew where the token or its proof is another one. Which one is shown stays as it is, as long as it is
    /// the same token and has as many layers.
    pub(super) fn follow(&mut self, outermost: Option<&Inspection>) {
        let Some(outermost) = outermost else {
            *self = Self::default();
            return;
        };
        if self.are_of(outermost) {
            return;
        }
        let mut inside = Vec::new();
        collect(outermost, &outermost.proof, 1, &mut inside);
        let is_same = self.identity == outermost.sha256;
        let shown = self
            .inside
            .get(self.shown.wrapping_sub(1))
            .zip(inside.get(self.shown.wrapping_sub(1)))
            .filter(|(old, new)| is_same && old.inspection.sha256 == new.inspection.sha256)
            .map_or(0, |_| self.shown);
        *self = Self {
            identity: outermost.sha256.clone(),
            made_of: tokens(outermost).map(Arc::clone).collect(),
            inside,
            shown,
        };
    }

    fn are_of(&self, outermost: &Inspection) -> bool {
        let made_of = self.made_of.iter();
        made_of.len() == tokens(outermost).count()
            && made_of
                .zip(tokens(outermost))
                .all(|(known, token)| Arc::ptr_eq(known, token))
    }

    /// Which one is shown; 0 is the outermost.
    pub(super) fn shown(&self) -> usize {
        self.shown
    }

    /// Shows the one at this position. Whether that is another one.
    pub(super) fn show(&mut self, at: usize) -> bool {
        let is_other = at != self.shown && at <= self.inside.len();
        if is_other {
            self.shown = at;
        }
        is_other
    }

    /// All of them, from the outermost inwards.
    pub(super) fn of<'a>(
        &'a self,
        outermost: &'a Inspection,
        judgement: &'a Judgement,
    ) -> Vec<Layer<'a>> {
        let first = (0, Held::Outermost, outermost);
        // Made from another proof, they would not fit the judgements.
        let inside: &[Inside] = if self.are_of(outermost) {
            &self.inside
        } else {
            &[]
        };
        let inside = inside
            .iter()
            .map(|inside| (inside.depth, inside.held, &inside.inspection));
        std::iter::once(first)
            .chain(inside)
            .zip(judgement.layers())
            .map(|((depth, held, inspection), judgement)| Layer {
                depth,
                held,
                inspection,
                judgement,
            })
            .collect()
    }

    /// The one that is shown, unless that is the outermost.
    pub(super) fn shown_in<'a>(
        &'a self,
        outermost: &Inspection,
        judgement: &'a Judgement,
    ) -> Option<(&'a Inspection, &'a Judgement)> {
        let inside = self.inside.get(self.shown.checked_sub(1)?)?;
        let judgement = judgement.layers().nth(self.shown)?;
        self.are_of(outermost)
            .then_some((&inside.inspection, judgement))
    }
}

/// The outermost token and those right inside: others are made with every proof.
fn tokens(outermost: &Inspection) -> impl Iterator<Item = &Arc<Token>> {
    let proof = &outermost.proof;
    let inside = [&proof.inner, &proof.key_binding].into_iter().flatten();
    std::iter::once(&outermost.token).chain(inside.map(|layer| &layer.token))
}

/// In the order of [`Judgement::layers`]. Not deeper than tokens are proved.
fn collect(outermost: &Inspection, proof: &Proof, depth: usize, into: &mut Vec<Inside>) {
    let held = [
        (&proof.inner, Held::Payload),
        (&proof.key_binding, Held::KeyBinding),
    ];
    for (layer, held) in held {
        let Some(layer) = layer else { continue };
        into.push(Inside {
            depth,
            held,
            inspection: Inspection::inside(layer, outermost.took),
        });
        collect(outermost, &layer.proof, depth.saturating_add(1), into);
    }
}
