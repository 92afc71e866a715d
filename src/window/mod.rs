//! The window: panes over one [`Model`](model::Model), changed by [`Command`](commands::Command)s only.

pub mod commands;
pub mod model;
pub mod theme;
pub mod widgets;
