//! What is found in a key file while it is read.

use std::collections::HashSet;

use super::MAX_KEYS;
use crate::jose::visible::visible;
use crate::keys::unlock::Opening;
use crate::keys::{Key, KeyFault};

/// Texts in texts are followed so deep: a secret of Kubernetes in JSON, in it a properties file, in it base64, in it PEM.
const MAX_LAYERS: usize = 4;

/// The keys of one file, in order. Beyond [`MAX_KEYS`] they are counted and not made, whatever form they have.
pub(super) struct Found<'s> {
    source: &'s str,
    opening: &'s Opening<'s>,
    keys: Vec<Key>,
    left_out: usize,
    /// Where the text that is read now stands in the file, outermost first.
    spots: Vec<String>,
    layers: usize,
}

impl<'s> Found<'s> {
    /// Nothing yet. `source` is the file's name for people, `opening` what may open it.
    pub(super) fn new(source: &'s str, opening: &'s Opening<'s>) -> Self {
        Self {
            source,
            opening,
            keys: Vec::new(),
            left_out: 0,
            spots: Vec::new(),
            layers: 0,
        }
    }

    /// The file's name for people.
    pub(super) fn source(&self) -> &'s str {
        self.source
    }

    /// What opens what is locked in it.
    pub(super) fn opening(&self) -> &'s Opening<'s> {
        self.opening
    }

    /// How many keys there are, those that were left out among them.
    pub(super) fn count(&self) -> usize {
        self.keys.len().saturating_add(self.left_out)
    }

    /// Takes a key, which is made from the file's name and its place in it, where there is room for it.
    pub(super) fn add(&mut self, make: impl FnOnce(&str, usize) -> Key) -> Option<&mut Key> {
        if self.keys.len() >= MAX_KEYS {
            self.left_out = self.left_out.saturating_add(1);
            return None;
        }
        let mut key = make(self.source, self.keys.len().saturating_add(1));
        if !self.spots.is_empty() {
            key.spot = Some(visible(&self.spots.join(", ")));
        }
        self.keys.push(key);
        self.keys.last_mut()
    }

    /// Takes keys that are made already.
    pub(super) fn take_all(&mut self, keys: Vec<Key>) {
        for key in keys {
            self.add(|_, ordinal| Key { ordinal, ..key });
        }
    }

    /// Counts keys that were not made.
    pub(super) fn leave_out(&mut self, count: usize) {
        self.left_out = self.left_out.saturating_add(count);
    }

    /// Looks for keys in a part of the file; `spot` says where that stands, and is nothing where it is all of it.
    pub(super) fn at<T>(&mut self, spot: &str, look: impl FnOnce(&mut Self) -> T) -> T {
        if spot.is_empty() {
            return look(self);
        }
        self.spots.push(spot.to_owned());
        let result = look(self);
        self.spots.pop();
        result
    }

    /// Looks for keys in what need not hold any. They are taken when one of them is a key.
    pub(super) fn attempt(&mut self, look: impl FnOnce(&mut Self)) {
        if self.layers >= MAX_LAYERS {
            return;
        }
        let mut inner = Self {
            source: self.source,
            opening: self.opening,
            keys: Vec::new(),
            left_out: 0,
            spots: self.spots.clone(),
            layers: self.layers.saturating_add(1),
        };
        look(&mut inner);
        // What is locked is a key, whatever keeps it locked.
        let is_key = |key: &Key| {
            matches!(
                key.fault,
                None | Some(
                    KeyFault::Cancelled
                        | KeyFault::Ceiling { .. }
                        | KeyFault::Encrypted
                        | KeyFault::Lock(_)
                        | KeyFault::WrongPassphrase
                )
            )
        };
        if !inner.keys.iter().any(is_key) {
            return;
        }
        for mut key in inner.keys {
            if self.keys.len() < MAX_KEYS {
                key.ordinal = self.keys.len().saturating_add(1);
                self.keys.push(key);
            } else {
                self.left_out = self.left_out.saturating_add(1);
            }
        }
        self.left_out = self.left_out.saturating_add(inner.left_out);
    }

    /// The keys from this one on.
    pub(super) fn since(&mut self, first: usize) -> &mut [Key] {
        self.keys.get_mut(first..).unwrap_or_default()
    }

    /// Leaves out the public keys, from this one on, that stand in a certificate beside them too.
    pub(super) fn without_doubles(&mut self, first: usize) {
        let certified: Vec<_> = self
            .since(first)
            .iter()
            .filter(|key| key.certificate.is_some())
            .filter_map(|key| Some((key.thumbprint.clone()?, key.members.kid.clone())))
            .collect();
        let is_double = |key: &Key| {
            let own = (key.thumbprint.as_ref(), &key.members.kid);
            // Entries of a set are listed as they are, whatever they say.
            key.certificate.is_none()
                && key.members.kty.is_none()
                && key.private().is_none()
                && certified
                    .iter()
                    .any(|(thumbprint, kid)| (Some(thumbprint), kid) == own)
        };
        let mut at = 0_usize;
        self.keys.retain(|key| {
            at = at.saturating_add(1);
            at <= first || !is_double(key)
        });
    }

    /// Leaves out the keys, from this one on, that stand before it too.
    pub(super) fn without_repeated(&mut self, first: usize) {
        let told = |key: &Key| {
            let thumbprint = key.thumbprint.clone()?;
            Some((thumbprint, key.holds, key.certificate.is_some()))
        };
        let before: HashSet<_> = self.keys.iter().take(first).filter_map(told).collect();
        let mut at = 0_usize;
        self.keys.retain(|key| {
            at = at.saturating_add(1);
            at <= first || told(key).is_none_or(|told| !before.contains(&told))
        });
    }

    /// The keys; the last one stands for all that were left out.
    pub(super) fn finish(mut self) -> Vec<Key> {
        for (key, ordinal) in self.keys.iter_mut().zip(1..) {
            key.ordinal = ordinal;
        }
        if self.left_out > 0 {
            let ordinal = self.keys.len().saturating_add(1);
            let mut rest = Key::blank(self.source, ordinal, "rest of the file");
            rest.fault = Some(KeyFault::LeftOut {
                count: self.left_out,
            });
            self.keys.push(rest);
        }
        self.keys
    }
}
