//! A JWK beside the certificates that it names: `x5c`, `x5t` and `x5t#S256` (RFC 7517 sections 4.7 to 4.9).

use super::certificate::from_certificate_der;
use super::jwk::with_article;
use crate::jose::base64url;
use crate::jose::json::Json;
use crate::keys::public::PublicKey;
use crate::keys::{Inconsistency, Key, KeyNote, Members};

/// Compares the key and its thumbprints with its first certificate, and takes over what that says.
pub(super) fn certified(json: &Json, key: &mut Key, public: &PublicKey) {
    let Some(chain) = json.get("x5c") else {
        thumbprints(key, None);
        return;
    };
    let first = chain.array().and_then(|chain| chain.first());
    let certificate = first.and_then(Json::str).map(|text| {
        let der = base64url::decode(text).bytes;
        from_certificate_der(&der, &key.source, key.ordinal)
    });
    match certificate {
        Some(own) if own.fault.is_none() => {
            thumbprints(key, Some(&own.members));
            if own.thumbprint.as_deref() == Some(public.thumbprint.as_str()) {
                key.members.x5t = key.members.x5t.take().or(own.members.x5t);
                key.members.x5t_s256 = key.members.x5t_s256.take().or(own.members.x5t_s256);
                key.certificate = own.certificate;
            } else {
                let other = KeyNote::Inconsistent(Inconsistency::CertificateKey);
                key.members.notes.push(other);
            }
        }
        other => {
            thumbprints(key, None);
            key.members.notes.push(KeyNote::Ignored {
                name: "x5c",
                expected: "an array of certificates in base64",
                found: match other {
                    Some(_) => "one that cannot be read",
                    None => first.map_or_else(|| with_article(chain), with_article),
                },
            });
        }
    }
}

/// Compares the thumbprints of a key with those of its certificate, and with what they must be without one (RFC 7517
/// sections 4.8 and 4.9).
fn thumbprints(key: &mut Key, certificate: Option<&Members>) {
    let Members { x5t, x5t_s256, .. } = &key.members;
    let own = |of: fn(&Members) -> &Option<String>| certificate.and_then(|own| of(own).as_deref());
    let compared = [
        ("x5t", x5t, own(|own| &own.x5t), 20, "a SHA-1 of 20 bytes"),
        (
            "x5t#S256",
            x5t_s256,
            own(|own| &own.x5t_s256),
            32,
            "a SHA-256 of 32 bytes",
        ),
    ];
    let wrong: Vec<_> = compared
        .into_iter()
        .filter_map(|(name, given, own, length, hash)| {
            let given = base64url::decode(given.as_deref()?).bytes;
            let (expected, found) = if given.len() != length {
                (hash, format!("{} bytes", given.len()))
            } else if own.is_some_and(|own| base64url::decode(own).bytes != given) {
                let other = "that of another certificate".to_owned();
                ("the hash of its first certificate (\"x5c\")", other)
            } else {
                return None;
            };
            Some(KeyNote::Inconsistent(Inconsistency::Thumbprint {
                name,
                expected,
                found,
            }))
        })
        .collect();
    key.members.notes.extend(wrong);
}
