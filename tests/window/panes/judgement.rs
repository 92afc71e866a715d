//! Verdict, checks and findings.

use egui::{Event, Key};
use egui_kittest::kittest::Queryable as _;
use tokenloupe::jose::PartRole;
use tokenloupe::judge::Policy;
use tokenloupe::keys::{KeyRing, load};
use tokenloupe::window::commands::Command;
use tokenloupe::window::copies::CopyOf;
use tokenloupe::window::panes::focus::Place;

use super::{Window, click, focused, last, names, of, right_click, says, selects};
use crate::stage::{Stage, issuer_keys, sample};

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run();
}

#[test]
fn each_chip_leads_to_what_stands_behind_it() {
    let mut window = pane!(Stage::id_token(), verdict, [760.0, 140.0]);
    for (chip, place) in [
        ("Signature: ", Place::Check("signature")),
        ("Time: ", Place::Timeline),
        ("Policy: ", Place::Check("policy")),
        ("Findings: ", Place::Findings),
    ] {
        click(&mut window, chip);
        assert_eq!(last(&window), Some(&Command::Focus(place)), "{chip}");
    }
    press(&mut window, Key::Tab);
    press(&mut window, Key::Tab);
    assert_eq!(focused(&window).as_deref(), Some("Time: exp passed"));
    press(&mut window, Key::Enter);
    assert_eq!(last(&window), Some(&Command::Focus(Place::Timeline)));
}

#[test]
fn a_chip_that_is_cut_shows_the_whole_under_the_pointer() {
    let kid = "k".repeat(200);
    let header = format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#);
    let mut keys = sample("issuer.jwks.json");
    keys = keys.replace("idp-2026-09", &kid);
    let keys = KeyRing::new(load("jwks.json", keys.as_bytes()).unwrap());
    let stage = Stage::new(
        &super::super::stage::token(&header, "{}"),
        keys,
        Policy::default(),
    );
    let mut window = pane!(stage, verdict, [760.0, 300.0]);
    let name = format!("Signature: wrong, not by key {kid}");
    let count = |window: &Window| names(window).iter().filter(|found| **found == name).count();
    assert_eq!(count(&window), 1);
    window.get_by_label(&name).hover();
    window.run();
    // The tooltip waits until the pointer rests.
    for _ in 0..60 {
        window.step();
    }
    assert_eq!(count(&window), 2, "{:?}", names(&window));
}

#[test]
fn what_the_policy_refuses_is_where_its_chip_leads() {
    let mut stage = Stage::id_token();
    stage.model.session.policy.audiences = vec!["another".to_owned()];
    stage.judge();
    let mut window = pane!(stage, verdict, [760.0, 140.0]);
    click(&mut window, "Policy: 2 of 3 met");
    assert_eq!(last(&window), Some(&Command::Focus(Place::Check("aud"))));
}

#[test]
fn the_verdict_is_copied_from_its_menu_and_by_the_keyboard() {
    let mut window = pane!(Stage::id_token(), verdict, [760.0, 240.0]);
    window.get_by_label_contains("Signature: ").focus();
    window.run();
    window.event(Event::Copy);
    window.run();
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Verdict)));
    window.state_mut().commands.clear();
    right_click(&mut window, "Reject: expired");
    click(&mut window, "Copy the verdict");
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Verdict)));
}

#[test]
fn a_held_clock_is_not_taken_for_the_real_one() {
    let mut stage = Stage::id_token();
    let window = pane!(std::mem::take(&mut stage), verdict, [760.0, 180.0]);
    assert!(!says(&window, "not now"), "{:?}", names(&window));
    let mut stage = Stage::id_token();
    stage.freeze("2026-11-18T20:30:00Z");
    let window = pane!(stage, verdict, [760.0, 180.0]);
    assert!(says(
        &window,
        "a correct verifier would take this token at that instant."
    ));
    assert!(
        says(
            &window,
            "As of 2026-11-18 20:30:00 UTC, not now: 3 d 2 h behind the real time."
        ),
        "{:?}",
        names(&window)
    );
}

#[test]
fn the_verdict_is_a_sentence_with_what_stands_behind_it() {
    let window = pane!(Stage::id_token(), verdict, [760.0, 140.0]);
    for words in [
        "Reject: expired 3 days 1 hour ago",
        "The signature is genuine",
        "Signature: valid, your key idp-2026-09",
        "Time: exp passed",
        "Policy: 3 of 3 met",
        "Findings: 1 high, ",
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
    assert!(says(&window, "Signature: not checked, no key"));
    assert!(!says(&window, "Signature: valid"));
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
fn the_checks_are_one_stop_of_the_tab_key() {
    let mut window = pane!(Stage::id_token(), checks, [372.0, 640.0]);
    press(&mut window, Key::Tab);
    let first = focused(&window).expect("the first check");
    assert!(first.starts_with("Passed: Compact JWS"), "{first}");
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::ArrowDown);
    let third = focused(&window).expect("the third check");
    assert!(third.starts_with("Passed: Header names"), "{third}");
    press(&mut window, Key::Enter);
    assert!(selects(
        &window,
        PartRole::ProtectedHeader,
        "\"alg\":\"RS256\""
    ));
    window.event(Event::Copy);
    window.run();
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Check(2))));
    press(&mut window, Key::End);
    press(&mut window, Key::ArrowDown);
    let end = focused(&window).expect("the last check");
    press(&mut window, Key::Home);
    press(&mut window, Key::ArrowUp);
    assert_eq!(focused(&window).as_ref(), Some(&first));
    assert_ne!(first, end);
    press(&mut window, Key::Tab);
    assert_eq!(
        focused(&window).as_ref(),
        Some(&first),
        "there is no second stop"
    );
}

#[test]
fn a_check_is_copied_from_its_menu() {
    let mut window = pane!(Stage::id_token(), checks, [372.0, 640.0]);
    right_click(&mut window, "Passed: Well formed");
    click(&mut window, "Copy this check");
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Check(1))));
}

#[test]
fn checks_findings_verdict_and_timeline_have_their_menus_by_keyboard() {
    let menu = |window: &mut Window, with_shift: bool| {
        if with_shift {
            window.key_press_modifiers(egui::Modifiers::SHIFT, Key::F10);
        } else {
            window.key_press(Key::Menu);
        }
        window.run();
    };
    for with_shift in [true, false] {
        let mut window = pane!(Stage::id_token(), checks, [372.0, 640.0]);
        press(&mut window, Key::Tab);
        press(&mut window, Key::ArrowDown);
        let row = focused(&window);
        menu(&mut window, with_shift);
        assert_eq!(focused(&window).as_deref(), Some("Copy this check"));
        press(&mut window, Key::Escape);
        assert_eq!(focused(&window), row, "back at its row");
        menu(&mut window, with_shift);
        press(&mut window, Key::Enter);
        assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Check(1))));

        let mut window = pane!(Stage::id_token(), findings, [372.0, 640.0]);
        window.get_by_label_contains("High: ").focus();
        window.run();
        menu(&mut window, with_shift);
        assert_eq!(focused(&window).as_deref(), Some("Copy this finding"));
        press(&mut window, Key::Enter);
        assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Finding(0))));

        let mut window = pane!(Stage::id_token(), verdict, [760.0, 240.0]);
        window.get_by_label_contains("Time: ").focus();
        window.run();
        menu(&mut window, with_shift);
        assert_eq!(focused(&window).as_deref(), Some("Copy the verdict"));
        press(&mut window, Key::Escape);
        assert_eq!(focused(&window).as_deref(), Some("Time: exp passed"));

        let mut window = pane!(Stage::id_token(), timeline, [760.0, 138.0]);
        window.get_by_label("Clock on the timeline").focus();
        window.run();
        menu(&mut window, with_shift);
        assert_eq!(focused(&window).as_deref(), Some("Set clock\u{2026}"));
        press(&mut window, Key::Escape);
        let axis = focused(&window);
        assert_eq!(axis.as_deref(), Some("Clock on the timeline"));
    }
}

#[test]
fn what_explains_a_signature_stands_under_its_check() {
    let token = super::super::stage::token(
        r#"{"alg":"RS256","kid":"no\u202Ebody"}"#,
        r#"{"exp":99999999999}"#,
    );
    let stage = Stage::new(&token, issuer_keys(), Policy::default());
    let mut window = pane!(stage, checks, [372.0, 640.0]);
    let name = names(&window)
        .into_iter()
        .find(|name| name.contains("Signature "))
        .expect("a check of the signature");
    assert!(
        name.contains("None of the loaded keys has the id"),
        "{name}"
    );
    // What to do about it is shown when it is asked for, and is in what is copied.
    let in_details = ["Make sure that the published key set", "Signing input: "];
    for words in in_details {
        assert!(!says(&window, words), "{words}");
    }
    click(&mut window, "For the developer");
    for words in in_details {
        assert!(says(&window, words), "{words} {:?}", names(&window));
    }
    assert!(!name.contains('\u{202E}'), "{name}");
}

#[test]
fn the_findings_are_one_stop_and_are_counted_and_copied() {
    let mut window = pane!(Stage::id_token(), findings, [372.0, 640.0]);
    click(&mut window, "Show findings");
    click(&mut window, "High and worse");
    assert!(says(&window, "1 of 4"), "{:?}", names(&window));
    click(&mut window, "Show findings");
    click(&mut window, "All severities");
    assert!(!says(&window, "1 of 4"));
    click(&mut window, "High: Header names");
    for _ in 0..3 {
        press(&mut window, Key::ArrowDown);
    }
    let fourth = focused(&window).expect("the fourth finding");
    assert!(fourth.starts_with("Info: Expired"), "{fourth}");
    window.event(Event::Copy);
    window.run();
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Finding(3))));
    press(&mut window, Key::Enter);
    assert!(selects(&window, PartRole::Payload, "\"exp\":1795035600"));
    right_click(&mut window, "High: Header names");
    click(&mut window, "Copy this finding");
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Finding(0))));
}

#[test]
fn several_pieces_of_evidence_are_walked_through() {
    let payload = r#"{"iss":"a","sub":"b","sub":"c","sub":"d"}"#;
    let mut window = pane!(of(r#"{"alg":"none"}"#, payload), findings, [372.0, 900.0]);
    let name = names(&window)
        .into_iter()
        .find(|name| name.contains("\u{201C}sub\u{201D}"))
        .expect("a finding about sub");
    click(&mut window, &name);
    assert!(says(&window, "Evidence 1 of 3, in the payload"));
    assert!(selects(&window, PartRole::Payload, "\"sub\":\"b\""));
    click(&mut window, "Next evidence");
    assert!(selects(&window, PartRole::Payload, "\"sub\":\"c\""));
    click(&mut window, &name);
    assert!(
        selects(&window, PartRole::Payload, "\"sub\":\"d\""),
        "the card goes on too"
    );
    click(&mut window, "Next evidence");
    assert!(selects(&window, PartRole::Payload, "\"sub\":\"b\""));
    click(&mut window, "Previous evidence");
    assert!(says(&window, "Evidence 3 of 3"));
    click(&mut window, &name);
    assert_eq!(
        last(&window),
        Some(&Command::Select(None)),
        "after the last it closes"
    );
    assert!(!says(&window, "Evidence "));
}

#[test]
fn rules_that_could_not_run_are_listed_when_asked_for() {
    let alone = |name: &str| Stage::new(&sample(name), KeyRing::default(), Policy::default());
    let stage = alone("expired.jwt");
    let count = stage.model.judgements[0].not_run.len();
    let rule = stage.model.judgements[0].not_run[0];
    assert!(count > 4, "{count}");
    let mut window = pane!(stage, findings, [372.0, 640.0]);
    assert!(!says(&window, rule));
    click(&mut window, &format!("{count} rules not run"));
    assert!(says(&window, rule), "{:?}", names(&window));
    // Few are shown at once.
    let mut stage = alone("no-key.jwt");
    stage.model.judgements[0].not_run.truncate(4);
    let few = stage.model.judgements[0].not_run.clone();
    assert_eq!(few.len(), 4);
    let window = pane!(stage, findings, [372.0, 640.0]);
    assert!(says(&window, few[0]));
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
