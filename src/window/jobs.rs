//! Slow work: each job has a thread of its own with a name, sends its news through a bounded channel, can be
//! cancelled, and where it panics the panic becomes a message.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::model::Busy;
use crate::verify::Watch;

/// News that wait to be collected; a job that is ahead of the window waits for it.
const MAX_NEWS: usize = 64;

/// The running jobs, all of which end in a `T`.
#[derive(Debug)]
pub(super) struct Jobs<T> {
    running: Vec<Running>,
    started: u64,
    sender: SyncSender<News<T>>,
    receiver: Receiver<News<T>>,
    waker: egui::Context,
}

#[derive(Debug)]
struct Running {
    job: u64,
    label: String,
    can_cancel: bool,
    leave: Leave,
}

struct News<T> {
    job: u64,
    /// `None` when the job stopped by itself without a result.
    result: Option<T>,
}

/// How a job ended.
#[derive(Debug)]
pub(super) enum Ended<T> {
    /// With a result.
    Done(T),
    /// By a panic, or no thread could be had. The text says what was being done.
    Failed(String),
}

/// Steps of [`Leave::done`] from nothing to everything.
const STEPS: u32 = 1_000;

/// What a job is given: whether to go on, and a place to say how far it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Leave {
    /// With the cancel that everything of the job looks at, and how far the derivation of one key is.
    watch: Watch,
    stop: Arc<AtomicBool>,
    /// Of [`STEPS`], plus 1; 0 while nothing is known.
    done: Arc<AtomicU32>,
    keeps: Arc<AtomicBool>,
}

impl Leave {
    /// Whether somebody asked the job to stop.
    pub(super) fn is_cancelled(&self) -> bool {
        self.watch.cancel.load(Ordering::Relaxed)
    }

    /// Whether nobody waits for the job any more, rather than a user who calls off what takes long.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// What deriving keys from passwords is watched with.
    pub(super) fn watch(&self) -> Watch {
        self.watch.clone()
    }

    /// Says that what the job ends in counts even when it is cancelled.
    pub(super) fn keep(&self) {
        self.keeps.store(true, Ordering::Relaxed);
    }

    /// Says how much is done.
    pub(super) fn done(&self, part: u64, whole: u64) {
        let steps = u128::from(part.min(whole)) * u128::from(STEPS) / u128::from(whole.max(1));
        let steps = u32::try_from(steps).unwrap_or(STEPS);
        self.done.store(steps.saturating_add(1), Ordering::Relaxed);
    }

    /// How much is done, 0 to 1, where the job said it.
    fn progress(&self) -> Option<f32> {
        let (done, of) = self.watch.progress();
        if done < of {
            return Some(done as f32 / of as f32);
        }
        let steps = self.done.load(Ordering::Relaxed).checked_sub(1)?;
        Some(steps as f32 / STEPS as f32)
    }
}

impl<T: Send + 'static> Jobs<T> {
    /// No jobs. `waker` is told of news.
    pub(super) fn new(waker: egui::Context) -> Self {
        let (sender, receiver) = sync_channel(MAX_NEWS);
        Self {
            running: Vec::new(),
            started: 0,
            sender,
            receiver,
            waker,
        }
    }

    /// Runs `work` on a thread of its own. `None` where the system gives no thread.
    pub(super) fn start(
        &mut self,
        label: impl Into<String>,
        can_cancel: bool,
        work: impl FnOnce(&Leave) -> T + Send + 'static,
    ) -> Option<u64> {
        self.started = self.started.wrapping_add(1);
        let job = self.started;
        let leave = Leave::default();
        let given = leave.clone();
        let sender = self.sender.clone();
        let waker = self.waker.clone();
        let started = thread::Builder::new()
            .name(format!("job {job}"))
            .spawn(move || {
                let result = catch_unwind(AssertUnwindSafe(|| work(&given))).ok();
                // Nobody listens any more when the window has closed.
                if sender.send(News { job, result }).is_ok() {
                    waker.request_repaint();
                }
            });
        if started.is_err() {
            return None;
        }
        self.running.push(Running {
            job,
            label: label.into(),
            can_cancel,
            leave,
        });
        Some(job)
    }

    /// What ended since the last call. What was cancelled is left out, unless it [keeps](Leave::keep) what it has.
    pub(super) fn collect(&mut self) -> Vec<Ended<T>> {
        let mut ended = Vec::new();
        while let Ok(news) = self.receiver.try_recv() {
            let Some(at) = self
                .running
                .iter()
                .position(|running| running.job == news.job)
            else {
                continue;
            };
            let running = self.running.remove(at);
            if running.leave.is_cancelled() && !running.leave.keeps.load(Ordering::Relaxed) {
                continue;
            }
            ended.push(match news.result {
                Some(result) => Ended::Done(result),
                None => Ended::Failed(running.label),
            });
        }
        ended
    }

    /// Asks a job to stop. It is no longer listed, and its result is dropped whenever it comes; one that
    /// [keeps](Leave::keep) what it has is listed until it stops.
    pub(super) fn cancel(&mut self, job: u64) {
        let may = |running: &&mut Running| running.job == job && running.can_cancel;
        let Some(running) = self.running.iter_mut().find(may) else {
            return;
        };
        if running.leave.keeps.load(Ordering::Relaxed) {
            running.can_cancel = false;
            running.leave.watch.cancel.store(true, Ordering::Relaxed);
        } else {
            self.stop(job);
        }
    }

    /// Asks a job to stop, whether or not the user may, and drops its result.
    pub(super) fn stop(&mut self, job: u64) {
        self.running.retain(|running| {
            let is_it = running.job == job;
            if is_it {
                running.leave.stop.store(true, Ordering::Relaxed);
                running.leave.watch.cancel.store(true, Ordering::Relaxed);
            }
            !is_it
        });
    }

    /// What is running, oldest first.
    pub(super) fn busy(&self) -> Vec<Busy> {
        self.running
            .iter()
            .map(|running| Busy {
                job: running.job,
                label: running.label.clone(),
                can_cancel: running.can_cancel,
                progress: running.leave.progress(),
            })
            .collect()
    }
}

impl<T> Drop for Jobs<T> {
    fn drop(&mut self) {
        for running in &self.running {
            running.leave.stop.store(true, Ordering::Relaxed);
            running.leave.watch.cancel.store(true, Ordering::Relaxed);
        }
    }
}

impl<T> std::fmt::Debug for News<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("News")
            .field("job", &self.job)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn wait<T: Send + 'static>(jobs: &mut Jobs<T>) -> Vec<Ended<T>> {
        let start = Instant::now();
        loop {
            let ended = jobs.collect();
            if !ended.is_empty() || start.elapsed() > Duration::from_secs(10) {
                return ended;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_result_arrives_once_and_the_job_is_gone() {
        let mut jobs = Jobs::new(egui::Context::default());
        jobs.start("Counting", false, |_| 7_u8);
        assert_eq!(jobs.busy().len(), 1);
        assert!(matches!(wait(&mut jobs)[..], [Ended::Done(7)]));
        assert!(jobs.busy().is_empty() && jobs.collect().is_empty());
    }

    #[test]
    fn how_far_a_job_is_can_be_seen_once_it_says_so() {
        let leave = Leave::default();
        assert_eq!(leave.progress(), None);
        leave.done(1, 4);
        assert_eq!(leave.progress(), Some(0.25));
        leave.done(9, 4);
        assert_eq!(leave.progress(), Some(1.0));
        leave.done(0, 0);
        assert_eq!(leave.progress(), Some(0.0));
    }

    #[test]
    fn a_panic_becomes_a_message() {
        let mut jobs = Jobs::<u8>::new(egui::Context::default());
        jobs.start("Reading x.pem", false, |_| panic!("on purpose"));
        let ended = wait(&mut jobs);
        let [Ended::Failed(label)] = &ended[..] else {
            panic!("{ended:?}");
        };
        assert_eq!(label, "Reading x.pem");
    }

    #[test]
    fn what_keeps_its_result_is_listed_until_it_stops() {
        let (told, hear) = std::sync::mpsc::channel();
        let mut jobs = Jobs::new(egui::Context::default());
        let job = jobs
            .start("Reading", true, move |leave| {
                leave.keep();
                told.send(()).unwrap();
                while !leave.is_cancelled() {
                    thread::sleep(Duration::from_millis(1));
                }
                7_u8
            })
            .unwrap();
        hear.recv_timeout(Duration::from_secs(10)).unwrap();
        jobs.cancel(job);
        assert!(jobs.busy().iter().all(|busy| !busy.can_cancel));
        assert!(matches!(wait(&mut jobs)[..], [Ended::Done(7)]));
        assert!(jobs.busy().is_empty());
    }

    #[test]
    fn what_is_cancelled_stops_and_yields_nothing() {
        let (told, hear) = std::sync::mpsc::channel();
        let mut jobs = Jobs::new(egui::Context::default());
        let job = jobs
            .start("Waiting", true, move |leave| {
                while !leave.is_cancelled() {
                    thread::sleep(Duration::from_millis(1));
                }
                told.send(()).unwrap();
            })
            .unwrap();
        jobs.cancel(job);
        assert!(jobs.busy().is_empty());
        hear.recv_timeout(Duration::from_secs(10))
            .expect("the thread noticed");
        thread::sleep(Duration::from_millis(20));
        assert!(jobs.collect().is_empty());
    }
}
