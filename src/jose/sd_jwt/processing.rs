//! The way through payload and disclosures that puts the claims together (RFC 9901 section 7.1, step 3).

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use zeroize::Zeroizing;

use super::disclosure::{each_digest, levels, placeholder};
use super::{
    Digests, Disclosure, Encoded, FormatFault, FormatFaultKind, HashChoice, MAX_LISTED, Origin,
    Payload, Place, Problem, Processed, Repetition, SdJwt, Source, Standing,
};
use crate::jose::json::{Json, MAX_DEPTH, Member, Value};

/// Goes the way once. Each disclosure comes as read for itself, and goes with its standing.
pub(super) fn run(
    payload: Payload<'_>,
    encoded: &[Encoded<'_>],
    mut disclosures: Vec<Disclosure>,
    hash: HashChoice,
    faults: Vec<FormatFault>,
) -> SdJwt {
    let mut by_digest: HashMap<&str, usize> = HashMap::with_capacity(disclosures.len());
    let mut standings: Vec<Standing> = Vec::with_capacity(disclosures.len());
    for (index, disclosure) in disclosures.iter().enumerate() {
        let mut standing = disclosure.standing.clone();
        if let Some(digest) = &disclosure.digest {
            match by_digest.entry(digest) {
                Entry::Occupied(first) => {
                    standing = Standing::Repeats {
                        first: *first.get(),
                    }
                }
                Entry::Vacant(place) => {
                    place.insert(index);
                }
            }
        }
        standings.push(standing);
    }
    let mut walk = Walk {
        payload,
        encoded,
        by_digest,
        digest_length: hash.used.map(super::HashAlgorithm::characters),
        seen: HashMap::new(),
        standings,
        problems: Vec::new(),
        digests: Digests::default(),
        faults,
        bytes: Zeroizing::new(Vec::with_capacity(payload.bytes.len())),
        origins: Vec::new(),
    };
    let processed = payload.json.root.as_ref().map(|root| {
        if root.object().is_none() {
            let kind = FormatFaultKind::PayloadNotObject { found: root.kind() };
            walk.fault(kind, Source::Payload, root);
        }
        walk.value(Source::Payload, root, None, 0, Around::Top);
        Processed::new(
            std::mem::take(&mut walk.bytes),
            std::mem::take(&mut walk.origins),
        )
    });
    if processed.is_none() {
        walk.faults.push(FormatFault {
            kind: FormatFaultKind::PayloadNotObject {
                found: "no JSON at all",
            },
            place: None,
        });
    }
    walk.find_orphans();
    let Walk {
        standings,
        problems,
        digests,
        faults,
        ..
    } = walk;
    for (disclosure, standing) in disclosures.iter_mut().zip(standings) {
        disclosure.standing = standing;
    }
    for (index, problem) in problems {
        if let Some(disclosure) = disclosures.get_mut(index) {
            disclosure.problems.push(problem);
        }
    }
    SdJwt {
        hash,
        disclosures,
        digests,
        faults,
        processed,
    }
}

/// What a value stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Array,
    Object,
    /// Nothing: it is the payload.
    Top,
}

struct Walk<'a> {
    payload: Payload<'a>,
    encoded: &'a [Encoded<'a>],
    /// The first disclosure of each digest.
    by_digest: HashMap<&'a str, usize>,
    digest_length: Option<usize>,
    /// Every embedded digest met so far, with its first place.
    seen: HashMap<&'a str, Place>,
    standings: Vec<Standing>,
    /// What is wrong with the disclosure of that index at its place.
    problems: Vec<(usize, Problem)>,
    digests: Digests,
    faults: Vec<FormatFault>,
    bytes: Zeroizing<Vec<u8>>,
    origins: Vec<Origin>,
}

impl<'a> Walk<'a> {
    /// Writes a value. `level` is how many arrays and objects are open around it; it stays below [`MAX_DEPTH`], so that the
    /// stack does.
    fn value(
        &mut self,
        source: Source,
        json: &'a Json,
        name: Option<std::ops::Range<usize>>,
        level: usize,
        around: Around,
    ) {
        self.origins.push(Origin {
            start: self.bytes.len(),
            source,
            name,
            value: json.range.clone(),
        });
        match &json.value {
            Value::Array(elements) => self.array(source, elements, level.saturating_add(1)),
            Value::Object(members) => {
                self.object(source, members, level.saturating_add(1), around);
            }
            _ => self.copy(source, json.range.clone()),
        }
    }

    fn array(&mut self, source: Source, elements: &'a [Json], level: usize) {
        self.bytes.push(b'[');
        let mut is_first = true;
        for element in elements {
            let Some((digest, place)) = placeholder(element) else {
                self.comma(&mut is_first);
                self.value(source, element, None, level, Around::Array);
                continue;
            };
            let place = Place {
                source,
                range: place.range.clone(),
            };
            let Some((index, value)) = self.disclosed_element(digest, &place, level) else {
                continue;
            };
            self.comma(&mut is_first);
            let start = self.bytes.len();
            self.value(Source::Disclosure(index), value, None, level, Around::Array);
            self.inserted(index, place, start);
        }
        self.bytes.push(b']');
    }

    fn object(&mut self, source: Source, members: &'a [Member], level: usize, around: Around) {
        self.bytes.push(b'{');
        let mut is_first = true;
        for member in members {
            let value = &member.value;
            match member.name.as_str() {
                "_sd" => continue,
                "_sd_alg" if around == Around::Top => continue,
                "_sd_alg" => self.fault(FormatFaultKind::HashNameMisplaced, source, value),
                "..." => self.fault(stray(around, members, value), source, value),
                _ => {}
            }
            self.comma(&mut is_first);
            self.member(source, member.name_range.clone(), value, level);
        }
        // Made only where a disclosed claim could meet one of the same name.
        let mut names: Option<HashSet<&str>> = None;
        for member in members.iter().filter(|member| member.name == "_sd") {
            let Some(digests) = member.value.array() else {
                let found = member.value.kind();
                self.fault(
                    FormatFaultKind::DigestsNotArray { found },
                    source,
                    &member.value,
                );
                continue;
            };
            for json in digests {
                let Some(digest) = json.str() else {
                    let found = json.kind();
                    self.fault(FormatFaultKind::DigestNotString { found }, source, json);
                    continue;
                };
                let place = Place {
                    source,
                    range: json.range.clone(),
                };
                let Some((index, name, value)) = self.disclosed_member(digest, &place, level)
                else {
                    continue;
                };
                let names = names.get_or_insert_with(|| {
                    let clear = members.iter().filter(|member| member.name != "_sd");
                    clear.map(|member| member.name.as_str()).collect()
                });
                let (text, source) = (name.str().unwrap_or_default(), Source::Disclosure(index));
                if !names.insert(text) {
                    self.problems.push((index, Problem::NameExists));
                    continue;
                }
                if text == "_sd_alg" {
                    self.fault(FormatFaultKind::HashNameMisplaced, source, name);
                }
                self.comma(&mut is_first);
                let start = self.bytes.len();
                self.member(source, name.range.clone(), value, level);
                self.inserted(index, place, start);
            }
        }
        self.bytes.push(b'}');
    }

    fn member(
        &mut self,
        source: Source,
        name: std::ops::Range<usize>,
        value: &'a Json,
        level: usize,
    ) {
        self.copy(source, name.clone());
        self.bytes.push(b':');
        self.value(source, value, Some(name), level, Around::Object);
    }

    /// The disclosure that belongs in place of an array's element.
    fn disclosed_element(
        &mut self,
        digest: &'a str,
        place: &Place,
        level: usize,
    ) -> Option<(usize, &'a Json)> {
        let index = self.look_up(digest, place)?;
        let contents = self.encoded.get(index)?.contents()?;
        if contents.name.is_some() {
            self.problems
                .push((index, Problem::WrongPlace { found: 3 }));
            return None;
        }
        self.fits(index, contents.value, level)
            .then_some((index, contents.value))
    }

    /// The disclosure that belongs into an object, with its name, which is a text that a claim may have.
    fn disclosed_member(
        &mut self,
        digest: &'a str,
        place: &Place,
        level: usize,
    ) -> Option<(usize, &'a Json, &'a Json)> {
        let index = self.look_up(digest, place)?;
        let contents = self.encoded.get(index)?.contents()?;
        let Some(name) = contents.name else {
            self.problems
                .push((index, Problem::WrongPlace { found: 2 }));
            return None;
        };
        if matches!(name.str()?, "_sd" | "...") {
            return None;
        }
        self.fits(index, contents.value, level)
            .then_some((index, name, contents.value))
    }

    /// The disclosure of an embedded digest, which is counted here. A digest that was met before leads nowhere: so no disclosure
    /// is inserted twice, and the work stays within what was given.
    fn look_up(&mut self, digest: &'a str, place: &Place) -> Option<usize> {
        self.digests.count = self.digests.count.saturating_add(1);
        let disclosure = self.by_digest.get(digest).copied();
        match self.seen.entry(digest) {
            Entry::Occupied(first) => {
                self.digests.repetitions = self.digests.repetitions.saturating_add(1);
                if self.digests.repeated.len() < MAX_LISTED {
                    self.digests.repeated.push(Repetition {
                        first: first.get().clone(),
                        again: place.clone(),
                        disclosure,
                    });
                }
                return None;
            }
            Entry::Vacant(entry) => {
                entry.insert(place.clone());
            }
        }
        if self
            .digest_length
            .is_some_and(|length| length != digest.len())
        {
            self.digests.odd_lengths = self.digests.odd_lengths.saturating_add(1);
            self.digests.odd_length.get_or_insert_with(|| place.clone());
        }
        let Some(index) = disclosure else {
            self.digests.without_disclosure = self.digests.without_disclosure.saturating_add(1);
            if self.digests.withheld.len() < MAX_LISTED {
                self.digests.withheld.push(place.clone());
            }
            return None;
        };
        if let Some(standing) = self.standings.get_mut(index) {
            *standing = Standing::Referenced {
                digest: place.clone(),
            };
        }
        Some(index)
    }

    /// Whether a disclosed value nests no deeper than may be, inside of `level` open arrays and objects.
    fn fits(&mut self, index: usize, value: &Json, level: usize) -> bool {
        let fits = level.saturating_add(levels(value)) <= MAX_DEPTH;
        if !fits {
            self.problems.push((index, Problem::TooDeep));
        }
        fits
    }

    fn inserted(&mut self, index: usize, digest: Place, start: usize) {
        let range = start..self.bytes.len();
        if let Some(standing) = self.standings.get_mut(index) {
            *standing = Standing::Inserted { digest, range };
        }
    }

    /// Notes which unreferenced disclosures stand in one that was not inserted.
    fn find_orphans(&mut self) {
        for (index, encoded) in self.encoded.iter().enumerate() {
            let standing = self.standings.get(index);
            if !matches!(
                standing,
                Some(Standing::Referenced { .. } | Standing::Unreferenced { .. })
            ) {
                continue;
            }
            let Some(contents) = encoded.contents() else {
                continue;
            };
            let (by_digest, standings) = (&self.by_digest, &mut self.standings);
            each_digest(contents.value, &mut |digest| {
                let inner = by_digest.get(digest).and_then(|&at| standings.get_mut(at));
                if let Some(Standing::Unreferenced { inside }) = inner {
                    inside.get_or_insert(index);
                }
            });
        }
    }

    fn comma(&mut self, is_first: &mut bool) {
        if !std::mem::replace(is_first, false) {
            self.bytes.push(b',');
        }
    }

    /// Copies bytes as they were written.
    fn copy(&mut self, source: Source, range: std::ops::Range<usize>) {
        let bytes = match source {
            Source::Payload => Some(self.payload.bytes),
            Source::Disclosure(index) => self
                .encoded
                .get(index)
                .map(|encoded| encoded.decoded.bytes.as_slice()),
        };
        let bytes = bytes.and_then(|bytes| bytes.get(range));
        self.bytes.extend_from_slice(bytes.unwrap_or_default());
    }

    fn fault(&mut self, kind: FormatFaultKind, source: Source, json: &Json) {
        if self.faults.len() < MAX_LISTED {
            self.faults.push(FormatFault {
                kind,
                place: Some(Place {
                    source,
                    range: json.range.clone(),
                }),
            });
        }
    }
}

/// What is wrong with a `...` that hides no element.
fn stray(around: Around, members: &[Member], value: &Json) -> FormatFaultKind {
    match (around, members.len()) {
        (Around::Array, 1) => FormatFaultKind::DigestNotString {
            found: value.kind(),
        },
        (Around::Array, members) => FormatFaultKind::PlaceholderNotAlone { members },
        _ => FormatFaultKind::PlaceholderMisplaced,
    }
}
