//! What header parameters, claims and key members mean: under the pointer, by a key, to a screen reader, on the clipboard.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::jose::PartRole;
use tokenloupe::window::commands::Command;
use tokenloupe::window::copies::CopyOf;
use tokenloupe::window::model::Selection;

use super::{Window, click, last, names, of, says};

const HEADER: &str = r#"{"alg":"ES256","typ":"JWT"}"#;
const SIZE: [f32; 2] = [480.0, 400.0];

/// How the meaning of `exp` begins.
const EXP: &str = "The instant from which the token must no longer be taken";

fn claims(payload: &str) -> Window {
    pane!(of(HEADER, payload), claims, SIZE)
}

fn press(window: &mut Window, key: Key) {
    window.key_press_modifiers(Modifiers::NONE, key);
    window.run();
}

fn focus(window: &mut Window, row: &str) {
    let row = window.query_all_by_role(Role::Row).find(|shown| {
        shown
            .accesskit_node()
            .label()
            .is_some_and(|name| name.contains(row))
    });
    row.expect("a row of this name").focus();
    window.run();
}

/// Whether this is told in full, beside or below the rows.
fn tells(window: &Window, words: &str) -> bool {
    let labels = window.query_all_by_role(Role::Label);
    labels
        .filter_map(|label| label.accesskit_node().value())
        .any(|text| text.contains(words))
}

fn description(window: &Window, row: &str) -> String {
    let row = window.get_by_label_contains(row);
    row.accesskit_node().description().unwrap_or_default()
}

#[test]
fn the_pointer_on_a_row_shows_what_it_means() {
    let mut window = claims(r#"{"exp":1795035600,"sub":"a"}"#);
    assert!(!tells(&window, EXP));
    window.get_by_label_contains("exp: ").hover();
    for _ in 0..60 {
        window.step();
    }
    assert!(tells(&window, EXP), "{:?}", names(&window));
    assert!(tells(
        &window,
        "Registered name · NumericDate · RFC 7519 §4.1.4"
    ));
    assert!(
        tells(&window, "2026-11-18 21:00:00 UTC"),
        "{:?}",
        names(&window)
    );
    window.hover_at(egui::pos2(470.0, 390.0));
    for _ in 0..60 {
        window.step();
    }
    assert!(!tells(&window, EXP));
}

#[test]
fn a_key_on_a_row_shows_what_it_means_and_escape_closes_it() {
    let mut window = claims(r#"{"exp":1795035600,"tid":"t","x":1}"#);
    focus(&mut window, "exp: ");
    press(&mut window, Key::Questionmark);
    assert!(tells(&window, EXP), "{:?}", names(&window));
    press(&mut window, Key::ArrowDown);
    assert!(!tells(&window, EXP), "it goes along with the keyboard");
    assert!(tells(&window, "The tenant that the user belongs to"));
    assert!(tells(&window, "Private name · string · Entra"));
    press(&mut window, Key::ArrowDown);
    assert!(tells(&window, "Not registered: whoever writes it"));
    press(&mut window, Key::Escape);
    assert!(!tells(&window, "Not registered: whoever writes it"));
    let focused = |window: &Window| {
        let mut rows = window.query_all_by_role(Role::Row);
        rows.any(|row| row.accesskit_node().is_focused())
    };
    assert!(focused(&window), "the keyboard stays in the row");
    assert!(last(&window).is_none(), "nothing was selected");
    // The same key closes it too.
    window.key_press_modifiers(Modifiers::SHIFT, Key::Questionmark);
    window.run();
    assert!(tells(&window, "Not registered: whoever writes it"));
    window.key_press_modifiers(Modifiers::SHIFT, Key::Questionmark);
    window.run();
    assert!(!tells(&window, "Not registered: whoever writes it"));
}

#[test]
fn values_of_a_list_are_told_with_whether_they_are_verified_here() {
    let mut window = pane!(of(HEADER, "{}"), header, SIZE);
    focus(&mut window, "alg: ");
    press(&mut window, Key::Questionmark);
    assert!(
        tells(&window, "ES256: ECDSA over P-256 with SHA-256"),
        "{:?}",
        names(&window)
    );
    assert!(tells(&window, "Verified here."));
    let mut window = pane!(of(r#"{"alg":"EdDSA"}"#, "{}"), header, SIZE);
    focus(&mut window, "alg: ");
    press(&mut window, Key::Questionmark);
    assert!(tells(&window, "Deprecated. Verified here."));
}

#[test]
fn members_inside_of_objects_have_meanings_of_their_own() {
    let payload = r#"{"cnf":{"jwk":{"kty":"EC","crv":"P-256","d":"AA"},"zzz":1},"amr":["pwd"]}"#;
    let mut window = claims(payload);
    click(&mut window, "Open cnf");
    click(&mut window, "Open jwk");
    click(&mut window, "Open amr");
    assert!(says(&window, "d: AA. Private key"), "{:?}", names(&window));
    assert!(description(&window, "d: AA").contains("the key is lost"));
    assert!(description(&window, "crv: P-256").contains("P-256: The NIST curve of 256 bits"));
    assert!(description(&window, "0: pwd").contains("pwd: Password (RFC 8176 §2)."));
    assert!(description(&window, "jwk: ").contains("RFC 7800 §3.2"));
    assert!(description(&window, "zzz: 1").starts_with("Nothing is known of this name here."));
}

#[test]
fn the_issuer_says_whose_claims_they_are() {
    let okta = claims(r#"{"iss":"https://t.okta.com","scp":["a"],"uid":"u"}"#);
    assert!(
        says(&okta, r#"scp: ["a"]. Scopes · Okta"#),
        "{:?}",
        names(&okta)
    );
    let entra = claims(r#"{"iss":"https://sts.windows.net/t/","scp":["a"]}"#);
    assert!(says(
        &entra,
        "Delegated permissions · Entra · expected a string, found an array"
    ));
    let nobody = claims(r#"{"scp":["a"]}"#);
    assert!(says(
        &nobody,
        r#"scp: ["a"]. Delegated permissions · Entra, Okta"#
    ));
    assert!(
        description(&nobody, "scp: ").contains("Okta: Scopes that the access token was granted.")
    );
}

#[test]
fn a_value_of_another_shape_is_told_in_the_row() {
    let window = claims(r#"{"exp":"1","aud":[1],"email_verified":"true","at_hash":"a+b"}"#);
    for words in [
        "Expires · expected a NumericDate, found a string",
        "Audience · expected a string or array of strings, found an array that holds a number",
        "E-mail address verified · expected a boolean, found a string",
        "Access token hash · expected a base64url string, found a string that is not base64url",
    ] {
        assert!(says(&window, words), "{words}: {:?}", names(&window));
    }
}

#[test]
fn the_meaning_is_copied_and_shown_through_the_rows_menu() {
    let mut window = claims(r#"{"exp":1795035600}"#);
    let token = &window.state().model.session.tokens[0].token;
    let part = token.part(PartRole::Payload).unwrap();
    let member = part.json.as_ref().unwrap().root.as_ref().unwrap();
    let range = part.text_range(member.member("exp").unwrap().range());
    let selection = Selection {
        part: PartRole::Payload,
        range,
    };
    window.get_by_label_contains("exp: ").click_secondary();
    window.run();
    click(&mut window, "Copy meaning");
    assert_eq!(
        last(&window),
        Some(&Command::Copy(CopyOf::Meaning(selection)))
    );
    window.get_by_label_contains("exp: ").click_secondary();
    window.run();
    click(&mut window, "Show meaning");
    assert!(tells(&window, EXP), "{:?}", names(&window));
    press(&mut window, Key::Escape);
    assert!(!tells(&window, EXP));
}

#[test]
fn nothing_that_is_told_runs_out_of_a_small_window() {
    for size in [[480.0, 400.0], [300.0, 260.0], [220.0, 240.0]] {
        let payload = format!(r#"{{"{}":1,"scp":["a"]}}"#, "n".repeat(300));
        for row in ["nnn", "scp: "] {
            let mut window = pane!(of(HEADER, &payload), claims, size);
            focus(&mut window, row);
            press(&mut window, Key::Questionmark);
            let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, size.into());
            let told = window.query_all_by_role(Role::Label);
            let told: Vec<_> = told
                .filter(|label| {
                    let text = label.accesskit_node().value().unwrap_or_default();
                    text.contains("rivate name · ")
                        || text.ends_with("by it.")
                        || text == "Private name"
                        || text.contains("Okta: ")
                })
                .map(|label| label.rect())
                .collect();
            assert!(!told.is_empty(), "{size:?} {row}: {:?}", names(&window));
            for rect in told {
                assert!(screen.contains_rect(rect), "{size:?} {row}: {rect:?}");
            }
        }
    }
}

#[test]
fn what_tells_of_hostile_names_shows_no_hidden_characters() {
    let mut window = pane!(of(r#"{"alg":"\u202e"}"#, "{\"a\\u202eb\":1}"), claims, SIZE);
    focus(&mut window, "a\\u{202E}b: 1");
    press(&mut window, Key::Questionmark);
    assert!(tells(&window, "a\\u{202E}b"), "{:?}", names(&window));
    assert!(!names(&window).iter().any(|name| name.contains('\u{202e}')));
}
