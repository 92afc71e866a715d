//! Encrypted tokens.

use std::io::Write as _;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::json;

use super::*;
use crate::forms::make::{Sealing, To, epk, p256};

static RSA: LazyLock<PKey<Private>> = LazyLock::new(|| rsa(3072));

fn secret() -> To {
    To::Secret(SECRET.to_vec())
}

fn public() -> To {
    To::Rsa(RSA.clone())
}

/// A token for `to`, with its key.
fn opened(header: &str, to: &To, plaintext: impl AsRef<[u8]>) -> Inspection {
    let text = Sealing::new(header, to, plaintext.as_ref()).compact();
    inspect(&text, &to.ring())
}

/// The same, without.
fn closed(header: &str, to: &To, plaintext: impl AsRef<[u8]>) -> Inspection {
    let text = Sealing::new(header, to, plaintext.as_ref()).compact();
    inspect(&text, &KeyRing::default())
}

/// The whole ciphertext of a token.
fn ciphertext(inspection: &Inspection) -> String {
    let part = inspection.token.part(PartRole::Ciphertext).unwrap();
    inspection.token.text()[part.range.clone()].to_owned()
}

pub(super) fn trials() -> Vec<Trial> {
    [
        passwords(),
        compression(),
        rsa_encryption(),
        ephemeral(),
        senders(),
        content_types(),
        names(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const SALT: &str = "AAECAwQFBgcICQoLDA0ODw";

fn passwords() -> Vec<Trial> {
    let password = To::Secret(b"correct horse battery staple".to_vec());
    let header =
        |members: &str| format!(r#"{{"alg":"PBES2-HS256+A128KW","enc":"A128GCM"{members}}}"#);
    // What is refused before any work needs no encrypted key that fits.
    let made = |members: &str| {
        let text = Sealing::new(
            &header(&format!(r#","p2s":"{SALT}","p2c":1"#)),
            &password,
            GOOD_CLAIMS.as_bytes(),
        )
        .compact();
        let (_, rest) = text.split_once('.').unwrap();
        let text = format!("{}.{rest}", encode(header(members).as_bytes()));
        inspect(&text, &password.ring())
    };
    let good = |p2c: &str, salt: &str| {
        opened(
            &header(&format!(r#","p2s":"{salt}","p2c":{p2c}"#)),
            &password,
            GOOD_CLAIMS,
        )
    };
    let (high, low) = ("jwe-p2c-high", "jwe-p2c-low");
    let with = |p2c: &str| format!(r#","p2s":"{SALT}","p2c":{p2c}"#);
    let mut trials = vec![
        Trial::found(
            high,
            Severity::Medium,
            closed(&header(&with("600001")), &password, "x"),
            &[r#""p2c":600001"#],
            &["encrypted"],
        ),
        Trial::spared(
            high,
            closed(&header(&with("600000")), &password, "x"),
            &["encrypted"],
        ),
        Trial::spared(high, good("1000", SALT), &[]),
        Trial::spared(
            high,
            opened(
                r#"{"alg":"A256KW","enc":"A128GCM","p2c":9999999}"#,
                &secret(),
                GOOD_CLAIMS,
            ),
            &[],
        ),
        Trial::found(
            low,
            Severity::Medium,
            good("999", SALT),
            &[r#""p2c":999"#],
            &[],
        ),
        Trial::found(
            low,
            Severity::Low,
            good("1000", SALT),
            &[r#""p2c":1000"#],
            &[],
        ),
        Trial::found(
            low,
            Severity::Medium,
            good("1000", "AAECAwQFBg"),
            &[r#""p2c":1000"#, r#""p2s":"AAECAwQFBg""#],
            &[],
        ),
        Trial::found(
            low,
            Severity::Medium,
            closed(
                &header(r#","p2s":"AAECAwQFBg","p2c":310000"#),
                &password,
                "x",
            ),
            &[r#""p2s":"AAECAwQFBg""#],
            &["encrypted"],
        ),
        Trial::spared(
            low,
            closed(&header(&with("310000")), &password, "x"),
            &["encrypted"],
        ),
        Trial::spared(
            low,
            opened(
                r#"{"alg":"A256KW","enc":"A128GCM","p2c":1}"#,
                &secret(),
                GOOD_CLAIMS,
            ),
            &[],
        ),
    ];
    for p2c in ["1200001", "2147483648", "1e99"] {
        let member = format!(r#""p2c":{p2c}"#);
        let found = made(&with(p2c));
        trials.push(Trial::found(
            high,
            Severity::High,
            found,
            &[&member],
            &["limit-exceeded"],
        ));
    }
    for p2c in ["0", "-1", "1.5", "\"4096\"", "null", "[1000]", "true"] {
        let member = format!(r#""p2c":{p2c}"#);
        let found = made(&with(p2c));
        let reasons = &["malformed", "decryption-failed"];
        trials.push(Trial::found(
            high,
            Severity::High,
            found,
            &[&member],
            reasons,
        ));
    }
    let without = made(&format!(r#","p2s":"{SALT}""#));
    trials.push(Trial::found(
        high,
        Severity::High,
        without,
        &[r#""alg":"PBES2-HS256+A128KW""#],
        &["malformed", "decryption-failed"],
    ));
    trials
}

fn deflated(plain: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// Bytes that hardly compress.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    })
    .take(length)
    .collect()
}

fn compression() -> Vec<Trial> {
    let (zip, bomb) = ("jwe-zip", "jwe-zip-bomb");
    let header = |zip: &str| format!(r#"{{"alg":"A256KW","enc":"A128GCM"{zip}}}"#);
    let def = header(r#","zip":"DEF""#);
    let claims = deflated(GOOD_CLAIMS.as_bytes());
    let large = opened(&def, &secret(), deflated(&vec![b' '; 1 << 20]));
    let large_ciphertext = ciphertext(&large);
    let unprotected = Sealing {
        shared: r#"{"zip":"DEF"}"#,
        ..Sealing::new(
            r#"{"alg":"A256KW","enc":"A128GCM"}"#,
            &secret(),
            GOOD_CLAIMS.as_bytes(),
        )
    };
    let member = [r#""zip":"DEF""#];
    vec![
        Trial::found(
            zip,
            Severity::Low,
            opened(&def, &secret(), &claims),
            &member,
            &[],
        ),
        Trial::found(
            zip,
            Severity::Low,
            closed(&def, &secret(), &claims),
            &member,
            &["encrypted"],
        ),
        Trial::found(
            zip,
            Severity::Medium,
            opened(&header(r#","zip":"GZ""#), &secret(), &claims),
            &[r#""zip":"GZ""#],
            &["unsupported-algorithm"],
        ),
        Trial::found(
            zip,
            Severity::Medium,
            inspect(&unprotected.flattened().to_string(), &secret().ring()),
            &member,
            &["malformed"],
        ),
        Trial::found(
            zip,
            Severity::Info,
            signed(r#"{"alg":"HS256","zip":"DEF"}"#, "not compressed at all"),
            &member,
            &[],
        ),
        Trial::spared(zip, opened(&header(""), &secret(), GOOD_CLAIMS), &[]),
        Trial::found(
            bomb,
            Severity::High,
            large,
            &[&large_ciphertext],
            &["limit-exceeded"],
        ),
        Trial::spared(bomb, opened(&def, &secret(), &claims), &[]),
        Trial::spared(
            bomb,
            opened(&def, &secret(), deflated(&vec![b' '; 200_000])),
            &[],
        ),
        // Large, but not by compression.
        Trial::spared(
            bomb,
            opened(&def, &secret(), deflated(&noise(300_000))),
            &["limit-exceeded"],
        ),
    ]
}

fn rsa_encryption() -> Vec<Trial> {
    let rule = "jwe-rsa1-5";
    let header = |alg: &str| format!(r#"{{"alg":"{alg}","enc":"A128CBC-HS256"}}"#);
    let old = header("RSA1_5");
    let unproven = &["sender-unproven"];
    let with_alg = |alg: &str| {
        let rsa = RSA.rsa().unwrap();
        let number = |number: &openssl::bn::BigNumRef| encode(&number.to_vec());
        let key = json!({
            "kty": "RSA", "alg": alg, "n": number(rsa.n()), "e": number(rsa.e()), "d": number(rsa.d()),
            "p": number(rsa.p().unwrap()), "q": number(rsa.q().unwrap()), "dp": number(rsa.dmp1().unwrap()),
            "dq": number(rsa.dmq1().unwrap()), "qi": number(rsa.iqmp().unwrap()),
        });
        let text = Sealing::new(&old, &public(), GOOD_CLAIMS.as_bytes()).compact();
        inspect(&text, &ring(&key.to_string()))
    };
    vec![
        Trial::found(
            rule,
            Severity::High,
            opened(&old, &public(), GOOD_CLAIMS),
            &[r#""alg":"RSA1_5""#],
            unproven,
        ),
        Trial::found(
            rule,
            Severity::High,
            closed(&old, &public(), GOOD_CLAIMS),
            &[r#""alg":"RSA1_5""#],
            &["encrypted"],
        ),
        Trial::found(
            rule,
            Severity::High,
            with_alg("RSA1_5"),
            &[r#""alg":"RSA1_5""#],
            unproven,
        ),
        Trial::found(
            rule,
            Severity::Info,
            opened(&header("RSA-OAEP"), &public(), GOOD_CLAIMS),
            &[r#""alg":"RSA-OAEP""#],
            unproven,
        ),
        Trial::spared(
            rule,
            opened(&header("RSA-OAEP-256"), &public(), GOOD_CLAIMS),
            unproven,
        ),
        Trial::spared(
            rule,
            {
                let key = rsa(2048);
                inspect(&rs256(r#"{"alg":"RS256"}"#, &key), &ring(&jwk(&key, "")))
            },
            &[],
        ),
    ]
}

/// The key says another padding than the token. What it refuses for that is another rule's.
#[test]
fn a_downgrade_of_the_padding_is_critical() {
    let text = Sealing::new(
        r#"{"alg":"RSA1_5","enc":"A128CBC-HS256"}"#,
        &public(),
        GOOD_CLAIMS.as_bytes(),
    )
    .compact();
    let mut keys = tokenloupe::keys::load("keys", public().file().as_bytes()).unwrap();
    keys[0].members.alg = Some("RSA-OAEP-256".to_owned());
    let judgement = judge(&inspect(&text, &KeyRing::new(keys)), None);
    assert_eq!(found(&judgement, "jwe-rsa1-5"), Some(Severity::Critical));
}

fn ephemeral() -> Vec<Trial> {
    let rule = "jwe-epk-invalid";
    let (recipient, sender) = (p256(), p256());
    let to = To::Agree(recipient.clone(), sender.clone());
    let good = epk(&sender);
    let header = |epk: &str| format!(r#"{{"alg":"ECDH-ES+A128KW","enc":"A128GCM"{epk}}}"#);
    let with = |epk: &str| {
        // The key is agreed on with a good one; what stands in the header is another matter.
        let whole = header(&format!(r#","epk":{good}"#));
        let text = Sealing::new(&whole, &to, GOOD_CLAIMS.as_bytes()).compact();
        let (_, rest) = text.split_once('.').unwrap();
        inspect(
            &format!("{}.{rest}", encode(header(epk).as_bytes())),
            &to.ring(),
        )
    };
    let failed = &["decryption-failed", "jwe-epk-invalid"];
    let mut off = good.clone();
    off["y"] = json!(encode(&[7; 32]));
    let low = json!({"kty": "OKP", "crv": "X25519", "x": encode(&[0; 32])});
    let mut private = good.clone();
    private["d"] = json!(encode(
        &sender
            .ec_key()
            .unwrap()
            .private_key()
            .to_vec_padded(32)
            .unwrap()
    ));
    let mut trials = Vec::new();
    for bad in [
        &off,
        &low,
        &serde_json::from_str(&jwk(&RSA, "")).unwrap(),
        &json!("x"),
    ] {
        let member = format!(r#""epk":{bad}"#);
        trials.push(Trial::found(
            rule,
            Severity::Critical,
            with(&format!(r#","epk":{bad}"#)),
            &[&member],
            failed,
        ));
    }
    trials.extend([
        Trial::found(
            rule,
            Severity::Critical,
            with(""),
            &[r#""alg":"ECDH-ES+A128KW""#],
            &["malformed", "decryption-failed", "jwe-epk-invalid"],
        ),
        Trial::found(
            rule,
            Severity::Critical,
            opened(&header(&format!(r#","epk":{private}"#)), &to, GOOD_CLAIMS),
            &[&format!(r#""epk":{private}"#)],
            &["jwe-epk-invalid"],
        ),
        Trial::spared(
            rule,
            opened(&header(&format!(r#","epk":{good}"#)), &to, GOOD_CLAIMS),
            &["sender-unproven"],
        ),
        Trial::spared(
            rule,
            opened(
                r#"{"alg":"A256KW","enc":"A128GCM"}"#,
                &secret(),
                GOOD_CLAIMS,
            ),
            &[],
        ),
    ]);
    trials
}

fn senders() -> Vec<Trial> {
    let rule = "jwe-not-authenticated";
    let header = |members: &str| format!(r#"{{"alg":"RSA-OAEP-256","enc":"A128GCM"{members}}}"#);
    let alg = [r#""alg":"RSA-OAEP-256""#];
    let jwt = header(r#","cty":"JWT""#);
    let good = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET);
    let forged = hmac(
        r#"{"alg":"HS256"}"#,
        GOOD_CLAIMS,
        b"another secret, long enough for HS256",
    );
    let none = compact(r#"{"alg":"none"}"#, GOOD_CLAIMS, b"");
    let with_both = |inner: &str| {
        let text = Sealing::new(&jwt, &public(), inner.as_bytes()).compact();
        let secret = oct(SECRET, "");
        inspect(
            &text,
            &crate::way::keys_of([public().file().as_str(), &secret]),
        )
    };
    vec![
        Trial::found(
            rule,
            Severity::Medium,
            opened(&header(""), &public(), GOOD_CLAIMS),
            &alg,
            &["sender-unproven"],
        ),
        Trial::found(
            rule,
            Severity::High,
            opened(&header(r#","typ":"at+jwt""#), &public(), GOOD_CLAIMS),
            &alg,
            &["profile-claim-missing"],
        ),
        Trial::found(
            rule,
            Severity::Medium,
            with_both(&none),
            &alg,
            &["unsecured"],
        ),
        Trial::found(
            rule,
            Severity::Medium,
            with_both(&forged),
            &alg,
            &["signature-invalid"],
        ),
        Trial::found(
            rule,
            Severity::Info,
            opened(
                r#"{"alg":"A256KW","enc":"A128GCM"}"#,
                &secret(),
                GOOD_CLAIMS,
            ),
            &[r#""alg":"A256KW""#],
            &[],
        ),
        Trial::spared(rule, with_both(&good), &[]),
        Trial::spared(rule, opened(&jwt, &public(), &good), &["no-key"]),
        Trial::spared(
            rule,
            opened(&header(""), &public(), "opaque"),
            &["sender-unproven"],
        ),
        Trial::spared(
            rule,
            closed(&header(""), &public(), GOOD_CLAIMS),
            &["encrypted"],
        ),
        Trial::spared(rule, signed(r#"{"alg":"HS256"}"#, GOOD_CLAIMS), &[]),
    ]
}

fn content_types() -> Vec<Trial> {
    let rule = "cty-nesting";
    let of = |cty: &str, plaintext: &str| {
        let header = format!(r#"{{"alg":"A256KW","enc":"A128GCM"{cty}}}"#);
        opened(&header, &secret(), plaintext)
    };
    let inner = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET);
    let silent = of("", &inner);
    let whole = ciphertext(&silent);
    let plain = r#","cty":"text/plain""#;
    vec![
        Trial::found(rule, Severity::Medium, silent, &[&whole], &[]),
        Trial::found(
            rule,
            Severity::Medium,
            of(plain, &inner),
            &[&plain[1..]],
            &[],
        ),
        Trial::found(
            rule,
            Severity::Medium,
            of(r#","cty":"JWT""#, GOOD_CLAIMS),
            &[r#""cty":"JWT""#],
            &[],
        ),
        Trial::spared(rule, of(r#","cty":"JWT""#, &inner), &[]),
        Trial::spared(rule, of(r#","cty":"application/jwt""#, &inner), &[]),
        Trial::spared(rule, of(r#","cty":"secevent+jwt""#, &inner), &[]),
        Trial::spared(rule, of(plain, "hello"), &[]),
        Trial::spared(rule, of("", GOOD_CLAIMS), &[]),
        Trial::spared(
            rule,
            closed(r#"{"alg":"A256KW","enc":"A128GCM"}"#, &secret(), &inner),
            &["encrypted"],
        ),
    ]
}

/// What the rules about `alg` say of encrypted tokens.
fn names() -> Vec<Trial> {
    let jwe = |header: &str| {
        let text = format!(
            "{}..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA",
            encode(header.as_bytes())
        );
        inspect(&text, &secret().ring())
    };
    let (unregistered, prohibited) = ("alg-unregistered", "alg-prohibited");
    let unsupported: &[&str] = &["unsupported-algorithm"];
    let malformed: &[&str] = &["malformed"];
    let mut trials = vec![
        Trial::found(
            unregistered,
            Severity::High,
            jwe(r#"{"alg":"XX","enc":"A128GCM"}"#),
            &[r#""alg":"XX""#],
            unsupported,
        ),
        Trial::found(
            unregistered,
            Severity::High,
            jwe(r#"{"alg":"dir","enc":"XX"}"#),
            &[r#""enc":"XX""#],
            unsupported,
        ),
        Trial::found(
            unregistered,
            Severity::High,
            jwe(r#"{"alg":"RS256","enc":"A128GCM"}"#),
            &[r#""alg":"RS256""#],
            unsupported,
        ),
        Trial::found(
            unregistered,
            Severity::High,
            jwe(r#"{"alg":"dir","enc":"RS256"}"#),
            &[r#""enc":"RS256""#],
            unsupported,
        ),
        Trial::found(
            unregistered,
            Severity::High,
            jwe(r#"{"alg":"dir","enc":"dir"}"#),
            &[r#""enc":"dir""#],
            unsupported,
        ),
        Trial::found(
            unregistered,
            Severity::High,
            jwe(r#"{"alg":"dir","enc":7}"#),
            &[r#""enc":7"#],
            &["malformed"],
        ),
        Trial::found(
            unregistered,
            Severity::High,
            jwe(r#"{"alg":"dir"}"#),
            &[r#"{"alg":"dir"}"#],
            malformed,
        ),
        Trial::found(
            prohibited,
            Severity::High,
            jwe(r#"{"alg":"dir","enc":"A128CBC"}"#),
            &[r#""enc":"A128CBC""#],
            &["alg-prohibited"],
        ),
        Trial::spared(
            unregistered,
            jwe(r#"{"alg":"dir","enc":"A128CBC"}"#),
            &["alg-prohibited"],
        ),
        Trial::spared(prohibited, jwe(r#"{"alg":"dir","enc":"XX"}"#), unsupported),
    ];
    for (alg, enc) in [
        ("dir", "A128GCM"),
        ("ECDH-ES", "A256CBC-HS512"),
        ("https://a.example/x", "tag:b"),
    ] {
        let inspection = inspect(
            &format!(
                "{}..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA",
                encode(format!(r#"{{"alg":"{alg}","enc":"{enc}"}}"#).as_bytes())
            ),
            &KeyRing::default(),
        );
        let judgement = judge(&inspection, None);
        assert_eq!(found(&judgement, unregistered), None, "{alg} {enc}");
    }
    trials.push(Trial::spared(
        unregistered,
        opened(
            r#"{"alg":"A256KW","enc":"A128GCM"}"#,
            &secret(),
            GOOD_CLAIMS,
        ),
        &[],
    ));
    trials
}

#[test]
fn rules_about_signatures_are_not_about_encrypted_tokens() {
    for inspection in [
        opened(
            r#"{"alg":"A256KW","enc":"A128GCM"}"#,
            &secret(),
            GOOD_CLAIMS,
        ),
        closed(
            r#"{"alg":"RSA-OAEP-256","enc":"A128GCM"}"#,
            &public(),
            GOOD_CLAIMS,
        ),
    ] {
        let judgement = judge(&inspection, None);
        let found = judgement.findings.iter().map(|finding| finding.rule);
        for rule in found.chain(judgement.not_run.iter().copied()) {
            assert!(
                !rule.starts_with("sig-") && !rule.starts_with("hmac-"),
                "{rule}"
            );
        }
    }
}
