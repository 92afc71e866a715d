//! Tokenloupe: what a token says, who signed it, whether a correct verifier would take it at a given moment,
//! and what is wrong with it.
//!
//! The rooms, in the order in which a token passes them. Each does one step, takes values and returns values:
//!
//! | room | what it does |
//! |---|---|
//! | [`find`] | text to tokens: where they stand and what had to be stripped |
//! | [`jose`] | bytes to [`Token`](jose::Token): facts only |
//! | [`keys`] | files to [`KeyRing`](keys::KeyRing): what a key is and where it came from |
//! | [`verify`] | token and key ring to [`Proof`](verify::Proof): whose key verifies it |
//! | [`judge`] | token, proof, policy and clock to [`Judgement`](judge::Judgement) |
//! | [`inspection`] | runs the way once and keeps what does not depend on the clock |
//! | [`keeping`] | keys that stay from one run to the next |
//! | [`report`] | inspections to documents, for people and for programs |
//! | [`cli`] | the command line |
//!
//! With the feature `fetch` there is one more, `fetch`: from an address to the keys that are published there.

pub mod cli;
#[cfg(feature = "fetch")]
pub mod fetch;
pub mod find;
pub mod inspection;
pub mod jose;
pub mod judge;
pub mod keeping;
pub mod keys;
pub mod report;
pub mod verify;
pub mod window;
