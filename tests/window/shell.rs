//! Bringing tokens and keys in, taking them out, the clock and the policy.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use tokenloupe::judge::Issuer;
use tokenloupe::window::LaunchOptions;
use tokenloupe::window::actions::Action;
use tokenloupe::window::clipboard::ClipboardFault;

use crate::actions::By;
use crate::desk::{Desk, sample, sample_path};

#[test]
fn an_empty_window_says_what_to_do() {
    let desk = Desk::new();
    for name in [
        "Inspect a token",
        "Paste",
        "Open\u{2026}",
        "Add key\u{2026}",
        "Or look at a sample",
        "Policy: none",
    ] {
        assert!(desk.has(name), "{name}");
    }
    assert!(desk.has(crate::desk::REACH));
    assert!(desk.window.state().model().notices.is_empty());
}

#[test]
fn pasting_finds_the_tokens_and_a_key_settles_the_verdict() {
    let mut desk = Desk::new();
    desk.paste(&sample("request.http"));
    assert_eq!(desk.names("Token ").len(), 4);
    assert_eq!(desk.window.state().model().last_action, "Pasted 4 tokens");
    let api = "Token 3";
    assert!(
        desk.names(api)[0].ends_with("undetermined"),
        "{:?}",
        desk.names("Token ")
    );

    desk.picker.put(&[sample_path("issuer.jwks.json")]);
    desk.click("Add key\u{2026}");
    assert!(
        desk.names("Token 1: ID token")[0].ends_with("reject"),
        "{:?}",
        desk.names("Token 1")
    );
    assert!(desk.has(
        "idp-2026-09, RSA 2048 \u{00B7} public \u{00B7} issuer.jwks.json, verifies this token"
    ));
}

#[test]
fn the_same_token_is_not_listed_twice() {
    let mut desk = Desk::new();
    desk.paste(&sample("expired.jwt"));
    desk.paste(&format!("Authorization: Bearer {}", sample("expired.jwt")));
    assert_eq!(desk.names("Token ").len(), 1);
    assert_eq!(
        desk.window.state().model().session.tokens[0].places.len(),
        2
    );
}

#[test]
fn keys_are_recognised_when_pasted() {
    let mut desk = Desk::new();
    desk.paste(&sample("issuer.jwks.json"));
    assert_eq!(desk.names("Key ").len(), 3);
    assert_eq!(desk.window.state().model().last_action, "Pasted 3 keys");
}

#[test]
fn what_holds_nothing_is_explained_and_can_be_dismissed() {
    let mut desk = Desk::new();
    desk.paste("just words");
    let notice = desk.window.state().model().notices[0].clone();
    assert!(
        notice.is_error && !notice.what.is_empty() && !notice.advice.is_empty(),
        "{notice:?}"
    );
    assert!(desk.window.query_by_role(Role::Alert).is_some());
    desk.click("Dismiss");
    assert!(desk.window.query_by_role(Role::Alert).is_none());

    desk.board.put_fault(ClipboardFault::NoText);
    desk.click("Paste");
    assert!(desk.has("found nothing that is text"));
}

#[test]
fn a_removed_token_comes_back_in_its_place() {
    let mut desk = Desk::new();
    desk.paste(&sample("request.http"));
    let before = desk.names("Token ");
    desk.click(&before[1]);
    desk.click("Remove token 2");
    assert_eq!(desk.names("Token ").len(), 3);
    assert!(desk.has("Removed token 2."));
    desk.window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.settle();
    assert_eq!(desk.names("Token "), before);
    assert_eq!(desk.window.state().model().current, Some(1));
    assert!(!desk.has("Removed token 2."));
}

#[test]
fn a_removed_key_takes_its_verdict_along_and_brings_it_back() {
    let mut desk = Desk::new();
    desk.paste(&sample("request.http"));
    desk.paste(&sample("issuer.jwks.json"));
    let accepted = |desk: &Desk| {
        let names = desk.names("Token ");
        names.iter().filter(|name| name.ends_with("accept")).count()
    };
    assert_eq!(accepted(&desk), 1);
    let keys = desk.names("Key ");
    let at = keys
        .iter()
        .position(|name| name.contains("api-es256"))
        .unwrap();
    desk.window.get_by_label(&keys[at]).focus();
    desk.window.step();
    desk.window.key_press(Key::Delete);
    desk.settle();
    assert_eq!((accepted(&desk), desk.names("Key ").len()), (0, 2));
    desk.click("Undo");
    assert_eq!((accepted(&desk), desk.names("Key ").len()), (1, 3));
}

#[test]
fn arrows_walk_through_the_tokens() {
    let mut desk = Desk::new();
    desk.paste(&sample("request.http"));
    let names = desk.names("Token ");
    desk.window.get_by_label(&names[0]).focus();
    desk.window.step();
    desk.window.key_press(Key::ArrowDown);
    desk.settle();
    assert_eq!(desk.window.state().model().current, Some(1));
    desk.window.key_press(Key::ArrowDown);
    desk.settle();
    assert_eq!(desk.window.state().model().current, Some(2));
    assert!(
        desk.window
            .get_by_label(&desk.names("Token 3")[0])
            .is_focused()
    );
    desk.window
        .key_press_modifiers(Modifiers::COMMAND, Key::PageUp);
    desk.settle();
    assert_eq!(desk.window.state().model().current, Some(1));
}

#[test]
fn a_frozen_clock_changes_the_verdict_and_says_so() {
    let mut desk = Desk::new();
    desk.paste(&sample("issuer.jwks.json"));
    desk.paste(&sample("expired.jwt"));
    assert!(desk.names("Token 1")[0].ends_with("reject"));
    desk.click("Clock: live, 2026-11-21 22:40:13 UTC");
    let field = desk
        .window
        .get_by_role_and_label(Role::TextInput, "Freeze at");
    field.focus();
    field.type_text("someday");
    desk.settle();
    desk.click("Freeze");
    assert!(desk.has("Expected a time, found \u{201C}someday\u{201D}."));

    desk.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    let field = desk
        .window
        .get_by_role_and_label(Role::TextInput, "Freeze at");
    field.focus();
    desk.window.step();
    desk.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.window
        .event(egui::Event::Text("2026-11-18T20:30:00Z".to_owned()));
    desk.settle();
    desk.click("Freeze");
    assert!(
        desk.names("Token 1")[0].ends_with("accept"),
        "{:?}",
        desk.names("Token 1")
    );
    assert!(desk.has("Clock: frozen, 2026-11-18 20:30:00 UTC"));
    assert!(desk.has("Clock frozen: not the real time"));
    desk.click("Live: the clock of this machine");
    assert!(desk.names("Token 1")[0].ends_with("reject"));
    assert!(!desk.has("Clock frozen"));
}

#[test]
fn an_expectation_that_is_not_met_rejects() {
    let mut desk = Desk::new();
    desk.paste(&sample("issuer.jwks.json"));
    desk.paste(&sample("request.http"));
    let access = desk
        .names("Token ")
        .iter()
        .position(|name| name.ends_with("accept"))
        .expect("one is valid");
    desk.act(Action::EditPolicy, By::Keys);
    // Pasting goes into the field that has the focus, not into the session.
    desk.click("Add an issuer");
    assert_eq!(desk.focused(), "TextInput Issuer 1");
    desk.paste("https://elsewhere.example");
    assert_eq!(
        desk.window.state().model().session.policy.issuers,
        [Issuer::new("https://elsewhere.example")]
    );
    assert!(desk.has("Policy: 1 expectation"));
    desk.click("Back to the tokens");
    assert!(desk.names("Token ")[access].ends_with("reject"));
    assert_eq!(desk.names("Token ").len(), 4);
    desk.click("Policy: 1 expectation, not saved");
    desk.click("None");
    assert!(desk.names("Token ")[access].ends_with("accept"));
}

#[test]
fn where_no_dialog_opens_a_path_can_be_typed() {
    let mut desk = Desk::new();
    desk.click("Open\u{2026}");
    let field = desk
        .window
        .get_by_role_and_label(Role::TextInput, "Path of the file");
    field.type_text(sample_path("unsecured.jwt").to_str().unwrap());
    desk.window.run();
    desk.window.key_press(Key::Enter);
    desk.settle();
    assert_eq!(desk.names("Token ").len(), 1);
    assert!(
        desk.window
            .query_by_role_and_label(Role::TextInput, "Path of the file")
            .is_none()
    );
}

#[test]
fn a_file_can_be_taken_as_a_shared_secret() {
    let mut desk = Desk::new();
    desk.paste(&sample("weak-secret.jwt"));
    desk.picker.put(&[sample_path("weak-secret.key")]);
    desk.click("More ways: Add key");
    desk.click("Add a file as shared secret\u{2026}");
    assert!(
        desk.names("Key 1")[0].contains("Secret, 9 bytes"),
        "{:?}",
        desk.names("Key 1")
    );
    assert!(desk.names("Token 1")[0].ends_with("reject"));
}

#[test]
fn files_and_keys_of_the_command_line_are_there_at_the_start() {
    let options = LaunchOptions {
        inputs: vec![sample_path("request.http").into(), "no-such-file".into()],
        keys: vec![sample_path("issuer.jwks.json")],
    };
    let desk = Desk::with(1440.0, 900.0, options);
    assert_eq!(
        (desk.names("Token ").len(), desk.names("Key ").len()),
        (4, 3)
    );
    assert!(desk.names("Token 1")[0].ends_with("reject"));
    assert!(desk.has("no such file"));
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        panic!("files are not read on the window's thread")
    }
}

#[test]
fn dropped_files_are_read_once_whatever_they_hold() {
    let mut desk = Desk::new();
    for name in ["issuer.jwks.json", "expired.jwt"] {
        let file = Arc::new(Dropped(sample_path(name)));
        desk.window.input_mut().dropped_files.push(file);
    }
    desk.settle();
    assert_eq!(
        (desk.names("Token ").len(), desk.names("Key ").len()),
        (1, 3)
    );
    assert_eq!(
        desk.window.state().model().last_action,
        "Dropped 1 token and 3 keys"
    );
    desk.window.run_steps(3);
    assert!(desk.window.state().is_idle());
}

#[test]
fn what_is_copied_from_a_field_goes_through_our_clipboard() {
    let mut desk = Desk::new();
    desk.act(Action::EditPolicy, By::Keys);
    let nonce = desk.window.get_by_label("Expect a nonce");
    nonce.focus();
    desk.settle();
    desk.click("Expect a nonce");
    let field = desk.window.get_by_role_and_label(Role::TextInput, "Nonce");
    field.focus();
    field.type_text("n-0S6_WzA2Mj");
    desk.window.run();
    desk.window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.window.key_press_modifiers(Modifiers::COMMAND, Key::C);
    desk.settle();
    assert_eq!(desk.board.text().as_deref(), Some("n-0S6_WzA2Mj"));
    // Neither the desktop's clipboard nor the PRIMARY selection gets it from egui.
    assert!(desk.window.output().platform_output.commands.is_empty());
}

#[test]
fn copying_the_token_puts_all_of_it_on_the_clipboard() {
    let mut desk = Desk::new();
    desk.paste(&sample("expired.jwt"));
    desk.window
        .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    desk.settle();
    assert_eq!(
        desk.board.text().as_deref(),
        Some(sample("expired.jwt").trim())
    );
    assert_eq!(desk.window.state().model().last_action, "Copied the token");
}

#[test]
fn the_window_is_drawn_once_a_second_and_only_while_something_counts_down() {
    let delay = |desk: &mut Desk| {
        desk.window.run();
        desk.window.step();
        desk.window.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay
    };
    let mut desk = Desk::new();
    assert!(delay(&mut desk) > Duration::from_hours(1));
    desk.paste(&sample("expired.jwt"));
    assert_eq!(delay(&mut desk), Duration::from_secs(1));
    desk.click("Clock: live, 2026-11-21 22:40:13 UTC");
    desk.click("Frozen");
    desk.window.key_press(Key::Escape);
    assert!(delay(&mut desk) > Duration::from_hours(1));
}

#[test]
fn the_toolbar_fits_every_width() {
    for (width, height) in [
        (480.0, 360.0),
        (600.0, 500.0),
        (819.0, 600.0),
        (820.0, 600.0),
        (1099.0, 700.0),
        (1200.0, 700.0),
        (1440.0, 900.0),
    ] {
        let mut desk = Desk::sized(width, height);
        desk.paste(&sample("expired.jwt"));
        for name in [
            "Paste",
            "Open\u{2026}",
            "Theme",
            "Menu",
            "Policy: none",
            "Clock: live, 2026-11-21 22:40:13 UTC",
            "Clock: frozen, 2026-11-21 22:40:13 UTC, less than a minute from the real time",
        ] {
            if name.starts_with("Clock: frozen") {
                desk.window
                    .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::L);
                desk.settle();
                let menu = desk.window.get_all_by_label("Menu").next().unwrap().rect();
                assert!(menu.right() <= width, "held at {width}: {menu:?}");
            }
            let rect = desk.window.get_all_by_label(name).next().unwrap().rect();
            assert!(
                rect.left() >= 0.0 && rect.right() <= width,
                "{name} at {width}: {rect:?}"
            );
            assert!(rect.bottom() <= 44.0, "{name} at {width}: {rect:?}");
        }
        if width >= 820.0 {
            assert_eq!(desk.names("Token ").len(), 1);
        } else {
            desk.click("Tokens and keys: 1 and 0");
            assert_eq!(
                desk.names("Token 1").len(),
                2,
                "in the strip and in the menu"
            );
        }
    }
}

/// A token of the secret, made with its base64 text, and the JWK of the secret.
pub(crate) fn misread() -> (String, String) {
    use tokenloupe::jose::base64url::encode;
    let text = "Zk3vQm9xTb2LwYc7RsNd4HgJ8pKf5aVu6eXi1oEWZk3v";
    let input = format!(
        "{}.{}",
        encode(br#"{"alg":"HS256","typ":"JWT"}"#),
        encode(br#"{"sub":"jane","iat":1795000000,"exp":1795400000}"#)
    );
    let secret = openssl::base64::decode_block(text).unwrap();
    let key = openssl::pkey::PKey::hmac(&secret).unwrap();
    let digest = openssl::hash::MessageDigest::sha256();
    let mut signer = openssl::sign::Signer::new(digest, &key).unwrap();
    let signature = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
    let jwk = format!(
        r#"{{"kty":"oct","kid":"shared","k":"{}"}}"#,
        encode(text.as_bytes())
    );
    (format!("{input}.{}", encode(&signature)), jwk)
}

#[test]
fn a_secret_is_read_as_it_verifies_and_back() {
    let (token, jwk) = misread();
    let mut desk = Desk::new();
    desk.paste(&token);
    desk.paste(&jwk);
    assert!(desk.has("Signature: wrong, not by key shared"));
    desk.click("Read the secret as base64");
    assert!(desk.has("Signature: valid, your key shared"));
    assert!(desk.has("The secret shared is read as base64."));
    assert!(!desk.has("Read the secret as base64"), "it is read so");
    desk.window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.settle();
    assert!(desk.has("Signature: wrong, not by key shared"));
    assert!(desk.has("Read the secret as base64"));
}

#[test]
fn the_readings_of_a_secret_are_in_the_menu_of_its_key() {
    let (token, jwk) = misread();
    let mut desk = Desk::new();
    desk.paste(&token);
    desk.paste(&jwk);
    let key = desk.names("Key 1: shared").remove(0);
    let open = |desk: &mut Desk, key: &str| {
        desk.window.get_by_label(key).focus();
        desk.window.run();
        desk.window.key_press_modifiers(Modifiers::SHIFT, Key::F10);
        desk.settle();
        desk.click("Read the secret\u{2026}");
    };
    open(&mut desk, &key);
    let readings = desk.names("Read the secret ");
    for reading in ["as it was loaded", "as base64", "with a final line break"] {
        let name = format!("Read the secret {reading}");
        assert!(readings.contains(&name), "{name}: {readings:?}");
    }
    let in_menu = desk.window.query_all_by_label("Read the secret as base64");
    in_menu.last().expect("beside the button").click();
    desk.settle();
    assert!(desk.has("Signature: valid, your key shared"));
    let key = desk.names("Key 1: shared").remove(0);
    assert!(key.contains("Secret, 33 bytes"), "{key}");
    open(&mut desk, &key);
    desk.click("Read the secret as it was loaded");
    assert!(desk.has("Signature: wrong, not by key shared"));
}

#[test]
fn each_key_says_what_it_did_for_a_token_in_a_token() {
    let mut desk = Desk::new();
    desk.paste(&sample("partner.jwks.json"));
    desk.paste(&sample("sealed.jwt"));
    let first = |desk: &Desk, start: &str| desk.names(start).first().cloned().unwrap_or_default();
    let key = |desk: &Desk, number: usize| first(desk, &format!("Key {number}: "));
    assert!(key(&desk, 1).ends_with("verifies this token"));
    assert!(key(&desk, 2).ends_with("opens this token"));
    let kid = first(&desk, "kid: partner-enc");
    assert!(kid.contains(". among your keys"), "{kid}");
    // What is wrong inside is not passed over.
    desk.click(&first(&desk, "2 findings in layer 2"));
    assert_eq!(desk.window.state().model().shown_layer(), 1);
    let kid = first(&desk, "kid: partner-sig");
    assert!(kid.contains(". among your keys"), "{kid}");
}

#[test]
fn each_signature_says_whether_its_key_is_there() {
    let mut desk = Desk::new();
    desk.paste(&sample("partner.jwks.json"));
    desk.paste(&sample("two-signatures.json"));
    let first = |desk: &Desk, start: &str| desk.names(start).first().cloned().unwrap_or_default();
    let kid = first(&desk, "kid: partner-sig");
    assert!(kid.contains(". among your keys"), "{kid}");
    desk.click(&first(&desk, "Signature 2 of 2"));
    desk.click("Unprotected header");
    let kid = first(&desk, "kid: carrier-2026");
    assert!(kid.contains("not among your keys"), "{kid}");
}
