//! The JSON shapes that registered names ask for.

use std::fmt;

use crate::jose::json::{Json, Value};

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape(Vec<Form>);

/// One of the forms that a value may have.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Elements of this form, or of any.
    Array(Option<Box<Self>>),
    /// A string in standard base64 (RFC 4648 section 4), as only `x5c` has it.
    Base64,
    /// A string in base64url without padding (RFC 7515 section 2).
    Base64url,
    /// true or false.
    Boolean,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// Seconds since 1970-01-01T00:00:00Z (RFC 7519 section 2).
    NumericDate,
    /// An object.
    Object,
    /// Any string.
    String,
    /// A string that begins like a URI (RFC 3986 section 3).
    Uri,
}

/// What a value is in place of what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// What was expected, and what was found: `expected a NumericDate, found a string`.
    pub words: String,
    /// Whether already the kind of JSON value is another one; otherwise only what the string says.
    pub is_kind: bool,
}

impl Shape {
    /// Reads `string or array<string>`. `None` for a form that is not known.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let forms: Option<Vec<Form>> = text.split(" or ").map(Form::parse).collect();
        forms.map(Self)
    }

    /// Anything at all.
    pub(super) fn any() -> Self {
        Self(Vec::new())
    }

    /// Takes in what another one permits.
    pub(super) fn join(&mut self, other: &Self) {
        let more = other.0.iter().filter(|form| !self.0.contains(form));
        let more: Vec<Form> = more.cloned().collect();
        self.0.extend(more);
    }

    /// Whether it is a NumericDate and nothing else.
    pub fn is_numeric_date(&self) -> bool {
        self.0 == [Form::NumericDate]
    }

    /// Whether anything is expected at all.
    pub fn is_any(&self) -> bool {
        self.0.is_empty()
    }

    /// What a value is in place of this; `None` where it fits.
    pub fn misfit(&self, value: &Json) -> Option<Misfit> {
        let mut found: Option<(String, bool)> = None;
        for form in &self.0 {
            let other = form.misfit(value)?;
            // The form that came nearest says what is wrong.
            if found.as_ref().is_none_or(|(_, is_kind)| *is_kind) {
                found = Some(other);
            }
        }
        let (found, is_kind) = found?;
        let expected = self.to_string();
        Some(Misfit {
            words: format!("expected {} {expected}, found {found}", article(&expected)),
            is_kind,
        })
    }
}

impl Form {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "array" => Self::Array(None),
            "base64" => Self::Base64,
            "base64url" => Self::Base64url,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "numericdate" => Self::NumericDate,
            "object" => Self::Object,
            "string" => Self::String,
            "url" => Self::Uri,
            _ => {
                let element = text.strip_prefix("array<")?.strip_suffix('>')?;
                Self::Array(Some(Box::new(Self::parse(element)?)))
            }
        })
    }

    /// What was found in place of this form, and whether already the kind of value is another one.
    fn misfit(&self, value: &Json) -> Option<(String, bool)> {
        let says = |fits: bool, what: &str| (!fits).then(|| (what.to_owned(), false));
        match (self, &value.value) {
            (Self::Array(Some(form)), Value::Array(elements)) => {
                let other = elements.iter().find_map(|element| form.misfit(element));
                other.map(|(found, is_kind)| (format!("an array that holds {found}"), is_kind))
            }
            (Self::Integer, Value::Number(_)) => {
                let is_whole = value.decimal().is_none_or(|number| number.is_integer());
                says(is_whole, "a fraction")
            }
            (Self::Base64url, Value::String(text)) => {
                let fits = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
                says(text.bytes().all(fits), "a string that is not base64url")
            }
            (Self::Base64, Value::String(text)) => {
                let fits = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'=');
                says(text.bytes().all(fits), "a string that is not base64")
            }
            (Self::Uri, Value::String(text)) => says(is_uri(text), "a string that is no URI"),
            (Self::Array(None), Value::Array(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::Number | Self::NumericDate, Value::Number(_))
            | (Self::Object, Value::Object(_))
            | (Self::String, Value::String(_)) => None,
            _ => {
                let kind = value.kind();
                let found = match value.value {
                    Value::Null => kind.to_owned(),
                    _ => format!("{} {kind}", article(kind)),
                };
                Some((found, true))
            }
        }
    }

    /// In the plural: `strings`.
    fn many(&self) -> &'static str {
        match self {
            Self::Array(_) => "arrays",
            Self::Base64 => "base64 strings",
            Self::Base64url => "base64url strings",
            Self::Boolean => "booleans",
            Self::Integer => "integers",
            Self::Number => "numbers",
            Self::NumericDate => "NumericDates",
            Self::Object => "objects",
            Self::String => "strings",
            Self::Uri => "URIs",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Array(Some(form)) => return write!(f, "array of {}", form.many()),
            Self::Array(None) => "array",
            Self::Base64 => "base64 string",
            Self::Base64url => "base64url string",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::NumericDate => "NumericDate",
            Self::Object => "object",
            Self::String => "string",
            Self::Uri => "URI",
        })
    }
}

/// For people: `string or array of strings`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, form) in self.0.iter().enumerate() {
            let before = if at > 0 { " or " } else { "" };
            write!(f, "{before}{form}")?;
        }
        Ok(())
    }
}

fn article(noun: &str) -> &'static str {
    // A URI is spoken with a consonant.
    if noun.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    }
}

/// Whether a text begins with a scheme, a colon and something behind it.
pub(super) fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::json::read;

    fn words(shape: &str, json: &str) -> Option<String> {
        let shape = Shape::parse(shape).expect("a shape");
        let root = read(json.as_bytes()).root.expect("a value");
        shape.misfit(&root).map(|misfit| misfit.words)
    }

    #[test]
    fn what_fits_is_not_spoken_of() {
        for (shape, json) in [
            ("string", r#""a""#),
            ("numericdate", "1795035600.5"),
            ("integer", "1e3"),
            ("integer", "1e400"),
            ("string or array<string>", r#"["a","b"]"#),
            ("string or array<string>", r#""a""#),
            ("array<string>", "[]"),
            ("array<base64>", r#"["MIIB+/=="]"#),
            ("base64url", r#""AQAB-_""#),
            ("url", r#""urn:example:a""#),
            ("boolean or string", "false"),
            ("object", "{}"),
            ("array", "[1,{}]"),
        ] {
            assert_eq!(words(shape, json), None, "{shape} {json}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (shape, json, says) in [
            (
                "numericdate",
                r#""1""#,
                "expected a NumericDate, found a string",
            ),
            ("string", "null", "expected a string, found null"),
            ("integer", "1.5", "expected an integer, found a fraction"),
            (
                "url",
                r#""keys""#,
                "expected a URI, found a string that is no URI",
            ),
            ("object", "[]", "expected an object, found an array"),
            (
                "base64url",
                r#""a+b=""#,
                "expected a base64url string, found a string that is not base64url",
            ),
            (
                "string or array<string>",
                "[1]",
                "expected a string or array of strings, found an array that holds a number",
            ),
            (
                "array<string>",
                r#"["a",1]"#,
                "expected an array of strings, found an array that holds a number",
            ),
            (
                "boolean or string",
                "1",
                "expected a boolean or string, found a number",
            ),
        ] {
            assert_eq!(words(shape, json).as_deref(), Some(says));
        }
    }

    #[test]
    fn no_form_is_guessed() {
        assert_eq!(Shape::parse("strnig"), None);
        assert_eq!(Shape::parse("string or"), None);
        assert_eq!(Shape::parse("array<"), None);
    }
}
