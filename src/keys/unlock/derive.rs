//! Keys from passwords. Each function says how much work it is before it begins, and the loops of our own can be called off.

use std::sync::atomic::Ordering;

use hmac::{Hmac, KeyInit, Mac};
use openssl::hash::{Hasher, MessageDigest};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use zeroize::{Zeroize as _, Zeroizing};

use super::{Effort, Opening};
use crate::keys::KeyFault;

/// After so many iterations the work says how far it is, and asks whether to go on.
const STRIDE: u32 = 2048;

/// Scrypt gets no more memory than this, in bytes.
const MAX_SCRYPT_BYTES: u64 = 256 << 20;

/// A round of bcrypt for 32 bytes counts as so many iterations of PBKDF2. It takes longer, but people are told to ask for
/// a hundred rounds and more.
const ITERATIONS_A_ROUND: u64 = 20_000;

/// The pseudorandom function of PBKDF2: HMAC with one of these (RFC 8018 appendix B.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prf {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
}

impl Prf {
    /// Bytes that one application gives.
    fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 | Self::Sha512_224 => 28,
            Self::Sha256 | Self::Sha512_256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// The work was called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CalledOff;

/// How much of the work lies before this derivation, and how much it is in all.
pub(crate) type Share = (u64, u64);

/// PBKDF2 (RFC 8018 section 5.2). The count of iterations is the caller's to limit.
pub(crate) fn pbkdf2(
    prf: Prf,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
    effort: &Effort<'_>,
    share: Share,
) -> Result<Zeroizing<Vec<u8>>, CalledOff> {
    let run = match prf {
        Prf::Sha1 => block::<Hmac<Sha1>>,
        Prf::Sha224 => block::<Hmac<Sha224>>,
        Prf::Sha256 => block::<Hmac<Sha256>>,
        Prf::Sha384 => block::<Hmac<Sha384>>,
        Prf::Sha512 => block::<Hmac<Sha512>>,
        Prf::Sha512_224 => block::<Hmac<Sha512_224>>,
        Prf::Sha512_256 => block::<Hmac<Sha512_256>>,
    };
    let (before, total) = share;
    let mut key = Zeroizing::new(Vec::with_capacity(length.next_multiple_of(prf.bytes())));
    for index in 1_u32.. {
        if key.len() >= length {
            break;
        }
        let done = u64::from(iterations).saturating_mul(u64::from(index.saturating_sub(1)));
        let before = before.saturating_add(done);
        let next = run(password, salt, iterations, index, effort, (before, total))?;
        key.extend_from_slice(&next);
    }
    key.truncate(length);
    Ok(key)
}

/// The block of this number, from 1.
fn block<M: Mac + KeyInit + Clone>(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    index: u32,
    effort: &Effort<'_>,
    (before, total): Share,
) -> Result<Zeroizing<Vec<u8>>, CalledOff> {
    // HMAC takes a key of any length.
    let keyed = <M as KeyInit>::new_from_slice(password).map_err(|_length| CalledOff)?;
    let first = keyed.clone().chain_update(salt);
    let mut last = first
        .chain_update(index.to_be_bytes())
        .finalize()
        .into_bytes();
    let mut block = Zeroizing::new(last.to_vec());
    for done in 1..iterations {
        if done.is_multiple_of(STRIDE) {
            if effort.cancel.load(Ordering::Relaxed) {
                return Err(CalledOff);
            }
            (effort.progress)(before.saturating_add(done.into()), total);
        }
        last = keyed.clone().chain_update(&last).finalize().into_bytes();
        for (sum, byte) in block.iter_mut().zip(&last) {
            *sum ^= byte;
        }
    }
    last.as_mut_slice().zeroize();
    Ok(block)
}

/// PBKDF2 for a key file, within its ceilings.
pub(super) fn pbkdf2_within(
    opening: &Opening<'_>,
    prf: Prf,
    password: &[u8],
    salt: &[u8],
    iterations: u64,
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let blocks = u64::try_from(length.div_ceil(prf.bytes())).unwrap_or(u64::MAX);
    opening.charge("iterations of key derivation", iterations, 1)?;
    opening.charge(
        "iterations of key derivation",
        iterations.saturating_mul(blocks.saturating_sub(1)),
        1,
    )?;
    let count = u32::try_from(iterations)
        .ok()
        .filter(|count| *count > 0)
        .ok_or(KeyFault::Damaged("a count of iterations that is zero"))?;
    let total = iterations.saturating_mul(blocks);
    let effort = opening.effort();
    pbkdf2(prf, password, salt, count, length, effort, (0, total))
        .map_err(|CalledOff| KeyFault::Cancelled)
}

/// scrypt (RFC 7914) for a key file, within its ceilings.
pub(super) fn scrypt_within(
    opening: &Opening<'_>,
    password: &[u8],
    salt: &[u8],
    [n, r, p]: [u64; 3],
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    if !n.is_power_of_two() || n < 2 || r == 0 || p == 0 {
        return Err(KeyFault::Damaged("parameters of scrypt that are none"));
    }
    let mixed = n.saturating_mul(r);
    // RFC 7914 section 6: a block is 128 bytes times r; one for each of n, and one for each of p.
    let memory = n.saturating_add(p).saturating_mul(r).saturating_mul(128);
    if memory > MAX_SCRYPT_BYTES {
        return Err(KeyFault::Ceiling {
            what: "bytes of memory for scrypt",
            ceiling: MAX_SCRYPT_BYTES,
            found: memory,
        });
    }
    opening.charge("blocks of scrypt", mixed.saturating_mul(p), 1)?;
    let mut key = Zeroizing::new(vec![0; length]);
    // OpenSSL counts some bytes of its own too.
    let limit = MAX_SCRYPT_BYTES.saturating_add(1 << 20);
    openssl::pkcs5::scrypt(password, salt, n, r, p, limit, &mut key)
        .map_err(|_refused| KeyFault::Damaged("parameters of scrypt that are none"))?;
    Ok(key)
}

/// The key derivation of OpenSSH, within its ceilings.
pub(in crate::keys) fn bcrypt_within(
    opening: &Opening<'_>,
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let blocks = u64::try_from(length.div_ceil(32)).unwrap_or(u64::MAX);
    let each = ITERATIONS_A_ROUND.saturating_mul(blocks);
    opening.charge("rounds of bcrypt", u64::from(rounds), each)?;
    if password.is_empty() {
        // OpenSSH takes none for no passphrase at all.
        return Err(KeyFault::WrongPassphrase);
    }
    let mut key = Zeroizing::new(vec![0; length]);
    let mut memory = Zeroizing::new(vec![0; length.next_multiple_of(32)]);
    bcrypt_pbkdf::bcrypt_pbkdf_with_memory(password, salt, rounds, &mut key, &mut memory)
        .map_err(|_refused| KeyFault::Damaged("parameters of bcrypt that are none"))?;
    Ok(key)
}

/// What a key of PKCS#12 is for (RFC 7292 appendix B.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::keys) enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

/// The key derivation of PKCS#12 (RFC 7292 appendix B.2), within its ceilings. The password is in UTF-16, big-endian, with
/// two zero bytes at its end.
pub(in crate::keys) fn pkcs12_within(
    opening: &Opening<'_>,
    digest: MessageDigest,
    (password, salt): (&[u8], &[u8]),
    purpose: Purpose,
    iterations: u64,
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let (hash_bytes, block_bytes) = (digest.size().max(1), digest.block_size().max(1));
    let blocks = u64::try_from(length.div_ceil(hash_bytes)).unwrap_or(u64::MAX);
    opening.charge("iterations of key derivation", iterations, 1)?;
    opening.charge(
        "iterations of key derivation",
        iterations.saturating_mul(blocks.saturating_sub(1)),
        1,
    )?;
    let repeated = |piece: &[u8]| {
        let length = piece.len().next_multiple_of(block_bytes);
        Zeroizing::new(
            piece
                .iter()
                .copied()
                .cycle()
                .take(length)
                .collect::<Vec<u8>>(),
        )
    };
    let diversifier = vec![purpose as u8; block_bytes];
    let mut input = repeated(salt);
    input.extend_from_slice(&repeated(password));
    let refused = |_refused| KeyFault::Lock("a hash that OpenSSL does not do".to_owned());
    let mut hasher = Hasher::new(digest).map_err(refused)?;
    let mut key = Zeroizing::new(Vec::with_capacity(length.next_multiple_of(hash_bytes)));
    while key.len() < length {
        hasher.update(&diversifier).map_err(refused)?;
        hasher.update(&input).map_err(refused)?;
        let mut hash = Zeroizing::new(hasher.finish().map_err(refused)?.to_vec());
        for done in 1..iterations {
            if done.is_multiple_of(u64::from(STRIDE)) {
                opening.go_on()?;
                (opening.effort().progress)(done, iterations);
            }
            hasher.update(&hash).map_err(refused)?;
            hash.copy_from_slice(&hasher.finish().map_err(refused)?);
        }
        key.extend_from_slice(&hash);
        let added: Zeroizing<Vec<u8>> =
            Zeroizing::new(hash.iter().copied().cycle().take(block_bytes).collect());
        for piece in input.chunks_mut(block_bytes) {
            add_one_more(piece, &added);
        }
    }
    key.truncate(length);
    Ok(key)
}

/// Adds a number and one to another of the same length, big-endian; what overflows is dropped.
fn add_one_more(number: &mut [u8], other: &[u8]) {
    let mut carry = 1_u16;
    for (byte, other) in number.iter_mut().zip(other).rev() {
        let sum = u16::from(*byte)
            .saturating_add(u16::from(*other))
            .saturating_add(carry);
        let [high, low] = sum.to_be_bytes();
        carry = u16::from(high);
        *byte = low;
    }
}

/// The first derivation of PKCS#5 (RFC 8018 section 5.1), within its ceilings.
pub(super) fn pbkdf1_within(
    opening: &Opening<'_>,
    digest: MessageDigest,
    password: &[u8],
    salt: &[u8],
    iterations: u64,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    opening.charge("iterations of key derivation", iterations, 1)?;
    let refused = |_refused| KeyFault::Lock("a hash that OpenSSL does not do".to_owned());
    let mut hasher = Hasher::new(digest).map_err(refused)?;
    hasher.update(password).map_err(refused)?;
    hasher.update(salt).map_err(refused)?;
    let mut hash = Zeroizing::new(hasher.finish().map_err(refused)?.to_vec());
    for done in 1..iterations {
        if done.is_multiple_of(u64::from(STRIDE)) {
            opening.go_on()?;
        }
        hasher.update(&hash).map_err(refused)?;
        hash.copy_from_slice(&hasher.finish().map_err(refused)?);
    }
    Ok(hash)
}

/// The derivation of encrypted PEM: `EVP_BytesToKey` of OpenSSL with MD5 and one iteration.
pub(super) fn pem_key(
    password: &[u8],
    salt: &[u8],
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let refused = |_refused| KeyFault::Lock("MD5, which OpenSSL does not do here".to_owned());
    let mut hasher = Hasher::new(MessageDigest::md5()).map_err(refused)?;
    let mut key = Zeroizing::new(Vec::with_capacity(length.next_multiple_of(16)));
    let mut last = Zeroizing::new(Vec::new());
    while key.len() < length {
        hasher.update(&last).map_err(refused)?;
        hasher.update(password).map_err(refused)?;
        hasher.update(salt).map_err(refused)?;
        last = Zeroizing::new(hasher.finish().map_err(refused)?.to_vec());
        key.extend_from_slice(&last);
    }
    key.truncate(length);
    Ok(key)
}
