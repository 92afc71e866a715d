//! How the text report puts values and sentences on lines.

use std::io::{self, Write};
use std::ops::Range;

use crate::inspection::sha256;
use crate::jose::json::{Json, Value};
use crate::jose::visible::visible;
use crate::judge::words::counted;

/// Columns that prose is wrapped to.
const WIDTH: usize = 100;

/// Values wider than this do not push the notes beside the others to the right.
const VALUE_WIDTH: usize = 40;

/// Of a longer text from outside the rest is counted, in characters.
const MOST_SHOWN: usize = 2_000;

/// The beginning of a text, and how much more there is of it.
pub(super) fn cut(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(MOST_SHOWN) else {
        return text.to_owned();
    };
    let (shown, rest) = text.split_at(end);
    let more = counted(rest.chars().count(), "more character");
    format!("{shown}\u{2026} ({more})")
}

/// The members of a JWK that are its private half or secret (RFC 7518 sections 6.2.2, 6.3.2 and 6.4).
const PRIVATE: [&str; 8] = ["d", "dp", "dq", "k", "oth", "p", "q", "qi"];

/// A value in one line of JSON: as written, duplicates included, without white space. With `redact`, what could be used by
/// whoever reads it is named in place of shown: tokens, and the private members of keys.
pub(super) fn written(json: &Json, redact: bool) -> String {
    match &json.value {
        Value::Array(elements) => {
            let elements: Vec<_> = elements
                .iter()
                .map(|element| written(element, redact))
                .collect();
            format!("[{}]", elements.join(","))
        }
        Value::Bool(value) => value.to_string(),
        Value::Null => "null".to_owned(),
        Value::Number(number) => number.text.clone(),
        Value::Object(members) => {
            let is_key = redact && members.iter().any(|member| member.name == "kty");
            let members: Vec<_> = members
                .iter()
                .map(|member| {
                    let is_private = is_key && PRIVATE.contains(&member.name.as_str());
                    let value = if is_private {
                        "[kept back: private]".to_owned()
                    } else {
                        written(&member.value, redact)
                    };
                    format!("{}:{value}", quoted(&member.name))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::String(text) if redact && is_token(text) => {
            let length = counted(text.len(), "byte");
            format!("[kept back: a token of {length}, SHA-256 {}]", sha256(text))
        }
        Value::String(text) => quoted(text),
    }
}

/// Whether a text has the form of a token: parts of base64url, the first of which begins a JSON object.
fn is_token(text: &str) -> bool {
    let is_of_token =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    text.starts_with("ey") && text.matches('.').count() >= 2 && text.bytes().all(is_of_token)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Rows of three columns, the first two aligned.
pub(super) fn table(rows: Vec<[String; 3]>, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let width = |text: &String| text.chars().count();
    let names = rows
        .iter()
        .map(|[name, _, _]| width(name))
        .max()
        .unwrap_or(0);
    let values = rows
        .iter()
        .map(|[_, value, _]| width(value))
        .filter(|width| *width <= VALUE_WIDTH)
        .max()
        .unwrap_or(0);
    for [name, value, note] in rows {
        let line = format!("{indent}{name:<names$}  {value:<values$}  {note}");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A text wrapped at word ends; nothing for an empty one.
pub(super) fn prose(text: &str, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let room = WIDTH.saturating_sub(indent.chars().count());
    let mut line = String::new();
    for word in visible(text).split(' ').filter(|word| !word.is_empty()) {
        let length = line.chars().count().saturating_add(word.chars().count());
        if !line.is_empty() && length >= room {
            writeln!(out, "{indent}{line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if line.is_empty() {
        return Ok(());
    }
    writeln!(out, "{indent}{line}")
}

/// A half-open range of bytes, counted from 0.
pub(super) fn bytes(range: &Range<usize>) -> String {
    if range.is_empty() {
        format!("byte {}", range.start)
    } else {
        format!("bytes {}..{}", range.start, range.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::json::read;

    fn lines(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Vec<String> {
        let mut out = Vec::new();
        write(&mut out).expect("writing to memory");
        let text = String::from_utf8(out).expect("text");
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn values_keep_number_text_order_and_duplicates() {
        let document = read(br#"{"b":[1e400, 3.0 ,"\u202e"],"a":{"x":1,"x":2}}"#);
        let root = document.root.expect("an object");
        assert_eq!(
            visible(&written(&root, true)),
            r#"{"b":[1e400,3.0,"\u{202E}"],"a":{"x":1,"x":2}}"#
        );
    }

    #[test]
    fn what_could_be_used_is_named_and_not_shown() {
        let document = read(
            br#"{"t":"eyJhbGciOiJub25lIn0.e30.AAAA","jwk":{"kty":"oct","k":"c2VjcmV0","kid":"a"},"k":"claim","v":"eyeliner.is.no token"}"#,
        );
        let root = document.root.expect("an object");
        // The digest is that of sha256sum.
        assert_eq!(
            written(&root, true),
            r#"{"t":[kept back: a token of 28 bytes, SHA-256 80ecdbfd8ba2c94055edcab49351b2be7bc809ec0be6e67168b454a8f32f2406],"jwk":{"kty":"oct","k":[kept back: private],"kid":"a"},"k":"claim","v":"eyeliner.is.no token"}"#
        );
        assert!(written(&root, false).contains("c2VjcmV0"));
    }

    #[test]
    fn of_a_long_text_the_rest_is_counted() {
        let text = "\u{E9}".repeat(MOST_SHOWN);
        assert_eq!(cut(&text), text);
        assert_eq!(
            cut(&format!("{text}ab")),
            format!("{text}\u{2026} (2 more characters)")
        );
    }

    #[test]
    fn prose_is_wrapped_and_loses_no_word() {
        let text = "word ".repeat(60);
        let lines = lines(|out| prose(&text, "    ", out));
        assert!(lines.len() > 1);
        assert!(
            lines
                .iter()
                .all(|line| line.chars().count() <= WIDTH && line.starts_with("    word"))
        );
        assert_eq!(lines.join(" ").split_whitespace().count(), 60);
    }

    #[test]
    fn a_wide_value_moves_no_other() {
        let wide = "v".repeat(VALUE_WIDTH + 1);
        let rows = vec![
            ["a".to_owned(), "1".to_owned(), "note".to_owned()],
            ["long".to_owned(), wide.clone(), "note".to_owned()],
            ["b".to_owned(), "22".to_owned(), String::new()],
        ];
        assert_eq!(
            lines(|out| table(rows, "", out)),
            [
                "a     1   note".to_owned(),
                format!("long  {wide}  note"),
                "b     22".to_owned()
            ]
        );
    }
}
