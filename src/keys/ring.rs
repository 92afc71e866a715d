//! The loaded keys together.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::shared::{self, Compared, Name};
use super::{Key, Secret};

/// So many keys that share a prime with another one are named at it.
const MOST_RELATIVES: usize = 5;

/// The reviewer's keys, in an order that does not depend on the order of loading.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: Vec<Arc<Key>>,
    /// The RSA moduli of these keys, and of others that were there, as far as they were compared.
    compared: Arc<Compared>,
    /// How many RSA moduli there are, each counted once.
    moduli: usize,
}

impl KeyRing {
    /// A ring of these keys.
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Self {
        let mut ring = Self::default();
        ring.add(keys);
        ring
    }

    /// Adds keys and names all anew. A key that is already there (the same in every respect, its source and place
    /// included) is not added twice.
    pub fn add(&mut self, keys: impl IntoIterator<Item = Key>) {
        self.keys.extend(keys.into_iter().map(Arc::new));
        // Of two that differ in what they were read from only, the same one stays whichever was there first.
        self.keys
            .sort_by(|a, b| order(a, b).then_with(|| a.loaded.cmp(&b.loaded)));
        self.keys.dedup_by(|other, first| {
            let is_same = order(other, first).is_eq();
            // What the reviewer calls one of them is not lost with the other.
            if is_same && first.name.is_none() && other.name.is_some() {
                Arc::make_mut(first).name.clone_from(&other.name);
            }
            is_same
        });
        self.rename();
        self.relate();
    }

    /// Gives the key of this id what the reviewer calls it, or takes that away. Says whether there is such a key.
    pub fn call(&mut self, id: &str, name: Option<String>) -> bool {
        let Some(key) = self.keys.iter_mut().find(|key| key.id == id) else {
            return false;
        };
        Arc::make_mut(key).name = name;
        true
    }

    /// Takes out the key of this id and names the others anew.
    pub fn remove(&mut self, id: &str) -> Option<Arc<Key>> {
        let at = self.keys.iter().position(|key| key.id == id)?;
        let removed = self.keys.remove(at);
        self.rename();
        self.relate();
        Some(removed)
    }

    /// Puts a key in the place of the one of this id and names all anew. Gives the old one; without it nothing changes.
    pub fn replace(&mut self, id: &str, with: Key) -> Option<Arc<Key>> {
        let old = self.remove(id)?;
        self.add([with]);
        Some(old)
    }

    /// The key that is the same as this one in every respect, its source and place included.
    pub fn same_as(&self, key: &Key) -> Option<&Arc<Key>> {
        self.keys.iter().find(|other| order(key, other).is_eq())
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

    /// With how many other RSA moduli of the ring this key's was compared, in search of a common prime. `None` for keys of
    /// other types, and when there are so many that it would take too long.
    pub fn compared_with(&self, key: &Key) -> Option<usize> {
        let own = shared::name(&shared::modulus(key)?);
        self.compared
            .has(&own)
            .then(|| self.moduli.saturating_sub(1))
    }

    /// Place, name and number of each RSA modulus.
    fn all_moduli(&self) -> Vec<(usize, Name, Vec<u8>)> {
        let keys = self.keys.iter().enumerate();
        keys.filter_map(|(at, key)| {
            let modulus = shared::modulus(key)?;
            Some((at, shared::name(&modulus), modulus))
        })
        .collect()
    }

    /// Notes at each RSA key the others that its modulus shares a prime with. What was compared before is not compared
    /// again.
    fn relate(&mut self) {
        let moduli = self.all_moduli();
        if !self
            .compared
            .has_all(moduli.iter().map(|(_, name, _)| name))
        {
            let numbers: BTreeMap<Name, Vec<u8>> = moduli
                .iter()
                .map(|(_, name, modulus)| (*name, modulus.clone()))
                .collect();
            if let Some(compared) = shared::compare(&numbers) {
                self.compared = compared;
            }
        }
        let mut ids: BTreeMap<Name, &str> = BTreeMap::new();
        for (at, name, _) in &moduli {
            if let Some(key) = self.keys.get(*at) {
                ids.entry(*name).or_insert(&key.id);
            }
        }
        self.moduli = ids.len();
        let related: Vec<(usize, Vec<String>)> = moduli
            .iter()
            .map(|(at, name, _)| {
                let relatives: BTreeSet<&str> = self
                    .compared
                    .relatives(name)
                    .filter_map(|other| ids.get(other).copied())
                    .collect();
                let named = relatives.into_iter().take(MOST_RELATIVES);
                (*at, named.map(str::to_owned).collect())
            })
            .collect();
        for (at, relatives) in related {
            if let Some(key) = self.keys.get_mut(at)
                && key.shares_prime_with != relatives
            {
                Arc::make_mut(key).shares_prime_with = relatives;
            }
        }
    }

    /// Gives each key its id: the `kid` where that is unique, else `<source>#<n>`, with `.2` and so on where that is
    /// taken.
    fn rename(&mut self) {
        let mut uses: HashMap<&str, usize> = HashMap::new();
        for kid in self.keys.iter().filter_map(|key| kid(key)) {
            let count = uses.entry(kid).or_default();
            *count = count.saturating_add(1);
        }
        let unique: Vec<Option<String>> = self
            .keys
            .iter()
            .map(|key| {
                kid(key)
                    .filter(|kid| uses.get(kid) == Some(&1))
                    .map(str::to_owned)
            })
            .collect();
        let mut taken: HashSet<String> = unique.iter().flatten().cloned().collect();
        let mut counts: HashMap<String, usize> = HashMap::new();
        for (key, unique) in self.keys.iter_mut().zip(unique) {
            let id = unique.unwrap_or_else(|| {
                let place = format!("{}#{}", key.source, key.ordinal);
                let count = counts.entry(place.clone()).or_default();
                loop {
                    *count = count.saturating_add(1);
                    let id = match *count {
                        1 => place.clone(),
                        count => format!("{place}.{count}"),
                    };
                    if taken.insert(id.clone()) {
                        break id;
                    }
                }
            });
            if key.id != id {
                // Whoever holds the key already keeps it under its old name.
                Arc::make_mut(key).id = id;
            }
        }
    }
}

fn kid(key: &Key) -> Option<&str> {
    key.members.kid.as_deref().filter(|kid| !kid.is_empty())
}

/// By source, place and thumbprint; then by all else, so that keys that differ at all have one order.
fn order(a: &Key, b: &Key) -> Ordering {
    fn told(key: &Key) -> impl Ord + '_ {
        (
            (&key.source, key.ordinal, &key.thumbprint, &key.spot),
            (key.form, key.kind, key.holds, &key.rsa_exponent),
            (&key.members, &key.certificate, &key.fault, &key.label),
            key.secret().map(Secret::bytes),
        )
    }
    told(a).cmp(&told(b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys::{SecretEncoding, load, load_secret};

    fn jwks(source: &str, jwks: &[&str]) -> Vec<Key> {
        load(
            source,
            format!("{{\"keys\":[{}]}}", jwks.join(",")).as_bytes(),
        )
        .unwrap()
    }

    fn ids(ring: &KeyRing) -> Vec<&str> {
        ring.keys().iter().map(|key| key.id.as_str()).collect()
    }

    const A: &str = r#"{"kty":"RSA","kid":"a","n":"gQ","e":"Aw"}"#;
    const B: &str = r#"{"kty":"RSA","kid":"b","n":"gw","e":"Aw"}"#;
    const NO_KID: &str = r#"{"kty":"RSA","n":"hQ","e":"Aw"}"#;

    #[test]
    fn a_unique_kid_is_the_id_and_else_the_place() {
        let mut ring = KeyRing::new(jwks(
            "one.json",
            &[A, B, NO_KID, r#"{"kty":"RSA","kid":"","n":"hw","e":"Aw"}"#],
        ));
        assert_eq!(ids(&ring), ["a", "b", "one.json#3", "one.json#4"]);
        ring.add(jwks("two.json", &[B]));
        assert_eq!(
            ids(&ring),
            ["a", "one.json#2", "one.json#3", "one.json#4", "two.json#1"]
        );
        assert!(
            ring.remove("one.json#2")
                .is_some_and(|key| key.members.kid.as_deref() == Some("b"))
        );
        assert_eq!(ids(&ring), ["a", "one.json#3", "one.json#4", "b"]);
        assert!(ring.remove("one.json#2").is_none());
        assert!(ring.get("b").is_some_and(|key| key.source == "two.json"));
    }

    #[test]
    fn the_same_file_twice_is_loaded_once() {
        let mut ring = KeyRing::new(jwks("one.json", &[A, B]));
        ring.add(jwks("one.json", &[A, B]));
        assert_eq!(ids(&ring), ["a", "b"]);
    }

    #[test]
    fn what_the_reviewer_calls_a_key_stays_and_tells_none_apart() {
        let mut ring = KeyRing::new(jwks("one.json", &[A, B]));
        assert!(ring.call("b", Some("mine".to_owned())) && !ring.call("c", None));
        ring.add(jwks("one.json", &[A, B]));
        assert_eq!(ids(&ring), ["a", "b"]);
        let name = |ring: &KeyRing| ring.get("b").and_then(|key| key.name.clone());
        assert_eq!(name(&ring).as_deref(), Some("mine"));
        let mut named = jwks("one.json", &[A]);
        named[0].name = Some("first".to_owned());
        ring.add(named);
        let first = ring.get("a").and_then(|key| key.name.clone());
        assert_eq!((ids(&ring).len(), first.as_deref()), (2, Some("first")));
        assert!(ring.call("b", None) && name(&ring).is_none());
    }

    #[test]
    fn ids_are_distinct_even_when_a_kid_looks_like_a_place() {
        let tricky = r#"{"kty":"RSA","kid":"one.json#2","n":"gQ","e":"Aw"}"#;
        let trickier = r#"{"kty":"RSA","kid":"one.json#2.2","n":"gw","e":"Aw"}"#;
        let ring = KeyRing::new(jwks("one.json", &[tricky, NO_KID, trickier]));
        assert_eq!(ids(&ring), ["one.json#2", "one.json#2.3", "one.json#2.2"]);
    }

    #[test]
    fn ties_are_ordered_by_thumbprint() {
        let mut ring = KeyRing::new(jwks("keys.json", &[A]));
        ring.add(jwks("keys.json", &[NO_KID]));
        ring.add(jwks("keys.json", &[B]));
        let thumbprints: Vec<_> = ring
            .keys()
            .iter()
            .map(|key| key.thumbprint.clone())
            .collect();
        assert!(thumbprints.is_sorted() && thumbprints.iter().all(Option::is_some));
    }

    #[test]
    fn who_holds_a_key_keeps_it_as_it_was() {
        let mut ring = KeyRing::new(jwks("one.json", &[A]));
        let held = ring.keys().first().cloned();
        ring.add(jwks("two.json", &[A]));
        assert_eq!(ids(&ring), ["one.json#1", "two.json#1"]);
        assert_eq!(held.map(|key| key.id.clone()).as_deref(), Some("a"));
    }

    proptest! {
        /// Two folders can each hold a `keys.json`, and secrets have no thumbprint to be told apart by.
        #[test]
        fn the_order_of_loading_changes_nothing(
            order in Just((0..9).collect::<Vec<usize>>()).prop_shuffle(),
            at_once in any::<bool>(),
        ) {
            let secret = |text: &[u8], encoding| vec![load_secret("secret", text, encoding).unwrap()];
            let files = [
                jwks("keys.json", &[A, B]),
                jwks("keys.json", &[B, A]),
                jwks("keys.json", &[NO_KID]),
                jwks("keys.json", &[&A.replace("\"a\"", "\"c\"")]),
                jwks("keys.json", &[r#"{"kty":"x"}"#, NO_KID]),
                secret(b"dead", SecretEncoding::Utf8),
                secret(b"beef", SecretEncoding::Utf8),
                secret(b"beef", SecretEncoding::Hex),
                jwks("other.json", &[B]),
            ];
            let expected = KeyRing::new(files.concat());
            let mut ring = KeyRing::default();
            if at_once {
                ring = KeyRing::new(order.iter().flat_map(|&file| files[file].clone()));
            } else {
                for &file in &order {
                    ring.add(files[file].clone());
                }
            }
            prop_assert_eq!(ids(&ring), ids(&expected));
            prop_assert_eq!(ids(&ring).into_iter().collect::<HashSet<_>>().len(), ring.len());
            for (a, b) in ring.keys().iter().zip(expected.keys()) {
                prop_assert!(super::order(a, b).is_eq());
            }
        }
    }
}
