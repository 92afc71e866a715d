//! The samples in `assets/samples`: how they are made, and that they are what their README says.
//!
//! Their bytes are checked with josekit and `serde_json`, not with the code that shows them; what that code makes of
//! them stands in [`PROMISES`].

use std::fs;
use std::path::PathBuf;

use hmac::{Hmac, KeyInit as _, Mac as _};
use josekit::jwk::Jwk;
use josekit::jws::{ES256, JwsVerifier, RS256};
use serde_json::Value;
use sha2::Sha256;
use tokenloupe::find::find;
use tokenloupe::inspection::Inspection;
use tokenloupe::judge::audit::RULES;
use tokenloupe::judge::{Judgement, Policy};
use tokenloupe::keys::{self, KeyRing, SecretEncoding};
use tokenloupe::verify::Setting;
use tokenloupe::window::Wanted;
use tokenloupe::window::samples::{SAMPLES, Sample};

use crate::common::{instant, reasons};

mod make;

const ISSUED: i64 = 1_795_032_000; // 2026-11-18T20:00:00Z
const EXPIRED: i64 = ISSUED + 3_600;
const FAR: i64 = 2_426_184_000; // 2046-11-18T20:00:00Z
const WEAK_SECRET: &str = "kite-9931";

/// Of a token: the verdict, its reasons, and the rules that find something.
type Promise = (&'static str, &'static str, &'static str);

/// For each sample what each of its tokens must be.
const PROMISES: &[(&str, &[Promise])] = &[
    (
        "A request with four tokens",
        &[
            (
                "reject",
                "expired",
                "jku-x5u-untrusted profile-claim-forbidden rsa-small-modulus outside-validity",
            ),
            ("reject", "unsecured", "alg-none aud-missing"),
            ("accept", "", "jti-missing"),
            ("undetermined", "encrypted", ""),
        ],
    ),
    ("A token that holds", &[("accept", "", "")]),
    (
        "No key to check it with",
        &[("undetermined", "no-key", "aud-missing alg-polymorphic")],
    ),
    (
        "Changed after signing",
        &[("reject", "signature-invalid", "sig-invalid")],
    ),
    (
        "Nobody signed it",
        &[
            ("reject", "unsecured", "alg-none"),
            ("reject", "unsecured", "alg-none-variant aud-missing"),
        ],
    ),
    (
        "A secret that everybody knows",
        &[
            ("reject", "publicly-known-key", "hmac-known-secret"),
            ("reject", "publicly-known-key", "hmac-empty-key"),
        ],
    ),
    (
        "A secret that is too short",
        &[("reject", "key-too-weak", "hmac-short-secret aud-missing")],
    ),
    (
        "Signatures that cannot be",
        &[
            ("reject", "signature-invalid", "sig-psychic"),
            ("reject", "signature-invalid", "sig-length"),
        ],
    ),
    (
        "A key that came with the token",
        &[(
            "undetermined",
            "only-token-supplied-key",
            "jwk-embedded aud-missing alg-polymorphic",
        )],
    ),
    (
        "A key address from the sender",
        &[("accept", "", "jku-x5u-untrusted")],
    ),
    (
        "An algorithm that is not the key\u{2019}s",
        &[(
            "reject",
            "key-not-allowed",
            "hmac-key-confusion key-alg-mismatch",
        )],
    ),
    (
        "Keys unfit for signing",
        &[
            ("reject", "key-too-weak", "rsa-small-modulus aud-missing"),
            (
                "accept",
                "",
                "rsa-bad-exponent aud-missing rsa-small-modulus",
            ),
            ("reject", "key-not-allowed", "key-use-mismatch aud-missing"),
            ("reject", "alg-prohibited", "alg-prohibited aud-missing"),
        ],
    ),
    (
        "Expired",
        &[("reject", "expired", "rsa-small-modulus outside-validity")],
    ),
    (
        "Not yet valid",
        &[("reject", "not-yet-valid", "outside-validity time-order")],
    ),
    (
        "Saved by the leeway",
        &[("reject", "not-yet-valid", "outside-validity time-order")],
    ),
    (
        "Times that set no limit",
        &[
            ("reject", "malformed", "numericdate-type"),
            ("accept", "", "exp-missing"),
        ],
    ),
    (
        "One claim, two values",
        &[("reject", "malformed", "json-duplicate-member")],
    ),
    ("Characters that hide", &[("accept", "", "text-bidi")]),
    (
        "Numbers that a double rounds",
        &[("accept", "", "json-number-imprecise")],
    ),
    ("Many claims, nested deep", &[("accept", "", "token-size")]),
    (
        "Damaged in four ways",
        &[
            (
                "reject",
                "malformed",
                "b64-nonstandard json-duplicate-member rsa-small-modulus",
            ),
            (
                "reject",
                "malformed signature-invalid",
                "sig-empty b64-nonstandard json-bad-encoding exp-missing",
            ),
            ("reject", "malformed", "b64-trailing-bits"),
            ("reject", "malformed", "json-bad-encoding"),
        ],
    ),
    (
        "Extensions that nobody knows",
        &[
            ("reject", "crit-unknown", "crit-unknown"),
            ("reject", "malformed", "crit-malformed"),
            ("reject", "malformed", "b64-unencoded"),
        ],
    ),
    ("Encrypted", &[("undetermined", "encrypted", "")]),
    ("A token in a token", &[("accept", "", "")]),
    (
        "Two signatures",
        &[("accept", "", "jws-alg-unprotected alg-polymorphic")],
    ),
    (
        "The payload is elsewhere",
        &[("undetermined", "detached-payload-missing", "")],
    ),
];

/// The tokens of a sample under its keys.
fn open(sample: &Sample) -> Vec<Inspection> {
    let mut ring = KeyRing::default();
    let mut tokens = Vec::new();
    for text in sample.texts {
        let bytes = text.text.as_bytes();
        match text.holds {
            Wanted::Keys => ring.add(keys::load(text.file, bytes).unwrap()),
            Wanted::Payload | Wanted::Policy | Wanted::Revoked | Wanted::Words => {
                panic!("no sample brings such a file")
            }
            Wanted::Secret => {
                ring.add([keys::load_secret(text.file, bytes, SecretEncoding::Auto).unwrap()]);
            }
            Wanted::Tokens => tokens.extend(find(bytes, text.file)),
        }
    }
    let inspect = |candidate| Inspection::new(candidate, &ring, &Setting::default());
    tokens.into_iter().map(inspect).collect()
}

fn rules(judgement: &Judgement) -> Vec<&'static str> {
    judgement
        .findings
        .iter()
        .map(|finding| finding.rule)
        .collect()
}

/// The same without what is found in every token that is made to last.
fn taught(judgement: &Judgement) -> Vec<&'static str> {
    let mut rules = rules(judgement);
    rules.retain(|rule| !FOR_THEIR_AGE.contains(rule));
    rules
}

/// At whatever date somebody opens them.
#[test]
fn each_sample_teaches_what_it_promises() {
    let titles = |titles: Vec<&'static str>| titles.join("\n");
    assert_eq!(
        titles(SAMPLES.iter().map(|sample| sample.title).collect()),
        titles(PROMISES.iter().map(|(title, _)| *title).collect())
    );
    for at in ["2026-11-21T22:40:13Z", "2045-01-01T00:00:00Z"] {
        for (sample, (title, promised)) in SAMPLES.iter().zip(PROMISES) {
            let found: Vec<_> = open(sample)
                .iter()
                .map(|inspection| {
                    let judgement = inspection.judge(&Policy::default(), instant(at));
                    (
                        judgement.verdict.outcome.name(),
                        reasons(&judgement).join(" "),
                        taught(&judgement).join(" "),
                    )
                })
                .collect();
            let promised: Vec<_> = promised
                .iter()
                .map(|(outcome, reasons, rules)| {
                    (*outcome, (*reasons).to_owned(), (*rules).to_owned())
                })
                .collect();
            assert_eq!(found, promised, "{title} at {at}");
        }
    }
}

/// They are made to be opened at any date, and rules say that no token should live so long.
const FOR_THEIR_AGE: [&str; 2] = ["lifetime-long", "numericdate-unit"];

/// Rules that no sample teaches.
const UNTAUGHT: &[&str] = &[
    "acr-amr-contradiction",
    "alg-unregistered",
    "aud-loose",
    "azp-mismatch",
    "claim-injection",
    "claim-type",
    "client-assertion-audience",
    "cross-jwt-ambiguous",
    "cty-nesting",
    "data-card-number",
    "data-nested-token",
    "data-pii",
    "data-secret",
    "dpop-proof-invalid",
    "ec-point-invalid",
    "ecdsa-nonce-reuse",
    "hash-claim-mismatch",
    "header-claim-mismatch",
    "header-type",
    "header-url-dangerous",
    "hmac-weak-secret",
    "hmac-with-asymmetric-issuer",
    "iat-future",
    "iss-key-origin",
    "iss-missing",
    "json-case-variant-member",
    "json-depth",
    "jwe-epk-invalid",
    "jwe-iv-reuse",
    "jwe-not-authenticated",
    "jwe-p2c-high",
    "jwe-p2c-low",
    "jwe-param-length",
    "jwe-rsa1-5",
    "jwe-zip",
    "jwe-zip-bomb",
    "jwk-embedded-secret",
    "jwk-inconsistent",
    "jwks-duplicate-kid",
    "jwks-symmetric",
    "jws-header-overlap",
    "jws-mixed-signatures",
    "jws-polyglot",
    "jwt-json-serialization",
    "k8s-legacy-token",
    "key-publicly-known",
    "kid-command-injection",
    "kid-not-in-set",
    "kid-path-traversal",
    "kid-sql-injection",
    "kid-unusual",
    "nonce-missing",
    "okp-low-order",
    "priv-claims",
    "profile-claim-missing",
    "refresh-family",
    "rsa-factorable",
    "rsa-roca",
    "scope-wide",
    "sd-disclosure-invalid",
    "sd-format",
    "sd-hash-weak",
    "sd-kb-mismatch",
    "sd-salt-weak",
    "sd-validity-hidden",
    "sig-der",
    "sig-malleable",
    "status-unchecked",
    "sub-is-email",
    "sub-too-long",
    "supabase-service-role",
    "typ-mismatch",
    "typ-missing",
    "x5c-anchor-included",
    "x5c-chain",
    "x5c-identity",
    "x5c-revocation-unknown",
    "x5c-untrusted",
    "x5c-validity",
    "x5t-mismatch",
    "x5t-sha1",
];

#[test]
fn every_rule_has_a_sample_or_is_known_to_have_none() {
    let promised: Vec<_> = PROMISES
        .iter()
        .flat_map(|(_, tokens)| *tokens)
        .flat_map(|(_, _, rules)| rules.split_whitespace())
        .collect();
    for rule in RULES {
        let is_taught = promised.contains(&rule.id()) || FOR_THEIR_AGE.contains(&rule.id());
        assert_ne!(is_taught, UNTAUGHT.contains(&rule.id()), "{}", rule.id());
    }
    for rule in UNTAUGHT {
        assert!(RULES.iter().any(|known| known.id() == *rule), "{rule}");
    }
}

/// What `PROMISES` leaves out of every row.
#[test]
fn a_token_that_lives_until_2046_is_said_to_live_too_long() {
    for sample in SAMPLES {
        for inspection in open(sample) {
            let exp = inspection
                .token
                .claims()
                .and_then(|claims| claims.get("exp"))
                .and_then(tokenloupe::jose::json::Json::decimal);
            let far =
                tokenloupe::jose::json::Decimal::from_nanoseconds(i128::from(FAR) * 1_000_000_000);
            let judgement = inspection.judge(&Policy::default(), instant("2026-11-21T22:40:13Z"));
            let found = rules(&judgement);
            for rule in FOR_THEIR_AGE {
                let is_far = exp.as_ref().is_some_and(|exp| *exp >= far);
                assert_eq!(found.contains(&rule), is_far, "{rule}: {}", sample.title);
            }
        }
    }
}

#[test]
fn what_is_about_time_turns_with_the_clock() {
    for (title, at, outcome) in [
        ("Expired", "2026-11-18T20:30:00Z", "accept"),
        ("Not yet valid", "2046-11-18T20:00:00Z", "accept"),
        ("Saved by the leeway", "2046-11-18T19:58:59Z", "reject"),
        ("Saved by the leeway", "2046-11-18T19:59:01Z", "accept"),
        ("Saved by the leeway", "2046-11-18T20:01:29Z", "accept"),
        ("Saved by the leeway", "2046-11-18T20:01:31Z", "reject"),
    ] {
        let sample = SAMPLES.iter().find(|sample| sample.title == title).unwrap();
        let judgement = open(sample)[0].judge(&Policy::default(), instant(at));
        assert_eq!(judgement.verdict.outcome.name(), outcome, "{title} at {at}");
    }
}

#[test]
fn the_readme_lists_every_file_and_no_file_is_without_a_sample() {
    let readme = read("README.md");
    let mut used: Vec<_> = SAMPLES
        .iter()
        .flat_map(|sample| sample.texts)
        .map(|text| text.file.to_owned())
        .chain(["README.md".to_owned()])
        .collect();
    used.sort_unstable();
    used.dedup();
    let mut there: Vec<_> = fs::read_dir(path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort_unstable();
    assert_eq!(there, used);
    for sample in SAMPLES {
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| {} |", sample.title)));
        let row = row.unwrap_or_else(|| panic!("{} is not in the table", sample.title));
        for text in sample.texts {
            assert!(row.contains(&format!("`{}`", text.file)), "{row}");
        }
    }
}

/// They are read, and pasted, as they are: short enough for that.
#[test]
fn texts_are_short() {
    for text in SAMPLES.iter().flat_map(|sample| sample.texts) {
        let limit = if text.file == "nested.jwt" {
            8_000
        } else {
            2_000
        };
        assert!(text.text.len() < limit, "{}", text.file);
    }
}

#[test]
fn the_request_holds_four_tokens_of_different_worth() {
    let request = read("request.http");
    let (head, body) = request.split_once("\n\n").unwrap();
    let header = |name: &str| {
        let prefix = format!("{name}: ");
        head.lines()
            .find_map(|line| line.strip_prefix(&prefix))
            .unwrap()
    };
    assert_eq!(header("Content-Length"), body.len().to_string());
    let body: Value = serde_json::from_str(body).unwrap();

    let id_token = header("Authorization").strip_prefix("Bearer ").unwrap();
    assert_eq!(member(id_token, 0, "alg"), "RS256");
    assert_eq!(member(id_token, 0, "jku"), "https://keys.example.net/jwks");
    assert_eq!(member(id_token, 1, "exp"), EXPIRED);
    assert!(verifies(id_token, "idp-2026-09") && !verifies(id_token, "idp-2026-03"));

    let access_token = body["access_token"].as_str().unwrap();
    assert_eq!(member(access_token, 0, "typ"), "at+jwt");
    assert_eq!(member(access_token, 1, "exp"), FAR);
    assert!(verifies(access_token, "api-es256"));

    let refresh_token = body["refresh_token"].as_str().unwrap();
    assert_eq!(refresh_token.split('.').count(), 5);
    assert_eq!(member(refresh_token, 0, "alg"), "RSA-OAEP-256");
    assert_eq!(member(refresh_token, 0, "enc"), "A256GCM");
    assert_eq!(
        segment(refresh_token, 1).len(),
        256,
        "encrypted key of RSA 2048"
    );
    assert_eq!(segment(refresh_token, 2).len(), 12, "initialization vector");
    assert_eq!(segment(refresh_token, 4).len(), 16, "tag");

    let session = header("Cookie")
        .split("; ")
        .find_map(|cookie| cookie.strip_prefix("session="))
        .unwrap();
    assert_eq!(member(session, 0, "alg"), "none");
    assert_eq!(member(session, 1, "sub"), "admin");
    assert_eq!(segment(session, 2), b"");
}

#[test]
fn the_key_sets_hold_public_keys_only() {
    for (file, expected) in [
        (
            "issuer.jwks.json",
            &["idp-2026-09", "idp-2026-03", "api-es256"][..],
        ),
        ("shop.jwks.json", &["shop-1"]),
        (
            "unfit-keys.jwks.json",
            &["1024-bits", "exponent-3", "for-sealing"],
        ),
    ] {
        let keys = key_set(file);
        let ids: Vec<_> = keys
            .iter()
            .map(|key| key["kid"].as_str().unwrap())
            .collect();
        assert_eq!(ids, expected, "{file}");
        for key in keys {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(key.get(private).is_none(), "{private} of {}", key["kid"]);
            }
        }
    }
}

#[test]
fn the_shop_signed_what_it_seems_to_have_signed() {
    for file in [
        "duplicates.jwt",
        "genuine.jwt",
        "hidden.jwt",
        "key-address.jwt",
        "leeway.jwt",
        "nested.jwt",
        "not-yet-valid.jwt",
        "numbers.jwt",
        "respelled.jwt",
        "trailing.jwt",
    ] {
        assert!(verifies(read(file).trim_end(), "shop-1"), "{file}");
    }
    let changed = read("changed.jwt");
    assert!(!verifies(changed.trim_end(), "shop-1"));
    assert_eq!(member(&changed, 1, "sub"), "admin");
    assert_eq!(member(&changed, 0, "kid"), "shop-1");
    // With the payload that was left out, the detached signature is right.
    let detached = read("detached.jwt");
    let payload = encode(br#"{"order":4711,"total":"129.90"}"#);
    let whole = detached.trim_end().replace("..", &format!(".{payload}."));
    assert!(verifies(&whole, "shop-1"));

    let claims = |file: &str| String::from_utf8(segment(&read(file), 1)).unwrap();
    let hidden = claims("hidden.jwt");
    for character in ['\u{202E}', '\u{200B}', '\u{2060}'] {
        assert!(hidden.contains(character), "{hidden:?}");
    }
    assert!(hidden.contains("\\u0007"), "{hidden:?}");
    for number in ["9007199254740993", "18446744073709551617", "1e400"] {
        assert!(claims("numbers.jwt").contains(number), "{number}");
    }
}

#[test]
fn single_tokens_have_the_one_fault_of_their_name() {
    let expired = read("expired.jwt");
    assert!(verifies(expired.trim_end(), "idp-2026-03"));
    assert_eq!(member(expired.trim_end(), 1, "exp"), EXPIRED);

    let unsecured = read("unsecured.jwt");
    assert_eq!(member(unsecured.trim_end(), 0, "alg"), "none");
    assert!(unsecured.trim_end().ends_with('.'));
    assert_eq!(member(unsecured.trim_end(), 1, "exp"), FAR);

    let weak = read("weak-secret.jwt");
    let secret = read("weak-secret.key");
    let (signed, signature) = weak.trim_end().rsplit_once('.').unwrap();
    assert_eq!(member(&weak, 0, "alg"), "HS256");
    assert_eq!(mac(secret.trim_end(), signed), decode(signature));
    assert_eq!(secret.trim_end().len(), 9, "72 bits");
    assert_eq!(member(&weak, 1, "exp"), FAR);

    let damaged = read("damaged.jwt");
    let damaged = damaged.trim_end();
    assert!(damaged.ends_with("=="), "padding");
    assert!(
        verifies(damaged.trim_end_matches('='), "idp-2026-09"),
        "genuine but for the padding"
    );
    let payload = String::from_utf8(segment(damaged, 1)).unwrap();
    assert_eq!(payload.matches("\"sub\":").count(), 2, "{payload}");
    assert_eq!(member(damaged, 1, "exp"), FAR);
}

/// Only names that are reserved for examples (RFC 2606, RFC 6761), so that no sample points at anybody.
#[test]
fn every_host_is_an_example() {
    for text in SAMPLES.iter().flat_map(|sample| sample.texts) {
        let (name, text) = (text.file, text.text.to_owned());
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
        let decoded = words
            .filter(|word| word.starts_with("eyJ"))
            .flat_map(|token| token.split('.').map(decode).collect::<Vec<_>>());
        for text in decoded
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .chain([text.clone()])
        {
            for rest in text.split("https://").skip(1) {
                let host = rest.split(['/', '"']).next().unwrap();
                assert!(
                    host.ends_with(".example") || host.ends_with(".example.net"),
                    "{name}: {host}"
                );
            }
        }
    }
}

fn mac(secret: &str, signed: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn verifies(token: &str, kid: &str) -> bool {
    let keys = [key_set("issuer.jwks.json"), key_set("shop.jwks.json")].concat();
    let key = keys.iter().find(|key| key["kid"] == kid).unwrap();
    let key = Jwk::from_map(key.as_object().unwrap().clone()).unwrap();
    let verifier: Box<dyn JwsVerifier> = match key.algorithm() {
        Some("RS256") => Box::new(RS256.verifier_from_jwk(&key).unwrap()),
        Some("ES256") => Box::new(ES256.verifier_from_jwk(&key).unwrap()),
        alg => panic!("{alg:?}"),
    };
    let (input, signature) = token.rsplit_once('.').unwrap();
    verifier
        .verify(input.as_bytes(), &decode(signature))
        .is_ok()
}

fn key_set(file: &str) -> Vec<Value> {
    let set: Value = serde_json::from_str(&read(file)).unwrap();
    set["keys"].as_array().unwrap().clone()
}

/// A member of the header (0) or the payload (1).
fn member(token: &str, part: usize, name: &str) -> Value {
    let json: Value = serde_json::from_slice(&segment(token, part)).unwrap();
    json[name].clone()
}

fn segment(token: &str, part: usize) -> Vec<u8> {
    decode(token.trim_end().split('.').nth(part).unwrap())
}

fn encode(bytes: &[u8]) -> String {
    let standard = openssl::base64::encode_block(bytes);
    standard
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

fn decode(text: &str) -> Vec<u8> {
    let text = text
        .trim_end_matches('=')
        .replace('-', "+")
        .replace('_', "/");
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    openssl::base64::decode_block(&format!("{text}{padding}")).unwrap()
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("assets/samples")
        .join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

fn write(name: &str, text: &str) {
    fs::write(path(name), text).unwrap();
}
