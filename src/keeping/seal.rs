//! Encrypted JWK Sets (RFC 7517 section 7): how ours are made, and how they and those of others are opened.
//!
//! What is held while keys are unlocked is not the passphrase but the key that PBKDF2 made of it, so that saving takes no
//! time and the passphrase is forgotten at once. josekit makes the JWE, with this key in the place of a passphrase.

use std::borrow::Cow;

use josekit::jwe::alg::pbes2_hmac_aeskw::Pbes2HmacAeskwJweAlgorithm;
use josekit::jwe::{self, JweAlgorithm, JweContentEncryption, JweEncrypter, JweHeader};
use josekit::{JoseError, Value};
use openssl::rand::{rand_bytes, rand_priv_bytes};
use zeroize::Zeroizing;

use super::KeepError;
use crate::jose::base64url;
use crate::jose::json::Json;
use crate::jose::{Kind, PartRole, Token};
use crate::keys::Effort;
use crate::verify::decrypt::algorithms::Aes;
use crate::verify::decrypt::{
    KeyFamily, KeyManagement, MAX_INFLATED_BYTES, OpenError, Sealed, additional_data,
    content_encryption, inflate, iterations, key_management, open_with_wrapping_key, shape_fault,
    wrap, wrapping_key,
};

/// The algorithm of what is written here: what `step` writes too.
const ALG: Pbes2HmacAeskwJweAlgorithm = Pbes2HmacAeskwJweAlgorithm::Pbes2Hs256A128kw;
const WRAPPING: Aes = Aes::A128;
const ENC: &str = "A256GCM";
const CONTENT_KEY_BYTES: usize = 32;

/// RFC 7517 section 7.
const CTY: &str = "jwk-set+json";

/// Bytes of the salt input (RFC 7518 section 4.8.1.1 wants 8 or more).
const SALT_BYTES: usize = 16;

/// A passphrase turned into a key, for one salt and count. Zeroised when dropped, never printed.
#[derive(Clone)]
struct Derived {
    management: &'static KeyManagement,
    salt: Vec<u8>,
    iterations: u32,
    key: Zeroizing<Vec<u8>>,
}

/// What opens the kept private keys and closes them again: what a passphrase was turned into. Zeroised when dropped, never
/// printed.
#[derive(Clone)]
pub struct Access {
    /// What is written is closed with this.
    own: Derived,
    /// What others wrote, with fewer iterations, is opened with this.
    found: Option<Derived>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Access(..)")
    }
}

impl Access {
    /// From a new passphrase, with a new salt.
    pub(super) fn new(
        passphrase: &[u8],
        iterations: u32,
        effort: &Effort<'_>,
    ) -> Result<Self, KeepError> {
        let mut salt = vec![0; SALT_BYTES];
        rand_bytes(&mut salt).map_err(|stack| KeepError::Refused(stack.to_string()))?;
        let management = key_management(ALG.name())
            .ok_or_else(|| KeepError::Refused("no such algorithm".to_owned()))?;
        let own = Derived::new(management, salt, iterations, passphrase, effort)?;
        Ok(Self { own, found: None })
    }
}

impl Derived {
    fn new(
        management: &'static KeyManagement,
        salt: Vec<u8>,
        iterations: u32,
        passphrase: &[u8],
        effort: &Effort<'_>,
    ) -> Result<Self, KeepError> {
        let key = wrapping_key(management, &salt, iterations, passphrase, effort);
        let key = key.map_err(|error| match error {
            OpenError::Cancelled => KeepError::Cancelled,
            other => KeepError::Refused(other.to_string()),
        })?;
        Ok(Self {
            management,
            salt,
            iterations,
            key,
        })
    }

    fn fits(&self, recipient: &Recipient<'_>) -> bool {
        self.management == recipient.management
            && self.salt == recipient.salt
            && self.iterations == recipient.iterations
    }
}

/// How opening ended without keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotOpened {
    /// The work was called off.
    Cancelled,
    /// It is damaged, whatever the passphrase.
    Damaged(String),
    /// The passphrase is another.
    Passphrase,
    /// It was closed with another passphrase, or another salt, than this access is for.
    Other,
    /// OpenSSL refuses.
    Refused(String),
}

/// An encrypted set that a passphrase can open.
#[derive(PartialEq, Eq)]
pub(super) struct Envelope {
    views: Vec<Token>,
}

/// The text as it is for one recipient with a passphrase.
struct Recipient<'t> {
    token: &'t Token,
    management: &'static KeyManagement,
    salt: Vec<u8>,
    iterations: u32,
}

impl Envelope {
    /// Reads a text as far as that goes without a passphrase. The error says what was expected and what was found.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let expected = |found: &str| {
            format!("expected an encrypted JWK Set that a passphrase opens, found {found}")
        };
        let Ok(text) = std::str::from_utf8(text) else {
            return Err(expected("bytes that are no text"));
        };
        let token = Token::parse(text.trim_ascii());
        if token.kind != Kind::Jwe {
            return Err(expected("no JWE"));
        }
        let views: Vec<Token> = token.views().into_iter().map(Cow::into_owned).collect();
        let faults: Vec<_> = views
            .iter()
            .filter_map(|view| Recipient::of(view).err())
            .collect();
        match faults.into_iter().next() {
            Some(first) if !views.iter().any(|view| Recipient::of(view).is_ok()) => {
                Err(expected(&first))
            }
            _ => Ok(Self { views }),
        }
    }

    fn recipients(&self) -> impl Iterator<Item = Recipient<'_>> {
        self.views
            .iter()
            .filter_map(|view| Recipient::of(view).ok())
    }

    /// Opens it with a passphrase, which then is turned into what writes it again with so many iterations or more.
    pub(super) fn unlock(
        &self,
        passphrase: &[u8],
        wanted: u32,
        effort: &Effort<'_>,
    ) -> Result<(Access, Zeroizing<Vec<u8>>), NotOpened> {
        // A recipient each, and once more where the file's own count is too low to write with.
        let total: u64 = self
            .recipients()
            .map(|recipient| u64::from(recipient.iterations))
            .sum::<u64>()
            .saturating_add(if self.is_enough(wanted) {
                0
            } else {
                wanted.into()
            });
        let mut before = 0;
        let mut nearest = NotOpened::Passphrase;
        for recipient in self.recipients() {
            let own = Effort {
                progress: &|done, _| (effort.progress)(done.saturating_add(before), total),
                ..*effort
            };
            let derived = recipient.derive(passphrase, &own)?;
            before = before.saturating_add(u64::from(recipient.iterations));
            match recipient.open(&derived) {
                Ok(text) => {
                    let own = Effort {
                        progress: &|done, _| (effort.progress)(done.saturating_add(before), total),
                        ..*effort
                    };
                    return Ok((derived.access(passphrase, wanted, &own)?, text));
                }
                // Elsewhere the passphrase was right.
                Err(damaged @ NotOpened::Damaged(_)) => nearest = damaged,
                Err(_) => {}
            }
        }
        Err(nearest)
    }

    fn is_enough(&self, wanted: u32) -> bool {
        self.recipients()
            .all(|recipient| recipient.iterations >= wanted)
    }

    /// Opens it with what a passphrase was turned into before.
    pub(super) fn open(&self, access: &Access) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
        let keys = [Some(&access.own), access.found.as_ref()];
        for recipient in self.recipients() {
            let derived = keys
                .iter()
                .flatten()
                .find(|derived| derived.fits(&recipient));
            if let Some(derived) = derived {
                return recipient.open(derived).map_err(|error| match error {
                    // The salt is the same, and so is the passphrase.
                    NotOpened::Passphrase => NotOpened::Damaged(
                        "expected the encrypted key that was written, found another".to_owned(),
                    ),
                    other => other,
                });
            }
        }
        Err(NotOpened::Other)
    }
}

impl Derived {
    /// What writes again, with so many iterations or more.
    fn access(
        self,
        passphrase: &[u8],
        wanted: u32,
        effort: &Effort<'_>,
    ) -> Result<Access, NotOpened> {
        // Written by us it stays as it is, so that other instances can go on with what they hold.
        if self.iterations >= wanted && self.management.name == ALG.name() {
            return Ok(Access {
                own: self,
                found: None,
            });
        }
        let own = Access::new(passphrase, wanted, effort).map_err(|error| match error {
            KeepError::Cancelled => NotOpened::Cancelled,
            other => NotOpened::Refused(other.to_string()),
        })?;
        Ok(Access {
            found: Some(self),
            ..own
        })
    }
}

impl<'t> Recipient<'t> {
    /// Of a view of a JWE; the error says what was found.
    fn of(token: &'t Token) -> Result<Self, String> {
        let text = |name: &str| token.parameter(name).and_then(Json::str);
        let management = text("alg").and_then(key_management);
        let management = management
            .filter(|management| matches!(management.family, KeyFamily::Pbes2(..)))
            .ok_or("one for another kind of key")?;
        if text("enc").and_then(content_encryption).is_none() {
            return Err("another \u{201C}enc\u{201D}".to_owned());
        }
        if token.parameter("crit").is_some() {
            return Err("extensions that must be understood".to_owned());
        }
        let fault = with_sealed(token, shape_fault).flatten();
        if let Some(fault) = fault {
            return Err(format!("one that no passphrase opens ({fault})"));
        }
        let iterations = iterations(token.parameter("p2c")).map_err(|fault| fault.to_string())?;
        let salt = text("p2s").map(|text| base64url::decode(text).bytes.to_vec());
        Ok(Self {
            token,
            management,
            salt: salt.unwrap_or_default(),
            iterations,
        })
    }

    fn derive(&self, passphrase: &[u8], effort: &Effort<'_>) -> Result<Derived, NotOpened> {
        let salt = self.salt.clone();
        let derived = Derived::new(self.management, salt, self.iterations, passphrase, effort);
        derived.map_err(|error| match error {
            KeepError::Cancelled => NotOpened::Cancelled,
            other => NotOpened::Refused(other.to_string()),
        })
    }

    fn open(&self, derived: &Derived) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
        let opened = with_sealed(self.token, |sealed| {
            open_with_wrapping_key(sealed, &derived.key)
        });
        let opened = opened.unwrap_or(Err(OpenError::Passphrase));
        let opened = opened.map_err(|error| match error {
            OpenError::Passphrase => NotOpened::Passphrase,
            other => NotOpened::Damaged(format!("{other}")),
        })?;
        match self.token.parameter("zip").map(Json::str) {
            None => Ok(opened.plaintext),
            Some(Some("DEF")) => inflate(&opened.plaintext, MAX_INFLATED_BYTES)
                .map_err(|error| NotOpened::Damaged(error.to_string())),
            Some(_) => Err(NotOpened::Damaged(
                "expected content that is compressed by DEFLATE, or not, found another way"
                    .to_owned(),
            )),
        }
    }
}

/// `None` without names of algorithms.
fn with_sealed<T>(token: &Token, then: impl FnOnce(&Sealed<'_>) -> T) -> Option<T> {
    let text = |name: &str| token.parameter(name).and_then(Json::str);
    let header = |name: &str| token.parameter(name);
    let bytes = |role| token.part(role).map_or(&[][..], |part| part.bytes());
    let additional_data = additional_data(token);
    Some(then(&Sealed {
        alg: text("alg")?,
        enc: text("enc")?,
        header: &header,
        encrypted_key: bytes(PartRole::EncryptedKey),
        iv: bytes(PartRole::Iv),
        ciphertext: bytes(PartRole::Ciphertext),
        tag: bytes(PartRole::Tag),
        additional_data: additional_data.as_bytes(),
    }))
}

/// The text as a JWE in compact form, with a new content key and initialization vector.
pub(super) fn seal(text: &[u8], access: &Access) -> Result<String, KeepError> {
    let refused = |error: JoseError| KeepError::Refused(error.to_string());
    let mut content_key = Zeroizing::new(vec![0; CONTENT_KEY_BYTES]);
    rand_priv_bytes(&mut content_key).map_err(|stack| KeepError::Refused(stack.to_string()))?;
    let Derived {
        salt, iterations, ..
    } = &access.own;
    let mut header = JweHeader::new();
    header.set_content_encryption(ENC);
    header.set_content_type(CTY);
    for (name, value) in [
        ("p2s", Value::from(base64url::encode(salt))),
        ("p2c", Value::from(*iterations)),
    ] {
        header.set_claim(name, Some(value)).map_err(refused)?;
    }
    let sealer = Sealer {
        wrapping: access.own.key.clone(),
        content_key,
    };
    let jwe = jwe::serialize_compact(text, &header, &sealer).map_err(refused)?;
    Ok(jwe + "\n")
}

/// Wraps a content key of ours under what the passphrase was turned into. josekit's own would turn it anew each time, and
/// leave copies of the passphrase behind.
#[derive(Clone)]
struct Sealer {
    wrapping: Zeroizing<Vec<u8>>,
    content_key: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(..)")
    }
}

impl JweEncrypter for Sealer {
    fn algorithm(&self) -> &dyn JweAlgorithm {
        &ALG
    }

    fn key_id(&self) -> Option<&str> {
        None
    }

    fn compute_content_encryption_key(
        &self,
        _: &dyn JweContentEncryption,
        _: &JweHeader,
        _: &mut JweHeader,
    ) -> Result<Option<Cow<'_, [u8]>>, JoseError> {
        Ok(Some(Cow::Borrowed(&self.content_key)))
    }

    fn encrypt(
        &self,
        key: &[u8],
        _: &JweHeader,
        _: &mut JweHeader,
    ) -> Result<Option<Vec<u8>>, JoseError> {
        wrap(WRAPPING, &self.wrapping, key)
            .map(Some)
            .map_err(|stack| JoseError::InvalidKeyFormat(stack.into()))
    }

    fn box_clone(&self) -> Box<dyn JweEncrypter> {
        Box::new(self.clone())
    }
}
