//! What tokens and keys are called, in words.

use std::borrow::Cow;

use crate::find::{Place, Where};
use crate::inspection::Inspection;
use crate::jose::Kind;
use crate::jose::visible::visible;
use crate::judge::words::{capitalised, short_span};
use crate::judge::{Judgement, VerdictOutcome};
use crate::keys::{Holds, Key};
use crate::verify::{Proof, Provenance, UsedKey};
use crate::window::layers::Layer;
use crate::window::manager::{Standing, facts_of, worst};
use crate::window::model::Model;
use crate::window::theme;
use crate::window::widgets::{Icon, grouped};

/// Longer names are cut, in characters.
pub(in crate::window) const MAX_NAME: usize = 64;

/// A token in the rail. All of it may be shown as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TokenLabel {
    pub(super) icon: Icon,
    /// `None` until it is judged.
    pub(super) outcome: Option<VerdictOutcome>,
    /// What the reviewer calls it, else a guess at what it is: "ID token · 8f240c91".
    pub(super) title: String,
    /// Kind, algorithm, issuer, and its state in words.
    pub(super) note: String,
    /// "3 places", where it was found in several.
    pub(super) places: Option<String>,
    /// For screen readers: "Token 1: ID token, reject".
    pub(super) name: String,
}

impl TokenLabel {
    /// Of the token at this position.
    pub(super) fn of(model: &Model, at: usize) -> Option<Self> {
        let inspection = model.session.tokens.get(at)?;
        let judgement = model.judgements.get(at);
        let outcome = judgement.map(|judgement| judgement.verdict.outcome);
        let title = title_of(inspection, judgement);
        let number = at.saturating_add(1);
        let places = inspection.places.len();
        let places = (places > 1).then(|| format!("{} places", grouped(places)));
        let found = places.iter().map(|places| format!(", {places}"));
        let beside = if model.is_beside(at) {
            ", on the timeline too"
        } else {
            ""
        };
        let state = outcome.map_or("not judged", VerdictOutcome::name);
        Some(Self {
            icon: outcome.map_or(Icon::Dot, Icon::from),
            outcome,
            name: format!(
                "Token {number}: {title}{}, {state}{beside}",
                found.collect::<String>()
            ),
            places,
            note: note(inspection, judgement),
            title,
        })
    }
}

impl TokenLabel {
    /// The colour of its mark.
    pub(super) fn color(&self, tokens: &theme::Tokens) -> egui::Color32 {
        self.outcome.map_or(tokens.faint, |outcome| match outcome {
            VerdictOutcome::Undetermined => tokens.faint,
            decided => tokens.verdict(decided),
        })
    }
}

/// A guess at what a token is, as found: what it was the value of, else what kind it is. That something stood in an
/// `Authorization` header says nothing of what it is.
pub(in crate::window) fn what<'a>(
    inspection: &'a Inspection,
    judgement: Option<&Judgement>,
) -> Cow<'a, str> {
    let token = &inspection.token;
    let place = inspection.places.first();
    let is_authorization = place.is_some_and(|place| {
        let name = place.bare_name();
        place.where_ == Where::AuthorizationHeader
            || name.is_some_and(|name| name.eq_ignore_ascii_case("authorization"))
    });
    let field = place.and_then(Place::bare_name);
    let profile = judgement.map(|judgement| &judgement.innermost().profile);
    let kind = profile.filter(|profile| profile.is_sure() && !profile.name.is_general());
    let typ = || token.header().and_then(|header| header.str("typ"));
    match (field, kind) {
        (Some(field), _) if !is_authorization => Cow::Borrowed(field),
        (_, Some(kind)) => Cow::Owned(capitalised(kind.noun())),
        (Some(field), None) => Cow::Borrowed(field),
        (None, None) if let Some(typ) = typ() => Cow::Borrowed(typ),
        _ if is_authorization => Cow::Borrowed("Authorization"),
        _ if token.kind == Kind::Jwe => Cow::Borrowed("Encrypted token"),
        _ => Cow::Borrowed("Token"),
    }
}

/// What the reviewer calls a token, else a guess at what it is and whose. May be shown as it stands.
pub(in crate::window) fn title_of(
    inspection: &Inspection,
    judgement: Option<&Judgement>,
) -> String {
    match &inspection.name {
        Some(name) => shown(name),
        None => title(inspection, judgement),
    }
}

/// A guess at what a token is and whose.
fn title(inspection: &Inspection, judgement: Option<&Judgement>) -> String {
    let what = what(inspection, judgement);
    let claim = |name| inspection.holder().claims()?.str(name);
    let who = claim("sub")
        .or_else(|| claim("client_id"))
        .or_else(|| claim("jti"));
    match who.filter(|who| !who.is_empty()) {
        Some(who) => format!("{} \u{00B7} {}", shown(&what), shown(who)),
        None => shown(&what),
    }
}

/// A kind of token in a word.
pub(in crate::window) fn kind_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Jwe => "JWE",
        Kind::Jws => "JWS",
        Kind::SdJwt => "SD-JWT",
        Kind::Unreadable => "Unreadable",
    }
}

fn note(inspection: &Inspection, judgement: Option<&Judgement>) -> String {
    let token = &inspection.token;
    let kind = kind_label(token.kind);
    let header = |name| token.header().and_then(|header| header.str(name));
    let claims = inspection.holder().claims();
    let issuer = claims.and_then(|claims| claims.str("iss"));
    let first = match header("alg") {
        Some(alg) => format!("{kind} {}", shown(alg)),
        None => kind.to_owned(),
    };
    [
        Some(first),
        header("enc").map(shown),
        issuer.map(|issuer| shown(host(issuer))),
        judgement.map(state),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" \u{00B7} ")
}

/// How it stands, in a word or two.
fn state(judgement: &Judgement) -> String {
    let verdict = &judgement.verdict;
    if let Some(reason) = verdict.reasons.first() {
        return reason.name().replace('-', " ");
    }
    let left = judgement.innermost().times.mark("exp").and_then(|mark| {
        let left = mark.at?.as_second().checked_sub(judgement.at.as_second())?;
        (left > 0).then(|| format!("valid {}", short_span(left)))
    });
    left.unwrap_or_else(|| "accepted".to_owned())
}

/// The host of an address, anything else as it is.
fn host(issuer: &str) -> &str {
    issuer.split_once("://").map_or(issuer, |(_, rest)| {
        rest.split(['/', '?', '#']).next().unwrap_or(rest)
    })
}

/// A text from a token, as it may be shown.
pub(in crate::window) fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_NAME) {
        Some((at, _)) => format!("{}\u{2026}", visible(text.get(..at).unwrap_or_default())),
        None => visible(text),
    }
}

/// What stands out about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyMark {
    /// It cannot be used.
    Faulty,
    /// Nothing.
    None,
    /// It opens the token on screen, or one inside of it.
    Opens,
    /// It verifies the token on screen.
    Verifies,
    /// It should not be relied on.
    Weak,
}

pub(super) fn key_mark(model: &Model, key: &Key) -> KeyMark {
    let layers = model.layers();
    let is_it = |used: &UsedKey| used.provenance == Provenance::Yours && used.key.id == key.id;
    // For the token on screen, or for one inside of it.
    let is_for = |what: fn(&Proof) -> Uses<'_>| {
        let proofs = layers.iter().map(Layer::proof);
        proofs.into_iter().any(|proof| what(proof).any(is_it))
    };
    if key.fault.is_some() {
        KeyMark::Faulty
    } else if is_for(verifying) {
        KeyMark::Verifies
    } else if is_for(opening) {
        KeyMark::Opens
    } else if worst(model, key).is_some() {
        KeyMark::Weak
    } else {
        KeyMark::None
    }
}

/// Keys that did something.
type Uses<'a> = Box<dyn Iterator<Item = &'a UsedKey> + 'a>;

/// Those that verified the signatures of a token.
fn verifying(proof: &Proof) -> Uses<'_> {
    let signatures = proof.signatures.iter();
    Box::new(signatures.filter_map(|proof| proof.key.as_ref()))
}

/// The one that opened it.
fn opening(proof: &Proof) -> Uses<'_> {
    let decryption = proof.decryption.iter();
    Box::new(decryption.filter_map(|proof| proof.key.as_ref()))
}

/// Its kind, which half, where from, and what is wrong with it.
pub(super) fn key_note(model: &Model, key: &Key) -> String {
    let facts = facts_of(model, key, Vec::new());
    let (kind, from) = (facts.kind, facts.from);
    match facts.standing {
        Standing::Unusable => format!("Cannot be used: {} \u{00B7} {from}", facts.notes),
        Standing::Faulty(_) => format!("{kind} \u{00B7} {} \u{00B7} {from}", facts.notes),
        _ if key.holds == Holds::Symmetric => format!("{kind} \u{00B7} {from}"),
        _ => format!("{kind} \u{00B7} {} \u{00B7} {from}", key.holds.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_short_and_names_are_harmless() {
        assert_eq!(
            host("https://accounts.example/realms/a?b"),
            "accounts.example"
        );
        assert_eq!(host("accounts.example"), "accounts.example");
        assert_eq!(shown("a\u{202E}b"), "a\\u{202E}b");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), MAX_NAME + 1);
    }
}
