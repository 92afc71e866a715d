//! PKCS#12 stores (RFC 7292): private keys with their certificates, the certificates beside them, and the secrets that Java
//! keeps there.
//!
//! The MAC says whether the passphrase is right and nothing was changed. Stores without a passphrase are opened without
//! one being asked for.

use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use zeroize::Zeroizing;

use super::ber::{joined, to_der};
use super::der::{self, Armour, Structure};
use super::found::Found;
use super::locked::pkcs8_with;
use super::{Form, MAX_KEYS, from_certificate_der};
use crate::keys::unlock::elements::{
    CONTEXT_0, Elements, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET,
};
use crate::keys::unlock::{
    Opening, Passphrase, Password, Purpose, decrypt, derive, pkcs12_within, scheme_name,
};
use crate::keys::{Holds, Key, KeyFault, KeyKind, Material, Secret};

/// One `PFX`, alone in its file.
pub(super) const FORM: Form = Form {
    recognises: |content| {
        content.first() == Some(&SEQUENCE)
            && to_der(content).is_some_and(|der| der::structure(&der) == Some(Structure::Pkcs12))
    },
    load: |found, content| {
        take(found, content);
        Ok(())
    },
};

const DATA: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01";
const ENCRYPTED_DATA: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x06";
const X509_CERTIFICATE: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x16\x01";
const FRIENDLY_NAME: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x14";
const PBMAC1: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0E";
/// What bags hold is told by the number after this.
const BAGS: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01";
const BMP_STRING: u8 = 0x1E;
/// `[0]`, not constructed.
const CONTEXT_0_PRIMITIVE: u8 = 0x80;

/// Bags of bags may lie in each other to this depth.
const MAX_DEPTH: usize = 8;

/// A hash, its identifier in a MAC, and that of its HMAC in PBMAC1.
type Digest = (&'static [u8], &'static [u8], fn() -> MessageDigest);

const DIGESTS: &[Digest] = &[
    (
        b"\x2B\x0E\x03\x02\x1A",
        b"\x2A\x86\x48\x86\xF7\x0D\x02\x07",
        MessageDigest::sha1,
    ),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x04",
        b"\x2A\x86\x48\x86\xF7\x0D\x02\x08",
        MessageDigest::sha224,
    ),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x01",
        b"\x2A\x86\x48\x86\xF7\x0D\x02\x09",
        MessageDigest::sha256,
    ),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x02",
        b"\x2A\x86\x48\x86\xF7\x0D\x02\x0A",
        MessageDigest::sha384,
    ),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x03",
        b"\x2A\x86\x48\x86\xF7\x0D\x02\x0B",
        MessageDigest::sha512,
    ),
];

const UNREADABLE: KeyFault = KeyFault::Damaged("a PKCS#12 store that cannot be read");

/// Each private key may have a certificate beside it; of more than that no one is made out of a store.
const MOST: usize = 2 * MAX_KEYS;

/// Takes the keys and certificates of a store.
pub(super) fn take(found: &mut Found<'_>, content: &[u8]) {
    let reader = Reader {
        source: found.source(),
        opening: found.opening(),
        password: Err(KeyFault::Encrypted),
        keys: Vec::new(),
        left_out: 0,
    };
    reader.read(content, found);
}

/// What is said of the content of a bag.
struct Bag<'a> {
    kind: u8,
    value: &'a [u8],
    name: Option<String>,
}

struct Reader<'a> {
    source: &'a str,
    opening: &'a Opening<'a>,
    /// What opens the store, or why nothing does.
    password: Result<Password, KeyFault>,
    keys: Vec<Key>,
    /// Beyond [`MOST`].
    left_out: usize,
}

impl Reader<'_> {
    fn read(mut self, content: &[u8], found: &mut Found<'_>) {
        match to_der(content).and_then(|der| Store::read(&der)) {
            Some(store) => {
                self.password = store.password(self.opening);
                self.safes(&store.safes);
                if self.keys.is_empty() {
                    let empty = "a PKCS#12 store without keys and certificates".to_owned();
                    let fault = self.password.as_ref().err().cloned();
                    self.fault(fault.unwrap_or(KeyFault::UnknownType(empty)));
                }
            }
            None => self.fault(UNREADABLE),
        }
        found.take_all(paired(self.keys));
        found.leave_out(self.left_out);
    }

    fn safes(&mut self, safes: &[Safe]) {
        for safe in safes {
            match safe {
                Safe::Plain(bags) => self.bags(bags, MAX_DEPTH),
                Safe::Encrypted(content) => {
                    match opened(&self.password, |password| {
                        open_safe(content, password, self.opening)
                    }) {
                        Ok(bags) => self.bags(&bags, MAX_DEPTH),
                        Err(fault) => self.fault(fault),
                    }
                }
                Safe::Other(oid) => self.fault(KeyFault::Lock(scheme_name(oid))),
            }
        }
    }

    fn bags(&mut self, bags: &[u8], depth: usize) {
        let Some(mut bags) = Elements::of_sequence(bags) else {
            return self.fault(UNREADABLE);
        };
        while !bags.is_empty() {
            match (bags.sequence().and_then(Bag::read), depth) {
                (Some(Bag { kind: 6, value, .. }), 1..) => {
                    self.bags(value, depth.saturating_sub(1));
                }
                (Some(bag), _) => self.bag(&bag),
                (None, _) => return self.fault(UNREADABLE),
            }
        }
    }

    fn bag(&mut self, bag: &Bag<'_>) {
        let ordinal = self.keys.len().saturating_add(1);
        let mut key = match bag.kind {
            1 => self.private(bag.value, ordinal),
            2 => match opened(&self.password, |password| {
                pkcs8_with(bag.value, password, self.opening)
            }) {
                Ok(plain) => self.private(&plain, ordinal),
                Err(fault) => self.blank(fault),
            },
            3 => match certificate(bag.value) {
                Some(der) => from_certificate_der(der, self.source, ordinal),
                // Another kind of certificate is none of our business.
                None => return,
            },
            5 => match self.secret(bag.value, ordinal) {
                Ok(Some(key)) => key,
                Ok(None) => return,
                Err(fault) => self.blank(fault),
            },
            // Revocation lists, and what nobody knows.
            _ => return,
        };
        key.label.clone_from(&bag.name);
        self.push(key);
    }

    fn private(&self, pkcs8: &[u8], ordinal: usize) -> Key {
        let key = match der::structure(pkcs8) {
            Some(Structure::Pkcs8) => {
                der::key(pkcs8, Armour::None, self.opening, self.source, ordinal)
            }
            _ => self.blank(UNREADABLE),
        };
        Key {
            form: "PKCS#12 private key",
            ..key
        }
    }

    /// The secret keys of Java are written down as if they were private keys.
    fn secret(&self, value: &[u8], ordinal: usize) -> Result<Option<Key>, KeyFault> {
        let mut parts = Elements::of_sequence(value).ok_or(UNREADABLE)?;
        let oid = parts.take(OBJECT_IDENTIFIER).ok_or(UNREADABLE)?;
        let content = parts.take(CONTEXT_0).ok_or(UNREADABLE)?;
        let locked = Elements::new(content).take(OCTET_STRING);
        let (Some(&[2]), Some(locked)) = (oid.strip_prefix(BAGS), locked) else {
            return Ok(None);
        };
        let plain = opened(&self.password, |password| {
            pkcs8_with(locked, password, self.opening)
        })?;
        let mut parts = Elements::of_sequence(&plain).ok_or(UNREADABLE)?;
        let secret = parts
            .number()
            .and_then(|_version| parts.sequence())
            .and_then(|_algorithm| parts.take(OCTET_STRING))
            .ok_or(UNREADABLE)?;
        let mut key = Key::blank(self.source, ordinal, "PKCS#12 secret");
        key.holds = Holds::Symmetric;
        key.kind = KeyKind::Oct {
            bytes: secret.len(),
        };
        key.material = Material::Symmetric {
            secret: Secret::new(secret.to_vec()),
            readings: Vec::new(),
        };
        Ok(Some(key))
    }

    /// A key of which only is known why it is not there.
    fn blank(&self, fault: KeyFault) -> Key {
        let ordinal = self.keys.len().saturating_add(1);
        Key {
            fault: Some(fault),
            holds: Holds::Private,
            ..Key::blank(self.source, ordinal, "PKCS#12 store")
        }
    }

    fn fault(&mut self, fault: KeyFault) {
        self.push(self.blank(fault));
    }

    fn push(&mut self, key: Key) {
        if self.keys.len() < MOST {
            self.keys.push(key);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }
}

/// What a password opens. Where the MAC has shown that it is the right one, what it does not open is damaged.
fn opened<T>(
    password: &Result<Password, KeyFault>,
    open: impl FnOnce(&Password) -> Result<T, KeyFault>,
) -> Result<T, KeyFault> {
    match password {
        Ok(password) => open(password).map_err(|fault| match fault {
            KeyFault::WrongPassphrase => {
                KeyFault::Damaged("a part that the passphrase of the others does not open")
            }
            other => other,
        }),
        Err(fault) => Err(fault.clone()),
    }
}

/// Each private key with what its certificate says; certificates of no private key stay.
fn paired(keys: Vec<Key>) -> Vec<Key> {
    let (certificates, mut others): (Vec<Key>, Vec<Key>) = keys
        .into_iter()
        .partition(|key| key.certificate.is_some() && key.fault.is_none());
    let mut alone = Vec::new();
    for certificate in certificates {
        let mut owners = others.iter_mut().filter(|key| {
            key.thumbprint.is_some()
                && key.thumbprint == certificate.thumbprint
                && key.certificate.is_none()
        });
        match owners.next() {
            Some(owner) => {
                owner.label = owner.label.take().or(certificate.label);
                owner.members.x5t = certificate.members.x5t;
                owner.members.x5t_s256 = certificate.members.x5t_s256;
                owner.certificate = certificate.certificate;
                owner.loaded.certificate = certificate.loaded.certificate;
            }
            None => alone.push(certificate),
        }
    }
    others.extend(alone);
    others.sort_by_key(|key| key.ordinal);
    for (key, ordinal) in others.iter_mut().zip(1..) {
        key.ordinal = ordinal;
    }
    others
}

impl<'a> Bag<'a> {
    fn read(mut parts: Elements<'a>) -> Option<Self> {
        let oid = parts.take(OBJECT_IDENTIFIER)?;
        let value = parts.take(CONTEXT_0)?;
        let kind = match oid.strip_prefix(BAGS) {
            Some(&[kind]) => kind,
            _ => 0,
        };
        Some(Self {
            kind,
            value,
            name: parts.take(SET).and_then(friendly_name),
        })
    }
}

/// RFC 7292 section 4.2.
fn friendly_name(attributes: &[u8]) -> Option<String> {
    let mut attributes = Elements::new(attributes);
    while let Some(mut attribute) = attributes.sequence() {
        if attribute.take(OBJECT_IDENTIFIER)? != FRIENDLY_NAME {
            continue;
        }
        let text = Elements::new(attribute.take(SET)?).take(BMP_STRING)?;
        let units = text.as_chunks::<2>().0.iter();
        let units: Vec<u16> = units.map(|&unit| u16::from_be_bytes(unit)).collect();
        return Some(String::from_utf16_lossy(&units)).filter(|name| !name.is_empty());
    }
    None
}

/// RFC 7292 section 4.2.3.
fn certificate(value: &[u8]) -> Option<&[u8]> {
    let mut parts = Elements::of_sequence(value)?;
    if parts.take(OBJECT_IDENTIFIER)? != X509_CERTIFICATE {
        return None;
    }
    Elements::new(parts.take(CONTEXT_0)?).take(OCTET_STRING)
}

/// The parts of a `PFX`.
struct Store {
    /// What the MAC is over.
    authenticated: Zeroizing<Vec<u8>>,
    safes: Vec<Safe>,
    /// `MacData`.
    mac: Option<Vec<u8>>,
}

/// One `ContentInfo`.
enum Safe {
    /// `SafeContents`.
    Plain(Zeroizing<Vec<u8>>),
    /// `EncryptedData` (RFC 5652 section 8).
    Encrypted(Vec<u8>),
    /// Of this type.
    Other(Vec<u8>),
}

impl Store {
    fn read(der: &[u8]) -> Option<Self> {
        let mut parts = Elements::of_sequence(der)?;
        parts.number()?;
        let mut content = parts.sequence()?;
        if content.take(OBJECT_IDENTIFIER)? != DATA {
            // Signed with a public key, which nobody does.
            return None;
        }
        let authenticated = Elements::new(content.take(CONTEXT_0)?).take(OCTET_STRING)?;
        let inner = to_der(authenticated)?;
        let mut contents = Elements::of_sequence(&inner)?;
        let mut safes = Vec::new();
        while !contents.is_empty() {
            let mut content = contents.sequence()?;
            let oid = content.take(OBJECT_IDENTIFIER)?;
            let value = content.take(CONTEXT_0)?;
            safes.push(match oid {
                DATA => Safe::Plain(to_der(Elements::new(value).take(OCTET_STRING)?)?),
                ENCRYPTED_DATA => Safe::Encrypted(value.to_vec()),
                other => Safe::Other(other.to_vec()),
            });
        }
        Some(Self {
            authenticated: Zeroizing::new(authenticated.to_vec()),
            safes,
            mac: parts.take(SEQUENCE).map(<[u8]>::to_vec),
        })
    }

    /// The password that opens it: the one that was given, none, or an empty one.
    fn password(&self, opening: &Opening<'_>) -> Result<Password, KeyFault> {
        let given = opening.given().map(Passphrase::bytes).map(Password::new);
        let candidates = given
            .clone()
            .into_iter()
            .chain([Password::none(), Password::new(b"")]);
        for candidate in candidates {
            let is_right = match &self.mac {
                Some(mac) => self.authenticates(mac, &candidate, opening)?,
                None => self.opens(&candidate, opening)?,
            };
            if is_right {
                return Ok(candidate);
            }
        }
        let given = given.ok_or(KeyFault::Encrypted)?;
        if self.mac.is_some() && self.opens(&given, opening)? && self.is_encrypted() {
            return Err(KeyFault::Damaged("a MAC that does not fit its content"));
        }
        Err(KeyFault::WrongPassphrase)
    }

    /// Whether something in it is encrypted with a password.
    fn is_encrypted(&self) -> bool {
        self.first_lock().is_some()
    }

    /// What a passphrase can be tried on first: an encrypted safe, or an encrypted key in a plain one.
    fn first_lock(&self) -> Option<Lock<'_>> {
        self.safes.iter().find_map(|safe| match safe {
            Safe::Plain(bags) => {
                let mut bags = Elements::of_sequence(bags)?;
                while let Some(bag) = bags.sequence() {
                    match Bag::read(bag) {
                        Some(Bag { kind: 2, value, .. }) => return Some(Lock::Key(value)),
                        Some(_) => {}
                        None => return None,
                    }
                }
                None
            }
            Safe::Encrypted(content) => Some(Lock::Safe(content)),
            Safe::Other(_) => None,
        })
    }

    fn opens(&self, password: &Password, opening: &Opening<'_>) -> Result<bool, KeyFault> {
        let opened = match self.first_lock() {
            None => return Ok(true),
            Some(Lock::Key(key)) => pkcs8_with(key, password, opening),
            Some(Lock::Safe(content)) => open_safe(content, password, opening),
        };
        match opened {
            Ok(_) => Ok(true),
            Err(KeyFault::WrongPassphrase) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// RFC 7292 section 4 and appendix B, RFC 9579.
    fn authenticates(
        &self,
        mac: &[u8],
        password: &Password,
        opening: &Opening<'_>,
    ) -> Result<bool, KeyFault> {
        let mut parts = Elements::new(mac);
        let mut info = parts.sequence().ok_or(UNREADABLE)?;
        let mut algorithm = info.sequence().ok_or(UNREADABLE)?;
        let expected = info.take(OCTET_STRING).ok_or(UNREADABLE)?;
        let salt = parts.take(OCTET_STRING).ok_or(UNREADABLE)?;
        let iterations = if parts.is_empty() {
            1
        } else {
            parts.number().ok_or(UNREADABLE)?
        };
        let oid = algorithm.take(OBJECT_IDENTIFIER).ok_or(UNREADABLE)?;
        let unknown = |oid| KeyFault::Lock(format!("a MAC with {}", scheme_name(oid)));
        let (digest, key) = if oid == PBMAC1 {
            let mut parameters = algorithm.sequence().ok_or(UNREADABLE)?;
            let function = parameters.sequence().ok_or(UNREADABLE)?;
            let mut hmac = parameters.sequence().ok_or(UNREADABLE)?;
            let oid = hmac.take(OBJECT_IDENTIFIER).ok_or(UNREADABLE)?;
            let known = DIGESTS.iter().find(|(_, hmac, _)| *hmac == oid);
            let digest = known.ok_or_else(|| unknown(oid))?.2();
            (digest, derive(function, &password.bytes, None, opening)?)
        } else {
            let known = DIGESTS.iter().find(|(hash, ..)| *hash == oid);
            let digest = known.ok_or_else(|| unknown(oid))?.2();
            let secret = (password.utf16.as_slice(), salt);
            let length = digest.size();
            let key = pkcs12_within(opening, digest, secret, Purpose::Mac, iterations, length)?;
            (digest, key)
        };
        let found = PKey::hmac(&key)
            .and_then(|key| Signer::new(digest, &key)?.sign_oneshot_to_vec(&self.authenticated))
            .map_err(|_refused| unknown(oid))?;
        Ok(found.len() == expected.len() && memcmp::eq(&found, expected))
    }
}

enum Lock<'a> {
    Key(&'a [u8]),
    Safe(&'a [u8]),
}

/// The `SafeContents` of an `EncryptedData`.
fn open_safe(
    content: &[u8],
    password: &Password,
    opening: &Opening<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let mut data = Elements::of_sequence(content).ok_or(UNREADABLE)?;
    let mut info = data
        .number()
        .and_then(|_version| data.sequence())
        .ok_or(UNREADABLE)?;
    info.take(OBJECT_IDENTIFIER).ok_or(UNREADABLE)?;
    let algorithm = info.sequence().ok_or(UNREADABLE)?;
    let (tag, ciphertext) = info.any().ok_or(UNREADABLE)?;
    let ciphertext = match tag {
        CONTEXT_0_PRIMITIVE => Zeroizing::new(ciphertext.to_vec()),
        CONTEXT_0 => joined(ciphertext).ok_or(UNREADABLE)?,
        _ => return Err(UNREADABLE),
    };
    let plain = decrypt(algorithm, &ciphertext, password, opening)?;
    // Padding that fits by chance is followed by anything.
    to_der(&plain).ok_or(KeyFault::WrongPassphrase)
}
