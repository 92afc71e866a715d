//! SD-JWT. The clock stands at 1795300813.

use serde_json::{Value, json};

use super::*;
use crate::sd_jwt::make::{NOW, Parties, digests, disclosure, flattened, present, salt};

/// A presentation of these disclosures, all concealed in the payload, without a `cnf` where nothing adds one.
fn shown(disclosures: &[String], change: impl Fn(&mut Value)) -> Inspection {
    let parties = Parties::new();
    let mut claims = parties.claims(disclosures);
    claims.as_object_mut().unwrap().remove("cnf");
    change(&mut claims);
    let text = present(&parties.issue(&claims), disclosures);
    inspect(&text, &parties.ring())
}

fn named(n: usize, name: &str) -> String {
    disclosure(n, name, &json!("v"))
}

fn salted(salt: &str) -> String {
    encode(json!([salt, "a", 1]).to_string().as_bytes())
}

pub(super) fn trials() -> Vec<Trial> {
    [format(), disclosures(), hashes(), contents(), binding()]
        .into_iter()
        .flatten()
        .collect()
}

const REFUSED: &[&str] = &["sd-disclosure-invalid"];

fn format() -> Vec<Trial> {
    let one = named(1, "a");
    let parties = Parties::new();
    let issued = parties.issue(&json!({"exp": NOW + 60}));
    let with_mac = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET);
    let in_json = |disclosures: Value| {
        let mut form = flattened(&format!("{issued}~"));
        form["header"]["disclosures"] = disclosures;
        inspect(&form.to_string(), &parties.ring())
    };
    vec![
        // Cut in a disclosure.
        Trial::found(
            "sd-format",
            Severity::High,
            inspect(&format!("{issued}~{one}"), &parties.ring()),
            &[&one],
            &["malformed"],
        ),
        Trial::found(
            "sd-format",
            Severity::High,
            shown(&[], |claims| claims["_sd"] = json!("x")),
            &["\"x\""],
            &["malformed"],
        ),
        Trial::found(
            "sd-format",
            Severity::High,
            shown(&[], |claims| claims["a"] = json!({"_sd_alg": "sha-256"})),
            &["\"sha-256\""],
            &["malformed"],
        ),
        Trial::found(
            "sd-format",
            Severity::High,
            inspect(&format!("{with_mac}~"), &ring(&oct(SECRET, ""))),
            &["\"HS256\""],
            &["malformed"],
        ),
        Trial::found(
            "sd-format",
            Severity::High,
            in_json(json!([7])),
            &["7"],
            &["malformed"],
        ),
        // No disclosure at all.
        Trial::spared(
            "sd-format",
            inspect(&format!("{issued}~"), &parties.ring()),
            &[],
        ),
        Trial::spared("sd-format", in_json(json!([])), &[]),
        Trial::spared("sd-format", shown(&[one], |_| {}), &[]),
    ]
}

fn disclosures() -> Vec<Trial> {
    let (one, two) = (named(1, "a"), named(2, "b"));
    let reserved = named(3, "_sd");
    let hidden = std::slice::from_ref(&two);
    vec![
        Trial::found(
            "sd-disclosure-invalid",
            Severity::High,
            shown(&[one.clone(), two.clone()], |claims| {
                claims["_sd"] = json!(digests(hidden));
            }),
            &[&one],
            REFUSED,
        ),
        Trial::found(
            "sd-disclosure-invalid",
            Severity::High,
            shown(std::slice::from_ref(&reserved), |_| {}),
            &[&reserved],
            REFUSED,
        ),
        // A claim of that name stands beside the digest.
        Trial::found(
            "sd-disclosure-invalid",
            Severity::High,
            shown(std::slice::from_ref(&one), |claims| claims["a"] = json!(1)),
            &[&one],
            REFUSED,
        ),
        // Withheld, or a decoy.
        Trial::spared(
            "sd-disclosure-invalid",
            shown(&[], |claims| claims["_sd"] = json!(digests(hidden))),
            &[],
        ),
        Trial::spared("sd-disclosure-invalid", shown(&[one, two], |_| {}), &[]),
    ]
}

fn hashes() -> Vec<Trial> {
    let naming = |name: &'static str| shown(&[], move |claims| claims["_sd_alg"] = json!(name));
    vec![
        Trial::found(
            "sd-hash-weak",
            Severity::High,
            naming("md5"),
            &["\"md5\""],
            &["sd-hash-weak"],
        ),
        Trial::found(
            "sd-hash-weak",
            Severity::High,
            naming("SHA-256"),
            &["\"SHA-256\""],
            &["sd-hash-weak"],
        ),
        Trial::found(
            "sd-hash-weak",
            Severity::Low,
            shown(&[], |claims| claims["_sd"] = json!(["short"])),
            &["\"short\""],
            &[],
        ),
        Trial::spared("sd-hash-weak", naming("sha-512"), &[]),
        Trial::spared(
            "sd-hash-weak",
            shown(&[], |claims| {
                drop(claims.as_object_mut().unwrap().remove("_sd_alg"));
            }),
            &[],
        ),
    ]
}

fn contents() -> Vec<Trial> {
    let short = salted("2GLC42sKQveCfGfryNRN9");
    let same = [
        encode(json!([salt(1), "a", 1]).to_string().as_bytes()),
        encode(json!([salt(1), "b", 1]).to_string().as_bytes()),
    ];
    let exp = disclosure(1, "exp", &json!(NOW + 60));
    let without_exp = |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove("exp"));
    vec![
        Trial::found(
            "sd-salt-weak",
            Severity::Medium,
            shown(std::slice::from_ref(&short), |_| {}),
            &[&short],
            &[],
        ),
        Trial::found(
            "sd-salt-weak",
            Severity::High,
            shown(&same, |_| {}),
            &[&same[0], &same[1]],
            &[],
        ),
        Trial::spared("sd-salt-weak", shown(&[salted(&salt(7))], |_| {}), &[]),
        Trial::spared(
            "sd-salt-weak",
            shown(&[salted("a long salt that is no base64url at all")], |_| {}),
            &[],
        ),
        Trial::found(
            "sd-validity-hidden",
            Severity::High,
            shown(std::slice::from_ref(&exp), without_exp),
            &[&exp],
            &[],
        ),
        Trial::spared("sd-validity-hidden", shown(&[named(1, "sub")], |_| {}), &[]),
        Trial::spared("sd-validity-hidden", shown(&[named(1, "vct")], |_| {}), &[]),
    ]
}

fn binding() -> Vec<Trial> {
    let parties = Parties::new();
    let issued = parties.issue(&parties.claims(&[]));
    let bare = present(&issued, &[]);
    let of = |text: &str| inspect(text, &parties.ring());
    let cnf = format!("\"cnf\":{}", parties.cnf());
    let unbound = parties.issue(&json!({"exp": NOW + 60}));
    let to_no_key = parties.bind(&present(&unbound, &[]), |_, _| {});
    let whole_claims = to_no_key
        .rsplit('~')
        .next()
        .and_then(|jwt| jwt.split('.').nth(1))
        .unwrap()
        .to_owned();
    vec![
        Trial::found("sd-kb-mismatch", Severity::High, of(&bare), &[&cnf], &[]),
        Trial::found(
            "sd-kb-mismatch",
            Severity::High,
            of(&to_no_key),
            &[&whole_claims],
            &["sd-kb-mismatch"],
        ),
        Trial::spared("sd-kb-mismatch", of(&parties.bind(&bare, |_, _| {})), &[]),
        Trial::spared(
            "sd-kb-mismatch",
            of(&parties.bind(&bare, |_, claims| claims["iat"] = json!(NOW - 300))),
            &[],
        ),
        // In JSON its dots are no second token.
        Trial::spared(
            "jws-polyglot",
            of(&flattened(&parties.bind(&bare, |_, _| {})).to_string()),
            &[],
        ),
    ]
}
