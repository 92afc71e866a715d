//! What was computed of a public key. It depends on nothing else, and is asked for again and again: by every token, and
//! every second by judgements.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{LazyLock, Mutex};

/// Results by what they were computed of.
pub(crate) struct Remembered<K, V> {
    known: LazyLock<Mutex<HashMap<K, V>>>,
    most: usize,
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    /// Nothing yet. So many results are kept; then it begins anew, so that hostile keys fill no memory.
    pub(crate) const fn new(most: usize) -> Self {
        Self {
            known: LazyLock::new(Mutex::default),
            most,
        }
    }

    /// What is known, or what is found out now. `None`, which is not remembered, where that fails.
    pub(crate) fn get(&self, of: K, find_out: impl FnOnce(&K) -> Option<V>) -> Option<V> {
        let known = self.known.lock().ok()?.get(&of).cloned();
        if known.is_some() {
            return known;
        }
        let found = find_out(&of)?;
        let mut remembered = self.known.lock().ok()?;
        if remembered.len() >= self.most {
            remembered.clear();
        }
        remembered.insert(of, found.clone());
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_computed_again_and_what_failed_is() {
        let remembered = Remembered::new(1_000);
        assert_eq!(remembered.get(1_u32, |_| None), None);
        assert_eq!(remembered.get(1, |one| Some(one + 1_u32)), Some(2));
        assert_eq!(remembered.get(1, |_| None), Some(2));
        for key in 0..5_000 {
            assert!(remembered.get(key, |_| Some(0)).is_some());
        }
        assert!(remembered.known.lock().unwrap().len() <= 1_000);
    }
}
