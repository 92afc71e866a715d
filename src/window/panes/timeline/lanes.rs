//! What stands below each other on the timeline: tokens, the tokens inside of the one on screen, and certificates.

use super::super::layers;
use super::super::rail::label::{shown, title_of};
use super::spans::{Shown, Spans, beyond, shown_marks};
use super::words;
use crate::inspection::Inspection;
use crate::judge::{Judgement, Policy, TimeState};
use crate::keys::{Certificate, common_name};
use crate::verify::{Chain, Proof};
use crate::window::commands::Command;
use crate::window::layers::Held;
use crate::window::model::Model;

/// More certificates of one token are not shown.
const MAX_CERTIFICATES: usize = 6;

/// What a lane is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A certificate that the lane above rests on.
    Certificate,
    /// One of [`Model::layers`].
    Layer(usize),
    /// The token at this position of the session.
    Token(usize),
}

/// A lane.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub(super) of: Of,
    /// What it is called; may be shown as it stands.
    pub(super) name: String,
    /// So many tokens are around it.
    pub(super) depth: usize,
    /// Whether it is what the other panes show.
    pub(super) is_shown: bool,
    pub(super) marks: Vec<Shown>,
    pub(super) spans: Spans,
    /// Times that are beyond the years that can be shown: the claim, what it says, the number.
    pub(super) beyond: Vec<(String, &'static str, String)>,
    /// From its beginning to its end, in seconds.
    pub(super) lifetime: Option<i64>,
    /// Why nothing is on it.
    pub(super) nothing: Option<&'static str>,
}

impl Lane {
    fn of_token(
        (of, name): (Of, String),
        inspection: &Inspection,
        judgement: &Judgement,
        policy: &Policy,
    ) -> Self {
        let times = &judgement.times;
        let marks = shown_marks(judgement, policy);
        let beyond = beyond(times);
        let spans = Spans::new(times);
        let is_empty = marks.is_empty() && beyond.is_empty();
        let nothing = is_empty.then(|| words::nothing(inspection, times.state).0);
        Self {
            of,
            name,
            depth: 0,
            is_shown: false,
            marks,
            spans,
            beyond,
            lifetime: times.lifetime_seconds,
            nothing: nothing
                .or_else(|| (times.state == TimeState::Unreadable).then_some("No readable times")),
        }
    }

    fn of_certificate(certificate: &Certificate, depth: usize) -> Self {
        let spans = Spans::of_certificate(certificate);
        Self {
            of: Of::Certificate,
            name: shown(common_name(&certificate.subject)),
            depth,
            is_shown: false,
            marks: Vec::new(),
            spans,
            beyond: Vec::new(),
            lifetime: None,
            nothing: None,
        }
    }

    /// What a click on it does; nothing where the panes show it already.
    pub(super) fn command(&self) -> Option<Command> {
        match self.of {
            _ if self.is_shown => None,
            Of::Certificate => None,
            Of::Layer(layer) => Some(Command::ShowLayer(layer)),
            Of::Token(at) => Some(Command::ShowToken(at)),
        }
    }

    /// What it is called where its kind is not seen.
    pub(super) fn full_name(&self) -> String {
        match self.of {
            Of::Certificate => format!("Certificate {}", self.name),
            _ => self.name.clone(),
        }
    }

    pub(super) fn is_certificate(&self) -> bool {
        self.of == Of::Certificate
    }
}

/// All lanes.
#[derive(Debug, Clone, Default)]
pub(super) struct Lanes {
    /// From the top.
    pub(super) list: Vec<Lane>,
    /// So many tokens more were chosen than are shown.
    pub(super) rest: usize,
}

impl Lanes {
    /// Of the token on screen with what is inside of it, and of those beside it. Only what is shown is looked at.
    pub(super) fn new(model: &Model) -> Self {
        let (tokens, rest) = model.side_by_side();
        let mut list = Vec::new();
        for at in tokens {
            if model.current == Some(at) {
                of_layers(model, at, &mut list);
                continue;
            }
            let judged = model.session.tokens.get(at).zip(model.judgements.get(at));
            if let Some((inspection, judgement)) = judged {
                // The claims count, however deep they lie.
                let named = (Of::Token(at), title_of(inspection, Some(judgement)));
                let (judgement, policy) = (judgement.innermost(), &model.session.policy);
                list.push(Lane::of_token(named, inspection, judgement, policy));
            }
        }
        Self { list, rest }
    }

    /// Whether there is nothing to paint.
    pub(super) fn is_empty(&self) -> bool {
        let is_empty = |lane: &Lane| lane.marks.is_empty() && lane.beyond.is_empty();
        self.list.iter().all(is_empty) && !self.list.iter().any(Lane::is_certificate)
    }
}

/// The token on screen, the tokens inside of it, and the certificates that each rests on.
fn of_layers(model: &Model, at: usize, list: &mut Vec<Lane>) {
    let layers = model.layers();
    let is_nested = layers.len() > 1;
    for (index, layer) in layers.iter().enumerate() {
        let number = index.saturating_add(1);
        let kind = layers::kind(layer);
        let (of, name) = match layer.held {
            Held::Outermost => (
                Of::Token(at),
                title_of(layer.inspection, Some(layer.judgement)),
            ),
            _ => (Of::Layer(index), format!("{number} {kind}")),
        };
        // The outermost one is gone to as a layer too, while another one is shown.
        let of = if is_nested { Of::Layer(index) } else { of };
        let policy = &model.session.policy;
        let lane = Lane::of_token((of, name), layer.inspection, layer.judgement, policy);
        list.push(Lane {
            depth: layer.depth,
            is_shown: model.shown_layer() == index,
            ..lane
        });
        let proof = layer.judgement.proof(&layer.inspection.proof);
        let certificates = certificates(proof);
        let depth = layer.depth.saturating_add(1);
        list.extend(
            certificates
                .into_iter()
                .map(|certificate| Lane::of_certificate(certificate, depth)),
        );
    }
}

/// The certificates in the header, and those of the keys that verified or opened the token: each once, the leaf first.
fn certificates(proof: &Proof) -> Vec<&Certificate> {
    let signatures = proof.signatures.iter();
    let chains = signatures.filter_map(|signature| signature.chain.as_ref());
    let in_header = chains.flat_map(Chain::certificates);
    let of_keys = proof
        .used_keys()
        .filter_map(|(used, _)| used.key.certificate.as_ref());
    let mut found: Vec<&Certificate> = Vec::new();
    for certificate in in_header.chain(of_keys) {
        let is_new = found.iter().all(|one| one.sha256 != certificate.sha256);
        if is_new && found.len() < MAX_CERTIFICATES {
            found.push(certificate);
        }
    }
    found
}
