//! The other tokens of the session that a token has to do with.

use std::io;

use serde::Serialize;

use super::page::Page;
use super::shape::EvidenceShape;
use crate::judge::{Judgement, Related, TokenId};

/// A relation in the JSON report.
#[derive(Serialize)]
pub(super) struct RelatedShape<'a> {
    relation: &'static str,
    said_by: &'static str,
    state: &'static str,
    sha256: String,
    evidence: Option<EvidenceShape<'a>>,
}

impl<'a> RelatedShape<'a> {
    /// Those of a judgement; `None` where the other tokens were not looked at.
    pub(super) fn all(judgement: &'a Judgement) -> Option<Vec<Self>> {
        let related = judgement.related.as_ref()?;
        Some(related.iter().map(Self::new).collect())
    }

    fn new(related: &'a Related) -> Self {
        Self {
            relation: related.relation.name(),
            said_by: related.said_by.name(),
            state: related.state(),
            sha256: related.other.to_string(),
            evidence: related.evidence.as_ref().map(EvidenceShape::new),
        }
    }
}

/// Gives the place of a token in the report, from 1.
pub(super) type Numbers<'a> = &'a dyn Fn(&TokenId) -> Option<usize>;

/// In words, a line each.
pub(super) fn told(
    judgement: &Judgement,
    place: Numbers<'_>,
    page: &mut dyn Page,
) -> io::Result<()> {
    let related = judgement.related();
    if related.is_empty() {
        return Ok(());
    }
    page.section("Together with other tokens")?;
    for one in related {
        let sign = if one.matches { "=" } else { "\u{2260}" };
        let other = place(&one.other).map_or_else(
            || format!("SHA-256 {}", one.other.short()),
            |number| format!("token {number}"),
        );
        page.prose(&format!("{sign} {}: {other}", one.words()))?;
    }
    Ok(())
}
