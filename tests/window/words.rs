//! Word lists that the secrets of MACs are looked for in.

use tokenloupe::judge::{Reason, VerdictOutcome};
use tokenloupe::verify::KnownSecret;
use tokenloupe::window::actions::Action;

use crate::actions::By;
use crate::desk::Desk;

/// Two tokens that Python's `hmac` signed with `hunter2-hunter2`.
const FIRST: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.1d5fLdmGL7EqBQ-n_CDxik6bXNOPUPzoTbFPogCSJkA";
const SECOND: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjIn0.W6IUyHlcHB29snAWvAOpQDu56kAAYH3W3icHxZPUwwk";

fn list(desk: &mut Desk, words: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.txt");
    std::fs::write(&path, words).unwrap();
    desk.picker.put(&[path]);
    desk.act(Action::TryWords, By::Palette);
    folder
}

fn reasons(desk: &Desk, at: usize) -> Vec<Reason> {
    desk.state().judgements[at].verdict.reasons.clone()
}

#[test]
fn a_list_is_tried_for_the_tokens_that_are_there_and_for_those_that_come() {
    let mut desk = Desk::new();
    desk.paste(FIRST);
    let _folder = list(&mut desk, b"one\nhunter2-hunter2\n");
    assert!(desk.has("The secret of 1 token stands in a word list: line 2 of words.txt."));
    assert_eq!(reasons(&desk, 0), [Reason::PubliclyKnownKey]);
    assert!(desk.has("Signature: valid, under a public secret"));
    desk.paste(SECOND);
    assert_eq!(reasons(&desk, 1), [Reason::PubliclyKnownKey]);
    let used = desk.state().session.tokens[1].proof.used_key().unwrap();
    assert_eq!(used.known, Some(KnownSecret::Listed));
    // What was removed is found out again when it comes back, and is nowhere meanwhile.
    desk.act(Action::RemoveAll, By::Palette);
    assert!(desk.state().session.setting.listed.is_empty());
    desk.act(Action::Undo, By::Keys);
    assert_eq!(reasons(&desk, 0), [Reason::PubliclyKnownKey]);
}

#[test]
fn that_nothing_was_found_is_said_with_what_was_tried() {
    let mut desk = Desk::new();
    desk.paste(FIRST);
    let before = desk.state().judgements[0].verdict.outcome;
    let _folder = list(&mut desk, b"one\ntwo\n\nthree");
    assert!(desk.has("words.txt: none of its 4 words is the secret of 1 MAC."));
    assert_eq!(desk.state().judgements[0].verdict.outcome, before);
    assert_eq!(before, VerdictOutcome::Undetermined);
}

#[test]
fn a_list_that_cannot_be_read_is_a_fault_in_two_lines() {
    let mut desk = Desk::new();
    desk.paste(FIRST);
    let folder = tempfile::tempdir().unwrap();
    desk.picker.put(&[folder.path().join("missing.txt")]);
    desk.act(Action::TryWords, By::Palette);
    let faults = &desk.state().notices;
    assert!(faults[0].is_error && faults[0].what.starts_with("missing.txt: "));
    assert!(
        faults[0]
            .advice
            .starts_with("Check that it is a list of words")
    );
}
