//! The registered names, those that vendors use beside them, and what they mean.
//!
//! All of it comes from the tables in `assets/registry`: their names, shapes and references follow the IANA registries, the
//! meanings are our own words.

mod shape;
mod tables;
mod vendor;

pub use shape::{Misfit, Shape};
pub use vendor::of_issuer;

use std::sync::LazyLock;

use super::json::{Json, Value};
use tables::{ALGORITHMS, CLAIMS, HEADER, INDEX, KEY, NUMERIC_DATES, VALUES};

/// What a name means at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// A short name for people. Empty where nothing is known.
    pub label: String,
    /// What it says and what to look at: one plain sentence.
    pub text: String,
    /// Where it is defined, with the section. Empty for most of vendors' claims.
    pub reference: String,
    /// What its value may be.
    pub shape: Shape,
    /// Who gave it this meaning.
    pub class: Class,
    /// Whose it is: vendors of a claim, key types of a JWK member, JWS and JWE of a header parameter. Empty where it is
    /// anyone's.
    pub of: Vec<String>,
    /// What the object is that it holds, if any.
    holds: String,
}

/// Who gives a name its meaning (RFC 7519 section 4, RFC 7515 section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The specification of the object that it stands in.
    Inner,
    /// Whoever issues the token and whoever reads it.
    Private,
    /// The owner of a name that nobody else takes by chance: a URI, or a name below a domain.
    Public,
    /// An IANA registry.
    Registered,
}

impl Class {
    /// The word for it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Inner => "inner",
            Self::Private => "private",
            Self::Public => "public",
            Self::Registered => "registered",
        }
    }
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// In the claims, whose `iss` is this: vendors use the same names for different things.
    Claims {
        /// As the token says.
        issuer: Option<&'a str>,
    },
    /// In the header of a JWS, or of a JWE.
    Header {
        /// Of a JWE.
        is_jwe: bool,
    },
    /// In an object whose members are described by a table of their own; see [`Meaning::inside`].
    Inside(&'static str),
    /// In a JWK, whose `kty` is this.
    Key {
        /// As the key says.
        kty: Option<&'a str>,
    },
}

impl Place<'_> {
    fn table(self) -> &'static str {
        match self {
            Self::Claims { .. } => CLAIMS,
            Self::Header { .. } => HEADER,
            Self::Inside(table) => table,
            Self::Key { .. } => KEY,
        }
    }

    /// Whose meaning is wanted where there are several.
    fn whose(&self) -> Option<&str> {
        match self {
            Self::Claims { issuer } => issuer.and_then(of_issuer),
            Self::Header { is_jwe: true } => Some("JWE"),
            Self::Header { is_jwe: false } => Some("JWS"),
            Self::Inside(_) => None,
            Self::Key { kty } => *kty,
        }
    }
}

impl Meaning {
    /// Whether there is anything to say of the name beyond its class.
    pub fn is_known(&self) -> bool {
        !self.label.is_empty()
    }

    /// Where the members of an object stand that this name holds, itself or in an array.
    pub fn inside<'a>(&'static self, object: &'a Json, issuer: Option<&'a str>) -> Place<'a> {
        match self.holds.as_str() {
            CLAIMS => Place::Claims { issuer },
            KEY => Place::Key {
                kty: object.get("kty").and_then(Json::str),
            },
            table => Place::Inside(table),
        }
    }

    /// What stands for a name of which nothing is known.
    fn unknown(class: Class, text: &str) -> Self {
        Self {
            label: String::new(),
            text: text.to_owned(),
            reference: String::new(),
            shape: Shape::any(),
            class,
            of: Vec::new(),
            holds: String::new(),
        }
    }
}

/// What a value means, of a name that has a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueMeaning {
    /// What it says and what to look at.
    pub text: String,
    /// Where it is defined; may be empty.
    pub reference: String,
    /// `Prohibited` or `Deprecated`, where the registry says so.
    pub standing: Option<&'static str>,
}

/// A registered algorithm (IANA "JSON Web Signature and Encryption Algorithms").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Algorithm {
    /// `alg/sig`, `alg/enc`, `enc`, or `JWK` for those that only keys may name.
    pub usage: String,
    /// IANA's implementation requirement.
    pub requirement: String,
    /// RFC and section.
    pub reference: String,
    /// What it is and what to look at.
    pub meaning: String,
}

/// What a name means at a place. Every name gets an answer: one of which nothing is known gets one that says so
/// ([`Meaning::is_known`]), with its class.
pub fn look_up(place: Place<'_>, name: &str) -> &'static Meaning {
    let names = INDEX.get(place.table());
    let known = names.and_then(|names| names.get(name).or_else(|| names.get(ANY)));
    let whose = place.whose();
    let known = known.and_then(|known| {
        let theirs = |meaning: &&Meaning| meaning.of.iter().any(|of| Some(of.as_str()) == whose);
        let anyones = |meaning: &&Meaning| meaning.of.is_empty();
        let by_whose = known.iter().filter(theirs).min_by_key(|one| one.of.len());
        by_whose
            .or_else(|| known.iter().find(anyones))
            // What all of them say together.
            .or_else(|| known.iter().max_by_key(|one| one.of.len()))
    });
    known.unwrap_or_else(|| match place {
        Place::Inside(_) => &UNKNOWN_INNER,
        _ if class_of(name) == Class::Public => &UNKNOWN_PUBLIC,
        _ => &UNKNOWN_PRIVATE,
    })
}

/// In a table: any name.
const ANY: &str = "*";

static UNKNOWN_INNER: LazyLock<Meaning> = LazyLock::new(|| {
    let text = "Nothing is known of this name here.";
    Meaning::unknown(Class::Inner, text)
});

static UNKNOWN_PRIVATE: LazyLock<Meaning> = LazyLock::new(|| {
    let text = "Not registered: whoever writes it and whoever reads it agreed on what it says, and others may say something else by it.";
    Meaning::unknown(Class::Private, text)
});

static UNKNOWN_PUBLIC: LazyLock<Meaning> = LazyLock::new(|| {
    let text = "Not registered: whoever owns the address or domain in it says what it means.";
    Meaning::unknown(Class::Public, text)
});

/// What a value means of a name at a place: of a string, or a number as it is written.
pub fn value(place: Place<'_>, name: &str, value: &Json) -> Option<&'static ValueMeaning> {
    let values = VALUES.get(&(place.table(), name.to_owned()))?;
    let text = match &value.value {
        Value::String(text) => text.as_str(),
        Value::Number(number) => number.text.as_str(),
        _ => return None,
    };
    if matches!((place, name), (Place::Header { .. }, "typ" | "cty")) {
        // Media types: in any case, and "application/" may be left out (RFC 7515 section 4.1.9).
        let short = match text.get(..MEDIA_TYPE.len()) {
            Some(start) if start.eq_ignore_ascii_case(MEDIA_TYPE) => text.get(MEDIA_TYPE.len()..),
            _ => None,
        };
        let short = short.unwrap_or(text);
        let mut all = values.iter();
        return all
            .find(|(known, _)| known.eq_ignore_ascii_case(short))
            .map(|(_, meaning)| meaning);
    }
    values.get(text)
}

const MEDIA_TYPE: &str = "application/";

/// The class of a name that is not registered: public where nobody else takes it by chance (RFC 7519 section 4.2), as it is a
/// URI or begins with a domain.
fn class_of(name: &str) -> Class {
    let (domain, has_path) = match name.split_once('/') {
        Some((domain, _)) => (domain, true),
        None => (name, false),
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let fits = |label: &&str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
    };
    // Without a path `user.name` looks like a domain too: only a common ending, or beginning where it is written in reverse,
    // makes it one.
    let mut ends = [labels.first(), labels.last()].into_iter().flatten();
    let is_domain = labels.len() > 1
        && labels.iter().all(fits)
        && (has_path || ends.any(|end| COMMON.contains(end)));
    // A single word before a colon is a prefix that anyone may take, such as that of `cognito:groups`.
    let is_address = name.contains("://") || name.starts_with("urn:");
    if is_address && shape::is_uri(name) || is_domain {
        Class::Public
    } else {
        Class::Private
    }
}

/// Domains at the top under which names are commonly made.
const COMMON: [&str; 7] = ["com", "dev", "edu", "gov", "io", "net", "org"];

/// What the registry says of an algorithm, signature or encryption.
pub fn algorithm(name: &str) -> Option<&'static Algorithm> {
    ALGORITHMS.get(name)
}

/// Whether a registered claim of this name is a NumericDate (RFC 7519 section 2): seconds since 1970-01-01T00:00:00Z.
pub fn is_numeric_date(name: &str) -> bool {
    NUMERIC_DATES.contains(name)
}

/// A short name for people of a claim, else of a header parameter. `None` where nothing is known.
pub fn label(name: &str) -> Option<&'static str> {
    let claim = look_up(Place::Claims { issuer: None }, name);
    let header = look_up(Place::Header { is_jwe: false }, name);
    let known = [claim, header].into_iter();
    let registered = known.clone().find(|one| one.class == Class::Registered);
    let known = registered.or_else(|| known.clone().find(|one| one.is_known()));
    known.map(|meaning| meaning.label.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::json::read;

    const CLAIMS: Place<'_> = Place::Claims { issuer: None };

    #[test]
    fn names_are_found_with_shape_reference_and_class() {
        let alg = look_up(Place::Header { is_jwe: false }, "alg");
        assert_eq!(alg.reference, "RFC 7515 §4.1.1");
        assert_eq!(alg.class, Class::Registered);
        let alg = look_up(Place::Header { is_jwe: true }, "alg");
        assert_eq!(alg.reference, "RFC 7516 §4.1.1");
        let exp = look_up(CLAIMS, "exp");
        assert_eq!(exp.reference, "RFC 7519 §4.1.4");
        assert_eq!(exp.shape.to_string(), "NumericDate");
        assert_eq!(exp.label, "Expires");
        assert!(is_numeric_date("auth_time") && !is_numeric_date("sub"));
        assert!(!is_numeric_date("warnafter"), "not at the top");
        assert!(algorithm("HS256").is_some() && algorithm("hs256").is_none());
    }

    #[test]
    fn the_issuer_tells_vendors_apart() {
        let of = |issuer: Option<&str>, name: &str| look_up(Place::Claims { issuer }, name);
        let okta = Some("https://dev-1.okta.com/oauth2/default");
        assert_eq!(of(okta, "scp").shape.to_string(), "array of strings");
        assert_eq!(of(okta, "scp").of, ["Okta"]);
        let entra = Some("https://login.microsoftonline.com/0f0e/v2.0");
        assert_eq!(of(entra, "scp").shape.to_string(), "string");
        let anyones = of(None, "scp");
        assert_eq!(anyones.of, ["Entra", "Okta"]);
        assert!(anyones.text.starts_with("Entra: ") && anyones.text.contains(" Okta: "));
        assert_eq!(anyones.shape.to_string(), "string or array of strings");
        assert_eq!(anyones.class, Class::Private);
        // The registered meaning, unless the issuer gives it another one.
        assert_eq!(of(None, "ref").reference, "OpenID Federation 1.0");
        let github = of(Some("https://token.actions.githubusercontent.com"), "ref");
        assert_eq!(
            (github.reference.as_str(), github.class),
            ("", Class::Registered)
        );
        assert_eq!(
            of(entra, "roles").reference,
            look_up(CLAIMS, "roles").reference
        );
        assert_eq!(of(okta, "ref_protected").of, ["GitHub", "GitLab"]);
    }

    #[test]
    fn what_an_object_holds_has_meanings_of_its_own() {
        let json = r#"{"kty":"RSA","n":"","d":""}"#;
        let key = read(json.as_bytes()).root.expect("a value");
        let jwk = look_up(Place::Header { is_jwe: false }, "jwk");
        let place = jwk.inside(&key, None);
        assert_eq!(look_up(place, "d").reference, "RFC 7518 §6.3.2.1");
        assert_eq!(
            look_up(Place::Key { kty: Some("EC") }, "d").label,
            "Private key"
        );
        let unknown = look_up(Place::Key { kty: None }, "d");
        assert_eq!(unknown.of, ["EC", "RSA", "OKP"]);
        let access = look_up(CLAIMS, "resource_access").inside(&key, None);
        let client = look_up(access, "any client");
        let roles = look_up(client.inside(&key, None), "roles");
        assert_eq!((roles.label.as_str(), roles.class), ("Roles", Class::Inner));
        let cnf = look_up(CLAIMS, "cnf").inside(&key, None);
        assert_eq!(look_up(cnf, "jkt").class, Class::Registered);
        assert!(!look_up(cnf, "other").is_known());
        assert!(!look_up(look_up(CLAIMS, "sub").inside(&key, None), "sub").is_known());
    }

    #[test]
    fn a_name_that_nobody_registered_is_public_or_private() {
        for (name, class) in [
            ("https://app.example/roles", Class::Public),
            ("urn:example:role", Class::Public),
            ("kubernetes.io", Class::Public),
            ("kubernetes.io/serviceaccount/namespace", Class::Public),
            ("example.app/role", Class::Public),
            ("com.example.role", Class::Public),
            ("user.name", Class::Private),
            ("cognito:groups", Class::Private),
            ("custom:role", Class::Private),
            ("a/b", Class::Private),
            ("..com", Class::Private),
            ("1.5", Class::Private),
            ("role", Class::Private),
            ("", Class::Private),
            ("sub", Class::Registered),
        ] {
            assert_eq!(look_up(CLAIMS, name).class, class, "{name}");
        }
    }

    #[test]
    fn values_have_meanings_too() {
        let of = |place: Place<'_>, name: &str, json: &str| {
            value(place, name, &read(json.as_bytes()).root.expect("a value"))
        };
        let header = Place::Header { is_jwe: false };
        let es256 = of(header, "alg", r#""ES256""#).expect("known");
        assert!(es256.text.starts_with("ECDSA over P-256 with SHA-256"));
        assert_eq!(of(header, "alg", r#""es256""#), None);
        assert_eq!(of(header, "alg", r#""A128GCM""#), None);
        let standing = |alg: &str| of(header, "alg", alg).and_then(|value| value.standing);
        assert_eq!(standing(r#""RS1""#), Some("Prohibited"));
        assert_eq!(standing(r#""EdDSA""#), Some("Deprecated"));
        assert_eq!(standing(r#""RS256""#), None);
        assert!(of(header, "typ", r#""application/AT+JWT""#).is_some());
        assert!(of(Place::Key { kty: None }, "crv", r#""P-256""#).is_some());
        assert!(of(CLAIMS, "acct", "1").is_some());
        assert_eq!(of(CLAIMS, "acct", "[1]"), None);
    }

    #[test]
    fn short_names_are_those_of_claims_before_those_of_headers() {
        assert_eq!(label("nonce"), Some("Binds the token to one login"));
        assert_eq!(label("typ"), Some("Type"));
        assert_eq!(label("s_hash"), Some("State hash"));
        assert_eq!(label("surely not"), None);
    }
}
