//! The loaded keys together.

use std::collections::HashMap;
use std::sync::Arc;

use super::Key;

/// The reviewer's keys, in an order that does not depend on the order of loading.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: Vec<Arc<Key>>,
}

impl KeyRing {
    /// A ring of these keys.
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Self {
        let mut ring = Self::default();
        ring.add(keys);
        ring
    }

    /// Adds keys and names all anew. A key that is already there (same source, place and numbers) is not added twice.
    pub fn add(&mut self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            let known = self.keys.iter().any(|other| {
                other.source == key.source
                    && other.ordinal == key.ordinal
                    && same_material(other, &key)
            });
            if !known {
                self.keys.push(Arc::new(key));
            }
        }
        self.rename();
    }

    /// Takes out the key of this id and names the others anew.
    pub fn remove(&mut self, id: &str) -> Option<Arc<Key>> {
        let at = self.keys.iter().position(|key| key.id == id)?;
        let removed = self.keys.remove(at);
        self.rename();
        Some(removed)
    }

    /// The keys, in order.
    pub fn keys(&self) -> &[Arc<Key>] {
        &self.keys
    }

    /// The key of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Key>> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Sorts by source, place and thumbprint, then gives each key its id.
    fn rename(&mut self) {
        self.keys.sort_by(|a, b| {
            (&a.source, a.ordinal, &a.thumbprint).cmp(&(&b.source, b.ordinal, &b.thumbprint))
        });
        let mut uses: HashMap<String, usize> = HashMap::new();
        for key in &self.keys {
            if let Some(kid) = &key.members.kid {
                let count = uses.entry(kid.clone()).or_default();
                *count = count.saturating_add(1);
            }
        }
        let mut taken: HashMap<String, usize> = HashMap::new();
        for key in &mut self.keys {
            let unique = key
                .members
                .kid
                .as_ref()
                .filter(|kid| !kid.is_empty() && uses.get(*kid) == Some(&1));
            let mut id = match unique {
                Some(kid) => kid.clone(),
                None => format!("{}#{}", key.source, key.ordinal),
            };
            let count = taken.entry(id.clone()).or_default();
            *count = count.saturating_add(1);
            if *count > 1 {
                id = format!("{id}.{count}");
            }
            if key.id != id {
                Arc::make_mut(key).id = id;
            }
        }
    }
}

fn same_material(a: &Key, b: &Key) -> bool {
    match (a.secret(), b.secret()) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.thumbprint == b.thumbprint && a.fault == b.fault,
        _ => false,
    }
}
