//! The disclosures of an SD-JWT, and the claims that they make, in the reports.

use std::io;
use std::ops::Range;

use serde::Serialize;

use super::Options;
use super::content::{ROWS_SHOWN, more};
use super::exact::Exact;
use super::layout::{cut, written};
use super::page::Page;
use super::shape::{is_too_deep, pair};
use crate::jose::json::Json;
use crate::jose::sd_jwt::{Disclosure, Standing};
use crate::judge::words::counted;
use crate::verify::Presentation;

#[derive(Serialize)]
pub(super) struct DisclosureShape<'a> {
    digest: Option<&'a str>,
    name: Option<&'a str>,
    value: Option<Exact<'a>>,
    matched: bool,
    state: &'static str,
    pointer: Option<String>,
    byte_range: [usize; 2],
}

impl<'a> DisclosureShape<'a> {
    pub(super) fn all(shown: Option<&'a Presentation>) -> Vec<Self> {
        let all = shown.into_iter().flat_map(rows);
        all.map(|row| Self {
            digest: row.disclosure.digest.as_deref(),
            name: row.disclosure.name.as_deref(),
            value: row.value.filter(|value| !is_too_deep(value)).map(Exact),
            matched: row.disclosure.is_matched(),
            state: row.disclosure.state().name(),
            pointer: row.pointer,
            byte_range: pair(&row.range),
        })
        .collect()
    }
}

/// A disclosure with what it discloses, where that belongs, and its characters.
struct Row<'a> {
    disclosure: &'a Disclosure,
    value: Option<&'a Json>,
    /// In the processed claims.
    pointer: Option<String>,
    range: Range<usize>,
}

fn rows(shown: &Presentation) -> impl Iterator<Item = Row<'_>> {
    let read = shown.sd_jwt.disclosures.iter();
    read.zip(&shown.disclosures).map(|(disclosure, part)| {
        let pointer = match &disclosure.standing {
            Standing::Inserted { range, .. } => shown
                .sd_jwt
                .processed
                .as_ref()
                .and_then(|claims| claims.pointer_at(range.start)),
            _ => None,
        };
        Row {
            value: shown.disclosed(part, disclosure),
            disclosure,
            pointer,
            range: part.range.clone(),
        }
    })
}

/// The disclosures with what became of each, and the processed claims.
pub(super) fn told(shown: &Presentation, options: Options, page: &mut dyn Page) -> io::Result<()> {
    let sd_jwt = &shown.sd_jwt;
    let value = |value: &Json| cut(&written(value, options.redact));
    page.section("Disclosures")?;
    let told = rows(shown).take(ROWS_SHOWN).map(|row| {
        let place = row.pointer.map(|pointer| format!(" at {pointer}"));
        [
            match &row.disclosure.name {
                Some(name) => cut(name),
                None => "(element)".to_owned(),
            },
            row.value.map(value).unwrap_or_default(),
            format!(
                "{}{}",
                row.disclosure.state().name().replace('-', " "),
                cut(&place.unwrap_or_default())
            ),
        ]
    });
    let told: Vec<_> = told.collect();
    if !told.is_empty() {
        page.table(["Claim", "Value", "What became of it"], &told)?;
    }
    more(sd_jwt.disclosures.len(), "disclosure", page)?;
    let words = match (sd_jwt.disclosures.len(), sd_jwt.digests.without_disclosure) {
        (0, 0) => "None, and no digest of one".to_owned(),
        (_, 0) => "Every digest has its disclosure".to_owned(),
        (_, left) => format!(
            "{} without a disclosure: withheld, or decoys",
            counted(left, "digest")
        ),
    };
    page.prose(&words)?;
    let Some(members) = shown.claims().and_then(|claims| claims.object()) else {
        return Ok(());
    };
    page.section("Processed claims")?;
    if members.is_empty() {
        return page.prose("No members");
    }
    let rows = members.iter().take(ROWS_SHOWN).map(|member| {
        let is_disclosed = shown.is_disclosed(&member.value);
        let note = if is_disclosed { "disclosed" } else { "" };
        [cut(&member.name), value(&member.value), note.to_owned()]
    });
    page.table(["Claim", "Value", "Disclosed"], &rows.collect::<Vec<_>>())?;
    more(members.len(), "member", page)
}
