//! Text from a token, made safe to show.
//!
//! Control, bidi and zero-width characters can make a value look like another one. They are shown as
//! `\u{…}` and marked.

/// A stretch of shown text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What to show.
    pub text: String,
    /// Whether it stands for a character that would not be seen, or would move others.
    pub escaped: bool,
}

/// Whether a character must be shown escaped.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || character >= '\u{AD}'
            && matches!(character,
                '\u{00AD}' // soft hyphen
                | '\u{034F}' // combining grapheme joiner
                | '\u{061C}' // Arabic letter mark
                | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' // Hangul fillers
                | '\u{17B4}' | '\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}' // zero width, LRM, RLM
                | '\u{2028}'..='\u{202E}' // line separators, embeddings, overrides
                | '\u{2060}'..='\u{206F}' // word joiner, isolates
                | '\u{FE00}'..='\u{FE0F}' // variation selectors
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}' // tags, more variation selectors
            )
}

/// Cuts a text into what may be shown as it stands and what is shown escaped.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for character in text.chars() {
        let escaped = is_hidden(character);
        let at_end = match pieces.last_mut() {
            Some(piece) if piece.escaped == escaped => piece,
            _ => {
                pieces.push(Piece {
                    text: String::new(),
                    escaped,
                });
                let Some(piece) = pieces.last_mut() else {
                    continue;
                };
                piece
            }
        };
        if escaped {
            at_end.text.push_str(&escape(character));
        } else {
            at_end.text.push(character);
        }
    }
    pieces
}

/// The text with every hidden character escaped.
pub fn visible(text: &str) -> String {
    if !text.contains(is_hidden) {
        return text.to_owned();
    }
    pieces(text).into_iter().map(|piece| piece.text).collect()
}

fn escape(character: char) -> String {
    match character {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        _ => format!("\\u{{{:04X}}}", u32::from(character)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_shown_and_the_rest_is_left_alone() {
        assert_eq!(visible("jane.doe é 漢 🙂"), "jane.doe é 漢 🙂");
        assert_eq!(
            visible("a\u{202E}b\u{200B}c\nd\0"),
            "a\\u{202E}b\\u{200B}c\\nd\\u{0000}"
        );
        let marked: Vec<_> = pieces("a\u{202E}b")
            .into_iter()
            .map(|piece| piece.escaped)
            .collect();
        assert_eq!(marked, [false, true, false]);
    }
}
