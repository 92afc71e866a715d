//! A policy as a file: JSON, described by `docs/policy.schema.json`.

mod error;
mod read;
mod write;

pub use error::{PolicyError, PolicyFault};

/// The version of the form. A file says which one it is in.
pub const POLICY_VERSION: u32 = 1;

/// A longer file (in bytes) is not read.
pub const MAX_POLICY_BYTES: u64 = 4 << 20;

/// A list in a policy (of issuers, keys, audiences, algorithms, types, claims) may be so long.
pub const MAX_LISTED: usize = 1_000;

/// So many revoked `jti`s may stand in a policy; more may be in a file beside it.
pub const MAX_REVOKED_LISTED: usize = 100_000;

/// The members of a policy, in the order in which they are written.
const MEMBERS: [&str; 16] = [
    "$schema",
    "version",
    "name",
    "profile",
    "alg",
    "issuers",
    "aud",
    "typ",
    "nonce",
    "leeway_seconds",
    "max_age_seconds",
    "max_lifetime_seconds",
    "required_claims",
    "forbidden_claims",
    "revoked",
    "strictness",
];
