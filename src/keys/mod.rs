//! Files to keys: what a key is, where it came from, and how the loaded ones stand together.
//!
//! A loader never refuses a whole set for one bad key: the bad one is listed with its [`KeyFault`]. Only a file
//! that yields no usable key at all is a [`LoadError`].

mod akp;
pub mod asking;
mod certificate;
pub mod export;
mod facts;
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
mod shared;
mod unlock;

pub use akp::MlDsa;
pub use certificate::{AlternativeName, Certificate, common_name};
pub use facts::{CertificateFacts, Facts, facts};
pub use forms::{
    JavaKeystore, LoadError, MAX_KEY_FILE_BYTES, MAX_KEYS, SecretEncoding, Seeming,
    from_certificate_der, from_jwk, load, load_secret, load_with, readings,
};
pub use further::Further;
pub use inconsistency::Inconsistency;
pub use key::{
    Curve, Holds, Key, KeyFault, KeyKind, KeyNote, Loaded, Material, Members, OkpCurve, Secret,
};
pub use reading::{Reading, Reread};
pub use ring::KeyRing;
pub use set::{SetNote, SharedKid};
pub(crate) use unlock::{CalledOff, Prf, pbkdf2};
pub use unlock::{Effort, MAX_KEY_ITERATIONS, Passphrase, Unlock};
