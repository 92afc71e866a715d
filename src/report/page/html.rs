//! A report as one HTML file: no script, nothing from elsewhere, and a policy in its head that would let neither in.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Columns, Fact, Line, Page, Told, result, sign};
use crate::jose::visible::visible;
use crate::judge::words::capitalised;
use crate::judge::{ToldCheck, VerdictOutcome};

/// How it looks: light, dark, narrow and printed.
const STYLE: &str = include_str!("report.css");

/// A file of HTML.
pub(in crate::report) struct Html<'w> {
    out: &'w mut dyn Write,
    /// Whether a part was begun.
    is_in_part: bool,
}

impl<'w> Html<'w> {
    pub(in crate::report) fn new(out: &'w mut dyn Write) -> Self {
        Self {
            out,
            is_in_part: false,
        }
    }

    fn leave_part(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_in_part) {
            writeln!(self.out, "</section>")?;
        }
        Ok(())
    }

    /// A paragraph after a word that says what it is.
    fn named(&mut self, name: &str, text: &str) -> io::Result<()> {
        writeln!(
            self.out,
            "<p><strong>{name}:</strong> {}</p>",
            escaped(text)
        )
    }
}

impl Page for Html<'_> {
    fn title(&mut self, title: &str, about: &str) -> io::Result<()> {
        let title = escaped(title);
        write!(
            self.out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <h1>{title}</h1>\n<p class=\"about\">{}</p>\n",
            escaped(about)
        )
    }

    fn part(&mut self, title: &str, anchor: &str) -> io::Result<()> {
        self.leave_part()?;
        self.is_in_part = true;
        let (anchor, title) = (escaped(anchor), escaped(title));
        writeln!(self.out, "<section id=\"{anchor}\">\n<h2>{title}</h2>")
    }

    fn overview(&mut self, tokens: &[Line], parts: &[(&str, &str)]) -> io::Result<()> {
        writeln!(
            self.out,
            "<nav aria-label=\"Contents\">\n<table class=\"overview\">\n<thead><tr><th scope=\"col\">Token</th><th scope=\"col\">Verdict</th>\
             <th scope=\"col\">Findings</th><th scope=\"col\">Found</th></tr></thead>\n<tbody>"
        )?;
        for token in tokens {
            let Line {
                anchor,
                title,
                outcome,
                headline,
                found,
                findings,
            } = token;
            writeln!(
                self.out,
                "<tr><td><a href=\"#{}\">{}</a></td><td class=\"{}\">{} {}</td><td>{}</td><td>{}</td></tr>",
                escaped(anchor),
                escaped(title),
                outcome.name(),
                sign(*outcome),
                escaped(headline),
                escaped(findings),
                escaped(found)
            )?;
        }
        let parts = parts.iter().map(|(title, anchor)| {
            let (title, anchor) = (escaped(title), escaped(anchor));
            format!("<a href=\"#{anchor}\">{title}</a>")
        });
        let parts: Vec<String> = parts.collect();
        let parts = parts.join(", ");
        writeln!(self.out, "</tbody>\n</table>\n<p>{parts}</p>\n</nav>")
    }

    fn verdict(
        &mut self,
        outcome: VerdictOutcome,
        headline: &str,
        explanation: &str,
    ) -> io::Result<()> {
        let (name, sign) = (outcome.name(), sign(outcome));
        writeln!(
            self.out,
            "<p class=\"verdict {name}\">{sign} {}</p>",
            escaped(headline)
        )?;
        self.prose(explanation)
    }

    fn section(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out, "<h3>{}</h3>", escaped(title))
    }

    fn prose(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "<p>{}</p>", escaped(text))
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        self.prose(text)
    }

    fn items(&mut self, items: &[String]) -> io::Result<()> {
        writeln!(self.out, "<ul>")?;
        for item in items {
            writeln!(self.out, "<li>{}</li>", escaped(item))?;
        }
        writeln!(self.out, "</ul>")
    }

    fn verbatim(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "<p><code>{}</code></p>", escaped(text))
    }

    fn facts(&mut self, facts: &[Fact]) -> io::Result<()> {
        writeln!(self.out, "<table class=\"facts\">\n<tbody>")?;
        for Fact { name, lines } in facts {
            let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
            let (name, lines) = (escaped(name), lines.join("<br>"));
            writeln!(
                self.out,
                "<tr><th scope=\"row\">{name}</th><td>{lines}</td></tr>"
            )?;
        }
        writeln!(self.out, "</tbody>\n</table>")
    }

    fn table(&mut self, columns: Columns, rows: &[[String; 3]]) -> io::Result<()> {
        let columns = columns.map(|column| format!("<th scope=\"col\">{}</th>", escaped(column)));
        writeln!(
            self.out,
            "<table class=\"members\">\n<thead><tr>{}</tr></thead>\n<tbody>",
            columns.concat()
        )?;
        for [name, value, note] in rows {
            writeln!(
                self.out,
                "<tr><th scope=\"row\"><code>{}</code></th><td><code>{}</code></td><td>{}</td></tr>",
                escaped(name),
                escaped(value),
                escaped(note)
            )?;
        }
        writeln!(self.out, "</tbody>\n</table>")
    }

    fn checks(&mut self, checks: &[ToldCheck]) -> io::Result<()> {
        writeln!(
            self.out,
            "<table class=\"checks\">\n<thead><tr><th scope=\"col\">Result</th><th scope=\"col\">Check</th><th scope=\"col\">What was seen</th></tr></thead>\n<tbody>"
        )?;
        for check in checks {
            writeln!(
                self.out,
                "<tr><td class=\"{}\">{}</td><th scope=\"row\">{}</th><td>{}</td></tr>",
                check.result.name(),
                result(check),
                escaped(&check.title),
                escaped(&check.text)
            )?;
        }
        writeln!(self.out, "</tbody>\n</table>")
    }

    fn finding(&mut self, told: &Told<'_>) -> io::Result<()> {
        let finding = told.finding;
        let severity = finding.severity.name();
        writeln!(
            self.out,
            "<article class=\"finding\">\n<h4><span class=\"{severity}\">{}:</span> {}</h4>\n<p class=\"rule\">Rule <code>{}</code>, {}</p>",
            capitalised(severity),
            escaped(&finding.title),
            escaped(finding.rule),
            finding.confidence.name()
        )?;
        if let Some(note) = told.note {
            self.named("Dismissed", note)?;
        }
        if let Some(elsewhere) = &told.elsewhere {
            self.prose(elsewhere)?;
        } else {
            self.prose(&finding.detail)?;
            self.named("What to do", &finding.remedy)?;
            if !told.places.is_empty() {
                self.named("Evidence", &told.places.join("; "))?;
            }
            if !finding.references.is_empty() {
                self.named("References", &finding.references.join(", "))?;
            }
        }
        writeln!(self.out, "</article>")
    }

    fn end(&mut self) -> io::Result<()> {
        self.leave_part()?;
        writeln!(self.out, "</main>\n</body>\n</html>")
    }
}

/// A text between tags, or between double quotes.
fn escaped(text: &str) -> String {
    let text = visible(text);
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Not a character of HTML.
            _ if is_noncharacter(character) => {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{{{:04X}}}", u32::from(character));
            }
            _ => safe.push(character),
        }
    }
    safe
}

fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_element_or_attribute() {
        assert_eq!(
            escaped("</style><script a='b' c=\"d\">&amp;\u{202E}\u{FFFF}"),
            "&lt;/style&gt;&lt;script a=&#39;b&#39; c=&quot;d&quot;&gt;&amp;amp;\\u{202E}\\u{FFFF}"
        );
    }
}
