//! What the user can do. Panes yield commands; only this room carries them out. Those that have a name are in the table
//! of [`actions`](super::actions).

use std::path::PathBuf;
use std::time::Instant;

use egui::ThemePreference;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::clipboard::Purpose;
use super::copies::CopyOf;
use super::desk::{Desk, Everything, News, UNDO_FOR, What, unproved};
use super::dialogs::{self, Dialog, DialogKind};
use super::loading::{Source, Wanted};
use super::model::{Clock, Layout, Notice, Selection, Tab, Zone};
use super::panes::MemberForm;
use super::panes::focus::{self, Place};
use super::samples::Sample;
use crate::jose::visible::visible;
use crate::judge::Policy;
use crate::keys::{Key, Reread};

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Ask for key files and load them.
    AddKeys,
    /// Ask for the payload of the token on screen, which does not hold it.
    AddPayload,
    /// Ask for a file that is a shared secret.
    AddSecret,
    /// Bring back what was removed under this number.
    BringBack(u64),
    /// Stop a job.
    CancelJob(u64),
    /// Close the window; unless it is sure, ask where something would be lost.
    Close {
        /// Whether the user was asked.
        is_sure: bool,
    },
    /// Put something of the token on screen on the clipboard.
    Copy(CopyOf),
    /// Take away the notice at this position.
    DismissNotice(usize),
    /// Judge as of this instant.
    FreezeClock(Timestamp),
    /// Take the keyboard there.
    Focus(Place),
    /// Take the keyboard to the pane after the one that it is in, or before.
    FocusNext {
        /// After.
        is_forward: bool,
    },
    /// Zeroise what was removed: it can no longer be brought back.
    ForgetRemoved,
    /// Judge as of now again.
    LiveClock,
    /// Move the token at the first position to the second.
    MoveToken(usize, usize),
    /// Open the token that the member of these characters is as one of its own.
    OpenMember(Selection),
    /// Read these files: keys where they are keys, tokens otherwise.
    OpenPaths(Vec<PathBuf>, Wanted),
    /// Read a sample.
    OpenSample(&'static Sample),
    /// Ask for files with tokens and read them.
    OpenTokens,
    /// Read what is on the clipboard.
    Paste,
    /// Take what is on the clipboard for the payload of the token on screen.
    PastePayload,
    /// Take the secret of a key in another reading, and verify again.
    ReadSecret(Reread),
    /// Remove all tokens and keys.
    RemoveAll,
    /// Remove the key of this id.
    RemoveKey(String),
    /// Take the payload of the token on screen away that was supplied.
    RemovePayload,
    /// Remove the token at this position.
    RemoveToken(usize),
    /// Call the token at this position so; an empty name takes the old one away.
    RenameToken(usize, String),
    /// Let the panes stand as in a new window.
    ResetLayout,
    /// Select these characters, or nothing.
    Select(Option<Selection>),
    /// Show header and claims so.
    SetForms {
        /// The header.
        header: MemberForm,
        /// The claims.
        claims: MemberForm,
    },
    /// Allow clocks to differ by this many seconds.
    SetLeeway(u32),
    /// Hold the tokens against this.
    SetPolicy(Policy),
    /// Show this where the window is narrow.
    SetTab(Tab),
    /// Follow this theme.
    SetTheme(ThemePreference),
    /// Give rail and column these widths, in points.
    SetWidths {
        /// Of the rail.
        rail: f32,
        /// Of the column at the right.
        column: f32,
    },
    /// Show times in this zone.
    SetZone(Zone),
    /// Open a dialog over the window.
    ShowDialog(DialogKind),
    /// Let the panes show this one of the token on screen and those inside of it; 0 is the outermost.
    ShowLayer(usize),
    /// Show the token at this position.
    ShowToken(usize),
    /// Change the size of everything.
    Zoom(Zoom),
}

/// How to change the size of everything.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Zoom {
    /// A step larger.
    In,
    /// A step smaller.
    Out,
    /// To this size; 1 is the system's.
    To(f32),
}

/// The sizes that [`Zoom`] keeps to.
pub(super) const ZOOM: std::ops::RangeInclusive<f32> = 0.5..=3.0;

/// A step of [`Zoom`].
const ZOOM_STEP: f32 = 0.1;

impl Desk {
    /// Carries a command out. Nothing else changes the model, news of jobs aside.
    pub(super) fn apply(&mut self, command: Command, ctx: &egui::Context, frame: &eframe::Frame) {
        match command {
            Command::AddKeys => self.ask(Wanted::Keys, frame),
            Command::AddPayload => {
                if self.wants_payload() {
                    self.ask(Wanted::Payload, frame);
                }
            }
            Command::AddSecret => self.ask(Wanted::Secret, frame),
            Command::BringBack(number) => self.bring_back(number),
            Command::CancelJob(job) => self.jobs.cancel(job),
            Command::Close { is_sure } => {
                self.may_close |= is_sure;
                if self.is_to_ask_before_closing() {
                    self.show_dialog(DialogKind::Closing, ctx);
                } else {
                    ctx.send_viewport_cmd(egui::ViewportCommand::Close);
                }
            }
            Command::Copy(what) => self.copy_of(&what),
            Command::DismissNotice(at) => self.dismiss(at),
            Command::FreezeClock(at) => self.set_clock(Clock::Frozen(at)),
            Command::Focus(place) => self.focus(ctx, place),
            Command::FocusNext { is_forward } => {
                if let Some(place) = focus::next(ctx, is_forward) {
                    self.focus(ctx, place);
                }
            }
            Command::ForgetRemoved => self.forget_all_removed(),
            Command::LiveClock => self.set_clock(Clock::Live),
            Command::MoveToken(from, to) => self.move_token(from, to),
            Command::OpenMember(selection) => self.open_member(&selection),
            Command::OpenPaths(paths, wanted) => {
                let sources = paths.into_iter().map(|path| (Source::File(path), wanted));
                self.load(sources.collect(), "Opened");
            }
            Command::OpenSample(sample) => self.load(super::loading::sample(sample), "Opened"),
            Command::OpenTokens => self.ask(Wanted::Tokens, frame),
            Command::Paste => self.read_clipboard(Purpose::Session),
            Command::PastePayload => {
                if self.wants_payload() {
                    self.read_clipboard(Purpose::Payload);
                }
            }
            Command::ReadSecret(reread) => self.read_secret(&reread),
            Command::RemoveAll => self.remove_all(),
            Command::RemoveKey(id) => self.remove_key(&id),
            Command::RemovePayload => self.remove_payload(),
            Command::RemoveToken(at) => self.remove_token(at),
            Command::RenameToken(at, name) => self.rename_token(at, &name),
            Command::ResetLayout => {
                self.model.layout = Layout::default();
                self.model.layout_resets = self.model.layout_resets.wrapping_add(1);
            }
            Command::Select(selection) => self.model.selection = selection,
            Command::SetForms { header, claims } => {
                self.model.layout.header = header;
                self.model.layout.claims = claims;
            }
            Command::SetLeeway(seconds) => {
                self.model.session.policy.leeway_seconds = seconds;
                self.is_stale = true;
            }
            Command::SetPolicy(policy) => {
                self.model.session.policy = policy;
                self.is_stale = true;
            }
            Command::SetTab(tab) => self.model.layout.tab = tab,
            Command::SetTheme(theme) => {
                self.model.theme = theme;
                ctx.set_theme(theme);
            }
            Command::SetWidths { rail, column } => {
                self.model.layout.rail = rail;
                self.model.layout.column = column;
            }
            Command::SetZone(zone) => self.model.zone = zone,
            Command::ShowDialog(kind) => self.show_dialog(kind, ctx),
            Command::ShowLayer(at) => self.model.show_layer(at),
            Command::ShowToken(at) => self.show_token(at),
            Command::Zoom(zoom) => {
                let size = match zoom {
                    Zoom::In => ctx.zoom_factor() + ZOOM_STEP,
                    Zoom::Out => ctx.zoom_factor() - ZOOM_STEP,
                    Zoom::To(size) => size,
                };
                let size = (size * 10.0).round() / 10.0;
                ctx.set_zoom_factor(size.clamp(*ZOOM.start(), *ZOOM.end()));
            }
        }
        self.model.follow();
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
            Wanted::Payload => "Choosing a payload",
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

    /// Takes the keyboard to a place, which must be on screen for that.
    fn focus(&mut self, ctx: &egui::Context, place: Place) {
        match place {
            Place::Check(_) | Place::Checks => self.model.layout.tab = Tab::Checks,
            Place::Findings => self.model.layout.tab = Tab::Findings,
            Place::Timeline => self.model.layout.tab = Tab::Timeline,
            _ => {}
        }
        focus::ask(ctx, place);
    }

    /// Keys that are nowhere else are not lost by a click beside the mark.
    pub(super) fn is_to_ask_before_closing(&self) -> bool {
        !self.may_close && self.model.unsaved_keys().next().is_some()
    }

    fn show_dialog(&mut self, kind: DialogKind, ctx: &egui::Context) {
        // One in place of another goes back to where the first came from.
        let back = match &self.dialog {
            Some(dialog) => dialog.back(),
            None => ctx.memory(egui::Memory::focused),
        };
        self.dialog = Some(Dialog::new(kind, &self.model, back));
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

    fn remove_all(&mut self) {
        let model = &mut self.model;
        let everything = Everything {
            tokens: std::mem::take(&mut model.session.tokens),
            judgements: std::mem::take(&mut model.judgements),
            keys: std::mem::take(&mut model.session.keys),
            current: model.current.take(),
        };
        if everything.tokens.is_empty() && everything.keys.is_empty() {
            return;
        }
        model.selection = None;
        self.keys_changed();
        self.keep_removed(
            "all tokens and keys",
            What::Everything(Box::new(everything)),
        );
    }

    fn forget_all_removed(&mut self) {
        self.removed.clear();
        self.model.notices.retain(|notice| notice.undo.is_none());
        "Forgot what was removed".clone_into(&mut self.model.last_action);
    }

    fn remove_key(&mut self, id: &str) {
        if let Some(key) = self.model.session.keys.remove(id) {
            self.keys_changed();
            let name = format!("key {}", visible(id));
            self.keep_removed(&name, What::Key(key));
        }
    }

    fn read_secret(&mut self, reread: &Reread) {
        let keys = &mut self.model.session.keys;
        let Some(after) = keys
            .get(&reread.key)
            .and_then(|key| key.read_as(reread.reading))
        else {
            return;
        };
        let Some(before) = keys.replace(&reread.key, after.clone()) else {
            return;
        };
        self.keys_changed();
        let done = format!("{} is read {}", visible(&reread.key), reread.how());
        let number = self.next_removed(
            What::Reading {
                before,
                after: Box::new(after),
            },
            Instant::now() + UNDO_FOR,
        );
        self.notify(Notice {
            is_error: false,
            what: format!("The secret {done}."),
            advice: String::new(),
            undo: Some(number),
        });
        self.model.last_action = format!("The secret {done}");
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
            What::Everything(everything) => {
                self.bring_everything_back(*everything);
                "Brought tokens and keys back".clone_into(&mut self.model.last_action);
            }
            What::Opened { sha256, back } => {
                self.close_member(&sha256, back.as_deref());
                "Closed the token of the member".clone_into(&mut self.model.last_action);
            }
            What::Payload { sha256, before } => {
                self.set_payload(&sha256, before);
                "Took the change of the payload back".clone_into(&mut self.model.last_action);
            }
            What::Reading { before, after } => {
                let keys = &mut self.model.session.keys;
                // It may be gone, or have a third reading by now.
                let there = keys.same_as(&after).map(|key| key.id.clone());
                if let Some(id) = there {
                    keys.replace(&id, Key::clone(&before));
                    self.keys_changed();
                    "Took the reading of the secret back".clone_into(&mut self.model.last_action);
                }
            }
            What::Token(at, token) => {
                let (inspection, judgement) = *token;
                let at = at.min(self.model.judgements.len());
                let again = unproved(&inspection);
                self.model.session.tokens.insert(at, inspection);
                self.model.judgements.insert(at, judgement);
                self.model.current = Some(at);
                self.model.selection = None;
                // The keys may have changed since.
                self.verify(vec![again]);
                self.is_stale = true;
                "Brought the token back".clone_into(&mut self.model.last_action);
            }
        }
        self.model
            .notices
            .retain(|notice| notice.undo != Some(number));
    }

    /// What came since stays, after what was there.
    fn bring_everything_back(&mut self, everything: Everything) {
        let model = &mut self.model;
        let newer = std::mem::replace(&mut model.session.tokens, everything.tokens);
        let newer_judgements = std::mem::replace(&mut model.judgements, everything.judgements);
        model.add(newer.into_iter().zip(newer_judgements).collect());
        let newer = std::mem::replace(&mut model.session.keys, everything.keys);
        let newer = newer.keys().iter().map(|key| Key::clone(key));
        model.session.keys.add(newer.collect::<Vec<_>>());
        model.current = everything.current;
        model.selection = None;
        self.keys_changed();
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
