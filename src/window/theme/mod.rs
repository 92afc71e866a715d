//! How the window looks: colours, spaces, sizes, type. [`install()`] puts it into egui, [`tokens()`] hands it out.
//!
//! ```no_run
//! # use tokenloupe::window::theme;
//! # fn app(ctx: &egui::Context) {
//! theme::install(ctx); // once, at the start
//! theme::use_system_fonts(ctx); // once, in a real window; tests keep the bundled faces
//! # }
//! # fn pane(ui: &mut egui::Ui) {
//! let tokens = theme::tokens(ui); // in every pane
//! ui.colored_label(tokens.ok, "valid");
//! # }
//! ```

mod fonts;
mod install;
mod tokens;

pub use fonts::{append_exact, mono, semibold, use_system_fonts};
pub use install::install;
pub use tokens::{DARK, LIGHT, Tokens, contrast, mix, radius, size, space, tokens};
