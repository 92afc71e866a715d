//! The clock: typed in any form, offered in one click, held for all to see, counted down, and shown in any zone.

use std::fs;
use std::time::Duration;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::window::actions::Action;
use tokenloupe::window::model::{Clock, Zone, ZoneName};

use crate::actions::By;
use crate::desk::{Desk, NOW, sample};

/// A request and the dated response to it.
pub(crate) fn dated() -> String {
    let token = sample("expired.jwt");
    format!(
        "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer {}\n\n\
         HTTP/1.1 401 Unauthorized\nDate: Wed, 18 Nov 2026 20:14:00 GMT\nContent-Length: 0\n\n",
        token.trim()
    )
}

/// What an action does to the clock.
pub(crate) fn check(desk: &mut Desk, action: Action, by: By) {
    let at = match action {
        Action::SetClock => {
            desk.act(action, by);
            assert!(desk.focused().contains("Freeze at"), "{}", desk.focused());
            desk.window
                .event(egui::Event::Text("2026-11-18T20:30:00Z".to_owned()));
            desk.settle();
            keys(desk, Modifiers::NONE, Key::Enter);
            "2026-11-18T20:30:00Z"
        }
        Action::LiveClock => {
            desk.act(Action::FreezeClock, By::Keys);
            desk.act(action, by);
            assert_eq!(clock(desk), Clock::Live);
            return;
        }
        _ => {
            desk.paste(&dated());
            let last = desk.state().session.tokens.len() - 1;
            assert_eq!(desk.state().current, Some(last), "what came is on screen");
            desk.act(action, by);
            match action {
                Action::ClockToRequest => "2026-11-18T20:14:00Z",
                Action::ClockToIssued => "2026-11-18T20:00:00Z",
                Action::ClockBeforeExpiry => "2026-11-18T20:59:59Z",
                Action::ClockAfterExpiry => "2026-11-18T21:00:01Z",
                _ => NOW,
            }
        }
    };
    assert_eq!(clock(desk), frozen(at));
}

fn open() -> Desk {
    let mut desk = Desk::new();
    desk.paste(&sample("issuer.jwks.json"));
    desk.paste(&dated());
    desk
}

fn keys(desk: &mut Desk, modifiers: Modifiers, key: Key) {
    desk.window.key_press_modifiers(modifiers, key);
    desk.settle();
}

/// Types into the field of the clock, which is opened for it.
fn types(desk: &mut Desk, text: &str) {
    keys(desk, Modifiers::COMMAND, Key::T);
    keys(desk, Modifiers::COMMAND, Key::A);
    desk.window.event(egui::Event::Text(text.to_owned()));
    desk.settle();
}

fn clock(desk: &Desk) -> Clock {
    desk.window.state().model().clock
}

fn frozen(at: &str) -> Clock {
    Clock::Frozen(at.parse().unwrap())
}

#[test]
fn what_is_typed_is_said_back_before_it_is_taken() {
    let mut desk = open();
    types(&mut desk, "3 days ago");
    for words in [
        "Read as a time told from now",
        "2026-11-18 22:40:13 UTC \u{B7} 3 d ago",
    ] {
        assert!(desk.has(words), "{words}");
    }
    assert_eq!(clock(&desk), Clock::Live);
    keys(&mut desk, Modifiers::NONE, Key::Enter);
    assert_eq!(clock(&desk), frozen("2026-11-18T22:40:13Z"));
    // From the real time, not from the one that is held.
    types(&mut desk, "1 day ago");
    keys(&mut desk, Modifiers::NONE, Key::Enter);
    assert_eq!(clock(&desk), frozen("2026-11-20T22:40:13Z"));
    for (text, words, at) in [
        (
            "1795032840123",
            "Read as milliseconds since 1970",
            "2026-11-18T20:14:00.123Z",
        ),
        (
            "exp - 1 s",
            "Read as a time told from a claim",
            "2026-11-18T20:59:59Z",
        ),
        (
            "Wed, 18 Nov 2026 20:14:00 GMT",
            "Read as an HTTP date",
            "2026-11-18T20:14:00Z",
        ),
        (
            "18/Nov/2026:20:14:00 +0000",
            "Read as the time of an access log",
            "2026-11-18T20:14:00Z",
        ),
        (
            "2026-11-18",
            "the beginning of the day was taken",
            "2026-11-18T00:00:00Z",
        ),
    ] {
        types(&mut desk, text);
        assert!(desk.has(words), "{text}: {words}");
        keys(&mut desk, Modifiers::NONE, Key::Enter);
        assert_eq!(clock(&desk), frozen(at), "{text}");
    }
}

#[test]
fn what_is_no_time_is_explained_and_not_taken() {
    let mut desk = open();
    types(&mut desk, "soon");
    assert!(desk.has("Expected a time, found \u{201C}soon\u{201D}."));
    assert!(!desk.has("Write it as"), "nothing was asked for yet");
    keys(&mut desk, Modifiers::NONE, Key::Enter);
    assert!(desk.has("Write it as 2026-11-21T22:40:13Z"));
    assert_eq!(clock(&desk), Clock::Live);
    let field = desk
        .window
        .get_by_role_and_label(Role::TextInput, "Freeze at");
    assert!(field.accesskit_node().is_focused());
}

#[test]
fn the_request_s_time_is_one_click_away() {
    let offer = "As of the request: 2026-11-18 20:14:00 UTC (Date header)";
    // Beside the verdict.
    let mut desk = open();
    assert!(desk.names("Token 1")[0].ends_with("reject"));
    desk.click(offer);
    assert_eq!(clock(&desk), frozen("2026-11-18T20:14:00Z"));
    assert!(
        desk.names("Token 1")[0].ends_with("accept"),
        "{:?}",
        desk.names("Token 1")
    );
    assert!(desk.has("As of 2026-11-18 20:14:00 UTC, not now: 3 d 2 h behind the real time."));
    assert!(!desk.has(offer), "that is where the clock is");
    desk.click("Live: judge as of the real time");
    assert_eq!(clock(&desk), Clock::Live);
    // In the menu of the clock, with what the token names.
    for (name, at) in [
        (offer, "2026-11-18T20:14:00Z"),
        ("At iat: 2026-11-18 20:00:00 UTC", "2026-11-18T20:00:00Z"),
        (
            "1 s before exp: 2026-11-18 20:59:59 UTC",
            "2026-11-18T20:59:59Z",
        ),
        (
            "1 s after exp: 2026-11-18 21:00:01 UTC",
            "2026-11-18T21:00:01Z",
        ),
    ] {
        let mut desk = open();
        keys(&mut desk, Modifiers::COMMAND, Key::T);
        let button = desk.window.get_all_by_label(name).last().unwrap();
        button.click();
        desk.settle();
        assert_eq!(clock(&desk), frozen(at), "{name}");
    }
}

#[test]
fn the_line_of_a_log_and_the_keyboard_offer_the_same() {
    let mut desk = Desk::new();
    let token = sample("expired.jwt");
    desk.paste(&format!(
        "2026-11-18 20:14:00,5 INFO got {}\n",
        token.trim()
    ));
    let offer = "As of the log line: 2026-11-18 20:14:00 UTC (log time, taken as UTC)";
    let button = desk.window.get_by_label(offer);
    button.focus();
    desk.settle();
    keys(&mut desk, Modifiers::NONE, Key::Enter);
    assert_eq!(clock(&desk), frozen("2026-11-18T20:14:00.5Z"));
}

#[test]
fn a_held_clock_is_said_wherever_something_is_said_of_the_token() {
    let mut desk = open();
    types(&mut desk, "2026-11-18T20:30:00Z");
    keys(&mut desk, Modifiers::NONE, Key::Enter);
    keys(&mut desk, Modifiers::NONE, Key::Escape);
    for words in [
        "Clock: frozen, 2026-11-18 20:30:00 UTC, 3 d 2 h behind the real time",
        "Clock frozen: not the real time",
        "As of 2026-11-18 20:30:00 UTC, not now: 3 d 2 h behind the real time.",
        "Frozen at 2026-11-18 20:30:00 UTC, not now: 3 d 2 h behind the real time",
    ] {
        assert!(desk.has(words), "{words}");
    }
    let as_of = "As of 2026-11-18 20:30:00 UTC, not now: 3 d 2 h behind the real time.";
    // A check and a finding, where the chips of the verdict lead.
    for (chip, begins) in [("Signature: ", "Signature valid"), ("Findings: ", "Info: ")] {
        let name = desk.names(chip).remove(0);
        desk.click(&name);
        desk.window.key_press_modifiers(Modifiers::COMMAND, Key::C);
        desk.settle();
        let copied = desk.board.text().unwrap();
        assert!(copied.starts_with(begins), "{copied}");
        assert!(copied.ends_with(as_of), "{copied}");
        assert_eq!(copied.matches("As of").count(), 1, "{copied}");
    }
    desk.click("Back to the live clock");
    assert_eq!(clock(&desk), Clock::Live);
    assert!(!desk.has("not now"));
}

#[test]
fn the_last_hour_is_counted_down_by_the_second() {
    let mut desk = open();
    for (at, headline) in [
        ("2026-11-18T20:55:48Z", "Accept: expires in 00:04:12"),
        ("2026-11-18T21:02:12Z", "Reject: expired 00:02:12 ago"),
        ("2026-11-18T22:00:00Z", "Reject: expired 1 hour ago"),
    ] {
        types(&mut desk, at);
        keys(&mut desk, Modifiers::NONE, Key::Enter);
        assert!(desk.has(headline), "{headline}");
    }
    // A held clock does not tick.
    keys(&mut desk, Modifiers::NONE, Key::Escape);
    desk.window.run();
    desk.window.step();
    let output = desk.window.output();
    let delay = output.viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert!(delay > Duration::from_hours(1), "{delay:?}");
}

#[test]
fn any_zone_is_found_by_its_name_and_used_everywhere() {
    let mut desk = open();
    desk.click("Time zone: UTC\u{2026}");
    let field = desk
        .window
        .get_by_role_and_label(Role::TextInput, "Time zone");
    assert!(field.accesskit_node().is_focused());
    desk.window.event(egui::Event::Text("new york".to_owned()));
    desk.settle();
    assert!(
        desk.has("America/New_York, 17:40, UTC-05:00"),
        "{:?}",
        desk.names("America")
    );
    keys(&mut desk, Modifiers::NONE, Key::Enter);
    let zone = Zone::Named(ZoneName::new("America/New_York").unwrap());
    assert_eq!(desk.window.state().model().zone, zone);
    assert!(desk.has("Clock: live, 2026-11-21 17:40:13 EST"));
    assert!(desk.has("Expired 2026-11-18 16:00:00 EST"));
    assert!(desk.has("As of the request: 2026-11-18 15:14:00 EST (Date header)"));
    types(&mut desk, "2026-11-18 15:14");
    assert!(desk.has("it was read in America/New_York"));
    assert!(desk.has("2026-11-18 20:14:00 UTC"));
    keys(&mut desk, Modifiers::NONE, Key::Enter);
    assert_eq!(clock(&desk), frozen("2026-11-18T20:14:00Z"));
}

#[test]
fn a_zone_that_no_one_has_is_said() {
    let mut desk = Desk::new();
    desk.paste(&sample("expired.jwt"));
    desk.click("Time zone: UTC\u{2026}");
    desk.window.event(egui::Event::Text("atlantis".to_owned()));
    desk.settle();
    assert!(desk.has("Nothing is called so."));
    keys(&mut desk, Modifiers::NONE, Key::Enter);
    keys(&mut desk, Modifiers::NONE, Key::Escape);
    assert_eq!(desk.window.state().model().zone, Zone::Utc);
}

/// A file that is opened by its path has the same.
#[test]
fn the_places_say_the_time_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exchange.http");
    fs::write(&path, dated()).unwrap();
    let mut desk = Desk::new();
    desk.picker.put(&[path]);
    keys(&mut desk, Modifiers::COMMAND, Key::O);
    let place = &desk.window.state().model().session.tokens[0].places[0];
    let time = place.time.as_ref().unwrap();
    assert_eq!(time.at, "2026-11-18T20:14:00Z".parse().unwrap());
}
