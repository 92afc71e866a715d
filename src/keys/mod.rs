//! Files to keys: what a key is, where it came from, and how the loaded ones stand together.
//!
//! A loader never refuses a whole set for one bad key: the bad one is listed with its [`KeyFault`]. Only a file
//! that yields no usable key at all is a [`LoadError`].

mod akp;
pub mod asking;
pub mod export;
mod forms;
mod further;
pub mod generate;
mod inconsistency;
mod key;
mod pair;
mod public;
mod reading;
mod ring;
mod set;

pub use akp::MlDsa;
pub use forms::{
    LoadError, MAX_KEY_FILE_BYTES, MAX_KEYS, SecretEncoding, Seeming, from_certificate_der,
    from_jwk, load, load_secret, readings,
};
pub use further::Further;
pub use inconsistency::Inconsistency;
pub use key::{
    Certificate, Curve, Holds, Key, KeyFault, KeyKind, KeyNote, Loaded, Material, Members,
    OkpCurve, Secret,
};
pub use reading::{Reading, Reread};
pub use ring::KeyRing;
pub use set::{SetNote, SharedKid};
