//! What binds a presentation to its holder: the key binding JWT and the issuer's `cnf` (RFC 9901 sections 4.1.2 and 4.3).

use std::ops::Range;

use super::instead::made_instead;
use super::{HashAlgorithm, is_open};
use crate::jose::json::{Decimal, Document, Json};

pub use super::instead::Instead;

/// What a key binding JWT says, beside its signature.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyBinding {
    /// The `sd_hash` that this presentation has; `None` where its hash function is not known.
    pub expected: Option<String>,
    /// `sd_hash`, where it is a text.
    pub sd_hash: Option<String>,
    /// What else than the presentation `sd_hash` was made over or with, where that could be found out.
    pub instead: Option<Instead>,
    /// `aud`, where it is one text.
    pub audience: Option<String>,
    /// `nonce`, where it is a text.
    pub nonce: Option<String>,
    /// `iat`, where it is a number: seconds since 1970.
    pub issued_at: Option<Decimal>,
    /// What RFC 9901 section 4.3 forbids.
    pub faults: Vec<KeyBindingFault>,
}

impl std::fmt::Debug for KeyBinding {
    /// No values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyBinding")
            .field("binds", &self.binds())
            .field("faults", &self.faults.len())
            .finish_non_exhaustive()
    }
}

/// A departure from RFC 9901 section 4.3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBindingFault {
    /// What it is.
    pub kind: KeyBindingFaultKind,
    /// Whether it is in the header of the key binding JWT, not in its claims.
    pub in_header: bool,
    /// The value's bytes there; `None` for what is missing.
    pub range: Option<Range<usize>>,
}

/// The kinds of fault. `Display` says what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyBindingFaultKind {
    /// `alg` makes no signature that only the holder can make.
    #[error("expected the algorithm of a digital signature, found {found:?}")]
    Algorithm {
        /// The `alg`.
        found: String,
    },
    /// The presentation's hash is another one.
    #[error("expected the sd_hash {expected}, found {found}")]
    Hash {
        /// What this presentation has.
        expected: String,
        /// What the claim holds.
        found: String,
    },
    /// A header parameter or claim is not there.
    #[error("expected {name}, found none")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A `typ` that is not `kb+jwt`.
    #[error("expected the typ kb+jwt, found {found:?}")]
    Type {
        /// The `typ`.
        found: String,
    },
    /// A value of the wrong kind.
    #[error("expected {name} to be a {expected}, found {found}")]
    WrongKind {
        /// The name of the parameter or claim.
        name: &'static str,
        /// The kind it should be.
        expected: &'static str,
        /// The kind of value it is.
        found: &'static str,
    },
}

impl KeyBinding {
    /// Whether `sd_hash` is that of this presentation; `None` where one of both is not known.
    pub fn binds(&self) -> Option<bool> {
        Some(self.sd_hash.as_ref()? == self.expected.as_ref()?)
    }
}

/// The key that the issuer bound the token to, in the ways of RFC 7800 section 3 and RFC 9449 section 6.1.
#[derive(Clone)]
pub struct Confirmation<'a> {
    /// The claim's value.
    pub claim: &'a Json,
    /// `jwk`: the key itself, where it is an object.
    pub jwk: Option<&'a Json>,
    /// `kid`: the name of the key.
    pub kid: Option<&'a str>,
    /// `jkt`: the SHA-256 thumbprint of the key (RFC 7638).
    pub jkt: Option<&'a str>,
    /// The names of all methods in it, in their order; empty where `cnf` is no object.
    pub methods: Vec<&'a str>,
}

/// The `cnf` of these claims.
pub fn confirmation(claims: &Document) -> Option<Confirmation<'_>> {
    let claim = claims.get("cnf")?;
    let members = claim.object().unwrap_or_default();
    let text = |name: &str| claim.get(name).and_then(Json::str);
    Some(Confirmation {
        claim,
        jwk: claim.get("jwk").filter(|jwk| jwk.object().is_some()),
        kid: text("kid"),
        jkt: text("jkt"),
        methods: members.iter().map(|member| member.name.as_str()).collect(),
    })
}

/// Compares a key binding JWT with the presentation that it belongs to.
///
/// `presented` is what [`hashed_text`](super::hashed_text) or [`compact_form`](super::compact_form) gives, `hash` the function of
/// the digests ([`HashChoice::used`](super::HashChoice::used)). Whether `aud` and `nonce` are the expected ones, and `iat` not too
/// old, is a matter of policy.
pub fn key_binding(
    header: &Document,
    claims: &Document,
    presented: &str,
    hash: Option<&'static HashAlgorithm>,
) -> KeyBinding {
    let mut faults = Vec::new();
    let mut reader = Reader {
        faults: &mut faults,
    };
    reader.header(header);
    let issued_at = reader.value(claims, "iat", "number", Json::decimal);
    let string = |json: &Json| json.str().map(str::to_owned);
    let audience = reader.value(claims, "aud", "string", string);
    let nonce = reader.value(claims, "nonce", "string", string);
    let sd_hash = reader.value(claims, "sd_hash", "string", string);
    let expected = hash.and_then(|hash| hash.digest(presented));
    let mut instead = None;
    if let (Some(expected), Some(found)) = (&expected, &sd_hash)
        && expected != found
    {
        instead = made_instead(presented, found, hash);
        faults.push(KeyBindingFault {
            kind: KeyBindingFaultKind::Hash {
                expected: expected.clone(),
                found: found.clone(),
            },
            in_header: false,
            range: claims.get("sd_hash").map(|json| json.range.clone()),
        });
    }
    KeyBinding {
        expected,
        sd_hash,
        instead,
        audience,
        nonce,
        issued_at,
        faults,
    }
}

struct Reader<'a> {
    faults: &'a mut Vec<KeyBindingFault>,
}

impl Reader<'_> {
    fn header(&mut self, header: &Document) {
        let string = |json: &Json| json.str().map(str::to_owned);
        let mut read = |name| {
            let before = self.faults.len();
            let value = self.value(header, name, "string", string);
            for fault in self.faults.iter_mut().skip(before) {
                fault.in_header = true;
            }
            value.zip(header.get(name).map(|json| json.range.clone()))
        };
        let (typ, alg) = (read("typ"), read("alg"));
        let mut note = |kind, range| {
            self.faults.push(KeyBindingFault {
                kind,
                in_header: true,
                range: Some(range),
            });
        };
        if let Some((found, range)) = typ.filter(|(typ, _)| !is_key_binding(typ)) {
            note(KeyBindingFaultKind::Type { found }, range);
        }
        if let Some((found, range)) = alg.filter(|(alg, _)| is_open(alg)) {
            note(KeyBindingFaultKind::Algorithm { found }, range);
        }
    }

    fn value<T>(
        &mut self,
        document: &Document,
        name: &'static str,
        expected: &'static str,
        read: impl Fn(&Json) -> Option<T>,
    ) -> Option<T> {
        let json = document.get(name);
        let value = json.and_then(read);
        if value.is_none() {
            self.faults.push(KeyBindingFault {
                kind: match json {
                    None => KeyBindingFaultKind::Missing { name },
                    Some(json) => KeyBindingFaultKind::WrongKind {
                        name,
                        expected,
                        found: json.kind(),
                    },
                },
                in_header: false,
                range: json.map(|json| json.range.clone()),
            });
        }
        value
    }
}

/// Whether a `typ` names a key binding JWT. Media types know no case, and may lack their `application/` (RFC 7515 section 4.1.9).
pub fn is_key_binding(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == "kb+jwt"
}

#[cfg(test)]
mod tests {
    use super::super::SHA_256;
    use super::*;
    use crate::jose::json;

    const PRESENTED: &str = "a.b.c~d~";

    fn bound(header: &str, claims: &str) -> KeyBinding {
        let claims = claims.replace("HASH", &SHA_256.digest(PRESENTED).unwrap_or_default());
        key_binding(
            &json::read(header.as_bytes()),
            &json::read(claims.as_bytes()),
            PRESENTED,
            Some(&SHA_256),
        )
    }

    const HEADER: &str = r#"{"alg":"ES256","typ":"kb+jwt"}"#;
    const CLAIMS: &str = r#"{"iat":1,"aud":"v","nonce":"n","sd_hash":"HASH"}"#;

    #[test]
    fn what_the_rfc_wants_is_no_fault() {
        let bound = bound(HEADER, CLAIMS);
        assert_eq!(
            (bound.binds(), bound.faults.as_slice()),
            (Some(true), &[][..])
        );
        assert_eq!(bound.audience.as_deref(), Some("v"));
        assert_eq!(bound.nonce.as_deref(), Some("n"));
        assert_eq!(bound.issued_at, Decimal::parse("1"));
    }

    #[test]
    fn each_fault_has_its_words_and_place() {
        let faulty_claims = |from: &str, to: &str| bound(HEADER, &CLAIMS.replace(from, to)).faults;
        let faulty_header = |from: &str, to: &str| bound(&HEADER.replace(from, to), CLAIMS).faults;
        for (faults, expected, range) in [
            (
                faulty_claims(r#""iat":1,"#, ""),
                "expected iat, found none",
                None,
            ),
            (
                faulty_claims("1", "true"),
                "expected iat to be a number, found boolean",
                Some(7..11),
            ),
            (
                faulty_claims(r#""v""#, r#"["v"]"#),
                "expected aud to be a string, found array",
                Some(15..20),
            ),
            (
                faulty_claims(r#""n""#, "5"),
                "expected nonce to be a string, found number",
                Some(27..28),
            ),
            (
                faulty_claims(r#","sd_hash":"HASH""#, ""),
                "expected sd_hash, found none",
                None,
            ),
            (
                faulty_header("kb+jwt", "JWT"),
                "expected the typ kb+jwt, found \"JWT\"",
                Some(21..26),
            ),
            (
                faulty_header(r#","typ":"kb+jwt""#, ""),
                "expected typ, found none",
                None,
            ),
            (
                faulty_header("ES256", "nOne"),
                "expected the algorithm of a digital signature, found \"nOne\"",
                Some(7..13),
            ),
            (
                faulty_header("ES256", "HS256"),
                "expected the algorithm of a digital signature, found \"HS256\"",
                Some(7..14),
            ),
            (
                faulty_header(r#""alg":"ES256","#, ""),
                "expected alg, found none",
                None,
            ),
        ] {
            let [fault] = faults.as_slice() else {
                panic!("{expected}: {faults:?}");
            };
            assert_eq!(
                (fault.kind.to_string().as_str(), &fault.range),
                (expected, &range)
            );
            assert_eq!(
                fault.in_header,
                ["typ", "alg"].iter().any(|name| expected.contains(name))
            );
        }
        assert!(is_key_binding("application/KB+JWT"));
    }

    #[test]
    fn a_wrong_hash_is_explained() {
        let sha_512 = HashAlgorithm::named("sha-512");
        let other = sha_512
            .and_then(|hash| hash.digest(PRESENTED))
            .unwrap_or_default();
        let untied = SHA_256.digest("a.b.c~d").unwrap_or_default();
        for (hash, instead) in [
            (other, sha_512.map(Instead::OtherHash)),
            (untied, Some(Instead::WithoutTilde)),
            ("AAAA".to_owned(), None),
        ] {
            let bound = bound(HEADER, &CLAIMS.replace("HASH", &hash));
            assert_eq!((bound.binds(), bound.instead), (Some(false), instead));
            assert!(matches!(
                bound.faults.as_slice(),
                [KeyBindingFault {
                    kind: KeyBindingFaultKind::Hash { .. },
                    ..
                }]
            ));
        }
    }

    #[test]
    fn the_key_of_the_holder_is_named_in_every_way() {
        let document = json::read(br#"{"cnf":{"jwk":{"kty":"EC"},"kid":"k","jkt":"t","x":1}}"#);
        let Some(confirmed) = confirmation(&document) else {
            panic!("a cnf");
        };
        assert!(confirmed.jwk.is_some());
        assert_eq!((confirmed.kid, confirmed.jkt), (Some("k"), Some("t")));
        assert_eq!(confirmed.methods, ["jwk", "kid", "jkt", "x"]);
        let odd = json::read(br#"{"cnf":"k"}"#);
        assert!(confirmation(&odd).is_some_and(|confirmed| confirmed.methods.is_empty()));
        assert!(confirmation(&json::read(b"{}")).is_none());
    }
}
