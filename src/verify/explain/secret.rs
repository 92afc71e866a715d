//! A shared secret that signer and verifier read differently.

use zeroize::Zeroizing;

use super::{Budget, Doubt, Explanation, hashing, named};
use crate::jose::base64url;
use crate::keys::{Key, Material, readings};
use crate::verify::SignatureProof;
use crate::verify::algorithm::{Family, Hash, hmac_verifies};

use super::forms::base64;

/// Another reading of a secret.
struct Reading {
    code: &'static str,
    /// How it was read: `as base64`.
    how: &'static str,
    secret: Zeroizing<Vec<u8>>,
}

/// `secret-was-text`, `secret-was-base64`, `secret-was-base64url`, `secret-was-hex` and `secret-line-break`.
pub(super) fn explain(
    doubt: &Doubt<'_>,
    proof: &SignatureProof,
    budget: &mut Budget,
) -> Vec<Explanation> {
    let Family::Hmac(hash) = doubt.algorithm.family else {
        return Vec::new();
    };
    for key in doubt.fitting(proof) {
        if let Some(reading) = verifying(key, hash, doubt, budget) {
            return vec![said(key, &reading)];
        }
    }
    Vec::new()
}

fn verifying(key: &Key, hash: Hash, doubt: &Doubt<'_>, budget: &mut Budget) -> Option<Reading> {
    let cost = hashing(doubt.message.len());
    other_readings(key).into_iter().find(|reading| {
        budget.pay(cost.saturating_add(hashing(reading.secret.len())))
            && hmac_verifies(hash, &reading.secret, doubt.message, doubt.signature)
    })
}

/// What the secret may have been to the signer, beside what it was read as.
fn other_readings(key: &Key) -> Vec<Reading> {
    let Material::Symmetric { secret, .. } = &key.material else {
        return Vec::new();
    };
    let secret = secret.bytes();
    let mut all = Vec::new();
    let mut add = |code, how, bytes: &[u8]| {
        if bytes != secret {
            all.push(Reading {
                code,
                how,
                secret: Zeroizing::new(bytes.to_vec()),
            });
        }
    };
    for (name, reading) in readings(secret) {
        let (code, how) = match name {
            "base64" => ("secret-was-base64", "as base64"),
            "base64url" => ("secret-was-base64url", "as base64url"),
            "hex" => ("secret-was-hex", "as hexadecimal"),
            _ => continue,
        };
        add(code, how, reading.bytes());
    }
    let with = |end: &str| Zeroizing::new([secret, end.as_bytes()].concat());
    add("secret-line-break", "with a final line break", &with("\n"));
    add(
        "secret-line-break",
        "with a final line break (CR LF)",
        &with("\r\n"),
    );
    let ends = secret
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count();
    let bare = secret.get(..secret.len().saturating_sub(ends));
    add(
        "secret-line-break",
        "without its final line break",
        bare.unwrap_or_default(),
    );
    // Text that was decoded where the signer did not.
    for (how, text) in texts(secret) {
        add("secret-was-text", how, text.as_bytes());
    }
    all
}

fn texts(secret: &[u8]) -> [(&'static str, Zeroizing<String>); 6] {
    let text = Zeroizing::new;
    let padded = base64(secret);
    let unpadded = padded.trim_end_matches('=').to_owned();
    let url = base64url::encode(secret);
    let padding = "=".repeat(padded.len().saturating_sub(unpadded.len()));
    let hex = crate::verify::hex(secret);
    [
        ("as the base64url text itself", text(url.clone())),
        ("as the base64 text itself", text(padded)),
        ("as the base64 text itself, without padding", text(unpadded)),
        (
            "as the base64url text itself, with padding",
            text(url + &padding),
        ),
        (
            "as the hexadecimal text itself, in capitals",
            text(hex.to_uppercase()),
        ),
        ("as the hexadecimal text itself", text(hex)),
    ]
}

fn said(key: &Key, reading: &Reading) -> Explanation {
    let Reading { code, how, .. } = reading;
    let for_developer = match *code {
        "secret-was-text" => {
            "The signer takes the text of the secret as it stands, the key file holds it encoded: agree on one. Decoding it on both sides is right for random secrets."
        }
        "secret-line-break" => {
            "A line break at the end of the file or variable became part of the secret on one side: take it away on both."
        }
        _ => {
            "The signer decodes the secret, the verifier takes its text (or the other way about): decode it on both sides."
        }
    };
    Explanation::cause(
        code,
        format!(
            "The secret {} verifies it when it is read {how}; it was {}.",
            named(key),
            match key.form {
                "JWK" => "read from the member k of a JWK",
                form => form.strip_prefix("secret, ").unwrap_or(form),
            }
        ),
        for_developer,
    )
}
