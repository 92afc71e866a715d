//! A report as Markdown (`CommonMark`, with the tables of GitHub).
//!
//! What is not ours stands in code spans, where no renderer looks for markup, links, mentions or emoji. A code span cannot hold a
//! backtick of its own, nor, in a table, a bar: those stand between spans, as entities.

use std::io::{self, Write};

use super::{Columns, Fact, Line, Page, Told, result, sign};
use crate::jose::visible::visible;
use crate::judge::words::capitalised;
use crate::judge::{ToldCheck, VerdictOutcome};

/// A file of Markdown.
pub(in crate::report) struct Markdown<'w> {
    out: &'w mut dyn Write,
}

impl<'w> Markdown<'w> {
    pub(in crate::report) fn new(out: &'w mut dyn Write) -> Self {
        Self { out }
    }

    fn block(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}\n")
    }

    fn row(&mut self, cells: &[String]) -> io::Result<()> {
        writeln!(self.out, "| {} |", cells.join(" | "))
    }

    fn head(&mut self, columns: &[&str]) -> io::Result<()> {
        writeln!(self.out, "| {} |", columns.join(" | "))?;
        writeln!(self.out, "|{}", "---|".repeat(columns.len()))
    }
}

impl Page for Markdown<'_> {
    fn title(&mut self, title: &str, about: &str) -> io::Result<()> {
        self.block(&format!("# {title}"))?;
        self.block(&paragraph(about))
    }

    fn part(&mut self, title: &str, _anchor: &str) -> io::Result<()> {
        // Renderers make anchors of headings themselves.
        self.block(&format!("## {}", escaped(title)))
    }

    fn overview(&mut self, tokens: &[Line], parts: &[(&str, &str)]) -> io::Result<()> {
        self.head(&["Token", "Verdict", "Findings", "Found"])?;
        for token in tokens {
            let sign = sign(token.outcome);
            self.row(&[
                format!("[{}](#{})", token.title, token.anchor),
                format!("{sign} {}", escaped(&token.headline)),
                escaped(&token.findings),
                escaped(&token.found),
            ])?;
        }
        let parts = parts.iter();
        let parts: Vec<String> = parts
            .map(|(title, anchor)| format!("[{title}](#{anchor})"))
            .collect();
        writeln!(self.out)?;
        self.block(&parts.join(", "))
    }

    fn verdict(
        &mut self,
        outcome: VerdictOutcome,
        headline: &str,
        explanation: &str,
    ) -> io::Result<()> {
        let sign = sign(outcome);
        self.block(&format!("**{sign} {}**", escaped(headline)))?;
        self.prose(explanation)
    }

    fn section(&mut self, title: &str) -> io::Result<()> {
        self.block(&format!("### {}", escaped(title)))
    }

    fn prose(&mut self, text: &str) -> io::Result<()> {
        match paragraph(text) {
            text if text.is_empty() => Ok(()),
            text => self.block(&text),
        }
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        self.prose(text)
    }

    fn items(&mut self, items: &[String]) -> io::Result<()> {
        for item in items {
            writeln!(self.out, "- {}", paragraph(item))?;
        }
        writeln!(self.out)
    }

    fn verbatim(&mut self, text: &str) -> io::Result<()> {
        self.block(&code(text))
    }

    fn facts(&mut self, facts: &[Fact]) -> io::Result<()> {
        for fact in facts {
            let mut lines = fact.lines.iter().map(|line| escaped(line));
            let first = lines.next().unwrap_or_default();
            writeln!(self.out, "- **{}:** {first}", escaped(fact.name))?;
            for line in lines {
                writeln!(self.out, "  - {}", guarded(line))?;
            }
        }
        writeln!(self.out)
    }

    fn table(&mut self, columns: Columns, rows: &[[String; 3]]) -> io::Result<()> {
        self.head(&columns)?;
        for [name, value, note] in rows {
            self.row(&[code(name), code(value), escaped(note)])?;
        }
        writeln!(self.out)
    }

    fn checks(&mut self, checks: &[ToldCheck]) -> io::Result<()> {
        self.head(&["Result", "Check", "What was seen"])?;
        for check in checks {
            let cells = [
                result(check).to_owned(),
                escaped(&check.title),
                escaped(&check.text),
            ];
            self.row(&cells)?;
        }
        writeln!(self.out)
    }

    fn finding(&mut self, told: &Told<'_>) -> io::Result<()> {
        let finding = told.finding;
        let severity = capitalised(finding.severity.name());
        self.block(&format!("#### {severity}: {}", escaped(&finding.title)))?;
        let (rule, confidence) = (finding.rule, finding.confidence.name());
        self.block(&format!("Rule `{rule}`, {confidence}"))?;
        if let Some(note) = told.note {
            self.block(&format!("**Dismissed:** {}", escaped(note)))?;
        }
        if let Some(elsewhere) = &told.elsewhere {
            return self.prose(elsewhere);
        }
        self.prose(&finding.detail)?;
        self.block(&format!("**What to do:** {}", escaped(&finding.remedy)))?;
        if !told.places.is_empty() {
            let places: Vec<String> = told.places.iter().map(|place| escaped(place)).collect();
            self.block(&format!("**Evidence:** {}", places.join("; ")))?;
        }
        let references = finding.references.join(", ");
        if references.is_empty() {
            return Ok(());
        }
        self.block(&format!("**References:** {}", escaped(&references)))
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A text that begins a line.
fn paragraph(text: &str) -> String {
    guarded(escaped(text))
}

/// So that the beginning of a line begins no heading, list, quote or rule.
fn guarded(text: String) -> String {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let after: &str = text.get(digits..).unwrap_or_default();
    match after.chars().next() {
        Some('.' | ')') if digits > 0 => {
            let (number, after) = text.split_at(digits);
            format!("{number}\\{after}")
        }
        Some('#' | '+' | '-' | '=' | '>' | '~') if digits == 0 => format!("\\{text}"),
        _ => text,
    }
}

/// Prose. Words that a renderer could take for more than words stand in code spans.
fn escaped(text: &str) -> String {
    let text = visible(text);
    let words = text.split(' ').filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(word).collect();
    words.join(" ")
}

fn word(word: &str) -> String {
    if is_plain(word) {
        return word.to_owned();
    }
    // Quotes and full stops around it are read as such.
    let begin = |c: char| matches!(c, '(' | '\'' | '"' | '\u{201C}' | '\u{2018}');
    let end = |c: char| {
        matches!(
            c,
            ')' | '\'' | '"' | '.' | ',' | ';' | ':' | '\u{201D}' | '\u{2019}'
        )
    };
    let core = word.trim_start_matches(begin);
    let (before, _) = word.split_at(word.len().saturating_sub(core.len()));
    let middle = core.trim_end_matches(end);
    let (_, after) = core.split_at(middle.len());
    if is_plain(middle) {
        // What makes it odd are signs that have no meaning alone.
        return word.to_owned();
    }
    format!("{before}{}{after}", code(middle))
}

/// Whether no renderer sees more in a word than its characters: no markup, no address, no mention, no emoji.
fn is_plain(word: &str) -> bool {
    let is_sign = |c: char| ",;.!?'\"()%=+-/:".contains(c);
    if !word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || is_sign(c) || !c.is_ascii())
    {
        return false;
    }
    let bytes = word.as_bytes();
    let around = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        (before, bytes.get(at.saturating_add(1)))
    };
    word.char_indices().all(|(at, c)| match (c, around(at)) {
        // A time, or the end of a clause; not `https:` and not `:name:`.
        (':', (Some(before), Some(after))) => before.is_ascii_digit() && after.is_ascii_digit(),
        (':', (before, after)) => before.is_some() && after.is_none(),
        // A number, or the end of a sentence; not `example.com`.
        ('.', (Some(before), Some(after))) => {
            let is_in_number = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_punctuation();
            is_in_number(before) && is_in_number(after)
        }
        _ => true,
    })
}

/// A text as code: every character of it stands for itself.
fn code(text: &str) -> String {
    let text = visible(text);
    let mut spans = String::with_capacity(text.len().saturating_add(2));
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = rest.find(['`', '|']).unwrap_or(rest.len());
        let (span, after) = rest.split_at(end);
        if !span.is_empty() {
            let is_blank = span.chars().all(|c| c == ' ');
            // One space at both ends belongs to the marks.
            let is_padded = span.starts_with(' ') && span.ends_with(' ') && !is_blank;
            let pad = if is_padded { " " } else { "" };
            spans.extend(["`", pad, span, pad, "`"]);
        }
        let mut others = after.chars();
        match others.next() {
            Some('`') => spans.push_str("&#96;"),
            Some('|') => spans.push_str("&#124;"),
            _ => {}
        }
        rest = others.as_str();
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_words() {
        for text in [
            "The signature is genuine (your key), but it expired 3 days ago.",
            "As of 2026-11-21T22:40:13Z; RFC 8725 \u{A7}3.10, bytes 60..92",
            "Reject: expired, and/or 1.5 % \u{201C}quoted\u{201D}",
        ] {
            assert_eq!(escaped(text), text);
        }
    }

    #[test]
    fn what_a_renderer_could_take_for_more_is_code() {
        for (text, expected) in [
            ("see <b>", "see `<b>`"),
            (
                "\u{201C}https://evil.example/a_b\u{201D}, then",
                "\u{201C}`https://evil.example/a_b`\u{201D}, then",
            ),
            ("evil.example", "`evil.example`"),
            ("www.evil.example.", "`www.evil.example`."),
            (
                "ping @someone #12 :smile:",
                "ping `@someone` `#12` `:smile`:",
            ),
            ("[x](y) *a* _b_", "`[x](y`) `*a*` `_b_`"),
            ("a|b`c", "`a`&#124;`b`&#96;`c`"),
            ("a\u{202E}b", "`a\\u{202E}b`"),
            ("one\ntwo", "`one\\ntwo`"),
            ("&lt;", "`&lt`;"),
        ] {
            assert_eq!(escaped(text), expected, "{text}");
        }
    }

    #[test]
    fn no_line_begins_more_than_a_paragraph() {
        for (text, expected) in [
            ("1. one", "1\\. one"),
            ("2) two", "2\\) two"),
            ("- three", "\\- three"),
            ("+ four", "\\+ four"),
            ("=== five", "\\=== five"),
            ("--- six", "\\--- six"),
            ("2026 seven", "2026 seven"),
        ] {
            assert_eq!(paragraph(text), expected);
        }
    }

    #[test]
    fn code_holds_backticks_bars_and_spaces() {
        assert_eq!(code("``"), "&#96;&#96;");
        assert_eq!(code("a | b | c"), "`a `&#124;`  b  `&#124;` c`");
        assert_eq!(code(r"\"), r"`\`");
        assert_eq!(code(""), "");
    }
}
