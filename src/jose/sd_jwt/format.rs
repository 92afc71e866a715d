//! The form of an SD-JWT: where payload or text break it, and the text that a key binding is made over.

use zeroize::Zeroizing;

use super::Place;

/// A departure from the form of RFC 9901 section 4 in the payload or in a disclosed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatFault {
    /// What it is.
    pub kind: FormatFaultKind,
    /// Where; `None` where there is nothing to point at.
    pub place: Option<Place>,
}

/// The kinds of fault. `Display` says what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatFaultKind {
    /// An element of `_sd`, or what `...` holds, is no text (RFC 9901 sections 4.2.4.1 and 4.2.4.2).
    #[error("expected a digest as string, found {found}")]
    DigestNotString {
        /// The kind of value it is.
        found: &'static str,
    },
    /// `_sd` holds no array (RFC 9901 section 4.2.4.1).
    #[error("expected an array of digests in _sd, found {found}")]
    DigestsNotArray {
        /// The kind of value it is.
        found: &'static str,
    },
    /// `_sd_alg` stands below the top of the payload (RFC 9901 section 4.1.1).
    #[error("expected _sd_alg at the top of the payload only, found it elsewhere")]
    HashNameMisplaced,
    /// `_sd_alg` is no text (RFC 9901 section 4.1.1).
    #[error("expected the name of a hash function as string in _sd_alg, found {found}")]
    HashNameNotString {
        /// The kind of value it is.
        found: &'static str,
    },
    /// The payload is no JSON object (RFC 9901 section 4.1).
    #[error("expected a JSON object as payload, found {found}")]
    PayloadNotObject {
        /// What it is.
        found: &'static str,
    },
    /// `...` stands in an object that is no array's element (RFC 9901 section 4.1, rule 7).
    #[error("expected \u{201C}...\u{201D} in an element of an array only, found it as a claim")]
    PlaceholderMisplaced,
    /// An array's element holds other members beside `...` (RFC 9901 section 4.2.4.2).
    #[error("expected nothing beside \u{201C}...\u{201D}, found {members} members")]
    PlaceholderNotAlone {
        /// How many members there are.
        members: usize,
    },
}

/// What follows the last tilde.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending<'a> {
    /// Characters that are no JWS: a cut disclosure, or an SD-JWT without its last tilde (RFC 9901 section 4).
    Cut(&'a str),
    /// A key binding JWT.
    KeyBinding(&'a str),
    /// Nothing: an SD-JWT without key binding.
    Nothing,
}

/// What follows the last tilde of a compact SD-JWT; `None` where there is no tilde.
pub fn ending(text: &str) -> Option<Ending<'_>> {
    let (_, last) = text.rsplit_once('~')?;
    Some(match last.bytes().filter(|&byte| byte == b'.').count() {
        0 if last.is_empty() => Ending::Nothing,
        2 => Ending::KeyBinding(last),
        _ => Ending::Cut(last),
    })
}

/// The characters that a key binding's `sd_hash` is made over: all up to the last tilde, that included (RFC 9901 section 4.3.1).
pub fn hashed_text(text: &str) -> Option<&str> {
    text.get(..=text.rfind('~')?)
}

/// The same of a token in JSON form, as RFC 9901 section 8.1 has it put together: the encoded protected header, payload and
/// signature, and the disclosures in their order.
pub fn compact_form<'a>(
    protected: &str,
    payload: &str,
    signature: &str,
    disclosures: impl IntoIterator<Item = &'a str>,
) -> Zeroizing<String> {
    let mut text = Zeroizing::new([protected, ".", payload, ".", signature, "~"].concat());
    for disclosure in disclosures {
        text.push_str(disclosure);
        text.push('~');
    }
    text
}

/// Whether an `alg` proves nothing about who signed: none, or a MAC, which whoever verifies can make (RFC 9901 sections 4.1, 4.3
/// and 9.1).
pub fn is_open(alg: &str) -> bool {
    let is_mac = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    alg.eq_ignore_ascii_case("none") || alg.strip_prefix("HS").is_some_and(is_mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_tilde_divides() {
        for (text, expected, hashed) in [
            ("a.b.c", None, None),
            ("a.b.c~", Some(Ending::Nothing), Some("a.b.c~")),
            ("a.b.c~d~", Some(Ending::Nothing), Some("a.b.c~d~")),
            ("a.b.c~d", Some(Ending::Cut("d")), Some("a.b.c~")),
            ("a.b.c~d~e.f", Some(Ending::Cut("e.f")), Some("a.b.c~d~")),
            (
                "a.b.c~d~e.f.g",
                Some(Ending::KeyBinding("e.f.g")),
                Some("a.b.c~d~"),
            ),
        ] {
            assert_eq!(
                (ending(text), hashed_text(text)),
                (expected, hashed),
                "{text}"
            );
        }
        assert_eq!(compact_form("a", "b", "c", []).as_str(), "a.b.c~");
        assert_eq!(
            compact_form("a", "b", "c", ["d", "e"]).as_str(),
            "a.b.c~d~e~"
        );
    }
}
