//! Encoding and structure.

use super::*;

/// An HS256 token whose payload stands in it as it is.
fn unencoded(payload: &str) -> Inspection {
    use ::hmac::{KeyInit as _, Mac as _};
    let header = encode(br#"{"alg":"HS256","b64":false,"crit":["b64"]}"#);
    let input = format!("{header}.{payload}");
    let mac = ::hmac::Hmac::<sha2::Sha256>::new_from_slice(SECRET)
        .unwrap()
        .chain_update(&input)
        .finalize();
    let token = format!("{input}.{}", encode(&mac.into_bytes()));
    inspect(&token, &ring(&oct(SECRET, "")))
}

/// A good token with so long a claim that its text is as long as can be within a limit, and one that is beyond.
fn around(limit: usize, header: &str) -> [Inspection; 2] {
    let with = |pad: usize| {
        let claims = format!(r#"{{"exp":1795340000,"pad":"{}"}}"#, "x".repeat(pad));
        hmac(header, &claims, SECRET)
    };
    let pad = (0..limit)
        .rev()
        .find(|pad| with(*pad).len() <= limit)
        .unwrap();
    [pad, pad + 1].map(|pad| inspect(&with(pad), &ring(&oct(SECRET, ""))))
}

pub(super) fn trials() -> Vec<Trial> {
    let header = r#"{"alg":"HS256"}"#;
    let good = hmac(header, GOOD_CLAIMS, SECRET);
    let keys = ring(&oct(SECRET, ""));
    let padded_header = good.replacen('.', "=.", 1);
    let last = good.chars().last().unwrap();
    let next = char::from_u32(u32::from(last) + 1).unwrap();
    let respelled = format!("{}{next}", &good[..good.len() - 1]);
    let brace = good.replacen('.', ".{", 1);
    let claims = encode(br#"{"sub":"admin"}"#);
    let other = encode(br#"{"sub":"jane"}"#);
    let json =
        |payload: &str| format!(r#"{{"kid":".{claims}.","payload":"{payload}","signature":""}}"#);
    let (two, same) = (json(&other), json(&claims));
    let harmless = format!(r#"{{"kid":"a.b.c","payload":"{claims}","signature":""}}"#);
    let [fits, beyond] = around(4096, header);
    let [header_fits, header_beyond] = around(8170, header);
    let [_, event] = around(8170, r#"{"alg":"HS256","typ":"secevent+jwt"}"#);
    let pad = |inspection: &Inspection| {
        let claims = inspection.token.part(PartRole::Payload).unwrap();
        let text = claims.utf8().unwrap().to_owned();
        text[text.find("\"pad\"").unwrap()..text.len() - 1].to_owned()
    };
    let (pad_low, pad_medium, pad_beyond) = (pad(&header_fits), pad(&header_beyond), pad(&beyond));
    let (exp, alg) = (r#""exp":1795340000"#, r#""alg":"HS256""#);
    vec![
        Trial::found(
            "b64-nonstandard",
            Severity::High,
            inspect(&format!("{good}="), &keys),
            &["="],
            &["malformed"],
        ),
        Trial::found(
            "b64-nonstandard",
            Severity::Medium,
            inspect(&padded_header, &keys),
            &["="],
            &["malformed", "signature-invalid"],
        ),
        Trial::found(
            "b64-nonstandard",
            Severity::Medium,
            inspect(&format!("{good}="), &KeyRing::default()),
            &["="],
            &["malformed"],
        ),
        Trial::spared("b64-nonstandard", unencoded("hello there!"), &[]),
        Trial::found(
            "b64-trailing-bits",
            Severity::Medium,
            inspect(&respelled, &keys),
            &[&next.to_string()],
            &["malformed"],
        ),
        Trial::spared(
            "b64-trailing-bits",
            signed(header, r#"{"exp":1795340000 }"#),
            &[],
        ),
        Trial::found(
            "json-duplicate-member",
            Severity::High,
            signed(header, r#"{"sub":1,"exp":1795340000,"\u0073ub":2}"#),
            &[r#""sub":1"#, r#""\u0073ub":2"#],
            &["malformed"],
        ),
        Trial::found(
            "json-duplicate-member",
            Severity::High,
            signed(r#"{"alg":"HS256","\u0061lg":"HS256"}"#, GOOD_CLAIMS),
            &[r#""alg":"HS256""#, r#""\u0061lg":"HS256""#],
            &["malformed"],
        ),
        Trial::spared(
            "json-duplicate-member",
            signed(header, r#"{"a":{"sub":1},"b":{"sub":1},"exp":1795340000}"#),
            &[],
        ),
        Trial::found(
            "json-case-variant-member",
            Severity::Medium,
            signed(header, r#"{"aud":"a","exp":1795340000,"Aud":"b"}"#),
            &[r#""aud":"a""#, r#""Aud":"b""#],
            &[],
        ),
        Trial::found(
            "json-case-variant-member",
            Severity::Medium,
            signed(header, r#"{"exp":1795340000,"x":[{"id":1,"ID":2}]}"#),
            &[r#""id":1"#, r#""ID":2"#],
            &[],
        ),
        // The Kelvin sign is a k.
        Trial::found(
            "json-case-variant-member",
            Severity::Medium,
            signed("{\"alg\":\"HS256\",\"\u{212A}id\":\"a\"}", GOOD_CLAIMS),
            &["\"\u{212A}id\":\"a\""],
            &[],
        ),
        Trial::found(
            "json-case-variant-member",
            Severity::Medium,
            signed(r#"{"alg":"HS256","ALG":"none"}"#, GOOD_CLAIMS),
            &[r#""alg":"HS256""#, r#""ALG":"none""#],
            &[],
        ),
        Trial::spared(
            "json-case-variant-member",
            signed(
                r#"{"alg":"HS256","Extra":1}"#,
                r#"{"UserId":1,"Sub":2,"exp":1795340000}"#,
            ),
            &[],
        ),
        Trial::found(
            "json-bad-encoding",
            Severity::Medium,
            signed(header, "\u{FEFF}{\"exp\":1795340000}"),
            &["\u{FEFF}"],
            &["malformed"],
        ),
        Trial::spared(
            "json-bad-encoding",
            signed(header, " {\"exp\": 1795340000 }\n"),
            &[],
        ),
        Trial::spared("json-bad-encoding", signed(header, "hello"), &[]),
        Trial::found(
            "jws-polyglot",
            Severity::High,
            inspect(&brace, &keys),
            &["{"],
            &["malformed", "signature-invalid"],
        ),
        Trial::found(
            "jws-polyglot",
            Severity::Critical,
            inspect(&two, &keys),
            &[&two],
            &["malformed"],
        ),
        Trial::found(
            "jws-polyglot",
            Severity::High,
            inspect(&same, &keys),
            &[&same],
            &["malformed"],
        ),
        Trial::spared("jws-polyglot", unencoded(r#"{"a":1}"#), &["malformed"]),
        Trial::spared("jws-polyglot", inspect(&harmless, &keys), &["malformed"]),
        Trial::found(
            "token-size",
            Severity::Low,
            beyond,
            &[&pad_beyond, exp, alg],
            &[],
        ),
        Trial::spared("token-size", fits, &[]),
        Trial::found(
            "token-size",
            Severity::Low,
            header_fits,
            &[&pad_low, exp, alg],
            &[],
        ),
        Trial::found(
            "token-size",
            Severity::Medium,
            header_beyond,
            &[&pad_medium, exp, alg],
            &[],
        ),
        Trial::spared("token-size", event, &["profile-claim-missing"]),
    ]
}

#[test]
fn a_duplicate_silences_rules_about_its_type_on_that_member_only() {
    let judgement = of(
        r#"{"alg":"HS256"}"#,
        r#"{"exp":1795340000,"exp":"1795340000","nbf":"x"}"#,
    );
    let about: Vec<_> = judgement
        .findings
        .iter()
        .filter(|finding| finding.rule == "numericdate-type")
        .map(|finding| finding.evidence[0].pointer.as_deref())
        .collect();
    assert_eq!(about, [Some("/nbf")]);
}

#[test]
fn a_name_that_stands_very_often_is_counted_and_not_listed_in_full() {
    let claims = format!("{{{}}}", vec![r#""exp":1795340000"#; 2_000].join(","));
    let judgement = of(r#"{"alg":"HS256"}"#, &claims);
    let finding = &judgement.findings[0];
    assert_eq!(finding.rule, "json-duplicate-member");
    assert!(finding.title.contains("2000 times"), "{}", finding.title);
    assert_eq!(finding.evidence.len(), 100);
}
