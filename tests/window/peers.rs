//! What other tools show wrongly, where it is about the window. The lists and their numbers are those of `tests/core/peers`.

use std::net::TcpListener;

use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::jose::PartRole;
use tokenloupe::judge::Policy;
use tokenloupe::keys::KeyRing;
use tokenloupe::window::commands::Command;
use tokenloupe::window::model::Selection;

use crate::desk::{Desk, sample};
use crate::stage::{Stage, harness, token};

type Window = egui_kittest::Harness<'static, Stage>;

/// The whole middle and right of the window over one token.
fn window_of(header: &str, payload: &str) -> Window {
    let stage = Stage::new(
        &token(header, payload),
        KeyRing::default(),
        Policy::default(),
    );
    harness(
        stage,
        [1176.0, 1000.0],
        egui::Theme::Dark,
        |ui, stage: &mut Stage| stage.all(ui),
    )
}

fn click(window: &mut Window, name: &str) {
    window.get_by_label(name).click();
    window.run();
}

fn text_of(window: &Window, name: &str) -> String {
    let node = window.get_by_role_and_label(Role::MultilineTextInput, name);
    node.accesskit_node().value().unwrap()
}

#[test]
fn w01_w03_decoded_and_the_tokens_own_key_do_not_look_verified() {
    let mut desk = Desk::new();
    desk.paste(&sample("own-key.jwt"));
    assert!(desk.has("Undetermined: only a key inside the token verifies it"));
    assert!(!desk.has("Accept"));
    let mut desk = Desk::new();
    desk.paste(&sample("no-key.jwt"));
    assert!(desk.has("Undetermined: no key to check the signature with"));
    assert!(desk.has("decoded is not verified"));
    assert!(!desk.has("Accept"));
}

#[test]
fn w02_m23_pasting_asks_no_host_that_the_token_names() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let header = format!(r#"{{"alg":"RS256","kid":"a","jku":"{host}/k","x5u":"{host}/c"}}"#);
    let payload = format!(r#"{{"iss":"{host}","exp":4102444800}}"#);
    let mut desk = Desk::new();
    desk.paste(&token(&header, &payload));
    assert!(desk.has(&format!("jku: {host}/k")), "shown as it is");
    assert!(desk.has(crate::desk::REACH));
    let asked = listener.accept().map(|_| ()).unwrap_err();
    assert_eq!(asked.kind(), std::io::ErrorKind::WouldBlock);
    // Nor is there anything to press that would.
    let links = desk.window.query_all_by_role(Role::Link).count();
    assert_eq!(links, 0);
}

#[test]
fn w07_w15_every_header_parameter_and_claim_is_a_row() {
    let header =
        r#"{"alg":"HS256","crit":["x-tenant"],"x-tenant":7,"zip":"DEF","nonce":"n-1","b64":true}"#;
    let window = window_of(header, r#"{"sub":"jane","no-one-knows-me":"shown"}"#);
    for row in [
        "alg: HS256",
        "x-tenant: 7",
        "zip: DEF",
        "nonce: n-1",
        "b64: true",
        "sub: jane",
        "no-one-knows-me: shown",
    ] {
        let rows = window.query_all_by_label_contains(row).count();
        assert!(rows > 0, "{row}");
    }
}

#[test]
fn w10_escaped_quotes_stay_in_their_value() {
    let payload = r#"{"a":"she said \"x  :  y, { z }\"  and \\","b":1}"#;
    let mut window = window_of(r#"{"alg":"HS256"}"#, payload);
    assert!(
        window
            .query_by_label_contains(r#"a: she said "x  :  y, { z }"  and \"#)
            .is_some()
    );
    click(&mut window, "Claims as JSON");
    assert_eq!(text_of(&window, "Payload as text"), payload);
}

#[test]
fn w13_an_expired_token_says_so_at_the_top() {
    let mut desk = Desk::new();
    desk.paste(&sample("issuer.jwks.json"));
    desk.paste(&sample("expired.jwt"));
    assert!(desk.has("Reject: expired 3 days 1 hour ago"));
    assert!(desk.has("exp: 1795035600. Expired 2026-11-18 21:00:00 UTC"));
}

/// Clicking a claim lights its own characters, and clicking its characters the claim.
#[test]
fn w15_n20_equal_names_and_values_light_up_each_in_its_own_place() {
    let payload = r#"{"x":"sub","a":{"sub":"one"},"sub":"one","b":"sub\":\"one"}"#;
    let mut window = window_of(r#"{"alg":"HS256"}"#, payload);
    click(&mut window, "Open a");
    let rows: Vec<String> = window
        .query_all_by_label_contains("sub: one")
        .filter_map(|node| node.accesskit_node().label())
        .collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    let places = [
        payload.find(r#""sub":"one"}"#).unwrap(),
        payload.find(r#""sub":"one","b""#).unwrap(),
    ];
    for (index, start) in places.into_iter().enumerate() {
        let row = window.get_all_by_label_contains("sub: one").nth(index);
        row.unwrap().click();
        window.run();
        let part = {
            let token = &window.state().model.session.tokens[0].token;
            token.part(PartRole::Payload).unwrap().clone()
        };
        let length = r#""sub":"one""#.len();
        let wanted = Selection {
            part: PartRole::Payload,
            range: part.text_range(start..start + length),
        };
        let last = window.state().commands.last();
        assert_eq!(last, Some(&Command::Select(Some(wanted))), "{index}");
        let lit: Vec<bool> = window
            .get_all_by_label_contains("sub: one")
            .map(|node| node.accesskit_node().toggled() == Some(Toggled::True))
            .collect();
        assert_eq!(lit, [index == 0, index == 1]);
    }
}

#[test]
fn m01_m02_numbers_are_rows_as_they_were_written() {
    let payload = r#"{"sub":100002348117421473,"v":3.0,"n":1e400,"z":-0,"last":"seen"}"#;
    let window = window_of(r#"{"alg":"HS256"}"#, payload);
    for row in [
        "sub: 100002348117421473",
        "v: 3.0",
        "n: 1e400",
        "z: -0",
        "last: seen",
    ] {
        assert!(window.query_by_label_contains(row).is_some(), "{row}");
    }
}

#[test]
fn m10_what_a_log_or_a_careful_sender_left_is_shown_whole() {
    let token = sample("expired.jwt");
    let token = token.trim();
    let (input, _) = token.rsplit_once('.').unwrap();
    for text in [format!("{token}\""), format!("{input}."), input.to_owned()] {
        let mut desk = Desk::new();
        desk.paste(&text);
        assert!(desk.has("iss: https://accounts.example"), "{text}");
        assert!(!desk.has("Accept"));
    }
}

/// Milliseconds and texts as times end nothing.
#[test]
fn m14_m15_odd_times_are_shown_and_end_nothing() {
    for exp in [
        "1795035600000",
        "\"2026-11-18\"",
        "1e308",
        "-1",
        "null",
        "[]",
    ] {
        let payload = format!(r#"{{"iat":1795032000000,"exp":{exp},"last":"seen"}}"#);
        let mut desk = Desk::new();
        desk.paste(&token(r#"{"alg":"HS256"}"#, &payload));
        let shown = exp.trim_matches('"');
        assert!(desk.has(&format!("exp: {shown}")), "{exp}");
        assert!(desk.has("last: seen"), "{exp}");
    }
}

/// How a long value is read to its end is tested with the rows.
#[test]
fn m24_nothing_is_lost_among_headings_in_a_small_window() {
    let payload = format!(r#"{{"long":"{}","sub":"jane"}}"#, "word ".repeat(200));
    let mut desk = Desk::sized(1024.0, 640.0);
    desk.paste(&token(r#"{"alg":"HS256"}"#, &payload));
    for name in [
        "Raw token",
        "alg: HS256",
        "Show all of long",
        "sub: jane",
        "Signature: wrong",
        "Timeline",
    ] {
        let in_sight = desk
            .window
            .query_all_by_label_contains(name)
            .filter_map(|node| node.accesskit_node().raw_bounds())
            .any(|bounds| bounds.x0 < 1024.0 && bounds.y0 < 640.0);
        assert!(in_sight, "{name}");
    }
}
