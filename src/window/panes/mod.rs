//! The panes. Each is a struct with its view state and a `ui` that reads the [`Model`](super::model::Model) and
//! yields [`Command`](super::commands::Command)s.

mod bytes;
pub mod claims;
pub mod header;
mod links;
mod members;
pub mod notices;
pub mod rail;
pub mod raw;
pub mod status;
mod times;
pub mod toolbar;
pub mod welcome;

pub use claims::ClaimsPane;
pub use header::HeaderPane;
pub use notices::NoticesPane;
pub use rail::RailPane;
pub use raw::RawPane;
pub use status::StatusPane;
pub use toolbar::ToolbarPane;
pub use welcome::WelcomePane;
