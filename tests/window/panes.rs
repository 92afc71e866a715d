//! Each pane by its accessible names.

use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers, PointerButton, Theme, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::jose::PartRole;
use tokenloupe::judge::Policy;
use tokenloupe::keys::KeyRing;
use tokenloupe::window::commands::Command;
use tokenloupe::window::model::{Clock, Selection, Zone};

use super::stage::{Stage, build, harness, sample, token};

type Window = Harness<'static, Stage>;

/// One pane of a stage in a place of its own.
macro_rules! pane {
    ($stage:expr, $pane:ident, $size:expr) => {
        harness($stage, $size, Theme::Dark, |ui, stage: &mut Stage| {
            let commands = stage.$pane.ui(ui, &stage.model);
            for command in &commands {
                stage.obey(command);
            }
            stage.commands.extend(commands);
        })
    };
}

fn of(header: &str, payload: &str) -> Stage {
    Stage::new(
        &token(header, payload),
        KeyRing::default(),
        Policy::default(),
    )
}

/// The names of all that can be read, in order.
fn names(window: &Window) -> Vec<String> {
    window
        .query_all_by(|_| true)
        .filter_map(|node| {
            let node = node.accesskit_node();
            node.label().or_else(|| node.value())
        })
        .collect()
}

fn says(window: &Window, words: &str) -> bool {
    names(window).iter().any(|name| name.contains(words))
}

fn click(window: &mut Window, name: &str) {
    window.get_by_label_contains(name).click();
    window.run();
}

fn last(window: &Window) -> Option<&Command> {
    window.state().commands.last()
}

/// Whether the last command selects exactly the characters of this decoded text.
fn selects(window: &Window, role: PartRole, decoded: &str) -> bool {
    let part_of = |stage: &Stage| {
        stage.model.session.tokens[0]
            .token
            .part(role)
            .unwrap()
            .clone()
    };
    let part = part_of(window.state());
    let start = part.utf8().unwrap().find(decoded).unwrap();
    let wanted = Selection {
        part: role,
        range: part.text_range(start..start + decoded.len()),
    };
    last(window) == Some(&Command::Select(Some(wanted)))
}

// The verdict.

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

// The raw token.

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
    assert_eq!(last(&window), Some(&Command::CopyToken));
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
    assert_eq!(last(&window), Some(&Command::CopyToken));
    let selection = Selection {
        part: PartRole::ProtectedHeader,
        range: 3..9,
    };
    window.state_mut().model.selection = Some(selection.clone());
    window.event(egui::Event::Copy);
    window.run();
    assert_eq!(last(&window), Some(&Command::CopyRange(selection)));
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

// Header and claims.

#[test]
fn a_claim_says_what_it_means_and_selects_its_characters() {
    let mut window = pane!(Stage::id_token(), claims, [480.0, 360.0]);
    assert!(
        says(
            &window,
            "exp: 1795035600. Expired 2026-11-18 21:00:00 UTC · 3 d 1 h ago"
        ),
        "{:?}",
        names(&window)
    );
    assert!(says(
        &window,
        "iss: https://accounts.example. Issuer · matches policy"
    ));
    assert!(says(
        &window,
        "auth_time: 1795031987. User signed in 13 s before issue"
    ));
    click(&mut window, "exp: 1795035600");
    let token = window.state().model.session.tokens[0].token.clone();
    let part = token.part(PartRole::Payload).unwrap();
    let member = part
        .json
        .as_ref()
        .unwrap()
        .root
        .as_ref()
        .unwrap()
        .member("exp")
        .unwrap();
    let wanted = Selection {
        part: PartRole::Payload,
        range: part.text_range(member.range()),
    };
    assert_eq!(last(&window), Some(&Command::Select(Some(wanted))));
    let lit = |window: &Window, name: &str| {
        window
            .get_by_label_contains(name)
            .accesskit_node()
            .toggled()
            == Some(Toggled::True)
    };
    assert!(lit(&window, "exp: 1795035600"));
    assert!(!lit(&window, "nbf: 1795032000"), "the neighbour stays dark");
    click(&mut window, "exp: 1795035600");
    assert_eq!(last(&window), Some(&Command::Select(None)), "and off again");
}

#[test]
fn a_member_with_a_finding_says_so() {
    let window = pane!(Stage::id_token(), header, [300.0, 360.0]);
    assert!(
        says(
            &window,
            "Key set address. High: Header names its own key URL (jku)"
        ),
        "{:?}",
        names(&window)
    );
    assert!(says(&window, "kid: idp-2026-09. Key id. in key manager"));
    assert!(says(&window, "alg: RS256. RSA PKCS#1 v1.5 with SHA-256"));
}

#[test]
fn the_tabs_show_exact_text_and_bytes() {
    let mut window = pane!(
        of(r#"{"alg":"none"}"#, "{\"n\": 3.0,\r\n \"n\":3}"),
        claims,
        [640.0, 360.0]
    );
    assert!(
        says(
            &window,
            "n: 3.0. Not registered · most parsers overwrite this one"
        ),
        "{:?}",
        names(&window)
    );
    assert!(says(
        &window,
        "n: 3. Not registered · most parsers take this one"
    ));
    click(&mut window, "Claims as JSON");
    let text = window.get_by_role_and_label(Role::MultilineTextInput, "Payload as text");
    assert_eq!(
        text.accesskit_node().value().unwrap(),
        "{\"n\": 3.0,\\r\\n \"n\":3}"
    );
    click(&mut window, "Claims as Hex");
    let hex = window.get_by_role_and_label(Role::MultilineTextInput, "Payload as hex");
    let at = hex.rect().left_top() + vec2(character_width(&window) * 9.5, 9.0);
    click_at(&mut window, at);
    assert!(
        selects(&window, PartRole::Payload, "\"n\": 3.0"),
        "a click takes the member"
    );
}

#[test]
fn nested_values_open_in_place() {
    let payload = r#"{"realm_access":{"roles":["admin","user"]}}"#;
    let mut window = pane!(of(r#"{"alg":"none"}"#, payload), claims, [480.0, 360.0]);
    assert!(!says(&window, "roles: "));
    click(&mut window, "Open realm_access");
    click(&mut window, "Open roles");
    assert!(says(&window, "1: user"), "{:?}", names(&window));
    click(&mut window, "1: user");
    assert!(selects(&window, PartRole::Payload, "\"user\""));
    window.get_by_label_contains("realm_access: ").focus();
    window.run();
    window.key_press(Key::ArrowLeft);
    window.run();
    assert!(!says(&window, "roles: "), "the arrow key closes it");
}

#[test]
fn long_values_are_cut_until_asked_for() {
    let payload = format!(r#"{{"blob":"{}END"}}"#, "x".repeat(900));
    let mut window = pane!(of(r#"{"alg":"none"}"#, &payload), claims, [480.0, 600.0]);
    let before = window.get_by_label_contains("blob: ").rect().height();
    click(&mut window, "Show all of blob");
    let after = window.get_by_label_contains("blob: ").rect().height();
    assert!(after > 3.0 * before, "{before} {after}");
    click(&mut window, "Show less of blob");
}

#[test]
fn text_that_could_be_taken_for_a_number_is_quoted() {
    let window = pane!(
        of(r#"{"alg":"none"}"#, r#"{"a":"1","b":1,"c":"true","d":"x"}"#),
        claims,
        [480.0, 300.0]
    );
    for row in ["a: \"1\"", "b: 1", "c: \"true\"", "d: x"] {
        assert!(says(&window, row), "{row}");
    }
}

#[test]
fn broken_json_shows_what_could_be_read() {
    let mut window = pane!(
        of(r#"{"alg":"none"}"#, r#"{"iss":"a","sub":"b"#),
        claims,
        [480.0, 300.0]
    );
    assert!(says(&window, "iss: a"));
    assert!(
        says(&window, "Not clean JSON at byte"),
        "{:?}",
        names(&window)
    );
    click(&mut window, "Claims as JSON");
    assert!(says(&window, "Payload as text"));
}

#[test]
fn an_encrypted_payload_shows_the_sizes_of_its_parts() {
    let mut window = pane!(Stage::jwe(), claims, [480.0, 300.0]);
    assert!(says(&window, "Encrypted: not opened"));
    click(&mut window, "Encrypted key: 256 bytes");
    let Some(Command::Select(Some(selection))) = last(&window) else {
        panic!("nothing selected");
    };
    assert_eq!(selection.part, PartRole::EncryptedKey);
}

#[test]
fn an_opaque_payload_shows_its_bytes() {
    let window = pane!(of(r#"{"alg":"none"}"#, "$.02"), claims, [480.0, 300.0]);
    assert!(says(&window, "Not JSON: 4 bytes"));
    assert!(says(&window, "Payload as hex"));
}

#[test]
fn many_members_are_shown_by_the_page() {
    let members: Vec<String> = (0..500)
        .map(|index| format!("\"m{index}\":{index}"))
        .collect();
    let payload = format!("{{{}}}", members.join(","));
    let mut window = pane!(of(r#"{"alg":"none"}"#, &payload), claims, [480.0, 300.0]);
    assert!(says(&window, "m199: 199") && !says(&window, "m200: 200"));
    window
        .get_by_label("Show 200 of 300 more")
        .click_accesskit();
    window.run();
    assert!(says(&window, "m399: 399"));
}

// Checks and findings.

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

// The timeline.

#[test]
fn the_timeline_says_everything_in_words() {
    let window = pane!(Stage::id_token(), timeline, [776.0, 138.0]);
    let slider = window.get_by_role_and_label(Role::Slider, "Clock on the timeline");
    let words = slider.accesskit_node().value().unwrap();
    for part in [
        "Issued (iat) 2026-11-18 20:00:00 UTC, 3 d 2 h ago",
        "Expires (exp) 2026-11-18 21:00:00 UTC, 3 d 1 h ago",
        "Leeway 1 min",
        "now 2026-11-21 22:40:13 UTC: expired",
    ] {
        assert!(words.contains(part), "{part}: {words}");
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
    assert!(says(&window, "clock held at 2026-11-18 20:00:00 UTC"));
    click(&mut window, "Live: judge as of now again");
    assert_eq!(window.state().model.clock, Clock::Live);
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
    for _ in 0..2 {
        for pressed in [true, false] {
            window.event(egui::Event::PointerButton {
                pos: at(0.5),
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            window.step();
        }
    }
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

// All of them.

#[test]
fn no_pane_fails_on_odd_tokens_in_odd_places() {
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let texts = [
        String::new(),
        ".".to_owned(),
        "....".to_owned(),
        "~~".to_owned(),
        "é漢🙂\u{0}\u{FEFF}".to_owned(),
        token("", ""),
        token("{}", "[]"),
        token("[1,2]", "\"text\""),
        token(
            r#"{"alg":1,"alg":null}"#,
            r#"{"exp":1e400,"nbf":-1e400,"iat":"x"}"#,
        ),
        token(
            r#"{"alg":"none"}"#,
            r#"{"exp":-377705116800,"iat":253402300799,"nbf":0,"auth_time":1}"#,
        ),
        token(r#"{"alg":"none"}"#, r#"{"":"","~/":{"":[[],{}]}}"#),
        token(r#"{"alg":"none"}"#, &deep),
        sample("damaged.jwt"),
        sample("weak-secret.jwt"),
        sample("unsecured.jwt"),
    ];
    for text in texts {
        for size in [[1200.0, 800.0], [560.0, 300.0], [400.0, 200.0]] {
            let stage = Stage::new(&text, KeyRing::default(), Policy::default());
            let builder = Harness::builder().allow_missing_glyphs();
            let mut window = build(builder, stage, size, Theme::Light, |ui, stage| {
                stage.all(ui);
            });
            for name in [
                "Header as JSON",
                "Claims as JSON",
                "Header as Hex",
                "Claims as Hex",
            ] {
                if let Some(tab) = window.query_by_label(name) {
                    tab.click();
                }
                window.run();
            }
            window.state_mut().freeze("-009999-01-02T01:59:59Z");
            window.run();
        }
    }
}

fn character_width(window: &Window) -> f32 {
    let font = tokenloupe::window::theme::mono();
    window.ctx.fonts_mut(|fonts| fonts.glyph_width(&font, '0'))
}

fn click_at(window: &mut Window, at: egui::Pos2) {
    window.hover_at(at);
    window.run();
    for pressed in [true, false] {
        window.event(egui::Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.step();
    }
    window.run();
}
