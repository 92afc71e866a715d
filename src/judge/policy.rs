//! What the reviewer expects of a token.

use super::profile::ProfileChoice;
use crate::jose::Token;
use crate::jose::json::{Json, Value};
use crate::jose::visible::visible;

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
    /// Holds the policy's expectations against a token; those that expect nothing are left out.
    ///
    /// `None` as a token's value means that it has none, or none of the right type.
    pub fn expectations(&self, token: &Token) -> Vec<Expectation> {
        let mut met = Vec::new();
        let header = |name| token.parameter(name).and_then(Json::str);
        let claim = |name| token.claims().and_then(|claims| claims.get(name));
        if !self.algorithms.is_empty() {
            let found = header("alg");
            met.push(Expectation {
                name: "alg",
                met: found.is_some_and(|found| self.algorithms.iter().any(|alg| alg == found)),
                expected: self.algorithms.join(" or "),
                found: shown(found),
            });
        }
        if let Some(expected) = &self.typ {
            let found = header("typ");
            met.push(Expectation {
                name: "typ",
                met: found.is_some_and(|found| media_type(found) == media_type(expected)),
                expected: expected.clone(),
                found: shown(found),
            });
        }
        let texts = [("iss", &self.issuer), ("nonce", &self.nonce)];
        for (name, expected) in texts {
            if let Some(expected) = expected {
                let found = claim(name).and_then(Json::str);
                met.push(Expectation {
                    name,
                    met: found == Some(expected),
                    expected: expected.clone(),
                    found: shown(found),
                });
            }
        }
        if let Some(expected) = &self.audience {
            let audiences = claim("aud").map(audiences).unwrap_or_default();
            met.push(Expectation {
                name: "aud",
                met: audiences.contains(&expected.as_str()),
                expected: expected.clone(),
                found: match &audiences[..] {
                    [] => shown(None),
                    several => several
                        .iter()
                        .map(|one| visible(one))
                        .collect::<Vec<_>>()
                        .join(", "),
                },
            });
        }
        met
    }
}

/// A token's value as people are shown it.
fn shown(found: Option<&str>) -> String {
    found.map_or_else(|| "none".to_owned(), visible)
}

/// The `aud` claim is a string or an array of strings (RFC 7519 section 4.1.3).
fn audiences(aud: &Json) -> Vec<&str> {
    match &aud.value {
        Value::Array(elements) => elements.iter().filter_map(Json::str).collect(),
        Value::String(one) => vec![one],
        _ => Vec::new(),
    }
}

/// A `typ` as a media type: lower case, `application/` put before it when it holds no `/` (RFC 7515 section 4.1.9).
pub(super) fn media_type(typ: &str) -> String {
    let lower = typ.to_ascii_lowercase();
    if lower.contains('/') {
        lower
    } else {
        format!("application/{lower}")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::base64url::encode;

    fn met(policy: &Policy, header: &str, claims: &str) -> Vec<(&'static str, bool)> {
        let token = Token::parse(format!(
            "{}.{}.",
            encode(header.as_bytes()),
            encode(claims.as_bytes())
        ));
        let expectations = policy.expectations(&token);
        expectations
            .into_iter()
            .map(|expectation| (expectation.name, expectation.met))
            .collect()
    }

    #[test]
    fn values_are_compared_as_their_rfc_says() {
        let policy = Policy {
            algorithms: vec!["RS256".to_owned(), "ES256".to_owned()],
            issuer: Some("https://a.example".to_owned()),
            audience: Some("api".to_owned()),
            typ: Some("at+jwt".to_owned()),
            nonce: Some("n".to_owned()),
            ..Policy::default()
        };
        let good = r#"{"iss":"https://a.example","aud":["web","api"],"nonce":"n"}"#;
        let all = |header: &str, claims: &str| {
            met(&policy, header, claims).into_iter().all(|(_, met)| met)
        };
        assert!(all(r#"{"alg":"ES256","typ":"application/AT+JWT"}"#, good));
        assert!(all(
            r#"{"alg":"RS256","typ":"at+jwt"}"#,
            &good.replace(r#"["web","api"]"#, r#""api""#)
        ));
        assert_eq!(
            met(
                &policy,
                r#"{"alg":"rs256","typ":"JWT"}"#,
                r#"{"iss":"https://a.example/","aud":"API","nonce":1}"#
            ),
            [
                ("alg", false),
                ("typ", false),
                ("iss", false),
                ("nonce", false),
                ("aud", false)
            ]
        );
        assert!(met(&Policy::default(), "{}", "{}").is_empty());
    }
}
