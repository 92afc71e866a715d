//! The window: panes over one [`Model`](model::Model), changed by [`Command`](commands::Command)s only.

pub mod actions;
mod app;
mod arrival;
pub mod beside;
pub mod clipboard;
pub mod commands;
pub mod copies;
mod desk;
pub mod dialogs;
#[cfg(feature = "fetch")]
mod fetching;
mod gathering;
mod jobs;
mod kinds;
mod launch;
pub mod layers;
mod loading;
pub mod manager;
pub mod model;
pub mod panes;
pub mod policies;
mod privacy;
mod proving;
mod removal;
pub mod reporting;
pub mod samples;
mod settings;
mod shortcuts;
mod splitter;
mod stage;
mod supplied;
mod system_theme;
pub mod table;
pub mod theme;
pub mod widgets;
mod words;
mod zone;

pub use app::App;
pub use desk::Surroundings;
#[cfg(feature = "fetch")]
pub use fetching::{Fetch, Inquiry};
pub use launch::{LaunchError, LaunchOptions, run};
pub use loading::Wanted;
pub use privacy::start_logging;
