//! Tokenloupe: what a token says, who signed it, whether a correct verifier would take it at a given moment,
//! and what is wrong with it.
//!
//! The rooms, in the order in which a token passes them; each takes values and returns values:
//!
//! | room | what it does |
//! |---|---|
//! | [`jose`] | bytes to [`Token`](jose::Token): facts only |

pub mod jose;
