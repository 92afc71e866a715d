//! What belongs to a token and is not in its text, or is hidden in it: a detached payload, a token that a member holds.

use std::sync::Arc;
use std::time::Instant;

use zeroize::Zeroizing;

use super::copies;
use super::desk::{Desk, UNDO_FOR, What};
use super::loading::{Source, Wanted};
use super::model::{CLIPBOARD, Notice, Selection};
use super::proving::unproved;
use crate::find::{Candidate, Place, Where};
use crate::inspection::DetachedPayload;
use crate::jose::MAX_TOKEN_BYTES;
use crate::jose::visible::visible;

impl Desk {
    /// Opens the token that a member of the one on screen is as one of its own.
    pub(super) fn open_member(&mut self, selection: &Selection) {
        let model = &self.model;
        let (Some((shown, _)), Some((outermost, _))) = (model.current(), model.outermost()) else {
            return;
        };
        let Some((name, text)) = copies::string_at(&shown.token, selection) else {
            return;
        };
        // It stands in what the whole token was found in.
        let around = outermost.places.first();
        let place = Place {
            name: around.map_or_else(|| CLIPBOARD.to_owned(), |place| place.name.clone()),
            byte_range: around.map_or(0..0, |place| place.byte_range.clone()),
            line: around.map_or(1, |place| place.line),
            where_: Where::Claim,
            name_in: Some(name).filter(|name| !name.is_empty()),
            repairs: Vec::new(),
        };
        let candidate = Candidate {
            text: Zeroizing::new(text),
            place,
        };
        self.load(vec![(Source::Found(candidate), Wanted::Tokens)], "Opened");
    }

    /// Says that a member was opened as a token, which can be undone. `back`: the token that holds it.
    pub(super) fn opened_member(&mut self, sha256: String, back: Option<String>) {
        let what = What::Opened { sha256, back };
        self.undoable("Opened the member as a token of its own.", what);
    }

    /// Takes a token out that a member was opened as, and shows the one that holds it.
    pub(super) fn close_member(&mut self, sha256: &str, back: Option<&str>) {
        let tokens = &mut self.model.session.tokens;
        let Some(at) = tokens.iter().position(|token| token.sha256 == sha256) else {
            return;
        };
        if at >= self.model.judgements.len() {
            return;
        }
        tokens.remove(at);
        self.model.judgements.remove(at);
        let of = |sha256: &str| {
            let mut tokens = self.model.session.tokens.iter();
            tokens.position(|token| token.sha256 == sha256)
        };
        let left = self.model.session.tokens.len();
        let last = left.checked_sub(1);
        self.model.current = back.and_then(of).or(last);
        self.model.selection = None;
        self.follow(|old| (old != at).then(|| old.saturating_sub(usize::from(old > at))));
    }

    /// Takes a payload for the token that it was asked for.
    pub(super) fn supply_payload(&mut self, name: &str, bytes: Zeroizing<Vec<u8>>) {
        let Some(sha256) = self.payload_for.take() else {
            return;
        };
        if bytes.len() > MAX_TOKEN_BYTES {
            self.notify(Notice::fault(&format!(
                "{}: expected a payload of at most {} MiB, found more\nThe command line takes larger ones: inspect --payload FILE.",
                visible(name),
                MAX_TOKEN_BYTES >> 20
            )));
            return;
        }
        let mut tokens = self.model.session.tokens.iter();
        let Some(inspection) = tokens.find(|token| token.sha256 == sha256) else {
            return;
        };
        let payload = DetachedPayload {
            name: name.to_owned(),
            part: Arc::new(inspection.token.detached_part(bytes)),
        };
        self.change_payload(sha256, Some(payload));
    }

    /// Takes the payload of the token on screen away that was supplied.
    pub(super) fn remove_payload(&mut self) {
        let supplied = self.model.outermost().map(|(inspection, _)| inspection);
        let supplied = supplied.filter(|inspection| inspection.detached_payload.is_some());
        if let Some(sha256) = supplied.map(|inspection| inspection.sha256.clone()) {
            self.change_payload(sha256, None);
        }
    }

    fn change_payload(&mut self, sha256: String, payload: Option<DetachedPayload>) {
        let words = match &payload {
            Some(payload) => format!(
                "Added the payload from {} to its token.",
                visible(&payload.name)
            ),
            None => "Removed the payload from its token.".to_owned(),
        };
        let mut before = payload;
        if self.swap_payload(&sha256, &mut before) {
            self.undoable(&words, What::Payload { sha256, before });
        }
    }

    /// Exchanges the payload of a token for another, and verifies it again. Whether the token is there.
    pub(super) fn swap_payload(
        &mut self,
        sha256: &str,
        payload: &mut Option<DetachedPayload>,
    ) -> bool {
        let mut tokens = self.model.session.tokens.iter_mut();
        let Some(inspection) = tokens.find(|token| token.sha256 == sha256) else {
            return false;
        };
        std::mem::swap(&mut inspection.detached_payload, payload);
        let again = unproved(inspection);
        self.verify(vec![again]);
        true
    }

    pub(super) fn undoable(&mut self, words: &str, what: What) {
        let number = self.next_removed(what, Instant::now() + UNDO_FOR);
        self.notify(Notice {
            is_error: false,
            what: words.to_owned(),
            advice: String::new(),
            undo: Some(number),
        });
        words
            .trim_end_matches('.')
            .clone_into(&mut self.model.last_action);
    }

    /// Notes which token a payload is asked for: another one may be on screen when it comes.
    pub(super) fn wants_payload(&mut self) -> bool {
        let outermost = self.model.outermost().map(|(inspection, _)| inspection);
        let detached = outermost.filter(|inspection| inspection.token.is_detached());
        self.payload_for = detached.map(|inspection| inspection.sha256.clone());
        self.payload_for.is_some()
    }
}
