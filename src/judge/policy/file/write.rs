//! A policy to a JSON text.

use serde::Serialize;
use serde_json::value::RawValue;

use super::super::{ClaimPath, ClaimRule, ClaimValue, Issuer, KeyChoice, Policy, Revoked};
use super::POLICY_VERSION;
use crate::judge::profile::ProfileChoice;

impl Policy {
    /// The policy as a file: JSON of UTF-8, with a line break at its end. [`Policy::read`] makes the same policy of it. Of revoked
    /// `jti`s in a file beside it the file is named.
    pub fn to_json(&self) -> String {
        // Nothing in it can fail to be written: texts, numbers, and values that were read as JSON.
        let text = serde_json::to_string_pretty(&Shape::of(self));
        text.map(|text| text + "\n").unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Shape<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    profile: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    alg: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    issuers: Vec<IssuerShape<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    aud: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    typ: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    leeway_seconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_lifetime_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required_claims: Vec<ClaimShape<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    forbidden_claims: Vec<ClaimShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked: Option<RevokedShape<'a>>,
    strictness: &'static str,
}

impl<'a> Shape<'a> {
    fn of(policy: &'a Policy) -> Self {
        Self {
            version: POLICY_VERSION,
            name: policy.name.as_deref(),
            profile: match policy.profile {
                ProfileChoice::Auto => "auto",
                ProfileChoice::Named(name) => name.name(),
            },
            alg: &policy.algorithms,
            issuers: policy.issuers.iter().map(IssuerShape::of).collect(),
            aud: &policy.audiences,
            typ: &policy.types,
            nonce: policy.nonce.as_deref(),
            leeway_seconds: policy.leeway_seconds,
            max_age_seconds: policy.max_age_seconds,
            max_lifetime_seconds: policy.max_lifetime_seconds,
            required_claims: policy.required_claims.iter().map(ClaimShape::of).collect(),
            forbidden_claims: policy.forbidden_claims.iter().map(ClaimShape::of).collect(),
            revoked: RevokedShape::of(&policy.revoked),
            strictness: policy.strictness.name(),
        }
    }
}

#[derive(Serialize)]
struct IssuerShape<'a> {
    iss: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<KeyShape<'a>>,
}

impl<'a> IssuerShape<'a> {
    fn of(issuer: &'a Issuer) -> Self {
        Self {
            iss: &issuer.iss,
            keys: issuer.keys.iter().map(KeyShape::of).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum KeyShape<'a> {
    Kid(&'a str),
    Source(&'a str),
    Thumbprint(&'a str),
}

impl<'a> KeyShape<'a> {
    fn of(choice: &'a KeyChoice) -> Self {
        match choice {
            KeyChoice::Id(id) => Self::Kid(id),
            KeyChoice::Source(source) => Self::Source(source),
            KeyChoice::Thumbprint(thumbprint) => Self::Thumbprint(thumbprint),
        }
    }
}

#[derive(Serialize)]
struct ClaimShape<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a RawValue>,
}

impl<'a> ClaimShape<'a> {
    fn of(rule: &'a ClaimRule) -> Self {
        let (name, pointer) = match &rule.path {
            ClaimPath::Name(name) => (Some(name.as_str()), None),
            ClaimPath::Pointer(pointer) => (None, Some(pointer.as_str())),
        };
        Self {
            name,
            pointer,
            value: rule.value.as_ref().map(ClaimValue::raw),
        }
    }
}

#[derive(Serialize)]
struct RevokedShape<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    jti: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
}

impl<'a> RevokedShape<'a> {
    fn of(revoked: &'a Revoked) -> Option<Self> {
        (!revoked.is_empty()).then(|| Self {
            jti: revoked.in_policy(),
            file: revoked.file().map(super::super::RevokedFile::name),
        })
    }
}
