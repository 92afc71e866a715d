//! The disclosures of an SD-JWT, and the claims that they make, in the reports.

use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;

use super::exact::Exact;
use super::layout::{prose, table, written};
use super::shape::{is_too_deep, pair};
use crate::jose::json::Json;
use crate::jose::sd_jwt::{Disclosure, Standing};
use crate::jose::visible::visible;
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
pub(super) fn text(shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let sd_jwt = &shown.sd_jwt;
    writeln!(out, "\n  Disclosures")?;
    let told = rows(shown).map(|row| {
        let place = row.pointer.map(|pointer| format!(" at {pointer}"));
        [
            match &row.disclosure.name {
                Some(name) => visible(name),
                None => "(element)".to_owned(),
            },
            row.value
                .map(|value| visible(&written(value)))
                .unwrap_or_default(),
            format!(
                "{}{}",
                row.disclosure.state().name().replace('-', " "),
                visible(&place.unwrap_or_default())
            ),
        ]
    });
    table(told.collect(), "    ", out)?;
    let words = match (sd_jwt.disclosures.len(), sd_jwt.digests.without_disclosure) {
        (0, 0) => "None, and no digest of one".to_owned(),
        (_, 0) => "Every digest has its disclosure".to_owned(),
        (_, left) => format!(
            "{} without a disclosure: withheld, or decoys",
            counted(left, "digest")
        ),
    };
    prose(&words, "    ", out)?;
    let Some(members) = shown.claims().and_then(|claims| claims.object()) else {
        return Ok(());
    };
    writeln!(out, "\n  Processed claims")?;
    if members.is_empty() {
        return writeln!(out, "    No members");
    }
    let rows = members.iter().map(|member| {
        [
            visible(&member.name),
            visible(&written(&member.value)),
            if shown.is_disclosed(&member.value) {
                "disclosed".to_owned()
            } else {
                String::new()
            },
        ]
    });
    table(rows.collect(), "    ", out)
}
