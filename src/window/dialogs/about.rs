//! What this program is.

use egui::{RichText, Ui};

use super::close_button;
use crate::window::theme::{self, space};
use crate::window::widgets::wrapped;

/// How far this program reaches.
const REACH: &str = if cfg!(feature = "fetch") {
    "This program reaches out only to fetch keys, when you ask for it and to the host that you confirm: no telemetry and no look for updates."
} else {
    "Nothing leaves this machine: there is no network code in this program, no telemetry and no look for updates."
};

/// Shows it; whether it is done.
pub(super) fn ui(ui: &mut Ui) -> bool {
    let tokens = theme::tokens(ui);
    wrapped(
        ui,
        RichText::new(concat!("Version ", env!("CARGO_PKG_VERSION"))).color(tokens.dim),
    );
    wrapped(
        ui,
        "Shows what a token says, whose key verifies it, whether a correct verifier would take it, and what is wrong with it.",
    );
    wrapped(
        ui,
        format!(
            "{REACH} Tokens and keys stay in memory until the window closes; only the window\u{2019}s looks are remembered."
        ),
    );
    wrapped(
        ui,
        RichText::new("MIT or Apache License 2.0, as you like.").color(tokens.dim),
    );
    ui.add_space(space::S);
    close_button(ui)
}
