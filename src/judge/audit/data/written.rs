//! Values that readers see otherwise than they are written (catalogue 1.11).

use super::names::Name;
use super::{At, Path, Text, What, evidence, kind, listed, ruling};
use crate::jose::json::Number;
use crate::jose::registry;
use crate::jose::visible::{is_hidden, visible};
use crate::judge::audit::{Confidence, Finding, Rule, Ruling, Severity, Subject};

/// `text-bidi`: characters that do not show, or that move others.
pub(in super::super) struct TextBidi;

impl Rule for TextBidi {
    fn id(&self) -> &'static str {
        "text-bidi"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        ruling(
            subject,
            |what| what == What::Hidden,
            |seen| {
                let names: Vec<String> = seen.iter().map(|sight| visible(&sight.name)).collect();
                Finding {
                    rule: self.id(),
                    severity: Severity::Low,
                    confidence: Confidence::Certain,
                    title: format!(
                        "Characters that do not show ({})",
                        listed(names.iter().map(String::as_str))
                    ),
                    detail: "Control, zero-width or direction characters stand in the text, so that it is not what it looks like on a screen, and two that look alike differ.".to_owned(),
                    remedy: "Refuse such characters where names are entered, and show them escaped.".to_owned(),
                    references: vec!["RFC 8725 \u{A7}3.7", "CWE-451"],
                    evidence: evidence(seen),
                    refusal: None,
                }
            },
        )
    }
}

/// `json-number-imprecise`: a number that some readers change.
pub(in super::super) struct JsonNumberImprecise;

impl Rule for JsonNumberImprecise {
    fn id(&self) -> &'static str {
        "json-number-imprecise"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        ruling(
            subject,
            |what| matches!(what, What::Imprecise(_)),
            |seen| {
                let how = listed(seen.iter().filter_map(|sight| match sight.what {
                    What::Imprecise(how) => Some(how),
                    _ => None,
                }));
                Finding {
                    rule: self.id(),
                    severity: Severity::Low,
                    confidence: Confidence::Certain,
                    title: format!("A number that some readers change ({how})"),
                    detail: "Many readers hold numbers as doubles: they round such a value or write it otherwise, and then two readers of one token disagree about it.".to_owned(),
                    remedy: "Write identifiers and large numbers as strings.".to_owned(),
                    references: vec!["RFC 8259 \u{A7}6", "CWE-681"],
                    evidence: evidence(seen),
                    refusal: None,
                }
            },
        )
    }
}

/// Readers expect no more objects and arrays in each other than this.
pub(super) const USUAL_DEPTH: usize = 32;

/// `json-depth`: nested deeper than readers expect.
pub(in super::super) struct JsonDepth;

impl Rule for JsonDepth {
    fn id(&self) -> &'static str {
        "json-depth"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        ruling(
            subject,
            |what| what == What::Deep,
            |seen| {
                Finding {
                rule: self.id(),
                severity: Severity::Low,
                confidence: Confidence::Certain,
                title: format!("Nested deeper than {USUAL_DEPTH} levels"),
                detail: "Readers have limits for nesting, and each its own: some refuse the token, and some run out of stack.".to_owned(),
                remedy: "Write flat claims, and set a limit on reading.".to_owned(),
                references: vec!["RFC 8259 \u{A7}9", "CWE-674"],
                evidence: evidence(seen),
                refusal: None,
            }
            },
        )
    }
}

/// Whether a text has characters that do not show.
pub(super) fn in_text(text: &Text<'_>) -> Option<What> {
    if !text.has(kind::ODD) {
        return None;
    }
    let mut before = ' ';
    let mut characters = text.whole.chars();
    let is_there = characters.any(|character| {
        // Lines and tabs are what they are, and scripts and emoji beyond ASCII need joiners and selectors.
        let is_plain = matches!(character, '\n' | '\r' | '\t')
            || !before.is_ascii()
                && matches!(character, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}');
        before = character;
        !is_plain && is_hidden(character)
    });
    is_there.then_some(What::Hidden)
}

/// The last integer up to which a double holds all, 2^53.
const EXACT: u64 = 1 << 53;

/// What readers change of a number. Of times other rules speak.
pub(super) fn in_number(at: &At<'_>, name: &Name, number: &Number) -> Option<What> {
    let text = number.text.as_str();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_integer = digits.bytes().all(|byte| byte.is_ascii_digit());
    let what = if text == "-0" {
        "minus zero"
    } else if is_integer && digits.len() >= 16 && digits.parse().map_or(true, |n: u64| n > EXACT) {
        "beyond 2^53"
    } else if !is_integer && digits.contains(['e', 'E']) && name.is_identifier() {
        "an identifier with an exponent"
    } else {
        return None;
    };
    let is_top = matches!(at.path, Path::Member(Path::Root, _));
    let is_time = is_top && registry::is_numeric_date(at.name);
    (!is_time).then_some(What::Imprecise(what))
}
