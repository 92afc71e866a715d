//! A policy made from a good token.

use super::super::Case;
use super::{ClaimPath, ClaimRule, Issuer, Policy};
use crate::jose::json::{Decimal, Json, Value};
use crate::jose::{Kind, Token};
use crate::verify::{DecryptionOutcome, Proof};

/// Claims that the tokens of a kind have all or none of; whoever is spoken of, and whatever for.
const OF_THE_KIND: [&str; 9] = [
    "sub",
    "exp",
    "nbf",
    "iat",
    "jti",
    "client_id",
    "azp",
    "cnf",
    "vct",
];

impl Policy {
    /// What is fixed for tokens like this one: issuer, audiences, algorithms, type, which claims of the protocol there are, and the
    /// lifetime, rounded up. What each token has for itself (`nonce`, the value of `jti`, times, persons) is left out, and so are
    /// keys, which change.
    ///
    /// Of a token inside of others, claims and type are those of the innermost, and algorithms those of every signature. Name,
    /// profile, leeway and strictness are those of the policy that the token was judged by.
    pub fn from_token(case: Case<'_>) -> Self {
        let mut algorithms = Vec::new();
        let mut layer = (case.token, case.proof);
        let holder = loop {
            let (token, proof) = layer;
            let is_envelope = proof.inner.is_some();
            if !is_envelope || token.kind != Kind::Jwe {
                algorithms.extend(algs(token, proof));
            }
            match &proof.inner {
                Some(inner) => layer = (&inner.token, &inner.proof),
                None => {
                    break Case {
                        token,
                        proof,
                        ..case
                    };
                }
            }
        };
        algorithms.sort_unstable();
        algorithms.dedup();
        let text = |name: &str| holder.claim(name).and_then(|claim| claim.value.str());
        let has = |name: &&str| holder.claim(name).is_some();
        let required = OF_THE_KIND.iter().filter(|name| has(name));
        Self {
            algorithms,
            issuers: text("iss").map(Issuer::new).into_iter().collect(),
            audiences: audiences(holder),
            types: holder
                .token
                .parameter("typ")
                .and_then(Json::str)
                .map(str::to_owned)
                .into_iter()
                .collect(),
            max_lifetime_seconds: lifetime(holder),
            required_claims: required
                .map(|name| ClaimRule {
                    path: ClaimPath::Name((*name).to_owned()),
                    value: None,
                })
                .collect(),
            name: case.policy.name.clone(),
            profile: case.policy.profile,
            leeway_seconds: case.policy.leeway_seconds,
            strictness: case.policy.strictness,
            ..Self::default()
        }
    }
}

/// The algorithms of its signatures, or of the recipient that was opened.
fn algs(token: &Token, proof: &Proof) -> Vec<String> {
    let views = token.views();
    let opened = proof.decryption.as_ref();
    let opened = opened.filter(|proof| proof.outcome == DecryptionOutcome::Decrypted);
    let opened = opened.and_then(|proof| proof.recipient);
    let views = views.iter().enumerate();
    let counting = views.filter(|(index, _)| opened.is_none_or(|opened| opened == *index));
    let algs = counting.filter_map(|(_, view)| view.parameter("alg").and_then(Json::str));
    algs.map(str::to_owned).collect()
}

/// Those of the token, and those that the holder named.
fn audiences(case: Case<'_>) -> Vec<String> {
    let binding = case.proof.key_binding.as_deref();
    let bound = binding.and_then(|layer| layer.token.claims()?.get("aud"));
    let own = case.claim("aud").map(|claim| claim.value);
    let mut audiences: Vec<String> = Vec::new();
    for aud in own.into_iter().chain(bound) {
        let each = match &aud.value {
            Value::Array(elements) => elements.iter().filter_map(Json::str).collect(),
            Value::String(one) => vec![one.as_str()],
            _ => Vec::new(),
        };
        for one in each {
            if !audiences.iter().any(|known| known == one) {
                audiences.push(one.to_owned());
            }
        }
    }
    audiences
}

/// `exp` minus `iat` (`nbf`, where there is no `iat`), rounded up to whole minutes, from an hour on to whole hours, and from a day
/// on to whole days. `None` where it cannot be told, or is more than 136 years.
fn lifetime(case: Case<'_>) -> Option<u32> {
    let time = |name: &str| case.claim(name).map(|claim| claim.value.decimal());
    let start = time("iat").or_else(|| time("nbf"))??;
    let length = time("exp")??.checked_sub(&start)?;
    let seconds = ceiling(&length)?.max(1);
    let unit = match seconds {
        ..3_600 => 60,
        3_600..86_400 => 3_600,
        _ => 86_400,
    };
    seconds.div_ceil(unit).checked_mul(unit)
}

/// Whole seconds, rounded up; `None` below zero and beyond `u32`.
fn ceiling(length: &Decimal) -> Option<u32> {
    let nanoseconds = length.to_nanoseconds()?;
    let seconds = u32::try_from(nanoseconds.div_euclid(1_000_000_000)).ok()?;
    let is_whole = length.is_integer();
    if is_whole {
        Some(seconds)
    } else {
        seconds.checked_add(1)
    }
}
