//! The tables of registered names beside the registries.

use std::path::Path;

use tokenloupe::jose::json::read;
use tokenloupe::jose::registry::{self, Class, Place, look_up};

use crate::common::say;

/// The rows of a list of the registries; `None` where they do not stand beside the checkout.
fn rows(name: &str) -> Option<Vec<Vec<String>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/audit/registry");
    if !folder.is_dir() {
        say("skipped: no lists of the registries beside the checkout");
        return None;
    }
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        row.iter().map(str::to_owned).collect()
    });
    Some(rows.collect())
}

#[test]
fn every_registered_header_parameter_has_a_meaning() {
    let Some(rows) = rows("jose-header-parameters.csv") else {
        return;
    };
    assert_eq!(rows.len(), 44);
    for row in rows {
        for kind in row[1].split(';') {
            let is_jwe = kind == "JWE";
            let meaning = look_up(Place::Header { is_jwe }, &row[0]);
            assert_eq!(meaning.class, Class::Registered, "{row:?}");
            assert!(meaning.of.iter().any(|of| of == kind), "{row:?}");
            assert!(!meaning.reference.is_empty(), "{row:?}");
        }
    }
}

#[test]
fn every_registered_claim_has_a_meaning() {
    let Some(rows) = rows("jwt-claims.csv") else {
        return;
    };
    assert_eq!(rows.len(), 163);
    for row in rows {
        let meaning = look_up(Place::Claims { issuer: None }, &row[0]);
        assert_eq!(meaning.class, Class::Registered, "{row:?}");
        assert!(
            meaning.is_known() && !meaning.reference.is_empty(),
            "{row:?}"
        );
        assert_eq!(
            meaning.shape.is_numeric_date(),
            row[1] == "numericdate",
            "{row:?}"
        );
    }
}

#[test]
fn every_member_of_keys_has_a_meaning() {
    let Some(rows) = rows("jwk-parameters.csv") else {
        return;
    };
    assert_eq!(rows.len(), 33);
    for row in rows {
        let kty = Some(row[1].as_str()).filter(|kty| *kty != "*");
        let meaning = look_up(Place::Key { kty }, &row[0]);
        assert_eq!(meaning.class, Class::Registered, "{row:?}");
        assert!(kty.is_none_or(|kty| meaning.of == [kty]), "{row:?}");
        if row[2] == "private" {
            let words = ["secret", "lost"];
            assert!(
                words.iter().any(|word| meaning.text.contains(word)),
                "{row:?}"
            );
        }
    }
}

#[test]
fn every_registered_value_has_a_meaning() {
    let (Some(small), Some(algorithms)) = (
        rows("jose-small-registries.csv"),
        rows("jose-algorithms.csv"),
    ) else {
        return;
    };
    let of = |place: Place<'_>, name: &str, text: &str| {
        let json = serde_json::Value::from(text).to_string();
        registry::value(place, name, &read(json.as_bytes()).root.unwrap())
    };
    let key = Place::Key { kty: None };
    let header = Place::Header { is_jwe: true };
    assert_eq!(small.len(), 25);
    for row in small {
        let (name, text) = (row[0].as_str(), row[1].as_str());
        if name == "jwks" {
            let set = look_up(Place::Claims { issuer: None }, "jwks");
            let inside = read(b"{}").root.unwrap();
            assert!(look_up(set.inside(&inside, None), text).is_known());
            continue;
        }
        let place = if name == "zip" { header } else { key };
        assert!(of(place, name, text).is_some(), "{row:?}");
    }
    assert_eq!(algorithms.len(), 53);
    for row in algorithms {
        let name = if row[1] == "enc" { "enc" } else { "alg" };
        let meaning = of(header, name, &row[0]).unwrap();
        let is_marked = ["Prohibited", "Deprecated"].contains(&row[2].as_str());
        assert_eq!(
            meaning.standing,
            is_marked.then_some(row[2].as_str()),
            "{row:?}"
        );
        assert_eq!(
            registry::algorithm(&row[0]).unwrap().usage,
            row[1],
            "{row:?}"
        );
    }
}

#[test]
fn every_common_claim_of_vendors_has_a_meaning() {
    let Some(rows) = rows("vendor-claims.csv") else {
        return;
    };
    assert_eq!(rows.len(), 57);
    for row in rows {
        let meaning = look_up(Place::Claims { issuer: None }, &row[0]);
        assert!(meaning.is_known(), "{row:?}");
    }
    let issuers = [
        ("https://login.microsoftonline.com/t/v2.0", "tid"),
        ("https://t.okta.com/oauth2/default", "cid"),
        ("https://t.auth0.com/", "permissions"),
        ("https://accounts.google.com", "hd"),
        ("https://securetoken.google.com/p", "firebase"),
        ("https://cognito-idp.eu-west-1.amazonaws.com/p", "token_use"),
        ("https://id.example/realms/r", "realm_access"),
        (
            "kubernetes/serviceaccount",
            "kubernetes.io/serviceaccount/namespace",
        ),
        (
            "https://token.actions.githubusercontent.com",
            "job_workflow_ref",
        ),
        ("https://gitlab.com", "project_path"),
        ("https://appleid.apple.com", "real_user_status"),
        ("https://p.supabase.co/auth/v1", "user_metadata"),
    ];
    for (issuer, name) in issuers {
        let meaning = look_up(
            Place::Claims {
                issuer: Some(issuer),
            },
            name,
        );
        let vendor = registry::of_issuer(issuer).unwrap();
        assert!(meaning.of.iter().any(|of| of == vendor), "{issuer} {name}");
        assert_ne!(meaning.class, Class::Registered);
    }
}
