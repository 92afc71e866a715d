//! What the window works on: the model, and the things that bring news for it. The [`commands`](super::commands) act on it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::arrival::Arrivals;
use super::clipboard::{Clipboard, ClipboardFault, ClipboardThread, Purpose, Reply};
use super::dialogs::{Dialog, DialogKind, FilePicker, Picked};
use super::gathering::Gathering;
use super::jobs::{Ended, Jobs, Leave};
use super::loading::{Ground, Loaded, Source, Wanted};
use super::manager::{Audited, Auditing, Keeping, LockedFile, SavedNews, ToWrite, Tried};
use super::model::{CLIPBOARD, Clock, Model, Notice};
use super::policies::{Deleted, PolicyNews, Step};
use super::proving::{Proved, Proving};
use super::reporting::Reported;
use super::table::{Counts, Order};
use super::words::{Sought, WordLists};
use crate::inspection::{DetachedPayload, Inspection};
use crate::judge::{Judgement, ProfileName};
use crate::keeping::{PolicyStore, Store};
use crate::keys::generate::GenerateError;
use crate::keys::{Key, KeyRing};
use crate::verify::ListedSecret;

/// What was removed can be brought back for this long; then it is forgotten, and its memory zeroised.
pub(super) const UNDO_FOR: Duration = Duration::from_mins(1);

/// Judging goes on for this long before the window is drawn again.
const SLICE: Duration = Duration::from_millis(5);

/// And waits for this long where only time went on.
const PAUSE: Duration = Duration::from_millis(50);

/// Older notices make room.
const MAX_NOTICES: usize = 12;

/// What jobs end in.
pub(super) enum News {
    Audited(Audited),
    Generated(Box<Result<Key, GenerateError>>),
    #[cfg(feature = "fetch")]
    Answered(Box<super::fetching::Answered>),
    Loaded(Loaded),
    Picked(Picked),
    Policies(PolicyNews),
    /// Where to save, and whether the system had no dialog to ask.
    Place((Option<PathBuf>, bool)),
    Proved(Proved),
    Reported(Reported),
    Saved(SavedNews),
    Sought(Sought),
    Unlocked(Tried),
    /// What was saved, in words.
    Written(Result<String, String>),
}

/// Something that was removed.
pub(super) struct Removed {
    pub(super) number: u64,
    pub(super) what: What,
    until: Instant,
}

pub(super) enum What {
    Everything(Box<Everything>),
    Key(Arc<Key>),
    /// The kinds that tokens were said to be, each by the SHA-256 of its text.
    Kinds(Vec<(String, Option<ProfileName>)>),
    /// A member of the token `back` was opened as one of its own.
    Opened {
        sha256: String,
        back: Option<String>,
    },
    /// The payload that a token had.
    Payload {
        sha256: String,
        before: Option<DetachedPayload>,
    },
    /// How the policy editor stood before something else was put in force.
    Policy(Box<Step>),
    /// A saved policy.
    PolicyFile(Box<Deleted>),
    /// The reading that a secret had, and the one that it was given.
    Reading {
        before: Arc<Key>,
        after: Box<Key>,
    },
    /// And where each of them stood, from the first.
    Tokens(Vec<(usize, Inspection, Judgement)>),
}

/// All tokens and keys at once.
pub(super) struct Everything {
    pub(super) tokens: Vec<Inspection>,
    pub(super) judgements: Vec<Judgement>,
    pub(super) keys: KeyRing,
    /// What lists of words gave away.
    pub(super) listed: Vec<Arc<ListedSecret>>,
    pub(super) current: Option<usize>,
}

/// Judging all tokens, a few at a time.
struct Round {
    /// The next one.
    at: usize,
    /// The token on screen, which was judged before all others.
    judged: Option<usize>,
    /// Whether more than the time changed.
    is_urgent: bool,
    /// While the policy editor is open: the verdicts by the policy that the one in force is compared with, and by that.
    counts: Option<(Counts, Counts)>,
}

/// The window's surroundings, which tests replace.
pub struct Surroundings {
    /// What the time is.
    pub now: Box<dyn Fn() -> Timestamp>,
    /// The clipboard.
    pub clipboard: Box<dyn Clipboard>,
    /// Fetches keys.
    #[cfg(feature = "fetch")]
    pub fetch: super::Fetch,
    /// Asks for files.
    pub picker: Box<dyn FilePicker>,
    /// Where policies are saved; `None` where there is no place for them.
    pub policies: Option<PolicyStore>,
    /// Where keys are saved; `None` where there is no place for them.
    pub store: Option<Store>,
    /// Tells the desktop's theme, now and when it changes, where the window system does not.
    pub themes: Box<dyn FnOnce(egui::Context) -> Receiver<egui::Theme>>,
}

impl Surroundings {
    /// Those of this machine.
    pub fn system() -> Self {
        Self {
            now: Box::new(Timestamp::now),
            clipboard: Box::new(super::clipboard::SystemClipboard::default()),
            #[cfg(feature = "fetch")]
            fetch: super::fetching::system(),
            picker: Box::new(super::dialogs::SystemPicker),
            policies: PolicyStore::of_this_user().ok(),
            store: Store::of_this_user().ok(),
            themes: Box::new(super::system_theme::watch),
        }
    }
}

/// The model and all that works for it.
pub(super) struct Desk {
    pub(super) model: Model,
    pub(super) jobs: Jobs<News>,
    pub(super) clipboard: ClipboardThread,
    #[cfg(feature = "fetch")]
    pub(super) fetch: super::Fetch,
    pub(super) picker: Box<dyn FilePicker>,
    pub(super) dialog: Option<Dialog>,
    /// What is to have the keyboard again, after a dialog that was closed from here.
    pub(super) gives_back: Option<egui::Id>,
    /// Whether the user was asked, and closes.
    pub(super) may_close: bool,
    pub(super) removed: Vec<Removed>,
    /// SHA-256 of the token that a payload was asked for.
    pub(super) payload_for: Option<String>,
    /// Whether the judgements must be made anew, for another reason than that time went on.
    pub(super) is_stale: bool,
    /// The round through all tokens that is not at its end.
    round: Option<Round>,
    /// What was read and is not all in yet.
    pub(super) arrivals: Arrivals,
    /// The time until more of it is taken in.
    taking_in: Option<Duration>,
    /// The rows of the table.
    pub(super) order: Order,
    now: Box<dyn Fn() -> Timestamp>,
    themes: Receiver<egui::Theme>,
    removals: u64,
    /// Counts the changes of the key ring.
    pub(super) generation: u64,
    /// What is being verified again.
    pub(super) proving: Proving,
    /// What is being found out of the tokens together.
    pub(super) gathering: Gathering,
    /// Lists of words that secrets are looked for in.
    pub(super) words: WordLists,
    /// The saved keys.
    pub(super) keeping: Keeping,
    /// Where policies are saved.
    pub(super) policy_store: Option<PolicyStore>,
    /// What is being found out about the keys.
    pub(super) auditing: Auditing,
    /// Key files whose passphrases are to be asked for, the one that is asked about first.
    pub(super) locked: VecDeque<LockedFile>,
    /// How many were asked about.
    pub(super) locked_files: u64,
    /// The job that tries a passphrase.
    pub(super) unlocking: Option<u64>,
    /// What is to be written to a file that is still to be chosen.
    pub(super) to_write: Option<ToWrite>,
}

impl Desk {
    pub(super) fn new(surroundings: Surroundings, ctx: &egui::Context) -> Self {
        let now = surroundings.now;
        let model = Model {
            now: now(),
            real: now(),
            ..Model::default()
        };
        Self {
            model,
            jobs: Jobs::new(ctx.clone()),
            clipboard: ClipboardThread::start(surroundings.clipboard, ctx.clone()),
            #[cfg(feature = "fetch")]
            fetch: surroundings.fetch,
            picker: surroundings.picker,
            dialog: None,
            gives_back: None,
            may_close: false,
            removed: Vec::new(),
            payload_for: None,
            is_stale: false,
            round: None,
            arrivals: Arrivals::default(),
            taking_in: None,
            order: Order::default(),
            now,
            themes: (surroundings.themes)(ctx.clone()),
            removals: 0,
            generation: 0,
            proving: Proving::default(),
            gathering: Gathering::default(),
            words: WordLists::default(),
            keeping: Keeping::of(surroundings.store),
            policy_store: surroundings.policies,
            auditing: Auditing::default(),
            locked: VecDeque::new(),
            locked_files: 0,
            unlocking: None,
            to_write: None,
        }
    }

    /// Takes in what jobs and clipboard have to tell. Gives the text that was asked for a field.
    pub(super) fn collect(&mut self) -> Option<String> {
        let mut for_field = None;
        for ended in self.jobs.collect() {
            match ended {
                #[cfg(feature = "fetch")]
                Ended::Done(News::Answered(answered)) => self.answered(*answered),
                Ended::Done(News::Loaded(loaded)) => self.arrivals.push(loaded),
                Ended::Done(News::Audited(audited)) => self.audited(audited),
                Ended::Done(News::Generated(key)) => self.generated(*key),
                Ended::Done(News::Picked(picked)) => self.picked(picked),
                Ended::Done(News::Policies(news)) => self.policy_news(news),
                Ended::Done(News::Place((path, was_missing))) => {
                    self.place_chosen(path, was_missing);
                }
                Ended::Done(News::Saved(news)) => self.saved_news(news),
                Ended::Done(News::Sought(sought)) => self.sought(&sought),
                Ended::Done(News::Unlocked(tried)) => self.tried(tried),
                Ended::Done(News::Written(Ok(done))) => self.model.last_action = done,
                Ended::Done(News::Written(Err(fault))) => self.notify(Notice::fault(&fault)),
                Ended::Done(News::Proved(proved)) => self.proved(proved),
                Ended::Done(News::Reported(reported)) => self.reported(reported),
                Ended::Failed(label) => self.notify(Notice::fault(&format!(
                    "{label}: stopped by a fault in this program\nWhat it was to bring is missing. Please report how it came about."
                ))),
            }
        }
        for reply in self.clipboard.collect() {
            match reply {
                Reply::Read(Purpose::Session, Ok(text)) => {
                    let source = Source::Text {
                        name: CLIPBOARD,
                        text,
                    };
                    let wanted = if self.model.manager.is_open {
                        Wanted::Keys
                    } else {
                        Wanted::Tokens
                    };
                    self.load(vec![(source, wanted)], "Pasted");
                }
                Reply::Read(Purpose::Answer, Ok(text)) => self.answer_pasted(text),
                Reply::Read(Purpose::Payload, Ok(text)) => {
                    self.supply_payload(CLIPBOARD, Zeroizing::new(text.as_bytes().to_vec()));
                }
                Reply::Read(Purpose::Field, Ok(text)) => for_field = Some(text.as_str().to_owned()),
                Reply::Written(what, Ok(())) => self.model.last_action = format!("Copied {what}"),
                Reply::Read(_, Err(fault)) | Reply::Written(_, Err(fault)) => {
                    self.notify(Notice::fault(&fault.to_string()));
                }
                Reply::Gone => self.notify(Notice::fault(&ClipboardFault::Missing.to_string())),
            }
        }
        self.taking_in = self.take_in().or(self.take_proofs());
        self.seek_secrets();
        self.ask_for_passphrase();
        self.audit();
        self.model.follow();
        self.model.busy = self.jobs.busy();
        for_field
    }

    /// The desktop's theme, where news of it came since the last call.
    pub(super) fn system_theme(&self) -> Option<egui::Theme> {
        self.themes.try_iter().last()
    }

    /// Moves the clock on and judges where that changes something. Gives the time until the next call, if one is needed: while
    /// nobody sees the window, none is needed for the clock.
    pub(super) fn tick(&mut self, is_visible: bool) -> Option<Duration> {
        self.model.real = (self.now)();
        let now = match self.model.clock {
            Clock::Frozen(at) => at,
            Clock::Live => self.model.real,
        };
        let moved = now.as_second() != self.model.now.as_second();
        let next_hiding = self.refresh_manager(self.is_stale);
        if self.is_stale {
            self.gathering.restart();
        }
        let next_gathering = self.gather();
        if self.is_stale || moved {
            self.model.now = now;
            if self.is_stale {
                self.model.revise();
            }
            if self.is_stale || self.round.is_none() {
                self.round = Some(Round {
                    at: 0,
                    judged: self.model.current,
                    is_urgent: self.is_stale,
                    counts: self.model.policies.is_open.then(Default::default),
                });
            }
            self.is_stale = false;
            if let Some(current) = self.model.current {
                self.judge_token(current);
            }
            self.judge_watched();
            self.find_policy_effect();
        }
        let next_slice = self.judge_slice();
        let next_rows = self
            .order
            .refresh(&mut self.model)
            .then_some(Duration::ZERO);
        let counts = self.model.clock == Clock::Live && !self.model.session.tokens.is_empty();
        let second = (counts && is_visible).then(|| {
            let past = now.subsec_nanosecond().rem_euclid(1_000_000_000);
            let left = 1_000_000_000_i32.saturating_sub(past);
            Duration::from_nanos(u64::try_from(left).unwrap_or(1_000_000_000))
        });
        [
            second,
            next_hiding,
            next_gathering,
            next_slice,
            next_rows,
            self.taking_in,
            self.forget_removed(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Goes on with the round through all tokens; gives the time until the next slice of it, while it lasts.
    fn judge_slice(&mut self) -> Option<Duration> {
        let start = Instant::now();
        let mut round = self.round.take()?;
        while round.at < self.model.session.tokens.len() {
            if start.elapsed() > SLICE {
                let pause = if round.is_urgent {
                    Duration::ZERO
                } else {
                    PAUSE
                };
                self.round = Some(round);
                return Some(pause);
            }
            if round.judged != Some(round.at) {
                self.judge_token(round.at);
            }
            if let Some((before, after)) = &mut round.counts {
                self.count(round.at, before, after);
            }
            round.at = round.at.saturating_add(1);
        }
        if round.counts.is_some() {
            self.model.policies.effect.counts = round.counts;
        }
        self.model.revise();
        None
    }

    /// Counts the verdict of a token by both policies.
    fn count(&self, at: usize, before: &mut Counts, after: &mut Counts) {
        let Model {
            session,
            judgements,
            policies,
            gathered,
            ..
        } = &self.model;
        if let (Some(inspection), Some(judgement)) = (session.tokens.get(at), judgements.get(at)) {
            let outcome = judgement.verdict.outcome;
            after.count(outcome);
            before.count(if policies.compared == session.policy {
                outcome
            } else {
                let then = gathered.judge(inspection, &policies.compared, judgement.at);
                then.verdict.outcome
            });
        }
    }

    /// Takes note of the tokens that are in view.
    pub(super) fn watch(&mut self, tokens: Vec<usize>) {
        self.model.table.watched = tokens;
        self.judge_watched();
    }

    /// Judges what is in view, where that was judged at another instant.
    fn judge_watched(&mut self) {
        for index in 0..self.model.table.watched.len() {
            let at = self.model.table.watched.get(index).copied();
            let judgement = |at: usize| self.model.judgements.get(at);
            let is_old = |at: &usize| judgement(*at).is_some_and(|old| old.at != self.model.now);
            if let Some(at) = at.filter(is_old) {
                self.judge_token(at);
            }
        }
    }

    fn judge_token(&mut self, at: usize) {
        let Model {
            session,
            judgements,
            gathered,
            now,
            ..
        } = &mut self.model;
        if let (Some(inspection), Some(judgement)) =
            (session.tokens.get(at), judgements.get_mut(at))
        {
            *judgement = gathered.judge(inspection, &session.policy, *now);
        }
    }

    /// Whether nothing is being worked on.
    pub(super) fn is_idle(&self) -> bool {
        self.jobs.busy().is_empty()
            && !self.clipboard.is_waiting()
            && !self.is_stale
            && self.round.is_none()
            && !self.order.is_looking()
            && self.arrivals.is_empty()
            && self.proving.is_done()
            && self.gathering.is_done()
    }

    pub(super) fn ground(&self) -> Ground {
        Ground {
            keys: self.model.session.keys.clone(),
            setting: self.model.session.setting.clone(),
            policy: self.model.session.policy.clone(),
            now: self.model.now,
            generation: self.generation,
        }
    }

    pub(super) fn start(
        &mut self,
        label: &str,
        can_cancel: bool,
        work: impl FnOnce(&Leave) -> News + Send + 'static,
    ) -> Option<u64> {
        let job = self.jobs.start(label, can_cancel, work);
        if job.is_none() {
            self.notify(Notice::fault(&format!(
                "{label}: expected a new thread, found that the system gives none\nClose something and try again."
            )));
        }
        self.model.busy = self.jobs.busy();
        job
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        if self.model.notices.last() == Some(&notice) {
            return;
        }
        if self.model.notices.len() >= MAX_NOTICES {
            let oldest = self.model.notices.remove(0);
            self.removed
                .retain(|removed| Some(removed.number) != oldest.undo);
        }
        self.model.notices.push(notice);
    }

    pub(super) fn next_removed(&mut self, what: What, until: Instant) -> u64 {
        self.removals = self.removals.wrapping_add(1);
        self.removed.push(Removed {
            number: self.removals,
            what,
            until,
        });
        self.removals
    }

    fn picked(&mut self, picked: Picked) {
        match picked.paths {
            Some(paths) => self.open_paths(paths, picked.wanted),
            None if picked.was_missing => {
                self.open_dialog(DialogKind::PathInstead(picked.wanted));
            }
            None => {}
        }
    }

    /// Opens a dialog that nobody asked for by a key or a click.
    pub(super) fn open_dialog(&mut self, kind: DialogKind) {
        self.dialog = Some(Dialog::new(kind, &self.model, None));
    }

    /// Closes the dialog that is open. The keyboard goes back to where it was.
    pub(super) fn close_dialog(&mut self) {
        self.gives_back = self.dialog.take().and_then(|dialog| dialog.back());
    }

    /// Drops what can no longer be brought back; gives the time until the next is due.
    fn forget_removed(&mut self) -> Option<Duration> {
        let now = Instant::now();
        let (kept, gone) = std::mem::take(&mut self.removed)
            .into_iter()
            .partition(|removed| removed.until > now);
        self.removed = kept;
        drop_forgotten(gone);
        let removed = &self.removed;
        self.model.notices.retain(|notice| {
            notice
                .undo
                .is_none_or(|number| removed.iter().any(|removed| removed.number == number))
        });
        let next = self.removed.iter().map(|removed| removed.until).min()?;
        Some(next.saturating_duration_since(now))
    }
}

/// Drops what was removed, whose memory is overwritten then.
pub(super) fn drop_forgotten(gone: Vec<Removed>) {
    if !gone.is_empty() {
        drop_elsewhere(gone);
    }
}

/// What is made of a hundred thousand tokens is not dropped between two frames. Where there is no thread to be had, it
/// is dropped here.
pub(super) fn drop_elsewhere(gone: impl Send + 'static) {
    let thread = std::thread::Builder::new().name("forgetting".to_owned());
    let _ = thread.spawn(move || drop(gone));
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;

    impl Clipboard for Nobody {
        fn read(&mut self) -> Result<Zeroizing<String>, ClipboardFault> {
            Err(ClipboardFault::NoText)
        }

        fn write(&mut self, _: &str) -> Result<(), ClipboardFault> {
            Ok(())
        }

        fn clear(&mut self) -> Result<(), ClipboardFault> {
            Ok(())
        }
    }

    impl FilePicker for Nobody {
        fn ask(&self, _: Wanted, _: &eframe::Frame) -> crate::window::dialogs::Answer {
            Box::new(|| None)
        }

        fn ask_where(&self, _: &str, _: &eframe::Frame) -> crate::window::dialogs::Answer {
            Box::new(|| None)
        }
    }

    #[test]
    fn verifying_one_token_does_not_stop_the_verifying_of_all() {
        let surroundings = Surroundings {
            now: Box::new(|| Timestamp::UNIX_EPOCH),
            clipboard: Box::new(Nobody),
            #[cfg(feature = "fetch")]
            fetch: crate::window::fetching::system(),
            picker: Box::new(Nobody),
            policies: None,
            store: None,
            themes: Box::new(|_| std::sync::mpsc::channel().1),
        };
        let mut desk = Desk::new(surroundings, &egui::Context::default());
        for token in ["eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJub25lIn0.W10."] {
            let found = crate::find::find(token.as_bytes(), "test");
            let mut adding = desk.model.session.adding();
            for found in found {
                adding.add(found);
            }
        }
        let tokens = &mut desk.model.session.tokens;
        assert_eq!(tokens.len(), 2);
        for inspection in tokens.iter_mut() {
            inspection.took = Duration::MAX;
        }
        let last = Arc::clone(&tokens[1].token);
        desk.keys_changed();
        desk.verify(vec![(last, None)]);
        let end = Instant::now() + Duration::from_secs(20);
        while !desk.jobs.busy().is_empty() && Instant::now() < end {
            desk.collect();
            std::thread::yield_now();
        }
        for inspection in &desk.model.session.tokens {
            assert_ne!(inspection.took, Duration::MAX, "verified again");
        }
    }
}
