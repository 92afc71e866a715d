//! Work on several threads, taken up and handed over in one order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::thread;

use super::failure::Failure;

/// What is found waits for the workers, and what they did for its turn: so many for each of them. Tokens may be large.
const WAITING: usize = 2;

/// Takes one more; false when nobody waits for it any longer.
pub(super) type Give<'g, T> = &'g mut dyn FnMut(T) -> bool;

/// Runs `work` on everything that `source` gives, on so many threads, and hands the results to `sink` in the order in which it was
/// given. Neither side runs far ahead of the other. Ends early when `sink` fails.
pub(super) fn in_order<T: Send, U: Send>(
    jobs: NonZeroUsize,
    source: impl FnOnce(Give<'_, T>) -> Result<(), Failure> + Send,
    work: impl Fn(T) -> U + Sync,
    mut sink: impl FnMut(U) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let jobs = jobs.get();
    let waiting = jobs.saturating_mul(WAITING);
    let (to_do, next) = sync_channel::<(u64, T)>(waiting);
    let (done, results) = channel::<(u64, thread::Result<U>)>();
    // One for each that is given and not yet handed over. Only so many fit.
    let (under_way, over) = sync_channel::<()>(waiting);
    let next = Mutex::new(next);
    thread::scope(|scope| {
        let start = |name: &str| thread::Builder::new().name(name.to_owned());
        let finder = start("find").spawn_scoped(scope, move || {
            let mut number = 0_u64;
            source(&mut |item| {
                let is_taken = under_way.send(()).is_ok() && to_do.send((number, item)).is_ok();
                number = number.wrapping_add(1);
                is_taken
            })
        });
        let finder = finder.map_err(Failure::Threads)?;
        let worker = |done: Sender<_>| {
            loop {
                // A lock that somebody panicked with still holds a receiver.
                let taken = match next.lock() {
                    Ok(next) => next.recv(),
                    Err(poisoned) => poisoned.into_inner().recv(),
                };
                let Ok((number, item)) = taken else {
                    return;
                };
                let result = catch_unwind(AssertUnwindSafe(|| work(item)));
                // Nobody waits any longer when the output failed.
                let _ = done.send((number, result));
            }
        };
        let mut workers = 0_usize;
        for _ in 0..jobs {
            let done = done.clone();
            match start("inspect").spawn_scoped(scope, move || worker(done)) {
                Ok(_) => workers = workers.saturating_add(1),
                Err(_) if workers > 0 => break,
                Err(error) => return Err(Failure::Threads(error)),
            }
        }
        drop(done);
        let (results, over) = (results, over);
        let mut early = BTreeMap::new();
        let mut turn = 0_u64;
        for (number, result) in &results {
            early.insert(number, result.unwrap_or_else(|panic| resume_unwind(panic)));
            while let Some(result) = early.remove(&turn) {
                turn = turn.wrapping_add(1);
                sink(result)?;
                // It was sent before the item was.
                let _ = over.try_recv();
            }
        }
        finder.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threads(jobs: usize) -> NonZeroUsize {
        NonZeroUsize::new(jobs).unwrap()
    }

    #[test]
    fn results_come_in_the_order_of_what_was_given() {
        for jobs in [1, 2, 5] {
            let mut results = Vec::new();
            in_order(
                threads(jobs),
                |give| {
                    for number in 0_u64..300 {
                        assert!(give(number));
                    }
                    Ok(())
                },
                |number| {
                    if number % 7 == 0 {
                        thread::sleep(std::time::Duration::from_millis(1));
                    }
                    number * 2
                },
                |number| {
                    results.push(number);
                    Ok(())
                },
            )
            .unwrap();
            assert_eq!(
                results,
                (0..300).map(|number| number * 2).collect::<Vec<u64>>()
            );
        }
    }

    #[test]
    fn an_output_that_fails_stops_an_endless_source() {
        let mut taken = 0;
        let ended = in_order(
            threads(2),
            |give| {
                while give(()) {}
                Ok(())
            },
            |()| (),
            |()| {
                taken += 1;
                let closed = std::io::ErrorKind::BrokenPipe.into();
                if taken < 5 {
                    Ok(())
                } else {
                    Err(Failure::Output(closed))
                }
            },
        );
        assert!(ended.is_err_and(|failure| failure.is_broken_pipe()));
        assert_eq!(taken, 5);
    }

    #[test]
    fn a_panic_of_a_worker_ends_everything() {
        let ended = catch_unwind(|| {
            in_order(
                threads(2),
                |give| {
                    while give(()) {}
                    Ok(())
                },
                |()| panic!("on purpose"),
                |()| Ok(()),
            )
        });
        assert!(ended.is_err());
    }

    #[test]
    fn a_source_that_fails_is_told_after_what_it_gave() {
        let mut taken = 0;
        let ended = in_order(
            threads(3),
            |give| {
                give(1);
                Err(Failure::ProfileUnknown {
                    name: String::new(),
                })
            },
            |number| number,
            |number| {
                taken += number;
                Ok(())
            },
        );
        assert!(ended.is_err());
        assert_eq!(taken, 1);
    }
}
