//! A piece of a text, and the tokens in it.

use std::ops::Range;

use zeroize::Zeroizing;

use super::layer::{Base64, Pieced};
use super::prose::{Edge, allowance};
use super::undo::Undone;
use super::{Beside, PlaceTime, Repair, Where, context, http, json_form, prose, whole};

/// A piece of the text, and what it is.
pub(super) struct Region {
    pub(super) range: Range<usize>,
    pub(super) where_: Where,
    pub(super) name_in: Option<String>,
    /// `None` where the text itself is what the region stands in.
    pub(super) holder: Option<Holder>,
    pub(super) coding: Coding,
}

impl Region {
    pub(super) fn new(range: Range<usize>, where_: Where, name_in: Option<String>) -> Self {
        Self {
            range,
            where_,
            name_in,
            holder: None,
            coding: Coding::Plain,
        }
    }
}

/// The record of a file that a region belongs to.
#[derive(Clone)]
pub(super) struct Holder {
    /// What its tokens are said to stand in, where that is the file's form and not what the record says.
    pub(super) form: Option<Where>,
    /// Which record, and what of it, such as "entry 12 request header Cookie".
    pub(super) label: String,
}

/// How the text of a region is written into the range.
pub(super) enum Coding {
    /// As it is, escapes aside.
    Plain,
    /// In base64, in a string of JSON.
    JsonBase64,
    /// In an element of XML; `base64`: in base64 there. It is an HTTP message if it begins like one.
    Xml {
        /// The text of the element.
        text: Pieced,
        base64: bool,
    },
}

/// A token and its place in the text.
pub(super) struct Found {
    pub(super) text: Zeroizing<String>,
    pub(super) range: Range<usize>,
    /// In any order.
    pub(super) repairs: Vec<Repair>,
    /// Whether its region holds nothing else.
    pub(super) is_all: bool,
    /// The name of the `Authorization` header that stands before it in its line.
    pub(super) authorization: Option<String>,
}

/// A token, and all that is said of its place but for the lines.
pub(super) struct Spot {
    pub(super) text: Zeroizing<String>,
    /// Bytes of the text that the region is a piece of.
    pub(super) range: Range<usize>,
    pub(super) where_: Where,
    pub(super) name_in: Option<String>,
    /// Sorted.
    pub(super) repairs: Vec<Repair>,
    /// The time in its line, in bytes of that text too.
    pub(super) beside: Option<PlaceTime>,
    /// The time of its message or record, in bytes of the input.
    pub(super) stamped: Option<PlaceTime>,
}

/// The tokens of a region of `bytes`, in text order. `alone` is where a token stands that is the whole input.
pub(super) fn tokens(bytes: &[u8], region: &Region, alone: Where) -> Vec<Spot> {
    let raw = bytes.get(region.range.clone()).unwrap_or_default();
    let coded = match &region.coding {
        Coding::Plain => None,
        Coding::JsonBase64 => in_json(raw, region, alone),
        Coding::Xml { text, base64 } => Some(in_xml(text, *base64, region, alone)),
    };
    coded.unwrap_or_else(|| plain(raw, region, alone))
}

fn plain(raw: &[u8], region: &Region, alone: Where) -> Vec<Spot> {
    // What is a token as it stands has nothing to undo: escapes in its strings are its own.
    if let Some(found) = json_form::token(raw) {
        let place = place(raw, region, &found, alone, context::is_json(raw));
        let range = shifted(&found.range, region.range.start);
        return vec![spot(found, place, range, Vec::new())];
    }
    let mut beside = has_lines(region).then(Beside::default);
    let undone = Undone::new(raw);
    let bytes = undone.bytes();
    let is_json = context::is_json(bytes);
    let mut way_back = undone.way_back();
    in_region(bytes, region)
        .into_iter()
        .map(|found| {
            let place = place(bytes, region, &found, alone, is_json);
            let (range, undone) = way_back.locate(&found.range);
            let shift = region.range.start;
            let mut spot = spot(found, place, shifted(&range, shift), undone);
            let beside = beside.as_mut();
            spot.beside = beside
                .and_then(|beside| beside.time(raw, shift, &range, true).ok())
                .flatten();
            spot
        })
        .collect()
}

/// Whether the lines of a region may say a time: a message or a record has its own.
pub(super) fn has_lines(region: &Region) -> bool {
    region.where_ == Where::Bare && region.holder.is_none()
}

/// Puts a token together with where it was.
pub(super) fn spot(
    found: Found,
    (where_, name_in): (Where, Option<String>),
    range: Range<usize>,
    undone: Vec<Repair>,
) -> Spot {
    let mut repairs = found.repairs;
    repairs.extend(undone);
    repairs.sort_unstable();
    repairs.dedup();
    Spot {
        text: found.text,
        range,
        where_,
        name_in,
        repairs,
        beside: None,
        stamped: None,
    }
}

/// The tokens of a body in base64; `None` when it is none.
fn in_json(raw: &[u8], region: &Region, alone: Where) -> Option<Vec<Spot>> {
    let undone = Undone::new(raw);
    let decoded = Base64::new(undone.bytes())?;
    let mut way_back = undone.way_back();
    let mut spots = in_decoded(decoded.bytes(), region, alone);
    for spot in &mut spots {
        let (range, _) = way_back.locate(&decoded.locate(&spot.range));
        spot.range = shifted(&range, region.range.start);
    }
    Some(spots)
}

/// The tokens of an element. What is said to be base64 and is none is a text.
fn in_xml(text: &Pieced, base64: bool, region: &Region, alone: Where) -> Vec<Spot> {
    let decoded = base64.then(|| Base64::new(text.bytes())).flatten();
    let bytes = decoded.as_ref().map_or(text.bytes(), Base64::bytes);
    let mut spots = in_decoded(bytes, region, alone);
    for spot in &mut spots {
        spot.range = match &decoded {
            Some(decoded) => text.locate(&decoded.locate(&spot.range)),
            None => text.locate(&spot.range),
        };
    }
    spots
}

/// The tokens of a text that was written in another way: an HTTP message, or what the region says.
fn in_decoded(bytes: &[u8], region: &Region, alone: Where) -> Vec<Spot> {
    let mut spots = Vec::new();
    let messages = http::message(bytes, &mut |part| {
        let part = Region {
            holder: region.holder.as_ref().map(|holder| holder.of(&part)),
            ..part
        };
        spots.extend(plain(
            bytes.get(part.range.clone()).unwrap_or_default(),
            &part,
            alone,
        ));
    });
    if messages.is_none() {
        let whole = Region {
            range: 0..bytes.len(),
            where_: region.where_,
            name_in: region.name_in.clone(),
            holder: region.holder.clone(),
            coding: Coding::Plain,
        };
        spots = plain(bytes, &whole, alone);
    }
    spots
}

impl Holder {
    /// The holder of a part of the message that this one is of.
    fn of(&self, part: &Region) -> Self {
        let label = &self.label;
        let label = match (part.where_, &part.name_in) {
            (Where::AuthorizationHeader | Where::Header, Some(name)) => {
                format!("{label} header {name}")
            }
            (Where::Body, _) => format!("{label} body"),
            _ => label.clone(),
        };
        Self {
            form: self.form,
            label,
        }
    }

    /// The name of a place in the region, of which `there` is said.
    fn name(&self, region: &Region, (where_, name): &(Where, Option<String>)) -> String {
        let Some(name) = name
            .as_ref()
            .filter(|_| (*where_, name.as_ref()) != (region.where_, region.name_in.as_ref()))
        else {
            return self.label.clone();
        };
        let kind = match where_ {
            Where::AuthorizationHeader | Where::Header if *where_ != region.where_ => "header ",
            Where::Cookie => "cookie ",
            Where::Form | Where::Json => "field ",
            Where::Url => "parameter ",
            _ => "",
        };
        format!("{}, {kind}{name}", self.label)
    }
}

/// What a token of a region stood in, and the name of what it was the value of. `alone` is where it stands when it is all.
pub(super) fn place(
    bytes: &[u8],
    region: &Region,
    found: &Found,
    alone: Where,
    is_json: bool,
) -> (Where, Option<String>) {
    let there = match (region.where_, &found.authorization) {
        (Where::AuthorizationHeader, _) => (region.where_, region.name_in.clone()),
        (Where::Bare, Some(header)) => (Where::AuthorizationHeader, Some(header.clone())),
        (Where::Bare, None) if found.is_all => (alone, None),
        (where_, _) if found.is_all => (where_, region.name_in.clone()),
        _ => context::of(bytes, &found.range, region, is_json),
    };
    match &region.holder {
        None => there,
        Some(holder) => {
            let name = holder.name(region, &there);
            (holder.form.unwrap_or(there.0), Some(name))
        }
    }
}

/// Whether a full stop or comma after a token belongs to a sentence: a header that holds more than one thing has none, a
/// text that only begins like one may.
pub(super) fn has_sentences(region: &Region) -> bool {
    region.where_ != Where::Header
}

/// Whether the region may be a token that nobody can read; what a record holds as a value is too often something else.
fn may_be_unreadable(region: &Region) -> bool {
    let is_value = matches!(
        region.where_,
        Where::Bare | Where::Json | Where::Url | Where::Form | Where::Cookie
    );
    region.where_ != Where::Header && !(region.holder.is_some() && is_value)
}

/// The tokens of a region that is all of `bytes`.
fn in_region(bytes: &[u8], region: &Region) -> Vec<Found> {
    let is_header = matches!(region.where_, Where::AuthorizationHeader | Where::Header);
    let has_scheme = region.where_ == Where::AuthorizationHeader;
    if let Some(found) = json_form::token(bytes) {
        return vec![found];
    }
    let is_worth_it = |found: &Found| region.holder.is_none() || found.text.contains('.');
    if let Some(mut found) = whole::token(bytes, 0, has_scheme).filter(is_worth_it) {
        // White space around a header's value is the header's.
        found
            .repairs
            .retain(|&repair| !is_header || repair != Repair::Whitespace);
        return vec![found];
    }
    let mut spare = allowance(bytes.len());
    let found = prose::scan(bytes, 0, has_sentences(region), &mut spare, Edge::End).found;
    let found = json_form::scan(bytes, 0, false).beside(found);
    if !found.is_empty() || !may_be_unreadable(region) {
        return found;
    }
    whole::unreadable(bytes, 0, has_scheme)
        .into_iter()
        .collect()
}

pub(super) fn shifted(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start.saturating_add(by)..range.end.saturating_add(by)
}
