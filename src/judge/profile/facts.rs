//! Whether facts hold of a token, and whether values have the form that is asked of them.

use super::spec::{Fact, Form};
use crate::jose::json::{Json, Value};
use crate::jose::visible::visible;
use crate::jose::{Kind, registry};
use crate::judge::Case;

/// A token as facts are asked of it.
#[derive(Clone, Copy)]
pub(in crate::judge) struct Facts<'a> {
    case: Case<'a>,
    vendor: Option<&'static str>,
    /// Asked for again and again.
    issuer: Option<&'a Json>,
    /// The same.
    subject: Option<&'a Json>,
}

impl<'a> Facts<'a> {
    /// Of this token. The form of its issuer's name is found out once.
    pub(in crate::judge) fn new(case: Case<'a>) -> Self {
        let issuer = case.claim("iss").map(|claim| claim.value);
        Self {
            case,
            vendor: issuer.and_then(Json::str).and_then(registry::of_issuer),
            issuer,
            subject: case.claim("sub").map(|claim| claim.value),
        }
    }

    /// Whose form the issuer's name has.
    pub(super) fn vendor(&self) -> Option<&'static str> {
        self.vendor
    }

    pub(super) fn claim(&self, name: &str) -> Option<&'a Json> {
        match name {
            "iss" => self.issuer,
            "sub" => self.subject,
            _ => self.case.claim(name).map(|claim| claim.value),
        }
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.claim(name)?.str()
    }

    /// Whether all of these hold.
    pub(in crate::judge) fn all(&self, facts: &[Fact]) -> bool {
        facts.iter().all(|fact| self.holds(*fact))
    }

    fn holds(&self, fact: Fact) -> bool {
        let header = |name| self.case.token.parameter(name);
        let both = |a, b| self.text(a).zip(self.text(b));
        match fact {
            Fact::Certificates(count) => header("x5c")
                .and_then(Json::array)
                .is_some_and(|chain| chain.len() == count),
            Fact::Claim(name) => self.claim(name).is_some(),
            Fact::Different(a, b) => both(a, b).is_some_and(|(a, b)| a != b),
            Fact::Ends(name, end) => self.text(name).is_some_and(|text| text.ends_with(end)),
            Fact::HeaderIs(name, value) => header(name).and_then(Json::str) == Some(value),
            Fact::Holds(name, member) => {
                let claim = self.claim(name);
                claim.is_some_and(|claim| claim.get(member).is_some())
            }
            Fact::HoldsFrom(name, start) => {
                let members = self.claim(name).and_then(Json::object);
                let mut members = members.unwrap_or_default().iter();
                members.any(|member| member.name.starts_with(start))
            }
            Fact::Is(name, value) => self.text(name) == Some(value),
            Fact::Lacks(name) => self.claim(name).is_none(),
            Fact::Lists(name, value) => match self.claim(name).map(|claim| &claim.value) {
                Some(Value::String(text)) => text == value,
                Some(Value::Array(all)) => all.iter().any(|one| one.str() == Some(value)),
                _ => false,
            },
            Fact::Lives(most) => self.lives(most),
            Fact::Object(name) => self.claim(name).and_then(Json::object).is_some(),
            Fact::Same(a, b) => both(a, b).is_some_and(|(a, b)| a == b),
            Fact::SdJwt => self.case.token.kind == Kind::SdJwt,
            Fact::SeveralAudiences => self
                .claim("aud")
                .and_then(Json::array)
                .is_some_and(|audiences| audiences.len() > 1),
            Fact::Starts(name, start) => {
                let text = self.text(name);
                text.is_some_and(|text| text.starts_with(start))
            }
            Fact::TokenEndpoint => self.audience().is_some_and(is_token_endpoint),
            Fact::Vendor(vendor) => self.vendor == Some(vendor),
        }
    }

    /// Whether `exp` is at most so many seconds after `iat`.
    fn lives(&self, most: i64) -> bool {
        let time = |name| self.claim(name)?.decimal()?.to_nanoseconds();
        let apart = time("exp").zip(time("iat"));
        let apart = apart.and_then(|(exp, iat)| i128::checked_sub(exp, iat));
        let most = i128::from(most).saturating_mul(1_000_000_000);
        apart.is_some_and(|apart| apart <= most)
    }

    /// The only audience.
    fn audience(&self) -> Option<&'a str> {
        match &self.claim("aud")?.value {
            Value::String(one) => Some(one),
            Value::Array(all) => match &all[..] {
                [one] => one.str(),
                _ => None,
            },
            _ => None,
        }
    }

    /// What a value is instead of what it must be; `None` when it is that. `beside` says which of the other names that it
    /// could have are there too.
    pub(in crate::judge) fn breach(
        &self,
        form: Form,
        value: &Json,
        beside: &[&str],
    ) -> Option<Breach> {
        let unless =
            |holds: bool, expected: &'static str| (!holds).then(|| Breach::new(expected, value));
        let object_in = |member: &str, is: fn(&Json) -> bool| value.get(member).is_some_and(is);
        match form {
            Form::Any => None,
            Form::AsymmetricAlg => {
                let name = value.str().unwrap_or_default();
                unless(
                    !name.is_empty() && name != "none" && !name.starts_with("HS"),
                    "a signature algorithm with a key pair",
                )
            }
            Form::BooleanIn(member) => unless(
                object_in(member, |inner| matches!(inner.value, Value::Bool(_))),
                "an object that says true or false of it",
            ),
            Form::KeySet => unless(is_key_set(value), "a key set, each key with its own kid"),
            Form::List => unless(
                value.array().is_some_and(|all| !all.is_empty()),
                "a list that is not empty",
            ),
            Form::Listing(wanted) => {
                let all = value.array().unwrap_or_default();
                unless(
                    all.iter().any(|one| one.str() == Some(wanted)),
                    "a list with the entry of this kind",
                )
            }
            Form::Mirror(way) => {
                let mut other = self.claim(way.first()?)?;
                for name in way.iter().skip(1) {
                    other = other.get(name)?;
                }
                // An issuer or subject is a text, or an object with an `id`.
                let other = other.str().or_else(|| other.get("id")?.str())?;
                unless(
                    value.str() == Some(other),
                    "the same as inside the credential",
                )
            }
            Form::Object => unless(value.object().is_some(), "an object"),
            Form::ObjectIn(member) => unless(
                object_in(member, |inner| inner.object().is_some()),
                "an object with the event of this kind",
            ),
            Form::OnlyOne => (!beside.is_empty()).then(|| Breach {
                expected: "no other name of a key beside it",
                found: beside.join(" and "),
            }),
            Form::StatusList => unless(
                object_in(
                    "bits",
                    |bits| matches!(&bits.value, Value::Number(bits) if matches!(bits.text.as_str(), "1" | "2" | "4" | "8")),
                ) && object_in("lst", |list| list.str().is_some()),
                "an object with bits of 1, 2, 4 or 8, and lst",
            ),
            Form::Text => unless(value.str().is_some(), "one text"),
            Form::UrlAlone => unless(
                value.str().is_some_and(|url| !url.contains(['?', '#'])),
                "a URL without query and fragment",
            ),
        }
    }
}

/// A value that is not what it must be.
pub(in crate::judge) struct Breach {
    /// What was expected.
    pub(in crate::judge) expected: &'static str,
    /// What was found, for people.
    pub(in crate::judge) found: String,
}

impl Breach {
    fn new(expected: &'static str, value: &Json) -> Self {
        /// So many characters of a text say enough.
        const SHOWN: usize = 60;
        let found = match &value.value {
            Value::Array(all) => format!("a list of {}", all.len()),
            Value::Null => "null".to_owned(),
            Value::Object(_) => "an object without".to_owned(),
            Value::Bool(_) | Value::Number(_) => format!("a {}", value.kind()),
            Value::String(text) => {
                let start: String = text.chars().take(SHOWN).collect();
                format!("\u{201C}{}\u{201D}", visible(&start))
            }
        };
        Self { expected, found }
    }
}

/// Where authorization servers commonly take grants: the last segment of the path is `token`, or begins with it.
pub(in crate::judge) fn is_token_endpoint(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else {
        return false;
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let last = path.trim_end_matches('/').rsplit_once('/');
    last.is_some_and(|(_, last)| matches!(last, "token" | "token.oauth2" | "oauth2"))
}

/// A JWK Set (RFC 7517 section 5) whose keys have a `kid` each, which no other has.
fn is_key_set(value: &Json) -> bool {
    let Some(keys) = value.get("keys").and_then(Json::array) else {
        return false;
    };
    let mut kids: Vec<&str> = keys
        .iter()
        .filter_map(|key| key.get("kid")?.str())
        .collect();
    let named = kids.len();
    kids.sort_unstable();
    kids.dedup();
    named == keys.len() && kids.len() == named && named > 0
}
