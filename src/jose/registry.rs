//! The registered names, and what they mean.
//!
//! Names, shapes and references come from the tables in `assets/registry`, which follow the IANA registries;
//! the short labels for people are here.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A registered header parameter (IANA "JSON Web Signature and Encryption Header Parameters").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderParameter {
    /// The JSON shape, such as `string` or `array<string>`.
    pub shape: String,
    /// RFC and section.
    pub reference: String,
    /// What it is for, in a few words.
    pub note: String,
}

/// A registered claim (IANA "JSON Web Token Claims").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The JSON shape.
    pub shape: String,
    /// RFC and section.
    pub reference: String,
}

/// A registered algorithm (IANA "JSON Web Signature and Encryption Algorithms").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Algorithm {
    /// `alg/sig`, `alg/enc` or `enc`.
    pub usage: String,
    /// IANA's implementation requirement.
    pub requirement: String,
    /// RFC and section.
    pub reference: String,
}

static HEADER_PARAMETERS: LazyLock<HashMap<(String, bool), HeaderParameter>> =
    LazyLock::new(|| {
        let mut table = HashMap::new();
        for row in rows(include_str!(
            "../../assets/registry/jose-header-parameters.csv"
        )) {
            let [name, location, shape, reference, note] = &row[..] else {
                continue;
            };
            for jwe in [false, true] {
                if location.contains(if jwe { "JWE" } else { "JWS" }) {
                    let parameter = HeaderParameter {
                        shape: shape.clone(),
                        reference: spaced(reference),
                        note: note.clone(),
                    };
                    table.entry((name.clone(), jwe)).or_insert(parameter);
                }
            }
        }
        table
    });

static CLAIMS: LazyLock<HashMap<String, Claim>> = LazyLock::new(|| {
    rows(include_str!("../../assets/registry/jwt-claims.csv"))
        .into_iter()
        .filter_map(|row| {
            let [name, shape, reference] = &row[..] else {
                return None;
            };
            let claim = Claim {
                shape: shape.clone(),
                reference: spaced(reference),
            };
            Some((name.clone(), claim))
        })
        .collect()
});

static VENDOR_CLAIMS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    rows(include_str!("../../assets/registry/vendor-claims.csv"))
        .into_iter()
        .filter_map(|row| match &row[..] {
            [name, meaning] => Some((name.clone(), meaning.clone())),
            _ => None,
        })
        .collect()
});

static ALGORITHMS: LazyLock<HashMap<String, Algorithm>> = LazyLock::new(|| {
    rows(include_str!("../../assets/registry/jose-algorithms.csv"))
        .into_iter()
        .filter_map(|row| {
            let [name, usage, requirement, reference, ..] = &row[..] else {
                return None;
            };
            let algorithm = Algorithm {
                usage: usage.clone(),
                requirement: requirement.clone(),
                reference: spaced(reference),
            };
            Some((name.clone(), algorithm))
        })
        .collect()
});

fn rows(table: &str) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(table.as_bytes())
        .records()
        .filter_map(Result::ok)
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

/// `RFC7515 4.1.1` as people write it: `RFC 7515 §4.1.1`.
fn spaced(reference: &str) -> String {
    match reference.split_once(' ') {
        Some((document, section)) if document.starts_with("RFC") => {
            let number = document.trim_start_matches("RFC");
            format!("RFC {number} §{section}")
        }
        _ => match reference.strip_prefix("RFC") {
            Some(number) if number.starts_with(|first: char| first.is_ascii_digit()) => {
                format!("RFC {number}")
            }
            _ => reference.to_owned(),
        },
    }
}

/// What the registry says of a header parameter of a JWS, or (`jwe`) of a JWE.
pub fn header_parameter(name: &str, jwe: bool) -> Option<&'static HeaderParameter> {
    HEADER_PARAMETERS.get(&(name.to_owned(), jwe))
}

/// What the registry says of a claim.
pub fn claim(name: &str) -> Option<&'static Claim> {
    CLAIMS.get(name)
}

/// What a common claim that is not registered means, and whose it is.
pub fn vendor_claim(name: &str) -> Option<&'static str> {
    VENDOR_CLAIMS.get(name).map(String::as_str)
}

/// What the registry says of an algorithm, signature or encryption.
pub fn algorithm(name: &str) -> Option<&'static Algorithm> {
    ALGORITHMS.get(name)
}

/// Whether a claim of this name is a NumericDate (RFC 7519 section 2): seconds since 1970-01-01T00:00:00Z.
pub fn is_numeric_date(name: &str) -> bool {
    claim(name).is_some_and(|claim| claim.shape == "numericdate")
}

/// A short name for people of a common claim or header parameter.
pub fn label(name: &str) -> Option<&'static str> {
    Some(match name {
        "acr" => "Authentication context class",
        "act" => "Actor",
        "address" => "Postal address",
        "alg" => "Algorithm",
        "amr" => "Authentication methods",
        "at_hash" | "ath" => "Access token hash",
        "aud" => "Audience",
        "auth_time" => "User signed in",
        "azp" => "Authorized party",
        "birthdate" => "Birthday",
        "c_hash" => "Code hash",
        "client_id" => "Client",
        "cnf" => "Bound to a key",
        "crit" => "Must be understood",
        "cty" => "Content type",
        "email" => "E-mail address",
        "email_verified" => "E-mail address verified",
        "enc" => "Content encryption",
        "entitlements" => "Entitlements",
        "epk" => "Ephemeral public key",
        "events" => "Security events",
        "exp" => "Expires",
        "family_name" => "Family name",
        "gender" => "Gender",
        "given_name" => "Given name",
        "groups" => "Groups",
        "htm" => "HTTP method",
        "htu" => "HTTP address",
        "iat" => "Issued",
        "iss" => "Issuer",
        "jku" => "Key set address",
        "jti" => "Token id",
        "jwk" => "Public key in the token",
        "kid" => "Key id",
        "locale" => "Locale",
        "name" => "Full name",
        "nbf" => "Not before",
        "nickname" => "Nickname",
        "nonce" => "Binds the token to one login",
        "p2c" => "PBES2 iterations",
        "p2s" => "PBES2 salt",
        "phone_number" => "Phone number",
        "picture" => "Picture address",
        "preferred_username" => "User name",
        "roles" => "Roles",
        "s_hash" => "State hash",
        "scope" => "Scope",
        "sid" => "Session id",
        "sub" => "Subject",
        "typ" => "Type",
        "updated_at" => "Profile changed",
        "vct" => "Credential type",
        "x5c" => "Certificate chain",
        "x5t" => "Certificate thumbprint (SHA-1)",
        "x5t#S256" => "Certificate thumbprint",
        "x5u" => "Certificate address",
        "zip" => "Compression",
        "zoneinfo" => "Time zone",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        assert!(HEADER_PARAMETERS.len() > 40, "{}", HEADER_PARAMETERS.len());
        assert!(CLAIMS.len() > 140, "{}", CLAIMS.len());
        assert!(ALGORITHMS.len() > 50, "{}", ALGORITHMS.len());
        assert!(VENDOR_CLAIMS.len() > 50, "{}", VENDOR_CLAIMS.len());
    }

    #[test]
    fn names_are_found_with_their_reference() {
        let alg = header_parameter("alg", false).map(|parameter| parameter.reference.as_str());
        assert_eq!(alg, Some("RFC 7515 §4.1.1"));
        assert_eq!(
            claim("exp").map(|claim| claim.reference.as_str()),
            Some("RFC 7519 §4.1.4")
        );
        assert!(is_numeric_date("auth_time") && !is_numeric_date("sub"));
        assert!(algorithm("HS256").is_some() && algorithm("hs256").is_none());
    }
}
