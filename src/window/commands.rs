//! What the user can do. Panes yield commands; only this room carries them out.
//!
//! [`Command`] is one thing to do, [`Action`] the table of those that have a name and a shortcut: it feeds
//! toolbar, menus and keyboard.

use std::path::PathBuf;
use std::time::Instant;

use egui::{Key, KeyboardShortcut, Modifiers, ThemePreference};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::clipboard::Purpose;
use super::copies::CopyOf;
use super::desk::{Desk, News, UNDO_FOR, What};
use super::dialogs::{self, PathDialog};
use super::loading::{Source, Wanted};
use super::model::{Clock, Model, Notice, Selection, Zone};
use super::panes::focus::{self, Place};
use crate::judge::Policy;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Ask for key files and load them.
    AddKeys,
    /// Ask for a file that is a shared secret.
    AddSecret,
    /// Ask for a file by its path, in the window.
    AskPath(Wanted),
    /// Bring back what was removed under this number.
    BringBack(u64),
    /// Stop a job.
    CancelJob(u64),
    /// Put something of the token on screen on the clipboard.
    Copy(CopyOf),
    /// Take away the notice at this position.
    DismissNotice(usize),
    /// Judge as of this instant.
    FreezeClock(Timestamp),
    /// Take the keyboard there.
    Focus(Place),
    /// Judge as of now again.
    LiveClock,
    /// Move the token at the first position to the second.
    MoveToken(usize, usize),
    /// Read these files: keys where they are keys, tokens otherwise.
    OpenPaths(Vec<PathBuf>, Wanted),
    /// Read the sample.
    OpenSample,
    /// Ask for files with tokens and read them.
    OpenTokens,
    /// Read what is on the clipboard.
    Paste,
    /// Remove the key of this id.
    RemoveKey(String),
    /// Remove the token at this position.
    RemoveToken(usize),
    /// Call the token at this position so; an empty name takes the old one away.
    RenameToken(usize, String),
    /// Select these characters, or nothing.
    Select(Option<Selection>),
    /// Allow clocks to differ by this many seconds.
    SetLeeway(u32),
    /// Hold the tokens against this.
    SetPolicy(Policy),
    /// Follow this theme.
    SetTheme(ThemePreference),
    /// Show times in this zone.
    SetZone(Zone),
    /// Show the token at this position.
    ShowToken(usize),
}

/// A command that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Ask for key files.
    AddKey,
    /// Ask for a key file by its path.
    AddKeyByPath,
    /// Ask for a file that is a shared secret.
    AddSecret,
    /// Copy the token on screen.
    CopyToken,
    /// The next token.
    NextToken,
    /// Ask for files.
    Open,
    /// Ask for a file by its path.
    OpenByPath,
    /// Read the clipboard.
    Paste,
    /// The token before.
    PreviousToken,
    /// Bring back what was removed last.
    Undo,
}

/// What there is to know of an [`Action`].
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What it is called.
    pub label: &'static str,
    /// Its keys.
    pub shortcut: Option<KeyboardShortcut>,
    /// What it does now; `None` while it cannot be done.
    pub command: fn(&Model) -> Option<Command>,
}

const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

impl Action {
    /// All of them. A shortcut that holds more modifiers stands before one that holds fewer.
    pub const ALL: [Self; 10] = [
        Self::AddKey,
        Self::OpenByPath,
        Self::CopyToken,
        Self::Paste,
        Self::Open,
        Self::Undo,
        Self::NextToken,
        Self::PreviousToken,
        Self::AddKeyByPath,
        Self::AddSecret,
    ];

    /// Its line in the table.
    pub fn entry(self) -> Entry {
        let entry = |label, shortcut, command| Entry {
            label,
            shortcut,
            command,
        };
        let keys = |modifiers, key| Some(KeyboardShortcut::new(modifiers, key));
        match self {
            Self::AddKey => entry("Add key\u{2026}", keys(COMMAND_SHIFT, Key::K), |_| {
                Some(Command::AddKeys)
            }),
            Self::AddKeyByPath => entry("Add key by path\u{2026}", None, |_| {
                Some(Command::AskPath(Wanted::Keys))
            }),
            Self::AddSecret => entry("Add a file as shared secret\u{2026}", None, |_| {
                Some(Command::AddSecret)
            }),
            Self::CopyToken => entry("Copy token", keys(COMMAND_SHIFT, Key::C), |model| {
                model.current.map(|_| Command::Copy(CopyOf::Token))
            }),
            Self::NextToken => entry(
                "Next token",
                keys(Modifiers::COMMAND, Key::PageDown),
                |model| step(model, 1),
            ),
            Self::Open => entry("Open\u{2026}", keys(Modifiers::COMMAND, Key::O), |_| {
                Some(Command::OpenTokens)
            }),
            Self::OpenByPath => entry("Open by path\u{2026}", keys(COMMAND_SHIFT, Key::O), |_| {
                Some(Command::AskPath(Wanted::Tokens))
            }),
            Self::Paste => entry("Paste", keys(Modifiers::COMMAND, Key::V), |_| {
                Some(Command::Paste)
            }),
            Self::PreviousToken => entry(
                "Previous token",
                keys(Modifiers::COMMAND, Key::PageUp),
                |model| step(model, -1),
            ),
            Self::Undo => entry("Undo", keys(Modifiers::COMMAND, Key::Z), |model| {
                let last = model.notices.iter().rev().find_map(|notice| notice.undo);
                last.map(Command::BringBack)
            }),
        }
    }
}

fn step(model: &Model, by: isize) -> Option<Command> {
    let next = model.current?.checked_add_signed(by)?;
    (next < model.session.tokens.len()).then_some(Command::ShowToken(next))
}

impl Desk {
    /// Carries a command out. Nothing else changes the model, news of jobs aside.
    pub(super) fn apply(&mut self, command: Command, ctx: &egui::Context, frame: &eframe::Frame) {
        match command {
            Command::AddKeys => self.ask(Wanted::Keys, frame),
            Command::AddSecret => self.ask(Wanted::Secret, frame),
            Command::AskPath(wanted) => self.path_dialog = Some(PathDialog::new(wanted, false)),
            Command::BringBack(number) => self.bring_back(number),
            Command::CancelJob(job) => self.jobs.cancel(job),
            Command::Copy(what) => self.copy_of(&what),
            Command::DismissNotice(at) => self.dismiss(at),
            Command::FreezeClock(at) => self.set_clock(Clock::Frozen(at)),
            Command::Focus(place) => focus::ask(ctx, place),
            Command::LiveClock => self.set_clock(Clock::Live),
            Command::MoveToken(from, to) => self.move_token(from, to),
            Command::OpenPaths(paths, wanted) => {
                let sources = paths.into_iter().map(|path| (Source::File(path), wanted));
                self.load(sources.collect(), "Opened");
            }
            Command::OpenSample => self.load(super::loading::sample(), "Opened"),
            Command::OpenTokens => self.ask(Wanted::Tokens, frame),
            Command::Paste => self.read_clipboard(Purpose::Session),
            Command::RemoveKey(id) => self.remove_key(&id),
            Command::RemoveToken(at) => self.remove_token(at),
            Command::RenameToken(at, name) => self.rename_token(at, &name),
            Command::Select(selection) => self.model.selection = selection,
            Command::SetLeeway(seconds) => {
                self.model.session.policy.leeway_seconds = seconds;
                self.is_stale = true;
            }
            Command::SetPolicy(policy) => {
                self.model.session.policy = policy;
                self.is_stale = true;
            }
            Command::SetTheme(theme) => {
                self.model.theme = theme;
                ctx.set_theme(theme);
            }
            Command::SetZone(zone) => self.model.zone = zone,
            Command::ShowToken(at) => self.show_token(at),
        }
    }

    /// Reads on a thread; what comes of it arrives as [`News::Loaded`].
    pub(super) fn load(&mut self, sources: Vec<(Source, Wanted)>, verb: &'static str) {
        let label = match &sources[..] {
            [] => return,
            [(source, _)] => source.label(),
            _ => format!("Reading {} files", sources.len()),
        };
        let ground = self.ground();
        self.start(&label, true, move |leave| {
            News::Loaded(super::loading::read_all(sources, verb, ground, leave))
        });
    }

    pub(super) fn read_clipboard(&mut self, purpose: Purpose) {
        if let Err(fault) = self.clipboard.read(purpose) {
            self.notify(Notice::fault(&fault.to_string()));
        }
    }

    fn ask(&mut self, wanted: Wanted, frame: &eframe::Frame) {
        let label = match wanted {
            Wanted::Keys => "Choosing key files",
            Wanted::Secret => "Choosing a secret",
            Wanted::Tokens => "Choosing files",
        };
        // One at a time: a second dialog would hide behind the first.
        if self.model.busy.iter().any(|busy| busy.label == label) {
            return;
        }
        let answer = self.picker.ask(wanted, frame);
        self.start(label, true, move |_| {
            News::Picked(dialogs::wait(wanted, answer))
        });
    }

    fn copy_of(&mut self, what: &CopyOf) {
        if let Some(copy) = what.text(&self.model) {
            self.copy(copy.text, copy.what, copy.is_secret);
        }
    }

    pub(super) fn copy(&mut self, text: Zeroizing<String>, what: &'static str, is_secret: bool) {
        if let Err(fault) = self.clipboard.write(text, what, is_secret) {
            self.notify(Notice::fault(&fault.to_string()));
        }
    }

    fn set_clock(&mut self, clock: Clock) {
        self.model.clock = clock;
        self.is_stale = true;
    }

    fn show_token(&mut self, at: usize) {
        if at < self.model.session.tokens.len() && self.model.current != Some(at) {
            self.model.current = Some(at);
            self.model.selection = None;
        }
    }

    fn move_token(&mut self, from: usize, to: usize) {
        let count = self.model.session.tokens.len();
        if from >= count || to >= count || self.model.judgements.len() != count {
            return;
        }
        let inspection = self.model.session.tokens.remove(from);
        self.model.session.tokens.insert(to, inspection);
        let judgement = self.model.judgements.remove(from);
        self.model.judgements.insert(to, judgement);
        self.model.current = self.model.current.map(|current| match current {
            _ if current == from => to,
            _ if from < current && current <= to => current.saturating_sub(1),
            _ if to <= current && current < from => current.saturating_add(1),
            _ => current,
        });
        // A round through all tokens counts by position.
        self.is_stale = true;
        self.model.last_action = format!("Moved the token to place {}", to.saturating_add(1));
    }

    fn rename_token(&mut self, at: usize, name: &str) {
        if let Some(inspection) = self.model.session.tokens.get_mut(at) {
            let name = name.trim();
            inspection.name = (!name.is_empty()).then(|| name.to_owned());
            self.model.revise();
        }
    }

    fn dismiss(&mut self, at: usize) {
        if at < self.model.notices.len() {
            let notice = self.model.notices.remove(at);
            self.removed
                .retain(|removed| Some(removed.number) != notice.undo);
        }
    }

    fn remove_token(&mut self, at: usize) {
        if at >= self.model.session.tokens.len() || at >= self.model.judgements.len() {
            return;
        }
        let inspection = self.model.session.tokens.remove(at);
        let judgement = self.model.judgements.remove(at);
        let left = self.model.session.tokens.len();
        self.model.current = match self.model.current {
            Some(current) if current > at => Some(current.saturating_sub(1)),
            Some(current) if current == at => {
                self.model.selection = None;
                left.checked_sub(1).map(|last| current.min(last))
            }
            other => other,
        };
        self.is_stale = true;
        let name = format!("token {}", at.saturating_add(1));
        self.keep_removed(&name, What::Token(at, Box::new((inspection, judgement))));
    }

    fn remove_key(&mut self, id: &str) {
        if let Some(key) = self.model.session.keys.remove(id) {
            self.keys_changed();
            let name = format!("key {}", crate::jose::visible::visible(id));
            self.keep_removed(&name, What::Key(key));
        }
    }

    fn bring_back(&mut self, number: u64) {
        let Some(at) = self
            .removed
            .iter()
            .position(|removed| removed.number == number)
        else {
            return;
        };
        match self.removed.remove(at).what {
            What::Key(key) => {
                self.model
                    .session
                    .keys
                    .add([std::sync::Arc::unwrap_or_clone(key)]);
                self.keys_changed();
                "Brought the key back".clone_into(&mut self.model.last_action);
            }
            What::Token(at, token) => {
                let (inspection, judgement) = *token;
                let at = at.min(self.model.judgements.len());
                let token = std::sync::Arc::clone(&inspection.token);
                self.model.session.tokens.insert(at, inspection);
                self.model.judgements.insert(at, judgement);
                self.model.current = Some(at);
                self.model.selection = None;
                // The keys may have changed since.
                self.verify(vec![token]);
                self.is_stale = true;
                "Brought the token back".clone_into(&mut self.model.last_action);
            }
        }
        self.model
            .notices
            .retain(|notice| notice.undo != Some(number));
    }

    fn keep_removed(&mut self, name: &str, what: What) {
        let number = self.next_removed(what, Instant::now() + UNDO_FOR);
        self.notify(Notice {
            is_error: false,
            what: format!("Removed {name}."),
            advice: String::new(),
            undo: Some(number),
        });
        self.model.last_action = format!("Removed {name}");
    }
}
