//! What is wrong with members: findings about them, and faults in them.

use std::ops::Range;

use super::meaning::{Meaning, Tone};
use super::tree::{Entry, List};
use crate::inspection::Inspection;
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::jose::{Fault, FaultKind, Part};
use crate::judge::words::capitalised;
use crate::judge::{Evidence, Finding, Judgement, Severity};

/// More than so many notes about one row are only counted; the findings have them all.
const MAX_NOTES: usize = 4;

/// Something wrong with a member.
pub(super) struct Note {
    /// How bad it is.
    pub(super) severity: Severity,
    /// What it is.
    text: String,
}

impl Note {
    /// In words, with how bad it is.
    pub(super) fn words(&self) -> String {
        format!("{}: {}", capitalised(self.severity.name()), self.text)
    }
}

/// All that is wrong with members of one part.
pub(super) struct Notes<'a> {
    part: &'a Part,
    findings: Vec<(&'a Finding, &'a Evidence, &'a str)>,
    faults: Vec<&'a Fault>,
}

impl<'a> Notes<'a> {
    /// Looks through all findings and faults once.
    pub(super) fn new(
        part: &'a Part,
        inspection: &'a Inspection,
        judgement: &'a Judgement,
    ) -> Self {
        let about = |finding: &'a Finding| {
            finding.evidence.iter().filter_map(move |evidence| {
                let pointer = evidence.pointer.as_deref()?;
                let is_here = evidence.part == part.role && !pointer.is_empty();
                is_here.then_some((finding, evidence, pointer))
            })
        };
        let faults =
            inspection.token.faults.iter().filter(|fault| {
                fault.part == part.role && matches!(fault.kind, FaultKind::Json(_))
            });
        Self {
            part,
            findings: judgement.findings.iter().flat_map(about).collect(),
            faults: faults.collect(),
        }
    }

    /// Those about a row and what it holds, the worst first.
    pub(super) fn of(
        &self,
        root: &Json,
        list: &List,
        row: usize,
        entry: &Entry<'_>,
        meaning: &Meaning,
    ) -> Vec<Note> {
        let range = self.part.text_range(entry.range.clone());
        let touches = |other: &Range<usize>| other.start < range.end && range.start < other.end;
        let mut touching = self
            .findings
            .iter()
            .filter(|(_, evidence, _)| touches(&evidence.range))
            .peekable();
        let mut notes: Vec<Note> = Vec::new();
        if touching.peek().is_some() {
            let here = list.pointer(root, row);
            let mut last: Option<&Finding> = None;
            for (finding, _, pointer) in touching {
                let is_here = pointer
                    .strip_prefix(here.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                // What the meaning says already in red.
                let is_said = meaning.tone == Tone::Bad && finding.severity == Severity::Info;
                let is_told = last.is_some_and(|last| std::ptr::eq(last, *finding));
                if is_here && !is_said && !is_told {
                    last = Some(finding);
                    notes.push(Note {
                        severity: finding.severity,
                        text: finding.title.clone(),
                    });
                }
            }
        }
        if entry.duplicate.is_some() && notes.is_empty() {
            notes.push(Note {
                severity: Severity::Medium,
                text: "This name stands here more than once".to_owned(),
            });
        }
        let mut more = 0_usize;
        if notes.is_empty() {
            let mut faults = self.faults.iter().filter(|fault| touches(&fault.range));
            let shown = faults.by_ref().take(MAX_NOTES);
            notes.extend(shown.map(|fault| Note {
                severity: Severity::Medium,
                text: capitalised(&visible(&fault.kind.to_string())),
            }));
            more = faults.count();
        }
        notes.sort_by_key(|note| std::cmp::Reverse(note.severity));
        let dropped = notes.drain(MAX_NOTES.min(notes.len())..).count();
        more = more.saturating_add(dropped);
        if let (1.., Some(last)) = (more, notes.last()) {
            notes.push(Note {
                severity: last.severity,
                text: format!("{more} more in here"),
            });
        }
        notes
    }
}
