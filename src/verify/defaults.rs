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
    /// In a list of words that the reviewer gave.
    Listed,
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

/// Documented defaults and examples, each with where it is known from.
const DOCUMENTED: [(&[u8], &str); 24] = [
    (b"secret", "common example"),
    (b"your-256-bit-secret", "example of jwt.io for HS256"),
    (b"your-384-bit-secret", "example of jwt.io for HS384"),
    (b"your-512-bit-secret", "example of jwt.io for HS512"),
    (
        b"a-string-secret-at-least-256-bits-long",
        "example of jwt.io for HS256",
    ),
    (
        b"a-string-secret-at-least-384-bits-long",
        "example of jwt.io for HS384",
    ),
    (
        b"a-string-secret-at-least-512-bits-long",
        "example of jwt.io for HS512",
    ),
    (
        b"your-super-secret-jwt-token-with-at-least-32-characters-long",
        "default of self-hosted Supabase",
    ),
    (
        b"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        "example in FastAPI's documentation",
    ),
    (b"shhhhh", "example of jsonwebtoken for Node.js"),
    (b"keyboard cat", "example of Express sessions"),
    (b"super-secret", "example of Flask-JWT-Extended"),
    (b"changeme", "common default"),
    (b"password", "common default"),
    (b"supersecret", "common example"),
    (b"supersecretkey", "common example"),
    (b"jwt-secret", "common example"),
    (b"jwt_secret", "common example"),
    (b"jwtsecret", "common example"),
    (b"mysecret", "common example"),
    (b"my-secret", "common example"),
    (b"secret-key", "common example"),
    (b"secretkey", "common example"),
    (b"your-secret-key", "common example"),
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
            let mut documented = DOCUMENTED.iter();
            documented
                .any(|(secret, _)| *secret == bytes)
                .then_some(Self::Documented)
        }
    }
}

/// A secret that everybody knows, and makes a MAC.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownDefault {
    /// Why it is public.
    pub(super) known: KnownSecret,
    /// Its bytes.
    pub(super) secret: &'static [u8],
    /// What it is called, without telling it.
    pub(super) name: &'static str,
}

/// The publicly known secret under which `mac` is right, if there is one.
pub(super) fn find(hash: Hash, message: &[u8], mac: &[u8]) -> Option<KnownDefault> {
    // Keys longer than the block are hashed first, so of the all-zero ones only those up to the block equal the empty key.
    let empty = [&b""[..]].into_iter().chain(MISSING);
    let empty = empty.map(|secret| KnownDefault {
        known: KnownSecret::Empty,
        secret,
        name: "the empty secret",
    });
    let documented = DOCUMENTED.iter().map(|&(secret, name)| KnownDefault {
        known: KnownSecret::Documented,
        secret,
        name,
    });
    empty
        .chain(documented)
        .find(|default| hmac_verifies(hash, default.secret, message, mac))
}
