//! The panes. Each is a struct with its view state and a `ui` that reads the [`Model`](super::model::Model) and
//! yields [`Command`](super::commands::Command)s.

mod bar;
mod bytes;
pub mod checks;
pub mod claims;
mod disclosed;
pub(crate) mod explained;
pub mod findings;
pub mod focus;
pub mod header;
mod headings;
mod hover;
mod instant;
mod key_menu;
pub mod layers;
pub(super) mod links;
mod list;
pub mod manager;
pub(in crate::window) mod members;
mod menu;
pub mod notices;
pub(in crate::window) mod offers;
mod pills;
pub mod policy;
pub mod rail;
pub mod raw;
mod rename;
mod roving;
mod search;
pub mod status;
pub mod table;
pub mod timeline;
pub(in crate::window) mod times;
pub mod together;
pub mod toolbar;
pub mod verdict;
pub mod welcome;

pub use members::MemberForm;
