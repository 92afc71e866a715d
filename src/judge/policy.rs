//! What the reviewer expects of a token.

use super::audit::top_member;
use super::profile::ProfileChoice;
use super::{Case, Evidence};
use crate::jose::json::{Document, Json, Value, escape_pointer};
use crate::jose::visible::visible;
use crate::jose::{Part, PartRole};

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
    /// Where an SD-JWT comes with a key binding JWT, `nonce` is held against that one alone, and `aud` against that one and,
    /// where there is such a claim, against the issuer's too: the holder says there for whom the presentation is made
    /// (RFC 9901 section 7.3).
    ///
    /// `None` as a token's value means that it has none, or none of the right type.
    pub(super) fn expectations(&self, case: Case<'_>) -> Vec<Expectation> {
        let mut met = Vec::new();
        let header = |name| {
            let (part, value) = case.token.parameter_in(name).unzip();
            let found = value.and_then(Json::str);
            let evidence = part.and_then(|part| header_evidence(part, name));
            (found, evidence)
        };
        if !self.algorithms.is_empty() {
            let (found, evidence) = header("alg");
            met.push(Expectation {
                name: "alg",
                met: found.is_some_and(|found| self.algorithms.iter().any(|alg| alg == found)),
                expected: self.algorithms.join(" or "),
                found: shown(found),
                in_key_binding: false,
                evidence,
            });
        }
        if let Some(expected) = &self.typ {
            let (found, evidence) = header("typ");
            met.push(Expectation {
                name: "typ",
                met: found.is_some_and(|found| media_type(found) == media_type(expected)),
                expected: expected.clone(),
                found: shown(found),
                in_key_binding: false,
                evidence,
            });
        }
        let binding = case.key_binding();
        let issuer = |name| {
            case.claim(name)
                .map(|claim| (claim.value, claim.evidence()))
        };
        if let Some(expected) = &self.issuer {
            met.push(text("iss", expected, issuer("iss")));
        }
        if let Some(expected) = &self.nonce {
            met.push(match binding {
                Some(binding) => {
                    binding.expectation(text("nonce", expected, binding.claim("nonce")))
                }
                None => text("nonce", expected, issuer("nonce")),
            });
        }
        if let Some(expected) = &self.audience {
            let own = issuer("aud");
            if own.is_some() || binding.is_none() {
                met.push(audience(expected, own));
            }
            met.extend(
                binding
                    .map(|binding| binding.expectation(audience(expected, binding.claim("aud")))),
            );
        }
        met
    }
}

/// A claim's value, and where it stands.
type Found<'a> = Option<(&'a Json, Evidence)>;

fn text(name: &'static str, expected: &str, found: Found<'_>) -> Expectation {
    let (value, evidence) = found.unzip();
    let value = value.and_then(Json::str);
    Expectation {
        name,
        met: value == Some(expected),
        expected: expected.to_owned(),
        found: shown(value),
        in_key_binding: false,
        evidence,
    }
}

/// One of the audiences must be the expected one.
fn audience(expected: &str, found: Found<'_>) -> Expectation {
    let (value, evidence) = found.unzip();
    let audiences = value.map(audiences).unwrap_or_default();
    Expectation {
        name: "aud",
        met: audiences.contains(&expected),
        expected: expected.to_owned(),
        found: match &audiences[..] {
            [] => shown(None),
            several => several
                .iter()
                .map(|one| visible(one))
                .collect::<Vec<_>>()
                .join(", "),
        },
        in_key_binding: false,
        evidence,
    }
}

/// The key binding JWT of a presentation, and the part of the presentation that it is.
#[derive(Clone, Copy)]
struct Binding<'a> {
    claims: Option<&'a Document>,
    part: &'a Part,
}

impl<'a> Binding<'a> {
    fn claim(self, name: &str) -> Found<'a> {
        let value = self.claims?.get(name)?;
        Some((value, Evidence::whole_part(self.part)))
    }

    fn expectation(self, expectation: Expectation) -> Expectation {
        Expectation {
            in_key_binding: true,
            evidence: Some(Evidence::whole_part(self.part)),
            ..expectation
        }
    }
}

impl<'a> Case<'a> {
    fn key_binding(self) -> Option<Binding<'a>> {
        let layer = self.proof.key_binding.as_deref()?;
        Some(Binding {
            claims: layer.token.claims(),
            part: self.token.part_of(0, PartRole::KeyBinding)?,
        })
    }
}

/// The characters of a header parameter.
fn header_evidence(part: &Part, name: &str) -> Option<Evidence> {
    let member = top_member(part.json.as_ref()?, name)?;
    Some(Evidence::in_part(
        part,
        format!("/{}", escape_pointer(name)),
        member.range(),
    ))
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
    /// Whether the key binding JWT was asked, and not the issuer's token.
    pub in_key_binding: bool,
    /// Where what was found stands; `None` where nothing was.
    pub evidence: Option<Evidence>,
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::jose::Token;
    use crate::jose::base64url::encode;
    use crate::verify::Proof;

    fn met(policy: &Policy, header: &str, claims: &str) -> Vec<(&'static str, bool)> {
        let token = Token::parse(format!(
            "{}.{}.",
            encode(header.as_bytes()),
            encode(claims.as_bytes())
        ));
        let expectations = policy.expectations(Case {
            token: &token,
            proof: &Proof::default(),
            policy,
            at: Timestamp::UNIX_EPOCH,
        });
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
