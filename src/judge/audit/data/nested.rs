//! Tokens in claims (catalogue 1.8).

use super::names::Name;
use super::{Text, What, evidence, kind, listed, readers, ruling};
use crate::jose::{Kind, Token};
use crate::judge::audit::{Confidence, Finding, Rule, Ruling, Severity, Subject};

/// `data-nested-token`: another token inside of a claim.
pub(in super::super) struct DataNestedToken;

/// Where the specification of a claim puts a token.
const BY_DESIGN: [&str; 13] = [
    "vp",
    "vc",
    "verifiablecredential",
    "trustmark",
    "trustchain",
    "jwt",
    "events",
    "keyattestation",
    "attestation",
    "idtokenhint",
    "delegation",
    "request",
    "rcdi",
];

/// How opaque bearer tokens of common services begin, and how long they are at least.
const OPAQUE: [(&str, usize); 3] = [("ya29.", 30), ("1//0", 30), ("EAA", 60)];

/// A longer text is taken for a token without reading it.
const MAX_READ: usize = 1 << 13;

impl Rule for DataNestedToken {
    fn id(&self) -> &'static str {
        "data-nested-token"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        ruling(
            subject,
            |what| matches!(what, What::Nested(_)),
            |seen| {
                let words = listed(seen.iter().filter_map(|sight| match sight.what {
                    What::Nested(words) => Some(words),
                    _ => None,
                }));
                Finding {
                    rule: self.id(),
                    severity: Severity::Medium,
                    confidence: Confidence::Likely,
                    title: format!("Another token in a claim ({words})"),
                    detail: format!(
                        "Whoever is handed this token is handed that one too, and may use it where it is valid. {}",
                        readers(subject)
                    ),
                    remedy: "Exchange tokens (RFC 8693) rather than wrap them; open the claim\u{2019}s value by itself to judge it.".to_owned(),
                    references: vec!["RFC 8693 \u{A7}1", "CWE-522"],
                    evidence: evidence(seen),
                    refusal: None,
                }
            },
        )
    }
}

/// What a text is, where its name is not one for tokens.
pub(super) fn in_text(name: &Name, text: &Text<'_>) -> Option<What> {
    let words = token(text).or_else(|| opaque(text.whole))?;
    (!name.is_one_of(&BY_DESIGN)).then_some(What::Nested(words))
}

fn token(text: &Text<'_>) -> Option<&'static str> {
    // A header is an object, so its first character is a brace, and that of the text an `e`.
    if !text.has(kind::DOT)
        || !text.whole.starts_with('e')
        || text.whole.matches('.').nth(1).is_none()
    {
        return None;
    }
    if text.whole.len() > MAX_READ {
        return text.whole.starts_with("ey").then_some("a token");
    }
    let token = Token::nested(text.whole.as_bytes())?;
    Some(match token.kind {
        Kind::Jwe => "an encrypted token",
        Kind::SdJwt => "an SD-JWT",
        _ => "a signed token",
    })
}

fn opaque(text: &str) -> Option<&'static str> {
    let is_word = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte))
    };
    let mut all = OPAQUE.iter();
    all.any(|(start, least)| text.starts_with(start) && text.len() >= *least && is_word(text))
        .then_some("an opaque token")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: &str, text: &str) -> Option<&'static str> {
        match in_text(&Name::new(name), &Text::new(text)) {
            Some(What::Nested(words)) => Some(words),
            _ => None,
        }
    }

    #[test]
    fn tokens_are_seen_where_no_specification_puts_them() {
        let signed = "eyJhbGciOiJIUzI1NiJ9.e30.AAAA";
        assert_eq!(seen("upstream", signed), Some("a signed token"));
        assert_eq!(
            seen(
                "upstream",
                "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AA.AA"
            ),
            Some("an encrypted token")
        );
        let opaque = "ya29.a0AfH6SMBx0123456789abcdefghij";
        assert_eq!(seen("upstream", opaque), Some("an opaque token"));
        for name in ["trust_mark", "JWT", "id_token_hint", "vp"] {
            assert_eq!(seen(name, signed), None, "{name}");
        }
        for text in [
            "e.g. this. and that",
            "eyes.on.you",
            "example.a.b",
            "ya29.",
            "1//0 or so",
        ] {
            assert_eq!(seen("x", text), None, "{text}");
        }
    }
}
