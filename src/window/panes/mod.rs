//! The panes. Each is its view state with `ui`, which shows a [`Model`](super::model::Model) and yields what the
//! user asked for.

pub(crate) mod bytes;
pub(crate) mod links;
pub mod raw;

pub use raw::RawPane;
