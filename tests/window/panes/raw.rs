//! The token as received.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::jose::PartRole;
use tokenloupe::judge::Policy;
use tokenloupe::keys::KeyRing;
use tokenloupe::window::commands::Command;
use tokenloupe::window::copies::CopyOf;
use tokenloupe::window::model::Selection;

use super::{Window, character_width, click, click_at, last, of, says, selects};
use crate::stage::{Stage, build};

#[test]
fn the_raw_token_tells_its_size_and_copies() {
    let mut window = pane!(Stage::id_token(), raw, [760.0, 200.0]);
    assert!(says(&window, "705 bytes · compact JWS"));
    assert!(says(&window, "payload 247"));
    let node = window.get_by_role_and_label(Role::MultilineTextInput, "Raw token");
    assert!(
        node.accesskit_node()
            .value()
            .unwrap()
            .starts_with("eyJhbGci")
    );
    click(&mut window, "Copy");
    click(&mut window, "Token as found");
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Token)));
}

#[test]
fn clicking_a_character_selects_the_claim_that_it_carries() {
    let mut window = pane!(
        of(r#"{"alg":"none"}"#, r#"{"iss":"a","exp":12345}"#),
        raw,
        [760.0, 200.0]
    );
    let text = window
        .get_by_role_and_label(Role::MultilineTextInput, "Raw token")
        .rect();
    // 19 characters of header, the dot, and into the payload's second claim.
    let character = character_width(&window);
    let at = text.left_top() + vec2(character * 38.5, 9.0);
    click_at(&mut window, at);
    assert!(selects(&window, PartRole::Payload, "\"exp\":12345"));
}

#[test]
fn dragging_selects_exactly_those_characters() {
    let mut window = pane!(
        of(r#"{"alg":"none"}"#, r#"{"iss":"a"}"#),
        raw,
        [760.0, 200.0]
    );
    let text = window
        .get_by_role_and_label(Role::MultilineTextInput, "Raw token")
        .rect();
    let character = character_width(&window);
    let at = |index: f32| text.left_top() + vec2(character * (index + 0.5), 9.0);
    window.hover_at(at(2.0));
    window.run();
    window.drag_at(at(2.0));
    window.step();
    window.hover_at(at(6.0));
    window.step();
    window.hover_at(at(7.0));
    window.step();
    window.drop_at(at(7.0));
    window.run();
    let wanted = Selection {
        part: PartRole::ProtectedHeader,
        range: 2..8,
    };
    assert!(
        window
            .state()
            .commands
            .contains(&Command::Select(Some(wanted.clone()))),
        "{:?}",
        window.state().commands
    );
    assert_eq!(window.state().model.selection, Some(wanted));
}

#[test]
fn the_keyboard_moves_and_extends_the_selection() {
    let mut window = pane!(Stage::id_token(), raw, [760.0, 200.0]);
    window
        .get_by_role_and_label(Role::MultilineTextInput, "Raw token")
        .focus();
    window.run();
    let select = |window: &mut Window, modifiers, key| {
        window.key_press_modifiers(modifiers, key);
        window.run();
        window
            .state()
            .model
            .selection
            .as_ref()
            .map(|selection| selection.range.clone())
    };
    assert_eq!(
        select(&mut window, Modifiers::NONE, Key::ArrowRight),
        Some(0..1),
        "the cursor appears"
    );
    assert_eq!(
        select(&mut window, Modifiers::NONE, Key::ArrowRight),
        Some(1..2)
    );
    assert_eq!(
        select(&mut window, Modifiers::SHIFT, Key::ArrowRight),
        Some(1..3)
    );
    assert_eq!(
        select(&mut window, Modifiers::SHIFT, Key::ArrowRight),
        Some(1..4)
    );
    assert_eq!(
        select(&mut window, Modifiers::NONE, Key::ArrowLeft),
        Some(2..3)
    );
    assert_eq!(select(&mut window, Modifiers::NONE, Key::Escape), None);
}

#[test]
fn copying_with_the_keyboard_takes_what_is_selected() {
    let mut window = pane!(Stage::id_token(), raw, [760.0, 200.0]);
    window
        .get_by_role_and_label(Role::MultilineTextInput, "Raw token")
        .focus();
    window.run();
    window.event(egui::Event::Copy);
    window.run();
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Token)));
    let selection = Selection {
        part: PartRole::ProtectedHeader,
        range: 3..9,
    };
    window.state_mut().model.selection = Some(selection.clone());
    window.event(egui::Event::Copy);
    window.run();
    assert_eq!(
        last(&window),
        Some(&Command::Copy(CopyOf::Found(selection)))
    );
}

#[test]
fn hostile_characters_are_escaped() {
    let stage = Stage::new("a\u{202E}b.c", KeyRing::default(), Policy::default());
    let window = pane!(stage, raw, [760.0, 200.0]);
    let node = window.get_by_role_and_label(Role::MultilineTextInput, "Raw token");
    assert_eq!(node.accesskit_node().value().unwrap(), "a\\u{202E}b.c");
    assert!(says(&window, "not readable as a token"));
}

#[test]
fn a_large_token_is_drawn_by_the_row() {
    let members: Vec<String> = (0..20_000)
        .map(|index| format!("\"m{index}\":\"é\""))
        .collect();
    let payload = format!(
        r#"{{"blob":"{}",{}}}"#,
        "x".repeat(1 << 20),
        members.join(",")
    );
    let stage = of(r#"{"alg":"HS256"}"#, &payload);
    let mut window = build(
        Harness::builder(),
        stage,
        [1200.0, 800.0],
        Theme::Dark,
        |ui, stage| {
            stage.all(ui);
        },
    );
    for view in ["Claims as Table", "Claims as JSON", "Claims as Hex"] {
        click(&mut window, view);
        let start = std::time::Instant::now();
        for _ in 0..10 {
            window.step();
        }
        let frame = start.elapsed() / 10;
        // An unoptimised build on a busy machine; one galley of this text takes seconds.
        assert!(
            frame < std::time::Duration::from_millis(250),
            "{view}: {frame:?} a frame"
        );
        println!("{view}: {frame:?} a frame");
    }
}
