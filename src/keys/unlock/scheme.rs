//! Encryption with a password, as an `AlgorithmIdentifier` tells it: PBES1 and PBES2 of PKCS#5 (RFC 8018 section 6), scrypt
//! (RFC 7914 section 7), and the schemes of PKCS#12 (RFC 7292 appendix C).

use openssl::asn1::Asn1Object;
use openssl::hash::MessageDigest;
use openssl::symm::Cipher;
use x509_parser::der_parser::Oid;
use zeroize::Zeroizing;

use super::Opening;
use super::cipher::BlockCipher;
use super::derive::{Prf, Purpose, pbkdf1_within, pbkdf2_within, pkcs12_within, scrypt_within};
use super::elements::{Elements, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};
use crate::keys::KeyFault;

/// A password in the two ways that the schemes want it.
#[derive(Clone)]
pub(in crate::keys) struct Password {
    /// As it was given.
    pub(in crate::keys) bytes: Zeroizing<Vec<u8>>,
    /// In UTF-16, big-endian, with two zero bytes at its end (RFC 7292 appendix B.1).
    pub(in crate::keys) utf16: Zeroizing<Vec<u8>>,
}

impl Password {
    /// Of these bytes. Where they are no UTF-8, each is a character, as OpenSSL has it.
    pub(in crate::keys) fn new(bytes: &[u8]) -> Self {
        let text = Zeroizing::new(match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().copied().map(char::from).collect::<String>(),
        });
        let units = text.encode_utf16().chain([0]);
        Self {
            bytes: Zeroizing::new(bytes.to_vec()),
            utf16: Zeroizing::new(units.flat_map(u16::to_be_bytes).collect()),
        }
    }

    /// None at all, which in PKCS#12 is not the same as an empty one.
    pub(in crate::keys) fn none() -> Self {
        Self {
            bytes: Zeroizing::default(),
            utf16: Zeroizing::default(),
        }
    }
}

const UNREADABLE: KeyFault = KeyFault::Damaged("parameters of its encryption that cannot be read");

const PBES2: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0D";
const PBKDF2: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0C";
const SCRYPT: &[u8] = b"\x2B\x06\x01\x04\x01\xDA\x47\x04\x0B";
const RC2_CBC: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x03\x02";
const DES_CBC: &[u8] = b"\x2B\x0E\x03\x02\x07";

/// The HMACs of PBKDF2 (RFC 8018 appendix B.1.2).
const PRFS: &[(&[u8], Prf)] = &[
    (b"\x2A\x86\x48\x86\xF7\x0D\x02\x07", Prf::Sha1),
    (b"\x2A\x86\x48\x86\xF7\x0D\x02\x08", Prf::Sha224),
    (b"\x2A\x86\x48\x86\xF7\x0D\x02\x09", Prf::Sha256),
    (b"\x2A\x86\x48\x86\xF7\x0D\x02\x0A", Prf::Sha384),
    (b"\x2A\x86\x48\x86\xF7\x0D\x02\x0B", Prf::Sha512),
    (b"\x2A\x86\x48\x86\xF7\x0D\x02\x0C", Prf::Sha512_224),
    (b"\x2A\x86\x48\x86\xF7\x0D\x02\x0D", Prf::Sha512_256),
];

/// A scheme whose identifier says all but salt and count.
struct Fixed {
    oid: &'static [u8],
    is_pkcs12: bool,
    digest: fn() -> MessageDigest,
    cipher: fn() -> BlockCipher,
    /// Bytes of the key that are derived; of triple DES with two keys the first is the third again.
    key_bytes: usize,
}

fn triple_des() -> BlockCipher {
    BlockCipher::OpenSsl(Cipher::des_ede3_cbc())
}

fn rc2(key_bytes: usize) -> BlockCipher {
    BlockCipher::Rc2 {
        key_bytes,
        bits: key_bytes.saturating_mul(8),
    }
}

/// PBES1 (RFC 8018 appendix A.3) and the schemes of PKCS#12.
const FIXED: &[Fixed] = &[
    Fixed {
        oid: b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x03",
        is_pkcs12: false,
        digest: MessageDigest::md5,
        cipher: || BlockCipher::Des,
        key_bytes: 8,
    },
    Fixed {
        oid: b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x06",
        is_pkcs12: false,
        digest: MessageDigest::md5,
        cipher: || rc2(8),
        key_bytes: 8,
    },
    Fixed {
        oid: b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0A",
        is_pkcs12: false,
        digest: MessageDigest::sha1,
        cipher: || BlockCipher::Des,
        key_bytes: 8,
    },
    Fixed {
        oid: b"\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0B",
        is_pkcs12: false,
        digest: MessageDigest::sha1,
        cipher: || rc2(8),
        key_bytes: 8,
    },
    Fixed {
        oid: b"\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01\x03",
        is_pkcs12: true,
        digest: MessageDigest::sha1,
        cipher: triple_des,
        key_bytes: 24,
    },
    Fixed {
        oid: b"\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01\x04",
        is_pkcs12: true,
        digest: MessageDigest::sha1,
        cipher: triple_des,
        key_bytes: 16,
    },
    Fixed {
        oid: b"\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01\x05",
        is_pkcs12: true,
        digest: MessageDigest::sha1,
        cipher: || rc2(16),
        key_bytes: 16,
    },
    Fixed {
        oid: b"\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01\x06",
        is_pkcs12: true,
        digest: MessageDigest::sha1,
        cipher: || rc2(5),
        key_bytes: 5,
    },
];

/// Decrypts what a scheme encrypted. `algorithm` are the contents of its `AlgorithmIdentifier`.
pub(in crate::keys) fn decrypt(
    algorithm: Elements<'_>,
    ciphertext: &[u8],
    password: &Password,
    opening: &Opening<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let mut algorithm = algorithm;
    let oid = algorithm.take(OBJECT_IDENTIFIER).ok_or(UNREADABLE)?;
    let parameters = algorithm.sequence().ok_or(UNREADABLE)?;
    if oid == PBES2 {
        return pbes2(parameters, ciphertext, password, opening);
    }
    let fixed = FIXED.iter().find(|fixed| fixed.oid == oid);
    let fixed = fixed.ok_or_else(|| KeyFault::Lock(name(oid)))?;
    fixed.decrypt(parameters, ciphertext, password, opening)
}

impl Fixed {
    fn decrypt(
        &self,
        mut parameters: Elements<'_>,
        ciphertext: &[u8],
        password: &Password,
        opening: &Opening<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        let salt = parameters.take(OCTET_STRING).ok_or(UNREADABLE)?;
        let count = parameters.number().ok_or(UNREADABLE)?;
        let (digest, cipher) = ((self.digest)(), (self.cipher)());
        if !self.is_pkcs12 {
            let derived = pbkdf1_within(opening, digest, &password.bytes, salt, count)?;
            let (Some(key), Some(iv)) = (derived.get(..8), derived.get(8..16)) else {
                return Err(UNREADABLE);
            };
            return cipher.decrypt(key, iv, ciphertext);
        }
        let derive = |purpose, length| {
            let secret = (password.utf16.as_slice(), salt);
            pkcs12_within(opening, digest, secret, purpose, count, length)
        };
        let mut key = derive(Purpose::Key, self.key_bytes)?;
        if cipher.key_bytes() > self.key_bytes {
            let first: Zeroizing<Vec<u8>> = Zeroizing::new(key.iter().copied().take(8).collect());
            key.extend_from_slice(&first);
        }
        let iv = derive(Purpose::Iv, cipher.iv_bytes())?;
        cipher.decrypt(&key, &iv, ciphertext)
    }
}

/// RFC 8018 section 6.2 and appendix A.4.
fn pbes2(
    mut parameters: Elements<'_>,
    ciphertext: &[u8],
    password: &Password,
    opening: &Opening<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let derivation = parameters.sequence().ok_or(UNREADABLE)?;
    let mut encryption = parameters.sequence().ok_or(UNREADABLE)?;
    let oid = encryption.take(OBJECT_IDENTIFIER).ok_or(UNREADABLE)?;
    let (cipher, iv) = if oid == RC2_CBC {
        rc2_parameters(encryption)?
    } else {
        let iv = encryption.take(OCTET_STRING);
        let cipher = if oid == DES_CBC {
            Some(BlockCipher::Des)
        } else {
            let dotted = Oid::new(oid.into()).to_id_string();
            Asn1Object::from_str(&dotted)
                .ok()
                .and_then(|object| BlockCipher::of_nid(object.nid()))
        };
        let unknown = || KeyFault::Lock(name(oid));
        let cipher = cipher.ok_or_else(unknown)?;
        // Others have parameters of another shape, among them those that authenticate.
        (cipher, iv.ok_or_else(unknown)?)
    };
    let key = derive(
        derivation,
        &password.bytes,
        Some(cipher.key_bytes()),
        opening,
    )?;
    cipher.decrypt(&key, iv, ciphertext)
}

/// RFC 8018 appendix B.2.3, with the versions of RFC 2268 section 6.
fn rc2_parameters(mut encryption: Elements<'_>) -> Result<(BlockCipher, &[u8]), KeyFault> {
    let mut parameters = encryption.sequence().ok_or(UNREADABLE)?;
    let version = parameters.number().ok_or(UNREADABLE)?;
    let iv = parameters.take(OCTET_STRING).ok_or(UNREADABLE)?;
    let key_bytes = match version {
        160 => 5,
        120 => 8,
        58 => 16,
        _ => {
            return Err(KeyFault::Lock(
                "RC2 with a key of another length".to_owned(),
            ));
        }
    };
    Ok((rc2(key_bytes), iv))
}

/// A key by a key derivation function. `length`: as the cipher wants it; else as the function's parameters say it.
pub(in crate::keys) fn derive(
    mut function: Elements<'_>,
    password: &[u8],
    length: Option<usize>,
    opening: &Opening<'_>,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let oid = function.take(OBJECT_IDENTIFIER).ok_or(UNREADABLE)?;
    let mut parameters = function.sequence().ok_or(UNREADABLE)?;
    let salt = parameters.take(OCTET_STRING).ok_or(UNREADABLE)?;
    let length_of = |told: Option<u64>| {
        let told = told.map(|told| usize::try_from(told).unwrap_or(usize::MAX));
        match (length, told) {
            (Some(length), None) => Ok(length),
            (Some(length), Some(told)) if length == told => Ok(length),
            (None, Some(told @ 1..=512)) => Ok(told),
            _ => Err(KeyFault::Damaged(
                "a key length that its cipher does not take",
            )),
        }
    };
    match oid {
        PBKDF2 => {
            let count = parameters.number().ok_or(UNREADABLE)?;
            let length = length_of(parameters.number())?;
            let prf = match parameters.take(SEQUENCE) {
                None if parameters.is_empty() => Prf::Sha1,
                None => return Err(UNREADABLE),
                Some(identifier) => {
                    let oid = Elements::new(identifier).take(OBJECT_IDENTIFIER);
                    let oid = oid.ok_or(UNREADABLE)?;
                    let prf = PRFS.iter().find(|(known, _)| *known == oid);
                    prf.ok_or_else(|| KeyFault::Lock(name(oid)))?.1
                }
            };
            pbkdf2_within(opening, prf, password, salt, count, length)
        }
        SCRYPT => {
            let mut next = || parameters.number().ok_or(UNREADABLE);
            let costs = [next()?, next()?, next()?];
            let length = length_of(parameters.number())?;
            scrypt_within(opening, password, salt, costs, length)
        }
        _ => Err(KeyFault::Lock(name(oid))),
    }
}

/// What an object identifier is called.
pub(in crate::keys) fn name(oid: &[u8]) -> String {
    let dotted = Oid::new(oid.into()).to_id_string();
    let name = Asn1Object::from_str(&dotted)
        .and_then(|object| object.nid().long_name())
        .ok()
        .filter(|name| *name != "undefined");
    name.map_or(dotted, str::to_owned)
}
