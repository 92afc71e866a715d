//! Header and claims with very many members, very long ones, and by keyboard.

use std::collections::BTreeMap;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::jose::PartRole;
use tokenloupe::window::commands::Command;
use tokenloupe::window::copies::CopyOf;
use tokenloupe::window::model::Selection;
use tokenloupe::window::panes::MemberForm;
use tokenloupe::window::panes::focus::{self, Place};

use super::{Window, click, last, names, of, says, selects};
use crate::stage::{Stage, harness};

const HEADER: &str = r#"{"alg":"none"}"#;
const SIZE: [f32; 2] = [480.0, 300.0];

fn claims(payload: &str) -> Window {
    pane!(of(HEADER, payload), claims, SIZE)
}

/// `{"m0":0,"m1":1,…}`.
fn many(count: usize) -> String {
    let members: Vec<String> = (0..count)
        .map(|index| format!("\"m{index}\":{index}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// The names of the rows that are widgets now.
fn rows(window: &Window) -> Vec<String> {
    let rows = window.query_all_by_role(Role::Row);
    rows.map(|row| row.accesskit_node().label().unwrap())
        .collect()
}

fn press(window: &mut Window, key: Key) {
    press_with(window, Modifiers::NONE, key);
}

fn press_with(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run();
}

/// The name of the row that has the keyboard.
fn active(window: &Window) -> String {
    let focused = window
        .query_all_by_role(Role::Row)
        .find(|row| row.accesskit_node().is_focused());
    focused.map_or_else(String::new, |row| row.accesskit_node().label().unwrap())
}

fn selection(window: &Window, decoded: &str) -> Selection {
    let token = &window.state().model.session.tokens[0].token;
    let part = token.part(PartRole::Payload).unwrap();
    let start = part.utf8().unwrap().find(decoded).unwrap();
    Selection {
        part: PartRole::Payload,
        range: part.text_range(start..start + decoded.len()),
    }
}

#[test]
fn of_two_thousand_members_only_those_in_view_are_widgets() {
    let mut window = claims(&many(2_000));
    let first = rows(&window);
    assert!((8..20).contains(&first.len()), "{first:?}");
    assert!(first[0].starts_with("m0: 0"), "{first:?}");
    let table = window.get_by_role_and_label(Role::TreeGrid, "Payload as table");
    assert_eq!(table.accesskit_node().data().row_count(), Some(2_000));
    table.focus();
    window.run();
    press(&mut window, Key::End);
    let ended = rows(&window);
    assert!(
        ended.last().unwrap().starts_with("m1999: 1999"),
        "{ended:?}"
    );
    assert!(active(&window).starts_with("m1999: 1999"));
    let row = window.get_by_label_contains("m1999: 1999");
    assert_eq!(row.accesskit_node().data().row_index(), Some(1_999));
    assert!(row.rect().bottom() <= SIZE[1], "whole in view");
    press(&mut window, Key::Home);
    assert_eq!(rows(&window), first);
}

#[test]
fn of_a_million_elements_each_can_be_reached() {
    let mut window = claims(&format!("[{}7]", "0,".repeat(999_999)));
    window.get_by_role(Role::TreeGrid).focus();
    window.run();
    press(&mut window, Key::End);
    assert!(active(&window).starts_with("999999: 7"));
    for _ in 0..5 {
        press(&mut window, Key::ArrowUp);
    }
    assert!(active(&window).starts_with("999994: 0"));
    let row = window.get_by_label("999994: 0").rect();
    assert!(row.top() > 0.0 && row.bottom() <= SIZE[1], "in view");
    press(&mut window, Key::PageUp);
    assert!(!says(&window, "999999: 7"));
    press(&mut window, Key::Home);
    assert!(active(&window).starts_with("0: 0"));
}

#[test]
fn a_far_member_that_is_selected_elsewhere_comes_into_view() {
    let mut window = claims(&many(2_000));
    for name in ["m1500", "m3", "m1999"] {
        let member = format!("\"{name}\":{}", &name[1..]);
        window.state_mut().model.selection = Some(selection(&window, &member));
        window.run();
        let wanted = format!("{name}: ");
        let row = window.get_by_label_contains(&wanted);
        assert!(row.rect().top() >= 30.0 && row.rect().bottom() <= SIZE[1]);
        assert_eq!(
            row.accesskit_node().toggled(),
            Some(egui::accesskit::Toggled::True)
        );
    }
}

#[test]
fn a_nested_member_that_is_selected_elsewhere_is_uncovered() {
    let payload = format!(
        r#"{{"first":{},"realm":{{"roles":["user",["deep"]]}}}}"#,
        many(300)
    );
    let mut window = claims(&payload);
    assert!(!says(&window, "roles: "));
    window.state_mut().model.selection = Some(selection(&window, "\"deep\""));
    window.run();
    assert!(says(&window, "0: deep"), "{:?}", names(&window));
    assert!(says(&window, "roles: 2 elements") || says(&window, "roles: ["));
}

#[test]
fn two_hundred_levels_open_and_close_by_keyboard() {
    let payload = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
    let mut window = claims(&payload);
    window.get_by_label_contains("a: ").focus();
    window.run();
    for _ in 0..199 {
        press(&mut window, Key::ArrowRight);
        press(&mut window, Key::ArrowRight);
    }
    assert_eq!(active(&window), "a: 1");
    let deepest = window.get_by_label("a: 1");
    assert_eq!(deepest.accesskit_node().data().level(), Some(199));
    assert_eq!(deepest.accesskit_node().data().row_index(), Some(199));
    press(&mut window, Key::ArrowLeft);
    let data = |window: &Window| {
        let row = window
            .query_all_by_role(Role::Row)
            .find(|row| row.accesskit_node().is_focused())
            .unwrap();
        let node = row.accesskit_node();
        (node.data().level(), node.data().is_expanded())
    };
    assert_eq!(data(&window), (Some(198), Some(true)), "to the parent");
    press(&mut window, Key::ArrowLeft);
    assert_eq!(data(&window), (Some(198), Some(false)), "which closes");
}

#[test]
fn a_claim_of_half_a_megabyte_is_shown_to_its_end() {
    let text = "0123456789".repeat(50_000);
    let mut window = claims(&format!(r#"{{"a":1,"blob":"{text}END","z":2}}"#));
    assert!(says(&window, "z: 2"), "cut at first");
    window.get_by_label_contains("blob: ").focus();
    window.run();
    press(&mut window, Key::ArrowRight);
    let shown = |window: &Window| {
        let shapes = window.output().shapes.iter();
        let text = shapes.filter_map(|shape| match &shape.shape {
            egui::Shape::Text(text) => Some(text.galley.job.text.clone()),
            _ => None,
        });
        text.collect::<Vec<_>>()
    };
    assert!(!says(&window, "z: 2"), "the rest is far below");
    let longest = shown(&window).iter().map(String::len).max().unwrap();
    assert!(longest < 700, "no text of {longest} bytes is laid out");
    press(&mut window, Key::End);
    assert!(active(&window).starts_with("z: 2"));
    assert!(says(&window, "z: 2"));
    let ends = shown(&window).iter().any(|text| text.ends_with("END"));
    assert!(ends, "{:?}", shown(&window));
    press(&mut window, Key::ArrowUp);
    assert!(active(&window).starts_with("blob: "));
    let before = shown(&window);
    press(&mut window, Key::PageUp);
    assert_ne!(before, shown(&window), "a page back within the value");
    assert!(active(&window).starts_with("blob: "));
    click(&mut window, "Show less of blob");
    assert!(says(&window, "z: 2"));
}

#[test]
fn the_arrow_keys_move_among_rows_and_others_select_and_copy() {
    let mut window = claims(r#"{"iss":"a","o":{"n":[1]},"sub":"b\tc"}"#);
    window.get_by_label_contains("iss: ").focus();
    window.run();
    press(&mut window, Key::ArrowDown);
    assert!(active(&window).starts_with("o: "));
    press(&mut window, Key::ArrowRight);
    press(&mut window, Key::ArrowRight);
    assert!(active(&window).starts_with("n: "));
    press(&mut window, Key::ArrowLeft);
    assert!(active(&window).starts_with("o: "));
    press(&mut window, Key::ArrowLeft);
    assert!(!says(&window, "n: "));
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::Enter);
    assert!(selects(&window, PartRole::Payload, r#""sub":"b\tc""#));
    press(&mut window, Key::Space);
    assert_eq!(last(&window), Some(&Command::Select(None)));
    window.event(Event::Copy);
    window.run();
    let sub = selection(&window, r#""sub":"b\tc""#);
    assert_eq!(
        last(&window),
        Some(&Command::Copy(CopyOf::Decoded(sub.clone())))
    );
    press(&mut window, Key::Enter);
    press(&mut window, Key::Escape);
    assert_eq!(last(&window), Some(&Command::Select(None)));
    click(&mut window, "iss: ");
    assert!(active(&window).starts_with("iss: "), "a click takes it");
}

#[test]
fn the_table_is_one_stop_of_the_tab_key() {
    let mut window = claims(&many(40));
    window.get_by_label_contains("m0: ").focus();
    window.run();
    for _ in 0..5 {
        press(&mut window, Key::ArrowDown);
    }
    press(&mut window, Key::Tab);
    assert_eq!(active(&window), "", "out of the table");
    press_with(&mut window, Modifiers::SHIFT, Key::Tab);
    assert!(active(&window).starts_with("m5: 5"), "where it was");
}

#[test]
fn a_rows_menu_copies_and_opens_by_key_and_by_pointer() {
    let mut window = claims(r#"{"o":{"n":[1],"s":"x"}}"#);
    window.get_by_label_contains("o: ").focus();
    window.run();
    let member = selection(&window, r#""o":{"n":[1],"s":"x"}"#);
    press_with(&mut window, Modifiers::SHIFT, Key::F10);
    assert!(
        window
            .get_by_label("Copy value")
            .accesskit_node()
            .is_focused()
    );
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::Enter);
    assert_eq!(
        last(&window),
        Some(&Command::Copy(CopyOf::Json(member.clone())))
    );
    assert!(!says(&window, "Copy value"), "closed");
    assert!(active(&window).starts_with("o: "), "back at the row");
    for (entry, copied) in [
        ("Copy value", CopyOf::Decoded(member.clone())),
        ("Copy as row", CopyOf::Row(member.clone())),
        ("Copy characters as found", CopyOf::Found(member.clone())),
    ] {
        window.get_by_label_contains("o: ").click_secondary();
        window.run();
        click(&mut window, entry);
        assert_eq!(last(&window), Some(&Command::Copy(copied)));
        assert!(active(&window).starts_with("o: "), "back at the row");
    }
    window.get_by_label_contains("o: ").click_secondary();
    window.run();
    click(&mut window, "Open all below");
    assert!(says(&window, "0: 1"), "{:?}", names(&window));
    window.get_by_label_contains("o: ").click_secondary();
    window.run();
    click(&mut window, "Close all below");
    assert_eq!(rows(&window).len(), 1);
}

#[test]
fn the_cards_menu_opens_closes_and_copies_all() {
    let mut window = claims(r#"{"a":{"b":{"c":1}},"d":[[2]]}"#);
    click(&mut window, "More for claims");
    click(&mut window, "Open all");
    assert_eq!(rows(&window).len(), 6);
    click(&mut window, "More for claims");
    click(&mut window, "Close all");
    assert_eq!(rows(&window).len(), 2);
    click(&mut window, "More for claims");
    click(&mut window, "Copy all as JSON");
    let Some(Command::Copy(CopyOf::Json(copied))) = last(&window) else {
        panic!("nothing copied");
    };
    let token = &window.state().model.session.tokens[0].token;
    assert_eq!(copied.range, token.part(PartRole::Payload).unwrap().range);
}

#[test]
fn members_are_looked_for_by_name_and_value() {
    let payload = many(2_000).replace("\"m7\":7", r#""m7":{"roles":["Admin","user"]}"#);
    let mut window = claims(&payload);
    window.get_by_label_contains("m0: ").focus();
    window.run();
    press_with(&mut window, Modifiers::COMMAND, Key::F);
    let field = window.get_by_label("Filter claims");
    assert!(field.accesskit_node().is_focused());
    field.type_text("admin");
    window.run();
    assert!(says(&window, "1 of 2003"), "{:?}", names(&window));
    let found = rows(&window);
    assert_eq!(found.len(), 3, "with what it is in: {found:?}");
    assert!(found[2].starts_with("0: Admin"));
    window.get_by_label("Filter claims").type_text("x");
    window.run();
    assert!(says(&window, "Nothing matches") && says(&window, "0 of 2003"));
    press(&mut window, Key::Backspace);
    press(&mut window, Key::Enter);
    assert!(active(&window).starts_with("m7: "));
    press(&mut window, Key::Escape);
    assert!(rows(&window).len() > 5, "all again");
    assert!(active(&window).starts_with("m7: "));
}

#[test]
fn the_keyboard_can_be_sent_to_the_rows_and_to_the_bytes() {
    let mut window = claims(&many(30));
    focus::ask(&window.ctx, Place::Claims);
    window.run();
    assert!(active(&window).starts_with("m0: 0"));
    assert_eq!(window.state().claims.form(), MemberForm::Table);
    window.state_mut().claims.set_form(MemberForm::Json);
    focus::ask(&window.ctx, Place::Claims);
    window.run();
    let text = window.get_by_label("Payload as text");
    assert!(text.accesskit_node().is_focused());
    window.event(Event::Copy);
    window.run();
    assert!(matches!(
        last(&window),
        Some(Command::Copy(CopyOf::Decoded(_)))
    ));
}

#[test]
fn a_time_tells_the_other_zone_and_a_hostile_value_its_hidden_characters() {
    let window = claims("{\"exp\":1795035600,\"sub\":\"a\u{202E}b\"}");
    let row = window.get_by_label_contains("exp: ");
    let described = row.accesskit_node().data().description().map(str::to_owned);
    assert!(described.unwrap().contains("2026-11-18 21:00:00 UTC"));
    assert!(says(&window, "sub: a\\u{202E}b"), "{:?}", names(&window));
}

/// Where the rows in view are, by their positions.
fn places(window: &Window) -> BTreeMap<usize, f32> {
    let rows = window.query_all_by_role(Role::Row);
    rows.map(|row| {
        let index = row.accesskit_node().data().row_index().unwrap();
        (index, row.rect().top())
    })
    .collect()
}

fn wheel(window: &mut Window, points: f32) {
    window.event(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, points),
        modifiers: Modifiers::NONE,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
    });
    // A turn of the wheel goes on for some frames.
    window.run_steps(32);
}

#[test]
fn rows_that_come_into_view_do_not_move_those_that_are_there() {
    // Each row is higher than its length tells, for what is said of a name that stands there twice.
    let members: Vec<String> = (0..400)
        .map(|index| format!(r#""same":"{}""#, "x".repeat(index % 90)))
        .collect();
    let mut window = claims(&format!("{{{}}}", members.join(",")));
    window.get_by_role(Role::TreeGrid).focus();
    window.run();
    press(&mut window, Key::End);
    window.hover_at(egui::pos2(200.0, 150.0));
    window.run();
    for step in 0..40 {
        let before = places(&window);
        wheel(&mut window, 37.0);
        let after = places(&window);
        let mut common = 0;
        for (index, top) in &before {
            if let Some(now) = after.get(index) {
                common += 1;
                assert!(
                    (now - top - 37.0).abs() < 0.6,
                    "{step}: {before:?} {after:?}"
                );
            }
        }
        assert!(common > 0, "{step}: {before:?} {after:?}");
    }
}

#[test]
fn the_first_row_in_view_stays_when_the_width_changes() {
    let members: Vec<String> = (0..300)
        .map(|index| format!(r#""m{index}":"{}""#, "word ".repeat(index % 50)))
        .collect();
    let payload = format!("{{{}}}", members.join(","));
    let show = |ui: &mut egui::Ui, stage: &mut Stage| {
        let _ = stage.claims.ui(ui, &stage.model);
    };
    let mut window = harness(
        of(HEADER, &payload),
        [700.0, 400.0],
        egui::Theme::Dark,
        show,
    );
    window.hover_at(egui::pos2(200.0, 200.0));
    for _ in 0..10 {
        wheel(&mut window, -300.0);
    }
    let first = *places(&window).keys().next().unwrap();
    assert!(first > 20, "{first}");
    for width in [500.0, 320.0, 900.0, 700.0] {
        window.set_size(egui::vec2(width, 400.0));
        window.run();
        let now = places(&window);
        assert!(now.contains_key(&first), "{width}: {first} {now:?}");
    }
}

#[test]
fn no_key_fails_on_odd_payloads() {
    let payloads = ["", "{}", "[]", "7", "[[]]", "{\"\":{\"\":\"\"}}"];
    for payload in payloads {
        let mut window = claims(payload);
        for key in [
            Key::Tab,
            Key::Tab,
            Key::End,
            Key::PageUp,
            Key::ArrowRight,
            Key::ArrowRight,
            Key::ArrowLeft,
            Key::PageDown,
            Key::Enter,
            Key::ArrowUp,
            Key::Home,
            Key::Escape,
        ] {
            press(&mut window, key);
        }
    }
}
