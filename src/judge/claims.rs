//! The claims as rules and policies see them: those in the payload, and those that disclosures add (RFC 9901 section 7.1).

use std::ops::Range;

use super::{Case, Evidence};
use crate::jose::json::{Document, Json, escape_pointer};
use crate::jose::sd_jwt::Source;
use crate::jose::{Part, PartRole};

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
    pointer: String,
}

impl Claim<'_> {
    /// Its characters.
    pub(super) fn evidence(&self) -> Evidence {
        Evidence::in_part(self.part, self.pointer.clone(), self.range.clone())
    }

    /// Whether it stands where the text of its part stops too early, and so may have lost characters.
    pub(super) fn is_cut(&self) -> bool {
        let is_whole = self.part.json.as_ref().is_some_and(Document::is_document);
        !is_whole && self.range.end == self.part.bytes().len()
    }
}

impl<'a> Case<'a> {
    /// The claims in the payload, duplicates included, and then those out of disclosures that belong to it.
    pub(super) fn claims(self) -> Vec<Claim<'a>> {
        let mut claims = Vec::new();
        let Some(payload) = self.token.part(PartRole::Payload) else {
            return claims;
        };
        let members = self.token.claims().and_then(Document::object);
        claims.extend(members.unwrap_or_default().iter().map(|member| Claim {
            name: &member.name,
            value: &member.value,
            part: payload,
            range: member.range(),
            pointer: format!("/{}", escape_pointer(&member.name)),
        }));
        let Some(shown) = &self.proof.sd_jwt else {
            return claims;
        };
        let processed = shown.claims().and_then(Document::object);
        claims.extend(processed.unwrap_or_default().iter().filter_map(|member| {
            let (part, place) = shown.origin(self.token, &member.value)?;
            matches!(place.source, Source::Disclosure(_)).then(|| Claim {
                name: &member.name,
                value: &member.value,
                part,
                range: place.range,
                // Salt, name, value.
                pointer: "/2".to_owned(),
            })
        }));
        claims
    }

    /// The claim of this name; of duplicates the last, as most parsers take it.
    pub(super) fn claim(self, name: &str) -> Option<Claim<'a>> {
        let mut claims = self.claims().into_iter().rev();
        claims.find(|claim| claim.name == name)
    }
}
