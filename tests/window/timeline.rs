//! The timeline of several tokens, and what is looked at of it.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::find::{Candidate, Place, Where};
use tokenloupe::judge::{Policy, ProfileChoice, ProfileName};
use tokenloupe::keys::KeyRing;
use tokenloupe::window::beside::Beside;
use tokenloupe::window::commands::Command;
use tokenloupe::window::model::Clock;

use crate::desk::Desk;
use crate::pictures::picture_of;
use crate::stage::{Stage, harness, token};

type Window = Harness<'static, Stage>;

const CLOCK: &str = "Clock on the timeline";

/// 2026-11-18T20:00:00Z.
const IAT: i64 = 1_795_032_000;

/// [`crate::stage::NOW`].
const NOW: i64 = 1_795_300_813;

const YEAR: i64 = 31_556_952;

fn claims(sub: &str, iat: i64, life: i64) -> String {
    format!(
        r#"{{"iss":"https://accounts.example","sub":"{sub}","iat":{iat},"nbf":{iat},"exp":{}}}"#,
        iat + life
    )
}

/// A stage with these tokens beside each other, the first one on screen.
fn stage(tokens: &[String]) -> Stage {
    let first = tokens.first().expect("a token");
    let mut stage = Stage::new(first, KeyRing::default(), Policy::default());
    let mut adding = stage.model.session.adding();
    for (at, text) in tokens.iter().enumerate().skip(1) {
        adding.add(Candidate {
            text: text.clone().into(),
            place: Place {
                name: "request.http".to_owned(),
                byte_range: 0..text.len(),
                line: at + 1,
                where_: Where::Cookie,
                name_in: Some(["session", "access_token", "refresh_token"][at % 3].to_owned()),
                repairs: Vec::new(),
            },
        });
    }
    drop(adding);
    if tokens.len() > 1 {
        stage.model.beside = (0..tokens.len()).collect();
    }
    stage.judge();
    stage
}

fn jwt(claims: &str) -> String {
    token(r#"{"alg":"HS256","typ":"JWT"}"#, claims)
}

/// Over, current and to come.
fn three() -> Stage {
    stage(&[
        jwt(&claims("8f240c91", IAT, 3_600)),
        jwt(&claims("admin", NOW - 600, 1_500)),
        jwt(&claims("batch", NOW + 1_800, 3_600)),
    ])
}

fn years_and_minutes() -> Stage {
    stage(&[
        jwt(&claims("short", NOW - 100, 300)),
        jwt(&claims("long", NOW - 3 * YEAR, 10 * YEAR)),
    ])
}

/// A token of six hundred of them, and all are chosen.
fn hundreds() -> Stage {
    let tokens: Vec<String> = (0..600)
        .map(|at| jwt(&claims(&format!("user-{at}"), IAT + at * 60, 3_600)))
        .collect();
    stage(&tokens)
}

/// A token in a token, with the certificates of `certified.jwks.json`.
fn nested() -> Stage {
    let keys: serde_json::Value =
        serde_json::from_str(include_str!("certified.jwks.json")).expect("JSON");
    let x5c = keys
        .pointer("/keys/0/x5c")
        .expect("a chain of certificates");
    let header = format!(r#"{{"alg":"RS256","typ":"JWT","x5c":{x5c}}}"#);
    let inner = token(&header, &claims("8f240c91", NOW - 600, 3_600));
    let outer = token(r#"{"alg":"HS256","cty":"JWT"}"#, &inner);
    Stage::new(&outer, KeyRing::default(), Policy::default())
}

fn extreme() -> Stage {
    stage(&[
        jwt(r#"{"sub":"never","iat":-377705023201,"exp":1e300}"#),
        jwt(r#"{"sub":"milliseconds","iat":1795032000000,"exp":1795035600000}"#),
        jwt(r#"{"sub":"before all","iat":-1e300,"nbf":253402207200,"exp":-99e99}"#),
    ])
}

/// Everything that can have a mark.
fn marks() -> Stage {
    let claims = format!(
        r#"{{"iat":{IAT},"nbf":{},"exp":{},"auth_time":{},"updated_at":{},"toe":{},"kubernetes.io":{{"warnafter":{}}}}}"#,
        IAT + 60,
        IAT + 3_600,
        IAT - 13,
        IAT - 700,
        IAT + 20,
        IAT + 3_000
    );
    let policy = Policy {
        max_age_seconds: Some(1_200),
        max_lifetime_seconds: Some(1_800),
        profile: ProfileChoice::Named(ProfileName::Jwt),
        ..Policy::default()
    };
    let mut stage = Stage::new(&jwt(&claims), KeyRing::default(), policy);
    stage.model.now = "2026-11-18T20:30:00Z".parse().expect("a time");
    stage.judge();
    stage
}

fn show(ui: &mut egui::Ui, stage: &mut Stage) {
    let rect = ui.ctx().content_rect();
    let ground = tokenloupe::window::theme::tokens(ui).bg0;
    ui.painter().rect_filled(rect, 0, ground);
    for command in stage.timeline.ui(ui, &stage.model) {
        match &command {
            Command::ShowToken(at) => stage.model.current = Some(*at),
            Command::ShowLayer(at) => stage.model.show_layer(*at),
            other => stage.obey(other),
        }
        stage.commands.push(command);
    }
}

fn window(mut stage: Stage, size: [f32; 2]) -> Window {
    // The layers of a token are found as the window finds them.
    stage.model.show_layer(0);
    harness(stage, size, egui::Theme::Dark, show)
}

fn axis(window: &Window) -> Rect {
    window.get_by_role_and_label(Role::Slider, CLOCK).rect()
}

/// What a node says: its name, or of a mere text the text.
fn told(node: &egui_kittest::Node<'_>) -> String {
    let node = node.accesskit_node();
    node.label().or_else(|| node.value()).unwrap_or_default()
}

/// The middle of the mark whose words hold these.
fn mark(window: &Window, words: &str) -> f32 {
    let mut nodes = window.query_all_by(|_| true);
    let is_it = |told: &str| told.contains(words) && !told.starts_with("Lane ");
    let mark = nodes.find(|node| is_it(&told(node)));
    mark.expect("a mark").rect().center().x
}

fn names(window: &Window, start: &str) -> Vec<String> {
    let nodes = window.query_all_by(|_| true);
    let names = nodes.map(|node| told(&node));
    names.filter(|name| name.starts_with(start)).collect()
}

fn wheel(window: &mut Window, at: Pos2, delta: egui::Vec2, modifiers: Modifiers) {
    window.hover_at(at);
    window.event(Event::ModifiersChanged(modifiers));
    window.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers,
    });
    for _ in 0..30 {
        window.step();
    }
    window.event(Event::ModifiersChanged(Modifiers::NONE));
    window.run();
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run();
}

#[test]
fn keys_zoom_about_the_clock_and_0_fits_everything_again() {
    let mut window = window(marks(), [776.0, 154.0]);
    window.get_by_role_and_label(Role::Slider, CLOCK).focus();
    window.run();
    let width = |window: &Window| mark(window, "(exp)") - mark(window, "(iat)");
    let before = width(&window);
    press(&mut window, Modifiers::NONE, Key::Plus);
    let nearer = width(&window);
    assert!(nearer > before * 1.2, "{before} {nearer}");
    press(&mut window, Modifiers::NONE, Key::Minus);
    press(&mut window, Modifiers::NONE, Key::Minus);
    press(&mut window, Modifiers::NONE, Key::Minus);
    assert!(width(&window) < before, "{before}");
    let slider = window.get_by_role_and_label(Role::Slider, CLOCK);
    let told = slider.accesskit_node().description().unwrap_or_default();
    assert!(told.starts_with("Zoomed to 2026-11-18 "), "{told}");
    assert_eq!(window.state().model.clock, Clock::Live, "no key moved it");
    press(&mut window, Modifiers::NONE, Key::Num0);
    assert!((width(&window) - before).abs() < 1.0);
}

#[test]
fn the_wheel_with_ctrl_zooms_about_the_pointer_and_the_button_fits() {
    let mut window = window(Stage::id_token(), [776.0, 154.0]);
    let fit = |window: &Window| {
        window
            .get_by_label("Fit all times")
            .accesskit_node()
            .is_disabled()
    };
    assert!(fit(&window), "there is nothing to fit");
    let exp = mark(&window, "(exp)");
    let at = egui::pos2(exp, axis(&window).center().y);
    wheel(&mut window, at, vec2(0.0, 120.0), Modifiers::COMMAND);
    assert!((mark(&window, "(exp)") - exp).abs() < 2.0, "it stays there");
    let begin = axis(&window).left() + 20.0;
    assert!(mark(&window, "(iat)") < begin, "and the rest goes away");
    assert!(!fit(&window));
    window.get_by_label("Fit all times").click();
    window.run();
    assert!((mark(&window, "(exp)") - exp).abs() < 1.0);
    assert!(fit(&window));
}

#[test]
fn time_is_dragged_and_the_clock_stays_where_it_is() {
    let mut window = window(marks(), [776.0, 154.0]);
    let from = mark(&window, "(exp)");
    let y = axis(&window).bottom() - 8.0;
    let start = egui::pos2(from - 60.0, y);
    window.hover_at(start);
    window.run();
    window.drag_at(start);
    window.step();
    for by in [20.0, 60.0, 100.0] {
        window.hover_at(start - vec2(by, 0.0));
        window.step();
    }
    window.drop_at(start - vec2(100.0, 0.0));
    window.run();
    let moved = mark(&window, "(exp)") - from;
    assert!((-105.0..=-80.0).contains(&moved), "{moved}");
    assert_eq!(window.state().model.clock, Clock::Live);
    // The wheel with Shift, and keys, do the same.
    let before = mark(&window, "(exp)");
    wheel(&mut window, start, vec2(0.0, 60.0), Modifiers::SHIFT);
    assert!(mark(&window, "(exp)") > before + 20.0);
    window.get_by_role_and_label(Role::Slider, CLOCK).focus();
    window.run();
    let before = mark(&window, "(exp)");
    press(&mut window, Modifiers::ALT, Key::ArrowRight);
    assert!(mark(&window, "(exp)") < before - 50.0);
    assert_eq!(window.state().model.clock, Clock::Live);
}

#[test]
fn marks_say_their_claim_their_time_and_how_long_ago() {
    let window = window(marks(), [776.0, 154.0]);
    for words in [
        "Issued (iat) 2026-11-18 20:00:00 UTC, 30 min ago",
        "Not before (nbf) 2026-11-18 20:01:00 UTC, 29 min ago",
        "Expires (exp) 2026-11-18 21:00:00 UTC, in 30 min",
        "User signed in (auth_time) 2026-11-18 19:59:47 UTC",
        "Profile changed (updated_at) 2026-11-18 19:48:20 UTC",
        "Event happened (toe) 2026-11-18 20:00:20 UTC",
        "Warn after (kubernetes.io/warnafter) 2026-11-18 20:50:00 UTC, in 20 min",
        "Greatest age by the policy, 20 min (max age) 2026-11-18 20:20:00 UTC, 10 min ago",
        "Longest life by the policy, 30 min (max life) 2026-11-18 20:30:00 UTC, now",
    ] {
        assert_eq!(names(&window, words).len(), 1, "{words}");
    }
}

#[test]
fn each_token_has_a_lane_and_a_click_goes_to_it() {
    let mut window = window(three(), [776.0, 260.0]);
    let lanes = names(&window, "Lane ");
    let starts = [
        "Lane 1 of 3: JWT \u{B7} 8f240c91, expired 3 d 1 h ago. Issued (iat) 2026-11-18 20:00:00 UTC",
        "Lane 2 of 3: access_token \u{B7} admin, valid 15 min. Issued",
        "Lane 3 of 3: refresh_token \u{B7} batch, not yet valid, in 30 min. Issued",
    ];
    for (lane, start) in lanes.iter().zip(starts) {
        assert!(lane.starts_with(start), "{lane}");
    }
    assert_eq!(lanes.len(), 3);
    window.get_by_label_contains("Lane 2 of 3").click();
    window.run();
    assert_eq!(window.state().model.current, Some(1));
    assert_eq!(names(&window, "Lane ").len(), 3, "none is lost");
    assert_eq!(window.state().model.clock, Clock::Live);
    // The keyboard goes from lane to lane.
    window.get_by_label_contains("Lane 2 of 3").focus();
    window.run();
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().model.current, Some(2));
}

#[test]
fn a_double_click_looks_at_a_lane_and_leaves_the_clock_alone() {
    let mut window = window(years_and_minutes(), [776.0, 220.0]);
    let lane = window.get_by_label_contains("Lane 1 of 2").rect();
    let at = egui::pos2(lane.right() - 300.0, lane.center().y);
    for pressed in [true, false, true, false] {
        window.event(Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.step();
    }
    window.run();
    assert_eq!(window.state().model.clock, Clock::Live);
    let exp = mark(&window, "Expires (exp)");
    let end = axis(&window).right();
    let is_at_right = (end - 260.0..end - 60.0).contains(&exp);
    assert!(is_at_right, "{exp} {end}");
}

#[test]
fn no_more_lanes_than_can_be_told_apart_and_the_rest_is_counted() {
    let window = window(hundreds(), [776.0, 300.0]);
    let lanes = names(&window, "Lane 1 of ");
    assert!(lanes.iter().all(|lane| lane.starts_with("Lane 1 of 12")));
    assert_eq!(lanes.len(), 1);
    assert_eq!(names(&window, "And 588 tokens more").len(), 1);
}

#[test]
fn tokens_inside_and_certificates_have_lanes_of_their_own() {
    let mut window = window(nested(), [776.0, 300.0]);
    let lanes = names(&window, "Lane ");
    assert!(lanes.len() >= 4, "{lanes:?}");
    assert!(lanes[0].contains("No times of its own"), "{lanes:?}");
    assert!(lanes[1].starts_with("Lane 2 of "), "{lanes:?}");
    assert!(
        lanes[1].contains("2 JWS, valid 50 min. Issued"),
        "{lanes:?}"
    );
    assert!(
        lanes[2].contains("Certificate idp.accounts.example, valid"),
        "{lanes:?}"
    );
    assert!(
        lanes[2].contains("Valid from 2026-09-01") && lanes[2].contains("until 2027-09-01"),
        "{lanes:?}"
    );
    window.get_by_label_contains("2 JWS, valid").click();
    window.run();
    assert_eq!(window.state().model.shown_layer(), 1);
    window.get_by_label_contains("No times of its own").click();
    window.run();
    assert_eq!(window.state().model.shown_layer(), 0);
}

#[test]
fn times_beyond_all_years_are_told_and_stall_nothing() {
    let mut window = window(extreme(), [776.0, 260.0]);
    let lanes = names(&window, "Lane ");
    assert!(
        lanes[0].contains("Expires (exp) 1e300, beyond the years that can be shown"),
        "{lanes:?}"
    );
    assert!(
        lanes[1].contains("Issued (iat) 1795032000000, beyond"),
        "{lanes:?}"
    );
    assert!(lanes[2].contains(", expired"), "{lanes:?}");
    window.get_by_role_and_label(Role::Slider, CLOCK).focus();
    window.run();
    for key in [Key::Minus, Key::Plus, Key::Plus, Key::Minus] {
        for _ in 0..12 {
            press(&mut window, Modifiers::NONE, key);
        }
        press(&mut window, Modifiers::ALT, Key::ArrowRight);
    }
    press(&mut window, Modifiers::NONE, Key::Num0);
}

#[test]
fn what_is_shown_beside_is_chosen_in_the_menu() {
    let mut window = window(three(), [776.0, 500.0]);
    let open = |window: &mut Window| {
        window.get_by_label("More of the timeline").click();
        window.run();
    };
    open(&mut window);
    window
        .get_by_label("Beside: 3 refresh_token \u{B7} batch")
        .click();
    window.run();
    let last = |window: &Window| window.state().commands.last().cloned();
    let without = Beside::Tokens([0, 1].into());
    assert_eq!(last(&window), Some(Command::ShowBeside(without)));
    open(&mut window);
    window.get_by_label("Show all of its request").click();
    window.run();
    assert_eq!(last(&window), Some(Command::ShowBeside(Beside::Request)));
    open(&mut window);
    window.get_by_label("Show it alone").click();
    window.run();
    assert_eq!(last(&window), Some(Command::ShowBeside(Beside::Nothing)));
}

/// Three tokens of one request.
fn request() -> Desk {
    let mut desk = Desk::sized(1440.0, 900.0);
    let lines = [
        jwt(&claims("first", IAT, 3_600)),
        jwt(&claims("second", NOW - 60, 600)),
        jwt(&claims("third", NOW + 120, 600)),
    ];
    desk.paste(&lines.join("\n"));
    desk
}

#[test]
fn tokens_are_put_beside_each_other_in_the_rail_and_follow_what_becomes_of_them() {
    let mut desk = request();
    let first = desk.names("Token 1: ").first().expect("a token").clone();
    desk.click(&first);
    let third = desk.names("Token 3: ").first().expect("a token").clone();
    let at = desk.window.get_by_label(&third).rect().center();
    let ctrl = Modifiers::COMMAND;
    desk.window.event(Event::ModifiersChanged(ctrl));
    desk.window.hover_at(at);
    for pressed in [true, false] {
        desk.window.event(Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: ctrl,
        });
    }
    desk.window.event(Event::ModifiersChanged(Modifiers::NONE));
    desk.settle();
    assert_eq!(desk.window.state().model().current, Some(0));
    assert_eq!(desk.names("Lane ").len(), 2, "{:?}", desk.names("Lane "));
    assert!(desk.names("Token 3: ")[0].ends_with(", on the timeline too"));
    // All of the request, then one of them goes and comes back.
    desk.window
        .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    desk.settle();
    desk.window
        .event(Event::Text("all of its request".to_owned()));
    desk.settle();
    desk.window.key_press(Key::Enter);
    desk.settle();
    assert_eq!(desk.names("Lane ").len(), 3);
    desk.window.key_press_modifiers(Modifiers::COMMAND, Key::W);
    desk.settle();
    assert_eq!(desk.names("Lane ").len(), 2);
    let model = desk.window.state().model();
    assert_eq!(model.beside, [0, 1].into(), "each is one place further up");
}

#[test]
fn the_times_of_all_lanes_are_copied() {
    let mut desk = request();
    let open = "More of the timeline";
    desk.click(open);
    desk.click("Show all of its request");
    desk.click("Copy the times in words");
    let copied = desk.board.text().unwrap_or_default();
    let lines: Vec<&str> = copied.lines().collect();
    for line in [
        "JWT \u{B7} first: expired 3 d 1 h ago",
        "  Issued (iat) 2026-11-18 20:00:00 UTC, 3 d 2 h ago",
        "JWT \u{B7} second: valid 9 min",
        "JWT \u{B7} third: not yet valid, in 2 min",
        "Leeway 1 min",
    ] {
        assert!(lines.contains(&line), "{line}: {copied}");
    }
}

#[test]
fn a_token_to_come_is_not_yet_valid() {
    let stage = || {
        let mut stage = three();
        stage.model.beside.clear();
        stage.model.current = Some(2);
        stage
    };
    picture_of("timeline-to-come", stage, [776.0, 154.0], show, |_| {});
}

#[test]
fn three_tokens_below_each_other() {
    picture_of("timeline-three", three, [776.0, 228.0], show, |window| {
        let at = axis(window).center() + vec2(60.0, 8.0);
        window.hover_at(at);
        window.run();
    });
}

#[test]
fn three_tokens_in_a_narrow_place() {
    picture_of("timeline-narrow", three, [460.0, 190.0], show, |_| {});
}

#[test]
fn ten_years_beside_five_minutes() {
    picture_of(
        "timeline-years",
        years_and_minutes,
        [776.0, 180.0],
        show,
        |_| {},
    );
}

#[test]
fn certificates_under_a_token_inside_of_another_one() {
    let stage = || {
        let mut stage = nested();
        stage.model.show_layer(1);
        stage
    };
    picture_of("timeline-nested", stage, [776.0, 266.0], show, |_| {});
}

#[test]
fn marks_that_stand_close() {
    picture_of("timeline-marks", marks, [776.0, 154.0], show, |_| {});
}

#[test]
fn a_stretch_that_was_zoomed_to() {
    let show_frozen = |ui: &mut egui::Ui, stage: &mut Stage| show(ui, stage);
    picture_of(
        "timeline-zoomed",
        Stage::id_token,
        [776.0, 154.0],
        show_frozen,
        |window| {
            let exp = mark(window, "(exp)");
            let at = egui::pos2(exp, axis(window).center().y);
            wheel(window, at, vec2(0.0, 200.0), Modifiers::COMMAND);
            window.event(Event::PointerGone);
            window.run();
        },
    );
}

#[test]
fn times_that_nobody_lives_to_see() {
    picture_of("timeline-extreme", extreme, [776.0, 228.0], show, |_| {});
}
