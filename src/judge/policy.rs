//! What the reviewer expects of a token.

use super::profile::ProfileChoice;

/// What to hold a token against. The default expects nothing but what the standards do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The kind of token.
    pub profile: ProfileChoice,
    /// Acceptable `alg` values; empty: any.
    pub algorithms: Vec<String>,
    /// The expected `iss`.
    pub issuer: Option<String>,
    /// The expected `aud`; one of the token's audiences must equal it.
    pub audience: Option<String>,
    /// The expected `typ`, compared as a media type (RFC 7515 section 4.1.9).
    pub typ: Option<String>,
    /// The expected `nonce`.
    pub nonce: Option<String>,
    /// How far clocks may differ, in seconds.
    pub leeway_seconds: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            profile: ProfileChoice::default(),
            algorithms: Vec::new(),
            issuer: None,
            audience: None,
            typ: None,
            nonce: None,
            leeway_seconds: 60,
        }
    }
}

impl Policy {
    /// Whether anything beyond the standards is expected.
    pub fn expects_anything(&self) -> bool {
        !self.algorithms.is_empty()
            || self.issuer.is_some()
            || self.audience.is_some()
            || self.typ.is_some()
            || self.nonce.is_some()
    }
}

/// One expectation of a policy held against a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// What is compared: `alg`, `iss`, `aud`, `typ` or `nonce`.
    pub name: &'static str,
    /// Whether it is met.
    pub met: bool,
    /// What was expected, for people.
    pub expected: String,
    /// What was found, for people.
    pub found: String,
}
