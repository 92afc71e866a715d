//! A policy as a file: JSON, described by `docs/policy.schema.json`.

use crate::jose::json::{self, Json, Value};
use crate::judge::Policy;

mod error;
mod read;
mod write;

pub use error::{PolicyError, PolicyFault};

/// The version of the form. A file says which one it is in.
pub const POLICY_VERSION: u32 = 1;

/// A longer file (in bytes) is not read.
pub const MAX_POLICY_BYTES: u64 = 4 << 20;

/// A list in a policy (of issuers, keys, audiences, algorithms, types, claims) may be so long.
pub const MAX_LISTED: usize = 1_000;

/// So many revoked `jti`s may stand in a policy; more may be in a file beside it.
pub const MAX_REVOKED_LISTED: usize = 100_000;

/// Members that hardly any other file with a version has.
const TELLING: [&str; 10] = [
    "profile",
    "issuers",
    "leeway_seconds",
    "max_age_seconds",
    "max_lifetime_seconds",
    "required_claims",
    "forbidden_claims",
    "revoked",
    "strictness",
    "typ",
];

/// The members of a policy, in the order in which they are written.
const MEMBERS: [&str; 16] = [
    "$schema",
    "version",
    "name",
    "profile",
    "alg",
    "issuers",
    "aud",
    "typ",
    "nonce",
    "leeway_seconds",
    "max_age_seconds",
    "max_lifetime_seconds",
    "required_claims",
    "forbidden_claims",
    "revoked",
    "strictness",
];

impl Policy {
    /// Whether a text is meant as a policy, right or wrong: a JSON object with the number of a version and a member that hardly
    /// anything but a policy has, and none that makes it a token or a key.
    pub fn is_meant(bytes: &[u8]) -> bool {
        const OF_OTHERS: [&str; 6] = [
            "keys",
            "kty",
            "payload",
            "signature",
            "signatures",
            "ciphertext",
        ];
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        // Most texts are told by their first byte, and few need to be read for it.
        let is_likely = text.trim_ascii_start().first() == Some(&b'{')
            && memchr::memmem::find(text, b"\"version\"").is_some()
            && u64::try_from(bytes.len()).is_ok_and(|bytes| bytes <= MAX_POLICY_BYTES);
        if !is_likely {
            return false;
        }
        let Some(root) = json::read(bytes).root else {
            return false;
        };
        let is_number = |json: &Json| matches!(json.value, Value::Number(_));
        root.get("version").is_some_and(is_number)
            && TELLING.iter().any(|name| root.get(name).is_some())
            && OF_OTHERS.iter().all(|name| root.get(name).is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_meant_as_a_policy_by_its_members_right_or_wrong() {
        for (text, is_meant) in [
            (r#"{"version":1,"strictness":"strict"}"#, true),
            (" \n{\"leeway_seconds\": \"x\", \"version\": 2}", true),
            (r#"{"version":1,"requird_claims":[],"profile":"jwt"}"#, true),
            (r#"{"version":"1","strictness":"strict"}"#, false),
            (r#"{"version":1,"name":"left-pad"}"#, false),
            (r#"{"strictness":"strict"}"#, false),
            (r#"{"version":1,"typ":"x","keys":[]}"#, false),
            (r#"{"version":1,"profile":"x","payload":"e30"}"#, false),
            (r#"[{"version":1,"strictness":"strict"}]"#, false),
            ("", false),
        ] {
            assert_eq!(Policy::is_meant(text.as_bytes()), is_meant, "{text}");
        }
        assert!(Policy::is_meant(Policy::default().to_json().as_bytes()));
    }
}
