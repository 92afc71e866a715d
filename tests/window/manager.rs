//! The key manager: its rows, its details, its ways in and out.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use tokenloupe::window::actions::Action;
use tokenloupe::window::manager::{KeyColumn, SavedState};

use crate::actions::{By, opened};
use crate::certificates::{Issued, request, x5c};
use crate::desk::{Desk, sample};
use crate::rail::{focus, is_focused, press, press_with, type_text};

/// The keys of the sample in the manager.
pub(crate) fn manager() -> Desk {
    let mut desk = opened();
    press_with(&mut desk, Modifiers::COMMAND, Key::K);
    assert!(desk.state().manager.is_open);
    desk
}

/// The key ids, as listed.
fn listed(desk: &Desk) -> Vec<String> {
    let manager = &desk.state().manager;
    let rows = 0..manager.listed.len();
    rows.filter_map(|row| Some(manager.row(row)?.title.clone()))
        .collect()
}

fn chosen(desk: &Desk) -> &str {
    desk.state().manager.chosen.as_deref().unwrap_or_default()
}

/// What an action of the manager does to the keys of the sample.
pub(crate) fn check(action: Action, by: By) {
    if action == Action::KeyManager {
        let mut desk = opened();
        desk.act(action, by);
        assert!(desk.state().manager.is_open && desk.has("Row 1: "));
        desk.act(action, by);
        assert!(!desk.state().manager.is_open && desk.has("Key 1: "));
        return;
    }
    let mut desk = manager();
    match action {
        Action::SearchKeys => {
            desk.act(action, by);
            assert_eq!(desk.focused(), "TextInput Search the keys");
        }
        Action::TypeSecret => {
            desk.act(action, by);
            assert_eq!(desk.focused(), "PasswordInput Secret");
        }
        Action::GenerateKey => {
            desk.act(action, by);
            assert!(desk.has("Key id (kid)"));
        }
        Action::AddCertificates => {
            let (token, _) = certified();
            desk.paste(&token);
            desk.act(action, by);
            let keys = desk.state().session.keys.keys();
            assert!(keys.iter().any(|key| key.source == "x5c of a token"));
        }
        Action::AskForKeys => {
            desk.act(action, by);
            assert!(desk.has("Take the answer from the clipboard"));
        }
        Action::CopyJwk => {
            desk.act(action, by);
            let copied = desk.board.text().unwrap();
            assert!(copied.contains("\"kty\"") && copied.contains("idp-2026-09"));
        }
        Action::ExportKey => {
            desk.act(action, by);
            assert!(desk.has("JWK set of all keys"));
        }
        Action::RenameKey => {
            desk.act(action, by);
            assert_eq!(desk.focused(), "TextInput Name of key 1");
        }
        Action::ShowSecret | Action::CopySecret => {
            add_secret(&mut desk, "hunter2");
            desk.act(action, by);
            if action == Action::CopySecret {
                assert_eq!(desk.board.text().as_deref(), Some("hunter2"));
            } else {
                assert!(desk.has("The secret is shown on the screen"));
                desk.act(action, by);
                assert!(!desk.has("The secret is shown on the screen"));
            }
        }
        Action::SaveKey | Action::SaveKeys => {
            desk.act(action, by);
            let saved = if action == Action::SaveKey { 1 } else { 3 };
            assert_eq!(desk.state().saved.count(), saved);
        }
        Action::KeepNoLonger => {
            desk.act(Action::SaveKey, By::Palette);
            desk.act(action, by);
            assert_eq!(desk.state().saved.count(), 0);
        }
        Action::UnlockSaved => {
            save_secret(&mut desk);
            let mut desk = desk.again();
            desk.act(action, by);
            assert_eq!(desk.focused(), "PasswordInput Passphrase");
        }
        Action::LockSaved | Action::ChangePassphrase => {
            save_secret(&mut desk);
            desk.act(action, by);
            if action == Action::LockSaved {
                assert_eq!(desk.state().saved.state, SavedState::Locked);
            } else {
                assert!(desk.has("Change passphrase"));
            }
        }
        Action::ForgetSaved => {
            desk.act(Action::SaveKeys, By::Palette);
            desk.act(action, by);
            desk.click("Forget everything");
            assert_eq!(desk.state().saved.count(), 0);
        }
        Action::CopyThumbprint => {
            desk.act(action, by);
            let key = desk.state().session.keys.get("idp-2026-09").unwrap();
            assert_eq!(desk.board.text(), key.thumbprint);
        }
        Action::RemoveKey => {
            desk.act(action, by);
            assert_eq!(desk.state().session.keys.len(), 2);
            desk.act(Action::Undo, By::Keys);
            assert_eq!(desk.state().session.keys.len(), 3);
        }
        Action::SortKeysAsLoaded => {
            let before = listed(&desk);
            desk.act(Action::SortKeysById, By::Palette);
            assert_ne!(listed(&desk), before);
            desk.act(action, by);
            assert_eq!(listed(&desk), before);
        }
        _ => {
            let label = action.entry().label;
            assert!(label.starts_with("Sort keys by "), "{label} is not tested");
            desk.act(action, by);
            let sort = desk.state().manager.sort.expect(label);
            let column = match sort.column {
                KeyColumn::Mark => "State".to_owned(),
                other => format!("{other:?}"),
            };
            assert_eq!(format!("SortKeysBy{column}"), format!("{action:?}"));
            desk.act(action, by);
            assert!(desk.state().manager.sort.unwrap().is_descending);
        }
    }
}

/// Types a secret into the dialog and adds it.
pub(crate) fn add_secret(desk: &mut Desk, text: &str) {
    desk.act(Action::TypeSecret, By::Palette);
    type_text(desk, text);
    desk.click("Add secret");
}

/// A passphrase, given twice.
pub(crate) const PASSPHRASE: &str = "four words and more";

/// Adds a secret and saves it.
pub(crate) fn save_secret(desk: &mut Desk) {
    add_secret(desk, "hunter2");
    desk.act(Action::SaveKey, By::Palette);
    type_text(desk, PASSPHRASE);
    desk.window
        .get_by_role_and_label(Role::PasswordInput, "The same again")
        .focus();
    desk.window.run();
    type_text(desk, PASSPHRASE);
    press(desk, Key::Enter);
    assert_eq!(desk.state().saved.state, SavedState::Unlocked);
}

/// A token with a certificate in its header, and that certificate.
fn certified() -> (String, Issued) {
    let issued = request("idp.accounts.example").self_signed();
    let members = format!(",{}", x5c(&[&issued]));
    (issued.es256(&members, r#"{"sub":"jane"}"#), issued)
}

#[test]
fn the_manager_is_opened_beside_the_heading_and_left_again() {
    let mut desk = opened();
    desk.click("Manage keys");
    assert!(desk.has("Row 1: ") && !desk.has("Key 1: "));
    press(&mut desk, Key::Escape);
    assert!(desk.has("Key 1: ") && desk.has("Raw token"));
    desk.click("Manage keys");
    desk.click("Back to the tokens");
    assert!(desk.has("Raw token"));
}

#[test]
fn a_row_says_all_of_its_columns() {
    let desk = manager();
    let row = desk.names("Row 1: ").remove(0);
    for words in [
        "Row 1: fits, Key id idp-2026-09, Kind RSA 2048, Holds public",
        "Fits 1 token",
        "Notes RS256 \u{B7} use sig",
    ] {
        assert!(row.contains(words), "{words}: {row}");
    }
    assert!(desk.has("3"), "how many there are");
}

#[test]
fn rows_are_found_sorted_and_walked_by_keyboard() {
    let mut desk = manager();
    focus(&mut desk, "Row 1: ");
    press(&mut desk, Key::End);
    assert_eq!(chosen(&desk), "api-es256");
    press(&mut desk, Key::ArrowUp);
    assert_eq!(chosen(&desk), "idp-2026-03");
    assert!(is_focused(&desk, "Row 2: "));
    desk.click("Sort by Key id");
    assert_eq!(listed(&desk)[0], "api-es256");
    assert_eq!(chosen(&desk), "idp-2026-03", "it stays the one looked at");
    desk.act(Action::SearchKeys, By::Palette);
    type_text(&mut desk, "rsa 09");
    assert_eq!(listed(&desk), ["idp-2026-09"]);
    press(&mut desk, Key::Enter);
    assert!(is_focused(&desk, "Row 1: "));
    assert_eq!(chosen(&desk), "idp-2026-09");
}

#[test]
fn a_key_is_removed_by_keyboard_and_the_next_one_is_looked_at() {
    let mut desk = manager();
    focus(&mut desk, "Row 1: ");
    press(&mut desk, Key::Delete);
    assert_eq!(desk.state().session.keys.len(), 2);
    assert!(is_focused(&desk, "Row 1: ") && chosen(&desk) == "idp-2026-03");
    desk.click("Undo");
    assert_eq!(desk.state().session.keys.len(), 3);
    assert_eq!(chosen(&desk), "idp-2026-09", "what came back is looked at");
}

#[test]
fn a_click_on_a_token_that_a_key_fits_shows_that_token() {
    let mut desk = manager();
    let row = desk.names("Row 3: ").remove(0);
    desk.click(&row);
    let fit = desk.names("Show token ").remove(0);
    assert!(fit.ends_with("signature valid"), "{fit}");
    desk.click(&fit);
    assert!(desk.has("Raw token") && !desk.state().manager.is_open);
    let model = desk.state();
    let used = model.outermost().unwrap().0.proof.used_key().unwrap();
    assert_eq!(used.key.id, "api-es256");
}

#[test]
fn pasting_in_the_manager_is_for_keys_and_keeps_it_open() {
    let mut desk = Desk::new();
    desk.act(Action::KeyManager, By::Keys);
    assert!(desk.has("No keys yet"));
    desk.paste(&sample("issuer.jwks.json"));
    assert_eq!(listed(&desk).len(), 3);
    desk.paste("nothing of the kind");
    let notice = desk.state().notices.last().unwrap();
    assert!(notice.what.contains("expected a key"), "{}", notice.what);
}

#[test]
fn a_narrow_window_has_the_details_behind_the_table() {
    let mut desk = Desk::sized(480.0, 480.0);
    desk.paste(&sample("issuer.jwks.json"));
    desk.act(Action::KeyManager, By::Keys);
    assert!(!desk.has("Copy the thumbprint"));
    focus(&mut desk, "Row 2: ");
    press(&mut desk, Key::Enter);
    assert!(desk.has("Copy the thumbprint") && !desk.has("Row 2: "));
    press(&mut desk, Key::Escape);
    assert!(desk.has("Row 2: "));
    press(&mut desk, Key::Escape);
    assert!(!desk.state().manager.is_open);
    assert!(desk.window.query_by_label("Search the keys").is_none());
}

#[test]
fn a_thousand_keys_are_shown_found_and_walked_without_delay() {
    let keys: Vec<String> = (0..1_000)
        .map(|at| {
            let k = tokenloupe::jose::base64url::encode(format!("secret-{at:026}").as_bytes());
            format!(r#"{{"kty":"oct","kid":"key-{at:04}","k":"{k}"}}"#)
        })
        .collect();
    let mut desk = Desk::new();
    desk.paste(&format!(r#"{{"keys":[{}]}}"#, keys.join(",")));
    desk.act(Action::KeyManager, By::Keys);
    assert_eq!(listed(&desk).len(), 1_000);
    let drawn = desk.names("Row ").len();
    assert!((10..60).contains(&drawn), "{drawn} rows are drawn");
    focus(&mut desk, "Row 1: ");
    press(&mut desk, Key::End);
    assert_eq!(chosen(&desk), "key-0999");
    assert!(is_focused(&desk, "Row 1000: "));
    let start = std::time::Instant::now();
    for _ in 0..20 {
        press(&mut desk, Key::PageUp);
    }
    // In an unoptimised build, on any machine: that none of it grows with the number of keys.
    assert!(start.elapsed() < std::time::Duration::from_secs(10));
    desk.act(Action::SearchKeys, By::Palette);
    type_text(&mut desk, "key-0123");
    assert_eq!(listed(&desk), ["key-0123"]);
}

#[test]
fn a_menu_of_a_key_is_opened_by_keyboard_and_removes() {
    let mut desk = manager();
    focus(&mut desk, "Row 2: ");
    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    assert!(desk.has("Copy thumbprint") && desk.has("Rename"));
    press(&mut desk, Key::Escape);
    assert!(is_focused(&desk, "Row 2: ") && desk.state().manager.is_open);
    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    desk.click("Remove");
    assert_eq!(desk.state().session.keys.len(), 2);
}

#[test]
fn certificates_of_a_token_become_keys_only_when_that_is_asked_for() {
    let (token, issued) = certified();
    let mut desk = Desk::new();
    desk.paste(&token);
    assert!(desk.state().session.keys.is_empty());
    assert!(!desk.has("Signature: valid, your key"));
    desk.act(Action::AddCertificates, By::Palette);
    let notice = desk.state().notices.last().expect("it is said");
    assert!(notice.what.contains("trusted"), "{}", notice.what);
    assert!(desk.has("Signature: valid, your key"));
    let keys = desk.state().session.keys.keys();
    let own = tokenloupe::keys::load("pem", issued.pem().as_bytes()).unwrap();
    assert_eq!(keys[0].thumbprint, own[0].thumbprint);
    assert_eq!(keys[0].source, "x5c of a token");
}
