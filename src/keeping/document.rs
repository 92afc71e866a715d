//! A JWK Set (RFC 7517 section 5) in which single keys are changed, and all else stays as it is written.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::about;
use crate::jose::json::{self, Json, Value};
use crate::keys::export::{ExportError, private_jwk_with, public_jwk_with};
use crate::keys::{Holds, Key, MAX_KEYS, from_jwk};

/// A change to what is kept. It is made to what stands on the disk by then, not to what was read once.
#[derive(Debug, Clone)]
pub enum Change {
    /// Keeps the key, in the place of the same one where that is kept.
    Keep(Arc<Key>),
    /// Does not keep it any more.
    Remove(Arc<Key>),
    /// Takes over what the reviewer calls it, where it is still kept.
    Rename(Arc<Key>),
}

impl Change {
    pub(super) fn key(&self) -> &Key {
        match self {
            Self::Keep(key) | Self::Remove(key) | Self::Rename(key) => key,
        }
    }
}

/// Whether both are kept as one: the same key, the same half of it, the same `kid`. Name, source and other members tell no
/// two apart. Of what nothing here can use all members do.
pub fn is_same(one: &Key, other: &Key) -> bool {
    let is_one = match (&one.fault, &other.fault) {
        (Some(_), Some(_)) => one.fault == other.fault && one.members == other.members,
        _ => one.is_same_as(other),
    };
    is_one && one.holds == other.holds && one.members.kid == other.members.kid
}

/// A set as it is written.
#[derive(Default)]
pub(super) struct Document {
    entries: Vec<Entry>,
    /// Members beside `keys`, name and value.
    others: Vec<Zeroizing<String>>,
}

/// A key and its text, which stands for whatever else is in it, also where nothing here can use it.
struct Entry {
    key: Key,
    text: Zeroizing<String>,
}

/// Why a text is no set that can be changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoDocument {
    /// It is something else. Says what was expected and what was found.
    Unreadable(String),
    /// A later version wrote it.
    Version(u64),
}

impl Document {
    /// Reads a set; a JWK alone is a set of one. `source` is said of keys that were not kept here.
    pub(super) fn read(text: &[u8], source: &str) -> Result<Self, NoDocument> {
        let mut read = json::read(text);
        let document = Self::of(&read, text, source);
        if let Some(root) = &mut read.root {
            json::wipe(root);
        }
        document
    }

    fn of(read: &json::Document, text: &[u8], source: &str) -> Result<Self, NoDocument> {
        let unreadable = |found: &str| {
            NoDocument::Unreadable(format!("expected a JWK Set of kept keys, found {found}"))
        };
        let Some(root) = read.root.as_ref().filter(|_| read.is_document()) else {
            return Err(unreadable("no JSON, or only a part of it"));
        };
        let piece = |json: &Json| {
            let piece = text.get(json.range.clone()).unwrap_or_default();
            Zeroizing::new(String::from_utf8_lossy(piece).into_owned())
        };
        let entry = |(place, jwk): (usize, &Json)| {
            let mut key = from_jwk(jwk, source, place);
            about::restore(&mut key);
            Entry {
                key,
                text: piece(jwk),
            }
        };
        if root.get("kty").is_some() {
            return Ok(Self {
                entries: vec![entry((1, root))],
                others: Vec::new(),
            });
        }
        let Some(jwks) = root.get("keys").and_then(Json::array) else {
            return Err(unreadable("JSON without an array \u{201C}keys\u{201D}"));
        };
        if jwks.len() > MAX_KEYS {
            return Err(unreadable(&format!("more than {MAX_KEYS} keys")));
        }
        let mut others = Vec::new();
        for member in root.object().unwrap_or_default() {
            match member.name.as_str() {
                "keys" => {}
                about::MEMBER => {
                    let version = version(&member.value);
                    if version > super::VERSION {
                        return Err(NoDocument::Version(version));
                    }
                }
                _ => {
                    let name = text.get(member.name_range.clone()).unwrap_or_default();
                    let mut other = Zeroizing::new(String::from_utf8_lossy(name).into_owned());
                    other.push_str(": ");
                    other.push_str(&piece(&member.value));
                    others.push(other);
                }
            }
        }
        Ok(Self {
            entries: (1..).zip(jwks).map(entry).collect(),
            others,
        })
    }

    /// The keys, unusable ones with their faults.
    pub(super) fn keys(&self) -> Vec<Key> {
        self.entries.iter().map(|entry| entry.key.clone()).collect()
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing would be lost with it.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.others.is_empty()
    }

    pub(super) fn holds(&self, key: &Key) -> bool {
        self.entries.iter().any(|entry| is_same(&entry.key, key))
    }

    /// Makes one change.
    pub(super) fn change(&mut self, change: &Change) -> Result<(), ExportError> {
        let at = |key: &Key| {
            let mut entries = self.entries.iter();
            entries.position(|entry| is_same(&entry.key, key))
        };
        match change {
            Change::Keep(key) => {
                let entry = Entry::new(key)?;
                match at(key).and_then(|at| self.entries.get_mut(at)) {
                    Some(place) => *place = entry,
                    None => self.entries.push(entry),
                }
            }
            Change::Remove(key) => self.entries.retain(|entry| !is_same(&entry.key, key)),
            Change::Rename(key) => {
                if let Some(place) = at(key).and_then(|at| self.entries.get_mut(at)) {
                    let renamed = Key {
                        name: key.name.clone(),
                        ..place.key.clone()
                    };
                    *place = Entry::new(&renamed)?;
                }
            }
        }
        Ok(())
    }

    /// The text of the file.
    pub(super) fn write(&self) -> Zeroizing<String> {
        const START: &str = "{\"keys\": [\n";
        let version = format!(
            "\n], \"{}\": {{\"version\": {}}}",
            about::MEMBER,
            super::VERSION
        );
        let entries = self.entries.iter().map(|entry| entry.text.len());
        let others = self.others.iter().map(|other| other.len());
        // In one piece: growing would leave copies behind.
        let total: usize = entries
            .chain(others)
            .map(|length| length.saturating_add(2))
            .sum();
        let around = START.len().saturating_add(version.len()).saturating_add(4);
        let mut text = Zeroizing::new(String::with_capacity(total.saturating_add(around)));
        text.push_str(START);
        for (at, entry) in self.entries.iter().enumerate() {
            if at > 0 {
                text.push_str(",\n");
            }
            text.push_str(&entry.text);
        }
        text.push_str(&version);
        for other in &self.others {
            text.push_str(", ");
            text.push_str(other);
        }
        text.push_str("}\n");
        text
    }
}

impl Entry {
    fn new(key: &Key) -> Result<Self, ExportError> {
        let about = about::member(key);
        let text = match key.holds {
            Holds::Public => public_jwk_with(key, about)?,
            Holds::Private | Holds::Symmetric => private_jwk_with(key, about)?,
        };
        Ok(Self {
            key: key.clone(),
            text,
        })
    }
}

/// 1 where none is said.
fn version(json: &Json) -> u64 {
    match json.get("version").map(|version| &version.value) {
        Some(Value::Number(number)) => number.text.parse().unwrap_or(u64::MAX),
        _ => 1,
    }
}
