//! Tokens that other implementations make, in the keys and forms that they export. `tests/interop` holds the makers.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tokenloupe::jose::base64url::{decode, encode};
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::Outcome;

use crate::common::{inspect, say};
use crate::way::{keys_of, message, outcome, report, verdict};

mod explained;
mod sealed;

/// What every one of them can.
const COMMON: &str = "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512";

/// The payloads of `payloads.json`.
const PAYLOADS: usize = 8;

#[test]
fn pyjwt_is_understood() {
    check("PyJWT", &python("PyJWT"), "ES256K EdDSA");
}

#[test]
fn jwcrypto_is_understood() {
    check(
        "jwcrypto",
        &python("jwcrypto"),
        "ES256K EdDSA Ed25519 Ed448",
    );
}

#[test]
fn authlib_is_understood() {
    check("Authlib", &python("Authlib"), "ES256K EdDSA");
}

#[test]
fn joserfc_is_understood() {
    check("joserfc", &python("joserfc"), "ES256K EdDSA Ed25519 Ed448");
}

#[test]
fn jose_of_latchset_is_understood() {
    check("latchset", &python("latchset"), "");
}

#[test]
fn jose_of_npm_is_understood() {
    let script = folder().join("make.mjs");
    let mut command = vec!["node".into(), script];
    command.push(installed().join("node"));
    check("jose", &command, "EdDSA Ed25519");
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop")
}

/// Where `tests/interop/install` puts the makers.
pub(crate) fn installed() -> PathBuf {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(Path::new(&variable("HOME")?).join(".cache")));
    cache.unwrap_or_default().join("tokenloupe-makers")
}

pub(crate) fn python(maker: &str) -> Vec<PathBuf> {
    let own = installed().join("python/bin/python");
    let python = if own.is_file() { own } else { "python3".into() };
    vec![python, folder().join("make.py"), maker.into()]
}

/// The lines of a maker; `None` where it is not installed. Continuous integration must have all.
fn lines(maker: &str, command: &[PathBuf]) -> Option<Vec<Value>> {
    let (program, arguments) = command.split_first().unwrap();
    let output = match Command::new(program).args(arguments).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        output => Some(output.unwrap()),
    };
    let output = output.filter(|output| output.status.code() != Some(3));
    let Some(output) = output else {
        let line = format!("{maker} is not installed to make tokens (tests/interop/install)");
        assert!(std::env::var_os("CI").is_none(), "{line}");
        say(&format!("skipped: {line}"));
        return None;
    };
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{maker}: {complaint}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    Some(lines.collect())
}

/// Takes in all that a maker makes. It has to sign by the common algorithms and by `more`, and by no other.
fn check(maker: &str, command: &[PathBuf], more: &str) {
    let Some(lines) = lines(maker, command) else {
        return;
    };
    let mut algorithms = BTreeSet::new();
    let mut rings: HashMap<String, KeyRing> = HashMap::new();
    for line in &lines {
        let word = |name: &str| line[name].as_str().unwrap();
        assert_eq!(word("maker"), maker);
        algorithms.insert(word("alg"));
        let payload = openssl::base64::decode_block(word("payload")).unwrap();
        for (index, key) in line["keys"].as_array().unwrap().iter().enumerate() {
            let text = key["text"].as_str().unwrap();
            let ring = rings
                .entry(text.to_owned())
                .or_insert_with(|| keys_of([text]));
            // Its keys are made for this and forgotten.
            let case = format!("{line}\nwith key {index}, {}", key["form"]);
            if index == 0 {
                accepted(word("token"), &payload, ring, &case);
                tampered(word("token"), ring, &case);
            } else {
                let proof = inspect(word("token"), ring).proof;
                assert_eq!(proof.signatures[0].outcome, Outcome::Valid, "{case}");
            }
        }
    }
    let expected: BTreeSet<&str> = [COMMON, more]
        .iter()
        .flat_map(|names| names.split_whitespace())
        .collect();
    assert_eq!(algorithms, expected, "{maker}");
    assert!(lines.len() >= expected.len() * PAYLOADS, "{}", lines.len());
    let version = lines[0]["version"].as_str().unwrap();
    say(&format!(
        "{maker} {version}: {} tokens verify with {} keys",
        lines.len(),
        rings.len()
    ));
}

/// It verifies, is taken, and says what was signed.
fn accepted(token: &str, payload: &[u8], ring: &KeyRing, case: &str) {
    let report = report(token, ring, &message());
    assert_eq!(outcome(&report), "valid", "{case}");
    assert_eq!(verdict(&report), ("accept", vec![]), "{case}\n{report:#}");
    assert_eq!(report["signatures"][0]["key"]["provenance"], "yours");
    let is_claims = matches!(serde_json::from_slice(payload), Ok(Value::Object(_)));
    let (text, opaque) = if is_claims {
        (std::str::from_utf8(payload).ok(), None)
    } else {
        (None, Some(encode(payload)))
    };
    assert_eq!(report["claims_text"].as_str(), text, "{case}");
    assert_eq!(
        report["payload_base64"].as_str(),
        opaque.as_deref(),
        "{case}"
    );
}

/// The same with another header, another payload or another signature does not verify.
fn tampered(token: &str, ring: &KeyRing, case: &str) {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("three parts expected: {case}");
    };
    let more = String::from_utf8(decode(header).bytes.to_vec()).unwrap();
    let more = encode(more.replacen('{', r#"{"jti":1,"#, 1).as_bytes());
    let other = match payload.strip_prefix('e') {
        Some(rest) => format!("f{rest}"),
        None => format!("AAAA{payload}"),
    };
    // Not where one of two numbers begins: it could grow out of its range.
    let (start, end) = signature.split_at(signature.len() / 2 + 8);
    let first = if end.starts_with('A') { "B" } else { "A" };
    let turned = format!("{start}{first}{}", &end[1..]);
    for text in [
        format!("{more}.{payload}.{signature}"),
        format!("{header}.{other}.{signature}"),
        format!("{header}.{payload}.{turned}"),
    ] {
        let report = report(&text, ring, &message());
        // Where no payload stands in the text, there may be one elsewhere that verifies.
        let is_detached = text.contains("..");
        let expected = if is_detached {
            (
                "not-checked",
                ("undetermined", vec!["detached-payload-missing"]),
            )
        } else {
            ("invalid", ("reject", vec!["signature-invalid"]))
        };
        assert_eq!(
            (outcome(&report), verdict(&report)),
            expected,
            "{text}\n{case}"
        );
    }
}
