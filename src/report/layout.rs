//! How the text report puts values and sentences on lines.

use std::io::{self, Write};
use std::ops::Range;

use crate::jose::json::{Json, Value};
use crate::jose::visible::visible;

/// Columns that prose is wrapped to.
const WIDTH: usize = 100;

/// Values wider than this do not push the notes beside the others to the right.
const VALUE_WIDTH: usize = 40;

/// A value in one line of JSON: as written, duplicates included, without white space.
pub(super) fn written(json: &Json) -> String {
    match &json.value {
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(written).collect();
            format!("[{}]", elements.join(","))
        }
        Value::Bool(value) => value.to_string(),
        Value::Null => "null".to_owned(),
        Value::Number(number) => number.text.clone(),
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|member| format!("{}:{}", quoted(&member.name), written(&member.value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::String(text) => quoted(text),
    }
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
            visible(&written(&root)),
            r#"{"b":[1e400,3.0,"\u{202E}"],"a":{"x":1,"x":2}}"#
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
