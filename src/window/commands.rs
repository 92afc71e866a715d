//! What the user can do. Panes yield commands; only this room carries them out. Those that have a name are in the table
//! of [`actions`](super::actions).

use std::collections::BTreeSet;
use std::path::PathBuf;

use egui::ThemePreference;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::beside::Beside;
use super::clipboard::Purpose;
use super::copies::CopyOf;
use super::desk::{Desk, News};
use super::dialogs::{self, Dialog, DialogKind};
use super::loading::{Source, Wanted};
use super::manager::KeyCommand;
use super::model::{Clock, Layout, Notice, Selection, Tab, Zone};
use super::panes::MemberForm;
use super::panes::focus::{self, Place};
use super::policies::PolicyCommand;
use super::reporting::ReportCommand;
use super::samples::Sample;
use super::table::{Filter, Grouping, Listed, Many, Sort, Widths};
use crate::judge::{Policy, ProfileName};
use crate::keys::Reread;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Add the keys that were fetched.
    #[cfg(feature = "fetch")]
    AddFetched(crate::fetch::Fetched),
    /// Ask for key files and load them.
    AddKeys,
    /// Ask for the payload of the token on screen, which does not hold it.
    AddPayload,
    /// Ask for a file that is a shared secret.
    AddSecret,
    /// Ask for lists of words that the secrets of MACs are looked for in.
    AddWordLists,
    /// Bring back what was removed under this number.
    BringBack(u64),
    /// Stop a job.
    CancelJob(u64),
    /// Close the window; unless it is sure, ask where something would be lost.
    Close {
        /// Whether the user was asked.
        is_sure: bool,
    },
    /// Choose all tokens that the table lists.
    ChooseAll,
    /// Choose these tokens in the table: positions in the session.
    ChooseTokens(BTreeSet<usize>),
    /// Put something of the token on screen on the clipboard.
    Copy(CopyOf),
    /// Take away the notice at this position.
    DismissNotice(usize),
    /// Fetch keys; the user was asked.
    #[cfg(feature = "fetch")]
    Fetch(Box<super::Inquiry>),
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
    /// Do something with keys.
    Keys(KeyCommand),
    /// Judge as of now again.
    LiveClock,
    /// List these tokens in the table.
    FilterTokens(Filter),
    /// Put the rows of the table together.
    GroupTokens(Option<Grouping>),
    /// Move the token at the first position to the second.
    MoveToken(usize, usize),
    /// Open the token that the member of these characters is as one of its own.
    OpenMember(Selection),
    /// Leave the table for the token at this position.
    OpenToken(usize),
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
    /// Remove the tokens that are chosen in the table, else the one on screen.
    RemoveChosen,
    /// Remove the key of this id.
    RemoveKey(String),
    /// Take the payload of the token on screen away that was supplied.
    RemovePayload,
    /// Remove the token at this position.
    RemoveToken(usize),
    /// Call the token at this position so; an empty name takes the old one away.
    RenameToken(usize, String),
    /// Do something with a report.
    Report(ReportCommand),
    /// Let the panes stand as in a new window.
    ResetLayout,
    /// Select these characters, or nothing.
    Select(Option<Selection>),
    /// Give the columns of the table these widths.
    SetColumns(Widths),
    /// Show header and claims so.
    SetForms {
        /// The header.
        header: MemberForm,
        /// The claims.
        claims: MemberForm,
    },
    /// Judge the tokens that are chosen in the table, else the one on screen, as tokens of this kind; `None`: of the kind that
    /// the policy says.
    SetKind(Option<ProfileName>),
    /// Allow clocks to differ by this many seconds.
    SetLeeway(u32),
    /// Hold the tokens against this.
    SetPolicy(Box<Policy>),
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
    /// Show the times of these tokens beside those of the one on screen.
    ShowBeside(Beside),
    /// Open a dialog over the window.
    ShowDialog(DialogKind),
    /// Let the panes show this one of the token on screen and those inside of it; 0 is the outermost.
    ShowLayer(usize),
    /// Show all tokens as a table, or no longer.
    ShowTable(bool),
    /// Show the token at this position.
    ShowToken(usize),
    /// Do something with policies.
    Policies(PolicyCommand),
    /// Put the rows of the table in this order; `None`: in that of the session.
    SortTokens(Option<Sort>),
    /// Show the rows of this group of the table, or no longer.
    ToggleGroup(String),
    /// Judge the tokens at these positions before all others: they are in view.
    WatchTokens(Vec<usize>),
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
            #[cfg(feature = "fetch")]
            Command::AddFetched(fetched) => self.add_fetched(&fetched),
            Command::AddKeys => self.ask(Wanted::Keys, frame),
            Command::AddPayload => {
                if self.wants_payload() {
                    self.ask(Wanted::Payload, frame);
                }
            }
            Command::AddSecret => self.ask(Wanted::Secret, frame),
            Command::AddWordLists => self.ask(Wanted::Words, frame),
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
            Command::ChooseAll => {
                let table = &mut self.model.table;
                let rows = table.listed.len(self.model.session.tokens.len());
                table.chosen = table.listed.tokens(0..rows).collect();
            }
            Command::ChooseTokens(tokens) => self.model.table.chosen = tokens,
            Command::Copy(what) => self.copy_of(&what),
            Command::DismissNotice(at) => self.dismiss(at),
            #[cfg(feature = "fetch")]
            Command::Fetch(inquiry) => self.fetch(*inquiry),
            Command::FreezeClock(at) => self.set_clock(Clock::Frozen(at)),
            Command::Focus(place) => self.focus(ctx, place),
            Command::FocusNext { is_forward } => {
                if let Some(place) = focus::next(ctx, is_forward) {
                    self.focus(ctx, place);
                }
            }
            Command::FilterTokens(filter) => {
                // What is done to chosen tokens is done to what is seen.
                self.model.table.chosen.clear();
                self.model.table.filter = filter;
            }
            Command::GroupTokens(grouping) => {
                self.model.table.closed.clear();
                self.model.table.grouping = grouping;
            }
            Command::ForgetRemoved => self.forget_all_removed(),
            Command::Keys(command) => self.apply_to_keys(command, ctx, frame),
            Command::LiveClock => self.set_clock(Clock::Live),
            Command::MoveToken(from, to) => self.move_token(from, to),
            Command::OpenMember(selection) => self.open_member(&selection),
            Command::OpenPaths(paths, wanted) => self.open_paths(paths, wanted),
            Command::OpenSample(sample) => self.load(super::loading::sample(sample), "Opened"),
            Command::OpenToken(at) => {
                self.show_token(at);
                self.model.table.is_open = false;
                self.model.manager.is_open = false;
                self.model.policies.is_open = false;
            }
            Command::OpenTokens => self.ask(Wanted::Tokens, frame),
            Command::Paste => self.read_clipboard(Purpose::Session),
            Command::PastePayload => {
                if self.wants_payload() {
                    self.read_clipboard(Purpose::Payload);
                }
            }
            Command::Policies(command) => self.apply_to_policies(command, ctx, frame),
            Command::ReadSecret(reread) => self.read_secret(&reread),
            Command::RemoveAll => self.remove_all(),
            Command::RemoveChosen => {
                let meant = self.model.table.meant(self.model.current);
                self.remove_tokens(&meant);
            }
            Command::RemoveKey(id) => self.remove_key(&id),
            Command::RemovePayload => self.remove_payload(),
            Command::RemoveToken(at) => self.remove_tokens(&[at].into()),
            Command::RenameToken(at, name) => self.rename_token(at, &name),
            Command::Report(command) => self.apply_to_report(command, frame),
            Command::ResetLayout => {
                self.model.layout = Layout::default();
                self.model.layout_resets = self.model.layout_resets.wrapping_add(1);
            }
            Command::Select(selection) => self.model.selection = selection,
            Command::SetColumns(widths) => self.model.layout.columns = widths,
            Command::SetForms { header, claims } => {
                self.model.layout.header = header;
                self.model.layout.claims = claims;
            }
            Command::SetKind(kind) => self.set_kind(kind),
            Command::SetLeeway(seconds) => {
                self.model.session.policy.leeway_seconds = seconds;
                self.is_stale = true;
            }
            Command::SetPolicy(policy) => {
                self.model.session.policy = *policy;
                self.is_stale = true;
            }
            Command::SetTab(tab) => self.model.layout.tab = tab,
            Command::SetTheme(theme) => {
                self.model.theme = theme;
                ctx.set_theme(theme);
                // Half of this frame is of the theme of before.
                ctx.request_repaint();
            }
            Command::SetWidths { rail, column } => {
                self.model.layout.rail = rail;
                self.model.layout.column = column;
            }
            Command::SetZone(zone) => self.model.zone = zone,
            Command::ShowBeside(beside) => self.show_beside(beside),
            Command::ShowDialog(kind) => self.show_dialog(kind, ctx),
            Command::ShowLayer(at) => self.model.show_layer(at),
            Command::ShowTable(is_open) => self.show_table(is_open),
            Command::ShowToken(at) => self.show_token(at),
            Command::SortTokens(sort) => self.model.table.sort = sort,
            Command::ToggleGroup(name) => {
                let closed = &mut self.model.table.closed;
                if !closed.remove(&name) {
                    closed.insert(name);
                }
            }
            Command::WatchTokens(tokens) => self.watch(tokens),
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
        self.follow_policy();
        self.model.follow();
    }

    /// Reads files that were named or chosen.
    pub(super) fn open_paths(&mut self, paths: Vec<PathBuf>, wanted: Wanted) {
        match wanted {
            Wanted::Policy => {
                // One at a time is in force.
                if let Some(path) = paths.into_iter().next() {
                    self.load(vec![(Source::File(path), wanted)], "Imported");
                }
            }
            Wanted::Revoked => {
                if let Some(path) = paths.into_iter().next() {
                    self.read_revoked(path);
                }
            }
            Wanted::Words => self.add_word_lists(paths),
            Wanted::Keys | Wanted::Payload | Wanted::Secret | Wanted::Tokens => {
                let sources = paths.into_iter().map(|path| (Source::File(path), wanted));
                self.load(sources.collect(), "Opened");
            }
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

    pub(super) fn ask(&mut self, wanted: Wanted, frame: &eframe::Frame) {
        let label = match wanted {
            Wanted::Keys => "Choosing key files",
            Wanted::Payload => "Choosing a payload",
            Wanted::Policy => "Choosing a policy",
            Wanted::Revoked => "Choosing a file of revoked jti",
            Wanted::Secret => "Choosing a secret",
            Wanted::Tokens => "Choosing files",
            Wanted::Words => "Choosing word lists",
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
        // What is to be seen is not behind the editor.
        self.model.policies.is_open &= matches!(
            place,
            Place::Clock | Place::Kind | Place::Policy | Place::PolicyList | Place::PolicyName
        );
        let manager = &mut self.model.manager;
        match place {
            Place::Clock | Place::Kind | Place::Policy | Place::PolicyList | Place::PolicyName => {}
            // In the manager where that is open, else in the rail.
            Place::Keys if manager.is_open => {}
            Place::KeyDetails | Place::KeyFilter | Place::KeyName => {
                manager.is_outdated |= !manager.is_open;
                manager.is_open = true;
                manager.shows_details = place == Place::KeyDetails;
            }
            // Nor has the manager any of the others.
            _ => manager.is_open = false,
        }
        match place {
            Place::Clock
            | Place::KeyDetails
            | Place::KeyFilter
            | Place::KeyName
            | Place::Kind
            | Place::Policy
            | Place::PolicyList
            | Place::PolicyName
            | Place::Tokens => {}
            Place::Keys if self.model.manager.is_open => {}
            Place::Filter => self.model.table.is_open = true,
            // The table has none of these.
            _ => self.model.table.is_open = false,
        }
        focus::ask(ctx, place);
    }

    /// Keys that are nowhere else, and changes of a policy, are not lost by a click beside the mark.
    pub(super) fn is_to_ask_before_closing(&self) -> bool {
        let is_lost = self.model.unsaved_keys().next().is_some()
            || self.model.policies.is_to_be_asked_about();
        !self.may_close && is_lost
    }

    fn show_dialog(&mut self, kind: DialogKind, ctx: &egui::Context) {
        // One that stood in its place is no longer looked at.
        self.leave_report();
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

    pub(super) fn show_token(&mut self, at: usize) {
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
        let moved = |at: usize| match at {
            _ if at == from => to,
            _ if from < at && at <= to => at.saturating_sub(1),
            _ if to <= at && at < from => at.saturating_add(1),
            _ => at,
        };
        self.model.current = self.model.current.map(moved);
        self.model.beside = self.model.beside.iter().copied().map(moved).collect();
        self.model.table.chosen.clear();
        self.model.table.listed = Listed::default();
        self.order.restart();
        self.arrivals.forget_positions();
        self.proving.forget_positions();
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

    /// The switch is remembered, for the next time that many come.
    fn show_table(&mut self, is_open: bool) {
        self.model.manager.is_open = false;
        self.model.policies.is_open = false;
        self.model.table.is_open = is_open;
        self.model.layout.many = if is_open { Many::Table } else { Many::List };
        // What is not on screen is not to be removed by a key.
        self.model.table.chosen.clear();
    }
}
