//! Header parameters of a type that is not theirs.

use super::*;
use crate::certificates::{request, x5c};

const RULE: &str = "header-type";

pub(super) fn trials() -> Vec<Trial> {
    let with = |member: &str| signed(&format!(r#"{{"alg":"HS256",{member}}}"#), GOOD_CLAIMS);
    let encrypted = |member: &str| {
        let header = format!(r#"{{"alg":"dir","enc":"A256GCM",{member}}}"#);
        let token = format!(
            "{}..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA",
            encode(header.as_bytes())
        );
        inspect(&token, &KeyRing::default())
    };
    let wrong = [
        r#""typ":7"#,
        r#""typ":null"#,
        r#""cty":["JWT"]"#,
        r#""jwk":"key""#,
        r#""jwk":[]"#,
        r#""jku":{"url":"https://a.example"}"#,
        r#""x5u":false"#,
        r#""x5t":12"#,
        r#""x5t#S256":["a"]"#,
        r#""nonce":7"#,
        r#""url":[]"#,
        r#""svt":"a""#,
    ];
    let right = [
        r#""typ":"JWT","cty":"JWT","x5t":"a","nonce":"","svt":[1]"#,
        // Of these other rules speak.
        r#""kid":7"#,
        r#""x5c":7"#,
        // Nobody says what these are: a document that is no RFC, and no document.
        r#""client_id":7"#,
        r#""mine":7"#,
        // Of a JWE, not of a JWS.
        r#""enc":7"#,
    ];
    let wrong_in_jwe = [
        r#""x5c":"AA""#,
        r#""x5c":["AA",7]"#,
        r#""epk":"AA""#,
        r#""apu":7"#,
        r#""aud":7"#,
        r#""aud":["a",7]"#,
    ];
    let right_in_jwe = [
        r#""x5c":["AA"]"#,
        r#""zip":"DEF","epk":{},"apu":"AA","p2c":"many""#,
        r#""aud":"a""#,
        r#""aud":["a","b"]"#,
    ];
    let found = |inspection, member: &str, reasons| {
        Trial::found(RULE, Severity::Low, inspection, &[member], reasons)
    };
    let leaf = request("Leaf").self_signed();
    let chain = leaf.es256(&format!(",{}", x5c(&[&leaf])), GOOD_CLAIMS);
    let own = &["only-token-supplied-key"];
    let mut trials = vec![
        Trial::spared(RULE, inspect(&chain, &KeyRing::default()), own),
        // A name that stands twice is fault enough.
        Trial::spared(RULE, with(r#""typ":7,"typ":8"#), &["malformed"]),
        Trial::spared(
            RULE,
            signed(r#"{"alg":"HS256","crit":"b64","b64":"no"}"#, GOOD_CLAIMS),
            &["malformed"],
        ),
    ];
    // In a header that nothing protects, too.
    let unprotected = |member: &str| {
        let token = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET);
        let mut parts = token.split('.');
        let mut next = || parts.next().unwrap();
        let token = format!(
            r#"{{"protected":"{}","header":{{{member}}},"payload":"{}","signature":"{}"}}"#,
            next(),
            next(),
            next()
        );
        inspect(&token, &ring(&oct(SECRET, "")))
    };
    let typ = r#""typ":7"#;
    trials.push(found(unprotected(typ), typ, &[]));
    trials.push(Trial::spared(RULE, unprotected(r#""typ":"JWT""#), &[]));
    trials.extend(wrong.map(|member| found(with(member), member, &[])));
    trials.extend(right.map(|member| Trial::spared(RULE, with(member), &[])));
    let zip = r#""zip":true"#;
    trials.push(found(encrypted(zip), zip, &["unsupported-algorithm"]));
    trials.extend(wrong_in_jwe.map(|member| found(encrypted(member), member, &["encrypted"])));
    trials
        .extend(right_in_jwe.map(|member| Trial::spared(RULE, encrypted(member), &["encrypted"])));
    trials
}
