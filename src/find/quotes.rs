//! Quotes and white space that stand around a token.

/// Straight and typographic quotes.
const QUOTES: [&str; 15] = [
    "\"", "'", "`", "\u{AB}", "\u{BB}", "\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}", "\u{201C}",
    "\u{201D}", "\u{201E}", "\u{201F}", "\u{2039}", "\u{203A}",
];

/// White space, and what leaves none of it to see.
const BLANKS: [&str; 13] = [
    " ", "\t", "\n", "\r", "\x0B", "\x0C", "\0", "\u{A0}", "\u{200B}", "\u{2028}", "\u{2029}",
    "\u{3000}", "\u{FEFF}",
];

/// Without one quote at the beginning.
pub(super) fn strip_start(text: &[u8]) -> Option<&[u8]> {
    QUOTES
        .iter()
        .find_map(|quote| text.strip_prefix(quote.as_bytes()))
}

/// Without one quote at the end.
pub(super) fn strip_end(text: &[u8]) -> Option<&[u8]> {
    QUOTES
        .iter()
        .find_map(|quote| text.strip_suffix(quote.as_bytes()))
}

/// Without white space at the beginning.
pub(super) fn trim_start(mut text: &[u8]) -> &[u8] {
    while let Some(rest) = BLANKS
        .iter()
        .find_map(|blank| text.strip_prefix(blank.as_bytes()))
    {
        text = rest;
    }
    text
}

/// Without white space at the end.
pub(super) fn trim_end(mut text: &[u8]) -> &[u8] {
    while let Some(rest) = BLANKS
        .iter()
        .find_map(|blank| text.strip_suffix(blank.as_bytes()))
    {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_quote_and_all_white_space_go() {
        assert_eq!(strip_start("\u{201E}\"a".as_bytes()), Some(&b"\"a"[..]));
        assert_eq!(strip_end("a\u{201D}".as_bytes()), Some(&b"a"[..]));
        assert_eq!(strip_end(b"a"), None);
        assert_eq!(trim_start("\u{FEFF} \r\n\u{A0}a ".as_bytes()), b"a ");
        assert_eq!(trim_end(" a\0\n\u{200B}".as_bytes()), b" a");
    }
}
