//! A JSON tree as a flat list of rows, as far as it is opened.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::filter::Kept;
use crate::jose::json::{Json, JsonFault, JsonFaultKind, Member, Value, escape_pointer};

/// Children are indented to this depth.
pub(super) const MAX_INDENTS: usize = 8;

/// What tells a row from all others of its part: the byte that its member or element begins at. Names and values never
/// become ids.
pub(super) type Start = u32;

/// What the user opened.
#[derive(Debug, Clone, Default)]
pub(super) struct Opened {
    /// Objects and arrays whose children are shown.
    pub(super) nested: BTreeSet<Start>,
    /// Long values that are shown whole.
    pub(super) whole: BTreeSet<Start>,
}

/// One row of the list. Light, as there may be a million of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it begins in the part.
    pub(super) start: Start,
    /// The row of the value that it is in; [`Row::TOP`] for a row at the top.
    parent: u32,
    /// Its place among the children there.
    child: u32,
    /// Characters of its name.
    pub(super) name: u32,
    /// Bytes of its value.
    pub(super) value: u32,
    /// How many values it is in, the top one aside.
    pub(super) depth: u16,
    /// Whether it has children.
    pub(super) is_nested: bool,
    /// Whether it is a member at the top, which has a meaning.
    pub(super) has_meaning: bool,
}

impl Row {
    /// The parent of rows at the top.
    const TOP: u32 = u32::MAX;

    fn new(child: &Child<'_>, at: usize, parent: u32, depth: usize) -> Self {
        let name = child
            .name
            .map_or_else(|| digits(at), |name| name.chars().count());
        Self {
            start: child.range.start as u32,
            parent,
            child: at as u32,
            name: name as u32,
            value: child.value.range.len() as u32,
            depth: depth as u16,
            is_nested: count(child.value) > 0,
            has_meaning: depth == 0 && child.name.is_some(),
        }
    }

    /// How many steps it is indented by.
    pub(super) fn indents(&self) -> usize {
        usize::from(self.depth).min(MAX_INDENTS)
    }
}

/// How many digits a position has.
fn digits(number: usize) -> usize {
    number
        .checked_ilog10()
        .map_or(1, |digits| digits as usize + 1)
}

/// A member or element.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    /// The member's name, the element's position, or nothing for a top value that is neither.
    pub(super) name: Cow<'a, str>,
    /// Whether the name is only a position.
    pub(super) is_element: bool,
    /// The value.
    pub(super) value: &'a Json,
    /// Its decoded bytes, with the name.
    pub(super) range: Range<usize>,
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

/// A child of an object or array.
#[derive(Debug, Clone)]
pub(super) struct Child<'a> {
    /// The member's name; none for an element.
    pub(super) name: Option<&'a str>,
    /// The value.
    pub(super) value: &'a Json,
    /// Its bytes, with the name.
    pub(super) range: Range<usize>,
}

impl<'a> Child<'a> {
    fn member(member: &'a Member) -> Self {
        Self {
            name: Some(&member.name),
            value: &member.value,
            range: member.range(),
        }
    }

    fn element(element: &'a Json) -> Self {
        Self {
            name: None,
            value: element,
            range: element.range.clone(),
        }
    }
}

/// How many children a value has.
pub(super) fn count(value: &Json) -> usize {
    match &value.value {
        Value::Array(elements) => elements.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

/// How many members and elements there are below a value, at all depths.
pub(super) fn count_all(value: &Json) -> usize {
    let mut all = 0_usize;
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        all = all.saturating_add(count(value));
        match &value.value {
            Value::Array(elements) => open.extend(elements),
            Value::Object(members) => open.extend(members.iter().map(|member| &member.value)),
            _ => {}
        }
    }
    all
}

/// The child of a value at a position.
pub(super) fn child(value: &Json, at: usize) -> Option<Child<'_>> {
    match &value.value {
        Value::Array(elements) => elements.get(at).map(Child::element),
        Value::Object(members) => members.get(at).map(Child::member),
        _ => None,
    }
}

/// The child of a value that holds all of these bytes.
pub(super) fn child_around<'a>(value: &'a Json, bytes: &Range<usize>) -> Option<Child<'a>> {
    let before = match &value.value {
        Value::Array(elements) => {
            elements.partition_point(|element| element.range.start <= bytes.start)
        }
        Value::Object(members) => {
            members.partition_point(|member| member.name_range.start <= bytes.start)
        }
        _ => 0,
    };
    child(value, before.checked_sub(1)?).filter(|child| bytes.end <= child.range.end)
}

/// The way from the top to the smallest member or element that holds all of these bytes: where each on it begins.
pub(super) fn way(root: &Json, bytes: &Range<usize>) -> Vec<Start> {
    let mut way = Vec::new();
    let mut value = root;
    while let Some(child) = child_around(value, bytes) {
        way.push(child.range.start as Start);
        value = child.value;
    }
    way
}

/// Where the first member or element at the top begins that ends behind a byte.
pub(super) fn first_after(root: &Json, byte: usize) -> Option<Start> {
    let before = match &root.value {
        Value::Array(elements) => elements.partition_point(|element| element.range.end <= byte),
        Value::Object(members) => members.partition_point(|member| member.range().end <= byte),
        _ => 0,
    };
    child(root, before).map(|child| child.range.start as Start)
}

/// Where all objects and arrays below a value begin that have children, as the rows that they are.
pub(super) fn nested_in(value: &Json) -> Vec<Start> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        for child in (0..count(value)).filter_map(|at| child(value, at)) {
            if count(child.value) > 0 {
                found.push(child.range.start as Start);
                open.push(child.value);
            }
        }
    }
    found
}

/// The rows of a tree, children after their parent where it is opened.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    rows: Vec<Row>,
    /// The characters of the longest name for each number of steps that it is indented by.
    pub(super) names: [u32; MAX_INDENTS + 1],
    /// The bytes of the longest value.
    pub(super) longest: u32,
}

impl List {
    /// All rows that are to be seen: those that are kept, where something is looked for.
    pub(super) fn new(root: &Json, opened: &BTreeSet<Start>, kept: Option<&Kept>) -> Self {
        let mut list = Self::default();
        if count(root) == 0 && kept.is_none() {
            // A top value alone.
            list.push(Row {
                start: root.range.start as u32,
                parent: Row::TOP,
                child: 0,
                name: 0,
                value: root.range.len() as u32,
                depth: 0,
                is_nested: false,
                has_meaning: false,
            });
            return list;
        }
        // A stack, not recursion: hostile JSON nests deep.
        let mut open = vec![(root, Row::TOP, 0_usize, kept)];
        while let Some((value, parent, at, kept)) = open.last_mut() {
            let (parent, kept) = (*parent, *kept);
            let Some(next) = child(value, *at) else {
                open.pop();
                continue;
            };
            let row = Row::new(&next, *at, parent, open.len().saturating_sub(1));
            if let Some((_, _, at, _)) = open.last_mut() {
                *at = at.saturating_add(1);
            }
            if kept.is_some_and(|kept| !kept.shown.contains(&row.start)) {
                continue;
            }
            let leads_on = kept.filter(|kept| kept.parents.contains(&row.start));
            if row.is_nested && (leads_on.is_some() || opened.contains(&row.start)) {
                // Below a match that leads to no other, all is shown.
                open.push((next.value, list.rows.len() as u32, 0, leads_on));
            }
            list.push(row);
        }
        list
    }

    fn push(&mut self, row: Row) {
        if let Some(longest) = self.names.get_mut(row.indents()) {
            *longest = (*longest).max(row.name);
        }
        self.longest = self.longest.max(row.value);
        self.rows.push(row);
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// All rows.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// A row.
    pub(super) fn get(&self, index: usize) -> Option<&Row> {
        self.rows.get(index)
    }

    /// The row that begins exactly there.
    pub(super) fn find(&self, start: Start) -> Option<usize> {
        self.rows.binary_search_by_key(&start, |row| row.start).ok()
    }

    /// The row that begins there, or the last one before.
    pub(super) fn near(&self, start: Start) -> usize {
        self.rows
            .partition_point(|row| row.start <= start)
            .saturating_sub(1)
    }

    /// The row of the value that a row is in.
    pub(super) fn parent(&self, index: usize) -> Option<usize> {
        let parent = self.rows.get(index)?.parent;
        (parent != Row::TOP).then_some(parent as usize)
    }

    /// What a row shows, out of the tree that the list was made of.
    pub(super) fn entry<'a>(
        &self,
        root: &'a Json,
        duplicates: &Duplicates,
        index: usize,
    ) -> Option<Entry<'a>> {
        if count(root) == 0 {
            return Some(Entry {
                name: Cow::Borrowed(""),
                is_element: true,
                value: root,
                range: root.range.clone(),
                duplicate: None,
            });
        }
        let child = self.way_to(root, index).pop()?;
        let at = self.rows.get(index)?.child;
        Some(Entry {
            name: child
                .name
                .map_or_else(|| Cow::Owned(at.to_string()), Cow::Borrowed),
            is_element: child.name.is_none(),
            value: child.value,
            duplicate: child
                .name
                .and_then(|_| duplicates.0.get(&child.range.start).copied()),
            range: child.range,
        })
    }

    /// The JSON pointer (RFC 6901) of a row.
    pub(super) fn pointer(&self, root: &Json, index: usize) -> String {
        let places = self.places(index);
        let way = self.way_to(root, index);
        let mut pointer = String::new();
        for (child, place) in way.iter().zip(places) {
            pointer.push('/');
            match child.name {
                Some(name) => pointer.push_str(&escape_pointer(name)),
                None => pointer.push_str(&place.to_string()),
            }
        }
        pointer
    }

    /// A row's place among the children of each value that it is in, from the top.
    fn places(&self, index: usize) -> Vec<u32> {
        let mut places = Vec::new();
        let mut at = Some(index);
        while let Some(index) = at {
            places.extend(self.rows.get(index).map(|row| row.child));
            at = self.parent(index);
        }
        places.reverse();
        places
    }

    fn way_to<'a>(&self, root: &'a Json, index: usize) -> Vec<Child<'a>> {
        let mut value = root;
        let mut way = Vec::new();
        for place in self.places(index) {
            let Some(child) = child(value, place as usize) else {
                return Vec::new();
            };
            value = child.value;
            way.push(child);
        }
        way
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::json::read;
    use proptest::prelude::*;

    fn pointers(root: &Json, list: &List) -> Vec<String> {
        (0..list.len())
            .map(|index| list.pointer(root, index))
            .collect()
    }

    fn opened(text: &str, opened: &[Start]) -> Vec<String> {
        let document = read(text.as_bytes());
        let root = document.root.as_ref().expect("a value");
        let list = List::new(root, &opened.iter().copied().collect(), None);
        pointers(root, &list)
    }

    #[test]
    fn nested_members_are_rows_once_opened() {
        let text = r#"{"a":{"b":[1,2]},"c/d":3}"#;
        assert_eq!(opened(text, &[]), ["/a", "/c~1d"]);
        assert_eq!(
            opened(text, &[1, 6]),
            ["/a", "/a/b", "/a/b/0", "/a/b/1", "/c~1d"]
        );
    }

    #[test]
    fn duplicates_are_all_there_and_know_their_place() {
        let document = read(br#"{"sub":1,"x":2,"sub":3}"#);
        let root = document.root.as_ref().expect("a value");
        let list = List::new(root, &BTreeSet::new(), None);
        let duplicates = Duplicates::new(&document.faults);
        let places: Vec<_> = (0..list.len())
            .map(|index| list.entry(root, &duplicates, index).expect("a row"))
            .map(|entry| entry.duplicate)
            .collect();
        assert_eq!(
            places,
            [Some(Duplicate::Earlier), None, Some(Duplicate::Last)]
        );
    }

    #[test]
    fn a_top_value_alone_is_one_row() {
        assert_eq!(opened("42", &[]).len(), 1);
        assert_eq!(opened("{}", &[]).len(), 1);
    }

    #[test]
    fn the_way_to_bytes_ends_at_the_smallest_member_around_them() {
        let text = r#"{"a":{"b":[1,22]},"c":3}"#;
        let document = read(text.as_bytes());
        let root = document.root.as_ref().expect("a value");
        let at = |needle: &str| {
            let start = text.find(needle).expect("there");
            start..start + needle.len()
        };
        assert_eq!(way(root, &at("22")), [1, 6, 13]);
        assert_eq!(way(root, &at("1,2")), [1, 6]);
        assert_eq!(way(root, &at(r#""b""#)), [1, 6]);
        assert_eq!(way(root, &at(r#"},"c""#)), [] as [Start; 0]);
        let mut nested = nested_in(root);
        nested.sort_unstable();
        assert_eq!(nested, [1, 6]);
    }

    fn json() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec!["1", "\"x\"", "null", "[]", "{}"]);
        leaf.prop_map(str::to_owned)
            .prop_recursive(5, 60, 6, |inner| {
                let inner = prop::collection::vec(inner, 1..6);
                (inner, any::<bool>()).prop_map(|(inner, is_array)| {
                    if is_array {
                        format!("[{}]", inner.join(","))
                    } else {
                        let members: Vec<_> = inner
                            .iter()
                            .map(|value| format!(r#""a":{value}"#))
                            .collect();
                        format!("{{{}}}", members.join(", "))
                    }
                })
            })
    }

    proptest! {
        #[test]
        fn rows_stand_in_text_order_and_each_is_found_again(
            text in json(),
            open in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let document = read(text.as_bytes());
            let root = document.root.as_ref().expect("a value");
            let nested = nested_in(root);
            let opened: BTreeSet<Start> = if nested.is_empty() {
                BTreeSet::new()
            } else {
                open.iter().map(|index| *index.get(&nested)).collect()
            };
            let list = List::new(root, &opened, None);
            prop_assert!(list.rows().windows(2).all(|pair| pair[0].start < pair[1].start));
            for (index, row) in list.rows().iter().enumerate() {
                prop_assert_eq!(list.find(row.start), Some(index));
                prop_assert_eq!(list.near(row.start), index);
                let entry = list.entry(root, &Duplicates::default(), index).expect("an entry");
                prop_assert_eq!(entry.range.start, row.start as usize);
                prop_assert_eq!(entry.name.chars().count(), row.name as usize);
                if let Some(parent) = list.parent(index) {
                    prop_assert!(opened.contains(&list.rows()[parent].start));
                    let way = way(root, &entry.range);
                    prop_assert_eq!(way.last(), Some(&row.start));
                }
            }
            let all = List::new(root, &nested.into_iter().collect(), None);
            let inside = all.rows().iter().filter(|row| {
                let way = way(root, &(row.start as usize..row.start as usize + 1));
                way.iter().rev().skip(1).all(|above| opened.contains(above))
            });
            prop_assert_eq!(inside.count(), list.len(), "every row that is open is there");
        }
    }
}
