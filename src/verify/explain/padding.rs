//! What stands inside an RSA signature once it is opened with the public key (RFC 8017 sections 8.1 and 9).

use openssl::hash::{MessageDigest, hash};
use openssl::rsa::Padding;

use crate::keys::{Key, KeyKind};
use crate::verify::algorithm::Hash;

/// Fewer bytes of padding than this are no padding (RFC 8017 section 9.2, and the same for PSS).
const MIN_PADDING: usize = 8;

/// An opened signature.
pub(super) enum Block {
    /// Padding of no kind: another key made it, or the signature was changed.
    None,
    /// PKCS#1 v1.5 with the digest of what was signed.
    Pkcs1 {
        hash: Inner,
        digest: Vec<u8>,
        /// Whether the NULL that RFC 8017 wants beside the hash's name is left out.
        lacks_null: bool,
    },
    /// Padding of PSS; whether it is that of the message.
    Pss {
        hash: Hash,
        salt_bytes: usize,
        is_of_message: bool,
    },
}

/// A hash that a signature names.
#[derive(Clone, Copy)]
pub(super) struct Inner {
    pub(super) name: &'static str,
    pub(super) digest: fn() -> MessageDigest,
    oid: &'static [u8],
    bytes: u8,
}

const HASHES: [Inner; 6] = [
    Inner {
        name: "SHA-256",
        digest: MessageDigest::sha256,
        oid: b"\x60\x86\x48\x01\x65\x03\x04\x02\x01",
        bytes: 32,
    },
    Inner {
        name: "SHA-384",
        digest: MessageDigest::sha384,
        oid: b"\x60\x86\x48\x01\x65\x03\x04\x02\x02",
        bytes: 48,
    },
    Inner {
        name: "SHA-512",
        digest: MessageDigest::sha512,
        oid: b"\x60\x86\x48\x01\x65\x03\x04\x02\x03",
        bytes: 64,
    },
    Inner {
        name: "SHA-224",
        digest: MessageDigest::sha224,
        oid: b"\x60\x86\x48\x01\x65\x03\x04\x02\x04",
        bytes: 28,
    },
    Inner {
        name: "SHA-1",
        digest: MessageDigest::sha1,
        oid: b"\x2B\x0E\x03\x02\x1A",
        bytes: 20,
    },
    Inner {
        name: "MD5",
        digest: MessageDigest::md5,
        oid: b"\x2A\x86\x48\x86\xF7\x0D\x02\x05",
        bytes: 16,
    },
];

impl Inner {
    /// The digest of a message.
    pub(super) fn of(&self, message: &[u8]) -> Option<Vec<u8>> {
        Some(hash((self.digest)(), message).ok()?.to_vec())
    }

    /// What stands before the digest (RFC 8017 section 9.2, note 1).
    fn prefix(&self, with_null: bool) -> Option<Vec<u8>> {
        let name = [&[0x06, u8::try_from(self.oid.len()).ok()?], self.oid].concat();
        let null: &[u8] = if with_null { &[0x05, 0x00] } else { &[] };
        let algorithm = [name.as_slice(), null].concat();
        let inner = u8::try_from(algorithm.len()).ok()?;
        let outer = inner.checked_add(self.bytes)?.checked_add(4)?;
        let head: &[u8] = &[0x30, outer, 0x30, inner];
        Some([head, &algorithm, &[0x04, self.bytes]].concat())
    }
}

/// Opens a signature that has the length of the key's modulus. `None`: the key is no RSA key, or the length is another.
pub(super) fn open(key: &Key, signature: &[u8], message: &[u8]) -> Option<Block> {
    let KeyKind::Rsa { bits } = key.kind else {
        return None;
    };
    if signature.len() != bits.div_ceil(8) {
        return None;
    }
    let rsa = key.public()?.rsa().ok()?;
    let mut block = vec![0; signature.len()];
    // What is not below the modulus is no signature of the key.
    if rsa
        .public_decrypt(signature, &mut block, Padding::NONE)
        .is_err()
    {
        return Some(Block::None);
    }
    Some(
        pkcs1(&block)
            .or_else(|| pss(&block, bits, message))
            .unwrap_or(Block::None),
    )
}

fn pkcs1(block: &[u8]) -> Option<Block> {
    let rest = block.strip_prefix(&[0, 1])?;
    let padding = rest.iter().take_while(|&&byte| byte == 0xFF).count();
    let info = rest.get(padding..)?.strip_prefix(&[0])?;
    if padding < MIN_PADDING {
        return None;
    }
    HASHES.into_iter().find_map(|hash| {
        [false, true].into_iter().find_map(|lacks_null| {
            let digest = info.strip_prefix(hash.prefix(!lacks_null)?.as_slice())?;
            (digest.len() == usize::from(hash.bytes)).then(|| Block::Pkcs1 {
                hash,
                digest: digest.to_vec(),
                lacks_null,
            })
        })
    })
}

/// EMSA-PSS with MGF1 over the same hash, and a salt of any length (RFC 8017 section 9.1.2).
fn pss(block: &[u8], bits: usize, message: &[u8]) -> Option<Block> {
    let encoded_bits = bits.checked_sub(1)?;
    let encoded = if encoded_bits.is_multiple_of(8) {
        block.strip_prefix(&[0])?
    } else {
        block
    };
    let body = encoded.strip_suffix(&[0xBC])?;
    [Hash::Sha256, Hash::Sha384, Hash::Sha512]
        .into_iter()
        .find_map(|hash| {
            let (masked, seed) = body.split_at_checked(body.len().checked_sub(hash.bytes())?)?;
            let mut data = mgf1(hash, seed, masked.len())?;
            for (byte, mask) in data.iter_mut().zip(masked) {
                *byte ^= mask;
            }
            let unused = encoded.len().checked_mul(8)?.checked_sub(encoded_bits)?;
            if let Some(first) = data.first_mut() {
                *first &= 0xFF_u8.checked_shr(u32::try_from(unused).ok()?)?;
            }
            let zeros = data.iter().take_while(|&&byte| byte == 0).count();
            let salt = data.get(zeros..)?.strip_prefix(&[1])?;
            if zeros < MIN_PADDING {
                return None;
            }
            let again = [&[0; 8], hash.of(message).as_slice(), salt].concat();
            Some(Block::Pss {
                hash,
                salt_bytes: salt.len(),
                is_of_message: hash.of(&again) == seed,
            })
        })
}

/// RFC 8017 appendix B.2.1.
fn mgf1(hash: Hash, seed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut mask = Vec::with_capacity(length.saturating_add(hash.bytes()));
    let mut counter = 0_u32;
    while mask.len() < length {
        mask.extend(hash.of(&[seed, &counter.to_be_bytes()].concat()));
        counter = counter.checked_add(1)?;
    }
    mask.truncate(length);
    Some(mask)
}
