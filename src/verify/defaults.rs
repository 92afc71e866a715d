//! Secrets that everybody knows: the empty one, and those that documentation and examples print.

use super::algorithm::{Hash, hmac_verifies};
use crate::keys::Secret;

/// Why a secret counts as public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KnownSecret {
    /// Empty, or zero bytes only (HMAC pads a short key with zeros, so they give the same MAC), or one of the texts that
    /// a missing value turns into.
    Empty,
    /// Printed in documentation, as a default or an example.
    Documented,
}

/// What a missing value turns into when a program prints it.
const MISSING: [&[u8]; 12] = [
    b"\n",
    b"0",
    b" ",
    b"null",
    b"undefined",
    b"None",
    b"nil",
    b"false",
    b"\"\"",
    b"''",
    b"{}",
    b"[object Object]",
];

/// Documented defaults and examples.
const DOCUMENTED: [&[u8]; 13] = [
    b"secret",
    b"your-256-bit-secret",
    b"your-384-bit-secret",
    b"your-512-bit-secret",
    b"a-string-secret-at-least-256-bits-long",
    b"a-string-secret-at-least-384-bits-long",
    b"a-string-secret-at-least-512-bits-long",
    b"your-super-secret-jwt-token-with-at-least-32-characters-long",
    b"changeme",
    b"password",
    b"supersecret",
    b"jwt-secret",
    b"jwtsecret",
];

impl KnownSecret {
    /// Why a secret counts as public, by its bytes: zeros behind them may make no difference to a MAC.
    pub fn of(secret: &Secret) -> Option<Self> {
        let bytes = secret.bytes();
        let zeros = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
        let bytes = bytes.get(..bytes.len().saturating_sub(zeros))?;
        if bytes.is_empty() || MISSING.contains(&bytes) {
            Some(Self::Empty)
        } else {
            DOCUMENTED.contains(&bytes).then_some(Self::Documented)
        }
    }
}

/// The publicly known secret under which `mac` is right, if there is one: what kind it is, and its bytes.
pub(super) fn find(hash: Hash, message: &[u8], mac: &[u8]) -> Option<(KnownSecret, &'static [u8])> {
    // Keys longer than the block are hashed first, so of the all-zero ones only those up to the block equal the empty key.
    let empty: [&[u8]; 1] = [b""];
    let verifies = |secret: &&&[u8]| hmac_verifies(hash, secret, message, mac);
    empty
        .iter()
        .chain(&MISSING)
        .find(verifies)
        .map(|secret| (KnownSecret::Empty, *secret))
        .or_else(|| {
            DOCUMENTED
                .iter()
                .find(verifies)
                .map(|secret| (KnownSecret::Documented, *secret))
        })
}
