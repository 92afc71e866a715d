//! What the user can do. Panes yield commands; only this room carries them out.

use std::path::PathBuf;

use jiff::Timestamp;

use super::model::{Selection, Zone};

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Ask for key files and load them.
    AddKeys,
    /// Put this on the clipboard as found.
    CopyRange(Selection),
    /// Put the whole text of the token on screen on the clipboard.
    CopyToken,
    /// Take away the notice at this position.
    DismissNotice(usize),
    /// Judge as of this instant.
    FreezeClock(Timestamp),
    /// Judge as of now again.
    LiveClock,
    /// Read these files: keys where they are keys, tokens otherwise.
    OpenPaths(Vec<PathBuf>),
    /// Ask for files with tokens and read them.
    OpenTokens,
    /// Read what is on the clipboard.
    Paste,
    /// Remove the key of this id.
    RemoveKey(String),
    /// Remove the token at this position.
    RemoveToken(usize),
    /// Select these characters, or nothing.
    Select(Option<Selection>),
    /// Allow clocks to differ by this many seconds.
    SetLeeway(u32),
    /// Follow this theme.
    SetTheme(egui::ThemePreference),
    /// Show times in this zone.
    SetZone(Zone),
    /// Show the token at this position.
    ShowToken(usize),
}
