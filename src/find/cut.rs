//! Marks that say that a token was cut when it was written down.

/// What stands in the place of the rest, in lower case.
const MARKS: [&[u8]; 16] = [
    "\u{2026}".as_bytes(),
    b"...",
    b"***",
    b"[...",
    "[\u{2026}".as_bytes(),
    b"[cut",
    b"[filtered",
    b"[redacted",
    b"[signature",
    b"[snip",
    b"[truncated",
    b"(truncated",
    b"<redacted",
    b"<signature",
    b"<snip",
    b"<truncated",
];

/// Whether a text begins with a mark that says that what stands before it was cut.
pub(super) fn begins_with_mark(text: &[u8]) -> bool {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    MARKS.iter().any(|mark| {
        text.get(..mark.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(mark))
    })
}

/// The text before a mark at its end.
pub(super) fn before_mark(text: &[u8]) -> Option<&[u8]> {
    let rest = text
        .strip_suffix("\u{2026}".as_bytes())
        .or_else(|| text.strip_suffix(b"..."))?;
    // What ends with more dots than that is no ellipsis.
    (!rest.ends_with(b"..")).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::tests::{found, jws};

    #[test]
    fn a_cut_token_is_found_without_its_mark() {
        let token = jws("HS256", 32);
        let (signed, _) = token.rsplit_once('.').unwrap();
        let short = &token[..token.len() - 9];
        for cut in [signed, short, &format!("{signed}.")] {
            for mark in [
                "\u{2026}",
                "...",
                "[truncated]",
                " [TRUNCATED 12 bytes]",
                "<redacted>",
                "***",
            ] {
                for text in [
                    format!("sent {cut}{mark} and"),
                    format!("sent {cut}{mark}\nmore"),
                ] {
                    let expected = (cut.to_owned(), vec!["cut-mark"]);
                    assert_eq!(found(&text), [expected], "{text}");
                }
            }
        }
        for mark in ["\u{2026}", "..."] {
            let alone = format!("{short}{mark}");
            assert_eq!(found(&alone), [(short.to_owned(), vec!["cut-mark"])]);
        }
    }

    #[test]
    fn a_finished_token_is_not_cut() {
        let token = jws("HS256", 32);
        for mark in ["\u{2026}", "...", " [truncated]"] {
            let all = found(&format!("sent {token}{mark} and"));
            assert_eq!(all[0].0, token);
            assert!(!all[0].1.contains(&"cut-mark"), "{mark}");
        }
    }

    #[test]
    fn only_an_ellipsis_ends_a_text() {
        assert_eq!(before_mark(b"a..."), Some(&b"a"[..]));
        assert_eq!(before_mark("a.\u{2026}".as_bytes()), Some(&b"a."[..]));
        assert_eq!(before_mark(b"a...."), Some(&b"a."[..]));
        assert_eq!(before_mark(b"a....."), None);
        assert_eq!(before_mark(b"a.."), None);
        assert!(!begins_with_mark(b" and"));
    }
}
