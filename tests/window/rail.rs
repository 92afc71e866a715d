//! The tokens and keys at the left: names, order, where they came from, thousands of them.

use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme, vec2};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, SnapshotResults};
use tokenloupe::find::find;
use tokenloupe::inspection::Session;
use tokenloupe::keys::{SecretEncoding, load_secret};
use tokenloupe::window::LaunchOptions;
use tokenloupe::window::model::Model;
use tokenloupe::window::panes::rail::RailPane;
use tokenloupe::window::theme;

use crate::desk::{Desk, sample, sample_path};
use crate::pictures::{can_draw, options};
use crate::stage::{self, Stage, issuer_keys, token};

/// The sample, with the keyboard on the token of this number.
fn desk_at(number: usize) -> Desk {
    let mut desk = Desk::new();
    desk.paste(&sample("request.http"));
    focus(&mut desk, &format!("Token {number}:"));
    desk
}

pub(crate) fn focus(desk: &mut Desk, start: &str) {
    let name = desk.names(start).remove(0);
    desk.window.get_all_by_label(&name).next().unwrap().focus();
    desk.window.run();
    assert!(is_focused(desk, start));
}

pub(crate) fn is_focused(desk: &Desk, start: &str) -> bool {
    desk.window
        .query_all_by_label_contains(start)
        .any(|node| node.is_focused())
}

pub(crate) fn press(desk: &mut Desk, key: Key) {
    desk.window.key_press(key);
    desk.settle();
}

pub(crate) fn press_with(desk: &mut Desk, modifiers: Modifiers, key: Key) {
    desk.window.key_press_modifiers(modifiers, key);
    desk.settle();
}

pub(crate) fn type_text(desk: &mut Desk, text: &str) {
    desk.window.event(egui::Event::Text(text.to_owned()));
    desk.settle();
}

fn has_field(desk: &Desk, name: &str) -> bool {
    desk.window
        .query_by_role_and_label(Role::TextInput, name)
        .is_some()
}

/// The names in the list, without numbers and verdicts.
fn titles(desk: &Desk) -> Vec<String> {
    let names = desk.names("Token ");
    names
        .iter()
        .filter_map(|name| Some(name.split_once(": ")?.1.rsplit_once(", ")?.0.to_owned()))
        .collect()
}

pub(crate) fn current(desk: &Desk) -> Option<usize> {
    desk.window.state().model().current
}

/// So many tokens, told apart by `sub`.
pub(crate) fn many(count: usize) -> String {
    (0..count)
        .map(|at| {
            let payload = format!(r#"{{"iss":"https://a.example","sub":"user-{at:05}"}}"#);
            token(r#"{"alg":"HS256"}"#, &payload) + "\n"
        })
        .collect()
}

#[test]
fn a_token_is_renamed_by_keyboard_and_its_guessed_name_comes_back() {
    let mut desk = desk_at(2);
    let before = titles(&desk);
    press(&mut desk, Key::F2);
    assert!(is_focused(&desk, "Name of token 2"));
    // All of the old name is selected.
    type_text(&mut desk, "mine");
    press(&mut desk, Key::Enter);
    assert_eq!(titles(&desk)[1], "mine");
    assert!(is_focused(&desk, "Token 2: mine"));

    press(&mut desk, Key::F2);
    type_text(&mut desk, "other");
    press(&mut desk, Key::Escape);
    assert!(!has_field(&desk, "Name of token 2"));
    assert_eq!(titles(&desk)[1], "mine");
    assert!(is_focused(&desk, "Token 2: mine"));

    press(&mut desk, Key::F2);
    press(&mut desk, Key::Backspace);
    press(&mut desk, Key::Enter);
    assert_eq!(titles(&desk), before);
}

#[test]
fn a_double_click_renames_and_a_click_elsewhere_keeps_the_name() {
    // Two clicks of one double click are close together.
    let quick = Harness::builder()
        .with_size(vec2(1440.0, 900.0))
        .with_step_dt(1.0 / 60.0);
    let mut desk = Desk::build(quick, LaunchOptions::default());
    desk.paste(&sample("request.http"));
    let at = desk
        .window
        .get_by_label(&desk.names("Token 3:")[0])
        .rect()
        .center();
    for _ in 0..2 {
        desk.window.drag_at(at);
        desk.window.drop_at(at);
    }
    desk.settle();
    assert_eq!(current(&desk), Some(2));
    assert!(is_focused(&desk, "Name of token 3"));
    type_text(&mut desk, "a\u{202E}b");
    desk.click(&desk.names("Token 4:")[0].clone());
    assert_eq!(titles(&desk)[2], "a\\u{202E}b", "shown escaped");
    assert_eq!(
        desk.window.state().model().session.tokens[2]
            .name
            .as_deref(),
        Some("a\u{202E}b")
    );
}

#[test]
fn a_name_stays_with_its_token_through_moving_removing_and_undo() {
    let mut desk = desk_at(2);
    press(&mut desk, Key::F2);
    type_text(&mut desk, "mine");
    press(&mut desk, Key::Enter);
    press_with(&mut desk, Modifiers::ALT, Key::ArrowDown);
    assert_eq!(titles(&desk)[2], "mine");
    assert!(is_focused(&desk, "Token 3: mine"));
    press(&mut desk, Key::Delete);
    assert!(!titles(&desk).contains(&"mine".to_owned()));
    assert!(is_focused(&desk, "Token 3:"), "the one that took its place");
    press_with(&mut desk, Modifiers::COMMAND, Key::Z);
    assert_eq!(titles(&desk)[2], "mine");
}

#[test]
fn a_token_that_comes_back_is_verified_with_the_keys_that_came_meanwhile() {
    let mut desk = desk_at(3);
    press(&mut desk, Key::Delete);
    desk.paste(&sample("issuer.jwks.json"));
    press_with(&mut desk, Modifiers::COMMAND, Key::Z);
    let name = desk.names("Token 3:").remove(0);
    assert!(name.ends_with(", accept"), "{name}");
}

#[test]
fn a_token_moves_by_keyboard_and_keeps_the_keyboard() {
    let mut desk = desk_at(1);
    let before = titles(&desk);
    press_with(&mut desk, Modifiers::ALT, Key::ArrowUp);
    assert_eq!(titles(&desk), before, "it is the first");
    for _ in 0..2 {
        press_with(&mut desk, Modifiers::ALT, Key::ArrowDown);
    }
    let moved = [&before[1], &before[2], &before[0], &before[3]];
    assert_eq!(titles(&desk).iter().collect::<Vec<_>>(), moved);
    assert_eq!(current(&desk), Some(2));
    assert!(is_focused(&desk, "Token 3:"));
    press_with(&mut desk, Modifiers::ALT, Key::ArrowUp);
    assert!(is_focused(&desk, "Token 2:"));

    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    desk.click("Move to the bottom");
    assert_eq!(titles(&desk)[3], before[0]);
    assert!(is_focused(&desk, "Token 4:"));
    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    desk.click("Move to the top");
    assert_eq!(titles(&desk), before);
    assert_eq!(current(&desk), Some(0));
}

#[test]
fn a_token_is_dragged_to_another_place() {
    let mut desk = desk_at(1);
    let before = titles(&desk);
    let rect = |desk: &Desk, number: usize| {
        let name = &desk.names(&format!("Token {number}:"))[0];
        desk.window.get_by_label(name).rect()
    };
    let drag = |desk: &mut Desk, from: egui::Pos2, to: egui::Pos2| {
        desk.window.drag_at(from);
        desk.window.step();
        for share in [0.3, 0.6, 1.0] {
            desk.window.hover_at(from.lerp(to, share));
            desk.window.step();
        }
    };
    let (first, third) = (rect(&desk, 1), rect(&desk, 3));
    let below = third.center_bottom() - vec2(0.0, 4.0);
    drag(&mut desk, first.center(), below);
    assert_eq!(titles(&desk), before, "not before it is let go");
    desk.window.drop_at(below);
    desk.settle();
    let moved = [&before[1], &before[2], &before[0], &before[3]];
    assert_eq!(titles(&desk).iter().collect::<Vec<_>>(), moved);
    assert_eq!(current(&desk), Some(2), "what is shown does not change");
    assert!(is_focused(&desk, "Token 3:"));

    let now = titles(&desk);
    drag(&mut desk, first.center(), third.center_bottom());
    desk.window.key_press(Key::Escape);
    desk.window.step();
    desk.window.drop_at(third.center_bottom());
    desk.settle();
    assert_eq!(titles(&desk), now, "Escape drops the drag");

    desk.click(&desk.names("Token 1:")[0].clone());
    assert_eq!(current(&desk), Some(0), "a click is still a click");
}

#[test]
fn dragging_at_the_edge_scrolls_the_list() {
    let mut desk = Desk::new();
    desk.paste(&many(40));
    focus(&mut desk, "Token 1:");
    let rows = desk.names("Token ");
    let rect = |name: &str| desk.window.get_by_label(name).rect();
    let (from, bottom) = (rect(&rows[0]).center(), rect(rows.last().unwrap()).center());
    desk.window.drag_at(from);
    desk.window.step();
    for share in [0.3, 0.6, 1.0] {
        desk.window
            .hover_at(from.lerp(bottom + vec2(0.0, 20.0), share));
        desk.window.step();
    }
    desk.window.run_steps(100);
    desk.window.drop_at(bottom);
    desk.settle();
    let moved = &desk.window.state().model().session.tokens;
    let at = moved
        .iter()
        .position(|token| token.token.claims().unwrap().str("sub") == Some("user-00000"))
        .unwrap();
    assert!(at > rows.len() + 10, "{at}");
    assert!(is_focused(&desk, &format!("Token {}:", at + 1)));
}

#[test]
fn every_place_of_a_token_is_listed_and_can_be_copied() {
    let mut desk = Desk::new();
    let expired = sample("expired.jwt");
    desk.paste(&expired);
    desk.paste(&format!("x\nAuthorization: Bearer {expired}"));
    desk.picker.put(&[sample_path("expired.jwt")]);
    desk.click("Open\u{2026}");
    // What was read before is not found in one more place.
    desk.paste(&expired);
    assert!(desk.names("Token 1:")[0].contains(", 3 places, "));

    focus(&mut desk, "Token 1:");
    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    desk.click("Where it came from\u{2026}");
    assert!(desk.has("Where token 1 came from"));
    let listed = |desk: &Desk, start: &str| {
        let found = desk.window.query_all_by_role(Role::Label);
        found
            .filter_map(|node| node.value())
            .find(|text| text.starts_with(start))
            .unwrap_or_else(|| panic!("nothing begins with {start}"))
    };
    assert!(listed(&desk, "1. clipboard, line 1, bytes ").contains("bare"));
    let second = listed(&desk, "2. clipboard, line 2, bytes ");
    assert!(second.ends_with("Authorization header, repaired: bearer-prefix"));
    assert!(listed(&desk, "3. expired.jwt, line 1, bytes ").contains("bare"));
    assert!(is_focused(&desk, "Close"));
    desk.click("Copy the places");
    let copied = desk.board.text().unwrap();
    assert_eq!(copied.lines().count(), 3);
    assert!(copied.starts_with("clipboard, line 1, bytes "));
    assert!(!desk.has("Where token 1 came from"));
    assert!(is_focused(&desk, "Token 1:"));

    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    desk.click("Where it came from\u{2026}");
    press(&mut desk, Key::Escape);
    assert!(!desk.has("Where token 1 came from"));
    assert!(is_focused(&desk, "Token 1:"));
}

#[test]
fn what_lies_under_the_pointer_tells_where_it_came_from() {
    let mut desk = desk_at(1);
    desk.window.get_by_label(&desk.names("Token 2:")[0]).hover();
    desk.window.run_steps(60);
    assert!(desk.has("clipboard, line "));
}

#[test]
fn the_menu_works_without_a_pointer() {
    let mut desk = desk_at(2);
    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    assert!(is_focused(&desk, "Show"));
    press(&mut desk, Key::ArrowDown);
    assert!(is_focused(&desk, "Rename\u{2026}"));
    press(&mut desk, Key::Enter);
    assert!(is_focused(&desk, "Name of token 2"));
    press(&mut desk, Key::Escape);
    assert!(is_focused(&desk, "Token 2:"));

    press(&mut desk, Key::Menu);
    assert!(desk.has("Move to the top"));
    press(&mut desk, Key::Escape);
    assert!(!desk.has("Move to the top"));
    assert!(is_focused(&desk, "Token 2:"));

    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    press(&mut desk, Key::ArrowUp);
    assert!(is_focused(&desk, "Remove"));
    press(&mut desk, Key::Enter);
    assert_eq!(titles(&desk).len(), 3);
    assert!(is_focused(&desk, "Token 2:"));
}

#[test]
fn a_token_that_is_not_shown_can_be_copied_from_its_menu() {
    let mut desk = desk_at(1);
    let text = |desk: &Desk, at: usize| {
        let tokens = &desk.window.state().model().session.tokens;
        tokens[at].token.text().to_owned()
    };
    let menu = |desk: &mut Desk| {
        let name = desk.names("Token 3:").remove(0);
        desk.window.get_by_label(&name).click_secondary();
        desk.settle();
    };
    menu(&mut desk);
    desk.click("Copy token");
    assert_eq!(desk.board.text(), Some(text(&desk, 2)));
    assert_eq!(current(&desk), Some(2));
    menu(&mut desk);
    desk.click("Copy without its signature");
    let copied = desk.board.text().unwrap();
    assert!(copied.ends_with(".[redacted]"), "{copied}");
    menu(&mut desk);
    desk.click("Show");
    assert!(is_focused(&desk, "Token 3:"));
}

#[test]
fn each_list_is_one_stop_for_tab() {
    let mut desk = desk_at(3);
    desk.paste(&sample("issuer.jwks.json"));
    desk.click(&desk.names("Token 3:")[0].clone());
    assert!(is_focused(&desk, "Token 3:"));
    press(&mut desk, Key::Tab);
    assert!(is_focused(&desk, "Manage keys"));
    press(&mut desk, Key::Tab);
    assert!(is_focused(&desk, "Key 1:"));
    press(&mut desk, Key::ArrowDown);
    assert!(is_focused(&desk, "Key 2:"));
    press(&mut desk, Key::Tab);
    assert!(!is_focused(&desk, "Key ") && !is_focused(&desk, "Token "));
    press_with(&mut desk, Modifiers::SHIFT, Key::Tab);
    assert!(is_focused(&desk, "Key 2:"), "the one that had it last");
    press_with(&mut desk, Modifiers::SHIFT, Key::Tab);
    press_with(&mut desk, Modifiers::SHIFT, Key::Tab);
    assert!(is_focused(&desk, "Token 3:"));
    press_with(&mut desk, Modifiers::SHIFT, Key::Tab);
    assert!(!is_focused(&desk, "Token "));
    press_with(&mut desk, Modifiers::COMMAND, Key::PageUp);
    assert_eq!(current(&desk), Some(1));
    press(&mut desk, Key::Tab);
    assert!(is_focused(&desk, "Token 2:"), "the one on screen");
}

#[test]
fn keys_have_a_menu_and_walk_too() {
    let mut desk = Desk::new();
    desk.paste(&sample("issuer.jwks.json"));
    focus(&mut desk, "Key 1:");
    press(&mut desk, Key::End);
    assert!(is_focused(&desk, "Key 3:"));
    let thumbprint = desk.window.state().model().session.keys.keys()[2]
        .thumbprint
        .clone();
    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    assert!(is_focused(&desk, "Copy thumbprint"));
    press(&mut desk, Key::Enter);
    assert_eq!(desk.board.text(), thumbprint);
    assert!(is_focused(&desk, "Key 3:"));
    press(&mut desk, Key::Delete);
    assert_eq!(desk.names("Key ").len(), 2);
    assert!(is_focused(&desk, "Key 2:"));
    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    desk.click("Remove");
    assert_eq!(desk.names("Key ").len(), 1);
}

#[test]
fn the_source_that_all_tokens_share_is_named() {
    let mut desk = desk_at(1);
    assert!(desk.has("clipboard"));
    desk.picker.put(&[sample_path("expired.jwt")]);
    desk.click("Open\u{2026}");
    let tag = |desk: &Desk| {
        let labels = desk.window.query_all_by_role(Role::Label);
        labels
            .filter_map(|node| node.value())
            .any(|text| text == "clipboard")
    };
    assert!(!tag(&desk));
    press_with(&mut desk, Modifiers::COMMAND, Key::Z);
    desk.click("Remove token 5");
    assert!(tag(&desk));
}

/// Steps until a condition holds.
pub(crate) fn wait(desk: &mut Desk, what: &str, is_so: impl Fn(&Desk) -> bool) {
    let start = Instant::now();
    while !is_so(desk) {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "waited for {what}"
        );
        desk.window.step();
    }
}

#[test]
fn of_ten_thousand_tokens_only_those_in_view_are_there() {
    let mut desk = Desk::new();
    desk.paste(&many(10_000));
    desk.click("Tokens as a list");
    assert_eq!(desk.window.state().model().session.tokens.len(), 10_000);
    let rows = desk.names("Token ").len();
    assert!((5..=15).contains(&rows), "{rows} rows");

    focus(&mut desk, "Token 1:");
    press(&mut desk, Key::PageDown);
    let page = current(&desk).unwrap();
    assert!((4..=14).contains(&page), "{page}");
    press(&mut desk, Key::End);
    assert_eq!(current(&desk), Some(9999));
    assert!(is_focused(&desk, "Token 10000:"));
    assert!(desk.names("Token ").len() <= 15);
    let row = desk.names("Token 10000:").remove(0);
    let rect = desk.window.get_by_label(&row).rect();
    assert!(rect.top() > 0.0 && rect.bottom() < 900.0, "{rect:?}");
    press(&mut desk, Key::PageUp);
    assert_eq!(current(&desk), Some(9999 - page));
    press(&mut desk, Key::End);
    press(&mut desk, Key::Delete);
    assert_eq!(current(&desk), Some(9998));
    assert!(is_focused(&desk, "Token 9999:"));
    press(&mut desk, Key::Home);
    assert_eq!(current(&desk), Some(0));
    assert!(is_focused(&desk, "Token 1:"));
}

#[test]
fn a_filter_narrows_a_long_list_down() {
    let mut desk = Desk::new();
    desk.paste(&many(11));
    assert!(!has_field(&desk, "Filter tokens"));
    desk.paste(&many(600));
    desk.click("Tokens as a list");
    let field = desk
        .window
        .get_by_role_and_label(Role::TextInput, "Filter tokens");
    field.focus();
    desk.window.run();
    desk.window
        .event(egui::Event::Text("USER-0011 a.example".to_owned()));
    wait(&mut desk, "the filter", |desk| desk.has("10 of 600"));
    desk.window.run_steps(3);
    assert_eq!(
        desk.names("Token ")[0],
        "Token 111: Token \u{B7} user-00110, reject"
    );

    press(&mut desk, Key::ArrowDown);
    assert!(is_focused(&desk, "Token 111:"));
    assert_eq!(current(&desk), Some(110));
    press(&mut desk, Key::ArrowDown);
    press_with(&mut desk, Modifiers::ALT, Key::ArrowUp);
    wait(&mut desk, "the row that moved", |desk| {
        is_focused(desk, "Token 111: Token \u{B7} user-00111")
    });
    desk.window.key_press(Key::Delete);
    wait(&mut desk, "the filter after removing", |desk| {
        desk.has("9 of 599") && is_focused(desk, "Token 111: Token \u{B7} user-00110")
    });

    let field = desk
        .window
        .get_by_role_and_label(Role::TextInput, "Filter tokens");
    field.focus();
    // Six hundred tokens may still be being judged.
    desk.settle();
    press(&mut desk, Key::Escape);
    assert!(!desk.has(" of 599"));
    assert!(is_focused(&desk, "Filter tokens"), "to type another");
    type_text(&mut desk, "nobody");
    wait(&mut desk, "no match", |desk| {
        desk.has("No token holds these words.")
    });
}

#[test]
fn all_of_it_works_from_the_strip() {
    let mut desk = Desk::sized(700.0, 620.0);
    desk.paste(&sample("request.http"));
    focus(&mut desk, "Token 1:");
    press(&mut desk, Key::ArrowDown);
    assert_eq!(current(&desk), Some(1));
    assert!(is_focused(&desk, "Token 2:"));
    focus(&mut desk, "Tokens and keys");
    press(&mut desk, Key::Enter);
    assert!(is_focused(&desk, "Token 2:"), "in the menu");
    press(&mut desk, Key::F2);
    type_text(&mut desk, "mine");
    press(&mut desk, Key::Escape);
    assert_eq!(desk.names("Token 2:").len(), 2, "the menu is still open");
    press(&mut desk, Key::F2);
    type_text(&mut desk, "mine");
    press(&mut desk, Key::Enter);
    assert_eq!(
        desk.names("Token 2: mine").len(),
        2,
        "in the strip and in the menu"
    );
    press_with(&mut desk, Modifiers::ALT, Key::ArrowDown);
    assert_eq!(desk.names("Token 3: mine").len(), 2);

    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    desk.click("Rename\u{2026}");
    assert!(is_focused(&desk, "Name of token 3"));
    press(&mut desk, Key::Enter);
    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    press(&mut desk, Key::Escape);
    assert!(is_focused(&desk, "Token 3:"), "only the inner menu closed");
    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    desk.click("Where it came from\u{2026}");
    assert!(is_focused(&desk, "Close"));
    press(&mut desk, Key::Escape);
    assert!(!desk.has("Where token 3 came from"));
    assert_eq!(
        desk.names("Token 3: mine").len(),
        2,
        "the menu is still open"
    );
    assert!(is_focused(&desk, "Token 3:"));
    press(&mut desk, Key::Escape);
    assert_eq!(desk.names("Token 3: mine").len(), 1, "the strip alone");
}

/// The rail alone, with tokens and keys in several states.
fn alone(theme: Theme, size: [f32; 2]) -> Harness<'static, Stage> {
    let mut keys = issuer_keys();
    let secret = sample("weak-secret.key");
    keys.add([load_secret("weak-secret.key", secret.as_bytes(), SecretEncoding::Auto).unwrap()]);
    let mut session = Session {
        keys,
        ..Session::default()
    };
    for name in [
        "request.http",
        "expired.jwt",
        "weak-secret.jwt",
        "damaged.jwt",
        "unsecured.jwt",
        "expired.jwt",
    ] {
        for (copy, suffix) in ["", " of a second request with a long name"]
            .iter()
            .enumerate()
        {
            if copy == 0 || name == "expired.jwt" {
                for found in find(sample(name).as_bytes(), &format!("{name}{suffix}")) {
                    session.adding().add(found);
                }
            }
        }
    }
    session.tokens[1].name = Some("The token of the incident on the second of November".to_owned());
    let mut stage = Stage {
        model: Model {
            session,
            current: Some(0),
            now: stage::NOW.parse().unwrap(),
            takes_drops: true,
            ..Model::default()
        },
        ..Stage::default()
    };
    stage.judge();
    let builder = Harness::builder().wgpu().with_options(options());
    let mut rail = RailPane::default();
    stage::build(builder, stage, size, theme, move |ui, stage| {
        let rect = ui.ctx().content_rect();
        let ground = theme::tokens(ui).bg1;
        ui.painter().rect_filled(rect, 0, ground);
        let rail_rect = rect.with_max_x(rect.left() + 264.0);
        let builder = egui::UiBuilder::new().max_rect(rail_rect);
        ui.scope_builder(builder, |ui| rail.ui(ui, &stage.model));
    })
}

#[test]
fn what_the_rail_looks_like() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, word) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        let mut harness = alone(theme, [264.0, 832.0]);
        let row = harness.get_by_label_contains("Token 3:");
        row.focus();
        harness.run();
        results.add(harness.try_snapshot(format!("rail-{word}")));
    }
    let mut harness = alone(Theme::Dark, [264.0, 640.0]);
    let row = |start: &str| harness.get_by_label_contains(start).rect().center();
    let (from, to) = (row("Token 2:"), row("Token 5:"));
    harness.drag_at(from);
    harness.step();
    for share in [0.5, 1.0] {
        harness.hover_at(from.lerp(to + vec2(0.0, 12.0), share));
        harness.step();
    }
    results.add(harness.try_snapshot("rail-drag"));

    let mut harness = alone(Theme::Dark, [600.0, 640.0]);
    harness.get_by_label_contains("Token 5:").focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    harness.run();
    results.add(harness.try_snapshot("rail-menu"));
    harness.get_by_label("Where it came from\u{2026}").click();
    harness.run();
    results.add(harness.try_snapshot("rail-places"));
}
