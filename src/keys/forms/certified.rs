//! A JWK beside the certificates that it names: `x5c`, `x5t` and `x5t#S256` (RFC 7517 sections 4.7 to 4.9).

use std::collections::HashMap;

use super::certificate::from_certificate_der;
use super::jwk::with_article;
use crate::jose::base64url;
use crate::jose::json::Json;
use crate::keys::public::PublicKey;
use crate::keys::{Inconsistency, Key, KeyNote, Members};

/// So many certificates above a key's own are named.
const MAX_ISSUERS: usize = 20;

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
                let above = chain.array().unwrap_or_default().iter().skip(1);
                key.issuers = above
                    .take(MAX_ISSUERS)
                    .map_while(|text| {
                        let der = base64url::decode(text.str()?).bytes;
                        let above = from_certificate_der(&der, &key.source, key.ordinal);
                        Some(above.certificate?.subject)
                    })
                    .collect();
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

/// Names the certificates of one file that stand above each certificate in it: each is issued by the next.
pub(super) fn chain(keys: &mut [Key]) {
    let certificates: Vec<(&str, &str)> = keys
        .iter()
        .filter_map(|key| key.certificate.as_ref())
        .map(|certificate| (certificate.subject.as_str(), certificate.issuer.as_str()))
        .collect();
    let issuer_of: HashMap<&str, &str> = certificates.iter().copied().collect();
    let issuers: Vec<Option<Vec<String>>> = keys
        .iter()
        .map(|key| {
            let own = key
                .certificate
                .as_ref()
                .filter(|_| key.issuers.is_empty())?;
            let mut above = Vec::new();
            let mut subject = own.subject.as_str();
            let mut issuer = own.issuer.as_str();
            while subject != issuer && above.len() < MAX_ISSUERS {
                let Some(next) = issuer_of.get(issuer) else {
                    break;
                };
                above.push(issuer.to_owned());
                (subject, issuer) = (issuer, next);
            }
            Some(above)
        })
        .collect();
    for (key, issuers) in keys.iter_mut().zip(issuers) {
        if let Some(issuers) = issuers {
            key.issuers = issuers;
        }
    }
}
