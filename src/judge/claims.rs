//! The claims as rules and policies see them: those in the payload, and those that disclosures add (RFC 9901 section 7.1).

use std::ops::Range;

use super::audit::top_member;
use super::{Case, Evidence};
use crate::jose::json::{Document, Json, Member, escape_pointer};
use crate::jose::sd_jwt::Source;
use crate::jose::{Part, PartRole, Token};
use crate::verify::Presentation;

/// A claim at the top, and where it was written.
#[derive(Debug, Clone)]
pub(super) struct Claim<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its value.
    pub(super) value: &'a Json,
    /// The payload, or the disclosure.
    pub(super) part: &'a Part,
    /// The bytes of name and value there.
    pub(super) range: Range<usize>,
    /// Where it stands there.
    place: ClaimPlace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClaimPlace {
    Disclosure,
    Payload,
}

impl<'a> Claim<'a> {
    fn in_payload(payload: &'a Part, member: &'a Member) -> Self {
        Self {
            name: &member.name,
            value: &member.value,
            part: payload,
            range: member.range(),
            place: ClaimPlace::Payload,
        }
    }

    /// A member of the processed claims, where a disclosure added it.
    fn disclosed(shown: &'a Presentation, token: &'a Token, member: &'a Member) -> Option<Self> {
        let (part, place) = shown.origin(token, &member.value)?;
        (place.source != Source::Payload).then(|| Self {
            name: &member.name,
            value: &member.value,
            part,
            range: place.range,
            place: ClaimPlace::Disclosure,
        })
    }

    /// Its characters.
    pub(super) fn evidence(&self) -> Evidence {
        let pointer = match self.place {
            ClaimPlace::Payload => format!("/{}", escape_pointer(self.name)),
            // Salt, name, value.
            ClaimPlace::Disclosure => "/2".to_owned(),
        };
        Evidence::in_part(self.part, pointer, self.range.clone())
    }

    /// Whether it stands where the text of its part stops too early, and so may have lost characters.
    pub(super) fn is_cut(&self) -> bool {
        let is_whole = self.part.json.as_ref().is_some_and(Document::is_document);
        !is_whole && self.range.end == self.part.bytes().len()
    }
}

impl<'a> Case<'a> {
    /// The claims in the payload, duplicates included, and then those out of disclosures that belong to it.
    pub(super) fn claims(self) -> impl Iterator<Item = Claim<'a>> + Clone {
        let payload = self.token.part(PartRole::Payload);
        let members = self.token.claims().and_then(Document::object);
        let members = members.unwrap_or_default().iter();
        let own = members.filter_map(move |member| Some(Claim::in_payload(payload?, member)));
        let shown = self.proof.sd_jwt.as_deref();
        let processed = shown.and_then(|shown| shown.claims()?.object());
        let processed = processed.unwrap_or_default().iter();
        own.chain(processed.filter_map(move |member| Claim::disclosed(shown?, self.token, member)))
    }

    /// The claim of this name; of duplicates the last, as most parsers take it.
    pub(super) fn claim(self, name: &str) -> Option<Claim<'a>> {
        let own = || {
            let member = top_member(self.token.claims()?, name)?;
            Some(Claim::in_payload(
                self.token.part(PartRole::Payload)?,
                member,
            ))
        };
        own().or_else(|| {
            let shown = self.proof.sd_jwt.as_deref()?;
            Claim::disclosed(shown, self.token, top_member(shown.claims()?, name)?)
        })
    }
}
