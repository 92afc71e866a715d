//! The keyboard is sent from one pane to another, and what is copied there reaches the clipboard.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::desk::{Desk, sample};

/// A window of this width with the sample's tokens and keys.
fn desk(width: f32, height: f32) -> Desk {
    let mut desk = Desk::sized(width, height);
    desk.paste(&sample("issuer.jwks.json"));
    desk.paste(&sample("request.http"));
    desk
}

fn focused(desk: &Desk) -> String {
    desk.window
        .query_all_by(|_| true)
        .map(|node| node.accesskit_node())
        .find(|node| node.is_focused() && node.role() != Role::Window)
        .and_then(|node| node.label())
        .unwrap_or_default()
}

/// By the keyboard: in a low window the chips may be scrolled out of sight.
fn press_chip(desk: &mut Desk, start: &str) {
    let chip = desk.names(start).first().expect("a chip").clone();
    desk.window.get_by_label(&chip).focus();
    desk.settle();
    desk.window.key_press(Key::Enter);
    desk.settle();
}

#[test]
fn the_chips_of_the_verdict_lead_to_their_panes_wherever_those_stand() {
    for (width, height) in [(1440.0, 900.0), (1000.0, 700.0), (600.0, 700.0)] {
        let mut desk = desk(width, height);
        for (chip, place) in [
            ("Signature: ", "Passed: Signature valid"),
            ("Time: ", "Clock on the timeline"),
            ("Findings: ", "High: Header names"),
            ("Policy: expects", "Not run: Algorithm not compared"),
            ("Time: ", "Clock on the timeline"),
        ] {
            press_chip(&mut desk, chip);
            let found = focused(&desk);
            assert!(found.starts_with(place), "{chip} at {width}: {found}");
        }
    }
}

#[test]
fn a_token_without_times_sends_the_keyboard_to_where_a_clock_is_set() {
    let mut desk = Desk::new();
    desk.paste(&crate::stage::token(r#"{"alg":"none"}"#, r#"{"sub":"a"}"#));
    press_chip(&mut desk, "Time: ");
    assert_eq!(focused(&desk), "Set clock\u{2026}");
}

#[test]
fn what_is_copied_in_words_reaches_the_clipboard() {
    let mut desk = desk(1440.0, 900.0);
    let copied = |desk: &mut Desk| {
        desk.window.key_press_modifiers(Modifiers::COMMAND, Key::C);
        desk.settle();
        desk.board.text().unwrap_or_default()
    };
    press_chip(&mut desk, "Signature: ");
    let check = copied(&mut desk);
    assert!(
        check.starts_with("Signature valid: RSA PKCS#1 v1.5"),
        "{check}"
    );
    press_chip(&mut desk, "Findings: ");
    let finding = copied(&mut desk);
    for words in [
        "High: Header names its own key URL (jku)\n",
        "\nWhat to do: ",
        "RFC 8725",
        "jku-x5u-untrusted",
    ] {
        assert!(finding.contains(words), "{words}: {finding}");
    }
    press_chip(&mut desk, "Time: ");
    let times = copied(&mut desk);
    assert!(
        times.contains("Expires (exp) 2026-11-18 21:00:00 UTC"),
        "{times}"
    );
    let chip = desk
        .names("Policy: expects")
        .first()
        .expect("a chip")
        .clone();
    desk.window.get_by_label(&chip).focus();
    desk.settle();
    assert_eq!(
        copied(&mut desk),
        "Reject: expired 3 days 1 hour ago\nThe signature is genuine (your key idp-2026-09), but a correct \
         verifier must refuse this token now.\nAs of 2026-11-21 22:40:13 UTC."
    );
}

#[test]
fn a_selection_across_parts_is_not_taken_for_one_of_the_header() {
    let mut desk = desk(1440.0, 900.0);
    let raw = "Raw token";
    desk.window
        .get_by_role_and_label(Role::MultilineTextInput, raw)
        .focus();
    desk.settle();
    desk.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.settle();
    assert!(
        desk.has("Selected 705 bytes of token"),
        "{}",
        focused(&desk)
    );
}

#[test]
fn a_clock_moved_in_a_low_window_stays_in_sight() {
    let mut desk = desk(820.0, 600.0);
    press_chip(&mut desk, "Time: ");
    for _ in 0..3 {
        desk.window.key_press(Key::ArrowLeft);
        desk.settle();
        let axis = desk.window.get_by_label("Clock on the timeline").rect();
        assert!(axis.bottom() < 600.0 - 24.0, "{axis}");
    }
    assert!(desk.has("not now"), "the verdict says so in a line more");
}
