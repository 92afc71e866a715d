//! The token as received.

use egui::accesskit::Role;
use egui::{Key, Modifiers, PointerButton, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::jose::PartRole;
use tokenloupe::judge::Policy;
use tokenloupe::keys::KeyRing;
use tokenloupe::window::commands::Command;
use tokenloupe::window::copies::CopyOf;
use tokenloupe::window::model::Selection;

use super::{Window, character_width, click, click_at, last, of, press_at, says, selects};
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

/// The middle of a character of the raw text's first row.
fn character_at(window: &Window, index: f32) -> egui::Pos2 {
    let text = window
        .get_by_role_and_label(Role::MultilineTextInput, "Raw token")
        .rect();
    text.left_top() + vec2(character_width(window) * (index + 0.5), 9.0)
}

fn selected(window: &Window) -> Option<Selection> {
    window.state().model.selection.clone()
}

#[test]
fn what_is_selected_is_copied_in_every_form_that_it_has() {
    let mut window = pane!(
        of(r#"{"alg":"none"}"#, r#"{"iss":"a","exp":12345}"#),
        raw,
        [760.0, 300.0]
    );
    let is_enabled =
        |window: &Window, name: &str| !window.get_by_label(name).accesskit_node().is_disabled();
    let forms = [
        "Selected characters as found",
        "Selected, decoded",
        "Selected, as JSON",
    ];
    click(&mut window, "Copy");
    assert!(is_enabled(&window, "Without its signature"));
    for form in forms {
        assert!(!is_enabled(&window, form), "{form}: nothing is selected");
    }
    click(&mut window, "Without its signature");
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Redacted)));
    // The menu of the text selects what it is opened on.
    let at = character_at(&window, 38.0);
    press_at(&mut window, at, PointerButton::Secondary, Modifiers::NONE);
    window.run();
    assert!(selects(&window, PartRole::Payload, "\"exp\":12345"));
    let selection = selected(&window).unwrap();
    click(&mut window, "Selected, as JSON");
    assert_eq!(
        last(&window),
        Some(&Command::Copy(CopyOf::Json(selection.clone())))
    );
    // A piece of a member is text, but no JSON.
    let piece = Selection {
        range: selection.range.start + 4..selection.range.start + 8,
        ..selection
    };
    window.state_mut().model.selection = Some(piece.clone());
    window.run();
    click(&mut window, "Copy");
    assert!(!is_enabled(&window, "Selected, as JSON"));
    click(&mut window, "Selected, decoded");
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Decoded(piece))));
}

#[test]
fn faults_are_listed_and_lead_to_their_characters() {
    let stage = Stage::new(
        &crate::stage::sample("damaged.jwt"),
        KeyRing::default(),
        Policy::default(),
    );
    let token = stage.model.session.tokens[0].token.clone();
    let mut window = pane!(stage, raw, [760.0, 400.0]);
    let count = token.faults.len();
    assert!(count > 1);
    click(&mut window, &format!("{count} faults in the token"));
    let fault = &token.faults[1];
    click(&mut window, &format!("Byte {}. ", fault.range.start));
    assert_eq!(
        selected(&window).map(|selection| selection.range),
        Some(fault.range.clone())
    );
    assert!(!says(&window, "Byte "), "the list is closed");
    let window = pane!(Stage::id_token(), raw, [760.0, 400.0]);
    assert!(!says(&window, "fault"));
}

#[test]
fn many_faults_are_listed_by_the_page() {
    let members: Vec<String> = (0..240)
        .map(|index| format!("\"a{}\":1", index / 2))
        .collect();
    let payload = format!("{{{}}}", members.join(","));
    let mut window = pane!(of(r#"{"alg":"none"}"#, &payload), raw, [760.0, 500.0]);
    let count = window.state().model.session.tokens[0].token.faults.len();
    assert_eq!(count, 120);
    click(&mut window, "120 faults in the token");
    click(&mut window, "Show 50 of 70 more");
    click(&mut window, "Show 20 of 20 more");
    assert!(!says(&window, "more"));
    assert!(says(&window, "Byte "), "the list stays open");
}

#[test]
fn the_legend_is_there_in_narrow_panes_and_selects_parts() {
    for width in [380.0, 760.0] {
        let mut window = pane!(Stage::id_token(), raw, [width, 260.0]);
        click(&mut window, "payload 247");
        assert_eq!(
            selected(&window),
            Some(Selection {
                part: PartRole::Payload,
                range: 115..362
            }),
            "{width}"
        );
    }
}

#[test]
fn many_disclosures_are_one_line_of_the_legend() {
    let token = format!("{}~WyJh~WyJi~WyJj~", crate::stage::token("{}", "{}"));
    let stage = Stage::new(&token, KeyRing::default(), Policy::default());
    let window = pane!(stage, raw, [760.0, 260.0]);
    assert!(
        says(&window, "3 disclosures 12"),
        "{:?}",
        super::names(&window)
    );
}

#[test]
fn clicks_and_keys_take_pieces_parts_and_all() {
    let mut window = pane!(
        of(r#"{"alg":"none"}"#, r#"{"iss":"a","exp":12345}"#),
        raw,
        [760.0, 200.0]
    );
    let header = 0..19;
    for _ in 0..3 {
        let at = character_at(&window, 12.0);
        press_at(&mut window, at, PointerButton::Primary, Modifiers::NONE);
    }
    window.run();
    assert_eq!(
        selected(&window).map(|selection| selection.range),
        Some(header.clone()),
        "three clicks take the part"
    );
    let press = |window: &mut Window, modifiers, key| {
        window.key_press_modifiers(modifiers, key);
        window.run();
        selected(window)
    };
    let all = press(&mut window, Modifiers::COMMAND, Key::A).unwrap();
    let length = window.state().model.session.tokens[0].token.text().len();
    assert_eq!((all.part, all.range), (PartRole::Token, 0..length));
    let end = press(&mut window, Modifiers::COMMAND, Key::End).unwrap();
    assert_eq!(end.range, length - 1..length);
    let start = press(&mut window, Modifiers::COMMAND, Key::Home).unwrap();
    assert_eq!(start.range, 0..1);
    let at = character_at(&window, 7.0);
    window.event(egui::Event::ModifiersChanged(Modifiers::SHIFT));
    press_at(&mut window, at, PointerButton::Primary, Modifiers::SHIFT);
    window.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    window.run();
    assert_eq!(
        selected(&window).map(|selection| selection.range),
        Some(0..8),
        "Shift extends"
    );
}

#[test]
fn a_selection_dragged_over_the_edge_brings_more_rows() {
    let payload = format!(r#"{{"blob":"{}"}}"#, "x".repeat(20_000));
    let mut window = pane!(of(r#"{"alg":"HS256"}"#, &payload), raw, [760.0, 200.0]);
    let from = character_at(&window, 3.0);
    window.hover_at(from);
    window.run();
    window.drag_at(from);
    window.step();
    window.hover_at(from + vec2(0.0, 40.0));
    window.step();
    let seen = |window: &Window| selected(window).map_or(0, |selection| selection.range.end);
    let below = egui::pos2(from.x, 260.0);
    window.hover_at(below);
    window.step();
    let first = seen(&window);
    for _ in 0..30 {
        window.step();
    }
    let later = seen(&window);
    window.drop_at(below);
    window.run();
    assert!(first > 3 && later > first + 1_000, "{first} {later}");
    let start = selected(&window).map(|selection| selection.range.start);
    assert_eq!(start, Some(3), "from where it began");
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
