//! A report for a terminal: plain, aligned, without colour.
//!
//! Everything goes through [`visible()`], so that it cannot move the cursor or pass for something else.

use std::io::{self, Write};

use super::{Columns, Fact, Line, Page, Told, result};
use crate::jose::visible::visible;
use crate::judge::{ToldCheck, VerdictOutcome};
use crate::report::layout::{prose, table};

/// What belongs to a finding stands below its title.
const BELOW_FINDING: &str = "              ";

/// What belongs to a check stands below its title.
const BELOW_CHECK: &str = "               ";

/// A terminal, or a file that is read like one.
pub(in crate::report) struct Plain<'w> {
    out: &'w mut dyn Write,
    /// Before each line, in spaces.
    indent: &'static str,
}

impl<'w> Plain<'w> {
    pub(in crate::report) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, indent: "" }
    }
}

impl Page for Plain<'_> {
    fn title(&mut self, _title: &str, about: &str) -> io::Result<()> {
        writeln!(self.out, "{}", visible(about))
    }

    fn part(&mut self, title: &str, _anchor: &str) -> io::Result<()> {
        self.indent = "  ";
        writeln!(self.out, "\n{}", visible(title))
    }

    fn overview(&mut self, _tokens: &[Line], _parts: &[(&str, &str)]) -> io::Result<()> {
        // The end of the output is what is read first.
        Ok(())
    }

    fn verdict(
        &mut self,
        _outcome: VerdictOutcome,
        headline: &str,
        explanation: &str,
    ) -> io::Result<()> {
        writeln!(self.out, "{}", visible(headline))?;
        self.prose(explanation)?;
        writeln!(self.out)
    }

    fn section(&mut self, title: &str) -> io::Result<()> {
        self.indent = "    ";
        writeln!(self.out, "\n  {}", visible(title))
    }

    fn prose(&mut self, text: &str) -> io::Result<()> {
        prose(text, self.indent, self.out)
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out)?;
        prose(text, "  ", self.out)
    }

    fn items(&mut self, items: &[String]) -> io::Result<()> {
        items.iter().try_for_each(|item| self.prose(item))
    }

    fn verbatim(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}{}", self.indent, visible(text))
    }

    fn facts(&mut self, facts: &[Fact]) -> io::Result<()> {
        let rows = facts.iter().flat_map(|fact| {
            let lines = fact.lines.iter().enumerate();
            lines.map(|(index, line)| {
                let name = if index == 0 { fact.name } else { "" };
                [name.to_owned(), visible(line), String::new()]
            })
        });
        table(rows.collect(), self.indent, self.out)
    }

    fn table(&mut self, _columns: Columns, rows: &[[String; 3]]) -> io::Result<()> {
        let rows = rows
            .iter()
            .map(|row| row.each_ref().map(|cell| visible(cell)));
        table(rows.collect(), self.indent, self.out)
    }

    fn checks(&mut self, checks: &[ToldCheck]) -> io::Result<()> {
        for check in checks {
            let result = result(check);
            writeln!(self.out, "    {result:<9}  {}", visible(&check.title))?;
            prose(&check.text, BELOW_CHECK, self.out)?;
        }
        Ok(())
    }

    fn finding(&mut self, told: &Told<'_>) -> io::Result<()> {
        let finding = told.finding;
        let (severity, confidence) = (finding.severity.name(), finding.confidence.name());
        writeln!(
            self.out,
            "    {severity:<8}  {} ({}, {confidence})",
            visible(&finding.title),
            finding.rule
        )?;
        let mut below = |text: &str| prose(text, BELOW_FINDING, self.out);
        if let Some(note) = told.note {
            below(&format!("Dismissed: {note}"))?;
        }
        if let Some(elsewhere) = &told.elsewhere {
            return below(elsewhere);
        }
        below(&finding.detail)?;
        below(&finding.remedy)?;
        for place in &told.places {
            below(&format!("See {place}"))?;
        }
        below(&finding.references.join(", "))
    }

    fn end(&mut self) -> io::Result<()> {
        self.indent = "";
        writeln!(self.out)
    }
}
