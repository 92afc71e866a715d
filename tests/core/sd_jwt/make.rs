//! Presentations made and signed here.

use serde_json::{Value, json};
use tokenloupe::jose::base64url::encode;
use tokenloupe::jose::sd_jwt::SHA_256;
use tokenloupe::keys::KeyRing;

use crate::way::Secret;

/// 2026-11-21T22:40:13Z.
pub(crate) const NOW: i64 = 1_795_300_813;

/// An issuer and a holder.
pub(crate) struct Parties {
    pub(crate) issuer: Secret,
    pub(crate) holder: Secret,
}

impl Parties {
    pub(crate) fn new() -> Self {
        Self {
            issuer: Secret::fresh("ES256"),
            holder: Secret::fresh("ES256"),
        }
    }

    /// The issuer's key alone.
    pub(crate) fn ring(&self) -> KeyRing {
        self.issuer.ring()
    }

    /// `{"jwk": …}` of the holder.
    pub(crate) fn cnf(&self) -> Value {
        json!({"jwk": self.holder.jwk(&json!({}))})
    }

    /// Claims that conceal these disclosures and name the holder's key.
    pub(crate) fn claims(&self, disclosures: &[String]) -> Value {
        json!({
            "iss": "https://issuer.example", "exp": NOW + 3600, "cnf": self.cnf(),
            "_sd": digests(disclosures), "_sd_alg": "sha-256",
        })
    }

    /// The issuer's JWT.
    pub(crate) fn issue(&self, claims: &Value) -> String {
        let header = r#"{"alg":"ES256","typ":"example+sd-jwt"}"#;
        self.issuer.token("ES256", header, claims.to_string())
    }

    /// With the holder's key binding, changed by `change`.
    pub(crate) fn bind(&self, presented: &str, change: impl Fn(&mut Value, &mut Value)) -> String {
        let mut header = json!({"alg": "ES256", "typ": "kb+jwt"});
        let mut claims = binding_claims(presented);
        change(&mut header, &mut claims);
        let jwt = self
            .holder
            .token("ES256", &header.to_string(), claims.to_string());
        format!("{presented}{jwt}")
    }
}

/// What a holder signs over a presentation.
pub(crate) fn binding_claims(presented: &str) -> Value {
    json!({
        "iat": NOW - 24, "aud": "https://verifier.example", "nonce": "n-1",
        "sd_hash": SHA_256.digest(presented).unwrap(),
    })
}

/// A disclosure with a salt that nobody objects to, `n` told apart.
pub(crate) fn disclosure(n: usize, name: &str, value: &Value) -> String {
    encode(json!([salt(n), name, value]).to_string().as_bytes())
}

/// A salt of 128 bits.
pub(crate) fn salt(n: usize) -> String {
    encode(&openssl::sha::sha256(n.to_string().as_bytes())[..16])
}

pub(crate) fn digests(disclosures: &[String]) -> Vec<String> {
    disclosures
        .iter()
        .map(|text| SHA_256.digest(text).unwrap())
        .collect()
}

/// `a.b.c~d1~d2~`.
pub(crate) fn present(issuer: &str, disclosures: &[String]) -> String {
    let parts = std::iter::once(issuer).chain(disclosures.iter().map(String::as_str));
    let mut text = parts.collect::<Vec<_>>().join("~");
    text.push('~');
    text
}

/// The flattened JSON form of a compact presentation.
pub(crate) fn flattened(compact: &str) -> Value {
    let parts: Vec<&str> = compact.split('~').collect();
    let [issuer, disclosures @ .., last] = parts.as_slice() else {
        panic!("no tilde");
    };
    let segments: Vec<&str> = issuer.split('.').collect();
    let mut header = json!({"disclosures": disclosures});
    if !last.is_empty() {
        header["kb_jwt"] = json!(last);
    }
    json!({
        "payload": segments[1], "protected": segments[0], "signature": segments[2], "header": header,
    })
}
