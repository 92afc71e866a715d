//! The clock and the times of a token.

use egui::accesskit::Role;
use egui::{Key, Modifiers, PointerButton, pos2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::window::commands::Command;
use tokenloupe::window::copies::CopyOf;
use tokenloupe::window::model::{Clock, Zone};

use super::{Window, click, last, names, of, paints, says};
use crate::stage::Stage;

#[test]
fn the_timeline_says_everything_in_words() {
    let window = pane!(Stage::id_token(), timeline, [776.0, 138.0]);
    let slider = window.get_by_role_and_label(Role::Slider, "Clock on the timeline");
    assert_eq!(
        slider.accesskit_node().value().unwrap(),
        "The clock is live, now 2026-11-21 22:40:13 UTC: expired"
    );
    for part in [
        "Issued (iat) 2026-11-18 20:00:00 UTC, 3 d 2 h ago",
        "Expires (exp) 2026-11-18 21:00:00 UTC, 3 d 1 h ago",
        "User signed in (auth_time) 2026-11-18 19:59:47 UTC",
        "Valid from 2026-11-18 20:00:00 UTC until 2026-11-18 21:00:00 UTC, lifetime 1 h",
        "Leeway 1 min. expired 3 d 1 h ago",
    ] {
        assert!(says(&window, part), "{part}: {:?}", names(&window));
    }
    assert!(says(&window, "lived 1 h · drag the clock to ask"));
}

#[test]
fn the_keyboard_freezes_and_moves_the_clock() {
    let mut window = pane!(Stage::id_token(), timeline, [776.0, 138.0]);
    window
        .get_by_role_and_label(Role::Slider, "Clock on the timeline")
        .focus();
    window.run();
    let press = |window: &mut Window, modifiers, key| {
        window.key_press_modifiers(modifiers, key);
        window.run();
        match window.state().model.clock {
            Clock::Frozen(at) => at.to_string(),
            Clock::Live => "live".to_owned(),
        }
    };
    assert_eq!(
        press(&mut window, Modifiers::NONE, Key::ArrowLeft),
        "2026-11-21T22:40:12Z"
    );
    assert_eq!(
        press(&mut window, Modifiers::SHIFT, Key::ArrowLeft),
        "2026-11-21T22:39:12Z"
    );
    assert_eq!(
        press(&mut window, Modifiers::COMMAND, Key::ArrowRight),
        "2026-11-21T23:39:12Z"
    );
    assert_eq!(
        press(&mut window, Modifiers::NONE, Key::End),
        "2026-11-18T21:00:00Z"
    );
    assert_eq!(
        press(&mut window, Modifiers::NONE, Key::Home),
        "2026-11-18T20:00:00Z"
    );
    assert!(says(&window, "Frozen at 2026-11-18 20:00:00 UTC, not now"));
    click(&mut window, "Live: judge as of now again");
    assert_eq!(window.state().model.clock, Clock::Live);
    window
        .get_by_role_and_label(Role::Slider, "Clock on the timeline")
        .focus();
    window.run();
    assert_eq!(
        press(&mut window, Modifiers::NONE, Key::PageDown),
        "2026-11-20T22:40:13Z"
    );
    assert_eq!(
        press(&mut window, Modifiers::NONE, Key::PageUp),
        "2026-11-21T22:40:13Z"
    );
    assert_eq!(press(&mut window, Modifiers::NONE, Key::Escape), "live");
}

#[test]
fn a_clock_can_be_typed_at_the_timeline() {
    let mut window = pane!(Stage::id_token(), timeline, [776.0, 400.0]);
    window
        .get_by_role_and_label(Role::Slider, "Clock on the timeline")
        .focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    let enter = |window: &mut Window, text: &str| {
        let field = window.get_by_role_and_label(Role::TextInput, "Freeze at");
        assert!(field.accesskit_node().is_focused(), "ready to type");
        window.event(egui::Event::Text(text.to_owned()));
        window.run();
        window.key_press(Key::Enter);
        window.run();
    };
    enter(&mut window, "soon");
    assert!(says(&window, "Expected a time such as"));
    assert_eq!(window.state().model.clock, Clock::Live);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run();
    enter(&mut window, "2026-11-18T20:30:00Z");
    let at = "2026-11-18T20:30:00Z".parse().unwrap();
    assert_eq!(window.state().model.clock, Clock::Frozen(at));
    assert!(!says(&window, "Freeze at"), "the field is gone");
    click(&mut window, "Set clock\u{2026}");
    assert!(says(&window, "Freeze at"));
    window.key_press(Key::Escape);
    window.run();
    assert!(!says(&window, "Freeze at"));
}

#[test]
fn the_times_are_copied() {
    let mut window = pane!(Stage::id_token(), timeline, [776.0, 400.0]);
    click(&mut window, "Copy the times in words");
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Times)));
    window.state_mut().commands.clear();
    let slider = window.get_by_role_and_label(Role::Slider, "Clock on the timeline");
    slider.focus();
    window.run();
    window.event(egui::Event::Copy);
    window.run();
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Times)));
}

#[test]
fn a_narrow_timeline_keeps_everything_in_a_menu() {
    let mut window = pane!(Stage::id_token(), timeline, [480.0, 500.0]);
    for (line, command) in [
        ("Copy the times in words", Command::Copy(CopyOf::Times)),
        ("10 min", Command::SetLeeway(600)),
    ] {
        click(&mut window, "More of the timeline");
        click(&mut window, line);
        assert_eq!(last(&window), Some(&command));
    }
    click(&mut window, "More of the timeline");
    click(&mut window, "Set clock\u{2026}");
    assert!(says(&window, "Freeze at"));
}

#[test]
fn the_instant_under_the_pointer_and_what_is_cut_are_painted() {
    let mut window = pane!(Stage::id_token(), timeline, [776.0, 138.0]);
    let rect = window
        .get_by_role_and_label(Role::Slider, "Clock on the timeline")
        .rect();
    assert!(paints(
        &window,
        "\u{B7}\u{B7}\u{B7} 3 days 1 hour \u{B7}\u{B7}\u{B7}"
    ));
    assert!(paints(&window, "valid 1 h") && paints(&window, "expired"));
    assert!(!paints(&window, "\u{B7} valid"));
    window.hover_at(pos2(rect.left() + rect.width() * 0.3, rect.center().y));
    window.run();
    assert!(paints(&window, ", 20:") && paints(&window, "\u{B7} valid"));
}

#[test]
fn a_token_without_nbf_is_valid_since_it_was_issued_and_words_do_not_lie() {
    let window = pane!(
        of(
            r#"{"alg":"none"}"#,
            r#"{"iat":1795032000,"exp":1795035600}"#
        ),
        timeline,
        [776.0, 138.0]
    );
    assert!(paints(&window, "valid 1 h"));
    // Valid for half an hour of the hour between issue and expiry.
    let window = pane!(
        of(
            r#"{"alg":"none"}"#,
            r#"{"iat":1795032000,"nbf":1795033800,"exp":1795035600}"#
        ),
        timeline,
        [776.0, 138.0]
    );
    assert!(paints(&window, "valid 30 min") && !paints(&window, "valid 1 h"));
}

fn double_click(window: &mut Window, pos: egui::Pos2) {
    for pressed in [true, false, true, false] {
        window.event(egui::Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.step();
    }
}

#[test]
fn dragging_asks_was_it_valid_then_and_a_double_click_returns() {
    let mut window = pane!(Stage::id_token(), timeline, [776.0, 138.0]);
    let rect = window
        .get_by_role_and_label(Role::Slider, "Clock on the timeline")
        .rect();
    let at = |share: f32| pos2(rect.left() + rect.width() * share, rect.center().y);
    window.hover_at(at(0.9));
    window.run();
    window.drag_at(at(0.9));
    window.step();
    for share in [0.6, 0.4, 0.3] {
        window.hover_at(at(share));
        window.step();
    }
    assert!(
        paints(&window, "\u{B7} valid"),
        "what the pointer holds is said beside it"
    );
    window.drop_at(at(0.3));
    window.run();
    let Clock::Frozen(frozen) = window.state().model.clock else {
        panic!("the clock still runs");
    };
    let exp: jiff::Timestamp = "2026-11-18T21:00:00Z".parse().unwrap();
    let iat: jiff::Timestamp = "2026-11-18T20:00:00Z".parse().unwrap();
    assert!(iat < frozen && frozen < exp, "{frozen}");
    let slider = window.get_by_role_and_label(Role::Slider, "Clock on the timeline");
    assert!(
        slider
            .accesskit_node()
            .value()
            .unwrap()
            .ends_with(": valid")
    );
    // Twice on the strip above the lanes, where the clock has its words.
    double_click(&mut window, pos2(rect.center().x, rect.top() + 6.0));
    window.run();
    assert_eq!(window.state().model.clock, Clock::Live);
}

#[test]
fn zone_and_leeway_are_chosen_here() {
    let mut window = pane!(Stage::id_token(), timeline, [776.0, 400.0]);
    click(&mut window, "Local time");
    assert_eq!(last(&window), Some(&Command::SetZone(Zone::Local)));
    click(&mut window, "Leeway: 1 min");
    click(&mut window, "5 min");
    assert_eq!(last(&window), Some(&Command::SetLeeway(300)));
}

#[test]
fn a_live_token_counts_down() {
    let mut stage = Stage::id_token();
    stage.model.now = "2026-11-18T20:55:48Z".parse().unwrap();
    stage.judge();
    let window = pane!(stage, timeline, [776.0, 138.0]);
    assert!(
        says(&window, "lives 1 h · expires in 00:04:12"),
        "{:?}",
        names(&window)
    );
}

#[test]
fn a_token_without_times_says_so() {
    let window = pane!(
        of(r#"{"alg":"none"}"#, r#"{"sub":"a"}"#),
        timeline,
        [776.0, 138.0]
    );
    assert!(
        says(&window, "nothing says when this token was issued"),
        "{:?}",
        names(&window)
    );
    let window = pane!(Stage::jwe(), timeline, [776.0, 138.0]);
    assert!(says(
        &window,
        "The claims are encrypted, and their times with them."
    ));
}
