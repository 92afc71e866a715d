//! What a key id may smuggle into whatever looks it up (catalogue 1.3).

use std::borrow::Cow;

use super::{
    Confidence, Finding, ProfileName, Rule, Ruling, Severity, Subject, header_evidence,
    signature::signature,
};
use crate::jose::json::Json;
use crate::jose::visible::{is_hidden, visible};
use crate::verify::KnownSecret;

/// Key ids are looked at up to this length in bytes.
const MAX_KID: usize = 1 << 16;

/// The key id, where it is a text and stands for itself: an address of a key is another matter.
fn plain_kid<'a>(subject: &Subject<'a>) -> Option<&'a str> {
    let kid = subject.case.token.parameter("kid")?.str()?;
    let kid = kid.get(..MAX_KID).unwrap_or(kid);
    (!is_did(kid)).then_some(kid)
}

/// Whether there are no signs in it, and so no query and no command.
fn is_word(kid: &str) -> bool {
    kid.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

fn is_did(kid: &str) -> bool {
    kid.starts_with("did:")
}

fn is_url(kid: &str) -> bool {
    kid.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// The text as it stands, and after one and two rounds of percent-decoding.
fn decodings(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    for _ in 0..2 {
        let Some(Cow::Owned(decoded)) = all.last().map(|last| percent_decoded(last)) else {
            break;
        };
        all.push(decoded);
    }
    all
}

/// The text with `%xx` decoded; borrowed when there is none.
pub(super) fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut changed = false;
    while let Some((&first, after)) = rest.split_first() {
        let hex = |at: usize| char::from(*after.get(at)?).to_digit(16);
        let value = (first == b'%').then(|| hex(0)?.checked_mul(16)?.checked_add(hex(1)?));
        if let Some(value) = value.flatten().and_then(|value| u8::try_from(value).ok()) {
            bytes.push(value);
            rest = after.get(2..).unwrap_or_default();
            changed = true;
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    if changed {
        Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
    } else {
        Cow::Borrowed(text)
    }
}

/// A pattern in the key id.
fn pattern(
    subject: &Subject<'_>,
    rule: &'static str,
    (severity, confidence): (Severity, Confidence),
    (title, detail): (&str, String),
    (remedy, references): (&str, Vec<&'static str>),
) -> Finding {
    Finding {
        rule,
        severity,
        confidence,
        title: title.to_owned(),
        detail,
        remedy: remedy.to_owned(),
        references,
        evidence: header_evidence(subject, "kid"),
        refusal: None,
    }
}

/// `kid-path-traversal`: a key id shaped like the path of a file.
pub(super) struct KidPathTraversal;

impl Rule for KidPathTraversal {
    fn id(&self) -> &'static str {
        "kid-path-traversal"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(kid) = plain_kid(subject).filter(|kid| !is_url(kid)) else {
            return Ruling::Ran(Vec::new());
        };
        let found = decodings(kid).iter().find_map(|kid| path_shape(kid));
        let is_empty_key = signature(subject)
            .and_then(|proof| proof.key.as_ref()?.known)
            .is_some_and(|known| known == KnownSecret::Empty);
        Ruling::from(found.map(|found| {
            let (grade, more) = if is_empty_key {
                (
                    (Severity::Critical, Confidence::Proven),
                    " And this token is signed with an empty secret: it points a verifier to an empty file.",
                )
            } else {
                ((Severity::High, Confidence::Likely), "")
            };
            let detail = format!(
                "The key id {found}. A verifier that builds a file name from it reads whatever file the sender names as the key.{more}"
            );
            pattern(
                subject,
                self.id(),
                grade,
                ("Key id shaped like a file path", detail),
                (
                    "Look the key id up in a table; never build a path from it.",
                    vec!["RFC 8725 \u{A7}3.10", "CWE-22", "CWE-73"],
                ),
            )
        }))
    }
}

/// Files and folders that attacks name.
const WELL_KNOWN: [&str; 3] = ["/dev/null", "/proc/", "/etc/"];

fn path_shape(kid: &str) -> Option<&'static str> {
    let lower = kid.to_ascii_lowercase();
    let is_well_known = WELL_KNOWN.iter().any(|name| lower.contains(name));
    if kid.contains('\0') {
        return Some("holds a NUL, where some languages end a file name");
    }
    let mut elements = kid.split(['/', '\\']);
    if kid.contains(['/', '\\']) && elements.any(|element| element == "..") {
        return Some("climbs out of its folder (\u{201C}..\u{201D})");
    }
    if is_well_known || matches!(lower.as_str(), "nul" | "con") {
        return Some("names a device or a file of the system");
    }
    let mut characters = kid.chars();
    let has_drive = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && characters.next() == Some(':')
        && characters.next() == Some('\\');
    if has_drive || kid.starts_with('~') || kid.starts_with("\\\\") {
        return Some("begins like the path of a file");
    }
    (kid.starts_with('/') && !is_base64_thumbprint(kid)).then_some("begins like the path of a file")
}

/// Whether a text is as long as a SHA-1, SHA-256 or SHA-512 digest in standard base64, which may begin with a slash.
fn is_base64_thumbprint(kid: &str) -> bool {
    let body = kid.trim_end_matches('=');
    matches!(body.len(), 27 | 43 | 86)
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
}

/// `kid-sql-injection`: a key id shaped like SQL, or a filter of LDAP.
pub(super) struct KidSqlInjection;

impl Rule for KidSqlInjection {
    fn id(&self) -> &'static str {
        "kid-sql-injection"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(kid) = plain_kid(subject).filter(|kid| !is_word(kid)) else {
            return Ruling::Ran(Vec::new());
        };
        let found = decodings(kid)
            .iter()
            .find_map(|kid| ldap_shape(kid).or_else(|| sql_shape(kid)));
        Ruling::from(found.map(|found| {
            let detail = format!(
                "The key id holds {found}. A verifier that writes it into a query lets the sender choose which key comes back."
            );
            pattern(
                subject,
                self.id(),
                (Severity::High, Confidence::Likely),
                ("Key id shaped like a query", detail),
                (
                    "Look keys up with parameters, and allow letters, digits and dashes only.",
                    vec!["RFC 8725 \u{A7}3.10", "CWE-89", "CWE-90"],
                ),
            )
        }))
    }
}

pub(super) fn ldap_shape(kid: &str) -> Option<&'static str> {
    let is_it = ["*)(", ")(|", "\\2a"]
        .iter()
        .any(|piece| kid.to_ascii_lowercase().contains(piece));
    is_it.then_some("pieces of an LDAP filter")
}

/// Words of SQL that follow a quote in attacks; in lower case, one space between words.
const SQL_AFTER_QUOTE: [&str; 10] = [
    "union select",
    "union all select",
    ";",
    "--",
    "/*",
    "sleep(",
    "waitfor",
    "pg_sleep",
    "||",
    "benchmark(",
];

fn sql_shape(kid: &str) -> Option<&'static str> {
    let lower = kid.to_lowercase();
    let plain = one_spaced(&without_comments(&lower));
    if plain.contains(") or (") {
        return Some("a condition of SQL");
    }
    let after = |text: &str, opening: &[char]| -> Option<String> {
        let (_, rest) = text.split_once(opening)?;
        Some(rest.to_owned())
    };
    let quotes = ['\'', '"', '`'];
    // Comments count before they are taken out, and words after.
    for rest in [after(&lower, &quotes), after(&plain, &quotes)]
        .into_iter()
        .flatten()
    {
        if SQL_AFTER_QUOTE.iter().any(|word| rest.contains(word))
            || rest.trim_end().ends_with('#')
            || has_tautology(&rest)
        {
            return Some("a quote and words of SQL after it");
        }
    }
    let brackets = ['(', ')'];
    after(&lower, &brackets)
        .is_some_and(|rest| rest.contains("--"))
        .then_some("a bracket and a comment of SQL after it")
}

/// `or` or `and`, and a comparison after it: `or 1=1`, `and 'a'='a`.
fn has_tautology(text: &str) -> bool {
    let mut words =
        text.split(|character: char| character.is_whitespace() || "()".contains(character));
    let mut seen = false;
    words.any(|word| {
        let word = word.trim_start_matches(['\'', '"', '`']);
        if matches!(word, "or" | "and") {
            seen = true;
            return false;
        }
        seen && (word.contains('=') || word == "like" || word == "true")
    })
}

fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        plain.push(' ');
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

fn one_spaced(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// `kid-command-injection`: a key id shaped like a command or a template.
pub(super) struct KidCommandInjection;

impl Rule for KidCommandInjection {
    fn id(&self) -> &'static str {
        "kid-command-injection"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(kid) = plain_kid(subject).filter(|kid| !is_word(kid)) else {
            return Ruling::Ran(Vec::new());
        };
        let found = decodings(kid).iter().find_map(|kid| command_shape(kid));
        Ruling::from(found.map(|found| {
            let detail = format!(
                "The key id holds {found}. A verifier that hands it to a shell, a template or a header runs what the sender wrote."
            );
            pattern(
                subject,
                self.id(),
                (Severity::High, Confidence::Likely),
                ("Key id shaped like a command", detail),
                (
                    "Look the key id up in a table, and allow letters, digits and dashes only.",
                    vec!["CWE-78", "CWE-1336", "CWE-113"],
                ),
            )
        }))
    }
}

fn command_shape(kid: &str) -> Option<&'static str> {
    if ["{{", "<%", "#{", "${"]
        .iter()
        .any(|open| kid.contains(open))
    {
        return Some("the beginning of a template expression");
    }
    if kid.contains(['\r', '\n']) {
        return Some("a line break");
    }
    if kid.contains("$(") {
        return Some("a command to substitute");
    }
    // In the query of a URL these are separators.
    let kid = if is_url(kid) {
        kid.split_once('?').map_or(kid, |(before, _)| before)
    } else {
        kid
    };
    ["|", ";", "&&", "`"]
        .iter()
        .any(|sign| {
            kid.match_indices(sign).any(|(at, sign)| {
                let after = kid.get(at.saturating_add(sign.len())..).unwrap_or_default();
                after
                    .trim_start()
                    .starts_with(|next: char| next.is_alphanumeric() || "/._~".contains(next))
            })
        })
        .then_some("a sign of the shell with a word after it")
}

/// `kid-unusual`: a key id that is an address, no text, or nothing that a person can read.
pub(super) struct KidUnusual;

/// A key id of more characters is unusual.
const MAX_USUAL: usize = 256;

impl Rule for KidUnusual {
    fn id(&self) -> &'static str {
        "kid-unusual"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(kid) = subject.header("kid") else {
            return Ruling::Ran(Vec::new());
        };
        if subject.profile.name == ProfileName::EntityStatement {
            return Ruling::Unconcerned;
        }
        Ruling::from(unusual(kid).map(|(severity, found)| {
            let detail = format!(
                "The key id {found}. Lookups, logs and pages may take it for something else than the name of a key."
            );
            pattern(
                subject,
                self.id(),
                (severity, Confidence::Certain),
                ("Unusual key id", detail),
                (
                    "Use short ids without meaning.",
                    vec!["RFC 7515 \u{A7}4.1.4", "CWE-20"],
                ),
            )
        }))
    }
}

fn unusual(kid: &Json) -> Option<(Severity, String)> {
    let Some(text) = kid.str() else {
        return Some((
            Severity::Medium,
            format!("is no string but of type {}", kid.kind()),
        ));
    };
    if is_did(text) {
        return None;
    }
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    if lower.starts_with("https://") || lower.starts_with("http://") {
        return Some((
            Severity::Medium,
            "is a URL, which a verifier may fetch".to_owned(),
        ));
    }
    if text.is_empty() {
        return Some((Severity::Low, "is empty".to_owned()));
    }
    if let Some(hidden) = text.chars().find(|character| is_hidden(*character)) {
        return Some((
            Severity::Low,
            format!(
                "holds a character that cannot be seen ({})",
                visible(&hidden.to_string())
            ),
        ));
    }
    let length = text.chars().count();
    (length > MAX_USUAL).then(|| (Severity::Low, format!("has {length} characters")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_decoded_twice_and_no_more() {
        assert_eq!(decodings("a"), ["a"]);
        assert_eq!(decodings("%2e"), ["%2e", "."]);
        assert_eq!(decodings("%252e%zz%"), ["%252e%zz%", "%2e%zz%", ".%zz%"]);
        assert_eq!(decodings("%25252e").len(), 3);
    }

    #[test]
    fn paths_and_what_only_looks_like_one() {
        for kid in [
            "../../key",
            "..\\key",
            "keys/..",
            "/var/keys/a",
            "~/.ssh/id",
            "\\\\host\\share",
            "C:\\keys",
            "a\0b",
            "/dev/null",
            "/DEV/NULL",
            "x/etc/passwd",
            "nul",
            "CON",
        ] {
            assert!(path_shape(kid).is_some(), "{kid:?}");
        }
        for kid in [
            "a..b",
            "..",
            "projects/x/keyRings/y",
            "arn:aws:kms:eu-west-1:1:key/2",
            "console",
            "2026/09",
            "/jNqhO2mGt9pVmHXb0hpYvlKyb3kdqwlF2GDkGrQ0Ls=",
            "a~b",
        ] {
            assert!(path_shape(kid).is_none(), "{kid:?}");
        }
    }

    #[test]
    fn queries_and_what_only_looks_like_one() {
        for kid in [
            "x' UNION SELECT 'key",
            "x'/**/union/**/select 1",
            "x' or 1=1",
            "x' or 'a'='a",
            "x\" and 1=1",
            "a'; drop",
            "a'--",
            "a' #",
            "a`||b",
            "a') OR ('b",
            "1) OR (1",
            "x)--",
            "'sleep(5)",
            "*)(uid=*",
            "a)(|b",
            "a\\2A",
        ] {
            assert!(
                ldap_shape(kid).or_else(|| sql_shape(kid)).is_some(),
                "{kid:?}"
            );
        }
        for kid in [
            "o'brien",
            "a--b",
            "key-2026--09",
            "union select",
            "or 1=1",
            "o'brien and sons",
            "(a)",
        ] {
            assert!(
                ldap_shape(kid).or_else(|| sql_shape(kid)).is_none(),
                "{kid:?}"
            );
        }
    }

    #[test]
    fn commands_and_what_only_looks_like_one() {
        for kid in [
            "|id",
            "a; cat x",
            "a && ls",
            "`id`",
            "$(id)",
            "${x}",
            "a\nb",
            "a\r\nSet-Cookie: b",
            "{{7*7}}",
            "<%= 1 %>",
            "#{1}",
            "${jndi:ldap://x}",
        ] {
            assert!(command_shape(kid).is_some(), "{kid:?}");
        }
        for kid in [
            "a&b",
            "https://a.example/k?x=1&y=2;z=3",
            "key;",
            "a|",
            "a#b",
            "2026-09",
        ] {
            assert!(command_shape(kid).is_none(), "{kid:?}");
        }
    }
}
