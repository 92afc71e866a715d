//! The ground: bytes to [`Token`], facts only.
//!
//! Nothing here judges. A token is taken apart as far as it goes, every part keeps its place in the text,
//! and what a strict reader would have refused is a [`Fault`] with a place of its own.

pub mod base64url;
mod fault;
mod hex;
pub mod json;
pub mod registry;
pub mod sd_jwt;
mod token;
pub mod visible;

pub use fault::{Fault, FaultKind};
pub use hex::hex;
pub use token::{
    Kind, MAX_ENTRIES, MAX_TOKEN_BYTES, Part, PartRole, Serialization, Token, serialized_kind,
};
