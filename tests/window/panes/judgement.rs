//! Verdict, checks and findings.

use tokenloupe::jose::PartRole;

use super::{click, names, of, says, selects};
use crate::stage::Stage;

#[test]
fn the_verdict_is_a_sentence_with_what_stands_behind_it() {
    let window = pane!(Stage::id_token(), verdict, [760.0, 140.0]);
    for words in [
        "Reject: expired 3 days 1 hour ago",
        "The signature is genuine",
        "valid · your key idp-2026-09",
        "exp passed",
        "3 of 3 met",
        "1 high · ",
    ] {
        assert!(says(&window, words), "{words}: {:?}", names(&window));
    }
}

#[test]
fn decoded_never_looks_verified() {
    let stage = of(
        r#"{"alg":"RS256","kid":"nobody"}"#,
        r#"{"exp":99999999999}"#,
    );
    let window = pane!(stage, verdict, [760.0, 140.0]);
    assert!(says(&window, "Undetermined"), "{:?}", names(&window));
    assert!(says(&window, "not checked · no key"));
    assert!(
        !names(&window)
            .iter()
            .any(|name| name.starts_with("valid ·"))
    );
}

#[test]
fn a_check_says_how_it_went_and_selects_its_evidence() {
    let mut window = pane!(Stage::id_token(), checks, [372.0, 640.0]);
    assert!(
        says(&window, "Passed: Signature valid"),
        "{:?}",
        names(&window)
    );
    click(&mut window, "Failed: exp is in the past");
    assert!(selects(&window, PartRole::Payload, "\"exp\":1795035600"));
}

#[test]
fn findings_are_filtered_and_select_their_evidence() {
    let mut window = pane!(Stage::id_token(), findings, [372.0, 640.0]);
    assert!(says(&window, "High: Header names its own key URL (jku)"));
    assert!(says(&window, "Info: Expired"));
    assert!(!says(&window, "What to do:"));
    click(&mut window, "High: Header names its own key URL");
    assert!(selects(
        &window,
        PartRole::ProtectedHeader,
        "\"jku\":\"https://keys.example.net/jwks\""
    ));
    assert!(says(&window, "What to do:"));
    click(&mut window, "Show findings");
    click(&mut window, "High and worse");
    assert!(!says(&window, "Info: Expired"));
    assert!(says(&window, "High: Header names"));
    click(&mut window, "Show findings");
    click(&mut window, "Critical only");
    assert!(
        says(&window, "findings are less severe than what is shown"),
        "{:?}",
        names(&window)
    );
}
