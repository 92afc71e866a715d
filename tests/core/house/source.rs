//! Rust source as the rules of the house see it: words and paths, without comments and strings.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A source file.
pub(super) struct Source {
    /// From the root, with `/`.
    pub(super) path: String,
    /// The first step below `src`; `lib` and `main` for those files.
    pub(super) room: String,
    /// How many modules lie between the crate and this file's items.
    pub(super) depth: usize,
    /// The text without comments and without what stands in quotes.
    pub(super) code: String,
    pub(super) lines: usize,
}

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn sources(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "no sources in {folder}");
    paths.iter().map(|path| source(path)).collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn source(path: &Path) -> Source {
    let text = fs::read_to_string(path).unwrap();
    let steps: Vec<String> = path
        .strip_prefix(root())
        .unwrap()
        .iter()
        .map(|step| step.to_str().unwrap().to_owned())
        .collect();
    let last = steps.last().unwrap();
    let is_root = last == "lib.rs" || last == "main.rs";
    Source {
        path: steps.join("/"),
        room: steps.get(1).unwrap().trim_end_matches(".rs").to_owned(),
        depth: if is_root {
            0
        } else {
            steps.len() - 1 - usize::from(last == "mod.rs")
        },
        lines: text.lines().count(),
        code: code_of(&text),
    }
}

/// Rust source with comments, strings and characters blanked.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if first == '"' {
            quoted(rest)
        } else if let Some(length) = raw_string(rest).filter(|_| !code.ends_with(is_word)) {
            length
        } else if first == '\'' {
            character(rest)
        } else {
            0
        };
        if skipped > 0 {
            code.push(' ');
            rest = &rest[skipped..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            match text[at..].chars().next() {
                Some(c) => at += c.len_utf8(),
                None => return at,
            }
        }
    }
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let body = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    body[hashes..].strip_prefix('"')?;
    let start = text.len() - body.len() + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(start + text[start..].find(&end)? + end.len())
}

/// The length of a character literal, 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut inside = text.chars().skip(1);
    match (inside.next(), inside.next()) {
        (Some('\\'), _) => text[2..]
            .char_indices()
            .skip(1)
            .find(|(_, c)| *c == '\'')
            .map_or(0, |(at, _)| at + 3),
        (Some(c), Some('\'')) => c.len_utf8() + 2,
        _ => 0,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether the path stands in the code, not as the end of a longer word.
pub(super) fn has_path(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(at, _)| {
        !code[..at].ends_with(is_word)
            && !code[at + path.len()..].starts_with(|c| is_word(c) && !path.ends_with(':'))
    })
}

/// Every word that follows the given text.
pub(super) fn after(code: &str, text: &str) -> Vec<String> {
    code.match_indices(text)
        .map(|(at, _)| {
            code[at + text.len()..]
                .chars()
                .take_while(|c| is_word(*c))
                .collect()
        })
        .collect()
}

/// The rooms that a file at this depth names, through `crate`, the crate's own name, or enough `super`s.
pub(super) fn imports(code: &str, depth: usize, known: &BTreeSet<&str>) -> BTreeSet<String> {
    let code: String = code
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace(" ::", "::")
        .replace(":: ", "::");
    let mut found = BTreeSet::new();
    for start in ["crate::", "tokenloupe::"] {
        for (at, _) in code.match_indices(start) {
            if !code[..at].ends_with(is_word) {
                found.extend(first_steps(&code[at + start.len()..]));
            }
        }
    }
    for (at, _) in code.match_indices("super::") {
        if code[..at].ends_with(is_word) || code[..at].ends_with("super::") {
            continue;
        }
        let rest = &code[at..];
        let after = rest.trim_start_matches("super::");
        let supers = (rest.len() - after.len()) / "super::".len();
        if supers >= depth {
            found.extend(
                first_steps(after)
                    .into_iter()
                    .filter(|step| known.contains(step.as_str())),
            );
        }
    }
    found
}

/// The first step of a path, or of each path of a group in braces.
fn first_steps(rest: &str) -> Vec<String> {
    let word = |text: &str| {
        text.trim_start()
            .chars()
            .take_while(|c| is_word(*c))
            .collect::<String>()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let mut steps = vec![word(group)];
    let mut depth = 0_usize;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => steps.push(word(&group[at + 1..])),
            _ => {}
        }
    }
    steps.retain(|step| !step.is_empty());
    steps
}

mod tests {
    use super::*;

    fn found(code: &str, depth: usize) -> Vec<String> {
        let known = BTreeSet::from(["cli", "find", "jose", "judge", "keys", "report"]);
        imports(&code_of(code), depth, &known).into_iter().collect()
    }

    #[test]
    fn imports_are_seen_in_every_form() {
        assert_eq!(found("use crate::find::Candidate;", 1), ["find"]);
        assert_eq!(
            found(
                "use crate::{\n    jose::{Token, Part},\n    keys::KeyRing,\n};",
                1
            ),
            ["jose", "keys"]
        );
        assert_eq!(
            found("fn f(t: &crate :: judge::Judgement) {}", 2),
            ["judge"]
        );
        assert_eq!(found("use super::super::report::text;", 2), ["report"]);
        assert_eq!(found("use super::keys::Key;", 1), ["keys"]);
        assert_eq!(
            found("use super::keys::Key;", 2),
            [""; 0],
            "a module of its own room"
        );
        assert_eq!(
            found("use tokenloupe::{cli, window};", 0),
            ["cli", "window"]
        );
        assert_eq!(
            found(
                "/// [`judge`](crate::judge)\n/* crate::cli */ const A: &str = \"crate::keys\";",
                1
            ),
            [""; 0]
        );
        assert_eq!(
            found(
                "const Q: char = '\"'; use crate::find; const R: char = '\\'';",
                1
            ),
            ["find"]
        );
        assert_eq!(
            found(
                "const Q: &str = r#\"a\" use crate::cli; \"#; use crate::find;",
                1
            ),
            ["find"]
        );
        assert_eq!(
            found("fn f<'a>(x: &'a str) { crate::find::find(x) }", 1),
            ["find"]
        );
    }

    #[test]
    fn a_word_is_no_part_of_a_longer_one() {
        assert!(has_path("use egui::Ui;", "egui::") && !has_path("use my_egui::Ui;", "egui::"));
        assert!(
            has_path("TcpStream::connect", "TcpStream")
                && !has_path("TcpStreamer::new", "TcpStream")
        );
    }
}
