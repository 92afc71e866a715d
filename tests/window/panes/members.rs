//! Header and claims.

use egui::accesskit::{Role, Toggled};
use egui::{Key, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::jose::PartRole;
use tokenloupe::window::commands::Command;
use tokenloupe::window::model::Selection;

use super::{Window, character_width, click, click_at, last, names, of, says, selects};
use crate::stage::Stage;

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
    assert!(says(&window, "kid: idp-2026-09. Key id. among your keys"));
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
            "n: 3.0. Not registered · overwritten in JavaScript, Python and Go; a few readers take the first"
        ),
        "{:?}",
        names(&window)
    );
    assert!(says(
        &window,
        "n: 3. Not registered · taken by JavaScript, Python and Go"
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
fn an_opaque_payload_is_shown_as_text_where_it_is_some() {
    let window = pane!(of(r#"{"alg":"none"}"#, "$.02"), claims, [480.0, 300.0]);
    assert!(says(&window, "Not JSON: 4 bytes"));
    assert!(says(&window, "Payload as text"));
    let bytes = "eyJhbGciOiJub25lIn0.__79.";
    let stage = Stage::new(bytes, super::KeyRing::default(), super::Policy::default());
    let window = pane!(stage, claims, [480.0, 300.0]);
    assert!(says(&window, "Not JSON: 3 bytes"));
    assert!(says(&window, "Payload as hex"));
}
