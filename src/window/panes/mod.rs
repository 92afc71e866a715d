//! The panes. Each is its view state with `ui`, which shows a [`Model`](super::model::Model) and yields what the
//! user asked for.

mod bytes;
pub mod claims;
pub mod header;
mod links;
mod members;
pub mod raw;
mod times;

pub use claims::ClaimsPane;
pub use header::HeaderPane;
pub use raw::RawPane;
