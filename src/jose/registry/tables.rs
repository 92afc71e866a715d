//! The tables in `assets/registry`, read once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use super::shape::Shape;
use super::{Algorithm, Class, Meaning, Place, ValueMeaning, class_of, look_up};

/// The places that have a table of their own, beside the objects in `inner-members.csv`.
pub(super) const HEADER: &str = "header";
pub(super) const CLAIMS: &str = "claims";
pub(super) const KEY: &str = "key";

/// Confirmation methods are registered by themselves (RFC 7800 section 6.2).
const CONFIRMATION: &str = "cnf";

type Members = BTreeMap<String, BTreeMap<String, Vec<Meaning>>>;
type Values = BTreeMap<(&'static str, String), BTreeMap<String, ValueMeaning>>;

/// Members by place and name. A name may mean several things, each of which says whose it is.
pub(super) static MEMBERS: LazyLock<Members> = LazyLock::new(members);

/// The same to look things up in, which every rule does: without comparing one name after the other.
pub(super) static INDEX: LazyLock<HashMap<&str, HashMap<&str, &[Meaning]>>> = LazyLock::new(|| {
    let places = MEMBERS.iter().map(|(place, names)| {
        let names = names
            .iter()
            .map(|(name, all)| (name.as_str(), all.as_slice()));
        (place.as_str(), names.collect())
    });
    places.collect()
});

/// Registered claims that are a NumericDate.
pub(super) static NUMERIC_DATES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let claims = MEMBERS.get(CLAIMS).into_iter().flatten();
    let dates = claims.filter(|(name, _)| {
        let meaning = look_up(Place::Claims { issuer: None }, name);
        meaning.class == Class::Registered && meaning.shape.is_numeric_date()
    });
    dates.map(|(name, _)| name.as_str()).collect()
});

/// Values by place, name and value.
pub(super) static VALUES: LazyLock<Values> = LazyLock::new(values);

/// Algorithms by name.
pub(super) static ALGORITHMS: LazyLock<HashMap<String, Algorithm>> = LazyLock::new(|| {
    let rows = rows(include_str!("../../../assets/registry/jose-algorithms.csv"));
    let known = rows.into_iter().filter_map(|row| {
        let [name, usage, requirement, reference, meaning] = row.try_into().ok()?;
        let algorithm = Algorithm {
            usage,
            requirement,
            reference: spaced(&reference),
            meaning,
        };
        Some((name, algorithm))
    });
    known.collect()
});

fn members() -> Members {
    let mut all = Members::new();
    let mut add = |place: String, name: String, meaning: Meaning| {
        let names = all.entry(place).or_default();
        names.entry(name).or_default().push(meaning);
    };
    let registered = [
        (
            HEADER,
            include_str!("../../../assets/registry/jose-header-parameters.csv"),
        ),
        (
            CLAIMS,
            include_str!("../../../assets/registry/jwt-claims.csv"),
        ),
        (
            KEY,
            include_str!("../../../assets/registry/jwk-parameters.csv"),
        ),
    ];
    for (place, table) in registered {
        for (name, meaning) in rows(table).into_iter().filter_map(member) {
            add(place.to_owned(), name, meaning);
        }
    }
    let inner = include_str!("../../../assets/registry/inner-members.csv");
    for mut row in rows(inner) {
        let place = row.remove(0);
        let class = if place == CONFIRMATION {
            Class::Registered
        } else {
            Class::Inner
        };
        if let Some((name, meaning)) = member(row) {
            add(place, name, Meaning { class, ..meaning });
        }
    }
    let vendors = include_str!("../../../assets/registry/vendor-claims.csv");
    let claims = all.entry(CLAIMS.to_owned()).or_default();
    for (name, mut meaning) in rows(vendors).into_iter().filter_map(member) {
        let known = claims.entry(name.clone()).or_default();
        match known.iter().find(|other| other.of.is_empty()) {
            // A vendor's reading of a registered name.
            Some(registered) if meaning.reference.is_empty() => {
                meaning.reference.clone_from(&registered.reference);
            }
            Some(_) => {}
            None => meaning.class = class_of(&name),
        }
        if meaning.reference == NO_REFERENCE {
            meaning.reference.clear();
        }
        known.push(meaning);
    }
    for known in all.values_mut().flat_map(BTreeMap::values_mut) {
        let together = together(known);
        known.extend(together);
    }
    all
}

/// In the column of references: not even that of the registered claim of this name.
const NO_REFERENCE: &str = "-";

/// What a name means of which several say what it means, and none of them for all: all of it.
fn together(known: &[Meaning]) -> Option<Meaning> {
    let [first, _, ..] = known else { return None };
    let is_anyones = known.iter().any(|meaning| meaning.of.is_empty());
    let is_one = known.iter().all(|other| other.text == first.text);
    if is_anyones || is_one && known.iter().all(|other| other.reference == first.reference) {
        return None;
    }
    let texts: Vec<String> = known
        .iter()
        .map(|meaning| format!("{}: {}", meaning.of.join(", "), meaning.text))
        .collect();
    let mut shape = first.shape.clone();
    for meaning in known {
        shape.join(&meaning.shape);
    }
    Some(Meaning {
        label: first.label.clone(),
        text: texts.join(" "),
        reference: first.reference.clone(),
        shape,
        class: first.class,
        of: known
            .iter()
            .flat_map(|meaning| meaning.of.clone())
            .collect(),
        holds: first.holds.clone(),
    })
}

/// A row as the name and what it means.
fn member(row: Vec<String>) -> Option<(String, Meaning)> {
    let [name, of, label, shape, reference, holds, text] = row.try_into().ok()?;
    let meaning = Meaning {
        label,
        text,
        reference: spaced(&reference),
        shape: Shape::parse(&shape)?,
        class: Class::Registered,
        of: of
            .split(';')
            .filter(|of| !of.is_empty())
            .map(str::to_owned)
            .collect(),
        holds,
    };
    Some((name, meaning))
}

fn values() -> Values {
    let mut all = Values::new();
    let table = include_str!("../../../assets/registry/values.csv");
    for row in rows(table) {
        let Ok([place, name, value, reference, text]) = <[String; 5]>::try_from(row) else {
            continue;
        };
        let Some(place) = [HEADER, CLAIMS, KEY]
            .into_iter()
            .find(|known| *known == place)
        else {
            continue;
        };
        let meaning = ValueMeaning {
            text,
            reference: spaced(&reference),
            standing: None,
        };
        all.entry((place, name)).or_default().insert(value, meaning);
    }
    #[expect(clippy::iter_over_hash_type, reason = "they go into a map")]
    for (name, algorithm) in ALGORITHMS.iter() {
        let standing = ["Prohibited", "Deprecated"];
        let meaning = ValueMeaning {
            text: algorithm.meaning.clone(),
            reference: algorithm.reference.clone(),
            standing: standing
                .into_iter()
                .find(|standing| *standing == algorithm.requirement),
        };
        let places: &[(&'static str, &str)] = match algorithm.usage.as_str() {
            "enc" => &[(HEADER, "enc"), (KEY, "alg")],
            "JWK" => &[(HEADER, "alg"), (HEADER, "enc"), (KEY, "alg")],
            _ => &[(HEADER, "alg"), (KEY, "alg")],
        };
        for (place, member) in places {
            let values = all.entry((place, (*member).to_owned())).or_default();
            values.insert(name.clone(), meaning.clone());
        }
    }
    all
}

fn rows(table: &str) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .from_reader(table.as_bytes())
        .records()
        .filter_map(Result::ok)
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

/// `RFC7515 4.1.1; OIDC Core 2` as people write it: `RFC 7515 §4.1.1, OpenID Connect Core §2`.
fn spaced(references: &str) -> String {
    let one = |reference: &str| {
        let is_number =
            |word: &str| word.bytes().all(|c| c.is_ascii_digit() || c == b'.') && !word.is_empty();
        let name = |document: &str| match document.strip_prefix("RFC") {
            Some(number) if number.starts_with(|first: char| first.is_ascii_digit()) => {
                format!("RFC {number}")
            }
            _ => document.replace("OIDC ", "OpenID Connect "),
        };
        // Where a document's name ends in its version, the section is a second number.
        let section = reference.rsplit_once(' ').filter(|(document, section)| {
            let has_version = document.rsplit(' ').next().is_some_and(is_number);
            let is_numbered = document.starts_with("RFC") || document.starts_with("OIDC");
            is_number(section) && (has_version || is_numbered)
        });
        match section {
            Some((document, section)) => format!("{} §{section}", name(document)),
            None => name(reference),
        }
    };
    let all: Vec<String> = references.split("; ").map(one).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        for (table, count) in [
            (
                include_str!("../../../assets/registry/jose-header-parameters.csv"),
                44,
            ),
            (include_str!("../../../assets/registry/jwt-claims.csv"), 163),
            (
                include_str!("../../../assets/registry/jwk-parameters.csv"),
                33,
            ),
        ] {
            let rows = rows(table);
            assert_eq!(rows.len(), count);
            for row in rows {
                assert!(member(row.clone()).is_some(), "{row:?}");
            }
        }
        let vendors = rows(include_str!("../../../assets/registry/vendor-claims.csv"));
        assert!(vendors.len() > 140);
        for row in vendors {
            assert!(member(row.clone()).is_some(), "{row:?}");
        }
        for mut row in rows(include_str!("../../../assets/registry/inner-members.csv")) {
            row.remove(0);
            assert!(member(row.clone()).is_some(), "{row:?}");
        }
        let values = rows(include_str!("../../../assets/registry/values.csv"));
        let known: usize = VALUES.values().map(BTreeMap::len).sum();
        // Each algorithm is a value at two places, those for keys only at three.
        assert_eq!(known, values.len() + 2 * ALGORITHMS.len() + 8);
        assert_eq!(ALGORITHMS.len(), 53);
    }

    #[test]
    fn every_meaning_is_one_plain_sentence_with_a_label() {
        for (name, meanings) in MEMBERS.values().flatten() {
            for meaning in meanings {
                let Meaning { label, text, .. } = meaning;
                assert!(!label.is_empty() && label.len() <= 36, "{name}: {label}");
                assert!(text.ends_with('.') && !text.contains('!'), "{name}: {text}");
                assert!(text.len() >= 12, "{name}: {text}");
                let is_together = meaning.of.len() > 1;
                assert!(is_together || text.len() <= 190, "{name}: {text}");
                assert!(
                    is_together || !text.trim_end_matches('.').contains(". "),
                    "{name}: {text}"
                );
            }
        }
    }

    #[test]
    fn every_object_that_is_named_has_a_table() {
        for (name, meaning) in MEMBERS.values().flatten() {
            for holds in meaning.iter().map(|meaning| meaning.holds.as_str()) {
                assert!(
                    holds.is_empty() || MEMBERS.contains_key(holds),
                    "{name}: {holds}"
                );
            }
        }
        for place in MEMBERS.keys() {
            let is_top = [HEADER, CLAIMS, KEY].contains(&place.as_str());
            let mut all = MEMBERS.values().flat_map(BTreeMap::values).flatten();
            assert!(
                is_top || all.any(|meaning| meaning.holds == *place),
                "{place}"
            );
        }
    }

    #[test]
    fn every_name_with_values_is_known() {
        for ((place, name), _) in VALUES.iter() {
            assert!(MEMBERS[*place].contains_key(name), "{place} {name}");
        }
    }

    #[test]
    fn references_are_written_as_people_do() {
        for (reference, written) in [
            ("RFC7515 4.1.1", "RFC 7515 §4.1.1"),
            ("RFC9711", "RFC 9711"),
            ("OIDC Core 2; RFC9449", "OpenID Connect Core §2, RFC 9449"),
            ("OpenID Federation 1.0", "OpenID Federation 1.0"),
            ("OpenID Federation 1.0 4.3", "OpenID Federation 1.0 §4.3"),
            ("3GPP TS 29.510", "3GPP TS 29.510"),
            ("ETSI NFV-SEC 022", "ETSI NFV-SEC 022"),
            ("CTA-5009", "CTA-5009"),
            ("", ""),
        ] {
            assert_eq!(spaced(reference), written);
        }
    }
}
