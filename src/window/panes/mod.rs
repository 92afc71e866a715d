//! The panes. Each is a struct with its view state and a `ui` that reads the [`Model`](super::model::Model) and
//! yields [`Command`](super::commands::Command)s.

pub(crate) mod bytes;
pub(crate) mod links;
pub mod notices;
pub mod rail;
pub mod raw;
pub mod status;
pub mod toolbar;
pub mod welcome;

pub use raw::RawPane;
