//! The compact serializations (RFC 7515 section 7.1, RFC 7516 section 7.1), and an SD-JWT's (RFC 9901 section 4).

use std::borrow::Cow;
use std::cell::LazyCell;
use std::ops::Range;
use std::sync::Arc;

use super::part::{Coding, Part, PartRole};
use super::{Kind, MAX_HEADER_OF_LARGE, MAX_SEGMENTS, MAX_TOKEN_BYTES, Reading, Serialization};
use crate::jose::base64url;
use crate::jose::fault::{Fault, FaultKind};
use crate::jose::json::{self, Document, Value};

/// Takes a text apart at its dots and tildes.
pub(super) fn read(text: &str, faults: &mut Vec<Fault>) -> Reading {
    let too_large = text.len() > MAX_TOKEN_BYTES;
    let (jws_end, disclosures, key_binding) = match text.find('~') {
        Some(at) => {
            let (disclosures, end) = disclosure_ranges(text, at);
            (
                at,
                disclosures,
                (end < text.len()).then_some(end..text.len()),
            )
        }
        None => (text.len(), Vec::new(), None),
    };
    let with_disclosures = jws_end < text.len();
    let segments = segments(text, jws_end);
    // Asked only where the number of parts does not tell the kind; then it is read here and again as a part.
    let header = LazyCell::new(|| {
        let segment = text.get(segments.first()?.clone())?;
        (segment.len() <= MAX_HEADER_OF_LARGE)
            .then(|| json::read(&base64url::decode(segment).bytes))
    });
    let header_has_enc = || {
        let header = (*header).as_ref();
        header.is_some_and(|header| header.get("enc").is_some())
    };
    let header_is_object = || {
        let header = (*header).as_ref();
        header.is_some_and(|header| header.object().is_some())
    };
    let kind = match segments.len() {
        3 if with_disclosures => Kind::SdJwt,
        3 => Kind::Jws,
        5 => Kind::Jwe,
        _ if header_has_enc() => Kind::Jwe,
        0 | 1 => Kind::Unreadable,
        _ if header_is_object() => Kind::Jws,
        _ => Kind::Unreadable,
    };
    let roles: &[PartRole] = match kind {
        Kind::Jwe => &[
            PartRole::ProtectedHeader,
            PartRole::EncryptedKey,
            PartRole::Iv,
            PartRole::Ciphertext,
            PartRole::Tag,
        ],
        Kind::Unreadable if !header_is_object() => &[],
        _ => &[
            PartRole::ProtectedHeader,
            PartRole::Payload,
            PartRole::Signature,
        ],
    };
    let expected = match kind {
        Kind::Jwe => 5,
        _ => 3,
    };
    if segments.len() != expected {
        let extra = segments.get(expected);
        faults.push(Fault {
            kind: FaultKind::SegmentCount {
                found: segments.len(),
            },
            part: PartRole::Token,
            range: extra.map_or(jws_end..jws_end, |extra| {
                extra.start.saturating_sub(1)..jws_end
            }),
        });
    }
    let mut parts: Vec<Arc<Part>> =
        Vec::with_capacity(segments.len().saturating_add(disclosures.len()));
    let located = segments
        .into_iter()
        .enumerate()
        .map(|(index, range)| {
            let role = roles.get(index).copied().unwrap_or(PartRole::Token);
            (role, range)
        })
        .chain(
            disclosures
                .into_iter()
                .map(|range| (PartRole::Disclosure, range)),
        )
        .chain(key_binding.map(|range| (PartRole::KeyBinding, range)));
    for (role, range) in located {
        let header_of_large =
            role == PartRole::ProtectedHeader && range.len() <= MAX_HEADER_OF_LARGE;
        let segment = match text.get(range.clone()) {
            Some(segment) if !too_large || header_of_large => segment,
            _ => "",
        };
        let coding = match role {
            PartRole::KeyBinding => Coding::Verbatim,
            PartRole::Payload
                if parts
                    .first()
                    .is_some_and(|header| is_unencoded(header.json.as_ref())) =>
            {
                Coding::Verbatim
            }
            _ => Coding::Base64url,
        };
        let part = Part::read(role, range, Cow::Borrowed(segment), coding, faults);
        parts.push(Arc::new(part));
    }
    Reading {
        kind,
        serialization: Serialization::Compact,
        parts,
        entries: Vec::new(),
        envelope: None,
    }
}

/// Whether a protected header says that the payload stands in the text as it is (RFC 7797 section 3).
pub(super) fn is_unencoded(header: Option<&Document>) -> bool {
    let b64 = header.and_then(|header| header.get("b64"));
    b64.is_some_and(|b64| b64.value == Value::Bool(false))
}

/// The pieces of `text[..end]` between dots; what follows the last dot looked at stays one piece.
fn segments(text: &str, end: usize) -> Vec<Range<usize>> {
    let Some(compact) = text.get(..end) else {
        return Vec::new();
    };
    let mut start = 0;
    compact
        .splitn(MAX_SEGMENTS, '.')
        .map(|segment| {
            let range = start..start + segment.len();
            start = range.end + 1;
            range
        })
        .collect()
}

/// The disclosures after the tilde at `first`, and where a key binding JWT begins.
fn disclosure_ranges(text: &str, first: usize) -> (Vec<Range<usize>>, usize) {
    let mut ranges = Vec::new();
    let mut start = first.saturating_add(1);
    while let Some(length) = text.get(start..).and_then(|rest| rest.find('~')) {
        let end = start.saturating_add(length);
        ranges.push(start..end);
        start = end.saturating_add(1);
    }
    (ranges, start)
}
