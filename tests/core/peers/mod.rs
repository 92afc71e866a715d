//! What other tools show wrongly, by their own sources and trackers of November 2026, and what is shown here instead. Nothing of
//! theirs is run or copied: each test makes its own token.
//!
//! What the best of them do well is no list of tokens and has no tests.
//!
//! The names of the tests count as the three lists do: `w` for faults in the sources, `m` for what is asked and complained about
//! most, `n` for what none of them has. What is about the window stands in `tests/window/peers.rs`.

mod defects;
mod forms;
mod unmatched;
mod wanted;
