//! What the keys of one file are to each other (RFC 7517 section 5).

use std::collections::BTreeMap;

use super::{Holds, Key};

/// Something about a key that only its set tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetNote {
    /// A secret in one set with keys that are none: whoever may read the public ones reads it too.
    Mixed,
    /// Another key of the set has the same `kid`.
    SharedKid(SharedKid),
    /// It is one JWK of several, and has no `kid` to be asked for by.
    Unnamed,
}

/// What the other keys of one `kid` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SharedKid {
    /// The same key again.
    Same,
    /// A key of another type: the algorithm tells them apart.
    OtherType,
    /// Another key of the same type: nothing tells them apart.
    Other,
}

/// Notes what the keys of one file are to each other.
pub(super) fn note(keys: &mut [Key]) {
    let is_secret = |key: &Key| key.holds == Holds::Symmetric;
    // What cannot be used is nobody's key.
    let is_public = |key: &Key| key.is_usable() && !is_secret(key);
    // Only a JWK has members.
    let is_jwk = |key: &Key| !key.members.names.is_empty();
    let has_kid = |key: &Key| {
        key.members
            .kid
            .as_deref()
            .is_some_and(|kid| !kid.is_empty())
    };
    let are_several = keys.iter().filter(|key| is_jwk(key)).count() > 1;
    let is_mixed = keys.iter().any(is_secret) && keys.iter().any(is_public);
    let mut by_kid: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, key) in keys.iter().enumerate() {
        if let Some(kid) = key.members.kid.clone().filter(|kid| !kid.is_empty()) {
            by_kid.entry(kid).or_default().push(at);
        }
    }
    let mut shared: Vec<Option<SharedKid>> = vec![None; keys.len()];
    for same in by_kid.values().filter(|same| same.len() > 1) {
        for &at in same {
            let others = same.iter().filter(|&&other| other != at);
            let worst = others.filter_map(|&other| relation(keys.get(at)?, keys.get(other)?));
            if let Some(place) = shared.get_mut(at) {
                *place = worst.max();
            }
        }
    }
    for (key, shared) in keys.iter_mut().zip(shared) {
        let mixed = (is_mixed && is_secret(key)).then_some(SetNote::Mixed);
        let is_unnamed = are_several && key.is_usable() && is_jwk(key) && !has_kid(key);
        key.set_notes = mixed
            .into_iter()
            .chain(shared.map(SetNote::SharedKid))
            .chain(is_unnamed.then_some(SetNote::Unnamed))
            .collect();
    }
}

fn relation(one: &Key, other: &Key) -> Option<SharedKid> {
    if !one.is_usable() || !other.is_usable() {
        return None;
    }
    Some(if one.kind.kty() != other.kind.kty() {
        SharedKid::OtherType
    } else if one.is_same_as(other) {
        SharedKid::Same
    } else {
        SharedKid::Other
    })
}

#[cfg(test)]
mod tests {
    use super::super::load;
    use super::*;

    fn notes(set: &str) -> Vec<Vec<SetNote>> {
        let keys = load("set", set.as_bytes()).expect("keys");
        keys.into_iter().map(|key| key.set_notes).collect()
    }

    const ED: &str =
        r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;
    const OCT: &str = r#""kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ""#;
    const OCT2: &str = r#""kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzU""#;

    #[test]
    fn a_secret_beside_keys_that_are_none_is_mixed_and_secrets_alone_are_not() {
        let set = |one: &str, other: &str| {
            notes(&format!(
                r#"{{"keys":[{{{one},"kid":"a"}},{{{other},"kid":"b"}}]}}"#
            ))
        };
        assert_eq!(set(ED, OCT), [vec![], vec![SetNote::Mixed]]);
        assert_eq!(set(OCT, OCT2), [vec![], vec![]]);
    }

    #[test]
    fn one_jwk_of_several_should_have_a_name() {
        let set = notes(&format!(r#"{{"keys":[{{{ED}}},{{{OCT},"kid":"a"}}]}}"#));
        assert_eq!(set, [vec![SetNote::Unnamed], vec![SetNote::Mixed]]);
        assert_eq!(notes(&format!("{{{ED}}}")), [vec![]]);
    }

    #[test]
    fn keys_of_one_kid_are_told_by_how_they_differ() {
        let set = |one: &str, other: &str| {
            notes(&format!(
                r#"{{"keys":[{{{one},"kid":"a"}},{{{other},"kid":"a"}}]}}"#
            ))
        };
        let shared = |kind| vec![SetNote::SharedKid(kind)];
        assert_eq!(
            set(OCT, OCT2),
            [shared(SharedKid::Other), shared(SharedKid::Other)]
        );
        assert_eq!(
            set(OCT, OCT),
            [shared(SharedKid::Same), shared(SharedKid::Same)]
        );
        assert_eq!(set(ED, OCT)[0], shared(SharedKid::OtherType));
    }
}
