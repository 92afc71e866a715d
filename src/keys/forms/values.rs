//! Values that are keys in lines that name them: secrets of Kubernetes in YAML, dotenv, properties, Terraform, compose.
//!
//! A PEM block as a value is found as such; here are values in base64, and JSON on one line or in quotes.

use zeroize::Zeroizing;

use super::found::Found;
use super::text::Way;
use super::within;
use crate::jose::json;
use crate::keys::unlock::{Opening, Unlock};

/// Lines of names and values.
pub(super) const WAY: Way = Way {
    recognises: |content| {
        let unlock = Unlock::without();
        let opening = Opening::new(&unlock);
        let mut found = Found::new("", &opening);
        take(&mut found, content);
        found.count() > 0
    },
    take,
};

/// Less is no key.
const LEAST: usize = 40;

/// A name and what follows it on its line, with the number of the line.
struct Line<'t> {
    number: usize,
    indent: usize,
    name: &'t str,
    value: &'t str,
}

fn take(found: &mut Found<'_>, content: &[u8]) {
    let Ok(text) = std::str::from_utf8(content) else {
        return;
    };
    let mut lines = text.lines().zip(1_usize..).peekable();
    while let Some((line, number)) = lines.next() {
        let Some(line) = named(line, number) else {
            continue;
        };
        if is_block_marker(line.value) {
            let mut block = Zeroizing::new(String::new());
            while let Some((next, _)) = lines.peek() {
                if !next.trim().is_empty() && indent(next) <= line.indent {
                    break;
                }
                block.push_str(next.trim());
                block.push('\n');
                lines.next();
            }
            // JSON on lines of its own is found as such.
            if !block.starts_with(['{', '[']) {
                value(found, &line, &block);
            }
        } else {
            value(found, &line, line.value);
        }
    }
}

fn value(found: &mut Found<'_>, line: &Line<'_>, text: &str) {
    let text = text.trim().trim_end_matches([',', ';']);
    let Some(bytes) = unquoted(text).filter(|bytes| bytes.len() >= LEAST) else {
        return;
    };
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(byte);
    let is_json = matches!(bytes.first(), Some(b'{' | b'['));
    // PEM has a way of its own.
    let has_pem = memchr::memmem::find(&bytes, super::pem::BEGIN).is_some();
    if !has_pem && (is_json || bytes.iter().all(is_base64)) {
        let spot = format!("{}, line {}", line.name, line.number);
        found.at(&spot, |found| within(found, &bytes));
    }
}

/// `NAME=value`, `export NAME=value`, `name: value`, `- name: value`, `"name" = value`.
fn named(line: &str, number: usize) -> Option<Line<'_>> {
    let text = line.trim();
    let text = text.strip_prefix("- ").unwrap_or(text).trim_start();
    let text = text.strip_prefix("export ").unwrap_or(text).trim_start();
    let (name, value) = text.split_at_checked(text.find(['=', ':'])?)?;
    let name = name.trim().trim_matches(['"', '\'']);
    let is_name = |character: char| character.is_alphanumeric() || "_-./".contains(character);
    if name.is_empty() || name.len() > 100 || !name.chars().all(is_name) {
        return None;
    }
    Some(Line {
        number,
        indent: indent(line),
        name,
        value: value.get(1..)?.trim(),
    })
}

fn indent(line: &str) -> usize {
    line.len().saturating_sub(line.trim_start().len())
}

/// Whether the value stands in the deeper lines that follow (YAML 1.2 section 8.1).
fn is_block_marker(value: &str) -> bool {
    let mut characters = value.chars();
    matches!(characters.next(), Some('|' | '>'))
        && characters.all(|character| "+-0123456789".contains(character))
}

/// The value without its quotes; in double quotes escapes stand for characters.
fn unquoted(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if text.starts_with('"') {
        let mut document = json::read(text.as_bytes());
        let root = document.root.as_mut()?;
        let value = root
            .str()
            .map(|text| Zeroizing::new(text.as_bytes().to_vec()));
        json::wipe(root);
        return value;
    }
    let inner = text
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    Some(Zeroizing::new(inner.unwrap_or(text).as_bytes().to_vec()))
}
