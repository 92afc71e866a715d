//! Key files, those included that are tokens: encrypted JWKs and JWK Sets (RFC 7517 section 7).

use crate::jose::json::{self, Json};
use crate::jose::{Kind, Token};
use crate::keys::{Key, KeyFault, KeyRing, LoadError, Seeming, Unlock, load, load_with};
use crate::verify::decrypt::{JweShapeFault, MAX_ITERATIONS, iterations};
use crate::verify::{DecryptionOutcome, NotTried, Unsealed, unseal};

/// Every key in a file's bytes, as [`load_with`] gives them. Beside its forms an encrypted JWK or JWK Set is taken: a JWE
/// that the passphrase opens, or a key of the ring.
///
/// # Errors
///
/// As [`load_with`]; [`LoadError::Sealed`] where another key than those of the ring is wanted.
pub fn load_keys(
    source: &str,
    bytes: &[u8],
    unlock: &Unlock<'_>,
    keys: &KeyRing,
) -> Result<Vec<Key>, LoadError> {
    match load_with(source, bytes, unlock) {
        Err(LoadError::NotAKey {
            found: Seeming::Jwe,
            source_name,
        }) => Jwe::read(source, bytes)
            .ok_or(LoadError::NotAKey {
                found: Seeming::Jwe,
                source_name,
            })?
            .open(unlock, keys),
        other => other,
    }
}

/// A JWE that may hold keys.
struct Jwe<'a> {
    source: &'a str,
    token: Token,
}

/// What a header says of the content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    /// Keys (RFC 7517 section 8.5).
    Keys,
    /// Something else.
    Other,
    /// Nothing is said.
    Untold,
}

impl<'a> Jwe<'a> {
    fn read(source: &'a str, bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes.trim_ascii()).ok()?;
        let token = Token::parse(text);
        (token.kind == Kind::Jwe).then_some(Self { source, token })
    }

    fn open(&self, unlock: &Unlock<'_>, keys: &KeyRing) -> Result<Vec<Key>, LoadError> {
        self.check_iterations(unlock)?;
        let Unsealed { proof, plaintext } = unseal(&self.token, keys, unlock);
        if let Some(plaintext) = plaintext {
            return self.keys_in(&plaintext);
        }
        let has_passphrase = unlock.passphrase.is_some();
        let content = self.content();
        match proof.outcome {
            DecryptionOutcome::NotTried(NotTried::Cancelled) => Err(LoadError::Cancelled {
                source_name: self.source.to_owned(),
            }),
            _ if content == Content::Other => Err(self.no_key_file()),
            _ if self.wants_passphrase() => {
                let codes = || proof.diagnosis.iter().map(|diagnosis| diagnosis.code);
                // The content key is right once it unwraps.
                let is_damaged =
                    proof.shape.is_some() || codes().any(|code| code == "tag-mismatch");
                Err(match (has_passphrase, is_damaged) {
                    (_, true) => self.damaged(),
                    (true, false) => LoadError::WrongPassphrase {
                        source_name: self.source.to_owned(),
                    },
                    (false, false) => LoadError::Encrypted {
                        source_name: self.source.to_owned(),
                    },
                })
            }
            _ if content == Content::Untold => Err(self.no_key_file()),
            _ if proof.shape.is_some() => Err(self.damaged()),
            _ => Err(LoadError::Sealed {
                source_name: self.source.to_owned(),
                alg: self.names("alg").join(", "),
            }),
        }
    }

    /// The keys, where the content is a JWK or a set of them.
    fn keys_in(&self, plaintext: &[u8]) -> Result<Vec<Key>, LoadError> {
        let document = json::read(plaintext);
        let is_keys = document.root.as_ref().is_some_and(|root| {
            let set = root.get("keys").and_then(Json::array);
            root.get("kty").is_some() || set.is_some()
        });
        if !is_keys {
            return Err(self.no_key_file());
        }
        let mut keys = load(self.source, plaintext)?;
        for key in &mut keys {
            key.form = "encrypted JWK";
        }
        Ok(keys)
    }

    /// Refuses more iterations than the ceiling before any is made.
    fn check_iterations(&self, unlock: &Unlock<'_>) -> Result<(), LoadError> {
        let ceiling = unlock.ceiling.min(MAX_ITERATIONS);
        for view in self.token.views() {
            let p2c = view.parameter("p2c");
            let found = match p2c.map(|p2c| iterations(Some(p2c))) {
                Some(Ok(found)) if found > ceiling => u64::from(found),
                Some(Err(JweShapeFault::Iterations { found, .. })) => {
                    found.parse().unwrap_or(u64::MAX)
                }
                _ => continue,
            };
            return Err(self.unusable(KeyFault::Ceiling {
                what: "iterations of key derivation (\u{201C}p2c\u{201D})",
                ceiling: u64::from(ceiling),
                found,
            }));
        }
        Ok(())
    }

    fn content(&self) -> Content {
        let said = [self.names("cty"), self.names("typ")].concat();
        let is_of_keys = |name: &String| {
            let name = name.to_ascii_lowercase();
            let name = name.strip_prefix("application/").unwrap_or(&name);
            matches!(name, "jwk+json" | "jwk-set+json")
        };
        if said.iter().any(is_of_keys) {
            Content::Keys
        } else if said.iter().any(|name| !name.eq_ignore_ascii_case("JOSE")) {
            Content::Other
        } else {
            Content::Untold
        }
    }

    fn wants_passphrase(&self) -> bool {
        let algorithms = self.names("alg");
        algorithms.iter().any(|alg| alg.starts_with("PBES2-"))
    }

    /// The texts of a header parameter, of every recipient.
    fn names(&self, parameter: &str) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for view in self.token.views() {
            let name = view.parameter(parameter).and_then(Json::str);
            names.extend(name.map(str::to_owned));
        }
        names.dedup();
        names
    }

    fn no_key_file(&self) -> LoadError {
        LoadError::NotAKey {
            source_name: self.source.to_owned(),
            found: Seeming::Jwe,
        }
    }

    fn damaged(&self) -> LoadError {
        self.unusable(KeyFault::Damaged("its parts do not fit together"))
    }

    fn unusable(&self, first: KeyFault) -> LoadError {
        LoadError::NoUsableKey {
            source_name: self.source.to_owned(),
            keys: 1,
            first,
        }
    }
}
