//! The panes. Each is a struct with its view state and a `ui` that reads the [`Model`](super::model::Model) and
//! yields [`Command`](super::commands::Command)s.

pub mod notices;
pub mod rail;
pub mod status;
pub mod toolbar;
pub mod welcome;
