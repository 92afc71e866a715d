//! A JSON tree as rows, as far as it is opened.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::jose::json::{Json, JsonFault, JsonFaultKind, Value, escape_pointer};

/// How many children of one value are shown at once.
pub(super) const PAGE: usize = 200;

/// The way to a value: positions of members and elements.
pub(super) type Path = Vec<usize>;

/// What the user opened. Positions only: names and values never become ids.
#[derive(Debug, Clone, Default)]
pub(super) struct Opened {
    /// Objects and arrays whose children are shown.
    pub(super) nested: BTreeSet<Path>,
    /// Long values that are shown whole.
    pub(super) whole: BTreeSet<Path>,
    /// Values of which more than the first page is shown: how many children.
    pub(super) pages: BTreeMap<Path, usize>,
}

/// One row of the table.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    /// Where it is in the tree.
    pub(super) path: Path,
    /// What it shows.
    pub(super) content: Content<'a>,
}

/// What a row shows.
#[derive(Debug, Clone)]
pub(super) enum Content<'a> {
    /// There are this many more children of the value at the path.
    More(usize),
    /// A member of an object or an element of an array.
    Value(Entry<'a>),
}

/// A member or element.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    /// The member's name, the element's position, or nothing for a top value that is neither.
    pub(super) name: String,
    /// Whether the name is only a position.
    pub(super) is_element: bool,
    /// The value.
    pub(super) value: &'a Json,
    /// Its decoded bytes, with the name.
    pub(super) range: Range<usize>,
    /// JSON pointer (RFC 6901) in its part.
    pub(super) pointer: String,
    /// Whether the same object holds another member of this name, and whether this is the last of them.
    pub(super) duplicate: Option<Duplicate>,
}

/// The place of a member among those of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duplicate {
    /// Another one follows.
    Earlier,
    /// The last.
    Last,
}

impl Entry<'_> {
    /// Whether it has children.
    pub(super) fn is_nested(&self) -> bool {
        match &self.value.value {
            Value::Array(elements) => !elements.is_empty(),
            Value::Object(members) => !members.is_empty(),
            _ => false,
        }
    }
}

/// Where members of a repeated name begin, and their place among those of that name.
#[derive(Debug, Clone, Default)]
pub(super) struct Duplicates(BTreeMap<usize, Duplicate>);

impl Duplicates {
    /// Takes them from the faults of a document.
    pub(super) fn new(faults: &[JsonFault]) -> Self {
        let mut places = BTreeMap::new();
        for fault in faults {
            let JsonFaultKind::DuplicateMember { all, .. } = &fault.kind else {
                continue;
            };
            places.extend(all.iter().map(|range| (range.start, Duplicate::Earlier)));
            places.extend(all.last().map(|range| (range.start, Duplicate::Last)));
        }
        Self(places)
    }
}

/// The rows of a tree, children after their parent where it is opened.
pub(super) fn rows<'a>(root: &'a Json, opened: &Opened, duplicates: &Duplicates) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    // A stack, not recursion: hostile JSON nests deep.
    let mut open = vec![Level::new(root, Path::new(), String::new(), opened)];
    if open.last().is_some_and(|level| level.children.is_empty()) {
        let entry = Entry {
            name: String::new(),
            is_element: true,
            value: root,
            range: root.range.clone(),
            pointer: String::new(),
            duplicate: None,
        };
        return vec![Row {
            path: vec![0],
            content: Content::Value(entry),
        }];
    }
    while let Some(level) = open.last_mut() {
        if let Some((path, entry)) = level.next(duplicates) {
            let children = (entry.is_nested() && opened.nested.contains(&path))
                .then(|| Level::new(entry.value, path.clone(), entry.pointer.clone(), opened));
            rows.push(Row {
                path,
                content: Content::Value(entry),
            });
            open.extend(children);
            continue;
        }
        if let Some(level) = open.pop()
            && level.hidden > 0
        {
            rows.push(Row {
                path: level.path,
                content: Content::More(level.hidden),
            });
        }
    }
    rows
}

struct Level<'a> {
    path: Path,
    pointer: String,
    children: Vec<(Option<&'a str>, &'a Json, Range<usize>)>,
    at: usize,
    hidden: usize,
}

impl<'a> Level<'a> {
    fn new(parent: &'a Json, path: Path, pointer: String, opened: &Opened) -> Self {
        let limit = opened.pages.get(&path).copied().unwrap_or(PAGE);
        let (children, all): (Vec<_>, usize) = match &parent.value {
            Value::Array(elements) => {
                let shown = elements.iter().take(limit);
                let shown = shown.map(|element| (None, element, element.range.clone()));
                (shown.collect(), elements.len())
            }
            Value::Object(members) => {
                let shown = members.iter().take(limit);
                let shown =
                    shown.map(|member| (Some(member.name.as_str()), &member.value, member.range()));
                (shown.collect(), members.len())
            }
            _ => (Vec::new(), 0),
        };
        Self {
            hidden: all.saturating_sub(children.len()),
            path,
            pointer,
            children,
            at: 0,
        }
    }

    fn next(&mut self, duplicates: &Duplicates) -> Option<(Path, Entry<'a>)> {
        let (name, value, range) = self.children.get(self.at)?.clone();
        let mut path = self.path.clone();
        path.push(self.at);
        self.at = self.at.saturating_add(1);
        let step = name.map_or_else(
            || path.last().copied().unwrap_or(0).to_string(),
            escape_pointer,
        );
        let entry = Entry {
            name: name.map_or_else(|| step.clone(), str::to_owned),
            is_element: name.is_none(),
            value,
            duplicate: name.and_then(|_| duplicates.0.get(&range.start).copied()),
            range,
            pointer: format!("{}/{step}", self.pointer),
        };
        Some((path, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::json::read;

    fn names(text: &str, opened: &Opened) -> Vec<String> {
        let document = read(text.as_bytes());
        rows(
            document.root.as_ref().expect("a value"),
            opened,
            &Duplicates::default(),
        )
        .into_iter()
        .map(|row| match row.content {
            Content::More(count) => format!("{:?} {count} more", row.path),
            Content::Value(entry) => entry.pointer,
        })
        .collect()
    }

    #[test]
    fn nested_members_are_rows_once_opened() {
        let text = r#"{"a":{"b":[1,2]},"c/d":3}"#;
        let mut opened = Opened::default();
        assert_eq!(names(text, &opened), ["/a", "/c~1d"]);
        opened.nested.insert(vec![0]);
        opened.nested.insert(vec![0, 0]);
        assert_eq!(
            names(text, &opened),
            ["/a", "/a/b", "/a/b/0", "/a/b/1", "/c~1d"]
        );
    }

    #[test]
    fn duplicates_are_all_there_and_know_their_place() {
        let document = read(br#"{"sub":1,"x":2,"sub":3}"#);
        let rows = rows(
            document.root.as_ref().expect("a value"),
            &Opened::default(),
            &Duplicates::new(&document.faults),
        );
        let places: Vec<_> = rows
            .iter()
            .map(|row| match &row.content {
                Content::Value(entry) => entry.duplicate,
                Content::More(_) => None,
            })
            .collect();
        assert_eq!(
            places,
            [Some(Duplicate::Earlier), None, Some(Duplicate::Last)]
        );
    }

    #[test]
    fn large_values_are_shown_by_the_page() {
        let text = format!("[{}0]", "0,".repeat(500));
        let mut opened = Opened::default();
        let shown = names(&text, &opened);
        assert_eq!(shown.len(), PAGE + 1);
        assert_eq!(shown.last().map(String::as_str), Some("[] 301 more"));
        opened.pages.insert(vec![], 600);
        assert_eq!(names(&text, &opened).len(), 501);
    }

    #[test]
    fn a_top_value_alone_is_one_row() {
        assert_eq!(names("42", &Opened::default()), [""]);
        assert_eq!(names("{}", &Opened::default()), [""]);
    }
}
