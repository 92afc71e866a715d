//! What is typed to find tokens among many: words, and `alg:none`, `issuer:"a b"`, `-verdict:accept`, with `or` between
//! alternatives.

/// What a term looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Alg,
    Any,
    Finding,
    Issuer,
    Key,
    Kind,
    Name,
    Source,
    Subject,
    Verdict,
    Where,
}

impl Field {
    /// What stands before the colon.
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "alg" => Self::Alg,
            "finding" | "reason" => Self::Finding,
            "iss" | "issuer" => Self::Issuer,
            "key" | "kid" => Self::Key,
            "kind" => Self::Kind,
            "name" => Self::Name,
            "file" | "source" => Self::Source,
            "sub" | "subject" => Self::Subject,
            "is" | "verdict" => Self::Verdict,
            "where" => Self::Where,
            _ => return None,
        })
    }
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) field: Field,
    /// In lower case.
    pub(super) text: String,
    pub(super) is_negated: bool,
}

/// Alternatives, of each of which all terms must hold. None: everything is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query(Vec<Vec<Term>>);

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        let mut alternatives = vec![Vec::new()];
        for word in words(text) {
            match term(&word) {
                None => alternatives.push(Vec::new()),
                Some(term) => {
                    if let Some(last) = alternatives.last_mut() {
                        last.push(term);
                    }
                }
            }
        }
        // An `or` with nothing beside it says nothing.
        alternatives.retain(|terms| !terms.is_empty());
        Self(alternatives)
    }

    /// Whether what is looked at meets it. `holds`: whether a field holds a text.
    pub(super) fn is_met(&self, mut holds: impl FnMut(Field, &str) -> bool) -> bool {
        let mut is_met = |term: &Term| holds(term.field, &term.text) != term.is_negated;
        self.0.is_empty() || self.0.iter().any(|terms| terms.iter().all(&mut is_met))
    }
}

/// A word that asks for exactly this value of a field.
pub(in crate::window) fn asking(field: &str, value: &str) -> String {
    if value.contains(char::is_whitespace) || value.is_empty() {
        format!("{field}:\"{value}\"")
    } else {
        format!("{field}:{value}")
    }
}

/// The words; white space in quotes is part of one.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut is_quoted = false;
    for character in text.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            _ if character.is_whitespace() && !is_quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(character),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// What a word asks for; `None` for `or`.
fn term(word: &str) -> Option<Term> {
    if word.eq_ignore_ascii_case("or") {
        return None;
    }
    let (is_negated, word) = match word.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, word),
    };
    let field = word
        .split_once(':')
        .and_then(|(name, value)| Some((Field::of(&name.to_lowercase())?, value)));
    // An address has a colon too.
    let (field, text) = field.unwrap_or((Field::Any, word));
    Some(Term {
        field,
        text: text.to_lowercase(),
        is_negated,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(query: &str, alg: &str, issuer: &str) -> bool {
        Query::parse(query).is_met(|field, text| match field {
            Field::Alg => alg.contains(text),
            Field::Issuer => issuer.contains(text),
            Field::Any => alg.contains(text) || issuer.contains(text),
            _ => false,
        })
    }

    #[test]
    fn all_words_must_hold_and_one_of_the_alternatives() {
        for (query, is_found) in [
            ("", true),
            ("  ", true),
            ("rs256", true),
            ("RS256 a.example", true),
            ("rs256 b.example", false),
            ("alg:RS256", true),
            ("alg:a.example", false),
            ("iss:https://a.example", true),
            ("https://a.example", true),
            ("-alg:none", true),
            ("-rs256", false),
            ("alg:none or alg:rs256", true),
            ("alg:none OR iss:b", false),
            ("or", true),
            ("or alg:none", false),
            ("alg:none or", false),
            ("\"rs256\"", true),
            ("iss:\"a b\"", false),
            ("-", false),
        ] {
            assert_eq!(
                finds(query, "rs256", "https://a.example"),
                is_found,
                "{query}"
            );
        }
        assert!(finds(&asking("issuer", "a b"), "", "the a b c"));
        assert!(!finds(&asking("issuer", "a b"), "", "the a c"));
    }
}
