//! Any claims, concealed in any way, come out as they were.

use proptest::collection::{btree_map, vec};
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use serde_json::{Value, json};
use tokenloupe::jose::base64url;
use tokenloupe::jose::sd_jwt::{HashAlgorithm, Standing};

use super::{plain, processed};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z\\\\\"é~/]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map("[a-c~/]{1,2}", inner, 0..5)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Hides members and elements, each as the next choice says.
struct Issuer<'a> {
    hash: &'a HashAlgorithm,
    choices: std::iter::Cycle<std::slice::Iter<'a, bool>>,
    disclosures: Vec<String>,
}

impl Issuer<'_> {
    /// What stands for a hidden claim, after its salt.
    fn hide(&mut self, contents: &[Value]) -> String {
        let salt = json!(format!("salt {}", self.disclosures.len()));
        let array: Vec<_> = std::iter::once(&salt).chain(contents).collect();
        let text = base64url::encode(serde_json::to_string(&array).unwrap().as_bytes());
        let digest = self.hash.digest(&text).unwrap();
        self.disclosures.push(text);
        digest
    }

    fn conceal(&mut self, value: &Value) -> Value {
        match value {
            Value::Array(elements) => elements
                .iter()
                .map(|element| {
                    let element = self.conceal(element);
                    match self.choices.next() {
                        Some(true) => json!({ "...": self.hide(&[element]) }),
                        _ => element,
                    }
                })
                .collect(),
            Value::Object(members) => {
                let mut shown = serde_json::Map::new();
                let mut digests = Vec::new();
                for (name, member) in members {
                    let member = self.conceal(member);
                    match self.choices.next() {
                        Some(true) => digests.push(self.hide(&[json!(name), member])),
                        _ => {
                            shown.insert(name.clone(), member);
                        }
                    }
                }
                if !digests.is_empty() {
                    shown.insert("_sd".to_owned(), json!(digests));
                }
                Value::Object(shown)
            }
            other => other.clone(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_was_concealed_comes_out(
        claims in btree_map("[a-c]{1,2}", value(), 0..5),
        choices in vec(any::<bool>(), 1..40),
        which in any::<prop::sample::Index>(),
        hash in any::<prop::sample::Index>(),
    ) {
        let hashes: Vec<_> = HashAlgorithm::all().collect();
        let hash = *hash.get(&hashes);
        let claims: Value = claims.into_iter().collect();
        let mut issuer = Issuer { hash, choices: choices.iter().cycle(), disclosures: Vec::new() };
        let mut payload = issuer.conceal(&claims);
        payload["_sd_alg"] = json!(hash.name);
        let payload = payload.to_string();
        let mut disclosures: Vec<&str> = issuer.disclosures.iter().map(String::as_str).collect();
        for _ in 0..2 {
            let sd_jwt = processed(&payload, &disclosures);
            prop_assert!(sd_jwt.is_sound());
            let made = sd_jwt.processed.as_ref().unwrap();
            prop_assert_eq!(&plain(made.document().root.as_ref().unwrap()), &claims);
            prop_assert_eq!(sd_jwt.digests.count, disclosures.len());
            disclosures.reverse();
        }
        // One left out: it and what hangs on it is missing, all else is in its place.
        if !disclosures.is_empty() {
            disclosures.remove(which.index(disclosures.len()));
            let sd_jwt = processed(&payload, &disclosures);
            let all = sd_jwt.disclosures.iter();
            let inserted = all.clone().filter(|one| matches!(one.standing, Standing::Inserted { .. })).count();
            let loose = all.filter(|one| matches!(one.standing, Standing::Unreferenced { .. })).count();
            prop_assert_eq!(inserted + loose, disclosures.len());
            prop_assert_eq!(sd_jwt.digests.without_disclosure, 1);
            prop_assert_eq!(sd_jwt.is_sound(), loose == 0);
            prop_assert!(sd_jwt.processed.is_some_and(|made| made.document().is_document()));
        }
    }
}
